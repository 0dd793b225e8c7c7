"""solve(): worked by hand, round trips with netscore(), limits and extremes."""

from __future__ import annotations

import math
import re
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from netscore import Cost, Metric, UnitWarning, netscore, solve

exponents = st.just(0.0) | st.floats(1e-6, 10.0)


@pytest.mark.parametrize(
    ("score", "figures", "weights"),
    [
        # 20 (2 log10 10 - 0.5 log10 100 - 0.5 log10 100) = 0
        (0, (10.0, 1e8, 1e11), {}),
        # 20 (2 * 2 - 0.5 * 1 + 0.5 * 3) = 100
        (100, (100.0, 1e7, 1e6), {}),
        # 20 (1 * 1 - 2 * 3 + 0.25 * 4) = -80
        (-80, (10.0, 1e9, 1e5), {"alpha": 1, "beta": 2, "gamma": 0.25}),
        (-80.0, (1.0, 1e7, 1e10), {"alpha": 7, "beta": 3.0, "gamma": 1}),
    ],
)
def test_solve_by_hand(
    score: float, figures: tuple[float, float, float], weights: dict[str, Any]
) -> None:
    for wanted, figure in zip(("accuracy", "params", "macs"), figures):
        given = dict(zip(("accuracy", "params", "macs"), figures))
        del given[wanted]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnitWarning)
            number = solve(score, **given, **weights)
            array = solve([score, score], **given, **weights)
        assert type(number) is float
        assert number == pytest.approx(figure, rel=1e-14)
        assert isinstance(array, np.ndarray)
        assert array.tolist() == pytest.approx([number, number], rel=1e-14)


all_figures = st.fixed_dictionaries(
    {
        "accuracy": st.floats(0.0, 100.0, exclude_min=True),
        "params": st.floats(1.0, 1e15),
        "macs": st.floats(1.0, 1e20),
    }
)
all_weights = st.fixed_dictionaries({"alpha": exponents, "beta": exponents, "gamma": exponents})
WEIGHT_OF = {"accuracy": "alpha", "params": "beta", "macs": "gamma"}


def largest_term(score: float, figures: Any, weights: Any, wanted: str) -> float:
    """Return the largest of the terms in which solve() states its error."""
    terms: list[float] = [
        abs(20 * weights["alpha"] * math.log10(figures["accuracy"])),
        abs(20 * weights["beta"] * math.log10(figures["params"] / 1e6)),
        abs(20 * weights["gamma"] * math.log10(figures["macs"] / 1e9)),
        20 * weights[WEIGHT_OF[wanted]],
        abs(score),
    ]
    return max(terms)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@settings(deadline=None, max_examples=300)
@given(all_figures, all_weights, st.sampled_from(sorted(WEIGHT_OF)), st.booleans())
@example(
    {"accuracy": 72.0, "params": 3.4e6, "macs": 3e8},
    {"alpha": 2.0, "beta": 0.5, "gamma": 0.5},
    "macs",
    False,
)
def test_solve_round_trips_with_netscore(
    figures: dict[str, Any], weights: dict[str, Any], wanted: str, as_array: bool
) -> None:
    assume(weights[WEIGHT_OF[wanted]] > 0)
    score = netscore(**figures, **weights)
    given = {name: figure for name, figure in figures.items() if name != wanted}
    if as_array:
        solution = solve([score], **given, **weights).item()
    else:
        solution = solve(score, **given, **weights)
    assume(1e-300 < solution < math.inf)  # nearer to 0 the floats themselves lose digits
    again = {**figures, wanted: solution}
    bound = 16 * math.ulp(largest_term(score, again, weights, wanted))
    assert abs(netscore(**again, **weights) - score) <= bound


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@given(st.floats(-300, 300), all_figures, all_weights, st.sampled_from(sorted(WEIGHT_OF)))
def test_solve_reaches_any_score(
    score: float, figures: dict[str, Any], weights: dict[str, Any], wanted: str
) -> None:
    assume(weights[WEIGHT_OF[wanted]] > 0)
    given = {name: figure for name, figure in figures.items() if name != wanted}
    solution = solve([score], **given, **weights).item()
    if math.isnan(solution):
        # Only an accuracy can be out of reach, and 100 is not enough then.
        assert wanted == "accuracy"
        assert netscore(**{**figures, wanted: 100.0}, **weights) < score
        with pytest.raises(ValueError, match=r"^solve: score must be attainable with params "):
            solve(score, **given, **weights)
        return
    assume(1e-300 < solution < math.inf)  # nearer to 0 the floats themselves lose digits
    for found in (solution, solve(score, **given, **weights)):
        again = {**figures, wanted: found}
        bound = 16 * math.ulp(largest_term(score, again, weights, wanted))
        assert abs(netscore(**again, **weights) - score) <= bound


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@given(st.floats(1.0, 1e15), st.floats(1.0, 1e20), all_weights)
@example(1e15, 1e20, {"alpha": 0.01, "beta": 10.0, "gamma": 10.0})
def test_an_accuracy_of_100_is_in_reach(
    params: float, macs: float, weights: dict[str, Any]
) -> None:
    assume(weights["alpha"] >= 0.01)
    for score in (
        netscore(100.0, params, macs, **weights),
        netscore([100.0], params, macs, **weights).item(),
    ):
        assert 0.0 < solve(score, params=params, macs=macs, **weights) <= 100.0
        above = score + 1e-12 * max(abs(score), 1000.0)
        assert np.isnan(solve([above], params=params, macs=macs, **weights)).all()


