"""What is a secret and what only looks like one: numbers that check themselves, headings, points, small counts."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.disclosure.scanning import LEAK, WARNING, Secrets, fields, scan
from placements.disclosure.scanning.dates import dates
from placements.disclosure.scanning.numbers import is_nhs_number, is_ni_number, is_upn
from placements.disclosure.scanning.passages import Passage, Reading

NOTHING = Secrets()


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_letter_in_twenty_three_makes_a_pupil_number(digits):
    """The letter is the sum of the digits times 2 to 13, modulo 23, as the validation of returns has it too."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    right = [letter for letter in letters if is_upn(letter + digits)]
    assert right == [letters[sum(int(d) * w for d, w in zip(digits, range(2, 14), strict=True)) % 23]]


def test_published_examples_of_numbers():
    """As in the documents of those who issue them; a temporary pupil number ends in a letter."""
    assert is_upn("B801200005001")
    assert not is_upn("A801200005001")
    assert is_upn("W80120000001A")  # 2 x 8 + 3 x 0 + 4 x 1 + 5 x 2 + 12 x 1 + 13 x 0 = 42, remainder 19
    assert not is_upn("W80120000001B")
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765918")
    assert not is_nhs_number("0000000000")
    assert is_ni_number("AB123456C")
    assert not is_ni_number("GB123456C")
    assert not is_ni_number("QQ123456C")


@given(st.dates(dt.date(1990, 1, 1), dt.date(2026, 1, 1)))
def test_every_usual_way_of_writing_a_day_is_the_same_day(day):
    """Numbers and words, short and long, with and without ordinals."""
    written = [
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day.day}/{day.month}/{day:%y}",
        f"{day.day} {day:%B} {day.year}",
        f"{day.day}-{day:%b}-{day:%y}",
        f"{day.day}th of {day:%B}, {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day}{day:%b}{day.year}".upper(),
        f"{day:%Y-%m-%d}T00:00:00",
    ]
    for text in written:
        assert [found for _, found in dates(Reading([Passage("", f"on {text}, as said")]))] == [day], text


@pytest.mark.parametrize("text", ["2025-13-45", "1.2.11", "10/2025", "3.11.7", "12-2025-1", "45 May 2011", "2025-26"])
def test_what_is_no_day_is_not_taken_for_one(text):
    """Versions, ranges of years and impossible days."""
    assert list(dates(Reading([Passage("", text)]))) == []


def test_what_the_names_of_columns_say():
    """Of a person, of a place on the ground, of how many; and those that only sound like it."""
    said = {
        fields.BIRTH: ["DOB", "Date of birth", "birth_date", "childDOB", "PersonBirthDate"],
        fields.NAME: ["Surname", "child_forename", "Last Name", "Child's name"],
        fields.IDENTIFIER: [
            "CHILD",
            "LAchildID",
            "Child ID",
            "UPN",
            "Former UPN",
            "NHS number",
            "child_id",
            "Pupil Number",
        ],
        fields.LATITUDE: ["lat", "home_lat", "Latitude"],
        fields.LONGITUDE: ["lng", "homeLon", "longitude"],
        fields.GRID: ["Easting", "home_northing"],
        fields.CHILDREN: ["Children", "EHC plans", "Looked after", "children_out"],
        fields.COUNT: ["Count", "Number", "n"],
        None: [
            *("", "Place of birth", "Children's homes", "Places (all children)", "School name", "Measure name", "Rank"),
            *("Number of homes", "platform", "Children per 10,000", "Mean age of children", "Years", "flat"),
        ],
    }
    assert {key: fields.meaning(key) for keys in said.values() for key in keys} == {
        key: kind for kind, keys in said.items() for key in keys
    }


def feature(x, y):
    return json.dumps({"type": "Point", "coordinates": [x, y]}).encode()


