"""How many EHC plans, by setting, or children looked after will every authority have, from DfE's yearly series?"""

from placements.forecasting.published.backtest import Backtest, backtest_published
from placements.forecasting.published.model import Draws, draw_published
from placements.forecasting.published.releases import CARE, FAMILIES, LABELS, PLANS, Release
from placements.forecasting.published.series import SERIES, PublishedSeries, read_series
from placements.forecasting.published.stacking import Choice, forecast_published

__all__ = [
    "CARE",
    "FAMILIES",
    "LABELS",
    "PLANS",
    "SERIES",
    "Backtest",
    "Choice",
    "Draws",
    "PublishedSeries",
    "Release",
    "backtest_published",
    "draw_published",
    "forecast_published",
    "read_series",
]
