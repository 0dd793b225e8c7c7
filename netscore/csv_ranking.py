"""Rank the networks of a user's CSV file, keeping every row and every column of it."""

from __future__ import annotations

import codecs
import csv
import re
import sys
import warnings
from array import array
from math import nan, ulp
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import numpy as np

from netscore.checks import ACCURACY, PARAMS, UnitWarning
from netscore.formula import information_density, netscore
from netscore.pareto import pareto_front
from netscore.quantities import COUNT, FRACTION, PERCENT, Unit, parse_quantity, parse_unit
from netscore.ranking import rank
from netscore.tables import Column, free_name, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from netscore.networks import Network

LONGEST_LINE: Final = 16 * 2**20
"""Bytes of the longest line that is read."""

_MEASUREMENTS: Final = ("accuracy", "params", "macs")
_ROWS_PER_STEP: Final = 2**14
_LISTED: Final = 12
_LONGEST_SHOWN: Final = 40


class CsvFileError(ValueError):
    """The file cannot be read as a table; the message names the file and the line."""


class ColumnChoiceError(ValueError):
    """The columns of the measurements cannot be told from the header and the caller's choice."""


def _plain_name(name: str) -> str:
    """The letters and digits of a column's name, in lower case, % as a word."""
    return "".join(filter(str.isalnum, name.replace("%", "percent").lower()))


def _usual_names() -> dict[str, dict[str, Unit | None]]:
    """For each measurement the plain names it usually has, each with the unit that it states."""
    accuracy: dict[str, Unit | None] = {}
    for base in ("accuracy", "acc", "top1", "top1accuracy", "top1acc", "acc1", "accuracytop1"):
        accuracy[base] = None
        accuracy.update(dict.fromkeys((f"{base}percent", f"{base}pct"), PERCENT))
        accuracy.update(dict.fromkeys((f"{base}fraction", f"{base}frac"), FRACTION))
    return {
        "accuracy": accuracy,
        "params": _counts(
            "params parameters param nparams nparameters numparams numparameters "
            "numberofparameters paramcount paramscount parametercount totalparams"
        ),
        "macs": {
            **_counts(
                "macs mac madds multiplyadds multiplyaccumulates multadds muladds multiadds "
                "nmacs nummacs numberofmacs maccount macscount totalmacs"
            ),
            "infergmacs": parse_unit("macs", "G"),
        },
    }


def _counts(bases: str) -> dict[str, Unit | None]:
    names: dict[str, Unit | None] = {}
    words = {"K": "thousands", "M": "millions", "G": "billions", "B": "billions"}
    for base in bases.split():
        names[base] = None
        for prefix, word in words.items():
            unit = parse_unit("params", prefix)
            for said in (prefix.lower(), word, word[:-1], f"in{word}"):
                names[f"{base}{said}"] = unit
            names[f"{prefix.lower()}{base}"] = unit
    return names


_USUAL: Final = _usual_names()
_NAME_COLUMNS: Final = frozenset(
    ("name", "model", "modelname", "network", "networkname", "arch", "architecture")
)


class Measurement(NamedTuple):
    """The column of a measurement, and how its cells are read.

    Attributes
    ----------
    place, name : int, str
        Which column of the file it is, counted from 0, and what it is called.
    unit : Unit
        The unit of its figures.
    suffixes : bool
        Whether a cell may carry a suffix (25.6M), as no unit was said for the whole column.
    must : str
        What a figure must be, for messages.
    least, most : float
        The smallest and the largest percentage or count.
    """

    place: int
    name: str
    unit: Unit
    suffixes: bool
    must: str
    least: float
    most: float

    def value(self, cell: str) -> float:
        """Return the percentage or count in a cell; a ValueError says why there is none."""
        try:
            figure = float(cell)
        except ValueError:
            figure = self._quantity(cell)
        value = figure * self.unit.factor
        if self.least <= value <= self.most:
            return value
        raise ValueError(f"must be {self.must}, got {_shown(cell)}")

    def complaint(self, cell: str) -> str:
        """Return why there is no value in a cell, or nothing if there is one."""
        try:
            self.value(cell)
        except ValueError as error:
            return str(error)
        return ""

    def _quantity(self, cell: str) -> float:
        if not cell.strip():
            raise ValueError("empty")
        if not self.suffixes:
            raise ValueError(f"not a plain number: {_shown(cell)}")
        try:
            return parse_quantity(cell)
        except ValueError:
            raise ValueError(f"not a number: {_shown(cell)}") from None


