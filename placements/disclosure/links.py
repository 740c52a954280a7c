"""What do two tables say of the same children? Ties between breakdowns of which one follows from another.

A table by home area and host tells who is outside by home area; one by the parts of a reorganisation tells it of
several areas at once. A reader adds up one and compares the other, so the attack must know that both are sums of the
same groups of children: those that do not differ by any of the breakdowns.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from placements.disclosure.control.tables import Plan, group


def link(plan: Plan, population: str, name: str, breakdowns: Sequence[tuple[str, ...]]) -> None:
    """Tie every cell of some breakdowns to the groups of children that they have in common.

    Parameters
    ----------
    plan : Plan
        A dimension `name` is added to the population: which of these groups each member is in. Cells without members
        are taken to be known as such: that nobody is there is never hidden, and protects nothing.
    population, name : str
    breakdowns : sequence of tuple of str
        Each a set of dimensions by which figures are published.
    """
    rows = plan.populations[population]
    together = sorted({dimension for dimensions in breakdowns for dimension in dimensions})
    if rows.empty:
        return
    number = rows.groupby(together, sort=True).ngroup()
    rows[name] = number.astype("str")
    # A row for each group, so that a cell is the sum of those that it is on.
    kinds = rows[[*together, name]].drop_duplicates()
    for dimensions in breakdowns:
        _know_empty(plan, population, dimensions)
        for cell, members in kinds.groupby(list(dimensions), sort=True)[name]:
            if len(members) == len(kinds):
                continue  # everybody: nothing to tie
            where = {dimension: str(value) for dimension, value in zip(dimensions, cell, strict=True)}
            plan.ties.append({group(population, where): 1, group(population, {name: list(members)}): -1})


def _know_empty(plan: Plan, population: str, dimensions: tuple[str, ...]) -> None:
    rows = plan.populations[population][list(dimensions)].drop_duplicates()
    held = set(rows.itertuples(index=False, name=None))
    for cell in product(*(sorted(rows[name].unique()) for name in dimensions)):
        if cell not in held:
            plan.known.append(group(population, dict(zip(dimensions, cell, strict=True))))
