"""Ofsted's lists, confidential and published, of several years: one row per provider, every row accounted for."""

import csv
import io
import shutil
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import hypothesis.strategies as st
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings

from placements import codes
from placements.errors import UnreadableFilesError
from placements.read.ofsted import read_ofsted
from placements.read.ofsted_layouts import day_of
from tests import examples

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ofsted"
YEARS = (2021, 2022, 2023, 2024)
#: SSDA903 place codes behind each type that Ofsted publishes, and so the family of its places.
FAMILY = {
    "Children's home": "childrens_home",
    "Children's Home": "childrens_home",
    "Residential special school (registered as a children's home)": "childrens_home",
    "Secure children's home": "secure",
    "Secure Training Centre": "secure",
    "Residential Special School": "residential_school",
    "Boarding School": "other_care",
    "Further Education College with Residential Accommodation": "other_care",
    "Residential Family Centre": "other_care",
    "Residential Holiday Scheme for Disabled Children": "other_care",
    "Independent Fostering Agency": "agency_foster",
    "Voluntary Adoption Agency": "adoption",
    "Adoption Support Agency": "adoption",
    "Adoption support agency": "adoption",
}
PUBLISHED = [
    "Web link",
    "URN",
    "Provision type",
    "Registration status",
    "Name",
    "Postcode",
    "Local authority",
    "Places",
]


def published(*rows: tuple[str, ...], above: tuple[str, ...] = ()) -> str:
    """Return a published list as CSV; each row is what follows the web link."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[line] for line in above])
    writer.writerows([PUBLISHED, *(["Webpage", *row] for row in rows)])
    return out.getvalue()


def book(path: Path, **sheets: list[list[object]]) -> Path:
    """Write a workbook of sheets, `_` standing for a space in their names."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def accounted(result) -> None:
    """Every row of every file is used, quarantined or superseded, and what is quarantined is there."""
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()
    assert len(result.quarantine) == files["quarantined"].sum()
    assert files["used"].sum() == len(result.provision)


def read(folder: Path) -> pd.DataFrame:
    """Read a folder of lists, check its account, and return provision by URN."""
    result = read_ofsted(folder, folder)
    accounted(result)
    return result.provision.set_index("provider_id")


def test_the_provider_workbook_is_read_by_alias_wherever_the_header_stands(tmp_path):
    """Both sheets; a title above the header; an agency's office has no places; flags decide the needs."""
    header = ["URN", "provider TYPE", "Sector", "Provider Status", "Max Users", "Learning Difficulty"]
    book(
        tmp_path / "list.xlsx",
        Providers=[
            ["Provider list, 31 March 2025"],
            [],
            [*header, "Setting Address Postcode", "Local Authority"],
            ["SC1", "Children's home", "Private", "Active", 4, "Yes", "GU1 1AA", "Surrey"],
            ["SC2", "Independent Fostering Agency", "Voluntary", "Active", 60, "-", "GU1 1AB", "Surrey"],
            ["SC3", "Children's home", "Local Authority", "Closed", "many", "-", "GU1 1AC", "Surrey"],
            ["", "Children's home", "Private", "Active", 2, "-", "GU1 1AD", "Surrey"],
        ],
        SA_Providers=[
            ["URN", "Provider Local Authority", "Capacity", "Setting postcode", "Closed Date"],
            [2700001, "Surrey", 6, "GU1 1AD", "-"],
            [2700002, "Surrey", 3, "GU1 1AE", "05/01/2025"],
        ],
    )
    result = read_ofsted(tmp_path, tmp_path)
    accounted(result)
    homes = result.provision.set_index("provider_id")
    assert homes.loc["SC1", ["provision", "registered_places", "needs", "confidential"]].tolist() == [
        "childrens_home",
        4,
        "disabled",
        True,
    ]
    assert homes.loc["SC2", "provision"] == "agency_foster"
    assert pd.isna(homes.loc["SC2", "registered_places"])
    assert homes.loc["2700001", ["provision", "registered_places", "authority_name"]].tolist() == [
        "supported_accommodation",
        6,
        "Surrey",
    ]
    assert homes.loc["2700002", ["is_open", "closed_on"]].tolist() == [False, pd.Timestamp("2025-01-05")]
    assert result.quarantine[["row", "column", "value"]].to_numpy().tolist() == [
        [7, "URN", ""],
        [6, "Max Users", "many"],
    ]


