"""One authority under other boundaries: which sets there are, and what they make of the same placements."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.analysis.location import distance_band
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
from placements.disclosure.boundaries import declare_boundaries, dimension_of, sets_of, under_boundaries
from placements.disclosure.control.tables import Plan, group
from placements.disclosure.links import link
from placements.disclosure.publication import CARE, KNOWN, counted_of, county_figures, known_of
from placements.disclosure.restated import ShownRestatement, shown_restatement
from placements.disclosure.shown import ShownFigures, shown_figures
from placements.errors import SettingsError, UsageError
from placements.geography.adjoining import adjoining_codes
from placements.geography.authorities import authority_of, find_authority
from placements.geography.boundary_sets import boundary_set, coming_change
from placements.settings import settings_from
from tests.reader_support import Reader
from tests.support import tiny_county

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


def figures_of(stock: pd.DataFrame, profile: str) -> ShownFigures:
    """Return the release of what a stock says of today's boundaries and of those to come, and of nothing else."""
    rows = pd.DataFrame(
        {
            "location": stock["location"],
            "distance": distance_band(stock),
            "distant": stock["distant"].map({True: "distant", False: "not_distant"}).astype("str"),
            dimension_of(CHANGE): under_boundaries(stock, CHANGE),
        }
    )
    rows["distant"] = rows["distant"].where(stock["distant"].notna(), "unknown")
    plan = Plan({CARE: rows}, tables=[(CARE, ("location",))], known=[group(CARE)])
    plan.shares.extend((group(CARE, counted_of(name)), group(CARE, known_of(name))) for name in KNOWN)
    declare_boundaries(plan, CARE, CHANGE)
    link(plan, CARE, "whereabouts", [("location",), ("distant",), (dimension_of(CHANGE),)])
    return shown_figures(plan, profile)


def reader_of(shown: ShownRestatement, children: int) -> tuple[Reader, list[tuple[str, str]]]:
    """Return a reader of a restatement by (responsible, host), and these cells. Every home is in one of the parts."""
    table, summary, whole = shown.flows, shown.summary, CHANGE.whole_name
    rows, hosts = ([name for name in names if name != "Total"] for names in (table.index, table.columns))
    cells = list(itertools.product(rows, hosts))
    parts = set(CHANGE.part_names)
    reader = Reader(cells)
    reader.knows(cells, children)
    for one, host in itertools.product([*rows, "Total"], [*hosts, "Total"]):
        reader.reads_count([cell for cell in cells if one in (cell[0], "Total") and host in (cell[1], "Total")],
                           table.loc[one, host])  # fmt: skip
    inside = {name: [(name, name)] for name in parts} | {whole: [cell for cell in cells if cell[1] in parts]}
    for name in (whole, *CHANGE.part_names):
        mine = [cell for cell in cells if name in (cell[0], whole)]
        known = [cell for cell in mine if cell[1] != HOST_UNKNOWN]
        out = [cell for cell in known if cell not in inside[name]]
        newly = [cell for cell in out if cell[1] in parts]
        distant = [cell for cell in known if cell[1] == BEYOND]
        reader.reads_count(mine, summary.loc[name, "children"])
        reader.reads_count(inside[name], summary.loc[name, "in_county"])
        reader.reads_count(out, summary.loc[name, "out_of_county"])
        reader.reads_count([cell for cell in mine if cell not in known], summary.loc[name, "unknown"])
        reader.reads_share(out, known, summary.loc[name, "share_out"])
        if name != whole:
            reader.reads_count(newly, summary.loc[name, "newly_out"])
            reader.reads_share(newly, [*newly, *inside[name]], summary.loc[name, "share_newly_out"])
            reader.reads_share(distant, known, summary.loc[name, "share_distant"])
    return reader, cells


@pytest.mark.parametrize("seed", range(12))
def test_no_small_flow_can_be_worked_out_from_all_that_is_shown(seed: int) -> None:
    """Cells, totals, counts and shares together leave five numbers at least to every number of 1 to 5.

    These are the whole numbers between the ends that the sums allow; of them one may be ruled out by whole children.
    """
    rng = np.random.default_rng(seed)
    homes = rng.choice([ELMBRIDGE, WOKING], 150)
    places = rng.choice(
        np.array([ELMBRIDGE, WOKING, KINGSTON, LEEDS, None], object), 150, p=[0.4, 0.4, 0.1, 0.06, 0.04]
    )
    stock = stock_of(*zip(homes, places, strict=True))
    shown = shown_restatement(figures_of(stock, "shareable"), CARE, CHANGE)
    flows = restated_flows(restate(stock, CHANGE), CHANGE)
    reader, cells = reader_of(shown, len(stock))
    small = [cell for cell in cells if 0 < flows.loc[cell] < 6]
    assert small
    for cell in small:
        least, most = reader.ends([cell], whole=False)
        assert most - least >= 4
        least, most = reader.ends([cell])
        assert least <= flows.loc[cell] <= most
        assert most - least >= 3
        assert shown.flows.loc[cell] == "c"


