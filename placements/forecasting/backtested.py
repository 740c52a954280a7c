"""What a back-test found: scores of the forecast, of simple baselines, and of another model where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.forecasting.baselines import BASELINES
from placements.forecasting.observed import ALL
from placements.forecasting.scores import bias, coverage, mean_absolute_error

#: The name of our forecast among the methods.
OURS: Final = "forecast"


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of hidden months, and what came.

    Attributes
    ----------
    rows : DataFrame
        One row per origin, months ahead, segment and value: `observed`, `mean`, the quantiles of `BANDS`, and the CRPS
        of the forecast and of each baseline (in children), with the baselines' means and 80 % bands; where there is a
        peer, its means and CRPS too (NaN of what it does not tell apart), and the segment `category`.
    origins : tuple of Timestamp
    runs, seed : int
    peers : tuple of str
        Names of the peer's forecasts.
    peer_failed : str
        Why the peer is left out, from every origin, though it was asked; empty when it is not.
    """

    rows: pd.DataFrame
    origins: tuple[pd.Timestamp, ...]
    runs: int
    seed: int
    peers: tuple[str, ...] = ()
    peer_failed: str = ""

    def scores(self, by: tuple[str, ...] = ("segment",)) -> pd.DataFrame:
        """Return scores by columns of `rows`.

        Returns
        -------
        DataFrame
            `forecasts`, `coverage_50`, `coverage_80`, `coverage_95` (shares), `bias` (of the mean, as a share), `crps`,
            `best` (the baseline with the least CRPS), `best_crps` and `ratio` (below 1: the forecast is better); of
            each peer its CRPS, `crps NAME`.
        """
        tables = [self._score(own) | dict(zip(by, _key(key), strict=True)) for key, own in self.rows.groupby(list(by))]
        return pd.DataFrame(tables).set_index(list(by))

    def methods(self, by: tuple[str, ...] = ("segment",)) -> pd.DataFrame:
        """Return every method beside the others: ours, each baseline, and each peer where it says something.

        Returns
        -------
        DataFrame
            Indexed by the columns of `by` and `method`: `forecasts`, `crps` (children; of a forecast without spread its
            absolute error), `absolute_error` (of the mean, children), `bias` (a share), `coverage_80` (a share; NaN
            of a method without bands).
        """
        bands = {OURS: ("low_80", "high_80")} | {name: (f"low_80 {name}", f"high_80 {name}") for name in BASELINES}
        rows = []
        for key, own in self.rows.groupby(list(by)):
            observed = own["observed"].to_numpy(float)
            for name in (OURS, *BASELINES, *self.peers):
                crps = own[f"crps {name}"].to_numpy(float)
                if np.isnan(crps).any():
                    continue
                mean = own["mean" if name == OURS else f"mean {name}"].to_numpy(float)
                band = [own[one].to_numpy(float) for one in bands.get(name, ())]
                rows.append(
                    dict(zip(by, _key(key), strict=True))
                    | {"method": name, "forecasts": len(own), "crps": float(crps.mean())}
                    | {"absolute_error": mean_absolute_error(mean, observed), "bias": bias(mean, observed)}
                    | {"coverage_80": coverage(band[0], band[1], observed) if band else float("nan")}
                )
        return pd.DataFrame(rows).set_index([*by, "method"])

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
            **{f"crps {name}": float(own[f"crps {name}"].mean()) for name in self.peers},
        }


def _key(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)
