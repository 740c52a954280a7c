"""How many places of which kind will children need, month by month, and how sure is that?"""

from placements.forecasting.model import forecast
from placements.forecasting.result import Forecast
from placements.forecasting.spells import PLANNABLE

__all__ = ["PLANNABLE", "Forecast", "forecast"]
