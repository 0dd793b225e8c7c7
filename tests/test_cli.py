from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import pty
import re
import runpy
import stat
import subprocess
import sys
import threading
import time
from importlib.metadata import distribution
from math import log10
from pathlib import Path
from typing import Any

import pytest

import netscore
from netscore import Network, load_networks, load_sources, signature
from netscore.cli import main
from netscore.networks import data_version

MODELS = """\
model,top1,params,macs,comment
ResNet-50,75.3,25.6M,3.8G,=1+1
MobileNetV2,72.0,3.4M,300M,"a, b"
"""

# The tests run with warnings as errors; here they are lines on stderr, as for users.
shows_warnings = pytest.mark.filterwarnings("default::netscore.UnitWarning")


def omega(
    accuracy: float,
    params: float,
    macs: float,
    alpha: float = 2,
    beta: float = 0.5,
    gamma: float = 0.5,
) -> float:
    """NetScore from its definition."""
    return 20 * log10(accuracy**alpha / ((params / 1e6) ** beta * (macs / 1e9) ** gamma))


def ranks_by_hand() -> dict[str, int]:
    scores = {n.name: omega(n.accuracy, n.params, n.macs) for n in load_networks()}
    return {name: 1 + sum(s > score for s in scores.values()) for name, score in scores.items()}


class Run:
    """One run of the command line in this process: its exit code and what it printed."""

    def __init__(self, capture: pytest.CaptureFixture[str], *arguments: str) -> None:
        capture.readouterr()
        self.code = main(arguments)
        self.out, self.err = capture.readouterr()

    @property
    def json(self) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = json.loads(self.out)
        return records


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models.csv"
    path.write_text(MODELS)
    return path


