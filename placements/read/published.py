"""Statistics that DfE publishes of every authority, long: children looked after, new placements, EHC plans."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from placements import schemas
from placements.read.intake import Intake


@dataclass(frozen=True)
class PublishedStatistics:
    """Published statistics of any releases."""

    published: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_published(folder: Path, root: Path) -> PublishedStatistics:
    """Read published statistics below a folder."""
    intake = Intake("published", root)
    return PublishedStatistics(schemas.empty(schemas.PUBLISHED), intake.quarantine, intake.files)
