"""Weighted scores: the general one, the published variants, and netscore as a special case."""

from __future__ import annotations

import math
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netscore import UnitWarning, load_networks, netscore
from netscore.variants import (
    PUBLISHED,
    Cost,
    mnasnet_reward,
    ns_e,
    ns_m,
    ns_sharp,
    weighted_score,
)

NAN = math.nan
INF = math.inf

percentages = st.floats(0.01, 100.0)
measurements = st.floats(1e-9, 1e15)
weights = st.floats(0.0, 10.0)


def one_cost(value: Any, exponent: Any = 0.5, unit: str = "s") -> dict[str, Cost]:
    return {"latency": Cost(value, exponent=exponent, unit=unit)}


# Published: Toktassyn and Park 2026, ViT-S. By hand for NS-E: 40 log10(89.7) = 78.1117,
# 2.5 log10(21.3 * 144.2) = 2.5 * 3.48735 = 8.7184; the difference is 69.3933.
def test_published_values() -> None:
    assert round(ns_e(89.7, seconds=21.3, watts=144.2), 2) == 69.39
    assert round(ns_m(89.7, mebibytes=1084), 2) == 70.52
    assert round(ns_sharp(89.7, mebibytes=1084, seconds=21.3, watts=144.2), 2) == 61.81


# 40 log10(100) = 80, 40 log10(10) = 40; a cost of 10^k takes 2.5 k.
@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (ns_e(100, 1e4, 1e2), 65.0),
        (ns_e(10, 1e-4, 1.0), 50.0),
        (ns_m(100, 1e8), 60.0),
        (ns_m(10, 0.01), 45.0),
        (ns_sharp(100, 1e4, 1e2, 1e6), 50.0),
        (ns_sharp(10, 1.0, 1.0, 1e4), 30.0),
        # 20 (2 log10(10) - 0.5 log10(10^6)) and 10 (3 * 1 - 0.25 * 4 - 1 * -2)
        (weighted_score(10, one_cost(1e6)), -20.0),
        (
            weighted_score(
                10.0,
                {
                    "energy": Cost(1e4, exponent=0.25, unit="J"),
                    "size": Cost(0.01, exponent=1, unit="MB"),
                },
                alpha=3,
                scale=10,
            ),
            40.0,
        ),
    ],
)
def test_by_hand(score: float, expected: float) -> None:
    assert type(score) is float
    assert score == pytest.approx(expected, abs=1e-12)


def test_mnasnet_reward_by_hand() -> None:
    assert mnasnet_reward(75.2, 80.0, 80.0) == 75.2
    # A ratio of 2^-1 to the power -1 is 2, of 4 to the power -1/2 is 1/2, to the power 0 is 1.
    assert mnasnet_reward(30, 40.0, 80.0, w=-1) == pytest.approx(60.0, rel=1e-14)
    assert mnasnet_reward(30.0, 320, 80, w=-0.5) == pytest.approx(15.0, rel=1e-14)
    assert mnasnet_reward(30.0, 320.0, 80.0, w=0) == 30.0
    # The default exponent: 10^-0.07 = 0.851138
    assert mnasnet_reward(100.0, 10.0, 1.0) == pytest.approx(85.1138, abs=5e-5)
    assert type(mnasnet_reward(30, 40, 80)) is float


def test_mnasnet_exponent_trades_double_latency_for_five_percent_accuracy() -> None:
    # So Tan et al. chose it: the two networks are to be worth the same, and are to 0.03 %.
    slow = mnasnet_reward(70.0 * 1.05, latency=160.0, target=80.0)
    assert slow == pytest.approx(mnasnet_reward(70.0, latency=80.0, target=80.0), rel=5e-4)


def netscore_costs(params: Any, macs: Any, beta: float, gamma: float) -> dict[str, Cost]:
    return {
        "params": Cost(params / 1e6, exponent=beta, unit="1e6"),
        "macs": Cost(macs / 1e9, exponent=gamma, unit="1e9"),
    }


