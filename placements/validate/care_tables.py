"""Do the other tables of the care return agree with the episodes and with themselves?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.validate.columns import blank, completed_years, overlaps_next, year_end
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: Reviews are held every six months at most; a month's grace.
_REVIEW_MONTHS: Final = 7


def _no_review(e: Evidence) -> pd.Series:
    """Mark today's episodes of children in care for over seven months with no review in the last seven.

    Only where the return that covers the snapshot holds reviews at all.
    """
    rows, reviews = e.episodes, e.table("reviews")
    since = e.snapshot - pd.DateOffset(months=_REVIEW_MONTHS)
    if not reviews["return_year"].eq(_statutory_year(e.snapshot)).any():
        return pd.Series(False, index=rows.index)
    recent = reviews["review"].between(since, e.snapshot)
    long = e.looked_after(rows, pd.Series(since, index=rows.index)) & (rows["start"] <= e.snapshot)
    short_break = rows["legal_status"].isin(codes.SHORT_BREAKS)
    return e.now & long & ~short_break & ~e.share_child(rows, reviews[recent])


def _no_social_worker(e: Evidence) -> pd.Series:
    rows, workers = e.episodes, e.table("sw_episodes")
    if not workers["return_year"].eq(_statutory_year(e.snapshot)).any():
        return pd.Series(False, index=rows.index)
    today = (workers["sw_decom"] <= e.snapshot) & ~(workers["sw_dec"] <= e.snapshot)
    return e.now & ~e.share_child(rows, workers[today])


def _statutory_year(day: pd.Timestamp) -> int:
    return day.year + (day.month > 3)


def _outside_care(e: Evidence, table: str, column: str) -> pd.Series:
    rows = e.table(table)
    return ~e.looked_after(rows, rows[column])


def _sdq(e: Evidence) -> pd.Series:
    return pd.to_numeric(e.table("oc2")["sdq_score"], errors="coerce")


def _no_score(e: Evidence) -> pd.Series:
    rows = e.table("oc2")
    age = completed_years(rows["born"], year_end(rows))
    return age.between(4, 16) & blank(rows["sdq_score"]) & blank(rows["sdq_reason"])


def _not_a_leaver(e: Evidence) -> pd.Series:
    rows = e.table("oc3")
    age = completed_years(rows["born"], year_end(rows))
    return age.notna() & ~age.between(17, 21)


def _still_missing(e: Evidence) -> pd.Series:
    rows = e.table("missing")
    older: pd.Series = rows["return_year"] < rows["return_year"].max()
    return older & rows["mis_start"].notna() & rows["mis_end"].isna()


RULES: Final = (
    Rule(
        "T04",
        WARNING,
        "reviews",
        "review on a day when the child was not looked after",
        "correct REVIEW, or add the missing episode",
        lambda e: _outside_care(e, "reviews", "review"),
        ("episodes",),
    ),
    Rule(
        "T05",
        WARNING,
        "episodes",
        "looked after for over seven months with no review in the last seven",
        "add the reviews, or tell the responsible manager: one is due every six months",
        _no_review,
        ("reviews",),
    ),
    Rule(
        "T06",
        ERROR,
        "missing",
        "missing period ends before it begins",
        "correct MIS_END or MIS_START",
        lambda e: e.table("missing")["mis_end"] < e.table("missing")["mis_start"],
    ),
    Rule(
        "T07",
        WARNING,
        "missing",
        "went missing on a day when the child was not looked after",
        "correct MIS_START, or add the missing episode",
        lambda e: _outside_care(e, "missing", "mis_start"),
        ("episodes",),
    ),
    Rule(
        "T08",
        WARNING,
        "missing",
        "missing period overlaps the same child's next one",
        "end the earlier one on the day the child was found",
        lambda e: overlaps_next(*(e.table("missing")[name] for name in ("who", "mis_start", "mis_end"))),
    ),
    Rule(
        "T09",
        WARNING,
        "missing",
        "missing with no end, in a return older than the latest",
        "give MIS_END, or list the child as missing still",
        _still_missing,
    ),
    Rule(
        "T10",
        WARNING,
        "missing",
        "neither missing (M) nor away without authorisation (A)",
        "correct MISSING",
        lambda e: ~e.table("missing")["missing"].str.upper().isin(["M", "A"]),
    ),
    Rule(
        "T18",
        ERROR,
        "sw_episodes",
        "social worker's episode ends before it begins",
        "correct SW_DEC or SW_DECOM",
        lambda e: e.table("sw_episodes")["sw_dec"] < e.table("sw_episodes")["sw_decom"],
    ),
    Rule(
        "T19",
        WARNING,
        "sw_episodes",
        "social worker's episode overlaps the same child's next one",
        "end the earlier one on the day the next worker took over",
        lambda e: overlaps_next(*(e.table("sw_episodes")[name] for name in ("who", "sw_decom", "sw_dec"))),
    ),
    Rule(
        "T20",
        WARNING,
        "episodes",
        "looked after on the snapshot day with no social worker",
        "add the worker's episode, or tell the responsible manager",
        _no_social_worker,
        ("sw_episodes",),
    ),
    Rule(
        "T21",
        ERROR,
        "dolo",
        "deprivation of liberty begins before 2000",
        "correct DOLO_START",
        lambda e: e.table("dolo")["dolo_start"] < pd.Timestamp("2000-01-01"),
    ),
    Rule(
        "T22",
        ERROR,
        "dolo",
        "deprivation of liberty ends before it begins",
        "correct DOLO_END or DOLO_START",
        lambda e: e.table("dolo")["dolo_end"] < e.table("dolo")["dolo_start"],
    ),
    Rule(
        "T23",
        WARNING,
        "dolo",
        "deprived of liberty from a day when the child was not looked after",
        "correct DOLO_START, or add the missing episode",
        lambda e: _outside_care(e, "dolo", "dolo_start"),
        ("episodes",),
    ),
    Rule(
        "T24",
        ERROR,
        "oc2",
        "strengths and difficulties score is not a number from 0 to 40",
        "correct SDQ_SCORE",
        lambda e: ~blank(e.table("oc2")["sdq_score"]) & ~_sdq(e).between(0, 40),
    ),
    Rule(
        "T25",
        WARNING,
        "oc2",
        "aged 4 to 16 with neither a strengths and difficulties score nor a reason why not",
        "give SDQ_SCORE or SDQ_REASON",
        _no_score,
    ),
    Rule(
        "T26",
        WARNING,
        "oc2",
        "in the health table of a year at whose end the child was not looked after",
        "leave the child out of OC2, or add the missing episode",
        lambda e: ~e.looked_after(e.table("oc2"), year_end(e.table("oc2"))),
        ("episodes",),
    ),
    Rule(
        "T27",
        WARNING,
        "oc3",
        "in the table of care leavers, but not aged 17 to 21 at the end of its year",
        "correct DOB, or leave the child out of OC3",
        _not_a_leaver,
    ),
    Rule(
        "T28",
        WARNING,
        "prev_perm",
        "left care for permanence before (P1 to P4), but not of which authority",
        "give LA_PERM",
        lambda e: (
            e.table("prev_perm")["prev_perm"].str.upper().isin(["P1", "P2", "P3", "P4"])
            & blank(e.table("prev_perm")["la_perm"])
        ),
    ),
)
