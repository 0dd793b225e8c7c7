"""top(): what scoring everything and sorting would give."""

from __future__ import annotations

import math
import re
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import UnitWarning, blocks, netscore, top

few = st.sampled_from([1.5, 10.0, 72.0, math.nan, 0.0])
tables = st.lists(
    st.tuples(few, st.sampled_from([1e3, 1e6, 1e9]), st.sampled_from([1e3, 1e9])), max_size=60
)


def by_sorting(figures: Any, k: int, **exponents: Any) -> Any:
    scores: Any = netscore(*figures, **exponents)
    order = np.lexsort((np.arange(scores.size), -scores))
    return order[~np.isnan(scores[order])][:k].tolist()


def best(figures: Any, k: int, **exponents: Any) -> Any:
    accuracy, params, macs = figures
    return top(accuracy, params, macs, k, **exponents)


def random_figures(n: int) -> Any:
    generator = np.random.default_rng(3)
    accuracy = generator.uniform(40, 90, n)
    return accuracy, 10 ** generator.uniform(5, 9, n), 10 ** generator.uniform(7, 11, n)


@given(tables, st.integers(1, 70), st.integers(1, 9), st.sampled_from([2.0, 1.0]))
def test_equals_scoring_and_sorting(
    table: list[tuple[float, float, float]], k: int, block: int, alpha: float
) -> None:
    figures: Any = np.array(table).reshape(-1, 3).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        assert best(figures, k, alpha=alpha).tolist() == by_sorting(figures, k, alpha=alpha)


@pytest.mark.parametrize("k", [1, 100, 70_000, 200_000, 300_000])
def test_several_blocks(k: int) -> None:
    figures = random_figures(200_000)
    assert best(figures, k).tolist() == by_sorting(figures, k)
    ascending = [column[np.argsort(netscore(*figures))] for column in figures]
    assert best(ascending, k).tolist() == by_sorting(ascending, k)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
@pytest.mark.parametrize("value", [0.0, 1.0, 1.5, 3.0, 4.0])
def test_one_other_exponent(name: str, value: float) -> None:
    figures = random_figures(150_000)
    exponents = {name: value}
    assert best(figures, 50, **exponents).tolist() == by_sorting(figures, 50, **exponents)


def test_other_exponents() -> None:
    figures = random_figures(150_000)
    assert best(figures, 50, beta=1.5, gamma=0.0).tolist() == by_sorting(
        figures, 50, beta=1.5, gamma=0.0
    )


def test_an_accuracy_that_does_not_count() -> None:
    accuracy, params, macs = random_figures(150_000)
    figures = (np.where(np.arange(150_000) % 2, accuracy, 0.0), params, macs)
    assert best(figures, 50, alpha=0.0).tolist() == by_sorting(figures, 50, alpha=0.0)


def test_negative_scores() -> None:
    accuracy, params, macs = random_figures(200_000)
    # 40 log10 90 - 10 log10 (1e17 / 1e6) - 10 log10 (1e7 / 1e9) = 78 - 110 + 20, at the most
    figures = (accuracy, params * 1e12, macs)
    assert best(figures, 50).tolist() == by_sorting(figures, 50)


def test_scores_that_differ_in_their_last_digits() -> None:
    generator = np.random.default_rng(4)
    for scale in (1e-15, 1e-13):
        params = 3.4e6 * (1.0 + scale * generator.uniform(-1, 1, 200_000))
        figures = (np.full(200_000, 72.0), params, np.full(200_000, 3e8))
        assert best(figures, 1000).tolist() == by_sorting(figures, 1000)


@pytest.mark.parametrize("figures", [[], [math.nan], [72.0, 10.0]])
def test_positions_can_index_an_array(figures: list[float]) -> None:
    assert top(figures, 1e6, 1e9, k=2).dtype == np.intp


def test_equal_scores_come_in_the_order_of_their_positions() -> None:
    assert top(np.full(200_000, 72.0), 1e6, 1e9, k=5).tolist() == [0, 1, 2, 3, 4]
    assert top([10, 20, 10, 20], 1e6, 1e9, k=3).tolist() == [1, 3, 0]


