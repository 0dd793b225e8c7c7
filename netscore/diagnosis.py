"""The conventions under which a printed score may have been computed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from math import inf, isinf, log10
from typing import TYPE_CHECKING, Any, Final

from netscore.checks import EXPONENTS, Rule, balance, number, only_numbers, positive, shown
from netscore.layout import Record, Table, brief, lines
from netscore.quantities import perhaps
from netscore.weighted import Numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from netscore.arrays import Scalar


# The choices of each step, the canonical one first, then from the likelier to the less likely: by
# which number each multiplies, then what it departs from.
# The factor of a unit is how many of it make one percent, one parameter or one
# multiply-accumulate; that of a logarithm is what makes it of a decimal one. The steps are in the
# order in which departures are named.
_STEPS: Final[dict[str, dict[Any, tuple[Any, ...]]]] = {
    "compute": {
        "GMACs": (1e-9,),
        "GFLOPs": (2e-9, "FLOPs for MACs"),
        "MMACs": (1e-6, "compute in millions"),
        "MFLOPs": (2e-6, "FLOPs for MACs", "compute in millions"),
        "MACs": (1.0, "compute in units"),
        "FLOPs": (2.0, "FLOPs for MACs", "compute in units"),
    },
    "params": {
        "M": (1e-6,),
        "units": (1.0, "params in units"),
        "K": (1e-3, "params in thousands"),
        "fp32 MB": (4e-6, "params as fp32 megabytes"),
        "fp16 MB": (2e-6, "params as fp16 megabytes"),
        "fp32 MiB": (4 / 2**20, "params as fp32 mebibytes"),
        "fp16 MiB": (2 / 2**20, "params as fp16 mebibytes"),
    },
    "accuracy": {"percent": (1.0,), "fraction": (0.01, "accuracy as a fraction")},
    "log": {"log10": (1.0,), "ln": (2.302585092994046, "natural logarithm")},
    "factor": {20: (20.0,), 10: (10.0, "factor 10")},
}
_CANONICAL: Final[dict[str, Any]] = {step: next(iter(choices)) for step, choices in _STEPS.items()}

_ACCURACY: Final = Rule("accuracy", "above 0 and at most 100", 0.0, 100.0, "high")
_GIVEN: Final = (_ACCURACY, positive("params"), positive("compute"))
_TOLERANCE: Final = Rule("tolerance", "non-negative and finite", 0.0, inf, "low")
_PRINTED: Final = re.compile(
    r"[+-]?(?=\.?[0-9])[0-9]*\.?(?P<decimals>(?<=\.)[0-9]*|)(?:[eE](?P<power>[+-]?[0-9]{1,4}))?"
)


@dataclass(frozen=True, slots=True)
class Convention:
    """One way in which a score may have been computed from the given figures.

    Attributes
    ----------
    accuracy_given : {"percent", "fraction"}
        The unit in which the accuracy was given.
    params_given : {"units", "K", "M"}
        The same of the parameters.
    compute_given : {"MACs", "MMACs", "GMACs", "FLOPs", "MFLOPs", "GFLOPs"}
        The same of the compute.
    accuracy : {"percent", "fraction"}
        The unit in which the accuracy entered the formula.
    params : {"M", "units", "K", "fp32 MB", "fp16 MB", "fp32 MiB", "fp16 MiB"}
        The same of the parameters: their number, or the size of a file of them with 4 or 2 bytes
        each, in megabytes (10⁶ bytes) or mebibytes (2²⁰ bytes).
    compute : {"GMACs", "GFLOPs", "MMACs", "MFLOPs", "MACs", "FLOPs"}
        The same of the compute; one multiply-accumulate is two FLOPs.
    log : {"log10", "ln"}
        The logarithm.
    factor : {20, 10}
        The factor before it.
    alpha, beta, gamma : float
        The exponents.
    score : float
        The score under this convention, in full.
    canonical_score : float
        What `netscore` gives for the figures in the units in which they were given.
    equivalents : tuple of Convention
        Other conventions that give the same number and cannot be told from this one, the
        likeliest first. Those in it have none themselves.
    """

    accuracy_given: str
    params_given: str
    compute_given: str
    accuracy: str
    params: str
    compute: str
    log: str
    factor: int
    alpha: float
    beta: float
    gamma: float
    score: float
    canonical_score: float
    equivalents: tuple[Convention, ...] = ()

    @property
    def departures(self) -> tuple[str, ...]:
        """How it departs from the convention of `netscore`, in words; nothing if it does not."""
        chosen = (choices[getattr(self, step)] for step, choices in _STEPS.items())
        return tuple(departure for _, *departures in chosen for departure in departures)

    @property
    def canonical(self) -> bool:
        """Whether it is the convention of `netscore`, whatever units the figures were given in."""
        return not self.departures

    def __repr__(self) -> str:
        return brief(f"<Convention: {self.score:.6g}, {self.describe()}>")

    def describe(self) -> str:
        """Say in a line how it departs, how it reads the given figures and what they score."""
        params = "" if self.params_given == "units" else f"{self.params_given} "
        given = f"given: {self.accuracy_given}, {params}params, {self.compute_given}"
        if self.canonical:
            return f"canonical ({given})"
        departures = ", ".join(self.departures)
        return f"{departures} ({given}; canonical score {self.canonical_score:.6g})"

    __str__ = describe


@dataclass(frozen=True, slots=True)
class Diagnosis(Record):
    """The conventions that reproduce a printed score; iterates over them and has their number.

    ``str()`` is what ``netscore diagnose`` prints.

    Attributes
    ----------
    printed : str
        The printed score.
    tolerance : float
        By how much a score may differ from it.
    conventions : tuple of Convention
        Those that reproduce it, one for each number, the likeliest first; may be empty.
    canonical : Convention
        The convention of `netscore`, for the figures as the first of them reads them, or as they
        are likeliest meant if there is none. It need not be among them.
    """

    printed: str
    tolerance: float
    conventions: tuple[Convention, ...]
    canonical: Convention

    @property
    def canonical_score(self) -> float:
        """What `netscore` gives, as far as the units of the given figures are known."""
        return self.canonical.score

    def __iter__(self) -> Iterator[Convention]:
        return iter(self.conventions)

    def __len__(self) -> int:
        return len(self.conventions)

    def __getitem__(self, position: int) -> Convention:
        return self.conventions[position]

    def __repr__(self) -> str:
        return brief(f"<Diagnosis: {self.printed}, conventions: {len(self)}>")

    def _parts(self) -> list[Table]:
        if not self:
            meant = f"{self.canonical_score:.6g}: {self.canonical.describe()}"
            return [lines(f"none: no convention gives {self.printed}\n{meant}")]
        found = []
        for convention in self:
            found.append(f"{convention.score:.6g}: {convention.describe()}")
            same = [f"  or {other.describe()}" for other in convention.equivalents]
            found += same[:_SHOWN]
            if same[_SHOWN:]:
                found.append(f"  or {len(same) - _SHOWN} more with the same number")
        return [lines("\n".join(found))]


_SHOWN: Final = 3


def diagnose(
    printed: str | Scalar,
    accuracy: Scalar,
    params: Scalar,
    compute: Scalar,
    *,
    unit: str | None = None,
    tolerance: Scalar | None = None,
    alpha: Scalar = 2.0,
    beta: Scalar = 0.5,
    gamma: Scalar = 0.5,
) -> Diagnosis:
    """Find the conventions under which some figures give a printed NetScore.

    Scores of the same network differ where authors entered other units or took another
    logarithm. This tries the usual ones, in every combination.

    Parameters
    ----------
    printed : str or float
        The score as it is printed. Text keeps its last digit ("41.90"); of a number the digits
        of its shortest decimal count.
    accuracy, params, compute : float
        The figures as they are printed beside it, in whatever units: a percentage or a fraction;
        parameters in units, thousands or millions; MACs or FLOPs in units, millions or billions.
    unit : {"MACs", "FLOPs"}, optional
        What the compute is, if that is said beside it: then it is not read as the other.
    tolerance : float, optional
        By how much a score may differ from the printed one. The default is half a unit of its
        last digit, that is, correct rounding; pass a whole unit where it may have been cut off.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        The exponents, which are taken as known.

    Returns
    -------
    Diagnosis
        The conventions that reproduce the score, the likeliest first, and the canonical score.
        It is false if there is none.

    Raises
    ------
    ValueError
        If `printed` is no finite decimal number, the accuracy is not above 0 and at most 100,
        params or compute is not positive and finite, an exponent is neither 0 nor from 1e-6 to
        1000, the tolerance is negative or not finite, or there is no such unit. A missing figure
        (NaN) is refused: there is nothing to diagnose.
    TypeError
        If an argument is no single number, `printed` neither a number nor text.

    See Also
    --------
    netscore : The canonical convention.
    netscore.signature : Text to print beside a score, so that nobody has to guess.

    Notes
    -----
    Two questions are kept apart: in which units the figures were *given*, and in which they
    *entered* the formula.

    Given. An accuracy of at most 1 is a fraction, any other a percentage. A number of params or
    compute below 1000 is no count but in thousands or millions (params) or in millions or
    billions (compute); from a million on it is a count; in between it may be either. Whether
    compute means MACs or FLOPs no number tells: both are tried, unless `unit` says which.

    Entered. Accuracy as percent or fraction; params in millions, units or thousands, or as the
    size of a file of them, with 4 (fp32) or 2 (fp16) bytes each, in megabytes (10⁶ bytes) or
    mebibytes (2²⁰ bytes); compute as MACs or FLOPs in billions, millions or units; decimal or
    natural logarithm; the factor 20 or 10. Every combination with every reading is tried.

    Conventions that give the same number to nine digits cannot be told apart. Each number
    is reported once, under the likeliest of its conventions, with the others in `equivalents`.
    With the default exponents these departures shift or stretch every score alike:

    ============================  ============
    departure                     score
    ============================  ============
    FLOPs for MACs                -3.01
    params in units               -60
    compute in units              -90
    params as fp32 megabytes      -6.02
    accuracy as a fraction        -80
    natural logarithm             times 2.3026
    factor 10                     times 0.5
    ============================  ============

    The likelier convention departs less often from the canonical one, which is accuracy in
    percent, params in millions, multiply-accumulates in billions, 20 times the decimal
    logarithm. But readings whose MACs do not belong to their params, as `UnitWarning` has it,
    come behind all others. Among those that depart equally often it is the one that reads the
    figures in the units named first here: params as a count, in millions, in thousands; compute
    as a count of MACs, of FLOPs, in billions of MACs, of FLOPs, in millions of MACs, of FLOPs;
    the smaller multiple comes first for figures of 1000 and more. Among those with the same
    reading it is the one whose departure is named first: FLOPs for MACs, another
    power of ten of compute, another unit of params, accuracy as a fraction, natural logarithm,
    factor 10.

    What is found is consistent with the figures, not proven. About one arbitrary score in fifty
    meets some convention by chance if it is printed with two decimals; without decimals most do.

    Examples
    --------
    A score and figures as a table prints them, the parameters in millions:

    >>> from netscore.diagnosis import diagnose
    >>> diagnosis = diagnose("41.91", 78.8, 28.2, 88)
    >>> len(diagnosis), diagnosis[0].canonical, round(diagnosis.canonical_score, 2)
    (1, True, 41.91)

    It is canonical if the 88 are billions of multiply-accumulates. If they are billions of
    FLOPs, these were entered for MACs and the canonical score is higher by 3.01:

    >>> print(diagnosis)
    41.9137: canonical (given: percent, M params, GMACs)
      or FLOPs for MACs (given: percent, M params, GFLOPs; canonical score 44.924)
      or params as fp16 megabytes (given: percent, M params, GFLOPs; canonical score 44.924)
      or compute in millions (given: percent, M params, MMACs; canonical score 71.9137)
      or 13 more with the same number

    A natural logarithm, and a score that nothing explains:

    >>> diagnose("96.51", 78.8, 28.2, 88)[0].departures
    ('natural logarithm',)
    >>> print(diagnose("43.21", 78.8, 28.2, 88))
    none: no convention gives 43.21
    41.9137: canonical (given: percent, M params, GMACs)

    Its second line is the canonical score of the figures as they are likeliest
    meant. With counts the only doubt is whether they count MACs or FLOPs:

    >>> print(diagnose("71.20", 72.0, 3.4e6, 300e6)[0].describe())
    FLOPs for MACs (given: percent, params, MACs; canonical score 74.2073)
    """
    text, value, half = _read(printed)
    figures = only_numbers("diagnose", _GIVEN, (accuracy, params, compute))
    exponents = only_numbers("diagnose", EXPONENTS, (alpha, beta, gamma))
    if unit not in (None, "MACs", "FLOPs"):
        raise ValueError(f"diagnose: unit must be 'MACs' or 'FLOPs', got {shown(unit)}")
    given = half if tolerance is None else tolerance
    within = float(*only_numbers("diagnose", (_TOLERANCE,), (given,)))
    rounding = _SAME * max(1.0, abs(value))
    every = list(_conventions(figures, exponents, unit or ""))
    found = [Convention(*one) for one in every if abs(one[-2] - value) <= within + rounding]
    doubted = partial(_doubted, figures)
    found.sort(key=lambda one: (doubted(one.params_given, one.compute_given), len(one.departures)))
    likeliest = found[0] if found else Convention(*min(every, key=lambda one: doubted(*one[1:3])))
    groups: dict[float, list[Convention]] = {}
    for one in found:
        score = next((score for score in groups if abs(one.score - score) <= rounding), one.score)
        groups.setdefault(score, []).append(one)
    conventions = [replace(first, equivalents=tuple(rest)) for first, *rest in groups.values()]
    canonical = replace(likeliest, **_CANONICAL, score=likeliest.canonical_score)
    return Diagnosis(text, within, tuple(conventions), canonical)


# Scores closer than this, relative to the printed one if that is above 1, are one number.
_SAME: Final = 1e-9


def _read(printed: object) -> tuple[str, float, float]:
    """Return the printed score as text and as a number, and half a unit of its last digit."""
    if not isinstance(printed, str) and number(printed) is None:
        must = "a real number or the text of one"
        raise TypeError(f"diagnose: printed must be {must}, got {shown(printed)}")
    text = str(printed).strip()
    match = _PRINTED.fullmatch(text.replace("\N{MINUS SIGN}", "-"))
    if match is None or isinf(value := float(match[0])):
        got = f"{shown(printed)}{perhaps(text)}"
        raise ValueError(f"diagnose: printed must be a finite decimal number, got {got}")
    return text, value, float(f"0.5e{int(match['power'] or 0) - len(match['decimals'])}")


def _doubted(figures: Sequence[float], params: str, compute: str) -> bool:
    """Whether, in these units, there are too few or too many MACs for the params."""
    counts = figures[1] / _STEPS["params"][params][0], figures[2] / _STEPS["compute"][compute][0]
    return bool(balance(Numbers.where, *counts) < 1.0)


def _conventions(
    figures: Sequence[float], exponents: Sequence[float], unit: str
) -> Iterator[tuple[Any, ...]]:
    """Yield the fields of every convention; those that depart equally often come in order."""
    accuracy, params, compute = figures
    computes = _units(compute, ["MACs", "FLOPs"], ["MMACs", "MFLOPs"], ["GMACs", "GFLOPs"])
    readings = product(
        ["fraction" if accuracy <= 1.0 else "percent"],
        _units(params, ["units"], ["K"], ["M"]),
        [one for one in computes if one.endswith(unit)],
    )
    alpha, beta, gamma = map(float, exponents)
    factors, logs = _STEPS["factor"], _STEPS["log"]
    for reading in readings:
        a, p, m = map(_logarithms, ("accuracy", "params", "compute"), reading, figures)
        canonical_score = 20.0 * (alpha * a["percent"] - beta * p["M"] - gamma * m["GMACs"])
        for factor, log, in_a, in_p, in_m in product(factors, logs, a, p, m):
            score = alpha * a[in_a] - beta * p[in_p] - gamma * m[in_m]
            score *= factors[factor][0] * logs[log][0]
            units = (*reading, in_a, in_p, in_m)
            yield (*units, log, factor, alpha, beta, gamma, score, canonical_score)


def _logarithms(step: str, given: str, figure: float) -> dict[str, float]:
    """Return the logarithm of a figure in each of the units in which it may have entered."""
    units = {unit: choice[0] for unit, choice in _STEPS[step].items()}
    return {unit: log10(figure) + log10(units[unit] / units[given]) for unit in units}


def _units(figure: float, counts: list[str], small: list[str], large: list[str]) -> list[str]:
    """Return the units in which the figure may have been given, the likeliest first."""
    if figure < 1e3:
        return large + small
    return counts if figure >= 1e6 else counts + small + large
