"""Do the two adoption tables of the care return agree with the episodes?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements.validate.care_codes import ADOPTIVE
from placements.validate.columns import blank
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule


def _not_adopted_there(e: Evidence) -> pd.Series:
    rows, adopted = e.episodes, e.table("ad1")
    here = rows["end_reason"].isin(["E11", "E12"]) & rows["return_year"].isin(adopted["return_year"].unique())
    return here & ~e.share_child(rows, adopted)


def _not_placed_there(e: Evidence) -> pd.Series:
    rows, placed = e.episodes, e.table("placed_adoption")
    here = rows["place_code"].isin(ADOPTIVE) & rows["return_year"].isin(placed["return_year"].unique())
    return here & ~e.share_child(rows, placed)


def _placed_without_episode(e: Evidence) -> pd.Series:
    rows = e.table("placed_adoption")
    adoptive = e.episodes[e.episodes["place_code"].isin(ADOPTIVE)]
    return rows["date_placed"].notna() & ~e.share_child(rows, adoptive)


def _adopters_miscounted(e: Evidence) -> pd.Series:
    """Mark rows where the sex of one adopter is said of two, or of two of one (M1, F1; MM, FF, MF)."""
    rows = e.table("ad1")
    number = pd.to_numeric(rows["nb_adoptr"], errors="coerce")
    said = rows["sex_adoptr"].str.upper()
    one, two = said.isin(["M1", "F1"]), said.isin(["MM", "FF", "MF"])
    return (number.eq(1) & two) | (number.eq(2) & one)


RULES: Final = (
    Rule(
        "T11",
        ERROR,
        "ad1",
        "matched with adopters before it was decided that the child should be adopted",
        "correct DATE_MATCH or DATE_INT",
        lambda e: e.table("ad1")["date_match"] < e.table("ad1")["date_int"],
    ),
    Rule(
        "T12",
        WARNING,
        "ad1",
        "number of adopters does not fit their sex",
        "correct NB_ADOPTR or SEX_ADOPTR",
        _adopters_miscounted,
    ),
    Rule(
        "T13",
        WARNING,
        "episodes",
        "adopted (E11, E12), but not in the adoption table of that return",
        "add the child to AD1, or correct REC",
        _not_adopted_there,
        ("ad1",),
    ),
    Rule(
        "T14",
        ERROR,
        "placed_adoption",
        "placement for adoption ceased before it began",
        "correct DATE_PLACED_CEASED or DATE_PLACED",
        lambda e: e.table("placed_adoption")["date_placed_ceased"] < e.table("placed_adoption")["date_placed"],
    ),
    Rule(
        "T15",
        WARNING,
        "placed_adoption",
        "placed for adoption, but no episode of the child is (A3 to A6)",
        "add the episode, or correct DATE_PLACED",
        _placed_without_episode,
        ("episodes",),
    ),
    Rule(
        "T16",
        WARNING,
        "episodes",
        "placed for adoption (A3 to A6), but not in that return's table of such placements",
        "add the child to PlacedAdoption, or correct PLACE",
        _not_placed_there,
        ("placed_adoption",),
    ),
    Rule(
        "T17",
        WARNING,
        "placed_adoption",
        "placement for adoption ceased with no reason, or a reason with no date",
        "give both DATE_PLACED_CEASED and REASON_PLACED_CEASED, or neither",
        lambda e: (
            e.table("placed_adoption")["date_placed_ceased"].isna()
            != blank(e.table("placed_adoption")["reason_placed_ceased"])
        ),
    ),
)
