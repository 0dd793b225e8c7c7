"""netscore_interval(), sensitivity() and solve(): against hand-worked cases and brute force."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import tracemalloc
import warnings
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from netscore import UnitWarning, load_networks, netscore, rank
from netscore import robustness as room
from netscore.robustness import Sensitivity, netscore_interval, sensitivity, solve

ALEXNET: dict[str, Any] = {"params": 61e6, "macs": 0.7e9}
# The share of a normal distribution within one standard deviation: its quantile is 1.
ONE_SIGMA = math.erf(math.sqrt(0.5))

accuracies = st.floats(2.0, 100.0)
counts = st.floats(1e3, 1e15)
exponents = st.floats(0.0, 10.0)


# ---- netscore_interval ----


def accuracy_interval(accuracy: float, n_images: int, confidence: float) -> list[float]:
    """Return the interval of the accuracy: with these exponents the score is 20 log10 of it."""
    bounds = netscore_interval(
        accuracy, 1e6, 1e9, n_images=n_images, confidence=confidence, alpha=1, beta=0, gamma=0
    )
    return [10.0 ** (bound / 20.0) for bound in bounds]


@pytest.mark.parametrize(
    ("right", "n_images", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_table_1_of_newcombe_1998(right: int, n_images: int, low: float, high: float) -> None:
    found = accuracy_interval(100.0 * right / n_images, n_images, 0.95)
    assert [round(end / 100.0, 4) for end in found] == [low, high]


@pytest.mark.parametrize(
    ("accuracy", "n_images", "low", "high"),
    [
        # With z = 1 and a half right, the half width is sqrt(n + 1) / (2n) / (1 + 1/n).
        (50.0, 3, 25.0, 75.0),
        (50.0, 8, 100 / 3, 200 / 3),
        (50.0, 24, 40.0, 60.0),
        # With none right the upper end is z² / (n + z²), with all right the lower n / (n + z²).
        (0.0, 10, 0.0, 100 / 11),
        (100.0, 10, 1000 / 11, 100.0),
        (0.0, 1, 0.0, 50.0),
    ],
)
def test_interval_by_hand(accuracy: float, n_images: int, low: float, high: float) -> None:
    found = accuracy_interval(accuracy, n_images, ONE_SIGMA)
    assert found == pytest.approx([low, high], rel=1e-14)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@given(
    st.floats(0.0, 100.0, exclude_min=True),
    st.integers(1, 10**9),
    st.floats(1e-3, 1.0, exclude_max=True),
)
@example(1e-3, 50_000, 0.95)
@example(99.999, 10**9, 1 - 2**-53)
@example(5e-324, 1, 0.5)
def test_interval_has_all_its_digits(accuracy: float, n_images: int, confidence: float) -> None:
    with mpmath.workdps(40):
        z = mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf(confidence))
    with mpmath.workdps(800):  # so many, because the lower end is a difference
        q, n = mpmath.mpf(accuracy) / 100, mpmath.mpf(n_images)
        middle = q + z**2 / (2 * n)
        half = z * mpmath.sqrt(q * (1 - q) / n + z**2 / (4 * n**2))
        ends = [100 * (middle - half) / (1 + z**2 / n), 100 * (middle + half) / (1 + z**2 / n)]
        true = [float(20 * mpmath.log10(end)) for end in ends]
    assume(ends[0] > 1e-300)
    found = netscore_interval(
        accuracy, 1e6, 1e9, n_images=n_images, confidence=confidence, alpha=1, beta=0, gamma=0
    )
    # The quantile is good to 1e-15 beside 1, however near to 0 it lies.
    tolerance = 1e-14 * (1 + 1 / float(z))
    assert found == pytest.approx(true, rel=1e-15, abs=tolerance)


interval_cases = {
    "accuracy": st.floats(0.0, 100.0),
    "params": counts,
    "macs": counts,
    "n_images": st.integers(1, 10**6),
    "confidence": st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
    "alpha": exponents,
    "beta": exponents,
    "gamma": exponents,
}


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@given(st.fixed_dictionaries(interval_cases))
def test_interval_holds_the_score(case: dict[str, Any]) -> None:
    low, high = netscore_interval(**case)
    del case["n_images"], case["confidence"]
    score = netscore(**case)
    assert low <= score <= high
    if case["accuracy"] == 100.0:
        assert high == score
    if case["accuracy"] == 0.0 and case["alpha"] > 0.0:
        assert low == -math.inf


@given(accuracies, st.integers(1, 10**6), st.floats(0.01, 0.98))
def test_interval_narrows_with_images_and_widens_with_confidence(
    accuracy: float, n_images: int, confidence: float
) -> None:
    def interval(n_images: int, confidence: float) -> tuple[float, float]:
        return netscore_interval(accuracy, **ALEXNET, n_images=n_images, confidence=confidence)

    low, high = interval(n_images, confidence)
    for inner in (interval(2 * n_images, confidence), interval(n_images, confidence / 2)):
        assert low < inner[0] < high
        assert low < inner[1] <= high


@given(st.floats(2.0, 50.0), st.integers(1, 1000), st.floats(0.1, 0.99))
def test_right_and_wrong_answers_change_places(
    accuracy: float, n_images: int, confidence: float
) -> None:
    low, high = accuracy_interval(accuracy, n_images, confidence)
    mirrored = accuracy_interval(100.0 - accuracy, n_images, confidence)
    assert mirrored == pytest.approx([100.0 - high, 100.0 - low], rel=1e-12)


def test_interval_ends_exactly() -> None:
    low, high = netscore_interval(0, **ALEXNET, n_images=10, confidence=ONE_SIGMA)
    assert low == -math.inf
    assert high == pytest.approx(netscore(100 / 11, **ALEXNET), rel=1e-14)
    low, high = netscore_interval(100, **ALEXNET, n_images=7)
    assert high == netscore(100.0, **ALEXNET)
    assert type(low) is type(high) is float


@pytest.mark.parametrize("accuracy", [2.0, 33.3, 100.0])
@pytest.mark.parametrize(
    "options", [{"n_images": 10**300}, {"n_images": 3, "confidence": 1e-300}], ids=str
)
def test_an_interval_without_width(accuracy: float, options: dict[str, Any]) -> None:
    score = netscore(accuracy, **ALEXNET)
    assert netscore_interval(accuracy, **ALEXNET, **options) == pytest.approx((score, score))
    low, high = netscore_interval([accuracy], **ALEXNET, **options)
    assert [low.item(), high.item()] == pytest.approx([score, score], rel=1e-15)


def test_an_interval_without_width_at_0() -> None:
    # 1 - confidence rounds to 1, whose quantile is 0.
    options = {"n_images": 3, "confidence": 1e-300}
    assert netscore_interval(0, **ALEXNET, **options) == (-math.inf, -math.inf)
    low, high = netscore_interval([0.0], **ALEXNET, **options)
    assert low.tolist() == high.tolist() == [-math.inf]


def test_interval_at_95_percent_by_default() -> None:
    for case in ((57.2, *ALEXNET.values()), ([57.2], *ALEXNET.values())):
        default = netscore_interval(*case, n_images=50)
        assert default == netscore_interval(*case, n_images=50, confidence=0.95)
        assert default == netscore_interval(*case, n_images=50, alpha=2, beta=0.5, gamma=0.5)


def test_interval_of_100_percent_ends_at_the_score() -> None:
    images = np.arange(1, 5000)
    high = netscore_interval(100.0, **ALEXNET, n_images=images)[1]
    assert set(high.tolist()) == {netscore(np.array(100.0), **ALEXNET, alpha=[2.0]).item()}


def test_interval_with_alpha_0_is_the_score() -> None:
    score = netscore(70.0, **ALEXNET, alpha=0)
    assert netscore_interval(70.0, **ALEXNET, n_images=5, alpha=0) == (score, score)
    low, high = netscore_interval([0.0, 70.0], **ALEXNET, n_images=5, alpha=0)
    assert low.tolist() == high.tolist() == [score, score]


def test_interval_of_arrays() -> None:
    accuracy = [0.0, 57.2, 70.0, 100.0]
    images = [[10], [1000], [50_000]]
    levels = [[0.5], [0.9], [0.99]]
    lows, highs = netscore_interval(
        accuracy, 61e6, 0.7e9, n_images=images, confidence=levels, alpha=3, beta=1, gamma=2
    )
    assert lows.shape == highs.shape == (3, 4)
    for row, column in itertools.product(range(3), range(4)):
        low, high = netscore_interval(
            accuracy[column],
            61e6,
            0.7e9,
            n_images=images[row][0],
            confidence=levels[row][0],
            alpha=3,
            beta=1,
            gamma=2,
        )
        assert lows[row, column] == pytest.approx(low, rel=1e-14)
        assert highs[row, column] == pytest.approx(high, rel=1e-14)


def test_interval_keeps_containers() -> None:
    low, high = netscore_interval(57.2, **ALEXNET, n_images=1000)
    column = pd.Series([57.2, math.nan], index=["a", "b"], name="x")
    for end, one in zip(netscore_interval(column, **ALEXNET, n_images=1000), (low, high)):
        assert isinstance(end, pd.Series)
        assert end.index.tolist() == ["a", "b"]
        assert end["a"] == pytest.approx(one, rel=1e-14)
        assert math.isnan(end["b"])
    masked = np.ma.MaskedArray([57.2, 1.0], mask=[False, True])
    for end in netscore_interval(masked, **ALEXNET, n_images=1000):
        assert isinstance(end, np.ma.MaskedArray)
        assert end.mask.tolist() == [False, True]
    for end in netscore_interval(np.array([57.2], dtype=np.float32), **ALEXNET, n_images=1000):
        assert end.dtype == np.float32
    for end in netscore_interval(np.array(57.2), **ALEXNET, n_images=np.int64(1000)):
        assert isinstance(end, np.ndarray)
        assert end.shape == ()


def test_interval_of_a_missing_accuracy() -> None:
    assert all(map(math.isnan, netscore_interval(math.nan, **ALEXNET, n_images=10)))
    low, high = netscore_interval([math.nan, 50.0], [1e6, math.nan], 1e9, n_images=10)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@pytest.mark.parametrize("as_array", [False, True])
def test_interval_warns_once_at_the_caller(as_array: bool) -> None:
    with pytest.warns(UnitWarning) as caught:
        netscore_interval([0.572] if as_array else 0.572, **ALEXNET, n_images=10)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert str(caught[0].message) == (
        "netscore_interval: accuracy was read as 0.572 percent; if it is a fraction, "
        "multiply it by 100"
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_images": 0}, "n_images must be a positive whole number, got 0"),
        ({"n_images": -5}, "n_images must be a positive whole number, got -5"),
        ({"n_images": 10.5}, "n_images must be a positive whole number, got 10.5"),
        ({"n_images": 0.5}, "n_images must be a positive whole number, got 0.5"),
        ({"n_images": math.inf}, "n_images must be a positive whole number, got inf"),
        ({"n_images": math.nan}, "n_images must be a positive whole number, got nan"),
        ({"confidence": 0}, "confidence must be above 0 and below 1, got 0"),
        ({"confidence": 1}, "confidence must be above 0 and below 1, got 1"),
        ({"confidence": 95}, "confidence must be above 0 and below 1, got 95"),
        ({"confidence": math.nan}, "confidence must be above 0 and below 1, got nan"),
        ({"accuracy": 101}, "accuracy must be a percentage from 0 to 100, got 101"),
        ({"params": 0}, "params must be positive and finite, got 0"),
        ({"macs": -1}, "macs must be positive and finite, got -1"),
        ({"alpha": -1}, "alpha must be non-negative and finite, got -1"),
        ({"beta": -1}, "beta must be non-negative and finite, got -1"),
        ({"gamma": math.inf}, "gamma must be non-negative and finite, got inf"),
    ],
)
def test_interval_refuses_values(changed: dict[str, Any], message: str) -> None:
    case = {"accuracy": 57.2, **ALEXNET, "n_images": 10, **changed}
    with pytest.raises(ValueError, match=rf"^netscore_interval: {re.escape(message)}$"):
        netscore_interval(**case)
    name, value = next(iter(changed.items()))
    case[name] = np.array([case[name], 50.0]) if name == "accuracy" else np.array([value, value])
    with pytest.raises(ValueError, match=rf"^netscore_interval: {name} must be .* at position 0"):
        netscore_interval(**case)


@pytest.mark.parametrize("wrong", [True, "10", None, 10j])
@pytest.mark.parametrize("name", ["n_images", "confidence", "accuracy", "alpha"])
def test_interval_refuses_kinds(name: str, wrong: object) -> None:
    case: dict[str, Any] = {"accuracy": 57.2, **ALEXNET, "n_images": 10, name: wrong}
    message = f"netscore_interval: {name} must be a real number or an array of real numbers, got "
    with pytest.raises(TypeError, match=f"^{re.escape(message + repr(wrong))}$"):
        netscore_interval(**case)


def test_whole_numbers_of_floating_type_count_images() -> None:
    expected = netscore_interval(57.2, **ALEXNET, n_images=50_000)
    assert netscore_interval(57.2, **ALEXNET, n_images=50_000.0) == expected
    assert netscore_interval(57.2, **ALEXNET, n_images=np.int32(50_000)) == expected
    low, high = netscore_interval([57.2], **ALEXNET, n_images=np.array([200], dtype=np.uint8))
    assert [low.item(), high.item()] == pytest.approx(
        netscore_interval(57.2, **ALEXNET, n_images=200), rel=1e-14
    )


# ---- sensitivity ----

TABLE: dict[str, Any] = {
    "accuracy": [network.accuracy for network in load_networks()],
    "params": [network.params for network in load_networks()],
    "macs": [network.macs for network in load_networks()],
}
FIXED: dict[str, Any] = {"alpha": (2.0, 2.0), "beta": (0.5, 0.5), "gamma": (0.5, 0.5)}


def tau_b(one: list[Any], other: list[Any]) -> float:
    """Return Kendall's tau-b by its definition, pair by pair."""
    pairs = list(itertools.combinations(range(len(one)), 2))
    signs = [
        [(scores[i] > scores[j]) - (scores[i] < scores[j]) for i, j in pairs]
        for scores in (one, other)
    ]
    apart = [sum(map(abs, side)) for side in signs]
    if 0 in apart:
        return math.nan
    return sum(map(int.__mul__, *signs)) / math.sqrt(apart[0] * apart[1])


