"""The reference tables: networks with the figures, sources and grades of each."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cache
from pkgutil import get_data
from typing import Final, Literal, NamedTuple

from netscore.checks import shown
from netscore.citations import cite_as_text
from netscore.formula import information_density, netscore
from netscore.layout import DIM, KEPT, Column, Record, Table, brief, lines, named, rounded
from netscore.quantities import format_quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

Grade = Literal["published", "quoted", "counted", "recalled"]
Membership = Literal["named", "family", "reconstructed"]

TABLES: Final = {
    "chapter": ("networks.csv", "ImageNet networks"),
    "torchvision": ("torchvision.csv", "ImageNet-1K weights of torchvision 0.28"),
}
"""The file of each table, and what its networks are."""
# How the text of a field becomes its value; all others stay text.
_VALUES: Final[dict[str, Callable[[str], Any]]] = {
    "int": int,
    "float": lambda text: float(text or "nan"),
    "int | None": lambda text: int(text) if text else None,
    **dict.fromkeys(("str | None", "Membership | None"), lambda text: text or None),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A publication, or another place, in which a figure was read; a field may be empty.

    Attributes
    ----------
    key : str
        The name by which a `Network` refers to it.
    type : str
        BibTeX's type of the entry; empty for ``counted``, which is no publication.
    authors : str
        ``Surname, I.; Surname, I.``, or ``et al.`` in place of the further ones.
    title : str
        Of the publication.
    venue : str
        Conference, or the school of a thesis.
    lncs : str
        Volume in the Lecture Notes in Computer Science.
    year : str
        Of publication, or the years ``2013-2016`` of what was published bit by bit.
    pages, doi, arxiv, url : str
        Where to find it: the first and last page, the numbers without a prefix, the address.
    note : str
        What else belongs to the publication.
    where : str
        Where in the publication the figures stand.
    """

    key: str
    type: str
    authors: str
    title: str
    venue: str
    lncs: str
    year: str
    pages: str
    doi: str
    arxiv: str
    url: str
    note: str
    where: str


@dataclass(frozen=True, slots=True)
class Network(Record):
    """One row of a reference table; ``str()`` is what ``netscore show`` prints.

    Attributes
    ----------
    name, family : str
        The network and the family to which it belongs: of torchvision ``model (weights)`` and the
        module of ``torchvision.models``.
    year : int or None
        Year of publication of ``paper``; for AmoebaNet the year of its preprint.
    paper : str or None
        Key of the network's own paper in `load_sources`; a figure's source may be another.
    accuracy : float
        Top-1 accuracy on the ImageNet validation images, in percent; NaN for the one set of
        weights of torchvision that classifies nothing.
    params, macs : int
        Parameters, and multiply-accumulates of one inference, as counts.
    input_px : int
        Side of the square input image, in pixels.
    accuracy_source, params_source, macs_source : str
        Key of the source of each figure in `load_sources`.
    accuracy_grade, params_grade, macs_grade : {"published", "quoted", "counted", "recalled"}
        How each figure is known; `load_networks` explains the grades.
    membership : {"named", "family", "reconstructed"} or None
        How the network is known to be among the chapter's 60; see `load_networks`. None, as are
        ``year`` and ``paper``, for the weights of torchvision.
    params_counted, macs_counted : int or None
        An independent count of the same network, where one could be made.
    counted_from : str or None
        The definition of the network that was counted.
    note : str
        What else a user of the figures must know; may be empty.
    netscore : float
        NetScore of the three figures with the default exponents, in decibels; higher is better.
    information_density : float
        Accuracy in percent per million parameters; higher is better.
    rank : int
        Place by NetScore in the table that it was loaded from: 1 is highest, ties share, 0 is
        in none or without a score.

    Examples
    --------
    >>> from netscore import find_network
    >>> network = find_network("ResNet-50")
    >>> network.figures
    (75.3, 25600000, 3800000000)
    >>> round(network.netscore, 2), round(network.information_density, 2), network.rank
    (55.19, 2.94, 33)
    """

    name: str
    family: str
    year: int | None
    paper: str | None
    accuracy: float
    params: int
    macs: int
    input_px: int
    accuracy_source: str
    accuracy_grade: Grade
    params_source: str
    params_grade: Grade
    macs_source: str
    macs_grade: Grade
    membership: Membership | None
    params_counted: int | None
    macs_counted: int | None
    counted_from: str | None
    note: str
    netscore: float = field(init=False)
    information_density: float = field(init=False)
    rank: int = 0

    def __post_init__(self) -> None:
        """Score the figures."""
        object.__setattr__(self, "netscore", netscore(*self.figures))
        density = information_density(self.accuracy, self.params)
        object.__setattr__(self, "information_density", density)

    @property
    def figures(self) -> tuple[float, int, int]:
        """Accuracy, params and macs, in the order in which every function takes them."""
        return self.accuracy, self.params, self.macs

    def __repr__(self) -> str:
        params, macs = map(format_quantity, self.figures[1:])
        figures = f"{self.accuracy:g} %, {params} params, {macs} MACs"
        return brief(f"<Network: {self.name}, {figures}, NetScore {self.netscore:.2f}>")

    def _parts(self) -> list[Table]:
        among = next((table for table in map(load_networks, TABLES) if self in table), None)
        rank = f", rank {self.rank} among {title(among)}" if among else ""
        params, macs = self.params_counted, self.macs_counted
        known = {
            "Network": self.name,
            "Family": self.family,
            "Year": self.year and str(self.year),
            "Paper": self.paper,
            "Top-1 accuracy": f"{self.accuracy:g} %, {self.accuracy_grade}, {self.accuracy_source}",
            "Params": f"{self.params:,}, {self.params_grade}, {self.params_source}",
            "MACs": f"{self.macs:,}, {self.macs_grade}, {self.macs_source}",
            "Input": f"{self.input_px} x {self.input_px} pixels",
            "Counted params": "none" if params is None else f"{params:,}",
            "Counted MACs": "none" if macs is None else f"{macs:,}",
            "Counted from": self.counted_from,
            "Among the 60": self.membership,
            "Note": self.note,
            "NetScore": f"{self.netscore:.2f}{rank}",
            "Information density": f"{rounded(self.information_density)} % per million parameters",
        }
        if self.accuracy != self.accuracy:
            del known["Top-1 accuracy"], known["NetScore"], known["Information density"]
        part = named({name: value for name, value in known.items() if value})
        keys = self.paper, self.accuracy_source, self.params_source, self.macs_source
        sources = [*map(load_sources().get, dict.fromkeys(key or "" for key in keys))]
        cited = (lines(cite_as_text(source), DIM) for source in sources if source)
        return [part, lines("Sources", DIM), *cited]


