"""Containers of other libraries: how each meets the formulas; a new one is one class here.

A container is recognised by the library that the caller's object brought: none is imported that
was not, and none is a dependency of this package.
"""

# ruff: noqa: D101, D102 - the classes at the top say what the methods of every kind do
from __future__ import annotations

import operator
import sys
from functools import reduce
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol, TypeAlias

    from numpy.typing import NDArray

    from netscore.arrays import Call
    from netscore.checks import Parameter

    # What a type checker needs to know of a container is what no array or number has.
    class SeriesLike(Protocol):
        """A pandas Series."""

        @property
        def index(self) -> Any: ...
        @property
        def iloc(self) -> Any: ...
        def to_numpy(self) -> Any: ...

    class PolarsLike(Protocol):
        """A polars Series or expression."""

        @property
        def arg_true(self) -> Any: ...

    class ArrowLike(Protocol):
        """A pyarrow Array or ChunkedArray."""

        @property
        def null_count(self) -> Any: ...

    class XarrayLike(Protocol):
        """An xarray DataArray."""

        @property
        def dims(self) -> Any: ...

    class DaskLike(Protocol):
        """A dask array or Series."""

        @property
        def npartitions(self) -> Any: ...

    class TorchLike(Protocol):
        """A torch tensor."""

        @property
        def requires_grad(self) -> Any: ...

    class JaxLike(Protocol):
        """A JAX array."""

        @property
        def addressable_shards(self) -> Any: ...

    ContainerLike: TypeAlias = (
        SeriesLike | PolarsLike | ArrowLike | XarrayLike | DaskLike | TorchLike | JaxLike
    )


class Container:
    """One kind of container.

    Attributes
    ----------
    library, names : str and tuple of str
        The module and the classes in it that make an object one of this kind.
    words : str
        What messages call one.
    beside_arrays : bool
        Whether NumPy arrays and lists may stand beside it.
    """

    library = ""
    names: tuple[str, ...] = ()
    words = ""
    beside_arrays = True

    def holds(self, value: object) -> bool:
        """Whether the value is of this kind."""
        return any(is_from(self.library, name, value) for name in self.names)

    def takes(self, other: Container) -> bool:
        """Whether values of the other kind may stand beside this one and turn into it."""
        return False

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        """Return the values as an array, masked where they are missing."""
        return np.asanyarray(value)

    def fit(
        self, function: str, names: Sequence[str], values: Sequence[Any], shape: tuple[int, ...]
    ) -> None:
        """Refuse containers whose rows are not the same rows, and arrays that do not fit them."""

    def wrap(self, own: Sequence[Any], result: NDArray[Any]) -> Any:
        """Return the result in a container like those of this kind among the arguments."""
        return result


class Column(Container):
    """A one-dimensional container, which answers with one of its own length."""

    def fit(
        self, function: str, names: Sequence[str], values: Sequence[Any], shape: tuple[int, ...]
    ) -> None:
        for value in values:
            if self.holds(value) and shape != (len(value),):
                raise ValueError(
                    f"{function}: arrays beside {self.words} must have its shape {(len(value),)}, "
                    f"got a broadcast shape of {shape}"
                )


