"""Which published figures is an authority set beside others by? Each from counts of one of DfE's releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHARE: Final = "share"
PER_10_000: Final = "per 10,000 children"
#: Topic, breakdown and measure of one published count.
Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Benchmark:
    """One figure that can be worked out for every authority.

    Attributes
    ----------
    indicator, label : str
    release : str
        Data set it comes from.
    counts : tuple of Cell
        Added up, the numerator.
    of : tuple of tuple of (int, Cell)
        Ways to the denominator, best first: signed counts that are added up; the first that is published whole is used.
    unknown : Cell or None
        How many have no known answer.
    definition : str
    unit : str
    """

    indicator: str
    label: str
    release: str
    counts: tuple[Cell, ...]
    of: tuple[tuple[tuple[int, Cell], ...], ...]
    unknown: Cell | None
    definition: str
    unit: str = SHARE

    @property
    def cells(self) -> frozenset[Cell]:
        """Return every count that is looked up."""
        ways = [cell for way in self.of for _, cell in way]
        return frozenset([*self.counts, *ways, *([self.unknown] if self.unknown else [])])


_CHILDREN: Final = "la_cla_on_31_march_by_characteristics"
_NEW: Final = "la_cla_during_year_new_placements"


def _child(topic: str, breakdown: str) -> Cell:
    return topic, breakdown, "number"


def _placed(breakdown: str) -> Cell:
    return _child("Location of new placements during the year", breakdown)


def _plans(measure: str) -> Cell:
    return "All EHC plans", "All EHC plans", measure


def _sum(*cells: Cell) -> tuple[tuple[int, Cell], ...]:
    return tuple((1, cell) for cell in cells)


_LOCALITY: Final = "Locality of placement"
_DISTANCE: Final = "Distance between home and placement"
_NOT_KNOWN: Final = "Distance not known or not recorded"
_INSIDE: Final = tuple(
    _placed(f"Placed inside LA boundary {side} than 20 miles from home") for side in ("less", "more")
)
_OUTSIDE: Final = tuple(
    _placed(f"Placed outside LA boundary {side} than 20 miles from home") for side in ("less", "more")
)
_RATE: Final = ("", "Children looked after at 31 March each year")

BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    Benchmark(
        "looked_after_rate",
        "Children looked after",
        "cla_number_and_rate_per_10k_children",
        ((*_RATE, "number"),),
        (_sum((*_RATE, "population_estimate")),),
        None,
        "looked after on 31 March, for every 10,000 residents aged 0 to 17",
        PER_10_000,
    ),
    Benchmark(
        "outside",
        "Outside the authority",
        _CHILDREN,
        (_child(_LOCALITY, "Placed outside the local authority boundary"),),
        (_sum(_child(_LOCALITY, "Total")),),
        None,
        "placed outside the authority's boundary, of children looked after on 31 March",
    ),
    Benchmark(
        "over_20_miles",
        "Over 20 miles from home",
        _CHILDREN,
        (_child(_DISTANCE, "Placed more than 20 miles from home"),),
        (
            _sum(
                _child(_DISTANCE, "Placed 20 miles or less from home"),
                _child(_DISTANCE, "Placed more than 20 miles from home"),
            ),
            ((1, _child(_DISTANCE, "Total")), (-1, _child(_DISTANCE, _NOT_KNOWN))),
        ),
        _child(_DISTANCE, _NOT_KNOWN),
        "placed more than 20 miles from home, of those whose distance is known (the others are left out)",
    ),
    Benchmark(
        "new_outside",
        "New placements outside",
        _NEW,
        _OUTSIDE,
        (_sum(*_INSIDE, *_OUTSIDE), ((1, _placed("Total new placements")), (-1, _placed(_NOT_KNOWN)))),
        _placed(_NOT_KNOWN),
        "new placements outside the authority's boundary, of those whose distance is known (the others are left out)",
    ),
    Benchmark(
        "childrens_homes",
        "In children's or secure homes",
        _CHILDREN,
        (_child("Placement", "Secure homes and children's homes"),),
        (_sum(_child("Placement", "Total")),),
        None,
        "in secure homes and children's homes, of children looked after on 31 March",
    ),
    Benchmark(
        "fostered",
        "Fostered",
        _CHILDREN,
        (_child("Placement", "Foster placements"),),
        (_sum(_child("Placement", "Total")),),
        None,
        "in foster placements, of children looked after on 31 March",
    ),
    Benchmark(
        "own_provision",
        "In own provision",
        _CHILDREN,
        (_child("Place providers", "Own provision (by the LA)"),),
        (_sum(_child("Place providers", "Total")),),
        _child("Place providers", "Placement provider not reported"),
        "in the authority's own provision, of children looked after on 31 March (provider not reported among them)",
    ),
    Benchmark(
        "plans_independent_special",
        "Plans: independent or non-maintained special",
        "caseload",
        (_plans("special_independent"), _plans("special_non_maintained")),
        (_sum(_plans("ehcplans")),),
        _plans("placement_unknown"),
        "in independent or non-maintained special schools, of EHC plans in January (placement unknown among them)",
    ),
    Benchmark(
        "plans_mainstream",
        "Plans: mainstream",
        "caseload",
        (_plans("mainstream_total"),),
        (_sum(_plans("ehcplans")),),
        _plans("placement_unknown"),
        "in mainstream schools, units and bases among them, of EHC plans in January (placement unknown among them)",
    ),
)
