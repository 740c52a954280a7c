"""SSDA903 returns: told apart by content, the latest return wins, and every row is accounted for."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.errors import DataError
from placements.read.rawtable import read_csv
from placements.read.ssda903 import read_ssda903
from tests import examples

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ssda903"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
UASC = "CHILD,SEX,DOB,DUC\n"


def write(folder: Path, year: int, name: str, text: str) -> None:
    path = folder / str(year) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def two_returns(folder: Path) -> None:
    """One long placement in both returns: open in the first, closed in the second; the child's details change too."""
    write(folder, 2024, "header.csv", HEADER + "A1,1,01/02/2012,WBRI,,0,\n")
    write(folder, 2025, "renamed.csv", HEADER + "A1,M,01/02/2012,WBRI,,0,\n")
    write(folder, 2024, "e.csv", EPISODES + "A1,05/05/2023,S,C2,N1,U6,PR4,,,,GU1 1AA,KT1 1AA,SC1\n")
    write(folder, 2025, "x.csv", EPISODES + "A1,05/05/2023,S,C2,N1,U6,PR4,01/06/2024,E4A,,GU1 1AA,KT1 1AA,SC1\n")


def accounted(files: pd.DataFrame) -> bool:
    return bool((files["rows_in"] == files["used"] + files["quarantined"] + files["superseded"]).all())


def test_the_latest_return_wins_and_what_it_replaces_is_counted(tmp_path):
    """An episode restated by a later return is one episode; the earlier statement is superseded, not lost."""
    two_returns(tmp_path)
    result = read_ssda903(tmp_path, tmp_path)
    assert len(result.episodes) == 1
    assert result.episodes["end"].iloc[0] == pd.Timestamp("2024-06-01")
    by_path = result.files.set_index("path")
    assert by_path.loc["2024/e.csv", "superseded"] == 1
    assert by_path.loc["2025/x.csv", "used"] == 1
    assert result.children["sex"].tolist() == ["M"]


def test_columns_may_come_in_any_order_and_case_with_spaces_and_extra_ones(tmp_path):
    """A file is known by its columns: not by its name, their order, their case or what else stands beside them."""
    write(
        tmp_path,
        2025,
        "zzz.csv",
        " place ,LS,rne,DECOM,Child,PL_POST,extra,home_post,CIN\nu6,c2,s,2023-05-05,A1, kt1 1aa ,?,GU1 1AA,n1\n",
    )
    episodes = read_ssda903(tmp_path, tmp_path).episodes
    assert episodes.loc[0, ["place_code", "legal_status", "need", "placement_postcode"]].tolist() == [
        "U6",
        "C2",
        "N1",
        "kt1 1aa",
    ]
    assert episodes.loc[0, "sector"] == "unknown"


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        (",05/05/2023,S,C2,N1,U6,PR4,,,,,,", "CHILD", "identifier"),
        ("A1,,S,C2,N1,U6,PR4,,,,,,", "DECOM", "no date"),
        ("A1,31/02/2023,S,C2,N1,U6,PR4,,,,,,", "DECOM", "not a date"),
        ("A1,05/05/2023,S,C2,N1,U6,PR4,nonsense,,,,,", "DEC", "not a date"),
        ("A1,05/05/2023,S,C2,N1,U6,PR4,04/05/2023,,,,,", "DEC", "before"),
        ("A1,05/05/2023,S,C2,N1,Q9,PR4,,,,,,", "PLACE", "placement code"),
        ("A1,05/05/2023,S,XX,N1,U6,PR4,,,,,,", "LS", "legal status"),
    ],
)
def test_a_row_that_cannot_be_used_is_quarantined_with_file_row_column_and_value(tmp_path, row, column, word):
    """Each reason names where it is, what was found and what to do."""
    write(tmp_path, 2025, "episodes.csv", EPISODES + "B2,01/01/2024,S,C2,N1,U6,PR4,,,,,,\n" + row + "\n")
    result = read_ssda903(tmp_path, tmp_path)
    wrong = result.quarantine.iloc[0]
    assert (wrong["file"], wrong["row"], wrong["column"]) == ("2025/episodes.csv", 3, column)
    assert wrong["value"] == row.split(",")[EPISODES.strip().split(",").index(column)]
    assert word in wrong["reason"]
    assert len(result.episodes) == 1
    assert accounted(result.files)