def process(
    *arguments: str, options: tuple[str, ...] = (), **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m netscore`` in a process of its own."""
    command = [sys.executable, *options, "-m", "netscore", *arguments]
    return subprocess.run(command, text=True, capture_output=True, timeout=60, **more)


# The program


def test_both_ways_to_run_it_are_the_same_program() -> None:
    versions = f"netscore {netscore.__version__}, reference table {data_version()}\n"
    assert process("--version").stdout == versions
    (script,) = distribution("netscore").entry_points.select(group="console_scripts")
    assert (script.name, script.value) == ("netscore", "netscore.cli:main")
    assert script.load() is main
    assert process("nonsense").stderr.startswith("netscore: argument COMMAND: invalid choice")


def test_the_module_runs_the_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["python -m netscore", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("netscore", run_name="__main__")
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"netscore {netscore.__version__}")
    # Importing it runs nothing.
    assert runpy.run_module("netscore.__main__")["main"] is main
    assert capsys.readouterr().out == ""


def test_version_names_package_and_data(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "--version")
    assert run.code == 0
    assert re.fullmatch(
        r"netscore \d+\.\d+\.\d+\S*, reference table \d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)\n", run.out
    )


@pytest.mark.parametrize("command", ["", "table", "score", "rank", "show", "cite"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, *command.split(), "--help")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"usage: netscore {command}".rstrip())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "netscore: the following arguments are required: COMMAND (see netscore --help)"),
        (
            "score 72.0",
            "netscore score: the following arguments are required: PARAMS, MACS "
            "(see netscore score --help)",
        ),
        (
            "score 72.0 3.4X 300M",
            "netscore score: argument PARAMS: a quantity is a number with at most one suffix of "
            "K, M, G, B and T, as in 3.4M, got '3.4X' (see netscore score --help)",
        ),
        (
            "score nan 3.4M 300M",
            "netscore score: argument ACCURACY: must be a number, got 'nan' "
            "(see netscore score --help)",
        ),
        (
            "score x 3.4M 300M",
            "netscore score: argument ACCURACY: must be a number, got 'x' "
            "(see netscore score --help)",
        ),
        (
            "score 120 3.4M 300M",
            "netscore score: accuracy must be a percentage from 0 to 100, got 120.0",
        ),
        ("score 72 0 300M", "netscore score: params must be positive and finite, got 0.0"),
        (
            "score 72 3.4M 300M --alpha -1",
            "netscore score: alpha must be non-negative and finite, got -1.0",
        ),
        (
            "show VGG-17",
            "netscore show: name must be one of the 60 networks, got 'VGG-17'; "
            "near names: VGG-19, VGG-16",
        ),
        (
            "cite VGG-17",
            "netscore cite: name must be one of the 60 networks, got 'VGG-17'; "
            "near names: VGG-19, VGG-16",
        ),
        ("rank missing.csv", "netscore rank: cannot open missing.csv: No such file or directory"),
        ("rank a\0b", r"netscore rank: cannot open a\x00b: embedded null byte"),
        ("rank .", "netscore rank: cannot open .: Is a directory"),
        ("table --sor name", "netscore: unrecognized arguments: --sor name (see netscore --help)"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    run = Run(capsys, *arguments.split())
    assert (run.code, run.out, run.err) == (2, "", f"{message}\n")


# netscore table


def test_table_ranks_the_60(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "table")
    lines = run.out.splitlines()
    assert (run.code, run.err, len(lines)) == (0, "", 61)
    assert re.split(" {2,}", lines[0]) == [
        *("Rank", "Network", "Top-1 %", "Params", "MACs", "NetScore", "%/M params")
    ]
    # 72² / sqrt(3.4 * 0.3): 74.21 dB; 72 / 3.4 = 21.18 % per million.
    assert lines[3].split() == ["3", "MobileNetV2", "72.0", "3.4M", "300M", "74.21", "21.18"]
    assert lines[26].split()[:2] == ["26", "DenseNet-121"]
    assert lines[33].split()[:2] == ["33", "ResNet-50"]
    # Aligned: every cell ends where its heading ends, the names begin together.
    assert len({len(line) for line in lines}) == 1
    assert {line[6] for line in lines[1:]}.isdisjoint(" ")
    ranks = ranks_by_hand()
    assert [int(line[:4]) for line in lines[1:]] == sorted(ranks.values())
    assert all(ranks[line[6:32].strip()] == int(line[:4]) for line in lines[1:])


def test_table_in_text_aligns_decimal_points_and_says_figures_short(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = Run(capsys, "table").out.splitlines()
    at = lines[0].index("Top-1 %") + len("Top-1 %") - 3
    assert {line[at] for line in lines[1:]} == {"."}
    squeezenet = next(line for line in lines if " SqueezeNet " in line)
    # 1 248 424 params, 860 000 000 MACs.
    assert squeezenet.split()[2:5] == ["57.5", "1.25M", "860M"]


def test_table_as_csv_holds_raw_counts(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(Run(capsys, "table", "--format", "csv").out)))
    assert len(rows) == 60
    assert list(rows[0]) == [
        *("rank", "name", "accuracy", "params", "macs", "netscore", "information_density")
    ]
    resnet = rows[32]
    assert (resnet["name"], resnet["params"], resnet["macs"]) == (
        "ResNet-50",
        "25600000",
        "3800000000",
    )
    assert float(resnet["netscore"]) == pytest.approx(omega(75.3, 25.6e6, 3.8e9), rel=1e-14)


def test_table_as_json_is_60_records_with_sources_and_grades(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = Run(capsys, "table", "--format", "json").json
    assert len(records) == 60
    keys = [
        *("rank", "name", "family", "year", "paper", "accuracy", "params", "macs", "input_px"),
        *("accuracy_source", "accuracy_grade", "params_source", "params_grade"),
        *("macs_source", "macs_grade", "membership", "params_counted", "macs_counted"),
        *("counted_from", "note", "netscore", "information_density", "signature"),
    ]
    assert all(list(record) == keys for record in records)
    ranks = ranks_by_hand()
    for record in records:
        assert record.pop("rank") == ranks[record["name"]]
        assert record.pop("signature") == signature()
        score = omega(record["accuracy"], record["params"], record["macs"])
        assert record.pop("netscore") == pytest.approx(score, rel=1e-14)
        density = record["accuracy"] / (record["params"] / 1e6)
        assert record.pop("information_density") == pytest.approx(density, rel=1e-14)
    by_name = {record["name"]: record for record in records}
    assert [Network(**by_name[n.name]) for n in load_networks()] == list(load_networks())


def test_table_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Run(capsys, "table", "--format", "markdown").out.splitlines()
    assert len(lines) == 62
    assert lines[1] == "| ---: | --- | ---: | ---: | ---: | ---: | ---: |"
    assert lines[4] == "| 3 | MobileNetV2 | 72.0 | 3.4M | 300M | 74.21 | 21.18 |"


@pytest.mark.parametrize(
    ("sort", "key", "sign"),
    [
        ("netscore", "netscore", -1),
        ("accuracy", "accuracy", -1),
        ("information-density", "information_density", -1),
        ("params", "params", 1),
        ("macs", "macs", 1),
        ("year", "year", 1),
    ],
)
def test_table_sorts_best_first_and_years_in_their_course(
    sort: str, key: str, sign: int, capsys: pytest.CaptureFixture[str]
) -> None:
    records = Run(capsys, "table", "--sort", sort, "--format", "json").json
    order = [(sign * record[key], record["rank"]) for record in records]
    assert order == sorted(order)
    assert sorted(record["rank"] for record in records) == sorted(ranks_by_hand().values())


def test_table_sorts_names_without_case(capsys: pytest.CaptureFixture[str]) -> None:
    records = Run(capsys, "table", "--sort", "name", "--format", "json").json
    names = [record["name"].lower() for record in records]
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("alexnet", "zynqnet")


def test_table_of_a_family_keeps_the_ranks_among_the_60(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = Run(capsys, "table", "--family", "resnet", "--format", "json").json
    names = {n.name for n in load_networks() if n.family == "ResNet"}
    assert {record["name"] for record in records} == names
    ranks = ranks_by_hand()
    assert [r["rank"] for r in records] == [ranks[r["name"]] for r in records]
    assert [r["rank"] for r in records] == sorted(r["rank"] for r in records)


def test_table_of_an_unknown_family_lists_the_families(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "table", "--family", "res\x1bnet")
    families = ", ".join(dict.fromkeys(n.family for n in load_networks()))
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        r"netscore table: there is no family 'res\x1bnet'; "
        f"the families are {families}\n"
    )


# netscore score


def test_score_prints_score_density_and_standing(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "score", "72.0", "3.4M", "300M")
    assert (run.code, run.err) == (0, "")
    # CondenseNet (G=C=8): 71.0 %, 2.9 M, 274 M; ShuffleNet (1.5): 71.5 %, 3.4 M, 292 M.
    above, below = omega(71.0, 2.9e6, 274e6), omega(71.5, 3.4e6, 292e6)
    assert run.out == (
        "NetScore             74.21\n"
        "Information density  21.18 % per million parameters\n"
        "Accuracy             72 %\n"
        "Params               3.4M\n"
        "MACs                 300M\n"
        "Exponents            alpha 2, beta 0.5, gamma 0.5\n"
        "Rank                 3 of 61, ranked with the 60 reference networks; "
        "level with MobileNetV2\n"
        f"Above                CondenseNet (G=C=8) with {above:.2f}\n"
        f"Below                ShuffleNet (1.5) with {below:.2f}\n"
    )


@pytest.mark.parametrize(
    ("params", "macs"),
    [("3.4M", "300M"), ("3_400_000", "3e8"), ("3400000", "0.3G"), ("3400K", "0.3B")],
)
def test_score_reads_counts_as_people_write_them(
    params: str, macs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (record,) = Run(capsys, "score", "72", params, macs, "--format", "json").json
    assert record == {
        "accuracy": 72.0,
        "params": 3400000,
        "macs": 300000000,
        "alpha": 2.0,
        "beta": 0.5,
        "gamma": 0.5,
        "netscore": pytest.approx(omega(72, 3.4e6, 3e8), rel=1e-14),
        "information_density": pytest.approx(72 / 3.4, rel=1e-14),
        "rank": 3,
        "networks": 60,
        "level_with": ["MobileNetV2"],
        "above": "CondenseNet (G=C=8)",
        "above_netscore": pytest.approx(omega(71.0, 2.9e6, 274e6), rel=1e-14),
        "below": "ShuffleNet (1.5)",
        "below_netscore": pytest.approx(omega(71.5, 3.4e6, 292e6), rel=1e-14),
        "signature": signature(),
    }
    assert isinstance(record["params"], int)


def test_score_with_other_exponents_scores_the_60_with_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exponents = {"alpha": 1.0, "beta": 0.25, "gamma": 0.75}
    options = [text for name, value in exponents.items() for text in (f"--{name}", str(value))]
    (record,) = Run(capsys, "score", "76", "20M", "2G", *options, "--format", "json").json
    score = omega(76, 20e6, 2e9, **exponents)
    others = {n.name: omega(n.accuracy, n.params, n.macs, **exponents) for n in load_networks()}
    above = min((s, name) for name, s in others.items() if s > score)
    below = max((s, name) for name, s in others.items() if s < score)
    assert record["netscore"] == pytest.approx(score, rel=1e-14)
    assert record["rank"] == 1 + sum(other > score for other in others.values())
    assert (record["above"], record["below"]) == (above[1], below[1])
    assert record["above_netscore"] == pytest.approx(above[0], rel=1e-13)
    text = Run(capsys, "score", "76", "20M", "2G", *options).out
    assert "Exponents            alpha 1, beta 0.25, gamma 0.75\n" in text


def test_score_at_both_ends(capsys: pytest.CaptureFixture[str]) -> None:
    best = Run(capsys, "score", "100", "1K", "1K").out
    assert "Rank                 1 of 61, ranked with the 60 reference networks\n" in best
    assert "Above                none\nBelow                SqueezeNext 1.0-SqNxt-23 with" in best
    worst = Run(capsys, "score", "0", "1G", "1T").out
    assert worst.startswith("NetScore             -inf\nInformation density  0.00 %")
    assert "Rank                 61 of 61, " in worst
    assert worst.endswith("Below                none\n")


def test_score_as_csv_and_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    exponents = ["--alpha", "0", "--beta", "0", "--gamma", "0"]
    run = Run(capsys, "score", "72", "1000.5", "300M", *exponents, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(run.out))
    # Every network scores 0 then.
    assert (row["netscore"], row["rank"], row["above"]) == ("0.0", "1", "")
    assert len(row["level_with"].split("; ")) == 60
    assert (row["params"], row["macs"]) == ("1000.5", "300000000")
    lines = Run(capsys, "score", "72", "3.4M", "300M", "--format", "markdown").out.splitlines()
    assert len(lines) == 3
    assert "| MobileNetV2 |" in lines[2]


@shows_warnings
def test_score_shows_a_doubt_about_units_as_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "score", "0.72", "3.4M", "300M")
    assert run.code == 0
    assert run.err == (
        "netscore: warning: accuracy was read as 0.72 percent; "
        "if it is a fraction, multiply it by 100\n"
    )
    # Once more, and it is shown once more.
    assert Run(capsys, "score", "0.72", "3.4M", "300M").err == run.err


@pytest.mark.filterwarnings("error::netscore.UnitWarning")
def test_a_warning_made_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "score", "0.72", "3.4M", "300M")
    assert (run.code, run.out) == (1, "")
    assert run.err == (
        "netscore: accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100\n"
    )


def test_warning_options_of_python_are_honoured() -> None:
    score = ("score", "0.72", "3.4M", "300M")
    run = process(*score, options=("-W", "error::netscore.UnitWarning"))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines()[-1].startswith("netscore: accuracy was read as 0.72 percent")
    run = process(*score, options=("-W", "i::netscore.UnitWarning"))
    assert run.returncode == 0
    assert "accuracy was read" not in run.stderr
    variable = {**os.environ, "PYTHONWARNINGS": "error::UserWarning,error::netscore.UnitWarning"}
    assert process(*score, env=variable).returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "72", "3.4M", "300M"],
        ["table", "--format", "json"],
        ["show", "vgg16"],
        ["cite", "vgg16"],
        ["--version"],
    ],
)
def test_only_rank_needs_numpy(arguments: list[str]) -> None:
    code = (
        "import sys; from netscore.cli import main; "
        f"code = main({arguments}); sys.exit(code or 'numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, b"")


# netscore rank


def test_rank_ranks_the_users_table(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "rank", str(models))
    assert (run.code, run.err) == (0, "")
    assert run.out == (
        "rank  model        top1  params  macs  comment  netscore  information_density\n"
        "   1  MobileNetV2  72.0    3.4M  300M  a, b        74.21                21.18\n"
        "   2  ResNet-50    75.3   25.6M  3.8G  =1+1        55.19                 2.94\n"
    )


def test_rank_keeps_the_users_text_in_csv(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "rank", str(models), "--format", "csv")
    rows = list(csv.reader(io.StringIO(run.out)))
    assert [row[:6] for row in rows] == [
        ["rank", "model", "top1", "params", "macs", "comment"],
        ["1", "MobileNetV2", "72.0", "3.4M", "300M", "a, b"],
        ["2", "ResNet-50", "75.3", "25.6M", "3.8G", "=1+1"],
    ]
    assert float(rows[2][6]) == pytest.approx(omega(75.3, 25.6e6, 3.8e9), rel=1e-14)


def test_rank_reads_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MODELS.encode())))
    run = Run(capsys, "rank", "-", "--format", "json")
    assert (run.code, run.err) == (0, "")
    assert [record["model"] for record in run.json] == ["MobileNetV2", "ResNet-50"]
    wrong = process("rank", "-", input=f"{MODELS}x\n")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == "netscore: stdin line 4: 1 cells, but the header has 5\n"


def test_rank_takes_units_and_says_that_flops_are_halved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "timm.csv"
    path.write_text("model,top1,param_count,infer_gmacs,gflops\nv2,0.72,3.4,0.3,0.6\n")
    arguments = ["rank", str(path), "--accuracy", "top1:fraction", "--params", "param_count:M"]
    macs = Run(capsys, *arguments, "--macs", "infer_gmacs:G", "--format", "json")
    assert (macs.code, macs.err) == (0, "")
    flops = Run(capsys, *arguments, "--macs", "gflops:GFLOP", "--format", "json")
    assert flops.code == 0
    assert flops.err == "netscore rank: read gflops as FLOPs and halved to MACs\n"
    assert macs.json == flops.json
    assert macs.json[0]["netscore"] == pytest.approx(omega(72, 3.4e6, 0.3e9), rel=1e-14)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "top1,params,param_count,macs",
            "each of the columns 'params', 'param_count' could be params: "
            "choose with --params COLUMN",
        ),
        (
            "top1,params,gflops,x",
            "no column is named as macs, and 'gflops' may count FLOPs, two to a "
            "multiply-accumulate: pass --macs 'gflops:GFLOP' to have it halved, or "
            "--macs 'gflops:GMAC' if it counts multiply-accumulates",
        ),
    ],
)
def test_rank_asks_where_the_header_is_ambiguous(
    header: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "models.csv"
    path.write_text(f"{header}\n1,2,3,4\n")
    run = Run(capsys, "rank", str(path))
    assert (run.code, run.out, run.err) == (2, "", f"netscore rank: {path}: {message}\n")


@shows_warnings
def test_rank_warns_of_units_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "models.csv"
    path.write_text("top1,params,macs\n72,3.4,300M\n75.3,25.6,3.8G\n")
    run = Run(capsys, "rank", str(path))
    assert run.code == 0
    assert run.err == (
        "netscore: warning: params was read as 3.4 to 25.6 parameters; "
        "if it is in millions, multiply it by 1e6\n"
    )


def test_rank_names_and_keeps_rows_that_cannot_be_scored(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with models.open("a") as stream:
        stream.write("bad,n/a,0,3.8G,\nworse,72.0,,300M,x\n")
    run = Run(capsys, "rank", str(models), "--format", "json")
    assert run.code == 1
    assert run.err == (
        f"{models} line 4, column top1: not a plain number: 'n/a'\n"
        f"{models} line 4, column params: must be positive and finite, got '0'\n"
        f"{models} line 5, column params: empty\n"
        "netscore rank: 2 of 4 rows cannot be scored\n"
    )
    assert [(r["rank"], r["model"], r["netscore"] is None) for r in run.json] == [
        (1, "MobileNetV2", False),
        (2, "ResNet-50", False),
        (None, "bad", True),
        (None, "worse", True),
    ]


def test_rank_among_the_60(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = Run(capsys, "rank", str(models), "--with-reference", "--format", "json").json
    assert len(records) == 62
    assert sum(record["reference"] == "yes" for record in records) == 60
    mine = {r["model"]: r["rank"] for r in records if r["reference"] is None}
    # Level with the 60's MobileNetV2; ResNet-50 is 33rd among the 60 and comes after mine, too.
    assert mine == {"MobileNetV2": 3, "ResNet-50": 34}


@pytest.mark.parametrize(
    ("name", "arguments", "start"),
    [
        ("out.csv", [], "rank,model,"),
        ("out.JSON", [], '[\n{"rank": 1, "model"'),
        ("out.md", [], "| rank | model |"),
        ("out.markdown", [], "| rank | model |"),
        ("out.txt", [], "rank  model"),
        ("out", [], "rank,model,"),
        ("out.dat", [], "rank,model,"),
        ("out.csv", ["--format", "json"], '[\n{"rank": 1'),
        ("out.json", ["--format", "text"], "rank  model"),
    ],
)
def test_rank_writes_a_file_in_the_format_of_its_suffix(
    name: str,
    arguments: list[str],
    start: str,
    models: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / name
    run = Run(capsys, "rank", str(models), "--output", str(output), *arguments)
    assert (run.code, run.out, run.err) == (0, "", "")
    assert output.read_text().startswith(start)
    assert {path.name for path in tmp_path.iterdir()} == {"models.csv", name}


def test_rank_may_write_over_the_file_it_read(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models.chmod(0o600)
    models.with_name("link.csv").symlink_to(models)
    assert Run(capsys, "rank", str(models), "--output", str(models.with_name("link.csv"))).code == 0
    assert models.read_text().startswith("rank,model,")
    assert models.with_name("link.csv").is_symlink()
    assert stat.S_IMODE(models.stat().st_mode) == 0o600
    # What it wrote can be ranked again, beside the columns of the first time.
    records = Run(capsys, "rank", str(models), "--format", "json").json
    assert list(records[0])[:2] == ["rank_2", "rank"]
    assert list(records[0])[-3:] == ["netscore_2", "information_density_2", "signature"]
    assert records[0]["netscore_2"] == float(records[0]["netscore"])


def test_an_error_leaves_no_half_file(
    models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(stream: io.TextIOBase, *_: object, **__: object) -> None:
        stream.write("half")
        stream.flush()
        raise OSError(28, "No space left on device")

    output = models.with_name("out.csv")
    output.write_text("before")
    monkeypatch.setattr("netscore.commands.rank.write_table", fail)
    run = Run(capsys, "rank", str(models), "--output", str(output))
    assert (run.code, run.err) == (1, "netscore: No space left on device\n")
    assert output.read_text() == "before"
    assert {path.name for path in models.parent.iterdir()} == {"models.csv", "out.csv"}


def test_rank_writes_into_a_pipe_without_replacing_it(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    run = Run(capsys, "rank", str(models), "--output", str(pipe))
    reader.join(timeout=10)
    assert run.code == 0
    assert read[0].startswith("rank,model,")
    assert pipe.is_fifo()


def test_rank_cannot_write_where_there_is_no_folder(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for output, reason in (
        (tmp_path / "missing" / "out.csv", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        run = Run(capsys, "rank", str(models), "--output", str(output))
        message = f"netscore rank: cannot open {output}: {reason}\n"
        assert (run.code, run.out, run.err) == (2, "", message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: the file is empty"),
        (b"top1,params,macs\n", "line 1: there is no row below the header"),
        (b"top1,params,macs\n72,3.4M\n", "line 2: 2 cells, but the header has 3"),
        (b"top1,params,macs\n72,3.4M,\x00\n", "line 2: a NUL byte"),
        (b"top1,params,macs\n72,3.4M,\xff\n", "line 2: not UTF-8 text (byte 0xff)"),
        (b'top1,params,macs\n"72,3.4M,3\n', "line 2: a quotation mark is not closed"),
        (b"top1,params,params,macs\n72,3,4,5\n", "line 1: two columns are named 'params'"),
    ],
)
def test_a_hostile_file_is_one_error_line(
    data: bytes,
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("evil: \x1b.csv").write_bytes(data)
    run = Run(capsys, "rank", "evil: \x1b.csv")
    assert (run.code, run.out, run.err) == (1, "", f"netscore: evil: \\x1b.csv {message}\n")


def test_a_line_of_100_megabytes_is_one_error_line() -> None:
    line = b"x" * 2**20
    command = [sys.executable, "-m", "netscore", "rank", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdin
        assert run.stderr
        try:
            run.stdin.write(b"top1,params,macs\n")
            for _ in range(100):
                run.stdin.write(line)
            run.stdin.close()
        except BrokenPipeError:
            pass  # it does not read on
        assert run.stderr.read() == b"netscore: stdin line 2: longer than 16777216 bytes\n"
        assert run.wait(timeout=60) == 1


def test_hostile_cells_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "models.csv"
    cells = ["=1+1", "\x1b[2J", "a|b", "-1+1", "@x"]
    rows = "".join(f"{cell},72,3.4M,300M\n" for cell in cells)
    path.write_text(f"model,top1,params,macs\n{rows}")
    for form, same in (("csv", True), ("json", True), ("text", False), ("markdown", False)):
        run = Run(capsys, "rank", str(path), "--format", form)
        assert run.code == 0
        assert ("=1+1" in run.out, "\x1b" in run.out) == (True, same and form == "csv")
        if form == "json":
            assert [record["model"] for record in run.json] == cells
    assert r"\x1b[2J" in Run(capsys, "rank", str(path)).out


class Terminal(io.StringIO):
    """A text stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "output", "shown"),
    [
        (0.4, "out.csv", set()),
        (0.9, "out.csv", {"wrote 20,000 rows"}),
        (1.1, "out.csv", {"read 16,384 rows", "wrote 16,384 rows", "wrote 20,000 rows"}),
        (1.1, None, {"read 16,384 rows"}),
    ],
)
def test_rank_shows_progress_on_a_terminal_after_a_second(
    seconds: float,
    output: str | None,
    shown: set[str],
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models.write_text("top1,params,macs\n" + "72,3.4M,300M\n" * 20_000)
    # The clock is asked at the start of reading or writing, then at each step of it.
    times = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(times) * seconds)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    options = [] if output is None else ["--output", str(models.with_name(output))]
    assert main(["rank", str(models), *options]) == 0
    # The step of reading is one tick after the start, those of writing are one and two.
    lines = terminal.getvalue().split("\r")
    texts = {line.removeprefix("netscore rank: ") for line in lines if line.strip()}
    assert texts == shown
    # At the end the line is blank.
    assert lines[-1] == ""