def choose_columns(
    header: Sequence[str], place: str, choices: Mapping[str, str | None]
) -> tuple[Measurement, ...]:
    """Find the columns of accuracy, params and macs.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    place : str
        What to call the place of the header in a message.
    choices : mapping
        For ``accuracy``, ``params`` and ``macs`` the caller's ``COLUMN`` or ``COLUMN:UNIT``, or
        None to look for a usual name.

    Returns
    -------
    tuple of Measurement
        The columns of accuracy, params and macs.

    Raises
    ------
    ColumnChoiceError
        If a chosen column or unit does not exist, or if not exactly one column has a usual name.
        A name that speaks of FLOPs is never taken for macs without a unit.
    CsvFileError
        If the chosen name stands twice in the header.

    Examples
    --------
    >>> header = ["model", "top1", "params_m", "gflops"]
    >>> choices = {"accuracy": None, "params": None, "macs": "gflops:GFLOP"}
    >>> for column in choose_columns(header, "models.csv line 1", choices):
    ...     print(column.name, column.unit.factor)
    top1 1.0
    params_m 1000000.0
    gflops 500000000.0
    """
    chosen: dict[str, Measurement] = {}
    for kind in _MEASUREMENTS:
        choice = choices[kind]
        if choice is None:
            name, unit = _usual(header, kind)
        else:
            name, unit = _said(header, kind, choice)
        if header.count(name) > 1:
            raise CsvFileError(f"{place}: two columns are named {_shown(name)}")
        for other, measurement in chosen.items():
            if measurement.name == name:
                raise ColumnChoiceError(
                    f"column {_shown(name)} cannot be both {other} and {kind}: "
                    f"choose with --{other} and --{kind}"
                )
        column = header.index(name)
        if kind == "accuracy":
            must = "a fraction from 0 to 1" if unit is FRACTION else ACCURACY.must
            chosen[kind] = Measurement(column, name, unit or PERCENT, False, must, 0.0, 100.0)
        else:
            bounds = (ulp(0.0), sys.float_info.max)
            chosen[kind] = Measurement(
                column, name, unit or COUNT, unit is None, PARAMS.must, *bounds
            )
    return tuple(chosen.values())


def _usual(header: Sequence[str], kind: str) -> tuple[str, Unit | None]:
    """Return the one column that has a usual name, and the unit that the name states."""
    found = [name for name in header if _plain_name(name) in _USUAL[kind]]
    names = list(dict.fromkeys(found))
    if len(names) == 1:
        return names[0], _USUAL[kind][_plain_name(names[0])]
    if names:
        raise ColumnChoiceError(
            f"each of the columns {_listed(names)} could be {kind}: choose with --{kind} COLUMN"
        )
    flops = [name for name in header if kind == "macs" and _says_flops(name)]
    if flops:
        raise ColumnChoiceError(f"no column is named as macs, and {_flops_choice(flops[0])}")
    raise ColumnChoiceError(
        f"none of the columns {_listed(header)} has a usual name of {kind}: "
        f"choose with --{kind} COLUMN"
    )


def _said(header: Sequence[str], kind: str, choice: str) -> tuple[str, Unit | None]:
    """Return the column that the caller named and its unit: the caller's, or that of its name."""
    if choice in header:
        if kind == "macs" and _says_flops(choice):
            raise ColumnChoiceError(_flops_choice(choice))
        return choice, _USUAL[kind].get(_plain_name(choice))
    name, colon, unit = choice.rpartition(":")
    if not colon or name not in header:
        missing = _shown(choice if not colon else name)
        raise ColumnChoiceError(
            f"--{kind} names {missing}, which is none of the columns {_listed(header)}"
        )
    try:
        return name, parse_unit(kind, unit)
    except ValueError as error:
        raise ColumnChoiceError(f"--{kind} {printable(choice)}: {error}") from None


def _says_flops(name: str) -> bool:
    return "flop" in _plain_name(name)


