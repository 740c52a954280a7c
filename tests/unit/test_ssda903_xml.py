"""SSDA903 as XML: whatever way the return nests and states things, each record is used or quarantined, with its child."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.errors import DataError
from placements.read.ssda903 import CareReturns, read_ssda903
from placements.read.ssda903_xml import read_xml

A1 = "<HEADER><CHILDID>A1</CHILDID><SEX>1</SEX><DOB>2012-02-01</DOB></HEADER>"


def read(folder: Path, body: str) -> CareReturns:
    """Return what is read of a return; every row is used, quarantined or superseded."""
    (folder / "return 2025.xml").write_text(f"<EXPSSDA903>{body}</EXPSSDA903>", encoding="utf-8")
    result = read_ssda903(folder, folder)
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()
    assert len(result.quarantine) == files["quarantined"].sum()
    return result


def episode(start: str, place: str = "U6") -> str:
    return f"<EPISODE><DECOM>{start}</DECOM><LS>C2</LS><PL>{place}</PL></EPISODE>"


def held(result: CareReturns) -> list[tuple[str, str]]:
    """Return each episode's child and start."""
    starts = result.episodes["start"].dt.strftime("%Y-%m-%d")
    return list(zip(result.episodes["child_id"], starts, strict=True))


# --- repeated fields --------------------------------------------------------------------------------------------------
def test_each_repeat_of_a_records_date_is_a_record(tmp_path):
    """Three reviews listed in one element are three reviews, and share what else the element says."""
    reviews = "".join(f"<REVIEW>2024-0{month}-01</REVIEW>" for month in (1, 4, 7))
    result = read(tmp_path, f"<CHILD>{A1}<REVIEWS>{reviews}<REVIEW_CODE>PN1</REVIEW_CODE></REVIEWS></CHILD>")
    table = result.others["reviews"]
    assert table["review"].dt.month.tolist() == [1, 4, 7]
    assert set(table["review_code"]) == {"PN1"}
    assert set(table["child_id"]) == {"A1"}


def test_records_that_follow_each_other_in_one_element_keep_their_own_fields(tmp_path):
    """`DECOM PL DEC DECOM PL`: the end belongs to the first; what stands before both belongs to both."""
    result = read(
        tmp_path,
        f"<CHILD>{A1}<EPISODES><LS>C2</LS><DECOM>2023-05-05</DECOM><PL>U6</PL><DEC>2024-06-01</DEC>"
        "<DECOM>2024-06-01</DECOM><PL>K2</PL></EPISODES></CHILD>",
    )
    assert held(result) == [("A1", "2023-05-05"), ("A1", "2024-06-01")]
    assert result.episodes["place_code"].tolist() == ["U6", "K2"]
    assert result.episodes["end"].isna().tolist() == [False, True]
    assert result.episodes["legal_status"].tolist() == ["C2", "C2"]


def test_a_second_value_of_another_field_is_quarantined(tmp_path):
    """Which legal status is right is not known: the first is used, the other is there to be seen; blanks do not count."""
    body = "<EPISODE><DECOM>2023-05-05</DECOM><PL/><PL>U6</PL><LS>C2</LS><LS>E1</LS></EPISODE>"
    result = read(tmp_path, f"<CHILD>{A1}{body}</CHILD>")
    assert result.episodes[["legal_status", "place_code"]].to_numpy().tolist() == [["C2", "U6"]]
    assert result.quarantine["table"].tolist() == ["not recognised"]
    assert '"E1"' in result.quarantine["record"].iloc[0]


def test_lists_of_different_lengths_are_not_paired(tmp_path):
    """Which code is whose review's is not known: all are quarantined."""
    body = "<REVIEW>2024-01-01</REVIEW><REVIEW>2024-02-01</REVIEW><REVIEW>2024-03-01</REVIEW>"
    result = read(
        tmp_path,
        f"<CHILD>{A1}<R>{body}<REVIEW_CODE>PN1</REVIEW_CODE><REVIEW_CODE>PN2</REVIEW_CODE></R></CHILD>",
    )
    record = result.quarantine["record"].iloc[0]
    assert all(text in record for text in ("2024-01-01", "2024-02-01", "2024-03-01", "PN1", "PN2"))


# --- attributes -------------------------------------------------------------------------------------------------------
def test_attributes_are_fields(tmp_path):
    """A return that states everything in attributes says the same as one that does in elements."""
    result = read(
        tmp_path,
        '<CHILD CHILDID="A1" SEX="1" DOB="2012-02-01"><EPISODE DECOM="2023-05-05" LS="C2" PL="U6"/>'
        '<REVIEW REVIEW_CODE="PN1">2024-01-01</REVIEW></CHILD>',
    )
    assert held(result) == [("A1", "2023-05-05")]
    assert result.others["reviews"][["child_id", "review_code"]].to_numpy().tolist() == [["A1", "PN1"]]
    child = result.children.iloc[0]
    assert (child["child_id"], child["sex"], child["in_header"]) == ("A1", "M", True)
    assert result.quarantine.empty


def test_attributes_about_the_xml_are_no_fields(tmp_path):
    """Namespaces and `xsi:` say how to read it: they make no record."""
    spaces = 'xmlns="urn:a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    result = read(tmp_path, f'<CHILD {spaces} xsi:type="c">{A1}<EMPTY xsi:nil="true" xml:lang="en"/></CHILD>')
    assert result.quarantine.empty
    assert result.children["child_id"].tolist() == ["A1"]


