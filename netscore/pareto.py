"""The Pareto front: the networks that no other network beats outright."""

from __future__ import annotations

from math import nextafter
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from netscore import arrays, containers
from netscore.blocks import Kernel, Run, slices
from netscore.checks import ACCURACY, MACS, PARAMS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    from numpy.typing import ArrayLike, NDArray

    SeriesT = TypeVar("SeriesT", bound=containers.SeriesLike)

# How many networks, spread over all, show which few dominate most others.
_SAMPLE = 1 << 11
_LARGE_SAMPLE = 1 << 14
_PIVOTS = 8
_STEP_BITS = 9


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
    given, size = arrays.columns("pareto_front", _FIGURES, values)
    run = Run(_CHECKED, _FIGURES)
    positions, figures = _unbeaten(run, given, size)
    arrays.report(run, "pareto_front", _FIGURES, given, stacklevel=3)
    if positions.size > 8 * _LARGE_SAMPLE:
        left = np.flatnonzero(~_beaten_by_sample(figures))
        positions, figures = positions[left], [figure[left] for figure in figures]
    front = np.zeros(size, dtype=np.bool_)
    front[positions] = _front(*figures)
    return containers.like(values, front)


_FIGURES = (ACCURACY, PARAMS, MACS)
# Where the likeness to another unit ends.
_CHECKED = Kernel(np.add, ((nextafter(1.0, 2.0), 100.0), (1e3, 1e300), (1e3, 1e300)))


def _unbeaten(
    run: Run, given: list[NDArray[Any]], size: int
) -> tuple[NDArray[np.intp], list[NDArray[Any]]]:
    """Return the positions and figures of the networks that a few good ones do not beat.

    Each figure keeps a dtype of its own: large integers that share a float are still told apart.
    """
    pivots: list[list[Any]] = []
    if size > 2 * _SAMPLE:
        sample = [np.atleast_1d(arrays.missing_as_nan(part)) for part in given]
        stride = size // _SAMPLE
        pivots = _pivots(_known(np.broadcast_arrays(*(part[::stride] for part in sample)))[1])
    positions = [np.empty(0, dtype=np.intp)]
    columns = [[np.atleast_1d(arrays.missing_as_nan(part))[:0] for part in given]]
    for start, block in slices(given, size):
        figures = [arrays.missing_as_nan(part) for part in block]
        if run.kernel.covers(figures):
            run.ordinary = True
            rows = np.arange(start, start + figures[0].size)
        elif run.allowed(figures):
            rows, figures = _known(figures)
            rows += start
        else:
            run.wrong = True
            break
        for pivot in pivots:
            left = np.flatnonzero(~_beaten(figures, pivot))
            rows, figures = rows[left], [figure[left] for figure in figures]
        positions.append(rows)
        columns.append(figures)
    rows = np.concatenate(positions)
    figures = [np.concatenate(column) for column in zip(*columns)]
    for pivot in pivots:  # what a tie in accuracy has saved so far
        left = np.flatnonzero(~_beaten_in_any(figures, pivot))
        rows, figures = rows[left], [figure[left] for figure in figures]
    return rows, figures


def _known(figures: Iterable[NDArray[Any]]) -> tuple[NDArray[np.intp], list[NDArray[Any]]]:
    """Return the rows without a missing figure, and their figures."""
    accuracy, params, macs = figures
    known = (accuracy == accuracy) & (params == params) & (macs == macs)
    if known.all():
        return np.arange(known.size), [accuracy, params, macs]
    rows = np.flatnonzero(known)
    return rows, [accuracy[rows], params[rows], macs[rows]]


def _beaten(figures: list[NDArray[Any]], pivot: list[Any]) -> NDArray[np.bool_]:
    """Mark what the pivot surely dominates: better in accuracy, no worse in the two costs."""
    beaten: NDArray[np.bool_] = figures[0] < pivot[0]
    beaten &= figures[1] >= pivot[1]
    beaten &= figures[2] >= pivot[2]
    return beaten


def _beaten_in_any(figures: list[NDArray[Any]], pivot: list[Any]) -> NDArray[np.bool_]:
    """Mark what the pivot dominates: no worse in any figure and better in one."""
    accuracy, params, macs = figures
    no_worse = (accuracy <= pivot[0]) & (params >= pivot[1]) & (macs >= pivot[2])
    better = (accuracy < pivot[0]) | (params > pivot[1]) | (macs > pivot[2])
    beaten: NDArray[np.bool_] = no_worse & better
    return beaten


