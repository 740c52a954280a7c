"""A reader of what is published, who works out what he can: an integer programme that shares no code with the product."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

_MOST = 10_000


def stands_for(text: str) -> tuple[float, float]:
    """Return the least and the greatest number that a shown count may stand for."""
    if text == "c":
        return 0, math.inf
    value = int(text.replace(",", ""))
    return (0, 0) if value == 0 else (max(6, value - 2), value + 2)


@dataclass
class Reader:
    """Knows which cells there are, and everything he was told of sums of them."""

    cells: Sequence[Hashable]
    _rows: list[np.ndarray] = field(default_factory=list)
    _low: list[float] = field(default_factory=list)
    _high: list[float] = field(default_factory=list)

    def reads_count(self, members: Iterable[Hashable], text: str) -> None:
        """Take in a count of the children in some cells."""
        self._add(self._on(members), *stands_for(text))

    def knows(self, members: Iterable[Hashable], number: int) -> None:
        """Take in an exact number from elsewhere."""
        self._add(self._on(members), number, number)

    def reads_share(self, part: Iterable[Hashable], whole: Iterable[Hashable], text: str) -> None:
        """Take in a share in whole percentages, halves rounded up."""
        if text.endswith("%"):
            percent, numerator, denominator = int(text[:-1]), self._on(part), self._on(whole)
            self._add(200 * numerator - (2 * percent - 1) * denominator, 0, math.inf)
            self._add(200 * numerator - (2 * percent + 1) * denominator, -math.inf, -1)

    def ends(self, members: Iterable[Hashable], *, whole: bool = True) -> tuple[int, int]:
        """Return the least and the greatest whole number of children in some cells that agree with all that was read.

        When not `whole`, the cells may hold parts of children: easier to work out, and so wider.
        """
        goal = self._on(members)
        rules = LinearConstraint(np.array(self._rows), self._low, self._high)
        found = [
            milp(
                sign * goal,
                constraints=rules,
                integrality=np.full(len(self.cells), float(whole)),
                bounds=Bounds(0, _MOST),
            )
            for sign in (1, -1)
        ]
        assert all(one.success for one in found), "what is shown contradicts itself"
        return math.ceil(found[0].fun - 1e-6), math.floor(-found[1].fun + 1e-6)

    def _on(self, members: Iterable[Hashable]) -> np.ndarray:
        chosen = set(members)
        return np.array([float(cell in chosen) for cell in self.cells])

    def _add(self, row: np.ndarray, low: float, high: float) -> None:
        self._rows.append(row)
        self._low.append(low)
        self._high.append(high)
