"""What does a target say? A share or a number, as a council writes it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_PARTS = re.compile(rf"({_COUNT.pattern})\s+of\s+({_COUNT.pattern})(?:\s*\((\d+(?:\.\d+)?)\s*%\))?")


@dataclass(frozen=True)
class Amount:
    """A share or a number.

    Attributes
    ----------
    text : str
        As it was written.
    value : float
        The share between 0 and 1, or the number.
    is_share : bool
    """

    text: str
    value: float
    is_share: bool


def parse_amount(text: str) -> Amount | None:
    """Return what a text such as ``"50%"``, ``"545 of 910"``, ``"545 of 910 (60%)"`` or ``"1,020"`` says; None if none.

    A share over one whole is none, nor is one of nobody; of ``"545 of 910 (60%)"`` the percentage counts, so that a
    figure that was shown is read as it was shown.
    """
    stripped = text.strip()
    if found := _PERCENT.fullmatch(stripped):
        share = float(found.group(1)) / 100
        return Amount(stripped, share, True) if share <= 1 else None
    if found := _PARTS.fullmatch(stripped):
        part, whole = (float(number.replace(",", "")) for number in found.groups()[:2])
        if not whole or part > whole:
            return None
        return Amount(stripped, float(found.group(3)) / 100 if found.group(3) else part / whole, True)
    if _COUNT.fullmatch(stripped):
        return Amount(stripped, float(stripped.replace(",", "")), False)
    return None


def percent_text(share: float) -> str:
    """Return a share as a whole percentage, halves up."""
    return f"{math.floor(100 * share + 0.5 + 1e-9):d}%"
