"""The commands that read a score: compare, diagnose, plot, count, and the signature everywhere."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from netscore import (
    Count,
    compare,
    counting,
    diagnose,
    load_networks,
    netscore_interval,
    pareto_front,
    signature,
)
from netscore.cli import main

MINE = ("73.0", "4M", "350M")
MODELS = str(Path(__file__).parents[1] / "examples" / "models.csv")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(arguments)
    return code, *capsys.readouterr()


def lines(text: str) -> dict[str, str]:
    """Fields printed for people, by their names."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith(" "):
            fields[next(reversed(fields))] += " " + line.strip()
        elif "  " in line:
            name, _, value = line.partition("  ")
            fields[name] = value.strip()
    return fields


def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "compare", *MINE, "--images", "50000")
    assert (code, err) == (0, "")
    fields = lines(out)
    standing = compare(73.0, 4e6, 350e6)
    assert fields["NetScore"] == f"{standing.netscore:.2f}"
    assert fields["Rank"].startswith(f"{standing.rank} of 61")
    assert fields["Percentile"].startswith(f"{standing.percentile:.1f} %")
    count, _, names = fields["Dominates"].partition(": ")
    assert int(count) == len(standing.dominates)
    assert names.split("; ") == [network.name for network in standing.dominates]
    assert fields["Dominated by"] == "none"
    assert standing.next_place is not None
    assert f"{standing.next_place.accuracy:.2f} %" in fields["Next place"]
    low, high = netscore_interval(73.0, 4e6, 350e6, n_images=50_000)
    assert fields["Interval"].startswith(f"{low:.2f} to {high:.2f}")


def test_compare_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "compare", "50", "200M", "60G", "--beta", "1", "--format", "json")
    assert code == 0
    (record,) = json.loads(out)
    standing = compare(50.0, 200e6, 60e9, beta=1.0)
    assert record["rank"] == standing.rank
    assert record["percentile"] == standing.percentile
    assert record["dominated_by"] == [network.name for network in standing.dominated_by]
    assert record["dominates"] == []
    assert record["signature"] == signature(beta=1.0)


def test_compare_at_the_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(run(capsys, "compare", "99", "10K", "1M")[1])["Next place"].startswith("none: ")
    fields = lines(run(capsys, "compare", "1.5", "900M", "1T")[1])
    assert fields["Dominates"] == "none"
    assert fields["Dominated by"].startswith("60: ")


def test_compare_refuses_what_the_library_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "compare", "173", "4M", "350M")
    assert (code, out) == (2, "")
    assert err == "netscore compare: accuracy must be a percentage from 0 to 100, got 173.0\n"
    code, _, err = run(capsys, "compare", *MINE, "--images", "2.5")
    assert code == 2
    assert err.startswith("netscore compare: n_images must be a positive whole number, got 2.5")


def test_diagnose(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "diagnose", "41.91", "78.8", "28.2", "88")
    assert code == 0
    assert out == f"{diagnose('41.91', 78.8, 28.2, 88)}\n"
    assert out.startswith("41.9137: canonical (given: percent, M params, GMACs)\n")


def test_diagnose_says_none(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "diagnose", "43.21", "78.8", "28.2", "88", "--signature")
    assert code == 1
    assert out.startswith("none: no convention gives 43.21\n")
    assert out.endswith(f"\n{signature()}\n")
    assert run(capsys, "diagnose", "43.21", "78.8", "28.2", "88", "--tolerance", "1.5")[0] == 0


def test_diagnose_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("diagnose", "71.20", "72.0", "3.4M", "300M", "--format", "json")
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    (record,) = json.loads(out)
    likeliest = record["conventions"][0]
    assert likeliest["departures"] == ["FLOPs for MACs"]
    # 10 log10 2 below the canonical score
    assert record["canonical_score"] - likeliest["score"] == pytest.approx(3.0103, abs=1e-4)
    assert record["signature"] == signature()
    (none,) = json.loads(run(capsys, "diagnose", "1.23", "72", "3M", "3G", "--format", "json")[1])
    assert none["conventions"] == []


