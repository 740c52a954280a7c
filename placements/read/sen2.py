"""SEN2, the EHC plan return: a COLLECT Blade export of CSV modules joined by their table ids, or the return as XML.

Of several exports the latest is used. Names are dropped at the door: `surname` and `forename` are never taken from the
file. Every need, plan detail and placement detail of a child is kept; rank 1 is the main one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from placements.read.intake import Intake
from placements.read.rawtable import RawTable
from placements.read.sen2_exports import Export, exports_among, latest_export, tables_of
from placements.read.sen2_modules import PARENT, Modules, module_of
from placements.read.sen2_plans import education_placements, plans, superseded


@dataclass(frozen=True)
class PlanReturn:
    """Plans and placements of a SEN2 return."""

    plans: pd.DataFrame
    education_placements: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_sen2(folder: Path, root: Path) -> PlanReturn:
    """Read the latest SEN2 export below a folder: all its modules, or its XML return.

    Plans of a child before the latest, and the places that a plan names where a later plan or a placement detail says
    where the child is, count as superseded.

    Returns
    -------
    PlanReturn
        `plans` (`schemas.PLANS`), `education_placements` (`schemas.EDUCATION_PLACEMENTS`), `quarantine`, `files`.

    Raises
    ------
    DataError
        When an export holds a module twice, or it cannot be told which export is the latest.
    UnreadableFilesError
        When files cannot be read at all.
    """
    intake = Intake("sen2", root)
    exports = exports_among(intake.files_in(folder))
    export = latest_export(exports, intake) if len(exports) > 1 else next(iter(exports), None)
    modules = _joined(export or Export((), None), intake)
    return PlanReturn(plans(modules), education_placements(modules), intake.quarantine, _files(modules, intake))


def _files(modules: Modules, intake: Intake) -> pd.DataFrame:
    """Return the account, in which the rows that later ones or more exact ones stand for are superseded, not used."""
    files = intake.files
    for name, rows in superseded(modules).items():
        mine = files["table"].eq(name) & files["path"].eq(modules.source[name])
        files.loc[mine, "used"] -= rows
        files.loc[mine, "superseded"] += rows
    return files


def _joined(export: Export, intake: Intake) -> Modules:
    """Return the modules of an export, joined. A table is let go as soon as its rows are taken, for it is large."""
    modules = Modules()
    waiting: list[tuple[str, RawTable]] = []
    for table in tables_of(export, intake):
        name = module_of(table)
        if name is None:
            intake.ignored(table)
        elif not PARENT[name] or PARENT[name] in modules.rows:
            modules.add(name, table, intake)
        else:
            waiting.append((name, table))
        del table
    intake.raise_unreadable()
    for name in PARENT:
        for _, table in (entry for entry in waiting if entry[0] == name):
            modules.add(name, table, intake)
        if name not in modules.rows:
            modules.add_empty(name)
    return modules
