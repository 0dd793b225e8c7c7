"""How a formula meets an array: containers, dtypes, missing values, positions of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks, containers
from netscore.blocks import Kernel, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from typing_extensions import TypeIs

    from netscore.checks import Parameter


def evaluate(
    function: str,
    formula: Kernel | Callable[..., NDArray[Any]],
    parameters: Sequence[Parameter],
    values: Sequence[Any],
    *,
    out: NDArray[Any] | None = None,
    workers: int = 1,
    depth: int = 1,
) -> Any:
    """Check the values, compute the formula on arrays and return the caller's own container.

    Parameters
    ----------
    function : str
        Name of the public function, for messages.
    formula : Kernel or callable
        What to compute; a callable takes the arrays, in double precision or more.
    parameters, values : sequences of the same length
        What the arguments are, and the arguments.
    out : array, optional
        Where to write the result.
    workers : int
        Number of threads.
    depth : int
        How many calls below the user's call of the public function this one is, so that a
        warning points at the user's.
    """
    kernel = formula if isinstance(formula, Kernel) else Kernel(formula)
    threads = checks.thread_count(function, workers)
    call = Call(function, kernel, parameters, threads)
    if is_plain(values):
        kind = None
        arrays, shape, dtype = values, values[0].shape, values[0].dtype
    else:
        kind = containers.shared_kind(function, call.names, values)
        if isinstance(kind, containers.Computing) and kernel.anywhere is not None:
            refuse_out(function, out, values)
            given, doubts = inspected(function, parameters, values)
            checks.warn_units(function, doubts, stacklevel=depth + 2)
            return kind.compute(call, given)
        arrays, shape = real_arrays(function, parameters, values)
        dtype = floating_dtype(values, arrays)
    if out is not None:
        out = checked_out(function, out, shape, values)
        arrays = [a.copy() if np.may_share_memory(a, out) else a for a in arrays]
    run = Run(kernel, parameters)
    result = call.over(run, arrays, shape, dtype, out)
    report(run, function, parameters, arrays, stacklevel=depth + 3)
    return result if kind is None else containers.like(values, result)


class Call:
    """One call of a public function, as a container's own library can carry it out."""

    def __init__(
        self, function: str, kernel: Kernel, parameters: Sequence[Parameter], threads: int
    ) -> None:
        self.function = function
        self.kernel = kernel
        self.parameters = parameters
        self.threads = threads

    @property
    def names(self) -> list[str]:
        """The names of the parameters."""
        return [parameter.name for parameter in self.parameters]

    def over(
        self,
        run: Run,
        arrays: Sequence[NDArray[Any]],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        out: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        """Compute the formula over arrays, masked if one of them is."""
        masks = [np.ma.getmaskarray(array) for array in arrays if np.ma.isMaskedArray(array)]
        working = [missing_as_nan(array) for array in arrays] if masks else arrays
        result = np.empty(shape, dtype) if out is None else out
        run.masked = bool(masks)
        run.over(working, result, np.promote_types(dtype, np.float64), self.threads)
        if masks:
            mask = np.logical_or.reduce(np.broadcast_arrays(result, *masks)[1:])
            return np.ma.MaskedArray(result, mask=mask)
        return result

    def lenient(self, *values: Any) -> Any:
        """Compute the formula without a warning, NaN where a value is not allowed."""
        kind = containers.shared_kind(self.function, self.names, values)
        if isinstance(kind, containers.Computing):
            return kind.compute(self, values)
        arrays, shape = real_arrays(self.function, self.parameters, values)
        dtype = floating_dtype(values, arrays)
        wrong = np.zeros(shape, dtype=np.bool_)
        for position, (parameter, array) in enumerate(zip(self.parameters, arrays)):
            bad = wrong_in(parameter, array)
            if bad.any():
                wrong |= bad
                arrays[position] = array = array.copy()
                array[bad] = 1  # which every parameter allows
        result = self.over(Run(self.kernel, self.parameters), arrays, shape, dtype)
        result[wrong] = np.nan
        return containers.like(values, result)

    def anywhere(self, library: Any, *values: Any) -> Any:
        """Compute the formula in the functions of an array library."""
        assert self.kernel.anywhere is not None
        return self.kernel.anywhere(library, *values)

    def dtype(self, values: Sequence[Any]) -> np.dtype[Any]:
        """Return the floating dtype of the result for arrays that need not be NumPy's."""
        return floating_dtype(
            values, [value if hasattr(value, "dtype") else np.asarray(value) for value in values]
        )

    def check_shapes(self, arrays: Sequence[Any]) -> None:
        """Refuse arrays, which need not be NumPy's, whose shapes do not broadcast."""
        broadcast_shape(self.function, self.names, arrays)


def inspected(
    function: str, parameters: Sequence[Parameter], values: Sequence[Any]
) -> tuple[list[Any], list[str | None]]:
    """Check what of the values can be seen; return them, lists as arrays, and the doubts."""
    given = []
    doubts = []
    for parameter, value in zip(parameters, values):
        seen = containers.seen(parameter, value)
        if seen is not None:
            array = real_array(function, parameter.name, seen)
            check_array(function, parameter, array)
            doubts.append(doubt(parameter, array))
            if seen is value and containers.kind_of(value) is None and checks.number(value) is None:
                value = missing_as_nan(array)
        given.append(value)
    return given, doubts


def is_plain(values: Sequence[Any]) -> TypeIs[Sequence[NDArray[Any]]]:
    """Whether all values are float64 arrays of one shape, and no subclass of an array."""
    shape = values[0].shape if type(values[0]) is np.ndarray else None
    for value in values:
        if type(value) is not np.ndarray or value.dtype is not _FLOAT64 or value.shape != shape:
            return False
    return True


_FLOAT64 = np.dtype(np.float64)


def report(
    run: Run,
    function: str,
    parameters: Sequence[Parameter],
    arrays: Sequence[NDArray[Any]],
    *,
    stacklevel: int,
) -> None:
    """Raise the error, or give the warning, that the blocks of a run call for."""
    if run.wrong or run.masked:
        for parameter, array in zip(parameters, arrays):
            check_array(function, parameter, array)
    if not run.ordinary:
        doubts = [doubt(parameter, array) for parameter, array in zip(parameters, arrays)]
        checks.warn_units(function, doubts, stacklevel=stacklevel)


def real_arrays(
    function: str, parameters: Sequence[Parameter], values: Sequence[object]
) -> tuple[list[NDArray[Any]], tuple[int, ...]]:
    """Return the values as arrays of real numbers that fit each other, and their shape."""
    names = [parameter.name for parameter in parameters]
    arrays = [real_array(function, name, value) for name, value in zip(names, values)]
    shape = broadcast_shape(function, names, arrays)
    kind = containers.shared_kind(function, names, values)
    if kind is not None:
        kind.fit(function, names, values, shape)
    return arrays, shape


def columns(
    function: str, parameters: Sequence[Parameter], values: Sequence[object]
) -> tuple[list[NDArray[Any]], int]:
    """Return the values as one-dimensional arrays of one length, numbers as they are, and it."""
    arrays, shape = real_arrays(function, parameters, values)
    if len(shape) != 1:
        checks.refuse_shape(function, "the arrays", "one-dimensional", shape)
    return [array if array.ndim else missing_as_nan(array) for array in arrays], shape[0]


def real_array(function: str, name: str, value: object) -> NDArray[Any]:
    """Return the value as an array of real numbers, masked if it was; refuse every other kind."""
    if containers.is_table(value):
        got = f"a {type(value).__name__} (pass one column of it)"
        checks.refuse_kind(function, name, got)
    kind = containers.kind_of(value)
    if kind is not None:
        value = kind.to_array(function, name, value)
    try:
        listed = isinstance(value, (list, tuple))
        array = with_masks(value) if listed and has_masks(value) else np.asanyarray(value)
    except ValueError:
        checks.refuse_kind(function, name, "nested lists of unequal length")
    if isinstance(value, (list, tuple)):
        check_elements(function, name, value)
    if array.dtype.kind == "O" and isinstance(value, (list, tuple, int)):
        array = large_integers(function, name, array)
    if array.dtype.kind not in "iuf":
        got = checks.shown(value) if array.ndim == 0 else f"an array of dtype {array.dtype}"
        checks.refuse_kind(function, name, got)
    return array if np.ma.isMaskedArray(array) else np.asarray(array)


def has_masks(values: Any) -> bool:
    """Whether a masked array, or what one has in a masked place, is in nested lists and tuples."""
    kinds = set(map(type, values))
    if {float, int}.issuperset(kinds):
        return False
    return any(
        has_masks(value) if isinstance(value, (list, tuple)) else np.ma.isMaskedArray(value)
        for value in values
    )


def with_masks(values: Any) -> NDArray[Any]:
    """Return nested lists of masked arrays as one, of which NumPy would drop the masks."""
    if not isinstance(values, (list, tuple)):
        array: NDArray[Any] = np.ma.asanyarray(values)
        return array
    stacked: NDArray[Any] = np.ma.stack([with_masks(value) for value in values])
    return stacked


def check_elements(function: str, name: str, values: list[Any] | tuple[Any, ...]) -> None:
    """Refuse lists with an element that is no real number, before NumPy makes it look like one."""
    if {float, int}.issuperset(map(type, values)):
        return
    wrong = []
    total = 0
    for position, element in elements(values, ()):
        total += 1
        if not is_real(element):
            wrong.append((position, element))
    if wrong:
        position, element = wrong[0]
        place = position[0] if len(position) == 1 else position
        checks.refuse_kind(function, name, checks.shown(element), place, len(wrong), total)


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


def large_integers(function: str, name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return integers beyond 64 bits, which NumPy keeps as objects, as floats."""
    try:
        return array.astype(np.float64)
    except OverflowError:
        checks.refuse_kind(function, name, "an integer too large for a float")


def broadcast_shape(
    function: str, names: Sequence[str], arrays: Sequence[NDArray[Any]]
) -> tuple[int, ...]:
    """Return the shape of the result, or refuse shapes that do not broadcast."""
    shapes = [array.shape for array in arrays]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        shown = ", ".join(f"{n} {s}" for n, s in zip(names, shapes) if s)
        raise ValueError(f"{function}: shapes must broadcast, got {shown}") from None


def check_array(function: str, parameter: Parameter, array: NDArray[Any]) -> None:
    """Refuse an array with a value that the parameter does not allow; masked values are free."""
    data = np.ma.getdata(array)
    wrong = wrong_in(parameter, array)
    if not wrong.any():
        return
    if data.ndim == 0:
        checks.refuse_value(function, parameter, data.item())
    first = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
    place = first[0] if len(first) == 1 else first
    count = int(np.count_nonzero(wrong))
    checks.refuse_value(function, parameter, data[first].item(), place, count, data.size)


def wrong_in(parameter: Parameter, array: NDArray[Any]) -> NDArray[Any]:
    """Return where the array has values that the parameter does not allow."""
    data = np.ma.getdata(array)
    wrong = np.logical_not(parameter.allows(data))
    if parameter.missing:
        wrong &= data == data
    if np.ma.isMaskedArray(array):
        wrong &= ~np.ma.getmaskarray(array)
    return np.asarray(wrong)


def doubt(parameter: Parameter, array: NDArray[Any]) -> str | None:
    """Say which other unit the values look like, if all of them do."""
    known = np.ma.compressed(array) if np.ma.isMaskedArray(array) else array
    if known.size == 0:
        return None
    return parameter.doubt(
        float(np.fmin.reduce(known, axis=None)), float(np.fmax.reduce(known, axis=None))
    )


def floating_dtype(values: Sequence[object], arrays: Sequence[NDArray[Any]]) -> np.dtype[Any]:
    """Return the floating dtype of the result; Python numbers adapt to the arrays beside them."""
    dtypes = [
        a.dtype for v, a in zip(values, arrays) if type(v) is not int and type(v) is not float
    ]
    dtype = np.result_type(*dtypes) if dtypes else _FLOAT64
    return dtype.newbyteorder("=") if dtype.kind == "f" else np.dtype(np.float64)


def missing_as_nan(array: NDArray[Any]) -> NDArray[Any]:
    """Return the values with NaN where they are masked, as floats if any is."""
    if not np.ma.isMaskedArray(array):
        return array
    floats = array.astype(
        np.result_type(array.dtype, np.float32) if array.dtype.kind == "f" else np.float64
    )
    return np.asarray(np.ma.filled(floats, np.nan))


def refuse_out(function: str, out: object, values: Sequence[object]) -> None:
    """Refuse an array to write into beside arguments that ask for a result of their own kind."""
    for value in values if out is not None else ():
        kind = containers.kind_of(value)
        if kind is not None or np.ma.isMaskedArray(value):
            words = "a MaskedArray" if kind is None else kind.words
            raise TypeError(
                f"{function}: out must not be given beside {words}, "
                "which a result of its own kind answers"
            )


def checked_out(
    function: str, out: object, shape: tuple[int, ...], values: Sequence[object]
) -> NDArray[Any]:
    """Return the array to write into, or refuse what does not fit the result."""
    refuse_out(function, out, values)
    if not isinstance(out, np.ndarray) or np.ma.isMaskedArray(out) or out.dtype.kind != "f":
        got = f"an array of dtype {out.dtype}" if type(out) is np.ndarray else checks.shown(out)
        raise TypeError(f"{function}: out must be a NumPy array of floating dtype, got {got}")
    if out.shape != shape:
        raise ValueError(f"{function}: out must have the shape {shape}, got {out.shape}")
    if not out.flags.writeable:
        raise ValueError(f"{function}: out must be writeable, got a read-only array")
    return out
