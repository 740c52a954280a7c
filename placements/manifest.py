"""Every figure can be traced: what went in, what was assumed, what the solver proved, and what came out.

`manifest.json` is the same for the same inputs and seed but for its `timings`.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

import placements
from placements.county import County
from placements.disclosure.suppress import INTERNAL
from placements.geography.boundaries import boundary_words
from placements.geography.reference import reference_path
from placements.geography.travel import Coverage
from placements.writing import sha256, write_text

if TYPE_CHECKING:
    from placements.optimisation import Plan

#: Packages whose version can change a figure.
_PACKAGES: Final = (
    *("numpy", "pandas", "scipy", "shapely", "geopandas", "pyproj", "h3", "ortools", "folium", "matplotlib"),
)
_REFERENCE: Final = ("authorities.csv", "districts.csv", "changes.csv", "adjoining.csv", "published.csv")


def provenance(county: County, plan: Plan | None = None, seeds: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return where the figures come from: inputs with hashes, settings, seeds, versions, counts, solver."""
    files = county.files
    return {
        "program": {"name": "placements", "version": placements.__version__},
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in _PACKAGES},
        "authority": {"code": county.authority.code, "name": county.authority.name},
        "snapshot": county.snapshot.isoformat(),
        "synthetic": county.synthetic,
        "profile": county.settings.disclosure.profile,
        "settings": plain_values(county.settings.as_dict()),
        "seeds": dict(seeds or {"forecast": county.settings.forecast.seed}),
        "postcode_directory": county.postcode_source,
        "boundaries": boundary_words(county.boundaries, county.settings.areas.level),
        "planning_areas": county.division.about() if county.division else None,
        "geography_files": dict(county.geography_files),
        "travel": travel(county),
        "reference": {n: sha256(reference_path(n)) for n in _REFERENCE if reference_path(n).exists()},
        "inputs": files.to_dict("records"),
        "counts": {name: int(files[name].sum()) for name in ("rows_in", "used", "quarantined", "superseded")},
        "quarantine_reasons": reasons(county),
        "solver": solver(plan),
    }


def reasons(county: County) -> list[dict[str, Any]]:
    """Return how many rows were quarantined by source, table and reason."""
    counts = county.quarantine.groupby(["source", "table", "reason"]).size().rename("count").reset_index()
    return [plain_values(row) for row in counts.to_dict("records")]


def travel(county: County) -> dict[str, Any]:
    """Return how journeys were measured, and how many school journeys that gave a time, as may be shown."""
    journeys, profile = county.school_journeys, county.settings.disclosure.profile
    found = journeys.coverage
    shown: dict[str, Any]
    if profile == INTERNAL:
        shown = {"asked": found.pairs, "known": found.known} | found.reasons
    else:
        shown = {"known": coverage_words(found, profile)}
    return {"method": journeys.method, "sentence": journeys.sentence, "coverage": shown}


def coverage_words(found: Coverage, profile: str) -> str:
    """Return how many journeys gave a time: numbers in an internal copy, else nothing nearer than a half.

    The journeys asked for, and those of them that are known, are sums of what the table of journeys hides: a count or a
    share of them, beside it, would undo that.
    """
    if profile == INTERNAL:
        return f"{found.known:,} of {found.pairs:,} known"
    return "known for half of them or more" if 2 * found.known >= found.pairs else "known for less than half of them"


def solver(plan: Plan | None) -> dict[str, Any] | None:
    """Return what the solver proved, goal by goal, without its times."""
    if plan is None:
        return None
    return {
        "status": plan.status,
        "is_proved": plan.is_proved,
        "cut_short": plan.cut_short,
        "weights": None if plan.limits.weights is None else asdict(plan.limits.weights),
        "separate": separate(plan),
        "goals": [
            {"name": g.name, "value": g.value, "bound": g.bound, "gap": g.gap, "status": g.status} for g in plan.goals
        ],
    }


def separate(plan: Plan) -> dict[str, Any] | None:
    """Return the boundary set whose parts a plan is for, each by itself, and their shares; None for the whole."""
    limits = plan.limits
    return {"boundary_set": limits.separate, "shares": dict(limits.separate_shares)} if limits.separate else None


def outputs(paths: Sequence[Path], folder: Path) -> list[dict[str, Any]]:
    """Return name, size and hash of every file written."""
    return [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(paths)
    ]


def json_text(content: Any) -> str:
    """Return JSON to be read; numbers that are not finite become null."""
    return json.dumps(plain_values(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_manifest(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a manifest."""
    return write_text(path, json_text(content))


def plain_values(value: Any) -> Any:
    """Return JSON values: dates as text, tuples as lists, NaN as null."""
    if isinstance(value, Mapping):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "item") and not isinstance(value, str):
        return plain_values(value.item())
    if value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
