"""How is the gap of one group told? As need and places that may be shown, and not when either is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from placements.analysis.gap import BREAKDOWNS
from placements.disclosure.control.tables import Group, group
from placements.disclosure.publication import LOCAL_NEED
from placements.disclosure.suppress import INTERNAL, SUPPRESSED, count_text, rounded


def local_need_group(row: Mapping[Any, Any], by: Sequence[str]) -> Group:
    """Return the group of the release that the local need of a row of `analysis.gap.sufficiency` is.

    Parameters
    ----------
    row : mapping
        Of a table by `service`, `area` and `by`.
    by : sequence of str
        Any of `analysis.gap.BREAKDOWNS`.
    """
    where = {BREAKDOWNS[name]: str(row[name]) for name in by}
    return group(str(row["service"]), {**where, "home_area": str(row["area"]), "part": LOCAL_NEED})


def local_gap_texts(need: str, need_local: float, places: float, profile: str) -> tuple[str, str, str]:
    """Return need, places and gap as they may be shown.

    Parameters
    ----------
    need : str
        The need of the group in the release of the county; not looked at for the internal profile.
    need_local, places : float
        The same need, and the places for it, as they are.
    profile : str
    """
    if profile == INTERNAL:
        return count_text(need_local, profile), count_text(places, profile), _signed(round(need_local - places))
    # Places are shared out in proportion to need: where the one is hidden, so is the other.
    local = SUPPRESSED if need == SUPPRESSED else count_text(places, profile)
    gap = SUPPRESSED if SUPPRESSED in (need, local) else _signed(rounded(need_local - places))
    return need, local, gap


def _signed(value: int) -> str:
    return f"{value:+,d}" if value else "0"
