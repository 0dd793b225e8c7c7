"""``netscore table``, ``show`` and ``cite``: the 60 networks, and what is known about them."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from itertools import compress
from math import nan
from typing import TYPE_CHECKING, Any, Final

from netscore.citations import cite_as_bibtex, cite_as_text, cited_keys
from netscore.cli import options
from netscore.cli.options import argument, command
from netscore.comparison import networks_among
from netscore.formula import information_density, netscore
from netscore.layout import Column
from netscore.networks import TABLES, Row, find_network, load_networks, load_sources, title
from netscore.quantities import format_quantity

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
        help="only the networks on the Pareto front of all: none is as good or better in "
        "accuracy, params and MACs and better in one",
    ),
    options.AMONG,
    *options.exponent_options(""),
    *options.OF_TABLE,
    help="the networks of a reference table, ranked",
    description="Print the 60 networks of the reference table, or those of --among. The rank is "
    "always that by\nNetScore among all of them.",
)
def table(arguments: Namespace) -> None:
    """Print the table."""
    with options.usage_errors(arguments):
        among = networks_among("table", arguments.among or "chapter")
        scores = [netscore(*f, **options.exponents(arguments)) for f in among.figures]
    if arguments.among is not None:
        options.say(f"netscore table: {among.title}")
    order = sorted(-score for score in scores if score == score)
    ranks = [1 + bisect_left(order, -score) for score in scores]
    records = list(map(_record, among.networks, scores, ranks))
    if arguments.pareto:
        # Here, because nothing else in this file needs numpy.
        from netscore.pareto import pareto_front

        records = list(compress(records, pareto_front(*zip(*among.figures))))
    if (family := arguments.family) is not None:
        families = dict.fromkeys(filter(None, (getattr(n, "family", "") for n in among.networks)))
        records = [r for r in records if r.get("family", "").casefold() == family.casefold()]
        if family.casefold() not in map(str.casefold, families):
            said = (
                f"there is no family {family!r}; the families are {', '.join(families) or 'none'}"
            )
            raise options.UsageError(f"netscore table: {said}")
    records.sort(key=lambda record: record["rank"] or len(scores))
    sign = -1 if arguments.sort in _HIGHEST_FIRST else 1

    def place(record: dict[str, Any]) -> tuple[bool, Any]:
        value = record.get(arguments.sort.replace("-", "_"))
        return value is None, value.casefold() if isinstance(value, str) else sign * (value or 0)

    # Stable, so that ties stand in the order of their ranks.
    records.sort(key=place)
    columns = () if arguments.format == "json" else _COLUMNS
    options.print_records(arguments, records, columns=columns)


def _record(network: Any, score: float, rank: int) -> dict[str, Any]:
    """Return all that is known about a network, its rank by this score first."""
    known = network._asdict() if isinstance(network, Row) else dataclasses.asdict(network)
    density = information_density(network.accuracy, network.params)
    record = {"rank": 0} | known | {"netscore": score, "information_density": density}
    record["rank"] = rank if score == score else nan
    return {name: None if value != value else value for name, value in record.items()}


def _percent(value: float) -> str:
    """Write a percentage with one decimal or two, so that the points stand below each other."""
    text = f"{value:.2f}"
    return f"{text[:-1]} " if text.endswith("0") else text


_COLUMNS: Final = [
    Column("rank", "Rank", number=True),
    Column("name", "Network"),
    Column("accuracy", "Top-1 %", _percent, number=True, best=1),
    Column("params", "Params", format_quantity, number=True, best=-1),
    Column("macs", "MACs", format_quantity, number=True, best=-1),
    Column("netscore", "NetScore", "{:.2f}".format, number=True, best=1),
    Column("information_density", "%/M params", "{:.2f}".format, number=True, best=1),
]


@command(
    argument("name", metavar="NAME", help="case, blanks and punctuation do not matter: resnet50"),
    *options.OF_RECORD,
    help="all figures of one network, with sources and grades",
    description="""\
Print all figures of a network of the reference table, with their sources and grades:
published (by its authors), quoted (by others), counted (from the architecture), recalled
(attributed to the authors, not re-read in their text).""",
)
def show(arguments: Namespace) -> None:
    """Print the network."""
    with options.usage_errors(arguments):
        n = find_network(arguments.name)
    table = next(networks for networks in map(load_networks, TABLES) if n in networks)
    fields = {
        "Network": n.name,
        "Family": n.family,
        "Year": n.year and str(n.year),
        "Paper": n.paper,
        "Top-1 accuracy": n.rank and f"{n.accuracy:g} %, {n.accuracy_grade}, {n.accuracy_source}",
        "Params": f"{n.params:,}, {n.params_grade}, {n.params_source}",
        "MACs": f"{n.macs:,}, {n.macs_grade}, {n.macs_source}",
        "Input": f"{n.input_px} x {n.input_px} pixels",
        "Counted params": "none" if n.params_counted is None else f"{n.params_counted:,}",
        "Counted MACs": "none" if n.macs_counted is None else f"{n.macs_counted:,}",
        "Counted from": n.counted_from,
        "Among the 60": n.membership,
        "Note": n.note,
        "NetScore": n.rank and f"{n.netscore:.2f}, rank {n.rank} among {title(table)}",
        "Information density": n.rank and f"{n.information_density:.2f} % per million parameters",
    }
    sources = n.paper, n.accuracy_source, n.params_source, n.macs_source
    keys = dict.fromkeys(filter(None, sources))
    text = options.as_lines({name: value for name, value in fields.items() if value})
    options.print_records(
        arguments, [_record(n, n.netscore, n.rank)], text=f"{text}\nSources\n\n{_cited(*keys)}"
    )


@command(
    argument("names", metavar="NAME", nargs="*", help="a network of the table"),
    options.format_option("text", "bibtex"),
    help="what to cite, as text or BibTeX",
    description="Print the paper on NetScore, the paper on information density, and the "
    "sources of the networks named.",
)
def cite(arguments: Namespace) -> None:
    """Print the publications."""
    with options.usage_errors(arguments):
        networks = [find_network(name) for name in arguments.names]
    options.stdout(arguments.format).write(_cited(*cited_keys(networks), form=arguments.format))


def _cited(*keys: str, form: str = "text") -> str:
    sources, write = load_sources(), cite_as_text if form == "text" else cite_as_bibtex
    return "\n\n".join(write(sources[key]) for key in keys) + "\n"
