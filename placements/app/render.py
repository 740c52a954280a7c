"""How do templates become pages? Their place, what they may use, and how a figure is written in them."""

from __future__ import annotations

from functools import cache

import jinja2

from placements.app.board import text_of
from placements.app.gap import is_short, whom
from placements.interventions import scenario_name


@cache
def templates() -> jinja2.Environment:
    """Return the templates of the application's pages."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("placements.app"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = text_of
    environment.filters["scenario_name"] = scenario_name
    environment.filters["whom"] = whom
    environment.tests["short"] = is_short
    return environment
