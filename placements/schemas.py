"""Declared tables: what each frame holds at the boundary of a stage.

A column's unit is in its name. Unknown is a value (`"unknown"`, NaN for a number, NaT for a date), never a missing
row. `check` raises one `DataError` that lists every broken rule, without showing any child's value.
"""

from __future__ import annotations

from typing import Final

import pandas as pd
import pandera.pandas as pa

from placements import codes
from placements.errors import DataError

_TEXT: Final = "str"
_DATE: Final = "datetime64[us]"


def _text(
    *, nullable: bool = True, isin: tuple[str, ...] | None = None, unique: bool = False, filled: bool = False
) -> pa.Column:
    checks = [pa.Check.isin(list(isin))] if isin else []
    checks += [pa.Check.str_length(min_value=1)] if filled else []
    return pa.Column(str, checks, nullable=nullable, unique=unique, coerce=True)


def _number(low: float | None = None, high: float | None = None) -> pa.Column:
    checks = [pa.Check.ge(low)] if low is not None else []
    checks += [pa.Check.le(high)] if high is not None else []
    return pa.Column(float, checks, nullable=True, coerce=True)


def _date() -> pa.Column:
    return pa.Column(_DATE, nullable=True, coerce=True)


_PROVISION = tuple(codes.PROVISION)
_LOCATION = tuple(codes.LOCATION)
_SECTOR = tuple(codes.SECTOR)

# --- as read ------------------------------------------------------------------------------------------------------
#: One row per child in the SSDA903 headers (latest return wins), and per child with an episode but no header, who has
#: `in_header` False and whatever the other tables say.
CHILDREN: Final = pa.DataFrameSchema(
    {
        "child_id": _text(nullable=False, unique=True),
        "upn": _text(),
        "sex": _text(nullable=False, isin=("M", "F", "U")),
        "birth_date": _date(),
        "uasc": pa.Column(bool, coerce=True),
        "in_header": pa.Column(bool, coerce=True),
    },
    name="children",
)

#: One row per SSDA903 episode after the latest return has won; raw codes kept.
EPISODES: Final = pa.DataFrameSchema(
    {
        "child_id": _text(nullable=False),
        "start": pa.Column(_DATE, nullable=False, coerce=True),
        "end": _date(),
        "start_reason": _text(),
        "end_reason": _text(),
        "change_reason": _text(),
        "legal_status": _text(),
        "need": _text(nullable=False),
        "place_code": _text(nullable=False),
        "sector": _text(nullable=False, isin=_SECTOR),
        "home_postcode": _text(),
        "placement_postcode": _text(),
        "provider_id": _text(),
        "return_year": pa.Column(int, coerce=True),
        "source": _text(nullable=False),
    },
    name="episodes",
)

#: One row per EHC plan.
PLANS: Final = pa.DataFrameSchema(
    {
        "person_id": _text(nullable=False, unique=True),
        "upn": _text(),
        "sex": _text(nullable=False, isin=("M", "F", "U")),
        "birth_date": _date(),
        "home_postcode": _text(),
        "start": _date(),
        "end": _date(),
        "end_reason": _text(),
        "need": _text(nullable=False),
        "other_needs": _text(),
        "source": _text(nullable=False),
    },
    name="plans",
)

#: One row per place a child with a plan attends or attended; rank 1 is the main one.
EDUCATION_PLACEMENTS: Final = pa.DataFrameSchema(
    {
        "person_id": _text(nullable=False),
        "rank": pa.Column(int, coerce=True),
        "provider_id": _text(),
        "ukprn": _text(),
        "setting": _text(),
        "sen_unit": pa.Column(bool, coerce=True),
        "resourced_provision": pa.Column(bool, coerce=True),
        "residential_weeks": _text(isin=("", "38", "52")),
        "start": _date(),
        "end": _date(),
        "source": _text(nullable=False),
    },
    name="education_placements",
)

