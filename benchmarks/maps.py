"""How large is a placement map, how long does it take to make and to open? Beside plain folium on the same data.

    python -m benchmarks.maps STUDY [--children 2000] [--providers 1500] [--repeat 3] [--browser PATH] [--json FILE]

Two counties: the study as it is, and one with so many children and providers drawn from it at random, some twice.
Plain folium is what a careful person writes in an afternoon: a shaded layer of areas, a marker with a pop-up for every
child (at the middle of its area, moved at random) and every provider. It protects nobody, so what disclosure control
takes is told by itself. folium's page fetches its scripts when it is opened; here the browser is given Leaflet at once
from this package and refused the rest, which favours it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import folium
import numpy as np
import pandas as pd

from placements.analysis.snapshot import stock
from placements.county import County
from placements.disclosure.publication import county_figures
from placements.geography.postcodes import open_directory
from placements.maps import scene_of_today, write_map_of_today
from placements.study import open_study

ASSETS: Final = Path(__file__).resolve().parents[1] / "placements" / "maps" / "assets"
#: When the scripts are done and a frame has been drawn, by the page's own clock.
_DRAWN: Final = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done({
    paint: (performance.getEntriesByName("first-contentful-paint")[0] || {}).startTime ?? null,
    drawn: performance.now() }))))"""


def enlarged(county: County, children: int, providers: int, seed: int = 1) -> County:
    """Return a county with so many children placed today and so many providers, drawn from one with replacement."""
    rng = np.random.default_rng(seed)
    today = stock(county.placements, county.snapshot)
    drawn = today.iloc[rng.integers(0, len(today), children)].reset_index(drop=True)
    drawn["child_id"] = [f"C{number}" for number in range(children)]
    drawn["placement_id"] = [f"P{number}" for number in range(children)]
    sites = county.provision.iloc[rng.integers(0, len(county.provision), providers)].reset_index(drop=True)
    sites["provider_id"] = [f"S{number}" for number in range(providers)]
    sites[["easting", "northing"]] += rng.integers(-900, 900, (providers, 2))
    columns = list(county.placements.columns)
    return dataclasses.replace(county, placements=drawn[columns], provision=sites)


def ours(county: County, path: Path) -> dict[str, float]:
    """Write our map; return seconds for disclosure control and for the rest."""
    began = time.perf_counter()
    released = county_figures(county, "shareable")
    protected = time.perf_counter()
    write_map_of_today(county, path, profile="shareable", released=released)
    return {"protect_s": protected - began, "build_s": time.perf_counter() - protected}


def plain(county: County, path: Path, seed: int = 1) -> dict[str, float]:
    """Write the map that plain folium makes of the same; its outlines are ours, and are not counted."""
    scene = scene_of_today(county, profile="internal")
    areas = scene.areas.to_crs("EPSG:4326")
    began, rng = time.perf_counter(), np.random.default_rng(seed)
    middle = areas.geometry.union_all().centroid
    chart = folium.Map([middle.y, middle.x], zoom_start=9)
    today = stock(county.placements, county.snapshot)
    counts = today["home_area"].value_counts()
    shaded = areas.assign(children=areas["area"].map(counts).fillna(0).astype(int))
    folium.Choropleth(shaded, data=shaded, columns=["area", "children"], key_on="feature.properties.area").add_to(chart)
    points = {area: shape.representative_point() for area, shape in zip(areas["area"], areas.geometry, strict=True)}
    for row in today.to_dict("records"):
        at = points.get(row["home_area"], middle)
        moved = rng.normal(0, 0.02, 2)
        text = f"{row['service']}, {row['need']}, {row['age_band']}, {row['provision']}"
        folium.Marker([at.y + moved[0], at.x + moved[1]], popup=text).add_to(chart)
    sites = scene.county.provision
    sites = sites[sites["easting"].notna()]
    lonlat = _lonlat(sites)
    for row, (x, y) in zip(sites.to_dict("records"), lonlat, strict=True):
        text = f"{row['name']}, {row['provision']}, {row['registered_places']} places"
        folium.Marker([y, x], popup=text, icon=folium.Icon(color="green")).add_to(chart)
    chart.save(str(path))
    return {"protect_s": 0.0, "build_s": time.perf_counter() - began}