COLUMNS: Final = [
    Column("rank", "Rank", number=True, need=KEPT),
    Column("name", "Network", need=KEPT),
    Column("accuracy", "Top-1 %", lambda value: str(float(f"{value:.6g}")), number=True, best=1),
    Column("params", "Params", format_quantity, number=True, best=-1),
    Column("macs", "MACs", format_quantity, number=True, best=-1),
    Column("netscore", "NetScore", "{:.2f}".format, number=True, best=1, need=KEPT),
    Column("information_density", "%/M params", rounded, number=True, best=1),
]
"""How networks are shown in a table: by attribute."""


def _column(name: str, description: str) -> Any:
    """Return the property of that name of each network as a fresh array."""

    def array(networks: Networks) -> NDArray[Any]:
        import numpy as np

        dtype = np.int64 if name in ("params", "macs", "rank") else np.float64
        return np.array([getattr(network, name) for network in networks], dtype)

    return property(array, doc=description)


class Networks(Record, tuple[Network, ...]):
    """Networks of a table, as `load_networks` returns them: a tuple with its columns as arrays.

    ``str()`` is what ``netscore table`` prints. A slice is a tuple. Every array is a fresh
    one, in the order of the networks.

    Examples
    --------
    >>> from netscore import load_networks, netscore
    >>> networks = load_networks()
    >>> networks
    <Networks: 60, from AlexNet to ZynqNet>
    >>> as_flops = netscore(networks.accuracy, networks.params, 2 * networks.macs)
    >>> (networks.netscore - as_flops)[:3].round(2)
    array([3.01, 3.01, 3.01])
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Return one line: how many there are, the first and the last."""
        ends = f", from {self[0].name} to {self[-1].name}" if self else ""
        return brief(f"<Networks: {len(self)}{ends}>")

    def _parts(self) -> list[Table]:
        best_first = sorted(self, key=lambda network: network.rank or len(self))
        rows = ([getattr(network, column.key) for column in COLUMNS] for network in best_first)
        # No rank is 0, and no score NaN.
        return [Table(COLUMNS, [[v if v and v == v else None for v in row] for row in rows])]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the networks."""
        return tuple(network.name for network in self)

    accuracy: NDArray[np.float64] = _column("accuracy", "Top-1 accuracies, in percent.")
    params: NDArray[np.int64] = _column("params", "Numbers of parameters.")
    macs: NDArray[np.int64] = _column("macs", "Numbers of multiply-accumulates of one inference.")
    netscore: NDArray[np.float64] = _column("netscore", "NetScores, in decibels.")
    information_density: NDArray[np.float64] = _column(
        "information_density", "Accuracies in percent per million parameters."
    )
    rank: NDArray[np.int64] = _column("rank", "Places by NetScore, 1 for the highest.")


def load_networks(table: str = "chapter") -> Networks:
    """Return the networks of a reference table, ordered by family and name.

    Parameters
    ----------
    table : {"chapter", "torchvision"}
        Which table: the 60 networks of the chapter that proposes NetScore, of 2012 to 2018, or
        the 115 weights for ImageNet-1K that torchvision 0.28 has.

    Returns
    -------
    Networks
        The same immutable tuple of `Network` on every call, with the columns as arrays:
        ``networks.accuracy``, ``networks.macs`` and so on. ``pandas.DataFrame(networks)`` and
        ``polars.DataFrame(networks)`` have one row for each network and one column for each
        attribute.

    Raises
    ------
    ValueError
        If there is no such table. The message names those that there are.
    TypeError
        If ``table`` is not text.

    See Also
    --------
    find_network : One network by its name.
    load_sources : What the source keys stand for.

    Notes
    -----
    The figures of torchvision are those that the metadata of its weights print: accuracy of a
    single crop, parameters, and multiply-accumulates to three decimals of a billion. The weights
    ``vgg16 (IMAGENET1K_FEATURES)`` have no classifier, hence no accuracy, score and rank. All else
    here is about the chapter's table.

    What is the author's and what is ours. The chapter that proposes NetScore [1]_ compares 60
    networks in figures and prints no table. The author's are the formula and what readers noted
    from those figures: twelve NetScore ranks and the orders of nine families by accuracy and
    seven by information density. Ours are the set of 60, as far as it is not noted, and every
    figure, none of which was read in the chapter.

    ``membership`` says how a network is known to be among the 60:

    - ``named``: a reader's note on the chapter names it (13 networks);
    - ``family``: its family is named (26);
    - ``reconstructed``: chosen so that the set agrees with what is known (21).

    The grade of a figure says how the figure is known:

    - ``published``: read in the authors' own publication;
    - ``quoted``: read in another publication that quotes it;
    - ``counted``: exact count of the published architecture, convolution and fully connected
      layers;
    - ``recalled``: attributed to the authors' publication, not re-read in its text.

    With these figures DenseNet-121 comes out 26th and ResNet-50 33rd by NetScore, exactly as
    noted, and the noted orders hold but for four exceptions:

    - ShuffleNet (1.5) is 4th by NetScore, noted 8th;
    - ShuffleNet (x2) is 14th by NetScore, noted 7th;
    - SENet-154 with 82.72 % stands just above NASNet-A with 82.70 %, noted just below;
    - MobileNet stands below ZynqNet and CondenseNet in information density, noted above.

    Because the ShuffleNets move, the networks noted 4th to 6th, 9th and 10th move by one rank;
    with the two set aside, the other ten noted ranks are reproduced. Part of this agreement is
    by construction: the reconstructed networks were chosen for it.

    Published and counted figures differ by at most 5 %, except in AmoebaNet-B (6, 190),
    AmoebaNet-C (4, 50), GoogLeNet and MobileNetV2 (1.4), whose notes explain the difference.

    References
    ----------
    .. [1] A. Wong, "NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of
       Deep Neural Networks for Practical On-Device Edge Usage", ICIAR 2019, LNCS 11663,
       doi:10.1007/978-3-030-27272-2_2, arXiv:1806.05512.

    Examples
    --------
    >>> from netscore import load_networks
    >>> networks = load_networks()
    >>> len(networks)
    60
    >>> for network in sorted(networks, key=lambda network: network.rank)[:3]:
    ...     print(f"{network.netscore:.1f}  {network.name}")
    77.8  SqueezeNext 1.0-SqNxt-23
    75.0  CondenseNet (G=C=8)
    74.2  MobileNetV2
    >>> len(load_networks("torchvision"))
    115
    """
    if not isinstance(table, str):
        raise TypeError(f"load_networks: table must be text, got {shown(table)}")
    if table not in TABLES:
        tables = " or ".join(map(repr, TABLES))
        raise ValueError(f"load_networks: table must be {tables}, got {shown(table)}")
    return _networks(table)


def find_network(name: str) -> Network:
    """Return the network of that name in the reference tables.

    Parameters
    ----------
    name : str
        Name of a network, of torchvision as in ``resnet50 (IMAGENET1K_V2)``; case, blanks and
        punctuation do not matter.

    Returns
    -------
    Network
        The network whose name has the same letters and digits, or is the same if several do.

    Raises
    ------
    ValueError
        If there is not exactly one such network. The message lists near names.
    TypeError
        If ``name`` is not text.

    Examples
    --------
    >>> from netscore import find_network
    >>> round(find_network("mobilenetv2").netscore, 1)
    74.2
    >>> find_network("amoebanet a 4 50").name
    'AmoebaNet-A (4, 50)'
    >>> find_network("VGG-17")
    Traceback (most recent call last):
        ...
    ValueError: find_network: name must be one of the 175 networks, got 'VGG-17'; \
