"""How is the gap of one group told? As need and places that may be shown, and not when either is hidden."""

from __future__ import annotations

from placements.disclosure.suppress import INTERNAL, SUPPRESSED, count_text, rounded


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
