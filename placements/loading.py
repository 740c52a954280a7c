"""Load a study for a command: progress told, and the rows that could not be used written where they can be mended."""

from __future__ import annotations

from placements.county import County
from placements.progress import Reporter
from placements.quarantine import write_quarantine
from placements.study import Progress, Study


def load(study: Study, reporter: Reporter) -> County:
    """Load a study as a stage of its own, telling how many rows were read and what could not be used."""
    with reporter.stage("read, check, locate") as stage:
        county = load_within(study, stage)
        rows = county.files[["rows_in", "quarantined"]].sum()
        stage.done(f"{rows['rows_in']:,} rows, {rows['quarantined']:,} quarantined")
    return county


def load_within(study: Study, progress: Progress | None = None) -> County:
    """Load a study in the course of something else, whose progress is told."""
    county = study.load(progress)
    write_quarantine(study.folder / "quarantine", county.quarantine)
    return county
