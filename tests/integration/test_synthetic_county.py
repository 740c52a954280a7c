"""The made-up county: real formats, published figures, one seed one set of bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from placements import codes, schemas
from placements.geography.authorities import authority_of, find_authority
from placements.geography.distance import miles
from placements.geography.postcodes import PostcodeDirectory, open_directory
from placements.geography.reference import reference_table
from placements.read.everything import read_everything
from placements.synthetic import SyntheticSummary, synthesise

SNAPSHOT = dt.date(2025, 3, 31)
SURREY = "E10000030"


@pytest.fixture(scope="module")
def directory() -> PostcodeDirectory:
    return open_directory()


@pytest.fixture(scope="module")
def surrey(directory: PostcodeDirectory, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SyntheticSummary]:
    folder = tmp_path_factory.mktemp("surrey") / "data"
    return folder, synthesise(folder, find_authority("Surrey"), directory, snapshot=SNAPSHOT)


def text(path: Path, encoding: str = "utf-8") -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)


def dates(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, format="%d/%m/%Y", errors="coerce")


def published(indicator: str, year: int, code: str = SURREY) -> float:
    table = reference_table("published.csv")
    row = table[(table.indicator == indicator) & (table.authority_code == code) & (table.year == str(year))]
    return float(row["value"].iloc[0])


@pytest.fixture(scope="module")
def returns(surrey: tuple[Path, SyntheticSummary]) -> pd.DataFrame:
    """Every row of every return that is not damaged: dates parse, the end follows the start, once each."""
    folder, _ = surrey
    rows = pd.concat(
        [text(path).assign(year=int(path.parent.name)) for path in sorted(folder.glob("ssda903/*/episodes.csv"))]
    )
    headers = pd.concat([text(path) for path in folder.glob("ssda903/*/header.csv")])
    rows = rows.assign(start=dates(rows["DECOM"]), end=dates(rows["DEC"])).reset_index(drop=True)
    whole = rows["start"].notna() & ~(rows["end"] < rows["start"]) & rows["PLACE"].isin(list(codes.PLACE))
    whole &= rows["CHILD"].isin(headers["CHILD"]) & ~rows["PL_POST"].str.contains("?", regex=False)
    return rows[whole].drop_duplicates(["CHILD", "DECOM", "year"])


@pytest.fixture(scope="module")
def latest(returns: pd.DataFrame) -> pd.DataFrame:
    """The episodes after the latest return has won."""
    return returns.sort_values("year", kind="stable").drop_duplicates(["CHILD", "DECOM"], keep="last")


@pytest.fixture(scope="module")
def stock(latest: pd.DataFrame, directory: PostcodeDirectory) -> pd.DataFrame:
    """Children looked after on the snapshot, located here independently of the package's own `locate`."""
    today = pd.Timestamp(SNAPSHOT)
    now = latest[(latest["start"] <= today) & ~(latest["end"] <= today) & ~latest["LS"].isin(codes.SHORT_BREAKS)]
    home, place = directory.lookup(now["HOME_POST"]), directory.lookup(now["PL_POST"])
    authority = authority_of(place["district"])
    located = (place["status"] == "matched").to_numpy(bool)
    family = [
        codes.care_provision(code, codes.PLACE_PROVIDER.get(provider, "unknown"))
        for code, provider in zip(now["PLACE"], now["PLACE_PROVIDER"], strict=True)
    ]
    return now.assign(
        family=family,
        location=np.where(~located, "unknown", np.where(authority == SURREY, "in", "out")),
        miles=miles(home["easting"], home["northing"], place["easting"], place["northing"]),
    )


# --- determinism ----------------------------------------------------------------------------------------------------
def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


_PROGRAM = """
import datetime as dt, sys
from pathlib import Path
from placements.geography.authorities import find_authority
from placements.geography.postcodes import open_directory
from placements.synthetic import synthesise
synthesise(Path(sys.argv[1]), find_authority("Rutland"), open_directory(), snapshot=dt.date(2025, 3, 31), seed=11)
"""


def test_two_runs_in_two_processes_give_identical_bytes_for_every_file(
    directory: PostcodeDirectory, tmp_path: Path
) -> None:
    """Neither the clock nor the order of sets (which differs by process) may show in any file."""
    synthesise(tmp_path / "here", find_authority("Rutland"), directory, snapshot=SNAPSHOT, seed=11)
    subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "there")],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "4242"},
    )
    assert _digest(tmp_path / "here") == _digest(tmp_path / "there")
    synthesise(tmp_path / "other", find_authority("Rutland"), directory, snapshot=SNAPSHOT, seed=12)
    assert _digest(tmp_path / "other") != _digest(tmp_path / "here")


