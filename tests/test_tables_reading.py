"""Tables as people write them: what is said or unambiguous is read, the rest is refused."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netscore import netscore
from netscore.metrics import NETSCORE, Cost, Metric, signature
from netscore.tables import rank_table, ranked, text, write
from netscore.tables.columns import ColumnChoiceError, Options, TableError, choose_columns

pl = pytest.importorskip("polars", "1.34", reason="tables in parts need polars")

HEADER = "model,top1,params,macs\n"
# Without the time at which it was packed.
gzipped = partial(gzip.compress, mtime=0)
PACKERS: list[Callable[[bytes], bytes]] = [bytes, gzipped, bz2.compress, lzma.compress]
NNBSP, NBSP, THIN = "\u202f", "\u00a0", "\u2009"


class Named(io.BytesIO):
    name = "models.csv"


@pytest.fixture(params=[False, True], ids=["at once", "in parts"])
def in_parts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def read(
    data: str | bytes, choices: dict[str, str] | None = None, **options: Any
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Return the records in the order of the file, their figures numbers, and what is said."""
    stream, wanted = io.StringIO(), Options(**options)
    source = Named(data.encode() if isinstance(data, str) else data)
    with ranked(source, choices or {}, NETSCORE, wanted) as ranking:
        write(ranking, stream, "json")
    records = json.loads(stream.getvalue())
    assert len(records) == ranking.rows
    return records, ranking.complaints, list(ranking.remedies)


def figures(data: str | bytes, *columns: str, **options: Any) -> list[list[Any]]:
    """Return the figures of a table in which every row has its own, in the order of its names."""
    records, complaints, _ = read(data, **options)
    assert complaints == []
    records.sort(key=lambda record: str(record["model"]))
    return [[record[name] for name in columns or ("top1", "params", "macs")] for record in records]


# Files of four languages, written by a generator: what was generated is what must be read


def written(value: Decimal, point: str, group: str) -> str:
    """Write a number as a language does."""
    return f"{value:,f}".replace(",", "\0").replace(".", point).replace("\0", group)


LANGUAGES = [
    *[("german", ";", ",", "."), ("german spaces", "\t", ",", NBSP), ("french", ";", ",", NNBSP)],
    *[("french thin", ";", ",", THIN), ("french plain", "|", ",", " "), ("swiss", ";", ".", "'")],
    *[("swiss typeset", ",", ".", "\u2019"), ("swiss commas", ";", ",", "\u2019")],
    *[
        ("english", ",", ".", ","),
        ("english, tabs", "\t", ".", ","),
        ("german in commas", ",", ",", "."),
    ],
]


SHAPES = {
    "counts": (("Params", "MACs"), (0, 0), ("", "", "")),
    "millions": (("Params (M)", "MACs (M)"), (3, 2), ("", "", "")),
    "with units": (("params", "macs"), (2, 3), (" %", "M", NBSP + "MMac")),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("_name", "separator", "point", "group"), LANGUAGES)
def test_files_of_every_language(
    _name: str, separator: str, point: str, group: str, shape: str
) -> None:
    random = np.random.default_rng(11)
    names, places, units = SHAPES[shape]
    low, scale = (0, 1) if shape == "counts" else (-6, 10**6)
    lines = [separator.join(["model", "top-1", *names])]
    expected = {}
    for row in range(1000):
        drawn = random.uniform(40, 90), *(10 ** (random.uniform((5, 7), (9, 10)) + low))
        digits = (row % 4, *places)
        numbers = [round(Decimal(float(one)), count) for one, count in zip(drawn, digits)]
        cells = [written(one, point, group) + unit for one, unit in zip(numbers, units)]
        if separator == ",":
            cells = [f'"{cell}"' for cell in cells]
        lines.append(separator.join([f"m{row}", *cells]))
        accuracy, params, macs = map(float, numbers)
        decibels = 40 * log10(accuracy) - 10 * log10(params * scale / 1e6)
        expected[f"m{row}"] = decibels - 10 * log10(macs * scale / 1e9)
    data = "\n".join(lines) + "\n"
    for in_parts in (False, True)[: 1 + (shape == "counts")]:
        records, complaints, _ = read(data, in_parts=in_parts)
        assert complaints == []
        found = {record["model"]: record["netscore"] for record in records}
        assert found == pytest.approx(expected, abs=1e-9)


def test_a_file_of_the_shape_of_a_model_zoo(in_parts: bool) -> None:
    # Results joined with benchmarks: params with a comma from a thousand millions on, quoted.
    random = np.random.default_rng(3)
    lines = [
        "model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,infer_gmacs,infer_macts"
    ]
    params = {}
    for row in range(1500):
        millions = round(float(10 ** random.uniform(0, 3.4)), 2)
        params[f"m{row}"] = millions
        cell = f'"{millions:,.2f}"' if millions >= 1000 else f"{millions:.2f}"
        top1, gmacs = random.uniform(60, 90), 10 ** random.uniform(-1, 3)
        lines.append(f"m{row},224,{top1:.3f},{100 - top1:.3f},97.1,2.9,{cell},0.9,{gmacs:.2f},1.5")
    data = "\n".join(lines) + "\n"
    records, complaints, _ = read(data, {"params": "param_count:M"}, in_parts=in_parts)
    assert (complaints, [record["rank"] for record in records if record["rank"] is None]) == (
        [],
        [],
    )
    assert {record["model"]: record["param_count"] for record in records} == params
    # A billion is a count like any other.
    assert figures(HEADER + 'huge,88.3,"1,012,000,000",300G\nsmall,72,3400000,0.3G\n') == [
        [88.3, 1012000000, 300e9],
        [72, 3400000, 0.3e9],
    ]


# The rules


def cells(*rows: str, separator: str = ",") -> str:
    """Return a table of rows that are written with | between their cells."""
    names = separator.join(["model", "top1", "params", "macs"])
    lines = [separator.join(f'"{cell}"' for cell in row.split("|")) for row in rows]
    return "\n".join([names, *lines]) + "\n"


