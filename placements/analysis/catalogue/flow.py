"""Flow: stocks, starts, ends, moves and durations, for care, for EHC plans and for children with both."""

from __future__ import annotations

from typing import Final

from placements import codes
from placements.analysis.definition import Column, Definition, Kind, Population, TableColumn
from placements.analysis.flow import (
    CHANGE_REASON,
    END_GROUP_LABEL,
    MOVE_KIND,
    change_reason,
    days_so_far,
    end_group,
    ends,
    moved_from,
    moves,
    period_days,
    periods_ended,
    periods_started,
    placement_days,
    placements_ended,
    reconciliation,
    starts,
)
from placements.analysis.plan_flow import (
    looked_after_with_plan,
    plan_days,
    plan_reconciliation,
    plans_ceased,
    plans_held,
    plans_started,
)
from placements.analysis.populations import LOOKED_AFTER
from placements.analysis.time_in_care import DAYS_PER_YEAR, years_in_care

_DFE: Final = "DfE, Children looked after in England including adoptions, methodology and data guidance; SSDA903 guide"
_SEN2: Final = "DfE, Education, health and care plans; SEN2 guide (person level)"
#: SEN2 returns are no history: each lists the plans of its own year.
_SURVIVORS: Final = "for earlier years, plans that ceased before the return that is held: those years are too low"
_SHORT_BREAKS: Final = "series of short breaks (V3, V4)"
_CHAIN: Final = "analysis/periods.py: a period of care lasts while each placement begins by the end of those before it"

STARTED: Final = Population(
    "care_started", "Children who started to be looked after in the year", codes.CARE, starts, flow=True
)
PERIODS_STARTED: Final = Population(
    "care_periods_started", "Periods of care that began in the year", codes.CARE, periods_started, "periods", flow=True
)
CEASED: Final = Population(
    "care_ceased", "Children who ceased to be looked after in the year", codes.CARE, ends, flow=True
)
PERIODS_ENDED: Final = Population(
    "care_periods_ended", "Periods of care that ended in the year", codes.CARE, periods_ended, "periods", flow=True
)
MOVES: Final = Population(
    "care_moves", "Placement moves of children looked after in the year", codes.CARE, moves, "moves", flow=True
)
MOVED_FROM: Final = Population(
    "care_moved_from", "Placements that were left for another in the year", codes.CARE, moved_from, "moves", flow=True
)
PLACEMENTS_ENDED: Final = Population(
    "care_placements_ended", "Placements in care that ended in the year", codes.CARE, placements_ended, "placements",
    flow=True,
)  # fmt: skip
PLANS_HELD: Final = Population("plans_held", "EHC plans in force", codes.EDUCATION, plans_held, "plans")
PLANS_STARTED: Final = Population(
    "plans_started", "EHC plans that started in the year", codes.EDUCATION, plans_started, "plans", flow=True
)
PLANS_CEASED: Final = Population(
    "plans_ceased", "EHC plans that ceased in the year", codes.EDUCATION, plans_ceased, "plans", flow=True
)
CARE_WITH_PLAN: Final = Population(
    "care_with_plan", "Children looked after who have an EHC plan", codes.CARE, looked_after_with_plan
)

_CHILDREN: Final = TableColumn(Column.CHILDREN)
_STARTED_TEXT: Final = "children with at least one period of care that began in the year; each once, at the first"
_CEASED_TEXT: Final = "children with at least one period of care that ended in the year; each once, at the last"

