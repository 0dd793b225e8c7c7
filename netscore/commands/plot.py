"""``netscore plot``: the pictures, in a file."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

from netscore.commands.arguments import (
    EXPONENTS,
    QUANTITIES,
    UsageError,
    add_exponents,
    exponents,
    number,
    quantity,
    usage_errors,
)
from netscore.commands.files import writing
from netscore.networks import load_networks

if TYPE_CHECKING:
    from argparse import Namespace

    from matplotlib.figure import Figure

    from netscore.commands.arguments import Commands

# What keeps the date out of a file, so that the same picture has the same bytes.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}

# Options of one picture, and what they are where they are not given.
_OPTIONS = (
    ("draws", "sensitivity", None),
    ("seed", "sensitivity", None),
    *((name, "tradeoff", default) for name, default in EXPONENTS.items()),
)


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "plot",
        help="the pictures of the 60 networks, with your own among them",
        description="Draw a picture of the 60 networks (needs the extra plot):\n"
        "  bars         top-1, information density and NetScore, each sorted\n"
        "  tradeoff     accuracy against MACs, with lines of equal NetScore and the Pareto front\n"
        "  sensitivity  best, median and worst rank over draws of the exponents",
        epilog=f"{QUANTITIES}\n\nexample: netscore plot tradeoff --highlight Mine 73.0 4M 350M "
        "--output picture.png",
    )
    parser.add_argument("picture", choices=("bars", "tradeoff", "sensitivity"))
    parser.add_argument(
        "--highlight",
        nargs=4,
        action="append",
        default=[],
        metavar=("NAME", "ACCURACY", "PARAMS", "MACS"),
        help="a network of your own; may be given several times",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="a name in .png, .svg or .pdf"
    )
    parser.add_argument(
        "--draws",
        type=quantity,
        metavar="N",
        help="draws of the exponents, for sensitivity (default: 10000)",
    )
    parser.add_argument(
        "--seed",
        type=quantity,
        metavar="N",
        help="seed of the draws, for sensitivity (default: 0, so that the picture repeats)",
    )
    add_exponents(parser, ", for the lines of tradeoff")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Draw the picture."""
    form = os.path.splitext(arguments.output)[1].lower()
    if form not in _METADATA:
        raise UsageError(
            "netscore plot: --output must end in .png, .svg or .pdf, "
            f"got {arguments.output!r} (see netscore plot --help)"
        )
    for name, picture, default in _OPTIONS:
        if getattr(arguments, name) != default and arguments.picture != picture:
            raise UsageError(f"netscore plot: --{name} is for {picture}, not {arguments.picture}")
    with usage_errors(arguments):
        own = [_own(*given) for given in arguments.highlight]
        figure = _figure(arguments, own)
    import matplotlib

    with (
        matplotlib.rc_context({"svg.hashsalt": "netscore"}),
        writing(arguments, arguments.output, binary=True) as stream,
    ):
        figure.savefig(stream, format=form[1:], dpi=150, metadata=_METADATA[form])
    return 0


def _own(name: str, accuracy: str, params: str, macs: str) -> tuple[str, float, float, float]:
    try:
        return name, number(accuracy), quantity(params), quantity(macs)
    except ArgumentTypeError as error:
        raise ValueError(f"--highlight {name}: {error}") from None


def _figure(arguments: Namespace, own: list[tuple[str, float, float, float]]) -> Figure:
    from netscore.plotting import figure_size, plot_bars, plot_sensitivity, plot_tradeoff

    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "plot needs matplotlib: install it with  pip install 'netscore[plot]'"
        ) from None
    width, height = figure_size(arguments.picture, len(load_networks()) + len(own))
    if arguments.picture == "bars":
        figure = Figure(figsize=(3 * width, height), layout="constrained")
        accuracy, density, score = figure.subplots(1, 3)
        plot_bars(measure="accuracy", highlight=own, ax=accuracy)
        plot_bars(measure="information_density", highlight=own, ax=density)
        plot_bars(measure="netscore", highlight=own, ax=score)
        return figure
    figure = Figure(figsize=(width, height), layout="constrained")
    if arguments.picture == "tradeoff":
        plot_tradeoff(highlight=own, ax=figure.subplots(), **exponents(arguments))
        return figure
    from netscore.robustness import sensitivity

    rows: list[Any] = [(n.name, n.accuracy, n.params, n.macs) for n in load_networks()]
    names, accuracy, params, macs = map(list, zip(*rows, *own, strict=True))
    result = sensitivity(
        accuracy,
        params,
        macs,
        draws=_whole("draws", 10_000.0 if arguments.draws is None else arguments.draws),
        seed=_whole("seed", arguments.seed or 0.0),
    )
    highlight = [name for name, *_ in own]
    plot_sensitivity(result, names=names, highlight=highlight, ax=figure.subplots())
    return figure


def _whole(name: str, value: float) -> int:
    if not value.is_integer():
        raise ValueError(f"--{name} must be a whole number, got {value:g}")
    return int(value)
