"""A scenario written and read again is the same."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements import codes
from placements.interventions import (
    INTERVENTIONS,
    Intervention,
    RecruitCarers,
    ReduceEntries,
    read_scenario,
    write_scenario,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NAME = TEXT.filter(lambda text: bool(text.strip()))
MONEY = st.floats(0, 1e9, allow_nan=False)
NEEDS = st.lists(st.sampled_from(tuple(codes.NEED_GROUP_LABEL)), max_size=3).map(tuple)


@st.composite
def interventions(draw: st.DrawFn) -> Intervention:
    kind = draw(st.sampled_from(INTERVENTIONS))
    if kind is ReduceEntries:
        return ReduceEntries(
            name=draw(NAME),
            share=draw(st.floats(0, 1)),
            from_year=draw(st.integers(1, 25)),
            lead_time_years=draw(st.floats(0, 10)),
            option_id=draw(TEXT),
            need_groups=draw(NEEDS),
            areas=draw(st.lists(TEXT, max_size=2).map(tuple)),
            yearly_cost_gbp=draw(MONEY),
            evidence=draw(TEXT),
        )
    low = draw(st.integers(0, 25))
    more = {"households_by_year": draw(st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple))}
    point = draw(st.none() | st.tuples(st.floats(0, 7e5), st.floats(0, 1.3e6)))
    return kind(
        name=draw(NAME),
        provision=draw(st.sampled_from(kind.provisions)),
        places=draw(st.integers(1, 200)),
        district="Woking",
        postcode=draw(TEXT),
        easting=point and point[0],
        northing=point and point[1],
        opens_year=draw(st.integers(1, 10)),
        capital_gbp=draw(MONEY),
        weekly_cost_gbp=draw(MONEY),
        planned_occupancy=draw(st.floats(0.5, 1)),
        minimum_occupancy=draw(st.floats(0, 0.5)),
        age_low=low,
        age_high=draw(st.integers(low, 25)),
        sex=draw(st.sampled_from(("any", "M", "F"))),
        needs=draw(NEEDS),
        evidence=draw(TEXT),
        **(more if kind is RecruitCarers else {}),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(interventions(), max_size=4), TEXT)
def test_reading_gives_back_what_was_written(tmp_path: Path, entries: list[Intervention], title: str) -> None:
    """Whatever the names and numbers, write then read is the identity, and writing again gives the same bytes."""
    path = write_scenario(tmp_path / "s.toml", entries, title=title)
    assert read_scenario(path) == tuple(entries)
    first = path.read_bytes()
    assert write_scenario(path, read_scenario(path), title=title).read_bytes() == first
