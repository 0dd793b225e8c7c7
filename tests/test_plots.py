"""The pictures: what is drawn where, under which name; no two texts over each other."""

from __future__ import annotations

import itertools
import math
import pickle
import re
import runpy
import statistics
import subprocess
import sys
import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is an optional library")

from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.collections import LineCollection, PathCollection  # noqa: E402
from matplotlib.colors import to_hex, to_rgb  # noqa: E402
from matplotlib.figure import Figure, SubFigure  # noqa: E402
from matplotlib.legend import Legend  # noqa: E402
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402
from matplotlib.text import Annotation  # noqa: E402

from netscore import UnitWarning, find_network, load_networks, plots  # noqa: E402
from netscore.plots import Measure, Picture, figure_size  # noqa: E402
from netscore.smaa import Sensitivity, sensitivity  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Text

MINE = ("My network", 73.0, 4e6, 350e6)
NETWORKS = load_networks()
NAMES = [network.name for network in NETWORKS]
# Ten million params in the middle.
FEW = [("small", 65.0, 2e6, 2e8), ("middle", 72.0, 10e6, 1e9), ("large", 80.0, 50e6, 2e10)]
DULL = ("Dull", 60.0, 90e6, 2e9)
RESULT = Sensitivity(
    acceptability=np.array([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0], [0.0, 0.75, 0.25]]),
    best_rank=np.array([2, 1, 2]),
    median_rank=np.array([3, 1, 2]),
    worst_rank=np.array([3, 1, 3]),
    default_rank=np.array([2, 1, 3]),
    probability_first=np.array([0.0, 1.0, 0.0]),
    kendall_tau=np.ones(4),
    draws=4,
    alpha=(1.0, 3.0),
    beta=(0.0, 1.0),
    gamma=(0.0, 1.0),
)
EXAMPLE = Path(__file__).parents[1] / "examples" / "draw_the_pictures.py"


@pytest.fixture(autouse=True)
def _no_windows() -> Iterator[None]:
    plt.switch_backend("agg")
    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def new_axes(width: float, height: float) -> Axes:
    """Axes in a figure of which pyplot knows nothing."""
    return Figure(figsize=(width, height), layout="constrained").subplots()


@cache
def chart(measure: Measure) -> Axes:
    """A bar chart of the 60 networks, for the tests that only look at it."""
    return plots.bars(measure=measure, ax=new_axes(*figure_size("bars")))


@cache
def example(folder: Path) -> dict[str, Any]:
    """What the example draws, in figures and in files, with `MINE` among the 60."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [str(EXAMPLE), str(folder)])
        return runpy.run_path(str(EXAMPLE), run_name="__main__")


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@cache
def tradeoff(*highlight: Any) -> Axes:
    """The 60 networks with some highlighted, for the tests that only look at them."""
    ax = plots.tradeoff(highlight=highlight, ax=new_axes(*figure_size("tradeoff")))
    ax.figure.canvas.figure.draw_without_rendering()
    return ax


def row_names(ax: Axes) -> list[str]:
    """The names at the rows, from top to bottom."""
    rows = sorted(zip(ax.get_yticks(), ax.get_yticklabels()), key=lambda row: row[0])
    bottom, top = ax.get_ylim()
    assert top < bottom
    return [label.get_text() for _, label in rows]


def bold(texts: Iterable[Text]) -> list[str]:
    return [text.get_text() for text in texts if text.get_fontweight() == "bold"]


def corners(artists: Iterable[Artist]) -> Any:
    """The lower left and the upper right corner of each, in pixels."""
    extents = [artist.get_window_extent().extents for artist in artists]
    return np.reshape(extents, (-1, 2, 2)).transpose(1, 0, 2)


def assert_apart(artists: Iterable[Artist]) -> None:
    """None of the artists covers another."""
    low, high = corners(artists)
    beyond = (low[:, np.newaxis] > high) | (high[:, np.newaxis] < low)
    assert (beyond.any(axis=2) | np.eye(len(low), dtype=bool)).all()


def assert_within(artists: Iterable[Artist], frame: Any) -> None:
    low, high = corners(artists)
    assert ((frame.min <= low) & (low <= high) & (high <= frame.max)).all()


def lightness(colour: Any) -> float:
    """What is left of a colour in grey: its relative luminance, from 0 to 1."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# Bars


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def crowd(size: int, seed: int = 0, name: str = "Network number {}") -> list[Any]:
    """Networks of which the more expensive are mostly the more accurate."""
    random = np.random.default_rng(seed)
    level = random.uniform(0.0, 1.0, size)
    figures = (
        55.0 + 25.0 * level + random.uniform(0.0, 5.0, size),
        10 ** (6.0 + 2.0 * level + random.uniform(0.0, 0.7, size)),
        10 ** (8.0 + 2.0 * level + random.uniform(0.0, 0.7, size)),
    )
    return [(name.format(i), *row) for i, row in enumerate(np.column_stack(figures).tolist())]


def by_definition(measure: str, accuracy: float, params: float, macs: float) -> float:
    return {
        "accuracy": accuracy,
        "information_density": accuracy / (params / 1e6),
        "netscore": 20 * math.log10(accuracy**2 / math.sqrt(params / 1e6 * macs / 1e9)),
    }[measure]


@pytest.mark.parametrize(
    ("measure", "first", "last", "title"),
    [
        ("accuracy", "AmoebaNet-C (6, 228)", "AlexNet", "Top-1 accuracy (%)"),
        ("netscore", "SqueezeNext 1.0-SqNxt-23", "AmoebaNet-C (6, 228)", "NetScore (dB)"),
    ],
)
def test_bars_are_the_chapters_charts(measure: Measure, first: str, last: str, title: str) -> None:
    ax = chart(measure)
    values = {n.name: by_definition(measure, n.accuracy, n.params, n.macs) for n in NETWORKS}
    names = row_names(ax)
    assert len(bars(ax)) == len(names) == 60
    assert sorted(names) == sorted(NAMES)
    assert (names[0], names[-1]) == (first, last)
    drawn = [bar.get_width() for bar in bars(ax)]
    assert drawn == sorted(drawn, reverse=True)
    assert drawn == pytest.approx([values[name] for name in names], rel=1e-12)
    middles = [bar.get_y() + bar.get_height() / 2 for bar in bars(ax)]
    assert middles == pytest.approx(range(60))
    assert {bar.get_x() for bar in bars(ax)} == {0}
    assert ax.get_xlabel() == title


def test_densities_are_dots_on_a_logarithmic_axis() -> None:
    ax = chart("density")
    values = {n.name: by_definition("information_density", *n.figures) for n in NETWORKS}
    names = row_names(ax)
    assert (names[0], names[-1]) == ("SqueezeNext 1.0-SqNxt-23", "OverFeat (fast)")
    (dots,) = (line for line in ax.lines if np.size(line.get_xydata()))
    assert np.asarray(dots.get_xdata()) == pytest.approx([values[name] for name in names])
    assert np.asarray(dots.get_ydata()).tolist() == list(range(60))
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "Information density\n(% per million parameters)"
    assert bars(ax) == []
    # Nothing of an accuracy of 0 can be shown there.
    assert plots.bars([*FEW, ("z", 0.0, 1e6, 1e9)], measure="density").get_xscale() == "linear"


def test_charts_side_by_side_in_one_order() -> None:
    # By density 32.5, 7.2 and 1.6; accuracy rises with the names.
    ax = plots.bars(FEW, measure="accuracy", order="density", highlight=[FEW[0]])
    assert row_names(ax) == ["small", "middle", "large"]
    assert [bar.get_width() for bar in bars(ax)] == [65.0, 72.0, 80.0]
    assert [bool(bar.get_hatch()) for bar in bars(ax)] == [True, False, False]


def test_300_bars_on_a_page() -> None:
    networks = crowd(300)
    width, height = figure_size("bars", 300)
    assert height <= 11.0
    told = (
        r"^bars: \d+ of 301 names find no place; draw fewer names or networks, or a larger figure$"
    )
    with pytest.warns(UserWarning, match=told) as caught:
        ax = plots.bars(networks, highlight=[MINE], ax=new_axes(width, height))
    assert len(bars(ax)) == 301
    labels = ax.get_yticklabels()
    assert len(labels) == len(ax.texts) == 301 - int(str(caught[0].message).split()[1])
    assert len(labels) > 75
    assert bold(labels) == ["My network"]
    ax.figure.canvas.figure.draw_without_rendering()
    assert_apart(labels)
    assert_within(labels, ax.figure.bbox)
    assert min(float(label.get_fontsize()) for label in labels) >= 5


def test_bars_carry_their_values() -> None:
    def values(measure: Measure) -> dict[str, str]:
        ax = chart(measure)
        return dict(zip(row_names(ax), (text.get_text() for text in ax.texts)))

    # 75.3 / 25.6 = 2.941...; 20 log10(75.3^2 / sqrt(25.6 * 3.8)) = 55.19...
    assert values("accuracy")["ResNet-50"] == "75.3"
    assert values("information_density")["ResNet-50"] == "2.94"
    assert values("netscore")["ResNet-50"] == "55.2"


def test_bars_of_few_networks_have_gentle_numbers() -> None:
    # 20 log10 of 50^2 / sqrt(1000 * 1000) = 2.5; of 5^2 / sqrt(7000 * 10000) = 0.002988...
    ax = plots.bars([("low", 5, 7e9, 1e13), ("high", 50, 1e9, 1e12)])
    assert row_names(ax) == ["high", "low"]
    assert [text.get_text() for text in ax.texts] == ["7.96", "-50.5"]
    assert bars(ax)[1].get_width() < 0


def test_networks_with_equal_values_keep_their_order() -> None:
    ax = plots.bars([("b", 70, 1e6, 1e9), ("a", 70, 1e6, 1e9), ("c", 71, 1e6, 1e9)])
    assert row_names(ax) == ["c", "b", "a"]


