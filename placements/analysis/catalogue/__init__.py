"""Every indicator that can be asked for by name, in the order that `docs/indicators.md` lists them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from placements.analysis.catalogue import (
    access,
    benchmarks,
    capacity,
    cost,
    education,
    flow,
    gap,
    location,
    mix,
    stability,
    why,
)
from placements.analysis.definition import Definition
from placements.errors import UsageError

#: Topics by title, each with its indicators.
TOPICS: Final[Mapping[str, tuple[Definition, ...]]] = MappingProxyType(
    {
        "Stock and flow": flow.DEFINITIONS,
        "Location and distance": location.DEFINITIONS,
        "Mix of placements": mix.DEFINITIONS,
        "Stability": stability.DEFINITIONS,
        "Why children are outside": why.DEFINITIONS,
        "Capacity and the market": capacity.DEFINITIONS,
        "The gap": gap.DEFINITIONS,
        "Cost": cost.DEFINITIONS,
        "Access": access.DEFINITIONS,
        "Education": education.DEFINITIONS,
        "Benchmarks": benchmarks.DEFINITIONS,
    }
)
CATALOGUE: Final[tuple[Definition, ...]] = tuple(one for definitions in TOPICS.values() for one in definitions)


def indicator(name: str) -> Definition:
    """Return an indicator by name.

    Raises
    ------
    UsageError
        When there is none; the nearest names are told.
    """
    for definition in CATALOGUE:
        if definition.name == name:
            return definition
    near = difflib.get_close_matches(name, [one.name for one in CATALOGUE], n=3, cutoff=0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(f"there is no indicator {name!r}{hint} (`placements analyse --list` names them all)")
