"""What did the authority set out to reach, has it, and will it? The ledger of targets and its history."""

from __future__ import annotations

from placements.targets.history import Reported, read_history, roll_forward
from placements.targets.ledger import Target, targets_of
from placements.targets.progress import Line, progress_lines
from placements.targets.standing import Standing

__all__ = ["Line", "Reported", "Standing", "Target", "progress_lines", "read_history", "roll_forward", "targets_of"]
