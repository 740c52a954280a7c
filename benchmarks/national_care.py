"""The made-up nation's children looked after: ten annual SSDA903 returns, and the list of providers they name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.national import (
    LAST_RETURN,
    Ground,
    Sizes,
    Text,
    blank_where,
    choose,
    coded,
    numbers,
    pupil_numbers,
    slashed,
    write_csv,
)
from placements.synthetic.identity import ETHNIC

_YEAR: Final = 365.25
#: Nobody is looked after beyond this, so a stay that began earlier is over.
_ADULT_YEARS: Final = 18
_PLACE: Final = {
    "U6": 0.29, "U4": 0.19, "U5": 0.06, "U1": 0.10, "U3": 0.05, "K2": 0.11, "K3": 0.09, "P1": 0.06, "A3": 0.012,
    "A5": 0.008, "R3": 0.006, "S1": 0.004, "K1": 0.003, "R5": 0.003, "R1": 0.003, "T1": 0.003, "T4": 0.002, "P3": 0.001,
}  # fmt: skip
_PLACES: Final = list(_PLACE)
#: Legal statuses, causes of need, ends of a stay and reasons of a change, about as often as in England.
_LEGAL: Final = {"C2": 0.58, "C1": 0.15, "V2": 0.17, "E1": 0.05, "D1": 0.02, "J1": 0.01, "L1": 0.02}
_NEED: Final = {"N1": 0.63, "N5": 0.13, "N8": 0.10, "N4": 0.07, "N2": 0.03, "N3": 0.025, "N6": 0.01, "N7": 0.005}
_END: Final = {"E4A": 0.2, "E11": 0.1, "E45": 0.12, "E2": 0.2, "E5": 0.15, "E8": 0.23}
_CHANGE: Final = {"CARPL": 0.4, "CREQB": 0.15, "PLACE": 0.1, "CHILD": 0.05, "LAREQ": 0.1, "OTHER": 0.2}
#: Share of placements near home.
_NEAR: Final = 0.72
#: Shares of rows with a blemish of each kind, so that rejecting rows is timed too.
_NO_HOME, _ODD_SPACING, _WRONG_DATE, _WRONG_CODE, _GARBLED = 0.015, 0.01, 0.001, 0.001, 0.0005


@dataclass(frozen=True)
class _Stays:
    """Stays in care: born, began and ended on days since 1970."""

    born: np.ndarray
    began: np.ndarray
    ended: np.ndarray

    def of(self, which: np.ndarray) -> _Stays:
        return _Stays(self.born[which], self.began[which], self.ended[which])

    def stock(self, days: np.ndarray) -> float:
        """Return how many are looked after at the end of a day, on average of the days."""
        return float(np.mean([((self.began <= day) & (self.ended > day)).sum() for day in days]))


def _day(text: str) -> int:
    return int(np.datetime64(text).astype("datetime64[D]").astype(int))


def _draw_stays(rng: np.random.Generator, count: int, first: int, last: int) -> _Stays:
    began = rng.integers(first - round(_ADULT_YEARS * _YEAR), last, count)
    low, high = np.array([(0, 1), (1, 5), (5, 10), (10, 16), (16, 17.9)])[
        rng.choice(5, count, p=[0.2, 0.18, 0.17, 0.26, 0.19])
    ].T
    age = (rng.uniform(low, high) * _YEAR).astype(int)
    years = rng.exponential(np.array([0.15, 1.2, 6.0])[rng.choice(3, count, p=[0.2, 0.45, 0.35])])
    born = began - age
    # The eighteenth birthday falls within a day of this; the day before is early enough.
    adult = born + round(_ADULT_YEARS * _YEAR) - 2
    return _Stays(born, began, np.clip(began + np.maximum(3, years * _YEAR).astype(int), began + 1, adult))


def write_returns(folder: Path, sizes: Sizes, ground: Ground, rng: np.random.Generator) -> dict[Path, int]:
    """Write `YYYY/{header,episodes,uasc}.csv`: each return has every episode open at any time in its year."""
    years = np.arange(LAST_RETURN - sizes.returns + 1, LAST_RETURN + 1)
    ends = np.array([_day(f"{year}-03-31") for year in years])
    first, last = _day(f"{years[0] - 1}-04-01"), int(ends[-1])
    trial = _draw_stays(rng, 100_000, first, last)
    stays = _draw_stays(rng, round(100_000 * sizes.children / trial.stock(ends)), first, last)
    stays = stays.of(stays.ended >= first)
    children = _Children(rng, stays, ground)
    episodes = _Episodes(rng, children, ground, sizes)
    written: dict[Path, int] = {}
    for year, end in zip(years.tolist(), ends.tolist(), strict=True):
        begin = _day(f"{year - 1}-04-01")
        within = np.flatnonzero((stays.began <= end) & (stays.ended >= begin))
        for name, columns in (
            ("header", children.header(within, year, end)),
            ("episodes", episodes.rows(rng, year, begin, end)),
            ("uasc", children.unaccompanied(within, year, end)),
        ):
            path = folder / str(year) / f"{name}.csv"
            written[path] = write_csv(path, columns)
    return written


class _Children:
    """What a return says of each child."""

    def __init__(self, rng: np.random.Generator, stays: _Stays, ground: Ground) -> None:
        count = len(stays.born)
        self.days, self.stays = slashed(), stays
        # Numbers in no order, as when the returns of 153 authorities stand one after the other.
        self.id = numbers(1_000_000 + rng.permutation(count))
        self._sex = rng.integers(0, 2, count)
        self._ethnic = choose(rng, dict(ETHNIC), count)
        self._upn = pupil_numbers(np.arange(count))
        self._alone = (rng.uniform(size=count) < 0.25) & (stays.began - stays.born > 14 * _YEAR)
        self.need = choose(rng, _NEED, count)
        self.home = ground.anywhere(rng, count)
        post = ground.postcodes.take(pa.array(self.home))
        odd = rng.uniform(size=count) < _ODD_SPACING
        post = pc.if_else(pa.array(odd), pc.utf8_lower(pc.replace_substring(post, " ", "")), post)
        self.home_post = blank_where(rng.uniform(size=count) < _NO_HOME, post)

    def _sexes(self, which: np.ndarray, year: int) -> Text:
        return coded(["1", "2"] if year < 2025 else ["M", "F"], self._sex[which])

    def header(self, within: np.ndarray, year: int, end: int) -> dict[str, Text | str]:
        born, taken = self.stays.born[within], pa.array(within)
        infant = pa.array(born > end - 4 * _YEAR)
        mother = (born < end - 15 * _YEAR) & (self._sex[within] == 1) & (within % 50 == 0)
        return {
            "CHILD": self.id.take(taken),
            "SEX": self._sexes(within, year),
            "DOB": self.days(born),
            "ETHNIC": self._ethnic.take(taken),
            "UPN": pc.if_else(infant, "UN1", self._upn.take(taken)),
            "MOTHER": coded(["0", "1"], mother.astype(int)),
            "MC_DOB": self.days(np.full(len(within), end - 100), ~mother),
        }

    def unaccompanied(self, within: np.ndarray, year: int, end: int) -> dict[str, Text | str]:
        alone = within[self._alone[within]]
        ceased = self.stays.ended[alone]
        return {
            "CHILD": self.id.take(pa.array(alone)),
            "SEX": self._sexes(alone, year),
            "DOB": self.days(self.stays.born[alone]),
            "DUC": self.days(ceased, ceased > end),
        }


class _Episodes:
    """Every episode of every stay, in order of child and day."""

    def __init__(self, rng: np.random.Generator, children: _Children, ground: Ground, sizes: Sizes) -> None:
        self._children, stays = children, children.stays
        length = stays.ended - stays.began
        changes = rng.poisson(0.35 + 0.55 * length / _YEAR)
        changes[length < 3] = 0
        child = np.repeat(np.arange(len(length)), changes)
        day = stays.began[child] + 1 + (rng.uniform(size=len(child)) * (length[child] - 1)).astype(int)
        # One number for child and day sorts in one go, and drops two changes on one day.
        key = np.unique(np.concatenate([np.arange(len(length)) << 32 | stays.began, child << 32 | day]))
        self.child, self.start = (key >> 32).astype(int), (key & 0xFFFFFFFF).astype(int)
        count = len(key)
        first = np.append(True, self.child[1:] != self.child[:-1])
        final = np.append(first[1:], True)
        self.end = np.where(final, stays.ended[self.child], np.append(self.start[1:], 0))
        kind = np.where(first, 0, rng.choice([1, 2, 3], count, p=[0.35, 0.55, 0.10]))
        moves_next = np.append(kind[1:] > 1, False) & ~final
        self._rne = coded(["S", "L", "P", "B"], kind)
        self._rec = pc.if_else(pa.array(final), choose(rng, _END, count), "X1")
        self._change = blank_where(~moves_next, choose(rng, _CHANGE, count))
        self._legal = choose(rng, _LEGAL, count)
        self._place_spells(rng, kind != 1, ground, sizes)

    def _place_spells(self, rng: np.random.Generator, new: np.ndarray, ground: Ground, sizes: Sizes) -> None:
        """Give each spell in one placement, which begins where `new`, its kind, provider and address."""
        spell, home = np.cumsum(new) - 1, self._children.home[self.child[new]]
        spells, of_spell = len(home), pa.array(spell)
        share = np.array(list(_PLACE.values()))
        place = rng.choice(len(share), spells, p=share / share.sum())
        self._place = place[spell]
        letter = np.array([code[0] for code in _PLACES])[place]
        private = rng.uniform(size=spells) < np.where(np.isin(letter, ("K", "S")), 0.85, 0.42)
        connected = np.isin(np.array(_PLACES)[place], ("U1", "U3"))
        provider = np.select([letter == "P", letter == "T", connected, private], [0, 2, 1, 3], 1)
        self._provider = coded(["PR0", "PR1", "", "PR4"], provider).take(of_spell)
        urn = numbers(provider_numbers(sizes.providers)[rng.integers(0, sizes.providers, spells)], "SC")
        self._urn = blank_where(np.isin(letter, ("P", "R", "T")), urn).take(of_spell)
        # Most placements are near home, the others anywhere.
        draw = rng.uniform(size=spells)
        position = np.where(draw < _NEAR, ground.near(rng, home), ground.elsewhere(rng, spells))
        post = pc.if_else(pa.array(draw < _GARBLED), "GU?? XX", ground.postcodes.take(pa.array(position)))
        withheld = (letter == "A") | (rng.uniform(size=spells) < 0.01)
        self._placement_post = blank_where(withheld, post).take(of_spell)

    def rows(self, rng: np.random.Generator, year: int, begin: int, end: int) -> dict[str, Text | str]:
        within = np.flatnonzero((self.start <= end) & (self.end >= begin))
        children, taken, child = self._children, pa.array(within), pa.array(self.child[within])
        still = self.end[within] > end
        # Supported accommodation has its own code since 2024-25.
        places = [*("H5" if code == "K3" and year < 2025 else code for code in _PLACES), "Q9"]
        # Only episodes that began and ended in the year are spoilt: no earlier return still shows them as open.
        brief = (self.start[within] >= begin) & ~still
        wrong = np.where(brief, rng.uniform(size=len(within)), 0.5)
        place = np.where(wrong < _WRONG_CODE, len(_PLACES), self._place[within])
        spoilt = pa.array(wrong > 1 - _WRONG_DATE)
        return {
            "CHILD": children.id.take(child),
            "DECOM": pc.if_else(spoilt, "31/02/2024", children.days(self.start[within])),
            "RNE": self._rne.take(taken),
            "LS": self._legal.take(taken),
            "CIN": children.need.take(child),
            "PLACE": coded(places, place),
            "PLACE_PROVIDER": self._provider.take(taken),
            "DEC": children.days(self.end[within], still),
            "REC": blank_where(still, self._rec.take(taken)),
            "REASON_PLACE_CHANGE": blank_where(still, self._change.take(taken)),
            "HOME_POST": children.home_post.take(child),
            "PL_POST": self._placement_post.take(taken),
            "URN": self._urn.take(taken),
        }


def provider_numbers(count: int) -> np.ndarray:
    """Return the numbers within providers' URNs."""
    return 1_200_000 + 3 * np.arange(count)


