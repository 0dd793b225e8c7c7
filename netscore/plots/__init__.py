"""The pictures: bar charts, accuracy against cost, ranges of ranks; drawn with matplotlib."""

from __future__ import annotations

from math import floor, isclose, isfinite, log10
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from netscore import pareto
from netscore.checks import EXPONENTS, FIGURES, doubt_rows, only_numbers, refuse_value, shown
from netscore.formula import density
from netscore.layout import printable
from netscore.metrics import NETSCORE
from netscore.networks import load_networks
from netscore.plots.labels import write_names
from netscore.quantities import format_quantity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import TypeAlias

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray

    from netscore.smaa import Sensitivity

    # A `Network`, what has its attributes, or a tuple of name, accuracy, params and macs.
    Drawable: TypeAlias = Any
    Floats: TypeAlias = NDArray[np.float64]

Picture = Literal["bars", "tradeoff", "sensitivity"]
Measure = Literal["accuracy", "information_density", "netscore"]

_TITLES: Final = {
    "accuracy": "Top-1 accuracy (%)",
    "information_density": "Information density\n(% per million parameters)",
    "netscore": "NetScore (dB)",
}

# From the palette of Okabe and Ito, with tints. The shades differ in grey as well; what is the
# reader's own differs in shape, hatching or weight besides.
_BLUE: Final = "#56b4e9"
_PALE_BLUE: Final = "#d5e4f0"
_ORANGE: Final = "#d55e00"
_PALE_ORANGE: Final = "#f5c9a6"
_GREY: Final = "#666666"

_SMALL: Final = 7.5
_LARGE: Final = 9.0

# The area, in square points, of the disc with the most parameters; room around it for a diamond.
_LARGEST: Final = 500.0
_FRAME: Final = 6.0

# The corners of the axes under the numbers that they have as places of a legend.
_CORNERS: Final = {4: (1.0, 0.0), 2: (0.0, 1.0), 3: (0.0, 0.0), 1: (1.0, 1.0)}


def figure_size(picture: Picture, networks: int = 60) -> tuple[float, float]:
    """Width and height, in inches, at which all the text of a picture has its place.

    Parameters
    ----------
    picture : {"bars", "tradeoff", "sensitivity"}
        One bar chart, or one of the other pictures.
    networks : int, default 60
        How many networks are drawn, highlighted ones included. It decides the height of bars
        and sensitivity, which have one row for each network.

    Returns
    -------
    tuple of float
        The ``figsize`` that `bars`, `tradeoff` and `sensitivity` use for a figure
        of their own.

    Examples
    --------
    Room for three bar charts side by side:

    >>> from netscore import plots
    >>> width, height = plots.figure_size("bars")
    >>> round(3 * width, 1), round(height, 1)
    (12.3, 9.8)
    """
    if picture == "tradeoff":
        return 9.0, 6.5
    return (4.1 if picture == "bars" else 8.0), 0.8 + 0.15 * max(networks, 14)


