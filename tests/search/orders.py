"""Ranks, the best and the front against brute force, and intervals and draws against theory."""

from __future__ import annotations

import math
import warnings
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from netscore import (
    compare,
    netscore,
    netscore_interval,
    pareto_front,
    rank,
    sensitivity,
    top,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random


def attack(random: Random) -> Iterator[None]:
    """Draw small tables with ties, missing figures and equal rows."""
    warnings.simplefilter("ignore")
    while True:
        columns: Any = _table(random)
        scores: Any = netscore(*columns)
        scored = [(-np.inf if math.isnan(score) else score) for score in scores]
        ranks = [
            1 + sum(not np.isnan(scores[i]) and o > s for i, o in enumerate(scored)) for s in scored
        ]
        lost = np.isnan(scores)
        below = 1 + int((~lost).sum())
        assert rank(scores).tolist() == [
            below if missing else place for place, missing in zip(ranks, lost)
        ], columns
        k = random.randint(1, len(scores))
        order = [i for i in np.argsort(-scores, kind="stable") if not lost[i]][:k]
        assert top(columns[0], columns[1], columns[2], k=k).tolist() == order, (columns, k)
        assert pareto_front(*columns).tolist() == _front(columns), columns
        yield
        yield from _compared(random, columns)
        yield from _interval(random)
        yield from _draws(random)


def _table(random: Random) -> Any:
    n = random.choice([1, 2, 5, 30, 300])
    few = random.random() < 0.5
    draw = np.random.default_rng(random.randrange(2**32))
    accuracy = draw.integers(1, 5, n) * 20.0 if few else draw.uniform(0, 100, n)
    counts = 10 ** (draw.integers(4, 9, (2, n)) if few else draw.uniform(4, 10, (2, n)))
    columns = np.vstack([accuracy, counts])
    columns[draw.random((3, n)) < random.choice([0, 0, 0.1])] = np.nan
    return columns


def _front(columns: Any) -> list[bool]:
    better = np.vstack([-columns[:1], columns[1:]]).T
    return [
        not np.isnan(row).any()
        and not any((other <= row).all() and (other < row).any() for other in better)
        for row in better
    ]


def _compared(random: Random, columns: Any) -> Iterator[None]:
    whole = columns[:, ~np.isnan(columns).any(axis=0) & (columns[0] > 0)]
    if not whole.shape[1]:
        return
    among: list[Any] = [(f"n{i}", *row.tolist()) for i, row in enumerate(whole.T)]
    own: Any = (random.uniform(1, 100), 10 ** random.uniform(4, 10), 10 ** random.uniform(4, 10))
    standing = compare(*own, among=among)
    score: Any = netscore(*own)
    assert standing.rank == 1 + np.count_nonzero(netscore(*whole) > score), (own, among)
    beaten = [
        name
        for name, a, p, m in among
        if own[0] >= a and own[1] <= p and own[2] <= m and own != (a, p, m)
    ]
    assert [network.name for network in standing.dominates] == beaten, (own, among)
    yield


def _interval(random: Random) -> Iterator[None]:
    n, confidence = random.randint(1, 10**6), random.uniform(0.5, 0.999)
    right = random.randint(0, n)
    share, z = right / n, NormalDist().inv_cdf(0.5 + confidence / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    given = (100 * share, 3e6, 3e8)
    low, high = netscore_interval(*given, n_images=n, confidence=confidence)
    assert low <= netscore(*given) <= high
    for end, wanted in ((low, middle - half), (high, min(1.0, middle + half))):
        # A bound near no accuracy is the small difference of large numbers.
        if wanted > 1e-6:
            assert abs(end - netscore(100 * wanted, 3e6, 3e8)) < 1e-6, (given, n, confidence)
    yield


def _draws(random: Random) -> Iterator[None]:
    columns = np.abs(_table(random)[:, :30])
    columns = columns[:, ~np.isnan(columns).any(axis=0)]
    if columns.shape[1] < 2:
        return
    found = sensitivity(*columns, grid=3)
    exponents = [(a, b, c) for a in (1.0, 2.0, 3.0) for b in (0, 0.5, 1) for c in (0, 0.5, 1)]
    scores = np.array([netscore(*columns, alpha=a, beta=b, gamma=c) for a, b, c in exponents])
    # The last digit of a score decides between two that are equal but for rounding.
    own, others = scores[:, :, None], scores[:, None, :]
    low = 1 + (others > own + 1e-9).sum(axis=2)
    high = (others >= own - 1e-9).sum(axis=2)
    for ranks, lowest, highest in (
        (found.best_rank, low.min(axis=0), high.min(axis=0)),
        (found.worst_rank, low.max(axis=0), high.max(axis=0)),
    ):
        assert ((lowest <= ranks) & (ranks <= highest)).all(), columns
    yield
