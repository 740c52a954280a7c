"""What is published of a county? Every table and figure of maps, statement and analysis, declared in one place.

All of it is one release: a number hidden in one output is hidden in all, and none can be worked out from the others.
A section or layer that wants to show something new declares it here; what is not declared cannot be shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.avoidable import classify
from placements.analysis.catalogue.flow import CEASED, STARTED
from placements.analysis.definition import unknown_where_missing
from placements.analysis.gap import WANTED
from placements.analysis.location import DISTANCE_BANDS, FAR, NEAR, NOT_KNOWN, distance_band
from placements.analysis.occupancy import use_by_day
from placements.analysis.snapshot import looked_after, plans_in_force
from placements.analysis.year_ends import year_ends
from placements.county import County
from placements.disclosure.beside_published import declare_beside_published
from placements.disclosure.boundaries import declare_boundaries, dimension_of, sets_of, under_boundaries
from placements.disclosure.control.tables import Group, Plan, group
from placements.disclosure.half_year import began, declare_half_year, half_year
from placements.disclosure.held import HELD, declare_held, held_places
from placements.disclosure.journeys import declare_journeys, journey_dimensions
from placements.disclosure.ledger import shown_beside
from placements.disclosure.ledger_file import read_ledger
from placements.disclosure.ledger_names import Naming
from placements.disclosure.links import link
from placements.disclosure.shown import ShownFigures, shown_figures
from placements.disclosure.suppress import SMALLEST_SHOWN
from placements.forecasting import PLANNABLE
from placements.geography.boundary_sets import BoundarySet

#: The two populations of the snapshot day.
CARE: Final = codes.CARE
PLANS: Final = codes.EDUCATION
YES: Final = "yes"
NO: Final = "no"
NONE: Final = "none"
DISTANT: Final = "distant"
NOT_DISTANT: Final = "not_distant"
#: Of `location`, `distance` and `distant`, the values that say that it is known.
KNOWN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "location": (codes.IN_COUNTY, codes.OUT_OF_COUNTY),
        "distance": (NEAR, FAR),
        "distant": (DISTANT, NOT_DISTANT),
    }
)
#: What a share is of those for whom it is known.
COUNTED: Final[Mapping[str, str]] = MappingProxyType(
    {"location": codes.OUT_OF_COUNTY, "distance": FAR, "distant": DISTANT}
)
#: The two parts of the need that local places should meet.
IN_COUNTY_PART: Final = "in_county"
AVOIDABLE_PART: Final = "avoidable"
LOCAL_NEED: Final = (IN_COUNTY_PART, AVOIDABLE_PART)
FOSTER: Final = ("in_house_foster", "agency_foster")
#: SSDA903 codes of children's homes and secure homes; young offender institutions are secure too, but no homes.
_HOMES: Final = ("K1", "K2")
JUDGEMENTS: Final = ("avoidable", "appropriate", "unknown")

#: Tables whose every cell and margin is published, by population.
_TABLES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        CARE: (
            ("age_band",),
            ("need",),
            ("legal_status",),
            ("uasc",),
            ("other_service",),
            ("location", "distance"),
            ("provision", "location", "costed"),
            ("home_area", "host"),
            ("location", "reason", "basis"),
        ),
        PLANS: (
            ("need", "provision"),
            ("age_band", "provision"),
            ("need", "age_band"),
            ("residential",),
            ("other_service",),
            ("location", "distance"),
            ("provision", "location", "costed"),
            ("home_area", "host"),
            ("location", "reason", "basis"),
        ),
    }
)
#: Characteristics that are published with their share of all.
_PROFILES: Final = ("age_band", "need", "legal_status", "provision")
#: Breakdowns that the share outside is published by, and those that the local need is.
OUTSIDE_BY: Final = ("need", "need_group", "age_band", "sector", "provision", "home_area")
LOCAL_NEED_BY: Final = ("wanted", "need_group", "age_band", "home_area")
#: What the local need of each area is published by, one at a time: two at once would leave hardly a number to show.
LOCAL_NEED_IN_AREAS_BY: Final = ("need_group", "age_band", "wanted")


def publication(county: County, boundary_sets: Sequence[BoundarySet] = ()) -> Plan:
    """Return everything that is published of a county.

    Parameters
    ----------
    county : County
    boundary_sets : sequence of BoundarySet
        Other boundaries that figures are restated for, beside those of every release: the change that is to come, and
        the sets that the study lists.
    """
    day = county.snapshot
    care, plans = looked_after(county.placements, day), plans_in_force(county.placements, day)
    plan = Plan(
        {
            CARE: members(county, care, set(plans["child_id"])),
            PLANS: members(county, plans, set(care["child_id"])).join(journey_dimensions(county, plans)),
            **_past(county),
            **half_year(county),
            HELD: held_places(county),
        }
    )
    _declare_boundaries(plan, {CARE: care, PLANS: plans}, sets_of(county, boundary_sets))
    for population, tables in _TABLES.items():
        plan.counts.append(group(population))
        if plan.populations[population].empty:
            continue
        plan.tables.extend((population, dimensions) for dimensions in tables)
        if len(plan.populations[population]) >= SMALLEST_SHOWN:  # a smaller total is itself a number to hide
            plan.known.append(group(population))
        _declare_shares(plan, population)
        _declare_reasons(plan, population)
        _declare_need(plan, population)
    uasc = group(CARE, {"uasc": YES})
    plan.shares.append((uasc, group(CARE)))
    known_sector = [sector for sector in codes.SECTOR if sector != codes.UNKNOWN]
    plan.shares.append(
        (
            group(CARE, {"provision": "in_house_foster", "sector": known_sector}),
            group(CARE, {"provision": FOSTER, "sector": known_sector}),
        )
    )
    plan.counts.append(group(CARE, {"provision": FOSTER, "sector": codes.UNKNOWN}))
    plan.shares.append((group(PLANS, {"provision": "independent_special"}), group(PLANS)))
    plan.prominent.extend(_prominent())
    plan.broad.extend(_one_way(plan))
    plan.ties.append({group(CARE, {"other_service": YES}): 1, group(PLANS, {"other_service": YES}): -1})
    _declare_trend(plan, county)
    declare_half_year(plan, county)
    declare_held(plan)
    declare_beside_published(plan)
    declare_journeys(plan, group(PLANS, {"residential": YES}))
    return plan


def _one_way(plan: Plan) -> list[Group]:
    """Return every figure of one dimension alone, such as all children in homes: a table's margins before its cells."""
    names = {(population, name) for population, dims in plan.tables if population in (CARE, PLANS) for name in dims}
    return [
        group(population, {name: value})
        for population, name in sorted(names)
        for value in sorted(plan.populations[population][name].unique())
    ]


