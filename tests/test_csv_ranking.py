from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Sequence
from math import inf, log10
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import Network, UnitWarning, find_network, load_networks
from netscore.csv_ranking import (
    LONGEST_LINE,
    ColumnChoiceError,
    CsvFileError,
    CsvTable,
    Measurement,
    Ranking,
    choose_columns,
    read_csv,
)
from netscore.tables import write_table

HEADER = "model,top1,params,macs\n"
MOBILENET = "MobileNetV2,72.0,3400000,300000000\n"
RESNET = "ResNet-50,75.3,25600000,3800000000\n"


def omega(accuracy: float, millions: float, billions: float) -> float:
    """NetScore from its definition, for one network."""
    return 20 * log10(accuracy**2 / (millions**0.5 * billions**0.5))


def read(text: str | bytes, **choices: str) -> CsvTable:
    data = text.encode() if isinstance(text, str) else text
    return read_csv(io.BytesIO(data), "models.csv", **choices)  # type: ignore[arg-type]


def records(
    text: str | bytes, reference: Sequence[Network] = (), **choices: str
) -> list[dict[str, Any]]:
    ranking = Ranking(read(text, **choices), reference)
    keys = [column.key for column in ranking.columns]
    return [dict(zip(keys, row, strict=True)) for row in ranking]


def choose(header: Sequence[str], **choices: str) -> tuple[Measurement, ...]:
    absent: dict[str, str | None] = {"accuracy": None, "params": None, "macs": None}
    return choose_columns(header, "models.csv line 1", {**absent, **choices})


# Which column is which


@pytest.mark.parametrize(
    ("name", "factor", "suffixes"),
    [
        ("params", 1, True),
        ("Parameters", 1, True),
        ("#Params", 1, True),
        ("n_params", 1, True),
        ("numParams", 1, True),
        ("num_parameters", 1, True),
        ("param_count", 1, True),
        ("total params", 1, True),
        ("params_k", 1e3, False),
        ("params_m", 1e6, False),
        ("Params (M)", 1e6, False),
        ("params_millions", 1e6, False),
        ("Parameters (in millions)", 1e6, False),
        ("mparams", 1e6, False),
        ("params_b", 1e9, False),
        ("params_billion", 1e9, False),
    ],
)
def test_usual_names_of_params(name: str, factor: float, suffixes: bool) -> None:
    column = choose(["top1", name, "macs"])[1]
    assert (column.place, column.name) == (1, name)
    assert (column.unit.factor, column.suffixes) == (factor, suffixes)


@pytest.mark.parametrize(
    ("name", "factor", "suffixes"),
    [
        ("macs", 1, True),
        ("MACs", 1, True),
        ("multiply_adds", 1, True),
        ("Mult-Adds", 1, True),
        ("mult_adds", 1, True),
        ("madds", 1, True),
        ("kmacs", 1e3, False),
        ("mmacs", 1e6, False),
        ("MAdds (M)", 1e6, False),
        ("macs_millions", 1e6, False),
        ("gmacs", 1e9, False),
        ("infer_gmacs", 1e9, False),
        ("GMACs", 1e9, False),
        ("MACs (G)", 1e9, False),
    ],
)
def test_usual_names_of_macs(name: str, factor: float, suffixes: bool) -> None:
    column = choose(["top1", "params", name])[2]
    assert (column.place, column.name) == (2, name)
    assert (column.unit.factor, column.suffixes, column.unit.flops) == (factor, suffixes, False)


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *((name, 1) for name in ("top1", "top-1", "Top-1 (%)", "top1_acc", "top1 accuracy")),
        *((name, 1) for name in ("acc", "Accuracy", "acc@1", "acc1", "accuracy_percent")),
        *((name, 1) for name in ("top1_percent", "accuracy_top1")),
        *((name, 100) for name in ("top1_fraction", "accuracy (fraction)")),
    ],
)
def test_usual_names_of_accuracy(name: str, factor: float) -> None:
    column = choose([name, "params", "macs"])[0]
    assert (column.place, column.name) == (0, name)
    assert (column.unit.factor, column.suffixes) == (factor, False)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            ["top1", "accuracy", "params", "macs"],
            "each of the columns 'top1', 'accuracy' could be accuracy: "
            "choose with --accuracy COLUMN",
        ),
        (
            ["top1", "params", "param_count", "macs"],
            "each of the columns 'params', 'param_count' could be params: "
            "choose with --params COLUMN",
        ),
        (
            ["top1", "params", "macs", "gmacs"],
            "each of the columns 'macs', 'gmacs' could be macs: choose with --macs COLUMN",
        ),
        (
            ["top1", "size", "macs"],
            "none of the columns 'top1', 'size', 'macs' has a usual name of params: "
            "choose with --params COLUMN",
        ),
    ],
)
def test_columns_are_found_only_when_unambiguous(header: list[str], message: str) -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose(header)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("flops", ""),
        ("num_flops", ""),
        ("gflops", "G"),
        ("GFLOPS", "G"),
        ("mflop", "M"),
        ("FLOPs (G)", "G"),
    ],
)
def test_flops_are_never_taken_for_macs(name: str, unit: str) -> None:
    question = (
        f"{name!r} may count FLOPs, two to a multiply-accumulate: pass --macs '{name}:{unit}FLOP' "
        f"to have it halved, or --macs '{name}:{unit}MAC' if it counts multiply-accumulates"
    )
    with pytest.raises(ColumnChoiceError) as error:
        choose(["top1", "params", name])
    assert str(error.value) == f"no column is named as macs, and {question}"
    with pytest.raises(ColumnChoiceError) as error:
        choose(["top1", "params", name], macs=name)
    assert str(error.value) == question
    # What the message proposes works, and macs beside it are no question.
    assert choose(["top1", "params", name], macs=f"{name}:{unit}FLOP")[2].unit.flops
    assert not choose(["top1", "params", name], macs=f"{name}:{unit}MAC")[2].unit.flops
    assert choose(["top1", "params", name, "macs"])[2].name == "macs"


