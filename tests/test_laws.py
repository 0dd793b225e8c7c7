"""Laws: what must hold for every network, whatever its figures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netscore import information_density, netscore, rank

accuracies = st.floats(1.5, 100.0)
weights = st.just(0.0) | st.floats(1e-6, 10.0)
# Also ten times either beside the other.
params = st.floats(1e4, 1e7)
macs = st.floats(1e8, 1e10)
networks = st.tuples(accuracies, params, macs)
tables = st.lists(networks, min_size=1, max_size=20)


def near(value: float) -> Any:
    return pytest.approx(value, abs=5e-13)


@given(accuracies, params, macs)
def test_ten_times_the_cost_is_minus_ten_decibels(a: float, p: float, m: float) -> None:
    assert netscore(a, 10 * p, m) == near(netscore(a, p, m) - 10)
    assert netscore(a, p, 10 * m) == near(netscore(a, p, m) - 10)


@given(st.floats(1.5, 10.0), params, macs)
def test_ten_times_the_accuracy_is_forty_decibels(a: float, p: float, m: float) -> None:
    assert netscore(10 * a, p, m) == near(netscore(a, p, m) + 40)


@given(networks, st.floats(1.001, 1.4))
def test_density_is_monotone(network: tuple[float, float, float], factor: float) -> None:
    # The scores are in test_metrics, with the laws of every metric.
    accuracy, params, _ = network
    density = information_density(accuracy, params)
    assert information_density(accuracy / factor, params) < density
    assert information_density(accuracy, params * factor) < density


@given(tables, st.sampled_from([(0.01, 1, 1), (1, 1e-6, 1), (1, 1, 1e-9), (1, 4, 1), (1, 1, 2)]))
@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_a_common_unit_error_shifts_every_score_alike(
    table: list[tuple[float, float, float]], factors: tuple[float, float, float]
) -> None:
    a, p, m = np.array(table).T
    right = netscore(a, p, m)
    wrong = netscore(a * factors[0], p * factors[1], m * factors[2])
    shift = 40 * math.log10(factors[0]) - 10 * math.log10(factors[1]) - 10 * math.log10(factors[2])
    np.testing.assert_allclose(wrong, right + shift, atol=1e-12)
    gaps = np.abs(np.subtract.outer(right, right))
    assume((gaps[gaps > 0] > 1e-10).all())
    assert rank(right.round(9)).tolist() == rank((wrong - shift).round(9)).tolist()


def test_what_the_classical_mistakes_cost() -> None:
    a, p, m = 72.0, 3.4e6, 300e6
    right = netscore(a, p, m)
    with pytest.warns(UserWarning, match="fraction"):
        assert netscore(a / 100, p, m) - right == pytest.approx(-80.0)
    assert netscore(a, p, 2 * m) - right == pytest.approx(-10 * math.log10(2))  # -3.01 dB
    assert netscore(a, 4 * p, m) - right == pytest.approx(-20 * math.log10(2))  # -6.02 dB
    natural = 20 * math.log(a**2 / (math.sqrt(p / 1e6) * math.sqrt(m / 1e9)))
    assert natural / right == pytest.approx(math.log(10))  # 2.3026 times


@given(tables)
def test_number_list_and_array_agree(table: list[tuple[float, float, float]]) -> None:
    a, p, m = (list(column) for column in zip(*table))
    each = [netscore(*network) for network in table]
    lists = netscore(a, p, m)
    arrays = netscore(np.array(a), np.array(p), np.array(m))
    # Four units in the last place of the largest term, twice: 4 * 2 * ulp(40 * 2).
    np.testing.assert_allclose(lists, each, rtol=0, atol=1.2e-13)
    assert lists.tolist() == arrays.tolist()


@given(tables, st.randoms())
def test_permuted_networks_have_permuted_scores(
    table: list[tuple[float, float, float]], random: Any
) -> None:
    order = list(range(len(table)))
    random.shuffle(order)
    a, p, m = np.array(table).T
    assert netscore(a[order], p[order], m[order]).tolist() == netscore(a, p, m)[order].tolist()
    density = information_density(a, p)
    assert information_density(a[order], p[order]).tolist() == density[order].tolist()


@given(tables, st.lists(weights, min_size=1, max_size=4))
def test_broadcasting_equals_repetition(
    table: list[tuple[float, float, float]], alphas: list[float]
) -> None:
    a, p, m = np.array(table).T
    grid = netscore(a, p, m, alpha=np.array(alphas)[:, None])
    assert grid.shape == (len(alphas), len(table))
    for row, alpha in zip(grid, alphas):
        # The same bound as above, for alpha up to 10.
        np.testing.assert_allclose(row, netscore(a, p, m, alpha=alpha), rtol=0, atol=6e-13)
