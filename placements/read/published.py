"""Statistics that DfE publishes of every authority, long: children looked after, new placements, EHC plans, population.

One row of a file becomes one row for each of its figures; a marker in place of a figure (`c`, `k`, `x`, `z`, ...) is
kept beside the missing value. Codes of places stay as they were published. Editions of a release overlap: the row of
the edition with the latest year stands, and those of older ones are superseded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements import schemas
from placements.errors import DataError
from placements.read.intake import Intake
from placements.read.published_layouts import (
    KNOWN,
    NEIGHBOUR_CODE,
    NEIGHBOURS,
    PLACE,
    Layout,
    layout_of,
)
from placements.read.rawtable import ROW, RawTable, read_tables

#: What stands in place of a figure; blank is one too.
MARKERS: Final = ("c", "k", "x", "z", "low", "u", "~", ":", "*", "..", ".", "-")
#: Geographic levels that are read, and the columns that hold code and name of each.
LEVELS: Final[dict[str, tuple[str, str, str]]] = {
    "national": ("national", "country_code", "country_name"),
    "country": ("national", "country_code", "country_name"),
    "regional": ("regional", "region_code", "region_name"),
    "region": ("regional", "region_code", "region_name"),
    "local authority": ("authority", "authority_code", "authority_name"),
}
_KEY: Final = ["year", "level", "code", "topic", "breakdown"]
_PLACES: Final = ["year", "level", "code", "name", "region_code", "topic", "breakdown"]
#: A column with more than this share of cells that are neither figure nor marker holds words.
_WORDS_FROM: Final = 0.5
_NEIGHBOURS: Final = "statistical_neighbours"


@dataclass(frozen=True)
class PublishedStatistics:
    """Published statistics of any releases.

    Attributes
    ----------
    published : DataFrame
        `schemas.PUBLISHED`.
    neighbours : DataFrame
        `schemas.NEIGHBOURS`.
    quarantine, files : DataFrame
        `schemas.QUARANTINE`, `schemas.FILES`.
    """

    published: pd.DataFrame
    neighbours: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_published(folder: Path, root: Path) -> PublishedStatistics:
    """Read published statistics below a folder.

    Parameters
    ----------
    folder : Path
        Such as `data/published/`; may be absent.
    root : Path
        Folder that file names are given relative to.

    Raises
    ------
    UnreadableFilesError
        When files cannot be read at all.
    """
    intake = Intake("published", root)
    return _of_tables(intake, intake.tables_in(folder, KNOWN))


def read_published_file(path: Path) -> PublishedStatistics:
    """Read one file of published statistics, wherever it is.

    Raises
    ------
    DataError
        When it is not there or cannot be read at all.
    """
    if not path.is_file():
        raise DataError("is not there", file=path, advice="check the path")
    return _of_tables(Intake("published", path.parent), iter(read_tables(path, KNOWN)))


def _of_tables(intake: Intake, tables: Iterator[RawTable]) -> PublishedStatistics:
    releases: dict[str, list[tuple[RawTable, pd.DataFrame]]] = {}
    neighbours: list[tuple[RawTable, pd.DataFrame]] = []
    for table in tables:
        layout = layout_of(table)
        if layout is not None:
            releases.setdefault(layout.release, []).append((table, _rows(intake, table, layout)))
        elif table.columns >= NEIGHBOURS:
            neighbours.append((table, _neighbour_rows(intake, table)))
        else:
            intake.ignored(table)
    long = [_long(intake.latest(parts, _KEY, release, ("edition",)), release) for release, parts in releases.items()]
    return PublishedStatistics(
        schemas.check(schemas.PUBLISHED, pd.concat(long, ignore_index=True))
        if long
        else schemas.empty(schemas.PUBLISHED),
        _neighbours(intake, neighbours),
        intake.quarantine,
        intake.files,
    )


def year_of(period: pd.Series) -> pd.Series:
    """Return the year that each period ends in (Int64, missing when it is none).

    `2024` is itself; `202425`, `2024/25`, `2024-25` and `20242025` end in 2025. Six digits that are not two years in a
    row (`202401`, a month) are none.
    """
    digits = period.astype("str").str.replace(r"[/\-– ]", "", regex=True)
    digits = digits.where(digits.str.fullmatch(r"(?:19|20)\d{2}(?:\d{2}|(?:19|20)\d{2})?").fillna(False))
    first = pd.to_numeric(digits.str[:4]).astype("Int64")
    last = pd.to_numeric(digits.str[4:].where(digits.str.len() > 4)).astype("Int64")
    follows = last.isna() | last.eq(first + 1) | last.eq((first + 1) % 100)
    return (first + last.notna().astype("Int64")).where(follows.fillna(False))


def _rows(intake: Intake, table: RawTable, layout: Layout) -> pd.DataFrame:
    """Return the rows of a table that can be used: place, year, topic, breakdown, and its figures as text."""
    name = layout.release
    rows = table.take(PLACE)
    rows[["topic", "breakdown"]] = layout.parts(table)[["topic", "breakdown"]]
    columns = layout.figures(table)
    figures = pd.DataFrame({column: table.frame[column].str.strip().str.lower() for column in columns})
    broken = {column: _is_no_figure(figures[column]) for column in columns}
    # A column of words that is not known is one more breakdown: without it, its rows would be taken for repeats.
    words = [column for column in columns if broken[column].mean() > _WORDS_FROM]
    for column in words:
        text = table.frame[column].str.strip()
        rows["breakdown"] = (rows["breakdown"] + "; " + text).str.removeprefix("; ")
    columns = [column for column in columns if column not in words]
    rows = _placed(intake, table, name, rows)
    for column in columns:
        reason = f"{column.lower()} is neither a number nor a marker such as c, x or z"
        bad = broken[column][rows.index]
        rows = intake.reject(table, name, rows.assign(**{column: table.frame[column]}), bad, column, reason)
    figures = figures.loc[rows.index, columns].rename(columns=str.lower)
    empty = (figures == "").all(axis=1)
    rows = intake.reject(table, name, rows, empty, "", "there is no figure in the row")
    rows = pd.concat([rows[[ROW, *_PLACES]], figures.loc[rows.index].add_prefix("figure:")], axis=1)
    same = rows.duplicated(_KEY, keep=False) & ~rows.duplicated([c for c in rows.columns if c != ROW], keep=False)
    reason = "another row of this file gives other figures of the same place, year and breakdown"
    rows = intake.reject(table, name, rows, same, "", reason)
    return rows.assign(edition=rows["year"].max() if len(rows) else 0)


def _is_no_figure(text: pd.Series) -> pd.Series:
    number = pd.to_numeric(text.str.replace(",", ""), errors="coerce").to_numpy(float)
    return pd.Series(~np.isfinite(number), index=text.index) & ~text.isin(["", *MARKERS])


def _placed(intake: Intake, table: RawTable, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose year and place are known: `year`, `level`, `code`, `name` and `region_code`."""
    rows["year"] = year_of(rows["time_period"])
    said = rows["level"].str.lower().str.replace("_", " ")
    reason = "not a year, nor two in a row such as 202425"
    rows = intake.reject(table, name, rows, rows["year"].isna(), "time_period", reason)
    unread = ~said[rows.index].isin(list(LEVELS))
    reason = "of a level that is not read: only national, regional and local authority are"
    rows = intake.reject(table, name, rows, unread, "level", reason)
    parts = []
    for label, (level, code, title) in LEVELS.items():
        of = rows[said[rows.index].eq(label)]
        region = of["region_code"] if level != "national" else ""
        parts.append(of.assign(level=level, code=of[code], name=of[title], region_code=region))
    placed = pd.concat(parts).sort_index()
    placed["year"] = placed["year"].astype(int)
    return intake.reject(
        table, name, placed, placed["code"].isin(["", *MARKERS]), "code", "there is no code of the place"
    )


