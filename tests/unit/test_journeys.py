"""School journeys against the guideline: who has one, how long it may be, and what is not known."""

import datetime as dt
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from placements import codes, pipeline
from placements.analysis.journeys import OUTCOMES, school_journeys, school_phase
from placements.commands.journeys import journey_rows
from placements.disclosure.control.tables import group
from placements.disclosure.publication import county_figures
from placements.errors import UsageError
from placements.geography.travel import Coverage
from placements.geography.travel.matrix_file import read_minutes
from placements.geography.travel.straight import StraightLine
from placements.manifest import coverage_words, travel
from placements.progress import Reporter
from tests.command_support import run
from tests.reader_support import Reader
from tests.support import SNAPSHOT, tiny_county

# Guildford to Woking is 5.7 miles, Guildford to Tandridge 23.2, to `out` 34.8; at 1 x miles / 20 mph: 17, 70 and 104
# minutes. The first child is in year 6 on the snapshot: 11 since December, 10 on the 31 August before.
PLANS = """
n | service   | provision           | home      | to        | birth      | start      | place_code | residential
1 | education | mainstream          | Guildford | Tandridge | 2013-12-01 | 2023-09-01 | -          | -
2 | education | state_special       | Guildford | Tandridge | 2013-08-31 | 2023-09-01 | -          | -
3 | education | state_special       | Guildford | Woking    | 2016-05-01 | 2023-09-01 | -          | -
4 | education | independent_special | Guildford | out       | 2011-05-01 | 2023-09-01 | -          | -
5 | education | independent_special | Guildford | out       | 2011-05-01 | 2023-09-01 | -          | yes
6 | education | other_education     | Guildford | -         | 2011-05-01 | 2023-09-01 | EHE        | -
7 | education | education_unknown   | Guildford | -         | 2011-05-01 | 2023-09-01 | -          | -
1 | education | mainstream          | Guildford | Woking    | -          | 2023-09-01 | -          | -
2 | education | post_16             | -         | Woking    | 2007-01-01 | 2023-09-01 | -          | -
1 | education | post_16             | Woking    | Guildford | 2007-01-01 | 2023-09-01 | -          | -
9 | education | mainstream          | Guildford | out       | 2014-05-01 | 2022-09-01 | -          | -
3 | care      | childrens_home      | Guildford | out       | 2014-05-01 | 2022-09-01 | -          | -
"""
METHOD = StraightLine(1.0, 20.0)


def plans() -> pd.DataFrame:
    county = tiny_county(PLANS)
    ended = county.placements["placement_id"].isin(county.placements["placement_id"].iloc[-12:-3])
    return county.placements.assign(end=county.placements["end"].mask(ended, pd.Timestamp("2024-01-01")))


def test_every_plan_in_force_is_counted_once_under_what_is_known_of_it():
    """Within, over, unknown, boards, educated elsewhere: by phase, worked out by hand; ended plans and care are not in."""
    found = school_journeys(plans(), SNAPSHOT, METHOD)
    expected = pd.DataFrame(
        {
            #            within over unknown boards elsewhere
            "Primary": [3, 1, 0, 0, 0],
            "Secondary": [2, 4, 7, 5, 6],
            "Over 16": [1, 0, 2, 0, 0],
            "Age not known": [0, 0, 1, 0, 0],
        },
        index=list(OUTCOMES),
    ).T
    assert found.table[list(OUTCOMES)].to_dict() == expected.to_dict()
    assert found.table["guideline_minutes"].tolist()[:3] == [45.0, 75.0, 75.0]
    secondary = found.table.loc["Secondary"]
    assert (secondary["numerator"], secondary["denominator"], secondary["excluded"]) == (4, 6, 18)
    assert secondary["share"] == pytest.approx(4 / 6)
    assert np.isnan(found.table.loc["Age not known", "share"])
    # Asked for: all but those who board and those educated elsewhere.
    assert (found.coverage.pairs, found.coverage.known, found.coverage.no_point) == (21, 12, 9)


def test_a_home_known_by_half_a_postcode_has_no_point_but_has_a_district(tmp_path):
    """It lies anywhere in the district: no line can be drawn from it, yet a file of minutes by district knows it."""
    placements = tiny_county(PLANS).placements
    rough = placements.assign(
        approximate=True,
        home_postcode=np.where(np.arange(len(placements)) % 2, "gu1", "GU1 1AA"),
        provider_id="99:base",
    )
    assert school_journeys(rough, SNAPSHOT, METHOD).coverage.known == 0
    (tmp_path / "minutes.csv").write_text("postcode_district,urn,minutes\nGU1,99,10\n")
    by_district = school_journeys(rough, SNAPSHOT, read_minutes(tmp_path / "minutes.csv"))
    assert by_district.coverage.known == by_district.coverage.pairs > 0


def test_the_guideline_is_a_limit_one_may_reach():
    """45 minutes are within; a moment more is over."""
    one = """
service   | provision  | home      | to        | birth      | start
education | mainstream | Guildford | Woking    | 2016-05-01 | 2023-09-01
"""
    placements = tiny_county(one).placements
    miles = float(placements["distance_miles"].iloc[0])
    for minutes, outcome in ((45.0, "within"), (45.001, "over")):
        found = school_journeys(placements, SNAPSHOT, StraightLine(1.0, 60 * miles / minutes))
        row = found.table.loc["Primary", ["within", "over"]]
        assert row[outcome] == 1
        assert row.sum() == 1