@pytest.mark.parametrize(
    ("rows", "separator", "options", "expected"),
    [
        pytest.param(
            ["a|72|1,234,567|1G"], ",", {}, [[72, 1234567, 1e9]], id="R1 groups of commas"
        ),
        pytest.param(
            ["a|72|1.234.567|1G"], ";", {}, [[72, 1234567, 1e9]], id="R1 groups of points"
        ),
        pytest.param(["a|72|1 234|1'234.5"], ",", {}, [[72, 1234, 1234.5]], id="R1 other groups"),
        pytest.param(
            ["a|72|1\u2009234\u2009567|0,5G"], ";", {}, [[72, 1234567, 0.5e9]], id="R1 thin"
        ),
        pytest.param(["a|69,758|1000|1e9"], ",", {}, [[69.758, 1000, 1e9]], id="R1 range"),
        pytest.param(["a|69.758|1,000|2000"], ",", {}, [[69.758, 1000, 2000]], id="R3 by accuracy"),
        pytest.param(
            ["a|72|12,34M|1G", "b|72|1,234M|1G"],
            ";",
            {},
            [[72, 12.34e6, 1e9], [72, 1.234e6, 1e9]],
            id="R2",
        ),
        pytest.param(
            ["a|72|12.34M|1G", "b|72|1,234M|1G"],
            ",",
            {},
            [[72, 12.34e6, 1e9], [72, 1234e6, 1e9]],
            id="R2 points",
        ),
        pytest.param(["a|72,5|1,234|1000"], ";", {}, [[72.5, 1.234, 1000]], id="R3 comma"),
        pytest.param(["a|72.5|1,234|1000"], ";", {}, [[72.5, 1234, 1000]], id="R3 point"),
        pytest.param(["a|72|1.234|1e9"], ",", {}, [[72, 1.234, 1e9]], id="R4"),
        pytest.param(["a|72|1.234|1e9"], ",", {"decimal": ","}, [[72, 1234, 1e9]], id="R4 said"),
        pytest.param(
            ["a|72.5|1.234|1e9"], ";", {}, [[72.5, 1.234, 1e9]], id="R4 settled elsewhere"
        ),
        pytest.param(
            ["a|72|1.234|1e9"], ";", {"decimal": "."}, [[72, 1.234, 1e9]], id="R4 said point"
        ),
        pytest.param(["a|72|1,234|1e9"], ",", {"decimal": ","}, [[72, 1.234, 1e9]], id="R3 said"),
        pytest.param(["a|.5|5.|7."], ",", {}, [[0.5, 5, 7]], id="bare points"),
        pytest.param(["a|+72|3_400_000|1E9"], ",", {}, [[72, 3400000, 1e9]], id="Python"),
        pytest.param(
            ["a| 72.0 % |3.4 M|17.6 GMac"], ",", {}, [[72, 3.4e6, 17.6e9]], id="R7 counters"
        ),
        pytest.param(["a|72%|3.4m|17.6 gmacs"], ",", {}, [[72, 3.4e6, 17.6e9]], id="R7 small"),
        pytest.param(["a|0|0.5B|2k"], ",", {}, [[0, 0.5e9, 2000]], id="R7 others"),
        pytest.param(
            ["a|72,5|3,4 Mio.|0,3 Mrd."], ";", {}, [[72.5, 3.4e6, 0.3e9]], id="R7 German words"
        ),
        pytest.param(
            ["a|72|3.4 million|4.1 billion", "b|72|3.4M parameters|0.3 G MACs"],
            ",",
            {},
            [[72, 3.4e6, 4.1e9], [72, 3.4e6, 0.3e9]],
            id="R7 words",
        ),
        pytest.param(
            ["a|0|3.4M|1G", "b|72 %|1000|1000"],
            ",",
            {},
            [[0, 3.4e6, 1e9], [72, 1000, 1000]],
            id="R7 both",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_what_is_unambiguous_is_read(
    rows: list[str], separator: str, options: dict[str, Any], expected: list[Any], in_parts: bool
) -> None:
    data = cells(*rows, separator=separator)
    assert figures(data, **options, in_parts=in_parts) == expected


DECIMAL = "--decimal says which mark is the decimal one, . or ,"
ALONE = "a figure stands alone: 72.0, not 72.0±0.1, 72.0* or ~72"


def test_a_prefix_alone_is_of_what_the_column_counts(in_parts: bool) -> None:
    # Two FLOPs to a multiply-accumulate: 74.21 dB, and 72 at 10 % of the MACs has 10 dB more.
    data = "model,top1,params,m\na,72,3.4M,0.6G\nb,72,3.4M,0.06 GFLOPs\nc,72,3.4M,0.06G\n"
    records, _, _ = read(data, {"macs": "m:GFLOPs"}, in_parts=in_parts)
    scores = {record["model"]: round(record["netscore"], 2) for record in records}
    assert scores == {"a": 74.21, "b": 84.21, "c": 84.21}


@pytest.mark.parametrize(
    ("rows", "separator", "refused", "remedy"),
    [
        (
            ["a|72|1,234|1G"],
            ",",
            ["2, column params: '1,234' can be 1234 or 1.234"],
            [DECIMAL],
        ),
        (  # decimal commas elsewhere say nothing of what is separated by commas
            ["a|72,5|1,234|1G"],
            ",",
            ["2, column params: '1,234' can be 1234 or 1.234"],
            [DECIMAL],
        ),
        (["a|72|1.234|1G"], ";", ["2, column params: '1.234' can be 1.234 or 1234"], [DECIMAL]),
        (["a|72,5|1.234|1G"], "|", ["2, column params: '1.234' can be 1.234 or 1234"], [DECIMAL]),
        (
            ["a|72.5|1,23M|1G", "b|72.5|1.23M|1G", "c|72|1,234M|1G", "d|72|1.234M|1G"],
            ",",
            [
                "4, column params: '1,234M' can be 1234000000 or 1234000",
                "5, column params: '1.234M' can be 1234000 or 1234000000",
            ],
            [DECIMAL],
        ),
        (
            ["a|72.0±0.1|3M|1G", "b|85.1*|3M|1G", "c|~71|3M|1G", "d|71|5.4 (M)|1G"],
            ",",
            [
                "2, column top1: not a number: '72.0±0.1'",
                "3, column top1: not a number: '85.1*'",
                "4, column top1: not a number: '~71'",
                "5, column params: not a number: '5.4 (M)'",
            ],
            [ALONE],
        ),
        (
            ["a|72|3.4M|1G", "b|72|1.2|1G", "c|72|999|1000"],
            ",",
            [
                "3, column params: '1.2' has no unit, as other cells of the column have",
                "4, column params: '999' has no unit, as other cells of the column have",
            ],
            ["--params 'params:UNIT' says one for all"],
        ),
        (
            ["a|72 %|3M|1G", "b|0.71|3M|1G", "c|1|3M|1G", "d|1.01|3M|1G"],
            ",",
            [
                "3, column top1: '0.71' has no unit, as other cells of the column have",
                "4, column top1: '1' has no unit, as other cells of the column have",
            ],
            ["--accuracy 'top1:UNIT' says one for all"],
        ),
        (
            ["a|72 %|3M|1G", "c|1|3M|1G"],
            ",",
            ["3, column top1: '1' has no unit, as other cells of the column have"],
            ["--accuracy 'top1:UNIT' says one for all"],
        ),
        (
            # A million millions in German, French and other languages with decimal commas.
            ["a|72,5|3,4 million|4,1 billion", "b|72,5|3 Mio|1,2 trillions"],
            ";",
            [
                "2, column macs: '4,1 billion' is another number in other languages: write G "
                "(10⁹) or T (10¹²)",
                "3, column macs: '1,2 trillions' is another number in other languages: write G "
                "(10⁹) or T (10¹²)",
            ],
            [],
        ),
        (
            [
                f"a|{cell}|3M|1G"
                for cell in ("72-73", "72 \u2013 73", "72 / 90", "72¹", "<b>72</b>")
            ],
            ",",
            [
                f"{line}, column top1: not a number: {cell!r}"
                for line, cell in enumerate(
                    ("72-73", "72 \u2013 73", "72 / 90", "72¹", "<b>72</b>"), 2
                )
            ],
            [ALONE],
        ),
        (
            ["a|72|20.5MB|0.9GFLOPs"],
            ",",
            [
                "2, column params: '20.5MB' is in MB, and the column in parameters",
                "2, column macs: '0.9GFLOPs' is in GFLOPs, and the column in multiply-accumulates",
            ],
            ["--macs 'macs:FLOP' has FLOPs halved"],
        ),
        (
            ["a|72|3.4M|20.5MB"],
            ",",
            ["2, column macs: '20.5MB' is in MB, and the column in multiply-accumulates"],
            [],
        ),
        (
            ["a|72|1,2,34|1.23.4", "b|72|12,34,567|1,234.567,8", "c|72|1,2345|2e6M"],
            ",",
            [
                "2, column params: not a number: '1,2,34'",
                "2, column macs: not a number: '1.23.4'",
                "3, column params: not a number: '12,34,567'",
                "3, column macs: not a number: '1,234.567,8'",
                "4, column macs: not a number: '2e6M'",
            ],
            [],
        ),
    ],
)
def test_what_is_not_is_refused_cell_by_cell(
    rows: list[str], separator: str, refused: list[str], remedy: list[str], in_parts: bool
) -> None:
    _, complaints, remedies = read(cells(*rows, separator=separator), in_parts=in_parts)
    assert [text.removeprefix("models.csv line ") for text in complaints] == refused
    assert remedies == remedy


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-01-05", "2024-01-05 00:00:00", "05. Jan", "5-Jan", "Mai 05", "Dec-72", "05. Mrz"),
        *("05.Mrz", "5 mars", "5 sept.", "5. avr", "05-févr", "05-août", "05-déc", "juin-05"),
        *("03/05/2024", "2024/03/05", "Mrz 05"),
    ],
)
def test_what_a_spreadsheet_made_a_date_of_has_a_remedy(cell: str, in_parts: bool) -> None:
    _, complaints, remedies = read(cells(f"a|{cell}|3M|1G", "b|72|3M|1G"), in_parts=in_parts)
    assert complaints == [f"models.csv line 2, column top1: not a number: {cell!r}"]
    assert remedies == ["a spreadsheet makes dates of figures such as 5.1: type them anew"]


@pytest.mark.parametrize("cell", ["decoder only", "may vary", "5 decillion", "Janus", "march"])
def test_a_word_that_begins_as_a_month_is_no_date(cell: str, in_parts: bool) -> None:
    _, complaints, remedies = read(cells(f"a|{cell}|3M|1G", "b|72|3M|1G"), in_parts=in_parts)
    assert (len(complaints), remedies) == (1, [])


def test_quotation_marks_within_cells_have_a_remedy(in_parts: bool) -> None:
    _, complaints, remedies = read(HEADER + 'a, "72",="3400000",1G\n', in_parts=in_parts)
    assert complaints == [
        "models.csv line 2, column top1: not a number: ' \"72\"'",
        "models.csv line 2, column params: not a number: '=\"3400000\"'",
    ]
    assert remedies == ["a quotation mark begins a cell: no space or = before it"]
    with pytest.raises(TableError, match=f"line 2: 6 cells, but the header has 4; {remedies[0]}$"):
        read(HEADER + 'a, 72, "3,400,000", 1G\n', in_parts=in_parts)


def test_flops_among_macs_are_halved_by_hand(in_parts: bool) -> None:
    rows = ["a|72|3M|8.2 GFLOPs", "b|72|3M|1.8"]
    _, _, remedies = read(cells(*rows), {"macs": "macs:G"}, in_parts=in_parts)
    assert remedies == ["write half of the FLOPs, as two make a multiply-accumulate"]


def test_what_the_caller_says_decides(in_parts: bool) -> None:
    rows = cells("a|72,5|1.234|1G")
    _, complaints, _ = read(rows, decimal=".", in_parts=in_parts)
    said = "models.csv line 2, column top1: not a number with the decimal mark .: '72,5'"
    assert complaints == [said]
    # A unit that is said must agree with that of a cell, or is completed by it.
    data = "model,top1,p,m\na,0.72,5.4M,0.6\nb,72%,5400K,0.6 GMac\nc,0.7,5,0.6 GFLOPs\n"
    choices = {"accuracy": "top1:fraction", "params": "p:M", "macs": "m:GFLOP"}
    records, complaints, _ = read(data, choices, in_parts=in_parts)
    assert [record["p"] for record in records if record["rank"]] == [5.4, 5]
    assert [text.partition(", column ")[2] for text in complaints] == [
        "top1: '72%' is in %, and the column in fraction",
        "p: '5400K' is in K, and the column in M",
        "m: '0.6 GMac' is in GMac, and the column in GFLOP",
    ]
    records, _, _ = read(data, {**choices, "params": "p:", "macs": "m:FLOP"}, in_parts=in_parts)
    assert {record["model"]: record["m"] for record in records} == {
        "a": 0.6,
        "b": "0.6 GMac",
        "c": 0.6e9,
    }
    errors = "model,top1_err,params,macs\na,27.5,1M,1G\nb,101,1M,1G\n"
    records, complaints, _ = read(errors, {"accuracy": "top1_err:error"}, in_parts=in_parts)
    assert records[0]["information_density"] == 72.5
    assert len(complaints) == 1
    # 28 % of wrong answers are no accuracy of 28 %, but are an error of 28 %.
    marked = "model,top1,params,macs\na,28 error,1M,1G\nb,28,1M,1G\n"
    records, complaints, _ = read(marked, {"accuracy": "top1:percent"}, in_parts=in_parts)
    assert [record["information_density"] for record in records] == [28.0, None]
    said = "models.csv line 2, column top1: '28 error' is in error, and the column in percent"
    assert complaints == [said]
    percent = marked.replace("28,1M", "28 %,1M")
    for data in (marked, percent):
        records, _, _ = read(data, {"accuracy": "top1:error"}, in_parts=in_parts)
        assert [record["information_density"] for record in records] == [72.0, 72.0]


@pytest.mark.parametrize(
    "word", ["", " ", "-", "\u2013", "---", "NA", "n/a", "NaN", "NULL", "None", "<NA>", "?"]
)
def test_what_is_missing_is_no_wrong_cell(word: str, in_parts: bool) -> None:
    # In Python nothing is said of it: a warning would be an error here.
    data = HEADER + f"a,72,3M,1G\nb,{word},3M,1G\n"
    assert rank_table(Named(data.encode()), in_parts=in_parts).unscored == 1
    (said,) = read(data, in_parts=in_parts)[1]
    what = f"missing: {word!r}" if word.strip() else "empty"
    assert said == f"models.csv line 3, column top1: {what}"
    # A column of nothing else is one line.
    for rows in (1, 2):
        (said,) = read(HEADER + f"a,{word},3M,1G\n" * rows, in_parts=in_parts)[1]
        whole = f"models.csv line 2, column top1: {what}"
        assert said == whole + ", as in all 2 rows" * (rows == 2)
    data = HEADER + f"a,{word},3M,1G\n" * 20 + f"b,{word},x,1G\n"
    assert read(data, in_parts=in_parts)[1] == [
        f"models.csv line 2, column top1: {what}, as in all 21 rows",
        "models.csv line 22, column params: not a number: 'x'",
    ]


@pytest.mark.parametrize("rows", ["a,72.5\nb\n", "a,72.5,3M\n\nb\n", "a\nb,72.5\n"])
def test_two_short_rows_are_none(rows: str, in_parts: bool) -> None:
    with pytest.raises(TableError, match=r"line 2: [123] cells?, but the header has 4"):
        read(HEADER + rows, in_parts=in_parts)


@pytest.mark.parametrize(
    "cell", ['"a"', '"two\nlines"', '"a ""quoted"" word"', '"with, a comma"', "plain", '""']
)
def test_rows_are_written_as_a_writer_of_csv_does(cell: str, in_parts: bool) -> None:
    (name,) = next(csv.reader([*cell.splitlines(keepends=True)]))
    for data in (f"{HEADER}{cell},72,1M,1G\n", f"{HEADER}{cell},72,1M,1G\nb,71,1M,1G\n"):
        rows = [*csv.reader(io.StringIO(written_csv(Named(data.encode()), in_parts)))]
        assert [row[:3] for row in rows[1:]] == [["1", name, "72"], ["2", "b", "71"]][
            : len(rows) - 1
        ]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        assert out.getvalue() == written_csv(Named(data.encode()), in_parts).replace("\r\n", "\n")


@pytest.mark.parametrize("bulk", [text._BULK, 0])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "blank", [",,,", ",,", " , ,  , ", "  ", "\t", f"{NBSP},\t,{THIN},", ' ,"",," "', '"\t"']
)
def test_a_row_of_blanks_alone_is_passed_over(
    blank: str, separator: str, bulk: int, in_parts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "_BULK", bulk)
    rows = ["  ", "model,top1,params,macs", blank, "a,72,3400000,300000000", blank, blank]
    lines = [*rows, "b,71,1,300000000", blank]
    data = "\r\n".join(lines).replace(",", separator)
    records, complaints, _ = read(data, {"params": "params:"}, in_parts=in_parts)
    assert complaints == []
    assert [record["model"] for record in records] == ["b", "a"]


