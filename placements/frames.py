"""Small things pandas does not do by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
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


def among(values: pd.Series, known: pd.Series | pd.Index[Any]) -> pd.Series:
    """Return whether each text stands among others; a missing one never does.

    ``values.isin(known)`` makes a Python object of every text in `known`; this does not, and is many times quicker
    where both are long.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        each = among(pd.Series(values.cat.categories, dtype="str"), known).to_numpy()
        return pd.Series(np.append(each, False)[values.cat.codes.to_numpy()], index=values.index)
    held = pa.array(pd.Series(known).astype("str").drop_duplicates(), type=pa.large_string(), from_pandas=True)
    found = pc.is_in(
        pa.array(values, type=pa.large_string(), from_pandas=True),
        options=pc.SetLookupOptions(value_set=held, skip_nulls=True),
    )
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index, dtype=bool)


def told_apart(names: list[str], taken: tuple[str, ...] = ()) -> list[str]:
    """Return names with a number after those that stand twice or are taken."""
    used, out = set(taken), []
    for name in names:
        label, number = name, 0
        while label in used:
            number += 1
            label = f"{name}.{number}"
        used.add(label)
        out.append(label)
    return out
