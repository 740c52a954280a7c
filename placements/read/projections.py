"""How many children will there be? ONS subnational population projections, as they are published.

One row per area, sex and single year of age, one column per year (`AREA_CODE, AREA_NAME, COMPONENT, SEX, AGE_GROUP,
2022, 2023, ...`), persons or males and females. The authority's own row is used; where the file has only districts,
their sum is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements.errors import DataError
from placements.read.rawtable import ROW, RawTable, read_csv

#: The oldest age that a service reaches.
OLDEST: Final = 25
_COLUMNS: Final = {
    "area": ("areacode", "code", "ladcode", "newlacode"),
    "age": ("agegroup", "age"),
    "sex": ("sex", "gender"),
    "component": ("component",),
}
_SEXES: Final = {"persons": "persons", "person": "persons", "all": "persons", "males": "m", "females": "f"}
_ADVICE: Final = "name ONS's file of subnational population projections by single year of age, as it is published"


@dataclass(frozen=True, eq=False)
class Projection:
    """Children by age and year.

    Attributes
    ----------
    people : DataFrame
        Indexed by `year`, one column for each age from 0 to 25.
    file_name, sha256 : str
        Where it is from.
    """

    people: pd.DataFrame
    file_name: str
    sha256: str


def read_projection(path: Path, code: str, districts: Sequence[str]) -> Projection:
    """Read the projection of an authority.

    Parameters
    ----------
    path : Path
    code : str
        ONS code of the authority.
    districts : sequence of str
        Codes of its districts, whose sum is taken where the file does not have the authority.

    Raises
    ------
    DataError
        When the file is not there, is no such table, lacks the area or an age, or a cell of them is not a number.
    """
    if not path.exists():
        raise DataError("is not there", file=path, advice="put it there, or empty forecast.population_file")
    table = read_csv(path, [frozenset({"areacode", "agegroup"})])
    rows = table.take(_COLUMNS)
    years = [str(name) for name in table.frame.columns if str(name).strip().isdigit() and len(str(name).strip()) == 4]
    missing = [name for name in ("area", "age") if table.own(*_COLUMNS[name]) is None]
    if missing or len(years) < 2:
        lacks = ", ".join([*missing, *(["a column for each year"] if len(years) < 2 else [])])
        raise DataError(f"is no population projection: it lacks {lacks}", file=path, advice=_ADVICE)
    area = rows["area"].str.strip().str.upper()
    used = area.eq(code) if area.eq(code).any() else area.isin(list(districts))
    found = set(area[used])
    absent = sorted(set(districts) - found) if code not in found else []
    if absent or not found:
        raise DataError(
            f"has no rows for {code}, nor for {', '.join(absent)}", file=path, column="area code", advice=_ADVICE
        )
    age = pd.to_numeric(rows["age"].str.strip(), errors="coerce")
    kept = used & age.between(0, OLDEST) & _one_sex(rows.get("sex"), used)
    if "component" in rows and rows["component"].str.strip().ne("").any():
        kept &= rows["component"].str.strip().str.lower().eq("population")
    values = pd.DataFrame({int(year): _numbers(table, year, kept) for year in years})
    people = values.groupby(age[kept].astype(int)).sum().T
    people.index.name = "year"
    gone = sorted(set(range(OLDEST + 1)) - set(people.columns))
    if gone:
        raise DataError(f"has no row for age {gone[0]} of {code}", file=path, column="age", advice=_ADVICE)
    return Projection(people.sort_index(), path.name, table.sha256)


def _one_sex(sex: pd.Series | None, used: pd.Series) -> pd.Series:
    """Return rows of persons, or where there are none those of males and females."""
    if sex is None or not sex.str.strip().ne("").any():
        return pd.Series(True, index=used.index)
    kind = sex.str.strip().str.lower().map(_SEXES)
    return kind.eq("persons") if kind[used].eq("persons").any() else kind.isin(["m", "f"])


def _numbers(table: RawTable, year: str, kept: pd.Series) -> pd.Series:
    text = table.frame.loc[kept, year].astype("str").str.strip().str.replace(",", "")
    number: pd.Series = pd.to_numeric(text, errors="coerce")
    wrong = number.isna() | (number < 0)
    if wrong.any():
        first = int(np.flatnonzero(wrong.to_numpy(bool))[0])
        raise DataError(
            f"{text.iloc[first]!r} is not a number of people",
            file=table.path,
            row=int(table.frame.loc[kept, ROW].iloc[first]),
            column=year,
            advice="mend the cell, or take the file from ONS again",
        )
    return number
