"""Do a child's episodes follow one another as they must? Dates, order, and the reasons for beginning and ending."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.validate.columns import blank, year_end
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: RNE codes by what they say has changed.
PLACEMENT_CHANGED: Final = ("P", "T", "B", "U")
LEGAL_CHANGED: Final = ("L", "B", "U")
GOES_ON: Final = "X1"
_DIED_OR_ADOPTED: Final = ("E2", "E11", "E12")
#: Statuses that may last less than a day.
_SHORT: Final = (*codes.SHORT_BREAKS, "L1")
#: REASON_PLACE_CHANGE has been collected for placements that ended since.
_REASON_SINCE: Final = pd.Timestamp("2015-04-01")


def _overlaps(e: Evidence) -> pd.Series:
    rows = e.episodes
    return rows["next_start"].notna() & (rows["end"].isna() | (rows["end"] > rows["next_start"]))


def _past_eighteen(e: Evidence) -> pd.Series:
    return e.episodes["end"].isna() & (e.episodes["eighteenth"] < e.snapshot)


def _start_not_said(e: Evidence) -> pd.Series:
    """Mark beginnings of care without S; only where the return of the year that it began in was read.

    The first episode that was read need not be the first of all; but one that ended the day it began would be in the
    same year's return.
    """
    rows = e.episodes
    year = rows["start"].dt.year + (rows["start"].dt.month > 3)
    begins = rows["before_place_code"].isna() | (rows["before_end"] < rows["start"])
    unsaid: pd.Series = begins & rows["start_reason"].ne("S") & year.isin(rows["return_year"].unique())
    return unsaid


def _moved_under_l(e: Evidence) -> pd.Series:
    rows = e.episodes
    moved = rows["place_code"].ne(rows["before_place_code"]) | rows["placement_key"].ne(rows["before_placement_key"])
    return rows["follows"] & rows["start_reason"].eq("L") & moved


def _legal_change_misstated(e: Evidence) -> pd.Series:
    rows = e.episodes
    said = rows["start_reason"].isin(LEGAL_CHANGED)
    changed = rows["legal_status"].ne(rows["before_legal_status"])
    return rows["follows"] & (said | rows["start_reason"].isin(PLACEMENT_CHANGED)) & (said != changed)


def _nothing_changed(e: Evidence) -> pd.Series:
    rows = e.episodes
    same = rows["follows"] & rows["start_reason"].isin(PLACEMENT_CHANGED) & rows["placement_key"].ne(0)
    for name in ("legal_status", "place_code", "sector", "provider_id", "placement_key"):
        same &= rows[name].eq(rows[f"before_{name}"])
    return same


def _placement_ends(e: Evidence) -> pd.Series:
    """Return whether the next episode begins the same day in another placement."""
    rows = e.episodes
    return rows["next_start"].eq(rows["end"]) & rows["next_reason"].isin(PLACEMENT_CHANGED)


def _reason_missing(e: Evidence) -> pd.Series:
    rows = e.episodes
    return _placement_ends(e) & blank(rows["change_reason"]) & (rows["end"] >= _REASON_SINCE)


RULES: Final = (
    Rule(
        "E01",
        ERROR,
        "episodes",
        "child placed before birth",
        "correct DOB or DECOM",
        lambda e: e.episodes["start"] < e.episodes["born"],
    ),
    Rule(
        "E02",
        ERROR,
        "episodes",
        "episode of a child with no header",
        "add the child to the header file: age and sex are not known without it",
        lambda e: ~e.of_child(e.episodes, "in_header"),
    ),
    Rule(
        "E03",
        ERROR,
        "episodes",
        "episode overlaps the same child's next one",
        "close the earlier episode on the day the next begins",
        _overlaps,
    ),
    Rule(
        "E04",
        ERROR,
        "episodes",
        "still looked after at 18 or over",
        "close the episode on the eighteenth birthday",
        _past_eighteen,
    ),
    Rule(
        "E10",
        WARNING,
        "episodes",
        "episode starts after the snapshot day",
        "check DECOM, or set a later snapshot in study.toml",
        lambda e: e.episodes["start"] > e.snapshot,
    ),
    Rule(
        "E11",
        ERROR,
        "episodes",
        "open episode that the latest return no longer lists: taken to have ended with its own return's year",
        "close it on the day it ended",
        lambda e: e.dropped,
    ),
    Rule(
        "E12",
        ERROR,
        "episodes",
        "episode starts after the end of its return's year",
        "name the folder by the year the return ends in (2024 for April 2023 to March 2024), or correct DECOM",
        lambda e: e.episodes["start"] > year_end(e.episodes),
    ),
    Rule(
        "D01",
        ERROR,
        "episodes",
        "episode ends before it begins",
        "correct DEC or DECOM",
        lambda e: e.episodes["end"] < e.episodes["start"],
    ),
    Rule(
        "D02",
        WARNING,
        "episodes",
        "episode begins and ends on one day, and is neither a short break nor police protection",
        "remove it, or correct DEC or DECOM: nobody slept there",
        lambda e: e.episodes["end"].eq(e.episodes["start"]) & ~e.episodes["legal_status"].isin(_SHORT),
    ),
    Rule(
        "D03",
        ERROR,
        "episodes",
        "two episodes of one child begin on the same day",
        "keep the one the child was in at the end of the day",
        lambda e: e.episodes["next_start"].eq(e.episodes["start"]) | e.episodes["before_start"].eq(e.episodes["start"]),
    ),
    Rule(
        "D04",
        ERROR,
        "episodes",
        "REC says another episode follows the same day (X1), but the next one begins later",
        "add the episode in between, or give the reason why care ended",
        lambda e: e.episodes["end_reason"].eq(GOES_ON) & (e.episodes["next_start"] > e.episodes["end"]),
    ),
    Rule(
        "D05",
        ERROR,
        "episodes",
        "REC says another episode follows (X1), but this is the child's last",
        "add the episode that follows, or give the reason why care ended",
        lambda e: e.episodes["end_reason"].eq(GOES_ON) & e.episodes["end"].notna() & e.episodes["next_start"].isna(),
    ),
    Rule(
        "D06",
        ERROR,
        "episodes",
        "episode has ended with no reason",
        "give REC: X1 when another episode follows, else why care ended",
        lambda e: e.episodes["end"].notna() & blank(e.episodes["end_reason"]),
    ),
    Rule(
        "D07",
        ERROR,
        "episodes",
        "reason for ending given, but no end date",
        "give DEC, or remove REC",
        lambda e: e.episodes["end"].isna() & ~blank(e.episodes["end_reason"]),
    ),
    Rule(
        "D08",
        WARNING,
        "episodes",
        "care ended by REC, but the child's next episode begins the same day",
        "give X1 when the child stayed in care",
        lambda e: (
            e.episodes["next_start"].eq(e.episodes["end"])
            & ~e.episodes["end_reason"].eq(GOES_ON)
            & ~blank(e.episodes["end_reason"])
        ),
    ),
    Rule(
        "D09",
        ERROR,
        "episodes",
        "care begins here, but RNE is not S",
        "give S, or add the episode that went before",
        _start_not_said,
    ),
    Rule(
        "D10",
        ERROR,
        "episodes",
        "RNE says care begins (S), but the child was in care until that day",
        "say what changed: L, P, T, B or U",
        lambda e: (
            e.episodes["follows"] & e.episodes["start_reason"].eq("S") & e.episodes["before_end_reason"].eq(GOES_ON)
        ),
    ),
    Rule(
        "D11",
        ERROR,
        "episodes",
        "RNE says only the legal status changed (L), but the placement differs from the one before",
        "give B or U, or correct PLACE or PL_POST",
        _moved_under_l,
    ),
    Rule(
        "D12",
        WARNING,
        "episodes",
        "RNE says the legal status changed and it did not, or the other way round",
        "correct RNE or LS",
        _legal_change_misstated,
    ),
    Rule(
        "D13",
        WARNING,
        "episodes",
        "RNE says the placement changed, but nothing differs from the episode before",
        "join the two episodes, or correct PL_POST or URN",
        _nothing_changed,
    ),
    Rule(
        "D14",
        ERROR,
        "episodes",
        "placement changed, but there is no reason for the change",
        "give REASON_PLACE_CHANGE on the episode that ended",
        _reason_missing,
    ),
    Rule(
        "D15",
        WARNING,
        "episodes",
        "reason for a placement change given, but the placement did not change next",
        "remove REASON_PLACE_CHANGE, or correct the RNE of the next episode",
        lambda e: ~blank(e.episodes["change_reason"]) & ~_placement_ends(e),
    ),
    Rule(
        "D16",
        ERROR,
        "episodes",
        "child recorded as having died or been adopted has a later episode",
        "correct REC; an adopted child who returns to care is given a new identifier",
        lambda e: e.episodes["end_reason"].isin(_DIED_OR_ADOPTED) & e.episodes["next_start"].notna(),
    ),
    Rule(
        "D17",
        ERROR,
        "episodes",
        "episode ended after the eighteenth birthday",
        "close the episode on the eighteenth birthday",
        lambda e: e.episodes["end"] > e.episodes["eighteenth"],
    ),
)
