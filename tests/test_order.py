"""rank() and top(): what sorting everything would give, whatever the kind, the dtype, the size."""

from __future__ import annotations

import math
import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import UnitWarning, netscore, rank, top
from netscore.arrays import blocks

# ---- rank ----

scores = st.lists(st.floats(allow_nan=True) | st.integers(-3, 3).map(float), max_size=40)


@pytest.mark.parametrize(
    ("given_scores", "ranks"),
    [
        ([], []),
        ([5.0], [1]),
        ([1, 3, 2], [3, 1, 2]),
        ([7.0, 7.0, 7.0], [1, 1, 1]),
        ([1.0, 2.0, 2.0, 3.0], [4, 2, 2, 1]),
        ([math.nan, 1.0, math.nan, 2.0], [3, 2, 3, 1]),
        ([-math.inf, math.nan, math.inf], [2, 3, 1]),
        ([0.0, -0.0], [1, 1]),
        (np.ma.array([9.0, 1.0, 2.0], mask=[True, False, False]), [3, 2, 1]),
        (np.array([-128, 127, 0], np.int8), [3, 1, 2]),
        (np.array([0, 2**64 - 1, 2**63], np.uint64), [3, 1, 2]),
    ],
)
def test_rank_by_hand(given_scores: Any, ranks: list[int]) -> None:
    result = rank(given_scores)
    assert result.tolist() == ranks
    assert result.dtype == np.intp


@given(scores)
def test_rank_is_one_more_than_the_number_of_higher_scores(values: list[float]) -> None:
    missing = [math.isnan(v) for v in values]
    for value, position in zip(values, rank(values).tolist()):
        if math.isnan(value):
            assert position == 1 + missing.count(False)
        else:
            assert position == 1 + sum(other > value for other in values)


@given(scores, st.randoms())
def test_permuted_scores_have_permuted_ranks(values: list[float], random: Any) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    shuffled = rank([values[i] for i in order])
    assert shuffled.tolist() == rank(values)[order].tolist()


@pytest.mark.parametrize("digits", [15, 4, 1, 0])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_rank_of_many_as_pandas_ranks_them(digits: int, dtype: type[np.floating[Any]]) -> None:
    generator = np.random.default_rng(digits)
    values = generator.normal(50, 10, 20_000).round(digits).astype(dtype)
    values[::97] = np.nan
    expected = pd.Series(values.astype(float)).rank(
        method="min", ascending=False, na_option="bottom"
    )
    assert (rank(values) == expected).all()


LARGE = [2**62 + 1, 2**62, 2**62 + 3, 2**62 + 2]


def of(library: str, make: Callable[[Any], Any]) -> Any:
    """Mark a way of holding numbers that takes a library."""
    return pytest.param(lambda: make(pytest.importorskip(library)), id=f"{library}")


@pytest.mark.parametrize(
    "held",
    [
        lambda: LARGE,
        lambda: tuple(LARGE),
        lambda: np.array(LARGE),
        lambda: np.ma.array(LARGE),
        lambda: pd.Series(LARGE),
        lambda: pd.Series(LARGE, dtype="Int64"),
        lambda: pd.Series(LARGE, dtype="UInt64"),
        lambda: pd.Series(LARGE, dtype="Sparse[int64]"),
        of("polars", lambda polars: polars.Series(LARGE)),
        of("pyarrow", lambda pyarrow: pyarrow.array(LARGE)),
        of("pyarrow", lambda pyarrow: pyarrow.chunked_array([LARGE[:1], LARGE[1:]])),
        of("xarray", lambda xarray: xarray.DataArray(LARGE, dims="n")),
        of("torch", lambda torch: torch.tensor(LARGE)),
        of("array_api_strict", lambda strict: strict.asarray(LARGE)),
    ],
)
def test_integers_beyond_the_floats_are_told_apart(held: Callable[[], Any]) -> None:
    expected = [1 + sum(other > value for other in LARGE) for value in LARGE]
    assert np.asarray(rank(held())).tolist() == expected


@pytest.mark.parametrize(
    "held",
    [
        lambda: [*LARGE, math.nan],
        lambda: [*LARGE, -0.5],
        lambda: [*map(np.int64, LARGE), np.float32(0.5)],
        lambda: [2**70 + i - 2**62 for i in LARGE] + [1],
        lambda: [*LARGE, np.ma.masked],
        lambda: np.ma.array([*LARGE, 2**63 - 1], mask=[False] * 4 + [True]),
        lambda: pd.Series([*LARGE, None], dtype="Int64"),
        of("polars", lambda polars: polars.Series([*LARGE, None])),
        of("pyarrow", lambda pyarrow: pyarrow.array([*LARGE, None])),
        of("pyarrow", lambda pyarrow: pd.Series([*LARGE, None], dtype="int64[pyarrow]")),
    ],
)
def test_also_beside_what_is_missing_or_no_integer(held: Callable[[], Any]) -> None:
    assert np.asarray(rank(held())).tolist() == [3, 4, 1, 2, 5]


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_rank_takes_one_dimension_only(shape: tuple[int, ...]) -> None:
    sentence = f"rank: scores must be one-dimensional, got an array of shape {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        rank(np.ones(shape))


# ---- top ----

few = st.sampled_from([1.5, 10.0, 72.0, math.nan, 0.0])
tables = st.lists(
    st.tuples(few, st.sampled_from([1e4, 1e6, 1e8]), st.sampled_from([1e8, 1e10])), max_size=60
)


def by_sorting(figures: Any, k: int, **exponents: Any) -> Any:
    """Score all and sort; of equal scores the first."""
    scores: Any = netscore(*figures, **exponents)
    order = np.argsort(-scores, kind="stable")
    return order[~np.isnan(scores[order])][:k].tolist()