def test_highlighted_bars() -> None:
    ax = plots.bars(highlight=[MINE])
    assert ax.figure.canvas.figure.get_size_inches() == pytest.approx(figure_size("bars", 61))
    # 20 log10(73^2 / sqrt(4 * 0.35)) = 73.07: below MobileNetV1 (1.0-128), 73.43.
    names = row_names(ax)
    assert len(names) == 61
    assert names[5:8] == ["MobileNetV1 (1.0-128)", "My network", "MobileNetV1 (1.0-160)"]
    assert [bool(bar.get_hatch()) for bar in bars(ax)] == [name == "My network" for name in names]
    assert bold(ax.get_yticklabels()) == ["My network"]
    others = {to_hex(bar.get_facecolor()) for bar in bars(ax) if not bar.get_hatch()}
    assert len(others) == 1
    assert to_hex(bars(ax)[6].get_facecolor()) not in others


@pytest.mark.parametrize(
    "network",
    [
        find_network("ResNet-50"),
        ("ResNet-50", 75.3, 25.6e6, 3.8e9),
        SimpleNamespace(name="ResNet-50", accuracy=75.3, params=25_600_000, macs=3_800_000_000),
    ],
    ids=["Network", "tuple", "attributes"],
)
def test_a_network_of_the_table_is_not_drawn_twice(network: Any) -> None:
    networks = [find_network("VGG-16"), find_network("ResNet-50")]
    ax = plots.bars(networks, highlight=[network, network])
    assert row_names(ax) == ["ResNet-50", "VGG-16"]
    assert bold(ax.get_yticklabels()) == ["ResNet-50"]


def test_the_same_name_with_other_figures_is_another_network() -> None:
    ax = plots.bars([find_network("ResNet-50")], highlight=[("ResNet-50", 76.1, 25.6e6, 3.8e9)])
    assert row_names(ax) == ["ResNet-50", "ResNet-50"]


def test_three_bar_charts_side_by_side(folder: Path) -> None:
    figure = example(folder)["bars"]
    figure.draw_without_rendering()
    texts: list[Text] = []
    for ax in figure.axes:
        assert len(ax.texts) == 61
        assert_within(ax.texts, ax.get_window_extent())
        texts += [*ax.texts, ax.xaxis.label]
    # The rows are those of all three, and have their names once.
    texts += figure.axes[0].get_yticklabels()
    assert figure.get_figwidth() == 7
    assert_apart(texts)
    assert_within(texts, figure.bbox)
    assert min(float(text.get_fontsize()) for text in texts) >= 6


@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize("width", [3.4, 5, 7, 9])
def test_titles_side_by_side_are_apart(width: float, share: bool) -> None:
    figure = Figure(figsize=(width, 9), layout="constrained")
    axes = figure.subplots(1, 3, sharey=share)
    # It is the longest names that leave little room for a title.
    longest = sorted(NETWORKS, key=lambda network: -len(network.name))[:12]
    plots.bars(longest, measure="accuracy", order="netscore", ax=axes[0])
    plots.bars(longest, measure="density", order="netscore", ax=axes[1])
    plots.bars(longest, measure="netscore", ax=axes[2])
    figure.draw_without_rendering()
    titles = [ax.xaxis.label for ax in axes]
    sizes = {text.get_fontsize() for ax in axes for text in (*ax.texts, *ax.get_yticklabels())}
    assert len(sizes) == 1 or not share
    assert_apart(titles)
    assert_within(titles, figure.bbox)
    assert [" ".join(title.get_text().split()) for title in titles] == [
        "Top-1 accuracy (%)",
        "Information density (% per million parameters)",
        "NetScore (dB)",
    ]


def test_the_title_of_a_very_narrow_chart_keeps_its_words_whole() -> None:
    ax = plots.bars(FEW, measure="density", ax=new_axes(1.0, 2.0))
    assert ax.get_xlabel() == "Information\ndensity\n(% per\nmillion\nparameters)"


def test_negative_scores_are_left_of_a_line_at_0() -> None:
    # 20 log10(2^2 / sqrt(100 * 10000)) = -47.96
    ax = plots.bars([("bad", 2.0, 1e8, 1e13), FEW[0]])
    assert [round(bar.get_width(), 2) for bar in bars(ax)][1] == -47.96
    (line,) = ax.lines
    assert np.asarray(line.get_xdata()).tolist() == [0, 0]
    ax.figure.canvas.figure.draw_without_rendering()
    assert_apart([ax.texts[1], *bars(ax)])


def test_the_line_at_0_is_whole_where_all_scores_are_negative() -> None:
    ax = plots.bars([("bad", 2.0, 1e8, 1e13), ("worse", 1.0, 1e8, 1e13)])
    (line,) = ax.lines
    assert ax.get_xlim()[1] == 0  # half of the line is beyond the frame
    assert not line.get_clip_on()


def test_no_line_crosses_the_number_beside_a_dot() -> None:
    ax = plots.bars(FEW, measure="density")
    (lines,) = ax.collections
    assert isinstance(lines, LineCollection)
    assert [segment[1].tolist() for segment in lines.get_segments()] == [
        [pytest.approx(density), row] for row, density in enumerate((32.5, 7.2, 1.6))
    ]


def test_names_are_text_and_no_markup() -> None:
    network = ("50 $ \\alpha$\x1b[2J_x", 70, 2e6, 1e9)
    for ax in (plots.bars([network]), plots.tradeoff([network])):
        ax.figure.canvas.figure.draw_without_rendering()
        texts = [*ax.get_yticklabels(), *ax.texts]
        (name,) = (text for text in texts if text.get_text() == "50 $ \\alpha$\\x1b[2J_x")
        assert not name.get_parse_math()


NO_NETWORK = "highlight must hold networks with name, accuracy, params and macs, got "
FIGURE = "in network 'x'"


@pytest.mark.parametrize(
    ("plot", "options", "message"),
    [
        (plots.bars, {"measure": "top1"}, "measure must be one of 'accuracy', "
         "'density', 'information_density', 'netscore', got 'top1'"),
        (plots.bars, {"order": "top1"}, "order must be one of 'accuracy', "
         "'density', 'information_density', 'netscore', got 'top1'"),
        (plots.tradeoff, {"measure": "netscore", "networks": [("x", 0.0, 1e6, 1e9)]},
         f"netscore must be finite, got -inf {FIGURE}"),
        (plots.tradeoff, {"x": "year", "highlight": [MINE]}, "x must be macs, params or a number "
         "that every network has, got 'year', which is None in network 'My network'"),
        (plots.tradeoff, {"names": ["top 0"]}, "names must be 'own', 'front', 'known', 'top 10' "
         "or names of the networks, got 'top 0'"),
        (plots.tradeoff, {"names": ["ResNet-5"]}, "names must be 'own', 'front', 'known', 'top 10' "
         "or names of the networks, got 'ResNet-5'; near names: ResNet-50, ResNet-152, ResNet-34"),
        (plots.bars, {"networks": []}, "networks must hold at least one network, got none"),
        (plots.bars, {"networks": [("x", 0.0, 1e6, 1e9)]},
         f"netscore must be finite, got -inf {FIGURE}"),
        (plots.bars, {"highlight": [("x", 101.0, 1e6, 1e9)]},
         f"accuracy must be a percentage from 0 to 100, got 101.0 {FIGURE}"),
        (plots.bars, {"highlight": [("x", 50.0, 1e-300, 1e300)]},
         f"params must be from 1e-30 to 1e+30 in a picture, got 1e-300 {FIGURE}"),
        (plots.tradeoff, {"networks": [("x", 50.0, 1e9, 1e300)]},
         f"macs must be from 1e-30 to 1e+30 in a picture, got 1e+300 {FIGURE}"),
        *((plot, {"networks": [("x", 70.0, math.nan, 1e9), ("y", math.nan, 1e6, 1e9)]},
           "networks must hold at least one network with accuracy, params and macs, got none")
          for plot in (plots.bars, plots.tradeoff)),
        (plots.tradeoff, {"highlight": [("x", 70.0, math.nan, 1e9)]},
         f"params must be positive and finite, got nan {FIGURE}"),
        (plots.tradeoff, {"networks": [("x", 70.0, 1e6, "1G")]},
         f"macs must be a real number, got '1G' {FIGURE}"),
        (plots.tradeoff, {"highlight": MINE}, f"{NO_NETWORK}'My network'"),
        (plots.tradeoff, {"highlight": [MINE[:3]]}, f"{NO_NETWORK}('My network', 73.0, 4000000.0)"),
        (plots.tradeoff, {"gamma": -1.0}, "gamma must be 0, or from 1e-06 to 1000, got -1.0"),
        (plots.sensitivity, {"result": RESULT, "names": ["a"]},
         "names must hold one name for each of the 3 networks, got 1"),
        (plots.sensitivity, {"result": RESULT, "names": "abc"},
         "names must hold one name for each of the 3 networks, got 1"),
        (plots.sensitivity, {"result": RESULT, "names": ["a", "b", "c"], "highlight": ["d"]},
         "highlight must hold names of the networks, got 'd'"),
        (plots.tradeoff, {"names": 3}, "names must hold texts, got 3"),
        (plots.tradeoff, {"x": 3}, "x must be macs, params or a number that every network has, "
         "got 3, which is None in network 'AlexNet'"),
        (plots.tradeoff, {"families": 3},
         "families must be an attribute or a column of the networks, got 3"),
        (plots.bars, {"ax": 3}, "ax must be Axes of matplotlib with straight axes, got 3"),
        (plots.bars, {"ax": Figure().add_subplot(projection="polar")},
         "ax must be Axes of matplotlib with straight axes, got <PolarAxes: >"),
        (plots.sensitivity, {"result": RESULT, "names": [1, 2, 3]}, "names must hold texts, got 1"),
        (plots.sensitivity, {"result": 3},
         "result must be what netscore.sensitivity returns, got 3"),
        (figure_size, {"picture": "pie"},
         "picture must be one of 'bars', 'tradeoff', 'sensitivity', got 'pie'"),
        (figure_size, {"picture": "bars", "networks": 0},
         "networks must be a positive whole number, got 0"),
        (figure_size, {"picture": "bars", "width": -3},
         "width must be positive and finite, got -3"),
    ],
)  # fmt: skip
def test_wrong_input(plot: Callable[..., Any], options: dict[str, Any], message: str) -> None:
    wrong_kind = "real number", NO_NETWORK, "hold texts", "ax must", "result must"
    kind = TypeError if any(part in message for part in wrong_kind) else ValueError
    with pytest.raises(kind, match=f"^{re.escape(f'{plot.__name__}: {message}')}$"):
        plot(**options)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("plot", [plots.bars, plots.tradeoff])
