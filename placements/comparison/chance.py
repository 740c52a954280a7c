"""Does it succeed? The fate of an intervention in each future, the same in every scenario that holds it.

The draw hangs on the seed, the run of the forecast and the intervention's name alone (common random numbers): two
scenarios with the same intervention share its fate in every future, so that their difference is not blurred by chance;
and one that is likelier to succeed succeeds wherever it did before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from placements.interventions import Intervention
from placements.optimisation.in_force import InForce

Floats = npt.NDArray[np.float64]


def fates(interventions: Sequence[Intervention], runs: Sequence[int], seed: int) -> tuple[InForce, ...]:
    """Return the interventions with where each succeeds."""
    return tuple(InForce(entry, _success(entry, runs, seed)) for entry in interventions)


def _success(entry: Intervention, runs: Sequence[int], seed: int) -> Floats:
    if entry.probability_of_success >= 1:
        return np.ones(1)
    drawn = np.array([draw(seed, run, entry.name) for run in runs])
    return np.asarray(drawn < entry.probability_of_success, float)


def draw(seed: int, run: int, name: str) -> float:
    """Return a number between 0 and 1 (never 1), as if at random, from a seed, a run and a name."""
    digest = hashlib.sha256(f"{seed}/{run}/{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
