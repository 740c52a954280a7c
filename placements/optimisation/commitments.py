"""Which interventions can a plan be built around? Others are compared, not planned with."""

from __future__ import annotations

from collections.abc import Sequence

from placements.errors import UsageError
from placements.interventions import Intervention, Opening, ReduceEntries


def refuse_unplannable(commitments: Sequence[Intervention]) -> None:
    """Check that the plan takes each commitment for what it is.

    Openings of any kind (kept carers among them) and fewer entries are taken, with their lead time and ramp-up.

    Raises
    ------
    UsageError
        Naming those of another kind, whose effect on places, prices, boundaries or lengths of stay the siting model
        does not have, and those that may come to nothing: a plan is made as if all in it were certain.
    """
    found = [
        f"{entry.name}: {entry.kind} is no opening and lowers no entries"
        for entry in commitments
        if not isinstance(entry, Opening | ReduceEntries)
    ]
    found += [
        f"{entry.name}: probability_of_success is {entry.probability_of_success:g}"
        for entry in commitments
        if isinstance(entry, Opening | ReduceEntries) and entry.probability_of_success < 1
    ]
    if found:
        raise UsageError(
            "\n  - ".join(["a plan cannot be built around these commitments:", *found])
            + "\n  What to do: leave them out and plan without, or take a probability as 1; then compare the plan and "
            "the rest in scenarios (`placements compare`)"
        )
