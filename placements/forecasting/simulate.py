"""What comes? Children followed from place to place, for all runs at once.

Every child settled on the snapshot day, and every child who enters after it, lives through a chain of stays: a length
drawn from the hazards, then the next kind of provision or an exit, drawn by what such stays led to, and so on until the
last day that is forecast or the birthday on which the service ends. All chains go one stay ahead together. A stay
counts for the very part of each month it lasts; it counts as settled if it was under way on the snapshot day, and
otherwise as one that starts after it, which a plan can still affect.

Per run, every rate is drawn from its posterior: what a few observed children cannot tell is shown as width of bands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.forecasting.by_need import ByNeed
from placements.forecasting.cells import PHASES, phase_at, positions
from placements.forecasting.destinations import IS_LONG, Destinations
from placements.forecasting.durations import DURATION_BANDS, Hazards
from placements.forecasting.entries import SLOPE_KEPT_A_YEAR, Stream
from placements.forecasting.groups import BANDS, Groups
from placements.forecasting.levers import Levers
from placements.forecasting.spells import DAYS_PER_MONTH, SERVICE_OF, STATES, Spells

Floats = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

#: Runs simulated together: few enough for a processor's cache. Each block has its own stream of random numbers.
BLOCK_RUNS: Final = 10
#: Standard deviation of what the hazards of a service are off as a whole, in years to come (assumed); each kind's own
#: is estimated (`Hazards.levels`).
HAZARD_DRIFT: Final = 0.05
#: What is left where steps up and down cancel.
_ROUNDING: Final = 1e-9
_STATE_SERVICE: Final = np.array([codes.SERVICES.index(SERVICE_OF[state]) for state in STATES])
_BANDS_BEFORE: Final = np.concatenate([[0], np.cumsum([len(BANDS[SERVICE_OF[state]]) for state in STATES])])
_CELLS_OF_STATE: Final = np.diff(_BANDS_BEFORE) * len(PHASES)
_SERVICE_OF_CELL: Final = np.repeat(_STATE_SERVICE, _CELLS_OF_STATE)
#: Of each state: how many its service has, the first of them, and the months of age at which its service ends.
_STATES_OF_SERVICE: Final = np.bincount(_STATE_SERVICE)[_STATE_SERVICE]
_FIRST_STATE: Final = np.searchsorted(_STATE_SERVICE, _STATE_SERVICE)
_LEAVES_MONTHS: Final = np.array([12.0 * codes.LEAVES_AT_YEARS[SERVICE_OF[state]] for state in STATES])
_MOST_STATES: Final = int(_STATES_OF_SERVICE.max())
_LOW: Final = np.array(DURATION_BANDS)
_IS_LONG: Final = np.array(IS_LONG)


@dataclass(frozen=True)
class Model:
    """All that is known of how children come, stay and go.

    Attributes
    ----------
    streams : tuple of Stream
    hazards : Hazards
    destinations : Destinations
    by_need : ByNeed
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
    by_need: ByNeed
    groups: Groups
    settled: Wave
    area_share: Floats
    first_month: int

    @cached_property
    def positions(self) -> list[tuple[Ints, Ints, Ints, Ints]]:
        """Return state, need, area and age band of each cell of each stream, as positions."""
        return [_positions(stream, self.groups) for stream in self.streams]


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
    since : ndarray (n,)
        Months that care, or the plan, had lasted at the start of the stay; NaN when not known.
    """

    run: Ints
    state: Ints
    need: Ints
    area: Ints
    begin: Floats
    elapsed: Floats
    age: Floats
    band: Ints
    since: Floats

    def __len__(self) -> int:
        return len(self.run)

    def of(self, rows: Ints) -> Wave:
        """Return some of the rows."""
        run, state, need, area, band = (
            column.take(rows) for column in (self.run, self.state, self.need, self.area, self.band)
        )
        begin, elapsed, age, since = (column.take(rows) for column in (self.begin, self.elapsed, self.age, self.since))
        return Wave(run, state, need, area, begin, elapsed, age, band, since)


_COLUMNS: Final = tuple(field.name for field in fields(Wave))
#: What takes stays as they are lived: the wave, when each is over (months after the snapshot), and whether they were
#: under way on the snapshot day.
Add = Callable[[Wave, Floats, bool], None]


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
    found = _nothing(model, months, runs)
    first = 0
    for size, stream in block_streams(runs, seed):
        block = simulate_block(model, levers, months, size, stream, hazard_drift)
        for part in fields(Simulated):
            getattr(found, part.name)[first : first + size] = getattr(block, part.name)
        first += size
    return found


def _nothing(model: Model, months: int, runs: int) -> Simulated:
    """Return a result with nobody in it, to be filled: one at a time, so that no block is held twice."""
    count, years = len(model.groups.table), months // 12
    shapes = ((months, count), (months, count), (years, years, count), (months, len(STATES)))
    return Simulated(*(np.zeros((runs, *shape), np.float32) for shape in (*shapes, (months, len(model.streams)))))


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
    tally = _Tally(model.groups, runs, months)
    return tally.simulated(follow(model, levers, months, runs, stream, tally.add, hazard_drift))


def follow(
    model: Model,
    levers: Levers,
    months: int,
    runs: int,
    stream: np.random.SeedSequence,
    add: Add,
    hazard_drift: float = HAZARD_DRIFT,
) -> Floats:
    """Follow all children of some runs and hand every stay to `add`; return entries, (runs, months, streams)."""
    rng = np.random.default_rng(stream)
    rates = _Rates(model, levers, months, runs, rng, hazard_drift)
    wave = _all_runs(model, runs, rng)
    over, after = rates.lived(wave, rng, now=True)
    add(wave, over, True)
    arrivals = [
        _entries(stream_, positions, model, levers, months, runs, rng)
        for stream_, positions in zip(model.streams, model.positions, strict=True)
    ]
    entered = np.stack([np.zeros((runs, months)), *(number for number, _ in arrivals)], axis=2)[:, :, 1:]
    wave = _joined([after, *(new for _, new in arrivals)])
    while len(wave):
        over, after = rates.lived(wave, rng)
        add(wave, over, False)
        wave = after
    return entered


class _Rates:
    """Rates drawn for each run, with the levers, as ladders to look a draw up in.

    Rows are eras x runs x cells of the hazards: an era is a time in which the levers stay as they are.
    """

    def __init__(
        self, model: Model, levers: Levers, months: int, runs: int, rng: np.random.Generator, hazard_drift: float
    ) -> None:
        drift = hazard_drift * rng.standard_normal((runs, len(codes.SERVICES)))[:, _STATE_SERVICE]
        off = np.exp(drift - hazard_drift**2 / 2)
        hazard = model.hazards.draw(runs, rng) * np.repeat(off, _CELLS_OF_STATE, axis=1)[:, :, None]
        chance = np.cumsum(model.destinations.draw(runs, rng), axis=3)
        factors, self._era = _eras(levers, months)
        self._months, self._runs = months, runs
        rates, ladders = zip(*(_pulled(hazard, chance, *factor) for factor in factors), strict=True)
        self._rate = np.maximum(np.stack(rates), 1e-9).reshape(-1, len(DURATION_BANDS))
        spent = np.cumsum(self._rate[:, :-1] * np.diff(DURATION_BANDS), axis=1)
        self._spent = np.concatenate([np.zeros((len(spent), 1)), spent], axis=1)
        self._bands = _padded(spent)
        self._next_states = _padded(np.stack(ladders).reshape(-1, _MOST_STATES))
        self._ends, self._leaving = (part.ravel() for part in model.by_need.draw(model.groups.needs, runs, rng))
        self._needs = max(len(model.groups.needs), 1)

    def lived(self, wave: Wave, rng: np.random.Generator, now: bool = False) -> tuple[Floats, Wave]:
        """Return when each stay is over, and the stays that follow within the months; `now`: they are under way."""
        era = self._era[0] if now else self._era[1:].take(wave.begin.astype(np.intp), mode="clip")
        band = _BANDS_BEFORE.take(wave.state) + wave.band
        row = (era * self._runs + wave.run) * len(_SERVICE_OF_CELL) + band * len(PHASES) + phase_at(wave.since)
        need = self._row_of_need(wave)
        draw = rng.standard_exponential(len(wave)) / self._ends.take(need)
        if now:
            draw += self._spent_by(wave.elapsed, row)
        reached = _reached(self._bands, row, draw)
        at = row * len(DURATION_BANDS) + reached
        stay = (draw - self._spent.take(at)) / self._rate.take(at) + _LOW.take(reached) - wave.elapsed
        done = wave.begin + stay
        # An unknown age is NaN, which `fmin` passes over.
        over = np.maximum(np.fmin(done, _LEAVES_MONTHS.take(wave.state) - wave.age), wave.begin)
        ended = np.flatnonzero((over < self._months) & (done <= over))
        ladder = row.take(ended) * 2 + _IS_LONG.take(reached.take(ended))
        draw = self._as_need(rng.random(len(ended)), ladder, need.take(ended), wave.state.take(ended))
        return over, self._next(wave, ended, over, ladder, draw)

    def _row_of_need(self, wave: Wave) -> Ints:
        service = _STATE_SERVICE.take(wave.state)
        return np.asarray((wave.run * len(codes.SERVICES) + service) * self._needs + wave.need, np.intp)

    def _as_need(self, draw: Floats, ladder: Ints, need: Ints, state: Ints) -> Floats:
        """Return draws moved so that those above the last rung, which leave, are as likely as with the need's odds."""
        moves = self._next_states.take(ladder * self._next_states.shape[1] + _STATES_OF_SERVICE.take(state) - 1)
        moves = np.clip(moves, 1e-12, 1 - 1e-12)
        own = moves / (moves + self._leaving.take(need) * (1 - moves))
        moved, leaves = draw * moves / own, moves + (draw - own) * (1 - moves) / (1 - own)
        return np.asarray(np.where(draw < own, moved, leaves))

    def _spent_by(self, elapsed: Floats, row: Ints) -> Floats:
        """Return the cumulative hazard of stays at the length they have."""
        band = np.searchsorted(DURATION_BANDS, elapsed, side="right") - 1
        at = row * len(DURATION_BANDS) + band
        return np.asarray(self._spent.take(at) + (elapsed - _LOW.take(band)) * self._rate.take(at))

    def _next(self, wave: Wave, ended: Ints, over: Floats, ladder: Ints, draw: Floats) -> Wave:
        """Return the stays that those of `ended` lead to; a draw above its ladder leaves."""
        before = wave.state.take(ended)
        place = _reached(self._next_states, ladder, draw)
        on = np.flatnonzero(place < _STATES_OF_SERVICE.take(before))
        ended = ended.take(on)
        wave, over = wave.of(ended), over.take(ended)
        state = _FIRST_STATE.take(before.take(on)) + place.take(on)
        age = wave.age + over
        band = np.where(np.isnan(age), wave.band, _reached(_AGE_EDGES, state, age))
        since = wave.since + wave.elapsed + over - wave.begin
        return replace(wave, state=state, begin=over, elapsed=np.zeros(len(wave)), band=band, since=since)


