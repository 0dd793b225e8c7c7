"""The columns of data frames: pandas and polars Series, pyarrow arrays."""

# ruff: noqa: D102 - what the methods do is said in `netscore.arrays.plain`
from __future__ import annotations

import sys
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks
from netscore.arrays.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from netscore.arrays import Call


class Column(Plain):
    """A one-dimensional container, which answers with one of its own length."""

    is_plain = False

    def fit(self, call: Call, values: Sequence[Any], shape: tuple[int, ...]) -> None:
        for value in values:
            if self.holds(value) and shape != (len(value),):
                raise ValueError(
                    f"{call.function}: arrays beside {self.words} must have its shape "
                    f"{(len(value),)}, got a broadcast shape of {shape}"
                )


class PandasSeries(Column):
    """A pandas Series; the index is kept."""

    def to_array(self, function: str, name: str, value: Any) -> Any:
        dtype = value.dtype
        if isinstance(dtype, np.dtype):
            return value.to_numpy()  # asarray asks the Series for much more
        types = sys.modules["pandas"].api.types
        if not types.is_numeric_dtype(dtype) or types.is_bool_dtype(dtype):
            checks.refuse_kind(function, name, f"a Series of dtype {dtype}")
        own = getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", None))  # of a sparse one
        if dtype.kind in "iu" and own is not None:
            # Not through floats, in which large integers would share a value.
            whole, missing = value.to_numpy(dtype=own, na_value=0), value.isna()
            return np.ma.MaskedArray(whole, mask=missing) if missing.any() else whole
        floats = getattr(dtype, "numpy_dtype", np.float64) if dtype.kind == "f" else np.float64
        return value.to_numpy(dtype=floats, na_value=np.nan)

    def fit(self, call: Call, values: Sequence[Any], shape: tuple[int, ...]) -> None:
        series = [(rule.name, v) for rule, v in zip(call.rules, values) if self.holds(v)]
        first, reference = series[0]
        for name, value in series[1:]:
            if value.index is not reference.index and not value.index.equals(reference.index):
                raise ValueError(
                    f"{call.function}: {name} must have the same index as {first}, "
                    f"got Series of length {len(value)} and {len(reference)} with different labels"
                )
        super().fit(call, values, shape)

    def wrap(self, own: Sequence[Any], result: NDArray[Any], label: str) -> Any:
        pandas = sys.modules["pandas"]
        result = np.ma.filled(result, nan)  # only floats are ever masked
        names = {one.name for one in own}
        name = names.pop() if len(names) == 1 else None
        column = pandas.Series(result, index=own[0].index, name=name, copy=False)
        dtypes = [one.dtype for one in own if not isinstance(one.dtype, np.dtype)]
        if not dtypes or result.dtype.kind != "f":
            return column
        if any(isinstance(dtype, pandas.ArrowDtype) for dtype in dtypes):
            arrow = {2: "halffloat", 4: "float"}.get(result.dtype.itemsize, "double")
            return column.astype(f"{arrow}[pyarrow]")
        return column.astype("Float32" if result.dtype.itemsize == 4 else "Float64")


class PolarsSeries(Column):
    """A polars Series; the result is named after what was computed."""

    def to_array(self, function: str, name: str, value: Any) -> Any:
        dtype = value.dtype
        if not dtype.is_numeric():
            checks.refuse_kind(function, name, f"a Series of dtype {dtype}")
        if not (dtype.is_float() or dtype.is_integer()) or "128" in str(dtype):
            value = value.cast(sys.modules["polars"].Float64)
        if not value.null_count():
            return value.to_numpy()
        # Not through floats, in which large integers would share a value.
        return np.ma.MaskedArray(value.fill_null(0).to_numpy(), mask=value.is_null().to_numpy())

    def wrap(self, own: Sequence[Any], result: NDArray[Any], label: str) -> Any:
        polars = sys.modules["polars"]
        column = polars.Series(label, np.ma.getdata(result))
        if not isinstance(result, np.ma.MaskedArray):
            return column
        known = polars.Series(~np.ma.getmaskarray(result))
        return column.zip_with(known, polars.Series([None]))


class ArrowArray(Column):
    """A pyarrow Array or ChunkedArray."""

    def to_array(self, function: str, name: str, value: Any) -> Any:
        types = sys.modules["pyarrow"].types
        if types.is_decimal(value.type):
            value = value.cast("float64")
        if not types.is_integer(value.type) and not types.is_floating(value.type):
            checks.refuse_kind(function, name, f"an array of type {value.type}")
        if not value.null_count:
            return np.asarray(value)
        # Not through floats, in which large integers would share a value.
        return np.ma.MaskedArray(np.asarray(value.fill_null(0)), mask=np.asarray(value.is_null()))

    def wrap(self, own: Sequence[Any], result: NDArray[Any], label: str) -> Any:
        pyarrow = sys.modules["pyarrow"]
        column = pyarrow.array(np.ma.getdata(result), mask=np.ma.getmaskarray(result))
        chunked = any(isinstance(one, pyarrow.ChunkedArray) for one in own)
        return pyarrow.chunked_array([column]) if chunked else column
