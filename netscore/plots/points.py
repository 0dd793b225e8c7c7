"""The networks of a picture: where they come from, what is drawn of them, whose names."""

from __future__ import annotations

import re
from difflib import get_close_matches
from math import isfinite, isnan, nan
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

from netscore import checks
from netscore.checks import FIGURES, refuse_value, shown
from netscore.formula import density
from netscore.layout import printable
from netscore.metrics import NETSCORE, Metric
from netscore.quantities import parse_quantity
from netscore.tables import networks_among
from netscore.tables.columns import TableError, missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Flags: TypeAlias = "NDArray[np.bool_]"

MEASURES: Final = ("accuracy", "density", "information_density", "netscore")
COSTS: Final = ("params", "macs")

# The networks that readers look for, in letters and digits.
_KNOWN: Final = re.compile(
    "alexnet|vgg16|googlenet|inceptionv3|resnet(18|50|152)|densenet121|squeezenet(10)?|"
    "mobilenet(v2|v3large)|efficientnetb0|vitb16|swint|convnexttiny"
)


class Points(NamedTuple):
    """The networks of a picture, of one function.

    The rows of figures are accuracy, params and macs; the medians are those of params and macs
    without what is highlighted. The reader's own are what stands among others, or is highlighted.
    The columns that were halved held FLOPs.
    """

    function: str
    names: tuple[str, ...]
    figures: Floats
    networks: tuple[Any, ...]
    own: Flags
    highlighted: Flags
    medians: tuple[float, ...]
    halved: Sequence[str]

    def measured(self, parameter: str, measure: str, metric: Metric = NETSCORE) -> Floats:
        """Return a measure of all networks, which must be finite."""
        check_choice(self.function, parameter, measure, MEASURES)
        values: Floats = self.figures[0]
        if measure == "netscore":
            values = metric.scores([*self.figures])
        elif measure != "accuracy":
            values = density(np, *self.figures[:2])
        for i in np.flatnonzero(~np.isfinite(values)):
            where = f"got {values[i]} in network {shown(self.names[i])}"
            raise TableError(f"{self.function}: {measure} must be finite, {where}")
        return values

    def across(self, x: str) -> Floats:
        """Return a number that all networks have."""
        values = []
        for name, network in zip(self.names, self.networks):
            value: Any = getattr(network, str(x), None)
            try:
                values.append(parse_quantity(value) if isinstance(value, str) else float(value))
            except (TypeError, ValueError):
                values.append(np.nan)
            if not isfinite(values[-1]):
                must = f"{self.function}: x must be macs, params or a number that every network has"
                got = f"{shown(x)}, which is {shown(value)} in network {shown(name)}"
                raise ValueError(f"{must}, got {got}")
        return np.array(values)

    def families(self, attribute: str, x: Floats) -> list[NDArray[np.intp]]:
        """Return the positions of the networks of each family, from left to right."""
        found = [getattr(network, str(attribute), None) for network in self.networks]
        known = [None if missing(one) else str(one) for one in found]
        if not any(known):
            must = "families must be an attribute or a column of the networks"
            raise ValueError(f"{self.function}: {must}, got {shown(attribute)}")
        families = dict.fromkeys(one for one in known if one is not None)
        groups = [np.flatnonzero([one == family for one in known]) for family in families]
        return [each[np.argsort(x[each], kind="stable")] for each in groups if each.size > 1]

    def wanted(self, names: str | Iterable[str] | None, front: Flags, metric: Metric) -> list[int]:
        """Return the positions of the networks whose names are wanted, the first ones first."""
        # Large discs, around which room is scarce, come before small ones.
        order = np.argsort(-self.figures[1], kind="stable")
        wanted = [*order[self.highlighted[order]]]
        start = [re.sub(r" \(.*|[^a-z0-9]", "", one.lower()) for one in self.names]
        several = names.split("+") if isinstance(names, str) else () if names is None else names
        asked = texts(self.function, "names", several)
        own = self.own | (asked == ["own"] and not self.own.any())
        groups: dict[str, Iterable[Any]] = {
            "front": order[front[order]],
            "own": [*order[(own & front)[order]], *order[own[order]]],
            "known": [i for i, one in enumerate(start) if _KNOWN.fullmatch(one)],
        }
        for name in asked:
            named = [i for i, one in enumerate(self.names) if one == name]
            if best := re.fullmatch(r"top ([1-9][0-9]{0,8})", name):
                scores = metric.scores([*self.figures])
                named = np.argsort(-scores, kind="stable")[: int(best[1])].tolist()
            elif name not in groups and not named:
                must = "'own', 'front', 'known', 'top 10' or names of the networks"
                near = ", ".join(get_close_matches(name, self.names))
                meant = f"; near names: {near}" if near else ""
                raise ValueError(f"{self.function}: names must be {must}, got {shown(name)}{meant}")
            wanted += [*groups.get(name, named)]
        return [*dict.fromkeys(map(int, wanted))]


