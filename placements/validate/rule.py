"""What is a rule? A name, what was found, what to do about it, and a function that marks the rows; none is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements.validate.evidence import Evidence

ERROR: Final = "error"
WARNING: Final = "warning"
#: Every severity, in words.
SEVERITIES: Final[dict[str, str]] = {
    ERROR: "a figure is wrong because of it",
    WARNING: "a figure may be wrong because of it",
}


@dataclass(frozen=True)
class Rule:
    """One thing that ought to hold.

    Attributes
    ----------
    code : str
        Stable name: the letter of its subject and a number.
    severity : str
        `error` when a figure is wrong because of it, `warning` when it may be.
    about : str
        The table whose rows it marks: a name that `Evidence.table` knows.
    message : str
        What was found, for a data officer.
    advice : str
        What to do about it.
    broken : callable
        Takes the evidence; returns a boolean per row of `Evidence.table(about)`.
    needs : tuple of str
        What else there must be, or the rule is not checked: names that `Evidence.has` knows.
    """

    code: str
    severity: str
    about: str
    message: str
    advice: str
    broken: Callable[[Evidence], pd.Series]
    needs: tuple[str, ...] = ()

    def can_be_checked(self, evidence: Evidence) -> bool:
        """Return whether there are rows to look at, and all that the rule needs to judge them."""
        return all(evidence.has(need) for need in (self.about, *self.needs))

    def marked(self, evidence: Evidence) -> pd.Series:
        """Return whether each row of the table breaks the rule; what is not known does not."""
        return self.broken(evidence).fillna(False).astype(bool)
