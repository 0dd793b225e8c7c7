"""Where one network stands among others."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from netscore import checks
from netscore.checks import EXPONENTS, FIGURES
from netscore.formula import density
from netscore.layout import Record, Table, brief, named, rounded
from netscore.metrics import NETSCORE
from netscore.networks import TABLES, Among, table_among
from netscore.quantities import format_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netscore.arrays import Scalar


@dataclass(frozen=True)
class NextPlace:
    """What a network lacks for the rank above its own.

    Attributes
    ----------
    decibels : float
        By how much the score must rise.
    accuracy, params, macs : float or None
        What the accuracy would have to be if nothing else changed, or the parameters, or the
        multiply-accumulates, as `solve` finds it; None where no value of that figure would do.
    """

    decibels: float
    accuracy: float | None
    params: float | None
    macs: float | None

    def __str__(self) -> str:
        # Rounded to what is enough, but for an error of the last bits.
        percent = ceil((self.accuracy or 0.0) * 100.0 - 1e-9) / 100.0
        ways = [f"accuracy {percent:.2f} %"] * bool(percent)
        for name, count in (("params", self.params), ("MACs", self.macs)):
            if count and count >= 1.0:
                digit = 10.0 ** (floor(log10(count)) - 2)
                ways.append(f"{name} {format_quantity(floor(count / digit + 1e-9) * digit)}")
        if not ways:
            return "out of reach of any one figure"
        return f"{self.decibels:.2f} dB higher, with {' or '.join(ways)}"


@dataclass(frozen=True)
class Comparison(Record):
    """Where a network stands among others, as `compare` found it.

    ``str()`` is what ``netscore compare`` prints.

    Attributes
    ----------
    accuracy, params, macs : float
        The figures of the network itself.
    alpha, beta, gamma : float
        The exponents of all scores.
    netscore, information_density : float
        The scores of the network itself.
    rank : int
        One more than the number of networks with a higher score.
    total : int
        The number of networks that have a rank, itself included.
    among : str
        What it was compared with: ``60 ImageNet networks of 2012 to 2018``.
    above, below : Network or None
        The nearest network with a higher score, and with a lower one.
    above_netscore, below_netscore : float or None
        Their scores.
    level : tuple of Network
        Networks with the same score.
    percentile : float
        The share of the others with a rank that score no higher, in percent.
    dominates, dominated_by : tuple of Network
        Networks that it beats, and that beat it: as good or better in accuracy, params and macs,
        and better in one.
    next_place : NextPlace or None
        What it would take to be as good as the network above.
    doubtful : bool
        Whether figures look like another unit, as the `UnitWarning` said: then so is the rank.
    """

    accuracy: float
    params: float
    macs: float
    alpha: float
    beta: float
    gamma: float
    netscore: float
    information_density: float
    rank: int
    total: int
    among: str
    level: tuple[Any, ...]
    above: Any
    above_netscore: float | None
    below: Any
    below_netscore: float | None
    percentile: float
    dominates: tuple[Any, ...]
    dominated_by: tuple[Any, ...]
    next_place: NextPlace | None
    doubtful: bool

    def __repr__(self) -> str:
        return brief(f"<Comparison: NetScore {self.netscore:.2f}, rank {self._rank()}>")

    def _rank(self) -> str:
        return f"{self.rank} of {self.total}{' (doubtful)' * self.doubtful}"

    def scored(self) -> dict[str, str]:
        """Return what ``netscore score`` prints."""
        rank = f"{self._rank()}, among {self.among}"
        return {
            "NetScore": f"{self.netscore:.2f}",
            "Information density": f"{rounded(self.information_density)} % per million parameters",
            "Accuracy": f"{self.accuracy:g} %",
            "Params": format_quantity(self.params),
            "MACs": format_quantity(self.macs),
            "Exponents": f"alpha {self.alpha:g}, beta {self.beta:g}, gamma {self.gamma:g}",
            "Rank": f"{rank}; level with {_names(self.level)}" if self.level else rank,
            "Above": _beside(self.above, self.above_netscore),
            "Below": _beside(self.below, self.below_netscore),
        }

    def _parts(self) -> list[Table]:
        scored = self.scored()
        found = {name: scored[name] for name in ("NetScore", "Rank", "Above", "Below")}
        found["Percentile"] = f"{self.percentile:.1f} % of the {self.total - 1} score no higher"
        for side, networks in (("es", self.dominates), ("ed by", self.dominated_by)):
            listed = f"{len(networks)}: {_names(networks)}" if networks else "none"
            found[f"Dominat{side}"] = listed
        found["Next place"] = str(self.next_place or "none: no network scores higher")
        return [named(found)]


def compare(
    accuracy: float,
    params: float,
    macs: float,
    *,
    among: Any = "chapter",
    alpha: Scalar = 2.0,
    beta: Scalar = 0.5,
    gamma: Scalar = 0.5,
) -> Comparison:
    r"""Compare one network with others: its rank, its neighbours, whom it beats outright.

    Parameters
    ----------
    accuracy, params, macs : float
        The figures of the network, as in `netscore`.
    among : str, path, frame or iterable, default "chapter"
        What to compare with: ``"chapter"`` or ``"torchvision"``, the tables of `load_networks`;
        a file or a data frame that `rank_table` can read without being told its columns;
        `Network` records, or any objects with the attributes ``name``, ``accuracy``, ``params``
        and ``macs``, dicts with these keys, or tuples of these four.
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
        networks to compare with; as `rank_table` for a file or a frame.
    TypeError
        If a figure is not a real number, or `among` holds what is no network.

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
    Dominance is decided before any exponent is chosen, and a network that is dominated has no
    higher score. For the next place each figure is changed in turn: what is missing to the
    score above, :math:`d` decibels, is a factor of :math:`10^{d / 20\alpha}` in
    accuracy, :math:`10^{-d / 20\beta}` in params and :math:`10^{-d / 20\gamma}` in macs.

    Examples
    --------
    A network of 73 % with 4 million parameters and 350 million multiply-accumulates:

    >>> from netscore import compare
    >>> standing = compare(73.0, params=4e6, macs=350e6)
    >>> standing
    <Comparison: NetScore 73.07, rank 7 of 61>
    >>> standing.above.name, standing.below.name
    ('MobileNetV1 (1.0-128)', 'MobileNetV1 (1.0-160)')
    >>> [network.name for network in standing.dominates][:3]
    ['AlexNet', 'Darknet Reference', 'Darknet-19']
    >>> [network.name for network in standing.dominated_by]
    []
    >>> round(standing.next_place.accuracy, 2), round(standing.next_place.macs / 1e6)
    (74.51, 322)
    """
    return standing(accuracy, params, macs, among, alpha, beta, gamma)


def standing(
    accuracy: float,
    params: float,
    macs: float,
    among: Any,
    alpha: Scalar,
    beta: Scalar,
    gamma: Scalar,
    doubted: Sequence[checks.Rule] = FIGURES,
) -> Comparison:
    """Compare as `compare` does; of its own figures the unit of the first may alone be doubted."""
    weights = checks.only_numbers("compare", EXPONENTS, (alpha, beta, gamma))
    own = checks.only_numbers("compare", FIGURES, (accuracy, params, macs))
    for rule, figure in zip(FIGURES, own):
        if figure != figure:
            checks.refuse_value("compare", rule, figure)
    found = networks_among("compare", among)
    others = list(zip(found.networks, found.figures))
    of_own, of_others = checks.doubts_of(doubted, [own]), checks.doubts_of(FIGURES, found.figures)
    doubts = dict.fromkeys((*of_own, *of_others, *found.doubts))
    checks.warn_units("compare", doubts)

    metric = NETSCORE.weighing(*weights)
    score = metric.of_numbers(*own)
    scored = [(metric.of_numbers(*figures), network) for network, figures in others]
    ranked = [other for other, _ in scored if other == other]
    higher = [one for one in scored if one[0] > score]
    lower = [one for one in scored if one[0] < score]
    goal, above = min(higher, key=itemgetter(0), default=(score, None))
    below_score, below = max(lower, key=itemgetter(0), default=(None, None))
    needed: list[float | None] = []
    for place, weight in enumerate((metric.alpha, *metric.exponents)):
        figure = metric.figure(goal, (*own[:place], None, *own[place + 1 :])) if weight else 0.0
        needed.append(figure if figure > 0.0 else None)  # it is NaN where it is out of reach
    given = zip((*FIGURES, *EXPONENTS), (*own, *weights))
    return Comparison(
        **{rule.name: value for rule, value in given},
        netscore=score,
        information_density=density(None, *own[:2]),
        rank=1 + len(higher),
        total=1 + len(ranked),
        among=found.said,
        percentile=100.0 * sum(other <= score for other in ranked) / (len(ranked) or 1),
        above=above,
        below=below,
        above_netscore=goal if higher else None,
        below_netscore=below_score,
        level=tuple(network for other, network in scored if other == score),
        dominates=tuple(network for network, figures in others if _dominates(own, figures)),
        dominated_by=tuple(network for network, figures in others if _dominates(figures, own)),
        next_place=NextPlace(goal - score, *needed) if higher else None,
        doubtful=bool(doubts),
    )


def _names(networks: tuple[Any, ...]) -> str:
    return "; ".join(str(network.name) for network in networks)


def _beside(network: Any, score: float | None) -> str:
    return "none" if network is None else f"{network.name} with {score:.2f}"


def networks_among(function: str, among: Any, further: Sequence[str] = ()) -> Among:
    """Return the networks to rank among, without NumPy if they are those of a table."""
    if isinstance(among, str) and among in TABLES:
        return table_among(among)
    from netscore import tables

    return tables.networks_among(function, among, further=further)


def _dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether the first is as good or better in all three figures, and better in one."""
    return one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2] and one != other
