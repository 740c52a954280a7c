"""What does each step of a scenario contribute? Each added alone, each taken out, and how they act together.

::

  effect    E(S) = what doing nothing leaves away, less what the steps S leave away           (child-years)
  alone     E({i})                        removed   E(all) - E(all but i)
  together  E(all) = sum of alone + interaction = sum of removed + overlap

Steps that do the same work for the same children come to less together than alone (interaction below 0): each taken out
is then missed less than it did by itself. Steps that need each other come to more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.comparison.outcome import Outcome
from placements.comparison.result import DO_NOTHING, Comparison
from placements.errors import UsageError

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

#: Rows beside the steps.
INTERACTION: Final = "interaction"
TOGETHER: Final = "together"


@dataclass(frozen=True)
class Steps:
    """What the steps of a scenario do, alone and together, in every future.

    Attributes
    ----------
    scenario : str
    names : tuple of str
        Of the steps, in the scenario's order.
    alone, removed : ndarray (steps, samples)
        Child-years fewer away with the step alone, and those lost when it alone is taken out.
    together : ndarray (samples,)
        Of all steps.
    npv_alone_gbp, npv_removed_gbp : ndarray (steps, samples)
    npv_together_gbp : ndarray (samples,)
    """

    scenario: str
    names: tuple[str, ...]
    alone: Floats
    removed: Floats
    together: Floats
    npv_alone_gbp: Floats
    npv_removed_gbp: Floats
    npv_together_gbp: Floats

    def table(self, result: Comparison) -> pd.DataFrame:
        """Return one row per step, then the interaction, then all together.

        Returns
        -------
        DataFrame
            Indexed by `step`: `alone` and `removed` (child-years) and `npv_alone_gbp` and `npv_removed_gbp`, with their
            bands. In each column the steps and the interaction add up to what they do together.
        """
        columns = (
            ("alone", self.alone, self.together),
            ("removed", self.removed, self.together),
            ("npv_alone_gbp", self.npv_alone_gbp, self.npv_together_gbp),
            ("npv_removed_gbp", self.npv_removed_gbp, self.npv_together_gbp),
        )
        tables = []
        for name, steps, together in columns:
            rows = [*steps, together - steps.sum(axis=0), together]
            tables.append(pd.DataFrame([result.banded(values).named(name) for values in rows]))
        index = pd.Index([*self.names, INTERACTION, TOGETHER], name="step")
        return pd.concat(tables, axis=1).set_index(index)


def contributions(result: Comparison, scenario: str, progress: Progress | None = None) -> Steps:
    """Work out what each step of a scenario contributes, in the futures of a comparison.

    Parameters
    ----------
    result : Comparison
    scenario : str
        One of `result.scenarios`.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Raises
    ------
    UsageError
        When there is no such scenario.
    """
    if scenario not in result.scenarios or scenario == DO_NOTHING:
        others = [name for name in result.scenarios if name != DO_NOTHING]
        raise UsageError(f"there is no scenario {scenario!r} with steps; there are {', '.join(others)}")
    tell = progress or (lambda share, text: None)
    entries, nothing, every = result.scenarios[scenario], result.nothing, result.outcomes[scenario]
    number, done = len(entries), 0

    def outcome_of(kept: list[int]) -> Outcome:
        nonlocal done
        tell(done / max(2 * number, 1), scenario)
        done += 1
        # A scenario of one step, or of all of them, is worked out already.
        if not kept or len(kept) == number:
            return every if kept else nothing
        return result.world.outcome([entries[at] for at in kept], nothing)

    alone = [outcome_of([at]) for at in range(number)]
    without = [outcome_of([other for other in range(number) if other != at]) for at in range(number)]
    tell(1.0, "done")
    samples = len(result.weights)
    return Steps(
        scenario,
        tuple(entry.name for entry in entries),
        alone=np.array([one.fewer_away_than(nothing) for one in alone]).reshape(number, samples),
        removed=np.array([every.fewer_away_than(one) for one in without]).reshape(number, samples),
        together=every.fewer_away_than(nothing),
        npv_alone_gbp=np.array([one.npv_gbp for one in alone]).reshape(number, samples),
        npv_removed_gbp=np.array([every.npv_gbp - one.npv_gbp for one in without]).reshape(number, samples),
        npv_together_gbp=every.npv_gbp,
    )
