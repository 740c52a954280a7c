"""How is a table of local need and places by any breakdown made safe? As one more table of the release.

Need is of both services at once unless it is broken down by service, so its groups are tied to those of each service.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from placements import codes
from placements.analysis.gap import BREAKDOWNS
from placements.disclosure.control.tables import Group, group
from placements.disclosure.publication import (
    AVOIDABLE_PART,
    CARE,
    IN_COUNTY_PART,
    KNOWN,
    LOCAL_NEED,
    NONE,
    PLANS,
)
from placements.disclosure.shown import ShownFigures, shown_figures
from placements.disclosure.suppress import INTERNAL, SUPPRESSED, count_text, rounded

#: The population of all children whose need local places can be made for.
NEED: Final = "local need"
_SERVICE: Final = "service"
#: The column of the release that stands for a breakdown.
_COLUMN: Final[Mapping[str, str]] = {**BREAKDOWNS, "area": "home_area"}


def shown_sufficiency(
    table: pd.DataFrame, by: Sequence[str], profile: str, released: ShownFigures
) -> list[dict[str, str]]:
    """Return need, local places and the gap of each group as they may be shown.

    Parameters
    ----------
    table : DataFrame
        `analysis.gap.sufficiency`, by the same breakdowns.
    by : sequence of str
        Any of `analysis.gap.BREAKDOWNS`.
    profile : str
    released : ShownFigures

    Returns
    -------
    list of dict
        By row of the table: `children`, `in_county`, `avoidable`, `need_local`, `available_to_us`, `gap`,
        `out_of_county`; for the internal profile `appropriate` and `unknown` too.
    """
    rows = _records(table.reset_index()[list(by)].astype("str").rename(columns=_COLUMN))
    figures = _figures(rows, by, released, profile)
    return [_row(raw, row, profile, figures) for raw, row in zip(table.to_dict("records"), rows, strict=True)]


def _row(raw: Mapping[Any, Any], where: Mapping[str, str], profile: str, figures: ShownFigures) -> dict[str, str]:
    def one(**more: str | Sequence[str]) -> Group:
        return group(NEED, {**where, **more})

    texts = {
        "children": figures.count(one()),
        "in_county": figures.count(one(part=IN_COUNTY_PART)),
        "avoidable": figures.count(one(part=AVOIDABLE_PART)),
        "need_local": figures.count(one(part=LOCAL_NEED)),
    }
    if profile == INTERNAL:
        texts |= {name: count_text(float(raw[name]), profile) for name in ("appropriate", "unknown")}
    hide = SUPPRESSED in (texts["in_county"], texts["avoidable"], texts["need_local"])
    places, gap = float(raw["available_to_us"]), float(raw["gap"])
    return texts | {
        "available_to_us": SUPPRESSED if hide else count_text(round(places), profile),
        "gap": SUPPRESSED if hide else f"{round(gap) if profile == INTERNAL else rounded(gap):+,d}",
        "out_of_county": figures.share(one(location=codes.OUT_OF_COUNTY), one(location=KNOWN["location"])),
    }


def _figures(
    rows: Sequence[Mapping[str, str]], by: Sequence[str], released: ShownFigures, profile: str
) -> ShownFigures:
    """Return the release with the table in it: its own rows, for which there may be places and no child, too."""
    asked = [_COLUMN[name] for name in by]
    broken_down = [name for name in asked if name != _SERVICE]
    frames = []
    for service in (CARE, PLANS):
        members = released.plan.populations[service]
        planned = members.loc[members["wanted"].ne(NONE), [*broken_down, "part", "location"]]
        frames.append(planned.assign(**{_SERVICE: service}))
    population = pd.concat(frames, ignore_index=True).astype("str")
    counts, shares, ties = list(released.plan.counts), list(released.plan.shares), list(released.plan.ties)
    theirs = _records(population[asked])
    for where in (dict(key) for key in dict.fromkeys(tuple(row.items()) for row in (*rows, *theirs))):
        counts.append(group(NEED, where))
        counts += [group(NEED, {**where, "part": part}) for part in (IN_COUNTY_PART, AVOIDABLE_PART, LOCAL_NEED)]
        outside = group(NEED, {**where, "location": codes.OUT_OF_COUNTY})
        shares.append((outside, group(NEED, {**where, "location": KNOWN["location"]})))
    for name in ("part", "location"):
        for row in _records(population[[_SERVICE, *broken_down, name]]):
            service = row.pop(_SERVICE)
            kinds: dict[str, Sequence[str]] = {} if "wanted" in row else {"wanted": _kinds(released, service)}
            ties.append({group(NEED, {**row, _SERVICE: service}): 1, group(service, {**row, **kinds}): -1})
    plan = dataclasses.replace(
        released.plan,
        populations={**released.plan.populations, NEED: population},
        counts=counts,
        shares=shares,
        ties=ties,
    )
    return shown_figures(plan, profile, released)


def _records(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [
        {str(name): str(value) for name, value in row.items()} for row in frame.drop_duplicates().to_dict("records")
    ]


def _kinds(released: ShownFigures, service: str) -> tuple[str, ...]:
    return tuple(value for value in released.values_of(service, "wanted") if value != NONE)
