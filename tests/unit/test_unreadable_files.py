"""A file that cannot be read at all gives one clear error: which file, what is wrong, what to do; exit code 3."""

import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from placements.errors import DataError, UnreadableFilesError
from placements.read.everything import READERS, read_source
from placements.read.rawtable import read_tables

KNOWN = [frozenset({"child", "decom"})]
CANARY = "CANARY77"
HEADER = "CHILD,DECOM,RNE,LS,CIN,PLACE\n"


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "binary": ("a.csv", b"CHILD\0\0\x01,DECOM\n", "binary"),
    "pdf": ("a.csv", b"%PDF-1.7 CANARY77", "a PDF document"),
    "picture": ("a.csv", b"\x89PNG\r\n\x1a\n CANARY77", "a picture"),
    "gzip": ("a.csv", b"\x1f\x8b\x08 CANARY77", "a gzip archive"),
    "web page": ("a.csv", b"<html><body>CANARY77</body></html>", "XML|holds no"),
    "one endless line": ("a.csv", b"CANARY77," * 200_000, "no line break"),
    "cut off within quotes": ("a.csv", HEADER.encode() + b'CANARY77,"01/02/2020,S\nB2,01/02/2020', "quotation marks"),
    "workbook cut off": ("a.xlsx", workbook([["CHILD", "DECOM"], [CANARY, "x"]])[:-400], "cut-off"),
    "archive": ("a.xlsx", archive(notes_xml=b"CANARY77"), "an archive"),
    "damaged workbook": ("a.xlsx", archive(xl__workbook_xml=b"<CANARY77"), "damaged or cut off"),
    "password": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "damaged old workbook": ("a.xls", OLE, "damaged or cut off"),
    "zip bomb": ("a.xlsx", archive(xl__workbook_xml=b"0" * 60_000_000), "unpack"),
    "open document with a password": (
        "a.ods",
        archive(content_xml=b"x", **{"META-INF__manifest_xml": b"<manifest:encryption-data/>"}),
        "password",
    ),
    "xml entities": ("a.xml", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>', "entities|XML"),
    "xml cut off": ("a.xml", b"<EXPSSDA903><CHILD><HEADER><CHILDID>CANARY77</CHILDID>", "well-formed|XML"),
}


@pytest.mark.parametrize("source", READERS)
@pytest.mark.parametrize("case", BAD)
def test_every_reader_refuses_what_is_no_table_in_words(tmp_path, source, case):
    """The error names the file and what to do, and holds nothing that stands in the file."""
    name, content, word = BAD[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFilesError, match=word) as caught:
        read_source(source, tmp_path)
    text = str(caught.value)
    assert name in text
    assert "What to do" in text
    assert CANARY not in text
    assert caught.value.exit_code == 3


def test_a_file_too_large_to_read_is_refused_without_reading_it(tmp_path):
    """Two gigabytes of one line: a sparse file, so that only its size is looked at."""
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)
    with pytest.raises(DataError, match=r"2\.0 GB, more than can be read"):
        read_tables(path, KNOWN)


def test_all_files_that_cannot_be_read_are_named_together(tmp_path):
    """One error lists them all, so that they can be mended in one go; sound files beside them are no excuse."""
    (tmp_path / "one.csv").write_bytes(b"")
    (tmp_path / "two.xlsx").write_bytes(b"PK\x03\x04 no")
    (tmp_path / "sound.csv").write_text(HEADER + "A1,01/02/2020,S,C2,N1,U6\n")
    with pytest.raises(UnreadableFilesError) as caught:
        read_source("ssda903", tmp_path)
    assert "2 files cannot be read" in str(caught.value)
    assert "one.csv" in str(caught.value)
    assert "two.xlsx" in str(caught.value)


def test_what_is_no_table_by_its_suffix_is_passed_over_and_named(tmp_path):
    """A guidance document beside the return does not stop the work; it is in the account with no rows."""
    (tmp_path / "guide.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "e.csv").write_text(HEADER + "A1,01/02/2020,S,C2,N1,U6\n")
    files = read_source("ssda903", tmp_path).files.set_index("path")
    assert files.loc["guide.pdf", ["table", "rows_in"]].tolist() == ["passed over", 0]
    assert files.loc["notes.txt", "table"] == "passed over"
    assert files.loc["e.csv", "used"] == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_so(tmp_path):
    """A permission is an error in words too."""
    path = tmp_path / "a.csv"
    path.write_text(HEADER)
    path.chmod(0)
    with pytest.raises(DataError):
        read_tables(path, KNOWN)


ENCODED = "CHILD,DECOM,NOTE\nA1,01/02/2020,{}\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Zoë’s café – Łódź"),
        ("utf-8-sig", "Zoë’s café – Łódź"),
        ("utf-16", "Zoë’s café – Łódź"),
        ("utf-16-le", "plain"),
        ("cp1252", "Zoë’s café – naïve"),
        ("cp1252", "West Midlands – North"),
        ("mac_roman", "Zoë’s café – naïve"),
        ("mac_roman", "Children – Provider level"),
    ],
)
def test_the_encoding_is_found_out(tmp_path, encoding, text):
    """UTF-8 and UTF-16 say what they are; of the old Western encodings the one that makes sense is taken."""
    path = tmp_path / "a.csv"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    path.write_bytes(mark + ENCODED.format(text).encode(encoding))
    assert read_tables(path, KNOWN)[0].frame["NOTE"].tolist() == [text]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_and_the_header_row_are_found_out(tmp_path, delimiter):
    """Titles may stand above the header; what is above it is kept as the table's title."""
    path = tmp_path / "a.csv"
    rows = [["A report, with a comma", "", ""], ["", "", ""], ["Child", "DECOM", "x"], ["A1", "01/02/2020", "1"]]
    path.write_text("\n".join(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows))
    table = read_tables(path, KNOWN)[0]
    assert table.frame[["Child", "DECOM", "x", "_row"]].to_numpy().tolist() == [["A1", "01/02/2020", "1", 4]]
    assert "A report" in table.title


