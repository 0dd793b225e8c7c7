"""The Pareto front: the networks that no other network beats outright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from netscore import arrays, checks
from netscore.checks import ACCURACY, MACS, PARAMS

if TYPE_CHECKING:
    from typing import TypeVar

    from numpy.typing import ArrayLike, NDArray

    SeriesT = TypeVar("SeriesT", bound=arrays.SeriesLike)

# A block fits the caches; a sample of this size shows which few networks dominate most others.
_BLOCK = 1 << 16
_SAMPLE = 1 << 11
_PIVOTS = 8


@overload
def pareto_front(accuracy: SeriesT, params: ArrayLike, macs: ArrayLike) -> SeriesT: ...
@overload
def pareto_front(accuracy: ArrayLike, params: SeriesT, macs: ArrayLike) -> SeriesT: ...
@overload
def pareto_front(accuracy: ArrayLike, params: ArrayLike, macs: SeriesT) -> SeriesT: ...
@overload
def pareto_front(accuracy: ArrayLike, params: ArrayLike, macs: ArrayLike) -> NDArray[np.bool_]: ...


def pareto_front(accuracy: Any, params: Any, macs: Any) -> Any:
    """Mark the networks on the Pareto front of accuracy, params and macs.

    A network dominates another if it is at least as good in all three (accuracy as high or
    higher, params and macs as low or lower) and better in one. The front holds the networks that
    none dominates. It needs no exponents and no units: whatever the exponents of a score, its
    best network is on the front, so that the front comes before any scalar score.

    Parameters
    ----------
    accuracy, params, macs : array-like of shape (n,)
        As in `netscore`; a number stands for the same figure in every network.

    Returns
    -------
    numpy.ndarray of bool, or pandas.Series with the same index
        True where the network is on the front. Networks with the same three figures are on it
        together. A network with a missing (NaN or masked) figure is never on it and dominates
        none.

    Raises
    ------
    ValueError, TypeError
        As in `netscore`; ValueError also if the arrays are not one-dimensional.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    compare : Which networks dominate one network, and which it dominates.

    Notes
    -----
    The result is exact, and the time is O(n log n) [1]_ whatever the data: networks dominated by
    a few good ones are dropped in one pass, the rest is sorted by accuracy and halved
    recursively.

    References
    ----------
    .. [1] H. T. Kung, F. Luccio, F. P. Preparata, "On Finding the Maxima of a Set of Vectors",
       Journal of the ACM 22(4), 1975, doi:10.1145/321906.321910.

    Examples
    --------
    MobileNetV2 and ResNet-50 are on the front of these three; VGG-16 is beaten in everything:

    >>> from netscore import pareto_front
    >>> pareto_front([72.0, 75.3, 71.5], [3.4e6, 25.6e6, 138e6], [300e6, 3.8e9, 15.3e9])
    array([ True,  True, False])
    """
    values = (accuracy, params, macs)
    given, shape = arrays.checked("pareto_front", (ACCURACY, PARAMS, MACS), values, stacklevel=3)
    if len(shape) != 1:
        checks.refuse_shape("pareto_front", "the arrays", "one-dimensional", shape)
    # Each column in its own dtype: large integers that share a float are still told apart.
    columns = [np.broadcast_to(np.ma.getdata(column), shape) for column in given]
    missing = np.zeros(shape, dtype=np.bool_)
    for column in given:
        missing |= np.ma.getmaskarray(column) | (np.ma.getdata(column) != np.ma.getdata(column))
    kept = np.flatnonzero(~missing)
    front = np.zeros(shape, dtype=np.bool_)
    front[kept] = _front(*(column[kept] for column in columns))
    series = [value for value in values if arrays.is_series(value)]
    return arrays.as_series(series, front) if series else front


def _front(accuracy: NDArray[Any], params: NDArray[Any], macs: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the front of networks without missing figures."""
    # Accuracy is made a cost, so that less is better in every column; its integers fit a float.
    costs = [-accuracy.astype(np.promote_types(accuracy.dtype, np.float64)), params, macs]
    front = np.zeros(accuracy.size, dtype=np.bool_)
    kept = _unbeaten(costs)
    error, params, macs = (cost[kept] for cost in costs)
    # In this order a network can be dominated only by an earlier one.
    order = np.lexsort((macs, params, error))
    error, params, macs = error[order], params[order], macs[order]
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = (error[1:] != error[:-1]) | (params[1:] != params[:-1]) | (macs[1:] != macs[:-1])
    best = ~_dominated(params[first], macs[first])
    front[kept[order]] = best[np.cumsum(first) - 1]
    return front


