"""The forecast's model child by child in SimPy's event loop: what one writes without arrays.

Every child is a process that stays, then moves or leaves; every stream of entries is a process that draws the time to
the next one. Places in use are the area under the stock of each kind of provision. Rates are taken as known: the means
of the posteriors, no drift, no walk, no levers. Nothing is shared with `placements.forecasting.simulate` but the model.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Generator
from dataclasses import replace
from itertools import accumulate
from math import inf, isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.forecasting.by_need import ByNeed
from placements.forecasting.cells import KEYS, PHASE_MONTHS, PHASES
from placements.forecasting.destinations import IS_LONG, NEXT, Destinations
from placements.forecasting.drift import known
from placements.forecasting.durations import DURATION_BANDS, Hazards
from placements.forecasting.entries import Stream
from placements.forecasting.simulate import Model
from placements.forecasting.spells import SERVICE_OF, STATES

#: What posteriors are multiplied with to take their width away.
_CERTAIN: Final = 1e9


def certain(model: Model) -> Model:
    """Return a model of which every rate is known, and entries have neither trend nor walk nor monthly shock."""
    streams = tuple(
        replace(
            stream,
            alpha=stream.alpha * _CERTAIN,
            starts=stream.starts * _CERTAIN,
            months=stream.months * _CERTAIN,
            slope=0.0,
            slope_error=0.0,
            volatility=0.0,
            shock=0.0,
        )
        for stream in model.streams
    )
    hazards = Hazards(
        model.hazards.cells,
        model.hazards.shape * _CERTAIN,
        model.hazards.exposure * _CERTAIN,
        dict.fromkeys(model.hazards.levels, known(len(STATES))),
    )
    destinations = Destinations(
        model.destinations.alpha * _CERTAIN, dict.fromkeys(model.destinations.levels, known(len(NEXT)))
    )
    by_need = ByNeed(model.by_need.table.assign(ends_error=0.0, leaving_error=0.0))
    return replace(model, streams=streams, hazards=hazards, destinations=destinations, by_need=by_need)


class EventLoop:
    """One model, ready to be run: all tables are plain lists, which is what a loop in Python reads soonest.

    Parameters
    ----------
    model : Model
    months : int
    """

    def __init__(self, model: Model, months: int) -> None:
        self._model, self._months = model, months
        cells = model.hazards.cells[list(KEYS)].itertuples(index=False, name=None)
        self._cell = {cell: row for row, cell in enumerate(cells)}
        self._rate = np.maximum(model.hazards.mean, 1e-9).tolist()
        widths = np.diff(DURATION_BANDS).tolist()
        self._spent = [
            [0.0, *accumulate(rate * width for rate, width in zip(row, widths, strict=False))] for row in self._rate
        ]
        self._next = [[list(accumulate(stay)) for stay in pair] for pair in model.destinations.mean[:, :, :-1].tolist()]
        factors = model.by_need.table[["ends", "leaving"]]
        self._factors = dict(zip(factors.index, factors.itertuples(index=False, name=None), strict=True))
        self._bands = {
            service: ([12.0 * at for _, at in codes.AGE_BANDS[service]], [name for name, _ in codes.AGE_BANDS[service]])
            for service in codes.SERVICES
        }

    def run(self, seed: int) -> npt.NDArray[np.float64]:
        """Simulate once; return the mean places in use by month and kind of provision, (months, states)."""
        import simpy  # noqa: PLC0415 - only the benchmark's environment has it

        env, draw = simpy.Environment(), random.Random(seed)
        stock = _Stock(self._months)
        for child in self._settled():
            env.process(self._child(env, draw, stock, *child))
        for stream in self._model.streams:
            env.process(self._arrivals(env, draw, stock, stream))
        env.process(stock.months(env))
        env.run()
        return np.array(stock.area)

    def _settled(self) -> list[tuple[str, str, str, float, float, float]]:
        """Return provision, need, age band, age today, months stayed and in care before of each child placed today."""
        wave = self._model.settled
        names = {service: (*labels, codes.AGE_UNKNOWN) for service, (_, labels) in self._bands.items()}
        needs = self._model.groups.needs
        since_months = np.nan_to_num(wave.since, nan=inf)
        columns = (part.tolist() for part in (wave.state, wave.need, wave.band, wave.age, wave.elapsed, since_months))
        return [
            (STATES[state], needs[need], names[SERVICE_OF[STATES[state]]][band], age, elapsed, since)
            for state, need, band, age, elapsed, since in zip(*columns, strict=True)
        ]

    def _child(
        self,
        env: Any,
        draw: random.Random,
        stock: _Stock,
        state: str,
        need: str,
        band: str,
        age: float,
        elapsed: float,
        since: float,
    ) -> Generator[Any, None, None]:
        """Follow a child; `age` in months on the snapshot day, `since` those in care when the stay began."""
        service = SERVICE_OF[state]
        lows, labels = self._bands[service]
        quicker, leaving = self._factors.get((service, need), (1.0, 1.0))
        birthday = inf if isnan(age) else 12.0 * codes.LEAVES_AT_YEARS[service] - age
        while True:
            row = self._cell[state, band, PHASES[bisect_right(PHASE_MONTHS, since) - 1]]
            rate, spent = self._rate[row], self._spent[row]
            at = bisect_right(DURATION_BANDS, elapsed) - 1
            target = spent[at] + (elapsed - DURATION_BANDS[at]) * rate[at] + draw.expovariate(quicker)
            at = bisect_right(spent, target) - 1
            stay = DURATION_BANDS[at] + (target - spent[at]) / rate[at] - elapsed
            over = min(env.now + stay, birthday)
            column = STATES.index(state)
            stock.change(env.now, column, 1)
            if over >= self._months:
                return
            yield env.timeout(max(over - env.now, 0.0))
            stock.change(env.now, column, -1)
            if over >= birthday:
                return
            ladder = self._next[row][IS_LONG[at]]
            odds = leaving * (1 - ladder[-1])
            if draw.random() * (ladder[-1] + odds) < odds:
                return
            place = min(bisect_right(ladder, draw.random() * ladder[-1]), len(STATES) - 1)
            since += stay + elapsed
            state, elapsed = STATES[place], 0.0
            if not isnan(age):
                band = labels[max(bisect_right(lows, age + env.now) - 1, 0)]

    def _arrivals(self, env: Any, draw: random.Random, stock: _Stock, stream: Stream) -> Generator[Any, None, None]:
        """Let the children of a stream come, at a rate that changes with the calendar month."""
        level = stream.starts / stream.months
        ladder = list(accumulate(stream.alpha.tolist()))
        columns = (stream.cells[name] for name in ("provision", "need_group", "age_band"))
        kinds = list(zip(*columns, strict=True))
        lows, labels = self._bands[stream.service]
        highs = [*lows[1:], 12.0 * codes.LEAVES_AT_YEARS[stream.service]]
        for month in range(self._months):
            rate = level * float(stream.season[(month + self._model.first_month - 1) % 12])
            # Without memory: a wait that goes beyond the month is drawn anew at the next month's rate.
            while (wait := draw.expovariate(rate) if rate > 0 else inf) < month + 1 - env.now:
                yield env.timeout(wait)
                state, need, band = kinds[bisect_right(ladder, draw.random() * ladder[-1], 0, len(kinds) - 1)]
                age = float("nan")
                if band in labels:
                    which = labels.index(band)
                    age = lows[which] + (highs[which] - lows[which]) * draw.random() - env.now
                env.process(self._child(env, draw, stock, state, need, band, age, 0.0, 0.0))
            yield env.timeout(month + 1 - env.now)


class _Stock:
    """Children in each kind of provision, and the area under their number in each month."""

    def __init__(self, months: int) -> None:
        self._count, self._since = [0] * len(STATES), [0.0] * len(STATES)
        self._month = 0
        self.area = [[0.0] * len(STATES) for _ in range(months)]

    def change(self, now: float, column: int, by: int) -> None:
        """Take a child in or out."""
        self._close(now, column)
        self._count[column] += by

    def months(self, env: Any) -> Generator[Any, None, None]:
        """End each month in its turn."""
        for month in range(len(self.area)):
            yield env.timeout(month + 1 - env.now)
            for column in range(len(STATES)):
                self._close(env.now, column)
            self._month = min(month + 1, len(self.area) - 1)

    def _close(self, now: float, column: int) -> None:
        self.area[self._month][column] += self._count[column] * (now - self._since[column])
        self._since[column] = now
