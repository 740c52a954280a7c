"""School journeys as rows that may be shown: counts by phase of school, with totals both ways, and the share over."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from placements.analysis.journeys import OUTCOMES, OVER, WITHIN, SchoolJourneys
from placements.disclosure.journeys import KNOWN, journeys_of, over_of_known
from placements.disclosure.shown import ShownFigures

_TOTAL: Final = "Total"


def journey_rows(journeys: SchoolJourneys, figures: ShownFigures) -> list[dict[str, Any]]:
    """Return one row a phase and one of all, as they may be shown: every figure as it stands in the release."""
    minutes = journeys.table["guideline_minutes"]
    return [
        {
            "phase": _TOTAL if phase is None else phase,
            "guideline_minutes": None if phase is None or np.isnan(minutes[phase]) else int(minutes[phase]),
            **{name: figures.count(journeys_of(phase, name)) for name in (WITHIN, OVER)},
            "known": figures.count(journeys_of(phase, *KNOWN)),
            "share_over": figures.share(*over_of_known(phase)),
            **{name: figures.count(journeys_of(phase, name)) for name in OUTCOMES if name not in KNOWN},
            "plans": figures.count(journeys_of(phase)),
        }
        for phase in [*(str(name) for name in journeys.table.index), None]
    ]
