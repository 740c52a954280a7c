"""How is a restatement under other boundaries shown? Every figure is looked up in the one release of the county.

Who is responsible (rows) by who hosts (columns) is a table with totals both ways; the counts of the summary are cells
and sums of that table. What of it is hidden was decided with everything else that is published (`publication`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements import codes
from placements.disclosure.boundaries import RestatedGroups, dimension_of
from placements.disclosure.control.tables import group
from placements.disclosure.publication import counted_of, known_of
from placements.disclosure.shown import ShownFigures
from placements.disclosure.suppress import INTERNAL, SMALLEST_FLOW
from placements.geography.boundary_sets import BoundarySet

#: Name of the row and the column of totals.
TOTAL: Final = "Total"
#: Columns of a summary that are shown everywhere, with their titles.
TITLES: Final = (
    ("children", "All"),
    ("in_county", "Inside it"),
    ("out_of_county", "Outside it"),
    ("unknown", "Not known"),
    ("share_out", "Share outside"),
    ("newly_out", "In county today, outside it then"),
)
#: Columns of a summary.
_COLUMNS: Final = (
    *("children", "in_county", "out_of_county", "unknown", "newly_out"),
    *("share_out", "share_newly_out", "share_distant", "share_over_20_miles"),
)


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


def shown_restatement(figures: ShownFigures, population: str, boundaries: BoundarySet) -> ShownRestatement:
    """Return the children of one service restated for a boundary set, as they may be shown.

    Parameters
    ----------
    figures : ShownFigures
        The release, which must have been made with the boundary set.
    population : str
        `publication.CARE` or `publication.PLANS`.
    boundaries : BoundarySet

    Raises
    ------
    KeyError
        When the release does not have the boundary set.
    """
    groups = RestatedGroups(population, boundaries, figures.values_of(population, dimension_of(boundaries)))
    rows = {boundaries.whole_name: _whole(figures, population)}
    rows |= {name: _part(figures, groups, name) for name in boundaries.part_names}
    flows = {
        name or TOTAL: {host or TOTAL: figures.count(groups.flow(name, host)) for host in (*groups.hosts, None)}
        for name in (*groups.responsible, None)
    }
    return ShownRestatement(
        boundaries, pd.DataFrame(rows, index=list(_COLUMNS)).T, pd.DataFrame(flows).T, _lines(figures, groups)
    )


def _part(figures: ShownFigures, groups: RestatedGroups, name: str) -> dict[str, str]:
    counts = {column: figures.count(one) for column, one in groups.counts(name).items()}
    return counts | {column: figures.share(*pair) for column, pair in groups.shares(name).items()}


def _whole(figures: ShownFigures, population: str) -> dict[str, str]:
    """Return the row of the whole by its own boundaries: figures that every release has."""
    row = {"children": figures.count(group(population))}
    columns = {"in_county": codes.IN_COUNTY, "out_of_county": codes.OUT_OF_COUNTY, "unknown": codes.UNKNOWN}
    row |= {column: figures.count(group(population, {"location": value})) for column, value in columns.items()}
    row |= {"newly_out": "", "share_newly_out": ""}
    shares = {"share_out": "location", "share_distant": "distant", "share_over_20_miles": "distance"}
    for column, dimension in shares.items():
        part, whole = group(population, counted_of(dimension)), group(population, known_of(dimension))
        row[column] = figures.share(part, whole)
    return row


def _lines(figures: ShownFigures, groups: RestatedGroups) -> pd.DataFrame:
    """Return the flows from each part to another that may be drawn, with their counts as shown."""
    smallest = 1 if figures.profile == INTERNAL else SMALLEST_FLOW
    parts = groups.boundaries.part_names
    flows = {(one, other): groups.flow(one, other) for one in parts for other in parts if one != other}
    texts = {
        pair: figures.count(flow)
        for pair, flow in flows.items()
        if not figures.is_hidden(flow) and figures.value(flow) >= smallest
    }
    drawn = [(*pair, float(text.replace(",", ""))) for pair, text in texts.items()]
    frame = pd.DataFrame(drawn, columns=["responsible", "host", "count"])
    return frame.sort_values("count", ascending=False, kind="stable", ignore_index=True)
