"""The cross-table rules: metadata, a function and a message each. A rule marks rows; it never changes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements import codes
from placements.frames import look_up
from placements.read.tables import SourceTables

ERROR: Final = "error"
WARNING: Final = "warning"


@dataclass(frozen=True)
class Rule:
    """One thing that ought to hold.

    Attributes
    ----------
    code : str
        Stable name: letter of the table and a number.
    severity : str
        `error` when a figure is wrong because of it, `warning` when it may be.
    message : str
        What was found, for a data officer.
    advice : str
        What to do about it.
    broken : callable
        Takes the tables and the snapshot day; returns a boolean per row of the table the rule is about.
    """

    code: str
    severity: str
    message: str
    advice: str
    broken: Callable[[SourceTables, pd.Timestamp], pd.Series]


def _born(tables: SourceTables) -> pd.Series:
    return look_up(tables.episodes["child_id"], tables.children.set_index("child_id")["birth_date"])


def _next_start(tables: SourceTables) -> pd.Series:
    """Return the start of the same child's next episode; NaT for the last. Episodes are sorted by child and start."""
    following: pd.Series = tables.episodes.groupby("child_id")["start"].shift(-1)
    return following


def _blank(values: pd.Series) -> pd.Series:
    return values.fillna("") == ""


def _known_provider(tables: SourceTables, urn: pd.Series) -> pd.Series:
    return _blank(urn) | urn.isin(tables.provision["provider_id"])


def _years(tables: SourceTables, on: pd.Timestamp) -> pd.Series:
    days: pd.Series = (on - tables.children["birth_date"]).dt.days
    return days / 365.25


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "E01", ERROR, "child placed before birth", "correct DOB or DECOM", lambda t, on: t.episodes["start"] < _born(t)
    ),
    Rule(
        "E02",
        ERROR,
        "episode of a child with no header",
        "add the child to the header file: age and sex are not known without it",
        lambda t, on: ~t.episodes["child_id"].isin(t.children["child_id"]),
    ),
    Rule(
        "E03",
        ERROR,
        "episode overlaps the same child's next one",
        "close the earlier episode on the day the next begins",
        lambda t, on: _next_start(t).notna() & ((t.episodes["end"] > _next_start(t)) | t.episodes["end"].isna()),
    ),
    Rule(
        "E04",
        ERROR,
        "still looked after at 18 or over",
        "close the episode on the eighteenth birthday",
        lambda t, on: t.episodes["end"].isna() & (_born(t) + pd.DateOffset(years=18) < on),
    ),
    Rule(
        "E05",
        WARNING,
        "home and placement have the same postcode, and the child is not with parents",
        "check HOME_POST: it is the address the child came from",
        lambda t, on: (
            t.episodes["home_postcode"].eq(t.episodes["placement_postcode"])
            & ~_blank(t.episodes["home_postcode"])
            & t.episodes["place_code"].ne("P1")
        ),
    ),
    Rule(
        "E06",
        WARNING,
        "no placement postcode, and the placement is not one where it may be withheld",
        "fill in PL_POST",
        lambda t, on: (
            _blank(t.episodes["placement_postcode"])
            & ~t.episodes["place_code"].isin(["A3", "A4", "A5", "A6", "T0", "T1", "T2", "T3", "T4"])
        ),
    ),
    Rule("E07", WARNING, "no home postcode", "fill in HOME_POST", lambda t, on: _blank(t.episodes["home_postcode"])),
    Rule(
        "E08",
        WARNING,
        "URN is in no provider file",
        "add the provider list that holds it, or correct the URN",
        lambda t, on: ~_known_provider(t, t.episodes["provider_id"]) & t.episodes["provider_id"].ne("XXXXXXX"),
    ),
    Rule(
        "E09",
        ERROR,
        "category of need is missing or not a code",
        "correct CIN",
        lambda t, on: t.episodes["need"].eq(codes.NEED_UNKNOWN),
    ),
    Rule(
        "E10",
        WARNING,
        "episode starts after the snapshot day",
        "check DECOM, or set a later snapshot in study.toml",
        lambda t, on: t.episodes["start"] > on,
    ),
    Rule(
        "E11",
        ERROR,
        "open episode that the latest return no longer lists: taken to have ended with its own return's year",
        "close it on the day it ended",
        lambda t, on: t.episodes["end"].isna() & (t.episodes["return_year"] < t.episodes["return_year"].max()),
    ),
    Rule(
        "H02",
        ERROR,
        "no usable date of birth: age is not known",
        "correct DOB",
        lambda t, on: t.children["birth_date"].isna(),
    ),
    Rule(
        "H01",
        ERROR,
        "aged over 25 or not yet born on the snapshot day",
        "correct DOB",
        lambda t, on: (_years(t, on) > 26) | (_years(t, on) < 0),
    ),
    Rule(
        "S01",
        WARNING,
        "EHC plan in force with no setting",
        "record where the child is educated",
        lambda t, on: t.plans["end"].isna() & ~t.plans["person_id"].isin(t.education_placements["person_id"]),
    ),
    Rule(
        "S02", WARNING, "EHC plan with no need recorded", "record sentype", lambda t, on: t.plans["need"].eq("unknown")
    ),
    Rule(
        "S03",
        WARNING,
        "EHC plan with no home postcode",
        "record postcode",
        lambda t, on: _blank(t.plans["home_postcode"]),
    ),
    Rule(
        "S04",
        WARNING,
        "setting's URN is in no school file",
        "add a newer (or older) school register, or correct the URN",
        lambda t, on: ~_known_provider(t, t.education_placements["provider_id"]),
    ),
    Rule(
        "S05",
        WARNING,
        "neither URN nor setting code",
        "record where the child is educated",
        lambda t, on: _blank(t.education_placements["provider_id"]) & _blank(t.education_placements["setting"]),
    ),
    Rule(
        "S06",
        ERROR,
        "EHC plan with no usable date of birth: age is not known",
        "correct personbirthdate",
        lambda t, on: t.plans["birth_date"].isna(),
    ),
    Rule(
        "P01",
        WARNING,
        "open home with no number of places",
        "ask for the current provider list",
        lambda t, on: (
            t.provision["provision"].isin(["childrens_home", "supported_accommodation"])
            & t.provision["is_open"]
            & t.provision["registered_places"].isna()
        ),
    ),
    Rule(
        "P02",
        WARNING,
        "provider with no postcode",
        "ask for the confidential list: the published one hides addresses of homes",
        lambda t, on: _blank(t.provision["postcode"]) & t.provision["is_open"],
    ),
)


def check_rules(tables: SourceTables, snapshot: dt.date) -> pd.DataFrame:
    """Return `code, severity, message, advice, count` of every rule, in order, also those that hold (count 0)."""
    on = pd.Timestamp(snapshot)
    return pd.DataFrame(
        [
            {
                "code": rule.code,
                "severity": rule.severity,
                "message": rule.message,
                "advice": rule.advice,
                "count": int(rule.broken(tables, on).fillna(False).sum()),
            }
            for rule in RULES
        ]
    )
