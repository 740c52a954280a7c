"""Where does every figure come from? Files with their fingerprints, settings, seeds and versions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from placements.reports import words
from placements.reports.content import Block, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.parts import GOAL
from placements.reports.tables import rows_of

#: Characters of a file's fingerprint that are shown: enough to tell files apart.
_HASH_SHOWN: Final = 16
#: What the caller may have passed that is shown elsewhere, or holds counts that have not been through disclosure.
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

#: What each setting is called, and its unit; one that is not here shows its name.
_SETTING: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "authority": ("Authority", ""),
        "snapshot": ("Day the figures describe", ""),
        "districts": ("Districts of a custom area", ""),
        "name": ("Name shown", ""),
        "synthetic": ("Made-up children", ""),
        "level": ("Planning areas", "words"),
        "far_miles": ("Far from home means more than", "miles"),
        "near_home_miles": ("Close to home means at most", "miles"),
        "full_at_occupancy": ("Provision counts as full from", "share"),
        "method": ("How journeys are measured", ""),
        "circuity_factor": ("Miles by road a mile in a straight line", ""),
        "speed_mph": ("Speed over straight lines made longer so", "mph"),
        "matrix_file": ("File of minutes", ""),
        "osm_file": ("File of roads", ""),
        "snap_limit_m": ("Farthest that a place may be from a road", "metres"),
        "server_url": ("Routing server", ""),
        "server_batch": ("Places in one question to it, at most", ""),
        "timeout_s": ("Time it has to answer", "seconds"),
        "retries": ("Times it is asked again", ""),
        "usable_share_home": ("Usable places of a children's home", "share"),
        "usable_share_school": ("Usable places of a school", "share"),
        "usable_share_foster": ("Usable places of a foster household", "share"),
        "share_for_us_own": ("Our share of vacant places, own provision", "share"),
        "share_for_us_private": ("Our share of vacant places, private and voluntary", "share"),
        "share_for_us_school": ("Our share of vacant places, schools", "share"),
        "years": ("Years forecast", ""),
        "runs": ("Runs of the forecast", ""),
        "seed": ("Seed of the random numbers", ""),
        "history_years": ("Years of history that rates are taken from", ""),
        "entry_rate_multiplier": ("New placements, times what was observed", ""),
        "duration_multiplier": ("Length of placements, times what was observed", ""),
        "capital_gbp": ("Capital limit in all", "£"),
        "capital_per_year_gbp": ("Capital limit in a year", "£"),
        "revenue_per_year_gbp": ("Running cost limit in a year", "£"),
        "demand_samples": ("Futures that the plan is tested on", ""),
        "travel_limit_miles": ("Farthest local place that counts as local", "miles"),
        "goals": ("Goals, most important first", "words"),
        "weights": ("Worth of each goal in pounds, in one sum", ""),
        "tolerance": ("Tolerance of the search", ""),
        "time_limit_s": ("Time limit of the search", "seconds"),
        "max_homes_per_area": ("New children's homes in a planning area, at most", ""),
        "profile": ("Disclosure profile", ""),
    }
)


def section(context: Context, *, with_settings: bool = True) -> Section:
    """Return the section on provenance; without the settings where the statement of the same study gives them."""
    blocks: list[Block] = [
        Paragraph(
            "The same files, settings and seeds give the same figures again. The fingerprints (SHA-256, first "
            "characters) tell whether a file is the one that was used."
        ),
        *_files(context.county.files),
    ]
    if with_settings:
        blocks += [Heading("Settings"), _settings(context)]
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
        (str(row["path"]).replace("\\", "/"), f"{str(row['sha256'])[:_HASH_SHOWN]}") for _, row in rows_of(unique)
    )
    return [
        Heading("Files"),
        Table(
            "provenance-files", "Input files and their fingerprints", ("File", "Fingerprint"), rows, ("text", "text")
        ),
    ]


def _settings(context: Context) -> Table:
    rows = []
    for part, values in context.county.settings.as_dict().items():
        for name, value in values.items():
            label, unit = _SETTING.get(name, (_words(name), ""))
            if value not in ("", (), None):
                rows.append((label, _value(value, unit), f"{part}.{name}"))
    return Table(
        "provenance-settings",
        "Settings of this study",
        ("Setting", "Value", "Name in study.toml"),
        tuple(rows),
        ("text", "text", "text"),
    )


def _value(value: Any, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:g} in 100"
    if unit == "£":
        return words.pounds(float(value))
    if unit == "words":
        return ", ".join(GOAL.get(item, item) for item in value) if isinstance(value, tuple | list) else str(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{GOAL.get(key, key)}: {worth:g}" for key, worth in value.items())
    return f"{_text(value)} {unit}".strip()


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
