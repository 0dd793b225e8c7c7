"""What is shown: tables, in a row of WRITERS for each format, and records, which are tables."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import os
import re
import unicodedata
from bisect import bisect_left
from functools import partial
from itertools import chain, count, islice, zip_longest
from textwrap import wrap
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

from netscore.checks import extra

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    Rows: TypeAlias = Iterable[Sequence[Any]]

# As wide is a column made where lines have no end: what is longer sticks out.
_WIDEST: Final = 60
# Between letters of ASCII they join nothing.
_JOINERS: Final = re.compile(
    "(?<=[^\x00-\x7f\u200c\u200d])[\u200c\u200d](?=[^\x00-\x7f\u200c\u200d])"
)
# What a window leaves of a column of text before it leaves out a column.
_NARROWEST: Final = 12
# A character that stands in no text.
_FILL: Final = "\ufdd0"
_START: Final = re.compile(r" *(?:\S.* {2,})?")
_MARKUP: Final = re.compile(r"[\\`*_~<[|&$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# Mentions, mail addresses, numbers of issues and names of emoji.
_FOUND: Final = re.compile(r"@|#(?=[0-9])|:(?=[a-z0-9_+-]+:)")
_WORDS: Final = ["backslash", "asciigrave", "bar", "asciitilde", "asciicircum", "less", "greater"]
TEX: Final = {char: rf"\text{name}{{}}" for char, name in zip("\\`|~^<>", _WORDS)}
TEX.update({char: rf"\{char}" for char in "{}$&#_%"})
# Behind the end of a row [ and * are commands; in German papers a quotation mark is one.
_LATEX: Final = str.maketrans({"[": "{[}", "*": "{*}", '"': "''", **TEX})
# A selector shows the character before it as a picture.
_EMOJI: Final = re.compile(".\ufe0f")
_NUMBER: Final = re.compile(r"-?[0-9,]+(\.[0-9]*|)\Z")
_DECIMAL_COMMA: Final = re.compile(r"[0-9],(?![0-9]{3}\b)[0-9]")
# What JSON lacks, as dates, is written as text.
_JSON: Final = json.JSONEncoder(ensure_ascii=False, default=str)
_NESTED: Final = frozenset((list, dict))
# A spreadsheet may take these for formulas, unless what follows is a number or nothing.
_FORMULA: Final = re.compile(
    r"[\t\r\n]*(?:[\uff0b\uff0d\uff1d\uff20]|[-+=@](?!"
    r"(?<=[-+])(?=[.,' ]*[0-9])[0-9.,' ]+([eE][-+]?[0-9]+)?[%KkMGBT]?\Z|(?<=-)-*\Z))"
)


class Column(NamedTuple):
    """One column of a table.

    Attributes
    ----------
    key : str
        Its name in CSV and JSON.
    heading : str
        Its name in text and Markdown.
    show : callable
        Writes a value other than None for people: in text, Markdown, LaTeX and HTML.
    number : bool
        Whether it is aligned to the right.
    best : {1, 0, -1}
        Whether the highest of its numbers is the best, none, or the lowest.
    read : callable, optional
        Reads the number in a text, NaN where there is none.
    allows : callable, optional
        Whether a number can be one of the column, and so the best.
    need : int
        How long it stays where a window is too narrow: the lowest goes first, `KEPT` never.
    own : callable, optional
        Whether a value says that its row is the reader's own.
    wraps : int
        Where its text goes on in a next line if there is no window, 0 for a column of one line,
        which a window cuts.
    """

    key: str
    heading: str
    show: Callable[[Any], str] = str
    number: bool = False
    best: int = 0
    read: Callable[[str], float] | None = None
    allows: Callable[[float], bool] | None = None
    need: int = 1
    own: Callable[[Any], bool] | None = None
    wraps: int = 0


KEPT: Final = 3
"""The need of a column that no window leaves out."""

BOLD, DIM, RED, YELLOW, CYAN = "1", "2", "31", "33", "36"
"""The styles of a terminal."""


class Screen(NamedTuple):
    """Where text for people is shown: by default a pipe or a file, whose lines have no end.

    Attributes
    ----------
    width : int or None
        Places in a line.
    rows : int or None
        How many rows of a table are shown before it says how many more there are.
    colour : bool
        Whether styles are wanted.
    hint : str
        What is said behind the number of further rows.
    """

    width: int | None = None
    rows: int | None = None
    colour: bool = False
    hint: str = ""

    def styled(self, text: str, style: str) -> str:
        """Return the text in a style, if styles are wanted."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style else text


