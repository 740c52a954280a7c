"""How much provision is there in the county, who holds it, how good is it, and who owns it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.capacity import capacity, capacity_by_day, month_ends
from placements.analysis.definition import Column, Definition, Kind, Population, TableColumn
from placements.analysis.inputs import Inputs
from placements.analysis.market import (
    GRADES,
    HOMES,
    grade_of_placement,
    graded_homes,
    homes,
    host_competition,
    market_of,
)
from placements.analysis.occupancy import use_by_day
from placements.analysis.snapshot import looked_after

_PLACES_SOURCE: Final = (
    "Ofsted's list of providers, GIAS and the authority's registers of its own places and of the use of providers; "
    "Children Act 1989 s22G. A registered place is not a usable place: usable is as registered for each provider, else "
    "the share that the settings assume"
)
_KIND: Final = ("service", "provision", "sector")


def _capacity(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    table = capacity(inputs.provision, by or ["service"]).reset_index()
    held = table["occupied_by_us"] + table["occupied_by_others"]
    return table.assign(held=held)[[*(by or ["service"]), *_CAPACITY]]


def _by_month(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    use = use_by_day(inputs.placements, inputs.provision, inputs.snapshot)
    table = capacity_by_day(use, month_ends(use), by)
    return table.assign(day=table["day"].dt.strftime("%Y-%m-%d"))


def _hosts(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return host_competition(inputs.provision, by or ["service"])


def _grades(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return graded_homes(inputs.provision, by)


def _market(amount: str, inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    rows = homes(inputs.provision).assign(all="all")
    keys = list(by) or ["all"]
    found = [
        {**dict(zip(keys, group, strict=True)), **market_of(of_group, amount)}
        for group, of_group in rows.groupby(keys, sort=True)
    ]
    table = pd.DataFrame(found, columns=[*keys, *market_of(rows.head(0), amount)])
    known = table["owner_known"].where(table["owner_known"] > 0)
    for name in ("top_1", "top_3", "top_5", "single_home"):
        table[f"{name}_share"] = table[name] / known
    return table.drop(columns=["all"], errors="ignore")


def _market_places(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return _market("registered_places", inputs, by)


def _market_children(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return _market("occupied_by_us", inputs, by).drop(columns=["single_home_owners"])


def _in_homes(inputs: Inputs) -> pd.DataFrame:
    rows = looked_after(inputs.placements, inputs.on)
    return rows[rows["provision"].isin(HOMES)]


IN_HOMES: Final = Population(
    "looked_after_in_homes",
    "Children looked after in homes, supported accommodation, residential schools and secure places",
    codes.CARE,
    _in_homes,
    now_only=True,
)


def _grade(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return grade_of_placement(rows, inputs.provision)


def _good(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    found = grade_of_placement(rows, inputs.provision)
    good = found.isin(["outstanding", "good"]).astype("boolean")
    return good.mask(found.isin([codes.UNKNOWN, "not_inspected"]))


_TEXT, _CHILDREN = TableColumn(Column.TEXT), TableColumn(Column.CHILDREN)
_PLACES, _NUMBER = TableColumn(Column.PLACES), TableColumn(Column.NUMBER)


def _share(numerator: str, denominator: str) -> TableColumn:
    return TableColumn(Column.SHARE, share_of=(numerator, denominator))


_CAPACITY: Final[Mapping[str, TableColumn]] = MappingProxyType(
    {
        "providers": _PLACES,
        "registered_places": _PLACES,
        "usable_places": _PLACES,
        "occupied_by_us": _CHILDREN,
        "occupied_by_others": _CHILDREN,
        "vacant_places": _CHILDREN,  # with places held it tells who holds the rest
        "available_to_us": _CHILDREN,
        "held": _CHILDREN,
        "occupancy": _share("held", "usable_places"),
        "unknown_places": _PLACES,
    }
)
_OF_MARKET: Final = ("owner_known", "owner_unknown", "top_1", "top_3", "top_5", "single_home")
_TOPS: Final = ("top_1", "top_3", "top_5", "single_home")
_MARKET_SOURCE: Final = (
    "CMA, Children's social care market study, final report (2022), for shares of the largest providers; "
    "Herfindahl-Hirschman index as in OFT and Competition Commission, Merger Assessment Guidelines (2010), 5.3.5"
)
_SMALL: Final = "`single_home` is of owners, not the authority, with one home in all the lists that are held"


def _columns(extra: Mapping[str, TableColumn], *keys: str) -> Mapping[str, TableColumn]:
    return MappingProxyType({**dict.fromkeys(keys, _TEXT), **extra})


DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        "capacity",
        "Places in the county and who holds them",
        Kind.TABLE,
        "Registered and usable places of open provision in the county, those our children hold, those others hold, the "
        "vacant ones, and those our children have or can expect",
        "Occupancy is places held, of usable places; above 1 where more live there than was thought usable",
        "Providers whose number of places is not known: `unknown_places` counts them. Others' use that nobody has "
        "recorded counts as none; in a mainstream school all pupils without one of our plans are others",
        _PLACES_SOURCE,
        table=_capacity,
        columns=_columns(_CAPACITY, *_KIND),
        by=_KIND,
        now_only=True,
    ),
    Definition(
        "occupancy_by_month",
        "Places in the county and who holds them, at every month's end",
        Kind.TABLE,
        "As `capacity`, at each month's end that the returns of care reach back to. Our use is counted from "
        "placements; others' use, registered and usable places are taken to have been as now; places opened later did "
        "not exist; places closed since were full until then",
        "`held` counts for no provider more than it has usable; occupancy is held, of usable places",
        "Places in education before the snapshot day: SEN2 returns list few who left. Our children whose provider is "
        "not known, but for carers, whose places are those we hold",
        _PLACES_SOURCE,
        table=_by_month,
        columns=_columns(
            {name: column for name, column in _CAPACITY.items() if name != "available_to_us"}, "day", *_KIND
        ),
        by=_KIND,
        now_only=True,
    ),
    Definition(
        "host_competition",
        "Places in use in the county that others' children hold",
        Kind.TABLE,
        "Places in the county held by children who are not ours",
        "Places held by anybody in fostering, homes, supported accommodation, special schools and SEN units in the "
        "county, where others' use is recorded or follows from a school's roll",
        "Providers whose use by others nobody has recorded (`providers_unknown`), and carers who are in no register. "
        "Whose children the others are is not held",
        _PLACES_SOURCE,
        table=_hosts,
        columns=_columns(
            {
                "providers": _PLACES,
                "providers_unknown": _PLACES,
                "occupied_by_us": _CHILDREN,
                "occupied_by_others": _CHILDREN,
                "held": _CHILDREN,
                "others_share": _share("occupied_by_others", "held"),
            },
            *_KIND,
        ),
        by=_KIND,
        now_only=True,
    ),
    Definition(
        "care_home_grade",
        "Children in homes by the home's latest Ofsted grade",
        Kind.BREAKDOWN,
        "Children by the latest overall grade of the home or accommodation they live in",
        "All children looked after in homes, supported accommodation, residential schools and secure places",
        "Nobody: a home that is not known or has no grade is `unknown`",
        "Ofsted, list of providers: overall experiences and progress of children and young people (social care common "
        "inspection framework). A grade is of the home, on the day of its inspection, not of the child's care",
        IN_HOMES,
        category=_grade,
        categories=GRADES,
        now_only=True,
    ),
    Definition(
        "care_good_home_share",
        "Children in homes that are good or outstanding",
        Kind.SHARE,
        "Children whose home's latest grade is good or outstanding",
        "Children in homes, supported accommodation, residential schools and secure places that have a grade",
        "Children whose home is not known, not inspected, or has no grade",
        "Ofsted, list of providers: overall experiences and progress of children and young people",
        IN_HOMES,
        holds=_good,
        now_only=True,
    ),
    Definition(
        "places_by_grade",
        "Homes, places and our children by Ofsted grade",
        Kind.TABLE,
        "Open homes, their registered places and our children in them, by latest grade",
        "`children_share` is of our children in homes that are known",
        "Homes whose number of places is not known are in the count of homes only; carers are no homes",
        "Ofsted, list of providers: overall experiences and progress of children and young people",
        table=_grades,
        columns=_columns(
            {
                "grade": _TEXT,
                "homes": _PLACES,
                "registered_places": _PLACES,
                "occupied_by_us": _CHILDREN,
                "children": _CHILDREN,
                "children_share": _share("occupied_by_us", "children"),
            },
            "location",
            "provision",
        ),
        by=("location", "provision"),
        now_only=True,
    ),
    Definition(
        "market_places",
        "Who owns the places: largest owners, small owners and concentration",
        Kind.TABLE,
        f"Registered places of the 1, 3 and 5 largest owners. {_SMALL}",
        "Registered places of open homes, supported accommodation, residential schools and secure places with an owner "
        "that is known; `--by location` tells the county's own",
        "Places whose owner is not known (`owner_unknown`) are in no share; places not known count as none",
        _MARKET_SOURCE,
        table=_market_places,
        columns=_columns(
            {
                **dict.fromkeys(("homes", "total", *_OF_MARKET, "owners", "single_home_owners"), _PLACES),
                **dict.fromkeys((*(f"{name}_share" for name in _TOPS), "hhi"), _NUMBER),
            },
            "provision",
            "location",
        ),
        by=("provision", "location"),
        now_only=True,
    ),
    Definition(
        "market_children",
        "Who owns the homes our children live in: largest owners, small owners and concentration",
        Kind.TABLE,
        f"Our children in homes of the 1, 3 and 5 owners with most of them. {_SMALL}",
        "Our children in homes whose owner is known",
        "Children in homes whose owner is not known (`owner_unknown`) are in no share; children whose home is not "
        "known, and those with carers, whose agency is not held, are not among them",
        _MARKET_SOURCE,
        table=_market_children,
        columns=_columns(
            {
                **dict.fromkeys(("homes", "owners"), _PLACES),
                **dict.fromkeys(("total", *_OF_MARKET), _CHILDREN),
                **{f"{name}_share": _share(name, "owner_known") for name in _TOPS},
                "hhi": TableColumn(Column.ESTIMATE, base="owner_known"),
            },
            "provision",
            "location",
        ),
        by=("provision", "location"),
        now_only=True,
    ),
)
