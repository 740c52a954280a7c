"""The rows of a SEN2 return: who is in it, where plans name and children attend, and what they need."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic.identity import stamped, upns
from placements.synthetic.plans import NEEDS
from placements.synthetic.rates import Profile
from placements.synthetic.terrain import Ints

Texts = npt.NDArray[np.object_]

#: Share of children with a second and a third need, with two places at once, and with a place they have left (assumed).
SECOND_NEED, THIRD_NEED, TWO_PLACES, FORMER_PLACE = 0.38, 0.10, 0.025, 0.06
#: Requests of the year that led to no plan, for each new plan (assumed).
REFUSED_PER_NEW_PLAN: Final = 0.45


def table_ids(module: str, count: int, parent: str = "", parents: Ints | None = None) -> dict[str, Texts]:
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


def flag(draws: npt.NDArray[np.bool_]) -> Texts:
    """Return 1 or 0 as text."""
    return np.asarray(np.where(draws, "1", "0"), object)


def sen2_people(profile: Profile, rng: np.random.Generator, plans: pd.DataFrame, census: int) -> pd.DataFrame:
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
            home=rng.permutation(np.array(copy["home"], np.int64)),
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


def settings_of(people: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
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
            "senunitindicator": flag(np.array([item[-1] == "unit" for item in base], bool)),
            "resourcedprovisionindicator": flag(np.array([item[0] == "resourced" for item in base], bool)),
        }
    )


def placement_rows(rng: np.random.Generator, people: pd.DataFrame, schools: pd.DataFrame, census: int) -> pd.DataFrame:
    """Return `placementdetail`: where each child goes, a second place for some, and one they have left for others."""
    where = settings_of(people, schools)
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
        urn=rng.permutation(np.array(rows.loc[left, "urn"], object)),
        ukprn="",
        entrydate=stamped(start[other]),
        leavingdate=stamped(entered[other] - 1),
        res="",
        senunitindicator="0",
        resourcedprovisionindicator="0",
    )
    table = pd.concat([rows[shown.to_numpy(bool)], second, former], ignore_index=True)
    table = table.sort_values(["parent", "placementrank"], kind="stable", ignore_index=True)
    ids = table_ids("placementdetail", len(table), "activeplans", table["parent"].to_numpy(np.int64))
    return pd.DataFrame(ids).join(table.drop(columns="parent"))


def need_rows(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return `senneed`: one to three needs a child, ranked."""
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
    ids = table_ids("senneed", len(table), "activeplans", table["parent"].to_numpy(np.int64))
    return pd.DataFrame(ids).join(table.drop(columns="parent"))