PIPE: Final = Screen()
PAGE: Final = Screen(80, 20)
"""The screen of a record's ``str()``."""


class Style(NamedTuple):
    """What a writer may do besides.

    Attributes
    ----------
    screen : Screen
        Where a text table is shown.
    best_bold : bool
        Print the best figures of columns that have a best one bold, in LaTeX and HTML.
    safe_cells : bool
        Put ``'`` before text cells of CSV and TSV that a spreadsheet may take for a formula: those
        that begin with = + - @, also full-width or behind tabs and ends of lines, and are neither
        a number nor dashes alone.
    """

    screen: Screen = PIPE
    best_bold: bool = False
    safe_cells: bool = False


class Table(NamedTuple):
    """A part of a record: rows, how many more there are, and a style."""

    columns: Sequence[Column]
    rows: Any
    more: int = 0
    style: str = ""


def named(values: Mapping[str, str]) -> Table:
    """Return names and values, one below the other."""
    return Table(_FIELDS, [*values.items()])


def lines(text: str, style: str = "") -> Table:
    """Return lines as they are."""
    return Table(_LINE, [(line,) for line in text.splitlines()], style=style)


_FIELDS: Final = (Column("name", "", need=KEPT), Column("value", "", need=KEPT, wraps=96))
_LINE: Final = (Column("line", "", need=KEPT, wraps=1 << 30),)


class Record:
    """A result that gives its parts: the same at a prompt, in a notebook, on the command line."""

    __slots__ = ()

    def _parts(self) -> list[Table]:
        raise NotImplementedError

    def __str__(self) -> str:
        return show(self._parts(), PAGE)[:-1]

    def _repr_html_(self) -> str:
        stream = io.StringIO()
        for columns, rows, further, _ in self._parts():
            rows, more = _first(rows, PAGE.rows)
            _write_html(stream, columns, rows, Style())
            stream.write(f"<p>{more + further} more</p>\n" if more + further else "")
        return stream.getvalue()


def brief(text: str) -> str:
    """Return what a record is as one line, for its ``repr``."""
    return _cut(printable(text), 79)


def show(parts: Iterable[Table], screen: Screen = PIPE) -> str:
    """Return the parts of a record as text for people, an empty line between them."""
    stream = io.StringIO()
    for part in parts:
        stream.write("\n" * bool(stream.tell()))
        _write_part(stream, part, screen)
    return stream.getvalue()


