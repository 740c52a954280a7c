"""What could be prevented? Options that lower how many placements start, as arrays of the siting model.

What an option averts is worked out from the very placements that would start, year by year, after the prevention that
is committed already: the two compound exactly. Two options that are chosen would compound as well, which no linear
model can say, so of those that concern a demand group at most one is taken (`overlaps`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.errors import DataError
from placements.interventions import ReduceEntries
from placements.optimisation.demand import Starts
from placements.optimisation.fewer import concerns
from placements.optimisation.matching import Atoms

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Truths = npt.NDArray[np.bool_]

_NONE = 1e-9


@dataclass(frozen=True)
class Prevention:
    """What each option averts if it is decided on in a year, and no other with it.

    Axes: v options for prevention, o decision years, q demand groups, g atoms, t years, s samples.

    Attributes
    ----------
    option : ndarray of int (v,)
        Positions among `Problem.options`, rising.
    concerns : ndarray of bool (v, q)
    by_group, averted : ndarray (v, o, q, t, s) and (v, o, g, t, s)
        Child-years of need averted, by demand group and by atom.
    saved_gbp : ndarray (v, o, t, s)
        Cost of the placements averted that would not have been avoidably away.
    """

    option: Ints
    concerns: Truths
    by_group: Floats
    averted: Floats
    saved_gbp: Floats

    @classmethod
    def none(cls, years: int, groups: int, atoms: int, samples: int) -> Prevention:
        """Return what there is where no option prevents anything."""
        return cls(
            option=np.zeros(0, np.intp),
            concerns=np.zeros((0, groups), bool),
            by_group=np.zeros((0, years, groups, years, samples)),
            averted=np.zeros((0, years, atoms, years, samples)),
            saved_gbp=np.zeros((0, years, years, samples)),
        )

    def overlaps(self) -> list[tuple[int, ...]]:
        """Return the largest sets (positions among v) of two and more that concern a demand group together."""
        sets = {tuple(np.flatnonzero(column).tolist()) for column in self.concerns.T}
        several = sorted(found for found in sets if len(found) > 1)
        return [one for one in several if not any(set(one) < set(other) for other in several)]

    def prevented(self, units: Floats) -> Floats:
        """Return the child-years of need averted by the units decided on (options, years), as (q, t, s)."""
        return np.asarray(np.tensordot(units[self.option], self.by_group, 2))

    def prevented_atoms(self, units: Floats) -> Floats:
        """Return the same by atom, (g, t, s)."""
        return np.asarray(np.tensordot(units[self.option], self.averted, 2))

    def saved(self, units: Floats) -> Floats:
        """Return the pounds saved on placements that would not have been avoidably away, (t, s)."""
        return np.asarray(np.tensordot(units[self.option], self.saved_gbp, 2))

    def only(self, keep: Ints) -> Prevention:
        """Return it for some of the options (positions, rising), which are counted anew."""
        mine = np.isin(self.option, keep)
        return Prevention(
            np.searchsorted(keep, self.option[mine]), self.concerns[mine], self.by_group[mine], self.averted[mine],
            self.saved_gbp[mine],
        )  # fmt: skip

    def over(self, parts: Floats) -> Prevention:
        """Return it over futures made of parts of the samples, (samples, futures)."""
        return dataclasses.replace(
            self, by_group=self.by_group @ parts, averted=self.averted @ parts, saved_gbp=self.saved_gbp @ parts
        )


def which_concern(entries: list[ReduceEntries], groups: pd.DataFrame, county: County) -> Truths:
    """Return which demand groups each entry concerns, (v, q)."""
    found = [concerns(entry, groups, county.areas) for entry in entries]
    return np.array(found, bool).reshape(len(entries), len(groups))


def what_is_averted(
    entries: list[ReduceEntries], option: Ints, concerned: Truths, ready: Floats, starts: Starts, atoms: Atoms,
    local_cost_gbp: Floats,
) -> Prevention:  # fmt: skip
    """Work out what each option averts.

    Parameters
    ----------
    entries : list of ReduceEntries
        One for each option.
    option : ndarray of int (v,)
    concerned : ndarray of bool (v, q)
    ready : ndarray (v, o, t)
        Part of year t in which an option decided on in year o is at work.
    starts : Starts
    atoms : Atoms
    local_cost_gbp : ndarray (q,)
        Pounds for a child-year that is not avoidably away; not a number where it is not known.

    Raises
    ------
    DataError
        When no cost is known of placements that an option averts.
    """
    years, samples = ready.shape[1], starts.cohorts.shape[0]
    by_group = np.zeros((len(entries), years, len(starts.away_share), years, samples))
    saved = np.zeros((len(entries), years, years, samples))
    for position, entry in enumerate(entries):
        hit = np.flatnonzero(concerned[position])
        there = starts.cohorts[..., hit] * starts.kept[:, None, hit]
        fewer = entry.share * np.tensordot(ready[position], there, (1, 1))  # o, s, t, q
        by_group[position][:, hit] = np.transpose(fewer * starts.away_share[hit], (0, 3, 2, 1))
        local = fewer * (1 - starts.away_share[hit])
        cost = local_cost_gbp[hit]
        if np.isnan(cost[local.sum(axis=(0, 1, 2)) > 0]).any():
            raise DataError(
                f"no weekly cost is assumed for some of the placements that {entry.name!r} would prevent",
                advice="add a row for their provision to the table of unit costs (location `any` or `in_county`)",
            )
        saved[position] = np.transpose(local @ np.nan_to_num(cost), (0, 2, 1))
    averted = np.array([[atoms.need(values) for values in decided] for decided in by_group])
    shape = (len(entries), years, len(atoms.table), years, samples)
    return Prevention(option, concerned, by_group, averted.reshape(shape), saved)
