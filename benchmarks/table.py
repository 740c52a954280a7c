"""From what each part says of itself to tables and ratios, as Markdown."""

from __future__ import annotations

from typing import Any, Final

#: What we hold ourselves to: how many times less time a row than the peer, and memory for the whole nation.
TARGET_RATIO, TARGET_MB = 10.0, 4_000.0
_AT_ONCE, _EACH = "locate, all at once", "locate, a return at a time"

#: The line that the target is about.
_JUDGED: Final = "read and locate, without loading postcodes"
_TITLES: Final = {
    "peer": "The peer",
    "shared": "The same work, ours",
    "cold": "The postcode directory compiled afresh, ours: once a machine",
}

Stage = dict[str, Any]


def render(result: dict[str, Any]) -> str:
    """Return every table of one run.

    Parameters
    ----------
    result : dict
        As from `benchmarks.read.measure`; parts that failed are absent.
    """
    where = result["machine"]
    head = (
        f"{where['date']} · {where['processor']}, {where['cores']} cores · {where['system']} · "
        f"Python {where['python']} · scale {result['scale']:g}, {result['bytes'] / 1e6:,.0f} MB · "
        f"{result['repeat']} run(s), the fastest · load of the machine {_loads(result)}"
    )
    parts = [head]
    if "national" in result:
        floor = result.get("floor", {}).get("stages", [])
        parts.append(_stages("The whole national set, our side", result["national"]["stages"], floor))
        peak = result["national"]["peak_mb"]
        parts.append(f"Most memory held: {peak:,.0f} MB; target {TARGET_MB:,.0f} MB: {_met(peak < TARGET_MB)}.")
    for name, title in _TITLES.items():
        if name in result:
            parts.append(_stages(title, result[name]["stages"]))
    if {"peer", "shared", "cold"} <= set(result):
        parts += [_ratios(result), _agreement(result["shared"].get("agreement", {}))]
    return "\n\n".join(part for part in parts if part) + "\n"


def ratios(result: dict[str, Any], unit: str = "seconds") -> dict[str, tuple[float, float]]:
    """Return what is compared, the peer's seconds and ours, over the same rows.

    The peer joins all 2.7 million postcodes twice at each call, so it is better off with all returns at once: every
    line but the last gives it that. The last is a return at a time, as it is used.

    Parameters
    ----------
    result : dict
        As from `benchmarks.read.measure`, with `peer`, `shared` and `cold`.
    unit : {"seconds", "cpu_seconds"}
        Time on the clock, or of the processor, which other work on the machine disturbs less.
    """
    peer, ours, fresh = (
        {stage["stage"]: stage[unit] for stage in result[name]["stages"]} for name in ("peer", "shared", "cold")
    )
    theirs_read, read, text = peer["read ssda903"], ours["read ssda903"], ours["read ssda903 as text"]
    at_once, find = min(peer[_AT_ONCE], peer[_EACH]), ours["locate every row"]
    theirs = theirs_read + at_once
    loaded = theirs + peer["postcodes, load"]
    return {
        "read as text, as the peer does": (theirs_read, text),
        "read: ours with dates, checks, history and account": (theirs_read, read),
        "locate, the peer at its best": (at_once, find),
        "read as text and locate, without loading postcodes": (theirs, text + find),
        _JUDGED: (theirs, read + find),
        "read and locate, with loading postcodes (ours warm)": (loaded, read + find + ours["postcodes, warm"]),
        "read and locate, with loading postcodes (ours cold)": (loaded, read + find + fresh["postcodes, cold"]),
        "read and locate, the peer a return at a time": (theirs_read + peer[_EACH], read + find),
    }


def _ratios(result: dict[str, Any]) -> str:
    """Return the ratios by both measures of time, and whether the target is met."""
    rows = next(stage["rows"] for stage in result["shared"]["stages"] if stage["stage"] == "locate every row")
    lines = [
        f"### Ratios, over the same {rows:,} episode rows",
        "",
        "| | peer s | ours s | peer µs a row | ours µs a row | ratio | ratio of processor seconds |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    clock, processor = ratios(result), ratios(result, "cpu_seconds")
    for name, (theirs, ours) in clock.items():
        used = processor[name][0] / processor[name][1]
        per_row = f"{theirs * 1e6 / rows:.2f} | {ours * 1e6 / rows:.2f}"
        lines.append(f"| {name} | {theirs:.2f} | {ours:.2f} | {per_row} | {theirs / ours:.1f} | {used:.1f} |")
    # Other work on the machine may slow one side only, so the target has to be reached by both measures of time.
    reached = min(kind[_JUDGED][0] / kind[_JUDGED][1] for kind in (clock, processor))
    verdict = f"{reached:.1f} by the lesser measure, {_met(reached >= TARGET_RATIO)}."
    return "\n".join([*lines, "", f"Target, at least {TARGET_RATIO:g} times, on `{_JUDGED}`: {verdict}"])


def _stages(title: str, stages: list[Stage], floor: list[Stage] | None = None) -> str:
    bare = {stage["stage"]: stage for stage in floor or []}
    more = " pyarrow alone s | times that |" if floor else ""
    lines = [
        f"### {title}",
        "",
        f"| stage | rows | s | processor s | µs a row | most memory so far, MB |{more}",
        "|---|--:|--:|--:|--:|--:|" + ("--:|--:|" if floor else ""),
    ]
    for stage in stages:
        per_row = f"{stage['seconds'] * 1e6 / stage['rows']:.2f}" if stage["rows"] else ""
        cells = [stage["stage"], f"{stage['rows']:,}" if stage["rows"] else "", f"{stage['seconds']:.2f}"]
        cells += [f"{stage['cpu_seconds']:.2f}", per_row, f"{stage['peak_mb']:,.0f}"]
        if floor:
            least = bare.get(stage["stage"], {}).get("seconds")
            cells += [f"{least:.2f}", f"{stage['seconds'] / least:.1f}"] if least else ["", ""]
        lines.append(f"| {' | '.join(cells)} |")
    if floor:
        total = sum(stage["seconds"] for stage in stages)
        lines.append(f"| **all** | | **{total:.2f}** | | | | {sum(stage['seconds'] for stage in floor):.2f} | |")
    return "\n".join(lines)


def _agreement(shares: dict[str, float]) -> str:
    if not shares:
        return ""
    return (
        f"Both sides say the same of in and out of county on {shares['same_location']:.3%} of rows, and the same "
        f"distance to 0.1 mile on {shares['same_distance']:.3%} of those where both give one, Northern Ireland left "
        f"out ({shares['in_northern_ireland']:.2%} of rows: the peer takes its Irish Grid for the British)."
    )


def _loads(result: dict[str, Any]) -> str:
    """Return how busy the machine was before each part: above 0.3 or so, go by processor seconds."""
    loads = {
        name: part["load_before"] for name, part in result.items() if isinstance(part, dict) and "load_before" in part
    }
    return ", ".join(f"{load} before {name}" for name, load in loads.items()) or "not known"


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT met"
