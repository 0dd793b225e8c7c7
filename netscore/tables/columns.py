"""Which columns hold the figures, what their cells say, and which columns a ranking adds."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from netscore import arrays, checks, formula
from netscore.arrays.blocks import Run
from netscore.layout import Column, free_name, printable
from netscore.order import rank
from netscore.pareto import front
from netscore.quantities import COUNT, FRACTION, PERCENT, POWERS, Unit, parse_quantity, parse_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from netscore.checks import Rule
    from netscore.metrics import Metric
    from netscore.networks import Among

    Cells: TypeAlias = Sequence[str | None] | NDArray[np.float64]

COMPLAINTS: Final = 10
"""So many cells are named one by one."""

# How what is missing in a frame reads.
_MISSING: Final = ("None", "nan", "NaT", "<NA>")
_LISTED: Final = 12
_LONGEST_SHOWN: Final = 40


class TableError(ValueError):
    """The file cannot be read as a table; the message names the file and the line."""


class ColumnChoiceError(ValueError):
    """The columns of the figures cannot be told from the header and the caller's choice."""


def plain_name(name: str) -> str:
    """Return the letters and digits of a column's name, in lower case, % as a word."""
    return "".join(filter(str.isalnum, name.replace("%", "percent").lower()))


def _names(bases: str, *units: tuple[str, Unit]) -> dict[str, Unit | None]:
    """Return plain names: each alone, without a unit, and as the templates of units say."""
    names: dict[str, Unit | None] = dict.fromkeys(bases.split())
    said = {text.format(base): unit for text, unit in units for base in list(names)}
    return names | said


_COUNTS: Final = [
    (template, Unit(prefix, 10.0 ** POWERS[prefix]))
    for prefix, word in (("K", "thousand"), ("M", "million"), ("G", "billion"), ("B", "billion"))
    for template in (
        *(f"{{}}{prefix.lower()}", f"{{}}{word}s", f"{{}}{word}", f"{{}}in{word}s"),
        f"{prefix.lower()}{{}}",
    )
]
_USUAL: Final = {
    "accuracy": _names(
        "accuracy acc top1 top1accuracy top1acc acc1 accuracytop1",
        *(("{}percent", PERCENT), ("{}pct", PERCENT)),
        *(("{}fraction", FRACTION), ("{}frac", FRACTION)),
    ),
    "params": _names(
        "params parameters param nparams nparameters numparams numparameters "
        "numberofparameters paramcount paramscount parametercount totalparams",
        *_COUNTS,
    ),
    "macs": _names(
        "macs mac madds multiplyadds multiplyaccumulates multadds muladds multiadds "
        "nmacs nummacs numberofmacs maccount macscount totalmacs",
        *_COUNTS,
    )
    | {"infergmacs": parse_unit("macs", "G")},
}
"""For each measurement the plain names it usually has, each with the unit that it states.

Another measurement has its own name.
"""


_NAMES: Final = ["name", "model", "modelname", "network", "networkname", "arch", "architecture"]


@dataclass
class Measurement:
    """The column of a measurement, how its cells are read, and what they were like.

    Attributes
    ----------
    rule : Rule
        What its figures may be.
    place, name : int, str
        Which column of the table it is, counted from 0, and what it is called.
    unit : Unit
        The unit of its figures.
    suffixes : bool
        Whether a cell may carry a suffix (25.6M), as no unit was said for the whole column.
    wrong, first : int, tuple
        How many cells were wrong, not only missing; the first and its position.
    least, most : float
        The range of its figures.
    """

    rule: Rule
    place: int
    name: str
    unit: Unit
    suffixes: bool
    wrong: int = 0
    first: tuple[object, int] | None = None
    least: float = inf
    most: float = -inf

    @property
    def must(self) -> str:
        """What a figure must be."""
        return "a fraction from 0 to 1" if self.unit is FRACTION else self.rule.must

    def read(self, cells: Cells, position: int) -> tuple[NDArray[np.float64], list[int]]:
        """Return the figures in cells, NaN where there is none that is allowed, and where."""
        numbers = cells
        if not isinstance(numbers, np.ndarray):
            numbers = np.fromiter(map(self._number, numbers), np.float64, len(numbers))
        with np.errstate(all="ignore"):
            figures = numbers * self.unit.factor
            figures[~self.rule.allows(figures)] = nan
        gaps = np.flatnonzero(np.isnan(figures)).tolist()
        wrong = [row for row in gaps if not _missing(cells[row])]
        if wrong and self.first is None:
            cell = cells[wrong[0]]
            self.first = cell if isinstance(cell, str) else float(cell), position + wrong[0]
        self.wrong += len(wrong)
        self.least = float(np.fmin.reduce(figures, initial=self.least))
        self.most = float(np.fmax.reduce(figures, initial=self.most))
        return figures, gaps

    def written(self, figure: float) -> str | None:
        """Return the cell of a figure in the column's unit, None if there is none."""
        # Fifteen digits: 0.571, where the division gives 0.5710000000000001.
        return f"{figure / self.unit.factor:.15g}" if figure == figure else None

    def complaint(self, cell: Any) -> str:
        """Return why there is no figure in a cell that has none."""
        if _missing(cell):
            return "empty"
        if (
            isinstance(cell, str)
            and isnan(self._number(cell))
            and cell.strip().strip("+-").lower() != "nan"
        ):
            return f"not a {'' if self.suffixes else 'plain '}number: {_shown(cell)}"
        return f"must be {self.must}, got {_shown(cell)}"

    def _number(self, cell: str | None) -> float:
        """Read the number in a cell, whose digits are those of ASCII; NaN if there is none."""
        text = (cell or "").strip()
        try:
            if text.isascii():
                return float(text)
        except ValueError:
            if self.suffixes:
                with suppress(ValueError):
                    return parse_quantity(text)
        return nan


