from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore.quantities import (
    COUNT,
    ERROR,
    FRACTION,
    PERCENT,
    format_quantity,
    parse_decimal,
    parse_quantity,
    parse_unit,
    perhaps,
    split_cell,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.4M", 3_400_000),
        ("300M", 300_000_000),
        ("1.5G", 1_500_000_000),
        ("2e6", 2_000_000),
        ("2E+6", 2_000_000),
        ("3_400_000", 3_400_000),
        ("3400000", 3_400_000),
        ("25K", 25_000),
        ("25k", 25_000),
        ("0.5B", 500_000_000),
        ("1.2T", 1_200_000_000_000),
        (".5M", 500_000),
        ("7.M", 7_000_000),
        ("+7M", 7_000_000),
        ("-3", -3),
        ("  3.4M\t", 3_400_000),
        ("0", 0),
        ("1e-3", 0.001),
        ("1e400", inf),
    ],
)
def test_quantities_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_quantity(text) == value


@given(
    digits=st.decimals(0, 10**6, places=4),
    suffix=st.sampled_from([("", 0), ("K", 3), ("M", 6), ("G", 9), ("B", 9), ("T", 12)]),
)
def test_a_suffix_adds_no_rounding(digits: Decimal, suffix: tuple[str, int]) -> None:
    letter, power = suffix
    assert parse_quantity(f"{digits:f}{letter}") == float(digits.scaleb(power))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "M", "3.4m", "3.4 M", "3.4MM", "2e6M", "3.4Mio", "3.4M\n5"),
        *("1,000", "nan", "inf", "1__0", "_1", "1_", "1_.5", "0x10", "1.2.3", "--3", "1e", "٣"),
    ],
)
def test_everything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="a quantity is a number with at most one suffix") as error:
        parse_quantity(text)
    meant = dict.fromkeys(("3.4m", "3.4 M", "3.4Mio"), "; perhaps 3.4M")
    meant |= {"2e6M": "; perhaps 2000000M", "1,000": "; perhaps 1 or 1000"}
    assert str(error.value).endswith(f"as in 3.4M, got {text!r}{meant.get(text, '')}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("72", ("72", "")),
        ("72.0%", ("72.0", "%")),
        ("1\u202f234,5 \u2009GMac", ("1\u202f234,5", "GMac")),
        ("-3e-4s", ("-3e-4", "s")),
        *((text, None) for text in ("", "M", "%", "3.4 M2", "72 %%", "~72", "e5", "inf", "\u0663")),
    ],
)
def test_a_cell_is_a_number_and_a_unit(text: str, parts: tuple[str, str] | None) -> None:
    assert split_cell(text) == parts


@pytest.mark.parametrize(
    ("number", "point", "comma"),
    [
        # Under a decimal point, and under a decimal comma.
        ("72", 72, 72),
        ("-72", -72, -72),
        ("1,234", 1234, 1.234),
        ("1.234", 1.234, 1234),
        ("1,234,567.8", 1234567.8, nan),
        ("1.234.567,8", nan, 1234567.8),
        ("1'234'567", 1234567, 1234567),
        ("1\u202f234,5", nan, 1234.5),
        ("1 234\u00a0567", nan, nan),
        ("0,123", nan, 0.123),
        ("1234,567", nan, 1234.567),
        ("12,34,567", nan, nan),
        ("3_400", 3400, 3400),
        (".5", 0.5, nan),
        ("5.", 5, nan),
        ("2e6", 2e6, 2e6),
        ("2,5E-1", nan, 0.25),
        (".", nan, nan),
    ],
)
def test_a_number_is_read_under_each_mark(number: str, point: float, comma: float) -> None:
    assert parse_decimal(number, ".") == pytest.approx(point, rel=0, nan_ok=True)
    assert parse_decimal(number, ",") == pytest.approx(comma, rel=0, nan_ok=True)
    # Times a power of ten it is the float nearest to the product, but an exponent takes none.
    for power in (6, -3) if point == point else ():
        times = nan if "e" in number else float(Fraction(repr(point)) * Fraction(10) ** power)
        assert parse_decimal(number, ".", power) == pytest.approx(times, rel=0, nan_ok=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3_400_000, "3.4M"),
        (300e6, "300M"),
        (1.5e9, "1.5G"),
        (25_557_096, "25.6M"),
        (7_978_856, "7.98M"),
        (115_088_984, "115M"),
        (41_000_000_000, "41G"),
        (2.5e12, "2.5T"),
        (640, "640"),
        (999.4, "999"),
        (999.6, "1K"),
        (999_499, "999K"),
        (999_500, "1M"),
        (1000, "1K"),
        (0, "0"),
        (0.5, "0.5"),
        (-3_400_000, "-3.4M"),
        (9.99e14, "999T"),
        (1e15, "1e+15"),
        (1e18, "1e+18"),
        (inf, "inf"),
        (nan, "nan"),
    ],
)
def test_quantities_are_written_with_three_digits_and_a_suffix(value: float, text: str) -> None:
    assert format_quantity(value) == text


