"""Large arrays: the same scores whatever the blocks, the threads, the layout and the target."""

from __future__ import annotations

import math
import multiprocessing
import re
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import UnitWarning, checks, information_density, netscore
from netscore.arrays import blocks

N = 5 * blocks.BLOCK + 1234


@pytest.fixture(scope="module")
def figures() -> Any:
    generator = np.random.default_rng(11)
    return (
        generator.uniform(0.5, 100, N),
        10 ** generator.uniform(2, 10, N),
        10 ** generator.uniform(2, 13, N),
    )


@pytest.fixture(scope="module")
def scores(figures: Any) -> Any:
    """Score each half block on its own."""
    step = blocks.BLOCK // 2
    return np.concatenate(
        [netscore(*(column[i : i + step] for column in figures)) for i in range(0, N, step)]
    )


@pytest.mark.parametrize("workers", [1, 2, 3, 50, -1, np.int64(2)])
def test_workers_change_nothing(figures: Any, scores: Any, workers: Any) -> None:
    assert netscore(*figures, workers=workers).tolist() == scores.tolist()
    density = figures[0] / figures[1] * 1e6
    np.testing.assert_allclose(
        information_density(*figures[:2], workers=workers), density, rtol=1e-15
    )


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_never_more_threads_than_asked_for(
    figures: Any, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, seen = 0, 0, set()
    lock = threading.Lock()
    block = blocks.Run.block

    def counted(self: blocks.Run, *rest: Any) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            seen.add(threading.get_ident())
        block(self, *rest)
        with lock:
            running -= 1

    monkeypatch.setattr(blocks.Run, "block", counted)
    monkeypatch.setattr(blocks, "BLOCK", 1 << 12)  # many more blocks than threads
    netscore(*figures, workers=workers)
    assert most <= workers
    assert len(seen) <= workers
    # A caller who asks for one thread stays in it.
    assert workers > 1 or seen == {threading.get_ident()}


def test_calls_from_several_threads_do_not_meet(figures: Any, scores: Any) -> None:
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda i: netscore(*figures, workers=1 + i % 2), range(12)))
    assert all(np.array_equal(result, scores) for result in results)


