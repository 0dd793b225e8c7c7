"""``netscore table``, ``show`` and ``cite``: the 60 networks, and what is known about them."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from itertools import compress
from math import nan
from types import SimpleNamespace
from typing import Any, Final

from netscore import checks, layout
from netscore.citations import cite_as_bibtex, cite_as_text, cited_keys
from netscore.cli import options
from netscore.cli.options import Arguments, UsageError, usage_errors
from netscore.comparison import networks_among
from netscore.formula import density
from netscore.networks import COLUMNS, Row, find_network, load_sources

_LOWEST_FIRST: Final = ("params", "macs", "year", "name")


def table(arguments: Arguments) -> None:
    """The 60 networks of the reference table, or those of --among, ranked by NetScore.

    The rank is always that among all of them.
    """
    with usage_errors():
        among = networks_among("table", arguments.among or "chapter", ("family", "year"))
        metric = options.weighing("table", arguments)
    scores = [metric.of_numbers(*figures) for figures in among.figures]
    doubts = checks.doubt_rows("table", checks.FIGURES, among.figures, further=among.doubts)
    if arguments.among is not None:
        options.say(f"netscore table: {among.said}")
    order = sorted(-score for score in scores if score == score)
    ranks = [1 + bisect_left(order, -score) for score in scores]
    records = list(map(_record, among.networks, scores, ranks))
    if arguments.pareto:
        # Here, because nothing else in this file needs numpy.
        from netscore.pareto import pareto_front

        records = list(compress(records, pareto_front(*zip(*among.figures))))
    if (family := arguments.family) is not None:
        families = dict.fromkeys(filter(None, (getattr(n, "family", "") for n in among.networks)))
        records = [r for r in records if str(r.get("family")).casefold() == family.casefold()]
        if family.casefold() not in map(str.casefold, families):
            known = ", ".join(families) or "none"
            raise UsageError(f"there is no family {family!r}; the families are {known}")
    sign, sort = 1 if arguments.sort in _LOWEST_FIRST else -1, arguments.sort.replace("-", "_")

    def place(record: dict[str, Any]) -> tuple[bool, Any, int]:
        value = record.get(sort)
        order = value.casefold() if isinstance(value, str) else sign * (value or 0)
        return value in (None, ""), order, record["rank"] or len(scores)

    records.sort(key=place)
    first, *others = COLUMNS
    heading = first.heading + " (doubtful)" * bool(doubts)
    columns = () if arguments.format == "json" else [first._replace(heading=heading), *others]
    options.print_records(arguments, records, columns=columns)


def _record(network: Any, score: float, rank: int) -> dict[str, Any]:
    """Return all that is known about a network, its rank by this score first."""
    of_files: dict[Any, Any] = {Row: Row._asdict, SimpleNamespace: vars}
    known = of_files.get(type(network), dataclasses.asdict)(network)
    dense = density(None, network.accuracy, network.params)
    record = {"rank": 0} | known | {"netscore": score, "information_density": dense}
    record["rank"] = rank if score == score else nan
    return {name: None if value != value else value for name, value in record.items()}


def show(arguments: Arguments) -> None:
    """All figures of one network, with their sources and grades.

    The grades are published (by its authors), quoted (by others), counted (from the architecture),
    recalled (attributed to the authors, not re-read in their text).
    """
    with usage_errors():
        n = find_network(arguments.name)
    options.print_records(arguments, [_record(n, n.netscore, n.rank)], n._parts())


def cite(arguments: Arguments) -> None:
    """What to cite, as text or BibTeX.

    The paper on NetScore, the paper on information density, and the sources of the networks named.
    """
    with usage_errors():
        networks = [find_network(name) for name in arguments.names]
    sources = [*map(load_sources().__getitem__, cited_keys(networks))]
    stream = options.stdout(arguments.format)
    if arguments.format == "text":
        cited = map(layout.lines, map(cite_as_text, sources))
        stream.write(layout.show(cited, options.screen(stream)))
    else:
        stream.write("\n\n".join(map(cite_as_bibtex, sources)) + "\n")
