"""What is worked out once a machine: arrays in a folder, written whole or not at all, mapped from disk after that."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

#: Written last: a folder with it is whole.
_ABOUT: Final = "about.json"

Arrays = Mapping[str, npt.NDArray[Any]]


def is_compiled(folder: Path) -> bool:
    """Return whether a folder holds all that was to be written there."""
    return (folder / _ABOUT).exists()


def compiled_at(folder: Path) -> float:
    """Return when a folder was finished, in seconds since 1970."""
    return (folder / _ABOUT).stat().st_mtime


def save_compiled(folder: Path, arrays: Arrays, about: Mapping[str, Any]) -> None:
    """Write arrays and what is to be known of them; a finished folder of another process is left as it is."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, values in arrays.items():
            np.save(part / f"{name}.npy", values)
        (part / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        if folder.exists() and not is_compiled(folder):
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def load_compiled(folder: Path, names: Sequence[str]) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Return the arrays, mapped from disk, and what is to be known of them."""
    about: dict[str, Any] = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    # As plain arrays, still mapped: the class that NumPy maps files to is slow to take from.
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in names}, about
