"""How is a table that is no breakdown of one population made safe? By what its columns are, and how they add up.

Its counts of children are protected together: with the sums that hold along its rows, and with the totals of each
breakdown, which the same question with fewer breakdowns would show.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.analysis.definition import Column, Definition
from placements.disclosure.control.master import Settled, unsettled
from placements.disclosure.control.model import Bools, CountModel, Ints, sums_matrix
from placements.disclosure.control.protect import protect
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_BASE,
    SMALLEST_SHOWN,
    SUPPRESSED,
    money_text,
    number_text,
    signed_text,
)
from placements.errors import DisclosureError

#: The most columns in one sum along a row that is looked for.
_MOST_TERMS: Final = 5


def shown_table(definition: Definition, table: pd.DataFrame, by: Sequence[str], profile: str) -> pd.DataFrame:
    """Return a table of its own as it may be shown: texts, `c` hidden, `x` none.

    Parameters
    ----------
    definition : Definition
        Says what each column is; one that it does not name cannot be shown.
    table : DataFrame
    by : sequence of str
        The columns that it is broken down by.
    profile : str

    Raises
    ------
    DisclosureError
        When a column is not declared, or the table cannot be made safe.
    """
    undeclared = [name for name in table.columns if name not in definition.columns and name not in by]
    if undeclared:
        raise DisclosureError(f"{definition.name}: what column {undeclared[0]} holds is not declared")
    children = [str(name) for name in table.columns if _kind(definition, name) is Column.CHILDREN]
    hide_counts = pd.DataFrame(False, index=table.index, columns=children)
    hide_shares = pd.DataFrame(False, index=table.index, columns=list(table.columns))
    if profile != INTERNAL and len(table):
        hide_counts, hide_shares = _hidden(definition, table, [name for name in by if name in table], children)
    rows = zip(table.to_dict("records"), hide_counts.to_dict("records"), hide_shares.to_dict("records"), strict=True)
    texts = [
        {str(name): _text(definition, str(name), row, counts, bool(shares[name]), profile) for name in table.columns}
        for row, counts, shares in rows
    ]
    return pd.DataFrame(texts, columns=list(table.columns), dtype=object)


def _kind(definition: Definition, name: object) -> Column:
    column = definition.columns.get(str(name))
    return Column.TEXT if column is None else column.kind


def _text(
    definition: Definition,
    name: str,
    row: Mapping[Any, Any],
    hide: Mapping[Any, bool],
    share_hidden: bool,
    profile: str,
) -> str:
    column, value = definition.columns.get(name), row[name]
    if column is None or column.kind is Column.TEXT:
        return "" if pd.isna(value) else str(value)
    if pd.isna(value):
        return NOT_AVAILABLE
    if column.kind is Column.CHILDREN:
        return SUPPRESSED if hide[name] else _signed_count(float(value), profile)
    if column.kind is Column.SHARE:
        if share_hidden:
            return SUPPRESSED
        return f"{100 * value:.1f}%" if profile == INTERNAL else f"{np.floor(100 * value + 0.5):.0f}%"
    if column.kind in (Column.MONEY, Column.ESTIMATE):
        base = float(row[column.base]) if column.base else 0.0
        secret = bool(hide.get(column.base, False))
        if profile != INTERNAL and (secret or share_hidden or not base >= SMALLEST_BASE):
            return SUPPRESSED
        if column.kind is Column.MONEY:
            return money_text(float(value), base, profile)
        return f"{value:.2f}" if abs(value) <= 1 else number_text(float(value), profile)
    return (
        f"{value:,.10g}" if isinstance(value, int | float | np.number) and not isinstance(value, bool) else str(value)
    )


def _signed_count(value: float, profile: str) -> str:
    """Return a count that may be negative or no whole number, such as a net number or a share of places."""
    if profile == INTERNAL and not float(value).is_integer():
        return f"{value:,.1f}"
    return signed_text(value, profile)


def _hidden(
    definition: Definition, table: pd.DataFrame, by: Sequence[str], children: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which counts are hidden, and which shares (and estimates that rest on a share's denominator)."""
    sizes = table[list(children)].astype(float).abs().fillna(0.0)
    counts = sizes.round().astype(np.int64).to_numpy().reshape(len(table), len(children))
    sums, values = list(_along_rows(counts)), counts.ravel().tolist()
    for one in _over_groups(table, by, counts.shape[1]):
        sums.append({**one, len(values): -1})
        values.append(sum(values[position] for position in one))
    published = len(values)
    columns = _share_columns(definition, table, children)
    shares = [
        tuple(row * len(children) + children.index(name) for name in pair)
        for pair in columns
        for row in range(len(table))
    ]
    for part, whole in shares:
        sums.append({whole: -1, part: 1, len(values): 1})
        values.append(values[whole] - values[part])
    model = CountModel(
        values=np.array(values, dtype=np.int64),
        equations=sums_matrix(sums, len(values)),
        published=np.arange(len(values)) < published,
        shares=np.array(shares, dtype=np.int64).reshape(-1, 2),
    )
    settled = unsettled(model)
    # The same question with fewer breakdowns shows the totals, whatever is hidden here.
    is_total = (np.arange(len(values)) >= counts.size) & model.published & ~model.small
    stands = Settled(is_total, settled.hidden_counts, settled.shown_shares, settled.hidden_shares)
    try:
        pattern = protect(model, stands)
    except ArithmeticError as error:
        raise DisclosureError(
            f"{definition.name} cannot be shared so: {error}. Ask for fewer breakdowns at once"
        ) from error
    hide = pd.DataFrame(
        pattern.counts[: counts.size].reshape(counts.shape)
        | (sizes.to_numpy() > 0) & (sizes.to_numpy() < SMALLEST_SHOWN),
        index=table.index,
        columns=list(children),
    )
    return hide, _hidden_shares(definition, table, hide, columns, pattern.shares)


