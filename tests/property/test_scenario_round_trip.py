"""A scenario written and read again is the same, whatever the kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.interventions import INTERVENTIONS, Intervention, read_scenario, write_scenario
from tests.intervention_support import TEXT, interventions

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(SETTINGS, max_examples=60)
@given(st.lists(interventions(), max_size=4), TEXT)
def test_reading_gives_back_what_was_written(tmp_path: Path, entries: list[Intervention], title: str) -> None:
    """Whatever the names and numbers, write then read is the identity, and writing again gives the same bytes."""
    path = write_scenario(tmp_path / "s.toml", entries, title=title)
    assert read_scenario(path) == tuple(entries)
    first = path.read_bytes()
    assert write_scenario(path, read_scenario(path), title=title).read_bytes() == first


@pytest.mark.parametrize("kind", INTERVENTIONS, ids=lambda kind: kind.kind)
@SETTINGS
@given(data=st.data())
def test_each_kind_has_one_form_and_figures_that_make_sense(tmp_path: Path, kind: type, data: st.DataObject) -> None:
    """Each kind is read as it was written; its yearly figures are finite, none below 0, and none before its decision."""
    entry = data.draw(interventions((kind,)))
    assert read_scenario(write_scenario(tmp_path / "s.toml", [entry])) == (entry,)
    decided = getattr(entry, "opens_year", getattr(entry, "from_year", 1))
    figures = [
        getattr(entry, f"{name}_by_year")(30) for name in ("places", "capital", "staff", "yearly_cost")
    ] + ([entry.at_work_by_year(30)] if hasattr(entry, "at_work_by_year") else [])  # fmt: skip
    for values in figures:
        assert values.shape == (30,)
        assert np.isfinite(values).all()
        assert (values >= 0).all()
        assert not values[: decided - 1].any()
    if hasattr(entry, "at_work_by_year"):
        at_work = entry.at_work_by_year(30)
        assert (np.diff(at_work) >= -1e-9).all()
        assert at_work.max() <= 1 + 1e-9
