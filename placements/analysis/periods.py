"""Which placements make up one period of care, and which of them one home? Told from the days alone.

A period of care goes on while each placement begins no later than the latest end so far; a day without a placement
ends it. So a child is looked after on a day if and only if the day is in one of their periods, whatever the recorded
reasons say, and starts and ends of periods add up to the change of the stock, child by child.

A home goes on through a change of placement with the same carers (RNE T or U) and through temporary placements (T0 to
T4: hospital, holidays, the carers' holidays) from which the child comes back.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.geography.postcodes import clean_postcodes

#: PLACE codes of temporary placements, from which a child is to come back to the one before.
TEMPORARY: Final = ("T0", "T1", "T2", "T3", "T4")
_EVER, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def care_chain(placements: pd.DataFrame) -> pd.DataFrame:
    """Return the placements in care by child and day, with the period and the home that each is part of.

    Series of short breaks (V3, V4) are left out, as in the stock.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`.

    Returns
    -------
    DataFrame
        The rows with `period` and `home` (numbers); `opens` and `closes` its period (bool, one row each per period);
        `period_start`, `period_end`, `home_start`, `home_end` (NaT: not known, or goes on); `period_marked`, whether
        the period's first placement is recorded as the start of care (RNE is S): one that is not may have begun in a
        return that is not held; `temporary`; `home_counts`, whether the home is more than temporary placements;
        `home_marked`, whether nothing says that the home began before the first of its placements.
    """
    care = placements[placements["service"].eq(codes.CARE) & ~placements["legal_status"].isin(codes.SHORT_BREAKS)]
    child = pd.factorize(care["child_id"])[0]
    start, end = _days(care["start"], _EVER), _days(care["end"], _NEVER)
    end = np.maximum(end, start)  # an end before its own start is no day at all
    order = np.lexsort((pd.factorize(care["placement_id"], sort=True)[0], end, start, child))
    chain = care.iloc[order]
    child, start, end = child[order], start[order], end[order]
    first = _changed(child)
    latest = pd.Series(end).groupby(child).cummax().to_numpy()
    before = np.concatenate([[_EVER], latest[:-1]]) if len(latest) else latest
    opens = first | (start > before)
    period = np.cumsum(opens)
    temporary = chain["place_code"].isin(TEMPORARY).to_numpy(bool)
    same_carer = chain["same_carer"].to_numpy(bool)
    home = np.cumsum(opens | ~(temporary | same_carer | _back(chain, opens, temporary)))
    period_end, home_end = _last(end, period), _last(end, home)
    closes = np.zeros(len(chain), bool)
    at_end = pd.Series(np.flatnonzero(end == period_end), dtype=np.int64)
    closes[at_end.groupby(period[at_end]).max().to_numpy()] = True
    new_home = _changed(home)
    return chain.assign(
        period=period,
        home=home,
        opens=opens,
        closes=closes,
        period_start=_dates(start[opens][period - 1]),
        period_end=_dates(period_end),
        period_marked=chain["starts_care"].to_numpy(bool)[opens][period - 1],
        temporary=temporary,
        home_start=_dates(start[new_home][home - 1]),
        home_end=_dates(home_end),
        home_counts=pd.Series(~temporary).groupby(home).transform("max").to_numpy(bool),
        home_marked=~same_carer[new_home][home - 1],
    )


def _back(chain: pd.DataFrame, opens: np.ndarray, temporary: np.ndarray) -> np.ndarray:
    """Return whether each placement is the one that the child was in before the temporary ones just before it.

    It is when PLACE is the same and neither postcode nor provider says otherwise: that is what temporary means.
    """
    number = np.arange(len(chain))
    last = np.maximum.accumulate(np.where(temporary, -1, number)) if len(chain) else number
    earlier = np.concatenate([[-1], last[:-1]]) if len(chain) else number
    period_first = number[opens][np.cumsum(opens) - 1] if len(chain) else number
    held = (earlier >= period_first) & ~temporary & ~opens & np.concatenate([[False], temporary[:-1]])[: len(chain)]
    then = chain.iloc[np.where(held, earlier, 0)] if len(chain) else chain
    place, former = (frame["place_code"].fillna("").to_numpy(object) for frame in (chain, then))
    same = held & (place == former) & (place != "")
    for values, earlier_values in (
        (clean_postcodes(chain["placement_postcode"]), clean_postcodes(then["placement_postcode"])),
        (chain["provider_id"].fillna(""), then["provider_id"].fillna("")),
    ):
        now, was = values.to_numpy(object), earlier_values.to_numpy(object)
        same &= (now == was) | (now == "") | (was == "")
    return np.asarray(same, bool)


def _days(dates: pd.Series, missing: int) -> np.ndarray:
    values = dates.to_numpy("datetime64[us]").astype(np.int64)
    return np.where(dates.isna().to_numpy(), missing, values)


def _dates(days: np.ndarray) -> np.ndarray:
    unknown = (days == _EVER) | (days == _NEVER)
    return np.where(unknown, np.datetime64("NaT"), days.astype("datetime64[us]"))


def _changed(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]


def _last(end: np.ndarray, group: np.ndarray) -> np.ndarray:
    return pd.Series(end).groupby(group).transform("max").to_numpy()
