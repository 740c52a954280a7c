"""In which order are the nodes of a branch and bound looked at? The lowest bound first, until it cannot matter.

What a node is, how it is bounded and how it is divided is the caller's: the order, the clock and the account of what is
left unproved are the same for all.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from placements.location.dual import Steps
from placements.location.inputs import Clock

Node = TypeVar("Node")


def best_first(
    start: Node,
    bound: float,
    look: Callable[[Node, float, Steps], tuple[float, list[Node]]],
    enough: Callable[[], float],
    *,
    root: Steps,
    node: Steps,
    clock: Clock,
) -> float:
    """Look at nodes until the lowest bound is above `enough`, or the time is over.

    Parameters
    ----------
    start : Node
    bound : float
        Of the whole.
    look : callable
        Given a node, the bound of what it is part of, and steps: its own bound, and its parts. None when it is closed,
        or when no more can be told of it.
    enough : callable
        The bound above which a node is closed: it falls as better answers are found.
    root, node : Steps
        How long prices are moved for the whole, and for each part.
    clock : Clock

    Returns
    -------
    float
        The lowest bound of what was left: infinite when all was closed.
    """
    numbers = itertools.count()
    unfinished = np.inf
    waiting: list[tuple[float, int, Node]] = [(bound, next(numbers), start)]
    steps = root
    while waiting and waiting[0][0] <= enough() and clock.left_s > 0:
        above, _, one = heapq.heappop(waiting)
        bound, parts = look(one, above, steps)
        steps = node
        if not parts and bound <= enough():
            unfinished = min(unfinished, bound)
        for part in parts:
            heapq.heappush(waiting, (bound, next(numbers), part))
    return min([unfinished, *(above for above, _, _ in waiting[:1])])
