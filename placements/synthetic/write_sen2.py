"""Write the SEN2 person-level return as COLLECT's "Blade" export: eight linked files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from placements.synthetic import names
from placements.synthetic.damage import Damage, Tally, leave, set_to, spoil_rows
from placements.synthetic.identity import ETHNIC, choose, stamped
from placements.synthetic.rates import Profile
from placements.synthetic.sen2_rows import flag, need_rows, placement_rows, sen2_people, settings_of, table_ids
from placements.synthetic.terrain import Terrain
from placements.writing import write_text


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
    people = sen2_people(profile, rng, plans, census)
    active = np.flatnonzero((people["stage"] == "active").to_numpy(bool))
    with_plan = np.flatnonzero((people["stage"] != "refused").to_numpy(bool))
    count = len(people)
    frames: dict[str, pd.DataFrame] = {}
    person = pd.DataFrame(
        {
            **table_ids("person", count),
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
            **table_ids("requests", count, "person", np.arange(count)),
            "receiveddate": stamped(received),
            "requestsource": rng.integers(1, 9, count).astype(str),
            "rya": flag(rng.uniform(size=count) < 0.002),
            "requestoutcomedate": stamped(agreed),
            "requestoutcome": np.where(refused, "N", "Y"),
            "requestmediation": flag(refused & (rng.uniform(size=count) < 0.3)),
            "requesttribunal": flag(refused & (rng.uniform(size=count) < 0.12)),
            "exported": "",
        }
    )
    some = len(with_plan)
    assessment = pd.DataFrame(
        {
            **table_ids("assessment", some, "requests", with_plan),
            "assessmentoutcome": "Y",
            "assessmentoutcomedate": stamped(start[with_plan] - rng.integers(14, 40, some)),
            "assessmentmediation": "0",
            "assessmenttribunal": "0",
            "othermediation": flag(rng.uniform(size=some) < 0.04),
            "othertribunal": flag(rng.uniform(size=some) < 0.03),
            "week20": flag(rng.uniform(size=some) < 0.06),
        }
    )
    held = people.iloc[with_plan]
    ceased = (held["stage"] == "ceased").to_numpy(bool)
    budget = rng.uniform(size=some) < 0.05
    named = pd.DataFrame(
        {
            **table_ids("namedplan", some, "assessment", np.arange(some)),
            "startdate": stamped(held["start"].to_numpy(np.int64)),
            "planres": held["residential"],
            "planwbp": "",
            "pb": flag(budget),
            "oa": flag(budget & (rng.uniform(size=some) < 0.3)),
            "dp": np.where(budget, "A", ""),
            "ceasedate": stamped(held["ceased"].to_numpy(np.int64), ~ceased),
            "ceasereason": np.where(
                ceased, rng.choice([1, 2, 3, 4, 5, 6], some, p=[0.07, 0.05, 0.04, 0.05, 0.29, 0.5]).astype(str), ""
            ),
        }
    )
    where = settings_of(held, schools)
    listed = np.flatnonzero((where["urn"] != "") | (where["ukprn"] != "") | (where["sensetting"] != ""))
    detail = pd.DataFrame(
        {
            **table_ids("plandetail", len(listed), "namedplan", listed),
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
            **table_ids("activeplans", now, "requests", active),
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
        "placementdetail": placement_rows(rng, attending, schools, census),
        "senneed": need_rows(rng, attending),
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


def _person_ways() -> tuple[Damage, ...]:
    return (
        Damage("person: impossible birth date", set_to("personbirthdate", "2012-Feb-31 00:00:00")),
        Damage("person: postcode garbage", set_to("postcode", "not given")),
        Damage("person: duplicate row", leave, further=True),
    )


def _as_new(row: dict[str, str]) -> None:
    """Give the row a key of its own, so that it is not merely a duplicate."""
    row["placementdetailtableid"] = f"90{row['placementdetailtableid']}"


def _leaves_first(row: dict[str, str]) -> None:
    _as_new(row)
    row["entrydate"], row["leavingdate"] = "2024-Sep-01 00:00:00", "2021-Jul-20 00:00:00"


def _no_such_day(row: dict[str, str]) -> None:
    _as_new(row)
    row["entrydate"] = "2023-Nov-31 00:00:00"


def _orphan(row: dict[str, str]) -> None:
    _as_new(row)
    row["activeplanstableid"] = f"9{row['activeplanstableid']}999"


def _placement_ways() -> tuple[Damage, ...]:
    return (
        Damage("placement: leaves before it starts", _leaves_first, further=True),
        Damage("placement: plan does not exist", _orphan, further=True),
        Damage("placement: duplicate row", leave, further=True),
        Damage("placement: impossible date", _no_such_day, further=True),
    )


def _need_ways() -> tuple[Damage, ...]:
    return (
        Damage("need: unknown code", set_to("sentype", "ZZZ")),
        Damage("need: duplicate row", leave, further=True),
    )
