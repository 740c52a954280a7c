"""How do these data stand beside the published figures of the same authority? Side by side, with the year of each.

For a study with real returns it shows what differs from what was published; for the made-up example it is the table of
calibration. Published figures are in `data/reference/published.csv`, each with its source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.location import FAR, distance_band
from placements.analysis.snapshot import looked_after, plans_in_force, started
from placements.analysis.trend import care_trend
from placements.geography.reference import reference_table
from placements.geography.timeline import code_of_today

#: Labels of figures that are counts of what came and left, or of places, and so of no stock of children.
STARTED: Final = "Started to be looked after in the year"
CEASED: Final = "Ceased to be looked after in the year"
OF_OTHERS: Final = "Children of others placed here"


@dataclass(frozen=True)
class _Stocks:
    """What the measures count from."""

    care: pd.DataFrame
    plans: pd.DataFrame
    new: pd.DataFrame
    year: pd.Series
    provision: pd.DataFrame


@dataclass(frozen=True)
class Comparable:
    """One figure that is published and can be measured here.

    Attributes
    ----------
    label : str
    published : tuple of str
        Indicators of the published table that are added up.
    of : tuple of str
        Those of the denominator; empty for a count.
    here : callable
        Numerator from the stocks, and denominator (None for a count).
    """

    label: str
    published: tuple[str, ...]
    of: tuple[str, ...]
    here: Callable[[_Stocks], tuple[float, float | None]]


def _care(rows: Callable[[pd.DataFrame], pd.Series]) -> Callable[[_Stocks], tuple[float, float | None]]:
    return lambda s: (float(rows(s.care).sum()), float(len(s.care)))


def _plans(rows: Callable[[pd.DataFrame], pd.Series]) -> Callable[[_Stocks], tuple[float, float | None]]:
    return lambda s: (float(rows(s.plans).sum()), float(len(s.plans)))


def _within(kinds: tuple[str, ...]) -> Callable[[_Stocks], tuple[float, float | None]]:
    def measure(s: _Stocks) -> tuple[float, float | None]:
        rows = s.care[s.care["provision"].isin(kinds) & s.care["location"].ne(codes.UNKNOWN)]
        return float(rows["location"].eq(codes.OUT_OF_COUNTY).sum()), float(len(rows))

    return measure


def _age(band: str) -> Callable[[_Stocks], tuple[float, float | None]]:
    return _care(lambda care: care["age_band"].eq(band))


def _kind(*kinds: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame["provision"].isin(kinds)


def _needs(need: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame["need"].eq(need)


_FOSTER: Final = ("connected_carers", "in_house_foster", "agency_foster")
_CARE: Final = ("cla_location:total",)
_PLANS: Final = ("ehc_plans",)
_PLACED: Final = "cla_placement:"

COMPARABLES: Final[tuple[Comparable, ...]] = (
    Comparable("Children looked after", ("cla_on_31_march",), (), lambda s: (len(s.care), None)),
    Comparable(STARTED, ("cla_starting",), (), lambda s: (s.year["started"], None)),
    Comparable(CEASED, ("cla_ceasing",), (), lambda s: (s.year["ceased"], None)),
    Comparable(
        "New placements in the year", ("new_placements:total_new_placements",), (), lambda s: (len(s.new), None)
    ),
    Comparable("Unaccompanied", ("cla_uasc:uasc",), ("cla_uasc:total",), _care(lambda c: c["uasc"])),
    Comparable(
        "Outside the authority",
        ("cla_location:placed_outside_the_local_authority_boundary",),
        _CARE,
        _care(lambda c: c["location"].eq(codes.OUT_OF_COUNTY)),
    ),
    Comparable(
        "Over 20 miles from home",
        ("cla_distance:placed_more_than_20_miles_from_home",),
        ("cla_distance:total",),
        _care(lambda c: distance_band(c).eq(FAR)),
    ),
    Comparable(
        "Outside and over 20 miles",
        ("cla_location_distance:placed_outside_the_la_boundary_more_than_20_miles_from_home",),
        ("cla_location_distance:total",),
        _care(lambda c: c["location"].eq(codes.OUT_OF_COUNTY) & distance_band(c).eq(FAR)),
    ),
    Comparable(
        "Distance not known",
        ("cla_distance:distance_not_known_or_not_recorded",),
        ("cla_distance:total",),
        _care(lambda c: c["distance_miles"].isna()),
    ),
    *(
        Comparable(f"Aged {band.lower()}", (f"cla_age:{key}",), ("cla_age:total",), _age(band))
        for band, key in (
            ("Under 1", "under_1_year"),
            ("1 to 4", "1_to_4_years"),
            ("5 to 9", "5_to_9_years"),
            ("10 to 15", "10_to_15_years"),
            ("16 and over", "16_years_and_over"),
        )
    ),
    Comparable("Boys", ("cla_sex:male",), ("cla_sex:total",), _care(lambda c: c["sex"].eq("M"))),
    Comparable("Need: abuse or neglect", ("cla_need:N1",), ("cla_need:total",), _care(_needs("N1"))),
    Comparable("Need: child's disability", ("cla_need:N2",), ("cla_need:total",), _care(_needs("N2"))),
    Comparable("Fostered", (f"{_PLACED}foster_placements",), (f"{_PLACED}total",), _care(_kind(*_FOSTER))),
    Comparable(
        "In children's or secure homes",
        (f"{_PLACED}secure_homes_and_children_s_homes",),
        (f"{_PLACED}total",),
        _care(lambda c: c["place_code"].isin(["K1", "K2"])),
    ),
    Comparable(
        "In supported accommodation",
        (f"{_PLACED}independent_and_semi_independent_living_arrangements_supported_accommodation",),
        (f"{_PLACED}total",),
        _care(_kind("supported_accommodation")),
    ),
    Comparable(
        "In own provision",
        ("cla_provider:own_provision_by_the_la",),
        ("cla_provider:total",),
        _care(lambda c: c["sector"].eq("own")),
    ),
    Comparable(
        "In private provision",
        ("cla_provider:private_provision",),
        ("cla_provider:total",),
        _care(lambda c: c["sector"].eq("private")),
    ),
    Comparable(
        "In children's homes, outside",
        ("childrens_homes_children_outside",),
        ("childrens_homes_children",),
        _within(("childrens_home",)),
    ),
    Comparable("Fostered, outside", ("fostered_children_outside",), ("fostered_children",), _within(_FOSTER)),
    Comparable(
        OF_OTHERS,
        ("children_of_others_placed_inside",),
        (),
        lambda s: (
            s.provision.loc[
                s.provision["service"].eq(codes.CARE) & s.provision["location"].eq(codes.IN_COUNTY),
                "occupied_by_others",
            ].sum(),
            None,
        ),
    ),
    Comparable("EHC plans", _PLANS, (), lambda s: (len(s.plans), None)),
    Comparable(
        "Plans: mainstream, base included",
        ("ehc_setting:mainstream_total",),
        _PLANS,
        _plans(_kind("mainstream", "specialist_base")),
    ),
    Comparable(
        "Plans: state-funded special",
        ("ehc_setting:special_la_maintained", "ehc_setting:special_academy_free_schools"),
        _PLANS,
        _plans(_kind("state_special")),
    ),
    Comparable(
        "Plans: independent and non-maintained special",
        ("ehc_setting:special_independent", "ehc_setting:special_non_maintained"),
        _PLANS,
        _plans(_kind("independent_special")),
    ),
    Comparable(
        "Plans: residential",
        ("ehc_residential:38", "ehc_residential:52"),
        (),
        lambda s: (s.plans["residential"].sum(), None),
    ),
    *(
        Comparable(f"Plans: need {need}", (f"ehc_need:{need}",), _PLANS, _plans(_needs(need)))
        for need in ("ASD", "SLCN", "SEMH", "MLD")
    ),
)


def published_comparison(
    authority_code: str, placements: pd.DataFrame, provision: pd.DataFrame, on: dt.date
) -> pd.DataFrame:
    """Return the figures that are published for an authority beside the same figures of these data.

    Returns
    -------
    DataFrame
        `label`, `year` (latest published), `published`, `published_of`, `here`, `here_of` (counts; NaN where there is
        no denominator). Only figures published for the authority; empty when there are none.
    """
    table = reference_table("published.csv")
    table = table[table["authority_code"].eq(code_of_today(authority_code))]
    values = table.assign(year=table["year"].astype(int), value=pd.to_numeric(table["value"]))
    year_before = pd.Timestamp(on) - pd.DateOffset(years=1)
    trend = care_trend(placements, on, years=1)
    care_new = started(placements[placements["service"].eq(codes.CARE)], year_before.date(), on)
    stocks = _Stocks(looked_after(placements, on), plans_in_force(placements, on), care_new, trend.iloc[-1], provision)
    rows = []
    for item in COMPARABLES:
        found = values[values["indicator"].isin([*item.published, *item.of])]
        years = set.intersection(
            *(set(values.loc[values["indicator"].eq(k), "year"]) for k in (*item.published, *item.of))
        )
        if not years:
            continue
        latest = found[found["year"].eq(max(years))].set_index("indicator")["value"]
        here, here_of = item.here(stocks)
        rows.append(
            {
                "label": item.label,
                "year": max(years),
                "published": float(latest[list(item.published)].sum()),
                "published_of": float(latest[list(item.of)].sum()) if item.of else float("nan"),
                "here": float(here),
                "here_of": float("nan") if here_of is None else float(here_of),
            }
        )
    columns = ["label", "year", "published", "published_of", "here", "here_of"]
    return pd.DataFrame(rows, columns=columns)
