"""What every layer is drawn from: the county, where its areas are, the proposals, and who will see the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from placements.analysis.access_bands import access_bands
from placements.analysis.year_ends import year_label
from placements.county import County
from placements.disclosure.restated import ShownRestatement, shown_restatement
from placements.disclosure.shown import ShownFigures
from placements.disclosure.suppress import INTERNAL
from placements.geography.adjoining import adjoining_codes
from placements.geography.authorities import authority_names, authority_of
from placements.geography.boundaries import boundary_words
from placements.geography.boundary_sets import BoundarySet
from placements.geography.postcodes import PostcodeDirectory
from placements.maps.figures import Figures
from placements.maps.geojson import label_point
from placements.maps.style import date_text


@dataclass(frozen=True, eq=False)
class Scene:
    """All that layers may look at.

    Attributes
    ----------
    county : County
    profile : str
        `shareable` or `internal`.
    districts : GeoDataFrame
        `code, name, geometry` in metres, simplified; `attrs["source"]` is `derived` or `official`.
    areas : GeoDataFrame
        Planning areas: `area, name, geometry` in metres, simplified.
    surroundings : GeoDataFrame
        Authorities all around, coarsely: `code, name, geometry`; may be empty.
    centres : DataFrame
        Indexed by authority code: `easting, northing`, the middle of its postcodes.
    interventions : tuple
        The proposals to show.
    proposal : str
        What they are called: a scenario's name; empty when there are none.
    sites : DataFrame
        Indexed by position in `interventions`: `easting, northing, area`, of those that have a site.
    why : Mapping
        A sentence by intervention name, where there is one.
    boundary_set : BoundarySet, optional
        Other boundaries under which the placements are shown too.
    boundary_set_first : bool
        Whether that is what the page opens with.
    released : ShownFigures, optional
        The release of the county under the profile, where it has been worked out already.
    postcode_districts : DataFrame
        Indexed by postcode district (`GU1`): `easting, northing`, the middle of its postcodes in the authority.
    gap_ahead : DataFrame
        Need, places and the gap in the years ahead by service and area (`forecasting.need_ahead.gap_of`); or empty.
    away : DataFrame
        Child-years away over all years by `service` and `area`, a column for each scenario, doing nothing first; or
        empty.
    years_ahead : int
        How many years that is.
    official_outline : geometry, optional
        The authority's own outline in metres, simplified, where the study has an official one.
    """

    county: County
    profile: str
    districts: gpd.GeoDataFrame = field(repr=False)
    areas: gpd.GeoDataFrame = field(repr=False)
    surroundings: gpd.GeoDataFrame = field(repr=False)
    centres: pd.DataFrame = field(repr=False)
    interventions: tuple[Any, ...] = ()
    proposal: str = ""
    sites: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["easting", "northing", "area"]), repr=False
    )
    why: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    official_outline: Any = field(default=None, repr=False)
    released: ShownFigures | None = field(default=None, repr=False)
    boundary_set: BoundarySet | None = None
    boundary_set_first: bool = False
    postcode_districts: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["easting", "northing"], dtype=float), repr=False
    )
    gap_ahead: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    away: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    years_ahead: int = 0
    _tables: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    @property
    def internal(self) -> bool:
        """Return whether figures are shown as they are."""
        return self.profile == INTERNAL

    @property
    def date(self) -> str:
        """Return the snapshot in words."""
        return date_text(self.county.snapshot)

    def year_name(self, year: int) -> str:
        """Return what a year ahead is called; 1 is the first."""
        return year_label(self.county.snapshot, year)

    @cached_property
    def outline(self) -> Any:
        """Return the authority's shape in metres."""
        if self.official_outline is not None:
            return self.official_outline
        return shapely.union_all(self.districts.geometry.to_numpy())

    @cached_property
    def middle(self) -> tuple[float, float]:
        """Return a point inside the authority, from which county-wide flows are drawn."""
        shape = self.outline
        point = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
        return point.x, point.y

    @cached_property
    def figures(self) -> Figures:
        """Return the county's figures as this page may show them."""
        sets = () if self.boundary_set is None else (self.boundary_set,)
        return Figures(self.county, self.profile, sets, self.released)

    def sufficiency(self, by: tuple[str, ...]) -> pd.DataFrame:
        """Return need, places and the gap by breakdowns, as columns; each table is worked out once."""
        if by not in self._tables:
            self._tables[by] = self.county.sufficiency(by).reset_index()
        return self._tables[by]

    @cached_property
    def access(self) -> pd.DataFrame:
        """Return how local places are reached, by area where that may be told (`analysis.access_bands`)."""
        return access_bands(self.county.inputs, by=("area",))

    def restated(self, service: str) -> ShownRestatement:
        """Return a service's placements under the boundary set, as this page may show them."""
        assert self.boundary_set is not None
        return shown_restatement(self.figures.release, service, self.boundary_set)

    @cached_property
    def area_points(self) -> dict[str, shapely.Point]:
        """Return where the label of each planning area has most room, by area."""
        return {
            str(area): label_point(shape) for area, shape in zip(self.areas["area"], self.areas.geometry, strict=True)
        }

    @cached_property
    def area_names(self) -> dict[str, str]:
        """Return the name of each planning area, `unknown` and `outside` among them."""
        return dict(zip(self.county.areas["area"], self.county.areas["name"], strict=True))

    @property
    def drawn_areas(self) -> dict[str, str]:
        """Return the name of each planning area that is on the map."""
        return {area: self.area_names.get(area, area) for area in self.area_points}

    @cached_property
    def adjoining(self) -> frozenset[str]:
        """Return the codes of the authorities that share a boundary with this one."""
        return adjoining_codes(self.county.authority)

    @property
    def boundary_words(self) -> str:
        """Return how the boundaries came about."""
        words = boundary_words(self.county.boundaries, self.county.settings.areas.level)
        words = f"{words[0].upper()}{words[1:]}, simplified to about 50 metres"
        return words if self.county.boundaries is not None else f"{words}: for orientation, not legal boundaries"


def authority_centres(directory: PostcodeDirectory, authorities: Sequence[str], on: dt.date) -> pd.DataFrame:
    """Return the middle (median easting and northing) of the postcodes of each authority of a day that has any.

    Returns
    -------
    DataFrame
        Indexed by authority code, sorted: `easting`, `northing` in metres.
    """
    wanted = set(authorities)
    districts = pd.Series(directory.district_codes, dtype="str")
    upper = authority_of(districts, on)
    of_district = np.where(upper.isin(list(wanted)), upper, "")
    points = np.asarray(directory.easting) != directory.NO_POINT
    rows = np.flatnonzero(points & (of_district != "")[directory.district_index])
    frame = pd.DataFrame(
        {
            "authority": of_district[directory.district_index[rows]],
            "easting": directory.easting[rows].astype(float),
            "northing": directory.northing[rows].astype(float),
        }
    )
    return frame.groupby("authority")[["easting", "northing"]].median().sort_index()


def authority_label(code: str) -> str:
    """Return the name of an authority, or its code when it has none."""
    return authority_names().get(code, code)
