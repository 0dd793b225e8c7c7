"""Bad input: every row of the table of wrong values, on numbers and in arrays."""

from __future__ import annotations

import datetime
import math
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from netscore import UnitWarning, checks, information_density, netscore

GOOD: dict[str, Any] = {"accuracy": 72.0, "params": 3.4e6, "macs": 300e6}
PERCENT = "a percentage from 0 to 100"
POSITIVE = "positive and finite"
EXPONENT = "non-negative and finite"
REAL = "a real number or an array of real numbers"

WRONG_VALUES = [
    ("accuracy", PERCENT, -0.1),
    ("accuracy", PERCENT, -5e-324),
    ("accuracy", PERCENT, 100.00000000000001),
    ("accuracy", PERCENT, math.inf),
    ("accuracy", PERCENT, -math.inf),
    *(
        (name, POSITIVE, value)
        for name in ("params", "macs")
        for value in (0.0, -0.0, -3.0, math.inf, -math.inf)
    ),
    *(
        (name, EXPONENT, value)
        for name in ("alpha", "beta", "gamma")
        for value in (-0.5, math.inf, -math.inf, math.nan)
    ),
]
WRONG_KINDS = [
    "72",
    b"72",
    None,
    True,
    np.True_,
    1 + 2j,
    np.complex64(1),
    datetime.date(2019, 8, 7),
    np.datetime64("2019-08-07"),
    np.timedelta64(3, "s"),
    Decimal(72),
    {72},
    {"top1": 72},
    object(),
]


def functions(name: str) -> list[Callable[..., Any]]:
    return [netscore, information_density] if name in ("accuracy", "params") else [netscore]


def call(function: Callable[..., Any], **changed: Any) -> Any:
    arguments = {**GOOD, **changed}
    if function is information_density:
        del arguments["macs"]
    return function(**arguments)


def exactly(text: str) -> str:
    return f"^{re.escape(text)}$"


@pytest.mark.parametrize(("name", "rule", "value"), WRONG_VALUES)
def test_wrong_number(name: str, rule: str, value: float) -> None:
    for function in functions(name):
        sentence = f"{function.__name__}: {name} must be {rule}, got {value!r}"
        for wrong in (value, np.float64(value), np.array(value)):
            with pytest.raises(ValueError, match=exactly(sentence)):
                call(function, **{name: wrong})


@pytest.mark.parametrize(("name", "rule", "value"), WRONG_VALUES)
def test_wrong_number_among_a_thousand(name: str, rule: str, value: float) -> None:
    column = np.full(1000, 7e5 if name in ("params", "macs") else 2.0)
    column[617] = value
    for function in functions(name):
        sentence = (
            f"{function.__name__}: {name} must be {rule}, "
            f"got {value!r} at position 617 (1 of 1000 values is wrong)"
        )
        for wrong in (column, column.tolist(), tuple(column.tolist())):
            with pytest.raises(ValueError, match=exactly(sentence)):
                call(function, **{name: wrong})


@pytest.mark.parametrize(("name", "rule", "value"), WRONG_VALUES)
def test_wrong_number_in_a_table_of_arrays(name: str, rule: str, value: float) -> None:
    for function in functions(name):
        table = {figure: np.full(3, good) for figure, good in GOOD.items()}
        table[name] = np.full(3, GOOD.get(name, 0.5))
        table[name][1] = value
        sentence = (
            f"{function.__name__}: {name} must be {rule}, "
            f"got {value!r} at position 1 (1 of 3 values is wrong)"
        )
        with pytest.raises(ValueError, match=exactly(sentence)):
            call(function, **table)
        if function is netscore and name in GOOD:
            with pytest.raises(ValueError, match=exactly(sentence)):
                call(netscore, **table, alpha=1.5)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
def test_wrong_exponent_beside_arrays(name: str) -> None:
    wrong: dict[str, Any] = {name: -0.5}
    sentence = f"netscore: {name} must be {EXPONENT}, got -0.5"
    with pytest.raises(ValueError, match=exactly(sentence)):
        netscore([72.0], 3.4e6, 3e8, **wrong)


