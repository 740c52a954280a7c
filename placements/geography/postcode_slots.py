"""Where is a key among millions? A table of slots: one look for most keys, where a binary search takes twenty.

An open-addressing hash table of positions: a key's first slot is the top bits of its product with a constant (Knuth,
*The Art of Computer Programming*, vol. 3, 6.4); a slot that is taken sends it to the next. A third of the slots are
taken, so that most keys are found at once. Built and asked for all keys together, without a loop over keys.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Slots = npt.NDArray[np.int32]

EMPTY: Final = np.int32(-1)
#: 2^64 divided by the golden ratio, odd.
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SLOTS_A_KEY: Final = 3
#: Keys looked for at a time: few enough for a cache, enough that two processors seldom wait for each other.
_BLOCK: Final = 1 << 18


def build_slots(keys: Keys) -> Slots:
    """Return the slots of distinct keys: a power of two of positions, `EMPTY` where there is none."""
    bits = max(1, int(len(keys) * _SLOTS_A_KEY - 1).bit_length())
    slots = np.full(1 << bits, EMPTY, np.int32)
    waiting = np.arange(len(keys), dtype=np.int32)
    at = _first(np.asarray(keys), bits)
    while len(waiting):
        # Of several keys that want one free slot, the last that is written has it; the others go on to the next.
        free = slots[at] == EMPTY
        slots[at[free]] = waiting[free]
        left = slots[at] != waiting
        waiting, at = waiting[left], (at[left] + 1) & (len(slots) - 1)
    return slots


def find_positions(keys: Keys, slots: Slots, wanted: Keys) -> npt.NDArray[np.int32]:
    """Return the position in `keys` of each wanted key, -1 for one that is not there."""
    out = np.full(len(wanted), EMPTY, np.int32)
    if not len(keys):
        return out
    bits = len(slots).bit_length() - 1
    for begin in range(0, len(wanted), _BLOCK):
        own = wanted[begin : begin + _BLOCK]
        at = _first(own, bits)
        found = slots[at]
        # An empty slot has -1 and so looks at the last key, which is no harm: it stays empty.
        left = np.flatnonzero((found != EMPTY) & (keys[found] != own))
        at = at[left]
        while len(left):
            at = (at + 1) & (len(slots) - 1)
            there = slots[at]
            found[left] = there
            on = (there != EMPTY) & (keys[there] != own[left])
            left, at = left[on], at[on]
        out[begin : begin + _BLOCK] = found
    return out


def _first(keys: Keys, bits: int) -> npt.NDArray[np.int64]:
    with np.errstate(over="ignore"):
        return (keys * _MULTIPLIER >> np.uint64(64 - bits)).astype(np.int64)
