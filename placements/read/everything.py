"""All the sources of a study's `data/` folder, read one after the other into `SourceTables`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from placements import schemas
from placements.errors import DataError
from placements.read.gias import read_gias
from placements.read.ofsted import read_ofsted
from placements.read.register import read_registers
from placements.read.sen2 import read_sen2
from placements.read.ssda903 import read_ssda903
from placements.read.tables import SourceTables

Progress = Callable[[float, str], None]


def read_everything(data: Path, progress: Progress = lambda share, text: None) -> SourceTables:
    """Read `ssda903/`, `sen2/`, `gias/`, `ofsted/` and `register/` below `data`; a source that is absent is empty.

    Raises
    ------
    DataError
        When there are neither children looked after nor EHC plans to read, or a file cannot be read at all.
    """
    progress(0.0, "SSDA903")
    care = read_ssda903(data / "ssda903", data)
    progress(0.3, "SEN2")
    plans = read_sen2(data / "sen2", data)
    progress(0.6, "GIAS")
    schools = read_gias(data / "gias", data)
    progress(0.8, "Ofsted")
    providers = read_ofsted(data / "ofsted", data)
    progress(0.9, "own registers")
    own = read_registers(data / "register", data)
    if care.episodes.empty and plans.plans.empty:
        raise DataError(
            "there are no children looked after and no EHC plans to read",
            file=data,
            advice="put SSDA903 returns in ssda903/YEAR/ or SEN2 exports in sen2/",
        )
    provision = pd.concat([schools.provision, providers.provision, own.households], ignore_index=True)
    sources = (care, plans, schools, providers, own)
    progress(1.0, "done")
    return SourceTables(
        children=care.children,
        episodes=care.episodes,
        plans=plans.plans,
        education_placements=plans.education_placements,
        provision=schemas.check(schemas.PROVISION_AS_READ, provision.drop_duplicates("provider_id", keep="last")),
        provider_use=own.provider_use,
        unit_costs=own.unit_costs,
        options=own.options,
        quarantine=pd.concat([source.quarantine for source in sources], ignore_index=True),
        files=pd.concat([source.files for source in sources], ignore_index=True),
    )
