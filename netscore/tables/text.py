"""A CSV file, read strictly: every cell the text that it is, a few bytes of memory a row."""

from __future__ import annotations

import codecs
import csv
import io
from array import array
from contextlib import contextmanager
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from netscore.tables.columns import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from numpy.typing import NDArray

    from netscore.tables.columns import Ranking

LONGEST_LINE: Final = 16 * 2**20
"""Bytes of the longest line that is read."""

ROWS: Final = 2**14
"""So many rows are read and written in one step."""

_SPOOLED: Final = 32 * 2**20


@contextmanager
def opened(stream: BinaryIO, name: str) -> Iterator[TextTable]:
    """Take an open CSV file, from where it stands, as a table of that name.

    What cannot be read again, as a pipe, is kept: a little in memory, more in a temporary file.
    """
    if isinstance(getattr(stream, "raw", None), io.FileIO) and stream.seekable():
        yield TextTable(stream, stream, name)
        return
    with SpooledTemporaryFile(max_size=_SPOOLED) as copy:
        yield TextTable(stream, copy, name)


class TextTable:
    r"""The rows of a CSV file.

    The file is UTF-8 with or without a byte-order mark, with commas, quotation marks as in
    RFC 4180, line ends of LF or CR LF, and one line of names. Blank lines are passed over.

    Parameters
    ----------
    stream : binary file
        The file.
    again : binary file
        What is read from the second time on: the same, or a copy that is made meanwhile.
    name : str
        What to call it in a message.

    Attributes
    ----------
    header : list of str
        The names of the columns.
    place : str
        What to call the place of the header in a message.

    Raises
    ------
    TableError
        If the file is no such table: a row has too few or too many cells, a quotation mark is
        not closed, a line is longer than 16 MiB or not UTF-8, there is a NUL, no row, ….

    Examples
    --------
    >>> from io import BytesIO
    >>> with opened(BytesIO(b"model,top1\n\nfirst,72\nsecond,71\n"), "models.csv") as table:
    ...     print(table.header, *table.blocks(), *table.rows([1, 0]), sep="; ")
    ['model', 'top1']; ([('first', 'second'), ('72', '71')], []); ['second', '71']; ['first', '72']
    """

    def __init__(self, stream: Any, again: Any, name: str) -> None:
        self.name = name
        self.numbers: frozenset[int] = frozenset()
        self._file = again
        self._start = again.tell()
        self._line = self._position = 0
        # Where each row begins, and where the last one ends.
        self._offsets = array("q")
        self._records: Iterator[tuple[list[str], int, int]] | None = self._parsed(stream)
        header = next(self._records, None)
        if header is None:
            raise self._wrong(1, "the file is empty")
        self.header, line, _ = header
        self.place = f"{name} line {line}"

    def blocks(
        self, ranking: Ranking | None = None, *, offsets: bool = True
    ) -> Iterator[tuple[list[Sequence[str]], list[NDArray[np.float64]]]]:
        """Yield the cells of the next rows, column by column, and their figures if they are read.

        Without `offsets`, which take 8 bytes a row, `rows` does not find them later.
        """
        records, self._records = self._records, None
        if records is None:  # the first pass has gone
            self._file.seek(self._start)
            records = self._parsed(self._file)
            next(records)
        lines: tuple[int, ...] = ()
        while block := list(islice(records, ROWS)):
            rows, lines, starts = zip(*block)
            if offsets:
                self._offsets.extend(starts)
            columns: list[Sequence[str]] = list(zip(*rows))
            figures: list[NDArray[np.float64]] = []
            if ranking is not None:
                cells = [columns[measurement.place] for measurement in ranking.measurements]
                figures = ranking.figures(cells, f"{self.name} line", lines)
            yield columns, figures
        if not lines:
            raise self._wrong(self._line, "there is no row below the header")
        self._offsets.append(self._position)

    def texts(self, place: int) -> list[str]:
        """Return the cells of a column, once all have been read."""
        return [cells[place] for cells in self.rows(range(len(self._offsets) - 1))]

    def rows(self, numbers: Iterable[int]) -> Iterator[list[str]]:
        """Yield the cells of rows by their numbers, once all have been read."""
        # A buffer would be filled anew for each row.
        file = getattr(self._file, "raw", self._file)

        def texts() -> Iterator[str]:
            for number in numbers:
                start, end = self._offsets[number : number + 2]
                file.seek(start)
                yield file.read(end - start).decode(errors="replace")

        try:
            for cells in csv.reader(texts(), strict=True):
                if len(cells) != len(self.header):
                    raise csv.Error
                yield cells
        except csv.Error:
            raise TableError(f"{self.name}: the file was changed while it was read") from None

    def _parsed(self, stream: Any) -> Iterator[tuple[list[str], int, int]]:
        """Yield the records, header first, each with the line and the byte where it begins."""
        self._line = width = line = 0
        self._position = offset = self._start
        try:
            for cells in csv.reader(self._lines(stream), strict=True):
                if cells:
                    width = width or len(cells)
                    if len(cells) != width:
                        what = f"{len(cells)} cells, but the header has {width}"
                        raise self._wrong(line + 1, what)
                    yield cells, line + 1, offset
                line, offset = self._line, self._position
        except csv.Error as error:
            raise self._wrong(line + 1, _reason(error)) from None

    def _lines(self, stream: Any) -> Iterator[str]:
        while data := stream.readline(LONGEST_LINE + 1):
            if stream is not self._file:
                self._file.write(data)
            self._line += 1
            self._position += len(data)
            if len(data) > LONGEST_LINE:
                raise self._wrong(self._line, f"longer than {LONGEST_LINE} bytes")
            if self._line == 1:
                data = data.removeprefix(codecs.BOM_UTF8)
            try:
                text = data.decode()
            except UnicodeDecodeError as error:
                byte = data[error.start]
                raise self._wrong(self._line, f"not UTF-8 text (byte 0x{byte:02x})") from None
            if "\0" in text:
                raise self._wrong(self._line, "a NUL byte")
            yield text

    def _wrong(self, line: int, what: str) -> TableError:
        return TableError(f"{self.name} line {line}: {what}")


