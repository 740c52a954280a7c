"""How is a kind of intervention filled in? Each field of its dataclass as a labelled input, and back again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from placements import codes
from placements.interventions import Intervention
from placements.interventions.kinds import BY_NAME
from placements.interventions.opening import SEXES
from placements.interventions.scenario import plain_type

#: What each kind is called.
KIND_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open_home": "Open a children's home",
        "expand_school": "Expand or open a special school",
        "open_specialist_base": "Open a SEN unit or resourced provision",
        "recruit_carers": "Recruit foster carers",
        "open_supported_accommodation": "Open supported accommodation",
        "block_contract": "Buy places with a block contract",
        "reduce_entries": "Prevent placements (edge of care, early help)",
        "retain_carers": "Keep foster carers",
        "convert_agency_carers": "Move agency carers in house",
        "reunify": "Return children home sooner",
        "step_down": "Step down from homes to families",
        "close_provider": "A provider closes",
        "change_use_by_others": "Other authorities use more or fewer of our places",
        "change_price": "Prices change",
        "reorganise_boundary": "The authority is divided",
    }
)
#: Label of each field, and what is written under it.
LABEL: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "name": ("Name", "What people call it; no address and nobody's name"),
        "places": ("Places", "Of each unit"),
        "district": ("District", "Where it would be"),
        "postcode": ("Postcode", "Instead of a district, where the site is known and may be told"),
        "easting": ("Easting", "British National Grid, metres; with a northing, instead of a postcode"),
        "northing": ("Northing", "British National Grid, metres"),
        "opens_year": ("Year of the decision", "1 is the year after the day of the data"),
        "from_year": ("Year of the decision", "1 is the year after the day of the data"),
        "capital_gbp": ("Capital, pounds", "Paid in the year of the decision"),
        "yearly_cost_gbp": ("Yearly cost, pounds", "From the day it is ready, used or not"),
        "weekly_cost_gbp": ("Weekly cost, pounds", "Of a place in use"),
        "staff": ("New staff", "Full-time equivalents"),
        "lead_time_years": ("Lead time, years", "From the decision until it is ready"),
        "ramp_up_years": ("Ramp-up, years", "From ready until it works in full"),
        "probability_of_success": ("Probability of success", "0 to 1"),
        "planned_occupancy": ("Planned occupancy", "Part of the places that can be used on average, 0 to 1"),
        "minimum_occupancy": ("Least occupancy", "Below which it does not pay, 0 to 1"),
        "needs": ("Needs", "None chosen: any"),
        "need_groups": ("Needs", "None chosen: all"),
        "age_low": ("Youngest age", "Completed years; empty: as is usual for the kind"),
        "age_high": ("Oldest age", "Completed years, included; empty: as is usual for the kind"),
        "sex": ("Sex", ""),
        "provision": ("Kind of place", ""),
        "provisions": ("Kinds of place", "None chosen: all"),
        "option_id": ("Option", "Row of the table of options, if it comes from one"),
        "site_id": ("Site", "At most one intervention at a site"),
        "evidence": ("Evidence", "Where its figures come from"),
        "households_by_year": ("Households by year", "Approved each year from the decision on, with commas: 2, 3, 3"),
        "households": ("Households today", "In-house foster households"),
        "yearly_loss": ("Part that leaves in a year today", "0 to 1"),
        "yearly_loss_after": ("Part that leaves in a year afterwards", "0 to 1"),
        "weekly_agency_cost_gbp": ("Weekly agency cost, pounds", "What such a place costs now; empty: as assumed"),
        "after_months": ("After months", "How long the placement has lasted by then"),
        "to_provision": ("To", "The kind of family"),
        "provider_ids": ("Providers", "Their numbers (URN), with commas; empty: all that are described below"),
        "location": ("Where", ""),
        "sectors": ("Sectors", "None chosen: all"),
        "boundary_set": ("Boundary set", "Such as surrey-2027"),
        "share": ("Share", "0.1 is a tenth; below 0 for fewer, or cheaper, where there can be less"),
        "service": ("Service", ""),
        "areas": ("Areas", "None chosen: all"),
        "age_bands": ("Age bands", "With commas; empty: all"),
    }
)
#: Fields that most people leave as they are: they stand folded away.
RARE: Final = (
    *("postcode", "easting", "northing", "staff", "minimum_occupancy", "age_low", "age_high", "sex", "option_id"),
    *("site_id", "ramp_up_years"),
)
_COSTS: Final = (("capital_gbp", "capital"), ("yearly_cost_gbp", "yearly"), ("weekly_cost_gbp", "weekly"))
_AGES: Final = ("age_low", "age_high")
_MANY: Final = ("needs", "need_groups", "areas", "provisions", "sectors")


@dataclass(frozen=True)
class Field:
    """One input.

    Attributes
    ----------
    name, label, hint : str
    widget : str
        `text`, `number`, `choice` or `choices`.
    value : str or tuple of str
    options : tuple of (str, str)
        Value and label of each choice.
    is_required : bool
    is_rare : bool
        Whether it is folded away: most leave it as it is, and so it is here.
    """

    name: str
    label: str
    hint: str
    widget: str
    value: str | tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    is_required: bool
    is_rare: bool


def inputs(kind: str, values: Mapping[str, Any], areas: Mapping[str, str]) -> list[Field]:
    """Return the inputs of a kind, filled with values or with what is usual.

    Parameters
    ----------
    kind : str
    values : mapping
        By field, as in TOML.
    areas : mapping of str to str
        Names of planning areas by id.
    """
    out = []
    for name, (hint, default) in _fields_of(kind).items():
        label, help_text = LABEL.get(name, (name.replace("_", " ").capitalize(), ""))
        given = values.get(name, None if default is MISSING else default)
        options = _options(kind, name, areas)
        widget = "number" if hint in (int, float) else "text"
        if options:
            widget = "choices" if name in _MANY else "choice"
        value: str | tuple[str, ...] = _text(given)
        if widget == "choices":
            value = tuple(str(item) for item in given or ())
        is_usual = given == default or name not in values
        if is_usual and name in _AGES:
            value = ""
        out.append(Field(name, label, help_text, widget, value, options, default is MISSING, name in RARE and is_usual))
    return out


def described(entry: Intervention, areas: Mapping[str, str]) -> str:
    """Return in a line what an intervention is: how many of what, where, from when, at what cost."""
    values = values_of(entry)
    where = values.get("district") or [areas.get(area, area) for area in values.get("areas") or ()]
    year = values.get("opens_year", values.get("from_year"))
    number, share, named = values.get("places"), values.get("share"), LABEL["provisions"][0].lower()
    kinds = [item.replace("_", " ") for item in values.get("provisions") or ()]
    parts = [
        KIND_LABEL[entry.kind],
        f"{number:g} {'place' if number == 1 else 'places'}" if number else "",
        f"{share:+.0%}" if share else "",
        f"{named}: {', '.join(kinds)}" if kinds else "",
        f"in {where if isinstance(where, str) else ', '.join(where)}" if where else "",
        f"decided in year {year}" if year else "",
        *(
            f"{label} £{values[name]:,.0f}"
            for name, label in (
                ("capital_gbp", "capital"),
                ("yearly_cost_gbp", "yearly"),
                ("weekly_cost_gbp", "weekly"),
            )
            if values.get(name)
        ),
    ]
    return "; ".join(part for part in parts if part)


def toml_of(kind: str, given: Mapping[str, list[str]]) -> str:
    """Return what was filled in as a TOML table; what does not read as its type stays text, and is refused as such."""
    lines = ["[[intervention]]", f"kind = {json.dumps(kind)}"]
    for name, (hint, _) in _fields_of(kind).items():
        texts = [text.strip() for text in given.get(name, []) if text.strip()]
        if not texts:
            continue
        if hint in (int, float):
            lines.append(f"{name} = {_number(texts[0], hint)}")
        elif hint is str:
            lines.append(f"{name} = {json.dumps(texts[0], ensure_ascii=False)}")
        else:
            items = texts if name in _MANY else [item.strip() for item in texts[0].split(",") if item.strip()]
            wanted = int if hint == tuple[int, ...] else str
            made = [_number(item, int) if wanted is int else json.dumps(item, ensure_ascii=False) for item in items]
            lines.append(f"{name} = [{', '.join(made)}]")
    return "\n".join(lines) + "\n"


def values_of(entry: Intervention) -> dict[str, Any]:
    """Return an intervention's fields by name."""
    return {name: getattr(entry, name) for name in _fields_of(entry.kind)}


