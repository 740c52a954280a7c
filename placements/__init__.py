"""Out-of-county placement sufficiency: from the files authorities hold to a map, a plan and a statement.

The names below are the whole public interface; each is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from placements.comparison import compare
    from placements.forecasting import forecast
    from placements.geography.locate import locate
    from placements.interventions import read_scenario
    from placements.maps import write_map
    from placements.newstudy import init_study
    from placements.optimisation import optimise
    from placements.optimisation.efficient import frontier
    from placements.reports import write_statement
    from placements.study import open_study

__version__ = "0.1.0"
__all__ = [
    "compare",
    "forecast",
    "frontier",
    "init_study",
    "locate",
    "open_study",
    "optimise",
    "read_scenario",
    "write_map",
    "write_statement",
]
_HOMES = {
    "compare": "placements.comparison",
    "forecast": "placements.forecasting",
    "frontier": "placements.optimisation.efficient",
    "init_study": "placements.newstudy",
    "locate": "placements.geography.locate",
    "open_study": "placements.study",
    "optimise": "placements.optimisation",
    "read_scenario": "placements.interventions",
    "write_map": "placements.maps",
    "write_statement": "placements.reports",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use, so that `import placements` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'placements' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
