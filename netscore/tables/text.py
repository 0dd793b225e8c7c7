"""A text file, read strictly: every cell as it stands, a few bytes of memory a row."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import re
import zlib
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from netscore.checks import shown
from netscore.layout import counted
from netscore.tables.columns import (
    LATE_MARK,
    ColumnChoiceError,
    Options,
    TableError,
    quoted,
    unlike,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from netscore.tables.columns import Ranking

    Fits: TypeAlias = Callable[[list[str]], object]

LONGEST_LINE: Final = 16 * 2**20
"""Bytes of the longest line that is read."""

ROWS: Final = 2**14
"""So many rows are read and written in one step."""

SEPARATORS: Final = {",": ",", ";": ";", "tab": "\t", "|": "|"}
"""What may stand between cells, by the words for it."""

_SPOOLED: Final = 32 * 2**20
_BULK: Final = 2**20
# Bytes a row of which a text is held in memory while it is written.
_HELD: Final = 96
_MOST_COLUMNS: Final = 2**17
# So many lines below the first may be names of columns, too.
LOOKED_AT: Final = 19
CHANGED: Final = "the file was changed while it was read"
_LARGEST_JSON: Final = 64 * 2**20
LEAST_UNPACKED: Final = 64 * 2**20
MOST_TIMES: Final = 250
"""What comes out of a packed file is at most so many bytes, or so many times those of the file."""

# What unpacks a file, and of how many bytes at a time: little enough for memory at the worst.
_PACKED: Final = {
    b"\x1f\x8b": ("zlib", "decompressobj", (31,), 2**16),
    b"BZh": ("bz2", "BZ2Decompressor", (), 2**6),
    b"\xfd7zXZ\0": ("lzma", "LZMADecompressor", (), 2**12),
}
_WORKBOOK: Final = "which is not read: save it as .xlsx, without a password"
_NO_TEXT: Final = {
    b"\x28\xb5\x2f\xfd": "packed with zstd: zstd -dc FILE | netscore rank -",
    b"PK\3\4": "not text: a ZIP, or a workbook whose name should end in .xlsx",
    b"\xd0\xcf\x11\xe0": f"not text: a workbook of old or with a password, {_WORKBOOK}",
    b"PAR1": "not text: a file whose name should end in .parquet",
    b"ARROW1": "not text: a file whose name should end in .arrow",
    b"%PDF": "not text: PDF, which is not read",
    b"\x89PNG": "not text: a picture, which is not read",
    b"<": "HTML or XML, which is not read: save the table as CSV",
}
_JSON: Final = (b"{", b"[")
# What byte-order marks say; that of UTF-32 begins with one of UTF-16.
_ENCODINGS: Final = {
    **dict.fromkeys((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
    **dict.fromkeys((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
}
# The line below the names in Markdown, a signature, and what makes a whole cell bold or slanted.
_RULE: Final = re.compile(r"\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?")
_CODE: Final = re.compile(r"`[^`|]*\|[^`]*`")
_EMPHASIS: Final = re.compile(r"\A([*_]{1,3}|`)((?:[^*_`]|(?<! )_(?! ))+)\1\Z")
_COMMENT: Final = re.compile("<!--.*?-->")
_LINE_END: Final = re.compile("<br ?/?>", re.IGNORECASE)
# A backslash makes text of a mark; no text has these halves of pairs, which stand for such.
_ESCAPED: Final = re.compile(r"\\([!-/:-@[-`{-~])")
_HALVES: Final = {0xDC00 + code: code for code in range(128)}
_NOT_CSV: Final = {
    "unexpected end": "a quotation mark is not closed",
    "field larger": "a cell is too long, or a quotation mark is not closed",
    "expected after": "text stands behind a closed quotation mark: a mark in a cell is doubled",
    "new-line": "a carriage return stands in a cell without quotation marks, or lines end with it: "
    r"tr '\r' '\n' < FILE",
}
"""What the reader of CSV says is wrong with a record, in words that do not speak of Python."""


@contextmanager
def opened(stream: Any, name: str, options: Options, fits: Fits) -> Iterator[TextTable]:
    """Take an open file, from where it stands, as a table of that name.

    What cannot be read again, as a pipe, is kept: a little in memory, more in a temporary file.
    `fits` raises a ColumnChoiceError for a header without the columns that are looked for.
    """
    with SpooledTemporaryFile(_SPOOLED) as copy, SpooledTemporaryFile(_SPOOLED) as lines:
        head = _head(stream)
        known, inside = _NO_TEXT, ""
        pieces = iter(partial(stream.readline, LONGEST_LINE + 1), b"")
        again = isinstance(getattr(stream, "raw", None), io.FileIO) and stream.seekable()
        for magic, how in _PACKED.items():
            if head.startswith(magic):
                again, pieces = False, _unpacked(stream, name, *how)
                first = next(filter(None, pieces), b"")
                pieces = chain([first], pieces)
                head = first.removeprefix(codecs.BOM_UTF8).lstrip()
                known = _NO_TEXT | dict.fromkeys(_PACKED, "packed, too: unpack it first")
                inside = "what is packed in it is "
        if b"mimetypeapplication/vnd.oasis" in head:
            raise TableError(f"{name}: not text: a workbook of LibreOffice, {_WORKBOOK}")
        for magic, what in known.items():
            if head.startswith(magic):
                raise TableError(f"{name}: {inside}{what}")
        marked = (each for mark, each in _ENCODINGS.items() if head.startswith(mark))
        encoding = options.encoding or next(marked, "utf-8")
        try:
            "".encode(encoding)
        except (LookupError, TypeError, ValueError):
            raise TableError(f"{name}: there is no encoding {encoding!r}") from None
        if not codecs.lookup(encoding).name.startswith("utf-8"):
            again, pieces = False, _decoded(pieces, encoding, name)
        if not again:
            _keep(pieces, copy, name, _LARGEST_JSON if head.startswith(_JSON) else LONGEST_LINE)
            stream, head = copy, _head(copy)
        if head.startswith(_JSON):
            for said in ("in_parts", "separator", "skip"):
                if getattr(options, said):
                    raise TableError(f"{name}: {said} says nothing of JSON: leave it out")
            table = Records(stream, lines, name)
            if table.nested and not has_columns([*table.header], fits):
                advice = "make columns of it first, as pandas.json_normalize does"
                raise TableError(f"{name}: {quoted(table.nested)} holds names and values: {advice}")
            yield table
        else:
            yield TextTable(stream, name, options, fits)


def _keep(pieces: Iterable[bytes], copy: Any, name: str, limit: int) -> None:
    """Copy what cannot be read again, unless it has a line that is too long."""
    line, length = 1, 0
    for piece in pieces:
        copy.write(piece)
        line += piece.count(b"\n")
        length = len(piece) - piece.rfind(b"\n") - 1 + length * (b"\n" not in piece)
        if length > limit:
            raise TableError(f"{name} line {line}: longer than {limit} bytes")
    copy.seek(0)


def _head(stream: Any) -> bytes:
    """Return the first bytes of a file, which are still to be read, without a mark and blanks."""
    if hasattr(stream, "peek"):
        head = stream.peek(64)
    else:
        start = stream.tell()
        head = stream.read(64)
        stream.seek(start)
    return bytes(head).removeprefix(codecs.BOM_UTF8).lstrip()


def _unpacked(
    stream: Any, name: str, module: str, kind: str, how: Sequence[Any], step: int
) -> Iterator[bytes]:
    """Yield what comes out of the parts of a packed file, of which none is passed over."""
    size = count = 0
    try:
        new = partial(getattr(import_module(module), kind), *how)
        unpacker = new()
        for piece in iter(partial(stream.read, step), b""):
            count += len(piece)
            # Behind a part there may be zeros, and another one.
            while piece := piece.lstrip(b"\0") if unpacker.eof else piece:
                unpacker = new() if unpacker.eof else unpacker
                data = unpacker.decompress(piece)
                piece = unpacker.unused_data
                size += len(data)
                if size > max(LEAST_UNPACKED, MOST_TIMES * count):
                    what = f"more than {MOST_TIMES} times its size comes out of it"
                    raise TableError(f"{name}: {what}: unpack it first")
                yield data
        if not unpacker.eof:
            raise EOFError("its end is missing")
    except (EOFError, OSError, zlib.error, import_module("lzma").LZMAError) as error:
        raise TableError(f"{name}: it cannot be unpacked: {error}") from None


def _decoded(pieces: Iterable[bytes], encoding: str, name: str) -> Iterator[bytes]:
    """Yield text of another encoding in UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece in chain(pieces, [b""]):
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeError as error:  # one of decoding says where
            data, start = getattr(error, "object", piece), getattr(error, "start", 0)
            line += data[:start].count(b"\n")
            what = f"not {encoding} text (byte 0x{data[start]:02x})"
            raise TableError(f"{name} line {line}: {what}") from None
        line += text.count("\n")
        yield text.encode(errors="replace")


