"""The pictures: bar charts, accuracy against cost, ranges of ranks; drawn with matplotlib.

Colours and fonts are those of the style in use. The figures drawn in are saved with TrueType fonts
in PDF and PostScript, and with text as text in SVG; no global setting is changed.
"""

from __future__ import annotations

from functools import partial, wraps
from math import floor, isclose, log10
from textwrap import wrap
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Literal, ParamSpec, get_args

import numpy as np

from netscore import checks, pareto
from netscore.checks import EXPONENTS, only_numbers
from netscore.layout import printable, rounded
from netscore.metrics import NETSCORE, Metric
from netscore.plots.labels import Look, shortened, size_of, write_names
from netscore.plots.points import COSTS, Flags, Floats, Points, check_choice, points, texts
from netscore.quantities import format_quantity
from netscore.smaa import Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Picture = Literal["bars", "tradeoff", "sensitivity"]
_SIZES: Final = (checks.whole("networks", "a positive whole number", 1), checks.positive("width"))
Measure = Literal["accuracy", "density", "information_density", "netscore"]
_Given = ParamSpec("_Given")

_TITLES: Final = {
    "accuracy": "Top-1 accuracy (%)",
    "netscore": "NetScore (dB)",
    **dict.fromkeys(
        ("density", "information_density"), "Information density\n(% per million parameters)"
    ),
    "params": "Parameters",
    "macs": "Multiply-accumulates of one inference",
    "year": "Year",
}

# From the palette of Okabe and Ito, for a style that has no colours of its own. The tints differ
# in grey as well; what is the reader's own differs in shape, hatching or weight besides.
_PALETTE: Final = ("#56b4e9", "#d55e00")

# At a width of 9 inches, in points: the two sizes of text, the area of the disc with the most
# parameters; room around it for a diamond. Smaller text than the third cannot be read in print.
_SMALL: Final = 7.5
_LARGE: Final = 9.0
_SMALLEST: Final = 5.0
_LARGEST: Final = 500.0
_FRAME: Final = 6.0

# Names are text, which TeX would obey; marks look as their keys say; publishers accept the fonts.
_PLAIN: Final[Any] = {"text.usetex": False, "legend.numpoints": 1, "legend.markerscale": 1.0}
_PLAIN.update({"lines.linestyle": "-", "lines.marker": "None", "markers.fillstyle": "full"})
_FONTS: Final[Any] = {"pdf.fonttype": 42, "ps.fonttype": 42, "svg.fonttype": "none"}
_FONTS.update({"svg.hashsalt": "netscore", **_PLAIN})


def _picture(draw: Callable[_Given, Axes]) -> Callable[_Given, Axes]:
    """Let a function draw where no setting falsifies what it draws, and place names in the end."""

    @wraps(draw)
    def drawn(*args: _Given.args, **options: _Given.kwargs) -> Axes:
        matplotlib: Any = checks.extra(draw.__name__, "matplotlib", "plot")
        with matplotlib.rc_context(_PLAIN):
            ax = draw(*args, **options)
            _place_names(ax.figure.canvas.figure)
            return ax

    return drawn


def figure_size(
    picture: Picture, networks: int = 60, *, width: float | None = None
) -> tuple[float, float]:
    """Width and height, in inches, at which all the text of a picture has its place.

    Parameters
    ----------
    picture : {"bars", "tradeoff", "sensitivity"}
        One bar chart, or one of the other pictures.
    networks : int, default 60
        How many networks are drawn, highlighted ones included. It decides the height of bars
        and sensitivity, which have one row for each network, and at most the height of a page.
    width : float, optional
        The width, such as the 3.5 of one column of a paper, or the 7.0 of two. Text and discs
        are drawn smaller in a narrow figure.

    Returns
    -------
    tuple of float
        The ``figsize`` that `bars`, `tradeoff` and `sensitivity` use for a figure
        of their own.

    Raises
    ------
    ValueError
        If there is no such picture, `networks` is no positive whole number or `width` is not
        positive and finite.

    Examples
    --------
    >>> from netscore import plots
    >>> plots.figure_size("tradeoff")
    (9.0, 6.5)
    >>> width, height = plots.figure_size("tradeoff", width=3.5)
    >>> round(width, 1), round(height, 1)
    (3.5, 2.9)
    """
    check_choice("figure_size", "picture", picture, get_args(Picture))
    checks.only_numbers("figure_size", _SIZES, (networks, 1.0 if width is None else width))
    width = width or {"bars": 4.1, "tradeoff": 9.0}.get(picture, 8.0)
    if picture == "tradeoff":
        return width, 0.65 * (width + 1.0)
    return width, 0.8 + 0.15 * min(max(networks, 14), 68)