def test_a_quotation_mark_is_not_closed_under_the_separator_only() -> None:
    # Under | it is not, and ; separates columns.
    said = re.escape("none of the columns 'a', 'b|\"c', 'd' has a usual name of accuracy")
    with pytest.raises(ColumnChoiceError, match=said):
        read('a;b|"c;d\n1;2;3\n')


@pytest.mark.parametrize(("first", "faults"), [("", 12 + 1), ("3M", 12 + 11)])
def test_a_column_without_figures_counts_as_one_cell(
    first: str, faults: int, in_parts: bool
) -> None:
    # Twelve cells of one column are wrong; all of another are missing, or all but the first.
    data = HEADER + f"a,x,{first},1G\n" + "a,x,,1G\n" * 11
    with ranked(Named(data.encode()), {}, NETSCORE, Options(in_parts=in_parts)) as ranking:
        assert (ranking.faults, len(ranking.complaints)) == (faults, 10)


def test_python_says_what_to_do_in_its_own_words() -> None:
    data = cells("a|72|1,234|1G", "b|72.0±0.1|1,234|1G")
    with pytest.warns(UserWarning, match="such rows have no score") as given:
        rank_table(Named(data.encode()))
    assert [str(warning.message).partition("wrong)")[2] for warning in given] == [
        f"; {ALONE}; such rows have no score",
        "; decimal says which mark is the decimal one, . or ,; such rows have no score",
    ]


# Which columns, and what is between them


@pytest.mark.parametrize(
    "name",
    [
        *("val_acc", "test_accuracy", "ImageNet Top-1", "a1", "top1_published_pct", "Acc@1"),
        *(
            "imagenet1k_top1",
            "eval/acc",
            "Validation Acc. (%)",
            "reported top-1 accuracy",
            "IN-1k acc",
            "% accuracy",
        ),
    ],
)
def test_names_of_accuracy_say_where_it_was_measured(name: str) -> None:
    column = choose_columns([name, "params", "macs"], "", {}, NETSCORE)[0]
    assert (column.name, column.unit.factor) == (name, 1)
    with pytest.raises(ColumnChoiceError, match=r"each of the columns '.*', 'top1' could be acc"):
        choose_columns([name, "top1", "params", "macs"], "", {}, NETSCORE)


@pytest.mark.parametrize(
    "name", ["train_acc", "top5", "inaccuracy", "ImageNet-V2 top-1", "latest_acc"]
)
def test_other_names_are_none_of_accuracy(name: str) -> None:
    with pytest.raises(ColumnChoiceError, match="has a usual name of accuracy"):
        choose_columns([name, "params", "macs"], "", {}, NETSCORE)


@pytest.mark.parametrize(
    "name",
    [
        *("#Params", "Params (M)", "num_params", "params_published", "Number of params"),
        *("Total Parameters", "No. of params", "# of parameters", "Parameter", "model_params"),
        *("params_total", "Params (Mil.)", "Parameter (M)", "Params (x10^6)", "Params (10^6)"),
        *("Params (Mio.)", "Parameter in Millionen", "Params in M", "<b>params</b><br>(M)"),
    ],
)
def test_names_of_params(name: str) -> None:
    column = choose_columns(["top1", name, "MAdds [M]"], "", {}, NETSCORE)[1]
    assert (column.name, column.unit.factor) == (
        name,
        1e6 if re.search(r"\((M|x?10\^6)|in M", name) else 1,
    )


@pytest.mark.parametrize(
    ("name", "kind", "paste"),
    [
        ("_ops", "macs", "--macs '_ops:FLOP' to have it halved, or --macs '_ops:MAC' if"),
        ("FLOPs (Mrd.)", "macs", "--macs 'FLOPs (Mrd.):GFLOP' to have it halved, or --macs 'FL"),
        ("num_flops_b", "macs", "--macs 'num_flops_b:BFLOP' to have it halved, or --macs 'num_"),
        ("FLOPs@640", "macs", "--macs 'FLOPs@640:FLOP' to have it halved, or --macs 'FLOPs@6"),
        ("GOPs", "macs", "--macs 'GOPs:GFLOP' to have it halved, or --macs 'GOPs:GMAC' if"),
        ("top1_err", "accuracy", "--accuracy 'top1_err:error' to have 100 - it taken, or --accur"),
        ("err@1", "accuracy", "--accuracy 'err@1:error' to have 100 - it taken, or --accuracy 'e"),
        ("Error (top-1)", "accuracy", "--accuracy 'Error (top-1):error' to have 100 - it taken"),
        ("top-1 err. (val)", "accuracy", "--accuracy 'top-1 err. (val):error' to have 100 - it"),
        ("Test error (in %)", "accuracy", "--accuracy 'Test error (in %):error' to have 100 - it"),
        ("error_rate_top1", "accuracy", "--accuracy 'error_rate_top1:error' to have 100 - it"),
        ("Top-1 error (%)", "accuracy", "--accuracy 'Top-1 error (%):error' to have 100 - it ta"),
        ("Error (fraction)", "accuracy", "--accuracy 'Error (fraction):error' to have 100 - it"),
        ("top1_err (10-crop)", "accuracy", "--accuracy 'top1_err (10-crop):error' to have 100"),
    ],
)
def test_what_may_be_something_else_is_never_taken_unasked(
    name: str, kind: str, paste: str
) -> None:
    header = [name, *({"top1", "params", "macs"} - {"macs" if kind == "macs" else "top1"})]
    with pytest.raises(ColumnChoiceError, match=f"no column is named as {kind}, and") as error:
        choose_columns(header, "", {}, NETSCORE)
    assert paste in str(error.value)
    with pytest.raises(ColumnChoiceError) as error:
        choose_columns(header, "", {kind: name}, NETSCORE)
    assert paste in str(error.value)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("macs", name) for name in ("GMAC/s", "MACs / s", "macs /S")),
        *(("params", name) for name in ("k_params", "b_params", "bn_params", "t_parameters")),
    ],
)
def test_a_rate_and_a_letter_that_may_be_a_name_are_no_usual_names(kind: str, name: str) -> None:
    header = ["top1", name, *({"params", "macs"} - {kind})]
    with pytest.raises(ColumnChoiceError, match=f"has a usual name of {kind}: choose with"):
        choose_columns(header, "", {}, NETSCORE)
    # MLflow calls the option k of a run so.
    for option in ("params.k", "params.B"):
        with pytest.raises(ColumnChoiceError, match="has a usual name of params: choose with"):
            choose_columns(
                ["metrics.top1", option, "macs"], "", {"accuracy": "metrics.top1"}, NETSCORE
            )


@pytest.mark.parametrize(
    "name", ["MMAdds", "MAdds (M)", "Mult-Adds [M]", "Multiply-Accumulates (M)", "total madds (M)"]
)
def test_multiply_adds_are_multiply_accumulates(name: str) -> None:
    column = choose_columns(["top1", "params", name], "", {}, NETSCORE)[2]
    assert (column.name, column.unit.factor, column.unit.flops) == (name, 1e6, False)
    unit = choose_columns(["top1", "params", "x"], "", {"macs": "x:MMAdds"}, NETSCORE)[2].unit
    assert (unit.factor, unit.flops) == (1e6, False)


def test_a_million_additions_are_none_of_multiply_adds(in_parts: bool) -> None:
    for cell in ("300M adds", "300 M-adds"):
        _, complaints, _ = read(cells(f"a|72|3.4M|{cell}"), in_parts=in_parts)
        said = f"{cell!r} is in {cell.removeprefix('300').strip()}, and the column in multiply-acc"
        assert complaints[0].startswith(f"models.csv line 2, column macs: {said}")


@pytest.mark.parametrize("cell", ["300M MAdds", "300 MMAdds", "0.3 G Mult-Adds", "300M mul-adds"])
def test_cells_of_multiply_adds(cell: str, in_parts: bool) -> None:
    assert figures(HEADER + f"a,72.5,3.4M,{cell}\n", in_parts=in_parts) == [[72.5, 3.4e6, 3e8]]


