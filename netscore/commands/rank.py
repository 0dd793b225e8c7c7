"""``netscore rank``: a table of the user's own, ranked."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from netscore.commands.arguments import UsageError, add_signature
from netscore.commands.files import reading, writing
from netscore.commands.printing import bold, say, signature_is_column, stdout, write_signature
from netscore.networks import load_networks
from netscore.signatures import signature
from netscore.tables import FORMATS, printable, write_table

if TYPE_CHECKING:
    from argparse import Namespace
    from types import TracebackType

    from netscore.commands.arguments import Commands

_SUFFIXES: Final = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
}


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "rank",
        help="your own table, ranked",
        description="Rank the networks of a CSV file. Every row and column is kept; rank, "
        "netscore and\ninformation_density are added. A row that cannot be scored is named on "
        "stderr, stays\nat the end without a score, and makes the exit code 1.",
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

examples:
  netscore rank models.csv --params param_count:M --macs infer_gmacs:G
  netscore rank models.csv --macs gflops:GFLOP --with-reference --output ranked.md
  xz -dc models.csv.xz | netscore rank - --format json

In json, an accuracy of 0, which scores minus infinity, has a rank and no netscore.""",
    )
    parser.add_argument("file", metavar="FILE", help="CSV file with a line of names; - is stdin")
    parser.add_argument("--accuracy", metavar="COLUMN[:UNIT]", help="column of top-1 accuracy")
    parser.add_argument("--params", metavar="COLUMN[:UNIT]", help="column of parameters")
    parser.add_argument("--macs", metavar="COLUMN[:UNIT]", help="column of multiply-accumulates")
    parser.add_argument(
        "--with-reference", action="store_true", help="rank them among the 60 reference networks"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="write there and not to stdout: .csv, .json, .md or .markdown, .txt say the format, "
        "any other name means csv",
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
    from netscore.csv_ranking import ColumnChoiceError, Ranking, read_csv

    output = arguments.output
    form = arguments.format or ("text" if output is None else _form_of(output))
    with reading(arguments, arguments.file) as (stream, file), _Progress("read") as progress:
        try:
            table = read_csv(
                stream,
                file,
                accuracy=arguments.accuracy,
                params=arguments.params,
                macs=arguments.macs,
                progress=progress,
            )
        except ColumnChoiceError as error:
            raise UsageError(f"netscore rank: {file}: {error}") from None
    for column in table.measurements:
        if column.unit.flops:
            name = printable(column.name)
            say(f"netscore rank: read {name} as FLOPs and halved to MACs")
    for complaint in table.complaints():
        say(complaint)
    if table.unscored:
        say(f"netscore rank: {table.unscored} of {len(table)} rows cannot be scored")
    target = nullcontext(stdout(form)) if output is None else writing(arguments, output)
    with target as stream, _Progress("wrote", quiet=output is None) as progress:
        ranking = Ranking(
            table,
            load_networks() if arguments.with_reference else (),
            progress,
            signature() if signature_is_column(form, wanted=arguments.signature) else None,
        )
        write_table(stream, ranking.columns, ranking, format=form, bold=output is None and bold())
        write_signature(stream, form, signature(), wanted=arguments.signature)
    return 1 if table.unscored else 0


def _form_of(path: str) -> str:
    return _SUFFIXES.get(os.path.splitext(path)[1].lower(), "csv")


class _Progress:
    """A line on stderr that says how many rows are done, after a second, on a terminal only."""

    def __init__(self, did: str, *, quiet: bool = False) -> None:
        self._did = did
        self._active = sys.stderr.isatty() and not quiet
        self._start = time.monotonic()
        self._width = 0

    def __enter__(self) -> _Progress:
        return self

    def __call__(self, rows: int) -> None:
        if self._active and time.monotonic() - self._start > 1:
            text = f"netscore rank: {self._did} {rows:,} rows"
            self._width = len(text)
            print(f"\r{text}", end="", file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=sys.stderr, flush=True)
