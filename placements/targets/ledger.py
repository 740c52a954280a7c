"""Which targets has the council set? `targets.csv` read, every mistake named, one row a target.

The file is the council's own: rows are added for new dates and none need be taken out, so it is its own history. The
same indicator may stand in it with several dates.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import pandas as pd

from placements.errors import SettingsError
from placements.read.dates import parse_dates, why_not
from placements.targets.amounts import Amount, parse_amount

Better: TypeAlias = Literal["lower", "higher"]

#: Headline figures that are shares, and which way is better; of counts the baseline tells.
BETTER: Final[Mapping[str, Better]] = MappingProxyType(
    {
        "care_out_of_county": "lower",
        "care_over_20_miles": "lower",
        "care_distant": "lower",
        "care_distance_unknown": "lower",
        "homes_out_of_county": "lower",
        "in_house_foster_share": "higher",
        "plans_out_of_county": "lower",
        "plans_independent_special": "lower",
        "care_avoidable": "lower",
        "education_avoidable": "lower",
    }
)
#: Headline figures that are counts.
COUNTS: Final = ("looked_after", "uasc", "ehc_plans", "care_and_plan")


@dataclass(frozen=True)
class Target:
    """What is to be reached by a day.

    Attributes
    ----------
    indicator : str
        Name of a headline figure (`analysis.indicators`).
    baseline : Amount, optional
        Where it started from, as the council says.
    target : Amount
    due : date
    better : {"lower", "higher"}
    owner, action, status, reason : str
        The council's own words; `reason` is why it stands as it does.
    """

    indicator: str
    baseline: Amount | None
    target: Amount
    due: dt.date
    better: Better
    owner: str = ""
    action: str = ""
    status: str = ""
    reason: str = ""

    def is_met_by(self, value: float) -> bool:
        """Return whether a value is at the target or better."""
        return value <= self.target.value if self.better == "lower" else value >= self.target.value


def targets_of(table: pd.DataFrame, file: Path | None = None) -> tuple[Target, ...]:
    """Return the targets of a ledger, by indicator in the file's order, then by date.

    Parameters
    ----------
    table : DataFrame
        As `read.targets.read_targets` returns it: text, indexed by the line in the file.
    file : Path, optional
        The file, for messages.

    Raises
    ------
    SettingsError
        With every mistake: line, column, what was found, what to do.
    """
    problems: list[str] = []
    found: list[Target] = []
    days: dict[Any, Any] = dict(zip(table.index, parse_dates(table["due_date"]), strict=True))
    reasons = dict(zip(table.index, why_not(table["due_date"]), strict=True))
    seen: dict[tuple[str, dt.date], Any] = {}
    for line, row in table.iterrows():
        before = len(problems)
        name = _indicator(str(row["indicator"]), line, problems)
        amounts = {column: _amount(row, column, name, line, problems) for column in ("baseline", "target")}
        if pd.isna(days[line]):
            problems.append(_said(line, "due_date", str(row["due_date"]), str(reasons[line])))
        if len(problems) > before:
            continue
        target, baseline, day = amounts["target"], amounts["baseline"], days[line].date()
        if target is None:
            problems.append(_said(line, "target", "", "give a share such as 50%, or a number"))
            continue
        if name in COUNTS and baseline is None:
            problems.append(_said(line, "baseline", "", "give the number it starts from: it tells which way is better"))
            continue
        if (name, day) in seen:
            problems.append(f"line {line}: {name} by {day.isoformat()} stands in line {seen[name, day]} too; keep one")
            continue
        seen[name, day] = line
        texts = {column: _text(row, column) for column in ("owner", "action", "status", "reason")}
        found.append(Target(name, baseline, target, day, _better(name, baseline, target), **texts))
    if problems:
        raise SettingsError(
            "\n  - ".join(["these targets cannot be followed:", *problems]), file=file, advice="mend the lines named"
        )
    order = {name: place for place, name in enumerate(dict.fromkeys(one.indicator for one in found))}
    return tuple(sorted(found, key=lambda one: (order[one.indicator], one.due)))


def _indicator(text: str, line: Any, problems: list[str]) -> str:
    known = (*BETTER, *COUNTS)
    if text in known:
        return text
    near = difflib.get_close_matches(text, known, n=1)
    advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    problems.append(_said(line, "indicator", text, advice))
    return ""


def _amount(row: pd.Series, column: str, name: str, line: Any, problems: list[str]) -> Amount | None:
    text = _text(row, column)
    if not text or not name:
        return None
    amount = parse_amount(text)
    share = name in BETTER
    if amount is None or amount.is_share != share:
        wanted = "a share such as 50%, or 545 of 910" if share else "a number such as 1,020"
        problems.append(_said(line, column, text, f"{name} needs {wanted}"))
        return None
    return amount


def _better(name: str, baseline: Amount | None, target: Amount) -> Better:
    if name in BETTER:
        return BETTER[name]
    return "higher" if baseline is not None and target.value > baseline.value else "lower"


def _text(row: pd.Series, column: str) -> str:
    value = row.get(column, "")
    return "" if pd.isna(value) else str(value).strip()


def _said(line: Any, column: str, found: str, advice: str) -> str:
    return f"line {line}, column {column}: found {found!r}; {advice}"
