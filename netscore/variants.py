"""Scores beyond parameters and MACs: the general weighted score and the published variants."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from math import copysign, exp, frexp, inf, ldexp, log, log10
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload

from netscore import checks
from netscore.checks import ACCURACY, ALPHA, Parameter, numbers, only_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from netscore.formula import ContainerT, Scalar, Values

# Names that a signature can hold: its own fields are called a, acc, log and v.
_NAME: Final = re.compile(r"(?!(?:a|acc|log|v)\Z)[A-Za-z][A-Za-z0-9_-]*")
_UNIT: Final = re.compile(r"[^\s|]+")


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """What a network costs in one respect, in a stated unit, and how much that weighs.

    Attributes
    ----------
    value : float or array-like
        The cost: positive and finite, NaN where it is missing.
    exponent : float
        Its exponent in the score; non-negative.
    unit : str
        The unit of the value, without spaces and ``|``: ``"s"``, ``"W"``, ``"MiB"``. It changes
        no number and stands in the signature, because in another unit the score is another one.

    Examples
    --------
    >>> from netscore.variants import Cost
    >>> Cost(0.0213, exponent=0.125, unit="s")
    Cost(value=0.0213, exponent=0.125, unit='s')
    """

    value: Any
    exponent: float = field(kw_only=True)
    unit: str = field(kw_only=True)


class Term(NamedTuple):
    """The convention of one cost: everything about it but its value.

    Attributes
    ----------
    name, unit : str
        What is measured, and in which unit.
    exponent : float
        Its exponent in the score.
    """

    name: str
    unit: str
    exponent: float


_TIME: Final = Term("time", "s", 0.125)
_POWER: Final = Term("power", "W", 0.125)
_MEMORY: Final = Term("memory", "MiB", 0.125)

PUBLISHED: Final[dict[str, tuple[Term, ...]]] = {
    "NS-E": (_TIME, _POWER),
    "NS-M": (_MEMORY,),
    "NS#": (_MEMORY, _TIME, _POWER),
}
"""The published variants with alpha 2 and scale 20, and the costs of each."""

SCALE: Final = checks.positive("scale")
TARGET: Final = checks.positive("target")
W: Final = Parameter("w", "non-positive and finite", operator.gt, -inf, operator.le, 0.0)
_LATENCY: Final = checks.positive("latency", missing=True)
_SECONDS: Final = checks.positive("seconds", missing=True)
_WATTS: Final = checks.positive("watts", missing=True)
_MEBIBYTES: Final = checks.positive("mebibytes", missing=True)


class _Form:
    """A weighted score with its exponents put in, ready for numbers and for arrays.

    The exponents and the scale are split into parts below 1 and one power of two, which is put
    back at the end: no product of them overflows, and no digit changes.
    """

    def __init__(self, alpha: float, exponents: Iterable[float], scale: float = 20.0) -> None:
        exponents = (alpha, *exponents)
        part, power = frexp(scale)
        shift = frexp(max(exponents))[1]
        self.weight, *self.weights = [part * ldexp(e, -shift) for e in exponents]
        self.shift = power + shift
        # 0 to the power 0 is 1, as in every floating-point power.
        self.at_zero = -inf if alpha > 0.0 else 0.0

    def of_numbers(self, accuracy: float, *costs: float) -> float:
        score = self.weight * log10(accuracy) if accuracy else self.at_zero
        for weight, cost in zip(self.weights, costs):
            score -= weight * log10(cost)
        try:
            return ldexp(score, self.shift)
        except OverflowError:
            return copysign(inf, score)

    def of_arrays(self, accuracy: NDArray[Any], *costs: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        zero = accuracy == 0.0
        logarithm = self.weight * np.log10(np.where(zero, 1.0, accuracy))
        score = np.where(zero, self.at_zero, logarithm)
        for weight, cost in zip(self.weights, costs):
            score = score - weight * np.log10(cost)
        return np.asarray(np.ldexp(score, self.shift))


def weighted_score(
    accuracy: Any, costs: Mapping[str, Cost], *, alpha: float = 2.0, scale: float = 20.0
) -> Any:
    r"""Weighted score: accuracy against any costs, the general form of NetScore.

    Higher is better. With the default scale the difference of two scores is in decibels: ten
    times a cost of exponent 0.5 costs 10 dB. Such a score is no NetScore unless its costs are
    those of NetScore: state it with its signature, `weighted_score_signature`.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (72.0, not 0.72).
    costs : mapping of str to Cost
        The costs by name, at least one. A name is an ASCII word that starts with a letter, with
        hyphens if wanted, and is none of a, acc, log and v.
    alpha : float, default 2.0
        Exponent of the accuracy; non-negative.
    scale : float, default 20.0
        Factor of the decimal logarithm; positive.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        A Python float if accuracy and all costs are numbers, otherwise an array of the broadcast
        shape; containers (no lazy ones), dtypes and missing values as in `netscore`. An accuracy
        of 0 scores -inf (or, with ``alpha=0``, what the costs give). A score too large for a
        float is ±inf.

    Raises
    ------
    ValueError
        If an accuracy lies outside 0 to 100, a cost or the scale is not positive and finite, an
        exponent is negative or not finite, a name or a unit breaks its rule, there is no cost,
        or the arrays do not fit each other.
    TypeError
        If `costs` does not map names to `Cost` records, or a value is no real number. Exponents
        and scale are single numbers: they are the convention, and stand in the signature.

    Warns
    -----
    UnitWarning
        If every accuracy lies in (0, 1]. The costs are in units of your own, so that nothing
        can be said of them.

    See Also
    --------
    netscore : The score of parameters and multiply-accumulates.
    ns_e, ns_m, ns_sharp : Published variants for inference time, power and memory.

    Notes
    -----
    With accuracy :math:`a` in percent, costs :math:`c_i` in their stated units and scale
    :math:`s`,

    .. math:: S = s \log_{10} \frac{a^\alpha}{\prod_i c_i^{\epsilon_i}}
        = s \left( \alpha \log_{10} a - \sum_i \epsilon_i \log_{10} c_i \right)

    The second form is computed, as in `netscore`, which is the special case of params in
    millions and multiply-accumulates in billions with exponents of 0.5 [1]_. The terms are
    added in the order of the mapping; another order can change the last digit.

    References
    ----------
    .. [1] A. Wong, "NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of
       Deep Neural Networks for Practical On-Device Edge Usage", ICIAR 2019, LNCS 11663,
       doi:10.1007/978-3-030-27272-2_2, arXiv:1806.05512.

    Examples
    --------
    MobileNetV2 with NetScore's own two costs, then with a latency of 75 ms in seconds:

    >>> from netscore.variants import Cost, weighted_score
    >>> costs = {
    ...     "params": Cost(3.4, exponent=0.5, unit="1e6"),
    ...     "macs": Cost(0.3, exponent=0.5, unit="1e9"),
    ... }
    >>> round(weighted_score(72.0, costs), 2)
    74.21
    >>> round(weighted_score(72.0, {"latency": Cost(0.075, exponent=0.5, unit="s")}), 2)
    85.54

    The same at four latencies, each ten times the one before:

    >>> latencies = Cost([0.01, 0.1, 1.0, 10.0], exponent=0.5, unit="s")
    >>> weighted_score(72.0, {"latency": latencies}).round(1)
    array([94.3, 84.3, 74.3, 64.3])
    """
    terms = check_costs("weighted_score", costs)
    alpha, scale = only_numbers("weighted_score", (ALPHA, SCALE), (alpha, scale))
    form = _Form(alpha, [term.exponent for term in terms], scale)
    parameters = (ACCURACY, *(checks.positive(term.name, missing=True) for term in terms))
    values = (accuracy, *(cost.value for cost in costs.values()))
    plain = numbers("weighted_score", parameters, values)
    if plain is not None:
        return form.of_numbers(*plain)
    from netscore.arrays import evaluate

    return evaluate("weighted_score", form.of_arrays, parameters, values)


def check_costs(function: str, costs: Mapping[str, Cost]) -> list[Term]:
    """Return the terms of the costs; refuse what is no mapping of names to costs."""
    if not isinstance(costs, Mapping):
        raise TypeError(
            f"{function}: costs must map names to Cost records, got {checks.shown(costs)}"
        )
    if not costs:
        raise ValueError(f"{function}: costs must hold at least one cost, got {costs!r}")
    terms = []
    for name, cost in costs.items():
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            raise ValueError(
                f"{function}: the name of a cost must be an ASCII word, hyphens allowed, that "
                f"starts with a letter and is none of a, acc, log and v, got {checks.shown(name)}"
            )
        if not isinstance(cost, Cost):
            raise TypeError(f"{function}: {name} must be a Cost record, got {checks.shown(cost)}")
        if not (isinstance(cost.unit, str) and _UNIT.fullmatch(cost.unit)):
            raise ValueError(
                f"{function}: the unit of {name} must be text without spaces and '|', "
                f"got {checks.shown(cost.unit)}"
            )
        rule = checks.exponent(f"the exponent of {name}")
        exponent = float(*only_numbers(function, (rule,), (cost.exponent,)))
        terms.append(Term(name, cost.unit, exponent))
    return terms


@overload
def ns_e(accuracy: Scalar, seconds: Scalar, watts: Scalar) -> float: ...
@overload
def ns_e(accuracy: ContainerT, seconds: Values, watts: Values) -> ContainerT: ...
@overload
def ns_e(
    accuracy: ArrayLike, seconds: ArrayLike, watts: ArrayLike
) -> NDArray[np.floating[Any]]: ...


def ns_e(accuracy: Any, seconds: Any, watts: Any) -> Any:
    r"""NS-E: accuracy against the energy of inference, as time and average power.

    Higher is better. Ten times the energy costs 2.5 dB, ten times the accuracy gains 40 dB.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (89.7, not 0.897).
    seconds : float or array-like
        Time of inference in seconds. Scores compare only where this is the time of the same
        work on the same device.
    watts : float or array-like
        Average power during that time, in watts.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        As in `weighted_score`.

    Raises
    ------
    ValueError, TypeError
        As in `weighted_score`.

    Warns
    -----
    UnitWarning
        If every accuracy lies in (0, 1].

    See Also
    --------
    ns_m, ns_sharp : The variants with memory.
    netscore.signatures.ns_e_signature : How to state it.

    Notes
    -----
    With accuracy :math:`a` in percent, time :math:`t` in seconds and power :math:`P` in watts
    [1]_,

    .. math:: 20 \log_{10} \frac{a^2}{(t P)^{1/8}}

    References
    ----------
    .. [1] A. Toktassyn, J.-G. Park, "Efficient PEFT Methods with Adaptive Checkpointing for
       Vision Models and VLMs on Resource Constrained Consumer-GPUs", 2026, arXiv:2607.02158.

    Examples
    --------
    ViT-S [1]_:

    >>> from netscore.variants import ns_e
    >>> round(ns_e(89.7, seconds=21.3, watts=144.2), 2)
    69.39
    """
    values = (accuracy, seconds, watts)
    plain = numbers("ns_e", _NS_E_PARAMETERS, values)
    if plain is not None:
        return _NS_E.of_numbers(*plain)
    from netscore.arrays import evaluate

    return evaluate("ns_e", _NS_E.of_arrays, _NS_E_PARAMETERS, values)


@overload
def ns_m(accuracy: Scalar, mebibytes: Scalar) -> float: ...
@overload
def ns_m(accuracy: ContainerT, mebibytes: Values) -> ContainerT: ...
@overload
def ns_m(accuracy: ArrayLike, mebibytes: ArrayLike) -> NDArray[np.floating[Any]]: ...


def ns_m(accuracy: Any, mebibytes: Any) -> Any:
    r"""NS-M: accuracy against the peak memory of inference.

    Higher is better. Ten times the memory costs 2.5 dB, ten times the accuracy gains 40 dB.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (89.7, not 0.897).
    mebibytes : float or array-like
        Peak memory in MiB, 1048576 bytes each.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        As in `weighted_score`.

    Raises
    ------
    ValueError, TypeError
        As in `weighted_score`.

    Warns
    -----
    UnitWarning
        If every accuracy lies in (0, 1].

    See Also
    --------
    ns_e, ns_sharp : The variants with time and power.
    netscore.signatures.ns_m_signature : How to state it.

    Notes
    -----
    With accuracy :math:`a` in percent and memory :math:`r` in MiB [1]_,

    .. math:: 20 \log_{10} \frac{a^2}{r^{1/8}}

    References
    ----------
    .. [1] A. Toktassyn, J.-G. Park, "Efficient PEFT Methods with Adaptive Checkpointing for
       Vision Models and VLMs on Resource Constrained Consumer-GPUs", 2026, arXiv:2607.02158.

    Examples
    --------
    ViT-S [1]_:

    >>> from netscore.variants import ns_m
    >>> round(ns_m(89.7, mebibytes=1084), 2)
    70.52
    """
    values = (accuracy, mebibytes)
    plain = numbers("ns_m", _NS_M_PARAMETERS, values)
    if plain is not None:
        return _NS_M.of_numbers(*plain)
    from netscore.arrays import evaluate

    return evaluate("ns_m", _NS_M.of_arrays, _NS_M_PARAMETERS, values)


@overload
def ns_sharp(accuracy: Scalar, mebibytes: Scalar, seconds: Scalar, watts: Scalar) -> float: ...
@overload
def ns_sharp(
    accuracy: ContainerT, mebibytes: Values, seconds: Values, watts: Values
) -> ContainerT: ...
@overload
def ns_sharp(
    accuracy: ArrayLike, mebibytes: ArrayLike, seconds: ArrayLike, watts: ArrayLike
) -> NDArray[np.floating[Any]]: ...


def ns_sharp(accuracy: Any, mebibytes: Any, seconds: Any, watts: Any) -> Any:
    r"""NS#: accuracy against the peak memory, the time and the average power of inference.

    Higher is better. Ten times any of the three costs 2.5 dB, ten times the accuracy gains
    40 dB.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (89.7, not 0.897).
    mebibytes : float or array-like
        Peak memory in MiB, 1048576 bytes each.
    seconds : float or array-like
        Time of inference in seconds. Scores compare only where this is the time of the same
        work on the same device.
    watts : float or array-like
        Average power during that time, in watts.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        As in `weighted_score`.

    Raises
    ------
    ValueError, TypeError
        As in `weighted_score`.

    Warns
    -----
    UnitWarning
        If every accuracy lies in (0, 1].

    See Also
    --------
    ns_e, ns_m : The variants with fewer costs.
    netscore.signatures.ns_sharp_signature : How to state it.

    Notes
    -----
    With accuracy :math:`a` in percent, memory :math:`r` in MiB, time :math:`t` in seconds and
    power :math:`P` in watts [1]_,

    .. math:: 20 \log_{10} \frac{a^2}{(r t P)^{1/8}}

    References
    ----------
    .. [1] A. Toktassyn, J.-G. Park, "Efficient PEFT Methods with Adaptive Checkpointing for
       Vision Models and VLMs on Resource Constrained Consumer-GPUs", 2026, arXiv:2607.02158.

    Examples
    --------
    ViT-S [1]_:

    >>> from netscore.variants import ns_sharp
    >>> round(ns_sharp(89.7, mebibytes=1084, seconds=21.3, watts=144.2), 2)
    61.81
    """
    values = (accuracy, mebibytes, seconds, watts)
    plain = numbers("ns_sharp", _NS_SHARP_PARAMETERS, values)
    if plain is not None:
        return _NS_SHARP.of_numbers(*plain)
    from netscore.arrays import evaluate

    return evaluate("ns_sharp", _NS_SHARP.of_arrays, _NS_SHARP_PARAMETERS, values)


_NS_E, _NS_M, _NS_SHARP = (
    _Form(2.0, [term.exponent for term in terms]) for terms in PUBLISHED.values()
)
_NS_E_PARAMETERS: Final = (ACCURACY, _SECONDS, _WATTS)
_NS_M_PARAMETERS: Final = (ACCURACY, _MEBIBYTES)
_NS_SHARP_PARAMETERS: Final = (ACCURACY, _MEBIBYTES, _SECONDS, _WATTS)


@overload
def mnasnet_reward(
    accuracy: Scalar, latency: Scalar, target: Scalar, *, w: Scalar = ...
) -> float: ...
@overload
def mnasnet_reward(
    accuracy: ContainerT, latency: Values, target: Scalar, *, w: Scalar = ...
) -> ContainerT: ...
@overload
def mnasnet_reward(
    accuracy: ArrayLike, latency: ArrayLike, target: Scalar, *, w: Scalar = ...
) -> NDArray[np.floating[Any]]: ...


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
        Exponent of latency over target; non-positive. The default is the published soft
        constraint, the same below and above the target.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        The reward in the unit of the accuracy, percent. A Python float if every argument is a
        number; containers (no lazy ones), dtypes and missing values as in `netscore`.

    Raises
    ------
    ValueError
        If an accuracy lies outside 0 to 100, a latency or the target is not positive and
        finite, `w` is positive or not finite, or the arrays do not fit each other.
    TypeError
        If a value is no real number; `target` and `w` are single numbers.

    Warns
    -----
    UnitWarning
        If every accuracy lies in (0, 1].

    See Also
    --------
    weighted_score : A logarithmic score of any costs.
    netscore.signatures.mnasnet_reward_signature : How to state it.

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

    >>> from netscore.variants import mnasnet_reward
    >>> round(mnasnet_reward(75.2, latency=78.0, target=75.0), 2)
    74.99
    >>> mnasnet_reward(75.2, latency=[78.0, 156.0], target=75.0).round(2)
    array([74.99, 71.44])
    """
    target, w = only_numbers("mnasnet_reward", (TARGET, W), (target, w))
    values = (accuracy, latency)
    plain = numbers("mnasnet_reward", _REWARD_PARAMETERS, values)
    if plain is not None:
        return _reward_of_numbers(*plain, target=target, w=w)
    from netscore.arrays import evaluate

    formula = partial(_reward_of_arrays, target=target, w=w)
    return evaluate("mnasnet_reward", formula, _REWARD_PARAMETERS, values)


_REWARD_PARAMETERS: Final = (ACCURACY, _LATENCY)


def _reward_of_numbers(accuracy: float, latency: float, *, target: float, w: float) -> float:
    try:
        return accuracy * exp(w * (log(latency) - log(target)))
    except OverflowError:
        return accuracy * inf if accuracy else 0.0


def _reward_of_arrays(
    accuracy: NDArray[Any], latency: NDArray[Any], *, target: float, w: float
) -> NDArray[Any]:
    import numpy as np

    factor = np.exp(w * (np.log(latency) - log(target)))
    # 0 % stays 0 % whatever the factor, unless the latency is missing.
    return np.where((accuracy == 0.0) & (factor == inf), 0.0, accuracy * factor)