# --- the returns ----------------------------------------------------------------------------------------------------
def test_a_return_holds_every_episode_open_in_its_year_and_no_other(returns: pd.DataFrame) -> None:
    """Year Y covers 1 April Y-1 to 31 March Y; no end after its last day is shown."""
    for year, rows in returns.groupby("year"):
        first, last = pd.Timestamp(int(year) - 1, 4, 1), pd.Timestamp(int(year), 3, 31)
        assert (rows["start"] <= last).all()
        assert (rows["end"].isna() | rows["end"].between(first, last)).all()


def test_an_open_episode_comes_again_in_the_next_return_and_keeps_its_facts(returns: pd.DataFrame) -> None:
    """DEC is blank in the earlier return and may be filled in the later; nothing else about the episode changes."""
    facts = ["RNE", "LS", "CIN", "PLACE_PROVIDER", "HOME_POST", "PL_POST", "URN"]
    recurring = 0
    for year in range(2021, 2025):
        before, after = (returns[returns["year"] == y].set_index(["CHILD", "DECOM"]) for y in (year, year + 1))
        open_ = before[before["DEC"] == ""]
        # Damaged rows of the later return are missing from it: at most its five or so.
        shared = open_.index.intersection(after.index)
        assert len(open_) - len(shared) <= 10
        recurring += len(shared)
        pd.testing.assert_frame_equal(open_.loc[shared, facts], after.loc[shared, facts])
        closed = before[before["DEC"] != ""]
        assert not closed.index.isin(after.index).any() or (closed["end"] >= pd.Timestamp(year, 4, 1)).any()
    assert recurring > 3000


def test_episodes_of_a_child_follow_one_another_without_gap_or_overlap(latest: pd.DataFrame) -> None:
    """X1 means another episode starts the same day; any other reason means that it was the last."""
    care = latest[~latest["LS"].isin(codes.SHORT_BREAKS)].sort_values(["CHILD", "start"])
    following = care.groupby("CHILD")["start"].shift(-1)
    ended_by_next = care["REC"] == "X1"
    matched = (care["end"] == following)[ended_by_next]
    # An episode whose follower was damaged on purpose has none; there are about thirty of those.
    assert (~matched).sum() <= 35
    assert following[(care["REC"] != "X1") & following.notna()].empty
    assert ((care["REC"] == "") == (care["DEC"] == "")).all()


def test_the_reason_for_a_change_is_given_when_and_only_when_the_placement_changes(latest: pd.DataFrame) -> None:
    """A change of legal status alone (L) keeps place, carer and address; P, T, B and U carry a reason."""
    care = latest[~latest["LS"].isin(codes.SHORT_BREAKS)].sort_values(["CHILD", "start"]).reset_index(drop=True)
    # The same accommodation is H5 or P2 in the returns to 2023-24 and K3 after.
    care["PLACE"] = care["PLACE"].replace({"H5": "K3", "P2": "K3"})
    same = care["CHILD"].eq(care["CHILD"].shift(-1)) & (care["end"] == care["start"].shift(-1))
    then = care.shift(-1)
    legal = same & (then["RNE"] == "L")
    assert legal.sum() > 500
    assert (care.loc[legal, "REASON_PLACE_CHANGE"] == "").all()
    for column in ("PL_POST", "URN", "PLACE"):
        assert (care.loc[legal, column] == then.loc[legal, column]).all()
    assert (care.loc[legal, "LS"] != then.loc[legal, "LS"]).all()
    moved = same & then["RNE"].isin(["P", "T", "B", "U"])
    assert (care.loc[moved, "REASON_PLACE_CHANGE"] != "").all()
    status = same & (then["RNE"] == "T")  # the same carer under another code
    assert (care.loc[status, "REASON_PLACE_CHANGE"] == "PLACE").all()
    assert (care.loc[status, "PL_POST"] == then.loc[status, "PL_POST"]).all()


