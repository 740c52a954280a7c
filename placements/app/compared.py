"""Scenarios compared, as the pages show them and as a Word report: what the worker does for a comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from placements.commands.compared import shown, steps_shown
from placements.comparison import DO_NOTHING, Comparison, compare, contributions
from placements.county import County
from placements.disclosure.release import cleared
from placements.disclosure.secrets import county_secrets
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.interventions import parse_scenario
from placements.reports.content import Document, Section
from placements.reports.context import Context
from placements.reports.future import future_of
from placements.reports.render_docx import render_docx
from placements.reports.sections.scenarios import comparison as comparison_blocks
from placements.reports.words import long_date

#: Scenarios side by side, beside doing nothing: more cannot be taken in at a glance.
MOST: Final = 4
#: Part of the time that the comparison itself takes, where it is taken apart by step too.
_COMPARE_SHARE: Final = 0.3
Tell = Callable[[float, str], None]


def compared_values(
    county: County, future: Forecast, request: Mapping[str, Any], tell: Tell
) -> tuple[dict[str, Any], bytes]:
    """Compare scenarios.

    Parameters
    ----------
    county : County
    future : Forecast
    request : mapping
        `scenarios` (a list of `name` and `scenario`, the TOML) and `steps` (whether wanted).
    tell : callable
        Called with the share done and what is being done.

    Returns
    -------
    dict
        As `commands.compared.shown`, with `profile` and `steps`.
    bytes
        The same as a Word document, which has passed disclosure control.

    Raises
    ------
    UsageError, SettingsError
        When there is nothing to compare, too much, or a scenario cannot be followed.
    """
    named = {
        str(entry["name"]): parse_scenario(str(entry["scenario"]), Path(str(entry["name"])))
        for entry in request["scenarios"]
    }
    if not 1 <= len(named) <= MOST:
        raise UsageError(f"choose 1 to {MOST} scenarios: there are {len(named)}")
    wants_steps = bool(request.get("steps"))
    share = _COMPARE_SHARE if wants_steps else 1.0
    result = compare(county, future, named, progress=lambda done, what: tell(done * share, what))
    areas = county.area_names
    profile = county.settings.disclosure.profile
    values = {**shown(result, areas, profile), "profile": profile, "steps": []}
    if wants_steps:
        others = [name for name in result.scenarios if name != DO_NOTHING]
        for at, name in enumerate(others):
            began = share + (1 - share) * at / len(others)
            part = (1 - share) / len(others)

            def step(done: float, what: str, began: float = began, part: float = part) -> None:
                tell(began + part * done, what)

            values["steps"] += steps_shown(result, contributions(result, name, step), profile)
    return values, report(result)


def report(result: Comparison) -> bytes:
    """Return the comparison as a Word document that has passed disclosure control."""
    county = result.county
    profile = county.settings.disclosure.profile
    context = Context(county, future_of(result, None), profile)
    names = ", ".join(name for name in result.scenarios if name != DO_NOTHING)
    document = Document(
        title="Scenarios compared",
        subtitle=names,
        authority=context.authority,
        date_text=long_date(context.day),
        date_iso=context.day.isoformat(),
        marks=context.marks,
        sections=(Section("scenarios", "Scenarios compared", tuple(comparison_blocks(context))),),
    )
    return cleared("scenarios-compared.docx", render_docx(document), county_secrets(county), profile)
