"""What was read, what could not be used, and which rules the data break?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from placements.progress import Reporter
from placements.quarantine import write_quarantine
from placements.read.everything import read_everything
from placements.study import open_study
from placements.validate import RULES, check_rules


def rules_list() -> list[dict[str, Any]]:
    """Return every rule: code, severity, message, advice."""
    return [{"code": r.code, "severity": r.severity, "message": r.message, "advice": r.advice} for r in RULES]


def check_report(folder: Path, reporter: Reporter) -> dict[str, Any]:
    """Return what became of every file's rows, and every rule with its count; writes the quarantine files."""
    study = open_study(folder)
    with reporter.stage("read and check") as stage:
        tables = read_everything(study.data, stage)
        rules = check_rules(tables, study.settings.study.snapshot)
    write_quarantine(study.folder / "quarantine", tables.quarantine)
    why = tables.quarantine.groupby(["file", "reason"]).size()
    files = []
    for row in tables.files.to_dict("records"):
        mine = why[row["path"]].to_dict() if row["path"] in why.index.get_level_values("file") else {}
        files.append({**{k: v for k, v in row.items() if k != "sha256"}, "reasons": mine})
    return {"files": files, "rules": rules.to_dict("records")}
