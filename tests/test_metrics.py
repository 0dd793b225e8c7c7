"""Metrics: published and worked values, laws of every metric, signatures and back, refusals."""

from __future__ import annotations

import copy
import math
import pickle
import re
import warnings
from dataclasses import FrozenInstanceError, replace
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import netscore as package
from netscore import Cost, Metric, UnitWarning, __version__, load_networks, netscore, signature
from netscore.metrics import (
    NETSCORE,
    NS_E,
    NS_M,
    NS_SHARP,
    Reward,
    mnasnet_reward,
    parse_signature,
)

INF, NAN = math.inf, math.nan
END = f"v:{__version__}"
LATENCY = Metric("latency-score", [Cost("latency", "s", 0.5)])
# Names that calls and signatures have taken.
TAKEN = [*("a", "acc", "accuracy", "alpha", "scale", "data", "input"),
         *("counter", "log", "out", "v", "workers")]  # fmt: skip
NAME_RULE = (
    "an ASCII word, hyphens allowed, that starts with a letter and is none of a, acc, accuracy, "
    "alpha, scale, data, input, counter, log, out, v and workers"
)
EXPONENT_RULE = "0, or from 1e-06 to 1000"

percentages = st.floats(0.01, 100.0)
measurements = st.floats(1e-9, 1e15)
exponents = st.just(0.0) | st.floats(1e-6, 1e3) | st.integers(1, 5)
plain_exponents = st.floats(0.01, 10.0)
scales = st.floats(1e-6, 1e3)
labels = st.sampled_from(["top1", "top5", "top1-v2", "miou", "map0.5", "1"])
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,9}", fullmatch=True).filter(
    lambda name: name not in TAKEN
)
units = st.text(
    st.characters(exclude_characters="|", exclude_categories=["Z", "C"]), min_size=1, max_size=8
)


def metrics(
    exponents: Any = exponents, alphas: Any = None, sizes: Any = None, scales: Any = scales
) -> Any:
    """Draw metrics of one to four costs."""
    sizes = st.just(1.0) | st.floats(1.0, 1e14) if sizes is None else sizes
    costs = st.lists(
        st.builds(Cost, names, units, exponents, sizes),
        min_size=1,
        max_size=4,
        unique_by=lambda cost: cost.name,
    )
    own = st.builds(Metric, st.just("own#"), costs, alphas or exponents, scales)
    return own | st.builds(NETSCORE.weighing, *[alphas or exponents] + [exponents] * 2)


def values_of(metric: Metric, data: st.DataObject) -> list[float]:
    """Draw an accuracy and a value of each cost, near its size now and then."""
    near = st.floats(0.4, 2.5) | st.floats(0.999999, 1.000001) | st.floats(1e-9, 1e9)
    return [data.draw(percentages), *(data.draw(near) * cost.size for cost in metric.costs)]


