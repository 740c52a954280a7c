"""docs/interventions.md shows every kind, and what it shows can be read."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from placements.interventions import INTERVENTIONS, Intervention, read_scenario

DOC = (Path(__file__).parents[2] / "docs" / "interventions.md").read_text(encoding="utf-8")


@pytest.fixture
def shown(tmp_path: Path) -> tuple[Intervention, ...]:
    path = tmp_path / "shown.toml"
    path.write_text("\n".join(re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)), encoding="utf-8")
    return read_scenario(path)


def test_every_kind_has_an_example_that_can_be_read(shown: tuple[Intervention, ...]) -> None:
    """One example of each kind, none of a kind that is not there, and a row in the table."""
    assert sorted(entry.kind for entry in shown) == sorted(kind.kind for kind in INTERVENTIONS)
    assert all(f"| `{kind.kind}` |" in DOC for kind in INTERVENTIONS)


def test_every_field_is_named() -> None:
    """A field that can be written is in the document, by its name."""
    named = set(re.findall(r"`(\w+)`", DOC)) | {"option_id", "site_id"}  # written by the optimiser alone
    missing = {field.name for kind in INTERVENTIONS for field in fields(kind)} - named
    assert missing == set()