def check_against(result: Sensitivity, default: list[Any], drawn: list[list[Any]]) -> None:
    """Compare with the scores of each draw, NaN for missing ones."""

    def ranks(scores: list[Any]) -> list[int]:
        valid = [score for score in scores if score == score]
        return [
            1 + (sum(v > score for v in valid) if score == score else len(valid))
            for score in scores
        ]

    known = [i for i, score in enumerate(default) if score == score]
    by_draw = [ranks(scores) for scores in drawn]
    assert result.draws == len(drawn)
    assert result.default_rank.tolist() == ranks(default)
    for i in range(len(default)):
        mine = sorted(row[i] for row in by_draw)
        shares = [mine.count(r + 1) / len(mine) for r in range(len(default))]
        assert result.acceptability[i].tolist() == shares
        assert result.probability_first[i] == shares[0]
        assert result.best_rank[i] == mine[0]
        assert result.worst_rank[i] == mine[-1]
        assert result.median_rank[i] == mine[(len(mine) - 1) // 2]
    expected = [tau_b([scores[i] for i in known], [default[i] for i in known]) for scores in drawn]
    assert result.kendall_tau.tolist() == pytest.approx(expected, rel=1e-15, nan_ok=True)


# Powers of ten, so that every score is known exactly; None is an accuracy of 0, whose score is
# -inf, NaN a missing figure.
powers = st.tuples(
    st.sampled_from([None, 0, 1, 2, math.nan]), st.integers(-2, 2), st.integers(-2, 2)
)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@settings(deadline=None)
@given(st.lists(powers, min_size=1, max_size=7))
@example([(math.nan, 0, 0)])
@example([(math.nan, 0, 0), (None, 0, 0), (math.nan, 1, 1)])
@example([(1, 0, 0)])
@example([(1, 0, 0), (1, 0, 0), (2, 1, 1)])
def test_grid_against_brute_force(networks: list[tuple[Any, int, int]]) -> None:
    accuracy = [0.0 if a is None else 10.0**a for a, _, _ in networks]
    params = [10.0 ** (6 + p) for _, p, _ in networks]
    macs = [10.0 ** (9 + m) for _, _, m in networks]
    default = netscore(accuracy, params, macs).tolist()

    def score(network: tuple[Any, int, int], weights: tuple[Fraction, ...]) -> Any:
        a, p, m = network
        if a != a:
            return math.nan
        if a is None and weights[0] > 0:
            return -math.inf
        return weights[0] * (a or 0) - weights[1] * p - weights[2] * m

    grid = list(itertools.product(*[[Fraction(i, 2) * top for i in range(3)] for top in (4, 1, 1)]))
    drawn = [
        default
        if weights == (Fraction(2), Fraction(1, 2), Fraction(1, 2))
        else [score(network, weights) for network in networks]
        for weights in grid
    ]
    result = sensitivity(accuracy, params, macs, alpha=(0, 4), beta=(0, 1), gamma=(0, 1), grid=3)
    check_against(result, default, drawn)


def drawn_scores(seed: int, draws: int, table: Any) -> list[list[float]]:
    """Return the scores of the draws over the default ranges."""
    shares = np.random.default_rng(seed).random((draws, 3))
    weights = np.array([1.0, 0.0, 0.0]) + np.array([2.0, 1.0, 1.0]) * shares
    alpha, beta, gamma = weights.T[:, :, np.newaxis]
    scores: list[list[float]] = netscore(
        table[0], table[1], table[2], alpha=alpha, beta=beta, gamma=gamma
    ).tolist()
    return scores


def test_draws_against_brute_force() -> None:
    table = [column[::3] for column in TABLE.values()]
    result = sensitivity(*table, draws=40, seed=7)
    check_against(result, netscore(*table).tolist(), drawn_scores(7, 40, table))


@pytest.mark.parametrize("networks", [255, 256, 300])
def test_more_networks_than_a_byte_counts(networks: int) -> None:
    rng = np.random.default_rng(networks)
    table = [rng.uniform(low, 100 * low, networks) for low in (1.0, 1e6, 1e8)]
    # Level with each other in every draw.
    for column in table:
        column[:3] = column[3]
    result = sensitivity(*table, draws=3, seed=1)
    check_against(result, netscore(*table).tolist(), drawn_scores(1, 3, table))


def test_the_better_of_two_is_always_first() -> None:
    result = sensitivity([70.0, 71.0], [2e6, 1e6], [2e9, 1e9], draws=500, seed=3)
    assert result.acceptability.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert result.probability_first.tolist() == [0.0, 1.0]
    assert result.best_rank.tolist() == result.worst_rank.tolist() == [2, 1]
    assert result.median_rank.tolist() == result.default_rank.tolist() == [2, 1]
    assert (result.kendall_tau == 1.0).all()


@pytest.mark.parametrize(
    ("first", "second", "ranges", "probability"),
    [
        # In powers of ten of accuracy, millions and billions, so that the scores over 20 are
        # first: 2 alpha - 3 beta, second: alpha; the first leads if beta < alpha / 3 = 1/3.
        ((2, 3, 0), (1, 0, 0), {"alpha": (1, 1)}, 1 / 3),
        ((2, 0, 3), (1, 0, 0), {"alpha": (1, 1)}, 1 / 3),
        # 2 alpha - 2 against alpha, alpha from 1 to 3: it leads above 2.
        ((2, 2, 0), (1, 0, 0), {"beta": (1, 1)}, 1 / 2),
        ((2, 5, 0), (1, 0, 0), {"beta": (0.5, 0.5)}, 1 / 4),
        # The triangle beta + gamma < 1/2 is 1/8 of the square; the diagonal would have 1/4.
        ((2, 1, 1), (1, 0, 0), {"alpha": (0.5, 0.5)}, 1 / 8),
        # alpha > 1 + beta over a rectangle of 2 by 1: 3/4 of it.
        ((2, 1, 1), (1, 0, 0), {"gamma": (1, 1)}, 3 / 4),
    ],
)
def test_probability_of_being_first_by_hand(
    first: Any, second: Any, ranges: dict[str, Any], probability: float
) -> None:
    accuracy, params, macs = (
        [10.0 ** (unit + a), 10.0 ** (unit + b)] for unit, a, b in zip((0, 6, 9), first, second)
    )
    result = sensitivity(accuracy, params, macs, **ranges, draws=100_000, seed=11)
    four_sigma = 4 * math.sqrt(probability * (1 - probability) / result.draws)
    assert result.probability_first[0] == pytest.approx(probability, abs=four_sigma)
    assert result.probability_first.sum() == 1.0
    # The mean of +1 and -1 says the same again.
    towards_first = 2 * result.probability_first[0] - 1
    sign = 1 if result.default_rank[0] == 1 else -1
    assert result.kendall_tau.mean() == pytest.approx(sign * towards_first, abs=1e-12)


def test_a_grid_by_hand() -> None:
    # 2 - 2 beta against 1: level at beta 1/2, where both are first.
    result = sensitivity(
        [100.0, 10.0], [1e8, 1e6], 1e9, alpha=(1, 1), beta=[0, 1], gamma=(0.25, 0.25), grid=5
    )
    assert result.draws == 5
    assert (result.alpha, result.beta, result.gamma) == ((1.0, 1.0), (0.0, 1.0), (0.25, 0.25))
    assert result.acceptability.tolist() == [[0.6, 0.4], [0.6, 0.4]]
    assert result.probability_first.tolist() == [0.6, 0.6]
    assert result.default_rank.tolist() == [1, 2]
    assert result.median_rank.tolist() == [1, 1]
    assert result.worst_rank.tolist() == [2, 2]
    assert result.kendall_tau.tolist() == pytest.approx([1, 1, math.nan, -1, -1], nan_ok=True)


def test_the_median_is_the_lower_one() -> None:
    # Of the four points beta = 0, 1/3, 2/3, 1 the first network leads at two, trails at two.
    result = sensitivity([100.0, 10.0], [1e8, 1e6], 1e9, alpha=(1, 1), gamma=(0, 0), grid=4)
    assert result.acceptability.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert result.median_rank.tolist() == [1, 1]


def test_gamma_runs_fastest_and_alpha_slowest() -> None:
    # The first leads if alpha > beta + 3 gamma.
    result = sensitivity(
        [100.0, 10.0], [1e7, 1e6], [1e12, 1e9], alpha=(1, 3), beta=(0, 1), gamma=(0, 0.75), grid=2
    )
    margin = [a - b - 3 * c for a, b, c in itertools.product((1, 3), (0, 1), (0, 0.75))]
    assert margin == [1, -1.25, 0, -2.25, 3, 0.75, 2, -0.25]
    # The published exponents give 2 - 0.5 - 1.5 = 0: neither leads, and tau is undefined.
    assert np.isnan(result.kendall_tau).all()
    # Of eight points the first leads at four and is level at one.
    assert result.probability_first.tolist() == [5 / 8, 4 / 8]
    again = sensitivity(
        [100.0, 10.0], [1e7, 1e6], [1e11, 1e9], alpha=(1, 3), beta=(0, 1), gamma=(0, 0.75), grid=2
    )
    # alpha - beta - 2 gamma: 1, -0.5, 0, -1.5, 3, 1.5, 2, 0.5
    assert again.kendall_tau.tolist() == pytest.approx(
        [1, -1, math.nan, -1, 1, 1, 1, 1], nan_ok=True
    )


@pytest.mark.parametrize("grid", [3, 5, 7, 9, 11])
def test_an_odd_grid_includes_the_published_exponents(grid: int) -> None:
    # The same three networks to the last digits only with the published exponents themselves.
    result = sensitivity(**TABLE, grid=grid)
    assert result.draws == grid**3
    middle = result.kendall_tau.reshape(grid, grid, grid)[(grid // 2,) * 3]
    assert middle == 1.0
    assert np.count_nonzero(result.kendall_tau == 1.0) < grid**3


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.longdouble])
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 2.0, 72.0, 72.1, math.nan]) | st.floats(0, 100),
            st.sampled_from([1.0, 1e6, 3e6, 6e6, 7e6]) | st.floats(1, 1e12),
            st.sampled_from([1.0, 1e9, 3e9, 6e9, 7e9]) | st.floats(1, 1e12),
        ),
        min_size=1,
        max_size=20,
    )
)
@example([(72.0, 3e6, 6e9), (72.0, 6e6, 3e9), (72.0, 2e6, 9e9), (72.0, 1e6, 18e9)])
def test_fixed_at_the_published_exponents_it_is_rank(
    dtype: type[np.floating[Any]], networks: list[tuple[float, float, float]]
) -> None:
    table = np.array(networks, dtype=dtype).T
    expected = rank(netscore(table[0], table[1], table[2])).tolist()
    for result in (
        sensitivity(table[0], table[1], table[2], **FIXED, draws=3),
        sensitivity(table[0], table[1], table[2], **FIXED, grid=9),
    ):
        for ranks in (
            result.default_rank,
            result.best_rank,
            result.median_rank,
            result.worst_rank,
            1 + np.argmax(result.acceptability == 1.0, axis=1),
        ):
            assert ranks.tolist() == expected
        assert ((result.kendall_tau == 1.0) | np.isnan(result.kendall_tau)).all()
    assert result.draws == 1


