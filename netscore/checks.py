"""The rules of measurements and exponents, as intervals; every sentence of refusal lives here."""

from __future__ import annotations

import operator
import os
import sys
import warnings
from math import inf

from netscore.weighted import Numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, NoReturn, TypeAlias

    Rules: TypeAlias = "Sequence[Rule]"


class UnitWarning(UserWarning):
    """A value is legal but looks as if it were in another unit.

    Issued once per call when every accuracy lies in (0, 1], or every params or macs lies below
    1000; else when every macs is below a tenth of its params (below a hundredth where these are
    3e10 or more), as if they were swapped, or above 1e7 times its params, as if a unit was applied
    twice. The value is used as it stands; the text says how it was read and what to do if
    something else was meant. Values that read the same in both units (an accuracy of 0) and
    missing values (NaN) decide nothing.

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


class Rule:
    """The rule of a parameter: its name, the values it may take, its likely mistake.

    An interval, compared with functions that work on numbers and arrays alike, so that one rule
    serves both.

    Attributes
    ----------
    name : str
        The parameter, as messages call it.
    must : str
        What a value must be, for messages.
    low, high, closed : float, float, {"both", "low", "high", "neither"}
        The interval and which of its ends belong to it.
    or_zero : bool
        Whether 0 is allowed besides.
    missing : bool
        Whether NaN stands for a missing value.
    unit, doubtful, advice : str, float, str
        The unit of a value, up to where values look like another one, and what to do then.
    """

    unit = advice = ""
    doubtful = 0.0

    def __init__(
        self,
        name: str,
        must: str,
        low: float,
        high: float,
        closed: str = "both",
        *,
        or_zero: bool = False,
        missing: bool = False,
    ) -> None:
        self.name, self.must = name, must
        self.low, self.high = low, high
        self._above = operator.ge if closed in ("both", "low") else operator.gt
        self._below = operator.le if closed in ("both", "high") else operator.lt
        self.or_zero, self.missing = or_zero, missing

    def in_unit(self, unit: str, doubtful: float, advice: str) -> Rule:
        """Say in which unit values are, up to where they look like another, and what to do."""
        self.unit, self.doubtful, self.advice = unit, doubtful, advice
        return self

    def allows(self, value: Any) -> Any:
        """Whether the value, or each value of an array, lies within the bounds; NaN never does."""
        inside = self._above(value, self.low) & self._below(value, self.high)
        return inside | (value == 0.0) if self.or_zero else inside

    def takes(self, value: Any) -> Any:
        """Whether the value, or each of an array, is allowed or stands for a missing one."""
        return self.allows(value) | (value != value) if self.missing else self.allows(value)

    @property
    def stand_in(self) -> float:
        """A value that is allowed, to compute with in the place of one that is not."""
        return 1.0 if self.allows(1.0) else (self.low + self.high) / 2.0

    def doubt(self, least: float, most: float) -> str | None:
        """Say which other unit values from ``least`` to ``most`` look like, if any."""
        if not 0 < most <= self.doubtful:
            return None
        return f"{self.reading(least, most)}; {self.advice}"

    def reading(self, least: float, most: float) -> str:
        """Say how values from ``least`` to ``most`` were read."""
        return f"{self.name} was read as {self.span(least, most)}"

    def span(self, least: float, most: float) -> str:
        """Write a range of values with the unit."""
        span = f"{least:.6g}" if least == most else f"{least:.6g} to {most:.6g}"
        return f"{span} {self.unit}"


def exponent(name: str) -> Rule:
    """Return the rule of an exponent of that name."""
    return Rule(name, "0, or from 1e-06 to 1000", 1e-6, 1e3, or_zero=True)


def positive(name: str, *, missing: bool = False) -> Rule:
    """Return the rule of a positive number in no unit that could be mistaken."""
    return Rule(name, "positive and finite", 0.0, inf, "neither", missing=missing)


def whole(name: str, must: str, low: int) -> Rule:
    """Return the rule of a whole number."""
    return _Whole(name, must, low, inf, "low")


class _Whole(Rule):
    """A rule that takes whole numbers only."""

    def allows(self, value: Any) -> Any:
        return super().allows(value) & (value % 1 == 0)


_FEW = 999.9999999999999  # the largest float below 1000
ACCURACY = Rule("accuracy", "a percentage from 0 to 100", 0.0, 100.0, missing=True).in_unit(
    "percent", 1.0, "if it is a fraction, multiply it by 100"
)
PARAMS = positive("params", missing=True).in_unit(
    "parameters", _FEW, "if it is in millions, multiply it by 1e6"
)
MACS = positive("macs", missing=True).in_unit(
    "multiply-accumulates", _FEW, "if it is in billions, multiply it by 1e9, if in millions, by 1e6"
)
ALPHA = exponent("alpha")
FIGURES = (ACCURACY, PARAMS, MACS)
COUNTS = (PARAMS, MACS)
"""Where both are among the rules of a call, they are the second and the third."""
EXPONENTS = (ALPHA, exponent("beta"), exponent("gamma"))


# That of the results of `balance`, of which only a positive one is beyond doubt.
BALANCE = Rule("balance", "from -1 to 1", -1.0, 1.0, missing=True)
# What the balances mean of which all are of one kind.
_UNBALANCED = {
    0.0: "few; if swapped, exchange them, if in millions, multiply it by 1e6; a model with large "
    "tables or many experts may be right",
    -1.0: "many; if a unit was applied to it twice, divide it by that, if to it alone, multiply "
    "params",
}


def balance(where: Any, params: Any, macs: Any) -> Any:
    """Say how macs stand to params, by the ``where`` of any array library.

    1 where they may be right, 0 where they are too few, -1 where too many, NaN where one is
    missing. In a network every parameter is used at least once for most inputs; in the largest
    models, of many experts, one in a hundred is.
    """
    enough = (macs * 10.0 >= params) | ((macs * 100.0 >= params) & (params >= 3e10))
    wrong = where(macs < params, 0.0, params * 0.0 + macs * 0.0 - 1.0)
    return where(enough & (macs <= params * 1e7), 1.0, wrong)


def doubts(rules: Rules, ranges: Sequence[tuple[float, float]], balances: set[float]) -> list[str]:
    """Say which figures look like another unit: by the least and most of each, and balances.

    Where one of the two counts is in doubt by itself, so is their balance, and nothing is added.
    """
    said = [rule.doubt(*ends) for rule, ends in zip(rules, ranges)]
    if len(balances - {1.0}) == len(balances) == 1 and not any(said[1:3]):
        said.append(unbalanced(min(balances), *ranges[1:]))
    return [*filter(None, said)]


def unbalanced(balance: float, *ranges: tuple[float, float]) -> str:
    """Say that macs are too few or too many, by the least and most of params and of macs."""
    params, macs = (rule.span(*ends) for rule, ends in zip(COUNTS, ranges))
    return f"macs was read as {macs} beside {params}, too {_UNBALANCED[balance]}"


def doubt_rows(
    function: str, rules: Rules, *groups: Sequence[Sequence[float]], further: Iterable[str] = ()
) -> tuple[str, ...]:
    """Warn of figures that look like another unit in groups of rows of numbers, and return why."""
    said = (*doubts_of(rules, *groups), *further)
    warn_units(function, said)
    return said


def doubts_of(rules: Rules, *groups: Sequence[Sequence[float]]) -> tuple[str, ...]:
    """Say which figures look like another unit in groups of rows of numbers."""
    said: dict[str, None] = {}
    for rows in groups:
        columns = [[value for value in column if value == value] or [0.0] for column in zip(*rows)]
        ranges = [(min(column), max(column)) for column in columns]
        counts = [row[1:3] for row in rows if rules[1:3] == COUNTS]
        found = {balance(Numbers.where, *both) for both in counts}
        said |= dict.fromkeys(doubts(rules, ranges, {one for one in found if one == one}))
    return tuple(said)


def number(value: object) -> int | float | None:
    """Return the value as a Python number if it is one real number that fits a float, else None.

    NumPy is never imported for it: a NumPy scalar exists only where NumPy is loaded.
    """
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value) if abs(value) <= sys.float_info.max else None
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic) and value.dtype.kind in "iuf":
        return float(value) if value.dtype.kind == "f" else int(value)
    return None


def numbers(function: str, rules: Rules, values: Sequence[object]) -> tuple[float, ...] | None:
    """Return the checked values as Python numbers if each of them is a number, else None."""
    plain: tuple[Any, ...] = tuple(map(number, values))
    if None in plain:
        return None
    doubtful = False
    for rule, found in zip(rules, plain):
        if not rule.takes(found):
            refuse_value(function, rule, found)
        doubtful |= 0 < found <= rule.doubtful
    if doubtful or (rules[1:3] == COUNTS and balance(Numbers.where, *plain[1:3]) < 1.0):
        doubt_rows(function, rules, [plain])
    return plain


def only_numbers(function: str, rules: Rules, values: Sequence[object]) -> tuple[float, ...]:
    """Return the checked values as Python numbers, or refuse what is not one number.

    The first wrong one is refused; nothing is said of units.
    """
    plain = []
    for rule, value in zip(rules, values):
        found = number(value)
        if found is None:
            raise TypeError(f"{function}: {rule.name} must be a real number, got {shown(value)}")
        if not rule.takes(found):
            refuse_value(function, rule, found)
        plain.append(found)
    return tuple(plain)


def positive_integer(
    function: str, name: str, value: object, must: str = "positive", also: int | None = None
) -> int:
    """Return the value as an int, or refuse what is no positive integer, nor the one besides."""
    try:
        if isinstance(value, bool):
            raise TypeError
        found = operator.index(value)  # type: ignore[arg-type]  # it raises for other kinds
    except TypeError:
        raise TypeError(f"{function}: {name} must be an integer, got {shown(value)}") from None
    if found < 1 and found != also:
        raise ValueError(f"{function}: {name} must be {must}, got {shown(found)}")
    return found


def thread_count(function: str, workers: object) -> int:
    """Return the number of threads; -1 stands for the cores that this process may use."""
    found = positive_integer(function, "workers", workers, "positive, or -1 for all cores", -1)
    if found != -1:
        return found
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def refuse_value(function: str, rule: Rule, value: object, place: str = "") -> NoReturn:
    """Raise the ValueError for a value outside the parameter's rule."""
    raise ValueError(f"{function}: {rule.name} must be {rule.must}, got {shown(value)}{place}")


