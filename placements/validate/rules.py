"""Which rules are there, in what order, how many rows break each, and which rows are they?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements.errors import UsageError
from placements.validate import (
    adoption,
    care,
    care_codes,
    care_places,
    care_tables,
    commissioning,
    identity,
    plans,
    provision,
    settings_of_plans,
)
from placements.validate.evidence import CARE_TABLES, Evidence
from placements.validate.rule import Rule

#: Every rule, in the order in which they are shown: by subject, in the order in which a return is put right.
RULES: Final[tuple[Rule, ...]] = (
    *care.RULES,
    *care_codes.RULES,
    *care_places.RULES,
    *identity.RULES,
    *care_tables.RULES,
    *adoption.RULES,
    *plans.RULES,
    *settings_of_plans.RULES,
    *provision.RULES,
    *commissioning.RULES,
)
#: Columns by which a data officer finds a row again.
_FOUND_BY: Final[dict[str, tuple[str, ...]]] = {
    "children": ("child_id",),
    "episodes": ("child_id", "start", "return_year", "source"),
    "stated_births": ("table", "child_id", "source"),
    "plans": ("person_id", "start", "source"),
    "school_transport": ("person_id", "source"),
    "education_placements": ("person_id", "start", "rank", "source"),
    "provision": ("provider_id", "source"),
    "provider_use": ("provider_id",),
    "commissioning": ("child_id", "provider_id", "start", "source"),
    **{name: ("child_id", *columns[:1], "return_year", "source") for name, columns in CARE_TABLES.items()},
    "missing": ("child_id", "mis_start", "return_year", "source"),
}


def check_rules(evidence: Evidence) -> pd.DataFrame:
    """Ask every rule of the evidence.

    Returns
    -------
    DataFrame
        One row per rule, in order, also of those that hold: `code, severity, message, advice, count` (rows that break
        it) and `checked` (False, with count 0, when there is nothing to look at or nothing to judge it by).
    """
    return pd.DataFrame([_outcome(rule, evidence) for rule in RULES])


def _outcome(rule: Rule, evidence: Evidence) -> dict[str, object]:
    checked = rule.can_be_checked(evidence)
    return {
        "code": rule.code,
        "severity": rule.severity,
        "message": rule.message,
        "advice": rule.advice,
        "count": int(rule.marked(evidence).sum()) if checked else 0,
        "checked": checked,
    }


def rows_of(code: str, evidence: Evidence) -> pd.DataFrame:
    """Return the rows that break a rule, by the columns that find them again. They name children: internal only.

    Returns
    -------
    DataFrame
        `code`, `about` (the table), then what identifies a row of it: `child_id`, `person_id` or `provider_id`, a
        date, and `source`, the file, where there are such.

    Raises
    ------
    UsageError
        When there is no such rule.
    """
    rule = next((rule for rule in RULES if rule.code == code.upper()), None)
    if rule is None:
        raise UsageError(f"there is no rule {code!r}: see docs/rules.md")
    frame = evidence.table(rule.about)
    broken = rule.marked(evidence) if rule.can_be_checked(evidence) else pd.Series(False, index=frame.index)
    found = frame.loc[broken.reindex(frame.index, fill_value=False), list(_FOUND_BY[rule.about])]
    for name in found.columns[[isinstance(kind, pd.CategoricalDtype) for kind in found.dtypes]]:
        found[name] = found[name].astype("str")
    found = found.sort_values(list(found.columns), ignore_index=True)
    found.insert(0, "about", rule.about)
    found.insert(0, "code", rule.code)
    return found
