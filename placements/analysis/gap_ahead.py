"""Where will local provision fall short, if nothing is opened or closed?

Need is what a forecast says (any that fills `NEED_AHEAD`); places stay as they are on the snapshot day: those our
children hold, and the share of the vacant ones that they can expect. No home that opens or closes, no carer who stops,
and no change in what other authorities buy is in it: what is, belongs in a scenario.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

import pandas as pd

from placements.analysis.avoidable import LOCAL_KINDS
from placements.analysis.gap import BREAKDOWNS, local_places
from placements.errors import UsageError
from placements.settings import ThresholdSettings

#: Columns of need ahead beside what it is broken down by (any of `gap.BREAKDOWNS`): `year` (1 is the one after the
#: snapshot day), and places that children need locally on average over it: expected, and the ends of an interval of the
#: sums, not sums of ends.
NEED_AHEAD: Final = ("year", "expected", "low", "high")
COLUMNS: Final = (*NEED_AHEAD, "available_to_us", "gap", "gap_low", "gap_high")


def gap_ahead(
    need_ahead: pd.DataFrame,
    placements: pd.DataFrame,
    provision: pd.DataFrame,
    on: dt.date,
    thresholds: ThresholdSettings,
    kinds: Collection[str] = tuple(LOCAL_KINDS),
) -> pd.DataFrame:
    """Return the gap in each year ahead.

    Parameters
    ----------
    need_ahead : DataFrame
        Columns of `NEED_AHEAD` and what it is broken down by; one row a group and year.
    placements, provision : DataFrame
        `schemas.PLACEMENTS`, `schemas.PROVISION`.
    on : date
        The snapshot day.
    thresholds : ThresholdSettings
    kinds : collection of str
        Kinds of provision that the forecast is of: only their places are set against it.

    Returns
    -------
    DataFrame
        What need is broken down by, then `COLUMNS`. Places are known, so the interval of the gap is that of need. A
        group with places for whom no need is forecast has a need of 0.

    Raises
    ------
    UsageError
        When a column is missing or strange, or a group has a year twice.
    """
    lacking = [name for name in NEED_AHEAD if name not in need_ahead]
    by = [name for name in need_ahead.columns if name not in NEED_AHEAD]
    strange = [name for name in by if name not in BREAKDOWNS]
    if lacking or strange:
        more, less = ", ".join(strange) or "nothing", ", ".join(lacking) or "nothing"
        raise UsageError(f"need ahead lacks the columns {less}, and has {more} that need cannot be broken down by")
    if need_ahead.duplicated([*by, "year"]).any():
        raise UsageError("need ahead has a group and year twice: give each once")
    places = local_places(placements, provision, on, thresholds, by, kinds)
    years = sorted(need_ahead["year"].unique())
    of_places = places.to_frame().reset_index(drop=not by)
    each_year = of_places.merge(pd.DataFrame({"year": years}, dtype=int), how="cross")
    table = need_ahead.merge(each_year, on=[*by, "year"], how="outer", indicator="where")
    # Only a group that one side does not have at all is without need or places: what is missing within it is not known.
    for name in ("expected", "low", "high"):
        table[name] = table[name].mask(table["where"].eq("right_only"), 0.0)
    table["available_to_us"] = table["available_to_us"].mask(table["where"].eq("left_only"), 0.0)
    for name, of in (("gap", "expected"), ("gap_low", "low"), ("gap_high", "high")):
        table[name] = table[of] - table["available_to_us"]
    return table.sort_values([*by, "year"], ignore_index=True)[[*by, *COLUMNS]]
