"""Tests. Linear algebra on one thread: its matrices are small, and workers share the processors."""

import os

# Before numpy is loaded, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
