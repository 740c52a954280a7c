"""The parts of the statement, in the order they are read. A new one: a module here and its place in the tuple."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from placements.reports.content import Section
from placements.reports.context import Context
from placements.reports.sections import (
    children,
    cost,
    duty,
    forecast,
    gap,
    market,
    method,
    plan,
    plans,
    provenance,
    quality,
    summary,
    targets,
    where,
    why,
)

SECTIONS: Final[tuple[Callable[[Context], Section], ...]] = (
    summary.section,
    duty.section,
    children.section,
    plans.section,
    where.section,
    why.section,
    market.section,
    cost.section,
    forecast.section,
    gap.section,
    plan.section,
    targets.section,
    quality.section,
    method.section,
    provenance.section,
)

#: What the settings call each of them: the name of its module, and the key of the section that it returns.
KEYS: Final[tuple[str, ...]] = tuple(section.__module__.rpartition(".")[2] for section in SECTIONS)
