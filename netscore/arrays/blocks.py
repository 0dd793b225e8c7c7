"""A formula over NumPy arrays: block by block within the caches, on several threads if asked."""

from __future__ import annotations

import operator
from functools import reduce
from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks
from netscore.weighted import LOG10_E, NETSCORE, TEN_OVER_LN_10, weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from netscore.checks import Rule
    from netscore.weighted import Convention

    Array: TypeAlias = NDArray[Any]
    Arrays: TypeAlias = Sequence[Array]
    Mask: TypeAlias = NDArray[np.bool_]
    DType: TypeAlias = np.dtype[Any]

# Long enough for threads to hand the interpreter lock over seldom, short enough for the caches.
BLOCK = 1 << 16
# Up to here arrays are computed at once. A block with a buffer for every array is no longer either.
SHORT_BLOCK = 1 << 14
FLOAT64, INT64 = np.dtype(np.float64), np.dtype(np.int64)
# log10 e to 40 places.
_LOG10_E_DIGITS = 4342944819032518276511289189166050822944


class Kernel:
    """A formula of checked values.

    Attributes
    ----------
    formula : callable
        Takes an array library and its arrays and returns the result, whatever the values.
    limits : sequence of pairs of float
        Within these limits, one pair for each array, the quick form is as good as the formula, no
        value is wrong or missing and none looks like another unit. Without limits there is no
        quick form.
    label : str
        The name of a result that has one, if it is not that of the function.
    counts : bool
        Whether the second and the third array are params and macs.
    """

    label = ""
    counts = False

    def __init__(
        self, formula: Callable[..., Any], limits: Sequence[tuple[float, float]] = ()
    ) -> None:
        self.formula, self.limits = formula, limits

    def quick(self, block: Arrays, out: Array, scratch: Array) -> None:
        """Compute a block; what becomes of a value depends on nothing but its own row."""
        out[...] = self.exact(*block)

    def exact(self, *arrays: Array) -> Array:
        """Compute the formula of NumPy arrays."""
        # Strides make NumPy choose other loops, with other last digits.
        result: Array = self.formula(np, *map(np.ascontiguousarray, arrays))
        return result

    def anywhere(self, xp: Any, rules: Sequence[Rule], *values: Any) -> Any:
        """Compute the formula in any array library, NaN where a value is not allowed.

        Before a logarithm another stands in for such a value, as the derivative of a branch that
        is not taken would otherwise make NaN of the derivative.
        """
        allowed = [rule.allows(value) for rule, value in zip(rules, values)]
        safe = [
            xp.where(fine, value, rule.stand_in)
            for rule, fine, value in zip(rules, allowed, values)
        ]
        return xp.where(reduce(operator.and_, allowed), self.formula(xp, *safe), nan)

    def covers(self, block: Arrays) -> bool:
        """Whether every value of every array lies within its limits."""
        # A NaN is the minimum and fails. Not argmin: it copies what is read-only. As Python
        # numbers, so that a limit beyond float32 does not overflow.
        return all(
            np.minimum.reduce(values).item() >= least and np.maximum.reduce(values).item() <= most
            for values, (least, most) in zip(block, self.limits)
        )

    def at_once(self, values: Arrays) -> Array | None:
        """Compute the commonest arrays that are alike: short ones, all within the limits.

        On 60 rows the preparations for every other call take longer than the formula.
        """
        if not self.limits or values[0].ndim != 1 or not 0 < values[0].size <= SHORT_BLOCK:
            return None
        floats = [array.astype(FLOAT64, copy=False) for array in values]
        for array, (least, most) in zip(floats, self.limits):  # as `covers`, in half the time
            if not array.item(array.argmin()) >= least or array.item(array.argmax()) > most:
                return None
        if self.counts and not _balanced(*floats[1:3]):
            return None
        out = np.empty(values[0].shape)
        self.quick(floats, out, np.empty_like(out))
        return out

    def odd(self, block: Arrays) -> NDArray[np.intp]:
        """Return the rows that the quick form does not answer."""
        within = ((v >= least) & (v <= most) for v, (least, most) in zip(block, self.limits))
        return np.flatnonzero(~reduce(operator.and_, within))


