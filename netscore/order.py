"""Where networks stand among each other: the rank of each, and the best few of very many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from netscore import arrays, checks
from netscore.arrays import plain
from netscore.arrays.blocks import Run
from netscore.checks import EXPONENTS, FIGURES
from netscore.metrics import NETSCORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from netscore.arrays import ContainerT, Plain, Values
    from netscore.arrays.blocks import Array


@overload
def rank(scores: Plain) -> NDArray[np.intp]: ...
@overload
def rank(scores: ContainerT) -> ContainerT: ...


def rank(scores: Any) -> Any:
    """Rank scores: 1 is the highest, ties share the better rank, NaN comes last.

    Parameters
    ----------
    scores : array-like of shape (n,)
        Scores of any kind of which more is better. -inf is a score, the lowest one.

    Returns
    -------
    numpy.ndarray of int or the container of the scores
        The rank of each score: one more than the number of higher scores. Every NaN, and every
        masked score, has the rank after that of the last score. Scores in a container of pandas,
        polars, pyarrow, xarray, CuPy, JAX or PyTorch give one of its kind, with its index or
        labels.

    Raises
    ------
    ValueError
        If `scores` is not one-dimensional.
    TypeError
        If `scores` is no array of real numbers, or lazy (a polars expression, dask).

    See Also
    --------
    top : The best few of very many, without a rank for each.

    Notes
    -----
    Integers of up to 64 bits, and those of Python below 1e308, are compared as integers; longer
    ones of other libraries, and decimals, as floats.

    Examples
    --------
    >>> from netscore import netscore, rank
    >>> rank(netscore([72.0, 75.3, 71.5], [3.4e6, 25.6e6, 138e6], [300e6, 3.8e9, 15.3e9]))
    array([1, 2, 3])
    >>> rank([74.2, float("nan"), 74.2, 55.2])
    array([1, 4, 1, 3])
    """
    array = arrays.real_array("rank", "scores", scores)
    if array.ndim != 1:
        checks.refuse_shape("rank", "scores", "one-dimensional", array.shape)
    values = plain.comparable(scores, array)
    known = np.flatnonzero((values == values) & ~np.ma.getmaskarray(array))
    order = known[np.argsort(values[known])[::-1]]
    ranks = np.full(values.size, 1 + order.size)
    ranks[order] = 1 + firsts(values[order])
    return arrays.like([scores], ranks, "rank")


def firsts(ordered: NDArray[Any]) -> NDArray[np.intp]:
    """Return for each element of a sorted row, or of each of several, the first place like it."""
    size = ordered.shape[-1]
    starts = np.ones(ordered.shape, dtype=np.bool_)
    np.not_equal(ordered[..., 1:], ordered[..., :-1], starts[..., 1:])
    if starts.all():
        return np.broadcast_to(np.arange(size), ordered.shape)
    flat = np.flatnonzero(starts)
    return np.repeat(flat % size, np.diff(flat, append=starts.size)).reshape(ordered.shape)


def top(
    accuracy: Values,
    params: Values,
    macs: Values,
    k: int,
    *,
    alpha: float = 2.0,
    beta: float = 0.5,
    gamma: float = 0.5,
) -> NDArray[np.intp]:
    """Find the k networks with the highest NetScore, best first.

    The answer is that of scoring all networks and sorting the scores, without the memory for
    either and, under the default exponents, without a logarithm for a network that is not among
    the best.

    Parameters
    ----------
    accuracy, params, macs : array-like of shape (n,)
        As in `netscore`, but not lazy; a number stands for the same figure in every network.
    k : int
        How many networks to return; positive.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        Exponents of the score, as in `netscore`.

    Returns
    -------
    numpy.ndarray of int
        The positions of the best k networks in descending order of their scores, equal scores
        in the order of their positions. Fewer than k if fewer networks have a score; a missing
        (NaN or masked) figure gives none.

    Raises
    ------
    ValueError
        As in `netscore`; also if the arrays are not one-dimensional or k is not positive.
    TypeError
        As in `netscore`; also if k is not an integer, or an array is lazy.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    rank : The rank of every score.
    pareto_front : The best networks whatever the exponents.

    Notes
    -----
    The scores are those of `netscore` in their dtype: those of float32 figures are rounded to
    float32, and may be equal there.

    The memory is that of a block and of about 3k positions and scores, however many networks
    there are.

    Examples
    --------
    The three best of the reference table:

    >>> from netscore import load_networks, top
    >>> networks = load_networks()
    >>> best = top(networks.accuracy, networks.params, networks.macs, k=3)
    >>> [networks[i].name for i in best]
    ['SqueezeNext 1.0-SqNxt-23', 'CondenseNet (G=C=8)', 'MobileNetV2']
    """
    count = checks.positive_integer("top", "k", k)
    weights = checks.only_numbers("top", EXPONENTS, (alpha, beta, gamma))
    values = (accuracy, params, macs)
    given, size = arrays.columns("top", FIGURES, values)
    dtype = plain.floating_dtype(values, given)
    wide = np.promote_types(dtype, np.float64)
    kernel = NETSCORE.weighing(*weights).kernel
    run = Run(kernel, FIGURES)
    scores, places = np.empty(0, dtype), np.empty(0, np.intp)
    # Of the networks so far only the first k score as much, once there are k of them.
    threshold: Any = None
    with np.errstate(all="ignore"):
        for rows, block, mask in plain.slices(given, size):
            block = [part.astype(wide, copy=False) for part in block]
            filtered = mask is None and threshold not in (None, -np.inf) and kernel.is_ratio
            if filtered and kernel.covers(block):
                run.weigh(block)
                few = _promising(block, float(threshold))
                rows, block = rows[few], [part[few] for part in block]
            found = np.empty(rows.size, wide)
            if rows.size:
                run.block(block, found, np.empty_like(found), mask)
            if run.wrong:
                break
            found = found.astype(dtype, copy=False)
            # An equal score at a later position does not enter; NaN never does.
            enters = found == found if threshold is None else found > threshold
            scores = np.append(scores, found[enters])
            places = np.append(places, rows[enters])
            if scores.size >= (count if threshold is None else 2 * count):
                # Of equal ones the first stay.
                best = np.flatnonzero(scores >= np.partition(scores, -count)[-count])
                best = best[np.argsort(-scores[best], kind="stable")[:count]]
                scores, places = scores[best], places[best]
                threshold = scores[-1]
    plain.report(run, "top", given)
    return places[np.argsort(-scores, kind="stable")[:count]]


def _promising(block: list[Array], threshold: float) -> Any:
    """Return the rows that may reach the threshold by a^4 / (p m), a little below to be safe."""
    accuracy, params, macs = block
    cost = params * macs
    # At 100 % and one parameter; any other network may cost in proportion to a^4.
    most = NETSCORE.figure(threshold, (100.0, 1.0, None)) * (1e-8 + 1e-17)
    # Most cost too much for the highest accuracy, and their own need not be looked at.
    rows = np.flatnonzero(cost <= accuracy.max() ** 4 * most)
    return rows[cost[rows] <= np.square(np.square(accuracy[rows])) * most]