@pytest.mark.parametrize(
    ("birth", "on", "phase"),
    [
        ("2013-08-31", "2025-03-31", "Secondary"),  # 11 on 31 August 2024: year 7
        ("2013-09-01", "2025-03-31", "Primary"),  # 10 that day, 11 the day after: year 6
        ("2013-09-01", "2025-08-31", "Primary"),  # the last day of that school year
        ("2013-09-01", "2025-09-01", "Secondary"),
        ("2008-08-31", "2025-03-31", "Over 16"),
        ("2008-09-01", "2025-03-31", "Secondary"),
        ("2025-01-01", "2025-03-31", "Primary"),
        (None, "2025-03-31", "Age not known"),
    ],
)
def test_the_phase_is_that_of_the_school_year(birth, on, phase):
    """By age on the 31 August before: a birthday in the school year does not change it."""
    births = pd.to_datetime(pd.Series([birth]))
    day = dt.date.fromisoformat(on)
    assert school_phase(births, day).tolist() == [phase]


def test_shared_rows_hide_small_counts_and_what_would_give_them_away():
    """Under the shareable profile no number from 1 to 5 stands, nor a share of it; the totals are those of the plans.

    None can be worked out either: it could be any of five numbers, for all that the table of journeys tells."""
    county = replace(tiny_county(PLANS), placements=plans(), travel=METHOD)
    journeys = county.school_journeys
    internal = journey_rows(journeys, county_figures(county, "internal"))
    assert [row["plans"] for row in internal] == ["4", "24", "3", "1", "32"]
    assert internal[1]["share_over"] == "66.7%"
    shared = journey_rows(journeys, county_figures(county, "shareable"))
    cells = [(phase, outcome) for phase in journeys.table.index for outcome in OUTCOMES]
    reader = Reader(cells)
    for row in shared:
        asked = {"known": ("within", "over"), "plans": OUTCOMES}
        for name in (*OUTCOMES, "known", "plans"):
            assert row[name] == "c" or int(row[name]) % 5 == 0, (row["phase"], name)
            phases = [row["phase"]] if row["phase"] in journeys.table.index else list(journeys.table.index)
            reader.reads_count([(p, o) for p in phases for o in asked.get(name, (name,))], row[name])
    for phase, outcome in cells:
        if 1 <= journeys.table.loc[phase, outcome] <= 5:
            least, most = reader.ends([(phase, outcome)])
            assert most - least >= 4, (phase, outcome)
    assert shared[1]["over"] == shared[1]["share_over"] == "c"


def test_who_boards_is_hidden_wherever_it_is_hidden_once():
    """The plans that are residential are those who board: one figure, that the release ties to the other."""
    county = tiny_county(PLANS)
    for profile in ("internal", "shareable"):
        figures = county_figures(county, profile)
        boards = journey_rows(county.school_journeys, figures)[-1]["boards"]
        assert boards == figures.count(group(codes.EDUCATION, {"residential": "yes"}))


def test_the_manifest_says_how_journeys_were_measured_and_how_many_are_known():
    """Method, sentence, coverage; of children nothing nearer than a half: the table of journeys says what may be said."""
    county = tiny_county(PLANS)
    told = travel(county)
    assert county.settings.disclosure.profile == "shareable"
    assert told["method"] == "straight"
    assert "1.4" in told["sentence"]
    assert "25 mph" in told["sentence"]
    # A count of the unknown, of the known or of those asked would give away what the table of journeys hides.
    assert told["coverage"] == {"known": "known for half of them or more"}


def test_only_inside_are_coverage_and_its_reasons_exact():
    """The internal profile has every count; the shareable one no number at all."""
    county = tiny_county(PLANS)
    found = county.school_journeys.coverage
    inside = replace(county.settings, disclosure=replace(county.settings.disclosure, profile="internal"))
    told = travel(replace(county, settings=inside))["coverage"]
    assert told == {"asked": found.pairs, "known": found.known, "no_point": found.no_point}
    assert coverage_words(found, "internal") == f"{found.known} of {found.pairs} known"
    for known, words in ((33, "known for half of them or more"), (16, "known for less than half of them")):
        assert coverage_words(Coverage(pairs=33, known=known, no_point=33 - known), "shareable") == words


def test_a_run_says_no_count_that_may_not_be_shown(monkeypatch, capsys):
    """Its line of progress is read over shoulders and kept in logs: the profile holds for it too."""
    county = tiny_county(PLANS)
    found = county.school_journeys.coverage
    monkeypatch.setattr(pipeline, "load", lambda *_: county)
    monkeypatch.setattr(pipeline, "plan_for", Mock(side_effect=UsageError("far enough")))
    with pytest.raises(UsageError):
        pipeline.run_study(None, Reporter())
    said = capsys.readouterr().err
    assert coverage_words(found, "shareable") in said
    assert f"{found.known} of" not in said


def test_analyse_prints_school_journeys_and_how_they_were_measured(study_copy, capsys):
    """With a file of minutes that the study brings: no pair of it is of these children, so none is known."""
    (study_copy / "data" / "travel").mkdir(exist_ok=True)
    (study_copy / "data" / "travel" / "minutes.csv").write_text("area,urn,minutes\nE07000209,1,1\n")
    settings = study_copy / "study.toml"
    text = settings.read_text()
    for old, new in (
        ('method = "straight"', 'method = "matrix"'),
        ('matrix_file = ""', 'matrix_file = "travel/minutes.csv"'),
    ):
        assert old in text
        text = text.replace(old, new)
    settings.write_text(text)
    code, out, _ = run(capsys, "analyse", study_copy)
    assert code == 0
    table, said = out.split("School journeys\n")[1].split("School journeys: ")
    rows = [line.split() for line in table.splitlines()[2:7]]
    assert [row[0] for row in rows] == ["Primary", "Secondary", "Over", "Age", "Total"]
    assert rows[0][1:4] == ["45", "0", "0"]
    assert "minutes.csv" in said.splitlines()[0]
