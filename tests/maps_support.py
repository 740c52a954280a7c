"""A small county with a small country around it, for the tests of maps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from placements.county import County
from placements.geography.postcodes import PostcodeDirectory
from placements.interventions import ExpandSchool, OpenHome, RecruitCarers, ReduceEntries
from tests.geography_support import directory_of
from tests.support import tiny_county, tiny_forecast

GUILDFORD, WOKING, TANDRIDGE, MOLE_VALLEY = "E07000209", "E07000217", "E07000215", "E07000210"
EAST_HAMPSHIRE, ASHFORD = "E07000085", "E07000105"

#: Tandridge holds three children looked after, all in the county; its figures must never be shown.
PLACEMENTS = """
n  | service   | provision           | home      | to        | need | birth      | start      | end | reason
41 | care      | in_house_foster     | Guildford | Guildford | N1   | 2016-05-01 | 2023-10-02 | -   | -
17 | care      | agency_foster       | Guildford | out       | N1   | 2012-07-01 | 2024-02-01 | -   | not_available
28 | care      | childrens_home      | Woking    | Woking    | N1   | 2010-01-15 | 2024-06-15 | -   | -
13 | care      | childrens_home      | Woking    | out       | N1   | 2010-01-15 | 2024-06-15 | -   | not_available
8  | care      | connected_carers    | Woking    | near      | N5   | 2019-07-01 | 2024-06-01 | -   | preference
3  | care      | childrens_home      | Tandridge | Tandridge | N1   | 2011-03-03 | 2024-01-20 | -   | -
2  | care      | childrens_home      | -         | -         | N1   | 2010-08-08 | 2024-11-11 | -   | -
60 | education | state_special       | Guildford | Woking    | ASD  | 2014-03-01 | 2024-09-01 | -   | -
22 | education | independent_special | Woking    | out       | ASD  | 2013-03-01 | 2024-09-01 | -   | does_not_exist
31 | education | state_special       | Woking    | Woking    | ASD  | 2013-03-01 | 2024-09-01 | -   | -
33 | education | mainstream          | Tandridge | Tandridge | SLCN | 2015-03-01 | 2023-09-01 | -   | -
"""

PROVISION = """
id | name              | service   | provision           | sector       | to        | registered | usable | by_us | by_others | share
h1 | Hollybush House   | care      | childrens_home      | own          | Tandridge | 4          | 3      | 3     | 0         | 1
h2 | Larch View        | care      | childrens_home      | private      | Guildford | 5          | 4      | 0     | 4         | 0.35
h3 | Rowan Court       | care      | childrens_home      | own          | Woking    | 30         | 30     | 28    | 0         | 1
f1 | The Smith family  | care      | in_house_foster     | own          | Guildford | 60         | 50     | 41    | 0         | 1
s1 | Oak & <b>Ash</b>  | education | state_special       | other_public | Woking    | 100        | 100    | 91    | 1         | 0.9
s2 | Far Away School   | education | independent_special | private      | out       | 40         | 40     | 22    | 10        | 0.9
"""

PROPOSALS = (
    OpenHome(name="Three-bed home </script><b>", places=3, easting=499_812.0, northing=149_233.0, capital_gbp=1.1e6),
    ExpandSchool(name="More places at Oak & Ash", places=20, district="Woking", lead_time_years=2, capital_gbp=2e6),
    RecruitCarers(name="Recruit in Woking", district="Woking", households_by_year=(4, 6), capital_gbp=5000),
    ReduceEntries(name="Edge of care", share=0.1),
)


def map_county(placements: str = PLACEMENTS, **sections: dict[str, Any]) -> County:
    """Return the county with an id and postcodes for every child, so that there is something to give away."""
    county = tiny_county(placements, provision=PROVISION, **sections)
    frame = county.placements
    frame["child_id"] = [f"K90{number:05d}" for number in range(len(frame))]
    frame["home_postcode"] = "GU2 4QZ"
    frame["placement_postcode"] = "RH8 9ZX"
    return county


#: Child-years that start ahead, by area; of Tandridge so few that nothing of it may be told.
NEEDS = """
area      | provision      | need_group | child_years
Guildford | agency_foster  | family     | 60
Woking    | childrens_home | family     | 25
Tandridge | childrens_home | family     | 2
"""


def map_result(**changes: Any) -> Any:
    """Return what `write_map` needs of a comparison: homes first keeps a third of those local who would be away."""
    county = changes.pop("county", None) or map_county()
    forecast = tiny_forecast(county, NEEDS, years=3, runs=(0.8, 1.0, 1.2))
    away = pd.DataFrame(
        {"do nothing": [30.0, 21.0, 2.0], "homes first": [20.0, 14.0, 1.0]},
        index=pd.MultiIndex.from_product([["care"], [GUILDFORD, WOKING, TANDRIDGE]], names=["service", "area"]),
    )
    scenarios = {"do nothing": (), "homes first": PROPOSALS, **changes}
    return SimpleNamespace(county=county, scenarios=scenarios, forecast=forecast, away_by=lambda by: away)


def small_country() -> PostcodeDirectory:
    """Return postcodes every 500 metres: three districts, the rest of their county, a neighbour and one far away."""
    seats = np.array([[499_700, 149_600], [500_400, 158_700], [537_000, 152_000]])
    districts = (GUILDFORD, WOKING, TANDRIDGE)
    rows = []
    for easting in range(484_000, 548_000, 500):
        for northing in range(138_000, 168_000, 500):
            away = np.hypot(*(seats - (easting, northing)).T)
            nearest = int(away.argmin())
            other = EAST_HAMPSHIRE if easting < 492_000 else MOLE_VALLEY
            rows.append((easting, northing, districts[nearest] if away[nearest] < 7_500 else other))
    rows += [(e, n, ASHFORD) for e in range(440_000, 448_000, 500) for n in range(146_000, 154_000, 500)]
    return directory_of(rows, "a small country")


@dataclass
class Outline(HTMLParser):
    """What a page is made of: start tags with their attributes, and the texts of table cells, by table."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._table, self._cell, self._skip = "", False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag == "details":
            self._table = str(values.get("id", "")).removeprefix("table-")
            self.tables[self._table] = []
        if tag == "tr" and self._table:
            self.tables[self._table].append([])
        if tag in ("td", "th") and self._table:
            self.tables[self._table][-1].append("")
            self._cell = True
        self._skip = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False
        if tag == "details":
            self._table = ""
        self._skip = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.tables[self._table][-1][-1] += data
        if not self._skip and data.strip():
            self.texts.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [values for name, values in self.tags if name == tag]


def outline(page: str) -> Outline:
    """Read a page."""
    parser = Outline()
    parser.feed(page)
    return parser


def small_numbers(cells: list[str]) -> list[str]:
    """Return the cells that show a number from 1 to 5."""
    return [cell for cell in cells if re.fullmatch(r"[+\u2212-]?[1-5]", cell.strip())]