def _eras(levers: Levers, months: int) -> tuple[list[Floats], Ints]:
    """Return the levers of each era, (3, services), and the era of today's stays and of those begun in each month."""
    factor = np.array(
        [
            [[levers.now(name, service), *levers.by_month(name, service, months)] for service in codes.SERVICES]
            for name in ("duration", "move_rate", "exit_rate")
        ]
    )
    found, era = np.unique(factor, axis=2, return_inverse=True)
    return list(np.moveaxis(found, 2, 0)), np.asarray(era, np.intp).ravel()


def _pulled(hazard: Floats, chance: Floats, duration: Floats, moves: Floats, exits: Floats) -> tuple[Floats, Floats]:
    """Return hazards and ladders of the next states under levers, by run and cell.

    `chance` is cumulated over `NEXT`; the ladders have the states of the cell's own service only, filled up with
    infinity. The chances of the states relative to each other do not change: levers change how many move.
    """
    longer, move_rate, exit_rate = (lever[_SERVICE_OF_CELL] for lever in (duration, moves, exits))
    hazard = hazard / longer[:, None]
    if (move_rate != 1).any() or (exit_rate != 1).any():
        moving = chance[:, :, :, len(STATES) - 1]
        weighted = move_rate[:, None] * moving
        both = weighted + exit_rate[:, None] * (1 - moving)
        hazard = hazard * both[:, :, IS_LONG]
        chance = chance * (weighted / np.maximum(both * moving, 1e-300))[..., None]
    ladder = np.full((*chance.shape[:3], _MOST_STATES), np.inf)
    for service in range(len(codes.SERVICES)):
        cells, states = (np.flatnonzero(of == service) for of in (_SERVICE_OF_CELL, _STATE_SERVICE))
        ladder[:, cells, :, : len(states)] = chance[:, cells][..., states]
    return hazard, ladder


