"""Every public function meets every kind of container: one contract, asked of two tables."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from functions import FUNCTIONS, Function
from kinds import (
    KINDS,
    PLAIN,
    Array,
    DaskArray,
    DaskSeries,
    Expression,
    Kind,
    List,
    Pandas,
    Streaming,
    Tuple,
    Xarray,
    XarrayOfDask,
)
from test_functions import COUNTS, UNBALANCED, arrays, call, here, numbers, quietly

from netscore import UnitWarning

ELEMENT = [function for function in FUNCTIONS.values() if function.contract == "element"]
COLUMN = [function for function in FUNCTIONS.values() if function.contract == "column"]
WHERE = [False, True, False, False]


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    made = request.param()
    yield made
    made.teardown()


def made(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with every array in a container of the kind."""
    return {n: kind.make(v) if isinstance(v, np.ndarray) else v for n, v in values.items()}


def held(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with every array as a container of the kind holds it."""
    return {n: kind.seen(v) if isinstance(v, np.ndarray) else v for n, v in values.items()}


def assert_equal(kind: Kind, got: Any, wanted: Any) -> None:
    """Compare bit for bit where NumPy computes, else to the error that is stated."""
    assert np.ma.getmaskarray(got).tolist() == np.ma.getmaskarray(wanted).tolist()
    got, wanted = np.ma.compressed(got), np.ma.compressed(wanted)
    assert got.dtype == wanted.dtype
    tolerance = (1e-12 if got.dtype == np.float64 else 1e-6) * kind.own
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=10 * tolerance)


def assert_same(function: Function, kind: Kind, values: dict[str, Any], wanted: Any = None) -> None:
    """Check that containers give the kind, and what arrays give that hold what they hold."""
    parts = function.parts(call(function, made(kind, values)))
    if wanted is None:
        wanted = quietly(function, held(kind, values))
        if kind.nan_is_null:
            wanted = [np.ma.masked_invalid(one) for one in wanted]
    for part, label, one in zip(parts, function.labels or (function.name,), wanted, strict=True):
        kind.check(part, label)
        assert_equal(kind, kind.read(part), one)


def read(function: Function, kind: Kind, values: dict[str, Any]) -> list[Any]:
    """Return the results, computed at last where they are lazy."""
    return [kind.read(part) for part in function.parts(call(function, values))]


def matches(function: Function, said: str) -> str:
    return rf"\A{re.escape(function.name)}: {said}\Z"


# What is computed of every row.
def test_own_kind_back(kind: Kind) -> None:
    for function in ELEMENT:
        assert_same(function, kind, arrays(function))


def test_numbers_beside_in_every_place(kind: Kind) -> None:
    for function in ELEMENT:
        options = {one.name: np.float64(one.good[0]) for one in function.rules if one.optional}
        for rule in function.rules[: 2 if kind.slow else len(function.required) + 1]:
            if not rule.single:
                column = np.array(rule.good)
                assert_same(function, kind, {**numbers(function), **options, rule.name: column})


def test_float32_stays_float32(kind: Kind) -> None:
    for function in ELEMENT:
        first = function.rules[0].name
        single = {n: np.float32(v) if np.ndim(v) else v for n, v in arrays(function).items()}
        assert_same(function, kind, single)
        assert_same(function, kind, {**numbers(function), first: single[first]})


def test_integers(kind: Kind) -> None:
    for function in ELEMENT:
        whole = {n: np.int64(np.ceil(v)) if np.ndim(v) else v for n, v in arrays(function).items()}
        results = [part.astype(kind.integers) for part in quietly(function, whole)]
        assert_same(function, kind, whole, results)


def test_integers_beside_floats(kind: Kind) -> None:
    for function in ELEMENT:
        first, second = [rule for rule in function.required if not rule.single][:2]
        whole = np.ceil(np.array(second.good)).astype(np.int64)
        values = {**arrays(function), first.name: np.array(first.good), second.name: whole}
        assert_same(function, kind, values)


def test_nan_is_nan_in_its_place(kind: Kind) -> None:
    for function in ELEMENT:
        for rule in function.required:
            if rule.missing and not rule.single:
                values = arrays(function)
                values[rule.name][1] = np.nan
                for part in quietly(function, values):
                    assert np.isnan(part).tolist() == WHERE
                assert_same(function, kind, values)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int8])
def test_what_is_missing_stays_missing(kind: Kind, dtype: Any) -> None:
    if not kind.null:
        return
    for function in ELEMENT:
        rule = next(rule for rule in function.rules if rule.missing)
        column = np.ceil(np.array(rule.good)).astype(dtype)
        # The dtype does not depend on whether anything is missing.
        whole = quietly(function, {**numbers(function), rule.name: column})
        wanted = [np.ma.array(part, mask=WHERE) for part in whole]
        given = {**numbers(function), rule.name: np.ma.array(column, mask=WHERE)}
        assert_same(function, kind, given, wanted)


def test_values_that_are_not_allowed(kind: Kind) -> None:
    for function in ELEMENT:
        for rule in function.rules:
            if rule.single or not rule.wrong:
                continue
            if kind.lazy:
                # Nobody has looked at them: NaN, without a word.
                column = np.array([rule.good[0], *rule.wrong, rule.good[0]])
                given = {**numbers(function), rule.name: kind.make(column)}
                for part in read(function, kind, given):
                    nan = np.isnan(part).tolist()
                    assert nan == [False, *(True for _ in rule.wrong), False]
            for value in rule.wrong:
                # JAX rounds what is as small to 0.
                if kind.lazy or (0 < abs(value) < 1e-300 and kind.library == "jax"):
                    continue
                column = np.array([rule.good[0], value, rule.good[1], value])
                place = r"at position 1 \(2 of 4 values are wrong\)"
                said = rf"{re.escape(f'{rule.name} must be {rule.must}, got {value!r}')} {place}"
                with pytest.raises(ValueError, match=matches(function, said)):
                    call(function, {**numbers(function), rule.name: kind.make(column)})


def test_numbers_are_checked_beside(kind: Kind) -> None:
    for function in ELEMENT:
        first, *others = function.rules
        given = {**numbers(function), first.name: kind.make(np.array(first.good))}
        for rule in others:
            said = re.escape(f"{rule.name} must be {rule.must}, got {rule.wrong[0]}")
            with pytest.raises(ValueError, match=matches(function, said)):
                call(function, {**given, rule.name: rule.wrong[0]})
            with pytest.raises(
                TypeError, match=matches(function, ".* must be .*'?300M'?|.* a str as .*")
            ):
                call(function, {**given, rule.name: "300M"})
            for values, said in rule.doubts[:1]:
                with pytest.warns(UnitWarning, match=matches(function, re.escape(said))) as caught:
                    call(function, {**given, rule.name: values[0]})
                assert len(caught) == 1


def test_another_unit(kind: Kind) -> None:
    for function in ELEMENT:
        for rule in function.rules:
            for values, said in rule.doubts[:1]:
                column = kind.make(np.array(values * 4, dtype=float))
                first, named = function.given({**numbers(function), rule.name: column})
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    _, line = function.call(first, **named), here()
                said_at = [(str(one.message), one.filename, one.lineno) for one in caught]
                wanted = (f"{function.name}: {said}", __file__, line)
                assert said_at == ([] if kind.lazy else [wanted])


def test_counts_that_do_not_belong_together(kind: Kind) -> None:
    for function in COUNTS.values():
        if function not in ELEMENT:
            continue
        for params, macs, said in UNBALANCED[:5:4]:
            given = {**numbers(function), "params": params[0], "macs": macs[0]}
            for names in (("params",), ("macs",), ("params", "macs")):
                made = {name: kind.make(np.full(4, given[name])) for name in names}
                first, named = function.given({**given, **made})
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    _, line = function.call(first, **named), here()
                said_at = [(str(one.message), one.filename, one.lineno) for one in caught]
                wanted = (f"{function.name}: {said}", __file__, line)
                assert said_at == ([] if kind.lazy else [wanted])


def test_the_arguments_stay_as_they_are(kind: Kind) -> None:
    for function in ELEMENT:
        given = made(kind, arrays(function))
        before = {n: np.copy(kind.read(v)) for n, v in given.items() if not isinstance(v, float)}
        read(function, kind, given)
        for name, value in before.items():
            np.testing.assert_array_equal(kind.read(given[name]), value)


def test_arrays_and_lists_beside(kind: Kind) -> None:
    for function in ELEMENT:
        values = arrays(function)
        first, second = [rule for rule in function.required if not rule.single][:2]
        for beside in (values[second.name], values[second.name].tolist()):
            given = {**numbers(function), first.name: kind.make(values[first.name])}
            given[second.name] = beside
            if kind.arrays:
                columns = {**given, first.name: kind.seen(values[first.name])}
                for part, wanted in zip(
                    function.parts(call(function, given)), quietly(function, columns), strict=True
                ):
                    np.testing.assert_allclose(np.ma.getdata(kind.read(part)), wanted, rtol=1e-12)
                given[second.name] = np.full(4, second.wrong[1])
                with pytest.raises(ValueError, match=r"at position 0 \(4 of 4 values are wrong\)$"):
                    call(function, given)
            else:
                said = rf"got an? [\w .]+ as {re.escape(first.name)} and a (list|ndarray) as"
                said = rf"the arguments must be of kinds that mix, {said} {re.escape(second.name)}"
                with pytest.raises(TypeError, match=matches(function, said)):
                    call(function, given)


def test_nothing_is_computed_before_it_is_asked_for(kind: Kind) -> None:
    if not isinstance(kind, (XarrayOfDask, DaskArray, DaskSeries)):
        return

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("computed")

    config = pytest.importorskip("dask.config")
    for function in ELEMENT:
        given = made(kind, arrays(function))
        with config.set(scheduler=refuse):
            result = function.parts(call(function, given))[0]
            with pytest.raises(AssertionError, match=r"^computed$"):
                kind.read(result)


def test_an_array_to_write_into_and_threads(kind: Kind) -> None:
    for function in ELEMENT:
        if "out" not in inspect.signature(function.call).parameters:
            continue
        given, wanted = (
            made(kind, arrays(function)),
            quietly(function, held(kind, arrays(function))),
        )
        first, named = function.given(given)
        out = np.full(4, -7.0)
        if isinstance(kind, (Array, List, Tuple)):
            assert function.call(first, **named, out=out) is out
            assert [out.tolist()] == [part.tolist() for part in wanted]
        else:
            said = "out must not be given beside an? .+, which a result of its own kind answers"
            with pytest.raises(TypeError, match=matches(function, said)):
                function.call(first, **named, out=out)
            assert out.tolist() == [-7.0] * 4
        (part,) = function.parts(function.call(first, **named, workers=2))
        assert_equal(kind, kind.read(part), wanted[0])
        with pytest.raises(
            ValueError, match=matches(function, "workers must be positive, .* got 0")
        ):
            function.call(first, **named, workers=0)


def test_lengths_that_do_not_fit(kind: Kind) -> None:
    if isinstance(kind, (Expression, DaskSeries)):
        return
    for function in ELEMENT:
        first, second = [rule for rule in function.required if not rule.single][:2]
        given = {first.name: np.array(first.good), second.name: np.array(second.good[:3])}
        said = (
            r"shapes must broadcast|must have the same|must have its shape|do not match|broadcast"
        )
        with pytest.raises(ValueError, match=said):
            call(function, made(kind, {**numbers(function), **given}))


def test_nothing_in_nothing_out(kind: Kind) -> None:
    if kind.slow or isinstance(kind, XarrayOfDask):
        return  # dask has no chunks of such an array
    for function in ELEMENT:
        empty = {n: v[:0] if np.ndim(v) else v for n, v in arrays(function).items()}
        for part in read(function, kind, made(kind, empty)):
            assert part.shape == (0,)


# What is computed of a column.
def test_lazy_kinds_are_refused_in_words(kind: Kind) -> None:
    for function in COLUMN if kind.lazy else ():
        rule = function.rules[0]
        said = rf"{rule.name} must be {rule.kind}, got an? [\w ]+ \(compute it first\)"
        with pytest.raises(TypeError, match=matches(function, said)):
            call(function, made(kind, arrays(function)))


def test_columns_of_eager_kinds_are_read(kind: Kind) -> None:
    for function in () if kind.lazy else COLUMN:
        values = arrays(function)
        wanted = call(function, held(kind, values))
        result = call(function, made(kind, values))
        if function.name == "sensitivity":
            for field, value in vars(wanted).items():
                np.testing.assert_array_equal(getattr(result, field), value)
        elif function.own and not isinstance(kind, PLAIN):
            kind.check(result, function.name)
            read = kind.read(result)
            assert read.tolist() == wanted.tolist()
            assert read.dtype.kind == wanted.dtype.kind
        else:
            assert type(result) is np.ndarray
            assert result.tolist() == wanted.tolist()


def test_what_is_missing_in_a_column(kind: Kind) -> None:
    for function in () if kind.lazy else COLUMN:
        for mask in (WHERE,) if kind.null else ():
            rule = function.rules[0]
            values, nan = arrays(function), np.array(rule.good)
            nan[1] = np.nan
            wanted = call(function, {**values, rule.name: nan})
            values[rule.name] = np.ma.array(rule.good, mask=mask)
            result = call(function, made(kind, values))
            if function.own and not isinstance(kind, PLAIN):
                result = kind.read(result)
            if function.name != "sensitivity":
                assert result.tolist() == wanted.tolist()
            else:
                assert result.default_rank.tolist() == wanted.default_rank.tolist()


def test_what_is_no_real_number(kind: Kind) -> None:
    if isinstance(kind, Expression):
        return  # its dtype is not known
    column = kind.make(np.array([True, False, True, True]))
    for function in FUNCTIONS.values():
        for rule in function.rules:
            if not rule.single and not (kind.lazy and function in COLUMN):
                said = rf"{re.escape(f'{rule.name} must be {rule.kind}, got ')}.*"
                with pytest.raises(TypeError, match=matches(function, said)):
                    read(function, kind, {**numbers(function), rule.name: column})


# Kinds beside each other.
@pytest.mark.parametrize("other", [k for k in KINDS if k not in (*PLAIN, Streaming)])
def test_other_libraries_do_not_mix(kind: Kind, other: type[Kind]) -> None:
    if KINDS.index(type(kind)) >= KINDS.index(other) or isinstance(kind, (*PLAIN, Streaming)):
        return
    beside = other()
    families = {kind.family, beside.family}
    if len(families) == 1 or families == {"dask.array", "xarray"}:
        return
    for function in FUNCTIONS.values():
        rules = [rule for rule in function.required if not rule.single][:2]
        lazy = function in COLUMN and (kind.lazy or beside.lazy)
        if len(rules) == 2 and not lazy:
            names = [rule.name for rule in rules]
            columns = [one.make(np.array(rule.good)) for one, rule in zip((kind, beside), rules)]
            said = " and ".join(rf"an? [\w .]+ as {re.escape(name)}" for name in names)
            said = f"the arguments must be of kinds that mix, got {said}"
            with pytest.raises(TypeError, match=matches(function, said)):
                call(function, {**numbers(function), **dict(zip(names, columns))})


@pytest.mark.parametrize("labelled", [Pandas, Xarray, XarrayOfDask])
def test_labels_that_contradict_are_refused(labelled: type[Kind]) -> None:
    kind = labelled()
    said = r"\S+( \(\w+\))? must have the same index as .*"
    if labelled is not Pandas:
        said = r"DataArrays must have the same labels along the dimensions (.|\n)*"
    for function in FUNCTIONS.values():
        rules = [rule for rule in function.required if not rule.single]
        if len(rules) > 1 and not (kind.lazy and function in COLUMN):
            values = made(kind, arrays(function))
            # The same labels in another order are another table.
            values[rules[1].name] = values[rules[1].name][::-1]
            with pytest.raises(ValueError, match=matches(function, said)):
                call(function, values)
