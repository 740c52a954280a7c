"""From placements and legal statuses to statutory episodes: a new one at every change of either.

Legal statuses follow the usual paths (police protection or section 20, interim order, full or placement order), tuned
to Surrey's published stock: 54 % full care orders, 10 % interim, 5 % placement orders, 30 % section 20.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic.identity import ETHNIC, UASC_ETHNIC, choose, upns
from placements.synthetic.people import ADOPTION, SHORT, Histories, birthday
from placements.synthetic.rates import Profile
from placements.synthetic.shares import STATES
from placements.synthetic.terrain import Bools

Texts = npt.NDArray[np.object_]
NEVER: Final = 10**6

#: Why a placement changed, when it was not a change of its status alone (Surrey 2022 to 2024, suppressed ones assumed).
_CHANGE: Final = (
    ("OTHER", 0.58),
    ("CREQB", 0.13),
    ("CARPL", 0.10),
    ("CREQO", 0.06),
    ("LAREQ", 0.03),
    ("CHILD", 0.03),
    ("STAND", 0.025),
    ("CLOSE", 0.02),
    ("ALLEG", 0.01),
    ("APPRR", 0.01),
    ("CUSTOD", 0.005),
)
_LEAVES: Final = {
    "adult": (("E8", 0.46), ("E5", 0.31), ("E6", 0.18), ("E9", 0.01), ("E4A", 0.04)),
    "disabled adult": (("E7", 0.65), ("E5", 0.25), ("E8", 0.10)),
    "adopted": (("E12", 0.55), ("E11", 0.45)),
    "young": (
        ("E4A", 0.44),
        ("E45", 0.12),
        ("E46", 0.08),
        ("E41", 0.05),
        ("E13", 0.06),
        ("E8", 0.16),
        ("E4B", 0.06),
        ("E3", 0.03),
    ),
    "older": (
        ("E4A", 0.50),
        ("E8", 0.30),
        ("E4B", 0.07),
        ("E45", 0.03),
        ("E48", 0.01),
        ("E9", 0.02),
        ("E3", 0.04),
        ("E13", 0.03),
    ),
    "uasc early": (("E17", 0.45), ("E8", 0.40), ("E3", 0.15)),
}
#: Foster placements that become long term or change their status after about a year: a new episode, same carer.
STATUS_CHANGE: Final = 0.36
_BECOMES: Final = {"U6": "U4", "U3": "U1", "U5": "U4"}


def legal_paths(rng: np.random.Generator, children: pd.DataFrame) -> pd.DataFrame:
    """Return one row per child and legal status: `child`, `date`, `legal`."""
    count = len(children)
    entry, leaves = children["entry"].to_numpy(np.int64), children["exit"].to_numpy(np.int64)
    kind = children["kind"].to_numpy(np.int64)
    uasc, disabled = children["uasc"].to_numpy(bool), children["disabled"].to_numpy(bool)
    age = (entry - children["birth"].to_numpy(np.int64)) / 365.25
    draw = rng.uniform(size=count)
    first = np.where(draw < 0.40, "V2", np.where(draw < 0.86, "C1", np.where(draw < 0.985, "L1", "J1")))
    first = np.where((first == "J1") & (age < 12), "V2", first).astype(object)
    first[uasc | (disabled & (rng.uniform(size=count) < 0.85))] = "V2"
    staying = (kind != SHORT) & ~uasc & ~(disabled & (first == "V2"))
    adopted = kind == ADOPTION
    # Police protection ends within three days, and most agreements for children who stay become proceedings.
    goes = staying & (rng.uniform(size=count) < np.where(age >= 14, 0.52, 0.84))
    interim = np.where(first == "C1", entry, NEVER)
    after = entry + np.maximum(rng.gamma(1.5, 90, count).astype(np.int64), 5)
    interim = np.where((first == "V2") & (goes | adopted), after, interim)
    interim = np.where(first == "L1", np.where(goes | adopted, entry + 3, NEVER), interim)
    full = interim + np.maximum(rng.gamma(6.0, 36, count).astype(np.int64), 60)
    makes = (goes | (first == "C1")) & (kind != SHORT) & ~adopted
    full = np.where(makes & (rng.uniform(size=count) < 0.96), full, NEVER)
    matched = entry + ((leaves - entry) * 0.42).astype(np.int64)
    placed = np.where(adopted, np.maximum(np.minimum(interim + 140, matched), entry + 1), NEVER)
    agreed = np.where((first == "L1") & (interim == NEVER), entry + 3, NEVER)
    agreed = np.where(first == "J1", entry + 60, agreed)
    rows = np.arange(count)
    steps = [(entry, first), (interim, "C1"), (full, "C2"), (placed, "E1"), (agreed, "V2")]
    table = pd.concat([pd.DataFrame({"child": rows, "date": date, "legal": legal}) for date, legal in steps])
    table = table[(table["date"] < leaves[table["child"]]) & (table["date"] < NEVER)]
    table = table.drop_duplicates(["child", "date"]).sort_values(["child", "date"], kind="stable")
    changed = table["legal"].ne(table["legal"].shift()) | table["child"].ne(table["child"].shift())
    return table[changed].reset_index(drop=True)


def _status_changes(rng: np.random.Generator, spells: pd.DataFrame) -> pd.DataFrame:
    length = (spells["end"] - spells["start"]).to_numpy(np.int64)
    after = np.maximum(rng.gamma(6.0, 60, len(spells)).astype(np.int64), 90)
    happens = spells["place"].isin(tuple(_BECOMES)).to_numpy(bool) & (after < length - 20)
    happens &= rng.uniform(size=len(spells)) < STATUS_CHANGE * 1.9
    changed = spells.loc[happens, ["child", "start", "place"]]
    return pd.DataFrame(
        {
            "child": changed["child"],
            "date": changed["start"] + after[happens],
            "becomes": changed["place"].map(_BECOMES),
        }
    )


def leaving_reasons(rng: np.random.Generator, children: pd.DataFrame) -> Texts:
    """Return why each child's time in care ends."""
    leaves = children["exit"].to_numpy(np.int64)
    adult = leaves >= birthday(children["birth"].to_numpy(np.int64), 18)
    uasc, disabled = children["uasc"].to_numpy(bool), children["disabled"].to_numpy(bool)
    young = (leaves - children["birth"].to_numpy(np.int64)) < 10 * 365
    reason = np.where(young, choose(rng, _LEAVES["young"], len(leaves)), choose(rng, _LEAVES["older"], len(leaves)))
    reason = np.where(uasc, choose(rng, _LEAVES["uasc early"], len(leaves)), reason)
    reason = np.where(adult, choose(rng, _LEAVES["adult"], len(leaves)), reason)
    reason = np.where(adult & disabled, choose(rng, _LEAVES["disabled adult"], len(leaves)), reason)
    adopted = (children["kind"] == ADOPTION).to_numpy(bool)
    return np.asarray(np.where(adopted, choose(rng, _LEAVES["adopted"], len(leaves)), reason), object)


