"""Indicators of the gap: need that local places should meet, the places there are, and what falling short costs."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import pandas as pd

from placements.analysis.definition import Column, Definition, Kind, TableColumn
from placements.analysis.gap import BREAKDOWNS
from placements.analysis.gap_cost import gap_cost
from placements.analysis.inputs import Inputs


def _gap(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return gap_cost(inputs.placements, inputs.provision, inputs.on, inputs.thresholds, by)


_CHILDREN: Final = TableColumn(Column.CHILDREN)

DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        name="local_gap",
        label="Need for local places, and what is short",
        kind=Kind.TABLE,
        numerator=(
            "children placed in the county or avoidably outside it (`need_local`), less the open local places of the "
            "right kind that they have or can expect (`available_to_us`): usable places, shared over needs and ages in "
            "proportion to need. `gap` above 0 is short. `yearly_cost_gbp` is what the avoidable placements outside "
            "come to in a year (weekly cost times 365.25 / 7), on whatever basis it is known; `extra_yearly_cost_gbp` "
            "is that less what as many local placements of the kind cost on average today"
        ),
        denominator=(
            "children in kinds of placement that local places can be made for. `costed`: avoidable placements with a "
            "cost, `recorded` of them with one recorded for the placement; `compared`: those with a local mean too"
        ),
        left_out=(
            "placements outside that are right for the child, or of which it cannot be judged; of the costs, those not "
            "known; of the extra cost, kinds with fewer than 10 local placements of known cost"
        ),
        source=(
            "Children Act 1989, section 22G (sufficiency duty); DfE, Sufficiency: statutory guidance on securing "
            "sufficient accommodation for looked-after children (2010). What is avoidable: the rules of "
            "analysis/avoidable.py, an upper bound where no reason is recorded"
        ),
        table=_gap,
        columns=MappingProxyType(
            {
                **{name: TableColumn(Column.TEXT) for name in BREAKDOWNS},
                "need_local": _CHILDREN,
                # Of places that our children hold, and less the need: both would give a small need away as they are.
                "available_to_us": _CHILDREN,
                "gap": _CHILDREN,
                "avoidable": _CHILDREN,
                "costed": _CHILDREN,
                "recorded": _CHILDREN,
                "yearly_cost_gbp": TableColumn(Column.MONEY, base="costed"),
                "compared": _CHILDREN,
                "extra_yearly_cost_gbp": TableColumn(Column.MONEY, base="compared"),
            }
        ),
        by=tuple(BREAKDOWNS),
        now_only=True,
    ),
)
