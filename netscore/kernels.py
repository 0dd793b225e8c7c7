"""The two formulas on arrays: quick for ordinary figures, exact for all."""

from __future__ import annotations

import operator
from functools import partial, reduce
from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore.arrays import evaluate
from netscore.blocks import SHORT_BLOCK, Kernel
from netscore.checks import ACCURACY, ALPHA, BETA, GAMMA, MACS, PARAMS, numbers
from netscore.formula import BILLION, LOG10_E, MILLION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


# To the last bit, which 10 / math.log(10) is not.
TEN_OVER_LN_10 = 4.342944819032518
# log10 e to 40 places.
_LOG10_E_DIGITS = 4342944819032518276511289189166050822944
_FLOAT64 = np.dtype(np.float64)
_PERCENT = (2.0, 100.0)
# What is too large for the quick formulas shows in their results.
_COUNTS = (1e3, inf)


def netscore(
    accuracy: Any,
    params: Any,
    macs: Any,
    weights: tuple[Any, Any, Any] | None,
    out: Any,
    workers: int,
) -> Any:
    """Compute `netscore.netscore` where not all arguments are numbers; None: default exponents."""
    figures = (accuracy, params, macs)
    if weights is None:
        if out is None and type(workers) is int and workers == 1:
            scores = _small_table(accuracy, params, macs)
            if scores is not None:
                return scores
        return evaluate("netscore", _DEFAULT, _FIGURES, figures, out=out, workers=workers, depth=2)
    plain = numbers("netscore", _WEIGHTS, weights)
    if plain is None:
        return evaluate(
            "netscore",
            _SCORE,
            _FIGURES + _WEIGHTS,
            figures + weights,
            out=out,
            workers=workers,
            depth=2,
        )
    kernel = score_kernel(*plain)
    return evaluate("netscore", kernel, _FIGURES, figures, out=out, workers=workers, depth=2)


def _small_table(accuracy: Any, params: Any, macs: Any) -> NDArray[Any] | None:
    """Compute the commonest call at once: float64 arrays of one shape with ordinary figures.

    On 60 rows the preparations for every other call take longer than the formula. The same
    operations in the same order as `_quick_default`.
    """
    if (
        type(accuracy) is type(params) is type(macs) is np.ndarray
        and accuracy.dtype is params.dtype is macs.dtype is _FLOAT64
        and accuracy.shape == params.shape == macs.shape
        and accuracy.ndim
        and 0 < accuracy.size <= SHORT_BLOCK
        and accuracy.item(accuracy.argmin()) >= 2.0
        and accuracy.item(accuracy.argmax()) <= 100.0
        and params.item(params.argmin()) >= 1e3
        and macs.item(macs.argmin()) >= 1e3
    ):
        scores: NDArray[Any] = accuracy * accuracy
        scores *= scores
        scores *= 1e15
        try:
            scores /= params
            scores /= macs
        except FloatingPointError:  # an underflow, if the caller has NumPy raise it
            return None
        if scores.item(scores.argmin()) >= 1e-290:
            np.log(scores, scores)
            scores *= TEN_OVER_LN_10
            return scores
    return None


def information_density(accuracy: Any, params: Any, out: Any, workers: int) -> Any:
    """Compute `netscore.information_density` where not all arguments are numbers."""
    return evaluate(
        "information_density",
        _DENSITY,
        _FIGURES[:2],
        (accuracy, params),
        out=out,
        workers=workers,
        depth=2,
    )


def score_arrays(
    accuracy: NDArray[Any],
    params: NDArray[Any],
    macs: NDArray[Any],
    alpha: NDArray[Any] | float,
    beta: NDArray[Any] | float,
    gamma: NDArray[Any] | float,
) -> NDArray[Any]:
    """Compute the score of checked arrays in double precision or more."""
    # The limit at 0 is -inf, but 0 to the power 0 is 1, as in every floating-point power.
    zero = accuracy == 0.0
    limit = np.where(zero & np.greater(alpha, 0.0), -inf, 0.0)
    largest = np.maximum(np.maximum(alpha, beta), gamma)
    extreme = (largest > 1e200) | ((largest > 0.0) & (largest < 1e-200))
    shift = np.where(extreme, np.frexp(largest)[1], 0).astype(np.intc)
    alpha, beta, gamma = (np.ldexp(weight, -shift) for weight in (alpha, beta, gamma))
    score = (
        20.0 * alpha * np.log10(np.where(zero, 1.0, accuracy))
        - 20.0 * beta * log10_arrays_in(MILLION, params)
        - 20.0 * gamma * log10_arrays_in(BILLION, macs)
        + limit
    )
    return np.asarray(np.ldexp(score, shift))


def log10_arrays_in(unit: float, count: NDArray[Any]) -> NDArray[Any]:
    """Return the logarithms of count / unit as `netscore.formula.log10_in` does."""
    near = (count > 0.5 * unit) & (count < 2.0 * unit)
    plain = (count > 1e-290) & (count < 1e300)
    far = np.where(plain, np.log10(count / unit), np.log10(count) - np.log10(unit))
    return np.where(near, np.log1p((count - unit) / unit) * LOG10_E, far)