def write_table(
    stream: Any,
    columns: Sequence[Column],
    rows: Rows,
    *,
    format: str = "text",  # noqa: A002 - the word that the command line uses
    **style: Any,
) -> None:
    r"""Write a table to a stream, row by row.

    Parameters
    ----------
    stream : file
        Open for text, of which it gets ``\n`` at the ends of lines; for xlsx open for bytes.
    columns : sequence of Column
        The columns.
    rows : iterable of sequences
        One value per column: text, a number, or None for nothing. The text format goes through
        the rows twice, and keeps those of an iterator.
    format : {"text", "csv", "tsv", "json", "markdown", "latex", "html", "xlsx"}
        Text: aligned by width on a terminal; a character that is not printable is escaped, so
        that a cell cannot command the terminal, and what a window has no room for is cut. CSV:
        numbers in full (RFC 4180 quoting, ``\n``); TSV: the same with tabs. JSON: a list of one
        object a row, null for None and for numbers that JSON lacks (NaN and the infinities), a
        free name for the second column of a name. Markdown: cells are escaped where they would act
        as markup, as a link or as a mention. LaTeX: a ``tabular`` of the package booktabs. HTML: a
        ``table`` in ASCII. xlsx: texts are texts, no formulas. In text and LaTeX the points of
        the numbers of a column stand below each other.
    **style
        The fields of `Style`.

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
    WRITERS[format].write(stream, columns, rows, Style(**style))


def printable(text: str) -> str:
    r"""Escape every character that is not printable, as in a Python literal; spaces are.

    So are joiners of letters, as Persian has them, and of pictures.

    Examples
    --------
    >>> printable("ResNet\x1b[2J\n")
    'ResNet\\x1b[2J\\n'
    """
    if text.isprintable():
        return text
    plain = (c.isprintable() or unicodedata.category(c) == "Zs" for c in _JOINERS.sub(" ", text))
    return "".join(c if p else c.encode("unicode_escape").decode() for c, p in zip(text, plain))


def counted(number: int, noun: str) -> str:
    """Return how many there are.

    Examples
    --------
    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def rounded(value: float) -> str:
    """Write a number with two decimals, or two digits where those would be zeros.

    Examples
    --------
    >>> rounded(74.2073), rounded(0.00101)
    ('74.21', '0.001')
    """
    return f"{value:.2f}" if not value or abs(value) >= 0.1 else f"{value:.2g}"


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, or if it is taken the first of ``name_2``, ``name_3``, … that is free.

    Examples
    --------
    >>> free_name("rank", {"name", "rank"})
    'rank_2'
    """
    return next(_free(name, taken)) if name in taken else name


def _free(name: str, taken: Collection[str]) -> Iterator[str]:
    """Yield ``name_2``, ``name_3``, … as far as they are free."""
    return (free for number in count(2) if (free := f"{name}_{number}") not in taken)


def _write_csv(
    stream: TextIO, columns: Sequence[Column], rows: Rows, style: Style, delimiter: str = ","
) -> None:
    # A writer that is told to end lines with \n leaves a carriage return in a cell unquoted.
    lines: Any = SimpleNamespace(write=lambda line: stream.write(f"{line[:-2]}\n"))
    writer = csv.writer(lines, delimiter=delimiter)
    in_blocks = None if style.safe_cells else getattr(rows, "blocks", None)
    blocks = in_blocks(delimiter) if in_blocks else [rows]
    for block in chain([[[column.key for column in columns]]], blocks):
        if isinstance(block, str):
            stream.write(block)
        else:
            texts = map(flat, block)
            writer.writerows(([*map(_safe, row)] for row in texts) if style.safe_cells else texts)


def flat(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row with its lists and records as texts of JSON.

    Examples
    --------
    >>> flat(["A", [1, None], {"a": "b"}])
    ['A', '[1, null]', '{"a": "b"}']
    """
    if _NESTED.isdisjoint(map(type, row)):
        return row
    return [_JSON.encode(_json_value(c)) if type(c) in _NESTED else c for c in row]


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def distinct(keys: Sequence[str]) -> list[str]:
    """Return the keys with those that stand twice given a free name, all others left alone."""
    taken = set(keys)
    # Each key goes on where it was; two of them never come to the same name.
    names = {key: chain([key], _free(key, taken)) for key in taken}
    return [next(names[key]) for key in keys]


def _write_json(stream: TextIO, columns: Sequence[Column], rows: Rows, _: Style) -> None:
    keys = distinct([column.key for column in columns])
    before = "[\n"
    for row in rows:
        record = dict(zip(keys, map(_json_value, _figures(columns, row)), strict=True))
        stream.write(before + _JSON.encode(record))
        before = ",\n"
    stream.write("\n]\n" if before != "[\n" else "[]\n")


def _figures(columns: Sequence[Column], row: Sequence[Any]) -> Iterator[Any]:
    """Yield the cells of a row, the numbers of texts that are figures."""
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str) and column.read is not None:
            number = column.read(value)
            value = number if number == number else value.strip() or None
        yield value


