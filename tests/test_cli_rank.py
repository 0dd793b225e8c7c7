"""netscore rank beyond a plain CSV file: columns, parts, the best and the front."""

from __future__ import annotations

import builtins
import datetime
import io
import json
import re
import sys
import time
import warnings
from math import log10
from pathlib import Path
from typing import Any

import pytest
from cli_runs import Runner, Terminal

from netscore import UnitWarning, compare, load_networks, rank_table, signature
from netscore.cli import main

pl = pytest.importorskip("polars", "1.34", reason="frames need polars")

# The third is beaten by the first in everything; the fourth costs least.
MODELS: dict[str, list[Any]] = {
    "model": ["MobileNetV2", "ResNet-50", "VGG-16", "tiny"],
    "top1": [72.0, 75.3, 71.5, 40.0],
    "params": [3_400_000, 25_600_000, 138_000_000, 1_000_000],
    "macs": [300_000_000, 3_800_000_000, 15_300_000_000, 50_000_000],
}
# 40 log10 a - 10 log10 p - 10 log10 m, in millions and billions
SCORES = {
    name: 40 * log10(a) - 10 * log10(p / 1e6) - 10 * log10(m / 1e9)
    for name, a, p, m in zip(*MODELS.values())
}
ORDER = ["tiny", "MobileNetV2", "ResNet-50", "VGG-16"]
SOURCES = [("models.csv",), ("models.csv", "--in-parts"), ("models.parquet",), ("models.arrow",)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    frame = pl.DataFrame(MODELS)
    frame.write_csv(tmp_path / "models.csv")
    frame.write_parquet(tmp_path / "models.parquet")
    frame.write_ipc(tmp_path / "models.arrow")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path: Path) -> Any:
    return (pl.read_parquet if path.suffix in (".parquet", ".pq") else pl.read_ipc)(path)


def models_in(printed: str) -> list[tuple[int | None, str]]:
    return [(record["rank"], record["model"]) for record in json.loads(printed)]


@pytest.mark.parametrize("options", [(), ("--signature",), ("--format", "markdown")])
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_prints_the_same(
    source: tuple[str, ...], options: tuple[str, ...], folder: Path, run: Runner
) -> None:
    result = run("rank", *source, *options)
    assert (result.code, result.err) == (0, "")
    assert result == run("rank", "models.csv", *options)
    lines = [line.replace("|", " ").split()[:2] for line in result.out.splitlines() if "." in line]
    assert lines[:4] == [[str(place), name] for place, name in enumerate(ORDER, 1)]


@pytest.mark.parametrize("target", ["out.parquet", "out.pq", "out.arrow", "out.feather", "out.ipc"])
@pytest.mark.parametrize("source", SOURCES)
def test_files_of_columns_are_written(
    source: tuple[str, ...], target: str, folder: Path, run: Runner
) -> None:
    assert run("rank", *source, "--output", target, "--signature") == (0, "", "")
    frame = read(folder / target)
    assert frame.columns == [
        *("rank", "model", "top1", "params", "macs"),
        *("netscore", "information_density", "signature"),
    ]
    assert frame["rank"].to_list() == [1, 2, 3, 4]
    assert frame["model"].to_list() == ORDER
    assert frame["netscore"].to_list() == pytest.approx([SCORES[n] for n in ORDER], abs=1e-12)
    assert frame["information_density"][1] == pytest.approx(72 / 3.4)
    assert frame["signature"].to_list() == [signature()] * 4


@pytest.mark.parametrize("source", SOURCES)
def test_the_best_and_the_front(source: tuple[str, ...], folder: Path, run: Runner) -> None:
    def found(*options: str) -> list[tuple[int | None, str]]:
        result = run("rank", *source, "--format", "json", *options)
        assert (result.code, result.err) == (0, "")
        return models_in(result.out)

    assert found("--top", "2") == [(1, "tiny"), (2, "MobileNetV2")]
    assert found("--top", "9") == list(enumerate(ORDER, 1))
    front = [(1, "tiny"), (2, "MobileNetV2"), (3, "ResNet-50")]
    assert found("--pareto") == front
    assert found("--pareto", "--top", "1") == front[:1]