def _missing(cell: object) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def cells_of(name: str, column: Any) -> Cells:
    """Return the cells of a column of a frame: its numbers, NaN if missing, or its texts."""
    try:
        (numbers,), _ = arrays.columns("rank_table", [checks.ACCURACY], [column])
        return arrays.missing_as_nan(numbers).astype(np.float64, copy=False)
    except TypeError:
        listed = column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()
    texts = [
        cell if isinstance(cell, str) else None if str(cell) in _MISSING else str(cell)
        for cell in listed
    ]
    if not any(isinstance(cell, str) for cell in listed) and any(texts):
        kind = getattr(column, "dtype", None) or column.type
        raise TypeError(f"rank_table: column {name!r} must hold numbers or text, got {kind}")
    return texts


def choose_columns(
    header: Sequence[str], place: str, choices: Mapping[str, str | None], metric: Metric
) -> tuple[Measurement, ...]:
    """Find the columns of the figures of a metric.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    place : str
        What to call the place of the header in a message.
    choices : mapping
        For accuracy and each cost the caller's ``COLUMN`` or ``COLUMN:UNIT``; where there is
        none, a usual name is looked for.
    metric : Metric
        What is measured.

    Returns
    -------
    tuple of Measurement
        The column of accuracy and those of the costs.

    Raises
    ------
    ColumnChoiceError
        If a chosen column or unit does not exist, or if not exactly one column has a usual name.
        A name that speaks of FLOPs is never taken for macs without a unit.
    TableError
        If the chosen name stands twice in the header.

    Examples
    --------
    >>> from netscore.metrics import NETSCORE
    >>> header = ["model", "top1", "params_m", "gflops"]
    >>> for column in choose_columns(header, "a.csv line 1", {"macs": "gflops:GFLOP"}, NETSCORE):
    ...     print(column.name, column.unit.factor)
    top1 1.0
    params_m 1000000.0
    gflops 500000000.0
    """
    units = {"accuracy": "", **{cost.name: cost.unit for cost in metric.costs}}
    if unknown := {kind for kind, said in choices.items() if said is not None} - units.keys():
        raise ColumnChoiceError(f"{metric.name} has {', '.join(units)}, not {min(unknown)}")
    chosen: dict[str, Measurement] = {}
    for (kind, own), rule in zip(units.items(), metric.rules):
        choice = choices.get(kind)
        if choice is None:
            name, unit = _usual(header, kind)
        else:
            name, unit = _said(header, kind, choice, own)
        if header.count(name) > 1:
            raise TableError(f"{place}: two columns are named {_shown(name)}")
        for other, measurement in chosen.items():
            if measurement.name == name:
                raise ColumnChoiceError(
                    f"column {_shown(name)} cannot be both {other} and {kind}: "
                    f"choose with {_option(other)} and {_option(kind)}"
                )
        counts = kind in ("params", "macs")
        chosen[kind] = Measurement(
            rule, header.index(name), name, unit or COUNT, counts and not unit
        )
    return tuple(chosen.values())


def _usual_names(kind: str) -> dict[str, Unit | None]:
    return _USUAL.get(kind) or {plain_name(kind): None}


