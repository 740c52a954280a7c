"""Colours that can be told apart, classes that hold their values, and dates without the machine's language."""

import datetime as dt
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.maps import style


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ramp", [style.NEED_RAMP, style.PLACES_RAMP, style.SHARE_RAMP])
def test_ramps_darken_step_by_step(ramp):
    """A ramp keeps its order in greyscale: every step is plainly darker than the one before."""
    light = [luminance(colour) for colour in ramp]
    assert all(a > 1.25 * b for a, b in itertools.pairwise(light))


def test_gap_ramp_is_lightest_in_the_middle():
    """Both directions of the gap darken away from zero."""
    light = [luminance(colour) for colour in style.GAP_RAMP]
    assert light[:4] == sorted(light[:4]) and light[3:] == sorted(light[3:], reverse=True)


@pytest.mark.parametrize("ground", [style.PAPER, style.LAND, style.WATER])
def test_text_can_be_read(ground):
    """Text meets WCAG AA (4.5:1) on every ground it stands on."""
    assert contrast(style.INK, ground) >= 4.5
    assert contrast(style.QUIET, ground) >= 4.5


multiples = st.lists(st.integers(0, 400).map(lambda n: 5.0 * n), min_size=1, max_size=20)


@given(multiples)
def test_every_count_has_one_class(values):
    """Classes from zero hold every value once and do not overlap."""
    classes = style.count_classes(values, style.NEED_RAMP)
    assert len(classes) <= 5
    assert len({one.label for one in classes}) == len({one.colour for one in classes}) == len(classes)
    for value in values:
        assert sum(one.holds(value) for one in classes) == 1


@given(st.lists(st.integers(0, 100).map(float), min_size=1, max_size=20))
def test_every_share_has_one_class(values):
    """Whole percentages from 0 to 100 all have a class, and its label holds them."""
    classes = style.share_classes(values)
    for value in values:
        found = style.class_of(value, classes)
        low, high = (int(part.rstrip("%")) for part in found.label.split(" to "))
        assert low <= value <= high


@given(st.lists(st.integers(-80, 80).map(lambda n: 5.0 * n), min_size=1, max_size=20), st.sampled_from([1, 5]))
def test_gap_classes_say_short_above_zero(values, unit):
    """Above zero is short, below is spare, zero is level."""
    classes = style.gap_classes(values, unit)
    for value in values:
        word = style.class_of(value, classes).label.split(":")[0]
        assert word == ("Short" if value > 0 else "Spare" if value < 0 else "Level")


def test_a_value_outside_all_classes_is_refused():
    with pytest.raises(ValueError, match="no class"):
        style.class_of(-1, style.count_classes([10], style.NEED_RAMP))


def test_dates_and_money_in_words():
    assert style.date_text(dt.date(2025, 3, 31)) == "31 March 2025"
    assert [style.money_millions(v) for v in (0, 450_000, 999_900, 1_340_000, math.nan)] == [
        "£0",
        "£450k",
        "£1.0m",
        "£1.3m",
        "not known",
    ]


def test_widths_follow_counts():
    """Twice the count is twice the width; nothing is too thin to see."""
    assert style.flow_width(100, 100) == 2 * style.flow_width(50, 100)
    assert style.flow_width(1, 1000) >= 1