@_picture
def bars(
    networks: Any = None,
    *,
    measure: Measure = "netscore",
    order: Measure | None = None,
    highlight: Any = (),
    among: Any = None,
    columns: Mapping[str, str] | None = None,
    top: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one measure of networks as bars, the best network on top.

    With the measures ``"accuracy"``, ``"density"`` and ``"netscore"`` these are the three bar
    charts of the chapter that proposes NetScore [1]_. Densities lie so far apart that they are
    dots on a logarithmic axis.

    Parameters
    ----------
    networks : str, path, frame or iterable, optional
        What to draw: ``"chapter"`` or ``"torchvision"``, the tables of `load_networks`; a file or
        a data frame that `rank_table` can read; dicts; `Network` records, or any objects with
        the attributes ``name``, ``accuracy``, ``params`` and ``macs``; or tuples of these four.
        The 60 networks of the chapter if not given. One without all figures is not drawn.
    measure : {"netscore", "accuracy", "density"}
        What the bars show; ``"information_density"`` is ``"density"``. NetScore is the one with
        the default exponents.
    order : {"netscore", "accuracy", "density"}, optional
        The measure that decides which network is on top, if it is another one: charts side by
        side, of one order, need the names once.
    highlight : iterable, optional
        Networks, as above, that are drawn among the others with a hatched bar and a bold name.
        One that is among `networks`, by name and figures, is not drawn twice.
    among : str, path, frame or iterable, optional
        Further networks, as above, from which `networks` then stand out by their colour.
    columns : mapping, optional
        The columns of a file or a frame, as in `rank_table`: ``{"params": "Size (M):M"}``.
    top : int, optional
        Only so many networks, those with the highest NetScore; highlighted ones besides.
    ax : matplotlib.axes.Axes, optional
        Where to draw. A new figure of pyplot if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Where the bars were drawn. Save them with ``ax.figure.savefig``.

    Raises
    ------
    ValueError
        If there are no networks, a figure is out of range, as in `netscore`, not from 1e-30 to
        1e30, or missing (NaN), a bar would be infinite (the NetScore of an accuracy of 0), there is
        no such measure, or `ax` shares an axis with a picture of other rows or another scale.
    TypeError
        If a figure is not a real number, or a network is none of the above.
    ImportError
        If matplotlib is not installed (the extra ``plot``).

    Warns
    -----
    UnitWarning
        As in `netscore`, for `networks` and for `highlight` each.
    UserWarning
        How many rows have no name, because there are too many for the height.

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
    drawn = points("bars", networks, highlight, among, columns, top)
    values = drawn.measured("measure", measure)
    rows = np.argsort(-drawn.measured("order", order or measure), kind="stable")
    ax, look = _axes("bars", ax, rows.size)
    own, values = drawn.own[rows], values[rows]
    ax.grid(visible=False)
    named, size = _name_rows("bars", ax, [drawn.names[i] for i in rows], own, look)
    ax.figure.canvas.figure.draw_without_rendering()  # the layout gives the axes their width
    if measure in ("netscore", "accuracy") or values.min() <= 0.0:
        patches = ax.barh(range(rows.size), values, height=0.8, color=look.fills[0])
        for bar in np.array(patches.patches, dtype=object)[own]:
            bar.set(facecolor=look.fills[1], edgecolor=look.ink, hatch="/////")
        ax.set_xticks([])
        ax.axvline(color=look.ink, linewidth=0.8, clip_on=False)
        ax.margins(x=4.5 * look.small / size_of(ax)[0])
    else:
        _scale(ax, "x", values, True, look)
        low, high = ax.get_xlim()
        ax.set_xlim(low, high * (high / low) ** (5.0 * look.small / size_of(ax)[0]))
        ax.hlines(range(rows.size), low, values, [look.grey], linewidths=0.4, zorder=1)
        for of, shape, fill in zip((~own, own), "oD", look.fills):
            (dots,) = ax.plot(values[of], np.flatnonzero(of), shape, markersize=0.6 * look.small)
            dots.set(markerfacecolor=fill, markeredgecolor=look.ink, markeredgewidth=0.5)
    for row in named:
        value = values[row]
        number = f"{value:.1f}" if abs(value) >= 10.0 else rounded(value)
        gap, side = (4.0, "left") if value >= 0.0 else (-4.0, "right")
        style: Any = {"textcoords": "offset points", "va": "center", "ha": side, "color": look.ink}
        ax.annotate(number, (value, row), (gap, 0.0), fontsize=size, **style)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.xaxis.set_label_position("top")
    # Charts side by side may be narrower than a title.
    for letters in range(30, 8, -1):
        whole = partial(wrap, width=letters, break_long_words=False)
        lines = [part for line in _TITLES[measure].splitlines() for part in whole(line)]
        title = ax.set_xlabel("\n".join(lines), fontsize=look.large)
        if title.get_window_extent().width <= ax.get_window_extent().width:
            break
    return ax


@_picture
def tradeoff(
    networks: Any = None,
    *,
    x: str = "macs",
    measure: Measure = "accuracy",
    highlight: Any = (),
    among: Any = None,
    columns: Mapping[str, str] | None = None,
    top: int | None = None,
    names: str | Iterable[str] | None = "own+front+known",
    families: bool | str = False,
    legend: bool = True,
    alpha: float = 2.0,
    beta: float = 0.5,
    gamma: float = 0.5,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw accuracy against multiply-accumulates, with discs whose area is that of params.

    The networks on the Pareto front of accuracy, params and macs are drawn in a full colour. The
    front is that of all networks in the picture. It is a set of points and no line: a network
    that looks beaten may be on it for its few parameters.

    Lines of equal NetScore help to read differences. A score also depends on params, which the
    two axes do not show, so that the lines hold for one number of parameters: the median of
    `networks`, which the legend says. A network with ten times as many scores :math:`20\beta`
    decibels less than the lines say. Where params are the horizontal axis, the same holds for
    macs and :math:`\gamma`. Other axes have no such lines. A line whose label would touch another
    has none.

    Parameters
    ----------
    networks, highlight, among, columns, top : optional
        As in `bars`; highlighted networks are drawn with a diamond around the disc and a
        bold name, which is never left out.
    x : str, default "macs"
        What the horizontal axis shows: ``"macs"``, ``"params"``, or any other number that each
        network has as an attribute or in a column, such as ``"year"``.
    measure : {"accuracy", "density", "netscore"}
        What the vertical axis shows, as in `bars`; NetScore with the exponents given.
    names : str, iterable of str or None, default "own+front+known"
        Which names are written besides: ``"own"``, those of `networks` if they stand among
        others (alone, and if there are none of one's own, all); ``"front"``, those on the front;
        ``"known"``, networks that readers look for, such as ResNet-50 and VGG-16; ``"top 10"``,
        the ten with the highest scores; ``"front+known"``, both; or a list of names. Only
        highlighted ones if None.
    families : bool or str, default False
        Whether lines join the networks of a family, by the attribute or column ``family``, or
        another one.
    legend : bool, default True
        Whether the marks are explained below the axes.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        Exponents of lines and scores, as in `netscore`.
    ax : matplotlib.axes.Axes, optional
        Where to draw. A new figure of pyplot if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Where the networks were drawn. The names are placed for the size that the axes have now,
        and again when another picture in the figure, or a title before it is saved, changes it. A
        long name is shortened in the middle.

    Raises
    ------
    ValueError, TypeError
        As in `bars`; ValueError also if an exponent is out of range, a network has no number for
        the horizontal axis, no network has a family, or there is no such name.
    ImportError
        If matplotlib is not installed (the extra ``plot``).

    Warns
    -----
    UnitWarning
        As in `bars`.
    UserWarning
        How many names find no free place and are left out; how many of those that are never left
        out overlap others. Each is said once for a picture, when there is first such a name.

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
    metric = NETSCORE.weighing(*only_numbers("tradeoff", EXPONENTS, (alpha, beta, gamma)))
    attribute = "family" if families is True else families or ""
    drawn = points("tradeoff", networks, highlight, among, columns, top, (x, attribute))
    across, values = drawn.across(x), drawn.measured("measure", measure, metric)
    front = pareto.front([*drawn.figures])
    wanted = drawn.wanted(names, front, metric)
    joined = drawn.families(attribute, across) if attribute else []
    ax, look = _axes("tradeoff", ax)
    wide = across.min() > 0.0 and across.max() > 20.0 * across.min()
    _scale(ax, "x", across, x in COSTS or wide, look)
    _scale(ax, "y", values, measure not in ("accuracy", "netscore"), look)
    ax.set_xlabel(_TITLES.get(x, printable(x)), fontsize=look.large, parse_math=False)
    ax.set_ylabel(_TITLES[measure], fontsize=look.large)
    for places in joined:
        ax.plot(across[places], values[places], "-", color=look.grey, linewidth=0.8, zorder=2)
    levels: list[Any] = []
    said = "", ""
    if x in COSTS and measure == "accuracy":
        levels, said = _draw_levels(ax, x, drawn, metric, look)
    radii = _draw_discs(ax, across, values, drawn, front, look)
    if legend:
        keys = (_key(drawn, look, said, attribute, short=short) for short in (False, True))
        _explain(ax, look, *keys)
    labels = [(i, drawn.names[i], drawn.own[i], drawn.highlighted[i]) for i in wanted]
    middles = np.column_stack([across, values])
    write = partial(write_names, ax, labels, middles, radii, look)
    nothing: Any = {"hidden": [], "written": [], "counts": (0, 0), "size": None}
    vars(ax)["_names"] = SimpleNamespace(write=write, total=len(labels), levels=levels, **nothing)
    return ax


@_picture
def sensitivity(
    result: Sensitivity,
    *,
    names: Sequence[str] | None = None,
    highlight: Collection[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw the ranks that each network takes while the exponents vary.

    One row for each network, the best median rank on top: the darker a rank, the larger the
    share of draws in which the network has it. A line holds the ranks from 5 to 95 % of the draws,
    a thin one leads from the best to the worst; a filled mark is the median, an open one the rank
    with the default exponents.

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
    if not isinstance(result, Sensitivity):
        must = "result must be what netscore.sensitivity returns"
        raise TypeError(f"sensitivity: {must}, got {checks.shown(result)}")
    size = result.median_rank.size
    labels = texts("sensitivity", "names", map(str, range(size)) if names is None else names)
    if len(labels) != size:
        must = f"names must hold one name for each of the {size} networks"
        raise ValueError(f"sensitivity: {must}, got {len(labels)}")
    own = {*texts("sensitivity", "highlight", highlight)}
    for name in sorted(own.difference(labels)):
        raise ValueError(f"sensitivity: highlight must hold names of the networks, got {name!r}")
    ax, look = _axes("sensitivity", ax, size)
    order = np.lexsort((result.best_rank, result.default_rank, result.median_rank))
    bold = np.array([labels[i] in own for i in order])
    shades = _draw_shares(ax, result.acceptability[order], look)
    _draw_ranges(ax, result, order, bold, look)
    _name_rows("sensitivity", ax, [labels[i] for i in order], bold, look)
    key = ax.figure.colorbar(shades, ax=ax, shrink=0.5, anchor=(0.0, 1.0))
    key.ax.tick_params(labelsize=look.small)
    key.set_label("Share of draws", fontsize=look.small)
    _explain(ax, look, ax.get_legend_handles_labels()[0])
    return ax


def _look(ax: Axes) -> Look:
    """Return what is drawn how: sizes in points that fit, colours of the style, full and pale."""
    from matplotlib import rcParams, rcParamsDefault
    from matplotlib.colors import to_rgb

    cycle = rcParams["axes.prop_cycle"]
    colours = cycle.by_key().get("color", ())
    if cycle == rcParamsDefault["axes.prop_cycle"] or len(colours) < 2:
        colours = _PALETTE
    face: Any = ax.get_facecolor()
    paper = to_rgb(face if face[3] else ax.figure.get_facecolor())
    ink, *fills = map(to_rgb, (ax.xaxis.label.get_color(), *colours[:2]))

    def on_paper(colour: Any, share: float) -> tuple[float, ...]:
        return tuple(share * np.array(colour) + (1.0 - share) * np.array(paper))

    wide = min(1.0, ax.figure.bbox.width / ax.figure.dpi / 9.0)
    text = rcParams["font.size"] / 10.0 * (0.68 + 0.32 * wide)
    return Look(
        small=max(_SMALLEST, _SMALL * text),
        large=max(_SMALLEST, _LARGE * text),
        discs=_LARGEST * min(1.0, size_of(ax)[0] / 500.0) ** 1.5,
        ink=ink,
        grey=on_paper(ink, 0.6),
        paper=paper,
        fills=fills,
        pale=[on_paper(fills[0], 0.25), on_paper(fills[1], 0.35)],
    )


def _axes(picture: Picture, ax: Axes | None, networks: int = 60) -> tuple[Axes, Look]:
    """Return the axes given, or those of a new figure of pyplot, which will embed its fonts."""
    if ax is None:
        from matplotlib import pyplot as plt

        ax = plt.subplots(figsize=figure_size(picture, networks), layout="constrained")[1]
    elif getattr(ax, "name", None) != "rectilinear":
        must = "ax must be Axes of matplotlib with straight axes"
        raise TypeError(f"{picture}: {must}, got {checks.shown(ax)}")
    from matplotlib.text import Text

    for text in (*ax.xaxis.findobj(Text), *ax.yaxis.findobj(Text)):
        text.set(usetex=False)
    for which in "xy":
        others = {*getattr(ax, f"get_shared_{which}_axes")().get_siblings(ax)} - {ax}
        if not any(each.has_data() for each in others):
            ax.set(**{f"{which}scale": "linear"})
        elif getattr(ax, f"get_{which}scale")() != "linear":
            raise ValueError(f"{picture}: ax shares its {which} axis with another picture")
    figure = ax.figure.canvas.figure
    vars(figure)["savefig"] = partial(_save, figure)
    return ax, _look(ax)


def _save(figure: Figure, target: Any, *args: Any, **options: Any) -> None:
    """Save a figure with names in their places and fonts that publishers accept."""
    from matplotlib import rc_context

    # The PdfPages of matplotlib write fonts when they are closed, under settings of their own.
    with rc_context(_PLAIN if hasattr(target, "savefig") else _FONTS):
        _place_names(figure)
        type(figure).savefig(figure, target, *args, **options)


def _place_names(figure: Figure) -> None:
    """Place the names in a figure for the sizes that its axes have now."""
    named = [(ax, vars(ax)["_names"]) for ax in figure.axes if "_names" in vars(ax)]
    for _, names in named:
        while names.hidden:
            names.hidden.pop().set_visible(True)
    sizes = _settled(figure, named)
    # Labels that are hidden leave room, by which the others move apart.
    while any(_hide_labels(ax, names) for ax, names in named):
        sizes = _settled(figure, named)
    for (ax, names), size in zip(named, sizes):
        # Where one is gone the axes, or the names, serve another purpose by now.
        kept = names.written and all(artist in ax.texts for artist in names.written)
        if names.size is None or (kept and np.abs(size - names.size).max() > 1.0):
            for artist in names.written:
                artist.remove()
            names.written, *counts = names.write()
            # Each picture that follows may change a count that has been said.
            new = [0 if known else count for count, known in zip(counts, names.counts)]
            names.counts, names.size = [*map(max, counts, names.counts)], size
            _warn_of_names("tradeoff", new[0], names.total)
            _warn_of_names("tradeoff", new[1], names.total, "overlap others or their lines")


def _settled(figure: Figure, named: Sequence[tuple[Axes, Any]]) -> Any:
    """Return the sizes of axes, once the layout has given them their places."""
    sizes = [np.zeros((len(named), 2))]
    # It does so step by step where one takes room from another.
    while named and len(sizes) < 9:
        sizes.append(np.array([size_of(ax) for ax, _ in named]))
        if np.abs(sizes[-1] - sizes[-2]).max() <= 1.0:
            break
        figure.draw_without_rendering()
    return sizes[-1]


def _hide_labels(ax: Axes, names: SimpleNamespace) -> bool:
    """Hide each label of a line that touches ticks or the label of a higher score; tell if any."""
    kept: list[Any] = [axis.get_tightbbox() or ax.bbox for axis in (ax.xaxis, ax.yaxis)]
    before = len(names.hidden)
    for label in [one for one in names.levels[::-1] if one in ax.texts and one.get_visible()]:
        box = label.get_window_extent().padded(ax.figure.dpi / 72.0)
        if any(map(box.overlaps, kept)):
            label.set_visible(False)
            names.hidden.append(label)
        else:
            kept.append(box)
    return len(names.hidden) > before


def _warn_of_names(function: str, count: int, total: int, what: str = "find no place") -> None:
    if count:
        remedy = "draw fewer names or networks, or a larger figure"
        checks.warn(f"{function}: {count} of {total} names {what}; {remedy}")


def _name_rows(
    function: str, ax: Axes, names: Sequence[str], own: Flags, look: Look
) -> tuple[list[int], float]:
    """Write a name at each row that has room for one, the first on top; return which, how large."""
    charts = ax.get_shared_y_axes().get_siblings(ax)
    earlier = (vars(each).get("_rows") for each in charts if each is not ax and each.has_data())
    # Charts side by side are written alike: for the height that the first one had.
    of_rows, height = next(filter(None, earlier), (names, size_of(ax)[1]))
    if of_rows != names:
        what = "charts that share their rows must have the same networks in one order"
        raise ValueError(f"{function}: {what}")
    vars(ax)["_rows"] = names, height
    row = height / (1.2 * len(names))
    size = min(look.small, max(row, _SMALLEST))
    named: list[int] = []
    for i in np.argsort(~own, kind="stable").tolist():
        if all(abs(i - other) * row >= size - 0.01 for other in named):
            named.append(i)
    named.sort()
    _warn_of_names(function, len(names) - len(named), len(names))
    width = 0.5 * size_of(ax)[0] * len(charts)
    texts = shortened(ax, [(names[i], own[i]) for i in named], size, width)
    ax.set_yticks(named, texts, fontsize=size, parse_math=False)
    ax.tick_params(axis="y", which="both", length=0)
    ax.set_ylim(len(names) - 0.5, -0.5)
    for label, i in zip(ax.get_yticklabels(), named):
        label.set_fontweight("bold" if own[i] else "normal")
    return named, size


def _scale(ax: Axes, which: str, values: Floats, log: bool, look: Look) -> None:
    """Set up an axis with room for discs and names."""
    from matplotlib.ticker import LogLocator, MaxNLocator, ScalarFormatter

    width, height = size_of(ax)
    axis, size, need = (ax.xaxis, width, 3.1) if which == "x" else (ax.yaxis, height, 1.2)
    low, high = float(values.min()), float(values.max())
    room = 0.1 * (high - low) or 1.0
    limits = low - room, high + room
    # The closer the numbers, the more digits tell them apart.
    digits = 3.0 + log10(max(map(abs, limits)) / room)
    most = int(np.clip(size / (0.65 * digits * look.small), 1.0, 8.0)) if which == "x" else 8
    whole = not (values % 1.0).any()
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=whole))
    axis.set_major_formatter(ScalarFormatter(useOffset=False))
    if log and low > 0.0:
        share = 0.5 * (high / low) ** 0.1  # in a wide range a factor is less than a disc
        limits = low / max(1.6, share), high * max(1.8, share)
        ax.set(**{f"{which}scale": "log"})
        # From 1 to 2 is the least room between two ticks, which a number and a blank must have.
        room = log10(2.0) * size / log10(limits[1] / limits[0])
        wide = high > 1e4 * low or room < need * look.small
        axis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
        axis.set_major_formatter(_tick)
        axis.set_minor_formatter("")
    ax.set(**{f"{which}lim": limits})
    ax.tick_params(labelsize=look.small)


def _tick(value: float, _: float) -> str:
    """Label a tick; a function in a function would keep a figure from being pickled."""
    return format_quantity(value)


def _draw_levels(
    ax: Axes, x: str, drawn: Points, metric: Metric, look: Look
) -> tuple[list[Any], tuple[str, str]]:
    """Draw lines of equal score where the other cost is the median, each labelled at its end.

    Return the labels, the lowest score first; what the lines say, in short, and the rest of it.
    """
    from contourpy import contour_generator
    from matplotlib.collections import LineCollection
    from matplotlib.ticker import MaxNLocator
    from matplotlib.transforms import ScaledTranslation

    across = np.geomspace(*ax.get_xlim(), 100)
    bottom, frame = ax.get_ylim()
    top = min(frame, 100.0)  # no accuracy is higher, and none has a score there
    accuracy = np.linspace(max(bottom, min(1.0, top / 2.0)), top, 100)
    other = 1 - COSTS.index(x)
    costs = [across, across]
    costs[other] = np.array(drawn.medians[other])
    scores = metric.scores([accuracy[:, np.newaxis], *costs])
    lowest, highest = scores.min(), scores.max()
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(lowest, highest)
    levels = [tick for tick in ticks if lowest < tick < highest]
    contours: Any = contour_generator(across, accuracy, scores)
    lines = [np.concatenate(contours.lines(level)) for level in levels]
    style: Any = {"linewidths": 0.7, "linestyles": "dashed", "zorder": 1}
    ax.add_collection(LineCollection(lines, colors=[look.grey], **style))
    room, labels = 0.0, []
    for level, line in zip(levels, lines):
        # Lines rise to the right, are level or upright: they end where both are largest.
        place = max(line, key=lambda place: sum(place / (across[-1], top)))
        above = isclose(place[1], top)
        offset, ha, va = ((0, 3), "center", "bottom") if above else ((3, 0), "left", "center")
        end = place[0], place[1] + (frame - top) * above
        label = ax.annotate(f"{level:g} dB", end, offset, textcoords="offset points")
        label.set(ha=ha, va=va, fontsize=look.small, color=look.grey)
        labels.append(label)
        room = max(room, (1.2 * look.small + 3.0) * above)
    # A title takes no notice of labels, and has its place above axes within these, seen or not.
    higher = ax.transAxes + ScaledTranslation(0.0, room / 72.0, ax.figure.dpi_scale_trans)
    ax.inset_axes((0.0, 0.0, 1.0, 1.0), transform=higher, xticks=[], visible=False)
    typical = f"{format_quantity(drawn.medians[other])} {('parameters', 'MACs')[other]}"
    less = f" (median);\n10 times as many: {20.0 * metric.exponents[other]:g} dB less"
    return labels, (f"equal NetScore with {typical}", less) if labels else ("", "")


def _draw_discs(ax: Axes, x: Floats, y: Floats, drawn: Points, front: Flags, look: Look) -> Floats:
    """Draw the discs, and a diamond around each highlighted one; return the radii of both."""
    own, params, framed = drawn.own, drawn.figures[1], drawn.highlighted
    areas = np.maximum(look.discs * params / params.max(), 1.0)
    # Own networks over the front over the rest, and small discs over large ones.
    order = np.lexsort((-areas, front, own))
    fills = np.where(front[:, np.newaxis, np.newaxis], look.fills, look.pale)
    discs = ax.scatter(x[order], y[order], areas[order], marker="o", linewidths=0.6, zorder=3)
    discs.set_facecolor(fills[order, own[order].astype(int)])
    discs.set_edgecolor(np.where(front[order, np.newaxis], look.ink, look.grey))
    frames = np.sqrt(areas) + _FRAME
    diamonds = ax.scatter(x[framed], y[framed], frames[framed] ** 2, marker="D", zorder=4)
    diamonds.set(facecolor="none", edgecolor=look.fills[1], linewidth=1.5)
    radii: Floats = np.where(framed, frames / np.sqrt(2.0), np.sqrt(areas) / 2.0)
    return radii


def _key(drawn: Points, look: Look, level: Sequence[str], family: str, *, short: bool) -> list[Any]:
    """Return the marks of the trade-off, each with what it means."""
    from matplotlib.lines import Line2D

    area, added = look.small**2, drawn.own & ~drawn.highlighted
    front = "on the Pareto front" + " of accuracy, parameters and MACs" * (not short)
    largest = drawn.figures[1].max()
    rows: list[tuple[str, float, str, Any, Any]] = [
        (front, area, "o", look.fills[0], look.ink),
        ("not on it", area, "o", look.pale[0], look.grey),
        ("your own" * bool(added.any()), area, "o", look.fills[1], look.ink),
        ("highlighted" * bool(drawn.highlighted.any()), 0.7 * area, "D", "none", look.fills[1]),
        (level[0] if short else "".join(level), area, "", "none", look.grey),
        (f"of one {printable(family)}" * bool(family), 4.0 * area, "_", "none", look.grey),
    ]
    rows = [row for row in rows if row[0]]
    # The sizes have a column of their own.
    rows += [(" ", area, "", "none", "none")] * (3 - len(rows))
    for power in range(3):
        count = 10.0 ** (floor(log10(largest)) - power)
        label = f"{format_quantity(count)} parameters"
        rows.append((label, look.discs * count / largest, "o", "none", look.ink))
    marks = []
    for label, size, shape, fill, edge in rows:
        mark = Line2D([], [], color=edge, linewidth=0.7, marker=shape, label=label)
        mark.set(linestyle="" if shape else "--", markersize=size**0.5, markerfacecolor=fill)
        mark.set(markeredgecolor=edge, markeredgewidth=1.5 if shape == "D" else 0.6)
        marks.append(mark)
    return marks


def _explain(ax: Axes, look: Look, full: Sequence[Any], short: Sequence[Any] = ()) -> None:
    """Explain the marks below the axes, in as many columns and words as have room."""
    from matplotlib.layout_engine import PlaceHolderLayoutEngine
    from matplotlib.transforms import ScaledTranslation

    figure = ax.figure.canvas.figure
    figure.draw_without_rendering()  # the layout gives the axes their width
    frame = ax.get_window_extent()
    # Ticks may be those of another picture, or on the other side.
    beside, beneath = (axis.get_tightbbox() or frame for axis in (ax.yaxis, ax.xaxis))
    # The largest disc may be higher than a line of text; the one below is a third as wide.
    disc = max(mark.get_markersize() for mark in full if hasattr(mark, "get_markersize"))
    spacing = max(0.65, 0.7 * disc / look.small - 1.0)
    below = max(0.08, 0.03 + (disc - look.small) / 144.0)
    left, bottom = min(beside.x0, frame.x0), min(beneath.y0, frame.y0) - below * figure.dpi
    offset = (left - frame.x0) / figure.dpi, (bottom - frame.y0) / figure.dpi
    corner = ax.transAxes + ScaledTranslation(*offset, figure.dpi_scale_trans)
    style: Any = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), "bbox_transform": corner}
    style.update(frameon=False, borderpad=0.0, borderaxespad=0.0, labelspacing=spacing)
    style.update(columnspacing=1.0)
    for marks, columns in ((full, 2), (short or full, 2), (short or full, 1)):
        legend = ax.legend(handles=marks, ncols=columns, fontsize=look.small, **style)
        box = legend.get_window_extent()
        if box.width <= frame.x1 - left:
            break
    # What tight_layout leaves behind, once it is done, makes no room.
    if isinstance(ax.figure.get_layout_engine(), (PlaceHolderLayoutEngine, type(None))):
        place, gap = ax.get_position(), 0.08 * figure.dpi
        high = max(box.height + gap, gap - box.y0) / ax.figure.bbox.height
        spec, share = ax.get_subplotspec(), high / place.height
        if spec is None or not ax.get_in_layout():  # the place was given by hand
            ax.set_position((place.x0, place.y0 + high, place.width, place.height - high))
        else:  # a layout that comes later, such as tight_layout, keeps the room
            rows = spec.subgridspec(2, 1, hspace=0.0, height_ratios=(1.0 - share, share))
            ax.set_subplotspec(rows[0])


def _draw_shares(ax: Axes, shares: Floats, look: Look) -> Any:
    """Shade the ranks of each row by the share of draws, under an axis of ranks."""
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm
    from matplotlib.ticker import MaxNLocator

    size = len(shares)
    norm, extent = PowerNorm(0.5, vmin=0.0), (0.5, size + 0.5, size - 0.5, -0.5)
    shading = LinearSegmentedColormap.from_list("shares", [look.paper, look.ink])
    options: Any = {"interpolation": "nearest", "origin": "upper", "aspect": "auto"}
    shades = ax.imshow(shares, cmap=shading, norm=norm, extent=extent, **options)
    ax.grid(visible=False)
    ticks = MaxNLocator(8, steps=[1, 2, 5, 10], integer=True).tick_values(1, size)
    ax.set_xticks([1, *(int(tick) for tick in ticks if 1 < tick <= size)])
    ax.tick_params(axis="x", top=True, labeltop=True, labelsize=look.small)
    ax.set_xlabel("Rank", fontsize=look.large)
    return shades


def _draw_ranges(ax: Axes, result: Sensitivity, order: Any, own: Any, look: Look) -> None:
    """Draw lines over the ranks of each row, and marks on them."""
    rows = np.arange(order.size)
    best, worst = result.best_rank[order], result.worst_rank[order]
    ax.hlines(rows, best, worst, [look.grey], linewidths=0.4, label="best to worst")
    shares = result.acceptability[order].cumsum(axis=1)
    # A sum of shares may lack a rounding error.
    least, most = (1 + (shares < share - 1e-9).sum(axis=1) for share in (0.05, 0.95))
    for which, fill in zip((~own, own), look.fills):
        label = "" if fill is look.fills[1] else "5 to 95 % of the draws"
        ax.hlines(rows[which], least[which], most[which], [fill], linewidths=1.5, label=label)
    for ranks, shape, diameter, fill, edge, label in (
        (result.default_rank, "D", 4.0, look.paper, look.ink, "default exponents"),
        (result.median_rank, "o", 3.2, look.ink, look.paper, "median"),
    ):
        (marks,) = ax.plot(ranks[order], rows, shape, markersize=diameter, label=label)
        marks.set(clip_on=False, zorder=3)
        marks.set(markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=0.5)
