"""Beside region, England and neighbours: shares from counts, one year for all places, what is withheld said."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pandas as pd
import pytest

from placements import schemas
from placements.analysis.benchmark import COLUMNS, PLACES, benchmark
from placements.analysis.benchmark_measures import BENCHMARKS
from placements.commands.analyse import benchmark_rows
from placements.manifest import plain_values
from placements.read.published import PublishedStatistics, read_published

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
SURREY, WEST_BERKSHIRE, WINDSOR, BUCKS_NOW, BUCKS_THEN = (
    "E10000030",
    "E06000037",
    "E06000040",
    "E06000060",
    "E10000002",
)
LOCALITY, DISTANCE = "Locality of placement", "Distance between home and placement"
OUTSIDE, TOTAL = "Placed outside the local authority boundary", "Total"
NEAR, FAR, UNKNOWN = (
    "Placed 20 miles or less from home",
    "Placed more than 20 miles from home",
    "Distance not known or not recorded",
)


def _published(*rows: tuple[str, int, str, str, float | str]) -> pd.DataFrame:
    """Return published rows of `code, year, topic, breakdown, number or marker` of children looked after."""
    levels = {"E92": ("national", ""), "E12": ("regional", "E12000008")}
    frame = pd.DataFrame(
        [
            {
                "release": "la_cla_on_31_march_by_characteristics",
                "year": year,
                "level": levels.get(code[:3], ("authority", "E12000008"))[0],
                "code": code,
                "name": code,
                "region_code": levels.get(code[:3], ("authority", "E12000008"))[1],
                "topic": topic,
                "breakdown": breakdown,
                "measure": "number",
                "value": math.nan if isinstance(cell, str) else float(cell),
                "marker": cell if isinstance(cell, str) else "",
                "source": "test",
            }
            for code, year, topic, breakdown, cell in rows
        ]
    )
    return schemas.check(schemas.PUBLISHED, frame)


def _locality(
    code: str, year: int, outside: float | str, total: float | str
) -> list[tuple[str, int, str, str, float | str]]:
    return [(code, year, LOCALITY, OUTSIDE, outside), (code, year, LOCALITY, TOTAL, total)]


def _neighbours(*codes: str) -> pd.DataFrame:
    """Return Surrey's neighbours by DfE code."""
    return schemas.check(
        schemas.NEIGHBOURS,
        pd.DataFrame(
            {
                "dfe_code": "936",
                "neighbour_dfe_code": codes,
                "rank": range(1, len(codes) + 1),
                "closeness": "Close",
                "source": "test",
            }
        ),
    )


def _row(frame: pd.DataFrame, indicator: str, place: str) -> pd.Series:
    return frame.set_index(["indicator", "place"]).loc[(indicator, place)]


def test_each_place_has_its_share_with_its_parts() -> None:
    """546 of 965 is 57 %; the region is the authority's own; neighbours give the median of their shares."""
    rows = [
        *_locality(SURREY, 2024, 546, 965),
        *_locality("E12000008", 2024, 4740, 11150),
        *_locality("E92000001", 2024, 37520, 83530),
        *_locality(WEST_BERKSHIRE, 2024, 100, 200),
        *_locality(WINDSOR, 2024, 30, 100),
        *_locality(BUCKS_NOW, 2024, "c", 500),
    ]
    frame = benchmark(_published(*rows), _neighbours("869", "868", "825"), SURREY)
    assert frame.columns.tolist() == list(COLUMNS)
    assert frame["place"].tolist() == list(PLACES)
    expected = {"authority": 546 / 965, "region": 4740 / 11150, "england": 37520 / 83530, "neighbours": 0.4}
    assert frame.set_index("place")["value"].to_dict() == pytest.approx(expected)
    near = _row(frame, "outside", "neighbours")
    assert (near["numerator"], near["denominator"]) == (130, 300)
    assert (near["neighbours"], near["neighbours_with_value"]) == (3, 2)
    assert near["suppressed"] == "1 of 3 neighbours have no value"
    assert frame.loc[frame["place"].ne("neighbours"), "neighbours"].isna().all()


def test_published_percentages_are_never_used() -> None:
    """A percentage that is wrong, as some of DfE's are, changes nothing."""
    rows = _published(*_locality(SURREY, 2024, 50, 200))
    wrong = rows.assign(measure="percentage", value=99.0)
    frame = benchmark(pd.concat([rows, wrong], ignore_index=True), schemas.empty(schemas.NEIGHBOURS), SURREY)
    assert _row(frame, "outside", "authority")["value"] == 0.25


