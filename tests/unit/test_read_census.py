"""The commissioning census: headers of any year, rounds, money, types and reasons; every row is accounted for."""

import dataclasses
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements import codes
from placements.errors import UnreadableFilesError
from placements.read.census import CommissioningCensus, authority_key, census_round, read_census
from placements.validate import RULES
from tests import examples
from tests.rules_support import evidence

NEW = (
    "Looked after child?,Placing Authority,Identifier,Placement start date,Provider Ofsted (or equivalent) URN,"
    "Establishment,Establishment URN,Host Authority,Type of provision,Total weekly cost,Contribution from Social Care,"
    "Contribution from Education,Contribution from Health,Primary SEND need,Placing at Distance Reason\n"
)
#: The header of a return as it is sent out: names go on with what to fill in, some on a second line.
LONG = (
    '"Looked after child? All placements on this sheet should be looked after children.",'
    '"Placing Authority\nThis is the authority that acts as corporate parent.",'
    '"Identifier \nThis is the unique reference for the child.","Age\nThis will be rounded down",'
    '"How the placement was sourced\n(Please select)","Placement start date (DD/MM/YYYY)\nNot the date of care.",'
    '"Organisation\nWhom you have the contract with",Provider ID,'
    "\"Establishment\nThe name of the home. For carers enter 'foster carer'.\",Registration type,"
    '"Establishment registration URN \nThe Ofsted code","Host Authority\n(where it is)",'
    '"Primary Placing at Distance Reason\n(please select)","Type of provision\n(Please select)",'
    '"Total weekly cost (actual fee paid)\nThis should equal the total of the social care and education columns.",'
    '"Contribution from Social Care\n(not percentage, to the total weekly cost)",Contribution from Education\n'
)


def census(tmp_path: Path, **files: str) -> CommissioningCensus:
    for name, text in files.items():
        path = tmp_path / "census" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return accounted(read_census(tmp_path / "census", tmp_path))


