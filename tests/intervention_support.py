"""Interventions of every kind, as Hypothesis draws them: each field within its limits, contradictions left out."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from placements import codes
from placements.interventions import (
    INTERVENTIONS,
    ChangeUseByOthers,
    CloseProvider,
    ConvertAgencyCarers,
    Intervention,
    RetainCarers,
)
from placements.interventions.market import PRICED
from placements.interventions.need import FAMILIES
from placements.interventions.opening import Opening

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NAME = TEXT.filter(lambda text: bool(text.strip()))
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
MONEY = st.floats(0, 1e9, allow_nan=False)
SHARE = st.floats(0, 1)
PROVISIONS = st.lists(st.sampled_from(tuple(codes.PROVISION)), max_size=2).map(tuple)

#: A strategy for every field by its name; a kind with other limits has its own in `_of_kind`.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": NAME,
    "evidence": TEXT,
    "district": st.just("Woking"),
    "postcode": TEXT,
    "opens_year": st.integers(1, 10),
    "from_year": st.integers(1, 25),
    "places": st.integers(1, 20),
    "capital_gbp": MONEY,
    "yearly_cost_gbp": MONEY,
    "weekly_cost_gbp": MONEY,
    "weekly_agency_cost_gbp": st.none() | MONEY,
    "staff": st.floats(0, 1e5),
    "lead_time_years": st.floats(0, 10),
    "ramp_up_years": st.floats(0, 10),
    "probability_of_success": SHARE,
    "planned_occupancy": st.floats(0.5, 1),
    "minimum_occupancy": st.floats(0, 0.5),
    "needs": st.lists(st.sampled_from(tuple(codes.NEED_GROUP_LABEL)), max_size=3).map(tuple),
    "need_groups": st.lists(st.sampled_from(tuple(codes.NEED_GROUP_LABEL)), max_size=3).map(tuple),
    "age_bands": st.lists(st.sampled_from([label for label, _ in codes.AGE_BANDS[codes.CARE]]), max_size=2).map(tuple),
    "age_low": st.integers(0, 10),
    "age_high": st.integers(10, 25),
    "sex": st.sampled_from(("any", "M", "F")),
    "option_id": TEXT,
    "site_id": TEXT,
    "households_by_year": st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple),
    "households": st.integers(1, 1000),
    "share": SHARE,
    "service": st.just(codes.CARE),
    "areas": TEXTS,
    "provisions": PROVISIONS,
    "provider_ids": TEXTS,
    "sectors": st.lists(st.sampled_from(tuple(codes.SECTOR)), max_size=2).map(tuple),
    "location": st.sampled_from(PRICED),
    "after_months": st.floats(0, 120),
    "to_provision": st.sampled_from(FAMILIES),
    "boundary_set": NAME,
}


@st.composite
def interventions(draw: st.DrawFn, kinds: tuple[type, ...] = INTERVENTIONS) -> Intervention:
    """Draw an intervention of any of the kinds, with every field given a value of its own."""
    kind = draw(st.sampled_from(kinds))
    own = _of_kind(draw, kind)
    given = {
        entry.name: draw(FIELDS[entry.name])
        for entry in fields(kind)
        if entry.name not in own and entry.name not in ("easting", "northing")
    }
    return kind(**given, **own)


def _of_kind(draw: st.DrawFn, kind: type) -> dict[str, Any]:
    if issubclass(kind, Opening):
        point = draw(st.none() | st.tuples(st.floats(0, 7e5), st.floats(0, 1.3e6)))
        own: dict[str, Any] = {
            "provision": draw(st.sampled_from(kind.provisions)),
            "easting": point and point[0],
            "northing": point and point[1],
        }
        if kind is RetainCarers:
            before, after = sorted((draw(SHARE), draw(SHARE)), reverse=True)
            own |= {"yearly_loss": before, "yearly_loss_after": after}
        return own
    if kind is CloseProvider:
        named = draw(st.lists(NAME, max_size=2).map(tuple))
        return {
            "provider_ids": named,
            "provision": "" if named else draw(st.sampled_from(tuple(codes.PROVISION))),
            "areas": () if named else draw(TEXTS),
        }
    if kind is ChangeUseByOthers:
        by_share = draw(st.booleans())
        return {
            "share": draw(st.floats(-1, 10)) if by_share else 0.0,
            "places": 0.0 if by_share else draw(st.floats(-100, 100)),
        }
    return {}


def plain(kind: type) -> Intervention:
    """Return an intervention of a kind with no more than it must have."""
    if issubclass(kind, Opening):
        more = {"households": 40, "yearly_loss": 0.2, "yearly_loss_after": 0.1} if kind is RetainCarers else {}
        return kind(name="x", places=2, district="Woking", provision=kind.provisions[-1], **more)
    given: dict[str, Any] = {"share": 0.1} if "share" in {entry.name for entry in fields(kind)} else {}
    if kind is CloseProvider:
        given = {"provision": "childrens_home"}
    if kind is ConvertAgencyCarers:
        given = {"weekly_cost_gbp": 500.0}
    if "boundary_set" in {entry.name for entry in fields(kind)}:
        given = {"boundary_set": "halves"}
    return kind(name="x", **given)