#: Every place where a child can live or learn: homes, carers' households, schools. Names of homes and households are
#: `confidential`; they never leave the program. `needs` is a `;`-joined list of need groups, empty = any.
_PROVISION_COLUMNS = {
    "provider_id": _text(nullable=False, unique=True),
    "name": _text(),
    "service": _text(nullable=False, isin=codes.SERVICES),
    "provision": _text(nullable=False, isin=_PROVISION),
    "sector": _text(nullable=False, isin=_SECTOR),
    "owner": _text(),
    "postcode": _text(),
    "registered_places": _number(0),
    "needs": _text(nullable=False),
    "age_low": _number(0, 25),
    "age_high": _number(0, 99),
    "sex": _text(nullable=False, isin=("M", "F", "any")),
    "quality": _text(),
    "is_open": pa.Column(bool, coerce=True),
    "confidential": pa.Column(bool, coerce=True),
    "source": _text(nullable=False),
}
#: What only some sources say: `ukprn` of schools; `authority_name` as the source writes it (all there is when an
#: address is withheld); pupils `on_roll`, ours or not; when it opened and closed; approval under section 41; whether
#: pupils board; `establishment_type` as GIAS words it.
PROVISION_AS_READ: Final = pa.DataFrameSchema(
    {
        **_PROVISION_COLUMNS,
        "ukprn": _text(),
        "authority_name": _text(),
        "on_roll": _number(0),
        "opened_on": _date(),
        "closed_on": _date(),
        "section_41": pa.Column("boolean", nullable=True, coerce=True),
        "boards": pa.Column("boolean", nullable=True, coerce=True),
        "establishment_type": _text(),
    },
    name="provision as read",
)

#: Which school took the place of which: `urn` is the older one, `successor_urn` the newer.
SCHOOL_LINKS: Final = pa.DataFrameSchema(
    {
        "urn": _text(nullable=False, filled=True),
        "successor_urn": _text(nullable=False, filled=True),
        "link": _text(),
        "from_day": _date(),
        "source": _text(nullable=False),
    },
    name="school_links",
)

#: One row per placement in a commissioning census: who pays what, how it was found, and why it is at distance. Costs
#: are pounds a week; the three shares are as recorded and need not add up to the total. `reason_at_distance` is a key
#: of `codes.REASON_AT_DISTANCE`, or empty; `reason_text` is what was written. `looked_after` is False for others whose
#: placement is bought too (after 18, or for special needs alone), and missing where the census does not say.
COMMISSIONING: Final = pa.DataFrameSchema(
    {
        "child_id": _text(nullable=False, filled=True),
        "looked_after": pa.Column("boolean", nullable=True, coerce=True),
        "placing_authority": _text(),
        "host_authority": _text(),
        "sourced": _text(),
        "provider_id": _text(),
        "agency_id": _text(),
        "provision": _text(nullable=False, isin=_PROVISION),
        "provision_text": _text(),
        "start": _date(),
        "weekly_cost_gbp": _number(0),
        "social_care_gbp": _number(0),
        "education_gbp": _number(0),
        "health_gbp": _number(0),
        "reason_at_distance": _text(nullable=False, isin=("", *codes.REASON_AT_DISTANCE)),
        "reason_text": _text(),
        "need": _text(),
        "source": _text(nullable=False),
    },
    name="commissioning",
)

#: Published statistics, long: one row per place, year, release, breakdown and measure. `value` is missing where
#: `marker` says why (`c` confidential, `k` low, `x` not available, `z` not applicable). `year` is the one that the
#: period ends in.
PUBLISHED: Final = pa.DataFrameSchema(
    {
        "release": _text(nullable=False, filled=True),
        "year": pa.Column(int, coerce=True),
        "level": _text(nullable=False, isin=("national", "regional", "authority")),
        "code": _text(nullable=False),
        "name": _text(nullable=False),
        "region_code": _text(),
        "topic": _text(),
        "breakdown": _text(),
        "measure": _text(nullable=False, filled=True),
        "value": _number(),
        "marker": _text(),
        "source": _text(nullable=False),
    },
    name="published",
)

