"""What may go otherwise than it has? Multipliers of entries, lengths of stay, moves and exits, from some day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.settings import ForecastSettings

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """A change of the multipliers for what begins in some month ahead or later; 1 = as before.

    Attributes
    ----------
    name : str
    from_month : int
        Months after the snapshot: 0 is the first.
    service : str
        Empty for both.
    entry_rate, duration, move_rate, exit_rate : float
        As in `Levers`; they multiply what is there already.
    """

    name: str
    from_month: int
    service: str = ""
    entry_rate: float = 1.0
    duration: float = 1.0
    move_rate: float = 1.0
    exit_rate: float = 1.0


@dataclass(frozen=True)
class Levers:
    """Multipliers of the rates (1 = as observed), and steps that change them at a time.

    Attributes
    ----------
    entry_rate : float
        Of the number of entries.
    duration : float
        Of all lengths of stay.
    move_rate, exit_rate : float
        Of the rates at which stays end with a move to another place, and by leaving the service.
    steps : tuple of Step
        A step changes stays that begin, and entries that come, in its month or later.
    """

    entry_rate: float = 1.0
    duration: float = 1.0
    move_rate: float = 1.0
    exit_rate: float = 1.0
    steps: tuple[Step, ...] = field(default=())

    def by_month(self, name: str, service: str, months: int) -> Floats:
        """Return one multiplier in each month ahead, (months,)."""
        if service not in codes.SERVICES:
            raise ValueError(f"{service!r} is no service")
        factor = np.full(months, float(getattr(self, name)))
        for step in _of(self.steps, service):
            factor[max(step.from_month, 0) :] *= getattr(step, name)
        return factor

    def now(self, name: str, service: str) -> float:
        """Return one multiplier for the stays that are under way on the snapshot day."""
        begun = [getattr(step, name) for step in _of(self.steps, service) if step.from_month <= 0]
        return float(np.prod([getattr(self, name), *begun]))


def levers_of(settings: ForecastSettings, snapshot: dt.date) -> Levers:
    """Return the levers that the settings of a study name; a step counts from the month that its day lies in."""
    steps = tuple(
        Step(
            name=step.name,
            from_month=max((step.from_date.year - snapshot.year) * 12 + step.from_date.month - snapshot.month - 1, 0),
            service=step.service,
            entry_rate=step.entry_rate_multiplier,
            duration=step.duration_multiplier,
            move_rate=step.move_rate_multiplier,
            exit_rate=step.exit_rate_multiplier,
        )
        for step in settings.steps
    )
    return Levers(
        settings.entry_rate_multiplier,
        settings.duration_multiplier,
        settings.move_rate_multiplier,
        settings.exit_rate_multiplier,
        steps,
    )


def _of(steps: Sequence[Step], service: str) -> list[Step]:
    return [step for step in steps if step.service in ("", service)]
