"""How long do ten thousand futures of many authorities take, on how much memory?

    python -m benchmarks.forecast_scale [--studies 8] [--runs 10000] [--cluster local] [--folder FOLDER] [--json FILE]

Made-up counties of authorities drawn at random (the same ones each time) are forecast together as by `placements
forecast FOLDER --runs 10000 --cluster local --out FOLDER`, in this process and its workers. A folder that is named is
kept, and what is in it is not made anew.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from benchmarks.ours import peak_mb
from benchmarks.read import machine

#: Upper-tier authorities of England are 153.
ENGLAND: Final = 153
_SNAPSHOT: Final = dt.date(2025, 3, 31)
_SEED: Final = 2025
_DRAWN_BY: Final = 1


def drawn(count: int) -> list[str]:
    """Return the names of so many authorities, drawn at random; more of them begin with the same ones."""
    from placements.geography.authorities import all_authorities  # noqa: PLC0415

    names = [one.name for one in all_authorities(_SNAPSHOT)]
    random.Random(_DRAWN_BY).shuffle(names)
    return names[:count]


def prepare(folder: Path, names: list[str], children: int | None = None) -> list[Path]:
    """Make up a county of each authority; return their folders."""
    from placements.geography.postcodes import open_directory  # noqa: PLC0415
    from placements.newstudy import init_study  # noqa: PLC0415
    from placements.synthetic import synthesise  # noqa: PLC0415

    folders = []
    for name in names:
        one = folder / re.sub(r"\W+", "-", name.lower()).strip("-")
        folders.append(one)
        if not (one / "data" / "SYNTHETIC.md").exists():
            print(f"making up: {name} ...", file=sys.stderr)
            study = init_study(one, name, synthetic=True)
            synthesise(study.data, study.authority, open_directory(), snapshot=_SNAPSHOT, seed=_SEED, children=children)
    return folders


def measure(folders: list[Path], asked: argparse.Namespace) -> dict[str, Any]:
    """Forecast the studies; return seconds, child-months and memory."""
    from placements.commands import forecast_studies  # noqa: PLC0415
    from placements.commands.forecast_study import Asked  # noqa: PLC0415
    from placements.progress import Reporter  # noqa: PLC0415

    counts: list[float] = []
    children: list[int] = []
    whole = forecast_studies.study_sums
    begun = forecast_studies.begun

    def counted(*given: Any) -> Iterator[Any]:
        for position, sums in whole(*given):
            if not isinstance(sums, Exception):
                counts.append(_child_months(sums.held))
            yield position, sums

    def settled(*given: Any) -> Any:
        one = begun(*given)
        children.append(len(one.jobs[0].model.settled))
        return one

    before = processor_seconds()
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="placements-scale-") as out,
        _watched() as workers,
        patch.object(forecast_studies, "study_sums", counted),
        patch.object(forecast_studies, "begun", settled),
    ):
        rows, code = forecast_studies.studies_forecast(
            folders, Asked(("service", "provision"), asked.years, asked.runs), Path(out), Reporter(), asked.cluster
        )
    return {
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "studies": len(rows),
        "failed": [row["study"] for row in rows if row["reason"]],
        "code": code,
        "runs": asked.runs,
        "years": asked.years,
        "cluster": asked.cluster,
        "children": sum(children),
        "child_months": sum(counts),
        "seconds": time.perf_counter() - began,
        "processor_seconds": processor_seconds() - before,
        "client_mb": peak_mb(),
        "workers_mb": sorted(workers.values(), reverse=True),
    }


def _child_months(held: Any) -> float:
    """Return child-months of all runs: between the ends of years that are known the number goes in a straight line.

    The first year counts as its last month does.
    """
    ends = held.sum(axis=(0, 2))
    return float(12 * (ends[0] + sum((one + other) / 2 for one, other in pairwise(ends))))


def processor_seconds() -> float:
    """Return what this process and those that it has ended have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@contextlib.contextmanager
def _watched() -> Iterator[dict[int, float]]:
    """Give the most memory that each process under this one ever held, in MB of a million bytes (Linux)."""
    found: dict[int, float] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            for pid in _below(os.getpid()):
                with contextlib.suppress(OSError, StopIteration):
                    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
                    peak = next(line for line in lines if line.startswith("VmHWM"))
                    found[pid] = 1024 * int(peak.split()[1]) / 1e6

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _below(parent: int) -> Iterator[int]:
    """Return the processes started by one, and by those."""
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for pid in map(int, task.read_text(encoding="utf-8").split()):
                yield pid
                yield from _below(pid)


def render(found: dict[str, Any]) -> str:
    """Return the figures as Markdown, with what all of England would take by this measure."""
    where = found["machine"]
    about = [where["date"], f"{where['processor']}, {where['cores']} cores", f"Python {where['python']}"]
    about += [f"{found['years']} years by months", f"load of the machine at the end {found['load']}"]
    hours = found["seconds"] / found["studies"] * ENGLAND / 3600
    used = found["processor_seconds"] / found["studies"] * ENGLAND / 3600
    cells = (
        f"{found['studies']} x {found['runs']:,}",
        found["cluster"] or "none",
        f"{found['children']:,}",
        f"{found['child_months']:,.0f}",
        f"{found['seconds']:,.0f}",
        f"{found['processor_seconds']:,.0f}",
        f"{found['child_months'] / found['seconds']:,.0f}",
        f"{found['client_mb']:,.0f}",
        " ".join(f"{one:,.0f}" for one in found["workers_mb"] if one > 100) or "-",
        f"{hours:.1f} ({used:.1f})",
    )
    head = "| studies x runs | cluster | children | child-months | s | processor s | child-months a second |"
    head += f" client, MB | workers, MB | {ENGLAND} by this measure, hours (of processor) |"
    return "\n".join([" · ".join(about), "", head, "|--:|---" + "|--:" * 8 + "|", f"| {' | '.join(cells)} |"])


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    out = argparse.ArgumentParser(prog="python -m benchmarks.forecast_scale", description=__doc__.splitlines()[0])
    out.add_argument("--studies", type=int, default=8, help="authorities, drawn at random (8)")
    out.add_argument("--runs", type=int, default=10_000, help="runs of each (10,000)")
    out.add_argument("--years", type=int, default=5)
    out.add_argument("--children", type=int, help="children looked after in each, instead of as many as there are")
    out.add_argument("--cluster", help="as of `placements forecast`: local, or a scheduler's address; without: here")
    out.add_argument("--folder", type=Path, help="where the studies are, or are made and kept")
    out.add_argument("--json", type=Path, help="write all figures here too")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit code of the forecasts."""
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="placements-scale-") as folder:
        folders = prepare(asked.folder or Path(folder), drawn(asked.studies), asked.children)
        found = measure(folders, asked)
    print(render(found))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(found["code"])


if __name__ == "__main__":
    sys.exit(main())
