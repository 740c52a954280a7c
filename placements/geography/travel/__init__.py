"""How long does it take by road? One protocol, five methods: straight line, a file, roads, and two kinds of server.

A journey whose time is not known is unknown, with the reason; it is never zero and never left out.
"""

from __future__ import annotations

from placements.geography.travel.choose import choose_method
from placements.geography.travel.method import Coverage, TravelMethod, coverage

__all__ = ["Coverage", "TravelMethod", "choose_method", "coverage"]
