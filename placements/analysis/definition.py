"""What is an indicator? A named question of one population, with its definition and source, answered the same way.

Most indicators are one function of rows: does it hold for this child (a share), which kind is it (a breakdown), how
much is it (a spread, a mean). Counting, breakdowns, intervals and disclosure control are the same for all of them, and
so live elsewhere (`analysis.answer`). A question that is no such function gives its own table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import pandas as pd

from placements import codes
from placements.analysis.inputs import Inputs


class Kind(StrEnum):
    """How a question is answered, and so which columns its answer has (see `analysis.answer.COLUMNS`)."""

    COUNT = "count"  # how many rows of the population
    SHARE = "share"  # of those for whom it is known, for how many does it hold
    BREAKDOWN = "breakdown"  # how are the rows divided among categories
    SPREAD = "spread"  # quantiles of a number
    MEAN = "mean"  # mean of a sum of money
    RATE = "rate"  # how many for every 10,000 residents aged 0 to 17
    TABLE = "table"  # a table of its own


class Column(StrEnum):
    """What a column of a `TABLE` holds: this decides what may be shown of it."""

    TEXT = "text"
    CHILDREN = "children"  # a count of children: suppressed when small, else rounded
    PLACES = "places"  # places or providers: no child, shown as they are
    SHARE = "share"  # a share of children: `share_of` names its numerator and denominator
    NUMBER = "number"  # a number about places, or one already public
    ESTIMATE = "estimate"  # a number worked out from many children; needs `base` of 10
    MONEY = "money"  # pounds, a mean or a sum over children; needs `base` of 10


@dataclass(frozen=True)
class Population:
    """A set of children or placements that questions are asked of.

    Attributes
    ----------
    name, label : str
    service : str
        `care`, `education`, or `both`.
    rows : callable
        Gives one row per member with the columns of `schemas.PLACEMENTS`, `age_years` and `age_band`.
    unit : str
        What a row is: "children", "plans", "placements".
    flow : bool
        Whether it is of the year up to the day rather than of the day.
    now_only : bool
        Whether it can only be told for the snapshot day.
    """

    name: str
    label: str
    service: str
    rows: Callable[[Inputs], pd.DataFrame]
    unit: str = "children"
    flow: bool = False
    now_only: bool = False


@dataclass(frozen=True)
class TableColumn:
    """A column of a `TABLE`: its kind, and for shares, means and estimates what they rest on."""

    kind: Column
    share_of: tuple[str, str] | None = None
    base: str | None = None


@dataclass(frozen=True)
class Definition:
    """One indicator.

    Attributes
    ----------
    name : str
        What it is called on the command line.
    label : str
        What a reader sees.
    kind : Kind
    numerator, denominator, left_out : str
        What is counted, out of what, and what is left out: in words. A count, a rate and a spread have no share, but
        say what they are of.
    source : str
        Where the definition comes from.
    population : Population, optional
        Who it is asked of; every kind but `TABLE` has one.
    holds : callable, optional
        For a `SHARE`: True, False or missing (not known) by row.
    category : callable, optional
        For a `BREAKDOWN`: a text by row, `unknown` where it is not known.
    categories : mapping of str to str
        Labels of the categories, in order; others follow.
    number : callable, optional
        For a `SPREAD` or a `MEAN`: a number by row, NaN where it is not known.
    unit : str
        Of the number: "miles", "days", "pounds a week".
    table : callable, optional
        For a `TABLE`: the whole answer, by some of `by`.
    columns : mapping of str to TableColumn
        For a `TABLE`: what each column is.
    by : tuple of str
        For a `TABLE`: what it can be broken down by. The others can be by any dimension of their service.
    now_only : bool
        Whether it can only be told for the snapshot day (it rests on what provision there is now).
    """

    name: str
    label: str
    kind: Kind
    numerator: str
    denominator: str
    left_out: str
    source: str
    population: Population | None = None
    holds: Callable[[pd.DataFrame, Inputs], pd.Series] | None = None
    category: Callable[[pd.DataFrame, Inputs], pd.Series] | None = None
    categories: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    number: Callable[[pd.DataFrame, Inputs], pd.Series] | None = None
    unit: str = ""
    table: Callable[[Inputs, Sequence[str]], pd.DataFrame] | None = None
    columns: Mapping[str, TableColumn] = field(default_factory=lambda: MappingProxyType({}))
    by: tuple[str, ...] = ()
    now_only: bool = False

    def __post_init__(self) -> None:
        """Refuse a definition that lacks what its kind is answered by."""
        needs = {
            Kind.SHARE: self.holds,
            Kind.BREAKDOWN: self.category,
            Kind.SPREAD: self.number,
            Kind.MEAN: self.number,
            Kind.TABLE: self.table,
        }
        if needs.get(self.kind, True) is None or (self.kind is not Kind.TABLE and self.population is None):
            raise ValueError(f"indicator {self.name} lacks what a {self.kind} is answered by")

    @property
    def service(self) -> str:
        """Return the service it is about; "both" for a table without a population."""
        return self.population.service if self.population else "both"


def unknown_where_missing(values: pd.Series) -> pd.Series:
    """Return texts with what is missing or empty as `unknown`."""
    texts = values.astype("str").where(values.notna(), codes.UNKNOWN)
    return texts.mask(texts.eq(""), codes.UNKNOWN)
