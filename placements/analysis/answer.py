"""What is the answer to an indicator, by any breakdown? The same counting for all, with what each figure is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.definition import Definition, Kind, unknown_where_missing
from placements.analysis.dimensions import YEAR, Dimension, dimensions_of
from placements.analysis.inputs import Inputs
from placements.analysis.measure import Z95, wilson
from placements.analysis.residents import residents
from placements.analysis.year_ends import every_year_end
from placements.errors import UsageError

#: The columns of an answer beside those it is broken down by. `excluded` is how many are left out because it is not
#: known of them; `low` and `high` are the ends of a 95 % interval (Wilson for a share, Byar for a rate).
COLUMNS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.COUNT: ("count",),
        Kind.SHARE: ("numerator", "denominator", "excluded", "share", "low", "high"),
        Kind.BREAKDOWN: ("category", "count", "denominator", "share", "low", "high"),
        Kind.SPREAD: ("count", "excluded", "p10", "p25", "p50", "p75", "p90"),
        Kind.MEAN: ("count", "excluded", "mean", "sum"),
        Kind.RATE: ("count", "residents", "rate", "low", "high"),
    }
)
QUANTILES: Final = (0.10, 0.25, 0.50, 0.75, 0.90)
RATE_PER: Final = 10_000


def answer(definition: Definition, inputs: Inputs, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the answer to an indicator.

    Parameters
    ----------
    definition : Definition
    inputs : Inputs
    by : sequence of str
        Names of `analysis.dimensions.DIMENSIONS`, and `year` for every year end in the data; for a table of its own,
        some of `definition.by`.

    Returns
    -------
    DataFrame
        One row for each group that occurs: the columns of `by`, then `COLUMNS` of its kind (a table's own columns
        for a table). Without `by` one row.

    Raises
    ------
    UsageError
        When it cannot be broken down so, or not for earlier years.
    """
    if definition.table is not None:
        _refuse_repeats(by)
        wrong = [name for name in by if name not in definition.by]
        if wrong:
            ways = ", ".join(definition.by) if definition.by else "none"
            raise UsageError(f"{definition.name} cannot be broken down by {wrong[0]}; it can by: {ways}")
        return definition.table(inputs, by)
    return answer_of(definition, members_by_day(definition, inputs, by), inputs, by)


def answer_of(
    definition: Definition, days: Mapping[dt.date, pd.DataFrame], inputs: Inputs, by: Sequence[str]
) -> pd.DataFrame:
    """Return the answer from the rows of `members_by_day`."""
    parts = [rows.assign(**{YEAR: day.isoformat()}) if YEAR in by else rows for day, rows in days.items()]
    return table_of(definition, pd.concat(parts, ignore_index=True)[[*by, "child_id", "value"]], by, inputs)


def members_by_day(definition: Definition, inputs: Inputs, by: Sequence[str]) -> dict[dt.date, pd.DataFrame]:
    """Return one row for each member of the population, by day: the one day, or every year end if asked by `year`.

    Each frame is indexed as `inputs.placements`: `child_id`, the values of `by` but for `year`, and what is asked of
    each as `value`: True, False or missing for a share, a text for a breakdown, a number for a spread or a mean.

    Raises
    ------
    UsageError
        When it cannot be broken down so, or not for earlier years.
    """
    if definition.population is None:
        raise UsageError(f"{definition.name} has no population")
    _refuse_repeats(by)
    dimensions = dimensions_of(tuple(by), definition.service)
    if YEAR not in by:
        return {inputs.on: _members(definition, inputs, dimensions)}
    if definition.now_only or definition.population.now_only:
        raise UsageError(f"{definition.name} is known for {inputs.snapshot} only: it rests on what provision there is")
    days = every_year_end(inputs.placements, inputs.snapshot)
    # Of the year up to the first day that the data reach back to, only a part is held.
    days = days[1:] if definition.population.flow else days
    if not days:  # of no year is the whole known
        return {inputs.on: _members(definition, inputs, dimensions).iloc[:0]}
    return {day: _members(definition, inputs.at(day), dimensions) for day in days}


def _refuse_repeats(by: Sequence[str]) -> None:
    if len(set(by)) != len(by):
        raise UsageError(f"a breakdown is named twice in {','.join(by)}")


