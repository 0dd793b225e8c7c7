"""Tables of the user's own, ranked: one road from a file or a frame to a file or a frame."""

from __future__ import annotations

import glob
import io
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType, NoneType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from netscore import checks, layout
from netscore.arrays.plain import is_from
from netscore.metrics import NETSCORE, Metric
from netscore.networks import TABLES, Among, Row, table_among, title
from netscore.output import replacing, temporary_folder
from netscore.tables import frames
from netscore.tables.columns import (
    ColumnChoiceError,
    Options,
    Ranking,
    TableError,
    choose_columns,
    column_called,
    name_of,
    quoted,
)
from netscore.tables.text import SEPARATORS, RankedRows, Several, TextTable, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import polars as pl

    from netscore.output import StrPath
    from netscore.tables.columns import Choices
    from netscore.tables.text import Fits


# What is said of how a file is written, and of which files it can be said.
_SAID: Final = {
    "separator": ((None,), "text"),
    "encoding": ((None,), "text"),
    "skip": ((None, "xlsx"), "text and workbooks"),
    "sheet": (("xlsx",), "a workbook"),
}


def rank_table(
    source: Any,
    target: str | os.PathLike[str] | None = None,
    *,
    accuracy: str | None = None,
    params: str | None = None,
    macs: str | None = None,
    columns: Mapping[str, str] | None = None,
    metric: Metric = NETSCORE,
    alpha: float = 2.0,
    beta: float = 0.5,
    gamma: float = 0.5,
    top: int | None = None,
    pareto: bool = False,
    min_accuracy: float | None = None,
    max_params: float | None = None,
    max_macs: float | None = None,
    among: Any = None,
    signature: bool = False,
    in_parts: bool = False,
    separator: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    skip: int = 0,
    sheet: str | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Any:
    """Rank a table of networks, keeping every row and every column of it.

    ``rank`` comes before the columns, ``netscore`` and ``information_density`` behind, each under
    the first free name (``rank_2``) where the table has that one. Best first, equal scores in the
    order of the table, rows without a score last. The numbers are those of `netscore`,
    `information_density` and `rank` on the whole columns.

    Parameters
    ----------
    source : path, paths, binary file or frame
        A file: .parquet or .pq; .arrow, .feather or .ipc; .xlsx; else text, of which every cell
        stays as it is: CSV with any of four separators, Markdown, JSON or JSON lines, also packed
        with gzip, bzip2 or xz. Several files, a folder or a pattern of text, Parquet or Arrow
        with the same columns are one table. Or a DataFrame of pandas or polars, a LazyFrame, a
        Table of pyarrow.
    target : path, optional
        The file to write; its suffix says the format: those of columns and .xlsx above,
        .csv, .tsv, .json, .md or .markdown, .tex, .html or .htm, .txt. It appears when it is
        complete. An index of pandas that is more than numbers without a name is written as a
        column.
    accuracy, params, macs : str, optional
        ``COLUMN`` or ``COLUMN:UNIT``, as in ``param_count:M``, with the units of the command
        ``netscore rank``. Without it the column is the one with a usual name. Text is read as
        numbers; counts in text may carry a suffix (25.6M) if no unit is said.
    columns : mapping, optional
        The same for accuracy and every cost of `metric` by name, as in ``{"latency":
        "Latency (ms):ms"}``: a unit is the cost's own, alone or after n, u, m, k, M or G.
    metric : Metric, default NETSCORE
        The score.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        Exponents of NetScore; another metric has its own.
    top : int, optional
        Only so many rows, the best of those with a score.
    pareto : bool, default False
        Only the Pareto front of accuracy and two costs, with the ranks among all rows; with
        `top`, the best of it.
    min_accuracy, max_params, max_macs : float, optional
        Rows with a lower accuracy in percent, or a higher count, are cut before the ranking, those
        of `among` too. Rows that lack the figure are not.
    among : str, path, frame or iterable, optional
        Networks to rank those of the source among, as `compare` takes them. Their figures are
        written in the units of the source; their names go to its column of names, or the first
        column that holds no figure, or a new one. A last column says "yes" for them. The source
        is read at once; an index of pandas becomes a column, or is numbered anew.
    signature : bool, default False
        Add a column that says how each score was made, as `netscore.signature` does.
    in_parts : bool, default False
        Rank a CSV file or a LazyFrame that need not fit in memory; polars does it. Files of
        columns are always read so. The result is the same.
    separator : {",", ";", "tab", "|"}, optional
        What stands between the cells of a text file; without it the one under which the header
        has all columns that are looked for.
    decimal : {".", ","}, optional
        The decimal mark of figures in text; without it each column is settled by its cells.
    encoding : str, optional
        The encoding of a text file, if it is not UTF-8 and no byte-order mark says it.
    skip : int, default 0
        So many lines above the names are passed over.
    sheet : str, optional
        The sheet of a workbook, if it is not the first.
    progress : callable, optional
        Called now and then with "read" or "wrote" and the number of rows so far.

    Returns
    -------
    frame or RankedTable
        A frame of the kind of `source`; else, and with a target, a record of what was read and
        written.

    Raises
    ------
    ValueError
        If the table cannot be read or holds fewer rows than it promises, the columns cannot be
        told, a format, a unit or an exponent is wrong, or `top` is not positive.
    TypeError
        If the source is of another kind, a column holds neither numbers nor text, `top` is not
        an integer, or an exponent stands beside another metric.
    ImportError
        If polars is needed and not installed.
    OSError
        If a file cannot be opened or written.

    Warns
    -----
    UserWarning
        Before anything is written, for each column with wrong values (an accuracy outside 0 to
        100, a count that is not positive and finite, text that is no number): how many, the
        first and its position. Their rows have no rank, score and density, and so have, without
        a warning, rows with a missing (empty, null or NaN) figure.
    UnitWarning
        As in `netscore`.

    See Also
    --------
    rank, top, pareto_front : The same for arrays.

    Notes
    -----
    In parts, memory is that of a few million rows, of the `top` rows, or of the front, whatever
    the length of the table. A whole ranking is an external sort: sorted parts are written to a
    temporary folder beside the target (the size of the table, uncompressed) and merged. For
    `top` and `pareto` it takes 8 bytes a row.

    Examples
    --------
    >>> from netscore.tables import rank_table
    >>> print(rank_table("examples/models.csv", params="param_count:M", macs="gflops:GFLOP"))
    Rank  model        top1  param_count  gflops  released  NetScore  %/M params
       1  MobileNetV2  72.0          3.4     0.6  2018         74.21       21.18
       2  ResNet-50    75.3         25.6     7.6  2015         55.19        2.94
       3  VGG-16       71.5        138      30.6  2014         40.93        0.52
    """
    if not isinstance(metric, Metric):
        raise TypeError(f"rank_table: metric must be a Metric, got {checks.shown(metric)}")
    if (alpha, beta, gamma) != (2.0, 0.5, 0.5):
        if metric is not NETSCORE:
            of = f"are the exponents of NETSCORE; {metric.name} has its own"
            raise TypeError(f"rank_table: alpha, beta and gamma {of}")
        checks.only_numbers("rank_table", checks.EXPONENTS, (alpha, beta, gamma))
        metric = NETSCORE.weighing(alpha, beta, gamma)
    if target is not None and not _is_path(target):
        raise TypeError(f"rank_table: target must be a path, got {checks.shown(target)}")
    form = None if target is None else format_of(target)
    choices: dict[str, Any] = {"accuracy": accuracy, "params": params, "macs": macs}
    if not isinstance(columns, (Mapping, NoneType)):
        raise TypeError(f"rank_table: columns must be a mapping, got {checks.shown(columns)}")
    for name, choice in (columns or {}).items():
        if choices.get(name) is not None:
            raise TypeError(f"rank_table: {name} and columns[{name!r}] cannot both be given")
        choices[name] = choice
    for name, choice in choices.items():
        if not isinstance(choice, (str, NoneType)):
            raise TypeError(f"rank_table: {name} must name a column, got {checks.shown(choice)}")
    others = None if among is None else networks_among("rank_table", among)
    wishes = top, pareto, others, signature, in_parts, progress or Options().progress
    said = separator, decimal, encoding, skip, sheet
    options = Options(*wishes, min_accuracy, max_params, max_macs, *said)
    with ExitStack() as stack:
        stream: Any = None
        if target is not None:
            stream = stack.enter_context(replacing(target, binary=form not in layout.FORMATS))
        try:
            ranking = stack.enter_context(ranked(source, choices, metric, options, target))
        except ColumnChoiceError as error:
            raise ColumnChoiceError(f"rank_table: {_in_python(error)}") from None
        except TableError as error:
            raise TableError(_in_python(error)) from None
        for wrong in ranking.wrong():
            checks.warn(f"rank_table: {_in_python(wrong)}; such rows have no score")
        checks.warn_units("rank_table", map(_in_python, ranking.doubts()))
        content = None
        if form is not None:
            write(ranking, stream, form)
        elif isinstance(ranking.result, RankedRows):
            content = list(ranking.result)
        else:
            content = frames.joined(ranking.result)
            if frames.is_frame(source):
                return content.lazy() if hasattr(source, "collect") else content
        ranking.result = content
        # They have served, and neither a file nor a function to call can be pickled.
        del ranking.table, ranking.options
        counts = ranking.rows, ranking.cut, ranking.unscored, ranking.written
        return RankedTable(*counts, tuple(ranking.added), others and others.said, ranking)


def format_of(path: StrPath, wanted: str | None = None) -> str:
    """Return the format of text that is wanted of a file, or else the one that its suffix says."""
    said = layout.format_of(path, SUFFIXES)
    if wanted and said not in (*layout.FORMATS, None):
        raise ValueError(f"rank_table: format {wanted} is not that of {os.fspath(path)!r}")
    if form := wanted or said:
        return form
    known = f"{', '.join(SUFFIXES)}, got {os.fspath(path)!r}"
    raise ValueError(f"rank_table: the suffix of a file must be one of {known}")


SUFFIXES: Final = {**layout.SUFFIXES, **frames.SUFFIXES}
"""The formats of all files that can be written, by the endings of their names."""


def _in_python(said: object) -> str:
    """Return what is said of options in words of Python: where a word follows, --macs is macs=."""
    names = "accuracy|params|macs|separator|decimal|encoding|skip|sheet"
    option = rf"--({names})( (?=COLUMN|N|['\"0-9]))?"
    return re.sub(option, lambda found: found[1] + "=" * bool(found[2]), str(said))


@dataclass(frozen=True)
class RankedTable(layout.Record):
    """What `rank_table` read and wrote; ``str()`` is what ``netscore rank`` prints.

    Attributes
    ----------
    rows : int
        Rows of the source.
    cut : int
        Rows that `min_accuracy`, `max_params` and `max_macs` cut.
    unscored : int
        Other rows without a score, because a figure is missing or wrong.
    written : int
        Rows of the result.
    added : tuple of str
        The names of the columns that were added: rank, score, density, ….
    among : str or None
        What the rows were ranked among: ``60 ImageNet networks of 2012 to 2018``.
    """

    rows: int
    cut: int
    unscored: int
    written: int
    added: tuple[str, ...]
    among: str | None
    _ranking: Ranking

    def __repr__(self) -> str:
        return f"RankedTable(rows={self.rows}, unscored={self.unscored}, written={self.written})"

    def _parts(self) -> list[layout.Table]:
        if self._ranking.result is None:
            return [layout.lines(repr(self))]
        content = self._ranking.result[: layout.PAGE.rows]
        rows = content if isinstance(content, list) else list(rows_of([content]))
        among = [layout.lines(f"ranked among {self.among}")] if self.among else []
        table = layout.Table(self._ranking.on_screen(), rows, self.written - len(rows))
        return [table, *among]

    @property
    def frame(self) -> pl.DataFrame | None:
        """The result as a frame of polars, None if it was written to a file."""
        result: Any = self._ranking.result
        if isinstance(result, list):
            result = frames.joined(frames.of_rows(self._ranking, result))
        return result  # type: ignore[no-any-return]


@contextmanager
def ranked(
    source: Any, choices: Choices, metric: Metric, options: Options, target: StrPath | None = None
) -> Iterator[Ranking]:
    """Read a table and rank it as `rank_table` does, ready to be written.

    Temporary files lie beside the target.
    """
    check(options, metric)
    fits = partial(choose_columns, where="", choices=choices, metric=metric)
    with ExitStack() as stack:
        sources = [source] if frames.is_frame(source) else files(source)
        table = _opened(source, sources, stack, options, fits, target)
        _check_folders(source, sources, table.header)
        ranking = Ranking(table, choices, metric, options)
        folder = ""
        if isinstance(table, frames.Parts):
            folder = stack.enter_context(temporary_folder(target))
        ranking.result = table.ranked(ranking, folder)
        if ranking.doubts():
            rank = ranking.columns[0]
            ranking.columns[0] = rank._replace(heading=f"{rank.heading} (doubtful)")
        yield ranking


def check(options: Options, metric: Metric) -> None:
    """Refuse what is wrong of what is wished, or does not fit together."""
    if options.top is not None:
        checks.positive_integer("rank_table", "top", options.top)
    if options.pareto and len(metric.costs) != 2:
        got = f"{metric.name} has {len(metric.costs)}"
        raise ValueError(f"rank_table: pareto is for accuracy and two costs, and {got}")
    if options.among and options.in_parts:
        raise ValueError("rank_table: among is for a table that is not read in parts")
    if options.among and not metric.is_netscore:
        raise ValueError(f"rank_table: the networks of among have no figures of {metric.name}")
    if options.separator not in (None, *SEPARATORS, *SEPARATORS.values()):
        known = f"{', '.join(SEPARATORS)}, got {options.separator!r}"
        raise ValueError(f"rank_table: separator must be one of {known}")
    if options.decimal not in (None, ".", ","):
        raise ValueError(f"rank_table: decimal must be . or a comma, got {options.decimal!r}")
    if options.skip:
        checks.positive_integer("rank_table", "skip", options.skip)


def write(ranking: Ranking, stream: Any, form: str, **style: Any) -> None:
    """Write what is ranked in a format."""
    result = ranking.result
    if form in frames.SUFFIXES.values():
        as_rows = isinstance(result, RankedRows)
        frames.write(ranking, stream, form, frames.of_rows(ranking, result) if as_rows else result)
    else:
        on = style.get("screen", layout.PIPE)
        columns = ranking.columns if on.width is None else ranking.on_screen()
        layout.write_table(stream, columns, rows_of(result), format=form, **style)


def rows_of(result: Any) -> Iterable[Sequence[Any]]:
    """Return the rows of what is ranked, in frames or not."""
    if isinstance(result, RankedRows):
        return result
    return chain.from_iterable(frames.in_double(frame).iter_rows() for frame in result)


def networks_among(
    function: str,
    among: Any,
    parameter: str = "among",
    choices: Choices = MappingProxyType({}),
    further: Sequence[str] = (),
    said: Options | None = None,
) -> Among:
    """Return the networks to rank among, from a table's name, a path, a frame or their records.

    They have a name; those of files, frames, dicts and tuples are `Row` records, or have besides
    the further columns that there are as attributes. What is `said` of a file is said by options.
    """
    if isinstance(among, Among):
        return among
    read = partial(_read_among, f"{function}: {parameter}", choices, further, said)
    if isinstance(among, str) and among in TABLES:
        return table_among(among)
    known = ", ".join(map(repr, TABLES))
    must = f"{function}: {parameter} must be {known}, a file, a frame or networks"
    if isinstance(among, str) and not os.path.exists(among):
        raise ValueError(f"{must}, and there is no file {among!r}")
    if hasattr(among, "readline") or _is_path(among) or frames.is_frame(among):
        return read(among)
    try:
        networks: list[Any] = [*map(_network, among)]
    except TypeError:
        raise TypeError(f"{must}, got {checks.shown(among)}") from None
    if not networks:
        raise ValueError(f"{function}: {parameter} must hold at least one network, got none")
    if all(isinstance(network, Mapping) for network in networks):
        text = json.dumps([dict(network) for network in networks], default=str)
        stream: Any = io.BytesIO(text.encode())
        stream.name = "the dicts"
        return read(stream)
    figures = [_figures(function, parameter, network) for network in networks]
    # Each is held against the others, as the rows of a table are.
    header: Any = SimpleNamespace(header=Row._fields, place=parameter, numbers=())
    ranking = Ranking(header, {}, NETSCORE, Options())
    ranking.begin()
    ranking.figures([*np.array(figures).T], f"{parameter}: position", range(len(figures)))
    named = title(among if isinstance(among, tuple) else networks)
    return Among(named, networks, figures, (), _doubts(ranking, figures, _without_options))


def _network(network: Any) -> Any:
    """Return a network that is a tuple as a record, and one that is a row of pandas as a dict."""
    if type(network) is tuple and len(network) == len(Row._fields):
        return Row(str(network[0]), *network[1:])
    return network.to_dict() if is_from("pandas", "Series", network) else network


def _doubts(
    ranking: Ranking, figures: Sequence[Sequence[float]], advised: Callable[[str], str]
) -> list[str]:
    """Return which networks look like those in another unit beside the others."""
    beside = checks.doubts_of(NETSCORE.rules, figures)
    return [*map(advised, ranking.doubts_of_columns(beside=beside))]


def _figures(function: str, parameter: str, network: Any) -> tuple[float, ...]:
    try:
        name, *values = (getattr(network, name) for name in Row._fields)
        return checks.only_numbers(function, checks.FIGURES, values)
    except AttributeError:
        got = f"name, accuracy, params and macs, got {checks.shown(network)}"
        raise TypeError(f"{function}: {parameter} must hold networks with {got}") from None
    except (TypeError, ValueError) as error:
        raise type(error)(f"{error} in network {checks.shown(name)}") from None


def _read_among(
    function: str, choices: Choices, further: Sequence[str], said: Options | None, source: Any
) -> Among:
    """Return the networks of a file or a frame, whose columns have usual names or are chosen."""
    advised = _without_options if said is None else str
    try:
        at_once = (said or Options())._replace(among=Among("", (), ()))
        with ranked(source, choices, NETSCORE, at_once) as ranking:
            place, table = ranking.name_place, ranking.table
            figures = list(zip(*(column.tolist() for column in ranking.known)))
            rows = range(len(figures))
            if not figures:
                raise ValueError("there is no network")

            def cells(place: int) -> Sequence[Any]:
                if isinstance(table, TextTable):
                    return [row[place] for row in table.rows(rows)]
                column = table.column(place)
                return column.to_pylist() if hasattr(column, "to_pylist") else list(column)

            for wrong in ranking.wrong():
                checks.warn(f"{function}: {advised(wrong)}; such networks have no score")
            names = rows if place is None else cells(place)
            networks: list[Any] = [Row(name_of(name), *row) for name, row in zip(names, figures)]
            header = list(table.header)
            # In their order, which that of a set is not.
            wanted = [(name, column_called(header, name)) for name in further]
            found = {n: header.index(c) for n, c in wanted if c and n not in Row._fields}
            if others := {name: cells(place) for name, place in found.items()}:
                networks = [
                    SimpleNamespace(**network._asdict(), **dict(zip(others, row)))
                    for network, *row in zip(networks, *others.values())
                ]
            halved = [column.name for column in ranking.measurements if column.unit.flops]
            named = f"{title(networks)} of {called(source)}"
            return Among(named, networks, figures, halved, _doubts(ranking, figures, advised))
    except (TypeError, ValueError) as error:
        what = advised(str(error).removeprefix("rank_table: "))
        raise type(error)(f"{function}: {what}") from None


def _without_options(said: str) -> str:
    """Return what is said of a file, with what to do where it cannot be said how to read it."""
    usual = "name the columns accuracy, params and macs, with the unit as in params_m"
    said = re.sub("(?<=: )(choose|pass) .*|(?<=; )--(accuracy|params|macs) .*", usual, said)
    said = re.sub("; if [a-z ]+: --.*", "", said)
    writes = r"; netscore rank has \2, and writes with --output FILE.json what is read without"
    return re.sub("(.*)(--(?:decimal|encoding|separator|skip))(.*)", rf"\1\2\3{writes}", said)


def _opened(
    source: Any,
    sources: list[Any],
    stack: ExitStack,
    options: Options,
    fits: Fits,
    target: StrPath | None,
) -> TextTable | frames.FrameTable | frames.Parts:
    """Return the rows of a source: what it is, and what the caller says, decide how it is read."""
    a_frame = frames.is_frame(source)
    forms = {layout.format_of(s, frames.SOURCES) if _is_path(s) else None for s in sources}
    for name, (of, words) in _SAID.items():
        if (value := getattr(options, name)) and not forms.issubset(() if a_frame else of):
            raise TableError(f"rank_table: --{name} is for {words}, got {value!r} beside another")
    if a_frame:
        kind = called(source)
        lazy = hasattr(source, "collect")
        if options.in_parts and not lazy:
            raise ValueError(f"rank_table: in_parts is for files and a LazyFrame, got {kind}")
        if lazy or target is not None:
            stack.enter_context(frames.errors(kind))
        if options.in_parts:
            return frames.Parts(source, kind)
        if lazy:
            source = frames.interruptible(source.collect)
        header: list[str] = []
        if target is not None or options.among:
            source, header = frames.in_columns(source)
        if target is not None:
            source = frames.in_polars(source)
        return frames.FrameTable(source, header=header)
    form, names = forms.pop(), [*map(called, sources)]
    if forms or (form == "xlsx" and len(sources) > 1):
        must = "several files must all be text, all Parquet or all Arrow"
        raise ValueError(f"rank_table: {must}, got {', '.join(map(quoted, names[:9]))}")
    if form is None:
        tables = []
        for each, file_name in zip(sources, names):
            if _is_path(each):
                each = stack.enter_context(open(each, "rb"))  # noqa: SIM115 - it is one
            elif not hasattr(each, "readline") or isinstance(each.read(0), str):
                must = f"must be a path, a binary file or a frame, got {checks.shown(each)}"
                raise TypeError(f"rank_table: source {must}")
            elif isinstance(each, io.RawIOBase):  # of which nothing can be put back
                each = io.BufferedReader(each)
                stack.callback(each.detach)
            tables.append(stack.enter_context(opened(each, file_name, options, fits)))
        table = tables[0] if len(tables) == 1 else Several(tables)
        if options.in_parts:
            stack.enter_context(frames.errors(names[0]))
            return frames.Parts(table, names[0])
        return table
    for each, file_name in zip(sources, names):
        with open(each, "rb") as file:  # an error is in Python's words
            if not file.seekable():
                raise ValueError(f"rank_table: {file_name}: a pipe can hold no file of columns")
            head = file.read(4)
            if not head:
                raise ValueError(f"rank_table: {file_name}: the file is empty")
            if head == b"\xff" * 4:
                what = "a stream of Arrow: write it as a file, as pyarrow.feather does"
                raise ValueError(f"rank_table: {file_name}: {what}")
    if form == "xlsx":
        return frames.workbook(sources[0], names[0], options, fits, stack)
    stack.enter_context(frames.errors(names[0]))
    scans = [getattr(frames.polars, f"scan_{form}")(each, glob=False) for each in sources]
    held = sum(map(frames.rows_held, sources)) if form == "ipc" else 0
    together = frames.concatenated(names, scans)
    parts = frames.Parts(together, names[0], held)
    at_once = options.among and frames.interruptible(together.collect)
    return parts if at_once is None else frames.FrameTable(at_once, names[0])


def _check_folders(source: Any, sources: list[Any], header: Sequence[str]) -> None:
    """Refuse files that names of folders tell apart in a column which they lack: space=cell.

    Files of text are refused only where a folder of them is read.
    """
    of_folder = _is_path(source) and os.path.isdir(source)
    paths = [Path(each) for each in sources if _is_path(each)]
    if not of_folder and not all(layout.format_of(path, frames.SUFFIXES) for path in paths):
        return
    held = [{part for part in path.parts[:-1] if "=" in part} for path in paths]
    given = {*Path(source).parts} if of_folder else set.intersection(*held or [set()])
    for folder in sorted(set().union(*held) - given):
        if folder.partition("=")[0] not in header:
            raise ValueError(
                f"rank_table: a column in names of folders, as of {quoted(folder)}, is not in the "
                "files: write it into them, or pass rank_table what polars.scan_parquet makes of "
                "the whole"
            )


def _within(folder: StrPath, known: re.Pattern[str]) -> Iterator[str]:
    """Yield the files in a folder whose names fit, then those in its folders named space=cell."""
    names = sorted(os.listdir(folder))
    yield from filter(
        os.path.isfile, (os.path.join(folder, n) for n in names if known.fullmatch(n))
    )
    for name in names:
        path = os.path.join(folder, name)
        if re.match(r"[^._~].*=", name) and os.path.isdir(path):
            yield from _within(path, known)


def _is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike))


