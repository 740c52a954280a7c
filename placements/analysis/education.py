"""Where do children with an EHC plan learn? Settings as DfE publishes them, boarding, and who has no school.

A plan's setting is its school's type in the register of schools (GIAS), or, where it has no school, its SEN2 setting
code. Independent and non-maintained special schools are told apart by that type; `provision` has them as one family.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes

#: Settings in the order of DfE's tables; those without a school are SEN2's codes.
SETTING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "mainstream": "Mainstream school, state-funded",
        "mainstream_independent": "Mainstream school, independent",
        "specialist_base": "SEN unit or resourced provision",
        "state_special": "State-funded special school",
        "non_maintained_special": "Non-maintained special school",
        "independent_special": "Independent special school",
        "special_type_unknown": "Independent or non-maintained special school, which is not recorded",
        "further_education": "Further education or sixth form",
        "specialist_post_16": "Specialist post-16 institution",
        "alternative_provision": "Alternative provision or pupil referral unit",
        "early_years": "Early years provider",
        "EHE": "Elective home education",
        "OLA": "Otherwise than at school, arranged by the authority",
        "OPA": "Otherwise than at school, arranged by parents",
        "NEET": "Not in education, employment or training (16 to 25)",
        "NIEC": "Not in education, notice to cease given",
        "NIEO": "Not in education, other (compulsory school age)",
        "other_education": "Other or elsewhere",
        codes.UNKNOWN: "Setting not known",
    }
)
#: SEN2 settings of those who have no school or college to go to.
OUT_OF_SCHOOL: Final = ("EHE", "OLA", "OPA", "NEET", "NIEC", "NIEO")
NOT_IN_EDUCATION: Final = ("NEET", "NIEC", "NIEO")
#: Types of GIAS that divide a family: in small letters, with the setting they are.
_BY_TYPE: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("mainstream", "other independent school"): "mainstream_independent",
        ("independent_special", "non-maintained special school"): "non_maintained_special",
        ("independent_special", "other independent special school"): "independent_special",
        ("post_16", "special post 16 institution"): "specialist_post_16",
    }
)
_OTHERWISE: Final = {"independent_special": "special_type_unknown", "post_16": "further_education"}
_SPECIAL_BOUGHT: Final = ("non_maintained_special", "independent_special", "special_type_unknown")

#: Whether a place boards, by the weeks a year that SEN2 records.
BOARDING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "day": "Day place",
        "38_weeks": "Residential, 38 weeks",
        "52_weeks": "Residential, 52 weeks",
        "weeks_unknown": "Residential, weeks not recorded",
        codes.UNKNOWN: "Setting not known",
    }
)
#: How care and school go together for children looked after.
DUAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "school_and_52_weeks": "In a residential school (S1), and a plan with a 52-week place",
        "school_and_plan": "In a residential school (S1), and a plan with no 52-week place recorded",
        "school_no_plan": "In a residential school (S1), with no plan matched",
        "elsewhere_and_52_weeks": "Placed elsewhere in care, and a plan with a 52-week place",
        "neither": "Neither",
        codes.UNKNOWN: "Placed elsewhere in care, and not known whether the plan's place is one of 52 weeks",
    }
)


def setting(plans: pd.DataFrame) -> pd.Series:
    """Return the key of `SETTING` of each plan (rows of `schemas.PLACEMENTS`)."""
    family, code = plans["provision"].astype("str"), plans["place_code"].fillna("")
    kind = plans["establishment_type"].fillna("").str.strip().str.lower()
    divided = pd.Series(pd.MultiIndex.from_arrays([family, kind]).map(dict(_BY_TYPE)), index=plans.index, dtype="str")
    found = divided.fillna(family.map(_OTHERWISE)).fillna(family)
    no_school = family.isin(["other_education", "education_unknown"]) & plans["provider_id"].fillna("").eq("")
    found = found.mask(no_school & code.isin(OUT_OF_SCHOOL), code).mask(no_school & code.eq("EYP"), "early_years")
    return found.replace("education_unknown", codes.UNKNOWN).rename("setting")


def in_setting(plans: pd.DataFrame, *settings: str) -> pd.Series:
    """Return whether each plan is in some of `SETTING`; missing where its setting is not known.

    A special school of which it is not recorded whether it is independent or non-maintained is missing when only one of
    the two is asked for.
    """
    found = setting(plans)
    unsure = found.eq(codes.UNKNOWN)
    wanted = set(settings)
    asked = len(wanted & {"non_maintained_special", "independent_special"})
    if asked == 1:
        unsure |= found.eq("special_type_unknown")
    elif asked:
        wanted.add("special_type_unknown")
    return found.isin(wanted).astype("boolean").mask(unsure)


def bought_special(plans: pd.DataFrame) -> pd.Series:
    """Return whether each plan is in an independent or non-maintained special school; missing where not known."""
    return in_setting(plans, *_SPECIAL_BOUGHT)


def setting_not_known(plans: pd.DataFrame) -> pd.Series:
    """Return whether the setting of each plan is not known: no school, and no SEN2 code, or a school in no register."""
    return setting(plans).eq(codes.UNKNOWN).astype("boolean")


def boarding(plans: pd.DataFrame) -> pd.Series:
    """Return the key of `BOARDING` of each plan: one with no setting and no residential place recorded is not known."""
    weeks = plans["residential_weeks"].fillna("")
    chosen = [weeks.eq("38"), weeks.eq("52"), plans["residential"], setting(plans).eq(codes.UNKNOWN)]
    names = ["38_weeks", "52_weeks", "weeks_unknown", codes.UNKNOWN]
    found = np.select([one.to_numpy(bool) for one in chosen], names, "day")
    return pd.Series(found, index=plans.index, dtype="str", name="boarding")


def boards(plans: pd.DataFrame, *, all_year: bool = False) -> pd.Series:
    """Return whether each plan has a residential place, or one of 52 weeks; missing where that is not known."""
    found = boarding(plans)
    if all_year:
        return found.eq("52_weeks").astype("boolean").mask(found.isin([codes.UNKNOWN, "weeks_unknown"]))
    return found.isin(["38_weeks", "52_weeks", "weeks_unknown"]).astype("boolean").mask(found.eq(codes.UNKNOWN))


def dual_placed(care: pd.DataFrame, plans: pd.DataFrame) -> pd.Series:
    """Return how care and school go together for each child looked after: the key of `DUAL`.

    Parameters
    ----------
    care, plans : DataFrame
        One row per child of each service (`schemas.PLACEMENTS`); the plan of a child is matched by `child_id`.
    """
    s1 = care["provision"].eq("residential_school").to_numpy(bool)
    planned = care["child_id"].isin(set(plans["child_id"])).to_numpy(bool)
    by_plan = boards(plans, all_year=True).set_axis(plans["child_id"])
    # Of a child with no plan, none is of 52 weeks; of a plan, it may not be known.
    found = by_plan.reindex(care["child_id"]).set_axis(care.index).astype("boolean").mask(~planned, False)
    all_year = found.fillna(False).to_numpy(bool)
    chosen = [s1 & all_year, s1 & planned, s1, all_year, found.isna().to_numpy(bool)]
    names = ["school_and_52_weeks", "school_and_plan", "school_no_plan", "elsewhere_and_52_weeks", codes.UNKNOWN]
    return pd.Series(np.select(chosen, names, "neither"), index=care.index, dtype="str", name="dual_placed")


def setting_of_child(care: pd.DataFrame, plans: pd.DataFrame) -> pd.Series:
    """Return the plan's setting of each child looked after, `unknown` where no plan is matched, indexed as `care`."""
    by_child = setting(plans).set_axis(plans["child_id"])
    return by_child.reindex(care["child_id"]).set_axis(care.index).fillna(codes.UNKNOWN).rename("setting")
