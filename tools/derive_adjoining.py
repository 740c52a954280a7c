"""Derive `data/reference/adjoining.csv` and `adjoining_districts.csv` from the bundled postcode directory.

The rule, its choices about rivers and estuaries, and how well it does are in `placements.geography.adjoining`.
Takes about a minute and 4 GB of memory:

    python tools/derive_adjoining.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from placements.geography.adjoining import GAP_M, neighbours
from placements.geography.authorities import authority_of, district_names
from placements.geography.postcodes import open_directory

OUT = Path(__file__).resolve().parents[1] / "data" / "reference"


def write(pairs: pd.DataFrame, key: str, source: str) -> int:
    """Write the pairs of English areas with anything they adjoin."""
    table = pairs[pairs["label"].str.startswith("E")].rename(columns={"label": key, "adjoining": "adjoining_code"})
    table = table.assign(shortest_gap_m=table["shortest_gap_m"].round().astype(int), source=source)
    name = "adjoining.csv" if key == "authority_code" else "adjoining_districts.csv"
    table.to_csv(OUT / name, index=False, lineterminator="\n")
    print(f"{name}: {len(table)} rows, {table[key].nunique()} areas")
    return len(table)


def main() -> int:
    """Write both tables."""
    directory = open_directory()
    points = directory.points()
    points = points[points["district"].str[0].isin(["E", "S", "W"])]
    source = f"Delaunay neighbours of postcodes, gaps to {GAP_M:.0f} m; {directory.source}"
    english = points["district"].isin(list(district_names()))
    points["label"] = authority_of(points["district"]).where(english, points["district"])
    write(neighbours(points), "authority_code", source)
    points["label"] = points["district"]
    write(neighbours(points), "district_code", source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
