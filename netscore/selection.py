"""The best few of very many candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import arrays, blocks, checks, kernels
from netscore.checks import ACCURACY, ALPHA, BETA, GAMMA, MACS, PARAMS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_FIGURES = (ACCURACY, PARAMS, MACS)


def top(
    accuracy: ArrayLike,
    params: ArrayLike,
    macs: ArrayLike,
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
        As in `netscore`; a number stands for the same figure in every network.
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
        As in `netscore`; also if k is not an integer.

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
    The memory is that of a block and of about 3k positions and scores, however many networks
    there are.

    Examples
    --------
    The three best of the reference table:

    >>> from netscore import load_networks, top
    >>> table = load_networks()
    >>> figures = zip(*((n.accuracy, n.params, n.macs) for n in table))
    >>> [table[i].name for i in top(*figures, k=3)]
    ['SqueezeNext 1.0-SqNxt-23', 'CondenseNet (G=C=8)', 'MobileNetV2']
    """
    count = checks.positive_integer("top", "k", k)
    weights = checks.only_numbers("top", (ALPHA, BETA, GAMMA), (alpha, beta, gamma))
    given, size = arrays.columns("top", _FIGURES, (accuracy, params, macs))
    run = blocks.Run(kernels.score_kernel(*weights), _FIGURES)
    best = _Best(count, by_ratio=weights == (2.0, 0.5, 0.5))
    scratch = np.empty(min(blocks.BLOCK, size))
    with np.errstate(all="ignore"):
        for start, block in blocks.slices(given, size):
            floats = [arrays.missing_as_nan(part).astype(np.float64, copy=False) for part in block]
            best.offer(run, floats, start, scratch[: floats[0].size])
            if run.wrong:
                break
    arrays.report(run, "top", _FIGURES, given, stacklevel=3)
    return best.positions()


class _Best:
    """The best k of the networks offered so far."""

    def __init__(self, k: int, *, by_ratio: bool) -> None:
        self.k = k
        self.by_ratio = by_ratio
        # Of the networks so far none but the best k scores more, once there are k of them.
        self.threshold = -np.inf
        self.full = False
        self.kept = [(np.empty(0), np.empty(0, dtype=np.intp))]
        self.size = 0

    def offer(
        self, run: blocks.Run, block: list[NDArray[Any]], start: int, scratch: NDArray[Any]
    ) -> None:
        """Keep those networks of a block that may be among the best."""
        rows = None
        if self.full and self.by_ratio and run.kernel.covers(block):
            cost = np.multiply(block[1], block[2], scratch)
            if cost.max() < np.inf:
                run.ordinary = True
                rows = self.promising(block[0], cost)
                block = [values[rows] for values in block]
        scores = np.empty(block[0].size)
        if scores.size:
            run.block(block, scores, scratch[: scores.size])
        # An equal score at a later position does not enter; NaN never does.
        better = np.flatnonzero(scores > self.threshold if self.full else scores == scores)
        positions = (better if rows is None else rows[better]) + start
        self.kept.append((scores[better], positions))
        self.size += better.size
        if self.size >= (2 * self.k if self.full else self.k):
            self.shrink()

    def promising(self, accuracy: NDArray[Any], cost: NDArray[Any]) -> NDArray[np.intp]:
        """Return what may reach the threshold by a^4 / (p m), a little below to be safe."""
        least = 10.0 ** (self.threshold / 10.0) / 1e15 * (1.0 - 1e-12)
        # Most cost too much for the highest accuracy, and their own need not be looked at.
        rows = np.flatnonzero(cost <= accuracy.max() ** 4 / least)
        power = accuracy[rows]
        power *= power
        power *= power
        promising: NDArray[np.intp] = rows[power >= cost[rows] * least]
        return promising

    def shrink(self) -> None:
        """Keep the best k and set the threshold to the last of them."""
        scores = np.concatenate([scores for scores, _ in self.kept])
        positions = np.concatenate([positions for _, positions in self.kept])
        if scores.size >= self.k:
            self.threshold = np.partition(scores, scores.size - self.k)[scores.size - self.k]
            self.full = True
            above = scores > self.threshold
            level = np.flatnonzero(scores == self.threshold)
            above[level[: self.k - np.count_nonzero(above)]] = True
            scores, positions = scores[above], positions[above]
        self.kept = [(scores, positions)]
        self.size = scores.size

    def positions(self) -> NDArray[np.intp]:
        """Return the positions of the best k, best first."""
        self.shrink()
        scores, positions = self.kept[0]
        return positions[np.lexsort((positions, -scores))]