def _prominent() -> list[Group | tuple[Group, Group]]:
    """Return the headline figures and their parts."""
    found: list[Group | tuple[Group, Group]] = []
    for population in (CARE, PLANS):
        pairs = [(counted_of(name), known_of(name)) for name in KNOWN]
        if population == CARE:
            homes = {"provision": "childrens_home"}
            pairs.append((counted_of("location", homes), known_of("location", homes)))
        for part, whole in pairs:
            one, of = group(population, part), group(population, whole)
            found += [(one, of), one, of]
    return found


def county_figures(
    county: County, profile: str, boundary_sets: Sequence[BoundarySet] = (), released: ShownFigures | None = None
) -> ShownFigures:
    """Return everything that is published of a county as it may be shown: the same for every output.

    Beside what the county's ledger says was published before, nothing of it gives a small number away.

    Parameters
    ----------
    county : County
    profile : str
    boundary_sets : sequence of BoundarySet
        Boundaries that must be in it. Those that are in no release by themselves are added to the release as it
        stands. Of two outputs with different ones, each goes with the release but not the one with the other: make
        what goes out together with the same sets, or list them in the study.
    released : ShownFigures, optional
        The release without further boundaries, where it has been worked out already.

    Raises
    ------
    DisclosureError
        When no pattern is safe beside earlier releases, or a set cannot be added without a small number following.
    """
    if released is None:
        entries = () if county.ledger is None else read_ledger(county.ledger)
        naming = Naming(county.authority.code, county.snapshot)
        released = shown_beside(
            publication(county), profile, entries, naming, correction=county.settings.disclosure.correction
        )
    usual = {dimension_of(boundaries) for boundaries in sets_of(county)}
    if all(dimension_of(boundaries) in usual for boundaries in boundary_sets):
        return released
    return shown_figures(publication(county, boundary_sets), profile, released)


