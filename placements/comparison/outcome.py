"""What comes of a scenario? Children, money and miles in every year and future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.comparison.futures import SAME

Floats = npt.NDArray[np.float64]

#: HM Treasury, The Green Book: social time preference rate. The first year is not discounted.
DISCOUNT_RATE: Final = 0.035


@dataclass(frozen=True)
class Outcome:
    """One scenario in every sample.

    Attributes
    ----------
    need, away, kept_local, kept_by_new : ndarray (years, samples)
        Child-years; `need = away + kept_local`.
    usable : ndarray (years, samples)
        Usable places of the interventions, in child-years.
    miles : ndarray (years, samples)
        Child-years kept local times the straight-line miles from the centre of their area to the place.
    capital_gbp : ndarray (years,)
    fixed_running_gbp, use_running_gbp : ndarray (years, samples)
    paid_gbp : ndarray (years, samples)
        What is paid for the children of the need, away and in the places there are today, and changes of what is paid
        for others. What placements cost that nothing changes is left out.
    avoided_gbp : ndarray (years, samples)
        What would have been paid with doing nothing, less what is still paid.
    away_by_group : ndarray (groups, samples)
        Child-years away by demand group, all years.
    """

    need: Floats
    away: Floats
    kept_local: Floats
    kept_by_new: Floats
    usable: Floats
    miles: Floats
    capital_gbp: Floats
    fixed_running_gbp: Floats
    use_running_gbp: Floats
    paid_gbp: Floats
    avoided_gbp: Floats
    away_by_group: Floats

    def fewer_away_than(self, other: Outcome) -> Floats:
        """Return how many fewer child-years are away than in another, all years, (samples,)."""
        return np.asarray(other.away.sum(axis=0) - self.away.sum(axis=0))

    @property
    def idle(self) -> Floats:
        """Return usable places of the interventions that nobody needed, in child-years, (years, samples)."""
        return self.usable - self.kept_by_new

    @property
    def gross_running_gbp(self) -> Floats:
        """Return fixed and use-dependent running cost, (years, samples)."""
        return self.fixed_running_gbp + self.use_running_gbp

    @property
    def net_gbp(self) -> Floats:
        """Return capital and running cost less what is avoided, (years, samples); below 0 is a saving."""
        return self.capital_gbp[:, None] + self.gross_running_gbp - self.avoided_gbp

    @property
    def npv_gbp(self) -> Floats:
        """Return the net present value of the savings, (samples,): above 0 the scenario pays within the years shown."""
        factor = (1 + DISCOUNT_RATE) ** -np.arange(len(self.capital_gbp), dtype=float)
        return np.asarray(-(factor @ self.net_gbp))

    @property
    def occupancy(self) -> Floats:
        """Return the part of the usable places of the interventions that is used, (samples,); missing without any."""
        return _ratio(self.kept_by_new.sum(axis=0), self.usable.sum(axis=0))

    @property
    def mean_miles(self) -> Floats:
        """Return the mean straight-line miles of those kept local, (samples,); missing where nobody is."""
        return _ratio(self.miles.sum(axis=0), self.kept_local.sum(axis=0))


def payback_year(net_gbp: Floats) -> float:
    """Return the year, from 1, by whose end all that was spent has come back and stays so; not discounted.

    Parameters
    ----------
    net_gbp : ndarray (years,)
        Spent less saved.

    Returns
    -------
    float
        Not a number when it does not come back within the years, or nothing was ever spent beyond what was saved.
    """
    owed = np.cumsum(net_gbp)
    if not (owed > SAME).any() or owed[-1] > SAME:
        return float("nan")
    return float(np.flatnonzero(owed > SAME)[-1] + 2)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > SAME))
