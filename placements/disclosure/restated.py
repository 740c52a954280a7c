"""How is a restatement under other boundaries made safe? One grid of flows decides what the summary may say.

Who is responsible (rows) by who hosts (columns) is a table with totals both ways (`grid`). Counts of the summary are
cells and sums of that table, so a count is shown only where the cells it is made of are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from placements.analysis.restated import HOST_UNKNOWN, restate, restated_flows, restated_summary
from placements.disclosure.grid import TOTAL, hidden_grid, protect_grid
from placements.disclosure.suppress import INTERNAL, SMALLEST_FLOW, SUPPRESSED, count_text, rounded, share_text
from placements.geography.boundary_sets import BoundarySet

#: Columns of a summary that are shown everywhere, with their titles.
TITLES: Final = (
    ("children", "All"),
    ("in_county", "Inside it"),
    ("out_of_county", "Outside it"),
    ("unknown", "Not known"),
    ("share_out", "Share outside"),
    ("newly_out", "In county today, outside it then"),
)
#: Figures that are sums over what a row hides.
_OF_THE_REST: Final = frozenset({"out_of_county", "share_out", "share_distant", "share_over_20_miles"})


@dataclass(frozen=True)
class ShownRestatement:
    """A restatement of one service as it may be shown.

    Attributes
    ----------
    boundaries : BoundarySet
    summary : DataFrame of str
        The whole by its own boundaries (to which nothing is new), then each part: `children, in_county,
        out_of_county, unknown, newly_out, share_out, share_newly_out, share_distant, share_over_20_miles`.
    flows : DataFrame of str
        Responsible (rows) by host (columns), both with `TOTAL`.
    lines : DataFrame
        Flows that may be drawn, largest first: `responsible, host, count` (a number as shown).
    """

    boundaries: BoundarySet
    summary: pd.DataFrame
    flows: pd.DataFrame
    lines: pd.DataFrame


def shown_restatement(stock: pd.DataFrame, boundaries: BoundarySet, profile: str) -> ShownRestatement:
    """Return a stock of one service restated for a boundary set, as it may be shown under a profile.

    Parameters
    ----------
    stock : DataFrame
        Located placements, one row per child.
    boundaries : BoundarySet
    profile : str
    """
    restated = restate(stock, boundaries)
    flows = restated_flows(restated, boundaries)
    flows = flows[flows.sum(axis=1).gt(0) | flows.index.isin(boundaries.part_names)]
    hide = hidden_grid(flows, profile)
    counts = restated_summary(stock, restated, boundaries)
    whole = boundaries.whole_name
    exact, secret = counts.to_dict("index"), hide.to_dict("index")
    rows = {
        whole: _row(exact[whole], profile, _hidden_whole(secret[TOTAL], boundaries))
        | {"newly_out": "", "share_newly_out": ""}
    }
    for name in boundaries.part_names:
        others = [host for host in boundaries.part_names if host != name]
        rows[name] = _row(exact[name], profile, _hidden_parts(secret[name], name, others))
    return ShownRestatement(
        boundaries, pd.DataFrame(rows).T, protect_grid(flows, profile), _lines(flows, hide, boundaries, profile)
    )


def _hidden_parts(row: Mapping[Any, bool], name: str, others: list[str]) -> set[str]:
    """Return which counts of a part's row in the summary the cells of the grid forbid."""
    secret = set()
    if row[TOTAL]:
        secret.add("children")
    if row[name]:
        secret.add("in_county")
    if row[HOST_UNKNOWN]:
        secret.add("unknown")
    if any(row[other] for other in others):
        secret.add("newly_out")
    if row[name] or any(row[other] for other in others):
        secret.add("share_newly_out")
    if any(row.values()):
        # A share beside the cells that are shown would give the rest of them away.
        secret |= _OF_THE_REST
    return secret


def _hidden_whole(total: Mapping[Any, bool], boundaries: BoundarySet) -> set[str]:
    """Return which counts of the whole the totals of the grid forbid: they are the same children."""
    secret = set(_OF_THE_REST) if any(total.values()) else set()
    if total[HOST_UNKNOWN]:
        secret.add("unknown")
    if any(total[name] for name in boundaries.part_names):
        secret.add("in_county")
    if total[TOTAL]:
        secret.add("children")
    return secret


def _row(counts: Mapping[Any, int], profile: str, secret: set[str]) -> dict[str, str]:
    columns = ("children", "in_county", "out_of_county", "unknown", "newly_out")
    row = {name: count_text(float(counts[name]), profile) for name in columns}
    row["share_out"] = share_text(counts["out_of_county"], counts["in_county"] + counts["out_of_county"], profile)
    was_in = counts["in_county"] + counts["newly_out"]
    row["share_newly_out"] = share_text(counts["newly_out"], was_in, profile)
    row["share_distant"] = share_text(counts["distant"], counts["distant_known"], profile)
    row["share_over_20_miles"] = share_text(counts["over_20_miles"], counts["distance_known"], profile)
    return {name: SUPPRESSED if name in secret else text for name, text in row.items()}


def _lines(flows: pd.DataFrame, hide: pd.DataFrame, boundaries: BoundarySet, profile: str) -> pd.DataFrame:
    """Return the flows from each part to another that may be drawn."""
    internal, cells = profile == INTERNAL, flows.to_dict("index")
    drawn = [
        (one, other, float(cells[one][other] if internal else rounded(cells[one][other])))
        for one in boundaries.part_names
        for other in boundaries.part_names
        if one != other and not hide.loc[one, other] and cells[one][other] >= (1 if internal else SMALLEST_FLOW)
    ]
    frame = pd.DataFrame(drawn, columns=["responsible", "host", "count"])
    return frame.sort_values("count", ascending=False, kind="stable", ignore_index=True)
