"""``netscore cite``: what to cite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netscore.citations import cite_as_bibtex, cite_as_text, cited_keys
from netscore.commands.arguments import add_format, usage_errors
from netscore.commands.printing import stdout
from netscore.networks import find_network, load_sources

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "cite",
        help="what to cite, as text or BibTeX",
        description="Print the paper on NetScore, the paper on information density, and the "
        "sources of the networks named.",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="a network of the table")
    add_format(parser, "text", "bibtex")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the publications."""
    with usage_errors(arguments):
        networks = [find_network(name) for name in arguments.names]
    cite = cite_as_text if arguments.format == "text" else cite_as_bibtex
    sources = load_sources()
    entries = "\n\n".join(cite(sources[key]) for key in cited_keys(networks))
    stdout(arguments.format).write(f"{entries}\n")
    return 0