CARE: Final[tuple[Definition, ...]] = (
    Definition(
        "care_children", "Children looked after", Kind.COUNT,
        "children looked after at the end of the day", "none: a count", _SHORT_BREAKS, _DFE, LOOKED_AFTER,
    ),
    Definition(
        "care_rate", "Children looked after, rate", Kind.RATE,
        "children looked after at the end of the day", "10,000 residents aged 0 to 17", _SHORT_BREAKS,
        f"{_DFE}; residents: see analysis/residents.py", LOOKED_AFTER,
    ),
    Definition(
        "care_starts", "Children who started to be looked after", Kind.COUNT,
        f"{_STARTED_TEXT}, whether or not the start is recorded as one (RNE S)", "none: a count",
        f"{_SHORT_BREAKS}; further starts of the same child in the year, which care_periods_started has",
        f"{_DFE} (only the first occasion of the year counts); {_CHAIN}", STARTED,
    ),
    Definition(
        "care_starts_rate", "Children who started to be looked after, rate", Kind.RATE,
        _STARTED_TEXT, "10,000 residents aged 0 to 17", _SHORT_BREAKS,
        f"{_DFE}; {_CHAIN}; residents: see analysis/residents.py", STARTED,
    ),
    Definition(
        "care_periods_started", "Periods of care that began", Kind.COUNT,
        "periods of care that began in the year, several of one child too", "none: a count", _SHORT_BREAKS, _CHAIN,
        PERIODS_STARTED,
    ),
    Definition(
        "care_ends", "Children who ceased to be looked after", Kind.COUNT,
        f"{_CEASED_TEXT}; those who came back by the end of the year too", "none: a count",
        f"{_SHORT_BREAKS}; earlier ends of the same child in the year, which care_periods_ended has",
        f"{_DFE} (only the last occasion of the year counts); {_CHAIN}", CEASED,
    ),
    Definition(
        "care_periods_ended", "Periods of care that ended", Kind.COUNT,
        "periods of care that ended in the year, several of one child too", "none: a count", _SHORT_BREAKS, _CHAIN,
        PERIODS_ENDED,
    ),
    Definition(
        "care_end_reasons", "Why children ceased to be looked after", Kind.BREAKDOWN,
        "children by the reason (REC) of the last end of the year: home E4A, E4B, E13; adopted E11, E12; guardianship "
        "E41, E43 to E48; adult E5, E6, E17; transferred E3, E7; other E2, E8, E9, E14, E15, E16",
        "children who ceased to be looked after in the year", f"{_SHORT_BREAKS}; nobody else: a reason that is blank, "
        "no code, or X1 with nothing after it is not known", f"{_DFE}, REC; DfE's reasons in wider groups",
        CEASED, category=end_group, categories=END_GROUP_LABEL,
    ),
    Definition(
        "care_reconciliation", "Does the stock add up?", Kind.TABLE,
        "children looked after at the last year end, plus periods of care begun, less periods ended (children, and "
        "further periods of the same child apart)", "children looked after at this year end", _SHORT_BREAKS,
        f"{_CHAIN}. not_recorded: starts whose RNE is not S; recorded_within: RNE S within a period of care. Told from "
        "the days, so that `difference` is 0 whatever is recorded", table=reconciliation, by=("year", "uasc"),
        columns=dict.fromkeys(
            (
                "at_start", "children_started", "started_again", "children_ceased", "ceased_again", "at_end",
                "difference", "not_recorded", "recorded_within",
            ), _CHILDREN
        ),
    ),
    Definition(
        "care_moves", "Placement moves", Kind.COUNT,
        "placements begun in the year that follow another of the same child in the same period of care; temporary "
        "ones, and those with the same carers, too (care_move_kinds tells them apart)", "none: a count",
        f"{_SHORT_BREAKS}; first placements of a period of care", f"{_DFE}, reason for placement change; {_CHAIN}",
        MOVES,
    ),
    Definition(
        "care_move_kinds", "Placement moves by kind", Kind.BREAKDOWN,
        "moves: to other carers, placement changed with the same carers (RNE T or U), to a temporary placement (T0 to "
        "T4), back from one", "placement moves of the year", _SHORT_BREAKS, "SSDA903 guide, RNE and PLACE",
        MOVES, category=lambda rows, inputs: rows["move_kind"], categories=MOVE_KIND,
    ),
    Definition(
        "care_move_reasons", "Why placements changed", Kind.BREAKDOWN,
        "moves by the reason (REASON_PLACE_CHANGE) of the placement that was left, whose provision and ages they are "
        "broken down by", "placement moves of the year", f"{_SHORT_BREAKS}; placements that ended with care",
        f"{_DFE}, reason for placement change (formerly table B4)", MOVED_FROM, category=change_reason,
        categories=CHANGE_REASON,
    ),
    Definition(
        "care_placement_duration", "How long placements that ended had lasted", Kind.SPREAD,
        "days from start to end of placements that ended in the year", "placements that ended in the year",
        f"{_SHORT_BREAKS}; those whose start is not known; placements that go on, which "
        "care_time_in_present_placement has: so longer stays show late", f"{_DFE}, duration of placements (B3)",
        PLACEMENTS_ENDED, number=placement_days, unit="days",
    ),
    Definition(
        "care_period_duration", "How long periods of care that ended had lasted", Kind.SPREAD,
        "days from start to end of periods of care that ended in the year", "periods of care that ended in the year",
        f"{_SHORT_BREAKS}; periods whose first placement is not recorded as their start (RNE S): they may have begun "
        "in a return that is not held", f"{_DFE}, duration of latest period of care; {_CHAIN}", PERIODS_ENDED,
        number=period_days, unit="days",
    ),
    Definition(
        "care_time_in_present_placement", "How long children have been where they are", Kind.SPREAD,
        "days from the start of the present placement to the day; it goes on, so this is no duration",
        "children looked after", f"{_SHORT_BREAKS}; start not known", "SSDA903 guide, DECOM", LOOKED_AFTER,
        number=days_so_far, unit="days",
    ),
    Definition(
        "care_time_looked_after", "How long children have been looked after so far", Kind.SPREAD,
        "days from the last start of care (RNE S) to the day; it goes on, so this is no duration",
        "children looked after", f"{_SHORT_BREAKS}; start of care in no return that is held",
        "analysis/time_in_care.py, as in the breakdown by time in care", LOOKED_AFTER,
        number=lambda rows, inputs: (years_in_care(rows, inputs.placements, inputs.on) * DAYS_PER_YEAR).round(),
        unit="days",
    ),
)  # fmt: skip

