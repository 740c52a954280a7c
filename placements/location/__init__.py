"""Classical location models: which sites should be open, and what is proved of the answer?"""

from placements.location.center import p_center
from placements.location.covering import max_coverage, set_cover
from placements.location.facility import capacitated_facility_location
from placements.location.median import p_median
from placements.location.result import LocationResult

__all__ = [
    "LocationResult",
    "capacitated_facility_location",
    "max_coverage",
    "p_center",
    "p_median",
    "set_cover",
]
