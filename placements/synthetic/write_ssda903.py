"""Write the SSDA903 returns: one folder a statutory year, each with every episode open at any time in that year."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements.synthetic.damage import Damage, Tally, leave, set_to, spoil_rows
from placements.synthetic.identity import slashed
from placements.synthetic.people import Histories, birthday
from placements.synthetic.terrain import Ints, Terrain
from placements.writing import write_text

EPISODE_COLUMNS: Final = (
    "CHILD",
    "DECOM",
    "RNE",
    "LS",
    "CIN",
    "PLACE",
    "PLACE_PROVIDER",
    "DEC",
    "REC",
    "REASON_PLACE_CHANGE",
    "HOME_POST",
    "PL_POST",
    "URN",
)
#: The code for no fixed abode, as the collection's guide gives it.
NO_FIXED_ABODE: Final = "ZZ99 3VZ"
#: First return in which sex is M or F; supported accommodation is K3; other placements are Z11 to Z14.
SEX_LETTERS_FROM, K3_FROM, Z11_FROM = 2025, 2025, 2026
_NO_URN: Final = ("P1", "P3", "R1", "R2", "R5")


def episode_table(care: Histories, episodes: pd.DataFrame, terrain: Terrain) -> pd.DataFrame:
    """Return every episode with the text of its codes and addresses, and `start`, `end` (days), `child`, `uasc`."""
    children, spells = care.children, care.spells
    child, spell = episodes["child"].to_numpy(np.int64), episodes["spell"].to_numpy(np.int64)
    home = children["home"].to_numpy(np.int64)[child]
    known = children["home_known"].to_numpy(bool)[child]
    roaming = children["no_fixed_abode"].to_numpy(bool)[child]
    home_post = np.where(known, np.where(roaming, NO_FIXED_ABODE, terrain.postcode[home]), "")
    place = episodes["place"].to_numpy(object)
    without = np.isin(place, _NO_URN) | np.array([code[0] in "TZ" for code in place], bool)
    provider = spells["provider"].to_numpy(object)[spell]
    free = np.array([code in ("T0", "T1", "T2", "T3") or code.startswith("Z") for code in place], bool)
    return pd.DataFrame(
        {
            "child": child,
            "start": episodes["start"],
            "end": episodes["end"],
            "CHILD": children["child_id"].to_numpy(object)[child],
            "RNE": episodes["rne"],
            "LS": episodes["legal"],
            "CIN": children["need"].to_numpy(object)[child],
            "PLACE": place,
            "PLACE_PROVIDER": np.where(free, "", provider),
            "REC": episodes["rec"],
            "REASON_PLACE_CHANGE": episodes["change"],
            "HOME_POST": home_post,
            "PL_POST": np.where(
                spells["known"].to_numpy(bool)[spell],
                terrain.postcode[spells["position"].to_numpy(np.int64)[spell]],
                "",
            ),
            "URN": np.where(without, "", spells["urn"].to_numpy(object)[spell]),
        }
    )


def return_for(table: pd.DataFrame, year_end: int, year_start: int, year: int) -> pd.DataFrame:
    """Return the rows of one return as text, in order of child and date.

    Parameters
    ----------
    table : DataFrame
        As from `episode_table`.
    year_end, year_start : int
        Last and first day of the statutory year (the last may be cut short by the snapshot).
    """
    rows = table[(table["start"] <= year_end) & (table["end"] >= year_start)]
    rows = rows.sort_values(["CHILD", "start"], ignore_index=True)
    open_ = (rows["end"] > year_end).to_numpy(bool)
    place = rows["PLACE"].to_numpy(object)
    if year >= K3_FROM:
        place = np.where(np.isin(place, ("H5", "P2")), "K3", place)
    if year >= Z11_FROM:
        spread = np.array(["Z11", "Z12", "Z13", "Z14"], object)[rows["child"].to_numpy(np.int64) % 4]
        place = np.where(place == "Z1", spread, place)
    return rows.assign(
        PLACE=place,
        DECOM=slashed(rows["start"].to_numpy(np.int64)),
        DEC=slashed(np.where(open_, 0, rows["end"].to_numpy(np.int64)), open_),
        REC=np.where(open_, "", rows["REC"]),
        REASON_PLACE_CHANGE=np.where(open_, "", rows["REASON_PLACE_CHANGE"]),
    )


def write_ssda903(
    folder: Path,
    table: pd.DataFrame,
    children: pd.DataFrame,
    years: tuple[int, ...],
    year_ends: Ints,
    year_starts: Ints,
    rng: np.random.Generator,
    tally: Tally,
) -> tuple[list[Path], int]:
    """Write `YYYY/{header,episodes,uasc}.csv` under `folder`; return the paths and the number of episode rows."""
    paths, count = [], 0
    for year, year_end, year_start in zip(years, year_ends.tolist(), year_starts.tolist(), strict=True):
        rows = return_for(table, year_end, year_start, year)
        within = children.iloc[np.unique(rows["child"].to_numpy(np.int64))].sort_values("child_id")
        sex = within["sex"] if year >= SEX_LETTERS_FROM else within["sex"].map({"M": "1", "F": "2"})
        born = within["birth"].to_numpy(np.int64)
        mother = within["mother"].to_numpy(bool) & (born < year_end - 15 * 365)
        header = pd.DataFrame(
            {
                "CHILD": within["child_id"],
                "SEX": sex,
                "DOB": slashed(born),
                "ETHNIC": within["ethnic"],
                "UPN": np.where(born > year_end - 4 * 366, "UN1", within["upn"]),
                "MOTHER": np.where(mother, "1", "0"),
                "MC_DOB": slashed(year_start + (born % 90), ~mother),
            }
        )
        unaccompanied = within[within["uasc"]]
        ceases = np.minimum(
            birthday(unaccompanied["birth"].to_numpy(np.int64), 18), unaccompanied["exit"].to_numpy(np.int64)
        )
        uasc = pd.DataFrame(
            {
                "CHILD": unaccompanied["child_id"],
                "SEX": sex[within["uasc"]],
                "DOB": slashed(unaccompanied["birth"].to_numpy(np.int64)),
                "DUC": slashed(ceases, ceases > year_end),
            }
        )
        # Only episodes that began and ended in the year are spoilt: no earlier return still shows them as open.
        brief = (rows["start"] >= year_start) & (rows["DEC"] != "")
        episodes = spoil_rows(rows[list(EPISODE_COLUMNS)], _ways(year), rng, tally, brief.to_numpy(bool))
        for name, frame in (("header", header), ("episodes", episodes), ("uasc", uasc)):
            paths.append(write_text(folder / str(year) / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n")))
        count += len(episodes)
    return paths, count


def _ends_first(row: dict[str, str]) -> None:
    """Put the end a year before the start."""
    row["DEC"] = f"{row['DECOM'][:6]}{int(row['DECOM'][6:]) - 1}"
    row["DEC"] = row["DEC"].replace("29/02", "28/02")


def _stranger(row: dict[str, str]) -> None:
    """Give the episode to a child who is in no header."""
    row["CHILD"] = f"9{row['CHILD']}"


def _ways(year: int) -> tuple[Damage, ...]:
    """Return the ways in an order that turns with the year, so that five rows a year show all six."""
    ways = (
        Damage("episode: impossible date", set_to("DECOM", "31/02/2024")),
        Damage("episode: ends before it starts", _ends_first),
        Damage("episode: unknown PLACE code", set_to("PLACE", "Q9")),
        Damage("episode: duplicate row", leave, further=True),
        Damage("episode: postcode garbage", set_to("PL_POST", "GU?? XX")),
        Damage("episode: child in no header", _stranger, further=True),
    )
    turn = year % len(ways)
    return ways[turn:] + ways[:turn]
