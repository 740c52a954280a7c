"""What the made-up county is calibrated to: published figures by authority, and rates scaled for any other.

Published counts come from `data/reference/published.csv` (DfE, Open Government Licence v3.0), which states the source
of each. Surrey uses its own rows. Every other authority uses England's rates: its children are estimated from its
postcodes (`CHILDREN_PER_SPREAD_POSTCODE`), and its shares outside the boundary and far away from its extent, by the two
lines fitted to the 146 authorities with published figures in 2024 (`outside_logit`, `far_logit`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.geography.authorities import Authority
from placements.geography.reference import reference_table
from placements.geography.timeline import code_of_today
from placements.synthetic.shares import ENGLAND_FAR, ENGLAND_MIX, ENGLAND_OUTSIDE, STATES, SURREY_FAR, SURREY_OUTSIDE

ENGLAND: Final = "E92000001"

#: Children aged 0 to 17 per postcode, counting at most three postcodes in each 100 m square (which keeps office
#: districts from counting as homes): England 2024, fitted to ONS mid-year estimates.
CHILDREN_PER_SPREAD_POSTCODE: Final = 7.55
SPREAD_CAP: Final = 3
SPREAD_CELL_M: Final = 100


@dataclass(frozen=True)
class Profile:
    """The numbers one authority's county is made to.

    Attributes
    ----------
    looked_after : int
        Children looked after on the snapshot, without short breaks.
    starts : tuple of int
        Children starting to be looked after in each statutory year, oldest first; the last is the snapshot's year.
    earlier_starts : int
        A year's starts before that.
    uasc_share, outside, far, mix
        Shares by state of `STATES` (`mix` are multipliers on the weights tuned for Surrey).
    change_share : float
        Multiplier on how often placements change.
    plans : int
        EHC plans in January.
    settings, needs, ages, setting_needs : mapping
        Published counts behind the plans' mix.
    residential : tuple of int
        Plans in 38-week and 52-week residential settings.
    new_plans, ceased_plans : int
        In the calendar year before.
    imports : int
        Children of other authorities placed inside the boundary.
    scale : float
        Size against Surrey, by children looked after.
    school_scale : float
        Size against Surrey, by plans.
    """

    code: str
    dfe_code: str
    is_surrey: bool
    looked_after: int
    starts: tuple[int, ...]
    earlier_starts: int
    uasc_share: float
    outside: Mapping[str, float]
    far: Mapping[str, float]
    mix: Mapping[str, float]
    plans: int
    settings: Mapping[str, int]
    needs: Mapping[str, int]
    ages: Mapping[int, int]
    setting_needs: Mapping[str, Mapping[str, int]]
    residential: tuple[int, int]
    new_plans: int
    ceased_plans: int
    imports: int

    @property
    def scale(self) -> float:
        """Return the size against Surrey's by children looked after."""
        return self.looked_after / 963.0

    @property
    def school_scale(self) -> float:
        """Return the size against Surrey's by EHC plans."""
        return self.plans / 16069.0


def published() -> dict[tuple[str, str, int], float]:
    """Return every published figure by indicator, authority and year."""
    table = reference_table("published.csv")
    keys = zip(table["indicator"], table["authority_code"], table["year"].astype(int), strict=True)
    return dict(zip(keys, table["value"].astype(float), strict=True))


def _family(figures: Mapping[tuple[str, str, int], float], prefix: str, code: str) -> dict[str, int]:
    """Return the latest counts of indicators `prefix:...` by what follows the colon, totals left out."""
    rows = [key for key in figures if key[0].startswith(prefix + ":") and key[1] == code]
    newest = max((key[2] for key in rows), default=0)
    found = {key[0].removeprefix(prefix + ":"): int(figures[key]) for key in rows if key[2] == newest}
    return {name: count for name, count in found.items() if not name.endswith("total")}


def _ages(counts: Mapping[str, int]) -> dict[int, int]:
    ages = {2 if name == "under_3" else int(name.removeprefix("age_")): count for name, count in counts.items()}
    return dict(sorted(ages.items()))


def _shift(shares: Mapping[str, float], by: float) -> dict[str, float]:
    """Return shares moved by `by` on the logit scale."""
    return {name: 1 / (1 + math.exp(-(math.log(share / (1 - share)) + by))) for name, share in shares.items()}