def quietly(metric: Any, *values: Any, **named: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        return metric(*values, **named)


def exact_terms(metric: Metric, accuracy: float, *costs: float) -> list[Any]:
    """Return the terms of the score to 50 digits."""
    with mpmath.workdps(50):
        scale = mpmath.mpf(metric.scale)
        return [scale * mpmath.mpf(metric.alpha) * mpmath.log10(mpmath.mpf(accuracy))] + [
            -scale * mpmath.mpf(cost.exponent) * mpmath.log10(mpmath.mpf(value) / cost.size)
            for cost, value in zip(metric.costs, costs)
        ]


def assert_exact(score: float, terms: list[Any]) -> None:
    """Check the stated bound: four units in the last place of the largest intermediate."""
    with mpmath.workdps(50):
        sums = [mpmath.fsum(terms[: n + 1]) for n in range(len(terms))]
        unit = math.ulp(float(max(map(abs, [*terms, *sums]))))
        assert abs(mpmath.mpf(score) - sums[-1]) <= 4 * unit


# Values from outside.
def test_published_values() -> None:
    # Toktassyn and Park 2026, ViT-S. By hand for NS-E: 40 log10(89.7) = 78.1117,
    # 2.5 log10(21.3 * 144.2) = 2.5 * 3.48735 = 8.7184; the difference is 69.3933.
    assert round(NS_E(89.7, time=21.3, power=144.2), 2) == 69.39
    assert round(NS_M(89.7, memory=1084), 2) == 70.52
    assert round(NS_SHARP(89.7, memory=1084, time=21.3, power=144.2), 2) == 61.81


OWN = Metric("own", [Cost("energy", "J", 0.25), Cost("size", "MB", 1)], alpha=3, scale=10)


# 40 log10(100) = 80, 40 log10(10) = 40; a cost of 10^k takes 2.5 k.
@pytest.mark.parametrize(
    ("metric", "values", "expected"),
    [
        (NS_E, (100, 1e4, 1e2), 65.0),
        (NS_E, (10, 1e-4, 1.0), 50.0),
        (NS_M, (100, 1e8), 60.0),
        (NS_M, (10, 0.01), 45.0),
        (NS_SHARP, (100, 1e6, 1e4, 1e2), 50.0),
        (NS_SHARP, (10, 1e4, 1.0, 1.0), 30.0),
        # 20 (2 log10(10) - 0.5 log10(10^6)) and 10 (3 * 1 - 0.25 * 4 - 1 * -2)
        (LATENCY, (10, 1e6), -20.0),
        (OWN, (10.0, 1e4, 0.01), 40.0),
        # 20 (2 * 2 - 0.5 * 1 - 0.5 * -1), with the counts that are 1 in NetScore
        (NETSCORE, (100, 10_000_000, 100_000_000), 80.0),
        # 20 (2 - 1 * log10(2048 / 1024 / 2))
        (Metric("m", [Cost("memory", "MiB", 1.0, 2048)]), (10.0, 2048.0), 40.0),
        # Measurements at the ends of the floats: 80 - 2.5 * -323.3062 and 80 - 2.5 * 308.2304
        (NS_M, (100.0, 5e-324), 888.2655),
        (NS_M, (100.0, 1.7e308), -690.576),
        (NS_M, (100, 10**300), -670.0),
        # and what they are of a size: 20 (4 - (-323.3062 - 12)), 20 (4 - (307 - 0.3010))
        (Metric("m", [Cost("c", "s", 1.0, 1e12)]), (100.0, 5e-324), 6786.1243),
        (Metric("m", [Cost("c", "s", 1.0, 2.0)]), (100.0, 1e307), -6053.9794),
        # Exponents at both ends of their rule: 1000 (1000 * 2 - 1000 * 1), 1e-6 (1e-6 * 2)
        (Metric("m", [Cost("c", "s", 1000.0)], 1000.0, 1000.0), (100.0, 10.0), 1e6),
        (Metric("m", [Cost("c", "s", 0.0)], 1e-6, 1e-6), (100.0, 10.0), 2e-12),
        # 0 to the power 0 is 1, to any other it is 0
        (Metric("m", [Cost("c", "s", 0.5)], 0), (0.0, 100.0), -20.0),
        (Metric("m", [Cost("c", "s", 1000.0)], 1e-6), (0.0, 10.0), -INF),
        (Metric("m", [Cost("c", "s", 0)], 0), (0.0, 10.0), 0.0),
    ],
)
def test_by_hand(metric: Metric, values: tuple[float, ...], expected: float) -> None:
    score = metric(*values)
    assert type(score) is float
    assert score == pytest.approx(expected, rel=1e-6 if abs(expected) > 600 else 1e-14, abs=1e-12)
    array = metric(*([value, value] for value in values))
    assert array.tolist() == pytest.approx([score, score], rel=1e-14)


@given(st.data(), metrics(plain_exponents))
def test_error_is_within_the_stated_bound(data: st.DataObject, metric: Metric) -> None:
    values = values_of(metric, data)
    assert_exact(quietly(metric, *values), exact_terms(metric, *values))
    (of_list,) = quietly(metric, *([value] for value in values))
    assert_exact(float(of_list), exact_terms(metric, *values))


@pytest.mark.parametrize("cost", [1e-320, 1e291, 1e304, 1.7e308])
@pytest.mark.parametrize("size", [1.0, 3.3, 1e15])
def test_error_where_the_quotient_would_be_no_number(cost: float, size: float) -> None:
    metric = Metric("m", [Cost("c", "s", 0.5, size)])
    for score in (metric(50.0, cost), float(metric([50.0, 60.0], [cost, 1.0])[0])):
        assert_exact(score, exact_terms(metric, 50.0, cost))


@given(st.data(), metrics())
@example(None, Metric("m", [Cost("c", "s", 1000.0, 1e6)], alpha=1e-6, scale=1e3))
def test_error_under_any_exponents(data: st.DataObject | None, metric: Metric) -> None:
    columns = [
        [72.0, 3.1, 1.2],
        *([cost.size * x for x in (0.3, 1.0001, 7.7)] for cost in metric.costs),
    ]
    if data is not None:
        columns = [list(column) for column in zip(*(values_of(metric, data) for _ in range(3)))]
    together = quietly(metric, *map(np.array, columns))
    for row, score in zip(zip(*columns), together):
        terms = exact_terms(metric, *row)
        assert_exact(float(score), terms)
        assert_exact(quietly(metric, *row), terms)


def test_netscore_is_one_of_them() -> None:
    for network in load_networks():
        assert NETSCORE(*network.figures) == netscore(*network.figures) == network.netscore
    columns = [load_networks().accuracy, load_networks().params, load_networks().macs]
    np.testing.assert_array_equal(NETSCORE(*columns), netscore(*columns))
    other = NETSCORE.weighing(1.5, 0.25, 1)
    with pytest.raises(ValueError, match="shorter"):  # an exponent for each cost
        NETSCORE.weighing(1.5, 0.25)
    weights: dict[str, Any] = {"alpha": 1.5, "beta": 0.25, "gamma": 1}
    assert other.signature() == signature(**weights)
    np.testing.assert_array_equal(other(*columns), netscore(*columns, **weights))
    assert [other(*row) for row in zip(*columns)] == [
        netscore(*row, **weights) for row in zip(*columns)
    ]
    assert (
        str(NETSCORE.costs[0])
        == "Cost(name='params', unit='parameters', exponent=0.5, size=1000000.0)"
    )


def test_out_and_workers_are_those_of_netscore() -> None:
    out, single = np.empty(2), np.empty(())
    assert NS_M([100, 10], [1e8, 0.01], out=out, workers=2) is out
    assert out == pytest.approx([60.0, 45.0])
    assert NS_M(10, 0.01, out=single) is single
    assert single == pytest.approx(45.0)
    for values in ((10, 0.01), ([10], [0.01])):
        with pytest.raises(ValueError, match=r"^NS-M: workers must be positive, or -1 "):
            NS_M(*values, workers=0)


@pytest.mark.parametrize(
    ("names", "many"), [("p", "one"), ("pq", "two"), ("pqr", "three"), ("pqrs", 4), ("pqrst", 5)]
)
def test_all_figures_but_one_are_needed_to_solve(names: str, many: object) -> None:
    metric = Metric("m", [Cost(name, "s", 1.0) for name in names])
    first = ", ".join(["accuracy", *(f"{name} (s)" for name in names[:-1])])
    said = f"solve: exactly {many} of {first} and {names[-1]} (s) must be given, got none"
    with pytest.raises(TypeError, match=f"^{re.escape(said)}$"):
        metric.solve(1.0)
    # 20 (2 log10 10 - log10 p) = 20
    others = dict.fromkeys(names[1:], 1.0)
    assert metric.solve(20.0, accuracy=10.0, **others) == pytest.approx(10.0, rel=1e-14)


# Laws.
@given(st.data(), metrics(plain_exponents, scales=st.floats(0.1, 100.0)), st.floats(1.001, 1000.0))
def test_monotone(data: st.DataObject, metric: Metric, factor: float) -> None:
    accuracy, *costs = values_of(metric, data)
    score = quietly(metric, accuracy, *costs)
    assert quietly(metric, accuracy / factor, *costs) < score
    for place, cost in enumerate(costs):
        dearer = [*costs[:place], cost * factor, *costs[place + 1 :]]
        assert quietly(metric, accuracy, *dearer) < score


@given(st.data(), metrics(), st.floats(1.0, 1000.0))
def test_never_better_for_less_accuracy_or_more_cost(
    data: st.DataObject, metric: Metric, factor: float
) -> None:
    values = values_of(metric, data)
    columns = [[value, value] for value in values]
    columns[0][1] /= factor
    for column in columns[1:]:
        column[1] *= factor
    better, worse = quietly(metric, *columns)
    rounding = 4 * math.ulp(float(max(map(abs, exact_terms(metric, *values)))))
    assert worse <= better + 2 * rounding


@given(st.data(), metrics())
def test_linear_in_the_exponents(data: st.DataObject, metric: Metric) -> None:
    values = values_of(metric, data)
    units = np.eye(len(values)).tolist()
    weights = (metric.alpha, *(cost.exponent for cost in metric.costs))
    terms = [w * quietly(metric.weighing(*unit), *values) for w, unit in zip(weights, units)]
    largest = max(map(abs, [*terms, *np.cumsum(terms).tolist()]))
    assert quietly(metric, *values) == pytest.approx(sum(terms), abs=16 * math.ulp(largest))


@given(st.data(), metrics(plain_exponents))
def test_solving_gives_the_figure_back(data: st.DataObject, metric: Metric) -> None:
    values = values_of(metric, data)
    score = quietly(metric, *values)
    terms = exact_terms(metric, *values)
    names = ["accuracy", *(cost.name for cost in metric.costs)]
    weights = (metric.alpha, *(cost.exponent for cost in metric.costs))
    for wanted, name in enumerate(names):
        others = {n: v for n, v in zip(names, values) if n != name}
        weight = metric.scale * weights[wanted]
        # The largest of the terms, as `solve` counts them, in decades of the figure.
        largest = max(*(abs(float(term)) for term in terms), abs(score), weight)
        allowed = 16 * math.ulp(largest) / weight + 1e-14
        for solution in (
            quietly(metric.solve, score, **others),
            quietly(metric.solve, [score], **others).item(),
        ):
            assert abs(math.log10(solution / values[wanted])) <= allowed


@given(st.data(), metrics(), labels)
def test_a_signature_is_read_back(data: st.DataObject, metric: Metric, label: str) -> None:
    text = metric.signature(accuracy=label)
    parsed = parse_signature(text)
    assert str(parsed) == text
    assert parsed.metric == metric
    assert hash(parsed.metric) == hash(metric)
    assert (parsed.accuracy, parsed.version) == (label, __version__)
    assert signature(parsed.metric, accuracy=label) == text
    # The costs are added in the order of their names, which can change the last digits.
    values = values_of(metric, data)
    named = dict(zip((cost.name for cost in metric.costs), values[1:]))
    again = quietly(parsed.metric, values[0], **named)
    largest = max(map(abs, exact_terms(metric, *values)))
    assert again == pytest.approx(quietly(metric, *values), abs=16 * math.ulp(float(largest)))


@given(metrics(), st.randoms(), names)
def test_name_and_order_are_no_convention(metric: Metric, random: Any, name: str) -> None:
    assume(name not in [cost.name for cost in metric.costs])
    costs = list(metric.costs)
    random.shuffle(costs)
    other = Metric(name, costs, metric.alpha, metric.scale)
    assert other == metric
    assert hash(other) == hash(metric)
    assert len({other, metric}) == 1
    # Only NetScore has fields of its own for its costs.
    if metric.name != "netscore":
        assert other.signature() == metric.signature()


@given(metrics(), st.data())
def test_another_convention_is_another_metric_with_another_signature(
    metric: Metric, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(metric.costs) - 1))
    cost = metric.costs[place]
    before, after = metric.costs[:place], metric.costs[place + 1 :]
    changes: list[tuple[bool, Any]] = []
    for field, drawn in (("name", names), ("unit", units), ("exponent", exponents)):
        value: Any = data.draw(drawn)
        assume(field != "name" or value not in [one.name for one in (*before, *after)])
        other = replace(cost, **{field: value})
        changes.append((other == cost, {"costs": [*before, other, *after]}))
    other = replace(cost, size=cost.size * 2)
    changes.append((False, {"costs": [*before, other, *after]}))
    for field, drawn in (("alpha", exponents), ("scale", scales)):
        value = data.draw(drawn)
        changes.append((value == getattr(metric, field), {field: value}))
    for same, change in changes:
        another = replace(metric, **change)
        assert (another == metric) is same
        assert (another.signature() == metric.signature()) is same
    assert metric.signature() != metric.signature(accuracy="top1-x")
    assert metric != "own#"  # type: ignore[comparison-overlap]


