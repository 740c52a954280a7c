"""From many replications to figures: means over the demand samples, each with its standard error.

The samples are given and weigh what the plan says; what varies is what chance does within each. With R replications of
each sample s the mean is sum w[s] mean[s], and its standard error is the root of sum w[s]^2 var[s] / R.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.optimisation.beds import Beds
from placements.optimisation.child_by_child import FULL, NOT_READY, OUT_OF_REACH, OUTCOMES
from placements.optimisation.plan import Plan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Whom turn-aways are counted for: demand groups but for their age band.
CELL: Final = ("service", "need_group", "area", "provision")


@dataclass(frozen=True, eq=False)
class Draws:
    """What came of every replication; the first two axes are samples and replications.

    Attributes
    ----------
    used, full, turned_away : ndarray (s, r, places, years)
        Child-years; part of the year with no bed free; children who found no bed free, here or at any place that suits.
    came_before : ndarray (s, r, places)
        Children who found no bed free before this place, which suits them, was ready.
    children, child_years : ndarray (s, r, cells, outcomes)
        Those who came, by `OUTCOMES`, and the time they are placed within the years.
    came : ndarray (s, r, years, outcomes)
        Children by year of start.
    weights : ndarray (s,)
    """

    used: Floats
    full: Floats
    turned_away: Floats
    came_before: Floats
    children: Floats
    child_years: Floats
    came: Floats
    weights: Floats

    @classmethod
    def empty(cls, weights: Floats, replications: int, places: int, years: int, cells: int) -> Draws:
        """Return draws to be filled."""
        head = (len(weights), replications)
        by_place, by_cell, by_year = (places, years), (cells, len(OUTCOMES)), (years, len(OUTCOMES))
        shapes = (by_place, by_place, by_place, (places,), by_cell, by_cell, by_year)
        used, full, away, before, children, child_years, came = (np.zeros((*head, *shape)) for shape in shapes)
        return cls(used, full, away, before, children, child_years, came, weights)

    def estimate(self, values: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard error of figures whose first axes are samples and replications."""
        replications = values.shape[1]
        mean = np.tensordot(self.weights, values.mean(axis=1), 1)
        spread = np.tensordot(self.weights**2, values.var(axis=1, ddof=1), 1)
        return np.asarray(mean), np.asarray(np.sqrt(spread / replications))


def cells_of(groups: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Return the cells of the demand groups, and the cell of each group."""
    number = np.asarray(groups.groupby(list(CELL), sort=True).ngroup(), np.intp)
    cells = groups[list(CELL)].assign(cell=number).drop_duplicates("cell").sort_values("cell")
    return cells[list(CELL)].reset_index(drop=True), number


def by_year(plan: Plan, beds: Beds, draws: Draws) -> pd.DataFrame:
    """Return, by year: children who came, by outcome, and child-years kept local beside the plan's."""
    out = pd.DataFrame(index=plan.by_year.index)
    for outcome, name in enumerate(OUTCOMES):
        add(out, name.replace(" ", "_"), draws, draws.came[..., outcome])
    add(out, "kept_local", draws, draws.used.sum(axis=2))
    add(out, "kept_by_new", draws, draws.used[:, :, beds.first_opening :].sum(axis=2))
    return out.assign(planned_kept_local=plan.by_year["kept_local"], planned_kept_by_new=plan.by_year["kept_by_new"])


def in_all(draws: Draws) -> pd.DataFrame:
    """Return, by outcome: `children` and `child_years` over all years, each with its standard error."""
    out = pd.DataFrame(index=pd.Index(OUTCOMES, name="outcome"))
    add(out, "children", draws, draws.children.sum(axis=2))
    add(out, "child_years", draws, draws.child_years.sum(axis=2))
    return out


def turned_away(plan: Plan, cells: pd.DataFrame, draws: Draws, by: tuple[str, ...]) -> pd.DataFrame:
    """Return who was turned away, by some columns of `CELL`, most child-years away first.

    Columns: children `full`, `not_ready` and `out_of_reach`, and child-years `away` for any of these reasons, each with
    its standard error; `planned_away`, the child-years that the plan expects to be away.
    """
    number = cells.groupby(list(by), sort=True).ngroup().to_numpy(np.intp)
    out = cells[list(by)].assign(row=number).drop_duplicates("row").sort_values("row")[list(by)].reset_index(drop=True)
    sums = np.zeros((len(out), len(cells)))
    sums[number, np.arange(len(cells))] = 1.0
    children, child_years = (np.einsum("rc,abco->abro", sums, values) for values in (draws.children, draws.child_years))
    for outcome in (FULL, NOT_READY, OUT_OF_REACH):
        add(out, OUTCOMES[outcome].replace(" ", "_"), draws, children[..., outcome])
    add(out, "away", draws, child_years[..., [FULL, NOT_READY, OUT_OF_REACH]].sum(axis=3))
    planned = plan.child_years.groupby(list(by))["away"].sum()
    keys = pd.MultiIndex.from_frame(out[list(by)]) if len(by) > 1 else out[by[0]]
    out["planned_away"] = planned.reindex(keys).fillna(0.0).to_numpy(float)
    return out.sort_values("away", ascending=False, kind="stable").reset_index(drop=True)


def add(out: pd.DataFrame, name: str, draws: Draws, values: Floats) -> None:
    """Add a figure and its standard error as columns."""
    out[name], out[f"{name}_se"] = draws.estimate(values)
