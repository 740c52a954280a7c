"""Indicators of education: settings of EHC plans, boarding, the way to school, and children placed twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis import education, journeys
from placements.analysis.definition import Definition, Kind, Population
from placements.analysis.inputs import Inputs
from placements.analysis.populations import CARE_AND_PLAN, LOOKED_AFTER, NEW_EDUCATION_PLACEMENTS, PLANS

_DFE: Final = "DfE, Education, health and care plans (SEN2), placement of children; type of establishment in GIAS"
_SEN2: Final = "DfE, Special educational needs survey (SEN2) guide, placement detail"
_TRAVEL: Final = "DfE, Travel to school for children of compulsory school age (2024): 45 minutes primary, 75 secondary"
_DUAL: Final = (
    "Children Act 1989, section 22G; DfE, guide to the SSDA903 collection (PLACE S1) and SEN2 guide (residential)"
)
_KNOWN: Final = "EHC plans in force whose setting is known"
_NOT_KNOWN: Final = "plans whose setting is not known (DfE's published percentages have them in the denominator)"

Rows = Callable[[pd.DataFrame], pd.Series]

#: What can be said of the way to school.
JOURNEY: Final[Mapping[str, str]] = MappingProxyType(
    {
        journeys.WITHIN: "Within the guideline",
        journeys.OVER: "Over the guideline",
        journeys.BOARDS: "Boards",
        journeys.ELSEWHERE: "Educated at home or out of school",
        codes.UNKNOWN: "Journey not known",
    }
)


def _asked(question: Rows) -> Callable[[pd.DataFrame, Inputs], pd.Series]:
    return lambda rows, inputs: question(rows)


def _in(*settings: str) -> Rows:
    return lambda rows: education.in_setting(rows, *settings)


def _share(name: str, label: str, holds: Rows, numerator: str, left_out: str = _NOT_KNOWN) -> Definition:
    return Definition(
        name, label, Kind.SHARE, numerator, _KNOWN, left_out, _DFE, PLANS, holds=_asked(holds)
    )  # fmt: skip


def _settings(name: str, label: str, population: Population, of: str) -> Definition:
    return Definition(
        name, label, Kind.BREAKDOWN, "in each setting, by type of school or SEN2 code", of,
        "nothing: setting not known is a category", _DFE, population,
        category=_asked(education.setting), categories=education.SETTING,
    )  # fmt: skip


def _outcome(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return what is known of each plan's way to school; not known when no way of measuring it is given."""
    if inputs.journeys is None:
        return pd.Series(codes.UNKNOWN, index=rows.index, dtype="str")
    found = inputs.journeys().outcome.reindex(rows["placement_id"]).set_axis(rows.index)
    return found.fillna(codes.UNKNOWN).astype("str")


def _with_journey(inputs: Inputs) -> pd.DataFrame:
    plans = PLANS.rows(inputs)
    return plans[~_outcome(plans, inputs).isin([journeys.BOARDS, journeys.ELSEWHERE])]


