"""How does a number read in plain English? Small rules, tested one by one; no cause is ever claimed.

Counts of children come as the texts that a release gives of them, so that no sentence says more than the tables do: a
hidden one reads "a number that is not shown", as it may be any, and a percentage always stands behind its numerator and
denominator ("545 of 910 (60%)"). Estimates are not counts of children; a small one reads "fewer than 6".
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from placements.analysis.change import count_change_is_clear, share_change_is_clear
from placements.disclosure.suppress import (
    NOT_AVAILABLE,
    SMALLEST_SHOWN,
    SUPPRESSED,
    signed_text,
)

FEWER: Final = f"fewer than {SMALLEST_SHOWN}"
#: What stands in a sentence for a count that is hidden.
NOT_SHOWN: Final = "a number that is not shown"
_NO_COMPARISON: Final = "not compared, because a figure is not shown"
#: Shares that have a name a reader knows, and the name.
_FRACTIONS: Final = (
    (0.0, "none"),
    (0.1, "one in ten"),
    (0.2, "one in five"),
    (0.25, "a quarter"),
    (1 / 3, "a third"),
    (0.4, "two in five"),
    (0.5, "half"),
    (0.6, "three in five"),
    (2 / 3, "two thirds"),
    (0.75, "three quarters"),
    (0.8, "four in five"),
    (0.9, "nine in ten"),
    (1.0, "all"),
)
_SMALL_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Share(NamedTuple):
    """A share as it may be shown: texts that a release gives, never worked out from each other.

    Attributes
    ----------
    numerator, denominator : str
        Counts: ``"910"``, ``"c"`` or ``"x"``.
    percent : str
        ``"60%"``, ``"c"`` (also when a part is hidden) or ``"x"`` (of nobody).
    """

    numerator: str
    denominator: str
    percent: str


def value_of(text: str) -> float:
    """Return the number that a shown count or percentage says; NaN when it says none."""
    return math.nan if text in (SUPPRESSED, NOT_AVAILABLE) else float(text.replace(",", "").rstrip("%"))


def number(text: str) -> str:
    """Return a shown count for a sentence: ``"910"``, ``"no"`` or ``"a number that is not shown"``."""
    if text == SUPPRESSED:
        return NOT_SHOWN
    if text == NOT_AVAILABLE:
        return "an unknown number"
    return "no" if text == "0" else text


def counted(text: str, one: str = "child", many: str = "children") -> str:
    """Return a shown count with its noun: ``"910 children"``, ``"a number of children that is not shown"``."""
    if text == SUPPRESSED:
        return f"a number of {many} that is not shown"
    return f"{number(text)} {one if text == '1' else many}"


def plain_count(value: int, one: str, many: str) -> str:
    """Return a count of things that are not children, small ones in words: ``"three homes"``, ``"12 homes"``."""
    figure = _SMALL_NUMBERS[value] if 0 <= value < len(_SMALL_NUMBERS) else f"{value:,}"
    return f"{figure} {one if value == 1 else many}"


def of(share: Share) -> str:
    """Return a share with what it is made of: ``"545 of 910 (60%)"``.

    What is hidden of it is said to be: ``"40 of 45 (share not shown)"``, ``"a number that is not shown, of 40"``.
    """
    part, whole, percent = share
    if percent == NOT_AVAILABLE:
        return "none of 0"
    if SUPPRESSED not in share:
        return f"{part} of {whole} ({percent})"
    if part == SUPPRESSED:
        return NOT_SHOWN if whole == SUPPRESSED else f"{NOT_SHOWN}, of {whole},"
    if part == "0":
        return "none"
    return f"{part}, of {NOT_SHOWN}," if whole == SUPPRESSED else f"{part} of {whole} (share not shown)"


def about(share: Share) -> str:
    """Return a share as a fraction everyone knows, ``"about three in five"``; empty when it is not shown.

    Worked out from the percentage that is shown. The nearest named fraction is used; ``just over`` and ``just under``
    say on which side of it a share lies that is 1 to 3 hundredths away. One that is farther than 3 hundredths from any
    has no name. None and all are said only of counts that say so.
    """
    if SUPPRESSED in share or NOT_AVAILABLE in share:
        return ""
    shown = value_of(share.percent) / 100
    value, name = min(_FRACTIONS, key=lambda pair: abs(pair[0] - shown))
    if value in (0.0, 1.0):
        says_so = share.numerator == ("0" if value == 0.0 else share.denominator)
        return name if says_so and shown == value else ("almost none" if value == 0.0 else "almost all")
    if abs(shown - value) <= 0.01:
        return f"about {name}"
    if abs(shown - value) > 0.035:
        return ""
    return f"just over {name}" if shown > value else f"just under {name}"


def fraction_first(share: Share) -> str:
    """Return the named fraction with its figures, ``"about three in five, 545 of 910 (60%),"``; or the figures alone.

    The figures are set off by commas where they follow a name, so that the sentence can go on.
    """
    name, figures = about(share), of(share)
    return f"{name}, {figures}," if name else figures


def change_of_count(before: str, after: str) -> str:
    """Return what happened to a shown count: ``"up from 870 to 910, a change that could be chance"``.

    Nothing is said of a change that rounding has hidden, nor of one where either count is hidden.
    """
    if {before, after} & {SUPPRESSED, NOT_AVAILABLE}:
        return _NO_COMPARISON
    if before == after:
        return f"about the same, at {after}"
    first, last = value_of(before), value_of(after)
    doubt = "" if count_change_is_clear(first, last) else ", a change that could be chance"
    return f"{'up' if last > first else 'down'} from {before} to {after}{doubt}"


def change_of_share(before: Share, after: Share) -> str:
    """Return what happened to a share, both with their figures, and whether it could be chance."""
    if {*before, *after} & {SUPPRESSED, NOT_AVAILABLE}:
        return _NO_COMPARISON
    if before.percent == after.percent:
        return f"about the same, at {of(after)} against {of(before)}"
    way = "up" if value_of(after.percent) > value_of(before.percent) else "down"
    parts = [value_of(text) for text in (*before[:2], *after[:2])]
    doubt = "" if share_change_is_clear(*parts) else ", a change that could be chance"
    return f"{way} from {of(before)} to {of(after)}{doubt}"


def joined(items: Sequence[str]) -> str:
    """Return items as an English list: ``"a, b and c"``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def sentence(text: str) -> str:
    """Return the text with a capital first letter and one full stop."""
    stripped = text.strip()
    return (stripped[:1].upper() + stripped[1:]).rstrip(".") + "."