def test_a_choice_is_a_column_or_a_column_and_a_unit() -> None:
    header = ["a", "x:G", "b:c", "gmacs", "d", "macs"]
    accuracy, params, macs = choose(header, accuracy="a:fraction", params="b:c:M", macs="x:G")
    assert (accuracy.name, accuracy.unit.factor) == ("a", 100)
    assert (params.name, params.unit.factor, params.suffixes) == ("b:c", 1e6, False)
    # The whole text is a column, so that no unit is said.
    assert (macs.name, macs.unit.factor, macs.suffixes) == ("x:G", 1, True)
    # A chosen column may state its unit in its name; what the caller says comes first.
    chosen = {"accuracy": "a", "params": "d"}
    assert choose(header, **chosen, macs="gmacs")[2].unit.factor == 1e9
    assert choose(header, **chosen, macs="gmacs:M")[2].unit.factor == 1e6
    # An empty unit says plain counts.
    assert choose(header, **chosen, macs="macs:")[2].suffixes is False


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"params": "size"},
            "--params names 'size', which is none of the columns 'model', 'top1', 'params', 'macs'",
        ),
        (
            {"params": "size:M"},
            "--params names 'size', which is none of the columns 'model', 'top1', 'params', 'macs'",
        ),
        (
            {"macs": "macs:X"},
            "--macs macs:X: the unit of macs is K, M, G, B or T, alone or before MAC or FLOP, "
            "as in GMAC, got 'X'",
        ),
        (
            {"accuracy": "top1:"},
            "--accuracy top1:: the unit of accuracy is percent or fraction, got ''",
        ),
        (
            {"params": "macs"},
            "column 'macs' cannot be both params and macs: choose with --params and --macs",
        ),
    ],
)
def test_wrong_choices(choices: dict[str, str], message: str) -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose(["model", "top1", "params", "macs"], **choices)
    assert str(error.value) == message


def test_an_unnamed_column_is_not_chosen_by_a_lone_unit() -> None:
    with pytest.raises(ColumnChoiceError, match="--params names 'M', which is none of the columns"):
        choose(["", "top1", "params", "macs"], params="M")
    assert choose(["", "top1", "params", "macs"], params=":M")[1].place == 0


def test_a_message_lists_few_of_many_columns() -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose([f"c{i}" for i in range(100_000)])
    assert "'c11', … (100000 in all) has a usual name of accuracy" in str(error.value)
    assert "c12" not in str(error.value)


