"""Tables in frames: in memory, of three libraries, or in parts through polars."""

from __future__ import annotations

import os
import re
import struct
import sys
import zipfile
import zlib
from collections import deque
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from itertools import chain, islice, pairwise, takewhile
from queue import Empty, SimpleQueue
from threading import Event
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from netscore import checks
from netscore.arrays.plain import is_from
from netscore.layout import distinct, flat, free_name
from netscore.order import rank
from netscore.pareto import front
from netscore.tables import text
from netscore.tables.columns import CUT, ColumnChoiceError, TableError, cells_of, quoted, unlike
from netscore.tables.text import TextTable, has_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import ExitStack

    import polars as pl
    from numpy.typing import NDArray

    from netscore.tables.columns import Options, Ranking
    from netscore.tables.text import Fits

# So many rows are in memory at a time, two or three times over.
_ROWS: Final = 1 << 20
# Of every sorted part, one score in so many says where to cut; a part of the result can be
# larger than _ROWS by so many rows for each part.
_STEP: Final = 1 << 12
_SPAN: Final = re.compile(r"^(1899-12-31|1900-\d\d-\d\d) (\d\d)")
_RECORDS: Final = 1 << 14
_OF_ARROW: Final = dict.fromkeys((".arrow", ".feather", ".ipc"), "ipc")
SUFFIXES: Final = {".parquet": "parquet", ".pq": "parquet", **_OF_ARROW}
"""The formats of files of columns, by the endings of their names."""

SOURCES: Final = {**SUFFIXES, ".xlsx": "xlsx"}
"""The formats that polars reads."""

# Cells that a sheet may have.
_MOST_CELLS: Final = 2**26


class _Polars:
    """The library, which is loaded when something of it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # as tools ask of all that a module holds
            raise AttributeError(name)
        return getattr(checks.extra("rank_table", "polars", "frames"), name)


polars: Any = _Polars()


def rows_held(path: str | os.PathLike[str]) -> int:
    """Return how many rows the records of an Arrow file have, whatever the list at its end says."""
    rows = 0
    with open(path, "rb") as file, suppress(struct.error):
        # polars has no mark before the first message, which is the schema.
        file.seek(max(file.read(2**20).find(b"\xff\xff\xff\xff"), 0))
        while True:
            mark, size = struct.unpack("<Ii", file.read(8))
            data = file.read(size) if mark == 0xFFFFFFFF and size > 0 else b""
            message = struct.unpack_from("<I", data)[0]  # an error where there is no other
            if _field(data, message, 1, "<B")[1] == 3:
                place, offset = _field(data, message, 2, "<I")
                rows += _field(data, place + offset, 0, "<q")[1]
            file.seek(max(_field(data, message, 3, "<q")[1], 0), os.SEEK_CUR)
    return rows


def _field(data: bytes, table: int, number: int, form: str) -> tuple[int, int]:
    """Return the place and the value of a field of a table of a flatbuffer, 0 and 0 for none."""
    fields = table - struct.unpack_from("<i", data, table)[0]
    known = struct.unpack_from("<H", data, fields)[0] > 4 + 2 * number
    place = struct.unpack_from("<H", data, fields + 4 + 2 * number)[0] if known else 0
    return (table + place, struct.unpack_from(form, data, table + place)[0]) if place else (0, 0)


def _of_polars() -> Any:
    """Return the errors of polars; a panic is none of Exception."""
    return polars.exceptions.PolarsError, polars.exceptions.PanicException


@contextmanager
def errors(name: str) -> Iterator[None]:
    """Say in one sentence what polars finds wrong; a panic of its threads, too, is an error."""
    wrong = _of_polars()
    try:
        yield
    except wrong as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"rank_table: {name}: {reason}") from error
    except OSError as error:
        if error.errno is None:  # it is of polars and names no file
            raise OSError(f"{name}: {error}") from error
        raise


@contextmanager
def system_errors(name: str | None = None) -> Iterator[None]:
    """Raise as the system's, of a file, what polars says of it in an error of its own."""
    try:
        yield
    except (OSError, polars.exceptions.ComputeError) as error:
        found = re.search(r"\(os error (\d+)\)", str(error))
        if found is None and (name is None or not isinstance(error, OSError)):
            raise
        number = int(found[1]) if found else getattr(error, "errno", None) or 0
        raise OSError(number, os.strerror(number), name) from error


