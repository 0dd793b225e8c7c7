"""pareto_front(): against the definition and a sweep of another kind, in every corner of ties."""

from __future__ import annotations

import bisect
import itertools
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import load_networks, netscore, pareto, pareto_front

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


def by_sweep(accuracy: Any, params: Any, macs: Any) -> list[bool]:
    """Go through all from the most accurate on, beside a list of the fewest macs up to params.

    The list, a staircase, falls in macs as it rises in params.
    """
    rows = list(zip((-np.asarray(accuracy)).tolist(), list(params), list(macs)))
    front = [False] * len(rows)
    steps: list[Any] = [-math.inf]
    fewest: list[Any] = [math.inf]
    order = sorted(
        (row, place) for place, row in enumerate(rows) if row == row and row[0] == row[0]
    )
    for row, group in itertools.groupby(order, key=lambda one: one[0]):
        _, p, m = row
        step = bisect.bisect_right(steps, p) - 1
        if fewest[step] <= m:
            continue
        for _, place in group:
            front[place] = True
        end = step + 1
        while end < len(steps) and fewest[end] >= m:
            end += 1
        begin = step if steps[step] == p else step + 1
        steps[begin:end], fewest[begin:end] = [p], [m]
    return front


def columns(triple: list[tuple[Any, Any, Any]]) -> Any:
    accuracy, params, macs = np.array(triple, dtype=float).reshape(-1, 3).T
    return accuracy * 20, params * 1e6, macs * 1e9


@given(triples)
def test_equals_the_definition(triple: list[tuple[int, int, int]]) -> None:
    expected = by_definition(triple)
    assert pareto_front(*columns(triple)).tolist() == expected
    assert by_sweep(*columns(triple)) == expected


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


def correlated(generator: np.random.Generator, n: int, noise: float = 0.3) -> Any:
    """Better networks cost more, as they do."""
    quality = generator.normal(size=n)
    accuracy, params, macs = quality + generator.normal(0, noise, (3, n))
    return 50 + 20 * np.tanh(accuracy), 1e6 * np.exp(params), 1e9 * np.exp(macs)


def uniform(generator: np.random.Generator, n: int) -> Any:
    return generator.uniform(40, 90, n), *(10.0 ** generator.uniform(5, 9, (2, n)))


def rounded(generator: np.random.Generator, n: int) -> Any:
    accuracy, params, macs = uniform(generator, n)
    return accuracy.round(), np.ceil(params / 1e7) * 1e7, np.ceil(macs / 1e7) * 1e7


def trade_off(generator: np.random.Generator, n: int) -> Any:
    """Nearly all on the front, some of the others beaten by few."""
    share = generator.random(n)
    worse = 1.0 + (generator.random(n) < 0.2) * generator.random(n)
    return generator.uniform(40, 90, n), 1e6 * (1 + share) * worse, 1e9 * (2 - share)


def with_wide_steps(generator: np.random.Generator, n: int) -> Any:
    accuracy, params, macs = trade_off(generator, n)
    counts = (params * 1e6).astype(np.int64), (macs * 1e9).astype(np.int64)
    return accuracy.astype(np.float32), *counts


def odd(generator: np.random.Generator, n: int) -> Any:
    """Missing figures, accuracies of 0 of either sign, counts below 1000."""
    accuracy, params, macs = correlated(generator, n)
    accuracy[::10] = np.nan
    accuracy[1::1000], accuracy[2::1000] = 0.0, -0.0
    params[3::5000], macs[4::5000] = 999.0, 10.0
    return accuracy, params, macs


@pytest.mark.parametrize("n", [4000, 5000, 40_000, 170_000])
@pytest.mark.parametrize(
    "make",
    [correlated, uniform, rounded, trade_off, with_wide_steps, odd],
    ids=lambda f: f.__name__,
)
def test_large_tables(make: Callable[..., Any], n: int) -> None:
    figures = make(np.random.default_rng(n), n)
    expected = by_sweep(*figures)
    assert 0 < sum(expected) < n
    assert pareto_front(*figures).tolist() == expected
    # The same networks twice are on the front together, whatever their order.
    order = np.random.default_rng(1).permutation(2 * n) % n
    assert (pareto_front(*(figure[order] for figure in figures)) == np.array(expected)[order]).all()