def _over(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    found = _outcome(rows, inputs)
    return found.eq(journeys.OVER).astype("boolean").mask(found.eq(codes.UNKNOWN))


DAILY_JOURNEY: Final = Population(
    "plans_with_journey", "EHC plans of those who go to school daily", codes.EDUCATION, _with_journey, "plans",
    now_only=True,
)  # fmt: skip


def _dual(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return education.dual_placed(rows, PLANS.rows(inputs))


def _dual_placed(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    found = _dual(rows, inputs)
    return found.ne("neither").astype("boolean").mask(found.eq(codes.UNKNOWN))


def _school_of(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    return education.setting_of_child(rows, PLANS.rows(inputs))


_SETTING_DEFINITIONS: Final = (
    _settings("plans_setting", "EHC plans: settings", PLANS, "all EHC plans in force"),
    _settings(
        "new_plans_setting", "New placements in education: settings", NEW_EDUCATION_PLACEMENTS,
        "all placements of children with a plan that started in the year",
    ),
    Definition(
        "care_and_plan_setting", "Children with both services: settings", Kind.BREAKDOWN,
        "in each setting of their plan, by type of school or SEN2 code",
        "all children looked after with an EHC plan, matched by unique pupil number; one row a child",
        "nothing: setting not known is a category", _DFE, CARE_AND_PLAN,
        category=_school_of, categories=education.SETTING,
    ),
    _share(
        "plans_bought_special", "EHC plans: independent and non-maintained special", education.bought_special,
        "in independent or non-maintained special schools",
    ),
    _share(
        "plans_independent_special_only", "EHC plans: independent special", _in("independent_special"),
        "in independent special schools (GIAS: other independent special school)",
        f"{_NOT_KNOWN}; those in special schools of which it is not recorded which of the two they are",
    ),
    _share(
        "plans_non_maintained_special", "EHC plans: non-maintained special", _in("non_maintained_special"),
        "in non-maintained special schools",
        f"{_NOT_KNOWN}; those in special schools of which it is not recorded which of the two they are",
    ),
    _share(
        "plans_state_special", "EHC plans: state-funded special", _in("state_special"),
        "in special schools of authorities and academy trusts",
    ),
    _share(
        "plans_specialist_base", "EHC plans: SEN unit or resourced provision", _in("specialist_base"),
        "in a SEN unit or resourced provision that the register of schools has",
    ),
    _share(
        "plans_mainstream", "EHC plans: mainstream", _in("mainstream", "mainstream_independent", "specialist_base"),
        "in mainstream schools, independent ones, SEN units and resourced provision among them",
    ),
    _share(
        "plans_out_of_school", "EHC plans: no school or college", _in(*education.OUT_OF_SCHOOL),
        "educated at home (EHE), otherwise than at school (OLA, OPA), or not in education (NEET, NIEC, NIEO)",
    ),
    _share(
        "plans_not_in_education", "EHC plans: not in education", _in(*education.NOT_IN_EDUCATION),
        "not in education, employment or training (NEET), notice to cease given (NIEC), or other of compulsory school "
        "age (NIEO)",
    ),
    Definition(
        "plans_setting_not_known", "EHC plans: setting not known", Kind.SHARE,
        "with neither a school nor a SEN2 setting code, or with a school that is in no register",
        "all EHC plans in force", "nothing", _DFE, PLANS, holds=_asked(education.setting_not_known),
    ),
)  # fmt: skip

_BOARDING_DEFINITIONS: Final = (
    Definition(
        "plans_boarding", "EHC plans: day and residential", Kind.BREAKDOWN,
        "with a day place, or a residential one of 38 or 52 weeks a year", "all EHC plans in force",
        "nothing: plans with no setting, and none recorded as residential, are a category", _SEN2, PLANS,
        category=_asked(education.boarding), categories=education.BOARDING,
    ),
    Definition(
        "plans_residential", "EHC plans: residential", Kind.SHARE, "with a residential place, of 38 or 52 weeks a year",
        "EHC plans in force whose setting is known, or that are recorded as residential",
        "plans whose setting is not known and that are not recorded as residential", _SEN2, PLANS,
        holds=_asked(education.boards),
    ),
    Definition(
        "plans_residential_52", "EHC plans: residential all year", Kind.SHARE,
        "with a residential place of 52 weeks a year", "EHC plans in force of which it is known whether they board",
        "plans whose setting is not known and that are not recorded as residential; residential ones with no weeks",
        _SEN2, PLANS, holds=_asked(partial(education.boards, all_year=True)),
    ),
)  # fmt: skip

_JOURNEY_DEFINITIONS: Final = (
    Definition(
        "plans_journey_over_guideline", "School journey over the guideline", Kind.SHARE,
        "journey one way by road over 45 minutes (primary) or 75 (secondary; over 16 too, where it is no rule)",
        "EHC plans of those who go to school daily, journey known",
        "children who board, are educated at home or out of school; those whose home, school, age or way is not known",
        _TRAVEL, DAILY_JOURNEY, holds=_over, now_only=True,
    ),
    Definition(
        "plans_journey", "School journey against the guideline", Kind.BREAKDOWN,
        "within or over the guideline, with no daily journey, or not known", "all EHC plans in force",
        "nothing: not known is a category", _TRAVEL, PLANS, category=_outcome, categories=JOURNEY, now_only=True,
    ),
)  # fmt: skip

_DUAL_WORDS: Final = (
    "in a residential school in care (S1), with an EHC plan whose place boards 52 weeks a year, or both"
)
_DUAL_DEFINITIONS: Final = (
    Definition(
        "care_dual_placed", "Looked after and at a residential school: how", Kind.BREAKDOWN, _DUAL_WORDS,
        "all children looked after; one row a child",
        "nothing: not known is a category. A plan is matched by unique pupil number, so some with no plan matched have "
        "one. Who pays is not recorded in either return", _DUAL, LOOKED_AFTER,
        category=_dual, categories=education.DUAL,
    ),
    Definition(
        "care_dual_placed_share", "Looked after and at a residential school", Kind.SHARE, _DUAL_WORDS,
        "children looked after of whom it is known",
        "children not in S1 with a plan of which it is not known whether its place is one of 52 weeks. A plan is "
        "matched by unique pupil number: a child with no plan matched counts only if in S1", _DUAL, LOOKED_AFTER,
        holds=_dual_placed,
    ),
)  # fmt: skip

DEFINITIONS: Final[tuple[Definition, ...]] = (
    *_SETTING_DEFINITIONS, *_BOARDING_DEFINITIONS, *_JOURNEY_DEFINITIONS, *_DUAL_DEFINITIONS,
)  # fmt: skip
