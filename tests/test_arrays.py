"""The formulas on arrays: shapes, dtypes, masks and pandas Series."""

from __future__ import annotations

import array
import itertools
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from netscore import (
    information_density,
    netscore,
    netscore_interval,
    pareto_front,
    rank,
    top,
)

# 40 log10 10 - 10 log10 p - 10 log10 m for p in (1, 10) million and m in (1, 0.1) billion
ACCURACY = [10.0, 10.0]
PARAMS = [1_000_000, 10_000_000]
MACS = [1_000_000_000, 100_000_000]
SCORES = [40.0, 40.0]


@pytest.mark.parametrize(
    "kind",
    [
        list,
        tuple,
        np.array,
        lambda v: array.array("d", v),
        lambda v: memoryview(array.array("d", v)),
    ],
)
def test_sequences_give_arrays(kind: Any) -> None:
    scores = netscore(kind(ACCURACY), kind(PARAMS), kind(MACS))
    assert type(scores) is np.ndarray
    assert scores.dtype == np.float64
    np.testing.assert_allclose(scores, SCORES, rtol=1e-15)
    density = information_density(kind(ACCURACY), kind(PARAMS))
    np.testing.assert_allclose(density, [10.0, 1.0], rtol=1e-15)


def test_numbers_are_written_where_it_is_said() -> None:
    room: Any = np.empty(())
    assert netscore(100.0, 1e7, 1e10, out=room) is room
    assert room == pytest.approx(60.0)  # 40 log10 100 - 10 log10 10 - 10 log10 10
    assert information_density(100.0, 1e7, out=room) is room
    assert room == 10.0
    with pytest.raises(TypeError, match=r"^netscore: out must be a NumPy array"):
        netscore(100.0, 1e7, 1e10, out=1.0)  # type: ignore[call-overload]


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_is_an_array_of_two_dimensions() -> None:
    room: Any = np.matrix([[0.0, 0.0]])
    assert netscore(np.matrix([ACCURACY]), PARAMS, MACS, out=room) is room
    np.testing.assert_allclose(room, [SCORES], rtol=1e-15)
    scores = netscore(np.matrix([ACCURACY]), PARAMS, MACS)
    assert type(scores) is np.ndarray
    np.testing.assert_allclose(scores, [SCORES], rtol=1e-15)


class Column(np.ndarray[Any, Any]):
    """An array of one's own."""