def test_a_cell_that_can_be_mended_is_said_with_its_remedy(folder: Path, run: Runner) -> None:
    rows = "72.0±0.1,3.4M,0.3G\n75.3,25.6M,3.8G\n"
    (folder / "bad.csv").write_text(f"top1,params,macs\n{rows}", encoding="utf-8")
    result = run("rank", "bad.csv")
    assert result.code == 1
    # Of the figures of ResNet-50, as in SCORES; there is no name to show.
    assert [line.split()[:2] for line in result.out.splitlines()] == [
        ["rank", "top1"],
        ["1", "75.3"],
        ["72.0±0.1", "3.4M"],
    ]
    assert result.err.splitlines() == [
        "bad.csv line 2, column top1: not a number: '72.0±0.1'",
        "netscore rank: a figure stands alone: 72.0, not 72.0±0.1, 72.0* or ~72",
        "netscore rank: 1 of 2 rows cannot be scored",
    ]


def test_one_is_no_plural(folder: Path, run: Runner) -> None:
    (folder / "bad.csv").write_text("model,top1,params,macs\na,x,3M,1G\n")
    assert run("rank", "bad.csv").err.splitlines() == [
        "bad.csv line 2, column top1: not a number: 'x'",
        "netscore rank: 1 of 1 row cannot be scored",
    ]


@pytest.mark.parametrize("options", [(), ("--in-parts",)])
def test_rows_without_a_score(options: tuple[str, ...], folder: Path, run: Runner) -> None:
    rows = "".join(f"m{i},x,3M,1G\n" for i in range(12))
    (folder / "bad.csv").write_text(f"model,top1,params,macs\n{rows}b,0,3M,1G\nc,72,3M,1G\n")
    result = run("rank", "bad.csv", "--top", "3", "--format", "json", *options)
    assert (result.code, models_in(result.out)) == (1, [(1, "c"), (2, "b")])
    assert result.err.splitlines() == [
        *(f"bad.csv line {i}, column top1: not a number: 'x'" for i in range(2, 12)),
        "netscore rank: 2 more cells without a figure",
        "netscore rank: 12 of 14 rows cannot be scored",
    ]
    result = run("rank", "bad.csv", "--format", "json", *options)
    assert [place for place, _ in models_in(result.out)] == [1, 2, *[None] * 12]
    assert [record["signature"] for record in json.loads(result.out)][1:3] == [signature(), None]


def test_cells_of_files_of_columns(folder: Path, run: Runner) -> None:
    frame = pl.DataFrame(
        {
            "day": [datetime.date(2018, 1, 13), None],
            "top1": [0.72, 1.01],
            "params_m": [3.4, 3.4],
            "gflops": [0.6, None],
        }
    )
    frame.write_parquet("odd.parquet")
    choices = ("--accuracy", "top1:fraction", "--macs", "gflops:GFLOP")
    result = run("rank", "odd.parquet", *choices, "--format", "json")
    assert result.code == 1
    assert result.err == (
        "netscore rank: read gflops as FLOPs and halved to MACs\n"
        "odd.parquet position 1, column top1: must be a fraction from 0 to 1, got 1.01\n"
        "odd.parquet position 1, column gflops: empty\n"
        "netscore rank: 1 of 2 rows cannot be scored\n"
    )
    first, last = json.loads(result.out)
    assert first["netscore"] == pytest.approx(SCORES["MobileNetV2"], abs=1e-12)
    # What JSON and CSV lack is text.
    assert (first["day"], last["day"]) == ("2018-01-13", None)
    assert run("rank", "odd.parquet", *choices, "--format", "csv").out.splitlines()[1:3] == [
        f"1,2018-01-13,0.72,3.4,0.6,{first['netscore']},{first['information_density']}",
        ",,1.01,3.4,,,",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("missing.parquet", "netscore: cannot open missing.parquet: No such file"),
        (
            "models.parquet --output missing/out.parquet",
            "netscore: cannot open missing/out.parquet: No such file or directory",
        ),
        ("models.csv --in-parts --with-reference", "netscore rank: among is for a table that"),
        (
            "models.csv --among others",
            "netscore rank: among must be 'chapter', 'torchvision', a fi",
        ),
        (
            "models.parquet --macs flops",
            "netscore rank: models.parquet: --macs names 'flops', which is none of the columns",
        ),
        ("models.parquet --top 0", "netscore rank: argument --top: must be a positive integer, go"),
        ("models.csv --top 1.5", "netscore rank: argument --top: must be a positive integer, got"),
    ],
)
def test_wrong_usage(arguments: str, message: str, folder: Path, run: Runner) -> None:
    before = sorted(path.name for path in folder.iterdir())
    result = run("rank", *arguments.split())
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith(message)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_is_said_of_another_kind_of_file_is_named_as_it_is_typed(
    folder: Path, run: Runner
) -> None:
    said = "netscore: --sheet is for a workbook, got '1' beside another\n"
    assert run("rank", "models.csv", "--sheet", "1") == (1, "", said)


