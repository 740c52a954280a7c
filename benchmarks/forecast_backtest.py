"""How good would the forecast have been, beside rulers and the sector's own demand model?

    python -m benchmarks.forecast_backtest                                # the worked example
    python -m benchmarks.forecast_backtest --returns ../five-years        # SSDA903 returns by year

Two tables. In the first every method is told the same stays and is held against the same counts: it is what
`placements forecast STUDY --backtest --peer-python` prints. In the second the demand model reads the returns itself and
is held against its own count of what came, as are the rulers; ours is carried over to that count by its growth.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from benchmarks.forecast import PEER, PEER_PINS, PEER_PYTHONS, last_day, peer_command, study_of
from benchmarks.read import NO_PEER, PartFailedError, own_environment, run
from placements.forecasting.backtest import STEP_MONTHS, backtest
from placements.forecasting.backtested import OURS, Backtest
from placements.forecasting.baselines import BASELINES
from placements.forecasting.observed import ALL, care_only
from placements.forecasting.peer import CATEGORY, DemandModel
from placements.forecasting.peer.ask import REFERENCE_MONTHS
from placements.forecasting.scores import bias, crps_of_draws, mean_absolute_error
from placements.forecasting.spells import spells_of
from placements.study import Study, open_study

_ROOT: Final = Path(__file__).resolve().parents[1]
_SEED: Final = 2025
#: More years than any returns reach back.
_LONGEST_YEARS: Final = 30
_CARRIED: Final = next(iter(BASELINES))


def opened(asked: argparse.Namespace, folder: Path) -> Study:
    """Return the study to look at: of the returns, or the one named; without data it is made up anew below `folder`."""
    if asked.returns:
        return study_of(folder / "study", asked.returns, asked.snapshot or last_day(asked.returns))
    study = open_study(asked.study)
    if (study.data / "ssda903").is_dir():
        return study
    from placements.geography.postcodes import open_directory  # noqa: PLC0415
    from placements.synthetic import synthesise  # noqa: PLC0415

    (folder / "study").mkdir()
    shutil.copy(asked.study / "study.toml", folder / "study")
    study = open_study(folder / "study")
    synthesise(study.data, study.authority, open_directory(), snapshot=study.settings.study.snapshot, seed=_SEED)
    return study


def readable(returns: Path, out: Path) -> int:
    """Copy returns without the rows that stop the demand model's reader; return how many those are.

    They are rows with a day that is none, and rows of a child without a day of birth. Ours sets the first aside.
    """
    shutil.copytree(returns, out)
    dropped = 0
    columns = {"header.csv": ("DOB",), "episodes.csv": ("DECOM", "DEC")}
    for path in sorted(one for one in out.glob("*/*.csv") if one.name.lower() in columns):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        wrong = np.zeros(len(rows), bool)
        for name in columns[path.name.lower()]:
            day = pd.to_datetime(rows[name], format="%d/%m/%Y", errors="coerce")
            wrong |= (day.isna() & (rows[name].ne("") | (name != "DEC"))).to_numpy(bool)
        if wrong.any():
            rows[~wrong].to_csv(path, index=False)
            dropped += int(wrong.sum())
    return dropped


def by_own_count(
    answers: dict[str, dict[str, list[float]]], actual: dict[str, list[float]], ours: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return what each method says on the demand model's own count, from one origin.

    Parameters
    ----------
    answers : dict
        Means of each month after the origin, by the name of the peer's forecast; only `all` is looked at.
    actual : dict
        `monthly` and `past`: its count of the months after the origin, and of those before, oldest first.
    ours : DataFrame
        Rows of a back-test of all looked after, from the same origin.

    Returns
    -------
    list of dict
        `method, months_ahead, mean, crps` (NaN for ours: only its mean is carried over) and `observed`.
    """
    came, past = (np.asarray(actual[name], float) for name in ("monthly", "past"))
    rows = []
    for row in ours.to_dict("records"):
        ahead = int(row["months_ahead"])
        observed = float(came[ahead - 1])
        growth = row["mean"] / row[f"mean {_CARRIED}"]
        said = {f"{OURS}, its growth": (growth * past[-1], float("nan"))}
        for name, baseline in BASELINES.items():
            values = np.maximum(baseline(past, ahead), 0.0)
            said[name] = float(values.mean()), float(crps_of_draws(values, np.asarray(observed)))
        for name, monthly in answers.items():
            said[name] = monthly[ahead - 1], abs(monthly[ahead - 1] - observed)
        rows += [
            {"method": name, "months_ahead": ahead, "mean": mean, "crps": crps, "observed": observed}
            for name, (mean, crps) in said.items()
        ]
    return rows


