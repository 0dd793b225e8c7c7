"""``netscore plot``: the pictures, in a file."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from netscore.checks import extra
from netscore.cli import options
from netscore.cli.options import Arguments, UsageError, near, refuse, usage_errors
from netscore.output import replacing
from netscore.quantities import parse_quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What keeps the date out of a file, so that the same picture has the same bytes.
_METADATA: Final = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
_COLUMNS: Final = ("accuracy", "params", "macs")
_MEASURES: Final = ("accuracy", "density", "netscore")
# The options that one picture has.
_OF_SENSITIVITY: Final = {"draws": 10_000, "seed": 0}
_OF_TRADEOFF: Final = ("x", "label", "families", "no_legend", *options.EXPONENTS)


def plot(arguments: Arguments) -> None:
    """Pictures of the 60 networks or of your own table (needs the extra plot).

      bars         top-1, information density and NetScore, in the order of NetScore
      tradeoff     accuracy against MACs, with lines of equal NetScore and the Pareto front;
                   for it are --x, --label, --families, --no-legend, --alpha, --beta, --gamma
      sensitivity  the ranks over draws of the exponents; for it are --draws, --seed

    --label takes the name of a network, or own (those of FILE, with --among; all, if nothing else
    is asked for), front, known (as ResNet-50), "top N" or none. It may be given several times; own,
    front and known if not given.

    for example:
      netscore plot tradeoff --highlight Mine 73.0 4M 350M --output picture.png
      netscore plot tradeoff models.csv --among chapter --x params --size 3.4x2.6 -o paper.pdf
      netscore plot bars models.csv --measure density --top 20 --style dark_background -o talk.svg
    """
    path, picture = arguments.output, arguments.picture
    form = os.path.splitext(path)[1].lower()
    if form not in _METADATA:
        said = f"--output must end in .png, .svg or .pdf, got {path!r} (see netscore plot --help)"
        raise UsageError(said)
    for of, names in (("sensitivity", _OF_SENSITIVITY), ("tradeoff", _OF_TRADEOFF)):
        if picture != of:
            refuse(arguments, names, f"is for {of}, not {picture}")
    if picture == "sensitivity":
        refuse(arguments, ["measure"], "is for bars and tradeoff")
    if arguments.file is None:
        refuse(arguments, (*_COLUMNS, *options.OF_TEXT), "is for a FILE")
    extra("plot", "matplotlib", "plot")
    from matplotlib import rc_context, style

    with rc_context():
        try:
            plain = {"text.usetex": False}  # names are no commands of TeX
            style.use([arguments.style or {}, plain])
        except OSError:
            said = f"--style must be a style of matplotlib or a file, got {arguments.style!r}"
            raise UsageError(said, *near(arguments.style, style.available)) from None
        figure = _figure(arguments)
        with replacing(path, binary=True) as stream:
            figure.savefig(stream, format=form[1:], dpi=150, metadata=_METADATA[form])


def _figure(arguments: Arguments) -> Figure:
    """Draw the picture; what is wrong with the data is a ValueError, all else a UsageError."""
    from netscore.tables.columns import TableError

    try:
        with usage_errors((ValueError, TypeError)):
            return _drawn(arguments, [_own(*given) for given in arguments.highlight or ()])
    except UsageError as error:
        if isinstance(error.__context__, TableError):
            raise ValueError(str(error)) from None
        said = re.sub(r"\A(families|x) must be", r"--\1 must be", str(error))
        said = re.sub(r"\Anames must be", "--label must be 'none',", said)
        raise UsageError(said, *error.meant) from None


def _own(name: str, accuracy: str, params: str, macs: str) -> tuple[str, float, float, float]:
    try:
        return name, options.number(accuracy), parse_quantity(params), parse_quantity(macs)
    except ValueError as error:
        raise ValueError(f"--highlight {name}: {error}") from None


def _drawn(arguments: Arguments, own: list[tuple[str, float, float, float]]) -> Figure:
    from matplotlib.figure import Figure

    from netscore import plots
    from netscore.plots.points import points
    from netscore.smaa import sensitivity
    from netscore.tables import networks_among
    from netscore.tables.columns import Options

    picture, measure, networks = arguments.picture, arguments.measure, arguments.file
    attributes = arguments.x or "macs", arguments.families or ""
    if networks is not None:
        columns, said = (options.said(arguments, of) for of in (_COLUMNS, options.OF_TEXT))
        given = columns, attributes, Options(**said)
        networks = networks_among(picture, networks, "networks", *given)
    drawn = points(picture, networks, own, arguments.among, None, arguments.top, attributes)
    options.say_halved("plot", drawn.halved)
    measures: Any = [measure] if measure or picture != "bars" else _MEASURES
    width, height = arguments.size or (7.0 if len(measures) > 1 else None, None)
    size = plots.figure_size(picture, len(drawn.names), width=width)
    figure = Figure(figsize=(size[0], height or size[1]), layout="constrained")
    axes = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    if picture == "bars":
        for ax, shown in zip(axes, measures):
            plots.bars(drawn, measure=shown, order=measure or "netscore", ax=ax)
    elif picture == "tradeoff":
        labels: Any = arguments.label or ["own", "front", "known"]
        further: Any = {"legend": not arguments.no_legend, **options.exponents(arguments)}
        further.update(x=arguments.x or "macs", measure=measure or "accuracy", ax=axes[0])
        further.update(names=None if labels == ["none"] else labels, families=arguments.families)
        plots.tradeoff(drawn, **further)
    else:
        drawing = _OF_SENSITIVITY | options.said(arguments, _OF_SENSITIVITY)
        result = sensitivity(*drawn.figures, **drawing)
        bold = [name for name, own in zip(drawn.names, drawn.own) if own]
        plots.sensitivity(result, names=drawn.names, highlight=bold, ax=axes[0])
    return figure
