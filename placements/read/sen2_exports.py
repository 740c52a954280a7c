"""Which files are one SEN2 export, and which export is the latest?

Table ids mean something within one export only, so last year's modules must never be joined to this year's. Tables in
one folder whose names carry the same day are one export, and each XML return is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from placements.errors import DataError
from placements.read.dates import parse_dates
from placements.read.guard import XML, kind_of
from placements.read.intake import Intake
from placements.read.rawtable import ROW, RawTable, read_tables
from placements.read.sen2_modules import KNOWN, PARENT, module_of
from placements.read.sen2_xml import xml_modules
from placements.read.when import day_in

#: Days that lie in the past when a return is made; of others (due dates, planned leaving dates) some lie in the future.
_PAST: Final = (
    "receiveddate",
    "requestoutcomedate",
    "assessmentoutcomedate",
    "startdate",
    "entrydate",
    "reviewmeeting",
    "lastreview",
)
#: An export is as late as the day by which this share of its days had passed: one mistyped year decides nothing.
_MOST: Final = 0.99


@dataclass(frozen=True)
class Export:
    """The files of one export.

    Attributes
    ----------
    paths : tuple of Path
    day : Timestamp or None
        The day that the names of its files carry.
    """

    paths: tuple[Path, ...]
    day: pd.Timestamp | None


def exports_among(paths: list[Path]) -> list[Export]:
    """Return the exports that files make: by folder and the day in their names; an XML return stands alone.

    Where a single day occurs in the names of a folder, files without one belong to it.
    """
    days = {path: day_in(path.name) for path in paths}
    alone = {path for path in paths if _is_xml(path)}
    by_folder: dict[Path, set[pd.Timestamp]] = {}
    for path, day in days.items():
        if day is not None and path not in alone:
            by_folder.setdefault(path.parent, set()).add(day)
    groups: dict[tuple[Path, pd.Timestamp | None], list[Path]] = {}
    for path in paths:
        held = by_folder.get(path.parent, set())
        day = next(iter(held)) if days[path] is None and len(held) == 1 and path not in alone else days[path]
        groups.setdefault((path if path in alone else path.parent, day), []).append(path)
    return [Export(tuple(files), day) for (_, day), files in groups.items()]


def _is_xml(path: Path) -> bool:
    """Return whether a file is XML in name and content: a web page saved as CSV is not."""
    if path.suffix.lower() != ".xml":
        return False
    try:
        return kind_of(path) == XML
    except DataError:  # said when it is read
        return False


def tables_of(export: Export, intake: Intake) -> Iterator[RawTable]:
    """Yield the tables of an export, one after the other, parents before children where names of files tell.

    Files that cannot be read at all are remembered by `intake`. No table is held on to, so that each can be freed.
    """
    for path in sorted(export.paths, key=lambda path: (_place(path), path)):
        try:
            tables = xml_modules(path) if _is_xml(path) else read_tables(path, KNOWN)
        except DataError as error:
            intake.unreadable(error)
            continue
        while tables:
            yield tables.pop(0)


def _place(path: Path) -> int:
    """Return which module a file seems to be by its name, counted from the person down."""
    return next((i for i, name in enumerate(PARENT) if name in path.stem.lower()), len(PARENT))


def latest_export(exports: list[Export], intake: Intake) -> Export | None:
    """Return the latest of several exports, and account for every row of the others as superseded.

    Raises
    ------
    DataError
        When two are of the same day, or the latest lacks a module that an earlier one holds: the files of one export
        then seem to carry different days or to lie in different folders.
    UnreadableFilesError
        When any file cannot be read at all.
    """
    outlines = [_outline(export, intake) for export in exports]
    intake.raise_unreadable()
    real = sorted((o for o in outlines if o.modules), key=lambda o: o.day)
    latest = real[-1] if real else None
    for outline in outlines:
        if outline is not latest:
            outline.account(intake)
    if latest is None:
        return None
    if len(real) > 1:
        _refuse_doubt(latest, real[:-1])
    return latest.export


@dataclass(frozen=True)
class _Outline:
    """What an export holds, without its rows."""

    export: Export
    modules: tuple[tuple[str, RawTable], ...]
    others: tuple[RawTable, ...]
    day: pd.Timestamp

    def account(self, intake: Intake) -> None:
        for name, table in self.modules:
            intake.account(table, name, 0, 0, superseded=len(table.frame))
        for table in self.others:
            intake.ignored(table)


def _outline(export: Export, intake: Intake) -> _Outline:
    modules: list[tuple[str, RawTable]] = []
    others: list[RawTable] = []
    days: list[pd.Series] = []
    for table in tables_of(export, intake):
        name = module_of(table)
        if name is None:
            others.append(table)
            continue
        if export.day is None:
            taken = table.take({column: (column,) for column in _PAST if column in table.columns})
            days += [parse_dates(taken[column]).dropna() for column in taken.columns.drop(ROW)]
        modules.append((name, replace(table, frame=table.frame[[ROW]])))
    found = pd.concat(days) if days else pd.Series(dtype="datetime64[us]")
    last = found.sort_values().iloc[math.ceil(_MOST * (len(found) - 1))] if len(found) else pd.Timestamp.min
    return _Outline(export, tuple(modules), tuple(others), export.day or pd.Timestamp(last))


def _refuse_doubt(latest: _Outline, earlier: list[_Outline]) -> None:
    first = latest.modules[0][1].path
    if earlier[-1].day == latest.day:
        raise DataError(
            f"is of the same day as the export of {earlier[-1].modules[0][1].path.name}: which one counts is not known",
            file=first,
            advice="keep one of them, or write the day of each export in the names of its files",
        )
    held = {name for name, _ in latest.modules}
    missing = [name for name in PARENT if name not in held and any(name in dict(o.modules) for o in earlier)]
    if missing:
        raise DataError(
            f"belongs to the latest export, which lacks {', '.join(missing)}; an earlier one holds it",
            file=first,
            advice="put all files of one export in one folder, with one day in their names or none",
        )
