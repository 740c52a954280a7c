"""What several sections are made of: figures with their source and mark, orders of codes, shown shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.avoidable import REASONS
from placements.analysis.gap import WANTED_LABEL
from placements.analysis.location import out_of_county
from placements.disclosure.suppress import INTERNAL, NOT_AVAILABLE, SUPPRESSED, rounded, share_text
from placements.reports.content import Figure, Table
from placements.reports.context import Context
from placements.reports.words import joined, lower_first

SOURCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        codes.CARE: "Children looked after return (SSDA903)",
        codes.EDUCATION: "Special educational needs return (SEN2)",
    }
)
BOTH_SOURCES: Final = "Children looked after (SSDA903) and special educational needs (SEN2) returns"
SERVICE_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {codes.CARE: "Children looked after", codes.EDUCATION: "Children and young people with EHC plans"}
)
#: Kinds of place, as recorded and as wanted.
KIND_LABEL: Final[Mapping[str, str]] = MappingProxyType({**codes.PROVISION, **WANTED_LABEL})
#: Kinds of place as wanted, for the middle of a sentence.
WANTED_NOUN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "foster": "foster care",
        "childrens_home": "children's homes",
        "supported_accommodation": "supported accommodation",
        "special_school": "special schools",
        "specialist_base": "SEN units and resourced provision",
    }
)
#: Short names of settings, for the columns of a table.
SETTING_SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "mainstream": "Mainstream",
        "specialist_base": "SEN unit or base",
        "state_special": "State special",
        "independent_special": "Indep. special",
        "post_16": "Post-16",
        "alternative_provision": "Alt. provision",
        "other_education": "Other",
        "education_unknown": "Not known",
    }
)
NEED_LABEL: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        codes.CARE: {**codes.CIN, codes.NEED_UNKNOWN: "Not recorded"},
        codes.EDUCATION: {**codes.SEN_TYPE, codes.NEED_UNKNOWN: "Not recorded"},
    }
)
PROVISION_LABEL: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {codes.CARE: codes.CARE_PROVISION, codes.EDUCATION: codes.EDUCATION_PROVISION}
)
JUDGEMENT_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "appropriate": "Appropriate",
        "avoidable": "Avoidable",
        "unknown": "Cannot be judged",
        "in_county": "In the county",
    }
)
REASON_LABEL: Final = REASONS
#: Goals of the search for a plan.
GOAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "away_child_years": "Child-years avoidably outside the authority",
        "net_cost": "Net cost over all years",
        "travel": "Travel from home (miles, added up over child-years)",
    }
)


def age_order(service: str) -> tuple[str, ...]:
    """Return the age bands of a service, then the unknown."""
    return (*(label for label, _ in codes.AGE_BANDS[service]), codes.AGE_UNKNOWN)


def figure(context: Context, *, drawn: tuple[bytes, bytes], alt: str, source: str, data: Table) -> Figure:
    """Return a chart whose key, caption and marks follow from the table it was drawn from."""
    marks = "".join(f" {mark}." for mark in context.marks[1:])
    return Figure(f"chart-{data.key}", data.caption, drawn[0], drawn[1], alt, f"{source}.{marks}", data)


def mark(context: Context) -> str:
    """Return what a picture must carry when it is lifted out of the report."""
    return " | ".join(context.marks[1:])


def shares_by(stock: pd.DataFrame, column: str, order: Sequence[str]) -> pd.DataFrame:
    """Return the out-of-county share by a column, its groups in a stated order (others after, as sorted)."""
    shares = out_of_county(stock, [column])
    known = [value for value in order if value in shares.index]
    return shares.loc[[*known, *(value for value in shares.index if value not in known)]]


def shown_share(part: float, whole: float, profile: str, *, secret: bool = False) -> tuple[float, str]:
    """Return a share for a chart, and its text: NaN and "hidden" when it may not be shown."""
    text = share_text(part, whole, profile)
    if secret or text == SUPPRESSED:
        return math.nan, "hidden"
    if text == NOT_AVAILABLE:
        return math.nan, "none"
    if profile == INTERNAL:
        return part / whole, text
    return min(rounded(part) / max(rounded(whole), 1), 1.0), text


def shown_count(value: float, profile: str, *, secret: bool = False) -> float:
    """Return a count for a chart: rounded, or NaN when it may not be shown."""
    if profile == INTERNAL:
        return float(value)
    return math.nan if secret or 0 < abs(value) < 6 else float(rounded(value))


def listed(labels: Mapping[str, str], values: Sequence[str]) -> str:
    """Return labels of codes as an English list in the middle of a sentence."""
    return joined([lower_first(labels.get(value, value)) for value in values])