def test_a_copy_doubts_what_the_metric_doubts() -> None:
    for metric in (NETSCORE, copy.deepcopy(NETSCORE), pickle.loads(pickle.dumps(NETSCORE))):
        assert metric == NETSCORE
        with pytest.warns(UnitWarning, match="macs was read as 3e.06 .* beside 3e.09 parameters"):
            metric(72.0, 3e9, 3e6)


def test_metrics_are_equal_whatever_the_order_of_their_costs() -> None:
    latency, energy = Cost("latency", "s", 0.5), Cost("energy", "J", 0.25)
    one, other = Metric("one", [latency, energy]), Metric("other", [energy, latency])
    assert one == other
    assert hash(one) == hash(other)
    assert Metric("turned", NETSCORE.costs[::-1]) == NETSCORE
    assert Metric("less", [latency]) != one
    # A figure that is missing makes the score missing.
    assert math.isnan(one(72.0, math.nan, 1.0))
    assert np.isnan(one([72.0, 73.0], [math.nan, 1.0], [1.0, math.nan])).all()


def test_costs_by_name_or_in_their_order() -> None:
    expected = NS_SHARP(72.0, 512.0, 1.5, 15.0)
    assert NS_SHARP(72.0, power=15.0, memory=512.0, time=1.5) == expected
    assert NS_SHARP(72.0, 512.0, power=15.0, time=1.5) == expected
    assert NS_SHARP(accuracy=72.0, memory=512.0, time=1.5, power=15.0) == expected
    # A cost may have the name of a parameter of ours, and a field its size.
    own = Metric("m", [Cost("name", "s", 1), Cost("score", "s", 1), Cost("costs", "s", 1)])
    assert own(10.0, name=10.0, score=1.0, costs=1.0) == 20.0
    assert own.solve(20.0, accuracy=10.0, score=1.0, costs=1.0) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("values", "named", "got"),
    [
        ((), {}, "none"),
        ((1.0,), {}, "1"),
        ((1.0, 2.0, 3.0), {}, "1, 2, 3"),
        ((1.0,), {"time": 2.0}, "1, time"),
        ((), {"power": 2.0}, "power"),
        ((), {"time": 1.0, "power": 2.0, "memory": 3.0}, "time, power, memory"),
    ],
)
def test_costs_that_are_not_those_of_the_metric(values: Any, named: Any, got: str) -> None:
    sentence = f"NS-E: takes accuracy, time, power; got costs {got}"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        NS_E(72.0, *values, **named)


