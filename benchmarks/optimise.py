"""How long do classical location models take to prove, beside PySAL spopt and HiGHS? Published instances.

    python -m benchmarks.optimise FOLDER [--only pmedian cfl coverage] [--instances pmed1 capa ...] [--peers ...]
                                  [--time-limit 120] [--json FILE] [--render FILE ...]

FOLDER holds `pmed/`, `cap/` and `mclp/` (see `instances.py`). Every solve is a process of its own, in one thread, with
its own peak memory; building the model is timed apart from solving it, and loading libraries is not timed. What a peer
answers is costed from its open sites and compared with the published optimum: its own "optimal" counts only if that
agrees and the time was not over.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.read import PartFailedError, hold_cores, machine, own_environment, run

#: What is installed for the peers: PySAL's models, the modeller with CBC, and HiGHS.
PEER_PINS: Final = ("spopt==0.7.0", "pulp==3.3.2", "highspy==1.16.0")
PEERS: Final = {
    "pulp-cbc": {"pmedian": "spopt + CBC", "coverage": "spopt + CBC", "cfl": "CBC, strong form"},
    "pulp-highs": {"pmedian": "spopt + HiGHS", "coverage": "spopt + HiGHS"},
    "highs": {"pmedian": "HiGHS, strong form", "coverage": "HiGHS, sparse", "cfl": "HiGHS, strong form"},
}
PARTS: Final = ("pmedian", "cfl", "coverage")
#: Coverage instances: radius, number of sites to open, and the optimum where it is known.
COVERAGE: Final = (
    ("SJC324", 800.0, 3, math.nan),
    ("SJC708", 800.0, 6, 22_504.0),
    ("SJC708", 800.0, 10, math.nan),
    ("ZDS1800", 3.5, 15, math.nan),
    ("BDS10000A", 5.5, 10, 441_545.0),
    ("BDS10000A", 6.25, 10, 485_802.0),
)
#: Two answers are the same when they differ by less than this, of themselves.
SAME: Final = 1e-6
_PEER_SCRIPT: Final = str(Path(__file__).with_name("location_peers.py"))
_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def instances(folder: Path, part: str, wanted: list[str]) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Yield name, published optimum (not a number if unknown) and arrays of every instance asked for."""
    from benchmarks.instances import read_coverage, read_p_median, read_warehouses, warehouse_names  # noqa: PLC0415

    if part == "pmedian":
        for number in range(1, 41):
            if _is_wanted(f"pmed{number}", wanted):
                one = read_p_median(folder, f"pmed{number}")
                yield one.name, one.published, {"kind": "p-median", "cost": one.cost, "p": one.p}
    elif part == "cfl":
        for name, capacity in warehouse_names(folder):
            if _is_wanted(name if capacity is None else f"{name}-{capacity:.0f}", wanted):
                found = read_warehouses(folder, name, capacity)
                arrays = {key: getattr(found, key) for key in ("cost", "fixed_cost", "capacity", "demand")}
                yield found.name, found.published, {"kind": "warehouses", **arrays}
    else:
        for name, radius, p, published in COVERAGE:
            if _is_wanted(name, wanted):
                cover = read_coverage(folder, name, radius, p, published)
                arrays = {"distance": cover.distance, "weights": cover.weights}
                yield cover.name, published, {"kind": "coverage", **arrays, "radius": radius, "p": p}


def _is_wanted(name: str, wanted: list[str]) -> bool:
    return not wanted or name in wanted or name.partition("-")[0] in wanted


