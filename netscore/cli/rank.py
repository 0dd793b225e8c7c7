"""``netscore rank``: a table of the user's own, ranked."""

from __future__ import annotations

import re
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netscore import checks
from netscore.cli import options
from netscore.cli.options import Arguments, UsageError, say, usage_errors
from netscore.layout import FORMATS, counted, distinct
from netscore.metrics import Metric
from netscore.output import replacing

if TYPE_CHECKING:
    from netscore.tables.columns import Ranking


def rank(arguments: Arguments) -> int:
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
    with usage_errors():
        form = arguments.format or "text"
        if output is not None:
            form = tables.format_of(output, arguments.format)
        files = tables.files(arguments.file)
        if [*files, arguments.among].count(sys.stdin.buffer) > 1:
            raise ValueError("- is stdin, which can be read only once")
        among = arguments.among and tables.networks_among("rank", arguments.among)
        metric, choices = _metric(arguments)
        progress = _Progress(quiet=output is None)
        binary = form not in FORMATS
        column = wanted if binary else options.signature_is_column(form, wanted=wanted)
        given = options.said(arguments, Options._fields)
        wishes = Options(**given | {"among": among, "progress": progress, "signature": column})
        tables.check(wishes, metric)
    with ExitStack() as stack:
        stack.callback(progress.clear)
        stream: Any = options.stdout(form)
        if output is not None:
            stream = stack.enter_context(replacing(output, binary=binary))
        try:
            ranking = stack.enter_context(tables.ranked(files, choices, metric, wishes, output))
            progress.clear()
            _say(ranking)
            checks.warn_units("rank_table", ranking.doubts())
            on = options.screen(stream, arguments)
            style = options.said(arguments, options.OF_STYLE)
            tables.write(ranking, stream, form, screen=on, **style)
        except ColumnChoiceError as error:
            said = re.sub(r"columns\['.*?'\]", "--cost", str(error))
            raise UsageError(f"{tables.called(files[0])}: {said}") from None
        if not binary:
            options.write_signature(stream, form, metric.signature(), wanted=wanted)
    return 1 if ranking.unscored else 0


def _metric(arguments: Arguments) -> tuple[Metric, dict[str, str | None]]:
    """Return the score, and the columns that are chosen for its figures."""
    if not arguments.cost:
        choices = options.said(arguments, ("accuracy", "params", "macs"))
        return options.weighing("rank", arguments), choices
    others = ("params", "macs", "max_params", "max_macs", "beta", "gamma")
    options.refuse(arguments, others, "is of NetScore and not beside --cost")
    chosen, given = zip(*arguments.cost)
    names = distinct([cost.name for cost in given])
    costs = [replace(cost, name=name) for cost, name in zip(given, names)]
    # The unit is said for the whole column.
    columns = {cost.name: f"{column}:{cost.unit}" for column, cost in zip(chosen, costs)}
    alpha = options.exponents(arguments)["alpha"]
    return Metric("weighted_score", costs, alpha), {"accuracy": arguments.accuracy, **columns}


def _say(ranking: Ranking) -> None:
    """Say how figures were read, and which could not be."""
    options.say_halved("rank", [c.name for c in ranking.measurements if c.unit.flops])
    for complaint in ranking.complaints:
        say(complaint)
    more, among = ranking.faults - len(ranking.complaints), ranking.options.among
    said = [f"{counted(more, 'more cell')} without a figure"] * bool(more)
    said += ranking.remedies
    said += [f"ranked among {among.said}"] if among else []
    cut, unscored, of = ranking.cut, ranking.unscored, f"of {counted(ranking.rows, 'row')}"
    said += [f"cut: {cut} {of}, as beyond the bounds"] * bool(cut)
    said += [f"{unscored} {of} cannot be scored"] * bool(unscored)
    for line in said:
        say(f"netscore rank: {line}")


class _Progress:
    """A line on stderr that says how many rows are done, after a second, on a terminal only."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._start, self._width = quiet, time.monotonic(), 0

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
