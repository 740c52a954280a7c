"""Which school took the place of which? The links file of GIAS, and chains of successors followed to their end."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import schemas
from placements.read.dates import parse_dates
from placements.read.intake import Intake
from placements.read.rawtable import RawTable

#: Plain names of the columns that make a file one of links.
LINK_COLUMNS: Final = frozenset({"urn", "linkurn", "linktype"})
_COLUMNS: Final = {
    "urn": ("URN",),
    "other": ("LinkURN",),
    "link": ("LinkType",),
    "from_day": ("LinkEstablishedDate",),
}
_TABLE: Final = "school links"
#: A URN in GIAS.
_URN: Final = r"\d{5,7}"


def take_links(table: RawTable, intake: Intake) -> pd.DataFrame:
    """Return the rows of a links file that can be used: `urn`, `other`, `link`, `from_day`, `_row`."""
    rows = table.take(_COLUMNS)
    for column in ("urn", "other"):
        wrong = ~rows[column].str.fullmatch(_URN)
        reason = "URN is missing or not a number: correct it"
        rows = intake.reject(table, _TABLE, rows, wrong, column, reason, _COLUMNS[column])
    itself = rows["urn"].eq(rows["other"])
    return intake.reject(table, _TABLE, rows, itself, "other", "a school cannot follow itself", _COLUMNS["other"])


def school_links(tables: list[tuple[RawTable, pd.DataFrame]], intake: Intake, order: tuple[str, ...]) -> pd.DataFrame:
    """Return who followed whom, each pair once (`schemas.SCHOOL_LINKS`).

    A link says of `LinkURN` what it is to `URN`, and both schools may state it, each from its side. Links of other
    types (sixth form centres, a merger in which no school took another's place) are read and say nothing of succession.

    Parameters
    ----------
    tables : list of (RawTable, DataFrame)
        What `take_links` returned of each file; the last by `order` wins.
    """
    if not tables:
        return schemas.empty(schemas.SCHOOL_LINKS)
    directed = []
    for table, rows in tables:
        kind = rows["link"].str.lower()
        back = kind.str.startswith("predecessor")
        follows = back | kind.str.startswith("successor")
        directed.append(
            (
                table,
                rows.assign(
                    older=rows["urn"].mask(back, rows["other"]),
                    newer=rows["other"].mask(back, rows["urn"]),
                    follows=follows,
                ),
            )
        )
    kept = intake.latest(directed, ["older", "newer", "follows"], _TABLE, order)
    kept = kept[kept["follows"]]
    frame = pd.DataFrame(
        {
            "urn": kept["older"],
            "successor_urn": kept["newer"],
            "link": kept["link"],
            "from_day": parse_dates(kept["from_day"]),
            "source": kept["source"],
        }
    )
    return schemas.check(
        schemas.SCHOOL_LINKS, frame.sort_values(["urn", "successor_urn"], kind="stable", ignore_index=True)
    )


def standing_for(links: pd.DataFrame, registered: pd.Series) -> pd.Series:
    """Return, for each URN that is in no register but was followed by one that is, that one; indexed by the older URN.

    Chains are followed as far as needed, and end where they run in a circle. Of several successors that are registered,
    the nearest counts; of equally near ones, the one whose link was established last.

    Parameters
    ----------
    links : DataFrame
        `schemas.SCHOOL_LINKS`.
    registered : Series of str
        URNs of the schools that are known.
    """
    found = pd.Series(registered.to_numpy(), index=registered.to_numpy(), dtype="str")
    latest_last = links.sort_values(["from_day", "successor_urn"], na_position="first", kind="stable")
    pairs = latest_last.set_index("urn")["successor_urn"]
    pairs = pairs[~pairs.index.isin(registered)]
    resolved = pd.Series(dtype="str")
    while not pairs.empty:
        reached = pairs[pairs.isin(found.index)]
        if reached.empty:
            break
        reached = reached[~reached.index.duplicated(keep="last")]
        found = found.loc[reached.to_numpy()].set_axis(reached.index)
        resolved = pd.concat([resolved, found])
        pairs = pairs[~pairs.index.isin(resolved.index)]
    return resolved