def test_rank_shows_no_progress_elsewhere(
    models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    models.write_text("top1,params,macs\n" + "72,3.4M,300M\n" * 20_000)
    times = iter(range(0, 1_000_000, 100))
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    assert Run(capsys, "rank", str(models)).err == ""


# netscore show


def test_show_prints_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "show", "alexnet")
    assert (run.code, run.err) == (0, "")
    figures, sources = run.out.split("\nSources\n")
    assert figures == (
        "Network              AlexNet\n"
        "Family               AlexNet\n"
        "Year                 2012\n"
        "Paper                krizhevsky2012alexnet\n"
        "Top-1 accuracy       57.1 %, quoted, jia2014caffe\n"
        "Params               60,000,000, published, krizhevsky2012alexnet\n"
        "MACs                 720,000,000, quoted, howard2017mobilenets\n"
        "Input                227 x 227 pixels\n"
        "Counted params       60,965,224\n"
        "Counted MACs         724,406,816\n"
        "Counted from         models/bvlc_alexnet/deploy.prototxt "
        "(github.com/BVLC/caffe@9b891540183d)\n"
        "Among the 60         reconstructed\n"
        "Note                 Two-group network; single-crop accuracy of the released replica.\n"
        f"NetScore             {omega(57.1, 60e6, 720e6):.2f}, rank 36 among the 60\n"
        "Information density  0.95 % per million parameters\n"
    )
    keys = ("krizhevsky2012alexnet", "jia2014caffe", "howard2017mobilenets")
    assert re.findall("^[a-z0-9]+$", sources, re.MULTILINE) == list(keys)
    assert all(load_sources()[key].citation in sources for key in keys)


