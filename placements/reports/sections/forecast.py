"""How many places will children need, and how sure is that?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from placements import codes
from placements.analysis.profile import past_stock
from placements.disclosure.suppress import INTERNAL, SUPPRESSED, is_small, signed_text
from placements.forecasting import PLANNABLE, Forecast
from placements.forecasting.cells import PHASES
from placements.reports import words
from placements.reports.charts_time import Line, fan
from placements.reports.content import (
    Block,
    BulletList,
    Callout,
    Figure,
    Heading,
    Paragraph,
    Section,
    Table,
    TracedFigure,
)
from placements.reports.context import Context
from placements.reports.sections.parts import KIND_LABEL, SERVICE_LABEL, figure, listed, mark
from placements.reports.tables import noted, numeric, rows_of

#: Months of the past that are drawn before the forecast; SEN2 returns do not reach back, so only its last day is.
_PAST_MONTHS = {codes.CARE: 24, codes.EDUCATION: 0}
#: Months between the points that are drawn: fewer would show the rounding.
_STEP = 3
#: From so much more, or less, often than others do, placements of a need are said to end sooner, or last longer.
_CLEARLY = 0.1
_BANDS = (("19 in 20 runs", "low_95", "high_95"), ("8 in 10 runs", "low_80", "high_80"))


def section(context: Context) -> Section:
    """Return the section on the forecast."""
    future = context.future.forecast
    if future is None:
        return Section("forecast", "Need in the years ahead", (Paragraph("No forecast was made for this statement."),))
    services = [service for service in context.services if future.groups["service"].eq(service).any()]
    kinds = [kind for kind in PLANNABLE if future.groups["provision"].eq(kind).any()]
    blocks: list[Block] = [
        Paragraph(
            f"The forecast looks {words.plain_count(future.years, 'year', 'years')} ahead from {context.day_text}. It "
            f"covers the placements that local places can be made for: {listed(KIND_LABEL, kinds or PLANNABLE)}. "
            "Other placements, such as those with relatives or parents, are not forecast."
        )
    ]
    for service in services:
        blocks += [Heading(SERVICE_LABEL[service]), *_of_service(context, future, service)]
    blocks += [Heading("How it is made, and its limits"), _method(future), _back_test(future)]
    figures = tuple(_traced(context, future, service) for service in services)
    return Section("forecast", "Need in the years ahead", tuple(blocks), figures)


def _traced(context: Context, future: Forecast, service: str) -> TracedFigure:
    last = pd.DataFrame(future.summary(["service"], "total").loc[service]).iloc[-1]
    return TracedFigure(
        f"forecast_{service}",
        f"{SERVICE_LABEL[service]}: placements that a plan can affect, end of the forecast",
        signed_text(float(last["median"]), context.profile),
        "",
        "",
        "",
        f"Middle of {future.runs} runs; 8 in 10 lie at {_between(last, 'low_80', 'high_80', context.profile)}",
    )


def _of_service(context: Context, future: Forecast, service: str) -> list[Block]:
    total = pd.DataFrame(future.summary(["service"], "total").loc[service])
    settled = pd.DataFrame(future.summary(["service"], "settled").loc[service])
    p = context.profile
    now = context.count(service, {"provision": PLANNABLE})
    last = total.iloc[-1]
    middle, low, high = (words.estimate(float(last[name]), p) for name in ("median", "low_80", "high_80"))
    text = (
        f"On {context.day_text} {words.counted(now)} were in such placements. If recent patterns continue, the "
        f"middle forecast for {words.long_date(total.index[-1])} is {middle}; 8 in 10 runs lie between {low} and "
        f"{high}. Of these, about {words.estimate(float(settled.iloc[-1]['median']), p)} would be children already in "
        "their placement today, who are not moved; the rest are placements that start in the years between and that "
        "a plan can affect."
    )
    return [Paragraph(text), _chart(context, service, total, now), by_kind_table(context, future, service)]


def _chart(context: Context, service: str, total: pd.DataFrame, now: str) -> Figure:
    p = context.profile
    data = _table(context, service, total)
    past = past_stock(
        context.county.placements,
        context.day,
        service=service,
        kinds=PLANNABLE,
        months=_PAST_MONTHS[service],
        step=_STEP,
    )
    ahead = total.iloc[_STEP - 1 :: _STEP]
    when = [str(day.year) for day in (*past.index, *ahead.index)]
    seen = [*(_shown_past(value, p) for value in past[:-1]), words.value_of(now)]
    start = words.value_of(now)
    lines = [
        Line(
            label,
            (start, *(_shown(value, p) for value in ahead["median"])),
            (start, *(_shown(value, p) for value in ahead[low])),
            (start, *(_shown(value, p) for value in ahead[high])),
        )
        for label, low, high in _BANDS
    ]
    middle = signed_text(float(total.iloc[-1]["median"]), p)
    heading = f"{SERVICE_LABEL[service]} in placements a plan can affect: {_say(now)} now, middle forecast {middle}"
    drawn = fan(heading, when, lines, past=seen, ticks=12 // _STEP, mark=mark(context))
    said = " ".join(f"{row[0]}: {row[1]}, 8 in 10 runs {row[2]}, 19 in 20 runs {row[3]}." for row in data.rows)
    alt = f"Fan chart of placements that a plan can affect; {words.number(now)} on {context.day_text}. {said}"
    return figure(context, drawn=drawn, alt=alt, source="Source: forecast from the returns; see the method", data=data)


def _shown(value: float, profile: str) -> float:
    return float(value) if profile == INTERNAL else float(5 * int(value / 5 + 0.5))


def _shown_past(value: float, profile: str) -> float:
    return math.nan if profile != INTERNAL and is_small(value) else _shown(value, profile)


def _say(text: str) -> str:
    return words.NOT_SHOWN if text == SUPPRESSED else text


def _between(row: pd.Series, low: str, high: str, profile: str) -> str:
    return f"{signed_text(float(row[low]), profile)} to {signed_text(float(row[high]), profile)}"


def _table(context: Context, service: str, total: pd.DataFrame) -> Table:
    p = context.profile
    rows = tuple(
        (
            words.long_date(day),
            signed_text(float(row["median"]), p),
            _between(row, "low_80", "high_80", p),
            _between(row, "low_95", "high_95", p),
        )
        for day, row in rows_of(total.iloc[11::12])
    )
    key = "care" if service == codes.CARE else "plans"
    return noted(
        Table(
            f"{key}-forecast",
            f"{SERVICE_LABEL[service]}: forecast of placements in use",
            ("On", "Middle", "8 in 10 runs", "19 in 20 runs"),
            rows,
            numeric(4),
            ("Bands show chance and the spread of past months. They do not show changes of policy or practice.",),
        ),
        p,
    )


def by_kind_table(context: Context, future: Forecast, service: str) -> Table:
    """Return the forecast of each kind of placement at its end, beside today."""
    p = context.profile
    by = pd.DataFrame(future.summary(["service", "provision"], "total").loc[service])
    rows = []
    for kind in by.index.get_level_values("provision").unique():
        last = by.loc[kind].iloc[-1]
        now = context.count(service, {"provision": str(kind)})
        rows.append(
            (
                KIND_LABEL.get(str(kind), str(kind)),
                now,
                signed_text(float(last["median"]), p),
                _between(last, "low_80", "high_80", p),
            )
        )
    day = words.long_date(by.index.get_level_values("month")[-1])
    key = "care" if service == codes.CARE else "plans"
    return noted(
        Table(
            f"{key}-forecast-kind",
            f"{SERVICE_LABEL[service]}: forecast by kind of placement, {day}",
            ("Kind of placement", f"On {context.day_text}", "Middle", "8 in 10 runs"),
            tuple(rows),
            numeric(4),
        ),
        p,
    )


def _method(future: Forecast) -> BulletList:
    levers = future.assumptions
    items = [
        (
            f"Children who begin to be looked after are drawn month by month from those of the last {_years(levers)}, "
            "unaccompanied children apart; new plans from those of the last year: how many, with a trend that dies "
            "away, and by area, need, age and first placement. Small groups borrow strength from larger ones."
        ),
        (
            "Every child is then followed from place to place: how long placements last, and whether they lead to "
            "another kind or out of care, is taken from what past ones did. Care ends at the eighteenth birthday, an "
            "EHC plan by the twenty-fifth."
        ),
        (
            "Rates are told apart by kind of placement, by age, and by how long care has lasted "
            f"({'; '.join(PHASES)}); those of the last months count most.{_needs(levers)}"
        ),
        (
            f"This is repeated {future.runs:,} times. The middle is the value that half of the runs lie above; the "
            "bands say how far the runs spread."
        ),
        (
            "Children placed today stay until their placements end. They are counted apart from placements that "
            "start later."
        ),
        (
            "The return on EHC plans does not list every setting that children left. Where a setting follows one that "
            "is not listed, the one before is taken to be of a kind that children of that age were in."
        ),
        (
            "Rates stay as observed, unless this list says otherwise. Nothing is assumed about changes of policy, law, "
            "prices or practice."
        ),
    ]
    changed = [
        f"{label} times {levers[name]:g}"
        for name, label in (
            ("entry_rate_multiplier", "new placements"),
            ("duration_multiplier", "length of placements"),
            ("move_rate_multiplier", "moves from place to place"),
            ("exit_rate_multiplier", "children leaving"),
        )
        if levers.get(name, 1.0) != 1.0
    ]
    if changed:
        items.append(f"The settings of this study change the observed rates: {words.joined(changed)}.")
    items += [
        f"From month {step['from_month'] + 1} of the forecast on, the settings change them further: {step['name']}."
        for step in levers.get("steps", ())
    ]
    return BulletList(tuple(items))


def _needs(levers: Mapping[str, Any]) -> str:
    """Return which needs have placements that end clearly sooner, or last clearly longer, than those of others."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for row in levers.get("by_need", ()):
        if abs(row["ends"] - 1) >= _CLEARLY:
            label = words.lower_first(codes.NEED_GROUP_LABEL.get(row["need_group"], row["need_group"]))
            found[row["ends"] > 1].append(label)
    parts = [
        f"{how} for {words.joined(needs)}"
        for how, needs in (("end sooner", found[True]), ("last longer", found[False]))
        if needs
    ]
    return f" By need, placements {' and '.join(parts)}." if parts else ""


