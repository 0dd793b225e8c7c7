"""Numbers, lists and NumPy arrays: kinds, dtypes, missing values, the positions of errors.

Also what is true of every kind of container: `Kind`.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from functools import reduce
from math import nan
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from netscore import checks
from netscore.arrays import blocks
from netscore.arrays.blocks import FLOAT64, Kernel, Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from netscore.arrays import Call
    from netscore.arrays.blocks import Array, Arrays, Mask
    from netscore.checks import Rule

    Shape: TypeAlias = tuple[int, ...]


_BALANCE = Kernel(lambda xp, params, macs: checks.balance(xp.where, params, macs))


class Kind:
    """One kind of container.

    Attributes
    ----------
    words : str
        What messages call one.
    library, names : str and tuple of str
        The module and the classes in it that make an object one of this kind.
    beside_arrays : bool
        Whether NumPy arrays and lists may stand beside it.
    is_plain : bool
        Whether it needs no container for the result.
    """

    beside_arrays = True
    is_plain = False

    def __init__(self, words: str, library: str, *names: str) -> None:
        self.words, self.library, self.names = words, library, names

    def holds(self, value: object) -> bool:
        """Whether the value is of this kind; the library is not imported for it."""
        return any(is_from(self.library, name, value) for name in self.names)

    def takes(self, other: Kind) -> bool:
        """Whether values of the other kind may stand beside this one and turn into it."""
        return other is self or (other.is_plain and self.beside_arrays)

    def is_lazy(self, value: Any) -> bool:
        """Whether the values cannot be looked at."""
        return False

    def to_array(self, function: str, name: str, value: Any) -> Any:
        """Return the values as an array, masked where they are missing."""
        raise NotImplementedError

    def fit(self, call: Call, values: Sequence[Any], shape: Shape) -> None:
        """Refuse containers whose rows are not the same rows, and arrays that do not fit them."""

    def wrap(self, own: Sequence[Any], result: Array, label: str) -> Any:
        """Return the result in a container like those of this kind among the arguments."""
        return result

    def seen(self, call: Call, rule: Rule, value: Any) -> Array | None:
        """Return the array in which the value is to be checked; None: nothing can be seen."""
        return None if self.is_lazy(value) else call.array(rule.name, value)

    def answer(self, call: Call, values: Sequence[Any], out: Any) -> list[Any]:
        """Evaluate the kernels of a call, one of whose values at least is of this kind."""
        if out is not None:
            refuse_out(call.function, self.words)
        given, ranges = [], []
        for rule, value in zip(call.rules, values):
            ends = nan, nan
            if checks.number(value) is not None:  # without NumPy, which compilers do not follow
                (number,) = checks.only_numbers(call.function, (rule,), (value,))
                ends = number, number
            elif (seen := call.kind_of(value).seen(call, rule, value)) is not None:
                check_array(call.function, rule, seen)
                ends = extent(seen)
                if call.kind_of(value).is_plain:
                    value = missing_as_nan(seen)
            given.append(value)
            ranges.append(ends)
        results = [self.compute(call, kernel, given) for kernel in call.kernels]
        balances: set[float] = set()
        if call.rules[1:3] == checks.COUNTS:
            found = type(call)(call.function, (), checks.COUNTS).lenient(_BALANCE, *given[1:3])
            seen = call.kind_of(found).seen(call, checks.BALANCE, found)
            if seen is not None:
                balances.update(seen[seen == seen].tolist())
                ranges[1:3] = [extent(call.array("", counts)) for counts in given[1:3]]
        checks.warn_units(call.function, checks.doubts(call.rules, ranges, balances))
        return results

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        """Compute a kernel in the kind's own library, NaN where a value is not allowed.

        The values are of this kind, of one that may stand beside it, numbers, or arrays.
        """
        raise NotImplementedError


class Plain(Kind):
    """A number, a list, a NumPy array; also what becomes one: computed in blocks."""

    is_plain = True

    def answer(self, call: Call, values: Sequence[Any], out: Any) -> list[Any]:
        """Evaluate in blocks and wrap the results."""
        masked = out is not None and any(map(np.ma.isMaskedArray, values))
        if masked or (out is not None and not self.is_plain):
            refuse_out(call.function, "a MaskedArray" if masked else self.words)
        arrays, shape = call.arrays(values)
        if out is not None:
            check_out(call.function, out, shape)
            arrays = [a.copy() if np.may_share_memory(a, out) else a for a in arrays]
        results: list[Any] = []
        for kernel in call.kernels:
            result = kernel.at_once(arrays) if out is None and blocks.alike(arrays) else None
            if result is None:
                run = Run(kernel, call.rules)
                result = over(run, values, arrays, shape, call.threads, out)
                if not results:
                    report(run, call.function, arrays)
            results.append(call.like(values, result, kernel.label or call.function))
        return results

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        """Compute in blocks, again without the rules if a value is not allowed."""
        arrays, shape = call.arrays(values)
        run = Run(kernel, call.rules)
        result = over(run, values, arrays, shape, call.threads)
        if run.wrong:
            result = over(Run(kernel, ()), values, arrays, shape, call.threads)
            for rule, array in zip(call.rules, arrays):
                result[np.broadcast_to(wrong_in(rule, array), shape)] = nan
        return call.like(values, result, kernel.label or call.function)


def is_from(library: str, name: str, value: object) -> bool:
    """Whether the value is an instance of that class; the library is not imported for it."""
    # A module that is still being imported may lack the class.
    kind = getattr(sys.modules.get(library), name, None)
    return kind is not None and isinstance(value, kind)


def over(
    run: Run, values: Any, arrays: Arrays, shape: Shape, threads: int = 1, out: Array | None = None
) -> Array:
    """Compute a run over values and their arrays, masked if one of them is."""
    dtype = floating_dtype(values, arrays)
    data, mask = apart(arrays, shape)
    result = np.empty(shape, dtype) if out is None else out
    run.over(data, np.asarray(result), np.promote_types(dtype, np.float64), threads, mask)
    return result if mask is None else np.ma.MaskedArray(result, mask=mask.copy())


def apart(arrays: Arrays, shape: Shape) -> tuple[list[Array], Mask | None]:
    """Return the data of arrays, and where one of them is masked if any can be."""
    masks = [np.ma.getmaskarray(array) for array in arrays if np.ma.isMaskedArray(array)]
    mask = np.broadcast_to(reduce(operator.or_, masks), shape) if masks else None
    return [np.ma.getdata(array) for array in arrays], mask


def report(run: Run, function: str, arrays: Arrays) -> None:
    """Raise the error, or give the warning, that the blocks of a run call for."""
    if run.wrong:
        for rule, array in zip(run.rules, arrays):
            check_array(function, rule, array)
        raise RuntimeError(f"{function}: the arrays were changed during the call")
    if not run.clear:
        ranges = [extent(array) for array in arrays]
        checks.warn_units(function, checks.doubts(run.rules, ranges, run.balances))


def slices(columns: Arrays, size: int) -> Iterator[tuple[Array, list[Array], Mask | None]]:
    """Yield columns, numbers among them, block by block: positions, data, what is masked."""
    data, mask = apart(columns, (size,))
    data = [np.broadcast_to(column, size) for column in data]
    for start in range(0, size, blocks.BLOCK):
        rows = slice(start, min(start + blocks.BLOCK, size))
        positions = np.arange(rows.start, rows.stop)
        yield positions, [one[rows] for one in data], None if mask is None else mask[rows]


def comparable(value: object, array: Array) -> Array:
    """Return numbers that compare as the caller's do, integers beyond 2^53 among them.

    Parameters
    ----------
    value, array
        What the caller gave, and its array. Where NumPy turned a list of integers and floats into
        floats, some of which are too large to tell integers apart, their places in ascending
        order stand for them. What a mask hides may be any number.
    """
    numbers = np.ma.getdata(array)
    if isinstance(value, Sequence) and np.any(abs(numbers) >= 2.0**53):
        own = [one.item() if hasattr(one, "item") else one for one in value]
        places = {one: i for i, one in enumerate(sorted({one for one in own if one == one}))}
        return np.array([places.get(one, nan) for one in own])
    return numbers


def plain_array(function: str, name: str, value: Any) -> Array:
    """Return the value as an array of real numbers, masked if it was; refuse every other kind."""
    if isinstance(value, Sequence) and not isinstance(value, (list, tuple, str)):
        try:
            memoryview(value)  # type: ignore[arg-type]  # in which all are of one type
        except TypeError:
            value = list(value)
    listed = isinstance(value, (list, tuple))
    every: list[tuple[tuple[int, ...], Any]] = []
    try:
        if listed and not {float, int}.issuperset(map(type, value)):
            every = [*elements(value, ())]
        masked = every and any(np.ma.isMaskedArray(element) for _, element in every)
        array = with_masks(value) if masked else np.asanyarray(value)
    except (ValueError, RecursionError):  # a list may hold itself
        checks.refuse_kind(function, name, "nested lists of unequal length")
    # NumPy makes what is no real number look like one.
    wrong = [(position, element) for position, element in every if not is_real(element)]
    if wrong:
        position, element = wrong[0]
        place = checks.place_of(position, len(wrong), len(every))
        checks.refuse_kind(function, name, checks.shown(element), place)
    if array.dtype.kind == "O" and (listed or isinstance(value, int)):
        try:
            array = array.astype(np.float64)
        except OverflowError:
            checks.refuse_kind(function, name, "an integer too large for a float")
    if not is_number(array.dtype):
        got = checks.shown(value) if array.ndim == 0 else f"an array of dtype {array.dtype}"
        checks.refuse_kind(function, name, got)
    return array if np.ma.isMaskedArray(array) else np.asarray(array)


def with_masks(values: Any) -> Any:
    """Return nested lists of masked arrays as one, of which NumPy would drop the masks."""
    if not isinstance(values, (list, tuple)):
        return np.ma.asanyarray(values)
    return np.ma.stack([with_masks(value) for value in values])


def elements(values: Any, position: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the position and value of each element of nested lists and tuples."""
    for index, value in enumerate(values):
        if isinstance(value, (list, tuple)):
            yield from elements(value, (*position, index))
        else:
            yield (*position, index), value