def _unbeaten(costs: list[NDArray[Any]]) -> NDArray[np.intp]:
    """Return the positions that are left when a few good networks drop what they beat."""
    size = costs[0].size
    everything = np.arange(size)
    if size <= 2 * _SAMPLE:
        return everything
    sample = [cost[:: size // _SAMPLE] for cost in costs]
    left = []
    pivots = _pivots(sample)
    for start in range(0, size, _BLOCK):
        block = everything[start : start + _BLOCK]
        figures = [cost[start : start + _BLOCK] for cost in costs]
        for pivot in pivots:
            stays = ~_beaten(figures, pivot)
            block = block[stays]
            figures = [figure[stays] for figure in figures]
        left.append(block)
    return np.concatenate(left)


def _beaten(figures: list[NDArray[Any]], pivot: list[Any]) -> NDArray[np.bool_]:
    """Mark what the pivot surely dominates: better in accuracy, no worse in the two costs."""
    error, params, macs = figures
    beaten: NDArray[np.bool_] = (error > pivot[0]) & (params >= pivot[1]) & (macs >= pivot[2])
    return beaten


def _pivots(sample: list[NDArray[Any]]) -> list[list[Any]]:
    """Choose, one after the other, the networks of a sample that beat most of what is left."""
    pivots: list[list[Any]] = []
    for _ in range(_PIVOTS):
        # The product of the shares that are worse in each cost stands for what a network beats.
        worse = [1.0 - np.searchsorted(np.sort(c), c, side="right") / c.size for c in sample]
        best = int(np.argmax(worse[0] * worse[1] * worse[2]))
        pivot = [cost[best] for cost in sample]
        beaten = _beaten(sample, pivot)
        if np.count_nonzero(beaten) < 0.02 * beaten.size:
            break
        pivots.append(pivot)
        sample = [cost[~beaten] for cost in sample]
    return pivots


def _dominated(params: NDArray[Any], macs: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark each network for which an earlier one has no more params and no more macs."""
    dominated = np.zeros(params.size, dtype=np.bool_)
    network = np.arange(params.size)
    order = np.argsort(params, kind="stable")
    cost = np.unique(macs, return_inverse=True)[1].reshape(-1)[order]
    while network.size:
        found = _dominated_in_halves(order, cost)
        dominated[network[found]] = True
        if 2 * np.count_nonzero(found) <= network.size:
            break
        # Most are dominated and need no further comparison: the rest is numbered anew.
        stays = ~found
        number = np.cumsum(stays) - 1
        network, cost, order = network[stays], cost[stays[order]], number[order[stays[order]]]
    return dominated


def _dominated_in_halves(place: NDArray[Any], cost: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark dominated networks, all of them or more than half of the networks.

    Parameters
    ----------
    place, cost : arrays of the same length
        Networks in the order of params: where each stands in the order of accuracy, and its macs
        as an integer.

    Returns
    -------
    array of bool, in the order of accuracy
        The networks are halved, halves are halved, and so on; at each level all left halves are
        held against their right halves in one pass. More than half of the networks may have been
        found dominated before the last level.
    """
    size = place.size
    levels = (size - 1).bit_length()
    # Padding to full halves: later than every network, and dominating none.
    place = np.concatenate([place, np.arange(size, 1 << levels)])
    none = int(cost.max()) + 1
    cost = np.concatenate([cost, np.full(place.size - size, none)])
    dominated = np.zeros(place.size, dtype=np.bool_)
    for level in reversed(range(levels)):
        half = 1 << level
        left = place & half == 0
        # Each pair of halves lies below the one before, so that the minimum starts anew in it.
        floor = (place >> (level + 1)) * (none + 1)
        least = np.minimum.accumulate(np.where(left, cost, none) - floor)
        dominated[place[~left & (least <= cost - floor)]] = True
        if 2 * np.count_nonzero(dominated[:size]) > size:
            break
        place = _halves(place, left, half)
        cost = _halves(cost, left, half)
    return dominated[:size]


def _halves(values: NDArray[Any], left: NDArray[np.bool_], half: int) -> NDArray[Any]:
    """Bring the left half of each pair before its right half, in order."""
    rows = (values[left].reshape(-1, half), values[~left].reshape(-1, half))
    return np.concatenate(rows, axis=1).reshape(-1)
