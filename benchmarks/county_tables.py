"""What the made-up county is made of: sorts of need, of options, of places there already, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple


class Segment(NamedTuple):
    """Need of one sort; `share` is its part of all who enter."""

    service: str
    need_group: str
    age_band: str
    provision: str
    share: float
    away_cost_gbp: float


class Kind(NamedTuple):
    """Options of one sort; a site has one for each of `sizes`, in places; money is for a place."""

    kind: str
    provision: str
    needs: str
    ages: tuple[float, float]
    sizes: tuple[int, ...]
    capital_gbp: float
    yearly_cost_gbp: float
    weekly_cost_gbp: float
    lead_time_years: float
    planned_occupancy: float
    minimum_occupancy: float
    share_of_sites: float


class Sort(NamedTuple):
    """Places there are already: how many each can take on average, what a week costs."""

    provision: str
    usable: float
    weekly_cost_gbp: float


# Shares and prices are assumed, of the order of what English counties report; nothing hangs on any one of them.
SEGMENTS: Final = (
    Segment("care", "family", "10 to 15", "childrens_home", 0.16, 5400.0),
    Segment("education", "autism", "11 to 15", "independent_special", 0.11, 1300.0),
    Segment("care", "family", "10 to 15", "agency_foster", 0.12, 1000.0),
    Segment("education", "autism", "5 to 10", "independent_special", 0.08, 1250.0),
    Segment("care", "family", "16 and over", "childrens_home", 0.10, 5200.0),
    Segment("care", "family", "16 and over", "supported_accommodation", 0.10, 1400.0),
    Segment("education", "semh", "11 to 15", "independent_special", 0.08, 1400.0),
    Segment("care", "family", "5 to 9", "agency_foster", 0.08, 950.0),
    Segment("care", "disabled", "10 to 15", "childrens_home", 0.05, 5900.0),
    Segment("care", "family", "1 to 4", "agency_foster", 0.06, 900.0),
    Segment("education", "communication", "5 to 10", "independent_special", 0.03, 1100.0),
    Segment("education", "learning", "11 to 15", "state_special", 0.03, 900.0),
)
KINDS: Final = (
    Kind("open_home", "childrens_home", "", (8, 17), (2, 3, 4), 320e3, 150e3, 700.0, 1.0, 0.85, 0.6, 0.40),
    Kind("open_home", "childrens_home", "disabled", (8, 17), (3, 5), 380e3, 190e3, 900.0, 1.5, 0.85, 0.6, 0.10),
    Kind("recruit_carers", "in_house_foster", "", (0, 17), (1,), 6e3, 9e3, 550.0, 0.5, 0.75, 0.0, 0.12),
    Kind("open_supported_accommodation", "supported_accommodation", "", (16, 17), (3, 5), 60e3, 35e3, 600.0, 1.0, 0.85,
         0.5, 0.10),
    Kind("expand_school", "state_special", "autism;semh", (5, 18), (15, 30), 85e3, 6e3, 480.0, 2.0, 0.95, 0.3, 0.12),
    Kind("expand_school", "state_special", "", (5, 18), (20, 40), 80e3, 6e3, 470.0, 2.0, 0.95, 0.3, 0.08),
    Kind("open_specialist_base", "specialist_base", "autism;communication", (5, 15), (8, 12), 45e3, 6e3, 350.0, 1.0,
         0.95, 0.3, 0.08),
)  # fmt: skip
EXISTING: Final = (
    Sort("childrens_home", 0.6, 4500.0),
    Sort("in_house_foster", 1.0, 550.0),
    Sort("state_special", 3.0, 500.0),
    Sort("specialist_base", 3.0, 350.0),
)


@dataclass(frozen=True)
class Sizes:
    """How large a county is."""

    areas: int
    segments: int
    options: int
    years: int
    samples: int

    @classmethod
    def read(cls, text: str) -> Sizes:
        """Read ``areas x segments x options x years x samples``, as in 250x12x200x5x50.

        Raises
        ------
        ValueError
            When that is not five whole numbers from 1, or there are not so many segments.
        """
        parts = text.split("x")
        if len(parts) != 5 or not all(part.isdecimal() and int(part) > 0 for part in parts):
            raise ValueError(f"sizes are five whole numbers from 1, as in 250x12x200x5x50: found {text!r}")
        out = cls(*map(int, parts))
        if out.segments > len(SEGMENTS):
            raise ValueError(f"{out.segments} segments were asked for: there are {len(SEGMENTS)}")
        return out

    def __str__(self) -> str:
        return f"{self.areas}x{self.segments}x{self.options}x{self.years}x{self.samples}"