def _flops_choice(name: str) -> str:
    """Say how to choose a column that may hold FLOPs."""
    match = re.fullmatch("([kmgbt]?)flops?([kmgbt]?)", _plain_name(name))
    prefix = (match[1] or match[2]).upper() if match else ""
    column = printable(name)
    return (
        f"{_shown(name)} may count FLOPs, two to a multiply-accumulate: pass "
        f"--macs '{column}:{prefix}FLOP' to have it halved, or "
        f"--macs '{column}:{prefix}MAC' if it counts multiply-accumulates"
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(_shown, names[:_LISTED]))
    return f"{shown}, … ({len(names)} in all)" if len(names) > _LISTED else shown


class CsvTable:
    """A user's table, read from a CSV file: its text, and its measurements as numbers.

    Attributes
    ----------
    file : str
        What to call the file in a message.
    header : list of str
        The names of the columns.
    measurements : tuple of Measurement
        The columns of accuracy, params and macs.
    """

    def __init__(self, file: str, header: list[str], measurements: Iterable[Measurement]) -> None:
        self.file = file
        self.header = header
        self.measurements = tuple(measurements)
        # One text per record and one number per measurement: a list of cells would take ten
        # times the memory. A row that cannot be scored has NaN in all three.
        self._records: list[str] = []
        self._lines = array("q")
        self._values = (array("d"), array("d"), array("d"))
        self._unscored = array("q")

    def __len__(self) -> int:
        return len(self._records)

    @property
    def unscored(self) -> int:
        """How many rows cannot be scored."""
        return len(self._unscored)

    def add(self, record: str, line: int, cells: Sequence[str]) -> None:
        """Append a record that begins in that line and has these cells."""
        try:
            measured = [column.value(cells[column.place]) for column in self.measurements]
        except ValueError:
            measured = [nan, nan, nan]
            self._unscored.append(len(self._records))
        self._records.append(record)
        self._lines.append(line)
        for values, value in zip(self._values, measured, strict=True):
            values.append(value)

    def values(self) -> tuple[NDArray[np.float64], ...]:
        """Return accuracy in percent, params and macs as counts, row by row; NaN if unscored."""
        return tuple(np.frombuffer(values) for values in self._values)

    def cells(self, rows: Iterable[int]) -> Iterator[list[str]]:
        """Yield the cells of rows as they stand in the file."""
        return iter(csv.reader((self._records[row] for row in rows), strict=True))

    def complaints(self) -> Iterator[str]:
        """Yield one line for each cell for which its row cannot be scored: place and reason."""
        for row, cells in zip(self._unscored, self.cells(self._unscored), strict=True):
            for column in self.measurements:
                reason = column.complaint(cells[column.place])
                if reason:
                    place = f"{self.file} line {self._lines[row]}, column {printable(column.name)}"
                    yield f"{place}: {reason}"


