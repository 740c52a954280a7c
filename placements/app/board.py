"""The comparison board: scenarios side by side, doing nothing first, differences told from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from placements.app.bars import Bars, Row, bars

#: What a figure is in: child-years, miles or a year; pounds; a part of a whole.
PLAIN, GBP, SHARE = "plain", "pounds", "share"
#: Measures in the order in which they are read: key, label, whether a band goes with it, what it is in.
MEASURES: Final = (
    ("away_child_years", "Child-years avoidably outside", True, PLAIN),
    ("fewer_away_child_years", "Fewer than doing nothing", False, PLAIN),
    ("kept_local_child_years", "Child-years kept local", True, PLAIN),
    ("mean_miles", "Miles between home area and place, on average", True, PLAIN),
    ("capital_gbp", "Capital", False, GBP),
    ("gross_running_gbp", "Running cost, all years", True, GBP),
    ("avoided_gbp", "Placement cost avoided", True, GBP),
    ("net_gbp", "Net cost, all years; less than nothing is a saving", True, GBP),
    ("npv_gbp", "Net present value (3.5 % a year)", True, GBP),
    ("payback_year", "Pays back in year", False, PLAIN),
    ("occupancy", "Occupancy of what is opened", True, SHARE),
    ("idle_child_years", "Usable places not used, child-years", True, PLAIN),
    ("better_than_nothing", "Share of futures with fewer outside", False, SHARE),
)


@dataclass(frozen=True)
class Cell:
    """One figure: its text, its band's text (empty for none), and whether it differs from doing nothing."""

    text: str
    band: str
    differs: bool


@dataclass(frozen=True)
class Board:
    """The board.

    Attributes
    ----------
    names : tuple of str
        Scenarios, doing nothing first.
    rows : tuple of (str, tuple of Cell)
        Measures, with a cell for each scenario.
    away : Bars
        Child-years avoidably outside, by scenario.
    better : tuple of (str, tuple of str)
        How likely each scenario is better than each.
    regret : tuple of mapping
        `scenario`, and by criterion (`away`, `net`) what is lost against the best of each future.
    gains, steps : tuple of mapping
        As in `commands.compared`.
    assumptions : tuple of (str, Bars)
        By scenario, what its net present value hangs on, the most first.
    years, futures : int
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    away: Bars
    better: tuple[tuple[str, tuple[str, ...]], ...]
    regret: tuple[Mapping[str, str], ...]
    gains: tuple[Mapping[str, Any], ...]
    steps: tuple[Mapping[str, Any], ...]
    assumptions: tuple[tuple[str, Bars], ...]
    years: int
    futures: int


def board(values: Mapping[str, Any], *, only_differences: bool = False) -> Board:
    """Return the board of a comparison's values (`compared.compared_values`)."""
    scenarios = values["scenarios"]
    names = tuple(str(row["scenario"]) for row in scenarios)
    rows = []
    for key, label, has_band, unit in MEASURES:
        cells = tuple(_cell(row, scenarios[0], key, has_band=has_band, unit=unit) for row in scenarios)
        if not only_differences or any(cell.differs for cell in cells):
            rows.append((label, cells))
    chances = values["probability_better"]["away_child_years"]
    better = tuple((name, tuple(_chance(chances, name, than) for than in names)) for name in names)
    return Board(
        names=names,
        rows=tuple(rows),
        away=_away(scenarios),
        better=better,
        regret=_regret(values["regret"]),
        gains=tuple(values["gains"]),
        steps=tuple(values["steps"]),
        assumptions=tuple(_assumptions(values["assumptions"])),
        years=values["years"],
        futures=values["futures"],
    )


def _away(scenarios: Sequence[Mapping[str, Any]]) -> Bars:
    key = "away_child_years"
    rows = [
        Row(str(row["scenario"]), row[f"{key}_low_80"], row[f"{key}_high_80"], row[key],
            f"{text_of(row[key])} ({text_of(row[f'{key}_low_80'])} to {text_of(row[f'{key}_high_80'])})")
        for row in scenarios
    ]  # fmt: skip
    return bars(rows)


def _assumptions(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Bars]]:
    """Give by scenario how far its net present value moves with each assumption, from what is assumed."""
    for scenario in dict.fromkeys(str(row["scenario"]) for row in rows):
        own = [row for row in rows if row["scenario"] == scenario]
        assumed = own[0]["npv_gbp"]
        pairs: dict[str, list[Mapping[str, Any]]] = {}
        for row in own[1:]:
            pairs.setdefault(str(row["assumption"]), []).append(row)
        found = []
        for name, (low, high) in pairs.items():
            words = "; ".join(f"{row['moved_to']}: {text_of(row['npv_gbp'], GBP)}" for row in (low, high))
            found.append(Row(_capital(name), low["npv_gbp"], high["npv_gbp"], assumed, words))
        yield scenario, bars(found)


def _regret(values: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Mapping[str, str], ...]:
    money = {row["scenario"]: row for row in values["net_gbp"]}
    return tuple(
        {
            "scenario": str(row["scenario"]),
            "away": text_of(row["mean_regret"]),
            "away_largest": text_of(row["largest_regret"]),
            "away_best_in": f"{row['best_in']:.0%}",
            "net": text_of(money[row["scenario"]]["mean_regret"], GBP),
            "net_largest": text_of(money[row["scenario"]]["largest_regret"], GBP),
            "net_best_in": f"{money[row['scenario']]['best_in']:.0%}",
        }
        for row in values["away_child_years"]
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(row: Mapping[str, Any], nothing: Mapping[str, Any], key: str, *, has_band: bool, unit: str) -> Cell:
    text = text_of(row.get(key), unit)
    low, high = (text_of(row.get(f"{key}_{end}_80"), unit) for end in ("low", "high"))
    band = f"{low} to {high}" if has_band and low != high else ""
    return Cell(text, band, row.get(key) != nothing.get(key))


def text_of(value: Any, unit: str = PLAIN) -> str:
    """Return a figure as it is read: thousands apart, nothing as a dash, what is hidden as it is."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if unit == GBP:
        return f"-£{-value:,.0f}" if value < 0 else f"£{value:,.0f}"
    if unit == SHARE:
        return f"{value:.0%}"
    return (
        f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.2f}".rstrip("0").rstrip(".")
    )


def _chance(chances: Mapping[str, Mapping[str, float]], name: str, than: str) -> str:
    return "" if name == than else f"{chances[name][than]:.0%}"
