"""pareto_front(): against the definition, in every corner of ties, duplicates and shapes."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netscore import UnitWarning, blocks, load_networks, netscore, pareto, pareto_front

few = st.integers(1, 4)
triples = st.lists(st.tuples(few, few, few), max_size=40)


def by_definition(triple: list[tuple[Any, Any, Any]]) -> list[bool]:
    """Compare each with each."""

    def dominates(x: tuple[Any, Any, Any], y: tuple[Any, Any, Any]) -> bool:
        return x[0] >= y[0] and x[1] <= y[1] and x[2] <= y[2] and x != y

    return [
        not any(math.isnan(v) for v in y) and not any(dominates(x, y) for x in triple)
        for y in triple
    ]


def columns(triple: list[tuple[Any, Any, Any]]) -> Any:
    accuracy, params, macs = np.array(triple, dtype=float).reshape(-1, 3).T
    return accuracy * 20, params * 1e6, macs * 1e9


@given(triples)
@settings(max_examples=300)
def test_equals_the_definition(triple: list[tuple[int, int, int]]) -> None:
    assert pareto_front(*columns(triple)).tolist() == by_definition(triple)


@given(triples, st.integers(0, 2), st.data())
def test_missing_figures(triple: list[tuple[int, int, int]], place: int, data: Any) -> None:
    holes = data.draw(st.lists(st.booleans(), min_size=len(triple), max_size=len(triple)))
    pierced: list[Any] = [
        tuple(math.nan if hole and i == place else v for i, v in enumerate(t))
        for t, hole in zip(triple, holes)
    ]
    assert pareto_front(*columns(pierced)).tolist() == by_definition(pierced)
    masked = [np.ma.masked_invalid(column) for column in columns(pierced)]
    assert pareto_front(*masked).tolist() == by_definition(pierced)


@given(triples, st.randoms())
def test_order_of_the_rows_does_not_matter(triple: list[tuple[int, int, int]], random: Any) -> None:
    order = list(range(len(triple)))
    random.shuffle(order)
    shuffled = pareto_front(*(column[order] for column in columns(triple)))
    assert shuffled.tolist() == pareto_front(*columns(triple))[order].tolist()


@pytest.fixture
def small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the filters for large tables work on small ones."""
    monkeypatch.setattr(pareto, "_SAMPLE", 8)
    monkeypatch.setattr(pareto, "_LARGE_SAMPLE", 16)
    monkeypatch.setattr(blocks, "BLOCK", 50)


@pytest.mark.usefixtures("small_samples")
@pytest.mark.parametrize("seed", range(60))
def test_filters_drop_only_what_is_dominated(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pareto, "_PIVOTS", 1 + seed % 4)
    generator = np.random.default_rng(seed)
    n = int(generator.integers(100, 700))
    quality = generator.normal(size=n)
    accuracy = 50 + 20 * np.tanh(quality + generator.normal(0, 0.3, n))
    params = 1e6 * np.exp(quality + generator.normal(0, 0.3, n))
    macs = 1e9 * np.exp(quality + generator.normal(0, 0.3, n))
    if seed % 3 == 1:
        accuracy, params, macs = (
            np.ceil(column / column.max() * 20) * 5 for column in (accuracy, params, macs)
        )
        params, macs = params * 1000, macs * 1000
    if seed % 3 == 2:
        accuracy, params, macs = (
            generator.uniform(2, 90, n),
            1e3 + params.astype(int),
            macs.astype(int),
        )
        accuracy[generator.random(n) < 0.1] = np.nan
        accuracy[0], accuracy[1] = 0.0, -0.0
    triple = list(zip(accuracy.tolist(), params.tolist(), macs.tolist()))
    assert pareto_front(accuracy, params, macs).tolist() == by_definition(triple)


@pytest.mark.usefixtures("small_samples")
def test_filters_find_nothing_to_drop_on_a_front() -> None:
    share = np.linspace(0, 1, 600)
    assert pareto_front(10 + 80 * share, (1 + share) * 1e6, 1e9).all()
    assert pareto_front(np.full(600, np.nan), 1e6, 1e9).sum() == 0


