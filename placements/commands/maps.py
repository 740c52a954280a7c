"""The maps of many studies, each written whole or not at all: one after the other, or several processes side by side.

A process reads its study itself and writes its map itself, so no row of a child's passes between them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from placements.commands.studies import Batch, files_of, reason_of
from placements.comparison import compare
from placements.errors import PlacementsError
from placements.loading import load
from placements.maps import scene_of, scene_of_today, write_page, write_pictures
from placements.maps.static import checked_formats
from placements.pipeline import plan_for, scenarios_of
from placements.progress import Reporter
from placements.study import open_study

COLUMNS: Final = ("study", "authority", "file", "bytes", "pictures", "seconds", "reason")


@dataclass(frozen=True)
class Task:
    """One study's maps.

    Attributes
    ----------
    position : int
        Among the studies asked for.
    folder : str
    file : str
        The page to write; pictures are put into a folder of its name beside it.
    profile : str, optional
    plan : bool
        Whether to forecast, plan and compare too: minutes, not seconds.
    formats : tuple of str
        Of static maps; none when empty.
    """

    position: int
    folder: str
    file: str
    profile: str | None
    plan: bool
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """What became of a study: what is said of its map, or why there is none."""

    known: dict[str, Any]
    reason: str = ""
    code: int = 0


def studies_mapped(
    folders: Sequence[Path],
    reporter: Reporter,
    *,
    out: Path | None = None,
    jobs: int = 1,
    profile: str | None = None,
    plan: bool = False,
    formats: tuple[str, ...] = (),
) -> tuple[list[dict[str, Any]], int]:
    """Write the map of each study; one that fails stops no other.

    Parameters
    ----------
    folders : sequence of Path
    reporter : Reporter
    out : Path, optional
        Folder that the maps are put into by the names of the studies; each study's own `maps/` when not given.
    jobs : int
        Processes side by side.
    profile, plan, formats
        See `Task`.

    Returns
    -------
    list of dict
        `COLUMNS` of each study, in the order asked for.
    int
        An exit code: 0, or the highest of the studies that failed.

    Raises
    ------
    UsageError
        When two studies would have the same file, or a format is not one.
    """
    formats = checked_formats(formats) if formats else ()
    named = files_of(folders, out) if out is not None else []
    files = [path.with_suffix(".html") for path in named] or [one / "maps" / "placements.html" for one in folders]
    batch = Batch(folders, files, COLUMNS, "map", reporter)
    tasks = [
        Task(position, str(folder), str(file), profile, plan, formats)
        for position, (folder, file) in enumerate(zip(folders, files, strict=True))
    ]
    with reporter.stage("maps") as stage:
        batch.stage = stage
        batch.tell("beginning")
        for task, made in _one_by_one(tasks) if jobs == 1 else _side_by_side(tasks, jobs):
            if made.code:
                batch.failed(task.position, made.reason, made.code)
            else:
                batch.written(task.position, **made.known)
            batch.tell(batch.name(task.position))
        return batch.result("one by one" if jobs == 1 else f"{jobs} side by side")


def mapped(task: Task) -> Made:
    """Read a study and write its maps."""
    began = time.perf_counter()
    try:
        study, quiet = open_study(Path(task.folder)).with_profile(task.profile), Reporter(quiet=True)
        county = load(study, quiet)
        if task.plan:
            future, plan = plan_for(county, quiet)
            scene = scene_of(compare(county, future, scenarios_of(study, plan)), plan=plan)
        else:
            scene = scene_of_today(county)
        path = write_page(scene, task.file)
        drawn = write_pictures(scene, path.with_suffix(""), task.formats) if task.formats else ()
    except (PlacementsError, OSError) as error:
        return Made({}, *reason_of(error))
    seconds = round(time.perf_counter() - began, 1)
    known = {"authority": county.authority.name, "bytes": path.stat().st_size, "pictures": len(drawn)}
    return Made(known | {"seconds": seconds})


def _one_by_one(tasks: Sequence[Task]) -> Iterator[tuple[Task, Made]]:
    for task in tasks:
        yield task, mapped(task)


def _side_by_side(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Made]]:
    # Begun afresh: a copy of a process with threads of its own can stand still for ever.
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        begun = {pool.submit(mapped, task): task for task in tasks}
        try:
            for done in as_completed(begun):
                yield begun[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
