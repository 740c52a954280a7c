"""From many replications to figures: means over the demand samples, each with its standard error.

The samples are given and weigh what the plan says; what varies is what chance does within each. With R replications of
each sample s the mean is sum w[s] mean[s], and its standard error is the root of sum w[s]^2 var[s] / R.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.interventions import Opening
from placements.optimisation.beds import Beds
from placements.optimisation.child_by_child import FULL, NOT_READY, OUT_OF_REACH, OUTCOMES
from placements.optimisation.erlang import erlang_loss, erlang_occupancy, load_for_occupancy
from placements.optimisation.plan import Plan
from placements.optimisation.problem import FILLING_YEARS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: A difference counts when it is more than so many standard errors.
ERRORS: Final = 2.0
#: Findings on an opening: used less than the plan counts on, though children are turned away, or since too few come;
#: used beyond its planned occupancy; used less than it needs to be viable.
TOO_HOPEFUL, SLOW_TO_FILL, TOO_CAREFUL, BELOW_MINIMUM = "too hopeful", "slow to fill", "too careful", "below minimum"
#: Whom turn-aways are counted for: demand groups but for their age band.
CELL: Final = ("service", "need_group", "area", "provision")
_NONE: Final = 1e-9


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
        _add(out, name.replace(" ", "_"), draws, draws.came[..., outcome])
    _add(out, "kept_local", draws, draws.used.sum(axis=2))
    _add(out, "kept_by_new", draws, draws.used[:, :, beds.first_opening :].sum(axis=2))
    return out.assign(planned_kept_local=plan.by_year["kept_local"], planned_kept_by_new=plan.by_year["kept_by_new"])


def in_all(draws: Draws) -> pd.DataFrame:
    """Return, by outcome: `children` and `child_years` over all years, each with its standard error."""
    out = pd.DataFrame(index=pd.Index(OUTCOMES, name="outcome"))
    _add(out, "children", draws, draws.children.sum(axis=2))
    _add(out, "child_years", draws, draws.child_years.sum(axis=2))
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
        _add(out, OUTCOMES[outcome].replace(" ", "_"), draws, children[..., outcome])
    _add(out, "away", draws, child_years[..., [FULL, NOT_READY, OUT_OF_REACH]].sum(axis=3))
    planned = plan.child_years.groupby(list(by))["away"].sum()
    keys = pd.MultiIndex.from_frame(out[list(by)]) if len(by) > 1 else out[by[0]]
    out["planned_away"] = planned.reindex(keys).fillna(0.0).to_numpy(float)
    return out.sort_values("away", ascending=False, kind="stable").reset_index(drop=True)


def openings_by_year(plan: Plan, beds: Beds, draws: Draws) -> pd.DataFrame:
    """Return one row per opening and year.

    Columns: `opening` (position), `name`, `year`, `beds` (mean of the year), `occupancy` and `share_full` (of the time
    in which there are beds), `child_years` and `turned_away` (children who suit it and found no bed free, here or
    anywhere), each with its standard error; `planned_child_years` and `usable` as in the plan.
    """
    years, number = beds.years, len(beds.openings)
    at = slice(beds.first_opening, None)
    places = np.array([entry.places_by_year(years) for entry in beds.openings]).reshape(number, years)
    open_for = np.array([_time_open(ready, years) for ready in beds.ready]).reshape(number, years)
    out = pd.DataFrame(
        {
            "opening": np.repeat(np.arange(number), years),
            "name": np.repeat(np.array([entry.name for entry in beds.openings], object), years),
            "year": np.tile(np.arange(1, years + 1), number),
            "beds": places.ravel(),
        }
    )
    _add(out, "occupancy", draws, _flat(_over(draws.used[:, :, at], places)))
    _add(out, "share_full", draws, _flat(_over(draws.full[:, :, at], open_for)))
    _add(out, "child_years", draws, _flat(draws.used[:, :, at]))
    _add(out, "turned_away", draws, _flat(draws.turned_away[:, :, at]))
    planned = plan.idle[["used", "usable"]].to_numpy(float).reshape(-1, 2)
    return out.assign(planned_child_years=planned[:, 0], usable=planned[:, 1])


def openings(plan: Plan, beds: Beds, draws: Draws) -> pd.DataFrame:
    """Return one row per opening: how full it is once filled, against what was planned and against Erlang's formula.

    Columns
    -------
    opening, name, kind, option_id, area
    beds : in the last year.
    judged_from : the first year that is judged: that after its first whole one, or the last.
    occupancy, share_full, turned_away : over the years that are judged, each with its standard error.
    came_before : children whom it suits and who found no bed before it was ready, with its standard error.
    child_years : over all years, with its standard error; planned_child_years.
    planned_use : the plan's child-years there, over its beds, in the years that are judged.
    planned_occupancy, minimum_occupancy
    planned_load : child-years of the plan there in the last year. erlang_occupancy, erlang_loss : what comes of that
        load by the Erlang loss formula.
    load_for_planned, loss_at_planned : load at which the formula gives its planned occupancy, and whom it turns away.
    findings : tuple of `TOO_HOPEFUL` or `SLOW_TO_FILL`, `TOO_CAREFUL`, `BELOW_MINIMUM`
    """
    planned = plan.idle["used"].to_numpy(float).reshape(len(beds.openings), beds.years)
    rows = [_opening(number, entry, beds, draws, planned[number]) for number, entry in enumerate(beds.openings)]
    columns = list(rows[0]) if rows else ["opening", "name", "findings"]
    return pd.DataFrame(rows, columns=columns)


def _opening(number: int, entry: Opening, beds: Beds, draws: Draws, planned: Floats) -> dict[str, object]:
    place, years = beds.first_opening + number, beds.years
    places, ready = entry.places_by_year(years), beds.ready[number]
    first = _judged_from(ready, years)
    own = slice(first, years)
    there = float(places[own].sum())
    full_for = float(_time_open(ready, years)[own].sum())
    used, full = draws.used[:, :, place], draws.full[:, :, place]
    occupancy, occupancy_error = draws.estimate(used[..., own].sum(axis=2) / max(there, _NONE))
    share, share_error = draws.estimate(full[..., own].sum(axis=2) / max(full_for, _NONE))
    turned, turned_error = draws.estimate(draws.turned_away[:, :, place, own].sum(axis=2))
    before, before_error = draws.estimate(draws.came_before[:, :, place])
    child_years, child_years_error = draws.estimate(used.sum(axis=2))
    planned_use = float(planned[own].sum()) / max(there, _NONE)
    count, load = len(ready), float(planned[-1])
    needed = float(load_for_occupancy(max(count, 1), entry.planned_occupancy))
    findings = []
    if there > _NONE:
        if planned_use - occupancy > ERRORS * occupancy_error + _NONE:
            findings.append(TOO_HOPEFUL if turned > ERRORS * turned_error + _NONE else SLOW_TO_FILL)
        if occupancy - entry.planned_occupancy > ERRORS * occupancy_error + _NONE:
            findings.append(TOO_CAREFUL)
        if occupancy < entry.minimum_occupancy:
            findings.append(BELOW_MINIMUM)
    return {
        "opening": number,
        "name": entry.name,
        "kind": entry.kind,
        "option_id": entry.option_id,
        "area": str(beds.table["area"].iloc[place]),
        "beds": count,
        "judged_from": first + 1,
        "occupancy": float(occupancy),
        "occupancy_se": float(occupancy_error),
        "share_full": float(share),
        "share_full_se": float(share_error),
        "turned_away": float(turned),
        "turned_away_se": float(turned_error),
        "came_before": float(before),
        "came_before_se": float(before_error),
        "child_years": float(child_years),
        "child_years_se": float(child_years_error),
        "planned_child_years": float(planned.sum()),
        "planned_use": planned_use,
        "planned_occupancy": entry.planned_occupancy,
        "minimum_occupancy": entry.minimum_occupancy,
        "planned_load": load,
        "erlang_occupancy": float(erlang_occupancy(count, load)),
        "erlang_loss": float(erlang_loss(count, load)),
        "load_for_planned": needed,
        "loss_at_planned": float(erlang_loss(max(count, 1), needed)) if math.isfinite(needed) else 1.0,
        "findings": tuple(findings),
    }


def _judged_from(ready: Floats, years: int) -> int:
    """Return the first year (from 0) in which an opening is judged."""
    whole = math.ceil(float(ready[0]) - _NONE) if len(ready) else years
    return min(whole + FILLING_YEARS, years - 1)


def _time_open(ready: Floats, years: int) -> Floats:
    """Return the part of each year in which there is any bed, (years,)."""
    first = float(ready[0]) if len(ready) else float(years)
    return np.clip(np.arange(1, years + 1) - first, 0.0, 1.0)


def _over(values: Floats, base: Floats) -> Floats:
    """Return values over their base; nothing where there is none."""
    out = np.full(values.shape, np.nan)
    return np.asarray(np.divide(values, base, out=out, where=base > _NONE), float)


def _flat(values: Floats) -> Floats:
    return values.reshape(*values.shape[:2], -1)


def _add(out: pd.DataFrame, name: str, draws: Draws, values: Floats) -> None:
    """Add a figure and its standard error as columns."""
    out[name], out[f"{name}_se"] = draws.estimate(values)
