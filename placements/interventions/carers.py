"""Foster carers: recruit households, keep those there are, bring those of agencies in house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from placements.interventions.measure import Measure, Ranges
from placements.interventions.opening import Floats, Opening, out_of_range, ready_share


@dataclass(frozen=True, kw_only=True)
class RecruitCarers(Opening):
    """Recruit foster households over several years, `places` being those of one household.

    Attributes
    ----------
    households_by_year : tuple of int
        Approved in `opens_year` and the years after it.
    """

    kind: ClassVar[str] = "recruit_carers"
    provisions: ClassVar[tuple[str, ...]] = ("in_house_foster",)
    ages: ClassVar[tuple[int, int]] = (0, 17)

    places: int = 1
    households_by_year: tuple[int, ...] = (1,)

    def _problems(self) -> list[str]:
        return super()._problems() + wrong_households(self.households_by_year)

    def units_by_year(self, years: int) -> Floats:
        """Return households approved in each year, (years,)."""
        return from_year_on(self.households_by_year, self.opens_year, years)


@dataclass(frozen=True, kw_only=True)
class RetainCarers(Opening):
    """Keep foster households that would have left.

    The county's spare places are taken to stay as they are, so today's recruitment makes up for today's losses. If
    fewer leave, households grow beyond today's: in each year by those who would have left at the old rate less those
    who leave at the new one, of all there are. `places` are those of one household; capital and yearly cost are of the
    whole programme. If it fails it is paid for all the same, and nobody more stays.

    Attributes
    ----------
    households : int
        In-house households today.
    yearly_loss, yearly_loss_after : float
        Part of the households that leave in a year, today and with the programme.
    """

    kind: ClassVar[str] = "retain_carers"
    provisions: ClassVar[tuple[str, ...]] = ("in_house_foster",)
    ages: ClassVar[tuple[int, int]] = (0, 17)
    runs_if_failed: ClassVar[bool] = True

    places: int = 1
    households: int
    yearly_loss: float
    yearly_loss_after: float
    #: Those who would have left in a year would have done so half a year from its start, on average.
    lead_time_years: float = 0.5

    def _problems(self) -> list[str]:
        found = super()._problems() + out_of_range(
            (
                ("households", self.households, 1, 10_000),
                ("yearly_loss", self.yearly_loss, 0, 1),
                ("yearly_loss_after", self.yearly_loss_after, 0, 1),
            )
        )
        if self.yearly_loss_after > self.yearly_loss:
            found.append("yearly_loss_after is above yearly_loss: that would lose carers, not keep them")
        return found

    def units_by_year(self, years: int) -> Floats:
        """Return by how many households there are more than without it, added in each year, (years,)."""
        running = np.arange(years) - (self.opens_year - 1)
        kept = self.households * (self.yearly_loss - self.yearly_loss_after)
        return np.asarray(np.where(running >= 0, kept * (1 - self.yearly_loss_after) ** np.maximum(running, 0), 0.0))

    def capital_by_year(self, years: int) -> Floats:
        """Return capital of the programme in pounds, in `opens_year`, (years,)."""
        return super().units_by_year(years) * self.capital_gbp

    def staff_by_year(self, years: int) -> Floats:
        """Return new staff of the programme, in `opens_year`, (years,)."""
        return super().units_by_year(years) * self.staff

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return running cost of the programme in pounds, from the start of `opens_year`, (years,)."""
        return ready_share(years, self.opens_year, 0.0) * self.yearly_cost_gbp


@dataclass(frozen=True, kw_only=True)
class ConvertAgencyCarers(Measure):
    """Bring households of independent agencies in house: the same carers and children, at another price.

    No place is new. Of the agency places in the county those converted become in-house ones: the spare among them, as
    far as our children can have them, are matched and priced as such, and each of our children who holds one costs the
    in-house price from then. Our children hold as many of the places converted as of all agency places there, today
    and in years to come (assumed). Settled children stay where they are. Capital and yearly cost are of one household.

    Attributes
    ----------
    households_by_year : tuple of int
        Brought over in `from_year` and the years after it.
    places : int
        Of one household.
    weekly_cost_gbp : float
        Of an in-house place in use.
    weekly_agency_cost_gbp : float, optional
        What the agency charges for a place today; the county's assumed cost of one when not given.
    """

    kind: ClassVar[str] = "convert_agency_carers"

    weekly_cost_gbp: float
    households_by_year: tuple[int, ...] = (1,)
    places: int = 1
    weekly_agency_cost_gbp: float | None = None

    def _ranges(self) -> Ranges:
        today = () if self.weekly_agency_cost_gbp is None else (self.weekly_agency_cost_gbp,)
        return (
            *super()._ranges(),
            ("places", self.places, 1, 20),
            ("weekly_cost_gbp", self.weekly_cost_gbp, 0, 1e9),
            *(("weekly_agency_cost_gbp", value, 0.0, 1e9) for value in today),
        )

    def _problems(self) -> list[str]:
        return wrong_households(self.households_by_year)

    def converted_by_year(self, years: int) -> Floats:
        """Return places converted, as an average over each year, (years,)."""
        return self._over(years, self.ramp_up_years) * self.places

    def capital_by_year(self, years: int) -> Floats:
        """Return capital in pounds, in the year in which each household is brought over, (years,)."""
        return from_year_on(self.households_by_year, self.from_year, years) * self.capital_gbp

    def staff_by_year(self, years: int) -> Floats:
        """Return new staff, in the year in which each household is brought over, (years,)."""
        return from_year_on(self.households_by_year, self.from_year, years) * self.staff

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return running cost in pounds of the households in house, (years,)."""
        return self._over(years, 0.0) * self.yearly_cost_gbp

    def _over(self, years: int, ramp_up_years: float) -> Floats:
        decided = from_year_on(self.households_by_year, self.from_year, years)
        shares = (
            ready_share(years, year + 1, self.lead_time_years, ramp_up_years) * decided[year] for year in range(years)
        )
        return np.asarray(sum(shares, np.zeros(years)))


def wrong_households(households_by_year: tuple[int, ...]) -> list[str]:
    """Return what is wrong with households of several years."""
    found = []
    if not households_by_year or not any(households_by_year):
        found.append("households_by_year is empty or all 0: give how many there are in each year")
    if any(not 0 <= number <= 1000 for number in households_by_year):
        found.append("households_by_year: each number lies between 0 and 1000")
    return found


def from_year_on(numbers: tuple[int, ...], first_year: int, years: int) -> Floats:
    """Return the numbers in `first_year` and the years after it, (years,)."""
    out = np.zeros(years)
    for step, number in enumerate(numbers):
        if 0 <= first_year - 1 + step < years:
            out[first_year - 1 + step] = number
    return out
