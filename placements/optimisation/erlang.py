"""How many are turned away by so many places? The Erlang loss formula, and the load behind an occupancy.

Children come one by one at random, each stays a while, and one who finds no bed free goes elsewhere. The share of them
that does so is B(c, a), where c is beds and a the load: child-years that would be spent there in a year if there were
always a bed. It depends on stays by their mean alone, not by how they vary (insensitivity). It is worked out by

    B(0, a) = 1        B(c, a) = a B(c-1, a) / (c + a B(c-1, a))

which is stable for any load; `a (1 - B) / c` is the occupancy. See Erlang 1917; Kelly and Yudovina, Stochastic Networks
(2014), section 3.3; Jagerman 1974 for the recursion.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from placements.errors import UsageError

Floats = npt.NDArray[np.float64]

#: Halvings of the range of loads, on a logarithmic scale: to the precision of a float.
_HALVINGS: Final = 60
_LEAST_LOAD: Final = 1e-9


def erlang_loss(servers: npt.ArrayLike, load: npt.ArrayLike) -> Floats:
    """Return the share of arrivals that finds no server free.

    Parameters
    ----------
    servers : array_like of whole numbers
        Beds, 0 or more.
    load : array_like
        Child-years a year that would be spent there if there were always a bed; 0 or more. The two are broadcast.

    Returns
    -------
    ndarray
        Shares, 0 to 1.

    Raises
    ------
    UsageError
        When servers are not whole numbers of 0 or more, or a load is negative or not finite.
    """
    count, offered = np.broadcast_arrays(np.asarray(servers, float), np.asarray(load, float))
    if not (np.isfinite(count) & (count >= 0) & (count == np.floor(count))).all():
        raise UsageError("the Erlang loss formula takes whole numbers of beds, 0 or more")
    if not (np.isfinite(offered) & (offered >= 0)).all():
        raise UsageError("the Erlang loss formula takes loads of 0 or more child-years a year, and finite ones")
    loss = np.ones(offered.shape)
    for number in range(1, int(count.max(initial=0.0)) + 1):
        busy = offered * loss
        loss = np.where(count >= number, busy / (number + busy), loss)
    return np.asarray(loss, float)


def erlang_occupancy(servers: npt.ArrayLike, load: npt.ArrayLike) -> Floats:
    """Return the share of beds in use on average, 0 where there are none; parameters and errors as `erlang_loss`."""
    count, offered = np.broadcast_arrays(np.asarray(servers, float), np.asarray(load, float))
    carried = np.asarray(offered * (1 - erlang_loss(count, offered)), float)
    return np.asarray(np.divide(carried, count, out=np.zeros(carried.shape), where=count > 0), float)


def load_for_occupancy(servers: npt.ArrayLike, occupancy: npt.ArrayLike) -> Floats:
    """Return the load at which so large a share of the beds is in use.

    Parameters
    ----------
    servers : array_like of whole numbers
        1 or more.
    occupancy : array_like
        0 to 1; the two are broadcast.

    Returns
    -------
    ndarray
        Child-years a year; infinite at an occupancy of 1, which no load reaches.

    Raises
    ------
    UsageError
        When an occupancy does not lie between 0 and 1, or there are no beds.
    """
    count, wanted = np.broadcast_arrays(np.asarray(servers, float), np.asarray(occupancy, float))
    if not ((wanted >= 0) & (wanted <= 1)).all() or (count < 1).any():
        raise UsageError("an occupancy lies between 0 and 1, of 1 bed or more")
    # Beds that are shared are used no less than beds with a part of the load each, whose occupancy is a / (c + a): so a
    # load of c / (1 - wanted) is enough.
    low = np.full(wanted.shape, np.log(_LEAST_LOAD))
    high = np.log(count / np.where(wanted < 1, 1 - wanted, 1.0) + 1.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = erlang_occupancy(count, np.exp(middle)) >= wanted
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    found = np.where(wanted > 0, np.exp(high), 0.0)
    return np.asarray(np.where(wanted < 1, found, np.inf), float)
