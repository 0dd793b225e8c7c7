"""diagnose(): the conventions under which given figures make a printed score."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netscore import find_network, netscore
from netscore.diagnosis import Convention, Diagnosis, diagnose
from netscore.layout import show

# How many of each unit make one percent, one parameter, one multiply-accumulate.
PERCENT = {"percent": 1, "fraction": 1 / 100}
PARAMETER = {
    "units": 1,
    "K": 1 / 10**3,
    "M": 1 / 10**6,
    "fp32 MB": 4 / 10**6,
    "fp16 MB": 2 / 10**6,
    "fp32 MiB": 4 / 1024**2,
    "fp16 MiB": 2 / 1024**2,
}
MAC = {
    "MACs": 1,
    "MMACs": 1 / 10**6,
    "GMACs": 1 / 10**9,
    "FLOPs": 2,
    "MFLOPs": 2 / 10**6,
    "GFLOPs": 2 / 10**9,
}
LOGARITHM = {"log10": math.log10, "ln": math.log}

COUNTS = {"units", "MACs", "FLOPs"}
Choices = tuple[str, str, str, str, str, str, str, int]
CHOICES: list[Choices] = list(
    product(
        ["percent", "fraction"],
        ["units", "K", "M"],
        list(MAC),
        list(PERCENT),
        list(PARAMETER),
        list(MAC),
        list(LOGARITHM),
        [20, 10],
    )
)


def computed(
    choices: Choices, figures: tuple[float, float, float], exponents: tuple[float, float, float]
) -> float:
    """Do what an author who chose so has done."""
    given_in, entered_in = choices[:3], choices[3:6]
    log = LOGARITHM[choices[6]]
    a, p, m = (
        figure / units[was] * units[now]
        for figure, units, was, now in zip(figures, (PERCENT, PARAMETER, MAC), given_in, entered_in)
    )
    alpha, beta, gamma = exponents
    return choices[7] * (alpha * log(a) - beta * log(p) - gamma * log(m))


choices_of: Callable[[Convention], Choices] = attrgetter(
    "accuracy_given", "params_given", "compute_given",
    "accuracy", "params", "compute", "log", "factor",
)  # fmt: skip


def everything(diagnosis: Diagnosis) -> Iterator[Convention]:
    for convention in diagnosis:
        yield convention
        yield from convention.equivalents


def departures(choices: Choices) -> int:
    return (
        (choices[3] != "percent")
        + (choices[4] != "M")
        + ("FLOP" in choices[5])
        + (choices[5][0] != "G")
        + (choices[6] != "log10")
        + (choices[7] != 20)
    )


def doubted(choices: Choices, figures: tuple[float, float, float]) -> bool:
    """Whether the MACs are too few or too many for the params, as the docstring says."""
    params, macs = figures[1] / PARAMETER[choices[1]], figures[2] / MAC[choices[2]]
    few = macs < params / (100 if params >= 3e10 else 10)
    return few or macs > 1e7 * params


def legible(choices: Choices, figures: tuple[float, float, float]) -> bool:
    """Whether the figures can be in these units, by the rules in the docstring."""
    accuracy, params, compute = figures
    return (
        (choices[0] == "fraction") == (accuracy <= 1)
        and (params >= 1000 if choices[1] in COUNTS else params < 1e6)
        and (compute >= 1000 if choices[2] in COUNTS else compute < 1e6)
    )


@st.composite
def publications(draw: st.DrawFn) -> tuple[Choices, tuple[float, float, float]]:
    """Figures as a table may print them, and how its author computed the score."""
    choices = draw(st.sampled_from(CHOICES))
    accuracy = draw(st.floats(0.1, 1.0) if choices[0] == "fraction" else st.floats(1.1, 100.0))
    params, compute = (
        draw(st.floats(1e3, 1e12) if unit in COUNTS else st.floats(0.01, 999_999.0))
        for unit in choices[1:3]
    )
    return choices, (accuracy, params, compute)


exponents_of_authors = st.just((2.0, 0.5, 0.5)) | st.tuples(
    *(st.just(0.0) | st.floats(1e-6, most) for most in (4.0, 2.0, 2.0))
)


@given(publications(), exponents_of_authors)
@settings(max_examples=60)
def test_a_score_computed_under_a_convention_is_diagnosed_with_it(
    publication: tuple[Choices, tuple[float, float, float]],
    exponents: tuple[float, float, float],
) -> None:
    choices, figures = publication
    score = computed(choices, figures, exponents)
    alpha, beta, gamma = exponents
    diagnosis = diagnose(f"{score:.2f}", *figures, alpha=alpha, beta=beta, gamma=gamma)
    found = {choices_of(one): one for one in everything(diagnosis)}
    assert choices in found
    assert found[choices].score == pytest.approx(score, abs=1e-9)
    as_given: Choices = (*choices[:3], "percent", "M", "GMACs", "log10", 20)
    canonical = computed(as_given, figures, exponents)
    assert found[choices].canonical_score == pytest.approx(canonical, abs=1e-9)
    assert (found[choices].alpha, found[choices].beta, found[choices].gamma) == exponents


@given(publications(), st.integers(0, 2))
@settings(max_examples=40)
def test_the_answer_is_complete_each_number_once_and_the_likeliest_first(
    publication: tuple[Choices, tuple[float, float, float]], digits: int
) -> None:
    choices, figures = publication
    printed = f"{computed(choices, figures, (2.0, 0.5, 0.5)):.{digits}f}"
    diagnosis = diagnose(printed, *figures)
    half = 0.5 * 10.0**-digits
    assert diagnosis.tolerance == pytest.approx(half, rel=1e-12)

    # A score on the very edge may or may not be found: only beyond 2e-8 must both agree.
    searched = [one for one in CHOICES if legible(one, figures)]
    distance = {
        one: abs(computed(one, figures, (2.0, 0.5, 0.5)) - float(printed)) for one in searched
    }
    found = [choices_of(one) for one in everything(diagnosis)]
    assert len(found) == len(set(found))
    assert {one for one in searched if distance[one] < half - 2e-8} <= set(found)
    assert set(found) <= {one for one in searched if distance[one] < half + 2e-8}

    for one in everything(diagnosis):
        assert one.canonical is (departures(choices_of(one)) == 0)
        assert len(one.departures) == departures(choices_of(one))
    order = [(doubted(choices_of(one), figures), len(one.departures)) for one in diagnosis]
    assert order == sorted(order)
    numbers = sorted(one.score for one in diagnosis)
    assert all(low + 5e-10 < high for low, high in pairwise(numbers))
    for one in diagnosis:
        same = map(choices_of, (one, *one.equivalents))
        order = [(doubted(other, figures), departures(other)) for other in same]
        assert order == sorted(order)
        for other in one.equivalents:
            assert other.score == pytest.approx(one.score, abs=1e-7)
            assert other.equivalents == ()


@given(publications())
@settings(max_examples=40)
def test_the_canonical_convention_is_for_the_likeliest_reading(
    publication: tuple[Choices, tuple[float, float, float]],
) -> None:
    choices, figures = publication
    diagnosis = diagnose(f"{computed(choices, figures, (2.0, 0.5, 0.5)):.2f}", *figures)
    first, canonical = diagnosis[0], diagnosis.canonical
    assert canonical.canonical
    assert choices_of(canonical)[:3] == choices_of(first)[:3]
    assert canonical.score == canonical.canonical_score == diagnosis.canonical_score
    assert diagnosis.canonical_score == first.canonical_score


def test_arbitrary_scores_are_usually_none() -> None:
    generator = random.Random(20190827)
    found = 0
    for _ in range(200):
        accuracy = round(generator.uniform(60.0, 85.0), 1)
        params = round(10.0 ** generator.uniform(0.0, 2.0), 1)
        compute = round(10.0 ** generator.uniform(-1.0, 1.5), 2)
        diagnosis = diagnose(f"{generator.uniform(20.0, 100.0):.2f}", accuracy, params, compute)
        found += bool(diagnosis)
    assert found < 12


# 100 % with one million parameters and one billion multiply-accumulates is 40 log10(100) = 80,
# and each mistake shifts or stretches the 80 by what is worked out beside it.
@pytest.mark.parametrize(
    ("printed", "departure", "where"),
    [
        ("80.00", None, {}),
        # 10 log10(2) = 3.0103
        ("76.99", "FLOPs for MACs", {"compute": "GFLOPs"}),
        # 10 log10(4) = 6.0206
        ("73.98", "params as fp32 megabytes", {"params": "fp32 MB"}),
        # 10 log10(4000000 / 1048576) = 5.8146 and 10 log10(2000000 / 1048576) = 2.8043
        ("74.19", "params as fp32 mebibytes", {"params": "fp32 MiB"}),
        ("77.20", "params as fp16 mebibytes", {"params": "fp16 MiB"}),
        # 10 log10(1000000)
        ("20.00", "params in units", {"params": "units"}),
        # 10 log10(1000), which is also that of params in thousands
        ("50.00", "compute in millions", {"compute": "MMACs"}),
        # 10 log10(10**9)
        ("-10.00", "compute in units", {"compute": "MACs"}),
        ("\N{MINUS SIGN}10.00", "compute in units", {"compute": "MACs"}),
        # 40 log10(0.01)
        ("0.00", "accuracy as a fraction", {"accuracy": "fraction"}),
        # 80 ln(10) = 184.2068
        ("184.21", "natural logarithm", {"log": "ln"}),
        ("40.00", "factor 10", {"factor": 10}),
    ],
)
def test_classical_mistakes_by_hand(
    printed: str, departure: str | None, where: dict[str, object]
) -> None:
    diagnosis = diagnose(printed, 100.0, 1_000_000, 1_000_000_000)
    first = diagnosis[0]
    expected = {
        "accuracy": "percent", "params": "M", "compute": "GMACs", "log": "log10", "factor": 20
    } | where  # fmt: skip
    assert {name: getattr(first, name) for name in expected} == expected
    assert first.departures == ((departure,) if departure else ())
    assert first.canonical is (departure is None)
    assert choices_of(first)[:3] == ("percent", "units", "MACs")
    assert diagnosis.canonical_score == pytest.approx(80.0, abs=1e-12)


# With all exponents 0 every convention gives 0, so that the order of all of them can be seen.
def test_order_of_plausibility() -> None:
    (first,) = diagnose("0", 50.0, 5000, 5000, alpha=0, beta=0, gamma=0)
    order = [choices_of(one) for one in (first, *first.equivalents)]
    likeliest_first: list[list[Any]] = [
        ["percent"],
        ["units", "K", "M"],
        ["MACs", "FLOPs", "MMACs", "MFLOPs", "GMACs", "GFLOPs"],
        [20, 10],
        ["log10", "ln"],
        ["percent", "fraction"],
        ["M", "units", "K", "fp32 MB", "fp16 MB", "fp32 MiB", "fp16 MiB"],
        ["GMACs", "GFLOPs", "MMACs", "MFLOPs", "MACs", "FLOPs"],
    ]
    combinations: list[Choices] = [
        (*given_in, accuracy, params, compute, log, factor)
        for *given_in, factor, log, accuracy, params, compute in product(*likeliest_first)
    ]
    figures = (50.0, 5000.0, 5000.0)
    assert order == sorted(combinations, key=lambda one: (doubted(one, figures), departures(one)))
    assert order[0] == ("percent", "units", "MACs", "percent", "M", "GMACs", "log10", 20)


def test_counts_that_do_not_belong_together_are_the_last_reading() -> None:
    # ResNet-50 in millions of both: 40 log10(76.1) - 10 log10(25.6) - 10 log10(4.1). Read as
    # 4,100 MACs, 60 more; as 4,100 billion of them, 30 less.
    for printed in ("49.9", "55.05"):
        diagnosis = diagnose(printed, 76.1, 25.6, 4100)
        assert diagnosis.canonical_score == pytest.approx(55.045148, abs=1e-6)
        assert diagnosis.canonical.compute_given == "MMACs"
    # 4,100 MACs are 0.16 for each of 25.6 thousand params, and too few for 25.6 million; 4,100
    # FLOPs are 0.08, and too few.
    (first,) = diagnose("115.045", 76.1, 25.6, 4100)
    given_in = [choices_of(one)[1:3] for one in (first, *first.equivalents)]
    assert given_in[:4] == [("K", "MACs"), ("K", "MACs"), ("M", "MACs"), ("M", "FLOPs")]
    assert ("K", "MACs") not in given_in[2:]


def test_a_stated_unit_is_the_only_reading() -> None:
    # 40 log10(72) - 10 log10(3.4) - 10 log10(0.6), and 3.0103 more with half of it.
    (flops,) = diagnose("71.20", 72.0, 3.4e6, 600e6, unit="FLOPs")
    assert {one.compute_given for one in (flops, *flops.equivalents)} == {"FLOPs"}
    assert flops.departures == ("FLOPs for MACs",)
    assert flops.canonical_score == pytest.approx(74.207298, abs=1e-6)
    (macs,) = diagnose("71.20", 72.0, 3.4, 0.6, unit="MACs")
    assert macs.canonical
    assert {one.compute_given for one in macs.equivalents} == {"MMACs", "GMACs"}
    with pytest.raises(ValueError, match=r"^diagnose: unit must be 'MACs' or 'FLOPs', got 'MAC'$"):
        diagnose("71.20", 72.0, 3.4e6, 600e6, unit="MAC")


def test_departures_in_words() -> None:
    (first,) = diagnose("0", 50.0, 5e6, 5e6, alpha=0, beta=0, gamma=0)
    said = {choices_of(one)[3:]: one.departures for one in (first, *first.equivalents)}
    assert said["fraction", "K", "MFLOPs", "ln", 10] == (
        "FLOPs for MACs",
        "compute in millions",
        "params in thousands",
        "accuracy as a fraction",
        "natural logarithm",
        "factor 10",
    )
    assert said["percent", "M", "GMACs", "log10", 20] == ()
    assert {unit: said["percent", unit, "GMACs", "log10", 20] for unit in PARAMETER} == {
        "M": (),
        "units": ("params in units",),
        "K": ("params in thousands",),
        "fp32 MB": ("params as fp32 megabytes",),
        "fp16 MB": ("params as fp16 megabytes",),
        "fp32 MiB": ("params as fp32 mebibytes",),
        "fp16 MiB": ("params as fp16 mebibytes",),
    }
    assert {unit: said["percent", "M", unit, "log10", 20] for unit in MAC} == {
        "GMACs": (),
        "GFLOPs": ("FLOPs for MACs",),
        "MMACs": ("compute in millions",),
        "MFLOPs": ("FLOPs for MACs", "compute in millions"),
        "MACs": ("compute in units",),
        "FLOPs": ("FLOPs for MACs", "compute in units"),
    }


@pytest.mark.parametrize(
    ("accuracy", "params", "compute", "accuracies", "params_units", "compute_units"),
    [
        (1.0, 999.9, 999.9, {"fraction"}, {"M", "K"}, set(MAC) - COUNTS),
        (1.01, 1000, 1000, {"percent"}, {"units", "M", "K"}, set(MAC)),
        (100, 999_999, 999_999, {"percent"}, {"units", "M", "K"}, set(MAC)),
        (0.01, 1e6, 1e6, {"fraction"}, {"units"}, {"MACs", "FLOPs"}),
    ],
)
def test_units_in_which_figures_can_be_given(
    accuracy: float,
    params: float,
    compute: float,
    accuracies: set[str],
    params_units: set[str],
    compute_units: set[str],
) -> None:
    found = list(everything(diagnose(0, accuracy, params, compute, alpha=0, beta=0, gamma=0)))
    assert {one.accuracy_given for one in found} == accuracies
    assert {one.params_given for one in found} == params_units
    assert {one.compute_given for one in found} == compute_units


def test_canonical_score_is_the_netscore_of_the_figures_in_their_units() -> None:
    network = find_network("ResNet-50")
    diagnosis = diagnose(55.19, 0.753, 25.6, 3.8)
    assert (network.accuracy, network.params, network.macs) == (75.3, 25_600_000, 3_800_000_000)
    assert diagnosis[0].canonical
    assert diagnosis.canonical_score == pytest.approx(network.netscore, abs=1e-12)
    none = diagnose("12.34", 75.3, 25.6, 3.8)
    assert none.canonical_score == pytest.approx(network.netscore, abs=1e-12)


def test_a_score_from_flops_given_as_flops_is_canonical_only_for_halved_compute() -> None:
    diagnosis = diagnose("41.91", 78.8, 28.2, 88)
    assert diagnosis.canonical_score == pytest.approx(netscore(78.8, 28.2e6, 88e9), abs=1e-12)
    flops = diagnosis[0].equivalents[0]
    assert (flops.compute_given, flops.compute) == ("GFLOPs", "GFLOPs")
    assert flops.canonical_score == pytest.approx(netscore(78.8, 28.2e6, 44e9), abs=1e-12)
    halved = diagnose("44.92", 78.8, 28.2, 88)
    assert halved[0].canonical
    assert halved[0].compute_given == "GFLOPs"


# 100 %, a million and a billion score 80.
@pytest.mark.parametrize(
    ("tolerance", "canonical", "written"),
    [
        (5.0, True, ["8e1", ".8e2"]),
        (0.5, True, ["80", "80.", "8.0e1", ".80e2", "0.80e2", 80, np.int64(80)]),
        (0.05, True, ["80.0", "8.00E+01", "800e-1", 80.0]),
        (0.0005, True, [" +80.000 "]),
        (0.05, False, ["80.1", "-80.0", "\N{MINUS SIGN}80.0", np.float32(80.1)]),
        (0.005, False, [80.25, np.float64(80.25)]),
    ],
)
def test_tolerance_is_half_a_unit_of_the_last_digit(
    tolerance: float, canonical: bool, written: list[Any]
) -> None:
    for printed in written:
        diagnosis = diagnose(printed, 100.0, 1_000_000, 1_000_000_000)
        assert diagnosis.tolerance == pytest.approx(tolerance, rel=1e-12)
        assert diagnosis.printed == str(printed).strip()
        assert any(one.canonical for one in diagnosis) is canonical


@pytest.mark.parametrize("printed", ["80.005", "79.995"])
def test_scores_beyond_the_tolerance_are_not_found(printed: str) -> None:
    assert not diagnose(printed, 100.0, 1e6, 1e9, tolerance=0.0049)
    assert diagnose(printed, 100.0, 1e6, 1e9, tolerance=0.0051)[0].canonical


def test_tolerance_is_inclusive_and_forgives_rounding_errors() -> None:
    # 80.5 - 80 and 80 - 79.5 are exactly half a unit.
    for printed in ("80.5", "79.5"):
        wide = diagnose(printed, 100.0, 1_000_000, 1_000_000_000, tolerance=0.5)
        assert any(one.canonical for one in wide)
    exact = diagnose("80", 100.0, 1_000_000, 1_000_000_000, tolerance=0)
    assert [one.score for one in exact] == pytest.approx([80.0], abs=1e-12)
    # The full digits of a score that no decimal number holds.
    score = netscore(72.0, 3.4e6, 300e6)
    assert diagnose(score, 72.0, 3.4e6, 300e6)[0].canonical


def test_nine_digits_are_one_number() -> None:
    assert diagnose("80.00000007", 100.0, 1e6, 1e9, tolerance=0)[0].canonical
    assert not diagnose("80.0000001", 100.0, 1e6, 1e9, tolerance=0)
    # Below 1 it is nine decimals; as a fraction the accuracy scores 0.
    assert diagnose("0.0000000008", 100.0, 1e6, 1e9, tolerance=0)
    assert not diagnose("0.0000000012", 100.0, 1e6, 1e9, tolerance=0)


def test_large_exponents_separate_no_equivalents() -> None:
    # 500 times the exponents: 500 times the score, and as much its rounding error.
    usual = diagnose("71.20", 72.0, 3.4e6, 300e6)
    score = usual[0].score * 500
    large = diagnose(f"{score:.2f}", 72.0, 3.4e6, 300e6, alpha=1e3, beta=250, gamma=250)
    assert [len(one.equivalents) for one in large] == [len(one.equivalents) for one in usual]


def test_a_score_that_was_cut_off_is_found_with_a_whole_unit() -> None:
    # 40 log10(75.3) - 10 log10(25.6) - 10 log10(3.793) = 55.1996
    assert not diagnose("55.19", 75.3, 25.6e6, 3.793e9)
    assert diagnose("55.19", 75.3, 25.6e6, 3.793e9, tolerance=0.01)[0].canonical


def test_exponents_are_taken_as_given() -> None:
    # 20 * 1 * 2 - 20 * 0.25 * 1 - 0: ten million parameters, alpha 1, beta 1/4, gamma 0
    diagnosis = diagnose("35.00", 100.0, 1e7, 1e9, alpha=1, beta=np.float32(0.25), gamma=0.0)
    first = diagnosis[0]
    assert first.canonical
    assert first.score == pytest.approx(35.0, abs=1e-12)
    assert (first.alpha, first.beta, first.gamma) == (1.0, 0.25, 0.0)
    assert not diagnose("35.00", 100.0, 1e7, 1e9)[0].canonical


def test_the_answer_is_a_sequence_of_conventions() -> None:
    none = diagnose("43.21", 78.8, 28.2, 88)
    assert not none
    assert list(none) == []
    diagnosis = diagnose("42", 78.8, 28.2, 88)
    assert len(diagnosis) == len(diagnosis.conventions) == 3
    assert tuple(diagnosis) == diagnosis.conventions
    assert diagnosis[1] is diagnosis.conventions[1]
    assert [one.canonical for one in diagnosis] == [True, False, False]


def test_records_are_frozen() -> None:
    diagnosis = diagnose("80", 100.0, 1e6, 1e9)
    for record, field in ((diagnosis, "printed"), (diagnosis[0], "score")):
        with pytest.raises(AttributeError, match="cannot assign"):
            setattr(record, field, "81")
        assert not hasattr(record, "__dict__")


def text_of(diagnosis: Diagnosis) -> list[str]:
    """What a pipe gets, where no line is broken."""
    return show(diagnosis._parts()).splitlines()


def test_text_of_an_answer() -> None:
    # Twice the params, in bytes, shift a score as much as twice the compute; four times the
    # params and FLOPs read as FLOPs, as much as either.
    assert text_of(diagnose("76.99", 100.0, 1e6, 1e9)) == [
        "76.9897: FLOPs for MACs (given: percent, params, MACs; canonical score 80)",
        "  or params as fp16 megabytes (given: percent, params, MACs; canonical score 80)",
        "  or params as fp32 megabytes (given: percent, params, FLOPs; canonical score 83.0103)",
        "  or FLOPs for MACs, params as fp16 megabytes "
        "(given: percent, params, FLOPs; canonical score 83.0103)",
    ]
    assert text_of(diagnose("80", 1.0, 1.0, 1.0, tolerance=0.001)) == [
        "80: canonical (given: fraction, M params, GMACs)",
        "  or FLOPs for MACs (given: fraction, M params, GFLOPs; canonical score 83.0103)",
        "  or params as fp16 megabytes (given: fraction, M params, GFLOPs; "
        "canonical score 83.0103)",
        "  or compute in millions (given: fraction, M params, MMACs; canonical score 110)",
        "  or 13 more with the same number",
    ]


def test_text_of_several_numbers() -> None:
    assert "\n  or params in thousands (" in str(diagnose("50.00", 100.0, 1e6, 1e9))
    lines = text_of(diagnose("42", 78.8, 28.2, 88))
    assert [line for line in lines if not line.startswith("  or ")] == [
        "41.9137: canonical (given: percent, M params, GMACs)",
        "42.1197: params as fp16 mebibytes "
        "(given: percent, M params, GFLOPs; canonical score 44.924)",
        "41.5607: params as fp32 mebibytes, natural logarithm, factor 10 "
        "(given: percent, M params, GMACs; canonical score 41.9137)",
    ]


def test_text_of_none() -> None:
    assert str(diagnose(" 43.21", 0.788, 28.2, 88)) == (
        "none: no convention gives 43.21\n41.9137: canonical (given: fraction, M params, GMACs)"
    )


FIGURES = {"accuracy": 72.0, "params": 3.4e6, "compute": 300e6}
RULES = {
    "accuracy": ("above 0 and at most 100", [0.0, -1, 100.1, math.nan, math.inf]),
    **dict.fromkeys(("params", "compute"), ("positive and finite", [0, -3.0, math.inf, math.nan])),
    **dict.fromkeys(
        ("alpha", "beta", "gamma"), ("0, or from 1e-06 to 1000", [-0.5, 9e-7, 1001, math.nan])
    ),
    "tolerance": ("non-negative and finite", [-0.5, math.inf, math.nan]),
}


@pytest.mark.parametrize("name", RULES)
def test_wrong_values_and_kinds(name: str) -> None:
    def refused(kind: type[Exception], rule: str, value: Any) -> None:
        arguments: dict[str, Any] = {**FIGURES, name: value}
        message = re.escape(f"diagnose: {name} must be {rule}, got {value!r}")
        with pytest.raises(kind, match=rf"^{message}$"):
            diagnose("74.2", **arguments)

    must, outside = RULES[name]
    for value in outside:
        refused(ValueError, must, value)
    wrong: list[Any] = ["72", True, 1j, [72.0], np.array([1.0, 2.0])]
    for value in wrong:
        refused(TypeError, "a real number", value)


@pytest.mark.parametrize(
    ("printed", "kind", "must"),
    [
        *((text, ValueError, "a finite decimal number") for text in (
            "", "x", "74.2 dB", "7 4", ".", "+", "nan", "inf", "\u0661", "1e999",
            "1e99999", math.nan, -math.inf,
        )),
        ("74,2", ValueError, "a finite decimal number, got '74,2'; perhaps 74.2"),
        ("1_0", ValueError, "a finite decimal number, got '1_0'; perhaps 10"),
        *((value, TypeError, "a real number or the text of one") for value in (
            None, True, b"74.2", [74.2], 1j,
        )),
    ],
)  # fmt: skip
def test_a_printed_score_that_is_none(printed: Any, kind: type[Exception], must: str) -> None:
    must = must if "got" in must else f"{must}, got {printed!r}"
    with pytest.raises(kind, match=rf"^{re.escape(f'diagnose: printed must be {must}')}$"):
        diagnose(printed, 72.0, 3.4e6, 300e6)


def test_extreme_figures() -> None:
    # 40 log10(100) - 10 log10(10^294) - 10 log10(10^291)
    diagnosis = diagnose("-5770.00", 100, 1e300, 10**300)
    assert diagnosis[0].canonical
    assert diagnosis.canonical_score == pytest.approx(-5770.0, abs=1e-9)
