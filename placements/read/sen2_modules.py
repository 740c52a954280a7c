"""The modules of a SEN2 return: how they hang together, which columns are taken, and which rows cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from placements import codes
from placements.errors import DataError
from placements.read.dates import parse_dates
from placements.read.intake import Intake
from placements.read.rawtable import ROW, RawTable

#: Modules from the person down; each row names its own table id and its parent's.
PARENT: Final = {
    "person": "",
    "requests": "person",
    "assessment": "requests",
    "namedplan": "assessment",
    "plandetail": "namedplan",
    "activeplans": "requests",
    "placementdetail": "activeplans",
    "senneed": "activeplans",
}
_SETTING_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "urn": ("urn",),
    "ukprn": ("ukprn",),
    "setting": ("sensetting",),
    "rank": ("placementrank",),
    "sen_unit": ("senunitindicator", "senunit"),
    "resourced_provision": ("resourcedprovisionindicator", "resourcedprovision"),
}
#: What is taken of each module, by the names it goes by. Names of people are not among it, nor free text.
COLUMNS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "person": {
        "birth_date": ("personbirthdate", "birthdate", "dob"),
        "sex": ("sex", "gendercurrent", "gender"),
        "home_postcode": ("postcode",),
        "upn": ("upn",),
    },
    "requests": {},
    "assessment": {},
    "namedplan": {"start": ("startdate",), "end": ("ceasedate",), "end_reason": ("ceasereason",)},
    "plandetail": _SETTING_COLUMNS,
    "activeplans": {},
    "placementdetail": {**_SETTING_COLUMNS, "start": ("entrydate",), "end": ("leavingdate",), "res": ("res",)},
    "senneed": {"need": ("sentype",), "rank": ("sentyperank", "rank")},
}
#: Sets of columns that make a row a header.
KNOWN: Final = tuple(frozenset({f"{name}tableid"}) for name in PARENT)
#: Settings that are no school: alternative arrangements by the authority and by parents, elective home education, early
#: years, other, and not in education (to be found a place; in employment; compulsory school age or not).
SETTINGS: Final = ("OLA", "OPA", "EHE", "EYP", "OTH", "NEET", "NIEC", "NIEO")
#: Codes of the field `res`: boarding for 38 weeks or 52.
_RESIDENTIAL: Final = {"38": "38", "51": "38", "A": "38", "52": "52", "B": "52"}

Positions = npt.NDArray[np.intp]


@dataclass
class Modules:
    """The modules of one export, joined from the person down as they are added.

    Attributes
    ----------
    rows : dict of str to DataFrame
        What can be used of each module, in file order, with the columns of `COLUMNS`; below the person also `person`
        and `parent`, the positions of its person and parent among their rows.
    ids : dict of str to Series of str
        Table id of each of those rows; kept of the person, and of another parent while a module below it is to come.
    source : dict of str to str
        Name of the file each module came from.
    """

    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    ids: dict[str, pd.Series] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, table: RawTable, intake: Intake) -> None:
        """Take what can be used of a module, whose parent has been added, and account for all its rows.

        Raises
        ------
        DataError
            When the module has been added before.
        """
        if name in self.rows:
            raise DataError(
                f"is a second file of the module {name}: table ids mean something within one export only",
                file=table.path,
                advice="keep one file of each module; put an earlier export into a folder of its own, or keep the date "
                "of the export in the names of its files",
            )
        rows = _usable(table, name, intake)
        parent = PARENT[name]
        if parent:
            place = _positions(rows["parent"], self.ids[parent])
            lost = pd.Series(place < 0, index=rows.index)
            reason = f"its {parent} row is not in the export, or could not be used: export it again"
            rows = intake.reject(table, name, rows, lost, "parent", reason, (f"{parent}tableid",))
            place = place[place >= 0]
            person = place if parent == "person" else self.rows[parent]["person"].to_numpy()[place]
            rows = rows.assign(parent=place, person=person)
        intake.account(table, name, len(rows), len(table.frame) - len(rows))
        rows = rows.reset_index(drop=True)
        self._hold(name, rows["id"], rows.drop(columns=["id", ROW]), intake.label(table))

    def add_empty(self, name: str) -> None:
        """Note that an export does not hold a module."""
        dates = {"start", "end", "birth_date"}
        kinds = {column: "datetime64[us]" if column in dates else "str" for column in COLUMNS[name]}
        kinds |= {"rank": "int64", "sen_unit": "bool", "resourced_provision": "bool"}
        kinds |= {"person": "intp", "parent": "intp"}
        wanted = [*COLUMNS[name], *(["parent", "person"] if PARENT[name] else [])]
        rows = pd.DataFrame({column: pd.Series(dtype=kinds[column]) for column in wanted})
        self._hold(name, pd.Series(dtype="str"), rows, "")

    def _hold(self, name: str, ids: pd.Series, rows: pd.DataFrame, source: str) -> None:
        self.rows[name], self.ids[name], self.source[name] = rows, ids, source
        for held in set(self.ids) - {"person"}:
            if all(child in self.rows for child, parent in PARENT.items() if parent == held):
                del self.ids[held]


def _positions(wanted: pd.Series, ids: pd.Series) -> Positions:
    """Return where each wanted id stands among ids that occur once each, -1 where it does not."""
    found = pc.index_in(pa.array(wanted), value_set=pa.array(ids))
    return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), np.intp)


def module_of(table: RawTable) -> str | None:
    """Return the module a table is: the one whose own table id it holds and that is no other's parent in it."""
    held = [name for name in PARENT if f"{name}tableid" in table.columns]
    own = [name for name in held if name not in {PARENT[other] for other in held}]
    return own[0] if len(own) == 1 else None


