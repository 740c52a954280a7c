"""Who came into care, who left, who moved, and does it add up? Starts, ends and moves of a year, told from the days.

Stock at the last year end + periods begun - periods ended = stock at this one, child by child and whatever the recorded
reasons are (see `analysis.periods`). DfE counts a child once however often they start or cease in a year; the further
periods are counted apart, as are starts that are not recorded as one (RNE is not S) and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.definition import unknown_where_missing
from placements.analysis.dimensions import YEAR
from placements.analysis.inputs import Inputs
from placements.analysis.periods import care_chain
from placements.analysis.snapshot import looked_after, with_age
from placements.analysis.year_ends import every_year_end, in_year_to

#: REC to the group it is published in, coarser than DfE's own table so that few groups are small.
END_GROUP: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("E4A", "E4B", "E13"), "home"),
        **dict.fromkeys(("E11", "E12"), "adopted"),
        **dict.fromkeys(("E41", "E43", "E44", "E45", "E46", "E47", "E48"), "guardianship"),
        **dict.fromkeys(("E5", "E6", "E17"), "adult"),
        **dict.fromkeys(("E3", "E7"), "transferred"),
        **dict.fromkeys(("E2", "E8", "E9", "E14", "E15", "E16"), "other"),
    }
)
END_GROUP_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "home": "Returned home, or to relatives",
        "adopted": "Adopted",
        "guardianship": "Special guardianship or child arrangements order",
        "adult": "Independent living, or turned 18 and stayed with carers",
        "transferred": "Taken over by another authority or by adult social care",
        "other": "Other",
        codes.UNKNOWN: "Not known",
    }
)
CHANGE_REASON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CARPL": "Change to or implementation of the care plan",
        "CREQB": "Carer asked for it, because of the child's behaviour",
        "CREQO": "Carer asked for it, for other reasons",
        "CHILD": "Child asked for it",
        "LAREQ": "Responsible or area authority asked for it",
        "CLOSE": "Carer resigned or provision closed",
        "ALLEG": "Allegation",
        "STAND": "Standards of care",
        "APPRR": "Approval removed",
        "CUSTOD": "Custody",
        "PLACE": "Change of status of the placement only",
        "OTHER": "Other",
        codes.UNKNOWN: "Not known",
    }
)
MOVE_KIND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "new_carer": "To other carers",
        "same_carer": "Placement changed, carers stayed",
        "temporary": "To a temporary placement",
        "back": "Back from a temporary placement",
    }
)


def periods_started(inputs: Inputs) -> pd.DataFrame:
    """Return the first placement of every period of care begun in the year, with ages that day."""
    chain = care_chain(inputs.placements)
    begun = chain[chain["opens"] & in_year_to(chain["period_start"], inputs.on)]
    return with_age(begun, begun["period_start"]).sort_values("placement_id")


def starts(inputs: Inputs) -> pd.DataFrame:
    """Return one row per child who started to be looked after in the year: their first start in it."""
    begun = periods_started(inputs).sort_values("period_start", kind="stable")
    return begun.drop_duplicates("child_id").sort_values("placement_id")


def periods_ended(inputs: Inputs) -> pd.DataFrame:
    """Return the last placement of every period of care that ended in the year, with ages that day."""
    chain = care_chain(inputs.placements)
    ended = chain[chain["closes"] & in_year_to(chain["period_end"], inputs.on)]
    return with_age(ended, ended["period_end"]).sort_values("placement_id")


def ends(inputs: Inputs) -> pd.DataFrame:
    """Return one row per child who ceased to be looked after in the year: their last ceasing in it."""
    ended = periods_ended(inputs).sort_values("period_end", kind="stable")
    return ended.drop_duplicates("child_id", keep="last").sort_values("placement_id")


def moves(inputs: Inputs) -> pd.DataFrame:
    """Return every placement begun in the year that follows another in the same period of care, with `move_kind`."""
    chain = care_chain(inputs.placements)
    follows = ~chain["opens"]
    back = follows & chain["temporary"].shift(fill_value=False) & chain["home"].eq(chain["home"].shift())
    kind = np.select(
        [chain["temporary"], back, chain["same_carer"]], ["temporary", "back", "same_carer"], default="new_carer"
    )
    moved = chain.assign(move_kind=kind)[follows & in_year_to(chain["start"], inputs.on)]
    return with_age(moved, moved["start"]).sort_values("placement_id")


def moved_from(inputs: Inputs) -> pd.DataFrame:
    """Return, for every move of the year, the placement that the child left, with ages that day: as many as `moves`."""
    chain = care_chain(inputs.placements)
    left = chain.assign(left_on=chain["start"].shift(-1), goes_on=~chain["opens"].shift(-1, fill_value=True))
    left = left[left["goes_on"] & in_year_to(left["left_on"], inputs.on)]
    return with_age(left, left["left_on"]).sort_values("placement_id")


def placements_ended(inputs: Inputs) -> pd.DataFrame:
    """Return every placement in care that ended in the year, with ages that day."""
    chain = care_chain(inputs.placements)
    ended = chain[in_year_to(chain["end"], inputs.on)]
    return with_age(ended, ended["end"]).sort_values("placement_id")


def end_group(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return the group of why care ended; X1 on the last placement of a period, a blank or no code is not known."""
    return unknown_where_missing(rows["end_reason"].map(END_GROUP))


