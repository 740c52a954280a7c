"""From children to a model: tables that are broken down by characteristics, tied together by the margins they share.

A figure is about a group: a population and what holds of its members. Two tables that both tell how many are in a group
tell the same number, so it is hidden in both or in neither; and a table by need and location is tied to one by age and
location by what they both say of location, whether that is published or not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from placements.disclosure.control.model import CountModel, sums_matrix
from placements.disclosure.suppress import ROUND_TO
from placements.errors import UsageError

#: The most cells of one table; a finer one tells of single children and nothing else.
MOST_CELLS: Final = 20_000
PROMINENCE: Final = 10
#: Of shares it is less: what is hidden of them can be told roughly from their parts.
SHARE_PROMINENCE: Final = 5
BREADTH: Final = 5
_Cell: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Some members of a population.

    Attributes
    ----------
    population : str
    where : tuple of (str, tuple of str)
        By dimension, in order of their names, the values that members have one of. Empty: all members.
    """

    population: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Return what the group is told apart by."""
        return tuple(name for name, _ in self.where)

    def __str__(self) -> str:
        """Return it in words: ``care: location in_county or out_of_county, need autism``."""
        parts = [f"{name} {' or '.join(values)}" for name, values in self.where]
        return f"{self.population}: {', '.join(parts) or 'all'}"


def group(population: str, where: Mapping[str, str | Sequence[str]] | None = None) -> Group:
    """Return a group from a mapping of dimension to a value, or to several of which one holds."""
    pairs = [
        (name, (values,) if isinstance(values, str) else tuple(sorted(values)))
        for name, values in sorted((where or {}).items())
    ]
    return Group(population, tuple(pairs))


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be published.

    Attributes
    ----------
    populations : mapping of str to DataFrame
        One row a member; a text column for each dimension, never missing.
    tables : list of (str, tuple of str)
        Population and dimensions: every cell and every margin is a figure.
    counts : list of Group
        Single figures.
    shares : list of (Group, Group)
        Numerator, which lies within the denominator, and denominator. Both are figures too.
    ties : list of mapping of Group to int
        Sums over populations that are known to be 0: who was there, plus who came, less who left, less who is there.
    known : list of Group
        What a reader is taken to know exactly from elsewhere.
    prominent : list of Group or (Group, Group)
        Figures that readers look for first: hiding one loses `PROMINENCE` times as much.
    broad : list of Group
        Margins that readers miss sooner than cells: hiding one that is not prominent loses `BREADTH` times as much.
    """

    populations: Mapping[str, pd.DataFrame]
    tables: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    counts: list[Group] = field(default_factory=list)
    shares: list[tuple[Group, Group]] = field(default_factory=list)
    ties: list[Mapping[Group, int]] = field(default_factory=list)
    known: list[Group] = field(default_factory=list)
    prominent: list[Group | tuple[Group, Group]] = field(default_factory=list)
    broad: list[Group] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class LinkedTables:
    """A model with the positions of groups and shares in it.

    Attributes
    ----------
    model : CountModel
    positions : mapping of Group to int
    share_positions : mapping of (Group, Group) to int
    values : mapping of str to mapping of str to tuple of str
        The values of each dimension of each population: a condition that lets all of them through is none.
    """

    model: CountModel
    positions: Mapping[Group, int]
    share_positions: Mapping[tuple[Group, Group], int]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]

    def normal(self, one: Group) -> Group | None:
        """Return the group without conditions that all members meet; None when nobody can be in it."""
        return _normal(one, self.values[one.population])


def linked_tables(plan: Plan, round_to: int = ROUND_TO) -> LinkedTables:
    """Return the model of everything that is to be published.

    Raises
    ------
    UsageError
        When a table would have more than `MOST_CELLS` cells.
    """
    return _Builder(plan).build(round_to)


