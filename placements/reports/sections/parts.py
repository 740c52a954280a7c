"""What several sections are made of: figures with their source and mark, orders of codes, shown shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from placements import codes
from placements.analysis.avoidable import REASONS
from placements.analysis.gap import WANTED_LABEL
from placements.disclosure.suppress import INTERNAL, NOT_AVAILABLE, SMALLEST_BASE, SUPPRESSED
from placements.reports import words
from placements.reports.content import Figure, Table
from placements.reports.context import Context
from placements.reports.tables import ALL, KnownShare, known_share, label_of, ordered
from placements.reports.words import Share, joined, lower_first

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
        "away_tail": "Child-years avoidably outside the authority in the worst futures",
        "largest_gap": "Share that stays outside of the area furthest behind",
        "floors_missed": "Child-years short of what each need is to have locally",
        "weighted_cost": "All goals as one sum, in pounds by their weights",
    }
)


def age_order(service: str) -> tuple[str, ...]:
    """Return the age bands of a service, then the unknown."""
    return (*(label for label, _ in codes.AGE_BANDS[service]), codes.AGE_UNKNOWN)


def figure(context: Context, *, drawn: tuple[bytes, bytes], alt: str, source: str, data: Table) -> Figure:
    """Return a chart whose key, caption and marks follow from the table it was drawn from."""
    marks = "".join(f" {mark}." for mark in context.lasting_marks)
    return Figure(f"chart-{data.key}", data.caption, drawn[0], drawn[1], alt, f"{source}.{marks}", data)


def mark(context: Context) -> str:
    """Return what a picture must carry when it is lifted out of the report."""
    return " | ".join(context.lasting_marks)


def known_shares(
    context: Context,
    service: str,
    dimension: str,
    order: Sequence[str],
    labels: Mapping[str, str],
    of: str = "location",
) -> list[KnownShare]:
    """Return the share outside, or that of distant placements, by a breakdown; that of all last."""
    values = ordered(context.figures, service, dimension, order)
    unknown = codes.UNKNOWN  # of location and of distant
    lines = [(label_of(labels, value), {dimension: value}) for value in values]
    return [
        known_share(name, context.share_of_known(service, of, where), context.count(service, {**where, of: unknown}))
        for name, where in (*lines, (ALL, {}))
    ]


def charted_share(share: Share) -> tuple[float, str]:
    """Return a share for a chart as it is shown elsewhere, and its text; NaN when it is not shown."""
    if NOT_AVAILABLE in share:
        return math.nan, "none"
    if SUPPRESSED in share:
        return math.nan, "hidden"
    return words.value_of(share.percent) / 100, share.percent


def share_of_shown(part: str, whole: str, profile: str) -> Share:
    """Return the share of two shown counts, worked out from them: it says nothing more than they do."""
    if whole == "0":
        return Share(part, whole, NOT_AVAILABLE)
    if SUPPRESSED in (part, whole) or (profile != INTERNAL and words.value_of(whole) < SMALLEST_BASE):
        return Share(part, whole, SUPPRESSED)
    value = min(words.value_of(part) / words.value_of(whole), 1.0)
    return Share(part, whole, f"{math.floor(100 * value + 0.5):d}%")


def listed(labels: Mapping[str, str], values: Sequence[str]) -> str:
    """Return labels of codes as an English list in the middle of a sentence."""
    return joined([lower_first(labels.get(value, value)) for value in values])