PROCESSES = """\
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from netscore import netscore


def scores(n):
    return netscore(np.linspace(40.0, 80.0, n), 3.4e6, 3e8, workers=2).tolist()


if __name__ == "__main__":
    n = int(sys.argv[2])
    with ProcessPoolExecutor(2, get_context(sys.argv[1])) as pool:
        assert list(pool.map(scores, [n, n])) == [scores(n)] * 2
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_threads_in_processes(tmp_path: Path, method: str) -> None:
    # In a program of its own: what other tests have imported may not bear a fork.
    script = tmp_path / "script.py"
    script.write_text(PROCESSES)
    command = [sys.executable, "-W", "error", str(script), method, str(N)]
    subprocess.run(command, check=True, timeout=120)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_a_score_does_not_depend_on_its_neighbours(figures: Any, scores: Any) -> None:
    rows = np.random.default_rng(0).permutation(N)
    assert netscore(*(column[rows] for column in figures)).tolist() == scores[rows].tolist()
    for row in range(0, N, 9973):
        (alone,) = netscore(*(column[row : row + 1] for column in figures))
        assert alone == scores[row]


WEIGHTS = [
    (2.0, 0.5, 0.5),
    (1.5, 0.3, 0.6),
    (1.0, 1.0, 1.0),
    (0.1, 2, 0),
    (0.5, 1.0, 2.0),
    (0.0, 1.0, 0.5),
    (1e-6, 1000.0, 1e-6),
    (1000.0, 1e-6, 999.9),
]
# Figures on both sides of every limit of the quick way, and near the counts that are 1.
EDGES = [0.5, 1.0, 1.0001, 1.9999, 2.0, 2.0001, 9.999, 10.0, 10.001, 99.9, 100.0]
PARAMS = [1.0, 999.0, 1e3, 1001.0, 5e5, 999_999.0, 1e6, 1e6 + 1, 1.9e6, 1e12, 1e149, 1e151]
MACS = [1.0, 999.0, 1e3, 1001.0, 6e8, 1e9 - 1, 1e9, 1e9 + 1, 1.9e9, 1e15, 1e149, 1e151]


def bounds(columns: Any, weights: Any) -> tuple[Any, Any]:
    """Return the scores, rounded from 50 digits, and four units of the largest intermediates."""
    with mpmath.workdps(50):
        units = (1, 10**6, 10**9)
        logs = [
            {x: mpmath.log10(mpmath.mpf(x) / unit) for x in set(column.tolist())}
            for column, unit in zip(columns, units)
        ]
        exact, largest = [], []
        for row, row_weights in zip(zip(*(c.tolist() for c in columns)), weights):
            signed = (row_weights[0], -row_weights[1], -row_weights[2])
            terms = [20 * mpmath.mpf(w) * log[x] for w, log, x in zip(signed, logs, row)]
            sums = [terms[0] + terms[1], mpmath.fsum(terms)]
            exact.append(sums[1])
            largest.append(math.ulp(float(max(map(abs, [*terms, *sums])))))
        return exact, 4 * np.array(largest)


def assert_exact(scores: Any, exact: Any, allowed: Any) -> None:
    with mpmath.workdps(50):
        errors = np.array([float(abs(s - e)) for s, e in zip(scores.tolist(), exact, strict=True)])
    assert (errors <= allowed).all()


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@pytest.mark.parametrize("weights", WEIGHTS)
def test_every_way_keeps_the_stated_bound(weights: Any) -> None:
    columns = [grid.ravel() for grid in np.meshgrid(EDGES, PARAMS, MACS)]
    exact, allowed = bounds(columns, [weights] * columns[0].size)
    alpha, beta, gamma = weights
    given = {"alpha": alpha, "beta": beta, "gamma": gamma}
    assert_exact(netscore(*columns, **given), exact, allowed)
    # The same exponents as arrays, then only one of them.
    arrays: dict[str, Any] = {name: np.full(columns[0].size, w + 0.0) for name, w in given.items()}
    assert_exact(netscore(*columns, **arrays), exact, allowed)
    assert_exact(netscore(*columns, **{**given, "beta": arrays["beta"]}), exact, allowed)
    few = slice(None, None, 97)
    each = [netscore(*row, **given) for row in zip(*(c[few].tolist() for c in columns))]
    assert_exact(np.array(each), exact[few], allowed[few])


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_arrays_of_exponents_keep_the_stated_bound() -> None:
    generator = np.random.default_rng(4)
    columns = [generator.choice(edges, 4000) for edges in (EDGES, PARAMS, MACS)]
    drawn = 10 ** generator.uniform(-6, 3, (3, 4000)) * (generator.random((3, 4000)) > 0.1)
    drawn = np.clip(drawn, 1e-6, 1e3) * (drawn > 0)
    exact, allowed = bounds(columns, drawn.T.tolist())
    weights: dict[str, Any] = dict(zip(("alpha", "beta", "gamma"), drawn))
    assert_exact(netscore(*columns, **weights), exact, allowed)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@pytest.mark.parametrize("size", [500, 2 * blocks.BLOCK + 7])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_odd_rows_among_ordinary_ones_are_those_alone(weights: Any, size: int) -> None:
    generator = np.random.default_rng(5)
    columns = [
        generator.uniform(2, 100, size),
        10 ** generator.uniform(4, 9, size),
        10 ** generator.uniform(4, 12, size),
    ]
    names = ("alpha", "beta", "gamma")
    clean = netscore(*columns, **dict(zip(names, weights)))
    rows = generator.choice(size, 60, replace=False)
    odd = [column.copy() for column in columns]
    for column, edges in zip(odd, ([0.0, 0.3, 1.5, math.nan], PARAMS, MACS)):
        column[rows] = generator.choice(edges, rows.size)
    options = dict(zip(names, weights))
    scores = netscore(*odd, **options)
    ordinary = np.ones(size, bool)
    ordinary[rows] = False
    assert scores[ordinary].tobytes() == clean[ordinary].tobytes()
    alone = [netscore(*(column[i : i + 1] for column in odd), **options)[0] for i in rows]
    np.testing.assert_array_equal(scores[rows], alone)
    # Under a mask any value is allowed, and it changes no other row.
    odd[0][rows[:20]] = -5.0
    mask = np.zeros(size, bool)
    mask[rows[:20]] = True
    masked = netscore(np.ma.array(odd[0], mask=mask), *odd[1:], **options)
    assert np.ma.getmaskarray(masked).tolist() == mask.tolist()
    np.testing.assert_array_equal(masked.compressed(), scores[~mask])


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("size", [100, 20_000, 2 * blocks.BLOCK + 7])
def test_the_layout_in_memory_changes_no_digit(weights: Any, size: int) -> None:
    generator = np.random.default_rng(6)
    columns = [
        generator.uniform(1.2, 100, size),
        10 ** generator.uniform(4, 9, size),
        10 ** generator.uniform(4, 12, size),
    ]
    names = ("alpha", "beta", "gamma")
    for options in (
        dict(zip(names, weights)),
        {name: np.full(size, float(weight)) for name, weight in zip(names, weights)},
    ):
        expected = netscore(*columns, **options)
        backwards: dict[str, Any] = {
            n: o[::-1] if isinstance(o, np.ndarray) else o for n, o in options.items()
        }
        turned = netscore(*(column[::-1] for column in columns), **backwards)
        assert turned[::-1].tobytes() == expected.tobytes()
        strided = [np.repeat(column, 3)[1::3] for column in columns]
        assert netscore(*strided, **options).tobytes() == expected.tobytes()
        swapped = [column.astype(">f8") for column in columns]
        assert netscore(*swapped, **options).tobytes() == expected.tobytes()


@pytest.mark.parametrize("weights", [*WEIGHTS, (1, 1, 0)])
def test_equal_networks_tie_whatever_stands_between_them(weights: Any) -> None:
    generator = np.random.default_rng(7)
    options = dict(zip(("alpha", "beta", "gamma"), weights))
    for size in (3, 8, 17, 1000):
        params = 10 ** generator.uniform(3, 12, size)
        macs = params * 10 ** generator.uniform(-0.9, 3, size)
        columns = [generator.uniform(1.2, 100, size), params, macs]
        for column in columns:
            column[-1] = column[0]
        scores = netscore(*columns, **options)
        assert scores[0] == scores[-1]
        first, last = (netscore(*(c[i].item() for c in columns), **options) for i in (0, -1))
        assert first == last


@given(st.floats(2.0, 100.0), st.floats(1e3, 1e12), st.floats(1.0, 1e3))
def test_error_of_the_quick_way(accuracy: float, params: float, uses: float) -> None:
    macs = params * uses
    (score,) = netscore(np.array([accuracy]), np.array([params]), np.array([macs]))
    exact = (
        40 * np.log10(np.longdouble(accuracy))
        - 10 * np.log10(np.longdouble(params) / 10**6)
        - 10 * np.log10(np.longdouble(macs) / 10**9)
    )
    assert abs(score - exact) <= 5e-14


def test_realistic_networks_are_within_two_units_in_the_last_place() -> None:
    generator = np.random.default_rng(12)
    accuracy = generator.uniform(40, 95, 100_000)
    params, macs = (
        10 ** generator.uniform(5.3, 9, 100_000),
        10 ** generator.uniform(7.5, 11.5, 100_000),
    )
    exact = (
        40 * np.log10(accuracy.astype(np.longdouble))
        - 10 * np.log10(params.astype(np.longdouble) / 10**6)
        - 10 * np.log10(macs.astype(np.longdouble) / 10**9)
    )
    error = np.abs(netscore(accuracy, params, macs) - exact)
    assert (error <= 2 * np.spacing(np.abs(exact.astype(np.float64)))).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_layouts(figures: Any, scores: Any, order: Any) -> None:
    shape = (13, N // 13)
    size = math.prod(shape)
    grid = [np.asarray(column[:size].reshape(shape), order=order) for column in figures]
    expected = scores[:size].reshape(shape)
    np.testing.assert_array_equal(netscore(*grid), expected)
    np.testing.assert_array_equal(netscore(*(g[:, ::-3] for g in grid)), expected[:, ::-3])
    np.testing.assert_array_equal(
        netscore(grid[0], grid[1].copy("C"), grid[2].copy("F"), workers=2), expected
    )


def test_large_broadcasts() -> None:
    accuracy = np.linspace(10, 90, 1000)[:, None]
    params = np.geomspace(1e5, 1e9, 300)
    result = netscore(accuracy, params, 1e9, workers=2)
    assert result.shape == (1000, 300)
    for row, column in ((0, 0), (999, 299), (500, 7)):
        expected = 40 * math.log10(accuracy[row, 0]) - 10 * math.log10(params[column] / 1e6)
        assert result[row, column] == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, ">f8", np.int32, np.uint64])
def test_large_casts(dtype: Any) -> None:
    accuracy = np.full(N, 80).astype(dtype)
    params = (np.arange(N) % 60_000 + 1000).astype(dtype)
    result = netscore(accuracy, params, 1e9)
    expected = 40 * math.log10(80) - 10 * np.log10(params.astype(np.float64) / 1e6)
    assert result.dtype == (
        np.dtype(dtype).newbyteorder("=") if result.itemsize < 8 else np.float64
    )
    np.testing.assert_allclose(result, expected.astype(result.dtype), rtol=1e-15)


@pytest.mark.parametrize("weights", [{}, {"alpha": 1.0, "beta": 0.5, "gamma": 0.25}])
def test_the_layout_of_out_changes_no_digit(weights: Any) -> None:
    n, generator = 3 * blocks.BLOCK, np.random.default_rng(0)
    ranges = ((0.3, 2.0), (4.0, 9.0), (7.0, 11.0))
    columns = [10 ** generator.uniform(low, high, n) for low, high in ranges]
    expected = netscore(*columns, **weights)
    for out in (np.empty(n)[::-1], np.empty(2 * n)[::-2]):
        assert netscore(*columns, **weights, out=out).tobytes() == expected.tobytes()


def test_out_is_written_and_returned(figures: Any, scores: Any) -> None:
    out = np.empty(N)
    assert netscore(*figures, out=out, workers=2) is out
    assert out.tolist() == scores.tolist()
    narrow = np.empty(N, np.float32)
    assert netscore(*figures, out=narrow) is narrow
    assert narrow.tolist() == scores.astype(np.float32).tolist()
    strided = np.zeros(2 * N)[::2]
    assert netscore(*figures, out=strided) is strided
    assert strided.tolist() == scores.tolist()
    small = np.empty(3)
    assert information_density([10, 20, 30], 1e6, out=small) is small
    assert small.tolist() == [10, 20, 30]
    table = [column[:3].copy() for column in figures]
    assert netscore(*table, out=small) is small
    assert small.tolist() == scores[:3].tolist()
    single = np.empty(())
    assert netscore(10.0, 1e6, 1e9, out=single) is single
    assert single == pytest.approx(40.0)
    assert information_density(10.0, 1e6, out=single) is single
    assert single == 10.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_small_out_of_any_layout(dtype: Any) -> None:
    accuracy = np.array([[10.0, 100.0], [100.0, 10.0], [1.5, 10.0]])
    room = np.full((4, 6), -7.0, dtype)
    for out in (room[1:4, ::4], room.T[::2, 2:4], np.empty((2, 3), dtype).T):
        assert netscore(accuracy, 1e6, 1e9, out=out) is out
        expected = [[40.0, 80.0], [80.0, 40.0], [40 * math.log10(1.5), 40.0]]
        np.testing.assert_allclose(out, expected, rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("shift", [0, 1])
def test_out_may_overlap_the_arguments(figures: Any, scores: Any, place: int, shift: int) -> None:
    room = np.empty(N + shift)
    own = [column.copy() for column in figures]
    own[place] = room[:N]
    own[place][:] = figures[place]
    result = netscore(*own, out=room[shift:], workers=2)
    assert result.tolist() == scores.tolist()


@pytest.mark.parametrize(
    ("out", "error", "said"),
    [
        (np.empty(3), ValueError, "out must have the shape (2,), got (3,)"),
        (np.empty((2, 2)), ValueError, "out must have the shape (2,), got (2, 2)"),
        (
            np.empty(2, int),
            TypeError,
            "out must be a NumPy array of floating dtype, got an array of dtype int64",
        ),
        ([0.0, 0.0], TypeError, "out must be a NumPy array of floating dtype, got [0.0, 0.0]"),
        (
            np.ma.zeros(2),
            TypeError,
            "out must be a NumPy array of floating dtype, got a value of type MaskedArray",
        ),
        (np.broadcast_to(0.0, 2), ValueError, "out must be writeable, got a read-only array"),
    ],
)
def test_wrong_out(out: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^netscore: {re.escape(said)}$"):
        netscore([72.0, 73.0], 1e6, 1e9, out=out)


@pytest.mark.parametrize("values", [pd.Series([72.0, 73.0]), np.ma.array([72.0, 73.0])])
def test_out_beside_a_container_of_its_own(values: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^netscore: out must not be given beside a (Series|Masked)"
    ):
        netscore(values, 1e6, 1e9, out=np.empty(2))


@pytest.mark.parametrize(
    ("workers", "error", "said"),
    [
        (0, ValueError, "workers must be positive, or -1 for all cores, got 0"),
        (-2, ValueError, "workers must be positive, or -1 for all cores, got -2"),
        (1.5, TypeError, "workers must be an integer, got 1.5"),
        (None, TypeError, "workers must be an integer, got None"),
        (False, TypeError, "workers must be an integer, got False"),
        (True, TypeError, "workers must be an integer, got True"),
        (1.0, TypeError, "workers must be an integer, got 1.0"),
    ],
)
def test_wrong_workers(workers: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^netscore: {re.escape(said)}$"):
        netscore(np.array([72.0]), np.array([1e6]), np.array([1e9]), workers=workers)
    with pytest.raises(error, match=f"^netscore: {re.escape(said)}$"):
        netscore(72.0, 1e6, 1e9, workers=workers)
    with pytest.raises(error, match=f"^information_density: {re.escape(said)}$"):
        information_density(72.0, 1e6, workers=workers)


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_count_over_all_blocks_in_the_callers_thread(figures: Any, workers: int) -> None:
    macs = figures[2].copy()
    macs[[N - 5, N - 3, 2 * blocks.BLOCK]] = [0.0, -2.0, -7.0]
    sentence = (
        "netscore: macs must be positive and finite, "
        f"got -7.0 at position {2 * blocks.BLOCK} (3 of {N} values are wrong)"
    )
    before = threading.active_count()
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        netscore(figures[0], figures[1], macs, workers=workers)
    assert threading.active_count() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_units_are_questioned_over_all_blocks(workers: int) -> None:
    accuracy = np.full(N, 0.5)
    with pytest.warns(UnitWarning, match=r"^netscore: accuracy was read as 0.5 percent") as caught:
        netscore(accuracy, 1e6, 1e9, workers=workers)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    accuracy[-1] = 50.0
    assert netscore(accuracy, 1e6, 1e9, workers=workers)[-1] == pytest.approx(40 * math.log10(50))
    # Of the counts, one block with a network beyond doubt is enough.
    macs = np.full(N, 1e4)
    with pytest.warns(UnitWarning, match="too few"):
        netscore(accuracy, 1e6, macs, workers=workers)
    macs[: blocks.BLOCK] = 1e9
    netscore(accuracy, 1e6, macs, workers=workers)


def test_nothing_of_the_size_of_the_input_is_allocated_but_the_result() -> None:
    n = 2_000_000
    generator = np.random.default_rng(0)
    accuracy, params = generator.uniform(50, 80, n), generator.uniform(1e6, 1e8, n)
    macs = generator.integers(10**8, 10**10, n)
    tracemalloc.start()
    netscore(accuracy, params, macs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    out = np.empty(n)
    base = tracemalloc.get_traced_memory()[0]
    netscore(accuracy, params, params, out=out)
    reused = tracemalloc.get_traced_memory()[1] - base
    tracemalloc.stop()
    assert peak - 8 * n <= 2 * 2**20
    assert reused <= 2 * 2**20


def test_callers_floating_point_errors_are_left_alone() -> None:
    with np.errstate(all="raise"):
        assert netscore(np.array([0.0, 50.0]), 1e6, 1e9, workers=2)[0] == -math.inf
        assert netscore([100.0], 1e6, 1e9, alpha=1000)[0] == pytest.approx(40_000.0)
        # 40 log10 10 - 10 log10 1e294 - 10 log10 1e296
        (score,) = netscore(np.array([10.0]), np.array([1e300]), np.array([1e305]))
        assert score == pytest.approx(-5860.0)


CALLS: list[Callable[..., Any]] = [
    netscore,
    partial(netscore, alpha=1.5),
    partial(netscore, alpha=np.array(1.5)),
    lambda accuracy, params, _, **options: information_density(accuracy, params, **options),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("size", [3, N])
def test_every_formula_writes_into_out(figures: Any, call: Callable[..., Any], size: int) -> None:
    own = [column[:size] for column in figures]
    out = np.full(size, -7.0)
    assert call(*own, out=out) is out
    np.testing.assert_array_equal(out, call(*own))


@pytest.mark.parametrize("call", CALLS)
def test_two_workers_compute_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, figures: Any, call: Callable[..., Any]
) -> None:
    expected = call(*figures)
    compute = blocks.Run.block
    together = threading.Barrier(2)
    met = threading.local()

    def meet(*arguments: Any) -> None:
        if not hasattr(met, "other"):
            met.other = together.wait(timeout=20)
        compute(*arguments)

    monkeypatch.setattr(blocks.Run, "block", meet)
    np.testing.assert_array_equal(call(*figures, workers=2), expected)


def test_arrays_that_change_during_the_call(monkeypatch: pytest.MonkeyPatch, figures: Any) -> None:
    def block(self: blocks.Run, *_: Any) -> None:
        self.wrong = True  # what was wrong here is right when it is looked for

    monkeypatch.setattr(blocks.Run, "block", block)
    with pytest.raises(RuntimeError, match=r"^netscore: the arrays were changed during the call$"):
        netscore(*figures)


def test_cores_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", {0: {2, 3, 7}}.__getitem__, raising=False)
    assert checks.thread_count("netscore", -1) == 3
    assert [checks.thread_count("netscore", workers) for workers in (-1, 1, 2, 50)] == [3, 1, 2, 50]


def test_cores_without_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    assert checks.thread_count("netscore", -1) == 6
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert checks.thread_count("netscore", -1) == 1


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("size", [3, N])
@pytest.mark.parametrize("weights", [{}, {"alpha": 1.5}, {"alpha": 2, "beta": 0.0, "gamma": 0.0}])
def test_infinite_counts_among_ordinary_ones(
    figures: Any, weights: Any, size: int, place: int
) -> None:
    own = [column[:size].copy() for column in (figures[0], figures[1] + 1e4, figures[2] + 1e4)]
    own[0] += 5.0
    own[0] = np.minimum(own[0], 100.0)
    own[place][size - 2] = math.inf
    name = ("accuracy", "params", "macs")[place]
    sentence = (
        f"netscore: {name} must be positive and finite, "
        f"got inf at position {size - 2} (1 of {size} values is wrong)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        netscore(*own, **weights)
    if place == 1:
        with pytest.raises(ValueError, match=r"^information_density: params must be .* got inf at"):
            information_density(*own[:2])


def test_counts_whose_product_is_beyond_the_floats() -> None:
    # 40 log10 10 - 10 log10 1e294 - 10 log10 1e296 = 40 - 2940 - 2960
    accuracy, params, macs = np.full(N, 10.0), np.full(N, 1e6), np.full(N, 1e9)
    params[[5, N - 5]], macs[[5, N - 5]] = 1e300, 1e305
    expected = np.full(N, 40.0)
    expected[[5, N - 5]] = -5860.0
    np.testing.assert_allclose(netscore(accuracy, params, macs), expected, rtol=1e-14)


def test_every_exponent_may_be_an_array() -> None:
    ones = np.ones(3)
    exponents: dict[str, Any] = {
        "alpha": 2.0 * ones,
        "beta": 0.5 * ones,
        "gamma": np.array([0.5, 1.0, 0.0]),
    }
    # 40 log10 10 - 10 log10 10 - 20 gamma log10 10
    scores = netscore(10.0 * ones, 1e7 * ones, 1e10 * ones, **exponents)
    assert scores.tolist() == pytest.approx([20.0, 10.0, 30.0])
    for name, array in exponents.items():
        wrong = np.where([False, True, False], 2000.0, array)
        with pytest.raises(ValueError, match=rf"^netscore: {name} .* got 2000.0 at position 1 "):
            netscore(10.0 * ones, 1e7 * ones, 1e10 * ones, **{**exponents, name: wrong})
