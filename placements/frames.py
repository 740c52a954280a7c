"""Small things pandas does not do by itself."""

from __future__ import annotations

import pandas as pd


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