def test_figures_that_are_not_those_of_the_metric() -> None:
    with pytest.raises(TypeError, match=r"^solve: NS-M has accuracy, memory, got 'macs'$"):
        NS_M.solve(70.0, macs=3e8)
    sentence = "solve: exactly one of accuracy and memory (MiB) must be given, got none"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        NS_M.solve(70.0)
    sentence = r"solve: exactly two of accuracy, time \(s\) and power \(W\) must be given, got "
    with pytest.raises(TypeError, match=rf"^{sentence}time \(s\)$"):
        NS_E.solve(70.0, time=3.0)
    with pytest.raises(TypeError, match=rf"^{sentence}accuracy, time \(s\), power \(W\)$"):
        NS_E.solve(70.0, accuracy=72.0, time=3.0, power=1.0)
    unweighted = Metric("m", [Cost("c", "s", 0.0)])
    sentence = "solve: the exponent of c must be from 1e-06 to 1000 to solve for c (s), got 0.0"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        unweighted.solve(70.0, accuracy=72.0)
    sentence = "solve: score must be attainable with memory (MiB) 512.0, got 90.0"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        NS_M.solve(90.0, memory=512.0)


def test_a_metric_is_data() -> None:
    assert repr(NS_SHARP) == (
        "<Metric NS#: memory (MiB)^0.125, time (s)^0.125, power (W)^0.125; alpha 2, scale 20>"
    )
    with pytest.raises(FrozenInstanceError):
        NS_E.alpha = 3.0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        NS_E.costs[0].exponent = 3.0  # type: ignore[misc]
    cost = Cost("latency", "s", 1)
    metric = Metric("m", iter([cost]), np.float32(0.5), np.int8(10))
    assert metric.costs == (Cost("latency", "s", 1.0, 1.0),)
    kept = (metric.alpha, metric.scale, metric.costs[0].exponent)
    assert kept == (0.5, 10.0, 1.0)
    assert {type(number) for number in kept} == {float}


def test_scores_of_a_table() -> None:
    figures = [np.array([72.0, NAN, 101.0, 0.0, 72.0]), np.array([512.0, 512, 512, 512, -1])]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = NS_M.scores(figures)
        assert NS_M.scores([column[:1] / 100 for column in figures]).shape == (1,)
    assert scores.tolist()[0] == NS_M([72.0], [512.0])[0]
    np.testing.assert_array_equal(scores[1:], [NAN, NAN, -INF, NAN])


