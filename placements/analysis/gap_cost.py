"""What does the gap in local provision cost today?

The placements that the gap causes are those judged avoidably out of county (`analysis.avoidable`). Their cost is what
they come to in a year; the extra cost is that less what as many local placements of the same kind cost on average. A
mean of fewer than 10 local placements says too little, and could be one child's cost: nothing is then set against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import pandas as pd

from placements.analysis.cost import WEEKS_PER_YEAR
from placements.analysis.gap import BREAKDOWNS, local_places, need
from placements.errors import UsageError
from placements.settings import ThresholdSettings

LEAST_LOCAL: Final = 10
COLUMNS: Final = (
    *("need_local", "available_to_us", "gap", "avoidable"),
    *("costed", "recorded", "yearly_cost_gbp", "compared", "extra_yearly_cost_gbp"),
)
_COUNTS: Final = ["need_local", "avoidable", "costed", "recorded", "compared"]
_MONEY: Final = ["yearly_cost_gbp", "extra_yearly_cost_gbp"]


def gap_cost(
    placements: pd.DataFrame,
    provision: pd.DataFrame,
    on: dt.date,
    thresholds: ThresholdSettings,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the gap and the yearly cost of the placements that it causes.

    Parameters
    ----------
    placements, provision : DataFrame
        `schemas.PLACEMENTS`, `schemas.PROVISION`; places are those of the snapshot day.
    on : date
    thresholds : ThresholdSettings
    by : sequence of str
        Any of `gap.BREAKDOWNS`; one row without.

    Returns
    -------
    DataFrame
        The columns of `by`, then

        - `need_local` (children), `available_to_us` (places) and `gap`, as `gap.sufficiency`;
        - `avoidable`: children avoidably out of county; `costed`: those of them whose cost is known; `recorded`: those
          of them whose cost is recorded for the placement;
        - `yearly_cost_gbp`: of those costed; missing when there are avoidable placements and no cost is known;
        - `compared`: those costed for whose kind there is a mean local cost; `extra_yearly_cost_gbp`: what they cost
          more than as many local placements, missing when nobody could be compared.

    Raises
    ------
    UsageError
        When `by` names something else.
    """
    wrong = [name for name in by if name not in BREAKDOWNS]
    if wrong:
        raise UsageError(f"the gap cannot be broken down by {wrong[0]}; it can by {', '.join(BREAKDOWNS)}")
    children = _costed(need(placements, provision, on, thresholds))
    keys = [BREAKDOWNS[name] for name in by]
    if keys:
        table = children.groupby(keys)[[*_COUNTS, *_MONEY]].sum().rename_axis(index=list(by))
    else:
        table = children[[*_COUNTS, *_MONEY]].sum().to_frame("all").T
    places = local_places(placements, provision, on, thresholds, by)
    table = table.join(places, how="outer").fillna(0.0)
    table["gap"] = table["need_local"] - table["available_to_us"]
    table = table.astype(dict.fromkeys(_COUNTS, int))
    unknown = table["costed"].eq(0) & table["avoidable"].gt(0)
    table["yearly_cost_gbp"] = table["yearly_cost_gbp"].mask(unknown)
    table["extra_yearly_cost_gbp"] = table["extra_yearly_cost_gbp"].mask(table["compared"].eq(0))
    return table.sort_index().reset_index(drop=not by)[[*by, *COLUMNS]]


def _costed(children: pd.DataFrame) -> pd.DataFrame:
    """Return what each child adds to the counts and sums."""
    local, away = children["judgement"].eq("in_county"), children["judgement"].eq("avoidable")
    cost = children["weekly_cost_gbp"].astype(float)
    of_kind = cost[local].groupby([children["service"], children["wanted"]]).agg(["mean", "count"])
    mean = of_kind["mean"].where(of_kind["count"] >= LEAST_LOCAL)
    keys = pd.MultiIndex.from_frame(children[["service", "wanted"]])
    extra = cost - pd.Series(mean.reindex(keys).to_numpy(float), index=children.index)
    return children.assign(
        need_local=(local | away).astype(int),
        avoidable=away.astype(int),
        costed=(away & cost.notna()).astype(int),
        recorded=(away & cost.notna() & children["cost_basis"].eq("recorded")).astype(int),
        compared=(away & extra.notna()).astype(int),
        yearly_cost_gbp=cost.where(away, 0.0).fillna(0.0) * WEEKS_PER_YEAR,
        extra_yearly_cost_gbp=extra.where(away, 0.0).fillna(0.0) * WEEKS_PER_YEAR,
    )
