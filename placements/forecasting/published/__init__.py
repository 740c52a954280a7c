"""How many EHC plans will every authority have, by setting, from DfE's published yearly series alone?"""

from placements.forecasting.published.backtest import Backtest, backtest_published
from placements.forecasting.published.model import Draws, draw_published
from placements.forecasting.published.series import FAMILIES, LABELS, SERIES, PublishedSeries, read_series

__all__ = [
    "FAMILIES",
    "LABELS",
    "SERIES",
    "Backtest",
    "Draws",
    "PublishedSeries",
    "backtest_published",
    "draw_published",
    "read_series",
]
