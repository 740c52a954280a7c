"""What do things that open no places have in common? When they begin to work, how surely, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from placements import codes
from placements.errors import UsageError
from placements.interventions.opening import Floats, out_of_range, ready_share, wrong_needs

#: What is checked of a number: its name, its value, and the limits it lies between.
Ranges = tuple[tuple[str, float, float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that changes need, places, prices or boundaries from some year on.

    Attributes
    ----------
    name : str
    from_year : int
        Year of the decision, from 1.
    capital_gbp : float
        Paid in `from_year`.
    yearly_cost_gbp : float
        Paid while it is at work.
    staff : float
        New staff needed, in full-time equivalents; recruited in `from_year`.
    evidence : str
        Where its figures come from.
    """

    kind: ClassVar[str] = ""
    #: A programme that does not work is paid for all the same.
    runs_if_failed: ClassVar[bool] = True

    name: str
    from_year: int = 1
    capital_gbp: float = 0.0
    yearly_cost_gbp: float = 0.0
    staff: float = 0.0
    evidence: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be. Raises `UsageError` naming every field that is out of range."""
        found = out_of_range(self._ranges())
        if not self.name.strip():
            found.append("name is empty")
        found += self._problems()
        if found:
            raise UsageError(f"{self.kind} {self.name!r}: " + "; ".join(found))

    @property
    def probability_of_success(self) -> float:
        """Return 1: it comes."""
        return 1.0

    def _ranges(self) -> Ranges:
        return (
            ("from_year", self.from_year, 1, 25),
            ("capital_gbp", self.capital_gbp, 0, 1e12),
            ("yearly_cost_gbp", self.yearly_cost_gbp, 0, 1e12),
            ("staff", self.staff, 0, 1e5),
        )

    def _problems(self) -> list[str]:
        return []

    def places_by_year(self, years: int) -> Floats:
        """Return zeros: it opens no places."""
        return np.zeros(years)

    def capital_by_year(self, years: int) -> Floats:
        """Return capital in pounds, in `from_year`, (years,)."""
        return self._at_the_start(years) * self.capital_gbp

    def staff_by_year(self, years: int) -> Floats:
        """Return new staff, in `from_year`, (years,)."""
        return self._at_the_start(years) * self.staff

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return running cost in pounds, (years,)."""
        return ready_share(years, self.from_year, 0.0) * self.yearly_cost_gbp

    def at_work_by_year(self, years: int) -> Floats:
        """Return how far it is at work in each year, on average, 0 to 1, (years,)."""
        return ready_share(years, self.from_year, 0.0)

    def _at_the_start(self, years: int) -> Floats:
        return np.asarray(np.arange(1, years + 1) == self.from_year, float)


@dataclass(frozen=True, kw_only=True)
class Measure(Change):
    """A change that takes time to come, may come bit by bit, and may not come at all.

    Attributes
    ----------
    lead_time_years : float
        From the start of `from_year` until it begins to work; the year in which that is has part of it. It is paid for
        from then.
    ramp_up_years : float
        From its first effect to its full one, in a straight line. It is paid for in full meanwhile.
    probability_of_success : float
        That it works at all. If it does not, its capital and its running cost are paid all the same.
    """

    lead_time_years: float = 0.0
    ramp_up_years: float = 0.0
    probability_of_success: float = 1.0

    def _ranges(self) -> Ranges:
        return (
            *super()._ranges(),
            ("lead_time_years", self.lead_time_years, 0, 10),
            ("ramp_up_years", self.ramp_up_years, 0, 10),
            ("probability_of_success", self.probability_of_success, 0, 1),
        )

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return running cost in pounds, from when the lead time is over, (years,)."""
        return ready_share(years, self.from_year, self.lead_time_years) * self.yearly_cost_gbp

    def at_work_by_year(self, years: int) -> Floats:
        """Return how far it is at work in each year, on average, 0 to 1, (years,)."""
        return ready_share(years, self.from_year, self.lead_time_years, self.ramp_up_years)


def wrong_groups(service: str, age_bands: tuple[str, ...], need_groups: tuple[str, ...]) -> list[str]:
    """Return a sentence for each name of a service, an age band or a need group that does not exist."""
    if service not in codes.SERVICES:
        return [f"service = {service!r}: choose from {', '.join(codes.SERVICES)}", *wrong_needs(need_groups)]
    bands = [label for label, _ in codes.AGE_BANDS[service]]
    found = [f"age band {band!r}: there are {', '.join(bands)}" for band in age_bands if band not in bands]
    return found + wrong_needs(need_groups)


def wrong_provisions(provisions: tuple[str, ...]) -> list[str]:
    """Return a sentence for each provision that does not exist."""
    return [f"provision {name!r} does not exist" for name in provisions if name not in codes.PROVISION]
