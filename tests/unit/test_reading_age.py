"""The measure of reading age, against words and texts whose measure is known."""

import pytest

from tests.reading import reading_age, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("children", 2),
        ("placed", 1),
        ("needed", 2),
        ("authority", 4),
        ("table", 2),
        ("homes", 1),
        ("places", 2),
    ],
)
def test_syllables_are_counted(word, count):
    """Groups of vowels, without a silent e."""
    assert syllables(word) == count


def test_short_words_in_short_sentences_are_for_small_children():
    """The formula by hand: 6 words a sentence, 1 syllable a word: grade -1.45, so age 3.55."""
    assert reading_age(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 - 15.59 + 5)


def test_longer_words_and_sentences_are_harder():
    """As it should be."""
    easy = "We look for homes. They are near. Children can stay with friends."
    hard = "The authority's commissioning intentions necessitate geographically proximate accommodation opportunities."
    assert reading_age([hard]) > reading_age([easy]) + 10
