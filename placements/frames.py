"""Small things pandas does not do by itself."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def look_up(keys: pd.Series, table: pd.Series) -> pd.Series:
    """Return the value of each key, missing where there is none, of the table's own type even when it is empty.

    ``keys.map(table)`` answers with floats for an empty table, which then are no dates and no texts.

    Parameters
    ----------
    keys : Series
    table : Series
        Indexed by key, each once.
    """
    found: pd.Series = table.reindex(pd.Index(keys.to_numpy()))
    return found.set_axis(keys.index)


def among(values: pd.Series, known: pd.Series) -> pd.Series:
    """Return whether each text stands among others, blanks and missing ones included as they are.

    ``values.isin(known)`` makes a Python object of every text in `known`; this does not, and is many times quicker where
    both are long.
    """
    held = pa.array(known.drop_duplicates(), type=pa.large_string(), from_pandas=True)
    found = pc.is_in(pa.array(values, type=pa.large_string(), from_pandas=True), value_set=held)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index, dtype=bool)