def test_fewer_networks_than_asked_for() -> None:
    assert top([10, math.nan, 0.0, 20], 1e6, 1e9, k=10).tolist() == [3, 0, 2]
    assert top([], [], [], k=1).tolist() == []
    assert top([math.nan], 1e6, 1e9, k=1).tolist() == []
    masked = np.ma.array([10, 20, 30], mask=[False, True, False])
    assert top(masked, 1e6, 1e9, k=3).tolist() == [2, 0]


def test_a_few_outside_the_ordinary_range_of_a_large_table() -> None:
    accuracy, params, macs = random_figures(200_000)
    macs[150_000] = 10.0  # below 1000: the best by far
    accuracy[150_001] = math.nan
    accuracy[150_002] = 0.0
    assert top(accuracy, params, macs, 3).tolist() == by_sorting((accuracy, params, macs), 3)
    assert top(accuracy, params, macs, 1).tolist() == [150_000]


def test_positions_in_a_series() -> None:
    frame = pd.DataFrame({"a": [60.0, 72.0], "p": [5e6, 3e6], "m": [1e9, 3e8]}, index=["x", "y"])
    assert top(frame["a"], frame["p"], frame["m"], k=1).tolist() == [1]


def test_memory_does_not_grow_with_the_table() -> None:
    peaks = []
    for n in (400_000, 1_600_000):
        figures = random_figures(n)
        tracemalloc.start()
        best(figures, 100)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 6 * 2**20


def test_wrong_values_are_found_and_counted_over_all_blocks() -> None:
    accuracy, params, macs = random_figures(200_000)
    params[[123_456, 170_000]] = [-1.0, 0.0]
    sentence = (
        "top: params must be positive and finite, "
        "got -1.0 at position 123456 (2 of 200000 values are wrong)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        top(accuracy, params, macs, 3)


def test_units_are_questioned() -> None:
    with pytest.warns(UnitWarning, match=r"^top: params was read as 3 to 25 parameters") as caught:
        top([72.0, 75.0], [3, 25], 1e9, k=1)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("k", "error", "sentence"),
    [
        (0, ValueError, "top: k must be positive, got 0"),
        (-5, ValueError, "top: k must be positive, got -5"),
        (2.0, TypeError, "top: k must be an integer, got 2.0"),
        (True, TypeError, "top: k must be an integer, got True"),
        (None, TypeError, "top: k must be an integer, got None"),
    ],
)
def test_k(k: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        top([72.0], 1e6, 1e9, k)
    assert top([72.0], 1e6, 1e9, np.int8(1)).tolist() == [0]


def test_one_dimension_and_exponents_that_are_numbers() -> None:
    sentence = "top: the arrays must be one-dimensional, got an array of shape (2, 2)"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        top(np.full((2, 2), 72.0), 1e6, 1e9, k=1)
    with pytest.raises(TypeError, match=r"^top: beta must be a real number, got \[0.5\]$"):
        top([72.0], 1e6, 1e9, k=1, beta=[0.5])  # type: ignore[arg-type]


@pytest.mark.parametrize("hidden", [3e6, -1.0, 0.0])
def test_a_masked_number_gives_no_network_a_score(hidden: float) -> None:
    assert top([72.0, 75.0], np.ma.array(hidden, mask=True), 3e8, k=2).tolist() == []
    assert top([72.0, 75.0], np.ma.array(3e6, mask=False), 3e8, k=2).tolist() == [1, 0]


@pytest.mark.parametrize("place", [1, 2])
def test_an_infinite_count_among_many_is_refused(place: int) -> None:
    figures = random_figures(200_000)
    figures[place][190_000] = math.inf
    name = ("accuracy", "params", "macs")[place]
    with pytest.raises(ValueError, match=rf"^top: {name} must be .*, got inf at position 190000 "):
        best(figures, 10)


def test_counts_whose_product_is_beyond_the_floats() -> None:
    accuracy, params, macs = random_figures(200_000)
    params[190_000] = macs[190_000] = 1e200
    figures = (accuracy, params, macs)
    assert best(figures, 10).tolist() == by_sorting(figures, 10)