def test_a_chosen_name_that_stands_twice_is_wrong_data() -> None:
    message = r"^models\.csv line 3: two columns are named 'params'$"
    with pytest.raises(CsvFileError, match=message):
        read("\n\ntop1,params,macs,params\n1,2,3,4\n")
    with pytest.raises(CsvFileError, match=r"line 1: two columns are named 'x'"):
        read("top1,params,x,x\n1,2,3,4\n", macs="x")
    # Two columns of a name that is not chosen are no error.
    assert len(read("x,top1,params,macs,x\n1,2,3,4,5\n")) == 1


# Reading


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEADER + MOBILENET + RESNET, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + (HEADER + MOBILENET + RESNET).encode(), id="BOM"),
        pytest.param((HEADER + MOBILENET + RESNET).replace("\n", "\r\n"), id="CRLF"),
        pytest.param((HEADER + MOBILENET + RESNET).rstrip("\n"), id="no last newline"),
        pytest.param(f"\n{HEADER}\n\n{MOBILENET}\r\n{RESNET}\n\n", id="blank lines"),
    ],
)
def test_files_as_they_come(data: str | bytes) -> None:
    table = read(data)
    assert table.header == ["model", "top1", "params", "macs"]
    assert list(table.cells([1, 0])) == [
        ["ResNet-50", "75.3", "25600000", "3800000000"],
        ["MobileNetV2", "72.0", "3400000", "300000000"],
    ]
    accuracy, params, macs = table.values()
    assert accuracy.tolist() == [72.0, 75.3]
    assert params.tolist() == [3.4e6, 25.6e6]
    assert macs.tolist() == [300e6, 3.8e9]
    assert (table.unscored, list(table.complaints())) == (0, [])


def test_a_cell_may_carry_a_suffix_only_when_no_unit_is_said() -> None:
    table = read(HEADER + 'a,72.0, 3.4M ,0.3G\nb,72,3_400_000,"3e8"\n')
    assert [values.tolist() for values in table.values()] == [
        [72.0, 72.0],
        [3.4e6, 3.4e6],
        [3e8, 3e8],
    ]
    with_unit = read(HEADER + "a,72.0,3.4M,0.3G\n", params="params:M")
    assert list(with_unit.complaints()) == [
        "models.csv line 2, column params: not a plain number: '3.4M'"
    ]


def test_units_are_applied() -> None:
    table = read("acc,p,f\n0.72,3.4,0.6\n", accuracy="acc:fraction", params="p:M", macs="f:GFLOP")
    accuracy, params, macs = table.values()
    assert accuracy.tolist() == [72.0]
    assert params.tolist() == [3.4e6]
    # 0.6 GFLOPs are 0.3 billion multiply-accumulates.
    assert macs.tolist() == [3e8]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,,1,1", "top1: empty"),
        ("a,72, ,1", "params: empty"),
        ("a,n/a,1,1", "top1: not a plain number: 'n/a'"),
        ("a,72%,1,1", "top1: not a plain number: '72%'"),
        ("a,72,?,1", "params: not a number: '?'"),
        ("a,72,1,2e6M", "macs: not a number: '2e6M'"),
        ("a,nan,1,1", "top1: must be a percentage from 0 to 100, got 'nan'"),
        ("a,100.1,1,1", "top1: must be a percentage from 0 to 100, got '100.1'"),
        ("a,-1,1,1", "top1: must be a percentage from 0 to 100, got '-1'"),
        ("a,72,inf,1", "params: must be positive and finite, got 'inf'"),
        ("a,72,0,1", "params: must be positive and finite, got '0'"),
        ("a,72,-3M,1", "params: must be positive and finite, got '-3M'"),
        ("a,72,1,NaN", "macs: must be positive and finite, got 'NaN'"),
        ("a,72,1,1e999", "macs: must be positive and finite, got '1e999'"),
        ("a,72,1,\x1b[2J", r"macs: not a number: '\x1b[2J'"),
        (f"a,72,1,{'x' * 41}", f"macs: not a number: '{'x' * 39}…'"),
    ],
)
def test_a_row_that_cannot_be_scored_is_named_and_kept(row: str, complaint: str) -> None:
    text = f"{HEADER}{MOBILENET}{row}\n{RESNET}"
    assert list(read(text).complaints()) == [f"models.csv line 3, column {complaint}"]
    rows = records(text)
    assert [record["rank"] for record in rows] == [1, 2, None]
    assert (rows[2]["netscore"], rows[2]["information_density"]) == (None, None)
    assert [rows[2][name] for name in ("model", "top1", "params", "macs")] == row.split(",")


