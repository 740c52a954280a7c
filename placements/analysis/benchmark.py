"""How does the authority stand beside its region, England and its statistical neighbours, in DfE's own statistics?

Shares are worked out from published counts, never taken from published percentages: those are rounded, and some are
wrong. All four places of an indicator are of one year. A count that DfE withholds makes the share missing and is named;
those whose answer is not known are counted beside it.
"""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from placements.analysis.benchmark_counts import Counts, counts_of, figure, of_benchmarks
from placements.analysis.benchmark_measures import BENCHMARKS
from placements.geography.reference import reference_table
from placements.geography.timeline import code_of_today, region_of

AUTHORITY, REGION, ENGLAND, NEIGHBOURS = "authority", "region", "england", "neighbours"
PLACES: Final = (AUTHORITY, REGION, ENGLAND, NEIGHBOURS)
COLUMNS: Final = (
    "indicator",
    "label",
    "unit",
    "place",
    "code",
    "name",
    "year",
    "value",
    "numerator",
    "denominator",
    "unknown",
    "neighbours",
    "neighbours_with_value",
    "suppressed",
    "definition",
)


def benchmark(
    published: pd.DataFrame, neighbours: pd.DataFrame, authority_code: str, near_year: int | None = None
) -> pd.DataFrame:
    """Return each indicator for the authority, its region, England, and the median of its statistical neighbours.

    Parameters
    ----------
    published : DataFrame
        `schemas.PUBLISHED`.
    neighbours : DataFrame
        `schemas.NEIGHBOURS`; may be empty.
    authority_code : str
        ONS code of an upper-tier authority, today's or an earlier one; of any other, only England is found.
    near_year : int, optional
        The latest year up to this one is taken, or the first after it when there is none; the latest when not given.
        Of the years in which the authority itself has the counts of an indicator; England's when it has none.

    Returns
    -------
    DataFrame
        Four rows (`PLACES`) per indicator that is published, in the order of `BENCHMARKS`, with `COLUMNS`:
        `value` is a share (0 to 1) or a rate (see `unit`), NaN when a part of it is withheld; `numerator`,
        `denominator` and `unknown` are counts; `suppressed` names the counts withheld, with their markers. The row of
        the neighbours holds the median of their shares, the sums of the counts of those that have one, how many
        neighbours there are and how many have a value; `neighbours` is missing in the other rows.
    """
    authority_code = code_of_today(authority_code)
    peers = peers_of(neighbours, authority_code)
    today = of_benchmarks(published)
    rows: list[dict[str, Any]] = []
    for item in BENCHMARKS:
        counts = counts_of(today, item, authority_code, near_year)
        if counts is not None:
            rows += _places(counts, authority_code, peers)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"neighbours": "Int64", "neighbours_with_value": "Int64", "year": int})


def peers_of(neighbours: pd.DataFrame, authority_code: str) -> list[str]:
    """Return the codes of the statistical neighbours of an authority (by its code of today), the closest first."""
    dfe = reference_table("dfe_codes.csv").set_index("dfe_code")["authority_code"]
    own = dfe[dfe.eq(authority_code)].index
    near = neighbours[neighbours["dfe_code"].isin(own)].sort_values("rank")["neighbour_dfe_code"]
    return [str(dfe.get(code, f"DfE {code}")) for code in near]


def _places(counts: Counts, authority: str, peers: list[str]) -> list[dict[str, Any]]:
    places = counts.places
    region = str(places["region_code"].get(authority, "") or region_of(authority))
    england = next(iter(places.index[places["level"].eq("national")]), "")
    item = counts.item
    shared = {"indicator": item.indicator, "label": item.label, "unit": item.unit, "year": counts.year}
    shared["definition"] = item.definition
    rows = [
        {**shared, "place": place, "code": code, "name": str(places["name"].get(code, "")), **counts.at(code)}
        for place, code in ((AUTHORITY, authority), (REGION, region), (ENGLAND, str(england)))
    ]
    found = pd.DataFrame([counts.at(code) for code in peers], columns=list(figure()))
    usable = found[found["value"].notna()]
    without = len(found) - len(usable)
    rows.append(
        {
            **shared,
            "place": NEIGHBOURS,
            "code": "",
            "name": "Median of statistical neighbours",
            **figure(
                usable["value"].median() if len(usable) else math.nan,
                usable["numerator"].sum(min_count=1),
                usable["denominator"].sum(min_count=1),
                usable["unknown"].sum(min_count=1),
                f"{without} of {len(found)} neighbours have no value" if without else "",
            ),
            "neighbours": len(found),
            "neighbours_with_value": len(usable),
        }
    )
    return rows
