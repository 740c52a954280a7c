"""How long does it take to simulate a county's children five years ahead, and how long does it take others?

    python -m benchmarks.forecast [--runs 1000] [--returns FOLDER] [--json FILE]

Peers: the same model child by child in SimPy (extra `bench`), and `cs-demand-model`, the sector's deterministic model,
in an environment of its own, on a folder of SSDA903 returns by year. Every part runs in a process of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from benchmarks.ours import Stages, peak_mb
from benchmarks.read import NO_PEER, PartFailedError, fastest, hold_cores, machine, own_environment, run

PEER: Final = "cs-demand-model"
#: What is installed for the peer, which needs pandas below 2; its `fs` needs `pkg_resources`.
PEER_PINS: Final = (f"{PEER}==0.5.1", "setuptools<70")
PEER_PYTHONS: Final = ("3.11", "3.10")
#: Largest difference of a mean that still counts as agreement, in standard errors, of all states and ends of years; and
#: places in use that are not told apart.
AGREES_WITHIN, AGREES_PLACES = 4.5, 0.01
#: Months before the end that the peer's rates are taken from, as in the back-test: six are what its own command takes.
REFERENCE_MONTHS: Final = (6, 12)
_PEER_SCRIPT: Final = str(Path(__file__).resolve().parent / "peer_cs_demand_model.py")
_EPISODES: Final = "*/*pisodes.csv"
_SEED: Final = 1
_SERVICES: Final = {"both": "both services", "care": "care alone"}


def prepare(folder: Path, asked: argparse.Namespace, stages: Stages) -> dict[str, Any]:
    """Make up a county, fit the model to it, and leave the model of both services and of care alone in the folder."""
    from dataclasses import replace  # noqa: PLC0415

    from placements.forecasting.model import fit  # noqa: PLC0415
    from placements.forecasting.spells import spells_of  # noqa: PLC0415
    from placements.geography.postcodes import open_directory  # noqa: PLC0415
    from placements.newstudy import init_study  # noqa: PLC0415
    from placements.study import open_study  # noqa: PLC0415
    from placements.synthetic import synthesise  # noqa: PLC0415

    init_study(folder / "county", asked.authority, synthetic=True)
    study = open_study(folder / "county")
    with stages("made up"):
        snapshot = study.settings.study.snapshot
        synthesise(
            study.data, study.authority, open_directory(), snapshot=snapshot, seed=_SEED, children=asked.children
        )
    with stages("read, checked, located"):
        county = study.load()
    with stages("counted and fitted"):
        spells = spells_of(county, study.settings.forecast.history_years)
        model = fit(spells)
    care = replace(
        spells,
        history=spells.history[spells.history["service"].eq("care")].reset_index(drop=True),
        settled=spells.settled[spells.settled["service"].eq("care")].reset_index(drop=True),
    )
    for name, one in (("both", model), ("care", fit(care))):
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(one))
    return {"settled": {"both": len(spells.settled), "care": len(care.settled)}, "groups": len(model.groups.table)}


def ours(model: Any, asked: argparse.Namespace, stages: Stages) -> dict[str, Any]:
    """Simulate with the whole uncertainty: what a forecast is."""
    from placements.forecasting.levers import Levers  # noqa: PLC0415
    from placements.forecasting.simulate import simulate  # noqa: PLC0415

    with stages("simulate"):
        found = simulate(model, Levers(), months=12 * asked.years, runs=asked.runs, seed=_SEED)
    return {"runs": asked.runs, "child_months": float(found.held.sum(dtype=float))}


def known(model: Any, asked: argparse.Namespace, stages: Stages) -> dict[str, Any]:
    """Simulate with rates taken as known, as the event loop does; return the means and spread of each state."""
    from benchmarks.forecast_peers import certain  # noqa: PLC0415
    from placements.forecasting.levers import Levers  # noqa: PLC0415
    from placements.forecasting.simulate import simulate  # noqa: PLC0415

    model = certain(model)
    with stages("simulate, rates known"):
        found = simulate(model, Levers(), months=12 * asked.years, runs=asked.runs, seed=_SEED, hazard_drift=0.0)
    held = found.held.astype(float)
    return {"runs": asked.runs, "child_months": float(held.sum()), **_ends_of_years(held)}


def simpy(model: Any, asked: argparse.Namespace, stages: Stages) -> dict[str, Any]:
    """Simulate the same model child by child in an event loop."""
    import numpy as np  # noqa: PLC0415

    from benchmarks.forecast_peers import EventLoop, certain  # noqa: PLC0415

    loop = EventLoop(certain(model), 12 * asked.years)
    with stages("simulate in SimPy"):
        held = np.stack([loop.run(seed) for seed in range(asked.peer_runs)])
    return {"runs": asked.peer_runs, "child_months": float(held.sum()), **_ends_of_years(held)}


def _ends_of_years(held: Any) -> dict[str, list[list[float]]]:
    """Return means and standard deviations over the runs in the last month of each year, (years, states)."""
    last = held[:, 11::12]
    return {"mean": last.mean(axis=0).tolist(), "spread": last.std(axis=0, ddof=1).tolist()}


def agreement(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return how far two parts' means are apart, in standard errors; the spread is that of the part with more runs."""
    import numpy as np  # noqa: PLC0415

    more = max(one, other, key=lambda part: part["runs"])
    error = np.array(more["spread"]) * np.sqrt(1 / one["runs"] + 1 / other["runs"])
    means = np.array(one["mean"]), np.array(other["mean"])
    apart = np.maximum(np.abs(means[0] - means[1]) - AGREES_PLACES, 0)
    errors = apart / np.maximum(error, 1e-12)
    return {
        "compared": int(errors.size),
        "largest": float(errors.max()),
        "beyond_2": float((errors > 2).mean()),
        "total_apart": float(means[1].sum() / means[0].sum() - 1),
        "agrees": bool(errors.max() <= AGREES_WITHIN),
    }


