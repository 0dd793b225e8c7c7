"""Scores as data: a metric computes, solves, signs itself and is read back from its signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload

from netscore import __version__, checks
from netscore.checks import ACCURACY, ALPHA, EXPONENTS, FIGURES, Rule, only_numbers
from netscore.weighted import SIZES, Numbers, inverse, of_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from typing_extensions import Unpack

    from netscore.arrays import ContainerT, Floats, Plain, Scalar, Values
    from netscore.arrays.blocks import Weighted
    from netscore.formula import Solvable
    from netscore.weighted import Convention

# Names that calls and signatures have taken.
_TAKEN: Final = "a, acc, accuracy, alpha, scale, data, input, counter, log, out, v and workers"
# What texts must be: as a pattern and in words.
_NAME: Final = (
    rf"(?!(?:{re.sub(', | and ', '|', _TAKEN)})\Z)[A-Za-z][A-Za-z0-9_-]*",
    f"an ASCII word, hyphens allowed, that starts with a letter and is none of {_TAKEN}",
)
_UNIT: Final = (r"[^\s|]+", "text without spaces and '|'")
_LABEL: Final = (
    r"[a-z0-9]+(?:[-.][a-z0-9]+)*",
    "a label of lower-case letters, digits, hyphens and full stops, as in top1 or cifar10",
)
_VERSION: Final = (r"([0-9]+!)?[0-9]+([.+][0-9A-Za-z]+)*", "a version, as in 0.1.0")
_PERCENT: Final = "-percent"
# All but the first need not be said.
_LABELS: Final = ("accuracy", "data", "input", "counter")
# The costs of NetScore.
_COUNTED: Final = [("params", "parameters"), ("macs", "multiply-accumulates")]
_SCALE: Final = Rule("scale", "from 1e-06 to 1000", 1e-6, 1e3)
_TARGET: Final = checks.positive("target")
_W: Final = Rule("w", "0, or from -1000 to -1e-06", -1e3, -1e-6, or_zero=True)
_SCORE: Final = Rule("score", "a real number", float("-inf"), float("inf"), missing=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a network costs in one respect: in which unit, and how much that weighs.

    Attributes
    ----------
    name : str
        What is measured: an ASCII word that starts with a letter, with hyphens if wanted.
    unit : str
        The unit of the values, without spaces and ``|``: ``"s"``, ``"W"``, ``"MiB"``. It changes
        no number and stands in the signature, because in another unit the score is another one.
    exponent : float
        Its exponent in the score: 0, or 1e-6 to 1000.
    size : float, default 1.0
        So many of the unit count as 1, from 1 to 1e15: a million for the parameters of NetScore.

    Examples
    --------
    >>> from netscore import Cost
    >>> Cost("latency", "s", 0.5)
    Cost(name='latency', unit='s', exponent=0.5, size=1.0)
    """

    name: str
    unit: str
    exponent: float
    size: float = 1.0