@pytest.mark.parametrize("make", [correlated, uniform, rounded], ids=lambda f: f.__name__)
def test_few_of_a_large_table_are_held_against_each_other(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, front = [], pareto._front

    def counted(*figures: Any) -> Any:
        sizes.append(figures[0].size)
        return front(*figures)

    monkeypatch.setattr(pareto, "_front", counted)
    pareto_front(*make(np.random.default_rng(2), 100_000))
    assert sizes[0] < 10_000


def test_networks_beyond_all_of_a_sample() -> None:
    accuracy, params, macs = correlated(np.random.default_rng(3), 20_000)
    accuracy = 50 + accuracy / 100
    # Between the networks that are looked at before all others.
    accuracy[[5, 7]], params[[9, 11]], macs[[13, 15]] = [0.0, 100.0], [1e3, 1e15], [1e3, 1e18]
    figures = accuracy, params, macs
    assert pareto_front(*figures).tolist() == by_sweep(*figures)


@pytest.mark.parametrize("constant", range(3))
@pytest.mark.parametrize("n", [300, 50_000])
def test_one_figure_the_same_everywhere(constant: int, n: int) -> None:
    generator = np.random.default_rng(constant)
    figures = [generator.uniform(10, 90, n), *generator.uniform(1e6, 1e9, (2, n))]
    figures[constant] = np.full(n, 50.0 if constant == 0 else 5e6)
    expected = by_sweep(*figures)
    assert pareto_front(*figures).tolist() == expected
    figures[constant] = figures[constant][0]
    assert pareto_front(*figures).tolist() == expected


@pytest.mark.parametrize("n", [600, 10_001, 150_000])
def test_all_on_the_front(n: int) -> None:
    share = np.linspace(0, 1, n)
    assert pareto_front(50.0, (1 + share) * 1e6, (2 - share) * 1e9).all()
    assert pareto_front(10 + 80 * share, (1 + share) * 1e6, 1e9).all()
    assert pareto_front(np.full(n, 50.0), 1e6, 1e9).all()
    assert not pareto_front(np.full(n, np.nan), 1e6, 1e9).any()


@pytest.mark.parametrize("worse", range(3))
@pytest.mark.parametrize("place", [0, 4321, 8999])
def test_one_better_network_beats_all_others(worse: int, place: int) -> None:
    figures = [np.full(9000, 50.0), np.full(9000, 2e6), np.full(9000, 2e9)]
    figures[worse][place] *= 1.5 if worse == 0 else 0.5
    assert np.flatnonzero(pareto_front(*figures)).tolist() == [place]


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("rows", [3, 300, 9000])
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


@pytest.mark.parametrize("hidden", [3e6, -1.0, 0.0])
def test_a_masked_number_leaves_no_network_on_the_front(hidden: float) -> None:
    masked: Any = np.ma.array(hidden, mask=True)
    assert pareto_front([72.0, 75.0], masked, [3e8, 4e8]).tolist() == [False, False]


# Every other way of holding them is that of `rank`.
@pytest.mark.parametrize("held", [list, np.array, np.ma.array, pd.Series])
@pytest.mark.parametrize("large", [2**53, 2**62])
def test_large_integers_that_share_a_float_are_told_apart(held: Any, large: int) -> None:
    counts, small = held([large + 1, large, large + 1]), held([large // 2, large, large])
    for figures in ((50, counts, small), (50, small, counts)):
        assert np.asarray(pareto_front(*figures)).tolist() == [True, True, False]


@pytest.mark.parametrize(
    "counts",
    [
        [2**62 + 1, 2**62, math.nan, 2**62 + 2],
        np.ma.array([2**62 + 1, 2**62, 0, 2**62 + 2], mask=[False, False, True, False]),
        pd.Series([2**62 + 1, 2**62, None, 2**62 + 2], dtype="Int64"),
    ],
    ids=lambda counts: type(counts).__name__,
)
def test_also_beside_a_missing_one(counts: Any) -> None:
    assert np.asarray(pareto_front(50, counts, 2**62)).tolist() == [False, True, False, False]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.uint8])
def test_short_dtypes(dtype: Any) -> None:
    accuracy = np.array([72, 75, 70], dtype)
    # The third is beaten by the first.
    assert pareto_front(accuracy, [3e4, 6e4, 4e4], [3e3, 3e4, 3e3]).tolist() == [True, True, False]


def test_empty() -> None:
    assert pareto_front([], [], []).tolist() == []
    assert pareto_front([math.nan], 1e6, 1e9).tolist() == [False]


def test_the_reference_table() -> None:
    table = [(n.accuracy, n.params, n.macs) for n in load_networks()]
    figures = [np.array(column, dtype=float) for column in zip(*table)]
    front = pareto_front(*figures)
    assert front.tolist() == by_definition(table)
    # The best network of any score is on the front.
    for alpha, beta, gamma in itertools.product([0.5, 1, 3], repeat=3):
        scores = netscore(*figures, alpha=alpha, beta=beta, gamma=gamma)
        assert front[np.argmax(scores)]


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_one_dimension_only(shape: tuple[int, ...]) -> None:
    sentence = f"pareto_front: the arrays must be one-dimensional, got an array of shape {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        pareto_front(np.full(shape, 72.0), 1e6, 1e9)


@pytest.mark.parametrize("place", [1, 2])
def test_an_infinite_count_among_many_is_refused(place: int) -> None:
    figures = [np.full(100_000, 72.0), np.full(100_000, 1e6), np.full(100_000, 1e9)]
    figures[place][99_999] = math.inf
    with pytest.raises(ValueError, match=r"^pareto_front: .* got inf at position 99999 \(1 of "):
        pareto_front(*figures)
