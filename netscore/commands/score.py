"""``netscore score``: score, density and standing of one network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netscore.commands.arguments import (
    QUANTITIES,
    add_exponents,
    add_figures,
    add_format,
    add_signature,
    exponents,
    usage_errors,
)
from netscore.commands.printing import write_record
from netscore.comparison import compare
from netscore.formula import netscore
from netscore.quantities import format_quantity
from netscore.signatures import signature
from netscore.tables import FORMATS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from netscore.commands.arguments import Commands
    from netscore.comparison import Comparison
    from netscore.networks import Network


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "score",
        help="score, density and standing of one network",
        description="Print the NetScore and the information density of a network, and where it "
        "would stand among the 60 of the reference table.",
        epilog=f"{QUANTITIES}\n\nexample: netscore score 72.0 3.4M 300M",
    )
    add_figures(parser)
    add_exponents(parser, "; the 60 are scored with it as well")
    add_format(parser, *FORMATS)
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the score."""
    figures = (arguments.accuracy, arguments.params, arguments.macs)
    weights = exponents(arguments)
    with usage_errors(arguments):
        standing = compare(*figures, **weights)
    values = record(figures, weights, standing)
    write_record(arguments, values, fields(values), signature(**weights))
    return 0


def record(
    figures: tuple[float, float, float],
    weights: Mapping[str, Any],
    standing: Comparison[Network],
) -> dict[str, Any]:
    """Return figures, exponents, scores and neighbours of a network."""
    accuracy, params, macs = figures

    def neighbour(network: Network | None) -> tuple[str | None, float | None]:
        if network is None:
            return None, None
        return network.name, netscore(network.accuracy, network.params, network.macs, **weights)

    above, above_netscore = neighbour(standing.above)
    below, below_netscore = neighbour(standing.below)
    return {
        "accuracy": accuracy,
        "params": whole(params),
        "macs": whole(macs),
        **weights,
        "netscore": standing.netscore,
        "information_density": standing.information_density,
        "rank": standing.rank,
        "networks": standing.total,
        "level_with": [network.name for network in standing.level],
        "above": above,
        "above_netscore": above_netscore,
        "below": below,
        "below_netscore": below_netscore,
    }


def fields(record: Mapping[str, Any]) -> dict[str, str]:
    """Write such a record for people."""
    level = "; ".join(record["level_with"])
    networks = record["networks"]

    def neighbour(which: str) -> str:
        score = record[f"{which}_netscore"]
        return "none" if score is None else f"{record[which]} with {score:.2f}"

    return {
        "NetScore": f"{record['netscore']:.2f}",
        "Information density": f"{record['information_density']:.2f} % per million parameters",
        "Accuracy": f"{record['accuracy']:g} %",
        "Params": format_quantity(record["params"]),
        "MACs": format_quantity(record["macs"]),
        "Exponents": "alpha {alpha:g}, beta {beta:g}, gamma {gamma:g}".format(**record),
        "Rank": f"{record['rank']} of {networks + 1}, ranked with the {networks} "
        f"reference networks{level and f'; level with {level}'}",
        "Above": neighbour("above"),
        "Below": neighbour("below"),
    }


def whole(value: float) -> float:
    """Return a count as a whole number if it is one, exactly."""
    return int(value) if value < 2**53 and value.is_integer() else value