def _number(text: str, hint: Any) -> str:
    plain = text.replace(",", "").replace("£", "")
    try:
        return repr(int(plain)) if hint is int else repr(float(plain))
    except ValueError:
        return json.dumps(text, ensure_ascii=False)


@cache
def _fields_of(kind: str) -> Mapping[str, tuple[Any, Any]]:
    """Return the type and default of each field of a kind."""
    cls = BY_NAME[kind]
    hints = get_type_hints(cls)
    return MappingProxyType({entry.name: (plain_type(hints[entry.name]), entry.default) for entry in fields(cls)})


def _options(kind: str, name: str, areas: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    cls = BY_NAME[kind]
    if name == "district":
        return (("", "-"), *((label, label) for label in areas.values()))
    if name == "areas":
        return tuple(areas.items())
    if name in ("needs", "need_groups"):
        return tuple(codes.NEED_GROUP_LABEL.items())
    if name == "sex":
        return tuple((value, {"any": "Any", "M": "Boys", "F": "Girls"}[value]) for value in SEXES)
    if name == "service":
        return ((codes.CARE, "Children looked after"), (codes.EDUCATION, "EHC plans"))
    if name == "to_provision":
        return (("in_house_foster", "In-house foster carers"), ("agency_foster", "Agency foster carers"))
    if name == "location":
        return (("any", "Anywhere"), (codes.IN_COUNTY, "In the county"), (codes.OUT_OF_COUNTY, "Outside the county"))
    if name == "sectors":
        return tuple((value, value.replace("_", " ")) for value in codes.SECTOR)
    if name in ("provision", "provisions"):
        allowed = getattr(cls, "provisions", ())
        named = allowed if isinstance(allowed, tuple) and allowed else tuple(codes.PROVISION)
        some = tuple((value, value.replace("_", " ")) for value in named)
        return some if name == "provisions" or len(named) == 1 else (("", "-"), *some)
    return ()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
