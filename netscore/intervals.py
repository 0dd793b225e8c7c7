"""How far a score can be trusted that was measured on a number of test images."""

from __future__ import annotations

import sys
from functools import partial
from itertools import islice
from math import nan, pi, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from netscore import checks
from netscore.checks import EXPONENTS, FIGURES, Rule
from netscore.formula import weighing
from netscore.layout import PAGE, Column, Record, Table, brief, lines
from netscore.weighted import SIZES, Numbers, of_numbers

if TYPE_CHECKING:
    from netscore.arrays import Values, Weighted


class Interval(Record, NamedTuple("Bounds", [("low", Any), ("high", Any)])):
    """The bounds of a confidence interval: numbers, arrays or containers of one kind.

    A tuple of two, ``low`` and ``high``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return brief(f"Interval(low={self.low!r}, high={self.high!r})")

    def _parts(self) -> list[Table]:
        if isinstance(self.low, float):
            return [lines(f"{self.low:.2f} to {self.high:.2f}")]
        try:
            rows = [[*map(_bound, ends)] for ends in islice(zip(*self), PAGE.rows)]
            return [Table(_COLUMNS, rows, len(self.low) - len(rows))]
        except (TypeError, ValueError):  # rows of rows, or not computed yet
            return [lines(repr(self))]


def _bound(end: Any) -> float | None:
    """Return a bound that a container has, nothing where it is missing."""
    return None if str(end) in ("None", "<NA>", "--") else float(end)


_COLUMNS = [Column(end, end.title(), "{:.2f}".format, number=True) for end in Interval._fields]


_MEASURED = (*FIGURES, checks.whole("n_images", "a positive whole number", 1))
_CONFIDENCE = Rule("confidence", "above 0 and below 1", 0.0, 1.0, "neither")
_RULES = (*_MEASURED, _CONFIDENCE, *EXPONENTS)


def netscore_interval(
    accuracy: Values,
    params: Values,
    macs: Values,
    *,
    n_images: Values,
    confidence: Values = 0.95,
    alpha: Values = 2.0,
    beta: Values = 0.5,
    gamma: Values = 0.5,
) -> Interval:
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
    Interval
        A tuple ``(low, high)`` of the bounds, with
        ``low <= netscore(accuracy, params, macs) <= high``, but for the rounding of a narrower
        dtype; containers, dtype and missing values as in `netscore`. With accuracy 0, ``low`` is
        -inf and ``high`` is finite; with accuracy 100, ``high`` is the score itself.

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
    >>> networks = load_networks()
    >>> figures = networks.accuracy, networks.params, networks.macs
    >>> low, high = netscore_interval(*figures, n_images=50_000)
    >>> order = (-networks.netscore).argsort()
    >>> int((low[order[:-1]] > high[order[1:]]).sum())
    42
    """
    measured, exponents = (accuracy, params, macs, n_images), (alpha, beta, gamma)
    plain = checks.numbers("netscore_interval", _RULES, (*measured, confidence, *exponents))
    if plain is not None:
        a, p, m, n, level, *weights = plain
        convention = weights[0], tuple(weights[1:]), SIZES, 20.0
        ends = wilson(Numbers, a, n, quantile(level))
        return Interval(*(of_numbers(end, (p, m), convention) for end in ends))
    from netscore.arrays import Kernel, evaluate

    score, arrayed = weighing("netscore_interval", exponents)
    z = None
    if checks.number(confidence) is None:
        arrayed = {_CONFIDENCE: confidence, **arrayed}
    else:  # as an exponent, a number is put into the formula
        z = quantile(*checks.only_numbers("netscore_interval", (_CONFIDENCE,), (confidence,)))
    kernels = [Kernel(partial(_score_of_end, end, score, z)) for end in range(2)]
    kernels[0].label, kernels[1].label = "netscore_low", "netscore_high"
    rules, values = (*_MEASURED, *arrayed), (*measured, *arrayed.values())
    return Interval(*evaluate("netscore_interval", kernels, rules, values))


def _score_of_end(
    end: int, score: Weighted, z: Any, xp: Any, a: Any, p: Any, m: Any, n: Any, *arrayed: Any
) -> Any:
    """Compute one end as `netscore` computes the score of its accuracy."""
    import numpy as np

    from netscore.arrays.blocks import Run

    if z is None:
        confidence, arrayed = arrayed[0], arrayed[1:]
        given = np.asarray(getattr(confidence, "tolist", lambda: confidence)())
        levels, places = np.unique(given, return_inverse=True)
        z = np.array([*map(quantile, levels.tolist())])[places].reshape(given.shape)
        z = z if xp is np else xp.asarray(z, device=confidence.device)
    bound = wilson(xp, a, n, z)[end]
    if xp is not np:
        return score.formula(xp, bound, p, m, *arrayed)
    # The quick form may end between the two, and differ from the exact one in the last digit.
    ends = np.empty((2, a.size), a.dtype)
    Run(score, ()).over((np.stack([bound, a]), p, m, *arrayed), ends, a.dtype, 1)
    return ends.max(axis=0) if end else ends.min(axis=0)


def wilson(xp: Any, accuracy: Any, n_images: Any, quantile: Any) -> tuple[Any, Any]:
    """Return the two ends of the Wilson score interval, in percent.

    They are the roots of a quadratic equation; no difference is taken of numbers that may be
    close to each other, so that both have all their digits.
    """
    spread = 100.0 * quantile * quantile / n_images
    total = 2.0 * accuracy + spread
    root = xp.sqrt(spread * (0.04 * accuracy * (100.0 - accuracy) + spread))
    # Without right answers the lower end is 0, and so may be what it is divided by.
    low = accuracy * (2.0 * accuracy / xp.where(accuracy == 0.0, 1.0, total + root))
    high = (total + root) / (2.0 + 0.02 * spread)
    # Rounding does not narrow the interval: not at the accuracy, not at 100, and not to nothing.
    high = xp.where(high < accuracy, accuracy, xp.where(high > 100.0, 100.0, high))
    return (
        xp.where(low > accuracy, accuracy, low),
        xp.where(high == 0.0, sys.float_info.min, high),
    )


def quantile(confidence: float) -> float:
    """Return by how many standard deviations an interval of that confidence extends."""
    from statistics import NormalDist

    if not 0.0 < confidence < 1.0:  # which is asked only where the rule does not stand before
        return nan
    if confidence < 1e-8:
        # The tail would lose its digits, and the quantile is a straight line there.
        return confidence * sqrt(pi / 2.0)
    # The tail of the lower end, because that of the upper one would round to 1.
    return -NormalDist().inv_cdf((1.0 - confidence) / 2.0)
