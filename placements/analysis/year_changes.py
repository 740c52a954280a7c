"""Which changes between years are more than chance? Of any answer by year: each year on the one before, and in all.

The children of two year ends are largely the same, which makes their numbers and shares change less by chance than
those of different children would: every method here takes them as different and so errs towards saying that a change
could be chance. Numbers that started or ended in a year are of different children.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from placements.analysis.change import (
    count_differences,
    count_p_values,
    holm,
    share_differences,
    share_p_values,
)
from placements.analysis.definition import Definition, Kind
from placements.analysis.dimensions import YEAR
from placements.analysis.measure import Floats
from placements.errors import UsageError

COLUMNS: Final = (
    "year_from",
    "year_to",
    "span",
    "before",
    "after",
    "change",
    "low",
    "high",
    "p_value",
    "could_be_chance",
    "p_value_of_all",
    "could_be_chance_of_all",
    "method",
)
SUCCESSIVE, FIRST_TO_LAST = "successive", "first to last"
LEVEL: Final = 0.05
#: Fewer values than this do not tell how far a median strays.
FEWEST_FOR_MEDIAN: Final = 10
_RATE_PER: Final = 10_000
_OVERLAP: Final = "; the two days share children, so it errs towards chance"
NOT_TOLD: Final = "not told: a figure is missing"
#: The columns that a change is worked out from.
_FROM: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.COUNT: ("count",),
        Kind.RATE: ("count", "residents"),
        Kind.SHARE: ("numerator", "denominator"),
        Kind.BREAKDOWN: ("count", "denominator"),
        Kind.SPREAD: ("count", "p25", "p50", "p75"),
        Kind.MEAN: ("count", "mean"),
    }
)


@dataclass(frozen=True)
class _Change:
    """Before, after, change, its interval and p-value, aligned; and how they were worked out."""

    before: Floats
    after: Floats
    change: Floats
    low: Floats
    high: Floats
    p_value: Floats
    method: str


def year_changes(definition: Definition, table: pd.DataFrame) -> pd.DataFrame:
    """Return the change of an answer between successive years and from the first to the last, for each group.

    Parameters
    ----------
    definition : Definition
        Of any kind but `TABLE`.
    table : DataFrame
        What `answer.answer` gives by `year` and any other dimensions. A group without a row in a year that others have
        had no member then: its number is 0, and a share of it is not known. NaN is a figure that is withheld.

    Returns
    -------
    DataFrame
        The columns of the group (`category` too for a breakdown), then `COLUMNS`. `change`, `low` and `high` are in
        the unit of the answer: children, a share of 0 to 1, for every 10,000 residents, or the number's unit. For a
        spread the median is compared. `could_be_chance` says whether p is 0.05 or more, `could_be_chance_of_all` the
        same after Holm's adjustment for all the comparisons of this table; both are missing where no method is
        available, and `method` says which was used or why there is none. With one year there are no rows.

    Raises
    ------
    UsageError
        For a table of its own, or an answer that is not by year.

    Notes
    -----
    Numbers and rates: exact conditional test of two Poisson counts. Shares: Newcombe's method 10. Medians: a standard
    error of 0.93 IQR / sqrt(n) for each (R. McGill, J. W. Tukey and W. A. Larsen, *Variations of box plots*, American
    Statistician 32, 1978), near enough where the middle half is not far from normal. A mean of money has no method,
    as the answer does not hold how far the sums lie apart.
    """
    if definition.kind not in _FROM or YEAR not in table.columns:
        raise UsageError(f"changes between years need an indicator by year; {definition.name} is not answered so")
    values = _FROM[definition.kind]
    leading = table.columns[: table.columns.get_loc(next(c for c in table.columns if c in _figures(definition)))]
    keys = [str(name) for name in leading if name != YEAR]
    grid = _whole(definition, table, keys, values)
    parts = []
    for year_from, year_to, span in _spans(sorted(table[YEAR].unique())):
        before, after = (pd.DataFrame(grid.xs(year, level=YEAR)) for year in (year_from, year_to))
        found = _METHODS[definition.kind](before, after)
        method = found.method + (_OVERLAP if definition.population and not definition.population.flow else "")
        # A p-value says that there is a method; without one the reason stands in its place.
        told = np.isfinite(found.p_value)
        why = found.method if definition.kind is Kind.MEAN else NOT_TOLD
        part = pd.DataFrame(
            {
                **{name: getattr(found, name) for name in ("before", "after", "change", "low", "high", "p_value")},
                "method": np.where(told, method, why),
            },
            index=before.index,
        ).reset_index()
        parts.append(part.assign(year_from=year_from, year_to=year_to, span=span))
    if not parts:
        return pd.DataFrame(columns=[*keys, *COLUMNS])
    out = pd.concat(parts, ignore_index=True)
    out["p_value_of_all"] = holm(out["p_value"].to_numpy(float))
    for name, p in (("could_be_chance", "p_value"), ("could_be_chance_of_all", "p_value_of_all")):
        out[name] = out[p].ge(LEVEL).astype("boolean").mask(out[p].isna(), pd.NA)
    return out[[*keys, *COLUMNS]]


def _figures(definition: Definition) -> set[str]:
    return {*_FROM[definition.kind], "excluded", "numerator"}


def _spans(years: list[str]) -> list[tuple[str, str, str]]:
    spans = [(first, second, SUCCESSIVE) for first, second in pairwise(years)]
    return spans + ([(years[0], years[-1], FIRST_TO_LAST)] if len(years) > 2 else [])


def _whole(definition: Definition, table: pd.DataFrame, keys: list[str], values: tuple[str, ...]) -> pd.DataFrame:
    """Return the figures of every group in every year, by the keys (or `all`) and `year`; 0 where nobody was."""
    rows = table.assign(all="all") if not keys else table
    by = keys or ["all"]
    groups, years = rows[by].drop_duplicates(), pd.DataFrame({YEAR: sorted(rows[YEAR].unique())})
    grid = groups.merge(years, how="cross").merge(rows[[*by, YEAR, *values]], how="left", indicator=True)
    nobody = grid["_merge"].eq("left_only").to_numpy()
    grid = grid.astype(dict.fromkeys(values, float))
    counted = "numerator" if definition.kind is Kind.SHARE else "count"
    grid.loc[nobody, counted] = 0.0
    if definition.kind is Kind.RATE:
        # Residents are those of the year, whatever the group.
        grid["residents"] = grid["residents"].fillna(grid.groupby(YEAR)["residents"].transform("max"))
    elif definition.kind is Kind.BREAKDOWN:
        same = grid.groupby([*(key for key in keys if key != "category"), YEAR])["denominator"]
        grid.loc[nobody, "denominator"] = same.transform("max")[nobody].fillna(0.0)
    elif definition.kind is Kind.SHARE:
        grid.loc[nobody, "denominator"] = 0.0
    return grid.set_index([*by, YEAR])[list(values)]


def _numbers(frame: pd.DataFrame, *names: str) -> list[Floats]:
    return [frame[name].to_numpy(float) for name in names]


def _ratio(x: Floats, of: Floats) -> Floats:
    return np.asarray(np.divide(x, of, out=np.full(x.shape, np.nan), where=of > 0), dtype=np.float64)


def _counts(before: pd.DataFrame, after: pd.DataFrame) -> _Change:
    (x1,), (x2,) = _numbers(before, "count"), _numbers(after, "count")
    one = np.ones(len(x1))
    figures = count_differences(x1, one, x2, one)
    return _Change(x1, x2, *figures, count_p_values(x1, one, x2, one), "exact conditional Poisson test")


def _rates(before: pd.DataFrame, after: pd.DataFrame) -> _Change:
    (x1, n1), (x2, n2) = _numbers(before, "count", "residents"), _numbers(after, "count", "residents")
    n1, n2 = n1 / _RATE_PER, n2 / _RATE_PER
    figures = count_differences(x1, n1, x2, n2)
    return _Change(
        _ratio(x1, n1),
        _ratio(x2, n2),
        *figures,
        count_p_values(x1, n1, x2, n2),
        "exact conditional Poisson test of rates",
    )


def _share_of(numerator: str) -> Callable[[pd.DataFrame, pd.DataFrame], _Change]:
    def shares(before: pd.DataFrame, after: pd.DataFrame) -> _Change:
        (x1, n1), (x2, n2) = (_numbers(frame, numerator, "denominator") for frame in (before, after))
        figures = share_differences(x1, n1, x2, n2)
        p = share_p_values(x1, n1, x2, n2)
        return _Change(_ratio(x1, n1), _ratio(x2, n2), *figures, p, "Newcombe's method 10")

    return shares


def _medians(before: pd.DataFrame, after: pd.DataFrame) -> _Change:
    first, second = _numbers(before, "p50")[0], _numbers(after, "p50")[0]
    error = np.hypot(_median_error(before), _median_error(after))
    change, wide = second - first, float(stats.norm.ppf(1 - LEVEL / 2)) * error
    p = 2 * stats.norm.sf(np.abs(_ratio(change, error)))
    return _Change(first, second, change, change - wide, change + wide, p, "medians, approximate (McGill)")


def _median_error(frame: pd.DataFrame) -> Floats:
    n, p25, p75 = _numbers(frame, "count", "p25", "p75")
    n = np.where(n >= FEWEST_FOR_MEDIAN, n, np.nan)
    # sqrt(pi / 2) standard deviations, of which the IQR of a normal law is 1.349.
    return np.asarray(np.sqrt(np.pi / 2) / (2 * stats.norm.ppf(0.75)) * (p75 - p25) / np.sqrt(n), dtype=np.float64)


def _means(before: pd.DataFrame, after: pd.DataFrame) -> _Change:
    first, second = _numbers(before, "mean")[0], _numbers(after, "mean")[0]
    none = np.full(first.shape, np.nan)
    why = "not available: the answer does not hold how far the values lie apart"
    return _Change(first, second, second - first, none, none, none, why)


_METHODS: Final[Mapping[Kind, Callable[[pd.DataFrame, pd.DataFrame], _Change]]] = MappingProxyType(
    {
        Kind.COUNT: _counts,
        Kind.RATE: _rates,
        Kind.SHARE: _share_of("numerator"),
        Kind.BREAKDOWN: _share_of("count"),
        Kind.SPREAD: _medians,
        Kind.MEAN: _means,
    }
)
