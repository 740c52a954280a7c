"""How is the answer to an indicator made safe to share? Within the release where its rows are in it, else by itself.

Most indicators are counts and shares of a population by some breakdowns: these are added to the release as one more
table, with the release left as it stands, so that nothing of it and of the answer together gives a small number away. A
table of its own says what each of its columns is; its counts are protected together with what they add up to.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pandas as pd

from placements import codes
from placements.analysis.answer import answer, answer_of, members_by_day
from placements.analysis.definition import Definition, Kind, unknown_where_missing
from placements.analysis.dimensions import YEAR
from placements.analysis.measure import wilson
from placements.analysis.populations import LOOKED_AFTER
from placements.analysis.populations import PLANS as PLANS_IN_FORCE
from placements.county import County
from placements.disclosure.control.tables import Group, Plan, group
from placements.disclosure.own_tables import shown_table
from placements.disclosure.publication import CARE, PLANS, year_population
from placements.disclosure.shown import ShownFigures, shown_figures
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_BASE,
    SUPPRESSED,
    money_text,
    number_of,
    number_text,
)

#: The column of what is asked, beside the breakdowns.
_VALUE: Final = "value asked"
_YES: Final = "holds"
_NO: Final = "does not hold"
_KNOWN: Final = "known"


def shown_answer(
    county: County, definition: Definition, by: Sequence[str], profile: str, released: ShownFigures
) -> pd.DataFrame:
    """Return the answer to an indicator as it may be shown: texts, columns as `analysis.answer.COLUMNS`.

    Parameters
    ----------
    county : County
    definition : Definition
    by : sequence of str
    profile : str
    released : ShownFigures
        The release that the answer must agree with (`publication.county_figures`).

    Raises
    ------
    UsageError
        When it cannot be broken down so.
    DisclosureError
        When the answer cannot be given beside the release.
    """
    if definition.kind is Kind.TABLE:
        return shown_table(definition, answer(definition, county.inputs, by), by, profile)
    days = members_by_day(definition, county.inputs, by)
    exact = answer_of(definition, days, county.inputs, by)
    plan, places = _extended(county, definition, days, by, released.plan)
    figures = shown_figures(plan, profile, released)
    rows = [_row(definition, row, by, places, figures) for row in exact.to_dict("records")]
    return pd.DataFrame(rows, columns=list(exact.columns), dtype=object)


#: A column of the plan, and what values of a breakdown are called there; nothing when they keep their names.
_Column: TypeAlias = tuple[str, Mapping[str, str] | None]


@dataclass(frozen=True)
class _Place:
    """Where the rows of a day are in the plan: their population, and the column of each breakdown."""

    population: str
    columns: Mapping[str, _Column]

    def group(self, where: Mapping[str, Sequence[str]]) -> Group:
        """Return the group of a row, by the names that the plan has for its breakdowns."""
        return group(
            self.population,
            {self.columns[name][0]: tuple(self.named(name, one) for one in values) for name, values in where.items()},
        )

    def named(self, breakdown: str, value: str) -> str:
        """Return what the plan calls a value; one that nobody has is called by no name of the plan."""
        renamed = self.columns[breakdown][1]
        return value if renamed is None else renamed.get(value, f"nobody: {value}")


def _extended(
    county: County, definition: Definition, days: Mapping[dt.date, pd.DataFrame], by: Sequence[str], release: Plan
) -> tuple[Plan, Mapping[str, _Place]]:
    """Return the plan of the release with the answer's table in it, and by day where its rows are."""
    populations, places = dict(release.populations), {}
    tables, shares = list(release.tables), list(release.shares)
    breakdowns = [name for name in by if name != YEAR]
    for day, rows in days.items():
        name = _population_name(definition, day, county.snapshot, populations)
        frame = populations.get(name, pd.DataFrame(index=rows.index))
        columns: dict[str, _Column] = {}
        for breakdown in breakdowns:
            frame, columns[breakdown] = _placed(frame, breakdown, rows[breakdown])
        frame, columns[_VALUE] = _placed(frame, _VALUE, _asked(definition, rows["value"]))
        populations[name] = frame
        places[day.isoformat()] = place = _Place(name, columns)
        asked = [] if definition.kind in (Kind.COUNT, Kind.RATE) else [_VALUE]
        tables.append((name, tuple(dict.fromkeys(columns[one][0] for one in (*breakdowns, *asked)))))
        shares += _shares(definition, place, frame, breakdowns)
    return dataclasses.replace(release, populations=populations, tables=tables, shares=shares), places


