"""Numbers in plain English: each rule by example, and what must hold of all of them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.disclosure.suppress import count_text, share_text, signed_text
from placements.reports import words
from placements.reports.words import Share

SHARE, INTERNAL = "shareable", "internal"


def share(numerator, denominator, profile=SHARE):
    """Return a share as a release shows it when nothing but its own small numbers is hidden."""
    return Share(
        count_text(numerator, profile), count_text(denominator, profile), share_text(numerator, denominator, profile)
    )


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Share("545", "910", "60%"), "545 of 910 (60%)"),
        (Share("546", "912", "59.9%"), "546 of 912 (59.9%)"),
        (Share("c", "40", "c"), "a number that is not shown, of 40,"),
        (Share("40", "40", "c"), "40 of 40 (share not shown)"),
        (Share("40", "c", "c"), "40, of a number that is not shown,"),
        (Share("0", "40", "0%"), "0 of 40 (0%)"),
        (Share("40", "40", "100%"), "40 of 40 (100%)"),
        (Share("0", "10", "c"), "none"),
        (Share("c", "c", "c"), "a number that is not shown"),
        (Share("0", "0", "x"), "none of 0"),
    ],
)
def test_a_share_carries_what_it_is_made_of(shown, text):
    """A percentage stands behind its numerator and denominator; what is hidden of it is said to be."""
    assert words.of(shown) == text


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_no_share_shows_a_small_number(numerator, rest):
    """Whatever the counts: every number but a percentage is a multiple of 5."""
    text = words.fraction_first(share(numerator, numerator + rest))
    numbers = [int(found.replace(",", "").strip()) for found in re.findall(r"(?<![\d,])\d[\d,]*(?![\d,]*%)\b", text)]
    assert all(number % 5 == 0 for number in numbers)
    if 0 < numerator < 6 or 0 < rest < 6:
        assert "%" not in text


@given(
    st.tuples(st.integers(0, 400), st.integers(0, 400), st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from([words.of, words.about, words.fraction_first]),
)
def test_a_sentence_says_nothing_that_is_hidden(drawn, say):
    """Texts alone decide: no "none", "all" or fraction of a share whose percentage is hidden; no "fewer than 6"."""
    part, rest, hide_part, hide_whole, hide_share = drawn
    numerator, denominator, percent = share(part, part + rest)
    shown = Share(
        "c" if hide_part else numerator,
        "c" if hide_whole else denominator,
        "c" if percent != "x" and (hide_part or hide_whole or hide_share) else percent,
    )
    text = say(shown)
    if "c" in shown and shown.percent != "x":
        assert "%" not in text
        assert words.about(shown) == ""
        assert "none" not in text or shown.numerator == "0"
    assert "fewer than" not in text
    assert not re.search(r"\bc\b", text)


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from([SHARE, INTERNAL]))
def test_a_named_fraction_is_near_the_share(numerator, rest, profile):
    """ "About a third" is within 4 hundredths of a third that is shown; nothing is called none or all that is not."""
    shown = share(numerator, numerator + rest, profile)
    name = words.about(shown)
    if not name:
        return
    value_shown = float(shown.percent.rstrip("%")) / 100
    for value, fraction in words._FRACTIONS:
        if name in (f"about {fraction}", f"just over {fraction}", f"just under {fraction}"):
            assert abs(value_shown - value) <= 0.04
            assert not name.startswith("just over") or value_shown > value
            assert not name.startswith("just under") or value_shown < value
    assert (name == "none") == (numerator == 0)
    assert name != "all"  # there is a rest


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("870", "1,010", "up from 870 to 1,010"),
        ("870", "910", "up from 870 to 910, a change that could be chance"),
        ("910", "870", "down from 910 to 870, a change that could be chance"),
        ("870", "870", "about the same, at 870"),
        ("c", "40", "not compared, because a figure is not shown"),
    ],
)
def test_a_change_says_when_it_could_be_chance(before, after, text):
    """A change of a count that is not clear of chance says so; one that rounding hides is no change."""
    assert words.change_of_count(before, after) == text


def test_a_change_of_share_gives_both_shares_in_full():
    """Both ends of a change have their numerators and denominators; where one is hidden nothing is compared."""
    text = words.change_of_share(share(400, 1000), share(500, 1000))
    assert text == "up from 400 of 1,000 (40%) to 500 of 1,000 (50%)"
    assert "could be chance" in words.change_of_share(share(40, 100), share(45, 100))
    assert "not compared" in words.change_of_share(share(3, 100), share(45, 100))


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
    assert words.counted("1") == "1 child"
    assert words.counted("0") == "no children"
    assert words.counted("c") == "a number of children that is not shown"
    assert words.plain_count(3, "home", "homes") == "three homes"
    assert words.plain_count(12, "home", "homes") == "12 homes"
    assert words.lower_first("SEN unit or base") == "SEN unit or base"
    assert words.lower_first("Children's home") == "children's home"


def test_a_fraction_with_a_name_is_set_off_by_commas():
    """The sentence goes on after the figures."""
    assert words.fraction_first(share(300, 912, INTERNAL)) == "about a third, 300 of 912 (32.9%),"
    assert words.fraction_first(share(420, 912, INTERNAL)) == "420 of 912 (46.1%)"
    assert words.estimate(3, SHARE) == "fewer than 6"


@given(st.floats(-500, 500, allow_nan=False))
def test_a_shareable_quantity_is_a_multiple_of_five_or_hidden(value):
    """An estimate of children is shown to the nearest 5, or hidden."""
    text = signed_text(value, SHARE)
    assert text == "c" or int(text) % 5 == 0
