"""Counts as people write them (3.4M, 1.5G), and the units that a column of figures may be in."""

from __future__ import annotations

import re
from math import inf, nan
from typing import Final, NamedTuple

# The largest first: format_quantity takes the first that fits.
POWERS: Final = {"T": 12, "G": 9, "B": 9, "M": 6, "K": 3}
"""The powers of ten that a suffix of a count stands for."""

WORDS: Final = {
    "T": ("trillion", "trillions"),
    "G": ("mrd", "mld", "md", "mia", "milliard", "milliards", "milliarden", "miliardi"),
    "B": ("billion", "billions", "bn"),
    "M": ("million", "millions", "mio", "mln", "millionen", "millones", "milioni"),
    "K": ("thousand", "thousands", "tsd"),
}
"""What a suffix is in words, in tables: of English, and of what no language reads otherwise."""

_LETTERS: Final = {word: letter.lower() for letter, words in WORDS.items() for word in words}
_WORD: Final = re.compile(rf"({'|'.join(sorted(_LETTERS, reverse=True))})(?=((mac|flop)s?)?$)")

_QUANTITY: Final = re.compile(
    r"(?P<digits>[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+))"
    r"(?:(?P<exponent>[eE][+-]?[0-9]+)|(?P<suffix>[KkMGBT]))?"
)
_FLOPS: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMGBT]?)FLOPs?", re.IGNORECASE)