@given(st.floats(1e-5, 1e25))
def test_a_written_quantity_reads_back_within_half_a_percent(value: float) -> None:
    assert parse_quantity(format_quantity(value)) == pytest.approx(value, rel=0.005)


@pytest.mark.parametrize(
    ("measurement", "text", "factor", "flops"),
    [
        ("accuracy", "percent", 1, False),
        ("accuracy", "Fraction", 100, False),
        ("accuracy", "error", -1, False),
        ("params", "", 1, False),
        ("params", "K", 1e3, False),
        ("params", "m", 1e6, False),
        ("params", "G", 1e9, False),
        ("params", "B", 1e9, False),
        ("macs", "", 1, False),
        ("macs", " G ", 1e9, False),
        ("macs", "T", 1e12, False),
        ("macs", "MAC", 1, False),
        ("macs", "MMACs", 1e6, False),
        ("macs", "GMAC", 1e9, False),
        ("macs", "GMACS", 1e9, False),
        # One multiply-accumulate is two floating-point operations.
        ("macs", "FLOP", 0.5, True),
        ("macs", "MFLOP", 5e5, True),
        ("macs", "GFLOP", 5e8, True),
        ("macs", "GFLOPs", 5e8, True),
        ("macs", "gflops", 5e8, True),
        ("macs", "TFLOP", 5e11, True),
        ("macs", "BFLOPs", 5e8, True),
    ],
)
def test_units_of_columns(measurement: str, text: str, factor: float, flops: bool) -> None:
    unit = parse_unit(measurement, text)
    assert (unit.factor, unit.flops) == (factor, flops)
    assert unit.name.lower() == text.strip().lower()


@pytest.mark.parametrize(
    ("measurement", "text", "factor", "flops"),
    [
        ("params", "million", 1e6, False),
        ("params", "Mio.", 1e6, False),
        ("params", "Millionen", 1e6, False),
        ("params", "mln", 1e6, False),
        ("params", "Tsd.", 1e3, False),
        ("params", "M params", 1e6, False),
        ("params", "million parameters", 1e6, False),
        ("params", "parameters", 1, False),
        ("params", "bn", 1e9, False),
        ("macs", "Mrd.", 1e9, False),
        ("macs", "Md", 1e9, False),
        ("macs", "milliards", 1e9, False),
        ("macs", "billion", 1e9, False),
        ("macs", "trillion", 1e12, False),
        ("macs", "G\u00a0MACs", 1e9, False),
        ("macs", "Mrd. MACs", 1e9, False),
        ("macs", "Mio. FLOPs", 5e5, True),
    ],
)
def test_units_in_words(measurement: str, text: str, factor: float, flops: bool) -> None:
    unit = parse_unit(measurement, text)
    assert (unit.factor, unit.flops) == (factor, flops)


@pytest.mark.parametrize(
    ("measurement", "text"),
    [
        # A thousand in Spanish, a million in English; a million and a billion of parameters.
        *(("params", "mil"), ("macs", "M params"), ("params", "MACs"), ("macs", "Mrz")),
        *(("params", "MB"), ("params", "million MACs"), ("macs", "G M"), ("accuracy", "million")),
    ],
)
def test_words_that_are_no_units(measurement: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^the unit of {measurement} is .*, got {text!r}$"):
        parse_unit(measurement, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("25,557,032", "; perhaps 25557032"),
        ("1e999", ""),
        ("25.557.032", "; perhaps 25557032"),
        ("1,234", "; perhaps 1.234 or 1234"),
        ("4.1 Mrd.", "; perhaps 4.1G"),
        ("0.3 GMACs", "; perhaps 0.3G"),
        ("3.4 M params", "; perhaps 3.4M"),
        ("76,1 %", "; perhaps 76.1"),
        ("3.4M", ""),
        *((text, "") for text in ("", "x", "3.4X", "0.6 GFLOPs", "1,2,3", "٣")),
    ],
)
def test_what_may_be_meant(text: str, said: str) -> None:
    assert perhaps(text) == said


