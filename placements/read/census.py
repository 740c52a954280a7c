"""The commissioning census: what each placement costs, who pays, how it was found, and why it is at distance.

The form is that of the Placements North West census. Its headers changed over the years and may go on with an
explanation ("Identifier: this is the unique reference ..."), so a column is known by how its name begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.read.intake import Intake
from placements.read.rawtable import ROW, RawTable, plain
from placements.read.when import day_or_month_in

_TABLE: Final = "placements"
#: What is taken from the census, and how the plain name of its column begins, over the years. A column is the first
#: that it fits.
_COLUMNS: Final = MappingProxyType(
    {
        "child_id": r"(child|unique|local|authority)*(identifier|reference|id$)",
        "looked_after": r"lookedafter",
        "placing_authority": r"placingauthority",
        "host_authority": r"hostauthority",
        "sourced": r"(how)?(the)?placementwassourced|howsourced",
        "agency_id": r"provider(id|ofsted|urn|registration)",
        "provider_id": r"establishment(registration|ofsted)?urn",
        "establishment": r"establishment",
        "provision_text": r"(typeof(provision|placement)|provisiontype|placementtype)",
        "start": r"(placement)?startdate|placementstart",
        "weekly_cost_gbp": r"(total)?weeklycost",
        "social_care_gbp": r"contributions?(from)?(childrens)?socialcare",
        "education_gbp": r"contributions?(from)?education",
        "health_gbp": r"contributions?(from)?health",
        "reason_text": r"(primary)?placingatdistancereason|(primary)?reasonfor(placing|placement)atdistance",
        "need": r"(primary)?sendneed",
    }
)
#: What makes two rows of different rounds one placement; `_` marks what is worked out from the row.
_KEY: Final = ("child_id", "start", "_where", "_placing", "provision")
#: Words of an authority's name that not all who write it use.
_BESIDE_THE_NAME: Final = (
    r"\b(the|of|county|city|council|borough|metropolitan|district|unitary|royal|london|upon|"
    r"cc|bc|mbc|lbc|lb|csc|childrens?|services|social|care)\b"
)
_MONEY: Final = ("weekly_cost_gbp", "social_care_gbp", "education_gbp", "health_gbp")


def _is_header(names: frozenset[str]) -> bool:
    """Return whether some columns are the census's: one names the child, and one the type of provision."""
    needed = (_COLUMNS["child_id"], _COLUMNS["provision_text"])
    return all(any(re.match(begins, name) for name in names) for begins in needed)


@dataclass(frozen=True)
class CommissioningCensus:
    """Placements as commissioning knows them."""

    commissioning: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_census(folder: Path, root: Path) -> CommissioningCensus:
    """Read the rounds of a commissioning census below a folder (CSV or workbooks, one round a file or sheet).

    A placement (child, start, establishment, placing authority and kind of provision) that several rounds list is taken
    from the latest; the day of a round is in the name of its sheet, above its header, or in the name of its file. What
    one round lists twice stays, for the rules to find; of rows that are the same in every cell one is used.

    Returns
    -------
    CommissioningCensus
        `commissioning` (`schemas.COMMISSIONING`, earlier rounds first), `quarantine`, `files`.

    Raises
    ------
    UnreadableFilesError
        When files cannot be read at all.
    """
    intake = Intake("census", root)
    tables: list[tuple[RawTable, pd.DataFrame]] = []
    for table in intake.tables_in(folder, (_is_header,)):
        if not len(table.frame.columns.drop("_row", errors="ignore")):
            intake.account(table, _TABLE, 0, 0)
        elif _is_header(table.columns):
            tables.append((table, _rows(table, intake)))
        else:
            intake.ignored(table)
    found = schemas.empty(schemas.COMMISSIONING)
    if tables:
        rows = intake.latest(_told_apart(tables), [*_KEY, "_copy"], _TABLE, order=("_round",))
        found = schemas.check(schemas.COMMISSIONING, rows[list(schemas.COMMISSIONING.columns)].reset_index(drop=True))
    return CommissioningCensus(found, intake.quarantine, intake.files)


