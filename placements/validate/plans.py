"""Does each EHC plan hold what it must, and do its dates fit?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.frames import look_up
from placements.validate.care_places import NOT_A_POSTCODE
from placements.validate.columns import blank, completed_years, malformed_upn, pupil_number, shared
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule


def _all_settings_ended(e: Evidence) -> pd.Series:
    settings = e.education_placements
    going_on = settings[~(settings["end"] <= e.snapshot)]
    return e.plans["in_force"] & e.plans_with(settings) & ~e.plans_with(going_on)


def _bad_postcode(e: Evidence) -> pd.Series:
    if e.postcode_status is None:
        return pd.Series(False, index=e.plans.index)
    status = look_up(e.plans["home_postcode"].fillna(""), e.postcode_status)
    return status.isin(["not_found", *NOT_A_POSTCODE])


RULES: Final = (
    Rule(
        "S01",
        WARNING,
        "plans",
        "EHC plan in force with no setting",
        "record where the child is educated",
        lambda e: e.plans["end"].isna() & ~e.plans_with(e.education_placements),
    ),
    Rule(
        "S02",
        WARNING,
        "plans",
        "EHC plan with no need recorded",
        "record sentype",
        lambda e: e.plans["need"].eq(codes.NEED_UNKNOWN),
    ),
    Rule(
        "S03",
        WARNING,
        "plans",
        "EHC plan with no home postcode",
        "record postcode",
        lambda e: blank(e.plans["home_postcode"]),
    ),
    Rule(
        "S06",
        ERROR,
        "plans",
        "EHC plan with no usable date of birth: age is not known",
        "correct personbirthdate",
        lambda e: e.plans["birth_date"].isna(),
    ),
    Rule(
        "S07",
        ERROR,
        "plans",
        "EHC plan ceased before it started",
        "correct ceasedate or startdate",
        lambda e: e.plans["end"] < e.plans["start"],
    ),
    Rule(
        "S08",
        ERROR,
        "plans",
        "EHC plan in force at 26 or over",
        "record ceasedate: a plan ends with the school year of the twenty-fifth birthday",
        lambda e: e.plans["in_force"] & (completed_years(e.plans["birth_date"], e.snapshot) >= 26),
    ),
    Rule(
        "S09",
        ERROR,
        "plans",
        "EHC plan started before birth",
        "correct personbirthdate or startdate",
        lambda e: e.plans["start"] < e.plans["birth_date"],
    ),
    Rule(
        "S10",
        WARNING,
        "plans",
        "EHC plan starts after the snapshot day",
        "check startdate, or set a later snapshot in study.toml",
        lambda e: e.plans["start"] > e.snapshot,
    ),
    Rule(
        "S11",
        WARNING,
        "plans",
        "unique pupil number cannot be one: wrong form or wrong check letter",
        "correct upn: a looked-after child's plan is found by it",
        lambda e: malformed_upn(e.plans["upn"]),
    ),
    Rule(
        "S12",
        ERROR,
        "plans",
        "two people with plans in force share one unique pupil number",
        "correct upn, or join the two if they are one child: they are counted twice",
        lambda e: e.plans["in_force"] & shared(pupil_number(e.plans["upn"].where(e.plans["in_force"]))),
    ),
    Rule(
        "S13",
        WARNING,
        "plans",
        "EHC plan has ceased with no reason, or has a reason but no date",
        "record both ceasedate and ceasereason, or neither",
        lambda e: e.plans["end"].isna() != blank(e.plans["end_reason"]),
    ),
    Rule(
        "S14",
        WARNING,
        "plans",
        "every setting has ended, but the EHC plan goes on",
        "record where the child is educated now, or ceasedate",
        _all_settings_ended,
        ("education_placements",),
    ),
    Rule(
        "S15",
        WARNING,
        "plans",
        "home postcode is not in the directory, or not a whole postcode",
        "correct postcode",
        _bad_postcode,
        ("postcodes",),
    ),
)
