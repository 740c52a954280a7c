"""How do needs differ in how long stays last, and in whether they lead out of care?

Two factors for each need of a service: how many stays end for each that is expected of such kinds, ages and phases of
care; and the odds that one that ends leads out of the service rather than to another place. Both are shrunk to 1 by
`PRIOR_ENDS`, hold for all kinds of provision alike, and are drawn per run with their errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting.cells import cells_of
from placements.forecasting.destinations import LONG_MONTHS, NEXT, Destinations
from placements.forecasting.drift import factors
from placements.forecasting.durations import Hazards, months_and_ends
from placements.forecasting.spells import DAYS_PER_MONTH, LEFT, Spells

Floats = npt.NDArray[np.float64]

#: Ends that the belief in no difference counts for.
PRIOR_ENDS: Final = 20.0


@dataclass(frozen=True, eq=False)
class ByNeed:
    """Factors of each need.

    Attributes
    ----------
    table : DataFrame
        Indexed by `service` and `need_group`: `ends` and `leaving`, the factors; `ends_error` and `leaving_error`, the
        standard deviations of their logs.
    """

    table: pd.DataFrame

    def draw(self, needs: tuple[str, ...], runs: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return the factors of ends and of leaving in each run, (runs, services x needs); 1 for needs not seen."""
        index = pd.MultiIndex.from_product([codes.SERVICES, needs or ("",)])
        known = self.table.reindex(index)
        out = []
        for name in ("ends", "leaving"):
            off = factors(known[f"{name}_error"].fillna(0.0).to_numpy(float), runs, rng)
            out.append(known[name].fillna(1.0).to_numpy(float) * off)
        return out[0], out[1]


def no_difference() -> ByNeed:
    """Return factors of 1 for whatever need."""
    columns = ["ends", "leaving", "ends_error", "leaving_error"]
    index = pd.MultiIndex.from_arrays([[], []], names=["service", "need_group"])
    return ByNeed(pd.DataFrame(columns=columns, index=index, dtype=float))


def fit_by_need(spells: Spells, hazards: Hazards, destinations: Destinations) -> ByNeed:
    """Estimate the factors, given what is expected of all needs together."""
    frame = spells.history
    cell = cells_of(frame, hazards.cells)
    since, until = (frame["service"].map(days) for days in (spells.window_start, spells.seen_until))
    months, ended = months_and_ends(frame, since, until)
    over = ended.any(axis=1) & frame["next"].ne("").to_numpy(bool)
    long = ((frame["end"] - frame["start"]).dt.days / DAYS_PER_MONTH).ge(LONG_MONTHS).to_numpy(int)
    leaves = destinations.mean[cell, long, NEXT.index(LEFT)]
    left = frame["next"].eq(LEFT).to_numpy(bool)
    counts = pd.DataFrame(
        {
            "came": over.astype(float),
            "expected": (months * hazards.mean[cell]).sum(axis=1),
            "left": (over & left).astype(float),
            "moved": (over & ~left).astype(float),
            "left_expected": over * leaves,
            "moved_expected": over * (1 - leaves),
        }
    )
    # What is expected is that of late, what came of the whole window: needs are told apart within what came.
    whole = counts.groupby(frame["service"]).sum()
    for came, expected in (("came", "expected"), ("left", "left_expected"), ("moved", "moved_expected")):
        ratio = whole[came] / whole[expected].clip(lower=1e-9)
        counts[expected] *= ratio.reindex(frame["service"]).to_numpy(float)
    shrunk = counts.groupby([frame["service"], frame["need_group"]]).sum() + PRIOR_ENDS
    return ByNeed(
        pd.DataFrame(
            {
                "ends": shrunk["came"] / shrunk["expected"],
                "leaving": shrunk["left"] / shrunk["moved"] / (shrunk["left_expected"] / shrunk["moved_expected"]),
                "ends_error": 1 / np.sqrt(shrunk["came"]),
                "leaving_error": np.sqrt(1 / shrunk["left"] + 1 / shrunk["moved"]),
            }
        )
    )