@given(percentages, st.floats(1e3, 1e13), st.floats(1e3, 1e18), weights, weights, weights)
def test_netscore_is_a_special_case(
    accuracy: float, params: float, macs: float, alpha: float, beta: float, gamma: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        expected = netscore(accuracy, params, macs, alpha=alpha, beta=beta, gamma=gamma)
        costs = netscore_costs(params, macs, beta, gamma)
        score = weighted_score(accuracy, costs, alpha=alpha)
        (of_array,) = weighted_score([accuracy], costs, alpha=alpha)
    largest = 20.0 * max(
        abs(alpha * math.log10(accuracy)),
        abs(beta * math.log10(params / 1e6)),
        abs(gamma * math.log10(macs / 1e9)),
    )
    # Dividing first rounds the quotient, which matters where its logarithm is near 0.
    rounding = 20.0 * sys.float_info.epsilon * max(beta, gamma)
    assert abs(score - expected) <= 8 * math.ulp(largest) + rounding
    assert abs(of_array - expected) <= 8 * math.ulp(largest) + rounding
    default = (alpha, beta, gamma) == (2.0, 0.5, 0.5)
    if not (default or 0.5 < params / 1e6 < 2.0 or 0.5 < macs / 1e9 < 2.0):
        assert score == expected


def test_netscore_of_the_reference_table() -> None:
    # Three logarithms here, one there: each is within two units in the last place.
    for network in load_networks():
        costs = netscore_costs(network.params, network.macs, 0.5, 0.5)
        score = weighted_score(network.accuracy, costs)
        assert abs(score - network.netscore) <= 4 * math.ulp(score)


@given(percentages, st.lists(st.tuples(measurements, weights), min_size=1, max_size=4), weights)
def test_accuracy_of_the_arithmetic(
    accuracy: float, costs: list[tuple[float, float]], alpha: float
) -> None:
    assume(accuracy > 1.0)
    with mpmath.workdps(40):
        terms = [20 * alpha * mpmath.log10(accuracy)] + [
            -20 * weight * mpmath.log10(value) for value, weight in costs
        ]
        exact, largest = sum(terms), float(max(map(abs, terms)))
    named = {
        f"c{i}": Cost(value, exponent=weight, unit="x") for i, (value, weight) in enumerate(costs)
    }
    for score in (
        weighted_score(accuracy, named, alpha=alpha),
        weighted_score([accuracy], named, alpha=alpha)[0],
    ):
        assert abs(score - float(exact)) <= 8 * math.ulp(largest)


@given(percentages, measurements, measurements, measurements)
def test_published_variants_are_weighted_scores(
    accuracy: float, seconds: float, watts: float, mebibytes: float
) -> None:
    assume(accuracy > 1.0)
    of_metric: dict[str, tuple[float, tuple[float, ...]]] = {
        "NS-E": (ns_e(accuracy, seconds, watts), (seconds, watts)),
        "NS-M": (ns_m(accuracy, mebibytes), (mebibytes,)),
        "NS#": (ns_sharp(accuracy, mebibytes, seconds, watts), (mebibytes, seconds, watts)),
    }
    assert list(of_metric) == list(PUBLISHED)
    for metric, (score, values) in of_metric.items():
        costs = {
            term.name: Cost(value, exponent=term.exponent, unit=term.unit)
            for term, value in zip(PUBLISHED[metric], values)
        }
        assert score == weighted_score(accuracy, costs)


def test_published_units() -> None:
    units = {metric: [(t.name, t.unit) for t in terms] for metric, terms in PUBLISHED.items()}
    assert units == {
        "NS-E": [("time", "s"), ("power", "W")],
        "NS-M": [("memory", "MiB")],
        "NS#": [("memory", "MiB"), ("time", "s"), ("power", "W")],
    }


@given(percentages, measurements, measurements, st.floats(-3.0, 0.0))
def test_mnasnet_reward_against_exact_arithmetic(
    accuracy: float, latency: float, target: float, w: float
) -> None:
    assume(accuracy > 1.0)
    with mpmath.workdps(40):
        exact = float(accuracy * (mpmath.mpf(latency) / target) ** w)
    assert mnasnet_reward(accuracy, latency, target, w=w) == pytest.approx(exact, rel=1e-13)
    (of_array,) = mnasnet_reward([accuracy], latency, target, w=w)
    assert of_array == pytest.approx(exact, rel=1e-13)


@given(percentages, measurements, st.floats(1.001, 1000.0))
def test_more_cost_scores_less(accuracy: float, cost: float, factor: float) -> None:
    assume(accuracy > 1.0)
    dearer = cost * factor
    assert ns_e(accuracy, dearer, 1.0) < ns_e(accuracy, cost, 1.0)
    assert ns_e(accuracy, 1.0, dearer) < ns_e(accuracy, 1.0, cost)
    assert ns_m(accuracy, dearer) < ns_m(accuracy, cost)
    assert ns_sharp(accuracy, dearer, 1.0, 1.0) < ns_sharp(accuracy, cost, 1.0, 1.0)
    assert ns_sharp(accuracy, 1.0, dearer, 1.0) < ns_sharp(accuracy, 1.0, cost, 1.0)
    assert ns_sharp(accuracy, 1.0, 1.0, dearer) < ns_sharp(accuracy, 1.0, 1.0, cost)
    assert mnasnet_reward(accuracy, dearer, 1.0) < mnasnet_reward(accuracy, cost, 1.0)


# Every function with its measurements as one tuple, so that one test serves all.
def weighted(accuracy: Any, latency: Any, power: Any) -> Any:
    return weighted_score(
        accuracy,
        {
            "latency": Cost(latency, exponent=0.25, unit="s"),
            "power": Cost(power, exponent=0.5, unit="W"),
        },
    )


def reward(accuracy: Any, latency: Any) -> Any:
    return mnasnet_reward(accuracy, latency, 80.0)


Function = Callable[..., Any]
FUNCTIONS: list[tuple[Function, str, list[str]]] = [
    (weighted, "weighted_score", ["accuracy", "latency", "power"]),
    (ns_e, "ns_e", ["accuracy", "seconds", "watts"]),
    (ns_m, "ns_m", ["accuracy", "mebibytes"]),
    (ns_sharp, "ns_sharp", ["accuracy", "mebibytes", "seconds", "watts"]),
    (reward, "mnasnet_reward", ["accuracy", "latency"]),
]
each_function = pytest.mark.parametrize(
    ("function", "name", "parameters"), FUNCTIONS, ids=[name for _, name, _ in FUNCTIONS]
)
GOOD = [72.0, 20.0, 144.0, 30.0]


@each_function
def test_arrays_element_by_element(function: Function, name: str, parameters: list[str]) -> None:
    columns = [[72.0, 80.0, NAN, 65.0], [20.0, NAN, 30.0, 40.0], [1.5, 2.5, 3.5, 4.5]]
    columns.append([7.0, 8.0, 9.0, 10.0])
    columns = columns[: len(parameters)]
    result = function(*columns)
    assert isinstance(result, np.ndarray)
    assert result.dtype == np.float64
    assert np.isnan(result).tolist() == [False, True, True, False]
    for index in (0, 3):
        alone = function(*(column[index] for column in columns))
        assert result[index] == pytest.approx(alone, rel=1e-14)


@each_function
def test_missing_measurements(function: Function, name: str, parameters: list[str]) -> None:
    for position in range(len(parameters)):
        values = GOOD[: len(parameters)]
        values[position] = NAN
        assert math.isnan(function(*values))
        # 0 % does not hide that a cost is missing.
        if position:
            values[0] = 0.0
            assert math.isnan(function(*values))
            assert np.isnan(function([0.0], *values[1:])).all()


@each_function
def test_containers(function: Function, name: str, parameters: list[str]) -> None:
    rest = GOOD[1 : len(parameters)]
    series = pd.Series([72.0, 80.0], index=["a", "b"], name="top1")
    scored = function(series, *rest)
    assert isinstance(scored, pd.Series)
    assert scored.index.tolist() == ["a", "b"]
    assert scored.tolist() == pytest.approx([function(a, *rest) for a in (72.0, 80.0)])
    single = function(np.array([72.0], dtype=np.float32), *rest)
    assert single.dtype == np.float32
    masked = function(np.ma.array([72.0, 80.0], mask=[False, True]), *rest)
    assert masked.mask.tolist() == [False, True]
    broadcast = function(np.full((2, 1), 72.0), np.full(3, 20.0), *rest[1:])
    assert broadcast.shape == (2, 3)
    integers = function(np.array([72]), *(np.array([int(value)]) for value in rest))
    assert integers[0] == pytest.approx(function(72.0, *rest), rel=1e-14)


@each_function
def test_wrong_values(function: Function, name: str, parameters: list[str]) -> None:
    for position, parameter in enumerate(parameters):
        must = "positive and finite" if position else "a percentage from 0 to 100"
        for wrong in (-3.0, INF, -INF, *([0.0] if position else [100.5])):
            values: list[Any] = GOOD[: len(parameters)]
            values[position] = wrong
            message = f"{name}: {parameter} must be {must}, got {wrong}"
            with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
                function(*values)
            values[position] = [50.0, wrong]
            message += " at position 1 (1 of 2 values is wrong)"
            with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
                function(*values)


@each_function
@pytest.mark.parametrize("wrong", ["72", None, True, 1j])
def test_wrong_kinds(function: Function, name: str, parameters: list[str], wrong: Any) -> None:
    for position, parameter in enumerate(parameters):
        values: list[Any] = GOOD[: len(parameters)]
        values[position] = wrong
        message = f"{name}: {parameter} must be a real number or an array of real numbers"
        with pytest.raises(TypeError, match=f"^{re.escape(message)}, got"):
            function(*values)


@pytest.mark.parametrize(
    "call",
    [
        lambda a: weighted_score(a, one_cost(1.0)),
        lambda a: ns_e(a, 1.0, 1.0),
        lambda a: ns_m(a, 1.0),
        lambda a: ns_sharp(a, 1.0, 1.0, 1.0),
        lambda a: mnasnet_reward(a, 1.0, 1.0),
    ],
)
def test_a_fraction_for_a_percentage_is_doubted_where_it_was_passed(call: Any) -> None:
    for accuracy in (0.72, [0.72]):
        with pytest.warns(UnitWarning, match=r"accuracy was read as 0\.72 percent") as record:
            call(accuracy)
        assert [warning.filename for warning in record] == [__file__]


def test_small_costs_are_not_doubted() -> None:
    # Warnings are errors: a latency of 0.02 s or a memory of 3 MiB is a usual figure.
    assert ns_sharp(72.0, 3.0, 0.02, 5.0) > 0
    assert weighted_score(72.0, one_cost(0.02)) > 0
    assert mnasnet_reward(72.0, 0.02, 0.02) == 72.0


def test_accuracy_of_zero() -> None:
    assert ns_e(0, 1.0, 1.0) == -INF
    assert weighted_score(0.0, one_cost(100.0)) == -INF
    assert weighted_score(-0.0, one_cost(100.0), alpha=1e-300) == -INF
    # 0 to the power 0 is 1: what is left is -20 * 0.5 * 2.
    assert weighted_score(0.0, one_cost(100.0), alpha=0) == -20.0
    assert mnasnet_reward(0.0, 10.0, 80.0) == 0.0
    assert ns_m([0.0, 100.0], 1.0).tolist() == [-INF, 80.0]
    assert weighted_score([0.0, 10.0], one_cost(100.0), alpha=0).tolist() == [-20.0, -20.0]
    assert mnasnet_reward([0.0], 10.0, 80.0).tolist() == [0.0]


def test_accuracy_of_zero_weighs_even_if_little() -> None:
    # The weight of the accuracy is 10^-600 of that of the cost.
    costs = one_cost(10.0, exponent=1e300)
    assert weighted_score(0.0, costs, alpha=1e-300) == -INF
    assert weighted_score([0.0], costs, alpha=1e-300).tolist() == [-INF]


@pytest.mark.parametrize(
    ("alpha", "exponent", "scale", "expected"),
    [
        # scale (2 alpha - exponent), with products that overflow or vanish on the way there
        (1e307, 1e307, 20.0, INF),
        (1e306, 1e306, 20.0, 2e307),
        (5e307, 9.9e307, 20.0, 2e307),
        (1e-300, 1e-300, 1e300, 1.0),
        (1e200, 2e200, 1e-200, 0.0),
        (1e300, 1e300, 1e-300, 1.0),
        (1e300, 4e300, 1e300, -INF),
        (1e300, 1e300, 1e300, INF),
        (0.0, 0.0, 20.0, 0.0),
        (1e-320, 0.0, 1e300, 2e-20),
    ],
)
def test_extreme_constants(alpha: float, exponent: float, scale: float, expected: float) -> None:
    costs = one_cost(10.0, exponent=exponent)
    score = weighted_score(100.0, costs, alpha=alpha, scale=scale)
    assert score == pytest.approx(expected, rel=1e-3 if alpha == 1e-320 else 1e-12)
    assert weighted_score([100.0], costs, alpha=alpha, scale=scale)[0] == score


def test_extreme_measurements() -> None:
    assert ns_m(100.0, 5e-324) == pytest.approx(80 + 2.5 * 323.3062, abs=1e-3)
    assert ns_m(100.0, 1.7e308) == pytest.approx(80 - 2.5 * 308.2304, abs=1e-3)
    assert ns_m(100, 10**300) == pytest.approx(80 - 750)
    # The ratio of latency and target is 10^-600.
    assert mnasnet_reward(50.0, 1e-300, 1e300, w=-0.01) == pytest.approx(50e6, rel=1e-12)
    assert mnasnet_reward([50.0], 1e300, 1e-300, w=-0.01)[0] == pytest.approx(50e-6, rel=1e-12)


def test_rewards_too_large_for_a_float() -> None:
    assert mnasnet_reward(50.0, 1e-3, 1.0, w=-200.0) == INF
    assert mnasnet_reward(0.0, 1e-3, 1.0, w=-200.0) == 0.0
    assert math.isnan(mnasnet_reward(NAN, 1e-3, 1.0, w=-200.0))
    assert mnasnet_reward([50.0, 0.0], 1e-3, 1.0, w=-200.0).tolist() == [INF, 0.0]
    assert mnasnet_reward([50.0, 0.0], 1e3, 1.0, w=-200.0).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "must", "wrong"),
    [
        *(("alpha", "non-negative and finite", v) for v in (-1.0, INF, NAN)),
        *(("scale", "positive and finite", v) for v in (0, -20.0, INF, NAN)),
    ],
)
def test_wrong_constants(name: str, must: str, wrong: float) -> None:
    message = f"weighted_score: {name} must be {must}, got {wrong}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, one_cost(1.0), **{name: wrong})


