"""How far ranks depend on the exponents: stochastic multicriteria acceptability analysis."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import arrays, checks
from netscore.arrays import plain
from netscore.arrays.blocks import Run
from netscore.checks import EXPONENTS, FIGURES, Rule
from netscore.layout import Column, Record, Table, brief, named
from netscore.metrics import NETSCORE
from netscore.order import firsts, rank
from netscore.weighted import SIZES, weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from netscore.arrays import Floats, Values
    from netscore.arrays.blocks import Array


@dataclass(frozen=True, eq=False)
class Sensitivity(Record):
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

    def __repr__(self) -> str:
        return brief(f"<Sensitivity: {len(self.best_rank)} networks, {self.draws} draws>")

    def _parts(self) -> list[Table]:
        tau = self.kendall_tau[~np.isnan(self.kendall_tau)]
        ordered = "undefined, as there is one rank"
        if tau.size:
            low, middle, high = np.quantile(tau, [0.05, 0.5, 0.95])
            ordered = f"{middle:.2f}, in 90 % of draws {low:.2f} to {high:.2f}"
        ranges = {"alpha": self.alpha, "beta": self.beta, "gamma": self.gamma}
        drawn = {
            "Draws": f"{self.draws:,}",
            "Exponents": ", ".join(f"{n} {a:g} to {b:g}" for n, (a, b) in ranges.items()),
            "Kendall's tau": ordered,
        }
        order = np.argsort(self.default_rank, kind="stable")
        figures = (self.default_rank, self.best_rank, self.median_rank, self.worst_rank)
        columns = [column[order].tolist() for column in (*figures, 100.0 * self.probability_first)]
        return [named(drawn), Table(_COLUMNS, [*zip(order.tolist(), *columns)])]


_COLUMNS = [
    *(Column(name, name, number=True) for name in ("Position", "Rank", "Best", "Median", "Worst")),
    Column("first", "First %", "{:.1f}".format, number=True),
]
_DRAWS = checks.whole("draws", "a positive whole number", 1)
_GRID = checks.whole("grid", "a whole number of at least 2", 2)
# So that no array of the record takes more than 800 MB.
_FEW_DRAWS = Rule("draws", "at most 100000000", 1, 1e8)
_FEW_POINTS = Rule("the number of points of the grid", "at most 100000000", 1, 1e8)
_FEW_NETWORKS = Rule("the number of networks", "at most 10000", 1, 1e4)
# The scores of a block fit the caches.
_BLOCK = 1 << 16
# Up to here it is quicker to hold each element against each than to sort.
_PART = 64
_PUBLISHED = (NETSCORE.alpha, *NETSCORE.exponents)


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
        As in `netscore`, but not lazy; a number stands for the same figure in every network. At
        least one network and at most 10 000.
    alpha, beta, gamma : pair of floats, default (1.0, 3.0), (0.0, 1.0) and (0.0, 1.0)
        Lowest and highest value of each exponent; the same number twice holds it fixed. The
        middle of each default range is the published value. The ranges lead from costs that do
        not count (0) to costs in full (1), where ten times the params or macs lose 20 dB, and
        include information density, the exponents (1, 1, 0).
    draws : int, default 10 000
        Number of draws, at most 100 million. A share from N draws has a standard error of at most
        0.5 / √N.
    grid : int, optional
        Use a regular grid in place of draws: this many values of each exponent, at least 2, from
        the lowest to the highest of its range (one value if the two are equal), in every
        combination, each with the same weight, at most 100 million. `draws` and `seed` are not
        used. With an odd
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
        network or too many, an end of a range is no exponent or its ends are in the wrong order,
        `draws` is not a positive whole number, `grid` is not a whole number of at least 2, either
        is too large or `seed` is negative; TypeError if one of them is of another kind, or an
        array is lazy.

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
    blocks: beyond the record itself, memory does not grow with their number. Each draw is sorted,
    and Kendall's tau-b counted by merging [3]_, in a time of n log² n. The record holds n² shares
    and a tau for each draw, in at most 800 MB each.

    References
    ----------
    .. [1] R. Lahdelma, P. Salminen, "SMAA-2: Stochastic Multicriteria Acceptability Analysis for
       Group Decision Making", Operations Research 49(3), 2001,
       doi:10.1287/opre.49.3.444.11220.
    .. [2] M. G. Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 1945,
       doi:10.1093/biomet/33.3.239.
    .. [3] W. R. Knight, "A Computer Method for Calculating Kendall's Tau with Ungrouped Data",
       Journal of the American Statistical Association 61(314), 1966,
       doi:10.1080/01621459.1966.10480879.

    Examples
    --------
    The 60 networks of the reference table: which are ever first, and how often?

    >>> import numpy as np
    >>> from netscore import load_networks, sensitivity
    >>> networks = load_networks()
    >>> result = sensitivity(networks.accuracy, networks.params, networks.macs, seed=1)
    >>> for i in np.argsort(-result.probability_first)[:3]:
    ...     print(f"{result.probability_first[i]:.2f}  {networks[i].name}")
    0.71  SqueezeNext 1.0-SqNxt-23
    0.16  CondenseNet (G=C=8)
    0.10  MobileNetV1 (1.0-128)

    Where does ResNet-50 stand at best, mostly and at worst?

    >>> i = networks.names.index("ResNet-50")
    >>> int(result.best_rank[i]), int(result.median_rank[i]), int(result.worst_rank[i])
    (26, 33, 40)

    How alike are the orders to that of the published exponents?

    >>> np.quantile(result.kendall_tau, [0.05, 0.5, 0.95]).round(2)
    array([0.8 , 0.94, 0.98])
    """
    ranges = _ranges(alpha, beta, gamma)
    lowest, highest = ranges[:, 0], ranges[:, 1]
    if grid is None:
        count = int(checks.only_numbers("sensitivity", (_DRAWS, _FEW_DRAWS), (draws, draws))[0])
        generator = _generator(seed)

        def exponents(start: int, stop: int) -> Floats:
            return lowest + (highest - lowest) * generator.random((stop - start, 3))

    else:
        points = int(*checks.only_numbers("sensitivity", (_GRID,), (grid,)))
        sizes = [1 if low == high else points for low, high in ranges]
        checks.only_numbers("sensitivity", (_FEW_POINTS,), (prod(map(float, sizes)),))
        count = prod(sizes)
        axes = [np.linspace(low, high, size) for (low, high), size in zip(ranges, sizes)]

        def exponents(start: int, stop: int) -> Floats:
            places = np.unravel_index(np.arange(start, stop), sizes)
            return np.transpose([axis[place] for axis, place in zip(axes, places)])

    values = (accuracy, params, macs)
    given, size = arrays.columns("sensitivity", FIGURES, values)
    if size == 0:
        raise ValueError("sensitivity: the arrays must hold at least one network, got none")
    checks.only_numbers("sensitivity", (_FEW_NETWORKS,), (size,))
    run = Run(NETSCORE.kernel, FIGURES)
    default = arrays.missing_as_nan(plain.over(run, values, given, (size,)))
    plain.report(run, "sensitivity", given)
    wide = np.promote_types(default.dtype, np.float64)
    figures = np.array([np.broadcast_to(np.ma.getdata(part), size) for part in given], wide)
    default_rank = rank(default)
    counts, tau = _count_ranks(figures, default, default_rank, exponents, count)
    # The first rank that at least one draw, half of them or all of them reach or better.
    reached = [np.searchsorted(np.cumsum(row), (1, count / 2, count)) for row in counts]
    best, median, worst = 1 + np.transpose(reached)
    counts /= count
    shown = counts, best, median, worst, default_rank, counts[:, 0].copy(), tau
    for array in shown:
        array.setflags(write=False)
    return Sensitivity(*shown, count, *map(tuple, ranges.tolist()))


