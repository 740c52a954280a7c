"""A table of slots answers as a dictionary does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from placements.geography.postcode_slots import EMPTY, build_slots, find_positions

KEYS = st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=300)


@given(KEYS, st.lists(st.integers(0, 2**64 - 1), max_size=100))
def test_it_answers_as_a_dictionary(keys: list[int], other: list[int]) -> None:
    """Every key is at its position, and nothing else is found."""
    held = np.array(keys, np.uint64)
    asked = np.array(keys + other, np.uint64)
    expected = [keys.index(int(key)) if int(key) in keys else -1 for key in asked]
    assert find_positions(held, build_slots(held), asked).tolist() == expected


def test_keys_that_all_want_one_slot_are_found() -> None:
    """However many keys have the same first slot, none is lost: here multiples of 2^56 share their top bits' origin."""
    keys = np.arange(1, 200, dtype=np.uint64) << np.uint64(56)
    slots = build_slots(keys)
    assert (find_positions(keys, slots, keys) == np.arange(199)).all()
    assert find_positions(keys, slots, keys + np.uint64(1)).max() == -1


def test_every_key_has_one_slot_and_two_thirds_are_free() -> None:
    """The table is a power of two, with room, and deterministic."""
    keys = np.unique(np.random.default_rng(1).integers(1, 2**63, 5_000, dtype=np.uint64))
    slots = build_slots(keys)
    assert len(slots) == 16_384
    assert sorted(slots[slots != EMPTY].tolist()) == list(range(len(keys)))
    assert (slots == build_slots(keys)).all()
