"""How a plan does child by child, in plain English: every figure is one of `Stress`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from placements.optimisation.child_by_child import PLACED
from placements.optimisation.stress import Stress
from placements.optimisation.stress_openings import BELOW_MINIMUM, ERRORS, SLOW_TO_FILL, TOO_CAREFUL, TOO_HOPEFUL
from placements.optimisation.why_words import PLAIN, Manner

#: How a child is given a place, as it is said beside the figures.
RULE: Final = (
    "A child goes to the place that the plan sends its group to in that year, if it suits and has a bed free, else to "
    "the nearest that suits and has one; who finds none goes away and is not moved back. Settled children stay where "
    "they are."
)
#: Children fewer than this are not spoken of.
_A_CHILD: Final = 0.5
#: What a finding says of an opening.
_SAID: Final = {
    TOO_HOPEFUL: "used less than the plan counts on while children are turned away",
    SLOW_TO_FILL: "used less than the plan counts on since too few children come",
    TOO_CAREFUL: "used beyond the planned occupancy",
    BELOW_MINIMUM: "used below the minimum occupancy",
}


def plan_sentences(found: Stress, manner: Manner = PLAIN) -> list[str]:
    """Return how the plan as a whole did.

    Parameters
    ----------
    found : Stress
    manner : Manner
        How child-years, and children, are said; standard errors are said in the plain one only.
    """
    out = [_kept(found, manner), _came(found, manner)]
    counts = {name: sum(name in own for own in found.openings["findings"]) for name in _SAID}
    said = [f"{number} {'is' if number == 1 else 'are'} {_SAID[name]}" for name, number in counts.items() if number]
    if said:
        out.append(f"Of {len(found.openings)} openings {'; '.join(said)}.")
    return out


def _kept(found: Stress, manner: Manner) -> str:
    """Say what is kept local of what the plan counts on, in all years and in the last."""
    simulated, planned = found.by_year["kept_local"], found.by_year["planned_kept_local"]
    kept, counted_on = float(simulated.sum()), float(planned.sum())
    error = float(found.in_all["child_years_se"].to_numpy(float)[PLACED])
    samples = f"{len(found.samples)} demand sample{'s' if len(found.samples) > 1 else ''}"
    text = (
        f"Lived child by child, {found.replications} times in each of {samples}, the plan keeps "
        f"{manner.child_years(kept)} child-years local"
    )
    text += f" (standard error {error:.1f})" if manner is PLAIN else ""
    text += f" where it counts on {manner.child_years(counted_on)}"
    text += f": {kept / counted_on:.0%} of it" if manner.may_name(kept) and manner.may_name(counted_on) else ""
    last = (manner.child_years(float(column.iloc[-1])) for column in (simulated, planned))
    return f"{text}. In the last year it keeps {' of '.join(last)}."


def _came(found: Stress, manner: Manner) -> str:
    """Say what became of those who came."""
    number = {str(name): manner.child_years(row["children"]) for name, row in found.in_all.iterrows()}
    away = {str(name): manner.child_years(row["child_years"]) for name, row in found.in_all.iterrows()}
    return (
        "The plan counts in child-years, as if a child who is away came back as soon as there is room; here nobody is "
        f"moved back. Of those who come, {number['placed']} children are placed; {number['not ready']} find no bed "
        f"free while a place that suits is yet to be ready ({away['not ready']} child-years away), {number['full']} "
        f"find every place that suits full ({away['full']}), and {number['out of reach']} have none that suits "
        f"within reach ({away['out of reach']})."
    )


def stands_out(row: Mapping[Any, Any]) -> bool:
    """Return whether there is anything to say of an opening (a row of `Stress.openings`)."""
    return bool(row["findings"])


def paragraph(row: Mapping[Any, Any], manner: Manner = PLAIN) -> str:
    """Return one paragraph on one opening.

    Parameters
    ----------
    row : mapping
        One row of `Stress.openings`.
    manner : Manner
    """
    name, findings = str(row["name"]), row["findings"]
    if manner is not PLAIN and not manner.may_name(float(row["child_years"])):
        said = [words for finding, words in _SAID.items() if finding in findings]
        return f"{name} is {' and '.join(said)}; its figures are too small to be shown." if said else ""
    head = (
        f"{name} ({row['beds']:,} places): from year {row['judged_from']} on, {row['occupancy']:.0%} of its places are "
        f"in use (standard error {100 * row['occupancy_se']:.1f} points), and for {row['share_full']:.0%} of the time "
        "none is free."
    )
    parts = [head]
    if TOO_HOPEFUL in findings:
        parts.append(
            f"The plan counts on {row['planned_use']:.0%}, and yet {manner.child_years(float(row['turned_away']))} "
            "children whom it suits find no bed free, there or anywhere: the plan is too hopeful of it."
        )
    if SLOW_TO_FILL in findings:
        parts.append(f"The plan counts on {row['planned_use']:.0%}; too few children come whom it suits.")
    if row["came_before"] >= _A_CHILD and {TOO_HOPEFUL, SLOW_TO_FILL, BELOW_MINIMUM} & set(findings):
        parts.append(
            f"{manner.child_years(float(row['came_before'])).capitalize()} children whom it suits went away before it "
            "was ready, and are not moved back to fill it."
        )
    if TOO_CAREFUL in findings:
        parts.append(
            f"That is beyond its planned occupancy of {row['planned_occupancy']:.0%}: if only chance kept beds empty, "
            "it could be planned fuller."
        )
    if BELOW_MINIMUM in findings:
        sure = row["minimum_occupancy"] - row["occupancy"] > ERRORS * row["occupancy_se"]
        parts.append(
            f"That is below its minimum occupancy of {row['minimum_occupancy']:.0%}"
            + ("." if sure else ", though within two standard errors.")
        )
    parts.append(_erlang(row))
    return " ".join(part for part in parts if part)


def _erlang(row: Mapping[Any, Any]) -> str:
    """Say what Erlang's formula makes of the planned occupancy."""
    if row["planned_occupancy"] >= 1:
        return "By the Erlang loss formula no load, however large, keeps all of its places in use."
    return (
        f"By the Erlang loss formula, so many places at its planned occupancy of {row['planned_occupancy']:.0%} turn "
        f"{row['loss_at_planned']:.0%} of those away who come by chance; with the load that the plan puts on it in the "
        f"last year, {row['erlang_occupancy']:.0%} would be in use and {row['erlang_loss']:.0%} turned away."
    )
