"""What loses least of all that meets the conditions so far? A set cover, solved with a bound.

Hiding a figure takes all its bounds away, so every condition is a covering one: of the figures that hold an interval
narrow, one at least is hidden.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from placements.disclosure.control.model import Bools, CountModel, sums_matrix

_SLACK: Final = 1e-6
#: Work for one problem, in nodes and not seconds: the same figures give the same pattern.
_MOST_NODES: Final = 2000
_GAP: Final = 1e-6


@dataclass(frozen=True)
class Cut:
    """Of these figures one must be hidden; if `when` is a count, only when that count is hidden."""

    counts: tuple[int, ...]
    shares: tuple[int, ...]
    when: int | None


@dataclass(frozen=True, eq=False)
class Settled:
    """What is decided already, because it is published elsewhere: figures that stay shown, and that stay hidden.

    Attributes
    ----------
    shown_counts, hidden_counts : array of bool, shape (n,)
    shown_shares, hidden_shares : array of bool, shape (k,)
    """

    shown_counts: Bools
    hidden_counts: Bools
    shown_shares: Bools
    hidden_shares: Bools


def unsettled(model: CountModel) -> Settled:
    """Return that nothing is decided yet."""
    counts, shares = np.zeros(len(model.values), dtype=bool), np.zeros(len(model.shares), dtype=bool)
    return Settled(counts, counts, shares, shares)


def forced(model: CountModel) -> tuple[Bools, Bools]:
    """Return the counts and shares that are hidden by the rules alone."""
    counts = model.small & model.published
    return counts, np.logical_or(model.must_hide_shares, of_hidden(model, counts))


def of_hidden(model: CountModel, counts: Bools) -> Bools:
    """Return the shares of which a part that has a figure is hidden: a share is shown with its parts or not at all."""
    return np.logical_or(counts[model.shares[:, 0]], counts[model.shares[:, 1]])


def cheapest(model: CountModel, cuts: Collection[Cut], settled: Settled) -> tuple[Bools, Bools, int]:
    """Return the cheapest figures to hide that meet every condition so far, and a bound on what must be lost.

    Raises
    ------
    ArithmeticError
        When nothing that is not settled meets them.
    """
    n, k = len(model.values), len(model.shares)
    must_counts, must_shares = forced(model)
    low = np.concatenate([must_counts | settled.hidden_counts, must_shares | settled.hidden_shares]).astype(float)
    can_counts = model.published & ~(settled.shown_counts & ~must_counts)
    high = np.concatenate([can_counts, ~(settled.shown_shares & ~must_shares)]).astype(float)
    found = milp(
        np.concatenate([np.where(model.published, model.count_weight, 0), model.share_weight]).astype(float),
        constraints=_rows(model, cuts),
        integrality=np.ones(n + k),
        bounds=Bounds(low, np.maximum(low, high)),
        options={"node_limit": _MOST_NODES, "mip_rel_gap": _GAP},
    )
    if found.x is None:
        raise ArithmeticError("no pattern of hidden figures meets the conditions")
    hidden = found.x > 0.5
    return hidden[:n], hidden[n:], int(np.ceil(found.mip_dual_bound - _SLACK))


def _rows(model: CountModel, cuts: Collection[Cut]) -> LinearConstraint:
    """Return the conditions, and that a share of which a part is hidden is hidden too, as rows of a programme."""
    n = len(model.values)
    rows = [
        dict.fromkeys([*cut.counts, *(n + share for share in cut.shares)], 1)
        | ({} if cut.when is None else {cut.when: -1})
        for cut in cuts
    ]
    least = [int(cut.when is None) for cut in cuts]
    parts = [(n + share, part) for share, pair in enumerate(model.shares.tolist()) for part in pair]
    with_parts = [{share: 1, part: -1} for share, part in parts if model.published[part]]
    matrix = sums_matrix([*rows, *with_parts], n + len(model.shares))
    return LinearConstraint(matrix, np.array([*least, *[0] * len(with_parts)], dtype=float), np.inf)