def test_a_column_is_chosen_by_its_name_as_it_is_seen(in_parts: bool) -> None:
    # Blanks stand behind commas, line ends in headers of spreadsheets.
    data = 'model, top1,"Size\n(M)", Cost  of it\na, 72.5, 3.4, 300\n'
    choices = {"params": "Size<br>(M)" if in_parts else "Size (M)", "macs": "Cost of it:M"}
    (record,) = read(data, choices, in_parts=in_parts)[0]
    assert [*record.values()][2:5] == [72.5, 3.4, 300]
    assert record["netscore"] == pytest.approx(20 * log10(72.5**2 / (3.4 * 0.3) ** 0.5))
    with pytest.raises(ColumnChoiceError, match="--params names 'a b', which is none of"):
        choose_columns(["a b ", " a b", "top1", "macs"], "", {"params": "a b"}, NETSCORE)
    with pytest.raises(ColumnChoiceError, match="--params names 'a  c', which is none of"):
        choose_columns(["a b", "top1", "macs"], "", {"params": "a  c:M"}, NETSCORE)


def test_the_name_of_a_cost_may_end_as_a_word_for_a_billion_does() -> None:
    metric = Metric("own", [Cost("cmd", "s", 0.5)])
    assert choose_columns(["top1", "CMD"], "", {}, metric)[1].name == "CMD"


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose_columns(["name", "gflops"], "", {"params": "size"}, NETSCORE)
    assert str(error.value) == (
        "none of the columns 'name', 'gflops' has a usual name of accuracy: choose with --accuracy "
        "COLUMN; --params names 'size', which is none of the columns 'name', 'gflops'; no column "
        "is named as macs, and 'gflops' may count FLOPs, two to a multiply-accumulate: pass --macs "
        "'gflops:GFLOP' to have it halved, or --macs 'gflops:GMAC' if it counts "
        "multiply-accumulates"
    )


MODELS = [[72.5, 3400000, 300e6], [71, 5600000, 400e6]]
PLAIN = HEADER + "a,72.5,3400000,300M\nb,71,5.6M,400M\n"


def test_the_first_line_may_say_between_which_separators_the_columns_are(in_parts: bool) -> None:
    data = "top1,params,macs,x;top1;params;macs;model\n1;72.5;3.4M;300M;a\n"
    with pytest.raises(TableError, match="the columns are found between ',' and between ';'"):
        figures(data, in_parts=in_parts)
    assert figures("sep=;\n" + data, in_parts=in_parts) == [[72.5, 3.4e6, 300e6]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_gives_the_columns(mark: str, in_parts: bool) -> None:
    data = PLAIN.replace(",", mark)
    assert figures(data, in_parts=in_parts) == MODELS
    assert figures(f"sep={mark}\n" + data, in_parts=in_parts) == MODELS
    assert figures("A title\r\n\n" + data, skip=1, in_parts=in_parts) == MODELS
    assert figures(data, separator=mark, in_parts=in_parts) == MODELS
    with pytest.raises(
        TableError, match=r"models.csv line 1: these are no names of columns; skip=2"
    ):
        rank_table(Named(f"Table 1, of 2019\n\n{data}".encode()), in_parts=in_parts)


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (
            "top1,params,macs,x;top1;params;macs\n",
            {},
            "line 1: the columns are found between ',' and between ';': separator says which",
        ),
        ("a:b:c\n1:2:3\n", {}, "line 1: none of , ; tab | separates columns: 'a:b:c'; put one "),
        (PLAIN, {"separator": "tab"}, "line 1: tab separates no columns: 'model,top1,"),
        (PLAIN, {"skip": 9}, "line 9: there is nothing below"),
        ("model;top1;params;macs\na;7\n", {}, "line 2: 2 cells, but the header has 4"),
        ("model;top1;params;macs\na;7;8;9;\n", {}, "line 2: 5 cells, but the header has 4"),
        (
            HEADER + "a,72,5,3400000,300\n",
            {},
            "line 2: 5 cells, but the header has 4; 72,0 needs quotation marks, or the file "
            "another separator",
        ),
        (PLAIN, {"encoding": "klingon"}, ": there is no encoding 'klingon'"),
        (PLAIN, {"encoding": "base64"}, ": there is no encoding 'base64'"),
        (PLAIN, {"encoding": "utf-16"}, "line 1: not utf-16 text (byte 0x6d)"),
        (b"\x28\xb5\x2f\xfd", {}, ": packed with zstd: zstd -dc FILE | netscore rank -"),
        (b"PK\3\4\x14", {}, ": not text: a ZIP, or a workbook whose name should end in .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", {}, ": not text: a workbook of old or with a password, "),
        (
            b"PK\3\4" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            {},
            ": not text: a workbook of LibreOffice, which is not read: save it as .xlsx",
        ),
        (b"%PDF-1.7\n", {}, ": not text: PDF, which is not read"),
        (b"\x89PNG\r\n", {}, ": not text: a picture, which is not read"),
        ("\ufeff\n<table><tr><th>top1</th></tr></table>", {}, ": HTML or XML, which is not re"),
        ("a" * 99, {}, f"line 1: none of , ; tab | separates columns: '{'a' * 39}…'; put"),
        (PLAIN, {"encoding": 5}, ": there is no encoding 5"),
        (PLAIN.encode("utf-16-le"), {}, "line 1: a NUL byte: this is no text, or encoding"),
        ('{"top1": {"0": 72.5}, "params": {"0": 3}}', {}, "record 1: JSON must be a list of rec"),
        (
            json.dumps([{"model": "a", "metrics": {"top1": 72.5, "params": 3e6, "macs": 1e9}}]),
            {},
            ": 'metrics' holds names and values: make columns of it first, as pandas.js",
        ),
        ('"top1" "macs"\n72 3\n', {}, "tab | separates columns: '\"top1\" \"macs\"'; "),
        (json.dumps({"top1": [72.5]}, indent=2), {}, "record 1: JSON must be a list of records,"),
        (json.dumps({"top1": [72.5]}), {}, "record 1: JSON must be a list of records, as [{"),
        (b"PAR1\x15", {}, ": not text: a file whose name should end in .parquet"),
        (b"ARROW1\0\0", {}, ": not text: a file whose name should end in .arrow"),
        (gzipped(PLAIN.encode())[:-9], {}, ": it cannot be unpacked: its end is"),
        (gzipped(gzipped(PLAIN.encode())), {}, ": what is packed in it is packed, to"),
        (lzma.compress(b"PAR1\x15"), {}, ": what is packed in it is not text: a file whose name"),
        *((pack(PLAIN.encode()) + b"x", {}, ": it cannot be unpacked: ") for pack in PACKERS[1:]),
        *(
            (pack(PLAIN.encode()) + b"?" + pack(b"c,72,1M,1G\n")[1:], {}, ": it cannot be unpacked")
            for pack in PACKERS[1:]
        ),
        (lambda: gzipped(b"\n" * (2**26 + 1)), {}, ": more than 250 times its size"),
        (lambda: lzma.compress(b"\n" * (2**26 + 1)), {}, " times its size comes out of it: un"),
        (lambda: bz2.compress(b"\n" * (2**26 + 1)), {}, " times its size comes out of it: unp"),
        (b"\x1f\x8bno gzip", {}, ": it cannot be unpacked: "),
        (",".join(map(str, range(10**6))), {}, ": more than 131072 columns"),
        # A quotation mark in the names that is not closed: no other mark separates columns.
        *(
            ('model,"top1,params,macs\na,7\n'.replace(",", mark), {}, "line 1: a quotation mark")
            for mark in ",;\t|"
        ),
        (HEADER.replace("macs", '"macs"x') + "a,72,1,1\n", {}, "line 1: text stands behind a clo"),
        *(
            ('{"top1": 72}', {name: value}, f": {name} says nothing of JSON: leave it out")
            for name, value in (("separator", ";"), ("skip", 1), ("in_parts", True))
        ),
        ("[]", {}, ": there is no record"),
        (b'[{"top1": "\xe9"}]', {}, ": not UTF-8 text (byte 0xe9): encoding says what it is, as "),
        ("[1]", {}, "record 1: no names and values: 1"),
        ("[" * 10**5, {}, ": no JSON: "),
        ('{"top1": 1}\n\n{"top1": 2,\n', {}, ": line 3 column 1"),
        ('\n[{"top1": 1},\n{"top1" 2}]', {}, ": line 3 column 9 "),
        ('{"top1": 1, "top1": 2}', {}, ": no JSON: a name stands twice in ['top1', 'top1']"),
        ('{"top1": ' + "9" * 5000 + "}", {}, ": no JSON: "),
        ("[" + "1," * 2**25 + "1]", {}, "longer than 67108864 bytes"),
        ('{"a": "' + "x" * 2**24, {}, "record 1: longer than 16777216 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_one_sentence(
    data: str | bytes | Callable[[], bytes], options: dict[str, Any], said: str
) -> None:
    if callable(data):  # what is large is made where it is tested only
        data = data()
    source = Named(data.encode() if isinstance(data, str) else data)
    with pytest.raises(TableError) as error:
        rank_table(source, **options)
    assert said in str(error.value)
    assert str(error.value).startswith("models.csv")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"separator": ":"}, "separator must be one of ,, ;, tab, |, got ':'"),
        ({"decimal": "'"}, 'decimal must be . or a comma, got "\'"'),
        ({"skip": -1}, "skip must be positive, got -1"),
    ],
)
def test_what_is_said_is_checked(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as error:
        rank_table(Named(PLAIN.encode()), **options)
    assert str(error.value) == f"rank_table: {said}"


# Files of other kinds


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "utf-16-be"]
)
def test_packed_files_of_every_encoding(
    pack: Callable[[bytes], bytes], encoding: str, in_parts: bool, tmp_path: Path
) -> None:
    data = pack(PLAIN.replace("a,", "caf\u00e9,").encode(encoding))
    said: dict[str, Any] = {"encoding": encoding}
    if encoding.startswith("utf-8") or encoding in ("utf-16", "utf-32"):
        said = {}
    records, complaints, _ = read(data, **said, in_parts=in_parts)
    assert (complaints, records[0]["model"]) == ([], "caf\u00e9")
    path = tmp_path / "models.csv.gz"
    path.write_bytes(data)
    assert rank_table(path, **said, in_parts=in_parts).written == 2


@pytest.mark.parametrize("pack", PACKERS[1:])
@pytest.mark.parametrize("between", [b"", bytes(8)])
def test_parts_of_a_packed_file_stand_one_behind_the_other(
    pack: Callable[[bytes], bytes], between: bytes
) -> None:
    first, second = PLAIN[:40].encode(), PLAIN[40:].encode()
    assert figures(between.join([pack(first), pack(second), pack(b""), b""])) == MODELS


def test_what_is_not_utf_8_is_named_with_the_option(in_parts: bool) -> None:
    with pytest.raises(TableError) as error:
        rank_table(Named(HEADER.encode() + b"caf\xe9,72,1,1\n"), in_parts=in_parts)
    assert str(error.value) == (
        "models.csv line 2: not UTF-8 text (byte 0xe9): encoding says what it is, as windows-1252"
    )


