"""The two containers that make the wrong order impossible: `SourceTables` as read, and `County` validated and located."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from placements.geography.authorities import Authority
from placements.settings import Settings


@dataclass(frozen=True)
class SourceTables:
    """What the readers found, as read: raw codes, no location. Schemas in `placements.schemas`.

    Attributes
    ----------
    children, episodes : DataFrame
        SSDA903 (`CHILDREN`, `EPISODES`).
    plans, education_placements : DataFrame
        SEN2 (`PLANS`, `EDUCATION_PLACEMENTS`).
    provision : DataFrame
        Ofsted, GIAS and the own registers together (`PROVISION_AS_READ`).
    unit_costs, options : DataFrame
        Assumed costs, and what could be opened (`UNIT_COSTS`, `OPTIONS`).
    quarantine : DataFrame
        Rows that could not be used (`QUARANTINE`).
    files : DataFrame
        What became of the rows of every file (`FILES`).
    """

    children: pd.DataFrame
    episodes: pd.DataFrame
    plans: pd.DataFrame
    education_placements: pd.DataFrame
    provision: pd.DataFrame
    unit_costs: pd.DataFrame
    options: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


@dataclass(frozen=True)
class County:
    """One authority's children and provision, validated and located. Holds person-level rows: never written out whole.

    Attributes
    ----------
    settings : Settings
    authority : Authority
    placements : DataFrame
        Every placement spell of both services (`schemas.PLACEMENTS`).
    provision : DataFrame
        Every home, household and school (`schemas.PROVISION`).
    unit_costs, options : DataFrame
        As read.
    areas : DataFrame
        Planning areas with a centre in metres (`schemas.AREAS`).
    quarantine, files : DataFrame
        As read.
    checks : DataFrame
        Cross-table rules: `code, severity, message, count`.
    postcode_source : str
        The directory the rows were located with.
    """

    settings: Settings
    authority: Authority
    placements: pd.DataFrame
    provision: pd.DataFrame
    unit_costs: pd.DataFrame
    options: pd.DataFrame
    areas: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame
    checks: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["code", "severity", "message", "count"]))
    postcode_source: str = ""

    @property
    def snapshot(self) -> dt.date:
        """Return the day that "now" means in this study."""
        return self.settings.study.snapshot

    @property
    def synthetic(self) -> bool:
        """Return whether the children are made up."""
        return self.settings.study.synthetic
