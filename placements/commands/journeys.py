"""School journeys as rows that may be shown: counts by phase of school, with totals both ways, and the share over."""

from __future__ import annotations

from typing import Any

import numpy as np

from placements.analysis.journeys import OUTCOMES, OVER, WITHIN, SchoolJourneys
from placements.disclosure.grid import TOTAL, protect_grid
from placements.disclosure.suppress import SUPPRESSED, count_text, share_text


def journey_rows(journeys: SchoolJourneys, profile: str) -> list[dict[str, Any]]:
    """Return one row a phase and one of all, as they may be shown under the profile.

    Where a part is hidden, so are the number known and the share: beside the other part they would give it away.
    """
    table = journeys.table
    counts = table[list(OUTCOMES)]
    shown = protect_grid(counts, profile)
    within, over = ([*counts[name], counts[name].sum()] for name in (WITHIN, OVER))
    minutes = [*table["guideline_minutes"], np.nan]
    rows = []
    for number, cells in enumerate(shown.to_dict("records")):
        hide = SUPPRESSED in (cells[WITHIN], cells[OVER])
        known = within[number] + over[number]
        rows.append(
            {
                "phase": str(shown.index[number]),
                "guideline_minutes": None if np.isnan(minutes[number]) else int(minutes[number]),
                **{name: str(cells[name]) for name in (WITHIN, OVER)},
                "known": SUPPRESSED if hide else count_text(known, profile),
                "share_over": SUPPRESSED if hide else share_text(over[number], known, profile),
                **{name: str(cells[name]) for name in OUTCOMES if name not in (WITHIN, OVER)},
                "plans": str(cells[TOTAL]),
            }
        )
    return rows
