"""What is published of the same children under other boundaries? Their breakdowns, for `publication` and `restated`.

Everything that a boundary set says of a child - which part is responsible, where that puts the placement, whether that
is new, and whether it is distant - is one text, so that every figure under the set is a sum over such texts, and all of
them are tied together. What nobody's text says, such as a place newly out of the part that it is in, cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.location import FAR, NEAR
from placements.analysis.restated import HOME_ELSEWHERE, HOME_UNKNOWN, restate
from placements.county import County
from placements.disclosure.control.tables import Group, Plan, group
from placements.geography.boundary_sets import ADJOINING, BEYOND, HOST_UNKNOWN, BoundarySet, boundary_set, coming_change

_BETWEEN: Final = "\x1f"
_YES: Final = "yes"
_NO: Final = "no"
_NOT_KNOWN: Final = "unknown"


def sets_of(county: County, more: Sequence[BoundarySet] = ()) -> tuple[BoundarySet, ...]:
    """Return the boundary sets of a release: the change that is to come, the study's own, and those asked for."""
    change, listed = coming_change(county.authority), county.settings.boundary_sets
    own = [boundary_set(name, county.authority, listed) for name in sorted(listed)]
    found: dict[str, BoundarySet] = {}
    for one in (*([change] if change is not None else []), *own, *more):
        found.setdefault(dimension_of(one), one)
    return tuple(found.values())


def dimension_of(boundaries: BoundarySet) -> str:
    """Return the name of a set's breakdown: the same for two sets of the same parts, whatever they are called."""
    parts = [f"{part.name} ({', '.join(part.districts)}; {part.on.isoformat()})" for part in boundaries.parts]
    return f"under {' and '.join(parts)}"


def under_boundaries(stock: pd.DataFrame, boundaries: BoundarySet) -> pd.Series:
    """Return what a boundary set says of each child of a stock, as one text: indexed as it."""
    restated = restate(stock, boundaries)
    newly = stock["location"].eq(codes.IN_COUNTY) & restated["location"].eq(codes.OUT_OF_COUNTY)
    distant = np.select(
        [restated["distant"].isna(), restated["distant"].fillna(False).astype(bool)], [_NOT_KNOWN, _YES], _NO
    )
    facts = pd.DataFrame(
        {
            "responsible": restated["responsible"],
            "host": restated["host"],
            "location": restated["location"],
            "newly_out": np.where(newly, _YES, _NO),
            "distant": distant,
        },
        index=stock.index,
    ).astype("str")
    text = facts["responsible"]
    for name in ("host", "location", "newly_out", "distant"):
        text = text + _BETWEEN + facts[name]
    return text.rename(dimension_of(boundaries))


def declare_boundaries(plan: Plan, population: str, boundaries: BoundarySet) -> None:
    """Declare all that is published of a population under a boundary set: its flows, and the counts of each part."""
    rows = plan.populations[population]
    groups = RestatedGroups(population, boundaries, tuple(sorted(rows[dimension_of(boundaries)].unique())))
    for one in (None, *groups.responsible):
        plan.counts.extend(groups.flow(one, host) for host in (None, *groups.hosts))
    for name in boundaries.part_names:
        plan.counts.extend(groups.counts(name).values())
        plan.shares.extend(groups.shares(name).values())


@dataclass(frozen=True)
class _Facts:
    """What a text of `under_boundaries` says."""

    responsible: str
    host: str
    location: str
    newly_out: str
    distant: str


@dataclass(frozen=True)
class RestatedGroups:
    """The groups that figures under a boundary set are about.

    Attributes
    ----------
    population : str
    boundaries : BoundarySet
    values : tuple of str
        Every text of `under_boundaries` that a member of the population has.
    """

    population: str
    boundaries: BoundarySet
    values: tuple[str, ...]

    @property
    def responsible(self) -> tuple[str, ...]:
        """Return who may be responsible, in the order shown: each part, then those of whom that cannot be told."""
        told = {self._facts(value).responsible for value in self.values}
        return (*self.boundaries.part_names, *(name for name in (HOME_ELSEWHERE, HOME_UNKNOWN) if name in told))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return where children may be placed, in the order shown."""
        return (*self.boundaries.part_names, ADJOINING, BEYOND, HOST_UNKNOWN)

    def flow(self, responsible: str | None, host: str | None) -> Group:
        """Return a cell of the flows; None for all."""
        return self._group(lambda one: responsible in (None, one.responsible) and host in (None, one.host))

    def counts(self, part: str) -> Mapping[str, Group]:
        """Return the counts of a part by name."""
        return {
            "children": self._of(part, lambda one: True),
            "in_county": self._of(part, lambda one: one.location == codes.IN_COUNTY),
            "out_of_county": self._of(part, lambda one: one.location == codes.OUT_OF_COUNTY),
            "unknown": self._of(part, lambda one: one.location == codes.UNKNOWN),
            "newly_out": self._of(part, lambda one: one.newly_out == _YES),
        }

    def shares(self, part: str) -> Mapping[str, tuple[Group, Group]]:
        """Return the shares of a part by name: numerator and denominator."""
        counts = self.counts(part)
        everyone = counts["children"].where
        return {
            "share_out": (counts["out_of_county"], self._of(part, lambda one: one.location != codes.UNKNOWN)),
            "share_newly_out": (
                counts["newly_out"],
                self._of(part, lambda one: one.location == codes.IN_COUNTY or one.newly_out == _YES),
            ),
            "share_distant": (
                self._of(part, lambda one: one.distant == _YES),
                self._of(part, lambda one: one.distant != _NOT_KNOWN),
            ),
            "share_over_20_miles": (
                group(self.population, {**dict(everyone), "distance": FAR}),
                group(self.population, {**dict(everyone), "distance": (NEAR, FAR)}),
            ),
        }

    def _of(self, part: str, which: Callable[[_Facts], bool]) -> Group:
        return self._group(lambda one: one.responsible == part and which(one))

    def _group(self, which: Callable[[_Facts], bool]) -> Group:
        held = [value for value in self.values if which(self._facts(value))]
        return group(self.population, {dimension_of(self.boundaries): held})

    @staticmethod
    def _facts(value: str) -> _Facts:
        return _Facts(*value.split(_BETWEEN))