def members(county: County, stock: pd.DataFrame, in_other_service: set[str]) -> pd.DataFrame:
    """Return what figures are broken down by, as texts, for each member of a stock: indexed as it."""
    judged = classify(
        stock,
        county.provision,
        county.settings.thresholds,
        use_by_day(county.placements, county.provision, county.snapshot),
    )
    outside = stock["location"].eq(codes.OUT_OF_COUNTY)
    wanted = stock["provision"].map(WANTED).fillna(NONE)
    part = np.select(
        [wanted.eq(NONE), judged["judgement"].eq("in_county"), judged["judgement"].eq("avoidable")],
        [NONE, IN_COUNTY_PART, AVOIDABLE_PART],
        NONE,
    )
    distant = np.select(
        [stock["distant"].isna(), stock["distant"].fillna(False)], [codes.UNKNOWN, DISTANT], NOT_DISTANT
    )
    columns: dict[str, object] = {
        **{name: stock[name] for name in ("age_band", "need", "need_group", "provision", "sector", "location")},
        "legal_status": stock["legal_status"],
        "sex": stock["sex"],
        "in_homes": np.where(stock["place_code"].isin(_HOMES), YES, NO),
        "home_area": stock["home_area"],
        "distance": distance_band(stock),
        "distant": distant,
        "host": stock["placement_authority"].where(outside, NONE),
        "uasc": np.where(stock["uasc"], YES, NO),
        "began": began(stock, county.snapshot),
        "residential": np.where(stock["residential"], YES, NO),
        "other_service": np.where(stock["child_id"].isin(in_other_service), YES, NO),
        "costed": np.where(stock["weekly_cost_gbp"].notna(), YES, NO),
        "reason": (judged["judgement"] + "|" + judged["reason"]).where(outside, NONE),
        "judgement": judged["judgement"].where(outside, NONE),
        "basis": judged["basis"].where(outside, NONE),
        "wanted": wanted,
        "part": part,
    }
    frame = pd.DataFrame(columns, index=stock.index)
    return frame.apply(unknown_where_missing)


def known_of(dimension: str, where: Mapping[str, str | Sequence[str]] | None = None) -> dict[str, str | Sequence[str]]:
    """Return the condition that a dimension is known, beside others."""
    return {**(where or {}), dimension: KNOWN[dimension]}


def counted_of(
    dimension: str, where: Mapping[str, str | Sequence[str]] | None = None
) -> dict[str, str | Sequence[str]]:
    """Return the condition that is counted of a dimension (outside, over 20 miles, distant), beside others."""
    return {**(where or {}), dimension: COUNTED[dimension]}


def _declare_known(plan: Plan, population: str, dimension: str, where: Mapping[str, str]) -> None:
    """Declare a share of those for whom it is known, its parts, and how many are left out."""
    plan.shares.append((group(population, counted_of(dimension, where)), group(population, known_of(dimension, where))))
    plan.counts.append(group(population, {**where, dimension: _UNKNOWN_OF[dimension]}))


def _declare_boundaries(plan: Plan, stocks: Mapping[str, pd.DataFrame], sets: Sequence[BoundarySet]) -> None:
    """Declare what is said of the children under other boundaries, and tie it to where they are from and placed."""
    for population, stock in stocks.items():
        for boundaries in sets:
            plan.populations[population][dimension_of(boundaries)] = under_boundaries(stock, boundaries)
            declare_boundaries(plan, population, boundaries)
        under = [(dimension_of(boundaries),) for boundaries in sets]
        link(plan, population, "whereabouts", [("home_area", "host"), ("home_area", "location"), *under])


_UNKNOWN_OF: Final = MappingProxyType({"location": codes.UNKNOWN, "distance": NOT_KNOWN, "distant": codes.UNKNOWN})


def _declare_shares(plan: Plan, population: str) -> None:
    rows = plan.populations[population]
    for dimension in KNOWN:
        _declare_known(plan, population, dimension, {})
    for name in OUTSIDE_BY:
        for value in rows[name].unique():
            _declare_known(plan, population, "location", {name: value})
    for value in rows["provision"].unique():
        _declare_known(plan, population, "distant", {"provision": value})
    everyone = group(population)
    cells = [
        *((("location", place), ("distance", band)) for place in codes.LOCATION for band in DISTANCE_BANDS),
        *(((name, value),) for name in _PROFILES for value in rows[name].unique()),
        (("location", codes.UNKNOWN),),
        (("distance", NOT_KNOWN),),
        (("costed", YES),),
        (("costed", NO),),
    ]  # fmt: skip
    plan.shares.extend((group(population, dict(cell)), everyone) for cell in cells)


