"""The things that can be done, one frozen dataclass each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from placements import codes, schemas
from placements.errors import UsageError
from placements.interventions.opening import Floats, Opening, out_of_range, ready_share, wrong_needs


@dataclass(frozen=True, kw_only=True)
class OpenHome(Opening):
    """Open a children's home."""

    kind: ClassVar[str] = "open_home"
    provisions: ClassVar[tuple[str, ...]] = ("childrens_home",)
    ages: ClassVar[tuple[int, int]] = (8, 17)


@dataclass(frozen=True, kw_only=True)
class ExpandSchool(Opening):
    """Add places to a state-funded special school, or open one."""

    kind: ClassVar[str] = "expand_school"
    provisions: ClassVar[tuple[str, ...]] = ("state_special",)
    ages: ClassVar[tuple[int, int]] = (4, 18)


@dataclass(frozen=True, kw_only=True)
class OpenSpecialistBase(Opening):
    """Open a SEN unit or resourced provision in a mainstream school."""

    kind: ClassVar[str] = "open_specialist_base"
    provisions: ClassVar[tuple[str, ...]] = ("specialist_base",)
    ages: ClassVar[tuple[int, int]] = (4, 15)


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
        found = super()._problems()
        if not self.households_by_year or not any(self.households_by_year):
            found.append("households_by_year is empty or all 0: give how many are approved in each year")
        if any(not 0 <= number <= 1000 for number in self.households_by_year):
            found.append("households_by_year: each number lies between 0 and 1000")
        return found

    def units_by_year(self, years: int) -> Floats:
        """Return households approved in each year, (years,)."""
        out = np.zeros(years)
        for step, number in enumerate(self.households_by_year):
            if 0 <= self.opens_year - 1 + step < years:
                out[self.opens_year - 1 + step] = number
        return out


@dataclass(frozen=True, kw_only=True)
class OpenSupportedAccommodation(Opening):
    """Open registered supported accommodation for 16- and 17-year-olds."""

    kind: ClassVar[str] = "open_supported_accommodation"
    provisions: ClassVar[tuple[str, ...]] = ("supported_accommodation",)
    ages: ClassVar[tuple[int, int]] = (16, 17)


@dataclass(frozen=True, kw_only=True)
class BlockContract(Opening):
    """Buy places whole at a provider in the county: paid for in `yearly_cost_gbp`, whether used or not.

    What is paid only for a place in use, such as extra staff hours, goes in `weekly_cost_gbp`. Once begun, a contract
    runs on through the years planned. Its places are those that the authority cannot use today: those that it can
    already buy one by one count among the spare places of the county. It has no usual kind of place: give `provision`.
    """

    kind: ClassVar[str] = schemas.BLOCK_CONTRACT
    provisions: ClassVar[tuple[str, ...]] = (
        "childrens_home",
        "agency_foster",
        "supported_accommodation",
        "independent_special",
    )

    lead_time_years: float = 0.25
    planned_occupancy: float = 0.9


@dataclass(frozen=True, kw_only=True)
class ReduceEntries:
    """Edge-of-care or early-help work that lowers how many placements of some groups start.

    Attributes
    ----------
    name : str
    share : float
        Part of the starts prevented, 0 to 1.
    from_year : int
        Year of the decision, from 1.
    lead_time_years : float
        From its start until starts are fewer; the year in which that begins has part of it.
    service : str
        `care` or `education`.
    areas, need_groups, age_bands, provisions : tuple of str
        Which starts; empty for all.
    capital_gbp : float
        Paid in `from_year`.
    yearly_cost_gbp : float
        Paid while starts are fewer.
    staff : float
        New staff needed, in full-time equivalents; recruited in `from_year`.
    option_id, site_id : str
        Row of the options it comes from, if any; at most one intervention per site.
    evidence : str
        Where the share comes from.
    """

    kind: ClassVar[str] = schemas.PREVENTION

    name: str
    share: float
    service: str = codes.CARE
    from_year: int = 1
    lead_time_years: float = 0.0
    areas: tuple[str, ...] = ()
    need_groups: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()
    capital_gbp: float = 0.0
    yearly_cost_gbp: float = 0.0
    staff: float = 0.0
    option_id: str = ""
    site_id: str = ""
    evidence: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be. Raises `UsageError` naming every field that is out of range."""
        found = out_of_range(
            (
                ("share", self.share, 0, 1),
                ("from_year", self.from_year, 1, 25),
                ("lead_time_years", self.lead_time_years, 0, 10),
                ("capital_gbp", self.capital_gbp, 0, 1e12),
                ("yearly_cost_gbp", self.yearly_cost_gbp, 0, 1e12),
                ("staff", self.staff, 0, 1e5),
            )
        )
        if not self.name.strip():
            found.append("name is empty")
        if self.service not in codes.SERVICES:
            found.append(f"service = {self.service!r}: choose from {', '.join(codes.SERVICES)}")
        else:
            bands = [label for label, _ in codes.AGE_BANDS[self.service]]
            found += [
                f"age band {band!r}: there are {', '.join(bands)}" for band in self.age_bands if band not in bands
            ]
        found += wrong_needs(self.need_groups)
        found += [f"provision {name!r} does not exist" for name in self.provisions if name not in codes.PROVISION]
        if found:
            raise UsageError(f"{self.kind} {self.name!r}: " + "; ".join(found))

    def places_by_year(self, years: int) -> Floats:
        """Return zeros: it opens no places."""
        return np.zeros(years)

    def capital_by_year(self, years: int) -> Floats:
        """Return capital in pounds, in `from_year`, (years,)."""
        return np.asarray(np.where(np.arange(1, years + 1) == self.from_year, self.capital_gbp, 0.0))

    def staff_by_year(self, years: int) -> Floats:
        """Return new staff, in `from_year`, (years,)."""
        return np.asarray(np.where(np.arange(1, years + 1) == self.from_year, self.staff, 0.0))

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return running cost in pounds, (years,)."""
        return self.at_work_by_year(years) * self.yearly_cost_gbp

    def at_work_by_year(self, years: int) -> Floats:
        """Return the part of each year in which starts are fewer, (years,)."""
        return ready_share(years, self.from_year, self.lead_time_years)


OPENINGS: Final[tuple[type[Opening], ...]] = (
    OpenHome,
    ExpandSchool,
    OpenSpecialistBase,
    RecruitCarers,
    OpenSupportedAccommodation,
    BlockContract,
)
#: Every kind of intervention, in the order in which they are listed to people.
INTERVENTIONS: Final[tuple[type[Opening] | type[ReduceEntries], ...]] = (*OPENINGS, ReduceEntries)
