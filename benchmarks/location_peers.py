"""One location problem by one peer: PySAL spopt through PuLP, or the strong form given to HiGHS or CBC as it stands.

    python benchmarks/location_peers.py PEER INSTANCE.npz SECONDS

It runs in the peers' environment and imports nothing of ours. On its last line it says, as JSON, how long it took to
build the model and to solve it, what the peer said, the bound if it gives one, the open sites, what they cost (worked
out here from the answer, not taken from the peer), and the most memory held.
"""

# ruff: noqa: PLC0415 - each peer loads what it needs, before its time begins

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np

Data = dict[str, Any]

#: This process, and the solver that it may start as another.
PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def processor_seconds() -> float:
    """Return the processor seconds used so far, by the solver too once it has ended."""
    used = [resource.getrusage(who) for who in PROCESSES]
    return sum(one.ru_utime + one.ru_stime for one in used)


def p_median_spopt(data: Data, solver: Any) -> tuple[Any, Any]:
    """Build with spopt; return its PuLP problem and the variables of its sites."""
    from spopt.locate import PMedian

    cost = data["cost"]
    model = PMedian.from_cost_matrix(cost, np.ones(len(cost)), p_facilities=int(data["p"]))
    return model.problem, model.fac_vars


def coverage_spopt(data: Data, solver: Any) -> tuple[Any, Any]:
    """Build with spopt; return its PuLP problem and the variables of its sites."""
    from spopt.locate import MCLP

    model = MCLP.from_cost_matrix(data["distance"], data["weights"], float(data["radius"]), p_facilities=int(data["p"]))
    return model.problem, model.fac_vars


def warehouses_pulp(data: Data, solver: Any) -> tuple[Any, Any]:
    """Build the strong form with PuLP, which spopt has no model for."""
    import pulp

    cost, fixed, capacity, demand = (data[name] for name in ("cost", "fixed_cost", "capacity", "demand"))
    points, sites = cost.shape
    problem = pulp.LpProblem("warehouses", pulp.LpMinimize)
    is_open = [pulp.LpVariable(f"y{j}", cat="Binary") for j in range(sites)]
    share = [[pulp.LpVariable(f"x{i}_{j}", 0, 1) for j in range(sites)] for i in range(points)]
    goal = [(is_open[j], float(fixed[j])) for j in range(sites)]
    goal += [(share[i][j], float(cost[i, j])) for i in range(points) for j in range(sites)]
    problem += pulp.LpAffineExpression(goal)
    for i in range(points):
        problem += pulp.LpAffineExpression([(share[i][j], 1.0) for j in range(sites)]) == 1
        for j in range(sites):
            problem += share[i][j] <= is_open[j]
    for j in range(sites):
        used = [(share[i][j], float(demand[i])) for i in range(points)]
        problem += pulp.LpAffineExpression([*used, (is_open[j], -float(capacity[j]))]) <= 0
    data["share"] = share
    return problem, is_open


PULP = {"p-median": p_median_spopt, "coverage": coverage_spopt, "warehouses": warehouses_pulp}


def by_pulp(data: Data, kind: str, engine: str, limit_s: float) -> Data:
    """Build and solve through PuLP with CBC or HiGHS, in one thread; loading them is not timed."""
    import pulp

    if kind != "warehouses":
        import spopt.locate  # noqa: F401
    if engine == "cbc":
        solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s, gapRel=0.0, threads=1)
    else:
        solver = pulp.HiGHS(msg=False, timeLimit=limit_s, gapRel=0.0, threads=1)
    begin, cpu = time.perf_counter(), processor_seconds()
    problem, sites = PULP[kind](data, solver)
    built = time.perf_counter()
    problem.solve(solver)
    done = time.perf_counter()
    found = [position for position, variable in enumerate(np.ravel(sites)) if (variable.value() or 0.0) > 0.5]
    out = {
        "build_s": built - begin,
        "solve_s": done - built,
        "cpu_s": processor_seconds() - cpu,
        "said": pulp.LpStatus[problem.status],
        "proved": problem.sol_status == pulp.LpSolutionOptimal and done - built < limit_s,
        "bound": None,
        "open": found,
    }
    if engine == "highs" and hasattr(problem, "solverModel"):
        bound = float(problem.solverModel.getInfo().mip_dual_bound)
        out["bound"] = -bound if kind == "coverage" and bound < 0 else bound
    if kind == "warehouses" and found:
        out["share"] = np.array([[variable.value() or 0.0 for variable in row] for row in data["share"]])
    return out