@pytest.mark.parametrize("name", ["alpha", "scale"])
@pytest.mark.parametrize("wrong", ["2", None, True, [2.0], np.array([2.0])])
def test_constants_are_single_numbers(name: str, wrong: Any) -> None:
    message = f"weighted_score: {name} must be a real number, got {wrong!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, one_cost(1.0), **{name: wrong})


@pytest.mark.parametrize(
    ("name", "must", "wrong"),
    [
        *(("target", "positive and finite", v) for v in (0, -80.0, INF, NAN)),
        *(("w", "non-positive and finite", v) for v in (0.07, 5e-324, -INF, INF, NAN)),
    ],
)
def test_wrong_constants_of_the_reward(name: str, must: str, wrong: float) -> None:
    constants = {"target": 80.0, "w": -0.07, name: wrong}
    message = f"mnasnet_reward: {name} must be {must}, got {wrong}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mnasnet_reward(72.0, 1.0, **constants)


@pytest.mark.parametrize("name", ["target", "w"])
@pytest.mark.parametrize("wrong", ["2", None, True, [2.0], np.array([2.0])])
def test_constants_of_the_reward_are_single_numbers(name: str, wrong: Any) -> None:
    constants = {"target": 80.0, "w": -0.07, name: wrong}
    message = f"mnasnet_reward: {name} must be a real number, got {wrong!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        mnasnet_reward(72.0, 1.0, **constants)