RECORDS = [
    {"model": "b", "top1": "71", "params": "5.6 M", "macs": 4e8, "year": 2018, "note": None},
    {"model": "a", "top1": 72.5, "params": 3400000, "macs": 300000000, "tags": ["x", 1]},
]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(json.dumps(RECORDS), id="a list"),
        pytest.param("\ufeff\n" + json.dumps(RECORDS, indent=1), id="a list in lines"),
        pytest.param("\n\n".join(map(json.dumps, RECORDS)), id="lines"),
    ],
)
def test_json_keeps_its_values(data: str, tmp_path: Path) -> None:
    assert figures(data) == MODELS
    (best, _), _, _ = read(data)
    assert best.items() >= {**RECORDS[1], "year": None, "note": None, "rank": 1}.items()
    assert list(best)[1:-2] == ["model", "top1", "params", "macs", "year", "note", "tags"]
    rank_table(Named(data.encode()), tmp_path / "out.csv")
    assert ',3400000,300000000,,,"[""x"", 1]",' in (tmp_path / "out.csv").read_text()


def test_lists_and_records_are_text_of_json_where_cells_are_text(tmp_path: Path) -> None:
    data = [{"model": "a", "top1": 72.5, "params": 34e5, "macs": 3e8, "x": ["\u00e9", {"k": None}]}]
    text = '["\u00e9", {"k": null}]'
    for form in ("parquet", "arrow"):
        rank_table(io.BytesIO(json.dumps(data).encode()), tmp_path / f"out.{form}")
        assert rank_table(tmp_path / f"out.{form}").frame["x"].to_list() == [text]
    source = pl.DataFrame(data[0] | {"x": [{"k": [None, True]}]})
    rank_table(source, tmp_path / "out.csv")
    assert '"{""k"": [null, true]}"' in (tmp_path / "out.csv").read_text()
    result = rank_table(io.BytesIO(json.dumps(data[0], indent=1).encode()))
    assert (text in str(result), result.rows) == (True, 1)


def test_numbers_of_json_have_one_reading() -> None:
    data = [{"model": f"m{i}", "top1": 72, "params": 1.234, "macs": 2.345e9} for i in range(2)]
    data[1] |= {"params": "1,234,567", "top1": True}
    records, complaints, _ = read(json.dumps(data))
    assert records[0]["params"] == 1.234
    assert complaints == ["models.csv record 2, column top1: not a number: True"]
    # A half of a pair of surrogates is no text.
    lone = [{"model": "\ud800", "top1": 72.5, "params": 1e6, "macs": 1e9, "\udfff": 1}]
    (record,) = read(json.dumps(lone))[0]
    assert (record["model"], [*record][-3]) == ("?", "?")
    (record,) = read(HEADER.encode() + b"+2AA-,72.5,1M,1G\n", encoding="utf-7")[0]
    assert record["model"] == "?"


@pytest.mark.parametrize(
    "data",
    [
        "| model | top1 | params | macs |\n|---|---:|:-:|:---|\n"
        "| a | **72.5** | 3400000 | `300M` |\n"
        "| b\\|c | _71_ | 5.6 M | 400 MMac |\n",
        "model | top1 | params | macs\n--- | --- | --- | ---\na | 72.5 | 3.4M | 300M\n"
        "b\\|c | 71 | 5.6M | 400M",
    ],
)
def test_tables_of_markdown(data: str, in_parts: bool) -> None:
    assert figures(data, in_parts=in_parts) == MODELS
    assert [record["model"] for record in read(data, in_parts=in_parts)[0]] == ["a", "b|c"]
    # What we write reads back.
    out = io.StringIO()
    with ranked(Named(data.encode()), {}, NETSCORE, Options(in_parts=in_parts)) as ranking:
        write(ranking, out, "markdown")
    assert figures(out.getvalue(), in_parts=in_parts) == MODELS
    with pytest.raises(TableError, match="line 3: 3 cells, but the header has 4"):
        read("|model|top1|params|macs|\n|-|-|-|-|\n|a|72|1|\n", in_parts=in_parts)


def test_emphasis_within_a_cell_of_markdown_is_kept(in_parts: bool) -> None:
    data = (
        "| my_model_v1 | **val_top_1** | params_m | macs |\n|---|---|---|---|\n"
        "| tf_net_b0 | ***72.5*** | __3.4__ | 300M |\n| *a* and *b* | 7*2* | 3*10*6 | 300M |\n"
    )
    records, complaints, _ = read(data, in_parts=in_parts)
    assert [*records[0].values()][:5] == [1, "tf_net_b0", 72.5, 3.4, 300e6]
    assert [*records[1].values()][:5] == [None, "*a* and *b*", "7*2*", "3*10*6", 300e6]
    assert [*records[0]][1:4] == ["my_model_v1", "val_top_1", "params_m"]
    assert len(complaints) == 2


NAMES = [
    *("DeiT-B@384", "Net #2", "a <!-- b --> c", "a<br>b", "two\nlines", "**bold**", "_x_", "`y`"),
    *(
        "a|b",
        "a\\|b",
        "a\\",
        "\\",
        "C:\\nets\\tiny",
        "$\\alpha$-Net",
        "a\\\\*b",
        "www.x.y",
        "|",
        "~~~",
    ),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_in_markdown_read_back(name: str, in_parts: bool) -> None:
    out = io.StringIO()
    data = json.dumps([{"model": name, "top 1\n(%)": 72.5, "params": 3.4e6, "macs@224": 3e8}])
    with ranked(Named(data.encode()), {"macs": "macs@224"}, NETSCORE, Options()) as ranking:
        write(ranking, out, "markdown")
    text = out.getvalue()
    assert text.count("\n") == 3
    (record,) = read(text, {"macs": "macs@224"}, in_parts=in_parts)[0]
    assert [record[key] for key in ("model", "top 1\n(%)", "macs@224")] == [name, 72.5, 3e8]


def test_a_backslash_in_markdown_makes_text_of_marks_only(in_parts: bool) -> None:
    data = "|model|top1|params|macs|\n|-|-|-|-|\n|a\\*|$75_{\\pm 0.1}$|1M|1G|\n|b|7\\.5|1M|1G|\n"
    records, complaints, _ = read(data, in_parts=in_parts)
    assert [record["model"] for record in records] == ["b", "a*"]
    assert records[0]["top1"] == 7.5
    said = r"models.csv line 3, column top1: not a number: '$75_{\\pm 0.1}$'"
    assert complaints == [said]


def test_the_signature_below_a_table_of_markdown_is_no_row(in_parts: bool) -> None:
    data = f"|model|top1|params|macs|\n|-|-|-|-|\n|a|72.5|3.4M|300M|\n\n`{signature()}`\n"
    assert figures(data, in_parts=in_parts) == MODELS[:1]
    for line in ("`net`", f"`a` | {signature()} | `b`"):
        with pytest.raises(TableError, match=r"line 4: [0-9]+ cells?, but the header has 4"):
            read(data[: data.index("\n\n`") + 1] + line, in_parts=in_parts)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoted", [False, True])
def test_rows_of_empty_cells_are_blank_lines(end: str, quoted: bool, in_parts: bool) -> None:
    first = '"a, 1",72.5,3.4M,300M' if quoted else "a,72.5,3.4M,300M"
    data = f"{HEADER},,,\n{first}\n,,,\n\n,,,\nb,71,5.6M,400M\n,,,\n".replace("\n", end)
    assert figures(data, in_parts=in_parts) == MODELS
    assert figures('[{"model": "a", "top1": 72.5, "params": 3.4e6, "macs": 3e8}, {}]') == MODELS[:1]
    # A row with an empty name, or a 0, is a row.
    assert len(read(f"{HEADER},72,,\n,,,0\n", in_parts=in_parts)[0]) == 2
    assert len(read('{"top1": 72, "params": 1, "macs": 1}\n{"top1": 0}')[0]) == 2
    table = "|model|top1|params|macs|\n|-|-|-|-|\n|a|72.5|3.4M|300M|\n| | | | |\n"
    assert figures(table, in_parts=in_parts) == MODELS[:1]


def test_figures_are_numbers_in_json(in_parts: bool) -> None:
    (first, second), _, _ = read(HEADER + "007,72,3.4M,x\n8,72.0,3400000,300M\n", in_parts=in_parts)
    assert [first[name] for name in ("model", "top1", "params", "macs")] == ["8", 72, 3400000, 3e8]
    # What is no figure stays the text that it was.
    assert [second[name] for name in ("model", "top1", "macs")] == ["007", 72, "x"]


# Several files, and workbooks


def test_several_files_are_one_table(tmp_path: Path, in_parts: bool) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "a,72.5,3.4M,300M\nx,40,1G,1G\n")
    (tmp_path / "b.tsv.gz").write_bytes(
        gzipped(HEADER.replace(",", "\t").encode() + b"b\t71,25\t3,4M\t300M\n")
    )
    for hidden in (".c.csv", "_d.csv", "notes.md"):
        (tmp_path / hidden).write_text("no table")
    paths = [tmp_path / "a.csv", tmp_path / "b.tsv.gz"]
    for source in (
        paths,
        tmp_path,
        str(tmp_path / "[ab].*"),
        [io.BytesIO(path.read_bytes()) for path in paths],
    ):
        frame = rank_table(source, in_parts=in_parts).frame
        assert frame["model"].to_list() == ["a", "b", "x"]
        assert frame["top1"].to_list() == ["72.5", "71,25", "40"]
    (tmp_path / "c.csv").write_text("a,top1,params,macs\n1,2,3,?\n")
    with pytest.raises(
        TableError,
        match=r"c\.csv line 1: the columns are not those of .*a\.csv line 1: without 'model', w",
    ):
        rank_table(tmp_path, in_parts=in_parts)
    (tmp_path / "d.parquet").touch()
    with pytest.raises(
        ValueError, match="several files must all be text, all Parquet or all Arrow"
    ):
        rank_table(tmp_path, in_parts=in_parts)
    with pytest.raises(FileNotFoundError, match=r"xyz"):
        rank_table(str(tmp_path / "*.xyz"), in_parts=in_parts)


