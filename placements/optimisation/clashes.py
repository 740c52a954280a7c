"""Can the commitments be kept at all? Found before the solver runs, and said in words."""

from __future__ import annotations

from collections import Counter

from placements.errors import InfeasibleError
from placements.interventions import Opening, ReduceEntries
from placements.optimisation.problem import Problem
from placements.optimisation.separate import clashes_of_parts


def refuse_clashes(problem: Problem) -> None:
    """Check commitments against the limits. Doing nothing more is possible exactly when this passes.

    Raises
    ------
    InfeasibleError
        Naming every limit that the commitments alone break, and by how much.
    """
    limits, found = problem.limits, list[str]()
    if problem.capital_total_left < -0.5:
        over = -problem.capital_total_left
        found.append(f"they cost £{over:,.0f} more than the capital of £{limits.capital_gbp:,.0f}")
    for year, left in enumerate(problem.capital_left.tolist(), start=1):
        if left < -0.5:
            found.append(
                f"in year {year} they cost £{-left:,.0f} more than the capital of "
                f"£{limits.capital_per_year_gbp:,.0f} a year"
            )
    for year, left in enumerate(problem.revenue_left.tolist(), start=1):
        if left < -0.5:
            found.append(
                f"in year {year} their fixed running cost is £{-left:,.0f} more than the limit of "
                f"£{limits.revenue_per_year_gbp:,.0f} a year"
            )
    for year, left in enumerate([] if problem.staff_left is None else problem.staff_left.tolist(), start=1):
        if left < -1e-6:
            found.append(
                f"in year {year} they need {-left:,.1f} more new staff than the {limits.staff_per_year:,.1f} who can "
                "be recruited in a year"
            )
    for area, left in sorted(problem.homes_left.items()):
        if left < 0:
            found.append(
                f"they open {-left} more children's homes in {area} than the {limits.max_homes_per_area} allowed"
            )
    found += clashes_of_parts(problem)
    sites = Counter(
        entry.site_id for entry in problem.commitments if isinstance(entry, Opening | ReduceEntries) and entry.site_id
    )
    found += [f"{number} of them use the site {site!r}" for site, number in sorted(sites.items()) if number > 1]
    if found:
        raise InfeasibleError(
            "\n  - ".join(["the commitments clash with the limits:", *found])
            + "\n  What to do: raise the limit, or take a commitment out"
        )