def _declare_reasons(plan: Plan, population: str) -> None:
    outside = group(population, {"location": codes.OUT_OF_COUNTY})
    for judgement in JUDGEMENTS:
        plan.shares.append((group(population, {"location": codes.OUT_OF_COUNTY, "judgement": judgement}), outside))
    plan.shares.append((group(population, {"location": codes.OUT_OF_COUNTY, "basis": "recorded"}), outside))
    avoidable = {"location": codes.OUT_OF_COUNTY, "judgement": "avoidable"}
    plan.shares.append((group(population, {**avoidable, "basis": "recorded"}), group(population, avoidable)))


def _declare_need(plan: Plan, population: str) -> None:
    rows = plan.populations[population]
    plan.counts.append(group(population, {"provision": PLANNABLE}))
    kinds = tuple(sorted(set(rows["wanted"]) - {NONE}))
    if not kinds:
        return
    outside = group(population, {"wanted": kinds, "location": codes.OUT_OF_COUNTY})
    avoidable = group(population, {"part": AVOIDABLE_PART, "wanted": kinds, "location": codes.OUT_OF_COUNTY})
    recorded = {"part": AVOIDABLE_PART, "wanted": kinds, "location": codes.OUT_OF_COUNTY, "basis": "recorded"}
    plan.shares.extend([(avoidable, outside), (group(population, recorded), avoidable)])
    for part in (IN_COUNTY_PART, AVOIDABLE_PART, LOCAL_NEED):
        plan.counts.append(group(population, {"part": part}))
        for name in LOCAL_NEED_BY:
            values = [value for value in rows[name].unique() if value != NONE]
            plan.counts.extend(group(population, {name: value, "part": part}) for value in values)
    areas = rows["home_area"].unique()
    # Before a cell of an area is shown, the county's need and the area's are.
    plan.prominent.append(group(population, {"part": LOCAL_NEED}))
    plan.broad.extend(group(population, {"home_area": area, "part": LOCAL_NEED}) for area in areas)
    plan.counts.extend(
        group(population, {name: value, "home_area": area, "part": LOCAL_NEED})
        for name in LOCAL_NEED_IN_AREAS_BY
        for value, area in product(rows.loc[rows["wanted"].ne(NONE), name].unique(), areas)
    )


def year_population(day: dt.date) -> str:
    """Return the name of the children looked after at a year end."""
    return f"{CARE} on {day.isoformat()}"


def started_population(day: dt.date) -> str:
    """Return the name of the children who started to be looked after in the year to a day."""
    return f"{CARE} started in the year to {day.isoformat()}"


def ceased_population(day: dt.date) -> str:
    """Return the name of the children who ceased to be looked after in the year to a day."""
    return f"{CARE} ceased in the year to {day.isoformat()}"


def _past(county: County) -> dict[str, pd.DataFrame]:
    """Return the children of earlier year ends, and those who came and left in the years between."""
    days = year_ends(county.placements, county.snapshot)
    found = {}
    for day in days[:-1]:
        rows = looked_after(county.placements, day)
        uasc = np.where(rows["uasc"], YES, NO)
        columns = {"uasc": uasc, "location": rows["location"], "distance": distance_band(rows)}
        found[year_population(day)] = pd.DataFrame(columns, index=rows.index).astype("str")
    for day in days[1:]:
        inputs = county.inputs.at(day)
        for name, population in ((started_population(day), STARTED), (ceased_population(day), CEASED)):
            found[name] = pd.DataFrame(index=population.rows(inputs).index)
    return found


def _declare_trend(plan: Plan, county: County) -> None:
    """Declare the year ends; where those there before, plus who came, less who left, are those there, say so."""
    days = year_ends(county.placements, county.snapshot)
    for day in days[:-1]:
        name = year_population(day)
        plan.counts.extend([group(name), group(name, {"uasc": YES})])
        _declare_known(plan, name, "location", {})
        _declare_known(plan, name, "distance", {})
    for before, day in pairwise(days):
        now = group(CARE) if day == county.snapshot else group(year_population(day))
        came, left = group(started_population(day)), group(ceased_population(day))
        plan.counts.extend([came, left])
        sums = {group(year_population(before)): 1, came: 1, left: -1, now: -1}
        if sum(factor * len(plan.populations[one.population]) for one, factor in sums.items()) == 0:
            plan.ties.append(sums)
