"""Postcodes as numbers: tidied text, and a 64-bit key that sorts and comes back as the same postcode.

A key is the postcode's characters, without the space, as digits of base 37 (0 for none), left-aligned in seven places.
"""

from __future__ import annotations

import string
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

_KEY_LENGTH: Final = 7
_ALPHABET: Final = np.full(256, 255, np.uint8)
_ALPHABET[0] = 0
_ALPHABET[np.frombuffer(string.digits.encode(), np.uint8)] = np.arange(1, 11)
_ALPHABET[np.frombuffer(string.ascii_uppercase.encode(), np.uint8)] = np.arange(11, 37)


def clean_postcodes(postcodes: pd.Series) -> pd.Series:
    """Return postcodes in upper case without spaces; missing ones become empty text."""
    text = postcodes.astype("str").fillna("")
    return text.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)


def keys_of(cleaned: pd.Series) -> npt.NDArray[np.uint64]:
    """Return the key of each cleaned postcode of 5 to 7 characters, 0 for any other text."""
    text = np.ascontiguousarray(cleaned.to_numpy(dtype=f"U{_KEY_LENGTH + 1}"))
    letters = text.view(np.uint32).reshape(len(text), _KEY_LENGTH + 1)
    codes = _ALPHABET[np.minimum(letters, 255)]
    length = (codes > 0).sum(axis=1)
    usable = (codes[:, _KEY_LENGTH] == 0) & (length >= 5) & (codes != 255).all(axis=1)
    keys = np.zeros(len(text), np.uint64)
    for position in range(_KEY_LENGTH):
        keys = keys * np.uint64(37) + codes[:, position].astype(np.uint64)
    return np.where(usable, keys, np.uint64(0))


def postcodes_of(keys: npt.NDArray[np.uint64]) -> pd.Series:
    """Return the postcodes of keys, with the space before the last three characters."""
    characters = np.frombuffer(b"\0" + (string.digits + string.ascii_uppercase).encode(), np.uint8)
    out = np.zeros((len(keys), _KEY_LENGTH), np.uint8)
    rest = keys.copy()
    for position in range(_KEY_LENGTH - 1, -1, -1):
        out[:, position] = characters[(rest % np.uint64(37)).astype(np.intp)]
        rest //= np.uint64(37)
    text = pd.Series(np.ascontiguousarray(out).view(f"S{_KEY_LENGTH}").ravel().astype("U"), dtype="str")
    return text.str[:-3] + " " + text.str[-3:]


def outward_rows(keys: npt.NDArray[np.uint64], half: str) -> npt.NDArray[np.intp]:
    """Return the positions in sorted `keys` of the postcodes whose first half is `half` (cleaned, such as GU1)."""
    if not 2 <= len(half) <= _KEY_LENGTH - 3 or not half.isalnum() or not half.isascii():
        return np.zeros(0, np.intp)
    # Filled up with the last three characters, a short first half also begins longer ones: GU1 1AA and GU11 1AA.
    low, high = (keys_of(pd.Series([half + rest], dtype="str"))[0] for rest in ("000", "ZZZ"))
    spare = np.uint64(37 ** (_KEY_LENGTH - 3 - len(half)))
    first, last = np.searchsorted(keys, low), np.searchsorted(keys, high, side="right")
    within = np.asarray(keys[first:last])
    whole = within % spare == 0
    longer = within % (spare * np.uint64(37)) != 0
    return np.asarray(first + np.flatnonzero(whole & longer))