def test_columns_of_several_files_may_stand_in_another_order(
    tmp_path: Path, in_parts: bool
) -> None:
    files = {
        "a.csv": "model,note,top1,params,macs\na,x,72.5,3.4M,300M\n",
        "b.csv": "macs,params,top1,model,note\n400M,5.6M,71,b,y\n",
        "c.json": '{"top1": 40, "params": 1e9, "note": "z", "macs": 1e9, "model": "c"}',
        "d.md": "|note|macs|params|top1|model|\n|-|-|-|-|-|\n|w|1G|1G|39|d|\n",
    }
    for name, data in files.items():
        (tmp_path / name).write_text(data)
    # JSON is never read in parts.
    source = [tmp_path / name for name in files if not (in_parts and name == "c.json")]
    records = [*csv.DictReader(io.StringIO(written_csv(source, in_parts)))]
    assert [(r["model"], r["note"], r["top1"]) for r in records] == [
        ("a", "x", "72.5"),
        ("b", "y", "71"),
        *[("c", "z", "40")] * (not in_parts),
        ("d", "w", "39"),
    ]
    assert [float(r["netscore"]) for r in records[:2]] == [
        pytest.approx(20 * log10(a**2 / (p * m) ** 0.5))
        for a, p, m in ((72.5, 3.4, 0.3), (71, 5.6, 0.4))
    ]
    (tmp_path / "a.csv").write_text("note,note,top1,params,macs\na,x,72.5,3.4M,300M\n")
    (tmp_path / "b.csv").write_text("top1,note,note,params,macs\n72.5,x,a,3.4M,300M\n")
    with pytest.raises(TableError, match=r"b\.csv line 1: two columns have one name, and another"):
        rank_table(source[:2], in_parts=in_parts)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("form", ["csv", "tsv", "json", "markdown"])
def test_files_of_several_forms_are_written_in_every_form(
    order: tuple[int, ...], form: str, tmp_path: Path
) -> None:
    data = {
        "a.csv": HEADER + "a,72.5,3.4M,300M\n",
        "b.jsonl": '{"macs": 4e8, "model": "b", "top1": 71, "params": 5600000}\n',
        "c.md": "|model|top1|params|macs|\n|-|-|-|-|\n|c|40|1G|1G|\n",
    }
    for name, table in data.items():
        (tmp_path / name).write_text(table)
    stream = io.StringIO()
    with ranked([tmp_path / [*data][i] for i in order], {}, NETSCORE, Options()) as ranking:
        write(ranking, stream, form)
    again = Named(stream.getvalue().encode())
    assert rank_table(again).frame["model"].to_list() == ["a", "b", "c"]


def test_columns_in_names_of_folders_are_said(tmp_path: Path) -> None:
    frame = pl.DataFrame({"model": ["a"], "top1": [72], "params": [3e6], "macs": [3e8]})
    for folder in ("family=x", "family=y", "_temporary=0"):
        (tmp_path / folder).mkdir()
        frame.write_parquet(tmp_path / folder / "part.parquet")
    said = "a column in names of folders, as of 'family=x', is not in the files: write it into them"
    files = [tmp_path / f"family={name}" / "part.parquet" for name in "xy"]
    for source in (tmp_path, files, tmp_path / "fam*" / "*.parquet"):
        with pytest.raises(ValueError, match=said):
            rank_table(source)
    # What stands in all names tells nothing apart.
    assert rank_table([files[0], files[0]]).frame["model"].to_list() == ["a", "a"]
    frame.write_parquet(tmp_path / "best.parquet")
    with pytest.raises(ValueError, match=said):
        rank_table(tmp_path)
    # Other folders may be called so.
    (tmp_path / "tables" / "lr=0.1").mkdir(parents=True)
    frame.write_parquet(tmp_path / "tables" / "a.parquet")
    assert rank_table(tmp_path / "tables").frame["model"].to_list() == ["a"]
    whole = pl.scan_parquet(tmp_path / "family=*" / "*.parquet", hive_partitioning=True)
    ranked_whole: Any = rank_table(whole)
    assert ranked_whole.collect()["family"].to_list() == ["x", "y"]
    assert rank_table(tmp_path / "family=x").frame["model"].to_list() == ["a"]
    # Polars itself writes the column into the files, too.
    for file, name in zip(files, "xy"):
        frame.with_columns(family=pl.lit(name)).write_parquet(file)
    (tmp_path / "best.parquet").unlink()
    # What lies beside, or deeper in another folder, is none of the table.
    for beside in ("backup", "_temporary", "part.csv"):
        (tmp_path / "family=x" / beside).mkdir()
        frame.write_parquet(tmp_path / "family=x" / beside / "a.parquet")
    for source in (tmp_path, files):
        assert rank_table(source).frame["family"].to_list() == ["x", "y"]


def test_a_list_of_texts_may_lie_in_any_folders(tmp_path: Path) -> None:
    files = [tmp_path / f"lr=0.{place}" / "a.csv" for place in (1, 2)]
    for file in files:
        file.parent.mkdir()
        file.write_text(HEADER + "a,72,1M,1G\n")
    assert rank_table(files).frame["model"].to_list() == ["a", "a"]
    with pytest.raises(ValueError, match=r"as of 'lr=0\.1', is not in the files"):
        rank_table(tmp_path)


def test_what_a_spreadsheet_leaves_beside_an_open_table_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "a,72,1M,1G\n")
    (tmp_path / "~$b.xlsx").write_bytes(b"me")
    assert rank_table(tmp_path).frame["model"].to_list() == ["a"]


def test_numbers_of_json_are_text_in_columns(tmp_path: Path) -> None:
    row = {"model": "a", "top1": 72.5, "params": 3e6, "macs": 1e8, "id": 2**64 - 59, "lr": 1e-07}
    data = json.dumps([row, {**row, "id": None, "lr": True}])
    frame = rank_table(Named(data.encode())).frame
    assert frame["id"].to_list() == ["18446744073709551557", None]
    assert frame["lr"].to_list() == ["1e-07", "True"]


def written_csv(source: Any, in_parts: bool) -> str:
    """Return the ranked rows of a source as CSV."""
    stream = io.StringIO()
    with ranked(source, {}, NETSCORE, Options(in_parts=in_parts)) as ranking:
        write(ranking, stream, "csv")
    return stream.getvalue()


def test_a_folder_stands_for_all_its_tables(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "a,72.5,3.4M,300M\n")
    (tmp_path / "b.JSONL").write_text('{"model": "b", "top1": 71, "params": 1e6, "macs": 1e9}')
    (tmp_path / "notes.json").write_text("{}")
    assert rank_table(tmp_path).frame["model"].to_list() == ["a", "b"]
    (tmp_path / "c.csv.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    with pytest.raises(TableError, match=r"c\.csv\.zst: packed with zstd"):
        rank_table(tmp_path)
    (tmp_path / "c.csv.zst").rename(tmp_path / "c.xlsx")
    with pytest.raises(
        ValueError, match="several files must all be text, all Parquet or all Arrow"
    ):
        rank_table(tmp_path)
    for name in ("a.csv", "b.JSONL", "c.xlsx"):
        (tmp_path / name).unlink()
    with pytest.raises(ValueError, match="is a folder without tables, whose names end in csv, ts"):
        rank_table(tmp_path)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_several_files_of_columns(suffix: str, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"model": ["a", "b"], "top1": [70.0, 71.0], "params": [3e6] * 2, "macs": [1e9] * 2}
    )
    for name in ("1", "2"):
        getattr(frame, "write_parquet" if suffix == "parquet" else "write_ipc")(
            tmp_path / f"{name}.{suffix}"
        )
    for source in (tmp_path, str(tmp_path / "?.*")):
        result = rank_table(source)
        assert (result.rows, result.frame["model"].to_list()) == (4, ["b", "b", "a", "a"])
    # In another order they are the same columns.
    write = "write_parquet" if suffix == "parquet" else "write_ipc"
    getattr(frame.select("top1", "macs", "model", "params"), write)(tmp_path / f"3.{suffix}")
    result = rank_table([tmp_path / f"{name}.{suffix}" for name in "31"])
    assert result.frame.columns[1:5] == ["top1", "macs", "model", "params"]
    assert result.frame["model"].to_list() == ["b", "b", "a", "a"]
    getattr(frame.drop("model"), write)(tmp_path / f"4.{suffix}")
    said = rf"4\.{suffix}: the columns are not those of .*1\.{suffix}: without 'model'$"
    with pytest.raises(TableError, match=said):
        rank_table(tmp_path)


@pytest.mark.parametrize(
    ("unit", "cell", "value"),
    [
        ("s", "20 \u00b5s", 20e-6),
        ("\u03bcs", "20us", 20),
        ("us", "20 \u00b5s", 20),
        ("img/s", "20 img/s", 20),
        ("ms/img", "2.5 ms/img", 2.5),
    ],
)
def test_cells_with_units_of_other_costs(unit: str, cell: str, value: float) -> None:
    speed = Metric("speed", [Cost("cost", unit, 0.5)])
    measurement = choose_columns(["top1", "cost"], "", {}, speed)[1]
    assert measurement.number(cell) * measurement.unit.factor == pytest.approx(value, rel=1e-15)


