"""Which assumption matters most? A scenario worked out again with one assumption moved at a time.

An assumption about the world (prices, entries) is moved for doing nothing too; one about the interventions (success,
lead time, occupancy, cost) for the scenario alone. Futures and fates are the same throughout. How far each is moved is
in the settings of the study (`[compare]`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.comparison.outcome import Outcome
from placements.comparison.result import DO_NOTHING, Comparison
from placements.comparison.world import World
from placements.errors import UsageError
from placements.interventions import ChangePrice, Intervention, Opening
from placements.settings import CompareSettings

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]
Steps = tuple[Intervention, ...]


@dataclass(frozen=True)
class Assumption:
    """One assumption, moved down and up.

    Attributes
    ----------
    name : str
    low, high : str
        What it is moved to, in words.
    world : callable
        The world with it moved, from -1 (down) or 1 (up).
    steps : callable
        The scenario with it moved.
    """

    name: str
    low: str
    high: str
    world: Callable[[World, int], World] = lambda world, way: world
    steps: Callable[[Steps, int], Steps] = lambda steps, way: steps


def assumptions(by: CompareSettings) -> tuple[Assumption, ...]:
    """Return the assumptions that are moved, and by how much."""

    def percent(change: float) -> tuple[str, str]:
        return f"-{change:.0%}", f"+{change:.0%}"

    def price(location: str) -> Callable[[World, int], World]:
        return lambda world, way: world.with_background(
            ChangePrice(name="assumed price", share=way * by.price_change, location=location)
        )

    return (
        Assumption("price of places out of county", *percent(by.price_change), world=price(codes.OUT_OF_COUNTY)),
        Assumption("price of places in county", *percent(by.price_change), world=price(codes.IN_COUNTY)),
        Assumption(
            "placements that start",
            *percent(by.entries_change),
            world=lambda world, way: world.with_entries(1 + way * by.entries_change),
        ),
        Assumption(
            "cost of the interventions",
            *percent(by.cost_change),
            steps=lambda steps, way: _each(
                steps,
                capital_gbp=lambda value: value * (1 + way * by.cost_change),
                yearly_cost_gbp=lambda value: value * (1 + way * by.cost_change),
                weekly_cost_gbp=lambda value: value * (1 + way * by.cost_change),
            ),
        ),
        Assumption(
            "probability of success",
            *percent(by.success_change),
            steps=lambda steps, way: _each(
                steps, probability_of_success=lambda value: min(value * (1 + way * by.success_change), 1.0)
            ),
        ),
        Assumption(
            "lead time",
            f"-{by.lead_time_change_years:g} years",
            f"+{by.lead_time_change_years:g} years",
            steps=lambda steps, way: _each(
                steps,
                lead_time_years=lambda value: min(max(value + way * by.lead_time_change_years, 0.0), 10.0),
            ),
        ),
        Assumption(
            "planned occupancy",
            f"-{by.occupancy_change:g}",
            f"+{by.occupancy_change:g}",
            steps=lambda steps, way: tuple(_fuller(entry, way * by.occupancy_change) for entry in steps),
        ),
    )


def tornado(result: Comparison, scenario: str, progress: Progress | None = None) -> pd.DataFrame:
    """Move one assumption at a time, and say what the scenario then does against doing nothing.

    Parameters
    ----------
    result : Comparison
    scenario : str
        One of `result.scenarios`.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Returns
    -------
    DataFrame
        Two rows for each assumption, indexed by `assumption` and `moved_to`: `fewer_away` (child-years against doing
        nothing) and `npv_gbp` with their bands, and `swing_gbp`, how far the two expected net present values of the
        assumption lie apart; the widest first. First comes one row with nothing moved (`as assumed`).

    Raises
    ------
    UsageError
        When there is no such scenario.
    """
    if scenario not in result.scenarios or scenario == DO_NOTHING:
        raise UsageError(f"there is no scenario {scenario!r} to move assumptions of")
    tell = progress or (lambda share, text: None)
    steps = result.scenarios[scenario]
    moved = assumptions(result.county.settings.compare)
    found = []
    for number, one in enumerate(moved):
        rows = []
        for way, words in ((-1, one.low), (1, one.high)):
            tell((2 * number + (way > 0)) / (2 * len(moved)), one.name)
            world, changed = one.world(result.world, way), one.steps(steps, way)
            nothing = result.nothing if world is result.world else world.outcome(())
            same = world is result.world and changed == steps
            outcome = result.outcomes[scenario] if same else world.outcome(changed, nothing)
            rows.append(_row(result, one.name, words, outcome, nothing))
        swing = abs(float(rows[1]["npv_gbp"]) - float(rows[0]["npv_gbp"]))
        found.append((swing, [row | {"swing_gbp": swing} for row in rows]))
    tell(1.0, "done")
    order = sorted(range(len(found)), key=lambda at: -found[at][0])
    base = _row(result, "as assumed", "", result.outcomes[scenario], result.nothing) | {"swing_gbp": 0.0}
    return pd.DataFrame([base, *(row for at in order for row in found[at][1])]).set_index(["assumption", "moved_to"])


def _row(result: Comparison, name: str, words: str, outcome: Outcome, nothing: Outcome) -> dict[str, Any]:
    return {
        "assumption": name,
        "moved_to": words,
        **result.banded(outcome.fewer_away_than(nothing)).named("fewer_away"),
        **result.banded(outcome.npv_gbp).named("npv_gbp"),
    }


def _each(steps: Sequence[Intervention], **changes: Callable[[float], float]) -> Steps:
    """Return steps with each field that they have changed."""
    out = []
    for entry in steps:
        has = {field.name for field in dataclasses.fields(entry)}  # type: ignore[arg-type]
        given = {name: change(getattr(entry, name)) for name, change in changes.items() if name in has}
        out.append(dataclasses.replace(entry, **given))  # type: ignore[type-var]
    return tuple(out)


def _fuller(entry: Intervention, by: float) -> Intervention:
    if not isinstance(entry, Opening):
        return entry
    level = min(max(entry.planned_occupancy + by, entry.minimum_occupancy, 0.01), 1.0)
    return dataclasses.replace(entry, planned_occupancy=level)
