"""What computes later, or in parts: polars expressions, dask, xarray."""

# ruff: noqa: D102 - what the methods do is said in `netscore.arrays.plain`
from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks
from netscore.arrays.columns import PolarsSeries
from netscore.arrays.plain import Kind, floating_dtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from netscore.arrays import Call
    from netscore.arrays.blocks import Kernel
    from netscore.checks import Rule


class Lazy(Kind):
    """A kind whose values cannot be looked at."""

    def is_lazy(self, value: Any) -> bool:
        return True


class PolarsExpression(Lazy):
    """A polars expression: polars calls the blocks batch by batch."""

    def takes(self, other: Kind) -> bool:
        return other is self or isinstance(other, PolarsSeries)

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        polars = sys.modules["polars"]
        places = [place for place, value in enumerate(values) if checks.number(value) is None]
        columns = [values[p] if self.holds(values[p]) else polars.lit(values[p]) for p in places]

        def batch(series: Sequence[Any]) -> Any:
            # A literal comes as one row, also where there is none.
            rows = next((len(column) for column in series if len(column) != 1), 1)
            given = list(values)
            for place, column in zip(places, series):
                given[place] = column if len(column) == rows else column.new_from_index(0, rows)
            return call.lenient(kernel, *given)

        label = kernel.label or call.function
        return polars.map_batches(columns, batch, is_elementwise=True).alias(label)


class DaskArray(Lazy):
    """A dask array."""

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        for rule, value in zip(call.rules, values):
            if self.holds(value) and value.dtype.kind not in "iuf":
                got = f"{self.words} of dtype {value.dtype}"
                checks.refuse_kind(call.function, rule.name, got)
        elemwise = sys.modules["dask.array"].core.elemwise
        arrays = [value if hasattr(value, "dtype") else np.asarray(value) for value in values]
        if all(size == size for array in arrays for size in array.shape):  # and so none unknown
            call.shape(arrays)
        dtype = floating_dtype(values, arrays)
        return elemwise(partial(call.lenient, kernel), *values, dtype=dtype)


class DaskSeries(Lazy):
    """A dask Series: its partitions are pandas Series, in which differing rows show."""

    beside_arrays = False

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        lenient = partial(call.lenient, kernel)
        own = list(filter(self.holds, values))
        meta = lenient(*(value._meta if self.holds(value) else value for value in values))
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
        return sys.modules["dask.dataframe"].map_partitions(lenient, *values, meta=meta)


class DataArray(Kind):
    """An xarray DataArray, of NumPy's arrays or of another library's."""

    def takes(self, other: Kind) -> bool:
        return super().takes(other) or isinstance(other, DaskArray)

    def is_lazy(self, value: Any) -> bool:
        return DASK_ARRAY.holds(value.data)

    def to_array(self, function: str, name: str, value: Any) -> Any:
        return np.asanyarray(value.data)

    def seen(self, call: Call, rule: Rule, value: Any) -> NDArray[Any] | None:
        return call.kind_of(value.data).seen(call, rule, value.data)

    def fit(self, call: Call, values: Sequence[Any], shape: tuple[int, ...]) -> None:
        self.align(call.function, values)
        dimensions = {one.dims for one in filter(self.holds, values) if one.dims}
        if len(dimensions) > 1:
            shown = " and ".join(sorted(map(str, dimensions)))
            raise ValueError(
                f"{call.function}: DataArrays must have the same dimensions, got {shown}"
            )

    def align(self, function: str, values: Sequence[Any]) -> None:
        """Refuse labels that differ along a shared dimension, and arrays of further ones."""
        own = {dimension for value in filter(self.holds, values) for dimension in value.dims}
        if (most := max(map(np.ndim, values))) > len(own):
            raise ValueError(
                f"{function}: arrays beside {self.words} must have at most as many dimensions as "
                f"it has, {len(own)}, got {most}"
            )
        try:
            sys.modules["xarray"].align(*filter(self.holds, values), join="exact", copy=False)
        except ValueError as error:
            raise ValueError(
                f"{function}: DataArrays must have the same labels along the dimensions that "
                f"they share, but {error}"
            ) from None

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        self.align(call.function, values)
        computed = sys.modules["xarray"].apply_ufunc(
            partial(call.lenient, kernel),
            *values,
            join="exact",
            dask="allowed",
            keep_attrs="drop_conflicts",
        )
        return self.described_anew(computed)

    def wrap(self, own: Sequence[Any], result: NDArray[Any], label: str) -> Any:
        return self.described_anew(own[0].copy(data=np.ma.getdata(result)))

    def described_anew(self, array: Any) -> Any:
        """Take out what the conventions for climate data say of the figure it was made of."""
        for name in ("units", "long_name", "standard_name"):
            array.attrs.pop(name, None)
        return array


DASK_ARRAY = DaskArray("a dask array", "dask.array", "Array")
