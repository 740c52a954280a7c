"""What the readers hand on: `SourceTables`, as read, before anything is checked across tables or located."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from placements import schemas


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
    provider_use : DataFrame
        What commissioning knows of the use of places (`provider_id`, `usable_places`, `occupied_by_others`,
        `weekly_cost_gbp`).
    unit_costs, options : DataFrame
        Assumed costs, and what could be opened (`UNIT_COSTS`, `OPTIONS`).
    quarantine : DataFrame
        Rows that could not be used (`QUARANTINE`).
    files : DataFrame
        What became of the rows of every file (`FILES`).
    care_tables : mapping of str to DataFrame
        The other tables of the SSDA903 returns by name (`read.ssda903_tables`), each with `child_id`.
    commissioning : DataFrame
        The commissioning census (`COMMISSIONING`).
    school_transport : DataFrame
        The register of home-to-school transport (`SCHOOL_TRANSPORT`).
    school_links : DataFrame
        Which school took the place of which (`SCHOOL_LINKS`).
    published, neighbours : DataFrame
        Published statistics and statistical neighbours that the study holds (`PUBLISHED`, `NEIGHBOURS`).
    siblings : DataFrame
        Which children looked after are siblings (`SIBLINGS`).
    """

    children: pd.DataFrame
    episodes: pd.DataFrame
    plans: pd.DataFrame
    education_placements: pd.DataFrame
    provision: pd.DataFrame
    provider_use: pd.DataFrame
    unit_costs: pd.DataFrame
    options: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame
    care_tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    commissioning: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.COMMISSIONING))
    school_transport: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.SCHOOL_TRANSPORT))
    school_links: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.SCHOOL_LINKS))
    published: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.PUBLISHED))
    neighbours: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.NEIGHBOURS))
    siblings: pd.DataFrame = field(default_factory=lambda: schemas.empty(schemas.SIBLINGS))
