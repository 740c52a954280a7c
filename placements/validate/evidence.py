"""What the rules look at: the tables as read, what assembly knows of places, and look-ups that many rules share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.read.tables import SourceTables
from placements.validate.columns import blank, categories, coded, completed_years, pupil_number, shared, spread

#: Columns of the other tables of the SSDA903 returns that rules ask about; one that a return lacks is all missing.
CARE_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "uasc": ("sex", "duc"),
        "oc2": ("sdq_score", "sdq_reason"),
        "oc3": ("in_touch",),
        "reviews": ("review",),
        "ad1": ("date_int", "date_match", "nb_adoptr", "sex_adoptr"),
        "placed_adoption": ("date_placed", "date_placed_ceased", "reason_placed_ceased"),
        "prev_perm": ("prev_perm", "la_perm"),
        "missing": ("missing", "mis_start", "mis_end"),
        "sw_episodes": ("sw_decom", "sw_dec"),
        "dolo": ("dolo_start", "dolo_end"),
    }
)
_DATES: Final = frozenset(
    {"birth_date", "duc", "review", "date_int", "date_match", "date_placed", "date_placed_ceased"}
    | {"mis_start", "mis_end", "sw_decom", "sw_dec", "dolo_start", "dolo_end"}
)
_CODED: Final = (
    *("start_reason", "end_reason", "change_reason", "legal_status"),
    *("need", "place_code", "sector", "provider_id"),
)
_OF_CHILD: Final = MappingProxyType({"born": "birth_date", "sex": "sex", "uasc": "uasc"})
_BEFORE: Final = ("start", "end", "end_reason", "legal_status", "place_code", "sector", "provider_id", "placement_key")
#: Days are counted from 1970 and shifted so that those of the years 1696 to 2243 are positive and under the limit.
_SHIFT, _LIMIT = 100_000, 200_000


@dataclass(frozen=True, eq=False)
class Evidence:
    """Tables as read, with located facts where somebody who may look at a map has filled them in.

    Attributes
    ----------
    tables : SourceTables
    snapshot : Timestamp
        The day the study is about.
    postcode_status : Series, optional
        What the postcode directory says of each distinct postcode, as written: a key of `geography.postcodes.STATUSES`.
    postcode_authority : Series, optional
        Upper-tier code of each distinct postcode, as written; missing where it is not known.
    authority_code : Series, optional
        Upper-tier code of each distinct name of an authority, as written; missing where the name is none.
    occupied_by_us : Series, optional
        Our children on the snapshot day, by `provider_id`.
    """

    tables: SourceTables
    snapshot: pd.Timestamp
    postcode_status: pd.Series | None = None
    postcode_authority: pd.Series | None = None
    authority_code: pd.Series | None = None
    occupied_by_us: pd.Series | None = None

    def has(self, need: str) -> bool:
        """Return whether there is anything to check against: a located fact, a kind of provider, or rows of a table."""
        facts = {
            "postcodes": self.postcode_status,
            "authorities of postcodes": self.postcode_authority,
            "authority names": self.authority_code,
            "our children at each provider": self.occupied_by_us,
        }
        if need in facts:
            return facts[need] is not None
        if need in ("homes", "schools"):
            service = codes.CARE if need == "homes" else codes.EDUCATION
            return bool(self.tables.provision["service"].eq(service).any())
        return len(self.table(need)) > 0

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows that rules about a table mark: those read, with what the rules share worked out."""
        if name in CARE_TABLES:
            return self._care_table(name)
        prepared = {"episodes", "plans", "education_placements", "stated_births", "children"}
        frame: pd.DataFrame = getattr(self if name in prepared else self.tables, name)
        return frame

    @cached_property
    def _who(self) -> tuple[pd.Index[Any], dict[str, npt.NDArray[np.intp]]]:
        """Every child's identifier once, and the position in that list of the child of each row of each table."""
        tables = {"children": self.tables.children, "episodes": self.tables.episodes}
        tables |= {name: self.tables.care_tables[name] for name in CARE_TABLES if name in self.tables.care_tables}
        number, ids = pd.factorize(pd.concat([table["child_id"] for table in tables.values()]))
        ends = np.cumsum([len(table) for table in tables.values()])
        return pd.Index(ids), dict(zip(tables, np.split(number, ends[:-1]), strict=True))

    @cached_property
    def people(self) -> pd.DataFrame:
        """Every child of any table, in the order that `who` counts in, with what `children` says of those it has."""
        ids, who = self._who
        rows = self.tables.children.set_axis(who["children"])
        told = rows[~rows.index.duplicated()].reindex(range(len(ids)))
        flags = {name: told[name].astype("boolean").fillna(False).astype(bool) for name in ("uasc", "in_header")}
        return told.assign(child_id=ids, **flags)

    @cached_property
    def children(self) -> pd.DataFrame:
        """Children, those without a header too."""
        return self.tables.children.reset_index(drop=True).assign(who=self._who[1]["children"])

    def of_child(self, rows: pd.DataFrame, column: str) -> pd.Series:
        """Return what `people` says of the child of each row."""
        return self.people[column].take(rows["who"].to_numpy()).set_axis(rows.index)

    def share_child(self, rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
        """Return whether the child of each row has a row among the others."""
        held = np.zeros(len(self.people), bool)
        held[others["who"].to_numpy()] = True
        return pd.Series(held[rows["who"].to_numpy()], index=rows.index)

    @cached_property
    def providers(self) -> pd.DataFrame:
        """Every place to live or learn, by `provider_id`."""
        return self.tables.provision.drop_duplicates("provider_id").set_index("provider_id")

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """Episodes by child and start, codes as categories, with the child's own facts and the episodes either side.

        `born`, `sex`, `uasc`, `eighteenth` (birthday), `age` (completed years at the start, NaN when not known);
        `next_start`, `next_reason`; `before_*` of the episode before; `follows`: it began the day that one ended;
        `home_key`, `placement_key`: whole numbers, the same for postcodes that differ in case and spaces only, 0 for
        none.
        """
        rows = self.tables.episodes.reset_index(drop=True)
        who = self._who[1]["episodes"]
        rows = rows.assign(
            **{name: coded(rows[name]) for name in _CODED},
            **_postcodes(rows),
            child_id=categories(who, self._who[0], rows.index),
            who=who,
        )
        key = who * _LIMIT + _days(rows["start"])
        if not (np.diff(key) > 0).all():
            rows = rows.iloc[np.lexsort((rows["end"], key))]
        rows = rows.assign(**{new: self.of_child(rows, old) for new, old in _OF_CHILD.items()})
        rows["eighteenth"] = (self.people["birth_date"] + pd.DateOffset(years=18)).take(rows["who"].to_numpy()).array
        rows["age"] = completed_years(rows["born"], rows["start"])
        same = rows["who"].eq(rows["who"].shift(1))
        goes_on = same.shift(-1, fill_value=False)
        before = {f"before_{name}": rows[name].shift(1).where(same) for name in _BEFORE}
        return rows.assign(
            **before,
            next_start=rows["start"].shift(-1).where(goes_on),
            next_reason=rows["start_reason"].shift(-1).where(goes_on),
            follows=before["before_end"].eq(rows["start"]),
        )

    @cached_property
    def now(self) -> pd.Series:
        """Whether each episode is going on at the snapshot: begun, not ended, and not dropped from later returns."""
        rows = self.episodes
        now: pd.Series = (rows["start"] <= self.snapshot) & ~(rows["end"] <= self.snapshot) & ~self.dropped
        return now

    @cached_property
    def dropped(self) -> pd.Series:
        """Whether an open episode comes from an older return than the latest: it must have ended since."""
        rows = self.episodes
        dropped: pd.Series = rows["end"].isna() & (rows["return_year"] < rows["return_year"].max())
        return dropped

    def provider_of(self, rows: pd.DataFrame, column: str) -> pd.Series:
        """Return a column of the provider of each row, missing where the provider is not known."""
        return spread(rows["provider_id"], self.providers[column])

    def looked_after(self, rows: pd.DataFrame, day: pd.Series) -> pd.Series:
        """Return whether the child of each row had an episode that day; True when the day is not known."""
        child, start, latest = self._stays.T
        wanted = rows["who"].to_numpy(np.int64)
        key = wanted * _LIMIT + _days(day)
        order = np.argsort(key)  # searched in order, each step lands near the last one in memory
        at = np.empty(len(key), np.intp)
        at[order] = np.searchsorted(start, key[order], side="right") - 1
        hit = at >= 0
        hit[hit] = (child[at[hit]] == wanted[hit]) & (latest[at[hit]] >= key[hit])
        return pd.Series(hit, index=day.index) | day.isna()

    @cached_property
    def _stays(self) -> npt.NDArray[np.int64]:
        """Child, start and latest end so far of each episode: rows of three whole numbers, by child and day."""
        rows = self.episodes
        child = rows["who"].to_numpy(np.int64)
        ends = np.where(rows["end"].isna(), _LIMIT - 1, _days(rows["end"]))
        latest = np.maximum.accumulate(child * _LIMIT + ends)
        return np.column_stack([child, child * _LIMIT + _days(rows["start"]), latest])

    def _care_table(self, name: str) -> pd.DataFrame:
        """Return another table of the returns with each column that a rule asks for, and when each child was `born`."""
        if name not in self._care_tables:
            given = self.tables.care_tables.get(name, pd.DataFrame({"child_id": pd.Series(dtype="str")}))
            rows = given.reset_index(drop=True)
            for column in ("birth_date", *CARE_TABLES[name], "source"):
                if column not in rows:
                    rows[column] = pd.Series(pd.NaT if column in _DATES else "", index=rows.index)
                rows[column] = rows[column].astype("datetime64[us]" if column in _DATES else "str")
            if "return_year" not in rows:
                rows["return_year"] = 0
            rows["who"] = self._who[1].get(name, np.zeros(0, np.intp))
            rows["born"] = self.of_child(rows, "birth_date").fillna(rows["birth_date"])
            self._care_tables[name] = rows
        return self._care_tables[name]

    @cached_property
    def _care_tables(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def stated_births(self) -> pd.DataFrame:
        """Every row of the other tables of the returns: `table, child_id, birth_date, source, header_birth_date`."""
        columns = ["child_id", "birth_date", "source", "who"]
        read = [name for name in CARE_TABLES if name in self.tables.care_tables] or ["oc2"]
        rows = pd.concat([self.table(name)[columns].assign(table=name) for name in read], ignore_index=True)
        return rows.assign(header_birth_date=self.of_child(rows, "birth_date").where(self.of_child(rows, "in_header")))

    @cached_property
    def plans(self) -> pd.DataFrame:
        """EHC plans, with `in_force` on the snapshot day."""
        rows = self.tables.plans.reset_index(drop=True)
        return rows.assign(in_force=rows["end"].isna() | (rows["end"] > self.snapshot))

    @cached_property
    def education_placements(self) -> pd.DataFrame:
        """Settings of the plans, with `born`, `sex`, `plan_start`, `plan_end`, the `plan`'s position, and `now`."""
        rows = self.tables.education_placements.reset_index(drop=True)
        rows = rows.assign(**{name: coded(rows[name]) for name in ("provider_id", "setting")})
        once = self.plans.drop_duplicates("person_id")
        at = pd.Index(once["person_id"]).get_indexer(pd.Index(rows["person_id"]))
        of_plan = once.reset_index(drop=True)[["birth_date", "sex", "start", "end"]].reindex(at).set_axis(rows.index)
        of_plan.columns = pd.Index(["born", "sex", "plan_start", "plan_end"])
        ended = (rows["end"] <= self.snapshot) | (of_plan["plan_end"] <= self.snapshot)
        now = ~ended & ~(rows["start"] > self.snapshot)
        return rows.assign(**of_plan, plan=np.append(once.index, -1)[at], now=now)

    def plans_with(self, settings: pd.DataFrame) -> pd.Series:
        """Return whether each plan has a row among these settings."""
        held = np.zeros(len(self.plans) + 1, bool)
        held[settings["plan"].to_numpy()] = True
        return pd.Series(held[:-1], index=self.plans.index)

    @cached_property
    def child_of_plan(self) -> npt.NDArray[np.intp]:
        """Position in `children` of the child with each plan's pupil number; -1 unless it stands once on both sides."""
        upn, of_plan = pupil_number(self.children["upn"]), pupil_number(self.plans["upn"])
        alone = ~shared(of_plan) & ~blank(of_plan)
        once = upn[~shared(upn) & ~blank(upn)]
        at = np.append(once.index, -1)[pd.Index(once).get_indexer(pd.Index(of_plan))]
        return np.where(alone, at, -1)


def _postcodes(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return both postcodes as categories of one list, and keys that are the same for two spellings of one postcode."""
    number, texts = pd.factorize(pd.concat([rows["home_postcode"], rows["placement_postcode"]]).fillna(""))
    tidy = pd.Series(texts, dtype="str").str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    names = pd.concat([pd.Series([""], dtype="str"), tidy], ignore_index=True)
    key = pd.factorize(names)[0][1:].astype(np.intp)
    half = len(rows)
    out = {}
    for name, part in (("home", number[:half]), ("placement", number[half:])):
        out[f"{name}_postcode"] = categories(part, texts, rows.index)
        out[f"{name}_key"] = pd.Series(key[part], index=rows.index)
    return out


def _days(day: pd.Series) -> npt.NDArray[np.int64]:
    known = day.fillna(pd.Timestamp("1970-01-01")).to_numpy("datetime64[D]").astype(np.int64)
    return np.clip(known + _SHIFT, 0, _LIMIT - 2)
