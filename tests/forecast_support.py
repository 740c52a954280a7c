"""Models of which every rate is known for certain, a steady county, and a stand-in for another model's interpreter."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from placements import codes
from placements.forecasting.by_need import ByNeed, no_difference
from placements.forecasting.cells import cells
from placements.forecasting.destinations import NEXT, Destinations
from placements.forecasting.drift import known
from placements.forecasting.durations import DURATION_BANDS, Hazards
from placements.forecasting.entries import Stream
from placements.forecasting.groups import BANDS, Groups
from placements.forecasting.levers import Levers
from placements.forecasting.simulate import Model, Simulated, Wave, simulate
from placements.forecasting.spells import KEYS, PLANNABLE, SERVICE_OF, STATES
from tests.support import tiny_county

CERTAIN = 1e9
#: What an interpreter may do when it is asked: 7 children in every month.
SAYS_SEVEN = """
months = question["months"]
kinds = {"FOSTERING": 4.0, "RESIDENTIAL": 2.0, "SUPPORTED": 1.0, "OTHER": 0.0, "all": 7.0}
told = {kind: [number] * months for kind, number in kinds.items()}
print(json.dumps({"counted": 7.0, "forecasts": {"6": told, "12": told}}))
"""
NEED = "family"
AREA = "A"


def known_stream(monthly: float, band: str = "Under 1", provision: str = "agency_foster", **changes: object) -> Stream:
    """Return entries of one kind at a rate that is known for certain."""
    row = pd.DataFrame([(provision, NEED, band, AREA)], columns=["provision", "need_group", "age_band", "area"])
    known: dict[str, object] = {
        "name": "care",
        "service": SERVICE_OF[provision],
        "unaccompanied": False,
        "cells": row.astype("str"),
        "alpha": np.ones(1),
        "starts": monthly * CERTAIN,
        "months": CERTAIN,
        "slope": 0.0,
        "slope_error": 0.0,
        "volatility": 0.0,
        "half_life_years": 2.0,
        "shock": 0.0,
        "season": np.ones(12),
        "counted": 0,
        "spread": 0,
        "weight": 1.0,
    }
    return Stream(**{**known, **changes})  # type: ignore[arg-type]


def known_model(
    streams: list[Stream],
    hazards: Mapping[str | tuple[str, str], list[float] | float],
    chances: Mapping[str | tuple[str, str], Mapping[str, float]] | None = None,
    settled: pd.DataFrame | None = None,
    by_need: ByNeed | None = None,
) -> Model:
    """Return a model without uncertainty.

    Parameters
    ----------
    streams : list of Stream
    hazards : mapping
        Monthly hazard by kind of provision, one number or one for each duration band; others never end. A pair
        (kind, phase of care) stands for that phase only.
    chances : mapping, optional
        By kind of provision, the chance of each next one; what is left is the chance of leaving.
    settled : DataFrame, optional
        `provision, age_band, elapsed, age` (months) of the children placed on the snapshot day.
    """
    table = cells()
    mean = np.full((len(table), len(DURATION_BANDS)), 1e-9)
    alpha = np.zeros((len(table), 2, len(NEXT)))
    for row, (state, phase) in enumerate(zip(table["provision"], table["phase"], strict=True)):
        mean[row] = hazards.get((state, phase), hazards.get(state, 1e-9))
        leads_to = (chances or {}).get((state, phase), (chances or {}).get(state, {}))
        for after, chance in leads_to.items():
            alpha[row, :, NEXT.index(after)] = chance * CERTAIN
        alpha[row, :, -1] = max(1 - sum(leads_to.values()), 0) * CERTAIN
    groups = known_groups()
    children = pd.DataFrame(columns=["provision", "age_band", "elapsed", "age"]) if settled is None else settled
    count = len(children)
    none = np.zeros(count, np.intp)
    bands = [BANDS[SERVICE_OF[s]].index(b) for s, b in zip(children["provision"], children["age_band"], strict=True)]
    wave = Wave(
        run=none,
        state=np.array([STATES.index(one) for one in children["provision"]], np.intp),
        need=none,
        area=none,
        begin=np.zeros(count),
        elapsed=children["elapsed"].to_numpy(float),
        age=children["age"].to_numpy(float),
        band=np.array(bands, np.intp),
        since=np.zeros(count),
    )
    return Model(
        tuple(streams),
        Hazards(table, mean * CERTAIN, np.full(mean.shape, CERTAIN), dict.fromkeys(codes.SERVICES, known(len(STATES)))),
        Destinations(alpha, dict.fromkeys(codes.SERVICES, known(len(NEXT)))),
        no_difference() if by_need is None else by_need,
        groups,
        wave,
        np.ones((1, 1)),
        first_month=4,
    )


def known_groups() -> Groups:
    """Return a group for every kind that local places can serve and every age band: one need, one area."""
    rows, lookup = [], np.full((len(STATES), 1, max(len(one) for one in BANDS.values()), 1), -1, np.intp)
    for state in PLANNABLE:
        for band, label in enumerate(BANDS[SERVICE_OF[state]]):
            lookup[STATES.index(state), 0, band, 0] = len(rows)
            rows.append((SERVICE_OF[state], AREA, NEED, label, state))
    table = pd.DataFrame(rows, columns=list(KEYS), dtype="str")
    table.insert(0, "group", (table["provision"] + "/" + table["age_band"]).astype("str"))
    return Groups(table, (NEED,), (AREA,), lookup)


def simulated(model: Model, months: int, runs: int, levers: Levers | None = None, seed: int = 3) -> Simulated:
    """Return the simulation without the drift of the hazards, which closed forms do not have."""
    return simulate(model, levers or Levers(), months=months, runs=runs, seed=seed, hazard_drift=0.0)


def steady(seed: int = 1, changed_after: dt.date | None = None):
    """Six years of children who come at a steady rate and stay for a year or so."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2019-03-31") + pd.to_timedelta(rng.uniform(0, 6 * 365.25, 700).astype(int), unit="D")
    end = pd.Series(day) + pd.to_timedelta(rng.exponential(300, 700).astype(int) + 1, unit="D")
    if changed_after is not None:
        end = end.where(pd.Series(day) <= pd.Timestamp(changed_after), pd.Series(day) + pd.Timedelta(days=1))
    rows = pd.DataFrame(
        {
            "provision": rng.choice(["agency_foster", "childrens_home", "connected_carers"], 700),
            "home": "Guildford",
            "to": "out",
            "birth": "2012-01-01",
            "start": day,
            "end": end.where(end <= pd.Timestamp("2025-03-31")),
        }
    )
    return tiny_county(rows)


def interpreter(folder: Path, does: str) -> Path:
    """Write a program that answers as an interpreter with the demand model would: it imports, and is asked."""
    path = folder / "python"
    lines = [f"#!{sys.executable}", "import json, sys", "if '-c' in sys.argv:", "    sys.exit(0)"]
    lines += ["question = json.load(sys.stdin)", does]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o755)
    return path
