"""How well do derived outlines agree with official ones? Writes the tables of `docs/boundaries.md`.

    python tools/compare_outlines.py AUTHORITIES.gpkg DISTRICTS.gpkg

Both files as ONS publishes them (May 2025, generalised to 20 m and clipped to the coast were used), with columns of
codes and names that `placements.geography.official` knows. Agreement is area in both over area in either.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

from placements.geography.authorities import find_authority
from placements.geography.nation import national_outlines
from placements.geography.official import user_boundaries
from placements.geography.postcodes import open_directory

PAGE = Path(__file__).resolve().parents[1] / "docs" / "boundaries.md"
BEGIN, END = "<!-- tables: tools/compare_outlines.py -->\n", "<!-- end of tables -->\n"


def agreement(made: gpd.GeoDataFrame, official: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return `name, agreement, area` (km2, official), best first."""
    one = made.set_index("code").geometry
    other = official.set_index("code").geometry.reindex(one.index)
    both = one.intersection(other).area
    share = both / (one.area + other.area - both)
    table = pd.DataFrame({"name": made.set_index("code")["name"], "agreement": share, "area": other.area / 1e6})
    return table.sort_values(["agreement", "name"], ascending=[False, True])


def table(rows: pd.DataFrame, columns: int) -> str:
    """Return a Markdown table, several entries to a line."""
    cells = [f"{row.name} | {row.agreement:.3f}" for row in rows.itertuples(index=False)]
    depth = -(-len(cells) // columns)
    lines = ["| " + " | ".join(["", "agreement"] * columns) + " |", "|" + "---|--:|" * columns]
    for line in range(depth):
        own = [cells[at] if (at := line + depth * column) < len(cells) else " | " for column in range(columns)]
        lines.append("| " + " | ".join(own) + " |")
    return "\n".join(lines)


def main(authorities: Path, districts: Path) -> int:
    """Put the tables into the page."""
    directory = open_directory()
    whole = agreement(national_outlines("authority", directory), user_boundaries(authorities))
    parts = agreement(national_outlines("district", directory), user_boundaries(districts))
    surrey = parts[parts.index.isin(find_authority("Surrey").districts)]
    share = whole["agreement"]
    said = (
        f"All 153 authorities: median {share.median():.3f}, a quarter above {share.quantile(0.75):.3f} and a quarter "
        f"below {share.quantile(0.25):.3f}. Districts (296): median {parts['agreement'].median():.3f}."
    )
    made = f"{said}\n\n## Surrey's districts\n\n{table(surrey, 3)}\n\n## Authorities, best first\n\n{table(whole, 3)}\n"
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
