"""rank(): 1 is best, ties share the better rank, NaN comes last."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import rank

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
        ([2**62, 2**62 + 2**12], [2, 1]),
    ],
)
def test_by_hand(given_scores: list[float], ranks: list[int]) -> None:
    result = rank(given_scores)
    assert result.tolist() == ranks
    assert np.issubdtype(result.dtype, np.integer)


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


def test_masked_scores_come_last() -> None:
    assert rank(np.ma.array([9.0, 1.0, 2.0], mask=[True, False, False])).tolist() == [3, 2, 1]


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "Float64", "double[pyarrow]"])
def test_series(dtype: str) -> None:
    ranks = rank(pd.Series([1, 3, 2], index=["a", "b", "c"], dtype=dtype, name="netscore"))
    expected = pd.Series([3, 1, 2], index=["a", "b", "c"], name="netscore")
    pd.testing.assert_series_equal(ranks, expected, check_dtype=False)
    assert pd.api.types.is_integer_dtype(ranks.dtype)


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_one_dimension_only(shape: tuple[int, ...]) -> None:
    sentence = f"rank: scores must be one-dimensional, got an array of shape {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        rank(np.ones(shape))


@pytest.mark.parametrize("value", [None, "high", ["1.0"], [True, False], [None, 1.0]])
def test_scores_are_real_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^rank: scores must be a real number or an array of"):
        rank(value)