# --- whose it is ------------------------------------------------------------------------------------------------------
def test_an_episode_outside_any_child_is_quarantined_for_its_missing_identifier(tmp_path):
    """It is nobody's, and must not become the next child's; a message's own heading is no record."""
    result = read(tmp_path, f"<HEADER><YEAR>2025</YEAR></HEADER>{episode('2022-01-01')}<CHILD>{A1}</CHILD>")
    assert held(result) == []
    assert result.quarantine[["table", "column"]].to_numpy().tolist() == [["episodes", "CHILD"]]
    assert result.children["child_id"].tolist() == ["A1"]


def test_a_childs_own_fields_are_records_too(tmp_path):
    """No HEADER and no EPISODE: episode, sex, birth and asylum status stand in CHILD itself."""
    result = read(
        tmp_path,
        "<CHILD><CHILDID>A1</CHILDID><SEX>2</SEX><DOB>2012-02-01</DOB><DUC>2030-02-01</DUC>"
        "<DECOM>2023-05-05</DECOM><PL>U6</PL><LS>C2</LS></CHILD>",
    )
    assert held(result) == [("A1", "2023-05-05")]
    child = result.children.iloc[0]
    assert (child["sex"], child["birth_date"], child["uasc"]) == ("F", pd.Timestamp("2012-02-01"), True)
    assert result.quarantine.empty


def test_a_childs_own_fields_complete_its_header_and_what_contradicts_it_is_seen(tmp_path):
    """Ethnicity comes from CHILD, sex from HEADER; CHILD's other sex is quarantined."""
    result = read(tmp_path, f"<CHILD><UPN>U1</UPN><SEX>2</SEX>{A1}</CHILD>")
    assert result.children[["upn", "sex"]].to_numpy().tolist() == [["U1", "M"]]
    assert result.quarantine["table"].tolist() == ["not recognised"]


def test_what_a_child_says_that_makes_no_record_is_quarantined(tmp_path):
    """A start without a placement is no episode."""
    result = read(tmp_path, f"<CHILD><DECOM>2023-05-05</DECOM>{A1}</CHILD>")
    assert result.quarantine["table"].tolist() == ["not recognised"]
    assert "2023-05-05" in result.quarantine["record"].iloc[0]


@pytest.mark.parametrize("others", ["", f"<CHILD>{A1}</CHILD>"])
def test_a_child_with_only_an_identifier_is_counted(tmp_path, others):
    """Alone or beside others it is a child of whom nothing else is known."""
    children = read(tmp_path, f"{others}<CHILD><CHILDID>B2</CHILDID></CHILD>").children.set_index("child_id")
    assert children.loc["B2", ["sex", "in_header"]].tolist() == ["U", True]
    assert pd.isna(children.loc["B2", "birth_date"])


def test_only_those_with_asylum_status_have_it(tmp_path):
    """One child's HEADER states it: the others of the return are not taken for asylum seekers."""
    uasc = A1.replace("A1", "B2").replace("</HEADER>", "<UASC>1</UASC><DUC>2030-02-01</DUC></HEADER>")
    children = read(tmp_path, f"<CHILD>{A1}</CHILD><CHILD>{uasc}</CHILD>").children
    assert children[["child_id", "uasc", "in_header"]].to_numpy().tolist() == [["A1", False, True], ["B2", True, True]]


TREE = st.recursive(
    st.tuples(st.lists(st.integers(1, 28), max_size=3, unique=True), st.just([])),
    lambda inner: st.tuples(st.lists(st.integers(1, 28), max_size=3, unique=True), st.lists(inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(trees=st.lists(TREE, min_size=1, max_size=4), outside=st.integers(0, 2), wrapped=st.booleans())
def test_nobody_gets_another_childs_episodes_however_children_nest(trees, outside, wrapped):
    """Each child has exactly the episodes that stand in its own element; those in none are quarantined."""
    wanted: list[tuple[str, str]] = []
    count = 0

    def child(tree) -> str:
        nonlocal count
        count += 1
        name, (days, inner) = f"C{count}", tree
        starts = [f"2023-05-{day:02d}" for day in days]
        wanted.extend((name, start) for start in starts)
        within = "".join(map(child, inner))
        within = f"<GROUP>{within}</GROUP>" if wrapped and within else within
        half = len(starts) // 2
        before, after = ("".join(map(episode, part)) for part in (starts[:half], starts[half:]))
        return f"<CHILD>{before}{within}{after}<HEADER><CHILD>{name}</CHILD></HEADER></CHILD>"

    body = "".join(map(child, trees)) + episode("2022-01-01") * outside
    with tempfile.TemporaryDirectory() as folder:
        result = read(Path(folder), body)
    assert sorted(held(result)) == sorted(wanted)
    assert len(result.quarantine) == outside
    assert len(result.children) == count


# --- encodings --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["foo", "big5", "utf-7", "idna", "hex"])
def test_an_encoding_that_cannot_be_read_is_said_in_words(tmp_path, encoding):
    """One clear error names the file and what to do, not one of the parser's."""
    path = tmp_path / "return.xml"
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?><EXPSSDA903><CHILD>{A1}</CHILD></EXPSSDA903>')
    with pytest.raises(DataError, match=r"return\.xml: is in an encoding(.|\n)*save it as UTF-8") as caught:
        read_xml(path)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-1"])
def test_encodings_that_returns_have_are_read(tmp_path, encoding):
    """The note with an accent comes out as it went in."""
    path = tmp_path / "return.xml"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><EXPSSDA903><CHILD>{A1}<N><NOTE>é</NOTE></N></CHILD></EXPSSDA903>'
    )
    path.write_bytes(text.encode(encoding))
    found = {table.sheet: table.frame for table in read_xml(path)}
    assert found["not recognised"]["NOTE"].tolist() == ["é"]