def test_defaults() -> None:
    result = sensitivity(**TABLE, seed=0)
    assert result.draws == 10_000
    assert result.kendall_tau.shape == (10_000,)
    assert {type(end) for end in (*result.alpha, *result.beta, *result.gamma)} == {float}
    assert (result.alpha, result.beta, result.gamma) == ((1.0, 3.0), (0.0, 1.0), (0.0, 1.0))
    assert result.default_rank.tolist() == rank(netscore(**TABLE)).tolist()
    assert result.acceptability.shape == (60, 60)
    assert result.acceptability.sum(axis=1) == pytest.approx(np.ones(60), rel=1e-12)
    for name in ("best_rank", "median_rank", "worst_rank", "default_rank"):
        ranks = getattr(result, name)
        assert ranks.shape == (60,)
        assert np.issubdtype(ranks.dtype, np.integer)


def fields(result: Sensitivity) -> list[Any]:
    return [
        value.tolist() if isinstance(value, np.ndarray) else value
        for value in vars(result).values()
    ]


def test_seeds() -> None:
    def run(seed: Any) -> list[Any]:
        return fields(sensitivity(**TABLE, draws=50, seed=seed))

    expected = run(5)
    assert run(5) == run(np.int64(5)) == run(np.random.default_rng(5)) == expected
    assert run(6) != expected
    assert run(None) != run(None)
    generator = np.random.default_rng(5)
    assert run(generator) == expected
    assert run(generator) != expected