# The MnasNet reward, which is no logarithm.
def test_mnasnet_reward_by_hand() -> None:
    assert mnasnet_reward(75.2, 80.0, 80.0) == 75.2
    # A ratio of 2^-1 to the power -1 is 2, of 4 to the power -1/2 is 1/2, to the power 0 is 1.
    assert mnasnet_reward(30, 40.0, 80.0, w=-1) == pytest.approx(60.0, rel=1e-14)
    assert mnasnet_reward(30.0, 320, 80, w=-0.5) == pytest.approx(15.0, rel=1e-14)
    assert mnasnet_reward(30.0, 320.0, 80.0, w=0) == 30.0
    # The default exponent: 10^-0.07 = 0.851138
    assert mnasnet_reward(100.0, 10.0, 1.0) == pytest.approx(85.1138, abs=5e-5)
    assert type(mnasnet_reward(30, 40, 80)) is float
    assert mnasnet_reward(0.0, 10.0, 80.0) == 0.0
    assert math.isnan(mnasnet_reward(0.0, NAN, 80.0))
    # The ratio of latency and target is 10^-600.
    assert mnasnet_reward(50.0, 1e-300, 1e300, w=-0.01) == pytest.approx(50e6, rel=1e-12)
    assert mnasnet_reward([50.0], 1e300, 1e-300, w=-0.01)[0] == pytest.approx(50e-6, rel=1e-12)
    # Too large for a float, but 0 % stays 0 %.
    assert mnasnet_reward([50.0, 0.0], 1e-3, 1.0, w=-200.0).tolist() == [INF, 0.0]
    assert mnasnet_reward(0.0, 1e-300, 1.0, w=-1000.0) == 0.0
    assert Reward(80.0)(75.2, 80.0) == 75.2
    assert len({Reward(80.0), Reward(80.0)}) == 1
    # Whole numbers and those of NumPy are shown as they are computed with.
    assert repr(Reward(75, np.float32(-0.5))) == "Reward(target=75.0, w=-0.5)"


def test_mnasnet_exponent_trades_double_latency_for_five_percent_accuracy() -> None:
    # So Tan et al. chose it: the two networks are to be worth the same, and are to 0.03 %.
    slow = mnasnet_reward(70.0 * 1.05, latency=160.0, target=80.0)
    assert slow == pytest.approx(mnasnet_reward(70.0, latency=80.0, target=80.0), rel=5e-4)


@given(st.floats(1.5, 100.0), measurements, measurements, st.just(0.0) | st.floats(-3.0, -1e-6))
def test_mnasnet_reward_against_exact_arithmetic(
    accuracy: float, latency: float, target: float, w: float
) -> None:
    with mpmath.workdps(50):
        exact = float(accuracy * (mpmath.mpf(latency) / target) ** w)
    for reward in (
        mnasnet_reward(accuracy, latency, target, w=w),
        mnasnet_reward([accuracy], latency, target, w=w)[0],
    ):
        assert reward == pytest.approx(exact, rel=1e-13)
    text = signature(mnasnet_reward, target=target, w=w)
    assert parse_signature(text).metric == Reward(target, w)
    assert str(parse_signature(text)) == text == signature(Reward(target, w))
    assert mnasnet_reward(accuracy, 2 * latency, target) < mnasnet_reward(accuracy, latency, target)


# The text of signatures.
def test_text() -> None:
    rest = "log:20log10|a:2|b:0.5|g:0.5"
    assert signature() == f"netscore|acc:top1-percent|p:1e6|m:macs-1e9|{rest}|{END}"
    assert signature(alpha=1.5, beta=0, gamma=1e-5, accuracy="top5") == (
        f"netscore|acc:top5-percent|p:1e6|m:macs-1e9|log:20log10|a:1.5|b:0|g:1e-05|{END}"
    )
    assert NETSCORE.signature() == signature(NETSCORE) == signature()
    assert signature(NS_E) == (
        f"NS-E|acc:top1-percent|time:s^0.125|power:W^0.125|log:20log10|a:2|{END}"
    )
    assert signature(NS_M) == f"NS-M|acc:top1-percent|memory:MiB^0.125|log:20log10|a:2|{END}"
    assert signature(NS_SHARP, accuracy="top5") == (
        "NS#|acc:top5-percent|memory:MiB^0.125|time:s^0.125|power:W^0.125|log:20log10|a:2|" + END
    )
    assert signature(mnasnet_reward, target=80) == (
        f"mnasnet_reward|acc:top1-percent|target:80|w:-0.07|{END}"
    )
    own = Metric("o", [Cost("power", "W", 0.25), Cost("energy", "J/image", 1)], 3, 10.0)
    assert own.signature(accuracy="miou") == (
        f"weighted_score|acc:miou-percent|energy:J/image^1|power:W^0.25|log:10log10|a:3|{END}"
    )
    sized = Metric("o", [Cost("memory", "MiB", 0.5, 1024)])
    assert sized.signature() == (
        f"weighted_score|acc:top1-percent|memory:MiB^0.5/1024|log:20log10|a:2|{END}"
    )
    alike = Metric("o", [Cost("weighted_score", "W", 0.5)])
    assert parse_signature(alike.signature()).metric == alike


def test_labels_stand_before_the_version() -> None:
    said = {"data": "cifar10", "input": "1x3x32x32", "counter": "torch-2.13.0"}
    plain = signature().removesuffix(END)
    text = signature(**said)  # type: ignore[arg-type]
    assert text == f"{plain}data:cifar10|input:1x3x32x32|counter:torch-2.13.0|{END}"
    assert signature(data="imagenet-1k") == f"{plain}data:imagenet-1k|{END}"
    assert signature(counter="x", data="y") == f"{plain}data:y|counter:x|{END}"
    assert LATENCY.signature(**said) == signature(LATENCY, **said)  # type: ignore[arg-type]
    assert signature(Reward(80.0), input="224").endswith(f"|w:-0.07|input:224|{END}")


@given(
    st.sampled_from([NETSCORE, NS_E, LATENCY, Reward(80.0)]),
    st.tuples(labels, *3 * [st.none() | labels]),
)
def test_labels_are_read_back(metric: Any, said: Any) -> None:
    names = ("accuracy", "data", "input", "counter")
    text = signature(metric, **dict(zip(names, said)))
    read = parse_signature(text)
    assert read == (metric, *said, __version__)
    assert str(read) == text
    assert text.count("|") == signature(metric).count("|") + sum(s is not None for s in said[1:])


