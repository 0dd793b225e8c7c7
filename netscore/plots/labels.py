"""The placement of names beside discs, apart from each other and within the frame."""

from __future__ import annotations

from os.path import commonprefix
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from netscore.plots.points import Floats

# What is drawn how: sizes in points, colours.
Look: TypeAlias = SimpleNamespace

# The places tried for a name: so many directions, more where none of those is free, and the gaps
# between name and disc, in points, where the frame is that wide.
_DIRECTIONS: Final = 24, 72
_GAPS: Final = np.geomspace(3.0, 120.0, 14)
_WIDTH: Final = 540.0

# What a place costs, in points of distance: a disc that is covered or crossed, another name or
# its leader, the edge of the frame. A name that need not be written is not worth more than that.
_DISC: Final = 40.0
_MOST: Final = 200.0
_NAME: Final = 1e4
_EDGE: Final = 1e6


def write_names(
    ax: Axes,
    names: Sequence[tuple[int, str, bool, bool]],
    places: Floats,
    radii: Floats,
    look: Look,
) -> tuple[list[Annotation], int, int]:
    """Write names beside their discs, in the order given.

    Return them with their leaders, how many find no free place, and how many overlap others.

    Parameters
    ----------
    ax : Axes
        Where the discs are; the layout must be done.
    names : sequence of (int, str, bool, bool)
        The position of a disc, its name, whether that is bold, and whether it must be written,
        even where it covers another.
    places, radii : arrays
        All discs: their middles in the units of the axes, their radii in points.
    look : Look
        The size of the font, the colours of names and leaders and of what is behind a name.
    """
    point = ax.figure.dpi / 72.0
    centres = ax.transData.transform(places) / point
    frame = np.reshape(ax.get_window_extent().extents, (2, 2)) / point
    costs = np.full(len(radii), _DISC)
    costs[[disc for disc, *_, must in names if must]] = _MOST
    room = _Room(frame, centres, radii, costs)
    written, left_out, overlapping = [], 0, 0
    # What lies within the frame needs no room beside it: the layout keeps the frame as it is.
    options: Any = {"textcoords": "offset points", "in_layout": False}
    # No outline around the letters: files would then hold shapes in place of text.
    behind: Any = {"facecolor": look.paper, "edgecolor": "none", "alpha": 0.7, "pad": 0.2}
    texts = shortened(ax, [name[1:3] for name in names], look.small, 0.45 * size_of(ax)[0])
    probe = ax.text(0.0, 0.0, "", fontsize=look.small, parse_math=False)
    for text, (disc, _, bold, must) in zip(texts, names):
        weight = "bold" if bold else "normal"
        probe.set(text=text, fontweight=weight)
        place = room.take(disc, size_of(probe), must)
        if place is None:
            left_out += 1
            continue
        middle, end, over = place
        overlapping += over
        xy = tuple(places[disc])
        name = ax.annotate(text, xy, tuple(middle), ha="center", va="center", **options)
        name.set(fontsize=look.small, fontweight=weight, parse_math=False)
        name.set(bbox=behind, zorder=6, color=look.ink)
        line = {"arrowstyle": "-", "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": radii[disc]}
        line["color"] = look.ink
        leader = ax.annotate("", xy, tuple(end), arrowprops=line, zorder=5, **options)
        written += [name, leader]
    probe.remove()
    return written, left_out, overlapping


def shortened(ax: Axes, names: Sequence[tuple[str, bool]], size: float, width: float) -> list[str]:
    """Return names, bold or not, without their middle if they are wider than so many points.

    Those that would then look alike lose the end that they share, too.
    """
    probe = ax.text(0.0, 0.0, "", fontsize=size, parse_math=False)

    def short(name: str, bold: bool) -> str:
        probe.set(text=name, fontweight="bold" if bold else "normal")
        kept = len(name)
        while kept > 3 and (wide := size_of(probe)[0]) > width:
            kept = min(kept - 1, int(kept * width / wide))
            probe.set_text(f"{name[: (kept + 1) // 2]}…{name[len(name) - kept // 2 :]}")
        return probe.get_text()

    texts = [short(*name) for name in names]
    alike: dict[str, set[str]] = {text: set() for text in texts}
    for text, (name, _) in zip(texts, names):
        alike[text].add(name[::-1])
    for i, (name, bold) in enumerate(names):
        if len(ends := alike[texts[i]]) > 1:
            shared = len(commonprefix([*ends]))  # noqa: RUF071 - of letters
            texts[i] = short(f"{name[: len(name) - shared]}…", bold)
    probe.remove()
    return texts


def size_of(artist: Any) -> Any:
    """Return width and height of an artist in points."""
    return np.multiply(artist.get_window_extent().size, 72.0 / artist.figure.dpi)


