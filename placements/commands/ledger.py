"""The releases of a study: which there were, whether today's goes with them, and that one was published."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

from placements.county import County
from placements.disclosure.ledger import check, entry_of
from placements.disclosure.ledger_file import FOLDER, read_ledger, write_entry
from placements.disclosure.ledger_names import Naming
from placements.disclosure.publication import county_figures, publication
from placements.disclosure.shown import shown_figures
from placements.disclosure.suppress import INTERNAL, SHAREABLE
from placements.errors import DataError, DisclosureError, UsageError
from placements.loading import load
from placements.manifest import plain_values, provenance
from placements.progress import Reporter
from placements.study import Study, open_study
from placements.writing import sha256


def ledger_report(folder: Path) -> dict[str, Any]:
    """Return the releases of a study, oldest first.

    Raises
    ------
    DataError
        When a file of the ledger is not what was written.
    """
    study = open_study(folder)
    rows = [
        {
            "snapshot": entry.snapshot.isoformat(),
            "released_on": entry.released_on.isoformat() if entry.released_on else None,
            "release": entry.id[:12],
            **entry.counts,
            "outputs": sorted(entry.outputs),
        }
        for entry in read_ledger(study.folder / FOLDER)
    ]
    return {"authority": study.authority.name, "releases": rows}


def check_release(folder: Path, reporter: Reporter) -> dict[str, Any]:
    """Return what of today's release does not go with the earlier ones, and whether hiding more mends it.

    Returns
    -------
    dict
        `clashes`: kind, figure, releases and what pins it; `release`: how much is hidden beside the earlier releases,
        None when no pattern is safe; `advice`: what to do, empty when nothing.
    """
    study, county, naming = _opened(folder, reporter)
    entries = read_ledger(study.folder / FOLDER)
    with reporter.stage("release") as stage:
        figures = shown_figures(publication(county), SHAREABLE)
        stage.done(figures.summary)
    with reporter.stage("earlier releases") as stage:
        clashes = check(figures, entries, naming)
        stage.done(f"{len(clashes)} figures clash with {len(entries)} releases")
    release: str | None = figures.summary
    advice = ""
    if clashes:
        try:
            release = county_figures(county, SHAREABLE).summary
            advice = "the outputs hide more beside the earlier releases, so that nothing follows from both"
        except DisclosureError as error:
            release, advice = None, str(error).rsplit("What to do: ", 1)[-1]
    return {
        "snapshot": county.snapshot.isoformat(),
        "releases": len(entries),
        "clashes": [dataclasses.asdict(one) for one in clashes],
        "release": release,
        "advice": advice,
    }


def record_release(folder: Path, released_on: dt.date, reporter: Reporter) -> dict[str, Any]:
    """Remember that the outputs of the last run were published; writes a file into the ledger.

    Raises
    ------
    DataError
        When there are no outputs, or they, the inputs or the settings have changed since.
    UsageError
        When they are internal copies.
    """
    study, county, naming = _opened(folder, reporter)
    outputs = _outputs(study, county)
    entries = read_ledger(study.folder / FOLDER)
    with reporter.stage("release") as stage:
        figures = county_figures(county, SHAREABLE)
        stage.done(figures.summary)
    entry = entry_of(figures, naming, past=entries, released_on=released_on, outputs=outputs)
    path = write_entry(study.folder / FOLDER, entry)
    return {"release": entry.id[:12], **entry.counts, "outputs": sorted(outputs), "path": str(path)}


def _opened(folder: Path, reporter: Reporter) -> tuple[Study, County, Naming]:
    study = open_study(folder)
    county = load(study, reporter)
    return study, county, Naming(county.authority.code, county.snapshot)


def _outputs(study: Study, county: County) -> dict[str, str]:
    """Return the files of the last run and their hashes, if they and what they were made from are unchanged."""
    path = study.folder / "manifest.json"
    advice = "run `placements run` and publish those outputs"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        made = {str(one["path"]): str(one["sha256"]) for one in manifest["outputs"]}
        profile, then = manifest["profile"], {name: manifest[name] for name in ("inputs", "settings")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError("does not tell of a run", file=path, advice=advice) from error
    if profile == INTERNAL:
        raise UsageError("the last run made internal copies, which must not be published; run with --profile shareable")
    now = plain_values({name: provenance(county)[name] for name in then})
    if now != then:
        raise DataError("inputs or settings have changed since these outputs were made", file=path, advice=advice)
    for name, digest in made.items():
        file = study.folder / name
        if not file.exists() or sha256(file) != digest:
            raise DataError("is not as the last run wrote it", file=file, advice=advice)
    return made
