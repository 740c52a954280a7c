"""How good would the forecast have been? The last years are hidden, forecast from what was known, and compared.

From each origin the county is put back to what was known on that day; the forecast is made as ever; and the mean number
in placements in the last month of each half-year ahead is set against what came, with simple baselines from the same
past beside it. Origins lie half a year apart, so their forecasts overlap: coverage is less certain than their number
suggests. Care only: one SEN2 return tells of no earlier year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.errors import UsageError
from placements.forecasting.baselines import BASELINES
from placements.forecasting.model import forecast
from placements.forecasting.observed import ALL, as_of, care_only, monthly_means
from placements.forecasting.result import BANDS, Forecast
from placements.forecasting.scores import bias, coverage, crps_of_draws
from placements.forecasting.spells import STATES, Spells, spells_of

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

STEP_MONTHS: Final = 6
#: Months of records that an origin needs behind it.
LEAST_HISTORY_MONTHS: Final = 24
_LONGEST_HISTORY_YEARS: Final = 30
OURS: Final = "forecast"


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of hidden months, and what came.

    Attributes
    ----------
    rows : DataFrame
        One row per origin, months ahead, segment and value: `observed`, `mean`, the quantiles of `BANDS`, and the CRPS
        of the forecast and of each baseline (in children), with the baselines' means.
    origins : tuple of Timestamp
    runs, seed : int
    """

    rows: pd.DataFrame
    origins: tuple[pd.Timestamp, ...]
    runs: int
    seed: int

    def scores(self, by: tuple[str, ...] = ("segment",)) -> pd.DataFrame:
        """Return scores by columns of `rows`.

        Returns
        -------
        DataFrame
            `forecasts`, `coverage_50`, `coverage_80`, `coverage_95` (shares), `bias` (of the mean, as a share), `crps`,
            `best` (the baseline with the least CRPS), `best_crps` and `ratio` (below 1: the forecast is better).
        """
        tables = [self._score(own) | dict(zip(by, _key(key), strict=True)) for key, own in self.rows.groupby(list(by))]
        return pd.DataFrame(tables).set_index(list(by))

    def summary(self) -> dict[str, Any]:
        """Return what a reader should know: coverage and bias by kind of placement, and the error of the total."""
        kinds, total = (self._score(self.rows[self.rows["segment"].eq(one)]) for one in ("provision", ALL))
        return {
            "years": float(self.rows["months_ahead"].max()) / 12,
            "origins": len(self.origins),
            "forecasts": kinds["forecasts"],
            "coverage_80": kinds["coverage_80"],
            **{name: total[name] for name in ("bias", "crps", "best", "best_crps", "ratio")},
            "runs": self.runs,
            "seed": self.seed,
        }

    def choosing(self) -> pd.DataFrame:
        """Return what it would have brought to forecast each value by the method that had been best for it before.

        From each origin the method is chosen whose CRPS was least over the forecasts of earlier origins that were of
        days up to it; the forecast where there is none.

        Returns
        -------
        DataFrame
            By `segment`: `others`, the share of forecasts for which a simple method is chosen, and `ratio`, the CRPS of
            the chosen over that of the forecast: above 1, choosing makes it worse.
        """
        names = [f"crps {name}" for name in (OURS, *BASELINES)]
        rows = self.rows.assign(chosen=self.rows[names[0]], other=False)
        came = rows["origin"].dt.to_period("M") + rows["months_ahead"].to_numpy()
        for _, own in rows.groupby(["segment", "value"]):
            for origin, now in own.groupby("origin"):
                before = own[came.loc[own.index] <= pd.Timestamp(str(origin)).to_period("M")]
                best = names[0] if before.empty else str(before[names].mean().idxmin())
                rows.loc[now.index, "chosen"] = now[best]
                rows.loc[now.index, "other"] = best != names[0]
        found = rows.groupby("segment")
        ratio = found["chosen"].mean() / found[names[0]].mean()
        return pd.DataFrame({"others": found["other"].mean(), "ratio": ratio})

    def _score(self, own: pd.DataFrame) -> dict[str, Any]:
        observed = own["observed"].to_numpy(float)
        crps = {name: float(own[f"crps {name}"].mean()) for name in (OURS, *BASELINES)}
        best = min(BASELINES, key=lambda name: crps[name])
        bands = {
            f"coverage_{band}": coverage(own[f"low_{band}"].to_numpy(), own[f"high_{band}"].to_numpy(), observed)
            for band in (50, 80, 95)
        }
        return {
            "forecasts": len(own),
            **bands,
            "bias": bias(own["mean"].to_numpy(float), observed),
            "crps": crps[OURS],
            "best": best,
            "best_crps": crps[best],
            "ratio": crps[OURS] / crps[best] if crps[best] > 0 else float("nan"),
        }


def _key(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def backtest(
    county: County, years: int, runs: int | None = None, seed: int | None = None, progress: Progress | None = None
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
    tables = []
    for done, origin in enumerate(origins):
        if progress:
            progress(done / len(origins), f"as of {origin.date()}")
        tables.append(_compared(whole, seen, origin, runs, seed))
    return Backtest(pd.concat(tables, ignore_index=True), tuple(origins), runs, seed)


def _months(start: pd.Timestamp, end: pd.Timestamp) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _compared(county: County, seen: Spells, origin: pd.Timestamp, runs: int, seed: int) -> pd.DataFrame:
    months = _months(origin, seen.snapshot)
    known = as_of(county, origin.date())
    made = forecast(known, years=-(-months // 12), runs=runs, seed=seed)
    came = monthly_means(seen, origin, 0, months)
    behind = _months(seen.window_start["care"], origin)
    past = monthly_means(seen, origin, -behind, behind)  # what came since is in later months only
    rows = []
    for (segment, value), observed in came.items():
        draws = _draws(made, segment, value)
        before = past.get((segment, value), np.zeros(behind))
        if draws is None or (not before.any() and not observed.any()):
            continue
        about = {"origin": origin, "segment": segment, "value": value}
        rows += [
            {**about, "months_ahead": ahead, **_row(draws[:, ahead - 1], before, ahead, float(observed[ahead - 1]))}
            for ahead in range(STEP_MONTHS, months + 1, STEP_MONTHS)
        ]
    return pd.DataFrame(rows)


def _row(draws: Floats, before: Floats, ahead: int, observed: float) -> dict[str, float]:
    row = {"observed": observed, "mean": float(draws.mean())}
    row |= dict(zip(BANDS, np.quantile(draws, list(BANDS.values())).tolist(), strict=True))
    row[f"crps {OURS}"] = float(crps_of_draws(draws, np.asarray(observed)))
    for name, baseline in BASELINES.items():
        said = np.maximum(baseline(before, ahead), 0.0)
        row[f"mean {name}"] = float(said.mean())
        row[f"crps {name}"] = float(crps_of_draws(said, np.asarray(observed)))
    return row


def _draws(made: Forecast, segment: str, value: str) -> Floats | None:
    """Return the forecast of a segment, (runs, months)."""
    if segment == ALL:
        return np.asarray(made.held.sum(axis=2), float)
    if segment == "provision":
        return np.asarray(made.held[:, :, STATES.index(value)], float)
    own = made.groups[segment].eq(value).to_numpy(bool)
    if not own.any():
        return None
    return np.asarray(made.level("total")[:, :, own].sum(axis=2), float)
