"""Which columns hold the figures, what their cells say, and which columns a ranking adds."""

from __future__ import annotations

import re
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from math import inf, log10, nan
from operator import itemgetter, not_
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from netscore import arrays, checks, formula, quantities
from netscore.layout import KEPT, Column, counted, free_name, printable, rounded
from netscore.networks import COLUMNS
from netscore.order import rank
from netscore.pareto import front
from netscore.quantities import COUNT, ERROR, FRACTION, PERCENT, Unit, parse_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from netscore.checks import Rule
    from netscore.metrics import Metric
    from netscore.networks import Among

    Floats: TypeAlias = NDArray[np.float64]
    Cells: TypeAlias = Sequence[Any] | Floats
    Choices: TypeAlias = Mapping[str, str | None]

CUT: Final = -inf
"""The accuracy of a row that is cut, which is no accuracy."""


_BOUNDS: Final = {rule.name: copy(rule) for rule in checks.FIGURES}
"""The rules of bounds of figures, which may be what these may."""

for _name, _bound in _BOUNDS.items():
    _bound.missing = False
    _bound.name = f"{'min' if _name == 'accuracy' else 'max'}_{_name}"
# Counts of one table are not so many times apart, nor are the units they are printed in.
_APART: Final = 1e5
COMPLAINTS: Final = 10
"""So many cells are named one by one."""

# Lines that are not what has one reading: under a decimal comma, of what may be thousands, of a
# share.
_NOT_WHOLE, _NOT_COUNT, _NOT_SHARE = (
    re.compile(rf"^(?!{plain}$).*", re.MULTILINE)
    for plain in (r"[0-9]+", r"[0-9]+(?:\.(?![0-9]{3}$)[0-9]*)?", r"[0-9]+(?:\.[0-9]*)?")
)

_MONTH: Final = (
    "(jan|feb|f[eé]v|mar|mär|mrz|apr|avr|ma[iy]|jun|jui|jul|aug|ao[uû]|sep|o[ck]t|nov|de[cz]|déc)"
    "[a-zäéû]{0,3}"
)
_DATE: Final = re.compile(
    rf"\d{{1,2}}\W{{1,2}}{_MONTH}\.?$|{_MONTH}\W{{1,2}}\d|\d{{4}}[-/]\d\d[-/]|\d+[./]\d+[./]\d{{4}}$",
    re.IGNORECASE,
)

# How what is missing in a frame reads.
_MISSING: Final = ("None", "nan", "NaT", "<NA>")
LATE_MARK: Final = "a quotation mark begins a cell: no space or = before it"
_HEADINGS: Final = {column.key: column.heading for column in COLUMNS}
_LISTED: Final = 12
_LONGEST_SHOWN: Final = 40


class TableError(ValueError):
    """The file cannot be read as a table; the message names the file and the line."""


class ColumnChoiceError(ValueError):
    """The columns of the figures cannot be told from the header and the caller's choice."""


def _count(read: Any, cell: Any) -> str:
    """Write a count as the reference table does, and anything else as it is."""
    value = read(cell) if isinstance(cell, str) else cell
    return quantities.format_quantity(value) if value == value else str(cell)


def plain_name(name: str) -> str:
    """Return the letters and digits of a column's name, in lower case, % as a word, no <br>."""
    name = re.sub("<[^>]*>", "", name)
    return "".join(filter(str.isalnum, name.replace("%", "percent").lower()))


# On which data a figure was measured, and who says so.
_QUALIFIERS: Final = re.compile(
    # Of counts, "in 1k" are thousands.
    "imagenet(1k)?|(?<!s)(?<!parameter)in1k|published|reported|validation|valid|evaluation|eval|"
    "val|test|best|model"
)
# In parentheses or brackets, also those as wide as a letter of Chinese.
_INSIDE: Final = re.compile(
    "[([\uff08\uff3b\u3010]([^][()\uff08\uff09\uff3b\uff3d\u3010\u3011]+)[])\uff09\uff3d\u3011]"
)
_WORDS: Final = re.compile(r"[^\W\d_]+")
# Those that may be a unit of counts, or of another cost, and powers of ten.
_SCALES: Final = re.compile(
    "[kmgtb]|[kmgt]?i?(b|bits?|bytes?)|(kilo|mega|giga|hundred|lakh|crore|thous|tausend|tsd|"
    "million|milliard|billion|millier|migliai|milhar|тыс|тис|млн|мил).*|m[nmr]|bil|th(s|sd)?|"
    r"\w*mil|mill|miles?|tusen|duizend|tys|tis|bin"
)
_PREFIXED: Final = re.compile("[kmgbt](mac|flop|param)s?", re.IGNORECASE)
_UNITS: Final = re.compile(
    "([numµμkgt]|milli|micro|kilo|mega|giga)?i?(s|secs?|seconds?|b|bits?|bytes?|j|joules?|wh?|hz)|"
    "mins?|minutes?|h|hours?"
)
_TIMES: Final = re.compile(
    r"(?<![\d.,])(10?e\d|(10?\W?)?000|10(\W{1,2}\d{1,2}(?!\d)|[⁰¹²³⁴-⁹]))|[百千万萬亿億]"
)
_PER_SECOND: Final = re.compile(r"/ ?s\b", re.IGNORECASE)
# What MLflow calls an option k; and params of a kind, as of biases or batch normalisations.
_OWN_LETTER: Final = re.compile(r"params\.(\w\w?|model)|([kgbt]|bn)_p[a-z]+")
# Columns of a study of Optuna, whose options are called params_k.
_STUDY: Final = re.compile("datetime_(start|complete)|(user|system)_attrs_.*")
_ERRORS: Final = re.compile("err(or)?s?(rate)?(top)?(in)?(percent|pct)?(?![a-z])")