class TextTable:
    r"""The rows of a text file.

    The file is UTF-8 with or without a byte-order mark, with one of four separators, quotation
    marks as in RFC 4180, line ends of LF or CR LF, and one line of names; or it is a table of
    Markdown. Blank lines are passed over.

    Parameters
    ----------
    file : binary file
        The file, which can be read again from where it stands.
    name : str
        What to call it in a message.
    options : Options
        What the caller says of the file.
    fits : callable
        Says whether a header has the columns that are looked for: so the separator is found.

    Attributes
    ----------
    header : list of str
        The names of the columns.
    place : str
        What to call the place of the header in a message.
    separators : list of str
        What stands between cells.

    Raises
    ------
    TableError
        If the file is no such table: a row has too few or too many cells, a quotation mark is
        not closed, a line is longer than 16 MiB or not UTF-8, there is a NUL, no row, ….

    Examples
    --------
    >>> from io import BytesIO
    >>> data, options = BytesIO(b"model,top1\n\na,72\nb,71\n"), Options(separator=",")
    >>> with opened(data, "a.csv", options, bool) as table:
    ...     print(table.header, table.place, table.separators)
    ['model', 'top1'] a.csv line 1 [',']
    """

    row = "line"
    header: Sequence[str] = ()
    separators: Sequence[str] = ()
    numbers: frozenset[int] = frozenset()
    _held: bytes | None = None
    # Where the columns stand in the file, if that is in another order than in the table.
    _places: Sequence[int] = ()
    # The size and the time that a file on a disk had when it was opened.
    _before: tuple[int, ...] = ()
    # The number of the line below the names in Markdown.
    _rule = 0

    def __init__(self, file: Any, name: str, options: Options, fits: Fits) -> None:
        self.name, self._file = name, file
        self._before = self._state()
        self._begin(0, file.tell())
        self._look(options, fits)
        header = next(self._parsed(), None)
        if header is None:
            nothing = "there is nothing below" if options.skip else "the file is empty"
            raise self._wrong(options.skip or 1, nothing)
        self.header, line, *_ = header
        self.place = f"{name} line {line}"
        self._first = self._line, self._position

    def _begin(self, line: int, position: int) -> None:
        """Begin to read behind so many lines and bytes."""
        self._first = self._line, self._position = line, position

    def _look(self, options: Options, fits: Fits) -> None:
        """Find the line of the names, and what separates the cells."""
        separator = SEPARATORS.get(options.separator or "", options.separator)
        lines = self._lines()
        first = ""
        for text in lines:
            match = re.fullmatch(r"sep=([,;|\t])", text.rstrip("\r\n"), re.IGNORECASE)
            if self._line > options.skip and text.strip() and match is None:
                first = text
                break
            separator = separator or (match and match[1])
            self._first = self._line, self._position
        below = [*islice(lines, LOOKED_AT)]
        self._begin(*self._first)
        if max(map(first.count, SEPARATORS.values())) >= _MOST_COLUMNS:
            raise self._wrong(self._line + 1, f"more than {_MOST_COLUMNS} columns")
        if separator is None and "|" in first and _RULE.fullmatch("".join(below[:1]).strip()):
            self._rule = self._line + 2
            return
        headers: dict[str, list[str]] = {}
        for mark in [separator] if separator else SEPARATORS.values():
            headers[mark] = []
            with suppress(csv.Error):
                headers[mark] = next(csv.reader([first, *below], delimiter=mark, strict=True), [])
        # A mark that separates nothing makes one name of all, which may be a usual one.
        found = [m for m, names in headers.items() if len(names) > 1 and has_columns(names, fits)]
        if len(found) > 1:
            what = f"the columns are found between {found[0]!r} and between {found[1]!r}"
            raise self._wrong(self._line + 1, f"{what}: --separator says which")
        # Where a quotation mark is not closed there is no header, and that is to be said.
        mark = found[0] if found else max(headers, key=lambda mark: len(headers[mark]) or 2)
        for line, names in enumerate(() if found else below, self._line + 1):
            cells = (names.rstrip("\r\n").split(mark) for mark in headers if mark in names)
            if any(has_columns(header, fits) for header in cells):
                raise self._wrong(self._line + 1, no_names("line", line))
        text = first.strip("\r\n")
        alone = len(headers[mark]) == 1 or not any(each in text for each in headers)
        if not found and text and alone:
            what = "none of , ; tab | separates columns"
            advice = "put one between cells, or pass over lines above the names with --skip N"
            if options.separator:
                (word,) = (word for word, one in SEPARATORS.items() if one == mark)
                what, advice = f"{word} separates no columns", "--separator says what does"
            raise self._wrong(self._line + 1, f"{what}: {quoted(text)}; {advice}")
        self.separators = [mark]
        self._delimiter = mark

    def blocks(
        self, ranking: Ranking, *, noted: bool = False
    ) -> Iterator[tuple[Sequence[Sequence[Any]], list[NDArray[np.float64]]]]:
        """Yield the cells of the next rows, column by column, and their figures.

        If it is `noted` where they stand, for 16 bytes each, `rows` finds them later.
        """
        self._begin(*self._first)
        size = self._file.seek(0, io.SEEK_END)
        spans: list[Any] = [np.empty((2, 0), np.int64)]
        lines: Sequence[int] = ()
        measured = [measurement.place for measurement in ranking.measurements]
        while self._position < size and (batch := self._in_bulk() or self._one_by_one()):
            columns, lines, starts, ends = batch
            columns = [columns[place] for place in self._places] or columns
            spans += [np.array([starts, ends], np.int64)] * noted
            cells = [columns[place] for place in measured]
            yield columns, ranking.figures(cells, f"{self.name} {self.row}", lines)
        if not lines:
            raise self._wrong(self._line, "there is no row below the header")
        self._spans = np.concatenate(spans, axis=1)

    def ranked(self, ranking: Ranking, _folder: str) -> RankedRows:
        """Return the rows in the order of their scores, ranked."""
        return RankedRows(self, ranking)

    def _one_by_one(self) -> tuple[Any, ...] | None:
        block = list(islice(self._parsed(), ROWS))
        if not block:
            return None
        rows, *places = zip(*block)
        return list(zip(*rows)), *places

    def _in_bulk(self) -> tuple[Any, ...] | None:
        """Return columns of the next rows, and where these stand, if they are plain."""
        self._file.seek(self._position)
        data = self._file.read(_BULK)
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)[:ROWS] + 1
        if not ends.size or b'"' in data or not self.separators:
            return None
        try:
            text = data[: ends[-1]].decode().replace("\r\n", "\n")
        except UnicodeDecodeError:
            return None
        mark, width = self.separators[0], len(self.header) + 1
        cells = text.replace("\n", f"{mark}\n{mark}").split(mark)
        rows = cells[width - 1 :: width].count("\n")
        plain = rows == ends.size and rows * width == len(cells) - 1
        odd = "\r" in text or "\0" in text or re.search(rf"\n[\s{mark}]*\n", f"\n{text}")
        if odd or not plain or np.diff(ends, prepend=0).max() > csv.field_size_limit():
            return None
        lines = range(self._line + 1, self._line + 1 + rows)
        ends += self._position
        starts = np.append(self._position, ends[:-1])
        self._line += rows
        self._position = int(ends[-1])
        return [cells[i:-1:width] for i in range(width - 1)], lines, starts, ends

    def _state(self) -> tuple[int, ...]:
        """Return the size and the time of a file on a disk, nothing of what is kept of others."""
        if not isinstance(getattr(self._file, "raw", None), io.FileIO):
            return ()
        state = os.fstat(self._file.fileno())
        return state.st_size, state.st_mtime_ns

    def check(self) -> None:
        """Refuse a file that was changed while it was read."""
        if self._before != self._state():
            raise TableError(f"{self.name}: {CHANGED}")

    def rows(self, numbers: Iterable[int]) -> Iterator[list[Any]]:
        """Yield the cells of rows by their numbers, once all have been read."""
        try:
            for cells in self._cells(map(bytes.decode, self.slices(numbers))):
                if len(cells) != len(self.header):
                    raise csv.Error
                yield [cells[place] for place in self._places] or cells
        except (csv.Error, UnicodeDecodeError):
            raise TableError(f"{self.name}: {CHANGED}") from None

    def slices(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """Return rows by their numbers, as they stand in the file.

        It is read at once if that takes no more memory than a few numbers a row.
        """
        starts, ends = self._spans[:, np.fromiter(numbers, np.int64)].tolist()
        first, last = self._spans.item(0, 0), self._spans.item(1, -1)
        if self._held is None:
            self._file.seek(first)
            in_memory = last - first <= _HELD * self._spans.shape[1]
            self._held = self._file.read(last - first) if in_memory else b""
        if held := self._held:
            return (held[start - first : end - first] for start, end in zip(starts, ends))
        # A buffer would be filled anew for each row.
        file = getattr(self._file, "raw", self._file)
        return (file.read(end - file.seek(start)) for start, end in zip(starts, ends))

    def _cells(self, texts: Iterator[str]) -> Iterator[list[Any]]:
        if self._rule:
            return map(_cells_of_markdown, texts)
        return csv.reader(texts, strict=True, delimiter=self._delimiter)

    def _parsed(self) -> Iterator[tuple[list[Any], int, int, int]]:
        """Yield the next records, each with the line and the byte where it begins, and its end."""
        line, offset = self._line, self._position
        width = len(self.header)
        try:
            for cells in self._cells(self._lines()):
                # 0 and False are values of JSON.
                held = any(cell.strip() if isinstance(cell, str) else cell for cell in cells)
                if (held or 0 in cells) and line + 1 != self._rule:
                    width = width or len(cells)
                    if len(cells) != width:
                        what = f"{counted(len(cells), 'cell')}, but the header has {width}"
                        if len(cells) == 1:
                            what += "; a note or a rule is no row: take it out"
                        elif any(re.match('[ =]+"', cell) for cell in cells):
                            what += f"; {LATE_MARK}"
                        elif len(cells) > width and not any(cells[width:]):
                            what += "; it needs the separators at the end of the rows, too"
                        elif len(cells) > width and self.separators == [","]:
                            what += "; 72,0 needs quotation marks, or the file another --separator"
                        raise self._wrong(line + 1, what)
                    yield cells, line + 1, offset, self._position
                line, offset = self._line, self._position
        except csv.Error as error:
            reason = next((r for said, r in _NOT_CSV.items() if said in str(error)), None)
            raise self._wrong(line + 1, reason or f"not CSV: {error}") from None

    def _lines(self) -> Iterator[str]:
        """Yield the next lines; where the reading stands moves on with them."""
        self._file.seek(self._position)
        while data := self._file.readline(LONGEST_LINE + 1):
            self._line += 1
            self._position += len(data)
            if len(data) > LONGEST_LINE:
                raise self._wrong(self._line, f"longer than {LONGEST_LINE} bytes")
            if self._line == 1:
                data = data.removeprefix(codecs.BOM_UTF8)
            try:
                text = data.decode()
            except UnicodeDecodeError as error:
                raise self._wrong(self._line, _not_utf8(error)) from None
            if "\0" in text:
                advice = "this is no text, or --encoding says which, as utf-16-le"
                raise self._wrong(self._line, f"a NUL byte: {advice}")
            yield text

    def _wrong(self, line: int, what: str) -> TableError:
        return TableError(f"{self.name} {self.row} {line}: {what}")


def _not_utf8(error: UnicodeDecodeError) -> str:
    what = f"not UTF-8 text (byte 0x{error.object[error.start]:02x})"
    return f"{what}: --encoding says what it is, as windows-1252"


def no_names(row: str, above: int) -> str:
    """Say that the names of the columns stand further below."""
    return f"these are no names of columns; --skip {above} for those of {row} {above + 1}"


def has_columns(header: list[str], fits: Fits) -> bool:
    """Whether a header has the columns that are looked for."""
    with suppress(ColumnChoiceError):
        with suppress(TableError):  # two of a name
            fits(header)
        return True
    return False


def _cells_of_markdown(line: str) -> list[str]:
    """Return the cells of a line of Markdown as a page shows them, none of a signature."""
    line = _ESCAPED.sub(lambda mark: chr(0xDC00 + ord(mark[1])), line.strip())
    cells = [] if _CODE.fullmatch(line) else line.split("|")
    for place, cell in enumerate(cells):
        cell = _LINE_END.sub("\n", _COMMENT.sub("", cell)).strip()
        cells[place] = _EMPHASIS.sub(r"\2", cell).translate(_HALVES)
    return cells[cells[:1] == [""] : len(cells) - (cells[-1:] == [""])]


class Several(TextTable):
    """The rows of several texts with the same columns, in the order of the first."""

    def __init__(self, tables: Sequence[TextTable]) -> None:
        self._tables = tables
        first = tables[0]
        self.header, self.place, self.numbers = first.header, first.place, first.numbers
        # Nothing where there is none, as in JSON.
        self.separators = [mark for table in tables for mark in table.separators or [""]]
        for table in tables:
            if table.header != self.header:
                if said := unlike(table.header, self.header, first.place):
                    raise TableError(f"{table.place}: {said}")
                if len({*self.header}) < max(map(len, (self.header, table.header))):
                    what = "two columns have one name, and another order than those of"
                    raise TableError(f"{table.place}: {what} {first.place}")
                table._places = [*map(table.header.index, self.header)]

    def blocks(self, ranking: Ranking, *, noted: bool = False) -> Iterator[Any]:
        """Yield the blocks of each."""
        for table in self._tables:
            yield from table.blocks(ranking, noted=noted)

    def check(self) -> None:
        """Refuse files of which one was changed while it was read."""
        for table in self._tables:
            table.check()

    def rows(self, numbers: Iterable[int]) -> Iterator[list[Any]]:
        """Yield the cells of rows by their numbers in the whole."""
        asked = np.fromiter(numbers, np.int64)
        ends = np.cumsum([table._spans.shape[1] for table in self._tables])
        which = np.searchsorted(ends, asked, side="right")
        found = [
            table.rows(asked[which == place] - end + table._spans.shape[1])
            for place, (table, end) in enumerate(zip(self._tables, ends))
        ]
        return (next(found[place]) for place in which)


class Records(TextTable):
    """The records of a JSON file: in one list, or one on each line."""

    row = "record"
    # What holds names and values in the first record.
    nested = ""

    def __init__(self, stream: Any, copy: Any, name: str) -> None:
        self.name, self._file = name, copy
        self._begin(0, 0)
        self.place = f"{name}, the records"
        names: dict[str, None] = {}
        try:
            for record in self._read(stream):
                names |= dict.fromkeys(record)
                row = json.dumps([record.get(name) for name in names], ensure_ascii=False)
                copy.write(row.encode(errors="replace") + b"\n")
        except TableError:
            raise
        except UnicodeDecodeError as error:
            raise TableError(f"{name}: {_not_utf8(error)}") from None
        except (ValueError, RecursionError) as error:
            said = str(error).replace("line 1 ", f"line {self._line or 1} ")
            raise TableError(f"{name}: no JSON: {said}") from None
        self.header = [name.encode(errors="replace").decode() for name in names]
        if not names:
            raise TableError(f"{name}: there is no record")

    def _read(self, stream: Any) -> Iterator[dict[str, Any]]:
        # A record on each line leaves none open at the end of the first.
        whole = re.match(rb"\[|\{\s*\n", _head(stream)) is not None
        limit = _LARGEST_JSON if whole else LONGEST_LINE
        number = 0
        while data := (stream.read if whole else stream.readline)(limit + 1):
            if len(data) > limit:
                advice = ": write one record on each line" * whole
                raise self._wrong(number + 1, f"longer than {limit} bytes{advice}")
            self._line += not whole
            data = data.rstrip()
            found = json.loads(data, object_pairs_hook=_record) if data else []
            for record in found if isinstance(found, list) else [found]:
                number += 1
                if not isinstance(record, dict):
                    raise self._wrong(number, f"no names and values: {shown(record)}")
                if number == 1:
                    self.nested = next((k for k, v in record.items() if isinstance(v, dict)), "")
                if record and all(isinstance(value, (dict, list)) for value in record.values()):
                    must = 'JSON must be a list of records, as [{"model": "A", "top1": 72, …}, …]'
                    raise self._wrong(number, f"{must}: in pandas to_json(orient='records')")
                yield record

    def _cells(self, texts: Iterator[str]) -> Iterator[list[Any]]:
        for text in texts:
            cells = json.loads(text)
            yield [*cells, *[None] * (len(self.header) - len(cells))]


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError(f"a name stands twice in {shown([name for name, _ in pairs])}")
    return record


class RankedRows:
    """The rows of a text in the order of their scores, with networks that they are ranked among.

    They are read again whenever one goes through them.
    """

    def __init__(self, table: TextTable, ranking: Ranking) -> None:
        self._table, self._ranking = table, ranking
        blocks = ranking.settle(lambda: [found for _, found in table.blocks(ranking, noted=True)])
        figures = [np.concatenate(column) for column in zip(*blocks)]
        self._order, self._ranks, self._scores = ranking.ordered(figures)
        ranking.written = self._order.size

    def __iter__(self) -> Iterator[list[Any]]:
        return chain.from_iterable(self.blocks())  # type: ignore[arg-type]

    def blocks(self, separator: str = "") -> Iterator[str | Iterable[list[Any]]]:
        """Yield rows by the thousand: as lines with the separator where the file has them, too."""
        ranking = self._ranking
        ranking.written = 0
        for start in range(0, self._order.size, ROWS):
            order = self._order[start : start + ROWS]
            figures = [values[order] for values in ranking.known]
            added = ranking.values(self._ranks[order], figures, self._scores[order], order)
            yield self._lines(order, added, separator) or self._rows(order, added)
            self._table.check()
            ranking.wrote(order.size)

    def _rows(self, order: Any, added: Mapping[str, NDArray[Any]]) -> Iterator[list[Any]]:
        ranking, places = self._ranking, range(len(self._table.header))
        cells = self._table.rows(order[order < ranking.rows])
        others = ranking.others()
        columns = [[None if n != n else n for n in column.tolist()] for column in added.values()]
        for row, rank, *behind in zip(order.tolist(), *columns):
            other = others[row - ranking.rows] if row >= ranking.rows else {}
            values: list[Any] = [other.get(i) for i in places] if other else next(cells)
            if ranking.adds_names:
                values.insert(0, other.get(None))
            yield [rank and int(rank), *values, *behind]

    def _lines(self, order: Any, added: Mapping[str, NDArray[Any]], separator: str) -> str:
        """Return rows as one text, nothing where there are marks to take out or to put in."""
        if [separator] != self._table.separators or "String" in self._ranking.added.values():
            return ""
        data = b"".join(self._table.slices(order)).replace(b"\r\n", b"\n")
        marks = len(self._table.header) - 1, 1, 0, 0
        found = map(data.count, (separator.encode(), b"\n", b'"', b"\r"))
        if [mark * order.size for mark in marks] != [*found]:
            return ""
        first, *others = added.values()
        ranks = ["" if rank != rank else str(int(rank)) for rank in first.tolist()]
        behind = [["" if n != n else repr(n) for n in column.tolist()] for column in others]
        with suppress(UnicodeDecodeError):  # `rows` says that the file was changed
            lines = data.decode().split("\n")
            return "\n".join(map(separator.join, zip(ranks, lines, *behind))) + "\n"
        return ""