def _hidden_shares(
    definition: Definition,
    table: pd.DataFrame,
    hide: pd.DataFrame,
    columns: Sequence[tuple[str, str]],
    secret: Bools,
) -> pd.DataFrame:
    out = pd.DataFrame(False, index=table.index, columns=list(table.columns))
    by_pair = {
        pair: secret[place * len(table) : (place + 1) * len(table)] | hide[list(pair)].any(axis=1).to_numpy()
        for place, pair in enumerate(columns)
    }
    for name in table.columns:
        column = definition.columns.get(str(name))
        if column is None:
            continue
        if column.share_of is not None:
            # Of what is no count of children only the one part can be hidden.
            parts = [one for one in column.share_of if one in hide]
            out[str(name)] = by_pair[column.share_of] if column.share_of in by_pair else hide[parts].any(axis=1)
        elif column.kind is Column.ESTIMATE:
            for pair, hidden in by_pair.items():
                if column.base in pair:
                    out[str(name)] |= hidden
    return out


def _along_rows(counts: Ints) -> Iterator[dict[int, int]]:
    """Yield the sums that hold along every row: signed columns that come to 0, as factors by position."""
    rows, columns = counts.shape
    for size in range(2, min(columns, _MOST_TERMS) + 1):
        for chosen in itertools.combinations(range(columns), size):
            for signs in itertools.product((1, -1), repeat=size - 1):
                factors = (1, *signs)
                if min(factors) > 0:
                    continue
                part = counts[:, list(chosen)]
                if not (part @ np.array(factors)).any() and part.any(axis=0).all():
                    for row in range(rows):
                        yield {row * columns + column: factor for column, factor in zip(chosen, factors, strict=True)}


def _over_groups(table: pd.DataFrame, by: Sequence[str], columns: int) -> Iterator[dict[int, int]]:
    """Yield what adds up to the total of every column over every margin of the breakdowns."""
    for size in range(len(by)):
        for some in itertools.combinations(by, size):
            keys = table.groupby(list(some)).ngroup().to_numpy() if some else np.zeros(len(table), dtype=int)
            for key in np.unique(keys):
                rows = np.flatnonzero(keys == key).tolist()
                for column in range(columns):
                    yield {row * columns + column: 1 for row in rows}


def _share_columns(definition: Definition, table: pd.DataFrame, children: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns of children that the table's shares are of, each pair once."""
    pairs = (one.share_of for name, one in definition.columns.items() if name in table)
    return list(dict.fromkeys(pair for pair in pairs if pair is not None and set(pair) <= set(children)))
