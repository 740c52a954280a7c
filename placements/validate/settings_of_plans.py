"""Do the settings of a plan exist, take such a child, and fit the plan and one another?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.frames import among
from placements.read.gias import BASE_SUFFIX
from placements.school_transport import unmatched
from placements.validate.columns import blank, completed_years, overlaps_next, spread
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: SEN2 settings that have no URN.
_SETTINGS: Final = ("OLA", "OPA", "EHE", "EYP", "OTH", "NEET", "NIEC", "NIEO")
_OUT_OF_WORK: Final = "NEET"


def _attended_twice(e: Evidence) -> pd.Series:
    """Mark a main setting that goes on beyond the start of the same child's next main one, at another place."""
    rows = e.education_placements
    first = rows[rows["rank"].eq(1) & rows["plan"].ge(0)]
    again = first.duplicated(["plan", "provider_id", "setting", "start", "end"])
    first = first[~again]
    begin = first["start"].fillna(first["plan_start"])
    return overlaps_next(first["plan"], begin, first["end"].fillna(first["plan_end"])).reindex(
        rows.index, fill_value=False
    )


def _outside_plan(e: Evidence) -> pd.Series:
    rows = e.education_placements
    return (rows["start"] > rows["plan_end"]) | (rows["end"] < rows["plan_start"])


def _closed_before(e: Evidence) -> pd.Series:
    rows = e.education_placements
    return e.provider_of(rows, "closed_on") < rows["start"]


def _no_base(e: Evidence) -> pd.Series:
    """Mark settings in a SEN unit or resourced provision of a school, of any kind, that has none."""
    rows = e.education_placements
    flagged = rows["sen_unit"] | rows["resourced_provision"]
    bases = e.providers.index[e.providers.index.str.endswith(BASE_SUFFIX)].str.removesuffix(BASE_SUFFIX)
    schools = e.tables.provision.loc[e.tables.provision["service"].eq(codes.EDUCATION), "provider_id"]
    return flagged & among(rows["provider_id"], schools) & ~among(rows["provider_id"], bases)


def _does_not_board(e: Evidence) -> pd.Series:
    boards = e.provider_of(e.education_placements, "boards").astype("boolean")
    return ~blank(e.education_placements["residential_weeks"]) & boards.eq(False).fillna(False)


def _outside_ages(e: Evidence) -> pd.Series:
    """Mark settings attended today whose ages the child is more than a year outside of: years move in September."""
    rows = e.education_placements
    age = completed_years(rows["born"], e.snapshot)
    low, high = (e.provider_of(rows, name) for name in ("age_low", "age_high"))
    return rows["now"] & ((age < low - 1) | (age > high + 1))


def _wrong_sex(e: Evidence) -> pd.Series:
    rows = e.education_placements
    takes = spread(rows["provider_id"], e.providers["sex"])
    return rows["now"] & ((takes.eq("M") & rows["sex"].eq("F")) | (takes.eq("F") & rows["sex"].eq("M")))


RULES: Final = (
    Rule(
        "S04",
        WARNING,
        "education_placements",
        "setting's URN is in no school file",
        "add a newer (or older) school register, or correct the URN",
        lambda e: (
            ~blank(e.education_placements["provider_id"])
            & ~among(e.education_placements["provider_id"], e.providers.index)
        ),
        ("provision",),
    ),
    Rule(
        "S05",
        WARNING,
        "education_placements",
        "neither URN nor setting code",
        "record where the child is educated",
        lambda e: blank(e.education_placements["provider_id"]) & blank(e.education_placements["setting"]),
    ),
    Rule(
        "S16",
        ERROR,
        "education_placements",
        "two main settings (rank 1) at once",
        "record leavingdate of the earlier, or a placementrank of 2",
        _attended_twice,
    ),
    Rule(
        "S17",
        ERROR,
        "education_placements",
        "left the setting before entering it",
        "correct leavingdate or entrydate",
        lambda e: e.education_placements["end"] < e.education_placements["start"],
    ),
    Rule(
        "S18",
        WARNING,
        "education_placements",
        "setting lies wholly outside the dates of the EHC plan",
        "correct entrydate, leavingdate or the dates of the plan",
        _outside_plan,
    ),
    Rule(
        "S19",
        ERROR,
        "education_placements",
        "setting had closed before the child entered it",
        "give the URN of the school that took its place",
        _closed_before,
        ("schools",),
    ),
    Rule(
        "S20",
        WARNING,
        "education_placements",
        "child attends a setting today that is not open",
        "record leavingdate, or the URN of the school that took its place",
        lambda e: e.education_placements["now"] & e.provider_of(e.education_placements, "is_open").eq(False),
        ("schools",),
    ),
    Rule(
        "S21",
        WARNING,
        "education_placements",
        "in a SEN unit or resourced provision, but the school has none on the register",
        "correct the indicator, or ask the school to correct its entry",
        _no_base,
        ("schools",),
    ),
    Rule(
        "S22",
        WARNING,
        "education_placements",
        "residential, but the register says that the school has no boarders",
        "correct res or urn",
        _does_not_board,
        ("schools",),
    ),
    Rule(
        "S23",
        WARNING,
        "education_placements",
        "child is over a year outside the ages that the setting takes",
        "record leavingdate, or correct personbirthdate or urn",
        _outside_ages,
        ("schools",),
    ),
    Rule(
        "S24",
        WARNING,
        "education_placements",
        "setting does not take children of this sex",
        "check sex and urn",
        _wrong_sex,
        ("schools",),
    ),
    Rule(
        "S25",
        WARNING,
        "education_placements",
        "both a URN and a setting code, which is for places without one",
        "remove one of the two",
        lambda e: ~blank(e.education_placements["provider_id"]) & ~blank(e.education_placements["setting"]),
    ),
    Rule(
        "S26",
        WARNING,
        "education_placements",
        "setting code is not one",
        "correct sensetting",
        lambda e: ~blank(e.education_placements["setting"]) & ~e.education_placements["setting"].isin(_SETTINGS),
    ),
    Rule(
        "S27",
        WARNING,
        "education_placements",
        "not in education, employment or training (NEET) under 16",
        "correct sensetting: a child of school age is educated otherwise (EHE, OTH) or not in education (NIEC, NIEO)",
        lambda e: (
            e.education_placements["now"]
            & e.education_placements["setting"].eq(_OUT_OF_WORK)
            & (completed_years(e.education_placements["born"], e.snapshot) < 16)
        ),
    ),
    Rule(
        "S28",
        WARNING,
        "school_transport",
        "transport of a child of whom there is no plan, or whose pupil number stands on several",
        "correct person_id or upn in the register of transport",
        lambda e: unmatched(e.tables.school_transport, e.tables.plans),
        ("plans",),
    ),
)
