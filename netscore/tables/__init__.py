"""Tables of the user's own, ranked: one road from a file or a frame to a file or a frame."""

from __future__ import annotations

import io
import os
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from netscore import checks, layout
from netscore.metrics import NETSCORE, Metric
from netscore.networks import load_networks
from netscore.output import replacing, temporary_folder
from netscore.tables import frames
from netscore.tables.columns import ColumnChoiceError, Options, Ranking
from netscore.tables.text import RankedRows, TextTable, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import polars as pl

    from netscore.networks import Network


_SHOWN: Final = 20


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
    among: str | Iterable[Network] | None = None,
    signature: bool = False,
    in_parts: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> Any:
    """Rank a table of networks, keeping every row and every column of it.

    ``rank`` comes before the columns, ``netscore`` and ``information_density`` behind, each under
    the first free name (``rank_2``) where the table has that one. Best first, equal scores in the
    order of the table, rows without a score last. The numbers are those of `netscore`,
    `information_density` and `rank` on the whole columns.

    Parameters
    ----------
    source : path, binary file or frame
        A file: .parquet or .pq; .arrow, .feather or .ipc; else CSV, of which every cell stays the
        text that it is. Or a DataFrame of pandas or polars, a LazyFrame, a Table of pyarrow.
    target : path, optional
        The file to write; its suffix says the format: those above but .csv, and .csv, .tsv,
        .json, .md or .markdown, .txt. It appears when it is complete. An index of pandas that
        is more than numbers without a name is written as a column.
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
    among : "chapter" or networks, optional
        Networks to rank those of a CSV file among: the 60, or others of that kind. Their figures
        are written in the units of the file; their names go to its column of names, or the first
        column that holds no figure, or a new one. A last column says "yes" for them.
    signature : bool, default False
        Add a column that says how each score was made, as `netscore.signature` does.
    in_parts : bool, default False
        Rank a CSV file or a LazyFrame that need not fit in memory; polars does it. Files of
        columns are always read so. The result is the same.
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
    `top` and `pareto` the table is read twice.

    Examples
    --------
    >>> from netscore.tables import rank_table
    >>> print(rank_table("examples/models.csv", params="param_count:M", macs="gflops:GFLOP"))
    rank  model        top1  param_count  gflops  released  netscore  information_density
       1  MobileNetV2  72.0          3.4     0.6  2018         74.21                21.18
       2  ResNet-50    75.3         25.6     7.6  2015         55.19                 2.94
       3  VGG-16       71.5          138    30.6  2014         40.93                 0.52
    """
    if not isinstance(metric, Metric):
        raise TypeError(f"rank_table: metric must be a Metric, got {checks.shown(metric)}")
    if (alpha, beta, gamma) != (2.0, 0.5, 0.5):
        if metric is not NETSCORE:
            raise TypeError(
                "rank_table: alpha, beta and gamma are the exponents of NETSCORE; "
                f"{metric.name} has its own"
            )
        checks.only_numbers("rank_table", checks.EXPONENTS, (alpha, beta, gamma))
        metric = NETSCORE.weighing(alpha, beta, gamma)
    form = None if target is None else format_of(target)
    if target is not None and form is None:
        raise ValueError(
            f"rank_table: the suffix of a file must be one of {', '.join(SUFFIXES)}, "
            f"got {os.fspath(target)!r}"
        )
    choices = {"accuracy": accuracy, "params": params, "macs": macs, **(columns or {})}
    for name, choice in choices.items():
        if not isinstance(choice, (str, NoneType)):
            raise TypeError(f"rank_table: {name} must name a column, got {checks.shown(choice)}")
    options = Options(top, pareto, among, signature, in_parts, progress or Options().progress)
    with ExitStack() as stack:
        stream: Any = None
        if target is not None:
            stream = stack.enter_context(replacing(target, binary=form not in layout.FORMATS))
        try:
            ranking = stack.enter_context(ranked(source, choices, metric, options, target))
        except ColumnChoiceError as error:
            # Where a word follows, --macs is macs=, else macs.
            said = re.sub(r"--(accuracy|params|macs)( (?=COLUMN|'))?", _in_python, str(error))
            raise ColumnChoiceError(f"rank_table: {said}") from None
        for wrong in ranking.wrong():
            checks.warn(f"rank_table: {wrong}; such rows have no score")
        checks.warn_units("rank_table", ranking.doubts())
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
        counts = ranking.rows, ranking.unscored, ranking.written
        return RankedTable(*counts, tuple(ranking.added), ranking)


def format_of(path: str | os.PathLike[str]) -> str | None:
    """Return the format that the suffix of a file's name says, None for no or another suffix."""
    return layout.format_of(path) or frames.format_of(path)


SUFFIXES: Final = (*(s for w in layout.WRITERS.values() for s in w.suffixes), *frames.SUFFIXES)
"""The endings of the names of all files that can be written."""


def _in_python(option: re.Match[str]) -> str:
    return option[1] + "=" * bool(option[2])


