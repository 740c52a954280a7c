"""Which EHC plans began, ceased and are in force? Told from the dates of the plan, not of the settings named in it.

A child attends a school before the plan is made and may have none while it goes on, so a plan is in force between its
own dates. One that has no start is in force until it ends, and is never counted as new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.dimensions import YEAR
from placements.analysis.inputs import Inputs
from placements.analysis.snapshot import looked_after, with_age
from placements.analysis.year_ends import every_year_end, in_year_to

#: What a plan with no setting in force that day has instead of one. A column that is not here stays.
_NO_SETTING: Final = {
    "start": pd.NaT, "end": pd.NaT, "provision": "education_unknown", "place_code": "", "sector": "unknown",
    "provider_id": "", "residential": False, "placement_postcode": "", "weekly_cost_gbp": float("nan"),
    "reason_at_distance": "", "placement_district": None, "placement_authority": None,
    "placement_easting": float("nan"), "placement_northing": float("nan"), "location": codes.UNKNOWN,
    "adjoining": pd.NA, "distance_miles": float("nan"), "approximate": False, "over_20_miles": pd.NA,
    "distant": pd.NA,
}  # fmt: skip


def plans_held(inputs: Inputs) -> pd.DataFrame:
    """Return one row per EHC plan in force on the day, by the dates of the plan, with ages that day.

    The row is that of the main setting in force; where there is none, what is of the setting is unknown.
    """
    day = pd.Timestamp(inputs.on)
    rows = _settings(inputs.placements)
    held = rows[~(rows["plan_start"] > day) & ~(rows["plan_end"] <= day)]
    one = _one_setting(held, pd.Series(day, index=held.index).astype("datetime64[us]"))
    without = ~_open(one, pd.Series(day, index=one.index))
    for column, value in _NO_SETTING.items():
        one[column] = one[column].mask(without, value).astype(one[column].dtype)
    return with_age(one, day)


def plans_started(inputs: Inputs) -> pd.DataFrame:
    """Return one row per plan that started in the year: its setting that day, else the first, with ages that day."""
    rows = _settings(inputs.placements)
    begun = rows[in_year_to(rows["plan_start"], inputs.on)]
    one = _one_setting(begun, begun["plan_start"])
    return with_age(one, one["plan_start"])


def plans_ceased(inputs: Inputs) -> pd.DataFrame:
    """Return one row per plan that ceased in the year: the setting it had the day before, else the last."""
    rows = _settings(inputs.placements)
    ended = rows[in_year_to(rows["plan_end"], inputs.on)]
    one = _one_setting(ended, ended["plan_end"] - pd.Timedelta(days=1))
    return with_age(one, one["plan_end"])


def looked_after_with_plan(inputs: Inputs) -> pd.DataFrame:
    """Return the care placement of each child looked after who has a plan in force, by the dates of the plan."""
    care = looked_after(inputs.placements, inputs.on)
    return care[care["child_id"].isin(set(plans_held(inputs)["child_id"]))]


def plan_days(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return how many days each ceased plan lasted; NaN where its start is not known."""
    return (rows["plan_end"] - rows["plan_start"]).dt.days.astype(float)


def plan_reconciliation(inputs: Inputs, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how the plans at the last year end become those at this one; by `year` if asked.

    Returns
    -------
    DataFrame
        Counts: `at_start` + `started` - `ceased` = `at_end`, with what is left over as `difference`; of those at the
        end, `start_unknown` and `without_setting`.
    """
    days = every_year_end(inputs.placements, inputs.snapshot)[1:] if YEAR in by else [inputs.on]
    rows = []
    for day in days:
        year = inputs.at(day)
        held, before = plans_held(year), plans_held(inputs.at(year.year_before))
        begun, ended = len(plans_started(year)), len(plans_ceased(year))
        counts = {"at_start": len(before), "started": begun, "ceased": ended, "at_end": len(held)}
        counts["difference"] = len(held) - len(before) - begun + ended
        counts["start_unknown"] = int(held["plan_start"].isna().sum())
        counts["without_setting"] = int(held["provision"].eq("education_unknown").sum())
        rows.append({YEAR: day.isoformat(), **counts})
    names = (*by, "at_start", "started", "ceased", "at_end", "difference", "start_unknown", "without_setting")
    return pd.DataFrame(rows, columns=list(dict.fromkeys((YEAR, *names))))[list(names)]


def _settings(placements: pd.DataFrame) -> pd.DataFrame:
    rows = placements[placements["service"].eq(codes.EDUCATION)]
    # A plan that ceased before it started was never in force: it starts and ceases on one day.
    return rows.assign(plan_end=rows["plan_end"].mask(rows["plan_end"] < rows["plan_start"], rows["plan_start"]))


def _open(rows: pd.DataFrame, day: pd.Series) -> pd.Series:
    return ~(rows["start"] > day) & ~(rows["end"] <= day)


def _one_setting(rows: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """Return one row per plan: of the settings in force on its day, else of all, the main one, then the nearest."""
    away = (day - rows["start"]).dt.days.abs().astype(float)
    ordered = rows.assign(closed=~_open(rows, day), away=away).sort_values(
        ["closed", "rank", "away", "placement_id"], kind="stable", na_position="last"
    )
    return ordered.drop_duplicates("child_id").drop(columns=["closed", "away"]).sort_values("placement_id")
