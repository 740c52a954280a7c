"""Which places suit which need? Shares of the children placed in one kind of provision whom another kind would suit.

Each row says: of the children for whom `wanted` was found (because nothing local was), this share could have been cared
for or taught in a local `place`. No national figure exists for most of them, so they are stated assumptions to be
replaced by a panel's judgement; they are upper limits in the plan, never targets. The shares of one kind of need are
nested: a child whom the less intensive place suits is suited by the more intensive one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements import codes
from placements.errors import UsageError


@dataclass(frozen=True)
class Suitability:
    """One rule. `need_group` and `age_band` empty means any; the first rule that fits counts."""

    wanted: str
    place: str
    share: float
    basis: str
    need_group: str = ""
    age_band: str = ""


_SAME: Final = "same kind of place"
SUITABILITY: Final[tuple[Suitability, ...]] = (
    # Fostering: an agency placement is bought where no in-house household is free; either suits.
    Suitability("agency_foster", "in_house_foster", 0.9, "assumed: one in ten needs a specialist scheme"),
    Suitability("agency_foster", "agency_foster", 1.0, _SAME),
    Suitability("in_house_foster", "in_house_foster", 1.0, _SAME),
    Suitability("in_house_foster", "agency_foster", 1.0, "agency carers take the same children"),
    # Children's homes.
    Suitability("childrens_home", "childrens_home", 0.85, "assumed: the rest need a specialist home"),
    Suitability("childrens_home", "in_house_foster", 0.0, "disabled children: assumed none", need_group="disabled"),
    Suitability("childrens_home", "in_house_foster", 0.1, "assumed: step-down fostering with support"),
    Suitability(
        "childrens_home", "supported_accommodation", 0.15, "assumed: near independence", age_band="16 and over"
    ),
    # Supported accommodation, 16 and over.
    Suitability("supported_accommodation", "supported_accommodation", 1.0, _SAME),
    # Learning.
    Suitability("independent_special", "state_special", 0.8, "assumed: the rest need what is rare"),
    Suitability("independent_special", "independent_special", 1.0, _SAME),
    Suitability("independent_special", "specialist_base", 0.15, "assumed: few with SEMH", need_group="semh"),
    Suitability("independent_special", "specialist_base", 0.3, "assumed: able to follow mainstream lessons"),
    Suitability("state_special", "state_special", 1.0, _SAME),
    Suitability("state_special", "specialist_base", 0.1, "assumed: few can follow", need_group="learning"),
    Suitability("state_special", "specialist_base", 0.25, "assumed: able to follow mainstream lessons"),
    Suitability("specialist_base", "specialist_base", 1.0, _SAME),
)  # fmt: skip

#: The smallest part of an age band's years that a place's range must cover for it to count as taking the band.
AGE_OVERLAP: Final = 0.5


def suitable_share(wanted: str, place: str, need_group: str, age_band: str) -> float:
    """Return the share of a demand group that a kind of place suits; 0 where no rule allows it.

    Parameters
    ----------
    wanted, place : str
        Provision the children were placed in, and that of the local place (`codes.PROVISION`).
    need_group, age_band : str
    """
    for rule in SUITABILITY:
        fits = rule.need_group in ("", need_group) and rule.age_band in ("", age_band)
        if (rule.wanted, rule.place) == (wanted, place) and fits:
            return rule.share
    return 0.0


def takes_age_band(service: str, age_band: str, age_low: float, age_high: float) -> bool:
    """Return whether an age range (completed years, both included) covers at least `AGE_OVERLAP` of a band's years."""
    if age_band == codes.AGE_UNKNOWN:
        return False
    bands = codes.AGE_BANDS[service]
    labels = [label for label, _ in bands]
    if age_band not in labels:
        raise UsageError(f"age band {age_band!r} does not exist in {service}; there are {', '.join(labels)}")
    position = labels.index(age_band)
    low = bands[position][1]
    top = bands[position + 1][1] if position + 1 < len(bands) else codes.LEAVES_AT_YEARS[service]
    inside = min(top, age_high + 1) - max(low, age_low)
    return bool(inside >= AGE_OVERLAP * (top - low))


def bands_taken(service: str, age_low: float, age_high: float) -> tuple[str, ...]:
    """Return the age bands that an age range takes: places that take the same bands are alike to a plan."""
    labels = (label for label, _ in codes.AGE_BANDS[service])
    return tuple(label for label in labels if takes_age_band(service, label, age_low, age_high))


def age_span(service: str, age_low: float, age_high: float) -> tuple[float, float]:
    """Return the lowest and highest age of the bands that an age range takes; (0, -1) if it takes none."""
    bands, labels = codes.AGE_BANDS[service], bands_taken(service, age_low, age_high)
    if not labels:
        return 0.0, -1.0
    lows = [low for _, low in bands] + [codes.LEAVES_AT_YEARS[service]]
    positions = [number for number, (label, _) in enumerate(bands) if label in labels]
    return float(lows[positions[0]]), float(lows[positions[-1] + 1] - 1)


def needs_taken(service: str, needs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the need groups of the service that a place takes, sorted; empty if it takes all of them."""
    groups = codes.CARE_NEED_GROUPS if service == codes.CARE else codes.EDUCATION_NEED_GROUPS
    return tuple(sorted(set(needs) & set(groups))) if needs and not set(groups) <= set(needs) else ()


def takes_need(needs: tuple[str, ...], need_group: str) -> bool:
    """Return whether a place takes a need group: one that names no need takes any."""
    return not needs or need_group in needs


def table() -> pd.DataFrame:
    """Return the rules as a frame, for the report: `wanted, place, need_group, age_band, share, basis`."""
    rows = [(r.wanted, r.place, r.need_group, r.age_band, r.share, r.basis) for r in SUITABILITY]
    return pd.DataFrame(rows, columns=["wanted", "place", "need_group", "age_band", "share", "basis"])