def refuse_kind(function: str, name: str, got: str, place: str = "") -> NoReturn:
    """Raise the TypeError for a value that is no real number."""
    must = "a real number or an array of real numbers"
    raise TypeError(f"{function}: {name} must be {must}, got {got}{place}")


def refuse_shape(function: str, name: str, must: str, shape: tuple[int, ...]) -> NoReturn:
    """Raise the ValueError for an array of the wrong shape."""
    raise ValueError(f"{function}: {name} must be {must}, got an array of shape {shape}")


def place_of(position: tuple[int, ...], wrong: int, total: int) -> str:
    """Say where in an array the first of the wrong values is, and how many there are."""
    place = position[0] if len(position) == 1 else position
    verb = "is" if wrong == 1 else "are"
    return f" at position {place} ({wrong} of {total} values {verb} wrong)"


def shown(value: object) -> str:
    """Return the value for a message: its repr, or its type where that is long or an address."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # more digits than Python writes, or lists in lists
        text = "\n"
    if len(text) > 60 or "\n" in text or " at 0x" in text:
        return f"a value of type {type(value).__name__}"
    return text


def extra(function: str, library: str, name: str) -> Any:
    """Return an optional library, or say which extra of this package brings it."""
    try:
        return __import__(library)
    except ImportError:
        raise ImportError(
            f"{function} needs {library}: install it with  pip install 'netscore[{name}]'"
        ) from None


def warn_units(function: str, said: Iterable[str]) -> None:
    """Give one UnitWarning for all the doubts of a call, if there are any."""
    if said := [*said]:
        warn(f"{function}: {'; '.join(said)}", UnitWarning, said)


def warn(message: str, category: type[Warning] = UserWarning, said: Sequence[str] = ()) -> None:
    """Give a warning that points at the user's line: the nearest one outside this package.

    It holds what is said one by one, for who prints a line each.
    """
    warning = category(message)
    warning.said = said  # type: ignore[attr-defined]
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("netscore."):
        level, frame = level + 1, frame.f_back
    warnings.warn(warning, stacklevel=level)
