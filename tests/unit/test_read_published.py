"""DfE's published statistics: known by their columns, long, markers kept, codes as published, every row accounted for."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from placements.read.published import PublishedStatistics, read_published, year_of

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
needs_samples = pytest.mark.skipif(not (SAMPLES / "cla").exists(), reason="the published statistics are not here")

PLACE = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name"
ENGLAND = "Reporting year,National,E92000001,England,,"
SOUTH_EAST = "Reporting year,Regional,E92000001,England,E12000008,South East"
SURREY = "Reporting year,Local authority,E92000001,England,E12000008,South East"
#: Columns of DfE's files that hold no figure.
NO_FIGURES = {
    *PLACE.split(","),
    *("new_la_code", "old_la_code", "la_name", "cla_group", "characteristic", "breakdown_topic", "breakdown"),
    *("population_count", "placement_stability", "placement_type", "placement_provider", "placement_duration"),
    *("placement_group", "age_group"),
}
CHILDREN = f"""{PLACE},new_la_code,old_la_code,la_name,cla_group,characteristic,number,percentage
2024,{ENGLAND},,,,Placement,Total,83530,100
2024,{SOUTH_EAST},,,,Placement,Total,11150,100
2024,{SURREY},E10000030,936,Surrey,Placement,Residential schools,c,k
2024,{SURREY},E10000030,936,Surrey,Placement,Total,"1,026",100
"""
NEW_PLACEMENTS = f"""{PLACE},old_la_code,la_name,new_la_code,cla_group,characteristic,number,percentage
2024,{SURREY},936,Surrey,E10000030,Location of new placements during the year,Total new placements,1052,100
"""
CASELOAD = f"""{PLACE},new_la_code,old_la_code,la_name,breakdown_topic,breakdown,ehcplans,special_total,AP_PRU_total_pc
202324,{SURREY},E10000030,936,Surrey,All EHC plans,All EHC plans,14245,4789,x
"""
NEIGHBOURS = """old_la_code,la_name,region_ind,SN_1,SN_1P,SN_2,SN_2P,SN_10,SN_10P
936,Surrey,8,869,Close ,868,Somewhat close,931,Not close
"""


def _read(tmp_path: Path, **files: str) -> PublishedStatistics:
    folder = tmp_path / "published"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    found = read_published(folder, tmp_path)
    counts = found.files[["rows_in", "used", "quarantined", "superseded"]].sum()
    assert counts["rows_in"] == counts["used"] + counts["quarantined"] + counts["superseded"]
    assert len(found.quarantine) == counts["quarantined"]
    return found


def test_one_row_per_figure_with_its_place_and_marker(tmp_path: Path) -> None:
    """Levels, codes and regions stand in their columns; a marker leaves the value missing and is kept."""
    found = _read(tmp_path, anything=CHILDREN)
    rows = found.published.set_index(["level", "breakdown", "measure"]).sort_index()
    assert set(rows["release"]) == {"la_cla_on_31_march_by_characteristics"}
    assert len(rows) == 8
    assert rows.loc[("national", "Total", "number"), ["code", "name", "region_code", "value"]].tolist() == [
        "E92000001",
        "England",
        "",
        83530,
    ]
    assert rows.loc[("regional", "Total", "number"), ["code", "region_code"]].tolist() == ["E12000008", "E12000008"]
    surrey = rows.loc[("authority", "Total", "number")]
    assert surrey[["code", "name", "region_code", "year", "topic"]].tolist() == [
        "E10000030",
        "Surrey",
        "E12000008",
        2024,
        "Placement",
    ]
    assert surrey["value"] == 1026
    withheld = rows.loc[("authority", "Residential schools")]
    assert withheld["value"].isna().all()
    assert withheld["marker"].to_dict() == {"number": "c", "percentage": "k"}
    assert rows["marker"].eq("").sum() == 6


@pytest.mark.parametrize("marker", ["c", "k", "x", "z", "Z", "~", ":", "..", "low", ""])
def test_every_marker_in_use_is_kept(marker: str, tmp_path: Path) -> None:
    """A marker is not a number, not an error, and not lost, whatever release it comes from."""
    found = _read(tmp_path, a=CASELOAD.replace(",4789,", f",{marker},"))
    row = found.published.set_index("measure").loc["special_total"]
    assert pd.isna(row["value"])
    assert row["marker"] == marker.lower()
    assert found.quarantine.empty


def test_wide_tables_become_long(tmp_path: Path) -> None:
    """The columns of SEN2's tables are measures; the year is the one the school year ends in."""
    found = _read(tmp_path, wide=CASELOAD).published.set_index("measure")
    assert found["value"].drop("ap_pru_total_pc").to_dict() == {"ehcplans": 14245, "special_total": 4789}
    assert found.loc["ap_pru_total_pc", "marker"] == "x"
    assert set(found["release"]) == {"caseload"}
    assert set(found["year"]) == {2024}


