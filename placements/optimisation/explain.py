"""Why is it in the plan? What each intervention does, in a table and in a sentence."""

from __future__ import annotations

import pandas as pd

from placements import codes
from placements.county import County
from placements.interventions import ReduceEntries
from placements.optimisation.fewer import concerns
from placements.optimisation.plan import GROUP_COLUMNS, Plan


def explain(county: County, plan: Plan) -> pd.DataFrame:
    """Return one row per intervention that opens places, and per option chosen that prevents.

    Returns
    -------
    DataFrame
        `name`, `place` (empty for none), `child_years` (kept local or prevented, over all years),
        `idle` (usable child-years not used), `main_need`,
        `main_area`, and `sentence`.
    """
    names = county.area_names
    detail = kept_by_place(plan)
    rows = []
    for (name, place), own in plan.idle.groupby(["name", "place"], sort=False):
        served = detail[detail["place"].eq(str(place))]
        used, idle = float(own["used"].sum()), float(own["idle"].sum())
        need, area = _largest(served, "need_group"), _largest(served, "area")
        rows.append(
            (name, place, used, idle, need, area, _sentence(str(name), used, idle, need, names.get(area, area)))
        )
    for entry in plan.chosen:
        if isinstance(entry, ReduceEntries):
            fewer = prevented_by(county.areas, plan, entry)
            need, area = _largest(fewer, "need_group"), _largest(fewer, "area")
            total = float(fewer["child_years"].sum())
            said = _prevents(entry.name, total, need, names.get(area, area))
            rows.append((entry.name, "", total, 0.0, need, area, said))
    columns = ["name", "place", "child_years", "idle", "main_need", "main_area", "sentence"]
    return pd.DataFrame(rows, columns=columns)


def kept_by_place(plan: Plan) -> pd.DataFrame:
    """Return child-years kept local by `place`, `area` and `need_group`, over all years."""
    groups = plan.child_years[["group", "area", "need_group"]].drop_duplicates("group")
    table = plan.serves.merge(groups, on="group")
    return table.groupby(["place", "area", "need_group"])[["child_years"]].sum().reset_index()


def prevented_by(areas: pd.DataFrame, plan: Plan, entry: ReduceEntries) -> pd.DataFrame:
    """Return child-years that an option chosen prevents, by `area` and `need_group`, over all years.

    Of the options chosen no other concerns its demand groups.
    """
    groups = plan.child_years[list(GROUP_COLUMNS)].drop_duplicates("group")
    mine = groups.loc[concerns(entry, groups, areas), "group"]
    table = plan.child_years[plan.child_years["group"].isin(mine) & (plan.child_years["prevented"] > 1e-6)]
    sums = table.groupby(["area", "need_group"])[["prevented"]].sum().reset_index()
    return sums.rename(columns={"prevented": "child_years"})


def _largest(served: pd.DataFrame, column: str) -> str:
    if served.empty:
        return ""
    sums = served.groupby(column)["child_years"].sum().sort_index()
    return str(sums.idxmax())


def _prevents(name: str, total: float, need: str, area: str) -> str:
    if total < 0.05:
        return f"{name} prevents no placement that would have been avoidably away."
    label = codes.NEED_GROUP_LABEL.get(need, need).lower()
    return (
        f"{name} prevents {total:.1f} child-years that would otherwise have been avoidably away or taken a place, most "
        f"of them {label} and from {area}."
    )


def _sentence(name: str, used: float, idle: float, need: str, area: str) -> str:
    if used < 0.05:
        return f"{name} is not used by the children who start after today."
    share = used / (used + idle) if used + idle else 0.0
    label = codes.NEED_GROUP_LABEL.get(need, need).lower()
    return (
        f"{name} keeps {used:.1f} child-years local that would otherwise be avoidably away, most of them "
        f"{label} and from {area}; {share:.0%} of its usable places are used."
    )
