"""What every intervention has in common, and what it means to open places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.errors import UsageError

Floats = npt.NDArray[np.float64]

SEXES: Final = ("any", "M", "F")


@runtime_checkable
class Intervention(Protocol):
    """Something that can be done. Written by hand or chosen by the optimiser: one type, one path.

    Years are counted from the snapshot, the first being 1. Every `..._by_year` has one figure for each of `years`.
    """

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def evidence(self) -> str:
        """Where its figures come from."""

    def places_by_year(self, years: int) -> Floats:
        """Return places added, as an average over each year: usable after the lead time, before planned occupancy."""

    def capital_by_year(self, years: int) -> Floats:
        """Return capital in pounds, in the year of the decision."""

    def staff_by_year(self, years: int) -> Floats:
        """Return new staff needed, in full-time equivalents, in the year of the decision."""

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return what it costs whether used or not, in pounds, from the day it is ready."""

    @property
    def probability_of_success(self) -> float:
        """How likely it is to come to anything, 0 to 1. Capital is spent either way."""

    @property
    def runs_if_failed(self) -> bool:
        """Whether its yearly cost is paid even where it comes to nothing, as of a programme that does not work."""


def ready_share(years: int, opens_year: int, lead_time_years: float, ramp_up_years: float = 0.0) -> Floats:
    """Return how far something decided at the start of `opens_year` is at work in each year, on average, (years,).

    Nothing until the lead time is over, then growing in a straight line to all of it over the ramp-up.
    """
    since = np.arange(1, years + 1, dtype=float) - (opens_year - 1) - lead_time_years
    if ramp_up_years <= 0:
        return np.asarray(np.clip(since, 0.0, 1.0))
    return np.asarray(_grown(since, ramp_up_years) - _grown(since - 1.0, ramp_up_years))


