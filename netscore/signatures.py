"""How a score was made, as text and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from netscore import __version__, checks, variants
from netscore.checks import ALPHA, BETA, GAMMA, Parameter, only_numbers
from netscore.variants import PUBLISHED, SCALE, TARGET, Term, W

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from netscore.formula import Scalar
    from netscore.variants import Cost

_LABEL: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_VERSION: Final = re.compile(r"[0-9A-Za-z.+!]+")
_PERCENT: Final = "-percent"
_PARSE: Final = "parse_signature"

_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "netscore": ("acc", "p", "m", "log", "a", "b", "g", "v"),
    **{
        name: ("acc", *(term.name for term in terms), "log", "a", "v")
        for name, terms in PUBLISHED.items()
    },
    "mnasnet_reward": ("acc", "target", "w", "v"),
    "weighted_score": ("acc", "log", "a", "v"),
}


class Signature(NamedTuple):
    """What a signature says; ``str()`` writes the text again, ``dict(fields)`` looks a field up.

    Attributes
    ----------
    metric : str
        ``netscore``, ``NS-E``, ``NS-M``, ``NS#``, ``mnasnet_reward`` or ``weighted_score``.
    fields : tuple of (str, str or float)
        Names and values of the fields, as in the text and in its order; a value that is a number
        and nothing else is a float.
    """

    metric: str
    fields: tuple[tuple[str, str | float], ...]

    def __str__(self) -> str:
        return "|".join([self.metric, *(f"{name}:{_text(value)}" for name, value in self.fields)])


def signature(
    *,
    alpha: Scalar = 2.0,
    beta: Scalar = 0.5,
    gamma: Scalar = 0.5,
    accuracy: str = "top1",
) -> str:
    """Say how a NetScore was made, in one short line to print beside it.

    Built from all that can change the number for the same network. Equal conventions give equal
    text, and changing one of them changes the text: two scores compare if their signatures are
    equal. Where `netscore` puts its result and how many threads it takes is no convention.

    Parameters
    ----------
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        The exponents passed to `netscore`, single numbers.
    accuracy : str, default "top1"
        Which accuracy was passed: a label of lower-case letters, digits, hyphens and full
        stops, such as ``top5`` or ``top1-v2``. It is the caller's word; nothing checks it.

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
        ``v``        the version of this package
        ============ =========================================================================

    Raises
    ------
    ValueError
        If an exponent is negative or not finite, or the label breaks its rule.
    TypeError
        If an exponent is no single number: an array of exponents makes scores of several
        conventions, and each has its own signature.

    See Also
    --------
    parse_signature : Read one.
    netscore.signatures.weighted_score_signature : The same for any costs.

    Examples
    --------
    >>> from netscore.signatures import signature
    >>> signature()
    'netscore|acc:top1-percent|p:1e6|m:macs-1e9|log:20log10|a:2|b:0.5|g:0.5|v:...'
    >>> signature(alpha=1.5, accuracy="top5")
    'netscore|acc:top5-percent|p:1e6|m:macs-1e9|log:20log10|a:1.5|b:0.5|g:0.5|v:...'
    """
    return str(_netscore("signature", alpha, beta, gamma, accuracy, __version__))


def weighted_score_signature(
    costs: Mapping[str, Cost],
    *,
    alpha: Scalar = 2.0,
    scale: Scalar = 20.0,
    accuracy: str = "top1",
) -> str:
    """Say how a weighted score was made.

    Parameters
    ----------
    costs : mapping of str to Cost
        As for `weighted_score`. Names, units and exponents stand in the signature, ordered by
        name; the values are the network's and do not.
    alpha, scale : float, default 2.0 and 20.0
        As passed to `weighted_score`.
    accuracy : str, default "top1"
        As in `signature`.

    Returns
    -------
    str
        As in `signature`; each cost is a field of its name with unit, ``^`` and exponent.

    Raises
    ------
    ValueError, TypeError
        As in `weighted_score` and `signature`.

    Examples
    --------
    >>> from netscore.signatures import weighted_score_signature
    >>> from netscore.variants import Cost
    >>> weighted_score_signature({"latency": Cost(0.075, exponent=0.5, unit="s")})
    'weighted_score|acc:top1-percent|latency:s^0.5|log:20log10|a:2|v:...'
    """
    function = "weighted_score_signature"
    terms = variants.check_costs(function, costs)
    return str(_weighted(function, terms, alpha, scale, accuracy, __version__))


def ns_e_signature(*, accuracy: str = "top1") -> str:
    """Say how an NS-E was made.

    Parameters
    ----------
    accuracy : str, default "top1"
        As in `signature`.

    Returns
    -------
    str
        As in `weighted_score_signature`, with the published units and exponents.

    Raises
    ------
    ValueError
        If the label breaks its rule.

    Examples
    --------
    >>> from netscore.signatures import ns_e_signature
    >>> ns_e_signature()
    'NS-E|acc:top1-percent|time:s^0.125|power:W^0.125|log:20log10|a:2|v:...'
    """
    return str(_published("ns_e_signature", "NS-E", accuracy, __version__))


def ns_m_signature(*, accuracy: str = "top1") -> str:
    """Say how an NS-M was made.

    Parameters
    ----------
    accuracy : str, default "top1"
        As in `signature`.

    Returns
    -------
    str
        As in `weighted_score_signature`, with the published unit and exponent.

    Raises
    ------
    ValueError
        If the label breaks its rule.

    Examples
    --------
    >>> from netscore.signatures import ns_m_signature
    >>> ns_m_signature()
    'NS-M|acc:top1-percent|memory:MiB^0.125|log:20log10|a:2|v:...'
    """
    return str(_published("ns_m_signature", "NS-M", accuracy, __version__))


def ns_sharp_signature(*, accuracy: str = "top1") -> str:
    """Say how an NS# was made.

    Parameters
    ----------
    accuracy : str, default "top1"
        As in `signature`.

    Returns
    -------
    str
        As in `weighted_score_signature`, with the published units and exponents.

    Raises
    ------
    ValueError
        If the label breaks its rule.

    Examples
    --------
    >>> from netscore.signatures import ns_sharp_signature
    >>> ns_sharp_signature()
    'NS#|acc:top1-percent|memory:MiB^0.125|time:s^0.125|power:W^0.125|log:20log10|a:2|v:...'
    """
    return str(_published("ns_sharp_signature", "NS#", accuracy, __version__))


def mnasnet_reward_signature(target: Scalar, *, w: Scalar = -0.07, accuracy: str = "top1") -> str:
    """Say how a MnasNet reward was made.

    Parameters
    ----------
    target : float
        As passed to `mnasnet_reward`. Its unit is that of the latency and changes no reward.
    w : float, default -0.07
        As passed to `mnasnet_reward`.
    accuracy : str, default "top1"
        As in `signature`.

    Returns
    -------
    str
        As in `signature`, with the two constants as fields.

    Raises
    ------
    ValueError, TypeError
        As in `mnasnet_reward` and `signature`.

    Examples
    --------
    >>> from netscore.signatures import mnasnet_reward_signature
    >>> mnasnet_reward_signature(75.0)
    'mnasnet_reward|acc:top1-percent|target:75|w:-0.07|v:...'
    """
    return str(_reward("mnasnet_reward_signature", target, w, accuracy, __version__))


def parse_signature(text: str) -> Signature:
    """Read the signature of a score.

    Parameters
    ----------
    text : str
        What one of the signature functions gave, in this version of the package or another.

    Returns
    -------
    Signature
        Whose ``str()`` is the text.

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
    >>> from netscore.signatures import parse_signature, signature
    >>> parsed = parse_signature(signature(alpha=1.5))
    >>> parsed.metric, dict(parsed.fields)["a"]
    ('netscore', 1.5)
    >>> str(parsed) == signature(alpha=1.5)
    True
    >>> parse_signature("netscore|acc:top1-percent")
    Traceback (most recent call last):
        ...
    ValueError: parse_signature: field 'p' is missing, netscore has acc, p, m, log, a, b, g, v
    """
    if not isinstance(text, str):
        raise TypeError(f"{_PARSE}: text must be a str, got {checks.shown(text)}")
    metric, *fields = text.split("|")
    if metric not in _FIELDS:
        raise ValueError(
            f"{_PARSE}: the metric must be one of {', '.join(_FIELDS)}, got {metric!r}"
        )
    given: dict[str, str] = {}
    for field in fields:
        name, colon, value = field.partition(":")
        if not colon:
            raise ValueError(f"{_PARSE}: a field must be name:value, got {field!r}")
        if name in given:
            raise ValueError(f"{_PARSE}: field {name!r} is given twice")
        given[name] = value
    known = _FIELDS[metric]
    for name in known:
        if name not in given:
            raise ValueError(
                f"{_PARSE}: field {name!r} is missing, {metric} has {', '.join(known)}"
            )
    for name in given:
        # The costs of a weighted score have names of the caller's own.
        if name not in known and metric != "weighted_score":
            raise ValueError(
                f"{_PARSE}: field {name!r} is unknown, {metric} has {', '.join(known)}"
            )
    parsed = _read(metric, given)
    order = [name for name, _ in parsed.fields]
    if order != list(given):
        raise ValueError(
            f"{_PARSE}: the fields must stand in the order {', '.join(order)}, "
            f"got {', '.join(given)}"
        )
    for name, must in parsed.fields:
        if _text(must) != given[name]:
            raise ValueError(f"{_PARSE}: {name} must be {_text(must)}, got {given[name]!r}")
    return parsed


def _read(metric: str, given: Mapping[str, str]) -> Signature:
    """Build the signature that the values call for; constants that differ are found after it."""
    accuracy = given["acc"].removesuffix(_PERCENT)
    if accuracy == given["acc"]:
        raise ValueError(
            f"{_PARSE}: acc must be a label and {_PERCENT}, as in top1-percent, got {accuracy!r}"
        )
    version = given["v"]
    if not _VERSION.fullmatch(version):
        raise ValueError(f"{_PARSE}: v must be a version, as in 0.1.0, got {version!r}")
    if metric == "netscore":
        alpha, beta, gamma = (_number(name, given[name]) for name in "abg")
        return _netscore(_PARSE, alpha, beta, gamma, accuracy, version)
    if metric == "mnasnet_reward":
        target, w = (_number(name, given[name]) for name in ("target", "w"))
        return _reward(_PARSE, target, w, accuracy, version)
    if metric in PUBLISHED:
        return _published(_PARSE, metric, accuracy, version)
    costs = {}
    for name in given:
        if name not in _FIELDS[metric]:
            unit, _, exponent = given[name].rpartition("^")
            weight = _number(f"the exponent of {name}", exponent)
            costs[name] = variants.Cost(1.0, exponent=weight, unit=unit)
    terms = variants.check_costs(_PARSE, costs)
    scale = _number("the factor before log10", given["log"].removesuffix("log10"))
    return _weighted(_PARSE, terms, _number("a", given["a"]), scale, accuracy, version)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{_PARSE}: {name} must be a number, got {text!r}") from None


def _netscore(
    function: str, alpha: Scalar, beta: Scalar, gamma: Scalar, accuracy: str, version: str
) -> Signature:
    return Signature(
        "netscore",
        (
            ("acc", _percent(function, accuracy)),
            ("p", "1e6"),
            ("m", "macs-1e9"),
            ("log", "20log10"),
            ("a", _constant(function, ALPHA, alpha)),
            ("b", _constant(function, BETA, beta)),
            ("g", _constant(function, GAMMA, gamma)),
            ("v", version),
        ),
    )


def _weighted(
    function: str,
    terms: Iterable[Term],
    alpha: Scalar,
    scale: Scalar,
    accuracy: str,
    version: str,
) -> Signature:
    alpha = _constant(function, ALPHA, alpha)
    scale = _constant(function, SCALE, scale)
    return _of_terms(
        "weighted_score", sorted(terms), alpha, scale, _percent(function, accuracy), version
    )


def _published(function: str, metric: str, accuracy: str, version: str) -> Signature:
    return _of_terms(metric, PUBLISHED[metric], 2.0, 20.0, _percent(function, accuracy), version)


def _of_terms(
    metric: str, terms: Iterable[Term], alpha: float, scale: float, percent: str, version: str
) -> Signature:
    return Signature(
        metric,
        (
            ("acc", percent),
            *((term.name, f"{term.unit}^{_text(term.exponent)}") for term in terms),
            ("log", f"{_text(scale)}log10"),
            ("a", alpha),
            ("v", version),
        ),
    )


def _reward(function: str, target: Scalar, w: Scalar, accuracy: str, version: str) -> Signature:
    return Signature(
        "mnasnet_reward",
        (
            ("acc", _percent(function, accuracy)),
            ("target", _constant(function, TARGET, target)),
            ("w", _constant(function, W, w)),
            ("v", version),
        ),
    )


def _constant(function: str, parameter: Parameter, value: Scalar) -> float:
    return float(*only_numbers(function, (parameter,), (value,)))


def _percent(function: str, accuracy: str) -> str:
    if not (isinstance(accuracy, str) and _LABEL.fullmatch(accuracy)):
        raise ValueError(
            f"{function}: accuracy must be a label of lower-case letters, digits, hyphens and "
            f"full stops, as in top1, got {checks.shown(accuracy)}"
        )
    return accuracy + _PERCENT


def _text(value: str | float) -> str:
    """Write a number as the shortest decimal that reads back as it, without a final .0 or -0."""
    return value if isinstance(value, str) else repr(value + 0.0).removesuffix(".0")
