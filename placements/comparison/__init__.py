"""What would each scenario change? All of them against the same futures, with doing nothing always among them."""

from placements.comparison.futures import HIGH, LOW, Banded, Floats, banded, weighted_quantiles
from placements.comparison.outcome import DISCOUNT_RATE, Outcome, payback_year
from placements.comparison.result import DO_NOTHING, SAMPLES, Comparison, compare
from placements.comparison.steps import Steps, contributions
from placements.comparison.tornado import tornado
from placements.comparison.versus import CRITERIA, probability_better, regret

__all__ = [
    "CRITERIA",
    "DISCOUNT_RATE",
    "DO_NOTHING",
    "HIGH",
    "LOW",
    "SAMPLES",
    "Banded",
    "Comparison",
    "Floats",
    "Outcome",
    "Steps",
    "banded",
    "compare",
    "contributions",
    "payback_year",
    "probability_better",
    "regret",
    "tornado",
    "weighted_quantiles",
]