def outside_logit(squares: int) -> float:
    """Return the expected logit of the share placed outside, from the 1 km squares with a postcode.

    Fitted to 146 authorities, 2024 (correlation -0.66): the smaller the authority, the more its children live beyond
    its boundary.
    """
    return 1.70 - 0.310 * math.log(max(squares, 3))


def far_logit(squares: int) -> float:
    """Return the expected logit of the share over 20 miles among those outside (fitted as above, correlation 0.73)."""
    return -2.90 + 0.492 * math.log(max(squares, 3))


def _spread(years: tuple[int, ...], starts: Mapping[int, float], scale: float) -> tuple[int, ...]:
    last = max(starts)
    recent = float(np.mean([starts[last], starts[last - 1]]))
    return tuple(max(1, round(scale * starts.get(year, recent))) for year in years)


def profile_for(
    authority: Authority,
    spread_postcodes: int,
    squares: int,
    years: tuple[int, ...],
    children: int | None = None,
    plans: int | None = None,
) -> Profile:
    """Return the numbers for an authority.

    Parameters
    ----------
    authority : Authority
    spread_postcodes : int
        Its postcodes, at most `SPREAD_CAP` in each 100 m square.
    squares : int
        1 km squares with a postcode.
    years : tuple of int
        The statutory years of the returns, oldest first.
    children, plans : int, optional
        Wanted numbers; published or estimated ones when not given.
    """
    figures = published()
    today = code_of_today(authority.code)
    own = any(key[1] == today and key[0] == "cla_on_31_march" for key in figures)
    code = today if own else ENGLAND
    codes = dict(
        zip(
            reference_table("dfe_codes.csv")["authority_code"],
            reference_table("dfe_codes.csv")["dfe_code"],
            strict=True,
        )
    )

    def by_year(indicator: str) -> dict[int, float]:
        return {key[2]: value for key, value in figures.items() if key[0] == indicator and key[1] == code}

    stock, population = by_year("cla_on_31_march"), by_year("children_aged_0_to_17")
    newest = max(stock)
    here = population[max(population)] if own else CHILDREN_PER_SPREAD_POSTCODE * spread_postcodes
    part = 1.0 if own else here / population[max(population)]
    looked_after = children if children is not None else max(1, round(part * stock[newest]))
    care_scale = looked_after / stock[newest]
    total_plans = by_year("ehc_plans")[max(by_year("ehc_plans"))]
    plan_count = plans if plans is not None else max(1, round(part * total_plans))
    plan_scale = plan_count / total_plans
    starts = by_year("cla_starting")
    kinds = ("38", "52")
    residential = [_family(figures, "ehc_residential", code)[kind] * plan_scale for kind in kinds]
    uasc = _family(figures, "cla_uasc", code)["uasc"] / stock[newest]
    outside, far, mix = SURREY_OUTSIDE, SURREY_FAR, dict.fromkeys(STATES, 1.0)
    if not own:
        level, distance = math.log(0.43 / 0.57), math.log(0.44 / 0.56)
        outside = _shift(ENGLAND_OUTSIDE, outside_logit(squares) - level)
        far = _shift(ENGLAND_FAR, far_logit(squares) - distance)
        mix = dict(ENGLAND_MIX)
    new = by_year("ehc_new_plans")
    ceased = by_year("ehc_ceased_plans")
    imports = by_year("children_of_others_placed_inside")
    return Profile(
        code=authority.code,
        dfe_code=codes.get(today, "999"),
        is_surrey=own,
        looked_after=looked_after,
        starts=_spread(years, starts, care_scale),
        earlier_starts=max(1, round(care_scale * float(np.mean(list(starts.values()))))),
        uasc_share=uasc,
        outside=outside,
        far=far,
        mix=mix,
        plans=plan_count,
        settings=_family(figures, "ehc_setting", code),
        needs=_family(figures, "ehc_need", code),
        ages=_ages(_family(figures, "ehc_age", code)),
        setting_needs=_setting_needs(figures),
        residential=(round(residential[0]), round(residential[1])),
        new_plans=round(plan_scale * new[max(new)]),
        ceased_plans=round(plan_scale * ceased[max(ceased)]),
        imports=round(care_scale * (imports[max(imports)] if imports else 0.44 * stock[newest])),
    )


def _setting_needs(figures: Mapping[tuple[str, str, int], float]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for name, count in _family(figures, "ehc_setting_need", ENGLAND).items():
        setting, need = name.rsplit(":", 1)
        if not setting.endswith("total"):
            table.setdefault(setting, {})[need] = count
    return table
