"""netscore_interval(): against published tables, closed forms and 800 digits."""

from __future__ import annotations

import contextlib
import itertools
import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from netscore import UnitWarning, netscore, netscore_interval

ALEXNET: dict[str, Any] = {"params": 61e6, "macs": 0.7e9}
# The share of a normal distribution within one standard deviation: its quantile is 1.
ONE_SIGMA = math.erf(math.sqrt(0.5))

accuracies = st.floats(2.0, 100.0)
counts = st.floats(1e3, 1e15)
exponents = st.just(0.0) | st.floats(1e-6, 10.0)


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
    st.floats(1e-3, 1.0, exclude_max=True) | st.floats(1e-12, 1e-9),
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


# Where the score does not depend on the accuracy, the ends are in it by rounding alone: the score
# is computed in the quick way, and the lower end, of next to no accuracy, in the exact one.
LEVEL: dict[str, Any] = {
    "accuracy": 50.0,
    "params": 6670813948.476358,
    "macs": 4.310020372622192e17,
    "n_images": 1,
    "confidence": 1.0 - 2.0**-53,
    "alpha": 0.0,
    "beta": 1.7492375718832098,
    "gamma": 0.5,
}


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@given(st.fixed_dictionaries(interval_cases))
@example(LEVEL)
def test_interval_holds_the_score(case: dict[str, Any]) -> None:
    case = dict(case)
    measured = {"n_images": case.pop("n_images"), "confidence": case.pop("confidence")}
    low, high = netscore_interval(**case, **measured)
    score = netscore(**case)
    assert low <= score <= high
    if case["accuracy"] == 100.0:
        assert high == score
    if case["accuracy"] == 0.0 and case["alpha"] > 0.0:
        assert low == -math.inf
    several = {**case, "accuracy": np.full(3, case["accuracy"])}
    lows, highs = netscore_interval(**several, **measured)
    scores = netscore(**several)
    assert ((lows <= scores) & (scores <= highs)).all()


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


@pytest.mark.parametrize("accuracy", [2.0, 33.3, 100.0])
@pytest.mark.parametrize(
    "options", [{"n_images": 10**300}, {"n_images": 3, "confidence": 1e-300}], ids=str
)
def test_an_interval_without_width(accuracy: float, options: dict[str, Any]) -> None:
    score = netscore(accuracy, **ALEXNET)
    assert netscore_interval(accuracy, **ALEXNET, **options) == pytest.approx((score, score))
    low, high = netscore_interval([accuracy], **ALEXNET, **options)
    assert [low.item(), high.item()] == pytest.approx([score, score], rel=1e-15)


def test_interval_at_95_percent_by_default() -> None:
    for case in ((57.2, *ALEXNET.values()), ([57.2], *ALEXNET.values())):
        default = netscore_interval(*case, n_images=50)
        assert default == netscore_interval(*case, n_images=50, confidence=0.95)
        assert default == netscore_interval(*case, n_images=50, alpha=2, beta=0.5, gamma=0.5)


def test_interval_with_alpha_0_is_the_score() -> None:
    score = netscore(70.0, **ALEXNET, alpha=0)
    assert netscore_interval(70.0, **ALEXNET, n_images=5, alpha=0) == (score, score)
    low, high = netscore_interval([0.0, 70.0], **ALEXNET, n_images=5, alpha=0)
    assert low.tolist() == high.tolist() == [score, score]


@pytest.mark.parametrize("alpha", [3, [[3.0], [2.0], [1.0], [0.5]]], ids=["number", "array"])
def test_interval_of_arrays(alpha: Any) -> None:
    accuracy = [0.0, 57.2, 70.0, 100.0]
    images = [[10], [1000], [50_000], [7]]
    levels = [[0.9], [0.5], [0.99], [0.9]]
    alphas = np.broadcast_to(alpha, (4, 1))
    lows, highs = netscore_interval(
        accuracy, 61e6, 0.7e9, n_images=images, confidence=levels, alpha=alpha, beta=1, gamma=2
    )
    assert lows.shape == highs.shape == (4, 4)
    for row, column in itertools.product(range(4), range(4)):
        low, high = netscore_interval(
            accuracy[column],
            61e6,
            0.7e9,
            n_images=images[row][0],
            confidence=levels[row][0],
            alpha=alphas[row].item(),
            beta=1,
            gamma=2,
        )
        assert lows[row, column] == pytest.approx(low, rel=1e-14)
        assert highs[row, column] == pytest.approx(high, rel=1e-14)


def test_whole_numbers_of_floating_type_count_images() -> None:
    expected = netscore_interval(57.2, **ALEXNET, n_images=50_000)
    assert netscore_interval(57.2, **ALEXNET, n_images=50_000.0) == expected
    assert netscore_interval(57.2, **ALEXNET, n_images=np.int32(50_000)) == expected
    low, high = netscore_interval([57.2], **ALEXNET, n_images=np.array([200], dtype=np.uint8))
    assert [low.item(), high.item()] == pytest.approx(
        netscore_interval(57.2, **ALEXNET, n_images=200), rel=1e-14
    )