def test_codes_follow_the_year_of_the_return(surrey: tuple[Path, SyntheticSummary], returns: pd.DataFrame) -> None:
    """SEX is 1 or 2 to 2023-24 and M or F after; supported accommodation is H5 or P2 until then and K3 after."""
    folder, _ = surrey
    for year in range(2021, 2026):
        sex = set(text(folder / "ssda903" / str(year) / "header.csv")["SEX"])
        place = set(returns.loc[returns["year"] == year, "PLACE"])
        assert sex == ({"M", "F"} if year == 2025 else {"1", "2"})
        assert ("K3" in place) == (year == 2025)
        assert bool(place & {"H5", "P2"}) == (year < 2025)
        assert not place & {"Z11", "Z12", "Z13", "Z14"}
    blank = returns["PLACE_PROVIDER"] == ""
    assert set(returns.loc[blank, "PLACE"].str[0]) <= {"T", "Z"}


def test_nobody_over_eighteen_is_looked_after_and_uasc_are_those_in_the_file(
    surrey: tuple[Path, SyntheticSummary], stock: pd.DataFrame
) -> None:
    folder, _ = surrey
    header = text(folder / "ssda903/2025/header.csv").set_index("CHILD")
    born = dates(stock["CHILD"].map(header["DOB"]))
    assert (born > pd.Timestamp(2007, 3, 31)).all()
    assert (born <= stock["start"]).all()
    uasc = text(folder / "ssda903/2025/uasc.csv")
    assert set(uasc["CHILD"]) <= set(header.index)
    assert (uasc.set_index("CHILD")["DOB"] == header.loc[uasc["CHILD"], "DOB"]).all()


def test_every_placement_postcode_is_real_and_every_number_is_in_a_provider_file(
    surrey: tuple[Path, SyntheticSummary], returns: pd.DataFrame, directory: PostcodeDirectory
) -> None:
    """PL_POST is blank or in the directory; URN is blank, the adoption agency's code, or one that Ofsted lists."""
    folder, _ = surrey
    status = directory.lookup(returns["PL_POST"])["status"]
    assert set(status[returns["PL_POST"] != ""]) == {"matched"}
    book = openpyxl.load_workbook(next((folder / "ofsted").glob("*.xlsx")), read_only=True)
    listed = {row[1] for sheet in book for row in sheet.iter_rows(values_only=True)}
    book.close()
    assert set(returns["URN"]) - {"", "XXXXXXX"} <= listed
    assert returns.loc[returns["PLACE"] == "K2", "URN"].isin(listed).all()


def test_an_agency_child_does_not_live_at_the_agencys_office(
    surrey: tuple[Path, SyntheticSummary], stock: pd.DataFrame
) -> None:
    """PL_POST is the carer's home; the number leads to an office elsewhere."""
    folder, _ = surrey
    providers = pd.read_excel(
        next((folder / "ofsted").glob("*.xlsx")), sheet_name="Providers", dtype=str, engine="openpyxl"
    )
    office = providers.set_index("URN")["Setting Address Postcode"]
    agency = stock[stock["family"] == "agency_foster"]
    assert (agency["PL_POST"] == agency["URN"].map(office)).mean() < 0.02


# --- the figures ----------------------------------------------------------------------------------------------------
def test_surrey_stock_location_and_distance_are_within_tolerance_of_the_published_figures(stock: pd.DataFrame) -> None:
    """About 53 % outside the authority, 39 % over 20 miles and 12 % not known, computed from the files alone."""
    assert 930 <= len(stock) <= 1050
    assert stock["CHILD"].is_unique
    assert (stock["location"] == "out").mean() == pytest.approx(0.53, abs=0.03)
    assert (stock["miles"] > 20).mean() == pytest.approx(0.39, abs=0.035)
    assert stock["miles"].isna().mean() == pytest.approx(0.12, abs=0.03)


def test_surrey_placement_types_and_their_location_follow_the_published_figures(stock: pd.DataFrame) -> None:
    """Homes: 87 of 124 outside. Fostering: 329 of 734 outside in 2020-22, when 49 % of all were; 57 % were by 2024."""
    known = stock[stock["location"] != "unknown"]
    outside = known["location"].eq("out").groupby(known["family"]).mean()
    homes = published("childrens_homes_children_outside", 2022) / published("childrens_homes_children", 2022)
    assert outside["childrens_home"] == pytest.approx(homes, abs=0.06)
    foster = known[known["family"].str.contains("foster|connected")]
    before = published("fostered_children_outside", 2022) / published("fostered_children", 2022)
    assert before - 0.02 < foster["location"].eq("out").mean() < before + 0.13
    assert outside["in_house_foster"] < 0.35
    assert outside["agency_foster"] > 0.6
    share = stock["family"].value_counts() / len(stock)
    total = published("cla_on_31_march", 2024)
    secure_or_home = share.get("childrens_home", 0) + share.get("secure", 0)
    assert secure_or_home == pytest.approx(
        published("cla_placement:secure_homes_and_children_s_homes", 2024) / total, abs=0.035
    )
    assert len(foster) / len(stock) == pytest.approx(
        published("cla_placement:foster_placements", 2024) / total, abs=0.05
    )
    assert share["supported_accommodation"] == pytest.approx(0.086, abs=0.03)