def called(source: Any) -> str:
    """Return what to call a path, a file or a frame in a message."""
    if _is_path(source):
        said = str(source)
    elif frames.is_frame(source):
        said = f"the {type(source).__name__}"
    elif source is getattr(sys.stdin, "buffer", None):
        said = "stdin"
    else:
        said = str(getattr(source, "name", checks.shown(source))).strip("<>")
    return layout.printable(said)


def files(source: Any) -> list[Any]:
    """Return the files of a source: itself, each of a list, those in a folder or of a pattern.

    Of a folder those with a suffix of a table and of nothing else, and not hidden.
    """
    if isinstance(source, (list, tuple)) and source:
        # What is a list again is no file.
        lists = ([each] if isinstance(each, (list, tuple)) else files(each) for each in source)
        return [*chain.from_iterable(lists)]
    if not _is_path(source) or os.path.isfile(source):
        return [source]
    found: list[Any] = []
    if os.path.isdir(source):
        endings = "csv tsv jsonl ndjson parquet pq arrow feather ipc xlsx"
        known = re.compile(rf"[^._~].*\.({endings.replace(' ', '|')})(\.(gz|bz2|xz|zst))?", re.I)
        found = [*_within(source, known)]
        if not found:
            what = f"a folder without tables, whose names end in {', '.join(endings.split())}"
            raise ValueError(f"rank_table: {called(source)} is {what}")
    elif not os.path.exists(source):
        found = sorted(glob.glob(str(source), recursive=True))
    # What is none of them is opened, with Python's own words on it.
    return found or [source]
