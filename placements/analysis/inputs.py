"""What can an indicator be worked out from? One frozen bundle of located tables and the day that "now" means."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from placements import schemas
from placements.analysis.journeys import SchoolJourneys
from placements.analysis.year_ends import years_before
from placements.settings import ThresholdSettings


@dataclass(frozen=True)
class Inputs:
    """One authority's tables, as `County` holds them, and what a figure of a day needs beside them.

    Attributes
    ----------
    placements, provision : DataFrame
        `schemas.PLACEMENTS`, `schemas.PROVISION`. Use of provision is that of the snapshot day, whatever `on` is.
    on : date
        The day of a stock, and the last day of the year of a flow.
    snapshot : date
        The day that the study calls now; `on` is this day, or an earlier one for a trend.
    thresholds : ThresholdSettings
    authority_code : str
        ONS code of the responsible authority.
    areas, unit_costs : DataFrame
    published, neighbours : DataFrame
        `schemas.PUBLISHED`, `schemas.NEIGHBOURS`; empty when the study holds none.
    siblings, transport : DataFrame
        `schemas.SIBLINGS`, `schemas.TRANSPORT`; empty when the study holds none.
    journeys : callable
        Gives the school journeys of the plans in force on the snapshot day.
    """

    placements: pd.DataFrame = field(repr=False)
    provision: pd.DataFrame = field(repr=False)
    on: dt.date
    snapshot: dt.date
    thresholds: ThresholdSettings
    authority_code: str
    areas: pd.DataFrame = field(repr=False)
    unit_costs: pd.DataFrame = field(repr=False)
    published: pd.DataFrame = field(repr=False)
    neighbours: pd.DataFrame = field(repr=False)
    siblings: pd.DataFrame = field(repr=False, default_factory=lambda: schemas.empty(schemas.SIBLINGS))
    transport: pd.DataFrame = field(repr=False, default_factory=lambda: schemas.empty(schemas.TRANSPORT))
    journeys: Callable[[], SchoolJourneys] | None = field(repr=False, default=None)

    def at(self, on: dt.date) -> Inputs:
        """Return the same tables for another day."""
        return dataclasses.replace(self, on=on)

    @property
    def year_before(self) -> dt.date:
        """Return the day before the first day of the year that ends with `on`."""
        return years_before(self.on, 1)
