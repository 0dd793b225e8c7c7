"""The two formulas on numbers: golden values, accuracy, limits."""

from __future__ import annotations

import math
import random
import sys
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netscore import information_density, netscore

ULPS = 4
exponents = st.just(0.0) | st.floats(1e-6, 10.0) | st.floats(1e-6, 1e3)
counts = st.floats(1.0, 1e15) | st.floats(0.99e6, 1.01e6) | st.floats(0.999e9, 1.001e9)


def exact_terms(
    accuracy: float, params: float, macs: float, alpha: float, beta: float, gamma: float
) -> tuple[Any, Any, Any]:
    """The three terms of the score to 60 digits."""
    with mpmath.workdps(60):
        return (
            20 * mpmath.mpf(alpha) * mpmath.log10(mpmath.mpf(accuracy)),
            -20 * mpmath.mpf(beta) * mpmath.log10(mpmath.mpf(params) / 10**6),
            -20 * mpmath.mpf(gamma) * mpmath.log10(mpmath.mpf(macs) / 10**9),
        )


def assert_exact(score: float, *measured: Any) -> None:
    terms = exact_terms(*measured)
    with mpmath.workdps(60):
        largest = max(*(abs(term) for term in terms), abs(mpmath.fsum(terms)))
        unit = math.ulp(float(largest))
        assert abs(mpmath.mpf(score) - mpmath.fsum(terms)) <= ULPS * unit


@pytest.mark.parametrize(
    ("accuracy", "params", "macs", "expected"),
    [
        # 40 log10 10 - 10 log10 1 - 10 log10 1
        (10.0, 1_000_000, 1_000_000_000, 40.0),
        # 40 log10 100 - 10 log10 100 - 10 log10 10 = 80 - 20 - 10
        (100.0, 100_000_000, 10_000_000_000, 50.0),
        # 40 log10 1 - 10 log10 0.01 - 10 log10 0.001 = 0 + 20 + 30
        (1.0 + 1e-15, 10_000, 1_000_000, 50.0),
        # MobileNetV2: log10 72 = 1.8573324964, log10 3.4 = 0.5314789170, log10 0.3 = -0.5228787453
        # 74.2932998573 - 5.3147891704 + 5.2287874528
        (72.0, 3.4e6, 300e6, 74.2072981397),
        # VGG-16: log10 71.5 = 1.8543060418, log10 138 = 2.1398790864, log10 15.3 = 1.1846914308
        # 74.1722416721 - 21.3987908640 - 11.8469143082
        (71.5, 138e6, 15.3e9, 40.9265364999),
    ],
)
def test_netscore_by_hand(accuracy: float, params: float, macs: float, expected: float) -> None:
    assert netscore(accuracy, params, macs) == pytest.approx(expected, abs=2e-9)


def test_exponents_by_hand() -> None:
    # 20 (1 log10 100 - 2 log10 10 - 3 log10 0.1) = 20 (2 - 2 + 3)
    assert netscore(100.0, 1e7, 1e8, alpha=1, beta=2, gamma=3) == pytest.approx(60.0, abs=1e-12)
    assert netscore(50.0, 7e6, 3e8, alpha=0, beta=0, gamma=0) == 0.0


@pytest.mark.parametrize(
    ("accuracy", "params", "expected"),
    [
        (72.0, 3.4e6, 72 / 3.4),
        (50.0, 100_000_000, 0.5),
        (0.0, 1e6, 0.0),
    ],
)
def test_information_density_by_hand(accuracy: float, params: float, expected: float) -> None:
    assert information_density(accuracy, params) == pytest.approx(expected, rel=1e-15)


