"""Does the plan hold up child by child? The stress test as plain values, and in words that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.commands.reasons import child_years_shown, manner_of
from placements.county import County
from placements.disclosure.suppress import INTERNAL
from placements.forecasting import Forecast
from placements.optimisation import Plan, Stress, stress
from placements.optimisation.stress_words import RULE, paragraph, plan_sentences, stands_out
from placements.optimisation.why_words import Manner
from placements.progress import Reporter

#: What the table of openings shows.
COLUMNS: Final = (
    "name",
    "places",
    "occupancy",
    "planned_use",
    "planned",
    "minimum",
    "time_full",
    "turned_away",
    "findings",
)
_DIGITS: Final = 3
#: Figures of an opening that are shares; the rest are child-years or children.
_SHARES: Final = ("occupancy", "share_full")
_COUNTS: Final = ("turned_away", "child_years")
_COUNTS_OF_ALL_YEARS: Final = (*_COUNTS, "came_before")
#: Those that the plan's child-years are behind, and those that follow from the opening alone.
_PLANNED: Final = ("planned_use", "erlang_occupancy", "erlang_loss")
_OF_ITSELF: Final = ("planned_occupancy", "minimum_occupancy", "load_for_planned", "loss_at_planned")
_AWAY: Final = ("full", "not_ready", "out_of_reach", "away")


def plan_stress(county: County, future: Forecast, plan: Plan, replications: int, reporter: Reporter) -> dict[str, Any]:
    """Simulate a plan child by child, and return what came of it as it may be shown in the study's profile.

    Children and child-years are expected values of a forecast. When shared they are told to the nearest 5 and not under
    6, nor then with their need and area; shares of an opening only where at least 6 child-years are spent there.
    """
    with reporter.stage("stress test") as stage:
        found = stress(county, future, plan, replications=replications, progress=stage)
        kept, planned = found.by_year["kept_local"].sum(), found.by_year["planned_kept_local"].sum()
        stage.done(f"{replications} replications of {len(found.samples)} samples, {_part(kept, planned)} kept local")
    names = county.area_names
    return shown(found, names, county.settings.disclosure.profile)


def shown(found: Stress, names: Mapping[str, str], profile: str) -> dict[str, Any]:
    """Return the stress test as plain values, with its paragraphs.

    Parameters
    ----------
    found : Stress
    names : mapping of str to str
        Names of planning areas by id.
    profile : str
    """
    manner = manner_of(profile)
    rows = found.openings.to_dict("records")
    return {
        "profile": profile,
        "seed": found.seed,
        "replications": found.replications,
        "samples": list(found.samples),
        "weights": list(found.plan.weights),
        "days_between": found.days_between,
        "rule": RULE,
        "outcomes": [
            {"outcome": outcome, **_figures(row, ("children", "child_years"), profile)}
            for outcome, row in zip(found.in_all.index, found.in_all.to_dict("records"), strict=True)
        ],
        "by_year": [_year(int(year), row, profile) for year, row in _rows(found.by_year)],
        "openings": [_opening(row, found.openings_by_year, names, manner, profile) for row in rows],
        "turned_away_by_need_and_area": _away(found.by_need_and_area, names, manner, profile),
        "turned_away_by_kind": _away(found.by_kind, names, manner, profile),
        "sentences": plan_sentences(found, manner),
        "paragraphs": [paragraph(row, manner) for row in rows if stands_out(row)],
    }


def table_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the openings of a report as rows of `COLUMNS`."""
    return [
        {
            "name": row["name"],
            "places": row["places"],
            "occupancy": _percent(row["occupancy"]["value"]),
            "planned_use": _percent(row["planned_use"]),
            "planned": _percent(row["planned_occupancy"]),
            "minimum": _percent(row["minimum_occupancy"]),
            "time_full": _percent(row["share_full"]["value"]),
            "turned_away": row["turned_away"]["value"],
            "findings": ", ".join(row["findings"]),
        }
        for row in report["openings"]
    ]