def test_a_quotation_mark_that_was_never_closed_swallows_no_row_unseen(tmp_path):
    """The rows that stand within the quotes are one broken row, kept whole, and not a note of the row they follow."""
    path = tmp_path / "a.csv"
    path.write_text('CHILD,DECOM,NOTE\nA1,01/02/2020,"oops\nB2,01/02/2020,x\nC3,01/02/2020,"y\nD4,01/02/2020,z\n')
    table = read_tables(path, KNOWN)[0]
    assert table.frame["CHILD"].tolist() == ["D4"]
    assert [line for line, _ in table.broken] == [2, 3, 4]
    assert table.broken[1][1] == "B2,01/02/2020,x"


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a path that is not a file")
def test_a_folder_is_not_a_file(tmp_path):
    """Asked for what is not there, or is a folder, the error says so."""
    with pytest.raises(DataError, match="not there, or is not a file"):
        read_tables(tmp_path, KNOWN)


@pytest.mark.parametrize(
    "content",
    [
        'CHILD,DECOM,NOTE\nA1,01/02/2020,x\nB2,01/02/2020,"GU',
        'CHILD,DECOM,NOTE\nA1,01/02/2020,x\nB2,01/02/2020,"\n\n',
        'CHILD,DECOM,NOTE\nA1,01/02/2020,"x\nB2',
    ],
)
def test_a_file_cut_off_within_quotes_is_refused_wherever_it_was_cut(tmp_path, content):
    """On the last line or many before it: what is left of the last row must not be used."""
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(DataError, match="ends within quotation marks"):
        read_tables(path, KNOWN)


@pytest.mark.parametrize("start", ["\n", ",,,\n", " \n", "\n" * 20, "\ufeff\n"])
def test_blank_lines_above_the_header_lose_nothing(tmp_path, start):
    """However many there are, known columns or not."""
    path = tmp_path / "a.csv"
    path.write_text(start + "CHILD,DECOM,PLACE\nA1,01/02/2020,U1\n")
    assert read_tables(path, KNOWN)[0].frame["CHILD"].tolist() == ["A1"]
    path.write_text(start + "foo,bar\n1,2\n3,4\n")
    assert read_tables(path, KNOWN)[0].frame[["foo", "bar"]].to_numpy().tolist() == [["1", "2"], ["3", "4"]]


def test_columns_of_one_name_or_of_the_programs_own_are_told_apart(tmp_path):
    """No cell hides another."""
    path = tmp_path / "a.csv"
    path.write_text("CHILD,DECOM,a,a,a.1,_row,\nA1,x,1,2,3,4,\n\n")
    frame = read_tables(path, KNOWN)[0].frame
    assert frame.columns.is_unique
    assert frame.drop(columns="_row").iloc[0].tolist() == ["A1", "x", "1", "2", "3", "4"]


def test_cells_past_the_last_name_of_a_sheet_are_kept(tmp_path):
    """They get a name; a column that already has it is told apart."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([["CHILD", "DECOM", "column 4"], ["A1", "x", "y", "z"]]))
    assert read_tables(path, KNOWN)[0].frame.drop(columns="_row").iloc[0].tolist() == ["A1", "x", "y", "z"]


def test_a_sheet_with_a_cell_at_the_end_of_the_grid_is_refused(tmp_path):
    """It would be laid out whole in memory."""
    book = openpyxl.Workbook()
    book.active["A1"] = "CHILD"
    book.active["XFD1048576"] = "x"
    path = tmp_path / "a.xlsx"
    book.save(path)
    with pytest.raises(DataError, match="fill the memory"):
        read_tables(path, KNOWN)


def test_the_name_of_a_file_need_not_be_utf8(tmp_path):
    """Names out of old archives often are not."""
    (tmp_path / os.fsdecode(b"x\xe9.csv")).write_text(HEADER + "A1,01/02/2020,S,C2,N1,U6\n")
    assert read_source("ssda903", tmp_path).files["used"].tolist() == [1]
