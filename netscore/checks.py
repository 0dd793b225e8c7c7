"""What counts as a valid measurement or exponent; every input message lives here."""

from __future__ import annotations

import operator
import os
import sys
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, NoReturn


class UnitWarning(UserWarning):
    """A value is legal but looks as if it were in another unit.

    Issued once per call when every accuracy lies in (0, 1], or every params or macs lies below
    1000. The value is used as it stands; the text says how it was read and which factor to
    apply if another unit was meant. Values that read the same in both units (an accuracy of 0)
    and missing values (NaN) decide nothing.

    Examples
    --------
    >>> import warnings
    >>> from netscore import UnitWarning, netscore
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", UnitWarning)
    ...     netscore(0.72, params=3.4e6, macs=300e6)
    Traceback (most recent call last):
        ...
    netscore.checks.UnitWarning: netscore: accuracy was read as 0.72 percent; if it is a fraction, \
multiply it by 100
    """


def honour_warning_options() -> None:
    """Apply ``-W ACTION::netscore.UnitWarning``.

    Python reads -W and PYTHONWARNINGS before it can import installed packages, and drops the
    options that name a category of one.
    """
    actions = ("default", "always", "ignore", "module", "once", "error")
    for option in sys.warnoptions:
        action, *rest = option.split(":")
        if rest[1:] == ["netscore.UnitWarning"] and not rest[0]:
            for name in actions:
                if action and name.startswith(action):
                    warnings.simplefilter(name, UnitWarning)  # type: ignore[arg-type]


honour_warning_options()


class Parameter:
    """A parameter of a public function: its name, the values it may take, its likely mistake.

    The bounds are compared with functions that work on numbers and arrays alike, so that one
    rule serves both. ``missing`` says whether NaN stands for a missing value.
    """

    __slots__ = (
        "at_least",
        "at_most",
        "confusion",
        "limit",
        "lower",
        "missing",
        "must",
        "name",
        "unit",
        "upper",
    )

    def __init__(
        self,
        name: str,
        must: str,
        at_least: Callable[[Any, Any], Any],
        lower: float,
        at_most: Callable[[Any, Any], Any],
        upper: float,
        *,
        missing: bool = False,
        unit: str = "",
        limit: float = 0.0,
        confusion: str = "",
    ) -> None:
        self.name = name
        self.must = must
        self.at_least = at_least
        self.lower = lower
        self.at_most = at_most
        self.upper = upper
        self.missing = missing
        self.unit = unit
        self.limit = limit
        self.confusion = confusion

    def allows(self, value: Any) -> Any:
        """Whether the value, or each value of an array, lies within the bounds; NaN never does."""
        return self.at_least(value, self.lower) & self.at_most(value, self.upper)

    def doubt(self, least: float, most: float) -> str | None:
        """Say which other unit values from ``least`` to ``most`` look like, if any."""
        if not 0 < most <= self.limit:
            return None
        read = f"{least:.6g}" if least == most else f"{least:.6g} to {most:.6g}"
        return f"{self.name} was read as {read} {self.unit}; {self.confusion}"


# The largest value that still looks like another unit: 1 for a percentage, below 1000 for a count.
_BELOW_1000 = 999.9999999999999


def _count(name: str, unit: str, confusion: str) -> Parameter:
    return Parameter(
        name,
        "positive and finite",
        operator.gt,
        0.0,
        operator.lt,
        float("inf"),
        missing=True,
        unit=unit,
        limit=_BELOW_1000,
        confusion=confusion,
    )


def exponent(name: str) -> Parameter:
    """Return the parameter of that name, an exponent of the score."""
    return Parameter(
        name,
        "non-negative and finite",
        operator.ge,
        0.0,
        operator.lt,
        float("inf"),
    )


def positive(name: str, *, missing: bool = False) -> Parameter:
    """Return the parameter of that name, a positive number in no unit that could be mistaken."""
    return Parameter(
        name,
        "positive and finite",
        operator.gt,
        0.0,
        operator.lt,
        float("inf"),
        missing=missing,
    )


ACCURACY = Parameter(
    "accuracy",
    "a percentage from 0 to 100",
    operator.ge,
    0.0,
    operator.le,
    100.0,
    missing=True,
    unit="percent",
    limit=1.0,
    confusion="if it is a fraction, multiply it by 100",
)
PARAMS = _count("params", "parameters", "if it is in millions, multiply it by 1e6")
MACS = _count(
    "macs",
    "multiply-accumulates",
    "if it is in billions, multiply it by 1e9, if in millions, by 1e6",
)
ALPHA = exponent("alpha")
BETA = exponent("beta")
GAMMA = exponent("gamma")


