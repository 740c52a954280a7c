"""One authority under other boundaries: which sets there are, and what they make of the same placements."""

from __future__ import annotations

import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from placements.analysis.restated import (
    ADJOINING,
    BEYOND,
    HOME_ELSEWHERE,
    HOME_UNKNOWN,
    HOST_UNKNOWN,
    restate,
    restated_flows,
    restated_summary,
)
from placements.disclosure.restated import ShownRestatement, shown_restatement
from placements.errors import SettingsError, UsageError
from placements.geography.adjoining import adjoining_codes
from placements.geography.authorities import authority_of, find_authority
from placements.geography.boundary_sets import boundary_set, coming_change
from placements.settings import settings_from

SURREY = find_authority("Surrey", on=dt.date(2025, 3, 31))
CHANGE = coming_change(SURREY)
ELMBRIDGE, WOKING, GUILDFORD, KINGSTON, KENT, LEEDS, SCOTLAND = (
    *("E07000207", "E07000217", "E07000209", "E09000021", "E07000111", "E08000035", "S12000036"),
)


def stock_of(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    """Return located placements of (home district, placement district), judged by Surrey's boundaries of today."""
    frame = pd.DataFrame(rows, columns=["home_district", "placement_district"]).astype("str")
    host = authority_of(frame["placement_district"])
    near = host.isin(adjoining_codes(SURREY)) | frame["placement_district"].isin(adjoining_codes(SURREY))
    known = frame["placement_district"].notna()
    inside = frame["placement_district"].isin(SURREY.districts)
    frame["location"] = np.select([~known, inside], ["unknown", "in_county"], "out_of_county")
    frame["adjoining"] = (near & ~inside).where(known).astype("boolean")
    frame["distant"] = (~near & ~inside).where(known).astype("boolean")
    frame["over_20_miles"] = pd.array([None] * len(frame), dtype="boolean")
    return frame


def test_the_law_says_what_becomes_of_surrey() -> None:
    """Surrey has a coming change by name; it has two parts, and all of Surrey's districts are in one of them."""
    assert CHANGE is not None
    assert (CHANGE.name, CHANGE.part_names) == ("surrey-2027", ("East Surrey", "West Surrey"))
    assert sorted(code for part in CHANGE.parts for code in part.districts) == list(SURREY.districts)
    assert coming_change(find_authority("Kent")) is None
    # The same ground under another code is no division.
    assert coming_change(find_authority("Barnsley", on=dt.date(2024, 3, 31))) is None
    assert coming_change(find_authority("Somerset", on=dt.date(2022, 3, 31))) is None
    assert coming_change(find_authority("", ("Woking",), "A part")) is None


def test_the_same_set_by_its_name_and_by_its_date() -> None:
    """`surrey-2027` and `2027-04-01` have the same parts; the day before has Surrey alone."""
    assert boundary_set("surrey-2027", SURREY).parts == boundary_set("2027-04-01", SURREY).parts
    assert boundary_set("2027-03-31", SURREY).part_names == ("Surrey",)


def test_a_date_can_look_back() -> None:
    """Cumberland by the boundaries of 2022 is part of Cumbria, which has more districts than it."""
    cumberland = find_authority("Cumberland", on=dt.date(2024, 3, 31))
    (part,) = boundary_set("2022-03-31", cumberland).parts
    assert part.name == "Cumbria"
    assert set(cumberland.districts) < set(part.districts)


def test_ground_that_cannot_be_told_is_not_divided() -> None:
    """Bournemouth, Christchurch and Poole by the boundaries of 2018 were three: today's postcodes do not say which."""
    with pytest.raises(UsageError, match="cannot be told"):
        boundary_set("2018-04-01", find_authority("Bournemouth, Christchurch and Poole"))


def test_a_study_may_list_its_own() -> None:
    """Parts by name or code of districts; what is left over is a part too."""
    own = {"thirds": {"North": ("Spelthorne", "Runnymede"), "Woking": (WOKING,)}}
    found = boundary_set("thirds", SURREY, own)
    assert found.part_names == ("North", "Woking", "Rest of Surrey")
    assert len(found.parts[2].districts) == 8


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({"North": ("Spelthorne",), "South": ("Spelthorne",)}, "in two parts: E07000213"),
        ({"North": ("Leeds",)}, "North has no district of Surrey"),
        ({"North": ("Woking",), "Away": ("Leeds",)}, "Away has no district of Surrey"),
        ({"Not known": ("Woking",)}, "cannot be called 'Not known'"),
        ({" total ": ("Woking",)}, "cannot be called"),
        ({"North": ("Wokking",)}, "Did you mean Woking"),
    ],
)
def test_a_set_that_cannot_be_is_explained(listed: dict[str, tuple[str, ...]], said: str) -> None:
    """Districts twice, of somewhere else, or of nowhere."""
    with pytest.raises(UsageError, match=said):
        boundary_set("mine", SURREY, {"mine": listed})


