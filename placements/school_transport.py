"""Which child with a plan is a row of the transport register about?

The team that arranges transport knows a child by the person id of the SEN2 return or by the pupil number. A row is
about the plan of its person id; without one, or when no plan has it, about the only plan that has its pupil number. A
row that is about no plan, or whose pupil number stands on several, is left out and counted: nobody is guessed at.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import schemas
from placements.frames import look_up

#: What can become of a row, in words.
BY_PERSON, BY_UPN, NO_PLAN, SEVERAL_PLANS = "by_person_id", "by_upn", "no_plan", "several_plans"
OUTCOMES: Final = (BY_PERSON, BY_UPN, NO_PLAN, SEVERAL_PLANS)


def matched(transport: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """Return the plan that each row is about.

    Parameters
    ----------
    transport : DataFrame
        `schemas.SCHOOL_TRANSPORT`.
    plans : DataFrame
        `schemas.PLANS`: `person_id` (each once) and `upn`.

    Returns
    -------
    DataFrame
        Indexed as `transport`: `person_id` (empty where there is none) and `outcome`, one of `OUTCOMES`.
    """
    numbers = plans["upn"].fillna("").str.strip().str.upper()
    held = numbers.ne("")
    once = plans[held & ~numbers.duplicated(keep=False)]
    by_upn = pd.Series(once["person_id"].to_numpy(), index=pd.Index(numbers[once.index]), dtype="str")
    by_person = transport["person_id"].where(transport["person_id"].isin(plans["person_id"]), "")
    found_by_upn = look_up(transport["upn"], by_upn).fillna("").astype("str")
    several = transport["upn"].isin(numbers[held & numbers.duplicated(keep=False)])
    outcome = pd.Series(NO_PLAN, index=transport.index, dtype="str", name="outcome")
    outcome[several] = SEVERAL_PLANS
    outcome[found_by_upn.ne("")] = BY_UPN
    outcome[by_person.ne("")] = BY_PERSON
    person = by_person.mask(by_person.eq(""), found_by_upn).astype("str")
    return pd.DataFrame({"person_id": person, "outcome": outcome})


def unmatched(transport: pd.DataFrame, plans: pd.DataFrame) -> pd.Series:
    """Return which rows of the register are about no plan, or cannot be told which one."""
    return matched(transport, plans)["person_id"].eq("")


def by_child(transport: pd.DataFrame, plans: pd.DataFrame, child_id: pd.Series) -> pd.DataFrame:
    """Return what the transport of each child costs (`schemas.TRANSPORT`), by child id.

    Of several files about one child the last says; where rows of one file differ on cost or mode, that is not known.

    Parameters
    ----------
    transport, plans : DataFrame
        As in `matched`.
    child_id : Series
        Indexed as `plans`: the child that each is of, as in `schemas.PLACEMENTS`.
    """
    found = matched(transport, plans)
    rows = transport[found["person_id"].ne("")]
    children = pd.Series(child_id.to_numpy(), index=pd.Index(plans["person_id"]))
    rows = rows.assign(child_id=look_up(found.loc[rows.index, "person_id"], children))
    if rows.empty:
        return schemas.empty(schemas.TRANSPORT)
    rows = rows[rows["source"].eq(rows.groupby("child_id")["source"].transform("last"))]
    groups = rows.groupby("child_id")
    agreed = {name: groups[name].nunique(dropna=False).eq(1) for name in ("yearly_cost_gbp", "mode")}
    first = groups[["yearly_cost_gbp", "mode", "source"]].first()
    table = pd.DataFrame(
        {
            "yearly_cost_gbp": first["yearly_cost_gbp"].where(agreed["yearly_cost_gbp"]),
            "mode": first["mode"].where(agreed["mode"], ""),
            "source": first["source"],
        }
    )
    return schemas.check(schemas.TRANSPORT, table.reset_index())