def _long(rows: pd.DataFrame, release: str) -> pd.DataFrame:
    """Return one row per figure (`schemas.PUBLISHED`) of the rows that stand."""
    columns = [column for column in rows.columns if column.startswith("figure:")]
    cells = rows[columns]
    # A column that only another edition has is missing here, which is not the same as blank.
    there = cells.notna().to_numpy()
    row, column = np.nonzero(there)
    text = pd.Series(cells.to_numpy(dtype=object)[there], dtype="str")
    value = pd.to_numeric(text.str.replace(",", ""), errors="coerce")
    names = pd.Series([name.removeprefix("figure:") for name in columns], dtype="str")
    long = rows[[*_PLACES, "source"]].take(row).reset_index(drop=True)
    long["release"] = pd.Series(release, index=long.index, dtype="str")
    long["measure"] = names.take(column).reset_index(drop=True)
    long["value"] = value.astype(float)
    long["marker"] = text.where(value.isna(), "")
    return long[list(schemas.PUBLISHED.columns)]


def _neighbour_rows(intake: Intake, table: RawTable) -> pd.DataFrame:
    rows = table.take({"dfe_code": NEIGHBOUR_CODE} | {name: (name,) for name in _ranks(table)})
    bad = ~rows["dfe_code"].str.fullmatch(r"\d{3}")
    rows = intake.reject(table, _NEIGHBOURS, rows, bad, "dfe_code", "not a three-digit code of an authority")
    for name in _ranks(table):
        wrong = ~rows[name].str.fullmatch(r"(?:\d{3})?")
        rows = intake.reject(table, _NEIGHBOURS, rows, wrong, name, "not a three-digit code of an authority")
    closeness = table.take({f"{name}p": (f"{name}p",) for name in _ranks(table)}).drop(columns=ROW)
    return rows.join(closeness)


def _ranks(table: RawTable) -> list[str]:
    return sorted((n for n in table.columns if re.fullmatch(r"sn\d+", n)), key=lambda n: int(n[2:]))


def _neighbours(intake: Intake, tables: list[tuple[RawTable, pd.DataFrame]]) -> pd.DataFrame:
    """Return the pairs of the last model that names an authority (`schemas.NEIGHBOURS`)."""
    if not tables:
        return schemas.empty(schemas.NEIGHBOURS)
    kept = intake.latest(tables, ["dfe_code"], _NEIGHBOURS)
    ranks = [name for name in kept.columns if re.fullmatch(r"sn\d+", name)]
    pairs = [
        pd.DataFrame(
            {
                "dfe_code": kept["dfe_code"],
                "neighbour_dfe_code": kept[name],
                "rank": int(name[2:]),
                "closeness": kept[f"{name}p"],
                "source": kept["source"],
            }
        )
        for name in ranks
    ]
    frame = pd.concat(pairs)
    frame = frame[frame["neighbour_dfe_code"].fillna("").ne("")]
    return schemas.check(schemas.NEIGHBOURS, frame.sort_values(["dfe_code", "rank"], ignore_index=True))