def test_scores_of_other_data_and_counts_sign_otherwise() -> None:
    texts = [
        signature(**{name: label})  # type: ignore[arg-type]
        for name in ("data", "input", "counter")
        for label in ("a", "b")
    ]
    assert len({*texts, signature()}) == 7


def test_only_what_is_published_has_its_name() -> None:
    # The same costs under another name, and another convention under a published name.
    same = Metric("o", NS_E.costs)
    assert same == NS_E
    assert signature(same).startswith("weighted_score|")
    impostor = Metric("NS-E", [Cost("time", "s", 0.5), Cost("power", "W", 0.5)])
    assert signature(impostor).startswith("weighted_score|")
    assert signature(Metric("netscore", NETSCORE.costs[::-1])).startswith("weighted_score|")
    texts = [*map(signature, (NETSCORE, NS_E, NS_M, NS_SHARP, same)), signature(Reward(80.0))]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2, "2"),
        (2.0, "2"),
        (np.float64(2.0), "2"),
        (np.int8(2), "2"),
        (np.float32(0.5), "0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (0, "0"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (np.float32(0.1), "0.10000000149011612"),
        (1 / 3, "0.3333333333333333"),
        (100, "100"),
        (10.0, "10"),
        (1e-6, "1e-06"),
    ],
)
def test_numbers_are_the_shortest_that_read_back(number: Any, text: str) -> None:
    assert f"|a:{text}|b:0.5|" in signature(alpha=number)
    assert float(text) == float(number)


@given(exponents, exponents, exponents, labels, st.sampled_from(["alpha", "beta", "gamma"]))
def test_signatures_of_netscore(
    alpha: float, beta: float, gamma: float, label: str, name: str
) -> None:
    weights: dict[str, Any] = {"alpha": alpha, "beta": beta, "gamma": gamma}
    text = signature(**weights, accuracy=label)
    parsed = parse_signature(text)
    assert str(parsed) == text
    assert parsed.metric == NETSCORE.weighing(alpha, beta, gamma)
    assert isinstance(parsed.metric, Metric)
    assert parsed.metric.name == "netscore"
    assert parsed == parse_signature(text)
    assert hash(parsed) == hash(parse_signature(text))
    assert parsed.metric(72.0, 3.4e6, 3e8) == netscore(72.0, 3.4e6, 3e8, **weights)
    other = signature(**{**weights, name: 0.7}, accuracy=label)
    assert (other == text) is (weights[name] == 0.7)


def test_the_version_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signature().endswith(f"|v:{package.__version__}")
    monkeypatch.setattr("netscore.metrics.__version__", "9.9.9")
    for metric in (NETSCORE, NS_E, LATENCY, Reward(80.0)):
        assert signature(metric).endswith("|v:9.9.9")
    text = signature().replace("9.9.9", "12.0.0rc1+local.2")
    assert str(parse_signature(text)) == text


FIELDS = "netscore has acc, p, m, log, a, b, g, v"
WEIGHTED = LATENCY.signature()
NS_M_TEXT = NS_M.signature()
REWARD = signature(Reward(80.0))
KNOWN = "the metric must be one of netscore, NS-E, NS-M, NS#, mnasnet_reward, weighted_score"


