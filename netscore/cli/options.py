"""What several commands take and how they print: arguments, records, formats, signatures."""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from inspect import getdoc
from io import TextIOWrapper
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NoReturn

from netscore import layout
from netscore.layout import FORMATS, PAGE, PIPE, WRITERS, Column, Screen, printable
from netscore.metrics import signature
from netscore.quantities import parse_quantity

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TextIO, TypeAlias

    from netscore.layout import Table

    Kinds: TypeAlias = tuple[type[Exception], ...]
    Argument: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]
    Run: TypeAlias = Callable[[Namespace], "int | None"]
    Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

EXPONENTS = {"alpha": 2.0, "beta": 0.5, "gamma": 0.5}


class UsageError(Exception):
    """The arguments are wrong: one sentence that begins with the command, and what may be meant."""

    def __init__(self, text: str, *meant: str) -> None:
        super().__init__(f"{text}; did you mean" if meant else text)
        self.meant = meant


@contextmanager
def usage_errors(arguments: Namespace, kinds: Kinds = (ValueError,)) -> Iterator[None]:
    """Say what the library refuses as an error in the arguments."""
    try:
        yield
    except kinds as error:
        said, _, near = sentence(error).partition("; near names: ")
        # No name has a comma but within parentheses.
        meant = [name for name in re.split(r", (?![^(]*\))", near) if name not in ("", "none")]
        raise UsageError(f"netscore {arguments.command}: {said}", *meant) from None


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and what may be meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Help, **options)
        # -1.5e1, -3M and -inf are numbers, too, and no options.
        self._negative_number_matcher = re.compile(r"-(\.?[0-9]|inf|nan)")
        said = "say where in the program an error arose, for a report of it"
        self.add_argument("--traceback", action="store_const", const=1, help=said)

    def error(self, message: str, *meant: str) -> NoReturn:
        """Raise a `UsageError` in place of printing the usage and exiting."""
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)", *meant)

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse says nothing of a disk that is full.
        file.write(message)

    def parse_known_args(self, *given: Any) -> Any:  # type: ignore[override]
        """Refuse what is left over here, where it is known whose options it is none of."""
        found, further = super().parse_known_args(*given)
        if further:
            near = _near(further[0].partition("=")[0], [*self._option_string_actions])
            self.error(f"unrecognized arguments: {' '.join(further)}", *near)
        return found, further

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [*(action.choices or ())]
        if choices and value not in choices:
            near = _near(value, choices)
            said = f"invalid choice: {value!r}"
            if not near:
                said += f" (choose from {', '.join(choices)})"
            self.error(str(argparse.ArgumentError(action, said)), *near)


def _near(word: str, words: Sequence[str]) -> Sequence[str]:
    """Return which words may be meant: those that begin so, or else those written like it."""
    return [other for other in words if other.startswith(word)] or get_close_matches(word, words)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Descriptions that fill the window, but tables and commands as they are written."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = [""]
        for line in text.splitlines():
            before, this = map(_PROSE.match, (lines[-1], line))
            if before and this and before[1] == this[1]:
                lines[-1] += f" {line.lstrip()}"
            else:
                lines.append(line)
        return layout.show([layout.lines("\n".join(lines[1:]))], Screen(width))


_PROSE = re.compile(r"( *)(?!netscore |xz )\S(?!.*  )")


def command(*arguments: Argument) -> Callable[[Run], Callable[[Commands], None]]:
    """Make a command of the function below, which has its name and returns its exit code or None.

    The name then stands for what adds the command to those of the program. Its help is what the
    function says of itself.
    """

    def decorate(run: Run) -> Callable[[Commands], None]:
        def add_to(commands: Commands) -> None:
            said: Any = help_of(run)
            first = said["description"].partition("\n")[0]
            parser = commands.add_parser(run.__name__, help=first, **said)
            for names, options in arguments:
                parser.add_argument(*names, **options)
            parser.set_defaults(run=run)

        return add_to

    return decorate


def help_of(run: Callable[..., Any]) -> dict[str, str]:
    """Return what a function says of itself; what begins in lower case goes behind the options."""
    description, *epilog = re.split(r"\n\n(?=[a-z])", getdoc(run) or "", maxsplit=1)
    return {"description": description, "epilog": "".join(epilog)}


def argument(*names: str, **options: Any) -> Argument:
    """Say what ``add_argument`` is to be given."""
    return names, options


def number(text: str) -> float:
    """Read a number that is not NaN."""
    with suppress(ValueError):
        if text.isascii() and (value := float(text)) == value:
            return value
    raise argparse.ArgumentTypeError(f"must be a number, got {text!r}")


def positive_integer(text: str) -> int:
    """Read how many."""
    with suppress(ValueError):  # Python reads no more than some thousand digits
        if text.isascii() and text.isdigit() and int(text) > 0:
            return int(text)
    raise argparse.ArgumentTypeError(f"must be a positive integer, got {text!r}")


def quantity(text: str) -> float:
    """Read a count, with a suffix or without."""
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


_PARAMS = "number of parameters: 3400000, 3_400_000, 3.4e6 or 3.4M, with K, M, G or B, T"
_MACS = "the same of multiply-accumulates of one inference (half its FLOPs)"
FIGURES = (
    argument("accuracy", metavar="ACCURACY", type=number, help="in percent, 0 to 100"),
    argument("params", metavar="PARAMS", type=quantity, help=_PARAMS),
    argument("macs", metavar="MACS", type=quantity, help=_MACS),
)


