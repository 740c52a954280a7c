"""Write the SEN2 person-level return as COLLECT's "Blade" export: eight linked files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic import names
from placements.synthetic.damage import Damage, Tally, leave, set_to, spoil_rows
from placements.synthetic.identity import ETHNIC, choose, stamped, upns
from placements.synthetic.plans import NEEDS
from placements.synthetic.rates import Profile
from placements.synthetic.terrain import Ints, Terrain
from placements.writing import write_text

Texts = npt.NDArray[np.object_]

#: Share of children with a second and a third need, with two places at once, and with a place they have left (assumed).
SECOND_NEED, THIRD_NEED, TWO_PLACES, FORMER_PLACE = 0.38, 0.10, 0.025, 0.06
#: Requests of the year that led to no plan, for each new plan (England 2023: about a third of requests).
REFUSED_PER_NEW_PLAN: Final = 0.45


def _table_ids(module: str, count: int, parent: str = "", parents: Ints | None = None) -> dict[str, Texts]:
    """Return the key columns of a module: its own, its parent's, and the identifiers of the export."""
    own = np.array([f"{number}" for number in range(1, count + 1)], object)
    columns = {
        f"{module}tableid": own,
        "NativeId": np.array([f"{module[:3].upper()}{number:07d}" for number in range(1, count + 1)], object),
        f"{module}orderseqcolumn": own,
        "sourceid": np.full(count, "1", object),
    }
    if parents is not None:
        columns[f"{parent}tableid"] = np.array([f"{number + 1}" for number in parents.tolist()], object)
    return columns


def _flag(draws: npt.NDArray[np.bool_]) -> Texts:
    return np.asarray(np.where(draws, "1", "0"), object)


def write_sen2(
    folder: Path,
    profile: Profile,
    terrain: Terrain,
    plans: pd.DataFrame,
    schools: pd.DataFrame,
    rng: np.random.Generator,
    census: int,
    export_date: str,
    tally: Tally,
) -> list[Path]:
    """Write the modules under `folder`.

    Parameters
    ----------
    plans : DataFrame
        Active plans, placed in `schools`.
    census : int
        Day of the census, since 1970-01-01.
    export_date : str
        As in the file names, DD-MM-YYYY.
    """
    people = _people(profile, rng, plans, census)
    active = np.flatnonzero((people["stage"] == "active").to_numpy(bool))
    with_plan = np.flatnonzero((people["stage"] != "refused").to_numpy(bool))
    count = len(people)
    frames: dict[str, pd.DataFrame] = {}
    person = pd.DataFrame(
        {
            **_table_ids("person", count),
            "sen2tableid": "1",
            "surname": np.array(names.SURNAMES, object)[rng.integers(0, len(names.SURNAMES), count)],
            "forename": np.array(names.FORENAMES, object)[rng.integers(0, len(names.FORENAMES), count)],
            "personbirthdate": stamped(people["birth"].to_numpy(np.int64)),
            "sex": people["sex"],
            "ethnicity": choose(rng, ETHNIC, count),
            "postcode": terrain.postcode[people["home"].to_numpy(np.int64)],
            "upn": people["upn"],
            "uniquelearnernumber": np.where(
                census - people["birth"] > 14 * 366, (6_000_000_000 + np.arange(count)).astype(str), ""
            ),
            "upnunknown": np.where(people["upn"] == "", "UN1", ""),
        }
    )
    start = people["start"].to_numpy(np.int64)
    agreed = start - rng.integers(80, 120, count)
    received = agreed - rng.integers(20, 42, count)
    refused = (people["stage"] == "refused").to_numpy(bool)
    requests = pd.DataFrame(
        {
            **_table_ids("requests", count, "person", np.arange(count)),
            "receiveddate": stamped(received),
            "requestsource": rng.integers(1, 9, count).astype(str),
            "rya": _flag(rng.uniform(size=count) < 0.002),
            "requestoutcomedate": stamped(agreed),
            "requestoutcome": np.where(refused, "N", "Y"),
            "requestmediation": _flag(refused & (rng.uniform(size=count) < 0.3)),
            "requesttribunal": _flag(refused & (rng.uniform(size=count) < 0.12)),
            "exported": "",
        }
    )
    some = len(with_plan)
    assessment = pd.DataFrame(
        {
            **_table_ids("assessment", some, "requests", with_plan),
            "assessmentoutcome": "Y",
            "assessmentoutcomedate": stamped(start[with_plan] - rng.integers(14, 40, some)),
            "assessmentmediation": "0",
            "assessmenttribunal": "0",
            "othermediation": _flag(rng.uniform(size=some) < 0.04),
            "othertribunal": _flag(rng.uniform(size=some) < 0.03),
            "week20": _flag(rng.uniform(size=some) < 0.06),
        }
    )
    held = people.iloc[with_plan]
    ceased = (held["stage"] == "ceased").to_numpy(bool)
    budget = rng.uniform(size=some) < 0.05
    named = pd.DataFrame(
        {
            **_table_ids("namedplan", some, "assessment", np.arange(some)),
            "startdate": stamped(held["start"].to_numpy(np.int64)),
            "planres": held["residential"],
            "planwbp": "",
            "pb": _flag(budget),
            "oa": _flag(budget & (rng.uniform(size=some) < 0.3)),
            "dp": np.where(budget, "A", ""),
            "ceasedate": stamped(held["ceased"].to_numpy(np.int64), ~ceased),
            "ceasereason": np.where(
                ceased, rng.choice([1, 2, 3, 4, 5, 6], some, p=[0.07, 0.05, 0.04, 0.05, 0.29, 0.5]).astype(str), ""
            ),
        }
    )
    where = _settings(held, schools)
    listed = np.flatnonzero((where["urn"] != "") | (where["ukprn"] != "") | (where["sensetting"] != ""))
    detail = pd.DataFrame(
        {
            **_table_ids("plandetail", len(listed), "namedplan", listed),
            **{name: where[name].to_numpy(object)[listed] for name in where.columns},
            "placementrank": "1",
        }
    )
    now = len(active)
    attending = people.iloc[active]
    last = census - rng.integers(5, 365, now)
    reviewed = attending["start"].to_numpy(np.int64) < census - 365
    plans_table = pd.DataFrame(
        {
            **_table_ids("activeplans", now, "requests", active),
            "transferla": "",
            "reviewmeeting": stamped(last, ~reviewed),
            "reviewoutcome": np.where(reviewed, rng.choice(["M", "A"], now, p=[0.6, 0.4]), ""),
            "reviewdraft": stamped(last + 28, ~reviewed | (rng.uniform(size=now) < 0.6)),
            "phasetransferduedate": "",
            "phasetransferfinaldate": "",
            "lastreview": stamped(last, ~reviewed),
        }
    )
    frames = {
        "person": person,
        "requests": requests,
        "assessment": assessment,
        "namedplan": named,
        "plandetail": detail,
        "activeplans": plans_table,
        "placementdetail": _placements(rng, attending, schools, census),
        "senneed": _needs(rng, attending),
    }
    spare = (people["stage"] != "active").to_numpy(bool)
    frames["person"] = spoil_rows(person, _person_ways(), rng, tally, spare)
    frames["placementdetail"] = spoil_rows(frames["placementdetail"], _placement_ways(), rng, tally)
    frames["senneed"] = spoil_rows(
        frames["senneed"], _need_ways(), rng, tally, (frames["senneed"]["sentyperank"] != "1").to_numpy(bool)
    )
    return [
        write_text(folder / f"Blade-Export_{export_date}_{module}.csv", frame.to_csv(index=False, lineterminator="\n"))
        for module, frame in frames.items()
    ]


