"""Arguments and options that several commands take, and the errors in them."""

from __future__ import annotations

import argparse
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from netscore.commands.printing import sentence
from netscore.quantities import parse_quantity

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator
    from typing import TypeAlias

    Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

QUANTITIES = (
    "PARAMS and MACS are counts: 3400000, 3_400_000, 3.4e6 or 3.4M, with K, M, G or B, T for "
    "the powers of ten."
)

EXPONENTS = {"alpha": 2.0, "beta": 0.5, "gamma": 0.5}


class UsageError(Exception):
    """The arguments are wrong; the message is one sentence that begins with the command."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise a `UsageError` in place of printing the usage and exiting."""
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")


@contextmanager
def usage_errors(arguments: Namespace) -> Iterator[None]:
    """Say what the library refuses as an error in the arguments."""
    try:
        yield
    except ValueError as error:
        raise UsageError(f"netscore {arguments.command}: {sentence(error)}") from None


def add_figures(parser: ArgumentParser) -> None:
    """Add the three figures of a network."""
    parser.add_argument("accuracy", metavar="ACCURACY", type=number, help="in percent, 0 to 100")
    parser.add_argument("params", metavar="PARAMS", type=quantity, help="number of parameters")
    parser.add_argument(
        "macs",
        metavar="MACS",
        type=quantity,
        help="multiply-accumulates of one inference (half its FLOPs)",
    )


def add_exponents(parser: ArgumentParser, note: str) -> None:
    """Add the three exponents, with a note on what else they are used for."""
    for (name, default), of in zip(EXPONENTS.items(), ("accuracy", "params", "MACs")):
        parser.add_argument(
            f"--{name}",
            type=number,
            default=default,
            metavar="X",
            help=f"exponent of {of} (default: {default}){note}",
        )


def exponents(arguments: Namespace) -> dict[str, Any]:
    """Return the three exponents by name."""
    return {name: getattr(arguments, name) for name in EXPONENTS}


def add_format(parser: ArgumentParser, *choices: str) -> None:
    """Add the choice of a format."""
    parser.add_argument(
        "--format",
        choices=choices,
        default="text",
        help="text is for people; csv and json hold counts and scores in full"
        if "csv" in choices
        else "form of the output (default: text)",
    )


def add_signature(parser: ArgumentParser) -> None:
    """Add the option that prints how the scores were made."""
    parser.add_argument(
        "--signature",
        action="store_true",
        help="say how the score was made: in a last line, in csv in a column; json always says it",
    )


def number(text: str) -> float:
    """Read a number that is not NaN."""
    with suppress(ValueError):
        value = float(text)
        if value == value:
            return value
    raise argparse.ArgumentTypeError(f"must be a number, got {text!r}")


def positive_integer(text: str) -> int:
    """Read how many."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a positive integer, got {text!r}")


def quantity(text: str) -> float:
    """Read a count, with a suffix or without."""
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
