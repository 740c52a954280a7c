"""The county's figures as a map may show them: looked up in the one release of the county, put together here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Final

import pandas as pd

from placements import codes
from placements.county import County
from placements.disclosure.control.tables import Group, group
from placements.disclosure.publication import LOCAL_NEED, NONE, counted_of, county_figures, known_of
from placements.disclosure.shown import ShownFigures
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_FLOW,
    SUPPRESSED,
    count_text,
    rounded,
    signed_text,
)
from placements.geography.boundary_sets import BoundarySet

#: Name of the row of all areas, and of the origin that is the whole county.
TOTAL: Final = "Total"
MINUS: Final = "\u2212"
SUPPRESSED_WORDS: Final = "suppressed (a number that is not shown)"
NOT_SHOWN_NOTE: Final = "c: not shown: from 1 to 5, or a number that would give such a one away."


@dataclass(frozen=True)
class Shown:
    """A figure as it may be shown.

    Attributes
    ----------
    text : str
        With separators; `c` when suppressed; `x` when there is none.
    value : float or None
        The number as shown, None when there is none to show. Colours come from this, never from the exact figure.
    """

    text: str
    value: float | None = None

    @property
    def suppressed(self) -> bool:
        """Return whether it is hidden."""
        return self.text == SUPPRESSED

    @property
    def words(self) -> str:
        """Return the text for a reader of a pop-up."""
        if self.suppressed:
            return SUPPRESSED_WORDS
        return "not available" if self.text == NOT_AVAILABLE else self.text

    @property
    def label(self) -> str:
        """Return the text that is written on the map."""
        return "suppressed" if self.suppressed else self.text


def count(value: float, profile: str) -> Shown:
    """Return a number of places, or of households, as it may be shown: what is no count of children in the release."""
    return shown(count_text(value, profile))


def shown(text: str) -> Shown:
    """Return a figure from its text in the release: a count, money, or a share, of which `value` is the percentage."""
    if text in (SUPPRESSED, NOT_AVAILABLE):
        return Shown(text)
    return Shown(text, float(text.replace(",", "").replace(MINUS, "-").replace("£", "").rstrip("%")))


def signed(value: float, profile: str) -> Shown:
    """Return a change that is no count of children, with its sign; hidden under 6 either way when shared."""
    text = signed_text(value, profile)
    return shown(f"+{text}" if value > 0 and text not in (SUPPRESSED, "0") else text.replace("-", MINUS))


def difference(need: float, places: float, parts: tuple[Shown, Shown], internal: bool) -> Shown:
    """Return need less places; hidden whenever either part is, since the other would give it away."""
    if any(part.suppressed for part in parts):
        return Shown(SUPPRESSED)
    value = float(round(need - places)) if internal else float(rounded(need - places))
    return Shown(f"{value:+,.0f}".replace("-", MINUS) if value else "0", value)


#: Figures of one planning area by name: see `Figures.areas`.
AreaFigures = Mapping[str, Shown]


@dataclass(frozen=True)
class Flows:
    """Flows that may be shown, largest first, and how many there are that may not.

    How many children these are follows from the total as far as it may be known; it is no figure of the release.

    Attributes
    ----------
    frame : DataFrame
        `origin` (area code, or `TOTAL` for the whole county), `authority`, `count` (as shown).
    total : Shown
        All children placed outside the authority.
    flows_left_out : int
        How many flows with children are left out.
    """

    frame: pd.DataFrame
    total: Shown
    flows_left_out: int


@dataclass(frozen=True, eq=False)
class Figures:
    """All figures of a county under one disclosure profile, looked up in its release.

    Attributes
    ----------
    county : County
    profile : str
    boundary_sets : tuple of BoundarySet
        Other boundaries that the page shows figures by.
    released : ShownFigures, optional
        The release without them, where it has been worked out already.
    """

    county: County = field(repr=False)
    profile: str
    boundary_sets: tuple[BoundarySet, ...] = ()
    released: ShownFigures | None = field(default=None, repr=False)

    @cached_property
    def release(self) -> ShownFigures:
        """Return everything that is published of the county: the same pattern as in all its outputs."""
        return county_figures(self.county, self.profile, self.boundary_sets, self.released)

    @cached_property
    def areas(self) -> dict[str, dict[str, AreaFigures]]:
        """Return by service, then by planning area (not known among them, and `TOTAL` last), what may be shown.

        The figures are `need` (children a local place should meet), `places` (usable and available to us), `gap`, and
        of all children of the service `outside` (the authority), `known` (location known), `excluded`, `share`.
        """
        places = self.county.sufficiency(by=["service", "area"])["available_to_us"].astype(float).to_dict()
        found: dict[str, dict[str, AreaFigures]] = {}
        for service in codes.SERVICES:
            of_area = {str(area): places.get((service, area), 0.0) for area in self.county.areas["area"]}
            rows = {area: self._row(service, {"home_area": area}, number) for area, number in of_area.items()}
            found[service] = rows | {TOTAL: self._row(service, {}, sum(of_area.values()))}
        return found

    def _row(self, service: str, where: Mapping[str, str], places_for_us: float) -> AreaFigures:
        release = self.release
        local = group(service, {**where, "part": LOCAL_NEED})
        outside, known = group(service, counted_of("location", where)), group(service, known_of("location", where))
        need, places = shown(release.count(local)), count(places_for_us, self.profile)
        return {
            "need": need,
            "places": places,
            "gap": difference(release.value(local), places_for_us, (need, places), self.profile == INTERNAL),
            "share": shown(release.share(outside, known)),
            "outside": shown(release.count(outside)),
            "known": shown(release.count(known)),
            "excluded": shown(release.count(group(service, {**where, "location": codes.UNKNOWN}))),
        }

    def hosts(self, service: str) -> tuple[str, ...]:
        """Return every authority that hosts children of a service (`unknown` may be among them), sorted."""
        return tuple(host for host in self.release.values_of(service, "host") if host != NONE)

    def hosted(self, service: str, host: str) -> Shown:
        """Return how many children of a service an authority hosts."""
        return shown(self.release.count(group(service, {"host": host})))

    def county_flows(self, service: str) -> Flows:
        """Return flows from the whole county to each host authority."""
        return self._flows(service, {(TOTAL, host): group(service, {"host": host}) for host in self.hosts(service)})

    def area_flows(self, service: str) -> Flows:
        """Return flows from each planning area to each host authority."""
        pairs = product(self.release.values_of(service, "home_area"), self.hosts(service))
        cells = {(area, host): group(service, {"home_area": area, "host": host}) for area, host in pairs}
        return self._flows(service, cells)

    def _flows(self, service: str, cells: Mapping[tuple[str, str], Group]) -> Flows:
        release, smallest = self.release, 1 if self.profile == INTERNAL else SMALLEST_FLOW
        there = {pair: one for pair, one in cells.items() if release.value(one)}
        drawn = [
            (*pair, shown(release.count(one)).value)
            for pair, one in there.items()
            if not release.is_hidden(one) and release.value(one) >= smallest
        ]
        frame = pd.DataFrame(drawn, columns=["origin", "authority", "count"]).astype({"count": float})
        frame = frame.sort_values(
            ["count", "origin", "authority"], ascending=[False, True, True], kind="stable", ignore_index=True
        )
        total = shown(release.count(group(service, {"location": codes.OUT_OF_COUNTY})))
        return Flows(frame, total, len(there) - len(drawn))
