"""What several commands take and print: arguments, files, records, signatures."""

from __future__ import annotations

import argparse
import os
import re
import sys
from configparser import RawConfigParser
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from functools import partial
from inspect import getdoc
from io import TextIOWrapper
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from netscore import checks, layout
from netscore.checks import ACCURACY, FIGURES, Rule
from netscore.layout import FORMATS, PAGE, PIPE, WRITERS, Column, Screen, Table, printable
from netscore.metrics import NETSCORE, Cost, Metric, signature
from netscore.quantities import parse_quantity, perhaps, plain_unit, split_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TextIO

Arguments: TypeAlias = argparse.Namespace
"""What a command is given."""
EXPONENTS: Final = {"alpha": 2.0, "beta": 0.5, "gamma": 0.5}
OF_TEXT: Final = ("separator", "decimal", "encoding", "skip", "sheet")
"""What is said of how a table is written."""
OF_STYLE: Final = ("best_bold", "safe_cells")
"""What is asked of a table besides its format."""


class UsageError(Exception):
    """The arguments are wrong: one sentence, what may be meant, and the program if it is known."""

    def __init__(self, text: str, *meant: str, program: str = "") -> None:
        super().__init__(text)
        self.meant = meant
        self.program = program


class PartialError(Exception):
    """What went wrong, one by one in `args`, where the rest went well."""


@contextmanager
def usage_errors(kinds: tuple[type[Exception], ...] = (ValueError,)) -> Iterator[None]:
    """Say what the library refuses as an error in the arguments."""
    try:
        yield
    except Exception as error:
        # What the library refuses begins with the name of a function; else it is a fault.
        refused = isinstance(error, (TypeError, ValueError)) and sentence(error) != str(error)
        if not (refused or isinstance(error, kinds)):
            raise
        said, _, names = sentence(error).partition("; near names: ")
        # No name has a comma but within parentheses.
        meant = [name for name in re.split(r", (?![^(]*\))", names) if name not in ("", "none")]
        raise UsageError(said, *meant) from None


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
        raise UsageError(f"{message} (see {self.prog} --help)", *meant, program=self.prog)

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse says nothing of a disk that is full.
        file.write(message)

    def parse_known_args(self, *given: Any) -> Any:  # type: ignore[override]
        """Refuse what is left over here, where it is known whose options it is none of."""
        found, further = super().parse_known_args(*given)
        if further:
            meant = near(further[0].partition("=")[0], [*self._option_string_actions])
            self.error(f"unrecognized arguments: {' '.join(further)}", *meant)
        return found, further

    def _get_value(self, action: Any, text: str) -> Any:
        try:
            return (action.type or str)(text)
        except ValueError as error:
            self.error(str(argparse.ArgumentError(action, str(error))))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [*(action.choices or ())]
        if choices and value not in choices:
            meant = near(value, choices)
            said = f"invalid choice: {value!r}"
            if not meant:
                behind = ", and type the file behind it" * os.path.exists(str(value))
                said += f" (choose from {', '.join(choices)}{behind})"
            self.error(str(argparse.ArgumentError(action, said)), *meant)


def near(word: str, words: Sequence[str]) -> Sequence[str]:
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


def help_of(run: Callable[..., Any]) -> dict[str, str]:
    """Return what a function says of itself; what begins in lower case goes behind the options."""
    description, *epilog = re.split(r"\n\n(?=[a-z])", getdoc(run) or "", maxsplit=1)
    return {"description": description, "epilog": "".join(epilog)}


def add_arguments(parsers: Mapping[str, Parser]) -> None:
    """Give the parser of each command the arguments that arguments.ini says."""
    file = RawConfigParser(delimiters="=")
    file.read_string(Path(__file__).with_name("arguments.ini").read_text("utf-8"))
    for section in file.sections():
        commands, names = map(str.split, section.split(": "))
        given: dict[str, Any] = dict(file[section])
        if "choices" in given:
            choices = given["choices"]
            given["choices"] = FORMATS if choices == "FORMATS" else choices.split()
        if "type" in given:
            given["type"] = READERS[given["type"]]
        if given.get("nargs", "").isdigit():
            given.update(nargs=int(given["nargs"]), metavar=tuple(given["metavar"].split()))
        for command in commands:
            parsers[command].add_argument(*names, **given)


def number(text: str) -> float:
    """Read a number that is not NaN."""
    with suppress(ValueError):
        if text.isascii() and (value := float(text)) == value:
            return value
    raise ValueError(f"must be a number, got {text!r}{perhaps(text)}")