class RankedRows:
    """The rows of a text in the order of their scores, with networks that they are ranked among.

    They are read again whenever one goes through them.
    """

    def __init__(self, table: TextTable, ranking: Ranking) -> None:
        self._table, self._ranking = table, ranking
        blocks = [figures for _, figures in table.blocks(ranking)]
        figures = [np.concatenate(column) for column in zip(*blocks)]
        self._order, self._ranks, self._scores = ranking.ordered(figures)
        ranking.written = self._order.size

    def __iter__(self) -> Iterator[list[Any]]:
        ranking, own = self._ranking, self._ranking.rows
        cells = self._table.rows(row for row in self._order.tolist() if row < own)
        ranking.written = 0
        for start in range(0, self._order.size, ROWS):
            order = self._order[start : start + ROWS]
            figures = [values[order] for values in ranking.known]
            added = ranking.values(self._ranks[order], figures, self._scores[order], order)
            columns = [
                np.where(column == column, column.astype(object), np.array(None)).tolist()
                for column in added.values()
            ]
            for row, place, *behind in zip(order.tolist(), *columns):
                name = None if row < own else ranking.networks[row - own].name
                values: list[Any] = next(cells) if name is None else self._cells_of(name, row)
                if ranking.adds_names:
                    values.insert(0, name)
                yield [place and int(place), *values, *behind]
            ranking.wrote(order.size)

    def _cells_of(self, name: str, row: int) -> list[Any]:
        """Return the cells of a network among which they are ranked, in the user's units."""
        cells: list[Any] = [None] * len(self._table.header)
        if self._ranking.name_place is not None:
            cells[self._ranking.name_place] = name
        for column, figures in zip(self._ranking.measurements, self._ranking.known):
            cells[column.place] = column.written(figures[row])
        return cells


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
