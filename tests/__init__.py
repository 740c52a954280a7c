"""Tests. Linear algebra on one thread: its matrices are small, and workers share the processors."""

import os

# Before numpy is loaded, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

#: `make test-all` looks longer than `make test`.
THOROUGH = os.environ.get("PLACEMENTS_THOROUGH") == "1"


def examples(usual: int, thorough: int) -> int:
    """Return how many examples a property is tried on: more when all tests are run."""
    return thorough if THOROUGH else usual
