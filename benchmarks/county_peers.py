"""The siting model whole, by one peer, from arrays: HiGHS as published, or SCIP or HiGHS through OR-Tools MathOpt.

    python benchmarks/county_peers.py PEER MODEL.npz TOLERANCE SECONDS GIGABYTES

For `highs` it runs in the peer's environment and imports nothing of ours. On its last line it says, as JSON, how long
it took to hand the model over and to solve it, what the peer said, value and bound, the units decided on, and the most
memory held.
"""

# ruff: noqa: PLC0415 - each peer loads what it needs, before its time begins

from __future__ import annotations

import datetime as dt
import json
import math
import resource
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np

Arrays = dict[str, Any]


def by_highs(data: Arrays, tolerance: float, limit_s: float) -> dict[str, Any]:
    """Hand the arrays to HiGHS and solve, in one thread."""
    import highspy

    begin, cpu = time.perf_counter(), time.process_time()
    highs = highspy.Highs()
    options = {"output_flag": False, "parallel": "off", "threads": 1, "time_limit": limit_s, "mip_rel_gap": tolerance}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(
        len(data["objective"]), len(data["row_lower"]), len(data["value"]), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), 0.0, data["objective"], data["lower"], data["upper"], data["row_lower"],
        data["row_upper"], data["start"], data["column"], data["value"], data["whole"].astype(np.int32),
    )  # fmt: skip
    built = time.perf_counter()
    highs.run()
    done, info = time.perf_counter(), highs.getInfo()
    has_answer = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return {
        "library": f"HiGHS {highs.version()}",
        "build_s": built - begin,
        "solve_s": done - built,
        "cpu_s": time.process_time() - cpu,
        "said": highs.modelStatusToString(highs.getModelStatus()).lower(),
        "proved": highs.getModelStatus() == highspy.HighsModelStatus.kOptimal,
        "value": float(info.objective_function_value) if has_answer else None,
        "bound": finite(float(info.mip_dual_bound)),
        "units": units_of(data, np.array(highs.getSolution().col_value)) if has_answer else None,
    }


def by_mathopt(data: Arrays, solver: str, tolerance: float, limit_s: float) -> dict[str, Any]:
    """Hand the arrays to SCIP or HiGHS through MathOpt and solve, in one thread."""
    from ortools.math_opt.python import mathopt
    from ortools.math_opt.solvers import highs_pb2

    import placements.optimisation.engine  # noqa: F401 - loaded before time begins

    begin, cpu = time.perf_counter(), time.process_time()
    model = mathopt.Model.from_model_proto(_proto(data))
    built = time.perf_counter()
    params = mathopt.SolveParameters(time_limit=dt.timedelta(seconds=limit_s), relative_gap_tolerance=tolerance)
    if solver == "scip":  # of one thread as it is
        kind = mathopt.SolverType.GSCIP
    else:
        kind = mathopt.SolverType.HIGHS
        params.highs = highs_pb2.HighsOptionsProto(string_options={"parallel": "off"}, int_options={"threads": 1})
    result = mathopt.solve(model, kind, params=params)
    done, has_answer = time.perf_counter(), result.has_primal_feasible_solution()
    values = result.variable_values() if has_answer else {}
    solution = np.array([values[variable] for variable in model.variables()]) if has_answer else None
    return {
        "library": f"{'SCIP' if solver == 'scip' else 'HiGHS'} of OR-Tools {version('ortools')}",
        "build_s": built - begin,
        "solve_s": done - built,
        "cpu_s": time.process_time() - cpu,
        "said": result.termination.reason.name.lower().replace("_", " "),
        "proved": result.termination.reason == mathopt.TerminationReason.OPTIMAL,
        "value": float(result.objective_value()) if has_answer else None,
        "bound": finite(float(result.termination.objective_bounds.dual_bound)),
        "units": None if solution is None else units_of(data, solution),
    }


def _proto(data: Arrays) -> Any:
    from placements.optimisation.engine import model_proto
    from placements.optimisation.linear import LinearModel

    linear = LinearModel()
    linear.add_variables(len(data["objective"]), data["upper"], list)
    linear.whole[0][:] = data["whole"]
    row = np.repeat(np.arange(len(data["row_lower"])), np.diff(data["start"]))
    bounds = {"lower": data["row_lower"], "upper": data["row_upper"]}
    linear.add_rows(row, data["column"], data["value"], **bounds, number=len(data["row_lower"]), names=list)
    proto = model_proto(linear)
    columns = np.flatnonzero(data["objective"])
    proto.objective.linear_coefficients.ids.extend(columns.tolist())
    proto.objective.linear_coefficients.values.extend(data["objective"][columns].tolist())
    return proto


def finite(bound: float) -> float | None:
    """Return a bound, or nothing where it says nothing."""
    return bound if math.isfinite(bound) else None


def units_of(data: Arrays, solution: np.ndarray) -> list[list[int]]:
    """Return option, year and units of every decision that is not for nothing."""
    units = np.round(solution[data["open_column"]]).astype(int)
    return np.column_stack([data["open_option"], data["open_year"], units])[units != 0].tolist()


def hold_memory(gigabytes: float) -> None:
    """Let this process have so much memory and no more: what asks for more ends with an error that says so."""
    size = int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def peak_mb() -> float:
    """Return the most memory that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Solve one model and say how it went."""
    peer, file = sys.argv[1:3]
    tolerance, limit_s, gigabytes = map(float, sys.argv[3:6])
    hold_memory(gigabytes)
    with np.load(file) as stored:
        data = {name: stored[name] for name in stored.files}
    out = by_highs(data, tolerance, limit_s) if peer == "highs" else by_mathopt(data, peer, tolerance, limit_s)
    print(json.dumps({**out, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
