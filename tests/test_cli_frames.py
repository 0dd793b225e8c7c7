"""netscore rank with Parquet and Arrow files, large CSV files, --top and --pareto."""

from __future__ import annotations

import builtins
import datetime
import io
import json
import stat
import sys
import time
from math import log10
from pathlib import Path
from typing import Any

import pytest

from netscore import load_networks, signature
from netscore.cli import main
from netscore.commands import rank as command

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

shows_warnings = pytest.mark.filterwarnings("default::UserWarning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    frame = pl.DataFrame(MODELS)
    frame.write_csv(tmp_path / "models.csv")
    frame.write_parquet(tmp_path / "models.parquet")
    frame.write_ipc(tmp_path / "models.arrow")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["rank", *map(str, arguments)])
    return code, *capsys.readouterr()


def read(path: Path) -> Any:
    readers = {".parquet": pl.read_parquet, ".pq": pl.read_parquet, ".csv": pl.read_csv}
    return readers.get(path.suffix, pl.read_ipc)(path)


def models_in(printed: str) -> list[tuple[int | None, str]]:
    return [(record["rank"], record["model"]) for record in json.loads(printed)]


def test_the_order_of_the_four_is_that_of_their_scores() -> None:
    assert sorted(SCORES, key=lambda name: -SCORES[name]) == ORDER