class PandasSeries(Column):
    library = "pandas"
    names = ("Series",)
    words = "a Series"

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        if isinstance(value.dtype, np.dtype):
            return np.asarray(value)
        types = sys.modules["pandas"].api.types
        if not types.is_numeric_dtype(value.dtype) or types.is_bool_dtype(value.dtype):
            checks.refuse_kind(function, name, f"a Series of dtype {value.dtype}")
        floating = value.dtype.kind == "f"
        dtype = value.dtype.numpy_dtype if floating else np.float64
        array: NDArray[Any] = value.to_numpy(dtype=dtype, na_value=np.nan)
        return array

    def fit(
        self, function: str, names: Sequence[str], values: Sequence[Any], shape: tuple[int, ...]
    ) -> None:
        series = [(name, value) for name, value in zip(names, values) if self.holds(value)]
        first, reference = series[0]
        for name, value in series:
            if not value.index.equals(reference.index):
                raise ValueError(
                    f"{function}: {name} must have the same index as {first}, "
                    f"got Series of length {len(value)} and {len(reference)} with different labels"
                )
        super().fit(function, names, values, shape)

    def wrap(self, own: Sequence[Any], result: NDArray[Any]) -> Any:
        pandas = sys.modules["pandas"]
        if isinstance(result, np.ma.MaskedArray):
            result = result.filled(nan)
        names = {one.name for one in own}
        name = names.pop() if len(names) == 1 else None
        column = pandas.Series(result, index=own[0].index, name=name)
        dtypes = [one.dtype for one in own]
        if result.dtype.kind != "f":
            return column
        if any(isinstance(dtype, pandas.ArrowDtype) for dtype in dtypes):
            arrow = {2: "halffloat", 4: "float"}.get(result.dtype.itemsize, "double")
            return column.astype(f"{arrow}[pyarrow]")
        if any(isinstance(dtype, pandas.api.extensions.ExtensionDtype) for dtype in dtypes):
            return column.astype("Float32" if result.dtype.itemsize == 4 else "Float64")
        return column


class PolarsSeries(Column):
    library = "polars"
    names = ("Series",)
    words = "a polars Series"

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        polars = sys.modules["polars"]
        if not value.dtype.is_numeric():
            checks.refuse_kind(function, name, f"a Series of dtype {value.dtype}")
        if not (value.dtype.is_float() or value.dtype.is_integer()):
            value = value.cast(polars.Float64)
        array: NDArray[Any] = value.to_numpy()
        return with_mask(array, value.is_null().to_numpy()) if value.null_count() else array

    def wrap(self, own: Sequence[Any], result: NDArray[Any]) -> Any:
        polars = sys.modules["polars"]
        column = polars.Series(own[0].name, np.ma.getdata(result))
        if not isinstance(result, np.ma.MaskedArray):
            return column
        known = polars.Series(~np.ma.getmaskarray(result))
        return column.zip_with(known, polars.Series([None], dtype=column.dtype))


class ArrowArray(Column):
    library = "pyarrow"
    names = ("Array", "ChunkedArray")
    words = "a pyarrow array"

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        types = sys.modules["pyarrow"].types
        if types.is_decimal(value.type):
            value = value.cast("float64")
        if not types.is_integer(value.type) and not types.is_floating(value.type):
            checks.refuse_kind(function, name, f"an array of type {value.type}")
        array, missing = (
            one.to_numpy() if self.is_chunked(one) else one.to_numpy(zero_copy_only=False)
            for one in (value, value.is_null())
        )
        return with_mask(array, missing) if value.null_count else array

    def wrap(self, own: Sequence[Any], result: NDArray[Any]) -> Any:
        pyarrow = sys.modules["pyarrow"]
        column = pyarrow.array(np.ma.getdata(result), mask=np.ma.getmaskarray(result))
        return pyarrow.chunked_array([column]) if any(map(self.is_chunked, own)) else column

    def is_chunked(self, value: Any) -> bool:
        return isinstance(value, sys.modules["pyarrow"].ChunkedArray)


def with_mask(array: NDArray[Any], missing: NDArray[Any]) -> NDArray[Any]:
    """Return the array with its missing values masked."""
    masked: NDArray[Any] = np.ma.MaskedArray(array, mask=missing)
    return masked


class Computing(Container):
    """A kind whose own library computes the formula."""

    def seen(self, parameter: Parameter, value: Any) -> Any:
        """Return what there is to check of a value: nothing where it cannot be looked into."""
        return None

    def compute(self, call: Call, values: Sequence[Any]) -> Any:
        """Compute the formula, NaN where a value is not allowed.

        The values are of this kind, of one that may stand beside it, numbers, or arrays.
        """
        raise NotImplementedError

    def refuse_other_dtypes(self, call: Call, values: Sequence[Any]) -> None:
        """Refuse values of this kind that are no real numbers."""
        for parameter, value in zip(call.parameters, values):
            if self.holds(value) and not self.is_real(value.dtype):
                got = f"{self.words} of dtype {value.dtype}"
                checks.refuse_kind(call.function, parameter.name, got)

    def is_real(self, dtype: Any) -> bool:
        """Whether values of the dtype are real numbers."""
        real: bool = dtype.kind in "iuf"
        return real


