"""Places to open at a site, or to buy whole, one frozen dataclass for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from placements import schemas
from placements.interventions.opening import Opening


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
