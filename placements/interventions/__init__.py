"""What can be done: things to open, recruit or prevent; read from and written to scenario files."""

from placements.interventions.kinds import (
    INTERVENTIONS,
    OPENINGS,
    BlockContract,
    ExpandSchool,
    OpenHome,
    OpenSpecialistBase,
    OpenSupportedAccommodation,
    RecruitCarers,
    ReduceEntries,
)
from placements.interventions.opening import Intervention, Opening
from placements.interventions.scenario import read_scenario, scenario_text, write_scenario

__all__ = [
    "INTERVENTIONS",
    "OPENINGS",
    "BlockContract",
    "ExpandSchool",
    "Intervention",
    "OpenHome",
    "OpenSpecialistBase",
    "OpenSupportedAccommodation",
    "Opening",
    "RecruitCarers",
    "ReduceEntries",
    "read_scenario",
    "scenario_text",
    "write_scenario",
]
