"""What the program is doing, on standard error: a bar in a terminal, one plain line a stage elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@dataclass
class Reporter:
    """Shows stages as they run and remembers how long each took.

    Attributes
    ----------
    quiet : bool
        Show nothing.
    seconds : dict
        Wall time by stage.
    """

    quiet: bool = False
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._console = Console(stderr=True, quiet=self.quiet, highlight=False)

    def say(self, text: str) -> None:
        """Say one line."""
        self._console.print(text, markup=False)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Show one stage from beginning to end; the value is called with the share done and what is being done."""
        began = time.perf_counter()
        bar = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[doing]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=self.quiet or not self._console.is_terminal,
        )
        with bar:
            stage = Stage(bar, bar.add_task(name, total=1.0, doing=""))
            yield stage
        self.seconds[name] = round(time.perf_counter() - began, 3)
        self.say(f"  {name:<28} {self.seconds[name]:6.1f} s{f'   {stage.result}' if stage.result else ''}")


@dataclass
class Stage:
    """One stage under way; call it with the share done (0 to 1) and what is being done."""

    _bar: Progress
    _task: object
    result: str = ""

    def __call__(self, share: float, text: str) -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=share, doing=text)  # type: ignore[arg-type]

    def done(self, result: str) -> None:
        """Say what came of the stage, beside its time."""
        self.result = result
