"""``netscore rank``: a table of the user's own, ranked."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from netscore.commands.arguments import UsageError, add_signature, positive_integer
from netscore.commands.files import reading, writing
from netscore.commands.printing import (
    bold,
    say,
    sentence,
    signature_is_column,
    stdout,
    write_signature,
)
from netscore.networks import load_networks
from netscore.signatures import signature
from netscore.tables import FORMATS, Column, printable, write_table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType

    from netscore.commands.arguments import Commands
    from netscore.csv_ranking import Measurement

_SUFFIXES: Final = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
}
# Beyond this a CSV file is not held in memory where polars can read it in parts.
_LARGE: Final = 256 * 2**20


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "rank",
        help="your own table, ranked",
        description="Rank the networks of a CSV, Parquet or Arrow file. Every row and column is "
        "kept; rank,\nnetscore and information_density are added. A row that cannot be scored is "
        "named on\nstderr, stays at the end without a score, and makes the exit code 1.",
        epilog="""\
columns:
  Without an option, a column is found by its usual name (top1, accuracy, params,
  param_count, macs, gmacs, ...) if just one column has such a name. A name may
  state its unit (params_m, gmacs, top1_percent); all others are read as percent
  and as plain counts, whose cells may carry a suffix (25.6M). With a unit said,
  cells are plain numbers. Figures named as FLOPs are never taken for MACs unasked.

units, after the last colon of COLUMN:UNIT:
  accuracy   percent, fraction
  params     K, M, G or B, T
  macs       K, M, G, T, alone or as GMAC; GFLOP is halved: 1 MAC is 2 FLOPs

large files:
  Parquet (.parquet, .pq) and Arrow (.arrow, .feather, .ipc) need polars:
  pip install 'netscore[frames]'. They are read, sorted and written in parts, so
  that memory does not grow with the file. So is a CSV file of more than 256 MiB
  that is written to a .csv, if polars is installed. In files read in parts, rows
  that cannot be scored are counted, and the first of each column is named.

examples:
  netscore rank models.csv --params param_count:M --macs infer_gmacs:G
  netscore rank models.csv --macs gflops:GFLOP --with-reference --output ranked.md
  netscore rank candidates.parquet --top 1000 --output best.parquet
  netscore rank candidates.parquet --pareto
  xz -dc models.csv.xz | netscore rank - --format json

In json, an accuracy of 0, which scores minus infinity, has a rank and no netscore.""",
    )
    parser.add_argument("file", metavar="FILE", help="a line of names first in CSV; - is stdin")
    parser.add_argument("--accuracy", metavar="COLUMN[:UNIT]", help="column of top-1 accuracy")
    parser.add_argument("--params", metavar="COLUMN[:UNIT]", help="column of parameters")
    parser.add_argument("--macs", metavar="COLUMN[:UNIT]", help="column of multiply-accumulates")
    parser.add_argument(
        "--top", metavar="N", type=positive_integer, help="only the N best, without sorting all"
    )
    parser.add_argument(
        "--pareto",
        action="store_true",
        help="only the Pareto front of accuracy, params and MACs, with its ranks among all; with "
        "--top the best of it",
    )
    parser.add_argument(
        "--with-reference", action="store_true", help="rank them among the 60 reference networks"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="write there and not to stdout: .csv, .json, .md or .markdown, .txt, .parquet or "
        ".pq, .arrow, .feather or .ipc say the format, any other name means csv",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="text is for people; csv and json hold scores in full (default: text on stdout, on "
        "a terminal and in a pipe; in a file what its name says)",
    )
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Rank the file."""
    # Here, because it needs numpy.
    from netscore.csv_ranking import ColumnChoiceError

    try:
        unscored = _in_parts(arguments) if _goes_in_parts(arguments) else _at_once(arguments)
    except ColumnChoiceError as error:
        file = "stdin" if arguments.file == "-" else printable(arguments.file)
        raise UsageError(f"netscore rank: {file}: {error}") from None
    return 1 if unscored else 0


def _at_once(arguments: Namespace) -> int:
    """Rank a CSV file in memory; return how many rows have no score."""
    from netscore.csv_ranking import Ranking, read_csv

    with reading(arguments, arguments.file) as (stream, file), _Progress() as progress:
        table = read_csv(
            stream,
            file,
            accuracy=arguments.accuracy,
            params=arguments.params,
            macs=arguments.macs,
            progress=partial(progress, "read"),
        )
    _say_halved(table.measurements)
    for complaint in table.complaints():
        say(complaint)
    _say_unscored(table.unscored, len(table))
    as_column = signature_is_column(_form(arguments), wanted=arguments.signature)
    with _Progress(quiet=arguments.output is None) as progress:
        ranking = Ranking(
            table,
            load_networks() if arguments.with_reference else (),
            partial(progress, "wrote"),
            signature() if as_column else None,
            top=arguments.top,
            pareto=arguments.pareto,
        )
        _write(arguments, ranking.columns, ranking)
    return table.unscored


