"""How is a share stated? Always with its numerator, denominator, what was left out, and an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Z95: Final = 1.959963984540054


def wilson(numerator: pd.Series, denominator: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the 95 % Wilson score interval of a share; NaN where the denominator is 0.

    Source: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22 (1927); the
    method ONS and OHID use for proportions.
    """
    low, high = wilson_limits(numerator.to_numpy(float), denominator.to_numpy(float))
    return pd.Series(low, index=numerator.index), pd.Series(high, index=numerator.index)


def wilson_limits(numerator: Floats, denominator: Floats, z: Floats | float = Z95) -> tuple[Floats, Floats]:
    """Return the ends of the score interval of `z` standard errors; NaN where the denominator is 0."""
    n = np.where(denominator > 0, denominator, np.nan)
    share = numerator / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def share(counts: pd.DataFrame, numerator: str, denominator: Sequence[str], excluded: Sequence[str]) -> pd.DataFrame:
    """Return `numerator, denominator, excluded, share, low, high` from counts, indexed as `counts`.

    Parameters
    ----------
    counts : DataFrame
        Whole numbers by group.
    numerator : str
        Column counted.
    denominator, excluded : sequence of str
        Columns added up for what the share is of, and for what was left out of it.
    """
    out = pd.DataFrame(
        {
            "numerator": counts[numerator].astype(int),
            "denominator": counts[list(denominator)].sum(axis=1).astype(int),
            "excluded": counts[list(excluded)].sum(axis=1).astype(int),
        },
        index=counts.index,
    )
    out["share"] = out["numerator"] / out["denominator"].where(out["denominator"] > 0)
    out["low"], out["high"] = wilson(out["numerator"], out["denominator"])
    return out


def count_by(frame: pd.DataFrame, by: Sequence[str], column: str, values: Sequence[str]) -> pd.DataFrame:
    """Return counts of each of `values` of `column`, by group, as columns; groups sorted, all values present."""
    if not by:
        single = frame[column].value_counts().reindex(list(values), fill_value=0)
        return pd.DataFrame([single.to_numpy()], columns=list(values), index=pd.Index(["all"], name="group"))
    long = frame.groupby([*by, column], observed=True, dropna=False).size().rename("n").reset_index()
    wide = long.pivot_table(index=list(by), columns=column, values="n", aggfunc="sum", fill_value=0, dropna=False)
    wide = wide[wide.sum(axis=1) > 0]  # only the groups that occur
    return wide.reindex(columns=list(values), fill_value=0).rename_axis(columns=None).sort_index().astype(int)
