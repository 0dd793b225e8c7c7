"""``netscore rank``: a table of the user's own, ranked."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from netscore.cli import options
from netscore.cli.files import reading, writing
from netscore.cli.options import SIGNATURE, UsageError, argument, command, say
from netscore.layout import FORMATS, printable

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.tables.columns import Ranking


@command(
    argument(
        "file",
        metavar="FILE",
        nargs="+",
        help="a line of names first; - is stdin, and a folder stands for its tables",
    ),
    *options.COLUMNS,
    argument("--top", metavar="N", type=options.positive_integer, help="only the N best"),
    argument(
        "--pareto",
        action="store_true",
        help="only the Pareto front of accuracy, params and MACs, with its ranks among all; with "
        "--top the best of it",
    ),
    options.AMONG,
    argument(
        "--with-reference", action="store_const", dest="among", const="chapter", help="among the 60"
    ),
    argument(
        "--in-parts",
        action="store_true",
        help="for a CSV file that does not fit in memory: the same result, by way of polars",
    ),
    argument("--separator", choices=(",", ";", "tab", "|"), help="what stands between cells"),
    argument(
        "--decimal", choices=(".", ","), help="the decimal mark, where cells do not settle it"
    ),
    argument("--encoding", metavar="NAME", help="of a text that is not UTF-8, as windows-1252"),
    argument(
        "--skip",
        metavar="N",
        type=options.positive_integer,
        default=0,
        help="pass over N lines above the names",
    ),
    argument("--sheet", metavar="NAME", help="the sheet of a workbook (default: the first)"),
    argument(
        "--output",
        metavar="FILE",
        help="write there and not to stdout: .csv, .tsv, .json, .md or .markdown, .txt, .parquet "
        "or .pq, .arrow, .feather or .ipc say the format",
    ),
    argument(
        "--format",
        choices=FORMATS,
        help="text is for people; csv and json hold scores in full (default: text on stdout, on "
        "a terminal and in a pipe; in a file what its name says)",
    ),
    SIGNATURE,
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
  that memory does not grow with the file. So is a CSV file with --in-parts.

examples:
  netscore rank models.csv --params param_count:M --macs infer_gmacs:G
  netscore rank models.csv --macs gflops:GFLOP --among chapter --output ranked.md
  netscore rank candidates.parquet --top 1000 --output best.parquet
  netscore rank candidates.csv --in-parts --pareto
  xz -dc models.csv.xz | netscore rank - --format json

In json, an accuracy of 0, which scores minus infinity, has a rank and no netscore.""",
)
def rank(arguments: Namespace) -> int:
    """Rank the file."""
    # Here, because it needs numpy.
    from netscore import checks, tables
    from netscore.metrics import NETSCORE
    from netscore.tables.columns import ColumnChoiceError, Options

    output, wanted = arguments.output, arguments.signature
    form = arguments.format or ("text" if output is None else tables.format_of(output))
    if form is None:
        suffixes = ", ".join(tables.SUFFIXES)
        raise UsageError(f"netscore rank: --output must end in {suffixes}, got {output!r}")
    if arguments.among and arguments.in_parts:
        raise UsageError("netscore rank: --among is for a table that is not read in parts")
    with options.usage_errors(arguments):
        among = arguments.among and tables.networks_among("rank", arguments.among)
        files = tables.files(arguments.file)
    of_columns = tables.frames.source_format_of(files[0]) is not None
    choices = {name: getattr(arguments, name) for name in ("accuracy", "params", "macs")}
    progress = _Progress(quiet=output is None)
    binary = form not in FORMATS
    wishes = Options(
        arguments.top,
        arguments.pareto,
        among,
        wanted if binary else options.signature_is_column(form, wanted=wanted),
        arguments.in_parts,
        progress,
        **{name: getattr(arguments, name) for name in tables.SAID},
    )
    with ExitStack() as stack:
        stack.callback(progress.clear)
        sources, names = zip(*[stack.enter_context(reading(arguments, file)) for file in files])
        stream: Any = options.stdout(form)
        if output is not None:
            stream = stack.enter_context(writing(arguments, output, binary=binary))
        source = files if of_columns else list(sources)
        try:
            ranking = stack.enter_context(
                tables.ranked(source, choices, NETSCORE, wishes, output, names)
            )
            progress.clear()
            _say(ranking)
            checks.warn_units("rank_table", ranking.doubts())
            tables.write(ranking, stream, form, bold=output is None and options.bold())
        except ColumnChoiceError as error:
            raise UsageError(f"netscore rank: {names[0]}: {error}") from None
        except (TypeError, ValueError) as error:
            raise ValueError(str(error).removeprefix("rank_table: ")) from None
        except ImportError as error:
            raise ImportError(str(error).replace("rank_table", "rank")) from None
        if not binary:
            options.write_signature(stream, form, NETSCORE.signature(), wanted=wanted)
    return 1 if ranking.unscored else 0


def _say(ranking: Ranking) -> None:
    """Say how figures were read, and which could not be."""
    for column in ranking.measurements:
        if column.unit.flops:
            say(f"netscore rank: read {printable(column.name)} as FLOPs and halved to MACs")
    for complaint in ranking.complaints:
        say(complaint)
    more = ranking.faults - len(ranking.complaints)
    if more:
        say(f"netscore rank: {more} more {'cell' if more == 1 else 'cells'} without a figure")
    for remedy in ranking.remedies:
        say(f"netscore rank: {remedy}")
    if among := ranking.options.among:
        say(f"netscore rank: ranked among {among.title}")
    if ranking.unscored:
        say(f"netscore rank: {ranking.unscored} of {ranking.rows} rows cannot be scored")


class _Progress:
    """A line on stderr that says how many rows are done, after a second, on a terminal only."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._start = time.monotonic()
        self._width = 0

    def __call__(self, did: str, rows: int) -> None:
        quiet = self._quiet and did == "wrote"
        if not quiet and sys.stderr.isatty() and time.monotonic() - self._start > 1:
            text = f"netscore rank: {did} {rows:,} rows"
            self._width = max(self._width, len(text))
            print(f"\r{text:{self._width}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Blank the line."""
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=sys.stderr, flush=True)
            self._width = 0
