"""Flows of each year and sample put together so that what ties them is kept: a small linear programme.

Part of one flow and the rest of another is a flow too. Of those known for each network, parts that add up to 1 are
taken: for the least, with each limit kept, or missed at a price.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from placements.errors import PlacementsError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Missed by so little (child-years), limits are kept.
KEPT: Final = 1e-7


@dataclass(frozen=True)
class Mixture:
    """What was taken.

    Attributes
    ----------
    parts : ndarray (flows,)
    cost : float
        Without what is paid for limits missed.
    missed : float
        By how much limits are missed, all together.
    prices : ndarray (limits,)
        What a unit less of each limit would cost, from 0 to the price of missing it.
    of_network : ndarray (networks,)
        A flow of a network is worth adding if its cost at those prices is less.
    """

    parts: Floats
    cost: float
    missed: float
    prices: Floats
    of_network: Floats


def mixed(cost: Floats, taken: Floats, network: Ints, most: Floats, price_of_missing: float) -> Mixture:
    """Return the cheapest mixture.

    Parameters
    ----------
    cost : ndarray (flows,)
    taken : ndarray (limits, flows)
        What each flow takes of each limit.
    network : ndarray of int (flows,)
        From 0 on: each network has a flow at least.
    most : ndarray (limits,)
    price_of_missing : float
        Of a unit; infinite where no limit may be missed.
    """
    flows, limits = len(cost), len(most)
    may_miss = limits if math.isfinite(price_of_missing) else 0
    one = sparse.csr_array((np.ones(flows), (network, np.arange(flows))))
    result = linprog(
        np.concatenate([cost, np.full(may_miss, price_of_missing)]),
        A_ub=sparse.hstack([sparse.csr_array(taken), -sparse.eye_array(limits, may_miss)], format="csr"),
        b_ub=most if may_miss else most + KEPT,
        A_eq=sparse.hstack([one, sparse.csr_array((one.shape[0], may_miss))], format="csr"),
        b_eq=np.ones(one.shape[0]),
        method="highs-ds",
    )
    if result.status != 0:
        raise PlacementsError(f"flows could not be put together ({result.message}); please report this")
    parts = np.maximum(result.x[:flows], 0.0)
    parts /= np.bincount(network, parts)[network]
    missed = float(np.maximum(taken @ parts - most, 0.0).sum())
    prices = np.clip(-result.ineqlin.marginals, 0.0, price_of_missing)
    return Mixture(parts, float(cost @ parts), missed, prices, np.asarray(result.eqlin.marginals))