def best(figures: Any, k: int, **exponents: Any) -> Any:
    accuracy, params, macs = figures
    return top(accuracy, params, macs, k, **exponents).tolist()


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
        assert best(figures, k, alpha=alpha) == by_sorting(figures, k, alpha=alpha)


@pytest.mark.parametrize("k", [1, 100, 70_000, 200_000, 300_000])
def test_several_blocks(k: int) -> None:
    figures = random_figures(200_000)
    assert best(figures, k) == by_sorting(figures, k)
    ascending = [column[np.argsort(netscore(*figures))] for column in figures]
    assert best(ascending, k) == by_sorting(ascending, k)


@pytest.mark.parametrize(
    "exponents",
    [
        *({name: value} for name in ("alpha", "beta", "gamma") for value in (0, 1.0, 1.5, 4.0)),
        {"beta": 1.5, "gamma": 0.0},
    ],
    ids=str,
)
def test_other_exponents(exponents: dict[str, float]) -> None:
    accuracy, params, macs = random_figures(150_000)
    accuracy[::5] = 0.0  # which is as good as any where alpha is 0
    figures = (accuracy, params, macs)
    assert best(figures, 50, **exponents) == by_sorting(figures, 50, **exponents)


def test_negative_scores() -> None:
    accuracy, params, macs = random_figures(200_000)
    # 40 log10 90 - 10 log10 (1e11 / 1e6) - 10 log10 (1e13 / 1e9) = 78 - 50 - 40, at the most
    figures = (accuracy, params * 1e6, macs * 1e6)
    assert best(figures, 50) == by_sorting(figures, 50)


def test_scores_that_differ_in_their_last_digits() -> None:
    generator = np.random.default_rng(4)
    for scale in (1e-15, 1e-13):
        params = 3.4e6 * (1.0 + scale * generator.uniform(-1, 1, 200_000))
        figures = (np.full(200_000, 72.0), params, np.full(200_000, 3e8))
        assert best(figures, 1000) == by_sorting(figures, 1000)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
@pytest.mark.parametrize("exponents", [{}, {"alpha": 1.5}], ids=str)
def test_the_order_is_that_of_the_scores_in_their_dtype(
    dtype: type[np.floating[Any]], exponents: dict[str, float]
) -> None:
    generator = np.random.default_rng(5)
    # Neighbours among the numbers of that dtype, many of which share a score.
    near = 72.0 * (1.0 + np.finfo(dtype).eps * generator.integers(-20, 20, 100_000))
    figures = [near.astype(dtype), np.full(100_000, 3e4, dtype), np.full(100_000, 6e4, dtype)]
    for k in (1, 500, 30_000):
        assert best(figures, k, **exponents) == by_sorting(figures, k, **exponents)


def test_equal_scores_come_in_the_order_of_their_positions() -> None:
    assert top(np.full(200_000, 72.0), 1e6, 1e9, k=5).tolist() == [0, 1, 2, 3, 4]
    assert top([10, 20, 10, 20], 1e6, 1e9, k=3).tolist() == [1, 3, 0]


def test_fewer_networks_than_asked_for() -> None:
    assert top([10, math.nan, 0.0, 20], 1e6, 1e9, k=10).tolist() == [3, 0, 2]
    masked = np.ma.array([10, 20, 30], mask=[False, True, False])
    assert top(masked, 1e6, 1e9, k=3).tolist() == [2, 0]
    for none in ([], [math.nan]):
        found = top(none, 1e6, 1e9, k=1)
        assert found.tolist() == []
        assert found.dtype == np.intp  # so that they can index an array


def test_a_few_outside_the_ordinary_range_of_a_large_table() -> None:
    accuracy, params, macs = random_figures(200_000)
    macs[150_000] = 10.0  # below 1000: the best by far
    accuracy[150_001] = math.nan
    accuracy[150_002] = 0.0
    assert best((accuracy, params, macs), 3) == by_sorting((accuracy, params, macs), 3)
    assert best((accuracy, params, macs), 1) == [150_000]


@pytest.mark.parametrize("k", [1, 50])
def test_any_score_enters_after_those_of_accuracy_0(k: int) -> None:
    accuracy, params, macs = random_figures(200_000)
    accuracy[: blocks.BLOCK] = 0.0
    assert best((accuracy, params, macs), k) == by_sorting((accuracy, params, macs), k)


@pytest.mark.parametrize("hidden", [-1.0, 0.0, 3.0, 1e6, math.inf, math.nan])
def test_what_a_mask_hides_counts_for_nothing(hidden: float) -> None:
    accuracy, params, macs = random_figures(200_000)
    rows = np.argsort(-netscore(accuracy, params, macs))[:7]
    mask = np.isin(np.arange(200_000), rows)
    masked = np.ma.array(np.where(mask, hidden, params), mask=mask)
    assert best((accuracy, masked, macs), 9) == by_sorting(
        (accuracy, np.where(mask, np.nan, params), macs), 9
    )
    single: Any = np.ma.array(hidden, mask=True)
    assert top([72.0, 75.0], single, 3e8, k=2).tolist() == []


def test_a_masked_number_that_is_not_masked() -> None:
    assert top([72.0, 75.0], np.ma.array(3e6, mask=False), 3e8, k=2).tolist() == [1, 0]


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
    assert best(figures, 10) == by_sorting(figures, 10)


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


def test_a_network_beyond_doubt_need_not_be_among_the_best() -> None:
    macs = np.full(2 * blocks.BLOCK, 1e4)  # for a million params too few
    with pytest.warns(UnitWarning, match="too few"):
        top(90.0, 1e6, macs, 3)
    macs[-1] = 1e9
    assert top(90.0, 1e6, macs, 3).tolist() == [0, 1, 2]
