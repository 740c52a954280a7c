"""What is decided, and in which futures does it come to anything? An intervention with its fate in each sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placements.interventions import Change, Intervention

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class InForce:
    """An intervention and where it works.

    Attributes
    ----------
    entry : Intervention
    success : ndarray (samples,) or (1,)
        1 where it comes to something, 0 where it does not; one figure when it is the same in all samples.
    """

    entry: Intervention
    success: Floats

    def level(self, years: int) -> Floats:
        """Return how far a change is at work, 0 to 1, (years, samples or 1)."""
        assert isinstance(self.entry, Change)
        return np.asarray(self.entry.at_work_by_year(years)[:, None] * self.success)

    def yearly_cost(self, years: int) -> Floats:
        """Return what it costs whether used or not, in pounds, (years, samples or 1)."""
        cost = self.entry.yearly_cost_by_year(years)[:, None]
        return np.asarray(cost if self.entry.runs_if_failed else cost * self.success)


def certain(entries: Sequence[Intervention]) -> tuple[InForce, ...]:
    """Return interventions that all come to something."""
    return tuple(InForce(entry, np.ones(1)) for entry in entries)
