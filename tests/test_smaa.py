"""sensitivity(): against hand-worked cases, brute force and scipy."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netscore import load_networks, netscore, rank, sensitivity, smaa
from netscore.smaa import Sensitivity

TABLE: dict[str, Any] = {
    "accuracy": [network.accuracy for network in load_networks()],
    "params": [network.params for network in load_networks()],
    "macs": [network.macs for network in load_networks()],
}
FIXED: dict[str, Any] = {"alpha": (2.0, 2.0), "beta": (0.5, 0.5), "gamma": (0.5, 0.5)}


def tau_b(one: list[Any], other: list[Any]) -> float:
    """Return Kendall's tau-b by its definition, pair by pair."""
    pairs = list(itertools.combinations(range(len(one)), 2))
    signs = [
        [(scores[i] > scores[j]) - (scores[i] < scores[j]) for i, j in pairs]
        for scores in (one, other)
    ]
    apart = [sum(map(abs, side)) for side in signs]
    if 0 in apart:
        return math.nan
    return sum(map(int.__mul__, *signs)) / math.sqrt(apart[0] * apart[1])


def check_against(result: Sensitivity, default: list[Any], drawn: list[list[Any]]) -> None:
    """Compare with the scores of each draw, NaN for missing ones."""

    def ranks(scores: list[Any]) -> list[int]:
        valid = [score for score in scores if score == score]
        return [
            1 + (sum(v > score for v in valid) if score == score else len(valid))
            for score in scores
        ]

    known = [i for i, score in enumerate(default) if score == score]
    by_draw = [ranks(scores) for scores in drawn]
    assert result.draws == len(drawn)
    assert result.default_rank.tolist() == ranks(default)
    for i in range(len(default)):
        mine = sorted(row[i] for row in by_draw)
        shares = [mine.count(r + 1) / len(mine) for r in range(len(default))]
        assert result.acceptability[i].tolist() == shares
        assert result.probability_first[i] == shares[0]
        assert result.best_rank[i] == mine[0]
        assert result.worst_rank[i] == mine[-1]
        assert result.median_rank[i] == mine[(len(mine) - 1) // 2]
    expected = [tau_b([scores[i] for i in known], [default[i] for i in known]) for scores in drawn]
    assert result.kendall_tau.tolist() == pytest.approx(expected, rel=1e-15, nan_ok=True)


# Powers of ten, so that every score is known exactly; None is an accuracy of 0, whose score is
# -inf, NaN a missing figure.
powers = st.tuples(
    st.sampled_from([None, 0, 1, 2, math.nan]), st.integers(-2, 2), st.integers(-2, 2)
)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@given(st.lists(powers, min_size=1, max_size=7))
@example([(math.nan, 0, 0)])
@example([(math.nan, 0, 0), (None, 0, 0), (math.nan, 1, 1)])
@example([(1, 0, 0)])
@example([(1, 0, 0), (1, 0, 0), (2, 1, 1)])
def test_grid_against_brute_force(networks: list[tuple[Any, int, int]]) -> None:
    accuracy = [0.0 if a is None else 10.0**a for a, _, _ in networks]
    params = [10.0 ** (6 + p) for _, p, _ in networks]
    macs = [10.0 ** (9 + m) for _, _, m in networks]
    default = netscore(accuracy, params, macs).tolist()

    def score(network: tuple[Any, int, int], weights: tuple[Fraction, ...]) -> Any:
        a, p, m = network
        if a != a:
            return math.nan
        if a is None and weights[0] > 0:
            return -math.inf
        return weights[0] * (a or 0) - weights[1] * p - weights[2] * m

    grid = list(itertools.product(*[[Fraction(i, 2) * top for i in range(3)] for top in (4, 1, 1)]))
    drawn = [
        default
        if weights == (Fraction(2), Fraction(1, 2), Fraction(1, 2))
        else [score(network, weights) for network in networks]
        for weights in grid
    ]
    result = sensitivity(accuracy, params, macs, alpha=(0, 4), beta=(0, 1), gamma=(0, 1), grid=3)
    check_against(result, default, drawn)


def drawn_scores(seed: int, draws: int, table: Any) -> list[list[float]]:
    """Return the scores of the draws over the default ranges."""
    shares = np.random.default_rng(seed).random((draws, 3))
    weights = np.array([1.0, 0.0, 0.0]) + np.array([2.0, 1.0, 1.0]) * shares
    alpha, beta, gamma = weights.T[:, :, np.newaxis]
    scores: list[list[float]] = netscore(
        table[0], table[1], table[2], alpha=alpha, beta=beta, gamma=gamma
    ).tolist()
    return scores


def test_the_better_of_two_is_always_first() -> None:
    result = sensitivity([70.0, 71.0], [2e6, 1e6], [2e9, 1e9], draws=500, seed=3)
    assert result.acceptability.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert result.probability_first.tolist() == [0.0, 1.0]
    assert result.best_rank.tolist() == result.worst_rank.tolist() == [2, 1]
    assert result.median_rank.tolist() == result.default_rank.tolist() == [2, 1]
    assert (result.kendall_tau == 1.0).all()


@pytest.mark.parametrize(
    ("first", "second", "ranges", "probability"),
    [
        # In powers of ten of accuracy, millions and billions, so that the scores over 20 are
        # first: 2 alpha - 3 beta, second: alpha; the first leads if beta < alpha / 3 = 1/3.
        ((2, 3, 0), (1, 0, 0), {"alpha": (1, 1)}, 1 / 3),
        ((2, 0, 3), (1, 0, 0), {"alpha": (1, 1)}, 1 / 3),
        # 2 alpha - 2 against alpha, alpha from 1 to 3: it leads above 2.
        ((2, 2, 0), (1, 0, 0), {"beta": (1, 1)}, 1 / 2),
        ((2, 5, 0), (1, 0, 0), {"beta": (0.5, 0.5)}, 1 / 4),
        # The triangle beta + gamma < 1/2 is 1/8 of the square; the diagonal would have 1/4.
        ((2, 1, 1), (1, 0, 0), {"alpha": (0.5, 0.5)}, 1 / 8),
        # alpha > 1 + beta over a rectangle of 2 by 1: 3/4 of it.
        ((2, 1, 1), (1, 0, 0), {"gamma": (1, 1)}, 3 / 4),
    ],
)
def test_probability_of_being_first_by_hand(
    first: Any, second: Any, ranges: dict[str, Any], probability: float
) -> None:
    accuracy, params, macs = (
        [10.0 ** (unit + a), 10.0 ** (unit + b)] for unit, a, b in zip((0, 6, 9), first, second)
    )
    result = sensitivity(accuracy, params, macs, **ranges, draws=100_000, seed=11)
    four_sigma = 4 * math.sqrt(probability * (1 - probability) / result.draws)
    assert result.probability_first[0] == pytest.approx(probability, abs=four_sigma)
    assert result.probability_first.sum() == 1.0
    # The mean of +1 and -1 says the same again.
    towards_first = 2 * result.probability_first[0] - 1
    sign = 1 if result.default_rank[0] == 1 else -1
    assert result.kendall_tau.mean() == pytest.approx(sign * towards_first, abs=1e-12)


def test_a_grid_by_hand() -> None:
    # 2 - 2 beta against 1: level at beta 1/2, where both are first.
    result = sensitivity(
        [100.0, 10.0], [1e8, 1e6], 1e9, alpha=(1, 1), beta=[0, 1], gamma=(0.25, 0.25), grid=5
    )
    assert result.draws == 5
    assert (result.alpha, result.beta, result.gamma) == ((1.0, 1.0), (0.0, 1.0), (0.25, 0.25))
    assert result.acceptability.tolist() == [[0.6, 0.4], [0.6, 0.4]]
    assert result.probability_first.tolist() == [0.6, 0.6]
    assert result.default_rank.tolist() == [1, 2]
    assert result.median_rank.tolist() == [1, 1]
    assert result.worst_rank.tolist() == [2, 2]
    assert result.kendall_tau.tolist() == pytest.approx([1, 1, math.nan, -1, -1], nan_ok=True)


def test_the_median_is_the_lower_one() -> None:
    # Of the four points beta = 0, 1/3, 2/3, 1 the first network leads at two, trails at two.
    result = sensitivity([100.0, 10.0], [1e8, 1e6], 1e9, alpha=(1, 1), gamma=(0, 0), grid=4)
    assert result.acceptability.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert result.median_rank.tolist() == [1, 1]


def test_gamma_runs_fastest_and_alpha_slowest() -> None:
    # The first leads if alpha > beta + 3 gamma.
    result = sensitivity(
        [100.0, 10.0], [1e7, 1e6], [1e12, 1e9], alpha=(1, 3), beta=(0, 1), gamma=(0, 0.75), grid=2
    )
    margin = [a - b - 3 * c for a, b, c in itertools.product((1, 3), (0, 1), (0, 0.75))]
    assert margin == [1, -1.25, 0, -2.25, 3, 0.75, 2, -0.25]
    # The published exponents give 2 - 0.5 - 1.5 = 0: neither leads, and tau is undefined.
    assert np.isnan(result.kendall_tau).all()
    # Of eight points the first leads at four and is level at one.
    assert result.probability_first.tolist() == [5 / 8, 4 / 8]
    again = sensitivity(
        [100.0, 10.0], [1e7, 1e6], [1e11, 1e9], alpha=(1, 3), beta=(0, 1), gamma=(0, 0.75), grid=2
    )
    # alpha - beta - 2 gamma: 1, -0.5, 0, -1.5, 3, 1.5, 2, 0.5
    assert again.kendall_tau.tolist() == pytest.approx(
        [1, -1, math.nan, -1, 1, 1, 1, 1], nan_ok=True
    )


@pytest.mark.parametrize("grid", [3, 5, 7, 9, 11])
def test_an_odd_grid_includes_the_published_exponents(grid: int) -> None:
    # The same three networks to the last digits only with the published exponents themselves.
    result = sensitivity(**TABLE, grid=grid)
    assert result.draws == grid**3
    middle = result.kendall_tau.reshape(grid, grid, grid)[(grid // 2,) * 3]
    assert middle == 1.0
    assert np.count_nonzero(result.kendall_tau == 1.0) < grid**3


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.longdouble])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 2.0, 72.0, 72.1, math.nan]) | st.floats(0, 100),
            st.sampled_from([1.0, 1e6, 3e6, 6e6, 7e6]) | st.floats(1, 1e12),
            st.sampled_from([1.0, 1e9, 3e9, 6e9, 7e9]) | st.floats(1, 1e12),
        ),
        min_size=1,
        max_size=20,
    )
)
@example([(72.0, 3e6, 6e9), (72.0, 6e6, 3e9), (72.0, 2e6, 9e9), (72.0, 1e6, 18e9)])
def test_fixed_at_the_published_exponents_it_is_rank(
    dtype: type[np.floating[Any]], networks: list[tuple[float, float, float]]
) -> None:
    table = np.array(networks, dtype=dtype).T
    expected = rank(netscore(table[0], table[1], table[2])).tolist()
    for result in (
        sensitivity(table[0], table[1], table[2], **FIXED, draws=3),
        sensitivity(table[0], table[1], table[2], **FIXED, grid=9),
    ):
        for ranks in (
            result.default_rank,
            result.best_rank,
            result.median_rank,
            result.worst_rank,
            1 + np.argmax(result.acceptability == 1.0, axis=1),
        ):
            assert ranks.tolist() == expected
        assert ((result.kendall_tau == 1.0) | np.isnan(result.kendall_tau)).all()
    assert result.draws == 1