def _population_name(
    definition: Definition, day: dt.date, snapshot: dt.date, populations: Mapping[str, pd.DataFrame]
) -> str:
    assert definition.population is not None
    name = definition.population.name
    if name == LOOKED_AFTER.name:
        known = CARE if day == snapshot else year_population(day)
        return known if known in populations else f"{name} {day.isoformat()}"
    return PLANS if name == PLANS_IN_FORCE.name and day == snapshot else f"{name} {day.isoformat()}"


def _placed(frame: pd.DataFrame, name: str, values: pd.Series) -> tuple[pd.DataFrame, _Column]:
    """Return the frame with a breakdown in it, and its column there: one that it has already, if it says the same.

    Two columns say the same when each value of one goes with one value of the other.
    """
    texts = unknown_where_missing(values)
    for column in frame.columns:
        pairs = pd.DataFrame({"asked": texts, "held": frame[column]}).drop_duplicates()
        if not pairs["asked"].duplicated().any() and not pairs["held"].duplicated().any():
            return frame, (str(column), dict(zip(pairs["asked"], pairs["held"], strict=True)))
    column = f"asked: {name}"
    return frame.assign(**{column: texts}), (column, None)


def _asked(definition: Definition, value: pd.Series) -> pd.Series:
    if definition.kind is Kind.SHARE:
        return value.map({True: _YES, False: _NO}).astype("str").where(value.notna(), codes.UNKNOWN)
    if definition.kind in (Kind.SPREAD, Kind.MEAN):
        return pd.Series(_KNOWN, index=value.index).where(value.notna(), codes.UNKNOWN)
    return unknown_where_missing(value)


def _shares(
    definition: Definition, place: _Place, frame: pd.DataFrame, breakdowns: Sequence[str]
) -> list[tuple[Group, Group]]:
    """Return the shares of an answer: of every group that occurs."""
    columns = [place.columns[name][0] for name in breakdowns]
    groups = frame[columns].drop_duplicates().to_dict("records") if columns else [{}]
    value = place.columns[_VALUE][0]
    yes, no = place.named(_VALUE, _YES), place.named(_VALUE, _NO)
    found = []
    for held in groups:
        where = {str(column): (str(one),) for column, one in held.items()}
        if definition.kind is Kind.SHARE:
            found.append(
                (
                    group(place.population, {**where, value: (yes,)}),
                    group(place.population, {**where, value: (yes, no)}),
                )
            )
        elif definition.kind is Kind.BREAKDOWN:
            whole = group(place.population, where)
            found += [(group(place.population, {**where, value: (one,)}), whole) for one in frame[value].unique()]
    return found


def _row(
    definition: Definition,
    row: Mapping[Any, Any],
    by: Sequence[str],
    places: Mapping[str, _Place],
    figures: ShownFigures,
) -> dict[str, str]:
    """Return one row of an answer as texts."""
    where = {name: str(row[name]) for name in by}
    place = places[where[YEAR]] if YEAR in where else next(iter(places.values()))
    groups = {name: (value,) for name, value in where.items() if name != YEAR}

    def one(*values: str) -> Group:
        return place.group({**groups, _VALUE: values} if values else groups)

    return {**where, **_TEXTS[definition.kind](row, one, figures)}


_One: TypeAlias = Callable[..., Group]
_Texts: TypeAlias = Callable[[Mapping[Any, Any], _One, ShownFigures], dict[str, str]]


def _count(row: Mapping[Any, Any], one: _One, figures: ShownFigures) -> dict[str, str]:
    return {"count": figures.count(one())}


def _share(row: Mapping[Any, Any], one: _One, figures: ShownFigures) -> dict[str, str]:
    part, whole = one(_YES), one(_YES, _NO)
    texts = {
        "numerator": figures.count(part),
        "denominator": figures.count(whole),
        "excluded": figures.count(one(codes.UNKNOWN)),
        "share": figures.share(part, whole),
    }
    return {**texts, **_interval(row, texts, "numerator", figures.profile)}