@pytest.mark.parametrize("wrong", [-0.5, INF, NAN])
def test_wrong_exponent_of_a_cost(wrong: float) -> None:
    message = (
        f"weighted_score: the exponent of latency must be non-negative and finite, got {wrong}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, one_cost(1.0, exponent=wrong))


def test_exponent_of_a_cost_is_a_single_number() -> None:
    message = "weighted_score: the exponent of latency must be a real number, got [0.5]"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, one_cost(1.0, exponent=[0.5]))


@pytest.mark.parametrize("costs", [None, [Cost(1.0, exponent=1, unit="s")], 3.0])
def test_costs_have_names(costs: Any) -> None:
    message = f"weighted_score: costs must map names to Cost records, got {costs!r}"
    if isinstance(costs, list):
        message = message[: message.index(", got")]
    with pytest.raises(TypeError, match=f"^{re.escape(message)}"):
        weighted_score(72.0, costs)


def test_there_is_a_cost() -> None:
    message = "weighted_score: costs must hold at least one cost, got {}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, {})


@pytest.mark.parametrize("wrong", ["", "a b", "a|b", "a:b", "1s", "-s", "énergie", "a", "acc",
                                   "log", "v", "s\n", 3, None])  # fmt: skip
def test_wrong_names(wrong: Any) -> None:
    message = (
        "weighted_score: the name of a cost must be an ASCII word, hyphens allowed, that starts "
        f"with a letter and is none of a, acc, log and v, got {wrong!r}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, {wrong: Cost(1.0, exponent=1, unit="s")})


@pytest.mark.parametrize(
    "name", ["L", "latency", "peak_memory", "CO2-eq", "vram", "accuracy", "av"]
)
def test_names(name: str) -> None:
    assert weighted_score(10.0, {name: Cost(1.0, exponent=1, unit="s")}) == 40.0


@pytest.mark.parametrize("wrong", ["", "a b", "s\n", "s|W", 3, None])
def test_wrong_units(wrong: Any) -> None:
    message = (
        f"weighted_score: the unit of latency must be text without spaces and '|', got {wrong!r}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, one_cost(1.0, unit=wrong))


def test_a_cost_is_a_record() -> None:
    message = "weighted_score: latency must be a Cost record, got 0.02"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        weighted_score(72.0, {"latency": 0.02})  # type: ignore[dict-item]


def test_costs_are_frozen_and_spell_out_what_they_weigh() -> None:
    cost = Cost(1.0, exponent=0.5, unit="s")
    assert (cost.value, cost.exponent, cost.unit) == (1.0, 0.5, "s")
    with pytest.raises(AttributeError, match="cannot assign"):
        cost.value = 2.0  # type: ignore[misc]
    assert not hasattr(cost, "__dict__")
    with pytest.raises(TypeError, match="positional"):
        Cost(1.0, 0.5, "s")  # type: ignore[call-arg]
    # Two records are the same only if they are one, as their values may be arrays.
    assert cost != Cost(1.0, exponent=0.5, unit="s")


def test_series_must_agree() -> None:
    with pytest.raises(ValueError, match="ns_m: mebibytes must have the same index as accuracy"):
        ns_m(pd.Series([72.0]), pd.Series([1.0], index=["b"]))
    message = "weighted_score: shapes must broadcast, got accuracy (2,), latency (3,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        weighted_score([72.0, 73.0], one_cost([1.0, 2.0, 3.0]))