def own_count(python: Path, returns: Path, found: Backtest, behind_from: pd.Timestamp) -> pd.DataFrame:
    """Return scores of every method on the demand model's own reading and count, from the origins of a back-test."""
    command = peer_command(python, returns)
    rows: list[dict[str, Any]] = []
    ours = found.rows[found.rows["segment"].eq(ALL)]
    for origin, own in ours.groupby("origin"):
        day, months = origin.date().isoformat(), int(own["months_ahead"].max())
        behind = (origin.year - behind_from.year) * 12 + origin.month - behind_from.month
        _say(f"{PEER} on the returns as of {day}")
        ahead = [day, "--months", str(months)]
        actual = run([*command, *ahead, "--actual", "--before", str(behind)])
        answers = {
            f"{PEER} {back}": run([*command, *ahead, "--reference-months", str(back)])["monthly"]["all"]
            for back in REFERENCE_MONTHS
        }
        rows += by_own_count(answers, {name: actual[name]["all"] for name in ("monthly", "past")}, own)
    table = pd.DataFrame(rows)
    return pd.DataFrame(
        {
            name: {
                "forecasts": len(own),
                "crps": float(own["crps"].mean()),
                "absolute_error": mean_absolute_error(own["mean"].to_numpy(), own["observed"].to_numpy()),
                "bias": bias(own["mean"].to_numpy(), own["observed"].to_numpy()),
            }
            for name, own in table.groupby("method", sort=False)
        }
    ).T


def render(found: Backtest) -> str:
    """Return every method on the same stays and counts, as Markdown."""
    lines = [
        f"{len(found.origins)} origins, {STEP_MONTHS} months apart, {found.runs} runs; CRPS and error in children.",
        "",
        "| same stays, same counts | method | forecasts | CRPS | error | bias | 80 % band holds |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for by in (("segment",), ("segment", "value")):
        table = found.methods(by).reset_index()
        wanted = table["segment"].isin((ALL, CATEGORY)) if by == ("segment",) else table["segment"].eq(CATEGORY)
        for row in table[wanted].to_dict("records"):
            band = "" if np.isnan(row["coverage_80"]) else f"{row['coverage_80']:.0%}"
            lines.append(f"| {row.get('value', row['segment'])} | {row['method']} | {_figures(row)} | {band} |")
    return "\n".join(lines) + "\n"


def render_own(own: pd.DataFrame) -> str:
    """Return every method on the demand model's own count, as Markdown."""
    lines = [f"| all, as {PEER} reads and counts | forecasts | CRPS | error | bias |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {name} | {_figures(row)} |" for name, row in own.to_dict("index").items()]
    return "\n".join(lines) + "\n"


def _figures(row: dict[Any, Any]) -> str:
    crps = "" if np.isnan(row["crps"]) else f"{row['crps']:.1f}"
    return f"{row['forecasts']:.0f} | {crps} | {row['absolute_error']:.1f} | {row['bias']:+.0%}"


def _say(text: str) -> None:
    print(f"{text} ...", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """Return what the command line takes."""
    out = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast_backtest", description=__doc__.splitlines()[0] if __doc__ else None
    )
    out.add_argument("--study", type=Path, default=_ROOT, help="a study (the example, made up if it has no data)")
    out.add_argument("--returns", type=Path, help="a folder of SSDA903 returns by year, instead of a study")
    out.add_argument("--snapshot", type=dt.date.fromisoformat, help="the last day of the returns that is known")
    out.add_argument("--years", type=int, default=3, help="years hidden (3)")
    out.add_argument("--runs", type=int, default=200, help="runs of ours (200)")
    out.add_argument("--peer-python", help=f"a Python 3.10 or 3.11 to make the environment of {PEER} with")
    out.add_argument("--no-own-count", action="store_true", help="the first table only")
    out.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "placements-benchmarks")
    out.add_argument("--json", type=Path, help="write all figures here too")
    return out


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return 0, or 3 when the peer could not be set up or failed, and only ours was scored."""
    asked = parser().parse_args(arguments)
    asked.returns = asked.returns.resolve() if asked.returns else None
    failed, python, own = "", None, None
    try:
        python = own_environment(asked.cache, PEER_PINS, PEER_PYTHONS, "cs_demand_model", asked.peer_python)
    except PartFailedError as error:
        failed = str(error)
    with tempfile.TemporaryDirectory(prefix="placements-backtest-") as name:
        study = opened(asked, Path(name))
        county = study.load()
        _say("the back-test")
        peer = DemandModel(python) if python else None
        found = backtest(county, asked.years, runs=asked.runs, progress=lambda share, text: _say(text), peer=peer)
        failed = failed or found.peer_failed
        print(render(found), flush=True)
        if python and not failed and not asked.no_own_count:
            dropped = readable(study.data / "ssda903", Path(name) / "readable")
            begins = spells_of(care_only(county), _LONGEST_YEARS).window_start["care"]
            try:
                own = own_count(python, Path(name) / "readable", found, begins)
                print(render_own(own))
                print(f"Of the returns, {dropped} rows were left out: its reader stops at them.")
            except PartFailedError as error:
                failed = str(error)
    if asked.json:
        figures = {"methods": found.methods().reset_index(), "categories": found.methods(("segment", "value"))}
        figures["categories"] = figures["categories"].reset_index().query("segment == @CATEGORY")
        if own is not None:
            figures["own count"] = own.rename_axis("method").reset_index()
        tables = {key: json.loads(table.to_json(orient="records")) for key, table in figures.items()}
        asked.json.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    if failed:
        print(f"NOT MEASURED: {PEER}. {failed}", file=sys.stderr)
    return NO_PEER if failed else 0


if __name__ == "__main__":
    sys.exit(main())