def _base_name(name: str) -> str:
    """Return a name as usual ones are written, nothing for a rate and for a letter of its own."""
    if _PER_SECOND.search(name) or _OWN_LETTER.fullmatch(name):
        return ""
    name = re.sub(r"\bmil\.", "million", name, flags=re.IGNORECASE)  # without a dot 1000 in Spanish
    return _lettered(_QUALIFIERS.sub("", plain_name(name)))


def _lettered(plain: str) -> str:
    """Return a plain name with a letter for a word at its end: of paramsinmio it is paramsm."""
    return re.sub("in(?=[tgbmk]$)", "", quantities.plain_unit(plain))


def _names(bases: str, *units: tuple[str, Unit]) -> dict[str, Unit | None]:
    """Return plain names: each alone, without a unit, and as the templates of units say."""
    names: dict[str, Unit | None] = dict.fromkeys(bases.split())
    said = {text.format(base): unit for text, unit in units for base in list(names)}
    return names | said


_COUNTS: Final = [
    (template, Unit(prefix, 10.0 ** quantities.POWERS[prefix]))
    for prefix, word in zip("KMGBT", ("thousand", "million", "billion", "billion", "trillion"))
    for template in (
        *(f"{{}}{prefix.lower()}", f"{{}}{word}s", f"{{}}{word}", f"{{}}in{word}s"),
        f"{prefix.lower()}{{}}",
        *[f"{{}}{word[:3]}"] * (word != "million"),  # mil is 1000 in Spanish
        *(f"{{}}{times}10{quantities.POWERS[prefix]}" for times in ("", "x")),
    )
]
_USUAL: Final = {
    "accuracy": _names(
        "accuracy acc top1 top1accuracy top1acc acc1 accuracy1 accuracytop1 acctop1 a1",
        *((name, PERCENT) for name in ("{}percent", "{}pct", "{}inpercent", "percent{}")),
        *(("{}fraction", FRACTION), ("{}frac", FRACTION)),
    ),
    "params": _names(
        "params parameters param parameter nparams nparameters numparams numparameters "
        "numberofparams numberofparameters noofparams noofparameters ofparams ofparameters "
        "paramcount paramscount parametercount totalparams totalparameters paramstotal",
        *_COUNTS,
    ),
    "macs": _names(  # all written out: the explorer, which knows no others, takes them from here
        "macs mac maccs madds madd multiplyadds multiplyaccumulates multadds muladds multiadds "
        "nmacs nummacs numberofmacs maccount macscount totalmacs",
        *_COUNTS,
    )
    | {"infergmacs": quantities.parse_unit("macs", "G")},
}
"""For each measurement the plain names it usually has, each with the unit that it states.

Another measurement has its own name.
"""