def test_unaccompanied_children_are_marked_in_any_year(tmp_path):
    """A child in any return's UASC table is an unaccompanied child."""
    two_returns(tmp_path)
    write(tmp_path, 2024, "u.csv", UASC + "A1,1,01/02/2012,01/02/2030\n")
    assert read_ssda903(tmp_path, tmp_path).children["uasc"].tolist() == [True]


cell = st.text(st.characters(codec="utf-8", exclude_characters='",\r\n\0', exclude_categories=["Cs"]), max_size=8)
good = st.sampled_from(
    ["A1,05/05/2023,S,C2,N1,U6,PR4,,,,GU1 1AA,KT1 1AA,SC1", "B2,2023-01-01,P,C1,N2,K2,PR1,01/02/23,X1,,,,"]
)


@settings(max_examples=examples(21, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(good | st.lists(cell, min_size=13, max_size=13).map(",".join), max_size=12))
def test_rows_in_are_rows_used_quarantined_or_superseded(tmp_path_factory, rows):
    """Whatever the cells hold, every row is accounted for once."""
    folder = tmp_path_factory.mktemp("returns")
    write(folder, 2025, "episodes.csv", EPISODES + "".join(f"{row}\n" for row in rows))
    result = read_ssda903(folder, folder)
    assert accounted(result.files)
    assert result.files["rows_in"].sum() == sum(bool(row.replace(",", "").strip()) for row in rows)
    assert len(result.quarantine) == result.files["quarantined"].sum()


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"PK\x03\x04\0\0\0\0", "binary"), (b'a,b\n1,"2\n1,2', "quotation marks")],
)
def test_a_file_that_cannot_be_read_gives_one_clear_error(tmp_path, content, word):
    """It names the file, what is wrong and what to do; exit code 3."""
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=word) as caught:
        read_csv(path)
    assert caught.value.exit_code == 3
    assert "bad.csv" in str(caught.value)
    assert "What to do" in str(caught.value)


def test_trailing_commas_and_short_rows_shift_nothing(tmp_path):
    """Blank cells past the last column are dropped, missing ones are blank, unnamed columns and line numbers are kept."""
    path = tmp_path / "x.csv"
    path.write_text('HOME,,PL\nGU1 1AA,id7,GU2 7XH,,\nGU1 1AB\n"a\nb",,c\n')
    frame = read_csv(path).frame
    assert frame["HOME"].tolist() == ["GU1 1AA", "GU1 1AB", "a\nb"]
    assert frame["column 2"].tolist() == ["id7", "", ""]
    assert frame["PL"].tolist() == ["GU2 7XH", "", "c"]
    assert frame["_row"].tolist() == [2, 3, 5]


def test_a_suffix_in_capitals_is_read_all_the_same(tmp_path):
    """EPISODES.CSV is a return like any other."""
    write(tmp_path, 2025, "EPISODES.CSV", EPISODES + "A1,05/05/2023,S,C2,N1,U6,PR4,,,,,,\n")
    assert len(read_ssda903(tmp_path, tmp_path).episodes) == 1


def test_a_child_with_no_usable_date_of_birth_is_kept_with_all_else(tmp_path):
    """Sex and unaccompanied status do not go with the date; the age is not known."""
    write(tmp_path, 2025, "h.csv", HEADER + "A1,1,31/02/2012,WBRI,,0,\n")
    write(tmp_path, 2025, "u.csv", UASC + "A1,1,,01/02/2030\n")
    child = read_ssda903(tmp_path, tmp_path).children.iloc[0]
    assert child["uasc"]
    assert child["sex"] == "M"
    assert pd.isna(child["birth_date"])