def study_of(folder: Path, returns: Path, snapshot: dt.date) -> Any:
    """Return a study of the returns of some years; which authority it is of makes no difference to a total.

    Whatever year their folders are named by, in the study it is the one in which the return ends.
    """
    from placements.newstudy import init_study  # noqa: PLC0415
    from placements.study import open_study  # noqa: PLC0415

    init_study(folder, "Surrey", snapshot=snapshot)
    for path in sorted(path.parent for path in returns.glob(_EPISODES)):
        shutil.copytree(path, folder / "data" / "ssda903" / str(last_day(path).year))
    return open_study(folder)


def returns_ahead(returns: Path, end: dt.date, months: int, runs: int, stages: Stages) -> dict[str, Any]:
    """Forecast from returns with ours; return what is in care today and in each month ahead, means and bands."""
    import numpy as np  # noqa: PLC0415

    from placements.forecasting import forecast  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="placements-returns-") as folder:
        study = study_of(Path(folder) / "study", returns, end)
        with stages("read"):
            county = study.load()
    with stages("forecast"):
        found = forecast(county, years=max(months // 12, 1), runs=runs, seed=_SEED)
    total = found.held.sum(axis=2)
    low, high = np.quantile(total, (0.1, 0.9), axis=0)
    return {
        "start": int(_in_care(county, [end])[0]),
        "monthly": total.mean(axis=0).tolist(),
        "low_80": low.tolist(),
        "high_80": high.tolist(),
        "peak_mb": peak_mb(),
    }


def returns_actual(returns: Path, last: dt.date, end: dt.date, months: int) -> list[float]:
    """Return the mean number in care in each month after `end`, as we count them from all returns."""
    import pandas as pd  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="placements-returns-") as folder:
        county = study_of(Path(folder) / "study", returns, last).load()
    edges = [pd.Timestamp(end) + pd.DateOffset(months=step) for step in range(months + 1)]
    days = pd.date_range(edges[0] + pd.Timedelta(days=1), edges[-1])
    count = pd.Series(_in_care(county, days), index=days)
    return [float(count[(days > low) & (days <= high)].mean()) for low, high in pairwise(edges)]


def _in_care(county: Any, days: Any) -> Any:
    """Return how many of the stays that a forecast counts are under way on each day."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from placements import codes  # noqa: PLC0415

    rows = county.placements
    rows = rows[rows["rank"].eq(1) & ~rows["legal_status"].isin(codes.SHORT_BREAKS) & rows["service"].eq(codes.CARE)]
    begun, over = (np.sort(rows[name].dropna().to_numpy("datetime64[ns]")) for name in ("start", "end"))
    at = pd.DatetimeIndex(days).to_numpy("datetime64[ns]")
    return np.searchsorted(begun, at, side="right") - np.searchsorted(over, at, side="right")


def last_day(returns: Path) -> dt.date:
    """Return the 31 March up to which returns (or the one of a year) tell: that on or after the last start."""
    import pandas as pd  # noqa: PLC0415

    files = sorted({*returns.glob(_EPISODES), *returns.glob(Path(_EPISODES).name)})
    starts = [pd.read_csv(path, usecols=["DECOM"])["DECOM"] for path in files]
    day = pd.to_datetime(pd.concat(starts), format="%d/%m/%Y").max().date()
    march = dt.date(day.year, 3, 31)
    return march if day <= march else dt.date(day.year + 1, 3, 31)


def without_last_year(returns: Path, out: Path) -> Path:
    """Copy the returns but those of the last year."""
    years = sorted(path for path in returns.iterdir() if path.is_dir() and path.name.isdigit())
    for path in years[:-1]:
        shutil.copytree(path, out / path.name)
    return out


def run_part(part: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Run one part in this process; return its stages, what memory it held, and what it found."""
    stages = Stages()
    if part == "prepare":
        return {**prepare(folder, asked, stages), "stages": stages.rows}
    if part.startswith("returns"):
        months = 12 if part == "returns hidden" else 12 * asked.years
        data = folder / "before" if part == "returns hidden" else asked.returns
        found = returns_ahead(data, last_day(data), months, asked.runs, stages)
        if part == "returns hidden":
            found["actual"] = returns_actual(asked.returns, last_day(asked.returns), last_day(data), 12)
        return {**found, "stages": stages.rows}
    which, name = part.split(" ")
    import placements.forecasting.simulate  # noqa: F401, PLC0415 - not to be counted as the simulation's

    model = pickle.loads((folder / f"{name}.pickle").read_bytes())
    before = peak_mb()
    found = _SIMULATED[which](model, asked, stages)
    return {**found, "stages": stages.rows, "before_mb": before, "peak_mb": peak_mb()}


_SIMULATED: Final[dict[str, Callable[..., dict[str, Any]]]] = {"ours": ours, "known": known, "simpy": simpy}


def peer_command(python: Path, data: Path) -> list[str]:
    """Return what runs the demand model on a folder of returns; a day, and what else it takes, is to follow."""
    return [str(python), _PEER_SCRIPT, str(data)]


def _peer_commands(folder: Path, asked: argparse.Namespace) -> dict[str, list[str]]:
    """Return what runs each part of the demand model, installed on first use."""
    python = own_environment(asked.cache, PEER_PINS, PEER_PYTHONS, "cs_demand_model", asked.peer_python)
    before, whole = (peer_command(python, data) for data in (folder / "before", asked.returns))
    ahead = ["--months", str(12 * asked.years)]
    hidden = last_day(folder / "before").isoformat()
    commands = {"peer ahead": [*whole, last_day(asked.returns).isoformat(), *ahead]}
    for months in REFERENCE_MONTHS:
        commands[f"peer hidden {months}"] = [*before, hidden, "--reference-months", str(months)]
    commands["peer actual"] = [*whole, hidden, "--actual"]
    return commands


def _own_parts(asked: argparse.Namespace) -> list[str]:
    parts = ["prepare", *(f"ours {name}" for name in _SERVICES), *(f"known {name}" for name in _SERVICES)]
    if not asked.no_peer and importlib.util.find_spec("simpy") is not None:
        parts += [f"simpy {name}" for name in _SERVICES]
    return parts + (["returns ahead", "returns hidden"] if asked.returns else [])


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Run every part and return what each says of itself; under `failed`, why a part does not."""
    result: dict[str, Any] = {"machine": machine(), "parts": {}, "failed": {}, "absent": []}
    with tempfile.TemporaryDirectory(prefix="placements-forecast-") as name:
        folder = Path(name)
        own = [sys.executable, "-m", "benchmarks.forecast", "--folder", name, "--runs", str(asked.runs)]
        own += ["--years", str(asked.years), "--peer-runs", str(asked.peer_runs), "--authority", asked.authority]
        own += ["--children", str(asked.children)] if asked.children else []
        own += ["--returns", str(asked.returns)] if asked.returns else []
        commands = {part: [*own, "--part", part] for part in _own_parts(asked)}
        if "simpy both" not in commands:
            result["absent"].append("SimPy was left out" if asked.no_peer else "SimPy is not installed")
        if asked.returns:
            without_last_year(asked.returns, folder / "before")
            try:
                commands |= {} if asked.no_peer else _peer_commands(folder, asked)
            except PartFailedError as error:
                result["failed"]["peer"] = str(error)
        else:
            result["absent"].append(f"{PEER} and ours on returns need --returns")
        for part, command in commands.items():
            print(f"measuring: {part} ...", file=sys.stderr)
            load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
            repeat = asked.repeat if part.startswith(("ours", "known", "returns ahead", "peer ahead")) else 1
            try:
                found = fastest(command, repeat) if repeat > 1 else run(command)
                result["parts"][part] = {**found, "load_before": load}
            except PartFailedError as error:
                result["failed"][part] = str(error)
    for name in _SERVICES:
        if {f"known {name}", f"simpy {name}"} <= set(result["parts"]):
            pair = result["parts"][f"known {name}"], result["parts"][f"simpy {name}"]
            result[f"agreement {name}"] = agreement(*pair)
    return result


def render(result: dict[str, Any], asked: argparse.Namespace) -> str:
    """Return the tables of one run, as Markdown."""
    where, parts = result["machine"], result["parts"]
    loads = ", ".join(f"{part['load_before']} before {name}" for name, part in parts.items())
    about = [where["date"], f"{where['processor']}, {where['cores']} cores", f"Python {where['python']}"]
    about += [f"{asked.authority}, made up", f"{asked.years} years by months", f"{asked.repeat} run(s), the fastest"]
    lines = [" · ".join([*about, f"load of the machine {loads}"]), "", *_simulations(parts), ""]
    for name, label in _SERVICES.items():
        if f"agreement {name}" in result:
            lines.append(_said(label, result[f"agreement {name}"], parts[f"simpy {name}"]["runs"]))
    if "returns ahead" in parts:
        lines += ["", *_on_returns(parts, asked)]
    if "returns hidden" in parts:
        lines += ["", *_hidden(parts)]
    lines += [f"{why}: not measured." for why in result["absent"]]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _simulations(parts: dict[str, Any]) -> list[str]:
    heads = ("", "runs", "child-months", "s", "processor s", "child-months a second", "times SimPy")
    heads = (*heads, "of processor", "most memory, MB", "above the model, MB")
    lines = [_row(*heads), "|---|" + "--:|" * (len(heads) - 1)]
    labels = {"ours": "ours, every rate drawn", "known": "ours, rates known", "simpy": "SimPy, rates known"}
    for name, label in _SERVICES.items():
        peer = parts.get(f"simpy {name}")
        for which, text in labels.items():
            part = parts.get(f"{which} {name}")
            if part is None:
                continue
            stage = part["stages"][-1]
            times = [
                f"{_speed(part, unit) / _speed(peer, unit):,.0f}" if peer else "" for unit in ("seconds", "cpu_seconds")
            ]
            cells = [f"{text}: {label}", f"{part['runs']:,}", f"{part['child_months']:,.0f}"]
            cells += [f"{stage['seconds']:,.2f}", f"{stage['cpu_seconds']:,.2f}", f"{_speed(part, 'seconds'):,.0f}"]
            lines.append(_row(*cells, *times, *(f"{part['peak_mb'] - less:,.0f}" for less in (0, part["before_mb"]))))
    return lines


def _speed(part: dict[str, Any], unit: str) -> float:
    return float(part["child_months"] / part["stages"][-1][unit])


def _said(label: str, found: dict[str, Any], runs: int) -> str:
    verdict = "agree" if found["agrees"] else "do NOT agree"
    return (
        f"Ours and SimPy {verdict} on {label}: of {found['compared']} expected stocks (state x end of year) the "
        f"farthest apart are {found['largest']:.1f} standard errors of {runs} runs of SimPy, {found['beyond_2']:.0%} "
        f"are beyond 2; in all they differ by {found['total_apart']:+.2%}."
    )


def _on_returns(parts: dict[str, Any], asked: argparse.Namespace) -> list[str]:
    lines = [_row("the same returns", "s: read", "rates and forecast", "processor s: rates and forecast", "memory, MB")]
    lines.append("|---|--:|--:|--:|--:|")
    for name, label in (
        ("returns ahead", f"ours, {asked.runs:,} runs"),
        ("peer ahead", f"{PEER}, one deterministic run"),
    ):
        if name in parts:
            stages = {stage["stage"]: stage for stage in parts[name]["stages"]}
            rest = [stage for key, stage in stages.items() if key in ("rates", "forecast")]
            sums = [sum(stage[unit] for stage in rest) for unit in ("seconds", "cpu_seconds")]
            cells = [f"{stages['read']['seconds']:.2f}", *(f"{value:.2f}" for value in sums)]
            lines.append(_row(f"{label}, {12 * asked.years} months", *cells, f"{parts[name]['peak_mb']:,.0f}"))
    return lines


def _hidden(parts: dict[str, Any]) -> list[str]:
    """Return the table of the last year, which neither side was shown; each against its own count of what came."""
    own = parts["returns hidden"]
    lines = [
        _row("the last year, hidden", "today", "mean of the year", "counted", "off", "last month", "counted", "off")
    ]
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
    found = [("ours", own["start"], own["monthly"], own["actual"])]
    for months in REFERENCE_MONTHS:
        part, actual = parts.get(f"peer hidden {months}"), parts.get("peer actual")
        if part and actual:
            label = f"{PEER}, rates of {months} months"
            found.append((label, part["start"], part["monthly"]["all"], actual["monthly"]["all"]))
    for label, start, monthly, actual in found:
        cells = []
        for said, came in ((sum(monthly) / 12, sum(actual) / 12), (monthly[-1], actual[-1])):
            cells += [f"{said:.1f}", f"{came:.1f}", f"{said / came - 1:+.1%}"]
        lines.append(_row(label, f"{start:.0f}", *cells))
    band = zip(own["low_80"], own["actual"], own["high_80"], strict=True)
    inside = sum(low <= came <= high for low, came, high in band)
    return [*lines, "", f"Of 12 months, {inside} lie in our band of 80 %."]


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    out = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__.splitlines()[0])
    out.add_argument("--runs", type=int, default=1_000, help="runs of ours (1,000)")
    out.add_argument("--peer-runs", type=int, default=20, help="runs of the event loop (20)")
    out.add_argument("--years", type=int, default=5)
    out.add_argument("--authority", default="Surrey", help="the county to make up")
    out.add_argument("--children", type=int, help="children looked after in it")
    out.add_argument("--returns", type=Path, help=f"folder of SSDA903 returns by year, for {PEER}: it ships one itself")
    out.add_argument("--repeat", type=int, default=1, help="runs of each timed part of arrays; the fastest counts (1)")
    out.add_argument("--cores", type=int, default=2, help="cores that all parts share (2)")
    out.add_argument("--no-peer", action="store_true", help="our side only")
    out.add_argument("--peer-python", help=f"a Python 3.10 or 3.11 to make the environment of {PEER} with")
    out.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "placements-benchmarks")
    out.add_argument("--json", type=Path, help="write all figures here too")
    out.add_argument("--part", help=argparse.SUPPRESS)
    out.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return 0, 3 when only the peer failed, 1 when we did or the engines do not agree."""
    asked = parser().parse_args(arguments)
    asked.returns = asked.returns.resolve() if asked.returns else None
    if asked.part:
        print(json.dumps(run_part(asked.part, asked.folder, asked)))
        return 0
    hold_cores(asked.cores)
    result = measure(asked)
    print(render(result, asked))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for part, why in result["failed"].items():
        print(f"NOT MEASURED: {part}. {why}", file=sys.stderr)
    apart = any(not result[f"agreement {name}"]["agrees"] for name in _SERVICES if f"agreement {name}" in result)
    if apart or any(not part.startswith("peer") for part in result["failed"]):
        return 1
    return NO_PEER if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