def concatenated(names: Sequence[str], scans: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """Return files of columns as one, in the order of the first.

    Numbers of several types become those of one, and so do texts; of others there is one type.
    """
    if len(scans) == 1:
        return scans[0]
    texts = polars.String, polars.Categorical, polars.Enum

    def alike(kind: Any) -> object:
        """Return what such types have in common."""
        apart = kind.base_type(), getattr(kind, "time_zone", None)
        return "numbers" if kind.is_numeric() else "text" if kind in texts else apart

    schemas = [scan.collect_schema() for scan in scans]
    kinds: dict[str, tuple[str, Any]] = {}
    for name, schema in zip(names, schemas):
        if said := unlike(schema, schemas[0], names[0]):
            raise TableError(f"{name}: {said}")
        for column, kind in schema.items():
            other, known = kinds.get(column, (name, polars.Null))
            if known == polars.Null:
                kinds[column] = name, kind
            elif kind != polars.Null and alike(kind) != alike(known):
                what = f"column {quoted(column)} holds {kind}, and {known} in {other}"
                raise TableError(f"{name}: {what}: make them of one type")
    casts: dict[Any, Any] = {}
    for column, (_, kind) in kinds.items():
        held = {schema[column] for schema in schemas} - {polars.Null}
        whole = all(each.is_integer() for each in held)
        if alike(kind) == "text":
            casts[column] = polars.String
        elif whole and polars.UInt64 in held and any(each.is_signed_integer() for each in held):
            # Else they become floats, or numbers of 128 bits, which other libraries do not read.
            casts[column] = polars.Int64
    scans = [scan.cast(casts) for scan in scans]
    return polars.concat(scans, how="diagonal_relaxed")  # type: ignore[no-any-return]


def interruptible(function: Callable[[], Any], stop: Callable[[], None] | None = None) -> Any:
    """Call what takes long in other languages: a signal reaches Python's own code only.

    After one, and after an error, `stop` says that the call is to end.
    """
    # Here, because it takes a while to load.
    from concurrent.futures import Future, ThreadPoolExecutor

    # Its waiting is no code of Python, in which a signal could come between a lock and its release.
    done = SimpleQueue[Future[Any]]()
    with ThreadPoolExecutor(1) as thread:
        try:
            thread.submit(function).add_done_callback(done.put)
            future = None
            while future is None:  # once polars is loaded, Ctrl-C ends no waiting
                with suppress(Empty):
                    future = done.get(timeout=0.2)
            return future.result()
        except BaseException:
            if stop is not None:
                stop()
            raise


def workbook(
    path: str | os.PathLike[str], name: str, options: Options, fits: Fits, stack: ExitStack
) -> FrameTable:
    """Return a sheet of a workbook: numbers where all cells of a column are, else text."""
    fastexcel = checks.extra("rank_table", "fastexcel", "excel")  # it brings polars as well
    stack.enter_context(errors(name))
    wrong = (ValueError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile)
    sheet = options.sheet
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
            if size > max(text.LEAST_UNPACKED, text.MOST_TIMES * os.path.getsize(path)):
                raise ValueError(f"more than {text.MOST_TIMES} times its size comes out of it")
            for info in archive.infolist():  # reading to the end checks the size
                with archive.open(info) as part:
                    _check_extent(part)
        book = fastexcel.read_excel(path)
        sheets = ", ".join(map(quoted, book.sheet_names))
        if sheet not in (None, *book.sheet_names):
            raise ValueError(f"the sheets are {sheets}, got {sheet!r}")
        off = "has_header", "drop_empty_rows", "drop_empty_cols", "raise_if_empty"
        as_it_is = dict.fromkeys(off, False)
        read = partial(polars.read_excel, path, sheet_name=sheet, **as_it_is)
        texts = read(infer_schema_length=0, read_options={"skip_rows": 0})
        joined = ("".join(filter(None, cells)) for cells in texts.iter_rows())
        filled = [i for i, row in enumerate(joined) if i >= options.skip and row.strip()]
        if len(filled) < 2:
            what = f"there is no row below the header; the sheets are {sheets}"
            raise ValueError(what + ": --sheet says which" * (len(book.sheet_names) > 1))
        top, *below = filled
        # Of a column without cells it would say on stderr that its type is unknown, and 1e20 is
        # no integer of 64 bits.
        as_text = {
            f"__UNNAMED__{i}": "string"
            for i, cells in enumerate(texts[top + 1 :])
            if not any(cells) or cells.str.contains("^-?[0-9]{19}").any()
        }
        rows = {"skip_rows": top + 1}
        numbers, lengths = _typed(partial(read, infer_schema_length=None), rows, as_text)
        # Only what is no text is true or false.
        truths = read(infer_schema_length=None, read_options={**rows, "dtypes": "boolean"})
    except (*wrong, fastexcel.FastExcelError) as error:
        raise ValueError(f"rank_table: {name}: {str(error).splitlines()[0]}") from None
    place = f"{name} row {top + 1}"
    heads = [[cell or "" for cell in texts.row(row)] for row in filled[: text.LOOKED_AT + 1]]
    fit = [row for row, names in zip(filled, heads) if has_columns(names, fits)]
    if fit and fit[0] != top:
        raise TableError(f"{place}: {text.no_names('row', fit[0])}")
    if not fit and len(book.sheet_names) > 1:
        try:
            fits(heads[0])
        except ColumnChoiceError as error:
            raise ColumnChoiceError(f"{error}, or --sheet of {sheets}") from None
    header, columns, fractions = [], [], []
    read_in_ways = zip(heads[0], texts[top + 1 :], numbers, truths)
    for at, (key, of_text, typed, truth) in enumerate(read_in_ways):
        # A text among numbers would be lost, TRUE would be 1, and a time of day one of day 0.
        lost = of_text.null_count() != typed.null_count() or of_text.is_in(["true", "false"]).any()
        if at in lengths or (lost and typed.dtype == polars.Duration):
            lost, cells = True, (cell and _SPAN.sub(_hours, cell) for cell in of_text)
            of_text = polars.Series([*cells])
        elif typed.dtype != polars.Duration:
            times = of_text.str.replace("^1899-12-31 ([0-9:.]+)$", "$1")
            lost, of_text = lost or (times != of_text).any(), times
        if key or any(of_text):
            pointed = truth.is_not_null() & of_text.str.contains(".", literal=True)
            fractions.append({*of_text.filter(pointed)})
            header.append(key)
            columns.append(of_text if lost else typed)
    frame = polars.DataFrame(dict(zip(distinct(header), columns)))
    held = np.array(below)
    table = FrameTable(frame[held - top - 1], name, "row", held + 1, header)
    table.place, table.fractions = place, fractions
    return table


def _typed(
    read: Callable[..., pl.DataFrame], rows: Any, as_text: Mapping[str, str], *lengths: int
) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Read rows of a sheet, as text the columns where lengths of time stand among other cells.

    Returns the places of these, too.
    """
    try:
        return read(read_options={**rows, "dtypes": as_text}), lengths
    except sys.modules["fastexcel"].UnsupportedColumnTypeCombinationError as error:
        place = re.findall(r"__UNNAMED__(\d+)", str(error))[0]
        return _typed(
            read, rows, {**as_text, f"__UNNAMED__{place}": "string"}, *lengths, int(place)
        )


def _hours(span: re.Match[str]) -> str:
    """Return a length of time, which fastexcel counts from a day 0, as a spreadsheet shows it."""
    day = date.fromisoformat(span[1])
    # To Excel the year 1900 had a 29th of February.
    days = (day - date(1899, 12, 31)).days + (day >= date(1900, 3, 1))
    return f"{24 * days + int(span[2]):02}"


def _check_extent(part: IO[bytes]) -> None:
    """Refuse a sheet whose last row and column lie too far out: it is read as a rectangle."""
    columns, rows, tail = {b"A"}, 1, b""
    while chunk := part.read(2**20):
        found = re.findall(rb'\br="([A-Z]{1,3})([0-9]{1,7})"', tail + chunk)
        columns.update(column for column, _ in found)
        rows = max([rows, *(int(row) for _, row in found)])
        tail = chunk[-20:]
    width = 0
    for letter in max(columns, key=lambda column: (len(column), column)):
        width = 26 * width + letter - 64
    if rows * width > _MOST_CELLS:
        raise ValueError(f"a sheet of {rows} rows and {width} columns is too large")


def is_frame(value: object) -> bool:
    """Whether a value is a frame of pandas, polars or pyarrow, or a LazyFrame."""
    kinds = {"pandas": ["DataFrame"], "polars": ["DataFrame", "LazyFrame"], "pyarrow": ["Table"]}
    return any(is_from(library, name, value) for library in kinds for name in kinds[library])


def in_columns(frame: Any) -> tuple[Any, list[str]]:
    """Return a frame whose index of pandas, if it says more than a number, is a column, and names.

    In the frame none of these stands twice.
    """
    index = getattr(frame, "index", None)
    if index is not None and (index.name is not None or index.dtype.kind not in "iu"):
        names: list[str] = []
        for name in index.names:
            taken = {*frame.columns, *names}
            names.append(free_name("index" if name is None else str(name), taken))
        frame = frame.reset_index(names=names)
    header = _names(frame)
    if len({*header}) < len(header):
        apart, of_arrow = distinct(header), hasattr(frame, "rename_columns")
        frame = frame.rename_columns(apart) if of_arrow else frame.set_axis(apart, axis=1)
    return frame, header


def _names(frame: Any) -> list[str]:
    return list(map(str, getattr(frame, "column_names", frame.columns)))


def in_polars(frame: Any) -> pl.DataFrame:
    """Return a frame as one of polars, or name the column that is none there."""
    # Of a period polars would take the number that stands for it.
    kinds = dict(getattr(frame, "dtypes", ())) if is_from("pandas", "DataFrame", frame) else {}
    odd = {name: kind for name, kind in kinds.items() if str(kind).startswith(("period", "Sparse"))}
    if odd:
        frame = frame.astype({name: getattr(kind, "subtype", str) for name, kind in odd.items()})
    wrong = (*_of_polars(), ArithmeticError, RuntimeError, TypeError, ValueError)
    try:
        return polars.DataFrame(frame)  # type: ignore[no-any-return]
    except wrong:
        labels = getattr(frame, "column_names", frame.columns)
        if len(labels) == 1:
            must = f"column {str(labels[0])!r} must hold values of one type that polars knows"
            raise TypeError(f"rank_table: {must}, as text") from None
        places = ([place] for place in range(len(labels)))
        alone = (frame.iloc[:, place] if kinds else frame.select(place) for place in places)
        return polars.concat(map(in_polars, alone), how="horizontal")  # type: ignore[no-any-return]


class FrameTable:
    """A frame in memory, of pandas, polars or pyarrow, and the names that its columns had."""

    # How numbers of a workbook that are not whole read, for each column.
    fractions: Sequence[set[str]] = ()

    def __init__(
        self,
        frame: Any,
        name: str = "",
        row: str = "position",
        at: Any = None,
        header: Sequence[str] = (),
    ) -> None:
        self.frame = frame
        name = name or f"the {type(frame).__name__}"
        self.place, self._row = f"rank_table: {name}", f"{name} {row}"
        self._at = range(len(frame)) if at is None else at
        self.names = _names(frame)
        self.header = header or self.names
        self.numbers = _numbers(getattr(frame, "dtypes", ()))

    def ranked(self, ranking: Ranking, _folder: str) -> list[Any]:
        """Return the frame in the order of the scores, ranked."""
        cells = [cells_of(c.name, self.column(c.place)) for c in ranking.measurements]
        figures = ranking.settle(lambda: ranking.figures(cells, self._row, self._at))
        order, ranks, scores = ranking.ordered(figures)
        frame = self._among(ranking, cells) if ranking.networks else self.frame
        # Of pandas and pyarrow, and of polars.
        try:
            rows = frame.take(order) if hasattr(frame, "take") else frame[order]
        except NotImplementedError as error:  # of a type of pyarrow
            raise TypeError(f"rank_table: {error}: cast the column") from None
        figures = [values[order] for values in ranking.known]
        ranking.wrote(order.size)
        added = ranking.values(ranks[order], figures, scores[order], order)
        return [widened(rows, ranking, added)]

    def column(self, place: int) -> Any:
        """Return a column."""
        if hasattr(self.frame, "column_names"):
            return self.frame.column(place)
        # In pandas a name may stand twice.
        return getattr(self.frame, "iloc", self.frame)[:, place]

    def _among(self, ranking: Ranking, cells: Sequence[Any]) -> Any:
        """Return the frame with the networks that it is ranked among, in its units."""
        labels = list(getattr(self.frame, "column_names", self.frame.columns))
        read = zip(ranking.measurements, cells)
        numbers = {column.place for column, own in read if isinstance(own, np.ndarray)}
        if ranking.name_place is not None:
            names = self.column(ranking.name_place)
            kind = str(getattr(names, "type", None) or names.dtype)
            if re.match("(large_|fixed_size_)?list|array|struct|map", kind, re.IGNORECASE):
                what = f"got {kind} in column {labels[ranking.name_place]!r}"
                raise TypeError(f"rank_table: names beside those of among must be text, {what}")
        others, rows = ranking.others(), dict[Any, list[Any]]()
        for place in others[0]:
            values: list[Any] = [other[place] for other in others]
            if place in numbers:
                values = [value and float(value.replace(",", ".")) for value in values]
                if all(value is not None and value.is_integer() for value in values):
                    values = list(map(int, values))
            rows["network" if place is None else labels[place]] = values
        frame = _stacked(self.frame, rows)
        if ranking.adds_names:
            order = ["network", *labels]
            frame = frame.select(order) if hasattr(frame, "select") else frame[order]
        return frame


_NULLABLE: Final = {"i": "Int64", "u": "UInt64", "b": "boolean"}


def _stacked(frame: Any, rows: dict[Any, list[Any]]) -> Any:
    """Return a frame with further rows, which have some of its columns and may have others."""
    if is_from("pandas", "DataFrame", frame):
        import pandas as pd

        further = pd.DataFrame(rows)
        for name, dtype in frame.dtypes.items():
            # Not to become floats, in which large integers lose digits.
            if name not in rows and isinstance(dtype, np.dtype) and dtype.kind in _NULLABLE:
                further[name] = pd.Series([None] * len(further), dtype=_NULLABLE[dtype.kind])
        return pd.concat([frame, further], ignore_index=True)
    if is_from("pyarrow", "Table", frame):
        import pyarrow as pa

        further = pa.table(rows)
        for place, name in enumerate(frame.column_names):
            column = frame.column(place)
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            if name in rows and pa.types.is_string(further.column(name).type):
                column = column.cast(pa.string())
            frame = frame.set_column(place, name, column)
        return pa.concat_tables([frame, further], promote_options="permissive")
    frame = frame.with_columns(*in_double(frame.select({*rows} & {*frame.columns})))
    return polars.concat([frame, polars.DataFrame(rows)], how="diagonal_relaxed")


def in_double(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose numbers of 32 bits have the digits that they need, not those behind."""
    single = polars.col(polars.Float32).cast(polars.String)
    return frame.with_columns(single.cast(polars.Float64))


def widened(frame: Any, ranking: Ranking, added: Mapping[str, NDArray[Any]]) -> Any:
    """Return a frame with columns that a ranking adds, the rank first and the others behind."""
    first, *behind = added.items()
    if is_from("pandas", "DataFrame", frame):
        below = [""] * (frame.columns.nlevels - 1)
        for place, (name, values) in enumerate(added.items()):
            label = (name, *below) if below else name
            frame.insert(min(place, 1) * frame.shape[1], label, values)
        return frame.astype({frame.columns[0]: "Int64"})
    if is_from("pyarrow", "Table", frame):
        import pyarrow as pa

        for place, (name, values) in enumerate(added.items()):
            kind = getattr(pa, ranking.added[name].lower())()
            column = pa.array(values, from_pandas=True).cast(kind)
            frame = frame.add_column(min(place, 1) * frame.num_columns, name, column)
        return frame
    return frame.select(*_series(ranking, [first]), "*", *_series(ranking, behind))


def _series(ranking: Ranking, columns: Iterable[tuple[str, NDArray[Any]]]) -> Iterator[pl.Series]:
    """Yield added columns in polars, null where there is NaN or None."""
    for name, values in columns:
        listed = values.tolist() if values.dtype == object else values
        kind = getattr(polars, ranking.added[name])
        yield polars.Series(name, listed, nan_to_null=True).cast(kind)


def _numbers(dtypes: Iterable[Any]) -> set[int]:
    """Return the places of the columns of numbers, if polars has them."""
    return {i for i, dtype in enumerate(dtypes) if getattr(dtype, "is_numeric", bool)()}


def of_rows(ranking: Ranking, rows: Iterable[Sequence[Any]]) -> Iterator[pl.DataFrame]:
    """Yield rows of a text in frames, of which the first has none; numbers of JSON are text."""
    names = distinct([column.key for column in ranking.columns])
    added = [ranking.added.get(column.key) for column in ranking.columns]
    schema = {name: getattr(polars, kind or "String") for name, kind in zip(names, added)}
    yield polars.DataFrame(schema=schema)
    typed = (
        [c if kind or c is None else str(c) for c, kind in zip(flat(row), added)] for row in rows
    )
    while some := list(islice(typed, text.ROWS)):
        yield polars.DataFrame(some, schema, orient="row")


def joined(frames: Iterable[Any]) -> Any:
    """Return frames as one."""
    first, *others = frames
    return polars.concat([first, *others], rechunk=True) if others else first


class Parts:
    """The rows of a table that need not fit in memory, in batches of about a million.

    Attributes
    ----------
    header : list of str
        The names of the columns.
    place : str
        What to call the place of the header in a message.
    schema : polars.Schema
        The same columns as polars has them, where no name stands twice.
    """

    def __init__(self, source: TextTable | pl.LazyFrame, name: str, held: int = 0) -> None:
        self.name = self.place = name
        self._source: Any = source
        self.separators: Sequence[str] = getattr(source, "separators", ())
        if isinstance(source, TextTable):
            self.header, self.place = source.header, source.place
            # A name may stand twice.
            self.schema = polars.Schema({str(i): polars.String() for i in range(len(self.header))})
        else:
            self.schema = source.collect_schema()
            self.header = self.schema.names()
            # Of a file it is what its own description says.
            self._promised = interruptible(source.select(polars.len()).collect).item()
            if held > self._promised:
                listed = f"of {held} rows only {self._promised} are listed"
                raise ValueError(f"rank_table: {name}: {listed}: the file is damaged")
        self.numbers = _numbers(self.schema.dtypes())

    def ranked(self, ranking: Ranking, folder: str) -> Iterator[pl.DataFrame]:
        """Read all rows and return them in the order of their scores, ranked, frame by frame.

        The first has no rows. The front of a whole is the front of the fronts of its parts, and
        so with the best. A whole ranking is an external sort: sorted parts are written to the
        folder, cut at the same scores, and merged cut by cut.
        """
        if isinstance(self._source, TextTable):
            ranking.settle(lambda: deque(self._source.blocks(ranking), 0))
            self._promised = ranking.rows
        elif not self.numbers.issuperset(column.place for column in ranking.measurements):
            ranking.settle(lambda: deque(self.batches(ranking, whole=False), 0))
        ranking.begin()
        none = np.empty(0)
        added = ranking.values(none, [none] * len(ranking.measurements), none)
        empty = widened(polars.DataFrame(schema=self.schema), ranking, added)
        if ranking.options.top is None and not ranking.options.pareto:
            rows: Iterable[pl.DataFrame] = _merged(ranking, *self._sorted(ranking, folder))
        else:
            rows = self._best(ranking, folder)
        return self._named(ranking, chain([empty], rows))

    def _named(self, ranking: Ranking, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        names = distinct([column.key for column in ranking.columns])
        for frame in frames:
            frame.columns = names
            yield frame
            ranking.wrote(frame.height)

    def batches(
        self, ranking: Ranking, *, whole: bool = True
    ) -> Iterator[tuple[pl.DataFrame, list[NDArray[np.float64]]]]:
        """Yield the next rows and their figures.

        Not fewer and not more than promised: a thread of polars that fails may end the rows
        without a word. Without `whole` only the columns of figures need be there.
        """
        of_text = isinstance(self._source, TextTable)
        yield from (self._of_text if of_text else self._of_frame)(ranking, whole)
        if ranking.rows != self._promised:
            what = f"of {self._promised} rows only {ranking.rows} can be read"
            if ranking.rows > self._promised:
                what = text.CHANGED
            raise ValueError(f"rank_table: {self.name}: {what}")

    def _of_frame(self, ranking: Ranking, whole: bool) -> Iterator[Any]:
        names = [column.name for column in ranking.measurements]
        lazy = self._source if whole else self._source.select(names)
        for frame in lazy.collect_batches(chunk_size=_ROWS, engine="streaming"):
            cells = [cells_of(name, frame[name]) for name in names]
            at = range(ranking.rows, ranking.rows + frame.height)
            yield frame, ranking.figures(cells, f"{self.name} position", at)

    def _of_text(self, ranking: Ranking, _whole: bool) -> Iterator[Any]:
        blocks = self._source.blocks(ranking)
        while held := list(islice(blocks, max(1, _ROWS // text.ROWS))):
            cells, figures = zip(*held)
            frames = [polars.DataFrame(dict(zip(self.schema, part)), self.schema) for part in cells]
            yield polars.concat(frames), [np.concatenate(column) for column in zip(*figures)]

    def _best(self, ranking: Ranking, folder: str) -> list[pl.DataFrame]:
        """Return the rows to keep, ranked among all, of which the scores go to the folder."""
        top, pareto = ranking.options.top, ranking.options.pareto

        def reduced(*parts: tuple[pl.DataFrame, NDArray[np.float64]]) -> tuple[Any, Any]:
            """Return the rows that are still to be kept, with their figures and costs."""
            rows, known = polars.concat(part[0] for part in parts), np.hstack([p[1] for p in parts])
            kept = front(list(known[:-1])) if pareto else np.argsort(known[-1], kind="stable")[:top]
            return rows[np.arange(rows.height)[kept]], known[:, kept]

        # As the digits of a binary counter: a part is merged with one of its size, so that a row
        # of a large front is compared again only as often as the number of rows doubles.
        none = np.empty((len(ranking.measurements) + 1, 0))
        stack = [(polars.DataFrame(schema=self.schema), none)]
        paths: list[str] = []
        for frame, figures in self.batches(ranking):
            costs = -ranking.metric.scores(figures)
            figures[0][costs != costs] = np.nan
            paths.append(os.path.join(folder, f"{len(paths)}.costs"))
            with open(paths[-1], "wb") as file:
                file.write(np.sort(costs).tobytes())
            stack.append(reduced((frame, np.stack([*figures, costs]))))
            while len(stack) > 1 and stack[-2][0].height <= 2 * stack[-1][0].height:
                stack[-2:] = [reduced(*stack[-2:])]
        rows, known = reduced(*stack)
        order = np.argsort(known[-1], kind="stable")[:top]
        order = order[~np.isnan(known[-1, order])]
        *figures, costs = known[:, order]
        ranks = 1.0 + sum(np.searchsorted(every, costs) for every in map(np.fromfile, paths))
        return [widened(rows[order], ranking, ranking.values(ranks, figures, -costs))]

    def _sorted(self, ranking: Ranking, folder: str) -> tuple[list[str], NDArray[np.float64]]:
        """Write the scored rows in sorted parts; return their paths, and the costs to cut them at.

        A cost is a score below zero: less is better, so that costs ascend.
        """
        paths: list[str] = []
        samples = [np.empty(0)]
        for frame, figures in self.batches(ranking):
            scores = ranking.metric.scores(figures)
            order = np.argsort(-scores, kind="stable")
            order = order[figures[0][order] != CUT]
            _, *behind = ranking.values(np.nan, figures, scores).items()
            rows = frame.with_columns(*_series(ranking, behind))[order]
            paths.append(os.path.join(folder, f"{len(paths)}.arrow"))
            # Small records, as a cut of a part is read in whole records.
            with system_errors():
                rows.write_ipc(paths[-1], record_batch_size=_RECORDS)
            samples.append(-scores[order][: np.count_nonzero(scores == scores) : _STEP])
        return paths, np.unique(np.sort(np.concatenate(samples))[:: max(1, _ROWS // _STEP)])


def _merged(
    ranking: Ranking, paths: list[str], cuts: NDArray[np.float64]
) -> Iterator[pl.DataFrame]:
    """Yield the rows of sorted parts in the order of their scores, with their ranks."""
    name, score, *_ = (name for name, kind in ranking.added.items() if kind != "String")

    def bounds(scan: pl.LazyFrame) -> list[int]:
        """Return where a part is cut: between two scores, at one, …, and before no score."""
        column = scan.select(score).collect().to_series()
        costs = -column.drop_nulls().to_numpy()
        sides = [np.searchsorted(costs, cuts, side=side) for side in ("left", "right")]
        inner = np.stack(sides, axis=1).ravel().tolist()
        return [0, *inner, costs.size, column.len()]

    def ranked(rows: Any, ranks: Any) -> Any:
        return widened(rows, ranking, {name: np.full(rows.height, ranks, float)})

    scans = [polars.scan_ipc(path, glob=False) for path in paths]
    done = 0
    for cut, pairs in enumerate(zip(*map(pairwise, map(bounds, scans)))):
        slices = [scan.slice(i, j - i) for scan, (i, j) in zip(scans, pairs) if j > i]
        if cut % 2:  # one score, or at last none, in the order of the file as it stands
            for part in slices:
                yield ranked(part.collect(), np.nan if cut == 2 * cuts.size + 1 else done + 1)
        elif slices:
            rows = polars.concat(slices).collect()
            rows = rows.sort(score, descending=True, maintain_order=True)
            yield ranked(rows, done + rank(rows[score].to_numpy()))
        done += sum(stop - start for start, stop in pairs)


def write(ranking: Ranking, stream: Any, form: str, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames, at least one, to a Parquet or Arrow file that is open for it."""
    rows = iter(frames)
    first = next(rows)  # where polars is missing, this says so
    from polars.io.plugins import register_io_source

    stopped, ended = Event(), Event()

    def until() -> Iterator[pl.DataFrame]:
        try:
            yield from takewhile(lambda _: not stopped.is_set(), chain([first], rows))
        finally:
            ended.set()

    def stop() -> None:
        # A thread of polars that wants Python while the interpreter ends aborts the process.
        stopped.set()
        ended.wait(timeout=5)

    lazy = register_io_source(lambda *_: until(), schema=first.schema)
    sink = partial(getattr(lazy, f"sink_{form}"), stream, engine="streaming")
    with system_errors(stream.name):
        interruptible(sink, stop=stop)
    stream.flush()
    if os.path.isfile(stream.name):
        scan = getattr(polars, f"scan_{form}")(stream.name, glob=False)
        written, found = ranking.written, scan.select(polars.len()).collect().item()
        if found != written:
            raise ValueError(f"rank_table: of {written} rows only {found} were written")