def _lonlat(sites: pd.DataFrame) -> list[tuple[float, float]]:
    import geopandas as gpd  # noqa: PLC0415

    points = gpd.GeoSeries.from_xy(sites["easting"], sites["northing"], crs="EPSG:27700").to_crs("EPSG:4326")
    return [(point.x, point.y) for point in points]


def opened(path: Path, browser: str, repeat: int) -> dict[str, float]:
    """Open a page so often, each time in a new tab; return the median milliseconds to first paint and until drawn."""
    from playwright.sync_api import Route, sync_playwright  # noqa: PLC0415

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if route.request.url.startswith("file:"):
            route.continue_()
        elif name in ("leaflet.js", "leaflet.css"):
            route.fulfill(path=str(ASSETS / name))
        else:
            route.abort()

    found: list[dict[str, float]] = []
    with sync_playwright() as driver:
        program = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(repeat):
            tab = program.new_page()
            tab.route("**/*", answer)
            tab.goto(path.as_uri(), wait_until="load", timeout=180_000)
            found.append(tab.evaluate(_DRAWN))
            tab.close()
        program.close()
    return {
        f"{name}_ms": statistics.median([one[name] for one in found if one[name] is not None] or [float("nan")])
        for name in ("paint", "drawn")
    }


def measure(county: County, folder: Path, browser: str | None, repeat: int) -> dict[str, dict[str, float]]:
    """Return the figures of our map and of plain folium's."""
    result = {}
    for name, write in (("ours", ours), ("folium", plain)):
        path = folder / f"{name}.html"
        runs = [write(county, path) for _ in range(repeat)]
        best = min(runs, key=lambda run: sum(run.values()))
        result[name] = {"bytes": float(path.stat().st_size), **best}
        if browser:
            result[name] |= opened(path, browser, repeat)
    return result


def render(name: str, result: dict[str, dict[str, float]]) -> str:
    """Return one county's table: ours, folium's, and how many times as much folium's is."""
    units = {"bytes": "bytes", "protect_s": "disclosure control, s", "build_s": "building, s",
             "paint_ms": "first paint, ms", "drawn_ms": "until all is drawn, ms"}  # fmt: skip
    lines = [f"### {name}", "", "| | ours | folium | folium / ours |", "|---|--:|--:|--:|"]
    for key, label in units.items():
        if key in result["ours"]:
            one, other = result["ours"][key], result["folium"][key]
            ratio = f"{other / one:.2f}" if one and key != "protect_s" else ""
            digits = 1 if key.endswith("_s") else 0
            lines.append(f"| {label} | {one:,.{digits}f} | {other:,.{digits}f} | {ratio} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table for each county; return 0, or 1 when our map of either is 5 MB or more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.maps", description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path, help="a study that has been filled, such as one of `placements demo`")
    parser.add_argument("--children", type=int, default=2_000)
    parser.add_argument("--providers", type=int, default=1_500)
    parser.add_argument(
        "--repeat", type=int, default=3, help="runs of each part; the fastest, or the median, counts (3)"
    )
    parser.add_argument("--browser", default=shutil.which("chromium"), help="a Chromium; without one nothing is opened")
    parser.add_argument("--json", type=Path, help="write all figures here too")
    asked = parser.parse_args(arguments)
    study = open_study(asked.study).load()
    if study.directory is None:
        study = dataclasses.replace(study, directory=open_directory())
    counties = {
        f"{study.authority.name}, {len(stock(study.placements, study.snapshot)):,} children and plans, "
        f"{len(study.provision):,} providers": study,
        f"{asked.children:,} children, {asked.providers:,} providers": enlarged(study, asked.children, asked.providers),
    }
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, county in counties.items():
            results[name] = measure(county, Path(folder), asked.browser, asked.repeat)
            print(render(name, results[name]), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return int(any(found["ours"]["bytes"] >= 5e6 for found in results.values()))


if __name__ == "__main__":
    sys.exit(main())
