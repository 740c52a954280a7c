"""How do counts become a table that may be shown? Counts, shares and their bases, through disclosure control."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.analysis.measure import wilson
from placements.analysis.profile import NOT_RECORDED
from placements.disclosure.grid import TOTAL, protect_grid
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_SHOWN,
    SUPPRESSED,
    count_text,
    hidden,
    rounded,
    share_text,
)
from placements.reports.content import Kind, Table

#: What the markers in a table mean; a note under every table that has one.
SUPPRESSED_NOTE: Final = (
    f"{SUPPRESSED}: hidden, as it is from 1 to {SMALLEST_SHOWN - 1} children or would give such a number away."
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
    return "Not recorded" if value == NOT_RECORDED else labels.get(value, value)


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
    counts: pd.Series,
    *,
    labels: Mapping[str, str],
    profile: str,
    first: str,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table of counts of children by one characteristic, each with its share of all."""
    kept = counts[(counts > 0) | ~counts.index.isin([NOT_RECORDED])]
    hide, total = hidden(kept, profile), float(kept.sum())
    rows = [
        (
            label_of(labels, str(value)),
            SUPPRESSED if secret else count_text(float(count), profile),
            SUPPRESSED if secret else share_text(float(count), total, profile),
        )
        for (value, count), secret in zip(kept.items(), hide, strict=True)
    ]
    rows.append((ALL, count_text(total, profile), share_text(total, total, profile)))
    table = Table(key, caption, (first, "Children", "Share of all"), tuple(rows), numeric(3), tuple(notes), 1)
    return noted(table, profile)


def grid_table(
    key: str,
    caption: str,
    counts: pd.DataFrame,
    *,
    row_labels: Mapping[str, str],
    column_labels: Mapping[str, str],
    profile: str,
    first: str,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table of counts of children by two characteristics with totals; empty rows and columns are left out."""
    kept = counts.loc[counts.sum(axis=1) > 0, counts.sum(axis=0) > 0]
    texts = protect_grid(kept, profile)
    rows = tuple(
        (ALL if value == TOTAL else label_of(row_labels, str(value)), *(str(cell) for cell in row))
        for value, row in zip(texts.index, texts.to_numpy(), strict=True)
    )
    columns = (first, *(label_of(column_labels, str(value)) for value in kept.columns), ALL)
    return noted(Table(key, caption, columns, rows, numeric(len(columns)), tuple(notes), 1), profile)


def shown_shares(shares: pd.DataFrame, profile: str, *, keep: Collection[str] = ()) -> pd.DataFrame:
    """Return shares as they may be shown, with a last row `TOTAL`.

    Parameters
    ----------
    shares : DataFrame
        Indexed by group, with `numerator`, `denominator` and `excluded`: groups that do not overlap.
    profile : str
    keep : collection of str
        Groups whose share is published elsewhere, and so is hidden here only if it must be.

    Returns
    -------
    DataFrame
        `numerator`, `denominator`, `excluded`, `percent` (texts) and `share`, `low`, `high` (between 0 and 1, NaN when
        hidden). When shareable these three are computed from the rounded counts, so that they say nothing more than the
        texts do.
    """
    parts = pd.DataFrame({"inside": shares["denominator"] - shares["numerator"], "outside": shares["numerator"]})
    grid, excluded = protect_grid(parts, profile, keep=keep), hidden(shares["excluded"], profile)
    sums = shares[["numerator", "denominator", "excluded"]].sum()
    rows = []
    for group in grid.index:
        row = sums if group == TOTAL else shares.loc[group]
        part, whole, left = float(row["numerator"]), float(row["denominator"]), float(row["excluded"])
        secret = SUPPRESSED in (grid.loc[group, "outside"], grid.loc[group, "inside"])
        percent = SUPPRESSED if secret else share_text(part, whole, profile)
        rows.append(
            {
                "numerator": str(grid.loc[group, "outside"]),
                "denominator": str(grid.loc[group, TOTAL]),
                "percent": percent,
                "excluded": SUPPRESSED if group != TOTAL and excluded[group] else count_text(left, profile),
                **_interval(part, whole, percent, profile),
            }
        )
    return pd.DataFrame(rows, index=grid.index)


def _interval(part: float, whole: float, percent: str, profile: str) -> dict[str, float]:
    if percent in (SUPPRESSED, NOT_AVAILABLE):
        return {"share": np.nan, "low": np.nan, "high": np.nan}
    if profile != INTERNAL:
        part, whole = float(rounded(part)), float(max(rounded(whole), 1))
        part = min(part, whole)
    low, high = wilson(pd.Series([part]), pd.Series([whole]))
    return {"share": part / whole, "low": float(low.iloc[0]), "high": float(high.iloc[0])}


def range_text(low: float, high: float) -> str:
    """Return an interval of a share in whole percentages, ``"56% to 63%"``; hidden when there is none."""
    return SUPPRESSED if np.isnan(low) else f"{100 * low:.0f}% to {100 * high:.0f}%"


def share_table(
    key: str,
    caption: str,
    shares: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    profile: str,
    first: str,
    counted: str = "Outside the authority",
    base: str = "Location known",
    excluded: str = "Not known",
    notes: Sequence[str] = (),
    total: bool = True,
    keep: Collection[str] = (),
) -> Table:
    """Return a table of shares: each row with what it is made of, its likely range and what is left out of it."""
    shown = shown_shares(shares[shares[["denominator", "excluded"]].sum(axis=1) > 0], profile, keep=keep)
    shown = shown if total else shown.drop(index=TOTAL)
    rows = tuple(
        (
            ALL if group == TOTAL else label_of(labels, str(group)),
            str(row["numerator"]),
            str(row["denominator"]),
            str(row["percent"]),
            NOT_AVAILABLE if row["percent"] == NOT_AVAILABLE else range_text(float(row["low"]), float(row["high"])),
            str(row["excluded"]),
        )
        for group, row in rows_of(shown)
    )
    table = Table(
        key,
        caption,
        (first, counted, base, "Share", "Likely range", excluded),
        rows,
        numeric(6),
        tuple(notes),
        1 if total else 0,
    )
    return noted(table, profile)
