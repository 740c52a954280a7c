"""A study restated under other boundaries, as plain rows that may be shown."""

from __future__ import annotations

from typing import Any

from placements import codes
from placements.county import County
from placements.disclosure.publication import county_figures
from placements.disclosure.restated import shown_restatement
from placements.disclosure.shown import ShownFigures
from placements.geography.boundary_sets import boundary_set


def restated_report(county: County, name: str, released: ShownFigures) -> dict[str, Any]:
    """Return the summary and the flows of both services under a boundary set of the study, beside the release.

    Raises
    ------
    UsageError
        When there is no such set.
    """
    boundaries = boundary_set(name, county.authority, county.settings.boundary_sets)
    report: dict[str, Any] = {
        "name": boundaries.name,
        "title": boundaries.title,
        "parts": [
            {"code": part.code, "name": part.name, "districts": list(part.district_names.values())}
            for part in boundaries.parts
        ],
    }
    figures = county_figures(county, released.profile, (boundaries,), released)
    shown = {service: shown_restatement(figures, service, boundaries) for service in codes.SERVICES}
    report["summary"] = [
        {"service": service, "authority": name, **row}
        for service, one in shown.items()
        for name, row in one.summary.to_dict("index").items()
    ]
    report["flows"] = [
        {"service": service, "responsible": name, **row}
        for service, one in shown.items()
        for name, row in one.flows.to_dict("index").items()
    ]
    return report
