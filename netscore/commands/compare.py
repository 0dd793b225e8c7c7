"""``netscore compare``: where one network stands among the 60, and what it lacks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from netscore.checks import UnitWarning
from netscore.commands import score
from netscore.commands.arguments import (
    QUANTITIES,
    add_exponents,
    add_figures,
    add_format,
    add_signature,
    exponents,
    quantity,
    usage_errors,
)
from netscore.commands.printing import write_record
from netscore.comparison import compare
from netscore.quantities import format_quantity
from netscore.signatures import signature
from netscore.tables import FORMATS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from netscore.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "compare",
        help="whom one network beats, who beats it, what it lacks",
        description="Print what netscore score prints, and which of the 60 networks of the "
        "reference table\na network dominates (as good or better in accuracy, params and MACs, "
        "better in one), which\ndominate it, and what accuracy, params or MACs would lift it "
        "level with the network above.",
        epilog=f"{QUANTITIES}\n\nexample: netscore compare 73.0 4M 350M --images 50000",
    )
    add_figures(parser)
    add_exponents(parser, "; the 60 are scored with it as well")
    parser.add_argument(
        "--images",
        metavar="N",
        type=quantity,
        help="the accuracy was measured on N test images: print the 95 %% interval of the score",
    )
    add_format(parser, *FORMATS)
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the comparison."""
    figures = (arguments.accuracy, arguments.params, arguments.macs)
    weights = exponents(arguments)
    with usage_errors(arguments):
        standing = compare(*figures, **weights)
        low, high = _interval(arguments, figures, weights)
    place = standing.next_place
    record: dict[str, Any] = {
        **score.record(figures, weights, standing),
        "percentile": standing.percentile,
        "dominates": [network.name for network in standing.dominates],
        "dominated_by": [network.name for network in standing.dominated_by],
        "next_place_decibels": place and place.decibels,
        "next_place_accuracy": place and place.accuracy,
        "next_place_params": place and place.params,
        "next_place_macs": place and place.macs,
        "images": arguments.images and score.whole(arguments.images),
        "interval_low": low,
        "interval_high": high,
    }
    write_record(arguments, record, _fields(record), signature(**weights))
    return 0


def _interval(
    arguments: Namespace, figures: tuple[float, float, float], weights: Mapping[str, float]
) -> tuple[float | None, float | None]:
    """Return the interval of the score if the number of test images is known."""
    if arguments.images is None:
        return None, None
    # Here, because it needs numpy.
    from netscore.robustness import netscore_interval

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)  # compare() has given it
        return netscore_interval(*figures, n_images=arguments.images, **weights)


def _fields(record: Mapping[str, Any]) -> dict[str, str]:
    fields = {
        **score.fields(record),
        "Percentile": f"{record['percentile']:.1f} % of the {record['networks']} score no higher",
        "Dominates": _listed(record["dominates"]),
        "Dominated by": _listed(record["dominated_by"]),
        "Next place": _next_place(record),
    }
    if record["images"] is not None:
        fields["Interval"] = (
            f"{record['interval_low']:.2f} to {record['interval_high']:.2f}, 95 % interval of the "
            f"score with {record['images']:,} test images"
        )
    return fields


def _listed(names: list[str]) -> str:
    return f"{len(names)}: {'; '.join(names)}" if names else "none"


def _next_place(record: Mapping[str, Any]) -> str:
    """Say what each figure alone would have to be."""
    if record["above"] is None:
        return "none: no network scores higher"
    wanted = {
        "accuracy": "{:.2f} %".format,
        "params": format_quantity,
        "macs": format_quantity,
    }
    ways = [
        f"{'MACs' if name == 'macs' else name} {show(record[f'next_place_{name}'])}"
        for name, show in wanted.items()
        if record[f"next_place_{name}"] is not None
    ]
    return (
        f"{record['next_place_decibels']:.2f} dB higher, with {' or '.join(ways)}"
        if ways
        else ("out of reach of any one figure")
    )