def test_those_not_known_are_left_out_of_distance_and_counted() -> None:
    """30 over and 70 within 20 miles, 20 not known: 30 of 100, with 20 beside it; the other way gives the same."""
    cells = {NEAR: 70.0, FAR: 30.0, UNKNOWN: 20.0, TOTAL: 120.0}
    for withheld in (TOTAL, NEAR):
        rows = [(SURREY, 2024, DISTANCE, name, "c" if name == withheld else n) for name, n in cells.items()]
        found = _row(benchmark(_published(*rows), _neighbours(), SURREY), "over_20_miles", "authority")
        assert (found["value"], found["numerator"], found["denominator"], found["unknown"]) == (0.3, 30, 100, 20)
        assert found["suppressed"] == f"{withheld}: c"


def test_what_is_withheld_leaves_the_share_missing_and_is_named() -> None:
    """Neither nought nor a guess: a share with a part withheld is missing, with the marker that says why."""
    frame = benchmark(_published(*_locality(SURREY, 2024, "c", 965)), _neighbours(), SURREY)
    found = _row(frame, "outside", "authority")
    assert math.isnan(found["value"])
    assert math.isnan(found["numerator"])
    assert found["denominator"] == 965
    assert found["suppressed"] == f"{OUTSIDE}: c"
    assert _row(frame, "outside", "england")["suppressed"] == "not published"
    assert benchmark(_published(*_locality(SURREY, 2024, 0, 0)), _neighbours(), SURREY)["value"].isna().all()


@pytest.mark.parametrize(("near_year", "year"), [(None, 2022), (2024, 2022), (2022, 2022), (2021, 2020), (2019, 2020)])
def test_all_places_are_of_one_year(near_year: int | None, year: int) -> None:
    """The authority's latest year up to the one asked for, or the first after it, for all places alike."""
    rows = [row for year in (2020, 2022) for row in _locality(SURREY, year, 1, 4)]
    # In 2023 the authority has but one of the two counts: no share can be made of it.
    rows += [(SURREY, 2023, LOCALITY, TOTAL, 4)]
    rows += [row for year in range(2019, 2025) for row in _locality("E92000001", year, 1, year)]
    frame = benchmark(_published(*rows), _neighbours(), SURREY, near_year)
    assert set(frame["year"]) == {year}
    assert _row(frame, "outside", "authority")["value"] == 0.25
    assert _row(frame, "outside", "england")["denominator"] == year


@pytest.mark.parametrize(("near_year", "year"), [(None, 2024), (2023, 2022), (2019, 2022)])
def test_without_a_year_of_the_authority_englands_is_taken(near_year: int | None, year: int) -> None:
    """An authority that is not published still sees England; a year of its own with half the counts does not count."""
    england = [*_locality("E92000001", 2022, 1, 2), *_locality("E92000001", 2024, 1, 2)]
    for own in ([], [(SURREY, 2023, LOCALITY, TOTAL, 4)]):
        frame = benchmark(_published(*own, *england), _neighbours(), SURREY, near_year)
        assert set(frame["year"]) == {year}
        assert _row(frame, "outside", "england")["value"] == 0.5


def test_a_year_whose_counts_are_withheld_is_still_the_authoritys_year() -> None:
    """Withheld is published: the share is missing with its marker, not taken from a year before."""
    rows = [*_locality(SURREY, 2023, 1, 4), *_locality(SURREY, 2024, "c", 4)]
    found = _row(benchmark(_published(*rows), _neighbours(), SURREY), "outside", "authority")
    assert (found["year"], found["suppressed"]) == (2024, f"{OUTSIDE}: c")


def test_an_authority_with_a_new_code_is_found_under_the_old_one() -> None:
    """Buckinghamshire was E10000002 until 2020, and some releases still say so."""
    rows = [*_locality(SURREY, 2024, 1, 4), *_locality(BUCKS_THEN, 2024, 2, 4)]
    frame = benchmark(_published(*rows), _neighbours("825"), SURREY)
    assert _row(frame, "outside", "neighbours")["value"] == 0.5


def test_nothing_published_gives_no_rows() -> None:
    """No files, no block; a set of districts that is no authority is set beside England alone."""
    empty = benchmark(schemas.empty(schemas.PUBLISHED), schemas.empty(schemas.NEIGHBOURS), SURREY)
    assert empty.empty
    assert empty.columns.tolist() == list(COLUMNS)
    custom = benchmark(_published(*_locality("E92000001", 2024, 1, 2)), _neighbours("869"), "custom")
    assert custom.set_index("place")["value"].dropna().to_dict() == {"england": 0.5}


def test_the_printed_table_gives_parts_and_says_what_is_missing() -> None:
    """A reader sees value and parts of every place, how many neighbours are behind a median, and what is withheld."""
    rows = [*_locality(SURREY, 2024, 1460, 2920), *_locality(WEST_BERKSHIRE, 2024, "c", 9)]
    frame = benchmark(_published(*rows), _neighbours("869"), SURREY)
    [line] = benchmark_rows(plain_values(frame.to_dict("records")))
    assert line["authority"] == "50% (1,460 of 2,920)"
    assert line["England"] == "-"
    assert line["neighbours"] == "-"
    assert line["year"] == "2024"


