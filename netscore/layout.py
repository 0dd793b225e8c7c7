"""A table, written as text for people, CSV, TSV, JSON or Markdown: a row of WRITERS each."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence
    from typing import TypeAlias

    Rows: TypeAlias = Iterable[Sequence[Any]]

_WIDEST: Final = 60
_MARKUP: Final = re.compile(r"[\\`*_~<[|&]")


class Column(NamedTuple):
    """One column of a table.

    Attributes
    ----------
    key : str
        Its name in CSV and JSON.
    heading : str
        Its name in text and Markdown.
    show : callable
        Writes a value other than None for people, in text and Markdown.
    number : bool
        Whether it is aligned to the right.
    """

    key: str
    heading: str
    show: Callable[[Any], str] = str
    number: bool = False


def write_table(
    stream: TextIO,
    columns: Sequence[Column],
    rows: Rows,
    *,
    format: str = "text",  # noqa: A002 - the word that the command line uses
    bold: bool = False,
) -> None:
    r"""Write a table to a text stream, row by row.

    Parameters
    ----------
    stream : file
        Open for text; it gets ``\n`` at the ends of lines.
    columns : sequence of Column
        The columns.
    rows : iterable of sequences
        One value per column: text, a number, or None for nothing. The text format goes through
        the rows twice, and keeps those of an iterator.
    format : {"text", "csv", "tsv", "json", "markdown"}
        Text: aligned by width on a terminal; a character that is not printable is escaped, so
        that a cell cannot command the terminal, and long cells are cut. CSV: numbers in full
        (RFC 4180 quoting, ``\n``); TSV: the same with tabs. JSON: a list of one object a row,
        null for None and for numbers that JSON lacks (NaN and the infinities), a free name for
        the second column of a name. Markdown: cells are escaped where they would act as markup.
    bold : bool
        Whether a text table's headings are printed bold, for a terminal.

    Examples
    --------
    >>> import sys
    >>> columns = [Column("name", "Network"), Column("top1", "Top-1 %", "{:.1f}".format, True)]
    >>> rows = [["MobileNetV2", 72.0], ["ResNet-50", 75.3]]
    >>> write_table(sys.stdout, columns, rows)
    Network      Top-1 %
    MobileNetV2     72.0
    ResNet-50       75.3
    >>> write_table(sys.stdout, columns, rows, format="json")
    [
    {"name": "MobileNetV2", "top1": 72.0},
    {"name": "ResNet-50", "top1": 75.3}
    ]
    """
    WRITERS[format].write(stream, columns, rows, bold)


def format_of(path: str | os.PathLike[str]) -> str | None:
    """Return the format that the suffix of a file's name says, None for no or another suffix.

    Examples
    --------
    >>> format_of("ranked.MD"), format_of("ranked.dat")
    ('markdown', None)
    """
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    return next((name for name, writer in WRITERS.items() if suffix in writer.suffixes), None)


def printable(text: str) -> str:
    r"""Escape every character that is not printable, as in a Python literal.

    Examples
    --------
    >>> printable("ResNet\x1b[2J\n")
    'ResNet\\x1b[2J\\n'
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def free_name(name: str, taken: Container[str]) -> str:
    """Return the name, or if it is taken the first of ``name_2``, ``name_3``, … that is free.

    Examples
    --------
    >>> free_name("rank", {"name", "rank"})
    'rank_2'
    """
    return _free(name, taken)[0] if name in taken else name


def _free(name: str, taken: Container[str], number: int = 1) -> tuple[str, int]:
    """Return the first free ``name_N`` with N above the number, and N."""
    while True:
        number += 1
        if (candidate := f"{name}_{number}") not in taken:
            return candidate, number


def _write_csv(
    stream: TextIO, columns: Sequence[Column], rows: Rows, _bold: bool, delimiter: str = ","
) -> None:
    writer = csv.writer(_PlainLines(stream), delimiter=delimiter)
    writer.writerow([column.key for column in columns])
    writer.writerows(rows)