def _padded(ladder: Floats) -> Floats:
    """Return ladders made long enough for `_reached`: a power of two, at least one rung out of reach."""
    width = 1 << ladder.shape[1].bit_length()
    return np.pad(ladder, ((0, 0), (0, width - ladder.shape[1])), constant_values=np.inf)


def _reached(ladder: Floats, row: Ints, value: Floats) -> Ints:
    """Return how many rungs of its row's ladder each value reaches.

    Halving, all values at once: a few passes whatever the values are, with neither branches nor rows gathered whole.
    """
    rungs = ladder.ravel()
    width = ladder.shape[1]
    first = row * width
    at = first.copy()
    half = width // 2
    while half:
        at += half * (rungs.take(at + (half - 1)) <= value)
        half //= 2
    return np.asarray(at - first)


class _Tally:
    """Stays so far, to be added up into places in use.

    A stay is the sum of two steps with a ramp inside their months; the steps of all stays are added up at once, in
    layers: stays that were under way on the snapshot day, then those that began in each year ahead. A layer begins with
    its first month. Columns are the groups, then the states, for stays that are in no group.
    """

    def __init__(self, groups: Groups, runs: int, months: int) -> None:
        self._runs, self._months = runs, months
        self._groups = len(groups.table)
        own = self._groups + np.arange(len(STATES)).reshape(-1, 1, 1, 1)
        self._lookup = np.where(groups.lookup >= 0, groups.lookup, own)
        self._columns = self._groups + len(STATES)
        self._firsts = np.array([0, *range(0, months + 1, 12)])
        self._layers = np.concatenate([[0], np.cumsum(months + 2 - self._firsts)])
        self._cells: list[Ints] = []
        self._weights: list[Floats] = []

    def add(self, wave: Wave, over: Floats, settled: bool) -> None:
        """Add stays; `settled`: they were under way on the snapshot day."""
        at = np.ravel_multi_index((wave.state, wave.need, wave.band, wave.area), self._lookup.shape)
        column = self._lookup.take(at)
        layer = np.zeros(len(wave), np.intp) if settled else 1 + (wave.begin.astype(np.intp) // 12)
        row = wave.run * self._layers[-1] + (self._layers[:-1] - self._firsts).take(layer)
        self._steps(row, column, wave.begin, 1.0)
        ended = np.flatnonzero(over < self._months)
        self._steps(row.take(ended), column.take(ended), over.take(ended), -1.0)

    def _steps(self, row: Ints, column: Ints, at: Floats, sign: float) -> None:
        month = at.astype(np.intp)
        inside = sign * (at - month)
        cell = (row + month) * self._columns + column
        self._cells += [cell, cell + self._columns]
        self._weights += [sign - inside, inside]

    def simulated(self, entered: Floats) -> Simulated:
        """Return the stays added up."""
        runs, count, years = self._runs, self._groups, self._months // 12
        size = runs * self._layers[-1] * self._columns
        added = np.bincount(np.concatenate(self._cells), np.concatenate(self._weights), size)
        total = np.asarray(added, np.float64).reshape(runs, self._layers[-1], self._columns)
        settled, *yearly = (
            self._used(total[:, start:stop]) for start, stop in zip(self._layers[:-1], self._layers[1:], strict=True)
        )
        starting = np.zeros_like(settled)
        cohorts = np.zeros((runs, years, years, count))
        for year, used in enumerate(yearly):
            starting[:, 12 * year :] += used
            if year < years:
                whole = used[:, : 12 * (years - year), :count].reshape(runs, years - year, 12, count)
                cohorts[:, year, year:] = whole.sum(axis=2) / 12
        parts = (starting[:, :, :count], settled[:, :, :count], cohorts, self._held(settled + starting), entered)
        return Simulated(*(np.where(part < _ROUNDING, 0.0, part).astype(np.float32) for part in parts))

    def _used(self, steps: Floats) -> Floats:
        """Add steps up over the months, in place."""
        for month in range(1, steps.shape[1] - 2):
            steps[:, month] += steps[:, month - 1]
        return steps[:, :-2]

    def _held(self, used: Floats) -> Floats:
        """Add columns up by state."""
        state = np.arange(len(STATES))
        of_column = np.append(np.zeros(self._groups, np.intp), state)
        for one in state:
            groups = self._lookup[one]
            of_column[groups[groups < self._groups]] = one
        order = np.argsort(of_column, kind="stable")
        first = np.searchsorted(of_column[order], state)
        return np.asarray(np.add.reduceat(used[:, :, order], first, axis=2))


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
    stream: Stream,
    positions: tuple[Ints, Ints, Ints, Ints],
    model: Model,
    levers: Levers,
    months: int,
    runs: int,
    rng: np.random.Generator,
) -> tuple[Ints, Wave]:
    """Return the number of entries by run and month, and the first stay of each."""
    number = rng.poisson(_monthly_rate(stream, levers, model.first_month, months, runs, rng))
    total = number.sum(axis=1)
    share = rng.gamma(stream.alpha, size=(runs, len(stream.alpha))) + 1e-300
    # How many of each kind, then in which months: as likely as a kind for each, and drawn sooner.
    kinds = rng.multinomial(total, share / share.sum(axis=1, keepdims=True))
    run = np.repeat(np.arange(runs), total)
    cell, month = (np.repeat(np.indices(of.shape)[1].ravel(), of.ravel()) for of in (kinds, number))
    for own in np.split(month, np.cumsum(total)[:-1]):
        rng.shuffle(own)
    state, need, area, band = (column.take(cell) for column in positions)
    low, high = (edge.take(band) for edge in age_ranges_months(stream.service))
    begin = month + rng.random(len(run))
    age = low + (high - low) * rng.random(len(run)) - begin
    return number, Wave(run, state, need, area, begin, np.zeros(len(run)), age, band, np.zeros(len(run)))


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
    lever = levers.by_month("entry_rate", stream.service, months) * stream.growth[:months]
    return np.asarray(level * np.exp(risen + walk) * shock * season * lever)


