"""The peer's side, run by the peer's own interpreter: read the returns and locate their episodes, a return at a time.

    PYTHON peer_lac_validator.py DATA OUT

Needs nothing but the peer (`csc-validator-be-903`, imported as `lac_validator`) and the standard library. Its checks
are not run. The answers go to OUT as arrays, so that ours can be held against them.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

AUTHORITY = "E10000030"
LETTERS = "ABCDEFGHIJKLMNOPRSTUWYZ"


def peak_mb():
    """Return the most memory this process ever held (resident), in megabytes of a million bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


class Stage:
    """Sums the seconds, processor seconds and rows of one stage over several returns."""

    def __init__(self, name):
        self.name, self.seconds, self.cpu_seconds, self.rows, self.peak_mb = name, 0.0, 0.0, 0, 0.0

    def __enter__(self):
        self._began, self._used = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *problem):
        self.seconds += time.perf_counter() - self._began
        self.cpu_seconds += time.process_time() - self._used
        self.peak_mb = peak_mb()

    def as_dict(self):
        """Return what was measured."""
        names = ("rows", "seconds", "cpu_seconds", "peak_mb")
        return {"stage": self.name, **{name: getattr(self, name) for name in names}}


def main():
    """Read and locate every return below DATA, then locate all their episodes again in one go."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    names = ("import", "postcodes, load", "read ssda903", "locate, a return at a time", "locate, all at once")
    stages = {name: Stage(name) for name in names}
    with stages["import"]:
        import numpy as np  # noqa: PLC0415 - the import is timed
        import pandas as pd  # noqa: PLC0415
        from lac_validator import datastore, ingress  # noqa: PLC0415
    with stages["postcodes, load"] as stage:
        datastore.postcodes.load_postcodes(list(LETTERS))
        stage.rows = len(datastore.postcodes.dataframe)

    location, distance, kept = [], [], []
    for folder in sorted(path for path in (asked.data / "ssda903").iterdir() if path.is_dir()):
        with stages["read ssda903"] as stage:
            files = [
                {"name": path.name, "file_content": path.read_bytes(), "description": "This year"}
                for path in sorted(folder.glob("*.csv"))
            ]
            frames = ingress.read_csvs_from_text(files)
            stage.rows += sum(len(frame) for frame in frames.values())
        about = {"localAuthority": AUTHORITY, "collectionYear": folder.name}
        with stages["locate, a return at a time"] as stage:
            located = datastore.create_datastore(frames, about)["Episodes"]
            stage.rows += len(located)
        said = located["PL_LOCATION"]
        location.append(np.select([said.eq("IN").fillna(False), said.eq("OUT").fillna(False)], [1, 0], -1))
        distance.append(located["PL_DISTANCE"].to_numpy(float))
        kept.append(frames["Episodes"])
        del located, frames
    asked.out.mkdir(parents=True, exist_ok=True)
    np.save(asked.out / "location.npy", np.concatenate(location).astype(np.int8))
    np.save(asked.out / "distance.npy", np.concatenate(distance))
    held = peak_mb()

    everything = pd.concat(kept, ignore_index=True)
    del kept
    about = {"localAuthority": AUTHORITY, "collectionYear": "2025"}
    with stages["locate, all at once"] as stage:
        stage.rows = len(datastore.create_datastore({"Episodes": everything}, about)["Episodes"])
    versions = {"python": sys.version.split()[0], "pandas": pd.__version__, "numpy": np.__version__}
    answer = {"stages": [stage.as_dict() for stage in stages.values()], "peak_mb": held, "versions": versions}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
