"""Councils change: from some year the county is several authorities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from placements.interventions.measure import Change


@dataclass(frozen=True, kw_only=True)
class ReorganiseBoundary(Change):
    """The authority is shared out among the parts of a boundary set from the start of `from_year`.

    A place over the new boundary is then no local place: each part's children can be served by its own places alone.
    No place, need or price changes by itself. Of several in a scenario the last to have begun counts.

    Attributes
    ----------
    boundary_set : str
        Such as `surrey-2027`, a set of the study's own, or a date (`geography.boundary_sets`).
    """

    kind: ClassVar[str] = "reorganise_boundary"

    boundary_set: str

    def _problems(self) -> list[str]:
        return [] if self.boundary_set.strip() else ["boundary_set is empty: name one, such as surrey-2027"]