def test_older_homes_lists_in_two_sheets_make_one_provider(tmp_path):
    """`Settings and Inspection Info` knows the home, `Address Details` where it is; an address of nobody is quarantined."""
    book(
        tmp_path / "homes 2022.xlsx",
        Settings_and_Inspection_Info=[
            ["Local Authority", "URN", "Provider Type", "Provider Status", "Max Users", "Provider Code"],
            ["Surrey", "sc9", "Childrens Home", "Active", 3, "K2"],
        ],
        Address_Details=[["URN", "Setting Postcode"], ["SC9", "GU1 1AA"], ["SC404", "GU1 1AB"]],
        Registration_Conditions=[["URN", "Conditions"], ["SC9", "Only girls"], ["SC9", "No more than 3"]],
    )
    result = read_ofsted(tmp_path, tmp_path)
    accounted(result)
    assert result.provision[["provider_id", "provision", "postcode", "registered_places"]].to_numpy().tolist() == [
        ["SC9", "childrens_home", "GU1 1AA", 3.0]
    ]
    assert result.quarantine["value"].tolist() == ["SC404"]
    conditions = result.files.set_index("table").loc["conditions (not used)"]
    assert conditions[["rows_in", "superseded"]].tolist() == [2, 2]


def test_the_social_care_list_gives_closures_and_a_code_where_the_type_says_nothing(tmp_path):
    """Two sheets of one workbook; the placement code and provider code decide family and sector when words do not."""
    header = ["URN", "Provision type", "Setting name", "Registration status", "Setting postcode", "Local authority"]
    book(
        tmp_path / "scp.xlsx",
        Current_providers=[
            [*header, "Placement code", "Placement provider code", "Maximum fostering places"],
            ["SC1", "Local Authority Fostering Agency", "A", "Active", "GU1 1AA", "Surrey", "U4/U5/U6", "PR1/PR2", 200],
            ["SC2", "Social Care", "B", "Active", "GU1 1AB", "Surrey", "K1", "PR4", ""],
        ],
        Providers_closed_in_2022_23=[
            [*header, "Deregistration date"],
            ["SC3", "Children's home", "C", "Resigned", "GU1 1AC", "Surrey", "2023-01-02"],
        ],
    )
    homes = read(tmp_path)
    assert homes["provision"].to_dict() == {"SC1": "in_house_foster", "SC2": "secure", "SC3": "childrens_home"}
    assert homes["sector"].to_dict() == {"SC1": "own", "SC2": "private", "SC3": "unknown"}
    assert homes["is_open"].to_dict() == {"SC1": True, "SC2": True, "SC3": False}
    assert homes.loc["SC3", "closed_on"] == pd.Timestamp("2023-01-02")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "mac_roman"])
@pytest.mark.parametrize("above", [0, 2, 3, 4])
def test_the_published_list_is_read_wherever_its_header_and_whatever_its_encoding(tmp_path, encoding, above):
    """Redacted cells say nothing, names lose their line breaks, places may be blank or a dash, blank rows count for none."""
    text = published(
        ("1000001", "Children's home", "Active", "REDACTED", "REDACTED", "Surrey", "4"),
        ("1000002", "Adoption Support Agency", "Active", "\nCafé – Adoption", "GU1 1AA", "Kent", "-"),
        ("1000003", "Children's home", "Suspended", "REDACTED", "REDACTED", "Surrey", ""),
        above=("Children's social care data", "One table", "Some cells are empty", "")[:above],
    )
    (tmp_path / "list_2024.csv").write_bytes((text + ",,,,,,,\r\n" * 3).encode(encoding))
    homes = read(tmp_path)
    assert homes["name"].tolist() == ["", "Café – Adoption", ""]
    assert homes["postcode"].tolist() == ["", "GU1 1AA", ""]
    assert homes["authority_name"].tolist() == ["Surrey", "Kent", "Surrey"]
    assert homes["registered_places"].fillna(-1).tolist() == [4, -1, -1]
    assert homes["is_open"].tolist() == [True, True, False]


