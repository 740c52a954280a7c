"""How long does the siting model of a county take by decomposition, and how long as one model given to HiGHS or SCIP?

    python -m benchmarks.county [--sizes 250x12x200x5x50 ...] [--peers highs scip ...] [--tolerance 0.005]
                                [--time-limit 120] [--json FILE] [--render FILE ...]

Counties are made up (`county_made_up.py`): areas x segments x options x years x samples. The goal is the fewest
expected child-years away. Every side is a process of its own, in one thread, with its own peak memory; building is
timed apart from solving. The decisions of each side are worked out again by other means (`county_check.py`), and no
side's value may be below another's bound: the figures are contradictory otherwise, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.county_tables import Sizes
from benchmarks.optimise import timed, why
from benchmarks.read import PartFailedError, hold_cores, machine, own_environment, run

PEER_PINS: Final = ("highspy==1.16.0", "numpy>=2")
PEERS: Final = {"highs": "HiGHS, whole", "scip": "SCIP, whole", "mathopt-highs": "HiGHS by MathOpt, whole"}
#: From a county whose whole model can be proved to one of the size of the largest.
LADDER: Final = ("30x12x40x5x5", "60x12x80x5x10", "120x12x120x5x20", "250x12x200x5x50")
#: Values and bounds are the same within this part of the value and this many child-years: solvers keep to 1e-6 or so.
SAME, CLOSE = 1e-5, 2e-3
#: How the libraries say that they have no memory left.
_OUT_OF_MEMORY: Final = ("bad_alloc", "memory")
_PEER_SCRIPT: Final = str(Path(__file__).with_name("county_peers.py"))
_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Solve every county by all sides in turn; return the figures."""
    os.environ.update(_ONE_THREAD)
    out: dict[str, Any] = {"machine": machine(), "rows": [], "failed": {}}
    peers = dict.fromkeys(asked.peers, sys.executable)
    if "highs" in peers:
        try:
            peers["highs"] = str(own_environment(asked.cache, PEER_PINS, ("3.11", "3.12", "3.13"), "highspy"))
        except PartFailedError as error:
            out["failed"]["highs"] = str(error)
            del peers["highs"]
    for sizes in asked.sizes:
        out["rows"].append(_of_one(sizes, peers, asked))
        if asked.json:
            asked.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    return out


def _of_one(sizes: str, peers: dict[str, str], asked: argparse.Namespace) -> dict[str, Any]:
    """Solve one county by all sides, then work out what they decided."""
    limits = [str(asked.tolerance), str(asked.time_limit), str(asked.memory)]
    row: dict[str, Any] = {"sizes": sizes, "seed": asked.seed, "tolerance": asked.tolerance}
    row |= {"time_limit_s": asked.time_limit, "memory_gb": asked.memory, "sides": {}}
    with tempfile.TemporaryDirectory(prefix="placements-county-") as folder:
        model, decisions = str(Path(folder) / "model.npz"), Path(folder) / "decisions.json"

        def part(name: str, *more: str) -> list[str]:
            return [sys.executable, "-m", "benchmarks.county_sides", name, sizes, str(asked.seed), *limits, *more]

        def say(text: str) -> None:
            print(f"{sizes}: {text} ...", file=sys.stderr, flush=True)

        say("ours")
        row["sides"]["ours"] = timed(part("ours"), asked.time_limit)
        if peers:
            say("the model")
            row["model"] = timed(part("model", model), asked.time_limit)
        for peer, python in peers.items():
            if "failed" in row["model"]:
                row["sides"][peer] = row["model"]
                continue
            say(peer)
            said = timed([python, _PEER_SCRIPT, peer, model, *limits], asked.time_limit)
            if "failed" not in said:
                said["build_s"] += row["model"]["build_s"]
                said["cpu_s"] += row["model"]["cpu_s"]
            row["sides"][peer] = said
        say("the check")
        found = {side: said["units"] for side, said in row["sides"].items() if said.get("units") is not None}
        decisions.write_text(json.dumps(found), encoding="utf-8")
        for side, checked in run(part("check", str(decisions))).items():
            row["sides"][side] |= {"checked": checked}
    return row


def value_of(said: dict[str, Any]) -> float | None:
    """Return the child-years away of a side's decisions, worked out again; None if it has none that keep the rules."""
    checked = said.get("checked")
    return None if checked is None or checked["broken"] else checked["away"]


def gap_of(said: dict[str, Any]) -> float | None:
    """Return how far the value, worked out again, is above the side's own bound, of the value; None without either.

    That no fewer than none are away needs no proof: a bound below 0 counts as 0.
    """
    value, bound = value_of(said), said.get("bound")
    if value is None or bound is None:
        return None
    return max(value - max(bound, 0.0), 0.0) / value if value else 0.0


def is_proved(row: dict[str, Any], side: str) -> bool:
    """Return whether a side ended by itself, and its decisions, worked out again, are within the tolerance."""
    said = row["sides"][side]
    gap = gap_of(said)
    return gap is not None and said["proved"] and gap <= row["tolerance"] + SAME


def contradictions(row: dict[str, Any]) -> list[str]:
    """Return what cannot all be true: a value that is not what a side said, or is below the bound of any side."""
    out = []
    for side, said in row["sides"].items():
        if said.get("checked", {}).get("broken"):
            out.append(f"{row['sizes']}: decisions of {side} break a rule: {', '.join(said['checked']['broken'])}")
        value = value_of(said)
        if value is None:
            continue
        if value > said["value"] + SAME * value + CLOSE:
            out.append(f"{row['sizes']}: {side} said {said['value']:,.3f} away; its decisions leave {value:,.3f}")
        for other, theirs in row["sides"].items():
            bound = theirs.get("bound")
            if bound is not None and value < bound - SAME * value - CLOSE:
                out.append(f"{row['sizes']}: {side} has {value:,.3f} away, below the bound of {other}, {bound:,.3f}")
    return out