class Weighted(Kernel):
    """The kernel of a weighted score; an exponent that is None comes as an array, after the costs.

    One logarithm under the default exponents of NetScore, else one for each term.
    """

    def __init__(self, convention: Convention, *, counts: bool) -> None:
        alpha, exponents, sizes, scale = convention
        self.weights = (alpha, *exponents)
        self.sizes, self.scale = sizes, scale
        self.counts = counts
        # Whether the quick form is one logarithm of a quotient.
        self.is_ratio = convention == NETSCORE
        # From this accuracy on its term outweighs what rounding costs a cost near its size.
        known = None not in self.weights and alpha and any(size != 1.0 for size in sizes)
        decades = max(exponents) / alpha if known else inf
        self.near = decades > 1.0
        least = 2.0 if self.near else max(2.0, 10.0**decades)
        self.limits = (
            (least, 100.0),
            # So far neither a quotient of costs nor one by a size loses digits.
            *((1e3 if counts else 1e-290 * size, 1e150) for size in sizes),
            *((1e-6, 1e3) for weight in self.weights if weight is None),
        )
        self.factors = [weight and _per_logarithm(scale, weight) for weight in self.weights]

    def formula(self, xp: Any, accuracy: Any, *values: Any) -> Any:
        """Compute the exact form."""
        costs, arrays = values[: len(self.sizes)], iter(values[len(self.sizes) :])
        alpha, *exponents = [next(arrays) if w is None else w for w in self.weights]
        return weighted(xp, accuracy, costs, (alpha, exponents, self.sizes, self.scale))

    def quick(self, block: Arrays, out: Array, scratch: Array) -> None:
        """Compute by natural logarithms, which NumPy computes in half the time."""
        accuracy, *costs = block
        if self.is_ratio:
            # a^4 1e15 / p / m: the units shifted before the logarithm.
            np.square(accuracy, out)
            np.square(out, out)
            np.multiply(out, 1e15, out)
            np.divide(out, costs[0], out)
            np.divide(out, costs[1], out)
            np.log(out, out)
            np.multiply(out, TEN_OVER_LN_10, out)
            return
        arrays = iter(block[len(self.sizes) + 1 :])
        self.term(accuracy, 1.0, self.factors[0], arrays, out)
        for cost, size, factor in zip(costs, self.sizes, self.factors[1:]):
            self.term(cost, size, factor, arrays, scratch)
            np.subtract(out, scratch, out)

    def term(
        self, values: Array, size: float, factor: float | None, arrays: Any, out: Array
    ) -> None:
        """Compute the logarithms of values / size, times a factor or the next of the arrays."""
        if size == 1.0:
            # Strides make NumPy choose another logarithm, with other last digits.
            if values.strides != out.strides:
                np.copyto(out, values)
                values = out
            np.log(values, out)
        else:
            np.divide(values, size, out)
            near = np.flatnonzero((out > 0.5) & (out < 2.0)) if self.near else ()
            np.log(out, out)
            if len(near):
                out[near] = np.log1p((values[near] - size) / size)
        if factor is None:
            np.multiply(out, next(arrays), out)
            factor = self.scale * LOG10_E
        np.multiply(out, factor, out)


def alike(values: Sequence[Any]) -> bool:
    """Whether the values are plain arrays of numbers of 64 bits, and of one shape."""
    return all(
        type(value) is np.ndarray
        and (value.dtype is FLOAT64 or value.dtype is INT64)
        and value.shape == values[0].shape
        for value in values
    )


