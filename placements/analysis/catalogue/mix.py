"""Indicators of the mix of placements in care: in-house, agency, homes, and what may be unregistered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis import mix
from placements.analysis.definition import Definition, Kind, Population
from placements.analysis.inputs import Inputs
from placements.analysis.populations import LOOKED_AFTER, NEW_CARE_PLACEMENTS

_PLACE: Final = "DfE, Children looked-after by local authorities in England: guide to the SSDA903 collection, PLACE"
_PROVIDER: Final = f"{_PLACE} and PLACE_PROVIDER"
_SHARE_OF_FOSTERING: Final = f"{_PROVIDER}; in-house share as sufficiency statements give it"
_UNDER_16: Final = (
    "Care Planning, Placement and Case Review (England) (Amendment) Regulations 2021: from 9 September 2021 children "
    f"under 16 may not be placed in unregulated settings. {_PLACE}"
)
_AT_16: Final = f"Supported Accommodation (England) Regulations 2023. {_PLACE}"
_KIND_UNKNOWN: Final = "children whose PLACE is a code that does not exist"

Rows = Callable[[pd.DataFrame], pd.Series]


def _some(name: str, label: str, chosen: Rows) -> Population:
    """Return the children looked after of whom something is so."""

    def rows(inputs: Inputs) -> pd.DataFrame:
        children = LOOKED_AFTER.rows(inputs)
        return children[chosen(children)]

    return Population(name, label, codes.CARE, rows)


FOSTERED: Final = _some(
    "fostered", "Children fostered by unrelated carers", lambda rows: rows["provision"].isin(mix.FOSTER)
)
FOSTERED_OR_CONNECTED: Final = _some(
    "fostered_or_connected",
    "Children fostered, by connected carers too",
    lambda rows: rows["provision"].isin([*mix.FOSTER, "connected_carers"]),
)
IN_HOMES: Final = _some("in_homes", "Children in children's homes", lambda rows: rows["provision"].eq("childrens_home"))
UNDER_16: Final = _some("under_16", "Children looked after under 16", lambda rows: rows["age_years"] < 16)
AGED_16_17: Final = _some("aged_16_17", "Children looked after of 16 and over", lambda rows: rows["age_years"] >= 16)
MAY_NEED_REGISTRATION: Final = _some(
    "may_need_registration",
    "Children in homes, supported accommodation and other placements",
    mix.may_need_registration,
)


def _asked(question: Rows) -> Callable[[pd.DataFrame, Inputs], pd.Series]:
    return lambda rows, inputs: question(rows)


def _kind(*kinds: str) -> Rows:
    return lambda rows: mix.is_kind(rows, *kinds)


def _share(name: str, label: str, population: Population, holds: Rows, *words: str) -> Definition:
    numerator, denominator, left_out, source = words
    return Definition(
        name, label, Kind.SHARE, numerator, denominator, left_out, source, population, holds=_asked(holds)
    )


def _of_all(name: str, label: str, numerator: str, *kinds: str, source: str = _PLACE) -> Definition:
    return _share(
        name, label, LOOKED_AFTER, _kind(*kinds), numerator, "children looked after, kind of placement known",
        _KIND_UNKNOWN, source,
    )  # fmt: skip


def _mix(name: str, label: str, population: Population, of: str) -> Definition:
    return Definition(
        name, label, Kind.BREAKDOWN, "in each kind of placement; fostering by whom it is provided", of,
        "nothing: kind or provider not recorded are categories", _PROVIDER, population,
        category=_asked(mix.placement_kind), categories=mix.MIX,
    )  # fmt: skip


def _registration(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return mix.registration(rows, inputs.provision)


DEFINITIONS: Final[tuple[Definition, ...]] = (
    _mix("care_mix", "Looked after: kinds of placement", LOOKED_AFTER, "all children looked after"),
    _mix(
        "new_care_mix", "New placements in care: kinds of placement", NEW_CARE_PLACEMENTS,
        "all placements in care that started in the year",
    ),
    _share(
        "care_fostered_in_house", "In-house share of fostering", FOSTERED, _kind("in_house_foster"),
        "with the authority's own carers (PLACE U4 to U6, provider PR1)",
        "children with unrelated foster carers whose provider is recorded; connected carers left out",
        "connected carers; children whose carers' provider is not recorded", _SHARE_OF_FOSTERING,
    ),
    _share(
        "care_fostered_in_house_with_connected", "In-house share of fostering, connected carers in",
        FOSTERED_OR_CONNECTED, mix.is_own,
        "with carers, relatives and friends among them, whom the authority itself provides (provider PR1)",
        "children with foster carers (PLACE U1 to U6) whose provider is recorded",
        "children whose carers' provider is not recorded", _SHARE_OF_FOSTERING,
    ),
    _share(
        "care_homes_own", "Own provision share of children's homes", IN_HOMES, mix.is_own,
        "in homes of the authority's own (PR1)", "children in children's homes (PLACE K2) whose provider is recorded",
        "children whose home's provider is not recorded", _PROVIDER,
    ),
    _share(
        "care_own_provision", "In own provision", LOOKED_AFTER, mix.is_own,
        "in placements that the authority itself provides (PR1)",
        "children looked after whose placement's provider is recorded, those with parents among them",
        "children whose placement's provider is not recorded (it may be left blank for PLACE T0 to T3 and Z codes)",
        _PROVIDER,
    ),
    _of_all(
        "care_fostered", "Fostered", "with foster carers, own, agency or connected", *mix.FOSTER, "connected_carers"
    ),
    _of_all("care_connected_carers", "With connected carers", "with relatives or friends (U1-U3)", "connected_carers"),
    _of_all("care_childrens_homes", "In children's homes", "in children's homes (K2)", "childrens_home"),
    _of_all(
        "care_supported_accommodation", "In supported accommodation",
        "in supported accommodation (K3), or before 2024-25 in semi-independent or independent living (H5, P2)",
        "supported_accommodation",
    ),
    _of_all("care_secure", "In secure places", "in a secure home (K1) or young offender institution (R5)", "secure"),
    _of_all("care_residential_school", "In residential schools", "in residential schools (S1)", "residential_school"),
    _of_all("care_with_parents", "Placed with parents", "with parents or others with parental responsibility (P1)",
            "with_parents"),
    _of_all("care_adoption", "Placed for adoption", "placed for adoption (A3 to A6)", "adoption"),
    _of_all(
        "care_other_placement", "In other placements, unregistered ones among them",
        "recorded as other placement (Z1 to 2024-25, Z11 to Z14 after): unregistered homes are among them, and are not "
        "told apart: an upper bound of those", "other_placement",
    ),
    _share(
        "care_supported_accommodation_16_17", "Supported accommodation, of those of 16 and over", AGED_16_17,
        _kind("supported_accommodation"),
        "in supported accommodation (K3), or before 2024-25 in semi-independent or independent living (H5, P2)",
        "children looked after of 16 and over, kind of placement known",
        f"{_KIND_UNKNOWN}; children whose age is not known", _AT_16,
    ),
    _share(
        "care_under_16_not_registered", "Under 16 where no registration may stand behind the placement", UNDER_16,
        partial(mix.no_registration_behind, under_16=True),
        "in supported accommodation or independent living (K3, H5, P2), or in another placement (Z codes, of which "
        "unregistered ones are a part: an upper bound)",
        "children looked after under 16, kind of placement known", f"{_KIND_UNKNOWN}; children whose age is not known",
        _UNDER_16,
    ),
    _share(
        "care_16_17_not_registered", "16 and over where no registration may stand behind the placement", AGED_16_17,
        partial(mix.no_registration_behind, under_16=False),
        "in semi-independent or independent living that nobody registered (H5, P2, to 2023-24), or in another "
        "placement (Z codes, of which unregistered ones are a part: an upper bound)",
        "children looked after of 16 and over, kind of placement known",
        f"{_KIND_UNKNOWN}; children whose age is not known", _AT_16,
    ),
    Definition(
        "care_registration", "What the provider lists say of homes and other placements", Kind.BREAKDOWN,
        "by what the lists of providers say of the provider's number (URN)",
        "all children in children's homes (K2), supported accommodation (K3, H5, P2) and other placements (Z codes)",
        "nothing: not known is a category. A number in no list may be a slip: it does not show that a home is not "
        "registered", "Care Standards Act 2000, section 11 (duty to register); Ofsted's lists of providers",
        MAY_NEED_REGISTRATION, category=_registration, categories=mix.REGISTRATION, now_only=True,
    ),
)  # fmt: skip
