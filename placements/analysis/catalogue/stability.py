"""Stability: how often children move, how long they stay, siblings together, and starts at short notice."""

from __future__ import annotations

from typing import Final

from placements import codes
from placements.analysis import siblings
from placements.analysis.catalogue.flow import STARTED
from placements.analysis.definition import Definition, Kind, Population
from placements.analysis.stability import (
    PLACEMENTS_IN_YEAR,
    emergency_start,
    homes_begun,
    long_looked_after,
    looked_after_with_history,
    many_placements,
    placements_in_year_group,
    settled,
    short_placement,
    temporary_placement,
)

_DFE: Final = "DfE, Stability measures for children looked after in England; NI 62 and NI 63 before it"
_COUNTED: Final = (
    "Counted as placements: all at some time of the year, open at its start or end too, in every period of care and "
    "however short. Not counted: temporary ones (T0 to T4) and coming back from them, and a change of placement with "
    "the same carers (RNE T or U), which DfE does not spell out"
)
_SHORT_BREAKS: Final = "series of short breaks (V3, V4)"

LOOKED_AFTER_YEAR: Final = Population(
    "looked_after_over_the_year", "Children looked after, over the year up to the day", codes.CARE,
    looked_after_with_history, flow=True,
)  # fmt: skip
LONG_LOOKED_AFTER: Final = Population(
    "long_looked_after", "Children under 16 looked after for 2.5 years or more", codes.CARE, long_looked_after
)
HOMES_BEGUN: Final = Population(
    "care_homes_begun", "Placements with new carers that began in the year, temporary ones left out", codes.CARE,
    homes_begun, "placements", flow=True,
)  # fmt: skip
WITH_SIBLINGS: Final = Population(
    "looked_after_with_siblings", "Children looked after who have a sibling looked after", codes.CARE,
    siblings.with_siblings,
)  # fmt: skip

_SIBLINGS_OUT: Final = (
    "children who are not in the register of siblings, or whose siblings are not looked after; not known: a postcode "
    "of either is missing, and they are not both in a household or home whose number is known"
)
_SIBLINGS_SOURCE: Final = (
    "Children Act 1989 s22C(8)(c); the register of siblings. Together: same household or home by its number, else the "
    "same postcode, which may call neighbours together"
)

DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        "care_three_or_more_placements", "Three or more placements in the year", Kind.SHARE,
        "had three or more placements in the year up to the day", "children looked after on the day",
        f"{_SHORT_BREAKS}; nobody else", f"{_DFE}. {_COUNTED}", LOOKED_AFTER_YEAR, holds=many_placements,
    ),
    Definition(
        "care_placements_in_year", "Placements in the year by child", Kind.BREAKDOWN,
        "children by the number of placements in the year up to the day", "children looked after on the day",
        _SHORT_BREAKS, f"{_DFE}. {_COUNTED}", LOOKED_AFTER_YEAR, category=placements_in_year_group,
        categories=PLACEMENTS_IN_YEAR,
    ),
    Definition(
        "care_long_term_stability", "Settled for two years", Kind.SHARE,
        "have lived with the same carers for 2 years or more (temporary placements in between do not break it), or are "
        "placed for adoption (A3 to A6) and that placement and the one before together have lasted 2 years",
        "children under 16 looked after without a break for 2.5 years or more",
        "age not known; time in care not known and less than 2.5 years of it held; carers who may have been the same "
        "in a return that is not held", _DFE, LONG_LOOKED_AFTER, holds=settled,
    ),
    Definition(
        "siblings_all_together", "Placed with all siblings looked after", Kind.SHARE,
        "live together with every sibling who is looked after that day",
        "children looked after who have a sibling looked after", _SIBLINGS_OUT, _SIBLINGS_SOURCE, WITH_SIBLINGS,
        holds=siblings.all_together,
    ),
    Definition(
        "siblings_any_together", "Placed with at least one sibling looked after", Kind.SHARE,
        "live together with at least one sibling who is looked after that day",
        "children looked after who have a sibling looked after", _SIBLINGS_OUT, _SIBLINGS_SOURCE, WITH_SIBLINGS,
        holds=siblings.any_together,
    ),
    Definition(
        "care_starts_emergency", "Started under emergency powers", Kind.SHARE,
        "first legal status is police protection (L1) or an emergency protection order (L2)",
        "children who started to be looked after in the year", "legal status blank or no code",
        "Children Act 1989 ss46 and 44; SSDA903 guide, LS. Notice is not recorded: an agreed start can be as sudden",
        STARTED, holds=emergency_start,
    ),
    Definition(
        "care_starts_temporary", "Started in a temporary placement", Kind.SHARE,
        "first placement is temporary (T0 to T4)", "children who started to be looked after in the year",
        "PLACE blank", "SSDA903 guide, PLACE: a temporary placement is one that a child comes back from, so few should",
        STARTED, holds=temporary_placement,
    ),
    Definition(
        "care_short_placements", "Placements that lasted under 8 days", Kind.SHARE,
        "ended within seven days; a change with the same carers and temporary placements do not end one",
        "placements with new carers that began in the year, temporary ones (T0 to T4) left out",
        "begun in the last seven days and still open",
        "SSDA903 guide, DECOM and DEC; seven days is its limit for T4. A short placement may be planned: this is no "
        "measure of notice", HOMES_BEGUN, holds=short_placement,
    ),
)  # fmt: skip
