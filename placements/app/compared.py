"""Scenarios compared, as the pages show them and as a Word report: what the worker does for a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from placements.app.process import Tell
from placements.commands.compared import shown, steps_shown, tornado_shown
from placements.comparison import DO_NOTHING, Comparison, compare, contributions, tornado
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

#: Part of the time that the comparison itself takes, where scenarios are taken apart too.
_COMPARE_SHARE: Final = 0.2


def compared_values(
    county: County, future: Forecast, request: Mapping[str, Any], tell: Tell
) -> tuple[dict[str, Any], bytes]:
    """Compare scenarios.

    Parameters
    ----------
    county : County
    future : Forecast
    request : mapping
        `scenarios` (a list of `name` and `scenario`, the TOML); `steps` and `assumptions` (whether each is to be taken
        apart by its steps, and by what is assumed).
    tell : callable
        Called with the share done and what is being done.

    Returns
    -------
    dict
        As `commands.compared.shown`, with `profile`, `steps` and `assumptions`.
    bytes
        The same as a Word document, which has passed disclosure control.

    Raises
    ------
    UsageError, SettingsError
        When there is nothing to compare, or a scenario cannot be followed.
    """
    named = {
        str(entry["name"]): parse_scenario(str(entry["scenario"]), Path(str(entry["name"])))
        for entry in request["scenarios"]
    }
    if not named:
        raise UsageError("there is nothing to compare: name a scenario")
    work = _Work(tell, len(named) * (bool(request.get("steps")) + bool(request.get("assumptions"))))
    result = compare(county, future, named, progress=work.told)
    profile = county.settings.disclosure.profile
    values = {**shown(result, county.area_names, profile), "profile": profile, "steps": [], "assumptions": []}
    for name in named:
        if request.get("steps"):
            values["steps"] += steps_shown(result, contributions(result, name, work.next()), profile)
        if request.get("assumptions"):
            values["assumptions"] += tornado_shown(result, name, tornado(result, name, work.next()), profile)
    return values, report(result)


@dataclass
class _Work:
    """Tells how far all of it is: the comparison first, then parts that take about as long as each other."""

    tell: Tell
    parts: int
    _begun: int = 0

    def told(self, done: float, what: str) -> None:
        """Tell how far the part under way is."""
        first = _COMPARE_SHARE if self.parts else 1.0
        if not self._begun:
            self.tell(done * first, what)
            return
        self.tell(first + (1 - first) * (self._begun - 1 + done) / self.parts, what)

    def next(self) -> Tell:
        """Begin the next part."""
        self._begun += 1
        return self.told


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
