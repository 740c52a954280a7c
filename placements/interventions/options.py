"""From a row of the options table to the intervention that a person would write by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from placements import codes
from placements.interventions.carers import RecruitCarers
from placements.interventions.kinds import OPENINGS
from placements.interventions.need import ReduceEntries
from placements.interventions.opening import Opening

_KIND: Final = {kind.kind: kind for kind in OPENINGS}


def from_option(option: Mapping[str, Any], opens_year: int, units: tuple[int, ...] = (1,)) -> Opening | ReduceEntries:
    """Return the intervention of an option decided on in a year.

    It is placed by postcode or district, as the row is: a point worked out from them would say no more, and could be
    finer than may be shared.

    Parameters
    ----------
    option : mapping
        One row of `schemas.OPTIONS`.
    opens_year : int
        From 1.
    units : tuple of int
        Units in that year and the years after it; more than one only for carers.
    """
    if is_prevention(option["kind"]):
        return _prevention(option, opens_year)
    kind = _KIND[option["kind"]]
    values: dict[str, Any] = {
        **{key: _text(option[key]) for key in ("name", "district", "postcode", "option_id", "site_id", "sex")},
        **{key: _number(option[key]) for key in ("capital_gbp", "yearly_cost_gbp", "weekly_cost_gbp", "staff")},
        "opens_year": int(opens_year),
        "places": round(_number(option["places"], 1.0)),
        "lead_time_years": _number(option["lead_time_years"]),
        "planned_occupancy": _number(option["planned_occupancy"], 1.0),
        "minimum_occupancy": _number(option["minimum_occupancy"]),
        "needs": split_needs(option["needs"]),
        "age_low": int(_number(option["age_low"])),
        "age_high": int(_number(option["age_high"], 25.0)),
        "provision": _text(option["provision"]),
        "evidence": _text(option["source"]),
    }
    if issubclass(kind, RecruitCarers):
        values["households_by_year"] = units
    return kind(**values)


def _prevention(option: Mapping[str, Any], from_year: int) -> ReduceEntries:
    return ReduceEntries(
        name=_text(option["name"]),
        share=_number(option["share"]),
        option_id=_text(option["option_id"]),
        site_id=_text(option["site_id"]),
        capital_gbp=_number(option["capital_gbp"]),
        yearly_cost_gbp=_number(option["yearly_cost_gbp"]),
        lead_time_years=_number(option["lead_time_years"]),
        staff=_number(option["staff"]),
        from_year=int(from_year),
        service=_text(option["service"]) or codes.CARE,
        areas=split_needs(option["areas"]),
        need_groups=split_needs(option["needs"]),
        age_bands=split_needs(option["age_bands"]),
        provisions=split_needs(option["provisions"]),
        evidence=_text(option["source"]),
    )


def is_prevention(kind: str) -> bool:
    """Return whether a kind lowers need, and opens no places."""
    return kind == ReduceEntries.kind


def is_recruitment(kind: str) -> bool:
    """Return whether a kind can be taken up again each year, several units at a time."""
    return not is_prevention(kind) and issubclass(_KIND[kind], RecruitCarers)


def split_needs(text: object) -> tuple[str, ...]:
    """Return the need groups (or other names) of a `;`-joined list; none means any."""
    return tuple(part.strip() for part in _text(text).split(";") if part.strip())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any, missing: float = 0.0) -> float:
    return float(value) if pd.notna(value) else missing