def test_wrong_numbers_are_counted_and_the_first_is_named() -> None:
    column = np.full((4, 5), 72.0)
    column[1, 3] = -1.0
    column[2, 0] = 101.0
    column[0, 0] = math.nan
    sentence = (
        f"netscore: accuracy must be {PERCENT}, "
        "got -1.0 at position (1, 3) (2 of 20 values are wrong)"
    )
    with pytest.raises(ValueError, match=exactly(sentence)):
        netscore(column, 3.4e6, 3e8)


def test_wrong_integers_are_shown_as_integers() -> None:
    with pytest.raises(ValueError, match=r"got 120$"):
        netscore(120, 3.4e6, 3e8)
    with pytest.raises(ValueError, match=r"got 120 at position 1 "):
        netscore([72, 120], 3.4e6, 3e8)


@pytest.mark.parametrize("name", ["accuracy", "params", "macs", "alpha", "beta", "gamma"])
@pytest.mark.parametrize("value", WRONG_KINDS, ids=repr)
def test_wrong_kind(name: str, value: Any) -> None:
    for function in functions(name):
        with pytest.raises(TypeError, match=f"^{function.__name__}: {name} must be {REAL}, got "):
            call(function, **{name: value})


@pytest.mark.parametrize("name", ["accuracy", "params", "macs", "alpha", "beta", "gamma"])
@pytest.mark.parametrize("value", WRONG_KINDS, ids=repr)
def test_wrong_kind_among_a_thousand(name: str, value: Any) -> None:
    column: list[Any] = [2e6 if name in ("params", "macs") else 2.0] * 1000
    column[617] = value
    for function in functions(name):
        sentence = (
            f"^{function.__name__}: {name} must be {REAL}, "
            r"got .+ at position 617 \(1 of 1000 values is wrong\)$"
        )
        with pytest.raises(TypeError, match=sentence):
            call(function, **{name: column})


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ("72", "'72'"),
        (None, "None"),
        (True, "True"),
        (1j, "1j"),
        ("x" * 58, repr("x" * 58)),
        ("x" * 59, "a value of type str"),
        (
            [np.array([[True], [False]])],
            "a value of type ndarray at position 0 (1 of 1 values is wrong)",
        ),
        (["72"], "'72' at position 0 (1 of 1 values is wrong)"),
        ([[72.0, True], [None, 1.0]], "True at position (0, 1) (2 of 4 values are wrong)"),
        ([72.0, [71.0]], "nested lists of unequal length"),
        ([72.0, np.array([True])], "nested lists of unequal length"),
        ([np.array([True, False])], "array([ True, False]) at position 0 (1 of 1 values is wrong)"),
        (10**400, "an integer too large for a float"),
        ([72, 10**400], "an integer too large for a float"),
        (np.array([True]), "an array of dtype bool"),
        (np.array(["72"]), "an array of dtype <U2"),
        (np.array([72.0], dtype=object), "an array of dtype object"),
        (np.array([1j]), "an array of dtype complex128"),
        (np.array(["2019"], dtype="M8[Y]"), "an array of dtype datetime64[Y]"),
    ],
)
def test_wrong_kinds_are_shown(value: Any, got: str) -> None:
    with pytest.raises(TypeError, match=exactly(f"netscore: accuracy must be {REAL}, got {got}")):
        netscore(value, 3.4e6, 3e8)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"accuracy": 0.72},
            "accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100",
        ),
        (
            {"accuracy": 1},
            "accuracy was read as 1 percent; if it is a fraction, multiply it by 100",
        ),
        (
            {"params": 3.4},
            "params was read as 3.4 parameters; if it is in millions, multiply it by 1e6",
        ),
        (
            {"macs": 999.9},
            "macs was read as 999.9 multiply-accumulates; "
            "if it is in billions, multiply it by 1e9, if in millions, by 1e6",
        ),
        (
            {"accuracy": [0.5, math.nan, 0.0, 0.75]},
            "accuracy was read as 0 to 0.75 percent; if it is a fraction, multiply it by 100",
        ),
        (
            {"params": np.ma.array([3.4, 5e6], mask=[False, True])},
            "params was read as 3.4 parameters; if it is in millions, multiply it by 1e6",
        ),
        (
            {"accuracy": 0.72, "params": np.array([3, 25], np.float32)},
            "accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100; "
            "params was read as 3 to 25 parameters; if it is in millions, multiply it by 1e6",
        ),
    ],
)
def test_another_unit_is_questioned_once(changed: dict[str, Any], said: str) -> None:
    for function in functions(next(iter(changed))):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(function, **changed)
        assert [str(w.message) for w in caught] == [f"{function.__name__}: {said}"]
        assert caught[0].category is UnitWarning