def _json_value(value: object) -> object:
    if isinstance(value, list):
        return [_json_value(element) for element in value]
    if isinstance(value, dict):
        return {key: _json_value(element) for key, element in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _marked(
    columns: Sequence[Column],
    rows: Rows,
    style: Style,
    escape: Callable[[str], str],
    bold: str,
    line_end: str = "<br>",
) -> Iterator[list[str]]:
    """Yield the headings and the rows, escaped, the best figures bold if that is wanted."""

    def marked(text: str) -> str:
        return line_end.join(escape(printable(line)) for line in re.split("\r?\n", text))

    yield [marked(column.heading) for column in columns]

    def value(column: Column, cell: Any) -> float:
        """Return how good a figure is, NaN where there is none."""
        number = column.read(cell) if column.read and isinstance(cell, str) else cell
        if not isinstance(number, (int, float)) or (column.allows and not column.allows(number)):
            return math.nan
        return number * (column.best or math.nan)

    best: list[float] = []
    if style.best_bold:
        rows = [*rows]
        values = zip(*(map(value, columns, row) for row in rows))
        best = [max((v for v in column if v == v), default=math.nan) for column in values]
    for row in rows:
        cells = [*map(marked, _shown(columns, row))]
        for place in [i for i, most in enumerate(best) if value(columns[i], row[i]) == most]:
            cells[place] = bold.format(cells[place])
        yield cells


def _write_markdown(stream: TextIO, columns: Sequence[Column], rows: Rows, style: Style) -> None:
    rule = ["---:" if column.number else "---" for column in columns]
    for place, cells in enumerate(_marked(columns, rows, style, _markdown_cell, "**{}**")):
        for line in (cells,) if place else (cells, rule):
            stream.write(f"| {' | '.join(line)} |\n")


def _markdown_cell(text: str) -> str:
    # GitHub finds these in the text that is left without backslashes.
    return _FOUND.sub(r"\g<0><!-- -->", _MARKUP.sub(r"\\\g<0>", text).strip())


def _write_latex(stream: TextIO, columns: Sequence[Column], rows: Rows, style: Style) -> None:
    rows = [*rows]
    kinds = "".join("r" if column.number else "l" for column in columns)
    longest = _longest(columns, rows)
    head, *body = _marked(columns, rows, style, _latex_cell, r"\textbf{{{}}}", " ")
    for cells, row in zip(body, rows):
        for place, lacks in enumerate(map(_lacks, _shown(columns, row), longest)):
            cells[place] += rf"\phantom{{{lacks}}}" if lacks else ""
    top = f"% \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{kinds}}}\n\\toprule\n"
    first, *lines = [" & ".join(cells) + " \\\\\n" for cells in (head, *body)]
    stream.writelines([top, first, "\\midrule\n", *lines, "\\bottomrule\n\\end{tabular}\n"])


def _latex_cell(text: str) -> str:
    # Two hyphens would be a dash.
    return re.sub("-(?=-)", "-{}", text.translate(_LATEX))


def _longest(columns: Sequence[Column], rows: Rows) -> list[int]:
    """Return how much is behind the point of the numbers of each column, at most."""
    longest = [0] * len(columns)
    numbers = {i for i, column in enumerate(columns) if column.number}
    for row in rows:
        cells = _shown(columns, row)
        # There a point separates thousands.
        numbers -= {i for i in numbers if _DECIMAL_COMMA.search(cells[i])}
        for i in numbers:
            if match := _NUMBER.match(cells[i]):
                longest[i] = max(longest[i], len(match[1]))
    return [length * (i in numbers) for i, length in enumerate(longest)]


def _lacks(cell: str, length: int) -> str:
    """Return what a number lacks so that its point stands below those of a longer one."""
    match = length and _NUMBER.match(cell)
    return f".{'0' * length}"[len(match[1]) : length] if match else ""


def _write_html(stream: TextIO, columns: Sequence[Column], rows: Rows, style: Style) -> None:
    sides = [' style="text-align: right"' if column.number else "" for column in columns]
    tag = "th"
    stream.write("<table>\n")
    for cells in _marked(columns, rows, style, _html_cell, "<b>{}</b>"):
        row = "".join(f"<{tag}{side}>{cell}</{tag}>" for side, cell in zip(sides, cells))
        stream.write(f"<tr>{row}</tr>\n" if tag == "td" or any(cells) else "")
        tag = "td"
    stream.write("</table>\n")


def _html_cell(text: str) -> str:
    # In ASCII, so that it does not matter which encoding a browser takes it for.
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()


def _write_xlsx(stream: Any, columns: Sequence[Column], rows: Rows, _: Style) -> None:
    xlsxwriter = extra("rank_table", "xlsxwriter", "excel")
    content = io.BytesIO()  # as its writer says more than an error of a full disk
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        rows = ([*_figures(columns, row)] for row in rows)
        for i, row in enumerate(chain([[column.key for column in columns]], rows)):
            for j, value in enumerate(flat(row)):
                exact = type(value) in (int, float) and abs(value) < 2**53
                write = sheet.write_number if exact else sheet.write_string
                if value is not None and write(i, j, value if exact else str(value)):
                    raise ValueError(f"xlsx has no room for row {i + 1}, its cells or their text")
    stream.write(content.getbuffer())


def _write_text(stream: TextIO, columns: Sequence[Column], rows: Rows, style: Style) -> None:
    _write_part(stream, Table(columns, rows), style.screen)


def _write_part(stream: TextIO, part: Table, screen: Screen) -> None:
    columns, rows, more, style = part
    rows, further = _first(rows, screen.rows)
    headings = [printable(re.sub("\r?\n", " ", column.heading)) for column in columns]
    whole, longest = screen.width is None, _longest(columns, rows)

    def texts(row: Sequence[Any]) -> list[str]:
        cells = [*map(printable, _shown(columns, row))]
        return [cell + " " * len(_lacks(cell, most)) for cell, most in zip(cells, longest)]

    widths = [*map(_width, headings)]
    for row in rows:
        widths = [*map(max, widths, map(_width, texts(row)))]
    fitted = {place: min(width, _WIDEST) for place, width in enumerate(widths)}
    tails = dict.fromkeys(fitted, 0)
    if room := screen.width or max((column.wraps for column in columns), default=0):
        bodies = [*zip(*map(texts, rows))] or [()] * len(columns)
        least = [_least(*each, room * 3 // 5) for each in zip(columns, widths, bodies)]
        fitted = _fitted(columns, widths, least, room)
        tails = {place: _tail(bodies[place], width) for place, width in fitted.items()}

    def write(cells: Sequence[str], style: str) -> None:
        parts = [_lines(columns[i], cells[i], fitted[i], tails[i], whole) for i in fitted]
        for line in zip_longest(*parts, fillvalue=""):
            padded = (_padded(columns[i], text, fitted[i]) for i, text in zip(fitted, line))
            stream.write(f"{screen.styled('  '.join(padded).rstrip(), style)}\n")

    if any(headings):
        write(headings, BOLD)
    for row in rows:
        own = any(column.own and column.own(value) for column, value in zip(columns, row))
        write(texts(row), CYAN if own else style)
    left_out = [_cut(head, _WIDEST) for place, head in enumerate(headings) if place not in fitted]
    notes = [f"{more + further} more{screen.hint}"] * bool(more + further)
    notes += [f"left out: {', '.join(left_out)}"] * bool(left_out)
    if notes:
        _write_part(stream, lines("\n".join(notes), DIM), screen)


def _least(column: Column, width: int, body: Sequence[str], most: int) -> int:
    """Return how narrow a column may become: numbers stay whole and names apart, up to a point."""
    least = _NARROWEST
    if column.number:
        whole = [_width(cell) for cell in body if _NUMBER.match(cell) or _width(cell) <= least]
        least = max([len("Rank (doubtful)") if column.need == KEPT else 8, *whole])
    elif column.need == KEPT and not column.wraps:
        names = {*body}

        def apart(room: int) -> bool:
            return len({_cut(name, room, _tail(names, room)) for name in names}) == len(names)

        least += bisect_left(range(least, most), True, key=apart)
        least = least if apart(least) else _NARROWEST
    return min(width, least)


def _tail(body: Collection[str], width: int) -> int:
    """Return how much is kept of the end of texts, so that few look alike when they are cut."""
    tails = min(4, width // 3), width // 2, width - 6
    return max(tails, key=lambda tail: len({_cut(text, width, tail) for text in body}))


def _lines(column: Column, text: str, width: int, tail: int, whole: bool) -> list[str]:
    """Return the lines of a cell, long words and columns of one line whole if there is no window.

    They begin where the text does, behind the last gap in it.
    """
    if not column.wraps:
        return [text if whole else _cut(text, width, 0 if column.number else tail)]
    start = " " * min(len(_START.match(text)[0]), width // 2)  # type: ignore[index]
    options: Any = {"break_long_words": not whole, "break_on_hyphens": False}
    # A wide letter takes two places, of which the second is filled for as long.
    filled = "".join(char + _FILL * (_width(char) - 1) for char in text)

    def wrapped(room: int) -> list[str]:
        found = wrap(filled, room, subsequent_indent=start, **options)
        return [*filter(str.strip, (line.replace(_FILL, "") for line in found))] or [""]

    lines = wrapped(width)
    if filled != text and max(map(_width, lines)) > width:  # one ends within a wide letter
        lines = wrapped(max(1, width - 1))
    return lines


def _padded(column: Column, text: str, width: int) -> str:
    width += len(text) - _width(text)
    return text.rjust(width) if column.number else text.ljust(width)


def _first(rows: Rows, number: int | None) -> tuple[Rows, int]:
    """Return the first rows, through which one can go twice, and how many follow."""
    if number is None:
        return list(rows) if iter(rows) is rows else rows, 0
    every = iter(rows)
    return list(islice(every, number)), sum(1 for _ in every)


def _fitted(
    columns: Sequence[Column], widths: Sequence[int], least: Sequence[int], room: int
) -> dict[int, int]:
    """Return the widths of the columns that fit a window, by their places.

    What may be is shortened, headings and text; where that is not enough, columns are left out.
    Then the room that is left is given away from the left.
    """
    fitted = dict(enumerate(least))
    spare = room + 2 - sum(fitted.values()) - 2 * len(columns)
    for place in sorted(fitted, key=lambda place: (columns[place].need, -place)):
        if spare < 0 and columns[place].need < KEPT:
            spare += fitted.pop(place) + 2
    for place in fitted:
        loss = 0 if columns[place].number else 1 - fitted[place]
        gain = max(min(widths[place] - fitted[place], spare), loss)
        fitted[place] += gain
        spare -= gain
    return fitted


def _shown(columns: Sequence[Column], row: Sequence[Any]) -> list[str]:
    cells = zip(columns, flat(row), strict=True)
    return ["" if value is None else column.show(value) for column, value in cells]


def _cut(text: str, room: int, tail: int = 0) -> str:
    """Return the text, or as much of its beginning and tail as has room."""
    if _width(text) <= room:
        return text
    start, end = text[: room - 1], text[len(text) - tail :]
    while (start or end) and _width(start) + _width(end) >= room:
        start, end = start[:-1], end if start else end[1:]
    return f"{start}…{end}"


def _width(text: str) -> int:
    """Return how many places of a terminal the text takes.

    A wide character takes two, a mark and what follows the first part of a Korean syllable none.
    """
    if text.isascii():
        return len(text)
    return sum(
        1 + (unicodedata.east_asian_width(char) in "WF")
        for char in _EMOJI.sub("\N{LARGE RED CIRCLE}", text)
        if unicodedata.category(char) not in ("Mn", "Me", "Cf") and not "\u1160" <= char <= "\u11ff"
    )


class Writer(NamedTuple):
    """How tables are written in one format.

    Attributes
    ----------
    suffixes : tuple of str
        The endings of the names of its files.
    write : callable
        Takes the stream, the columns, the rows and the style.
    last_line : str
        The signature of the scores as a last line; nothing where it can only be a column.
    binary : bool
        Whether it writes bytes.
    """

    suffixes: tuple[str, ...]
    write: Callable[[Any, Sequence[Column], Rows, Style], None]
    last_line: str = ""
    binary: bool = False


WRITERS: Final = {
    "text": Writer((".txt",), _write_text, "\n{}\n"),
    "csv": Writer((".csv",), _write_csv),
    "tsv": Writer((".tsv",), partial(_write_csv, delimiter="\t")),
    "json": Writer((".json",), _write_json),
    "markdown": Writer((".md", ".markdown"), _write_markdown, "\n`{}`\n"),
    "latex": Writer((".tex",), _write_latex, "% {}\n"),
    "html": Writer((".html", ".htm"), _write_html),
    "xlsx": Writer((".xlsx",), _write_xlsx, binary=True),
}
"""The formats of tables, by name: another one is a function and a row here."""

SUFFIXES: Final = {suffix: name for name, writer in WRITERS.items() for suffix in writer.suffixes}
"""The formats, by the endings of the names of files."""

FORMATS: Final = tuple(name for name, writer in WRITERS.items() if not writer.binary)


def format_of(path: str | os.PathLike[str], known: Mapping[str, str] = SUFFIXES) -> str | None:
    """Return the format that the suffix of a file's name says, None for no or another suffix.

    Examples
    --------
    >>> format_of("ranked.MD"), format_of("ranked.dat")
    ('markdown', None)
    """
    return known.get(os.path.splitext(os.fspath(path))[1].lower())
