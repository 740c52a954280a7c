"""What do placements at a distance cost more, of like kind, need, age and sector?

Ordinary least squares of the logarithm of the weekly cost on provision, need, age, sector, whether out of county, and
distance (over 20 miles, or its logarithm), with HC3 errors. It is an association, not an effect of distance: children
who are placed far away differ in ways that no return records, and what they need costs more wherever they are.

Only costs recorded for the placement count. A provider's price is one figure however many children it is paid for, and
an assumed one says nothing. Kinds, needs, ages and sectors with fewer than 10 children are taken together, or left out
when still fewer. What says the same as other terms is left out and named. No answer is given on fewer than 15 children
a term (F. E. Harrell, *Regression Modeling Strategies*, 2nd ed. 2015, section 4.4: 10 to 20), nor where distance cannot
be told apart from the other terms.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from placements import codes
from placements.analysis.least_squares import Fit, Floats, independent, least_squares

OVER_20_MILES: Final = "over_20_miles"
DOUBLING: Final = "doubling"
Distance = Literal["over_20_miles", "doubling"]
SMALLEST_GROUP: Final = 10
CHILDREN_PER_TERM: Final = 15
COLUMNS: Final = ("part", "term", "label", "estimate", "low", "high", "unit", "children")
_FACTORS: Final = {
    "provision": codes.PROVISION,
    "need_group": codes.NEED_GROUP_LABEL,
    "age_band": {},
    "sector": codes.SECTOR,
}
_OTHER: Final = "other groups"
_DISTANCE_LABEL: Final = {
    OVER_20_MILES: "Over 20 miles from home, against 20 miles or less",
    DOUBLING: "Each doubling of miles from home (plus one)",
}
_LEFT_OUT: Final = {
    "no_cost": "No cost known",
    "provider": "Cost known of the provider only",
    "assumed": "Cost assumed",
    "not_located": "Distance or location not known",
    "small_group": "In a group of fewer than 10",
}


def price_of_distance(rows: pd.DataFrame, distance: Distance = OVER_20_MILES) -> pd.DataFrame:
    """Return how much dearer a placement is, other things in the data being equal.

    Parameters
    ----------
    rows : DataFrame
        One row a child with the columns of `schemas.PLACEMENTS` and `age_band`.
    distance : str
        `over_20_miles`, or `doubling` for the logarithm to base 2 of one more than the miles.

    Returns
    -------
    DataFrame
        `COLUMNS`, by `part`:

        - `effect`: `estimate`, `low` and `high` (95 %) as percent on the cost against the reference group, and the
          `children` it is about; the term of distance comes first;
        - `reference`: the group that others of the same kind are set against;
        - `same`: a term left out because the others say the same, or because too few children are on one side of it;
        - `model`: `fitted` (children) and `r_squared`, the share of the variance of the logarithm;
        - `left_out`: children left out, and why;
        - `refused`: instead of the first four, why there is no answer.
    """
    left, kept = _sorted_out(rows)
    lines = [_line("left_out", name, label, children=left[name]) for name, label in _LEFT_OUT.items()]
    design, labels, same = _design(kept, distance)
    names = list(design.columns)
    why = _why_not(kept, design, distance)
    if why:
        return _table([_line("refused", distance, why, children=len(kept)), *lines])
    values = design.to_numpy(float)
    fit = least_squares(values, np.log(kept["weekly_cost_gbp"].to_numpy(float)))
    if fit.highest_leverage > 1 - 1e-6:
        return _table([_line("refused", distance, "one placement alone decides a term", children=len(kept)), *lines])
    low, high = _interval(fit, len(kept))
    effects = []
    for position, name in sorted(enumerate(names), key=lambda item: item[1] != distance):
        if name == "constant":
            continue
        number = len(kept) if name == DOUBLING else int(design[name].sum())
        size = [100 * np.expm1(end[position]) for end in (fit.coefficients, low, high)]
        effects.append(_line("effect", name, labels[name], *size, unit="percent", children=number))
    references = [
        _line("reference", f"{factor}:{level}", _label(factor, level), children=int(kept[factor].eq(level).sum()))
        for factor in _FACTORS
        if (level := _reference(kept[factor]))
    ]
    model = [
        _line("model", "fitted", "Children in the model", children=len(kept)),
        _line(
            "model", "r_squared", "Share of variance (R²)", fit.r_squared, unit="share of variance", children=len(kept)
        ),
    ]
    aliases = [_line("same", name, labels[name], children=number) for name, number in same.items()]
    return _table([*effects, *references, *aliases, *model, *lines])


def _sorted_out(rows: pd.DataFrame) -> tuple[dict[str, int], pd.DataFrame]:
    """Return how many children are left out for which reason, the first that holds, and the others."""
    located = rows["location"].ne(codes.UNKNOWN) & rows["over_20_miles"].notna() & rows["distance_miles"].notna()
    reason = np.select(
        [rows["cost_basis"].eq("assumed"), rows["cost_basis"].eq("provider"), ~(rows["weekly_cost_gbp"] > 0), ~located],
        ["assumed", "provider", "no_cost", "not_located"],
        "",
    )
    kept = rows[reason == ""]
    kept = kept.assign(**{factor: kept[factor].astype("str") for factor in _FACTORS})
    before = len(kept)
    while True:
        for factor in _FACTORS:
            count = kept[factor].map(kept[factor].value_counts())
            kept = kept.assign(**{factor: kept[factor].mask(count < SMALLEST_GROUP, _OTHER)})
        small = np.zeros(len(kept), bool)
        for factor in _FACTORS:
            small |= (kept[factor].map(kept[factor].value_counts()) < SMALLEST_GROUP).to_numpy(bool)
        if not small.any():
            break
        kept = kept[~small]
    counts = {name: int((reason == name).sum()) for name in _LEFT_OUT}
    return counts | {"small_group": before - len(kept)}, kept


def _design(kept: pd.DataFrame, distance: Distance) -> tuple[pd.DataFrame, dict[str, str], dict[str, int]]:
    """Return the terms, their labels, and those left out with the children they are about; distance is the last."""
    columns: dict[str, Floats] = {"constant": np.ones(len(kept))}
    labels: dict[str, str] = {}
    for factor in _FACTORS:
        reference = _reference(kept[factor])
        for level in sorted(set(kept[factor]) - {reference}):
            name = f"{factor}:{level}"
            columns[name] = _numbers(kept[factor].eq(level))
            labels[name] = f"{_label(factor, level)}, against {_label(factor, reference).lower()}"
    columns["out_of_county"] = _numbers(kept["location"].eq(codes.OUT_OF_COUNTY))
    labels["out_of_county"] = "Out of county, against in county"
    far = _numbers(kept["over_20_miles"])
    miles = _numbers(kept["distance_miles"])
    columns[distance] = far if distance == OVER_20_MILES else np.asarray(np.log2(1 + miles), float)
    labels[distance] = _DISTANCE_LABEL[distance]
    design = pd.DataFrame(columns, index=kept.index)
    same = {}
    if _smaller_side(design["out_of_county"]) < SMALLEST_GROUP:
        same["out_of_county"] = int(design.pop("out_of_county").sum())
    before = design.drop(columns=distance)
    for name in before.columns.delete(independent(before.to_numpy(float))):
        same[str(name)] = int(design.pop(str(name)).sum())
    return design, labels, same


def _numbers(values: pd.Series) -> Floats:
    return np.asarray(values.astype(float), dtype=np.float64)


def _why_not(kept: pd.DataFrame, design: pd.DataFrame, distance: Distance) -> str:
    """Return why there can be no answer; nothing when there can. It tells no number of children."""
    if len(kept) < CHILDREN_PER_TERM * design.shape[1]:
        return f"fewer than {CHILDREN_PER_TERM} recorded costs for each of the terms"
    if distance == OVER_20_MILES and _smaller_side(design[distance]) < SMALLEST_GROUP:
        return f"fewer than {SMALLEST_GROUP} recorded costs on one side of 20 miles"
    if len(independent(design.to_numpy(float))) < design.shape[1]:
        return "distance cannot be told apart from the other terms"
    return ""


def _interval(fit: Fit, rows: int) -> tuple[Floats, Floats]:
    half = stats.t.ppf(0.975, rows - len(fit.coefficients)) * fit.standard_errors
    return fit.coefficients - half, fit.coefficients + half


def _smaller_side(values: pd.Series) -> int:
    return int(min(values.sum(), len(values) - values.sum()))


def _reference(values: pd.Series) -> str:
    """Return the most frequent level, the first by name of several."""
    counts = values.value_counts()
    return str(min(counts.index[counts.eq(counts.max())])) if len(counts) else ""


def _label(factor: str, level: str) -> str:
    return _FACTORS[factor].get(level, level)


def _line(
    part: str,
    term: str,
    label: str,
    estimate: float = float("nan"),
    low: float = float("nan"),
    high: float = float("nan"),
    *,
    unit: str = "",
    children: int,
) -> dict[str, object]:
    values = (part, term, label, float(estimate), float(low), float(high), unit, children)
    return dict(zip(COLUMNS, values, strict=True))


def _table(lines: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=list(COLUMNS))
