"""The first goal by decomposition: decisions in one small model, who can be kept local in networks beside it.

With what opens given, the children of one year and sample who can be kept local are a maximum flow: from need, by what
suits and is near enough, to places. A minimum cut of that network says more than its value: for *any* other decisions
no more can be kept local than the cut lets through, which is linear in what opens. So the model of the decisions alone
learns cut by cut what the networks know (Benders 1962), and its best value is a bound for the whole.

=============  ========================================================================
`networks`     how many can be kept local, and the cut that says why no more
`cuts`         cuts as rows over decisions, as tight as whole units allow
`viability`    whether all that opens is used enough, and the row that says why it is not
`master`       the decisions, and what was learnt so far
`fewest_away`  the search: rounds of decisions and cuts until bound and value meet
=============  ========================================================================
"""

from placements.optimisation.decomposed.cuts import Together
from placements.optimisation.decomposed.fewest_away import Fewest, FewestAway
from placements.optimisation.decomposed.viability import Limit

__all__ = ["Fewest", "FewestAway", "Limit", "Together"]
