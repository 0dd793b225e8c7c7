"""``netscore show``: all that is known about one network of the reference table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netscore.citations import cite_as_text
from netscore.commands.arguments import add_format, add_signature, usage_errors
from netscore.commands.printing import stdout, write_fields, write_signature
from netscore.commands.table import ranks, record
from netscore.networks import find_network, load_sources
from netscore.signatures import signature
from netscore.tables import Column, write_table

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
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
    add_format(parser, "text", "json")
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the network."""
    with usage_errors(arguments):
        n = find_network(arguments.name)
    rank = ranks()[n.name]
    stream = stdout(arguments.format)
    if arguments.format == "json":
        values = {**record(n, rank), "signature": signature()}
        columns = [Column(key, key) for key in values]
        write_table(stream, columns, [list(values.values())], format="json")
        return 0
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
        "NetScore": f"{n.netscore:.2f}, rank {rank} among the 60",
        "Information density": f"{n.information_density:.2f} % per million parameters",
    }
    write_fields(stream, {name: value for name, value in fields.items() if value})
    stream.write("\nSources\n")
    sources = load_sources()
    for key in dict.fromkeys((n.paper, n.accuracy_source, n.params_source, n.macs_source)):
        stream.write(f"\n{cite_as_text(sources[key])}\n")
    write_signature(stream, "text", signature(), wanted=arguments.signature)
    return 0