def test_the_name_of_the_file_says_nothing(tmp_path: Path) -> None:
    """New placements and characteristics have the same columns: told apart by what is in them, not by the name."""
    found = _read(tmp_path, la_cla_on_31_march_by_characteristics=NEW_PLACEMENTS, new_placements=CHILDREN)
    release = found.files.set_index("path")["table"]
    assert release["published/la_cla_on_31_march_by_characteristics.csv"] == "la_cla_during_year_new_placements"
    assert release["published/new_placements.csv"] == "la_cla_on_31_march_by_characteristics"


def test_columns_that_were_renamed_are_the_same_columns(tmp_path: Path) -> None:
    """`la_code` for `new_la_code`, another order, another case: one and the same table."""
    renamed = (
        CHILDREN.replace("new_la_code", "la_code").replace("cla_group", "category_type").replace("la_name", "LA_Name")
    )
    assert _read(tmp_path, x=CHILDREN).published.equals(_read(tmp_path, x=renamed).published)


def test_the_latest_edition_wins(tmp_path: Path) -> None:
    """Two releases give 2023: the figures of the later one stand, the older row is superseded, not lost silently."""
    old = CHILDREN.replace("2024,", "2023,").replace("83530", "83000")
    new = CHILDREN + f"2023,{ENGLAND},,,,Placement,Total,83630,100\n"
    found = _read(tmp_path, z_old=old, a_new=new)
    england = found.published.query("level == 'national' and measure == 'number'").set_index("year")["value"]
    assert england.to_dict() == {2024: 83530, 2023: 83630}
    assert found.files.set_index("path")["superseded"].to_dict() == {
        "published/z_old.csv": 1,
        "published/a_new.csv": 0,
    }


def test_rows_that_cannot_be_used_are_quarantined_with_the_reason(tmp_path: Path) -> None:
    """Levels not read, periods that are none, words for numbers, no code, and rows that contradict each other."""
    bad = CHILDREN + "\n".join(
        [
            "2024,Reporting year,Local authority district,E92000001,England,,,E07000209,,Guildford,Placement,Total,5,100",
            f"202401,{ENGLAND},,,,Placement,Total,5,100",
            f"2023,{ENGLAND},,,,Placement,Total,about 5,100",
            f"2023,{SURREY},,936,Surrey,Placement,Total,5,100",
            f"2022,{ENGLAND},,,,Placement,Total,5,100",
            f"2022,{ENGLAND},,,,Placement,Total,6,100",
            f"2021,{ENGLAND},,,,Placement,Total,,",
        ]
    )
    found = _read(tmp_path, bad=bad)
    assert found.quarantine["row"].tolist() == [7, 6, 9, 8, 12, 10, 11]
    reasons = found.quarantine.set_index("row")["reason"]
    assert "level that is not read" in reasons[6]
    assert "not a year" in reasons[7]
    assert "neither a number nor a marker" in reasons[8]
    assert "no code" in reasons[9]
    assert "gives other figures" in reasons[10]
    assert "no figure" in reasons[12]
    assert found.files["used"].tolist() == [4]


