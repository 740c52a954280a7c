"""What was read, what could not be used, and which rules the data break?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from placements.disclosure.release import release
from placements.disclosure.scanning import Secrets, secrets_of
from placements.disclosure.secrets import county_secrets
from placements.errors import UsageError
from placements.frames import look_up
from placements.loading import load
from placements.progress import Reporter
from placements.quarantine import write_quarantine
from placements.read.everything import READERS, read_source
from placements.read.tables import SourceTables
from placements.reports.quality_page import NAME, SOURCE_LABEL, QualityFindings, quality_page
from placements.reports.render_html import render_html
from placements.settings import Settings
from placements.study import open_study
from placements.validate import RULES, Evidence, check_rules


def rules_list() -> list[dict[str, Any]]:
    """Return every rule: code, severity, message, advice."""
    return [{"code": r.code, "severity": r.severity, "message": r.message, "advice": r.advice} for r in RULES]


def check_study(folder: Path, profile: str | None, reporter: Reporter) -> dict[str, Any]:
    """Check a study: return what became of every file's rows and every rule with its count.

    Writes `quarantine/*.csv` and `reports/data-quality.html`.

    Raises
    ------
    UnreadableFilesError
        When files cannot be read at all; all of them are named.
    """
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    found = QualityFindings(
        county.authority.name, county.snapshot, county.synthetic, county.files, county.quarantine, county.checks
    )
    shown = study.settings.disclosure.profile
    return _report(found, study.folder / "quarantine", study.reports / NAME, county_secrets(county), shown)


def check_source(source: str, folder: Path, out: Path, profile: str | None, reporter: Reporter) -> dict[str, Any]:
    """Check the files of one source in any folder, with no study; the same is returned and written, below `out`.

    Raises
    ------
    UsageError
        When there is no such source or folder.
    UnreadableFilesError
        When files cannot be read at all; all of them are named.
    """
    if source not in READERS:
        raise UsageError(f"{source!r} is not a source; there are {', '.join(READERS)}")
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    with reporter.stage("read and check") as stage:
        tables = read_source(source, folder)
        day = _latest_day(tables)
        rules = check_rules(Evidence(tables, pd.Timestamp(day)))
        rows = tables.files[["rows_in", "quarantined"]].sum()
        stage.done(f"{rows['rows_in']:,} rows, {rows['quarantined']:,} quarantined")
    write_quarantine(out / "quarantine", tables.quarantine)
    found = QualityFindings(SOURCE_LABEL[source], day, False, tables.files, tables.quarantine, rules)
    return _report(found, out / "quarantine", out / NAME, _secrets(tables), profile or Settings().disclosure.profile)


def _latest_day(tables: SourceTables) -> dt.date:
    """Return the day the rules take as now: the end of the latest return, else the latest day a plan began."""
    if len(tables.episodes):
        return dt.date(int(tables.episodes["return_year"].max()), 3, 31)
    latest = tables.plans["start"].max()
    return latest.date() if pd.notna(latest) else Settings().study.snapshot


def _secrets(tables: SourceTables) -> Secrets:
    """Return what the page of one source may not show."""
    born = tables.children.set_index("child_id")["birth_date"]
    care = tables.episodes[["child_id", "home_postcode", "placement_postcode"]]
    plans = tables.plans[["person_id", "home_postcode", "birth_date"]].rename(columns={"person_id": "child_id"})
    people = pd.concat([care.assign(birth_date=look_up(care["child_id"], born)), plans], ignore_index=True)
    census = tables.commissioning[["child_id"]]
    return secrets_of(pd.concat([people, census], ignore_index=True))


def _report(found: QualityFindings, quarantine: Path, page: Path, secrets: Secrets, profile: str) -> dict[str, Any]:
    release(page, render_html(quality_page(found, profile)), secrets, profile)
    why = found.quarantine.groupby(["file", "table", "reason"]).size()
    reasons: dict[tuple[str, str], dict[str, int]] = {}
    for path, table, reason, number in why.rename("rows").reset_index().itertuples(index=False):
        reasons.setdefault((path, table), {})[reason] = int(number)
    files = [
        {k: v for k, v in row.items() if k != "sha256"} | {"reasons": reasons.get((row["path"], row["table"]), {})}
        for row in found.files.to_dict("records")
    ]
    return {
        "files": files,
        "rules": found.rules.to_dict("records"),
        "quarantine": str(quarantine),
        "page": str(page),
    }