def test_every_text_of_a_restatement_is_that_of_a_plain_count() -> None:
    """Inside: exact counts and shares, cell by cell, as `restated_flows` and `restated_summary` have them."""
    rows = itertools.product([ELMBRIDGE, WOKING, KINGSTON, None], [*SURREY.districts, KENT, LEEDS, None])
    stock = stock_of(*rows, *[(ELMBRIDGE, WOKING)] * 5)
    stock["over_20_miles"] = pd.array([True, False, None] * len(stock), dtype="boolean")[: len(stock)]
    shown = shown_restatement(figures_of(stock, "internal"), CARE, CHANGE)
    restated = restate(stock, CHANGE)
    flows, exact = restated_flows(restated, CHANGE), restated_summary(stock, restated, CHANGE)
    assert shown.flows.iloc[:-1, :-1].astype(int).equals(flows.astype("int64"))
    assert shown.flows.loc["Total", "Total"] == str(len(stock))
    for name, row in exact.iterrows():
        for column in ("children", "in_county", "out_of_county", "unknown"):
            assert shown.summary.loc[name, column] == str(row[column])
        assert shown.summary.loc[name, "share_distant"] == f"{100 * row['distant'] / row['distant_known']:.1f}%"
        far = f"{100 * row['over_20_miles'] / row['distance_known']:.1f}%"
        assert shown.summary.loc[name, "share_over_20_miles"] == far
        was = row["in_county"] + row["newly_out"]
        newly = ["", ""] if name == "Surrey" else [str(row["newly_out"]), f"{100 * row['newly_out'] / was:.1f}%"]
        assert shown.summary.loc[name, ["newly_out", "share_newly_out"]].tolist() == newly


def test_small_flows_are_not_given_away_by_the_summary() -> None:
    """Three children from East to West are hidden in the table, in the count newly out, and in its share."""
    rows = [(ELMBRIDGE, WOKING)] * 3 + [(ELMBRIDGE, ELMBRIDGE)] * 40 + [(ELMBRIDGE, LEEDS)] * 30
    rows += [(WOKING, WOKING)] * 40 + [(WOKING, ELMBRIDGE)] * 20 + [(WOKING, LEEDS)] * 25
    shown = shown_restatement(figures_of(stock_of(*rows), "shareable"), CARE, CHANGE)
    assert shown.flows.loc["East Surrey", "West Surrey"] == "c"
    assert shown.summary.loc["East Surrey", ["newly_out", "share_newly_out"]].tolist() == ["c", "c"]
    least, most = reader_of(shown, len(rows))[0].ends([("East Surrey", "West Surrey")])
    assert most - least >= 4
    assert shown.lines["responsible"].tolist() == ["West Surrey"]
    exact = shown_restatement(figures_of(stock_of(*rows), "internal"), CARE, CHANGE)
    assert exact.flows.loc["East Surrey", "West Surrey"] == "3"
    assert exact.summary.loc["East Surrey", "newly_out"] == "3"


def test_a_release_has_the_coming_change_and_the_sets_of_the_study_and_those_asked_for() -> None:
    """Each once, by its parts: the coming change asked for by its date is the same one."""
    county = tiny_county("n | service | provision | home | to | need | birth | start | end")
    by_date = boundary_set("2027-04-01", SURREY)
    surrey = dataclasses.replace(
        county,
        authority=SURREY,
        settings=dataclasses.replace(county.settings, boundary_sets={"halves": {"North": ("Woking",)}}),
    )
    assert [one.name for one in sets_of(surrey, [by_date])] == ["surrey-2027", "halves"]
    other = boundary_set("2025-03-31", SURREY)
    assert [one.name for one in sets_of(surrey, [other])] == ["surrey-2027", "halves", "2025-03-31"]


def test_a_set_that_is_asked_for_leaves_the_release_as_it_stands() -> None:
    """What the release shows or hides of flows from home areas is the same with a set that no release has by itself."""
    rows = "n | service | provision | home | to | need | birth | start | end\n" + "\n".join(
        f"{n} | care | childrens_home | {home} | {to} | N1 | 2012-01-01 | 2024-01-01 | -"
        for home, to, n in [
            *(("Guildford", "Guildford", 30), ("Guildford", "Woking", 4), ("Woking", "Woking", 25)),
            *(("Woking", "Tandridge", 9), ("Tandridge", "out", 12), ("Guildford", "near", 3), ("Woking", "near", 8)),
        ]
    )
    county = tiny_county(rows)
    asked = boundary_set("mine", county.authority, {"mine": {"Here": ("Guildford",), "There": ("Woking",)}})
    usual, more = county_figures(county, "shareable"), county_figures(county, "shareable", (asked,))
    with pytest.raises(KeyError):
        shown_restatement(usual, CARE, asked)
    for one, position in usual.linked.positions.items():
        if usual.linked.model.published[position]:
            assert more.count(one) == usual.count(one)
    shown = shown_restatement(more, CARE, asked)
    assert shown.flows.loc["Here", "There"] == "c"
    assert shown.flows.loc["Total", "Total"] == "90"