def test_an_unknown_set_names_those_there_are() -> None:
    """The error lists the study's own, the coming change and a date."""
    with pytest.raises(UsageError, match="choose halves or surrey-2027 or a date"):
        boundary_set("quarters", SURREY, {"halves": {"North": ("Woking",)}})


def test_settings_hold_the_sets_and_refuse_what_is_none() -> None:
    """`[boundary_sets.NAME]` holds lists of texts; all mistakes are told at once."""
    read = settings_from({"boundary_sets": {"halves": {"North": ["Woking"], "South": ["Waverley"]}}})
    assert read.boundary_sets == {"halves": {"North": ("Woking",), "South": ("Waverley",)}}
    with pytest.raises(SettingsError) as caught:
        settings_from({"boundary_sets": {"halves": {"North": "Woking", "South": []}, "none": {}}})
    assert "halves.South" in str(caught.value)
    assert "halves.North" in str(caught.value)
    assert "none has no parts" in str(caught.value)


def test_each_row_of_a_restatement() -> None:
    """Who is responsible, where that puts the placement and whether it is distant, row by row."""
    stock = stock_of(
        (ELMBRIDGE, WOKING),  # from East to West: in county today, out of it then, and adjoining
        (ELMBRIDGE, ELMBRIDGE),
        (WOKING, KENT),  # adjoins Surrey and East Surrey, not West Surrey: distant then, not today
        (ELMBRIDGE, KENT),
        (WOKING, LEEDS),
        (None, WOKING),  # home not known: nobody's, and where Surrey has it
        (KINGSTON, WOKING),  # home outside Surrey
        (WOKING, None),
        (WOKING, SCOTLAND),
    )
    out = restate(stock, CHANGE)
    assert out["responsible"].tolist() == [
        *("East Surrey", "East Surrey", "West Surrey", "East Surrey", "West Surrey"),
        *(HOME_UNKNOWN, HOME_ELSEWHERE, "West Surrey", "West Surrey"),
    ]
    assert out["host"].tolist() == [
        *("West Surrey", "East Surrey", BEYOND, ADJOINING, BEYOND),
        *("West Surrey", "West Surrey", HOST_UNKNOWN, BEYOND),
    ]
    assert out["location"].tolist() == [
        *("out_of_county", "in_county", "out_of_county", "out_of_county", "out_of_county"),
        *("in_county", "in_county", "unknown", "out_of_county"),
    ]
    assert out["distant"].tolist() == [False, False, True, False, True, False, False, pd.NA, True]
    assert not stock["distant"][2]


PLACES = st.sampled_from([None, KINGSTON, KENT, LEEDS, SCOTLAND, *SURREY.districts])


@settings(max_examples=40)
@given(st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=60))
def test_nobody_is_lost_and_the_parts_agree_with_a_plain_reckoning(rows: list[tuple[str | None, str | None]]) -> None:
    """Every child is in one cell of the flows; counts of each part are those of its own districts, one by one."""
    stock = stock_of(*rows)
    restated = restate(stock, CHANGE)
    flows = restated_flows(restated, CHANGE)
    assert flows.to_numpy().sum() == len(rows)
    summary = restated_summary(stock, restated, CHANGE)
    for part in CHANGE.parts:
        mine = [(home, to) for home, to in rows if home in part.districts]
        inside = sum(to in part.districts for _, to in mine)
        unknown = sum(to is None for _, to in mine)
        newly = sum(to in SURREY.districts and to not in part.districts for _, to in mine)
        assert summary.loc[part.name, ["children", "in_county", "out_of_county", "unknown", "newly_out"]].tolist() == [
            *(len(mine), inside, len(mine) - inside - unknown, unknown, newly),
        ]
        assert flows.loc[part.name, part.name] == inside
        assert flows.loc[part.name, HOST_UNKNOWN] == unknown


def test_one_part_that_is_the_whole_changes_nothing() -> None:
    """Restated by its own boundaries an authority has the figures it has."""
    districts = [None, KINGSTON, LEEDS, *SURREY.districts[:4]]
    stock = stock_of(*itertools.product(SURREY.districts, districts))
    same = boundary_set("2025-03-31", SURREY)
    summary = restated_summary(stock, restate(stock, same), same)
    assert summary.iloc[0].tolist() == summary.iloc[1].tolist()
    restated = restate(stock, same)
    assert restated["location"].tolist() == stock["location"].tolist()
    assert restated["distant"].equals(stock["distant"])
    assert restated["responsible"].eq("Surrey").all()


