"""What is shown of school journeys? Plans by phase and outcome: figures of the same release, tied to who boards."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.journeys import BOARDS, OVER, WITHIN, school_phase
from placements.county import County
from placements.disclosure.control.tables import Group, Plan, group

PHASE: Final = "school_phase"
OUTCOME: Final = "journey"
#: Those whose journey is known: what the share over the guideline is of.
KNOWN: Final = (WITHIN, OVER)


def journey_dimensions(county: County, plans: pd.DataFrame) -> pd.DataFrame:
    """Return the phase and the outcome of each plan in force, as texts, indexed as the plans."""
    outcome = county.school_journeys.outcome.reindex(plans["placement_id"]).set_axis(plans.index)
    phase = school_phase(plans["birth_date"], county.snapshot)
    return pd.DataFrame({PHASE: phase, OUTCOME: outcome}, index=plans.index).astype("str")


def declare_journeys(plan: Plan, boarders: Group) -> None:
    """Declare the plans by phase and outcome, with the share over the guideline, where there are plans.

    Parameters
    ----------
    plan : Plan
        Its plans in force have the dimensions of `journey_dimensions`.
    boarders : Group
        Those in a residential placement: just those who board.
    """
    rows = plan.populations[codes.EDUCATION]
    if rows.empty:
        return
    plan.tables.append((codes.EDUCATION, (PHASE, OUTCOME)))
    plan.shares.extend(over_of_known(phase) for phase in (None, *sorted(rows[PHASE].unique())))
    plan.ties.append({journeys_of(None, BOARDS): 1, boarders: -1})


def journeys_of(phase: str | None, *outcomes: str) -> Group:
    """Return the plans of a phase (of all when None) with some outcomes (with any when none is named)."""
    where = {} if phase is None else {PHASE: (phase,)}
    return group(codes.EDUCATION, {**where, **({OUTCOME: outcomes} if outcomes else {})})


def over_of_known(phase: str | None) -> tuple[Group, Group]:
    """Return those over the guideline and those of whom the journey is known, of a phase or of all."""
    return journeys_of(phase, OVER), journeys_of(phase, *KNOWN)