near names: VGG-19, VGG-16
    """
    if not isinstance(name, str):
        raise TypeError(f"find_network: name must be text, got {shown(name)}")
    every = [network for table in TABLES for network in load_networks(table)]
    by_letters: dict[str, list[Network]] = {}
    for network in every:
        by_letters.setdefault(_normalised(network.name), []).append(network)
    wanted = _normalised(name)
    same = by_letters.get(wanted, [])
    # regnet_x_16gf and regnet_x_1_6gf have the same letters and digits.
    spelt = [network for network in same if network.name.casefold() == name.strip().casefold()]
    if len(found := spelt or same) == 1:
        return found[0]
    related = [key for key in by_letters if wanted and (wanted in key or key in wanted)]
    near = dict.fromkeys([*related, *get_close_matches(wanted, by_letters)])
    names = [network.name for letters in near for network in by_letters[letters]][:8]
    raise ValueError(
        f"find_network: name must be one of the {len(every)} networks, got {shown(name)}; "
        f"near names: {', '.join(names) or 'none'}"
    )


def load_sources() -> dict[str, Source]:
    """Return the sources of the reference table by their keys.

    Returns
    -------
    dict of str to Source
        It also holds ``wong2019netscore``, the chapter, and ``canziani2016analysis``, the paper on
        information density.

    Examples
    --------
    >>> from netscore import find_network
    >>> from netscore.networks import load_sources
    >>> source = load_sources()[find_network("VGG-16").accuracy_source]
    >>> source.arxiv, source.where
    ('1412.4564', 'single centre crop of the Oxford weights')
    """
    return {row[0]: Source(*row) for row in _read("sources.csv")[1]}


def data_version() -> str:
    """Return version and date of the reference table.

    Returns
    -------
    str
        The version, and the date in parentheses. The CHANGELOG says which figures a version
        changed.

    Examples
    --------
    >>> from netscore.networks import data_version
    >>> data_version()
    '1.1.0 (2026-11-28)'
    """
    first, _ = _read(TABLES["chapter"][0])
    *_, version, date = first.split(", ")
    return f"{version.removeprefix('version ')} ({date})"


def _read(file: str) -> tuple[str, list[list[str]]]:
    """Return the first line of a data file and its rows, the header aside."""
    # importlib.resources takes twice the time to be imported.
    data = get_data("netscore", f"data/{file}") or b""
    first, _, *lines = data.decode().splitlines()
    return first, list(csv.reader(lines))


@cache
def _networks(table: str) -> Networks:
    # The columns are the attributes, in their order.
    values = [_VALUES.get(str(field.type), str) for field in fields(Network)]
    _, rows = _read(TABLES[table][0])
    networks = [Network(*(make(text) for make, text in zip(values, row))) for row in rows]
    scores = sorted((n.netscore for n in networks if n.netscore == n.netscore), reverse=True)
    ranks = {score: 1 + scores.index(score) for score in scores}
    return Networks(replace(n, rank=ranks.get(n.netscore, 0)) for n in networks)


class Row(NamedTuple):
    """A network of which no more is known than its name and figures."""

    name: str
    accuracy: float
    params: float
    macs: float


class Among(NamedTuple):
    """Networks to rank among: what they are, the networks, and the figures of each.

    The columns that were halved held FLOPs; doubts are of columns in which units look mixed.
    """

    title: str
    networks: Sequence[Any]
    figures: Sequence[tuple[float, ...]]
    halved: Sequence[str] = ()
    doubts: Sequence[str] = ()

    @property
    def said(self) -> str:
        """The title, and how many of them have no score."""
        lacking = sum(any(figure != figure for figure in row) for row in self.figures)
        return f"{self.title}, {lacking} without a score" if lacking else self.title


def table_among(table: str) -> Among:
    """Return the networks of a table, to rank among."""
    networks = load_networks(table)
    return Among(title(networks), networks, [network.figures for network in networks])


def title(networks: Sequence[Any]) -> str:
    """Say what networks are, with their years where all are known.

    Examples
    --------
    >>> title(load_networks()), title(load_networks()[:3])
    ('60 ImageNet networks of 2012 to 2018', '3 networks of 2012 to 2018')
    """
    named = (what for table, (_, what) in TABLES.items() if networks is load_networks(table))
    text = f"{len(networks)} {next(named, 'networks' if len(networks) != 1 else 'network')}"
    years: list[Any] = [getattr(network, "year", None) for network in networks]
    if years and all(isinstance(year, int) for year in years):
        text += f" of {' to '.join(map(str, sorted({min(years), max(years)})))}"
    return text


def _normalised(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return "".join(filter(str.isalnum, name.casefold()))
