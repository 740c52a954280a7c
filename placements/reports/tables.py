"""How do the figures of a release become a table? Counts, shares and their bases, looked up, none worked out anew."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from placements.analysis.measure import wilson
from placements.codes import UNKNOWN
from placements.disclosure.control.tables import group
from placements.disclosure.shown import ShownFigures
from placements.disclosure.suppress import INTERNAL, NOT_AVAILABLE, SMALLEST_SHOWN, SUPPRESSED
from placements.reports.content import Kind, Table
from placements.reports.words import Share, value_of

#: What the markers in a table mean; a note under every table that has one.
SUPPRESSED_NOTE: Final = (
    f"{SUPPRESSED}: not shown: from 1 to {SMALLEST_SHOWN - 1}, or a number that would give such a one away."
)
NOT_AVAILABLE_NOTE: Final = f"{NOT_AVAILABLE}: there is nothing to take a share or a mean of."
ROUNDED_NOTE: Final = "Counts of children are to the nearest 5, so they may not add up to the totals."
ALL: Final = "All"


def rows_of(table: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    """Yield the index and the row of each row of a small table."""
    yield from table.iterrows()


def cell(table: pd.DataFrame, row: Any, column: Any) -> float:
    """Return one number of a table."""
    value: Any = table.loc[row, column]
    return float(value)


def label_of(labels: Mapping[str, str], value: str) -> str:
    """Return what a reader sees for a code: its label, "Not recorded", or the code itself when it has no label."""
    return labels.get(value, "Not recorded" if value == UNKNOWN else value)


def ordered(figures: ShownFigures, population: str, dimension: str, order: Sequence[str] = ()) -> list[str]:
    """Return the values that occur of a dimension: those of an order first, the others by the numbers that are shown.

    What is not recorded comes last, unless the order says otherwise; hidden numbers before it, by name.
    """
    held = figures.values_of(population, dimension)

    def place(value: str) -> tuple[bool, bool, float, str]:
        shown = value_of(figures.count(group(population, {dimension: value})))
        return (value == UNKNOWN, math.isnan(shown), 0.0 if math.isnan(shown) else -shown, value)

    others = sorted((value for value in held if value not in order), key=place)
    return [*(value for value in order if value in held), *others]


def numeric(columns: int) -> tuple[Kind, ...]:
    """Return the kinds of a table of `columns` columns whose first is text and the others numbers."""
    kinds: list[Kind] = ["text"]
    kinds += ["number"] * (columns - 1)
    return tuple(kinds)


def noted(table: Table, profile: str, *, children: bool = True) -> Table:
    """Return the table with the notes its cells call for added to its own."""
    cells = {cell for row in table.rows for cell in row}
    extra = [SUPPRESSED_NOTE] if SUPPRESSED in cells else []
    extra += [NOT_AVAILABLE_NOTE] if NOT_AVAILABLE in cells else []
    extra += [ROUNDED_NOTE] if children and profile != INTERNAL else []
    return Table(
        table.key, table.caption, table.columns, table.rows, table.kinds, (*table.notes, *extra), table.total_rows
    )


def profile_table(
    key: str,
    caption: str,
    figures: ShownFigures,
    population: str,
    dimension: str,
    *,
    order: Sequence[str] = (),
    labels: Mapping[str, str],
    first: str,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table of counts of children by one characteristic, each with its share of all."""
    everyone = group(population)
    parts = [
        (label_of(labels, value), group(population, {dimension: value}))
        for value in ordered(figures, population, dimension, order)
    ]
    rows = [(name, figures.count(part), figures.share(part, everyone)) for name, part in (*parts, (ALL, everyone))]
    table = Table(key, caption, (first, "Children", "Share of all"), tuple(rows), numeric(3), tuple(notes), 1)
    return noted(table, figures.profile)


def grid_table(
    key: str,
    caption: str,
    figures: ShownFigures,
    population: str,
    *,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    row_labels: Mapping[str, str],
    column_labels: Mapping[str, str],
    first: str,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table of counts of children by two characteristics with totals.

    Parameters
    ----------
    rows, columns : (str, sequence of str)
        A dimension and the order of its values; those that do not occur are left out.
    """
    down, across = ((name, ordered(figures, population, name, order)) for name, order in (rows, columns))
    whole: dict[str, str] = {}
    lines = [(label_of(row_labels, value), {down[0]: value}) for value in down[1]] + [(ALL, whole)]
    wheres = [{across[0]: value} for value in across[1]] + [whole]
    texts = tuple(
        (name, *(figures.count(group(population, {**line, **where})) for where in wheres)) for name, line in lines
    )
    titles = (first, *(label_of(column_labels, value) for value in across[1]), ALL)
    return noted(Table(key, caption, titles, texts, numeric(len(titles)), tuple(notes), 1), figures.profile)


@dataclass(frozen=True)
class KnownShare:
    """A share of those for whom something is known, as it may be shown.

    Attributes
    ----------
    name : str
        What the reader sees for the group.
    share : Share
    excluded : str
        How many are left out because it is not known.
    value, low, high : float
        The share between 0 and 1 and its likely range, worked out from what is shown; NaN when it is not.
    """

    name: str
    share: Share
    excluded: str
    value: float
    low: float
    high: float


def known_share(name: str, share: Share, excluded: str) -> KnownShare:
    """Return a share with its likely range: of the counts that are shown, so that it says nothing more than they do."""
    if {*share} & {SUPPRESSED, NOT_AVAILABLE}:
        return KnownShare(name, share, excluded, math.nan, math.nan, math.nan)
    whole = max(value_of(share.denominator), 1.0)
    part = min(value_of(share.numerator), whole)
    low, high = wilson(pd.Series([part]), pd.Series([whole]))
    return KnownShare(name, share, excluded, part / whole, float(low.iloc[0]), float(high.iloc[0]))


def range_text(low: float, high: float) -> str:
    """Return an interval of a share in whole percentages, ``"56% to 63%"``; hidden when there is none."""
    return SUPPRESSED if math.isnan(low) else f"{100 * low:.0f}% to {100 * high:.0f}%"


def share_table(
    key: str,
    caption: str,
    shares: Sequence[KnownShare],
    profile: str,
    *,
    first: str,
    counted: str = "Outside the authority",
    base: str = "Location known",
    excluded: str = "Not known",
    notes: Sequence[str] = (),
) -> Table:
    """Return a table of shares, that of all last: each with its parts, its likely range and what is left out of it."""
    rows = tuple(
        (
            one.name,
            *one.share,
            NOT_AVAILABLE if one.share.percent == NOT_AVAILABLE else range_text(one.low, one.high),
            one.excluded,
        )
        for one in shares
    )
    titles = (first, counted, base, "Share", "Likely range", excluded)
    return noted(Table(key, caption, titles, rows, numeric(6), tuple(notes), 1), profile)