def score_anywhere(
    library: Any, accuracy: Any, params: Any, macs: Any, alpha: Any, beta: Any, gamma: Any
) -> Any:
    """Compute the score in the functions of an array library, NaN where a value is not allowed.

    Before a logarithm 1 stands in for such a value, as the derivative of a branch that is not
    taken would otherwise make NaN of the derivative.
    """
    millions, billions = params / MILLION, macs / BILLION
    values = (accuracy, millions, billions, alpha, beta, gamma)
    allowed = [parameter.allows(value) for parameter, value in zip(_FIGURES + _WEIGHTS, values)]
    # 0 to the power 0 is 1; to any other power it is the limit, whose logarithm is -inf.
    percent = library.where(allowed[0] & ((accuracy > 0.0) | (alpha > 0.0)), accuracy, 1.0)
    # A power of two, taken out and put back, keeps huge exponents in range and changes no digit.
    scale = 20.0 * 2.0**-16
    score = (
        library.log10(percent) * scale * alpha
        - library.log10(library.where(allowed[1], millions, 1.0)) * scale * beta
        - library.log10(library.where(allowed[2], billions, 1.0)) * scale * gamma
    )
    return library.where(reduce(operator.and_, allowed), score * 2.0**16, nan)


def density_anywhere(library: Any, accuracy: Any, params: Any) -> Any:
    """Compute the density as `score_anywhere` does the score."""
    allowed = ACCURACY.allows(accuracy), PARAMS.allows(params)
    percent = library.where(allowed[0], accuracy, 1.0)
    count = library.where(allowed[1], params, 1.0)
    return library.where(allowed[0] & allowed[1], percent * MILLION / count, nan)


def score_kernel(alpha: float, beta: float, gamma: float) -> Kernel:
    """Return the kernel of the score with these exponents."""
    exact = partial(score_arrays, alpha=alpha, beta=beta, gamma=gamma)
    if alpha == 2.0 and beta == 0.5 and gamma == 0.5:
        return _DEFAULT
    anywhere = partial(score_anywhere, alpha=alpha, beta=beta, gamma=gamma)
    largest = max(beta, gamma)
    if not 1e-100 < alpha < 1e100 or largest > alpha:
        return Kernel(exact, anywhere=anywhere)
    # From this accuracy on its term outweighs what rounding costs a count near its unit.
    least = max(2.0, 10.0 ** (largest / alpha))
    quick = partial(_quick_weighted, factors=[_per_logarithm(w) for w in (alpha, beta, gamma)])
    limits = ((least, 100.0), _COUNTS, _COUNTS)
    return Kernel(exact, limits, quick, anywhere, floor=-1e300, scratch=True)


def _per_logarithm(weight: float) -> float:
    """Return 20 weight / ln 10, rounded once: the division of integers rounds correctly."""
    numerator, denominator = weight.as_integer_ratio()
    return 20 * numerator * _LOG10_E_DIGITS / (denominator * 10**40)


def _quick_default(
    blocks: Sequence[NDArray[Any]], out: NDArray[Any], _scratch: NDArray[Any]
) -> None:
    """Compute 10 log10(a^4 1e15 / p / m), the units shifted before the logarithm."""
    accuracy, params, macs = blocks
    np.square(accuracy, out)
    np.square(out, out)
    np.multiply(out, 1e15, out)
    np.divide(out, params, out)
    np.divide(out, macs, out)
    np.log(out, out)
    np.multiply(out, TEN_OVER_LN_10, out)


def _quick_weighted(
    blocks: Sequence[NDArray[Any]],
    out: NDArray[Any],
    scratch: NDArray[Any],
    factors: Sequence[float],
) -> None:
    """Compute the three terms by natural logarithms, which NumPy computes in half the time."""
    accuracy, params, macs = blocks
    np.log(accuracy, out)
    np.multiply(out, factors[0], out)
    for count, unit, factor in ((params, MILLION, factors[1]), (macs, BILLION, factors[2])):
        np.divide(count, unit, scratch)
        np.log(scratch, scratch)
        np.multiply(scratch, factor, scratch)
        np.subtract(out, scratch, out)


def _density_arrays(accuracy: NDArray[Any], params: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(accuracy * MILLION / params)


def _quick_density(
    blocks: Sequence[NDArray[Any]], out: NDArray[Any], _scratch: NDArray[Any]
) -> None:
    np.multiply(blocks[0], MILLION, out)
    np.divide(out, blocks[1], out)


_FIGURES = (ACCURACY, PARAMS, MACS)
_WEIGHTS = (ALPHA, BETA, GAMMA)
_SCORE = Kernel(score_arrays, anywhere=score_anywhere)
_DEFAULT = Kernel(
    partial(score_arrays, alpha=2.0, beta=0.5, gamma=0.5),
    (_PERCENT, _COUNTS, _COUNTS),
    _quick_default,
    partial(score_anywhere, alpha=2.0, beta=0.5, gamma=0.5),
    floor=-2900.0,  # of a quotient of 1e-290, which has all its digits
)
_DENSITY = Kernel(
    _density_arrays, (_PERCENT, _COUNTS), _quick_density, density_anywhere, floor=1e-290
)
