"""`SYNTHETIC.md`: what a reader of the made-up data must know."""

from __future__ import annotations

import datetime as dt

from placements.synthetic.rates import Profile


def describe(
    profile: Profile,
    name: str,
    seed: int,
    snapshot: dt.date,
    census: dt.date,
    looked_after: int,
    damaged: dict[str, int],
) -> str:
    """Return the text of the note that lies beside the data."""
    basis = (
        f"{name}'s own published figures"
        if profile.is_surrey
        else f"England's rates, scaled to {name} by its postcodes; the shares outside and far away follow its extent"
    )
    spoilt = "\n".join(f"| {kind} | {count} |" for kind, count in damaged.items()) or "| none | 0 |"
    return f"""# The children in these files are made up

Nobody here exists: no child, no carer, no home, no school, no company. Names are invented. Postcodes are real places,
chosen at random; that one appears here says nothing about anyone who lives there.

| | |
|---|---|
| authority | {name} |
| seed | {seed} |
| snapshot | {snapshot.isoformat()} |
| SEN2 census | {census.isoformat()} |
| children looked after on the snapshot | {looked_after:,} |
| EHC plans | {profile.plans:,} |

## Calibrated

To {basis} (`data/reference/published.csv`): children looked after, starts and ends by year; age, category of need, sex,
legal status, unaccompanied children; type and provider of placement; location and distance by type; how often and why
placements change; EHC plans by setting, need, age and sex; residential plans; new and ceased plans.

## Assumed

How long children stay and which placement follows which, tuned until the figures above come out; where homes, carers
and schools are; their sizes, rolls and use by other authorities; costs other than those whose source is named; why
placements are at distance (of those outside with a reason about half for want of a place, a quarter for safeguarding;
one in ten has none); how need differs between districts; which children have both services. No child returns to care;
brothers and sisters are not placed together; nothing differs by ethnicity. Do not draw conclusions about {name} from
these files.

## Damaged on purpose

So that quarantine is exercised, as real files would exercise it:

| kind | rows |
|---|---|
{spoilt}
"""
