"""Who held which place on which day: the same answer as looking at each day in turn."""

import datetime as dt
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import codes
from placements.analysis.capacity import capacity, capacity_by_day, month_ends, occupied_by_us, vacant
from placements.analysis.occupancy import UseByDay, main_stays, use_by_day
from placements.analysis.snapshot import stock
from tests.support import SNAPSHOT, tiny_county

FIRST = pd.Timestamp("2024-02-26")
DAYS = pd.date_range(FIRST, periods=12)
_DAY = st.one_of(st.none(), st.integers(0, 11))
_PROVIDERS = ("h1", "h2", "h3", None)


@st.composite
def spells(draw, services=codes.SERVICES):
    """Placements of a few children over twelve days (a leap day among them), overlapping, without dates, or nowhere."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["a", "b", "c"]),
                st.sampled_from(services),
                _DAY,
                _DAY,
                st.integers(1, 2),
                st.sampled_from(_PROVIDERS),
                st.sampled_from(["C2", "V2", "V3", ""]),
            ),
            max_size=9,
        )
    )
    names = ["child_id", "service", "start", "end", "rank", "provider_id", "legal_status"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(
            frame[name].map(lambda day: pd.NaT if day is None or pd.isna(day) else DAYS[int(day)])
        )
        frame[name] = frame[name].astype("datetime64[us]")
    frame["birth_date"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    frame["placement_id"] = [f"p{number}" for number in range(len(frame))]
    return frame.astype({"child_id": "str", "service": "str", "legal_status": "str", "provider_id": "str"})


def counted(frame: pd.DataFrame, day: pd.Timestamp) -> list[dict]:
    """Return the placement of each child and service that counts at the end of a day, by looking at every row."""
    first: dict[tuple, tuple] = {}
    for row in frame.to_dict("records"):
        begun, over = pd.isna(row["start"]) or row["start"] <= day, not pd.isna(row["end"]) and row["end"] <= day
        short = row["service"] == codes.CARE and row["legal_status"] in codes.SHORT_BREAKS
        if not begun or over or short:
            continue
        later_first = float("inf") if pd.isna(row["start"]) else -row["start"].toordinal()
        order = (row["rank"], later_first, row["placement_id"])
        key = (row["service"], row["child_id"])
        if key not in first or order < first[key][0]:
            first[key] = (order, row)
    return [row for _, row in first.values()]


@given(spells())
@settings(max_examples=40)
def test_of_every_day_the_stays_are_those_that_a_look_at_every_row_finds(frame):
    """One placement a child and service, on every day."""
    stays = main_stays(frame)
    for day in DAYS:
        held = stays[(stays["start"] <= day) & (stays["end"] > day)]
        assert sorted(held["placement_id"]) == sorted(row["placement_id"] for row in counted(frame, day))


@given(spells(services=(codes.CARE,)))
@settings(max_examples=12)
def test_the_stays_of_a_day_are_those_of_its_stock(frame):
    """So that use by day and the count of children looked after speak of the same placements."""
    stays, day = main_stays(frame), DAYS[5]
    held = stays[(stays["start"] <= day) & (stays["end"] > day)]
    assert sorted(held["placement_id"]) == sorted(stock(frame, day.date())["placement_id"])


def _provision(**columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "provider_id": ["h1", "h2", "h3"],
            "opened_on": pd.Series([pd.NaT, DAYS[4], pd.NaT], dtype="datetime64[us]"),
            "closed_on": pd.Series([pd.NaT, pd.NaT, DAYS[8]], dtype="datetime64[us]"),
            "is_open": [True, True, False],
            "registered_places": [4.0, 5.0, 3.0],
            "usable_places": [4.0, 4.0, 2.0],
            "occupied_by_others": [1.0, 0.0, 0.0],
            **columns,
        }
    )


@given(spells(services=(codes.CARE,)), st.sampled_from([0.0, 1.0]))
@settings(max_examples=25)
def test_use_by_day_is_what_a_loop_over_the_days_finds(frame, others_share):
    """Ours of a day are those of its stock, where the place was open; a place closed since had no vacancy."""
    snapshot = DAYS[-1]
    ours = occupied_by_us(frame, snapshot.date()).reindex(["h1", "h2", "h3"]).fillna(0.0)
    provision = _provision(occupied_by_us=ours.to_numpy(float))
    found = use_by_day(frame, provision, snapshot.date()).levels(DAYS, others_share)
    for column, day in enumerate(DAYS):
        held = Counter(row["provider_id"] for row in counted(frame, day))
        for row, place in provision.iterrows():
            opened, closed = place["opened_on"], place["closed_on"]
            there = (pd.isna(opened) or opened <= day) and (pd.isna(closed) or closed > day)
            # What our children hold at a closed place is 0 on the snapshot day by any count, so it is not tied to it.
            expected = held.get(place["provider_id"], 0) if there else 0
            if place["is_open"]:
                assert found.ours[row, column] == expected
                others = others_share * place["occupied_by_others"] * there
            else:
                others = others_share * max(place["usable_places"] - found.ours[row, column], 0) * there
            assert found.exists[row, column] == there
            assert found.usable[row, column] == place["usable_places"] * there
            assert found.others[row, column] == others


def test_on_the_snapshot_day_just_the_open_places_are_there_whatever_their_dates_say():
    """A day of opening yet to come, or of closing gone by, does not close a place that its source calls open."""
    dates = pd.Series([pd.Timestamp("2030-01-01"), pd.NaT, pd.Timestamp("2030-01-01")], dtype="datetime64[us]")
    provision = _provision(occupied_by_us=0.0, opened_on=dates, closed_on=dates - pd.DateOffset(years=20))
    use = UseByDay(provision, main_stays(_nobody()), DAYS[-1], {codes.CARE: FIRST})
    assert use.levels(DAYS[-1:]).exists[:, 0].tolist() == [True, True, False]


def _nobody() -> pd.DataFrame:
    return tiny_county().placements.head(0)


def test_a_day_out_of_reach_is_taken_for_the_nearest_that_is_known():
    """Care is known from its first recorded end, schools of the snapshot day only; no day stays no day."""
    county = tiny_county()
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    asked = pd.Series(pd.to_datetime(["2019-01-01", "2024-12-24", "2026-01-01", None, None, "2019-01-01"]))
    service = pd.Series(["care"] * 4 + ["education"] * 2)
    first, now = pd.Timestamp("2024-05-01"), pd.Timestamp(SNAPSHOT)
    assert use.since["care"] == first
    expected = [first, pd.Timestamp("2024-12-24"), now, pd.NaT, now, now]
    assert use.day_known(asked, service).fillna(pd.Timestamp(0)).tolist() == [
        pd.Timestamp(0) if pd.isna(day) else day for day in expected
    ]


def test_without_an_end_on_record_only_the_snapshot_day_is_known():
    """Who was placed before can then not be told, so nothing earlier is claimed."""
    county = tiny_county()
    going_on = county.placements[county.placements["end"].isna()]
    assert use_by_day(going_on, county.provision, SNAPSHOT).since["care"] == pd.Timestamp(SNAPSHOT)


HOMES = """
id | service   | provision       | sector  | to        | registered | usable | by_us | by_others
h1 | care      | childrens_home  | private | Guildford | 4          | 3      | 1     | 2
h2 | care      | childrens_home  | own     | Woking    | 5          | 4      | 1     | 0
h3 | care      | childrens_home  | own     | out       | 5          | 4      | 0     | 0
s1 | education | state_special   | own     | Woking    | 60         | 60     | 0     | 50
"""
STAYS = """
service   | provision      | home      | to        | provider | start      | end
care      | childrens_home | Guildford | Guildford | h1       | 2024-01-10 | -
care      | childrens_home | Guildford | Guildford | h1       | 2023-05-01 | 2024-06-30
care      | childrens_home | Guildford | Woking    | h2       | 2024-12-31 | -
care      | agency_foster  | Guildford | Woking    | -        | 2024-03-31 | 2024-08-31
care      | agency_foster  | Guildford | Woking    | -        | 2023-01-01 | 2024-02-29
"""


def _by_day(days, by=("provision", "sector")):
    county = tiny_county(STAYS, provision=HOMES)
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    return county, capacity_by_day(use, days, by)


def test_places_by_day_from_a_table_that_fits_in_the_head():
    """A child who left on a day holds no place at its end; carers in no register have the places that are held."""
    days = [dt.date(2024, 6, 29), dt.date(2024, 6, 30), SNAPSHOT]
    _, table = _by_day(days, ("provision",))
    homes = table[table["provision"].eq("childrens_home")]
    assert homes["occupied_by_us"].tolist() == [2, 1, 2]
    assert homes["occupied_by_others"].tolist() == [2, 2, 2]
    assert homes["vacant_places"].tolist() == [4, 4, 3]
    assert homes["held"].tolist() == [3, 3, 4]  # four in a home of three hold three places
    carers = table[table["provision"].eq("agency_foster")]
    assert carers[["registered_places", "usable_places", "occupied_by_us"]].to_numpy().tolist() == [
        [1, 1, 1],
        [1, 1, 1],
    ]
    assert carers["occupancy"].tolist() == [1, 1]
    assert table.loc[table["service"].eq("education"), "day"].tolist() == [pd.Timestamp(SNAPSHOT)]


def test_of_the_snapshot_day_it_is_the_table_of_capacity():
    """Two ways to the same figures."""
    county, table = _by_day([SNAPSHOT])
    keys, sums = ["service", "provision", "sector"], ["providers", "registered_places", "usable_places"]
    sums += ["occupied_by_us", "occupied_by_others", "vacant_places", "unknown_places"]
    pd.testing.assert_frame_equal(
        table.set_index(keys)[sums], capacity(county.provision, keys)[sums], check_dtype=False, check_like=True
    )


def test_every_month_end_that_is_known_and_the_day_itself():
    """From the first recorded end to a snapshot that may be no month's end."""
    county = tiny_county(STAYS, provision=HOMES, snapshot=dt.date(2024, 5, 15))
    days = month_ends(use_by_day(county.placements, county.provision, county.snapshot))
    assert days == [dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 4, 30), dt.date(2024, 5, 15)]


