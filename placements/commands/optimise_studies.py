"""The plans, or frontiers, of many studies, one file each: a study is one task, done here or by a worker of a cluster.

A worker reads the study itself: no row of a child's leaves the machine that reads it, and what comes back is the
report that may leave (`disclosure.release.cleared`), which is written here, whole. Each search is of one thread, so
that studies side by side do not fight for cores.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from placements.cluster import client_of, tasks_on
from placements.commands.optimise_study import Asked, Outcome, Task, gap_of, optimised
from placements.commands.studies import Batch, files_of, where_words
from placements.errors import PlacementsError
from placements.progress import Reporter
from placements.writing import write_bytes

#: What is said of each study: child-years avoidably away with the places of today and with the plan, what was proved,
#: and the capital. Of a frontier it is the plan with the most money.
STUDY_COLUMNS: Final = (
    *("study", "authority", "nothing_child_years", "away_child_years", "bound_child_years", "gap", "status"),
    *("cut_short", "capital_gbp", "file", "reason"),
)
#: A study whose worker died is done again on another, so often before it is given up: each time costs minutes.
MOST_DEATHS: Final = 1
TIME_LIMIT_CODE: Final = 6
_SUMS: Final = ("nothing_child_years", "away_child_years", "bound_child_years", "capital_gbp")


def studies_optimised(
    folders: Sequence[Path],
    asked: Asked,
    out: Path,
    reporter: Reporter,
    cluster: str | None = None,
    *,
    workers: int | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Optimise each study by itself and write its report to a file of its name in a folder.

    Parameters
    ----------
    folders : sequence of Path
    asked : Asked
    out : Path
        Made if it is not there. A file of an earlier plan is replaced when the new one is complete.
    reporter : Reporter
    cluster : str, optional
        `local`, or the address of a scheduler whose workers see the studies under the same path; without, studies are
        optimised here, one after the other. A file has the same bytes wherever it was made, unless it says that its
        search was `cut_short` by the clock.
    workers : int, optional
        Processes of a local cluster.

    Returns
    -------
    list of dict
        `STUDY_COLUMNS` of each study, in the order asked for; `reason` says why there is none of one.
    int
        An exit code: 0, or the highest of those studies of which there is none, or whose plan was not proved in time.

    Raises
    ------
    UsageError
        When two studies would have the same file, or there is no cluster at the address.
    """
    batch = Batch(folders, files_of(folders, out), STUDY_COLUMNS, "plan", reporter)
    tasks = [
        Task(position, str(folder.resolve()), file.name, asked)
        for position, (folder, file) in enumerate(zip(folders, batch.files, strict=True))
    ]
    with reporter.stage("optimise studies") as stage, _doing(tasks, cluster, workers, batch) as done:
        batch.stage = stage
        batch.tell("beginning")
        for task, outcome in done:
            _finish(batch, task, outcome)
        rows, code = batch.result(f"optimised {where_words(cluster)}")
    late = any(row["status"] == "time limit" for row in rows)
    return rows, max(code, TIME_LIMIT_CODE if late else 0)


@contextmanager
def _doing(
    tasks: Sequence[Task], cluster: str | None, workers: int | None, batch: Batch
) -> Iterator[Generator[tuple[Task, Outcome | PlacementsError], None, None]]:
    """Give the tasks with their outcomes, as they are done."""
    if cluster is None:
        with closing(_one_by_one(tasks, batch)) as done:
            yield done
        return
    given_up = f"given up: {MOST_DEATHS + 1} workers died while they optimised it (too little memory?)"
    with (
        client_of(cluster, workers, most_deaths=MOST_DEATHS) as client,
        closing(tasks_on(client, optimised, tasks, most_deaths=MOST_DEATHS, given_up=given_up)) as done,
    ):
        yield done


def _one_by_one(tasks: Sequence[Task], batch: Batch) -> Generator[tuple[Task, Outcome | PlacementsError], None, None]:
    for task in tasks:
        batch.tell(f"optimising {batch.name(task.position)}")
        yield task, optimised(task)


def _finish(batch: Batch, task: Task, outcome: Outcome | PlacementsError) -> None:
    """Write the file of a study that is done, or say why there is none."""
    position, folder = task.position, batch.folders[task.position]
    if isinstance(outcome, PlacementsError):
        batch.failed(position, str(outcome), outcome.exit_code)
    elif not outcome.content:
        reason = outcome.reason
        if not outcome.is_seen and (folder / "study.toml").exists():
            reason = (
                f"the cluster's workers do not see {task.folder}\n  What to do: put the studies where all of them read "
                f"the same path, or leave --cluster out"
            )
        batch.failed(position, reason, outcome.exit_code)
    else:
        write_bytes(batch.files[position], outcome.content)
        batch.written(position, **outcome.row)
    batch.tell(f"{batch.name(position)} done")


def total_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of all studies together: sums of what was written, and how far they can be trusted.

    A sum of bounds is a bound of the sum, since every study is planned by itself; there is none where one has none.
    The status is `optimal` only if every study has a plan and all were proved.
    """
    known = [row for row in rows if row["file"] is not None]
    sums: dict[str, float | None] = {}
    for name in _SUMS:
        values = [row[name] for row in known]
        sums[name] = sum(values) if known and None not in values else None
    away = sums["away_child_years"]
    late = any(row["status"] == "time limit" for row in known)
    status = "incomplete" if len(known) < len(rows) else "time limit" if late else "optimal"
    return dict.fromkeys(STUDY_COLUMNS) | {
        "study": "all",
        "authority": f"{len(known)} of {len(rows)} studies",
        **sums,
        "gap": None if away is None else gap_of(away, sums["bound_child_years"]),
        "status": status,
        "cut_short": any(row["cut_short"] for row in known),
    }
