"""Every question of every public function that takes figures, asked of the table in `functions`.

What each refuses and in which words, what it doubts and where it says so, that every kind of
container comes back as what it was, and that its docstring is a specification.
"""

from __future__ import annotations

import datetime
import inspect
import math
import re
import sys
import warnings
from array import array
from collections import UserList, deque
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from functions import FUNCTIONS, NAN, Function, Rule

from netscore import Metric, UnitWarning, netscore

N = (1 << 17) + 50  # more than a block
each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
each_rule = pytest.mark.parametrize(
    ("function", "rule"),
    [
        pytest.param(function, rule, id=f"{key}-{rule.argument}")
        for key, function in FUNCTIONS.items()
        for rule in function.rules
    ],
)
each_element = pytest.mark.parametrize(
    "function",
    [
        pytest.param(function, id=key)
        for key, function in FUNCTIONS.items()
        if function.contract == "element"
    ],
)


def numbers(function: Function) -> dict[str, Any]:
    """Return ordinary figures: one number each, or a list for a function of columns."""
    column = function.contract == "column"
    return {
        rule.name: list(rule.good) if column and not rule.single else rule.good[0]
        for rule in function.required
    }


def arrays(function: Function, size: int = 4) -> dict[str, Any]:
    """Return arrays of ordinary figures."""
    return {
        rule.name: rule.good[0] if rule.single else np.resize(np.array(rule.good), size)
        for rule in function.required
    }


def call(function: Function, values: dict[str, Any]) -> Any:
    first, named = function.given(values)
    return function.call(first, **named)