def test_a_child_with_no_header_is_known_by_the_other_tables(tmp_path):
    """Date of birth and sex come from where they are; the child is marked as having no header, and is not lost."""
    write(
        tmp_path, 2025, "e.csv", EPISODES + "A1,05/05/2023,S,C2,N1,U6,PR4,,,,,,\nB2,05/05/2023,S,C2,N1,U6,PR4,,,,,,\n"
    )
    write(tmp_path, 2025, "u.csv", UASC + "A1,2,01/02/2010,01/02/2028\n")
    write(tmp_path, 2025, "r.csv", "CHILD,DOB,REVIEW,REVIEW_CODE\nB2,03/04/2011,01/06/2024,PN1\n")
    children = read_ssda903(tmp_path, tmp_path).children.set_index("child_id")
    assert children["in_header"].tolist() == [False, False]
    assert children["sex"].tolist() == ["F", "U"]
    assert children["birth_date"].tolist() == [pd.Timestamp("2010-02-01"), pd.Timestamp("2011-04-03")]
    assert children["uasc"].tolist() == [True, False]


def test_of_two_episodes_that_start_on_one_day_the_longer_is_used_and_the_other_quarantined(tmp_path):
    """They contradict each other; the same row twice does not, and is superseded."""
    rows = [
        "A1,05/05/2023,S,C2,N1,U6,PR4,,,,,,",
        "A1,05/05/2023,S,C2,N1,K2,PR4,05/05/2023,X1,,,,",
        "A1,05/05/2023,S,C2,N1,U6,PR4,,,,,,",
    ]
    write(tmp_path, 2025, "e.csv", EPISODES + "\n".join(rows) + "\n")
    result = read_ssda903(tmp_path, tmp_path)
    assert result.episodes["place_code"].tolist() == ["U6"]
    assert result.files[["rows_in", "used", "quarantined", "superseded"]].to_numpy().tolist() == [[3, 1, 1, 1]]
    assert result.quarantine[["row", "column", "value"]].to_numpy().tolist() == [[3, "DECOM", "05/05/2023"]]


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2024/e.csv", 2024),
        ("2023-24/e.csv", 2024),
        ("2023_2024/e.csv", 2024),
        ("x/SSDA903_2022_episodes.csv", 2022),
        ("x/extract at 2024-03-31.csv", 2024),
        ("x/e.csv", 2024),  # nothing says it: the year that its last date, 1 May 2023, lies in
    ],
)
def test_the_year_of_a_return_is_its_own_column_then_its_name_then_its_dates(tmp_path, name, year):
    """`2023-24` is the year that ends in March 2024; a YEAR column says it row by row."""
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(EPISODES + "A1,01/02/2020,S,C2,N1,U6,PR4,01/05/2023,X1,,,,\n")
    assert read_ssda903(tmp_path, tmp_path).episodes["return_year"].tolist() == [year]
    path.write_text(EPISODES.strip() + ",YEAR\nA1,01/02/2020,S,C2,N1,U6,PR4,01/05/2021,X1,,,,,2021\n")
    assert read_ssda903(tmp_path, tmp_path).episodes["return_year"].tolist() == [2021]


def test_sex_is_read_as_every_year_writes_it(tmp_path):
    """1 and 2 to 2023-24; M, F and U after; anything else is not known."""
    rows = [f"C{i},{sex},01/02/2012,WBRI,,0," for i, sex in enumerate(["1", "2", "M", "f", "U", "Male", "9", ""])]
    write(tmp_path, 2025, "h.csv", HEADER + "\n".join(rows) + "\n")
    assert read_ssda903(tmp_path, tmp_path).children["sex"].tolist() == ["M", "F", "M", "F", "U", "M", "U", "U"]


def test_placement_codes_of_every_year_are_read(tmp_path):
    """H5, P2 and Z1 have gone, K3 and Z11 to Z14 have come: a history holds them all."""
    places = ["H5", "P2", "Z1", "K3", "Z11", "Z12", "Z13", "Z14"]
    rows = [f"C{i},01/02/2023,S,C2,N1,{place},PR4,,,,,," for i, place in enumerate(places)]
    write(tmp_path, 2025, "e.csv", EPISODES + "\n".join(rows) + "\n")
    assert read_ssda903(tmp_path, tmp_path).episodes["place_code"].tolist() == places


