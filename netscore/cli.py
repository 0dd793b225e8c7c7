"""The command line: ``netscore table``, ``score``, ``rank``, ``show`` and ``cite``.

Each command is a function that adds its parser and a function that runs it; `_COMMANDS` lists
them. Exit codes: 0, 1 for wrong data, 2 for wrong usage, 130 if interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import sys
import textwrap
import time
import warnings
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Final, NoReturn

from netscore import __version__
from netscore.checks import UnitWarning
from netscore.citations import cite_as_bibtex, cite_as_text, cited_keys
from netscore.formula import information_density, netscore
from netscore.networks import (
    Network,
    data_version,
    find_network,
    load_networks,
    load_sources,
)
from netscore.quantities import format_quantity, parse_quantity
from netscore.tables import FORMATS, Column, printable, write_table

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType
    from typing import BinaryIO, TextIO, TypeAlias

    Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"

_EXAMPLES: Final = """\
examples:
  netscore table                      the 60 networks of the reference table, ranked
  netscore score 72.0 3.4M 300M       one network: accuracy in percent, params, MACs
  netscore rank models.csv            your own table, ranked
  netscore show resnet50              where the figures of a network come from
  netscore cite --format bibtex       the papers to cite

exit codes: 0 done, 1 wrong data, 2 wrong usage"""

_SUFFIXES: Final = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
}


class UsageError(Exception):
    """The arguments are wrong; the message is one sentence that begins with the command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, without the name of the program; by default those of the process.

    Returns
    -------
    int
        0; 1 if the data are wrong; 2 if the arguments are; 130 if interrupted. Errors and
        warnings are one line each on stderr. A closed pipe is no error.

    Examples
    --------
    >>> from netscore.cli import main
    >>> main(["table", "--family", "senet"])
    Rank  Network       Top-1 %  Params   MACs  NetScore  %/M params
      34  SE-ResNet-50    76.71   28.1M  3.87G     55.03        2.73
      58  SENet-154       82.72    115M  42.3G     39.83        0.72
    0
    """
    _replace_closed_streams()
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        _honour_warning_options()
        try:
            try:
                arguments = _parser().parse_args(argv)
                status: int = arguments.run(arguments)
            except SystemExit as end:  # argparse has printed the help or the version
                status = int(end.code or 0)
            sys.stdout.flush()
        except BrokenPipeError:
            status = 0
        except KeyboardInterrupt:
            status = 130
        except UsageError as error:
            _say(str(error))
            status = 2
        except OSError as error:
            _say(f"netscore: {error.strerror or error}")
            status = 1
        except ValueError as error:
            _say(f"netscore: {error}")
            status = 1
        except Warning as warning:  # which Python was told to raise
            _say(f"netscore: {_sentence(warning)}")
            status = 1
        _drop_unwritten_output()
    return status


def _parser() -> _Parser:
    parser = _Parser(
        prog="netscore",
        description="NetScore and information density: how efficient is a neural network?",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "--version", action=_Version, help="print the versions of program and data and exit"
    )
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True
    )
    for add_command in _COMMANDS:
        add_command(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Print the versions; the data are loaded for it only then."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, **options)

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        print(f"netscore {__version__}, reference table {data_version()}")
        parser.exit()


def _add_format(parser: ArgumentParser, *choices: str, default: str | None = "text") -> None:
    parser.add_argument(
        "--format",
        choices=choices,
        default=default,
        help="text is for people; csv and json hold counts and scores in full"
        if "csv" in choices
        else "form of the output (default: text)",
    )


# table

_SORTS: Final[dict[str, Callable[[Network], Any]]] = {
    "netscore": lambda network: -network.netscore,
    "accuracy": lambda network: -network.accuracy,
    "information-density": lambda network: -network.information_density,
    "params": lambda network: network.params,
    "macs": lambda network: network.macs,
    "year": lambda network: network.year,
    "name": lambda network: network.name.casefold(),
}


def _add_table(commands: Commands) -> None:
    parser = commands.add_parser(
        "table",
        help="the 60 networks of the reference table, ranked",
        description="Print the 60 networks of the reference table. The rank is always that by "
        "NetScore among all 60.",
    )
    parser.add_argument(
        "--sort",
        choices=_SORTS,
        default="netscore",
        help="best first; year: oldest first; name: alphabetical (default: netscore)",
    )
    parser.add_argument("--family", metavar="F", help="only the networks of one family")
    _add_format(parser, *FORMATS)
    parser.set_defaults(run=_run_table)


def _run_table(arguments: Namespace) -> int:
    networks = sorted(load_networks(), key=_SORTS["netscore"])
    ranks = _ranks(networks)
    if arguments.family is not None:
        family = arguments.family.casefold()
        networks = [network for network in networks if network.family.casefold() == family]
        if not networks:
            families = ", ".join(dict.fromkeys(network.family for network in load_networks()))
            raise UsageError(
                f"netscore table: there is no family {arguments.family!r}; "
                f"the families are {families}"
            )
    # Stable, so that ties stand in the order of their ranks.
    networks.sort(key=_SORTS[arguments.sort])
    records = [_record(network, ranks[network.name]) for network in networks]
    columns = _TABLE if arguments.format != "json" else [Column(key, key) for key in records[0]]
    rows = [[record[column.key] for column in columns] for record in records]
    write_table(_stdout(arguments.format), columns, rows, format=arguments.format, bold=_bold())
    return 0


def _ranks(networks: Sequence[Network]) -> dict[str, int]:
    """Return the rank of each network by its name: one more than the number of higher scores."""
    scores = [network.netscore for network in networks]
    return {
        network.name: 1 + sum(other > score for other in scores)
        for network, score in zip(networks, scores, strict=True)
    }


def _record(network: Network, rank: int) -> dict[str, Any]:
    return {
        "rank": rank,
        **dataclasses.asdict(network),
        "netscore": network.netscore,
        "information_density": network.information_density,
    }


def _percent(value: float) -> str:
    """Write a percentage with one decimal or two, so that the points stand below each other."""
    text = f"{value:.2f}"
    return f"{text[:-1]} " if text.endswith("0") else text


_TABLE: Final = (
    Column("rank", "Rank", number=True),
    Column("name", "Network"),
    Column("accuracy", "Top-1 %", _percent, number=True),
    Column("params", "Params", format_quantity, number=True),
    Column("macs", "MACs", format_quantity, number=True),
    Column("netscore", "NetScore", "{:.2f}".format, number=True),
    Column("information_density", "%/M params", "{:.2f}".format, number=True),
)


# score


def _add_score(commands: Commands) -> None:
    parser = commands.add_parser(
        "score",
        help="score, density and standing of one network",
        description="Print the NetScore and the information density of a network, and where it "
        "would stand among the 60 of the reference table.",
        epilog="PARAMS and MACS are counts: 3400000, 3_400_000, 3.4e6 or 3.4M, with K, M, G or B, "
        "T for the powers of ten.\n\nexample: netscore score 72.0 3.4M 300M",
    )
    parser.add_argument("accuracy", metavar="ACCURACY", type=_number, help="in percent, 0 to 100")
    parser.add_argument("params", metavar="PARAMS", type=_quantity, help="number of parameters")
    parser.add_argument(
        "macs",
        metavar="MACS",
        type=_quantity,
        help="multiply-accumulates of one inference (half its FLOPs)",
    )
    for name, default, of in (
        ("alpha", 2.0, "accuracy"),
        ("beta", 0.5, "params"),
        ("gamma", 0.5, "MACs"),
    ):
        parser.add_argument(
            f"--{name}",
            type=_number,
            default=default,
            metavar="X",
            help=f"exponent of {of} (default: {default}); the 60 are scored with it as well",
        )
    _add_format(parser, *FORMATS)
    parser.set_defaults(run=_run_score)


def _number(text: str) -> float:
    with suppress(ValueError):
        value = float(text)
        if value == value:
            return value
    raise argparse.ArgumentTypeError(f"must be a number, got {text!r}")


def _quantity(text: str) -> float:
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _run_score(arguments: Namespace) -> int:
    accuracy, params, macs = arguments.accuracy, arguments.params, arguments.macs
    exponents = {name: getattr(arguments, name) for name in ("alpha", "beta", "gamma")}
    try:
        score = netscore(accuracy, params, macs, **exponents)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnitWarning)  # netscore() has given it
            density = information_density(accuracy, params)
    except ValueError as error:
        raise UsageError(f"netscore score: {_sentence(error)}") from None
    others = sorted(
        ((netscore(n.accuracy, n.params, n.macs, **exponents), n.name) for n in load_networks()),
        key=lambda other: (-other[0], other[1]),
    )
    higher = [other for other in others if other[0] > score]
    level = [name for other, name in others if other == score]
    lower = others[len(higher) + len(level) :]
    above = higher[-1] if higher else (None, None)
    below = lower[0] if lower else (None, None)
    record = {
        "accuracy": accuracy,
        "params": _whole(params),
        "macs": _whole(macs),
        **exponents,
        "netscore": score,
        "information_density": density,
        "rank": len(higher) + 1,
        "networks": len(others),
        "level_with": level if arguments.format == "json" else "; ".join(level),
        "above": above[1],
        "above_netscore": above[0],
        "below": below[1],
        "below_netscore": below[0],
    }
    stream = _stdout(arguments.format)
    if arguments.format == "text":
        _write_score(stream, record)
    else:
        columns = [Column(key, key) for key in record]
        write_table(stream, columns, [list(record.values())], format=arguments.format)
    return 0


def _write_score(stream: TextIO, record: dict[str, Any]) -> None:
    level = f"; level with {record['level_with']}" if record["level_with"] else ""
    networks = record["networks"]

    def neighbour(which: str) -> str:
        score = record[f"{which}_netscore"]
        return "none" if score is None else f"{record[which]} with {score:.2f}"

    _write_fields(
        stream,
        {
            "NetScore": f"{record['netscore']:.2f}",
            "Information density": f"{record['information_density']:.2f} % per million parameters",
            "Accuracy": f"{record['accuracy']:g} %",
            "Params": format_quantity(record["params"]),
            "MACs": format_quantity(record["macs"]),
            "Exponents": "alpha {alpha:g}, beta {beta:g}, gamma {gamma:g}".format(**record),
            "Rank": f"{record['rank']} of {networks + 1}, ranked with the {networks} "
            f"reference networks{level}",
            "Above": neighbour("above"),
            "Below": neighbour("below"),
        },
    )


def _write_fields(stream: TextIO, fields: dict[str, str]) -> None:
    width = max(map(len, fields)) + 2
    for name, value in fields.items():
        lines = textwrap.wrap(value, 96 - width, break_long_words=False, break_on_hyphens=False)
        stream.write(f"{name:{width}}{(chr(10) + ' ' * width).join(lines)}\n")


def _whole(value: float) -> float:
    """Return a count as a whole number if it is one, exactly."""
    return int(value) if value.is_integer() and value < 2**53 else value


# rank


def _add_rank(commands: Commands) -> None:
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
        "--output", metavar="FILE", help="write there, in the format of its suffix, else csv"
    )
    _add_format(parser, *FORMATS, default=None)
    parser.set_defaults(run=_run_rank)


def _run_rank(arguments: Namespace) -> int:
    # Here, because only this command needs numpy.
    from netscore.csv_ranking import ColumnChoiceError, Ranking, read_csv

    output = arguments.output
    form = arguments.format or ("text" if output is None else _form_of(output))
    with _input(arguments.file) as (stream, file), _Progress("read") as progress:
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
            _say(f"netscore rank: read {name} as FLOPs and halved to MACs")
    for complaint in table.complaints():
        _say(complaint)
    if table.unscored:
        _say(f"netscore rank: {table.unscored} of {len(table)} rows cannot be scored")
    with _output(output, form) as target, _Progress("wrote", quiet=output is None) as progress:
        reference = load_networks() if arguments.with_reference else ()
        ranking = Ranking(table, reference, progress)
        bold = output is None and _bold()
        write_table(target, ranking.columns, ranking, format=form, bold=bold)
    return 1 if table.unscored else 0


def _form_of(path: str) -> str:
    return _SUFFIXES.get(os.path.splitext(path)[1].lower(), "csv")


@contextmanager
def _input(path: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open the file for reading, and say what to call it in messages."""
    if path == "-":
        yield sys.stdin.buffer, "stdin"
        return
    with _open(path, "rb") as stream:
        yield stream, printable(path)