def _breakdown(row: Mapping[Any, Any], one: _One, figures: ShownFigures) -> dict[str, str]:
    part, whole = one(str(row["category"])), one()
    texts = {
        "category": str(row["category"]),
        "count": figures.count(part),
        "denominator": figures.count(whole),
        "share": figures.share(part, whole),
    }
    return {**texts, **_interval(row, texts, "count", figures.profile)}


def _spread(row: Mapping[Any, Any], one: _One, figures: ShownFigures) -> dict[str, str]:
    texts = {"count": figures.count(one(_KNOWN)), "excluded": figures.count(one(codes.UNKNOWN))}
    hide = figures.profile != INTERNAL and (SUPPRESSED in texts.values() or row["count"] < SMALLEST_BASE)
    quantiles = ("p10", "p25", "p50", "p75", "p90")
    # The ends of a small group are single children: a tenth must be ten of them.
    ends = hide or (figures.profile != INTERNAL and row["count"] < SMALLEST_BASE * SMALLEST_BASE)
    for name in quantiles:
        secret = ends if name in ("p10", "p90") else hide
        texts[name] = SUPPRESSED if secret else number_text(float(row[name]), figures.profile)
    return texts


def _mean(row: Mapping[Any, Any], one: _One, figures: ShownFigures) -> dict[str, str]:
    texts = {"count": figures.count(one(_KNOWN)), "excluded": figures.count(one(codes.UNKNOWN))}
    children = float(row["count"])
    hide = figures.profile != INTERNAL and texts["count"] == SUPPRESSED
    mean = SUPPRESSED if hide else money_text(float(row["mean"]), children, figures.profile)
    # Beside the mean, the exact sum would give the exact number: it is of the number as shown.
    shown = children if figures.profile == INTERNAL or hide else number_of(texts["count"])
    total = SUPPRESSED if hide else money_text(float(row["mean"]) * shown, children, figures.profile)
    return {**texts, "mean": mean, "sum": total}


def _rate(row: Mapping[Any, Any], one: _One, figures: ShownFigures) -> dict[str, str]:
    shown, people = figures.count(one()), float(row["residents"])
    texts = {"count": shown, "residents": NOT_AVAILABLE if math.isnan(people) else f"{people:,.0f}"}
    for name in ("rate", "low", "high"):
        value = float(row[name])
        if math.isnan(value):
            texts[name] = NOT_AVAILABLE
        elif shown == SUPPRESSED:
            texts[name] = SUPPRESSED
        else:
            # Of the count as shown: residents are public, so an exact rate would give the exact count.
            factor = 1.0 if figures.profile == INTERNAL else _rounding(row, shown)
            texts[name] = f"{value * factor:.1f}"
    return texts


def _rounding(row: Mapping[Any, Any], shown: str) -> float:
    count = float(row["count"])
    return number_of(shown) / count if count else 1.0


def _interval(row: Mapping[Any, Any], texts: Mapping[str, str], part_name: str, profile: str) -> dict[str, str]:
    """Return the ends of the interval of a share, worked out from the counts as they are shown: they say no more."""
    if texts["share"] in (SUPPRESSED, NOT_AVAILABLE):
        return {"low": texts["share"], "high": texts["share"]}
    if profile == INTERNAL:
        return {name: f"{100 * float(row[name]):.1f}%" for name in ("low", "high")}
    part, whole = number_of(texts[part_name]), number_of(texts["denominator"])
    low, high = wilson(pd.Series([min(part, whole)]), pd.Series([whole]))
    return {"low": f"{100 * low.iloc[0]:.0f}%", "high": f"{100 * high.iloc[0]:.0f}%"}


_TEXTS: Final[Mapping[Kind, _Texts]] = {
    Kind.COUNT: _count,
    Kind.SHARE: _share,
    Kind.BREAKDOWN: _breakdown,
    Kind.SPREAD: _spread,
    Kind.MEAN: _mean,
    Kind.RATE: _rate,
}
