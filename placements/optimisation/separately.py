"""What does separation cost? The plan of an authority as a whole beside that of its parts, each by itself.

Both answer the same need, in the same futures, with the same money in all. Two answers that each have a gap tell their
difference between bounds only (`variants.Between`); it is never below 0 for child-years, since whatever is allowed
separately is allowed together.

By part, child-years are those of the part's own children. Net cost is capital and fixed running cost of what is opened
in the part, and what the part's children cost where they go, less what they would cost if all stayed away. Prevention
stands nowhere: its cost is shared out as money is (`separate.charged`), and what it saves is of the children whose
placements it averts. Planned together children may go to places of another part; what that part pays for having them
there is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.optimisation.demand import demand_after, what_would_come
from placements.optimisation.evaluate_parts import places_named
from placements.optimisation.in_force import certain
from placements.optimisation.places import opened_places
from placements.optimisation.plan import Plan
from placements.optimisation.problem import cost_per_child_year
from placements.optimisation.run import optimise
from placements.optimisation.separate import charged, parts_of
from placements.optimisation.solve import Progress
from placements.optimisation.variants import Between, lost

FIRST: Final = "away_child_years"
TOGETHER, SEPARATELY, ALL = "together", "separately", "all"


@dataclass(frozen=True)
class Separately:
    """The two plans side by side.

    Attributes
    ----------
    name : str
        Of the boundary set.
    together, separately : Plan
    shares : mapping of str to float
        Of the money, by part.
    table : DataFrame
        By `planned` (`together`, `separately`) and `part` (and `all`): `need_child_years`, `away_child_years`,
        `bound_child_years` (the least that could be; of a part only separately), `capital_gbp`, `net_cost_gbp`; over
        all years.
    more_away : Between
        Child-years more away for being separate.
    """

    name: str
    together: Plan
    separately: Plan
    shares: Mapping[str, float]
    table: pd.DataFrame
    more_away: Between

    @property
    def status(self) -> str:
        """Return `optimal` only if both plans are proved."""
        return self.together.status if not self.together.is_proved else self.separately.status


def compare_separately(
    county: County, forecast: Forecast, name: str, *, progress: Progress | None = None, **overrides: Any
) -> Separately:
    """Plan for an authority as a whole and for the parts that a boundary set makes of it.

    Parameters
    ----------
    county : County
    forecast : Forecast
    name : str
        A boundary set, such as ``surrey-2027``.
    progress : callable, optional
    **overrides
        Any field of `settings.OptimiseSettings`.

    Raises
    ------
    UsageError
        When there is no such set, or fewest child-years away is not the first goal: only that can be compared.
    """
    of_area, plans = parts_of(county, name) or {}, {}
    for at, (planned, separate) in enumerate(((TOGETHER, ""), (SEPARATELY, name))):
        tell = None if progress is None else _half(progress, at / 2, planned)
        plans[planned] = optimise(county, forecast, separate=separate, progress=tell, **overrides)
        first = plans[planned].goals[0].name
        if first != FIRST:
            raise UsageError(
                f"together and separately are compared by child-years away, but the first goal is "
                f"{first.replace('_', ' ')}\n  What to do: put {FIRST} first among the goals, without weights or floors"
            )
    together, apart = plans[TOGETHER], plans[SEPARATELY]
    shares = apart.limits.separate_shares
    tables = [_by_part(county, forecast, plan, planned, of_area, shares) for planned, plan in plans.items()]
    more = lost(together.goals[0], apart.goals[0], is_tighter=True)
    return Separately(name, together, apart, shares, pd.concat(tables), more)


def _half(progress: Progress, begun: float, planned: str) -> Progress:
    return lambda share, text: progress(begun + share / 2, f"{planned}: {text}")


def _by_part(
    county: County, forecast: Forecast, plan: Plan, planned: str, of_area: Mapping[str, str],
    shares: Mapping[str, float],
) -> pd.DataFrame:  # fmt: skip
    names, years = sorted(set(of_area.values())), forecast.years
    part = plan.child_years["area"].astype("str").map(of_area)
    sums = plan.child_years.groupby(part)[["need", "away"]].sum().reindex(names).fillna(0.0)
    opened = opened_places(county, plan.interventions, years).table["area"].astype("str").map(of_area)
    spent = charged(plan.interventions, opened.tolist(), names, np.array([shares[name] for name in names]), years)
    capital = spent["capital"].sum(axis=1)
    saved = _saved(county, forecast, plan, of_area).reindex(names).fillna(0.0)
    table = pd.DataFrame(
        {
            "need_child_years": sums["need"],
            "away_child_years": sums["away"],
            "capital_gbp": capital,
            "net_cost_gbp": capital + spent["yearly"].sum(axis=1) - saved,
        }
    )
    table.loc[ALL] = table.sum()
    gap = float(table["away_child_years"].to_numpy()[-1]) - plan.goals[0].bound
    bound = (table["away_child_years"] - max(gap, 0.0)).clip(lower=0.0)
    # The parts have nothing in common, so what all of them together could still gain is the most that one could.
    whole = planned == TOGETHER or _sites_in_several_parts(county, of_area)
    table.insert(2, "bound_child_years", bound.where(pd.Series(not whole, index=bound.index) | (bound.index == ALL)))
    table.insert(0, "planned", planned)
    return table.rename_axis("part").reset_index()


def _saved(county: County, forecast: Forecast, plan: Plan, of_area: Mapping[str, str]) -> pd.Series:
    """Return by part what its children would have cost away, less what they cost where they are kept local.

    What the prevention chosen averts is saved whole, placements that would have been local among it.
    """
    runs, weights = np.array(plan.runs, np.intp), np.array(plan.weights)
    would_come = what_would_come(county, forecast, runs, weights)
    before, after = (
        demand_after(county, would_come, certain(given))
        for given in ([entry for entry in plan.interventions if entry not in plan.chosen], plan.interventions)
    )
    groups = after.groups.set_index("group")
    part = groups["area"].astype("str").map(of_area)
    serves = plan.serves
    places = places_named(county, plan, forecast.years)
    weekly = serves["group"].map(groups["away_cost_gbp"]) - serves["place"].map(places["weekly_cost_gbp"])
    kept = serves["child_years"] * cost_per_child_year(weekly.to_numpy(float))
    saved = kept.groupby(serves["group"].map(part)).sum()
    for cost, fewer in (
        ("away_cost_gbp", before.need - after.need),
        ("local_cost_gbp", after.prevented_local - before.prevented_local),
    ):
        child_years = (fewer @ weights).sum(axis=1)
        pounds = child_years * cost_per_child_year(groups[cost].fillna(0.0).to_numpy(float))
        saved = saved.add(pd.Series(pounds, index=groups.index).groupby(part).sum(), fill_value=0.0)
    return saved


def _sites_in_several_parts(county: County, of_area: Mapping[str, str]) -> bool:
    options = county.options
    places = options[["site_id", "district", "postcode"]].drop_duplicates()
    return len(set(of_area.values())) > 1 and bool(places["site_id"].duplicated().any())