def bars(
    networks: Iterable[Drawable] | None = None,
    *,
    measure: Measure = "netscore",
    highlight: Iterable[Drawable] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw one measure of networks as bars, the best network on top.

    With the measures ``"accuracy"``, ``"information_density"`` and ``"netscore"`` these are the
    three bar charts of the chapter that proposes NetScore [1]_.

    Parameters
    ----------
    networks : iterable, optional
        What to draw: `Network` records, any objects with the attributes ``name``, ``accuracy``,
        ``params`` and ``macs``, or tuples of these four. The 60 networks of the reference table
        if not given.
    measure : {"netscore", "accuracy", "information_density"}
        What the bars show. NetScore is the one with the default exponents.
    highlight : iterable, optional
        Networks, as above, that are drawn among the others with a hatched bar and a bold name.
        One that is among `networks`, by name and figures, is not drawn twice.
    ax : matplotlib.axes.Axes, optional
        Where to draw. A new figure of pyplot if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Where the bars were drawn. Save them with ``ax.figure.savefig``.

    Raises
    ------
    ValueError
        If there are no networks, a figure is out of range, as in `netscore`, or missing (NaN), a
        bar would be infinite (the NetScore of an accuracy of 0), or there is no such measure.
    TypeError
        If a figure is not a real number, or a network is none of the above.
    ImportError
        If matplotlib is not installed (the extra ``plot``).

    Warns
    -----
    UnitWarning
        As in `netscore`, for `networks` and for `highlight` each.

    See Also
    --------
    figure_size : Room for the names of all networks.

    References
    ----------
    .. [1] A. Wong, "NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of
       Deep Neural Networks for Practical On-Device Edge Usage", ICIAR 2019, LNCS 11663,
       doi:10.1007/978-3-030-27272-2_2, arXiv:1806.05512.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netscore import plots
    >>> figure = Figure(figsize=plots.figure_size("bars", 61), layout="constrained")
    >>> ax = plots.bars(highlight=[("My network", 73.0, 4e6, 350e6)], ax=figure.subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()].index("My network")
    6
    """
    if measure not in _TITLES:
        names = ", ".join(map(repr, _TITLES))
        raise ValueError(f"bars: measure must be one of {names}, got {shown(measure)}")
    points = _points("bars", networks, highlight)
    accuracy, params, macs = points.figures
    values = accuracy
    if measure == "information_density":
        values = density(np, accuracy, params)
    elif measure == "netscore":
        values = NETSCORE.scores((accuracy, params, macs))
    for name, value in zip(points.names, values.tolist()):
        if not isfinite(value):
            raise ValueError(
                f"bars: {measure} must be finite, got {value} in network {shown(name)}"
            )
    ax = _axes("bars", ax, figure_size("bars", values.size))

    order = np.argsort(-values, kind="stable")
    drawn = ax.barh(range(order.size), values[order], height=0.8, color=_BLUE)
    for bar, own in zip(drawn, points.own[order]):
        if own:
            bar.set(facecolor=_ORANGE, edgecolor="black", hatch="/////", linewidth=0.8)
    numbers = [f"{value:.1f}" if abs(value) >= 10.0 else f"{value:.2f}" for value in values[order]]
    ax.bar_label(drawn, numbers, padding=2, fontsize=_SMALL)
    ax.margins(x=0.13)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.set_xticks([])
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(_TITLES[measure], fontsize=_LARGE)
    _name_rows(ax, [points.names[i] for i in order], points.own[order])
    return ax


def tradeoff(
    networks: Iterable[Drawable] | None = None,
    *,
    highlight: Iterable[Drawable] = (),
    alpha: float = 2.0,
    beta: float = 0.5,
    gamma: float = 0.5,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw accuracy against multiply-accumulates, with discs whose area is that of params.

    The networks on the Pareto front of accuracy, params and macs are drawn in a full colour and
    by name. The front is that of all networks in the picture. It is a set of points and no line:
    a network that looks beaten may be on it for its few parameters.

    Lines of equal NetScore help to read differences. A score also depends on params, which the
    two axes do not show, so that the lines hold for one number of parameters: the median of
    `networks`, which the legend says. A network with ten times as many scores :math:`20\beta`
    decibels less than the lines say.

    Parameters
    ----------
    networks, highlight : iterable, optional
        As in `bars`; highlighted networks are drawn with a diamond around the disc and a
        bold name.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        Exponents of the lines, as in `netscore`.
    ax : matplotlib.axes.Axes, optional
        Where to draw. A new figure of pyplot if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Where the networks were drawn, with a logarithmic horizontal axis. The names are placed
        for the size that the axes have now; a name that finds no free place is left out.

    Raises
    ------
    ValueError, TypeError
        As in `bars`; ValueError also if an exponent is out of range.
    ImportError
        If matplotlib is not installed (the extra ``plot``).

    Warns
    -----
    UnitWarning
        As in `bars`.

    See Also
    --------
    pareto_front : The networks that no other network beats outright.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from netscore import plots
    >>> figure = Figure(figsize=plots.figure_size("tradeoff"), layout="constrained")
    >>> ax = plots.tradeoff(highlight=[("My network", 73.0, 4e6, 350e6)], ax=figure.subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()][3]
    'equal NetScore with 21.3M parameters (median);\n10 times as many: 10 dB less'
    """
    weights = only_numbers("tradeoff", EXPONENTS, (alpha, beta, gamma))
    points = _points("tradeoff", networks, highlight)
    ax = _axes("tradeoff", ax, figure_size("tradeoff"))
    accuracy, params, macs = points.figures
    front = pareto.front([accuracy, params, macs])
    _scale(ax, accuracy, macs)
    _draw_levels(ax, points.median_params, weights)
    radii = _draw_discs(ax, points, front)
    legend = _add_legend(ax, points, 20.0 * weights[1])
    # Own networks come first, then the large discs, around which room is scarce.
    wanted = np.flatnonzero(points.own | front).tolist()
    wanted.sort(key=lambda i: (not points.own[i], -radii[i]))
    names = {i: (points.names[i], bool(points.own[i])) for i in wanted}
    write_names(ax, names, np.column_stack([macs, accuracy]), radii, legend, _SMALL)
    return ax


def sensitivity(
    result: Sensitivity,
    *,
    names: Sequence[str] | None = None,
    highlight: Collection[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw the ranks that each network takes while the exponents vary.

    One row for each network, the best median rank on top: the darker a rank, the larger the
    share of draws in which the network has it. A line leads from the best to the worst rank; a
    filled mark is the median, an open one the rank with the default exponents.

    Parameters
    ----------
    result : Sensitivity
        What `netscore.sensitivity` returned.
    names : sequence of str, optional
        Names of the networks, in the order of `result`; their positions, from 0, if not given.
    highlight : collection of str, optional
        Names that are written in bold, beside lines of another colour.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a colour bar is put beside it. A new figure of pyplot if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Where the ranks were drawn.

    Raises
    ------
    ValueError
        If there are not as many names as networks, or a highlighted name is not among them.
    ImportError
        If matplotlib is not installed (the extra ``plot``).

    See Also
    --------
    netscore.sensitivity : How far ranks depend on the exponents.
    figure_size : Room for the names of all networks.

    Examples
    --------
    MobileNetV2, ResNet-50 and VGG-16, of which VGG-16 is last whatever the exponents:

    >>> from matplotlib.figure import Figure
    >>> from netscore import plots, sensitivity
    >>> names = ["VGG-16", "ResNet-50", "MobileNetV2"]
    >>> figures = [71.5, 75.3, 72.0], [138e6, 25.6e6, 3.4e6], [15.3e9, 3.8e9, 300e6]
    >>> figure = Figure(figsize=plots.figure_size("sensitivity", 3), layout="constrained")
    >>> result = sensitivity(*figures, seed=1)
    >>> ax = plots.sensitivity(result, names=names, ax=figure.subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['MobileNetV2', 'ResNet-50', 'VGG-16']
    """
    size = result.median_rank.size
    labels = list(map(str, range(size))) if names is None else [printable(n) for n in names]
    if len(labels) != size:
        raise ValueError(
            f"sensitivity: names must hold one name for each of the {size} networks, "
            f"got {len(labels)}"
        )
    own = {printable(name) for name in highlight}
    unknown = sorted(own.difference(labels))
    if unknown:
        raise ValueError(
            f"sensitivity: highlight must hold names of the networks, got {unknown[0]!r}"
        )
    ax = _axes("sensitivity", ax, figure_size("sensitivity", size))
    order = np.lexsort((result.best_rank, result.default_rank, result.median_rank))
    bold = np.array([labels[i] in own for i in order])
    shades = _draw_shares(ax, result.acceptability[order])
    _draw_ranges(ax, result, order, bold)
    _name_rows(ax, [labels[i] for i in order], bold)
    _add_key(ax, shades)
    return ax


class _Points(NamedTuple):
    """The networks of a picture; the rows of figures are accuracy, params and macs."""

    names: tuple[str, ...]
    figures: Floats
    own: NDArray[np.bool_]
    median_params: float


def _points(
    function: str, networks: Iterable[Drawable] | None, highlight: Iterable[Drawable]
) -> _Points:
    """Check the networks of a picture."""
    rows = [_row(function, n) for n in (load_networks() if networks is None else networks)]
    if not rows:
        raise ValueError(f"{function}: networks must hold at least one network, got none")
    own = [_row(function, network) for network in highlight]
    doubt_rows(function, FIGURES, *([figures for _, figures in group] for group in (rows, own)))
    median_params = float(np.median([params for _, (_, params, _) in rows]))
    rows += [row for row in own if row not in rows]
    names, figures = zip(*rows)
    return _Points(
        names,
        np.array(figures, dtype=np.float64).T,
        np.array([row in own for row in rows]),
        median_params,
    )


def _row(function: str, network: Any) -> tuple[str, tuple[float, ...]]:
    """Return the name and the three figures of a network."""
    if hasattr(network, "accuracy"):
        network = (network.name, network.accuracy, network.params, network.macs)
    if not (isinstance(network, tuple) and len(network) == 4):
        raise TypeError(
            f"{function}: a network must be a Network or a tuple of name, accuracy, params and "
            f"macs, got {shown(network)}"
        )
    name = printable(str(network[0]))
    try:
        figures = only_numbers(function, FIGURES, network[1:])
        for parameter, figure in zip(FIGURES, figures):
            if figure != figure:
                refuse_value(function, parameter, figure)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{error} in network {shown(name)}") from None
    return name, figures


def _axes(function: str, ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return the axes given, or those of a new figure of pyplot."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{function} needs matplotlib: install it with  pip install 'netscore[plot]'"
        ) from error
    return plt.subplots(figsize=size, layout="constrained")[1]


def _mark(label: str, area: float, fill: str, edge: str, shape: str = "o") -> Line2D:
    """Return a mark for a legend."""
    from matplotlib.lines import Line2D

    mark = Line2D([], [], linestyle="none", marker=shape, markersize=area**0.5, label=label)
    mark.set(markerfacecolor=fill, markeredgecolor=edge)
    mark.set_markeredgewidth(0.6 if shape == "o" else 1.5)
    return mark


def _name_rows(ax: Axes, names: Sequence[str], own: Iterable[bool]) -> None:
    """Write one name for each row, the first on top."""
    ax.set_yticks(range(len(names)), names, fontsize=_SMALL, parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.5, -0.5)
    for label, bold in zip(ax.get_yticklabels(), own):
        if bold:
            label.set_fontweight("bold")


def _scale(ax: Axes, accuracy: Floats, macs: Floats) -> None:
    """Set up the axes with room for discs and names."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    room = max(1.0, 0.08 * float(np.ptp(accuracy)))
    ax.set_xscale("log")
    ax.set_xlim(macs.min() / 1.6, macs.max() * 1.8)
    ax.set_ylim(accuracy.min() - room, accuracy.max() + room)
    wide = macs.max() > 1e4 * macs.min()
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format_quantity(value)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(labelsize=_SMALL)
    ax.set_xlabel("Multiply-accumulates of one inference", fontsize=_LARGE)
    ax.set_ylabel("Top-1 accuracy (%)", fontsize=_LARGE)


def _draw_levels(ax: Axes, params: float, weights: Sequence[float]) -> None:
    """Draw lines of equal score for networks of that many params, each labelled at its end."""
    from contourpy import contour_generator
    from matplotlib.collections import LineCollection
    from matplotlib.ticker import MaxNLocator

    macs = np.geomspace(*ax.get_xlim(), 100)
    bottom, top = ax.get_ylim()
    accuracy = np.linspace(max(bottom, min(1.0, top / 2.0)), top, 100)
    scores = NETSCORE.weighing(*weights).scores((accuracy[:, np.newaxis], params, macs))
    lowest, highest = scores.min(), scores.max()
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(lowest, highest)
    levels = [tick for tick in ticks if lowest < tick < highest]
    contours: Any = contour_generator(macs, accuracy, scores)
    lines = [np.concatenate(contours.lines(level)) for level in levels]
    ax.add_collection(
        LineCollection(lines, colors=_GREY, linewidths=0.7, linestyles="dashed", zorder=1)
    )
    for level, line in zip(levels, lines):
        # Lines rise to the right, are level or upright: they end where both are largest.
        x, y = max(line, key=lambda place: sum(place / (macs[-1], top)))
        above = isclose(y, top)
        offset = (0.0, 3.0) if above else (3.0, 0.0)
        label = ax.annotate(f"{level:g} dB", (x, y), offset, textcoords="offset points")
        label.set(ha="center" if above else "left", va="bottom" if above else "center")
        label.set(fontsize=_SMALL, color=_GREY)


def _draw_discs(ax: Axes, points: _Points, front: NDArray[np.bool_]) -> Floats:
    """Draw the discs, and a diamond around each of one's own; return the radii of both."""
    accuracy, params, macs = points.figures
    own = points.own
    areas = _LARGEST * params / params.max()
    fills = np.where(
        own, np.where(front, _ORANGE, _PALE_ORANGE), np.where(front, _BLUE, _PALE_BLUE)
    )
    # Own networks over the front over the rest, and small discs over large ones.
    order = np.lexsort((-areas, front, own))
    discs = ax.scatter(macs[order], accuracy[order], areas[order], linewidths=0.6, zorder=3)
    discs.set_facecolor(fills[order].tolist())
    discs.set_edgecolor(np.where(front, "black", _GREY)[order].tolist())
    frames = np.sqrt(areas) + _FRAME
    diamonds = ax.scatter(macs[own], accuracy[own], frames[own] ** 2, marker="D", zorder=4)
    diamonds.set(facecolor="none", edgecolor=_ORANGE, linewidth=1.5)
    radii: Floats = np.where(own, frames / np.sqrt(2.0), np.sqrt(areas) / 2.0)
    return radii


def _add_legend(ax: Axes, points: _Points, cost: float) -> Legend:
    """Explain the marks, in the corner where the fewest networks are."""
    from matplotlib.lines import Line2D

    accuracy, params, macs = points.figures
    handles = [
        _mark("on the Pareto front of accuracy, parameters and MACs", 64.0, _BLUE, "black"),
        _mark("not on it", 64.0, _PALE_BLUE, _GREY),
    ]
    if points.own.any():
        handles.append(_mark("highlighted", 64.0, "none", _ORANGE, "D"))
    typical = format_quantity(points.median_params)
    equal = (
        f"equal NetScore with {typical} parameters (median);\n10 times as many: {cost:g} dB less"
    )
    handles.append(Line2D([], [], color=_GREY, linewidth=0.7, linestyle="dashed", label=equal))
    largest = params.max()
    for power in range(3):
        size = 10.0 ** (floor(log10(largest)) - power)
        label = f"{format_quantity(size)} parameters"
        handles.append(_mark(label, _LARGEST * size / largest, "white", "black"))

    # Places in the axes, from (0, 0), lower left, to (1, 1), upper right.
    pixels = ax.transData.transform(np.column_stack([macs, accuracy]))
    places = ax.transAxes.inverted().transform(pixels)
    corner = min(
        _CORNERS, key=lambda c: np.count_nonzero((abs(places - _CORNERS[c]) < 0.45).all(axis=1))
    )
    style: Any = {"fontsize": _SMALL, "labelspacing": 0.9, "borderpad": 0.8, "framealpha": 1.0}
    legend = ax.legend(handles=handles, loc=corner, **style)
    # It covers a part of the axes, however small these are, and takes no room beside them.
    legend.set(zorder=2, in_layout=False)
    return legend


def _draw_shares(ax: Axes, shares: Floats) -> AxesImage:
    """Shade the ranks of each row by the share of draws, under an axis of ranks."""
    from matplotlib.colors import PowerNorm
    from matplotlib.ticker import MaxNLocator

    size = len(shares)
    norm, extent = PowerNorm(0.5, vmin=0.0), (0.5, size + 0.5, size - 0.5, -0.5)
    shades = ax.imshow(shares, cmap="Greys", norm=norm, extent=extent, interpolation="nearest")
    ax.set_aspect("auto")
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10], integer=True).tick_values(1, size)
    ax.set_xticks([1, *(int(tick) for tick in ticks if 1 < tick <= size)])
    ax.tick_params(axis="x", top=True, labeltop=True, labelsize=_SMALL)
    ax.set_xlabel("Rank", fontsize=_LARGE)
    return shades


def _draw_ranges(
    ax: Axes, result: Sensitivity, order: NDArray[np.intp], own: NDArray[np.bool_]
) -> None:
    """Draw a line from the best to the worst rank of each row, and marks on it."""
    rows = np.arange(order.size)
    best, worst = result.best_rank[order], result.worst_rank[order]
    ax.hlines(rows, best, worst, colors=_BLUE, linewidths=1.0, label="best to worst")
    ax.hlines(rows[own], best[own], worst[own], colors=_ORANGE, linewidths=1.5)
    for ranks, shape, diameter, fill, edge, label in (
        (result.default_rank, "D", 4.0, "white", "black", "default exponents"),
        (result.median_rank, "o", 3.2, "black", "white", "median"),
    ):
        (marks,) = ax.plot(ranks[order], rows, shape, markersize=diameter, label=label)
        marks.set(markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=0.5)


def _add_key(ax: Axes, shades: AxesImage) -> None:
    """Explain shades, lines and marks beside the axes."""
    key = ax.figure.colorbar(shades, ax=ax, shrink=0.5, anchor=(0.0, 1.0))
    key.ax.tick_params(labelsize=_SMALL)
    key.set_label("Share of draws", fontsize=_SMALL)
    style: Any = {"frameon": False, "borderpad": 0.0, "borderaxespad": 0.0, "fontsize": _SMALL}
    handles = ax.get_legend_handles_labels()[0]
    key.ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.05), **style)
