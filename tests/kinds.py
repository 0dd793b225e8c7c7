"""The kinds of containers, as data: how to make each, to read it back and to see that it is one.

A new kind is one class. Kinds of libraries that are not installed skip.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest


class Kind:
    """One kind of container.

    ``lazy`` kinds cannot be looked into, ``own`` ones have their own arithmetic, ``integers`` is
    the dtype that integers give, ``slow`` ones compile every operation for every shape. Kinds of
    one ``family`` mix. Beside ``arrays`` kinds NumPy arrays and lists may stand.
    """

    library = "numpy"
    lazy = own = slow = False
    arrays = True
    integers: Any = np.float64
    null = nan_is_null = False

    def __init__(self) -> None:
        self.module = pytest.importorskip(
            self.library, reason=f"{self.library} is not installed here"
        )
        self.setup()

    def setup(self) -> None: ...

    def teardown(self) -> None: ...

    @property
    def family(self) -> str:
        return self.library

    def make(self, array: Any) -> Any:
        """Return the array in a container of this kind, with a mask as missing values."""
        raise NotImplementedError

    def seen(self, array: Any) -> Any:
        """Return the array as the kind holds it: lists have no dtype."""
        return array

    def read(self, result: Any) -> Any:
        """Return the values as an array, masked where they are missing."""
        return np.asarray(result)

    def check(self, result: Any, label: str = "") -> None:
        """Check that the result is of the kind, before anything is computed."""
        assert type(result) is type(self.make(np.ones(4)))


class Array(Kind):
    def make(self, array: Any) -> Any:
        return array


class List(Kind):
    def make(self, array: Any) -> Any:
        return array.tolist()

    def seen(self, array: Any) -> Any:
        return np.array(array.tolist())

    def check(self, result: Any, label: str = "") -> None:
        assert type(result) is np.ndarray


class Tuple(List):
    def make(self, array: Any) -> Any:
        return tuple(array.tolist())


class Masked(Kind):
    null = True

    def make(self, array: Any) -> Any:
        return np.ma.array(array)

    def read(self, result: Any) -> Any:
        return result

    def check(self, result: Any, label: str = "") -> None:
        assert type(result) is np.ma.MaskedArray


class Pandas(Kind):
    library = "pandas"
    dtypes: ClassVar[dict[str, str]] = {}

    def make(self, array: Any) -> Any:
        index = [f"row {i}" for i in range(len(array))]
        series = self.module.Series(np.ma.getdata(array), index=index, name="name")
        if str(array.dtype) in self.dtypes:
            series = series.astype(self.dtypes[str(array.dtype)])
            series[np.ma.getmaskarray(array)] = None
        return series

    def read(self, result: Any) -> Any:
        if isinstance(result.dtype, np.dtype):
            return result.to_numpy()
        dtype = getattr(result.dtype, "numpy_dtype", np.float64)
        values = result.to_numpy(dtype=dtype, na_value=0)
        return np.ma.array(values, mask=result.isna().to_numpy())

    def check(self, result: Any, label: str = "") -> None:
        super().check(result)
        assert result.index.tolist() == [f"row {i}" for i in range(len(result))]
        assert result.name == "name"


class PandasNullable(Pandas):
    null = nan_is_null = True
    dtypes: ClassVar = {
        "float64": "Float64",
        "float32": "Float32",
        "int64": "Int64",
        "int8": "Int8",
    }

    def check(self, result: Any, label: str = "") -> None:
        super().check(result)
        # Ranks and marks lack nothing, whatever their scores lacked.
        assert str(result.dtype) in ("Float64", "Float32") or result.dtype in (int, bool)


class PandasArrow(PandasNullable):
    dtypes: ClassVar = {
        "float64": "double[pyarrow]",
        "float32": "float[pyarrow]",
        "int64": "int64[pyarrow]",
        "int8": "int8[pyarrow]",
    }

    def setup(self) -> None:
        pytest.importorskip("pyarrow", reason="pyarrow is not installed here")

    def check(self, result: Any, label: str = "") -> None:
        Pandas.check(self, result)
        assert isinstance(result.dtype, self.module.ArrowDtype) or result.dtype in (int, bool)


class Polars(Kind):
    library = "polars"
    null = True

    def make(self, array: Any) -> Any:
        series = self.module.Series("name", np.ma.getdata(array))
        missing = np.flatnonzero(np.ma.getmaskarray(array))
        return series.scatter(missing, None) if missing.size else series

    def read(self, result: Any) -> Any:
        if not result.null_count():
            return result.to_numpy()
        return np.ma.array(result.fill_null(0).to_numpy(), mask=result.is_null().to_numpy())

    def check(self, result: Any, label: str = "") -> None:
        super().check(result)
        assert result.name == label


class Expression(Polars):
    """Columns of a frame: each is named by a number, at which its values lie."""

    lazy = True
    arrays = False
    engine = "in-memory"

    def setup(self) -> None:
        self.columns: dict[str, Any] = {}

    def make(self, array: Any) -> Any:
        name = f"column {len(self.columns)}"
        self.columns[name] = super().make(array).alias(name)
        return self.module.col(name)

    def read(self, result: Any) -> Any:
        used = dict.fromkeys(result.meta.root_names())
        frame = self.module.LazyFrame([self.columns[name] for name in used])
        column = frame.select(result).collect(engine=self.engine).to_series()
        assert frame.select(result).collect_schema().dtypes() == [column.dtype]
        return super().read(column)

    def check(self, result: Any, label: str = "") -> None:
        assert isinstance(result, self.module.Expr)
        assert result.meta.output_name() == label


class Streaming(Expression):
    engine = "streaming"


class Arrow(Kind):
    library = "pyarrow"
    null = True

    def make(self, array: Any) -> Any:
        return self.module.array(np.ma.getdata(array), mask=np.ma.getmaskarray(array))

    def read(self, result: Any) -> Any:
        dtype = result.type.to_pandas_dtype()
        if not result.null_count:
            return np.array(result.to_pylist(), dtype)
        null = np.array(result.is_null().to_pylist(), bool)
        return np.ma.array(np.array(result.fill_null(0).to_pylist(), dtype), mask=null)

    def check(self, result: Any, label: str = "") -> None:
        assert isinstance(result, self.module.Array)


class ChunkedArrow(Arrow):
    def make(self, array: Any) -> Any:
        whole = super().make(array)
        return self.module.chunked_array([whole[:1], whole[1:]], whole.type)

    def check(self, result: Any, label: str = "") -> None:
        assert isinstance(result, self.module.ChunkedArray)


class Xarray(Kind):
    library = "xarray"

    def make(self, array: Any) -> Any:
        return self.module.DataArray(
            array,
            dims="network",
            coords={"network": [f"row {i}" for i in range(len(array))]},
            attrs={"source": "a table"},
        )

    def check(self, result: Any, label: str = "") -> None:
        super().check(result)
        assert result.dims == ("network",)
        assert result["network"].to_numpy().tolist() == [f"row {i}" for i in range(len(result))]
        assert result.attrs == {"source": "a table"}


class XarrayOfDask(Xarray):
    lazy = True

    def setup(self) -> None:
        pytest.importorskip("dask.array", reason="dask is not installed here")

    def make(self, array: Any) -> Any:
        return super().make(array).chunk({"network": 3})

    def check(self, result: Any, label: str = "") -> None:
        super().check(result)
        assert result.chunks == (
            tuple(3 for _ in range(len(result) // 3)) + (1,) * (len(result) % 3),
        )


class DaskArray(Kind):
    library = "dask.array"
    lazy = True

    def make(self, array: Any) -> Any:
        return self.module.from_array(array, chunks=3)

    def read(self, result: Any) -> Any:
        computed = result.compute()
        # What dask believes of the result before it has computed it.
        assert computed.dtype == result.dtype == result._meta.dtype
        assert computed.shape == result.shape
        return computed


class DaskSeries(Kind):
    library = "dask.dataframe"
    lazy = True
    arrays = False

    def make(self, array: Any) -> Any:
        pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
        return self.module.from_pandas(pandas.Series(array, name="name"), npartitions=2)

    def read(self, result: Any) -> Any:
        computed = result.compute()
        assert computed.index.tolist() == list(range(len(computed)))
        assert computed.dtype == result.dtype
        assert computed.name == result.name == "name"
        return computed.to_numpy()


class Jax(Kind):
    """In its 64-bit mode; without it JAX has no int64 and no float64."""

    library = "jax"
    own = slow = True

    def setup(self) -> None:
        self.module.config.update("jax_enable_x64", True)

    def teardown(self) -> None:
        self.module.config.update("jax_enable_x64", False)

    def make(self, array: Any) -> Any:
        return self.module.numpy.asarray(array)


class Torch(Kind):
    library = "torch"
    own = True
    integers = np.float32

    def make(self, array: Any) -> Any:
        return self.module.from_numpy(np.array(array))


class Strict(Kind):
    """The strictest array of the standard."""

    library = "array_api_strict"
    own = True
    arrays = False

    def make(self, array: Any) -> Any:
        return self.module.asarray(array)


class DeviceArray:
    """CuPy's array in what the package uses of it: NumPy's values, and they leave by `get` only."""

    device = "gpu 0"
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)
        self.dtype, self.shape, self.ndim = self.values.dtype, self.values.shape, self.values.ndim

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return DEVICE

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed")

    def get(self) -> Any:
        return self.values.copy()

    def tolist(self) -> Any:
        return self.values.tolist()

    def __bool__(self) -> bool:
        return bool(self.values)


def _on_device(function: Any) -> Any:
    """Return NumPy's function, of and for arrays on the device."""

    def compute(*given: Any, device: str = "gpu 0", **options: Any) -> Any:
        assert device == "gpu 0"
        for one in given:
            assert not isinstance(one, np.ndarray) or one.ndim == 0 or function is np.asarray
        with np.errstate(all="ignore"):
            values = [one.values if isinstance(one, DeviceArray) else one for one in given]
            return DeviceArray(function(*values, **options))

    return compute


