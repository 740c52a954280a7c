"""What can be done or may happen: places, carers, need, the market, boundaries; read from and written to scenarios."""

from placements.interventions.carers import ConvertAgencyCarers, RecruitCarers, RetainCarers
from placements.interventions.kinds import INTERVENTIONS, OPENINGS
from placements.interventions.market import ChangePrice, ChangeUseByOthers, CloseProvider
from placements.interventions.measure import Change, Measure
from placements.interventions.need import ReduceEntries, Reunify, StepDown
from placements.interventions.opening import Intervention, Opening
from placements.interventions.openings import (
    BlockContract,
    ExpandSchool,
    OpenHome,
    OpenSpecialistBase,
    OpenSupportedAccommodation,
)
from placements.interventions.reorganisation import ReorganiseBoundary
from placements.interventions.scenario import (
    parse_scenario,
    read_scenario,
    scenario_name,
    scenario_text,
    write_scenario,
)

__all__ = [
    "INTERVENTIONS",
    "OPENINGS",
    "BlockContract",
    "Change",
    "ChangePrice",
    "ChangeUseByOthers",
    "CloseProvider",
    "ConvertAgencyCarers",
    "ExpandSchool",
    "Intervention",
    "Measure",
    "OpenHome",
    "OpenSpecialistBase",
    "OpenSupportedAccommodation",
    "Opening",
    "RecruitCarers",
    "ReduceEntries",
    "ReorganiseBoundary",
    "RetainCarers",
    "Reunify",
    "StepDown",
    "parse_scenario",
    "read_scenario",
    "scenario_name",
    "scenario_text",
    "write_scenario",
]
