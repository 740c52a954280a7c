"""Which authorities adjoin? Derived from postcodes: who is next to whom when every point of Great Britain is joined up.

Rule: two areas adjoin when a Delaunay edge joins a postcode of one to a postcode of the other, unless that edge lies in
open water. Water is open when the sea reaches it through gaps of more than `GAP_M` between postcodes. So areas that
face each other over a tidal river adjoin, as they do in law (the boundary runs down the middle of the Thames, the Tyne,
the Tees, the Tamar and the Mersey), and areas on the two sides of a wide estuary or of the sea do not: the Humber below
Goole, the Medway and the Thames beyond Gravesend, the Severn, the Dee, the Solent, the way to Scilly.

Measured on the official outlines of the 153 authorities (May 2025, clipped at mean high water): all 360 pairs whose
outlines touch are found and no pair that is parted by land is, not even Rutland and Peterborough (23 m apart) or
Croydon and Southwark (83 m). 23 pairs more face each other over a tidal river. The result is the same for any `GAP_M`
from 2.0 to 2.18 km; less loses the high Pennines (County Durham and Westmorland and Furness), more gains the mouth of
the Tees (Hartlepool and Redcar).

"Distant placement" in the Care Planning regulations asks whether the *area authority* adjoins; a local authority there
may be Welsh or Scottish, so their districts count too.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from placements.geography.authorities import CUSTOM, Authority
from placements.geography.cells import edges, sea, triangulate, unique_points
from placements.geography.reference import reference_table
from placements.geography.timeline import directory_districts, possible_authorities

#: Water wider than this parts two areas, metres.
GAP_M: Final = 2100.0


def neighbours(points: pd.DataFrame, gap_m: float = GAP_M) -> pd.DataFrame:
    """Return which labels are next to each other.

    Parameters
    ----------
    points : DataFrame
        `easting, northing` (metres) and `label`; include what lies beyond, or the rim is taken for a coast.
    gap_m : float
        Open water is what the sea reaches through gaps wider than this.

    Returns
    -------
    DataFrame
        `label, adjoining, shared_edges, shortest_gap_m`, each pair both ways round, in order.
    """
    places = unique_points(points)
    names, codes = np.unique(places["label"].to_numpy(dtype=str), return_inverse=True)
    mesh = triangulate(places[["easting", "northing"]].to_numpy(float))
    between = edges(mesh)
    wet = sea(mesh, between, gap_m)
    # An edge wider than the gap has the same water, or the same inland, on both sides.
    dry = (between.length_m <= gap_m) | ~wet[between.left]
    real = (between.a < mesh.size) & (between.b < mesh.size)
    kept = np.flatnonzero(dry & real)
    one, two = codes[between.a[kept]], codes[between.b[kept]]
    differ = one != two
    pairs = pd.DataFrame(
        {
            "label": names[np.concatenate([one[differ], two[differ]])],
            "adjoining": names[np.concatenate([two[differ], one[differ]])],
            "length_m": np.tile(between.length_m[kept][differ], 2),
        }
    )
    found = pairs.groupby(["label", "adjoining"], sort=True)["length_m"].agg(["size", "min"]).reset_index()
    return found.rename(columns={"size": "shared_edges", "min": "shortest_gap_m"})


@cache
def _adjoining_districts() -> dict[str, frozenset[str]]:
    table = reference_table("adjoining.csv")
    return {str(code): frozenset(rows) for code, rows in table.groupby("district_code")["adjoining_code"]}


@cache
def adjoining_codes(authority: Authority) -> frozenset[str]:
    """Return what is certain to adjoin an authority, or a custom set, on its day.

    Codes of authorities in England, codes of districts in Wales and Scotland. For a custom set of districts only areas
    next to *its* districts count, and the rest of the authorities that it is cut from counts as adjoining, by district
    code.
    """
    table = _adjoining_districts()
    own = set(authority.districts)
    touching = set().union(*(table.get(code, frozenset()) for code in own)) - own
    elsewhere = {code for code in touching if not code.startswith("E")}
    around = set().union(*_around(touching, authority, certain=True))
    if authority.code != CUSTOM:
        return frozenset(around - {authority.code} | elsewhere)
    home = set().union(*(possible_authorities(code, authority.on) for code in own))
    rest = {code for upper in home for code in directory_districts(upper, authority.on)} - own
    return frozenset(around - home | elsewhere | rest)


@cache
def perhaps_adjoining_codes(authority: Authority) -> frozenset[str]:
    """Return the authorities that adjoin only if ground that may have been theirs on that day was (`timeline`)."""
    table = _adjoining_districts()
    touching = set().union(*(table.get(code, frozenset()) for code in authority.districts)) - set(authority.districts)
    perhaps = set().union(*_around(touching, authority, certain=False))
    return frozenset(perhaps - adjoining_codes(authority) - {authority.code})


def _around(touching: set[str], authority: Authority, *, certain: bool) -> list[frozenset[str]]:
    found = [possible_authorities(code, authority.on) for code in touching]
    return [codes for codes in found if (len(codes) == 1) == certain]
