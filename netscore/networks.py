"""The reference table: 60 networks with the figures, sources and grades of each."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from io import StringIO
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from netscore.checks import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Grade = Literal["published", "quoted", "counted", "recalled"]
Membership = Literal["named", "family", "reconstructed"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication, or another place, in which a figure was read.

    Attributes
    ----------
    key : str
        The name by which a `Network` refers to it.
    citation : str
        Authors, title and venue.
    locator : str
        Where to find the publication: an arXiv number, a DOI, a page; may be empty.
    where : str
        Where in the publication the figures stand; may be empty.
    """

    key: str
    citation: str
    locator: str
    where: str


@dataclass(frozen=True, slots=True)
class Network:
    """One row of the reference table.

    Attributes
    ----------
    name, family : str
        The network and the family to which it belongs.
    year : int
        Year of publication of ``paper``; for AmoebaNet the year of its preprint.
    paper : str
        Key of the network's own paper in `load_sources`; a figure's source may be another.
    accuracy : float
        Top-1 accuracy on the ImageNet validation images, in percent.
    params, macs : int
        Parameters, and multiply-accumulates of one inference, as counts.
    input_px : int
        Side of the square input image, in pixels.
    accuracy_source, params_source, macs_source : str
        Key of the source of each figure in `load_sources`.
    accuracy_grade, params_grade, macs_grade : {"published", "quoted", "counted", "recalled"}
        How each figure is known; `load_networks` explains the grades.
    membership : {"named", "family", "reconstructed"}
        How the network is known to be among the chapter's 60; see `load_networks`.
    params_counted, macs_counted : int or None
        An independent count of the same network, where one could be made.
    counted_from : str or None
        The definition of the network that was counted.
    note : str
        What else a user of the figures must know; may be empty.
    """

    name: str
    family: str
    year: int
    paper: str
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
    membership: Membership
    params_counted: int | None
    macs_counted: int | None
    counted_from: str | None
    note: str

    @property
    def netscore(self) -> float:
        """NetScore of the three figures with the default exponents, in decibels; higher is better.

        Examples
        --------
        >>> from netscore import find_network
        >>> round(find_network("ResNet-50").netscore, 2)
        55.19
        """
        from netscore.formula import netscore

        return netscore(self.accuracy, self.params, self.macs)

    @property
    def information_density(self) -> float:
        """Accuracy in percent per million parameters; higher is better.

        Examples
        --------
        >>> from netscore import find_network
        >>> round(find_network("ResNet-50").information_density, 2)
        2.94
        """
        from netscore.formula import information_density

        return information_density(self.accuracy, self.params)


def load_networks() -> tuple[Network, ...]:
    """Return the 60 networks of the reference table, ordered by family and name.

    Returns
    -------
    tuple of Network
        The same immutable tuple on every call. ``pandas.DataFrame(load_networks())`` and
        ``polars.DataFrame(load_networks())`` have one row for each network and one column for
        each attribute; the scores are properties and no columns.

    Raises
    ------
    ValueError
        If a row of the data file breaks a rule. The message names file, line and column; no
        row is ever skipped.

    See Also
    --------
    find_network : One network by its name.
    load_sources : What the source keys stand for.

    Notes
    -----
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
    >>> for network in sorted(networks, key=lambda network: -network.netscore)[:3]:
    ...     print(f"{network.netscore:.1f}  {network.name}")
    77.8  SqueezeNext 1.0-SqNxt-23
    75.0  CondenseNet (G=C=8)
    74.2  MobileNetV2
    """
    return _tables().networks


def find_network(name: str) -> Network:
    """Return the network of that name in the reference table.

    Parameters
    ----------
    name : str
        Name of a network; case, blanks and punctuation do not matter.

    Returns
    -------
    Network
        The network whose name has the same letters and digits.

    Raises
    ------
    ValueError
        If there is no such network. The message lists near names.
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
    ValueError: find_network: name must be one of the 60 networks, got 'VGG-17'; \
near names: VGG-19, VGG-16
    """
    if not isinstance(name, str):
        raise TypeError(f"find_network: name must be text, got {shown(name)}")
    by_name = _tables().by_name
    wanted = _normalised(name)
    if wanted in by_name:
        return by_name[wanted]
    related = [key for key in by_name if wanted and (wanted in key or key in wanted)]
    near = dict.fromkeys([*related, *get_close_matches(wanted, by_name)])
    names = ", ".join(by_name[key].name for key in list(near)[:8]) or "none"
    raise ValueError(
        f"find_network: name must be one of the {_SIZE} networks, got {shown(name)}; "
        f"near names: {names}"
    )


