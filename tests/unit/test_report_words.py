"""Numbers in plain English: each rule by example, and what must hold of all of them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.reports import words

SHARE, INTERNAL = "shareable", "internal"


@pytest.mark.parametrize(
    ("numerator", "denominator", "profile", "text"),
    [
        (546, 912, SHARE, "545 of 910 (60%)"),
        (546, 912, INTERNAL, "546 of 912 (59.9%)"),
        (3, 40, SHARE, "fewer than 6 of 40"),
        (38, 40, SHARE, "all but a few of 40"),
        (0, 40, SHARE, "0 of 40 (0%)"),
        (40, 40, SHARE, "40 of 40 (100%)"),
        (0, 8, SHARE, "none of 10"),
        (2, 4, SHARE, "some of fewer than 6"),
        (0, 0, SHARE, "none of 0"),
    ],
)
def test_a_share_carries_what_it_is_made_of(numerator, denominator, profile, text):
    """A percentage stands behind its numerator and denominator; a hidden one is words."""
    assert words.of(numerator, denominator, profile) == text


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_no_share_shows_a_small_number(numerator, rest):
    """Whatever the counts: every number but a percentage is a multiple of 5, or the 6 of "fewer than 6"."""
    text = words.fraction_first(numerator, numerator + rest, SHARE)
    numbers = [int(found.replace(",", "").strip()) for found in re.findall(r"(?<![\d,])\d[\d,]*(?![\d,]*%)\b", text)]
    assert all(number % 5 == 0 or (number == 6 and words.FEWER in text) for number in numbers)
    if 0 < numerator < 6 or 0 < rest < 6:
        assert "%" not in text


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_named_fraction_is_near_the_share(numerator, rest):
    """ "About a third" is within 4 hundredths of a third; nothing is called none or all that is not."""
    denominator = numerator + rest
    name = words.about(numerator, denominator, INTERNAL)
    share = numerator / denominator
    for value, fraction in words._FRACTIONS:
        if name in (f"about {fraction}", f"just over {fraction}", f"just under {fraction}"):
            assert abs(share - value) <= 0.04
            assert not name.startswith("just over") or share > value
            assert not name.startswith("just under") or share < value
    assert (name == "none") == (numerator == 0)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (870, 1010, "up from 870 to 1,010"),
        (870, 912, "up from 870 to 910, a change that could be chance"),
        (912, 870, "down from 910 to 870, a change that could be chance"),
        (870, 871, "about the same, at 870"),
        (3, 40, "too few to compare"),
    ],
)
def test_a_change_says_when_it_could_be_chance(before, after, text):
    """A change of a count that is not clear of chance says so; one that rounding hides is no change."""
    assert words.change_of_count(before, after, SHARE) == text


def test_a_change_of_share_gives_both_shares_in_full():
    """Both ends of a change have their numerators and denominators."""
    text = words.change_of_share(400, 1000, 500, 1000, SHARE)
    assert text == "up from 400 of 1,000 (40%) to 500 of 1,000 (50%)"
    assert "could be chance" in words.change_of_share(40, 100, 45, 100, SHARE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "£0"),
        (999, "£999"),
        (12_345, "£12,300"),
        (999_499, "£999,000"),
        (1_254_000, "£1.25 million"),
        (12_000_000, "£12 million"),
        (123_400_000, "£123 million"),
        (-2_450_000, "-£2.45 million"),
        (float("nan"), "not known"),
    ],
)
def test_money_to_three_figures(value, text):
    """Money that is not about children is given to three figures."""
    assert words.pounds(value) == text


def test_lists_sentences_dates_and_counts():
    """The small parts of a sentence."""
    assert words.joined(["a", "b", "c"]) == "a, b and c"
    assert words.joined(["a"]) == "a"
    assert words.joined([]) == ""
    assert words.sentence("fewer than 6 children ") == "Fewer than 6 children."
    assert words.long_date(dt.date(2025, 3, 1)) == "1 March 2025"
    assert words.counted(1, INTERNAL) == "1 child"
    assert words.counted(0, SHARE) == "no children"
    assert words.counted(4, SHARE) == "fewer than 6 children"
    assert words.plain_count(3, "home", "homes") == "three homes"
    assert words.plain_count(12, "home", "homes") == "12 homes"
    assert words.lower_first("SEN unit or base") == "SEN unit or base"
    assert words.lower_first("Children's home") == "children's home"


def test_a_fraction_with_a_name_is_set_off_by_commas():
    """The sentence goes on after the figures."""
    assert words.fraction_first(300, 912, INTERNAL) == "about a third, 300 of 912 (32.9%),"
    assert words.fraction_first(420, 912, INTERNAL) == "420 of 912 (46.1%)"
    assert words.estimate(3, SHARE) == "fewer than 6"


@given(st.floats(-500, 500, allow_nan=False))
def test_a_shareable_quantity_is_a_multiple_of_five_or_hidden(value):
    """An estimate of children is shown to the nearest 5, or hidden."""
    text = words.quantity(value, SHARE)
    assert text == "c" or int(text) % 5 == 0
