"""The command line: its parser, its exit codes, what is done with errors and warnings.

The commands are in `netscore.commands`, a file for each. Exit codes: 0, 1 for wrong data, 2 for
wrong usage, 130 if interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any, Final

from netscore import __version__
from netscore.commands import cite, compare, count, diagnose, plot, rank, score, show, table
from netscore.commands.arguments import Parser, UsageError
from netscore.commands.printing import say, sentence
from netscore.networks import data_version

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence
    from typing import TextIO

_COMMANDS: Final = (table, score, compare, diagnose, rank, show, cite, count, plot)

_EXAMPLES: Final = """\
examples:
  netscore table                        the 60 networks of the reference table, ranked
  netscore score 72.0 3.4M 300M         one network: accuracy in percent, params, MACs
  netscore compare 73.0 4M 350M         whom it beats, who beats it, what it lacks
  netscore diagnose 41.91 78.8 28.2 88  how a printed score may have been computed
  netscore rank models.csv              your own table, ranked
  netscore show resnet50                where the figures of a network come from
  netscore cite --format bibtex         the papers to cite
  netscore count model.onnx             parameters and MACs of a model
  netscore plot tradeoff -o picture.png accuracy against MACs

exit codes: 0 done, 1 wrong data, 2 wrong usage"""


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
            say(str(error))
            status = 2
        except OSError as error:
            say(f"netscore: {error.strerror or error}")
            status = 1
        except (ValueError, ImportError) as error:
            say(f"netscore: {error}")
            status = 1
        except Warning as warning:  # which Python was told to raise
            say(f"netscore: {sentence(warning)}")
            status = 1
        _drop_unwritten_output()
    return status


def _parser() -> Parser:
    parser = Parser(
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
    for command in _COMMANDS:
        command.add_parser(commands)
    return parser


class _Version(argparse.Action):
    """Print the versions; the data are loaded for it only then."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, **options)

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        print(f"netscore {__version__}, reference table {data_version()}")
        parser.exit()


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    say(f"netscore: warning: {sentence(Warning(message))}")


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
