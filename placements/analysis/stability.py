"""How settled are children in care? Placements in the year, long placements, and placements that began at short notice.

What counts as a placement follows DfE's measures of stability: every one that the child was in at some time of the
year, those that were open on its first day and on its last too, in all periods of care and however short; temporary
placements (T0 to T4) are left out, and coming back from one is no new placement. A change of placement with the same
carers (RNE T or U) is not counted either: DfE asks for "the same carer" in the long measure, and it is read so here in
both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.inputs import Inputs
from placements.analysis.periods import TEMPORARY, care_chain
from placements.analysis.snapshot import looked_after, with_age
from placements.analysis.year_ends import in_year_to

#: PLACE codes of placements for adoption.
ADOPTIVE: Final = ("A3", "A4", "A5", "A6")
#: Legal statuses that are powers of emergency: police protection and an emergency protection order (Children Act 1989
#: sections 46 and 44). A child assessment order (L3, section 43) is none.
EMERGENCY: Final = ("L1", "L2")
#: A placement that ends within a week is short: the limit that the SSDA903 sets to T4.
SHORT_DAYS: Final = 8
MANY: Final = 3
PLACEMENTS_IN_YEAR: Final[Mapping[str, str]] = MappingProxyType(
    {"0": "None but temporary", "1": "One", "2": "Two", "3": "Three", "4": "Four", "5_or_more": "Five or more"}
)
_LONG_MONTHS, _SETTLED_MONTHS, _LONG_AGE = 30, 24, 16


def looked_after_with_history(inputs: Inputs) -> pd.DataFrame:
    """Return the children looked after on the day with what `care_chain` says of the placement each is in."""
    now = looked_after(inputs.placements, inputs.on)
    chain = care_chain(inputs.placements)
    added = [name for name in chain.columns if name not in now.columns]
    return now.join(chain[added])


def placements_in_year(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return in how many placements each child was at some time of the year that ends with the day."""
    chain = care_chain(inputs.placements)
    before, now = pd.Timestamp(inputs.year_before), pd.Timestamp(inputs.on)
    # The year has a part of a home when it had begun, other than by a temporary placement, and had not ended before.
    begun = chain[~chain["temporary"] & ~(chain["start"] > now) & ~(chain["home_end"] <= before)]
    count = begun.drop_duplicates("home").groupby("child_id").size()
    return rows["child_id"].map(count).fillna(0).astype(int)


def placements_in_year_group(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return the group of the number of placements in the year, a key of `PLACEMENTS_IN_YEAR`."""
    count = placements_in_year(rows, inputs)
    return count.astype("str").mask(count >= 5, "5_or_more")


def many_placements(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each child had three or more placements in the year."""
    return (placements_in_year(rows, inputs) >= MANY).astype("boolean")


def long_looked_after(inputs: Inputs) -> pd.DataFrame:
    """Return children under 16 looked after for 2.5 years or more without a break, or of whom either is not known."""
    now = looked_after_with_history(inputs)
    long = _long(now, inputs)
    return now[~(now["age_years"] >= _LONG_AGE) & (long | long.isna())]


def settled(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each child of `long_looked_after` has lived with the same carers for 2 years.

    Or is placed for adoption and that placement and the one before it together have lasted 2 years. Not known where the
    child's age or the time in care is not, or the placement began, with the same carers, in a return that is not held.
    """
    since = pd.Timestamp(inputs.on) - pd.DateOffset(months=_SETTLED_MONTHS)
    former = _home_before(rows, inputs)
    # Where the carers became the adopters, the placement before is a part of the home already.
    adoptive = rows["place_code"].isin(ADOPTIVE) & former["began_adoptive"]
    start = rows["home_start"].where(~adoptive, former["home_start"].where(former["found"], rows["home_start"]))
    marked = rows["home_marked"].where(~adoptive | ~former["found"], former["home_marked"])
    # The first placement that is held of a period that is not marked as begun may have had one before it.
    marked &= ~adoptive | former["found"] | rows["period_marked"]
    held = (~(start > since)).astype("boolean")
    return held.mask(~held & ~marked.astype(bool)).mask(_long(rows, inputs).isna() | rows["age_years"].isna())


def _long(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether care has gone on for 2.5 years; not known where it may have begun before what is held."""
    since = pd.Timestamp(inputs.on) - pd.DateOffset(months=_LONG_MONTHS)
    long = (~(rows["period_start"] > since)).astype("boolean")
    return long.mask(~long & ~rows["period_marked"].astype(bool))


def _home_before(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return `home_start` and `home_marked` of the home before each row's in its period; `found`, if there is one.

    And whether the row's own home `began_adoptive`.
    """
    homes = care_chain(inputs.placements).drop_duplicates("home").set_index("home")
    before = homes.reindex(rows["home"] - 1)
    found = before["period"].to_numpy() == rows["period"].to_numpy()
    return pd.DataFrame(
        {
            "home_start": before["home_start"].to_numpy(),
            "home_marked": before["home_marked"].eq(True).to_numpy(bool),
            "found": found,
            "began_adoptive": homes["place_code"].reindex(rows["home"]).isin(ADOPTIVE).to_numpy(bool),
        },
        index=rows.index,
    )


def emergency_start(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each start of care was under powers of emergency; not known where the legal status is not."""
    legal = rows["legal_status_at_start"]
    known = legal.isin(list(codes.LEGAL_STATUS))
    return legal.isin(EMERGENCY).astype("boolean").where(known)


def homes_begun(inputs: Inputs) -> pd.DataFrame:
    """Return the first placement of every stay begun in the year, with ages that day; temporary ones left out."""
    chain = care_chain(inputs.placements)
    first = chain[chain["home_counts"] & ~chain["temporary"]].drop_duplicates("home")
    days = first["home_start"]
    begun = first[in_year_to(days, inputs.on)]
    return with_age(begun, begun["home_start"]).sort_values("placement_id")


def short_placement(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each placement ended within a week; not known of one begun in the last week and still open."""
    week = rows["home_start"] + pd.Timedelta(days=SHORT_DAYS)
    now = pd.Timestamp(inputs.on)
    short = (rows["home_end"] < week) & (rows["home_end"] <= now)
    return short.astype("boolean").mask(~short & (week > now))


def temporary_placement(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each placement is recorded as temporary; not known where its PLACE is blank."""
    place = rows["place_code"].fillna("")
    return place.isin(TEMPORARY).astype("boolean").mask(place.eq(""))