def test_wrong_data(folder: Path, run: Runner) -> None:
    pl.read_parquet("models.parquet").clear().write_parquet("none.parquet")
    assert run("rank", "none.parquet").err == ""
    (folder / "text.parquet").write_text("model,top1\n")
    result = run("rank", "text.parquet")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("netscore: text.parquet: ")
    (folder / "rank_table").write_text("model,top1,params,macs\n")
    said = "netscore: rank_table line 1: there is no row below the header\n"
    assert run("rank", "rank_table") == (1, "", said)
    pl.DataFrame({"top1": [[72.0]], "params": [1e6], "macs": [1e9]}).write_parquet("list.parquet")
    assert run("rank", "list.parquet") == (
        *(1, ""),
        "netscore: column 'top1' must hold numbers or text, got List(Float64)\n",
    )
    count = ("count", "a:b", "--accuracy-from")
    for command in (("score", "72", "3M", "1G", "--among"), ("table", "--among"), count):
        for path, said in (
            ("list.parquet", "column 'top1' must hold numbers or text, got List(Float64)\n"),
            ("text.parquet", "text.parquet: parquet: "),
        ):
            result = run(*command, path)
            among = "among: " if "--among" in command else ""
            assert result.code == (2 if among else 1)
            assert result.err.partition(": ")[2].startswith(f"{among}{said}")


