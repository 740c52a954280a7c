"""What is known of the fewest child-years away under every limit, from what was found and proved under some.

Let ``f(limit)`` be the fewest child-years away that any plan allowed under the limit reaches. Whatever is allowed under
a limit is allowed under a greater one, so `f` never rises as the limit does, and so

- a plan that *needs* a limit of n (the least under which it is allowed) is an upper bound of ``f(limit)`` for every
  ``limit >= n``;
- a lower bound of ``f(limit)``, proved under that limit, is one under every limit at or *below* it. It says nothing
  about greater limits, where more can be done.

Where the two meet within the tolerance a limit is proved, whether or not anything was ever solved for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """A plan found.

    Attributes
    ----------
    needs : float
        The least limit, in pounds, under which it is allowed.
    away : float
        Expected child-years away.
    solution : ndarray (variables,)
    """

    needs: float
    away: float
    solution: Floats


@dataclass
class Known:
    """Plans found and bounds proved so far, each under any limit."""

    found: list[Found] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)

    def add_plan(self, plan: Found) -> None:
        """Remember a plan."""
        self.found.append(plan)

    def add_bound(self, limit: float, away: float) -> None:
        """Remember that no plan allowed under the limit has fewer child-years away."""
        self.bounds.append((limit, away))

    def best(self, limit: float) -> Found | None:
        """Return the plan with the fewest child-years away of those allowed; of equals the one that needs least."""
        allowed = [plan for plan in self.found if plan.needs <= limit]
        return min(allowed, key=lambda plan: (plan.away, plan.needs)) if allowed else None

    def bound(self, limit: float) -> float:
        """Return the highest lower bound that holds under the limit: those proved there or under greater limits."""
        return max((away for proved, away in self.bounds if proved >= limit), default=-math.inf)
