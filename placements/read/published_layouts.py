"""Which published table is it? Told by its columns; where several have the same columns, by what is in them.

A release is called as DfE names its data set, whatever the file is called. DfE renames columns now and then, so each is
known by all its names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements.read.rawtable import RawTable, plain

#: Columns that every table of DfE's statistics has.
IDENTIFIERS: Final = frozenset({"timeperiod", "geographiclevel", "countrycode"})
#: Those that say when and where; all others are breakdowns or figures.
PLACE: Final[dict[str, tuple[str, ...]]] = {
    "time_period": ("timeperiod",),
    "level": ("geographiclevel",),
    "country_code": ("countrycode",),
    "country_name": ("countryname",),
    "region_code": ("regioncode",),
    "region_name": ("regionname",),
    "authority_code": ("newlacode", "lacode", "localauthoritycode"),
    "authority_name": ("laname", "localauthorityname"),
}
_NOT_FIGURES: Final = frozenset({"timeidentifier", "oldlacode"} | {name for names in PLACE.values() for name in names})
_GROUP: Final = ("clagroup", "categorytype", "category", "characteristicgroup")
_ITEM: Final = ("characteristic", "characteristictype")


@dataclass(frozen=True)
class Layout:
    """One published table.

    Attributes
    ----------
    release : str
        DfE's name of the data set.
    needs : frozenset of str
        Plain names of columns that it has beside `IDENTIFIERS`; one of the names of `topic` and of `breakdown` too.
    topic, breakdown : tuple of str
        Plain names that the two go by; empty when the table has none.
    authorities : bool or None
        Whether it has a column of authorities; None when that does not matter.
    tells : tuple of str
        Topics or breakdowns, plain, one of which stands in this table and in no other with the same columns.
    """

    release: str
    needs: frozenset[str]
    topic: tuple[str, ...] = ()
    breakdown: tuple[str, ...] = ()
    authorities: bool | None = None
    tells: tuple[str, ...] = ()

    def fits(self, table: RawTable) -> bool:
        """Return whether the columns are those of this table."""
        columns = table.columns
        named = all(any(name in columns for name in names) for names in (self.topic, self.breakdown) if names)
        has_authorities = any(name in columns for name in PLACE["authority_code"])
        return named and self.needs <= columns and self.authorities in (None, has_authorities)

    def parts(self, table: RawTable) -> pd.DataFrame:
        """Return `topic` and `breakdown` of each row, with `_row`."""
        return table.take({"topic": self.topic, "breakdown": self.breakdown})

    def figures(self, table: RawTable) -> list[str]:
        """Return the file's own names of the columns that are neither place, time nor breakdown."""
        known = _NOT_FIGURES | {*self.topic, *self.breakdown}
        return [str(name) for name in table.frame.columns if name != "_row" and plain(name) not in known]


def _plans(release: str, *needs: str) -> Layout:
    return Layout(release, frozenset(needs), ("breakdowntopic",), ("breakdown",))


def _children(release: str, authorities: bool, *tells: str) -> Layout:
    return Layout(release, frozenset({"number"}), _GROUP, _ITEM, authorities, tuple(plain(tell) for tell in tells))


#: In order: the first that fits and, where it has `tells`, holds one of them.
LAYOUTS: Final[tuple[Layout, ...]] = (
    _plans("newplans", "newehcplans"),
    _plans("ceased_plans", "totalceased"),
    _plans("residential_settings", "restot"),
    _plans("sen_needs_all_plans", "numberasd"),
    _plans("caseload", "ehcplans", "specialtotal"),
    Layout("cla_number_and_rate_per_10k_children", frozenset({"number", "rateper10000"}), (), ("populationcount",)),
    Layout("la_cla_placement_stability", frozenset({"number"}), _GROUP, ("placementstability",)),
    Layout(
        "national_cla_on_31_march_by_placement_provider_placement_type_and_locality",
        frozenset({"number"}),
        ("placementtype",),
        ("placementprovider",),
    ),
    Layout(
        "national_duration_of_placements_by_type_ceasing_during_the_year",
        frozenset({"number"}),
        ("placementgroup",),
        ("placementduration",),
    ),
    _children(
        "la_cla_during_year_new_placements",
        True,
        "Location of new placements during the year",
        "Reason for placement change during the year",
    ),
    _children("la_cla_on_31_march_by_characteristics", True),
    _children("national_cla_during_year_by_placement_type_and_locality_of_placement", False, "All new placements"),
    _children("national_cla_on_31_march_by_placement_distance_and_placement_locality", False, "All children"),
    _children("national_cla_on_31_march_who_were_unaccompanied_asylum_seeking_children", False, "Under 16 years"),
    _children(
        "national_cla_on_31_march_by_characteristics", False, "Under 1 year", "Legal status", "Motherhood status"
    ),
    Layout(
        "la_cla_on_31_march_la_of_placement_netgain",
        frozenset({"number"}),
        (),
        _ITEM,
        True,
        (plain("Net gain of children by responsible LA"),),
    ),
    Layout("ons_mid-year_population_estimates", frozenset({"populationestimate"}), (), ("agegroup",)),
)
NEIGHBOURS: Final = frozenset({"sn1", "sn2"})
NEIGHBOUR_CODE: Final = ("oldlacode", "lacode", "lano", "lanumber", "dfecode")
#: What makes a row the header of a published table.
KNOWN: Final = (IDENTIFIERS, NEIGHBOURS)


def layout_of(table: RawTable) -> Layout | None:
    """Return the layout of a table, or None when it is none that is known."""
    if not table.columns >= IDENTIFIERS:
        return None
    for layout in LAYOUTS:
        if layout.fits(table) and (not layout.tells or _tells(layout, table)):
            return layout
    return None


def _tells(layout: Layout, table: RawTable) -> bool:
    parts = layout.parts(table)
    held = {plain(value) for column in ("topic", "breakdown") for value in parts[column].unique()}
    return not held.isdisjoint(layout.tells)
