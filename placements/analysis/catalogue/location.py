"""Indicators of location: how far from home, on which side of the boundary, to whom, and who places with us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis import location
from placements.analysis.definition import Column, Definition, Kind, Population, TableColumn
from placements.analysis.dimensions import DIMENSIONS
from placements.analysis.inputs import Inputs
from placements.analysis.net_placer import net_placer
from placements.analysis.populations import (
    CARE_AND_PLAN,
    LOOKED_AFTER,
    NEW_CARE_PLACEMENTS,
    NEW_EDUCATION_PLACEMENTS,
    PLANS,
)

_DFE: Final = (
    "DfE, Children looked after in England including adoptions, 'placement distance and locality'; PL_LOCATION and "
    "PL_DISTANCE of the guide to the SSDA903 collection"
)
_REGULATION: Final = "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 11"
_NET: Final = (
    "Children Act 1989, section 22G (sufficiency); Children's Commissioner, and the sector's sufficiency statements: "
    "net importers and exporters of placements"
)
_UNKNOWN_PLACE: Final = "placements whose authority is not known (no postcode, or one that is not found)"


def _plans_of_looked_after(inputs: Inputs) -> pd.DataFrame:
    """Return the plan of each child looked after who has one: one row a child."""
    plans = PLANS.rows(inputs)
    return plans[plans["child_id"].isin(set(LOOKED_AFTER.rows(inputs)["child_id"]))]


PLAN_OF_LOOKED_AFTER: Final = Population(
    "plan_of_looked_after",
    "EHC plans of children looked after",
    codes.EDUCATION,
    _plans_of_looked_after,
    "plans",
)


def _of_rows(question: Callable[[pd.DataFrame], pd.Series]) -> Callable[[pd.DataFrame, Inputs], pd.Series]:
    return lambda rows, inputs: question(rows)


def _far(rows: pd.DataFrame) -> pd.Series:
    return rows["over_20_miles"].astype("boolean")


def _miles(rows: pd.DataFrame) -> pd.Series:
    return rows["distance_miles"]


def _in_a_sentence(population: Population) -> str:
    label = population.label
    return label if label.startswith("EHC") else label[0].lower() + label[1:]


def _share(
    name: str, label: str, population: Population, holds: Callable[[pd.DataFrame], pd.Series], *words: str
) -> Definition:
    numerator, denominator, left_out, source = words
    return Definition(
        name, label, Kind.SHARE, numerator, denominator, left_out, source, population, holds=_of_rows(holds)
    )


def _breakdown(
    name: str,
    label: str,
    population: Population,
    category: Callable[[pd.DataFrame], pd.Series],
    labels: MappingProxyType[str, str],
    *words: str,
) -> Definition:
    numerator, left_out, source = words
    return Definition(
        name, label, Kind.BREAKDOWN, numerator, f"all {_in_a_sentence(population)}", left_out, source, population,
        category=_of_rows(category), categories=labels,
    )  # fmt: skip


def _of_population(prefix: str, short: str, population: Population) -> tuple[Definition, ...]:
    """Return the questions of location that are asked of every population alike."""
    who = _in_a_sentence(population)
    known = f"{who}, placement's authority known"
    cells, boundary = MappingProxyType(dict(location.DISTANCE_CELLS)), MappingProxyType(dict(location.BOUNDARY))
    far = f"{who}, distance known"
    no_distance = "placements whose distance is not known (home or placement postcode missing or not found)"
    return (
        _breakdown(
            f"{prefix}_location_distance", f"{short}: location and distance", population, location.distance_cell, cells,
            "in each cell of inside or outside the authority by 20 miles or less or over 20 miles from home",
            "nothing: not known, unless both location and distance are, is a cell of its own", _DFE,
        ),
        _breakdown(
            f"{prefix}_boundary", f"{short}: inside, adjoining, distant", population, location.boundary_cell, boundary,
            "inside the authority, in an adjoining one, distant (outside and not in an adjoining one), or not known",
            "nothing: not known is a category", _REGULATION,
        ),
        _share(
            f"{prefix}_outside", f"{short}: outside the authority", population, location.is_outside,
            "placement's upper-tier authority, by its postcode on the day's boundaries, is another", known,
            _UNKNOWN_PLACE, _DFE,
        ),
        _share(
            f"{prefix}_over_20_miles", f"{short}: over 20 miles from home", population, _far,
            "over 20 miles from home in a straight line, inside the authority or outside", far, no_distance, _DFE,
        ),
        _share(
            f"{prefix}_distant", f"{short}: distant", population, location.is_distant,
            "outside the authority and not in an adjoining one", known,
            f"{_UNKNOWN_PLACE}; those outside of which it is not known whether their authority adjoins", _REGULATION,
        ),
        _share(
            f"{prefix}_adjoining", f"{short}: in an adjoining authority", population, location.is_adjoining,
            "outside the authority and in one that adjoins it", known,
            f"{_UNKNOWN_PLACE}; those outside of which it is not known whether their authority adjoins", _REGULATION,
        ),
        Definition(
            f"{prefix}_distance", f"{short}: miles from home", Kind.SPREAD,
            "miles in a straight line from home to placement, to one decimal place", far, no_distance, _DFE, population,
            number=_of_rows(_miles), unit="miles",
        ),
    )  # fmt: skip


def _both(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return location.both_locations(rows, PLANS.rows(inputs))


def _all_outside(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    each = location.both_outside(rows, PLANS.rows(inputs))
    return each["care"] & each["learning"]


def _any_outside(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    each = location.both_outside(rows, PLANS.rows(inputs))
    return each["care"] | each["learning"]


_BOTH_WORDS: Final = "children looked after with an EHC plan, matched by unique pupil number"
_BOTH: Final = (
    Definition(
        "care_and_plan_locations", "Children with both services: where they live and learn", Kind.BREAKDOWN,
        "live and learn outside the authority, only live there, only learn there, or neither", f"all {_BOTH_WORDS}",
        "nothing: not known, where either place is, is a category", _DFE, CARE_AND_PLAN,
        category=_both, categories=location.BOTH_LOCATIONS,
    ),
    Definition(
        "care_and_plan_both_outside", "Children with both services: live and learn outside", Kind.SHARE,
        "both placement in care and setting of the plan are outside the authority", f"{_BOTH_WORDS}, of whom it can be "
        "told", "children of whom one place is not known and the other is not inside", _DFE, CARE_AND_PLAN,
        holds=_all_outside,
    ),
    Definition(
        "care_and_plan_any_outside", "Children with both services: live or learn outside", Kind.SHARE,
        "placement in care, setting of the plan, or both are outside the authority",
        f"{_BOTH_WORDS}, of whom it can be told",
        "children of whom one place is not known and the other is not outside", _DFE, CARE_AND_PLAN,
        holds=_any_outside,
    ),
)  # fmt: skip

#: What the matrix can be divided by.
_MATRIX_BY: Final = ("need", "age_band", "sex", "provision", "sector")


def _matrix(inputs: Inputs, by: Sequence[str], *, population: Population, inside: bool) -> pd.DataFrame:
    rows = population.rows(inputs)
    rows = rows.assign(**{name: DIMENSIONS[name].values(rows, inputs) for name in by})
    if not inside:
        return location.origin_host(rows, by)
    return location.origin_host(rows[rows["location"].eq(codes.IN_COUNTY)], by, host="placement_district")


def _matrices(prefix: str, who: str, population: Population) -> tuple[Definition, ...]:
    text = TableColumn(Column.TEXT)
    shared = {"home_district": text, "children": TableColumn(Column.CHILDREN), **dict.fromkeys(_MATRIX_BY, text)}
    return (
        Definition(
            f"{prefix}_origin_host", f"{who}: home district and host authority", Kind.TABLE,
            f"{who.lower()} from each home district placed in each authority, our own among them",
            "a count has none", "nothing: not known is a row on either side", _DFE,
            table=partial(_matrix, population=population, inside=False),
            columns=MappingProxyType({**shared, "placement_authority": text}), by=_MATRIX_BY,
        ),
        Definition(
            f"{prefix}_origin_district", f"{who}: home district and district placed in, inside the authority",
            Kind.TABLE, f"{who.lower()} from each home district placed in each district of the authority",
            "a count has none", "those placed outside, and those whose placement's location is not known", _DFE,
            table=partial(_matrix, population=population, inside=True),
            columns=MappingProxyType({**shared, "placement_district": text}), by=_MATRIX_BY,
        ),
    )  # fmt: skip


def _net(inputs: Inputs, by: Sequence[str], *, service: str) -> pd.DataFrame:
    return net_placer(inputs.placements, inputs.provision, inputs.on, service, by)


def _net_definition(prefix: str, who: str, what: str, unsaid: str, service: str) -> Definition:
    children, places = TableColumn(Column.CHILDREN), TableColumn(Column.PLACES)
    columns = dict.fromkeys(("children_of_others", "ours_outside", "ours_not_known", "net"), children)
    return Definition(
        f"{prefix}_net_placer", f"{who}: placed here by others, less ours placed elsewhere", Kind.TABLE,
        f"children of others in open {what} inside the authority, less {who.lower()} in such places outside it",
        "a difference has none; the providers for which it is known and not known are counted beside it",
        f"{unsaid}; providers for which children of others are not recorded (counted: net is too low by those who are "
        "there); ours whose placement's authority is not known (counted)", _NET,
        table=partial(_net, service=service),
        columns=MappingProxyType(
            {"provision": TableColumn(Column.TEXT), "providers": places, "providers_not_known": places, **columns}
        ),
        by=("provision",), now_only=True,
    )  # fmt: skip


DEFINITIONS: Final[tuple[Definition, ...]] = (
    *_of_population("care", "Looked after", LOOKED_AFTER),
    *_of_population("new_care", "New placements in care", NEW_CARE_PLACEMENTS),
    *_of_population("plans", "EHC plans", PLANS),
    *_of_population("new_plans", "New placements in education", NEW_EDUCATION_PLACEMENTS),
    *_of_population("care_and_plan_care", "Looked after with a plan, where they live", CARE_AND_PLAN),
    *_of_population("care_and_plan_school", "Looked after with a plan, where they learn", PLAN_OF_LOOKED_AFTER),
    *_BOTH,
    *_matrices("care", "Children looked after", LOOKED_AFTER),
    *_matrices("plans", "EHC plans", PLANS),
    _net_definition(
        "care", "Children looked after", "homes, supported accommodation, residential schools and foster carers",
        "connected carers, parents, adopters and other placements", codes.CARE,
    ),
    _net_definition(
        "plans", "EHC plans", "special schools",
        "others' children at mainstream schools, bases, colleges and alternative provision, whose rolls hold local "
        "pupils without a plan too", codes.EDUCATION,
    ),
)  # fmt: skip