@given(st.integers(4_000, 6_000), st.integers(1_300, 1_800))
@settings(max_examples=20)
def test_points_on_a_grid_of_100_metres_may_be_shown_and_others_not(east, north):
    """In metres, and to the nearest third decimal in degrees."""
    assert scan(feature(east * 100, north * 100), "a.geojson", NOTHING) == ()
    assert scan(feature(east * 100 + 13, north * 100 + 7), "a.geojson", NOTHING)
    assert scan(feature(-east / 1000, 50 + north / 1000), "a.json", NOTHING) == ()


def test_a_public_place_may_be_shown_exactly_and_a_home_never():
    """Schools of the register by their point; in the map of this program other points too, unless a child lives there."""
    home, school = (499_713, 149_606), (500_417, 158_731)
    study = Secrets(points=frozenset({home}), public_points=frozenset({school}))
    assert scan(feature(*school), "a.geojson", study) == ()
    assert [one.kind for one in scan(feature(*home), "a.geojson", study)] == [
        "the point of a child's home or placement"
    ]
    assert scan(feature(499_999, 150_001), "a.geojson", study)
    assert scan(feature(499_999, 150_001), "a.geojson", study, ours=True) == ()
    assert scan(feature(*home), "a.geojson", study, ours=True)
    table = b"School,Easting,Northing\nA,500417,158731\n"
    assert scan(table, "a.csv", study) == ()
    assert scan(table.replace(b"158731", b"158732.9"), "a.csv", NOTHING)


@pytest.mark.parametrize("number", [1, 5, 6])
def test_small_counts_are_a_warning_in_other_files_and_a_leak_in_ours(number):
    """Ours are to the nearest five: 5 stands for six or seven, so it is none."""
    table = f"<table><tr><th>Area</th><th>Children</th></tr><tr><td>Woking</td><td>{number}</td></tr></table>"
    marked = "<p>Disclosure profile: shareable.</p>" + table
    theirs, ours = (scan(page.encode(), "a.html", NOTHING) for page in (table, marked))
    assert [one.severity for one in theirs] == ([WARNING] if number < 6 else [])
    assert [one.severity for one in ours] == ([LEAK] if number < 5 else [])


def test_addresses_and_telephones_are_warnings_only():
    """They may be meant: of an office."""
    found = scan(b"Write to a.clerk@example.gov.uk or ring 01483 123 456", "a.txt", NOTHING)
    assert [(one.kind, one.severity) for one in found] == [
        ("a telephone number", WARNING),
        ("an e-mail address", WARNING),
    ]


def test_postcodes_that_are_public_may_be_shown():
    """Those of schools, or of a list; halves of postcodes always."""
    assert scan(b"GU1 1AA", "a.txt", NOTHING)
    assert scan(b"gu1 1aa", "a.txt", Secrets(public_postcodes=frozenset({"GU11AA"}))) == ()
    assert scan(b"GU1, GU1 1, ZZ1 1AA and M25 J10", "a.txt", NOTHING) == ()


def test_a_day_that_figures_are_of_is_a_birth_only_where_the_file_says_so():
    """A child born on 31 March does not block every page that says 31 March."""
    study = Secrets(birth_dates=frozenset({"2021-03-31"}))
    assert scan(b"985 on 31 March 2021", "a.txt", study) == ()
    assert scan(b"born on 31 March 2021", "a.txt", study)


def test_identifiers_are_not_found_within_numbers_and_colours():
    """Digits of a longer number, decimals, codes of sites, and colours of a style are nobody's."""
    study = Secrets(identifiers=frozenset({"918551", "AB12CD", "PLAN:390"}))
    text = b"BASE-918551-20, 1.918551, 918551.25, 1,918551, X918551, #ab12cd, plan: 390"
    assert scan(text, "a.txt", study) == ()
    for said in (b"918551", b"(918551)", b"AB12CD", b"plan:390", b"ref 918551."):
        assert scan(said, "a.txt", study), said


def test_a_place_with_a_secret_in_its_name_is_withheld():
    """The name of a file is shown, unless it is what gives a child away."""
    study = Secrets(identifiers=frozenset({"CH12345"}))
    (found,) = scan(b"Area\nWoking\n", "out/CH12345/list.csv", study)
    assert "CH12345" not in str(found)
    assert "withheld" in str(found)