def _usual(header: Sequence[str], kind: str) -> tuple[str, Unit | None]:
    """Return the one column that has a usual name, and the unit that the name states."""
    usual = _usual_names(kind)
    names = list(dict.fromkeys(name for name in header if plain_name(name) in usual))
    if len(names) == 1:
        return names[0], usual[plain_name(names[0])]
    if names:
        raise ColumnChoiceError(
            f"each of the columns {_listed(names)} could be {kind}: "
            f"choose with {_option(kind)} COLUMN"
        )
    flops = [name for name in header if kind == "macs" and _says_flops(name)]
    if flops:
        raise ColumnChoiceError(f"no column is named as macs, and {_flops_choice(flops[0])}")
    raise ColumnChoiceError(
        f"none of the columns {_listed(header)} has a usual name of {kind}: "
        f"choose with {_option(kind)} COLUMN"
    )


def _said(header: Sequence[str], kind: str, choice: str, own: str) -> tuple[str, Unit | None]:
    """Return the column that the caller named and its unit: the caller's, or that of its name."""
    if choice in header:
        if kind == "macs" and _says_flops(choice):
            raise ColumnChoiceError(_flops_choice(choice))
        return choice, _usual_names(kind).get(plain_name(choice))
    name, colon, unit = choice.rpartition(":")
    if not colon or name not in header:
        missing = _shown(choice if not colon else name)
        raise ColumnChoiceError(
            f"{_option(kind)} names {missing}, which is none of the columns {_listed(header)}"
        )
    try:
        return name, parse_unit(kind, unit, own)
    except ValueError as error:
        raise ColumnChoiceError(f"{_option(kind)} {printable(choice)}: {error}") from None


def _option(kind: str) -> str:
    """Say where a column is chosen: on the command line only those of NetScore are."""
    return f"--{kind}" if kind in _USUAL else f"columns[{kind!r}]"


def _says_flops(name: str) -> bool:
    return "flop" in plain_name(name)


def _flops_choice(name: str) -> str:
    """Say how to choose a column that may hold FLOPs."""
    match = re.fullmatch("([kmgbt]?)flops?([kmgbt]?)", plain_name(name))
    prefix = (match[1] or match[2]).upper() if match else ""
    column = printable(name)
    return (
        f"{_shown(name)} may count FLOPs, two to a multiply-accumulate: pass "
        f"--macs '{column}:{prefix}FLOP' to have it halved, or "
        f"--macs '{column}:{prefix}MAC' if it counts multiply-accumulates"
    )


def _shown(cell: str | float) -> str:
    if not isinstance(cell, str):
        return repr(float(cell))
    return repr(cell if len(cell) <= _LONGEST_SHOWN else f"{cell[: _LONGEST_SHOWN - 1]}…")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(_shown, names[:_LISTED]))
    return f"{shown}, … ({len(names)} in all)" if len(names) > _LISTED else shown


class Options(NamedTuple):
    """What is done with a table, by the names of the parameters of `rank_table`."""

    top: int | None = None
    pareto: bool = False
    among: Among | None = None
    signature: bool = False
    in_parts: bool = False
    progress: Callable[[str, int], None] = lambda _did, _rows: None


