"""The only door for arrays: what kind a value is, and how a formula meets it.

A kind is recognised by the library that the caller's object brought: none is imported that was
not, and none is a dependency of this package. A new one is a class in `columns`, `devices` or
`lazy`, and one row of `KINDS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks
from netscore.arrays import columns as _columns
from netscore.arrays import devices, lazy, plain
from netscore.arrays.blocks import FLOAT64, SCORE, Kernel, Run, Weighted, alike
from netscore.arrays.plain import missing_as_nan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol, TypeAlias, TypeVar

    from numpy.typing import NDArray

    from netscore.arrays.plain import Kind
    from netscore.checks import Rule, Rules

    # What a type checker needs to know of a container is what no array or number has.
    class ColumnLike(Protocol):
        """A pandas, polars or dask Series, or a polars expression."""

        @property
        def str(self) -> Any: ...

    class ArrowLike(Protocol):
        """A pyarrow Array or ChunkedArray."""

        @property
        def null_count(self) -> Any: ...

    class ChunkedLike(Protocol):
        """An xarray DataArray or a dask array."""

        @property
        def chunks(self) -> Any: ...

    class TorchLike(Protocol):
        """A torch tensor."""

        @property
        def requires_grad(self) -> Any: ...

    class JaxLike(Protocol):
        """A JAX array."""

        @property
        def addressable_shards(self) -> Any: ...

    Container: TypeAlias = ColumnLike | ArrowLike | ChunkedLike | TorchLike | JaxLike
    ContainerT = TypeVar("ContainerT", bound=Container)
    Scalar: TypeAlias = float | np.integer[Any] | np.floating[Any]
    # What gives an array: not ArrayLike, of which every container is one.
    Plain: TypeAlias = Scalar | NDArray[Any] | Sequence[Any]
    Values: TypeAlias = Plain | Container
    Floats: TypeAlias = NDArray[np.floating[Any]]

__all__ = ["SCORE", "Kernel", "Weighted", "missing_as_nan"]

PLAIN = plain.Plain("a NumPy array", "numpy", "ndarray", "generic")
# What messages call one, and the module and the classes that make an object one.
KINDS: tuple[Kind, ...] = (
    PLAIN,
    _columns.PandasSeries("a Series", "pandas", "Series"),
    _columns.PolarsSeries("a polars Series", "polars", "Series"),
    _columns.ArrowArray("a pyarrow array", "pyarrow", "Array", "ChunkedArray"),
    lazy.PolarsExpression("a polars expression", "polars", "Expr"),
    lazy.DataArray("an xarray DataArray", "xarray", "DataArray"),
    lazy.DASK_ARRAY,
    lazy.DaskSeries("a dask Series", "dask.dataframe", "Series"),
    devices.TorchTensor("a torch tensor", "torch", "Tensor"),
    devices.JaxArray("a JAX array", "jax", "Array"),
)
# What the classes of tables have, of which one column would be wanted.
_COLUMNS = ("columns", "column_names", "data_vars")
_OF_TYPE: dict[type, Kind] = dict.fromkeys((float, int, list, tuple, np.ndarray), PLAIN)


def kind_of(value: object) -> Kind:
    """Return the kind of container that the value is."""
    kind = _OF_TYPE.get(type(value))
    if kind is None:
        kind = next((kind for kind in KINDS if kind.holds(value)), None) or devices.standard(value)
        if kind is None:  # a library that is still being imported may yet know what it is
            return PLAIN
        _OF_TYPE[type(value)] = kind
    return kind


def like(values: Sequence[object], result: NDArray[Any], label: str) -> Any:
    """Return the result in the container of those values that are in one."""
    kind = next((kind for value in values if not (kind := kind_of(value)).is_plain), PLAIN)
    return kind.wrap([value for value in values if kind_of(value) is kind], result, label)


class Call:
    """One call of a public function, as each kind of container carries it out."""

    kind_of, like = staticmethod(kind_of), staticmethod(like)

    def __init__(
        self, function: str, kernels: Sequence[Kernel], rules: Sequence[Rule], threads: int = 1
    ) -> None:
        self.function, self.rules = function, rules
        self.kernels, self.threads = kernels, threads

    def array(self, name: str, value: object) -> NDArray[Any]:
        """Return the value as an array of real numbers, masked if it was."""
        return real_array(self.function, name, value)

    def arrays(self, values: Sequence[Any]) -> tuple[list[NDArray[Any]], tuple[int, ...]]:
        """Return the values as arrays of real numbers that fit each other, and their shape."""
        arrays = [self.array(rule.name, value) for rule, value in zip(self.rules, values)]
        shape = self.shape(arrays)
        self.kind(values).fit(self, values, shape)
        return arrays, shape

    def kind(self, values: Sequence[Any]) -> Kind:
        """Return the kind that the result shall be, or refuse values of kinds that do not mix."""
        kinds = [kind_of(value) for value in values]
        found = [kind for kind in kinds if not kind.is_plain] or kinds
        shared = next((k for k in found if all(map(k.takes, found))), found[0])
        for rule, value, kind in zip(self.rules, values, kinds):
            if not shared.takes(kind) and checks.number(value) is None:
                words = f"a {type(value).__name__}" if kind.is_plain else kind.words
                first = self.rules[kinds.index(shared)].name
                raise TypeError(
                    f"{self.function}: the arguments must be of kinds that mix, "
                    f"got {shared.words} as {first} and {words} as {rule.name}"
                )
        return shared

    def shape(self, arrays: Sequence[Any]) -> tuple[int, ...]:
        """Return the shape of the result, or refuse shapes that do not broadcast."""
        shapes = [array.shape for array in arrays]
        try:
            return np.broadcast_shapes(*shapes)
        except RuntimeError:
            most = max(map(len, shapes))
            raise ValueError(
                f"{self.function}: arrays must have at most 32 dimensions, got {most}"
            ) from None
        except ValueError:
            shown = ", ".join(f"{rule.name} {s}" for rule, s in zip(self.rules, shapes) if s)
            raise ValueError(f"{self.function}: shapes must broadcast, got {shown}") from None

    def lenient(self, kernel: Kernel, *values: Any) -> Any:
        """Compute a kernel without a warning, NaN where a value is not allowed."""
        return self.kind(values).compute(self, kernel, values)


def evaluate(
    function: str,
    kernel: Kernel | Sequence[Kernel],
    rules: Sequence[Rule],
    values: Sequence[Any],
    *,
    out: NDArray[Any] | None = None,
    workers: int = 1,
) -> Any:
    """Check the values, compute the formula on arrays and return the caller's own container.

    Parameters
    ----------
    function : str
        Name of the public function, for messages.
    kernel : Kernel, or sequence of them
        What to compute; of several, a list of results of values that are checked once.
    rules, values : sequences of the same length
        What the arguments may be, and the arguments.
    out : array, optional
        Where to write the result.
    workers : int
        Number of threads.
    """
    threads = 1 if type(workers) is int and workers == 1 else checks.thread_count(function, workers)
    if isinstance(kernel, Kernel) and out is None and alike(values):
        result = kernel.at_once(values)
        if result is None:
            run = Run(kernel, rules)
            result = np.empty(values[0].shape)
            run.over(values, result, FLOAT64, threads)
            if run.wrong or not run.clear:
                plain.report(run, function, values)
        return result
    kernels = [kernel] if isinstance(kernel, Kernel) else kernel
    call = Call(function, kernels, rules, threads)
    results = call.kind(values).answer(call, values, out)
    return results[0] if isinstance(kernel, Kernel) else results


def real_array(function: str, name: str, value: object) -> NDArray[Any]:
    """Return the value as an array of real numbers, masked if it was; refuse every other kind."""
    kind = kind_of(value)
    if kind.is_plain:
        if any(hasattr(type(value), name) for name in _COLUMNS):
            got = f"a {type(value).__name__} (pass one column of it)"
            checks.refuse_kind(function, name, got)
    elif kind.is_lazy(value):
        checks.refuse_kind(function, name, f"{kind.words} (compute it first)")
    else:
        value = kind.to_array(function, name, value)
    return plain.plain_array(function, name, value)


def columns(function: str, rules: Rules, values: Sequence[Any]) -> tuple[list[NDArray[Any]], int]:
    """Return the values as one-dimensional arrays of one length, numbers as they are, and it."""
    arrays, shape = Call(function, (), rules).arrays(values)
    if len(shape) != 1:
        checks.refuse_shape(function, "the arrays", "one-dimensional", shape)
    return [array if array.ndim else missing_as_nan(array) for array in arrays], shape[0]