def changed(old: str, new: str, text: str | None = None) -> str:
    text = signature() if text is None else text
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"{KNOWN}, got ''"),
        (changed("netscore|", "NetScore|"), f"{KNOWN}, got 'NetScore'"),
        ("netscore", f"field 'acc' is missing, {FIELDS}"),
        (changed("|p:1e6", "|p=1e6"), f"field 'p' is missing, {FIELDS}"),
        (changed("|log:20log10", ""), f"field 'log' is missing, {FIELDS}"),
        (changed(f"|{END}", ""), f"field 'v' is missing, {FIELDS}"),
        (changed("|g:", "|d:"), f"field 'g' is missing, {FIELDS}"),
        (
            changed("top1-percent", "Top-percent"),
            "accuracy must be a label of lower-case letters, digits, hyphens and full stops, "
            "as in top1 or cifar10, got 'Top'",
        ),
        (
            changed(END, f"data:|{END}"),
            "data must be a label of lower-case letters, digits, hyphens and full stops, as in "
            "top1 or cifar10, got ''",
        ),
        (changed("a:2", "a:two"), "a must be a number, got 'two'"),
        (changed("b:0.5", "b:"), "b must be a number, got ''"),
        (changed("a:2", "a:-2"), f"alpha must be {EXPONENT_RULE}, got -2.0"),
        (changed("b:0.5", "b:nan"), f"beta must be {EXPONENT_RULE}, got nan"),
        (changed("g:0.5", "g:1e999"), f"gamma must be {EXPONENT_RULE}, got inf"),
        (changed("g:0.5", "g:1e-07"), f"gamma must be {EXPONENT_RULE}, got 1e-07"),
        (changed(END, "v:"), "v must be a version, as in 0.1.0, got ''"),
        (changed(END, "v:1 0"), "v must be a version, as in 0.1.0, got '1 0'"),
        *(
            (changed(END, f"v:{wrong}"), f"v must be a version, as in 0.1.0, got '{wrong}'")
            for wrong in ("+!..", "0..1", "1.", "1+", "1!", "1.0-2", "\u0967.0")
        ),
        (
            changed("|memory:MiB^0.125", "", NS_M_TEXT),
            "field 'memory' is missing, NS-M has acc, memory, log, a, v",
        ),
        (
            changed("target:80", "target:0", REWARD),
            "target must be positive and finite, got 0.0",
        ),
        (
            changed("w:-0.07", "w:0.07", REWARD),
            "w must be 0, or from -1000 to -1e-06, got 0.07",
        ),
        (changed("w:-0.07", "w:x", REWARD), "w must be a number, got 'x'"),
        (changed("|latency:s^0.5", "", WEIGHTED), "costs must hold at least one cost, got []"),
        (changed("s^0.5", "s", WEIGHTED), "the exponent of latency must be a number, got 's'"),
        (
            changed("s^0.5", "^0.5", WEIGHTED),
            "the unit of latency must be text without spaces and '|', got ''",
        ),
        (changed("s^0.5", "s^0.5/", WEIGHTED), "the size of latency must be a number, got ''"),
        (
            changed("s^0.5", "s^0.5/0", WEIGHTED),
            "the size of latency must be from 1 to 1e15, got 0.0",
        ),
        (
            changed("s^0.5", "s^-0.5", WEIGHTED),
            f"the exponent of latency must be {EXPONENT_RULE}, got -0.5",
        ),
        (
            changed("latency", "la tency", WEIGHTED),
            f"the name of a cost must be {NAME_RULE}, got 'la tency'",
        ),
        (changed("20log10", "ln", WEIGHTED), "the factor before log10 must be a number, got 'ln'"),
        (changed("20log10", "0log10", WEIGHTED), "scale must be from 1e-06 to 1000, got 0.0"),
        (changed("a:2", "a:x", WEIGHTED), "a must be a number, got 'x'"),
        (changed("|a:2", "", WEIGHTED), "field 'a' is missing, weighted_score has acc, log, a, v"),
    ],
)
def test_what_is_no_signature(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^parse_signature: {re.escape(message)}$"):
        parse_signature(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        # Given twice: the last one is read.
        (changed("|b:0.5", "|b:0.3|b:0.5"), signature()),
        (changed("|b:0.5", "|a:0.5|b:0.5"), signature(alpha=0.5)),
        # Unknown.
        (signature() + "|", signature()),
        (signature() + "|s:1", signature()),
        (signature() + "| v:1", signature()),
        (changed(END, f"accuracy:x|{END}"), signature()),
        (changed("|log", "|q:1|log", NS_M_TEXT), NS_M_TEXT),
        # In another order.
        (changed("|b:0.5|g:0.5", "|g:0.5|b:0.5"), signature()),
        (changed(END, f"input:1|data:x|{END}"), signature(data="x", input="1")),
        (changed("target:80|w:-0.07", "w:-0.07|target:80", REWARD), REWARD),
        (
            changed("|latency", "|power:W^1|latency", WEIGHTED),
            changed("|log", "|power:W^1|log", WEIGHTED),
        ),
        # Of another convention.
        (changed("top1-percent", "top1-fraction"), signature(accuracy="top1-fraction")),
        (changed("p:1e6", "p:1e3"), signature()),
        (changed("macs-1e9", "flops-1e9"), signature()),
        (changed("20log10", "20ln"), signature()),
        (changed("MiB^0.125", "MB^0.125", NS_M_TEXT), NS_M_TEXT),
        (changed("a:2", "a:1", NS_M_TEXT), NS_M_TEXT),
        (changed("20log", "10log", NS_M_TEXT), NS_M_TEXT),
        (changed("20log10", "20", WEIGHTED), WEIGHTED),
        # Not in the shortest way.
        (changed("a:2", "a:2.0"), signature()),
        (changed("a:2", "a: 2"), signature()),
        (changed("a:2", "a:2_0"), signature(alpha=20)),
        (changed("g:0.5", "g:.5"), signature()),
        (changed("a:2", "a:-0"), signature(alpha=0)),
        (changed("s^0.5", "s^.5", WEIGHTED), WEIGHTED),
        (changed("s^0.5", "s^0.5/1", WEIGHTED), WEIGHTED),
    ],
)
def test_what_is_not_written_as_it_would_be_signed(text: str, read: str) -> None:
    message = re.escape(f"parse_signature: text must be {read}, got {text[:120]!r}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        parse_signature(text)
    assert str(parse_signature(read)) == read


def test_no_megabyte_is_said_again() -> None:
    long = changed("acc:top1-percent", f"acc:{'x' * 10**6}")
    for text in (long, f"{changed('acc:top1-percent', 'acc:top5-percent')}|data:{'9' * 10**6}"):
        with pytest.raises(ValueError, match=r"\Aparse_signature: text must be .{1,420}\Z"):
            parse_signature(text)


@pytest.mark.parametrize("wrong", [None, b"netscore", 3])
def test_a_signature_is_text(wrong: Any) -> None:
    message = f"parse_signature: text must be a str, got {wrong!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        parse_signature(wrong)


@given(st.text() | st.text("netscore|acc:top1-percent|p:1e6|v", max_size=60))
def test_arbitrary_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\Aparse_signature: .{1,300}\Z"):
        parse_signature(text)


# Refusals.
made_of: Any = Metric


def cost(**changed: Any) -> Any:
    return Cost(**{"name": "latency", "unit": "s", "exponent": 0.5, **changed})


@pytest.mark.parametrize(
    ("made", "error", "said"),
    [
        (lambda: Metric("m", []), ValueError, "costs must hold at least one cost, got []"),
        (lambda: Metric("m", ()), ValueError, "costs must hold at least one cost, got ()"),
        (lambda: made_of("m", [0.02]), TypeError, "costs must hold Cost records, got 0.02"),
        (lambda: made_of("m", 3.0), TypeError, "costs must hold Cost records, got 3.0"),
        (lambda: made_of("m", None), TypeError, "costs must hold Cost records, got None"),
        (lambda: made_of("m", "s"), TypeError, "costs must hold Cost records, got 's'"),
        (lambda: made_of(3, [cost()]), TypeError, "name must be a str, got 3"),
        (
            lambda: Metric("m", [cost(), cost(unit="h")]),
            ValueError,
            "the names of metric and costs must differ, got 'latency' twice",
        ),
        (
            lambda: Metric("latency", [cost()]),
            ValueError,
            "the names of metric and costs must differ, got 'latency' twice",
        ),
        *(
            (
                lambda wrong=wrong: Metric("m", [cost(unit=wrong)]),
                ValueError,
                f"the unit of latency must be text without spaces and '|', got {wrong!r}",
            )
            for wrong in ("", "a b", "s\n", "s|W", 3, None)
        ),
        *(
            (
                lambda wrong=wrong: Metric("m", [cost(name=wrong)]),
                ValueError,
                f"the name of a cost must be {NAME_RULE}, got {wrong!r}",
            )
            for wrong in ("", "a b", "a|b", "a:b", "1s", "-s", "énergie", "s\n", 3, None, *TAKEN)
        ),
        *(
            (
                lambda field=field, wrong=wrong: Metric("m", [cost(**{field: wrong})]),
                ValueError,
                f"the {field} of latency must be {must}, got {wrong!r}",
            )
            for field, must, values in (
                ("exponent", EXPONENT_RULE, (-0.5, 1e-7, 1e4, INF, NAN)),
                ("size", "from 1 to 1e15", (0.0, -1.0, 0.99, 1.1e15, INF, NAN)),
            )
            for wrong in values
        ),
        *(
            (
                lambda field=field, wrong=wrong: Metric("m", [cost()], **{field: wrong}),
                ValueError,
                f"{field} must be {must}, got {wrong!r}",
            )
            for field, must, values in (
                ("alpha", EXPONENT_RULE, (-1.0, 9e-7, 1000.1, INF, NAN)),
                ("scale", "from 1e-06 to 1000", (0, -20.0, 9e-7, 1000.1, INF, NAN)),
            )
            for wrong in values
        ),
        *(
            (
                lambda wrong=wrong: Metric("m", [cost()], **wrong),
                TypeError,
                f"{name} must be a real number, got {value!r}",
            )
            for name in ("alpha", "scale")
            for value in ("2", None, True, [2.0], np.array([2.0]))
            for wrong in [{name: value}]
        ),
        *(
            (
                lambda wrong=wrong: Metric("m", [cost(**wrong)]),
                TypeError,
                f"the {name} of latency must be a real number, got {value!r}",
            )
            for name in ("exponent", "size")
            for value in ("2", None, True, [2.0])
            for wrong in [{name: value}]
        ),
    ],
)
def test_what_is_no_metric(made: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^Metric: {re.escape(said)}$"):
        made()


@pytest.mark.parametrize("name", ["L", "latency", "peak_memory", "CO2-eq", "vram", "av", "accu"])
def test_names(name: str) -> None:
    values: dict[str, Any] = {name: 1.0}
    assert Metric("m", [Cost(name, "s", 0.5)])(10.0, **values) == 40.0


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
def test_exponents_that_are_not_signed(name: str) -> None:
    wrong: Any
    for wrong in ([2.0], np.array([1.0, 2.0]), "2", True, None):
        message = f"signature: {name} must be a real number, got {wrong!r}"
        with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
            signature(**{name: wrong})
    for wrong in (-1.0, 1e-7, 1e4, INF, NAN):
        message = f"signature: {name} must be {EXPONENT_RULE}, got {wrong}"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            signature(**{name: wrong})


@pytest.mark.parametrize(
    ("metric", "options", "error", "said"),
    [
        (netscore, {}, TypeError, "signature: metric must be a Metric, got a value"),
        ("NS-E", {}, TypeError, "signature: metric must be a Metric, got 'NS-E'"),
        (NETSCORE, {"delta": 1.0}, TypeError, "signature: netscore takes no delta"),
        (NS_E, {"alpha": 1.0}, TypeError, "signature: NS-E takes no alpha"),
        (LATENCY, {"alpha": 1.0}, TypeError, "signature: weighted_score takes no alpha"),
        (Reward(80.0), {"w": -1.0}, TypeError, "signature: mnasnet_reward takes no w"),
        (mnasnet_reward, {"alpha": 1.0}, TypeError, "signature: mnasnet_reward takes no alpha"),
        (mnasnet_reward, {}, TypeError, "mnasnet_reward: target must be a real number, got None"),
        (
            mnasnet_reward,
            {"target": -1.0},
            ValueError,
            "mnasnet_reward: target must be positive and finite, got -1.0",
        ),
    ],
)
def test_what_cannot_be_signed(metric: Any, options: Any, error: Any, said: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(said)}"):
        signature(metric, **options)


@pytest.mark.parametrize("wrong", ["", "Top1", "top 1", "top1|", "a:b", "-x", "x-", "a--b", "x\n",
                                   "été", 1, None])  # fmt: skip
def test_wrong_labels(wrong: Any) -> None:
    message = (
        "signature: accuracy must be a label of lower-case letters, digits, hyphens and full "
        f"stops, as in top1 or cifar10, got {wrong!r}"
    )
    for metric in (NETSCORE, NS_E, LATENCY, Reward(80.0)):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            signature(metric, accuracy=wrong)
