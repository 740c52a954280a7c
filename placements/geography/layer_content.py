"""Is a file of areas what its suffix says? Asked before GDAL opens it, which looks at the content and not at the name.

What GDAL takes a text for may name a server (a virtual layer, a web feature service, a GDAL pipeline, a coordinate
system given by its address), and opening it would call that server. Nothing is asked of one that the user did not
name, so only a GeoPackage, a GeoJSON document that is complete in itself, or a shapefile goes on.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from placements.errors import DataError

#: Suffixes read, best first.
SUFFIXES: Final = (".gpkg", ".geojson", ".json", ".shp")
#: The first bytes of the files that are not text.
_FIRST_BYTES: Final = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a"}
_KINDS: Final = {".gpkg": "GeoPackage", ".shp": "shapefile", ".geojson": "GeoJSON file", ".json": "GeoJSON file"}
#: Values of `type` at the top of a GeoJSON document (RFC 7946, section 3).
_GEOJSON: Final = frozenset({"FeatureCollection", "Feature", "Polygon", "MultiPolygon", "GeometryCollection"})
#: GDAL looks for this anywhere in the head of a text, and opens it as a virtual layer or a service.
_SOURCE: Final = re.compile(rb"<OGR", re.IGNORECASE)
#: Ways to give a coordinate system that need nothing from elsewhere; the others are `link` and `url`.
_CRS_TYPES: Final = frozenset({"name", "epsg", "ogc"})

#: A JSON object as its pairs, so that none of several values of one key is lost; arrays are lists.
_Pairs = tuple[tuple[str, Any], ...]


def check_content(file: Path) -> None:
    """Refuse a file whose content is not that of its suffix, or that points at another source.

    Parameters
    ----------
    file : Path
        It is read, and by nothing but this program: shapes are not looked at.

    Raises
    ------
    DataError
        When the suffix is not one of `SUFFIXES`, the file cannot be read, the content is of another kind, or a GeoJSON
        document takes its coordinate system or its data from elsewhere.
    """
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(
            f"is not a kind of file that is read; these are: {', '.join(SUFFIXES)}",
            file=file,
            advice="export it as GeoPackage",
        )
    try:
        good = _is_geojson(file) if suffix not in _FIRST_BYTES else _starts(file, _FIRST_BYTES[suffix])
    except OSError:
        good = False
    if not good:
        raise DataError(
            f"is not a boundary file that can be read: its content is not that of a {_KINDS[suffix]}",
            file=file,
            advice="download or export it again as GeoPackage or GeoJSON",
        )


def _starts(file: Path, first: bytes) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(first)) == first


def _is_geojson(file: Path) -> bool:
    raw = file.read_bytes()
    if not raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    if _SOURCE.search(raw):
        raise _points_elsewhere(file, "an OGR data source")
    try:
        document: _Pairs = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=lambda pairs: _kept(pairs, file))
    except (ValueError, RecursionError):
        return False
    types = [value for key, value in document if key.lower() == "type"]
    return bool(types) and all(isinstance(kind, str) and kind in _GEOJSON for kind in types)


def _kept(pairs: list[tuple[str, Any]], file: Path) -> _Pairs:
    """Return the pairs of an object that matter above it, so that shapes are not held; refuse a system by link."""
    for key, value in pairs:
        # GDAL reads these names in any case. A property that is called so is text or a number, not an object.
        if key.lower() == "crs" and isinstance(value, tuple):
            kinds = {str(kind).lower() for name, kind in value if name.lower() == "type"}
            if not kinds <= _CRS_TYPES:
                raise _points_elsewhere(file, "its coordinate system")
    return tuple((key, value) for key, value in pairs if isinstance(value, str | tuple))


def _points_elsewhere(file: Path, what: str) -> DataError:
    return DataError(
        f"refers to {what} somewhere else, and nothing is fetched",
        file=file,
        advice="export it as GeoPackage, or as GeoJSON in EPSG:4326",
    )
