"""One HTML placement map: opens with networking off, safe to share by default, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from placements.county import County
from placements.disclosure.release import cleared, release
from placements.disclosure.secrets import county_secrets
from placements.disclosure.shown import ShownFigures
from placements.geography.postcodes import PostcodeDirectory
from placements.maps.layers import LAYERS, build
from placements.maps.making import make_scene, scene_of, scene_of_today
from placements.maps.page import page
from placements.maps.scene import Scene
from placements.maps.static import FORMATS, checked_formats, pictures
from placements.writing import write_bytes

if TYPE_CHECKING:
    from placements.comparison import Comparison
    from placements.optimisation import Plan

__all__ = [
    "LAYERS",
    "make_scene",
    "scene_of",
    "scene_of_today",
    "write_map",
    "write_map_of_today",
    "write_page",
    "write_pictures",
]


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
    scene = scene_of(
        result,
        plan=plan,
        scenario=scenario,
        profile=profile,
        directory=directory,
        boundary_set=boundary_set,
        released=released,
    )
    return write_page(scene, path)


def write_map_of_today(
    county: County,
    path: Path | str,
    *,
    profile: str | None = None,
    directory: PostcodeDirectory | None = None,
    released: ShownFigures | None = None,
) -> Path:
    """Write the placement map of a county as it is today: nothing is forecast, planned or compared.

    The parameters, what is returned and what is raised are those of `write_map`.
    """
    return write_page(scene_of_today(county, profile=profile, directory=directory, released=released), path)


def write_page(scene: Scene, path: Path | str) -> Path:
    """Write the page of a scene. Raises `DisclosureError` when it would show something of a child."""
    return release(Path(path), page(scene, build(scene)), county_secrets(scene.county), scene.profile)


def write_pictures(scene: Scene, folder: Path | str, formats: Sequence[str] = FORMATS) -> tuple[Path, ...]:
    """Write every layer of a scene as a static map: `care-gap.svg`, `care-gap.png` and so on.

    A picture has no text to be read back, so the same map as SVG is scanned before any format of it is written.

    Parameters
    ----------
    scene : Scene
    folder : Path or str
        Made if it is not there.
    formats : sequence of str
        Of `static.FORMATS`.

    Raises
    ------
    UsageError
        When a format is not one of them.
    DisclosureError
        When a map would show something of a child; it and those after it are not written.
    """
    formats, secrets = checked_formats(formats), county_secrets(scene.county)
    written: list[Path] = []
    for picture in pictures(scene, sorted({"svg", *formats})):
        paths = {kind: Path(folder) / f"{picture.name}.{kind}" for kind in formats}
        cleared(Path(folder) / f"{picture.name}.svg", picture.content["svg"], secrets, scene.profile)
        written += [write_bytes(path, picture.content[kind]) for kind, path in paths.items()]
    return tuple(written)