def by_highs(data: Data, kind: str, limit_s: float) -> Data:
    """Build the strong form from arrays and give it to HiGHS as it is, in one thread."""
    import highspy
    from scipy import sparse

    begin, cpu = time.perf_counter(), processor_seconds()
    if kind == "coverage":
        near = data["distance"] <= data["radius"]
        points, sites = near.shape
        point, site = np.nonzero(near)
        weights = data["weights"]
        goal = np.concatenate([np.zeros(sites), -weights])
        rows = sparse.csr_array(
            (
                np.concatenate([np.ones(len(point)), -np.ones(points), np.ones(sites)]),
                (
                    np.concatenate([point, np.arange(points), np.full(sites, points)]),
                    np.concatenate([site, sites + np.arange(points), np.arange(sites)]),
                ),
            )
        )
        low = np.concatenate([np.zeros(points), [data["p"]]])
        high = np.concatenate([np.full(points, np.inf), [data["p"]]])
    else:
        cost = data["cost"]
        points, sites = cost.shape
        pairs = points * sites
        point, site = np.divmod(np.arange(pairs), sites)
        served = sparse.coo_array((np.ones(pairs), (point, sites + np.arange(pairs))), (points, sites + pairs))
        linked = sparse.coo_array(
            (
                np.concatenate([np.ones(pairs), -np.ones(pairs)]),
                (np.tile(np.arange(pairs), 2), np.concatenate([sites + np.arange(pairs), site])),
            ),
            (pairs, sites + pairs),
        )
        if kind == "p-median":
            last = sparse.coo_array((np.ones(sites), (np.zeros(sites, int), np.arange(sites))), (1, sites + pairs))
            fixed, least, most = np.zeros(sites), [data["p"]], [data["p"]]
        else:
            fixed, demand, capacity = data["fixed_cost"], data["demand"], data["capacity"]
            last = sparse.coo_array(
                (
                    np.concatenate([demand[point], -capacity]),
                    (
                        np.concatenate([site, np.arange(sites)]),
                        np.concatenate([sites + np.arange(pairs), range(sites)]),
                    ),
                ),
                (sites, sites + pairs),
            )
            least, most = np.full(sites, -np.inf), np.zeros(sites)
        goal = np.concatenate([fixed, cost.ravel()])
        rows = sparse.vstack([served, linked, last]).tocsr()
        low = np.concatenate([np.ones(points), np.full(pairs, -np.inf), least])
        high = np.concatenate([np.ones(points), np.zeros(pairs), most])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(goal), len(low)
    model.col_cost_, model.col_lower_, model.col_upper_ = goal, np.zeros(len(goal)), np.ones(len(goal))
    model.row_lower_, model.row_upper_ = low, high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * (
        len(goal) - sites
    )
    highs = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("time_limit", limit_s), ("mip_rel_gap", 0.0)):
        highs.setOptionValue(name, value)
    highs.passModel(model)
    built = time.perf_counter()
    highs.run()
    done = time.perf_counter()
    values, info = np.array(highs.getSolution().col_value), highs.getInfo()
    has_answer = info.primal_solution_status == 2
    out = {
        "build_s": built - begin,
        "solve_s": done - built,
        "cpu_s": processor_seconds() - cpu,
        "said": highs.modelStatusToString(highs.getModelStatus()),
        "proved": highs.getModelStatus() == highspy.HighsModelStatus.kOptimal,
        "bound": float(info.mip_dual_bound) * (-1 if kind == "coverage" else 1),
        "open": np.flatnonzero(values[:sites] > 0.5).tolist() if has_answer else [],
    }
    if kind == "warehouses" and has_answer:
        out["share"] = values[sites:].reshape(points, sites)
    return out


def worth(data: Data, kind: str, out: Data) -> float | None:
    """Work out what the open sites cost, or cover; nothing when they break a rule."""
    sites = out["open"]
    share = out.pop("share", None)
    if not sites:
        return None
    if kind == "coverage":
        is_covered = (data["distance"][:, sites] <= data["radius"]).any(axis=1)
        return float(data["weights"][is_covered].sum()) if len(sites) <= data["p"] else None
    if kind == "p-median":
        return float(data["cost"][:, sites].min(axis=1).sum()) if len(sites) <= data["p"] else None
    closed = np.setdiff1d(np.arange(len(data["capacity"])), sites)
    load = data["demand"] @ share
    if (
        np.abs(share.sum(axis=1) - 1).max() > 1e-5
        or share[:, closed].max(initial=0.0) > 1e-5
        or (load > data["capacity"] * (1 + 1e-5)).any()
    ):
        return None
    return float(data["fixed_cost"][sites].sum() + (share * data["cost"]).sum())


def main() -> None:
    """Solve one instance and say how it went."""
    peer, file, limit_s = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with np.load(file) as stored:
        data: Data = {name: stored[name] if stored[name].ndim else stored[name].item() for name in stored.files}
    kind = data.pop("kind")
    out = by_highs(data, kind, limit_s) if peer == "highs" else by_pulp(data, kind, peer.split("-")[1], limit_s)
    out["objective"] = worth(data, kind, out)
    out["peak_mb"] = max(resource.getrusage(who).ru_maxrss for who in PROCESSES) / 1024
    print(json.dumps(out))


if __name__ == "__main__":
    main()