class Ranking:
    """A table on its way from where it is read to where it is written.

    Attributes
    ----------
    measurements : tuple of Measurement
        The columns of the figures.
    rows, unscored : int
        How many rows there are, and how many without a score, as a figure is missing or wrong.
    complaints : list of str
        Where and why there is no figure, cell by cell, for the first of ``faults`` cells.
    columns : list of layout.Column
        The columns of the result. Those that are added have a name that was free, and are in
        ``added`` with their kinds: ``Int64``, ``Float64`` or ``String``.
    result : iterable
        What is written, best first: rows of a text, or frames.
    written : int
        How many rows have been written.
    """

    def __init__(
        self,
        table: Any,
        choices: Mapping[str, str | None],
        metric: Metric,
        options: Options,
    ) -> None:
        self.table, self.metric, self.options = table, metric, options
        self.networks = options.among.networks if options.among else ()
        # The figures of all rows, and below them those of the networks ranked among.
        self.known: list[NDArray[np.float64]] = []
        self.measurements = choose_columns(table.header, table.place, choices, metric)
        self.rows = self.unscored = self.faults = self.written = 0
        self.complaints: list[str] = []
        self._run = Run(metric.kernel, metric.rules)
        self.result: Any = ()
        measured = [column.place for column in self.measurements]
        others = [place for place in range(len(table.header)) if place not in measured]
        named = [place for place in others if plain_name(table.header[place]) in _NAMES]
        self.name_place = next(iter([*named, *others]), None)
        self.added: dict[str, str] = {}
        costs = [cost.name for cost in metric.costs]
        self._params = 1 + costs.index("params") if "params" in costs else None
        self.adds_names = bool(self.networks) and self.name_place is None
        before = [("rank", "Int64"), *[("network", "String")] * self.adds_names]
        after = [(metric.name, "Float64")]
        if self._params is not None:
            after.append(("information_density", "Float64"))
        after += [("signature", "String")] * options.signature
        after += [("reference", "String")] * bool(self.networks)
        numbers = {*table.numbers, *measured}
        own = [Column(name, name, str, i in numbers) for i, name in enumerate(table.header)]
        added = [self._added(name, kind, own) for name, kind in (*before, *after)]
        self.columns = [*added[: len(before)], *own, *added[len(before) :]]

    def _added(self, name: str, kind: str, own: Iterable[Column]) -> Column:
        """Return a further column, under a free name."""
        name = free_name(name, {*self.added, *(column.key for column in own)})
        self.added[name] = kind
        return Column(name, name, "{:.2f}".format if kind == "Float64" else str, kind != "String")

    def figures(self, columns: Sequence[Cells], place: str, at: Any) -> list[NDArray[np.float64]]:
        """Return the figures of the next batch, NaN where there is none, and note what is wrong.

        A row of it stands at the place with a number, its own of those in `at`.
        """
        room = COMPLAINTS - len(self.complaints)
        figures, noted = [], []
        for order, (column, cells) in enumerate(zip(self.measurements, columns)):
            values, gaps = column.read(cells, self.rows)
            figures.append(values)
            self.faults += len(gaps)
            for row in gaps[:room]:
                where = f"{place} {at[row]}, column {printable(column.name)}"
                noted.append((row, order, f"{where}: {column.complaint(cells[row])}"))
        self.complaints += [text for _, _, text in sorted(noted)[:room]]
        self.unscored += int(np.isnan(figures).any(axis=0).sum())
        self._run.weigh(figures)
        self.rows += len(figures[0])
        self.options.progress("read", self.rows)
        return figures

    def wrong(self) -> Iterator[str]:
        """Yield one sentence for each column with cells that are wrong, not only missing."""
        for column in self.measurements:
            if column.first is not None:
                cell, position = column.first
                verb = "is" if column.wrong == 1 else "are"
                yield (
                    f"column {column.name!r} must be {column.must}, got {checks.shown(cell)} at "
                    f"position {position} ({column.wrong} of {self.rows} values {verb} wrong)"
                )

    def doubts(self) -> list[str]:
        """Return which figures look like another unit."""
        ranges = [(column.least, column.most) for column in self.measurements]
        return checks.doubts(self.metric.rules, ranges, self._run.balances)

    def ordered(self, figures: list[NDArray[np.float64]]) -> tuple[NDArray[Any], ...]:
        """Return the positions of the rows to keep, best first, and ranks and scores of all."""
        if self.options.among and self.networks:
            others = zip(*self.options.among.figures)
            figures = [np.append(*pair) for pair in zip(figures, others)]
        self.known = figures
        scores = self.metric.scores(figures)
        ranks = rank(scores)
        order = np.argsort(ranks, kind="stable")
        if self.options.pareto:
            order = order[front(figures)[order]]
        if self.options.top is not None:
            order = order[~np.isnan(scores[order])][: self.options.top]
        return order, np.where(np.isnan(scores), nan, ranks), scores

    def values(
        self,
        ranks: NDArray[np.float64] | float,
        figures: Sequence[NDArray[np.float64]],
        scores: NDArray[np.float64],
        order: NDArray[Any] | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Return the columns that are added to rows: NaN, or None, where there is no score."""
        scored = scores == scores
        values = [np.broadcast_to(ranks, scores.shape), scores]
        if self._params is not None:
            with np.errstate(all="ignore"):
                density = formula.density(np, figures[0], figures[self._params])
            values.append(np.where(scored, density, nan))
        if self.options.signature:
            how = np.array(self.metric.signature(), object)
            values.append(np.where(scored, how, np.array(None)))
        if order is not None and self.networks:
            values.append(np.where(order < self.rows, np.array(None), np.array("yes", object)))
        first, *names = self.added
        return dict(zip([first, *names[self.adds_names :]], values))

    def wrote(self, rows: int) -> None:
        """Note that so many more rows are written."""
        self.written += rows
        if rows:
            self.options.progress("wrote", self.written)