def test_global_random_state_plays_no_part() -> None:
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    first = sensitivity(**TABLE, draws=50)
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert fields(sensitivity(**TABLE, draws=50)) != fields(first)


@pytest.mark.parametrize("options", [{"draws": 101, "seed": 4}, {"grid": 5}])
def test_blocks_change_nothing(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = fields(sensitivity(**TABLE, **options))
    for block in (1, 60, 60 * 7, 60 * 101, 60 * 125):
        monkeypatch.setattr(room, "_BLOCK", block)
        assert fields(sensitivity(**TABLE, **options)) == expected


@pytest.mark.parametrize("options", [{"draws": 64_000}, {"grid": 40}])
def test_memory_is_bounded_by_blocks(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [column[:8] for column in TABLE.values()]
    # The block is small, so that the draws fill many of them.
    monkeypatch.setattr(room, "_BLOCK", 1 << 12)

    def peak(**options: Any) -> int:
        sensitivity(*table, seed=1, **options)
        tracemalloc.start()
        try:
            sensitivity(*table, seed=1, **options)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # Eight bytes a draw for kendall_tau.
    assert peak(**options) < peak(draws=1000) + 8 * 64_000 + 20_000


def test_missing_networks_are_last_and_outside_tau() -> None:
    table = [[70.0, math.nan, 60.0], [1e6, 1e6, 1e6], [1e9, 1e9, 1e9]]
    for accuracy in (table[0], np.ma.MaskedArray([70.0, 1.0, 60.0], mask=[False, True, False])):
        result = sensitivity(accuracy, *table[1:], draws=20, seed=1)
        assert result.acceptability.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
        assert result.default_rank.tolist() == result.median_rank.tolist() == [1, 3, 2]
        assert (result.kendall_tau == 1.0).all()


def test_one_network_and_none_known() -> None:
    one = sensitivity([70.0], [1e6], [1e9], draws=4, seed=1)
    assert one.acceptability.tolist() == [[1.0]]
    assert np.isnan(one.kendall_tau).all()
    none = sensitivity([math.nan, math.nan], [1e6, 1e6], [1e9, 1e9], draws=4, seed=1)
    assert none.default_rank.tolist() == rank([math.nan, math.nan]).tolist()
    assert none.acceptability.tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert np.isnan(none.kendall_tau).all()


def test_containers_and_broadcasting() -> None:
    expected = fields(sensitivity([70.0, 60.0], [1e6, 1e6], [1e9, 2e9], draws=9, seed=1))
    index = ["a", "b"]
    frame = pd.DataFrame({"a": [70.0, 60.0], "m": [1e9, 2e9]}, index=index)
    assert fields(sensitivity(frame["a"], 1e6, frame["m"], draws=9, seed=1)) == expected
    nullable = frame.convert_dtypes()
    assert fields(sensitivity(nullable["a"], 1e6, nullable["m"], draws=9, seed=1)) == expected
    assert fields(sensitivity((70, 60), np.int64(10**6), [1e9, 2e9], draws=9, seed=1)) == expected


def test_draws_of_any_whole_number() -> None:
    assert sensitivity(**TABLE, draws=1).kendall_tau.shape == (1,)
    assert sensitivity(**TABLE, draws=1e2).draws == 100  # type: ignore[arg-type]
    assert type(sensitivity(**TABLE, draws=np.int64(3)).draws) is int
    assert sensitivity(**TABLE, grid=2.0).draws == 8  # type: ignore[arg-type]
    # Not used beside a grid.
    assert sensitivity(**TABLE, grid=2, draws=-1, seed="x").draws == 8  # type: ignore[arg-type]


def test_figures_in_single_precision_are_compared_in_double() -> None:
    # Neighbours among the floats of 32 bits, several of which share a logarithm of 32 bits.
    accuracy = np.arange(9, dtype=np.float32) * np.spacing(np.float32(72.0)) + np.float32(72.0)
    result = sensitivity(accuracy, np.float32(3e6), np.float32(3e8), draws=20, seed=1)
    assert result.best_rank.tolist() == result.worst_rank.tolist() == list(range(9, 0, -1))


def test_extreme_ranges() -> None:
    result = sensitivity(
        [0.0, 50.0, 60.0],
        [1e6, 1e7, 1e5],
        [1e9, 1e8, 1e7],
        alpha=(0, 1e308),
        beta=(1e-320, 1e307),
        gamma=(0, 0),
        draws=100,
        seed=1,
    )
    assert result.worst_rank.tolist()[0] == 3
    assert result.acceptability.sum(axis=1).tolist() == [1.0, 1.0, 1.0]


def test_the_record_is_frozen() -> None:
    result = sensitivity(**TABLE, draws=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.draws = 3  # type: ignore[misc]
    for field in dataclasses.fields(result):
        value: NDArray[Any] | object = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0
    assert result == result
    assert result != sensitivity(**TABLE, draws=2)
    assert [field.name for field in dataclasses.fields(result)] == [
        "acceptability",
        "best_rank",
        "median_rank",
        "worst_rank",
        "default_rank",
        "probability_first",
        "kendall_tau",
        "draws",
        "alpha",
        "beta",
        "gamma",
    ]


def test_sensitivity_warns_once_at_the_caller() -> None:
    with pytest.warns(UnitWarning) as caught:
        sensitivity([0.7, 0.6], [1e6, 2e6], [1e9, 2e9], draws=2)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert str(caught[0].message).startswith("sensitivity: accuracy was read as 0.6 to 0.7 percent")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"alpha": (3, 1)}, "alpha must be a pair (low, high) in this order, got (3.0, 1.0)"),
        ({"beta": 0.5}, "beta must be a pair (low, high), got an array of shape ()"),
        ({"gamma": (0, 1, 2)}, "gamma must be a pair (low, high), got an array of shape (3,)"),
        (
            {"alpha": (-1, -3)},
            "alpha must be non-negative and finite, got -1.0 at position 0 "
            "(2 of 2 values are wrong)",
        ),
        (
            {"beta": (0, math.inf)},
            "beta must be non-negative and finite, got inf at position 1 (1 of 2 values is wrong)",
        ),
        (
            {"gamma": (0, math.nan)},
            "gamma must be non-negative and finite, got nan at position 1 (1 of 2 values is wrong)",
        ),
        (
            {"gamma": np.ma.MaskedArray([0.0, 1.0], mask=[True, False])},
            "gamma must be non-negative and finite, got nan at position 0 (1 of 2 values is wrong)",
        ),
        ({"draws": 0}, "draws must be a positive whole number, got 0"),
        ({"draws": 2.5}, "draws must be a positive whole number, got 2.5"),
        ({"draws": math.inf}, "draws must be a positive whole number, got inf"),
        ({"grid": 1}, "grid must be a whole number of at least 2, got 1"),
        ({"grid": 2.5}, "grid must be a whole number of at least 2, got 2.5"),
        ({"seed": -1}, "seed must be non-negative, got -1"),
        (
            {"accuracy": [70, 101]},
            "accuracy must be a percentage from 0 to 100, got 101 at position 1 "
            "(1 of 2 values is wrong)",
        ),
        ({"params": 0}, "params must be positive and finite, got 0"),
        (
            {"accuracy": [[70.0, 60.0]]},
            "the arrays must be one-dimensional, got an array of shape (1, 2)",
        ),
        (
            {"accuracy": 70, "macs": 1e9},
            "the arrays must be one-dimensional, got an array of shape ()",
        ),
        ({"accuracy": [], "macs": []}, "the arrays must hold at least one network, got none"),
        (
            {"accuracy": [70, 71, 72]},
            "shapes must broadcast, got accuracy (3,), macs (2,)",
        ),
    ],
)
def test_sensitivity_refuses_values(changed: dict[str, Any], message: str) -> None:
    case: Any = {"accuracy": [70.0, 60.0], "params": 1e6, "macs": [1e9, 2e9], **changed}
    with pytest.raises(ValueError, match=rf"^sensitivity: {re.escape(message)}$"):
        sensitivity(**case)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"draws": "9"}, "draws must be a real number, got '9'"),
        ({"draws": True}, "draws must be a real number, got True"),
        ({"grid": [3]}, "grid must be a real number, got [3]"),
        (
            {"seed": 1.0},
            "seed must be a whole number, a numpy.random.Generator or None, got 1.0",
        ),
        (
            {"seed": True},
            "seed must be a whole number, a numpy.random.Generator or None, got True",
        ),
        (
            {"seed": "1"},
            "seed must be a whole number, a numpy.random.Generator or None, got '1'",
        ),
        ({"alpha": None}, "alpha must be a real number or an array of real numbers, got None"),
        ({"macs": "1"}, "macs must be a real number or an array of real numbers, got '1'"),
    ],
)
def test_sensitivity_refuses_kinds(changed: dict[str, Any], message: str) -> None:
    case: Any = {"accuracy": [70.0, 60.0], "params": 1e6, "macs": [1e9, 2e9], **changed}
    with pytest.raises(TypeError, match=rf"^sensitivity: {re.escape(message)}$"):
        sensitivity(**case)