def test_surrey_ages_needs_legal_statuses_and_providers_follow_the_published_figures(
    surrey: tuple[Path, SyntheticSummary], stock: pd.DataFrame
) -> None:
    folder, _ = surrey
    header = text(folder / "ssda903/2025/header.csv").set_index("CHILD")
    age = (pd.Timestamp(SNAPSHOT) - dates(stock["CHILD"].map(header["DOB"]))).dt.days / 365.25
    bands = pd.cut(age, [-1, 1, 5, 10, 16, 19], right=False).value_counts(sort=False, normalize=True).to_list()
    names = ("under_1_year", "1_to_4_years", "5_to_9_years", "10_to_15_years", "16_years_and_over")
    for got, name in zip(bands, names, strict=True):
        assert got == pytest.approx(published(f"cla_age:{name}", 2024) / 965, abs=0.04), name
    for need in ("N1", "N2", "N4", "N5", "N8"):
        assert (stock["CIN"] == need).mean() == pytest.approx(published(f"cla_need:{need}", 2024) / 965, abs=0.035), (
            need
        )
    for status, name in (("C2", "full_care_order"), ("C1", "interim_care_order"), ("E1", "placement_order_granted")):
        assert (stock["LS"] == status).mean() == pytest.approx(published(f"cla_legal:{name}", 2024) / 965, abs=0.06)
    for code, name in (("PR1", "own_provision_by_the_la"), ("PR4", "private_provision")):
        assert (stock["PLACE_PROVIDER"] == code).mean() == pytest.approx(
            published(f"cla_provider:{name}", 2024) / 965, abs=0.05
        )
    uasc = stock["CHILD"].isin(text(folder / "ssda903/2025/uasc.csv")["CHILD"]).mean()
    assert uasc == pytest.approx(published("cla_uasc:uasc", 2024) / 965, abs=0.03)


def test_surrey_flows_stock_and_changes_are_consistent_over_the_years(latest: pd.DataFrame) -> None:
    """Starts, ends, stock and changes of placement each year are near what was published for that year."""
    care = latest[~latest["LS"].isin(codes.SHORT_BREAKS)]
    for year in range(2021, 2025):
        first, last = pd.Timestamp(year - 1, 4, 1), pd.Timestamp(year, 3, 31)
        starts = ((care["RNE"] == "S") & care["start"].between(first, last)).sum()
        ends = (~care["REC"].isin(["", "X1"]) & care["end"].between(first, last)).sum()
        held = ((care["start"] <= last) & ~(care["end"] <= last)).sum()
        changes = (care["RNE"].isin(["P", "T", "B", "U"]) & care["start"].between(first, last)).sum()
        assert starts == pytest.approx(published("cla_starting", year), rel=0.12)
        assert ends == pytest.approx(published("cla_ceasing", year), rel=0.17)
        assert held == pytest.approx(published("cla_on_31_march", year), rel=0.08)
        assert changes == pytest.approx(published("placement_change_reason:total_placements_changing", year), rel=0.2)


def test_surrey_plans_follow_the_published_counts(surrey: tuple[Path, SyntheticSummary]) -> None:
    """16,069 plans; needs within 1 %; independent and non-maintained special 12.0 %; 115 residential, 38 all year."""
    folder, summary = surrey
    tables = read_everything(folder)
    placed, plans = tables.education_placements, tables.plans
    active = plans[plans["person_id"].isin(placed["person_id"]) & plans["end"].isna()]
    assert summary.plans == published("ehc_plans", 2025) == 16069
    assert len(plans[plans["end"].isna()]) == pytest.approx(16069, abs=60)
    for need in ("ASD", "SEMH", "SLCN", "MLD"):
        assert (plans.loc[plans["end"].isna(), "need"] == need).sum() == pytest.approx(
            published(f"ehc_need:{need}", 2025), rel=0.01
        )
    main = placed[placed["end"].isna() & (placed["rank"] == 1) & placed["person_id"].isin(active["person_id"])]
    kind = main["provider_id"].map(tables.provision.set_index("provider_id")["provision"])
    independent = published("ehc_setting:special_independent", 2025) + published(
        "ehc_setting:special_non_maintained", 2025
    )
    assert (kind == "independent_special").sum() == pytest.approx(independent, rel=0.02)
    weeks = main["residential_weeks"].value_counts()
    assert (weeks["38"], weeks["52"]) == (
        published("ehc_residential:38", 2025),
        published("ehc_residential:52", 2025),
    )