def long_date(day: dt.date) -> str:
    """Return a day as it is written in a report: ``"31 March 2025"``."""
    return f"{day.day} {day:%B %Y}"


def pounds(value: float) -> str:
    """Return a sum of money that is not about children, to three figures: ``"£1.25 million"``, ``"£450,000"``."""
    if value is None or math.isnan(value):
        return "not known"
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size >= 999_500:
        digits = max(0, 2 - math.floor(math.log10(size / 1e6)))
        text = f"{size / 1e6:.{digits}f}"
        return f"{sign}£{text.rstrip('0').rstrip('.') if '.' in text else text} million"
    step = 10 ** max(0, math.floor(math.log10(size)) - 2) if size >= 1 else 1
    amount = round(size / step) * step
    return f"{sign if amount else ''}£{amount:,.0f}"


def miles(value: float) -> str:
    """Return a distance: whole miles without decimals, others to one place."""
    return f"{value:g} miles"


def lower_first(label: str) -> str:
    """Return a label for the middle of a sentence; one that starts with initials (SEN, EHC) keeps them."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def estimate(value: float, profile: str) -> str:
    """Return an estimate for a sentence: as `quantity`, a hidden one as "fewer than 6"."""
    text = signed_text(value, profile)
    return FEWER if text == SUPPRESSED else text