def _rows(table: RawTable, intake: Intake) -> pd.DataFrame:
    """Return the rows of a table that can be used, read, with `_round` and `_where` (the establishment)."""
    names = _names(table)
    rows = table.take(names)
    rows = intake.reject(
        table, _TABLE, rows, rows["child_id"].eq(""), "child_id", "no identifier: give the child's", names["child_id"]
    )
    rows = intake.dated(table, _TABLE, rows, "start", "start", aliases=names["start"])
    for column in _MONEY:
        amount = money(rows[column])
        wrong = rows[column].ne("") & (amount.isna() | (amount < 0))
        reason = "not an amount of 0 or more in pounds a week: correct it, or leave it blank"
        rows = intake.reject(table, _TABLE, rows, wrong, column, reason, names[column])
        rows = rows.assign(**{column: amount[rows.index]})
    for column in ("provider_id", "agency_id"):
        rows[column] = rows[column].str.upper()
    return rows.assign(
        looked_after=_each(rows["looked_after"], _is_looked_after) if names["looked_after"] else True,
        provision=_each(rows["provision_text"], codes.census_provision),
        reason_at_distance=_each(rows["reason_text"], codes.census_reason),
        _where=rows["provider_id"].where(rows["provider_id"].ne(""), _each(rows["establishment"], plain)),
        _placing=authority_key(rows["placing_authority"]),
        _round=census_round(table.sheet, table.title, table.path.stem),
    )


def _told_apart(tables: list[tuple[RawTable, pd.DataFrame]]) -> list[tuple[RawTable, pd.DataFrame]]:
    """Return the tables with `_copy`: 0, but for a placement's rows in its latest round, which differ and stay.

    There they are numbered from the last, 0, so that the last stands for the rows of earlier rounds.
    """
    parts = [
        rows[[*_KEY, "_round"]].assign(
            _table=i, _same=table.frame.drop(columns=ROW).loc[rows.index].duplicated(keep="last")
        )
        for i, (table, rows) in enumerate(tables)
    ]
    joined = pd.concat(parts, ignore_index=True)
    joined["_turn"] = joined.groupby(["_round", "_table"]).ngroup()
    latest = joined["_turn"].eq(joined.groupby(list(_KEY), dropna=False)["_turn"].transform("max"))
    differ = joined[latest & ~joined["_same"]]
    copy = differ.groupby(list(_KEY), dropna=False).cumcount(ascending=False).reindex(joined.index, fill_value=0)
    each = np.split(copy.to_numpy(), np.cumsum([len(rows) for _, rows in tables])[:-1])
    return [(table, rows.assign(_copy=number)) for (table, rows), number in zip(tables, each, strict=True)]


def authority_key(names: pd.Series) -> pd.Series:
    """Return the words that tell an authority's name from others': the same for spellings of one, empty for none."""
    return _each(names.fillna("").astype("str"), _authority_words).astype("str")


def _authority_words(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’]", "", name.lower()).replace("&", " and ")).strip()
    return " ".join(re.sub(_BESIDE_THE_NAME, " ", words).split()) or words


def _names(table: RawTable) -> dict[str, tuple[str, ...]]:
    """Return the plain names of the file's columns by what they hold; of none that it lacks."""
    names: dict[str, tuple[str, ...]] = dict.fromkeys(_COLUMNS, ())
    for column in map(plain, table.frame.columns.drop("_row")):
        wanted = next((name for name, begins in _COLUMNS.items() if re.match(begins, column)), None)
        if wanted:
            names[wanted] += (column,)
    return names


def _each(text: pd.Series, meaning: Callable[[str], object]) -> pd.Series:
    """Return what each text means, asking once for each that occurs."""
    return text.map({value: meaning(value) for value in text.unique()})


def _is_looked_after(text: str) -> object:
    """Return whether the census says that a child is looked after; missing when it does not say."""
    answer = plain(text)
    if re.match(r"y|1$|true|lookedafter|lac", answer):
        return True
    return False if re.match(r"n|0$|false|post18|careleaver|send", answer) else pd.NA


def money(text: pd.Series) -> pd.Series:
    """Return amounts written with or without pound signs, commas and spaces; missing when blank or no finite number."""
    amount: pd.Series = pd.to_numeric(text.str.replace(r"[£,\s]", "", regex=True), errors="coerce").astype(float)
    return amount.where(np.isfinite(amount))


def census_round(*texts: str) -> int:
    """Return year and month (202412) named by the first of some texts that names a day, month or year; 0 when none."""
    for text in texts:
        day = day_or_month_in(text)
        if day is not None:
            return day.year * 100 + day.month
        year = next(iter(re.findall(r"(?<!\d)20\d\d(?!\d)", text)), None)
        if year:
            return int(year) * 100
    return 0
