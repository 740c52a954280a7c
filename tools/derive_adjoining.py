"""Derive `data/reference/adjoining.csv`, which district is next to which, from the bundled postcode directory.

Authorities of any day adjoin as their districts do. The rule, its choices about rivers and estuaries, and how well it
does are in `placements.geography.adjoining`. Takes about a minute and 4 GB of memory:

    python tools/derive_adjoining.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from placements.geography.adjoining import GAP_M, neighbours
from placements.geography.postcodes import open_directory

OUT = Path(__file__).resolve().parents[1] / "data" / "reference" / "adjoining.csv"


def main() -> int:
    """Write the pairs of English districts with anything they adjoin in Great Britain."""
    directory = open_directory()
    points = directory.points()
    points = points[points["district"].str[0].isin(["E", "S", "W"])].rename(columns={"district": "label"})
    table = neighbours(points)
    table = table[table["label"].str.startswith("E")]
    table = table.rename(columns={"label": "district_code", "adjoining": "adjoining_code"})
    source = f"Delaunay neighbours of postcodes, gaps to {GAP_M:.0f} m; {directory.source}"
    table = table.assign(shortest_gap_m=table["shortest_gap_m"].round().astype(int), source=source)
    table.to_csv(OUT, index=False, lineterminator="\n")
    print(f"{OUT.name}: {len(table)} rows, {table['district_code'].nunique()} areas")
    return 0


if __name__ == "__main__":
    sys.exit(main())
