"""The Pareto front: the networks that no other network beats outright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from netscore import arrays
from netscore.arrays import plain
from netscore.arrays.blocks import SCORE, Kernel, Run
from netscore.checks import FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from numpy.typing import NDArray

    from netscore.arrays import ContainerT, Plain
    from netscore.arrays.blocks import Array, Mask

    Columns: TypeAlias = list[NDArray[Any]]

# How many networks, spread over all, show which others are dominated, and in how many steps.
_SAMPLE = 1 << 12
_STEPS = 1 << 8


@overload
def pareto_front(  # type: ignore[overload-overlap]
    accuracy: Plain, params: Plain, macs: Plain
) -> NDArray[np.bool_]: ...
@overload
def pareto_front(
    accuracy: ContainerT | Plain, params: ContainerT | Plain, macs: ContainerT | Plain
) -> ContainerT: ...


def pareto_front(accuracy: Any, params: Any, macs: Any) -> Any:
    """Mark the networks on the Pareto front of accuracy, params and macs.

    A network dominates another if it is at least as good in all three (accuracy as high or
    higher, params and macs as low or lower) and better in one. The front holds the networks that
    none dominates. It needs no exponents and no units: whatever the exponents of a score, its
    best network is on the front, so that the front comes before any scalar score.

    Parameters
    ----------
    accuracy, params, macs : array-like of shape (n,)
        As in `netscore`, but not lazy; a number stands for the same figure in every network.

    Returns
    -------
    numpy.ndarray of bool or the container of the arguments
        True where the network is on the front. Networks with the same three figures are on it
        together. A network with a missing (NaN or masked) figure is never on it and dominates
        none. Figures in a container of pandas, polars, pyarrow, xarray, CuPy, JAX or PyTorch give
        one of its kind, with its index or labels.

    Raises
    ------
    ValueError, TypeError
        As in `netscore`; ValueError also if the arrays are not one-dimensional, TypeError also
        if one is lazy (a polars expression, dask).

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    compare : Which networks dominate one network, and which it dominates.

    Notes
    -----
    The result is exact (integers are compared as in `rank`), and the time is O(n log n) [1]_
    whatever the data: networks clearly dominated by one of a sample are dropped in one pass, the
    rest is sorted by accuracy and halved recursively.

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
    given, size = arrays.columns("pareto_front", FIGURES, values)
    run = Run(_SUM, FIGURES)
    ordered = [plain.comparable(value, array) for value, array in zip(values, given)]
    marked = _marked(run, given, ordered, size)
    plain.report(run, "pareto_front", given)
    return arrays.like(values, marked, "pareto_front")


# NaN where a figure is missing.
_SUM = Kernel(lambda _, accuracy, params, macs: accuracy + params + macs, SCORE.limits)


def front(figures: list[NDArray[np.float64]]) -> Mask:
    """Mark the front of accuracy and two costs that are checked, NaN where missing."""
    return _marked(Run(_SUM, FIGURES), figures, figures, figures[0].size)


