"""A comparison as plain values that may be shown in a profile.

Child-years are expected values of a forecast, not children. When shared they are told to the nearest 5 and not under 6,
nor then with the need and area they are of; money that follows from children has three figures and at least 10
child-years behind it; a share of places or a mean distance has at least 10 child-years too. Capital and the chances of
futures tell of no child.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.commands.reasons import child_years_shown
from placements.comparison import CRITERIA, DO_NOTHING, Comparison, Steps, probability_better, regret
from placements.comparison.steps import INTERACTION, TOGETHER
from placements.disclosure.suppress import INTERNAL, SMALLEST_BASE, SMALLEST_SHOWN, SUPPRESSED, money_text, share_text
from placements.interventions import ChangePrice

_DIGITS: Final = 3
_CHILD_YEARS: Final = ("need_child_years", "away_child_years", "kept_local_child_years", "idle_child_years")
_MONEY: Final = ("gross_running_gbp", "avoided_gbp", "net_gbp", "npv_gbp")
#: Bands that `Comparison.table` names shortly.
_BAND: Final[Mapping[str, str]] = {"away_child_years": "away", "npv_gbp": "npv"}


def shown(result: Comparison, names: Mapping[str, str], profile: str) -> dict[str, Any]:
    """Return scenarios side by side, against each other, and who gains.

    Parameters
    ----------
    result : Comparison
    names : mapping of str to str
        Names of planning areas by id.
    profile : str
    """
    table = result.table()
    return {
        "years": result.forecast.years,
        "futures": len(result.weights),
        "scenarios": [
            {"scenario": name, **_scenario(result, str(name), row, profile)}
            for name, row in zip(table.index, table.to_dict("records"), strict=True)
        ],
        "probability_better": {by: _matrix(probability_better(result, by)) for by in CRITERIA},
        "regret": {by: _regret(result, by, profile) for by in CRITERIA},
        "gains": _gains(result, names, profile),
    }


def behind(result: Comparison, scenario: str) -> float:
    """Return how many child-years a scenario's money is about: those it moves, or all of them if it changes prices."""
    outcome, nothing = result.outcomes[scenario], result.nothing
    if any(isinstance(entry, ChangePrice) for entry in result.scenarios[scenario]):
        return result.mean(nothing.need.sum(axis=0))
    moved = [abs(getattr(nothing, name) - getattr(outcome, name)).sum(axis=0) for name in ("need", "away")]
    return max(result.mean(values) for values in (*moved, outcome.kept_by_new.sum(axis=0)))


def signed(value: float, profile: str) -> float | int | str:
    """Return a change in child-years: as it is, or to the nearest 5, and `c` under 6 either way."""
    size = child_years_shown(abs(value), profile)
    return -size if value < 0 and not isinstance(size, str) else size


def money(value: float, child_years: float, profile: str) -> float | str | None:
    """Return pounds that follow from children: to the penny, or three figures and `c` with too few behind them."""
    if np.isnan(value):
        return None
    return round(value, 2) + 0.0 if profile == INTERNAL else money_text(value, child_years, profile)


def _scenario(result: Comparison, name: str, row: Mapping[Any, Any], profile: str) -> dict[str, Any]:
    outcome, children = result.outcomes[name], behind(result, name)
    out: dict[str, Any] = {"interventions": len(result.scenarios[name])}
    for key in _CHILD_YEARS:
        out |= {key: child_years_shown(row[key], profile)}
        out |= {end: child_years_shown(row[at], profile) for end, at in _ends(key)}
    fewer = result.mean(outcome.fewer_away_than(result.nothing))
    used, usable = (result.mean(values.sum(axis=0)) for values in (outcome.kept_by_new, outcome.usable))
    kept = result.mean(outcome.kept_local.sum(axis=0))
    occupied = share_text(used, usable, profile) if profile != INTERNAL else ""
    out |= {
        "fewer_away_child_years": signed(fewer, profile),
        "capital_gbp": round(row["capital_gbp"], 2),
        **{end: _share(row[at], occupied) for end, at in (("occupancy", "occupancy"), *_ends("occupancy"))},
        **{end: _miles(row[at], kept, profile) for end, at in (("mean_miles", "mean_miles"), *_ends("mean_miles"))},
    }
    for key in _MONEY:
        value = {end: row[at] for end, at in ((key, key), *_ends(key))}
        # Doing nothing costs nothing more than is paid anyway: that is no figure about anybody.
        out |= {end: 0.0 if name == DO_NOTHING else money(one, children, profile) for end, one in value.items()}
    may_pay = profile == INTERNAL or children >= SMALLEST_BASE
    return out | {
        "payback_year": int(row["payback_year"]) if may_pay and not np.isnan(row["payback_year"]) else None,
        "pays_back": round(row["pays_back"], 2) if may_pay else None,
        "better_than_nothing": round(row["better_than_nothing"], 2),
    }