def test_a_place_without_a_district_is_not_known_to_any_part() -> None:
    """The first half of a postcode may be outside for certain, or adjoining, and yet in no part's district."""
    stock = stock_of((WOKING, None), (None, None))
    stock["location"], stock["adjoining"], stock["distant"] = "out_of_county", True, False
    stock = stock.astype({"adjoining": "boolean", "distant": "boolean"})
    out = restate(stock, CHANGE)
    assert out["host"].tolist() == [HOST_UNKNOWN, HOST_UNKNOWN]
    assert out["location"].tolist() == ["unknown", "unknown"]
    assert out["distant"].isna().all()


def _bounds(text: str) -> tuple[float, float]:
    """Return what a shown count may stand for."""
    if text == "c":
        return 1, math.inf
    value = int(text.replace(",", ""))
    return (0, 0) if value == 0 else (max(6, value - 2), value + 2)


def _exact_small_cells(shown: ShownRestatement, flows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return hidden cells of 1 to 5 of which all that is shown allows one value only, by integer programming."""
    cells = [(one, other) for one in flows.index for other in flows.columns]
    place = {cell: number for number, cell in enumerate(cells)}
    sums, low, high = [], [], []

    def said(members: list[tuple[str, str]], text: str) -> None:
        sums.append([float(cell in members) for cell in cells])
        bounds = _bounds(text)
        low.append(bounds[0])
        high.append(bounds[1])

    for one in flows.index:
        for other in flows.columns:
            said([(one, other)], shown.flows.loc[one, other])
        said([(one, other) for other in flows.columns], shown.flows.loc[one, "Total"])
    for other in flows.columns:
        said([(one, other) for one in flows.index], shown.flows.loc["Total", other])
    said(cells, shown.flows.loc["Total", "Total"])
    for part in CHANGE.part_names:
        out = [(part, other) for other in flows.columns if other not in (part, HOST_UNKNOWN)]
        newly = [(part, other) for other in CHANGE.part_names if other != part]
        for members, column in ((out, "out_of_county"), (newly, "newly_out"), ([(part, part)], "in_county")):
            said(members, shown.summary.loc[part, column])
    rules = LinearConstraint(np.array(sums), low, high)
    found = []
    for cell in cells:
        if not 0 < flows.loc[cell] < 6:
            continue
        goal = np.zeros(len(cells))
        goal[place[cell]] = 1.0
        ends = [
            milp(sign * goal, constraints=rules, integrality=np.ones(len(cells)), bounds=Bounds(0, 10_000)).fun
            for sign in (1, -1)
        ]
        if round(ends[0]) == round(-ends[1]):
            found.append(cell)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_small_flow_can_be_worked_out_from_all_that_is_shown(seed: int) -> None:
    """Cells, totals and counts of the parts together leave every hidden number of 1 to 5 with more than one value.

    What may be 1 to 5, or is hidden beside such a number, is taken to be any number from 1; rounded counts may stand
    for any number that rounds to them. A share of a row with a hidden cell is hidden too, so shares add nothing.
    """
    rng = np.random.default_rng(seed)
    homes = rng.choice([ELMBRIDGE, WOKING], 150)
    places = rng.choice(
        np.array([ELMBRIDGE, WOKING, KINGSTON, LEEDS, None], object), 150, p=[0.4, 0.4, 0.1, 0.06, 0.04]
    )
    stock = stock_of(*zip(homes, places, strict=True))
    shown = shown_restatement(stock, CHANGE, "shareable")
    flows = restated_flows(restate(stock, CHANGE), CHANGE)
    flows = flows[flows.index.isin(shown.flows.index)]
    assert _exact_small_cells(shown, flows) == []
    for part in CHANGE.part_names:
        if (shown.flows.loc[part] == "c").any():
            assert (shown.summary.loc[part, ["share_out", "share_distant", "share_over_20_miles"]] == "c").all()


def test_small_flows_are_not_given_away_by_the_summary() -> None:
    """Three children from East to West are hidden in the table, in the count newly out, and in what is left of sums."""
    rows = [(ELMBRIDGE, WOKING)] * 3 + [(ELMBRIDGE, ELMBRIDGE)] * 40 + [(ELMBRIDGE, LEEDS)] * 30
    rows += [(WOKING, WOKING)] * 40 + [(WOKING, ELMBRIDGE)] * 20 + [(WOKING, LEEDS)] * 25
    shown = shown_restatement(stock_of(*rows), CHANGE, "shareable")
    assert shown.flows.loc["East Surrey", "West Surrey"] == "c"
    assert (shown.flows.loc["East Surrey"] == "c").sum() >= 2
    assert shown.summary.loc["East Surrey", "newly_out"] == "c"
    assert shown.summary.loc["East Surrey", "out_of_county"] == "c"
    assert not ((shown.lines["responsible"] == "East Surrey") & (shown.lines["host"] == "West Surrey")).any()
    exact = shown_restatement(stock_of(*rows), CHANGE, "internal")
    assert exact.flows.loc["East Surrey", "West Surrey"] == "3"
    assert exact.summary.loc["East Surrey", "newly_out"] == "3"
