"""``netscore table``: the 60 networks of the reference table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from netscore.commands.arguments import UsageError, add_format, add_signature
from netscore.commands.printing import bold, signature_is_column, stdout, write_signature
from netscore.networks import Network, load_networks
from netscore.quantities import format_quantity
from netscore.signatures import signature
from netscore.tables import FORMATS, Column, write_table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from netscore.commands.arguments import Commands

_SORTS: Final[dict[str, Callable[[Network], Any]]] = {
    "netscore": lambda network: -network.netscore,
    "accuracy": lambda network: -network.accuracy,
    "information-density": lambda network: -network.information_density,
    "params": lambda network: network.params,
    "macs": lambda network: network.macs,
    "year": lambda network: network.year,
    "name": lambda network: network.name.casefold(),
}


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "table",
        help="the 60 networks of the reference table, ranked",
        description="Print the 60 networks of the reference table. The rank is always that by "
        "NetScore among all 60.",
    )
    parser.add_argument(
        "--sort",
        choices=_SORTS,
        default="netscore",
        help="best first; year: oldest first; name: alphabetical (default: netscore)",
    )
    parser.add_argument("--family", metavar="F", help="only the networks of one family")
    parser.add_argument(
        "--pareto",
        action="store_true",
        help="only the networks on the Pareto front of all 60: none is as good or better in "
        "accuracy, params and MACs and better in one",
    )
    add_format(parser, *FORMATS)
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the table."""
    networks = sorted(load_networks(), key=_SORTS["netscore"])
    rank = ranks()
    if arguments.family is not None:
        family = arguments.family.casefold()
        networks = [network for network in networks if network.family.casefold() == family]
        if not networks:
            families = ", ".join(dict.fromkeys(network.family for network in load_networks()))
            raise UsageError(
                f"netscore table: there is no family {arguments.family!r}; "
                f"the families are {families}"
            )
    if arguments.pareto:
        front = _front()
        networks = [network for network in networks if network in front]
    # Stable, so that ties stand in the order of their ranks.
    networks.sort(key=_SORTS[arguments.sort])

    form = arguments.format
    columns = _EVERY_COLUMN if form == "json" else _COLUMNS
    if signature_is_column(form, wanted=arguments.signature):
        columns = (*columns, Column("signature", "signature"))
    records = [
        {**record(network, rank[network.name]), "signature": signature()} for network in networks
    ]
    rows = [[record[column.key] for column in columns] for record in records]
    stream = stdout(form)
    write_table(stream, columns, rows, format=form, bold=bold())
    write_signature(stream, form, signature(), wanted=arguments.signature)
    return 0


def _front() -> set[Network]:
    """Return the networks on the Pareto front of the 60."""
    # Here, because nothing else in this file needs numpy.
    from netscore.pareto import pareto_front

    networks = load_networks()
    figures = zip(*((n.accuracy, n.params, n.macs) for n in networks), strict=True)
    return {n for n, is_on in zip(networks, pareto_front(*figures), strict=True) if is_on}


def ranks() -> dict[str, int]:
    """Return the rank of each of the 60 by its name: one more than the number of higher scores."""
    scores = {network.name: network.netscore for network in load_networks()}
    return {
        name: 1 + sum(other > score for other in scores.values()) for name, score in scores.items()
    }


def record(network: Network, rank: int) -> dict[str, Any]:
    """Return all that is known about a network."""
    return {
        "rank": rank,
        **dataclasses.asdict(network),
        "netscore": network.netscore,
        "information_density": network.information_density,
    }


def _percent(value: float) -> str:
    """Write a percentage with one decimal or two, so that the points stand below each other."""
    text = f"{value:.2f}"
    return f"{text[:-1]} " if text.endswith("0") else text


_COLUMNS: Final = (
    Column("rank", "Rank", number=True),
    Column("name", "Network"),
    Column("accuracy", "Top-1 %", _percent, number=True),
    Column("params", "Params", format_quantity, number=True),
    Column("macs", "MACs", format_quantity, number=True),
    Column("netscore", "NetScore", "{:.2f}".format, number=True),
    Column("information_density", "%/M params", "{:.2f}".format, number=True),
)
_EVERY_COLUMN: Final = tuple(
    Column(key, key)
    for key in (
        "rank",
        *(field.name for field in dataclasses.fields(Network)),
        "netscore",
        "information_density",
    )
)
