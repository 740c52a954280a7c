"""Which roads may a car use, which way, and how fast? OpenStreetMap's tags, read by stated rules.

Speeds are what a car does over the length of a road, not its limit. Where a limit is posted (`maxspeed`), it is
`SHARE_OF_LIMIT` of it: traffic, bends and junctions take the rest (the same share that OSRM's car profile takes).
Otherwise the road's class decides, by `SPEED_MPH`: assumed averages for British roads at the time of the school run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from placements.geography.distance import KM_PER_MILE

#: Assumed miles an hour by class of road (`highway`). A class that is not here is not driven on.
SPEED_MPH: Final[Mapping[str, float]] = MappingProxyType(
    {
        "motorway": 60.0,
        "motorway_link": 40.0,
        "trunk": 45.0,
        "trunk_link": 30.0,
        "primary": 35.0,
        "primary_link": 25.0,
        "secondary": 32.0,
        "secondary_link": 22.0,
        "tertiary": 28.0,
        "tertiary_link": 20.0,
        "unclassified": 25.0,
        "residential": 18.0,
        "living_street": 8.0,
        "service": 10.0,
    }
)
#: Of a posted limit, what is driven on average.
SHARE_OF_LIMIT: Final = 0.8
#: The national limit: no car is taken to be faster.
TOP_MPH: Final = 70.0
_SLOWEST_MPH: Final = 3.0
#: Nobody lives on these: a home beside one is not reached from it.
NO_FRONTAGE: Final = frozenset({"motorway", "motorway_link", "trunk_link"})
#: British limits that are written as a rule and not as a number, mph.
_NAMED_LIMITS: Final = MappingProxyType(
    {
        "national": 60.0,
        "gb:nsl_single": 60.0,
        "gb:nsl_dual": 70.0,
        "gb:nsl_restricted": 30.0,
        "gb:motorway": 70.0,
        "gb:urban": 30.0,
        "gb:zone20": 20.0,
        "gb:20": 20.0,
    }
)
#: The most specific tag that is there decides.
_ACCESS_TAGS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
#: Open to the public, or to those whose home or school is there.
_OPEN: Final = frozenset({"yes", "permissive", "designated", "destination", "customers", "public", "official"})
_CLOSED: Final = frozenset(
    {
        "no",
        "private",
        "agricultural",
        "forestry",
        "agricultural;forestry",
        "delivery",
        "emergency",
        "military",
        "permit",
    }
    | {"psv", "bus", "taxi", "use_sidepath", "discouraged"}
)
#: Service roads that lead nowhere one lives or learns; what they lead to is reached on the access leg.
_SERVICE_LEFT_OUT: Final = frozenset({"parking_aisle", "drive-through", "emergency_access", "driveway"})
#: Barriers that stop a car unless access says otherwise.
_STOPPING: Final = frozenset(
    {"bollard", "block", "jersey_barrier", "cycle_barrier", "kissing_gate", "stile", "turnstile", "bus_trap", "log"}
    | {"debris", "motorcycle_barrier", "planter", "chain", "sump_buster"}
)
#: Bits of `direction`.
FORWARD: Final = 1
BACKWARD: Final = 2


def is_open(tags: Mapping[str, str]) -> bool:
    """Return whether a road is one that any car may use: of a class that is driven on, not private, not closed."""
    highway = tags.get("highway", "")
    if highway not in SPEED_MPH or tags.get("area") == "yes" or tags.get("impassable") == "yes":
        return False
    if highway == "service" and tags.get("service") in _SERVICE_LEFT_OUT:
        return False
    return _access(tags) is not False


def _access(tags: Mapping[str, str]) -> bool | None:
    """Return whether a car may pass, or None when nothing is said (or nothing that is understood)."""
    for name in _ACCESS_TAGS:
        value = tags.get(name, "").lower()
        if value in _OPEN:
            return True
        if value in _CLOSED:
            return False
    return None


def direction(tags: Mapping[str, str]) -> int:
    """Return which ways a road is driven: bits `FORWARD` (as drawn) and `BACKWARD`; 0 for a reversible lane.

    Motorways and roundabouts are one way unless they say otherwise; single-lane working (`alternating`) is both.
    """
    value = tags.get("oneway", "").lower()
    if value in ("yes", "true", "1"):
        return FORWARD
    if value in ("-1", "reverse"):
        return BACKWARD
    if value == "reversible":
        return 0
    implied = tags.get("highway") == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return FORWARD if implied and value not in ("no", "false", "0") else FORWARD | BACKWARD


def speed_mph(tags: Mapping[str, str]) -> float:
    """Return the average speed on a road, by its posted limit or else by its class."""
    limit = limit_mph(tags.get("maxspeed", ""))
    speed = SPEED_MPH[tags["highway"]] if limit is None else SHARE_OF_LIMIT * min(limit, TOP_MPH)
    return max(speed, _SLOWEST_MPH)


def limit_mph(text: str) -> float | None:
    """Return a `maxspeed` in miles an hour: `30 mph`, `48` (km/h), `50 km/h`, `GB:nsl_single`; None when it is none."""
    value = text.strip().lower()
    if value in _NAMED_LIMITS:
        return _NAMED_LIMITS[value]
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mph|km/?h|kph)?", value)
    if found is None or float(found[1]) <= 0:
        return None
    return float(found[1]) if found[2] == "mph" else float(found[1]) / KM_PER_MILE


def stops_cars(tags: Mapping[str, str]) -> bool:
    """Return whether a point on a road (a bollard, a private gate) lets no car pass."""
    access = _access(tags)
    return not access if access is not None else tags.get("barrier") in _STOPPING
