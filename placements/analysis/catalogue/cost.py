"""Indicators of cost: what placements cost a week and a year, how that is known, distance, and transport to school.

What is recorded for a placement, what commissioning pays a provider for a place, and what is assumed of a kind of
placement are asked for apart. All are at today's prices, so none is told for earlier years.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.cost import weekly_cost, yearly_cost, yearly_cost_with_transport, yearly_transport_cost
from placements.analysis.definition import Column, Definition, Kind, Population, TableColumn
from placements.analysis.inputs import Inputs
from placements.analysis.populations import LOOKED_AFTER, PLANS
from placements.analysis.price_of_distance import DOUBLING, OVER_20_MILES, Distance, price_of_distance

_CENSUS: Final = (
    "The authority's commissioning census and registers. Kinds and sectors: DfE, Children looked-after by local "
    "authorities in England: guide to the SSDA903 collection; DfE, SEN2 guide"
)
_TRANSPORT: Final = (
    "The authority's register of transport, data/register/transport.csv. Duty: Education Act 1996, sections 508B to "
    "508F; DfE, Travel to school for children of compulsory school age (2024)"
)
_BASES: Final = {
    "": ((), "all that are known, on whatever basis", ""),
    "_recorded": (("recorded",), "recorded for the placement in the commissioning census", ", as recorded"),
    "_provider": (("provider",), "known as what commissioning pays the provider for a place", ", provider's price"),
    "_assumed": (("assumed",), "assumed for the kind of placement in the register of unit costs", ", as assumed"),
}


def _with_transport(inputs: Inputs) -> pd.DataFrame:
    """Return the plans in force of children whose home-to-school transport is in the register."""
    plans = PLANS.rows(inputs)
    return plans[plans["child_id"].isin(inputs.transport["child_id"])]


PLANS_WITH_TRANSPORT: Final = Population(
    "plans_with_transport",
    "EHC plans in force with home-to-school transport",
    codes.EDUCATION,
    _with_transport,
    "plans",
    now_only=True,
)


def _weekly(basis: Collection[str]) -> Callable[[pd.DataFrame, Inputs], pd.Series]:
    return lambda rows, inputs: weekly_cost(rows, basis)


def _yearly(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return yearly_cost(rows)


def _basis(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return rows["cost_basis"]


def _given(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether transport is given; not known of anybody when there is no register of it."""
    given = rows["child_id"].isin(inputs.transport["child_id"]).astype("boolean")
    return given if len(inputs.transport) else pd.Series(pd.NA, index=rows.index, dtype="boolean")


def _of_service(prefix: str, who: str, population: Population) -> tuple[Definition, ...]:
    weekly = tuple(
        Definition(
            name=f"{prefix}_weekly_cost{suffix}",
            label=f"Weekly cost of {who}{short}",
            kind=Kind.MEAN,
            numerator=f"sum of the weekly cost of {who}, of those {long}",
            denominator=f"{who} whose weekly cost is so known",
            left_out="those whose cost is not known, or is known on another basis; those not placed on the day",
            source=_CENSUS,
            population=population,
            number=_weekly(basis),
            unit="pounds a week",
            now_only=True,
        )
        for suffix, (basis, long, short) in _BASES.items()
    )
    return (
        Definition(
            name=f"{prefix}_cost_basis",
            label=f"How the cost of {who} is known",
            kind=Kind.BREAKDOWN,
            numerator=f"{who} whose weekly cost is known so",
            denominator=who,
            left_out="nobody: cost not known is a category",
            source=_CENSUS,
            population=population,
            category=_basis,
            categories=codes.COST_BASIS,
            now_only=True,
        ),
        *weekly,
        Definition(
            name=f"{prefix}_yearly_cost",
            label=f"Yearly cost of {who}",
            kind=Kind.MEAN,
            numerator=f"sum of the weekly cost of {who}, on whatever basis, times 365.25 / 7 weeks: as if all stayed",
            denominator=f"{who} whose weekly cost is known",
            left_out="those whose cost is not known",
            source=_CENSUS,
            population=population,
            number=_yearly,
            unit="pounds a year",
            now_only=True,
        ),
    )