def _positions(stream: Stream, groups: Groups) -> tuple[Ints, Ints, Ints, Ints]:
    cells = stream.cells
    return (
        positions(cells["provision"], STATES),
        groups.need_of(cells["need_group"]),
        positions(cells["area"], groups.areas),
        positions(cells["age_band"], BANDS[stream.service]),
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
        state=positions(children["provision"], STATES),
        need=groups.need_of(children["need_group"]),
        area=positions(children["area"], groups.areas),
        begin=np.zeros(len(children)),
        elapsed=already,
        age=12 * years - left,
        band=np.array([BANDS[service].index(band) for service, band in pairs], np.intp),
        since=children["since_months"].to_numpy(float),
    )


def age_ranges_months(service: str) -> tuple[Floats, Floats]:
    """Return the age at which each band begins, and at which the next does, in months; NaN for an unknown age."""
    low = np.array([float(at) for _, at in codes.AGE_BANDS[service]])
    high = np.append(low[1:], float(codes.LEAVES_AT_YEARS[service]))
    return np.append(12 * low, np.nan), np.append(12 * high, np.nan)


def _age_edges() -> Floats:
    """Return for each state the ages in months at which the bands after the first begin."""
    return _padded(np.stack([age_ranges_months(SERVICE_OF[state])[0][1:-1] for state in STATES]))


_AGE_EDGES: Final = _age_edges()


def _joined(waves: list[Wave]) -> Wave:
    return Wave(**{name: np.concatenate([getattr(wave, name) for wave in waves]) for name in _COLUMNS})