@pytest.mark.parametrize("options", [[], ["--signature"], ["--format", "markdown"]])
@pytest.mark.parametrize("name", ["models.parquet", "models.arrow"])
def test_a_file_of_columns_prints_what_the_csv_file_does(
    name: str, options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed, said = run(capsys, folder / name, *options)
    assert (code, said) == (0, "")
    assert (code, printed, said) == run(capsys, folder / "models.csv", *options)
    lines = printed.splitlines()
    found = [line.replace("|", " ").split()[:2] for line in lines if "." in line][:4]
    assert found == [[str(place), name] for place, name in enumerate(ORDER, 1)]


@pytest.mark.parametrize("target", ["out.parquet", "out.pq", "out.arrow", "out.feather", "out.ipc"])
@pytest.mark.parametrize("source", ["models.csv", "models.parquet"])
def test_files_of_columns_are_written(
    source: str, target: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = folder / target
    assert run(capsys, folder / source, "--output", output) == (0, "", "")
    frame = read(output)
    assert frame.columns == [
        *("rank", "model", "top1", "params", "macs"),
        *("netscore", "information_density"),
    ]
    assert frame["rank"].to_list() == [1, 2, 3, 4]
    assert frame["model"].to_list() == ORDER
    assert frame["netscore"].to_list() == pytest.approx([SCORES[n] for n in ORDER], abs=1e-12)
    assert frame["information_density"][1] == pytest.approx(72 / 3.4)


@pytest.mark.parametrize("source", ["models.csv", "models.parquet"])
def test_the_signature_is_a_column_of_files(
    source: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in ("out.parquet", "out.csv"):
        output = folder / target
        assert run(capsys, folder / source, "--output", output, "--signature") == (0, "", "")
        assert read(output)["signature"].to_list() == [signature()] * 4
    printed = run(capsys, folder / source, "--format", "json")[1]
    assert [record["signature"] for record in json.loads(printed)] == [signature()] * 4


@pytest.mark.parametrize("source", ["models.csv", "models.parquet"])
def test_the_best_and_the_front(
    source: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(*options: object) -> list[tuple[int | None, str]]:
        code, printed, said = run(capsys, folder / source, "--format", "json", *options)
        assert (code, said) == (0, "")
        return models_in(printed)

    assert found("--top", 2) == [(1, "tiny"), (2, "MobileNetV2")]
    assert found("--top", 9) == list(enumerate(ORDER, 1))
    front = [(1, "tiny"), (2, "MobileNetV2"), (3, "ResNet-50")]
    assert found("--pareto") == front
    assert found("--pareto", "--top", 1) == front[:1]


def test_a_network_on_the_front_keeps_its_rank_among_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The second is dominated by the first and outscores the third, which is on the front.
    frame = pl.DataFrame(
        {"model": "abc", "top1": [72.0, 72.0, 75.0], "params": [3e6, 4e6, 9e7], "macs": 3e8}
    ).with_columns(pl.Series("model", list("abc")))
    frame.write_csv(tmp_path / "models.csv")
    frame.write_parquet(tmp_path / "models.parquet")
    for name in ("models.csv", "models.parquet"):
        printed = run(capsys, tmp_path / name, "--pareto", "--format", "json")[1]
        assert models_in(printed) == [(1, "a"), (3, "c")]


def test_the_front_with_the_60(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (folder / "models.csv", "--with-reference", "--pareto", "--format", "json")
    found = models_in(run(capsys, *arguments)[1])
    others = [(n.accuracy, n.params, n.macs) for n in load_networks()]
    own = list(zip(MODELS["top1"], MODELS["params"], MODELS["macs"]))
    names = [*(n.name for n in load_networks()), *MODELS["model"]]

    def beaten(one: Any) -> bool:
        return any(
            a >= one[0] and p <= one[1] and m <= one[2] and (a, p, m) != one
            for a, p, m in (*others, *own)
        )

    front = [name for name, figures in zip(names, [*others, *own]) if not beaten(figures)]
    assert sorted(name for _, name in found) == sorted(front)


@shows_warnings
def test_rows_without_a_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "models.parquet"
    frame = pl.DataFrame(
        {"model": list("abcd"), "top1": [72.0, None, 101.0, 0.0], "params": 3e6, "macs": 3e8}
    )
    frame.write_parquet(source)
    code, printed, said = run(capsys, source, "--format", "json")
    assert code == 1
    assert models_in(printed) == [(1, "a"), (2, "d"), (None, "b"), (None, "c")]
    assert [record["signature"] for record in json.loads(printed)] == [
        *[signature()] * 2,
        *[None] * 2,
    ]
    assert said == (
        "netscore: warning: column 'top1' must be a percentage from 0 to 100, got 101.0 at "
        "position 2 (1 of 4 values is wrong); such rows have no score\n"
        "netscore rank: 2 of 4 rows cannot be scored\n"
    )
    # Nothing stands in the places of rank, score and density.
    assert run(capsys, source)[1].splitlines()[-1].split()[0] == "c"
    code, printed, _ = run(capsys, source, "--top", 4, "--format", "json")
    assert (code, models_in(printed)) == (1, [(1, "a"), (2, "d")])


def test_rows_of_a_csv_file_without_a_score_are_not_among_the_best(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "models.csv"
    source.write_text("model,top1,params,macs\na,?,3M,1G\nb,0,3M,1G\nc,72,3M,1G\n")
    for options in (["--top", "3"], ["--pareto", "--top", "3"]):
        code, printed, said = run(capsys, source, *options, "--format", "json")
        assert (code, models_in(printed)[0]) == (1, (1, "c"))
        assert said.endswith("1 of 3 rows cannot be scored\n")
        assert None not in [place for place, _ in models_in(printed)]
    # Without --top, too, the front has only networks with three figures.
    printed = run(capsys, source, "--pareto", "--format", "json")[1]
    assert models_in(printed) == [(1, "c")]


def test_flops_are_halved_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "models.parquet"
    pl.DataFrame({"top1": [0.72], "params_m": [3.4], "gflops": [0.6]}).write_parquet(source)
    options = ("--accuracy", "top1:fraction", "--macs", "gflops:GFLOP", "--format", "json")
    code, printed, said = run(capsys, source, *options)
    assert (code, said) == (0, "netscore rank: read gflops as FLOPs and halved to MACs\n")
    assert json.loads(printed)[0]["netscore"] == pytest.approx(SCORES["MobileNetV2"], abs=1e-12)


def test_cells_that_json_and_csv_lack_are_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "models.parquet"
    day = datetime.date(2018, 1, 13)
    pl.DataFrame({"day": [day], "top1": [72], "params": [3.4e6], "macs": [3e8]}).write_parquet(
        source
    )
    assert json.loads(run(capsys, source, "--format", "json")[1])[0]["day"] == "2018-01-13"
    assert run(capsys, source, "--format", "csv")[1].splitlines()[1].startswith("1,2018-01-13,72,")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.parquet"], "netscore rank: cannot open missing.parquet: No such file"),
        (
            ["models.parquet", "--output", "missing/out.parquet"],
            "netscore rank: cannot open missing/out.parquet: no such folder",
        ),
        (
            ["models.parquet", "--with-reference"],
            "netscore rank: --with-reference is for a CSV file and a table as text",
        ),
        (
            ["models.csv", "--with-reference", "--output", "out.arrow"],
            "netscore rank: --with-reference is for a CSV file and a table as text",
        ),
        (["-", "--output", "out.parquet"], "netscore rank: stdin cannot be ranked into out.pa"),
        (
            ["models.parquet", "--macs", "flops"],
            "netscore rank: models.parquet: --macs names 'flops', which is none of the columns",
        ),
        (
            ["models.parquet", "--top", "0"],
            "netscore rank: argument --top: must be a positive integer, got '0'",
        ),
        (
            ["models.csv", "--top", "1.5"],
            "netscore rank: argument --top: must be a positive integer, got '1.5'",
        ),
    ],
)
def test_wrong_usage(
    arguments: list[str],
    message: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(path.name for path in folder.iterdir())
    code, printed, said = run(capsys, *arguments)
    assert (code, printed) == (2, "")
    assert said.startswith(message)
    assert said.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == before


def test_wrong_data(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "text.parquet").write_text("model,top1\n")
    code, printed, said = run(capsys, folder / "text.parquet")
    assert (code, printed) == (1, "")
    assert said.startswith(f"netscore: {folder / 'text.parquet'}: ")
    pl.DataFrame({"top1": [[72.0]], "params": [1e6], "macs": [1e9]}).write_parquet(
        folder / "list.parquet"
    )
    code, printed, said = run(capsys, folder / "list.parquet")
    assert (code, printed) == (1, "")
    assert said == "netscore: column 'top1' must hold numbers or text, got List(Float64)\n"


def test_without_polars(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "polars":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert run(capsys, folder / "models.parquet") == (
        1,
        "",
        "netscore: a Parquet or Arrow file needs polars: install it with  "
        "pip install 'netscore[frames]'\n",
    )
    # A CSV file needs none, for the best and the front neither.
    code, printed, said = run(capsys, folder / "models.csv", "--top", 1, "--pareto")
    assert (code, said) == (0, "")
    assert "tiny" in printed


@shows_warnings
def test_a_large_csv_file_is_ranked_in_parts(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, output = folder / "models.csv", folder / "out.csv"
    with source.open("a") as stream:
        stream.write("bad,?,3.4M,3_000_000\nsuffixes,50,3.4M,3_000_000\n")
    by_line = "column top1: not a plain number: '?'"
    by_column = "(1 of 6 values is wrong); such rows have no score"
    code, _, said = run(capsys, source, "--output", output)
    assert (code, by_line in said, by_column in said) == (1, True, False)
    at_once = list(pl.read_csv(output, infer_schema=False).iter_rows())
    monkeypatch.setattr(command, "_LARGE", 50)
    for options, in_parts in (
        ([], True),
        (["--top", "9"], True),
        (["--format", "csv"], True),
        (["--with-reference"], False),
        (["--format", "json"], False),
    ):
        code, _, said = run(capsys, source, "--output", output, *options)
        assert (code, by_line in said, by_column in said) == (1, not in_parts, in_parts)
        if in_parts:
            rows = pl.read_csv(output, infer_schema=False).iter_rows()
            for row, other in zip(rows, at_once):
                assert row[:5] == other[:5]
                assert [float(x or 0) for x in row[5:]] == [float(x or 0) for x in other[5:]]
    # To a terminal, and without polars, it is read at once.
    assert by_line in run(capsys, source, "--format", "csv")[2]
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert by_line in run(capsys, source, "--output", output)[2]


def test_a_file_written_over_keeps_its_mode(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "models.parquet"
    path.chmod(0o600)
    assert run(capsys, path, "--output", path) == (0, "", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # What it wrote can be ranked again, beside the columns of the first time.
    assert run(capsys, path, "--output", path) == (0, "", "")
    names = read(path).columns
    assert names[:2] == ["rank_2", "rank"]
    assert names[-2:] == ["netscore_2", "information_density_2"]
    lines = run(capsys, path)[1].splitlines()
    assert lines[0].split()[0] == "rank_3"
    assert lines[1].split()[-2:] == [f"{SCORES['tiny']:.2f}", "40.00"]


class Terminal(io.StringIO):
    """A text stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


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
    options = [] if output is None else ["--output", str(folder / output)]
    assert main(["rank", str(folder / "models.parquet"), *options]) == 0
    lines = terminal.getvalue().split("\r")
    texts = {line.removeprefix("netscore rank: ").strip() for line in lines if line.strip()}
    assert texts >= shown
    assert {text.split()[0] for text in texts} == {text.split()[0] for text in shown}
    assert lines[-1] == ""