def test_fractions_have_their_own_range() -> None:
    table = read(HEADER + "a,72,1,1\nb,1,1,1\n", accuracy="top1:fraction")
    assert list(table.complaints()) == [
        "models.csv line 2, column top1: must be a fraction from 0 to 1, got '72'"
    ]


def test_an_overflow_by_the_unit_is_out_of_range() -> None:
    table = read(HEADER + "a,72,1e300,1\nb,72,5e-324,1\n", params="params:G", macs="macs:GMAC")
    assert list(table.complaints()) == [
        "models.csv line 2, column params: must be positive and finite, got '1e300'"
    ]
    table = read(HEADER + "a,72,1,5e-324\n", macs="macs:FLOP")
    assert list(table.complaints()) == [
        "models.csv line 2, column macs: must be positive and finite, got '5e-324'"
    ]


def test_every_bad_cell_of_a_row_is_named_with_the_line_on_which_the_row_begins() -> None:
    text = 'model,top1,"par\nams",macs\n"two\nlines",x,1,y\n\nc,72,1,\n'
    table = read(text, params="par\nams")
    assert list(table.complaints()) == [
        "models.csv line 3, column top1: not a plain number: 'x'",
        "models.csv line 3, column macs: not a number: 'y'",
        "models.csv line 6, column macs: empty",
    ]
    assert (len(table), table.unscored) == (2, 2)


# Hostile files


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "line 1: the file is empty"),
        ("\n\n", "line 1: the file is empty"),
        (HEADER, "line 1: there is no row below the header"),
        (HEADER + "\n\n", "line 3: there is no row below the header"),
        (HEADER + MOBILENET + "a,72,1\n", "line 3: 3 cells, but the header has 4"),
        (HEADER + MOBILENET + "\na,72,1,1,1\n", "line 4: 5 cells, but the header has 4"),
        (HEADER + "a\0,72,1,1\n", "line 2: a NUL byte"),
        ("mod\0el,top1,params,macs\n", "line 1: a NUL byte"),
        (HEADER.encode() + b"caf\xe9,72,1,1\n", "line 2: not UTF-8 text (byte 0xe9)"),
        (b"\xff\xfem\0o\0", "line 1: not UTF-8 text (byte 0xff)"),
        (HEADER + MOBILENET + '"a,72,1,1\n' + RESNET, "line 3: a quotation mark is not closed"),
        (
            HEADER + '"a,72,1,1\n' + RESNET * 5000,
            "line 2: a cell is too long, or a quotation mark is not closed",
        ),
        (
            HEADER + "a" * 200_000 + ",72,1,1\n",
            "line 2: a cell is too long, or a quotation mark is not closed",
        ),
        (HEADER + '"a"b,72,1,1\n', "line 2: not CSV: ',' expected after '\"'"),
        (
            HEADER + "a,72,1,1\rb,72,1,1\r",
            "line 2: a carriage return stands in a cell without quotation marks",
        ),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence(data: str | bytes, message: str) -> None:
    with pytest.raises(CsvFileError) as error:
        read(data)
    assert str(error.value) == f"models.csv {message}"


class EndlessLine(io.RawIOBase):
    """A file whose second line never ends."""

    def __init__(self) -> None:
        self.start = HEADER.encode()
        self.served = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.start or b"x" * len(buffer)
        self.start = b""
        buffer[: len(data)] = data
        self.served += len(data)
        return len(data)


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    stream = EndlessLine()
    with pytest.raises(CsvFileError, match=r"^stdin line 2: longer than 16777216 bytes$"):
        read_csv(io.BufferedReader(stream), "stdin")
    assert stream.served < 2 * LONGEST_LINE


def test_a_hundred_thousand_columns_pass_through() -> None:
    many = 100_000
    header = ",".join(["top1", "params", "macs", *(f"c{i}" for i in range(many))])
    row = ",".join(["72", "3.4M", "300M", *map(str, range(many))])
    ranking = Ranking(read(f"{header}\n{row}\n"))
    (values,) = ranking
    assert values[1:-2] == row.split(",")
    stream = io.StringIO()
    write_table(stream, ranking.columns, ranking)
    assert len(stream.getvalue().splitlines()) == 2