def test_it_is_a_tuple_with_names() -> None:
    interval = netscore_interval(57.2, **ALEXNET, n_images=50_000)
    low, high = interval
    assert (low, high) == interval == (interval.low, interval.high)
    assert type(low) is type(high) is float
    assert all(map(math.isnan, netscore_interval(math.nan, **ALEXNET, n_images=10)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.longdouble])
@pytest.mark.parametrize(
    "options",
    [{}, {"alpha": 1.5}, {"alpha": 0.5, "gamma": 3.0}, {"beta": np.array([[0.25], [0.5]])}],
    ids=str,
)
def test_at_100_percent_the_interval_ends_at_the_score(options: Any, dtype: Any) -> None:
    generator = np.random.default_rng(2)
    params = (10 ** generator.uniform(3, 10, 20_000)).astype(dtype)
    macs = params * (10 ** generator.uniform(0, 3, 20_000)).astype(dtype)
    accuracy = np.full(20_000, 100.0, dtype)
    high = netscore_interval(accuracy, params, macs, n_images=50_000, **options).high
    score = netscore(accuracy, params, macs, **options)
    assert high.dtype == score.dtype
    assert (high == score).all()
    if "beta" not in options:
        for p, m in zip(params[:200].tolist(), macs[:200].tolist()):
            assert netscore_interval(100, p, m, n_images=7, **options)[1] == netscore(
                100, p, m, **options
            )


def test_rounding_puts_no_end_above_100_percent() -> None:
    # 40 log10 100 - 10 log10 1e5 - 10 log10 1e3 = 0, beside which the last digit of 100 is seen.
    counts = 1e11, 1e12
    for accuracy in (100.0, math.nextafter(100.0, 0.0), 99.99999999999):
        for n in range(1, 50):
            high = netscore_interval(accuracy, *counts, n_images=n).high
            assert high <= netscore(100.0, *counts)
            (high,) = netscore_interval([accuracy], *counts, n_images=n).high
            assert high <= netscore([100.0], *counts)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 2.0])
def test_an_accuracy_that_lies_on_an_end_has_its_score(alpha: float) -> None:
    # Bit for bit, on both sides of 2 %, where netscore() takes another form.
    for accuracy in (0.5, 1.9, 2.1, 72.0):
        with pytest.warns(UnitWarning) if accuracy <= 1 else contextlib.nullcontext():
            interval = netscore_interval(
                [accuracy], **ALEXNET, n_images=10**300, confidence=0.5, alpha=alpha
            )
            score = netscore([accuracy], **ALEXNET, alpha=alpha)
        assert interval[0] == interval[1] == score


def test_accuracy_0() -> None:
    low, high = netscore_interval(0, **ALEXNET, n_images=10, confidence=ONE_SIGMA)
    assert low == -math.inf
    assert high == pytest.approx(netscore(100 / 11, **ALEXNET), rel=1e-14)


@pytest.mark.parametrize("confidence", [1e-300, 1e-20, 1e-16])
def test_accuracy_0_with_next_to_no_confidence(confidence: float) -> None:
    # The end is z^2 / (n + z^2), and z is confidence sqrt(pi / 2): an upper end that is too small
    # for a float is rounded up.
    z = mpmath.mpf(confidence) * mpmath.sqrt(mpmath.pi / 2)
    end = max(100 * z**2 / (10 + z**2), mpmath.mpf(2) ** -1022)
    expected = float(40 * mpmath.log10(end))
    for accuracy in (0.0, [0.0]):
        low, high = netscore_interval(accuracy, 1e6, 1e9, n_images=10, confidence=confidence)
        assert low == -math.inf
        assert high == pytest.approx(expected, rel=1e-14)


def test_a_confidence_that_is_1_but_for_the_digits_of_a_long_double() -> None:
    almost = 1 - np.array([2.0**-60], np.longdouble)
    if almost == 1:
        pytest.skip("a long double is a double here")
    with mpmath.workdps(40):
        z = mpmath.sqrt(2) * mpmath.erfinv(1 - mpmath.mpf(2) ** -60)
    # With a half right, the half width is z / sqrt(n + z^2) of it.
    found = netscore_interval(
        [50.0], 1e6, 1e9, n_images=50, confidence=almost, alpha=1, beta=0, gamma=0
    )
    for end, sign in zip(found, (-1, 1)):
        share = 50.0 * (1 + sign * float(z / mpmath.sqrt(50 + z**2)))
        assert float(end.item()) == pytest.approx(20.0 * math.log10(share), rel=1e-13)


def test_a_derivative() -> None:
    torch = pytest.importorskip("torch")
    macs = torch.tensor(0.7e9, dtype=torch.float64, requires_grad=True)
    for end in netscore_interval(57.2, 61e6, macs, n_images=1000):
        (slope,) = torch.autograd.grad(end, macs)
        assert slope.item() == pytest.approx(-10 / (0.7e9 * math.log(10)), rel=1e-12)


def test_intervals_stand_below_each_other() -> None:
    # Of none right the upper end is 100 z^2 / (n + z^2) = 0.38268 %: 40 log10 of it is -16.686.
    found = netscore_interval([0.0, 72.0], 3.4e6, 300e6, n_images=1000)
    assert str(found) == "  Low    High\n -inf  -16.77\n73.50   74.85"
