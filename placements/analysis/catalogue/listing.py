"""The page that lists every indicator for those who read it rather than run it: `docs/indicators.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from placements.analysis.definition import Definition, Kind
from placements.analysis.dimensions import DIMENSIONS, YEAR

_HEAD: Final = """# Indicators

Every figure says what is counted, out of what, and what is left out. Ask for one by name and by any breakdown:

    placements analyse . --indicator care_outside --by need,age_band --json

`--list` names them all, `--csv` prints a table. This page is written by `python tools/list_indicators.py`.

Kinds: **count**; **share**, of those of whom it is known, with a 95 % Wilson score interval; **breakdown**, all
categories of a population, *not known* among them; **spread**, quantiles (10, 25, 50, 75, 90 %); **mean** of a sum of
money; **rate** for every 10,000 residents aged 0 to 17, with Byar's interval; **table**, one of its own. By `year` an
answer is given for every year end that the data reach back to, and every change says whether it could be chance
(`analysis/year_changes.py`: Newcombe's method 10 for shares, the exact conditional test for counts; Holm's adjustment
for many comparisons; the children of two year ends are largely the same, so it errs towards chance).

What may be shared of an answer is decided with everything else that is published of the county (`docs/disclosure.md`):
`c` is a number that is hidden, `x` that there is none. Intervals are worked out from the figures as shown.

Breakdowns: {dimensions}; and `{year}`.

Why a child is out of county: a reason recorded in the commissioning census wins. *Provision exists but is not
available*
and *does not exist* are avoidable, every other reason is appropriate. Where none is recorded the reason is inferred by
the rules in the docstring of `placements/analysis/avoidable.py`, in their order, counted apart, and an upper bound;
`avoidable_range` says how far the number hangs on what the rules assume. Older wordings are read as these
(`codes.CENSUS_REASON`).
"""


def indicators_page(topics: Mapping[str, Sequence[Definition]]) -> str:
    """Return the page as Markdown."""
    dimensions = ", ".join(f"`{name}` ({one.label.lower()})" for name, one in DIMENSIONS.items())
    parts = [_HEAD.format(dimensions=dimensions, year=YEAR)]
    for topic, definitions in topics.items():
        parts.append(f"\n## {topic}\n\n| indicator | counted | of | left out | source |\n|---|---|---|---|---|\n")
        parts += [_row(one) for one in definitions]
    return "".join(parts)


def _row(one: Definition) -> str:
    of = one.population.label.lower() if one.population and one.kind is not Kind.TABLE else ""
    who = f"<br>of: {of}" if of else ""
    how = f"{one.kind}{', now only' if one.now_only or (one.population and one.population.now_only) else ''}"
    cells = (f"`{one.name}` {one.label} *({how})*", one.numerator + who, one.denominator, one.left_out, one.source)
    return f"| {' | '.join(_cell(text) for text in cells)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