PLANS: Final[tuple[Definition, ...]] = (
    Definition(
        "plans_in_force", "EHC plans in force", Kind.COUNT,
        "plans that had started and not ceased at the end of the day, by the dates of the plan", "none: a count",
        f"nobody on the snapshot day (a plan with no start or no setting counts); {_SURVIVORS}", _SEN2, PLANS_HELD,
    ),
    Definition(
        "plans_started", "New EHC plans", Kind.COUNT,
        "plans whose start date is in the year", "none: a count", f"plans with no start date; {_SURVIVORS}", _SEN2,
        PLANS_STARTED,
    ),
    Definition(
        "plans_ceased", "EHC plans that ceased", Kind.COUNT,
        "plans whose date of ceasing is in the year", "none: a count", _SURVIVORS, _SEN2, PLANS_CEASED,
    ),
    Definition(
        "plans_duration", "How long EHC plans that ceased had lasted", Kind.SPREAD,
        "days from start to ceasing of plans that ceased in the year", "plans that ceased in the year",
        "plans with no start date", _SEN2, PLANS_CEASED, number=plan_days, unit="days",
    ),
    Definition(
        "plans_reconciliation", "Do the plans add up?", Kind.TABLE,
        "plans in force at the last year end, plus plans started, less plans ceased", "plans in force at this year end",
        f"{_SURVIVORS}. start_unknown and without_setting are of the plans at the end", _SEN2,
        table=plan_reconciliation,
        by=("year",),
        columns=dict.fromkeys(
            ("at_start", "started", "ceased", "at_end", "difference", "start_unknown", "without_setting"), _CHILDREN
        ),
    ),
    Definition(
        "care_and_plan_children", "Children looked after with an EHC plan", Kind.COUNT,
        "children looked after whose plan is in force at the end of the day", "none: a count",
        f"{_SHORT_BREAKS}; children whose two records do not share a pupil number that stands once in each",
        f"{_DFE}; {_SEN2}", CARE_WITH_PLAN,
    ),
)  # fmt: skip

DEFINITIONS: Final[tuple[Definition, ...]] = (*CARE, *PLANS)
