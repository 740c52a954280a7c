"""What places will children need locally? A forecast as the plain frame that `analysis.gap_ahead` takes.

A forecast is of all placements of the kinds a local place can serve. The part of them that local places should meet is
today's: of the children placed today, those in the county or avoidably outside it, out of those of whom it is known
(`analysis.gap.need`), by kind of provision and need, small numbers shrunk to the share of the kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.analysis.gap import BREAKDOWNS, WANTED, need
from placements.analysis.gap_ahead import gap_ahead
from placements.county import County
from placements.errors import UsageError
from placements.forecasting.result import Forecast
from placements.forecasting.spells import PLANNABLE

#: Weight of the share of the kind that the share of a need is shrunk to, in children.
PRIOR_CHILDREN: Final = 10.0
#: Nine runs in ten lie between low and high.
_ENDS: Final = (0.05, 0.95)
_LEVELS: Final = (["service", "wanted"], ["service", "wanted", "need_group"])


def gap_of(forecast: Forecast, county: County, by: Sequence[str] = ("service",)) -> pd.DataFrame:
    """Return the gap in each year ahead if places stay as they are. See `analysis.gap_ahead.gap_ahead`."""
    ahead = need_ahead(forecast, local_shares(forecast, county), by)
    thresholds = county.settings.thresholds
    return gap_ahead(ahead, county.placements, county.provision, county.snapshot, thresholds, PLANNABLE)


def need_ahead(forecast: Forecast, shares: pd.Series, by: Sequence[str] = ("service",)) -> pd.DataFrame:
    """Return need that local places should meet, by year.

    Parameters
    ----------
    forecast : Forecast
    shares : Series of float
        Local share by `group` of the forecast, as from `local_shares`.
    by : sequence of str
        Any of `analysis.gap.BREAKDOWNS`. Ages are those at the start of a placement.

    Returns
    -------
    DataFrame
        The columns of `by`, `year` (1 is the first ahead), and `expected`, `low`, `high`: mean, 5 % and 95 % quantile
        over the runs of the places in use on average over the year. Only the runs differ: the share does not.

    Raises
    ------
    UsageError
        When `by` names something else.
    """
    wrong = [name for name in by if name not in BREAKDOWNS]
    if wrong or len(set(by)) < len(by):
        asked, ways = ", ".join(wrong or by), ", ".join(BREAKDOWNS)
        raise UsageError(f"need ahead cannot be broken down by {asked}; choose, once each, from {ways}")
    groups = _described(forecast)
    columns = [BREAKDOWNS[name] for name in by]
    keys = groups[columns].drop_duplicates().sort_values(columns) if by else pd.DataFrame(index=[0])
    member = np.ones((len(groups), 1))
    if by:
        number = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(groups[columns]))
        member = np.equal.outer(number, np.arange(len(keys))).astype(float)
    weighted = member * shares.reindex(groups["group"]).to_numpy(float)[:, None]
    sums = _yearly(forecast) @ weighted
    low, high = np.quantile(sums, _ENDS, axis=0)
    years = np.arange(1, forecast.years + 1)
    table = keys.set_axis(list(by), axis=1).loc[keys.index.repeat(len(years))].reset_index(drop=True)
    return table.assign(
        year=np.tile(years, len(keys)),
        expected=sums.mean(axis=0).T.ravel(),
        low=low.T.ravel(),
        high=high.T.ravel(),
    )


def local_shares(forecast: Forecast, county: County) -> pd.Series:
    """Return the share of each group's placements that local places should meet, by `group`; 1 of what nobody is in.

    Children whose judgement is not known are taken to divide as the others of their kind do.
    """
    children = need(county.placements, county.provision, county.snapshot, county.settings.thresholds)
    children = children.assign(
        local=children["judgement"].isin(["in_county", "avoidable"]).astype(float),
        known=children["judgement"].ne("unknown").astype(float),
    )
    groups = _described(forecast)
    share = np.ones(len(groups))
    for depth, level in enumerate(_LEVELS):
        sums = children.groupby(level)[["local", "known"]].sum()
        found = sums.reindex(pd.MultiIndex.from_frame(groups[level])).fillna(0.0).to_numpy(float)
        weight = PRIOR_CHILDREN if depth else 0.0
        known = found[:, 1] + weight
        share = np.divide(found[:, 0] + weight * share, known, out=share.copy(), where=known > 0)
    return pd.Series(share, index=pd.Index(groups["group"], name="group"), name="local_share")


def _described(forecast: Forecast) -> pd.DataFrame:
    """Return the groups with `wanted`, the kind of local place that can meet each."""
    return forecast.groups.assign(wanted=forecast.groups["provision"].map(WANTED).astype("str"))


def _yearly(forecast: Forecast) -> npt.NDArray[np.float64]:
    """Return mean places in use over each whole year, (runs, years, groups)."""
    months = forecast.level("total")[:, : 12 * forecast.years].astype(float)
    runs, _, groups = months.shape
    return np.asarray(months.reshape(runs, forecast.years, 12, groups).mean(axis=2))
