"""By what name does the ledger know a group of children? By a hash that a later release of the same day finds again.

The name stands for the population, the day it is of, and the conditions. It keeps a reader of the file from reading the
breakdowns and small groups off it; who has the file and knows what is usually published can try the names one by one,
so the ledger stays with the study.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements.disclosure.control.tables import Group
from placements.disclosure.shown import ShownFigures

#: Hexadecimal digits of a name: 96 bits, so that two groups never share one.
_LENGTH: Final = 24
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}$")
#: Dimensions whose values are running numbers: what they stand for is in the other columns (`links.link`).
_NUMBERED: Final = ("whereabouts",)


@dataclass(frozen=True)
class Naming:
    """What goes into every name beside the group.

    Attributes
    ----------
    authority : str
        Code of the study's authority.
    snapshot : date
        The day of figures whose population does not name another.
    """

    authority: str
    snapshot: dt.date

    def names(self, figures: ShownFigures, salt: str) -> tuple[str, ...]:
        """Return the name of every quantity of a release, by position.

        One that is no group, such as what is left of a share's denominator, is named by the sum that it stands in.
        """
        meanings = {name: _meanings(rows) for name, rows in figures.plan.populations.items()}
        found = [""] * len(figures.linked.model.values)
        for one, position in figures.linked.positions.items():
            found[position] = self._hash(salt, self._words(one, meanings[one.population]))
        matrix = figures.linked.model.equations.tocsr()
        for row in range(matrix.shape[0]):
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            positions, factors = matrix.indices[span].tolist(), matrix.data[span].tolist()
            unnamed = [position for position in positions if not found[position]]
            if len(unnamed) == 1:
                terms = sorted((found[p], int(f)) for p, f in zip(positions, factors, strict=True) if p != unnamed[0])
                found[unnamed[0]] = self._hash(salt, ["what completes", terms])
        if not all(found):
            raise ValueError("a quantity of the release is neither a group nor completes a sum")
        return tuple(found)

    def dated(self, population: str) -> str:
        """Return a population with its day: as an earlier year end is called in later releases."""
        return population if _DAY.search(population) else f"{population} on {self.snapshot.isoformat()}"

    def _words(self, one: Group, meanings: Mapping[str, Mapping[str, str]]) -> list[object]:
        where = [
            [name, sorted(meanings[name][value] for value in values) if name in meanings else list(values)]
            for name, values in one.where
        ]
        return [self.dated(one.population), where]

    def _hash(self, salt: str, words: list[object]) -> str:
        text = json.dumps([salt, self.authority, *words], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LENGTH]


def new_salt(authority: str, snapshot: dt.date) -> str:
    """Return the salt of a ledger that has none yet: the same for the same study, so that the same release is the same.

    It is kept in the file, and later entries take it over from there.
    """
    return hashlib.sha256(f"placements ledger {authority} {snapshot.isoformat()}".encode()).hexdigest()[:32]


def _meanings(rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what the running numbers of a population stand for: the values that all who have a number share."""
    found = {}
    for name in _NUMBERED:
        if name in rows:
            others = rows.drop(columns=list(_NUMBERED), errors="ignore")
            varied = others.groupby(rows[name]).nunique().max()
            told = sorted(str(column) for column in varied.index[varied.eq(1)])
            kinds = rows.drop_duplicates(name)
            found[name] = {
                str(row[name]): json.dumps([[column, str(row[column])] for column in told])
                for row in kinds[[*told, name]].to_dict("records")
            }
    return found
