"""How sure is the number judged avoidable? What it would be under other assumptions of the rules, one and all.

The rules that infer a reason rest on assumptions that nobody can check. Each is moved to both ends of a stated range,
alone and then with all the others, in the direction that finds fewest and most avoidable. Every assumption moves the
number one way only, so no combination lies outside. A recorded reason decides whatever is assumed. How far a share of
so few children could be by chance is another matter: the Wilson interval of the central share, beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.analysis.avoidable import judge
from placements.analysis.local_match import local_match
from placements.analysis.measure import wilson
from placements.analysis.occupancy import UseByDay
from placements.settings import ThresholdSettings

#: Each assumption: what it is when the fewest and when the most are avoidable.
NEAR_HOME_MILES: Final = (5.0, 0.0)
FULL_AT_OCCUPANCY: Final = (1.0, 0.8)
ALL: Final = "all_together"
ASSUMPTIONS: Final = {
    "near_home_miles": "How near home a placement over the boundary counts as local: 5 miles to 0",
    "full_at_occupancy": "How full local places are when they count as full: 100% to 80%",
    "local_vacancy": "Of those placed outside though local places were vacant: none avoidable, to all",
    "others_use": "How many places others held: none, to as many as on the snapshot day",
    ALL: "All assumptions together",
}


@dataclass(frozen=True)
class _Assumed:
    near_home_miles: float
    full_at_occupancy: float
    vacancy_avoidable: bool
    others_share: float


def avoidable_under(
    outside: pd.DataFrame, provision: pd.DataFrame, thresholds: ThresholdSettings, use: UseByDay
) -> pd.DataFrame:
    """Return whether each placement out of county is judged avoidable, with each assumption at either end.

    Parameters
    ----------
    outside : DataFrame
        `schemas.PLACEMENTS`, those out of county.
    provision, thresholds, use
        As in `avoidable.classify`.

    Returns
    -------
    DataFrame of bool
        Indexed as `outside`: `central` (as the settings say, a local vacancy not being avoidable), and `low` and
        `high` of each of `ASSUMPTIONS`, as columns `(assumption, end)`. A setting beyond the range widens it.
    """
    near, full = thresholds.near_home_miles, thresholds.full_at_occupancy
    central = _Assumed(near, full, vacancy_avoidable=False, others_share=1.0)
    ends: dict[str, dict[str, tuple[Any, Any]]] = {
        "near_home_miles": {"near_home_miles": (max(near, NEAR_HOME_MILES[0]), min(near, NEAR_HOME_MILES[1]))},
        "full_at_occupancy": {"full_at_occupancy": (max(full, FULL_AT_OCCUPANCY[0]), min(full, FULL_AT_OCCUPANCY[1]))},
        "local_vacancy": {"vacancy_avoidable": (False, True)},
        "others_use": {"others_share": (0.0, 1.0)},
    }
    ends[ALL] = {name: pair for one in list(ends.values()) for name, pair in one.items()}
    local = {share: local_match(outside, provision, use, share) for share in (1.0, 0.0)}

    def judged(assumed: _Assumed) -> pd.Series:
        limits = dataclasses.replace(
            thresholds, near_home_miles=assumed.near_home_miles, full_at_occupancy=assumed.full_at_occupancy
        )
        found = judge(outside, local[assumed.others_share], limits)
        vacant = found["reason"].eq("local_vacancy") & assumed.vacancy_avoidable
        return found["judgement"].eq("avoidable") | vacant

    columns = {("central", ""): judged(central)}
    for name, changes in ends.items():
        for position, end in enumerate(("low", "high")):
            changed = {field: pair[position] for field, pair in changes.items()}
            columns[name, end] = judged(dataclasses.replace(central, **changed))
    return pd.DataFrame(columns)


def avoidable_range(
    outside: pd.DataFrame,
    provision: pd.DataFrame,
    thresholds: ThresholdSettings,
    use: UseByDay,
    by: Sequence[str] = ("service", "basis"),
) -> pd.DataFrame:
    """Return how many are avoidable, low, central and high, by assumption.

    Parameters
    ----------
    by : sequence of str
        `service`, `basis`, both or neither.

    Returns
    -------
    DataFrame
        One row for each group of `by` that occurs and each of `ASSUMPTIONS` (all together last): `assumption`,
        `children`, `avoidable_low`, `avoidable_central`, `avoidable_high`, their shares `share_low`, `share_central`,
        `share_high`, `chance_low` and `chance_high` (95 % Wilson of the central share), and `drives_most`: `yes` for
        the assumption that alone moves the number most (the first of several), else `no`.
    """
    under = avoidable_under(outside, provision, thresholds, use)
    basis = judge(outside, local_match(outside.head(0), provision, use).reindex(outside.index), thresholds)["basis"]
    keys = pd.DataFrame({"service": outside["service"], "basis": basis, "all": "all"})
    groups = list(by) or ["all"]
    sums = under.astype(int).groupby([keys[name] for name in groups]).sum()
    size = keys.groupby(groups).size()
    parts = []
    for name in ASSUMPTIONS:
        part = pd.DataFrame({"assumption": name, "children": size}, index=size.index)
        part["avoidable_low"] = sums[name, "low"]
        part["avoidable_central"] = sums["central", ""]
        part["avoidable_high"] = sums[name, "high"]
        for end in ("low", "central", "high"):
            part[f"share_{end}"] = part[f"avoidable_{end}"] / part["children"]
        part["chance_low"], part["chance_high"] = wilson(part["avoidable_central"], part["children"])
        parts.append(part.reset_index())
    table = pd.concat(parts, ignore_index=True)
    order = {name: position for position, name in enumerate(ASSUMPTIONS)}
    table = table.sort_values([*groups, "assumption"], key=lambda c: c.map(order) if c.name == "assumption" else c)
    table = table.reset_index(drop=True)
    alone = table["assumption"].ne(ALL)
    moved = (table["avoidable_high"] - table["avoidable_low"]).where(alone, 0)
    largest = moved.groupby([table[name] for name in groups]).transform("idxmax")
    table["drives_most"] = np.where((table.index == largest) & (moved > 0), "yes", "no")
    return table[[*by, *(name for name in table.columns if name not in (*by, "all"))]]