def _people(profile: Profile, rng: np.random.Generator, plans: pd.DataFrame, census: int) -> pd.DataFrame:
    """Return active plans, plans that ceased in the year before, and requests that were refused: one row each."""

    def like(count: int, stage: str, older: bool) -> pd.DataFrame:
        pool = np.flatnonzero(plans["age"] >= (16 if older else 0))
        pool = pool if len(pool) else np.arange(len(plans))
        copy = plans.iloc[rng.choice(pool, count)].reset_index(drop=True)
        shift = rng.integers(-160, 160, count)
        return copy.assign(
            stage=stage,
            upn="",
            care_child=-1,
            birth=copy["birth"] + shift,
            home=rng.permutation(copy["home"]),
            residential="",
        )

    ceased = like(profile.ceased_plans, "ceased", older=True)
    refused = like(round(profile.new_plans * REFUSED_PER_NEW_PLAN), "refused", older=False)
    refused = refused.assign(start=census - rng.integers(20, 380, len(refused)))
    people = pd.concat([plans.assign(stage="active"), ceased, refused], ignore_index=True)
    end = np.where(people["stage"] == "ceased", census - 16 - rng.integers(0, 365, len(people)), 0)
    start = np.where(people["stage"] == "ceased", np.minimum(people["start"], end - 200), people["start"])
    # Serial numbers from 400,000 on: those below belong to children looked after.
    made = upns(400_000 + np.arange(len(people)), profile.dfe_code, people["birth"].to_numpy(np.int64))
    blank = (people["upn"] == "").to_numpy(bool)
    unknown = blank & (rng.uniform(size=len(people)) < 0.01)
    people = people.assign(upn=np.where(unknown, "", np.where(blank, made, people["upn"])), ceased=end, start=start)
    # Exports are not in any order that tells active plans from others.
    return people.iloc[rng.permutation(len(people))].reset_index(drop=True)


