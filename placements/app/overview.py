"""Which figures stand first on the overview, and what has changed since they were last otherwise?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

#: Figures that stand first, by their name in `analysis.indicators`; all others follow in a table.
FIRST: Final = (
    "looked_after",
    "care_out_of_county",
    "care_over_20_miles",
    "care_avoidable",
    "ehc_plans",
    "plans_out_of_county",
    "plans_independent_special",
    "education_avoidable",
)


def first_and_further(
    figures: Sequence[Mapping[str, str]],
) -> tuple[list[Mapping[str, str]], list[Mapping[str, str]]]:
    """Return the figures that stand first, in the order of `FIRST`, and all others."""
    by_name = {one["name"]: one for one in figures}
    return [by_name[name] for name in FIRST if name in by_name], [one for one in figures if one["name"] not in FIRST]


def changes(now: Sequence[Mapping[str, str]], before: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the figures that another reading showed otherwise: `label`, `before` and `now`, as they were shown.

    What is told of both is what was told of each: no figure is worked out from the two.
    """
    was = {one["name"]: worded(one) for one in before}
    return [
        {"label": one["label"], "before": was[one["name"]], "now": worded(one)}
        for one in now
        if one["name"] in was and was[one["name"]] != worded(one)
    ]


def worded(figure: Mapping[str, str]) -> str:
    """Return a figure with what it is made of."""
    if not figure["denominator"]:
        return figure["value"]
    return f"{figure['value']} ({figure['numerator']} of {figure['denominator']})"


def last_other(
    now: Sequence[Mapping[str, str]], readings: Iterable[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], list[dict[str, str]]] | None:
    """Return the last of some readings, the newest first, that showed other figures, and which; None if none did."""
    for reading in readings:
        found = changes(now, reading["overview"]["figures"])
        if found:
            return reading, found
    return None