@pytest.mark.parametrize(
    ("said", "code", "shown"),
    [
        ("x", 1, "netscore: TypeError: x\nnetscore: this is a fault of netscore, not of your data"),
        ("compare: x", 2, "netscore score: x\n"),
    ],
)
def test_only_what_begins_with_the_name_of_a_function_is_a_refusal(
    said: str, code: int, shown: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise TypeError(said)

    monkeypatch.setattr("netscore.comparison.standing", wrong)
    result = run("score", "72", "3M", "1G")
    assert (result.code, result.err[: len(shown)]) == (code, shown)


def test_without_polars(folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("polars", "fastexcel"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    (folder / "models.xlsx").write_bytes(b"PK")
    needs = "netscore: rank needs fastexcel: install it with  pip install 'netscore[excel]'\n"
    assert run("rank", "models.xlsx") == (1, "", needs)
    needs = "netscore: rank needs polars: install it with  pip install 'netscore[frames]'\n"
    for arguments in (["models.parquet"], ["models.csv", "--in-parts"]):
        assert run("rank", *arguments) == (1, "", needs)
    assert run("rank", "models.csv", "--output", "out.parquet") == (1, "", needs)
    assert not (folder / "out.parquet").exists()
    result = run("rank", "models.csv", "--top", "1", "--pareto")
    assert (result.code, result.err) == (0, "")
    assert "tiny" in result.out


def test_stdin_may_go_to_a_file_of_columns(
    folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for options in ((), ("--in-parts",)):
        text = (folder / "models.csv").read_bytes()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert run("rank", "-", "--output", "out.arrow", *options) == (0, "", "")
        assert read(folder / "out.arrow")["model"].to_list() == ORDER


@pytest.mark.parametrize(
    ("seconds", "output", "shown"),
    [
        (0.3, "out.parquet", set()),
        (1.1, "out.parquet", {"read 4 rows", "wrote 4 rows"}),
        (1.1, None, {"read 4 rows"}),
    ],
)
def test_progress(
    seconds: float,
    output: str | None,
    shown: set[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(times) * seconds)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    options = [] if output is None else ["--output", output]
    assert main(["rank", "models.parquet", *options]) == 0
    lines = terminal.getvalue().split("\r")
    texts = {line.removeprefix("netscore rank: ").strip() for line in lines if line.strip()}
    assert texts >= shown
    assert {text.split()[0] for text in texts} == {text.split()[0] for text in shown}
    assert lines[-1] == ""


@pytest.mark.parametrize("source", SOURCES)
def test_rows_beyond_the_bounds_are_cut_before_the_ranking(
    source: tuple[str, ...], folder: Path, run: Runner
) -> None:
    bounds = ("--min-accuracy", "71.5", "--max-params", "25.6M", "--max-macs", "3.8G")
    result = run("rank", *source, *bounds, "--format", "json")
    assert models_in(result.out) == [(1, "MobileNetV2"), (2, "ResNet-50")]
    said = "netscore rank: cut: 2 of 4 rows, as beyond the bounds\n"
    assert (result.code, result.err) == (0, said)
    # The front of what is left, its best, and nothing.
    few = run("rank", *source, "--max-macs", "1G", "--pareto", "--format", "json")
    assert models_in(few.out) == [(1, "tiny"), (2, "MobileNetV2")]
    best = run("rank", *source, "--min-accuracy", "72", "--top", "1", "--format", "json")
    assert models_in(best.out) == [(1, "MobileNetV2")]
    assert run("rank", *source, "--min-accuracy", "99", "--format", "json").json == []


def test_a_row_that_lacks_the_figure_is_not_cut(folder: Path, run: Runner) -> None:
    lines = ("model,top1,params,macs", "a,,3400000,3e8", "b,50,,3e8", "c,70,1e6,1e9")
    Path("gaps.csv").write_text("\n".join(lines))
    result = run("rank", "gaps.csv", "--min-accuracy", "60", "--format", "json")
    assert models_in(result.out) == [(1, "c"), (None, "a")]
    assert result.code == 1
    assert "cut: 1 of 3 rows, as beyond the bounds\n" in result.err
    assert result.err.endswith("netscore rank: 1 of 3 rows cannot be scored\n")


@pytest.mark.parametrize("source", SOURCES)
def test_other_exponents(source: tuple[str, ...], folder: Path, run: Runner) -> None:
    weights = ("--alpha", "1", "--beta", "0", "--gamma", "0.25")
    records = run("rank", *source, *weights, "--format", "json").json
    assert [record["model"] for record in records] == ["MobileNetV2", "tiny", "ResNet-50", "VGG-16"]
    # 20 (log10 72 - 0.25 log10 0.3)
    assert records[0]["netscore"] == pytest.approx(20 * log10(72.0) - 5 * log10(0.3))
    assert records[0]["signature"] == signature(alpha=1.0, beta=0.0, gamma=0.25)
    wrong = run("rank", *source, "--beta", "-1")
    said = "netscore rank: beta must be 0, or from 1e-06 to 1000, got -1.0\n"
    assert wrong == (2, "", said)


PHONES = """model,top1,Latency (ms),peak_mib,note
fast,70.0,20,512,a
slow,75.0,80,256,b
lost,75.0,,256,c
"""


@pytest.mark.parametrize("options", [(), ("--in-parts",)])
def test_costs_of_ones_own(options: tuple[str, ...], folder: Path, run: Runner) -> None:
    Path("phones.csv").write_text(PHONES)
    costs = ("--cost", "Latency (ms):ms^0.5", "--cost", "peak_mib:MiB^0.25", "--alpha", "1")
    result = run("rank", "phones.csv", *costs, "--format", "json", *options)
    fast, slow, lost = result.json
    assert list(fast)[-2:] == ["weighted_score", "signature"]
    assert "netscore" not in fast
    # 20 (log10 70 - 0.5 log10 20 - 0.25 log10 512)
    assert fast["weighted_score"] == pytest.approx(
        20 * log10(70.0) - 10 * log10(20) - 5 * log10(512)
    )
    assert (slow["rank"], slow["model"], lost["weighted_score"]) == (2, "slow", None)
    how = "weighted_score|acc:top1-percent|Latency-ms:ms^0.5|peak_mib:MiB^0.25|log:20log10|a:1|v:"
    assert fast["signature"].startswith(how)
    text = run("rank", "phones.csv", *costs, "--pareto", "--signature", *options).out
    assert text.splitlines()[0].endswith("note  weighted_score (no NetScore)")
    assert text.splitlines()[-1].startswith(how)
    missing = run("rank", "phones.csv", "--cost", "watts:W^0.5")
    said = "--cost names 'watts', which is none of the columns"
    assert (missing.code, said in missing.err) == (2, True)


def test_costs_with_and_without_a_unit(folder: Path, run: Runner) -> None:
    Path("phones.csv").write_text("model,top1,Latency\na,72,12 ms\nb,71,12\n")
    result = run("rank", "phones.csv", "--cost", "Latency:ms^0.5", "--format", "json")
    assert (result.err, [row["Latency"] for row in result.json]) == ("", [12, 12])


def test_costs_of_other_scripts_have_names_of_their_own(folder: Path, run: Runner) -> None:
    Path("phones.csv").write_text("model,top1,延迟,内存\na,10,10,100\n", encoding="utf-8")
    costs = ("--cost", "延迟:ms^0.5", "--cost", "内存:MiB^0.5")
    (row,) = run("rank", "phones.csv", *costs, "--format", "json").json
    assert row["weighted_score"] == pytest.approx(20 * (2 - 0.5 - 1), rel=1e-14)
    assert "|cost:ms^0.5|cost_2:MiB^0.5|" in row["signature"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("- -", "- is stdin, which can be read only once"),
        ("- --among -", "- is stdin, which can be read only once"),
        (
            "a.csv --cost t:ms^1 --pareto",
            "pareto is for accuracy and two costs, and weighted_score",
        ),
        ("a.csv --cost t:ms^1 --among chapter", "the networks of among have no figures of weighte"),
    ],
)
def test_wishes_that_do_not_fit_are_errors_of_use(
    options: str, said: str, folder: Path, run: Runner
) -> None:
    Path("a.csv").write_text("model,top1,t\na,72,3\n")
    result = run("rank", *options.split())
    assert (result.code, result.err.startswith(f"netscore rank: {said}")) == (2, True)


def test_files_of_text_and_of_columns_are_no_table_together(folder: Path, run: Runner) -> None:
    for name in ("a.csv", "b.parquet"):
        Path(name).write_text("model,top1,params,macs\na,72,3M,1G\n")
    for names in ("a.csv b.parquet", "b.parquet a.csv", "."):
        result = run("rank", *names.split())
        first = "./a.csv" if names == "." else names.split()[0]
        said = f"netscore: several files must all be text, all Parquet or all Arrow, got '{first}',"
        assert (result.code, result.err.startswith(said)) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--cost", "latency"),
            "argument --cost: must be COLUMN:UNIT^EXPONENT, as in latency:ms^0.5, got 'latency' "
            "(see netscore rank --help)",
        ),
        (
            ("--cost", "latency:ms^x"),
            "argument --cost: must be a number, got 'x' (see netscore rank --help)",
        ),
        (
            ("--cost", "1:ms^9999"),
            "Metric: the exponent of cost must be 0, or from 1e-06 to 1000, got 9999.0",
        ),
        (("--cost", "t:ms^1", "--macs", "m"), "--macs is of NetScore and not beside --cost"),
        (("--cost", "t:ms^1", "--gamma", "1"), "--gamma is of NetScore and not beside --cost"),
        (
            ("--cost", "peak:MiB^1", "--max-params", "5M"),
            "--max-params is of NetScore and not beside --cost",
        ),
        (
            ("--min-accuracy", "101"),
            "argument --min-accuracy: must be a percentage from 0 to 100, got '101' "
            "(see netscore rank --help)",
        ),
        (
            ("--max-macs", "0G"),
            "argument --max-macs: must be positive and finite, got '0G' (see netscore rank --help)",
        ),
    ],
)
def test_wrong_costs_and_bounds(
    options: tuple[str, ...], said: str, folder: Path, run: Runner
) -> None:
    assert run("rank", "models.csv", *options) == (2, "", f"netscore rank: {said}\n")


@pytest.mark.parametrize("source", SOURCES)
def test_a_paper_has_its_best_figures_bold(
    source: tuple[str, ...], folder: Path, run: Runner
) -> None:
    assert run("rank", *source, "--output", "table.tex", "--best-bold", "--signature").out == ""
    text = Path("table.tex").read_text()
    bold = [r"\textbf{75.3}", r"\textbf{1000000}", r"\textbf{50000000}", r"\textbf{40.00}"]
    lines = text.splitlines()
    assert [cell for cell in text.replace(" & ", "\n").split() if "textbf" in cell] == [
        *bold[1:3],
        r"\textbf{77.09}",
        bold[3],
        bold[0],
    ]
    assert lines[0] == r"% \usepackage{booktabs}"
    assert lines[-1] == f"% {signature()}"
    assert "textbf" not in run("rank", *source, "--format", "latex").out


def test_an_error_has_its_lowest_figure_bold(folder: Path, run: Runner) -> None:
    Path("errors.csv").write_text("model,err,params,macs\na,28,1e6,1e9\nb,25,1e6,1e9\n")
    options = ("--accuracy", "err:error", "--format", "markdown", "--best-bold")
    lines = run("rank", "errors.csv", *options).out.splitlines()
    assert lines[2].startswith("| 1 | b | **25** | **1e6** | **1e9** | **75.00** |")
    assert lines[3].startswith("| 2 | a | 28 | **1e6** |")


def test_what_is_no_figure_is_never_the_best(folder: Path, run: Runner) -> None:
    Path("odd.csv").write_text(
        "model,top1,params,macs\na,72.0,3.4M,300M\nb,85.0,25.6M,3.8G\nc,720,0,-1\n"
    )
    lines = run("rank", "odd.csv", "--best-bold", "--format", "markdown").out.splitlines()
    bold = [cell for line in lines for cell in line.split(" | ") if "**" in cell]
    assert bold[:2] == ["**3.4M**", "**300M**"]
    assert "**85.0**" in bold
    assert lines[4] == "|  | c | 720 | 0 | -1 |  |  |"


def test_cells_of_a_csv_file_are_safe_if_wanted(folder: Path, run: Runner) -> None:
    Path("bad.csv").write_text("model,top1,params,macs,=x\n=1+1,72,1e6,1e9,-\n@a,71,1e6,1e9,-1\n")
    plain = run("rank", "bad.csv", "--format", "csv").out
    safe = run("rank", "bad.csv", "--format", "csv", "--safe-cells").out
    assert safe == plain.replace("=x", "'=x").replace("=1+1", "'=1+1").replace("@a", "'@a")


def test_the_table_has_its_best_figures_bold(run: Runner) -> None:
    latex = run("table", "--format", "latex", "--best-bold").out
    assert latex.count(r"\textbf{") == 5
    assert r"1 & SqueezeNext 1.0-SqNxt-23 & 59.05 & \textbf{720K} &" in latex
    assert r"4.2M & \textbf{186M} & 73.43" in latex


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize(
    ("options", "doubt"),
    [
        (("--params", "params:M"), "macs was read as 5e+07 to 1.53e+10 multiply-accumulates"),
        (("--macs", "macs:gflops"), "macs was read as 2.5e+16 to 7.65e+18 multiply-accumulates"),
        (("--params", "macs", "--macs", "params"), "macs was read as 1e+06 to 1.38e+08 multiply"),
    ],
)
@pytest.mark.parametrize("source", SOURCES)
def test_counts_in_another_unit_make_a_doubtful_rank(
    source: tuple[str, ...], options: tuple[str, ...], doubt: str, folder: Path, run: Runner
) -> None:
    result = run("rank", *source, *options)
    assert result.out.startswith("rank (doubtful)  model")
    assert result.code == 0
    (line,) = [one for one in result.err.splitlines() if "warning" in one]
    assert line.startswith(f"netscore: warning: {doubt}")
    assert run("rank", *source, *options, "--format", "json").json[0]["rank"] == 1


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize("names", ["Params (M);MACs (G)", "params_m;macs_g"])
def test_plain_counts_under_a_unit_make_a_doubtful_rank(
    names: str, folder: Path, run: Runner
) -> None:
    params, macs = names.split(";")
    rows = "A;72;5400000;300000000", "B;75;25000000;4000000000"
    Path("models.csv").write_text("\n".join([f"model;top1;{names}", *rows]), encoding="utf-8")
    result = run("rank", "models.csv")
    assert result.out.startswith("rank (doubtful)")
    # In the first row 5,400,000 times a million.
    said = "params was read as 5.4e+12 to 2.5e+13 parameters; if the cells are plain counts: "
    assert f"netscore: warning: {said}--params '{params}:'\n" in result.err
    assert f"; if the cells are plain counts: --macs '{macs}:'\n" in result.err
    plain = run("rank", "models.csv", "--params", f"{params}:", "--macs", f"{macs}:")
    assert (plain.err, plain.out[:6]) == ("", "rank  ")
    with pytest.warns(UnitWarning, match=rf"plain counts: params='{re.escape(params)}:'; macs was"):
        rank_table("models.csv")


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize(
    ("top1", "params", "macs", "doubt"),
    [
        ("76", "25.6", "4100000000", "params was read as 25.6 to 3.4e+06 parameters"),
        ("76", "25600000", "4.1", "macs was read as 4.1 to 3e+08 multiply-accumulates"),
        ("0.76", "25600000", "4100000000", "accuracy was read as 0.76 to 72 percent"),
        ("76", "3", "4100000000", "params was read as 3 to 3.4e+06 parameters"),
        ("76", "25600000", "300", "macs was read as 300 to 3e+08 multiply-accumulates"),
        ("76", "25600000", "2900", "macs was read as 2900 to 3e+08 multiply-accumulates"),
        ("0", "999", "3000.5", None),  # networks may be tiny, and MACs a mean
        ("0.5%", "25600000", "4100000000", None),
    ],
)
@pytest.mark.parametrize("in_parts", [False, True])
def test_counts_in_another_unit_in_some_rows_make_a_doubtful_rank(
    top1: str, params: str, macs: str, doubt: str | None, in_parts: bool, tmp_path: Path
) -> None:
    path = tmp_path / "models.csv"
    path.write_text(
        f"model,top1,params,macs\nA,72,3400000,300000000\nB,{top1},{params},{macs}\n",
        encoding="utf-8",
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rank_table(path, path.with_suffix(".tsv"), in_parts=in_parts)
    assert len(caught) == bool(doubt)
    for one in caught:
        assert str(one.message).startswith(f"rank_table: {doubt}; some rows may be in another unit")
        # It can be said that they are not.
        said = re.findall(r"; if not: (\w+)='(.*)'$", str(one.message))
        chosen: dict[str, Any] = dict(said)
        rank_table(path, path.with_suffix(".tsv"), in_parts=in_parts, **chosen)


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize("in_parts", [[], ["--in-parts"]])
def test_a_count_without_a_unit_beside_cells_with_one_makes_a_doubtful_rank(
    in_parts: list[str], folder: Path, run: Runner
) -> None:
    # 4100 millions are the best by far if they are 4100.
    rows = "model,top1,params,macs\nA,72,3.4M,0.3G\nB,71,138M,15.5G\nC,76.1,25.6M,{}\n"
    Path("models.csv").write_text(rows.format("4100"))
    result = run("rank", "models.csv", *in_parts)
    assert result.out.startswith("rank (doubtful)")
    said = "macs was read as 4100 to 1.55e+10 multiply-accumulates; some rows may be in another"
    assert f"netscore: warning: {said} unit; if not: give all cells of macs a unit\n" in result.err
    # One with its own unit is held against the params of its row.
    Path("models.csv").write_text(rows.format("4.1K"))
    result = run("rank", "models.csv", *in_parts)
    said = (
        "models.csv line 4: macs was read as 4100 multiply-accumulates beside 2.56e+07 parameters"
    )
    assert result.err.startswith(f"netscore: warning: {said}, too few; if swapped, ")
    Path("models.csv").write_text(rows.format("4100000"))
    result = run("rank", "models.csv", *in_parts)
    assert (result.out[:6], result.err) == ("rank  ", "")


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize("in_parts", [[], ["--in-parts"]])
@pytest.mark.parametrize(
    ("names", "row", "doubt"),
    [
        (
            "params,macs",
            "4000000,9000",
            "9000 multiply-accumulates beside 4e+06 parameters",
        ),
        (
            "params,macs",
            "45,3000000000",
            "3e+09 multiply-accumulates beside 45 parameters",
        ),
        ("params,macs", "900000000,6100000", "6.1e+06 multiply-accumulates beside 9e+08 parame"),
        # 0.3 G among millions.
        ("Params (M),MMACs", "3.4,0.3", "300000 multiply-accumulates beside 3.4e+06 parameters"),
    ],
)
def test_macs_that_do_not_fit_the_params_of_their_row_make_a_doubtful_rank(
    in_parts: list[str], names: str, row: str, doubt: str, folder: Path, run: Runner
) -> None:
    plain = names == "params,macs"
    others = "A,72,3400000,300000000\n" if plain else "A,72,3.4,300\n"
    Path("models.csv").write_text(f"model,top1,{names}\n{others}B,71,{row}\nC,0,,\n")
    result = run("rank", "models.csv", *in_parts)
    assert result.out.startswith("rank (doubtful)")
    (line,) = [one for one in result.err.splitlines() if "warning" in one]
    assert line.startswith(f"netscore: warning: models.csv line 3: macs was read as {doubt}")
    if plain:
        assert line.endswith("; if they are right: --macs 'macs:'")
        result = run("rank", "models.csv", *in_parts, "--macs", "macs:")
        assert result.out.startswith("rank  ")
        assert "warning" not in result.err
    # Nor are rows doubted that are cut.
    result = run("rank", "models.csv", *in_parts, "--min-accuracy", "71.5")
    assert "warning" not in result.err


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_plain_counts_in_some_rows_under_a_unit_make_a_doubtful_rank(
    folder: Path, run: Runner
) -> None:
    text = "model,top1,Params (M),MACs (G)\nA,72,3.4,0.3\nB,76,25600000,4100000000\n"
    Path("models.csv").write_text(text)
    result = run("rank", "models.csv")
    assert result.out.startswith("rank (doubtful)")
    # In the second row 25,600,000 times a million.
    said = "params was read as 3.4e+06 to 2.56e+13 parameters; some rows may be in another unit"
    assert f"netscore: warning: {said}\n" in result.err
    assert "netscore: warning: macs was read as 3e+08 to 4.1e+18 multiply" in result.err
    # 7 billion and 1.6 trillion parameters stand in one table.
    Path("models.csv").write_text("model,top1,Params (M),macs\nA,72,7000,7T\nB,76,1600000,16T\n")
    assert run("rank", "models.csv").out.startswith("rank  ")


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        (
            "B,0.71,3.5M,310M\nC,0.761,25.6M,4.1G\n",
            "accuracy was read as 0.71 to 0.761 percent; if it is a fraction, multiply it by 100",
        ),
        (
            "B,71,3.5,300000000\nC,76,25600000,4100000000\n",
            "params was read as 3.5 to 2.56e+07 parameters; some rows may be in another unit",
        ),
        (
            "B,71,4000000,9000\nC,71,3500000,310000000\n",
            "others.csv line 2: macs was read as 9000 multiply-accumulates beside 4e+06 param"
            "eters, too few; if swapped, exchange them, if in millions, multiply it by 1e6; "
            "a model with large tables or many experts may be right",
        ),
    ],
)
def test_networks_in_another_unit_make_a_doubtful_rank_among_them(
    rows: str, doubt: str, tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own, others = Path("own.csv"), Path("others.csv")
    own.write_text("model,top1,params,macs\nA,72,3.4M,300M\n")
    others.write_text(f"model,top1,params,macs\n{rows}")
    mine = "72", "3.4M", "300M"
    for command in (["rank", str(own)], ["table"], ["compare", *mine], ["score", *mine]):
        result = run(*command, "--among", str(others))
        assert "(doubtful)" in result.out
        if command[0] in ("rank", "table"):
            assert result.out.split("  ")[0].lower() == "rank (doubtful)"
        assert result.err.count("warning") == 1
        assert f"netscore: warning: {doubt}\n" in result.err
    picture = str(tmp_path / "x.svg")
    for given in ([str(others)], [str(own), "--among", str(others)]):
        assert f"netscore: warning: {doubt}" in run("plot", "bars", *given, "-o", picture).err
    with pytest.warns(UnitWarning, match=re.escape(f"rank_table: {doubt}")):
        rank_table(own, among=others)
    with pytest.warns(UnitWarning, match=re.escape(f"compare: {doubt}")):
        assert compare(72.0, 3.4e6, 3e8, among=others).doubtful


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_a_column_in_millions_is_doubted_as_such(folder: Path, run: Runner) -> None:
    # As timm prints them: the largest is above 1000 millions.
    rows = "A,72,5.5,300M\nB,76,25.6,4.1G\nC,88,1014.45,1.9T\n"
    Path("models.csv").write_text(f"model,top1,param_count,macs\n{rows}")
    said = (
        "params was read as 5.5 to 1014.45 parameters; if it is in millions, multiply it by 1e6\n"
    )
    assert f"netscore: warning: {said}" in run("rank", "models.csv").err


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_rows_without_a_rank_make_no_rank_doubtful(folder: Path, run: Runner) -> None:
    text = "model,top1,params,macs\nA,72,3400000,300M\nB,76,25600000,4.1G\nC,0.761,25.6,4.1G\n"
    Path("models.csv").write_text(text)
    assert run("rank", "models.csv").out.startswith("rank (doubtful)")
    assert run("rank", "models.csv", "--min-accuracy", "50").out.startswith("rank  ")
    Path("models.csv").write_text(text.replace("0.761", "n/a"))
    assert run("rank", "models.csv").out.startswith("rank  ")


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_swapped_counts_of_one_network_make_a_doubtful_rank(run: Runner) -> None:
    for command in ("score", "compare"):
        result = run(command, "80.4", "0.9G", "6.1M")
        assert "(doubtful)" in result.out
        assert result.err.count("if swapped, exchange them") == 1
        assert "(doubtful)" not in run(command, "80.4", "6.1M", "0.9G").out
    said = "argument MACS: 0.9 GFLOPs are 0.45G MACs, got '0.9GFLOPs' (see netscore score --help)"
    assert run("score", "72", "3.4M", "0.9GFLOPs") == (2, "", f"netscore score: {said}\n")


def test_no_known_network_is_doubted(run: Runner) -> None:
    for table in ("chapter", "torchvision"):
        networks = [n for n in load_networks(table) if n.netscore == n.netscore]
        for network in networks:
            assert not compare(*network.figures).doubtful
    # Counted per token: dense models use every parameter once, of a mixture one in 32 is active.
    for billions in (0.1, 1, 7, 70, 405):
        assert not compare(80.0, billions * 1e9, billions * 1e9).doubtful
    for billions in (30.5, 235, 1000):
        assert not compare(80.0, billions * 1e9, billions * 1e9 / 32).doubtful