def test_cells_of_params_in_capitals() -> None:
    column = choose_columns(["top1", "params", "macs"], "", {}, NETSCORE)[1]
    assert [*map(column.number, ("25.6M params", "25.6M Params", "3 K PARAMETERS"))] == [
        25.6e6, 25.6e6, 3e3,
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_files_of_columns_are_one_table_only_if_each_column_is_of_one_kind(
    suffix: str, tmp_path: Path
) -> None:
    figures = {"model": ["a"], "top1": [70.0], "params_m": [1.234], "macs": [3e8]}
    write = "write_parquet" if suffix == "parquet" else "write_ipc"
    first = tmp_path / f"1.{suffix}"
    getattr(pl.DataFrame(figures), write)(first)
    for number, (column, value, held) in enumerate(
        [
            # Text with a comma would make 1234 of the other file's 1.234.
            ("params_m", "25,6", "String, and Float64"),
            ("top1", True, "Boolean, and Float64"),
            ("macs", date(1970, 1, 26), "Date, and Float64"),
            ("model", 17, "Int32, and String"),
        ],
        2,
    ):
        frame = pl.DataFrame(figures | {column: [value]})
        frame = frame.with_columns(pl.col(pl.Int64).cast(pl.Int32))
        getattr(frame, write)(other := tmp_path / f"{number}.{suffix}")
        said = rf"{number}\.{suffix}: column '{column}' holds {held} in .*1\.{suffix}: make them of"
        with pytest.raises(TableError, match=said):
            rank_table([first, other])
        # One without a value is of any kind, and the one that is known is known by its file.
        empty = pl.DataFrame(figures | {column: pl.Series([None], dtype=pl.Null)})
        getattr(empty, write)(tmp_path / f"0.{suffix}")
        with pytest.raises(TableError, match=said):
            rank_table([tmp_path / f"0.{suffix}", first, tmp_path / f"0.{suffix}", other])
        other.unlink()
        if suffix == "parquet":
            assert rank_table([tmp_path / f"0.{suffix}", first]).rows == 2
    # Numbers of several sizes are, and texts.
    whole = {"model": pl.Series(["b"], dtype=pl.Categorical), "top1": [71], "params_m": [2]}
    getattr(pl.DataFrame(whole | {"macs": [3 * 10**8]}), write)(tmp_path / f"2.{suffix}")
    result = rank_table([first, tmp_path / f"2.{suffix}"])
    assert result.frame["netscore"].to_list() == pytest.approx(
        [netscore(70.0, 1.234e6, 3e8), netscore(71.0, 2e6, 3e8)]
    )


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_files_with_numbers_or_texts_of_several_types_are_one_table(
    suffix: str, tmp_path: Path
) -> None:
    write = "write_parquet" if suffix == "parquet" else "write_ipc"
    figures = {"top1": [72.0], "params": [3_400_000], "macs": [300_000_000]}
    for number, (name, seed) in enumerate(
        [
            (pl.Series(["a"], dtype=pl.Enum(["a"])), pl.Series([2**60], dtype=pl.UInt64)),
            (pl.Series(["b"], dtype=pl.Enum(["b"])), pl.Series([-(2**60)], dtype=pl.Int64)),
            (pl.Series(["c"], dtype=pl.Categorical), pl.Series([7], dtype=pl.Int8)),
        ]
    ):
        frame = pl.DataFrame({"model": name, "seed": seed, **figures})
        getattr(frame, write)(tmp_path / f"{number}.{suffix}")
    out = tmp_path / "out.feather"
    rank_table(str(tmp_path / f"?.{suffix}"), out)
    found = pl.read_ipc(out)
    assert found["model"].to_list() == ["a", "b", "c"]
    assert found["seed"].to_list() == [2**60, -(2**60), 7]
    # Other libraries know no numbers of 128 bits.
    assert (found.schema["model"], found.schema["seed"]) == (pl.String, pl.Int64)
    day = datetime(2026, 1, 2)
    when = pl.Series([day]).dt.replace_time_zone("UTC")
    for number, column in enumerate((pl.Series([day]), when)):
        frame = pl.DataFrame({"when": column, **figures})
        getattr(frame, write)(tmp_path / f"{number}.{suffix}")
    with pytest.raises(TableError, match=r"column 'when' holds Datetime.*'UTC'.*make them of one"):
        rank_table([tmp_path / f"{number}.{suffix}" for number in range(2)])


def test_pipes_and_files_without_a_buffer_are_read() -> None:
    text = b"model,top1,params,macs\na,72,3.4M,300M\n"
    receive, send = os.pipe()
    os.write(send, text)
    os.close(send)
    with os.fdopen(receive, "rb", 0) as pipe:
        assert rank_table(pipe).rows == 1
        assert not pipe.closed
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(b"passed over\n" + text)
        file.seek(12)
        assert rank_table(file).rows == 1
        assert not file.closed


def test_an_arrow_file_whose_list_of_records_is_short_is_refused(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    frame = pl.DataFrame({"top1": [70.0] * 40, "params": [3e6] * 40, "macs": [1e9] * 40})
    path, own = tmp_path / "a.arrow", tmp_path / "own.arrow"
    frame.write_ipc(own, record_batch_size=10)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, frame.to_arrow().schema) as out:
        for batch in frame.to_arrow().to_batches(max_chunksize=10):
            out.write_batch(batch)
    for source in (path, own):
        assert rank_table(source).rows == 40
        data = source.read_bytes()
        footer = len(data) - 10 - int.from_bytes(data[-10:-6], "little")
        listed = {0, 10, 20, 30}
        for place in range(footer, footer + 48):
            for value in range(4):
                source.write_bytes(data[:place] + bytes([value]) + data[place + 1 :])
                try:
                    assert rank_table(source).rows == 40
                except ValueError as error:
                    found = re.search(
                        "of 40 rows only ([0-9]+) are listed: the file is", str(error)
                    )
                    listed -= {int(found[1])} if found else set()
        assert listed == set()
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"^rank_table: .*a\.arrow: the file is empty$"):
        rank_table(path)
    frame.write_ipc_stream(path)
    with pytest.raises(
        ValueError, match=r"^rank_table: .*a\.arrow: a stream of Arrow: write it as"
    ):
        rank_table(path)


def workbook(
    path: Path, *rows: Sequence[object], sheets: Sequence[str] = ("first", "second")
) -> Path:
    with pytest.importorskip("xlsxwriter").Workbook(path) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


