"""The forecasts of many studies, one file each: read one after the other, their runs simulated all together.

A study is read when there is room for its runs, and its file is written, whole, as soon as they are done: what is there
is complete, whatever becomes of the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from placements.commands.forecast_study import Asked, Begun, begun, mapping
from placements.errors import DataError, PlacementsError, UsageError
from placements.forecasting.scale import Job, Sums, study_sums
from placements.loading import load_within
from placements.manifest import json_text
from placements.progress import Reporter, Stage
from placements.writing import write_text

#: What is said of each study: children looked after at the end of the last year ahead, with the band of four fifths.
STUDY_COLUMNS: Final = (*("study", "authority", "runs", "on", "looked_after", "low_80", "high_80", "file", "reason"),)


def studies_in(paths: Sequence[Path]) -> list[Path]:
    """Return the folders of studies: each path that is one, or else those in it, by name.

    A path that is neither is returned as it is: opening it says what is wrong.
    """
    found: list[Path] = []
    for path in paths:
        inside = [] if (path / "study.toml").exists() else sorted(one.parent for one in path.glob("*/study.toml"))
        found += inside or [path]
    return found


def studies_forecast(
    folders: Sequence[Path], asked: Asked, out: Path, reporter: Reporter, cluster: str | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Forecast each study and write its report to a file of its name in a folder.

    Parameters
    ----------
    folders : sequence of Path
    asked : Asked
    out : Path
        Made if it is not there. A file of an earlier forecast is replaced when the new one is complete.
    reporter : Reporter
    cluster : str, optional
        `local`, or the address of a scheduler; without, runs are simulated here. The files are the same, to the bit.

    Returns
    -------
    list of dict
        `STUDY_COLUMNS` of each study, in the order asked for; `reason` says why there is none of one.
    int
        An exit code: 0, or the highest of those studies of which there is none.

    Raises
    ------
    UsageError
        When two studies would have the same file, or there is no cluster at the address.
    """
    batch = _Batch(folders, asked, _files(folders, out), reporter)
    with reporter.stage("forecast studies") as stage, mapping(cluster) as mapper:
        batch.stage = stage
        with closing(study_sums(batch.jobs(), mapper, batch.told)) as whole:
            for position, sums in whole:
                batch.finished(position, sums)
        written = len(folders) - len(batch.errors)
        where = "here" if cluster is None else f"on cluster {cluster}"
        stage.done(f"{written} of {len(folders)} written, simulated {where}")
    return [batch.rows[position] for position in range(len(folders))], max(batch.errors.values(), default=0)


def _files(folders: Sequence[Path], out: Path) -> list[Path]:
    """Return the file of each study: the name of its folder."""
    names = [folder.resolve().name for folder in folders]
    twice = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
    if twice:
        raise UsageError(
            f"several studies are in a folder called {', '.join(twice)}: their files would be the same; forecast them "
            f"one at a time, with --out folders of their own"
        )
    return [out / f"{name}.json" for name in names]


@dataclass(eq=False)
class _Batch:
    """Studies under way: what is held of each from when it is read to when it is written."""

    folders: Sequence[Path]
    asked: Asked
    files: Sequence[Path]
    reporter: Reporter
    stage: Stage | None = None
    begun: dict[int, Begun] = field(default_factory=dict)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, int] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)

    def jobs(self) -> Iterator[Job]:
        """Read a study when its jobs are asked for; one that cannot be read is reported and passed over."""
        for position, folder in enumerate(self.folders):
            self._tell(f"reading {folder.name}")
            try:
                county = load_within(self.asked.opened(folder))
                one = begun(county, self.asked, position)
            except (PlacementsError, OSError) as error:
                self._failed(position, error)
                continue
            del county  # its rows of children are not needed any more
            self.begun[position] = one
            yield from one.jobs

    def told(self, position: int, share: float) -> None:
        """Take in how much of a study is simulated."""
        self.shares[position] = share
        self._tell(f"simulating {self.folders[position].name}")

    def finished(self, position: int, found: Sums | PlacementsError) -> None:
        """Write a study whose runs are all there."""
        one = self.begun.pop(position)
        if isinstance(found, PlacementsError):
            self._failed(position, found)
            return
        report = one.report(found)
        path = write_text(self.files[position], json_text(report))
        last = report["looked_after"][-1]
        self._row(
            position,
            authority=report["authority"],
            runs=report["assumptions"]["runs"],
            looked_after=last["mean"],
            **{name: last[name] for name in ("on", "low_80", "high_80")},
            file=str(path),
        )
        self.reporter.say(f"  {self.folders[position].name}: {path}")

    def _failed(self, position: int, error: PlacementsError | OSError) -> None:
        reason, code = str(error), DataError.exit_code
        if isinstance(error, PlacementsError):
            code = error.exit_code
        elif isinstance(error, OSError):
            reason = f"{error.filename or 'a file'}: {error.strerror}"
        self.errors[position], self.shares[position] = code, 1.0
        self._row(position, reason=reason)
        self.reporter.say(f"  {self.folders[position].name}: no forecast: {reason}")

    def _row(self, position: int, **known: Any) -> None:
        self.rows[position] = dict.fromkeys(STUDY_COLUMNS) | {"study": str(self.folders[position])} | known

    def _tell(self, doing: str) -> None:
        if self.stage is not None:
            share = sum(self.shares.values()) / len(self.folders)
            self.stage(share, f"{len(self.rows):,} of {len(self.folders):,} studies, {doing}")
