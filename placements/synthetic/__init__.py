"""A made-up county in the real file formats, on real postcodes: the worked example, and a test of the readers.

No child, carer or school here exists. Every file has the columns, codes and dates of the statutory original, so that
the same readers serve both.

Calibrated to published figures (`data/reference/published.csv`; see `rates`)
    Children looked after, starts and ends by year; age, need, sex, legal status and unaccompanied children; type and
    provider of placement; inside or outside the authority and distance by type; changes of placement and their reasons;
    EHC plans by setting, need, age and sex; residential plans; new and ceased plans. For Surrey its own figures; for
    any other authority England's rates by its size, with the shares outside and far away following its extent.

Assumed
    Kinds of stay and how placements follow one another (tuned until the figures above come out); where homes, schools
    and carers are; sizes, rolls, use by other authorities; costs other than those with a source; why placements are at
    distance (`write_census`); the uneven need between districts; which children have both services. No child returns to
    care, brothers and sisters are not placed together, and nothing differs by ethnicity.

Deterministic: the same authority, directory, snapshot and seed give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements.errors import UsageError
from placements.geography.authorities import Authority
from placements.geography.postcodes import PostcodeDirectory
from placements.synthetic import about, choices, episodes
from placements.synthetic.care_places import make_places
from placements.synthetic.damage import Tally
from placements.synthetic.locate import locate
from placements.synthetic.people import Histories, simulate
from placements.synthetic.plans import join_care, make_plans, place_in_schools
from placements.synthetic.rates import profile_for
from placements.synthetic.schools import make_schools
from placements.synthetic.short_breaks import add_short_breaks
from placements.synthetic.terrain import Ints, survey
from placements.synthetic.write_census import census_table, write_census
from placements.synthetic.write_providers import enrol, write_gias, write_ofsted
from placements.synthetic.write_registers import households_table, provider_use, write_tables
from placements.synthetic.write_sen2 import write_sen2
from placements.synthetic.write_ssda903 import episode_table, write_ssda903
from placements.writing import write_text

Progress = Callable[[float, str], None]
RETURNS: Final = 5
#: Sets the census's stream of chance apart from the others, which were there before it.
_CENSUS_STREAM: Final = 8


@dataclass(frozen=True)
class SyntheticSummary:
    """What was written.

    Attributes
    ----------
    authority, seed, snapshot
        What was asked for.
    looked_after : int
        Children looked after on the snapshot, without short breaks.
    children : int
        Children in any of the returns.
    episode_rows : int
        Rows of all episode files, damaged ones included.
    plans : int
        Active EHC plans.
    both_services : int
        Children looked after who have a plan.
    homes, households, schools : int
        Providers of the Ofsted list, the authority's own foster households, establishments.
    damaged : dict of str to int
        Rows spoilt on purpose, by kind.
    files : tuple of Path
        In the order written.
    """

    authority: str
    seed: int
    snapshot: dt.date
    looked_after: int
    children: int
    episode_rows: int
    plans: int
    both_services: int
    homes: int
    households: int
    schools: int
    damaged: dict[str, int] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


def statutory_years(snapshot: dt.date) -> tuple[int, ...]:
    """Return the years of the returns: the five ending with the statutory year that holds the snapshot."""
    last = snapshot.year if (snapshot.month, snapshot.day) <= (3, 31) else snapshot.year + 1
    return tuple(range(last - RETURNS + 1, last + 1))


def census_day(snapshot: dt.date) -> dt.date:
    """Return the SEN2 census: the third Thursday of the last January that is not after the snapshot."""
    for year in (snapshot.year, snapshot.year - 1):
        first = dt.date(year, 1, 1)
        day = first + dt.timedelta(days=(3 - first.weekday()) % 7 + 14)
        if day <= snapshot:
            return day
    raise AssertionError("the year before always has a census")


def _days(dates: list[dt.date]) -> Ints:
    return np.array([np.datetime64(day, "D").astype(np.int64) for day in dates], np.int64)


def synthesise(
    folder: Path,
    authority: Authority,
    directory: PostcodeDirectory,
    *,
    snapshot: dt.date,
    seed: int = 2025,
    children: int | None = None,
    plans: int | None = None,
    progress: Progress | None = None,
) -> SyntheticSummary:
    """Write a made-up county's data under `folder`.

    Parameters
    ----------
    folder : Path
        The study's `data/`. Files of the same names are replaced.
    authority : Authority
    directory : PostcodeDirectory
    snapshot : date
        The day that "now" means; the last return ends with it.
    seed : int
    children, plans : int, optional
        Children looked after and EHC plans wanted; published or estimated numbers when not given.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Raises
    ------
    UsageError
        When the authority has no postcode with coordinates, or a number is below 1.
    """
    tell: Progress = progress or (lambda share, text: None)
    if (children is not None and children < 1) or (plans is not None and plans < 1):
        raise UsageError("children and plans are numbers of 1 or more")
    # One stream of chance for each part, so that a change in one does not stir the others.
    streams = [np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(8)]
    land_rng, care_rng, place_rng, plan_rng, school_rng, damage_rng, sen2_rng, register_rng = streams
    tell(0.0, "laying out the county")
    if not set(authority.districts) & set(directory.district_codes):
        raise UsageError(f"{authority.name} has no postcodes in this directory")
    terrain = survey(authority, directory, land_rng)
    years = statutory_years(snapshot)
    profile = profile_for(authority, terrain.spread_postcodes, terrain.squares, years, children, plans)
    today = int(_days([snapshot])[0])
    ends = np.minimum(_days([dt.date(year, 3, 31) for year in years]), today)
    starts = _days([dt.date(year - 1, 4, 1) for year in years])
    census = census_day(snapshot)
    tally = Tally()

    tell(0.30, "children looked after, through time")
    care = simulate(profile, care_rng, today, ends)
    places = make_places(profile, terrain, place_rng)
    care = locate(profile, terrain, care, places, care_rng, today)
    care = Histories(episodes.identify(profile, care_rng, care.children), care.spells)
    built = episodes.build(care_rng, care, today)
    looked_after = int((built["end"] > today).sum())
    everyone, built = add_short_breaks(profile, terrain, places, care_rng, care, built, int(starts[0]), today)

    tell(0.45, "plans, and where they learn")
    day = int(_days([census])[0])
    schools = make_schools(profile, terrain, places, school_rng)
    made = join_care(plan_rng, make_plans(profile, terrain, plan_rng, day), care, day)
    made = place_in_schools(plan_rng, terrain, made, schools)
    schools = enrol(schools, made, school_rng)

    tell(0.60, "SSDA903 returns")
    table = episode_table(everyone, built, terrain)
    files, rows = write_ssda903(folder / "ssda903", table, everyone.children, years, ends, starts, damage_rng, tally)
    tell(0.72, "SEN2 return")
    stamp = census.strftime("%d-%m-%Y")
    files += write_sen2(folder / "sen2", profile, terrain, made, schools, sen2_rng, day, stamp, tally)
    tell(0.88, "provider lists and registers")
    ofsted = folder / "ofsted" / f"provider_list_{snapshot.isoformat()}.xlsx"
    files.append(write_ofsted(ofsted, places.providers, terrain, place_rng))
    gias = folder / "gias" / f"edubasealldata{snapshot.strftime('%Y%m%d')}.csv"
    files.append(write_gias(gias, schools, terrain, school_rng, tally))
    registers = {
        "foster_households": households_table(places, terrain),
        "provider_use": provider_use(
            register_rng, terrain, places, schools, _present(care, today), snapshot.strftime("%d/%m/%Y")
        ),
        "unit_costs": choices.unit_costs(),
        "candidate_sites": choices.candidate_sites(profile, terrain, schools, register_rng),
    }
    files += write_tables(folder / "register", registers)
    census_rng = np.random.default_rng([seed, _CENSUS_STREAM])
    bought = census_table(census_rng, authority.name, terrain, care, places, made, registers["provider_use"], today)
    path = folder / "census" / f"placements_census_{snapshot.strftime('%Y-%m')}.csv"
    files.append(write_census(path, bought, census_rng, tally))
    summary = SyntheticSummary(
        authority=authority.name,
        seed=seed,
        snapshot=snapshot,
        looked_after=looked_after,
        children=len(everyone.children),
        episode_rows=rows,
        plans=len(made),
        both_services=int((made["care_child"] >= 0).sum()),
        homes=len(places.providers),
        households=len(places.households),
        schools=len(schools),
        damaged=dict(sorted(tally.counts.items())),
    )
    note = about.describe(profile, authority.name, seed, snapshot, census, looked_after, summary.damaged)
    files.append(write_text(folder / "SYNTHETIC.md", note))
    tell(1.0, "done")
    return SyntheticSummary(**{**summary.__dict__, "files": tuple(files)})


def _present(care: Histories, today: int) -> dict[str, int]:
    """Return our children on the day by the URN of where they live."""
    spells: pd.DataFrame = care.spells
    now = spells[(spells["start"] <= today) & (spells["end"] > today) & (spells["urn"] != "")]
    return {str(urn): int(count) for urn, count in now["urn"].value_counts().items()}