def accounted(result: CommissioningCensus) -> CommissioningCensus:
    """Every row of every file is used, quarantined or superseded, and the quarantine holds as many as are counted."""
    files = result.files
    assert (files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all()
    assert files["quarantined"].sum() == len(result.quarantine)
    assert files["used"].sum() == len(result.commissioning)
    return result


def row(child: str = "A1", start: str = "01/04/2024", urn: str = "sc1", **other: str) -> str:
    cells = {"kind": "Residential - Mainstream", "cost": "5000", "care": "", "taught": "", "health": "", "why": ""}
    cells = {"looked": "Yes", "where": "The Lodge", **cells, **other}
    return (
        f"{cells['looked']},Surrey,{child},{start},11,{cells['where']},{urn},Kent,{cells['kind']},{cells['cost']},"
        f'{cells["care"]},{cells["taught"]},{cells["health"]},,"{cells["why"]}"\n'
    )


def test_a_row_is_read_whole(tmp_path):
    """Money loses its signs, numbers get capitals, the words of the census become ours, and those written are kept."""
    text = row(cost='"£5,200.50"', care="£ 4000", taught='"1,200.50"', health="0", why="Legal reasons")
    found = census(tmp_path, placements=NEW + text).commissioning.iloc[0]
    assert found["child_id"] == "A1"
    assert found["start"] == pd.Timestamp("2024-04-01")
    assert (found["provider_id"], found["agency_id"], found["host_authority"]) == ("SC1", "11", "Kent")
    assert found[["weekly_cost_gbp", "social_care_gbp", "education_gbp", "health_gbp"]].tolist() == [
        5200.5,
        4000,
        1200.5,
        0,
    ]
    assert (found["provision"], found["provision_text"]) == ("childrens_home", "Residential - Mainstream")
    assert (found["reason_at_distance"], found["reason_text"]) == ("legal", "Legal reasons")
    assert found["looked_after"]
    assert found["source"] == "census/placements.csv"


def test_names_that_go_on_with_an_explanation_are_known_by_how_they_begin(tmp_path):
    """The return as sent out explains each column in its header, over several lines; that is no other column."""
    text = (
        LONG
        + "Yes,Surrey,A1,12,Spot,02/12/2024,Foremans,680692,Big House,Ofsted,821049,Kent,N/A,IFA - respite,950,950,0\n"
    )
    found = census(tmp_path, placements=text).commissioning.iloc[0]
    assert (found["child_id"], found["provider_id"], found["agency_id"]) == ("A1", "821049", "680692")
    assert (found["provision"], found["reason_at_distance"]) == ("agency_foster", "not_applicable")
    assert (found["weekly_cost_gbp"], found["education_gbp"], found["sourced"]) == (950, 0, "Spot")


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_each_sheet_of_a_workbook_is_a_round_and_other_sheets_are_named(tmp_path, suffix):
    """Rounds kept as sheets of one workbook supersede one another by the day in their names, whatever their order."""
    header = [name.replace("\n", " ") for name in NEW.strip().split(",")]
    rounds = {"Mar 2025": 5300, "Notes": 0, "Dec 2024": 5000}
    path = tmp_path / "census" / f"all rounds.{suffix}"
    path.parent.mkdir()
    rows = {
        sheet: [["A guide to the census"]]
        if sheet == "Notes"
        else [
            [f"Census, {sheet}"],
            [],
            header,
            ["Yes", "Surrey", "A1", "01/04/2024", "11", "x", "SC1", "Kent", "SaILs", cost],
        ]
        for sheet, cost in rounds.items()
    }
    if suffix == "xlsx":
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet, cells in rows.items():
            made = book.create_sheet(sheet)
            for line in cells:
                made.append(line)
        book.save(path)
    else:
        odf(path, rows)
    result = accounted(read_census(tmp_path / "census", tmp_path))
    assert result.commissioning["weekly_cost_gbp"].tolist() == [5300]
    assert result.files.set_index("path")["superseded"].to_dict() == {
        f"census/all rounds.{suffix} [Mar 2025]": 0,
        f"census/all rounds.{suffix} [Dec 2024]": 1,
        f"census/all rounds.{suffix} [Notes]": 0,
    }


def odf(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    """Write an OpenDocument spreadsheet by hand."""
    import zipfile
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    body = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, line)) or cell('')}</table:table-row>" for line in lines)
        + "</table:table>"
        for name, lines in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    listed = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", listed)
        archive.writestr("content.xml", content)


def test_the_latest_round_wins_for_each_placement_and_the_others_are_counted(tmp_path):
    """A placement is a child, a start and an establishment; what only an earlier round lists is kept, and comes first."""
    early = NEW + row(cost="5000") + row(start="01/01/2023", urn="SC9", cost="4000")
    late = NEW + row(urn="SC1", cost="5300") + row(urn="", where="Elsewhere", cost="700")
    result = census(tmp_path, **{"z census 2024-12": early, "a census March 2025": late})
    assert result.commissioning["weekly_cost_gbp"].tolist() == [4000, 5300, 700]
    assert result.files.set_index("path").loc["census/z census 2024-12.csv", ["used", "superseded"]].tolist() == [1, 1]


def test_rows_of_other_authorities_or_kinds_are_other_placements(tmp_path):
    """Two authorities number their children alike; a package beside a placement has its own row: none is lost."""
    early = NEW + row(cost="5000") + row(cost="4000").replace("Surrey", "Kent") + row(cost="120", kind="Outreach")
    late = NEW + row(cost="5300").replace("Surrey", "Surrey County Council")
    result = census(tmp_path, **{"2024-12": early, "2025-03": late})
    assert result.commissioning["weekly_cost_gbp"].tolist() == [4000, 120, 5300]
    assert result.files.set_index("path")["superseded"].to_dict() == {
        "census/2024-12.csv": 1,
        "census/2025-03.csv": 0,
    }


