"""The county's figures as a map may show them: counted by `analysis`, made safe by `disclosure`, put together here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.location import flows, out_of_county
from placements.analysis.snapshot import looked_after, plans_in_force
from placements.county import County
from placements.disclosure.grid import TOTAL, hidden_grid
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SUPPRESSED,
    count_text,
    hidden,
    rounded,
    safe_flows,
    share_text,
)

MINUS: Final = "\u2212"
SUPPRESSED_WORDS: Final = "suppressed (a small number, or one from which a small number could be worked out)"


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


def count(value: float, profile: str, *, hide: bool = False) -> Shown:
    """Return a count of children, or of places that children hold, as it may be shown."""
    text = SUPPRESSED if hide else count_text(value, profile)
    if text in (SUPPRESSED, NOT_AVAILABLE):
        return Shown(text)
    return Shown(text, float(text.replace(",", "")))


def share(numerator: float, denominator: float, profile: str, *, hide: bool = False) -> Shown:
    """Return a share as it may be shown; `value` is the percentage."""
    text = SUPPRESSED if hide else share_text(numerator, denominator, profile)
    if text in (SUPPRESSED, NOT_AVAILABLE):
        return Shown(text)
    return Shown(text, float(text.rstrip("%")))


def difference(need: float, places: float, parts: tuple[Shown, Shown], internal: bool) -> Shown:
    """Return need less places; hidden whenever either part is, since the other would give it away."""
    if any(part.suppressed for part in parts):
        return Shown(SUPPRESSED)
    value = float(round(need - places)) if internal else float(rounded(need - places))
    return Shown(f"{value:+,.0f}".replace("-", MINUS) if value else "0", value)


def _partnered(hide: pd.Series, values: pd.Series) -> pd.Series:
    """Return `hide` with the smallest other count above 0 hidden too, if only one count is hidden beside a total."""
    others = values[~hide & (values > 0)]
    if hide.sum() != 1 or others.empty:
        return hide
    return hide | hide.index.isin([others.idxmin()])


#: Figures of one planning area by name: see `Figures.areas`.
AreaFigures = Mapping[str, Shown]


@dataclass(frozen=True)
class Flows:
    """Flows that may be shown, largest first, and how many children are in those that may not.

    Attributes
    ----------
    frame : DataFrame
        `origin` (area code, or `TOTAL` for the whole county), `authority`, `count` (as shown).
    total, left_out : Shown
        All children placed outside the authority, and those of them in flows that are left out.
    flows_left_out : int
        How many flows that is.
    """

    frame: pd.DataFrame
    total: Shown
    left_out: Shown
    flows_left_out: int


@dataclass(frozen=True, eq=False)
class Figures:
    """All figures of a county under one disclosure profile, each worked out once."""

    county: County = field(repr=False)
    profile: str

    @cached_property
    def stock(self) -> dict[str, pd.DataFrame]:
        """Return today's children by service."""
        placements, on = self.county.placements, self.county.snapshot
        return {codes.CARE: looked_after(placements, on), codes.EDUCATION: plans_in_force(placements, on)}

    @cached_property
    def areas(self) -> dict[str, dict[str, AreaFigures]]:
        """Return by service, then by planning area (not known among them, and `TOTAL` last), what may be shown.

        The figures are `need` (children a local place should meet), `places` (usable and available to us), `gap`, and
        of all children of the service `outside` (the authority), `known` (location known), `excluded`, `share`.
        """
        need = self.county.sufficiency(by=["service", "area"])[["need_local", "available_to_us"]].astype(float)
        return {service: self._areas(service, need) for service in codes.SERVICES}

    def _areas(self, service: str, need: pd.DataFrame) -> dict[str, AreaFigures]:
        order = list(self.county.areas["area"])
        known = service in need.index.get_level_values("service")
        need = need.loc[[service] if known else []].droplevel("service")
        outside = out_of_county(self.stock[service], ["home_area"])[["numerator", "denominator", "excluded"]]
        numbers = need.reindex(order, fill_value=0.0).join(outside.reindex(order, fill_value=0).astype(float))
        hide = pd.DataFrame({name: hidden(numbers[name], self.profile) for name in numbers.columns})
        hide["numerator"] |= hidden(numbers["denominator"] - numbers["numerator"], self.profile)
        # The county's flows are shown too: what they would give away is hidden here as well.
        secret = self._grids[service][1][TOTAL]
        hide["numerator"] |= secret.reindex(order, fill_value=False).astype(bool)
        hide["numerator"] |= hide["denominator"]
        hide["numerator"] = _partnered(hide["numerator"], numbers["numerator"])
        rows = {str(area): self._row(numbers.loc[area], hide.loc[area]) for area in order}
        total = pd.Series(False, index=hide.columns)
        # A hidden count with no other to hide beside it is the total: hide that too.
        total["numerator"] = bool(hide["numerator"].sum() == 1)
        return rows | {TOTAL: self._row(numbers.sum(), total)}

    def _row(self, row: pd.Series, hide: pd.Series) -> AreaFigures:
        profile = self.profile
        need = count(row["need_local"], profile, hide=bool(hide["need_local"]))
        places = count(row["available_to_us"], profile, hide=bool(hide["available_to_us"]))
        gap = difference(row["need_local"], row["available_to_us"], (need, places), profile == INTERNAL)
        of = share(row["numerator"], row["denominator"], profile, hide=bool(hide["numerator"]))
        return {
            "need": need,
            "places": places,
            "gap": gap,
            "share": of,
            "outside": count(row["numerator"], profile, hide=bool(hide["numerator"])),
            "known": count(row["denominator"], profile, hide=bool(hide["denominator"])),
            "excluded": count(row["excluded"], profile, hide=bool(hide["excluded"])),
        }

    @cached_property
    def _grids(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """Return by service exact counts from home area to host authority, and which must be hidden."""
        return {service: self._grid(service) for service in codes.SERVICES}

    def _grid(self, service: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        table = flows(self.stock[service])
        table = table[table["location"].eq(codes.OUT_OF_COUNTY)]
        counts = table.groupby(["home_area", "placement_authority"])["count"].sum().unstack(fill_value=0)
        counts = counts.astype(int).sort_index().sort_index(axis=1)
        return counts, hidden_grid(counts, self.profile)

    def county_flows(self, service: str) -> Flows:
        """Return flows from the whole county to each host authority."""
        counts, hide = self._grids[service]
        return self._flows(counts.sum().to_frame(TOTAL).T, hide.loc[[TOTAL]])

    def area_flows(self, service: str) -> Flows:
        """Return flows from each planning area to each host authority."""
        return self._flows(*self._grids[service])

    def _flows(self, counts: pd.DataFrame, hide: pd.DataFrame) -> Flows:
        exact = counts.rename_axis("origin").melt(ignore_index=False, var_name="authority", value_name="count")
        exact = exact.reset_index()
        exact = exact[exact["count"] > 0]
        pairs = zip(exact["origin"], exact["authority"], strict=True)
        secret = np.array([bool(hide.loc[origin, host]) for origin, host in pairs], dtype=bool)
        kept = safe_flows(exact[~secret], self.profile)
        left = int(exact["count"].sum() - exact.loc[kept.index, "count"].sum())
        kept = kept.sort_values(["count", "origin", "authority"], ascending=[False, True, True], kind="stable")
        return Flows(
            kept.reset_index(drop=True),
            count(int(exact["count"].sum()), self.profile),
            count(left, self.profile),
            len(exact) - len(kept),
        )
