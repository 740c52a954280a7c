"""The demand model reading returns itself, run by its own interpreter: what it forecasts by month and category.

    PYTHON peer_cs_demand_model.py DATA END [--months 12] [--reference-months 6] [--actual [--before 24]]

Needs nothing but the peer (`cs-demand-model`), the standard library, and our script on its side of the back-test
(`placements/forecasting/peer/their_side.py`). DATA has a folder of SSDA903 files for each year. Only what begins by END
is used, and ends after END are taken off, so that any END can be tried. Its rates and entries are those of the
`--reference-months` before END; six are what its own command takes. With `--actual` nothing is forecast: the places in
use in the months after END, and in those before, are counted as the peer counts them.
"""

import argparse
import json
import logging
import resource
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "placements" / "forecasting" / "peer"))
from their_side import months_of, predicted, predictor_of


def peak_mb():
    """Return the most memory this process ever held (resident), in megabytes of a million bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


class Stages:
    """Seconds and processor seconds of each stage."""

    def __init__(self):
        self.rows = []
        self._mark()

    def _mark(self):
        self._began, self._used = time.perf_counter(), time.process_time()

    def done(self, name):
        """Say that a stage is over, and that the next begins."""
        seconds, cpu_seconds = time.perf_counter() - self._began, time.process_time() - self._used
        self.rows.append({"stage": name, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": peak_mb()})
        self._mark()


def read(data, end):
    """Return the peer's statistics of what was known at END; of everything when END is none."""
    import pandas as pd  # noqa: PLC0415
    from cs_demand_model import DemandModellingDataContainer, PopulationStats  # noqa: PLC0415
    from cs_demand_model.config import Config  # noqa: PLC0415
    from cs_demand_model.datastore import fs_datastore  # noqa: PLC0415

    config = Config()
    container = DemandModellingDataContainer(fs_datastore(str(data)), config)
    if end is not None:
        known = container.combined_data
        known = known[known["DECOM"] <= end].copy()
        known["DEC"] = known["DEC"].where(known["DEC"] <= end, pd.NaT)
        # What the container has worked out it keeps under the name of the property.
        container.__dict__["combined_data"] = known
    return PopulationStats(container.enriched_view, config)


def forecast(data, end, months, reference_months, stages):
    """Return what the peer forecasts for each month after END, by category, and what it starts from."""
    import pandas as pd  # noqa: PLC0415

    statistics = read(data, pd.Timestamp(end))
    stages.done("read")
    predictor = predictor_of(statistics, end, reference_months)
    stages.done("rates")
    monthly = predicted(predictor, end, months)
    stages.done("forecast")
    return {"start": float(predictor.initial_population.sum()), "monthly": monthly}


def actual(data, end, months, before):
    """Return the mean places in use of each month after END, and of those before, as the peer counts them."""
    stock = read(data, None).stock
    return {"monthly": months_of(stock, end, months), "past": months_of(stock, end, before, -before)}


def main():
    """Print one answer as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("end")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--reference-months", type=int, default=6)
    parser.add_argument("--actual", action="store_true")
    parser.add_argument("--before", type=int, default=0, help="months counted before END, with --actual")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    stages = Stages()
    import cs_demand_model  # noqa: F401, PLC0415 - the import is timed
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    stages.done("import")
    if asked.actual:
        answer = actual(asked.data, asked.end, asked.months, asked.before)
        stages.done("count")
    else:
        answer = forecast(asked.data, asked.end, asked.months, asked.reference_months, stages)
    versions = {"python": sys.version.split()[0], "pandas": pd.__version__, "numpy": np.__version__}
    print(json.dumps({"stages": stages.rows, "peak_mb": peak_mb(), "versions": versions, **answer}))


if __name__ == "__main__":
    main()