_NAMES: Final = [*_names("name model modelname network networkname arch architecture net")]
_FILES: Final = ["file", "filename", "path", "filepath"]
_NUMBERS: Final = ["", "rank", "index", "unnamed0"]


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
    said : bool
        Whether the unit was said for the whole column; else a cell may have its own (25.6M).
    own : str
        The unit of the cost.
    decimal : str, optional
        The only decimal mark, if the caller says it.
    fractions : collection of str
        Cells that are numbers in a workbook, whatever mark the texts beside them have.
    wrong, missing, first : int, int, tuple
        How many cells were wrong, how many missing; what is wrong with the first, its position.
    least, most : float
        The range of its figures in the rows that are ranked.
    noted : list
        The first rows without a figure, and why there is none.
    remedies : dict
        What can be done about it, as keys.
    marks : set of str
        The decimal marks that cells settle, as they have no other reading.
    """

    rule: Rule
    place: int
    name: str
    unit: Unit
    said: bool
    own: str = ""
    decimal: str | None = None
    fractions: Collection[str] = ()

    def __post_init__(self) -> None:
        # The marks in cells that have two readings, and for each of the marks the decimal one,
        # None where such a cell is refused.
        self.marks: set[str] = set()
        self._twofold: set[str] = set()
        self._reads: dict[str, str | None] = {".": ".", ",": None}
        self._point = "."
        # Whether cells have units, others have none, some look as if they lacked one, and these
        # are refused.
        self._with_unit = self._without = self._bare = self._strict = False
        self._powers: dict[str, int | str] = {}

    def begin(self) -> None:
        """Forget what the cells were like, but not how they are read."""
        self.wrong = self.missing = 0
        self.first: tuple[str, int] | None = None
        self.least, self.most = inf, -inf
        self.noted: list[tuple[int, str]] = []
        self.remedies: dict[str, None] = {}

    @property
    def is_bare(self) -> bool:
        """Whether neither the column nor its cells say a unit."""
        return not (self.said or self._with_unit)

    @property
    def mixed(self) -> str:
        """What is said where not all figures seem to be in one unit."""
        reading = self.rule.reading(self.least, self.most)
        return f"{reading}; some rows may be in another unit"

    @property
    def apart(self) -> bool:
        """Whether counts, of which some have no unit, are too many times apart to be in one."""
        far = self.rule.doubtful < self.most >= _APART * self.least
        return self._without and far and self.rule in checks.COUNTS

    def option(self, unit: str = "") -> str:
        """Return the option that says the unit for the whole column."""
        return _chosen(self.rule.name, self.name, unit)

    def settled(self, every: set[str], separators: Collection[str]) -> bool:
        """Settle how cells are read now that all were seen; whether those read so far stand.

        Where its own cells settle no mark, those that cells of every column settle are asked.
        """
        reads: dict[str, str | None] = {".": ".", ",": None}
        if self.marks:
            reads = dict.fromkeys(reads, None if len(self.marks) > 1 else min(self.marks))
        else:
            if every == {"."} or (every == {","} and "," not in separators):
                reads[","] = min(every)
            if "," in every or (";" in separators and "." not in every):
                reads["."] = None
        self._point = "," if (self.marks or every) == {","} else "."
        if self._point not in self._twofold:  # as the figures of others are written
            reads[self._point] = self._point
        before = self._strict, [self._reads[mark] for mark in self._twofold]
        self._reads, self._strict = reads, self._with_unit and self._bare
        return before == (self._strict, [reads[mark] for mark in self._twofold])

    def read(self, cells: Cells, position: int = 0, place: str = "", at: Any = ()) -> Floats:
        """Return the figures in cells, NaN where there is none that is allowed.

        The first row of them has the position; in messages a row has its number of those in `at`.
        """
        if isinstance(cells, np.ndarray):
            numbers, self._without = cells, not self.said
        else:
            numbers = self._numbers(cells)
        with np.errstate(all="ignore"):
            figures: Floats = self._figures(numbers)
            figures[~self.rule.allows(figures)] = nan
        gaps = np.flatnonzero(np.isnan(figures)).tolist()
        wrong = [row for row in gaps if not missing(cells[row])]
        if wrong and self.first is None:
            self.first = self.complaint(cells[wrong[0]]), position + wrong[0]
        for row in gaps[: COMPLAINTS - len(self.noted)]:
            where = f"{place} {at[row]}, column {printable(self.name)}"
            self.noted.append((position + row, f"{where}: {self.complaint(cells[row])}"))
        self.wrong += len(wrong)
        self.missing += len(gaps) - len(wrong)
        return figures

    def _numbers(self, cells: Sequence[Any]) -> Floats:
        """Return the number in each cell, of plain texts in bulk."""
        numbers, rows = np.empty(len(cells)), np.arange(len(cells))
        text = "\n".join(cells) if {*map(type, cells)} == {str} else "\n" * len(cells)
        if text.count("\n") < len(cells):
            for cell in cells if "." in text else ():
                if "." in self.marks:
                    break
                if "." in cell:
                    self.number(cell)  # it may settle the mark
            odd = _NOT_COUNT if self.allows(1000.0) else _NOT_SHARE
            odd = _NOT_WHOLE if self.decimal == "," else odd
            numbers = np.fromstring(odd.sub("nan", text), sep="\n")
            bare = (numbers == numbers) & (not self.said)
            self._without |= bool(bare.any())
            bare &= (numbers > 0) & (numbers <= (self.rule.doubtful or inf))
            self._bare |= bool(bare.any())
            rows = np.flatnonzero((numbers != numbers) | (bare & self._strict))
        for row in rows.tolist():
            numbers[row] = self.number(cells[row])
        return numbers

    def written(self, figure: float) -> str | None:
        """Return the cell of a figure in the column's unit and mark, None if there is none."""
        # Fifteen digits: 0.571, where the division gives 0.5710000000000001.
        value = f"{(figure - self.unit.zero) / self.unit.factor:.15g}"
        mark = self.decimal or self._point
        return value.replace(".", mark) if figure == figure else None

    def _figures(self, numbers: Any) -> Any:
        """Return figures of numbers in the column's unit.

        The product of the nearest floats may miss 4110000000 of 4.11 G by its last digit.
        """
        if self.unit.factor == 1.0:
            return numbers * 1.0
        with np.errstate(all="ignore"):
            figures = numbers * self.unit.factor + self.unit.zero
            near = np.round(figures, 0 if self.rule in checks.COUNTS else 12)
            missed = 4 * np.spacing(np.maximum(np.abs(figures), self.unit.zero))
            return np.where(np.abs(figures - near) <= missed, near, figures)

    def allows(self, number: float) -> bool:
        """Whether a number in the column's unit can be a figure."""
        return bool(self.rule.allows(self._figures(number)))

    def complaint(self, cell: Any) -> str:
        """Return why there is no figure in a cell that has none."""
        if missing(cell):
            return f"missing: {quoted(cell)}" if isinstance(cell, str) and cell.strip() else "empty"
        found = self._reading(cell)
        must = "a fraction from 0 to 1" if self.unit is FRACTION else self.rule.must
        return found if isinstance(found, str) else f"must be {must}, got {quoted(cell)}"

    def number(self, cell: object) -> float:
        """Return the number in a cell in the column's unit, NaN where there is none."""
        found = self._reading(cell)
        return nan if isinstance(found, str) else found

    def _reading(self, cell: Any) -> float | str:
        """Read the number in a cell in the column's unit, or say why there is none.

        What cells with one reading settle, and what those with two leave open, is noted.
        """
        value = float(cell) if cell in self.fractions else checks.number(cell)
        if value is not None:
            return self._alone(float(value), cell)
        text = cell.strip() if isinstance(cell, str) else ""
        if missing(cell):
            return nan
        parts = quantities.split_cell(text)
        if parts is None:
            infinite = re.fullmatch("[+-]?inf(inity)?", text, re.IGNORECASE | re.ASCII)
            return float(text) if infinite else self._no_number(cell)
        written, unit = parts
        power = self._power(unit)
        if isinstance(power, str):
            if _DATE.match(text):
                return self._no_number(cell)
            if self.rule.name == "macs" and "flop" in unit.lower():
                whole = "write half of the FLOPs, as two make a multiply-accumulate"
                remedy = whole if self.said else f"{self.option('FLOP')} has FLOPs halved"
                self.remedies[remedy] = None
            return f"{quoted(cell)} {power}"
        read = {mark: parse_decimal(written, mark, power) for mark in (self.decimal or ".,")}
        found = {mark: value for mark, value in read.items() if value == value}
        if not found:
            return self._no_number(cell)
        if "." not in found and re.match("(b|tr)illion", unit, re.IGNORECASE):
            return f"{quoted(cell)} is another number in other languages: write G (10⁹) or T (10¹²)"
        allowed = {mark: v for mark, v in found.items() if self.allows(v)}
        value = next(iter((allowed or found).values()))
        if len({*allowed.values()}) > 1:
            mark = "," if "," in written else "."
            self._twofold.add(mark)
            point = self._reads[mark]
            if point is None:
                self.remedies["--decimal says which mark is the decimal one, . or ,"] = None
                both = " or ".join(f"{value:.15g}" for value in allowed.values())
                return f"{quoted(cell)} can be {both}"
            value = allowed[point]
        elif len(allowed) == 1 and ("," in written or "." in written):
            self.marks |= {*allowed}
        return value if unit else self._alone(value, cell)

    def _alone(self, value: float, cell: Any) -> float | str:
        """Return the number of a cell without a unit, unless it lacks one beside other cells."""
        self._without |= not self.said
        if not self.said and 0 < value <= (self.rule.doubtful or inf):
            self._bare = True
            if self._strict:
                remedy = f"{self.option('UNIT')} says one for all"
                if self.rule.name not in _USUAL:
                    remedy = f"all cells of {printable(self.name)} must have a unit, or none"
                self.remedies[remedy] = None
                return f"{quoted(cell)} has no unit, as other cells of the column have"
        return value

    def _power(self, text: str) -> int | str:
        """Return the power of ten of a cell's unit in the column's, or why they do not agree."""
        if text not in self._powers:
            self._powers[text] = self._compared(text) if text else 0
        power = self._powers[text]
        self._with_unit |= bool(text) and not self.said and not isinstance(power, str)
        return power

    def _compared(self, text: str) -> int | str:
        try:
            unit = quantities.parse_unit(self.rule.name, text.replace("%", "percent"), self.own)
        except ValueError:
            unit = Unit("", nan)
        worded = "MAC" in unit.name or "FLOP" in unit.name
        ratio = unit.size / self.unit.size
        open_ = not self.said or self.unit.name.rstrip("s") in ("MAC", "FLOP")
        alike = unit.zero in (0, self.unit.zero) and (unit.flops == self.unit.flops or not worded)
        if ratio == (ratio if open_ else 1) and alike:
            return round(log10(ratio))
        name = self.unit.name or self.own or "percent"
        return f"is in {text}, and the column in {name}"

    def _no_number(self, cell: Any) -> str:
        if _DATE.match(str(cell)):
            self.remedies["a spreadsheet makes dates of figures such as 5.1: type them anew"] = None
        elif re.search(r"[±*~≈<>≤≥†‡()[\]^/¹²³]|[+\d] ?/?[-\u2013]", str(cell)):
            self.remedies["a figure stands alone: 72.0, not 72.0±0.1, 72.0* or ~72"] = None
        if '"' in str(cell):
            self.remedies[LATE_MARK] = None
        mark = f" with the decimal mark {self.decimal}" if self.decimal else ""
        return f"not a number{mark}: {quoted(cell)}"


