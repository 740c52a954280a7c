"""Postcode directories of the study's own: any vintage is read, its rows come first, and nothing else becomes unknown."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.errors import DataError
from placements.geography import postcode_files, postcode_tables
from placements.geography.authorities import find_authority
from placements.geography.locate import locate
from placements.geography.postcode_files import open_study_directory
from placements.geography.postcodes import PostcodeDirectory, compile_directory, open_directory
from tests.geography_support import GUILDFORD, SAMPLES, WOKING, postcode

POSTCODES = SAMPLES / "postcodes"
needs_samples = pytest.mark.skipif(not POSTCODES.exists(), reason="the sample directories are not here")

#: The same two postcodes as each publisher and year writes them.
VINTAGES = {
    "ONSPD 2015": "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,usertype,oseast1m,osnrth1m\n"
    "GU1 1AA,GU1  1AA,GU1 1AA,198001,,E10000030,E07000209,0,0499049,0150522\n"
    "GU227AA,GU22 7AA,GU22 7AA,198001,200006,E10000030,E07000217,0,0500500,0158600\n",
    "ONSPD 2023": '"pcd","oscty","laua","oseast1m","osnrth1m"\n'
    '"GU1 1AA","E10000030","E07000209",499049,150522\n"GU227AA","E10000030","E07000217",500500,158600\n',
    "NSPL 2023": "pcds,lad22cd,lad23cd,east1m,north1m\n"
    "GU1 1AA,,E07000209,499049,150522\nGU22 7AA,,E07000217,500500,158600\n",
    "NSPL 2025": "pcd7,pcd8,east1m,north1m,lad25cd,lat\n"
    "GU1 1AA,GU1  1AA,499049,150522,E07000209,51.2\nGU227AA,GU22 7AA,500500,158600,E07000217,51.3\n",
    "Code-Point Open": '"GU1 1AA",10,499049,150522,"E92000001","","","E10000030","E07000209","E05014959"\n'
    '"GU22 7AA",10,500500,158600,"E92000001","","","E10000030","E07000217","E05014960"\n',
    "Code-Point Open, named": "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,"
    "NHS_regional_HA_code,NHS_HA_code,Admin_county_code,Admin_district_code,Admin_ward_code\n"
    "GU1 1AA,10,499049,150522,E92000001,,,E10000030,E07000209,E05014959\n"
    "GU22 7AA,10,500500,158600,E92000001,,,E10000030,E07000217,E05014960\n",
}
HEADER = "pcds,oslaua,oseast1m,osnrth1m\n"


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> PostcodeDirectory:
    """Return a small directory in place of the bundled one: Manchester, and Guildford's postcode in another place."""
    frame = pd.DataFrame(
        [
            ("M1 1AA", 384_000.0, 398_000.0, "E08000003"),
            ("GU1 1AA", 1.0, 2.0, WOKING),
            ("CA1 1AA", 340_000.0, 555_000.0, "E06000063"),
        ],
        columns=["postcode", "easting", "northing", "district"],
    )
    made = compile_directory(frame, "the bundled one")
    monkeypatch.setattr(postcode_files, "open_directory", lambda cache, progress: made)
    return made


def _study(tmp_path: Path, **files: str | bytes) -> Path:
    folder = tmp_path / "postcodes"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def _open(tmp_path: Path, **files: str | bytes) -> PostcodeDirectory:
    return open_study_directory(_study(tmp_path, **files), tmp_path / "cache").directory


def _found(directory: PostcodeDirectory, *postcodes: str) -> list[tuple[str, float, float, str]]:
    rows = directory.lookup(pd.Series(list(postcodes), dtype="str"))
    return [(str(row.status), row.easting, row.northing, str(row.district)) for row in rows.itertuples(index=False)]


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("vintage", list(VINTAGES))
@pytest.mark.parametrize("packed", [False, True])
def test_every_vintage_says_the_same(vintage: str, packed: bool, tmp_path: Path) -> None:
    """Columns change with publisher and year; the points and districts read from them do not."""
    content = VINTAGES[vintage].encode()
    files = {"mine.csv.gz": gzip.compress(content)} if packed else {"mine.csv": content}
    assert _found(_open(tmp_path, **files), "gu11aa", "GU22 7AA") == [
        ("matched", 499_049, 150_522, GUILDFORD),
        ("matched", 500_500, 158_600, WOKING),
    ]