@pytest.mark.filterwarnings("ignore:.*some rows may be")
def test_a_workbook_is_read(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    rows: list[list[Any]] = [
        ["A title"],
        ["model", "top1", "params", "macs", "year"],
        ["a", 72.5, 3400000, "300M", 2018],
    ]
    path = workbook(tmp_path / "o.xlsx", *rows, [None] * 5, ["b", "n/a", 1.234, 4e8, "y"])
    result = rank_table(path, tmp_path / "out.json", skip=1, sheet="second")
    first, second = json.loads((tmp_path / "out.json").read_text())
    assert result.unscored == 1
    assert [first[name] for name in ("top1", "params", "macs", "year")] == [
        72.5,
        3400000,
        3e8,
        "2018",
    ]
    assert [second[name] for name in ("top1", "params", "macs", "year")] == ["n/a", 1.234, 4e8, "y"]
    with ranked(path, {}, NETSCORE, Options(skip=1)) as ranking:
        assert ranking.complaints == [f"{path} row 5, column top1: missing: 'n/a'"]
    with pytest.raises(ValueError, match=r"o\.xlsx: the sheets are 'first', 'second', got 'x'$"):
        rank_table(path, sheet="x")
    with pytest.raises(
        ValueError, match="several files must all be text, all Parquet or all Arrow"
    ):
        rank_table([path, path])


def test_a_workbook_is_read_as_a_text_is(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    header = ["model", "top1", "", "top1", "params", "macs"]
    row = ["a", 72.5, "x", 70, 3400000, 3e8]
    path = workbook(tmp_path / "o.xlsx", header, row)
    with pytest.raises(TableError, match=r"o\.xlsx row 1: two columns are named 'top1'$"):
        rank_table(path)
    path = workbook(tmp_path / "o.xlsx", ["A title"], [], header[2:], row[2:])
    with pytest.raises(TableError, match=r"o\.xlsx row 1: these are no names of col.*; skip=2 for"):
        rank_table(path)
    assert rank_table(path, skip=2).frame.columns[:3] == ["rank", "", "top1"]
    twice = workbook(tmp_path / "o.xlsx", ["rank", *header[3:], "rank"], [1, 70, 3400000, 3e8, 2])
    assert rank_table(twice).frame.columns[:6] == ["rank_3", "rank", *header[3:], "rank_2"]
    truth = workbook(tmp_path / "o.xlsx", header[3:], [True, 3400000, 3e8], [75, 3400000, 3e8])
    with pytest.warns(UserWarning, match="column 'top1': not a number: 'true' at position 0"):
        assert rank_table(truth).unscored == 1
    for rows in ([], [["top1", "params", "macs"]]):
        said = "no row below the header; the sheets are 'first', 'second': --sheet says which$"
        with pytest.raises(ValueError, match=said):
            rank_table(workbook(tmp_path / "o.xlsx", *rows))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", PLAIN)
    with pytest.raises(ValueError, match=r"^rank_table: .*o\.xlsx: .*$"):
        rank_table(path)
    said = "none of the columns 'a', 'b' has a usual name of accuracy or params or macs: "
    said += "choose with accuracy=COLUMN and params=COLUMN and macs=COLUMN"
    with pytest.raises(ValueError, match=f"^rank_table: {said}, or sheet of 'first', 'second'$"):
        rank_table(workbook(path, ["a", "b"], [1, 2]))
    with pytest.raises(ValueError, match=f"^rank_table: {said}$"):
        rank_table(workbook(path, ["a", "b"], [1, 2], sheets=["only"]))


def test_times_of_a_sheet_are_times_of_no_day(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    path = tmp_path / "o.xlsx"
    day, noon = datetime(2024, 2, 29), datetime(2024, 2, 29, 12)
    rows: list[list[Any]] = [
        ["top1", "params", "macs", "time", "date", "either", "length"],
        [72, 3400000, 3e8, time(1, 2, 3), day, time(0), timedelta(days=1.5)],
        [71, 3400000, 3e8, time(23, 59), noon, noon, timedelta(hours=6)],
    ]
    formats = {3: "hh:mm:ss", 4: "yyyy-mm-dd", 5: "yyyy-mm-dd hh:mm", 6: "[h]:mm:ss"}
    with pytest.importorskip("xlsxwriter").Workbook(path) as book:
        sheet = book.add_worksheet("first")
        for column, form in formats.items():
            sheet.set_column(column, column, None, book.add_format({"num_format": form}))
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    frame = rank_table(path).frame
    assert [frame[name].to_list() for name in rows[0][3:]] == [
        ["01:02:03", "23:59:00"],
        [day, noon],
        ["00:00:00", "2024-02-29 12:00:00"],
        [timedelta(days=1.5), timedelta(hours=6)],
    ]


def test_lengths_of_time_among_other_cells_stay_what_a_sheet_shows(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    path = tmp_path / "o.xlsx"
    day, long = datetime(2024, 2, 29), timedelta(hours=26, minutes=29, seconds=45, milliseconds=600)
    rows: list[list[Any]] = [
        ["top1", "params", "macs", "a", "b", "c", "d"],
        [72, 3400000, 3e8, long, long, long, timedelta(days=70)],
        [71, 3400000, 3e8, "n/a", "-", time(12, 30), 7.25],
        [70, 3400000, timedelta(hours=25), timedelta(hours=6), long, long, day],
    ]
    with pytest.importorskip("xlsxwriter").Workbook(path) as book:
        length = book.add_format({"num_format": "[h]:mm:ss"})
        formats = {timedelta: length, datetime: book.add_format({"num_format": "yyyy-mm-dd"})}
        formats[time] = book.add_format({"num_format": "h:mm"})
        sheet = book.add_worksheet("first")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(place, column, cell, formats.get(type(cell)))
    with pytest.warns(UserWarning, match="column 'macs': not a number: '25:00:00' at position 2 "):
        frame = rank_table(path).frame
    assert [frame[name].to_list() for name in "abcd"] == [
        ["26:29:45.600", "n/a", "06:00:00"],
        ["26:29:45.600", "-", "26:29:45.600"],
        ["26:29:45.600", "12:30:00", "26:29:45.600"],
        ["1680:00:00", "7.25", "2024-02-29 00:00:00"],
    ]


def test_a_day_of_1900_stays_one(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    path, first = tmp_path / "o.xlsx", datetime(1900, 1, 2)
    with pytest.importorskip("xlsxwriter").Workbook(path) as book:
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("first")
        sheet.write_row(0, 0, ["top1", "params", "macs", "a", "b"])
        for place, (day, other) in enumerate([(datetime(2020, 5, 1), "never"), (first, first)], 1):
            sheet.write_row(place, 0, [72, 3400000, 3e8])
            sheet.write(place, 3, day, form)
            sheet.write(place, 4, other, form)
    frame = rank_table(path).frame
    assert [str(cell)[:10] for cell in frame["a"]] == ["2020-05-01", "1900-01-02"]
    assert [cell[:10] for cell in frame["b"]] == ["never", "1900-01-02"]


def test_a_sheet_that_is_a_chart_is_named_as_without_rows(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    path = tmp_path / "o.xlsx"
    with pytest.importorskip("xlsxwriter").Workbook(path) as book:
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=data!$A$2:$A$2"})
        book.add_chartsheet("picture").set_chart(chart)
        sheet = book.add_worksheet("data")
        for place, row in enumerate([["top1", "params", "macs"], [72, 3400000, 3e8]]):
            sheet.write_row(place, 0, row)
    said = "no row below the header; the sheets are 'picture', 'data': --sheet says which$"
    with pytest.raises(ValueError, match=said):
        rank_table(path)
    assert rank_table(path, sheet="data").written == 1


def test_a_column_of_a_sheet_is_of_numbers_to_its_end(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    rows = [[70, 3400000, 3e8, 2018 if i > 150 else None] for i in range(160)]
    path = workbook(tmp_path / "o.xlsx", ["top1", "params", "macs", "year"], *rows)
    assert rank_table(path).frame["year"].to_list() == [None] * 151 + [2018] * 9
    path = workbook(tmp_path / "o.xlsx", ["top1", "params", "macs", "year"], rows[-1])
    assert rank_table(path).frame["year"].to_list() == [2018]


def test_a_number_of_a_sheet_is_one_beside_texts_with_another_mark(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    header = ["top1", "params_m", "macs_g", "training FLOPs"]
    rows = [72, "3,4", "0,3", 3e23], [75.3, 25.557, 4.089, 1000]
    result = rank_table(workbook(tmp_path / "o.xlsx", header, *rows), tmp_path / "o.json")
    assert (result.rows, result.unscored) == (2, 0)
    records = json.loads((tmp_path / "o.json").read_text())
    assert [[record[name] for name in header[:3]] for record in records] == [
        [72, 3.4, 0.3],
        [75.3, 25.557, 4.089],
    ]
    score = 20 * log10(75.3**2 / (25.557 * 4.089) ** 0.5)
    assert records[1]["netscore"] == pytest.approx(score, rel=1e-14)
    # Nor does its point say which mark a text has.
    path = workbook(tmp_path / "o.xlsx", header, [72, 3.4, 0.3, 1], [75.3, 25.557, "4,089", 1])
    with pytest.warns(UserWarning, match="column 'macs_g': '4,089' can be 4089 or 4.089 at pos"):
        rank_table(path)


def test_what_is_blank_in_a_sheet_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("fastexcel")
    header = [None, "model", "top1", None, "note", "params", "macs"]
    rows = [[None, name, top1, None, None, 3400000, 3e8] for name, top1 in (("a", 70), ("b", 72))]
    path = workbook(tmp_path / "o.xlsx", [], [" "], header, rows[0], ["", NBSP], rows[1])
    with ranked(path, {}, NETSCORE, Options()) as ranking:
        assert (caplog.records, capfd.readouterr().err) == ([], "")
        assert ranking.result[0].columns[1:6] == ["model", "top1", "note", "params", "macs"]
        # 40 log10(72) - 10 log10(3.4 * 0.3) = 74.2073
        assert ranking.result[0].row(0)[1:7] == (
            *("b", 72, None, 3400000, 300000000),
            pytest.approx(74.2073, abs=1e-4),
        )


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("a.csv", {"sheet": "x"}, "sheet is for a workbook, got 'x' beside another"),
        ("a.parquet", {"separator": ";"}, "separator is for text, got ';' beside another"),
        ("a.xlsx", {"encoding": "utf-16"}, "encoding is for text, got 'utf-16' beside another"),
        (pl.DataFrame(), {"skip": 1}, "skip is for text and workbooks, got 1 beside another"),
    ],
)
def test_what_says_nothing_of_a_source_is_refused(
    source: Any, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as error:
        rank_table(source, **options)
    assert str(error.value) == f"rank_table: {said}"


def test_files_of_numbers_of_several_types_are_one_table(tmp_path: Path) -> None:
    for name, top1 in (("1", 70.5), ("2", 71)):
        frame = pl.DataFrame({"model": [name], "top1": [top1], "params": [3e6], "macs": [1e9]})
        frame.write_parquet(tmp_path / f"{name}.parquet")
    assert rank_table(tmp_path).frame["top1"].to_list() == [71, 70.5]


def test_a_pattern_reaches_into_folders(tmp_path: Path) -> None:
    for folder, top1 in (("2018", 70), ("2019/spring", 71)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.csv").write_text(f"top1,params,macs\n{top1},4M,400M\n")
    found = rank_table(str(tmp_path / "**" / "*.csv")).frame
    assert found["top1"].to_list() == ["71", "70"]


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    path = workbook(tmp_path / "far.xlsx", ["model", "top1", "params", "macs"])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]

    def swollen(data: bytes) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name, part in {**parts, "xl/worksheets/sheet1.xml": data}.items():
                book.writestr(name, part)
        return path

    # The column Z comes before those of more letters.
    cell = b'<row r="1048576"><c r="Z1048576"/><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    for data, said in (
        (
            sheet.replace(b"</sheetData>", cell),
            "a sheet of 1048576 rows and 16384 columns is too larg",
        ),
        (sheet + b" " * 2**27, "more than 250 times its size comes out of it"),
    ):
        with pytest.raises(ValueError, match=rf"^rank_table: .*far\.xlsx: {said}"):
            rank_table(swollen(data))
    lying = swollen(sheet).read_bytes().replace(b"PK\3\4", b"PK\3\5", 1)
    path.write_bytes(lying)
    with pytest.raises(
        ValueError, match=r"^rank_table: .*far\.xlsx: Bad magic number for file header"
    ):
        rank_table(path)


def test_a_large_file_that_swells_as_files_do_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fastexcel")
    monkeypatch.setattr(text, "LEAST_UNPACKED", 1)
    rows = ["model", "top1", "params", "macs"], ["a", 80, 4e6, 4e8]
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(
        gzip.compress(b"model,top1,params,macs\n" + b"a,80,4000000,400000000\n" * 50)
    )
    for path, count in (workbook(tmp_path / "a.xlsx", *rows), 1), (packed, 50):
        assert rank_table(path).frame["netscore"].to_list() == [netscore(80, 4e6, 4e8)] * count


def test_frames_of_other_kinds_of_columns() -> None:
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    texts = {"top1": ["72,5", "71"], "params": ["3,4M", "5.600.000"], "macs": ["300M", "400M"]}
    expected = [40 * log10(72.5) - 10 * log10(3.4 * 0.3), 40 * log10(71) - 10 * log10(5.6 * 0.4)]
    numbers = {"top1": ["72.5", "71"], "params": [3400000, 5600000], "macs": [3e8, 4e8]}
    decimals = {**numbers, "top1": [Decimal("72.5"), Decimal("71")]}
    for frame in (
        pd.DataFrame(texts).astype("category"),
        pd.DataFrame(decimals),
        pd.DataFrame(numbers).astype({"params": object}),
        pl.DataFrame(texts).cast(pl.Categorical),
        pl.DataFrame(decimals),
        pa.table({name: pa.array(column).dictionary_encode() for name, column in texts.items()}),
        pa.table(decimals),
    ):
        result = rank_table(frame)
        assert type(result) is type(frame)
        scores = (
            result.to_pydict()["netscore"]
            if isinstance(result, pa.Table)
            else [*result["netscore"]]
        )
        assert scores == pytest.approx(expected, rel=1e-12)


def test_a_column_that_polars_cannot_hold_is_named(tmp_path: Path) -> None:
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    figures = {"model": ["a", "b"], "top1": [72, 71], "params": [3e6] * 2, "macs": [1e9] * 2}
    must = "^rank_table: column 'x' must hold values of one type that polars knows, as text$"
    for column in (["x", 3], [1j, 2], [2**70, 1], [object()] * 2, pd.Categorical([1, "v"])):
        with pytest.raises(TypeError, match=must):
            rank_table(pd.DataFrame(figures).assign(x=column), tmp_path / "out.parquet")
    sparse = pd.DataFrame(figures).assign(x=pd.arrays.SparseArray([0.5, 0.0]))
    rank_table(sparse, tmp_path / "out.csv")
    assert "\n1,a,72,3000000.0,1000000000.0,0.5," in (tmp_path / "out.csv").read_text()
    interval = pa.array([pa.MonthDayNano([1, 2, 3])] * 2)
    with pytest.raises(TypeError, match=must):
        rank_table(pa.table(figures).append_column("x", interval), tmp_path / "out.csv")
    twice = pd.DataFrame([[72, 3e6, 1e9, "a", "b"]], columns=["top1", "params", "macs", *"xx"])
    rank_table(twice, tmp_path / "out.csv")  # each of the two would do
    assert "\n1,72,3000000.0,1000000000.0,a,b," in (tmp_path / "out.csv").read_text()
    # A period is no number of days.
    days = pd.DataFrame(figures).assign(x=pd.period_range("2024-02-28", periods=2))
    rank_table(days, tmp_path / "out.csv")
    assert ",2024-02-29," in (tmp_path / "out.csv").read_text()


def test_others_are_written_with_the_mark_of_the_column() -> None:
    text = "model;top1;params (M);macs (G)\na;72,5;3,4;0,3\n"
    others = [("b", 76.25, 25.6e6, 4.1e9)]
    shown = str(rank_table(io.BytesIO(text.encode()), among=others))
    assert re.search(r"^ +2 +b +76,25 +25,6 +4,1 ", shown, re.MULTILINE)