def test_some_children_are_in_both_services_and_those_in_residential_schools_board_all_year(
    surrey: tuple[Path, SyntheticSummary], stock: pd.DataFrame
) -> None:
    """Same UPN in the 903 header and the SEN2 person; PLACE S1 goes with a 52-week placement at the same postcode."""
    folder, summary = surrey
    header = text(folder / "ssda903/2025/header.csv").set_index("CHILD")
    person = text(next((folder / "sen2").glob("*_person.csv")))
    person = person[person["upn"].ne("") & ~person["personbirthdate"].str.contains("Feb-31")]
    both = stock.assign(upn=stock["CHILD"].map(header["UPN"])).merge(person, on="upn")
    assert summary.both_services * 0.85 <= len(both.drop_duplicates("upn")) <= summary.both_services
    born = both["CHILD"].map(header["DOB"])
    assert (dates(born) == pd.to_datetime(both["personbirthdate"].str[:11], format="%Y-%b-%d")).all()
    assert (both["sex"] == both["CHILD"].map(header["SEX"])).all()
    boarding = both[(both["PLACE"] == "S1") & (both["start"] < pd.Timestamp(2025, 1, 1))]
    assert len(boarding) >= 1
    requests = text(next((folder / "sen2").glob("*_requests.csv")))
    active = text(next((folder / "sen2").glob("*_activeplans.csv")))
    detail = text(next((folder / "sen2").glob("*_placementdetail.csv")))
    linked = requests.merge(active, on="requeststableid").merge(detail, on="activeplanstableid")
    mine = linked[linked["persontableid"].isin(boarding["persontableid"]) & (linked["leavingdate"] == "")]
    assert set(mine.loc[mine["placementrank"] == "1", "res"]) == {"52"}
    schools = text(next((folder / "gias").glob("*.csv")), "cp1252").drop_duplicates("URN").set_index("URN")["Postcode"]
    assert set(mine["urn"].map(schools).dropna()) <= set(boarding["PL_POST"]) | {""}


# --- provision, registers, damage -----------------------------------------------------------------------------------
def test_commissioning_knows_more_places_than_are_taken_and_others_fill_the_countys_private_homes(
    surrey: tuple[Path, SyntheticSummary], stock: pd.DataFrame
) -> None:
    folder, _ = surrey
    use = pd.read_csv(folder / "register/provider_use.csv", dtype={"urn": str}).set_index("urn")
    assert use.index.is_unique
    providers = pd.read_excel(
        next((folder / "ofsted").glob("*.xlsx")), sheet_name="Providers", dtype={"URN": str}, engine="openpyxl"
    )
    homes = providers[(providers["Provider Type"] == "Childrens Home") & (providers["Local Authority"] == "Surrey")]
    ours = stock["URN"].value_counts()
    joined = homes.set_index("URN").join(use, how="inner").join(ours.rename("ours")).fillna({"ours": 0})
    assert len(joined) == len(homes)
    assert (joined["usable_places"] <= joined["Max Users"]).all()
    assert (joined["ours"] + joined["occupied_by_others"] <= joined["usable_places"]).all()
    private = joined[joined["Sector"] == "Private"]
    assert private["occupied_by_others"].sum() > 2 * private["ours"].sum()
    own = joined[joined["Sector"] == "Local Authority"]
    assert own["occupied_by_others"].sum() == 0 < own["ours"].sum()


def test_registers_satisfy_the_declared_tables_and_hold_a_far_away_decoy(
    surrey: tuple[Path, SyntheticSummary], directory: PostcodeDirectory
) -> None:
    folder, _ = surrey
    blank = {name: [""] for name, column in schemas.OPTIONS.columns.items() if str(column.dtype) == "float64"}
    read = pd.read_csv(folder / "register/candidate_sites.csv", keep_default_na=False, na_values=blank)
    options = schemas.check(schemas.OPTIONS, read)
    schemas.check(schemas.UNIT_COSTS, pd.read_csv(folder / "register/unit_costs.csv"))
    assert set(options["kind"]) == set(schemas.OPTION_KINDS)
    place = directory.lookup(options["postcode"])
    assert set(place.loc[options["postcode"] != "", "status"]) == {"matched"}
    somewhere = options.loc[options["district"].ne(""), "district"]
    assert (authority_of(somewhere) != SURREY).sum() >= 2
    assert options.groupby("site_id")["places"].nunique().max() == 3


