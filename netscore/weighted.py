"""The weighted score, once: in the functions of any array library, of which numbers are one."""

from __future__ import annotations

from math import exp, inf, log, log1p, log10, nan, sqrt
from types import SimpleNamespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    # Alpha, the exponents of the costs, how many of each unit are 1, and the scale.
    Convention: TypeAlias = tuple[Any, Sequence[Any], Sequence[float], float]

MILLION = 1e6
LOG10_E = 0.4342944819032518
# To the last bit, which 10 / math.log(10) is not.
TEN_OVER_LN_10 = 4.342944819032518
EPSILON = 2.0**-52
SIZES = (MILLION, 1e9)
NETSCORE = (2.0, (0.5, 0.5), SIZES, 20.0)
"""The convention of NetScore."""


Numbers = SimpleNamespace(
    log1p=log1p,
    log=log,
    sqrt=sqrt,
    exp=lambda value: inf if value > 709.78 else exp(value),
    log10=lambda value: log10(value) if value else -inf,
    where=lambda condition, value, other: value if condition else other,
)
"""The functions of an array library that the formulas use, for Python numbers."""


def weighted(xp: Any, accuracy: Any, costs: Sequence[Any], convention: Convention) -> Any:
    """Return scale (alpha log10 a - sum of exponent_i log10(cost_i / size_i)) of checked values.

    The scale before the exponents: no product of it and an exponent is rounded or overflows.
    """
    alpha, exponents, sizes, scale = convention
    # 0 to the power 0 is 1, as in every floating-point power; to any other it is -inf.
    percent = xp.where((accuracy != 0.0) | (alpha != 0.0), accuracy, 1.0)
    score = xp.log10(percent) * scale * alpha
    for cost, exponent, size in zip(costs, exponents, sizes):
        score = score - log10_in(xp, cost, size) * scale * exponent
    return score


def of_numbers(accuracy: float, costs: Sequence[float], convention: Convention) -> float:
    """Return the weighted score of checked numbers."""
    if accuracy >= 2.0 and convention == NETSCORE:
        params, macs = costs
        if 1e3 <= params <= 1e150 and 1e3 <= macs <= 1e150:
            # As `netscore` does it in line, so that spelling out a default changes no bit.
            square = accuracy * accuracy
            return 10.0 * log10(square * square * 1e15 / (params * macs))
    score: float = weighted(Numbers, accuracy, costs, convention)
    return score


def log10_in(xp: Any, cost: Any, size: float) -> Any:
    """Return log10(cost / size), to the last digits also where it is near 0."""
    if size == 1.0:
        return xp.log10(cost)
    near = (cost > 0.5 * size) & (cost < 2.0 * size)
    tiny = cost < 1e-290  # whose quotient would lose digits
    log = xp.log10(xp.where(tiny, cost * 1e30, cost) / size)
    # No value of a branch that is not taken may lack a derivative.
    excess = (xp.where(near, cost, size) - size) / size
    return xp.where(near, xp.log1p(excess) * LOG10_E, xp.where(tiny, log - 30.0, log))


def inverse(xp: Any, score: Any, figures: Sequence[Any], convention: Convention) -> Any:
    """Return the figure that is None among accuracy and costs, at which they have the score.

    NaN where no figure has it.
    """
    alpha, exponents, sizes, scale = convention
    place = next(index for index, figure in enumerate(figures) if figure is None)
    weights = (alpha, *exponents)
    rest = score / scale
    spread = abs(rest)
    for index, (figure, weight, size) in enumerate(zip(figures, weights, (1.0, *sizes))):
        if figure is not None:
            log = log10_in(xp, xp.where((figure != 0.0) | (weight != 0.0), figure, 1.0), size)
            rest = rest + weight * log if index else rest - weight * log
            spread = spread + abs(weight * log)
    log = rest / weights[place]
    if place == 0:
        # What exceeds 100 % by no more than rounding is 100 %.
        error = spread * (8.0 * EPSILON) / alpha
        log = xp.where((log > 2.0) & (log <= 2.0 + error) & (log < inf), 2.0, log)
        return xp.where(log > 2.0, nan, 10.0 ** xp.where(log > 2.0, 2.0, log))
    # Beyond these Python's powers overflow, and lose digits that the size gives back.
    log = xp.where(log < -308.2547155599167, inf, -log)
    size = sizes[place - 1]
    tiny = log < -290.0
    power = 10.0 ** xp.where(tiny, log + log10(size), log)
    return xp.where(abs(rest) < inf, xp.where(tiny, power, power * size), nan)
