"""How does a number read in plain English? Small rules, tested one by one; no cause is ever claimed.

Every text passes disclosure control: a hidden count reads "fewer than 6", and a percentage always stands behind its
numerator and denominator ("545 of 910 (60%)").
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final

from placements.analysis.change import count_change_is_clear, share_change_is_clear
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_SHOWN,
    SUPPRESSED,
    count_text,
    share_text,
)

FEWER: Final = f"fewer than {SMALLEST_SHOWN}"
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


def number(value: float, profile: str) -> str:
    """Return a count of children for a sentence: ``"910"``, ``"no"`` or ``"fewer than 6"``."""
    text = count_text(value, profile)
    if text == SUPPRESSED:
        return FEWER
    if text == NOT_AVAILABLE:
        return "an unknown number of"
    return "no" if text == "0" else text


def counted(value: float, profile: str, one: str = "child", many: str = "children") -> str:
    """Return a count with its noun: ``"910 children"``, ``"no children"``, ``"fewer than 6 children"``."""
    return f"{number(value, profile)} {one if number(value, profile) == '1' else many}"


def plain_count(value: int, one: str, many: str) -> str:
    """Return a count of things that are not children, small ones in words: ``"three homes"``, ``"12 homes"``."""
    figure = _SMALL_NUMBERS[value] if 0 <= value < len(_SMALL_NUMBERS) else f"{value:,}"
    return f"{figure} {one if value == 1 else many}"


def of(numerator: float, denominator: float, profile: str) -> str:
    """Return a share with what it is made of: ``"545 of 910 (60%)"``.

    Hidden: ``"fewer than 6 of 40"``; where the rest is what must be hidden, ``"all but a few of 40"``; on a base too
    small to state, ``"fewer than 6"`` or the count alone.
    """
    percent = share_text(numerator, denominator, profile)
    if percent == NOT_AVAILABLE:
        return "none of 0"
    base = count_text(denominator, profile)
    if percent != SUPPRESSED:
        return f"{count_text(numerator, profile)} of {base} ({percent})"
    if base == SUPPRESSED:
        return f"some of {FEWER}"
    if 0 < numerator < SMALLEST_SHOWN:
        return f"{FEWER} of {base}"
    if numerator == 0:
        return f"none of {base}"
    return f"all of {base}" if numerator == denominator else f"all but a few of {base}"


def about(numerator: float, denominator: float, profile: str) -> str:
    """Return a share as a fraction everyone knows, ``"about three in five"``; empty when it may not be shown.

    The nearest named fraction is used; ``just over`` and ``just under`` say on which side of it a share lies that is
    1 to 3 hundredths away. One that is farther than 3 hundredths from any has no name.
    """
    if share_text(numerator, denominator, profile) in (SUPPRESSED, NOT_AVAILABLE):
        return ""
    share = numerator / denominator
    value, name = min(_FRACTIONS, key=lambda pair: abs(pair[0] - share))
    if value in (0.0, 1.0):
        return name if share == value else ("almost none" if value == 0.0 else "almost all")
    if abs(share - value) <= 0.01:
        return f"about {name}"
    if abs(share - value) > 0.035:
        return ""
    return f"just over {name}" if share > value else f"just under {name}"


def fraction_first(numerator: float, denominator: float, profile: str) -> str:
    """Return the named fraction with its figures, ``"about three in five, 545 of 910 (60%),"``; or the figures alone.

    The figures are set off by commas where they follow a name, so that the sentence can go on.
    """
    name, figures = about(numerator, denominator, profile), of(numerator, denominator, profile)
    return f"{name}, {figures}," if name else figures


def change_of_count(before: float, after: float, profile: str) -> str:
    """Return what happened to a count: ``"up from 870 to 910, a change that could be chance"``.

    Nothing is said of a change that rounding has hidden, nor of one where either count is hidden.
    """
    first, last = count_text(before, profile), count_text(after, profile)
    if {first, last} & {SUPPRESSED, NOT_AVAILABLE}:
        return "too few to compare"
    if first == last:
        return f"about the same, at {last}"
    way = "up" if after > before else "down"
    doubt = "" if count_change_is_clear(before, after) else ", a change that could be chance"
    return f"{way} from {first} to {last}{doubt}"


def change_of_share(
    numerator_before: float, denominator_before: float, numerator_after: float, denominator_after: float, profile: str
) -> str:
    """Return what happened to a share, both with their figures, and whether it could be chance."""
    first = share_text(numerator_before, denominator_before, profile)
    last = share_text(numerator_after, denominator_after, profile)
    if {first, last} & {SUPPRESSED, NOT_AVAILABLE}:
        return "too few to compare"
    figures = (of(numerator_before, denominator_before, profile), of(numerator_after, denominator_after, profile))
    if first == last:
        return f"about the same, at {figures[1]} against {figures[0]}"
    way = "up" if numerator_after / denominator_after > numerator_before / denominator_before else "down"
    clear = share_change_is_clear(numerator_before, denominator_before, numerator_after, denominator_after)
    return f"{way} from {figures[0]} to {figures[1]}" + ("" if clear else ", a change that could be chance")


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
    text = quantity(value, profile)
    return FEWER if text == SUPPRESSED else text


def quantity(value: float, profile: str) -> str:
    """Return an estimate of children or places: whole, and to the nearest 5 (hidden under 6) when shareable.

    Unlike a count it can be negative (a surplus).
    """
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    if profile == INTERNAL:
        return f"{value:,.0f}".replace("-0", "0") if abs(value) < 0.5 else f"{value:,.0f}"
    size = count_text(abs(value) if abs(value) >= 0.5 else 0.0, profile)
    return f"-{size}" if value < 0 and size not in (SUPPRESSED, "0") else size