_PRICE_COLUMNS: Final = MappingProxyType(
    {
        "part": TableColumn(Column.TEXT),
        "term": TableColumn(Column.TEXT),
        "label": TableColumn(Column.TEXT),
        "estimate": TableColumn(Column.ESTIMATE, base="children"),
        "low": TableColumn(Column.ESTIMATE, base="children"),
        "high": TableColumn(Column.ESTIMATE, base="children"),
        "unit": TableColumn(Column.TEXT),
        "children": TableColumn(Column.CHILDREN),
    }
)


def _price(distance: Distance, inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return price_of_distance(LOOKED_AFTER.rows(inputs), distance)


def _price_definition(name: str, label: str, distance: Distance, what: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind=Kind.TABLE,
        numerator=(
            f"percent by which the weekly cost differs {what}, provision, need, age, sector and in or out of county "
            "held alike: least squares on the logarithm of cost, HC3 errors, 95 % interval. An association: needs that "
            "are not recorded make distant placements dearer too"
        ),
        denominator="children looked after whose cost is recorded for the placement; the number stands in the answer",
        left_out=(
            "costs assumed, or known of the provider only; no cost; distance or location not known; groups of fewer "
            "than 10 children. No answer on fewer than 15 children a term, or where distance goes with the other terms"
        ),
        source=(
            "J. G. MacKinnon and H. White, Journal of Econometrics 29 (1985), HC3; F. E. Harrell, Regression Modeling "
            "Strategies, 2nd ed. (2015), section 4.4, rows a term"
        ),
        table=partial(_price, distance),
        columns=_PRICE_COLUMNS,
        now_only=True,
    )


DEFINITIONS: Final[tuple[Definition, ...]] = (
    *_of_service("care", "placements of children looked after", LOOKED_AFTER),
    *_of_service("plans", "places of children with EHC plans", PLANS),
    _price_definition(
        "care_price_of_distance", "Cost of a placement over 20 miles", OVER_20_MILES, "over 20 miles from home"
    ),
    _price_definition(
        "care_price_of_doubling", "Cost of a placement twice as far", DOUBLING, "for each doubling of miles (plus one)"
    ),
    Definition(
        name="plans_given_transport",
        label="Plans with home-to-school transport",
        kind=Kind.SHARE,
        numerator="children with a plan in force who are in the register of transport",
        denominator="children with a plan in force",
        left_out="everybody, when there is no register",
        source=_TRANSPORT,
        population=PLANS,
        holds=_given,
        now_only=True,
    ),
    Definition(
        name="plans_transport_cost",
        label="Yearly cost of home-to-school transport",
        kind=Kind.MEAN,
        numerator="sum of what transport costs a year",
        denominator="plans in force of children who are in the register of transport with a cost",
        left_out="those in the register whose cost is not known; rows of it about no plan, or about several (rule S28)",
        source=_TRANSPORT,
        population=PLANS_WITH_TRANSPORT,
        number=lambda rows, inputs: yearly_transport_cost(rows, inputs.transport),
        unit="pounds a year",
        now_only=True,
    ),
    Definition(
        name="plans_cost_with_transport",
        label="Yearly cost of a place with transport to it",
        kind=Kind.MEAN,
        numerator="sum of the yearly cost of the place (weekly times 365.25 / 7, on whatever basis) and of transport",
        denominator="plans in force of children who are in the register of transport, both costs known",
        left_out="those of whom either cost is not known; children without transport",
        source=_TRANSPORT,
        population=PLANS_WITH_TRANSPORT,
        number=lambda rows, inputs: yearly_cost_with_transport(rows, inputs.transport),
        unit="pounds a year",
        now_only=True,
    ),
)
