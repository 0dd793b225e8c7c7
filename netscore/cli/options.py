"""What several commands take and how they print: arguments, records, formats, signatures."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, NoReturn

from netscore.layout import FORMATS, WRITERS, Column, printable, write_table
from netscore.metrics import signature
from netscore.quantities import parse_quantity

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TextIO, TypeAlias

    Kinds: TypeAlias = tuple[type[Exception], ...]
    Argument: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]
    Run: TypeAlias = Callable[[Namespace], "int | None"]
    Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

QUANTITIES = (
    "PARAMS and MACS are counts: 3400000, 3_400_000, 3.4e6 or 3.4M, with K, M, G or B, T for "
    "the powers of ten."
)

EXPONENTS = {"alpha": 2.0, "beta": 0.5, "gamma": 0.5}


class UsageError(Exception):
    """The arguments are wrong; the message is one sentence that begins with the command."""


@contextmanager
def usage_errors(arguments: Namespace, kinds: Kinds = (ValueError,)) -> Iterator[None]:
    """Say what the library refuses as an error in the arguments."""
    try:
        yield
    except kinds as error:
        raise UsageError(f"netscore {arguments.command}: {sentence(error)}") from None


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def __init__(self, **options: Any) -> None:
        as_written = argparse.RawDescriptionHelpFormatter
        super().__init__(allow_abbrev=False, formatter_class=as_written, **options)
        # -1.5e1 and -3M are numbers, too, and no options.
        self._negative_number_matcher = re.compile(r"-\.?[0-9]")

    def error(self, message: str) -> NoReturn:
        """Raise a `UsageError` in place of printing the usage and exiting."""
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")


def command(*arguments: Argument, **texts: Any) -> Callable[[Run], Callable[[Commands], None]]:
    """Make a command of the function below, which has its name and returns its exit code or None.

    The name then stands for what adds the command to those of the program.
    """

    def decorate(run: Run) -> Callable[[Commands], None]:
        def add_to(commands: Commands) -> None:
            parser = commands.add_parser(run.__name__, **texts)
            for names, options in arguments:
                parser.add_argument(*names, **options)
            parser.set_defaults(run=run)

        return add_to

    return decorate


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


_MACS = "multiply-accumulates of one inference (half its FLOPs)"
FIGURES = (
    argument("accuracy", metavar="ACCURACY", type=number, help="in percent, 0 to 100"),
    argument("params", metavar="PARAMS", type=quantity, help="number of parameters"),
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
STYLE = (
    argument("--best-bold", action="store_true", help="the best figures in bold: latex, html, md"),
    argument(
        "--safe-cells",
        action="store_true",
        help="in csv and tsv, a ' before texts that a spreadsheet may take for formulas",
    ),
)
OF_TABLE = (format_option(*FORMATS), SIGNATURE, *STYLE)
OF_RECORD = (format_option("text", "json"), SIGNATURE)


def style(arguments: Namespace) -> dict[str, bool]:
    """Return what is asked of a table besides its format."""
    return {name: getattr(arguments, name, False) for name in ("best_bold", "safe_cells")}


def say(line: str) -> None:
    """Print one line on stderr."""
    print(printable(line), file=sys.stderr)


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


def bold() -> bool:
    """Whether stdout is a terminal on which bold type is wanted."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def as_lines(fields: Mapping[str, str]) -> str:
    """Return names and values for people, one below the other."""
    width = max(map(len, fields)) + 2
    wrapper = textwrap.TextWrapper(96, break_long_words=False, break_on_hyphens=False)
    wrapper.subsequent_indent = " " * width
    return "".join(wrapper.fill(f"{name:{width}}{value}") + "\n" for name, value in fields.items())


def print_records(
    arguments: Namespace,
    records: Sequence[Mapping[str, Any]],
    *,
    text: str = "",
    columns: Sequence[Column] = (),
    scored: bool = True,
) -> None:
    """Print what is known about networks: for people the text, if there is one, else a table.

    Its columns are all that a record holds if none are given. Where there are scores, the
    signature is in a column or below.
    """
    form, wanted = arguments.format, arguments.signature
    labels = {"data": getattr(arguments, "data", None), **getattr(arguments, "counted", {})}
    stream, how = stdout(form), signature(**exponents(arguments), **labels)
    if text and form == "text":
        stream.write(text)
    else:
        columns = [*columns] or [Column(key, key) for record in records[:1] for key in record]
        if scored and signature_is_column(form, wanted=wanted):
            columns.append(Column("signature", "signature"))
            records = [{**record, "signature": how} for record in records]
        rows = [[_cell(record[column.key], form) for column in columns] for record in records]
        write_table(stream, columns, rows, format=form, bold=bold(), **style(arguments))
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