def test_damaged_rows_are_quarantined_and_counted(surrey: tuple[Path, SyntheticSummary]) -> None:
    """At least five rows of each big table are spoilt; the readers account for every row and refuse those spoilt."""
    folder, summary = surrey
    assert all(count > 0 for count in summary.damaged.values())
    for table in ("episode", "person", "placement", "need", "school"):
        assert sum(count for kind, count in summary.damaged.items() if kind.startswith(table)) >= 5
    tables = read_everything(folder)
    assert 60 <= len(tables.quarantine) <= sum(summary.damaged.values())
    assert set(tables.quarantine["table"]) >= {"episodes", "person", "placementdetail", "senneed", "schools"}
    note = (folder / "SYNTHETIC.md").read_text(encoding="utf-8")
    assert "made up" in note
    assert "2025" in note
    for kind in summary.damaged:
        assert kind in note


def test_children_have_one_id_and_one_real_looking_upn_in_all_returns(surrey: tuple[Path, SyntheticSummary]) -> None:
    """An id keeps its birth date; a UPN is one child's only, and its letter checks (weights 2 to 13, modulo 23)."""
    folder, summary = surrey
    headers = pd.concat([text(path) for path in sorted(folder.glob("ssda903/*/header.csv"))])
    assert headers["CHILD"].nunique() == summary.children
    assert len(headers.drop_duplicates(["CHILD", "DOB"])) == summary.children
    given = headers[headers["UPN"].str.len() == 13].drop_duplicates(["CHILD", "UPN"])
    assert given["UPN"].is_unique
    person = text(next((folder / "sen2").glob("*_person.csv"))).drop_duplicates("persontableid")
    numbers = pd.concat([given["UPN"], person.loc[person["upn"] != "", "upn"]])
    digits = np.array([[int(digit) for digit in number[1:]] for number in numbers])
    check = (digits * np.arange(2, 14)).sum(axis=1) % 23
    assert (numbers.str[0] == pd.Series(list("ABCDEFGHJKLMNPQRTUVWXYZ"))[check].to_numpy()).all()


# --- other authorities ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["Isles of Scilly", "City of London"])
def test_the_smallest_authorities_do_not_crash(name: str, directory: PostcodeDirectory, tmp_path: Path) -> None:
    summary = synthesise(tmp_path, find_authority(name), directory, snapshot=SNAPSHOT)
    assert summary.looked_after >= 1
    assert summary.plans >= 1
    tables = read_everything(tmp_path)
    assert len(tables.episodes) > 0
    assert len(tables.plans) >= summary.plans


def test_an_inner_london_borough_places_more_outside_than_a_large_county(
    directory: PostcodeDirectory, tmp_path: Path
) -> None:
    """The share outside follows the extent of the authority; asked-for numbers are kept; a mid-year snapshot works."""
    outside = {}
    for name in ("Camden", "Kent"):
        folder, authority = tmp_path / name, find_authority(name)
        summary = synthesise(
            folder, authority, directory, snapshot=dt.date(2025, 9, 30), children=150, plans=200, seed=3
        )
        assert summary.plans == 200
        assert summary.looked_after == pytest.approx(150, abs=15)
        assert sorted(path.name for path in (folder / "ssda903").iterdir()) == ["2022", "2023", "2024", "2025", "2026"]
        rows = text(folder / "ssda903/2026/episodes.csv")
        now = rows[(rows["DEC"] == "") & (rows["PL_POST"] != "") & (rows["LS"] != "V4")]
        place = directory.lookup(now["PL_POST"])
        outside[name] = (authority_of(place["district"]) != authority.code).mean()
        assert (dates(rows["DECOM"]).dropna() <= pd.Timestamp(2025, 9, 30)).all()
    assert outside["Camden"] > outside["Kent"] + 0.15


def test_one_child_and_one_plan_is_a_county_too(directory: PostcodeDirectory, tmp_path: Path) -> None:
    summary = synthesise(
        tmp_path, find_authority("Rutland"), directory, snapshot=dt.date(2025, 1, 5), children=1, plans=1
    )
    assert summary.plans == 1
    assert len(list((tmp_path / "sen2").glob("Blade-Export_18-01-2024_*.csv"))) == 8
