"""How often do placements start? Rates by demand group, with small cells pooled and uncertainty kept.

For each provision the total number of starts in the window is Poisson about a rate with a gamma posterior, times a
monthly shock of mean 1 (so that a month's count is negative binomial, as over-dispersed as the counts observed).

How a provision's starts divide between groups is a Dirichlet posterior whose prior is the product of the margins
(area, and need x age): a cell seen once is drawn toward what its area and its need have in common with the others. The
weight of that prior is the one that makes the observed counts likeliest, so areas that differ are left to differ.

Starts from homes that are not known, or outside the authority, are spread over the known areas in proportion to the
known starts of the same provision (an assumption, and stated with the forecast).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln

from placements.forecasting.durations import SERVICE_OF
from placements.forecasting.spells import DAYS_PER_MONTH, KEYS, PLANNABLE, Spells

Floats = npt.NDArray[np.float64]

#: Weights of the prior that are tried, in starts.
_PRIOR_WEIGHTS: Final = tuple(float(2**power) for power in range(11))
#: Starts that a flat profile over the calendar months counts for.
_SEASON_PRIOR_STARTS: Final = 60.0
#: Starts spread evenly over areas before an area's own are counted, so that none is ruled out.
AREA_PRIOR_STARTS: Final = 5.0
#: Starts that the prior of no over-dispersion counts for, and the most that is believed: a standard deviation of 1.
_SHOCK_PRIOR_STARTS, _SHOCK_LIMIT = 50.0, 1.0


@dataclass(frozen=True)
class Rates:
    """Posterior of the monthly starts.

    Attributes
    ----------
    groups : DataFrame
        `group` (id), then `KEYS`; sorted, groups of one provision lying together.
    alpha : ndarray (groups,)
        Dirichlet parameters of the share of each group within its provision.
    starts, months : dict of str to float
        By provision: starts counted (with the gamma prior's half) and months of exposure.
    shock : dict of str to float
        By provision: variance of the monthly shock.
    season : dict of str to ndarray (12,)
        By service: factor of each calendar month, mean 1.
    prior_weight : dict of str to float
        By provision: weight of the product of margins, in starts.
    """

    groups: pd.DataFrame
    alpha: Floats
    starts: dict[str, float]
    months: dict[str, float]
    shock: dict[str, float]
    season: dict[str, Floats]
    prior_weight: dict[str, float]

    def expected(self) -> Floats:
        """Return the mean monthly starts of each group, (groups,)."""
        out = np.zeros(len(self.groups))
        for provision, rows in self.rows().items():
            rate = self.starts[provision] / self.months[provision]
            out[rows] = rate * self.alpha[rows] / self.alpha[rows].sum()
        return out

    def expected_by_provision(self) -> dict[str, float]:
        """Return the mean monthly starts of each provision."""
        return {name: self.starts[name] / self.months[name] for name in self.rows()}

    def rows(self) -> dict[str, slice]:
        """Return where each provision's groups lie."""
        provision = self.groups["provision"].to_numpy()
        found = {}
        for name in PLANNABLE:
            where = np.flatnonzero(provision == name)
            if len(where):
                found[name] = slice(int(where[0]), int(where[-1]) + 1)
        return found


def fit_rates(spells: Spells) -> Rates:
    """Estimate the rates. A provision without any spell gets no groups."""
    frame = spells.history
    begun = frame[frame["start"] > frame["service"].map(spells.window_start)]
    parts: list[pd.DataFrame] = []
    alphas: list[Floats] = []
    starts, months, shock, weight = {}, {}, {}, {}
    seen = pd.concat([frame, spells.settled])
    for provision in sorted(PLANNABLE):
        combos = seen.loc[seen["provision"].eq(provision), ["need_group", "age_band"]].drop_duplicates()
        if combos.empty or not spells.areas:
            continue
        counts = _counts(begun[begun["provision"].eq(provision)], combos, spells.areas)
        alpha, chosen = _posterior(counts.to_numpy(float))
        service = SERVICE_OF[provision]
        months[provision] = spells.window_months(service)
        own = begun[begun["provision"].eq(provision)]
        starts[provision] = len(own) + 0.5 if len(own) else 0.0
        weight[provision] = chosen
        shock[provision] = _shock_variance(own["start"], spells, service)
        parts.append(_group_rows(counts, service, provision))
        alphas.append(alpha.ravel())
    groups = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(KEYS), dtype="str")
    groups.insert(0, "group", _group_ids(groups))
    season = {service: _season(begun[begun["service"].eq(service)]["start"]) for service in spells.window_start}
    alpha_all = np.concatenate(alphas) if alphas else np.zeros(0)
    return Rates(groups, alpha_all, starts, months, shock, season, weight)