# ---- solve ----


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
    assert solve(score, **given, **weights) == pytest.approx(solution, rel=1e-15)
    assume(1e-300 < solution < math.inf)  # nearer to 0 the floats themselves lose digits
    again = {**figures, wanted: solution}
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


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-200, 1e-150, 1e150, 1e200, 1e250, 1e300])
@pytest.mark.parametrize("wanted", sorted(WEIGHT_OF))
def test_huge_and_tiny_exponents(scale: float, wanted: str) -> None:
    figures: dict[str, Any] = {"accuracy": 72.0, "params": 3.4e8, "macs": 3e8}
    weights: dict[str, Any] = {"alpha": 2 * scale, "beta": 0.5 * scale, "gamma": 0.5 * scale}
    score = netscore(**figures, **weights)
    given = {name: figure for name, figure in figures.items() if name != wanted}
    rounding = 1e-13 if scale > 1e-310 else 0.1  # a subnormal score has few digits
    for solution in (
        solve(score, **given, **weights),
        solve([score], **given, **weights).item(),
    ):
        assert solution == pytest.approx(figures[wanted], rel=rounding)


def test_exponents_of_very_different_size() -> None:
    # 1e-300 log10 a = 20 + ...: out of reach by far, above as below.
    assert math.isnan(solve([20.0], params=1e6, macs=1e9, alpha=1e-300).item())
    assert solve(-20.0, params=1e6, macs=1e9, alpha=1e-300) == 0.0
    # The terms cancel: 2e300 log10(10) = 1e300 log10(100).
    weights = {"alpha": 2e300, "beta": 1e300, "gamma": 5e-324}
    assert solve(0.0, accuracy=10.0, params=1e8, **weights) == 1e9
    assert solve(0.0, accuracy=10.0, macs=1e9, **weights) == pytest.approx(1e8, rel=1e-13)
    # The same where a sum of the terms would overflow.
    weights = {"alpha": 1.7e308, "beta": 1.7e308, "gamma": 1.0}
    assert solve(0.0, accuracy=100.0, macs=1e9, **weights) == pytest.approx(1e8, rel=1e-13)
    # A score that overflows in units of tiny exponents is no accuracy of 100.
    tiny = {"alpha": 1e-200, "beta": 1e-200, "gamma": 1e-200}
    assert math.isnan(solve([1e200], params=1e6, macs=1e9, **tiny).item())
    assert solve([1e200], accuracy=50.0, macs=1e9, **tiny).item() == 0.0


