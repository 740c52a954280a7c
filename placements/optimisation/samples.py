"""The same problem over other futures: the mean of its samples, or one of them."""

from __future__ import annotations

import dataclasses

import numpy as np

from placements.optimisation.problem import Problem


def mean_of(problem: Problem) -> Problem:
    """Return the problem over the mean of its samples: one future, in which need is what is expected."""
    need = (problem.need @ problem.weights)[:, :, None]
    return dataclasses.replace(problem, need=need, weights=np.ones(1))


def only_sample(problem: Problem, sample: int) -> Problem:
    """Return the problem in which one sample is certain: rules that hold on average then hold in it alone."""
    lost = problem.atoms.out_of_reach(problem.demand.need[:, :, [sample]])
    return dataclasses.replace(
        problem, need=problem.need[:, :, [sample]], weights=np.ones(1), out_of_reach=float(lost.sum())
    )


def without_average_rules(problem: Problem) -> Problem:
    """Return the problem without the rules that hold on average over the samples: minimum occupancy, running cost.

    Its bound in one sample is a bound for any plan that keeps those rules only on average.
    """
    return dataclasses.replace(
        problem,
        options=problem.options.assign(minimum_occupancy=0.0),
        revenue_left=np.full_like(problem.revenue_left, np.inf),
    )
