"""Postcodes as numbers: tidied text, and a 64-bit key that sorts and comes back as the same postcode.

A key is the postcode's characters, without the space, as digits of base 37 (0 for none), left-aligned in seven places.
"""

from __future__ import annotations

import string
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

_KEY_LENGTH: Final = 7
_BASE: Final = 37
#: The first four characters fill one 32-bit number, the other three another.
_SPLIT: Final = 4
_POWERS: Final = np.array([_BASE**power for power in range(_SPLIT + 1)], np.uint64)
#: Texts worked on at a time: few enough for a cache, enough that two processors seldom wait for each other.
_BLOCK: Final = 1 << 17
_LAST_ASCII: Final = 127
#: The digit that each byte stands for; 0 for one that does not count.
_ALPHABET: Final = np.zeros(256, np.uint8)
_ALPHABET[np.frombuffer(string.digits.encode(), np.uint8)] = np.arange(1, 11)
_ALPHABET[np.frombuffer(string.ascii_uppercase.encode(), np.uint8)] = np.arange(11, _BASE)
_ALPHABET[np.frombuffer(string.ascii_lowercase.encode(), np.uint8)] = np.arange(11, _BASE)


def clean_postcodes(postcodes: pd.Series) -> pd.Series:
    """Return postcodes in upper case without spaces; missing ones become empty text."""
    text = postcodes.astype("str").fillna("")
    return text.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)


def keys_of(postcodes: pd.Series) -> npt.NDArray[np.uint64]:
    """Return the key of each postcode, in any case, spacing and punctuation.

    0 for a text that does not have 5 to 7 letters and digits, and for one with other letters than A to Z.
    """
    texts = pa.array(postcodes.astype("str").array, type=pa.large_string())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if not len(texts):
        return np.zeros(0, np.uint64)
    _, ends, letters = texts.buffers()
    end = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    written = np.frombuffer(letters or b"", np.uint8)
    keys = np.empty(len(texts), np.uint64)
    for begin in range(0, len(texts), _BLOCK):
        own = end[begin : begin + _BLOCK + 1]
        keys[begin : begin + _BLOCK] = _keys_of_block(own - own[0], written[own[0] : own[-1]])
    return keys


def _keys_of_block(end: npt.NDArray[np.int64], written: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Return the keys of texts whose bytes stand one after another; each ends where the next begins.

    Most are as they should be: a first half, perhaps one space, and three characters. Each of their characters is
    where it is by the ends of the text alone; the others are tidied first.
    """
    first, last, length = end[:-1], end[1:], np.diff(end)
    code = np.zeros(len(written) + _KEY_LENGTH, np.uint8)
    np.take(_ALPHABET, written, out=code[: len(written)])
    third, second, one = (np.take(code, last - back) for back in (3, 2, 1))
    half = length - 3 - (np.take(code, last - 4) == 0)
    usual = (half >= 2) & (half <= 4) & (third > 0) & (second > 0) & (one > 0)
    high = np.zeros(len(first), np.uint32)
    for place in range(_SPLIT):
        digit = np.take(code, first + place)
        within = place < half
        usual &= (digit > 0) | ~within
        high = high * np.uint32(_BASE) + digit * within
    low = (third * np.uint32(_BASE) + second) * np.uint32(_BASE) + one
    spare = np.take(_POWERS, np.clip(_SPLIT - half, 0, _SPLIT))
    keys: npt.NDArray[np.uint64] = high.astype(np.uint64) * np.uint64(_BASE ** (_KEY_LENGTH - _SPLIT)) + low * spare
    if not usual.all():
        own = np.repeat(~usual, length)
        ends = np.concatenate([[0], np.cumsum(length[~usual])])
        keys[~usual] = _keys_when_tidied(ends, written[own])
    return keys


def _keys_when_tidied(end: npt.NDArray[np.int64], written: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Return the keys of texts with anything between their letters and digits, as `_keys_of_block` has them."""
    code = np.take(_ALPHABET, written)
    kept = code > 0
    # Where each text begins when only what counts is kept: no loop over texts, one over the seven places.
    before = np.concatenate([[0], np.cumsum(kept)])[end]
    first, length = before[:-1], np.diff(before)
    close = np.concatenate([code[kept], np.zeros(_KEY_LENGTH, np.uint8)])
    keys = np.zeros(len(first), np.uint64)
    for place in range(_KEY_LENGTH):
        keys = keys * np.uint64(_BASE) + close[first + place] * (place < length)
    foreign = np.diff(np.concatenate([[0], np.cumsum(written > _LAST_ASCII)])[end]) > 0
    usable = (length >= _KEY_LENGTH - 2) & (length <= _KEY_LENGTH) & ~foreign
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
