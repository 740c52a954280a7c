"""SSDA903 returns: told apart by content, the latest return wins, and every row is accounted for."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.errors import DataError
from placements.read.rawtable import read_csv
from placements.read.ssda903 import read_ssda903

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
        ("A1,,S,C2,N1,U6,PR4,,,,,,", "DECOM", "start date"),
        ("A1,31/02/2023,S,C2,N1,U6,PR4,,,,,,", "DECOM", "start date"),
        ("A1,05/05/2023,S,C2,N1,U6,PR4,nonsense,,,,,", "DEC", "end date"),
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.mark.skipif(not SAMPLES.exists(), reason="public sample files are not here")
def test_the_public_five_year_set_is_read_whole():
    """820 children over five returns; the 910 recurring episodes are superseded, and none is lost."""
    result = read_ssda903(SAMPLES / "five-years", SAMPLES)
    episodes = result.files[result.files["table"] == "episodes"]
    assert len(result.children) == 820
    assert episodes["superseded"].sum() == 910
    assert len(result.episodes) == episodes["rows_in"].sum() - 910
    assert accounted(result.files)
