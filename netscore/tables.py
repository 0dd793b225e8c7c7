"""A table, written as text for people, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

FORMATS: Final = ("text", "csv", "json", "markdown")
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
    rows: Iterable[Sequence[Any]],
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
        the rows twice, so that an iterator will not do there.
    format : {"text", "csv", "json", "markdown"}
        Text: aligned by width on a terminal; a character that is not printable is escaped, so
        that a cell cannot command the terminal, and long cells are cut. CSV: numbers in full
        (RFC 4180 quoting, ``\n``). JSON: a list of one object a row, null for None and for
        numbers that JSON lacks (NaN and the infinities), a free name for the second column of
        a name. Markdown: cells are escaped where they would act as markup.
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
    if format == "csv":
        _write_csv(stream, columns, rows)
    elif format == "json":
        _write_json(stream, columns, rows)
    elif format == "markdown":
        _write_markdown(stream, columns, rows)
    else:
        _write_text(stream, columns, rows, bold=bold)


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


def _write_csv(stream: TextIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(_PlainLines(stream))
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


def _distinct(keys: Sequence[str]) -> list[str]:
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


def _write_json(stream: TextIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    keys = _distinct([column.key for column in columns])
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


def _write_markdown(
    stream: TextIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> None:
    def write(cells: Iterable[str]) -> None:
        stream.write(f"| {' | '.join(cells)} |\n")

    write(_markdown_cell(column.heading) for column in columns)
    write("---:" if column.number else "---" for column in columns)
    for row in rows:
        write([_markdown_cell(cell) for cell in _shown(columns, row)])


def _markdown_cell(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", printable(text)).strip()


def _write_text(
    stream: TextIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, bold: bool
) -> None:
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
