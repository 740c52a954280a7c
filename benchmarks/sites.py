"""How long does an area-to-site matrix take? 2,000 areas x 27,000 schools within 20 miles, beside peers and a floor.

    python -m benchmarks.sites [--areas 2000] [--sites 27000] [--limit 20] [--repeat 3] [--no-peer] [--json FILE]

Areas and sites are real English postcodes drawn at random. Every part runs in a process of its own on the same cores,
on the same file of points, and says how many pairs it found and their miles in all, which have to be the same. This
process imports nothing heavy, so that the memory its parts are seen to hold is their own.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.ours import Stages, peak_mb
from benchmarks.read import PartFailedError, fastest, hold_cores, machine

METRES_PER_MILE: Final = 1609.3
#: Part: what has to be there for it, and what it is called in the table.
PARTS: Final = {
    "floor": ("numpy", ""),
    "ours": ("placements", ""),
    "balltree": ("sklearn", "scikit-learn"),
    "access": ("access", "access"),
}
#: Pairs that the peer `access` is given at once: all 54 million would need some 10 GB of it.
_ACCESS_PAIRS: Final = 2_700_000
#: How often a part that takes less than a second is run again in its process.
_AGAIN: Final = 5


def points(folder: Path, asked: argparse.Namespace) -> None:
    """Write the points of areas and sites, metres, as `areas.npy` and `sites.npy`."""
    import numpy as np  # noqa: PLC0415 - only the parts hold arrays

    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    known = open_directory().points()
    known = known[known["district"].str.startswith("E")]
    rng = np.random.default_rng(asked.seed)
    for name, count in (("areas", asked.areas), ("sites", asked.sites)):
        drawn = known[["easting", "northing"]].to_numpy(float)[rng.integers(0, len(known), count)]
        np.save(folder / f"{name}.npy", drawn)


def floor(areas: Any, sites: Any, limit: float, stages: Stages) -> dict[str, float]:
    """Measure with NumPy alone: all pairs, nothing kept but a count; then only the pairs that there are, once known."""
    import numpy as np  # noqa: PLC0415

    metres, pairs, block = limit * METRES_PER_MILE, 0, 50
    with stages("NumPy, every pair measured and none kept"):
        for begin in range(0, len(areas), block):
            east = areas[begin : begin + block, :1] - sites[:, 0]
            north = areas[begin : begin + block, 1:] - sites[:, 1]
            far = np.sqrt(east * east + north * north)
            pairs += int(np.count_nonzero(far <= metres))
    near = [np.flatnonzero(np.hypot(*(sites - area).T) <= metres) for area in areas]
    origin, destination = np.repeat(np.arange(len(areas)), [len(n) for n in near]), np.concatenate(near)
    (east, north), (area_east, area_north) = np.ascontiguousarray(sites.T), np.ascontiguousarray(areas.T)
    with stages("NumPy, only the pairs within, as if known"):
        far = (east[destination] - area_east[origin]) ** 2 + (north[destination] - area_north[origin]) ** 2
        np.sqrt(far, out=far)
    return {"pairs": pairs, "miles": float(far.sum()) / METRES_PER_MILE}


def ours(areas: Any, sites: Any, limit: float, stages: Stages) -> dict[str, float]:
    """Make `SiteMatrix`: compressed rows, in no order and with the destinations ascending."""
    from placements.geography.site_matrix import site_matrix  # noqa: PLC0415

    ends = areas[:, 0], areas[:, 1], sites[:, 0], sites[:, 1]
    with stages("ours, compressed rows in no order"):
        found = site_matrix(*ends, limit, in_order=False)
    del found
    with stages("ours, compressed rows in order"):
        found = site_matrix(*ends, limit)
    return {"pairs": len(found), "miles": float(found.miles.sum())}


def balltree(areas: Any, sites: Any, limit: float, stages: Stages) -> dict[str, float]:
    """Build the tree and ask it, as its user does: an array for each area, in no order; then in our form."""
    import numpy as np  # noqa: PLC0415
    import scipy.sparse  # noqa: PLC0415
    from sklearn.neighbors import BallTree  # noqa: PLC0415

    with stages("scikit-learn BallTree, an array each, in no order"):
        index, far = BallTree(sites).query_radius(areas, limit * METRES_PER_MILE, return_distance=True)
    del index, far
    with stages("the same, then compressed rows in order"):
        index, far = BallTree(sites).query_radius(areas, limit * METRES_PER_MILE, return_distance=True)
        start = np.concatenate([[0], np.cumsum([len(one) for one in index])])
        parts = (np.concatenate(far), np.concatenate(index).astype(np.int32), start)
        matrix = scipy.sparse.csr_array(parts, shape=(len(areas), len(sites)))
        matrix.sort_indices()
    return {"pairs": matrix.nnz, "miles": float(matrix.data.sum()) / METRES_PER_MILE}


def access(areas: Any, sites: Any, limit: float, stages: Stages) -> dict[str, float]:
    """Take `create_euclidean_distance` from points to points, some areas at a time so that it fits into memory."""
    import geopandas as gpd  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    from access import Access  # noqa: PLC0415

    def frame(xy: Any, begin: int = 0) -> Any:
        names = {"geoid": np.arange(begin, begin + len(xy)), "value": 1.0}
        return gpd.GeoDataFrame(names, geometry=gpd.points_from_xy(*xy.T), crs="EPSG:27700").set_index("geoid")

    pairs, total, block = 0, 0.0, max(1, _ACCESS_PAIRS // len(sites))
    with stages("access, euclidean route, in pieces"):
        for begin in range(0, len(areas), block):
            peer = Access(frame(areas[begin : begin + block], begin), "value", frame(sites), "value")
            # It leaves out pairs at the threshold itself.
            peer.create_euclidean_distance(threshold=np.nextafter(limit * METRES_PER_MILE, np.inf))
            pairs, total = pairs + len(peer.cost_df), total + float(peer.cost_df["euclidean"].sum())
    return {"pairs": pairs, "miles": total / METRES_PER_MILE}


_RUN: Final[dict[str, Callable[..., dict[str, float]]]] = {
    "floor": floor,
    "ours": ours,
    "balltree": balltree,
    "access": access,
}


def run_part(part: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Run one part on the points in a folder; return its stages, pairs and miles."""
    import numpy as np  # noqa: PLC0415

    importlib.import_module(PARTS[part][0])
    areas, sites = np.load(folder / "areas.npy"), np.load(folder / "sites.npy")
    # What is imported on first use is imported now, by a matrix of a few points.
    _RUN[part](areas[:5], sites[:50], asked.limit, Stages())
    before, stages = peak_mb(), Stages()
    found = _RUN[part](areas, sites, asked.limit, stages)
    # Once more in the same process, which holds the memory now: what a caller sees who asks again.
    for _ in range(_AGAIN if stages.rows[-1]["seconds"] < 1 else 0):
        again = Stages()
        _RUN[part](areas, sites, asked.limit, again)
        for stage, other in zip(stages.rows, again.rows, strict=True):
            stage["again"] = min(stage.get("again", math.inf), other["seconds"])
    return {"stages": stages.rows, "before_mb": before, **found}


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Run every part and return what each says of itself; under `failed`, why a part does not."""
    result: dict[str, Any] = {"machine": machine(), "parts": {}, "failed": {}, "absent": {}}
    sizes = ["--areas", str(asked.areas), "--sites", str(asked.sites), "--limit", str(asked.limit)]
    with tempfile.TemporaryDirectory(prefix="placements-sites-") as folder:
        command = [sys.executable, "-m", "benchmarks.sites", *sizes, "--seed", str(asked.seed), "--folder", folder]
        fastest([*command, "--part", "points"], 1)
        for part, (module, package) in PARTS.items():
            if package and (asked.no_peer or importlib.util.find_spec(module) is None):
                result["absent"][part] = f"{package} was left out" if asked.no_peer else f"{package} is not installed"
                continue
            print(f"measuring: {part} ...", file=sys.stderr)
            load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
            try:
                result["parts"][part] = {**fastest([*command, "--part", part], asked.repeat), "load_before": load}
            except PartFailedError as error:
                result["failed"][part] = str(error)
    return result


def render(result: dict[str, Any], asked: argparse.Namespace) -> str:
    """Return the table of one run, as Markdown, and whether all parts found the same."""
    where, parts = result["machine"], result["parts"]
    loads = ", ".join(f"{part['load_before']} before {name}" for name, part in parts.items())
    rows = [(part, stage) for part in parts.values() for stage in part["stages"]]
    own = {name: next(s[name] for s in parts["ours"]["stages"]) for name in ("seconds", "cpu_seconds")}
    about = [
        where["date"],
        f"{where['processor']}, {where['cores']} cores",
        where["system"],
        f"Python {where['python']}",
    ]
    about += [f"{asked.areas:,} areas x {asked.sites:,} sites within {asked.limit:g} miles"]
    about += [f"{asked.repeat} run(s), the fastest", f"load of the machine {loads}"]
    heads = [
        "",
        "ms",
        "processor ms",
        "times the first of ours",
        "of processor",
        "ms, asked again",
        "memory above the points, MB",
        "pairs",
    ]
    lines = [" · ".join(about), "", f"| {' | '.join(heads)} |", "|---|" + "--:|" * (len(heads) - 1)]
    for part, stage in rows:
        cells = [stage["stage"], f"{1e3 * stage['seconds']:,.0f}", f"{1e3 * stage['cpu_seconds']:,.0f}"]
        cells += [f"{stage[name] / own[name]:.2f}" for name in own]
        cells += [f"{1e3 * stage['again']:,.0f}" if "again" in stage else ""]
        cells += [f"{stage['peak_mb'] - part['before_mb']:,.0f}", f"{part['pairs']:,.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", _agreement(parts), *(f"{why}: not measured." for why in result["absent"].values())]
    return "\n".join(lines) + "\n"


def _agreement(parts: dict[str, Any]) -> str:
    counts, miles = {part["pairs"] for part in parts.values()}, [part["miles"] for part in parts.values()]
    apart = (max(miles) - min(miles)) / max(miles)
    same = "the same number of pairs" if len(counts) == 1 else f"NOT the same number of pairs: {sorted(counts)}"
    return f"All parts found {same}; their miles in all differ by {apart:.1g} of themselves at most."


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table; return 0, or 1 when a part failed. A peer that is not there is named and skipped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sites", description=__doc__.splitlines()[0])
    for name, kind, default in (
        ("areas", int, 2_000),
        ("sites", int, 27_000),
        ("limit", float, 20.0),
        ("seed", int, 1),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each part; the fastest counts (3)")
    parser.add_argument("--cores", type=int, default=2, help="cores that all parts share (2)")
    parser.add_argument("--no-peer", action="store_true", help="the floor and our side only")
    parser.add_argument("--json", type=Path, help="write all figures here too")
    parser.add_argument("--part", choices=["points", *PARTS], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.part == "points":
        points(asked.folder, asked)
        print(json.dumps({"stages": []}))
        return 0
    if asked.part:
        print(json.dumps(run_part(asked.part, asked.folder, asked)))
        return 0
    hold_cores(asked.cores)
    result = measure(asked)
    if "ours" in result["parts"]:
        print(render(result, asked))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for part, why in result["failed"].items():
        print(f"NOT MEASURED: {part}. {why}", file=sys.stderr)
    return 1 if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