class _Room:
    """The room for names in a picture, in points.

    A name takes a rectangle and a leader, a straight line from there to its disc. No rectangle
    covers another one or a leader. Discs are covered or crossed only by names that would
    otherwise end up far away; one whose name must be written, by no name that need not be.
    """

    def __init__(self, frame: Floats, centres: Floats, radii: Floats, costs: Floats) -> None:
        self._frame = frame
        self._centres = centres
        self._radii = radii + 1.0
        self._costs = costs
        self._gaps = np.maximum(_GAPS * min(1.0, np.ptp(frame[:, 0]) / _WIDTH), 3.0)
        self._boxes = np.empty((0, 2, 2))
        self._leaders = np.empty((0, 20, 2))

    def take(
        self, disc: int, size: Floats, must: bool, directions: int = _DIRECTIONS[0]
    ) -> tuple[Floats, Floats, bool] | None:
        """Take the best place for the name of a disc, or none if none is free and none must be.

        Return the middle of the name and the end of its leader, as offsets from the disc's, and
        whether these overlap other names or leaders.
        """
        centre = self._centres[disc]
        half = size / 2.0 + (4.0, 1.0)
        angles = np.linspace(0.0, 2.0 * np.pi, directions, endpoint=False)
        rays = np.tile(np.column_stack([np.cos(angles), np.sin(angles)]), (_GAPS.size, 1))
        gaps = self._gaps.repeat(directions)
        reach = rays * (self._radii[disc] + gaps)[:, np.newaxis]
        middles = centre + reach + half * np.clip(np.sqrt(2.0) * rays, -1.0, 1.0)
        low, high = middles - half, middles + half
        ends = np.clip(centre, low, high)
        # Leaders begin at the edge. One row for each step, one column for each place.
        starts = centre + (ends - centre) * (self._radii[disc] / _distance(ends, centre))[:, None]
        leaders = starts + np.linspace(0.0, 1.0, 20)[:, np.newaxis, np.newaxis] * (ends - starts)
        corners = low[:, np.newaxis], high[:, np.newaxis]

        within = (low > self._frame[0]).all(axis=1) & (high < self._frame[1]).all(axis=1)
        on_names = np.count_nonzero(_inside(self._leaders.reshape(-1, 2), *corners), axis=1)
        for leader in self._leaders:
            on_names += _cross(starts, ends, leader[0], leader[-1])
        for box in self._boxes:
            on_names += ((low < box[1]) & (high > box[0])).all(axis=1)
            on_names += _inside(leaders, box[0], box[1]).any(axis=0)

        clearance = _distance(np.clip(self._centres, *corners), self._centres) - self._radii
        covered = (clearance < 0.0) @ self._costs
        # Where along a leader it passes another disc: 0 at its own disc, 1 at the name. Discs over
        # the middle of its own are crossed wherever the name is.
        others = _distance(self._centres, centre) >= self._radii
        ways = (ends - centre)[:, np.newaxis]
        along = np.sum((self._centres[others] - centre) * ways, axis=2) / np.sum(ways**2, axis=2)
        passed = centre + np.clip(along, 0.0, 1.0)[:, :, np.newaxis] * ways
        beside = _distance(passed, self._centres[others])
        crossed = (beside < self._radii[others]) @ self._costs[others]
        cost = gaps + covered + crossed + 4.0 * np.sum(clearance < 12.0, axis=1)
        cost += _NAME * on_names + _EDGE * ~within
        best = np.argmin(cost)
        if cost[best] >= _MOST and directions < _DIRECTIONS[1]:
            return self.take(disc, size, must, _DIRECTIONS[1])
        if cost[best] >= _MOST and not must:
            return None
        self._boxes = np.append(self._boxes, [[low[best], high[best]]], axis=0)
        self._leaders = np.append(self._leaders, leaders[np.newaxis, :, best], axis=0)
        return middles[best] - centre, ends[best] - centre, bool(on_names[best])


def _inside(places: Floats, low: Floats, high: Floats) -> Any:
    # One axis after the other: to reduce an axis of two is slow.
    x, y = ((places[..., i] > low[..., i]) & (places[..., i] < high[..., i]) for i in (0, 1))
    return x & y


def _cross(starts: Floats, ends: Floats, low: Floats, high: Floats) -> Any:
    """Tell for lines from each start to its end whether they cross the one from low to high."""

    def side(a: Floats, b: Floats, c: Floats) -> Any:
        (x, y), (u, v) = (b - a).T, (c - a).T
        return x * v - y * u

    apart = side(starts, ends, low) * side(starts, ends, high) < 0.0
    return apart & (side(low, high, starts) * side(low, high, ends) < 0.0)


def _distance(places: Floats, others: Floats) -> Any:
    return np.hypot(*np.moveaxis(places - others, -1, 0))
