"""One HTML placement map: opens with networking off, safe to share by default, the same bytes every time."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from placements import codes
from placements.county import County
from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.disclosure.shown import ShownFigures
from placements.errors import UsageError
from placements.geography.areas import area_boundaries, divide
from placements.geography.boundaries import authority_boundary, district_boundaries
from placements.geography.boundary_sets import boundary_set as find_boundary_set
from placements.geography.boundary_sets import coming_change
from placements.geography.postcodes import PostcodeDirectory, open_directory
from placements.interventions import Intervention, Opening
from placements.interventions.locate import locate
from placements.maps.backdrop import surroundings
from placements.maps.geojson import simplified
from placements.maps.layers import LAYERS, build
from placements.maps.page import page
from placements.maps.scene import Scene, authority_centres
from placements.maps.why import reasons
from placements.settings import PROFILES

if TYPE_CHECKING:
    from placements.comparison import Comparison
    from placements.optimisation import Plan

__all__ = ["LAYERS", "make_scene", "write_map"]


def write_map(
    result: Comparison,
    path: Path | str,
    *,
    plan: Plan | None = None,
    scenario: str | None = None,
    profile: str | None = None,
    directory: PostcodeDirectory | None = None,
    boundary_set: str | None = None,
    released: ShownFigures | None = None,
) -> Path:
    """Write the placement map of a comparison as one HTML file.

    Parameters
    ----------
    result : Comparison
        What was compared; its county is drawn.
    path : Path or str
        Where to write.
    plan : Plan, optional
        The plan whose sites are shown.
    scenario : str, optional
        Name of the scenario whose sites are shown, when no plan is given; the first that has any when neither is.
    profile : str, optional
        `shareable` or `internal`; the study's own when not given.
    directory : PostcodeDirectory, optional
        The one that the county was located with, or the bundled one, when not given.
    boundary_set : str, optional
        Other boundaries that the page opens with (`geography.boundary_sets`). Those that the law brings the authority
        can be chosen on the page all the same.
    released : ShownFigures, optional
        The release of the county under the profile, where it has been worked out already.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        When the scenario, the profile or the boundary set does not exist.
    DisclosureError
        When the page would show something of a child; nothing is written.
    """
    county = result.county
    profile = profile or county.settings.disclosure.profile
    if profile not in PROFILES:
        raise UsageError(f"there is no disclosure profile {profile!r}; choose one of {', '.join(PROFILES)}")
    name, interventions = _chosen(result, plan, scenario)
    scene = make_scene(county, directory or county.directory or open_directory(), profile, interventions, name)
    scene = dataclasses.replace(
        scene,
        boundary_set=coming_change(county.authority)
        if boundary_set is None
        else find_boundary_set(boundary_set, county.authority, county.settings.boundary_sets),
        boundary_set_first=boundary_set is not None,
        released=released,
    )
    if plan is not None:
        scene = dataclasses.replace(scene, why=reasons(county, plan, profile))
    return release(Path(path), page(scene, build(scene)), county_secrets(county), profile)


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
        official_outline=None if own is None else _simplified(own).geometry.iloc[0],
    )


def _simplified(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return outlines for the page, keeping whether they are official."""
    out = simplified(frame)
    out.attrs.update(frame.attrs)
    return out


def _chosen(result: Comparison, plan: Plan | None, scenario: str | None) -> tuple[str, tuple[Intervention, ...]]:
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