def _in_parts(arguments: Namespace) -> int:
    """Rank a file that need not fit in memory; return how many rows have no score."""
    from netscore.csv_ranking import ColumnChoiceError
    from netscore.frame_ranking import rank_file

    if arguments.file == "-":
        raise UsageError(f"netscore rank: stdin cannot be ranked into {arguments.output}")
    if arguments.with_reference:
        raise UsageError("netscore rank: --with-reference is for a CSV file and a table as text")
    form, target = _form(arguments), None
    if form == "frames" or (form == "csv" and _suffix(arguments.output) == ".csv"):
        form, target = "csv", arguments.output
    # Whether both files can be opened, in the words of every other command.
    with reading(arguments, arguments.file):
        pass
    if target is not None and not os.path.isdir(os.path.dirname(os.path.realpath(target))):
        raise UsageError(f"netscore rank: cannot open {target}: no such folder")
    with _Progress(quiet=arguments.output is None) as progress:
        try:
            ranking = rank_file(
                arguments.file,
                target,
                accuracy=arguments.accuracy,
                params=arguments.params,
                macs=arguments.macs,
                top=arguments.top,
                pareto=arguments.pareto,
                signature=signature_is_column(form, wanted=arguments.signature),
                progress=progress,
            )
        except ColumnChoiceError:
            raise
        except (TypeError, ValueError) as error:
            raise ValueError(sentence(error)) from None
        except ImportError as error:
            raise ImportError(str(error).replace("rank_file", "a Parquet or Arrow file")) from None
    _say_halved(ranking.columns)
    _say_unscored(ranking.unscored, ranking.rows)
    if ranking.frame is not None:
        frame = ranking.frame
        _, score, density, *_ = ranking.added
        shows: dict[str, Callable[[Any], str]] = dict.fromkeys((score, density), "{:.2f}".format)
        measured = {column.name for column in ranking.columns}
        columns = [
            Column(name, name, shows.get(name, str), dtype.is_numeric() or name in measured)
            for name, dtype in frame.schema.items()
        ]
        _write(arguments, columns, frame.rows())
    return ranking.unscored


def _goes_in_parts(arguments: Namespace) -> bool:
    """Whether the file is read in parts, by polars."""
    form, file = _form(arguments), arguments.file
    if form == "frames" or _is_frame(file):
        return True
    large = _suffix(file) == ".csv" and os.path.isfile(file) and os.path.getsize(file) > _LARGE
    to_csv = form == "csv" and _suffix(arguments.output) == ".csv" and not arguments.with_reference
    return large and to_csv and find_spec("polars") is not None


def _write(arguments: Namespace, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Write a ranking as text, CSV, JSON or Markdown, to stdout or to a file."""
    form, output = _form(arguments), arguments.output
    target = nullcontext(stdout(form)) if output is None else writing(arguments, output)
    with target as stream:
        write_table(stream, columns, rows, format=form, bold=output is None and bold())
        write_signature(stream, form, signature(), wanted=arguments.signature)


def _say_halved(measurements: Iterable[Measurement]) -> None:
    for column in measurements:
        if column.unit.flops:
            name = printable(column.name)
            say(f"netscore rank: read {name} as FLOPs and halved to MACs")


def _say_unscored(unscored: int, rows: int) -> None:
    if unscored:
        say(f"netscore rank: {unscored} of {rows} rows cannot be scored")


def _form(arguments: Namespace) -> str:
    """Return the format of the output; "frames" for Parquet and Arrow, which only files have."""
    if arguments.output is None or arguments.format:
        return arguments.format or "text"
    if _is_frame(arguments.output):
        return "frames"
    return _SUFFIXES.get(_suffix(arguments.output), "csv")


def _is_frame(path: str) -> bool:
    """Whether the name is that of a Parquet or Arrow file."""
    # Here, because it needs numpy.
    from netscore.frame_ranking import FORMATS

    return FORMATS.get(_suffix(path), "csv") != "csv"


def _suffix(path: str | None) -> str:
    return os.path.splitext(path or "")[1].lower()


class _Progress:
    """A line on stderr that says how many rows are done, after a second, on a terminal only."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._start = time.monotonic()
        self._width = 0

    def __enter__(self) -> _Progress:
        return self

    def __call__(self, did: str, rows: int) -> None:
        if self._quiet and did == "wrote":
            return
        if sys.stderr.isatty() and time.monotonic() - self._start > 1:
            text = f"netscore rank: {did} {rows:,} rows"
            self._width = max(self._width, len(text))
            print(f"\r{text:{self._width}}", end="", file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=sys.stderr, flush=True)