def _years(levers: object) -> str:
    years = levers.get("history_years") if hasattr(levers, "get") else None
    return words.plain_count(int(years), "year", "years") if years else "years"


def _back_test(future: Forecast) -> Callout:
    tested = future.assumptions.get("back_test")
    if tested:
        return _tested(tested)
    return Callout(
        "This forecast has not been back-tested",
        "It has not yet been checked against what happened after an earlier date. Until it has, read the bands as "
        "the spread of the model's own runs, not as a measure of how often it is right.",
        "warning",
    )


def _tested(found: Mapping[str, Any]) -> Callout:
    """Return how earlier forecasts of children looked after compare with what came."""
    share = f"{found['coverage_80']:.0%}"
    far = f"{abs(found['bias']):.0%}"
    side = "above" if found["bias"] > 0 else "below"
    ratio = found["ratio"]
    beside = "smaller" if ratio < 1 else "larger"
    parts = [
        (
            f"The last {words.plain_count(round(found['years']), 'year', 'years')} were hidden and forecast as from "
            f"{words.plain_count(found['origins'], 'earlier day', 'earlier days')}, by kind of placement: of "
            f"{found['forecasts']:,} forecasts of children looked after, {share} had what came in the range of 8 in 10 "
            f"runs. Together they lay {far} {side} it."
        ),
        (
            f"For all children looked after, the error was {abs(1 - ratio):.0%} {beside} than that of the "
            f"best of three simple forecasts ({found['best']}). EHC plans could not be tested: one return tells of no "
            "earlier year."
        ),
    ]
    trusted = 0.74 <= found["coverage_80"] <= 0.86 and ratio < 1
    return Callout("How far the forecast can be trusted", " ".join(parts), "note" if trusted else "warning")