class _Device:
    """The functions of CuPy that the package uses."""

    float64 = np.float64

    def __getattr__(self, name: str) -> Any:
        return _on_device(getattr(np, name))

    def astype(self, array: DeviceArray, dtype: Any, *, copy: bool = True) -> DeviceArray:
        return DeviceArray(array.values.astype(dtype, copy=copy))

    def result_type(self, *values: Any) -> Any:
        return np.result_type(*(one.dtype for one in values))

    def isdtype(self, dtype: Any, kind: str) -> bool:
        assert kind == "real floating"
        return bool(dtype.kind == "f")


DEVICE = _Device()
_ARITHMETIC = "add sub mul truediv pow mod radd rsub rmul rtruediv rpow neg abs"
for _name in (*_ARITHMETIC.split(), "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "invert"):
    setattr(DeviceArray, f"__{_name}__", _on_device(getattr(np.ndarray, f"__{_name}__")))


class Device(Kind):
    """A stand-in for CuPy; the library itself is in `test_containers_gpu`."""

    own = True
    arrays = False

    @property
    def family(self) -> str:
        return "device"

    def make(self, array: Any) -> Any:
        return DeviceArray(array)

    def read(self, result: Any) -> Any:
        return result.get()


EAGER = (
    Array,
    List,
    Tuple,
    Masked,
    Pandas,
    PandasNullable,
    PandasArrow,
    Polars,
    Arrow,
    ChunkedArrow,
    Xarray,
    Jax,
    Torch,
    Strict,
    Device,
)
LAZY = (Expression, Streaming, XarrayOfDask, DaskArray, DaskSeries)
KINDS = EAGER + LAZY
PLAIN = (Array, List, Tuple, Masked)
