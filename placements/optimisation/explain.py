"""Why is it in the plan? What each intervention does, in a table and in a sentence."""

from __future__ import annotations

import pandas as pd

from placements import codes
from placements.county import County
from placements.optimisation.plan import Plan


def explain(county: County, plan: Plan) -> pd.DataFrame:
    """Return one row per intervention that opens places.

    Returns
    -------
    DataFrame
        `name`, `place`, `child_years` (kept local over all years), `idle` (usable child-years not used), `main_need`,
        `main_area`, and `sentence`.
    """
    names = dict(zip(county.areas["area"], county.areas["name"], strict=True))
    detail = kept_by_place(plan)
    rows = []
    for (name, place), own in plan.idle.groupby(["name", "place"], sort=False):
        served = detail[detail["place"].eq(str(place))]
        used, idle = float(own["used"].sum()), float(own["idle"].sum())
        need, area = _largest(served, "need_group"), _largest(served, "area")
        rows.append(
            (name, place, used, idle, need, area, _sentence(str(name), used, idle, need, names.get(area, area)))
        )
    columns = ["name", "place", "child_years", "idle", "main_need", "main_area", "sentence"]
    return pd.DataFrame(rows, columns=columns)


def kept_by_place(plan: Plan) -> pd.DataFrame:
    """Return child-years kept local by `place`, `area` and `need_group`, over all years."""
    groups = plan.child_years[["group", "area", "need_group"]].drop_duplicates("group")
    table = plan.serves.merge(groups, on="group")
    return table.groupby(["place", "area", "need_group"])[["child_years"]].sum().reset_index()


def _largest(served: pd.DataFrame, column: str) -> str:
    if served.empty:
        return ""
    sums = served.groupby(column)["child_years"].sum().sort_index()
    return str(sums.idxmax())


def _sentence(name: str, used: float, idle: float, need: str, area: str) -> str:
    if used < 0.05:
        return f"{name} is not used by the children who start after today."
    share = used / (used + idle) if used + idle else 0.0
    label = codes.NEED_GROUP_LABEL.get(need, need).lower()
    return (
        f"{name} keeps {used:.1f} child-years local that would otherwise be avoidably away, most of them "
        f"{label} and from {area}; {share:.0%} of its usable places are used."
    )
