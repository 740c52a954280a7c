"""Another model's forecast of the same children, run by its own interpreter: nothing of it is a dependency of ours."""

from placements.forecasting.peer.ask import DemandModel, PeerFailedError
from placements.forecasting.peer.stays import CATEGORY, CATEGORY_OF, by_category, stays_of

__all__ = ["CATEGORY", "CATEGORY_OF", "DemandModel", "PeerFailedError", "by_category", "stays_of"]
