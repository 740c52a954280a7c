"""What was to be reached, what has been, and what comes next? One line for each indicator that has a target.

Figures are compared as they may be shown: whoever reads the report can check every word of it, and no word tells more
than the figures do.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from placements.analysis.movement import months_from
from placements.disclosure.headline import HeadlineTexts
from placements.disclosure.suppress import NOT_AVAILABLE, SUPPRESSED
from placements.targets.amounts import Amount, percent_text
from placements.targets.history import Reported
from placements.targets.ledger import COUNTS, Better, Target
from placements.targets.standing import Standing, count_mid_p, share_mid_p, standing

#: Months between reports.
PERIOD_MONTHS: Final = 6
_PER_CENT: Final = 0.01


@dataclass(frozen=True)
class Milestone:
    """What is to be reached by a day.

    Attributes
    ----------
    amount : Amount
    due : date
    is_interim : bool
        Whether it was worked out, on a straight line to a later target, and not set by the council.
    """

    amount: Amount
    due: dt.date
    is_interim: bool = False


@dataclass(frozen=True)
class Line:
    """One indicator of the report.

    Attributes
    ----------
    indicator : str
    better : {"lower", "higher"}
    baseline : str
        As the council says, or as first reported; empty when neither.
    before : Reported, optional
        What the last report said.
    now : HeadlineTexts
        The figure as it may be shown.
    last : Milestone, optional
        What was due by now.
    variance : float
        The figure less what was due: a share in points between -1 and 1, or a number; NaN when there is none.
    p_value : float
        How often chance alone would bring a figure at least so far from the target; NaN when not told.
    standing : Standing
    next, final : Milestone, optional
        What is to be reached by the next report, and the last target that is set.
    owner, action, status, reason : str
        The council's words.
    """

    indicator: str
    better: Better
    baseline: str
    before: Reported | None
    now: HeadlineTexts
    last: Milestone | None
    variance: float
    p_value: float
    standing: Standing
    next: Milestone | None
    final: Milestone | None
    owner: str
    action: str
    status: str
    reason: str

    def misses(self, value: float, milestone: Milestone) -> bool:
        """Return whether a value falls short of a milestone."""
        limit = milestone.amount.value
        return value > limit if self.better == "lower" else value < limit


def progress_lines(
    targets: Sequence[Target],
    history: Sequence[Reported],
    on: dt.date,
    texts: Callable[[str], HeadlineTexts],
) -> tuple[Line, ...]:
    """Return the lines of the report of a day, in the order of the ledger.

    Parameters
    ----------
    targets : sequence of Target
    history : sequence of Reported
        Reports before `on` are used, later ones and that of the day itself not.
    on : date
    texts : callable
        The figure of an indicator on the day, as it may be shown.
    """
    past = [one for one in history if one.reported_on < on]
    by_name: dict[str, list[Target]] = {}
    for target in targets:
        by_name.setdefault(target.indicator, []).append(target)
    return tuple(
        _line(mine, [one for one in past if one.indicator == name], on, texts(name)) for name, mine in by_name.items()
    )


def figure_value(texts: HeadlineTexts) -> float:
    """Return the share (0 to 1) or number that a figure shows; NaN when it is hidden or there is none."""
    if texts.value in (SUPPRESSED, NOT_AVAILABLE):
        return math.nan
    number = float(texts.value.replace(",", "").rstrip("%"))
    return number * _PER_CENT if texts.value.endswith("%") else number


def reported(lines: Sequence[Line], on: dt.date) -> tuple[Reported, ...]:
    """Return the lines as the history keeps them."""
    return tuple(
        Reported(
            reported_on=on,
            indicator=line.indicator,
            value=line.now.value,
            numerator=line.now.numerator,
            denominator=line.now.denominator,
            left_out=line.now.excluded,
            last_target=line.last.amount.text if line.last else "",
            standing=line.standing.words if line.last else "",
            next_target=line.next.amount.text if line.next else "",
            next_due=line.next.due if line.next else None,
            owner=line.owner,
            action=line.action,
            reason=line.reason,
        )
        for line in lines
    )


def _line(mine: Sequence[Target], past: Sequence[Reported], on: dt.date, now: HeadlineTexts) -> Line:
    before = past[-1] if past else None
    value = figure_value(now)
    last = _last(mine, before, on)
    ahead = [target for target in mine if target.due > on]
    current = ahead[0] if ahead else mine[-1]
    p_value, variance, stands = math.nan, math.nan, Standing.NOT_DUE
    if last is not None:
        due = last.amount.value
        variance = value - due
        p_value = _p_value(current.indicator, now, due)
        stands = standing(value <= due if current.better == "lower" else value >= due, p_value)
    baseline = next((target.baseline.text for target in mine if target.baseline), past[0].value if past else "")
    return Line(
        indicator=current.indicator,
        better=current.better,
        baseline=baseline,
        before=before,
        now=now,
        last=last,
        variance=variance,
        p_value=p_value,
        standing=stands,
        next=_next(ahead, value, on),
        final=Milestone(ahead[-1].target, ahead[-1].due) if ahead else None,
        owner=current.owner,
        action=current.action,
        status=current.status,
        reason=_reason(mine, on),
    )


def _last(mine: Sequence[Target], before: Reported | None, on: dt.date) -> Milestone | None:
    """Return what was due by now: a target of the council's, else what the last report said would be next."""
    since = before.reported_on if before else dt.date.min
    due = [target for target in mine if since < target.due <= on]
    if due:
        return Milestone(due[-1].target, due[-1].due)
    if before is None or before.next_due is None or before.next_due > on or before.next_amount is None:
        return None
    return Milestone(before.next_amount, before.next_due, is_interim=True)


def _next(ahead: Sequence[Target], value: float, on: dt.date) -> Milestone | None:
    """Return what is to be reached in the next period: a target, or a step on a straight line to a later one."""
    if not ahead:
        return None
    target, due = ahead[0], months_from(on, PERIOD_MONTHS)
    if target.due <= due or target.indicator in COUNTS or math.isnan(value):
        return Milestone(target.target, target.due)
    step = value + (target.target.value - value) * (due - on).days / (target.due - on).days
    if target.is_met_by(value):
        step = target.target.value
    text = percent_text(step)
    return Milestone(Amount(text, float(text.rstrip("%")) * _PER_CENT, is_share=True), due, is_interim=True)


def _p_value(name: str, now: HeadlineTexts, due: float) -> float:
    figures: Mapping[str, float] = {
        key: math.nan if text in (SUPPRESSED, NOT_AVAILABLE, "") else float(text.replace(",", ""))
        for key, text in (("part", now.numerator), ("whole", now.denominator))
    }
    if name in COUNTS:
        return count_mid_p(figure_value(now), due)
    if now.value in (SUPPRESSED, NOT_AVAILABLE):
        return math.nan
    return share_mid_p(min(figures["part"], figures["whole"]), figures["whole"], due)


def _reason(mine: Sequence[Target], on: dt.date) -> str:
    """Return the council's reason: that of the target that was due last, else of the next."""
    due = [target.reason for target in mine if target.due <= on and target.reason]
    return due[-1] if due else next((target.reason for target in mine if target.reason), "")
