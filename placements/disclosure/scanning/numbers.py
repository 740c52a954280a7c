"""Numbers that check themselves: is it a unique pupil number, an NHS number, a National Insurance number?

Sources: the check letter of a UPN, Government Data Standards Catalogue, "Unique Pupil Number" 2.0 (digits weighted by
their position from 2, modulo 23, letters without I, O and S; the last letter of a temporary number counts as its place
among them); the check digit of an NHS number, NHS Data Dictionary (weights 10 to 2, 11 less the remainder of 11);
prefixes of National Insurance numbers, HMRC manual NIM39110.
"""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN: Final = re.compile(rf"[{_LETTERS}]\d{{11}}[\d{_LETTERS}]")
_NO_PREFIX: Final = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})
_NI: Final = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")


def is_upn(text: str) -> bool:
    """Return whether a text (upper case, no spaces) is a unique pupil number, permanent or temporary."""
    if not _UPN.fullmatch(text):
        return False
    values = [int(c) if c.isdigit() else _LETTERS.index(c) for c in text[1:]]
    return _LETTERS[sum(place * value for place, value in enumerate(values, 2)) % 23] == text[0]


def is_nhs_number(digits: str) -> bool:
    """Return whether ten digits are an NHS number; ten that are all alike are not."""
    if len(digits) != 10 or not digits.isdigit() or len(set(digits)) == 1:
        return False
    check = 11 - sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return (0 if check == 11 else check) == int(digits[9])


def is_ni_number(text: str) -> bool:
    """Return whether a text (upper case, no spaces) has the form of a National Insurance number in use."""
    return bool(_NI.fullmatch(text)) and text[:2] not in _NO_PREFIX
