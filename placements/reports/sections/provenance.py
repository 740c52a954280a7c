"""Where does every figure come from? Files with their fingerprints, settings, seeds and versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from placements.reports.content import Block, Heading, Paragraph, Section, Table
from placements.reports.context import Context

#: Characters of a file's fingerprint that are shown: enough to tell files apart.
_HASH_SHOWN: Final = 16
#: What the caller may have passed and is shown elsewhere, or holds counts that have not been through disclosure control.
_NOT_HERE: Final = frozenset(
    {
        "inputs",
        "counts",
        "quarantine_reasons",
        "solver",
        "settings",
        "figures",
        "outputs",
        "timings",
        "snapshot",
        "profile",
    }
)


def section(context: Context) -> Section:
    """Return the section on provenance."""
    blocks: list[Block] = [
        Paragraph(
            "The same files, settings and seeds give the same figures again. The fingerprints (SHA-256, first characters) "
            "tell whether a file is the one that was used."
        ),
        *_files(context.county.files),
        Heading("Settings"),
        _settings(context),
    ]
    rows = tuple(
        (label, value)
        for key, item in context.provenance.items()
        if key not in _NOT_HERE
        for label, value in _flat(_words(key), item)
    )
    directory = context.county.postcode_source
    if directory and not any("directory" in label.lower() for label, _ in rows):
        rows = (("Postcode directory", directory), *rows)
    if rows:
        blocks += [
            Heading("Program, versions and seeds"),
            Table(
                "provenance-versions", "Versions, seeds and reference data", ("Item", "Value"), rows, ("text", "text")
            ),
        ]
    return Section("provenance", "Where the figures come from", tuple(blocks))


def _files(files: pd.DataFrame) -> list[Block]:
    if files.empty:
        return [Paragraph("No input files are recorded for this study.")]
    unique = files.drop_duplicates(["path", "sha256"]).sort_values(["source", "path"], kind="stable")
    rows = tuple(
        (str(row["path"]).replace("\\", "/"), f"{str(row['sha256'])[:_HASH_SHOWN]}") for _, row in unique.iterrows()
    )
    return [
        Heading("Files"),
        Table(
            "provenance-files", "Input files and their fingerprints", ("File", "Fingerprint"), rows, ("text", "text")
        ),
    ]


def _settings(context: Context) -> Table:
    rows = tuple(
        (_words(part), _words(name), _text(value))
        for part, values in context.county.settings.as_dict().items()
        for name, value in values.items()
        if value not in ("", ())
    )
    return Table(
        "provenance-settings",
        "Settings of this study (study.toml)",
        ("Part", "Setting", "Value"),
        rows,
        ("text", "text", "text"),
    )


def _flat(label: str, value: Any) -> list[tuple[str, str]]:
    """Return nested values as label and text, one row each."""
    if isinstance(value, Mapping):
        return [row for key, item in value.items() for row in _flat(f"{label}: {key}", item)]
    if value is None or isinstance(value, list | tuple):
        return [(label, ", ".join(_text(item) for item in value))] if value else []
    text = _text(value)
    return [(label, text[:_HASH_SHOWN] if len(text) == 64 and text.isalnum() else text)]


def _words(name: str) -> str:
    text = str(name).replace("_", " ").replace("gbp", "(£)")
    return text[:1].upper() + text[1:]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float | int):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)
