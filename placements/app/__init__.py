"""The local web application: a workstream lead composes scenarios, runs, compares and shares them, without programming.

The pages know nothing of children: a worker process holds the county, and what it hands over has passed disclosure
control (`worker`, `base`). Nothing leaves the machine: every page loads from this program alone.
"""

from placements.app.server import create_app, serve
from placements.app.setup import Setup

__all__ = ["Setup", "create_app", "serve"]