def _marked(run: Run, given: Columns, ordered: Columns, size: int) -> Mask:
    """Mark the front, unless a figure is wrong.

    Each figure keeps a dtype of its own: large integers that share a float are still told apart.
    """
    columns = [*given, *ordered]
    beaten = None
    if size > 2 * _SAMPLE:
        stride = size // _SAMPLE
        sampled = [column[::stride] if column.size > 1 else column for column in columns]
        (sample,) = plain.slices(sampled, -(-size // stride))
        if (known := _known(run, *sample)[1:])[0].size:
            beaten = _beaten_by(known)
    parts = [[np.empty(0, np.intp), *(np.atleast_1d(column)[:0] for column in ordered)]]
    for block in plain.slices(columns, size):
        networks = _known(run, *block)
        if run.wrong:
            break
        if beaten:
            for better in (1, 0):
                networks = _without(networks, beaten(better, *networks[1:]))
        parts.append(networks)
    positions, *figures = (np.concatenate(column) for column in zip(*parts))
    marked = np.zeros(size, dtype=np.bool_)
    marked[positions] = _front(*figures)
    return marked


def _known(run: Run, positions: NDArray[Any], block: Columns, mask: Mask | None) -> Columns:
    """Check a block; return positions and figures of the networks without a missing figure."""
    checked, networks = block[:3], [positions, *block[3:]]
    sums = np.empty(positions.size)
    with np.errstate(all="ignore"):
        run.block(checked, sums, sums, mask)
    missing = sums != sums
    return _without(networks, missing) if missing.any() else networks


def _without(networks: Columns, beaten: Mask) -> Columns:
    """Return positions and figures of the networks that are not beaten."""
    left = np.flatnonzero(~beaten)
    return [column[left] for column in networks]


def _beaten_by(sample: Columns) -> Callable[..., Mask]:
    """Return what marks networks that one of a sample dominates, by a table of the sample.

    Accuracy and params are rounded to steps. An entry of the table is the place of the network
    with the fewest macs among those of the sample that are on this step or a better one in both.
    A network is held against that of the next better steps and against that of its own, on which
    are those with the same figure.
    """
    accuracy, params, macs = sample
    order = np.lexsort((params, -(accuracy + 0.0), macs))
    sample = [figure[order] for figure in sample]
    scales = [_scale(figure) for figure in sample[:2]]
    # An entry that no network of the sample reaches may hold any: none is marked unseen.
    table = np.full((_STEPS + 2, _STEPS + 2), order.size - 1)
    np.minimum.at(table, (scales[0](sample[0]), scales[1](sample[1])), np.arange(order.size))
    table = np.minimum.accumulate(np.minimum.accumulate(table[::-1])[::-1], axis=1)

    def beaten(better: int, accuracy: Array, params: Array, macs: Array) -> Mask:
        places = table[scales[0](accuracy) + better, scales[1](params) - better]
        best, fewest, cheapest = (figure[places] for figure in sample)
        marked: Mask = (best >= accuracy) & (fewest <= params) & (cheapest <= macs)
        marked &= (best > accuracy) | (fewest < params) | (cheapest < macs)
        return marked

    return beaten


def _scale(sample: Array) -> Callable[[Array], NDArray[np.int64]]:
    """Return what numbers values on a coarse scale, on which no lower one has a higher number.

    The bits of a positive float, read as an integer, rise with it; the leading ones that tell
    the values of the sample apart are kept.
    """

    def bits(figure: Array) -> NDArray[np.int64]:
        return (figure + 0.0).astype(np.float64, copy=False).view(np.int64)

    least, most = int(bits(sample).min()), int(bits(sample).max())
    shift = max(0, (most - least).bit_length() - _STEPS.bit_length() + 1)
    return lambda figure: np.clip((bits(figure) >> shift) - (least >> shift), 0, _STEPS)


def _front(accuracy: NDArray[Any], params: NDArray[Any], macs: NDArray[Any]) -> Mask:
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


def _dominated(params: NDArray[Any], macs: NDArray[Any]) -> Mask:
    """Mark each network for which an earlier one has no more params and no more macs.

    The networks are halved, halves are halved, and so on; at each level all left halves are held
    against their right halves in one pass.
    """
    size = params.size
    levels = (size - 1).bit_length()
    # Padding to full halves: later than every network, and dominating none. Half the memory is
    # half the time.
    dtype = np.int32 if size < 2**30 else np.int64
    order = np.argsort(params, kind="stable")
    number = np.unique(macs, return_inverse=True)[1].reshape(-1)[order]
    place = np.arange(1 << levels, dtype=dtype)
    place[:size] = order
    cost = np.full(place.size, size, dtype)
    cost[:size] = number
    dominated = np.zeros(place.size, dtype=np.bool_)
    for level in reversed(range(levels)):
        half = 1 << level
        left = place & half == 0
        # Each pair lies below the one before, so that the minimum starts anew.
        pair = (place >> (level + 1)).astype(dtype if size * size < half << 31 else np.int64)
        low = cost - pair * (size + 1)
        least = np.minimum.accumulate(np.where(left, low, dtype(size)))
        dominated[place[~left & (least <= low)]] = True
        if 2 * np.count_nonzero(dominated[:size]) > size > _SAMPLE:
            # Most need no further comparison: the rest starts anew.
            rest = np.flatnonzero(~dominated[:size])
            dominated[rest] = _dominated(params[rest], macs[rest])
            break
        # The left half of each pair comes before its right half.
        place, cost = (
            np.stack([one[left].reshape(-1, half), one[~left].reshape(-1, half)], axis=1).ravel()
            for one in (place, cost)
        )
    return dominated[:size]
