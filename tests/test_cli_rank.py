"""netscore rank beyond a plain CSV file: columns, parts, the best and the front."""

from __future__ import annotations

import builtins
import datetime
import io
import json
import sys
import time
from math import log10
from pathlib import Path
from typing import Any

import pytest
from cli_runs import Runner, Terminal

from netscore import signature
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
        ("missing.parquet", "netscore rank: cannot open missing.parquet: No such file"),
        (
            "models.parquet --output missing/out.parquet",
            "netscore rank: cannot open missing/out.parquet: No such file or directory",
        ),
        ("models.csv --in-parts --with-reference", "netscore rank: --among is for a table that"),
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


def test_wrong_data(folder: Path, run: Runner) -> None:
    (folder / "text.parquet").write_text("model,top1\n")
    result = run("rank", "text.parquet")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("netscore: text.parquet: ")
    pl.DataFrame({"top1": [[72.0]], "params": [1e6], "macs": [1e9]}).write_parquet("list.parquet")
    assert run("rank", "list.parquet") == (
        *(1, ""),
        "netscore: column 'top1' must hold numbers or text, got List(Float64)\n",
    )


def test_without_polars(folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "polars":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
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