#: DfE's statistical neighbours: one row per authority and neighbour, by DfE's three-digit codes; `rank` 1 is closest,
#: `closeness` is what DfE calls it ("Very close").
NEIGHBOURS: Final = pa.DataFrameSchema(
    {
        "dfe_code": _text(nullable=False, filled=True),
        "neighbour_dfe_code": _text(nullable=False, filled=True),
        "rank": pa.Column(int, pa.Check.ge(1), coerce=True),
        "closeness": _text(),
        "source": _text(nullable=False),
    },
    name="neighbours",
)

#: Assumed weekly cost per place by provision and sector: user inputs with stated sources.
UNIT_COSTS: Final = pa.DataFrameSchema(
    {
        "provision": _text(nullable=False, isin=_PROVISION),
        "sector": _text(nullable=False, isin=(*_SECTOR, "any")),
        "location": _text(nullable=False, isin=(*_LOCATION, "any")),
        "weekly_cost_gbp": _number(0),
        "source": _text(nullable=False, filled=True),
    },
    name="unit_costs",
)

#: Which children looked after are siblings: one row per child, `sibling_group` the same for all of a family.
SIBLINGS: Final = pa.DataFrameSchema(
    {
        "child_id": _text(nullable=False, filled=True, unique=True),
        "sibling_group": _text(nullable=False, filled=True),
        "source": _text(nullable=False, filled=True),
    },
    name="siblings",
)

#: The register of home-to-school transport as read: each row names a child by `person_id` (of the SEN2 return), `upn`,
#: or both.
SCHOOL_TRANSPORT: Final = pa.DataFrameSchema(
    {
        "person_id": _text(nullable=False),
        "upn": _text(nullable=False),
        "yearly_cost_gbp": _number(0),
        "mode": _text(),
        "source": _text(nullable=False, filled=True),
    },
    name="school_transport",
)

#: What home-to-school transport costs: one row per child with a plan who is given it. `child_id` as in `PLACEMENTS`.
TRANSPORT: Final = pa.DataFrameSchema(
    {
        "child_id": _text(nullable=False, filled=True, unique=True),
        "yearly_cost_gbp": _number(0),
        "mode": _text(),
        "source": _text(nullable=False, filled=True),
    },
    name="transport",
)

#: Places bought whole at a provider that there is.
BLOCK_CONTRACT: Final = "block_contract"
#: Fewer placements that start: no places, so of its row only what it averts, its costs and its lead time count.
PREVENTION: Final = "reduce_entries"
OPTION_KINDS: Final = (
    "open_home",
    "expand_school",
    "open_specialist_base",
    "recruit_carers",
    "open_supported_accommodation",
    BLOCK_CONTRACT,
    PREVENTION,
)
#: What could be done: one row per site x kind x size. Of the options that share a `site_id` at most one is chosen.
#: `places` is per unit; `max_units_per_year` matters for carers (a unit is a household) and is 1 for buildings.
#: `yearly_cost_gbp` is what a unit costs a year whether used or not; `weekly_cost_gbp` is per used place.
#: `staff` is the full-time equivalents that a unit needs anew.
#: Prevention averts `share` of the starts of a `service`, in some `areas`, `needs`, `age_bands` and `provisions`
#: (joined by `;`, blank for all); every other kind opens places of one `provision`.
OPTIONS: Final = pa.DataFrameSchema(
    {
        "option_id": _text(nullable=False, filled=True, unique=True),
        "site_id": _text(nullable=False, filled=True),
        "kind": _text(nullable=False, isin=OPTION_KINDS),
        "name": _text(nullable=False),
        "postcode": _text(),
        "district": _text(),
        "provision": _text(nullable=False, isin=(*_PROVISION, "")),
        "places": _number(1),
        "max_units_per_year": _number(1),
        "needs": _text(nullable=False),
        "age_low": _number(0, 25),
        "age_high": _number(0, 25),
        "sex": _text(nullable=False, isin=("M", "F", "any")),
        "capital_gbp": _number(0),
        "yearly_cost_gbp": _number(0),
        "weekly_cost_gbp": _number(0),
        "lead_time_years": _number(0, 10),
        "planned_occupancy": _number(0.01, 1),
        "minimum_occupancy": _number(0, 1),
        "staff": _number(0),
        "share": _number(0, 1),
        "service": _text(isin=(*codes.SERVICES, "")),
        "areas": _text(),
        "age_bands": _text(),
        "provisions": _text(),
        "source": _text(nullable=False, filled=True),
    },
    name="options",
)