def _ends(key: str) -> tuple[tuple[str, str], ...]:
    """Return the ends of a band as they are called here, and in the table of a comparison."""
    return tuple((f"{key}_{end}", f"{_BAND.get(key, key)}_{end}") for end in ("low_80", "high_80"))


def _share(value: float, hidden: str) -> float | str | None:
    if np.isnan(value):
        return None
    if hidden == SUPPRESSED:
        return SUPPRESSED
    return round(value, 2 if hidden else _DIGITS)


def _miles(value: float, kept: float, profile: str) -> float | str | None:
    if np.isnan(value):
        return None
    return SUPPRESSED if profile != INTERNAL and kept < SMALLEST_BASE else round(value, 1)


def _matrix(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {
        str(name): {str(than): round(float(value), 2) for than, value in row.items()} for name, row in table.iterrows()
    }


def _regret(result: Comparison, by: str, profile: str) -> list[dict[str, Any]]:
    table, out = regret(result, by), []
    most = max(behind(result, name) for name in result.outcomes)
    for name, row in zip(table.index, table.to_dict("records"), strict=True):
        values = {key: row[key] for key in ("mean_regret", "regret_low_80", "regret_high_80", "largest_regret")}
        if by == "net_gbp":
            shown_ = {key: money(value, most, profile) for key, value in values.items()}
        else:
            shown_ = {key: child_years_shown(value, profile) for key, value in values.items()}
        out.append({"scenario": name, **shown_, "best_in": round(row["best_in"], 2)})
    return out


def _gains(result: Comparison, names: Mapping[str, str], profile: str) -> list[dict[str, Any]]:
    least = 0.5 * 10**-_DIGITS if profile == INTERNAL else SMALLEST_SHOWN
    table = result.gains(("area", "need_group")).reset_index()
    table = table[table["fewer_away"].abs() >= least]
    order = table.assign(size=-table["fewer_away"].abs()).sort_values(["scenario", "size", "area", "need_group"])
    return [
        {
            "scenario": row["scenario"],
            "area": names.get(str(row["area"]), str(row["area"])),
            "need": row["need_group"],
            **{key: signed(row[key], profile) for key in ("fewer_away", "fewer_away_low_80", "fewer_away_high_80")},
        }
        for row in order.to_dict("records")
    ]


def steps_shown(result: Comparison, found: Steps, profile: str) -> list[dict[str, Any]]:
    """Return what each step contributes: child-years and net present value, alone and when taken out."""
    table, out = found.table(result), []
    for at, (name, row) in enumerate(zip(table.index, table.to_dict("records"), strict=True)):
        values: dict[str, Any] = {"scenario": found.scenario, "step": name}
        for column in ("alone", "removed"):
            # Of what steps do together, and of their interaction, those that all of them move are behind the money.
            children = behind(result, found.scenario) if name in (INTERACTION, TOGETHER) else abs(row[column])
            ends = (column, f"{column}_low_80", f"{column}_high_80")
            values |= {end: signed(row[end], profile) for end in ends}
            values |= {f"npv_{end}": money(row[_npv(end)], children, profile) for end in ends}
        out.append(values | {"is_step": at < len(found.names)})
    return out


def _npv(end: str) -> str:
    column, _, band = end.partition("_")
    return f"npv_{column}_gbp" + (f"_{band}" if band else "")


def tornado_shown(result: Comparison, scenario: str, table: pd.DataFrame, profile: str) -> list[dict[str, Any]]:
    """Return what hangs on each assumption: child-years fewer away, and the net present value."""
    children, out = behind(result, scenario), []
    for (name, moved), row in zip(table.index, table.to_dict("records"), strict=True):
        values: dict[str, Any] = {"scenario": scenario, "assumption": name, "moved_to": moved}
        values |= {f"fewer_away{end}": signed(row[f"fewer_away{end}"], profile) for end in ("", "_low_80", "_high_80")}
        values |= {
            key: money(row[key], children, profile)
            for key in ("npv_gbp", "npv_gbp_low_80", "npv_gbp_high_80", "swing_gbp")
        }
        out.append(values)
    return out
