"""What does the efficient frontier look like? Child-years kept local by money, and how much more there could be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from placements.reports.chart_style import BLUE, ORANGE, canvas, number_text, pictures, styled, title

_MILLION: Final = 1e6


def frontier(
    heading: str,
    limits_gbp: Sequence[float],
    kept_local: Sequence[float],
    most_kept_local: Sequence[float],
    *,
    money: str,
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw a frontier as PNG and SVG.

    Between two points the plan of the first is still there, and what no plan can pass is what no plan can pass with the
    money of the second: a bound holds under smaller limits, never under greater ones.

    Parameters
    ----------
    limits_gbp : sequence of float
        Rising; drawn in millions.
    kept_local, most_kept_local : sequence of float
        Child-years: of the plan found, and the most that any plan could reach, as proved.
    money : str
        What the limit is on, for the axis.
    """
    with styled():
        drawing, axes = canvas(3.4)
        title(axes, heading)
        across = [limit / _MILLION for limit in limits_gbp]
        ends = np.repeat(across, 2)[1:-1]
        lower, upper = np.repeat(kept_local[:-1], 2), np.repeat(most_kept_local[1:], 2)
        axes.fill_between(ends, lower, upper, color=ORANGE, alpha=0.25, linewidth=0)
        axes.plot(
            across, most_kept_local, color=ORANGE, drawstyle="steps-pre", linestyle="--", marker="_", linewidth=1,
            label="no plan can pass",
        )  # fmt: skip
        axes.plot(
            across, kept_local, color=BLUE, drawstyle="steps-post", marker="o", markersize=4, linewidth=1.5,
            label="plans found",
        )  # fmt: skip
        for at in sorted({0, len(across) - 1}):
            axes.annotate(
                number_text(kept_local[at]), (across[at], kept_local[at]), (5, -11), textcoords="offset points",
                color=BLUE,
            )  # fmt: skip
        axes.margins(x=0.08, y=0.15)
        axes.set_xlabel(f"{money}, £ million over all years")
        axes.set_ylabel("child-years kept local")
        axes.grid(axis="y")
        axes.legend(loc="lower right", frameon=False)
        return pictures(drawing, mark)