#: Rows that could not be used, with the reason. Written to quarantine/ only, never to a shareable output. `record` is
#: the whole row as it was found, as JSON of column to cell, without the names of people.
QUARANTINE: Final = pa.DataFrameSchema(
    {
        "source": _text(nullable=False),
        "table": _text(nullable=False),
        "file": _text(nullable=False),
        "row": pa.Column(int, coerce=True),
        "column": _text(),
        "value": _text(),
        "reason": _text(nullable=False),
        "record": _text(nullable=False),
    },
    name="quarantine",
)

#: What became of every row of every input file: rows_in = used + quarantined + superseded.
FILES: Final = pa.DataFrameSchema(
    {
        "path": _text(nullable=False),
        "source": _text(nullable=False),
        "table": _text(nullable=False),
        "sha256": _text(nullable=False),
        "rows_in": pa.Column(int, coerce=True),
        "used": pa.Column(int, coerce=True),
        "quarantined": pa.Column(int, coerce=True),
        "superseded": pa.Column(int, coerce=True),
    },
    pa.Check(
        lambda frame: frame.rows_in == frame.used + frame.quarantined + frame.superseded,
        error="rows in = used + quarantined + superseded",
    ),
    name="files",
)

# --- located ------------------------------------------------------------------------------------------------------
#: What `geography.locate` adds to any frame with a home and a placement postcode.
LOCATED_COLUMNS: Final = {
    "home_district": _text(),
    "home_authority": _text(),
    "home_easting": _number(),
    "home_northing": _number(),
    "placement_district": _text(),
    "placement_authority": _text(),
    "placement_easting": _number(),
    "placement_northing": _number(),
    "location": _text(nullable=False, isin=_LOCATION),
    "adjoining": pa.Column("boolean", nullable=True, coerce=True),
    "distance_miles": _number(0),
    "approximate": pa.Column(bool, coerce=True),
    "over_20_miles": pa.Column("boolean", nullable=True, coerce=True),
    "distant": pa.Column("boolean", nullable=True, coerce=True),
}

