"""All the sources of a study's `data/` folder, read one after the other into `SourceTables`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from placements import codes, schemas
from placements.errors import DataError, UnreadableFilesError
from placements.read.census import read_census
from placements.read.gias import read_gias
from placements.read.ofsted import read_ofsted
from placements.read.own_places import with_own_places
from placements.read.published import read_published
from placements.read.register import read_registers
from placements.read.sen2 import read_sen2
from placements.read.ssda903 import read_ssda903
from placements.read.tables import SourceTables

Progress = Callable[[float, str], None]
#: Goes before the URN of a care provider that is a school's too.
_OFSTED: Final = "ofsted:"

#: Name of each source, which is its folder in `data/`, to its reader. Each reader takes a folder and the folder that
#: file names are given relative to, and returns its tables with `quarantine` and `files`.
READERS: Final[Mapping[str, Callable[[Path, Path], Any]]] = MappingProxyType(
    {
        "ssda903": read_ssda903,
        "sen2": read_sen2,
        "gias": read_gias,
        "ofsted": read_ofsted,
        "register": read_registers,
        "census": read_census,
        "published": read_published,
    }
)


def read_everything(data: Path, progress: Progress = lambda share, text: None) -> SourceTables:
    """Read the folder of every source in `READERS` below `data`; a source that is absent is empty.

    Raises
    ------
    DataError
        When there are neither children looked after nor EHC plans to read.
    UnreadableFilesError
        When files cannot be read at all: those of every source together.
    """
    parts: dict[str, Any] = {}
    unreadable: list[DataError] = []
    for done, (source, read) in enumerate(READERS.items()):
        progress(done / len(READERS), source)
        try:
            parts[source] = read(data / source, data)
        except UnreadableFilesError as error:
            unreadable += error.errors
    if unreadable:
        raise UnreadableFilesError(unreadable)
    tables = together(parts)
    if tables.episodes.empty and tables.plans.empty:
        raise DataError(
            "there are no children looked after and no EHC plans to read",
            file=data,
            advice="put SSDA903 returns in ssda903/YEAR/ or SEN2 exports in sen2/",
        )
    progress(1.0, "done")
    return tables


def read_source(source: str, folder: Path) -> SourceTables:
    """Read one source in any folder, with no study.

    Raises
    ------
    UnreadableFilesError
        When files cannot be read at all.
    """
    nowhere = folder / ".no-such-folder"
    return together({name: read(folder if name == source else nowhere, folder) for name, read in READERS.items()})


def together(parts: Mapping[str, Any]) -> SourceTables:
    """Return the tables that the readers of all sources found, in one."""
    schools = parts["gias"].provision
    care = [_apart(parts[name].provision, schools) for name in ("ofsted", "register")]
    provision = pd.concat([schools, *care], ignore_index=True)
    provision = provision.drop_duplicates("provider_id", keep="last", ignore_index=True)
    own_places = _apart(parts["register"].own_places, schools)
    return SourceTables(
        children=parts["ssda903"].children,
        episodes=parts["ssda903"].episodes,
        care_tables=parts["ssda903"].others,
        plans=parts["sen2"].plans,
        education_placements=parts["sen2"].education_placements,
        provision=schemas.check(schemas.PROVISION_AS_READ, with_own_places(provision, own_places)),
        school_links=parts["gias"].links,
        provider_use=parts["register"].provider_use,
        unit_costs=parts["register"].unit_costs,
        options=parts["register"].options,
        school_transport=parts["register"].school_transport,
        siblings=parts["register"].siblings,
        commissioning=parts["census"].commissioning,
        published=parts["published"].published,
        neighbours=parts["published"].neighbours,
        quarantine=pd.concat([part.quarantine for part in parts.values()], ignore_index=True),
        files=pd.concat([part.files for part in parts.values()], ignore_index=True),
    )


def _apart(places: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return places in which a care provider that has the URN of a school goes by `ofsted:` and that URN.

    Ofsted and GIAS number apart, so one number may be two places: neither must take the place of the other.
    """
    both = places["service"].eq(codes.CARE) & places["provider_id"].isin(schools["provider_id"])
    return places.assign(provider_id=places["provider_id"].mask(both, _OFSTED + places["provider_id"]))
