"""What do units decided on add? Usable places, and the most that running them can cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from placements.optimisation.problem import Problem, cost_per_child_year

Floats = npt.NDArray[np.float64]


def usable_places(problem: Problem, units: Floats) -> Floats:
    """Return usable places with the units decided on (options, years): existing, committed and new, (places, years)."""
    options = problem.options
    size = (options["places"] * options["planned_occupancy"]).to_numpy(float)
    ready = np.einsum("jo,jot->jt", units, problem.ready) * size[:, None]
    out = problem.fixed_capacity.copy()
    opens = options["place"].to_numpy(np.intp) >= 0
    np.add.at(out, options["place"].to_numpy(np.intp)[opens], ready[opens])
    return out


def surely_within_running_cost(problem: Problem, units: Floats) -> bool:
    """Return whether running cost keeps every limit even with all new places full in every year and future."""
    ready = np.einsum("jo,jot->jt", units, problem.ready)
    fixed = ready * problem.options["yearly_cost_gbp"].to_numpy(float)[:, None]
    new = problem.places["is_new"].to_numpy(bool)
    weekly = np.where(new, problem.places["weekly_cost_gbp"].to_numpy(float), 0.0)
    used = usable_places(problem, units) * cost_per_child_year(weekly)[:, None]
    if (fixed.sum(axis=0) + used.sum(axis=0) > problem.revenue_left).any():
        return False
    separate = problem.separate
    if separate is None:
        return True
    of_options = separate.charged_to(separate.part(problem.options["planning_area"]))
    of_places = separate.charged_to(separate.part(problem.places["area"]))
    return not (of_options @ fixed + of_places @ used > separate.revenue_left).any()