def test_solve_missing_values() -> None:
    assert math.isnan(solve(math.nan, accuracy=72.0, params=1e6))
    assert math.isnan(solve(50.0, accuracy=math.nan, params=1e6))
    assert math.isnan(solve(50.0, params=1e6, macs=math.nan))
    found = solve([50.0, 50.0, math.nan], accuracy=[72.0, math.nan, 72.0], params=1e6)
    assert np.isnan(found).tolist() == [False, True, True]


def test_solve_keeps_containers() -> None:
    expected = solve(74.0, accuracy=72.0, params=3.4e6)
    scores = pd.Series([74.0, 120.0], index=["a", "b"])
    column = solve(scores, accuracy=72.0, params=3.4e6)
    assert isinstance(column, pd.Series)
    assert column.index.tolist() == ["a", "b"]
    assert column["a"] == expected
    accuracy = solve(scores, params=pd.Series([3.4e6, 3.4e6], index=["a", "b"]), macs=300e6)
    assert math.isnan(accuracy["b"])
    masked = solve(np.ma.MaskedArray([74.0, 1.0], mask=[False, True]), accuracy=72.0, params=3.4e6)
    assert isinstance(masked, np.ma.MaskedArray)
    assert masked.mask.tolist() == [False, True]
    assert masked[0] == expected
    single = solve(np.array([74.0], dtype=np.float32), accuracy=72.0, params=3.4e6)
    assert single.dtype == np.float32
    assert single[0] == pytest.approx(expected, rel=1e-6)
    grid = solve([[70.0], [74.0]], accuracy=[71.0, 72.0, 73.0], params=3.4e6)
    assert grid.shape == (2, 3)
    assert grid[1, 1] == expected
    assert type(solve(np.float64(74.0), accuracy=np.int64(72), params=3400000)) is float
    assert solve([74.0], accuracy=72.0, params=3.4e6, alpha=[2.0], beta=[0.5])[0] == expected


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


