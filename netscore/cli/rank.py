"""``netscore rank``: a table of the user's own, ranked."""

from __future__ import annotations

import argparse
import re
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from netscore import checks
from netscore.cli import options
from netscore.cli.files import reading, writing
from netscore.cli.options import SIGNATURE, UsageError, argument, command, say
from netscore.layout import FORMATS, printable
from netscore.metrics import NETSCORE, Cost, Metric

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from netscore.tables.columns import Ranking


def _cost(text: str) -> tuple[str, Cost]:
    """Read a column, the unit of its figures and the exponent of its cost."""
    column, _, rest = text.rpartition(":")
    unit, _, exponent = rest.rpartition("^")
    if not column or not unit:
        said = f"must be COLUMN:UNIT^EXPONENT, as in latency:ms^0.5, got {text!r}"
        raise argparse.ArgumentTypeError(said)
    name = re.sub(r"\A[^A-Za-z]+|[^A-Za-z0-9_-]+", "-", column).strip("-") or "cost"
    return column, Cost(name, unit, options.number(exponent))


def _bound(rule: checks.Rule, read: Callable[[str], float]) -> Callable[[str], float]:
    """Return what reads a bound, which may be what the figures that are held against it may."""

    def bound(text: str) -> float:
        value = read(text)
        if not rule.allows(value):
            raise argparse.ArgumentTypeError(f"must be {rule.must}, got {text!r}")
        return value

    return bound


@command(
    argument(
        "file",
        metavar="FILE",
        nargs="+",
        help="a line of names first; - is stdin, and a folder stands for its tables",
    ),
    *options.COLUMNS,
    argument(
        "--cost",
        metavar="COLUMN:UNIT^EXPONENT",
        type=_cost,
        action="append",
        help="a cost in place of params and MACs, as in latency:ms^0.5; once for each. Such a "
        "score is no NetScore",
    ),
    *options.exponent_options(""),
    argument(
        "--min-accuracy",
        metavar="A",
        type=_bound(checks.ACCURACY, options.number),
        help="cut what is below, in percent",
    ),
    *(
        argument(name, metavar="N", type=_bound(rule, options.quantity), help="cut what has more")
        for name, rule in (("--max-params", checks.PARAMS), ("--max-macs", checks.MACS))
    ),
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
        "or .pq, .arrow, .feather or .ipc, .tex, .html or .htm, .xlsx say the format",
    ),
    argument(
        "--format",
        choices=FORMATS,
        help="text is for people; csv and json hold scores in full (default: text on stdout, on "
        "a terminal and in a pipe; in a file what its name says)",
    ),
    options.ALL,
    SIGNATURE,
    *options.STYLE,
)
def rank(arguments: Namespace) -> int:
    """Your own table, ranked: the networks of a CSV, Parquet or Arrow file.

    Every row and column is kept; rank, netscore and information_density are added. A row that
    cannot be scored is named on stderr, stays at the end without a score, and makes the exit
    code 1.

    columns:
      Without an option, a column is found by its usual name (top1, accuracy, params,
      param_count, macs, gmacs, ...) if just one column has such a name. A name may
      state its unit (params_m, gmacs, top1_percent); all others are read as percent
      and as plain counts, whose cells may carry a unit (25.6M). Where a unit is said,
      that of a cell must agree. Figures named as FLOPs are never taken for MACs unasked.

    units, after the last colon of COLUMN:UNIT:
      accuracy   percent, fraction, error (100 minus it)
      params     K, M, G or B, T
      macs       K, M, G, T, alone or as GMAC; GFLOP is halved: 1 MAC is 2 FLOPs

    large files:
      Parquet (.parquet, .pq) and Arrow (.arrow, .feather, .ipc) need polars:
      pip install 'netscore[frames]'. They are read, sorted and written in parts, so
      that memory does not grow with the file. So is a CSV file with --in-parts.

    for example:
      netscore rank models.csv --params param_count:M --macs infer_gmacs:G
      netscore rank models.csv --macs gflops:GFLOP --among chapter --output ranked.md
      netscore rank candidates.parquet --top 1000 --output best.parquet
      netscore rank candidates.csv --in-parts --pareto --max-params 5M
      netscore rank phones.csv --cost latency:ms^0.5 --cost memory:MiB^0.25
      netscore rank models.csv --output table.tex --best-bold
      xz -dc models.csv.xz | netscore rank - --format json

    In json, an accuracy of 0, which scores minus infinity, has a rank and no netscore.
    """
    # Here, because it needs numpy.
    from netscore import tables
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
        metric, choices = _metric(arguments)
    of_columns = any(map(tables.frames.source_format_of, files))
    progress = _Progress(quiet=output is None)
    binary = form not in FORMATS
    column = wanted if binary else options.signature_is_column(form, wanted=wanted)
    given = {name: getattr(arguments, name, None) for name in Options._fields}
    wishes = Options(**given | {"among": among, "signature": column, "progress": progress})
    with ExitStack() as stack:
        stack.callback(progress.clear)
        sources, names = zip(*[stack.enter_context(reading(arguments, file)) for file in files])
        stream: Any = options.stdout(form)
        if output is not None:
            stream = stack.enter_context(writing(arguments, output, binary=binary))
        source = files if of_columns else list(sources)
        try:
            ranking = stack.enter_context(
                tables.ranked(source, choices, metric, wishes, output, names)
            )
            progress.clear()
            _say(ranking)
            checks.warn_units("rank_table", ranking.doubts())
            on = options.screen(stream, arguments)
            tables.write(ranking, stream, form, screen=on, **options.style(arguments))
        except ColumnChoiceError as error:
            said = re.sub(r"columns\['.*?'\]", "--cost", str(error))
            raise UsageError(f"netscore rank: {names[0]}: {said}") from None
        except (TypeError, ValueError) as error:
            raise ValueError(str(error).removeprefix("rank_table: ")) from None
        except ImportError as error:
            raise ImportError(str(error).replace("rank_table", "rank")) from None
        if not binary:
            options.write_signature(stream, form, metric.signature(), wanted=wanted)
    return 1 if ranking.unscored else 0


def _metric(arguments: Namespace) -> tuple[Metric, dict[str, str | None]]:
    """Return the score, and the columns that are chosen for its figures."""
    alpha, beta, gamma = options.exponents(arguments).values()
    choices = {name: getattr(arguments, name) for name in ("accuracy", "params", "macs")}
    if not arguments.cost:
        checks.only_numbers("rank", checks.EXPONENTS, (alpha, beta, gamma))
        return NETSCORE.weighing(alpha, beta, gamma), choices
    others = dict.fromkeys(("params", "macs", "max_params", "max_macs"))
    options.refuse(
        arguments, others | {"beta": 0.5, "gamma": 0.5}, "is of NetScore and not beside --cost"
    )
    columns = {cost.name: column for column, cost in arguments.cost}
    costs = [cost for _, cost in arguments.cost]
    return Metric("weighted_score", costs, alpha), {"accuracy": arguments.accuracy, **columns}


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
    if ranking.cut:
        say(f"netscore rank: cut: {ranking.cut} of {ranking.rows} rows, as beyond the bounds")
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
