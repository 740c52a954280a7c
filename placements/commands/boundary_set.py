"""A study restated under other boundaries, as plain rows that may be shown."""

from __future__ import annotations

from typing import Any

from placements import codes
from placements.analysis.snapshot import looked_after, plans_in_force
from placements.county import County
from placements.disclosure.restated import shown_restatement
from placements.geography.boundary_sets import boundary_set


def restated_report(county: County, name: str, profile: str) -> dict[str, Any]:
    """Return the summary and the flows of both services under a boundary set of the study.

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
    now = {codes.CARE: looked_after, codes.EDUCATION: plans_in_force}
    shown = {s: shown_restatement(of(county.placements, county.snapshot), boundaries, profile) for s, of in now.items()}
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
