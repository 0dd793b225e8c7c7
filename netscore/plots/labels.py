"""The placement of names beside discs, apart from each other and within the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

# The places tried for a name: rays of the unit circle, and the gaps between name and disc.
_GAPS: Final = np.geomspace(3.0, 120.0, 14).repeat(24)
_ANGLES: Final = np.tile(np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False), 14)
_RAYS: Final = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])


def write_names(
    ax: Axes,
    names: Mapping[int, tuple[str, bool]],
    places: Floats,
    radii: Floats,
    legend: Artist,
    size: float,
) -> None:
    """Write names beside their discs, in the order given; one without a free place is left out.

    Parameters
    ----------
    ax : Axes
        Where the discs are.
    names : mapping of int to (str, bool)
        The position of a disc, its name, and whether that is bold.
    places, radii : arrays
        All discs: their middles in the units of the axes, their radii in points.
    legend : Artist
        What may not be covered besides.
    size : float
        Of the font.
    """
    from matplotlib.patheffects import withStroke

    figure = ax.figure.canvas.figure
    figure.draw_without_rendering()  # the layout gives the axes their place and size
    point = figure.dpi / 72.0
    centres = ax.transData.transform(places) / point
    room = _Room(_rectangle(ax) / point, _rectangle(legend) / point, centres, radii)
    # What lies within the frame needs no room beside it: the layout keeps the frame as it is.
    options: Any = {"textcoords": "offset points", "in_layout": False}
    halo = [withStroke(linewidth=2.0, foreground=ax.get_facecolor())]
    for disc, (text, bold) in names.items():
        xy = tuple(places[disc])
        name = ax.annotate(text, xy, (0.0, 0.0), ha="center", va="center", **options)
        name.set(fontsize=size, fontweight="bold" if bold else "normal", parse_math=False)
        name.set(path_effects=halo, zorder=6)
        place = room.take(disc, np.ptp(_rectangle(name), axis=0) / point)
        if place is None:
            name.remove()
            continue
        middle, end = place
        name.set_position(tuple(middle))
        line = {"arrowstyle": "-", "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": radii[disc]}
        ax.annotate("", xy, tuple(end), arrowprops=line, zorder=5, **options)


def _rectangle(artist: Artist) -> Floats:
    """Return the lower left and the upper right corner of an artist, in pixels."""
    return np.reshape(artist.get_window_extent().extents, (2, 2))


class _Room:
    """The room for names in a picture, in points.

    A name takes a rectangle and a leader, a straight line from there to its disc. No rectangle
    covers another one or a leader. Discs are covered or crossed only by names that would
    otherwise end up far away.
    """

    def __init__(self, frame: Floats, legend: Floats, centres: Floats, radii: Floats) -> None:
        self._frame = frame
        self._centres = centres
        self._radii = radii + 1.0
        self._boxes = legend[np.newaxis]
        self._leaders = np.empty((0, 2))

    def take(self, disc: int, size: Floats) -> tuple[Floats, Floats] | None:
        """Take the best free place for the name of a disc, or none if there is none.

        Return the middle of the name and the end of its leader, as offsets from the disc's.
        """
        centre = self._centres[disc]
        half = size / 2.0 + (4.0, 1.0)
        reach = _RAYS * (self._radii[disc] + _GAPS)[:, np.newaxis]
        middles = centre + reach + half * np.clip(np.sqrt(2.0) * _RAYS, -1.0, 1.0)
        low, high = middles - half, middles + half
        ends = np.clip(centre, low, high)
        # One row for each step along the leader, one column for each place.
        leaders = centre + np.linspace(0.0, 1.0, 20)[:, np.newaxis, np.newaxis] * (ends - centre)
        corners = low[:, np.newaxis], high[:, np.newaxis]

        free = (low > self._frame[0]).all(axis=1) & (high < self._frame[1]).all(axis=1)
        for box in self._boxes:
            free &= ~((low < box[1]) & (high > box[0])).all(axis=1)
            free &= ~_inside(leaders, box[0], box[1]).any(axis=0)
        free &= ~_inside(self._leaders, *corners).any(axis=1)
        if not free.any():
            return None

        clearance = _distance(np.clip(self._centres, *corners), self._centres) - self._radii
        covered = np.sum(clearance < 0.0, axis=1)
        # Where along a leader it passes another disc: 0 at its own disc, 1 at the name.
        others = np.arange(self._radii.size) != disc
        ways = (ends - centre)[:, np.newaxis]
        along = np.sum((self._centres[others] - centre) * ways, axis=2) / np.sum(ways**2, axis=2)
        passed = centre + np.clip(along, 0.0, 1.0)[:, :, np.newaxis] * ways
        beside = _distance(passed, self._centres[others])
        crossed = np.sum(beside < self._radii[others], axis=1)
        # In points of distance: what a place costs besides being far from its disc.
        cost = _GAPS + 40.0 * (covered + crossed) + 4.0 * np.sum(clearance < 12.0, axis=1)
        best = np.argmin(np.where(free, cost, np.inf))
        self._boxes = np.append(self._boxes, [[low[best], high[best]]], axis=0)
        self._leaders = np.append(self._leaders, leaders[:, best], axis=0)
        return middles[best] - centre, ends[best] - centre


def _inside(places: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    inside = (places > low) & (places < high)
    both: NDArray[np.bool_] = inside[..., 0] & inside[..., 1]
    return both


def _distance(places: Floats, others: Floats) -> Floats:
    distance: Floats = np.hypot(*np.moveaxis(places - others, -1, 0))
    return distance
