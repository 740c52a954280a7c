"""The page that lists every rule for those who read it rather than run it: `docs/rules.md`."""

from __future__ import annotations

from typing import Final

from placements.validate.evidence import CARE_TABLES
from placements.validate.rule import SEVERITIES, Rule

#: First letter of a code and what it is about.
SUBJECTS: Final[dict[str, str]] = {
    "E": "Episodes: the first things to put right",
    "D": "Dates and order of episodes",
    "F": "Fields of an episode",
    "A": "Age and the law",
    "L": "Postcodes of an episode",
    "U": "The provider of an episode",
    "H": "Headers and identity",
    "T": "The other tables of the care return",
    "S": "EHC plans and their settings",
    "X": "Care and learning together",
    "P": "Providers and their use",
    "C": "The commissioning census",
}
_TABLES: Final[dict[str, str]] = {
    "children": "headers",
    "stated_births": "any other table of the care return",
    "education_placements": "settings of plans",
    "provision": "provider files",
    "provider_use": "the register of provider use",
    "commissioning": "the commissioning census",
    "plans": "EHC plans",
    "homes": "a provider list",
    "schools": "a school register",
    "postcodes": "the postcode directory",
    "authorities of postcodes": "the postcode directory",
    "authority names": "names of authorities",
    **{name: name.upper() for name in CARE_TABLES},
    "reviews": "Reviews",
    "placed_adoption": "PlacedAdoption",
    "prev_perm": "PrevPerm",
    "missing": "Missing",
    "sw_episodes": "SWEpisodes",
    "dolo": "DoLo",
}


def rules_page(rules: tuple[Rule, ...]) -> str:
    """Return the page, in Markdown: one table a subject, one row a rule."""
    lines = [
        "# Rules that the data are checked against",
        "",
        f"{len(rules)} rules, asked by `placements check` and by every run. A rule points at rows; it never changes or",
        "drops one. An `error` means that "
        + SEVERITIES["error"]
        + "; a `warning`, that "
        + SEVERITIES["warning"]
        + ".",
        "A rule that lacks what it needs, or that has no rows to look at, is reported as not checked, which is not the",
        "same as kept.",
        "",
        "This page is written by `python tools/list_rules.py`.",
    ]
    for letter, subject in SUBJECTS.items():
        lines += ["", f"## {subject}", "", "| code | severity | rows of | what is found | what to do | needs |"]
        lines += ["|---|---|---|---|---|---|"]
        mine = [rule for rule in rules if rule.code.startswith(letter)]
        lines += [_row(rule) for rule in sorted(mine, key=lambda rule: rule.code)]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    needs = ", ".join(dict.fromkeys(_TABLES.get(need, need) for need in rule.needs))
    about = _TABLES.get(rule.about, rule.about)
    return f"| {rule.code} | {rule.severity} | {about} | {rule.message} | {rule.advice} | {needs} |"