def _members(definition: Definition, inputs: Inputs, dimensions: Sequence[Dimension]) -> pd.DataFrame:
    if definition.population is None:
        raise UsageError(f"{definition.name} has no population")
    rows = definition.population.rows(inputs)
    asked = definition.holds or definition.category or definition.number
    value = pd.Series(True, index=rows.index) if asked is None else asked(rows, inputs)
    if definition.kind is Kind.SHARE:
        value = value.astype("boolean")
    columns = {one.name: one.values(rows, inputs).astype("str") for one in dimensions}
    return pd.DataFrame({"child_id": rows["child_id"], **columns, "value": value}, index=rows.index)


def table_of(definition: Definition, rows: pd.DataFrame, by: Sequence[str], inputs: Inputs) -> pd.DataFrame:
    """Return the answer from one row for each member of all days."""
    keys = list(by)
    columns = COLUMNS[definition.kind]
    if definition.kind is Kind.BREAKDOWN:
        return _breakdown(definition, rows, keys)[[*keys, *columns]]
    if not keys:
        return _figures(definition, rows.assign(all="all").groupby("all"), ["all"], inputs)[list(columns)]
    return _figures(definition, rows.groupby(keys), keys, inputs)[[*keys, *columns]]


def _figures(definition: Definition, groups: Any, keys: list[str], inputs: Inputs) -> pd.DataFrame:
    value = groups["value"]
    known, size = value.count().astype(int), groups.size().astype(int)
    if not len(size) and keys == ["all"]:  # nobody is a row too
        known = size = pd.Series([0], index=pd.Index(["all"], name="all"))
    table = pd.DataFrame({"count": known, "excluded": size - known})
    match definition.kind:
        case Kind.SHARE:
            held = value.sum().astype("Float64").fillna(0).astype(int).reindex(table.index, fill_value=0)
            table = table.rename(columns={"count": "denominator"}).assign(numerator=held)
            table["share"] = held / known.where(known > 0)
            table["low"], table["high"] = wilson(held, known)
        case Kind.SPREAD:
            for quantile in QUANTILES:
                table[f"p{100 * quantile:.0f}"] = value.quantile(quantile).reindex(table.index).astype(float)
        case Kind.MEAN:
            table["mean"] = value.mean().reindex(table.index).astype(float)
            table["sum"] = value.sum().reindex(table.index, fill_value=0.0).astype(float)
        case _:
            table = pd.DataFrame({"count": size})
    table = table.reset_index()
    return _rates(table, inputs) if definition.kind is Kind.RATE else table


def _rates(table: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return counts for every 10,000 residents aged 0 to 17, with Byar's interval of a Poisson count.

    Source: N. E. Breslow and N. E. Day, *Statistical methods in cancer research* II (1987), 2.3; the method of OHID.
    Every group is set against all residents: what share of them is in a group is not known.
    """
    days = table[YEAR] if YEAR in table else pd.Series(inputs.on.isoformat(), index=table.index)
    people = {day: residents(inputs, dt.date.fromisoformat(day)) for day in days.unique()}
    table = table.assign(residents=days.map(people).astype(float))
    per, count = RATE_PER / table["residents"], table["count"].astype(float)
    low = count * (1 - 1 / (9 * count.where(count > 0)) - Z95 / (3 * np.sqrt(count.where(count > 0)))) ** 3
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z95 / (3 * np.sqrt(more))) ** 3
    return table.assign(rate=count * per, low=low.fillna(0.0) * per, high=high * per)


def _breakdown(definition: Definition, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return every category of every group that occurs, those of nobody too, in the order of the definition."""
    frame = rows.assign(category=unknown_where_missing(rows["value"]), all="all")
    over = keys or ["all"]
    order = [name for name in definition.categories if name != codes.UNKNOWN]
    order += [*sorted(set(frame["category"]) - {*order, codes.UNKNOWN}), codes.UNKNOWN]
    counts = frame.groupby([*over, "category"]).size().unstack("category")
    if not keys:
        counts = counts.reindex(["all"])
    counts = counts.reindex(columns=order).fillna(0).astype(int).rename_axis(index=over)
    table = counts.reset_index().melt(id_vars=over, var_name="category", value_name="count")
    table["category"] = pd.Categorical(table["category"], categories=order, ordered=True)
    table = table.sort_values([*over, "category"], ignore_index=True).astype({"category": "str"})
    table["denominator"] = table.groupby(over)["count"].transform("sum").astype(int)
    table["share"] = table["count"] / table["denominator"].where(table["denominator"] > 0)
    table["low"], table["high"] = wilson(table["count"], table["denominator"])
    return table