def test_formulas_of_a_spreadsheet_are_text() -> None:
    cell = '=cmd|"/c calc"!A1'
    quoted = cell.replace('"', '""')
    (record,) = records(f'{HEADER}"{quoted}",72,3.4M,300M\n')
    assert record["model"] == cell


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(CELLS, st.sampled_from(["72", "75.3", "", "x"]), CELLS), min_size=1))
def test_every_row_and_cell_of_the_user_is_kept(rows: list[tuple[str, str, str]]) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["a", "top1", "b", "params", "macs"])
    writer.writerows([*row, "3.4M", "300M"] for row in rows)
    ranking = list(Ranking(read(stream.getvalue())))
    kept = [row[1:-2] for row in ranking]
    # Best first, ties and rows without a score in the order of the file.
    order = {"75.3": 0, "72": 1}
    expected = sorted(rows, key=lambda row: order.get(row[1], 2))
    assert kept == [[*row, "3.4M", "300M"] for row in expected]


def test_memory_is_a_text_and_a_few_numbers_per_row() -> None:
    rows = 20_000
    row = "some-model-name,family,72.00,3400000,300000000,a comment\n"
    data = io.BytesIO(b"model,family,top1,params,macs,comment\n" + row.encode() * rows)
    tracemalloc.start()
    try:
        ranking = Ranking(read_csv(data, "models.csv"))
        for _ in ranking:
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The text of a row takes 106 bytes. A million rows stay below 400 MB.
    assert peak / rows < 400


def test_progress_is_told_every_few_thousand_rows() -> None:
    data = (HEADER + MOBILENET * 40_000).encode()
    read_rows: list[int] = []
    ranked_rows: list[int] = []
    table = read_csv(io.BytesIO(data), "models.csv", progress=read_rows.append)
    list(Ranking(table, progress=ranked_rows.append))
    assert read_rows == [16384, 32768]
    assert ranked_rows == [16384, 32768, 40_000]


# Ranking


def test_scores_ranks_and_order() -> None:
    rows = records(HEADER + RESNET + MOBILENET + "zero,0,1000,1000\nbad,x,1,1\nsame,72,3.4M,0.3G\n")
    assert [row["model"] for row in rows] == ["MobileNetV2", "same", "ResNet-50", "zero", "bad"]
    assert [row["rank"] for row in rows] == [1, 1, 3, 4, None]
    assert rows[0]["netscore"] == pytest.approx(omega(72.0, 3.4, 0.3), rel=1e-14)
    assert rows[2]["netscore"] == pytest.approx(omega(75.3, 25.6, 3.8), rel=1e-14)
    assert rows[0]["information_density"] == pytest.approx(72.0 / 3.4, rel=1e-14)
    # An accuracy of 0 has a score, the lowest.
    assert (rows[3]["netscore"], rows[3]["information_density"]) == (-inf, 0)


def test_rank_comes_first_and_scores_last() -> None:
    ranking = Ranking(read("model,top1,x,params,macs,y\na,72,,3.4M,300M,\n"))
    assert [column.key for column in ranking.columns] == [
        *("rank", "model", "top1", "x", "params", "macs", "y"),
        *("netscore", "information_density"),
    ]
    assert [column.key for column in ranking.columns if column.number] == [
        *("rank", "top1", "params", "macs", "netscore", "information_density")
    ]


def test_nothing_of_the_users_is_overwritten() -> None:
    text = "rank,netscore,netscore_2,top1,params,macs,reference,information_density\n"
    row = ["my rank", "my score", "2", "72", "3.4M", "300M", "my reference", "my density"]
    ranking = Ranking(read(f"{text}{','.join(row)}\n"), [find_network("VGG-16")])
    assert [column.key for column in ranking.columns] == [
        "rank_2",
        *text.rstrip().split(","),
        *("netscore_3", "information_density_2", "reference_2"),
    ]
    assert next(iter(ranking))[1:9] == row


def test_a_doubt_about_units_is_told_once() -> None:
    with pytest.warns(UnitWarning, match="params was read as 3.4 to 25.6 parameters") as caught:
        ranking = Ranking(read(HEADER + "a,72,3.4,300M\nb,75.3,25.6,3.8G\n"), load_networks())
    assert len(caught) == 1
    assert len(list(ranking)) == 62


