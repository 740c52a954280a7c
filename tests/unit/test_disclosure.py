"""What leaves the program: small counts hidden, others rounded, and every file read back before it is written."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.disclosure.release import release
from placements.disclosure.scanning import Secrets, scan, secrets_of
from placements.disclosure.secrets import county_secrets
from placements.disclosure.suppress import (
    SUPPRESSED,
    count_text,
    money_text,
    rounded,
    share_text,
)
from placements.errors import DisclosureError
from tests.support import tiny_county

SECRETS = Secrets(frozenset({"CH12345"}), frozenset({"GU11AA"}), frozenset({"2012-07-01"}))
COUNTS = st.integers(0, 10_000)


@given(COUNTS)
def test_a_shareable_count_is_hidden_or_a_multiple_of_five(count):
    """1 to 5 are never shown; nothing shown is further than 2 from the truth; nought is nought."""
    shown = count_text(count, "shareable")
    if 1 <= count <= 5:
        assert shown == SUPPRESSED
    else:
        value = int(shown.replace(",", ""))
        assert value % 5 == 0
        assert abs(value - count) <= 2
        assert (value == 0) == (count == 0)


@given(COUNTS, COUNTS)
def test_a_shareable_percentage_is_whole_and_never_on_a_small_base(part, rest):
    """No share under 10, none with a small numerator, and none with a small complement."""
    shown = share_text(part, part + rest, "shareable")
    small = part + rest < 10 or 1 <= part <= 5 or 1 <= rest <= 5
    if part + rest == 0:
        assert shown == "x"
    elif small:
        assert shown == SUPPRESSED
    else:
        assert abs(float(shown.rstrip("%")) - 100 * part / (part + rest)) <= 0.5
        assert "." not in shown


def test_internal_figures_are_as_they_are():
    """Only under the profile asked for by name."""
    assert (count_text(3, "internal"), share_text(1, 3, "internal")) == ("3", "33.3%")


def test_costs_need_ten_children_and_are_not_falsely_exact():
    """Three significant figures; under ten children nothing."""
    assert money_text(4987.6, 12, "shareable") == "£4,990"
    assert money_text(4987.6, 9, "shareable") == SUPPRESSED
    assert money_text(float("nan"), 50, "shareable") == "x"


def test_halves_are_rounded_up():
    """To the nearest five, so that what is shown is never further than 2.5 from a number such as a mean of places."""
    assert [rounded(value) for value in (12.4, 12.5, 17.5)] == [10, 15, 20]


def docx(text: str) -> bytes:
    """Return a zip with a document part, the text split over runs as Word does."""
    middle = len(text) // 2
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"<w:p><w:r><w:t>{text[:middle]}</w:t></w:r><w:r><w:t>{text[middle:]}</w:t></w:r></w:p>",
        )
    return out.getvalue()


@pytest.mark.parametrize("leak", ["GU1 1AA", "gu11aa", "CH12345", "2012-07-01", "01/07/2012"])
@pytest.mark.parametrize(
    ("name", "wrap"),
    [
        ("a.csv", lambda text: f"x,{text},y\n".encode()),
        ("a.html", lambda text: f"<p title='{text}'>fine</p>".encode()),
        ("b.html", lambda text: f"<script>var a = {{'k': '{text}'}}</script>".encode()),
        ("c.html", lambda text: f"<b>{text[:3]}</b>{text[3:]}<p>{text}</p>".encode()),
        ("a.docx", docx),
    ],
)
def test_planted_secrets_are_found_in_every_kind_of_file(name, wrap, leak):
    """In attributes, scripts, data, and words split over runs."""
    assert scan(wrap(leak), name, SECRETS)


def test_what_is_not_secret_is_not_found():
    """Halves of postcodes, numbers with the digits of an id inside, and other dates are no findings."""
    text = b"<p>KT1 1, 1.CH12345678, 12345, 31 March 2025, 2025-03-31, 4,990</p>"
    assert scan(text, "a.html", SECRETS) == ()


def test_a_file_with_a_secret_is_not_written_and_the_secret_is_not_repeated(tmp_path):
    """Fails closed with exit code 4 and says what and where, not the value itself."""
    path = tmp_path / "out.csv"
    with pytest.raises(DisclosureError) as caught:
        release(path, "postcode\nGU1 1AA\n", SECRETS, "shareable")
    assert not path.exists()
    assert caught.value.exit_code == 4
    assert "out.csv" in str(caught.value)
    assert "GU1" not in str(caught.value)
    assert release(path, "postcode\nGU1 1AA\n", SECRETS, "internal").exists()


def test_a_contract_makes_no_home_public():
    """A proposed home may be named; that a contract is with a home that there is does not make its name public."""
    options = "id | kind | name | to | places\no | {kind} | Oakfield Grange, 3 places | Guildford | 3"
    provision = "id | provision | name | to | registered\nx | childrens_home | Oakfield Grange | Guildford | 4"
    for kind, is_secret in (("open_home", False), ("block_contract", True)):
        county = tiny_county(options=options.format(kind=kind), provision=provision)
        assert ("Oakfield Grange" in county_secrets(county).names) is is_secret


def test_secrets_of_a_county_are_its_children_not_its_schools():
    """Every child's id and date of birth is secret; a school's postcode can be allowed."""
    county = tiny_county()
    placements = county.placements.assign(home_postcode="GU1 1AA", placement_postcode="KT2 2BB")
    secrets = secrets_of(placements, frozenset({"KT22BB"}))
    assert secrets.postcodes == {"GU11AA"}
    assert "2012-07-01" in secrets.birth_dates
