"""Are the codes of an episode of their year, and do they fit one another, the child's age and the law?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.validate.columns import blank, spread
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: First and last return year of the placement codes that have not always been there.
_PLACE_YEARS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "H5": (0, 2024),
        "P2": (0, 2024),
        "Z1": (0, 2025),
        "K3": (2025, 9999),
        **dict.fromkeys(("Z11", "Z12", "Z13", "Z14"), (2026, 9999)),
    }
)
_START_REASONS: Final = ("S", "L", "P", "T", "B", "U")
_END_REASONS: Final = (
    *("X1", "E11", "E12", "E13", "E14", "E15", "E16", "E17", "E2", "E3"),
    *("E41", "E45", "E46", "E47", "E48", "E4A", "E4B", "E5", "E6", "E7", "E8", "E9"),
)
#: Special guardianship was split by who the guardian is; these two have not been used since.
_OLD_END_REASONS, _SPLIT = ("E43", "E44"), pd.Timestamp("2018-04-01")
_CHANGE_REASONS: Final = (
    *("CARPL", "CLOSE", "ALLEG", "STAND", "APPRR", "CREQB", "CREQO"),
    *("CHILD", "LAREQ", "PLACE", "CUSTOD", "OTHER"),
)
ADOPTIVE: Final = ("A3", "A4", "A5", "A6")
_WITH_ORDER, _ORDERS = ("A5", "A6"), ("E1", "D1")
_TEMPORARY: Final = ("T0", "T1", "T2", "T3", "T4")
#: Who provides it may be left out for these.
_NO_SECTOR: Final = ("T0", "T1", "T2", "T3", "Z1", "Z11", "Z12", "Z13", "Z14")
_BY_AGREEMENT: Final = ("V2", *codes.SHORT_BREAKS)
_YOUTH_JUSTICE: Final = ("J1", "J2", "J3")
#: The longest that the law lets a status go on, in days: Children Act 1989 sections 46, 44 with 45, and 43.
_EMERGENCY_DAYS: Final[Mapping[str, int]] = MappingProxyType({"L1": 3, "L2": 15, "L3": 7})
_SHORT_BREAK_DAYS: Final = 17
_TEMPORARY_DAYS: Final = 90


def _days(e: Evidence) -> pd.Series:
    """Return how long each episode has gone on, to its end or to the snapshot."""
    days: pd.Series = (e.episodes["end"].fillna(e.snapshot) - e.episodes["start"]).dt.days
    return days


def _wrong_year(e: Evidence) -> pd.Series:
    rows = e.episodes
    wrong = ~rows["place_code"].isin(list(codes.PLACE))
    for code, (first, last) in _PLACE_YEARS.items():
        wrong |= rows["place_code"].eq(code) & ~rows["return_year"].between(first, last)
    return wrong


def _wrong_end_reason(e: Evidence) -> pd.Series:
    rows = e.episodes
    old = rows["end_reason"].isin(_OLD_END_REASONS) & ~(rows["end"] >= _SPLIT)
    return ~(blank(rows["end_reason"]) | rows["end_reason"].isin(_END_REASONS) | old)


def _parent_provider_misplaced(e: Evidence) -> pd.Series:
    rows = e.episodes
    return rows["sector"].ne("unknown") & (rows["place_code"].eq("P1") != rows["sector"].eq("parent"))


def _short_breaks_mixed(e: Evidence) -> pd.Series:
    rows = e.episodes
    now, before = (rows[name].isin(codes.SHORT_BREAKS) for name in ("legal_status", "before_legal_status"))
    return rows["follows"] & (now != before)


def _too_young_for_supported(e: Evidence) -> pd.Series:
    rows = e.episodes
    under_16 = rows["place_code"].eq("K3") & (rows["age"] < 16)
    return under_16 | (rows["place_code"].isin(["H5", "P2"]) & (rows["age"] < 10))


def _over_the_limit(e: Evidence) -> pd.Series:
    limit = spread(e.episodes["legal_status"], pd.Series(dict(_EMERGENCY_DAYS), dtype=float))
    return _days(e) > limit


def _entered_at_eighteen(e: Evidence) -> pd.Series:
    rows = e.episodes
    return rows["uasc"] & rows["before_place_code"].isna() & (rows["start"] >= rows["eighteenth"])


RULES: Final = (
    Rule(
        "E09",
        ERROR,
        "episodes",
        "category of need is missing or not a code",
        "correct CIN",
        lambda e: e.episodes["need"].eq(codes.NEED_UNKNOWN),
    ),
    Rule(
        "F01",
        ERROR,
        "episodes",
        "placement code is not one of its return's year",
        "recode PLACE: K3 took the place of H5 and P2 in 2024-25, Z11 to Z14 that of Z1 in 2025-26",
        _wrong_year,
    ),
    Rule(
        "F02",
        ERROR,
        "episodes",
        "reason for ending is not a code, or not one of the year it ended in",
        "correct REC; E45 to E48 took the place of E43 and E44",
        _wrong_end_reason,
    ),
    Rule(
        "F03",
        ERROR,
        "episodes",
        "reason for the new episode is missing or not a code",
        "correct RNE",
        lambda e: ~e.episodes["start_reason"].isin(_START_REASONS),
    ),
    Rule(
        "F04",
        ERROR,
        "episodes",
        "reason for the placement change is not a code",
        "correct REASON_PLACE_CHANGE",
        lambda e: ~(blank(e.episodes["change_reason"]) | e.episodes["change_reason"].isin(_CHANGE_REASONS)),
    ),
    Rule(
        "F05",
        ERROR,
        "episodes",
        "who provides the placement is missing or not a code: in-house cannot be told from agency",
        "give PLACE_PROVIDER",
        lambda e: e.episodes["sector"].eq("unknown") & ~e.episodes["place_code"].isin(_NO_SECTOR),
    ),
    Rule(
        "F06",
        ERROR,
        "episodes",
        "with parents (P1) but not provided by a parent (PR0), or the other way round",
        "correct PLACE or PLACE_PROVIDER",
        _parent_provider_misplaced,
    ),
    Rule(
        "F07",
        ERROR,
        "episodes",
        "short breaks (V3, V4) and another legal status in one period of care",
        "end the short breaks when the child comes into care otherwise: they are left out of the stock",
        _short_breaks_mixed,
    ),
    Rule(
        "F08",
        WARNING,
        "episodes",
        "adopted (E11, E12) from a placement that is not for adoption",
        "correct REC, or add the placement for adoption (A3 to A6)",
        lambda e: e.episodes["end_reason"].isin(["E11", "E12"]) & ~e.episodes["place_code"].isin(ADOPTIVE),
    ),
    Rule(
        "F09",
        WARNING,
        "episodes",
        "placed for adoption with a placement order (A5, A6), but the legal status is none",
        "correct LS, or PLACE to A3 or A4",
        lambda e: e.episodes["place_code"].isin(_WITH_ORDER) & ~e.episodes["legal_status"].isin(_ORDERS),
    ),
    Rule(
        "F10",
        WARNING,
        "episodes",
        "accommodated by agreement (V2, V3, V4) but placed with parents: such a child is not looked after",
        "correct LS or PLACE",
        lambda e: e.episodes["legal_status"].isin(_BY_AGREEMENT) & e.episodes["place_code"].eq("P1"),
    ),
    Rule(
        "F11",
        WARNING,
        "episodes",
        "unaccompanied child whose category of need is not absent parenting (N8)",
        "check CIN",
        lambda e: e.episodes["uasc"] & e.episodes["need"].ne("N8"),
    ),
    Rule(
        "A01",
        ERROR,
        "episodes",
        "under 16 in supported accommodation (K3), or under 10 in what went before it (H5, P2)",
        "correct DOB or PLACE; if right, tell the responsible manager: it is not lawful",
        _too_young_for_supported,
    ),
    Rule(
        "A02",
        WARNING,
        "episodes",
        "under 1 in a children's home",
        "check DOB and PLACE: a mother and baby placement is R3",
        lambda e: e.episodes["place_code"].eq("K2") & e.episodes["age"].between(0, 0),
    ),
    Rule(
        "A03",
        WARNING,
        "episodes",
        "under 13 in a secure home",
        "check DOB and PLACE, and that the Secretary of State approved it",
        lambda e: e.episodes["place_code"].eq("K1") & e.episodes["age"].between(0, 12),
    ),
    Rule(
        "A04",
        ERROR,
        "episodes",
        "youth justice status under 10, the age of criminal responsibility",
        "correct DOB or LS",
        lambda e: e.episodes["legal_status"].isin(_YOUTH_JUSTICE) & e.episodes["age"].between(0, 9),
    ),
    Rule(
        "A05",
        WARNING,
        "episodes",
        "under 15 in a young offender institution",
        "check DOB and PLACE: a younger child is held in a secure home (K1)",
        lambda e: e.episodes["place_code"].eq("R5") & e.episodes["age"].between(0, 14),
    ),
    Rule(
        "A06",
        WARNING,
        "episodes",
        "stayed with the carers on turning 18 (E17), but left before the eighteenth birthday",
        "correct REC, DEC or DOB",
        lambda e: e.episodes["end_reason"].eq("E17") & (e.episodes["end"] < e.episodes["eighteenth"]),
    ),
    Rule(
        "A07",
        WARNING,
        "episodes",
        "left care to live independently (E5, E6) under 16",
        "correct REC, DEC or DOB",
        lambda e: (
            e.episodes["end_reason"].isin(["E5", "E6"])
            & (e.episodes["end"] < e.episodes["eighteenth"] - pd.DateOffset(years=2))
        ),
    ),
    Rule(
        "A08",
        WARNING,
        "episodes",
        "emergency status goes on for longer than the law allows (L1 three days, L2 fifteen, L3 seven)",
        "add the episode in which the legal status changed",
        _over_the_limit,
    ),
    Rule(
        "A09",
        WARNING,
        "episodes",
        "single short break (V4) of more than 17 days",
        "add its end, or the legal status that followed",
        lambda e: e.episodes["legal_status"].eq("V4") & (_days(e) > _SHORT_BREAK_DAYS),
    ),
    Rule(
        "A10",
        WARNING,
        "episodes",
        "temporary placement (T0 to T4) of more than 90 days",
        "end it, or code it as the placement it has become",
        lambda e: e.episodes["place_code"].isin(_TEMPORARY) & (_days(e) > _TEMPORARY_DAYS),
    ),
    Rule(
        "A11",
        WARNING,
        "episodes",
        "unaccompanied child who was 18 or over on entering care",
        "check DOB against the age assessment",
        _entered_at_eighteen,
    ),
)
