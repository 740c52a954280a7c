"""Where are the two postcodes of each row of any CSV, and how far apart? Needs no study."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from placements import codes
from placements.errors import DataError
from placements.geography.authorities import authority_names, find_authority
from placements.geography.locate import locate
from placements.geography.postcodes import open_directory
from placements.geography.timeline import DIRECTORY_DAY
from placements.progress import Reporter
from placements.read.delimited import BROKEN
from placements.read.rawtable import ROW, read_csv

#: What `locate` adds to a file.
LOCATE_COLUMNS: Final = (
    "location",
    "placement_authority",
    "placement_authority_name",
    "adjoining",
    "distance_miles",
    "approximate",
    "over_20_miles",
    "distant",
)


def locate_file(
    path: Path, authority: str, home: str, placement: str, reporter: Reporter, on: dt.date = DIRECTORY_DAY
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return any CSV with the columns of `LOCATE_COLUMNS` added, and a summary.

    The authorities are those in force on the day `on`.

    Raises
    ------
    DataError
        When the file cannot be read or has no such columns.
    """
    if not path.exists():
        raise DataError("is not there", file=path, advice="check the path")
    found = find_authority(authority, on=on)
    table = read_csv(path)
    if table.broken:
        raise DataError(BROKEN, file=path, row=table.broken[0][0], advice="correct the row, or export the file again")
    frame = table.frame.drop(columns=ROW).apply(lambda cells: cells.str.strip())
    for column in (home, placement):
        if column not in frame.columns:
            raise DataError("there is no such column", file=path, column=column, advice=_column_advice(frame))
    with reporter.stage("locate") as stage:
        located = locate(frame, found, open_directory(progress=stage), home=home, placement=placement)
    added = pd.DataFrame(
        {
            "location": located["location"],
            "placement_authority": located["placement_authority"].fillna(""),
            "placement_authority_name": located["placement_authority"].map(authority_names()).fillna(""),
            "adjoining": _yes_no(located["adjoining"]),
            "distance_miles": located["distance_miles"].map(lambda miles: "" if pd.isna(miles) else f"{miles:.1f}"),
            "approximate": located["approximate"].map({True: "true", False: "false"}),
            "over_20_miles": _yes_no(located["over_20_miles"]),
            "distant": _yes_no(located["distant"]),
        }
    )
    counts = located["location"].value_counts().reindex(list(codes.LOCATION), fill_value=0)
    sentence = (
        f"{len(frame):,} rows: {counts[codes.IN_COUNTY]:,} in {found.name}, {counts[codes.OUT_OF_COUNTY]:,} outside, "
        f"{counts[codes.UNKNOWN]:,} not known"
    )
    kept = frame.drop(columns=[column for column in LOCATE_COLUMNS if column in frame.columns])
    summary = {"file": str(path), "authority": found.code, "on": on.isoformat(), "counts": counts.to_dict()}
    summary |= {"sentence": sentence}
    return pd.concat([kept, added], axis=1), summary


def _column_advice(frame: pd.DataFrame) -> str:
    """Return what to choose from; not if the first row is a child's and not a header."""
    names = [str(name) for name in frame.columns]
    if any(
        re.search(r"\d{2}/\d{2}/\d{2}|\d{4}-\d{2}-\d{2}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$", n) for n in names
    ):
        return "the first row looks like data: put the column names above it"
    if len(names) == 1 and ";" in names[0]:
        return "the file is divided by semicolons: save it with commas"
    return f"choose from: {', '.join(names)}"


def _yes_no(values: pd.Series) -> pd.Series:
    return values.map({True: "true", False: "false"}).fillna("")