def test_a_breakdown_that_is_new_keeps_its_rows_apart(tmp_path: Path) -> None:
    """A column of words that is not known is not a figure: its rows are told apart by it, and none replaces another."""
    head, *rows = NEW_PLACEMENTS.strip().splitlines()
    text = "\n".join([head + ",sex", *(f"{row},{sex}" for row in rows for sex in ("Total", "Female", "Male"))])
    found = _read(tmp_path, a=text)
    assert set(found.published["breakdown"]) == {f"Total new placements; {sex}" for sex in ("Total", "Female", "Male")}
    assert found.files["used"].tolist() == [3]


def test_neighbours_by_rank(tmp_path: Path) -> None:
    """The wide table becomes pairs of DfE codes in order of closeness; the tenth does not come before the second."""
    found = _read(tmp_path, n=NEIGHBOURS)
    assert found.neighbours[["dfe_code", "neighbour_dfe_code", "rank", "closeness"]].to_numpy().tolist() == [
        ["936", "869", 1, "Close"],
        ["936", "868", 2, "Somewhat close"],
        ["936", "931", 10, "Not close"],
    ]
    wrong = _read(tmp_path, n=NEIGHBOURS.replace("868", "Slough"))
    assert wrong.neighbours.empty
    assert wrong.quarantine["reason"].tolist() == ["not a three-digit code of an authority"]


def test_what_is_no_known_table_is_quarantined_whole(tmp_path: Path) -> None:
    """A table of something else is never half read."""
    found = _read(tmp_path, other="LAD25CD,LAD25NM\nE07000209,Guildford\n", dfe=f"{PLACE},meals\n2024,{ENGLAND},5\n")
    assert found.published.empty
    assert found.files["quarantined"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2024", 2024),
        ("202425", 2025),
        ("201819", 2019),
        ("199900", 2000),
        ("2018/19", 2019),
        ("2018-19", 2019),
        ("20182019", 2019),
        ("202401", None),
        ("2018/20", None),
        ("24", None),
        ("", None),
        ("June 2024", None),
    ],
)
def test_the_year_is_the_one_a_period_ends_in(period: str, year: int | None) -> None:
    """Calendar, reporting and academic years; a month is not a year."""
    found = year_of(pd.Series([period], dtype="str")).tolist()
    assert found == [year] if year is not None else pd.isna(found[0])


@needs_samples
@pytest.mark.parametrize("folder", ["cla", "sen2", "population"])
def test_published_files_are_read_whole(folder: str) -> None:
    """Every row of DfE's own files is used, and every number in them is found again, cell by cell."""
    found = read_published(SAMPLES / folder, SAMPLES)
    assert found.files["used"].eq(found.files["rows_in"]).all()
    assert found.files["table"].is_unique
    for path, release in zip(found.files["path"], found.files["table"], strict=True):
        if release == "passed over":  # the guidance beside the statistics
            continue
        with (SAMPLES / path).open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        assert len(rows) - 1 == int(found.files.set_index("path").loc[path, "rows_in"])
        figures = [i for i, name in enumerate(rows[0]) if name not in NO_FIGURES]
        numbers = [float(row[i]) for row in rows[1:] for i in figures if _is_number(row[i])]
        mine = found.published[found.published["release"].eq(release)]
        assert len(mine) == len(figures) * (len(rows) - 1)
        assert len(numbers) == int(mine["value"].notna().sum())
        assert sum(numbers) == pytest.approx(mine["value"].sum())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@needs_samples
def test_every_authority_has_its_neighbours() -> None:
    """DfE's model gives each of the 153 authorities ten others, none of them itself."""
    found = read_published(SAMPLES / "lookups", SAMPLES)
    assert found.neighbours.groupby("dfe_code").size().eq(10).all()
    assert found.neighbours["dfe_code"].nunique() == 153
    assert found.neighbours["dfe_code"].ne(found.neighbours["neighbour_dfe_code"]).all()
