"""The authority's own registers: the columns of each, what they mean, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from placements import codes, schemas
from placements.read.rawtable import RawTable, plain
from placements.read.register_checks import ANY_TEXT, DATE, POSTCODE, SEX, UPN, Check, number, one_of, several_of

_OR_ANY: Final = {"any": "any"}
_CARE_NEEDS: Final = {group: codes.NEED_GROUP_LABEL[group] for group in codes.CARE_NEED_GROUPS}
_EDUCATION_NEEDS: Final = {group: codes.NEED_GROUP_LABEL[group] for group in codes.EDUCATION_NEED_GROUPS}
_PLACES: Final = number(0)
_GBP: Final = number(0)
_AGE_LOW: Final = number(0, 25)
_AGE_HIGH: Final = number(0, 99)
_OPTION_AGE: Final = number(0, 25)
_HOMES: Final = ("childrens_home", "supported_accommodation", "secure", "residential_school", "other_care")
_AGE_BANDS: Final = {label: "" for bands in codes.AGE_BANDS.values() for label, _ in bands}
_UNITS: Final = ("sen_unit", "resourced_provision")
_TERMS: Final = ("mainstream", "connected", "short_breaks", "parent_and_child", "respite")


@dataclass(frozen=True)
class Column:
    """A column of a register: what it means, what may stand in it, and whether it may be blank."""

    meaning: str
    check: Check = ANY_TEXT
    required: bool = False


def _needs(of: str) -> str:
    return f"need groups taken, joined by ; ({of}): "


def _groups(labels: Mapping[str, str]) -> Check:
    """Return a check of need groups; codes of need (`ASD`, `N2`) whose group is one of them stand for it."""
    return several_of(labels, {code: group for code, group in codes.NEED_GROUP.items() if group in labels})


#: File name (without its ending) to its columns.
COLUMNS: Final[Mapping[str, Mapping[str, Column]]] = MappingProxyType(
    {
        "foster_households": {
            "household_id": Column("your own reference; never shown", required=True),
            "postcode": Column("where the household lives; never shown", POSTCODE),
            "approved_places": Column("places the household is approved for", _PLACES, required=True),
            "age_low": Column("youngest age taken, in years", _AGE_LOW),
            "age_high": Column("oldest age taken, in years", _AGE_HIGH),
            "sex": Column("M, F or any (blank = any)", SEX),
            "needs": Column(_needs("blank = any") + ", ".join(_CARE_NEEDS), _groups(_CARE_NEEDS)),
            "approval_from": Column("the day of approval, dd/mm/yyyy; may be left out", DATE),
            "terms": Column(
                "terms of approval: " + ", ".join(_TERMS) + "; may be left out, and is checked but not used yet",
                one_of(dict.fromkeys(_TERMS, "")),
            ),
        },
        "homes": {
            "urn": Column("URN of a home or supported accommodation, your own or block-contracted", required=True),
            "name": Column("its name; blank = as Ofsted says, as in every column below; never shown"),
            "postcode": Column("where it is; never shown", POSTCODE),
            "provision": Column(
                "provision family, needed: " + ", ".join(_HOMES),
                one_of({name: codes.PROVISION[name] for name in _HOMES}),
                required=True,
            ),
            "registered_places": Column("places it is registered for", _PLACES),
            "usable_places": Column("places that can be used today, after matching and staffing", _PLACES),
            "needs": Column(_needs("or any") + ", ".join(_CARE_NEEDS), _groups(_CARE_NEEDS)),
            "age_low": Column("youngest age taken, in years", _AGE_LOW),
            "age_high": Column("oldest age taken, in years", _AGE_HIGH),
            "sex": Column("M, F or any", SEX),
            "weekly_cost_gbp": Column(
                "what a place costs you a week; provider_use wins where both say. A home that is not on Ofsted's list "
                "counts as your own",
                _GBP,
            ),
        },
        "sen_units": {
            "urn": Column("URN of the school; give all its units and provision: their places are added", required=True),
            "kind": Column(" or ".join(_UNITS), one_of(dict.fromkeys(_UNITS, "")), required=True),
            "places": Column("places commissioned", _PLACES, required=True),
            "occupied": Column("children on its roll, yours or not", _PLACES),
            "needs": Column(
                _needs("blank = as the school's SEN types say, or any") + ", ".join(_EDUCATION_NEEDS),
                _groups(_EDUCATION_NEEDS),
            ),
            "age_low": Column("youngest age, in years; blank = as the school", _AGE_LOW),
            "age_high": Column("oldest age, in years; blank = as the school", _AGE_HIGH),
        },
        "provider_use": {
            "urn": Column("URN of a home, supported accommodation or school in or near the county", required=True),
            "usable_places": Column("places that can be used today, after matching and staffing", _PLACES),
            "occupied_by_others": Column("places held by children of other authorities", _PLACES),
            "weekly_cost_gbp": Column("what a place costs you a week, if known", _GBP),
            "as_at": Column("the day this was true, dd/mm/yyyy; of several files the latest day wins", DATE),
        },
        "unit_costs": {
            "provision": Column(
                "provision family: " + ", ".join(codes.PROVISION), one_of(dict(codes.PROVISION)), required=True
            ),
            "sector": Column("any, or: " + ", ".join(codes.SECTOR), one_of({**codes.SECTOR, **_OR_ANY}), required=True),
            "location": Column(
                "any, or: " + ", ".join(codes.LOCATION), one_of({**codes.LOCATION, **_OR_ANY}), required=True
            ),
            "weekly_cost_gbp": Column("cost of a place a week", _GBP, required=True),
            "source": Column("where the figure comes from", required=True),
        },
        "candidate_sites": {
            "option_id": Column("your own reference of site x kind x size", required=True),
            "site_id": Column("options that share a site: at most one is chosen", required=True),
            "kind": Column(
                ", ".join(schemas.OPTION_KINDS), one_of(dict.fromkeys(schemas.OPTION_KINDS, "")), required=True
            ),
            "name": Column("what to call it on a map"),
            "postcode": Column("of the site; blank for carers and for contracts in homes", POSTCODE),
            "district": Column("district code; needed when there is no postcode"),
            "provision": Column(
                "provision family it would be; blank for reduce_entries", one_of(dict(codes.PROVISION))
            ),
            "places": Column("places in one unit", number(1)),
            "max_units_per_year": Column(
                "units that can be started in a year: 1 for a building; households for carers", number(1)
            ),
            "needs": Column("need groups taken, joined by ; (blank = any)", _groups(codes.NEED_GROUP_LABEL)),
            "age_low": Column("youngest age, in years", _OPTION_AGE),
            "age_high": Column("oldest age, in years", _OPTION_AGE),
            "sex": Column("M, F or any (blank = any)", SEX),
            "capital_gbp": Column("capital of one unit", _GBP),
            "yearly_cost_gbp": Column("what a unit costs a year, used or not", _GBP),
            "weekly_cost_gbp": Column("what a used place costs a week on top", _GBP),
            "lead_time_years": Column("from decision to first child, 0 to 10", number(0, 10)),
            "planned_occupancy": Column("share of places in use on average, 0.01 to 1", number(0.01, 1)),
            "minimum_occupancy": Column("share below which it is not viable, 0 to 1", number(0, 1)),
            "staff": Column("new staff that one unit needs, in full-time equivalents (blank = 0)", number(0)),
            "share": Column("reduce_entries: share of the starts prevented, 0 to 1", number(0, 1)),
            "service": Column(
                "reduce_entries: care or education (blank = care)", one_of(dict.fromkeys(codes.SERVICES, ""))
            ),
            "areas": Column("reduce_entries: planning areas by code or name, joined by ; (blank = all)"),
            "age_bands": Column(
                "reduce_entries: age bands, joined by ; (blank = all): " + ", ".join(_AGE_BANDS), several_of(_AGE_BANDS)
            ),
            "provisions": Column(
                "reduce_entries: provision families whose starts are fewer, joined by ; (blank = all)",
                several_of(dict(codes.PROVISION)),
            ),
            "source": Column("where the figures come from", required=True),
        },
        "siblings": {
            "child_id": Column("CHILD as in your SSDA903 returns; a row for each child looked after", required=True),
            "sibling_group": Column("your own reference of the family, the same for all its children", required=True),
        },
        "transport": {
            "person_id": Column("id of the child in the SEN2 return; may be blank when upn is given; never shown"),
            "upn": Column("unique pupil number; may be blank when person_id is given; never shown", UPN),
            "yearly_cost_gbp": Column("what home-to-school transport costs a year; blank = not known", _GBP),
            "mode": Column("how the child travels, such as taxi, minibus, pass, mileage; may be left out"),
        },
    }
)
#: What each register has one row of.
KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "foster_households": ("household_id",),
        "homes": ("urn",),
        "sen_units": ("urn", "kind"),
        "provider_use": ("urn",),
        "unit_costs": ("provision", "sector", "location"),
        "candidate_sites": ("option_id",),
        "siblings": ("child_id",),
        "transport": ("person_id", "upn"),
    }
)
#: Columns, by plain name, that no other register has together: a table that holds them is known without its file name.
KNOWN_BY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "foster_households": frozenset({"householdid", "approvedplaces"}),
        "homes": frozenset({"urn", "provision", "registeredplaces"}),
        "sen_units": frozenset({"urn", "kind", "places"}),
        "provider_use": frozenset({"urn", "usableplaces", "occupiedbyothers"}),
        "unit_costs": frozenset({"provision", "sector", "location", "weeklycostgbp"}),
        "candidate_sites": frozenset({"optionid", "siteid", "kind"}),
        "siblings": frozenset({"childid", "siblinggroup"}),
        "transport": frozenset({"upn", "yearlycostgbp"}),
    }
)
#: File name (without .csv) to its columns and what they mean: the templates that `placements init` writes.
TEMPLATES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        name: MappingProxyType({column: entry.meaning for column, entry in columns.items()})
        for name, columns in COLUMNS.items()
    }
)


def register_of(table: RawTable) -> str:
    """Return which register a table is, by its columns, else by the name of its sheet or file; nothing when none."""
    by_columns = (name for name, wanted in KNOWN_BY.items() if wanted <= table.columns)
    names = {plain(name): name for name in COLUMNS}
    return next(by_columns, None) or names.get(plain(table.sheet)) or names.get(plain(table.path.stem), "")
