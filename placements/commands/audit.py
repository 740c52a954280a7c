"""What would a file give away? Any file, from any tool, with or without a study that says what is secret."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from placements.disclosure.scanning import UNREADABLE, Finding, Secrets, scan
from placements.disclosure.secrets import county_secrets
from placements.errors import DataError
from placements.loading import load
from placements.progress import Reporter
from placements.read.encoding import to_utf8
from placements.study import open_study

_ANY_CODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}")


def audit_files(
    files: Sequence[Path], reporter: Reporter, *, study: Path | None = None, allow_postcodes: Path | None = None
) -> dict[str, Any]:
    """Return what each file would give away, and whether any may not be shared.

    Parameters
    ----------
    files : sequence of Path
        HTML, DOCX, XLSX, CSV, JSON, GeoJSON, SVG, TOML, XML, PDF or plain text.
    study : Path, optional
        A study folder: its children, homes and carers are looked for by value, and its schools and sites are public.
    allow_postcodes : Path, optional
        A text file of postcodes that are public, in any layout.

    Raises
    ------
    DataError
        When the file of public postcodes or the study cannot be read.
    """
    public = _postcodes_in(allow_postcodes) if allow_postcodes else frozenset()
    secrets = Secrets(public_postcodes=public)
    if study is not None:
        secrets = county_secrets(load(open_study(study), reporter), public)
    findings: list[Finding] = []
    for path in files:
        with reporter.stage("scan") as stage:
            found = _scan(path, secrets)
            blocking = sum(one.blocks for one in found)
            stage.done(f"{blocking} kinds of leak, {len(found) - blocking} to look at")
        findings += found
    return {
        "files": len(files),
        "study": str(study) if study else None,
        "blocked": any(one.blocks for one in findings),
        "findings": [dataclasses.asdict(one) | {"advice": one.advice} for one in findings],
    }


def _scan(path: Path, secrets: Secrets) -> tuple[Finding, ...]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return (Finding(str(path), f"cannot be read: {error.strerror}", 1, severity=UNREADABLE),)
    return scan(content, str(path), secrets)


def _postcodes_in(path: Path) -> frozenset[str]:
    try:
        text = to_utf8(path.read_bytes())[0].decode("utf-8", "replace")
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", file=path, advice="check the path") from None
    return frozenset(re.sub(r"\s", "", code) for code in _ANY_CODE.findall(text.upper()))
