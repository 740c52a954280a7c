"""Where does the authority stand among the others: its rank, and whether it is further from England than chance?

Ranks are of the figures that `analysis.benchmark` gives, of the same year; 1 is the highest figure, which is neither
good nor bad. Authorities with the same figure share a range of ranks. Those whose figure is withheld are counted, as
any of them may stand above or below.
"""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from placements.analysis import funnel
from placements.analysis.benchmark import AUTHORITY, ENGLAND, NEIGHBOURS, REGION, peers_of
from placements.analysis.benchmark_counts import SCALE, Counts, counts_of, of_benchmarks
from placements.analysis.benchmark_measures import BENCHMARKS, SHARE
from placements.geography.timeline import code_of_today, region_of

RANKS: Final = ("rank", "rank_to", "ranked", "withheld")
FUNNEL: Final = (*funnel.COLUMNS[1:],)
COLUMNS: Final = ("indicator", "place", "year", *RANKS, *FUNNEL)
_LIMITS: Final = tuple(name for name in FUNNEL if "low_" in name or "high_" in name)


def standing(
    published: pd.DataFrame, neighbours: pd.DataFrame, authority_code: str, near_year: int | None = None
) -> pd.DataFrame:
    """Return the authority's ranks, and its place in the funnel around England, by indicator.

    Parameters
    ----------
    published, neighbours, authority_code, near_year
        As in `benchmark.benchmark`; the year of each indicator is the same.

    Returns
    -------
    DataFrame
        Four rows per indicator (`benchmark.PLACES`), with `COLUMNS`. The row `authority` has the funnel: limits in the
        indicator's unit, `position` among `funnel.POSITIONS`, and the same adjusted for `phi`. The rows `region`,
        `england` and `neighbours` have the authority's rank among the authorities of that place, itself included:
        `rank` to `rank_to` (the same unless others have the same figure; missing when its own is withheld), of `ranked`
        with a figure, while `withheld` others have none.
    """
    code = code_of_today(authority_code)
    today = of_benchmarks(published)
    peers = peers_of(neighbours, code)
    rows: list[dict[str, Any]] = []
    for item in BENCHMARKS:
        counts = counts_of(today, item, code, near_year)
        if counts is not None:
            rows += _rows(counts, code, peers)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = ("position", "adjusted_position")
    frame = frame.astype({**dict.fromkeys(RANKS, "Int64"), "year": int, **dict.fromkeys((*_LIMITS, "phi"), float)})
    return frame.assign(**{name: frame[name].fillna("").astype("str") for name in texts})


def authorities_of(counts: Counts) -> pd.DataFrame:
    """Return `value`, `numerator`, `denominator` and `region_code` of each authority there was in the year, by code.

    An authority whose counts are all marked `z`, not applicable, was not there that year.
    """
    there = counts.places["level"].eq("authority") & ~_not_there(counts).reindex(counts.places.index, fill_value=True)
    figures = counts.figures()
    region = counts.places["region_code"].fillna("")
    return figures.assign(region_code=region.reindex(figures.index)).loc[counts.places.index[there].sort_values()]


def _not_there(counts: Counts) -> pd.Series:
    absent = counts.marker.isin(["z", "not published"]) & counts.value.isna()
    return absent.all(axis=1)


def rank_among(values: pd.Series, code: str) -> dict[str, Any]:
    """Return `RANKS` of one authority among the values of several, by code, of which it is one; 1 is the highest."""
    known = values.dropna()
    out: dict[str, Any] = {"rank": None, "rank_to": None, "ranked": len(known), "withheld": len(values) - len(known)}
    if code in known.index:
        own = known.loc[code]
        out["rank"] = int(known.gt(own).sum()) + 1
        out["rank_to"] = int(known.ge(own).sum())
    return out


def _rows(counts: Counts, code: str, peers: list[str]) -> list[dict[str, Any]]:
    item = counts.item
    shared = {"indicator": item.indicator, "year": counts.year}
    every = authorities_of(counts)
    value = every["value"]
    region = str(every["region_code"].get(code, "") or region_of(code))
    # Neighbours that are not published this year are withheld too: they were asked for and have no figure.
    near = value.reindex([code, *(peer for peer in peers if peer != code)]) if peers else value.iloc[:0]
    rows = [{**shared, "place": AUTHORITY, **_in_funnel(counts, every, code)}]
    among = ((REGION, value[every["region_code"].eq(region)]), (ENGLAND, value), (NEIGHBOURS, near))
    return rows + [{**shared, "place": place, **rank_among(values, code)} for place, values in among]


def _in_funnel(counts: Counts, every: pd.DataFrame, code: str) -> dict[str, Any]:
    if code not in every.index:
        return {"position": funnel.UNKNOWN, "adjusted_position": funnel.UNKNOWN}
    scale = SCALE[counts.item.unit]
    model = funnel.BINOMIAL if counts.item.unit == SHARE else funnel.POISSON
    england = counts.figures().loc[counts.places.index[counts.places["level"].eq("national")], "value"]
    target = float(england.iloc[0]) / scale if len(england) else math.nan
    own = funnel.funnel(every["numerator"], every["denominator"], target, model).loc[code]
    return {name: own[name] * scale if name in _LIMITS else own[name] for name in FUNNEL}