def ours(file: str, limit_s: float) -> dict[str, Any]:
    """Solve one instance with `placements.location` and say how it went: the part that runs in a process of its own."""
    import resource  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415

    import placements.location as pl  # noqa: PLC0415

    with np.load(file) as stored:
        data = {name: stored[name] if stored[name].ndim else stored[name].item() for name in stored.files}
    kind = data.pop("kind")
    call = {"p-median": pl.p_median, "coverage": pl.max_coverage, "warehouses": pl.capacitated_facility_location}[kind]
    begin, cpu = time.perf_counter(), time.process_time()
    result = call(**data, time_limit_s=limit_s)
    return {
        "build_s": 0.0,
        "solve_s": time.perf_counter() - begin,
        "cpu_s": time.process_time() - cpu,
        "said": result.status,
        "proved": result.status == "optimal",
        "objective": result.objective if math.isfinite(result.objective) else None,
        "bound": result.bound,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Solve every instance by all sides in turn; return the figures."""
    import numpy as np  # noqa: PLC0415

    os.environ.update(_ONE_THREAD)
    out: dict[str, Any] = {"machine": machine(), "time_limit_s": asked.time_limit, "rows": [], "failed": {}}
    python = None
    if asked.peers:
        try:
            python = own_environment(asked.cache, PEER_PINS, ("3.11", "3.12", "3.13"), "spopt, pulp, highspy")
        except PartFailedError as error:
            out["failed"]["peers"] = str(error)
    with tempfile.TemporaryDirectory(prefix="placements-location-") as folder:
        file = str(Path(folder) / "instance.npz")
        for part in asked.only:
            for name, published, data in instances(asked.folder, part, asked.instances):
                np.savez(file, **data)
                shape = data["distance" if part == "coverage" else "cost"].shape
                row: dict[str, Any] = {"part": part, "name": name, "demand": shape[0], "sites": shape[1]}
                row["published"] = None if math.isnan(published) else published
                limit = str(asked.time_limit)
                sides = {"ours": [sys.executable, "-m", "benchmarks.optimise", "--ours", file, "--time-limit", limit]}
                for peer in asked.peers if python else ():
                    if part in PEERS[peer]:
                        sides[peer] = [str(python), _PEER_SCRIPT, peer, file, limit]
                for side, command in sides.items():
                    print(f"{name}: {side} ...", file=sys.stderr, flush=True)
                    row[side] = timed(command, asked.time_limit)
                out["rows"].append(row)
                if asked.json:
                    asked.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    return out


def timed(command: list[str], limit_s: float) -> dict[str, Any]:
    """Run one side, with three times the limit and a minute to build; return what it says, or why it says nothing."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    begin = time.perf_counter()
    try:
        return {**run(["timeout", str(int(3 * limit_s + 60)), *command]), "load_before": load}
    except PartFailedError as error:
        said = str(error).partition(": ")[2].strip()  # nothing when it was ended for taking too long
        return {"failed": said[-300:], "seconds": time.perf_counter() - begin, "load_before": load}


def is_proved(row: dict[str, Any], side: str) -> bool:
    """Return whether a side proved its answer, and the answer is the published one, or ours where none is published."""
    said = row[side]
    if said.get("objective") is None or not said["proved"]:
        return False
    true = row["published"] if row["published"] is not None else row["ours"]["objective"]
    return abs(said["objective"] - true) <= SAME * abs(true)


def gap_of(row: dict[str, Any], side: str) -> float | None:
    """Return how far from the published (or our) optimum the answer of a side is, of that optimum; None without one."""
    said = row[side]
    if said.get("objective") is None:
        return None
    true = row["published"] if row["published"] is not None else row["ours"]["objective"]
    return abs(said["objective"] - true) / abs(true)


def seconds_of(said: dict[str, Any]) -> tuple[float, float]:
    """Return wall seconds, building and solving, and processor seconds of both."""
    if "failed" in said:
        return said["seconds"], math.nan
    return said["build_s"] + said["solve_s"], said["cpu_s"]


def render(found: dict[str, Any]) -> str:
    """Return tables in Markdown: a row for each instance and side, and the ratios."""
    lines: list[str] = []
    for part in PARTS:
        rows = [row for row in found["rows"] if row["part"] == part]
        if rows:
            lines += [f"### {part}", "", *_table(part, rows), "", *_ratios(part, rows), ""]
    return "\n".join(lines)


def _table(part: str, rows: list[dict[str, Any]]) -> list[str]:
    heads = ["instance", "demand x sites", "side", "answer", "off the optimum", "proved", "build s", "solve s"]
    heads += ["processor s", "MB", "times ours", "of processor"]
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|" + "--:|" * (len(heads) - 3)]
    for row in rows:
        base, base_cpu = seconds_of(row["ours"])
        for side in ("ours", *PEERS):
            if side not in row:
                continue
            said = row[side]
            first = [row["name"], f"{row['demand']:,} x {row['sites']:,}"] if side == "ours" else ["", ""]
            title = "ours" if side == "ours" else PEERS[side][part]
            if "failed" in said:
                lines.append(f"| {' | '.join([*first, title, 'none: ' + why(said), *[''] * (len(heads) - 4)])} |")
                continue
            total, cpu = seconds_of(said)
            gap = gap_of(row, side)
            known = "" if gap is None else "0" if gap <= SAME else f"{gap:.2%}"
            more = "" if is_proved(row, side) else ">"
            ratio = ["", ""] if side == "ours" else [f"{more}{total / base:,.1f}", f"{more}{cpu / base_cpu:,.1f}"]
            cells = [*first, title, "none" if gap is None else f"{said['objective']:,.3f}".removesuffix(".000"), known]
            cells += ["yes" if is_proved(row, side) else "NO", f"{said['build_s']:.2f}", f"{said['solve_s']:.2f}"]
            cells += [f"{cpu:.2f}", f"{said['peak_mb']:,.0f}", *ratio]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def why(said: dict[str, Any]) -> str:
    """Return in few words why a side has no answer."""
    return said["failed"].splitlines()[-1][:60].replace("|", "/") if said["failed"].strip() else "no answer in time"


def _ratios(part: str, rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"Ours: {sum(is_proved(row, 'ours') for row in rows)} of {len(rows)} proved, at the published optimum."]
    for peer in PEERS:
        both = [row for row in rows if peer in row]
        if not both:
            continue
        pairs = [(row, seconds_of(row[peer]), seconds_of(row["ours"])) for row in both]
        proved = [is_proved(row, peer) for row in both]
        wall = math.exp(sum(math.log(theirs[0] / mine[0]) for _, theirs, mine in pairs) / len(pairs))
        cpu = [math.log(theirs[1] / mine[1]) for _, theirs, mine in pairs if math.isfinite(theirs[1])]
        at_least = "" if all(proved) else "at least "
        part_cpu = f", {math.exp(sum(cpu) / len(cpu)):,.1f} of processor seconds" if cpu else ""
        lines.append(
            f"{PEERS[peer][part]}: {sum(proved)} of {len(both)} proved; geometric mean {at_least}{wall:,.1f} times "
            f"our seconds{part_cpu}."
        )
    return lines


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    out = argparse.ArgumentParser(prog="python -m benchmarks.optimise", description=__doc__.splitlines()[0])
    out.add_argument("folder", nargs="?", type=Path, help="where the published instances are")
    out.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    out.add_argument("--instances", nargs="+", default=[], help="pmed1, cap61, capa, capa-8000, SJC708 ... (all)")
    out.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS), help="none: our side only")
    out.add_argument("--time-limit", type=float, default=120.0, help="seconds for each solve (120)")
    out.add_argument("--cores", type=int, default=2)
    out.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "placements-benchmarks")
    out.add_argument("--json", type=Path, help="write all figures here too, after every instance")
    out.add_argument("--render", nargs="+", type=Path, help="print the tables of figures written before, and stop")
    out.add_argument("--ours", help=argparse.SUPPRESS)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0 done, 1 when ours misses a published optimum within the time, 2 no folder, 3 no peers."""
    asked = parser().parse_args(arguments)
    if asked.ours:
        print(json.dumps(ours(asked.ours, asked.time_limit)))
        return 0
    if asked.render:
        read = [json.loads(path.read_text(encoding="utf-8")) for path in asked.render]
        found = {**read[0], "rows": [row for one in read for row in one["rows"]]}
    elif asked.folder is None or not asked.folder.is_dir():
        print("name a folder with the published instances", file=sys.stderr)
        return 2
    else:
        hold_cores(asked.cores)
        found = measure(asked)
    where = found["machine"]
    about = [where["date"], f"{where['processor']}, {where['cores']} cores", f"Python {where['python']}"]
    loads = [row[side]["load_before"] for row in found["rows"] for side in ("ours", *PEERS) if side in row]
    loads = [load for load in loads if load is not None]
    if loads:
        about.append(f"load of the machine {min(loads):.1f} to {max(loads):.1f}")
    print(" · ".join([*about, f"limit {found['time_limit_s']:g} s a solve"]), end="\n\n")
    print(render(found))
    for part, why in found["failed"].items():
        print(f"NOT MEASURED: {part}. {why}", file=sys.stderr)
    if any(row["published"] is not None and (gap_of(row, "ours") or 0.0) > SAME for row in found["rows"]):
        print("MISSED: ours did not reach a published optimum.", file=sys.stderr)
        return 1
    return 3 if found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
