"""The demand model's side, run by an interpreter that has `cs-demand-model`: stays in, months ahead out.

    PYTHON -I their_side.py < question.json

Needs nothing but the peer and the standard library, and nothing of ours. The question holds `end` (a day), `months`,
`reference_months` (its rates and entries are those of so many months before the end) and `stays` (see `stays_of`). The
answer, one line of JSON, holds `counted` (places in use at the end, by its own count) and `forecasts`: by reference
months, the mean places in use in each month, by category. The model is deterministic: it states no bands.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from itertools import pairwise
from typing import Any

CATEGORIES = ("FOSTERING", "RESIDENTIAL", "SUPPORTED", "OTHER")


def months_of(days: Any, end: Any, months: int, first: int = 0) -> dict[str, list[float]]:
    """Return the mean of each month by category, and their sum, of a frame of days x (age, category).

    `first` is the first month, counted from the one after `end`; less than 0 for those before.
    """
    import pandas as pd  # noqa: PLC0415

    edges = [pd.Timestamp(end) + pd.DateOffset(months=step) for step in range(first, first + months + 1)]
    out = {}
    for category in CATEGORIES:
        columns = [column for column in days.columns if column[1:] == (category,)]
        total = days[columns].sum(axis=1)
        out[category] = [
            float(total[(total.index > low) & (total.index <= high)].mean()) for low, high in pairwise(edges)
        ]
    out["all"] = [sum(values) for values in zip(*(out[category] for category in CATEGORIES), strict=True)]
    return out


def statistics_of(stays: dict[str, list[Any]]) -> Any:
    """Return the peer's statistics of stays: its own columns and links, made by its own code."""
    import pandas as pd  # noqa: PLC0415
    from cs_demand_model import DemandModellingDataContainer, PopulationStats  # noqa: PLC0415
    from cs_demand_model.config import Config  # noqa: PLC0415

    names = {"child": "CHILD", "birth": "DOB", "start": "DECOM", "end": "DEC", "place": "PLACE"}
    frame = pd.DataFrame(stays).rename(columns=names)
    for name in ("DOB", "DECOM", "DEC"):
        frame[name] = pd.to_datetime(frame[name])

    class NoFiles:
        """A store of returns with nothing in it: the stays are known already."""

        files = ()

    config = Config()
    container = DemandModellingDataContainer(NoFiles(), config)
    # What the container has worked out it keeps under the name of the property.
    container.__dict__["combined_data"] = frame.sort_values(["CHILD", "DECOM", "DEC"]).reset_index(drop=True)
    return PopulationStats(container.enriched_view, config)


def predictor_of(statistics: Any, end: Any, reference_months: int) -> Any:
    """Return the peer's predictor from a day, with the rates of the months before."""
    import pandas as pd  # noqa: PLC0415
    from cs_demand_model import ModelPredictor  # noqa: PLC0415

    end = pd.Timestamp(end)
    return ModelPredictor.from_model(statistics, end - pd.DateOffset(months=reference_months), end)


def predicted(predictor: Any, end: Any, months: int) -> dict[str, list[float]]:
    """Return the mean places in use of each month after the end, by category: the peer goes a day at a time."""
    import pandas as pd  # noqa: PLC0415

    end = pd.Timestamp(end)
    days = predictor.predict((end + pd.DateOffset(months=months) - end).days)
    days.index = pd.to_datetime(days.index)
    return months_of(days, end, months)


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a question, both as in the head of this module."""
    end, months = question["end"], question["months"]
    statistics = statistics_of(question["stays"])
    predictors = {str(back): predictor_of(statistics, end, back) for back in question["reference_months"]}
    counted = {float(one.initial_population.sum()) for one in predictors.values()}
    return {
        "counted": counted.pop(),
        "forecasts": {back: predicted(one, end, months) for back, one in predictors.items()},
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin))) + "\n")
