"""The gap explorer: which groups are shown, in what order, and need by home area at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from placements.app.bars import number_of

#: By what the gap can be looked into.
FILTERS: Final[Mapping[str, str]] = MappingProxyType(
    {"service": "Service", "need": "Need", "age_band": "Age", "provision": "Kind of place", "area": "Home area"}
)
#: What each group is of: one of these, in a home area.
BY: Final = ("need", "age_band", "provision")
SERVICES: Final[Mapping[str, str]] = MappingProxyType({"care": "Children looked after", "education": "EHC plans"})
ORDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"gap": "Widest gap first", "whom": "By need, age or kind", "area": "By home area"}
)
_LOWEST: Final = float("-inf")


@dataclass(frozen=True)
class Matrix:
    """The gap of one service: needs, ages or kinds of place down, home areas across; None where there is no group."""

    service: str
    by: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Mapping[str, Any] | None, ...]], ...]


def choices(rows: Sequence[Mapping[str, str]], chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what can be chosen by each filter; those of the service that is chosen, if one is."""
    service = {"service": chosen.get("service", "")}
    return {name: sorted({row[name] for row in rows if row[name] and _is_in(row, service)}) for name in FILTERS}


def filtered(rows: Sequence[Mapping[str, str]], chosen: Mapping[str, str], order: str) -> list[Mapping[str, str]]:
    """Return the rows that were chosen, in an order of `ORDERS`; what is hidden stands last by gap."""
    found = [row for row in rows if _is_in(row, chosen)]
    return sorted(found, key=lambda row: _rank(row, order), reverse=order == "gap")


def told(rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return the groups whose gap may be told."""
    return [row for row in rows if _number(row["gap"]) > _LOWEST]


def matrices(rows: Sequence[Mapping[str, str]]) -> list[Matrix]:
    """Return the gap at a glance, by service and by each of `BY`."""
    out = []
    for service in SERVICES:
        for by in BY:
            own = [row for row in rows if row["service"] == service and row[by]]
            columns = tuple(sorted({row["area"] for row in own}))
            found = {(row[by], row["area"]): row for row in own}
            lines = tuple(
                (value, tuple(found.get((value, column)) for column in columns))
                for value in dict.fromkeys(row[by] for row in own)
            )
            out += [Matrix(service, by, columns, lines)] if lines else []
    return out


def whom(row: Mapping[str, str]) -> str:
    """Return whom a group is of."""
    return next(row[by] for by in BY if row[by])


def is_short(row: Mapping[str, str]) -> bool:
    """Return whether a group has too few places, as far as may be told."""
    return _number(row["gap"]) > 0


def _is_in(row: Mapping[str, str], chosen: Mapping[str, str]) -> bool:
    return all(not value or row[name] == value for name, value in chosen.items())


def _rank(row: Mapping[str, Any], order: str) -> tuple[float, str, str]:
    names = (whom(row), row["area"])
    if order == "gap":
        return (_number(row["gap"]), *names)
    return (0.0, *(names if order == "whom" else names[::-1]))


def _number(text: str) -> float:
    """Return a figure as it was shown; what is hidden is below all."""
    number = number_of(text)
    return _LOWEST if number is None else number
