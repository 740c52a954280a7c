"""How much sooner are many studies optimised by two workers than by one, and are the files the same?

Authorities drawn at random, each made up small, are read, forecast, optimised and written as `placements optimise
FOLDER --out FOLDER` does: here, by one worker of a local cluster, and by several. Making them up is not in the seconds;
starting workers, which import everything, is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.forecast_scale import drawn, prepare, processor_seconds
from benchmarks.read import machine


def measure(folders: list[Path], out: Path, workers: int | None) -> dict[str, Any]:
    """Optimise them once; without a number of workers here."""
    from placements.commands.optimise_studies import studies_optimised, total_of  # noqa: PLC0415
    from placements.commands.optimise_study import Asked  # noqa: PLC0415
    from placements.progress import Reporter  # noqa: PLC0415

    began, used = time.perf_counter(), processor_seconds()
    cluster = None if workers is None else "local"
    rows, code = studies_optimised(folders, Asked(), out, Reporter(quiet=True), cluster, workers=workers)
    return {
        "workers": workers or 0,
        "seconds": time.perf_counter() - began,
        "processor_seconds": processor_seconds() - used,
        "code": code,
        "total": total_of(rows),
        "load": os.getloadavg()[0],
        "files": {path.name: path.read_bytes() for path in sorted(out.iterdir())},
    }


def render(found: list[dict[str, Any]], studies: int) -> str:
    """Return the table; ratios are to one worker."""
    one = next(run for run in found if run["workers"] == 1)
    lines = [
        "| studies | workers | s | processor s | s of one worker / s | status | cut short | load at the end |",
        "|--:|--:|--:|--:|--:|---|---|--:|",
    ]
    for run in found:
        ratio, total = one["seconds"] / run["seconds"], run["total"]
        lines.append(
            f"| {studies} | {run['workers'] or 'here'} | {run['seconds']:.1f} | {run['processor_seconds']:.1f} "
            f"| {ratio:.2f} | {total['status']} | {'yes' if total['cut_short'] else 'no'} | {run['load']:.1f} |"
        )
    same = all(run["files"] == one["files"] for run in found)
    return "\n".join([*lines, "", f"All files are {'the same, byte for byte' if same else 'NOT the same'}."])


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when a study had no plan or files differ."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.optimise_studies", description=__doc__)
    asked.add_argument("--studies", type=int, default=12)
    asked.add_argument("--children", type=int, default=60, help="children looked after of each, made up")
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--folder", type=Path, help="keep the studies here")
    given = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folders = prepare(given.folder or Path(temporary) / "studies", drawn(given.studies), given.children)
        found = [measure(folders, Path(temporary) / str(workers), workers) for workers in (None, 1, given.workers)]
    about = machine() | {name: version(name) for name in ("ortools", "distributed", "numpy")}
    print(json.dumps(about))
    print(render(found, len(folders)))
    failed = any(run["code"] not in (0, 6) or run["files"] != found[0]["files"] for run in found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
