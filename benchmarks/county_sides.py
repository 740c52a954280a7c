"""Our parts of the benchmark of a county, each a process of its own: search, model for the peers, check, whole plan.

    python -m benchmarks.county_sides PART SIZES SEED TOLERANCE SECONDS GIGABYTES [FILE]

Making the county up is in no side's time. On its last line each part says, as JSON, what it found.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.county_check import away, broken_rules
from benchmarks.county_made_up import made_up
from benchmarks.county_peers import finite, hold_memory, peak_mb
from benchmarks.county_tables import Sizes
from placements.optimisation.decomposed import FewestAway
from placements.optimisation.model import build_model, decisions_alone
from placements.optimisation.problem import Problem
from placements.optimisation.solve import solve

GOAL: Final = "away_child_years"
GOALS: Final = (GOAL, "net_cost", "travel")


class Asked(NamedTuple):
    """What a part is told; `file` is where the model goes (`model`), or where decisions are (`check`)."""

    sizes: str
    seed: int
    tolerance: float
    limit_s: float
    gigabytes: float
    file: Path


def ours(problem: Problem, asked: Asked) -> dict[str, Any]:
    """Search by decomposition."""
    begin, cpu = time.perf_counter(), time.process_time()
    search = FewestAway(problem, asked.seed)
    built = time.perf_counter()
    found = search.search(asked.tolerance, asked.limit_s)
    done = time.perf_counter()
    decided, names = np.flatnonzero(found.units), decisions_alone(problem)
    proved = found.away - found.bound <= asked.tolerance * found.away
    return {
        "library": f"this program, HiGHS of OR-Tools {version('ortools')}",
        "build_s": built - begin,
        "solve_s": done - built,
        "cpu_s": time.process_time() - cpu,
        "said": "optimal" if proved else "time limit",
        "proved": bool(proved),
        "value": finite(found.away),
        "bound": finite(found.bound),
        "units": [[int(names.open_option[n]), int(names.open_year[n]), int(found.units[n])] for n in decided],
        "peak_mb": peak_mb(),
    }


def plan(problem: Problem, asked: Asked) -> dict[str, Any]:
    """Solve all three goals as `placements optimise` does, the tolerance being that of the first."""
    limits = replace(problem.limits, goals=GOALS, tolerance=asked.tolerance, time_limit_s=asked.limit_s)
    begin, cpu = time.perf_counter(), time.process_time()
    solved = solve(replace(problem, limits=limits), asked.seed)
    goals = [{**asdict(goal), "bound": finite(goal.bound), "gap": finite(goal.gap)} for goal in solved.goals]
    return {
        "goals": goals,
        "cut_short": solved.cut_short,
        "variables": solved.siting.linear.variables,
        "seconds": time.perf_counter() - begin,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": peak_mb(),
    }


def model(problem: Problem, asked: Asked) -> dict[str, Any]:
    """Build the model whole and write it as arrays; say how long that took and how large it is."""
    begin, cpu = time.perf_counter(), time.process_time()
    siting = build_model(problem)
    matrix = siting.linear.matrix()
    out = {"build_s": time.perf_counter() - begin, "cpu_s": time.process_time() - cpu}
    linear = siting.linear
    together = {name: np.concatenate(getattr(linear, name)) for name in _OF_MODEL}
    np.savez(
        asked.file, objective=siting.objectives[GOAL], start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32), value=matrix.data, open_column=siting.open_column,
        open_option=siting.open_option, open_year=siting.open_year, **together,
    )  # fmt: skip
    shape = {"variables": linear.variables, "rows": linear.rows, "entries": int(matrix.nnz)}
    return {**out, **shape, "decisions": len(siting.open_column), "peak_mb": peak_mb()}


_OF_MODEL: Final = ("lower", "upper", "whole", "row_lower", "row_upper")


def check(problem: Problem, asked: Asked) -> dict[str, Any]:
    """Work decisions out again, of every side: who is away, and which rules are broken."""
    out = {}
    for side, decisions in json.loads(asked.file.read_text(encoding="utf-8")).items():
        units = np.zeros((len(problem.options), problem.years))
        for option, year, number in decisions:
            units[option, year] += number
        out[side] = {"away": away(problem, units), "broken": broken_rules(problem, units)}
    return out


PARTS: Final[dict[str, Callable[[Problem, Asked], dict[str, Any]]]] = {
    "ours": ours, "plan": plan, "model": model, "check": check,
}  # fmt: skip


def main() -> None:
    """Run one part and say what it found."""
    part, sizes, seed = sys.argv[1:4]
    tolerance, limit_s, gigabytes = map(float, sys.argv[4:7])
    asked = Asked(sizes, int(seed), tolerance, limit_s, gigabytes, Path(*sys.argv[7:8]))
    hold_memory(gigabytes)
    print(json.dumps(PARTS[part](made_up(Sizes.read(sizes), asked.seed), asked)))


if __name__ == "__main__":
    main()
