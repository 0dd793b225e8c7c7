"""Libraries with arrays of their own, on devices of their own, that compute by themselves."""

# ruff: noqa: D102 - what the methods do is said in `netscore.arrays.plain`
from __future__ import annotations

import operator
import sys
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import checks
from netscore.arrays.plain import Kind, check_array, is_number
from netscore.checks import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from netscore.arrays import Call
    from netscore.arrays.blocks import Kernel


class Namespace(Kind):
    """A library with the functions of the array API standard."""

    def functions(self, own: Any) -> Any:
        """Return the functions of the library of an array."""
        return own.__array_namespace__()

    def is_real(self, own: Any) -> Any:
        """Whether the values of an array are real numbers."""
        if hasattr(own.dtype, "kind"):
            return own.dtype.kind in "iuf"
        return self.functions(own).isdtype(own.dtype, ("integral", "real floating"))

    def refuse_unreal(self, function: str, name: str, value: Any) -> None:
        """Refuse an array whose values are no real numbers."""
        if not self.is_real(value):
            checks.refuse_kind(function, name, self.described(value))

    def described(self, own: Any) -> str:
        """Say what an array is."""
        return f"{self.words} of dtype {own.dtype}"

    def to_array(self, function: str, name: str, value: Any) -> Any:
        self.refuse_unreal(function, name, value)
        try:
            return value.get() if hasattr(value, "get") else np.asarray(value)
        except RuntimeError:  # on another device than the first
            info = self.functions(value).__array_namespace_info__()
            return np.asarray(value.to_device(info.default_device()))

    def seen(self, call: Call, rule: Rule, value: Any) -> Any:
        # Where all is well the device answers once; the values leave it only where it is not.
        self.refuse_unreal(call.function, rule.name, value)
        if self.is_lazy(value):
            return None
        xp = self.functions(value)
        try:
            fine = bool(xp.all(rule.takes(value)) & xp.any(value > rule.doubtful))
        except (TypeError, NotImplementedError):  # the standard compares no integers with floats
            fine = False
        return None if fine else self.to_array(call.function, rule.name, value)

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        own = next(filter(self.holds, values))
        wide = [self.wide(value, own) for value in values]
        if not self.is_compiling():  # pragma: no branch - what is compiled is not traced
            call.shape(wide)
        result = kernel.anywhere(self.functions(own), call.rules, *wide)
        arrays = [value for value in values if checks.number(value) is None]
        return self.narrow(result, arrays, own)

    def is_compiling(self) -> Any:
        """Whether shapes are the compiler's concern."""
        return False

    def wide(self, value: Any, own: Any) -> Any:
        """Return the value in the precision of the computation, on the device of `own`."""
        xp = self.functions(own)
        if self.holds(value):
            return xp.astype(value, xp.float64, copy=False)
        return xp.asarray(value, dtype=xp.float64, device=own.device)

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        """Return the result in the floating dtype to which the library promotes the arrays."""
        xp = self.functions(own)
        try:
            dtype = xp.result_type(*arrays)
        except TypeError:  # the standard mixes no integers with floats
            return result
        floating = xp.isdtype(dtype, "real floating")
        return xp.astype(result, dtype, copy=False) if floating else result

    def wrap(self, own: Sequence[Any], result: NDArray[Any], label: str) -> Any:
        return self.functions(own[0]).asarray(result, device=own[0].device)


class Standard(Namespace):
    """What says that it follows the standard: CuPy, array-api-strict, any other library.

    One kind for each library, as arrays of two do not mix.
    """

    beside_arrays = False

    def holds(self, value: object) -> bool:
        # NumPy's numbers have it too.
        return hasattr(type(value), "__array_namespace__") and not isinstance(value, np.generic)

    def answer(self, call: Call, values: Sequence[Any], out: Any) -> list[Any]:
        with np.errstate(all="ignore"):  # the values may be NumPy's underneath
            return super().answer(call, values, out)