def missing(cell: object) -> bool:
    """Whether a cell of a text or of a frame says that there is nothing."""
    if isinstance(cell, str):
        text = cell.strip().lower()
        return text in quantities.MISSING or not text.strip("-\u2010\u2011\u2012\u2013\u2014\u2212")
    return str(cell) in _MISSING


def name_of(cell: object) -> str:
    """Return the name of a network, nothing where a frame says that it is missing."""
    return cell if isinstance(cell, str) else "" if missing(cell) else str(cell)


def cells_of(name: str, column: Any) -> Cells:
    """Return the cells of a column of a frame: its numbers, NaN if missing, or its texts."""
    try:
        (numbers,), _ = arrays.columns("rank_table", [checks.ACCURACY], [column])
        return arrays.missing_as_nan(numbers).astype(np.float64, copy=False)
    except TypeError:
        listed = column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()
    cells = [float(cell) if isinstance(cell, Decimal) else cell for cell in listed]
    cells = [None if str(cell) in _MISSING else cell for cell in cells]
    held = [cell for cell in cells if cell is not None]
    numeric = [cell for cell in held if checks.number(cell) is not None]
    if held and not numeric and not any(isinstance(cell, str) for cell in held):
        kind = getattr(column, "dtype", None) or column.type
        raise TypeError(f"rank_table: column {name!r} must hold numbers or text, got {kind}")
    return np.array(cells, np.float64) if len(numeric) == len(held) > 0 else cells