def test_rounding_does_not_put_an_accuracy_of_100_out_of_reach() -> None:
    # The two costs cancel but for rounding, which is then large beside the score of 2 dB.
    factor = 10.0 ** np.random.default_rng(1).uniform(0.0, 9.0, 1000)
    case: dict[str, Any] = {"params": 1e6 * factor, "macs": 1e9 / factor, "alpha": 0.05}
    case.update(beta=10.0, gamma=10.0)
    solution = solve(netscore(100.0, **case), **case)
    assert solution.max() == 100.0
    assert solution.min() > 99.9999999
    assert np.count_nonzero(solution < 100.0) > 0


def test_counts_near_their_unit_keep_their_digits() -> None:
    scores = np.linspace(0.0, 1e-3, 1000)
    factors = np.exp(-scores / 10.0 * math.log(10.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        params = solve(scores, accuracy=1.0, macs=1e9)
        macs = solve(scores, accuracy=1.0, params=1e6)
    assert params / 1e6 == pytest.approx(factors, rel=6e-16, abs=0.0)
    assert macs / 1e9 == pytest.approx(factors, rel=6e-16, abs=0.0)


def test_more_accuracy_or_lower_costs_are_needed_for_more() -> None:
    scores = [40.0, 50.0, 60.0]
    accuracy = solve(scores, params=3.4e6, macs=300e6)
    assert accuracy[0] < accuracy[1] < accuracy[2]
    # Ten decibels are a factor of ten in either cost.
    params = solve(scores, accuracy=72.0, macs=300e6)
    macs = solve(scores, accuracy=72.0, params=3.4e6)
    for costs in (params, macs):
        assert costs[0] / costs[1] == pytest.approx(10.0, rel=1e-13)
        assert costs[1] / costs[2] == pytest.approx(10.0, rel=1e-13)


def test_solve_what_has_no_solution() -> None:
    nan, inf = math.nan, math.inf
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (120.0, {"params": 3.4e6, "macs": 3e8}, "params 3400000.0 and macs 300000000.0, got 120.0"),
        (inf, {"params": 3.4e6, "macs": 3e8}, "params 3400000.0 and macs 300000000.0, got inf"),
        (inf, {"accuracy": 72.0, "macs": 3e8}, "accuracy 72.0 and macs 300000000.0, got inf"),
        (-inf, {"accuracy": 72.0, "macs": 3e8}, "accuracy 72.0 and macs 300000000.0, got -inf"),
        (inf, {"accuracy": 72, "params": 10**6}, "accuracy 72 and params 1000000, got inf"),
        (-inf, {"accuracy": 72, "params": 10**6}, "accuracy 72 and params 1000000, got -inf"),
        (50.0, {"accuracy": 0.0, "macs": 3e8}, "accuracy 0.0 and macs 300000000.0, got 50.0"),
        (50, {"accuracy": 0, "params": 10**6}, "accuracy 0 and params 1000000, got 50"),
        (-inf, {"accuracy": 0, "params": 10**6}, "accuracy 0 and params 1000000, got -inf"),
    ]
    assert np.isnan(solve([50.0], accuracy=0.0, macs=3e8, alpha=0.5)).all()
    for score, others, message in cases:
        with pytest.raises(
            ValueError, match=f"^solve: score must be attainable with {re.escape(message)}$"
        ):
            solve(score, **others)
        first, *rest = solve([score, nan, 30.0], **others).tolist()
        assert math.isnan(first)
        assert math.isnan(rest[0])
        assert math.isnan(rest[1]) == (others.get("accuracy") == 0)


def test_solve_the_limits() -> None:
    assert solve(-math.inf, params=1e6, macs=1e9) == 0.0
    assert solve([-math.inf, 0.0], params=1e6, macs=1e9).tolist() == [0.0, 1.0]
    # Without weight, an accuracy of 0 is as good as any: 20 (0 - 0.5 log10 p) = -20.
    assert solve(-20.0, accuracy=0.0, macs=1e9, alpha=0) == pytest.approx(1e8, rel=1e-14)
    assert solve([-20.0], accuracy=0.0, params=1e6, alpha=0) == pytest.approx(1e11, rel=1e-14)
    # Counts of 1e6 * 10^±400 do not fit a float.
    assert solve(-4000.0, accuracy=1.5, macs=1e9, alpha=0) == math.inf
    assert solve(4000.0, accuracy=1.5, macs=1e9, alpha=0) == 0.0
    # Nor does 1e6 * 10^304, though the power does.
    assert solve(-3040.0, accuracy=1.5, macs=1e9, alpha=0) == math.inf
    assert solve([-4000.0, 4000.0], accuracy=1.5, macs=1e9, alpha=0).tolist() == [math.inf, 0.0]
    assert solve(-1e9, params=1e6, macs=1e9) == 0.0


@pytest.mark.parametrize("power", [-307, -300, -296, -295, -290, -289, -284, 299, 308])
def test_counts_near_the_ends_of_the_floats_keep_their_digits(power: int) -> None:
    exact = pytest.approx(float(f"1e{power}"), rel=1e-13, abs=0.0)
    options: Any = {"accuracy": 50.0, "alpha": 0.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        assert solve(-10.0 * (power - 6), macs=1e9, **options) == exact
        assert solve(-10.0 * (power - 9), params=1e6, **options) == exact


@pytest.mark.parametrize("cost", [1.78e308, 1.79e308, 1.797e308, math.inf])
def test_a_cost_is_infinite_only_where_no_float_has_it(cost: float) -> None:
    metric = Metric("m", [Cost("c", "s", 1.0)], alpha=0.0)
    score = -20.0 * math.log10(min(cost, sys.float_info.max)) - (0.001 if cost == math.inf else 0)
    found = metric.solve(score, accuracy=50.0)
    assert found == pytest.approx(cost, rel=1e-12)
    assert metric.solve([score], accuracy=50.0).item() == pytest.approx(cost, rel=1e-12)


@pytest.mark.parametrize("scale", [2e-6, 1e-4, 500.0])
@pytest.mark.parametrize("wanted", sorted(WEIGHT_OF))
def test_large_and_small_exponents(scale: float, wanted: str) -> None:
    figures: dict[str, Any] = {"accuracy": 72.0, "params": 3.4e8, "macs": 3e8}
    weights: dict[str, Any] = {"alpha": 2 * scale, "beta": 0.5 * scale, "gamma": 0.5 * scale}
    score = netscore(**figures, **weights)
    given = {name: figure for name, figure in figures.items() if name != wanted}
    for solution in (
        solve(score, **given, **weights),
        solve([score], **given, **weights).item(),
    ):
        assert solution == pytest.approx(figures[wanted], rel=1e-13)


def test_exponents_of_very_different_size() -> None:
    # 20e-6 log10 a = 20 or -20: out of reach by far, above as below.
    assert math.isnan(solve([20.0], params=1e6, macs=1e9, alpha=1e-6).item())
    assert solve(-20.0, params=1e6, macs=1e9, alpha=1e-6) == 0.0
    # The terms cancel: 1000 log10(10) = 500 log10(100).
    weights = {"alpha": 1000.0, "beta": 500.0, "gamma": 1e-6}
    assert solve(0.0, accuracy=10.0, params=1e8, **weights) == 1e9
    assert solve(0.0, accuracy=10.0, macs=1e9, **weights) == pytest.approx(1e8, rel=1e-13)
    # A score that overflows in units of small exponents is no accuracy of 100.
    small = {"alpha": 1e-6, "beta": 1e-6, "gamma": 1e-6}
    assert math.isnan(solve([1e305], params=1e6, macs=1e9, **small).item())
    assert solve([1e305], accuracy=50.0, macs=1e9, **small).item() == 0.0


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ({}, "none"),
        ({"macs": 1e9}, "macs"),
        ({"accuracy": 72.0}, "accuracy"),
        ({"accuracy": 72.0, "params": 1e6, "macs": 1e9}, "accuracy, params, macs"),
    ],
)
def test_solve_takes_exactly_two(given: dict[str, Any], listed: str) -> None:
    message = f"solve: exactly two of accuracy, params and macs must be given, got {listed}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        solve(50.0, **given)


