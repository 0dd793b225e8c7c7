"""The command line: its parser, its exit codes, what is done with errors and warnings.

The commands are in the files beside this one, a file for each group of them. Exit codes: 0, 1 for
wrong data, 2 for wrong usage, 130 if interrupted.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from functools import partial
from itertools import chain
from traceback import format_exc
from typing import TYPE_CHECKING, Any, Final

from netscore import __version__
from netscore.checks import UnitWarning
from netscore.cli import options, plot, rank
from netscore.cli.completion import Completion
from netscore.cli.options import Arguments, Parser, PartialError, UsageError, help_of, say, sentence
from netscore.cli.reference import cite, show, table
from netscore.cli.standing import compare, count, diagnose, score
from netscore.layout import DIM, RED, YELLOW
from netscore.networks import data_version

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAULT: Final = (
    "this is a fault of netscore, not of your data: please report it, with what --traceback "
    "prints, to the project that  pip show netscore  names"
)
_LETTERS: Final = (
    "the font lacks letters of some names: a file for --style can name another as font.family"
)
_UNOPENED: Final = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
COMMANDS: Final = (table, score, compare, diagnose, rank.rank, show, cite, count, plot.plot)


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
    argv = [*(sys.argv[1:] if argv is None else argv)] or ["--help"]
    with warnings.catch_warnings():
        try:
            try:
                arguments = _parser().parse_args(argv)
                warnings.showwarning = partial(_show_warning, set(), arguments)
                status = arguments.run(arguments) or 0
            except SystemExit as end:  # argparse has printed the help or the version
                status = int(end.code or 0)
            sys.stdout.flush()
        except BrokenPipeError:
            status = 0
        except KeyboardInterrupt:
            status = 130
        except UsageError as error:
            asked = "; did you mean" if error.meant else ""
            say(f"{error.program or f'netscore {arguments.command}'}: {error}{asked}", RED)
            for name in error.meant:
                say(f"  {name}")
            status = 2
        except Exception as error:
            if "--traceback" in argv:
                for line in format_exc().splitlines():
                    say(line, DIM)
            errors = error.args if isinstance(error, PartialError) else [error]
            for line in chain(*map(_told, errors)):
                say(f"netscore: {line}", RED)
            status = 2 if all(isinstance(each, _UNOPENED) for each in errors) else 1
        _drop_unwritten_output()
    return status


def _told(error: Exception) -> Sequence[str]:
    """Say what is wrong with the data, or that it is not the data."""
    if isinstance(error, Warning):  # one that Python was told to raise
        return _said(error)
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    of_tables = text.startswith("rank_table: ")
    text = text.removeprefix("rank_table: ").replace("rank_table needs ", "rank needs ")
    if of_tables or isinstance(error, (OSError, ValueError, ImportError, UsageError)):
        file = getattr(error, "filename", None)
        unopened = "cannot open " * isinstance(error, _UNOPENED)
        return [text if file is None else f"{unopened}{file}: {text}"]
    if isinstance(error, (MemoryError, OverflowError, RecursionError)):
        return [f"this is too large to compute with: {text}"]
    return [f"{type(error).__name__}: {text}", _FAULT]


def _said(warning: Warning) -> Sequence[str]:
    """Return what a warning says, one by one."""
    # Matplotlib has a line for each letter that the font lacks.
    text = re.sub(r"Glyph .* missing from (current )?font.*", _LETTERS, sentence(warning))
    said: Sequence[str] = getattr(warning, "said", ()) or [text]
    return said


def _parser() -> Parser:
    """NetScore and information density: how efficient is a neural network.

    for example:
      netscore table                        the 60 networks of the reference table, ranked
      netscore score 72.0 3.4M 300M         one network: accuracy in percent, params, MACs
      netscore compare 73.0 4M 350M         whom it beats, who beats it, what it lacks
      netscore diagnose 41.91 78.8 28.2 88  how a printed score may have been computed
      netscore rank models.csv              your own table, ranked
      netscore show resnet50                where the figures of a network come from
      netscore cite --format bibtex         the papers to cite
      netscore count model.onnx             parameters and MACs of a model
      netscore plot tradeoff -o picture.png accuracy against MACs

    exit codes: 0 done, 1 wrong data, 2 wrong usage
    """
    parser = Parser(prog="netscore", **help_of(_parser))
    parser.add_argument(
        "--version",
        action="version",
        version=f"netscore {__version__}, reference table {data_version()}",
        help="print the versions of program and data and exit",
    )
    parser.register("action", "completion", Completion)
    parser.set_defaults(run=lambda _: parser.print_help())
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for run in COMMANDS:
        said: Any = help_of(run)
        first = said["description"].partition("\n")[0]
        commands.add_parser(run.__name__, help=first, **said).set_defaults(run=run)
    options.add_arguments({"netscore": parser, **commands.choices})
    return parser


def _show_warning(
    shown: set[str], arguments: Arguments, message: Warning | str, *_: object, **__: object
) -> None:
    """Say what a warning says, once: two functions may doubt the same figure."""
    for said in _said(Warning(message) if isinstance(message, str) else message):
        line = getattr(arguments, "of", "") + said
        # Of the accuracies of several models, each is checked.
        key = re.sub(r"\d\S*", "", line) if isinstance(message, UnitWarning) else line
        if key not in shown:
            shown.add(key)
            say(f"netscore: warning: {line}", YELLOW)


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