def change_reason(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return why a placement was left, `unknown` where it is blank or no code."""
    return unknown_where_missing(rows["change_reason"].where(rows["change_reason"].isin(list(CHANGE_REASON))))


def placement_days(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return how many days each ended placement lasted; NaN where its start is not known or comes after its end."""
    days: pd.Series = (rows["end"] - rows["start"]).dt.days.astype(float)
    return days.where(days >= 0)


def period_days(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return how many days each ended period lasted; NaN where its first placement is not recorded as its start."""
    days = (rows["period_end"] - rows["period_start"]).dt.days.astype(float)
    known: pd.Series = days.where(rows["period_marked"].astype(bool))
    return known


def days_so_far(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return days from the start of each placement in force to the day: so far, for it has not ended."""
    days: pd.Series = (pd.Timestamp(inputs.on) - rows["start"]).dt.days.astype(float)
    return days


def reconciliation(inputs: Inputs, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how the stock at the last year end becomes the stock at this one.

    Parameters
    ----------
    inputs : Inputs
    by : sequence of str
        Of `year` (every year end but the first, before which the data do not reach a whole year) and `uasc`.

    Returns
    -------
    DataFrame
        The columns of `by`, then counts: `at_start` + `children_started` + `started_again` - `children_ceased` -
        `ceased_again` = `at_end`, with what is left over as `difference`; of the starts, `not_recorded` as one (RNE is
        not S); and placements recorded as a start that are within a period of care, `recorded_within`.
    """
    days = every_year_end(inputs.placements, inputs.snapshot)[1:] if YEAR in by else [inputs.on]
    keys = [name for name in by if name != YEAR]
    parts = [_one_year(inputs.at(day), keys).assign(**{YEAR: day.isoformat()}) for day in days]
    if not parts:
        parts = [_one_year(inputs, keys).assign(**{YEAR: ""}).iloc[:0]]
    table = pd.concat(parts, ignore_index=True)
    return table[[*by, *(name for name in table.columns if name not in {*keys, YEAR})]]


def _one_year(inputs: Inputs, keys: list[str]) -> pd.DataFrame:
    chain = care_chain(inputs.placements)
    within = chain[~chain["opens"] & chain["starts_care"] & in_year_to(chain["start"], inputs.on)]
    begun, ended = periods_started(inputs), periods_ended(inputs)
    counted = {
        "at_start": looked_after(inputs.placements, inputs.year_before),
        "children_started": begun.drop_duplicates("child_id"),
        "started_again": begun[begun["child_id"].duplicated()],
        "children_ceased": ended.drop_duplicates("child_id"),
        "ceased_again": ended[ended["child_id"].duplicated()],
        "at_end": looked_after(inputs.placements, inputs.on),
        "not_recorded": begun[~begun["starts_care"]],
        "recorded_within": within,
    }
    group = _uasc_of_child(chain) if keys else pd.Series("all", index=chain["child_id"].unique(), dtype="str")
    counts = pd.DataFrame({name: rows["child_id"].map(group).value_counts() for name, rows in counted.items()})
    counts = counts.reindex(counts.index if keys else ["all"]).fillna(0).astype(int).sort_index()
    change = counts["children_started"] + counts["started_again"] - counts["children_ceased"] - counts["ceased_again"]
    counts.insert(6, "difference", counts["at_end"] - counts["at_start"] - change)
    return counts.rename_axis("uasc").reset_index().drop(columns=[] if keys else ["uasc"])


def _uasc_of_child(chain: pd.DataFrame) -> pd.Series:
    ever = chain.groupby("child_id")["uasc"].any()
    return pd.Series(np.where(ever, "unaccompanied", "other"), index=ever.index, dtype="str")
