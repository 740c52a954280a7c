"""The forecasts of many studies, one file each: read one after the other, their runs simulated all together.

A study is read when there is room for its runs, and its file is written, whole, as soon as they are done: what is there
is complete, whatever becomes of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from placements.commands.forecast_study import Asked, Begun, begun, mapping
from placements.commands.studies import Batch, files_of, reason_of, where_words
from placements.errors import PlacementsError
from placements.forecasting.scale import Job, Sums, study_sums
from placements.loading import load_within
from placements.manifest import json_text
from placements.progress import Reporter
from placements.writing import write_text

#: What is said of each study: children looked after at the end of the last year ahead, with the band of four fifths.
STUDY_COLUMNS: Final = (*("study", "authority", "runs", "on", "looked_after", "low_80", "high_80", "file", "reason"),)


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
    batch = _Batch(folders, files_of(folders, out), STUDY_COLUMNS, "forecast", reporter, asked=asked)
    with reporter.stage("forecast studies") as stage, mapping(cluster) as mapper:
        batch.stage = stage
        with closing(study_sums(batch.jobs(), mapper, batch.told)) as whole:
            for position, sums in whole:
                batch.finished(position, sums)
        return batch.result(f"simulated {where_words(cluster)}")


@dataclass(eq=False, kw_only=True)
class _Batch(Batch):
    """Studies under way: what is held of each from when it is read to when it is written."""

    asked: Asked
    begun: dict[int, Begun] = field(default_factory=dict)

    def jobs(self) -> Iterator[Job]:
        """Read a study when its jobs are asked for; one that cannot be read is reported and passed over."""
        for position, folder in enumerate(self.folders):
            self.tell(f"reading {self.name(position)}")
            try:
                county = load_within(self.asked.opened(folder))
                one = begun(county, self.asked, position)
            except (PlacementsError, OSError) as error:
                self.failed(position, *reason_of(error))
                continue
            del county  # its rows of children are not needed any more
            self.begun[position] = one
            yield from one.jobs

    def told(self, position: int, share: float) -> None:
        """Take in how much of a study is simulated."""
        self.shares[position] = share
        self.tell(f"simulating {self.name(position)}")

    def finished(self, position: int, found: Sums | PlacementsError) -> None:
        """Write a study whose runs are all there."""
        one = self.begun.pop(position)
        if isinstance(found, PlacementsError):
            self.failed(position, *reason_of(found))
            return
        report = one.report(found)
        write_text(self.files[position], json_text(report))
        last = report["looked_after"][-1]
        self.written(
            position,
            authority=report["authority"],
            runs=report["assumptions"]["runs"],
            looked_after=last["mean"],
            **{name: last[name] for name in ("on", "low_80", "high_80")},
        )