def test_networks_without_a_figure_are_not_drawn(plot: Callable[..., Axes]) -> None:
    told = f"^{plot.__name__}: 1 of 4 networks has no accuracy, params or macs and is not drawn$"
    with pytest.warns(UserWarning, match=told):
        plot([*FEW, ("x", math.nan, 1e6, 1e9)])
    told = f"^{plot.__name__}: 2 of 5 networks have no accuracy, params or macs and are not drawn$"
    with pytest.warns(UserWarning, match=told):
        ax = plot([*FEW, ("x", 70.0, math.nan, 1e9), ("y", 70.0, 1e6, math.nan)])
    assert len(bars(ax)) == 3 or np.shape(discs(ax).get_offsets()) == (3, 2)


@pytest.mark.parametrize("plot", [plots.bars, plots.tradeoff])
def test_figures_in_another_unit(plot: Callable[..., Axes]) -> None:
    name = plot.__name__
    told = f"{name}: accuracy was read as 0.73 percent; if it is a fraction, multiply it by 100"
    with pytest.warns(UnitWarning) as caught:
        plot(FEW, highlight=[("Mine", 0.73, 4e6, 350e6)])
    assert [str(warning.message) for warning in caught] == [told]
    assert caught[0].filename == __file__
    with pytest.warns(UnitWarning) as caught:
        plot([("Mine", 0.73, 4e6, 350e6)])
    assert [str(warning.message) for warning in caught] == [told]


# Accuracy against multiply-accumulates


def discs(ax: Axes) -> PathCollection:
    return next(c for c in ax.collections if isinstance(c, PathCollection))


def diamonds(ax: Axes) -> PathCollection:
    return [c for c in ax.collections if isinstance(c, PathCollection)][1]


def fills(ax: Axes) -> list[str]:
    return [to_hex(colour) for colour in np.asarray(discs(ax).get_facecolor())]


def disc_of(ax: Axes, network: Any) -> int:
    """Position, in the collection, of the disc that stands where the network is."""
    offsets = np.asarray(discs(ax).get_offsets())
    wanted = (network.macs, network.accuracy)
    (place,) = np.flatnonzero((offsets == wanted).all(axis=1))
    return int(place)


def written(ax: Axes) -> dict[str, Annotation]:
    """The names of networks that are written in the picture."""
    texts = [text for text in ax.texts if isinstance(text, Annotation)]
    return {t.get_text(): t for t in texts if t.get_text() and not t.get_text().endswith(" dB")}


def leaders(ax: Axes) -> list[Any]:
    return [t for t in ax.texts if isinstance(t, Annotation) and t.arrow_patch is not None]


def level_labels(ax: Axes) -> list[Annotation]:
    return [
        t for t in ax.texts if isinstance(t, Annotation) and re.fullmatch(r"\S+ dB", t.get_text())
    ]


def levels(ax: Axes) -> list[tuple[float, np.ndarray[Any, Any]]]:
    """The lines of equal score: the level of each, and its vertices."""
    (lines,) = (c for c in ax.collections if isinstance(c, LineCollection))
    labels = [float(label.get_text().removesuffix(" dB")) for label in level_labels(ax)]
    return list(zip(labels, map(np.asarray, lines.get_segments()), strict=True))


