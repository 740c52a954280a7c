"""Do the authorities add up to England, and to their regions, in the published files that a study holds?

If they do, the file is whole and read rightly, and shares made of its counts can be trusted. A count that is withheld
is not nothing: it makes the sum an interval, from none to all that the authority has in that topic.

Rounding: DfE publishes children looked after unrounded for authorities and to the nearest 10 for regions and England
(*Children looked after in England including adoptions*, data guidance, "Rounding and suppression"), populations and
EHC plans unrounded throughout (*Education, health and care plans*, data guidance).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from placements.geography.timeline import FIRST_DAY, LAST_DAY, authorities_on, code_of_today, region_of, successors
from placements.read.rawtable import plain

COLUMNS: Final = (
    "release",
    "year",
    "level",
    "code",
    "name",
    "topic",
    "breakdown",
    "measure",
    "published",
    "authorities_sum",
    "counted",
    "suppressed",
    "absent",
    "low",
    "high",
    "tolerance",
    "agrees",
)
#: London is published whole, and as Inner and Outer London.
WITHIN: Final = {"E13000001": "E12000007", "E13000002": "E12000007"}
_ROUNDED_TO: Final = 10
_NOT_APPLICABLE: Final = "z"
_CELL: Final = ["release", "year", "topic", "breakdown", "measure"]
_NO_COUNT: Final = r"(?:^|_)(?:pc|perc|percent|percentage|rate|average|mean|median)(?:$|_)"


def national_totals(published: pd.DataFrame) -> pd.DataFrame:
    """Return each published count of England and of a region beside the sum of its authorities.

    Parameters
    ----------
    published : DataFrame
        `schemas.PUBLISHED`. Percentages and rates, which do not add up, are left out, and so are releases without
        authorities.

    Returns
    -------
    DataFrame
        One row per release, year, place, topic, breakdown and measure that has a published value, with `COLUMNS`:
        `authorities_sum` of the `counted` authorities, how many are `suppressed` (a marker other than `z`), how many
        authorities of that day are `absent` from the whole release that year, the interval `low` to `high` that the
        suppressed make of the sum, the `tolerance` for rounding, and `agrees`: whether the published value lies in the
        interval, to the tolerance. It is missing where that cannot be told: authorities are absent and the sum falls
        short, or what may be negative (a net gain) is withheld.
    """
    rows = published[~published["measure"].str.contains(_NO_COUNT, regex=True)]
    authorities = rows[rows["level"].eq("authority") & rows["marker"].fillna("").ne(_NOT_APPLICABLE)]
    totals = rows[rows["level"].ne("authority") & rows["value"].notna()]
    totals = totals.merge(authorities[_CELL[:2]].drop_duplicates(), on=_CELL[:2])
    sums = _sums(authorities)
    # England's code is that of its rows: authorities were added up under the name of the level.
    totals = totals.assign(place=totals["code"].where(totals["level"].eq("regional"), "national"))
    out = totals.merge(sums, on=[*_CELL, "place"], how="inner").rename(columns={"value": "published"})
    out = out.merge(_absent(authorities), on=["release", "year", "place"], how="left")
    out["absent"] = out["absent"].fillna(0).astype(int)
    rounded = out["release"].str.contains("cla_") & out["measure"].ne("population_estimate")
    out["tolerance"] = np.where(rounded, _ROUNDED_TO / 2, 0.0)
    out["agrees"] = _agrees(out)
    order = ["release", "year", "level", "code", "topic", "breakdown", "measure"]
    return out.sort_values(order, ignore_index=True)[list(COLUMNS)]


def _agrees(out: pd.DataFrame) -> pd.Series:
    above, below = out["published"] > out["high"] + out["tolerance"], out["published"] < out["low"] - out["tolerance"]
    untold = np.isneginf(out["low"]) | (above & out["absent"].gt(0))
    return (~(above | below)).astype("boolean").mask(untold, pd.NA)


def _sums(authorities: pd.DataFrame) -> pd.DataFrame:
    """Return the sum, its interval and what it is of, by cell and place: `national` and each region."""
    rows = authorities[[*_CELL, "code", "region_code", "value"]]
    held = rows["value"].isna()
    most = _most(rows)
    signed = rows.groupby(["release", "breakdown", "measure"])["value"].transform("min").lt(0)
    rows = rows.assign(
        counted=(~held).astype(int),
        suppressed=held.astype(int),
        low=rows["value"].fillna(0.0).mask(held & signed, -np.inf),
        high=rows["value"].where(~held, most).mask(held & signed, np.inf),
    )
    region = rows["region_code"].fillna("")
    parts = [rows.assign(place="national"), rows.assign(place=region), rows.assign(place=region.map(WITHIN))]
    long = pd.concat(parts)
    long = long[long["place"].fillna("").ne("")]
    by = long.groupby([*_CELL, "place"], dropna=False, sort=False)
    sums = by[["value", "counted", "suppressed", "low", "high"]].sum().reset_index()
    return sums.rename(columns={"value": "authorities_sum"})


def _most(rows: pd.DataFrame) -> pd.Series:
    """Return the most that each count can be: its authority's total of the topic, if that is published; else no end."""
    key = ["release", "year", "topic", "measure", "code"]
    names = rows["breakdown"].fillna("")
    total = names.isin([name for name in names.unique() if plain(name).startswith("total")])
    # A topic may have several totals; the largest bounds them all.
    largest = rows[total].groupby(key, dropna=False)["value"].max().rename("most").reset_index()
    wanted = rows.loc[rows["value"].isna() & ~total, key]
    found = wanted.merge(largest, on=key, how="left")["most"]
    return pd.Series(found.to_numpy(float), index=wanted.index).reindex(rows.index).fillna(np.inf)


def absent_authorities(authorities: pd.DataFrame) -> pd.DataFrame:
    """Return `release`, `year`, `code` of each authority of 31 March that a release says nothing of in that year.

    One that is published under a later code, or as its successors, is there.
    """
    found = []
    pairs = authorities[["release", "year", "code"]].drop_duplicates()
    codes_by_release: dict[tuple[str, int], list[str]] = {}
    for release, year, code in pairs.itertuples(index=False):
        codes_by_release.setdefault((str(release), int(year)), []).append(str(code))
    for (release, year), codes in sorted(codes_by_release.items()):
        day = dt.date(year, 3, 31)
        if not FIRST_DAY <= day <= LAST_DAY:
            continue
        held = {code_of_today(code) for code in codes}
        for code in authorities_on(day):
            heirs = successors(code)
            if code_of_today(code) not in held and not (heirs and held.issuperset(heirs)):
                found.append((release, year, code))
    return pd.DataFrame(found, columns=["release", "year", "code"])


def _absent(authorities: pd.DataFrame) -> pd.DataFrame:
    missing = absent_authorities(authorities)
    region = missing["code"].map(region_of).astype("str")
    # Which half of London an absent borough lies in is not known here: it may be missing from either.
    parts = [missing.assign(place="national"), missing.assign(place=region)]
    parts += [missing[region.eq(whole)].assign(place=part) for part, whole in WITHIN.items()]
    counts = pd.concat(parts).groupby(["release", "year", "place"]).size().rename("absent").reset_index()
    return counts.astype({"release": "str", "year": int, "place": "str", "absent": int})