def test_one_percent_is_questioned_whatever_the_exponents() -> None:
    for exponents in ({"alpha": 1.5}, {"beta": 0.0, "gamma": 0.0}, {"alpha": [1.5]}):
        weights: dict[str, Any] = exponents
        with pytest.warns(UnitWarning, match=r"^netscore: accuracy was read as 1 percent; "):
            netscore([1.0], 3.4e6, 3e8, **weights)


def test_the_warning_points_at_the_caller() -> None:
    for accuracy in (0.72, [0.72]):
        with pytest.warns(UnitWarning) as caught:
            netscore(accuracy, 3.4e6, 3e8)
        assert caught[0].filename == __file__
        with pytest.warns(UnitWarning) as caught:
            information_density(accuracy, 3.4e6)
        assert caught[0].filename == __file__
        for alpha in (1.5, [1.5]):
            with pytest.warns(UnitWarning) as caught:
                netscore(accuracy, 3.4e6, 3e8, alpha=alpha)
            assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "changed",
    [
        {"accuracy": 1.0000001},
        {"accuracy": 0.0},
        {"accuracy": math.nan},
        {"accuracy": [0.5, 72.0]},
        {"accuracy": []},
        {"accuracy": [math.nan]},
        {"accuracy": np.ma.array([0.5], mask=[True])},
        {"params": 1000},
        {"params": [3.4, 1000]},
        {"macs": 1000.0},
        {"alpha": 0.5},
    ],
)
def test_values_that_could_be_right_are_not_questioned(changed: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for function in functions(next(iter(changed))):
            assert np.shape(call(function, **changed)) == np.shape(next(iter(changed.values())))


def test_the_warning_can_be_silenced_by_category() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UnitWarning)
        assert netscore(1, 10**6, 10**9) == 0.0


def test_an_error_comes_before_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for accuracy in (0.72, [0.72]):
            with pytest.raises(ValueError, match="macs must be"):
                netscore(accuracy, 3.4, -1.0)


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        (["error::netscore.UnitWarning"], "raised"),
        (["e::netscore.UnitWarning"], "raised"),
        (["ignore::netscore.UnitWarning"], "silent"),
        (["error::netscore.UnitWarning", "default::netscore.UnitWarning"], "warned"),
        ([], "warned"),
        # What is not about this category alone is left to Python, which complains of nonsense.
        (["error::netscore.UnitWarning:netscore.formula"], "warned"),
        (["error:text:netscore.UnitWarning"], "warned"),
        (["x::netscore.UnitWarning"], "warned"),
        (["::netscore.UnitWarning"], "warned"),
    ],
)
def test_warning_options_of_the_interpreter(options: list[str], printed: str) -> None:
    code = (
        "import warnings\n"
        "from netscore import UnitWarning, netscore\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    try:\n"
        "        netscore(0.72, 3.4e6, 3e8)\n"
        "        print('warned' if caught else 'silent')\n"
        "    except UnitWarning:\n"
        "        print('raised')\n"
    )
    flags = [text for option in options for text in ("-W", option)]
    command = [sys.executable, "-E", *flags, "-c", code]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stdout == f"{printed}\n"


def test_warning_options_apply_where_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        monkeypatch.setattr(sys, "warnoptions", ["x:", "", "error::netscore.UnitWarning"])
        checks.honour_warning_options()
        with pytest.raises(UnitWarning, match=r"^netscore: accuracy was read as 0.72 percent"):
            netscore(0.72, 3.4e6, 3e8)