def choose_columns(
    header: Sequence[str], where: str, choices: Choices, metric: Metric
) -> tuple[Measurement, ...]:
    """Find the columns of the figures of a metric.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    where : str
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
    if not header:
        raise ColumnChoiceError("there are no columns")
    chosen: list[Measurement] = []
    taken: dict[str, str] = {}
    wrong: list[str] = []
    lacking: dict[str, str] = {}
    for (kind, own), rule in zip(units.items(), metric.rules):
        choice = choices.get(kind)
        try:
            of = header, kind, own
            found = _usual(*of) if choice is None else _said(*of, choice)
        except ColumnChoiceError as error:
            wrong.append(str(error))
            continue
        if found is None:
            lacking[kind] = f"{_option(kind)} COLUMN"
            continue
        name, unit = found
        if header.count(name) > 1:
            raise TableError(f"{where}: two columns are named {quoted(name)}")
        if other := taken.get(name):
            advice = f"choose with {_option(other)} and {_option(kind)}"
            what = f"column {quoted(name)} cannot be both {other} and {kind}"
            raise ColumnChoiceError(f"{what}: {advice}")
        taken[name], place = kind, header.index(name)
        chosen.append(Measurement(rule, place, name, unit or COUNT, unit is not None, own))
    if lacking:
        advice = f"choose with {' and '.join(lacking.values())}"
        figures = [n for n in header if quantities.split_cell(n) and not re.match("[0-9]{,4}$", n)]
        if figures:
            advice = f"a line of names must stand above that of {quoted(figures[0])}"
        none = f"none of the columns {_listed(header)} has a usual name of {' or '.join(lacking)}"
        wrong.insert(0, f"{none}: {advice}")
    if wrong:
        raise ColumnChoiceError("; ".join(wrong))
    return tuple(chosen)


def _usual_names(kind: str, own: str) -> dict[str, Unit | None]:
    """Return the usual names of a measurement, in a unit that is not NetScore's only its own."""
    alone: dict[str, Unit | None] = {_lettered(plain_name(kind)): None}
    return _USUAL[kind] if own == quantities.OWN.get(kind) else alone


def _usual(header: Sequence[str], kind: str, own: str) -> tuple[str, Unit | None] | None:
    """Return the one column with a usual name, if any has, and the unit that the name states."""
    usual = _usual_names(kind, own)
    study = any(map(_STUDY.fullmatch, header))
    own_names = [name for name in header if not (study and name.startswith("params_"))]
    names = {name: usual[base] for name in own_names if (base := _base_name(name)) in usual}
    if usual is not _USUAL.get(kind):  # a cost may be called model_size
        names = {n: None for n in header if plain_name(n) == plain_name(kind)} or names
    if len(names) == 1:
        return names.popitem()
    if names:
        columns, choose = _listed([*names]), f"choose with {_option(kind)} COLUMN"
        raise ColumnChoiceError(f"each of the columns {columns} could be {kind}: {choose}")
    for name in header:
        if question := _question(kind, name):
            raise ColumnChoiceError(f"no column is named as {kind}, and {question}")
    return None


def _said(header: Sequence[str], kind: str, own: str, choice: str) -> tuple[str, Unit | None]:
    """Return the column that the caller named and its unit: the caller's, or that of its name."""
    if (found := column_called(header, choice)) is not None:
        choice = found
        if question := _question(kind, choice):
            raise ColumnChoiceError(question)
        usual, base = _usual_names(kind, own), _base_name(choice)
        if base in usual:
            return choice, usual[base]
        units = _stated(kind, choice, own)
        unclear = len(units) > 1 or (not units and _unclear(choice, own, kind in _USUAL))
        if kind != "accuracy" and unclear:
            plain = "" if own == quantities.OWN.get(kind) else own
            answers = [_chosen(kind, choice, unit) for unit in ("UNIT", plain)]
            answer = f"pass {' or '.join(answers)} if it is in {own}"
            raise ColumnChoiceError(f"the name {quoted(choice)} may state a unit: {answer}")
        return choice, next((unit for unit in units if unit.factor != 1.0), None)
    before, colon, said = choice.rpartition(":")
    name = column_called(header, before) if colon else None
    if name is None:
        missing = quoted(before if colon else choice)
        known = f"none of the columns {_listed(header)}"
        raise ColumnChoiceError(f"{_option(kind)} names {missing}, which is {known}")
    try:
        unit = quantities.parse_unit(kind, said, own)
    except ValueError as error:
        raise ColumnChoiceError(f"{_option(kind)} {printable(choice)}: {error}") from None
    # A power alone does not say of what.
    if unit.name in ("", *quantities.POWERS) and (question := _question(kind, name, unit.name)):
        raise ColumnChoiceError(question)
    return name, unit


def column_called(header: Sequence[str], choice: str) -> str | None:
    r"""Return the column that is called so, or the one that differs in spaces or line ends only.

    Examples
    --------
    >>> column_called(["model", " params\n(M)"], "params (M)"), column_called(["a ", " a"], "a")
    (' params\n(M)', None)
    """
    words = re.sub("<br ?/?>", " ", choice).split()  # as a page in Markdown has it
    alike = [name for name in header if name.split() == words]
    return choice if choice in header else alike[0] if len(alike) == 1 else None


def _stated(kind: str, name: str, own: str) -> list[Unit]:
    """Return the units that a name has in parentheses, that of a cost anywhere."""
    inside = _INSIDE.findall(name)
    texts = [*inside, *(part for text in inside for part in re.split("[,;]", text))]
    of_cost = own not in ("", quantities.OWN.get(kind))
    texts += [word for word in _WORDS.findall(name) if of_cost or _PREFIXED.fullmatch(word)]
    units: dict[tuple[float, float], Unit] = {}
    for text in texts:
        with suppress(ValueError):
            unit = quantities.parse_unit(kind, text.replace("%", "percent"), own)
            units.setdefault((unit.factor, unit.zero), unit)
    return [*units.values()]


