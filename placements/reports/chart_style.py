"""How do all charts look? One style: readable in an A4 column, safe for colour-blind readers, the same bytes twice."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

#: Width of the text on an A4 page with 2.2 cm margins.
WIDTH_IN: Final = 6.5
DPI: Final = 200
#: Okabe and Ito's colours, darkened where needed for 3:1 against white; never the only carrier of a meaning.
BLUE: Final = "#00558c"
ORANGE: Final = "#c75300"
TEAL: Final = "#00735c"
SKY: Final = "#8fc1e3"
SAND: Final = "#f0b98a"
GREY: Final = "#6b6b6b"
LIGHT: Final = "#d4d4d4"
INK: Final = "#1a1a1a"

STYLE: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 8.5,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.7,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "placements",
    "svg.fonttype": "path",
    "path.simplify": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """Use this style, and nothing that the machine's own settings say, inside the block."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def canvas(height_in: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Canvas, Any]:
    """Return a drawing of the standard width, and its axes (one, or an array)."""
    drawing = Canvas(figsize=(WIDTH_IN, height_in), dpi=DPI, layout="constrained")
    FigureCanvasAgg(drawing)
    return drawing, drawing.subplots(rows, columns, **options)


def title(axes: Any, text: str) -> None:
    """Set an active title, folded to the width of the drawing and aligned with its left edge."""
    axes.figure.suptitle(
        textwrap.fill(text, 72), x=0.01, ha="left", fontsize=STYLE["axes.titlesize"], fontweight="bold", color=INK
    )


def pictures(drawing: Canvas, mark: str = "") -> tuple[bytes, bytes]:
    """Return a drawing as PNG and as SVG, without times, program names or random ids; `mark` stands below it."""
    if mark:
        drawing.supxlabel(mark, x=0.99, ha="right", fontsize=6.5, color=GREY)
    png, svg = io.BytesIO(), io.BytesIO()
    drawing.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    drawing.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return png.getvalue(), svg.getvalue()


def folded(labels: list[str], width: int = 30) -> list[str]:
    """Return labels folded over lines no longer than `width` characters."""
    return [textwrap.fill(label, width) for label in labels]


def number_text(value: float, percent: bool = False) -> str:
    """Return a number for an axis or a label: whole, with thousands separators or a percent sign."""
    return f"{value:.0f}%" if percent else f"{value:,.0f}"