class PolarsExpression(Computing):
    library = "polars"
    names = ("Expr",)
    words = "a polars expression"
    beside_arrays = False

    def takes(self, other: Container) -> bool:
        return isinstance(other, PolarsSeries)

    def compute(self, call: Call, values: Sequence[Any]) -> Any:
        # Numbers stay numbers, as those in polars' arithmetic, which adapt to Float32 columns.
        expressions = []
        for value in values:
            number = checks.number(value)
            if number is not None:
                expressions.append(float(number))
            else:
                expressions.append(value if self.holds(value) else sys.modules["polars"].lit(value))
        return call.anywhere(self, *expressions)

    # The functions that the formulas use, as NumPy names them, for numbers too.
    def log10(self, value: Any) -> Any:
        if isinstance(value, float):
            with np.errstate(divide="ignore"):
                return float(np.log10(value))
        return value.log10()

    def where(self, condition: Any, value: Any, other: float) -> Any:
        """Choose as NumPy does, but null where the expression is, and under its name."""
        if isinstance(condition, bool):  # of checked numbers
            return value if condition else other
        when = sys.modules["polars"].when(condition.fill_null(True))
        return when.then(value).otherwise(other)


class DataArray(Computing):
    library = "xarray"
    names = ("DataArray",)
    words = "an xarray DataArray"

    def takes(self, other: Container) -> bool:
        return isinstance(other, DaskArray)

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        return within(function, name, value.data)

    def seen(self, parameter: Parameter, value: Any) -> Any:
        return value.data

    def compute(self, call: Call, values: Sequence[Any]) -> Any:
        xarray = sys.modules["xarray"]
        try:
            xarray.align(*filter(self.holds, values), join="exact", copy=False)
        except ValueError as error:
            raise ValueError(
                f"{call.function}: DataArrays must have the same labels along the dimensions that "
                f"they share, but {error}"
            ) from None
        return xarray.apply_ufunc(
            call.lenient, *values, join="exact", dask="allowed", keep_attrs="drop_conflicts"
        )


class DaskArray(Computing):
    library = "dask.array"
    names = ("Array",)
    words = "a dask array"

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        return within(function, name, value.compute())

    def compute(self, call: Call, values: Sequence[Any]) -> Any:
        self.refuse_other_dtypes(call, values)
        elemwise = sys.modules["dask.array"].core.elemwise
        return elemwise(call.lenient, *values, dtype=call.dtype(values))


class DaskSeries(Computing):
    library = "dask.dataframe"
    names = ("Series",)
    words = "a dask Series"
    beside_arrays = False

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        return within(function, name, value.compute())

    def compute(self, call: Call, values: Sequence[Any]) -> Any:
        own = list(filter(self.holds, values))
        meta = call.lenient(*(value._meta if self.holds(value) else value for value in values))
        if all(one.known_divisions for one in own):
            if len({one.divisions for one in own}) > 1:
                try:
                    common = sorted({bound for one in own for bound in one.divisions})
                except TypeError as error:
                    raise ValueError(
                        f"{call.function}: dask Series must have the same index, but {error}"
                    ) from None
                values = [
                    one.repartition(divisions=common, force=True) if self.holds(one) else one
                    for one in values
                ]
        elif len({one.npartitions for one in own}) > 1:
            counts = ", ".join(str(one.npartitions) for one in own)
            raise ValueError(
                f"{call.function}: dask Series of unknown divisions must have equally many "
                f"partitions, got {counts}"
            )
        # Whether rows are the same rows shows in the partitions, which pandas Series are.
        map_partitions = sys.modules["dask.dataframe"].map_partitions
        return map_partitions(call.lenient, *values, meta=meta)