def _unclear(name: str, own: str, of_counts: bool) -> bool:
    """Whether a name has what may be a unit, or something of which only its author knows."""
    inside, known = _INSIDE.findall(name), _SCALES if of_counts else _UNITS
    if of_counts:
        odd = _TIMES.search(name) is not None or not all(map(str.isascii, inside))
    else:
        odd = any(re.search(r"[^\W\d]", text) and not re.search("['\"]", text) for text in inside)
    words = {word.lower() for word in _WORDS.findall(name)} - {own.lower()}
    return odd or any(map(known.fullmatch, words))


def _option(kind: str) -> str:
    """Say where a column is chosen: on the command line only those of NetScore are."""
    return f"--{kind}" if kind in _USUAL else f"columns[{kind!r}]"


def _chosen(kind: str, name: str, unit: str) -> str:
    """Say how a column is chosen in a unit, in marks that a shell takes, too."""
    mark = '"' if "'" in name else "'"
    return f"{_option(kind)} {mark}{printable(name)}:{unit}{mark}"


def _question(kind: str, name: str, power: str = "") -> str | None:
    """Ask what a column holds that may be FLOPs, or errors, and say how to answer."""
    plain = plain_name(name)
    if kind == "accuracy" and _ERRORS.search(_QUALIFIERS.sub("", name.lower())):
        return (
            f"{quoted(name)} may hold errors: pass {_chosen(kind, name, 'error')} to have 100 - it "
            f"taken, or {_chosen(kind, name, 'percent')} if it holds accuracies"
        )
    speaks = "flop" in plain or re.search("(?<![a-z])[kmgbt]?ops(?![a-z])", name.lower())
    stated, *_ = _stated("macs", name, "") or [COUNT]
    if kind != "macs" or not (stated.flops or (speaks and "mac" not in plain)):
        return None
    match = re.fullmatch("(?:n|num|total)?([kmgbt]?)(?:fl)?ops?([kmgbt]?)", _lettered(plain))
    named = (match[1] or match[2]).upper() if match else re.sub("FLOPs?", "", stated.name)
    return (
        f"{quoted(name)} may count FLOPs, two to a multiply-accumulate: pass "
        f"{_chosen(kind, name, f'{power or named}FLOP')} to have it halved, or "
        f"{_chosen(kind, name, f'{power or named}MAC')} if it counts multiply-accumulates"
    )


def quoted(cell: Any) -> str:
    """Return a cell for a message, a long one shortened."""
    if not isinstance(cell, str):
        return checks.shown(cell if checks.number(cell) is None else float(cell))
    return repr(cell if len(cell) <= _LONGEST_SHOWN else f"{cell[: _LONGEST_SHOWN - 1]}…")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(quoted, names[:_LISTED]))
    return f"{shown}, … ({len(names)} in all)" if len(names) > _LISTED else shown


def unlike(names: Collection[str], others: Collection[str], of: str) -> str:
    """Say which columns are not those of another file, nothing if all are.

    Examples
    --------
    >>> unlike(["a", "b"], ["b", "c"], "1.csv"), unlike(["a", "b"], ["b", "a"], "1.csv")
    ("the columns are not those of 1.csv: without 'c', with 'a'", '')
    """
    own, known = {*names}, {*others}
    lacks = [name for name in others if name not in own]
    more = [name for name in names if name not in known]
    parts = (("without", lacks), ("with", more))
    listed = ", ".join(f"{word} {_listed(some)}" for word, some in parts if some)
    return listed and f"the columns are not those of {of}: {listed}"


class Options(NamedTuple):
    """What is done with a table, by the names of the parameters of `rank_table`."""

    top: int | None = None
    pareto: bool = False
    among: Among | None = None
    signature: bool = False
    in_parts: bool = False
    progress: Callable[[str, int], None] = lambda _did, _rows: None
    min_accuracy: float | None = None
    max_params: float | None = None
    max_macs: float | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    skip: int = 0
    sheet: str | None = None


