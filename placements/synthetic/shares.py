"""Shares by where a looked-after child lives: outside the authority, far from home, and England's mix."""

from __future__ import annotations

from typing import Final

#: Where a looked-after child can live, as the generator sees it.
STATES: Final = (
    "connected",
    "in_house",
    "agency",
    "home",
    "supported",
    "residential",
    "parents",
    "adoption",
    "other",
    "secure",
    "school",
)

#: Share of children outside the authority by where they live. England 2024: DfE placement x locality and provider x
#: locality; adoption and school placements are few and rounded.
ENGLAND_OUTSIDE: Final = {
    "connected": 0.32,
    "in_house": 0.24,
    "agency": 0.64,
    "home": 0.67,
    "supported": 0.44,
    "residential": 0.74,
    "parents": 0.19,
    "adoption": 0.79,
    "other": 0.45,
    "secure": 0.93,
    "school": 0.66,
}
#: Share over 20 miles among those outside. England 2024, the same tables; how relatives, own and agency carers share
#: the fostering total of 37 % is assumed, and so are the few secure and school placements.
ENGLAND_FAR: Final = {
    "connected": 0.45,
    "in_house": 0.25,
    "agency": 0.37,
    "home": 0.66,
    "supported": 0.29,
    "residential": 0.58,
    "parents": 0.38,
    "adoption": 0.63,
    "other": 0.54,
    "secure": 0.85,
    "school": 0.75,
}
#: Surrey: homes 87 of 124 outside and fostering 329 of 734 outside (2020-22) set the levels; how connected, own and
#: agency carers share the fostering total is assumed. Far shares are set so that 372 of 480 outside are over 20 miles.
SURREY_OUTSIDE: Final = {
    "connected": 0.45,
    "in_house": 0.24,
    "agency": 0.77,
    "home": 0.69,
    "supported": 0.58,
    "residential": 0.74,
    "parents": 0.30,
    "adoption": 0.79,
    "other": 0.50,
    "secure": 0.95,
    "school": 0.80,
}
SURREY_FAR: Final = {
    "connected": 0.77,
    "in_house": 0.48,
    "agency": 0.72,
    "home": 0.88,
    "supported": 0.76,
    "residential": 0.80,
    "parents": 0.60,
    "adoption": 0.80,
    "other": 0.75,
    "secure": 0.95,
    "school": 0.90,
}
#: England's mix of placements relative to Surrey's (share of children looked after, 2024): multiplies the weights that
#: were tuned on Surrey.
ENGLAND_MIX: Final = {
    "connected": 1.33,
    "in_house": 1.0,
    "agency": 0.93,
    "home": 0.70,
    "supported": 0.87,
    "residential": 0.9,
    "parents": 9.0,
    "adoption": 0.85,
    "other": 0.9,
    "secure": 0.8,
    "school": 0.4,
}