def test_a_repeat_within_a_round_stays_for_its_rule_unless_it_is_the_same_in_every_cell(tmp_path):
    """Two costs of one placement are both shown, and C08 marks one; a row copied whole is used once."""
    text = NEW + row(cost="5000") + row(cost="5000") + row(cost="5200") + row(child="B2")
    result = census(tmp_path, x=text)
    assert result.commissioning["weekly_cost_gbp"].tolist() == [5000, 5200, 5000]
    assert result.files[["used", "quarantined", "superseded"]].to_numpy().tolist() == [[3, 0, 1]]
    facts = evidence(["census"])
    facts = dataclasses.replace(facts, tables=dataclasses.replace(facts.tables, commissioning=result.commissioning))
    rule = next(rule for rule in RULES if rule.code == "C08")
    assert rule.marked(facts).tolist() == [False, True, False]


@pytest.mark.parametrize("names", [("2024-12", "2025-03"), ("z 2024-12", "a 2025-03"), ("census a", "census b")])
def test_a_later_round_takes_the_place_of_every_repeat_of_an_earlier_one(tmp_path, names):
    """Once put right, a placement listed twice is listed once; repeats of the later round stay, whatever came before."""
    early = NEW + row(cost="1") + row(cost="2") + row(child="B2", cost="3") + row(child="C3", start="", cost="4")
    late = (
        NEW
        + row(cost="5")
        + row(child="B2", cost="6")
        + row(child="B2", cost="7")
        + row(child="C3", start="", cost="8")
    )
    result = census(tmp_path, **dict(zip(names, (early, late), strict=True)))
    assert result.commissioning["weekly_cost_gbp"].tolist() == [5, 6, 7, 8]
    assert sorted(result.files["superseded"]) == [0, 4]


ROUND = st.lists(
    st.tuples(st.sampled_from(["A1", "B2"]), st.sampled_from(["", "SC1"]), st.sampled_from("12")), max_size=5
)


@settings(max_examples=examples(21, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROUND, min_size=1, max_size=3))
def test_what_is_used_is_the_distinct_rows_of_each_placements_latest_round(tmp_path, rounds):
    """By a search of every round, as multisets of child, URN and cost."""
    texts = {
        f"2024-0{i + 1}": NEW + "".join(row(child=c, urn=u, cost=cost) for c, u, cost in lines)
        for i, lines in enumerate(rounds)
    }
    found = census(tmp_path, **{f"2024-0{i + 1}": NEW for i in range(3)} | texts).commissioning
    expected = []
    for key in {line[:2] for lines in rounds for line in lines}:
        latest = max(i for i, lines in enumerate(rounds) if key in {line[:2] for line in lines})
        expected += {line for line in rounds[latest] if line[:2] == key}
    used = found[["child_id", "provider_id", "weekly_cost_gbp"]].itertuples(index=False)
    assert sorted((c, u, str(int(cost))) for c, u, cost in used) == sorted(expected)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Dec 2024",), 202412),
        (("", "Census at 31 March 2025", "2019-01"), 202503),
        (("Sheet1", "", "placements_census_2025-03"), 202503),
        (("pnw_2025_feb",), 202502),
        (("20250331",), 202503),
        (("31.03.2025",), 202503),
        (("Sept 24",), 202409),
        (("Mar 31 2025",), 202503),
        (("Summary 2024",), 202400),
        (("Q4 2024-25",), 202400),
        (("Sheet1", "", "census"), 0),
    ],
)
def test_the_day_of_a_round_is_in_the_sheet_the_title_or_the_file(texts, expected):
    """The first of them that names a day, month or year decides; a word that begins like a month is none."""
    assert census_round(*texts) == expected


