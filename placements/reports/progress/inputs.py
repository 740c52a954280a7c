"""What is the six-monthly report made from? The ledger's lines and history, warnings, and what is planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from placements.interventions import Intervention
from placements.reports.context import Context
from placements.reports.words import Share
from placements.targets.ahead import Warned
from placements.targets.history import Reported
from placements.targets.progress import Line


@dataclass(frozen=True)
class ProgressContext:
    """All that a section of the report may use.

    Attributes
    ----------
    context : Context
        The county and its figures as they may be shown.
    lines : tuple of Line
        The ledger, in its order.
    history : tuple of Reported
        Earlier reports, oldest first.
    warnings : mapping of str to Warned
        By indicator, for the next milestone; those that the forecast cannot tell are not in it.
    planned : tuple of Intervention
        Steps of the plan that the council has adopted, where one was named.
    planned_from : str
        Its name.
    """

    context: Context
    lines: tuple[Line, ...]
    history: tuple[Reported, ...] = ()
    warnings: Mapping[str, Warned] = field(default_factory=dict)
    planned: tuple[Intervention, ...] = ()
    planned_from: str = ""

    @property
    def last_day(self) -> dt.date | None:
        """Return the day of the last report; None when this is the first."""
        return self.history[-1].reported_on if self.history else None

    def label(self, line: Line) -> str:
        """Return what a reader calls an indicator."""
        return self.context.headline[line.indicator].label


def share_now(line: Line) -> Share:
    """Return a figure with what it is made of."""
    return Share(line.now.numerator, line.now.denominator, line.now.value)


def share_then(one: Reported) -> Share:
    """Return a figure of an earlier report with what it is made of."""
    return Share(one.numerator, one.denominator, one.value)
