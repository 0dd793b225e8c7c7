"""How a formula meets an array: containers, dtypes, missing values, positions of errors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from netscore import checks
from netscore.blocks import Kernel, Run, cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas
    from numpy.typing import NDArray
    from typing_extensions import TypeIs

    from netscore.checks import Parameter


class SeriesLike(Protocol):
    """What a type checker needs to know of a pandas Series."""

    @property
    def index(self) -> Any:
        """Row labels."""
        ...

    @property
    def iloc(self) -> Any:
        """Access by position."""
        ...

    def to_numpy(self) -> Any:
        """Return the values as an array."""
        ...


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
    plain = is_plain(values)
    run = Run(kernel, parameters)
    threads = 1 if workers == 1 else thread_count(function, workers)
    if plain:
        arrays, shape, dtype = values, values[0].shape, values[0].dtype
    else:
        arrays, shape = real_arrays(function, parameters, values)
        dtype = floating_dtype(values, arrays)
    masks = [np.ma.getmaskarray(array) for array in arrays if np.ma.isMaskedArray(array)]
    if out is None:
        result = np.empty(shape, dtype)
    else:
        result = checked_out(function, out, shape, values)
        arrays = [a.copy() if np.may_share_memory(a, out) else a for a in arrays]
    working = [missing_as_nan(array) for array in arrays] if masks else arrays
    run.over(working, result, np.promote_types(dtype, np.float64), threads)
    report(run, function, parameters, arrays, stacklevel=depth + 3)
    if masks:
        mask = np.logical_or.reduce(np.broadcast_arrays(result, *masks)[1:])
        return np.ma.MaskedArray(result, mask=mask)
    if not plain:
        series = [value for value in values if is_series(value)]
        if series:
            return as_series(series, result)
    return result


def is_plain(values: Sequence[Any]) -> TypeIs[Sequence[NDArray[Any]]]:
    """Whether all values are float64 arrays of one shape, and no subclass of an array."""
    shape = values[0].shape if type(values[0]) is np.ndarray else None
    for value in values:
        if type(value) is not np.ndarray or value.dtype is not _FLOAT64 or value.shape != shape:
            return False
    return True


_FLOAT64 = np.dtype(np.float64)


def checked(
    function: str, parameters: Sequence[Parameter], values: Sequence[object], *, stacklevel: int
) -> tuple[list[NDArray[Any]], tuple[int, ...]]:
    """Return the checked values as arrays, and their broadcast shape."""
    arrays, shape = real_arrays(function, parameters, values)
    for parameter, array in zip(parameters, arrays):
        check_array(function, parameter, array)
    doubts = [doubt(parameter, array) for parameter, array in zip(parameters, arrays)]
    checks.warn_units(function, doubts, stacklevel=stacklevel)
    return arrays, shape


def report(
    run: Run,
    function: str,
    parameters: Sequence[Parameter],
    arrays: Sequence[NDArray[Any]],
    *,
    stacklevel: int,
) -> None:
    """Raise the error, or give the warning, that the blocks of a run call for."""
    if run.wrong:
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
    check_indexes(function, names, values, shape)
    return arrays, shape


def real_array(function: str, name: str, value: object) -> NDArray[Any]:
    """Return the value as an array of real numbers, masked if it was; refuse every other kind."""
    if is_pandas("DataFrame", value):
        checks.refuse_kind(function, name, "a DataFrame (pass one column of it)")
    if is_series(value) and not isinstance(value.dtype, np.dtype):
        return extension_array(function, name, value)
    try:
        array = np.asanyarray(value)
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
    wrong = np.logical_not(parameter.allows(data))
    if parameter.missing:
        wrong &= data == data
    if np.ma.isMaskedArray(array):
        wrong &= ~np.ma.getmaskarray(array)
    if not wrong.any():
        return
    if data.ndim == 0:
        checks.refuse_value(function, parameter, data.item())
    first = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
    place = first[0] if len(first) == 1 else first
    count = int(np.count_nonzero(wrong))
    checks.refuse_value(function, parameter, data[first].item(), place, count, data.size)


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


def checked_out(
    function: str, out: object, shape: tuple[int, ...], values: Sequence[object]
) -> NDArray[Any]:
    """Return the array to write into, or refuse what does not fit the result."""
    kept = [value for value in values if is_series(value) or np.ma.isMaskedArray(value)]
    if kept:
        raise TypeError(
            f"{function}: out must not be given beside a {type(kept[0]).__name__}, "
            "which a result of its own kind answers"
        )
    if not isinstance(out, np.ndarray) or np.ma.isMaskedArray(out) or out.dtype.kind != "f":
        got = f"an array of dtype {out.dtype}" if type(out) is np.ndarray else checks.shown(out)
        raise TypeError(f"{function}: out must be a NumPy array of floating dtype, got {got}")
    if out.shape != shape:
        raise ValueError(f"{function}: out must have the shape {shape}, got {out.shape}")
    if not out.flags.writeable:
        raise ValueError(f"{function}: out must be writeable, got a read-only array")
    return out


def thread_count(function: str, workers: object) -> int:
    """Return the number of threads, or refuse what is neither a positive number nor -1."""
    if not isinstance(workers, (int, np.integer)) or isinstance(workers, bool):
        raise TypeError(f"{function}: workers must be an integer, got {checks.shown(workers)}")
    if workers < 1 and workers != -1:
        raise ValueError(
            f"{function}: workers must be positive, or -1 for all cores, got {workers}"
        )
    return cores() if workers == -1 else int(workers)


def is_pandas(kind: str, value: object) -> bool:
    """Whether the value is of that pandas class; pandas itself is never imported for it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, getattr(pandas, kind))


def is_series(value: object) -> TypeIs[pandas.Series[Any]]:
    """Whether the value is a pandas Series."""
    return is_pandas("Series", value)


def extension_array(function: str, name: str, series: pandas.Series[Any]) -> NDArray[Any]:
    """Return a column of a nullable or Arrow dtype as floats, NaN where it is NA."""
    import pandas

    types = pandas.api.types
    if types.is_numeric_dtype(series.dtype) and not types.is_bool_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    checks.refuse_kind(function, name, f"a Series of dtype {series.dtype}")


def check_indexes(
    function: str, names: Sequence[str], values: Sequence[object], shape: tuple[int, ...]
) -> None:
    """Refuse Series whose rows are not the same rows, and arrays that do not fit them."""
    series = [(name, value) for name, value in zip(names, values) if is_series(value)]
    for name, value in series:
        first, reference = series[0]
        if not value.index.equals(reference.index):
            raise ValueError(
                f"{function}: {name} must have the same index as {first}, "
                f"got Series of length {len(value)} and {len(reference)} with different labels"
            )
        if shape != value.shape:
            raise ValueError(
                f"{function}: arrays beside a Series must have its shape {value.shape}, "
                f"got a broadcast shape of {shape}"
            )


def as_series(series: Sequence[pandas.Series[Any]], result: NDArray[Any]) -> pandas.Series[Any]:
    """Return the result with the index of the Series and, where they share it, their name."""
    import pandas

    names = {one.name for one in series}
    column: pandas.Series[Any] = pandas.Series(
        result, index=series[0].index, name=names.pop() if len(names) == 1 else None
    )
    dtypes = [one.dtype for one in series]
    if result.dtype.kind != "f":
        return column
    if any(isinstance(dtype, pandas.ArrowDtype) for dtype in dtypes):
        return column.astype("double[pyarrow]")
    if any(isinstance(dtype, pandas.api.extensions.ExtensionDtype) for dtype in dtypes):
        return column.astype("Float64")
    return column
