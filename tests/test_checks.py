"""Rules, sentences and the place of a warning, where the table of functions does not ask."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import types
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import UnitWarning, checks, information_density, netscore
from netscore.checks import ACCURACY, ALPHA, MACS, PARAMS, Rule, balance


def test_wrong_integers_are_shown_as_integers() -> None:
    with pytest.raises(ValueError, match=r"got 120$"):
        netscore(120, 3.4e6, 3e8)
    with pytest.raises(ValueError, match=r"got 120 at position 1 "):
        netscore([72, 120], 3.4e6, 3e8)


def deep(levels: int) -> list[Any]:
    """Return a list of a list of a list."""
    lists: list[Any] = []
    for _ in range(levels):
        lists = [lists]
    return lists


def test_the_first_wrong_argument_is_named() -> None:
    for figures in ((-1.0, -2.0, -3.0), ([-1.0], [-2.0], [-3.0]), (72.0, -2.0, -3.0)):
        name = "params" if figures[0] == 72.0 else "accuracy"
        with pytest.raises(ValueError, match=rf"^netscore: {name} must be"):
            netscore(*figures)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("72", "'72'"),
        (1.5, "1.5"),
        ("x" * 58, repr("x" * 58)),
        ("x" * 59, "a value of type str"),
        pytest.param(10**5000, "a value of type int", id="long"),
        pytest.param(deep(100_000), "a value of type list", id="deep"),
        (np.zeros((2, 2)), "a value of type ndarray"),
        (np.array([True]), "array([ True])"),
    ],
)
def test_values_in_a_message_stand_on_one_line(value: object, shown: str) -> None:
    assert checks.shown(value) == shown


@pytest.mark.parametrize(
    ("closed", "allowed"),
    [
        ("both", [False, True, True, True, False]),
        ("low", [False, True, True, False, False]),
        ("high", [False, False, True, True, False]),
        ("neither", [False, False, True, False, False]),
    ],
)
def test_rules_are_intervals_of_numbers_and_arrays(closed: str, allowed: list[bool]) -> None:
    rule = Rule("x", "between", 1.0, 3.0, closed)
    values = [0.9999999999999999, 1.0, 2.0, 3.0, 3.0000000000000004]
    assert [bool(rule.allows(value)) for value in values] == allowed
    assert rule.allows(np.array(values)).tolist() == allowed
    assert not rule.allows(math.nan)
    assert not rule.allows(0.0)
    assert rule.allows(rule.stand_in)
    zero = Rule("x", "0 or between", 1.0, 3.0, closed, or_zero=True)
    assert zero.allows(np.array([0.0, -0.0, *values])).tolist() == [True, True, *allowed]


@given(st.floats(allow_nan=False))
def test_the_interval_of_an_exponent(value: float) -> None:
    assert ALPHA.allows(value) == (value == 0.0 or 1e-6 <= value <= 1000.0)
    assert ALPHA.allows(np.array([value])).tolist() == [ALPHA.allows(value)]


@given(st.floats(0.0, allow_nan=False, exclude_min=True, allow_infinity=False))
def test_where_doubt_begins(value: float) -> None:
    assert (ACCURACY.doubt(value, value) is not None) == (value <= 1.0)
    for rule in (PARAMS, MACS):
        assert (rule.doubt(value, value) is not None) == (value < 1000.0)
    # One value beyond it settles the column.
    assert PARAMS.doubt(value, 1000.0) is None


@pytest.mark.parametrize("value", ["3", 3.0, None, True, math.nan, [3], np.array([3.0])])
def test_what_is_no_integer(value: Any) -> None:
    sentence = f"top: k must be an integer, got {value!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        checks.positive_integer("top", "k", value)


def test_wrong_integers_of_more_digits_than_python_writes() -> None:
    with pytest.raises(ValueError, match=r"^top: k must be positive, got a value of type int$"):
        checks.positive_integer("top", "k", -(10**5000))
    with pytest.raises(ValueError, match=r"for all cores, got a value of type int$"):
        checks.thread_count("top", -(10**5000))


def test_no_address_is_shown() -> None:
    for value in (object(), math.sqrt, lambda: 1, iter([])):
        assert " at 0x" not in checks.shown(value)
    assert checks.shown(len) == "<built-in function len>"


def test_integers() -> None:
    assert [checks.positive_integer("top", "k", k) for k in (1, np.int8(7), np.array(9))] == [
        1,
        7,
        9,
    ]
    with pytest.raises(ValueError, match=r"^top: k must be positive, got 0$"):
        checks.positive_integer("top", "k", 0)
    rule = checks.whole("draws", "a positive whole number", 1)
    assert rule.allows(np.array([0.0, 1.0, 1.5, 2.0**60])).tolist() == [False, True, False, True]
    assert rule.allows(rule.stand_in)


@pytest.mark.parametrize("value", ["'72'", "None", "True", "[72.0]", "10**400"])
def test_what_is_no_number_is_refused_without_numpy(value: str) -> None:
    code = (
        f"import sys; from netscore import compare\ntry: compare({value}, 3.4e6, 3e8)\n"
        "except TypeError as error: print(error)\nassert 'numpy' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.startswith("compare: accuracy must be a real number, got ")


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((1.0, 3.4e6, 3e8), "accuracy was read as 1 percent; "),
        ((72.0, 5.0, 3e8), "params was read as 5 parameters; "),
        ((72.0, 9e8, 6.1e6), r"macs was read as 6.1e\+06 .*, too few; "),
    ],
)
def test_units_are_questioned_whatever_the_exponents(
    figures: tuple[float, float, float], said: str
) -> None:
    columns = [np.array([figure]) for figure in figures]
    for exponents in ({"alpha": 1.5}, {"beta": 0.0, "gamma": 0.0}, {"alpha": [1.5]}):
        weights: dict[str, Any] = exponents
        with pytest.warns(UnitWarning, match=f"^netscore: {said}"):
            netscore(*columns, **weights)


def test_the_warning_can_be_silenced_by_category() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UnitWarning)
        assert netscore(1, 10**6, 10**9) == 0.0


def test_the_warning_points_out_of_this_package_and_no_further() -> None:
    # A package whose name begins like ours is the user's.
    user = types.ModuleType("netscore_of_mine")
    code = "from netscore import netscore\ndef score(a):\n\n    return netscore(a, 3.4e6, 3e8)\n"
    exec(compile(code, "mine.py", "exec"), user.__dict__)
    for accuracy in (0.72, [0.72], np.array([0.72])):
        with pytest.warns(UnitWarning) as caught:
            user.score(accuracy)
        assert [(one.filename, one.lineno) for one in caught] == [("mine.py", 4)]
        with pytest.warns(UnitWarning) as caught:
            list(map(information_density, [accuracy], [3.4e6]))
        assert [one.filename for one in caught] == [__file__]


def test_the_warning_of_a_program_without_other_frames() -> None:
    code = "import netscore; netscore.netscore(0.72, 3.4e6, 3e8)"
    command = [sys.executable, "-W", "always", "-c", code]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    assert re.match(r"<string>:1: UnitWarning: netscore: accuracy was read as 0.72", run.stderr)


def test_importing_the_package_leaves_the_filters_alone() -> None:
    code = (
        "import numpy, warnings; before = list(warnings.filters)\n"
        "from netscore import *; netscore([72.0], 3.4e6, 3e8), load_networks(), compare\n"
        "import netscore.cli, netscore.metrics; assert warnings.filters == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("params", "macs", "found"),
    [
        # Every parameter is used once for most inputs, and every tenth one for all but few.
        *((1e6, 1e6, 1.0), (1e6, 1e5, 1.0), (1e6, 9.9e4, 0.0), (1e6, 0.5, 0.0)),
        # In the largest, one in a hundred.
        *((3e10, 3e8, 1.0), (3e10, 2.9e8, 0.0), (2.9e10, 2.8e9, 0.0), (1e12, 1e10, 1.0)),
        *((5e10, 5e8, 1.0), (1e12, 9e9, 0.0)),
        # No parameter is used more often than ten million times.
        *((1e3, 1e10, 1.0), (1e3, 1.1e10, -1.0), (1e6, 1.9e13, -1.0)),
    ],
)
def test_how_macs_may_stand_to_params(params: float, macs: float, found: float) -> None:
    assert balance(lambda held, yes, no: yes if held else no, params, macs) == found
    assert balance(np.where, np.array([params]), np.array([macs])).tolist() == [found]