def _pivots(sample: list[NDArray[Any]]) -> list[list[Any]]:
    """Choose, one after the other, the networks of a sample that beat most of what is left."""
    pivots: list[list[Any]] = []
    for _ in range(_PIVOTS):
        if not sample[0].size:
            break
        # The product of the shares that are worse in each figure stands for what it beats.
        lower = [np.searchsorted(np.sort(c), c) / c.size for c in sample]
        best = int(np.argmax(lower[0] * (1.0 - lower[1]) * (1.0 - lower[2])))
        pivot = [figure[best] for figure in sample]
        beaten = _beaten(sample, pivot)
        if np.count_nonzero(beaten) < 0.02 * beaten.size:
            break
        pivots.append(pivot)
        sample = [figure[~beaten] for figure in sample]
    return pivots


def _beaten_by_sample(figures: list[NDArray[Any]]) -> NDArray[np.bool_]:
    """Mark networks that one of a large sample surely dominates, by a table of the sample.

    Accuracy and params are rounded to steps. An entry of the table holds the fewest macs among
    the networks of the sample that are at least a step better in both.
    """
    stride = figures[0].size // _LARGE_SAMPLE
    steps = [_steps(figure, stride) for figure in figures[:2]]
    size = 2**_STEP_BITS + 1
    # No network has more macs than the entries that no network of the sample reaches.
    fewest = np.full((size, size), figures[2].max())
    np.minimum.at(fewest, (steps[0][::stride], steps[1][::stride]), figures[2][::stride])
    fewest = np.minimum.accumulate(np.minimum.accumulate(fewest[::-1])[::-1], axis=1)
    table = np.full_like(fewest, figures[2].max())
    table[:-1, 1:] = fewest[1:, :-1]
    beaten: NDArray[np.bool_] = table.reshape(-1)[steps[0] * size + steps[1]] < figures[2]
    return beaten


def _steps(figure: NDArray[Any], stride: int) -> NDArray[np.int64]:
    """Number the values on a coarse scale on which no lower value has a higher number.

    The bits of a positive float, read as an integer, rise with it; the leading ones that tell
    the values of the sample apart are kept.
    """
    bits = (figure + 0.0).astype(np.float64, copy=False).view(np.int64)
    sample = bits[::stride]
    least, most = int(sample.min()), int(sample.max())
    shift = max(0, (most - least).bit_length() - _STEP_BITS)
    steps: NDArray[np.int64] = np.clip((bits >> shift) - (least >> shift), 0, 2**_STEP_BITS)
    return steps


def _front(accuracy: NDArray[Any], params: NDArray[Any], macs: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the front of networks without missing figures."""
    # In this order a network can be dominated only by an earlier one. Integer accuracies are
    # exact as floats.
    error = -(accuracy + 0.0)
    order = np.argsort(error)
    if (error[order[1:]] == error[order[:-1]]).any():
        order = np.lexsort((macs, params, error))
    error, params, macs = error[order], params[order], macs[order]
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = (error[1:] != error[:-1]) | (params[1:] != params[:-1]) | (macs[1:] != macs[:-1])
    best = ~_dominated(params[first], macs[first])
    front = np.zeros(order.size, dtype=np.bool_)
    front[order] = best[np.cumsum(first) - 1]
    return front


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
    # Padding to full halves: later than every network, and dominating none. Half the memory is
    # half the time.
    none = int(cost.max()) + 1
    dtype = np.int32 if size < 2**30 else np.int64
    place = np.concatenate([place, np.arange(size, 1 << levels)]).astype(dtype)
    cost = np.concatenate([cost, np.full(place.size - size, none)]).astype(dtype)
    dominated = np.zeros(place.size, dtype=np.bool_)
    for level in reversed(range(levels)):
        half = 1 << level
        left = place & half == 0
        if half >= 64:
            pairs = np.where(left, cost, dtype(none)).reshape(-1, 2 * half)
            found = ~left & (np.minimum.accumulate(pairs, axis=1).reshape(-1) <= cost)
        else:
            # Short rows: each pair lies below the one before, so that the minimum starts anew.
            floor = (place >> (level + 1)).astype(np.int64) * (none + 1)
            least = np.minimum.accumulate(np.where(left, cost, none) - floor)
            found = ~left & (least <= cost - floor)
        dominated[place[found]] = True
        if 2 * np.count_nonzero(dominated[:size]) > size:
            break
        place = _halves(place, left, half)
        cost = _halves(cost, left, half)
    return dominated[:size]


def _halves(values: NDArray[Any], left: NDArray[np.bool_], half: int) -> NDArray[Any]:
    """Bring the left half of each pair before its right half, in order."""
    rows = (values[left].reshape(-1, half), values[~left].reshape(-1, half))
    return np.concatenate(rows, axis=1).reshape(-1)
