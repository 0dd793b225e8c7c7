from __future__ import annotations

import csv
import dataclasses
import io
import os
import pty
import re
import runpy
import signal
import stat
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from cli_runs import MODELS, Runner, Terminal, omega, ranks_by_hand

import netscore
from netscore import Network, find_network, load_networks, signature
from netscore.__main__ import main as program
from netscore.citations import citation
from netscore.cli import main
from netscore.networks import data_version, load_sources
from netscore.tables import SUFFIXES

# The tests run with warnings as errors; here they are lines on stderr, as for users.
shows_warnings = pytest.mark.filterwarnings("default::netscore.UnitWarning")


def process(
    *arguments: str, options: tuple[str, ...] = (), **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m netscore`` in a process of its own."""
    command = [sys.executable, *options, "-m", "netscore", *arguments]
    return subprocess.run(command, text=True, capture_output=True, timeout=60, **more)


# The program


def test_both_ways_to_run_it_are_the_same_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = f"netscore {netscore.__version__}, reference table {data_version()}\n"
    assert re.search(
        r" \d+\.\d+\.\d+\S*, reference table \d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", versions
    )
    assert process("--version").stdout == versions
    (script,) = distribution("netscore").entry_points.select(group="console_scripts")
    assert (script.name, script.value) == ("netscore", "netscore.__main__:main")
    assert script.load() is program
    assert process("nonsense").stderr.startswith("netscore: argument COMMAND: invalid choice")
    monkeypatch.setattr(sys, "argv", ["python -m netscore", "--version"])
    monkeypatch.delitem(sys.modules, "netscore.__main__")
    with pytest.raises(SystemExit) as end:
        runpy.run_module("netscore", run_name="__main__")
    assert (end.value.code, capsys.readouterr().out) == (0, versions)
    # Importing it runs nothing.
    runpy.run_module("netscore.__main__")
    assert capsys.readouterr().out == ""


INTERRUPTED = """
import os, signal, sys
from netscore.__main__ import main

class Finder:
    def find_spec(self, name, *_):
        if name == "netscore.cli":
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.argv[1:] = ["--version"]
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.skipif(os.name == "nt", reason="os.kill ends a process of Windows")
@pytest.mark.parametrize(
    ("before", "code"), [("", -signal.SIGINT), ("signal.signal(signal.SIGINT, signal.SIG_IGN)", 0)]
)
def test_ctrl_c_is_quiet_while_the_program_is_loaded(before: str, code: int) -> None:
    command = [sys.executable, "-c", f"{INTERRUPTED}{before}\nsys.exit(main())"]
    done = subprocess.run(command, text=True, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_ctrl_c_is_as_before_when_the_program_is_loaded(
    handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["netscore", "--version"])
    before = signal.signal(signal.SIGINT, handler)
    try:
        assert (program(), signal.getsignal(signal.SIGINT)) == (0, handler)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    "command",
    ["", "table", "score", "compare", "diagnose", "rank", "show", "cite", "count", "plot"],
)
def test_every_command_explains_itself(command: str, run: Runner) -> None:
    result = run(*command.split(), "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"usage: netscore {command}".rstrip())


# What is typed, and what is said of it after the name of the command.
CHAPTER = "60 ImageNet networks of 2012 to 2018"
USAGE = {
    "score 72.0": "the following arguments are required: PARAMS, MACS (see netscore score --help)",
    "score 72.0 3.4X 300M": "argument PARAMS: a quantity is a number with at most one suffix of "
    "K, M, G, B and T, as in 3.4M, got '3.4X' (see netscore score --help)",
    **{
        f"score {wrong} 3.4M 300M": f"argument ACCURACY: must be a number, got '{wrong}' "
        "(see netscore score --help)"
        for wrong in ("nan", "x")
    },
    "score 72,5 3.4M 300M": "argument ACCURACY: must be a number, got '72,5'; perhaps 72.5 "
    "(see netscore score --help)",
    "score 76.1 25,557,032 4.1B": "argument PARAMS: a quantity is a number with at most one suffix "
    "of K, M, G, B and T, as in 3.4M, got '25,557,032'; perhaps 25557032 (see netscore score "
    "--help)",
    "score 72 3.4M 300M --data CIFAR": "data must be a label of lower-case letters, digits, "
    "hyphens and full stops, as in top1 or cifar10, got 'CIFAR'",
    "score 72 3.4M 300M --among x.csv": "among must be 'chapter', 'torchvision', a file, a frame "
    "or networks, and there is no file 'x.csv'",
    "score 72 3.4M 300M --among=": "argument --among: must name a file or a table, got '' "
    "(see netscore score --help)",
    "score 120 3.4M 300M": "accuracy must be a percentage from 0 to 100, got 120.0",
    "score 72 0 300M": "params must be positive and finite, got 0.0",
    "score 72 3.4M 300M --alpha -1": "alpha must be 0, or from 1e-06 to 1000, got -1.0",
    "compare 173 4M 350M": "accuracy must be a percentage from 0 to 100, got 173.0",
    **{
        f"compare 73 4M 350M --images {wrong}": "argument --images: must be a positive whole "
        f"number, got '{wrong}' (see netscore compare --help)"
        for wrong in ("0", "2.5")
    },
    "diagnose high 78.8 28.2 88": "printed must be a finite decimal number, got 'high'",
    "diagnose 74,21 72 3.4 300": "printed must be a finite decimal number, got '74,21'; perhaps "
    "74.21",
    "table --family res\x1bnet": r"there is no family 'res\x1bnet'; the families are "
    + ", ".join(dict.fromkeys(network.family for network in load_networks())),
    "rank missing.csv": "cannot open missing.csv: No such file or directory",
    "rank a\0b": r"argument FILE: must name a file or a table, got 'a\x00b' (see netscore rank "
    "--help)",
    "rank folder.csv": "folder.csv is a folder without tables, whose names end in csv, tsv, jsonl, "
    "ndjson, parquet, pq, arrow, feather, ipc, xlsx",
    "rank m.csv --output missing/o.csv": "cannot open missing/o.csv: No such file or directory",
    "rank m.csv --output folder.csv": "cannot open folder.csv: Is a directory",
    "rank m.csv --output o.dat": "the suffix of a file must be one of "
    f"{', '.join(SUFFIXES)}, got 'o.dat'",
    "plot bars -o x.gif": "--output must end in .png, .svg or .pdf, got 'x.gif' "
    "(see netscore plot --help)",
    "plot bars --highlight Mine x 4M 350M -o x.png": "--highlight Mine: must be a number, got 'x'",
    "plot tradeoff --highlight Mine 730 4M 350M -o x.png": "accuracy must be a percentage from "
    "0 to 100, got 730.0 in network 'Mine'",
    "plot sensitivity --draws 2.5 -o x.png": "argument --draws: must be a whole number, got "
    "'2.5' (see netscore plot --help)",
    "plot bars --label front -o x.png": "--label is for tradeoff, not bars",
    "plot sensitivity --measure density -o x.png": "--measure is for bars and tradeoff",
    "plot bars --params p -o x.png": "--params is for a FILE",
    "plot bars --size 0 -o x.png": "argument --size: must be 3.4x2.6 or 3.4, in inches from 1 to "
    "100, got '0' (see netscore plot --help)",
    "plot bars --size a4 -o x.png": "argument --size: must be 3.4x2.6 or 3.4, in inches from 1 to "
    "100, got 'a4' (see netscore plot --help)",
    "plot tradeoff nothing.csv -o x.png": "networks must be 'chapter', 'torchvision', a file, a "
    "frame or networks, and there is no file 'nothing.csv'",
    "plot tradeoff --families maker -o x.png": "--families must be an attribute or a column of the "
    "networks, got 'maker'",
    "plot tradeoff --label zzz -o x.png": "--label must be 'none', 'own', 'front', 'known', "
    "'top 10' or names of the networks, got 'zzz'",
    "plot tradeoff --style zzz -o x.png": "--style must be a style of matplotlib or a file, got "
    "'zzz'",
    "plot tradeoff --x width -o x.png": "--x must be macs, params or a number that every network "
    "has, got 'width', which is None in network 'AlexNet'",
    "plot bars --seed 0 -o x.png": "--seed is for sensitivity, not bars",
    "plot tradeoff --draws 9 -o x.png": "--draws is for sensitivity, not tradeoff",
    "plot bars --alpha 1 -o x.png": "--alpha is for tradeoff, not bars",
    "plot sensitivity --gamma 1 -o x.png": "--gamma is for tradeoff, not sensitivity",
    "count a:b --signature": "--signature needs --accuracy: there is no score",
    "count a:b --beta 1": "--beta needs --accuracy: there is no score",
    "count a:b --data x": "--data needs --accuracy: there is no score",
    "count a:b --among x": "--among needs --accuracy: there is no score",
    "compare -1.5e1 4M 350M": "accuracy must be a percentage from 0 to 100, got -15.0",
    "score 72 -3M 350M": "params must be positive and finite, got -3000000.0",
    "score \uff17\uff12 4M 350M": "argument ACCURACY: must be a number, got '\uff17\uff12' "
    "(see netscore score --help)",
    f"rank m.csv --top {'9' * 5000}": "argument --top: must be a positive integer, got "
    f"'{'9' * 5000}' (see netscore rank --help)",
    "count a:b c:d --accuracy 72": "--accuracy is for one model; --accuracy-from is for several",
    "count a.onnx --accuracy-from m": "cannot open m: No such file or directory",
    "count no_such_module:model": "there is no Python module no_such_module",
}


@pytest.mark.parametrize("typed", USAGE)
def test_wrong_usage_is_one_line_and_exit_code_2(
    typed: str, run: Runner, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.rename(models.with_name("m.csv"))
    models.with_name("folder.csv").mkdir()
    monkeypatch.chdir(models.parent)
    arguments = typed.split(" ")
    # What the system says is of no command.
    program = "netscore" if USAGE[typed].startswith("cannot open") else f"netscore {arguments[0]}"
    assert run(*arguments) == (2, "", f"{program}: {USAGE[typed]}\n")
    assert {path.name for path in models.parent.iterdir()} == {"m.csv", "folder.csv"}


# What is typed nearly right, what is said of it, and what may be meant.
NEARLY = {
    "show VGG-17": (
        "netscore show: name must be one of the 175 networks, got 'VGG-17'",
        ["VGG-19", "VGG-16"],
    ),
    "cite amoebaneta": (
        "netscore cite: name must be one of the 175 networks, got 'amoebaneta'",
        [f"AmoebaNet-A ({size})" for size in ("4, 50", "6, 190", "6, 204")],
    ),
    "scroe 72 3M 3G": (
        "netscore: argument COMMAND: invalid choice: 'scroe' (see netscore --help)",
        ["score"],
    ),
    "table --sort nam": (
        "netscore table: argument --sort: invalid choice: 'nam' (see netscore table --help)",
        ["name"],
    ),
    "--versio": ("netscore: unrecognized arguments: --versio (see netscore --help)", ["--version"]),
    # Options are written out.
    "table --famil VGG": (
        "netscore table: unrecognized arguments: --famil VGG (see netscore table --help)",
        ["--family"],
    ),
}


@pytest.mark.parametrize("typed", NEARLY)
def test_what_may_be_meant_is_one_name_a_line(typed: str, run: Runner) -> None:
    said, meant = NEARLY[typed]
    lines = "".join(f"  {name}\n" for name in meant)
    assert run(*typed.split()) == (2, "", f"{said}; did you mean\n{lines}")


def test_where_nothing_is_near_the_choices_are_said(run: Runner) -> None:
    said = "name must be one of the 175 networks, got '?!'"
    assert run("show", "?!") == (2, "", f"netscore show: {said}\n")
    said = "argument --format: invalid choice: 'pdf' (choose from text, json)"
    assert run("show", "x", "--format", "pdf").err == (
        f"netscore show: {said} (see netscore show --help)\n"
    )
    # The name of a file where the picture belongs.
    said = "(choose from bars, tradeoff, sensitivity, and type the file behind it)"
    assert said in run("plot", __file__, "-o", "x.png").err
    said = "unrecognized arguments: --zzz (see netscore rank --help)"
    assert run("rank", "m.csv", "--zzz").err == f"netscore rank: {said}\n"


def test_alone_it_explains_itself(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run() == run("--help")
    monkeypatch.setattr(sys, "argv", ["netscore"])
    assert main() == 0


# netscore table


def test_table_ranks_the_60(run: Runner) -> None:
    result = run("table")
    lines = result.out.splitlines()
    assert (result.code, result.err, len(lines)) == (0, "", 61)
    assert re.split(" {2,}", lines[0]) == [
        *("Rank", "Network", "Top-1 %", "Params", "MACs", "NetScore", "%/M params")
    ]
    # 72² / sqrt(3.4 * 0.3): 74.21 dB; 72 / 3.4 = 21.18 % per million.
    assert lines[3].split() == ["3", "MobileNetV2", "72.0", "3.4M", "300M", "74.21", "21.18"]
    # 1 248 424 params, 860 000 000 MACs.
    squeezenet = next(line for line in lines if " SqueezeNet " in line)
    assert squeezenet.split()[2:5] == ["57.5", "1.25M", "860M"]
    # Aligned: every cell ends where its heading ends, names begin together, points stand together.
    assert len({len(line) for line in lines}) == 1
    assert {line[6] for line in lines[1:]}.isdisjoint(" ")
    assert {line[lines[0].index("Top-1 %") + 4] for line in lines[1:]} == {"."}
    ranks = ranks_by_hand()
    assert [int(line[:4]) for line in lines[1:]] == sorted(ranks.values())
    assert all(ranks[line[6:32].strip()] == int(line[:4]) for line in lines[1:])
    assert [lines[rank].split()[:2] for rank in (26, 33)] == [
        *(["26", "DenseNet-121"], ["33", "ResNet-50"])
    ]


def test_table_as_csv_holds_raw_counts(run: Runner) -> None:
    header, *rows = csv.reader(io.StringIO(run("table", "--format", "csv").out))
    assert header == [
        *("rank", "name", "accuracy", "params", "macs", "netscore", "information_density")
    ]
    assert len(rows) == 60
    assert rows[32][:5] == ["33", "ResNet-50", "75.3", "25600000", "3800000000"]
    assert float(rows[32][5]) == pytest.approx(omega(75.3, 25.6e6, 3.8e9), rel=1e-14)


def test_table_as_json_is_60_records_with_sources_and_grades(run: Runner) -> None:
    records = run("table", "--format", "json").json
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
    read = [Network(**by_name[n.name], rank=n.rank) for n in load_networks()]
    assert read == list(load_networks())


def test_table_as_markdown(run: Runner) -> None:
    lines = run("table", "--format", "markdown").out.splitlines()
    assert len(lines) == 62
    assert lines[1] == "| ---: | --- | ---: | ---: | ---: | ---: | ---: |"
    assert lines[4] == "| 3 | MobileNetV2 | 72.0 | 3.4M | 300M | 74.21 | 21.18 |"


@pytest.mark.parametrize(
    ("sort", "sign"),
    [
        *(("netscore", -1), ("accuracy", -1), ("information-density", -1)),
        *(("params", 1), ("macs", 1), ("year", 1), ("name", 1)),
    ],
)
def test_table_sorts_best_first_years_in_their_course_and_names_without_case(
    sort: str, sign: int, run: Runner
) -> None:
    records = run("table", "--sort", sort, "--format", "json").json
    values = [record[sort.replace("-", "_")] for record in records]
    keys = [v.lower() if isinstance(v, str) else sign * v for v in values]
    order = [(key, record["rank"]) for key, record in zip(keys, records)]
    assert order == sorted(order)
    assert sorted(record["rank"] for record in records) == sorted(ranks_by_hand().values())
    if sort == "name":
        assert (keys[0], keys[-1]) == ("alexnet", "zynqnet")


def test_table_of_a_family_keeps_the_ranks_among_the_60(run: Runner) -> None:
    records = run("table", "--family", "resnet", "--format", "json").json
    names = {n.name for n in load_networks() if n.family == "ResNet"}
    assert {record["name"] for record in records} == names
    ranks = ranks_by_hand()
    assert [r["rank"] for r in records] == [ranks[r["name"]] for r in records]
    assert [r["rank"] for r in records] == sorted(r["rank"] for r in records)


# netscore score


def test_score_prints_score_density_and_standing(run: Runner) -> None:
    result = run("score", "72.0", "3.4M", "300M")
    assert (result.code, result.err) == (0, "")
    # CondenseNet (G=C=8): 71.0 %, 2.9 M, 274 M; ShuffleNet (1.5): 71.5 %, 3.4 M, 292 M.
    above, below = omega(71.0, 2.9e6, 274e6), omega(71.5, 3.4e6, 292e6)
    assert result.out == (
        "NetScore             74.21\n"
        "Information density  21.18 % per million parameters\n"
        "Accuracy             72 %\n"
        "Params               3.4M\n"
        "MACs                 300M\n"
        "Exponents            alpha 2, beta 0.5, gamma 0.5\n"
        "Rank                 3 of 61, among 60 ImageNet networks of 2012 to 2018; "
        "level with MobileNetV2\n"
        f"Above                CondenseNet (G=C=8) with {above:.2f}\n"
        f"Below                ShuffleNet (1.5) with {below:.2f}\n"
    )


@pytest.mark.parametrize("counts", ["3.4M 300M", "3_400_000 3e8", "3400000 0.3G", "3400K 0.3B"])
def test_score_reads_counts_as_people_write_them(counts: str, run: Runner) -> None:
    result = run("score", "72", *counts.split(), "--format", "json")
    # Whole counts are whole numbers.
    assert '"params": 3400000, "macs": 300000000, "alpha": 2.0, "beta": 0.5,' in result.out
    (record,) = result.json
    figures = {"accuracy": 72.0, "params": 3400000, "macs": 300000000}
    assert record == figures | {"alpha": 2.0, "beta": 0.5, "gamma": 0.5} | {
        "netscore": pytest.approx(omega(72, 3.4e6, 3e8), rel=1e-14),
        "information_density": pytest.approx(72 / 3.4, rel=1e-14),
        "data": None,
        "rank": 3,
        "networks": 61,
        "among": CHAPTER,
        "level_with": ["MobileNetV2"],
        "above": "CondenseNet (G=C=8)",
        "above_netscore": pytest.approx(omega(71.0, 2.9e6, 274e6), rel=1e-14),
        "below": "ShuffleNet (1.5)",
        "below_netscore": pytest.approx(omega(71.5, 3.4e6, 292e6), rel=1e-14),
        "signature": signature(),
    }


def test_score_among_the_weights_of_torchvision(run: Runner) -> None:
    weights = load_networks("torchvision")
    higher = sum(omega(*n.figures) > omega(72, 3.4e6, 3e8) for n in weights if n.rank)
    fields = run("score", "72", "3.4M", "300M", "--among", "torchvision").fields
    among = "115 ImageNet-1K weights of torchvision 0.28, 1 without a score"
    assert fields["Rank"] == f"{1 + higher} of 115, among {among}"
    (record,) = run(
        "compare", "72", "3.4M", "300M", "--among", "torchvision", "--format", "json"
    ).json
    assert (record["rank"], record["networks"], record["among"]) == (1 + higher, 115, among)
    # Squeezenet1_1 beats it by 0.03 dB.
    assert (
        record["above"] == fields["Above"].partition(" with ")[0] == "squeezenet1_1 (IMAGENET1K_V1)"
    )


def test_score_and_table_among_a_file(tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "cifar.csv"
    path.write_text("model,top1,params_m,macs_m\na,95.0,0.3,40\nb,91.5,0.27,41\nc,,1,100\n")
    mine = ("95.2", "0.27M", "41M", "--among", str(path))
    among = f"3 networks of {path}, 1 without a score"
    fields = run("score", *mine, "--data", "cifar10").fields
    assert fields["Accuracy"] == "95.2 % on cifar10"
    # 20 log10 of 95.2^2 / (0.27 0.041)^0.5 and of 95^2 / (0.3 0.04)^0.5: c has no accuracy.
    assert (fields["NetScore"], fields["Rank"]) == ("98.70", f"1 of 3, among {among}")
    assert fields["Below"] == "a with 98.32"
    result = run("table", "--among", str(path), "--format", "json")
    assert result.err == f"netscore table: {among}\n"
    assert [(r["rank"], r["name"], r["accuracy"]) for r in result.json] == [
        *((1, "a", 95.0), (2, "b", 91.5), (None, "c", None)),
    ]
    assert result.json[2]["netscore"] is None
    assert (
        "no family 'x'; the families are none"
        in run("table", "--among", str(path), "--family", "x").err
    )


def test_a_table_of_a_file_has_its_families_and_years(tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "networks.csv"
    columns = ("name", "accuracy", "params", "macs", "family", "year")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([getattr(n, column) for column in columns] for n in load_networks())
    among = ("table", "--among", str(path), "--format", "json")
    assert [*run(*among).json[0]][:7] == ["rank", *columns]
    for options in (("--family", "vgg"), ("--sort", "year")):
        names = [r["name"] for r in run(*among, *options).json]
        assert names == [r["name"] for r in run("table", *options, "--format", "json").json]
    path.write_text("name,accuracy,params,macs,family\na,70,1e6,1e8,x\nb,71,2e6,2e8,\n")
    assert [r["name"] for r in run(*among, "--family", "X").json] == ["a"]
    assert "no family 'y'; the families are x\n" in run(*among, "--family", "y").err


@pytest.mark.parametrize("data", ["cifar10", "imagenet", "imagenet-1k", None])
def test_networks_of_other_data_have_no_rank_among_imagenet_ones(
    data: str | None, run: Runner
) -> None:
    figures = ("95.2", "0.27M", "41M", *(("--data", data) if data else ()))
    (record,) = run("score", *figures, "--format", "json").json
    assert record["netscore"] == pytest.approx(omega(95.2, 0.27e6, 41e6), rel=1e-14)
    assert (record["data"], record["signature"]) == (data, signature(data=data))
    fields = run("score", *figures).fields
    result = run("compare", *figures)
    if data == "cifar10":
        assert {record[name] for name in ("rank", "networks", "among", "level_with", "above")} == {
            None
        }
        assert (
            fields["Rank"] == "none, as the tables are of ImageNet; --among FILE ranks on cifar10"
        )
        assert not {"Above", "Below"} & set(fields)
        assert result == (
            2,
            "",
            "netscore compare: --data cifar10 needs --among: the tables are of ImageNet\n",
        )
    else:
        assert record["rank"] == 1
        assert fields["Rank"] == f"1 of 61, among {CHAPTER}"
        assert result.code == 0
    assert run("compare", *figures, "--among", "chapter").fields["Rank"].startswith("1 of 61")


def test_table_of_torchvision_and_other_exponents(run: Runner) -> None:
    options = ("--among", "torchvision", "--alpha", "1", "--beta", "1", "--gamma", "0")
    records = run("table", *options, "--format", "json").json
    weights = load_networks("torchvision")
    scores = {n.name: omega(*n.figures, alpha=1.0, beta=1.0, gamma=0.0) for n in weights if n.rank}
    assert [r["name"] for r in records[:-1]] == sorted(scores, key=lambda name: -scores[name])
    places = [1 + sum(other > score for other in scores.values()) for score in scores.values()]
    assert [r["rank"] for r in records] == [*sorted(places), None]
    assert records[0]["netscore"] == pytest.approx(max(scores.values()), rel=1e-13)
    assert records[0]["signature"] == signature(alpha=1.0, beta=1.0, gamma=0.0)
    by_year = run("table", "--among", "torchvision", "--sort", "year", "--format", "csv").out
    assert len(by_year.splitlines()) == 116
    last = run("table", "--among", "torchvision", "--sort", "accuracy").out.splitlines()[-1]
    assert last.split() == ["vgg16", "(IMAGENET1K_FEATURES)", "138M", "15.5G"]


def test_score_with_other_exponents_scores_the_60_with_them(run: Runner) -> None:
    exponents = {"alpha": 1.0, "beta": 0.25, "gamma": 0.75}
    options = [text for name, value in exponents.items() for text in (f"--{name}", str(value))]
    (record,) = run("score", "76", "20M", "2G", *options, "--format", "json").json
    score = omega(76, 20e6, 2e9, **exponents)
    others = {n.name: omega(n.accuracy, n.params, n.macs, **exponents) for n in load_networks()}
    above = min((s, name) for name, s in others.items() if s > score)
    below = max((s, name) for name, s in others.items() if s < score)
    assert record["netscore"] == pytest.approx(score, rel=1e-14)
    assert record["rank"] == 1 + sum(other > score for other in others.values())
    assert (record["above"], record["below"]) == (above[1], below[1])
    assert record["above_netscore"] == pytest.approx(above[0], rel=1e-13)
    text = run("score", "76", "20M", "2G", *options).out
    assert "Exponents            alpha 1, beta 0.25, gamma 0.75\n" in text


def test_score_at_both_ends(run: Runner) -> None:
    best = run("score", "100", "1K", "1K").out
    assert "Rank                 1 of 61, among 60 ImageNet networks of 2012 to 2018\n" in best
    assert "Above                none\nBelow                SqueezeNext 1.0-SqNxt-23 with" in best
    worst = run("score", "0", "1G", "1T").out
    assert worst.startswith("NetScore             -inf\nInformation density  0.00 %")
    assert "Rank                 61 of 61, " in worst
    assert worst.endswith("Below                none\n")


def test_score_where_all_are_level(run: Runner) -> None:
    exponents = ["--alpha", "0", "--beta", "0", "--gamma", "0"]
    result = run("score", "72", "1000.5", "300M", *exponents, "--format", "json")
    (record,) = result.json
    # Every network scores 0 then.
    assert (record["netscore"], record["rank"], record["above"]) == (0.0, 1, None)
    assert len(record["level_with"]) == 60
    assert '"params": 1000.5, "macs": 300000000,' in result.out


@pytest.mark.parametrize("action", ["default", "error", "ignore"])
def test_a_doubt_about_units_is_one_line_or_an_error_or_not_said(action: Any, run: Runner) -> None:
    doubt = "accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100\n"
    said = {"default": (0, f"netscore: warning: {doubt}"), "error": (1, f"netscore: {doubt}")}
    for _ in range(2):  # Once more, and it is shown once more.
        with warnings.catch_warnings():
            warnings.simplefilter(action, netscore.UnitWarning)
            result = run("score", "0.72", "3.4M", "300M")
        assert (result.code, result.err) == said.get(action, (0, ""))
        assert bool(result.out) == (action != "error")


def test_warning_options_of_python_are_honoured() -> None:
    result = process("score", "0.72", "3.4M", "300M", options=("-W", "error::UserWarning"))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("netscore: accuracy was read as 0.72 percent; if")


def test_only_what_needs_numpy_loads_it() -> None:
    code = """
import sys
from netscore.cli import main
for command in sys.argv[1:]:
    print(main(command.split()), "numpy" in sys.modules, file=sys.stderr)"""
    commands = ["score 72 3.4M 300M", "compare 73 4M 350M", "diagnose 41.91 78.8 28.2 88"]
    commands += ["table --format json", "show vgg16", "cite vgg16", "--version", "table --pareto"]
    run = subprocess.run([sys.executable, "-c", code, *commands], capture_output=True, timeout=60)
    assert run.stderr.splitlines() == [b"0 False"] * 7 + [b"0 True"]


# netscore rank


def test_rank_ranks_the_users_table_and_keeps_its_text(models: Path, run: Runner) -> None:
    assert run("rank", str(models)) == (
        0,
        "rank  model        top1  params  macs  comment  netscore  information_density\n"
        "   1  MobileNetV2  72.0    3.4M  300M  a, b        74.21                21.18\n"
        "   2  ResNet-50    75.3   25.6M  3.8G  =1+1        55.19                 2.94\n",
        "",
    )
    result = run("rank", str(models), "--format", "csv")
    header, first, second = csv.reader(io.StringIO(result.out))
    assert header[:6] == ["rank", "model", "top1", "params", "macs", "comment"]
    assert first[:6] == ["1", "MobileNetV2", "72.0", "3.4M", "300M", "a, b"]
    assert second[:6] == ["2", "ResNet-50", "75.3", "25.6M", "3.8G", "=1+1"]
    assert float(second[6]) == pytest.approx(omega(75.3, 25.6e6, 3.8e9), rel=1e-14)


def test_rank_reads_stdin(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MODELS.encode())))
    result = run("rank", "-", "--format", "json")
    assert (result.code, result.err) == (0, "")
    assert [record["model"] for record in result.json] == ["MobileNetV2", "ResNet-50"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{MODELS}x\n".encode())))
    wrong = "netscore: stdin line 4: 1 cell, but the header has 5; a note or a rule is no row"
    assert run("rank", "-") == (1, "", f"{wrong}: take it out\n")


def test_rank_takes_units_and_says_that_flops_are_halved(tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "timm.csv"
    path.write_text("model,top1,param_count,infer_gmacs,gflops\nv2,0.72,3.4,0.3,0.6\n")
    arguments = ["rank", str(path), "--accuracy", "top1:fraction", "--params", "param_count:M"]
    macs = run(*arguments, "--macs", "infer_gmacs:G", "--format", "json")
    assert (macs.code, macs.err) == (0, "")
    flops = run(*arguments, "--macs", "gflops:GFLOP", "--format", "json")
    assert flops.code == 0
    assert flops.err == "netscore rank: read gflops as FLOPs and halved to MACs\n"
    # What is a figure is a number, in the column's own unit.
    assert macs.json == [{**flops.json[0], "infer_gmacs": 0.3, "gflops": "0.6"}]
    assert flops.json[0]["gflops"] == 0.6
    assert macs.json[0]["netscore"] == pytest.approx(omega(72, 3.4e6, 0.3e9), rel=1e-14)


def test_rank_asks_where_the_header_is_ambiguous(models: Path, run: Runner) -> None:
    models.write_text("top1,params,param_count,macs\n1,2,3,4\n")
    said = (
        "each of the columns 'params', 'param_count' could be params: choose with --params COLUMN"
    )
    assert run("rank", str(models)) == (2, "", f"netscore rank: {models}: {said}\n")


@shows_warnings
def test_rank_warns_of_units_in_one_line(models: Path, run: Runner) -> None:
    models.write_text("top1,params,macs\n72,3.4,300M\n75.3,25.6,3.8G\n")
    doubt = "params was read as 3.4 to 25.6 parameters; if it is in millions, multiply it by 1e6\n"
    result = run("rank", str(models))
    assert (result.code, result.err) == (0, f"netscore: warning: {doubt}")


def test_rank_names_and_keeps_rows_that_cannot_be_scored(models: Path, run: Runner) -> None:
    with models.open("a") as stream:
        stream.write("bad,n/a,0,3.8G,\nworse,72.0,,300M,x\n")
    result = run("rank", str(models), "--format", "json")
    assert result.code == 1
    assert result.err == (
        f"{models} line 4, column top1: missing: 'n/a'\n"
        f"{models} line 4, column params: must be positive and finite, got '0'\n"
        f"{models} line 5, column params: empty\n"
        "netscore rank: 2 of 4 rows cannot be scored\n"
    )
    assert [(r["rank"], r["model"], r["netscore"] is None) for r in result.json] == [
        *((1, "MobileNetV2", False), (2, "ResNet-50", False)),
        *((None, "bad", True), (None, "worse", True)),
    ]


@pytest.mark.parametrize("option", [("--with-reference",), ("--among", "chapter")])
def test_rank_among_the_60(option: tuple[str, ...], models: Path, run: Runner) -> None:
    result = run("rank", str(models), *option, "--format", "json")
    assert f"netscore rank: ranked among {CHAPTER}\n" in result.err
    records = result.json
    assert len(records) == 62
    assert sum(record["reference"] == "yes" for record in records) == 60
    mine = {r["model"]: r["rank"] for r in records if r["reference"] is None}
    # Level with the 60's MobileNetV2; ResNet-50 is 33rd among the 60 and comes after mine, too.
    assert mine == {"MobileNetV2": 3, "ResNet-50": 34}


@pytest.mark.parametrize(
    ("name", "form", "start"),
    [
        *(("out.csv", None, "rank,model,"), ("out.dat", "csv", "rank,model,")),
        *(("out.JSON", None, '[\n{"rank": 1, "mod'), ("out.csv", "json", '[\n{"rank": 1, "mod')),
        *(("out.md", None, "| rank | model |"), ("out.markdown", None, "| rank | model |")),
        *(("out.txt", None, "rank  model"), ("out.json", "text", "rank  model")),
        ("out.tsv", None, "rank\tmodel\t"),
    ],
)
def test_rank_writes_a_file_in_the_format_of_its_suffix(
    name: str, form: str | None, start: str, models: Path, run: Runner
) -> None:
    output = models.with_name(name)
    options = ["--format", form] if form else []
    for option in ("--output", "-o"):
        assert run("rank", str(models), option, str(output), *options) == (0, "", "")
        assert output.read_text().startswith(start)
    assert {path.name for path in models.parent.iterdir()} == {"models.csv", name}


@pytest.mark.parametrize("name", ["out.parquet", "out.pq", "out.arrow", "out.XLSX"])
def test_rank_writes_no_text_under_the_name_of_another_file(
    name: str, models: Path, run: Runner
) -> None:
    output = models.with_name(name)
    said = f"netscore rank: format csv is not that of '{output}'\n"
    assert run("rank", str(models), "--output", str(output), "--format", "csv") == (2, "", said)
    assert not output.exists()


def test_rank_may_write_over_the_file_it_read(models: Path, run: Runner) -> None:
    models.chmod(0o600)
    models.with_name("link.csv").symlink_to(models)
    assert run("rank", str(models), "--output", str(models.with_name("link.csv"))).code == 0
    assert models.read_text().startswith("rank,model,")
    assert models.with_name("link.csv").is_symlink()
    assert stat.S_IMODE(models.stat().st_mode) == 0o600
    # What it wrote can be ranked again, beside the columns of the first time.
    records = run("rank", str(models), "--format", "json").json
    assert list(records[0])[:2] == ["rank_2", "rank"]
    assert list(records[0])[-3:] == ["netscore_2", "information_density_2", "signature"]
    assert records[0]["netscore_2"] == float(records[0]["netscore"])


def test_an_error_leaves_no_half_file(
    models: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(stream: io.TextIOBase, *_: object, **__: object) -> None:
        stream.write("half")
        stream.flush()
        raise OSError(28, "No space left on device")

    output = models.with_name("out.csv")
    output.write_text("before")
    monkeypatch.setattr("netscore.layout.write_table", fail)
    result = run("rank", str(models), "--output", str(output))
    assert (result.code, result.err) == (1, f"netscore: {output}: No space left on device\n")
    assert output.read_text() == "before"
    assert {path.name for path in models.parent.iterdir()} == {"models.csv", "out.csv"}


def test_a_hostile_file_is_one_error_line(
    models: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(models.parent)
    Path("evil: \x1b.csv").write_bytes(b"top1,params,macs\n72,3.4M,\x00\n")
    what = "a NUL byte: this is no text, or --encoding says which, as utf-16-le"
    said = f"netscore: evil: \\x1b.csv line 2: {what}\n"
    assert run("rank", "evil: \x1b.csv") == (1, "", said)


def test_hostile_cells_are_text(tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "models.csv"
    cells = ["=1+1", "\x1b[2J", "a|b", "-1+1", "@x"]
    rows = "".join(f"{cell},72,3.4M,300M\n" for cell in cells)
    path.write_text(f"model,top1,params,macs\n{rows}")
    for form, same in (("csv", True), ("json", True), ("text", False), ("markdown", False)):
        result = run("rank", str(path), "--format", form)
        assert result.code == 0
        assert ("=1+1" in result.out, "\x1b" in result.out) == (True, same and form == "csv")
        if form == "json":
            assert [record["model"] for record in result.json] == cells
    assert r"\x1b[2J" in run("rank", str(path)).out


@pytest.fixture
def in_two_parts(models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose rows are read, and written, in two parts."""
    models.write_text("top1,params,macs\n" + "72,3.4M,300M\n" * 20)
    monkeypatch.setattr("netscore.tables.text.ROWS", 16)
    return models


@pytest.mark.parametrize(
    ("seconds", "output", "shown"),
    [
        (0.2, "out.csv", set()),
        (0.3, "out.csv", {"wrote 20 rows"}),
        (0.6, "out.csv", {"read 20 rows", "wrote 16 rows", "wrote 20 rows"}),
        (1.1, None, {"read 16 rows", "read 20 rows"}),
    ],
)
def test_rank_shows_progress_on_a_terminal_after_a_second(
    seconds: float,
    output: str | None,
    shown: set[str],
    in_two_parts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The clock is asked at the start, then at each step of reading and of writing.
    times = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(times) * seconds)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    options = [] if output is None else ["--output", str(in_two_parts.with_name(output))]
    assert main(["rank", str(in_two_parts), *options]) == 0
    # The steps of reading are one and two ticks after the start, those of writing three and four.
    lines = terminal.getvalue().split("\r")
    assert {line.removeprefix("netscore rank: ") for line in lines if line.strip()} == shown
    # At the end the line is blank.
    assert lines[-1] == ""


def test_rank_shows_no_progress_elsewhere(
    in_two_parts: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(0, 1_000_000, 100))
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    assert run("rank", str(in_two_parts), "--top", "1").err == ""


# netscore show


def test_show_prints_all_that_is_known(run: Runner) -> None:
    result = run("show", "alexnet")
    assert (result.code, result.err) == (0, "")
    figures, sources = result.out.split("\nSources\n")
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
        f"NetScore             {omega(57.1, 60e6, 720e6):.2f}, rank 36 among {CHAPTER}\n"
        "Information density  0.95 % per million parameters\n"
    )
    keys = ("krizhevsky2012alexnet", "jia2014caffe", "howard2017mobilenets")
    assert re.findall("^[a-z0-9]+$", sources, re.MULTILINE) == list(keys)
    assert all(citation(load_sources()[key]) in sources for key in keys)


@pytest.mark.parametrize("network", load_networks(), ids=lambda network: network.name)
def test_show_knows_every_network(network: Network, run: Runner) -> None:
    result = run("show", network.name)
    words = " ".join(result.out.split())
    for grade, source in (
        (network.accuracy_grade, network.accuracy_source),
        (network.params_grade, network.params_source),
        (network.macs_grade, network.macs_source),
    ):
        assert f"{grade}, {source}" in words
        assert citation(load_sources()[source]) in words
    assert network.note in words
    assert max(map(len, result.out.split("\nSources\n")[0].splitlines())) <= 120
    rank = ranks_by_hand()[network.name]
    assert f"NetScore {network.netscore:.2f}, rank {rank} among {CHAPTER}" in words
    assert ("Counted params none" in words) == (network.params_counted is None)
    assert ("Counted from" in words) == (network.counted_from is not None)


def test_show_as_json(run: Runner) -> None:
    (record,) = run("show", "resnet 50", "--format", "json").json
    assert record == {**dataclasses.asdict(find_network("resnet50")), "signature": signature()}
    assert (record["name"], record["rank"]) == ("ResNet-50", 33)


def test_show_and_cite_know_the_weights_of_torchvision(run: Runner) -> None:
    words = " ".join(run("show", "resnet50 (IMAGENET1K_V2)").out.split())
    assert "Top-1 accuracy 80.858 %, published, torchvision2016 Params 25,557,032," in words
    assert "rank 43 among 115 ImageNet-1K weights of torchvision 0.28" in words
    assert "Year" not in words
    bare = run("show", "vgg16 (imagenet1k_features)").out
    assert "NetScore" not in bare
    assert "Top-1" not in bare
    (record,) = run("show", "vgg16 (imagenet1k_features)", "--format", "json").json
    assert (record["accuracy"], record["netscore"], record["rank"]) == (None, None, None)
    cited = run("cite", "swin_t (IMAGENET1K_V1)").out.split("\n\n")
    assert cited[-1].startswith("torchvision2016\n")


# netscore cite


def test_cite_prints_the_two_papers(run: Runner) -> None:
    result = run("cite")
    assert (result.code, result.err) == (0, "")
    assert [entry.splitlines()[0] for entry in result.out.split("\n\n")] == [
        "wong2019netscore",
        "canziani2016analysis",
        "netscore",
    ]
    assert "doi:10.1007/978-3-030-27272-2_2" in result.out


def test_cite_adds_the_sources_of_networks(run: Runner) -> None:
    result = run("cite", "alexnet", "Darknet-19", "--format", "bibtex")
    keys = re.findall(r"^@[a-z]+\{(\w+),$", result.out, re.MULTILINE)
    assert keys == [
        *("wong2019netscore", "canziani2016analysis", "netscore"),
        *("krizhevsky2012alexnet", "jia2014caffe", "howard2017mobilenets", "redmon2017yolo9000"),
    ]
    # The params of Darknet-19 are counted: a comment.
    assert re.findall("^% counted: .*layers", result.out, re.MULTILINE)
    assert result.out.endswith("\n")


# Terminals, pipes and interruptions


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run with stdout a terminal and return what it shows."""

    def on_terminal(*arguments: str, **environment: str) -> str:
        ours, theirs = pty.openpty()
        with monkeypatch.context() as patch, open(theirs, "w", encoding="utf-8") as stream:
            patch.delenv("NO_COLOR", raising=False)
            for name, value in {"TERM": "xterm", **environment}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdout", stream)
            assert main(arguments) == 0
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # the terminal is closed
            pass
        os.close(ours)
        return shown.decode().replace("\r\n", "\n")

    return on_terminal


def test_a_terminal_gets_bold_headings(
    models: Path, run: Runner, on_terminal: Callable[..., str]
) -> None:
    bold = "\x1b[1mRank  Network"
    table = ("table", "--family", "VGG")
    assert on_terminal(*table).startswith(bold)
    assert on_terminal(*table, NO_COLOR="").startswith(bold)
    assert on_terminal(*table, TERM="dumb") == run(*table).out
    assert on_terminal(*table, NO_COLOR="1") == run(*table).out
    assert on_terminal(*table, "--format", "csv").startswith("rank,name,")
    assert on_terminal("rank", str(models)).startswith("\x1b[1mRank  model")
    # A file is plain when stdout is a terminal.
    output = models.with_name("out.txt")
    assert on_terminal("rank", str(models), "--output", str(output)) == ""
    assert output.read_text().startswith("rank  model")


def test_a_closed_pipe_ends_quietly(models: Path) -> None:
    # More than a pipe holds.
    models.write_text("top1,params,macs\n" + "72,3.4M,300M\n" * 3000)
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


def test_an_interruption_ends_quietly(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.BytesIO):
        def readline(self, size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted()))
    assert run("rank", "-") == (130, "", "")


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