def test_defaults() -> None:
    result = sensitivity(**TABLE, seed=0)
    assert result.draws == 10_000
    assert result.kendall_tau.shape == (10_000,)
    assert {type(end) for end in (*result.alpha, *result.beta, *result.gamma)} == {float}
    assert (result.alpha, result.beta, result.gamma) == ((1.0, 3.0), (0.0, 1.0), (0.0, 1.0))
    assert result.default_rank.tolist() == rank(netscore(**TABLE)).tolist()
    assert result.acceptability.shape == (60, 60)
    assert result.acceptability.sum(axis=1) == pytest.approx(np.ones(60), rel=1e-12)
    for name in ("best_rank", "median_rank", "worst_rank", "default_rank"):
        ranks = getattr(result, name)
        assert ranks.shape == (60,)
        assert np.issubdtype(ranks.dtype, np.integer)


def fields(result: Sensitivity) -> list[Any]:
    return [
        value.tolist() if isinstance(value, np.ndarray) else value
        for value in vars(result).values()
    ]


def test_seeds() -> None:
    def run(seed: Any) -> list[Any]:
        return fields(sensitivity(**TABLE, draws=50, seed=seed))

    expected = run(5)
    assert run(5) == run(np.int64(5)) == run(np.random.default_rng(5)) == expected
    assert run(6) != expected
    assert run(None) != run(None)
    generator = np.random.default_rng(5)
    assert run(generator) == expected
    assert run(generator) != expected


