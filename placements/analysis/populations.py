"""Of whom are questions asked? Stocks of a day and flows of the year up to it, one row a member."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.definition import Population
from placements.analysis.inputs import Inputs
from placements.analysis.snapshot import looked_after, plans_in_force, started


def _looked_after(inputs: Inputs) -> pd.DataFrame:
    return looked_after(inputs.placements, inputs.on)


def _plans(inputs: Inputs) -> pd.DataFrame:
    return plans_in_force(inputs.placements, inputs.on)


def _both(inputs: Inputs) -> pd.DataFrame:
    """Return the care placement of each child looked after who has a plan too."""
    care = _looked_after(inputs)
    return care[care["child_id"].isin(set(_plans(inputs)["child_id"]))]


def _new_care_placements(inputs: Inputs) -> pd.DataFrame:
    begun = started(inputs.placements, inputs.year_before, inputs.on)
    return begun[begun["service"].eq(codes.CARE)]


def _new_education_placements(inputs: Inputs) -> pd.DataFrame:
    begun = started(inputs.placements, inputs.year_before, inputs.on)
    return begun[begun["service"].eq(codes.EDUCATION)]


LOOKED_AFTER: Final = Population("looked_after", "Children looked after", codes.CARE, _looked_after)
#: By the settings named in them, which one return of SEN2 does not tell of earlier years.
PLANS: Final = Population("ehc_plans", "EHC plans in force", codes.EDUCATION, _plans, "plans", now_only=True)
CARE_AND_PLAN: Final = Population(
    "care_and_plan", "Children looked after with an EHC plan", codes.CARE, _both, now_only=True
)
NEW_CARE_PLACEMENTS: Final = Population(
    "new_care_placements", "Placements in care that started in the year", codes.CARE, _new_care_placements,
    "placements", flow=True,
)  # fmt: skip
NEW_EDUCATION_PLACEMENTS: Final = Population(
    "new_education_placements", "Placements in education that started in the year", codes.EDUCATION,
    _new_education_placements, "placements", flow=True, now_only=True,
)  # fmt: skip