def number(value: object) -> int | float | None:
    """Return the value as a Python number if it is one real number that fits a float, else None.

    NumPy is never imported for it: a NumPy scalar exists only where NumPy is loaded.
    """
    if type(value) is float:
        return value
    if isinstance(value, (int, float)):
        if isinstance(value, float):
            return float(value)
        if isinstance(value, bool) or abs(value) > sys.float_info.max:
            return None
        return int(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        if value.dtype.kind in "iu":
            return int(value)
        if value.dtype.kind == "f":
            return float(value)
    return None


def numbers(
    function: str, parameters: Sequence[Parameter], values: Sequence[object]
) -> tuple[int | float, ...] | None:
    """Return the checked values as Python numbers if each of them is a number, else None.

    To be called directly by a public function, so that a warning points at its caller.
    """
    plain = []
    for value in values:
        found = number(value)
        if found is None:
            return None
        plain.append(found)
    for parameter, found in zip(parameters, plain):
        check_number(function, parameter, found)
    warn_units(function, [p.doubt(v, v) for p, v in zip(parameters, plain)], stacklevel=3)
    return tuple(plain)


def only_numbers(
    function: str, parameters: Sequence[Parameter], values: Sequence[object]
) -> tuple[int | float, ...]:
    """Return the checked values as Python numbers, or refuse what is not one number."""
    plain = []
    for parameter, value in zip(parameters, values):
        found = number(value)
        if found is None:
            raise TypeError(
                f"{function}: {parameter.name} must be a real number, got {shown(value)}"
            )
        check_number(function, parameter, found)
        plain.append(found)
    return tuple(plain)


def positive_integer(function: str, name: str, value: object) -> int:
    """Return the value as an int, or refuse what is not a positive integer."""
    found = _integer(function, name, value)
    if found < 1:
        raise ValueError(f"{function}: {name} must be positive, got {found}")
    return found


def thread_count(function: str, workers: object) -> int:
    """Return the number of threads, or refuse what is neither a positive integer nor -1."""
    found = _integer(function, "workers", workers)
    if found < 1 and found != -1:
        raise ValueError(f"{function}: workers must be positive, or -1 for all cores, got {found}")
    return cores() if found == -1 else found


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _integer(function: str, name: str, value: object) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]  # it raises for other kinds
    except TypeError:
        raise TypeError(f"{function}: {name} must be an integer, got {shown(value)}") from None


def check_number(function: str, parameter: Parameter, value: int | float) -> None:
    """Refuse a number that the parameter does not allow."""
    if not (parameter.allows(value) or (parameter.missing and value != value)):
        refuse_value(function, parameter, value)


def refuse_value(
    function: str,
    parameter: Parameter,
    value: object,
    position: int | tuple[int, ...] | None = None,
    wrong: int = 1,
    total: int = 1,
) -> NoReturn:
    """Raise the ValueError for a value outside the parameter's rule."""
    raise ValueError(
        f"{function}: {parameter.name} must be {parameter.must}, "
        f"got {shown(value)}{_place(position, wrong, total)}"
    )


def refuse_kind(
    function: str,
    name: str,
    got: str,
    position: int | tuple[int, ...] | None = None,
    wrong: int = 1,
    total: int = 1,
) -> NoReturn:
    """Raise the TypeError for a value that is no real number."""
    raise TypeError(
        f"{function}: {name} must be a real number or an array of real numbers, "
        f"got {got}{_place(position, wrong, total)}"
    )


def refuse_shape(function: str, name: str, must: str, shape: tuple[int, ...]) -> NoReturn:
    """Raise the ValueError for an array of the wrong shape."""
    raise ValueError(f"{function}: {name} must be {must}, got an array of shape {shape}")


def _place(position: int | tuple[int, ...] | None, wrong: int, total: int) -> str:
    if position is None:
        return ""
    verb = "is" if wrong == 1 else "are"
    return f" at position {position} ({wrong} of {total} values {verb} wrong)"


def shown(value: object) -> str:
    """Return the value for a message: its repr on one line, or its type where that is long."""
    text = repr(value)
    if len(text) > 60 or "\n" in text:
        return f"a value of type {type(value).__name__}"
    return text


def warn_units(function: str, doubts: Iterable[str | None], *, stacklevel: int) -> None:
    """Give one UnitWarning for all the doubts of a call, if there are any."""
    said = [doubt for doubt in doubts if doubt]
    if said:
        warnings.warn(f"{function}: {'; '.join(said)}", UnitWarning, stacklevel=stacklevel + 1)
