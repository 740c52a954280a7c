"""A secret is found wherever it is put, however it is written; a file without one passes."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.disclosure.scanning import Secrets, scan
from tests.scanning_support import PLACES, SECRETS

WRITTEN = {
    "GU1 1AA": "postcode",
    "gu11aa": "postcode",
    "GU1  1AA": "postcode",
    "G\u200bU1\u00a01A\u200dA": "postcode",
    "CH12345": "identifier",
    "ch12345": "identifier",
    "2012-07-01": "birth",
    "01/07/2012": "birth",
    "1 July 2012": "birth",
    "1st of July, 2012": "birth",
    "1-Jul-12": "birth",
    "hollybush  HOUSE": "name",
}
#: PDF text here is Latin: it cannot hold letters that are not seen.
LATIN_ONLY = {"PDF", "title of a PDF"}
WORDS = ["Woking", "places", "2025", "12", "£4,990", "and", "Area 3", "31 March 2025", "E07000209", "1.25"]
_LETTERS = st.text(string.ascii_uppercase, min_size=2, max_size=3)
_DIGITS = st.text(string.digits, min_size=4, max_size=7)
IDENTIFIERS = st.tuples(_LETTERS, st.sampled_from(["", "-", "/", "_"]), _DIGITS).map("".join)


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_found_in_every_place_however_it_is_written(place):
    """Each way of writing a postcode, an identifier, a birth or a name, in each place of each kind of file."""
    name, make = PLACES[place]
    for text, kind in WRITTEN.items():
        if text.isascii() or place not in LATIN_ONLY:
            found = scan(make(text), name, SECRETS)
            assert any(kind in one.kind and one.blocks for one in found), (place, text, found)
            assert all(text not in str(one) for one in found), (place, text)


@pytest.mark.parametrize("place", PLACES)
def test_a_file_without_a_secret_passes(place):
    """Not even a warning: areas, days that figures are of, numbers and money are nobody's."""
    name, make = PLACES[place]
    assert scan(make(" ".join(WORDS)), name, SECRETS) == ()


@given(st.data())
@settings(max_examples=120)
def test_any_identifier_at_any_place_of_any_document_is_found(data):
    """Among other words, at a random place of a random kind of file."""
    secret = data.draw(IDENTIFIERS)
    words = data.draw(st.lists(st.sampled_from(WORDS), max_size=6))
    place = data.draw(st.sampled_from(sorted(PLACES)))
    at = data.draw(st.integers(0, len(words)))
    name, make = PLACES[place]
    content = make(" ".join([*words[:at], secret, *words[at:]]))
    assert scan(content, name, Secrets(identifiers=frozenset({secret}))), (place, secret)