@pytest.mark.parametrize(
    ("measurement", "text", "size"),
    [
        ("macs", "FLOP", 1),
        ("macs", "MFLOP", 1e6),
        ("macs", "GFLOPs", 1e9),
        ("macs", "GMAC", 1e9),
        ("macs", "T", 1e12),
        ("params", "K", 1e3),
        ("accuracy", "error", 1),
        ("accuracy", "fraction", 100),
    ],
)
def test_what_a_prefix_is_worth(measurement: str, text: str, size: float) -> None:
    assert parse_unit(measurement, text).size == size


@pytest.mark.parametrize(
    ("text", "own", "factor"),
    [
        ("s", "s", 1),
        (" ms ", "s", 1e-3),
        ("us", "s", 1e-6),
        ("\u00b5s", "s", 1e-6),
        ("\u03bcs", "s", 1e-6),
        ("us", "\u00b5s", 1),
        ("img/s", "img/s", 1),
        ("nJ", "J", 1e-9),
        ("mW", "W", 1e-3),
        ("kW", "W", 1e3),
        ("MW", "W", 1e6),
        ("GB", "B", 1e9),
        ("MiB", "MiB", 1),
    ],
)
def test_units_of_other_costs(text: str, own: str, factor: float) -> None:
    unit = parse_unit("cost", text, own)
    assert (unit.name, unit.factor, unit.flops) == (text.strip(), factor, False)


@pytest.mark.parametrize(
    ("text", "own"), [("h", "s"), ("S", "s"), ("ps", "s"), ("", "s"), ("m", "s")]
)
def test_other_units_of_other_costs_are_refused(text: str, own: str) -> None:
    with pytest.raises(ValueError, match="the unit of") as error:
        parse_unit("latency", text, own)
    assert str(error.value) == (
        f"the unit of latency is {own}, alone or after n, u, m, k, M or G, got {text!r}"
    )


def test_the_units_of_a_column_without_one() -> None:
    # An error of e percent is an accuracy of 100 - e; every other unit begins at 0.
    assert {(unit.name, unit.zero) for unit in (COUNT, PERCENT, FRACTION, ERROR)} == {
        *(("", 0), ("percent", 0), ("fraction", 0), ("error", 100))
    }
    assert parse_unit("accuracy", "percent") == PERCENT
    assert parse_unit("accuracy", "fraction") == FRACTION
    assert parse_unit("params", "") == parse_unit("macs", "") == COUNT


@pytest.mark.parametrize(
    ("measurement", "text", "choices"),
    [
        ("accuracy", "", "percent, fraction or error"),
        ("accuracy", "M", "percent, fraction or error"),
        ("params", "GMAC", "K, M, G, B or T"),
        ("params", "percent", "K, M, G, B or T"),
        ("macs", "X", "K, M, G, B or T, alone or before MAC or FLOP, as in GMAC"),
        ("macs", "GFLOPS/s", "K, M, G, B or T, alone or before MAC or FLOP, as in GMAC"),
    ],
)
def test_a_unit_that_does_not_exist_is_refused(measurement: str, text: str, choices: str) -> None:
    with pytest.raises(ValueError, match="the unit of") as error:
        parse_unit(measurement, text)
    assert str(error.value) == f"the unit of {measurement} is {choices}, got {text!r}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.9GFLOPs", "0.9 GFLOPs are 0.45G MACs, got '0.9GFLOPs'"),
        (" 600 mflop ", "600 MFLOPs are 300M MACs, got ' 600 mflop '"),
        ("8178368512FLOPs", "8178368512 FLOPs are 4.08918e+09 MACs, got '8178368512FLOPs'"),
    ],
)
def test_flops_are_no_macs(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        parse_quantity(text)