@given(
    accuracy=st.floats(0.0, 100.0, exclude_min=True) | st.floats(0.999, 1.001),
    params=counts,
    macs=counts | st.floats(1e15, 1e20),
    alpha=exponents,
    beta=exponents,
    gamma=exponents,
)
@example(1.0, 1_000_001.0, 1e9, 0.0, 10.0, 0.0)
@example(1.0, 1e6, 1_000_000_001.0, 0.0, 0.0, 10.0)
@example(1.0000000000000002, 999_999.0, 999_999_999.0, 10.0, 10.0, 10.0)
@example(5e-324, 1e15, 1e20, 10.0, 10.0, 10.0)
@example(72.0, 1_999_999.0, 500_000_001.0, 2.0, 0.5, 0.5)
@example(72.0, 500_000.0, 2e9, 2.0, 0.5, 0.5)
@example(2.0, 2_055_279.0, 1e9, 0.0, 10.0, 0.0)
@example(72.0, 1e15, 1e20, 1e-6, 1e-6, 1e-6)
@example(2.0, 1_000_001.0, 1e9, 1e-6, 1000.0, 1000.0)
@example(99.9, 999_999.0, 1_000_000_001.0, 0.5, 0.75, 1000.0)
@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_error_is_within_the_stated_bound(
    accuracy: float, params: float, macs: float, alpha: float, beta: float, gamma: float
) -> None:
    measured = (accuracy, params, macs, alpha, beta, gamma)
    assert_exact(netscore(accuracy, params, macs, alpha=alpha, beta=beta, gamma=gamma), *measured)
    weights: dict[str, Any] = {"alpha": alpha, "beta": beta, "gamma": gamma}
    arrays: dict[str, Any] = {name: [weight] for name, weight in weights.items()}
    for (score,) in (
        netscore([accuracy], params, macs, **weights),
        netscore(accuracy, params, macs, **arrays),
        netscore([accuracy], [params], [macs], **{**weights, "gamma": [gamma]}),
    ):
        assert_exact(float(score), *measured)


@given(
    st.floats(0.0, 100.0, exclude_min=True),
    st.floats(1e3, 1e15),
    st.floats(1e3, 1e20),
)
@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_spelling_out_the_default_exponents_changes_no_bit(
    accuracy: float, params: float, macs: float
) -> None:
    assert netscore(accuracy, params, macs) == netscore(
        accuracy, params, macs, alpha=2, beta=1 / 2, gamma=0.5
    )


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_spelling_them_out_changes_no_bit_near_a_limit() -> None:
    counts = [500.0, 999.0, 1e3, 1500.0, 3.4e6, 7e9, 9e149, 1e150, 1.5e150, 3e150, 1e200, 1e307]
    for accuracy in (0.5, 1.1, 1.9, 2.0, 2.1, 2.9, 3.3, 7.0, 72.0, 99.0, 100.0):
        for params in counts:
            for macs in counts:
                spelled = netscore(accuracy, params, macs, alpha=2, beta=1 / 2, gamma=0.5)
                assert netscore(accuracy, params, macs) == spelled


def test_stated_bound_on_realistic_networks() -> None:
    generator = random.Random(20260101)
    for _ in range(2000):
        accuracy, params = generator.uniform(1.5, 100.0), 10 ** generator.uniform(3, 12)
        macs = params * 10 ** generator.uniform(0, 3)
        assert_exact(netscore(accuracy, params, macs), accuracy, params, macs, 2.0, 0.5, 0.5)


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize(
    ("measured", "weights", "expected"),
    [
        # a^alpha alone would overflow: 20 (1000 * 2 - 1000 * 1.5) = 1e4
        ((100.0, 10**7.5, 1e9), (1000.0, 1000.0, 0.0), 1e4),
        # the terms are 1000 times the score: 20 (1000 * 2 - 999 * 2)
        ((100.0, 1e8, 1e9), (1000.0, 999.0, 0.0), 40.0),
        # the smallest exponents
        ((100.0, 1e6, 1e9), (1e-6, 0.0, 0.0), 4e-5),
        ((10.0, 1e12, 1e9), (0.0, 1e-6, 0.0), -1.2e-4),
        ((0.0, 1e8, 1e9), (0.0, 1.0, 0.0), -40.0),
        ((0.0, 1e8, 1e9), (1e-6, 1000.0, 0.0), -math.inf),
        # p and m themselves near the ends of the floats
        ((10.0, 5e-324, 1e9), (0.0, 1.0, 0.0), 20 * (6 - math.log10(5e-324))),
        ((10.0, 1.7e308, 1e9), (0.0, 1.0, 0.0), -20 * (math.log10(1.7e308) - 6)),
        ((10.0, 1e-300, 1e305), (1.0, 1.0, 1.0), 20 * (1 + 306 - 296)),
    ],
)
@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_extremes(
    as_array: bool,
    measured: tuple[float, float, float],
    weights: tuple[float, float, float],
    expected: float,
) -> None:
    accuracy, params, macs = measured
    alpha, beta, gamma = weights
    given = [accuracy] if as_array else accuracy
    score = netscore(given, params, macs, alpha=alpha, beta=beta, gamma=gamma)
    assert float(np.ravel(score)[0]) == pytest.approx(expected, rel=1e-14, abs=2e-11)


