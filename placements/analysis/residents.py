"""How many residents aged 0 to 17 has the authority? ONS's mid-year estimate that DfE's rates of that year rest on.

DfE's rate for 31 March Y divides by the estimate for the middle of Y - 1: the populations published with the rates of
2020 to 2022 are, of every authority, ONS's estimates of mid-2019 to mid-2021 to the child; those of 2023 and 2024 are
earlier editions of the estimates of mid-2022 and mid-2023. So a row of DfE's statistics for year Y and one of ONS's for
mid Y - 1 are two editions of one figure. Both are of *year* Y here, and so is the indicator `children_aged_0_to_17` of
`data/reference/published.csv`, which was taken from DfE's.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements.analysis.inputs import Inputs
from placements.geography.reference import reference_table
from placements.geography.timeline import code_of_today

DFE_RATES: Final = "cla_number_and_rate_per_10k_children"
ONS_ESTIMATES: Final = "ons_mid-year_population_estimates"
_MEASURE: Final = "population_estimate"
_INDICATOR: Final = "children_aged_0_to_17"
#: Which wins of the same year: DfE's own denominators, then ONS's (later editions), then what ships with the program.
_BEST_FIRST: Final = (DFE_RATES, ONS_ESTIMATES, "published.csv")


@dataclass(frozen=True)
class Residents:
    """How many residents aged 0 to 17, of which middle of the year, and from where.

    Attributes
    ----------
    residents : float
        NaN when it is not known.
    mid_year : int or None
        The year whose middle the estimate is of.
    source : str
        Release or reference table; empty when it is not known.
    """

    residents: float = math.nan
    mid_year: int | None = None
    source: str = ""


def residents(inputs: Inputs, on: dt.date) -> float:
    """Return how many residents aged 0 to 17 the authority has for rates of a day; NaN when it is not known.

    See `residents_estimate` for which estimate that is.
    """
    return residents_estimate(inputs, on).residents


def residents_estimate(inputs: Inputs, on: dt.date) -> Residents:
    """Return the number of residents aged 0 to 17 that rates of a day rest on, with its year and source.

    The latest year that is published of the authority, not after the year of the day: for 31 March 2024 the estimate
    of mid-2023, as DfE does. A later day takes the last one there is; a day before all of them has none. Of one year,
    DfE's own denominator is taken before ONS's estimate, and both before the bundled table.

    Parameters
    ----------
    inputs : Inputs
        Its `published` and `authority_code` are read.
    on : date
    """
    code = code_of_today(inputs.authority_code)
    rows = pd.concat([_held(inputs.published, code), _bundled(code)], ignore_index=True)
    rows = rows[rows["year"].le(on.year) & rows["residents"].gt(0)]
    if rows.empty:
        return Residents()
    rank = rows["source"].map({name: at for at, name in enumerate(_BEST_FIRST)})
    best = rows.assign(rank=rank).sort_values(["year", "rank"], ascending=[False, True], kind="stable").iloc[0]
    return Residents(float(best["residents"]), int(best["year"]) - 1, str(best["source"]))


def _held(published: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return `year` (DfE's), `residents` and `source` of the files that the study holds."""
    rows = published[published["measure"].eq(_MEASURE) & published["release"].isin([DFE_RATES, ONS_ESTIMATES])]
    rows = rows[rows["code"].map(code_of_today).eq(code)]
    # Children of all ages are the only group of ONS's estimates that DfE publishes here; another would be named.
    rows = rows[rows["release"].eq(DFE_RATES) | rows["breakdown"].str.contains("0 to 17", regex=False)]
    year = rows["year"] + rows["release"].eq(ONS_ESTIMATES).astype(int)
    return pd.DataFrame({"year": year, "residents": rows["value"], "source": rows["release"]})


def _bundled(code: str) -> pd.DataFrame:
    table = reference_table("published.csv")
    table = table[table["indicator"].eq(_INDICATOR) & table["authority_code"].map(code_of_today).eq(code)]
    return pd.DataFrame(
        {
            "year": table["year"].astype(int),
            "residents": pd.to_numeric(table["value"]),
            "source": "published.csv",
        }
    )
