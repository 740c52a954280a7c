"""What is the case for a scenario, on one page? What is done, what it costs and avoids, and how sure that is."""

from __future__ import annotations

from placements.errors import UsageError
from placements.reports import words
from placements.reports.briefings.parts import framed
from placements.reports.charts_money import Step, waterfall
from placements.reports.content import Block, Document, Figure, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.future import Money, Outcome
from placements.reports.sections.parts import figure, mark
from placements.reports.sections.plan import steps_table
from placements.reports.sections.scenarios import outcome_sentence
from placements.reports.tables import noted


def document(context: Context) -> Document:
    """Return the case for the first scenario that is compared with doing nothing."""
    outcome = next((one for one in context.future.outcomes if not one.is_baseline), None)
    if outcome is None:
        raise UsageError("a business case needs a scenario beside doing nothing")
    years = words.plain_count(context.future.years, "year", "years")
    does: list[Block] = [
        Paragraph(
            f"{outcome_sentence(context, outcome)} Over {years}, expected, in the same simulated futures as doing "
            "nothing. Settled children are not moved."
        ),
        steps_table(context, outcome.interventions),
    ]
    sections = [Section("what", "What is done and what would change", tuple(does))]
    if outcome.money is not None:
        sections.append(
            Section(
                "money", "What it costs and what it avoids", (_money(context, outcome, outcome.money), _risk(outcome))
            )
        )
    return framed(context, f"Business case: {outcome.name}", "One scenario against doing nothing", tuple(sections))


def _money(context: Context, outcome: Outcome, money: Money) -> Figure:
    parts = (
        ("Capital", money.capital_gbp),
        ("Running cost, used or not", money.fixed_running_gbp),
        ("Running cost of places in use", money.use_running_gbp),
        ("Cost of placements avoided", -money.avoided_gbp),
    )
    net = sum(value for _, value in parts)
    years = words.plain_count(context.future.years, "year", "years")
    rows = (*((name, words.pounds(value)) for name, value in parts), ("Net cost", words.pounds(net)))
    data = Table(
        "case-money",
        f"{outcome.name}: expected cost over {years} against doing nothing",
        ("Part", "Expected"),
        rows,
        ("text", "number"),
        ("In today's prices, not discounted. Below nothing: a saving.",),
        1,
    )
    steps = [
        *(Step(name, value, words.pounds(value)) for name, value in parts),
        Step("Net cost", net, words.pounds(net), True),
    ]
    way = "saves" if net < 0 else "costs"
    drawn = waterfall(f"{outcome.name} {way} {words.pounds(abs(net))} against doing nothing", steps, mark=mark(context))
    alt = f"Waterfall chart of cost. {'; '.join(f'{name}: {text}' for name, text in rows)}."
    source = "Source: comparison of scenarios in this study"
    return figure(context, drawn=drawn, alt=alt, source=source, data=noted(data, context.profile))


def _risk(outcome: Outcome) -> Paragraph:
    cost = outcome.cost_change
    doubt = (
        "whether it saves or costs is not clear"
        if cost.low < 0 < cost.high
        else "it saves in 9 of 10 futures or more"
        if cost.high <= 0
        else "it costs more in 9 of 10 futures or more"
    )
    low, high = words.pounds(cost.low), words.pounds(cost.high)
    return Paragraph(
        f"In 8 in 10 futures the net cost lies between {low} and {high}: {doubt}. Sites, planning consent, staff and "
        "prices are not confirmed here, and the forecast knows nothing of changes of policy."
    )