@pytest.mark.parametrize(
    ("given", "exponent", "wanted"),
    [
        ({"params": 1e6, "macs": 1e9}, "alpha", "accuracy"),
        ({"accuracy": 72.0, "macs": 1e9}, "beta", "params"),
        ({"accuracy": 72.0, "params": 1e6}, "gamma", "macs"),
    ],
)
def test_the_exponent_of_what_is_wanted_must_be_positive(
    given: dict[str, Any], exponent: str, wanted: str
) -> None:
    rule = rf"^solve: {exponent} must be positive and finite to solve for {wanted}, got"
    for wrong in (0, -1.0, math.inf, math.nan):
        weight: Any = {exponent: wrong}
        with pytest.raises(ValueError, match=rf"{rule} {wrong}$"):
            solve(50.0, **given, **weight)
    weight = {exponent: [1.0, 0.0]}
    with pytest.raises(ValueError, match=rf"{rule} 0.0 at position 1 \(1 of 2 values is wrong\)$"):
        solve(50.0, **given, **weight)
    # The others may be 0.
    for other in {"alpha", "beta", "gamma"} - {exponent}:
        weight = {other: 0}
        assert solve(1.0, **given, **weight) > 0.0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"accuracy": 101}, "accuracy must be a percentage from 0 to 100, got 101"),
        ({"params": -1}, "params must be positive and finite, got -1"),
        ({"alpha": -1}, "alpha must be non-negative and finite, got -1"),
        ({"beta": math.inf}, "beta must be non-negative and finite, got inf"),
    ],
)
def test_solve_refuses_values(changed: dict[str, Any], message: str) -> None:
    case: dict[str, Any] = {"accuracy": 72.0, "params": 1e6, **changed}
    with pytest.raises(ValueError, match=f"^solve: {message}$"):
        solve(50.0, **case)


@pytest.mark.parametrize("wrong", ["50", None, True, 1j])
def test_solve_refuses_kinds(wrong: Any) -> None:
    message = "solve: score must be a real number or an array of real numbers, got "
    with pytest.raises(TypeError, match=f"^{re.escape(message + repr(wrong))}$"):
        solve(wrong, accuracy=72.0, params=1e6)


@pytest.mark.parametrize("as_array", [False, True])
def test_solve_warns_once_at_the_caller(as_array: bool) -> None:
    with pytest.warns(UnitWarning) as caught:
        solve([50.0] if as_array else 50.0, accuracy=0.72, params=1e6)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert str(caught[0].message).startswith("solve: accuracy was read as 0.72 percent")
