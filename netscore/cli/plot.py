"""``netscore plot``: the pictures, in a file."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Final

from netscore.cli import options
from netscore.cli.files import writing
from netscore.cli.options import argument, command
from netscore.networks import load_networks

if TYPE_CHECKING:
    from argparse import Namespace

    from matplotlib.figure import Figure

# What keeps the date out of a file, so that the same picture has the same bytes.
_METADATA: Final = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
_OF_SENSITIVITY: Final = {
    "draws": "draws of the exponents, for sensitivity (default: 10000)",
    "seed": "seed of the draws, for sensitivity (default: 0, so that the picture repeats)",
}


@command(
    argument("picture", choices=("bars", "tradeoff", "sensitivity")),
    argument(
        "--highlight",
        nargs=4,
        action="append",
        default=[],
        metavar=("NAME", "ACCURACY", "PARAMS", "MACS"),
        help="a network of your own; may be given several times",
    ),
    argument("-o", "--output", metavar="FILE", required=True, help="a name in .png, .svg or .pdf"),
    *(
        argument(f"--{name}", type=options.quantity, metavar="N", help=said)
        for name, said in _OF_SENSITIVITY.items()
    ),
    *options.exponent_options(", for the lines of tradeoff"),
)
def plot(arguments: Namespace) -> None:
    """A picture of the 60 networks, with your own among them (needs the extra plot).

      bars         top-1, information density and NetScore, each sorted
      tradeoff     accuracy against MACs, with lines of equal NetScore and the Pareto front
      sensitivity  best, median and worst rank over draws of the exponents

    example: netscore plot tradeoff --highlight Mine 73.0 4M 350M --output picture.png
    """
    path = arguments.output
    form = os.path.splitext(path)[1].lower()
    if form not in _METADATA:
        said = f"--output must end in .png, .svg or .pdf, got {path!r} (see netscore plot --help)"
        raise options.UsageError(f"netscore plot: {said}")
    of_draws = dict.fromkeys(_OF_SENSITIVITY)
    for picture, defaults in (("sensitivity", of_draws), ("tradeoff", options.EXPONENTS)):
        if arguments.picture != picture:
            options.refuse(arguments, defaults, f"is for {picture}, not {arguments.picture}")
    with options.usage_errors(arguments):
        figure = _figure(arguments, [_own(*given) for given in arguments.highlight])
    import matplotlib

    salt = matplotlib.rc_context({"svg.hashsalt": "netscore"})
    with salt, writing(arguments, path, binary=True) as stream:
        figure.savefig(stream, format=form[1:], dpi=150, metadata=_METADATA[form])


def _own(name: str, accuracy: str, params: str, macs: str) -> tuple[str, float, float, float]:
    try:
        return name, options.number(accuracy), options.quantity(params), options.quantity(macs)
    except ArgumentTypeError as error:
        raise ValueError(f"--highlight {name}: {error}") from None


def _figure(arguments: Namespace, own: list[tuple[str, float, float, float]]) -> Figure:
    from netscore import plots
    from netscore.smaa import sensitivity

    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "plot needs matplotlib: install it with  pip install 'netscore[plot]'"
        ) from None
    networks = load_networks()
    width, height = plots.figure_size(arguments.picture, len(networks) + len(own))
    parts = 3 if arguments.picture == "bars" else 1
    figure = Figure(figsize=(parts * width, height), layout="constrained")
    axes = figure.subplots(1, parts, squeeze=False)[0]
    if arguments.picture == "bars":
        plots.bars(measure="accuracy", highlight=own, ax=axes[0])
        plots.bars(measure="information_density", highlight=own, ax=axes[1])
        plots.bars(measure="netscore", highlight=own, ax=axes[2])
    elif arguments.picture == "tradeoff":
        plots.tradeoff(highlight=own, ax=axes[0], **options.exponents(arguments))
    else:
        names, *figures = zip(*((n.name, *n.figures) for n in networks), *own)
        draws = _whole("draws", 10_000.0 if arguments.draws is None else arguments.draws)
        result = sensitivity(*figures, draws=draws, seed=_whole("seed", arguments.seed or 0.0))
        plots.sensitivity(result, names=names, highlight=[name for name, *_ in own], ax=axes[0])
    return figure


def _whole(name: str, value: float) -> int:
    if not value.is_integer():
        raise ValueError(f"--{name} must be a whole number, got {value:g}")
    return int(value)