def _settings(people: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return `urn, ukprn, sensetting, sensettingother` and the indicators of units and resourced provision."""
    school = people["school"].to_numpy(np.int64)
    has = school >= 0
    code = people["code"].to_numpy(object)
    setting = people["setting"].to_numpy(object)
    base = np.array([name.rsplit("_", 2)[-2:] for name in setting], object)
    private = code == "UKPRN"
    urn, ukprn = schools["urn"].to_numpy(object)[school], schools["ukprn"].to_numpy(object)[school]
    trainer = np.array([f"1088{number % 40:04d}" for number in people["birth"].tolist()], object)
    words = {
        "educated_elsewhere_online_provider": "Online provider",
        "educated_elsewhere_welsh_establishment": "School in Wales",
        "educated_elsewhere_other_placement_settings": "Other placement",
    }
    return pd.DataFrame(
        {
            "urn": np.where(has, urn, ""),
            "ukprn": np.where(private, trainer, np.where(has, ukprn, "")),
            "sensetting": np.where(has | private, "", code),
            "sensettingother": np.array([words.get(name, "") for name in setting], object),
            "senunitindicator": _flag(np.array([item[-1] == "unit" for item in base], bool)),
            "resourcedprovisionindicator": _flag(np.array([item[0] == "resourced" for item in base], bool)),
        }
    )


def _placements(rng: np.random.Generator, people: pd.DataFrame, schools: pd.DataFrame, census: int) -> pd.DataFrame:
    where = _settings(people, schools)
    count = len(people)
    unknown = (where["urn"] == "") & (where["ukprn"] == "") & (where["sensetting"] == "")
    # Half of those not recorded have no row at all, and half a row that says nothing.
    shown = ~unknown | (rng.uniform(size=count) < 0.5)
    start = people["start"].to_numpy(np.int64)
    entered = start + ((census - start) * rng.uniform(0.0, 0.9, count)).astype(np.int64)
    rows = where.assign(
        parent=np.arange(count),
        placementrank="1",
        entrydate=stamped(entered, rng.uniform(size=count) < 0.03),
        leavingdate="",
        res=people["residential"].to_numpy(object),
        wbp="",
    )
    at_school = people["school"].to_numpy(np.int64) >= 0
    second = rows[at_school & (rng.uniform(size=count) < TWO_PLACES)].assign(
        placementrank="2",
        urn="",
        ukprn="",
        sensetting="OLA",
        res="",
        senunitindicator="0",
        resourcedprovisionindicator="0",
    )
    left = at_school & (entered - start > 120) & (rng.uniform(size=count) < FORMER_PLACE)
    other = np.flatnonzero(left)
    former = rows[left].assign(
        urn=rng.permutation(rows.loc[left, "urn"].to_numpy(object)),
        ukprn="",
        entrydate=stamped(start[other]),
        leavingdate=stamped(entered[other] - 1),
        res="",
        senunitindicator="0",
        resourcedprovisionindicator="0",
    )
    table = pd.concat([rows[shown.to_numpy(bool)], second, former], ignore_index=True)
    table = table.sort_values(["parent", "placementrank"], kind="stable", ignore_index=True)
    ids = _table_ids("placementdetail", len(table), "activeplans", table["parent"].to_numpy(np.int64))
    return pd.DataFrame(ids).join(table.drop(columns="parent"))


def _needs(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    count = len(people)
    codes = np.array(NEEDS, object)
    first = people["need"].to_numpy(object)
    position = np.array([NEEDS.index(need) for need in first], np.int64)
    second = codes[(position + rng.integers(1, len(codes), count)) % len(codes)]
    common = codes[np.where(position == 2, 0, 2)]
    second = np.where(rng.uniform(size=count) < 0.5, common, second)
    third = codes[(position + 5) % len(codes)]
    has_second = rng.uniform(size=count) < SECOND_NEED
    has_third = has_second & (rng.uniform(size=count) < THIRD_NEED / SECOND_NEED) & (third != second)
    rows = np.arange(count)
    table = pd.concat(
        [
            pd.DataFrame({"parent": rows, "sentype": first, "sentyperank": "1"}),
            pd.DataFrame({"parent": rows[has_second], "sentype": second[has_second], "sentyperank": "2"}),
            pd.DataFrame({"parent": rows[has_third], "sentype": third[has_third], "sentyperank": "3"}),
        ],
        ignore_index=True,
    ).sort_values(["parent", "sentyperank"], kind="stable", ignore_index=True)
    ids = _table_ids("senneed", len(table), "activeplans", table["parent"].to_numpy(np.int64))
    return pd.DataFrame(ids).join(table.drop(columns="parent"))


def _person_ways() -> tuple[Damage, ...]:
    return (
        Damage("person: impossible birth date", set_to("personbirthdate", "2012-Feb-31 00:00:00")),
        Damage("person: postcode garbage", set_to("postcode", "not given")),
        Damage("person: duplicate row", leave, further=True),
    )


def _leaves_first(row: dict[str, str]) -> None:
    row["entrydate"], row["leavingdate"] = "2024-Sep-01 00:00:00", "2021-Jul-20 00:00:00"


def _orphan(row: dict[str, str]) -> None:
    row["activeplanstableid"] = f"9{row['activeplanstableid']}999"


def _placement_ways() -> tuple[Damage, ...]:
    return (
        Damage("placement: leaves before it starts", _leaves_first, further=True),
        Damage("placement: plan does not exist", _orphan, further=True),
        Damage("placement: duplicate row", leave, further=True),
        Damage("placement: impossible date", set_to("entrydate", "2023-Nov-31 00:00:00"), further=True),
    )


def _need_ways() -> tuple[Damage, ...]:
    return (
        Damage("need: unknown code", set_to("sentype", "ZZZ")),
        Damage("need: duplicate row", leave, further=True),
    )
