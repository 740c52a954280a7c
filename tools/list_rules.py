"""Write docs/rules.md, the list of every rule that the data are checked against."""

from __future__ import annotations

from pathlib import Path

from placements.validate import RULES, rules_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"

if __name__ == "__main__":
    PAGE.write_text(rules_page(RULES), encoding="utf-8")
    print(f"{len(RULES)} rules in {PAGE.name}")