def load_sources() -> Mapping[str, Source]:
    """Return the sources of the reference table by their keys.

    Returns
    -------
    mapping of str to Source
        Read-only, and the same on every call. It also holds ``wong2019netscore``, the chapter,
        and ``canziani2016analysis``, the paper on information density.

    Raises
    ------
    ValueError
        If a row of the data files breaks a rule. The message names file, line and column.

    Examples
    --------
    >>> from netscore import find_network, load_sources
    >>> source = load_sources()[find_network("VGG-16").accuracy_source]
    >>> source.locator, source.where
    ('arXiv:1412.4564', 'single centre crop of the Oxford weights')
    """
    return _tables().sources


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
    '1.0.0 (2026-11-23)'
    """
    return _tables().version


_SIZE = 60
_NETWORKS = "networks.csv"
_SOURCES = "sources.csv"
_VERSION = (
    r"version ((?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}),"
    r" ([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))"
)


class _Column(NamedTuple):
    """What the text of a column must be, and how it becomes a value."""

    must: str
    pattern: str
    convert: Callable[[str], Any] = str
    bounds: tuple[float, float] | None = None
    optional: bool = False


def _whole(low: int, high: int, *, optional: bool = False) -> _Column:
    must = f"be a whole number from {low} to {high}" + (" or empty" if optional else "")
    return _Column(must, "[1-9][0-9]{0,14}", int, (low, high), optional)


def _word(*words: str) -> _Column:
    return _Column(f"be one of {', '.join(words)}", "|".join(words))


_PLAIN = r"\S(?:.*\S)?"
_TEXT = _Column("be text without blanks at its ends", _PLAIN)
_MAYBE_TEXT = _Column("be empty or text without blanks at its ends", f"(?:{_PLAIN})?")
_PUBLICATION = _Column("be the key of a publication", "(?!counted$)[a-z0-9]+")
_SOURCE_KEY = _Column("be a key of lower-case letters and digits", "[a-z0-9]+")
_GRADE = _word(*get_args(Grade))

# In the order of the file, which is the order of the attributes of Network.
_NETWORK_COLUMNS = {
    "name": _Column("be a name that begins with a letter", r"[A-Za-z](?:.*\S)?"),
    "family": _Column("be a family, letters only", "[A-Za-z]+"),
    # From the first network trained for ImageNet to the chapter's preprint.
    "year": _whole(2012, 2018),
    "paper": _PUBLICATION,
    # A fraction, or a decimal point that slipped by one place, falls outside.
    "top1_percent": _Column(
        "be a number from 10 to 100 with one or two decimals",
        r"[1-9][0-9]{0,2}\.[0-9]{1,2}",
        float,
        (10, 100),
    ),
    # Millions or thousands in place of counts fall outside.
    "params": _whole(10**5, 10**9),
    "macs": _whole(10**7, 10**12),
    "input_px": _whole(64, 512),
    "top1_source": _PUBLICATION,
    "top1_grade": _word(*(grade for grade in get_args(Grade) if grade != "counted")),
    "params_source": _SOURCE_KEY,
    "params_grade": _GRADE,
    "macs_source": _SOURCE_KEY,
    "macs_grade": _GRADE,
    "membership": _word(*get_args(Membership)),
    "params_counted": _whole(10**5, 10**9, optional=True),
    "macs_counted": _whole(10**7, 10**12, optional=True),
    "counted_from": _Column(_MAYBE_TEXT.must, _PLAIN, optional=True),
    "note": _MAYBE_TEXT,
}
_SOURCE_COLUMNS = {
    "key": _SOURCE_KEY,
    "citation": _TEXT,
    "locator": _MAYBE_TEXT,
    "where": _MAYBE_TEXT,
}


class _Row(NamedTuple):
    """One row of a data file: its place and its text."""

    file: str
    line: int
    texts: dict[str, str]

    def values(self, columns: Mapping[str, _Column]) -> list[Any]:
        """Return the values of all fields, in their order."""
        return [self._value(name, column) for name, column in columns.items()]

    def _value(self, name: str, column: _Column) -> Any:
        text = self.texts[name]
        if column.optional and not text:
            return None
        if re.fullmatch(column.pattern, text):
            value = column.convert(text)
            if column.bounds is None or column.bounds[0] <= value <= column.bounds[1]:
                return value
        raise self.wrong(name, column.must)

    def wrong(self, column: str, must: str) -> ValueError:
        """Return the error that says what the field in that column must be."""
        return _wrong(self.file, self.line, must, self.texts[column], column)


class _Tables(NamedTuple):
    """Both data files, validated."""

    version: str
    networks: tuple[Network, ...]
    by_name: Mapping[str, Network]
    sources: Mapping[str, Source]


@cache
def _tables() -> _Tables:
    data = files("netscore") / "data"
    return _parse((data / _NETWORKS).read_bytes(), (data / _SOURCES).read_bytes())


def _parse(networks: bytes, sources: bytes) -> _Tables:
    """Read and validate the two data files together."""
    version, source_rows = _read(_SOURCES, sources, "sources", _SOURCE_COLUMNS)
    by_source = _build_sources(source_rows)
    networks_version, rows = _read(_NETWORKS, networks, "reference table", _NETWORK_COLUMNS)
    if version != networks_version:
        raise _wrong(_SOURCES, 1, f"have the version of {_NETWORKS}, {networks_version}", version)
    by_name = _build_networks(rows, by_source)
    return _Tables(version, tuple(by_name.values()), by_name, MappingProxyType(by_source))


def _build_sources(rows: list[_Row]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for row in rows:
        source = Source(*row.values(_SOURCE_COLUMNS))
        if source.key in sources:
            raise row.wrong("key", "be unique")
        sources[source.key] = source
    return sources


def _build_networks(rows: list[_Row], sources: dict[str, Source]) -> dict[str, Network]:
    networks: dict[str, Network] = {}
    last = ("", "")
    for row in rows:
        network = Network(*row.values(_NETWORK_COLUMNS))
        for column in ("paper", "top1_source", "params_source", "macs_source"):
            if row.texts[column] not in sources:
                raise row.wrong(column, f"be a key of {_SOURCES}")
        for holds, column, must in _laws(network):
            if not holds:
                raise row.wrong(column, must)
        key = _normalised(network.name)
        if key in networks:
            raise row.wrong("name", "be unique, case and punctuation aside")
        here = (network.family.casefold(), network.name.casefold())
        if here < last:
            raise row.wrong("name", "follow in the order of family and name, case aside")
        networks[key] = network
        last = here
    if len(rows) != _SIZE:
        raise _wrong(_NETWORKS, len(rows) + 2, f"be the last of {_SIZE} networks", len(rows))
    return networks


def _laws(network: Network) -> Iterator[tuple[bool, str, str]]:
    """Yield what must hold among the columns of a row: whether it does, the column, the rule."""
    n = network
    counts = (n.params_counted, n.macs_counted, n.counted_from)
    all_or_none = len({part is None for part in counts}) == 1
    yield all_or_none, "counted_from", "be given with both counts, or none of the three"
    for column, figure, source, grade, count in (
        ("params", n.params, n.params_source, n.params_grade, n.params_counted),
        ("macs", n.macs, n.macs_source, n.macs_grade, n.macs_counted),
    ):
        agree = (grade == "counted") == (source == "counted")
        yield agree, f"{column}_grade", f"be 'counted' if and only if {column}_source is"
        equal = grade != "counted" or figure == count
        yield equal, column, f"equal {column}_counted, being graded 'counted'"
        if count is not None:
            # In whole numbers, so that the limits are exact.
            apart = 100 * abs(figure - count)
            yield apart <= 20 * count, column, f"be within 20 % of {column}_counted"
            must = f"be within 5 % of {column}_counted, or the note must say why it is not"
            yield apart <= 5 * count or n.note != "", column, must
    yield n.macs > n.params, "macs", "be greater than params"


def _read(
    file: str, data: bytes, title: str, columns: Mapping[str, _Column]
) -> tuple[str, list[_Row]]:
    """Return version and rows of a data file: a comment line, a header, one line for each row."""
    lines = _lines(file, data)
    comment = re.fullmatch(f"# netscore {title}, {_VERSION}", lines[0])
    if comment is None:
        raise _wrong(file, 1, f"be '# netscore {title}, version N.N.N, YYYY-MM-DD'", lines[0])
    header = _fields(file, 2, "".join(lines[1:2]))
    for place, (wanted, found) in enumerate(zip_longest(columns, header), 1):
        if wanted != found:
            raise _wrong(file, 2, f"have {wanted or 'nothing'} as column {place}", found)
    rows = []
    for number, line in enumerate(lines[2:], 3):
        fields = _fields(file, number, line)
        if len(fields) != len(columns):
            raise _wrong(file, number, f"have {len(columns)} fields", len(fields))
        rows.append(_Row(file, number, dict(zip(columns, fields, strict=True))))
    return "{} ({})".format(*comment.groups()), rows


def _lines(file: str, data: bytes) -> list[str]:
    """Return the lines of a data file that holds plain text."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = data[: error.start].count(b"\n") + 1
        raise _wrong(file, number, "be UTF-8", data[error.start : error.end]) from None
    *lines, rest = text.split("\n")
    if rest or not lines:
        raise _wrong(file, len(lines) + 1, "end with a newline", rest)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            raise _wrong(file, number, "not be blank", line)
        # This also finds a byte-order mark, CR LF and NUL.
        if not line.isprintable():
            column = next(i for i, character in enumerate(line) if not character.isprintable())
            must = f"be printable text, which character {column + 1} is not"
            raise _wrong(file, number, must, line[column])
    return lines


def _fields(file: str, number: int, line: str) -> list[str]:
    """Split a line that is written as the csv module writes it.

    Each line is split by itself, so that an open quotation mark cannot swallow the next ones.
    """
    try:
        fields = next(csv.reader([line], strict=True))
    except csv.Error as error:
        raise _wrong(file, number, f"be valid CSV ({error})", line) from None
    written = StringIO()
    csv.writer(written, lineterminator="").writerow(fields)
    if written.getvalue() != line:
        raise _wrong(file, number, f"be quoted so: {written.getvalue()}", line)
    return fields


def _wrong(file: str, line: int, must: str, got: object, column: str | None = None) -> ValueError:
    place = f"{file}, line {line}" if column is None else f"{file}, line {line}, column {column}"
    return ValueError(f"{place}: must {must}, got {got!r}")


def _normalised(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return "".join(filter(str.isalnum, name.casefold()))