def legend_labels(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def dominated(network: Any, others: Iterable[Any]) -> bool:
    return any(
        o.accuracy >= network.accuracy
        and o.params <= network.params
        and o.macs <= network.macs
        and (o.accuracy, o.params, o.macs) != (network.accuracy, network.params, network.macs)
        for o in others
    )


FRONT = [n for n in NETWORKS if not dominated(n, NETWORKS)]


def test_discs_stand_at_macs_and_accuracy() -> None:
    ax = tradeoff()
    assert ax.get_xscale() == "log"
    assert ax.get_yscale() == "linear"
    assert ax.get_xlabel() == "Multiply-accumulates of one inference"
    assert ax.get_ylabel() == "Top-1 accuracy (%)"
    drawn = sorted(map(tuple, np.asarray(discs(ax).get_offsets()).tolist()))
    assert drawn == sorted((float(n.macs), n.accuracy) for n in NETWORKS)
    low, high = ax.get_xlim()
    assert low < min(n.macs for n in NETWORKS) < max(n.macs for n in NETWORKS) < high
    labels = [t.get_text() for t in ax.get_xticklabels() if low < t.get_position()[0] < high]
    assert labels == ["200M", "500M", "1G", "2G", "5G", "10G", "20G", "50G"]


def test_a_wide_range_of_macs_has_one_label_for_each_power_of_ten() -> None:
    with pytest.warns(UnitWarning, match="macs was read as .*; some rows may be in another unit"):
        ax = plots.tradeoff([("small", 60, 1e6, 2e8), ("large", 80, 1e9, 5e13)])
    low, high = ax.get_xlim()
    labels = [t.get_text() for t in ax.get_xticklabels() if low < t.get_position()[0] < high]
    assert labels == ["1G", "10G", "100G", "1T", "10T"]


def test_areas_are_proportional_to_params() -> None:
    ax = tradeoff(MINE, DULL)
    sizes = discs(ax).get_sizes()
    areas = [sizes[disc_of(ax, network)] for network in NETWORKS]
    params = [network.params for network in NETWORKS]
    assert np.divide(areas, params) == pytest.approx(areas[0] / params[0])
    # The legend's discs have the same scale; the size of a marker is a diameter.
    legend = ax.get_legend()
    assert legend is not None
    shown = dict(zip(legend_labels(ax), legend.get_lines()))
    for label, count in (("100M", 100e6), ("10M", 10e6), ("1M", 1e6)):
        diameter = shown[f"{label} parameters"].get_markersize()
        assert diameter**2 / count == pytest.approx(areas[0] / params[0])


def test_no_disc_is_too_small_to_be_seen() -> None:
    with pytest.warns(UnitWarning, match="params was read as .*; some rows may be in another unit"):
        ax = plots.tradeoff([("small", 70.0, 1e6, 1e8), ("large", 80.0, 1e12, 1e12)])
    assert min(discs(ax).get_sizes()) == 1.0


@pytest.mark.filterwarnings("ignore:.*was read as")
@pytest.mark.parametrize("x", ["params", "macs"])
@pytest.mark.parametrize("width", [3.5, 9])
def test_discs_are_whole_on_an_axis_of_many_decades(width: float, x: str) -> None:
    networks = [("small", 60.0, 1e2, 1e2), ("large", 80.0, 1e14, 1e14)]
    axes = new_axes(*figure_size("tradeoff", width=width))
    ax = plots.tradeoff(networks[:1], x=x, highlight=networks[1:], ax=axes)
    ax.figure.canvas.figure.draw_without_rendering()
    frame, point = ax.get_window_extent(), ax.figure.dpi / 72
    (place,) = ax.transData.transform(np.asarray(diamonds(ax).get_offsets()))
    # A diamond is a square on its corner.
    assert place[0] + np.sqrt(diamonds(ax).get_sizes() / 2)[0] * point < frame.x1


def test_large_discs_do_not_hide_small_ones() -> None:
    ax = tradeoff()
    kinds = fills(ax)
    sizes = discs(ax).get_sizes()
    assert kinds == [kinds[0]] * 34 + [kinds[-1]] * 26
    assert list(sizes[:34]) == sorted(sizes[:34], reverse=True)
    assert list(sizes[34:]) == sorted(sizes[34:], reverse=True)


def test_the_front_is_marked_and_named() -> None:
    ax = tradeoff()
    assert len(FRONT) == 26
    assert {"MobileNetV2", "AmoebaNet-C (6, 228)"} <= {n.name for n in FRONT}
    assert {n.name for n in FRONT} | {"AlexNet", "VGG-16", "ResNet-50"} <= set(written(ax))
    colours = fills(ax)
    on = {colours[disc_of(ax, n)] for n in FRONT}
    off = {colours[disc_of(ax, n)] for n in NETWORKS if n not in FRONT}
    assert len(on) == len(off) == 1
    assert lightness(off.pop()) - lightness(on.pop()) > 0.3


def test_lines_of_equal_score_hold_for_the_median_of_params() -> None:
    ax = tradeoff()
    median = statistics.median(n.params for n in NETWORKS) / 1e6
    assert median == pytest.approx(21.321188)
    assert [level for level, _ in levels(ax)] == [40, 45, 50, 55, 60, 65, 70]
    for level, places in levels(ax):
        assert len(places) > 10
        for macs, accuracy in places:
            score = 20 * math.log10(accuracy**2 / math.sqrt(median * macs / 1e9))
            assert score == pytest.approx(level, abs=0.02)
    expected = "equal NetScore with 21.3M parameters (median);\n10 times as many: 10 dB less"
    assert expected in legend_labels(ax)


def test_lines_are_labelled_at_their_ends_outside_the_frame() -> None:
    ax = tradeoff()
    labels = {label.get_text(): label for label in level_labels(ax)}
    frame = ax.get_window_extent()
    for level, places in levels(ax):
        label = labels.pop(f"{level:g} dB")
        assert tuple(label.xy) == tuple(places.max(axis=0))
        box = label.get_window_extent()
        assert box.y0 >= frame.y1 or box.x0 >= frame.x1
        assert_within([label], ax.figure.bbox)
    assert labels == {}


def shown(ax: Axes) -> list[str]:
    return [label.get_text() for label in level_labels(ax) if label.get_visible()]


def two(low: float, high: float, factor: float = 1.0) -> list[Any]:
    """Two networks, the second of which costs so many times as much."""
    return [("low", low, 3.4e6, 3e8), ("high", high, 3.4e6 * factor, 3e8 * factor)]


@pytest.mark.filterwarnings("ignore:.*was read as", "ignore:Tight layout not applied")
@pytest.mark.parametrize(
    ("networks", "x", "width", "layout", "expected"),
    [
        (two(0, 72), "macs", 3.5, "constrained", [20, 40, 60]),
        (two(0.5, 95), "macs", 3.5, "constrained", [20, 40, 60, 80]),
        (two(0.5, 80, 10), "macs", 7, "tight", None),
        (two(0.5, 80, 10), "macs", 3.3, None, None),
        (two(10, 95), "params", 3.3, None, None),
        (two(20, 80), "macs", 2, "constrained", None),
        (two(40, 80), "params", 2, "tight", None),
        (two(10, 70, 10), "macs", 2, "tight", None),
        (None, "macs", 2, "constrained", None),
        (None, "params", 2, "tight", [45, 55, 65, 75]),
    ],
)
def test_labels_of_lines_touch_nothing(
    networks: Any, x: str, width: float, layout: Any, expected: list[int] | None
) -> None:
    axes = Figure(figure_size("tradeoff", width=width), layout=layout).subplots()
    ax = plots.tradeoff(networks, x=x, names=None, ax=axes)
    assert expected is None or shown(ax) == [f"{level} dB" for level in expected]
    # The lines are there all the same.
    assert 1 < len(shown(ax)) < len(levels(ax))
    figure = ax.figure.canvas.figure
    for dpi in (figure.dpi, 72, 300):
        figure.set_dpi(dpi)
        figure.draw_without_rendering()
        labels = [label for label in level_labels(ax) if label.get_visible()]
        assert_apart(labels)
        # Those beyond the axes are not drawn.
        ticks = [
            tick
            for axis in (ax.xaxis, ax.yaxis)
            for tick, place in zip(axis.get_ticklabels(), axis.get_ticklocs())
            if min(axis.get_view_interval()) <= place <= max(axis.get_view_interval())
        ]
        assert len(ticks) > 1
        for label, tick in itertools.product(labels, ticks):
            assert not label.get_window_extent().overlaps(tick.get_window_extent())


def test_labels_of_lines_come_back_where_there_is_room() -> None:
    ax = plots.tradeoff(names=None, ax=new_axes(*figure_size("tradeoff", width=2)))
    figure, few, everything = ax.figure.canvas.figure, shown(ax), level_labels(ax)
    figure.set_size_inches(7, 5)
    figure.savefig(BytesIO())
    assert len(few) < len(shown(ax)) == len(everything)
    # What the user took away or hid stays so, and leaves its room to others.
    everything[-1].remove()
    everything[-3].set_visible(False)
    figure.set_size_inches(figure_size("tradeoff", width=2))
    figure.savefig(BytesIO())
    assert (few[-2:], shown(ax)[-1]) == (["60 dB", "70 dB"], "65 dB")
    assert_apart(label for label in level_labels(ax) if label.get_visible())
    figure.set_size_inches(7, 5)
    figure.savefig(BytesIO())
    assert shown(ax) == ["40 dB", "45 dB", "50 dB", "55 dB", "65 dB"]


@pytest.mark.parametrize(
    ("width", "layout", "settings"),
    [
        (3.3, "constrained", {}),
        (3.3, "tight", {"axes.titlepad": 0.0}),
        (9.0, "constrained", {"xtick.top": True}),
        (9.0, None, {}),
    ],
)
def test_a_title_stands_above_the_labels(width: float, layout: Any, settings: Any) -> None:
    with matplotlib.rc_context(settings):
        for titled_first in (True, False):
            ax = Figure(figure_size("tradeoff", width=width), layout=layout).subplots()
            if titled_first:
                ax.set_title("Accuracy against cost")
            plots.tradeoff(names=None, ax=ax)
            ax.set_title("Accuracy against cost")
            ax.figure.canvas.figure.draw_without_rendering()
            assert len(level_labels(ax)) == 7
            bottom = ax.title.get_window_extent().y0
            assert bottom >= max(label.get_window_extent().y1 for label in level_labels(ax))


def test_the_lines_end_at_an_accuracy_of_100() -> None:
    networks = [("a", 92.6, 0.27e6, 41e6), ("b", 96.1, 36e6, 5e9), ("c", 99.5, 632e6, 167e9)]
    ax = plots.tradeoff(networks)
    frame = ax.get_ylim()[1]
    assert frame > 100
    # From 80 - 10 log10(36 * 0.041 / 1.6) = 80.4 down to 78.5 - 10 log10(36 * 167 * 1.8) = 38.2.
    assert [level for level, _ in levels(ax)] == [40, 50, 60, 70, 80]
    for level, places in levels(ax):
        macs, accuracy = places.max(axis=0)
        assert accuracy == pytest.approx(100)
        assert level == pytest.approx(80 - 10 * math.log10(36 * macs / 1e9), abs=0.02)
    assert [label.xy[1] for label in level_labels(ax)] == pytest.approx([frame] * 5)


def test_the_lines_follow_the_exponents() -> None:
    ax = plots.tradeoff(FEW, alpha=1.0, beta=1.0, gamma=0.25)
    assert len(levels(ax)) > 3
    for level, places in levels(ax):
        for macs, accuracy in places:
            score = 20 * math.log10(accuracy / (10 * (macs / 1e9) ** 0.25))
            assert score == pytest.approx(level, abs=0.02)
    assert "10 times as many: 20 dB less" in "\n".join(legend_labels(ax))


def test_lines_without_a_slope() -> None:
    upright = plots.tradeoff(FEW, alpha=0.0)
    assert len(levels(upright)) > 3
    for level, places in levels(upright):
        assert level == pytest.approx(-10 * math.log10(10 * places[0, 0] / 1e9), abs=0.02)
        assert places[:, 0] == pytest.approx(places[0, 0])
    top = upright.get_ylim()[1]
    assert [label.xy[1] / top for label in level_labels(upright)] == pytest.approx(
        np.ones(len(levels(upright)))
    )
    level_lines = plots.tradeoff(FEW, gamma=0.0, beta=0.0)
    assert len(levels(level_lines)) > 3
    for level, places in levels(level_lines):
        assert level == pytest.approx(40 * math.log10(places[0, 1]), abs=0.02)
        assert places[:, 1] == pytest.approx(places[0, 1])
    right = level_lines.get_xlim()[1]
    assert {label.xy[0] for label in level_labels(level_lines)} == {right}


def test_no_lines_where_all_scores_are_equal() -> None:
    ax = plots.tradeoff(FEW, alpha=0.0, beta=0.0, gamma=0.0)
    assert level_labels(ax) == []
    assert levels(ax) == []
    assert not any("equal" in label for label in legend_labels(ax))


def test_an_accuracy_of_0_has_its_place() -> None:
    ax = plots.tradeoff(FEW, highlight=[("Zero", 0.0, 4e6, 350e6)])
    assert "Zero" in written(ax)
    assert min(places[:, 1].min() for _, places in levels(ax)) >= 1.0
    alone = plots.tradeoff([("Zero", 0.0, 4e6, 350e6)])
    assert alone.get_ylim() == (-1.0, 1.0)
    assert set(written(alone)) == {"Zero"}


def as_network(name: str, accuracy: float, params: float, macs: float) -> SimpleNamespace:
    return SimpleNamespace(name=name, accuracy=accuracy, params=params, macs=macs)


def assert_names_cover_nothing(ax: Axes) -> None:
    """Names and leaders keep apart, and each leader joins its name and the edge of its disc."""
    ax.figure.canvas.figure.draw_without_rendering()
    point = ax.figure.dpi / 72
    names = list(written(ax).values())
    legend = ax.get_legend()
    assert legend is not None
    assert_apart([*names, legend])
    assert_within(names, ax.get_window_extent())
    low, high = corners(names)
    radius = dict(zip(map(tuple, np.asarray(discs(ax).get_offsets()).tolist()), radii(ax)))
    for name, leader in zip(names, leaders(ax), strict=True):
        assert leader.xy == name.xy
        disc = ax.transData.transform(name.xy)
        path = leader.arrow_patch.get_transform().transform_path(leader.arrow_patch.get_path())
        start, end = path.vertices[0], path.vertices[-1]
        reach = radius[tuple(map(float, name.xy))] * point
        if name.get_fontweight() == "bold":
            # A diamond around the disc: three points of room at its sides, more at its corners.
            reach = (reach + 3 * point) * math.sqrt(2)
        assert math.dist(end, disc) == pytest.approx(reach, abs=0.05)
        box = name.get_window_extent()
        assert math.dist(disc, np.clip(disc, box.min, box.max)) > reach
        # Four points beside a name and one point above and below it are free.
        assert math.dist(start, np.clip(start, box.min, box.max)) < 5 * point
        steps = np.linspace(start, end, 50)[:, np.newaxis]
        assert not ((steps > low) & (steps < high)).all(axis=2).any()


def radii(ax: Axes) -> Any:
    """The radii of the discs, in points."""
    return np.sqrt(discs(ax).get_sizes()) / 2


@pytest.mark.parametrize("highlight", [[], [MINE], [MINE, DULL]])
def test_names_cover_nothing(highlight: list[Any], folder: Path) -> None:
    ax = example(folder)["tradeoff"].axes[0] if highlight == [MINE] else tradeoff(*highlight)
    own = [as_network(*network) for network in highlight]
    front = {network.name for network in FRONT if not dominated(network, own)}
    assert front | {network.name for network in own} <= set(written(ax))
    assert_names_cover_nothing(ax)


@pytest.mark.parametrize("seed", range(4))
def test_names_cover_nothing_in_a_crowd(seed: int) -> None:
    random = np.random.default_rng(seed)
    accuracy = 70 + np.sort(random.uniform(0, 10, 25))
    # More accurate and more expensive: all on the front.
    params, macs = np.sort(random.uniform(6, 8, 25)), np.sort(random.uniform(9, 10, 25))
    networks = [
        (f"Network number {i}", *figures)
        for i, figures in enumerate(zip(accuracy, 10**params, 10**macs))
    ]
    axes = new_axes(6, 4.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ax = plots.tradeoff(networks, ax=axes)
    assert len(written(ax)) > 10
    assert_names_cover_nothing(ax)


COINCIDING: dict[str, list[Any]] = {
    "equal": [(f"Equal {i}", 72, 3.4e6, 3e8) for i in range(8)],
    # The first and the last are about one radius apart.
    "almost": [(f"Seed {i}", 76.1 + i / 100, 25.6e6, 4.1e9) for i in range(10)],
}


@pytest.mark.parametrize("discs", COINCIDING)
def test_discs_over_each_other_have_their_names(discs: str) -> None:
    networks = [*COINCIDING[discs], ("VGG", 71.5, 138e6, 15.5e9)]
    names = [network[0] for network in networks]
    ax = plots.tradeoff(networks, names=names)
    assert set(written(ax)) == {*names}
    assert_names_cover_nothing(ax)


def test_highlighted_networks() -> None:
    ax = tradeoff(MINE, DULL)
    assert bold(written(ax).values()) == ["Dull", "My network"]
    frames = diamonds(ax)
    assert sorted(map(tuple, np.asarray(frames.get_offsets()).tolist())) == [(350e6, 73), (2e9, 60)]
    assert np.size(frames.get_facecolor()) == 0
    colours = fills(ax)
    mine = colours[disc_of(ax, as_network(*MINE))]
    other = colours[disc_of(ax, as_network(*DULL))]
    # Mine is on the front and Dull is not: darker and lighter, as for the networks of the table.
    assert lightness(other) - lightness(mine) > 0.3
    # They lie over the networks of the table, and the diamonds around them are larger.
    assert {disc_of(ax, as_network(*n)) for n in (MINE, DULL)} == {60, 61}
    assert "highlighted" in legend_labels(ax)
    assert "highlighted" not in legend_labels(tradeoff())
    # Neither moves the median for which the lines hold.
    assert any("21.3M" in label for label in legend_labels(ax))


@pytest.mark.parametrize("width", [3.3, 3.8])
def test_highlighted_names_that_overlap_are_counted(width: float) -> None:
    told = (
        r"^tradeoff: \d+ of 20 names overlap others or their lines; "
        r"draw fewer names or networks, or a larger figure$"
    )
    axes = new_axes(*figure_size("tradeoff", width=width))
    with pytest.warns(UserWarning, match=told) as caught:
        ax = plots.tradeoff(highlight=crowd(20), names=None, ax=axes)
    assert len(caught) == 1
    ax.figure.canvas.figure.draw_without_rendering()
    low, high = corners(written(ax).values())
    assert len(low) == 20
    covering = ((low[:, np.newaxis] < high) & (high[:, np.newaxis] > low)).all(axis=2)
    later = np.tril(covering, -1).any(axis=1).sum()
    # Besides, a name may lie on a line, and has some room around it.
    assert 0 < later <= int(str(caught[0].message).split()[1]) < 20
    # Where there is room nothing is said.
    plots.tradeoff(highlight=crowd(20), names=None)


def test_a_diamond_encloses_its_disc() -> None:
    ax = plots.tradeoff(FEW, highlight=[MINE, find_network("VGG-16")])
    places = np.asarray(discs(ax).get_offsets()).tolist()
    for place, size in zip(
        np.asarray(diamonds(ax).get_offsets()).tolist(), diamonds(ax).get_sizes()
    ):
        assert discs(ax).get_sizes()[places.index(place)] < size


def test_a_better_network_takes_others_off_the_front() -> None:
    # Better than MobileNetV2 (72.0, 3.4 M, 300 M) in everything, and no match for the best of all.
    ax = plots.tradeoff(highlight=[("Better", 72.5, 3.3e6, 290e6)])
    assert fills(ax)[disc_of(ax, find_network("MobileNetV2"))] == fills(ax)[0]
    assert {"Better", "AmoebaNet-C (6, 228)"} <= set(written(ax))


def row_name(network: Any) -> str:
    return str(network[0] if isinstance(network, tuple) else network.name)


TABLES: dict[str, Any] = {
    "chapter": NETWORKS,
    "torchvision": load_networks("torchvision"),
    "300 rows": crowd(300),
    "long names": crowd(
        40, name="A network of a family that has a name of ninety characters " * 2 + "{}"
    ),
}
# Every width for a table of few names and for one of long ones, some for those that take seconds.
WIDTHS = dict.fromkeys(TABLES, (3.4, 5, 7, 9)) | {"torchvision": (5, 7), "300 rows": (3.4, 9)}


@pytest.mark.parametrize(
    ("table", "width", "layout"),
    [
        *((table, width, "constrained") for table in TABLES for width in WIDTHS[table]),
        *(("chapter", width, None) for width in (5, 9)),
    ],
)
def test_a_picture_of_any_size(table: str, width: float, layout: Any) -> None:
    size = (3.4, 2.6) if width == 3.4 else figure_size("tradeoff", width=width)
    axes = Figure(figsize=size, layout=layout).subplots()
    own = [MINE, ("A network of my own with a long name " * 3, 70.0, 20e6, 2e9)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ax = plots.tradeoff(TABLES[table], highlight=own, ax=axes)
    frame = ax.get_window_extent()
    assert_names_cover_nothing(ax)
    names = written(ax)
    assert len(bold(names.values())) == 2
    # No other name covers what is highlighted.
    low, high = corners(name for name in names.values() if name.get_fontweight() != "bold")
    for place in ax.transData.transform(np.asarray(diamonds(ax).get_offsets())):
        assert not ((low < place) & (place < high)).all(axis=1).any()
    given = [*(network[0] for network in own), *(row_name(n) for n in TABLES[table])]
    for name in names:
        start, shortened, end = name.partition("…")
        assert any(n.startswith(start) and n.endswith(end) for n in given)
        assert bool(shortened) == (name not in given)
    # No disc reaches out of the frame, and the legend has its place beside it.
    places = ax.transData.transform(np.asarray(discs(ax).get_offsets()))
    reach = radii(ax)[:, np.newaxis] * ax.figure.dpi / 72
    assert (frame.min <= places - reach).all()
    assert (places + reach <= frame.max).all()
    legend = ax.get_legend()
    assert legend is not None
    assert_within([legend, ax.xaxis.label, ax.yaxis.label], ax.figure.bbox)
    assert_apart([legend, ax.patch, ax.xaxis.label])
    assert frame.height > 0.4 * ax.figure.bbox.height
    texts = [*names.values(), *legend.get_texts(), ax.xaxis.label]
    assert min(float(text.get_fontsize()) for text in texts) >= 5
    # What is left out is said.
    told = [str(w.message).split() for w in caught if "find no place" in str(w.message)]
    assert [int(words[3]) - int(words[1]) for words in told] == [len(names)] * len(told)
    if table == "chapter" and width == 9 and layout:
        assert told == []


def test_a_part_of_a_figure() -> None:
    figure = Figure(figsize=(18, 6.5), layout="constrained")
    grid = figure.add_gridspec(1, 2)
    left, right = figure.add_subfigure(grid[0, 0]), figure.add_subfigure(grid[0, 1])
    assert isinstance(right, SubFigure)
    ax = plots.tradeoff(FRONT, ax=right.subplots())
    plots.bars(FEW, ax=left.subplots())
    assert len(written(ax)) == 26
    assert_names_cover_nothing(ax)


def test_names_have_their_places_when_another_picture_takes_room() -> None:
    figure = Figure(figsize=(7, 9), layout="constrained")
    above, below = figure.subplots(2, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        ax = plots.tradeoff(highlight=[MINE], ax=above)
        before = ax.get_window_extent().width
        # Long names make both narrower.
        plots.bars([(f"{name} of a long name", *row) for name, *row in FEW], ax=below)
        figure.draw_without_rendering()
        assert ax.get_window_extent().width < 0.9 * before
        assert_names_cover_nothing(ax)
        # What the user took away stays away.
        next(iter(written(ax).values())).remove()
        count = len(ax.texts)
        below.clear()
        plots.bars(FEW, ax=below)
    assert len(ax.texts) == count


def test_names_have_their_places_when_a_title_takes_room() -> None:
    ax = new_axes(*figure_size("tradeoff", width=3.3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        plots.tradeoff(ax=ax)
        before = ax.get_window_extent().height
        ax.set_title("Accuracy\nagainst cost")
        ax.figure.canvas.figure.savefig(BytesIO())
    assert ax.get_window_extent().height < 0.9 * before
    assert_names_cover_nothing(ax)


def test_names_that_find_no_place_are_counted_once_for_each_picture() -> None:
    figure = Figure(figsize=(3.4, 5), layout="constrained")
    above, below = figure.subplots(2, 1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        plots.tradeoff(ax=above)
        plots.tradeoff(x="params", ax=below)
        above.set_title("Accuracy\nagainst cost")
        figure.savefig(BytesIO())
        # More room, and as little as before.
        for size in ((20, 16), (3.4, 5)):
            figure.set_size_inches(size)
            figure.savefig(BytesIO())
    told = r"tradeoff: \d+ of \d+ names find no place; .*"
    assert [bool(re.fullmatch(told, str(warning.message))) for warning in caught] == [True] * 2


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (None, {"My network"}),
        ("top 3", {"My network", "middle", "small"}),
        ("front", {"My network", "large"}),
        (["large", "dull"], {"My network", "large", "dull"}),
        ("dull+known", {"My network", "dull", "resnet50 (v1)"}),
    ],
)
def test_names_that_are_wanted(names: Any, expected: set[str]) -> None:
    # Scores: 20 log10 of 65^2 / sqrt(5 * 0.4) = 69.5, of 72^2 / sqrt(5 * 0.4) = 71.3,
    # of 80^2 / sqrt(50 * 20) = 46.1, of 60^2 / sqrt(90 * 2) = 48.6, of 70^2 / sqrt(95 * 4) = 48.0.
    networks = [
        ("small", 65.0, 5e6, 4e8),
        ("middle", 72.0, 5e6, 4e8),
        ("large", 80.0, 50e6, 2e10),
        ("dull", *DULL[1:]),
        ("resnet50 (v1)", 70.0, 95e6, 4e9),
    ]
    assert set(written(plots.tradeoff(networks, names=names, highlight=[MINE]))) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [("own", {"small", "middle"}), (["own"], {"small", "middle"}), ("own+known", set())],
)
def test_alone_all_are_own(names: Any, expected: set[str]) -> None:
    networks = [("small", 65.0, 5e6, 4e8), ("middle", 72.0, 9e6, 9e8)]
    assert set(written(plots.tradeoff(networks, names=names))) == expected
    # Among others they are, and the others are not.
    among = plots.tradeoff(networks, names="own", among=[("other", 70.0, 7e6, 7e8)])
    assert set(written(among)) == {"small", "middle"}


MODELS = """model,Top-1,Size (M),gmacs,ms,kind
small,65,2,0.2,3,A
middle,72,10,1,20,A
large,80,50,20,15,B
,70,,1,15,B
"""


def of_file(tmp_path: Path) -> Path:
    path = tmp_path / "models.csv"
    path.write_text(MODELS, encoding="utf-8")
    return path


def of_pandas(tmp_path: Path) -> Any:
    return pytest.importorskip("pandas").read_csv(of_file(tmp_path), keep_default_na=True)


def of_polars(tmp_path: Path) -> Any:
    return pytest.importorskip("polars").read_csv(of_file(tmp_path))


@pytest.mark.parametrize("source", [of_file, of_pandas, of_polars])
def test_any_table(source: Callable[[Path], Any], tmp_path: Path) -> None:
    table = source(tmp_path)
    columns = {"params": "Size (M):M"}
    told = "^tradeoff: 1 of 4 networks has no accuracy, params or macs and is not drawn$"
    mine = dict(zip(("name", "accuracy", "params", "macs", "ms", "kind"), (*MINE, 5, "A")))
    with pytest.warns(UserWarning, match=told.replace("4", "5")):
        ax = plots.tradeoff(
            table, x="ms", columns=columns, among=[mine], families="kind", top=3, names="own"
        )
    # The scores are 76.5, 64.3, 46.1 and 73.1 dB: the large one is not drawn.
    places = {(3.0, 65.0), (20.0, 72.0), (5.0, 73.0)}
    assert set(map(tuple, np.asarray(discs(ax).get_offsets()).tolist())) == places
    (family,) = ax.lines
    assert np.asarray(family.get_xydata()).tolist() == [[3, 65], [5, 73], [20, 72]]
    assert set(written(ax)) == set(bold(ax.texts)) == {"small", "middle"}
    assert {"your own", "on the Pareto front of accuracy, parameters and MACs"} <= {
        *legend_labels(ax)
    }
    with pytest.warns(UserWarning, match="^bars: 1 of 4 networks"):
        assert row_names(plots.bars(table, columns=columns, top=2)) == ["small", "middle"]
    with pytest.raises(ValueError, match=r"^tradeoff: networks: none of the columns"):
        plots.tradeoff(table)


def test_a_table_by_its_name() -> None:
    ax = plots.bars(among="chapter")
    assert len(bars(ax)) == 60
    assert not any(bar.get_hatch() for bar in bars(ax))


def test_no_legend() -> None:
    ax = plots.tradeoff(FEW, legend=False)
    assert ax.get_legend() is None


def test_short_words_where_room_is_scarce() -> None:
    ax = plots.tradeoff(FEW, ax=new_axes(*figure_size("tradeoff", width=3.5)))
    assert legend_labels(ax)[:3] == [
        "on the Pareto front",
        "not on it",
        "equal NetScore with 10M parameters",
    ]
    ax = plots.tradeoff(FEW, ax=new_axes(2.0, 3.0))
    legend = ax.get_legend()
    assert legend is not None
    assert len({text.get_window_extent().x0 for text in legend.get_texts()}) == 1


@pytest.mark.parametrize("dpi", [72, 100, 150, 200, 300])
def test_the_legend_of_one_column_of_a_paper_is_not_half_of_it(dpi: int) -> None:
    axes = Figure(figure_size("tradeoff", width=3.4), dpi, layout="constrained").subplots()
    legend = plots.tradeoff(
        highlight=[("Mine", 73.0, 4e6, 350e6)], names=None, ax=axes
    ).get_legend()
    assert legend is not None
    assert len({round(text.get_window_extent().x0) for text in legend.get_texts()}) == 2


@pytest.mark.parametrize("width", [3.4, 5, 9])
def test_the_discs_of_the_legend_touch_nothing(width: float) -> None:
    size = figure_size("tradeoff", width=width)
    # A power of ten: the legend has a disc as large as the largest.
    ax = plots.tradeoff([("a", 70, 1e6, 1e8), ("b", 60, 1e6, 2e8)], ax=new_axes(*size))
    ax.figure.canvas.figure.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    marks = legend.get_lines()[-3:]
    middles = [float(np.mean([box.y0, box.y1])) for box in map(Line2D.get_window_extent, marks)]
    radii = [mark.get_markersize() / 2 * ax.figure.dpi / 72 for mark in marks]
    assert (max(radii) / min(radii)) ** 2 == pytest.approx(100)
    spans = [(y - radius, y + radius) for y, radius in zip(middles, radii)]
    assert spans[0][1] < ax.xaxis.label.get_window_extent().y0
    assert all(above[0] > below[1] for above, below in itertools.pairwise(spans))


def test_params_across() -> None:
    ax = plots.tradeoff(FEW, x="params")
    assert np.asarray(discs(ax).get_offsets()).tolist() == [[50e6, 80], [10e6, 72], [2e6, 65]]
    assert ax.get_xlabel() == "Parameters"
    for level, places in levels(ax):
        for params, accuracy in places:
            # The median of the MACs is one billion.
            score = 20 * math.log10(accuracy**2 / math.sqrt(params / 1e6))
            assert score == pytest.approx(level, abs=0.02)
    said = "equal NetScore with 1G MACs (median);\n10 times as many: 10 dB less"
    assert said in legend_labels(ax)


def test_the_year_across() -> None:
    ax = plots.tradeoff(NETWORKS, x="year", measure="netscore", names=None)
    offsets = sorted(map(tuple, np.asarray(discs(ax).get_offsets()).tolist()))
    expected = sorted((float(n.year or 0), n.netscore) for n in NETWORKS)
    assert np.array(offsets) == pytest.approx(np.array(expected))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Year", "NetScore (dB)")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "linear")
    assert {tick % 1 for tick in ax.get_xticks()} == {0}
    assert level_labels(ax) == []
    assert not any("equal" in label for label in legend_labels(ax))


@pytest.mark.parametrize("width", [3.4, 5, 9])
@pytest.mark.parametrize("count", [4, 6, 12])
def test_numbers_that_differ_little_are_written_in_full(width: float, count: int) -> None:
    networks = [
        SimpleNamespace(name=f"{i}", accuracy=76 + i / 1e3, params=1e6, macs=1e9, ms=1e3 + i / 1e4)
        for i in range(count)
    ]
    size = figure_size("tradeoff", width=width)
    ax = plots.tradeoff(networks, x="ms", names=None, ax=new_axes(*size))
    ax.figure.canvas.figure.draw_without_rendering()
    assert {axis.get_offset_text().get_text() for axis in (ax.xaxis, ax.yaxis)} == {""}
    low, high = ax.get_xlim()
    inside = [label for label in ax.get_xticklabels() if low < label.get_position()[0] < high]
    assert_apart(inside)
    assert {label.get_text()[:5] for label in inside} <= {"999.9", "1000."}
    assert {label.get_text()[:3] for label in ax.get_yticklabels()} <= {"75.", "76."}


def test_any_number_across() -> None:
    networks = [
        SimpleNamespace(name=name, accuracy=a, params=p, macs=m, seconds=s)
        for (name, a, p, m), s in zip(FEW, [0.01, 0.1, 4.0])
    ]
    ax = plots.tradeoff(networks, x="seconds", measure="density")
    assert (ax.get_xlabel(), ax.get_xscale(), ax.get_yscale()) == ("seconds", "log", "log")
    assert np.asarray(discs(ax).get_offsets())[0] == pytest.approx([4.0, 1.6])


def test_lines_join_families() -> None:
    ax = plots.tradeoff(NETWORKS, families=True)
    drawn = [np.asarray(line.get_xydata()) for line in ax.lines]
    families = [[*group] for _, group in itertools.groupby(NETWORKS, lambda n: n.family)]
    expected = [
        sorted((float(n.macs), n.accuracy) for n in family)
        for family in families
        if len(family) > 1
    ]
    assert [sorted(map(tuple, places.tolist())) for places in drawn] == expected
    assert all((np.diff(places[:, 0]) >= 0).all() for places in drawn)
    legend = ax.get_legend()
    assert legend
    assert "of one family" in [text.get_text() for text in legend.get_texts()]


@pytest.mark.parametrize(
    "kind", ["csv", "pandas", "nullable", "reversed", "polars", "dicts", "numbers"]
)
def test_networks_without_a_family_are_of_none(kind: str, tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    text = "name,accuracy,params,macs,family\n" + "".join(
        f"{name},{60 + i},{3 + i}000000,{3 + i}00000000,{family}\n"
        for i, (name, family) in enumerate(zip("ABCDEFG", ["", "x", "", "x", "NA", "NA", "y"]))
    )
    (path := tmp_path / "networks.csv").write_text(text)
    frame = pd.read_csv(path)
    source: Any = {
        "csv": path,
        "pandas": frame,
        "nullable": frame.convert_dtypes(),
        "reversed": frame.iloc[::-1].convert_dtypes(),
        "dicts": [row.dropna().to_dict() for _, row in frame.iterrows()],
        "numbers": frame.assign(family=[None, 0, None, 0, None, None, 1]),
    }.get(kind)
    if kind == "polars":
        source = pytest.importorskip("polars").read_csv(path, null_values=["NA", ""])
    (line,) = plots.tradeoff(source, families=True).lines
    assert sorted(np.asarray(line.get_ydata())) == [61.0, 63.0]


def test_names_of_a_column_are_drawn() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(NETWORKS)
    best = frame.nlargest(3, "accuracy")["name"]
    expected = {text.get_text() for text in plots.tradeoff(frame, names=[*best]).texts}
    for names in (best, best.to_numpy(), pd.Index(best)):
        drawn = {text.get_text() for text in plots.tradeoff(frame, names=names).texts}
        assert drawn == expected


@pytest.mark.parametrize("families", [True, "maker"])
def test_lines_need_families(families: bool | str) -> None:
    attribute = "family" if families is True else families
    must = f"families must be an attribute or a column of the networks, got {attribute!r}"
    with pytest.raises(ValueError, match=f"^tradeoff: {must}$"):
        plots.tradeoff(FEW, families=families)


ALIKE = [
    (f"A network with a very long name, many words and a version v{i} (ImageNet-1k, 224 pixels)",
     60.0 + i, (3 + i) * 1e6, (300 + 200 * i) * 1e6)
    for i in range(12)
]  # fmt: skip


@pytest.mark.parametrize("picture", ["bars", "sensitivity", "tradeoff"])
def test_long_names_that_begin_and_end_alike_are_told_apart(picture: Picture) -> None:
    size = plots.figure_size(picture, 12, width=3.4)
    ax = Figure(figsize=size, layout="constrained").subplots()
    if picture == "bars":
        plots.bars(ALIKE, ax=ax)
    elif picture == "tradeoff":
        plots.tradeoff(ALIKE, ax=ax)
    else:
        result = sensitivity(*zip(*(row[1:] for row in ALIKE)), draws=9)
        plots.sensitivity(result, names=[row[0] for row in ALIKE], ax=ax)
    texts = [*(text.get_text() for text in ax.texts), *(t.get_text() for t in ax.get_yticklabels())]
    names = [text for text in texts if text.startswith("A ")]
    assert len(names) > 6
    assert len({*names}) == len(names)


def test_ticks_of_a_narrow_picture_stand_apart() -> None:
    networks = [(f"n{i}", 60.0 + i, 1e7, 10.0 ** (7.5 + i / 4)) for i in range(14)]
    ax = Figure(figsize=(3.4, 2.9), layout="constrained").subplots()
    plots.tradeoff(networks, names=None, ax=ax)
    ax.figure.canvas.figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in ax.get_xticklabels() if t.get_text()]
    assert all(one.x1 + 2 < other.x0 for one, other in itertools.pairwise(boxes))


@pytest.mark.parametrize("style", ["default", "dark_background", "ggplot", "grayscale", "classic"])
def test_the_style_keeps_the_emphasis(style: str) -> None:
    with matplotlib.style.context(style):
        figure = Figure(figsize=figure_size("tradeoff"), layout="constrained")
        ax = plots.tradeoff(highlight=[MINE], names=None, ax=figure.subplots())
        ranges = plots.sensitivity(RESULT)
        legend = ax.get_legend()
        assert legend is not None
        keys = dict(zip(legend_labels(ax), legend.get_lines()))
        (frame,) = np.asarray(diamonds(ax).get_edgecolor())
        assert to_rgb(keys["highlighted"].get_markeredgecolor()) == to_rgb(frame)
    paper = lightness(ax.get_facecolor())
    contrast = [abs(lightness(colour) - paper) for colour in (fills(ax)[-2], fills(ax)[0])]
    assert contrast[0] > 2 * contrast[1]
    edges = [tuple(edge[:3]) for edge in np.asarray(discs(ax).get_edgecolor())]
    ink = to_rgb(ax.xaxis.label.get_color())
    assert edges[-1] == pytest.approx(ink)
    assert tuple(to_rgb(written(ax)["My network"].get_color())) == pytest.approx(ink)
    (image,) = ranges.images
    assert to_rgb(image.to_rgba(np.array([0.0]))[0]) == pytest.approx(
        to_rgb(ranges.get_facecolor())
    )


def test_a_transparent_frame_shows_the_colour_of_the_figure() -> None:
    axes = new_axes(9, 6.5)
    axes.set_facecolor("none")
    axes.figure.set_facecolor("black")
    ax = plots.tradeoff(FEW, highlight=[DULL], ax=axes)
    assert lightness(fills(ax)[-1]) < 0.2


# Ranges of ranks


def test_one_row_for_each_network_by_median_rank() -> None:
    ax = plots.sensitivity(RESULT, names=["a", "b", "c"])
    assert row_names(ax) == ["b", "c", "a"]
    assert row_names(plots.sensitivity(RESULT)) == ["1", "2", "0"]
    assert ax.get_xlabel() == "Rank"
    assert ax.get_xticks().tolist() == [1, 2, 3]
    assert ax.get_xlim() == (0.5, 3.5)


def test_equal_medians_are_ordered_by_default_rank_and_best_rank() -> None:
    result = Sensitivity(
        **{
            **vars(RESULT),
            "median_rank": np.array([2, 2, 2]),
            "default_rank": np.array([1, 2, 2]),
            "best_rank": np.array([2, 2, 1]),
        }
    )
    assert row_names(plots.sensitivity(result)) == ["0", "2", "1"]


def test_shading_lines_and_marks() -> None:
    ax = plots.sensitivity(RESULT)
    (image,) = ax.images
    shades = np.asarray(image.get_array())
    assert shades.tolist() == [[1, 0, 0], [0, 0.75, 0.25], [0, 0.25, 0.75]]
    # Each cell lies around its rank and its row.
    assert list(image.get_extent()) == [0.5, 3.5, 2.5, -0.5]
    darkness = [1 - lightness(colour) for colour in image.to_rgba(np.array([0, 0.25, 0.75, 1]))]
    assert darkness == sorted(darkness)
    assert darkness[0] == pytest.approx(0.0)
    ranges = ax.collections[0]
    assert isinstance(ranges, LineCollection)
    assert [segment.tolist() for segment in ranges.get_segments()] == [
        [[1, 0], [1, 0]],
        [[2, 1], [3, 1]],
        [[2, 2], [3, 2]],
    ]
    marks = {line.get_label(): line for line in ax.lines}
    assert np.asarray(marks["median"].get_xydata()).tolist() == [[1, 0], [2, 1], [3, 2]]
    assert np.asarray(marks["default exponents"].get_xydata()).tolist() == [[1, 0], [3, 1], [2, 2]]
    assert marks["median"].get_marker() != marks["default exponents"].get_marker()
    assert lightness(marks["median"].get_markerfacecolor()) == 0.0
    assert lightness(marks["default exponents"].get_markerfacecolor()) == pytest.approx(1.0)


def test_white_stands_for_no_draw_at_all() -> None:
    result = Sensitivity(**{**vars(RESULT), "acceptability": np.full((3, 3), 1 / 3)})
    (image,) = plots.sensitivity(result).images
    assert lightness(image.to_rgba(np.array([0.0]))[0]) == pytest.approx(1.0)
    assert lightness(image.to_rgba(np.array([1 / 3]))[0]) == pytest.approx(0.0)


def test_the_key_of_the_ranges() -> None:
    ax = plots.sensitivity(RESULT)
    key = next(other for other in ax.figure.axes if other is not ax)
    assert key.get_ylabel() == "Share of draws"
    assert legend_labels(ax) == [
        "best to worst",
        "5 to 95 % of the draws",
        "default exponents",
        "median",
    ]
    ax.figure.canvas.figure.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    assert_within([legend, key.yaxis.label], ax.figure.bbox)
    assert_apart([legend, key.yaxis.label, ax.patch])


def test_highlighted_ranges() -> None:
    ax = plots.sensitivity(RESULT, names=["a", "b", "c"], highlight=["c"])
    assert bold(ax.get_yticklabels()) == ["c"]
    own = ax.collections[2]
    assert isinstance(own, LineCollection)
    assert [segment.tolist() for segment in own.get_segments()] == [[[2, 1], [3, 1]]]
    # A text is one name, not as many as it has letters.
    ax = plots.sensitivity(RESULT, names=["a", "b", "my"], highlight="my")
    assert bold(ax.get_yticklabels()) == ["my"]


def test_marks_of_the_first_and_the_last_rank_are_whole() -> None:
    figure = Figure(figsize=(3.4, 3.0), layout="constrained")
    ax = plots.sensitivity(RESULT, ax=figure.subplots())
    figure.draw_without_rendering()
    assert not any(mark.get_clip_on() for mark in ax.lines)


def test_the_ranges_of_the_table(folder: Path) -> None:
    figure, result = example(folder)["ranges"], example(folder)["result"]
    ax = figure.axes[0]
    medians = dict(zip([*NAMES, "My network"], result.median_rank))
    drawn = [medians[name] for name in row_names(ax)]
    assert len(drawn) == 61
    assert drawn == sorted(drawn)
    assert ax.get_xticks().tolist() == [1, 10, 20, 30, 40, 50, 60]
    figure.draw_without_rendering()
    assert_apart(ax.get_yticklabels())
    assert_within(ax.get_yticklabels(), figure.bbox)


# Figures and axes


PLOTS: list[tuple[str, Callable[..., Axes]]] = [
    ("bars", lambda **options: plots.bars(FEW, **options)),
    ("tradeoff", lambda **options: plots.tradeoff(FEW, **options)),
    ("sensitivity", lambda **options: plots.sensitivity(RESULT, **options)),
]


@pytest.mark.parametrize(("picture", "plot"), PLOTS)
def test_axes_that_are_given_are_used(picture: Any, plot: Callable[..., Axes]) -> None:
    ax = new_axes(*figure_size(picture, 3))
    assert plot(ax=ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("picture", "plot"), PLOTS)
def test_a_figure_of_pyplot_otherwise(picture: Any, plot: Callable[..., Axes]) -> None:
    ax = plot()
    assert [plt.figure(number) for number in plt.get_fignums()] == [ax.figure]
    assert ax.figure.canvas.figure.get_size_inches() == pytest.approx(figure_size(picture, 3))


FURTHER: list[tuple[str, Callable[..., Axes]]] = [
    ("bars", lambda **options: plots.bars(FEW, highlight=[MINE], measure="density", **options)),
    (
        "tradeoff",
        lambda **options: plots.tradeoff(highlight=[MINE], names=None, families=True, **options),
    ),
]
# The two colours are those that stand in for the cycle that Matplotlib comes with.
MISLEADING = {
    "axes.prop_cycle": matplotlib.cycler(
        color=["#56b4e9", "#d55e00"],
        linestyle=["--", "none"],
        marker=["s", "^"],
        markerfacecolor=["red", "white"],
    ),
    "image.origin": "lower",
    "legend.markerscale": 3.0,
    "legend.numpoints": 2,
    "lines.linestyle": "--",
    "lines.marker": "s",
    "lines.markeredgecolor": "white",
    "lines.markerfacecolor": "red",
    "markers.fillstyle": "left",
    "scatter.marker": "x",
    "text.usetex": True,
}


@pytest.mark.parametrize(("picture", "plot"), [*PLOTS, *FURTHER])
def test_settings_that_would_mislead_change_nothing(
    picture: str, plot: Callable[..., Axes]
) -> None:
    settings = dict(MISLEADING)
    if picture != "tradeoff":
        settings["axes.grid"] = True
    if picture == "bars":
        settings |= {"ytick.right": True, "ytick.minor.visible": True}
    plain, _ = saved(plot)
    with matplotlib.rc_context(settings):
        assert saved(plot)[0] == plain


@pytest.mark.parametrize(("picture", "plot"), PLOTS[:2])
def test_scales_are_those_of_the_picture(picture: str, plot: Callable[..., Axes]) -> None:
    ax = new_axes(5.0, 4.0)
    ax.set(xscale="log", yscale="log")
    plot(ax=ax)
    assert (ax.get_xscale(), ax.get_yscale()) == {
        "bars": ("linear", "linear"),
        "tradeoff": ("log", "linear"),
    }[picture]


def test_pictures_that_share_axes_take_nothing_from_each_other() -> None:
    left, right = Figure().subplots(1, 2, sharey=True)
    plots.bars([("x", 70.0, 5e7, 1e9), ("y", 75.0, 1e8, 1e9)], ax=left)
    # 20 log10(70^2 / sqrt(50)) is above 20 log10(75^2 / sqrt(100)).
    assert row_names(left) == ["x", "y"]
    told = r"^bars: charts that share their rows must have the same networks in one order$"
    with pytest.raises(ValueError, match=told):
        plots.bars([("x", 70.0, 5e7, 1e9), ("y", 75.0, 1e8, 1e9)], measure="accuracy", ax=right)
    assert row_names(left) == ["x", "y"]
    left.clear()
    plots.bars(FEW, ax=right)
    above, below = Figure().subplots(2, 1, sharex=True)
    plots.tradeoff(FEW, ax=above)
    with pytest.raises(ValueError, match=r"^bars: ax shares its x axis with another picture$"):
        plots.bars(FEW, ax=below)
    assert above.get_xscale() == "log"


def test_ticks_may_be_those_of_another_picture() -> None:
    left, right = Figure(figsize=(12, 4), layout="constrained").subplots(1, 2, sharey=True)
    for ax in (left, right):
        plots.sensitivity(RESULT, ax=ax)
    assert_within(right.findobj(Legend), right.figure.bbox)
    twin = new_axes(7.0, 5.0).twinx()
    plots.tradeoff(FEW, ax=twin)
    assert_within(twin.findobj(Legend), twin.figure.bbox)


@pytest.mark.parametrize("width", [3.4, 5, 9])
@pytest.mark.parametrize(("picture", "plot"), PLOTS[1:])
def test_the_legend_stays_in_the_figure(
    picture: Picture, plot: Callable[..., Axes], width: float
) -> None:
    figure = plt.figure(figsize=figure_size(picture, width=width))
    plot(ax=figure.subplots())
    assert_within(figure.findobj(Legend), figure.bbox)
    figure.tight_layout()
    assert_within(figure.findobj(Legend), figure.bbox)
    figure.clear()
    plot(ax=figure.add_axes((0.2, 0.1, 0.7, 0.8)))
    assert_within(figure.findobj(Legend), figure.bbox)


def test_extremes_are_thin_and_the_line_holds_5_to_95_percent() -> None:
    shares = np.array([[0.04, 0.9, 0.06, 0.0], [0.05, 0.9, 0.05, 0.0]])
    ranks = np.array([[1, 1], [2, 2], [3, 3]])
    result = Sensitivity(
        **{
            **vars(RESULT),
            "acceptability": shares,
            "best_rank": ranks[0],
            "median_rank": ranks[1],
            "worst_rank": ranks[2],
            "default_rank": ranks[1],
        }
    )
    thin, line, _ = plots.sensitivity(result).collections[:3]
    assert isinstance(thin, LineCollection)
    assert isinstance(line, LineCollection)
    assert [s.tolist() for s in thin.get_segments()] == [[[1, 0], [3, 0]], [[1, 1], [3, 1]]]
    assert [s.tolist() for s in line.get_segments()] == [[[2, 0], [3, 0]], [[1, 1], [2, 1]]]
    assert np.max(thin.get_linewidth()) < np.min(line.get_linewidth()) / 2


@pytest.mark.parametrize("picture", ["bars", "sensitivity"])
def test_figures_grow_with_the_rows(picture: Picture) -> None:
    (width, height), (wider, higher) = figure_size(picture, 40), figure_size(picture, 60)
    assert wider == width
    assert higher - height == pytest.approx(20 * 0.15)
    assert figure_size(picture, 1000)[1] == pytest.approx(11.0)
    assert figure_size(picture, 1) == figure_size(picture, 14) < figure_size(picture, 15)


def test_the_tradeoff_has_one_size() -> None:
    assert figure_size("tradeoff", 1) == figure_size("tradeoff", 1000)
    assert figure_size("tradeoff", width=9.0) == figure_size("tradeoff")
    width, height = figure_size("tradeoff", width=7.0)
    assert width == 7.0
    assert 4.5 < height < 5.5


@pytest.mark.parametrize(("picture", "plot"), PLOTS)
def test_without_matplotlib(
    picture: str, plot: Callable[..., Axes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = f"{picture} needs matplotlib: install it with  pip install 'netscore[plot]'"
    with pytest.raises(ImportError, match=f"^{re.escape(message)}$"):
        plot()


def test_importing_the_room_does_not_import_matplotlib() -> None:
    code = "import sys, netscore.plots; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


# Files


def saved(plot: Callable[..., Axes]) -> list[bytes]:
    """A picture, drawn from nothing, as the bytes of a PNG and of an SVG."""
    figure = Figure(layout="constrained")
    plot(ax=figure.subplots())
    streams = {"png": BytesIO(), "svg": BytesIO()}
    with matplotlib.rc_context({"svg.hashsalt": "netscore"}):
        figure.savefig(streams["png"])
        figure.savefig(streams["svg"], format="svg", metadata={"Date": None})
    return [stream.getvalue() for stream in streams.values()]


def test_a_figure_can_be_pickled_and_goes_on() -> None:
    figure = Figure(figsize=(6, 8), layout="constrained")
    plots.tradeoff(FEW, ax=figure.add_subplot(211))
    again = pickle.loads(pickle.dumps(figure))
    plots.bars(FEW, measure="density", ax=again.add_subplot(212))
    assert set(written(again.axes[0])) == {"small", "middle", "large"}
    again.savefig(BytesIO(), format="pdf")


# Of sensitivity, the tests of the command line compare the files.
@pytest.mark.parametrize(("picture", "plot"), PLOTS[:2])
def test_a_picture_has_the_same_bytes_each_time(picture: str, plot: Callable[..., Axes]) -> None:
    assert saved(plot) == saved(plot)


@pytest.mark.parametrize(("picture", "plot"), PLOTS)
def test_fonts_that_publishers_accept(picture: str, plot: Callable[..., Axes]) -> None:
    figure = plot().figure.canvas.figure
    stream = BytesIO()
    figure.savefig(stream, format="pdf")
    assert b"/FontFile2" in stream.getvalue()
    assert b"/Type3" not in stream.getvalue()
    if picture == "tradeoff":  # PostScript takes a second, and its fonts are set in one place
        printed = BytesIO()
        figure.savefig(printed, format="ps")
        assert b"/FontType 42" in printed.getvalue()
    text = BytesIO()
    plt.savefig(text, format="svg")
    ax = plot()
    for label in (ax.xaxis.label, *ax.texts):
        words = label.get_text().splitlines()[:1]
        assert all(f">{word}</" in text.getvalue().decode() for word in words)


def test_pages_of_pdf_keep_the_settings_of_their_owner(tmp_path: Path) -> None:
    from matplotlib.backends.backend_pdf import PdfPages

    path = tmp_path / "pages.pdf"
    with PdfPages(path) as pages:
        pages.savefig(plots.tradeoff(FEW).figure.canvas.figure)
    assert b"/Type3" in path.read_bytes()
    assert b"/Type0" not in path.read_bytes()


def test_the_example_draws_six_files(folder: Path) -> None:
    example(folder)
    for name in ("bars", "sensitivity", "tradeoff"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg " in (folder / f"{name}.svg").read_text(encoding="utf-8")
    assert len(list(folder.iterdir())) == 6