OTHERS = {
    "oc2": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK\nA1,01/02/2012,12,,0,1,1,1\n",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nA1,01/02/2004,YES,F1,K1\n",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE\nA1,01/02/2012,2024-06-01,PN1\n",
    "ad1": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\nA1,01/02/2012,01/06/2024,,1,2,MF,L11\n",
    "placed_adoption": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\nA1,01/02/2012,01/06/2024,,\n",
    "prev_perm": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\nA1,01/02/2012,P1,,zz/zz/2010\n",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END\nA1,01/02/2012,M,01/06/24,02/06/24\n",
    "sw_episodes": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\nA1,01/02/2012,SW1,01/06/2024,,\n",
    "dolo": "CHILD,DOB,DOLO_START,DOLO_END\nA1,01/02/2012,01/06/2024,02/06/2024\n",
    "uasc": UASC + "A1,1,01/02/2012,01/02/2030\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_every_table_of_the_return_is_known_by_its_columns_and_kept(tmp_path, name):
    """Whatever the file is called; dates are days; the latest return wins."""
    for year in (2024, 2025):
        write(tmp_path, year, "table.csv", OTHERS[name])
    result = read_ssda903(tmp_path, tmp_path)
    assert list(result.others) == [name]
    table = result.others[name]
    assert table["birth_date"].notna().all()
    yearly = name in ("oc2", "oc3")  # these are asked afresh every year
    assert table["return_year"].tolist() == ([2024, 2025] if yearly else [2025])
    assert result.files["superseded"].sum() == (0 if yearly else 1)
    assert accounted(result.files)


XML = """<?xml version="1.0"?>
<EXPSSDA903>
 <CHILD>
  <HEADER><CHILDID>A1</CHILDID><SEX>1</SEX><DOB>2012-02-01</DOB><ETHNIC>WBRI</ETHNIC><UPN/><UASC>1</UASC><DUC>2030-02-01</DUC>
   <IN_TOUCH>YES</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>K1</ACCOM>
   <AREVIEW><REVIEW>2024-06-01</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
   <AREVIEW><REVIEW>2024-12-01</REVIEW><REVIEW_CODE>PN2</REVIEW_CODE></AREVIEW>
   <AMISSING><MISSING>M</MISSING><MIS_START>2024-07-01</MIS_START><MIS_END>2024-07-02</MIS_END></AMISSING>
  </HEADER>
  <EPISODE><DECOM>2023-05-05</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U6</PL><PLACE_PROVIDER>PR4</PLACE_PROVIDER>
   <DEC>2024-06-01</DEC><REC>X1</REC><HOME_POST>GU1 1AA</HOME_POST><PL_POST>KT1 1AA</PL_POST><URN>sc1</URN></EPISODE>
  <EPISODE><DECOM>2024-06-01</DECOM><RNE>P</RNE><LS>C2</LS><CIN>N1</CIN><PL>Q9</PL></EPISODE>
  <ODDITY><NOTE>free text</NOTE></ODDITY>
 </CHILD>
</EXPSSDA903>
"""


def test_an_xml_return_is_read_as_its_tables(tmp_path):
    """Children, episodes and nested records; a row that cannot be used, and one no table knows, are named by line."""
    write(tmp_path, 2025, "return.xml", XML)
    result = read_ssda903(tmp_path, tmp_path)
    episode = result.episodes.iloc[0]
    assert episode[["child_id", "place_code", "sector", "provider_id"]].tolist() == ["A1", "U6", "private", "SC1"]
    assert (episode["start"], episode["end"]) == (pd.Timestamp("2023-05-05"), pd.Timestamp("2024-06-01"))
    child = result.children.iloc[0]
    assert (child["sex"], child["uasc"], child["birth_date"]) == ("M", True, pd.Timestamp("2012-02-01"))
    assert {name: len(table) for name, table in result.others.items()} == {
        "uasc": 1,
        "oc3": 1,
        "reviews": 2,
        "missing": 1,
    }
    assert result.quarantine[["table", "row", "column", "value"]].to_numpy().tolist() == [
        ["episodes", 12, "PL", "Q9"],
        ["not recognised", 13, "", ""],
    ]
    assert accounted(result.files)


child_ids = st.sampled_from(["A1", "B2", "C3"])
days = st.dates(pd.Timestamp("2020-01-01").date(), pd.Timestamp("2025-03-31").date())


@settings(max_examples=examples(9, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    births=st.dictionaries(
        child_ids, st.dates(pd.Timestamp("2008-01-01").date(), pd.Timestamp("2018-01-01").date()), min_size=1
    ),
    rows=st.lists(st.tuples(child_ids, days, st.none() | days, st.sampled_from(["U6", "K2", "Q9"])), max_size=8),
)
def test_a_return_says_the_same_as_csv_and_as_xml(tmp_path_factory, births, rows):
    """One return, written both ways: equal children and episodes, and as many rows quarantined."""
    rows = [row for row in rows if row[0] in births]
    folder = tmp_path_factory.mktemp("both")
    text = lambda day: f"{day:%d/%m/%Y}" if day else ""  # noqa: E731
    write(folder / "csv", 2025, "h.csv", HEADER + "".join(f"{c},1,{text(b)},WBRI,,,\n" for c, b in births.items()))
    write(
        folder / "csv",
        2025,
        "e.csv",
        EPISODES + "".join(f"{c},{text(a)},S,C2,N1,{p},PR4,{text(z)},,,,,\n" for c, a, z, p in rows),
    )
    children = "".join(
        f"<CHILD><HEADER><CHILDID>{c}</CHILDID><SEX>1</SEX><DOB>{b}</DOB></HEADER>"
        + "".join(
            f"<EPISODE><DECOM>{a}</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>{p}</PL>"
            f"<PLACE_PROVIDER>PR4</PLACE_PROVIDER><DEC>{z or ''}</DEC></EPISODE>"
            for who, a, z, p in rows
            if who == c
        )
        + "</CHILD>"
        for c, b in births.items()
    )
    write(folder / "xml", 2025, "r.xml", f"<EXPSSDA903>{children}</EXPSSDA903>")
    one, other = (read_ssda903(folder / kind, folder / kind) for kind in ("csv", "xml"))
    pd.testing.assert_frame_equal(one.children, other.children)
    pd.testing.assert_frame_equal(one.episodes.drop(columns="source"), other.episodes.drop(columns="source"))
    assert len(one.quarantine) == len(other.quarantine)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (
            '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><EXPSSDA903><CHILD>&x;</CHILD></EXPSSDA903>',
            "entities",
        ),
        ('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><EXPSSDA903>&b;</EXPSSDA903>', "entities"),
        ("<EXPSSDA903><CHILD><HEADER><CHILDID>A1</CHILDID>", "not well-formed"),
        ("<html><body>Sign in</body></html>", "no children"),
        ("<EXPSSDA903>" + "<a>" * 100 + "</a>" * 100 + "</EXPSSDA903>", "nested deeper"),
    ],
)
def test_xml_that_is_no_return_or_reaches_outside_is_refused(tmp_path, body, word):
    """Entities could read other files or unpack without limit; what is cut off or something else is said so."""
    write(tmp_path, 2025, "return.xml", body)
    with pytest.raises(DataError, match=word) as caught:
        read_ssda903(tmp_path, tmp_path)
    assert "return.xml" in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.skipif(not SAMPLES.exists(), reason="public sample files are not here")
def test_the_public_five_year_set_is_read_whole():
    """820 children over five returns; the 910 recurring episodes are superseded, and none is lost."""
    result = read_ssda903(SAMPLES / "five-years", SAMPLES)
    episodes = result.files[result.files["table"] == "episodes"]
    assert len(result.children) == 820
    assert episodes["superseded"].sum() == 910
    assert len(result.episodes) == episodes["rows_in"].sum() - 910
    assert accounted(result.files)
