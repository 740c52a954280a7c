"""Which places should be opened, where and when, so that the fewest children are avoidably away?"""

from placements.optimisation.efficient import Frontier, FrontierPoint, frontier
from placements.optimisation.evaluate import Evaluation, PlanError, evaluate
from placements.optimisation.explain import explain
from placements.optimisation.plan import Plan
from placements.optimisation.run import optimise
from placements.optimisation.separately import Separately, compare_separately
from placements.optimisation.solve import GoalResult
from placements.optimisation.stress import Stress, stress
from placements.optimisation.why import Why, why

__all__ = [
    "Evaluation",
    "Frontier",
    "FrontierPoint",
    "GoalResult",
    "Plan",
    "PlanError",
    "Separately",
    "Stress",
    "Why",
    "compare_separately",
    "evaluate",
    "explain",
    "frontier",
    "optimise",
    "stress",
    "why",
]