def read_csv(
    stream: BinaryIO,
    file: str,
    *,
    accuracy: str | None = None,
    params: str | None = None,
    macs: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> CsvTable:
    r"""Read a table of networks from a CSV file.

    The file is UTF-8 with or without a byte-order mark, with commas, quotation marks as in
    RFC 4180, any line ends, and one line of names. Blank lines are passed over.

    Parameters
    ----------
    stream : binary file
        Read line by line.
    file : str
        What to call it in a message.
    accuracy, params, macs : str, optional
        ``COLUMN`` or ``COLUMN:UNIT``; by default the one column that has a usual name. See
        `choose_columns`.
    progress : callable, optional
        Called with the number of rows read, every few thousand rows.

    Returns
    -------
    CsvTable
        Every row of the file, those included that cannot be scored.

    Raises
    ------
    CsvFileError
        If the file is no such table: a row has too few or too many cells, a quotation mark is
        not closed, a line is longer than 16 MiB or not UTF-8, there is a NUL, no row, ….
    ColumnChoiceError
        If the columns cannot be told.

    Examples
    --------
    >>> from io import BytesIO
    >>> table = read_csv(BytesIO(b"model,top1,params,macs\nmine,72,3.4M,?\n"), "models.csv")
    >>> len(table), *table.complaints()
    (1, "models.csv line 2, column macs: not a number: '?'")
    """
    lines = _Lines(stream, file)
    reader = csv.reader(lines, strict=True)
    try:
        for header in reader:
            _, line = lines.take()
            if header:
                break
        else:
            raise CsvFileError(f"{file} line 1: the file is empty")
        choices = {"accuracy": accuracy, "params": params, "macs": macs}
        table = CsvTable(file, header, choose_columns(header, f"{file} line {line}", choices))
        for cells in reader:
            record, line = lines.take()
            if len(cells) == len(header):
                table.add(record, line, cells)
                if progress is not None and len(table) % _ROWS_PER_STEP == 0:
                    progress(len(table))
            elif cells:
                raise CsvFileError(
                    f"{file} line {line}: {len(cells)} cells, but the header has {len(header)}"
                )
    except csv.Error as error:
        _, line = lines.take()
        raise CsvFileError(f"{file} line {line}: {_reason(error)}") from None
    if not len(table):
        raise CsvFileError(f"{file} line {lines.number}: there is no row below the header")
    return table


def _reason(error: csv.Error) -> str:
    """Say what is wrong with a record in words that do not speak of Python."""
    text = str(error)
    for beginning, reason in (
        ("unexpected end", "a quotation mark is not closed"),
        ("field larger", "a cell is too long, or a quotation mark is not closed"),
        ("new-line", "a carriage return stands in a cell without quotation marks"),
    ):
        if text.startswith(beginning):
            return reason
    return f"not CSV: {text}"


class _Lines:
    """The lines of a file, checked, and remembered until they are taken as one record."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.number = 0
        self._stream = stream
        self._file = file
        self._pending: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LONGEST_LINE + 1):
            self.number += 1
            if len(line) > LONGEST_LINE:
                raise self._wrong(f"longer than {LONGEST_LINE} bytes")
            if self.number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                byte = line[error.start]
                raise self._wrong(f"not UTF-8 text (byte 0x{byte:02x})") from None
            if "\0" in text:
                raise self._wrong("a NUL byte")
            self._pending.append(text)
            yield text

    def take(self) -> tuple[str, int]:
        """Return the text since the last call and the number of its first line."""
        count = len(self._pending)
        text = self._pending[0] if count == 1 else "".join(self._pending)
        self._pending.clear()
        return text, self.number - max(count, 1) + 1

    def _wrong(self, what: str) -> CsvFileError:
        return CsvFileError(f"{self._file} line {self.number}: {what}")


class Ranking:
    r"""The rows of a table in the order of their scores, each with its rank, score and density.

    Iterating over it yields lists of values, one for each of ``columns``: first the rank, last
    the score and the density, between them the cells of the user's row. Rows that cannot be
    scored come last, in the order of the file, with None in these three.

    Parameters
    ----------
    table : CsvTable
        The user's networks.
    reference : iterable of Network, optional
        Networks to rank them with. Their figures are written in the user's units; their names
        go to the user's column of names, or the first column that holds no measurement, or a
        new one. A last column says "yes" for them.
    progress : callable, optional
        Called with the number of rows yielded, every few thousand rows.
    signature : str, optional
        How the scores are made: the value of a further column, after the density, in every row
        that has a score.
    top : int, optional
        Only so many rows, the best of those that have a score.
    pareto : bool, default False
        Only the rows on the Pareto front of accuracy, params and macs; with `top` the best of
        it. Ranks are those among all rows.

    Warns
    -----
    UnitWarning
        If all of the user's accuracies, params or macs look like another unit.

    Examples
    --------
    >>> from io import BytesIO
    >>> file = BytesIO(b"model,top1,params,macs\nr50,75.3,25.6M,3.8G\nv2,72,3.4M,300M\n")
    >>> ranking = Ranking(read_csv(file, "models.csv"))
    >>> [column.key for column in ranking.columns]
    ['rank', 'model', 'top1', 'params', 'macs', 'netscore', 'information_density']
    >>> [(row[0], row[1], round(row[-2], 1)) for row in ranking]
    [(1, 'v2', 74.2), (2, 'r50', 55.2)]
    """

    def __init__(
        self,
        table: CsvTable,
        reference: Iterable[Network] = (),
        progress: Callable[[int], None] | None = None,
        signature: str | None = None,
        *,
        top: int | None = None,
        pareto: bool = False,
    ) -> None:
        self._table = table
        self._reference = list(reference)
        self._progress = progress
        self._signature = signature
        figures = table.values()
        self._scores, self._densities = _scores(*figures)
        if self._reference:
            others = np.array([(n.accuracy, n.params, n.macs) for n in self._reference], float).T
            added = _scores(*others)
            figures = tuple(map(np.append, figures, others))
            self._scores = np.concatenate([self._scores, added[0]])
            self._densities = np.concatenate([self._densities, added[1]])
        self._ranks = rank(self._scores)
        self._order = np.argsort(self._ranks, kind="stable")
        if pareto:
            self._order = self._order[_on_front(*figures)[self._order]]
        if top is not None:
            scored = self._scores == self._scores
            self._order = self._order[scored[self._order]][:top]
        self._name_index = _name_index(table)
        self._adds_names = bool(self._reference) and self._name_index is None
        self.columns = self._columns()

    def _columns(self) -> list[Column]:
        header = self._table.header
        measured = [column.place for column in self._table.measurements]
        columns = [Column(name, name, str, i in measured) for i, name in enumerate(header)]
        taken = set(header)

        def added(name: str, show: Callable[[Any], str] = str, *, number: bool = True) -> Column:
            key = free_name(name, taken)
            taken.add(key)
            return Column(key, key, show, number)

        before = [added("rank")]
        if self._adds_names:
            before.append(added("network", number=False))
        after = [added("netscore", "{:.2f}".format), added("information_density", "{:.2f}".format)]
        if self._signature is not None:
            after.append(added("signature", number=False))
        if self._reference:
            after.append(added("reference", number=False))
        return [*before, *columns, *after]

    def __iter__(self) -> Iterator[list[Any]]:
        own = len(self._table)
        order = self._order
        cells = self._table.cells(row for row in order.tolist() if row < own)
        done = 0
        for rows in np.split(order, range(_ROWS_PER_STEP, order.size, _ROWS_PER_STEP)):
            columns = (rows, self._ranks[rows], self._scores[rows], self._densities[rows])
            for row, *added in zip(*(column.tolist() for column in columns), strict=True):
                network = None if row < own else self._reference[row - own]
                values = next(cells) if network is None else self._figures(network)
                yield self._row(values, network, *added)
            done += rows.size
            if self._progress is not None:
                self._progress(done)

    def _row(
        self, values: list[Any], network: Network | None, rank: int, score: float, density: float
    ) -> list[Any]:
        if self._adds_names:
            values = [network and network.name, *values]
        scored = score == score
        values = [rank, *values, score, density] if scored else [None, *values, None, None]
        if self._signature is not None:
            values.append(self._signature if scored else None)
        if self._reference:
            values.append(network and "yes")
        return values

    def _figures(self, network: Network) -> list[Any]:
        """Return the cells of a reference network: its figures in the user's units."""
        cells: list[Any] = [None] * len(self._table.header)
        if self._name_index is not None:
            cells[self._name_index] = network.name
        figures = (network.accuracy, network.params, network.macs)
        for column, figure in zip(self._table.measurements, figures, strict=True):
            # Fifteen digits: 0.571, where the division gives 0.5710000000000001.
            cells[column.place] = f"{figure / column.unit.factor:.15g}"
        return cells


def _scores(
    accuracy: NDArray[np.float64], params: NDArray[np.float64], macs: NDArray[np.float64]
) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Return score and density, with one UnitWarning at most for both."""
    scores = netscore(accuracy, params, macs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        return scores, information_density(accuracy, params)


def _on_front(
    accuracy: NDArray[np.float64], params: NDArray[np.float64], macs: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Mark the rows on the Pareto front; the scores have questioned the units already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        front: NDArray[np.bool_] = pareto_front(accuracy, params, macs)
        return front


def _name_index(table: CsvTable) -> int | None:
    """Return the column of names, or else the first that holds no measurement, if there is one."""
    measured = [column.place for column in table.measurements]
    others = [index for index in range(len(table.header)) if index not in measured]
    named = [index for index in others if _plain_name(table.header[index]) in _NAME_COLUMNS]
    return next(iter([*named, *others]), None)