def parse_quantity(text: str) -> float:
    """Read a count, written out or with one suffix for its power of ten.

    Parameters
    ----------
    text : str
        A decimal number, with ``_`` between digits and an exponent if wanted (``2e6``,
        ``3_400_000``), or a decimal number and one suffix: K or k (10³), M (10⁶), G or
        B (10⁹; B is the billion of "0.5B parameters"), T (10¹²). ``m`` and ``g`` are refused:
        in SI an m is a thousandth. Spaces around the whole are ignored.

    Returns
    -------
    float
        The number nearest to what is written, with no error from a multiplication.

    Raises
    ------
    ValueError
        If the text is anything else; NaN and infinity are not counts.

    Examples
    --------
    >>> parse_quantity("3.4M"), parse_quantity("3_400_000"), parse_quantity("2e6")
    (3400000.0, 3400000.0, 2000000.0)
    >>> parse_quantity("25K"), parse_quantity("1.5G"), parse_quantity("0.5B")
    (25000.0, 1500000000.0, 500000000.0)
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        if flops := _FLOPS.fullmatch(text.strip()):
            digits, prefix = flops[1], flops[2].upper()
            macs = f"{float(digits) / 2:g}{prefix}"
            raise ValueError(f"{digits} {prefix}FLOPs are {macs} MACs, got {text!r}")
        must = "a number with at most one suffix of K, M, G, B and T, as in 3.4M"
        raise ValueError(f"a quantity is {must}, got {text!r}{perhaps(text)}")
    power = match["exponent"] or f"e{POWERS.get((match['suffix'] or '').upper(), 0)}"
    return float(match["digits"] + power)


MISSING: Final = frozenset(["", "na", "n/a", "nan", "null", "none", "<na>", "?"])
"""What stands in cells without a figure, in lower case; so do dashes."""

_SPACES: Final = " \u00a0\u2007\u2009\u202f"
# With the two letters of a millionth.
_WORDS: Final = "[A-Za-z\u00b5\u03bc][A-Za-z/\u00b5\u03bc]*(?:-[A-Za-z]+)?"
_CELL: Final = re.compile(
    rf"([+-]?[0-9.,][0-9.,_'\u2019{_SPACES}]*(?:[eE][+-]?[0-9]+)?)[{_SPACES}]*"
    rf"(%|(?:{_WORDS}(?:[{_SPACES}]{_WORDS})*\.?)?)"
)


def _form(point: str, group: str) -> re.Pattern[str]:
    """Return how a number is written with this decimal mark and that one between thousands."""
    thousands = rf"([{group}'\u2019{_SPACES}])[0-9]{{3}}(?:\1[0-9]{{3}})*"
    plain = rf"(?:[0-9]+(?:_[0-9]+)*(?:[{point}][0-9]*)?|[{point}][0-9]+)(?:[eE][+-]?[0-9]+)?"
    return re.compile(rf"[+-]?(?:[1-9][0-9]{{0,2}}{thousands}(?:[{point}][0-9]+)?|{plain})")


_FORMS: Final = {".": _form(".", ","), ",": _form(",", ".")}


def split_cell(text: str) -> tuple[str, str] | None:
    """Return the number in a cell and its unit, as they are written, if that is what it holds.

    Examples
    --------
    >>> split_cell("17.6 GMac"), split_cell("72,0 %"), split_cell("72.0±0.1")
    (('17.6', 'GMac'), ('72,0', '%'), None)
    """
    match = _CELL.fullmatch(text)
    return match and (match[1].rstrip(_SPACES), match[2])


def parse_decimal(number: str, point: str, power: int = 0) -> float:
    """Read a number under a decimal mark, times a power of ten; NaN where it has no reading.

    Thousands may be grouped by the other mark, a space or an apostrophe. What has an exponent
    takes no power.

    Examples
    --------
    >>> parse_decimal("1.234,5", ","), parse_decimal("1'234", "."), parse_decimal("3,4", ",", 6)
    (1234.5, 1234.0, 3400000.0)
    >>> parse_decimal("1.234,5", ".")
    nan
    """
    if not _FORMS[point].fullmatch(number) or (power and "e" in number.lower()):
        return nan
    digits = re.sub(rf"[^0-9eE+{point}-]", "", number).replace(point, ".")
    return float(f"{digits}e{power}" if power else digits)


def perhaps(text: str) -> str:
    """Say how one types a number that is written as in a table, nothing if it is none.

    Examples
    --------
    >>> perhaps("25,557,032"), perhaps("3.4 million"), perhaps("1,234"), perhaps("3.4X")
    ('; perhaps 25557032', '; perhaps 3.4M', '; perhaps 1.234 or 1234', '')
    """
    number, unit = split_cell(text.strip()) or ("", "")
    unit = re.sub("%|(mac|param|parameter)s?$", "", plain_unit(unit))
    read = sorted(value for mark in _FORMS if abs(value := parse_decimal(number, mark)) < inf)
    known = read if unit.upper() in ("", *POWERS) else []
    typed = dict.fromkeys(f"{value:.15g}{unit.upper()}" for value in known)
    typed.pop(text, None)
    return f"; perhaps {' or '.join(typed)}" if typed else ""


def format_quantity(value: float) -> str:
    """Write a count for people: three significant digits and a suffix K, M, G or T.

    Parameters
    ----------
    value : float
        Any number. Outside the range of the suffixes it is written with an exponent.

    Returns
    -------
    str
        Text that `parse_quantity` reads back, within half a percent of the value if that is
        finite.

    Examples
    --------
    >>> format_quantity(3_400_000), format_quantity(25_557_096), format_quantity(1.5e9)
    ('3.4M', '25.6M', '1.5G')
    >>> format_quantity(999_700), format_quantity(640), format_quantity(1e18)
    ('1M', '640', '1e+18')
    """
    rounded = float(f"{value:.3g}")
    for suffix, power in POWERS.items():
        scale = 10.0**power
        if scale <= abs(rounded) < scale * 1000:
            return f"{rounded / scale:.3g}{suffix}"
    return f"{rounded:.3g}"


class Unit(NamedTuple):
    """What one unit of a column is worth.

    Attributes
    ----------
    name : str
        The unit as it is written behind a column's name, as in ``params:M``.
    factor : float
        What to multiply a figure by to get a percentage or a count.
    zero : float
        What to add then: an error of 28 % is an accuracy of 100 - 28.
    flops : bool
        Whether the figures are floating-point operations, two to a multiply-accumulate. The
        factor halves them.
    """

    name: str
    factor: float
    flops: bool = False
    zero: float = 0.0

    @property
    def size(self) -> float:
        """What the prefix alone is worth."""
        return abs(self.factor) * (2 if self.flops else 1)


PERCENT: Final = Unit("percent", 1.0)
FRACTION: Final = Unit("fraction", 100.0)
ERROR: Final = Unit("error", -1.0, zero=100.0)
COUNT: Final = Unit("", 1.0)

_PREFIXES: Final = {"": 1.0, **{prefix: 10.0**power for prefix, power in POWERS.items()}}
_COUNTS: Final = [Unit(prefix, factor) for prefix, factor in _PREFIXES.items()]
_MACS: Final = [
    Unit(f"{prefix}{word}", factor / (2 if "FLOP" in word else 1), "FLOP" in word)
    for prefix, factor in _PREFIXES.items()
    for word in ("", "MAC", "MACs", "FLOP", "FLOPs")
]
OWN: Final = {"accuracy": "", "params": "parameters", "macs": "multiply-accumulates"}
"""What NetScore counts in: a cost of the name in another unit is another measurement."""

_UNITS: Final = {
    "accuracy": ([PERCENT, FRACTION, ERROR], "percent, fraction or error"),
    "params": (_COUNTS, "K, M, G, B or T"),
    "macs": (_MACS, "K, M, G, B or T, alone or before MAC or FLOP, as in GMAC"),
}
_SI: Final = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9}


def plain_unit(text: str) -> str:
    """Return a unit of counts in lower case, with a letter for a word: "Mrd. MAdds" is gmacs."""
    # A million additions, "M adds", are none of "MAdds".
    said = re.sub("(m|mul(t|ti|tiply)?[ -]?)(add|accumulate)", "mac", text.lower())
    said = re.sub(f"[.{_SPACES}-]", "", said)
    return _WORD.sub(lambda word: _LETTERS[word[1]], said, count=1)


def parse_unit(measurement: str, text: str, own: str = "") -> Unit:
    """Read the unit of a column of figures.

    Parameters
    ----------
    measurement : str
        What the column holds: ``accuracy``, ``params``, ``macs`` or another cost.
    text : str
        For accuracies ``percent``, ``fraction`` or ``error`` (wrong answers in percent); for
        params nothing (plain counts), K, M, G, B or T; for macs the same, alone or before MAC,
        MACs, FLOP or FLOPs. Letter case does not matter here: there is no column of thousandths
        of a parameter. For another cost its own unit, alone or after one of the prefixes n, u, m,
        k, M and G, in which case matters.
    own : str, optional
        The unit of another cost, or of params or macs that are not NetScore's.

    Returns
    -------
    Unit
        The unit, named as above.

    Raises
    ------
    ValueError
        If there is no such unit for the measurement.

    Examples
    --------
    >>> parse_unit("params", "M")
    Unit(name='M', factor=1000000.0, flops=False, zero=0.0)
    >>> parse_unit("macs", "gflops")
    Unit(name='GFLOPs', factor=500000000.0, flops=True, zero=0.0)
    >>> parse_unit("latency", "ms", own="s")
    Unit(name='ms', factor=0.001, flops=False, zero=0.0)
    """
    said = text.strip()
    if measurement in _UNITS and own in ("", OWN[measurement]):
        units, choices = _UNITS[measurement]
        word = "(?i)param(eter)?s?$" if measurement == "params" else "$"
        plain = plain_unit(re.sub(word, "", said))
        matches = [unit for unit in units if unit.name.lower() == plain]
    else:
        choices = f"{own}, alone or after n, u, m, k, M or G"
        plain, base = (re.sub("[\u00b5\u03bc]", "u", unit) for unit in (said, own))
        prefix = plain.removesuffix(base)
        known = plain.endswith(base) and prefix in _SI
        matches = [Unit(said, 10.0 ** _SI[prefix])] if known else []
    if not matches:
        raise ValueError(f"the unit of {measurement} is {choices}, got {text!r}")
    return matches[0]
