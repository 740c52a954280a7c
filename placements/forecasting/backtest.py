"""How good would the forecast have been? The last years are hidden, forecast from what was known, and compared.

From each origin the county is put back to what was known on that day; the forecast is made as ever; and the mean number
in placements in the last month of each half-year ahead is set against what came, with simple baselines from the same
past beside it, and another model's forecast where one is given. Origins lie half a year apart, so their forecasts
overlap: coverage is less certain than their number suggests. Care only: one SEN2 return tells of no earlier year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.errors import UsageError
from placements.forecasting.backtested import OURS, Backtest
from placements.forecasting.baselines import BASELINES
from placements.forecasting.model import forecast
from placements.forecasting.observed import ALL, as_of, care_only, monthly_means
from placements.forecasting.peer import CATEGORY, CATEGORY_OF, PeerFailedError, by_category
from placements.forecasting.result import BANDS, Forecast
from placements.forecasting.scores import crps_of_draws
from placements.forecasting.spells import STATES, Spells, spells_of

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]
Counts = Mapping[tuple[str, str], Floats]
#: A county as known and months ahead, to forecasts without spread: by name, then segment and value, (months,).
Peer = Callable[[County, int], Mapping[str, Counts]]

STEP_MONTHS: Final = 6
#: Months of records that an origin needs behind it.
LEAST_HISTORY_MONTHS: Final = 24
_LONGEST_HISTORY_YEARS: Final = 30


def backtest(
    county: County,
    years: int,
    runs: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    peer: Peer | None = None,
) -> Backtest:
    """Forecast hidden years and compare.

    Parameters
    ----------
    county : County
    years : int
        How many of the last years are hidden, at most.
    runs, seed : int, optional
        As in the settings of the study when not given.
    progress : callable, optional
        Called with the share done and what is being done.
    peer : callable, optional
        Another model, told from each origin what ours is told. One that fails is left out from all of them, so that
        every method is judged by the same figures.

    Raises
    ------
    UsageError
        When the records do not reach back far enough.
    """
    runs = county.settings.forecast.runs if runs is None else runs
    seed = county.settings.forecast.seed if seed is None else seed
    whole = care_only(county)
    seen = spells_of(whole, _LONGEST_HISTORY_YEARS)
    care = seen.window_start["care"]
    snapshot = seen.snapshot
    origins = [snapshot - pd.DateOffset(months=back) for back in range(12 * years, 0, -STEP_MONTHS)]
    origins = [one for one in origins if _months(care, one) >= LEAST_HISTORY_MONTHS]
    if not origins:
        raise UsageError(
            f"the records begin on {care.date()}: a back-test needs {LEAST_HISTORY_MONTHS} months of them before the "
            f"first day that it forecasts from"
        )
    said, peers, peer_failed = _asked(peer, whole, origins, progress)
    tables = []
    for done, origin in enumerate(origins):
        if progress:
            progress(done / len(origins), f"as of {origin.date()}")
        tables.append(_compared(whole, seen, origin, runs, seed, said.get(origin, {})))
    return Backtest(pd.concat(tables, ignore_index=True), tuple(origins), runs, seed, peers, peer_failed)


def _asked(
    peer: Peer | None, whole: County, origins: list[pd.Timestamp], progress: Progress | None
) -> tuple[dict[pd.Timestamp, Mapping[str, Counts]], tuple[str, ...], str]:
    """Return what a peer says from each origin, by its names; nothing, and why, when it fails from one."""
    if peer is None:
        return {}, (), ""
    said: dict[pd.Timestamp, Mapping[str, Counts]] = {}
    try:
        for done, origin in enumerate(origins):
            if progress:
                progress(done / len(origins), f"the peer as of {origin.date()}")
            said[origin] = peer(as_of(whole, origin.date()), _months(origin, pd.Timestamp(whole.snapshot)))
    except PeerFailedError as error:
        return {}, (), str(error)
    return said, tuple(said[origins[0]]), ""


def _months(start: pd.Timestamp, end: pd.Timestamp) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _compared(
    county: County, seen: Spells, origin: pd.Timestamp, runs: int, seed: int, said: Mapping[str, Counts]
) -> pd.DataFrame:
    months = _months(origin, seen.snapshot)
    known = as_of(county, origin.date())
    made = forecast(known, years=-(-months // 12), runs=runs, seed=seed)
    came = monthly_means(seen, origin, 0, months)
    behind = _months(seen.window_start["care"], origin)
    past = monthly_means(seen, origin, -behind, behind)  # what came since is in later months only
    if said:
        came, past = came | by_category(came), past | by_category(past)
    rows = []
    for (segment, value), observed in came.items():
        draws = _draws(made, segment, value)
        before = past.get((segment, value), np.zeros(behind))
        if draws is None or (not before.any() and not observed.any()):
            continue
        about = {"origin": origin, "segment": segment, "value": value}
        theirs = {name: counts[segment, value] for name, counts in said.items() if (segment, value) in counts}
        for ahead in range(STEP_MONTHS, months + 1, STEP_MONTHS):
            at = ahead - 1
            points = {name: float(counts[at]) for name, counts in theirs.items()}
            row = _row(draws[:, at], before, ahead, float(observed[at]), points)
            rows.append({**about, "months_ahead": ahead, **row})
    return pd.DataFrame(rows)


def _row(draws: Floats, before: Floats, ahead: int, observed: float, points: Mapping[str, float]) -> dict[str, float]:
    row = {"observed": observed, "mean": float(draws.mean())}
    row |= dict(zip(BANDS, np.quantile(draws, list(BANDS.values())).tolist(), strict=True))
    row[f"crps {OURS}"] = float(crps_of_draws(draws, np.asarray(observed)))
    for name, baseline in BASELINES.items():
        said = np.maximum(baseline(before, ahead), 0.0)
        row[f"mean {name}"] = float(said.mean())
        row[f"low_80 {name}"], row[f"high_80 {name}"] = np.quantile(said, (0.1, 0.9)).tolist()
        row[f"crps {name}"] = float(crps_of_draws(said, np.asarray(observed)))
    for name, point in points.items():
        row[f"mean {name}"], row[f"crps {name}"] = point, abs(point - observed)
    return row


def _draws(made: Forecast, segment: str, value: str) -> Floats | None:
    """Return the forecast of a segment, (runs, months)."""
    if segment == ALL:
        return np.asarray(made.held.sum(axis=2), float)
    if segment == "provision":
        return np.asarray(made.held[:, :, STATES.index(value)], float)
    if segment == CATEGORY:
        kinds = [CATEGORY_OF.get(state) == value for state in STATES]
        return np.asarray(made.held[:, :, kinds].sum(axis=2), float)
    own = made.groups[segment].eq(value).to_numpy(bool)
    if not own.any():
        return None
    return np.asarray(made.level("total")[:, :, own].sum(axis=2), float)
