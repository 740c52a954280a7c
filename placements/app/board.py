"""The comparison board: scenarios side by side, doing nothing first, differences told from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

#: Measures in the order in which they are read: key, label, whether a band goes with it, whether it is money.
MEASURES: Final = (
    ("away_child_years", "Child-years avoidably outside", True, False),
    ("fewer_away_child_years", "Fewer than doing nothing", False, False),
    ("kept_local_child_years", "Child-years kept local", True, False),
    ("mean_miles", "Miles between home area and place, on average", True, False),
    ("capital_gbp", "Capital", False, True),
    ("gross_running_gbp", "Running cost, all years", True, True),
    ("avoided_gbp", "Placement cost avoided", True, True),
    ("net_gbp", "Net cost", True, True),
    ("npv_gbp", "Net present value (3.5 % a year)", True, True),
    ("payback_year", "Pays back in year", False, False),
    ("occupancy", "Occupancy of what is opened", True, False),
    ("idle_child_years", "Usable places not used, child-years", True, False),
    ("better_than_nothing", "Share of futures with fewer outside", False, False),
)


@dataclass(frozen=True)
class Cell:
    """One figure: its text, its band's text (empty for none), and whether it differs from doing nothing."""

    text: str
    band: str
    differs: bool


@dataclass(frozen=True)
class Board:
    """The board: names of scenarios, rows of (label, cells), and the tables under it."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    better: tuple[tuple[str, tuple[str, ...]], ...]
    gains: tuple[Mapping[str, Any], ...]
    steps: tuple[Mapping[str, Any], ...]
    years: int
    futures: int


def board(values: Mapping[str, Any], *, only_differences: bool = False) -> Board:
    """Return the board of a comparison's values (`compared.compared_values`)."""
    scenarios = values["scenarios"]
    names = tuple(str(row["scenario"]) for row in scenarios)
    rows = []
    for key, label, has_band, is_money in MEASURES:
        cells = tuple(_cell(row, scenarios[0], key, has_band=has_band, is_money=is_money) for row in scenarios)
        if not only_differences or any(cell.differs for cell in cells):
            rows.append((label, cells))
    chances = values["probability_better"]["away_child_years"]
    better = tuple((name, tuple(_chance(chances, name, than) for than in names)) for name in names)
    return Board(
        names, tuple(rows), better, tuple(values["gains"]), tuple(values["steps"]), values["years"], values["futures"]
    )


def _cell(row: Mapping[str, Any], nothing: Mapping[str, Any], key: str, *, has_band: bool, is_money: bool) -> Cell:
    text = _text(row.get(key), is_money)
    low, high = (_text(row.get(f"{key}_{end}_80"), is_money) for end in ("low", "high"))
    band = f"{low} to {high}" if has_band and low != high else ""
    return Cell(text, band, row.get(key) != nothing.get(key))


def _text(value: Any, is_money: bool) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if is_money:
        return f"-£{-value:,.0f}" if value < 0 else f"£{value:,.0f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _chance(chances: Mapping[str, Mapping[str, float]], name: str, than: str) -> str:
    return "" if name == than else f"{chances[name][than]:.0%}"
