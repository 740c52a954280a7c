"""Which method do the settings ask for? From `[travel]` in `study.toml` to a method that answers."""

from __future__ import annotations

from pathlib import Path

from placements.errors import DataError, UsageError
from placements.geography.travel.dialects import DIALECTS
from placements.geography.travel.http_client import HttpClient
from placements.geography.travel.matrix_file import read_minutes
from placements.geography.travel.method import TravelMethod
from placements.geography.travel.osm import OsmRoads
from placements.geography.travel.server import RoutingServer
from placements.geography.travel.straight import StraightLine
from placements.settings import TravelSettings


def choose_method(settings: TravelSettings, data: Path, cache: Path | None = None) -> TravelMethod:
    """Return the method that the settings name. No server is asked and no network compiled until it is used.

    Parameters
    ----------
    settings : TravelSettings
    data : Path
        Folder that files are named from: the study's `data/`.
    cache : Path, optional
        Where a compiled network is kept; the user's cache folder when not given.

    Raises
    ------
    UsageError
        When there is no such method.
    DataError
        When the file that it needs is missing or cannot be used.
    """
    if settings.method == "straight":
        return StraightLine(settings.circuity_factor, settings.speed_mph)
    if settings.method == "matrix":
        return read_minutes(_file(data / settings.matrix_file, "travel.matrix_file"))
    if settings.method == "osm":
        return OsmRoads(_file(data / settings.osm_file, "travel.osm_file"), settings.snap_limit_m, cache)
    if settings.method in DIALECTS:
        client = HttpClient(settings.server_url, settings.timeout_s, settings.retries)
        return RoutingServer(DIALECTS[settings.method], client, settings.server_batch, settings.snap_limit_m)
    raise UsageError(f"{settings.method!r} is not a way of measuring travel")


def _file(path: Path, setting: str) -> Path:
    if not path.is_file():
        raise DataError("is not there, or is not a file", file=path, advice=f"put it there, or change {setting}")
    return path