class JaxArray(Namespace):
    """A JAX array; the values of a traced one cannot be looked at."""

    def is_lazy(self, value: Any) -> bool:
        return isinstance(value, sys.modules["jax"].core.Tracer)

    def functions(self, own: Any) -> Any:
        return sys.modules["jax.numpy"]

    def is_real(self, own: Any) -> Any:
        # Of what JAX adds to NumPy's numbers it computes with this one.
        return own.dtype == sys.modules["jax.numpy"].bfloat16 or is_number(own.dtype)

    def to_array(self, function: str, name: str, value: Any) -> Any:
        self.refuse_unreal(function, name, value)
        array = np.asarray(value)
        # NumPy takes bfloat16 for no number.
        return array if array.dtype.kind in "biufc" else array.astype(np.float32)

    def compute(self, call: Call, kernel: Kernel, values: Sequence[Any]) -> Any:
        numpy = sys.modules["jax.numpy"]
        info = numpy.finfo(numpy.result_type(float))
        must = f"0, or of a size from {info.tiny:.2g} to {info.max:.2g} in a JAX of 32 bits"
        for rule, value in zip(call.rules, values):
            if not self.holds(value):
                size = np.abs(np.asarray(value, np.float64))
                held = Rule(rule.name, must, info.tiny, info.max, or_zero=True, missing=True)
                check_array(call.function, held, np.where(size == np.inf, 0.0, size))
        return super().compute(call, kernel, values)

    def wide(self, value: Any, own: Any) -> Any:
        numpy = sys.modules["jax.numpy"]
        if not self.holds(value):
            value = np.asarray(value, dtype=np.float64)  # integers may not fit those of JAX
        return numpy.asarray(value, dtype=numpy.result_type(float))

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        return result.astype(sys.modules["jax.numpy"].result_type(*map(plainest, arrays), float))


class TorchTensor(Namespace):
    """A torch tensor; compiled, transformed or without data, it cannot be looked at."""

    def functions(self, own: Any) -> Any:
        return sys.modules["torch"]

    def is_real(self, own: Any) -> Any:
        torch, dtype = sys.modules["torch"], own.dtype
        # Torch does not compute with floats of 8 bits, and sparse values have no places.
        small = dtype == torch.bool or (dtype.is_floating_point and dtype.itemsize < 2)
        whole = own.layout == torch.strided and not (own.is_nested or own.is_quantized)
        return bool(whole and not (dtype.is_complex or small))

    def described(self, own: Any) -> str:
        layout = "nested" if own.is_nested else own.layout
        return f"{super().described(own)} and layout {layout}"

    def to_array(self, function: str, name: str, value: Any) -> Any:
        self.refuse_unreal(function, name, value)
        value = value.detach().cpu()
        # NumPy has no dtype for this one.
        if value.dtype == sys.modules["torch"].bfloat16:
            value = value.float()
        return value.numpy()

    def is_lazy(self, value: Any) -> bool:
        if self.is_compiling():
            return True  # pragma: no cover - what is compiled is not traced
        if not self.is_real(value):  # to be refused for that
            return False
        try:
            bool(value.detach().reshape(-1)[:1].isnan().any())
        except RuntimeError:  # no values to see: traced by a transform, or on the meta device
            return True
        return False

    def is_compiling(self) -> Any:
        return sys.modules["torch"].compiler.is_compiling()

    def wide(self, value: Any, own: Any) -> Any:
        torch = sys.modules["torch"]
        device = value.device if self.holds(value) else own.device
        return torch.as_tensor(plainest(value), dtype=torch.float64, device=device)

    def narrow(self, result: Any, arrays: Sequence[Any], own: Any) -> Any:
        torch = sys.modules["torch"]
        # What torch makes of them in a sum, computed without the values.
        empty = [
            torch.empty((0,) * one.ndim, dtype=torch.as_tensor(plainest(one)).dtype, device="meta")
            for one in arrays
        ]
        dtype = reduce(operator.add, empty).dtype
        return result.to(dtype if dtype.is_floating_point else torch.get_default_dtype())


def plainest(value: Any) -> Any:
    """Return NumPy's arrays in a byte order, a width and strides that torch and JAX take."""
    if not isinstance(value, np.ndarray):
        return value
    dtype = value.dtype.newbyteorder("=") if value.itemsize <= 8 else np.float64
    return np.asarray(value, dtype, order="C")


def standard(value: object) -> Standard | None:
    """Return the kind of the library whose array it is, if that follows the standard."""
    library = type(value).__module__.partition(".")[0]
    kind = Standard(f"an array of {library}", library)
    return _LIBRARIES.setdefault(library, kind) if kind.holds(value) else None


_LIBRARIES: dict[str, Standard] = {}