class Ranking:
    """A table on its way from where it is read to where it is written.

    Attributes
    ----------
    measurements : tuple of Measurement
        The columns of the figures.
    rows, cut, unscored : int
        How many rows there are, how many of them were cut, and how many of the others have no
        score, as a figure is missing or wrong.
    columns : list of layout.Column
        The columns of the result. Those that are added have a name that was free, and are in
        ``added`` with their kinds: ``Int64``, ``Float64`` or ``String``.
    result : iterable
        What is written, best first: rows of a text, or frames.
    written : int
        How many rows have been written.
    """

    def __init__(self, table: Any, choices: Choices, metric: Metric, options: Options) -> None:
        self.table, self.metric, self.options = table, metric, options
        self.networks = options.among.networks if options.among else ()
        self.measurements = choose_columns(table.header, table.place, choices, metric)
        for column in self.measurements:
            column.decimal = options.decimal
            if fractions := getattr(table, "fractions", ()):
                column.fractions = fractions[column.place]
        self.result: Any = ()
        measured = [column.place for column in self.measurements]
        others = [place for place in range(len(table.header)) if place not in measured]
        plain = [*map(plain_name, table.header)]
        others.sort(key=lambda place: (plain[place] not in _NAMES, plain[place] in _NUMBERS))
        self.name_place = next(iter(others), None)
        # Where the names of models may stand: in any of the others if none is called so.
        self.name_places = [p for p in others if plain[p] in (*_NAMES, *_FILES)] or others
        self.added: dict[str, str] = {}
        # What another metric counts in a unit of its own is none of these.
        costs = [cost.name if cost.size > 1 else "" for cost in metric.costs]
        self._params = 1 + costs.index("params") if "params" in costs else None
        self.adds_names = bool(self.networks) and self.name_place is None
        before = [("rank", "Int64"), *[("network", "String")] * self.adds_names]
        after = [(metric.name, "Float64")]
        after += [("information_density", "Float64")] * (self._params is not None)
        after += [("signature", "String")] * options.signature
        after += [("reference", "String")] * bool(self.networks)
        numbers = {*table.numbers, *measured}
        own = [Column(name, name, str, i in numbers) for i, name in enumerate(table.header)]
        for i, m in enumerate(self.measurements):
            best = -1 if (i > 0) == (m.unit.factor > 0) else 1
            own[m.place] = own[m.place]._replace(best=best, read=m.number, allows=m.allows)
        self._figures = ["accuracy", *costs]
        given = {name: getattr(options, rule.name) for name, rule in _BOUNDS.items()}
        self._bounds = {name: bound for name, bound in given.items() if bound is not None}
        for name, bound in self._bounds.items():
            checks.only_numbers("rank_table", (_BOUNDS[name],), (bound,))
            if name not in self._figures:
                missing = f"has no {name} for {_BOUNDS[name].name}"
                raise ValueError(f"rank_table: {metric.name} {missing}")
        added = [self._added(name, kind, own) for name, kind in (*before, *after)]
        self.columns = [*added[: len(before)], *own, *added[len(before) :]]

    def _added(self, name: str, kind: str, own: Iterable[Column]) -> Column:
        """Return a further column, under a free name."""
        # In a frame a column whose name stands twice is called otherwise.
        of_frame = getattr(self.table, "names", ())
        name = free_name(name, {*self.added, *(column.key for column in own), *of_frame})
        self.added[name] = kind
        score = kind == "Float64"
        foreign = name == self.metric.name and self.metric.signature().startswith("weighted_score")
        show = rounded if score else str
        return Column(name, name + " (no NetScore)" * foreign, show, kind != "String", int(score))

    def on_screen(self) -> list[Column]:
        """Return the columns as a terminal shows them: like those of the reference table."""
        counts = {c.name for c in self.measurements if c.unit == COUNT and c.rule in checks.COUNTS}
        needs = {column.name: 2 for column in self.measurements}
        needs.update(dict.fromkeys([*self.added][: 2 + self.adds_names], KEPT))
        if self.name_place is not None:
            needs[self.columns[1 + self.name_place].key] = KEPT
        columns = []
        for column in self.columns:
            key = column.key
            heading = column.heading.replace(key, _HEADINGS.get(key, key))
            show = partial(_count, column.read) if key in counts else column.show
            columns.append(column._replace(heading=heading, show=show, need=needs.get(key, 1)))
        if self.networks:
            columns[-1] = columns[-1]._replace(own=not_)
        return columns

    def begin(self) -> None:
        """Note that the table is read from the first row."""
        self.rows = self.unscored = self.cut = self.written = 0
        # How macs stand to params; how many rows have them as in no network, and the first.
        self._balances: set[float] = set()
        self._odd, self._first_odd = 0, ("", "")
        for column in self.measurements:
            column.begin()

    def settle(self, read: Callable[[], Any]) -> Any:
        """Read the figures of all rows, and again if only then it is settled how they are read."""
        while True:
            self.begin()
            result = read()
            separators = getattr(self.table, "separators", ())
            marks = {mark for column in self.measurements for mark in column.marks}
            stand = [column.settled(marks, separators) for column in self.measurements]
            if all(stand):
                return result

    def figures(self, columns: Sequence[Cells], place: str, at: Any) -> list[Floats]:
        """Return the figures of the next batch, NaN where there is none, and note what is wrong.

        A row of it stands at the place with a number, its own of those in `at`.
        """
        read = zip(self.measurements, columns)
        figures = [column.read(cells, self.rows, place, at) for column, cells in read]
        cut = self._beyond(figures)
        self.cut += int(cut.sum())
        gaps = np.isnan(figures).any(axis=0)
        self.unscored += int((gaps & ~cut).sum())
        rows = np.flatnonzero(~(gaps | cut))
        for column, found in zip(self.measurements, figures):
            column.least = float(found[rows].min(initial=column.least))
            column.most = float(found[rows].max(initial=column.most))
        if self.metric.rules[1:3] == checks.COUNTS:
            with np.errstate(all="ignore"):
                balances = checks.balance(np.where, *figures[1:3])
            odd = rows[balances[rows] < 1.0]
            if odd.size and not self._odd:
                first = odd.item(0)
                both = ((found.item(first),) * 2 for found in figures[1:3])
                said = checks.unbalanced(balances.item(first), *both)
                self._first_odd = f"{place} {at[first]}", said
            self._odd += odd.size
            self._balances.update(np.unique(balances[rows]).tolist())
        figures[0][cut] = CUT
        self.rows += len(figures[0])
        self.options.progress("read", self.rows)
        return figures

    def _beyond(self, figures: Sequence[Floats]) -> NDArray[np.bool_]:
        """Return which rows are beyond the bounds."""
        cut = np.zeros(len(figures[0]), np.bool_)
        for name, bound in self._bounds.items():
            values = figures[self._figures.index(name)]
            cut |= values < bound if name == "accuracy" else values > bound
        return cut

    @property
    def faults(self) -> int:
        """How many cells have no figure; a column in which all are missing counts once."""
        return sum(
            min(1, self.rows) if column.missing == self.rows else column.wrong + column.missing
            for column in self.measurements
        )

    @property
    def complaints(self) -> list[str]:
        """Where and why there is no figure, cell by cell, for the first cells."""
        noted = []
        for column in self.measurements:
            whole = column.missing == self.rows > 1
            more = f", as in all {self.rows} rows" if whole else ""
            noted += [(row, text + more) for row, text in column.noted[: 1 if whole else None]]
        return [text for _, text in sorted(noted, key=itemgetter(0))[:COMPLAINTS]]

    @property
    def remedies(self) -> dict[str, None]:
        """What can be done about the cells without a figure, as keys."""
        return {text: None for column in self.measurements for text in column.remedies}

    def wrong(self) -> Iterator[str]:
        """Yield one sentence for each column with cells that are wrong, not only missing."""
        for column in self.measurements:
            if column.first is not None:
                reason, position = column.first
                colon = "" if reason.startswith("must") else ":"
                place = checks.place_of((position,), column.wrong, self.rows)
                said = f"column {column.name!r}{colon} {reason}{place}"
                yield "; ".join([said, *column.remedies])

    def doubts(self) -> list[str]:
        """Return which figures look like another unit."""
        ranges = [(column.least, column.most) for column in self.measurements]
        said = checks.doubts(self.metric.rules, ranges, self._balances)
        if among := self.options.among:
            said += [*checks.doubts_of(self.metric.rules, among.figures), *among.doubts]
        said += filter(None, (_BOUNDS[name].doubt(n, n) for name, n in self._bounds.items()))
        return said + self.doubts_of_columns(beside=said)

    def doubts_of_columns(self, *, beside: Collection[str]) -> list[str]:
        """Return in which columns some rows look like another unit, beside what else is said."""
        said = []
        for column in self.measurements:
            least, most, rule = column.least, column.most, column.rule
            if column.unit is ERROR and 99 <= least < 100:
                errors = checks.ACCURACY.span(100 - most, 100 - least)
                what = f"{printable(column.name)} was read as errors of {errors}"
                said.append(f"{what}; if they are fractions, multiply them by 100")
            elif column.apart:
                every = f"give all cells of {printable(column.name)} a unit"
                remedy = column.option() if column.is_bare else every
                said.append(f"{column.mixed}; if not: {remedy}")
            elif least < rule.doubtful < most and least % 1 and column.is_bare:
                doubt = f"{rule.reading(least, most)}; {rule.advice}"
                if rule is checks.ACCURACY:
                    doubt = f"{column.mixed}; if not: {column.option('percent')}"
                said.append(doubt)
        # No table has a million millions in every row, or beside a hundred-thousandth of it.
        for column in () if said or beside else self.measurements:
            least, most, size = column.least, column.most, 1e6 * column.unit.factor
            if column.rule in checks.COUNTS and most >= size >= 1e12:
                if least >= size:
                    what = column.rule.reading(least, most)
                    said.append(f"{what}; if the cells are plain counts: {column.option()}")
                elif most >= _APART * least:
                    said.append(column.mixed)
        # Who says that a column holds plain counts vouches for them.
        vouched = any(column.said and column.unit == COUNT for column in self.measurements)
        if self._odd and not (said or beside or vouched):
            place, what = self._first_odd
            more = f" and {counted(self._odd - 1, 'more row')}" * (self._odd > 1)
            macs = self.measurements[2]
            remedy = f"; if they are right: {macs.option()}" * macs.is_bare
            said.append(f"{place}{more}: {what}{remedy}")
        return said

    def others(self) -> list[dict[int | None, str | None]]:
        """Return the cells of the networks ranked among, by their places, in the user's units."""
        columns = [map(m.written, f[self.rows :]) for m, f in zip(self.measurements, self.known)]
        places = [self.name_place, *(column.place for column in self.measurements)]
        names = [network.name for network in self.networks]
        return [dict(zip(places, row)) for row in zip(names, *columns)]

    def ordered(self, figures: list[Floats]) -> tuple[NDArray[Any], ...]:
        """Return the positions of the rows to keep, best first, and ranks and scores of all."""
        if self.options.among and self.networks:
            others = zip(*self.options.among.figures)
            figures = [np.append(*pair) for pair in zip(figures, others)]
            figures[0][self._beyond(figures)] = CUT
        # The figures of all rows, and below them those of the networks ranked among.
        self.known = figures
        scores = self.metric.scores(figures)
        ranks = rank(scores)
        order = np.argsort(ranks, kind="stable")
        cut = figures[0] == CUT
        figures[0][cut] = nan
        order = order[~cut[order]]
        if self.options.pareto:
            order = order[front(figures)[order]]
        if self.options.top is not None:
            order = order[~np.isnan(scores[order])][: self.options.top]
        return order, np.where(np.isnan(scores), nan, ranks), scores

    def values(
        self, ranks: Floats | float, figures: Sequence[Floats], scores: Floats, order: Any = None
    ) -> dict[str, NDArray[Any]]:
        """Return the columns that are added to rows: NaN, or None, where there is no score."""
        scored = scores == scores
        values = [np.broadcast_to(ranks, scores.shape), scores]
        if self._params is not None:
            with np.errstate(all="ignore"):
                density = formula.density(np, figures[0], figures[self._params])
            values.append(np.where(scored, density, nan))
        if self.options.signature:
            values.append(np.where(scored, self.metric.signature(), np.array(None)))
        if self.networks:
            values.append(np.where(order < self.rows, np.array(None), "yes"))
        first, *names = self.added
        return dict(zip([first, *names[self.adds_names :]], values))

    def wrote(self, rows: int) -> None:
        """Note that so many more rows are written."""
        self.written += rows
        if rows:
            self.options.progress("wrote", self.written)