def _grown(since: Floats, ramp_up_years: float) -> Floats:
    """Return years of full effect up to a time after the lead time: the integral of the ramp."""
    on_ramp = np.clip(since, 0.0, ramp_up_years)
    return np.asarray(on_ramp**2 / (2 * ramp_up_years) + np.clip(since - ramp_up_years, 0.0, None))


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Places opened at one site.

    Attributes
    ----------
    name : str
    district : str
        Name or code; with no point given, the district's centre is used.
    postcode : str
        Located by the caller if no point is given.
    easting, northing : float, optional
        British National Grid metres.
    opens_year : int
        Year of the decision, from 1; capital is paid in it, and places are usable `lead_time_years` after its start.
    places : int
        Per unit.
    capital_gbp, yearly_cost_gbp : float
        Per unit; the yearly cost runs from the day it is ready, used or not.
    weekly_cost_gbp : float
        Per used place.
    staff : float
        New staff needed, in full-time equivalents, per unit; recruited in the year of the decision.
    planned_occupancy : float
        Share of the places that can be used on average: a home of k places turns children away before it is full.
    minimum_occupancy : float
        Share of the places that must be used on average for it to be viable.
    needs : tuple of str
        Need groups it takes; empty for any.
    age_low, age_high : int
        Completed years, both included.
    sex : str
        `any`, `M` or `F`.
    provision : str
        Kind of place it opens, one of `codes.PROVISION`.
    option_id, site_id : str
        Row of the options it comes from, if any; at most one intervention per site.
    ramp_up_years : float
        From its first place to its last, in a straight line. Its yearly cost is paid in full from its opening.
    probability_of_success : float
        That it opens at all. One that does not costs its capital, has no places and no running cost.
    evidence : str
        Where its figures come from.
    """

    kind: ClassVar[str] = ""
    runs_if_failed: ClassVar[bool] = False
    #: Kinds of place that this kind of opening can make; of several there is no default.
    provisions: ClassVar[tuple[str, ...]] = ()
    ages: ClassVar[tuple[int, int]] = (0, 25)

    name: str
    places: int
    district: str = ""
    postcode: str = ""
    easting: float | None = None
    northing: float | None = None
    opens_year: int = 1
    capital_gbp: float = 0.0
    yearly_cost_gbp: float = 0.0
    weekly_cost_gbp: float = 0.0
    staff: float = 0.0
    lead_time_years: float = 1.0
    planned_occupancy: float = 0.85
    minimum_occupancy: float = 0.0
    needs: tuple[str, ...] = ()
    age_low: int = -1
    age_high: int = -1
    sex: str = "any"
    provision: str = ""
    option_id: str = ""
    site_id: str = ""
    ramp_up_years: float = 0.0
    probability_of_success: float = 1.0
    evidence: str = ""

    def __post_init__(self) -> None:
        """Fill in the defaults of the kind and refuse what cannot be.

        Raises
        ------
        UsageError
            Naming every field that is out of range.
        """
        low, high = self.ages
        object.__setattr__(self, "age_low", low if self.age_low < 0 else self.age_low)
        object.__setattr__(self, "age_high", high if self.age_high < 0 else self.age_high)
        usual = self.provisions[0] if len(self.provisions) == 1 else ""
        object.__setattr__(self, "provision", self.provision or usual)
        found = self._problems()
        if found:
            raise UsageError(f"{self.kind} {self.name!r}: " + "; ".join(found))

    def _problems(self) -> list[str]:
        ranges: tuple[tuple[str, float, float, float], ...] = (
            ("places", self.places, 1, 2000),
            ("opens_year", self.opens_year, 1, 25),
            ("capital_gbp", self.capital_gbp, 0, 1e12),
            ("yearly_cost_gbp", self.yearly_cost_gbp, 0, 1e12),
            ("weekly_cost_gbp", self.weekly_cost_gbp, 0, 1e9),
            ("staff", self.staff, 0, 1e5),
            ("lead_time_years", self.lead_time_years, 0, 10),
            ("ramp_up_years", self.ramp_up_years, 0, 10),
            ("probability_of_success", self.probability_of_success, 0, 1),
            ("planned_occupancy", self.planned_occupancy, 0.01, 1),
            ("minimum_occupancy", self.minimum_occupancy, 0, 1),
            ("age_low", self.age_low, 0, self.age_high),
            ("age_high", self.age_high, self.age_low, 25),
        )
        found = out_of_range(ranges)
        if not self.name.strip():
            found.append("name is empty")
        if self.sex not in SEXES:
            found.append(f"sex = {self.sex!r}: choose from {', '.join(SEXES)}")
        if self.provision not in self.provisions:
            found.append(f"provision = {self.provision!r}: choose from {', '.join(self.provisions)}")
        found += wrong_needs(self.needs)
        if (self.easting is None) != (self.northing is None):
            found.append("easting and northing belong together: give both or neither")
        elif self.easting is None and not self.postcode and not self.district:
            found.append("where is it? give a district, a postcode, or easting and northing")
        if self.minimum_occupancy > self.planned_occupancy:
            found.append("minimum_occupancy is above planned_occupancy: it could never be met")
        return found

    def units_by_year(self, years: int) -> Floats:
        """Return units decided on in each year, (years,): one, in `opens_year`."""
        return np.asarray(np.arange(1, years + 1) == self.opens_year, float)

    def ready_by_year(self, years: int) -> Floats:
        """Return units ready, as an average over each year, (years,)."""
        return self._ready(years, 0.0)

    def places_by_year(self, years: int) -> Floats:
        """Return places ready, as an average over each year, before planned occupancy, (years,)."""
        return self._ready(years, self.ramp_up_years) * self.places

    def _ready(self, years: int, ramp_up_years: float) -> Floats:
        decided = self.units_by_year(years)
        shares = (
            ready_share(years, year + 1, self.lead_time_years, ramp_up_years) * decided[year] for year in range(years)
        )
        return np.asarray(sum(shares, np.zeros(years)))

    def capital_by_year(self, years: int) -> Floats:
        """Return capital in pounds by year of decision, (years,)."""
        return self.units_by_year(years) * self.capital_gbp

    def staff_by_year(self, years: int) -> Floats:
        """Return new staff by year of decision, in full-time equivalents, (years,)."""
        return self.units_by_year(years) * self.staff

    def yearly_cost_by_year(self, years: int) -> Floats:
        """Return fixed running cost in pounds, (years,)."""
        return self.ready_by_year(years) * self.yearly_cost_gbp


def out_of_range(ranges: tuple[tuple[str, float, float, float], ...]) -> list[str]:
    """Return a sentence for each `(name, value, low, high)` that is not between its limits, or not a finite number."""
    return [
        f"{name} = {value:g}: it lies between {low:g} and {high:g}"
        for name, value, low, high in ranges
        if not (math.isfinite(value) and low <= value <= high)
    ]


def wrong_needs(needs: tuple[str, ...]) -> list[str]:
    """Return a sentence for each need group that does not exist."""
    allowed = ", ".join(codes.NEED_GROUP_LABEL)
    return [f"need group {need!r}: there are {allowed}" for need in needs if need not in codes.NEED_GROUP_LABEL]
