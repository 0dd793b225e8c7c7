"""The public functions that take figures, as data: what each takes, and which contract it keeps.

`test_functions` asks every question of every row. A new function is one row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import netscore as package
from netscore import Cost, Metric
from netscore.metrics import NETSCORE, NS_E, NS_M, NS_SHARP, mnasnet_reward

INF: Final = math.inf
NAN: Final = math.nan
LARGEST: Final = 1.7976931348623157e308


@dataclass(frozen=True)
class Rule:
    """What an argument may be: written out here, not read from the package.

    ``good`` are ordinary values, ``ends`` the outermost that are allowed, ``wrong`` those beyond,
    ``doubts`` those that look like another unit and what is said of them, ``clear`` those near by
    that do not. ``single`` arguments are numbers, never arrays; ``optional`` ones have a default.
    """

    name: str
    must: str
    good: tuple[float, ...]
    ends: tuple[float, ...]
    wrong: tuple[float, ...]
    doubts: tuple[tuple[tuple[float, ...], str], ...] = ()
    clear: tuple[tuple[float, ...], ...] = ()
    keyword: str = ""
    missing: bool = True
    optional: bool = False
    single: bool = False

    @property
    def argument(self) -> str:
        """The name by which it is passed."""
        return self.keyword or self.name

    @property
    def kind(self) -> str:
        """What a value of another kind is told to be."""
        return "a real number" if self.single else "a real number or an array of real numbers"


ACCURACY: Final = Rule(
    "accuracy",
    "a percentage from 0 to 100",
    good=(72.0, 75.3, 10.0, 99.9),
    ends=(0.0, -0.0, 5e-324, 100.0),
    wrong=(-5e-324, -0.1, 100.00000000000001, INF, -INF),
    doubts=(
        ((0.72,), "accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100"),
        ((1,), "accuracy was read as 1 percent; if it is a fraction, multiply it by 100"),
        (
            (0.5, NAN, 0.0, 0.75),
            "accuracy was read as 0 to 0.75 percent; if it is a fraction, multiply it by 100",
        ),
    ),
    clear=((1.0000001,), (0.0,), (NAN,), (NAN, 0.0), (0.5, 72.0), ()),
)
PARAMS: Final = Rule(
    "params",
    "positive and finite",
    good=(3.4e6, 25.6e6, 1e6, 5e8),
    ends=(5e-324, LARGEST),
    wrong=(0.0, -0.0, -5e-324, -3.0, INF, -INF),
    doubts=(
        ((3.4,), "params was read as 3.4 parameters; if it is in millions, multiply it by 1e6"),
        (
            (3.0, NAN, 25.0, 999.9999999999999),
            "params was read as 3 to 1000 parameters; if it is in millions, multiply it by 1e6",
        ),
    ),
    clear=((1000,), (NAN,), (3.4, 1000.0), ()),
)
MACS: Final = replace(
    PARAMS,
    name="macs",
    good=(300e6, 3.8e9, 1e9, 2e11),
    doubts=(
        (
            (999.9,),
            "macs was read as 999.9 multiply-accumulates; "
            "if it is in billions, multiply it by 1e9, if in millions, by 1e6",
        ),
    ),
    clear=((1e6,), (NAN,), (3.4, 3.4e7), ()),
)
ALPHA: Final = Rule(
    "alpha",
    "0, or from 1e-06 to 1000",
    good=(2.0, 1.5, 1.0, 3.0),
    ends=(0.0, -0.0, 1e-6, 1000.0),
    wrong=(5e-324, 9.99e-7, 1000.0000000000001, -0.5, INF, -INF, NAN),
    missing=False,
    optional=True,
)
BETA: Final = replace(ALPHA, name="beta", good=(0.5, 0.25, 1.0, 0.75))
GAMMA: Final = replace(BETA, name="gamma")
FIGURES: Final = (ACCURACY, PARAMS, MACS)
EXPONENTS: Final = (ALPHA, BETA, GAMMA)
SCORES: Final = (74.0, 55.0, 20.0, 18.0)
SCORE: Final = Rule("score", "a real number", SCORES, ends=(-LARGEST, LARGEST, INF, -INF), wrong=())


def cost(name: str, unit: str, *good: float) -> Rule:
    """Return the rule of a cost in a unit that nothing is mistaken for."""
    return replace(PARAMS, name=f"{name} ({unit})", keyword=name, good=good, doubts=())


def to_solve(rule: Rule, figure: str) -> Rule:
    """Return the rule of an exponent, which of the figure wanted must be positive."""
    must = f"from 1e-06 to 1000 to solve for {figure}"
    return replace(rule, must=must, ends=(1e-6, 1000.0), wrong=(0.0, *rule.wrong))


@dataclass(frozen=True)
class Function:
    """One row: how to call it, what it takes, which contract of containers it keeps.

    ``name`` is what its errors call it, ``labels`` how polars names its results, ``own`` whether
    it answers with one value a row, ``rows`` how many rows it takes.
    """

    name: str
    call: Callable[..., Any]
    rules: tuple[Rule, ...]
    contract: str = "element"
    labels: tuple[str, ...] = ()
    own: bool = True
    rows: tuple[int, int] = (0, 1 << 62)

    @property
    def required(self) -> tuple[Rule, ...]:
        """The rules of what must be given."""
        return tuple(rule for rule in self.rules if not rule.optional)

    def parts(self, result: Any) -> list[Any]:
        """Return the results, of which an interval has two and every other function one."""
        return list(result) if isinstance(result, tuple) else [result]

    def given(self, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return the values by the names of the rules as the first argument and those by name."""
        named = {rule.argument: values[rule.name] for rule in self.rules if rule.name in values}
        return named.pop(self.rules[0].argument), named