def exponent_options(note: str) -> Iterator[Argument]:
    """Return the options of the three exponents, with a note on what else they are used for."""
    for (name, default), of in zip(EXPONENTS.items(), ("accuracy", "params", "MACs")):
        text = f"exponent of {of} (default: {default}){note}"
        yield argument(f"--{name}", type=number, default=default, metavar="X", help=text)


def exponents(arguments: Namespace) -> dict[str, Any]:
    """Return the three exponents by name, their defaults where the command has no option."""
    return {name: getattr(arguments, name, default) for name, default in EXPONENTS.items()}


def refuse(arguments: Namespace, defaults: Mapping[str, Any], reason: str) -> None:
    """Refuse options that are given although they mean nothing here."""
    for name, default in defaults.items():
        if getattr(arguments, name) != default:
            option = name.replace("_", "-")
            raise UsageError(f"netscore {arguments.command}: --{option} {reason}")


def format_option(*choices: str) -> Argument:
    """Return the option of the format."""
    text = "form of the output (default: text)"
    if "csv" in choices:
        text = "text is for people; csv and json hold counts and scores in full"
    return argument("--format", choices=choices, default="text", help=text)


COLUMNS = (
    argument("--accuracy", metavar="COLUMN[:UNIT]", help="column of top-1 accuracy"),
    argument("--params", metavar="COLUMN[:UNIT]", help="column of parameters"),
    argument("--macs", metavar="COLUMN[:UNIT]", help="column of multiply-accumulates"),
)
AMONG = argument(
    "--among",
    metavar="TABLE",
    help="rank among chapter (the 60), torchvision (its 115 weights for ImageNet-1K) or a file",
)
DATA = argument(
    "--data",
    metavar="LABEL",
    help="data of the accuracy, as in cifar10: then there is no rank without --among",
)
SIGNATURE = argument(
    "--signature",
    action="store_true",
    help="say how the score was made: in a last line, in csv in a column; json always says it",
)
ALL = argument("--all", action="store_true", help="on a terminal every row, not only the first 20")
STYLE = (
    argument("--best-bold", action="store_true", help="the best figures in bold: latex, html, md"),
    argument(
        "--safe-cells",
        action="store_true",
        help="in csv and tsv, a ' before texts that a spreadsheet may take for formulas",
    ),
)
OF_TABLE = (ALL, format_option(*FORMATS), SIGNATURE, *STYLE)
OF_RECORD = format_option("text", "json")
OF_SCORE = (OF_RECORD, SIGNATURE)


def style(arguments: Namespace) -> dict[str, bool]:
    """Return what is asked of a table besides its format."""
    return {name: getattr(arguments, name, False) for name in ("best_bold", "safe_cells")}


def say(line: str, style: str = "") -> None:
    """Print one line on stderr."""
    text = layout.show([layout.lines(printable(line), style)], screen(sys.stderr))
    print(text, end="", file=sys.stderr)


def sentence(error: Exception) -> str:
    """Return what the library says is wrong, without the name of its function."""
    return re.sub(r"\A[a-z_]+: ", "", str(error))


def stdout(form: str) -> TextIO:
    """Return stdout, ready for every character: UTF-8 unless people read it."""
    if isinstance(sys.stdout, TextIOWrapper):
        if form == "text" or sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def screen(stream: TextIO, arguments: Namespace | None = None) -> Screen:
    """Return on what a stream is read: a window, of which a command fills no more than one."""
    if not stream.isatty():
        return PIPE
    every = getattr(arguments, "all", True) or getattr(arguments, "top", None)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    columns = get_terminal_size().columns
    return Screen(columns, None if every else PAGE.rows, colour, " (--all)")


def print_records(
    arguments: Namespace,
    records: Sequence[Mapping[str, Any]],
    parts: Sequence[Table] = (),
    columns: Sequence[Column] = (),
    *,
    scored: bool = True,
) -> None:
    """Print what is known about networks: for people the parts, if there are any, else a table.

    Its columns are all that a record holds if none are given. Where there are scores, the
    signature is in a column or below.
    """
    form, wanted = arguments.format, getattr(arguments, "signature", False)
    labels = {"data": getattr(arguments, "data", None), **getattr(arguments, "counted", {})}
    stream, how = stdout(form), signature(**exponents(arguments), **labels)
    on = screen(stream, arguments)
    if parts and form == "text":
        stream.write(layout.show(parts, on))
    else:
        columns = [*columns] or [Column(key, key) for record in records[:1] for key in record]
        if scored and signature_is_column(form, wanted=wanted):
            columns.append(Column("signature", "signature"))
            records = [{**record, "signature": how} for record in records]
        rows = [[_cell(record[column.key], form) for column in columns] for record in records]
        layout.write_table(stream, columns, rows, format=form, screen=on, **style(arguments))
    write_signature(stream, form, how, wanted=wanted)


def _cell(value: Any, form: str) -> Any:
    return "; ".join(value) if isinstance(value, (list, tuple)) and form != "json" else value


def signature_is_column(form: str, *, wanted: bool) -> bool:
    """Whether each record says how its score was made: always in json, if wanted in csv."""
    return form == "json" or (wanted and not WRITERS[form].last_line)


def write_signature(stream: TextIO, form: str, signature: str, *, wanted: bool) -> None:
    """Write the signature as the last line where it is no column, if it is wanted."""
    if wanted:
        stream.write(WRITERS[form].last_line.format(signature))
