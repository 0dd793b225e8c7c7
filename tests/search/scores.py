"""Scores, densities, metrics and what they solve for, against fifty digits."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np

from netscore import Cost, Metric, information_density, netscore, solve
from netscore.metrics import parse_signature

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random


def attack(random: Random) -> Iterator[None]:
    """Draw figures of all sizes, as numbers and as columns with odd neighbours."""
    warnings.simplefilter("ignore")
    mpmath.mp.dps = 50
    while True:
        figures = [_figures(random) for _ in range(random.choice([1, 2, 60]))]
        weights = [random.choice([0.0, 0.5, 1.0, 2.0, 10 ** random.uniform(-6, 3)]) for _ in "abc"]
        named: dict[str, Any] = dict(zip(("alpha", "beta", "gamma"), weights))
        columns = np.array(figures).T
        together = netscore(*columns, **named)
        densities = information_density(*columns[:2])
        for row, score, density in zip(figures, together, densities):
            terms = _terms(row, weights)
            _near(float(score), terms, row, weights)
            _near(netscore(*row, **named), terms, row, weights)
            exact = mpmath.mpf(row[0]) / (mpmath.mpf(row[1]) / 10**6)
            unit = float(np.spacing(abs(float(exact)) or 5e-324))
            assert abs(float(density) - exact) <= 2 * unit, (row, density)
            yield
        yield from _solved(random, row, weights)
        yield from _metric(random)


def _figures(random: Random) -> tuple[float, float, float]:
    wide = random.random() < 0.5
    count = (-300.0, 300.0) if wide else (3.0, 15.0)
    accuracy = random.choice([random.uniform(0, 100), 100.0, 10 ** random.uniform(-300, 2)])
    return accuracy, 10 ** random.uniform(*count), 10 ** random.uniform(*count)


def _terms(row: tuple[float, ...], weights: list[float], sizes: Any = (1, 1e6, 1e9)) -> list[Any]:
    signs = [1, *[-1] * (len(row) - 1)]
    return [
        20 * sign * mpmath.mpf(weight) * mpmath.log10(mpmath.mpf(value) / mpmath.mpf(size))
        for sign, weight, value, size in zip(signs, weights, row, sizes)
    ]


def _near(score: float, terms: list[Any], *said: object) -> None:
    sums = [mpmath.fsum(terms[: n + 1]) for n in range(len(terms))]
    largest = max(abs(float(value)) for value in [*terms, *sums])
    assert abs(mpmath.mpf(score) - sums[-1]) <= 4 * float(np.spacing(largest)), (score, *said)


def _solved(random: Random, row: tuple[float, ...], weights: list[float]) -> Iterator[None]:
    names = ("accuracy", "params", "macs")
    unknown = random.randrange(3)
    given: dict[str, Any] = {
        name: value for name, value in zip(names, row) if name != names[unknown]
    }
    named: dict[str, Any] = dict(zip(("alpha", "beta", "gamma"), weights))
    score = netscore(*row, **named)
    try:
        found = solve(score, **given, **named)
    except ValueError:  # no exponent, or beyond the range of the figure
        yield
        return
    again = netscore(**{**given, names[unknown]: found}, **named)
    largest = max(abs(float(term)) for term in [*_terms(row, weights), score])
    # A figure has 53 bits: its last one moves the score by so much.
    step = 20 * weights[unknown] * np.finfo(float).eps
    assert abs(again - score) <= 16 * np.spacing(largest) + step, (score, given, named, found)
    yield


def _metric(random: Random) -> Iterator[None]:
    names = random.sample(["latency", "memory", "energy", "params", "macs"], random.randint(1, 4))
    costs = [
        Cost(name, random.choice(["s", "ms", "MiB", "J"]), 10 ** random.uniform(-6, 3))
        for name in names
    ]
    alpha = 10 ** random.uniform(-6, 3)
    metric = Metric("own", costs, alpha=alpha, scale=20.0)
    row = [random.uniform(1, 100), *(10 ** random.uniform(-20, 20) for _ in costs)]
    weights = [alpha, *(cost.exponent for cost in costs)]
    score = metric(*row)
    _near(score, _terms(tuple(row), weights, [1] * len(row)), metric, row)
    assert parse_signature(metric.signature()).metric == metric
    yield
