"""Arguments of every kind for every function: an answer of the right shape, or one sentence."""

from __future__ import annotations

import math
import warnings
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

import netscore as package
from netscore.metrics import NS_E, mnasnet_reward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "netscore": package.netscore,
    "information_density": lambda a, p, _: package.information_density(a, p),
    "pareto_front": package.pareto_front,
    "top": lambda a, p, m: package.top(a, p, m, k=1),
    "rank": lambda *figures: package.rank(figures[0]),
    "netscore_interval": lambda *figures: package.netscore_interval(*figures, n_images=100)[0],
    "solve": lambda score, p, m: package.solve(score, params=p, macs=m),
    "NS-E": NS_E,
    "mnasnet_reward": mnasnet_reward,
}
ITSELF: list[Any] = []
ITSELF.append(ITSELF)
VALUES: list[Any] = [
    *(72.0, 72, 0, -0.0, -1, 1e-320, 1.7e308, math.inf, -math.inf, math.nan, 10**400, -(10**5000)),
    *(True, None, "72", b"72", 72j, object(), print, {}, {1: 2}, {72.0}, ITSELF, [], (), [[]]),
    *(Decimal("72.5"), Fraction(72), Decimal("NaN"), deque([72.0]), deque([True, 75.0]), range(3)),
    *([72.0, 75.0], [72.0, None], [72.0, "x"], (72.0, math.nan), [[72.0], [73.0]], [1, [2]]),
    *(np.float32(72), np.int8(72), np.bool_(True), np.datetime64("2020"), np.array(72.0)),
    *(np.array([72.0, 75.0]), np.array([72, 75], np.uint8), np.array(["72"]), np.zeros((0,))),
    *(
        np.array([72.0, 75.0])[::-1],
        np.array([72.0, 75.0], ">f8"),
        np.array([72.0, 75.0], np.longdouble),
    ),
    *(np.ma.masked_equal([72.0, 75.0], 75.0), np.ones((2, 1)), np.ones((1,) * 32), np.zeros(3)),
    *(
        np.array([72.0, None]),
        np.array([72 + 0j, 75]),
        np.array([1.0], np.float16),
        np.ones((3, 2)),
    ),
]


def attack(random: Random) -> Iterator[None]:
    """Call every function with values that may or may not belong together."""
    warnings.simplefilter("ignore")
    values = [*VALUES, *_of_libraries()]
    while True:
        name = random.choice(list(FUNCTIONS))
        figures = random.choices(values, k=3)
        if random.random() < 0.7:  # one that is odd, among others that are right
            figures = [[72.0, 75.0], [3.4e6, 25.6e6], [3e8, 3.8e9]]
            figures[random.randrange(3)] = random.choice(values)
        kept = [_bytes(value) for value in figures]
        try:
            answer = FUNCTIONS[name](*figures)
        except (ValueError, TypeError) as error:
            said = str(error)
            assert said.startswith(("netscore", "information_density", name)), (name, figures, said)
            assert "\n" not in said, (name, figures, said)
            assert len(said) < 1000, (name, said)
        else:
            _right(name, answer, figures)
        assert kept == [_bytes(value) for value in figures], (name, figures)
        yield


def _right(name: str, answer: Any, figures: list[Any]) -> None:
    first: Any = figures[0]
    if isinstance(answer, float):
        assert np.ndim(first) == 0, (name, figures)
    elif isinstance(answer, np.ndarray) and name not in ("top", "rank", "pareto_front"):
        used = figures[:2] if name in ("information_density", "mnasnet_reward") else figures
        if not any(type(value).__module__.startswith(("polars", "pandas")) for value in used):
            assert answer.shape == np.broadcast_shapes(*map(np.shape, used)), (name, figures)


def _bytes(value: Any) -> object:
    return value.tobytes() if isinstance(value, np.ndarray) and value.dtype != object else None


def _of_libraries() -> list[Any]:
    values: list[Any] = []
    try:
        import pandas as pd

        values += [pd.Series([72.0, 75.0]), pd.Series([72.0, 75.0], index=[1, 0]), pd.NA]
        values += [pd.Series([72, None], dtype="Int64"), pd.Series(["a", "b"]), pd.NaT]
        values += [pd.Series([1.0, 2.0], dtype="Sparse[float]"), pd.DataFrame({"a": [1.0, 2.0]})]
    except ImportError:
        pass
    try:
        import polars as pl

        values += [pl.Series([72.0, None]), pl.Series([1, 2], dtype=pl.Int128), pl.col("a")]
        values += [pl.Series(["a", "b"]), pl.Series([True, False]), pl.DataFrame({"a": [1.0]})]
    except ImportError:
        pass
    return values