@contextmanager
def _output(path: str | None, form: str) -> Iterator[TextIO]:
    """Open the file for writing, or stdout; an error leaves what was there before."""
    if path is None:
        yield _stdout(form)
    elif os.path.exists(path) and not os.path.isfile(path):
        # A device or a pipe cannot be replaced.
        with _open(path, "w") as stream:
            yield stream
    else:
        target = os.path.realpath(path)
        partial = f"{target}.{os.getpid()}.part"
        try:
            with _open(partial, "x", named=path) as stream:
                yield stream
            if os.path.exists(target):
                os.chmod(partial, os.stat(target).st_mode)
            os.replace(partial, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(partial)
            raise


def _open(path: str, mode: str, named: str = "") -> Any:
    text: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    try:
        return open(path, mode, **text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"netscore rank: cannot open {named or path}: {reason}") from None


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


# show


def _add_show(commands: Commands) -> None:
    parser = commands.add_parser(
        "show",
        help="all figures of one network, with sources and grades",
        description="Print all figures of a network of the reference table, with their sources "
        "and grades:\npublished (by its authors), quoted (by others), counted (from the "
        "architecture), recalled\n(attributed to the authors, not re-read in their text).",
    )
    parser.add_argument(
        "name", metavar="NAME", help="case, blanks and punctuation do not matter: resnet50"
    )
    _add_format(parser, "text", "json")
    parser.set_defaults(run=_run_show)


def _run_show(arguments: Namespace) -> int:
    network = _find(arguments, arguments.name)
    record = _record(network, _ranks(load_networks())[network.name])
    stream = _stdout(arguments.format)
    if arguments.format == "json":
        columns = [Column(key, key) for key in record]
        write_table(stream, columns, [list(record.values())], format="json")
        return 0
    n = network
    fields = {
        "Network": n.name,
        "Family": n.family,
        "Year": str(n.year),
        "Paper": n.paper,
        "Top-1 accuracy": f"{n.accuracy:g} %, {n.accuracy_grade}, {n.accuracy_source}",
        "Params": f"{n.params:,}, {n.params_grade}, {n.params_source}",
        "MACs": f"{n.macs:,}, {n.macs_grade}, {n.macs_source}",
        "Input": f"{n.input_px} x {n.input_px} pixels",
        "Counted params": "none" if n.params_counted is None else f"{n.params_counted:,}",
        "Counted MACs": "none" if n.macs_counted is None else f"{n.macs_counted:,}",
        "Counted from": n.counted_from,
        "Among the 60": n.membership,
        "Note": n.note,
        "NetScore": f"{n.netscore:.2f}, rank {record['rank']} among the 60",
        "Information density": f"{n.information_density:.2f} % per million parameters",
    }
    _write_fields(stream, {name: value for name, value in fields.items() if value})
    stream.write("\nSources\n")
    sources = load_sources()
    for key in dict.fromkeys((n.paper, n.accuracy_source, n.params_source, n.macs_source)):
        stream.write(f"\n{cite_as_text(sources[key])}\n")
    return 0


def _find(arguments: Namespace, name: str) -> Network:
    try:
        return find_network(name)
    except ValueError as error:
        raise UsageError(f"netscore {arguments.command}: {_sentence(error)}") from None


# cite


def _add_cite(commands: Commands) -> None:
    parser = commands.add_parser(
        "cite",
        help="what to cite, as text or BibTeX",
        description="Print the paper on NetScore, the paper on information density, and the "
        "sources of the networks named.",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="a network of the table")
    _add_format(parser, "text", "bibtex")
    parser.set_defaults(run=_run_cite)


def _run_cite(arguments: Namespace) -> int:
    keys = cited_keys([_find(arguments, name) for name in arguments.names])
    cite = cite_as_text if arguments.format == "text" else cite_as_bibtex
    sources = load_sources()
    entries = "\n\n".join(cite(sources[key]) for key in keys)
    _stdout(arguments.format).write(f"{entries}\n")
    return 0


_COMMANDS: Final = (_add_table, _add_score, _add_rank, _add_show, _add_cite)


# Streams, warnings and errors


def _stdout(form: str) -> TextIO:
    """Return stdout, ready for every character: UTF-8 unless people read it."""
    if isinstance(sys.stdout, TextIOWrapper):
        if form == "text" or sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def _bold() -> bool:
    """Whether stdout is a terminal on which bold type is wanted."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def _say(line: str) -> None:
    print(printable(line), file=sys.stderr)


def _sentence(error: Exception) -> str:
    """Return what the library says is wrong, without the name of its function."""
    return re.sub(r"\A[a-z_]+: ", "", str(error))


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _say(f"netscore: warning: {_sentence(Warning(message))}")


def _honour_warning_options() -> None:
    """Apply ``-W ACTION::netscore.UnitWarning``.

    Python reads -W and PYTHONWARNINGS before it can import installed packages, and drops the
    options that name a category of one.
    """
    actions = ("default", "always", "ignore", "module", "once", "error")
    for option in sys.warnoptions:
        action, *rest = option.split(":")
        if rest[1:] == ["netscore.UnitWarning"] and not rest[0]:
            for name in actions:
                if action and name.startswith(action):
                    warnings.simplefilter(name, UnitWarning)  # type: ignore[arg-type]


def _replace_closed_streams() -> None:
    """Put the null device in the place of standard streams that the caller has closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - open until the end


def _drop_unwritten_output() -> None:
    """Keep Python from complaining at exit of output that cannot be written."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
