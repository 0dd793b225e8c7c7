"""``netscore table``, ``show`` and ``cite``: the 60 networks, and what is known about them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from netscore import layout
from netscore.citations import cite_as_bibtex, cite_as_text, cited_keys
from netscore.cli import options
from netscore.cli.options import argument, command
from netscore.layout import FORMATS
from netscore.networks import COLUMNS, Network, find_network, load_networks, load_sources

if TYPE_CHECKING:
    from argparse import Namespace

_HIGHEST_FIRST: Final = ("netscore", "accuracy", "information-density")
_LOWEST_FIRST: Final = ("params", "macs", "year", "name")


@command(
    argument(
        "--sort",
        choices=_HIGHEST_FIRST + _LOWEST_FIRST,
        default="netscore",
        help="best first; year: oldest first; name: alphabetical (default: netscore)",
    ),
    argument("--family", metavar="F", help="only the networks of one family"),
    argument(
        "--pareto",
        action="store_true",
        help="only the networks on the Pareto front of all 60: none is as good or better in "
        "accuracy, params and MACs and better in one",
    ),
    options.ALL,
    options.format_option(*FORMATS),
    options.SIGNATURE,
)
def table(arguments: Namespace) -> None:
    """The 60 networks of the reference table, ranked by NetScore among all 60."""
    networks = sorted(load_networks(), key=lambda network: network.rank)
    if (family := arguments.family) is not None:
        families = ", ".join(dict.fromkeys(network.family for network in load_networks()))
        networks = [n for n in networks if n.family.casefold() == family.casefold()]
        if not networks:
            said = f"there is no family {family!r}; the families are {families}"
            raise options.UsageError(f"netscore table: {said}")
    if arguments.pareto:
        # Here, because nothing else in this file needs numpy.
        from netscore.pareto import pareto_front

        every = load_networks()
        front = dict(zip(every, pareto_front(every.accuracy, every.params, every.macs)))
        networks = [network for network in networks if front[network]]
    records = [_record(network) for network in networks]

    def place(record: dict[str, Any]) -> Any:
        value = record[arguments.sort.replace("-", "_")]
        return value.casefold() if isinstance(value, str) else value

    # Stable, so that ties stand in the order of their ranks.
    records.sort(key=place, reverse=arguments.sort in _HIGHEST_FIRST)
    columns = () if arguments.format == "json" else COLUMNS
    options.print_records(arguments, records, columns=columns)


def _record(network: Network) -> dict[str, Any]:
    """Return all that is known about a network, its rank first."""
    return {"rank": None} | dataclasses.asdict(network) | {"rank": network.rank or None}


@command(
    argument("name", metavar="NAME", help="case, blanks and punctuation do not matter: resnet50"),
    options.OF_RECORD,
)
def show(arguments: Namespace) -> None:
    """All figures of one network, with their sources and grades.

    The grades are published (by its authors), quoted (by others), counted (from the architecture),
    recalled (attributed to the authors, not re-read in their text).
    """
    with options.usage_errors(arguments):
        network = find_network(arguments.name)
    options.print_records(arguments, [_record(network)], network._parts())


@command(
    argument("names", metavar="NAME", nargs="*", help="a network of the table"),
    options.format_option("text", "bibtex"),
)
def cite(arguments: Namespace) -> None:
    """What to cite, as text or BibTeX.

    The paper on NetScore, the paper on information density, and the sources of the networks named.
    """
    with options.usage_errors(arguments):
        networks = [find_network(name) for name in arguments.names]
    sources = [load_sources()[key] for key in cited_keys(networks)]
    stream = options.stdout(arguments.format)
    if arguments.format == "text":
        cited = map(layout.lines, map(cite_as_text, sources))
        stream.write(layout.show(cited, options.screen(stream)))
    else:
        stream.write("\n\n".join(map(cite_as_bibtex, sources)) + "\n")
