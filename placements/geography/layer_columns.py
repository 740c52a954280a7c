"""Which columns of a user's layer hold the codes and the names of its areas?

A layer often carries the codes of larger areas too: of wards its zones were made from, of the district they all lie in.
A column taken for the codes by mistake would join the areas that share one without a word, so one that is different in
each row goes first, and one that joins areas of different names is refused unless the user named it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from placements.errors import DataError
from placements.geography.layer_files import best_column, some_rows

_KINDS: Final = ("oa", "lsoa", "msoa", "wd", "cmwd", "par", "parncp", "ced", "pcon")
#: Kinds that areas lie in rather than are: districts, county councils and unitary authorities, regions, countries.
_LARGER: Final = "lad|ctyua|utla|ltla|rgn|ctry|cauth"
_OWN: Final = "ward|lsoa|msoa|oa|parish|area|zone|locality|cluster|catchment"
#: Names of columns of codes in lower case, smallest areas first: a file of LSOAs often has the district's code too.
CODES: Final = (
    *(rf"{kind}(?P<year>\d*)cd" for kind in _KINDS),
    rf"(?!({_LARGER})\d)[a-z]+(?P<year>\d{{2}})cd",
    rf"(({_OWN}|ons|gss)_?)?(code|cd)(?P<year>)",
    rf"({_OWN})_?id(?P<year>)",
    r"(ons_?|gss_?)?id(?P<year>)",
)
NAMES: Final = (rf"(({_OWN})_?)?(name|nm|label)(?P<year>)",)
#: Looked for last, when there are no names either.
LARGER_CODES: Final = (rf"({_LARGER})(?P<year>\d*)cd",)
#: A running number, which is different in each row whatever the rows are.
_RUNNING: Final = "id"


def area_columns(raw: gpd.GeoDataFrame, code: str, name: str, file: Path) -> tuple[str, str]:
    """Return the columns of codes and of names.

    Parameters
    ----------
    raw : GeoDataFrame
        The layer as it is.
    code, name : str
        Columns that the user named; found when empty. Without names the codes serve, without codes the names.
    file : Path
        Named in errors.

    Raises
    ------
    DataError
        When a column named is not there, when none is known, or when rows that share a code in a column that was found
        have different names, or are of a larger kind of area.
    """
    there = [str(column) for column in raw.columns if column != raw.geometry.name]
    for setting, wanted in (("areas.layer_code", code), ("areas.layer_name", name)):
        if wanted and wanted not in there:
            raise DataError(
                f"has no column {wanted}, which {setting} names; it has {', '.join(there)}",
                file=file,
                advice="name one of these in study.toml",
            )
    table = raw[there]
    codes = code or _code_column(table) or name or best_column(table, NAMES)[0] or best_column(table, LARGER_CODES)[0]
    if codes is None:
        raise DataError(
            f"has no column of codes or names that is known; it has {', '.join(there)}",
            file=file,
            advice="name the columns in study.toml: areas.layer_code and areas.layer_name",
        )
    beside, plain = _names_beside(codes, there), best_column(table, NAMES)[0]
    if not code and codes != name:
        _refuse_joined(table, codes, [column for column in (name, beside, plain) if column and column != codes], file)
    return codes, name or beside or plain or codes


def _code_column(table: pd.DataFrame) -> str | None:
    """Return the first column of codes that is different in each row, else the first."""
    found = [column for pattern in CODES if (column := best_column(table, (pattern,))[0])]
    distinct = [column for column in found if column.lower() != _RUNNING and _text(table, column).is_unique]
    return next(iter([*distinct, *found]), None)


def _refuse_joined(table: pd.DataFrame, codes: str, names: list[str], file: Path) -> None:
    """Refuse codes found that would join areas: parts of one area have one code and one name."""
    text = _text(table, codes)
    if re.fullmatch(LARGER_CODES[0], codes.lower()):
        joined = text.duplicated(keep=False)
    else:
        joined = table[names].apply(lambda column: column.groupby(text).transform("nunique").gt(1)).any(axis=1)
    joined &= text.fillna("").ne("")
    if joined.any():
        shared = text[joined]
        first, others = shared.iloc[0], shared.nunique() - 1
        also = f", and so do rows of {others} more codes" if others else ""
        raise DataError(
            f"{int((shared == first).sum())} rows share code {first}, but they are not one area{also}: "
            f"{some_rows(joined, text)}",
            file=file,
            column=codes,
            advice=f'set areas.layer_code in study.toml to the column of the areas\' own codes ("{codes}" if they are)',
        )


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column].astype("str").str.strip()


def _names_beside(code: str, there: list[str]) -> str | None:
    """Return the column of names that goes with a column of codes: `WD25NM` with `WD25CD`, `ward_name`, `ward_code`."""
    wanted = {re.sub(r"(cd|code|id)$", ending, code.lower()) for ending in ("nm", "name")} - {code.lower()}
    return next((column for column in there if column.lower() in wanted), None)