@pytest.mark.parametrize("by", [(), ("service",), ("provision",), ("service", "provision", "sector")])
def test_by_day_adds_up_whatever_it_is_broken_down_by(by):
    """The same places and children, divided or not."""
    days = [dt.date(2024, 7, 1), SNAPSHOT]
    county = tiny_county(STAYS, provision=HOMES)
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    sums = ["providers", "usable_places", "occupied_by_us", "occupied_by_others", "vacant_places", "held"]
    whole = capacity_by_day(use, days, ())
    table = capacity_by_day(use, days, by)
    assert table.groupby("day")[sums].sum().equals(whole.groupby("day")[sums].sum())


def test_with_no_provision_and_nobody_there_is_an_empty_table():
    """No rows, and the columns that it always has."""
    county = tiny_county(pd.DataFrame(), provision=pd.DataFrame())
    table = capacity_by_day(use_by_day(county.placements, county.provision, SNAPSHOT), [SNAPSHOT])
    assert table.empty
    assert {"day", "service", "held", "occupancy"} <= set(table.columns)


def test_a_levels_vacancy_is_that_of_the_table_of_provision():
    """Of the snapshot day, by provider."""
    county = tiny_county(STAYS, provision=HOMES)
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    levels = use.levels(pd.DatetimeIndex([SNAPSHOT]))
    assert np.array_equal(levels.vacant[:, 0], vacant(county.provision).to_numpy())
