"""The headline figures: each with its value, numerator, denominator, exclusions and definition, in a stated order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from placements import codes
from placements.analysis.gap import sufficiency
from placements.analysis.location import distant, out_of_county, over_20_miles
from placements.analysis.snapshot import looked_after, plans_in_force
from placements.settings import ThresholdSettings


@dataclass(frozen=True)
class Indicator:
    """One figure that can be traced.

    Attributes
    ----------
    name : str
        Stable key.
    label : str
        What a reader sees.
    value : float
        A count, or a share between 0 and 1 when `denominator` is given; NaN when it cannot be computed.
    numerator, denominator, excluded : int or None
        What a share is made of; None for a plain count.
    definition : str
    """

    name: str
    label: str
    value: float
    numerator: int | None
    denominator: int | None
    excluded: int | None
    definition: str


def headline(
    placements: pd.DataFrame, provision: pd.DataFrame, on: dt.date, thresholds: ThresholdSettings
) -> tuple[Indicator, ...]:
    """Return the headline figures of both services on a day."""
    care, plans = looked_after(placements, on), plans_in_force(placements, on)
    foster = care[care["provision"].isin(["in_house_foster", "agency_foster"])]
    homes = care[care["provision"].eq("childrens_home")]
    both = set(care["child_id"]) & set(plans["child_id"])
    independent = plans["provision"].eq("independent_special")
    return (
        _count(
            "looked_after",
            "Children looked after",
            len(care),
            "Looked after at the end of the day, without V3/V4",
        ),
        _count(
            "uasc",
            "of whom unaccompanied asylum-seeking children",
            int(care["uasc"].sum()),
            "In the UASC table",
        ),
        _share(
            "care_out_of_county",
            "Looked after, placed outside the authority",
            out_of_county(care),
            "Of those whose placement authority is known",
        ),
        _share(
            "care_over_20_miles",
            "Looked after, over 20 miles from home",
            over_20_miles(care),
            "In or out of county; of those whose distance is known",
        ),
        _share(
            "care_distant",
            "Looked after, in a distant placement",
            distant(care),
            "Outside the authority and not in an adjoining one; of those known",
        ),
        _of(
            "care_distance_unknown",
            "Looked after, distance not known",
            int(care["distance_miles"].isna().sum()),
            len(care),
            "Home or placement postcode missing or not found",
        ),
        _share(
            "homes_out_of_county",
            "In children's homes, outside the authority",
            out_of_county(homes),
            "PLACE K2; of those known",
        ),
        _of(
            "in_house_foster_share",
            "Fostered by our own carers",
            int(foster["provision"].eq("in_house_foster").sum()),
            int(foster["sector"].ne("unknown").sum()),
            "In-house / (in-house + agency) of those whose provider is recorded; connected carers left out",
            int(foster["sector"].eq("unknown").sum()),
        ),
        _count("ehc_plans", "EHC plans", len(plans), "Plans in force at the end of the day"),
        _share(
            "plans_out_of_county",
            "EHC plans, placed outside the authority",
            out_of_county(plans),
            "Of those whose setting's authority is known",
        ),
        _of(
            "plans_independent_special",
            "EHC plans in independent or non-maintained special schools",
            int(independent.sum()),
            len(plans),
            "Of all plans, setting not known included",
        ),
        _count("care_and_plan", "Looked after with an EHC plan", len(both), "Matched by unique pupil number"),
        *_gap_indicators(placements, provision, on, thresholds),
    )


def _gap_indicators(
    placements: pd.DataFrame, provision: pd.DataFrame, on: dt.date, thresholds: ThresholdSettings
) -> tuple[Indicator, ...]:
    table = sufficiency(placements, provision, on, thresholds, by=["service"])
    labels = {codes.CARE: "Looked after", codes.EDUCATION: "EHC plans"}
    return tuple(
        _of(
            f"{service}_avoidable",
            f"{labels[str(service)]}, outside for want of local provision (at most)",
            int(row["avoidable"]),
            int(row["numerator"]),
            "Reason recorded, or inferred by stated rules, which cannot see safeguarding or a child's wish and so give "
            "an upper bound; of those outside, in kinds that local places can be made for",
        )
        for service, row in table.iterrows()
    )


def _count(name: str, label: str, value: int, definition: str) -> Indicator:
    return Indicator(name, label, float(value), None, None, None, definition)


def _of(name: str, label: str, numerator: int, denominator: int, definition: str, excluded: int = 0) -> Indicator:
    value = numerator / denominator if denominator else float("nan")
    return Indicator(name, label, value, numerator, denominator, excluded, definition)


def _share(name: str, label: str, table: pd.DataFrame, definition: str) -> Indicator:
    row = table.iloc[0]
    numerator, denominator, excluded = int(row["numerator"]), int(row["denominator"]), int(row["excluded"])
    return Indicator(name, label, float(row["share"]), numerator, denominator, excluded, definition)