def _ranges(*ranges: Any) -> NDArray[np.float64]:
    """Return the lowest and highest value of each exponent, or refuse what is no range."""
    checked = []
    for rule, ends in zip(EXPONENTS, ranges):
        array = arrays.real_array("sensitivity", rule.name, ends)
        if array.shape != (2,):
            checks.refuse_shape("sensitivity", rule.name, "a pair (low, high)", array.shape)
        array = arrays.missing_as_nan(array).astype(np.float64)
        plain.check_array("sensitivity", rule, array)
        if array[0] > array[1]:
            raise ValueError(
                f"sensitivity: {rule.name} must be a pair (low, high) in this order, "
                f"got ({array[0]}, {array[1]})"
            )
        checked.append(array)
    return np.array(checked)


def _generator(seed: Any) -> np.random.Generator:
    if not (seed is None or isinstance(seed, np.random.Generator)):
        number = checks.number(seed)
        if not isinstance(number, int):
            raise TypeError(
                "sensitivity: seed must be a whole number, a numpy.random.Generator or None, "
                f"got {checks.shown(seed)}"
            )
        if number < 0:
            raise ValueError(f"sensitivity: seed must be non-negative, got {number}")
    return np.random.default_rng(seed)


def _count_ranks(
    figures: Array, default: Array, default_rank: Array, exponents: Callable[..., Array], draws: int
) -> tuple[Array, Array]:
    """Count how often each network has each rank, and compare each order with the default one."""
    total = default.size
    missing = np.isnan(default)
    counts = np.zeros(total * total)
    counts[np.flatnonzero(missing) * total + default_rank[missing] - 1] = draws
    network = np.argsort(default_rank)[: total - np.count_nonzero(missing)]
    accuracy, *costs = figures[:, network]
    size = network.size
    # How many networks are better by default, which is also a name for those that are level.
    better = default_rank[network] - 1
    default_apart = better.sum()
    tau = np.empty(draws)
    step = max(1, _BLOCK // total)
    for start in range(0, draws, step):
        weights = exponents(start, min(start + step, draws))
        alpha, *others = weights.T[:, :, np.newaxis]
        with np.errstate(all="ignore"):
            scores = weighted(np, accuracy, costs, (alpha, others, SIZES, 20.0))
            # netscore() has its own way with the default exponents, and other last digits.
            scores[(weights == _PUBLISHED).all(axis=1)] = default[network]
            order = np.argsort(scores)[:, ::-1]
            higher = firsts(np.take_along_axis(scores, order, axis=1))
            entries = network[order] * total + higher
            np.add.at(counts, entries.reshape(-1), 1.0)
            names = better[order]
            level = (np.arange(size) - higher).sum(axis=1)
            balance = default_apart - level
            if level.any():
                # Those with one score in the order of the default, none before its time.
                pairs = np.sort(higher * size + names)
                balance += (np.arange(size) - firsts(pairs)).sum(axis=1)
                names = pairs % size
            balance -= 2 * _inversions(names)
            apart = size * (size - 1) // 2 - level
            tau[start : start + step] = balance / np.sqrt(default_apart * apart)
    return counts.reshape(total, total), tau


def _inversions(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Count in each row, of numbers below its length, the pairs of which the first is larger.

    Rows are cut into parts, in which each is held against each, and these are merged two by two:
    what comes from the left half counts what of the right one overtakes it.
    """
    draws, size = rows.shape
    parts = 1
    while size > _PART * parts:
        parts *= 2
    length = -(-size // parts)
    # What fills the last part is larger than all elements and overtakes none.
    filled = np.full((draws, parts * length), size, np.min_scalar_type(size))
    filled[:, :size] = rows
    across = np.ascontiguousarray(filled.reshape(draws * parts, length).T)
    count = np.zeros(draws * parts, np.intp)
    for i in range(1, length):
        count += (across[:i] > across[i]).sum(axis=0, dtype=np.uint8)
    inversions: NDArray[np.intp] = count.reshape(draws, parts).sum(axis=1)
    while parts > 1:
        # The last bit says which half an element is from; of equal ones the left comes first.
        keys = 2 * filled.reshape(-1, 2, length).astype(np.int32)
        keys[:, 1] += 1
        unmoved = length * (length - 1) // 2
        length, parts = 2 * length, parts // 2
        left = np.sort(keys.reshape(-1, length)) & 1 == 0
        inversions += (left @ np.arange(length) - unmoved).reshape(draws, parts).sum(axis=1)
    return inversions
