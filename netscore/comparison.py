"""Where one network stands among others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from netscore.checks import (
    ACCURACY,
    ALPHA,
    BETA,
    GAMMA,
    MACS,
    PARAMS,
    only_numbers,
    refuse_value,
    shown,
    warn_units,
)
from netscore.formula import density_numbers, score_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netscore.networks import Network


class Measured(Protocol):
    """What has a name and the three figures: a `Network`, a row of `DataFrame.itertuples()`."""

    @property
    def name(self) -> Any:
        """Name of the network."""
        ...

    @property
    def accuracy(self) -> Any:
        """Accuracy in percent."""
        ...

    @property
    def params(self) -> Any:
        """Number of parameters."""
        ...

    @property
    def macs(self) -> Any:
        """Multiply-accumulates of one inference."""
        ...


NetworkT = TypeVar("NetworkT", bound=Measured)


@dataclass(frozen=True)
class NextPlace:
    """What a network lacks for the rank above its own.

    Attributes
    ----------
    decibels : float
        By how much the score must rise.
    accuracy, params, macs : float or None
        What the accuracy would have to be if nothing else changed, or the parameters, or the
        multiply-accumulates; None where no value of that figure would do.
    """

    decibels: float
    accuracy: float | None
    params: float | None
    macs: float | None


@dataclass(frozen=True)
class Comparison(Generic[NetworkT]):
    """Where a network stands among others, as `compare` found it.

    Attributes
    ----------
    netscore, information_density : float
        The scores of the network itself.
    rank : int
        One more than the number of networks with a higher score.
    total : int
        The number of networks that it was compared with.
    percentile : float
        The share of these networks that score no higher, in percent.
    above, below : Network or None
        The nearest network with a higher score, and with a lower one.
    level : tuple of Network
        Networks with the same score.
    dominates, dominated_by : tuple of Network
        Networks that it beats, and that beat it: as good or better in accuracy, params and macs,
        and better in one.
    next_place : NextPlace or None
        What it would take to be as good as the network above.
    """

    netscore: float
    information_density: float
    rank: int
    total: int
    percentile: float
    above: NetworkT | None
    below: NetworkT | None
    level: tuple[NetworkT, ...]
    dominates: tuple[NetworkT, ...]
    dominated_by: tuple[NetworkT, ...]
    next_place: NextPlace | None


@overload
def compare(
    accuracy: float,
    params: float,
    macs: float,
    *,
    networks: None = None,
    alpha: float = ...,
    beta: float = ...,
    gamma: float = ...,
) -> Comparison[Network]: ...
@overload
def compare(
    accuracy: float,
    params: float,
    macs: float,
    *,
    networks: Iterable[NetworkT],
    alpha: float = ...,
    beta: float = ...,
    gamma: float = ...,
) -> Comparison[NetworkT]: ...


def compare(
    accuracy: float,
    params: float,
    macs: float,
    *,
    networks: Iterable[Any] | None = None,
    alpha: float = 2.0,
    beta: float = 0.5,
    gamma: float = 0.5,
) -> Comparison[Any]:
    r"""Compare one network with others: its rank, its neighbours, whom it beats outright.

    Parameters
    ----------
    accuracy, params, macs : float
        The figures of the network, as in `netscore`.
    networks : iterable, optional
        What to compare with: `Network` records, or any objects with the attributes ``name``,
        ``accuracy``, ``params`` and ``macs``. The 60 networks of the reference table if not
        given.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        Exponents of the score, as in `netscore`.

    Returns
    -------
    Comparison
        A frozen record.

    Raises
    ------
    ValueError
        If a figure is out of range, as in `netscore`, or missing (NaN), or if there are no
        networks to compare with.
    TypeError
        If a figure is not a real number.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    rank : Ranks within a table.
    pareto_front : The networks that none dominates.

    Notes
    -----
    Dominance is decided before any exponent is chosen, and a network that is dominated also has
    the lower score. For the next place each figure is changed in turn: what is missing to the
    score above, :math:`d` decibels, is a factor of :math:`10^{d / 20\alpha}` in
    accuracy, :math:`10^{-d / 20\beta}` in params and :math:`10^{-d / 20\gamma}` in macs.

    Examples
    --------
    A network of 73 % with 4 million parameters and 350 million multiply-accumulates:

    >>> from netscore import compare
    >>> standing = compare(73.0, params=4e6, macs=350e6)
    >>> standing.rank, round(standing.netscore, 2)
    (7, 73.07)
    >>> standing.above.name, standing.below.name
    ('MobileNetV1 (1.0-128)', 'MobileNetV1 (1.0-160)')
    >>> [network.name for network in standing.dominates][:3]
    ['AlexNet', 'Darknet Reference', 'Darknet-19']
    >>> [network.name for network in standing.dominated_by]
    []
    >>> round(standing.next_place.accuracy, 2), round(standing.next_place.macs / 1e6)
    (74.51, 322)
    """
    weights = only_numbers("compare", (ALPHA, BETA, GAMMA), (alpha, beta, gamma))
    own = only_numbers("compare", _FIGURES, (accuracy, params, macs))
    for parameter, figure in zip(_FIGURES, own):
        if figure != figure:
            refuse_value("compare", parameter, figure)
    if networks is None:
        from netscore.networks import load_networks

        networks = load_networks()
    others = [(network, _figures(network)) for network in networks]
    if not others:
        raise ValueError("compare: networks must hold at least one network, got none")
    doubts = [parameter.doubt(figure, figure) for parameter, figure in zip(_FIGURES, own)]
    for parameter, column in zip(_FIGURES, zip(*(figures for _, figures in others))):
        known = [figure for figure in column if figure == figure]
        doubts.append(parameter.doubt(min(known, default=0.0), max(known, default=0.0)))
    warn_units("compare", dict.fromkeys(doubts), stacklevel=2)

    score = score_numbers(*own, *weights)
    scored = [(score_numbers(*figures, *weights), network) for network, figures in others]
    higher = [other for other in scored if other[0] > score]
    lower = [other for other in scored if other[0] < score]
    above = min(higher, key=_score, default=None)
    below = max(lower, key=_score, default=None)
    return Comparison(
        netscore=score,
        information_density=density_numbers(*own[:2]),
        rank=1 + len(higher),
        total=len(others),
        percentile=100.0 * sum(other <= score for other, _ in scored) / len(others),
        above=above[1] if above else None,
        below=below[1] if below else None,
        level=tuple(network for other, network in scored if other == score),
        dominates=tuple(network for network, figures in others if _dominates(own, figures)),
        dominated_by=tuple(network for network, figures in others if _dominates(figures, own)),
        next_place=_next_place(above[0], own, weights) if above else None,
    )


_FIGURES = (ACCURACY, PARAMS, MACS)


def _figures(network: Measured) -> tuple[float, ...]:
    try:
        return only_numbers("compare", _FIGURES, [getattr(network, p.name) for p in _FIGURES])
    except (TypeError, ValueError) as error:
        raise type(error)(f"{error} in network {shown(network.name)}") from None


def _score(scored: tuple[float, object]) -> float:
    return scored[0]


def _dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether the first is as good or better in all three figures, and better in one."""
    return one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2] and one != other


def _next_place(score: float, own: tuple[float, ...], weights: tuple[float, ...]) -> NextPlace:
    """Say what each figure alone would have to be to reach the score."""
    _, params, macs = own
    alpha, beta, gamma = weights
    decibels = score - score_numbers(*own, *weights)
    needed = _times(score - score_numbers(1.0, params, macs, *weights), alpha)
    return NextPlace(
        decibels=decibels,
        # What exceeds 100 by rounding alone is 100.
        accuracy=min(needed, 100.0) if needed <= 100.0 * (1.0 + 1e-12) else None,
        params=params / _times(decibels, beta) or None,
        macs=macs / _times(decibels, gamma) or None,
    )


def _times(decibels: float, weight: float) -> float:
    """Return the factor in a figure with that exponent that changes the score by so much."""
    try:
        return math.pow(10.0, decibels / 20.0 / weight)
    except (OverflowError, ZeroDivisionError):
        return math.inf
