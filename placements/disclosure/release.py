"""The one door that outputs leave by: scanned, then written whole; blocked, with what was found, or not at all."""

from __future__ import annotations

from pathlib import Path

from placements.disclosure.scanning import Secrets, scan
from placements.disclosure.suppress import INTERNAL
from placements.errors import DisclosureError
from placements.writing import write_bytes


def release(path: Path, content: bytes | str, secrets: Secrets, profile: str) -> Path:
    """Write an output file if it may leave the program.

    Raises
    ------
    DisclosureError
        Under any profile but `internal`, when the file shows something of a child; the file is not written.
    """
    return write_bytes(path, cleared(path, content, secrets, profile))


def cleared(path: Path | str, content: bytes | str, secrets: Secrets, profile: str) -> bytes:
    """Return what an output file is to hold, if that may leave the program. Raises as `release` does."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if profile != INTERNAL:
        findings = [found for found in scan(data, Path(path).name, secrets, ours=True) if found.blocks]
        if findings:
            raise DisclosureError(
                "\n  - ".join([f"{path} was not written, because it would show:", *map(str, findings)])
                + "\n  What to do: report this; or run with `--profile internal` for a copy that must not be shared"
            )
    return data
