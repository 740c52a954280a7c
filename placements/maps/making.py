"""From a county, or a comparison, to the scene that maps are drawn from: outlines, points, proposals, years ahead."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from placements import codes
from placements.county import County
from placements.disclosure.shown import ShownFigures
from placements.errors import UsageError
from placements.forecasting.need_ahead import gap_of
from placements.geography.areas import area_boundaries, divide
from placements.geography.boundaries import authority_boundary, district_boundaries
from placements.geography.boundary_sets import boundary_set as find_boundary_set
from placements.geography.boundary_sets import coming_change
from placements.geography.division import Division
from placements.geography.postcodes import PostcodeDirectory, open_directory
from placements.interventions import Intervention, Opening
from placements.interventions.locate import locate
from placements.maps.backdrop import surroundings
from placements.maps.geojson import simplified
from placements.maps.scene import Scene, authority_centres
from placements.maps.why import reasons
from placements.settings import PROFILES

if TYPE_CHECKING:
    from placements.comparison import Comparison
    from placements.optimisation import Plan


def scene_of(
    result: Comparison,
    *,
    plan: Plan | None = None,
    scenario: str | None = None,
    profile: str | None = None,
    directory: PostcodeDirectory | None = None,
    boundary_set: str | None = None,
    released: ShownFigures | None = None,
) -> Scene:
    """Return the scene of a comparison, with a plan or scenario and the years ahead; see `maps.write_map`."""
    name, interventions = chosen(result, plan, scenario)
    scene = scene_of_today(
        result.county,
        profile=profile,
        directory=directory,
        boundary_set=boundary_set,
        released=released,
        interventions=interventions,
        proposal=name,
    )
    return dataclasses.replace(
        scene,
        gap_ahead=gap_of(result.forecast, result.county, ("service", "area")),
        away=result.away_by(("service", "area")),
        years_ahead=result.forecast.years,
        why=reasons(result.county, plan, scene.profile) if plan is not None else {},
    )


def scene_of_today(
    county: County,
    *,
    profile: str | None = None,
    directory: PostcodeDirectory | None = None,
    boundary_set: str | None = None,
    released: ShownFigures | None = None,
    interventions: tuple[Intervention, ...] = (),
    proposal: str = "",
) -> Scene:
    """Return the scene of a county as it is today.

    Raises
    ------
    UsageError
        When the profile or the boundary set does not exist.
    """
    profile = profile or county.settings.disclosure.profile
    if profile not in PROFILES:
        raise UsageError(f"there is no disclosure profile {profile!r}; choose one of {', '.join(PROFILES)}")
    return dataclasses.replace(
        make_scene(county, directory or county.directory or open_directory(), profile, interventions, proposal),
        boundary_set=coming_change(county.authority)
        if boundary_set is None
        else find_boundary_set(boundary_set, county.authority, county.settings.boundary_sets),
        boundary_set_first=boundary_set is not None,
        released=released,
    )


def make_scene(
    county: County,
    directory: PostcodeDirectory,
    profile: str,
    interventions: tuple[Intervention, ...] = (),
    proposal: str = "",
) -> Scene:
    """Return what the layers are drawn from: boundaries, centres of host authorities and located proposals."""
    official = county.boundaries
    districts = district_boundaries(county.authority, directory, official=official)
    division = county.division or divide(county.authority, county.settings.areas, directory)
    areas = area_boundaries(division, directory, official=official)
    own = None if official is None else authority_boundary(county.authority, directory, official=official)
    hosts = county.placements.loc[county.placements["location"].eq(codes.OUT_OF_COUNTY), "placement_authority"]
    return Scene(
        county=county,
        profile=profile,
        districts=_simplified(districts),
        areas=_simplified(areas),
        surroundings=surroundings(directory, on=county.authority.on),
        centres=authority_centres(directory, sorted(set(hosts.dropna())), county.authority.on),
        interventions=interventions,
        proposal=proposal,
        sites=_located(county, directory, interventions),
        postcode_districts=_postcode_districts(division),
        official_outline=None if own is None else _simplified(own).geometry.iloc[0],
    )


def _postcode_districts(division: Division) -> pd.DataFrame:
    """Return the middle of the postcodes of each postcode district that lie in the authority."""
    points = division.postcodes[["easting", "northing"]]
    half = division.postcodes["postcode"].str[:-3].str.rstrip()
    return points.groupby(half).median().dropna().sort_index().rename_axis("district")


def _simplified(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return outlines for the page, keeping whether they are official."""
    out = simplified(frame)
    out.attrs.update(frame.attrs)
    return out


def chosen(result: Comparison, plan: Plan | None, scenario: str | None) -> tuple[str, tuple[Intervention, ...]]:
    """Return the name and the interventions of what is proposed. Raises `UsageError` for a scenario there is not."""
    scenarios = result.scenarios
    if plan is not None:
        same = [name for name, interventions in scenarios.items() if tuple(interventions) == tuple(plan.interventions)]
        return (same[0] if same and plan.interventions else "Plan"), tuple(plan.interventions)
    if scenario is not None:
        if scenario not in scenarios:
            raise UsageError(f"there is no scenario {scenario!r}; there are {', '.join(scenarios) or 'none'}")
        return scenario, tuple(scenarios[scenario])
    return next(((name, tuple(given)) for name, given in scenarios.items() if given), ("", ()))


def _located(county: County, directory: PostcodeDirectory, interventions: tuple[Intervention, ...]) -> pd.DataFrame:
    """Return `easting, northing, area` by position of each intervention that has a site."""
    rows = {
        position: {
            "name": entry.name,
            "district": entry.district,
            "postcode": entry.postcode,
            "easting": entry.easting,
            "northing": entry.northing,
        }
        for position, entry in enumerate(interventions)
        if isinstance(entry, Opening)
    }
    columns = ["name", "district", "postcode", "easting", "northing"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return locate(frame, county, lambda: directory)[["easting", "northing", "area"]] if rows else frame.iloc[:, 3:]
