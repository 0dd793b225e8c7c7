"""A formula over large arrays: block by block within the caches, on several threads if asked."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from netscore.checks import Parameter

# Long enough for threads to hand the interpreter lock over seldom, short enough for the caches.
BLOCK = 1 << 16
# Up to here the iterator takes longer to set up than it saves. A block with a buffer for every
# array is no longer either.
SHORT_BLOCK = 1 << 14
_minimum = np.minimum.reduce
_maximum = np.maximum.reduce


class Kernel:
    """A formula on arrays of checked values.

    Attributes
    ----------
    exact : callable
        Takes the arrays and returns the result, whatever the values.
    limits : sequence of pairs of float
        Within these limits, one pair for each array, no value is missing and none looks like
        another unit; an upper limit of inf is none.
    quick : callable or None
        Takes a list of one-dimensional arrays, the array for the result and one of the same
        length as scratch memory, if it wants one. What becomes of a value depends on nothing but
        its own row.
    floor : float
        Within the limits, a result of `quick` from here on is as good as that of `exact`, and
        shows that no value was infinite.
    scratch : bool
        Whether `quick` wants scratch memory; else it is handed an empty array.
    anywhere : callable or None
        The formula in the functions of any array library: takes them and that library's arrays,
        gives NaN where a value is not allowed.
    """

    def __init__(
        self,
        exact: Callable[..., NDArray[Any]],
        limits: Sequence[tuple[float, float]] = (),
        quick: Callable[[Sequence[NDArray[Any]], NDArray[Any], NDArray[Any]], None] | None = None,
        anywhere: Callable[..., Any] | None = None,
        *,
        floor: float = 0.0,
        scratch: bool = False,
    ) -> None:
        self.exact = exact
        self.limits = limits
        self.quick = quick
        self.floor = floor
        self.scratch = scratch
        self.anywhere = anywhere

    def covers(self, block: Sequence[NDArray[Any]]) -> bool:
        """Whether every value of every array lies within its limits."""
        # A NaN is the minimum and fails. Not argmin: it copies what is read-only. As Python
        # numbers, so that a limit beyond float32 does not overflow.
        return all(
            _minimum(values).item() >= least and (most == inf or _maximum(values).item() <= most)
            for values, (least, most) in zip(block, self.limits)
        )


class Run:
    """One evaluation of a kernel: what its blocks were like.

    Attributes
    ----------
    wrong : bool
        A value was not allowed; the result is unfinished.
    ordinary : bool
        A block lay within the limits of the kernel, so that no value looks like another unit.
    masked : bool
        Masked values stand as NaN, which is then refused nowhere: see `netscore.arrays.report`.
    """

    def __init__(self, kernel: Kernel, parameters: Sequence[Parameter]) -> None:
        self.kernel = kernel
        self.parameters = parameters
        self.wrong = False
        self.ordinary = False
        self.masked = False

    def over(
        self, arrays: Sequence[NDArray[Any]], out: NDArray[Any], dtype: np.dtype[Any], workers: int
    ) -> None:
        """Compute the result of arrays that broadcast to the shape of `out`."""
        if out.size == 0:
            return
        if out.size <= SHORT_BLOCK:
            full = [
                array if array.shape == out.shape else np.broadcast_to(array, out.shape)
                for array in arrays
            ]
            flat = [array.astype(dtype, copy=False).reshape(-1) for array in full]
            at_once = out.dtype == dtype and out.flags.c_contiguous
            result = out.reshape(-1) if at_once else np.empty(out.size, dtype)
            with np.errstate(all="ignore"):
                self.block(flat, result, np.empty(result.size * self.kernel.scratch, dtype))
                if not at_once:
                    out[...] = result.reshape(out.shape)
            return
        cast = any(array.dtype != dtype for array in (*arrays, out))
        step = SHORT_BLOCK if cast else BLOCK if self.kernel.scratch else 2 * BLOCK
        total = -(-out.size // step)
        read, write = ["readonly"], ["writeonly", "no_broadcast"]
        blocks: Any = np.nditer(  # type: ignore[call-overload]  # its flags are not plain str
            [*arrays, out],
            flags=["external_loop", "buffered", "ranged", "delay_bufalloc"],
            op_flags=[*(read for _ in arrays), write],
            op_dtypes=[dtype] * (len(arrays) + 1),
            casting="same_kind",
            buffersize=step,
        )

        def part(start: int, stop: int) -> None:
            own = blocks.copy()
            own.iterrange = (start, stop)
            scratch = np.empty(step * self.kernel.scratch, dtype)
            with own, np.errstate(all="ignore"):
                for *block, target in own:
                    if self.wrong:
                        break
                    self.block(block, target, scratch[: target.size])

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

    def block(
        self, block: Sequence[NDArray[Any]], target: NDArray[Any], scratch: NDArray[Any]
    ) -> None:
        """Compute one block of one-dimensional arrays."""
        kernel = self.kernel
        if kernel.quick is not None and kernel.covers(block):
            kernel.quick(block, target, scratch)
            if _minimum(target).item() >= kernel.floor:
                self.ordinary = True
                return
        if not self.allowed(block):
            self.wrong = True
        elif kernel.quick is None:
            target[...] = kernel.exact(*block)
        else:
            kernel.quick(block, target, scratch)
            odd = ~(target >= kernel.floor)
            for values, (least, most) in zip(block, kernel.limits):
                odd |= ~((values >= least) & (values <= most))
            rows = np.flatnonzero(odd)
            target[rows] = kernel.exact(*(values[rows] for values in block))

    def allowed(self, block: Sequence[NDArray[Any]]) -> bool:
        """Whether every value is allowed."""
        for parameter, values in zip(self.parameters, block):
            allowed = parameter.allows(values)
            if parameter.missing or self.masked:
                allowed |= values != values
            if not allowed.all():
                return False
        return True


def slices(arrays: Sequence[NDArray[Any]], size: int) -> Iterator[tuple[int, list[NDArray[Any]]]]:
    """Yield one-dimensional arrays, numbers among them, block by block with its first position."""
    for start in range(0, size, BLOCK):
        stop = min(start + BLOCK, size)
        yield (
            start,
            [
                array[start:stop] if array.ndim else np.broadcast_to(array, (stop - start,))
                for array in arrays
            ],
        )