def _year(year: int, row: Mapping[Any, Any], profile: str) -> dict[str, Any]:
    counted = ("placed", "full", "not_ready", "out_of_reach", "kept_local", "kept_by_new")
    planned = {
        name: child_years_shown(float(row[name]), profile) for name in ("planned_kept_local", "planned_kept_by_new")
    }
    return {"year": year, **_figures(row, counted, profile), **planned}


def _opening(
    row: Mapping[Any, Any], by_year: pd.DataFrame, names: Mapping[str, str], manner: Manner, profile: str
) -> dict[str, Any]:
    """Return one opening; its shares only where enough child-years are behind them."""
    may, planned_may = (_may(row[name], manner, profile) for name in ("child_years", "planned_child_years"))
    own = by_year[by_year["opening"].eq(row["opening"])]
    return {
        **{name: row[name] for name in ("name", "kind", "option_id")},
        "area": names.get(str(row["area"]), str(row["area"])),
        "places": int(row["beds"]),
        "judged_from": int(row["judged_from"]),
        **_shares(row, may),
        **_figures(row, _COUNTS_OF_ALL_YEARS, profile),
        **{name: child_years_shown(float(row[name]), profile) for name in ("planned_child_years", "planned_load")},
        **{name: _number(row[name]) for name in _OF_ITSELF},
        **{name: _number(row[name]) if planned_may else None for name in _PLANNED},
        "findings": list(row["findings"]),
        "by_year": [
            {
                "year": int(year["year"]),
                "places": _number(year["beds"]),
                **_shares(year, _may(year["child_years"], manner, profile)),
                **_figures(year, _COUNTS, profile),
                "planned_child_years": child_years_shown(float(year["planned_child_years"]), profile),
            }
            for year in own.to_dict("records")
        ],
    }


def _away(table: pd.DataFrame, names: Mapping[str, str], manner: Manner, profile: str) -> list[dict[str, Any]]:
    """Return rows of turn-aways: those of whom enough are away, each figure as it may be shown."""
    keys = [name for name in ("service", "need_group", "area", "provision") if name in table]
    return [
        {
            **{name: names.get(str(row[name]), str(row[name])) if name == "area" else str(row[name]) for name in keys},
            **_figures(row, _AWAY, profile),
            "planned_away": child_years_shown(float(row["planned_away"]), profile),
        }
        for row in table.to_dict("records")
        if _may(row["away"], manner, profile)
    ]


def _may(value: float, manner: Manner, profile: str) -> bool:
    """Return whether enough is behind a figure for it, or what it is of, to be shown."""
    return profile == INTERNAL or manner.may_name(float(value))


def _figures(row: Mapping[Any, Any], names: tuple[str, ...], profile: str) -> dict[str, Any]:
    """Return children and child-years with their standard errors, which are not told of rounded figures."""
    return {
        name: {
            "value": child_years_shown(float(row[name]), profile),
            "standard_error": round(float(row[f"{name}_se"]), _DIGITS) if profile == INTERNAL else None,
        }
        for name in names
    }


def _shares(row: Mapping[Any, Any], may: bool) -> dict[str, Any]:
    return {
        name: {
            "value": _number(row[name]) if may else None,
            "standard_error": _number(row[f"{name}_se"]) if may else None,
        }
        for name in _SHARES
    }


def _rows(table: pd.DataFrame) -> list[tuple[Any, dict[Any, Any]]]:
    return list(zip(table.index, table.to_dict("records"), strict=True))


def _number(value: Any) -> float | None:
    """Return a number as JSON has it: none where there is none, or no end to it."""
    return round(float(value), _DIGITS + 1) if np.isfinite(value) else None


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _part(kept: float, planned: float) -> str:
    return f"{kept / planned:.0%} of what is planned" if planned > 0 else "nothing planned"