def points(
    function: str,
    networks: Any,
    highlight: Any = (),
    among: Any = None,
    columns: Mapping[str, str] | None = None,
    top: int | None = None,
    further: Sequence[str] = (),
) -> Points:
    """Read and check the networks of a picture; `further` columns of tables are attributes."""
    if isinstance(networks, Points):
        return networks._replace(function=function)
    if top is not None:
        checks.positive_integer(function, "top", top)
    if networks is None:
        networks, among = "chapter" if among is None else among, None
    groups: dict[str, list[Any]] = {}
    halved: list[str] = []
    doubts: list[str] = []
    for name, source in (("among", among), ("networks", networks), ("highlight", highlight)):
        groups[name] = []
        none = name == "highlight" and isinstance(source, (list, tuple)) and not source
        if source is not None and not none:
            choices = columns if name == "networks" and columns else {}
            _, found, rows, flops, mixed = networks_among(function, source, name, choices, further)
            halved += flops
            doubts += mixed
            groups[name] = [(printable(str(n.name)), row, n) for n, row in zip(found, rows)]
    for name, figures, _ in groups["highlight"]:
        for rule in (rule for rule, figure in zip(FIGURES, figures) if isnan(figure)):
            refuse_value(function, rule, nan, f" in network {shown(name)}")
    for name, figures, _ in (row for rows in groups.values() for row in rows):
        for rule, figure in zip(FIGURES, figures):
            if figure > 1e30 or 0.0 < figure < 1e-30:  # of which no axis has room
                must = f"{rule.name} must be from 1e-30 to 1e+30 in a picture"
                raise TableError(f"{function}: {must}, got {figure} in network {shown(name)}")
    figures_of = ([row[1] for row in rows] for rows in groups.values())
    checks.doubt_rows(function, FIGURES, *figures_of, further=doubts)
    everything = [(*row, False) for row in groups["among"]]
    everything += [(*row, among is not None) for row in groups["networks"]]
    drawn = [row for row in everything if not any(map(isnan, row[1]))]
    if not drawn:
        must = "networks must hold at least one network with accuracy, params and macs"
        raise TableError(f"{function}: {must}, got none")
    if missing := len(everything) - len(drawn):
        have, are = ("has", "is") if missing == 1 else ("have", "are")
        lack = f"{have} no accuracy, params or macs and {are} not drawn"
        checks.warn(f"{function}: {missing} of {len(everything)} networks {lack}")
    if top is not None:
        scores = NETSCORE.scores([*np.array([row[1] for row in drawn], dtype=np.float64).T])
        drawn = [drawn[i] for i in np.sort(np.argsort(-scores, kind="stable")[:top])]
    medians = np.median([row[1][1:] for row in drawn], axis=0)
    seen = [row[:2] for row in drawn]
    drawn += [(*row, True) for row in groups["highlight"] if row[:2] not in seen]
    names, rows, records, own = zip(*drawn)
    marked = [row[:2] for row in groups["highlight"]]
    highlighted = np.array([row[:2] in marked for row in drawn])
    figures = np.array(rows, dtype=np.float64).T
    marks = np.array(own) | highlighted, highlighted
    return Points(function, names, figures, records, *marks, tuple(medians.tolist()), halved)


def check_choice(function: str, parameter: str, value: Any, choices: Iterable[str]) -> None:
    """Refuse what is none of the choices."""
    if value not in choices:
        must = f"must be one of {', '.join(map(repr, choices))}"
        raise ValueError(f"{function}: {parameter} {must}, got {shown(value)}")


def texts(function: str, parameter: str, values: Any) -> list[str]:
    """Return what must be texts, printable."""
    found = [values] if isinstance(values, str) or not hasattr(values, "__iter__") else [*values]
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"{function}: {parameter} must hold texts, got {shown(value)}")
    return [*map(printable, found)]