@pytest.fixture(scope="module")
def statistics_of_dfe(tmp_path_factory: pytest.TempPathFactory) -> PublishedStatistics:
    """Return DfE's own files of children looked after, EHC plans by setting, and neighbours."""
    if not (SAMPLES / "cla").exists():
        pytest.skip("the published statistics are not here")
    folder = tmp_path_factory.mktemp("published")
    for path in [*SAMPLES.glob("cla/*.csv"), SAMPLES / "sen2" / "caseload.csv", *SAMPLES.glob("lookups/*neighbours*")]:
        (folder / path.name).symlink_to(path)
    return read_published(folder, folder)


def test_every_indicator_is_found_in_the_published_files(statistics_of_dfe: PublishedStatistics) -> None:
    """No name of a topic or breakdown is misspelt: England has a value and no part of it is missing."""
    frame = benchmark(statistics_of_dfe.published, statistics_of_dfe.neighbours, SURREY)
    assert frame["indicator"].unique().tolist() == [item.indicator for item in BENCHMARKS]
    england = frame[frame["place"].eq("england")]
    assert england["value"].notna().all()
    assert england["suppressed"].eq("").all()


def test_surrey_2024_by_hand(statistics_of_dfe: PublishedStatistics) -> None:
    """Counts copied by hand from DfE's tables of Surrey, 2024."""
    frame = benchmark(statistics_of_dfe.published, statistics_of_dfe.neighbours, SURREY)
    own = frame[frame["place"].eq("authority")].set_index("indicator")
    assert own[["numerator", "denominator"]].astype(int).to_numpy().tolist() == [
        [963, 265_672],
        [546, 965],
        [399, 462 + 399],
        [182 + 288, 895],
        [142, 965],
        [629, 965],
        [389, 965],
        [1231 + 300, 14_245],
        [5949, 14_245],
    ]
    assert own["value"]["plans_independent_special"] == pytest.approx(0.1075, abs=5e-5)
    assert own["value"]["looked_after_rate"] == pytest.approx(36, abs=0.5)
    assert set(frame.loc[frame["place"].eq("region"), "name"]) == {"South East"}


def test_england_is_the_sum_of_its_authorities(statistics_of_dfe: PublishedStatistics) -> None:
    """Where nothing is withheld, the authorities add up to England: exactly for plans, to DfE's rounding for children.

    The national figures of children looked after are rounded to the nearest 10.
    """
    frame = statistics_of_dfe.published
    checked = 0
    for item in BENCHMARKS:
        for topic, breakdown, measure in item.cells:
            mine = frame[
                frame["release"].eq(item.release)
                & frame["topic"].eq(topic)
                & frame["breakdown"].eq(breakdown)
                & frame["measure"].eq(measure)
            ]
            for year, rows in mine.groupby("year"):
                authorities = rows[rows["level"].eq("authority")]
                england = rows.loc[rows["level"].eq("national"), "value"]
                if authorities["marker"].isin(["c", "x"]).any() or england.isna().all() or authorities.empty:
                    continue
                # That sample holds today's authorities only: earlier years lack those since abolished.
                if item.release == "la_cla_on_31_march_by_characteristics" and year < 2024:
                    continue
                exact = item.release == "caseload" or measure == "population_estimate"
                away = abs(authorities["value"].sum() - england.iloc[0])
                assert away <= (0 if exact else 5), (item.indicator, breakdown, measure, year)
                checked += 1
    assert checked >= 20


def test_the_median_of_neighbours_is_that_of_their_own_shares(statistics_of_dfe: PublishedStatistics) -> None:
    """Each of Surrey's ten neighbours asked as an authority of its own gives the shares that the median is of."""
    frame = benchmark(statistics_of_dfe.published, statistics_of_dfe.neighbours, SURREY)
    near = statistics_of_dfe.neighbours.query("dfe_code == '936'")["neighbour_dfe_code"]
    table = pd.read_csv(
        Path(__file__).resolve().parents[2] / "data" / "reference" / "dfe_codes.csv", dtype=str
    ).set_index("dfe_code")["authority_code"]
    shares: dict[str, list[float]] = {}
    for code in near:
        own = benchmark(statistics_of_dfe.published, schemas.empty(schemas.NEIGHBOURS), table[code])
        for row in own[own["place"].eq("authority")].itertuples():
            shares.setdefault(str(row.indicator), []).append(float(row.value))
    for row in frame[frame["place"].eq("neighbours")].itertuples():
        known = [share for share in shares[str(row.indicator)] if not math.isnan(share)]
        assert row.value == pytest.approx(statistics.median(known))
        assert row.neighbours_with_value == len(known)
