"""Who goes where when decisions are given: years and samples apart, and what ties them priced.

==========  ============================================================================
`expected`  the sums that tie years and samples together: limits and goals
`network`   the cheapest flow of one year and sample
`mixture`   flows of all of them put together so that the limits are kept
`rounds`    prices, flows and mixtures in turn until value and bound meet
`given`     all of it for one set of decisions, goal after goal
==========  ============================================================================
"""

from placements.optimisation.flows.expected import Sum
from placements.optimisation.flows.given import Flows, Given

__all__ = ["Flows", "Given", "Sum"]