class _PlainLines:
    r"""A stream that ends the lines of a CSV writer with ``\n``.

    A writer that is told to end them so leaves a carriage return within a cell unquoted.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        self._stream.write(f"{line[:-2]}\n")


def distinct(keys: Sequence[str]) -> list[str]:
    """Return the keys with those that stand twice given a free name, all others left alone."""
    taken = set(keys)
    if len(taken) == len(keys):
        return list(keys)
    numbers: dict[str, int] = {}
    result = []
    for key in keys:
        name = key
        if key in numbers:
            name, numbers[key] = _free(key, taken, numbers[key])
            taken.add(name)
        else:
            numbers[key] = 1
        result.append(name)
    return result


def _write_json(stream: TextIO, columns: Sequence[Column], rows: Rows, _bold: bool) -> None:
    keys = distinct([column.key for column in columns])
    # What JSON lacks, as dates, is written as text.
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    before = "[\n"
    for row in rows:
        record = dict(zip(keys, map(_json_value, row), strict=True))
        stream.write(before + encode(record))
        before = ",\n"
    stream.write("\n]\n" if before != "[\n" else "[]\n")


def _json_value(value: object) -> object:
    if isinstance(value, list):
        return [_json_value(element) for element in value]
    if isinstance(value, dict):
        return {key: _json_value(element) for key, element in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write_markdown(stream: TextIO, columns: Sequence[Column], rows: Rows, _bold: bool) -> None:
    def write(cells: Iterable[str]) -> None:
        stream.write(f"| {' | '.join(cells)} |\n")

    write(_markdown_cell(column.heading) for column in columns)
    write("---:" if column.number else "---" for column in columns)
    for row in rows:
        write([_markdown_cell(cell) for cell in _shown(columns, row)])


def _markdown_cell(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", printable(text)).strip()


def _write_text(stream: TextIO, columns: Sequence[Column], rows: Rows, bold: bool) -> None:
    rows = list(rows) if iter(rows) is rows else rows
    headings = [_text_cell(column.heading) for column in columns]
    widths = [_width(heading) for heading in headings]
    for row in rows:
        cells = [_text_cell(cell) for cell in _shown(columns, row)]
        widths = [max(width, _width(cell)) for width, cell in zip(widths, cells, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            " " * (width - _width(cell)) + cell
            if column.number
            else cell + " " * (width - _width(cell))
            for column, width, cell in zip(columns, widths, cells, strict=True)
        )
        return "  ".join(padded).rstrip()

    stream.write(f"\x1b[1m{line(headings)}\x1b[0m\n" if bold else f"{line(headings)}\n")
    for row in rows:
        cells = [_text_cell(cell) for cell in _shown(columns, row)]
        stream.write(f"{line(cells)}\n")


def _shown(columns: Sequence[Column], row: Sequence[Any]) -> list[str]:
    return [
        "" if value is None else column.show(value)
        for column, value in zip(columns, row, strict=True)
    ]


def _text_cell(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _width(text: str) -> int:
    """Return how many places of a terminal the text takes: a wide character two, an accent none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


class Writer(NamedTuple):
    """How tables are written in one format.

    Attributes
    ----------
    suffixes : tuple of str
        The endings of the names of its files.
    write : callable
        Takes the stream, the columns, the rows, and whether headings are bold on a terminal.
    last_line : str
        The signature of the scores as a last line; nothing where it can only be a column.
    """

    suffixes: tuple[str, ...]
    write: Callable[[TextIO, Sequence[Column], Rows, bool], None]
    last_line: str = ""


WRITERS: Final = {
    "text": Writer((".txt",), _write_text, "\n{}\n"),
    "csv": Writer((".csv",), _write_csv),
    "tsv": Writer((".tsv",), partial(_write_csv, delimiter="\t")),
    "json": Writer((".json",), _write_json),
    "markdown": Writer((".md", ".markdown"), _write_markdown, "\n`{}`\n"),
}
"""The formats of tables, by name: another one is a function and a row here."""

FORMATS: Final = tuple(WRITERS)
