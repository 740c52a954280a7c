"""Indicators of access: places for each child in reach, the nearest vacancy, and who has a suitable place near home."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from placements.analysis.access_bands import BREAKDOWNS, access_bands
from placements.analysis.definition import Column, Definition, Kind, TableColumn

_TEXTS: Final = ("area", "need", "service", "provision", "places_per_child", "nearest_vacancy")

DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        name="local_access",
        label="Access to suitable local places",
        kind=Kind.TABLE,
        numerator=(
            "children whose home is within 20 miles (`thresholds.far_miles`), in a straight line, of an open local "
            "place of the right kind that takes their need and age. Beside it, from the centre of the area: suitable "
            "places for each child in reach, in bands, and the miles at which half of the children have a vacancy"
        ),
        denominator=(
            "children placed in the county or avoidably outside it, in kinds that local places can be made for, of "
            "whom it is known"
        ),
        left_out=(
            "`excluded`: children without a known home, or that only a site that too little is known of could be near. "
            "Homes, carers and kinds of school with a confidential site are told for the whole authority only, without "
            "miles; nothing of fewer than 10 children"
        ),
        source=(
            "Children Act 1989, sections 22C(9) and 22G; W. Luo and Y. Qi, An enhanced two-step floating catchment "
            "area (E2SFCA) method for measuring spatial accessibility, Health and Place 15 (2009)"
        ),
        table=access_bands,
        columns=MappingProxyType(
            {
                **{name: TableColumn(Column.TEXT) for name in _TEXTS},
                "numerator": TableColumn(Column.CHILDREN),
                "denominator": TableColumn(Column.CHILDREN),
                "excluded": TableColumn(Column.CHILDREN),
                "share": TableColumn(Column.SHARE, share_of=("numerator", "denominator")),
                "low": TableColumn(Column.ESTIMATE, base="denominator"),
                "high": TableColumn(Column.ESTIMATE, base="denominator"),
                "sites_not_known": TableColumn(Column.PLACES),
            }
        ),
        by=tuple(BREAKDOWNS),
        now_only=True,
    ),
)