def _group_ids(groups: pd.DataFrame) -> pd.Series:
    if groups.empty:
        return pd.Series(dtype="str")
    parts = groups[["area", "provision", "need_group", "age_band"]].astype("str")
    return (parts["area"] + "/" + parts["provision"] + "/" + parts["need_group"] + "/" + parts["age_band"]).astype(
        "str"
    )


def _counts(own: pd.DataFrame, combos: pd.DataFrame, areas: tuple[str, ...]) -> pd.DataFrame:
    """Return starts by (need, age) x area, those of unknown area spread."""
    columns = pd.MultiIndex.from_frame(combos.sort_values(["need_group", "age_band"]))
    table = pd.crosstab([own["need_group"], own["age_band"]], own["area"])
    table = table.reindex(index=columns, fill_value=0)
    known = table.reindex(columns=list(areas), fill_value=0).astype(float)
    adrift = table.sum(axis=1) - known.sum(axis=1)
    margin = known.sum(axis=0) + AREA_PRIOR_STARTS / len(areas)
    return known + np.outer(adrift, margin / margin.sum())


def _posterior(counts: Floats) -> tuple[Floats, float]:
    """Return Dirichlet parameters by cell, and the weight given to the product of margins."""
    by_area = counts.sum(axis=0) + AREA_PRIOR_STARTS / counts.shape[1]
    by_kind = counts.sum(axis=1)
    by_kind = by_kind + 0.5 / len(by_kind)
    prior = np.outer(by_kind / by_kind.sum(), by_area / by_area.sum())
    likelihood = [_log_likelihood(counts, weight * prior) for weight in _PRIOR_WEIGHTS]
    weight = _PRIOR_WEIGHTS[int(np.argmax(likelihood))] if counts.sum() else 1.0
    return counts + weight * prior, weight


def _log_likelihood(counts: Floats, alpha: Floats) -> float:
    """Return the Dirichlet-multinomial log-likelihood, less what does not depend on `alpha`."""
    cells = gammaln(counts + alpha) - gammaln(alpha)
    total = alpha.sum()
    return float(cells.sum() + gammaln(total) - gammaln(total + counts.sum()))


def _shock_variance(start: pd.Series, spells: Spells, service: str) -> float:
    """Return how much more the monthly counts vary than Poisson counts would, as the variance of a factor of mean 1.

    Needs two years of months to tell from season; shorter windows are taken to vary as Poisson counts do.
    """
    months = max(int(spells.window_months(service)), 1)
    if months < 24 or len(start) == 0:
        return 0.0
    position = ((spells.snapshot - start).dt.days / DAYS_PER_MONTH).astype(int)
    counts = np.bincount(position[position < months], minlength=months).astype(float)
    mean = counts.mean()
    excess = (counts.var(ddof=1) - mean) / mean**2 if mean else 0.0
    weight = len(start) / (len(start) + _SHOCK_PRIOR_STARTS)
    return float(min(max(excess, 0.0) * weight, _SHOCK_LIMIT))


def _season(start: pd.Series) -> Floats:
    counts = np.bincount(start.dt.month - 1, minlength=12).astype(float) if len(start) else np.zeros(12)
    smooth = counts + _SEASON_PRIOR_STARTS / 12
    return np.asarray(smooth / smooth.mean())


def _group_rows(counts: pd.DataFrame, service: str, provision: str) -> pd.DataFrame:
    rows = counts.index.to_frame(index=False).merge(pd.DataFrame({"area": counts.columns}), how="cross")
    return rows.assign(service=service, provision=provision)[list(KEYS)].astype("str")