def _balanced(params: Array, macs: Array) -> bool:
    """Whether the first row, the last or that in the middle is beyond doubt, as it mostly is."""
    for row in (0, -1, params.size // 2):
        least, most = params.item(row), macs.item(row)
        if least <= most * 10.0 and most <= least * 1e7:
            return True
    return False


def _per_logarithm(scale: float, weight: float) -> float:
    """Return scale weight / ln 10, rounded once: the division of integers rounds correctly."""
    (a, b), (c, d) = scale.as_integer_ratio(), weight.as_integer_ratio()
    return a * c * _LOG10_E_DIGITS / (b * d * 10**40)


SCORE = Weighted(NETSCORE, counts=True)


class Run:
    """One evaluation of a kernel: what its blocks were like.

    Attributes
    ----------
    wrong : bool
        A value was not allowed; the result is unfinished.
    ordinary : bool
        A row lay within the limits of the kernel, so that no array looks like another unit.
    balances : set of float
        How macs stood to params, until there was a row in which they stand as in a network.
    """

    def __init__(self, kernel: Kernel, rules: Sequence[Rule]) -> None:
        self.kernel, self.rules = kernel, rules
        self.wrong = self.ordinary = False
        self.balances = set[float]() if rules[1:3] == checks.COUNTS else {1.0}

    @property
    def clear(self) -> bool:
        """Whether no figure looks like another unit."""
        return self.ordinary and 1.0 in self.balances

    def weigh(self, block: Arrays, mask: Mask | None = None) -> None:
        """Note how macs stand to params in a block, unless that is clear."""
        if 1.0 in self.balances or not block[0].size:
            return
        if mask is None and _balanced(*block[1:3]):
            self.balances.add(1.0)
            return
        wide = (counts.astype(np.float64, copy=False) for counts in block[1:3])
        found = checks.balance(np.where, *wide)
        found = found[found == found if mask is None else (found == found) & ~mask]
        if found.size:
            self.balances.update((found.min().item(), found.max().item()))

    def over(
        self, arrays: Arrays, out: Array, dtype: DType, workers: int, mask: Mask | None = None
    ) -> None:
        """Compute the result of arrays that broadcast to the shape of `out`.

        Where the mask is, any value is allowed, and the result is NaN.
        """
        if not out.size:
            return
        cast = any(array.dtype != dtype for array in (*arrays, out))
        step = SHORT_BLOCK if cast else BLOCK
        total = -(-out.size // step)
        masks = [] if mask is None else [mask]
        operands = [*arrays, *masks, out]
        blocks: Any = np.nditer(  # type: ignore[call-overload]  # its flags are not plain str
            operands,
            flags=["external_loop", "buffered", "ranged", "delay_bufalloc"],
            op_flags=[["readonly"]] * len(operands[1:]) + [["writeonly", "no_broadcast"]],
            op_dtypes=[dtype] * len(arrays) + [np.bool_] * len(masks) + [dtype],
            casting="same_kind",
            buffersize=step,
        )

        def part(start: int, stop: int) -> None:
            own = blocks.copy()
            own.iterrange = (start, stop)
            space = np.empty(min(step, out.size), dtype)
            with own, np.errstate(all="ignore"):
                for *block, target in own:
                    if self.wrong:
                        break
                    hidden = block.pop() if masks else None
                    self.block(block, target, space[: target.size], hidden)

        threads = min(workers, total)
        if threads == 1:
            part(0, out.size)
            return
        from concurrent.futures import ThreadPoolExecutor

        # Several parts for each thread, so that none waits long for one that was held up.
        parts = min(4 * threads, total)
        bounds = [min(total * i // parts * step, out.size) for i in range(parts + 1)]
        with ThreadPoolExecutor(threads) as pool:
            # Going through the results raises what a thread raised.
            list(pool.map(part, bounds[:-1], bounds[1:]))

    def block(self, block: Arrays, target: Array, scratch: Array, mask: Mask | None = None) -> None:
        """Compute one block of one-dimensional arrays."""
        self.weigh(block, mask)
        kernel = self.kernel
        if not kernel.limits:
            if self.allowed(block, mask):
                target[...] = kernel.exact(*block)
        else:
            kernel.quick(block, target, scratch)
            odd = np.empty(0, np.intp) if kernel.covers(block) else kernel.odd(block)
            hidden = 0 if mask is None else int(np.count_nonzero(mask))
            self.ordinary |= hidden < target.size - odd.size
            if odd.size:
                few = [values[odd] for values in block]
                if self.allowed(few, None if mask is None else mask[odd]):
                    known = reduce(operator.add, few)
                    known = np.flatnonzero(known == known)  # what is missing is NaN already
                    if known.size:
                        target[odd[known]] = kernel.exact(*(values[known] for values in few))
        if mask is not None:
            target[mask] = nan

    def allowed(self, block: Arrays, mask: Mask | None) -> bool:
        """Whether every value is allowed, or hidden by the mask; else the run is wrong."""
        for rule, values in zip(self.rules, block):
            allowed = rule.takes(values)
            if not (allowed if mask is None else allowed | mask).all():
                self.wrong = True
        return not self.wrong