@pytest.mark.parametrize("places", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_subclasses_of_arrays_give_plain_arrays(places: tuple[int, ...]) -> None:
    figures = [np.array(values, float) for values in (ACCURACY, PARAMS, MACS)]
    for place in places:
        figures[place] = figures[place].view(Column)
    scores = netscore(*figures)
    assert type(scores) is np.ndarray
    np.testing.assert_allclose(scores, SCORES, rtol=1e-15)


def test_lists_of_arrays_and_numpy_numbers() -> None:
    rows: Any = [np.array([10.0, 20.0]), (np.float32(30), 40)]
    assert netscore(rows, 1e6, 1e9).shape == (2, 2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floating_dtype_is_kept(dtype: Any) -> None:
    accuracy = np.array([10, 100], dtype)
    scores = netscore(accuracy, 10**6, 1e9)
    assert scores.dtype == dtype
    np.testing.assert_allclose(scores.astype(float), [40.0, 80.0], rtol=1e-15)
    assert information_density(accuracy, 1e6).dtype == dtype
    assert netscore(accuracy, np.array([10**6, 10**6]), 1e9).dtype == np.result_type(dtype, int)
    assert netscore(10, 1e6, 1e9, alpha=accuracy).dtype == dtype


@pytest.mark.parametrize("code", np.typecodes["AllInteger"])
def test_integer_dtypes_give_float64(code: str) -> None:
    accuracy = np.array([10, 100], code)
    scores = netscore(accuracy, 10**6, 10**9)
    assert scores.dtype == np.float64
    np.testing.assert_allclose(scores, [40.0, 80.0], rtol=1e-15)


def test_float32_is_computed_in_double_precision() -> None:
    accuracy = np.array([72.1, 72.2], np.float32)
    expected = [40 * math.log10(float(a)) - 10 * math.log10(3.4) for a in accuracy]
    assert netscore(accuracy, 3.4e6, 1e9).tolist() == np.array(expected, np.float32).tolist()


@pytest.mark.parametrize(
    "dtypes", [*itertools.product([np.int64, np.float32, np.float64], repeat=3)]
)
def test_tables_of_mixed_dtypes(dtypes: Any) -> None:
    # Figures that every one of the dtypes holds exactly.
    table = [np.array([v], dtype) for v, dtype in zip((72, 3_400_000, 300_000_000), dtypes)]
    scores = netscore(*table)
    assert scores.dtype == (np.float32 if set(dtypes) == {np.float32} else np.float64)
    exact = 40 * math.log10(72) - 10 * math.log10(3.4) - 10 * math.log10(0.3)
    assert scores[0] == pytest.approx(scores.dtype.type(exact), rel=1e-15)


def test_byte_order_of_the_machine_comes_back() -> None:
    scores = netscore(np.array([10.0], ">f4"), np.array([1e6], "<f4"), 1e9)
    assert scores.dtype == np.dtype("=f4")
    assert scores.dtype.isnative
    assert scores.tolist() == [40.0]


def test_broadcasting_with_exponents() -> None:
    accuracy = np.array([[10.0], [100.0]])
    alpha = np.array([0.0, 1.0, 2.0])
    expected = [[0.0, 20.0, 40.0], [0.0, 40.0, 80.0]]
    np.testing.assert_allclose(netscore(accuracy, 1e6, 1e9, alpha=alpha), expected, atol=1e-14)
    assert netscore(72.0, 1e6, 1e9, beta=np.ones((3, 1, 2))).shape == (3, 1, 2)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
@pytest.mark.parametrize("value", [0.0, 1.0, 1.5, 3.0, 4.0])
def test_one_other_exponent(name: str, value: float) -> None:
    # 20 (alpha log10 a - beta log10 10 - gamma log10 10)
    exponents = {"alpha": 2.0, "beta": 0.5, "gamma": 0.5, name: value}
    expected = [
        20 * (exponents["alpha"] * digits - exponents["beta"] - exponents["gamma"])
        for digits in (1, 2)
    ]
    given: dict[str, Any] = {name: value}
    assert netscore([10, 100], 1e7, 1e10, **given).tolist() == pytest.approx(expected)
    assert [netscore(a, 1e7, 1e10, **given) for a in (10, 100)] == pytest.approx(expected)


@pytest.mark.parametrize("places", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)])
def test_broadcasting_of_three_arrays(places: tuple[int, ...]) -> None:
    figures = [np.array(values, float) for values in (ACCURACY, PARAMS, MACS)]
    for place in places:
        figures[place] = np.stack([figures[place]] * 5)
    scores = netscore(*figures)
    assert scores.shape == (5, 2)
    np.testing.assert_allclose(scores, [SCORES] * 5, rtol=1e-15)


def test_no_exponent_at_all() -> None:
    assert netscore([0.0, 50.0], 7e6, 3e8, alpha=0, beta=0, gamma=0).tolist() == [0.0, 0.0]


def test_zero_dimensional_arrays_stay_arrays() -> None:
    score = netscore(np.array(10.0), 1e6, 1e9)
    assert isinstance(score, np.ndarray)
    assert score.shape == ()
    assert score == pytest.approx(40.0)
    score = netscore(np.array(10.0), np.array(1e6), np.array(1e9))
    assert isinstance(score, np.ndarray)
    assert score.shape == ()
    assert score == pytest.approx(40.0)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_empty_arrays(shape: tuple[int, ...]) -> None:
    scores = netscore(np.empty(shape), 1e6, 1e9)
    assert scores.shape == shape
    assert scores.dtype == np.float64
    assert netscore([], [], []).shape == (0,)
    assert netscore(np.empty(shape), np.empty(shape), np.empty(shape)).shape == shape


def test_strided_fortran_and_read_only_input_is_not_written_to() -> None:
    block = np.asfortranarray(np.arange(1.0, 61.0).reshape(6, 10))
    view = block[::-2, 1::3]
    view.flags.writeable = False
    before = block.copy()
    scores = netscore(view, 2e6, 3e9)
    np.testing.assert_array_equal(scores, netscore(np.ascontiguousarray(view), 2e6, 3e9))
    np.testing.assert_array_equal(block, before)
    scores[0, 0] = 1.0  # the result is the caller's to change


