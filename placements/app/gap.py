"""The gap explorer: which groups are shown, in what order, and need by home area at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

#: By what the gap can be looked into.
FILTERS: Final = ("service", "need", "area", "age_band")
SERVICES: Final[Mapping[str, str]] = MappingProxyType({"care": "Children looked after", "education": "EHC plans"})
ORDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"gap": "Widest gap first", "need": "By need", "area": "By home area"}
)
_LOWEST: Final = float("-inf")


@dataclass(frozen=True)
class Matrix:
    """The gap of one service: needs down, home areas (or ages) across; None where there is no such group."""

    service: str
    by: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Mapping[str, Any] | None, ...]], ...]


def choices(rows: Sequence[Mapping[str, str]], chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what can be chosen by each filter; needs and ages of the service that is chosen, if one is."""
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
    """Return the gap at a glance, by service, and by home area and then age where there are ages."""
    out = []
    for service in SERVICES:
        for by in ("area", "age_band"):
            own = [row for row in rows if row["service"] == service and row[by]]
            columns = tuple(sorted({row[by] for row in own}))
            found = {(row["need"], row[by]): row for row in own}
            needs = sorted({row["need"] for row in own})
            lines = tuple((need, tuple(found.get((need, column)) for column in columns)) for need in needs)
            out += [Matrix(service, by, columns, lines)] if lines else []
    return out


def is_short(row: Mapping[str, str]) -> bool:
    """Return whether a group has too few places, as far as may be told."""
    return _number(row["gap"]) > 0


def _is_in(row: Mapping[str, str], chosen: Mapping[str, str]) -> bool:
    return all(not value or row[name] == value for name, value in chosen.items())


def _rank(row: Mapping[str, Any], order: str) -> tuple[float, str, str]:
    names = (row["need"], row["area"])
    if order == "gap":
        return (_number(row["gap"]), *names)
    return (0.0, *(names if order == "need" else names[::-1]))


def _number(text: str) -> float:
    """Return a figure as it was shown; what is hidden is below all."""
    try:
        return float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return _LOWEST
