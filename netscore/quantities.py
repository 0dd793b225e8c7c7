"""Counts as people write them (3.4M, 1.5G), and the units that a column of figures may be in."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# The largest first: format_quantity takes the first that fits.
POWERS: Final = {"T": 12, "G": 9, "B": 9, "M": 6, "K": 3}
"""The powers of ten that a suffix of a count stands for."""

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
        raise ValueError(
            "a quantity is a number with at most one suffix of K, M, G, B and T, as in 3.4M, "
            f"got {text!r}"
        )
    power = match["exponent"] or f"e{POWERS.get((match['suffix'] or '').upper(), 0)}"
    return float(match["digits"] + power)


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
    flops : bool
        Whether the figures are floating-point operations, two to a multiply-accumulate. The
        factor halves them.
    """

    name: str
    factor: float
    flops: bool = False


PERCENT: Final = Unit("percent", 1.0)
FRACTION: Final = Unit("fraction", 100.0)
COUNT: Final = Unit("", 1.0)

_PREFIXES: Final = {"": 1.0, **{prefix: 10.0**power for prefix, power in POWERS.items()}}
_COUNTS: Final = [Unit(prefix, factor) for prefix, factor in _PREFIXES.items()]
_MACS: Final = [
    Unit(f"{prefix}{word}{plural}", factor / (2 if flops else 1), flops)
    for prefix, factor in _PREFIXES.items()
    for word, flops in (("MAC", False), ("FLOP", True))
    for plural in ("", "s")
]
_UNITS: Final = {
    "accuracy": ([PERCENT, FRACTION], "percent or fraction"),
    "params": (_COUNTS, "K, M, G, B or T"),
    "macs": (
        [*_COUNTS, *_MACS],
        "K, M, G, B or T, alone or before MAC or FLOP, as in GMAC",
    ),
}
_SI: Final = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9}


def parse_unit(measurement: str, text: str, own: str = "") -> Unit:
    """Read the unit of a column of figures.

    Parameters
    ----------
    measurement : str
        What the column holds: ``accuracy``, ``params``, ``macs`` or another cost.
    text : str
        For accuracies ``percent`` or ``fraction``; for params nothing (plain counts), K, M, G, B
        or T; for macs the same, alone or before MAC, MACs, FLOP or FLOPs. Letter case does not
        matter here: there is no column of thousandths of a parameter. For another cost its own
        unit, alone or after one of the prefixes n, u, m, k, M and G, in which case matters.
    own : str, optional
        The unit of another cost.

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
    Unit(name='M', factor=1000000.0, flops=False)
    >>> parse_unit("macs", "gflops")
    Unit(name='GFLOPs', factor=500000000.0, flops=True)
    >>> parse_unit("latency", "ms", own="s")
    Unit(name='ms', factor=0.001, flops=False)
    """
    said = text.strip()
    if measurement in _UNITS:
        units, choices = _UNITS[measurement]
        matches = [unit for unit in units if unit.name.lower() == said.lower()]
    else:
        choices = f"{own}, alone or after n, u, m, k, M or G"
        prefix = said.removesuffix(own)
        known = said.endswith(own) and prefix in _SI
        matches = [Unit(said, 10.0 ** _SI[prefix])] if known else []
    if not matches:
        raise ValueError(f"the unit of {measurement} is {choices}, got {text!r}")
    return matches[0]
