"""Postcode directories that a study brings itself (`data/postcodes/`): ONSPD, NSPL and Code-Point Open of any year.

The study's files come first: a postcode that is in them lies where they say. Every other postcode is still found in the
bundled directory, so that a file of one county leaves the rest of the kingdom known. A district of England that has
since been abolished is brought up to date from the bundled directory, because authorities are told from today's
districts; `PostcodeDirectory.source` says how many were. A postcode whose district neither knows is left out, as one
without a district is: its place is unknown, never outside the county by default. Where several files hold a postcode,
the one that knows of the latest change wins. The compiled form is kept under the hash of the files' content.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import DataError
from placements.geography.compiled import compiled_at, is_compiled
from placements.geography.postcode_tables import PostcodeTable, read_postcode_table
from placements.geography.postcodes import (
    FORMAT,
    PostcodeDirectory,
    Progress,
    cache_folder,
    compile_directory,
    load_directory,
    open_directory,
    save_directory,
)
from placements.geography.timeline import DIRECTORY_DAY, districts_on
from placements.writing import sha256

_FORMAT: Final = 2
_KEPT: Final = 3
_SUFFIXES: Final = (".csv", ".csv.gz")
#: Folders of the publishers' archives that hold documents and lookups, not postcodes.
_DOCUMENTS: Final = frozenset({"doc", "docs", "documents", "user guide", "licence", "licences"})
#: What is no table and may lie about.
_NOTES: Final = (".md", ".txt", ".pdf", ".docx", ".html", ".xml", ".xlsx")


@dataclass(frozen=True)
class StudyPostcodes:
    """The directory a study is located with.

    Attributes
    ----------
    directory : PostcodeDirectory
    files : mapping of str to str
        Name, below the folder, and SHA-256 of each file of the study that it was made from; empty when the bundled
        directory is used alone.
    """

    directory: PostcodeDirectory
    files: Mapping[str, str]


def postcode_files(folder: Path) -> list[Path]:
    """Return the postcode files below a folder such as `data/postcodes/`, by name.

    Raises
    ------
    DataError
        When something else lies there, such as an archive that is still packed.
    """
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith((".", "~$"))
        and path.suffix.lower() not in _NOTES
        and not _DOCUMENTS & {part.lower() for part in path.relative_to(folder).parts[:-1]}
    )
    for path in found:
        if not path.name.lower().endswith(_SUFFIXES):
            raise DataError(
                "is not a postcode file that can be read",
                file=path,
                advice="unpack it, and put the .csv (or .csv.gz) files of ONSPD, NSPL or Code-Point Open here",
            )
    return found


def open_study_directory(folder: Path, cache: Path | None = None, progress: Progress | None = None) -> StudyPostcodes:
    """Return the directory of a study: its own files first, the bundled directory for every other postcode.

    Parameters
    ----------
    folder : Path
        Such as `data/postcodes/`; may be absent or empty: then the bundled directory alone.
    cache : Path, optional
        Folder to keep the compiled form in; the user's cache folder when not given.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done, only while compiling.

    Raises
    ------
    DataError
        When a file is no postcode directory, or cannot be read.
    """
    bundled = open_directory(cache, progress)
    files = postcode_files(folder) if folder.is_dir() else []
    if not files:
        return StudyPostcodes(bundled, MappingProxyType({}))
    tell = progress or (lambda share, text: None)
    hashes = {path.relative_to(folder).as_posix(): sha256(path) for path in files}
    about = "|".join([f"{_FORMAT}.{FORMAT}", bundled.source, *(f"{name} {digest}" for name, digest in hashes.items())])
    kept = (cache or cache_folder()) / f"postcodes-study-{hashlib.sha256(about.encode()).hexdigest()[:24]}"
    if not is_compiled(kept):
        tables = []
        for done, path in enumerate(files):
            tell(done / (len(files) + 1), f"reading {path.name}")
            tables.append(read_postcode_table(path))
        tell(len(files) / (len(files) + 1), "sorting")
        save_directory(_over(tables, list(hashes), bundled), kept)
        _keep_the_newest(kept.parent)
        tell(1.0, "done")
    return StudyPostcodes(load_directory(kept), MappingProxyType(hashes))


def _keep_the_newest(cache: Path) -> None:
    """Remove all but the compiled directories made last: each takes 50 MB, and a new file makes an old one useless."""
    made = [path for path in cache.glob("postcodes-study-*") if is_compiled(path)]
    for path in sorted(made, key=compiled_at)[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _over(tables: list[PostcodeTable], names: list[str], bundled: PostcodeDirectory) -> PostcodeDirectory:
    """Return the postcodes of the tables, then those of the bundled directory that are in none of them."""
    order = sorted(range(len(tables)), key=lambda i: (tables[i].newest, names[i]), reverse=True)
    rows = pd.concat([tables[i].frame for i in order], ignore_index=True)
    own = compile_directory(rows, "")
    codes = np.array([*own.district_codes, *bundled.district_codes], dtype=object)
    merged_codes, number = np.unique(codes, return_inverse=True)
    own_district = number[: len(own.district_codes)].astype(np.int16)[own.district_index]
    other_district = number[len(own.district_codes) :].astype(np.int16)[bundled.district_index]
    own_district, updated, unknown = _of_today(own, own_district, bundled, other_district, merged_codes)
    new = ~_held(np.asarray(bundled.keys), own.keys)
    kept = ~unknown
    keys = np.concatenate([own.keys[kept], np.asarray(bundled.keys)[new]])
    place = np.argsort(keys, kind="stable")
    said = f"{', '.join(names[:3])}{f' and {len(names) - 3} more files' if len(names) > 3 else ''}"
    lines = [f"{said}: {int(kept.sum()):,} postcodes"]
    lines += [f"{updated:,} of them with a district of today from the bundled directory"] if updated else []
    lines += [f"{int(unknown.sum()):,} whose district is no code of today left out"] if unknown.any() else []
    lines += [f"{len(rows) - len(own):,} rows without a district or repeated left out"] if len(rows) > len(own) else []
    lines += [f"{int(new.sum()):,} others from {bundled.source}"]
    return PostcodeDirectory(
        keys=keys[place],
        easting=np.concatenate([own.easting[kept], np.asarray(bundled.easting)[new]])[place],
        northing=np.concatenate([own.northing[kept], np.asarray(bundled.northing)[new]])[place],
        district_index=np.concatenate([own_district[kept], other_district[new]])[place],
        district_codes=tuple(str(code) for code in merged_codes),
        source="; ".join(lines),
    )


def _of_today(
    own: PostcodeDirectory,
    own_district: npt.NDArray[np.int16],
    bundled: PostcodeDirectory,
    other_district: npt.NDArray[np.int16],
    codes: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.int16], int, npt.NDArray[np.bool_]]:
    """Return the districts, those of England that are not today's replaced where it is known; how many; which are not.

    A code of England that is no district of today may be one abolished or a slip: without the bundled directory's word
    it says nothing about the county.
    """
    today = districts_on(DIRECTORY_DAY)
    gone = np.array([str(code).startswith("E") and str(code) not in today for code in codes])
    stale = np.flatnonzero(gone[own_district])
    unknown = np.zeros(len(own), bool)
    if not len(stale):
        return own_district, 0, unknown
    keys = np.asarray(bundled.keys)
    known = _held(own.keys[stale], keys)
    at = np.searchsorted(keys, own.keys[stale[known]])
    out = own_district.copy()
    out[stale[known]] = other_district[at]
    unknown[stale] = gone[out[stale]]
    return out, int(known.sum() - unknown[stale[known]].sum()), unknown


def _held(keys: npt.NDArray[np.uint64], by: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Return which keys are among the sorted keys `by`."""
    if not len(by):
        return np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(by, keys), len(by) - 1)
    return np.asarray(by[at] == keys)
