"""What is published of the last six months? Who came, who left, who crossed the boundary, and where placements began.

Declared with everything else that is published of a county, so that a six-monthly report and an annual statement are
one release: what goes out in the one cannot be solved with the other.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.location import FAR, NEAR, distance_band
from placements.analysis.movement import months_from, movement, reach_back
from placements.analysis.snapshot import looked_after
from placements.county import County
from placements.disclosure.control.tables import Plan, group

#: Months of the period.
MONTHS: Final = 6
#: Whether the placement began within them.
RECENT: Final = "recent"
EARLIER: Final = "earlier"


def half_year_start(day: dt.date) -> dt.date:
    """Return the day that the six months up to a day begin after."""
    return months_from(day, -MONTHS)


def then_population(day: dt.date) -> str:
    """Return the name of the children looked after six months before a day, as a release of that day is known by."""
    return f"{codes.CARE} on {half_year_start(day).isoformat()}"


def movement_population(day: dt.date) -> str:
    """Return the name of the children looked after on either end of the six months up to a day."""
    return f"{codes.CARE} in the six months to {day.isoformat()}"


def half_year(county: County) -> dict[str, pd.DataFrame]:
    """Return the populations of the last six months; none when the records do not reach back so far."""
    day = county.snapshot
    before = half_year_start(day)
    if not reach_back(county.placements, before):
        return {}
    then = looked_after(county.placements, before)
    columns = {"location": then["location"], "distance": distance_band(then)}
    return {
        then_population(day): pd.DataFrame(columns, index=then.index).astype("str"),
        movement_population(day): movement(county.placements, before, day),
    }


def began(stock: pd.DataFrame, day: dt.date) -> np.ndarray:
    """Return whether each placement of a stock began in the six months up to a day, as `RECENT` or `EARLIER`."""
    return np.where(stock["start"] > pd.Timestamp(half_year_start(day)), RECENT, EARLIER)


def declare_half_year(plan: Plan, county: County) -> None:
    """Declare the stock six months ago, how children moved since, and where placements that began since are."""
    day, known = county.snapshot, (codes.IN_COUNTY, codes.OUT_OF_COUNTY)
    for service in codes.SERVICES:
        if len(plan.populations[service]):
            plan.tables.append((service, ("began", "location")))
            for when in (RECENT, EARLIER):
                out, whole = ({"began": when, "location": where} for where in (codes.OUT_OF_COUNTY, known))
                plan.shares.append((group(service, out), group(service, whole)))
    then, moved = then_population(day), movement_population(day)
    if then not in plan.populations:
        return
    plan.tables.append((moved, ("from", "to")))
    plan.counts.append(group(then))
    for name, counted, bands in (
        ("location", codes.OUT_OF_COUNTY, known),
        ("distance", FAR, (NEAR, FAR)),
    ):
        plan.shares.append((group(then, {name: counted}), group(then, {name: bands})))
    for place in sorted(set(plan.populations[then]["location"])):
        plan.counts.append(group(then, {"location": place}))
        plan.ties.append({group(moved, {"from": place}): 1, group(then, {"location": place}): -1})
    for place in sorted(set(plan.populations[codes.CARE]["location"])):
        plan.ties.append({group(moved, {"to": place}): 1, group(codes.CARE, {"location": place}): -1})
