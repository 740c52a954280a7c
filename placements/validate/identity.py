"""Who is it? Headers against the other tables of the care return, and against the EHC plan of the same child."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.frames import among
from placements.validate.columns import blank, completed_years, malformed_upn, pupil_number, shared, told_apart
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: Two dates of birth further apart than a slip of the pen: two children under one identifier.
_ANOTHER_CHILD_DAYS: Final = 366


def _sex_in(rows: pd.DataFrame) -> pd.Series:
    return rows["sex"].str.upper().map(codes.SEX)


def _sex_differs(e: Evidence) -> pd.Series:
    rows = e.table("uasc")
    header = e.of_child(rows, "sex").where(e.of_child(rows, "in_header"))
    return told_apart(_sex_in(rows), header) & header.ne("U")


def _two_children(e: Evidence) -> pd.Series:
    rows = e.stated_births
    stated = rows.groupby("who")["birth_date"]
    first, last = (pd.concat([rows["header_birth_date"], stated.transform(name)], axis=1) for name in ("min", "max"))
    return (last.max(axis=1) - first.min(axis=1)).dt.days > _ANOTHER_CHILD_DAYS


def _in_care(e: Evidence, column: str) -> pd.Series:
    """Return a column of the child with the pupil number of each plan, missing where there is none."""
    return e.children[column].reindex(e.child_of_plan).set_axis(e.plans.index)


def _residential_without_plan(e: Evidence) -> pd.Series:
    rows = e.episodes[e.now & e.episodes["place_code"].eq("S1")]
    upn = pupil_number(e.of_child(rows, "upn"))
    alone = ~blank(upn) & ~among(upn, e.plans.loc[e.plans["in_force"], "upn"])
    return alone.reindex(e.episodes.index, fill_value=False)


RULES: Final = (
    Rule(
        "H01",
        ERROR,
        "children",
        "aged over 25 or not yet born on the snapshot day",
        "correct DOB",
        lambda e: ~completed_years(e.children["birth_date"], e.snapshot).fillna(0).between(0, 25),
    ),
    Rule(
        "H02",
        ERROR,
        "children",
        "no usable date of birth: age is not known",
        "correct DOB",
        lambda e: e.children["birth_date"].isna(),
    ),
    Rule(
        "H03",
        WARNING,
        "children",
        "header of a child with no episode",
        "add the child's episodes, or leave the header out",
        lambda e: e.children["in_header"] & ~e.share_child(e.children, e.episodes),
        ("episodes",),
    ),
    Rule(
        "H04",
        WARNING,
        "children",
        "sex is missing or not a code",
        "correct SEX",
        lambda e: e.children["in_header"] & e.children["sex"].eq("U"),
    ),
    Rule(
        "H05",
        WARNING,
        "children",
        "unique pupil number cannot be one: wrong form or wrong check letter",
        "correct UPN: a child's plan is found by it",
        lambda e: malformed_upn(e.children["upn"]),
    ),
    Rule(
        "H06",
        ERROR,
        "children",
        "two children share one unique pupil number",
        "correct UPN, or join the two headers if they are one child",
        lambda e: shared(pupil_number(e.children["upn"])),
    ),
    Rule(
        "H07",
        ERROR,
        "stated_births",
        "date of birth differs between the header and another table of the return",
        "correct DOB in one of them",
        lambda e: told_apart(e.stated_births["birth_date"], e.stated_births["header_birth_date"]),
        ("children",),
    ),
    Rule(
        "H08",
        ERROR,
        "stated_births",
        "dates of birth over a year apart under one identifier: two children may share it",
        "give each child an identifier of their own",
        _two_children,
    ),
    Rule(
        "H09",
        WARNING,
        "stated_births",
        "child in another table of the return has no header",
        "add the child to the header file, or correct CHILD",
        lambda e: ~e.of_child(e.stated_births, "in_header"),
        ("children",),
    ),
    Rule(
        "T01",
        WARNING,
        "uasc",
        "sex differs between the header and the table of unaccompanied children",
        "correct SEX in one of them",
        _sex_differs,
        ("children",),
    ),
    Rule(
        "T02",
        ERROR,
        "uasc",
        "ceased to be unaccompanied before birth",
        "correct DUC or DOB",
        lambda e: e.table("uasc")["duc"] < e.table("uasc")["born"],
    ),
    Rule(
        "T03",
        WARNING,
        "uasc",
        "ceased to be unaccompanied after the eighteenth birthday",
        "correct DUC: it is at the latest the eighteenth birthday",
        lambda e: e.table("uasc")["duc"] > e.table("uasc")["born"] + pd.DateOffset(years=18),
    ),
    Rule(
        "X01",
        ERROR,
        "plans",
        "date of birth differs between the care return and the EHC plan with the same pupil number",
        "correct the date of birth or the UPN in one of them: care and learning may be of two children",
        lambda e: told_apart(_in_care(e, "birth_date"), e.plans["birth_date"]),
        ("children",),
    ),
    Rule(
        "X02",
        WARNING,
        "plans",
        "sex differs between the care return and the EHC plan with the same pupil number",
        "correct the sex or the UPN in one of them",
        lambda e: told_apart(_in_care(e, "sex").replace("U", None), e.plans["sex"].replace("U", None)),
        ("children",),
    ),
    Rule(
        "X03",
        WARNING,
        "episodes",
        "in a residential school (S1) with no EHC plan in force under the child's pupil number",
        "check PLACE and UPN, or add the plan",
        _residential_without_plan,
        ("plans", "children"),
    ),
)