def test_numbers_and_shapes() -> None:
    assert type(solve(np.float64(74.0), accuracy=np.int64(72), params=3400000)) is float
    for missing in ({"score": math.nan}, {"accuracy": math.nan}, {"params": math.nan}):
        assert math.isnan(solve(**{"score": 50.0, "accuracy": 72.0, "params": 1e6, **missing}))
    grid = solve([[70.0], [74.0]], accuracy=[71.0, 72.0, 73.0], params=3.4e6)
    assert grid.shape == (2, 3)
    assert grid[1, 1] == solve(74.0, accuracy=72.0, params=3.4e6)


def test_an_exponent_of_0_is_refused_for_what_is_wanted_alone() -> None:
    figures = {"accuracy": 72.0, "params": 1e6, "macs": 1e9}
    for wanted, exponent in WEIGHT_OF.items():
        given: Any = {name: value for name, value in figures.items() if name != wanted}
        sentence = f"solve: {exponent} must be from 1e-06 to 1000 to solve for {wanted}, got 0"
        with pytest.raises(ValueError, match=f"^{sentence}$"):
            solve(1.0, **given, **{exponent: 0})
        for other in {"alpha", "beta", "gamma"} - {exponent}:
            assert solve(1.0, **given, **{other: 0}) > 0.0