class ArrayLibrary(Computing):
    """A library with arrays of its own and with functions named as NumPy names them."""

    functions = ""

    def seen(self, parameter: Parameter, value: Any) -> Any:
        # Where all is well the device answers once; the values leave it only where it is not.
        fine = parameter.allows(value)
        if parameter.missing:
            fine = fine | (value != value)
        fine = fine.all() & (value > parameter.limit).any()
        return None if bool(fine) else self.to_array("", "", value)

    def compute(self, call: Call, values: Sequence[Any]) -> Any:
        self.refuse_other_dtypes(call, values)
        own = next(filter(self.holds, values))
        wide = [self.wide(value, own) for value in values]
        if not self.compiling():  # pragma: no branch - what is compiled is not traced
            call.check_shapes(wide)
        result = call.anywhere(sys.modules[self.functions], *wide)
        arrays = [value for value in values if checks.number(value) is None]
        return self.narrow(result, arrays, own)

    def compiling(self) -> bool:
        """Whether shapes are the compiler's concern."""
        return False

    def wide(self, value: Any, own: Any) -> Any:
        """Return the value in the precision of the computation, on the device of `own`."""
        raise NotImplementedError

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        """Return the result in the floating dtype to which the library promotes the arrays."""
        raise NotImplementedError


class TorchTensor(ArrayLibrary):
    library = functions = "torch"
    names = ("Tensor",)
    words = "a torch tensor"

    def is_real(self, dtype: Any) -> bool:
        return not dtype.is_complex and dtype != sys.modules["torch"].bool

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        value = value.detach().cpu()
        # NumPy has no dtype for this one.
        if value.dtype == sys.modules["torch"].bfloat16:
            value = value.float()
        array: NDArray[Any] = value.numpy()
        return array

    def seen(self, parameter: Parameter, value: Any) -> Any:
        if self.compiling():
            return None  # pragma: no cover - what is compiled is not traced
        try:
            return super().seen(parameter, value.detach())
        except RuntimeError:  # no values to see: traced by a transform, or on the meta device
            return None

    def compiling(self) -> bool:
        compiling: bool = sys.modules["torch"].compiler.is_compiling()
        return compiling

    def wide(self, value: Any, own: Any) -> Any:
        torch = sys.modules["torch"]
        return torch.as_tensor(value, dtype=torch.float64, device=self.device(value, own))

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        torch = sys.modules["torch"]
        # What torch makes of them in a sum, computed without the values.
        empty = [
            torch.empty((0,) * array.ndim, dtype=torch.as_tensor(array).dtype, device="meta")
            for array in arrays
        ]
        dtype = reduce(operator.add, empty).dtype
        return result.to(dtype if dtype.is_floating_point else torch.get_default_dtype())

    def device(self, value: Any, own: Any) -> Any:
        return value.device if self.holds(value) else own.device


class JaxArray(ArrayLibrary):
    library = "jax"
    functions = "jax.numpy"
    names = ("Array",)
    words = "a JAX array"

    def is_real(self, dtype: Any) -> bool:
        numpy = sys.modules["jax.numpy"]
        return any(numpy.issubdtype(dtype, kind) for kind in (numpy.integer, numpy.floating))

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        array = np.asarray(value)
        # NumPy takes bfloat16 for no number.
        return array if array.dtype.kind in "biufc" else array.astype(np.float32)

    def seen(self, parameter: Parameter, value: Any) -> Any:
        traced = isinstance(value, sys.modules["jax"].core.Tracer)
        return None if traced else super().seen(parameter, value)

    def wide(self, value: Any, own: Any) -> Any:
        numpy = sys.modules["jax.numpy"]
        if not self.holds(value):
            value = np.asarray(value, dtype=np.float64)  # integers may not fit those of JAX
        return numpy.asarray(value, dtype=numpy.result_type(float))

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        return result.astype(sys.modules["jax.numpy"].result_type(*arrays, float))