def build(rng: np.random.Generator, histories: Histories, snapshot: int) -> pd.DataFrame:
    """Return every episode: `child, spell, start, end, rne, legal, place, rec, change`; `end` is `NEVER` if open.

    `place`, provider and addresses are those of the spell, save where a foster placement's status changed.
    """
    children, spells = histories.children, histories.spells.reset_index(drop=True)
    legal = legal_paths(rng, children)
    status = _status_changes(rng, spells)
    moves = pd.DataFrame({"child": spells["child"], "date": spells["start"], "spell": spells.index})
    events = pd.concat([moves, legal, status], ignore_index=True)
    events = events.groupby(["child", "date"], as_index=False).agg(
        {"spell": "last", "legal": "last", "becomes": "last"}
    )
    events = events.sort_values(["child", "date"], ignore_index=True)
    moved, ruled, restated = (events[name].notna().to_numpy(bool) for name in ("spell", "legal", "becomes"))
    filled = events.groupby("child")[["spell", "legal"]].ffill()
    spell = filled["spell"].to_numpy(np.int64)
    becomes = events["becomes"].groupby([events["child"], spell]).ffill()
    place = becomes.where(becomes.notna(), spells["place"].to_numpy(object)[spell])
    rne = _rne(moved, ruled, restated & ~moved)
    child, start = events["child"].to_numpy(np.int64), events["date"].to_numpy(np.int64)
    first = np.r_[True, child[1:] != child[:-1]]
    rne[first] = "S"
    last = np.r_[first[1:], True]
    leaves = children["exit"].to_numpy(np.int64)[child]
    end = np.where(last, leaves, np.r_[start[1:], 0])
    rec = np.where(last, leaving_reasons(rng, children)[child], "X1")
    following = np.append(rne[1:], "")
    state = np.array(STATES, object)[spells["state"].to_numpy(np.int64)[spell]]
    then = np.append(state[1:], "")
    change = choose(rng, _CHANGE, len(events))
    planned = np.isin(then, ("adoption", "supported", "parents")) & (rng.uniform(size=len(events)) < 0.7)
    change = np.where(planned, "CARPL", change)
    change = np.where(np.isin(following, ("T", "U")), "PLACE", change)
    change = np.where(~last & np.isin(following, ("P", "B", "T", "U")), change, "")
    built = pd.DataFrame(
        {
            "child": child,
            "spell": spell,
            "start": start,
            "end": np.where(end > snapshot, NEVER, end),
            "rne": rne,
            "legal": filled["legal"],
            "place": place.to_numpy(object),
            "rec": rec,
            "change": change,
        }
    )
    return built[built["start"] <= snapshot].reset_index(drop=True)


def _rne(moved: Bools, ruled: Bools, restated: Bools) -> Texts:
    rne = np.full(len(moved), "L", object)
    rne[restated] = "T"
    rne[restated & ruled] = "U"
    rne[moved] = "P"
    rne[moved & ruled] = "B"
    return rne


def identify(profile: Profile, rng: np.random.Generator, children: pd.DataFrame, first_serial: int = 0) -> pd.DataFrame:
    """Add `child_id`, `upn` (serial numbers from `first_serial`), `ethnic` and `mother`, for a few girls."""
    count = len(children)
    uasc = children["uasc"].to_numpy(bool)
    ids = 100_000 + rng.permutation(max(900_000, count))[:count]
    upn = upns(first_serial + np.arange(count), profile.dfe_code, children["birth"].to_numpy(np.int64))
    unknown = rng.uniform(size=count)
    upn = np.where(uasc & (unknown < 0.4), "UN2", np.where(unknown < 0.01, "UN5", upn))
    ethnic = np.where(uasc, choose(rng, UASC_ETHNIC, count), choose(rng, ETHNIC, count))
    girl = (children["sex"] == "F").to_numpy(bool)
    return children.assign(
        child_id=ids.astype(str), upn=upn, ethnic=ethnic, mother=girl & ~uasc & (rng.uniform(size=count) < 0.02)
    )