def ods(path: Path, rows: list[list[str]]) -> None:
    """Write the smallest OpenDocument spreadsheet that holds these cells as text."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Provider_level_at_31_March_2024">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{space}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


def test_an_open_document_spreadsheet_reads_the_same_as_csv(tmp_path):
    """Ofsted publishes both: only the name of the source differs."""
    text = published(
        ("1000001", "Children's home", "Active", "REDACTED", "REDACTED", "Surrey", "4"),
        ("1000002", "Boarding School", "Active", "A & B <School>", "GU1 1AA", "Surrey", "60"),
        above=("As at 31 March 2024",),
    )
    for name in ("csv", "ods"):
        (tmp_path / name).mkdir()
    (tmp_path / "csv" / "list.csv").write_text(text, encoding="utf-8")
    ods(tmp_path / "ods" / "list.ods", list(csv.reader(io.StringIO(text))))
    pd.testing.assert_frame_equal(
        read(tmp_path / "csv").drop(columns="source"), read(tmp_path / "ods").drop(columns="source")
    )


@pytest.mark.skipif(not SAMPLES.exists(), reason="public sample files are not here")
@pytest.mark.parametrize("year", YEARS)
def test_every_published_type_is_in_its_family_and_nothing_is_lost(tmp_path, year):
    """Providers and their places by family, counted another way from the same file; none quarantined."""
    source = SAMPLES / f"provider_at_march_{year}.csv"
    shutil.copy(source, tmp_path)
    homes = read(tmp_path)
    encoding = {2021: "utf-8-sig", 2024: "mac_roman"}.get(year, "cp1252")
    lines = list(csv.reader(io.StringIO(source.read_bytes().decode(encoding), newline="")))
    header = next(line for line in lines if "URN" in line)
    at = {name: header.index(name) for name in ("URN", "Provision type", "Places", "Registration status")}
    rows = [line for line in lines[lines.index(header) + 1 :] if line[at["URN"]]]
    expected: dict[str, list[str]] = {}
    for row in rows:
        expected.setdefault(FAMILY[row[at["Provision type"]]], []).append(row[at["Places"]].strip())
    assert homes["provision"].value_counts().to_dict() == {family: len(rows) for family, rows in expected.items()}
    agencies = {"agency_foster", "adoption"}
    places = {
        family: sum(int(n or 0) for n in numbers) for family, numbers in expected.items() if family not in agencies
    }
    found = homes.groupby("provision")["registered_places"].sum()
    assert found.drop(list(agencies)).to_dict() == places
    assert homes["is_open"].sum() == sum(row[at["Registration status"]] == "Active" for row in rows)
    assert set(homes["provision"]) <= set(codes.CARE_PROVISION)


@pytest.mark.skipif(not SAMPLES.exists(), reason="public sample files are not here")
def test_four_years_and_the_confidential_lists_together_are_read_whole():
    """All 14,404 rows are accounted for; what is open is what the last published list and the confidential ones have."""
    result = read_ofsted(SAMPLES, SAMPLES)
    accounted(result)
    assert result.files["rows_in"].sum() == 3402 + 3576 + 3546 + 3876 + 1 + 1 + 1 + 1
    assert result.quarantine.empty
    is_open = result.provision[result.provision["is_open"]]
    of_2024 = is_open["source"].eq("provider_at_march_2024.csv")
    assert of_2024.sum() == 3869
    assert set(is_open.loc[~of_2024, "provider_id"]) == {"NJASCN", "BABABOOEY"}


@pytest.mark.parametrize(
    ("title", "name", "sheet", "expected"),
    [
        ("Provider level as at 31 March 2024", "list_2025", "", "2024-03-31"),
        ("Published 5 July 2024. Providers as at 31 March 2024", "x", "", "2024-03-31"),
        (
            "Children's social care data in England 2022 - Provider level as at March 2022",
            "x_20240705",
            "",
            "2022-03-31",
        ),
        ("Provider information", "provider_at_march_2021", "", "2021-03-31"),
        ("", "List 1st Sept 2024", "", "2024-09-01"),
        ("Data 2023", "ofsted 31-08-2023", "", "2023-08-31"),
        ("", "ofsted_20230831", "", "2023-08-31"),
        ("", "provider list 2024", "", "2024-03-31"),
        ("", "provider list", "Providers closed in 2022-23", "2023-03-31"),
        ("", "february 2024", "", "2024-02-29"),
        ("", "31.02.2024", "", "2024-03-31"),
        ("", "market share", "Providers", None),
        ("", "URN 2720240101", "", None),
    ],
)
def test_the_day_of_a_list_is_in_its_title_or_its_name(title, name, sheet, expected):
    """The publisher's words above the header come first; a month is its last day and a year is Ofsted's, to 31 March."""
    assert day_of(title, name, sheet) == (None if expected is None else pd.Timestamp(expected))


def test_a_later_list_wins_cell_by_cell_and_absence_from_it_closes(tmp_path):
    """File names sort against their dates on purpose; a blank in the later list keeps what the earlier one said."""
    (tmp_path / "z 2022.csv").write_text(
        published(
            ("1", "Children's home", "Active", "One", "GU1 1AA", "Surrey", "3"),
            ("2", "Children's home", "Active", "Two", "GU1 1AB", "Surrey", "3"),
        )
    )
    (tmp_path / "a 2023.csv").write_text(
        published(("1", "Children's home", "Active", "REDACTED", "REDACTED", "Surrey", "5"))
    )
    homes = read(tmp_path)
    assert homes.loc["1", ["name", "postcode", "registered_places", "is_open"]].tolist() == ["One", "GU1 1AA", 5, True]
    assert not homes.loc["2", "is_open"]


def test_what_is_published_never_overwrites_a_confidential_address(tmp_path):
    """The published list is later and names an office; the confidential row keeps its own, and gains the grade."""
    text = published(
        ("SC1", "Children's home", "Active", "Group", "KT1 1AA", "Surrey", "9"), above=("As at 31 March 2024",)
    )
    (tmp_path / "published.csv").write_text(text.replace("Places", "Overall effectiveness").replace(",9", ",Good"))
    book(
        tmp_path / "confidential 2023.xlsx",
        Providers=[
            ["URN", "Provider Type", "Setting Name", "Setting Address Postcode", "Max Users"],
            ["SC1", "Children's home", "The Elms", "GU1 1AA", 3],
        ],
    )
    home = read(tmp_path).loc["SC1"]
    assert home[["name", "postcode", "registered_places", "quality", "is_open"]].tolist() == [
        "The Elms",
        "GU1 1AA",
        3,
        "Good",
        True,
    ]


LIST = "URN,Provision type,Setting name,Registration status,Setting postcode,Local authority,Places,Date closed\n"


def lists_of(folder: Path, **texts: str) -> pd.DataFrame:
    """Write confidential lists, `_` standing for a space in their names, and read them."""
    for name, text in texts.items():
        (folder / f"{name.replace('_', ' ')}.csv").write_text(LIST + text)
    return read(folder)


@pytest.mark.parametrize("closed", ["Providers closed in 2024-25 as at 30-06-2025", "more 30-06-2025"])
def test_a_list_of_closed_providers_closes_none_that_it_does_not_name(tmp_path, closed):
    """Whether it is called so or just every row of it is closed."""
    current = {"Current providers 31-03-2025": "SC1,Children's home,A,Active,GU1 1AA,Surrey,4,\n"}
    homes = lists_of(tmp_path, **current, **{closed: "SC2,Children's home,B,Resigned,GU1 1AB,Surrey,4,01/05/2025\n"})
    assert homes["is_open"].to_dict() == {"SC1": True, "SC2": False}


def test_a_list_called_closed_closes_none_by_absence_though_a_row_has_no_status(tmp_path):
    """Its name alone says what it is; a later list of current providers does close by absence."""
    first = {"list 2023": "SC1,Children's home,A,Active,GU1 1AA,Surrey,4,\n"}
    homes = lists_of(tmp_path, **first, providers_closed_2024="SC2,Children's home,B,,GU1 1AB,Surrey,4,\n")
    assert homes.loc["SC1", "is_open"]
    homes = lists_of(tmp_path, current_providers_2025="SC3,Children's home,C,Active,GU1 1AB,Surrey,4,\n")
    assert not homes.loc["SC1", "is_open"]


def test_a_list_of_another_region_closes_nobody_by_absence(tmp_path):
    """A later list misses only providers of authorities that it names, however they are written; or of no authority."""
    homes = lists_of(
        tmp_path,
        London_2024_03="SC1,Children's home,A,Active,N1 1AA,Camden,4,\nSC2,Children's home,B,Active,,SURREY,4,\n"
        "SC3,Children's home,C,Active,,,4,\n",
        South_East_2025_06="SC9,Children's home,D,Active,GU1 1AA,Surrey,4,\n",
    )
    assert homes["is_open"].to_dict() == {"SC1": True, "SC2": False, "SC3": False, "SC9": True}


def test_status_and_day_of_closure_come_from_one_list(tmp_path):
    """A provider that is open again has no day of closure; one that a list without status closes is closed."""
    homes = lists_of(
        tmp_path,
        list_2023="SC1,Children's home,A,Closed,,Surrey,4,01/01/2023\nSC2,Children's home,B,Active,,Surrey,4,\n",
        list_2025="SC1,Children's home,A,Active,,Surrey,4,\nSC2,Children's home,B,,,Surrey,4,01/02/2025\n",
    )
    assert homes["is_open"].to_dict() == {"SC1": True, "SC2": False}
    assert homes["closed_on"].fillna(pd.Timestamp(0)).tolist() == [pd.Timestamp(0), pd.Timestamp("2025-02-01")]


def test_the_newest_list_decides_all_but_name_address_and_owner(tmp_path):
    """A confidential list of 2022 knows where the home is; the published one of 2025, that it is closed and its places."""
    (tmp_path / "published 2025.csv").write_text(
        published(("SC1", "Children's home", "Closed", "Group", "KT1 1AA", "Surrey", "6"))
    )
    homes = lists_of(tmp_path, confidential_2022="SC1,Children's home,The Elms,Active,GU1 1AA,Surrey,4,\n")
    assert homes.loc["SC1", ["name", "postcode", "registered_places", "is_open"]].tolist() == [
        *("The Elms", "GU1 1AA", 6, False)
    ]


#: One line of a list: URN, type, status.
LINE = st.tuples(
    st.sampled_from("ABCD"),
    st.sampled_from(["Children's home", "Independent Fostering Agency"]),
    st.sampled_from(["Active", "Closed", ""]),
)
LISTS = st.lists(
    st.tuples(
        st.booleans(),  # published?
        st.sampled_from([2021, 2022, 2023, None]),
        st.lists(LINE, min_size=1, max_size=4, unique_by=lambda line: line[0]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=examples(14, 40), deadline=None)
@given(LISTS)
def test_what_is_open_is_worked_out_again_by_hand(lists):
    """Whatever lists there are: the status last heard, and absence from a later list that names any that are open."""
    with tempfile.TemporaryDirectory() as name:
        for i, (is_published, year, lines) in enumerate(lists):
            link = "Webpage," if is_published else ""
            head = ("Web link," if is_published else "") + "URN,Provision type,Registration status\n"
            text = head + "".join(f"{link}{urn},{kind},{status}\n" for urn, kind, status in lines)
            (Path(name) / f"{i} {year or ''}.csv").write_text(text)
        homes = read(Path(name))
    order = sorted(enumerate(lists), key=lambda item: (item[1][1] or 0, not item[1][0], item[0]))
    for urn in {urn for _, _, lines in lists for urn, _, _ in lines}:
        statuses = [s for _, (_, _, lines) in order for u, _, s in lines if u == urn and s]
        dated = [(pub, year, kind) for pub, year, lines in lists for u, kind, _ in lines if u == urn and year]
        seen = max((year for _, year, _ in dated), default=0)
        later = any(
            year and dated and year > seen and any(p == pub and (pub or k == kind) for p, _, k in dated)
            for pub, year, lines in lists
            if any(status != "Closed" for *_, status in lines)
            for _, kind, _ in lines
        )
        assert homes.loc[urn, "is_open"] == (not later and (statuses or [""])[-1] != "Closed")


SMALL = published(
    ("1000001", "Children's home", "Active", "REDACTED", "REDACTED", "Surrey", "4"),
    ("1000002", "Adoption Support Agency", "Active", "Café", "GU1 1AA", "Kent", "-"),
    ("1000002", "Secure Training Centre", "", "", "", "", "80"),
)


@settings(max_examples=examples(21, 60), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 3), st.text('",\n;-9x é', max_size=4)), max_size=4)
)
def test_no_damage_loses_a_row(changes):
    """Cut out and put in anything anywhere: every row that is found is used, quarantined or superseded."""
    text = SMALL
    for at, length, put in changes:
        text = text[:at] + put + text[at + length :]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "list.csv").write_text(text or "x", encoding="utf-8")
        try:
            result = read_ofsted(folder, folder)
        except UnreadableFilesError:  # no table at all: said so, with the file
            return
    accounted(result)


def test_a_file_that_is_no_list_of_providers_is_said_to_be_none(tmp_path):
    """A workbook and a CSV of something else: their rows are quarantined, not passed over in silence."""
    book(tmp_path / "other.xlsx", Sheet=[["Pub", "Town"], ["The Crown", "Woking"]])
    (tmp_path / "other.csv").write_text("Pub,Town\nThe Swan,Woking\n")
    result = read_ofsted(tmp_path, tmp_path)
    accounted(result)
    assert result.files["quarantined"].tolist() == [1, 1]
    assert set(result.quarantine["reason"]) == {"columns fit no table of this source"}
