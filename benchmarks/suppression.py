"""What does it cost to hide small numbers, and does it hold? 1,000 made-up releases, hidden by three rules, attacked.

    python -m benchmarks.suppression [--tables 1000] [--seed 1] [--jobs 2] [--study FOLDER] [--json FILE]

Each release is a table of 2 or 3 dimensions, in one or two of which values are grouped (a hierarchy of 2 or 3 levels,
its sums published), every second one linked to another table that shares a margin. Every release is published with
counts rounded to 5 and as they are. The rules are ours; the plain one; and the former one, where it applies: to a
single table of 2 dimensions without hierarchies. What each rule shows is attacked by linear programming (HiGHS), both
ends of every interval, and in whole numbers (CP-SAT) when the release is small.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from benchmarks.read import machine
from benchmarks.suppression_peers import hidden_grid, pattern_of, plain_rule
from placements.disclosure.control.audit import audit, audit_whole
from placements.disclosure.control.model import Pattern
from placements.disclosure.control.protect import protect
from placements.disclosure.control.tables import LinkedTables, Plan, group, linked_tables

ROUNDINGS: Final = (5, 1)
RULES: Final = ("ours", "plain", "former")
TITLES: Final = {
    "ours": "ours",
    "plain": "the plain rule",
    "former": "the former rule of 2-way tables, where it applies",
}
#: Releases of at most so many counts are attacked in whole numbers too.
MOST_WHOLE: Final = 45

_POPULATION: Final = "made up"


@dataclass(frozen=True, eq=False)
class Release:
    """A made-up release: the plan, whether it is one plain 2-way table, and its dimensions."""

    plan: Plan
    two_way: bool
    dimensions: tuple[str, ...]


def made_up(rng: np.random.Generator, number: int) -> Release:
    """Return a release: skewed counts, so that most cells are small and some are large."""
    dimensions = ("a", "b", "c")[: int(rng.integers(2, 4))]
    most = 5 if len(dimensions) == 2 else 3
    columns: dict[str, np.ndarray] = {}
    members = int(rng.integers(60, 900))
    for name in (*dimensions, "d"):
        size = int(rng.integers(2 if len(dimensions) == 3 else 3, most + 1))
        weights = rng.pareto(1.1, size) + 0.02
        columns[name] = rng.choice(size, members, p=weights / weights.sum())
    rows = pd.DataFrame({name: [f"{name}{value}" for value in column] for name, column in columns.items()})
    plan = Plan({_POPULATION: rows.astype("str")}, tables=[(_POPULATION, dimensions)])
    grouped = [name for name in dimensions[: int(rng.integers(0, 3))] if rows[name].nunique() > 2]
    for name in grouped:
        for values in _groups(rng, sorted(rows[name].unique())):
            others = [other for other in dimensions if other != name]
            plan.counts.append(group(_POPULATION, {name: values}))
            for other in others:
                plan.counts.extend(
                    group(_POPULATION, {name: values, other: value}) for value in sorted(rows[other].unique())
                )
    linked = number % 2 == 1
    if linked:
        plan.tables.append((_POPULATION, (dimensions[-1], "d")))
    return Release(plan, len(dimensions) == 2 and not grouped and not linked, dimensions)


def _groups(rng: np.random.Generator, values: list[str]) -> list[tuple[str, ...]]:
    """Return the groups of a hierarchy: two halves, and where one is large, sometimes two parts of it."""
    cut = int(rng.integers(1, len(values)))
    found = [tuple(values[:cut]), tuple(values[cut:])]
    large = max(found, key=len)
    if len(large) > 2 and rng.random() < 0.5:
        found += [large[:2], large[2:]]
    return [values for values in found if len(values) > 1]


def former_rule(release: Release, linked: LinkedTables) -> Pattern | None:
    """Return what the former rule hid in a table with totals both ways."""
    if not release.two_way:
        return None
    first, second = release.dimensions
    rows = release.plan.populations[_POPULATION]
    hide = hidden_grid(pd.crosstab(rows[first], rows[second]))
    names = [[*linked.values[_POPULATION][name], None] for name in (first, second)]
    counts = np.zeros(len(linked.model.values), dtype=bool)
    for row, one in enumerate(names[0]):
        for column, other in enumerate(names[1]):
            where = {name: value for name, value in ((first, one), (second, other)) if value is not None}
            counts[linked.positions[group(_POPULATION, where)]] |= hide[row, column]
    return pattern_of(linked.model, counts)


def measured(release: Release, round_to: int) -> list[dict[str, Any]]:
    """Hide one release by every rule and attack what is shown; return a row for each rule."""
    linked = linked_tables(release.plan, round_to)
    model = linked.model
    ways: dict[str, Callable[[], Pattern | None]] = {
        "ours": lambda: protect(model, whole_counts=True),
        "plain": lambda: plain_rule(linked),
        "former": lambda: former_rule(release, linked),
    }
    rows = []
    for rule in RULES:
        begin = time.process_time()
        pattern = ways[rule]()
        seconds = time.process_time() - begin
        if pattern is None:
            continue
        found = audit(model, pattern).intervals
        row: dict[str, Any] = {
            "rule": rule,
            "round_to": round_to,
            "seconds": seconds,
            "figures": int(model.published.sum()),
            "small": int((model.small & model.published).sum()),
            "hidden": int(pattern.counts.sum()),
            "weight": pattern.weight,
            "proved": pattern.status == "proved",
            "exact": int(found["exact"].sum()),
            "narrow": int(found["too_narrow"].sum()),
            "small_exact": int((found["exact"] & model.small[found.index]).sum()),
        }
        if len(model.values) <= MOST_WHOLE:
            whole = audit_whole(model, pattern).intervals
            row |= {"whole_exact": int(whole["exact"].sum()), "whole_narrow": int(whole["too_narrow"].sum())}
        rows.append(row)
    return rows


def measured_number(seed: int, number: int) -> list[dict[str, Any]]:
    """Make release `number` of a run, hide and attack it with both roundings."""
    release = made_up(np.random.default_rng([seed, number]), number)
    return [{"table": number, **row} for round_to in ROUNDINGS for row in measured(release, round_to)]


def measure(tables: int, seed: int, jobs: int = 1) -> pd.DataFrame:
    """Return a row for each release, rounding and rule."""
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(jobs) as pool:
        alike = pool.map if jobs > 1 else map
        for number, found in enumerate(alike(partial(measured_number, seed), range(tables)), start=1):
            rows += found
            if number % 100 == 0:
                print(f"{number} of {tables} ...", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def render(found: pd.DataFrame) -> str:
    """Return the table of one run, as Markdown."""
    heads = ["", "releases", "figures", "small ones", "hidden beside them", "weight lost, of ours", "proved least"]
    heads += ["worked out exactly: releases", "counts", "small counts", "too narrow: releases", "counts"]
    heads += ["in whole numbers, of releases", "exactly", "too narrow", "processor ms, median", "95th"]
    lines = []
    for round_to in ROUNDINGS:
        of = found[found["round_to"] == round_to]
        ours = of[of["rule"] == "ours"].set_index("table")["weight"]
        how = f"Counts rounded to {round_to}:" if round_to > 1 else "Counts as they are:"
        lines += [how, "", f"| {' | '.join(heads)} |", "|---|" + "--:|" * (len(heads) - 1)]
        for rule in RULES:
            rows = of[of["rule"] == rule]
            if len(rows):
                lines.append(_line(rule, rows, float(ours[rows["table"]].sum())))
        lines.append("")
    return "\n".join(lines)


def _line(rule: str, rows: pd.DataFrame, ours: float) -> str:
    small = (
        rows[rows["whole_narrow"].notna()]
        if "whole_narrow" in rows
        else rows.iloc[:0].assign(whole_exact=0, whole_narrow=0)
    )
    cells = [TITLES[rule], f"{len(rows):,}", f"{rows['figures'].sum():,}", f"{rows['small'].sum():,}"]
    cells += [f"{(rows['hidden'] - rows['small']).sum():,}", f"{rows['weight'].sum() / ours:.2f}" if ours else ""]
    cells += [f"{rows['proved'].sum():,}" if rule == "ours" else ""]
    cells += [f"{(rows['exact'] > 0).sum():,}", f"{rows['exact'].sum():,}", f"{rows['small_exact'].sum():,}"]
    cells += [f"{(rows['narrow'] > 0).sum():,}", f"{rows['narrow'].sum():,}", f"{len(small):,}"]
    cells += [f"{small['whole_exact'].sum():,.0f}", f"{small['whole_narrow'].sum():,.0f}"]
    cells += [f"{1e3 * rows['seconds'].median():,.0f}", f"{1e3 * rows['seconds'].quantile(0.95):,.0f}"]
    return f"| {' | '.join(cells)} |"


def whole_release(study: Path) -> str:
    """Hide and attack everything that is published of a study; return what there was, as a sentence."""
    from placements.disclosure.publication import publication  # noqa: PLC0415 - only with a study
    from placements.study import open_study  # noqa: PLC0415

    begin = time.perf_counter()
    model = linked_tables(publication(open_study(study).load())).model
    begun = time.perf_counter()
    pattern = protect(model, whole_counts=True)
    seconds = time.perf_counter() - begun
    checked = audit(model, pattern, every=False)
    end = time.perf_counter()
    small, published = int((model.small & model.published).sum()), int(model.published.sum())
    return (
        f"Everything that is published of a study: {published:,} counts and {len(model.shares):,} shares, tied by "
        f"{model.equations.shape[0]:,} sums. Hidden: {int(pattern.counts.sum()):,} counts, of which {small:,} small; "
        f"{int(pattern.shares.sum()):,} shares. {'Proved least' if pattern.status == 'proved' else 'Not proved least'}"
        f" (weight {pattern.weight:,}, bound {pattern.bound:,}), {pattern.rounds} round(s), {pattern.cuts} conditions. "
        f"Read and counted {begun - begin:.1f} s, hidden {seconds:.1f} s, attacked afresh by HiGHS "
        f"{end - begun - seconds:.1f} s: {len(checked.intervals):,} counts, "
        f"{int(checked.intervals['exact'].sum())} exact, {int(checked.intervals['too_narrow'].sum())} too narrow."
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return 1 when anything that ours hides can be worked out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suppression", description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="processes that share the releases (2)")
    parser.add_argument("--study", type=Path, help="hide and attack everything of a study too")
    parser.add_argument("--json", type=Path, help="write all figures here too")
    asked = parser.parse_args(arguments)
    found = measure(asked.tables, asked.seed, asked.jobs)
    where = machine()
    about = [where["date"], f"{where['processor']}, {where['cores']} cores", f"Python {where['python']}"]
    print(" · ".join([*about, f"{asked.tables:,} releases, seed {asked.seed}"]), end="\n\n")
    print(render(found))
    if asked.study:
        print(whole_release(asked.study))
    if asked.json:
        asked.json.write_text(json.dumps(found.to_dict("records"), indent=1) + "\n", encoding="utf-8")
    ours = found[found["rule"] == "ours"]
    failed = ours.filter(["narrow", "whole_narrow"]).fillna(0).sum().sum() > 0
    if failed:
        print("NOT SAFE: a count that ours hides can be narrowed too far.", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
