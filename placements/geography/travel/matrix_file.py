"""How long, by minutes that somebody else worked out? A CSV of areas, sites and minutes, such as a planning tool makes.

Columns go by any of their usual names (`_ALIASES`), in any order. An origin is a planning area (its code), a postcode
district (`GU1`) or any other id that points carry; a destination is a URN, a site's id or any other. Minutes are one
way, from the origin to the destination: the way back is another row. A pair with blank minutes has no route; a pair
that is not in the file is unknown. A row that cannot be understood stops the reading, with its line and column.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements.errors import DataError
from placements.geography.travel.method import (
    KNOWN,
    NO_ROUTE,
    NOT_LISTED,
    every_pair,
    matrix_frame,
    paired_frame,
)
from placements.read.rawtable import ROW, RawTable, plain, read_csv

_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "origin": ("origin", "originid", "from", "fromid", "area", "areacode", "homearea", "postcodedistrict", "district"),
    "destination": ("destination", "destinationid", "to", "toid", "site", "siteid", "providerid", "urn", "school"),
    "minutes": ("travelminutes", "minutes", "traveltimeminutes", "timeminutes", "durationminutes", "driveminutes"),
    "miles": ("roadmiles", "miles", "distancemiles"),
}
_NEEDED: Final = ("origin", "destination", "minutes")
#: A drive of more than a day is seconds taken for minutes.
_MOST_MINUTES: Final = 1440.0
_MOST_MILES: Final = 2000.0
_THOUSANDS: Final = r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"
_NUMBER_ADVICE: Final = "write a number, such as 12.5 with a point, or leave it blank where there is no route"


@dataclass(frozen=True)
class MinutesFile:
    """Minutes between ids, from a file.

    Attributes
    ----------
    times : DataFrame
        Indexed by `origin, destination` (upper case), each pair once: `minutes` and `miles`, NaN where blank.
    file_name, sha256 : str
        Where they are from.
    """

    times: pd.DataFrame
    file_name: str
    sha256: str
    name: str = "matrix"

    def describe(self) -> str:
        """Return one sentence for the manifest and the report."""
        return (
            f"Minutes from {self.file_name} ({len(self.times):,} pairs, SHA-256 {self.sha256[:12]}); "
            "pairs that are not in it are unknown."
        )

    def paired(self, from_points: pd.DataFrame, to_points: pd.DataFrame) -> pd.DataFrame:
        """Return journeys row by row; see `TravelMethod.paired`.

        A point is known by its `listed_as` (its `id` where there is no such column), else by its district.
        """
        to_id = _key(to_points[_name(to_points)])
        row = self.times.index.get_indexer(_pairs(_key(from_points[_name(from_points)]), to_id))
        if "postcode_district" in from_points:
            by_district = self.times.index.get_indexer(_pairs(_key(from_points["postcode_district"]), to_id))
            row = np.where(row < 0, by_district, row)
        # Position -1, not listed, takes the NaN that stands last.
        minutes = np.append(self.times["minutes"].to_numpy(float), np.nan)[row]
        road_miles = np.append(self.times["miles"].to_numpy(float), np.nan)[row]
        status = np.where(row < 0, NOT_LISTED, np.where(np.isnan(minutes), NO_ROUTE, KNOWN)).astype(object)
        return paired_frame(minutes, road_miles, status, from_points.index)

    def matrix(
        self, origins: pd.DataFrame, destinations: pd.DataFrame, limit_minutes: float | None = None
    ) -> pd.DataFrame:
        """Return every journey; see `TravelMethod.matrix`."""
        ends = every_pair(origins, destinations)
        return matrix_frame(ends, self.paired(*ends), limit_minutes)


def read_minutes(path: Path) -> MinutesFile:
    """Read a file of minutes.

    Raises
    ------
    DataError
        When it cannot be read, lacks a column, or a row of it cannot be understood: the first is named, with how many
        there are.
    """
    table = read_csv(path, [_is_header])
    missing = [name for name in _NEEDED if table.own(*_ALIASES[name]) is None]
    if missing:
        raise DataError(
            f"has no column for {', '.join(missing)}; it has {', '.join(map(str, table.frame.columns.drop(ROW)))}",
            file=path,
            advice="a file of minutes has the columns origin, destination, travel_minutes (and road_miles, if known)",
        )
    if table.broken:
        raise DataError(
            "its cells cannot be told apart", file=path, row=table.broken[0][0], advice="export the file again as CSV"
        )
    rows = table.take(_ALIASES)
    for name in ("origin", "destination"):
        _refuse(table, rows, name, rows[name].eq(""), "is blank", "name the place, or take the row out")
    minutes = _numbers(table, rows, "minutes", _MOST_MINUTES)
    road_miles = _numbers(table, rows, "miles", _MOST_MILES)
    frame = pd.DataFrame(
        {
            "origin": _key(rows["origin"]),
            "destination": _key(rows["destination"]),
            "minutes": minutes,
            "miles": road_miles,
        }
    )
    for name in ("minutes", "miles"):
        distinct = frame[["origin", "destination", name]].drop_duplicates()
        clash = distinct.duplicated(["origin", "destination"]).reindex(frame.index, fill_value=False)
        _refuse(table, rows, name, clash, "is not what an earlier row of the same pair says", "keep one of them")
    distinct = frame.drop_duplicates(["origin", "destination"])
    return MinutesFile(distinct.set_index(["origin", "destination"]), path.name, table.sha256)


def _is_header(names: frozenset[str]) -> bool:
    return all(names & set(_ALIASES[name]) for name in _NEEDED)


def _numbers(table: RawTable, rows: pd.DataFrame, name: str, most: float) -> pd.Series:
    """Return a column as numbers, NaN where it is blank; refuse what is no number, below 0 or beyond all reason."""
    # `12,5` may be twelve and a half: only a comma between threes is a mark of thousands.
    grouped = rows[name].str.fullmatch(_THOUSANDS)
    text = rows[name].mask(grouped, rows[name].str.replace(",", "", regex=False))
    values = pd.to_numeric(text.mask(text.eq("")), errors="coerce").astype(float)
    wrong = text.ne("") & ~np.isfinite(values)
    _refuse(table, rows, name, wrong, "is not a number", _NUMBER_ADVICE)
    _refuse(table, rows, name, values.lt(0), "is below 0", "write 0 or more, or leave it blank where there is no route")
    _refuse(table, rows, name, values.gt(most), f"is over {most:,.0f}", f"give {name}: is it in another unit?")
    return values


def _refuse(table: RawTable, rows: pd.DataFrame, name: str, wrong: pd.Series, what: str, advice: str) -> None:
    if not wrong.any():
        return
    first = rows[wrong].iloc[0]
    count = int(wrong.sum())
    more = f"; so are {count - 1:,} more" if count > 1 else ""
    raise DataError(
        f"{first[name]!r} {what}{more}",
        file=table.path,
        row=int(first[ROW]),
        column=table.own(*_ALIASES[name]) or plain(name),
        advice=advice,
    )


def _name(points: pd.DataFrame) -> str:
    return "listed_as" if "listed_as" in points else "id"


def _key(values: pd.Series) -> pd.Series:
    return values.astype("str").fillna("").str.strip().str.upper()


def _pairs(origin: pd.Series, destination: pd.Series) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([origin.to_numpy(object), destination.to_numpy(object)])
