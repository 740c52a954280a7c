"""Many studies by one command: which they are, the file of each, and what is told of them while they are under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placements.errors import DataError, PlacementsError, UsageError
from placements.progress import Reporter, Stage


def studies_in(paths: Sequence[Path]) -> list[Path]:
    """Return the folders of studies: each path that is one, or else those in it, by name.

    A path that is neither is returned as it is: opening it says what is wrong.
    """
    found: list[Path] = []
    for path in paths:
        inside = [] if (path / "study.toml").exists() else sorted(one.parent for one in path.glob("*/study.toml"))
        found += inside or [path]
    return found


def files_of(folders: Sequence[Path], out: Path) -> list[Path]:
    """Return the file of each study: the name of its folder.

    Raises
    ------
    UsageError
        When two studies would have the same file.
    """
    names = [folder.resolve().name for folder in folders]
    twice = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
    if twice:
        raise UsageError(
            f"several studies are in a folder called {', '.join(twice)}: their files would be the same; take them one "
            f"at a time, with --out folders of their own"
        )
    return [out / f"{name}.json" for name in names]


def reason_of(error: PlacementsError | OSError) -> tuple[str, int]:
    """Return an error in words, and its exit code."""
    if isinstance(error, PlacementsError):
        return str(error), error.exit_code
    return f"{error.filename or 'a file'}: {error.strerror}", DataError.exit_code


@dataclass(eq=False)
class Batch:
    """Studies under way.

    Attributes
    ----------
    folders, files : sequence of Path
    columns : tuple of str
        Of the row of each study, `study`, `file` and `reason` among them.
    noun : str
        What a study that fails has none of.
    reporter : Reporter
    stage : Stage, optional
        Where progress is told.
    rows : dict of int to dict
        By position, of the studies that are done with.
    errors : dict of int to int
        Exit codes of those that failed.
    shares : dict of int to float
        How much of each is done.
    """

    folders: Sequence[Path]
    files: Sequence[Path]
    columns: tuple[str, ...]
    noun: str
    reporter: Reporter
    stage: Stage | None = None
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, int] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)

    def name(self, position: int) -> str:
        """Return what a study is called: the name of its folder."""
        return self.folders[position].resolve().name

    def written(self, position: int, **known: Any) -> None:
        """Say that a study's file is there, and keep its row."""
        self.shares[position] = 1.0
        self._row(position, **known, file=str(self.files[position]))
        self.reporter.say(f"  {self.name(position)}: {self.files[position]}")

    def failed(self, position: int, reason: str, code: int) -> None:
        """Say that a study has none, and why; the others go on."""
        self.errors[position], self.shares[position] = code, 1.0
        self._row(position, reason=reason)
        self.reporter.say(f"  {self.name(position)}: no {self.noun}: {reason}")

    def tell(self, doing: str) -> None:
        """Move the bar."""
        if self.stage is not None:
            share = sum(self.shares.values()) / len(self.folders)
            self.stage(share, f"{len(self.rows):,} of {len(self.folders):,} studies, {doing}")

    def result(self, how: str) -> tuple[list[dict[str, Any]], int]:
        """Return the rows in the order asked for and an exit code: 0, or the highest of the studies that failed."""
        if self.stage is not None:
            self.stage.done(f"{len(self.folders) - len(self.errors)} of {len(self.folders)} written, {how}")
        return [self.rows[position] for position in range(len(self.folders))], max(self.errors.values(), default=0)

    def _row(self, position: int, **known: Any) -> None:
        self.rows[position] = dict.fromkeys(self.columns) | {"study": str(self.folders[position])} | known


def where_words(cluster: str | None) -> str:
    """Return where work was done."""
    return "here" if cluster is None else f"on cluster {cluster}"
