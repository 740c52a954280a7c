"""What may be shown of each figure of a release? Texts by group, from one pattern of hidden figures for all outputs.

A figure that the release does not declare cannot be shown: asking for one is an error of the program, not a way out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from placements.disclosure.control.master import Settled, unsettled
from placements.disclosure.control.model import Pattern
from placements.disclosure.control.protect import protect
from placements.disclosure.control.tables import Group, LinkedTables, Plan, linked_tables
from placements.disclosure.suppress import INTERNAL, SUPPRESSED, count_text, share_text
from placements.errors import DisclosureError


@dataclass(frozen=True, eq=False)
class ShownFigures:
    """The figures of a release as they may be shown.

    Attributes
    ----------
    profile : str
    plan : Plan
        What is published, with the children it is counted from: never written out.
    linked : LinkedTables
    pattern : Pattern
    """

    profile: str
    plan: Plan = field(repr=False)
    linked: LinkedTables
    pattern: Pattern

    def value(self, one: Group) -> int:
        """Return how many are in a group: the exact number, never to be shown."""
        normal = self.linked.normal(one)
        return 0 if normal is None else int(self.linked.model.values[self._position(normal)])

    def is_hidden(self, one: Group) -> bool:
        """Return whether the number in a group may not be shown."""
        normal = self.linked.normal(one)
        return normal is not None and bool(self.pattern.counts[self._position(normal)])

    def count(self, one: Group) -> str:
        """Return the number in a group as it may be shown."""
        return SUPPRESSED if self.is_hidden(one) else count_text(self.value(one), self.profile)

    def share_is_hidden(self, part: Group, whole: Group) -> bool:
        """Return whether the share of one group in another may not be shown."""
        inner, outer = self.linked.normal(part), self.linked.normal(whole)
        if inner is None or outer is None or inner == outer:
            return self.is_hidden(whole)
        if (inner, outer) not in self.linked.share_positions:
            raise KeyError(f"the release declares no share of {part} in {whole}")
        return bool(self.pattern.shares[self.linked.share_positions[inner, outer]])

    def share(self, part: Group, whole: Group) -> str:
        """Return the share of one group in another as it may be shown."""
        if self.share_is_hidden(part, whole):
            return SUPPRESSED
        return share_text(self.value(part), self.value(whole), self.profile)

    @property
    def summary(self) -> str:
        """Return how many figures are hidden, and whether fewer could be, in words for a line of progress."""
        hidden, shown = int(self.pattern.counts.sum()), int(self.linked.model.published.sum())
        if self.profile == INTERNAL:
            return f"internal: none of {shown:,} counts hidden"
        small = int((self.linked.model.small & self.linked.model.published).sum())
        proved = "proved least" if self.pattern.status == "proved" else "not proved least"
        return f"{hidden:,} of {shown:,} counts hidden: {small:,} small, {hidden - small:,} beside them ({proved})"

    def values_of(self, population: str, dimension: str) -> tuple[str, ...]:
        """Return the values that members of a population have of a dimension, sorted."""
        return self.linked.values[population][dimension]

    def _position(self, normal: Group) -> int:
        position = self.linked.positions.get(normal)
        if position is None or not self.linked.model.published[position]:
            raise KeyError(f"the release declares no count of {normal}")
        return position


def shown_figures(plan: Plan, profile: str, released: ShownFigures | None = None) -> ShownFigures:
    """Return everything that a plan publishes as it may be shown: one pattern for all of it.

    Parameters
    ----------
    plan : Plan
    profile : str
    released : ShownFigures, optional
        A release of the same populations that stands as it is: what it shows stays shown, and what it hides hidden.

    Raises
    ------
    DisclosureError
        When a small number would follow from what stands, whatever else is hidden.
    """
    linked = linked_tables(plan)
    if profile == INTERNAL:
        return ShownFigures(profile, plan, linked, _nothing_hidden(linked))
    try:
        if released is None:
            return ShownFigures(profile, plan, linked, protect(linked.model))
        return ShownFigures(profile, plan, linked, protect(linked.model, _settled(linked, released)))
    except ArithmeticError as error:
        raise DisclosureError(
            f"these figures cannot be shared: {error}. Ask for fewer breakdowns at once, or for a wider group"
        ) from error


def _settled(linked: LinkedTables, released: ShownFigures) -> Settled:
    settled = unsettled(linked.model)
    shown, hidden = settled.shown_counts.copy(), settled.hidden_counts.copy()
    shown_shares, hidden_shares = settled.shown_shares.copy(), settled.hidden_shares.copy()
    old = released.linked
    for one, position in old.positions.items():
        if old.model.published[position] and one in linked.positions:
            (hidden if released.pattern.counts[position] else shown)[linked.positions[one]] = True
    for pair, position in old.share_positions.items():
        if pair in linked.share_positions:
            (hidden_shares if released.pattern.shares[position] else shown_shares)[linked.share_positions[pair]] = True
    return Settled(shown, hidden, shown_shares, hidden_shares)


def _nothing_hidden(linked: LinkedTables) -> Pattern:
    counts = np.zeros(len(linked.model.values), dtype=bool)
    return Pattern(counts, np.zeros(len(linked.model.shares), dtype=bool), 0, 0, "proved")