def write_providers(path: Path, count: int, ground: Ground, rng: np.random.Generator) -> dict[Path, int]:
    """Write the provider list as a workbook of two sheets, as authorities receive it."""
    common = ("Local Authority", "URN", "Provider Type", "Provider Subtype", "Sector", "Setting Name")
    flags = ("Emotional and Behavioural Difficulties", "Mental Disorders", "Sensory Impairment", "Learning Difficulty")
    last = ("Setting Address Postcode", "Owner Name")
    homes = (*common, "Provider Status", *flags, "Max Users", "Overall Effectiveness", *last)
    supported = (*common, "Provider Status", "Capacity", *last)
    post = ground.postcodes.take(pa.array(ground.anywhere(rng, count))).to_pylist()
    places, agency = rng.integers(1, 8, count).tolist(), rng.uniform(size=count) < 0.06
    book = openpyxl.Workbook(write_only=True)
    sheets = {"Providers": homes, "SA Providers": supported}
    split = round(count * 0.45)
    for (title, columns), rows in zip(sheets.items(), (range(split), range(split, count)), strict=True):
        sheet = book.create_sheet(title)
        sheet.append(columns)
        for row in rows:
            kind = "Independent Fostering Agency" if agency[row] else "Children's Home"
            kind = kind if title == "Providers" else "Supported Accommodation"
            cells = {
                "Local Authority": f"Authority {row % 153}",
                "URN": f"SC{provider_numbers(count)[row]}",
                "Provider Type": kind,
                "Sector": ("Private", "Local Authority", "Voluntary")[min(row % 7, 2)],
                "Setting Name": f"Made-up setting {row}",
                "Provider Status": "Active",
                "Max Users": places[row],
                "Capacity": places[row],
                "Overall Effectiveness": ("Good", "Outstanding", "Requires improvement to be good")[row % 3],
                "Setting Address Postcode": post[row],
                "Owner Name": f"Made-up owner {row % 900}",
            } | dict.fromkeys(flags, "Y" if row % 2 else "N")
            sheet.append([cells.get(column) for column in columns])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return {path: count}