class CupyArray(ArrayLibrary):
    library = functions = "cupy"
    names = ("ndarray",)
    words = "a CuPy array"
    beside_arrays = False

    def to_array(self, function: str, name: str, value: Any) -> NDArray[Any]:
        array: NDArray[Any] = value.get()
        return array

    def wide(self, value: Any, own: Any) -> Any:
        cupy = sys.modules["cupy"]
        return cupy.asarray(value, dtype=cupy.float64)

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        dtype = sys.modules["cupy"].result_type(*arrays)
        return result.astype(dtype if dtype.kind == "f" else np.float64, copy=False)


KINDS: tuple[Container, ...] = (
    PandasSeries(),
    PolarsSeries(),
    PolarsExpression(),
    ArrowArray(),
    DataArray(),
    DaskArray(),
    DaskSeries(),
    CupyArray(),
    JaxArray(),
    TorchTensor(),
)
TABLES = (
    ("pandas", "DataFrame"),
    ("polars", "DataFrame"),
    ("polars", "LazyFrame"),
    ("pyarrow", "RecordBatch"),
    ("pyarrow", "Table"),
    ("dask.dataframe", "DataFrame"),
    ("xarray", "Dataset"),
)
_NO_CONTAINERS = frozenset((float, int, list, tuple, np.ndarray, np.float64, np.int64))


def is_from(library: str, name: str, value: object) -> bool:
    """Whether the value is an instance of that class; the library is not imported for it."""
    # A module that is still being imported may lack the class.
    kind = getattr(sys.modules.get(library), name, None)
    return kind is not None and isinstance(value, kind)


def is_table(value: object) -> bool:
    """Whether the value is a table, of which one column would be wanted."""
    return type(value) not in _NO_CONTAINERS and any(is_from(*table, value) for table in TABLES)


def kind_of(value: object) -> Container | None:
    """Return the kind of container that the value is; None for numbers, arrays and lists."""
    if type(value) in _NO_CONTAINERS:
        return None
    for kind in KINDS:
        if kind.holds(value):
            return kind
    return None


def within(function: str, name: str, value: Any) -> NDArray[Any]:
    """Return the array of what another container held or computed."""
    kind = kind_of(value)
    return np.asanyarray(value) if kind is None else kind.to_array(function, name, value)


def shared_kind(function: str, names: Sequence[str], values: Sequence[object]) -> Container | None:
    """Return the kind that the result shall be, or refuse values of kinds that do not mix."""
    kinds = [kind_of(value) for value in values]
    found = [kind for kind in kinds if kind is not None]
    if not found:
        return None
    for shared in found:
        if all(kind is shared or shared.takes(kind) for kind in found):
            break
    else:
        shared = found[0]
    for name, value, kind in zip(names, values, kinds):
        if kind is None:
            mixes = shared.beside_arrays or checks.number(value) is not None
            words = f"a {type(value).__name__}"
        else:
            mixes = kind is shared or shared.takes(kind)
            words = kind.words
        if not mixes:
            first = names[kinds.index(shared)]
            raise TypeError(
                f"{function}: the arguments must be of kinds that mix, "
                f"got {shared.words} as {first} and {words} as {name}"
            )
    return shared


def like(values: Sequence[object], result: NDArray[Any]) -> Any:
    """Return the result in the container of those values that are in one."""
    kinds = [(kind, value) for value in values if (kind := kind_of(value)) is not None]
    if not kinds:
        return result
    kind = kinds[0][0]
    return kind.wrap([value for other, value in kinds if other is kind], result)


def seen(parameter: Parameter, value: Any) -> Any:
    """Return the array, or column, in which the value is to be checked; None: there is none."""
    kind = kind_of(value)
    while isinstance(kind, Computing):
        value = kind.seen(parameter, value)
        kind = kind_of(value)
    return value