@pytest.mark.usefixtures("small_samples")
@pytest.mark.parametrize("name", ["uniform", "correlated"])
def test_filters_leave_less_of_a_large_table(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pareto, "_LARGE_SAMPLE", 512)
    generator = np.random.default_rng(4)
    quality = generator.normal(size=5000) if name == "correlated" else np.zeros(5000)
    accuracy = 50 + 20 * np.tanh(quality + generator.normal(0, 0.3, 5000))
    params, macs = (np.exp(quality + generator.normal(0, 0.3, 5000)) * u for u in (1e6, 1e9))
    left = pareto._unbeaten(
        blocks.Run(pareto._CHECKED, pareto._FIGURES), [accuracy, params, macs], 5000
    )[1]
    left_after_table = np.count_nonzero(~pareto._beaten_by_sample(left))
    assert left_after_table < left[0].size


@pytest.mark.usefixtures("small_samples")
@pytest.mark.parametrize("rows", [17, 40, 1000])
def test_filters_leave_only_the_network_that_beats_all_others(rows: int) -> None:
    generator = np.random.default_rng(7)
    accuracy, params, macs = generator.uniform(2, 3, (3, rows)) * [[10], [1e6], [1e9]]
    # The first row is part of every sample.
    accuracy[0], params[0], macs[0] = 90.0, 1e6, 1e9
    run = blocks.Run(pareto._CHECKED, pareto._FIGURES)
    positions, figures = pareto._unbeaten(run, [accuracy, params, macs], rows)
    assert positions.tolist() == [0]
    assert [figure.tolist() for figure in figures] == [[90.0], [1e6], [1e9]]


@pytest.mark.usefixtures("small_samples")
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("rows", [3, 300])
def test_a_masked_figure_counts_for_nothing_whatever_it_hides(place: int, rows: int) -> None:
    best = 90.0, 1e3, 1e3
    generator = np.random.default_rng(8)
    figures = list(generator.integers(2, 9, (3, rows)) * [[10], [1000], [1000]] * 1.0)
    for figure, value in zip(figures, best):
        figure[0] = value
    others = pareto_front(*(figure[1:] for figure in figures)).tolist()
    for hidden in (best[place], -1.0, math.inf):
        figures[place] = np.ma.array(figures[place], mask=np.arange(rows) == 0)
        figures[place].data[0] = hidden
        assert pareto_front(*figures).tolist() == [False, *others]


@pytest.mark.parametrize("levels", [5, 40, 10**6])
def test_large_tables_equal_the_definition(levels: int) -> None:
    generator = np.random.default_rng(1)
    accuracy, params, macs = generator.integers(0, levels, (3, 7000))
    given_columns = 2 + accuracy * (97 / levels), 1000 + params, 1000 + macs
    front = pareto_front(*given_columns)
    members = np.flatnonzero(front)
    assert 0 < members.size < 7000
    for row in range(7000):
        better = (
            (accuracy[members] >= accuracy[row])
            & (params[members] <= params[row])
            & (macs[members] <= macs[row])
        )
        equal = better & (
            (accuracy[members] == accuracy[row])
            & (params[members] == params[row])
            & (macs[members] == macs[row])
        )
        assert front[row] == (better == equal).all()


def test_all_on_the_front() -> None:
    share = np.linspace(0, 1, 10_001)
    assert pareto_front(50.0, (1 + share) * 1e6, (2 - share) * 1e9).all()
    assert pareto_front(np.full(10_001, 50.0), 1e6, 1e9).all()
    assert pareto_front(10 + 80 * share, (1 + share) * 1e6, 1e9).all()


@pytest.mark.parametrize("worse", range(3))
def test_one_better_network_beats_all_others(worse: int) -> None:
    figures = [np.full(9000, 50.0), np.full(9000, 2e6), np.full(9000, 2e9)]
    figures[worse][4321] *= 1.5 if worse == 0 else 0.5
    assert np.flatnonzero(pareto_front(*figures)).tolist() == [4321]


def test_large_integers_that_share_a_float_are_told_apart() -> None:
    params = np.array([2**53, 2**53 + 1])
    assert pareto_front(50, params, 10**9).tolist() == [True, False]
    assert pareto_front(50, 10**6, params[::-1]).tolist() == [False, True]
    assert pareto_front(np.array([50, 51], np.uint8), 10**6, 10**9).tolist() == [False, True]


