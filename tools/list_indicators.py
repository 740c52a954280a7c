"""Write docs/indicators.md, the list of every indicator that can be asked for by name."""

from __future__ import annotations

from pathlib import Path

from placements.analysis.catalogue import CATALOGUE, TOPICS
from placements.analysis.catalogue.listing import indicators_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "indicators.md"

if __name__ == "__main__":
    PAGE.write_text(indicators_page(TOPICS), encoding="utf-8")
    print(f"{len(CATALOGUE)} indicators in {PAGE.name}")
