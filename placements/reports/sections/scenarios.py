"""What would each scenario change, against doing nothing? A part of the section on the plan."""

from __future__ import annotations

from placements.disclosure.suppress import INTERNAL, signed_text
from placements.reports import words
from placements.reports.charts import dots
from placements.reports.content import Block, BulletList, Figure, Heading, Paragraph, Table
from placements.reports.context import Context
from placements.reports.future import Estimate, Outcome
from placements.reports.sections.parts import figure, mark
from placements.reports.tables import noted, numeric


def comparison(context: Context) -> list[Block]:
    """Return the comparison of scenarios; nothing when none were compared."""
    outcomes = context.future.outcomes
    if not outcomes:
        return []
    blocks: list[Block] = [
        Heading("What would change, against doing nothing"),
        Paragraph(
            "Every scenario is run on the same simulated futures, so the difference from doing nothing is not "
            "blurred by chance in the forecast. Ranges hold 8 in 10 of these futures. A child-year is one child "
            f"spending one year, over {words.plain_count(context.future.years, 'year', 'years')}, avoidably outside "
            "the authority."
        ),
    ]
    others = [outcome for outcome in outcomes if not outcome.is_baseline]
    if others:
        blocks.append(BulletList(tuple(outcome_sentence(context, outcome) for outcome in others)))
    blocks.append(_chart(context, outcomes))
    return blocks


def outcome_sentence(context: Context, outcome: Outcome) -> str:
    """Return what a scenario changes, in children and money, each with its range."""
    change, cost = outcome.away_change, outcome.cost_change
    p = context.profile
    clear = change.high < 0 or change.low > 0
    size = signed_text(abs(change.middle), p)
    if not clear or size in ("0", "c"):
        effect = "no clear change in child-years avoidably outside"
    else:
        way = "fewer" if change.middle < 0 else "more"
        low, high = sorted((abs(change.low), abs(change.high)))
        effect = f"about {size} {way} child-years avoidably outside ({_span(low, high, p)})"
    return f"{outcome.name}: {effect}; {_cost_words(cost)}."


def _cost_words(cost: Estimate) -> str:
    """Return a change of cost in words, with its range: a saving is not left to a minus sign."""
    if cost.low == cost.high == 0:
        return "no change in cost against doing nothing"
    middle = "about the same cost" if cost.middle == 0 else _saving_or_cost(cost.middle)
    doubt = ", so which of the two is not clear" if cost.low < 0 < cost.high else ""
    return f"{middle} against doing nothing (from {_saving_or_cost(cost.low)} to {_saving_or_cost(cost.high)}{doubt})"


def _saving_or_cost(value: float) -> str:
    return f"a {'saving' if value < 0 else 'cost'} of {words.pounds(abs(value))}"


def _span(low: float, high: float, profile: str) -> str:
    return f"{words.estimate(low, profile)} to {words.estimate(high, profile)}"


def _range(estimate: Estimate, profile: str) -> str:
    return f"{words.estimate(estimate.low, profile)} to {words.estimate(estimate.high, profile)}"


def _table(context: Context, outcomes: tuple[Outcome, ...]) -> Table:
    p = context.profile
    rows = tuple(
        (
            outcome.name,
            f"{outcome.places:,.0f}",
            words.pounds(outcome.capital_gbp),
            words.estimate(outcome.away.middle, p),
            _range(outcome.away, p),
            "-" if outcome.is_baseline else words.estimate(outcome.away_change.middle, p),
            "-" if outcome.is_baseline else words.pounds(outcome.cost_change.middle),
        )
        for outcome in outcomes
    )
    return noted(
        Table(
            "scenarios",
            "Scenarios against doing nothing, over the years forecast",
            (
                "Scenario",
                "Places added",
                "Capital",
                "Child-years avoidably outside",
                "8 in 10 futures",
                "Change",
                "Change in net cost",
            ),
            rows,
            numeric(7),
            ("Change: less than nothing means fewer child-years, or a saving. Costs include capital.",),
        ),
        p,
    )


def _chart(context: Context, outcomes: tuple[Outcome, ...]) -> Figure:
    p, data = context.profile, _table(context, outcomes)
    points = [tuple(_rounded(value, p) for value in (o.away.middle, o.away.low, o.away.high)) for o in outcomes]
    names = [outcome.name for outcome in outcomes]
    best = min(outcomes, key=lambda outcome: outcome.away.middle)
    heading = (
        f"{best.name} leaves the fewest child-years avoidably outside the authority"
        if not best.is_baseline
        else "Child-years avoidably outside the authority, by scenario"
    )
    drawn = dots(
        heading,
        names,
        [(point[0], point[1], point[2]) for point in points],
        [f"{point[0]:,.0f}" for point in points],
        axis="Child-years avoidably outside; line: 8 in 10 futures",
        mark=mark(context),
    )
    said = "; ".join(f"{row[0]}: {row[3]} ({row[4]})" for row in data.rows)
    alt = f"Dot chart of child-years avoidably outside the authority by scenario. {said}."
    return figure(context, drawn=drawn, alt=alt, source="Source: forecast and scenarios of this study", data=data)


def _rounded(value: float, profile: str) -> float:
    return value if profile == INTERNAL else float(5 * int(value / 5 + 0.5))
