"""The made-up commissioning census: about the placements of the made-up returns, with sums and reasons that hold."""

import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements import codes, synthetic
from placements.commissioning import matches, unmatched
from placements.geography.authorities import authority_names, authority_of, find_authority
from placements.geography.postcodes import open_directory
from placements.read.census import money, read_census
from placements.read.ssda903 import read_ssda903
from placements.study import open_study

SNAPSHOT = dt.date(2025, 3, 31)
NOT_NUMBERS = ("TBC", "-950")


@pytest.fixture(scope="module")
def written(small_study) -> pd.DataFrame:
    """The rows of the file as they stand, without those spoilt on purpose."""
    rows = pd.read_csv(next((small_study / "data" / "census").glob("*.csv")), dtype=str, keep_default_na=False)
    whole = (rows["Identifier"] != "") & ~rows["Total weekly cost"].isin(NOT_NUMBERS)
    return rows[whole & (rows["Placement start date"] != "31/02/2024")].drop_duplicates()


@pytest.fixture(scope="module")
def last_return(small_study) -> pd.DataFrame:
    """The episodes of the last return that are open on the snapshot, as they stand."""
    rows = pd.read_csv(small_study / "data" / "ssda903" / "2025" / "episodes.csv", dtype=str, keep_default_na=False)
    return rows[rows["DEC"] == ""].drop_duplicates()


def test_it_lists_every_bought_placement_of_today_and_no_other(written, last_return):
    """Agency carers, homes, supported accommodation and residential schools that are not the authority's own."""
    bought = last_return["PLACE"].isin(["U4", "U5", "U6", "K2", "K3", "S1"]) & (last_return["PLACE_PROVIDER"] != "PR1")
    assert sorted(written["Identifier"]) == sorted(last_return.loc[bought, "CHILD"])
    assert written["Identifier"].is_unique
    kinds = written.set_index("Identifier")["Type of provision"].map(codes.census_provision)
    codes_of = last_return[bought].set_index("CHILD")
    rows = codes_of[["PLACE", "PLACE_PROVIDER"]].itertuples()
    assert kinds.to_dict() == {child: codes.care_provision(p, codes.PLACE_PROVIDER[by]) for child, p, by in rows}


def test_what_is_paid_adds_up_and_lies_about_the_assumed_cost_of_the_kind(written, small_study):
    """The shares make the total; the mean of each kind is near that of the register; only schools charge education."""
    total, *shares = (
        money(written[name])
        for name in (
            "Total weekly cost",
            "Contribution from Social Care",
            "Contribution from Education",
            "Contribution from Health",
        )
    )
    assert np.allclose(total, sum(shares))
    assert (min(share.min() for share in shares)) >= 0
    kinds = written["Type of provision"].map(codes.census_provision)
    costs = pd.read_csv(small_study / "data" / "register" / "unit_costs.csv")
    assumed = costs[(costs["sector"] == "any")].set_index("provision")["weekly_cost_gbp"]
    for kind, amounts in total.groupby(kinds):
        assert 0.6 * assumed[kind] < amounts.mean() < 1.5 * assumed[kind], kind
        assert len(amounts) < 4 or amounts.std() > 0
    assert (shares[1][~kinds.isin(["residential_school", "childrens_home"])] == 0).all()
    assert (shares[1][kinds == "residential_school"] > 0).all()


def test_reasons_are_of_those_outside_in_the_stated_mix(written):
    """Inside, none applies; outside one in ten is blank, half of the others want a place, a quarter safeguarding."""
    outside = written["Host Authority"] != "Surrey"
    reason = written["Placing at Distance Reason"].map(codes.census_reason)
    assert (reason[~outside] == "not_applicable").all()
    given = reason[outside & (reason != "")]
    assert 0.04 < 1 - len(given) / outside.sum() < 0.16
    assert 0.42 < given.isin(["not_available", "does_not_exist"]).mean() < 0.58
    assert 0.17 < (given == "safeguarding").mean() < 0.33
    assert {"preference"} <= set(given)
    assert "not_applicable" not in set(given)
    fostered = written["Establishment"] == "Foster carer"
    assert not (reason[~fostered] == "carer_moved").any()


def test_the_host_is_where_the_placement_is(written, last_return):
    """The authority of the placement's postcode, where the return has one."""
    place = open_directory().lookup(last_return["PL_POST"])["district"]
    host = authority_of(place).map(authority_names()).set_axis(last_return["CHILD"]).dropna()
    said = written.set_index("Identifier")["Host Authority"]
    both = said.index.intersection(host.index)
    assert len(both) > 50
    assert said[both].tolist() == host[both].tolist()


def test_the_readers_take_it_for_what_it_is_and_every_row_finds_its_placement(small_study):
    """Only what was spoilt is set aside; no row that is left is about no placement, and most start with theirs."""
    data = small_study / "data"
    read, returns = read_census(data / "census", data), read_ssda903(data / "ssda903", data)
    assert len(read.quarantine) == 4
    assert read.files[["quarantined", "superseded"]].sum().tolist() == [4, 1]
    assert not unmatched(read.commissioning, returns.episodes, SNAPSHOT).any()
    found = matches(read.commissioning, returns.episodes, SNAPSHOT)
    assert (found["how"] == 0).mean() > 0.7


def test_the_county_has_the_reason_and_the_cost_of_each_placement_of_today(small_study, written):
    """Through assembly: the spell in force carries what the census says of its child, and no other child's."""
    county = open_study(small_study).load()
    now = county.placements[county.placements["service"].eq("care") & county.placements["end"].isna()]
    now = now.drop_duplicates("child_id", keep="last").set_index("child_id")
    said = written.set_index("Identifier")
    listed = now.loc[said.index]
    assert listed["weekly_cost_gbp"].tolist() == money(said["Total weekly cost"]).tolist()
    assert listed["reason_at_distance"].tolist() == said["Placing at Distance Reason"].map(codes.census_reason).tolist()
    assert (now.drop(index=said.index)["reason_at_distance"] == "").all()


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_census_stirs_no_other_file(tmp_path, monkeypatch):
    """However much chance the census uses, the returns, lists and registers are the same bytes; so is it, by seed."""

    def make(name: str) -> dict[str, str]:
        synthetic.synthesise(
            tmp_path / name,
            find_authority("Rutland"),
            open_directory(),
            snapshot=SNAPSHOT,
            seed=5,
            children=60,
            plans=80,
        )
        return digests(tmp_path / name)

    first, again = make("one"), make("two")
    assert first == again
    whole = synthetic.census_table

    def wasteful(rng, *rest):
        rng.uniform(size=1000)
        return whole(rng, *rest)

    monkeypatch.setattr(synthetic, "census_table", wasteful)
    stirred = make("three")
    assert {name for name in first if first[name] != stirred[name]} == {"census/placements_census_2025-03.csv"}
