"""``netscore diagnose``: the conventions under which a printed score was computed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from netscore.commands.arguments import (
    add_exponents,
    add_format,
    add_signature,
    exponents,
    number,
    quantity,
    usage_errors,
)
from netscore.commands.printing import stdout, write_signature
from netscore.diagnosis import diagnose
from netscore.signatures import signature
from netscore.tables import Column, write_table

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.commands.arguments import Commands
    from netscore.diagnosis import Convention


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "diagnose",
        help="how a printed score may have been computed",
        description="Print the conventions (units, FLOPs for MACs, logarithm, factor) under which "
        "some figures\ngive a printed NetScore to its last digit, the likeliest first. If there "
        "is none, it says so,\nand the exit code is 1.",
        epilog="""\
PARAMS and COMPUTE are given as they are printed, in whatever unit: 28.2 may be millions;
with a suffix, 28.2M, it is a count. The signature is that of the canonical score.

example: netscore diagnose 41.91 78.8 28.2 88""",
    )
    parser.add_argument("printed", metavar="PRINTED", help="the score, with all digits printed")
    parser.add_argument("accuracy", metavar="ACCURACY", type=number, help="percent or fraction")
    parser.add_argument("params", metavar="PARAMS", type=quantity, help="number of parameters")
    parser.add_argument("compute", metavar="COMPUTE", type=quantity, help="MACs or FLOPs")
    parser.add_argument(
        "--tolerance",
        metavar="X",
        type=number,
        help="how far a score may be from the printed one (default: half a unit of its last digit)",
    )
    add_exponents(parser, "")
    add_format(parser, "text", "json")
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the conventions found."""
    weights = exponents(arguments)
    with usage_errors(arguments):
        diagnosis = diagnose(
            arguments.printed,
            arguments.accuracy,
            arguments.params,
            arguments.compute,
            tolerance=arguments.tolerance,
            **weights,
        )
    stream = stdout(arguments.format)
    if arguments.format == "text":
        stream.write(f"{diagnosis}\n")
    else:
        record = {
            "printed": diagnosis.printed,
            "tolerance": diagnosis.tolerance,
            "canonical_score": diagnosis.canonical_score,
            "conventions": [_record(convention) for convention in diagnosis],
            "signature": signature(**weights),
        }
        columns = [Column(key, key) for key in record]
        write_table(stream, columns, [list(record.values())], format="json")
    write_signature(stream, arguments.format, signature(**weights), wanted=arguments.signature)
    return 0 if diagnosis else 1


def _record(convention: Convention) -> dict[str, Any]:
    record = dataclasses.asdict(convention)
    equivalents = [_record(other) for other in convention.equivalents]
    return {
        **record,
        "canonical": convention.canonical,
        "departures": list(convention.departures),
        "equivalents": equivalents,
    }