def _positive_integer(text: str) -> int:
    with suppress(ValueError):  # Python reads no more than some thousand digits
        if text.isascii() and text.isdigit() and int(text) > 0:
            return int(text)
    raise ValueError(f"must be a positive integer, got {text!r}")


def _compute(text: str) -> tuple[float, str | None]:
    """Read MACs or FLOPs as they are printed, and which of them it is if that is said."""
    figure, unit = split_cell(text.strip()) or ("", "")
    if said := re.fullmatch("(.*?)(mac|flop)s?", plain_unit(unit)):
        with suppress(ValueError):
            return parse_quantity(figure + said[1].upper()), f"{said[2].upper()}s"
    return parse_quantity(text), None


def _whole(text: str) -> int:
    value = parse_quantity(text)
    if not value.is_integer():
        raise ValueError(f"must be a whole number, got {text!r}")
    return int(value)


def _table(text: str) -> Any:
    """Return stdin for a hyphen."""
    if not text or "\0" in text:
        raise ValueError(f"must name a file or a table, got {text!r}")
    return sys.stdin.buffer if text == "-" else text


def _cost(text: str) -> tuple[str, Cost]:
    """Read a column, the unit of its figures and the exponent of its cost."""
    column, _, rest = text.rpartition(":")
    unit, _, exponent = rest.rpartition("^")
    if not column or not unit:
        raise ValueError(f"must be COLUMN:UNIT^EXPONENT, as in latency:ms^0.5, got {text!r}")
    name = re.sub(r"\A[^A-Za-z]+|[^A-Za-z0-9_-]+", "-", column).strip("-") or "cost"
    return column, Cost(name, unit, number(exponent))


def _size(text: str) -> tuple[float, float | None]:
    """Read a width in inches, and a height if there is one."""
    with suppress(ValueError):
        width, _, height = text.partition("x")
        size = float(width), float(height) if height else None
        if all(side is None or 1.0 <= side <= 100.0 for side in size):
            return size
    raise ValueError(f"must be 3.4x2.6 or 3.4, in inches from 1 to 100, got {text!r}")


_IMAGES: Final = checks.whole("images", "a positive whole number", 1)


def _bound(rule: Rule, text: str) -> float:
    """Read a bound, which may be what the figures that are held against it may."""
    value = number(text) if rule is ACCURACY else parse_quantity(text)
    if not rule.allows(value):
        raise ValueError(f"must be {rule.must}, got {text!r}")
    return value


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "number": number,
    "quantity": parse_quantity,
    "compute": _compute,
    "positive_integer": _positive_integer,
    "whole": _whole,
    "table": _table,
    "cost": _cost,
    "size": _size,
    **{rule.name: partial(_bound, rule) for rule in (*FIGURES, _IMAGES)},
}
"""The types of arguments: what reads a text, or says in a ValueError what is wrong with it."""


def exponents(arguments: Arguments) -> dict[str, Any]:
    """Return the three exponents by name, their defaults where none is given."""
    return EXPONENTS | said(arguments, EXPONENTS)


def weighing(command: str, arguments: Arguments) -> Metric:
    """Return NetScore with the three exponents."""
    weights = tuple(exponents(arguments).values())
    return NETSCORE.weighing(*checks.only_numbers(command, checks.EXPONENTS, weights))


def said(arguments: Arguments, names: Iterable[str]) -> dict[str, Any]:
    """Return which of some options are given."""
    return {n: v for n, v in vars(arguments).items() if n in names and v is not None}


def refuse(arguments: Arguments, names: Iterable[str], reason: str) -> None:
    """Refuse options that are given although they mean nothing here."""
    given = vars(arguments)
    for name in names:
        if given[name] is not None and given[name] is not False:
            raise UsageError(f"--{name.replace('_', '-')} {reason}")


def say(line: str, style: str = "") -> None:
    """Print one line on stderr."""
    text = layout.show([layout.lines(printable(line), style)], screen(sys.stderr))
    print(text, end="", file=sys.stderr)


def say_halved(command: str, columns: Sequence[str]) -> None:
    """Say which columns were read as FLOPs."""
    for name in columns:
        say(f"netscore {command}: read {printable(name)} as FLOPs and halved to MACs")


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


def screen(stream: TextIO, arguments: Arguments | None = None) -> Screen:
    """Return on what a stream is read: a window, of which a command fills no more than one."""
    if not stream.isatty():
        return PIPE
    every = getattr(arguments, "all", True) or getattr(arguments, "top", None)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    columns = get_terminal_size().columns
    return Screen(columns, None if every else PAGE.rows, colour, " (--all)")


def print_records(
    arguments: Arguments,
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
        style = said(arguments, OF_STYLE)
        layout.write_table(stream, columns, rows, format=form, screen=on, **style)
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
