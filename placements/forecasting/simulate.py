"""What comes? Children followed from place to place, for all runs at once.

Every child settled on the snapshot day, and every child who enters after it, lives through a chain of stays: a length
drawn from the hazards, then the next kind of provision or an exit, drawn by what such stays led to, and so on until the
last day that is forecast or the birthday on which the service ends. All chains go one stay ahead together. A stay
counts for the very part of each month it lasts; it counts as settled if it was under way on the snapshot day, and
otherwise as one that starts after it, which a plan can still affect.

Per run, every rate is drawn from its posterior: what a few observed children cannot tell is shown as width of the
bands.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting.destinations import IS_LONG, Destinations
from placements.forecasting.durations import DURATION_BANDS, Hazards, stay_months
from placements.forecasting.entries import SLOPE_KEPT_A_YEAR, Stream
from placements.forecasting.groups import BANDS, Groups
from placements.forecasting.levers import Levers
from placements.forecasting.spells import DAYS_PER_MONTH, SERVICE_OF, STATES, Spells

Floats = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

#: Runs simulated together: bounds the memory, not the answer (each block has its own stream of random numbers).
BLOCK_RUNS: Final = 50
#: Standard deviation of what the hazards of a service are off as a whole, in years to come (assumed); each kind's own
#: is estimated (`Hazards.volatility`).
HAZARD_DRIFT: Final = 0.05
#: What is left where steps up and down cancel.
_ROUNDING: Final = 1e-9
_STATE_SERVICE: Final = np.array([codes.SERVICES.index(SERVICE_OF[state]) for state in STATES])
_BANDS_BEFORE: Final = np.concatenate([[0], np.cumsum([len(BANDS[SERVICE_OF[state]]) for state in STATES])])


@dataclass(frozen=True)
class Model:
    """All that is known of how children come, stay and go.

    Attributes
    ----------
    streams : tuple of Stream
    hazards : Hazards
    destinations : Destinations
    groups : Groups
    settled : Wave
        One run of the children placed on the snapshot day; `area` is -1 where it is not known.
    area_share : ndarray (needs, areas)
        Chances of the home area of a child of a need whose area is not known.
    first_month : int
        Calendar month (1 to 12) of the first month ahead.
    """

    streams: tuple[Stream, ...]
    hazards: Hazards
    destinations: Destinations
    groups: Groups
    settled: Wave
    area_share: Floats
    first_month: int


@dataclass(frozen=True)
class Wave:
    """Stays that begin (or go on) together, one row each.

    Attributes
    ----------
    run, state, need, area : ndarray of int (n,)
        Positions; of `area`, -1 is not known.
    begin, elapsed : ndarray (n,)
        Months after the snapshot at which the stay begins, and months it has lasted by then.
    age : ndarray (n,)
        Age in months on the snapshot day (less than 0 for those born later), NaN when not known.
    band : ndarray of int (n,)
        Age band at the start of the stay.
    """

    run: Ints
    state: Ints
    need: Ints
    area: Ints
    begin: Floats
    elapsed: Floats
    age: Floats
    band: Ints

    def __len__(self) -> int:
        return len(self.run)

    def of(self, keep: npt.NDArray[np.bool_] | Ints) -> Wave:
        """Return some of the rows."""
        return Wave(**{name: getattr(self, name)[keep] for name in _COLUMNS})


_COLUMNS: Final = tuple(field.name for field in fields(Wave))


@dataclass(frozen=True)
class Simulated:
    """Places in use, means of each month.

    Attributes
    ----------
    starting, settled : ndarray of float32 (runs, months, groups)
        By stays that begin after the snapshot day, and by those under way on it.
    cohorts : ndarray of float32 (runs, years, years, groups)
        Child-years of `starting` by year of start and year of use (the months of a last part year are left out).
    held : ndarray of float32 (runs, months, states)
        All stays, by kind of provision.
    entered : ndarray of float32 (runs, months, streams)
        Entries.
    """

    starting: Float32
    settled: Float32
    cohorts: Float32
    held: Float32
    entered: Float32


def simulate(
    model: Model, levers: Levers, *, months: int, runs: int, seed: int, hazard_drift: float = HAZARD_DRIFT
) -> Simulated:
    """Simulate all runs, block by block: the same whatever else is done, for the same seed."""
    blocks = [
        simulate_block(model, levers, months, size, stream, hazard_drift) for size, stream in block_streams(runs, seed)
    ]
    parts = ("starting", "settled", "cohorts", "held", "entered")
    return Simulated(*(np.concatenate([getattr(block, part) for block in blocks]) for part in parts))


def block_streams(runs: int, seed: int) -> list[tuple[int, np.random.SeedSequence]]:
    """Return the number of runs of each block and its stream of random numbers."""
    firsts = range(0, runs, BLOCK_RUNS)
    streams = np.random.SeedSequence(seed).spawn(len(firsts))
    return [(min(BLOCK_RUNS, runs - first), stream) for first, stream in zip(firsts, streams, strict=True)]


def simulate_block(
    model: Model,
    levers: Levers,
    months: int,
    runs: int,
    stream: np.random.SeedSequence,
    hazard_drift: float = HAZARD_DRIFT,
) -> Simulated:
    """Simulate some runs.

    Parameters
    ----------
    model : Model
    levers : Levers
    months, runs : int
    stream : SeedSequence
        Where their random numbers come from.
    hazard_drift : float
        Standard deviation of the log of what all hazards of a service are off by in a run.
    """
    rng = np.random.default_rng(stream)
    rates = _Rates(model, levers, months, runs, rng, hazard_drift)
    tally = _Tally(model.groups, runs, months)
    wave = _all_runs(model, runs, rng)
    over, after = rates.lived(wave, rng, now=True)
    tally.settled(wave, over)
    arrivals = [_entries(stream_, model, levers, months, runs, rng) for stream_ in model.streams]
    entered = np.stack([np.zeros((runs, months)), *(number for number, _ in arrivals)], axis=2)[:, :, 1:]
    wave = _joined([after, *(new for _, new in arrivals)])
    while len(wave):
        over, after = rates.lived(wave, rng)
        tally.starting(wave, over)
        wave = after
    return tally.simulated(entered)


class _Rates:
    """Rates drawn for each run, with the levers."""

    def __init__(
        self, model: Model, levers: Levers, months: int, runs: int, rng: np.random.Generator, hazard_drift: float
    ) -> None:
        drift = hazard_drift * rng.standard_normal((runs, len(codes.SERVICES)))[:, _STATE_SERVICE]
        kind = np.array([model.hazards.volatility[service] for service in codes.SERVICES])[_STATE_SERVICE]
        drift = drift + kind * rng.standard_normal((runs, len(STATES)))
        off = np.exp(drift - (hazard_drift**2 + kind**2) / 2)
        self._months = months
        self._hazard = model.hazards.draw(runs, rng) * np.repeat(off, np.diff(_BANDS_BEFORE), axis=1)[:, :, None]
        self._chance = np.cumsum(model.destinations.draw(runs, rng), axis=3)
        self._factor = {
            name: np.array(
                [[levers.now(name, service), *levers.by_month(name, service, months)] for service in codes.SERVICES]
            )
            for name in ("duration", "move_rate", "exit_rate")
        }
        self._as_observed = all((factor == 1).all() for factor in self._factor.values())

    def lived(self, wave: Wave, rng: np.random.Generator, now: bool = False) -> tuple[Floats, Wave]:
        """Return when each stay is over, and the stays that follow within the months."""
        cell = _BANDS_BEFORE[wave.state] + wave.band
        service = _STATE_SERVICE[wave.state]
        month = np.zeros(len(wave), np.intp) if now else 1 + np.minimum(wave.begin.astype(np.intp), self._months - 1)
        hazard = self._hazard[wave.run, cell]
        moves = exits = np.ones(len(wave))
        if not self._as_observed:
            moves, exits = (self._factor[name][service, month] for name in ("move_rate", "exit_rate"))
            move = self._chance[wave.run, cell, :, -2]
            of_band = (moves[:, None] * move + exits[:, None] * (1 - move))[:, IS_LONG]
            hazard = hazard * of_band / self._factor["duration"][service, month][:, None]
        stay = stay_months(hazard, rng.standard_exponential(len(wave)), wave.elapsed)
        leaves_at = _leaves_months(service) - wave.age
        ends = np.minimum(wave.begin + stay, np.where(np.isnan(leaves_at), np.inf, leaves_at))
        over = np.maximum(ends, wave.begin)
        goes_on = (over < self._months) & (wave.begin + stay <= over)
        ended = wave.of(goes_on)
        draw = rng.random(len(ended))
        stayed = (stay + wave.elapsed)[goes_on]
        return over, self._next(ended, over[goes_on], stayed, draw, (moves[goes_on], exits[goes_on]))

    def _next(self, wave: Wave, over: Floats, stayed: Floats, draw: Floats, levers: tuple[Floats, Floats]) -> Wave:
        cell = _BANDS_BEFORE[wave.state] + wave.band
        is_long = np.array(IS_LONG)[np.searchsorted(DURATION_BANDS, stayed, side="right") - 1]
        ladder = self._chance[wave.run, cell, is_long]
        if not self._as_observed:
            # The part of moves comes first on the ladder; the levers make it larger or smaller.
            move = ladder[:, -2]
            weighted = levers[0] * move
            part = weighted / np.maximum(weighted + levers[1] * (1 - move), 1e-300)
            draw = np.where(draw < part, draw / np.maximum(part, 1e-300) * move, 1.0)
        state = (draw[:, None] >= ladder[:, :-1]).sum(axis=1)
        on = state < len(STATES)
        wave, over, state = wave.of(on), over[on], state[on]
        band = _band_at(_STATE_SERVICE[state], wave.age + over, wave.band)
        return replace(wave, state=state, begin=over, elapsed=np.zeros(len(wave)), band=band)


class _Tally:
    """Stays so far, to be added up into places in use."""

    def __init__(self, groups: Groups, runs: int, months: int) -> None:
        self._groups = groups
        self._runs, self._months = runs, months
        self._settled: list[_Stays] = []
        self._starting: list[_Stays] = []

    def settled(self, wave: Wave, over: Floats) -> None:
        """Add stays that were under way on the snapshot day."""
        self._settled.append(self._stays(wave, over))

    def starting(self, wave: Wave, over: Floats) -> None:
        """Add stays that begin after it."""
        self._starting.append(self._stays(wave, over))

    def simulated(self, entered: Floats) -> Simulated:
        """Return the stays added up."""
        settled, starting = _Stays.joined(self._settled), _Stays.joined(self._starting)
        count, years = len(self._groups.table), self._months // 12
        used = np.zeros((self._runs, self._months, count), np.float32)
        cohorts = np.zeros((self._runs, years, years, count), np.float32)
        served = starting.of(starting.group >= 0)
        begun = (served.begin // 12).astype(np.intp)
        for year in range(-(-self._months // 12)):
            own = served.of(begun == year)
            part = self._in_use(own, own.group, count)
            used += part
            if year < years:
                cohorts[:, year] = part[:, : years * 12].reshape(self._runs, years, 12, count).sum(axis=2) / 12
        here = settled.of(settled.group >= 0)
        held = self._in_use(settled, settled.state, len(STATES)) + self._in_use(starting, starting.state, len(STATES))
        return Simulated(used, self._in_use(here, here.group, count), cohorts, held, entered.astype(np.float32))

    def _stays(self, wave: Wave, over: Floats) -> _Stays:
        group = self._groups.lookup[wave.state, wave.need, wave.band, wave.area]
        return _Stays(wave.run, wave.state, group, wave.begin, over)

    def _in_use(self, stays: _Stays, column: Ints, columns: int) -> Float32:
        """Add up stays into mean places in use per month, (runs, months, columns).

        A stay is the sum of two steps with a ramp inside their months; the steps are added up once for all stays.
        """
        width = self._months + 2
        cells, weights = [], []
        for edge, sign in ((stays.begin, 1.0), (np.minimum(stays.over, self._months), -1.0)):
            month = np.floor(edge).astype(np.intp)
            inside = edge - month
            cell = (stays.run * width + month) * columns + column
            cells += [cell, cell + columns]
            weights += [sign * (1 - inside), sign * inside]
        size = self._runs * width * columns
        total = np.bincount(np.concatenate(cells), np.concatenate(weights), size).reshape(self._runs, width, columns)
        used = np.cumsum(total[:, : self._months], axis=1, dtype=np.float64).astype(np.float32)
        used[used < _ROUNDING] = 0.0
        return used


@dataclass(frozen=True)
class _Stays:
    run: Ints
    state: Ints
    group: Ints
    begin: Floats
    over: Floats

    def of(self, keep: npt.NDArray[np.bool_]) -> _Stays:
        return _Stays(self.run[keep], self.state[keep], self.group[keep], self.begin[keep], self.over[keep])

    @staticmethod
    def joined(parts: list[_Stays]) -> _Stays:
        number, time = np.zeros(0, np.intp), np.zeros(0)
        all_of = [_Stays(number, number, number, time, time), *parts]
        names = ("run", "state", "group", "begin", "over")
        return _Stays(*(np.concatenate([getattr(part, name) for part in all_of]) for name in names))


def _all_runs(model: Model, runs: int, rng: np.random.Generator) -> Wave:
    """Return the settled children in every run, those of unknown area put into one at random."""
    one = model.settled
    wave = one.of(np.tile(np.arange(len(one)), runs))
    wave = replace(wave, run=np.repeat(np.arange(runs), len(one)))
    unknown = np.flatnonzero(wave.area < 0)
    ladder = np.cumsum(model.area_share, axis=1)[wave.need[unknown], :-1]
    area = wave.area.copy()
    area[unknown] = (rng.random((len(unknown), 1)) >= ladder).sum(axis=1)
    return replace(wave, area=area)


def _entries(
    stream: Stream, model: Model, levers: Levers, months: int, runs: int, rng: np.random.Generator
) -> tuple[Ints, Wave]:
    """Return the number of entries by run and month, and the first stay of each."""
    number = rng.poisson(_monthly_rate(stream, levers, model.first_month, months, runs, rng))
    share = rng.gamma(stream.alpha, size=(runs, len(stream.alpha))) + 1e-300
    ladder = np.cumsum(share, axis=1) / share.sum(axis=1, keepdims=True) + np.arange(runs)[:, None]
    run, month = (np.repeat(index, number.ravel()) for index in np.indices(number.shape).reshape(2, -1))
    place = np.searchsorted(ladder.ravel(), run + rng.random(len(run)), side="right")
    cell = np.clip(place - run * len(stream.alpha), 0, len(stream.alpha) - 1)
    state, need, area, band = (column[cell] for column in _positions(stream, model.groups))
    low, high = (edge[band] for edge in age_ranges_months(stream.service))
    begin = month + rng.random(len(run))
    age = low + (high - low) * rng.random(len(run)) - begin
    return number, Wave(run, state, need, area, begin, np.zeros(len(run)), age, band)


def _monthly_rate(
    stream: Stream, levers: Levers, first_month: int, months: int, runs: int, rng: np.random.Generator
) -> Floats:
    """Return the rate of each run and month: level, trend, walk, shock, season and levers, (runs, months)."""
    level = rng.gamma(stream.starts, 1 / stream.months, size=(runs, 1))
    slope = stream.slope + stream.slope_error * rng.standard_normal((runs, 1))
    year = (np.arange(months) + 0.5) / 12
    risen = slope * (1 - SLOPE_KEPT_A_YEAR**year) / -np.log(SLOPE_KEPT_A_YEAR)
    step = stream.volatility / np.sqrt(12)
    walk = np.cumsum(step * rng.standard_normal((runs, months)) - step**2 / 2, axis=1)
    shock: Floats | float = 1.0
    if stream.shock > 1e-9:
        shock = rng.gamma(1 / stream.shock, stream.shock, size=(runs, months))
    season = stream.season[(np.arange(months) + first_month - 1) % 12]
    lever = levers.by_month("entry_rate", stream.service, months)
    return np.asarray(level * np.exp(risen + walk) * shock * season * lever)


def _positions(stream: Stream, groups: Groups) -> tuple[Ints, Ints, Ints, Ints]:
    """Return state, need, area and age band of each cell of a stream, as positions."""
    cells = stream.cells
    return (
        np.array([STATES.index(one) for one in cells["provision"]], np.intp),
        groups.need_of(cells["need_group"]),
        np.array([groups.areas.index(one) for one in cells["area"]], np.intp),
        np.array([BANDS[stream.service].index(one) for one in cells["age_band"]], np.intp),
    )


def settled_wave(spells: Spells, groups: Groups) -> Wave:
    """Return the children placed on the snapshot day as one run."""
    children = spells.settled
    already = ((spells.snapshot - children["start"]).dt.days / DAYS_PER_MONTH).fillna(0.0).to_numpy(float)
    years = children["service"].map(codes.LEAVES_AT_YEARS).astype(float).to_numpy()
    left = ((children["leaves"] - spells.snapshot).dt.days / DAYS_PER_MONTH).to_numpy(float)
    pairs = zip(children["service"], children["age_band"], strict=True)
    return Wave(
        run=np.zeros(len(children), np.intp),
        state=np.array([STATES.index(one) for one in children["provision"]], np.intp),
        need=groups.need_of(children["need_group"]),
        area=np.asarray(pd.Index(groups.areas).get_indexer(pd.Index(children["area"])), np.intp),
        begin=np.zeros(len(children)),
        elapsed=already,
        age=12 * years - left,
        band=np.array([BANDS[service].index(band) for service, band in pairs], np.intp),
    )


def age_ranges_months(service: str) -> tuple[Floats, Floats]:
    """Return the age at which each band begins, and at which the next does, in months; NaN for an unknown age."""
    low = np.array([float(at) for _, at in codes.AGE_BANDS[service]])
    high = np.append(low[1:], float(codes.LEAVES_AT_YEARS[service]))
    return np.append(12 * low, np.nan), np.append(12 * high, np.nan)


def _leaves_months(service: Ints) -> Floats:
    return np.array([12.0 * codes.LEAVES_AT_YEARS[one] for one in codes.SERVICES])[service]


def _band_at(service: Ints, age_months: Floats, band: Ints) -> Ints:
    """Return the age band at an age; an unknown age keeps its band."""
    out = band.copy()
    for position, name in enumerate(codes.SERVICES):
        own = (service == position) & ~np.isnan(age_months)
        edges = age_ranges_months(name)[0][:-1]
        out[own] = np.clip(np.searchsorted(edges, age_months[own], side="right") - 1, 0, len(edges) - 1)
    return out


def _joined(waves: list[Wave]) -> Wave:
    return Wave(**{name: np.concatenate([getattr(wave, name) for wave in waves]) for name in _COLUMNS})
