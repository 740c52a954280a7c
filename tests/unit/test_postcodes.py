"""Postcodes: cleaning, outcomes of a lookup, compiling, saving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements.geography import postcodes
from placements.geography.postcodes import (
    PostcodeDirectory,
    cache_folder,
    clean_postcodes,
    compile_directory,
    open_directory,
    save_directory,
)


def _frame(rows: list[tuple[object, float, float, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["postcode", "easting", "northing", "district"])


@pytest.fixture
def small() -> PostcodeDirectory:
    return compile_directory(
        _frame(
            [
                ("GU1 1AA", 499_049, 150_522, "E07000209"),
                ("M1 1AA", 384_000, 398_000, "E08000003"),
                ("JE2 3AB", np.nan, np.nan, "L99999999"),
            ]
        ),
        "three",
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GU1 1AA", "matched"),
        (" gu1  1aa ", "matched"),
        ("M11AA", "matched"),
        ("JE2 3AB", "no_coordinates"),
        ("", "missing"),
        ("   ", "missing"),
        ("-", "missing"),
        (None, "missing"),
        ("GU1", "outward_only"),
        ("SW1A", "outward_only"),
        ("ZZ99 3VZ", "no_fixed_abode"),
        ("ZZ99", "no_fixed_abode"),
        ("GU1 1AB", "not_found"),
        ("GU1 1A", "malformed"),
        ("GU1 1AAA", "malformed"),
        ("GU1 1AA GU1 1AA", "malformed"),
        ("Émile", "malformed"),
        ("12345", "malformed"),
    ],
)
def test_every_outcome_of_a_lookup(small: PostcodeDirectory, text: str | None, status: str) -> None:
    """Each text has exactly the stated outcome; a point when it is matched, or when postcodes share its first half."""
    found = small.lookup(pd.Series([text], dtype="str"))
    assert found["status"].tolist() == [status]
    assert found["easting"].notna().tolist() == [status == "matched" or text == "GU1"]
    assert found["district"].notna().tolist() == [status in ("matched", "no_coordinates") or text == "GU1"]


def test_lookup_keeps_index_and_order(small: PostcodeDirectory) -> None:
    """Answers stand beside their questions, whatever the index, repeats and all."""
    asked = pd.Series(["M1 1AA", "GU1 1AA", "M1 1AA"], index=[7, 7, 1])
    found = small.lookup(asked)
    assert found.index.tolist() == [7, 7, 1]
    assert found["district"].tolist() == ["E08000003", "E07000209", "E08000003"]


def test_a_directory_of_nothing_finds_nothing() -> None:
    """An empty directory answers rather than fails."""
    nothing = compile_directory(_frame([]).astype({"postcode": "str", "district": "str"}), "empty")
    assert len(nothing) == 0
    assert nothing.lookup(pd.Series(["GU1 1AA", None])).status.tolist() == ["not_found", "missing"]
    assert nothing.points().empty


def test_postcodes_with_spaces_and_small_letters_compile() -> None:
    """No row is lost because of how its postcode is written."""
    rows = [("GU21 4AA", 1, 1, "E1"), ("gu1 1aa", 2, 2, "E1"), ("M1  1AA", 3, 3, "E1"), ("SW1A1AA", 4, 4, "E1")]
    made = compile_directory(_frame([*rows, (None, 5, 5, "E1"), ("B1 1AA", 6, 6, None), ("none", 7, 7, "E1")]), "x")
    assert made.points()["postcode"].tolist() == ["GU1 1AA", "GU21 4AA", "M1 1AA", "SW1A 1AA"]


def test_the_first_of_duplicates_is_kept() -> None:
    """The directory's order decides between two rows of one postcode."""
    made = compile_directory(_frame([("GU1 1AA", 1, 1, "E1"), ("GU11AA", 2, 2, "E2")]), "x")
    assert made.lookup(pd.Series(["GU1 1AA"]))["district"].tolist() == ["E1"]


def test_northern_ireland_is_moved_to_the_british_grid() -> None:
    """Belfast City Hall, Irish Grid J 338 740, lies west of Scotland: about (146, 529) km on the British grid."""
    made = compile_directory(_frame([("BT1 5GS", 333_800, 374_000, "N09000003")]), "x")
    point = made.points().iloc[0]
    assert abs(point["easting"] - 146_200) < 500
    assert abs(point["northing"] - 529_450) < 500


def test_points_of_districts_and_of_a_rectangle(small: PostcodeDirectory) -> None:
    """Points can be had by district or by place; those without coordinates are never among them."""
    assert small.points()["postcode"].tolist() == ["GU1 1AA", "M1 1AA"]
    assert small.points(("E08000003", "L99999999"))["postcode"].tolist() == ["M1 1AA"]
    assert small.points_within(499_049, 150_522, 499_049, 150_522)["postcode"].tolist() == ["GU1 1AA"]
    assert small.points_within(0, 0, 100, 100).empty


def test_saving_leaves_a_finished_one_and_mends_half_a_one(small: PostcodeDirectory, tmp_path: Path) -> None:
    """A folder is whole or absent: a finished one is kept, one without `about.json` is replaced; no litter stays."""
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "keys.npy").write_bytes(b"half")
    save_directory(small, folder)
    assert (np.load(folder / "keys.npy") == small.keys).all()
    save_directory(compile_directory(_frame([("M1 1AA", 1, 1, "E1")]), "other"), folder)
    assert len(np.load(folder / "keys.npy")) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_the_cache_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`PLACEMENTS_CACHE` says where compiled tables are kept."""
    monkeypatch.setenv("PLACEMENTS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_the_bundled_directory_is_whole() -> None:
    """2.7 million postcodes of the whole kingdom, and every English district of the reference table."""
    directory = open_directory()
    assert len(directory) > 2_700_000
    assert {code[0] for code in directory.district_codes} == set("ESWNLM")
    assert sum(code.startswith("E") for code in directory.district_codes) == 296


def test_clean_postcodes_says_what_it_does() -> None:
    """Upper case, letters and digits only; missing becomes empty."""
    cleaned = clean_postcodes(pd.Series([" gu1 1aa.", None, "£%"], index=[3, 1, 2]))
    assert cleaned.tolist() == ["GU11AA", "", ""]
    assert cleaned.index.tolist() == [3, 1, 2]


def test_every_status_is_explained() -> None:
    """Reports show the words of each outcome."""
    assert {postcodes.MATCHED, postcodes.OUTWARD_ONLY, postcodes.NO_FIXED_ABODE} < set(postcodes.STATUSES)
    assert all(postcodes.STATUSES.values())