LATENCY: Final = cost("latency", "s", 0.02, 1.5, 0.075, 1.0)
MEMORY: Final = cost("memory", "MiB", 512.0, 2048.0, 1084.0, 1.5)
TIME: Final = cost("time", "s", 21.3, 0.5, 1.0, 4.0)
POWER: Final = cost("power", "W", 144.2, 15.0, 3.0, 0.25)
OWN: Final = Metric("own-score", [Cost("latency", "s", 0.5), Cost("memory", "MiB", 0.25, 1024.0)])
IMAGES: Final = Rule(
    "n_images",
    "a positive whole number",
    good=(50_000.0, 10_000.0, 1000.0, 100.0),
    ends=(1.0, 2.0**53),
    wrong=(0.0, -1.0, 0.5, 1000.5, INF, -INF, NAN),
    missing=False,
)
CONFIDENCE: Final = Rule(
    "confidence",
    "above 0 and below 1",
    good=(0.95, 0.99, 0.5, 0.9),
    ends=(5e-324, 0.9999999999999999),
    wrong=(0.0, 1.0, -0.5, 95.0, INF, -INF, NAN),
    missing=False,
    optional=True,
)
SINGLE: Final = tuple(replace(rule, single=True) for rule in EXPONENTS)
TARGET: Final = replace(
    cost("target", "", 80.0), name="target", clear=(), missing=False, single=True
)
W: Final = Rule(
    "w",
    "0, or from -1000 to -1e-06",
    good=(-0.07,),
    ends=(0.0, -1e-6, -1000.0),
    wrong=(0.07, 5e-324, -9.99e-7, -1000.0000000000001, INF, -INF, NAN),
    missing=False,
    optional=True,
    single=True,
)
RANKED: Final = replace(SCORE, name="scores")

FUNCTIONS: Final = {
    "netscore": Function("netscore", package.netscore, FIGURES + EXPONENTS),
    "netscore-other": Function(
        "netscore", partial(package.netscore, alpha=1.5, beta=0.25, gamma=1), FIGURES
    ),
    "information_density": Function(
        "information_density", package.information_density, (ACCURACY, PARAMS)
    ),
    "NETSCORE": Function("netscore", NETSCORE, FIGURES),
    "NS_E": Function("NS-E", NS_E, (ACCURACY, TIME, POWER)),
    "NS_M": Function("NS-M", NS_M, (ACCURACY, MEMORY)),
    "NS_SHARP": Function("NS#", NS_SHARP, (ACCURACY, MEMORY, TIME, POWER)),
    "Metric": Function("own-score", OWN, (ACCURACY, LATENCY, MEMORY)),
    "mnasnet_reward": Function(
        "mnasnet_reward",
        mnasnet_reward,
        (ACCURACY, replace(LATENCY, name="latency"), TARGET, W),
    ),
    "netscore_interval": Function(
        "netscore_interval",
        package.netscore_interval,
        (*FIGURES, IMAGES, CONFIDENCE, *EXPONENTS),
        labels=("netscore_low", "netscore_high"),
    ),
    "solve-accuracy": Function(
        "solve",
        package.solve,
        (SCORE, PARAMS, MACS, to_solve(ALPHA, "accuracy"), BETA, GAMMA),
    ),
    "solve-params": Function(
        "solve",
        package.solve,
        (SCORE, ACCURACY, MACS, ALPHA, to_solve(BETA, "params"), GAMMA),
    ),
    "solve-macs": Function(
        "solve",
        package.solve,
        (SCORE, ACCURACY, PARAMS, ALPHA, BETA, to_solve(GAMMA, "macs")),
    ),
    "Metric.solve": Function("solve", OWN.solve, (SCORE, ACCURACY, LATENCY)),
    "rank": Function("rank", package.rank, (RANKED,), "column"),
    "pareto_front": Function("pareto_front", package.pareto_front, FIGURES, "column"),
    "top": Function("top", partial(package.top, k=3), FIGURES + SINGLE, "column", own=False),
    "sensitivity": Function(
        "sensitivity",
        partial(package.sensitivity, draws=20, seed=1),
        FIGURES,
        "column",
        own=False,
        rows=(1, 10_000),
    ),
}