@pytest.mark.parametrize("count", [1e140, 1e152, 1e160, 1e165, 1e167, 1e300])
def test_few_rows_of_counts_whose_product_is_beyond_the_floats(count: float) -> None:
    accuracy, counts = np.array([2.0, 72.0, 99.9]), np.full(3, count)
    for percent, score in zip(accuracy.tolist(), netscore(accuracy, counts, counts).tolist()):
        assert_exact(score, percent, count, count, 2.0, 0.5, 0.5)


def test_integers_do_not_wrap_around() -> None:
    # p * m = 1e23 exceeds 64 bits: 40 log10 10 - 10 log10 1e5 - 10 log10 1e3 = 40 - 50 - 30
    params, macs = 100_000_000_000, 1_000_000_000_000
    assert netscore(10, params, macs) == pytest.approx(-40.0)
    assert netscore(10, np.int64(params), np.int64(macs)) == pytest.approx(-40.0)
    assert netscore(np.array([10]), np.array([params]), np.array([macs])) == pytest.approx(-40.0)


def test_integers_beyond_64_bits() -> None:
    # 40 log10 10 - 10 log10 1e294 - 10 log10 1e291
    assert netscore(10, 10**300, 10**300) == pytest.approx(-5810.0)
    largest = sys.float_info.max
    assert netscore(10, int(largest), int(largest)) == netscore(10.0, largest, largest)
    # 40 log10 10 - 10 log10 1e14 - 10 log10 1e16
    assert netscore([10], [10**20], [10**25]) == pytest.approx(-260.0)


@pytest.mark.parametrize(
    "accuracy", [72, 72.0, np.float64(72), np.float32(72), np.int8(72), np.uint64(72)]
)
def test_numbers_in_float_out(accuracy: Any) -> None:
    for result in (netscore(accuracy, 3_400_000, 3e8), information_density(accuracy, 3_400_000)):
        assert type(result) is float
    assert netscore(accuracy, np.int32(3_400_000), 3e8) == netscore(72.0, 3.4e6, 3e8)


class Count(int):
    """An int of one's own, as enumerations and units make them."""


class Percent(float):
    """A float of one's own."""


def test_subclasses_of_numbers() -> None:
    result = netscore(Percent(72), Count(3_400_000), Count(300_000_000))
    assert type(result) is float
    assert result == netscore(72.0, 3.4e6, 3e8)


def test_accuracy_zero_is_minus_infinity() -> None:
    assert netscore(0, 1e6, 1e9) == -math.inf
    assert netscore(0.0, 1e6, 1e9, alpha=1e-6) == -math.inf
    assert netscore([0.0, 10.0], 1e6, 1e9).tolist() == pytest.approx([-math.inf, 40.0])


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("accuracy", [0.0, 72.0])
def test_nan_in_nan_out(place: int, accuracy: float) -> None:
    measured = [accuracy, 3.4e6, 3e8]
    measured[place] = math.nan
    for alpha in (0.0, 2.0):
        assert math.isnan(netscore(*measured, alpha=alpha))
        assert np.isnan(netscore([measured[0]], measured[1], measured[2], alpha=alpha)).all()
    if place < 2:
        assert math.isnan(information_density(measured[0], measured[1]))
        assert np.isnan(information_density([measured[0]], measured[1])).all()


@given(st.floats(0.0, 100.0), st.floats(1e3, 1e15))
@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_density_times_millions_is_accuracy(accuracy: float, params: float) -> None:
    product = Fraction(information_density(accuracy, params)) * Fraction(params) / 10**6
    assert abs(product - Fraction(accuracy)) <= Fraction(accuracy) * 4 / 2**53 + Fraction(
        1, 2**1000
    )
