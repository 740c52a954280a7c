"""A small England in DfE's caseload format, and as series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from placements.forecasting.published import FAMILIES, SERIES, PublishedSeries

CODES = [f"E0600{number:04d}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)]
COLUMNS = [name for names in FAMILIES.values() for name in names]
PLACE = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code"]
PLACE += ["region_name", "new_la_code", "old_la_code", "la_name", "breakdown_topic", "breakdown"]


def series_of(total: np.ndarray, shares: tuple[float, ...] = (), first: int = 2019) -> PublishedSeries:
    """Return series of totals (authorities, years), and of the first families by their shares."""
    counts = np.full((*total.shape, len(SERIES)), np.nan)
    counts[:, :, 0] = total
    for at, share in enumerate(shares, start=1):
        counts[:, :, at] = total * share
    regions = [f"E1200000{1 + place % 3}" for place in range(len(total))]
    index = pd.Index([f"A{place:03d}" for place in range(len(total))], name="code")
    frame = pd.DataFrame({"name": index, "region_code": regions, "region": regions}, index=index)
    return PublishedSeries(frame, tuple(range(first, first + total.shape[1])), counts, (), {"file": "made.csv"})


def rough(
    authorities: int = 30, years: int = 6, seed: int = 3, growth: float = 0.09, spread: float = 0.04
) -> np.ndarray:
    """Return totals that grow by chance about a shared growth, (authorities, years)."""
    rng = np.random.default_rng(seed)
    steps = growth + spread * rng.standard_normal((authorities, years - 1))
    start = rng.uniform(300, 6000, (authorities, 1))
    return start * np.exp(np.column_stack([np.zeros(authorities), np.cumsum(steps, axis=1)]))


def caseload(years: int = 5, seed: int = 1) -> pd.DataFrame:
    """Return a caseload of 14 authorities, all text, in which settings add up to the total and England is the sum."""
    rng = np.random.default_rng(seed)
    rows = []
    base = {code: rng.integers(5, 300, len(COLUMNS)) for code in CODES}
    for step in range(years):
        period, everyone = f"{2018 + step}{(19 + step):02d}", np.zeros(len(COLUMNS), int)
        for number, code in enumerate(CODES):
            cells = np.round(base[code] * 1.1**step * rng.uniform(0.95, 1.05)).astype(int)
            everyone += cells
            place = [period, "Academic year", "Local authority", "E92000001", "England", "E12000001", "North East"]
            place += [code, str(800 + number), f"Place {number}", "All EHC plans", "All EHC plans"]
            rows.append([*place, cells.sum(), *cells, 1])
        place = [
            period,
            "Academic year",
            "National",
            "E92000001",
            "England",
            *[""] * 5,
            "All EHC plans",
            "All EHC plans",
        ]
        rows.append([*place, everyone.sum(), *everyone, 1])
    return pd.DataFrame(rows, columns=[*PLACE, "ehcplans", *COLUMNS, "special_total"]).astype(str)


def written(frame: pd.DataFrame, folder: Path, name: str = "caseload.csv") -> Path:
    """Write a caseload and return its path."""
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def new_plans(caseload: pd.DataFrame, rate: float = 0.15) -> pd.DataFrame:
    """Return new plans of the calendar year before each January of a caseload, all text: a share of its plans."""
    year = caseload["time_period"].str[:4]
    place = caseload[[name for name in PLACE if name not in {"time_period", "time_identifier"}]]
    plans = (caseload["ehcplans"].astype(int) * rate).round().astype(int).astype(str)
    frame = place.assign(breakdown="New EHC plans", breakdown_topic="New EHC plans", new_ehc_plans=plans)
    region = frame[frame["geographic_level"].eq("National")].assign(
        geographic_level="Regional", region_code="E12000001", region_name="North East"
    )
    frame.insert(0, "time_period", year)
    region.insert(0, "time_period", year[region.index])
    both = pd.concat([frame, region], ignore_index=True)
    both.insert(1, "time_identifier", "Calendar year")
    return both


def care(years: int = 5, seed: int = 1) -> pd.DataFrame:
    """Return children looked after of the same authorities, with those who started to be and the population, all text."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, code in enumerate(CODES):
        children = 300.0 + 40 * number
        for step in range(years):
            children *= rng.uniform(0.97, 1.06)
            place = [
                2020 + step,
                "Reporting year",
                "Local authority",
                "E92000001",
                "England",
                "E12000001",
                "North East",
            ]
            place += [800 + number, f"Place {number}", code]
            for group, count in (
                ("looked after at 31 March", children),
                ("starting to be looked after", 0.4 * children),
            ):
                rows.append([*place, f"Children {group} each year", 50_000 + number, round(count), 60])
    names = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code"]
    names += ["region_name", "old_la_code", "la_name", "new_la_code", "population_count", "population_estimate"]
    return pd.DataFrame(rows, columns=[*names, "number", "rate_per_10000"]).astype(str)


def population(years: range, seed: int = 1) -> pd.DataFrame:
    """Return mid-year estimates of children of the same authorities, all text."""
    living = np.random.default_rng(seed).integers(20_000, 60_000, len(CODES))
    level = ["Reporting year", "Local authority", "E92000001", "England", "E12000001", "North East"]
    rows = [
        [year, *level, 800 + number, code, f"Place {number}", "Children aged 0 to 17 years", living[number]]
        for year in years
        for number, code in enumerate(CODES)
    ]
    names = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code"]
    names += ["region_name", "old_la_code", "new_la_code", "la_name", "age_group", "population_estimate"]
    return pd.DataFrame(rows, columns=names).astype(str)