class _Builder:
    """Collects quantities and sums; used once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._values = {
            name: {str(column): tuple(sorted(rows[column].unique())) for column in rows.columns}
            for name, rows in plan.populations.items()
        }
        self._positions: dict[Group, int] = {}
        self._counts: list[int] = []
        self._equations: list[dict[int, int]] = []

    def build(self, round_to: int) -> LinkedTables:
        # A group that nobody can be in is 0 for everyone to see: there is nothing to work out.
        figures = self._possible(self._plan.counts)
        known = self._possible(self._plan.known)
        pairs = [(self._normal(part), self._normal(whole)) for part, whole in self._plan.shares]
        # All of a group, or none of it: a share that says nothing.
        shares = [(part, whole) for part, whole in pairs if part and whole and part != whole]
        figures += [one for pair in pairs for one in pair if one]
        ties = [{key: factor for one, factor in tie.items() if (key := self._normal(one))} for tie in self._plan.ties]
        for population, dimensions in self._plan.tables:
            figures += self._possible(self._cells(population, dimensions))
        rests = {pair: _rest(*pair, self._values[pair[0].population]) for pair in shares}
        wanted = [*figures, *known, *(one for tie in ties for one in tie), *(one for one in rests.values() if one)]
        for population, dimensions in self._bases(wanted, shares):
            self._add_base(population, dimensions, [one for one in wanted if one.population == population])
        self._equations += [{self._positions[one]: factor for one, factor in tie.items()} for tie in ties]
        for (part, whole), rest in rests.items():
            self._add_rest(part, whole, rest)
        return self._finish(round_to, figures, shares, known)

    def _normal(self, one: Group) -> Group | None:
        return _normal(one, self._values[one.population])

    def _possible(self, groups: Iterable[Group]) -> list[Group]:
        return [normal for one in groups if (normal := self._normal(one))]

    def _cells(self, population: str, dimensions: Sequence[str]) -> Iterator[Group]:
        """Yield every cell and margin of a table."""
        for size in range(len(dimensions) + 1):
            for some in itertools.combinations(sorted(dimensions), size):
                for cell in itertools.product(*(self._values[population][name] for name in some)):
                    yield Group(population, tuple((name, (value,)) for name, value in zip(some, cell, strict=True)))

    def _bases(
        self, wanted: Sequence[Group], shares: Sequence[tuple[Group, Group]]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """Return the sets of dimensions that tables are built on: the largest ones asked for."""
        asked = {(population, tuple(sorted(dimensions))) for population, dimensions in self._plan.tables}
        asked |= {(one.population, one.dimensions) for one in wanted}
        asked |= {(part.population, tuple(sorted({*part.dimensions, *whole.dimensions}))) for part, whole in shares}
        return sorted(
            (population, dimensions)
            for population, dimensions in asked
            if not any(other == population and set(dimensions) < set(more) for other, more in asked)
        )

    def _add_base(self, population: str, dimensions: tuple[str, ...], wanted: Sequence[Group]) -> None:
        """Add the cells of a table and, as sums of them, its margins and the groups that it can tell."""
        values = self._values[population]
        size = math.prod(len(values[name]) for name in dimensions)
        if size > MOST_CELLS:
            raise UsageError(
                f"a table by {', '.join(dimensions)} has {size:,} cells: too fine to be published; "
                "leave a breakdown out"
            )
        cells: list[_Cell] = list(itertools.product(*(values[name] for name in dimensions)))
        counts = self._counted(population, dimensions, cells)
        keys = [Group(population, tuple((n, (v,)) for n, v in zip(dimensions, cell, strict=True))) for cell in cells]
        cell_keys = set(keys)
        base = [self._position(key, count) for key, count in zip(keys, counts, strict=True)]
        margins = [
            Group(population, tuple((name, (value,)) for name, value in zip(some, cell, strict=True)))
            for number in range(len(dimensions))
            for some in itertools.combinations(dimensions, number)
            for cell in itertools.product(*(values[name] for name in some))
        ]
        told = [one for one in wanted if set(one.dimensions) <= set(dimensions)]
        columns = np.array(cells, dtype=object).reshape(len(cells), len(dimensions))
        for one in dict.fromkeys([*margins, *told]):
            if one in cell_keys:
                continue
            inside = np.ones(len(cells), dtype=bool)
            for name, allowed in one.where:
                inside &= np.isin(columns[:, dimensions.index(name)], allowed)
            parts = np.flatnonzero(inside)
            position = self._position(one, int(np.sum(counts[parts])))
            self._equations.append({position: -1, **{base[part]: 1 for part in parts}})

    def _counted(self, population: str, dimensions: tuple[str, ...], cells: Sequence[_Cell]) -> np.ndarray:
        rows = self._plan.populations[population]
        if not dimensions:
            return np.array([len(rows)])
        counts = rows.groupby(list(dimensions)).size()
        index = pd.MultiIndex.from_tuples(cells) if len(dimensions) > 1 else pd.Index([cell[0] for cell in cells])
        return counts.reindex(index, fill_value=0).to_numpy(int)

    def _position(self, one: Group, count: int) -> int:
        if one not in self._positions:
            self._positions[one] = len(self._counts)
            self._counts.append(int(count))
        return self._positions[one]

    def _add_rest(self, part: Group, whole: Group, rest: Group | None) -> None:
        """Add what is left of a share's denominator: a reader can work it out though it is no figure."""
        numerator, denominator = self._positions[part], self._positions[whole]
        if rest is None:
            position = len(self._counts)
            self._counts.append(self._counts[denominator] - self._counts[numerator])
        else:
            position = self._positions[rest]
        self._equations.append({denominator: -1, numerator: 1, position: 1})

    def _finish(
        self,
        round_to: int,
        figures: Sequence[Group],
        shares: Sequence[tuple[Group, Group]],
        known: Sequence[Group],
    ) -> LinkedTables:
        values = np.array(self._counts, dtype=np.int64)
        published = np.zeros(len(values), dtype=bool)
        published[[self._positions[one] for one in figures]] = True
        pairs = list(dict.fromkeys(shares))
        low, high = np.zeros(len(values)), np.full(len(values), np.inf)
        for one in known:
            low[self._positions[one]] = high[self._positions[one]] = self._counts[self._positions[one]]
        model = CountModel(
            values=values,
            equations=sums_matrix(self._equations, len(values)),
            published=published,
            shares=np.array(
                [(self._positions[part], self._positions[whole]) for part, whole in pairs], dtype=np.int64
            ).reshape(-1, 2),
            known_low=low,
            known_high=high,
            round_to=round_to,
        )
        linked = LinkedTables(
            model, dict(self._positions), {pair: place for place, pair in enumerate(pairs)}, self._values
        )
        self._weigh(linked)
        return linked

    def _weigh(self, linked: LinkedTables) -> None:
        """Make what readers look for first dearer to hide."""
        weight = linked.model.count_weight
        first = set()
        for one in self._plan.prominent:
            if isinstance(one, Group):
                normal = self._normal(one)
                first.add(normal)
                if normal is not None and normal in linked.positions:
                    weight[linked.positions[normal]] *= PROMINENCE
                continue
            part, whole = self._normal(one[0]), self._normal(one[1])
            if part is not None and whole is not None and (part, whole) in linked.share_positions:
                linked.model.share_weight[linked.share_positions[part, whole]] *= SHARE_PROMINENCE
        broad = {self._normal(one) for one in self._plan.broad} - first
        weight[[linked.positions[one] for one in broad if one is not None and one in linked.positions]] *= BREADTH


def _normal(one: Group, values: Mapping[str, tuple[str, ...]]) -> Group | None:
    pairs = []
    for name, asked in one.where:
        held = tuple(value for value in asked if value in values[name])
        if not held:
            return None
        if held != values[name]:
            pairs.append((name, held))
    return Group(one.population, tuple(pairs))


def _rest(part: Group, whole: Group, values: Mapping[str, tuple[str, ...]]) -> Group | None:
    """Return the group that is left of `whole` without `part`; None when it is no group that can be named.

    Raises
    ------
    ValueError
        When the part does not lie within the whole.
    """
    inner, outer = dict(part.where), dict(whole.where)
    if any(not set(inner.get(name, values[name])) <= set(allowed) for name, allowed in outer.items()):
        raise ValueError(f"{part} does not lie within {whole}")
    differ = [name for name in inner if inner[name] != outer.get(name, values[name])]
    if len(differ) != 1:
        return None
    name = differ[0]
    left = tuple(value for value in outer.get(name, values[name]) if value not in inner[name])
    if not left:
        return None
    return _normal(Group(part.population, tuple(sorted({**outer, name: left}.items()))), values)