@pytest.mark.usefixtures("bundled")
def test_a_partial_file_comes_first_and_leaves_the_rest_known(tmp_path: Path) -> None:
    """The study's row wins over the bundled one; all other postcodes are still found; the source says both."""
    made = _open(tmp_path, **{"surrey.csv": VINTAGES["NSPL 2025"]})
    assert _found(made, "GU1 1AA", "M1 1AA") == [
        ("matched", 499_049, 150_522, GUILDFORD),
        ("matched", 384_000, 398_000, "E08000003"),
    ]
    assert len(made) == 4
    assert made.source == "surrey.csv: 2 postcodes; 2 others from the bundled one"
    assert (np.diff(np.asarray(made.keys).astype(object)) > 0).all()


def test_without_files_the_bundled_directory_is_used(bundled: PostcodeDirectory, tmp_path: Path) -> None:
    """No folder, or an empty one, or one with only a note in it, changes nothing."""
    assert open_study_directory(tmp_path / "none").directory is bundled
    found = open_study_directory(_study(tmp_path, **{"README.md": "put ONSPD here"}))
    assert found.directory is bundled
    assert not found.files


@pytest.mark.usefixtures("bundled")
def test_northern_ireland_is_brought_to_the_british_grid(tmp_path: Path) -> None:
    """ONS gives Irish Grid there: Belfast City Hall is about (146, 529) km on the British grid."""
    made = _open(tmp_path, **{"ni.csv": HEADER + "BT1 5GS,N09000003,333800,374000\n"})
    [(status, easting, northing, district)] = _found(made, "BT1 5GS")
    assert (status, district) == ("matched", "N09000003")
    assert abs(easting - 146_200) < 500
    assert abs(northing - 529_450) < 500


@pytest.mark.usefixtures("bundled")
def test_no_coordinates_is_no_point(tmp_path: Path) -> None:
    """Quality 90 writes nought, ONS leaves a blank: the district is known, the point is not; a real easting stays."""
    code_point = '"GU1 1AB",90,0,0,"E92000001","","","E10000030","E07000209",""\n'
    made = _open(tmp_path, **{"gu.csv": code_point, "je.csv": HEADER + "JE2 3AB,L99999999,,\n"})
    found = _found(made, "GU1 1AB", "JE2 3AB")
    assert [(row[0], row[3]) for row in found] == [("no_coordinates", GUILDFORD), ("no_coordinates", "L99999999")]


@pytest.mark.usefixtures("bundled")
def test_a_district_that_is_no_more_is_brought_up_to_date(tmp_path: Path) -> None:
    """Carlisle (E07000028) went into Cumberland in 2023: an old file must not put its children nowhere.

    Where the bundled directory does not know the postcode either, its place is unknown.
    """
    rows = "CA1 1AA,E07000028,340001,555001\nCA1 1AB,E07000028,340002,555002\nGU1 1AA,E07000209,499049,150522\n"
    made = _open(tmp_path, **{"old.csv": HEADER + rows})
    assert _found(made, "CA1 1AA", "CA1 1AB", "GU1 1AA") == [
        ("matched", 340_001, 555_001, "E06000063"),
        ("not_found", pytest.approx(np.nan, nan_ok=True), pytest.approx(np.nan, nan_ok=True), "nan"),
        ("matched", 499_049, 150_522, GUILDFORD),
    ]
    assert "1 of them with a district of today" in made.source
    assert "1 whose district is no code of today left out" in made.source


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("slip", ["E07999999", "Guildford", "E0700020", "X07000209", "e07000209 "])
def test_a_district_that_is_no_known_code_is_never_guessed_to_be_elsewhere(slip: str, tmp_path: Path) -> None:
    """A slip in one row leaves that child's place unknown, or as the bundled directory has it: not out of county."""
    rows = "".join(f"GU1 1A{letter},{GUILDFORD},1,1\n" for letter in "BDE")
    made = _open(tmp_path, **{"mine.csv": HEADER + rows + f"GU9 9ZZ,{slip},2,2\nGU1 1AA,{slip},3,3\n"})
    asked = pd.DataFrame({"home_postcode": "GU1 1AB", "placement_postcode": ["GU1 1AB", "GU9 9ZZ", "GU1 1AA"]})
    found = locate(asked, find_authority("Surrey"), made)
    assert found["location"].tolist() == ["in_county", "unknown", "in_county"]
    assert found["placement_district"].fillna("").tolist() == [GUILDFORD, "", WOKING]


