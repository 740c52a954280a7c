"""Does a file give a child away? Every output is read back and searched before it is written; any other file can be."""

from __future__ import annotations

from placements.disclosure.scanning.findings import LEAK, UNREADABLE, WARNING, Finding
from placements.disclosure.scanning.known import Secrets, secrets_of
from placements.disclosure.scanning.scan import scan

__all__ = ["LEAK", "UNREADABLE", "WARNING", "Finding", "Secrets", "scan", "secrets_of"]