def is_real(element: Any) -> bool:
    """Whether an element of a list is a real number, or an array of such."""
    if isinstance(element, (np.generic, np.ndarray)):
        return element.dtype.kind in "iuf"
    return isinstance(element, (int, float)) and not isinstance(element, bool)


def is_number(dtype: Any) -> bool:
    """Whether the values of a dtype are real numbers with which NumPy can compute."""
    # Some call themselves floats that have 8 bits.
    return getattr(dtype, "char", " ") in np.typecodes["AllInteger"] + np.typecodes["Float"]


def check_array(function: str, rule: Rule, array: Array) -> None:
    """Refuse an array with a value that the rule does not allow; masked values are free."""
    data, wrong = np.ma.getdata(array), wrong_in(rule, array)
    if wrong.any():
        first = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
        place = checks.place_of(first, int(np.count_nonzero(wrong)), data.size) if first else ""
        checks.refuse_value(function, rule, data[first].item(), place)


def wrong_in(rule: Rule, array: Array) -> Array:
    """Return where the array has values that the rule does not allow."""
    with np.errstate(invalid="ignore"):  # an infinity has no remainder
        wrong = np.logical_not(rule.takes(np.ma.getdata(array)))
    return np.asarray(wrong & ~np.ma.getmaskarray(array))


