"""Starts, ends and moves of a year: the stock adds up whatever the spells look like, and each is counted as said."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import codes
from placements.analysis.answer import answer
from placements.analysis.catalogue import flow as catalogue
from placements.analysis.flow import ends, moved_from, moves, periods_ended, periods_started, reconciliation, starts
from placements.analysis.periods import care_chain
from placements.analysis.plan_flow import plan_reconciliation, plans_ceased, plans_held, plans_started
from placements.analysis.snapshot import in_force, looked_after, plans_in_force
from tests.support import tiny_county

DEFINITIONS = {one.name: one for one in catalogue.DEFINITIONS}
HEAD = "child | provision | place_code | start | end | starts_care | same_carer | end_reason | change_reason | uasc | legal"


def inputs_of(rows: str, on: dt.date = dt.date(2025, 3, 31)):
    """Return the inputs of a county of these care placements."""
    return tiny_county(f"{HEAD}\n{rows}", snapshot=on).inputs


def ask(name: str, inputs, by=()):
    """Return the answer to an indicator of the topic."""
    return answer(DEFINITIONS[name], inputs, by)


YEAR = inputs_of(
    """
    stays  | childrens_home | K2 | 2020-01-01 | -          | yes | - | -   | -     | - | C2
    moves  | agency_foster  | U6 | 2023-01-01 | 2024-07-01 | yes | - | X1  | CREQB | - | C2
    moves  | agency_foster  | U6 | 2024-07-01 | 2024-08-01 | -   | - | X1  | CARPL | - | C2
    moves  | other_care     | T1 | 2024-08-01 | 2024-08-09 | -   | - | X1  | OTHER | - | C2
    moves  | agency_foster  | U6 | 2024-08-09 | 2024-09-01 | -   | - | X1  | PLACE | - | C2
    moves  | agency_foster  | U4 | 2024-09-01 | -          | -   | yes | - | -     | - | C2
    twice  | agency_foster  | U6 | 2024-04-01 | 2024-05-01 | yes | - | E4A | -     | - | V2
    twice  | agency_foster  | U6 | 2024-06-01 | 2024-06-11 | -   | - | E8  | -     | - | V2
    twice  | agency_foster  | U6 | 2024-06-20 | -          | yes | - | -   | -     | - | V2
    lost   | agency_foster  | U6 | 2022-06-01 | 2025-03-31 | no  | - | X1  | -     | - | V2
    sea    | supported_accommodation | K3 | 2025-03-31 | - | yes | - | -   | -     | yes | V2
    sameday| childrens_home | K2 | 2024-02-01 | 2024-12-01 | yes | - | E8  | -     | - | C2
    sameday| childrens_home | K2 | 2024-12-01 | -          | yes | - | -   | -     | - | C2
    short  | other_care     | R2 | 2024-10-01 | 2024-10-05 | yes | - | E8  | -     | - | V4
    early  | agency_foster  | U6 | 2021-01-01 | 2023-03-31 | yes | - | E11 | -     | - | E1
    """
)


def test_children_are_counted_once_and_periods_every_time():
    """One who starts twice in the year is one child and two periods; a day's end is out, a day's start is in."""
    assert ask("care_starts", YEAR)["count"].tolist() == [2]
    assert sorted(starts(YEAR)["child_id"]) == ["sea", "twice"]
    assert ask("care_periods_started", YEAR)["count"].tolist() == [4]
    assert sorted(ends(YEAR)["child_id"]) == ["lost", "twice"]
    assert ask("care_periods_ended", YEAR)["count"].tolist() == [3]
    assert starts(YEAR).set_index("child_id").loc["twice", "start"] == pd.Timestamp("2024-04-01")
    assert ends(YEAR).set_index("child_id").loc["twice", "end"] == pd.Timestamp("2024-06-11")


def test_the_year_adds_up_and_what_the_reasons_say_otherwise_is_counted():
    """`twice` began again without S; `sameday` has an S within a period of care."""
    table = ask("care_reconciliation", YEAR)
    assert table.iloc[0].to_dict() == {
        "at_start": 4,
        "children_started": 2,
        "started_again": 2,
        "children_ceased": 2,
        "ceased_again": 1,
        "at_end": 5,
        "difference": 0,
        "not_recorded": 1,
        "recorded_within": 1,
    }
    assert len(looked_after(YEAR.placements, YEAR.on)) == 5


def test_the_year_adds_up_every_year_and_by_unaccompanied():
    """Each year's end is the next one's start; groups sum to all."""
    table = ask("care_reconciliation", YEAR, ("year", "uasc"))
    assert list(table.columns[:2]) == ["year", "uasc"]
    assert (table["difference"] == 0).all()
    whole = ask("care_reconciliation", YEAR, ("year",))
    assert whole["at_end"].tolist()[:-1] == whole["at_start"].tolist()[1:]
    numbers = [name for name in whole.columns if name != "year"]
    pd.testing.assert_frame_equal(table.groupby("year")[numbers].sum(), whole.set_index("year")[numbers])
    assert table[table["uasc"].eq("unaccompanied")]["children_started"].sum() == 1


def test_moves_are_placements_that_follow_another_and_reasons_are_of_the_one_left():
    """Four of one child, of four kinds, and one that a child made by leaving and coming back the same day."""
    kinds = ask("care_move_kinds", YEAR).set_index("category")["count"]
    assert kinds.to_dict() == {"new_carer": 2, "same_carer": 1, "temporary": 1, "back": 1, "unknown": 0}
    reasons = ask("care_move_reasons", YEAR).set_index("category")["count"]
    assert reasons[reasons > 0].to_dict() == {"CARPL": 1, "CREQB": 1, "OTHER": 1, "PLACE": 1, "unknown": 1}
    assert ask("care_moves", YEAR)["count"].tolist() == [5] == [len(moved_from(YEAR))]


def test_why_care_ended():
    """The last end of the year counts; X1 with nothing after it is not known, not another reason."""
    reasons = ask("care_end_reasons", YEAR).set_index("category")["count"]
    assert reasons[reasons > 0].to_dict() == {"other": 1, "unknown": 1}
    before = ask("care_end_reasons", YEAR.at(dt.date(2023, 3, 31))).set_index("category")["count"]
    assert before["adopted"] == 1


@pytest.mark.parametrize("code", ["E11", "E2", "E3", "E4A", "E4B", "E5", "E9", "E13", "E17", "E41", "E44", "E48"])
def test_every_reason_has_a_group_and_no_code_has_none(code):
    """A code in use is never `unknown`, and every group has a label."""
    inputs = inputs_of(f"a | agency_foster | U6 | 2024-05-01 | 2024-06-01 | yes | - | {code} | - | - | C2")
    found = ask("care_end_reasons", inputs)
    known = found.loc[found["count"] > 0, "category"].tolist()
    assert known != ["unknown"]
    assert set(known) <= set(DEFINITIONS["care_end_reasons"].categories)


def test_durations_are_of_what_ended_and_time_so_far_is_apart():
    """A period that is not marked as begun has no known duration; one that goes on is in neither."""
    ended = ask("care_period_duration", YEAR)
    assert ended[["count", "excluded", "p50"]].to_numpy().tolist() == [[1, 2, 30.0]]
    placements = ask("care_placement_duration", YEAR)
    assert placements["count"].tolist() == [8]
    now = ask("care_time_in_present_placement", YEAR)
    assert now[["count", "excluded"]].to_numpy().tolist() == [[5, 0]]
    assert now["p10"].iloc[0] >= 0
    assert ask("care_time_looked_after", YEAR)["count"].tolist() == [5]


def test_nobody_is_an_answer():
    """No child at all: every indicator answers, with zeros, by year too."""
    nobody = tiny_county(pd.DataFrame()).inputs
    for definition in catalogue.DEFINITIONS:
        for by in ((), ("year",)):
            table = answer(definition, nobody, by)
            assert not (table.get("count", pd.Series([0])) > 0).any()


DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2025, 6, 30)).map(pd.Timestamp)
CHILDREN = "abcdefghijklmnop"
SPELLS = st.lists(
    st.tuples(
        st.sampled_from(CHILDREN),
        st.none() | DAYS,
        st.none() | DAYS,
        st.booleans(),
        st.sampled_from(["V2", "C2", "V3"]),
        st.booleans(),
        st.sampled_from(["U6", "T1", "K2"]),
    ),
    min_size=1,
    max_size=60,
)


def spelled(spells):
    """Return inputs whose placements are these spells, however odd; any other column is that of some placement."""
    names = ["child_id", "start", "end", "starts_care", "legal_status", "same_carer", "place_code"]
    frame = YEAR.placements.iloc[[0] * len(spells)].reset_index(drop=True)
    given_columns = pd.DataFrame(spells, columns=names)
    for name, values in given_columns.items():
        frame[name] = values.astype(frame[name].dtype)
    frame["placement_id"] = [f"p{i:03d}" for i in range(len(frame))]
    return dataclasses.replace(YEAR, placements=frame)


@settings(max_examples=8, deadline=None)
@given(SPELLS, st.dates(dt.date(2022, 6, 1), dt.date(2025, 3, 31)))
def test_stock_plus_starts_less_ends_is_stock_for_every_child(spells, on):
    """Gaps, overlaps, no dates, ends before starts, several periods a year: child by child, at any day."""
    inputs = spelled(spells).at(on)
    before, now = (set(looked_after(inputs.placements, day)["child_id"]) for day in (inputs.year_before, inputs.on))
    begun, ended = periods_started(inputs), periods_ended(inputs)
    for child in CHILDREN:
        change = int((begun["child_id"] == child).sum()) - int((ended["child_id"] == child).sum())
        assert (child in now) - (child in before) == change
    assert (reconciliation(inputs)["difference"] == 0).all()
    assert set(starts(inputs)["child_id"]) == set(begun["child_id"])
    assert starts(inputs)["child_id"].is_unique
    assert len(moves(inputs)) == len(moved_from(inputs))


@settings(max_examples=10, deadline=None)
@given(SPELLS)
def test_a_child_is_in_a_period_on_every_day_of_the_stock_and_on_no_other(spells):
    """Brute force over days: the periods of a child are disjoint, and cover just the days with a placement."""
    placements = spelled(spells).placements
    chain = care_chain(placements)
    periods = chain.drop_duplicates("period")
    care = placements[~placements["legal_status"].isin(codes.SHORT_BREAKS)]
    assert chain["opens"].sum() == chain["closes"].sum() == len(periods)
    for day in pd.date_range("2021-12-25", "2025-07-05", freq="31D"):
        held = care.loc[in_force(care, day.date()), "child_id"]
        within = periods[~(periods["period_start"] > day) & ~(periods["period_end"] <= day)]
        assert sorted(within["child_id"]) == sorted(held.unique())


PLAN_ROWS = """
child | service   | provision     | start      | end        | plan_start | plan_end   | rank
old   | education | mainstream    | 2019-09-01 | -          | 2024-06-01 | -          | 1
gap   | education | mainstream    | 2021-09-01 | 2024-07-20 | 2022-01-01 | -          | 1
gap   | education | state_special | 2025-09-01 | -          | 2022-01-01 | -          | 1
gone  | education | mainstream    | 2020-09-01 | 2024-10-01 | 2021-01-01 | 2024-10-01 | 1
none  | education | mainstream    | 2020-09-01 | -          | -          | -          | 1
two   | education | mainstream    | 2020-09-01 | -          | 2021-01-01 | -          | 2
two   | education | state_special | 2020-09-01 | -          | 2021-01-01 | -          | 1
"""


def test_plans_are_counted_by_their_own_dates():
    """A child at school since 2019 has had a plan since 2024; one between schools keeps the plan, setting unknown."""
    inputs = tiny_county(PLAN_ROWS).inputs
    held = plans_held(inputs).set_index("child_id")
    assert held["provision"].to_dict() == {
        "old": "mainstream",
        "gap": "education_unknown",
        "none": "mainstream",
        "two": "state_special",
    }
    assert held.loc["gap", "location"] == "unknown"
    assert plans_started(inputs)["child_id"].tolist() == ["old"]
    assert plans_ceased(inputs)["child_id"].tolist() == ["gone"]
    assert "old" not in set(plans_held(inputs.at(inputs.year_before))["child_id"])
    assert "old" in set(plans_in_force(inputs.placements, inputs.year_before)["child_id"])
    assert ask("plans_duration", inputs)["p50"].tolist() == [1369.0]
    assert ask("plans_reconciliation", inputs).iloc[0].tolist() == [4, 1, 1, 4, 0, 1, 1]
    assert ask("plans_in_force", inputs, ("provision",))["count"].sum() == 4


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(*[st.none() | DAYS] * 4), max_size=40, min_size=1),
    st.dates(dt.date(2022, 6, 1), dt.date(2025, 3, 31)),
)
def test_plans_add_up_whatever_their_settings(rows, on):
    """One plan a child: stock and flow agree, a plan that ceased before it started too."""
    frame = YEAR.placements.iloc[[0] * len(rows)].reset_index(drop=True)
    given_days = pd.DataFrame(rows, columns=["plan_start", "plan_end", "start", "end"]).astype("datetime64[us]")
    number = [f"c{i}" for i in range(len(rows))]
    frame = frame.assign(**given_days, child_id=number, placement_id=number, service="education")
    inputs = dataclasses.replace(YEAR, placements=frame).at(on)
    assert (plan_reconciliation(inputs)["difference"] == 0).all()


def test_both_is_by_the_dates_of_the_plan():
    """A child in care whose plan came later is not among those with one before."""
    inputs = tiny_county(
        """
        child | service   | provision     | start      | end | plan_start | plan_end
        a     | care      | agency_foster | 2020-01-01 | -   | -          | -
        a     | education | mainstream    | 2019-09-01 | -   | 2024-06-01 | -
        """
    ).inputs
    assert ask("care_and_plan_children", inputs)["count"].tolist() == [1]
    assert ask("care_and_plan_children", inputs.at(inputs.year_before))["count"].tolist() == [0]


def test_every_indicator_answers_by_year_and_by_unaccompanied():
    """The trend over every year, with and without children seeking asylum, comes from the engine."""
    for definition in catalogue.DEFINITIONS:
        by = (
            ("year", "uasc")
            if definition.service != "education" and definition.name != "plans_reconciliation"
            else ("year",)
        )
        table = answer(definition, YEAR, by)
        assert list(table.columns[: len(by)]) == list(by)
