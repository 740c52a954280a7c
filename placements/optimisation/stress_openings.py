"""How full is each opening, whom does it turn away, and was too much or too little expected of it?"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.interventions import Opening
from placements.optimisation.beds import Beds
from placements.optimisation.erlang import erlang_loss, erlang_occupancy, load_for_occupancy
from placements.optimisation.plan import Plan
from placements.optimisation.problem import FILLING_YEARS
from placements.optimisation.stress_figures import Draws, add

Floats = npt.NDArray[np.float64]

#: A difference counts when it is more than so many standard errors.
ERRORS: Final = 2.0
#: Findings on an opening: used less than the plan counts on, though children are turned away, or since too few come;
#: used beyond its planned occupancy; used less than it needs to be viable.
TOO_HOPEFUL, SLOW_TO_FILL, TOO_CAREFUL, BELOW_MINIMUM = "too hopeful", "slow to fill", "too careful", "below minimum"
_NONE: Final = 1e-9


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
    add(out, "occupancy", draws, _flat(_over(draws.used[:, :, at], places)))
    add(out, "share_full", draws, _flat(_over(draws.full[:, :, at], open_for)))
    add(out, "child_years", draws, _flat(draws.used[:, :, at]))
    add(out, "turned_away", draws, _flat(draws.turned_away[:, :, at]))
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
    table = pd.DataFrame(rows, columns=columns)
    return _with_erlang(table) if rows else table


def _with_erlang(table: pd.DataFrame) -> pd.DataFrame:
    """Add what Erlang's formula makes of the planned load and occupancy; at one that no load reaches, all are lost."""
    beds, load = table["beds"].to_numpy(float), table["planned_load"].to_numpy(float)
    needed = load_for_occupancy(np.maximum(beds, 1), table["planned_occupancy"].to_numpy(float))
    reached = np.isfinite(needed)
    loss = erlang_loss(np.maximum(beds, 1), np.where(reached, needed, 0.0))
    return table.assign(
        erlang_occupancy=erlang_occupancy(beds, load),
        erlang_loss=erlang_loss(beds, load),
        load_for_planned=needed,
        loss_at_planned=np.where(reached, loss, 1.0),
    )


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
        "beds": len(ready),
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
        "planned_load": float(planned[-1]),
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
