"""Which demand groups are there, and where does a stay belong? Tables to look states, needs, ages and areas up in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting.cells import bands
from placements.forecasting.spells import KEYS, PLANNABLE, SERVICE_OF, STATES, Spells

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: The age bands of each service, that of an unknown age last.
BANDS: Final = {service: bands(service) for service in codes.SERVICES}


@dataclass(frozen=True)
class Groups:
    """Demand groups, and the way to them.

    Attributes
    ----------
    table : DataFrame
        `group` (id), then `KEYS`; sorted by provision, need, age band and area.
    needs : tuple of str
        Need groups seen, by position.
    areas : tuple of str
    lookup : ndarray of int (states, needs, bands, areas)
        Row of `table` for each position in `STATES`, `needs`, the bands of the state's service, and `areas`; -1 where a
        local place cannot serve.
    """

    table: pd.DataFrame
    needs: tuple[str, ...]
    areas: tuple[str, ...]
    lookup: Ints

    def need_of(self, need_group: pd.Series) -> Ints:
        """Return the position of each need group in `needs`."""
        return np.asarray(pd.Index(self.needs).get_indexer(pd.Index(need_group)), np.intp)


def groups_of(spells: Spells) -> Groups:
    """Return the demand groups: kinds that local places can serve, with the needs and ages ever seen in them, by area.

    A stay of a need and age never seen in a kind counts with the nearest that was: the same need and the nearest age
    band, else the need that is commonest there.
    """
    seen = pd.concat([spells.history, spells.settled], ignore_index=True)
    needs = tuple(sorted(seen["need_group"].unique()))
    areas = spells.areas
    width = max(len(one) for one in BANDS.values())
    lookup = np.full((len(STATES), max(len(needs), 1), width, max(len(areas), 1)), -1, np.intp)
    rows: list[tuple[str, ...]] = []
    for state in sorted(PLANNABLE):
        own = seen[seen["provision"].eq(state)]
        if own.empty or not areas:
            continue
        service = SERVICE_OF[state]
        counts = _table(own, needs, BANDS[service])
        at: dict[tuple[int, int], int] = {}
        for need, band in np.argwhere(counts > 0).tolist():
            at[need, band] = len(rows)
            rows += [(service, area, needs[need], BANDS[service][band], state) for area in areas]
        for need in range(len(needs)):
            for band in range(len(BANDS[service])):
                first = at[_nearest(counts, need, band)]
                lookup[STATES.index(state), need, band] = first + np.arange(len(areas))
    table = pd.DataFrame(rows, columns=list(KEYS), dtype="str")
    name = table["area"] + "/" + table["provision"] + "/" + table["need_group"] + "/" + table["age_band"]
    table.insert(0, "group", name.astype("str"))
    return Groups(table, needs, areas, lookup)


def _table(own: pd.DataFrame, needs: tuple[str, ...], labels: tuple[str, ...]) -> Ints:
    counts = pd.crosstab(own["need_group"], own["age_band"])
    return counts.reindex(index=list(needs), columns=list(labels), fill_value=0).to_numpy(np.intp)


def _nearest(counts: Ints, need: int, band: int) -> tuple[int, int]:
    if not counts[need].any():
        near = np.flatnonzero(counts.any(axis=0))
        band = int(near[np.argmin(np.abs(near - band))])
        return int(np.argmax(counts[:, band])), band
    near = np.flatnonzero(counts[need])
    return need, int(near[np.argmin(np.abs(near - band))])
