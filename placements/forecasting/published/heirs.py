"""What history has a council that came of a boundary change? That of the ground it was made of, as far as it adds up.

Councils that ended and those that took their place on the next day form a set with one outer boundary: Cumbria, and
Cumberland with Westmorland and Furness; or Bournemouth, Poole and old Dorset, and the two councils of today. The sum
over a set is one series across the change. Each successor is given that sum for the years before it, in proportion to
its part of the first year it has: so it has the set's growth, and its own figures from then on. How the growth of one
part differed from that of the other before the change is not known.

Sets come from the dated tables of `timeline`; one of which any member is not in the series is left alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.forecasting.published.series import PublishedSeries
from placements.geography.timeline import code_of_today, every_authority_name, span_of, successors

Floats = npt.NDArray[np.float64]
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """A set of councils that ended, and those that have the same ground from a day on."""

    on: dt.date
    olds: tuple[str, ...]
    news: tuple[str, ...]


@cache
def changes() -> tuple[Change, ...]:
    """Return every change but those of a code alone, by day and code."""
    found: list[tuple[dt.date, set[str], set[str]]] = []
    for code in sorted(every_authority_name()):
        end, heirs = span_of(code).end, set(successors(code))
        if end is None or not heirs or code_of_today(code) != code:
            continue
        day, olds, news = end + _DAY, {code}, heirs
        for other in [one for one in found if one[0] == day and one[2] & news]:
            olds, news = olds | other[1], news | other[2]
            found.remove(other)
        found.append((day, olds, news))
    sets = [Change(day, tuple(sorted(olds)), tuple(sorted(news))) for day, olds, news in found]
    # A council that goes on and was given ground by one that ended has a history of its own, which is not the set's.
    return tuple(sorted((one for one in sets if not _given(one)), key=lambda one: (one.on, one.olds)))


def _given(change: Change) -> bool:
    return any(span_of(code).start != change.on for code in change.news)


def with_history(series: PublishedSeries) -> PublishedSeries:
    """Return series in which successors have the history of their predecessors, who are no longer in it.

    Nothing changes for a set whose successors do not all have a figure yet: cut at a year before a change, a series is
    as it was then.
    """
    index = list(series.authorities.index)
    counts = series.counts.copy()
    known = {name: values.copy() for name, values in series.known.items()}
    gone: set[int] = set()
    for change in changes():
        olds, news = ([index.index(code) for code in codes if code in index] for codes in (change.olds, change.news))
        if len(olds) < len(change.olds) or len(news) < len(change.news):
            continue
        both = np.flatnonzero(np.isfinite(counts[news, :, 0]).all(axis=0))
        if not len(both):
            continue
        first = int(both[0])
        part = counts[news, first, 0] / counts[news, first, 0].sum()
        for at in range(counts.shape[2]):
            _fill(counts[:, :, at], olds, news, first, _part(counts[news, first, at], part))
        for values in known.values():
            # What is known of a year before, such as plans begun in it, may be published by the old councils still.
            _fill(values, olds, news, first + 1, part)
        gone |= set(olds)
    kept = [place for place in range(len(index)) if place not in gone]
    return replace(
        series,
        authorities=series.authorities.iloc[kept],
        counts=counts[kept],
        known={name: values[kept] for name, values in known.items()},
    )


def _part(own: Floats, of_total: Floats) -> Floats:
    """Return each successor's part of a setting: of its first figures, or of all plans where those are none."""
    whole = float(own.sum())
    return np.asarray(own / whole if np.isfinite(whole) and whole > 0 else of_total)


def _fill(values: Floats, olds: list[int], news: list[int], until: int, part: Floats) -> None:
    """Give the successors, in place, their part of the sum of the old ones, where they have nothing of their own."""
    shared = part[:, None] * values[olds, :until].sum(axis=0)[None]
    own = values[news, :until]
    values[news, :until] = np.where(np.isfinite(own), own, shared)


def with_sums(series: PublishedSeries) -> PublishedSeries:
    """Return series in which a set of one council that ended goes on as the sum of its successors: what came of it."""
    index = list(series.authorities.index)
    counts = series.counts.copy()
    for change in changes():
        if len(change.olds) != 1 or not {*change.olds, *change.news} <= set(index):
            continue
        old, news = index.index(change.olds[0]), [index.index(code) for code in change.news]
        sums = counts[news].sum(axis=0)
        counts[old] = np.where(np.isfinite(counts[old, :, :1]), counts[old], sums)
    return replace(series, counts=counts)


def inherited(before: PublishedSeries, after: PublishedSeries) -> npt.NDArray[np.int64]:
    """Return how many years of each authority's totals are its predecessors', by the authorities of `after`."""
    places = before.authorities.index.get_indexer(after.authorities.index)
    filled = np.isnan(before.counts[places, :, 0]) & np.isfinite(after.counts[:, :, 0])
    return np.asarray(filled.sum(axis=1))
