"""What is not a GeoPackage, GeoJSON or shapefile by its content is never opened: opening could call a server."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from placements.errors import DataError
from placements.geography.area_layer import area_file, read_area_layer
from placements.geography.official import user_boundaries

_WFS = "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>"
_VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/vsicurl/{url}.gpkg</SrcDataSource></OGRVRTLayer>"
    "</OGRVRTDataSource>"
)
_SHAPE = '{"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [1, 52], [0, 51]]]}'
_FEATURES = f'"features": [{{"type": "Feature", "properties": {{"code": "a", "name": "b"}}, "geometry": {_SHAPE}}}]'
_COLLECTION = f'{{"type": "FeatureCollection", {{more}}, {_FEATURES}}}'


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a server on this machine, and the requests it has had."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/x", asked
        running.shutdown()
        thread.join()


def _collection(more: str) -> str:
    return _COLLECTION.replace("{more}", more)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", _WFS),
        ("a.geojson", "\ufeff \n" + _WFS),
        ("a.gpkg", _VRT),
        ("a.shp", _VRT),
        ("a.vrt", _VRT),
        ("a.geojson", _collection(f'"x": "{_VRT}"')),
        ("a.json", '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /vsicurl/{url}.json"}'),
        ("a.json", _collection('"crs": {"type": "link", "properties": {"href": "{url}", "type": "ogcwkt"}}')),
        ("a.json", _collection('"CRS": {"TYPE": "Url", "PROPERTIES": {"URL": "{url}"}}')),
        ("a.json", _collection('"crs": {"type": "l\\u0069nk", "properties": {"href": "{url}"}}')),
    ],
)
def test_no_server_is_called_by_a_file_of_areas(name: str, text: str, server, tmp_path: Path) -> None:
    """A web feature service, a virtual layer, a pipeline, a coordinate system by address: refused without a request."""
    url, asked = server
    file = tmp_path / name
    file.write_text(text.replace("{url}", url), encoding="utf-8")
    for read in (lambda: read_area_layer(area_file(tmp_path, name)), lambda: user_boundaries(file)):
        with pytest.raises(DataError, match=r"not a (boundary file|kind of file) that (can be|is) read|somewhere else"):
            read()
    assert asked == []


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, codecs.BOM_UTF8 + b"\n\t "])
def test_geojson_is_read_however_it_starts(mark: bytes, tmp_path: Path) -> None:
    """With a byte order mark, white space, and a coordinate system by its name."""
    named = _collection('"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}')
    (tmp_path / "a.json").write_bytes(mark + named.encode())
    assert read_area_layer(tmp_path / "a.json")["code"].tolist() == ["a"]


def test_a_file_under_another_suffix_is_refused(tmp_path: Path) -> None:
    """A shapefile called GeoPackage, and a kind that is not read at all: each said."""
    squares = gpd.GeoDataFrame({"code": ["a"]}, geometry=[box(500_000, 150_000, 505_000, 155_000)], crs="EPSG:27700")
    squares.to_file(tmp_path / "a.shp")
    assert len(read_area_layer(tmp_path / "a.shp")) == 1
    (tmp_path / "a.shp").rename(tmp_path / "a.gpkg")
    with pytest.raises(DataError, match="its content is not that of a GeoPackage"):
        read_area_layer(tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg").rename(tmp_path / "a.kml")
    with pytest.raises(DataError, match=r"these are: \.gpkg, \.geojson, \.json, \.shp"):
        read_area_layer(tmp_path / "a.kml")