@dataclass(frozen=True, repr=False)
class RankedTable:
    """What `rank_table` read and wrote; ``str()`` is the table, or its first rows.

    Attributes
    ----------
    rows : int
        Rows of the source.
    unscored : int
        Rows without a score, because a figure is missing or wrong.
    written : int
        Rows of the result.
    added : tuple of str
        The names of the columns that were added: rank, score, density, ….
    """

    rows: int
    unscored: int
    written: int
    added: tuple[str, ...]
    _ranking: Ranking

    def __repr__(self) -> str:
        return f"RankedTable(rows={self.rows}, unscored={self.unscored}, written={self.written})"

    def __str__(self) -> str:
        if self._ranking.result is None:
            return repr(self)
        content = self._ranking.result[:_SHOWN]
        rows = content if isinstance(content, list) else content.rows()
        stream = io.StringIO()
        layout.write_table(stream, self._ranking.columns, rows)
        more = self.written - len(rows)
        return stream.getvalue()[:-1] + (f"\n{more} more" if more else "")

    @property
    def frame(self) -> pl.DataFrame | None:
        """The result as a frame of polars, None if it was written to a file."""
        result: Any = self._ranking.result
        if isinstance(result, list):
            result = frames.joined(frames.of_rows(self._ranking, result))
        return result  # type: ignore[no-any-return]


@contextmanager
def ranked(
    source: Any,
    choices: Mapping[str, str | None],
    metric: Metric,
    options: Options,
    target: str | os.PathLike[str] | None = None,
    name: str | None = None,
) -> Iterator[Ranking]:
    """Read a table and rank it as `rank_table` does, ready to be written.

    Temporary files lie beside the target. The name is what to call the source in messages.
    """
    if options.top is not None:
        checks.positive_integer("rank_table", "top", options.top)
    if options.pareto and len(metric.costs) != 2:
        raise ValueError(
            f"rank_table: pareto is for accuracy and two costs, and {metric.name} has "
            f"{len(metric.costs)}"
        )
    networks = _networks(options.among, metric)
    with ExitStack() as stack:
        table = _opened(source, stack, options.in_parts, target, name)
        if networks and not isinstance(table, TextTable):
            raise ValueError("rank_table: among is for a CSV file that is not read in parts")
        ranking = Ranking(table, choices, metric, options, networks)
        if isinstance(table, TextTable):
            ranking.result = RankedRows(table, ranking)
        elif isinstance(table, frames.Parts):
            folder = stack.enter_context(temporary_folder(target))
            ranking.result = table.ranked(ranking, folder)
        else:
            ranking.result = [table.ranked(ranking)]
            ranking.wrote(len(ranking.result[0]))
        yield ranking


def write(ranking: Ranking, stream: Any, form: str, *, bold: bool = False) -> None:
    """Write what is ranked in a format."""
    result = ranking.result
    as_rows = isinstance(result, RankedRows)
    if form in frames.FORMATS:
        frames.write(ranking, stream, form, frames.of_rows(ranking, result) if as_rows else result)
    else:
        if not as_rows:
            result = chain.from_iterable(frame.iter_rows() for frame in result)
        layout.write_table(stream, ranking.columns, result, format=form, bold=bold)


def _networks(among: str | Iterable[Network] | None, metric: Metric) -> list[Network]:
    """Return the networks to rank among."""
    if among is None:
        return []
    if isinstance(among, str) and among != "chapter":
        raise ValueError(f"rank_table: among must be 'chapter' or networks, got {among!r}")
    if not metric.is_netscore:
        raise ValueError(f"rank_table: the networks of among have no figures of {metric.name}")
    return list(load_networks() if isinstance(among, str) else among)


def _opened(
    source: Any,
    stack: ExitStack,
    in_parts: bool,
    target: str | os.PathLike[str] | None,
    name: str | None,
) -> TextTable | frames.FrameTable | frames.Parts:
    """Return the rows of a source: what it is, and what the caller says, decide how it is read."""
    kind = f"the {type(source).__name__}"
    path = isinstance(source, (str, os.PathLike))
    name = name or layout.printable(str(source if path else getattr(source, "name", kind)))
    if frames.is_frame(source):
        lazy = hasattr(source, "collect")
        if in_parts and not lazy:
            raise ValueError(f"rank_table: in_parts is for files and a LazyFrame, got {kind}")
        if lazy or target is not None:
            stack.enter_context(frames.errors(kind))
        if in_parts:
            return frames.Parts(source, kind)
        if lazy:
            source = frames.interruptible(source.collect)
        if target is not None:
            source = frames.load_polars().DataFrame(frames.with_index(source))
        return frames.FrameTable(source)
    if path:
        form = frames.format_of(source)
        if form is not None:
            with open(source, "rb") as file:  # an error is in Python's words
                if not file.seekable():
                    raise ValueError(f"rank_table: {name}: a pipe can hold no file of columns")
            stack.enter_context(frames.errors(name))
            scan = getattr(frames.load_polars(), f"scan_{form}")
            return frames.Parts(scan(source, glob=False), name)
        source = stack.enter_context(open(source, "rb"))  # noqa: SIM115 - it is one
    elif not hasattr(source, "readline") or isinstance(source, io.TextIOBase):
        got = checks.shown(source)
        raise TypeError(f"rank_table: source must be a path, a binary file or a frame, got {got}")
    table = stack.enter_context(opened(source, name))
    if in_parts:
        stack.enter_context(frames.errors(name))
        return frames.Parts(table, name)
    return table