def test_diagnose_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "diagnose", "high", "78.8", "28.2", "88")
    assert code == 2
    assert err == "netscore diagnose: printed must be a finite decimal number, got 'high'\n"


def test_table_of_the_pareto_front(capsys: pytest.CaptureFixture[str]) -> None:
    table = load_networks()
    front = pareto_front(*([getattr(n, f) for n in table] for f in ("accuracy", "params", "macs")))
    expected = {network.name for network, is_on in zip(table, front) if is_on}
    records = json.loads(run(capsys, "table", "--pareto", "--format", "json")[1])
    assert {record["name"] for record in records} == expected
    out = run(capsys, "table", "--pareto", "--family", "SENet")[1]
    assert [line.split()[0] for line in out.splitlines()] == ["Rank", "34"]


@pytest.mark.parametrize(
    "command",
    [
        ("table", "--family", "VGG"),
        ("score", *MINE),
        ("compare", *MINE),
        ("show", "vgg16"),
        ("rank", MODELS, "--params", "param_count:M", "--macs", "gflops:GFLOP"),
    ],
    ids=lambda command: command[0],
)
def test_every_score_says_how_it_was_made(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = signature()
    assert text not in run(capsys, *command)[1]
    assert run(capsys, *command, "--signature")[1].endswith(f"\n{text}\n")
    assert {r["signature"] for r in json.loads(run(capsys, *command, "--format", "json")[1])} == {
        text
    }
    if command[0] != "show":
        assert text not in run(capsys, *command, "--format", "csv")[1]
        assert text in run(capsys, *command, "--format", "csv", "--signature")[1].splitlines()[1]
        markdown = run(capsys, *command, "--format", "markdown", "--signature")[1]
        assert markdown.endswith(f"\n`{text}`\n")


@pytest.mark.parametrize("name", ["picture.png", "picture.svg", "picture.pdf"])
def test_plot_writes_the_same_bytes_each_time(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / name
        command = ("plot", "tradeoff", "--highlight", "Mine", *MINE, "--output", str(path))
        assert run(capsys, *command) == (0, "", "")
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[name[-3:]]
    assert contents[0].startswith(start)


@pytest.mark.parametrize(("picture", "options"), [("bars", ()), ("sensitivity", ("--draws", "50"))])
def test_plot_other_pictures(
    picture: str, options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "picture.svg"
    command = ("plot", picture, *options, "--highlight", "Mine", *MINE, "-o", str(path))
    assert run(capsys, *command) == (0, "", "")
    drawn = path.read_text(encoding="utf-8")
    assert "Mine" in drawn
    assert "MobileNetV2" in drawn


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bars", "-o", "x.gif"), "--output must end in .png, .svg or .pdf, got 'x.gif'"),
        (
            ("bars", "--highlight", "Mine", "x", "4M", "350M", "-o", "x.png"),
            "--highlight Mine: must be a number, got 'x'",
        ),
        (
            ("tradeoff", "--highlight", "Mine", "730", "4M", "350M", "-o", "x.png"),
            "accuracy must be a percentage from 0 to 100, got 730.0",
        ),
        (
            ("sensitivity", "--draws", "2.5", "-o", "x.png"),
            "--draws must be a whole number, got 2.5",
        ),
        (("bars", "--seed", "0", "-o", "x.png"), "--seed is for sensitivity, not bars"),
        (("tradeoff", "--draws", "9", "-o", "x.png"), "--draws is for sensitivity, not tradeoff"),
        (("bars", "--alpha", "1", "-o", "x.png"), "--alpha is for tradeoff, not bars"),
        (("sensitivity", "--gamma", "1", "-o", "x.png"), "--gamma is for tradeoff, not sens"),
    ],
)
def test_plot_refuses(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "plot", *arguments)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert err.startswith(f"netscore plot: {said}")


def test_plot_without_matplotlib(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    code, _, err = run(capsys, "plot", "bars", "-o", "x.png")
    assert code == 1
    assert err == "netscore: plot needs matplotlib: install it with  pip install 'netscore[plot]'\n"


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for the counters, which need libraries that are not always there."""
    calls: list[Any] = []

    def count(model: Any, *inputs: Any) -> Count:
        calls.append((model, inputs))
        return Count(3_400_000, None, 300_000_000, "stand-in 1", ("Conv",), (), ((1, 3, 8, 8),))

    monkeypatch.setattr(counting, "count", count)
    monkeypatch.setattr(counting, "example_input", lambda model, text: f"input {text}")
    monkeypatch.setattr(counting, "build_model", lambda text: f"model {text}")
    return calls


def test_count(counter: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "count", "mymodels:small", "--input", "1,3,8,8", "--input", "1,2")
    assert (code, err) == (0, "")
    assert counter == [("model mymodels:small", ("input 1,3,8,8", "input 1,2"))]
    assert lines(out) == {
        "Params": "3,400,000",
        "Trainable": "unknown",
        "MACs": "300,000,000",
        "Counter": "stand-in 1",
        "Counts": "Conv",
        "Leaves out": "nothing",
        "Inputs": "1,3,8,8",
    }
    assert "" not in sys.path
    # Without a score there is nothing to say how it was made.
    (record,) = json.loads(run(capsys, "count", "mymodels:small", "--format", "json")[1])
    assert (record["macs"], "signature" in record) == (300_000_000, False)
    for option in (["--signature"], ["--beta", "1"]):
        code, out, err = run(capsys, "count", "mymodels:small", *option)
        assert (code, out) == (2, "")
        assert err == f"netscore count: {option[0]} needs --accuracy: there is no score\n"


def test_the_seed_and_the_draws_are_those_of_the_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def drawn(*options: str) -> bytes:
        path = tmp_path / "x.svg"
        assert (
            run(capsys, "plot", "sensitivity", "-o", str(path), "--draws", "50", *options)[0] == 0
        )
        return path.read_bytes()

    assert drawn() == drawn("--seed", "0") != drawn("--seed", "1")


def test_count_straight_into_the_score(
    counter: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "count", "model.onnx", "--accuracy", "72")
    assert code == 0
    assert counter == [("model.onnx", ())]
    assert lines(out)["NetScore"] == "74.21"
    assert lines(out)["MACs"] == "300,000,000"
    command = ("count", "model.onnx", "--accuracy", "72", "--alpha", "1", "--format", "json")
    (record,) = json.loads(run(capsys, *command)[1])
    assert record["params"] == 3_400_000
    assert record["signature"] == signature(alpha=1.0)
    assert record["rank"] == compare(72.0, 3.4e6, 3e8, alpha=1.0).rank
    assert run(capsys, "count", "model.onnx", "--accuracy", "172")[0] == 2


def test_count_of_a_file_that_exists(
    counter: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model:odd.bin"
    path.touch()
    assert run(capsys, "count", str(path))[0] == 0
    assert counter == [(str(path), ())]


def test_count_of_what_is_no_model(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run(capsys, "count", "no_such_module:model")
    assert code == 2
    assert err == "netscore count: there is no Python module no_such_module\n"

    def refuse(model: Any, *inputs: Any) -> Count:
        raise TypeError("count: one sentence")

    monkeypatch.setattr(counting, "count", refuse)
    monkeypatch.setattr(counting, "build_model", lambda text: SimpleNamespace())
    code, _, err = run(capsys, "count", "a:b")
    assert (code, err) == (1, "netscore: count: one sentence\n")


def test_only_what_needs_numpy_loads_it() -> None:
    for command in (("compare", *MINE), ("diagnose", "41.91", "78.8", "28.2", "88"), ("table",)):
        code = (
            "import sys\nfrom netscore.cli import main\n"
            f"main({command!r})\nsys.exit('numpy' in sys.modules)"
        )
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert result.returncode == 0, command
