"""Load a study for a command: progress told, and the rows that could not be used written where they can be mended."""

from __future__ import annotations

from placements.county import County
from placements.progress import Reporter
from placements.quarantine import write_quarantine
from placements.study import Study


def load(study: Study, reporter: Reporter) -> County:
    """Load a study, telling how many rows were read and what could not be used."""
    with reporter.stage("read, check, locate") as stage:
        county = study.load(stage)
        rows = county.files[["rows_in", "quarantined"]].sum()
        stage.done(f"{rows['rows_in']:,} rows, {rows['quarantined']:,} quarantined")
    write_quarantine(study.folder / "quarantine", county.quarantine)
    return county