def extent(array: Array) -> tuple[float, float]:
    """Return the least and the most of the values that are not missing, NaN if all are."""
    known = np.ma.compressed(array)
    if not known.size:
        return nan, nan
    return float(np.fmin.reduce(known)), float(np.fmax.reduce(known))


def floating_dtype(values: Sequence[object], arrays: Arrays) -> np.dtype[Any]:
    """Return the floating dtype of the result; Python numbers adapt to the arrays beside them."""
    dtypes = [a.dtype for v, a in zip(values, arrays) if type(v) not in (int, float)]
    dtype = np.result_type(*dtypes) if dtypes else FLOAT64
    return dtype.newbyteorder("=") if dtype.kind == "f" else FLOAT64


def missing_as_nan(array: Array) -> Array:
    """Return the values with NaN where they are masked, as floats if any is."""
    if not np.ma.isMaskedArray(array):
        return array
    return np.ma.filled(array.astype(array.dtype if array.dtype.kind == "f" else FLOAT64), nan)


def refuse_out(function: str, words: str) -> NoReturn:
    """Refuse an array to write into beside arguments that ask for a result of their own kind."""
    raise TypeError(
        f"{function}: out must not be given beside {words}, which a result of its own kind answers"
    )


def check_out(function: str, out: object, shape: Shape) -> None:
    """Refuse what is no array to write into, or does not fit the result."""
    if not isinstance(out, np.ndarray) or np.ma.isMaskedArray(out) or out.dtype.kind != "f":
        got = f"an array of dtype {out.dtype}" if type(out) is np.ndarray else checks.shown(out)
        raise TypeError(f"{function}: out must be a NumPy array of floating dtype, got {got}")
    if out.shape != shape:
        raise ValueError(f"{function}: out must have the shape {shape}, got {out.shape}")
    if not out.flags.writeable:
        raise ValueError(f"{function}: out must be writeable, got a read-only array")
