"""Every kind of intervention there is, in the order in which they are listed to people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from placements.interventions.carers import ConvertAgencyCarers, RecruitCarers, RetainCarers
from placements.interventions.market import ChangePrice, ChangeUseByOthers, CloseProvider
from placements.interventions.measure import Change
from placements.interventions.need import ReduceEntries, Reunify, StepDown
from placements.interventions.opening import Opening
from placements.interventions.openings import (
    BlockContract,
    ExpandSchool,
    OpenHome,
    OpenSpecialistBase,
    OpenSupportedAccommodation,
)
from placements.interventions.reorganisation import ReorganiseBoundary

#: Openings that the table of options can offer to the optimiser.
OPENINGS: Final[tuple[type[Opening], ...]] = (
    OpenHome,
    ExpandSchool,
    OpenSpecialistBase,
    RecruitCarers,
    OpenSupportedAccommodation,
    BlockContract,
)
#: Those of the table of options first, then those that are written by hand alone.
INTERVENTIONS: Final[tuple[type[Opening] | type[Change], ...]] = (
    *OPENINGS,
    ReduceEntries,
    RetainCarers,
    ConvertAgencyCarers,
    Reunify,
    StepDown,
    CloseProvider,
    ChangeUseByOthers,
    ChangePrice,
    ReorganiseBoundary,
)
#: The same by the name that a scenario gives them.
BY_NAME: Final[Mapping[str, type[Opening] | type[Change]]] = MappingProxyType(
    {kind.kind: kind for kind in INTERVENTIONS}
)