@pytest.mark.parametrize("network", load_networks(), ids=lambda network: network.name)
def test_show_knows_every_network(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "show", network.name)
    words = " ".join(run.out.split())
    for grade, source in (
        (network.accuracy_grade, network.accuracy_source),
        (network.params_grade, network.params_source),
        (network.macs_grade, network.macs_source),
    ):
        assert f"{grade}, {source}" in words
        assert " ".join(load_sources()[source].citation.split()) in words
    assert network.note in words
    assert max(map(len, run.out.split("\nSources\n")[0].splitlines())) <= 120
    rank = ranks_by_hand()[network.name]
    assert f"NetScore {network.netscore:.2f}, rank {rank} among the 60" in words
    assert ("Counted params none" in words) == (network.params_counted is None)
    assert ("Counted from" in words) == (network.counted_from is not None)


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    (record,) = Run(capsys, "show", "resnet 50", "--format", "json").json
    network = next(n for n in load_networks() if n.name == "ResNet-50")
    assert record == {
        "rank": 33,
        **dataclasses.asdict(network),
        "netscore": network.netscore,
        "information_density": network.information_density,
        "signature": signature(),
    }


# netscore cite


def test_cite_prints_the_two_papers(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "cite")
    assert (run.code, run.err) == (0, "")
    assert [entry.splitlines()[0] for entry in run.out.split("\n\n")] == [
        "wong2019netscore",
        "canziani2016analysis",
    ]
    assert "doi:10.1007/978-3-030-27272-2_2" in run.out