#: One row per placement spell of either service, located. `end` is NaT while the placement goes on. `end_reason` (REC)
#: and `change_reason` (REASON_PLACE_CHANGE) say how a placement in care ended, `legal_status` is the last one in it.
#: `starts_care` (RNE is S) and `same_carer` (RNE is T or U) say how it began. `plan_start` and `plan_end` are those of
#: the EHC plan that a setting belongs to; NaT in care. `residential_weeks` is "38" or "52" where a plan's place boards,
#: `establishment_type` that of its school in GIAS.
PLACEMENTS: Final = pa.DataFrameSchema(
    {
        "placement_id": _text(nullable=False, unique=True),
        "child_id": _text(nullable=False),
        "service": _text(nullable=False, isin=codes.SERVICES),
        "start": _date(),
        "end": _date(),
        "rank": pa.Column(int, pa.Check.ge(1), coerce=True),
        "provision": _text(nullable=False, isin=_PROVISION),
        "place_code": _text(),
        "sector": _text(nullable=False, isin=_SECTOR),
        "provider_id": _text(),
        "need": _text(nullable=False),
        "need_group": _text(nullable=False, isin=tuple(codes.NEED_GROUP_LABEL)),
        "birth_date": _date(),
        "sex": _text(nullable=False, isin=("M", "F", "U")),
        "uasc": pa.Column(bool, coerce=True),
        "legal_status": _text(),
        "legal_status_at_start": _text(),
        "starts_care": pa.Column(bool, coerce=True),
        "same_carer": pa.Column(bool, coerce=True),
        "end_reason": _text(),
        "change_reason": _text(),
        "plan_start": _date(),
        "plan_end": _date(),
        "residential": pa.Column(bool, coerce=True),
        "residential_weeks": _text(),
        "establishment_type": _text(),
        "home_postcode": _text(),
        "placement_postcode": _text(),
        "home_area": _text(nullable=False),
        "weekly_cost_gbp": _number(0),
        "cost_basis": _text(nullable=False, isin=tuple(codes.COST_BASIS)),
        "reason_at_distance": _text(),
        "source": _text(nullable=False),
        **LOCATED_COLUMNS,
    },
    name="placements",
)

#: Provision located, with use on the snapshot date. `usable_places` = registered places less those that matching,
#: staffing, sex and age keep empty; `share_for_us` is the part of freed places that our children can expect. When a
#: place opened and closed is known of some only. `others_recorded` is False where `occupied_by_others` is 0 because
#: nothing is known of it.
PROVISION: Final = pa.DataFrameSchema(
    {
        **_PROVISION_COLUMNS,
        "opened_on": _date(),
        "closed_on": _date(),
        "district": _text(),
        "authority": _text(),
        "area": _text(nullable=False),
        "easting": _number(),
        "northing": _number(),
        "location": _text(nullable=False, isin=_LOCATION),
        "usable_places": _number(0),
        "occupied_by_us": _number(0),
        "occupied_by_others": _number(0),
        "others_recorded": pa.Column(bool, coerce=True),
        "share_for_us": _number(0, 1),
        "weekly_cost_gbp": _number(0),
    },
    name="provision",
)

#: Planning areas: `unknown` and `outside` are rows too, so that every child has an area.
AREAS: Final = pa.DataFrameSchema(
    {
        "area": _text(nullable=False, unique=True),
        "name": _text(nullable=False),
        "easting": _number(),
        "northing": _number(),
    },
    name="areas",
)
AREA_UNKNOWN: Final = "unknown"
AREA_OUTSIDE: Final = "outside"


def check(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the declared types, its declared columns first and in order.

    Raises
    ------
    DataError
        When any declared column is missing or breaks its rule; all rules are listed at once, by column and count.
    """
    missing = [name for name in schema.columns if name not in frame.columns]
    if missing:
        raise DataError(f"table {schema.name} lacks the columns {', '.join(missing)}")
    try:
        checked = schema.validate(frame, lazy=True)
    except (pa.errors.SchemaErrors, pa.errors.SchemaError) as error:
        cases = getattr(error, "failure_cases", None)
        raise DataError(f"table {schema.name}: {_summary(cases)}") from None
    first = list(schema.columns)
    ordered: pd.DataFrame = checked[first + [column for column in checked.columns if column not in schema.columns]]
    return ordered


def _summary(cases: object) -> str:
    if not isinstance(cases, pd.DataFrame):
        return "breaks its declared schema"
    counts = cases.groupby([cases["column"].astype(str), cases["check"].astype(str)]).size()
    rows = counts.rename("count").reset_index().itertuples(index=False)
    return "; ".join(f"column {column}: {rule} broken {count} times" for column, rule, count in rows)


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return a frame of no rows that satisfies `schema`: of declared types, with nothing that a rule could be about."""
    return pd.DataFrame({name: pd.Series(dtype=column.dtype.type) for name, column in schema.columns.items()})