@pytest.mark.usefixtures("bundled")
def test_places_outside_england_keep_their_codes(tmp_path: Path) -> None:
    """Scotland, Wales, Northern Ireland and the islands are known to be out of county, whatever the year of the code."""
    codes = ["S12000036", "W06000015", "N09000003", "L99999999", "M99999999"]
    text = HEADER + "".join(f"GU9 9Z{letter},{code},2,2\n" for letter, code in zip("ABDEF", codes, strict=True))
    made = _open(tmp_path, **{"mine.csv": text})
    assert [row[3] for row in _found(made, *(f"GU9 9Z{letter}" for letter in "ABDEF"))] == codes


@pytest.mark.usefixtures("bundled")
def test_names_in_place_of_codes_are_refused_without_being_shown(tmp_path: Path) -> None:
    """A column of names would put every child out of county: one error names the column, and no value of it."""
    rows = "".join(f"GU1 1A{letter},Guildford,1,1\n" for letter in "ABDE") + f"GU1 1AF,{WOKING},1,1\nGU1 1AG,,1,1\n"
    with pytest.raises(DataError, match=r"column lad: 4 of 5 districts are not ONS codes") as error:
        _open(tmp_path, **{"names.csv": "pcds,LAD,east1m,north1m\n" + rows})
    assert "Guildford" not in str(error.value)
    assert "GU1" not in str(error.value)
    assert WOKING not in str(error.value).split("E07000209")[-1]


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("after", [20, 2_000_000])
def test_damage_within_a_packed_file_is_said(after: int, tmp_path: Path) -> None:
    """Broken bytes, at the start or further on than the header is looked for, are an error that names the file."""
    rng = np.random.default_rng(3)
    rows = "".join(f"{postcode(n % 4000)},{GUILDFORD},{x},7\n" for n, x in enumerate(rng.integers(1, 700_000, 300_000)))
    packed = bytearray(gzip.compress((HEADER + rows).encode(), 1))
    packed[after : after + 200] = b"\xff" * 200
    with pytest.raises(DataError, match=r"broken\.csv\.gz: cannot be read to its end"):
        _open(tmp_path, **{"broken.csv.gz": bytes(packed)})


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("cell", ["x", "x,"])
def test_a_first_line_without_end_is_said(cell: str, tmp_path: Path) -> None:
    """A megabyte without a line break is no header, whether it is one cell or half a million."""
    with pytest.raises(DataError, match=r"long\.csv: is not a (table|postcode directory)"):
        _open(tmp_path, **{"long.csv": cell * (1_000_000 // len(cell))})


@pytest.mark.usefixtures("bundled")
def test_of_two_files_the_newer_wins(tmp_path: Path) -> None:
    """How new a file is stands in it (dates on which postcodes began or ended), not in its name."""
    head = "pcds,dointr,doterm,oslaua,oseast1m,osnrth1m\n"
    old = head + "GU1 1AA,198001,,E07000209,1,1\nGU1 1AB,201505,,E07000209,5,5\n"
    new = head + "GU1 1AA,198001,,E07000217,2,2\nGU1 1AC,198001,202402,E07000209,6,6\n"
    made = _open(tmp_path, **{"z_old.csv": old, "a_new.csv": new})
    assert _found(made, "GU1 1AA", "GU1 1AB", "GU1 1AC") == [
        ("matched", 2, 2, WOKING),
        ("matched", 5, 5, GUILDFORD),
        ("matched", 6, 6, GUILDFORD),
    ]


@pytest.mark.usefixtures("bundled")
def test_an_archive_unpacked_whole_is_read(tmp_path: Path) -> None:
    """The files by area are read wherever they lie; documents and lookups beside them are passed over."""
    made = _open(
        tmp_path,
        **{
            "ONSPD/Data/multi_csv/ONSPD_UK_GU.csv": HEADER + "GU1 1AA,E07000209,499049,150522\n",
            "ONSPD/Data/multi_csv/ONSPD_UK_KT.csv": HEADER + "KT11 1AA,E07000207,514000,160000\n",
            "ONSPD/Documents/LA_UA names and codes.csv": "LAD23CD,LAD23NM\nE07000209,Guildford\n",
            "ONSPD/User Guide/guide.pdf": b"%PDF",
        },
    )
    assert [row[3] for row in _found(made, "GU1 1AA", "KT11 1AA")] == [GUILDFORD, "E07000207"]


@pytest.mark.usefixtures("bundled")
def test_what_is_no_directory_is_refused_by_name(tmp_path: Path) -> None:
    """One clear error names the file, what was looked for, and what is there; no traceback of a reader's."""
    with pytest.raises(DataError, match=r"wrong\.csv(.|\n)*looked for a postcode \(pcds(.|\n)*it has lad25cd, lad25nm"):
        _open(tmp_path, **{"wrong.csv": "LAD25CD,LAD25NM\nE07000209,Guildford\n"})
    with pytest.raises(DataError, match=r"ONSPD\.zip(.|\n)*unpack it"):
        _open(tmp_path / "zip", **{"ONSPD.zip": b"PK"})
    with pytest.raises(DataError, match="damaged or was cut off"):
        _open(tmp_path / "cut", **{"cut.csv.gz": gzip.compress(VINTAGES["NSPL 2025"].encode() * 50)[:-20]})
    with pytest.raises(DataError, match="more or fewer columns"):
        _open(tmp_path / "ragged", **{"ragged.csv": HEADER + "GU1 1AA,E07000209,1\n"})
    with pytest.raises(DataError, match="no number") as error:
        _open(tmp_path / "words", **{"words.csv": HEADER + "GU1 1AA,E07000209,secret,2\n"})
    assert "secret" not in str(error.value)
    assert "GU1" not in str(error.value)


@pytest.mark.usefixtures("bundled")
def test_a_file_that_unpacks_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small gzip file can hold a very large one: reading stops at a limit, whatever the file claims."""
    monkeypatch.setattr(postcode_tables, "_MAX_UNPACKED_BYTES", 5_000_000)
    bomb = gzip.compress(HEADER.encode() + b"GU1 1AA,E07000209,499049,150522\n" * 400_000)
    assert len(bomb) < 100_000
    with pytest.raises(DataError, match="unpacks to more than"):
        _open(tmp_path, **{"bomb.csv.gz": bomb})


@pytest.mark.usefixtures("bundled")
def test_it_is_compiled_once_for_the_same_content(tmp_path: Path) -> None:
    """The second time nothing is read; changed content under the same name is compiled anew."""
    told: list[str] = []
    folder = _study(tmp_path, **{"mine.csv": VINTAGES["ONSPD 2023"]})
    open_study_directory(folder, tmp_path / "cache", lambda share, text: told.append(text))
    assert told == ["reading mine.csv", "sorting", "done"]
    again = open_study_directory(folder, tmp_path / "cache", lambda share, text: told.append(text))
    assert len(told) == 3
    assert list(again.files) == ["mine.csv"]
    _study(tmp_path, **{"mine.csv": VINTAGES["ONSPD 2023"].replace("499049", "499050")})
    changed = open_study_directory(folder, tmp_path / "cache").directory
    assert _found(changed, "GU1 1AA")[0][1] == 499_050


@pytest.mark.usefixtures("bundled")
def test_the_cache_does_not_grow_without_end(tmp_path: Path) -> None:
    """Of compiled forms the last three are kept, the one just made among them."""
    for easting in range(1, 7):
        made = _open(tmp_path, **{"mine.csv": HEADER + f"GU1 1AA,E07000209,{easting},5\n"})
        assert _found(made, "GU1 1AA") == [("matched", easting, 5, GUILDFORD)]
    assert len(list((tmp_path / "cache").iterdir())) == 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.dictionaries(
        st.integers(0, 60),
        st.tuples(st.integers(1, 700_000), st.integers(1, 1_200_000), st.sampled_from([GUILDFORD, WOKING])),
        min_size=1,
        max_size=20,
    ),
    others=st.dictionaries(st.integers(0, 60), st.integers(1, 700_000), max_size=20),
)
def test_lookups_are_the_files_own_rows(
    rows: dict[int, tuple[int, int, str]],
    others: dict[int, int],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For any rows and any bundled directory: what is in the file is as the file says, all else as it was."""
    under = compile_directory(
        pd.DataFrame(
            [(postcode(number), float(x), 7.0, "E08000003") for number, x in others.items()],
            columns=["postcode", "easting", "northing", "district"],
        ),
        "under",
    )
    monkeypatch.setattr(postcode_files, "open_directory", lambda cache, progress: under)
    text = HEADER + "".join(f"{postcode(n)},{code},{x},{y}\n" for n, (x, y, code) in rows.items())
    made = _open(tmp_path_factory.mktemp("any"), **{"any.csv": text})
    expected = {n: ("matched", x, 7, "E08000003") for n, x in others.items()}
    expected |= {n: ("matched", x, y, code) for n, (x, y, code) in rows.items()}
    assert len(made) == len(expected)
    assert dict(zip(expected, _found(made, *map(postcode, expected)), strict=True)) == expected


@needs_samples
@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("NSPL_CONSTRUCTED_surrey_2026_1_qlac.csv.gz", ("pcds", "east1m", "north1m", "lad25cd")),
        ("gu.csv", (0, 2, 3, 8)),
    ],
)
def test_published_directories_are_read_row_by_row(
    file: str, columns: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row with a district, read again here by other means, is what the directory answers; England stays whole."""
    path = POSTCODES / file
    content = gzip.decompress(path.read_bytes()) if file.endswith("gz") else path.read_bytes()
    read = list(csv.reader(content.decode().splitlines()))
    first = 0 if isinstance(columns[0], int) else 1
    at = [name if isinstance(name, int) else read[0].index(str(name)) for name in columns]
    rows = [[row[i] for i in at] for row in read[first:]]
    rows = [row for row in rows if row[3]]
    folder = tmp_path / "postcodes"
    folder.mkdir()
    (folder / file).symlink_to(path)
    # The bundled directory stays in the user's cache; what is made from the sample goes to a folder of its own.
    bundled = open_directory()
    monkeypatch.setattr(postcode_files, "open_directory", lambda cache, progress: bundled)
    made = open_study_directory(folder, tmp_path / "cache").directory
    assert len(made) >= len(bundled)
    answers = made.lookup(pd.Series([row[0] for row in rows], dtype="str"))
    assert answers["status"].eq("matched").all()
    assert answers["easting"].tolist() == [float(row[1]) for row in rows]
    assert answers["northing"].tolist() == [float(row[2]) for row in rows]
    today = {code for code in bundled.district_codes if code.startswith("E")}
    kept = [row[3] in today for row in rows]
    assert np.mean(kept) > 0.99
    assert answers["district"][kept].tolist() == [row[3] for row, keep in zip(rows, kept, strict=True) if keep]
    assert (
        made.lookup(pd.Series(["M1 1AA"], dtype="str"))["district"].tolist()
        == bundled.lookup(pd.Series(["M1 1AA"], dtype="str"))["district"].tolist()
    )