def test_cite_adds_the_sources_of_networks(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "cite", "alexnet", "Darknet-19", "--format", "bibtex")
    keys = re.findall(r"^@[a-z]+\{(\w+),$", run.out, re.MULTILINE)
    assert keys == [
        *("wong2019netscore", "canziani2016analysis"),
        *("krizhevsky2012alexnet", "jia2014caffe", "howard2017mobilenets", "redmon2017yolo9000"),
    ]
    # The params of Darknet-19 are counted: a comment.
    assert re.findall("^% counted: .*layers", run.out, re.MULTILINE)
    assert run.out.endswith("\n")


# Terminals, pipes and interruptions


def on_terminal(*arguments: str, **environment: str) -> str:
    """Run with stdout a terminal and return what it shows."""
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    subprocess.run(
        [sys.executable, "-m", "netscore", *arguments],
        stdout=theirs,
        env={**env, "TERM": "xterm", **environment},
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # the terminal is closed
        pass
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_gets_bold_headings(models: Path) -> None:
    bold = "\x1b[1mRank  Network"
    table = ("table", "--family", "VGG")
    assert on_terminal(*table).startswith(bold)
    assert on_terminal(*table, NO_COLOR="").startswith(bold)
    assert "\x1b" not in on_terminal(*table, NO_COLOR="1")
    assert "\x1b" not in on_terminal(*table, TERM="dumb")
    assert on_terminal(*table, "--format", "csv").startswith("rank,name,")
    assert on_terminal("rank", str(models)).startswith("\x1b[1mrank  model")
    plain = process(*table).stdout
    assert plain == on_terminal(*table, NO_COLOR="1")


def test_a_file_is_plain_when_stdout_is_a_terminal(models: Path) -> None:
    output = models.with_name("out.txt")
    assert on_terminal("rank", str(models), "--output", str(output)) == ""
    assert output.read_text().startswith("rank  model")


def test_a_closed_pipe_ends_quietly(models: Path) -> None:
    # More than a pipe holds.
    models.write_text("top1,params,macs\n" + "72,3.4M,300M\n" * 20_000)
    command = [sys.executable, "-m", "netscore", "rank", str(models)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        assert run.stdout.readline().startswith(b"rank")
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(timeout=60) == 0


def test_a_pipe_closed_before_the_end_leaves_nothing_to_flush(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["table", "--family", "VGG"]) == 0
        # stdout leads nowhere now, so that Python has nothing to complain about at exit.
        assert os.fstat(write).st_rdev == os.stat(os.devnull).st_rdev
    assert capfd.readouterr().err == ""


def test_an_interruption_ends_quietly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(io.BytesIO):
        def readline(self, size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted()))
    run = Run(capsys, "rank", "-")
    assert (run.code, run.out, run.err) == (130, "", "")


def test_closed_streams_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    try:
        codes = [main(["table"]), main(["rank", "-"]), main(["nonsense"])]
    finally:
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            stream.close()
    assert codes == [0, 1, 2]


@pytest.mark.parametrize(
    ("form", "expected"),
    [("text", rb"caf\xe9"), ("csv", "café".encode()), ("json", "café".encode())],
)
def test_every_character_can_be_printed(
    form: str, expected: bytes, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.write_text("model,top1,params,macs\ncafé,72,3.4M,300M\n", encoding="utf-8")
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding="ascii"))
    assert main(["rank", str(models), "--format", form]) == 0
    assert expected in data.getvalue()
