"""Our side, and the floor under it: each part runs in a process of its own and says what it took, as JSON.

    python -m benchmarks.ours PART DATA [--out FOLDER]

Parts: `floor` (bare pyarrow over the same bytes), `cold` (the postcode directory compiled afresh), `shared` (what the
peer does too: read the returns, locate every row of each), `national` (everything: read, rules, spells, locate).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

#: The authority that "in county" means, on both sides.
AUTHORITY: Final = "E10000030"
_STARTED: Final = time.perf_counter()


class Stages:
    """Seconds, processor seconds and rows of each stage, and the most memory held up to its end."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[dict[str, Any]]:
        """Time a stage; the body puts its number of `rows` in what it is given."""
        stage: dict[str, Any] = {"stage": name, "rows": 0}
        began, used = time.perf_counter(), time.process_time()
        yield stage
        stage["seconds"], stage["cpu_seconds"] = time.perf_counter() - began, time.process_time() - used
        stage["peak_mb"] = peak_mb()
        self.rows.append(stage)


def peak_mb() -> float:
    """Return the most memory this process ever held (resident), in megabytes of a million bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def limit_threads() -> int:
    """Hold Arrow to the cores this process may use; return how many."""
    import pyarrow as pa  # noqa: PLC0415 - imports are timed

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    pa.set_cpu_count(cores)
    return cores


def episode_files(data: Path) -> list[Path]:
    """Return the episodes of every return, by year: the order of rows on both sides."""
    return sorted(data.glob("ssda903/*/episodes.csv"))


def floor(data: Path, stages: Stages) -> None:
    """Read the same bytes with nothing but pyarrow, types guessed as it likes."""
    import pyarrow.csv as pa_csv  # noqa: PLC0415

    for source in ("ssda903", "sen2", "gias"):
        with stages(f"read {source}") as stage:
            for path in sorted((data / source).rglob("*.csv")):
                encoding = "cp1252" if source == "gias" else "utf8"
                stage["rows"] += len(pa_csv.read_csv(path, read_options=pa_csv.ReadOptions(encoding=encoding)))


def cold(data: Path, stages: Stages) -> None:
    """Compile the postcode directory as on a machine that never ran us."""
    from placements.geography.postcodes import open_directory  # noqa: PLC0415

    del data
    with tempfile.TemporaryDirectory(prefix="placements-cold-") as cache, stages("postcodes, cold") as stage:
        stage["rows"] = len(open_directory(Path(cache)))


def shared(data: Path, stages: Stages, out: Path | None) -> dict[str, float]:
    """Do what the peer does too, and hold the answers against its answers where it left them in `out`."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv as pa_csv  # noqa: PLC0415

    from placements.geography.authorities import find_authority  # noqa: PLC0415
    from placements.geography.locate import locate  # noqa: PLC0415
    from placements.geography.postcodes import open_directory  # noqa: PLC0415
    from placements.read.rawtable import read_tables  # noqa: PLC0415
    from placements.read.ssda903 import read_ssda903  # noqa: PLC0415
    from placements.read.ssda903_tables import KNOWN  # noqa: PLC0415

    with stages("postcodes, warm") as stage:
        directory = open_directory()
        stage["rows"] = len(directory)
    # The peer's reading ends at text in capitals. This stage does as much, and tells files apart; the next does all.
    with stages("read ssda903 as text") as stage:
        for path in sorted((data / "ssda903").rglob("*.csv")):
            stage["rows"] += sum(len(table) for table in read_tables(path, KNOWN))
    with stages("read ssda903") as stage:
        stage["rows"] = int(read_ssda903(data / "ssda903", data).files["rows_in"].sum())
    # The reader keeps the latest statement of an episode; the peer locates every statement, and so does this.
    columns = ["HOME_POST", "PL_POST"]
    convert = pa_csv.ConvertOptions(include_columns=columns, column_types=dict.fromkeys(columns, pa.string()))
    told = pa.concat_tables(pa_csv.read_csv(path, convert_options=convert) for path in episode_files(data))
    statements = pd.DataFrame({name: told[name].to_pandas().fillna("").astype("str") for name in columns})
    with stages("locate every row") as stage:
        located = locate(statements, find_authority(AUTHORITY), directory, home="HOME_POST", placement="PL_POST")
        stage["rows"] = len(located)
    if out is None or not (out / "location.npy").exists():
        return {}
    theirs, their_miles = np.load(out / "location.npy"), np.load(out / "distance.npy")
    ours = located["location"].map({"in_county": 1, "out_of_county": 0}).fillna(-1).to_numpy(int)
    miles = located["distance_miles"].to_numpy(float)
    irish = located["placement_authority"].eq("NIR").to_numpy(bool)
    # To one decimal on both sides: 0.101 allows for a last digit that rounds the other way.
    both = np.isfinite(miles) & np.isfinite(their_miles) & ~irish
    near = np.abs(miles - their_miles)[both] < 0.101
    return {
        "rows": len(ours),
        "same_location": float((ours == theirs).mean()),
        "same_distance": float(near.mean()) if both.any() else 1.0,
        "distance_on_one_side_only": float((np.isfinite(miles) != np.isfinite(their_miles)).mean()),
        "in_northern_ireland": float(irish.mean()),
    }


def national(data: Path, stages: Stages) -> None:
    """Read everything, hold it against the rules, merge spells and locate every episode."""
    import pandas as pd  # noqa: PLC0415

    from placements.geography.authorities import find_authority  # noqa: PLC0415
    from placements.geography.locate import locate  # noqa: PLC0415
    from placements.geography.postcodes import open_directory  # noqa: PLC0415
    from placements.read.everything import READERS, together  # noqa: PLC0415
    from placements.spells import placement_spells  # noqa: PLC0415
    from placements.validate import Evidence, check_rules  # noqa: PLC0415

    with stages("postcodes, warm") as stage:
        directory = open_directory()
        stage["rows"] = len(directory)
    parts = {}
    for source, read in READERS.items():
        if not (data / source).is_dir():
            parts[source] = read(data / source, data)
            continue
        with stages(f"read {source}") as stage:
            parts[source] = read(data / source, data)
            stage["rows"] = int(parts[source].files["rows_in"].sum())
    with stages("put together") as stage:
        tables = together(parts)
        stage["rows"] = len(tables.children) + len(tables.episodes) + len(tables.plans) + len(tables.provision)
    del parts
    with stages("rules") as stage:
        check_rules(Evidence(tables, pd.Timestamp("2025-03-31")))
        stage["rows"] = len(tables.episodes) + len(tables.plans) + len(tables.education_placements)
    with stages("spells") as stage:
        placement_spells(tables.episodes)
        stage["rows"] = len(tables.episodes)
    with stages("locate episodes") as stage:
        locate(tables.episodes, find_authority(AUTHORITY), directory)
        stage["rows"] = len(tables.episodes)


def main() -> None:
    """Run one part and print what it took, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ours")
    parser.add_argument("part", choices=["floor", "cold", "shared", "national"])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, help="where the peer left its answers")
    asked = parser.parse_args()
    stages = Stages()
    answer: dict[str, Any] = {"cores": limit_threads()}
    if asked.part == "shared":
        answer["agreement"] = shared(asked.data, stages, asked.out)
    else:
        {"floor": floor, "cold": cold, "national": national}[asked.part](asked.data, stages)
    answer |= {"stages": stages.rows, "seconds": time.perf_counter() - _STARTED, "peak_mb": peak_mb()}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
