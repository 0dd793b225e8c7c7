"""How far an answer can be trusted, and what it would take to get another one."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import partial
from math import inf, log10, nan, prod
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from netscore import arrays, checks
from netscore.checks import ACCURACY, ALPHA, BETA, GAMMA, MACS, PARAMS, Parameter
from netscore.formula import BILLION, MILLION, score_numbers
from netscore.kernels import log10_arrays_in, score_arrays, score_kernel
from netscore.ranking import rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from numpy.typing import ArrayLike, NDArray

    from netscore.formula import ContainerT, Scalar, Values

    Floats: TypeAlias = NDArray[np.floating[Any]]
    Ranges: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


class _WholeNumber(Parameter):
    """A parameter that takes whole numbers only."""

    __slots__ = ()

    def allows(self, value: Any) -> Any:
        with np.errstate(invalid="ignore"):  # an infinity has no remainder
            return super().allows(value) & (value % 1 == 0)


def _whole_number(name: str, must: str, lower: int) -> Parameter:
    return _WholeNumber(name, must, operator.ge, lower, operator.lt, inf)


_N_IMAGES = _whole_number("n_images", "a positive whole number", 1)
_CONFIDENCE = Parameter("confidence", "above 0 and below 1", operator.gt, 0.0, operator.lt, 1.0)


@overload
def netscore_interval(
    accuracy: Scalar,
    params: Scalar,
    macs: Scalar,
    *,
    n_images: Scalar,
    confidence: Scalar = ...,
    alpha: Scalar = ...,
    beta: Scalar = ...,
    gamma: Scalar = ...,
) -> tuple[float, float]: ...
@overload
def netscore_interval(
    accuracy: ContainerT,
    params: Values,
    macs: Values,
    *,
    n_images: Values,
    confidence: Values = ...,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> tuple[ContainerT, ContainerT]: ...
@overload
def netscore_interval(
    accuracy: Values,
    params: ContainerT,
    macs: Values,
    *,
    n_images: Values,
    confidence: Values = ...,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> tuple[ContainerT, ContainerT]: ...
@overload
def netscore_interval(
    accuracy: Values,
    params: Values,
    macs: ContainerT,
    *,
    n_images: Values,
    confidence: Values = ...,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> tuple[ContainerT, ContainerT]: ...
@overload
def netscore_interval(
    accuracy: ArrayLike,
    params: ArrayLike,
    macs: ArrayLike,
    *,
    n_images: ArrayLike,
    confidence: ArrayLike = ...,
    alpha: ArrayLike = ...,
    beta: ArrayLike = ...,
    gamma: ArrayLike = ...,
) -> tuple[Floats, Floats]: ...


def netscore_interval(
    accuracy: Any,
    params: Any,
    macs: Any,
    *,
    n_images: Any,
    confidence: Any = 0.95,
    alpha: Any = 2.0,
    beta: Any = 0.5,
    gamma: Any = 0.5,
) -> Any:
    r"""Confidence interval of a NetScore whose accuracy was measured on a number of test images.

    Accuracy is the share of right answers on `n_images` images, and other images would have
    given another share. The interval says how much of a score is that chance. It says nothing
    about the other sources of error: the seed of the training, the choice of the test images,
    the counting of params and macs.

    Parameters
    ----------
    accuracy, params, macs : float or array-like
        As in `netscore`. A rounded accuracy need not be a multiple of ``100 / n_images``.
    n_images : int or array-like
        Number of test images: 50 000 for the ImageNet validation set.
    confidence : float or array-like, default 0.95
        Share of such intervals that hold the true value; above 0 and below 1.
    alpha, beta, gamma : float or array-like, default 2.0, 0.5 and 0.5
        As in `netscore`.

    Returns
    -------
    low, high : float, numpy.ndarray, numpy.ma.MaskedArray or pandas.Series
        The bounds, with ``low <= netscore(accuracy, params, macs) <= high``; containers, dtype
        and missing values as in `netscore`. With accuracy 0, ``low`` is -inf and ``high`` is
        finite; with accuracy 100, ``high`` is the score itself.

    Raises
    ------
    ValueError, TypeError
        As in `netscore`; ValueError also if an `n_images` is not a positive whole number or a
        `confidence` is not between 0 and 1.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    sensitivity : How far ranks depend on the exponents.

    Notes
    -----
    For a share :math:`q` of :math:`n` images and the normal quantile :math:`z` of the
    confidence, the Wilson score interval [1]_ of the accuracy is

    .. math:: \frac{1}{1 + z^2/n}
        \left( q + \frac{z^2}{2n} \pm z \sqrt{\frac{q(1-q)}{n} + \frac{z^2}{4n^2}} \right)

    and, since the score rises with accuracy, the scores of its two ends are the ends of the
    interval of the score. Unlike :math:`q \pm z \sqrt{q(1-q)/n}`, it keeps within 0 and 100 %
    and near its nominal confidence also for small :math:`n` and extreme :math:`q` [2]_.

    Two networks whose intervals do not overlap can be told apart. The reverse does not hold:
    networks tested on the same images tend to fail on the same images, and a paired test of
    their answers can tell more of them apart.

    References
    ----------
    .. [1] E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
       Journal of the American Statistical Association 22(158), 1927,
       doi:10.1080/01621459.1927.10502953.
    .. [2] R. G. Newcombe, "Two-sided Confidence Intervals for the Single Proportion: Comparison
       of Seven Methods", Statistics in Medicine 17(8), 1998,
       doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E.

    Examples
    --------
    MobileNetV2 on the 50 000 validation images of ImageNet, and on 1000 images:

    >>> from netscore import find_network, netscore_interval
    >>> network = find_network("MobileNetV2")
    >>> figures = network.accuracy, network.params, network.macs
    >>> low, high = netscore_interval(*figures, n_images=50_000)
    >>> print(f"{low:.2f} to {high:.2f}")
    74.11 to 74.30
    >>> low, high = netscore_interval(*figures, n_images=1000)
    >>> print(f"{low:.2f} to {high:.2f}")
    73.50 to 74.85

    Of the 59 pairs of neighbours by NetScore in the reference table, those that 50 000 images
    can tell apart:

    >>> from netscore import load_networks
    >>> networks = sorted(load_networks(), key=lambda network: -network.netscore)
    >>> low, high = netscore_interval(
    ...     [network.accuracy for network in networks],
    ...     [network.params for network in networks],
    ...     [network.macs for network in networks],
    ...     n_images=50_000,
    ... )
    >>> int((low[:-1] > high[1:]).sum())
    42
    """
    values = (accuracy, params, macs, n_images, confidence, alpha, beta, gamma)
    plain = checks.numbers("netscore_interval", _INTERVAL, values)
    if plain is None:
        function = "netscore_interval"
        return (
            arrays.evaluate(function, partial(_score_of_end, 0), _INTERVAL, values),
            arrays.evaluate(function, partial(_score_of_end, 1), _UNDOUBTED, values),
        )
    accuracy, params, macs, n_images, confidence, *exponents = plain
    ends = _wilson(*map(np.float64, (accuracy, n_images, confidence)))
    low, high = (score_numbers(float(end), params, macs, *exponents) for end in ends)
    return low, high


_FIGURES = (ACCURACY, PARAMS, MACS)
_EXPONENTS = (ALPHA, BETA, GAMMA)
_INTERVAL = (*_FIGURES, _N_IMAGES, _CONFIDENCE, *_EXPONENTS)
# The same for the second of two evaluations, the first of which has voiced the doubts.
_UNDOUBTED = tuple(
    Parameter(p.name, p.must, p.at_least, p.lower, p.at_most, p.upper, missing=p.missing)
    for p in _INTERVAL
)


def _score_of_end(
    end: int,
    accuracy: NDArray[Any],
    params: NDArray[Any],
    macs: NDArray[Any],
    n_images: NDArray[Any],
    confidence: NDArray[Any],
    *exponents: NDArray[Any],
) -> NDArray[Any]:
    return score_arrays(_wilson(accuracy, n_images, confidence)[end], params, macs, *exponents)


def _wilson(
    accuracy: NDArray[Any], n_images: NDArray[Any], confidence: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the two ends of the Wilson score interval, in percent.

    They are the roots of a quadratic equation; no difference is taken of numbers that may be
    close to each other, so that both have all their digits.
    """
    from statistics import NormalDist

    # Tails of the lower end, because those of the upper one would round to 1.
    tails, places = np.unique((1.0 - confidence) / 2.0, return_inverse=True)
    quantiles = np.array([NormalDist().inv_cdf(tail) for tail in tails.tolist()])
    quantile = quantiles[places].reshape(np.shape(confidence))
    spread = 100.0 * quantile * quantile / n_images
    total = 2.0 * accuracy + spread
    root = np.sqrt(spread * (0.04 * accuracy * (100.0 - accuracy) + spread))
    with np.errstate(invalid="ignore"):  # 0 / 0 without right answers and without spread
        low = np.minimum(accuracy, accuracy * (2.0 * accuracy / (total + root)))
    high = np.maximum(accuracy, (total + root) / (2.0 + 0.02 * spread))
    return np.where(accuracy == 0.0, 0.0, low), np.minimum(high, 100.0)


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How the ranks of networks vary with the exponents; the result of `sensitivity`.

    The arrays are read-only and in the order of the networks given; n is their number. Networks
    with equal scores share the better rank, as in `rank`.

    Attributes
    ----------
    acceptability : numpy.ndarray of float, shape (n, n)
        Rank acceptability indices: entry ``[i, r]`` is the share of draws in which network i
        has rank r + 1. Every row sums to 1; a column does so where no ranks are shared.
    best_rank, worst_rank : numpy.ndarray of int, shape (n,)
        The best and the worst rank of each network in any draw.
    median_rank : numpy.ndarray of int, shape (n,)
        The lower median of the ranks of each network: the smallest rank that is reached or
        bettered in at least half of the draws.
    default_rank : numpy.ndarray of int, shape (n,)
        The rank of each network with the default exponents 2.0, 0.5 and 0.5.
    probability_first : numpy.ndarray of float, shape (n,)
        Share of draws in which each network has rank 1.
    kendall_tau : numpy.ndarray of float, shape (draws,)
        Kendall's tau-b between the order of each draw and that of the default exponents: 1 for
        the same order, -1 for the reverse. Networks with a missing figure are left out of it.
        NaN where it is undefined: if either order ranks all networks equal, or there are fewer
        than two.
    draws : int
        Number of draws, or of points of the grid.
    alpha, beta, gamma : tuple of two floats
        The ranges of the exponents.
    """

    acceptability: NDArray[np.float64]
    best_rank: NDArray[np.intp]
    median_rank: NDArray[np.intp]
    worst_rank: NDArray[np.intp]
    default_rank: NDArray[np.intp]
    probability_first: NDArray[np.float64]
    kendall_tau: NDArray[np.float64]
    draws: int
    alpha: tuple[float, float]
    beta: tuple[float, float]
    gamma: tuple[float, float]


_DRAWS = _whole_number("draws", "a positive whole number", 1)
_GRID = _whole_number("grid", "a whole number of at least 2", 2)
# The scores of a block fit the caches.
_BLOCK = 1 << 16
_PUBLISHED = (2.0, 0.5, 0.5)


def sensitivity(
    accuracy: Values,
    params: Values,
    macs: Values,
    *,
    alpha: Sequence[float] = (1.0, 3.0),
    beta: Sequence[float] = (0.0, 1.0),
    gamma: Sequence[float] = (0.0, 1.0),
    draws: int = 10_000,
    grid: int | None = None,
    seed: int | np.random.Generator | None = None,
) -> Sensitivity:
    r"""How far the ranks of networks depend on the exponents of NetScore.

    The exponents are a choice. Here they are drawn many times, uniformly and independently from
    the given ranges, and the networks are ranked with each draw: a rank that hardly moves is
    owed to the networks, a rank that moves far is owed to the exponents.

    Parameters
    ----------
    accuracy, params, macs : array-like of shape (n,)
        As in `netscore`; a number stands for the same figure in every network. At least one
        network.
    alpha, beta, gamma : pair of floats, default (1.0, 3.0), (0.0, 1.0) and (0.0, 1.0)
        Lowest and highest value of each exponent; the same number twice holds it fixed. The
        middle of each default range is the published value. The ranges lead from costs that do
        not count (0) to costs in full (1), where ten times the params or macs lose 20 dB, and
        include information density, the exponents (1, 1, 0).
    draws : int, default 10 000
        Number of draws. A share from N draws has a standard error of at most 0.5 / √N.
    grid : int, optional
        Use a regular grid in place of draws: this many values of each exponent, at least 2, from
        the lowest to the highest of its range (one value if the two are equal), in every
        combination, each with the same weight. `draws` and `seed` are not used. With an odd
        number the default exponents are a point of the grid over the default ranges.
    seed : int or numpy.random.Generator, optional
        Seed of the draws, or the generator to draw from, which advances. The same seed gives the
        same result; without one every call draws anew. NumPy's global state is never used.

    Returns
    -------
    Sensitivity
        A frozen record. Entries of ``kendall_tau`` are in the order of the draws or, on a grid,
        with gamma running fastest and alpha slowest.

    Raises
    ------
    ValueError, TypeError
        As in `netscore`; ValueError also if the arrays are not one-dimensional or hold no
        network, a range has a negative, infinite or missing end or its ends in the wrong order,
        `draws` is not a positive whole number, `grid` is not a whole number of at least 2 or
        `seed` is negative; TypeError if one of them is of another kind.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    pareto_front : Which networks can be first at all.
    netscore_interval : How far a score depends on the test images.

    Notes
    -----
    This is stochastic multicriteria acceptability analysis, SMAA-2 [1]_, with the logarithms of
    the figures as criteria, uniform distributions of the exponents as weights, and figures that
    are taken as exact. Kendall's tau-b allows for equal ranks [2]_: with :math:`C` pairs of
    networks in the same order, :math:`D` in the reverse order, and :math:`S` and :math:`S_0` pairs
    told apart by the draw and by the default exponents, it is :math:`(C - D) / \sqrt{S S_0}`.

    Scores are computed as in `netscore` and compared in double precision or more. A network with
    a missing (NaN or masked) figure ranks last in every draw. The draws are worked through in
    blocks: beyond the record itself, memory does not grow with their number. Time grows with
    draws · n².

    References
    ----------
    .. [1] R. Lahdelma, P. Salminen, "SMAA-2: Stochastic Multicriteria Acceptability Analysis for
       Group Decision Making", Operations Research 49(3), 2001,
       doi:10.1287/opre.49.3.444.11220.
    .. [2] M. G. Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 1945,
       doi:10.1093/biomet/33.3.239.

    Examples
    --------
    The 60 networks of the reference table: which are ever first, and how often?

    >>> import numpy as np
    >>> from netscore import load_networks, sensitivity
    >>> networks = load_networks()
    >>> table = {
    ...     "accuracy": [network.accuracy for network in networks],
    ...     "params": [network.params for network in networks],
    ...     "macs": [network.macs for network in networks],
    ... }
    >>> result = sensitivity(**table, seed=1)
    >>> for i in np.argsort(-result.probability_first)[:3]:
    ...     print(f"{result.probability_first[i]:.2f}  {networks[i].name}")
    0.71  SqueezeNext 1.0-SqNxt-23
    0.16  CondenseNet (G=C=8)
    0.10  MobileNetV1 (1.0-128)

    Where does ResNet-50 stand at best, mostly and at worst?

    >>> i = [network.name for network in networks].index("ResNet-50")
    >>> int(result.best_rank[i]), int(result.median_rank[i]), int(result.worst_rank[i])
    (26, 33, 40)

    How alike are the orders to that of the published exponents?

    >>> np.quantile(result.kendall_tau, [0.05, 0.5, 0.95]).round(2)
    array([0.8 , 0.94, 0.98])
    """
    lowest, highest = _ranges(alpha, beta, gamma)
    if grid is None:
        count = int(*checks.only_numbers("sensitivity", [_DRAWS], [draws]))
        source = partial(_drawn, lowest, highest, count, _generator(seed))
    else:
        points = int(*checks.only_numbers("sensitivity", [_GRID], [grid]))
        sizes = [1 if low == high else points for low, high in zip(lowest, highest)]
        count = prod(sizes)
        source = partial(_on_grid, lowest, highest, sizes)
    values = (accuracy, params, macs)
    given, shape = arrays.real_arrays("sensitivity", _FIGURES, values)
    if len(shape) != 1:
        checks.refuse_shape("sensitivity", "the arrays", "one-dimensional", shape)
    if shape == (0,):
        raise ValueError("sensitivity: the arrays must hold at least one network, got none")
    scores = arrays.evaluate("sensitivity", score_kernel(*_PUBLISHED), _FIGURES, values)
    default = arrays.missing_as_nan(arrays.real_array("sensitivity", "score", scores))
    dtype = np.promote_types(arrays.floating_dtype(values, given), np.float64)
    figures = np.array([np.broadcast_to(figure, shape) for figure in given], dtype)
    default_rank = rank(default)
    counts, tau = _count_ranks(figures, default, default_rank, source, count)
    shares = counts / count
    reached = np.cumsum(counts, axis=1)
    result = Sensitivity(
        acceptability=shares,
        best_rank=1 + np.argmax(counts > 0, axis=1),
        median_rank=1 + np.argmax(2 * reached >= count, axis=1),
        worst_rank=1 + np.argmax(reached == count, axis=1),
        default_rank=default_rank,
        probability_first=shares[:, 0],
        kendall_tau=tau,
        draws=count,
        alpha=(float(lowest[0]), float(highest[0])),
        beta=(float(lowest[1]), float(highest[1])),
        gamma=(float(lowest[2]), float(highest[2])),
    )
    for value in vars(result).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return result


def _ranges(*ranges: Any) -> Ranges:
    """Return the lowest and the highest exponents, or refuse what is no range."""
    checked = []
    for parameter, ends in zip((ALPHA, BETA, GAMMA), ranges):
        array = arrays.real_array("sensitivity", parameter.name, ends)
        if array.shape != (2,):
            checks.refuse_shape("sensitivity", parameter.name, "a pair (low, high)", array.shape)
        array = arrays.missing_as_nan(array).astype(np.float64)
        arrays.check_array("sensitivity", parameter, array)
        low, high = array
        if low > high:
            raise ValueError(
                f"sensitivity: {parameter.name} must be a pair (low, high) in this order, "
                f"got ({low}, {high})"
            )
        checked.append(array)
    lowest, highest = np.array(checked).T
    return lowest, highest


def _generator(seed: object) -> np.random.Generator:
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    number = checks.number(seed)
    if not isinstance(number, int):
        raise TypeError(
            "sensitivity: seed must be a whole number, a numpy.random.Generator or None, "
            f"got {checks.shown(seed)}"
        )
    if number < 0:
        raise ValueError(f"sensitivity: seed must be non-negative, got {number}")
    return np.random.default_rng(number)


def _drawn(
    lowest: NDArray[Any], highest: NDArray[Any], count: int, source: np.random.Generator, size: int
) -> Iterator[NDArray[Any]]:
    """Yield blocks of drawn exponents, in the same sequence whatever the size of the blocks."""
    for start in range(0, count, size):
        shares = source.random((min(size, count - start), 3))
        yield (lowest + (highest - lowest) * shares).T


def _on_grid(
    lowest: NDArray[Any], highest: NDArray[Any], sizes: list[int], size: int
) -> Iterator[NDArray[Any]]:
    """Yield blocks of the exponents of a regular grid, the last exponent running fastest."""
    axes = [np.linspace(*ends) for ends in zip(lowest, highest, sizes)]
    count = prod(sizes)
    for start in range(0, count, size):
        places = np.unravel_index(np.arange(start, min(start + size, count)), sizes)
        yield np.array([axis[place] for axis, place in zip(axes, places)])


def _count_ranks(
    figures: NDArray[Any],
    default: NDArray[Any],
    default_rank: NDArray[np.intp],
    source: Callable[[int], Iterator[NDArray[Any]]],
    draws: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count how often each network has each rank, and compare each order with the default one.

    For each network the networks with higher scores are counted. Their number gives its rank;
    those before it in the default order agree with that order, those after it contradict it.
    """
    total = default.size
    missing = np.isnan(default)
    counts = np.zeros((total, total), dtype=np.int64)
    counts[missing, default_rank[missing] - 1] = draws
    order = np.argsort(default_rank)[: total - np.count_nonzero(missing)]
    accuracy, params, macs = figures[:, order, np.newaxis]
    before = default_rank[order] - 1
    until = np.searchsorted(before, before, side="right")
    default_apart = before.sum()
    small = np.min_scalar_type(total)
    tau = np.empty(draws)
    done = 0
    for exponents in source(max(1, _BLOCK // total)):
        balance, apart = np.zeros((2, exponents.shape[1]), dtype=np.int64)
        with np.errstate(all="ignore"):
            scores = score_arrays(accuracy, params, macs, *exponents)
            # netscore() has its own way with the default exponents, and other last digits.
            published = (exponents.T == _PUBLISHED).all(axis=1)
            scores[:, published] = default[order, np.newaxis]
            for place, network in enumerate(order):
                higher = scores > scores[place]
                agree, level, contradict = (
                    part.sum(axis=0, dtype=small)
                    for part in np.split(higher, (before[place], until[place]))
                )
                ahead = agree + level + contradict
                counts[network] += np.bincount(ahead, minlength=total)
                balance += agree
                balance -= contradict
                apart += ahead
            tau[done : done + balance.size] = balance / np.sqrt(default_apart * apart)
        done += balance.size
    return counts, tau


_SCORE = Parameter("score", "a real number", operator.ge, -inf, operator.le, inf, missing=True)
_UNITS = (1.0, MILLION, BILLION)
_SIGNS = (1.0, -1.0, -1.0)
_EPSILON = 2.0**-52


@overload
def solve(
    score: Scalar,
    *,
    accuracy: Scalar | None = ...,
    params: Scalar | None = ...,
    macs: Scalar | None = ...,
    alpha: Scalar = ...,
    beta: Scalar = ...,
    gamma: Scalar = ...,
) -> float: ...
@overload
def solve(
    score: ContainerT,
    *,
    accuracy: Values | None = ...,
    params: Values | None = ...,
    macs: Values | None = ...,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> ContainerT: ...
@overload
def solve(
    score: Values,
    *,
    accuracy: ContainerT,
    params: Values | None = ...,
    macs: Values | None = ...,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> ContainerT: ...
@overload
def solve(
    score: Values,
    *,
    accuracy: Values | None = ...,
    params: ContainerT,
    macs: Values | None = ...,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> ContainerT: ...
@overload
def solve(
    score: Values,
    *,
    accuracy: Values | None = ...,
    params: Values | None = ...,
    macs: ContainerT,
    alpha: Values = ...,
    beta: Values = ...,
    gamma: Values = ...,
) -> ContainerT: ...
@overload
def solve(
    score: ArrayLike,
    *,
    accuracy: ArrayLike | None = ...,
    params: ArrayLike | None = ...,
    macs: ArrayLike | None = ...,
    alpha: ArrayLike = ...,
    beta: ArrayLike = ...,
    gamma: ArrayLike = ...,
) -> Floats: ...


def solve(
    score: Any,
    *,
    accuracy: Any = None,
    params: Any = None,
    macs: Any = None,
    alpha: Any = 2.0,
    beta: Any = 0.5,
    gamma: Any = 0.5,
) -> Any:
    r"""Solve NetScore for the one of accuracy, params and macs that is not given.

    Given two of the three, it returns the value of the third at which the network has that score.
    Fewer params or macs, or more accuracy, give a higher one.

    Parameters
    ----------
    score : float or array-like
        The score to reach.
    accuracy, params, macs : float or array-like, optional
        Exactly two of the three, as in `netscore`.
    alpha, beta, gamma : float or array-like, default 2.0, 0.5 and 0.5
        As in `netscore`; that of the figure wanted must be positive.

    Returns
    -------
    float, numpy.ndarray, numpy.ma.MaskedArray or pandas.Series
        The figure wanted, in the unit of `netscore`: percent or a count, which need not be
        whole. Containers, dtype and missing values as in `netscore`, NaN in `score` included. A
        count that is too large for a float is inf, one that is too small is 0.

        A score out of reach gives NaN in an array and an error as a number. Out of reach are
        scores that take an accuracy above 100, an infinite score (but -inf is that of accuracy
        0) and, with accuracy 0 given, every score.

    Raises
    ------
    ValueError
        As in `netscore`; also if the exponent of the figure wanted is 0, so that the score does
        not depend on it, or if all arguments are numbers and the score is out of reach.
    TypeError
        As in `netscore`; also if not exactly two of accuracy, params and macs are given.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    compare : What a network lacks for the next place.

    Notes
    -----
    With the symbols of `netscore`,

    .. math::
        a = \left( 10^{\Omega / 20} p^\beta m^\gamma \right)^{1 / \alpha}, \quad
        p = \left( \frac{a^\alpha}{10^{\Omega / 20} m^\gamma} \right)^{1 / \beta}, \quad
        m = \left( \frac{a^\alpha}{10^{\Omega / 20} p^\beta} \right)^{1 / \gamma},

    computed in logarithms. The score of a solution above 1e-300 differs from `score` by at most
    16 units in the last place of the largest term of the formula, the score and 20 times the
    exponent of the figure wanted being counted as terms. An accuracy that exceeds 100 by no more
    than such rounding is 100.

    Examples
    --------
    How many multiply-accumulates may a network of 75 % with 5 million parameters cost, if it is
    to match MobileNetV2?

    >>> from netscore import find_network, solve
    >>> score = find_network("MobileNetV2").netscore
    >>> round(solve(score, accuracy=75.0, params=5e6) / 1e6)
    240

    How accurate would ResNet-50, VGG-16 and AlexNet have to be for 50 dB? VGG-16 cannot be:

    >>> networks = [find_network(name) for name in ("ResNet-50", "VGG-16", "AlexNet")]
    >>> params = [network.params for network in networks]
    >>> macs = [network.macs for network in networks]
    >>> solve(50.0, params=params, macs=macs).round(1)
    array([55.8,  nan, 45.6])
    >>> solve(50.0, params=params[1], macs=macs[1])
    Traceback (most recent call last):
        ...
    ValueError: solve: score must be attainable with params 138000000 and macs 15300000000, got 50.0
    """
    figures = (accuracy, params, macs)
    given = [p.name for p, figure in zip(_FIGURES, figures) if figure is not None]
    if len(given) != 2:
        raise TypeError(
            "solve: exactly two of accuracy, params and macs must be given, "
            f"got {', '.join(given) or 'none'}"
        )
    wanted = next(place for place, figure in enumerate(figures) if figure is None)
    parameters = _SOLVE[wanted]
    known = [figure for figure in figures if figure is not None]
    values = (score, *known, alpha, beta, gamma)
    plain = checks.numbers("solve", parameters, values)
    if plain is None:
        return arrays.evaluate("solve", partial(_solve, wanted), parameters, values)
    with np.errstate(all="ignore"):
        solution = float(_solve(wanted, *map(np.float64, plain)))
    if solution != solution and not any(value != value for value in plain):
        beside = " and ".join(f"{name} {value}" for name, value in zip(given, plain[1:]))
        raise ValueError(f"solve: score must be attainable with {beside}, got {plain[0]}")
    return solution


def _solve_parameters(wanted: int) -> tuple[Parameter, ...]:
    """Return the parameters of solve() where that figure is the one wanted."""
    known = [figure for figure in _FIGURES if figure is not _FIGURES[wanted]]
    exponents = list(_EXPONENTS)
    exponents[wanted] = Parameter(
        _EXPONENTS[wanted].name,
        f"positive and finite to solve for {_FIGURES[wanted].name}",
        operator.gt,
        0.0,
        operator.lt,
        inf,
    )
    return (_SCORE, *known, *exponents)


_SOLVE = tuple(map(_solve_parameters, range(3)))


def _solve(wanted: int, score: NDArray[Any], *values: NDArray[Any]) -> NDArray[Any]:
    """Compute the wanted figure from the checked values of the two others and the exponents."""
    figures: list[Any] = list(values[:2])
    figures.insert(wanted, None)
    exponents = values[2:]
    # Powers of two, taken out and put back, keep the terms in range and change no digit.
    shift = np.frexp(np.maximum(np.maximum(*exponents[:2]), exponents[2]))[1]
    rest = np.ldexp(score / 20.0, -shift)
    size = abs(rest)
    for place, (figure, exponent) in enumerate(zip(figures, exponents)):
        if place != wanted:
            log = log10_arrays_in(_UNITS[place], figure)
            # 0 to the power 0 is 1.
            term = np.where(exponent == 0.0, 0.0, np.ldexp(exponent, -shift) * log)
            rest = rest - _SIGNS[place] * term
            size = size + abs(term)
    mantissa, power = np.frexp(exponents[wanted])
    log = np.ldexp(_SIGNS[wanted] * rest / mantissa, shift - power)
    if wanted == 0:
        error = np.ldexp(8.0 * _EPSILON * size / mantissa, shift - power)
        log = np.where((log > 2.0) & (log <= 2.0 + error) & (log < inf), 2.0, log)
        return np.where(log > 2.0, nan, 10.0**log)
    unit = _UNITS[wanted]
    # A power that would lose digits by itself is taken together with the unit.
    count = np.where(log < -290.0, 10.0 ** (log + log10(unit)), unit * 10.0**log)
    return np.where(np.isinf(score) | ((figures[0] == 0.0) & (exponents[0] > 0.0)), nan, count)