def test_global_random_state_plays_no_part() -> None:
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    first = sensitivity(**TABLE, draws=50)
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert fields(sensitivity(**TABLE, draws=50)) != fields(first)


@pytest.mark.parametrize("options", [{"draws": 101, "seed": 4}, {"grid": 5}])
def test_blocks_change_nothing(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = fields(sensitivity(**TABLE, **options))
    for block in (1, 60, 60 * 7, 60 * 101, 60 * 125):
        monkeypatch.setattr(smaa, "_BLOCK", block)
        assert fields(sensitivity(**TABLE, **options)) == expected


def test_missing_networks_are_last_and_outside_tau() -> None:
    table = [[70.0, math.nan, 60.0], [1e6, 1e6, 1e6], [1e9, 1e9, 1e9]]
    for accuracy in (table[0], np.ma.MaskedArray([70.0, 1.0, 60.0], mask=[False, True, False])):
        result = sensitivity(accuracy, *table[1:], draws=20, seed=1)
        assert result.acceptability.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
        assert result.default_rank.tolist() == result.median_rank.tolist() == [1, 3, 2]
        assert (result.kendall_tau == 1.0).all()


def test_one_network_and_none_known() -> None:
    one = sensitivity([70.0], [1e6], [1e9], draws=4, seed=1)
    assert one.acceptability.tolist() == [[1.0]]
    assert np.isnan(one.kendall_tau).all()
    none = sensitivity([math.nan, math.nan], [1e6, 1e6], [1e9, 1e9], draws=4, seed=1)
    assert none.default_rank.tolist() == rank([math.nan, math.nan]).tolist()
    assert none.acceptability.tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert np.isnan(none.kendall_tau).all()


def test_draws_of_any_whole_number() -> None:
    assert sensitivity(**TABLE, draws=1).kendall_tau.shape == (1,)
    assert sensitivity(**TABLE, draws=1e2).draws == 100  # type: ignore[arg-type]
    assert type(sensitivity(**TABLE, draws=np.int64(3)).draws) is int
    assert sensitivity(**TABLE, grid=2.0).draws == 8  # type: ignore[arg-type]
    # Not used beside a grid.
    assert sensitivity(**TABLE, grid=2, draws=-1, seed="x").draws == 8  # type: ignore[arg-type]


def test_figures_in_single_precision_are_compared_in_double() -> None:
    # Neighbours among the floats of 32 bits, several of which share a logarithm of 32 bits.
    accuracy = np.arange(9, dtype=np.float32) * np.spacing(np.float32(72.0)) + np.float32(72.0)
    result = sensitivity(accuracy, np.float32(3e6), np.float32(3e8), draws=20, seed=1)
    assert result.best_rank.tolist() == result.worst_rank.tolist() == list(range(9, 0, -1))


def test_the_record_is_frozen() -> None:
    result = sensitivity(**TABLE, draws=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.draws = 3  # type: ignore[misc]
    for field in dataclasses.fields(result):
        value: object = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0
    assert result == result
    assert result != sensitivity(**TABLE, draws=2)
    assert [field.name for field in dataclasses.fields(result)] == [
        "acceptability",
        "best_rank",
        "median_rank",
        "worst_rank",
        "default_rank",
        "probability_first",
        "kendall_tau",
        "draws",
        "alpha",
        "beta",
        "gamma",
    ]


@pytest.mark.parametrize("networks", [65, 128, 200, 257, 1000])
@pytest.mark.parametrize("kind", ["distinct", "ties", "missing"])
def test_many_networks_against_the_definition(networks: int, kind: str) -> None:
    rng = np.random.default_rng(networks)
    table = [rng.uniform(low, 100 * low, networks) for low in (1.0, 1e6, 1e8)]
    if kind == "ties":
        # Powers of ten, a fifth of them without accuracy, and rows that are level in every draw.
        table = [10.0 ** np.floor(np.log10(column)) for column in table]
        table[0][::5] = 0.0
        for column in table:
            column[:3] = column[3]
    if kind == "missing":
        table[1][::7] = np.nan
    draws = 5 if networks < 1000 else 2
    result = sensitivity(*table, draws=draws, seed=1)
    default: Any = netscore(*table)
    drawn = np.array(drawn_scores(1, draws, table))
    known = ~np.isnan(default)
    total = int(known.sum())
    ranks = np.full((draws, networks), total + 1)
    for row, scores in zip(ranks, drawn[:, known]):
        row[known] = 1 + (scores > scores[:, np.newaxis]).sum(axis=1)
    shares = [(ranks == place).mean(axis=0) for place in range(1, networks + 1)]
    assert (result.acceptability == np.transpose(shares)).all()
    assert (result.best_rank == ranks.min(axis=0)).all()
    assert (result.worst_rank == ranks.max(axis=0)).all()
    assert (result.median_rank == np.sort(ranks, axis=0)[(draws - 1) // 2]).all()
    signs = [
        1.0 * (scores > scores[:, np.newaxis]) - (scores < scores[:, np.newaxis])
        for scores in (default[known], *drawn[:, known])
    ]
    for tau, sign in zip(result.kendall_tau, signs[1:]):
        apart = np.count_nonzero(signs[0]) * np.count_nonzero(sign)
        assert tau == pytest.approx((signs[0] * sign).sum() / math.sqrt(apart), rel=1e-14)


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_kendall_tau_as_scipy_counts_it(digits: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(digits)
    table = [10.0 ** rng.uniform(low, low + 2, 3000).round(digits) for low in (0, 6, 8)]
    result = sensitivity(*table, draws=4, seed=2)
    default: Any = netscore(*table)
    for tau, scores in zip(result.kendall_tau, drawn_scores(2, 4, table)):
        assert tau == pytest.approx(stats.kendalltau(default, scores).statistic, rel=1e-12)


def test_very_many_networks() -> None:
    # The first is the best and the last the worst whatever the exponents; two are missing.
    accuracy = np.linspace(90.0, 10.0, 4000)
    accuracy[[17, 3210]] = np.nan
    result = sensitivity(accuracy, 1e6, 1e9, draws=3, seed=1)
    expected = rank(accuracy)
    for ranks in (result.best_rank, result.median_rank, result.worst_rank, result.default_rank):
        assert (ranks == expected).all()
    assert (result.acceptability[np.arange(4000), expected - 1] == 1.0).all()
    assert result.acceptability.sum() == 4000.0
    assert (result.kendall_tau == 1.0).all()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"draws": 10**8 + 1}, "draws must be at most 100000000, got 100000001"),
        ({"draws": 1e300}, "draws must be at most 100000000, got 1e+300"),
        (
            {"grid": 10**10},
            "the number of points of the grid must be at most 100000000, got 1e+30",
        ),
        (
            {"grid": 465},
            "the number of points of the grid must be at most 100000000, got 100544625.0",
        ),
        (
            {"grid": 1e300, "alpha": (2, 2)},
            "the number of points of the grid must be at most 100000000, got inf",
        ),
        (
            {"accuracy": np.full(10_001, 70.0)},
            "the number of networks must be at most 10000, got 10001",
        ),
    ],
)
def test_what_would_take_all_memory_is_refused(options: dict[str, Any], sentence: str) -> None:
    case: Any = {"accuracy": [70.0, 60.0], "params": 1e6, "macs": 1e9, **options}
    with pytest.raises(ValueError, match=rf"^sensitivity: {re.escape(sentence)}$"):
        sensitivity(**case)


@pytest.mark.parametrize("options", [{"draws": 64_000}, {"grid": 40}])
def test_memory_is_bounded_by_blocks(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [column[:8] for column in TABLE.values()]
    # The block is small, so that the draws fill many of them.
    monkeypatch.setattr(smaa, "_BLOCK", 1 << 12)

    def peak(**options: Any) -> int:
        sensitivity(*table, seed=1, **options)
        tracemalloc.start()
        try:
            sensitivity(*table, seed=1, **options)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # Eight bytes a draw for kendall_tau.
    few = {name: 10 if name == "grid" else 1000 for name in options}
    assert peak(**options) < peak(**few) + 8 * 64_000 + 20_000


def test_extreme_ranges() -> None:
    result = sensitivity(
        [0.0, 50.0, 60.0],
        [1e6, 1e7, 1e5],
        [1e9, 1e8, 1e7],
        alpha=(0, 1000),
        beta=(1e-6, 1000),
        gamma=(0, 0),
        draws=100,
        seed=1,
    )
    assert result.worst_rank.tolist()[0] == 3
    assert result.acceptability.sum(axis=1).tolist() == [1.0, 1.0, 1.0]


def test_broadcasting() -> None:
    expected = fields(sensitivity([70.0, 60.0], [1e6, 1e6], [1e9, 2e9], draws=9, seed=1))
    assert fields(sensitivity((70, 60), np.int64(10**6), [1e9, 2e9], draws=9, seed=1)) == expected


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"alpha": (3, 1)}, "alpha must be a pair (low, high) in this order, got (3.0, 1.0)"),
        ({"beta": 0.5}, "beta must be a pair (low, high), got an array of shape ()"),
        ({"gamma": (0, 1, 2)}, "gamma must be a pair (low, high), got an array of shape (3,)"),
        *(
            (
                {"gamma": wrong},
                f"gamma must be 0, or from 1e-06 to 1000, got {shown} (1 of 2 values is wrong)",
            )
            for wrong, shown in (
                ((-1, 3), "-1.0 at position 0"),
                ((0, 1001), "1001.0 at position 1"),
                ((0, math.nan), "nan at position 1"),
                (np.ma.array([0.0, 1.0], mask=[True, False]), "nan at position 0"),
            )
        ),
        ({"draws": 0}, "draws must be a positive whole number, got 0"),
        ({"draws": 2.5}, "draws must be a positive whole number, got 2.5"),
        ({"draws": math.inf}, "draws must be a positive whole number, got inf"),
        ({"draws": "9"}, "draws must be a real number, got '9'"),
        ({"draws": True}, "draws must be a real number, got True"),
        ({"grid": 1}, "grid must be a whole number of at least 2, got 1"),
        ({"grid": 2.5}, "grid must be a whole number of at least 2, got 2.5"),
        ({"grid": [3]}, "grid must be a real number, got [3]"),
        ({"seed": -1}, "seed must be non-negative, got -1"),
        *(
            (
                {"seed": wrong},
                "seed must be a whole number, a numpy.random.Generator or None, got " + repr(wrong),
            )
            for wrong in (1.0, True, "1")
        ),
        ({"accuracy": 70.0}, "the arrays must be one-dimensional, got an array of shape ()"),
        ({"accuracy": []}, "the arrays must hold at least one network, got none"),
    ],
    ids=str,
)
def test_refusals(changed: dict[str, Any], message: str) -> None:
    case: Any = {"accuracy": [70.0, 60.0], "params": 1e6, "macs": 1e9, **changed}
    with pytest.raises((TypeError, ValueError), match=rf"^sensitivity: {re.escape(message)}$"):
        sensitivity(**case)


def test_the_default_exponents_among_others_rank_as_netscore() -> None:
    # With params and macs exchanged, of level scores; three logarithms would say otherwise.
    figures = [70.0, 70.0], [2e7, 63e7], [63e7, 2e7]
    assert rank(netscore(*figures)).tolist() == [1, 1]
    result = sensitivity(*figures, alpha=(2, 2), beta=(0.5, 0.5), gamma=(0, 1), grid=3)
    assert result.probability_first.tolist() == [2 / 3, 2 / 3]
