"""The container that makes the wrong order impossible: a `County` is validated and located, or it does not exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from placements import schemas
from placements.analysis.answer import answer
from placements.analysis.catalogue import indicator
from placements.analysis.gap import need, sufficiency_of
from placements.analysis.indicators import Indicator, headline
from placements.analysis.inputs import Inputs
from placements.analysis.journeys import SchoolJourneys, school_journeys
from placements.analysis.local_access import Costs, local_access, straight_miles
from placements.geography.authorities import Authority
from placements.geography.division import Division
from placements.geography.postcodes import PostcodeDirectory
from placements.geography.travel import TravelMethod, choose_method
from placements.settings import Settings


@dataclass(frozen=True)
class County:
    """One authority's children and provision, validated and located. Holds person-level rows: never written out whole.

    Attributes
    ----------
    settings : Settings
    authority : Authority
    placements : DataFrame
        Every placement spell of both services (`schemas.PLACEMENTS`).
    provision : DataFrame
        Every home, household and school (`schemas.PROVISION`).
    unit_costs, options : DataFrame
        As read.
    areas : DataFrame
        Planning areas with a centre in metres (`schemas.AREAS`).
    division : Division, optional
        How the authority is divided into them (`geography.areas.divide`).
    quarantine, files : DataFrame
        As read.
    checks : DataFrame
        Cross-table rules: `code, severity, message, count`.
    postcode_source : str
        The directory the rows were located with.
    directory : PostcodeDirectory, optional
        That directory.
    boundaries : GeoDataFrame, optional
        Official outlines that the study brings (`geography.official.user_boundaries`).
    geography_files : mapping of str to str
        SHA-256 of each file of postcodes or outlines that the study brings, by name.
    published, neighbours : DataFrame
        Published statistics and statistical neighbours that the study holds (`schemas.PUBLISHED`, `NEIGHBOURS`).
    siblings : DataFrame
        Which children looked after are siblings (`schemas.SIBLINGS`).
    transport : DataFrame
        What home-to-school transport costs, by child (`schemas.TRANSPORT`).
    ledger : Path, optional
        Folder of what was published before (`disclosure.ledger`).
    population : DataFrame, optional
        Children projected by year and age (`read.projections`), where the settings name a file.
    travel : TravelMethod, optional
        How journeys by road are measured; as the settings say when not given.
    """

    settings: Settings
    authority: Authority
    placements: pd.DataFrame
    provision: pd.DataFrame
    unit_costs: pd.DataFrame
    options: pd.DataFrame
    areas: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame
    checks: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["code", "severity", "message", "count"]))
    postcode_source: str = ""
    directory: PostcodeDirectory | None = field(default=None, repr=False, compare=False)
    division: Division | None = field(default=None, repr=False, compare=False)
    boundaries: gpd.GeoDataFrame | None = field(default=None, repr=False)
    geography_files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    published: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.PUBLISHED), repr=False)
    neighbours: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.NEIGHBOURS), repr=False)
    siblings: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.SIBLINGS), repr=False)
    transport: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.TRANSPORT), repr=False)
    travel: TravelMethod | None = field(default=None, repr=False, compare=False)
    population: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    ledger: Path | None = field(default=None, repr=False, compare=False)

    @property
    def travel_method(self) -> TravelMethod:
        """Return how journeys by road are measured. Raises `DataError` when that needs a file that is not there."""
        return self.travel or choose_method(self.settings.travel, Path())

    @cached_property
    def school_journeys(self) -> SchoolJourneys:
        """Return the school journeys of all plans in force; with `osm` or a server they are worked out once, here."""
        return school_journeys(self.placements, self.snapshot, self.travel_method)

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """Return the names of the planning areas by id."""
        return dict(zip(self.areas["area"].astype("str"), self.areas["name"].astype("str"), strict=True))

    @property
    def snapshot(self) -> dt.date:
        """Return the day that "now" means in this study."""
        return self.settings.study.snapshot

    @property
    def synthetic(self) -> bool:
        """Return whether the children are made up."""
        return self.settings.study.synthetic

    @property
    def inputs(self) -> Inputs:
        """Return what indicators are worked out from, for the snapshot day."""
        return Inputs(
            placements=self.placements,
            provision=self.provision,
            on=self.snapshot,
            snapshot=self.snapshot,
            thresholds=self.settings.thresholds,
            authority_code=self.authority.code,
            areas=self.areas,
            unit_costs=self.unit_costs,
            published=self.published,
            neighbours=self.neighbours,
            siblings=self.siblings,
            transport=self.transport,
            journeys=lambda: self.school_journeys,
        )

    def answer(self, name: str, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return the answer to an indicator of the catalogue, by any breakdown. See `placements.analysis.answer`."""
        return answer(indicator(name), self.inputs, by)

    @cached_property
    def local_need(self) -> pd.DataFrame:
        """Return the children placed in kinds that local places can be made for, judged (`analysis.gap.need`)."""
        return need(self.placements, self.provision, self.snapshot, self.settings.thresholds)

    def sufficiency(self, by: Sequence[str] = ("service", "need")) -> pd.DataFrame:
        """Return need, local places and the gap, by `service`, `need`, `age_band`, `area` or `provision`.

        See `placements.analysis.gap.sufficiency`.
        """
        return sufficiency_of(self.local_need, self.provision, by)

    def access(self, limit: float | None = None, costs: Costs = straight_miles) -> pd.DataFrame:
        """Return how well need reaches local places, by service, provision family and area.

        Within `thresholds.far_miles` unless a limit is given; see `placements.analysis.local_access`.
        """
        far = self.settings.thresholds.far_miles if limit is None else limit
        return local_access(self.local_need, self.provision, self.areas, far, costs)

    def headline(self) -> tuple[Indicator, ...]:
        """Return the headline figures, each with numerator, denominator and what was left out."""
        return headline(self.placements, self.provision, self.snapshot, self.settings.thresholds)
