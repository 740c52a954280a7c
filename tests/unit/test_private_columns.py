"""Names of people never reach the quarantine, whatever their column is called."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.read.private import PERSON_SOURCES, is_private
from placements.read.register import read_registers
from placements.read.sen2 import read_sen2
from placements.read.ssda903 import read_ssda903

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
WORDS = (
    "Surname",
    "Forename",
    "Forenames",
    "First name",
    "LAST_NAME",
    "Middle Names",
    "given-name",
    "Family name",
    "Full Name",
    "Known as",
    "Preferred surname",
    "preferredForename",
    "Preferred name",
    "Child name",
    "Child's name",
    "Person Name",
    "pupil full name",
    "Name of child",
)


@given(word=st.sampled_from(WORDS), end=st.sampled_from(["", "1", " 2", ".1", "_3", "1.1"]), upper=st.booleans())
def test_a_name_is_a_name_in_any_spelling_and_number(word, end, upper):
    """Case, punctuation, a number at the end and the number of a column that stands twice change nothing."""
    column = (word.upper() if upper else word) + end
    assert all(is_private(column, source) for source in ("ssda903", "sen2", "census", "gias", "ofsted", "register"))


@pytest.mark.parametrize(
    "column",
    [
        "Measure name",
        "Establishment name",
        "Date first named",
        "Name of children's home",
        "UPN",
        "PlacementName",
        "LA name",
    ],
)
def test_what_is_no_name_of_a_person_stays(column):
    """A name within another word, and names of homes, schools and authorities, can be seen in the quarantine."""
    assert not any(is_private(column, source) for source in ("ssda903", "sen2", "census", "gias", "ofsted"))


@pytest.mark.parametrize("column", ["Name", "NAME.1", "names", "name 2"])
def test_name_alone_is_a_persons_only_where_a_row_is_a_person(column):
    """In lists of schools and homes it is theirs."""
    assert all(is_private(column, source) for source in PERSON_SOURCES)
    assert not any(is_private(column, source) for source in ("gias", "ofsted", "register", "published"))


def records(result) -> list[dict]:
    return [json.loads(text) for text in result.quarantine["record"]]


def test_quarantined_rows_of_a_return_have_no_names(tmp_path):
    """A column that stands twice, a second forename and a plain name are left out; the rest of the row is there."""
    names = "Surname,Surname,Forename2,Name,Known As"
    text = f"{EPISODES},{names}\nA1,nonsense,S,C2,N1,U6,PR4,,,,,,,Madeup,Madeup,Madeup,Madeup,Madeup\n"
    (tmp_path / "e.csv").write_text(text)
    result = read_ssda903(tmp_path, tmp_path)
    assert len(result.quarantine) == 1
    assert "Madeup" not in result.quarantine.to_csv()
    assert records(result)[0]["DECOM"] == "nonsense"


@pytest.mark.parametrize(("names", "copied"), [(",Surname", False), (",Note", True)])
def test_a_broken_row_is_copied_only_from_a_table_without_names(tmp_path, names, copied):
    """Its cells cannot be told apart, so neither can the name: its line number stays; the account still balances."""
    text = f"{EPISODES}{names}\nA1,01/02/2020,S,C2,N1,U6,PR4,,,,,,,x\nB2,01/02/2020,S,C2,N1,U6,PR4,,,,,,,Made,up,more\n"
    (tmp_path / "e.csv").write_text(text)
    result = read_ssda903(tmp_path, tmp_path)
    assert result.quarantine["row"].tolist() == [3]
    line = text.splitlines()[2] if copied else "not copied: the table has names of people"
    assert records(result) == [{"line": line}]
    assert result.files[["rows_in", "used", "quarantined"]].to_numpy().tolist() == [[2, 1, 1]]


def test_a_broken_row_of_an_earlier_export_is_not_copied(tmp_path):
    """The earlier of two exports is only outlined: its columns are no longer known, but its broken row held a name."""
    for day, bad in (("16-01-2024", "2,Made,up,more,F\n"), ("16-01-2025", "")):
        (tmp_path / f"Blade_{day}_person.csv").write_text(f"persontableid,surname,sex\n1,x,M\n{bad}")
    result = read_sen2(tmp_path, tmp_path)
    assert records(result) == [{"line": "not copied: the table has names of people"}]
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()


def test_the_name_of_a_home_is_still_shown(tmp_path):
    """A register's row that fits nothing keeps its Name: it is the home's."""
    (tmp_path / "r.csv").write_text("Name,Oddity\nOak House,1\n")
    assert records(read_registers(tmp_path, tmp_path))[0]["Name"] == "Oak House"


def test_names_in_xml_are_left_out_as_fields_attributes_and_elements(tmp_path):
    """`<SURNAME>`, `Surname="..."` and what stands within `<NAME>`."""
    (tmp_path / "r.xml").write_text(
        '<EXPSSDA903><CHILD Surname="Madeup"><HEADER><CHILDID>A1</CHILDID><SEX>1</SEX><DOB>x</DOB></HEADER>'
        "<ODDITY><Name>Madeup</Name><NOTE>n</NOTE></ODDITY><NAME><GIVEN>Madeup</GIVEN></NAME>"
        '<EPISODE Forename1="Madeup"><DECOM>soon</DECOM><PL>U6</PL></EPISODE></CHILD></EXPSSDA903>'
    )
    result = read_ssda903(tmp_path, tmp_path)
    assert set(result.quarantine["table"]) == {"episodes", "not recognised"}
    assert "Madeup" not in result.quarantine.to_csv()