def test_empty() -> None:
    assert pareto_front([], [], []).tolist() == []
    assert pareto_front([math.nan], 1e6, 1e9).tolist() == [False]


def test_the_best_network_of_any_score_is_on_the_front() -> None:
    table = load_networks()
    figures = [
        np.array([getattr(n, name) for n in table]) for name in ("accuracy", "params", "macs")
    ]
    front = pareto_front(*figures)
    for weights in itertools.product([0.5, 1, 3], repeat=3):
        alpha, beta, gamma = weights
        scores = netscore(*figures, alpha=alpha, beta=beta, gamma=gamma)
        assert front[np.argmax(scores)]


def test_the_front_of_the_reference_table_equals_the_definition() -> None:
    table = [(n.accuracy, n.params, n.macs) for n in load_networks()]
    front = pareto_front(*map(list, zip(*table)))
    assert front.tolist() == by_definition(table)


def test_series() -> None:
    frame = pd.DataFrame({"a": [72.0, 71.5], "p": [3e6, 138e6], "m": [3e8, 15e9]}, index=["x", "y"])
    front = pareto_front(frame["a"], frame["p"], frame["m"])
    assert frame[front].index.tolist() == ["x"]


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_one_dimension_only(shape: tuple[int, ...]) -> None:
    sentence = f"pareto_front: the arrays must be one-dimensional, got an array of shape {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        pareto_front(np.full(shape, 72.0), 1e6, 1e9)


def test_input_is_checked_like_that_of_netscore() -> None:
    with pytest.raises(ValueError, match=r"^pareto_front: params must be positive and finite, got"):
        pareto_front([72.0], [-1.0], [1e9])
    with pytest.raises(ValueError, match=r"^pareto_front: shapes must broadcast"):
        pareto_front([72.0, 71.0], [1e6, 1e6, 1e6], 1e9)
    with pytest.warns(
        UnitWarning, match=r"^pareto_front: accuracy was read as 0.72 percent"
    ) as got:
        pareto_front([0.72], [1e6], [1e9])
    assert got[0].filename == __file__


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (0, 100.5, "accuracy must be a percentage from 0 to 100"),
        (0, -0.5, "accuracy must be a percentage from 0 to 100"),
        (1, 0.0, "params must be positive and finite"),
        (1, math.inf, "params must be positive and finite"),
        (2, 0.0, "macs must be positive and finite"),
        (2, math.inf, "macs must be positive and finite"),
    ],
)
def test_values_just_outside_are_refused(place: int, value: float, rule: str) -> None:
    figures = [[72.0, 71.0], [1e6, 2e6], [1e9, 2e9]]
    figures[place][1] = value
    sentence = f"pareto_front: {rule}, got {value} at position 1 (1 of 2 values is wrong)"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        pareto_front(*figures)


def test_where_the_likeness_to_another_unit_ends() -> None:
    with pytest.warns(UnitWarning, match="accuracy was read as 1 percent"):
        pareto_front([1.0, 1.0], [1e6, 2e6], [1e9, 1e9])
    with pytest.warns(UnitWarning, match="params was read as 999 parameters"):
        pareto_front([72.0, 71.0], [999.0, 999.0], [1e9, 1e9])
    with pytest.warns(UnitWarning, match="macs was read as 999 multiply-accumulates"):
        pareto_front([72.0, 71.0], [1e6, 1e6], [999.0, 999.0])
    # A warning would be an error here.
    assert pareto_front([1.5, 1.5], [1e3, 2e3], [1e3, 1e3]).tolist() == [True, False]


@pytest.mark.parametrize("hidden", [3e6, -1.0, 0.0])
def test_a_masked_number_leaves_no_network_on_the_front(hidden: float) -> None:
    masked: Any = np.ma.array(hidden, mask=True)
    assert pareto_front([72.0, 75.0], masked, [3e8, 4e8]).tolist() == [False, False]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_short_floats(dtype: Any) -> None:
    figures = [
        np.array(column, dtype) for column in ([72, 75, 70], [3e4, 6e4, 4e4], [3e3, 3e4, 3e3])
    ]
    # The third is beaten by the first.
    assert pareto_front(*figures).tolist() == [True, True, False]