def quietly(function: Function, values: dict[str, Any]) -> list[Any]:
    """Return the results without a word about units."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        return function.parts(call(function, values))


def refused(
    function: Function, values: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=rf"\A{re.escape(sentence)}\Z"):
            call(function, values)


# Wrong values.
@each_rule
def test_a_wrong_number(function: Function, rule: Rule) -> None:
    for value in rule.wrong:
        sentence = f"{function.name}: {rule.name} must be {rule.must}, got {value!r}"
        forms = [value, np.float64(value)] + [np.array(value)] * (not rule.single)
        for given in (numbers(function), arrays(function)):
            for wrong in forms:
                refused(function, {**given, rule.name: wrong}, ValueError, sentence)


@each_rule
def test_a_wrong_number_among_others(function: Function, rule: Rule) -> None:
    if rule.single:
        return
    index = [f"row {i}" for i in range(6)]
    for value in rule.wrong:
        column = np.resize(np.array(rule.good), 6)
        column[4] = value
        frozen = np.repeat(column[::-1], 2)[::-2]
        frozen.flags.writeable = False
        masked = np.ma.array(column, mask=[False] * 5 + [True], copy=True)
        masked.data[5] = value
        forms: list[Any] = [
            column,
            column.tolist(),
            tuple(column.tolist()),
            [*column[:4], np.float64(value), rule.good[0]],
            frozen,
            masked,
            pd.Series(column, index),
            pl.Series("name", column),
            pa.array(column),
        ]
        place = "at position 4 (1 of 6 values is wrong)"
        sentence = f"{function.name}: {rule.name} must be {rule.must}, got {value!r} {place}"
        beside = [arrays(function, 6)]
        if function.contract == "element":
            beside.append(numbers(function))
        for given in beside:
            for wrong in forms:
                refused(function, {**given, rule.name: wrong}, ValueError, sentence)


@each_rule
def test_wrong_numbers_are_counted_and_the_first_is_named(function: Function, rule: Rule) -> None:
    if rule.single or not rule.wrong:
        return
    value, other = rule.wrong[1], rule.wrong[0]
    said = f"{function.name}: {rule.name} must be {rule.must}, got {value!r} at position"
    size = min(N, function.rows[1])
    column = np.resize(np.array(rule.good), size)
    column[[size - 9, size - 5]] = value, other
    given = {**arrays(function, size), rule.name: column}
    refused(function, given, ValueError, f"{said} {size - 9} (2 of {size} values are wrong)")
    if function.contract == "element":
        table = np.resize(np.array(rule.good), (4, 5))
        table[1, 3] = value
        table[2, 0] = other
        given = {**numbers(function), rule.name: table}
        refused(function, given, ValueError, f"{said} (1, 3) (2 of 20 values are wrong)")


@each_rule
def test_what_is_just_allowed(function: Function, rule: Rule) -> None:
    for value in rule.ends:
        given = {**numbers(function), rule.name: value}
        if not rule.single:
            given[rule.name] = [value] * (4 if function.contract == "column" else 1)
        for part in quietly(function, given):
            if function.contract == "element":
                assert np.shape(part) == np.shape(given[rule.name])
                # No figure has an infinite score, or any score with an accuracy of 0.
                assert not np.isnan(part).any() or function.name == "solve"
            else:
                assert function.rows or len(part) == 4


@each_rule
def test_a_missing_number_is_a_missing_answer(function: Function, rule: Rule) -> None:
    if function.contract == "element" and rule.missing:
        others = [rule.name for rule in function.rules if rule.ends[:1] == (0.0,)]
        for given in (numbers(function), {**numbers(function), **dict.fromkeys(others, 0.0)}):
            for part in function.parts(call(function, {**given, rule.name: math.nan})):
                assert math.isnan(part)


# Wrong kinds.
WRONG_KINDS = [
    "72",
    b"72",
    "x" * 58,
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
]
WRONG_STRUCTURES: list[tuple[Any, str]] = [
    ("x" * 59, "a value of type str"),
    (object(), "a value of type object"),
    ([[2.0, True], [None, 1.0]], "True at position (0, 1) (2 of 4 values are wrong)"),
    (deque([True, 75.0]), "True at position 0 (1 of 2 values is wrong)"),
    (UserList([72.0, True]), "True at position 1 (1 of 2 values is wrong)"),
    (deque([72, 10**400]), "an integer too large for a float"),
    ([72.0, [71.0]], "nested lists of unequal length"),
    ([72.0, np.array([True])], "nested lists of unequal length"),
    (
        [np.array([[True], [False]])],
        "a value of type ndarray at position 0 (1 of 1 values is wrong)",
    ),
    (10**400, "an integer too large for a float"),
    (10**5000, "an integer too large for a float"),
    ([72, 10**400], "an integer too large for a float"),
    (np.array([True]), "an array of dtype bool"),
    (np.array(["72"]), "an array of dtype <U2"),
    (np.array([72.0], dtype=object), "an array of dtype object"),
    (np.array([1j]), "an array of dtype complex128"),
    (np.array(["2019"], dtype="M8[Y]"), "an array of dtype datetime64[Y]"),
    (np.ma.array([True]), "an array of dtype bool"),
    (pd.Series([True]), "an array of dtype bool"),
    (pd.Series([72], dtype=object), "an array of dtype object"),
    (pd.Series(["72"], dtype="string[python]"), "a Series of dtype string"),
    (pd.Series([True], dtype="boolean"), "a Series of dtype boolean"),
    (pd.Series([72], dtype="category"), "a Series of dtype category"),
    (pl.Series(["72"]), "a Series of dtype String"),
    (pl.Series([True]), "a Series of dtype Boolean"),
    (pl.Series([[72.0]]), "a Series of dtype List(Float64)"),
    (pa.array(["72"]), "an array of type string"),
    (pa.array([True]), "an array of type bool"),
    (pd.DataFrame({"top1": [72.0]}), "a DataFrame (pass one column of it)"),
    (pl.DataFrame({"top1": [72.0]}), "a DataFrame (pass one column of it)"),
    (pl.LazyFrame({"top1": [72.0]}), "a LazyFrame (pass one column of it)"),
    (pa.table({"top1": [72.0]}), "a Table (pass one column of it)"),
]


def is_left_out(function: Function, rule: Rule, value: object) -> bool:
    """Whether None says that this is the figure wanted."""
    return value is None and function.name == "solve" and not rule.optional


@each_rule
def test_a_wrong_kind(function: Function, rule: Rule) -> None:
    given = numbers(function)
    for value in WRONG_KINDS:
        said = f"{function.name}: {rule.name} must be {rule.kind}, got {value!r}"
        if not is_left_out(function, rule, value):
            refused(function, {**given, rule.name: value}, TypeError, said)
        if not rule.single:
            said += " at position 2 (1 of 4 values is wrong)"
            for wrong in ([*rule.good[:2], value, 2.0], (*rule.good[:2], value, 2)):
                refused(function, {**given, rule.name: wrong}, TypeError, said)


@each_rule
def test_a_wrong_structure(function: Function, rule: Rule) -> None:
    given = numbers(function)
    for value, got in WRONG_STRUCTURES:
        said = f"{function.name}: {rule.name} must be {rule.kind}, got "
        if rule.single:
            short = repr(value) if got != "an integer too large for a float" else "x" * 61
            many = len(short) > 60 or "\n" in short or " at 0x" in short
            got = f"a value of type {type(value).__name__}" if many else short
        refused(function, {**given, rule.name: value}, TypeError, said + got)


def test_sequences_of_one_type_keep_it() -> None:
    values = array("f", [72.0, 70.0])
    assert netscore(values, np.float32(3e6), np.float32(3e8)).dtype == np.float32
    assert netscore(range(70, 72), 3e6, 3e8).tolist() == netscore([70.0, 71.0], 3e6, 3e8).tolist()


def test_a_list_that_holds_itself() -> None:
    endless: list[Any] = [72.0]
    endless.append(endless)
    netscore = FUNCTIONS["netscore"]
    refused(
        netscore,
        {**numbers(netscore), "accuracy": endless},
        TypeError,
        "netscore: accuracy must be a real number or an array of real numbers, "
        "got nested lists of unequal length",
    )


# Doubts about units.
def here() -> int:
    """Return the line of the caller."""
    return sys._getframe(1).f_lineno


def forms_of(values: tuple[float, ...], size: int) -> list[Any]:
    """Return the values in whatever can be looked into."""
    array = np.array(values, dtype=np.float64)
    padded = np.ma.array([*values, 5e7], mask=[False] * len(values) + [True])
    forms = [
        list(values),
        values,
        array,
        padded[::-1],
        np.resize(array, size),
        pd.Series(array),
        pl.Series("name", array),
        pa.array(array),
    ]
    if "torch" in sys.modules:
        forms.append(sys.modules["torch"].tensor(array))
    one = [values[0], np.float64(values[0]), np.array(values[0])] if array.size == 1 else []
    return one + forms


@each_rule
def test_a_doubt_is_said_once_where_the_call_stands(function: Function, rule: Rule) -> None:
    for place, (values, said) in enumerate(rule.doubts):
        for form in forms_of(values, 100 if place or function.rows[1] < N else N):
            if np.ndim(form) == 0 and function.contract == "column":
                continue
            size = len(form) if np.ndim(form) else 1
            given = numbers(function) if function.contract == "element" else arrays(function, size)
            first, named = function.given({**given, rule.name: form})
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                _, line = function.call(first, **named), here()
            assert [str(warning.message) for warning in caught] == [f"{function.name}: {said}"]
            assert caught[0].category is UnitWarning
            assert (caught[0].filename, caught[0].lineno) == (__file__, line)


@each_function
def test_all_doubts_of_a_call_are_one_warning(function: Function) -> None:
    doubts = {rule.name: rule.doubts[0] for rule in function.rules if rule.doubts}
    if len(doubts) < 2:
        return
    said = "; ".join(sentence for _, sentence in doubts.values())
    wrong = next(rule for rule in function.required[::-1] if rule.name in doubts)
    for many in (False, True) if function.contract == "element" else (True,):
        given = {**(arrays(function, 4) if many else numbers(function))}
        for name, (values, _) in doubts.items():
            given[name] = np.repeat(values[0], 4) if many else values[0]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(function, given)
        assert [str(warning.message) for warning in caught] == [f"{function.name}: {said}"]
        # An error comes before it.
        given[wrong.name] = [-1.0] * 4 if many else -1.0
        place = " at position 0 (4 of 4 values are wrong)" if many else ""
        sentence = f"{function.name}: {wrong.name} must be {wrong.must}, got -1.0{place}"
        refused(function, given, ValueError, sentence)


FEW = (
    "macs was read as {} multiply-accumulates beside {} parameters, too few; if swapped, exchange "
    "them, if in millions, multiply it by 1e6; a model with large tables or many experts may be "
    "right"
)
MANY = (
    "macs was read as {} multiply-accumulates beside {} parameters, too many; if a unit was "
    "applied to it twice, divide it by that, if to it alone, multiply params"
)
COUNTS = {
    key: function
    for key, function in FUNCTIONS.items()
    if {"params", "macs"} <= {rule.name for rule in function.rules}
}
# Of issue and cases, and the last figures before and behind what is doubted.
UNBALANCED = [
    ([9e8], [6.1e6], FEW.format("6.1e+06", "9e+08")),
    ([25.6e6, NAN, 1e9], [4100.0, 3e9, NAN], FEW.format("4100 to 3e+09", "2.56e+07 to 1e+09")),
    ([5.4e12], [3e8], FEW.format("3e+08", "5.4e+12")),
    ([2.9e10, 3e10], [2.89e9, 2.99e8], FEW.format("2.99e+08 to 2.89e+09", "2.9e+10 to 3e+10")),
    ([25.6e6], [2.2e17], MANY.format("2.2e+17", "2.56e+07")),
    ([1e6], [99_999.0], FEW.format("99999", "1e+06")),
    ([3e10], [2.99e8], FEW.format("2.99e+08", "3e+10")),
    ([1000.0], [1.0000001e10], MANY.format("1e+10", "1000")),
]
BALANCED = [
    ([1e6], [1e5]),
    ([2.9e10], [2.9e9]),
    ([3e10], [3e8]),
    ([1000.0], [1e10]),
    ([9e8, 9e8], [6.1e6, 9e8]),
    ([9e8, 1000.0], [6.1e6, 1e12]),
    ([NAN, 9e8], [6.1e6, NAN]),
]


@pytest.mark.parametrize("function", COUNTS.values(), ids=list(COUNTS))
def test_counts_that_do_not_belong_together_are_doubted_once(function: Function) -> None:
    large = N if function.rows[1] > N else 100
    for params, macs, said in [*UNBALANCED, *((*figures, "") for figures in BALANCED)]:
        for size in {len(params), large if len(params) > 2 else 10}:
            given = arrays(function, size)
            forms: list[Any] = [np.array, list, np.ma.array, pd.Series, pl.Series, pa.array]
            if "torch" in sys.modules:
                forms.append(sys.modules["torch"].tensor)
            # As a number, a score that no figure has is an error.
            if size == 1 and function.contract == "element" and function.name != "solve":
                forms.append(float)
            for make in forms[: None if size < N else 1]:
                counts: dict[str, Any]
                counts = {"params": np.resize(params, size), "macs": np.resize(macs, size)}
                if make is float:  # all of them numbers
                    given, counts = numbers(function), {"params": params[0], "macs": macs[0]}
                first, named = function.given({**given, **{k: make(v) for k, v in counts.items()}})
                if make is not np.array:
                    first = first if np.ndim(first) == 0 or size > 1 else list(first)
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    _, line = function.call(first, **named), here()
                told = [(str(one.message), one.filename, one.lineno) for one in caught]
                assert told == ([(f"{function.name}: {said}", __file__, line)] if said else [])


def test_what_is_hidden_or_doubted_by_itself_is_not_doubted_again() -> None:
    score, ordinary = FUNCTIONS["netscore"].call, (75.0, 25.6e6, 3.8e9)
    hidden: Any = np.ma.array([9e8, 25.6e6], mask=[False, True])
    with pytest.warns(UnitWarning, match="too few"):
        score([75.0, 75.0], hidden, [6.1e6, 3.8e9])
    for macs in (3.8, [3.8, 3.8]):
        with pytest.warns(UnitWarning, match="^netscore: macs was read as 3.8 mul[^;]*; [^;]*$"):
            score(*ordinary[:2], macs)
    # The density knows of no macs.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FUNCTIONS["information_density"].call(75.0, 9e15)


@each_rule
def test_what_could_be_right_is_not_doubted(function: Function, rule: Rule) -> None:
    for values in rule.clear:
        if not function.rows[0] <= len(values):
            continue
        forms: list[Any] = [list(values), np.array(values, float), pd.Series(values, dtype=float)]
        # As a number, a score that no figure has is an error.
        if len(values) == 1 and function.contract == "element" and function.name != "solve":
            forms.append(values[0])
        for form in forms:
            many = function.contract == "column"
            given = arrays(function, len(values)) if many else numbers(function)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                parts = function.parts(call(function, {**given, rule.name: form}))
            if function.contract == "element":
                assert [np.shape(part) for part in parts] == [np.shape(form)] * len(parts)
            else:
                assert len(parts) == 1


@pytest.mark.parametrize("shape", [(), (2, 2), (1, 4)])
def test_columns_are_one_dimensional(shape: tuple[int, ...]) -> None:
    for function in FUNCTIONS.values():
        if function.contract == "column":
            rule = function.required[0]
            name = "the arrays" if len(function.required) > 1 else rule.name
            said = f"{name} must be one-dimensional, got an array of shape {shape}"
            given = {**{one.name: one.good[0] for one in function.required}}
            for wrong in (np.full(shape, rule.good[0]), np.full(shape, rule.good[0]).tolist()):
                refused(
                    function, {**given, rule.name: wrong}, ValueError, f"{function.name}: {said}"
                )


# Docstrings.
@each_function
def test_the_docstring_is_a_specification(function: Function) -> None:
    called = getattr(function.call, "func", function.call)
    if isinstance(called, Metric):
        assert inspect.getdoc(Metric)
        called = Metric.__call__
    text = inspect.getdoc(called) or ""
    summary, _, rest = text.partition("\n\n")
    assert summary.endswith(".")
    assert len(summary.splitlines()) == 1
    sections = re.findall(r"^([A-Z]\w+(?: \w+)?)\n-+$", rest, re.MULTILINE)
    order = ["Parameters", "Returns", "Raises", "Warns", "See Also", "Notes", "References"]
    assert sections == [name for name in [*order, "Examples"] if name in sections]
    assert {"Parameters", "Returns", "Raises"} <= set(sections)
    # A method says the rest by referring to the function.
    if "." not in called.__qualname__:
        assert {"See Also", "Examples"} <= set(sections)
        for name in inspect.signature(called).parameters:
            assert re.search(rf"^(.*\b)?{name}\b.* : ", text, re.MULTILINE), name
    if called.__name__ in ("netscore", "information_density", "mnasnet_reward"):
        assert rest.startswith("Higher is better.")
        assert "References" in sections