@pytest.mark.parametrize(
    ("cells", "column", "word"),
    [
        ({"child": ""}, "Identifier", "identifier"),
        ({"cost": "-20"}, "Total weekly cost", "0 or more"),
        ({"cost": "TBC"}, "Total weekly cost", "0 or more"),
        ({"cost": "inf"}, "Total weekly cost", "0 or more"),
        ({"health": "a third"}, "Contribution from Health", "0 or more"),
        ({"start": "31/02/2024"}, "Placement start date", "not a date"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_its_reason_and_the_whole_row(tmp_path, cells, column, word):
    """By the file's own name of the column; the sound row beside it is used."""
    result = census(tmp_path, x=NEW + row(**cells) + row(child="B2"))
    assert result.commissioning["child_id"].tolist() == ["B2"]
    found = result.quarantine.iloc[0]
    assert (found["column"], found["row"], found["table"]) == (column, 2, "placements")
    assert word in found["reason"]
    assert json.loads(found["record"])["Host Authority"] == "Kent"


def test_blank_cost_start_and_establishment_are_not_known_and_the_row_is_used(tmp_path):
    """Nothing is made up for a cell that was left empty, not even a cost from its shares."""
    found = census(tmp_path, x=NEW + row(start="", urn="", where="", cost="", care="10")).commissioning.iloc[0]
    assert pd.isna(found["weekly_cost_gbp"])
    assert pd.isna(found["start"])
    assert (found["provider_id"], found["social_care_gbp"]) == ("", 10)


def test_who_is_looked_after_is_as_said_and_unknown_when_it_is_not(tmp_path):
    """Placements after 18 and for special needs alone stay in the table, told apart; a blank is neither."""
    said = ["Yes", "Y", "1", "Looked after child (under 18)", "Post 18 (CSC placement)", "No", "SEND placement", ""]
    rows = "".join(row(child=f"A{i}", looked=text) for i, text in enumerate(said))
    found = census(tmp_path, x=NEW + rows).commissioning["looked_after"]
    assert found.tolist() == [True] * 4 + [False] * 3 + [pd.NA]
    (tmp_path / "census" / "x.csv").unlink()
    without = "\n".join(line.split(",", 1)[1] for line in (NEW + row()).splitlines())
    assert census(tmp_path, y=without + "\n").commissioning["looked_after"].tolist() == [True]


def test_an_authoritys_name_is_known_by_its_own_words():
    """However much of the rest is written; a name of nothing else stays whole, and a blank is none."""
    same = ["Surrey", "surrey_cc", " SURREY County Council", "Surrey Children's Services", "Surrey CSC"]
    assert authority_key(pd.Series(same)).tolist() == ["surrey"] * 5
    others = ["City of London", "Telford & Wrekin", "Derby City", "Derbyshire", "North Somerset", "", None]
    keys = authority_key(pd.Series(others, dtype="str")).tolist()
    assert keys == ["city of london", "telford and wrekin", "derby", "derbyshire", "north somerset", "", ""]


def test_a_file_that_is_no_census_is_named_and_set_aside(tmp_path):
    """Its rows are counted; an export of no rows loses nothing."""
    result = census(tmp_path, x=NEW + row(), other="a,b\n1,2\n3,4\n", empty=" \n")
    assert result.files.set_index("path").loc["census/other.csv", ["table", "quarantined"]].tolist() == [
        "not recognised",
        2,
    ]
    assert len(result.commissioning) == 1


def test_nothing_to_read_is_an_empty_table(tmp_path):
    """A study without a census has none."""
    assert census(tmp_path).commissioning.empty


def test_a_file_that_cannot_be_read_is_an_error_that_shows_no_child(tmp_path):
    """A binary file is named in the error, with nothing of the others."""
    (tmp_path / "census").mkdir()
    (tmp_path / "census" / "x.xlsx").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(UnreadableFilesError) as raised:
        census(tmp_path, y=NEW + row(child="SECRET7"))
    assert "SECRET7" not in str(raised.value)


#: Every type and reason of the public form, over the years, and what it is.
TYPES = {
    "agency_foster": (
        "Fostering - Independent Foster Care (IFA)|Fostering - Inter LA|Fostering - Mainstream|Fostering - Enhanced|"
        "Fostering - Parent and Child|Fostering - Staying Put|IFA - respite|Fostering - Short breaks"
    ),
    "childrens_home": (
        "Residential - in House|Residential - Mainstream|Residential - External (Commissioned)|"
        "Residential - Short Breaks|Residential - With Education"
    ),
    "residential_school": (
        "Residential - 52 week Residential School|Residential - 52 week Residential School/College|"
        "Residential - 38 week Residential School/College|Residential - Residential School"
    ),
    "secure": "Secure Welfare|Residential - Secure Welfare|Youth Offending Institution|Other - Youth Offending Institution|Remand",
    "supported_accommodation": (
        "SaILs|SaILs - Group Living - in house|SaILs - Floating Support Only|Supported Lodgings|Supported Lodgings - Inter LA|"
        "Supported Accommodation - Category 1: Self contained solo accommodation |"
        "Supported Accommodation - Category 4: Supported Lodgings"
    ),
    "other_care": (
        "Student accommodation|Unregistered|Unregistered (where it should be registered)|Other|Outreach|Other - Rent|"
        "Other - CQC|CQC|Residential - Parent and Child|Something new|"
    ),
}
REASONS = {
    "preference": "CYP/Parental preference",
    "safeguarding": (
        "Safeguarding requirement|"
        "Requirement to place at distance (eg CSE/CCE/Parental choice/move to near family or support)"
    ),
    "not_available": (
        "Provision within distance exists but is not available|Requirement to place quickly|"
        "Placement available locally but provider refused due to need|"
        "Placement available locally but provider refused due to matching"
    ),
    "does_not_exist": (
        "Provision within distance does not exist|Requirement for DOLS or LPS placement|"
        "Requirement for specialist SEND provision|Requirement for other specialist provision|"
        "No placement available locally"
    ),
    "carer_moved": "Carer moving out of area",
    "legal": "Legal reasons",
    "not_applicable": "Not applicable|N/A",
    "": "Other (please specify)|Unknown|National shortage|",
}


@pytest.mark.parametrize(("family", "texts"), TYPES.items())
def test_every_type_of_the_form_has_its_family(family, texts):
    """As the public form lists them; one that is not listed is some other placement."""
    assert {text: codes.census_provision(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), family)


@given(st.sampled_from([(key, text) for key, texts in REASONS.items() for text in texts.split("|")]), st.data())
def test_a_reason_is_known_whatever_its_case_spaces_and_marks(case, data):
    """And with a number or letter before it, or more words after it when it is one that is known."""
    key, text = case
    changed = data.draw(st.sampled_from([str.upper, str.lower, str.title]))(text).replace("-", " – ").replace(" ", "  ")
    before = data.draw(st.sampled_from(["", "3. ", "b) ", "12: ", "  "]))
    after = data.draw(st.sampled_from(["", ".", " - see notes"])) if key and text != "N/A" else ""
    assert codes.census_reason(before + changed + after) == key


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=examples(14, 40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL), max_size=6))
def test_no_text_whatever_loses_a_row(tmp_path, rows):
    """Whatever stands in the cells, every row that is not blank is used, set aside or superseded."""
    frame = pd.DataFrame(
        rows,
        columns=[
            "Identifier",
            "Placement start date",
            "Type of provision",
            "Total weekly cost",
            "Placing at Distance Reason",
        ],
        dtype="str",
    )
    path = tmp_path / "census" / "census.csv"
    path.parent.mkdir(exist_ok=True)
    frame.to_csv(path, index=False)
    result = accounted(read_census(tmp_path / "census", tmp_path))
    assert set(result.commissioning["reason_at_distance"]) <= {"", *codes.REASON_AT_DISTANCE}