def _usable(table: RawTable, name: str, intake: Intake) -> pd.DataFrame:
    """Return the rows that make sense by themselves; what is wrong within a row that can be used is left blank."""
    own_id, parent_id = (f"{name}tableid",), (f"{PARENT[name]}tableid",)
    rows = table.take({"id": own_id} | ({"parent": parent_id} if PARENT[name] else {}) | COLUMNS[name])
    rows = intake.reject(table, name, rows, rows["id"].eq(""), "id", "no table id: export it again", own_id)
    if PARENT[name]:
        blank = rows["parent"].eq("")
        rows = intake.reject(table, name, rows, blank, "parent", "no parent table id: export it again", parent_id)
    again = rows["id"].duplicated(keep="first")
    rows = intake.reject(table, name, rows, again, "id", "table id occurs twice: export it again", own_id)
    for column in ("start", "end"):
        if column in COLUMNS[name]:
            rows = intake.dated(table, name, rows, column, column, aliases=COLUMNS[name][column])
    if {"start", "end"} <= set(rows.columns):
        late, names = rows["end"] < rows["start"], COLUMNS[name]["end"]
        rows = intake.reject(table, name, rows, late, "end", "ended before it began: correct one of the dates", names)
    if name == "senneed":
        rows["need"] = rows["need"].str.upper()
        wrong, names = ~rows["need"].isin(list(codes.SEN_TYPE)), COLUMNS[name]["need"]
        rows = intake.reject(table, name, rows, wrong, "need", "not a code of need: correct sentype", names)
    if "birth_date" in rows:  # without one the child still has a plan, and a rule counts it
        rows["birth_date"] = parse_dates(rows["birth_date"])
        rows["sex"] = rows["sex"].str.upper().map(codes.SEX).fillna("U").astype("str")
    if "rank" in rows:
        rows["rank"] = _rank(rows["rank"])
    return _settings(rows) if "setting" in rows else rows


def _settings(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what names a setting: numbers and codes that are none are blank, indicators yes or no."""
    for column, form in (("urn", r"\d{5,7}"), ("ukprn", r"\d{8}")):
        number = rows[column].str.removesuffix(".0")
        rows[column] = number.where(number.str.fullmatch(form), "")
    setting = rows["setting"].str.upper()
    rows["setting"] = setting.where(setting.isin(SETTINGS), "")
    for column in ("sen_unit", "resourced_provision"):
        rows[column] = rows[column].str.upper().isin(["1", "Y", "YES", "T", "TRUE"])
    if "res" in rows:
        rows["res"] = rows["res"].str.upper().map(_RESIDENTIAL).fillna("").astype("str")
    return rows


def _rank(text: pd.Series) -> pd.Series:
    """Return ranks as whole numbers; a blank one counts as 1."""
    place, distinct = pd.factorize(text)
    ranks = pd.to_numeric(pd.Series(distinct, dtype="str"), errors="coerce").fillna(1).clip(1, 99).astype("int64")
    return pd.Series(ranks.to_numpy()[place], index=text.index)