def test_ranks_among_the_60() -> None:
    rows = records(HEADER + "mine,72.0,3.4M,300M\nbad,x,1,1\n", load_networks())
    assert len(rows) == 62
    mine = next(row for row in rows if row["model"] == "mine")
    theirs = next(row for row in rows if row["model"] == "MobileNetV2")
    # The same figures: both are third, the user's row stands first.
    assert mine == {**theirs, "model": "mine", "reference": None, "params": "3.4M", "macs": "300M",
                    "top1": "72.0"}  # fmt: skip
    assert (mine["rank"], rows.index(mine), rows.index(theirs)) == (3, 2, 3)
    assert theirs["reference"] == "yes"
    assert [row["rank"] for row in rows] == [1, 2, 3, 3, *range(5, 62), None]
    assert sum(row["reference"] == "yes" for row in rows) == 60
    assert rows[-1]["model"] == "bad"


def test_figures_of_the_60_are_written_in_the_users_units() -> None:
    networks = [find_network("AlexNet"), find_network("SENet-154")]
    text = "arch,a,p,m,comment\nmine,0.72,3.4,0.6,hello\n"
    rows = records(text, networks, accuracy="a:fraction", params="p:M", macs="m:GFLOP")
    by_name = {row["arch"]: row for row in rows}
    # AlexNet: 57.1 %, 60 000 000 params, 720 000 000 MACs, hence 1.44 GFLOPs.
    alexnet = by_name["AlexNet"]
    assert [alexnet[name] for name in "apm"] == ["0.571", "60", "1.44"]
    assert alexnet["comment"] is None
    assert alexnet["netscore"] == pytest.approx(omega(57.1, 60, 0.72), rel=1e-14)
    # SENet-154: 82.72 %, 115 088 984, 42.3 G.
    assert [by_name["SENet-154"][name] for name in "apm"] == ["0.8272", "115.088984", "84.6"]
    # What is written reads back as the same network.
    again = records(
        "a,p,m\n{a},{p},{m}\n".format(**alexnet),
        accuracy="a:fraction",
        params="p:M",
        macs="m:GFLOP",
    )
    assert again[0]["netscore"] == pytest.approx(alexnet["netscore"], rel=1e-14)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("id,Model Name,top1,params,macs", "Model Name"),
        ("id,arch,name,top1,params", "arch"),
        ("top1,params,macs,id,comment", "id"),
        ("top1,model,params,macs", "model"),
    ],
)
def test_names_of_the_60_go_to_the_users_column_of_names(header: str, column: str) -> None:
    names = header.split(",")
    cells = {"top1": "72", "params": "3.4M", "macs": "300M"}
    row = ",".join(cells.get(name, "x") for name in names)
    choices = {} if "macs" in names else {"macs": "id"}
    if choices:
        row = row.replace("x", "300M", 1)
    rows = records(f"{header}\n{row}\n", [find_network("VGG-16")], **choices)
    assert rows[1][column] == "VGG-16"
    assert list(rows[1])[1:-3] == names


def test_names_of_the_60_get_a_column_if_there_is_none() -> None:
    rows = records("top1,params,macs\n72,3.4M,300M\n", [find_network("VGG-16")])
    assert [list(row)[:2] for row in rows] == [["rank", "network"]] * 2
    assert [row["network"] for row in rows] == [None, "VGG-16"]


def test_the_ranking_can_be_read_twice_and_written_in_every_format() -> None:
    ranking = Ranking(read(HEADER + MOBILENET + "bad,,1,1\n"))
    assert list(ranking) == list(ranking)
    written = {}
    for form in ("text", "csv", "json", "markdown"):
        stream = io.StringIO()
        write_table(stream, ranking.columns, ranking, format=form)
        written[form] = stream.getvalue()
    score = omega(72, 3.4, 0.3)
    assert json.loads(written["json"])[0]["netscore"] == pytest.approx(score, rel=1e-14)
    assert json.loads(written["json"])[1]["netscore"] is None
    assert written["csv"].splitlines()[2] == ",bad,,1,1,,"
    assert written["text"].splitlines()[1].split()[-2:] == ["74.21", "21.18"]
    assert written["markdown"].splitlines()[3] == "|  | bad |  | 1 | 1 |  |  |"