def test_result_never_shares_memory_with_the_input() -> None:
    accuracy = np.array([1.0, 10.0])
    scores = netscore(accuracy, 1e6, 1e9, alpha=np.array([0.0, 0.0]))
    assert not np.shares_memory(scores, accuracy)


@pytest.mark.parametrize(
    ("shapes", "got"),
    [
        (((3,), (2,), ()), "accuracy (3,), params (2,)"),
        (((), (2, 3), (2,)), "params (2, 3), macs (2,)"),
    ],
)
def test_shapes_that_do_not_broadcast(shapes: Any, got: str) -> None:
    values = [np.full(shape, 5.0) for shape in shapes]
    with pytest.raises(
        ValueError, match=f"^netscore: shapes must broadcast, got {re.escape(got)}$"
    ):
        netscore(*values)


def test_dimensions_beyond_those_of_numpy() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    with pytest.raises(
        ValueError, match=r"^netscore: arrays must have at most 32 dimensions, got 4"
    ):
        netscore(torch.full((1,) * 40, 72.0), 3e6, 3e8)


def test_masked_values_are_not_checked_and_stay_masked() -> None:
    accuracy = np.ma.array([10.0, -5.0, 100.0], mask=[False, True, False])
    macs = np.ma.array([1e9, 1e9, 0.0], mask=[False, False, True])
    scores = netscore(accuracy, [10**6] * 3, macs)
    assert isinstance(scores, np.ma.MaskedArray)
    assert scores.mask.tolist() == [False, True, True]
    assert scores[0] == pytest.approx(40.0)
    assert accuracy.mask.tolist() == [False, True, False]
    assert accuracy.data.tolist() == [10.0, -5.0, 100.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_masked_arrays_keep_their_dtype_and_digits(dtype: Any) -> None:
    step = 8 * np.spacing(dtype(64))
    accuracy = np.ma.array([dtype(64) + step, -1], dtype=dtype, mask=[False, True])
    density = information_density(accuracy, 1e6)
    assert density.dtype == dtype
    assert abs(density[0] - 64 - step) <= step / 4


def test_masks_broadcast() -> None:
    accuracy = np.ma.array([[10], [100]], mask=[[True], [False]])
    scores = netscore(accuracy, [1e6, 1e8], 1e9)
    assert np.ma.getmaskarray(scores).tolist() == [[True, True], [False, False]]
    assert scores[1].tolist() == pytest.approx([80.0, 60.0])
    assert not np.ma.getmaskarray(netscore(np.ma.array([10.0]), 1e6, 1e9)).any()


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
def test_masked_exponents(name: str) -> None:
    exponents: Any = {name: np.ma.array([2.0, -5.0, 2.0], mask=[False, True, False])}
    scores = netscore([10.0, 10.0, 100.0], 1e7, 1e10, **exponents)
    assert isinstance(scores, np.ma.MaskedArray)
    assert scores.mask.tolist() == [False, True, False]
    # 20 (alpha log10 a - beta log10 10 - gamma log10 10)
    rest = {"alpha": 2.0, "beta": 0.5, "gamma": 0.5, name: 2.0}
    for score, digits in ((scores[0], 1), (scores[2], 2)):
        expected = 20 * (rest["alpha"] * digits - rest["beta"] - rest["gamma"])
        assert score == pytest.approx(expected)
    exponents[name] = np.ma.array([math.nan, -5.0, 2.0], mask=[False, True, False])
    sentence = f"netscore: {name} must be 0, or from 1e-06 to 1000, got nan at position 0 (1 of 3"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        netscore([10.0, 10.0, 100.0], 1e7, 1e10, **exponents)


def test_masked_images() -> None:
    images = np.ma.array([50_000, -1], mask=[False, True])
    low, high = netscore_interval([72.0, 72.0], 3.4e6, 3e8, n_images=images)
    alone = netscore_interval(72.0, 3.4e6, 3e8, n_images=50_000)
    assert (low[0], high[0]) == pytest.approx(alone)
    assert np.ma.getmaskarray(low).tolist() == [False, True]


def test_an_error_beside_a_mask_counts_only_what_is_seen() -> None:
    accuracy = np.ma.array([-1.0, -2.0, 72.0], mask=[True, False, False])
    with pytest.raises(ValueError, match=r"got -2.0 at position 1 \(1 of 3 values is wrong\)"):
        netscore(accuracy, 1e6, 1e9)


def frame() -> Any:
    return pd.DataFrame(
        {"top1": [10.0, 100.0], "params": [10**6, 10**8], "macs": [10**9, 10**10]},
        index=["small", "large"],
    )


def test_series_in_series_out() -> None:
    table = frame()
    scores = netscore(table["top1"], table["params"], table["macs"])
    # 40 - 0 - 0 and 80 - 20 - 10
    expected = pd.Series([40.0, 50.0], index=table.index)
    pd.testing.assert_series_equal(scores, expected, rtol=1e-15)
    density = information_density(table["top1"], table["params"])
    pd.testing.assert_series_equal(density, pd.Series([10.0, 1.0], index=table.index))


@pytest.mark.parametrize("other", [["large", "small"], ["small", "huge"]])
def test_series_with_other_labels(other: list[str]) -> None:
    table = frame()
    macs = pd.Series([1e9, 1e9], index=other)
    sentence = (
        "netscore: macs must have the same index as accuracy, "
        "got Series of length 2 and 2 with different labels"
    )
    with pytest.raises(ValueError, match=rf"^{sentence}$"):
        netscore(table["top1"], 1e6, macs)


def test_series_of_another_length() -> None:
    table = frame()
    with pytest.raises(ValueError, match=r"^netscore: shapes must broadcast, got accuracy "):
        netscore(table["top1"], table["params"], pd.Series([1e9, 1e9, 1e9]))
    with pytest.raises(ValueError, match="same index as accuracy, got Series of length 1 and 2"):
        netscore(table["top1"], 1e6, table["macs"][:1])


@pytest.mark.parametrize("shape", [(2, 1), (3, 2)])
def test_series_beside_arrays_of_another_shape(shape: tuple[int, ...]) -> None:
    got = np.broadcast_shapes((2,), shape)
    sentence = f"arrays beside a Series must have its shape (2,), got a broadcast shape of {got}"
    with pytest.raises(ValueError, match=f"^netscore: {re.escape(sentence)}$"):
        netscore(frame()["top1"], 1e6, np.full(shape, 1e9))


def test_masks_within_lists() -> None:
    row: Any = np.ma.array([10.0, -5.0], mask=[False, True])
    masked: Any = np.ma.masked
    count: Any = np.ma.array(5, mask=True)
    table = netscore([row, (100.0, masked)], 1e6, 1e9)
    assert isinstance(table, np.ma.MaskedArray)
    assert np.ma.getmaskarray(table).tolist() == [[False, True], [False, True]]
    assert table.compressed().tolist() == pytest.approx([40.0, 80.0])
    missing = netscore([72.0, 75.0], [count, 10**6], 1e9)
    assert np.ma.getmaskarray(missing).tolist() == [True, False]
    assert rank([count, 3, 4]).tolist() == [3, 2, 1]
    with pytest.raises(TypeError, match=r"nested lists of unequal length$"):
        netscore([row, [1.0]], 1e6, 1e9)
    with pytest.raises(TypeError, match=r"got '72' at position 1 \(1 of 2 values is wrong\)$"):
        netscore([masked, "72"], 1e6, 1e9)


@pytest.mark.parametrize("n", [2, 3, 100_000])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("kind", [list, np.array, np.ma.array])
def test_an_array_of_one_figure_stands_for_the_same_in_every_network(
    n: int, place: int, kind: Any
) -> None:
    draw = np.random.default_rng(n)
    columns: list[Any] = [draw.uniform(1, 90, n), *10 ** draw.uniform(4, 10, (2, n))]
    figure = float(columns[place][0])
    columns[place] = kind([figure])
    whole = [column if i != place else np.full(n, figure) for i, column in enumerate(columns)]
    best: Any = top
    assert best(*columns, k=2).tolist() == best(*whole, k=2).tolist()
    assert pareto_front(*columns).tolist() == pareto_front(*whole).tolist()
    columns[place] = np.ma.masked_equal([figure], figure)
    assert best(*columns, k=2).tolist() == []
    assert not np.any(pareto_front(*columns))