@dataclass(frozen=True)
class Metric:
    r"""A score of accuracy against any costs, the general form of NetScore.

    Higher is better. With the default scale the difference of two scores is in decibels: ten
    times a cost of exponent 0.5 costs 10 dB. Such a score is no NetScore unless its costs are
    those of NetScore: state it with its signature.

    Two metrics are equal if they compute the same: their names, and the order of their costs,
    are no convention.

    Parameters
    ----------
    name : str
        What to call the score in messages; none of its costs may have this name.
    costs : sequence of Cost
        At least one.
    alpha : float, default 2.0
        Exponent of the accuracy: 0, or 1e-6 to 1000.
    scale : float, default 20.0
        Factor of the decimal logarithm: 1e-6 to 1000.

    Raises
    ------
    ValueError
        If an exponent, a size or the scale breaks its rule, a name or a unit breaks its rule or
        stands twice, or there is no cost.
    TypeError
        If `costs` holds anything but `Cost` records, or a number is none.

    See Also
    --------
    netscore : The score of parameters and multiply-accumulates.
    netscore.metrics.NS_E, netscore.metrics.NS_M, netscore.metrics.NS_SHARP : Published ones.

    Notes
    -----
    With accuracy :math:`a` in percent, costs :math:`c_i` in their units, sizes :math:`u_i` and
    scale :math:`s`,

    .. math:: S = s \log_{10} \frac{a^\alpha}{\prod_i (c_i / u_i)^{\epsilon_i}}
        = s \left( \alpha \log_{10} a - \sum_i \epsilon_i \log_{10} \frac{c_i}{u_i} \right)

    as `netscore`, which is the special case of params in millions and multiply-accumulates in
    billions with exponents of 0.5 [1]_, computes it. The terms are added in the order of the
    costs; another order can change the last digit.

    References
    ----------
    .. [1] A. Wong, "NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of
       Deep Neural Networks for Practical On-Device Edge Usage", ICIAR 2019, LNCS 11663,
       doi:10.1007/978-3-030-27272-2_2, arXiv:1806.05512.

    Examples
    --------
    MobileNetV2 with a latency of 75 ms, then the same at four latencies, each ten times the one
    before:

    >>> from netscore import Cost, Metric
    >>> metric = Metric("latency-score", [Cost("latency", "s", 0.5)])
    >>> round(metric(72.0, latency=0.075), 2)
    85.54
    >>> metric(72.0, latency=[0.01, 0.1, 1.0, 10.0]).round(1)
    array([94.3, 84.3, 74.3, 64.3])

    How it was made, and at which latency it would be 80:

    >>> metric.signature()
    'weighted_score|acc:top1-percent|latency:s^0.5|log:20log10|a:2|v:...'
    >>> round(metric.solve(80.0, accuracy=72.0), 3)
    0.269
    """

    name: str = field(compare=False)
    costs: tuple[Cost, ...] = field(compare=False)
    alpha: float = 2.0
    scale: float = 20.0
    convention: Convention = field(init=False, compare=False)
    is_netscore: bool = field(init=False, compare=False)
    rules: tuple[Rule, ...] = field(init=False, compare=False)
    _costs: frozenset[Cost] = field(init=False)

    if TYPE_CHECKING:

        def __init__(
            self, name: str, costs: Iterable[Cost], alpha: float = ..., scale: float = ...
        ) -> None: ...

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(f"Metric: name must be a str, got {checks.shown(self.name)}")
        costs: tuple[Any, ...] = (self.costs,)  # which is refused below if it is no sequence
        if hasattr(self.costs, "__iter__"):
            costs = tuple(self.costs)
        if not costs:
            raise ValueError(f"Metric: costs must hold at least one cost, got {self.costs!r}")
        costs = tuple(map(_checked, costs))
        names = [cost.name for cost in costs]
        for place, name in enumerate(names):
            if name in (self.name, *names[:place]):
                raise ValueError(
                    f"Metric: the names of metric and costs must differ, got {name!r} twice"
                )
        numbers = only_numbers("Metric", (ALPHA, _SCALE), (self.alpha, self.scale))
        alpha, scale = (number + 0.0 for number in numbers)
        exponents, sizes = zip(*((cost.exponent, cost.size) for cost in costs))
        kinds = [(cost.name, cost.unit) for cost in costs]
        is_netscore = (self.name, kinds, sizes, scale) == ("netscore", _COUNTED, SIZES, 20.0)
        named = (checks.positive(f"{name} ({unit})", missing=True) for name, unit in kinds)
        rules = FIGURES if is_netscore else (ACCURACY, *named)
        made = vars(self)  # as it is frozen
        made.update(costs=costs, _costs=frozenset(costs), alpha=alpha, scale=scale, rules=rules)
        made.update(convention=(alpha, exponents, sizes, scale), is_netscore=is_netscore)

    def __repr__(self) -> str:
        costs = ", ".join(f"{c.name} ({c.unit})^{_text(c.exponent)}" for c in self.costs)
        constants = f"alpha {_text(self.alpha)}, scale {_text(self.scale)}"
        return f"<Metric {self.name}: {costs}; {constants}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Rules are one object each, by which params and macs are known.
        return Metric, (self.name, self.costs, self.alpha, self.scale)

    def __call__(
        self, /, accuracy: Any, *costs: Any, out: Any = None, workers: int = 1, **named: Any
    ) -> Any:
        """Score networks.

        Parameters
        ----------
        accuracy : float or array-like
            Accuracy in percent, 0 to 100 (72.0, not 0.72).
        *costs, **named : float or array-like
            The costs in their order or by their names: positive and finite, NaN where missing.
        out, workers : optional
            As in `netscore`.

        Returns
        -------
        float, numpy.ndarray or the container of the arguments
            As `netscore` does.

        Raises
        ------
        ValueError, TypeError
            As `netscore` does; TypeError also if a cost is missing, unknown or given twice.
        """
        values = (accuracy, *self._arranged(costs, named))
        if out is None:
            plain = checks.numbers(self.name, self.rules, values)
            if plain is not None:
                checks.thread_count(self.name, workers)
                return self.of_numbers(*plain)
        from netscore.arrays import evaluate

        return evaluate(self.name, self.kernel, self.rules, values, out=out, workers=workers)

    def _arranged(self, costs: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
        """Return the costs in their order."""
        names = [cost.name for cost in self.costs]
        given = dict(zip(names, costs))
        if len(costs) > len(names) or given.keys() & named or given.keys() | named != set(names):
            got = ", ".join([*map(str, range(1, len(costs) + 1)), *named]) or "none"
            raise TypeError(f"{self.name}: takes accuracy, {', '.join(names)}; got costs {got}")
        given.update(named)
        return [given[name] for name in names]

    def of_numbers(self, accuracy: float, *costs: float) -> float:
        """Return the score of checked numbers."""
        return of_numbers(accuracy, costs, self.convention)

    def scores(self, figures: Sequence[Any]) -> Any:
        """Return the scores of arrays without a warning, NaN where a figure is not allowed."""
        from netscore.arrays import Call

        return Call(self.name, (self.kernel,), self.rules).lenient(self.kernel, *figures)

    def figure(self, score: float, figures: Sequence[float | None]) -> Any:
        """Return the checked figure that is None, at which they have the score; NaN if none."""
        return inverse(Numbers, score, figures, self.convention)

    def weighing(self, alpha: float, *exponents: float) -> Metric:
        """Return the same metric with other exponents, of accuracy and of the costs in order."""
        costs = [replace(cost, exponent=e) for cost, e in zip(self.costs, exponents, strict=True)]
        return replace(self, costs=tuple(costs), alpha=alpha)

    def solve(self, score: Any, /, **figures: Any) -> Any:
        """Solve the metric for the one of accuracy and costs that is not given.

        Parameters
        ----------
        score : float or array-like
            The score to reach.
        **figures : float or array-like
            All but one of ``accuracy`` and the costs, by name.

        Returns
        -------
        float, numpy.ndarray or the container of the arguments
            The figure wanted, as `netscore.solve` gives it.

        Raises
        ------
        ValueError, TypeError
            As `netscore.solve` does.
        """
        names = ["accuracy", *(cost.name for cost in self.costs)]
        for name in figures:
            if name not in names:
                raise TypeError(f"solve: {self.name} has {', '.join(names)}, got {name!r}")
        given = [figures.get(name) for name in names]
        return _solve(self, score, given, (self.alpha, *self.exponents))

    def signature(self, **labels: Any) -> str:
        """Say how a score was made, as `netscore.signature` does, whose labels it takes."""
        return signature(self, **labels)

    @property
    def exponents(self) -> tuple[float, ...]:
        """The exponents of the costs, in their order."""
        return tuple(self.convention[1])

    @cached_property
    def kernel(self) -> Weighted:
        """How arrays are computed; made when one is first met, as it needs NumPy."""
        from netscore.arrays import Weighted

        return Weighted(self.convention, counts=self.is_netscore)


def _match(function: str, what: str, value: object, pattern: str, must: str) -> None:
    """Refuse what is no text of that pattern."""
    if not (isinstance(value, str) and re.fullmatch(pattern, value)):
        raise ValueError(f"{function}: {what} must be {must}, got {checks.shown(value)}")


def _checked(cost: object) -> Cost:
    """Return a cost with its numbers as floats, or refuse what is none."""
    if not isinstance(cost, Cost):
        raise TypeError(f"Metric: costs must hold Cost records, got {checks.shown(cost)}")
    name = cost.name
    _match("Metric", "the name of a cost", name, *_NAME)
    _match("Metric", f"the unit of {name}", cost.unit, *_UNIT)
    # By a smaller or larger one a quotient could overflow or lose its digits.
    size_rule = Rule(f"the size of {name}", "from 1 to 1e15", 1.0, 1e15)
    rules = checks.exponent(f"the exponent of {name}"), size_rule
    exponent, size = only_numbers("Metric", rules, (cost.exponent, cost.size))
    return Cost(name, cost.unit, exponent + 0.0, size + 0.0)


_MEMORY: Final = Cost("memory", "MiB", 0.125)
_TIME: Final = Cost("time", "s", 0.125)
_POWER: Final = Cost("power", "W", 0.125)

NETSCORE: Final = Metric("netscore", [Cost(*who, 0.5, n) for who, n in zip(_COUNTED, SIZES)])
"""NetScore itself: `netscore.netscore` as data."""

# A. Toktassyn, J.-G. Park, "Efficient PEFT Methods with Adaptive Checkpointing for Vision Models
# and VLMs on Resource Constrained Consumer-GPUs", 2026, arXiv:2607.02158.
NS_E: Final = Metric("NS-E", (_TIME, _POWER))
"""Accuracy against the energy of inference, as time and average power (arXiv:2607.02158)."""
NS_M: Final = Metric("NS-M", (_MEMORY,))
"""Accuracy against the peak memory of inference (arXiv:2607.02158)."""
NS_SHARP: Final = Metric("NS#", (_MEMORY, _TIME, _POWER))
"""Accuracy against memory, time and power of inference (arXiv:2607.02158)."""

_PUBLISHED: Final = {metric.name: metric for metric in (NS_E, NS_M, NS_SHARP)}


@dataclass(frozen=True)
class Reward:
    """The MnasNet reward with its constants put in; see `mnasnet_reward`.

    Attributes
    ----------
    target, w : float
        As `mnasnet_reward` takes them.

    Examples
    --------
    >>> from netscore.metrics import Reward, parse_signature, signature
    >>> signature(Reward(75.0))
    'mnasnet_reward|acc:top1-percent|target:75|w:-0.07|v:...'
    >>> parse_signature(signature(Reward(75.0))).metric
    Reward(target=75.0, w=-0.07)
    """

    target: float
    w: float = -0.07

    def __post_init__(self) -> None:
        target, w = only_numbers("mnasnet_reward", (_TARGET, _W), (self.target, self.w))
        vars(self).update(target=target + 0.0, w=w + 0.0)  # as it is frozen

    def __call__(self, accuracy: Any, latency: Any) -> Any:
        """Return the reward of networks, as `mnasnet_reward` does."""
        values = (accuracy, latency)
        plain = checks.numbers("mnasnet_reward", _REWARD, values)
        if plain is not None:
            return self._formula(Numbers, *plain)
        from netscore.arrays import Kernel, evaluate

        return evaluate("mnasnet_reward", Kernel(self._formula), _REWARD, values)

    def _formula(self, xp: Any, accuracy: Any, latency: Any) -> Any:
        # Through logarithms, so that the ratio cannot overflow.
        factor = xp.exp((xp.log(latency) - log(self.target)) * self.w)
        # 0 % stays 0 % whatever the factor, unless the latency is missing.
        return xp.where((accuracy == 0.0) & (factor == factor), 0.0, accuracy * factor)


_REWARD: Final = (ACCURACY, checks.positive("latency", missing=True))


def mnasnet_reward(accuracy: Any, latency: Any, target: Any, *, w: Any = -0.07) -> Any:
    r"""MnasNet reward: accuracy, discounted by the latency relative to a target.

    Higher is better. A network that just meets the target has its accuracy as its reward; with
    the published exponent, a network of twice the latency needs 1.05 times the accuracy for the
    same reward.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (75.2, not 0.752).
    latency : float or array-like
        Latency of one inference, in any unit.
    target : float
        Target latency in the same unit; positive.
    w : float, default -0.07
        Exponent of latency over target: 0, or -1000 to -1e-6. The default is the published soft
        constraint, the same below and above the target.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        The reward in the unit of the accuracy, percent. A Python float if every argument is a
        number; containers, dtypes and missing values as in `netscore`.

    Raises
    ------
    ValueError
        If an accuracy lies outside 0 to 100, a latency or the target is not positive and
        finite, `w` breaks its rule, or the arrays do not fit each other.
    TypeError
        If a value is no real number; `target` and `w` are single numbers.

    Warns
    -----
    UnitWarning
        If every accuracy lies in (0, 1].

    See Also
    --------
    netscore.Metric : A logarithmic score of any costs.
    netscore.signature : How to state it: ``signature(mnasnet_reward, target=75.0)``.

    Notes
    -----
    With accuracy :math:`a`, latency :math:`l` and target :math:`T` ([1]_, section 3),

    .. math:: a \left( \frac{l}{T} \right)^w

    It is computed through the logarithms of latency and target, so that their ratio cannot
    overflow.

    References
    ----------
    .. [1] M. Tan, B. Chen, R. Pang, V. Vasudevan, M. Sandler, A. Howard, Q. V. Le, "MnasNet:
       Platform-Aware Neural Architecture Search for Mobile", CVPR 2019, arXiv:1807.11626.

    Examples
    --------
    MnasNet with 75.2 % at 78 ms [1]_, against a target of 75 ms and as if it took twice as long:

    >>> from netscore.metrics import mnasnet_reward
    >>> round(mnasnet_reward(75.2, latency=78.0, target=75.0), 2)
    74.99
    >>> mnasnet_reward(75.2, latency=[78.0, 156.0], target=75.0).round(2)
    array([74.99, 71.44])
    """
    return Reward(target, w)(accuracy, latency)


def signature(
    metric: Metric | Reward | Callable[..., Any] = NETSCORE,
    *,
    accuracy: str = "top1",
    data: str | None = None,
    input: str | None = None,  # noqa: A002 - as the field is called
    counter: str | None = None,
    **exponents: Scalar,
) -> str:
    """Say how a score was made, in one short line to print beside it.

    It always holds what changes the number for the same measurements: equal conventions give
    equal text, and changing one of them changes the text. On what was measured and how was
    counted, it holds what it is told. Two scores compare if their signatures are equal and have
    all of ``data``, ``input`` and ``counter``; equal ones without these have the same formula,
    and may be of different data. Where `netscore` puts its result and how many threads it takes
    is no convention.

    Parameters
    ----------
    metric : Metric, default NetScore
        What was computed; also `netscore.metrics.mnasnet_reward`.
    accuracy : str, default "top1"
        Which accuracy was passed: a label of lower-case letters, digits, hyphens and full
        stops, such as ``top5`` or ``top1-v2``. It is the caller's word; nothing checks it.
    data, input, counter : str, optional
        Labels of the same kind: on which data the accuracy was measured (``cifar10``), for which
        input was counted (``1x3x224x224``), and by which counter (``torch-2.13.0``).
    **exponents : float
        The exponents passed to `netscore`, ``alpha``, ``beta`` and ``gamma``, or the constants
        passed to `mnasnet_reward`, ``target`` and ``w``: single numbers. Any other metric holds
        its own.

    Returns
    -------
    str
        Fields between ``|``, in this order:

        ============ =========================================================================
        ``netscore`` the metric
        ``acc``      which accuracy, in percent
        ``p``        the number of parameters that counts as 1: a million
        ``m``        what was counted (multiply-accumulates), and the number that counts as 1
        ``log``      factor and base of the logarithm
        ``a b g``    alpha, beta, gamma, each the shortest decimal that reads back as the number
        ``data``     the data set, if it is given; so ``input`` and ``counter``
        ``v``        the version of this package
        ============ =========================================================================

        A metric of one's own is called ``weighted_score``. Each of its costs, in the order of
        their names, is a field of its name with unit, ``^`` and exponent, and with ``/`` and the
        size where that is not 1.

    Raises
    ------
    ValueError
        If an exponent breaks its rule, or a label does.
    TypeError
        If `metric` is no metric, or an exponent is no single number or not the metric's: an
        array of exponents makes scores of several conventions, and each has its own signature.

    See Also
    --------
    netscore.metrics.parse_signature : Read one.

    Examples
    --------
    >>> from netscore import Cost, Metric, signature
    >>> from netscore.metrics import NS_E
    >>> signature()
    'netscore|acc:top1-percent|p:1e6|m:macs-1e9|log:20log10|a:2|b:0.5|g:0.5|v:...'
    >>> signature(alpha=1.5, accuracy="top5")
    'netscore|acc:top5-percent|p:1e6|m:macs-1e9|log:20log10|a:1.5|b:0.5|g:0.5|v:...'
    >>> signature(data="cifar10", input="1x3x32x32", counter="torch-2.13.0")
    'netscore|acc:top1-percent|...|g:0.5|data:cifar10|input:1x3x32x32|counter:torch-2.13.0|v:...'
    >>> signature(NS_E)
    'NS-E|acc:top1-percent|time:s^0.125|power:W^0.125|log:20log10|a:2|v:...'
    >>> signature(Metric("latency-score", [Cost("latency", "s", 0.5)]))
    'weighted_score|acc:top1-percent|latency:s^0.5|log:20log10|a:2|v:...'
    """
    made: Any = metric
    constants: dict[str, Any] = {}
    if metric is mnasnet_reward:
        constants = {"target": None, "w": Reward.w}
    elif isinstance(metric, Metric) and metric.is_netscore:
        constants = dict(zip(("alpha", "beta", "gamma"), (metric.alpha, *metric.exponents)))
    elif not isinstance(metric, (Metric, Reward)):
        raise TypeError(f"signature: metric must be a Metric, got {checks.shown(metric)}")
    for name in exponents:
        if name not in constants:
            raise TypeError(f"signature: {_name(metric)} takes no {name}")
    constants |= exponents
    if metric is mnasnet_reward:
        made = Reward(**constants)
    elif exponents:
        made = made.weighing(*only_numbers("signature", EXPONENTS, [*constants.values()]))
    return str(_labelled("signature", Signature(made, accuracy, data, input, counter, __version__)))


def _name(metric: object) -> str:
    """Return what a signature calls a metric."""
    if not isinstance(metric, Metric):
        return "mnasnet_reward"
    if metric.is_netscore or _PUBLISHED.get(metric.name) == metric:
        return metric.name
    return "weighted_score"


def _fields(metric: Metric | Reward) -> dict[str, str]:
    """Return the fields of a signature that a metric settles, in their order."""
    if isinstance(metric, Reward):
        return {"target": _text(metric.target), "w": _text(metric.w)}
    log10 = {"log": f"{_text(metric.scale)}log10", "a": _text(metric.alpha)}
    if metric.is_netscore:
        beta, gamma = map(_text, metric.exponents)
        return {"p": "1e6", "m": "macs-1e9", **log10, "b": beta, "g": gamma}
    costs = {
        c.name: f"{c.unit}^{_text(c.exponent)}" + f"/{_text(c.size)}" * (c.size != 1.0)
        for c in metric.costs
    }
    return (costs if _name(metric) in _PUBLISHED else dict(sorted(costs.items()))) | log10


def _labelled(function: str, made: Signature) -> Signature:
    """Return what is to be signed once its labels are checked."""
    for name, label in zip(_LABELS, made[1:5]):
        if label is not None or name == "accuracy":
            _match(function, name, label, *_LABEL)
    return made


def _text(value: float) -> str:
    """Write a number as the shortest decimal that reads back as it, without a final .0 or -0."""
    return repr(value + 0.0).removesuffix(".0")


class Signature(NamedTuple):
    """What a signature says; ``str()`` writes the text again.

    Attributes
    ----------
    metric : Metric or Reward
        What was computed, ready to compute again.
    accuracy : str
        The label of the accuracy.
    data, input, counter : str or None
        Their labels, None where they were not said.
    version : str
        The version of the package that signed.
    """

    metric: Metric | Reward
    accuracy: str
    data: str | None
    input: str | None
    counter: str | None
    version: str

    def __str__(self) -> str:
        return "|".join([_name(self.metric), *map(":".join, self.fields().items())])

    def fields(self) -> dict[str, str]:
        """Return the fields of the text in their order."""
        acc = {"acc": self.accuracy + _PERCENT}
        said = {name: text for name, text in zip(_LABELS[1:], self[2:5]) if text is not None}
        return acc | _fields(self.metric) | said | {"v": self.version}


def parse_signature(text: str) -> Signature:
    """Read the signature of a score.

    Parameters
    ----------
    text : str
        What `signature` gave, in this version of the package or another.

    Returns
    -------
    Signature
        Whose ``metric`` computes the score again and whose ``str()`` is the text.

    Raises
    ------
    ValueError
        If the text is no such signature: an unknown metric, a field that is unknown, missing,
        given twice or out of order, a number that is none, breaks the rule of its parameter or
        is not written in the shortest way, a constant other than the metric's own.
    TypeError
        If `text` is not text.

    Examples
    --------
    >>> from netscore.metrics import parse_signature, signature
    >>> parsed = parse_signature(signature(alpha=1.5))
    >>> parsed.metric
    <Metric netscore: params (parameters)^0.5, macs (multiply-accumulates)^0.5; alpha 1.5, scale 20>
    >>> round(parsed.metric(72.0, 3.4e6, 300e6), 2)
    55.63
    >>> str(parsed) == signature(alpha=1.5)
    True
    >>> parse_signature("netscore|acc:top1-percent")
    Traceback (most recent call last):
        ...
    ValueError: parse_signature: field 'p' is missing, netscore has acc, p, m, log, a, b, g, v
    """
    function = "parse_signature"
    if not isinstance(text, str):
        raise TypeError(f"{function}: text must be a str, got {checks.shown(text)}")
    name, *fields = text.split("|")
    known: dict[str, Iterable[str]] = {
        **{metric.name: _fields(metric) for metric in (NETSCORE, *_PUBLISHED.values())},
        "mnasnet_reward": _fields(Reward(1.0)),
        "weighted_score": ("log", "a"),
    }
    if name not in known:
        raise ValueError(
            f"{function}: the metric must be one of {', '.join(known)}, got {checks.shown(name)}"
        )
    given = dict(field.partition(":")[::2] for field in fields)
    needed = ["acc", *known[name], "v"]
    for key in needed:
        if key not in given:
            has = f"{name} has {', '.join(needed)}"
            raise ValueError(f"{function}: field {key!r} is missing, {has}")
    _match(function, "v", given["v"], *_VERSION)
    try:
        metric = _read(name, given)
    except ValueError as error:  # of the metric
        raise ValueError(f"{function}: {str(error).partition(': ')[2]}") from None
    labels = given.get("data"), given.get("input"), given.get("counter")
    acc = given["acc"].removesuffix(_PERCENT)
    made = _labelled(function, Signature(metric, acc, *labels, given["v"]))
    # What is unknown, given twice, out of order or not written in the shortest way.
    if str(made) != text:
        raise ValueError(f"{function}: text must be {str(made)[:240]}, got {text[:120]!r}")
    return made


def _read(name: str, given: Mapping[str, str]) -> Metric | Reward:
    """Return the metric that the fields call for; constants that differ are found after it."""

    def numeric(what: str, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise ValueError(f"_read: {what} must be a number, got {checks.shown(text)}") from None

    if name == "netscore":
        exponents = [numeric(key, given[key]) for key in "abg"]
        return NETSCORE.weighing(*only_numbers("_read", EXPONENTS, exponents))
    if name == "mnasnet_reward":
        return Reward(*(numeric(key, given[key]) for key in ("target", "w")))
    if name in _PUBLISHED:
        return _PUBLISHED[name]
    costs = []
    for key, text in given.items():
        if key not in ("acc", "log", "a", "v", *_LABELS):
            unit, _, weight = text.rpartition("^")
            exponent, slash, size = weight.partition("/")
            heavy = numeric(f"the exponent of {key}", exponent)
            large = numeric(f"the size of {key}", size) if slash else 1.0
            costs.append(Cost(key, unit, heavy, large))
    scale = numeric("the factor before log10", given["log"].removesuffix("log10"))
    if name in given:  # as one of its costs; none has a name with a space
        name = "weighted score"
    return Metric(name, costs, numeric("a", given["a"]), scale)


@overload
def solve(  # type: ignore[overload-overlap]
    score: Scalar, **given: Unpack[Solvable[Scalar, Scalar]]
) -> float: ...
@overload
def solve(  # type: ignore[overload-overlap]
    score: Plain, **given: Unpack[Solvable[Plain, Values]]
) -> Floats: ...
@overload
def solve(
    score: ContainerT | Plain, **given: Unpack[Solvable[ContainerT | Plain, Values]]
) -> ContainerT: ...


def solve(
    score: Any,
    *,
    accuracy: Any = None,
    params: Any = None,
    macs: Any = None,
    alpha: Any = 2.0,
    beta: Any = 0.5,
    gamma: Any = 0.5,
) -> Any:
    r"""Solve NetScore for the one of accuracy, params and macs that is not given.

    Given two of the three, it returns the value of the third at which the network has that score.
    Fewer params or macs, or more accuracy, give a higher one.

    Parameters
    ----------
    score : float or array-like
        The score to reach.
    accuracy, params, macs : float or array-like, optional
        Exactly two of the three, as in `netscore`.
    alpha, beta, gamma : float or array-like, default 2.0, 0.5 and 0.5
        As in `netscore`; that of the figure wanted must be positive.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        The figure wanted, in the unit of `netscore`: percent or a count, which need not be
        whole. Containers, dtype and missing values as in `netscore`, NaN in `score` included. A
        count that is too large for a float is inf, one that is too small is 0.

        A score out of reach gives NaN in an array and an error as a number. Out of reach are
        scores that take an accuracy above 100, an infinite score (but -inf is that of accuracy
        0) and, with accuracy 0 given, every score.

    Raises
    ------
    ValueError
        As in `netscore`; also if the exponent of the figure wanted is 0, so that the score does
        not depend on it, or if all arguments are numbers and the score is out of reach.
    TypeError
        As in `netscore`; also if not exactly two of accuracy, params and macs are given.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    compare : What a network lacks for the next place.

    Notes
    -----
    With the symbols of `netscore`,

    .. math::
        a = \left( 10^{\Omega / 20} p^\beta m^\gamma \right)^{1 / \alpha}, \quad
        p = \left( \frac{a^\alpha}{10^{\Omega / 20} m^\gamma} \right)^{1 / \beta}, \quad
        m = \left( \frac{a^\alpha}{10^{\Omega / 20} p^\beta} \right)^{1 / \gamma},

    computed in logarithms. The score of a solution above 1e-300 differs from `score` by at most
    16 units in the last place of the largest term of the formula, the score and 20 times the
    exponent of the figure wanted being counted as terms. An accuracy that exceeds 100 by no more
    than such rounding is 100.

    Examples
    --------
    How many multiply-accumulates may a network of 75 % with 5 million parameters cost, if it is
    to match MobileNetV2?

    >>> from netscore import find_network, solve
    >>> score = find_network("MobileNetV2").netscore
    >>> round(solve(score, accuracy=75.0, params=5e6) / 1e6)
    240

    How accurate would ResNet-50, VGG-16 and AlexNet have to be for 50 dB? VGG-16 cannot be:

    >>> networks = [find_network(name) for name in ("ResNet-50", "VGG-16", "AlexNet")]
    >>> params = [network.params for network in networks]
    >>> macs = [network.macs for network in networks]
    >>> solve(50.0, params=params, macs=macs).round(1)
    array([55.8,  nan, 45.6])
    >>> solve(50.0, params=params[1], macs=macs[1])
    Traceback (most recent call last):
        ...
    ValueError: solve: score must be attainable with params 138000000 and macs 15300000000, got 50.0
    """
    return _solve(NETSCORE, score, (accuracy, params, macs), (alpha, beta, gamma))


def _solve(metric: Metric, score: Any, figures: Sequence[Any], weights: Sequence[Any]) -> Any:
    """Solve for the figure that is None, with these exponents in the place of the metric's."""
    names = [rule.name for rule in metric.rules]
    given = {name: figure for name, figure in zip(names, figures) if figure is not None}
    if len(given) != len(names) - 1:
        many = ("one", "two", "three")[len(names) - 2] if len(names) < 5 else len(names) - 1
        raise TypeError(
            f"solve: exactly {many} of {', '.join(names[:-1])} and {names[-1]} must be given, "
            f"got {', '.join(given) or 'none'}"
        )
    (wanted,) = (place for place, name in enumerate(names) if name not in given)
    named = (checks.exponent(f"the exponent of {cost.name}") for cost in metric.costs)
    weight_rules = [*EXPONENTS] if metric.is_netscore else [ALPHA, *named]
    must = f"from 1e-06 to 1000 to solve for {names[wanted]}"
    weight_rules[wanted] = Rule(weight_rules[wanted].name, must, 1e-6, 1e3)
    measured = [rule for rule in metric.rules if rule.name in given]

    def formula(xp: Any, score: Any, *values: Any) -> Any:
        known = [*values[: len(given)]]
        known.insert(wanted, None)
        alpha, *exponents = values[len(given) :]
        return inverse(xp, score, known, (alpha, exponents, *metric.convention[2:]))

    rules, values = (_SCORE, *measured, *weight_rules), (score, *given.values(), *weights)
    plain = checks.numbers("solve", rules, values)
    if plain is None:
        from netscore.arrays import Kernel, evaluate

        return evaluate("solve", Kernel(formula), rules, values)
    solution = formula(Numbers, *plain)
    if solution != solution and not any(value != value for value in plain):
        beside = " and ".join(f"{name} {value}" for name, value in zip(given, plain[1:]))
        raise ValueError(f"solve: score must be attainable with {beside}, got {plain[0]}")
    return solution