def render(found: dict[str, Any]) -> str:
    """Return the table in Markdown, a row for each county and side, and what the peers were given."""
    heads = ["county", "seed", "tolerance", "limit s", "side", "away, child-years", "bound", "gap", "proved"]
    heads += ["build s", "solve s", "processor s", "MB", "times ours", "of processor"]
    lines = [f"| {' | '.join(heads)} |", "|---|--:|--:|--:|---|--:|--:|--:|---|" + "--:|" * 6]
    for row in found["rows"]:
        lines += [f"| {' | '.join(cells)} |" for cells in (_cells(row, side) for side in row["sides"])]
    built = {
        (_times(row["sizes"]), row["seed"]): row["model"] for row in found["rows"] if "rows" in row.get("model", {})
    }
    if built:
        lines += ["", "| county | seed | variables | of them decisions | rows | entries |", "|---|" + "--:|" * 5]
    for (sizes, seed), model in built.items():
        shape = [f"{model[name]:,}" for name in ("variables", "decisions", "rows", "entries")]
        lines.append(f"| {' | '.join([sizes, str(seed), *shape])} |")
    return "\n".join(lines)


def _times(sizes: str) -> str:
    return sizes.replace("x", " x ")


def _given(row: dict[str, Any]) -> list[str]:
    return [_times(row["sizes"]), str(row["seed"]), f"{row['tolerance']:.2%}", f"{row['time_limit_s']:g}"]


def _cells(row: dict[str, Any], side: str) -> list[str]:
    said = row["sides"][side]
    first = [*(_given(row) if side == "ours" else [""] * 4), PEERS.get(side, "ours")]
    if "failed" in said:
        is_memory = any(word in said["failed"].lower() for word in _OUT_OF_MEMORY)
        reason = f"out of {row['memory_gb']:g} GB" if is_memory else why(said)
        return [*first, f"none: {reason}", "", "", "NO", "", f">{said['seconds']:.0f}", "", "", "", ""]
    value, bound, gap = value_of(said), said["bound"], gap_of(said)
    cells = ["none" if value is None else f"{value:,.3f}", "none" if bound is None else f"{bound:,.3f}"]
    cells += ["" if gap is None else f"{gap:.2%}", "yes" if is_proved(row, side) else "NO"]
    cells += [f"{said['build_s']:.1f}", f"{said['solve_s']:.1f}", f"{said['cpu_s']:.1f}", f"{said['peak_mb']:,.0f}"]
    return [*first, *cells, *ratios(row, side)]


def ratios(row: dict[str, Any], side: str) -> tuple[str, str]:
    """Return how many times our seconds, and our processor seconds, a peer took, building and solving.

    At least (>) so many where the peer was not proved; nothing at all where ours was not.
    """
    said, base = row["sides"][side], row["sides"]["ours"]
    if side == "ours" or "failed" in said or not is_proved(row, "ours"):
        return "", ""
    more = "" if is_proved(row, side) else ">"
    wall = (said["build_s"] + said["solve_s"]) / (base["build_s"] + base["solve_s"])
    return f"{more}{wall:,.1f}", f"{more}{said['cpu_s'] / base['cpu_s']:,.1f}"


def _sizes(text: str) -> str:
    try:
        return str(Sizes.read(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    out = argparse.ArgumentParser(prog="python -m benchmarks.county", description=__doc__.splitlines()[0])
    out.add_argument(
        "--sizes", nargs="+", type=_sizes, default=list(LADDER), help=f"of each county ({' '.join(LADDER)})"
    )
    out.add_argument("--seed", type=int, default=1)
    out.add_argument("--peers", nargs="*", choices=list(PEERS), default=["highs", "scip"], help="none: our side only")
    out.add_argument("--tolerance", type=float, default=0.005, help="gap at which a side may stop (0.005)")
    out.add_argument("--time-limit", type=float, default=120.0, help="seconds for each solve (120)")
    out.add_argument("--memory", type=float, default=12.0, help="gigabytes that a side may have (12)")
    out.add_argument("--cores", type=int, default=2)
    out.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "placements-benchmarks")
    out.add_argument("--json", type=Path, help="write all figures here too, after every county")
    out.add_argument("--render", nargs="+", type=Path, help="print the tables of figures written before, and stop")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0 done, 1 when figures contradict each other, 3 when a peer could not be set up."""
    asked = parser().parse_args(arguments)
    if asked.render:
        read = [json.loads(path.read_text(encoding="utf-8")) for path in asked.render]
        found = {**read[0], "rows": [row for one in read for row in one["rows"]]}
    else:
        hold_cores(asked.cores)
        found = measure(asked)
    where, said = found["machine"], [said for row in found["rows"] for said in row["sides"].values()]
    about = [where["date"], f"{where['processor']}, {where['cores']} cores", f"Python {where['python']}"]
    about += dict.fromkeys(each["library"] for each in said if "library" in each)
    loads = [each["load_before"] for each in said if each.get("load_before") is not None]
    about += [f"load of the machine {min(loads):.1f} to {max(loads):.1f}"] if loads else []
    print(" · ".join(about), end="\n\n")
    print(render(found))
    for peer, reason in found["failed"].items():
        print(f"NOT MEASURED: {peer}. {reason}", file=sys.stderr)
    wrong = [text for row in found["rows"] for text in contradictions(row)]
    for text in wrong:
        print(f"CONTRADICTION: {text}", file=sys.stderr)
    return 1 if wrong else 3 if found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
