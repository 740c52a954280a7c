"""By what is the gap in each area looked into, in all outputs alike? One joint release for pages and maps.

What is shared goes by one characteristic at a time, beside service and area: two at once would leave hardly a number to
show. Because all of it is one release, the page by need and the map by age do not give each other away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from placements.county import County
from placements.disclosure.shown import ShownFigures
from placements.disclosure.sufficiency import shown_together
from placements.disclosure.suppress import INTERNAL

#: What need, places and the gap of each service and area are broken down by, of `analysis.gap.BREAKDOWNS`.
ONE_AT_A_TIME: Final = ("need", "age_band", "provision")
_PAIRS: Final = (("need", "age_band"), ("need", "provision"), ("age_band", "provision"))


@dataclass(frozen=True)
class Explored:
    """One table of it.

    Attributes
    ----------
    by : tuple of str
        `service`, the characteristics, `area`.
    keys : DataFrame
        The values of `by` of each row, as texts.
    texts : tuple of dict
        What may be shown of each row: as `sufficiency.shown_sufficiency`.
    """

    by: tuple[str, ...]
    keys: pd.DataFrame = field(repr=False)
    texts: tuple[dict[str, str], ...] = field(repr=False)


def explored(county: County, released: ShownFigures) -> tuple[Explored, ...]:
    """Return need, local places and the gap by service, area and a characteristic; by two at once when internal.

    Raises
    ------
    DisclosureError
        When no pattern of hidden figures is safe beside the release.
    """
    pairs = _PAIRS if released.profile == INTERNAL else ()
    breakdowns = [("service", *one, "area") for one in (*((name,) for name in ONE_AT_A_TIME), *pairs)]
    tables = {by: county.sufficiency(by) for by in breakdowns}
    shown = shown_together(tables, released.profile, released)
    return tuple(
        Explored(by, table.reset_index()[list(by)].astype("str"), tuple(shown[by])) for by, table in tables.items()
    )
