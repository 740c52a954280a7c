"""The commissioning census: what each placement costs, who pays, how it was found, and why it is at distance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from placements import schemas
from placements.read.intake import Intake


@dataclass(frozen=True)
class CommissioningCensus:
    """Placements as commissioning knows them."""

    commissioning: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_census(folder: Path, root: Path) -> CommissioningCensus:
    """Read commissioning censuses below a folder."""
    intake = Intake("census", root)
    return CommissioningCensus(schemas.empty(schemas.COMMISSIONING), intake.quarantine, intake.files)
