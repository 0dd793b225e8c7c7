"""The commands that read a score: compare, diagnose, plot, count, and the signature everywhere."""

from __future__ import annotations

import builtins
import csv
import dataclasses
import io
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli_runs import Runner, omega
from matplotlib.figure import Figure

from netscore import (
    compare,
    counting,
    diagnose,
    load_networks,
    netscore_interval,
    pareto_front,
    signature,
)
from netscore.counting import Count

MINE = ("73.0", "4M", "350M")
MODELS = str(Path(__file__).parents[1] / "examples" / "models.csv")


def test_compare(run: Runner) -> None:
    result = run("compare", *MINE, "--images", "50000")
    assert (result.code, result.err) == (0, "")
    fields = result.fields
    standing = compare(73.0, 4e6, 350e6)
    assert fields["NetScore"] == f"{standing.netscore:.2f}"
    assert fields["Rank"].startswith(f"{standing.rank} of 61")
    assert fields["Percentile"].startswith(f"{standing.percentile:.1f} %")
    count, _, names = fields["Dominates"].partition(": ")
    assert int(count) == len(standing.dominates)
    assert names.split("; ") == [network.name for network in standing.dominates]
    assert fields["Dominated by"] == "none"
    assert standing.next_place is not None
    # 74.512, rounded to what is enough.
    assert "accuracy 74.52 %" in fields["Next place"]
    low, high = netscore_interval(73.0, 4e6, 350e6, n_images=50_000)
    assert fields["Interval"].startswith(f"{low:.2f} to {high:.2f}")


def test_compare_as_json(run: Runner) -> None:
    command = ("compare", "50", "200M", "60G", "--beta", "1", "--format", "json")
    (record,) = run(*command).json
    standing = compare(50.0, 200e6, 60e9, beta=1.0)
    assert record["rank"] == standing.rank
    assert record["percentile"] == standing.percentile
    assert record["dominated_by"] == [network.name for network in standing.dominated_by]
    assert record["dominates"] == []
    assert record["signature"] == signature(beta=1.0)


def test_compare_at_the_ends(run: Runner) -> None:
    assert run("compare", "99", "10K", "1M").fields["Next place"].startswith("none: ")
    # No accuracy up to 100 % is enough for the next place.
    last = run("compare", "0", "900M", "1T").fields
    assert last["Next place"] == "out of reach of any one figure"
    fields = run("compare", "1.5", "900M", "1T").fields
    assert fields["Dominates"] == "none"
    assert fields["Dominated by"].startswith("60: ")


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_compare_doubts_a_unit_once(run: Runner) -> None:
    said = "accuracy was read as 0.73 percent; if it is a fraction, multiply it by 100"
    result = run("compare", "0.73", "4M", "350M", "--images", "50000")
    assert (result.code, result.err) == (0, f"netscore: warning: {said}\n")


def test_diagnose(run: Runner) -> None:
    printed = str(diagnose("41.91", 78.8, 28.2, 88))
    result = run("diagnose", "41.91", "78.8", "28.2", "88")
    assert (result.code, result.out.split(), result.err) == (0, printed.split(), "")
    assert result.out.startswith("41.9137: canonical (given: percent, M params, GMACs)\n")
    assert len(result.out.splitlines()) == 5


@pytest.mark.parametrize(
    ("compute", "unit"),
    [
        ("0.6GFLOPs", "FLOPs"),
        ("0.6Gflop", "FLOPs"),
        ("0.6 GMACs", "MACs"),
        ("0.6 G MAdds", "MACs"),
        ("0.6G", None),
    ],
)
def test_diagnose_takes_the_words_that_stand_behind_compute(
    compute: str, unit: str | None, run: Runner
) -> None:
    (record,) = run("diagnose", "71.2", "72", "3.4M", compute, "--format", "json").json
    (found,) = diagnose("71.2", 72.0, 3.4e6, 0.6e9, unit=unit)
    assert record["conventions"][0]["compute_given"] == found.compute_given
    assert len(record["conventions"][0]["equivalents"]) == len(found.equivalents)


def test_diagnose_takes_no_flops_for_macs(run: Runner) -> None:
    lines = run("diagnose", "71.20", "72.0", "3.4M", "0.6GFLOPs").out.splitlines()
    assert lines[0] == (
        "71.197: FLOPs for MACs (given: percent, params, FLOPs; canonical score 74.2073)"
    )
    assert not any("MACs)" in line or "MACs;" in line for line in lines)


def test_diagnose_says_what_was_typed(run: Runner) -> None:
    said = run("diagnose", "41.91", "78.8", "28.2", "1,8 GMACs").err
    assert "got '1,8 GMACs'; perhaps 1.8G" in said


def test_diagnose_says_none(run: Runner) -> None:
    result = run("diagnose", "43.21", "78.8", "28.2", "88")
    assert result.code == 1
    assert result.out.startswith("none: no convention gives 43.21\n")
    assert run("diagnose", "43.21", "78.8", "28.2", "88", "--tolerance", "1.5").code == 0


def test_diagnose_as_json(run: Runner) -> None:
    result = run("diagnose", "71.20", "72.0", "3.4M", "300M", "--format", "json")
    assert result.code == 0
    (record,) = result.json
    likeliest = record["conventions"][0]
    assert likeliest["departures"] == ["FLOPs for MACs"]
    # 10 log10 2 below the canonical score
    assert record["canonical_score"] - likeliest["score"] == pytest.approx(3.0103, abs=1e-4)
    assert record["signature"] == signature()
    (none,) = run("diagnose", "1.23", "72", "3M", "3G", "--format", "json").json
    assert none["conventions"] == []


def test_table_of_the_pareto_front(run: Runner) -> None:
    networks = load_networks()
    front = pareto_front(networks.accuracy, networks.params, networks.macs)
    expected = {network.name for network, is_on in zip(networks, front) if is_on}
    records = run("table", "--pareto", "--format", "json").json
    assert {record["name"] for record in records} == expected
    out = run("table", "--pareto", "--family", "SENet").out
    assert [line.split()[0] for line in out.splitlines()] == ["Rank", "34"]
    # No network of this family is on the front.
    assert run("table", "--pareto", "--family", "VGG", "--format", "json") == (0, "[]\n", "")
    assert len(run("table", "--pareto", "--family", "VGG").out.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("table", "--family", "VGG"),
        ("score", *MINE),
        ("compare", *MINE),
        ("rank", MODELS, "--params", "param_count:M", "--macs", "gflops:GFLOP"),
    ],
    ids=lambda command: command[0],
)
def test_every_score_says_how_it_was_made(command: tuple[str, ...], run: Runner) -> None:
    text = signature()
    assert text not in run(*command).out
    assert run(*command, "--signature").out.endswith(f"\n{text}\n")
    assert {r["signature"] for r in run(*command, "--format", "json").json} == {text}
    if command[0] in ("table", "rank"):  # tables of many rows
        assert text not in run(*command, "--format", "csv").out
        for form in ("csv", "tsv"):
            assert text in run(*command, "--format", form, "--signature").out.splitlines()[1]
        markdown = run(*command, "--format", "markdown", "--signature").out
        assert markdown.endswith(f"\n`{text}`\n")


@pytest.fixture
def draw(tmp_path: Path, run: Runner) -> Callable[..., bytes]:
    """Draw a picture of a few of the 60 and of one more, and return what is in the file."""

    def draw(picture: str, form: str, *options: str) -> bytes:
        path = tmp_path / f"picture.{form}"
        more = ("--highlight", "Mine", *MINE, "--top", "15", "--output", str(path))
        assert run("plot", picture, *options, *more) == (0, "", "")
        return path.read_bytes()

    return draw


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        ("bars", ["Mine", "MobileNetV2", "Top-1 accuracy", "Information density", "NetScore"]),
        ("tradeoff", ["highlighted", "equal NetScore"]),
        ("sensitivity", ["Mine", "MobileNetV2"]),
    ],
)
def test_plot_draws_the_networks_and_ones_own(
    picture: str, words: list[str], draw: Callable[..., bytes]
) -> None:
    options = ["--draws", "50"] if picture == "sensitivity" else []
    drawn = draw(picture, "svg", *options)
    assert [word for word in words if word.encode() not in drawn] == []
    if picture == "sensitivity":
        # The draws have a seed and the file has no date: the same bytes again.
        assert drawn == draw(picture, "svg", *options)


@pytest.mark.parametrize(
    ("form", "start", "dates"),
    [
        ("png", rb"\x89PNG", rb"tIME|Time|date"),
        ("svg", rb"<\?xml", rb"<dc:date>"),
        ("pdf", rb"%PDF", rb"/(Creation|Mod)Date"),
    ],
)
def test_a_picture_has_no_date(
    form: str,
    start: bytes,
    dates: bytes,
    draw: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("netscore.cli.plot._figure", lambda *_: Figure())
    drawn = draw("bars", form)
    assert re.match(start, drawn)
    assert not re.search(dates, drawn)


@pytest.mark.parametrize(
    ("options", "expected"),
    [((), "10000, 0"), (("--draws", "50"), "50, 0"), (("--seed", "7"), "10000, 7")],
)
def test_the_draws_and_the_seed_are_those_of_the_picture(
    options: tuple[str, ...], expected: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sensitivity(*figures: Any, draws: int, seed: int) -> None:
        assert [len(column) for column in figures] == [61, 61, 61]
        raise ValueError(f"{draws}, {seed}")

    monkeypatch.setattr("netscore.smaa.sensitivity", sensitivity)
    command = ("plot", "sensitivity", *options, "--highlight", "Mine", *MINE, "-o", "x.svg")
    assert run(*command) == (2, "", f"netscore plot: {expected}\n")


MODELS = "name,top1,size,gmacs,ms\nsmall,65,2,0.2,3\nmiddle,72,10,1,20\nlarge,80,50,20,150\n"


@pytest.mark.parametrize(
    ("options", "words", "size"),
    [
        (["tradeoff", "--x", "ms", "--label", "top 1"], ["small", "ms", "highlighted"], (9, 6.5)),
        (["tradeoff", "--label", "none", "--no-legend"], ["Multiply-accumulates"], (9, 6.5)),
        (["tradeoff", "--measure", "density", "--size", "3.4x2.6"], ["density"], (3.4, 2.6)),
        (["bars", "--measure", "density", "--size", "5"], ["small", "density"], (5, 2.9)),
        (["bars", "--among", "chapter", "--top", "3"], ["SqueezeNext", "small"], (7, 2.9)),
        (["sensitivity", "--draws", "9"], ["small", "middle", "large"], (8, 2.9)),
    ],
)
def test_plot_draws_a_table_of_ones_own(
    options: list[str], words: list[str], size: tuple[float, float], run: Runner, tmp_path: Path
) -> None:
    table, path = tmp_path / "models.csv", tmp_path / "picture.svg"
    table.write_text(MODELS, encoding="utf-8")
    picture, *further = options
    further += ["--params", "size:M", "--style", "dark_background", "--highlight", "Mine", *MINE]
    if "ms" in further:
        further = further[:-5]
        words = words[:-1]
    assert run("plot", picture, str(table), *further, "-o", str(path)) == (0, "", "")
    drawn = path.read_text(encoding="utf-8")
    assert [word for word in words if word not in drawn] == []
    width, height = (f"{72 * side:g}pt" for side in size)
    assert f'width="{width}" height="{height}"' in drawn
    assert "#8dd3c7" in drawn  # the first colour of the style
    assert ("Mine" in drawn) == ("Mine" in further)
    assert ("on the Pareto front" in drawn) == (
        picture == "tradeoff" and "--no-legend" not in options
    )


def test_a_style_that_sets_text_with_tex_draws_names_as_they_are(
    run: Runner, tmp_path: Path
) -> None:
    style, path = tmp_path / "of_papers.mplstyle", tmp_path / "picture.svg"
    style.write_text("text.usetex: True\n")
    given = ["--highlight", "50%_#1", *MINE, "--style", str(style), "--top", "3", "-o", str(path)]
    assert run("plot", "bars", *given) == (0, "", "")
    assert ">50%_#1</" in path.read_text(encoding="utf-8")


TO_BE_SAID = {
    ("--encoding", "windows-1252"): "nom;top1;params;macs\nété;72,0;3,4M;0,3G\n".encode("cp1252"),
    ("--skip", "2"): b"Results\n\nnom;top1;params;macs\nsecond;72,0;3,4M;0,3G\n",
    ("--separator", ";"): b"top1,params,macs,x;top1;params;macs;model\n1;72,0;3,4M;0,3G;second\n",
    ("--decimal", ","): b"nom;top1;params;macs\nsecond;72;3.400.000;900.001\nlast;71;3.456;4.567\n",
}


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("option", TO_BE_SAID)
def test_how_a_table_is_written_can_be_said_or_is_said_by_rank(
    option: tuple[str, str], run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.csv").write_bytes(TO_BE_SAID[option])
    name = "été" if option[0] == "--encoding" else "second"
    advice = f"; netscore rank has {option[0]}, and writes with --output FILE.json what is read wi"
    without = run("plot", "bars", "m.csv", "-o", "x.svg").err
    assert option[0] in without
    assert advice not in without
    assert advice in run("score", "72", "3M", "1G", "--among", "m.csv").err
    assert run("plot", "bars", "m.csv", "-o", "x.svg", *option) == (0, "", "")
    assert name in Path("x.svg").read_text(encoding="utf-8")
    assert run("rank", "m.csv", *option, "--output", "m.json") == (0, "", "")
    assert name in run("table", "--among", "m.json").out
    assert run("plot", "bars", *option, "-o", "x.svg").err.endswith(f"{option[0]} is for a FILE\n")


@pytest.mark.filterwarnings("default")
def test_what_rank_alone_can_be_told_is_no_advice_of_other_commands(
    run: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    path.write_text("name,top1,params,macs\na,70,5M,1G\nb,71,5,1G\n")
    found = "'5' has no unit, as other cells of the column have"
    advice = "name the columns accuracy, params and macs, with the unit as in params_m; such netw"
    result = run("score", "72", "3M", "1G", "--among", str(path))
    assert f"{found} at position 1 (1 of 2 values is wrong); {advice}" in result.err
    assert "--params 'params:UNIT' says one for all\n" in run("rank", str(path)).err


def test_a_picture_of_the_command_line_has_fonts_that_publishers_accept(
    draw: Callable[..., bytes],
) -> None:
    drawn = draw("tradeoff", "pdf", "--families", "--label", "MobileNetV2")
    assert b"/FontFile2" in drawn
    assert b"/Type3" not in drawn


def test_plot_reads_stdin_and_says_that_flops_are_halved(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.svg"
    for flops, said in (
        ((), ""),
        (("--macs", "gmacs:GFLOP"), "netscore plot: read gmacs as FLOPs and halved to MACs\n"),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MODELS.encode())))
        options = ("--params", "size:M", *flops, "-o", str(path))
        assert run("plot", "tradeoff", "-", *options) == (0, "", said)
        assert all(name in path.read_text() for name in ("small", "middle", "large"))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("accuracy", "said"),
    [
        ("0", "netscore must be finite, got -inf in network 'a'"),
        ("x", "networks must hold at least one network with accuracy, params and macs, got none"),
    ],
)
def test_wrong_data_are_no_wrong_usage_of_plot(
    accuracy: str, said: str, run: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"name,top1,params,macs\na,{accuracy},5M,1G\n")
    result = run("plot", "bars", str(path), "-o", str(tmp_path / "x.svg"))
    assert (result.code, result.err.splitlines()[-1]) == (1, f"netscore: {said}")


@pytest.mark.filterwarnings("default")
def test_letters_that_the_font_lacks_are_one_line(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("name,top1,params,macs\n模型,70,5M,1G\n网络,72,6M,2G\n", encoding="utf-8")
    code, _, said = run("plot", "bars", str(path), "-o", str(tmp_path / "x.png"))
    advice = "a file for --style can name another as font.family"
    lacks = f"netscore: warning: the font lacks letters of some names: {advice}\n"
    assert (code, said) == (0, lacks)


@pytest.mark.parametrize(
    "command",
    ["score 72 3M 1G", "compare 72 3M 1G", "table", "rank m.csv", "plot bars -o x.svg"],
)
def test_every_command_reads_the_others_from_stdin(
    command: str, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.csv").write_text("name,top1,params,macs\na,70,5M,1G\n")
    Path("x.svg").touch()
    others = io.BytesIO(b"name,top1,params,macs\nfirst,80,1M,1G\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(others))
    result = run(*command.split(), "--among", "-")
    assert result.code == 0
    assert "first" in result.out + Path("x.svg").read_text()


def test_plot_without_matplotlib(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    message = "netscore: plot needs matplotlib: install it with  pip install 'netscore[plot]'\n"
    assert run("plot", "bars", "-o", "x.png") == (1, "", message)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for the counters, which need libraries that are not always there."""
    calls: list[Any] = []

    def count(model: Any, *inputs: Any, **named: Any) -> Count:
        calls.append((model, (*inputs, named) if named else inputs))
        products = (
            ("stem", "conv", ((1, 3, 8, 8), (4, 3)), 10_000_000),
            ("head", "addmm", ((1, 4), (4, 5)), 290_000_000),
        )
        found = (3_400_000, None, 300_000_000, "stand-in 1", ("Conv",), (), ((1, 3, 8, 8),))
        return Count(*found, products=products)

    monkeypatch.setattr(counting, "count", count)
    monkeypatch.setattr(counting, "example_input", lambda model, text: f"input {text}")
    monkeypatch.setattr(counting, "build_model", lambda text: f"model {text}")
    return calls


def test_count(counter: list[Any], run: Runner) -> None:
    result = run("count", "mymodels:small", "--input", "1,3,8,8", "--input", "1,2")
    assert (result.code, result.err) == (0, "")
    assert counter == [("model mymodels:small", ("input 1,3,8,8", "input 1,2"))]
    assert result.fields == {
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
    (record,) = run("count", "mymodels:small", "--format", "json").json
    found = Count(3_400_000, None, 300_000_000, "stand-in 1", ("Conv",), (), ((1, 3, 8, 8),))
    lists = {"counts": ["Conv"], "leaves_out": [], "input_shapes": ["1,3,8,8"]}
    assert record | {"products": ()} == dataclasses.asdict(found) | lists


@pytest.mark.parametrize("text", ["1x3", "0,1", "1,3:text"])
def test_an_input_that_is_not_described(run: Runner, text: str) -> None:
    said = "netscore count: an input must be described as 1,3,224,224 or 1,128:int64, got "
    assert run("count", "m.onnx", "--input", text) == (2, "", f"{said}{text!r}\n")


def test_count_straight_into_the_score(counter: list[Any], run: Runner) -> None:
    result = run("count", "model.onnx", "--accuracy", "72")
    assert result.code == 0
    assert counter == [("model.onnx", ())]
    assert result.fields["NetScore"] == "74.21"
    assert result.fields["MACs"] == "300,000,000"
    command = ("count", "model.onnx", "--accuracy", "72", "--alpha", "1", "--format", "json")
    (record,) = run(*command).json
    assert record["params"] == 3_400_000
    labels: Any = {"input": "1x3x8x8", "counter": "stand-in-1"}
    assert record["signature"] == signature(alpha=1.0, **labels)
    (other,) = run(*command, "--data", "imagenette").json
    assert other["signature"] == signature(alpha=1.0, data="imagenette", **labels)
    assert other["rank"] is None
    assert record["rank"] == compare(72.0, 3.4e6, 3e8, alpha=1.0).rank
    assert run("count", "model.onnx", "--accuracy", "172").code == 2
    latex = run("count", "model.onnx", "--accuracy", "72", "--format", "latex").out.splitlines()
    assert latex[3] == r"Params & MACs & Accuracy & NetScore \\"
    assert latex[5] == r"3,400,000 & 300,000,000 & 72 & 74.21 \\"


@pytest.mark.parametrize("macs", [900, 70])
@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_what_was_counted_is_in_no_other_unit(
    macs: int, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Count(778, None, macs, "c 1", (), (), ())
    monkeypatch.setattr(counting, "count", lambda model: found)
    result = run("count", "small.onnx", "--accuracy", "72")
    assert (result.code, result.err) == (0, "")
    assert result.fields["Rank"].startswith("1 of 61, among ")
    # The accuracy was typed.
    doubtful = run("count", "small.onnx", "--accuracy", "0.72")
    said = "accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100"
    assert doubtful.err == f"netscore: warning: {said}\n"
    assert "(doubtful)" in doubtful.fields["Rank"]
    assert "params was read as 778 parameters" in run("score", "72", "778", "900").err


def test_count_of_several_models(counter: list[Any], tmp_path: Path, run: Runner) -> None:
    table = tmp_path / "top1.csv"
    table.write_text("Top-1,Network,Params\n72,small,?\n60,mymodels:tiny,?\n")
    two = ("count", "in/a/small.onnx", "mymodels:tiny", "--accuracy-from", str(table))
    result = run(*two, "--format", "csv")
    assert (result.code, result.err) == (0, "")
    first, second = csv.DictReader(io.StringIO(result.out))
    assert [first[name] for name in ("model", "accuracy", "params", "macs")] == [
        "in/a/small.onnx", "72.0", "3400000", "300000000",
    ]  # fmt: skip
    assert (first["counts"], first["input_shapes"]) == ("Conv", "1,3,8,8")
    assert float(first["netscore"]) == pytest.approx(omega(72.0, 3.4e6, 3e8))
    assert (second["model"], second["accuracy"]) == ("mymodels:tiny", "60.0")
    # It is ranked as it stands.
    counted = tmp_path / "counted.csv"
    counted.write_text(result.out)
    assert run("rank", str(counted), "--format", "csv").out.splitlines()[1].startswith("1,in/a/sm")
    assert [line.split() for line in run(*two).out.splitlines()] == [
        ["Model", "Params", "MACs", "Accuracy", "NetScore"],
        ["in/a/small.onnx", "3,400,000", "300,000,000", "72", "74.21"],
        ["mymodels:tiny", "3,400,000", "300,000,000", "60", "71.04"],
    ]
    assert run("count", "a:b", "c.onnx").out.splitlines()[0].split() == ["Model", "Params", "MACs"]
    said = f"netscore: {table}: no row has the name other.onnx, m:other\n"
    others, source = ("count", "other.onnx", "m:other"), ("--accuracy-from", str(table))
    assert run(*others, *source) == (1, "", said)
    some = run(*others, "other.onnx", "small.onnx", *source)
    assert (some.code, some.err) == (1, said)
    assert [line.split()[0] for line in some.out.splitlines()] == ["Model", "small.onnx"]
    # A decimal comma in one cell settles the others.
    table.write_text("Top-1;Network\n72,0;small\n71,500;mymodels:tiny\n")
    assert [record["accuracy"] for record in run(*two, "--format", "json").json] == [72.0, 71.5]
    for text, said in (
        ("Top-1,Network\n720,small\n", "small.onnx: must be a percentage from 0 to 100, got '720'"),
        # Beside cells with %, a bare one may be a fraction.
        ("Top-1,Network\n0.72,small\n71%,mymodels:tiny\n", "small.onnx: '0.72' has no unit, as"),
        ("model,top1\nsmall,\nmymodels:tiny,72\n", "small.onnx: empty"),
        ("Top-1,Network\n72,small\n71,small\n", "2 rows have the name in/a/small.onnx"),
    ):
        table.write_text(text)
        result = run(*two)
        assert (result.code, result.out) == (1, "")
        assert said in result.err
    for text, what in (
        (
            "Network,Params\nsmall,1\n",
            "none of the columns 'Network', 'Params' has a usual name of",
        ),
        (
            "model,top1_err\nsmall,28\n",
            "no column is named as accuracy, and 'top1_err' may hold err",
        ),
    ):
        table.write_text(text)
        result = run(*two)
        assert (result.code, result.out) == (2, "")
        assert what in result.err
        assert result.err.endswith("must be named accuracy and hold percentages of right answers\n")
    assert run(*two[:3], "--decimal", ",").err == (
        "netscore count: --decimal is for the TABLE of --accuracy-from\n"
    )


def test_a_table_of_counts_has_its_best_figures_bold_and_its_ranks(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def count(model: Any, *inputs: Any) -> Count:
        size = 2_000_000 if model == "a.onnx" else 4_000_000
        products = (("stem", "conv", ((1, 3),), size * 50), ("head", "addmm", ((1, 4),), size * 50))
        return Count(size, None, size * 100, "c 1", (), (), (), products=products)

    monkeypatch.setattr(counting, "count", count)
    (tmp_path / "top1.csv").write_text("model,top1\na,70\nb,80\n")
    bold = ("--format", "markdown", "--best-bold")
    command = ("count", "a.onnx", "b.onnx", "--accuracy-from", str(tmp_path / "top1.csv"), *bold)
    # Twice the params and the MACs cost 6.02, and 80 % in place of 70 % give 2.32.
    assert run(*command).out.splitlines()[2:] == [
        "| a.onnx | **2,000,000** | **200,000,000** | 70 | **77.78** |",
        "| b.onnx | 4,000,000 | 400,000,000 | **80** | 74.08 |",
    ]
    # Two of the file (88.17, 85.16) are better than both, one (74.75) than b, one (30.92) is worst.
    (tmp_path / "others.csv").write_text(
        "model,top1,params,macs\nx,90,1M,100M\ny,90,2M,100M\nz,72,3M,300M\nw,10,9M,900M\n"
    )
    table = run(*command, "--among", str(tmp_path / "others.csv")).out.splitlines()
    assert table[0] == "| Model | Params | MACs | Accuracy | NetScore | Rank |"
    assert [line.split("|")[-2].strip() for line in table[2:]] == ["3", "4"]
    # What a product multiplies is neither good nor bad.
    assert "**" not in run("count", "a.onnx", "--detail", *bold).out


def test_count_of_several_models_of_which_some_cannot_be_counted(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shape = ((8, 3, 8, 8),)

    def some(model: Any, *inputs: Any) -> Count:
        if model == "bad.onnx":
            raise ValueError("count: bad.onnx is not an ONNX model")
        if model == "open.onnx":
            raise ValueError("count: the shape of h does not follow")
        if model == "gone.onnx":
            raise FileNotFoundError(2, "No such file or directory", model)
        warnings.warn("count: the inputs look like a batch of 8", stacklevel=2)
        return Count(3_400_000, None, 300_000_000, "stand-in 1", ("Conv",), (), shape)

    monkeypatch.setattr(counting, "count", some)
    models = ("a.onnx", "bad.onnx", "gone.onnx", "open.onnx", "b.onnx")
    said = (
        "netscore: warning: a.onnx: the inputs look like a batch of 8\n"
        "netscore: warning: b.onnx: the inputs look like a batch of 8\n"
        "netscore: bad.onnx is not an ONNX model\n"
        "netscore: cannot open gone.onnx: No such file or directory\n"
        "netscore: open.onnx: the shape of h does not follow\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = run("count", *models)
    assert (result.code, result.err) == (1, said)
    assert [line.split()[0] for line in result.out.splitlines()] == ["Model", "a.onnx", "b.onnx"]
    # As of one file.
    assert [run("count", "gone.onnx", *more).code for more in ((), ("gone.onnx",))] == [2, 2]
    assert run("count", *models[1:4], "--format", "csv").out == ""
    # A doubt about a column of the table is one.
    (tmp_path / "t.csv").write_text("model,top1\na,0.72\nb,0.71\n")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        doubts = run("count", *models[::4], "--accuracy-from", str(tmp_path / "t.csv")).err
    assert doubts.count("if it is a fraction, multiply it by 100") == 1


@pytest.mark.parametrize(
    ("table", "models", "accuracies"),
    [
        # Not the cells of other columns, where one holds names.
        ("model,teacher,top1\nb,a,70\na,d,71\n", ["a.onnx"], [71.0]),
        ("model,epochs,top1\n72,3,61\nz,72,55\n", ["72.onnx"], [61.0]),
        ("id,file,top1\n1,a,61\n2,b,55\n", ["b.onnx"], [55.0]),
        ("model,file,top1\nA,a.onnx,61\nB,b.onnx,55\n", ["b.onnx", "x/a.onnx"], [55.0, 61.0]),
        # The folder says which model it is.
        ("model,top1\nmodel,72\nr18/model,61\n", ["r18/model.onnx", "m/model.onnx"], [61.0, 72.0]),
        ("model,top1\nm:r18,72\nm:18,61\n", ["m:r18", "m:18"], [72.0, 61.0]),
        # Nor those of columns that say where it comes from.
        ("model,quantized_from,top1\nr18_int8,r18.onnx,69\nr18,,70\n", ["r18.onnx"], [70.0]),
        ("top1,a,b\n72,x.onnx,y\n61,y,z.onnx\n", ["z.onnx"], [61.0]),
        # Spaces belong to no name; part of a path and what is behind a colon may be one.
        ("model,top1\na ,72\n b,61\n", ["b.onnx", "a.onnx"], [61.0, 72.0]),
        ("model,top1\nr18/fp32,72\nr50/fp32,61\n", ["z/r50/fp32.onnx"], [61.0]),
        ("model,top1\nr18,72\nr50,61\n", ["nets:r50"], [61.0]),
    ],
)
def test_a_model_has_the_accuracy_of_its_own_row(
    table: str,
    models: list[str],
    accuracies: list[float],
    counter: list[Any],
    tmp_path: Path,
    run: Runner,
) -> None:
    (path := tmp_path / "top1.csv").write_text(table)
    found = run("count", *models, "--accuracy-from", str(path), "--format", "json").json
    assert [record["accuracy"] for record in found] == accuracies


@pytest.mark.parametrize(
    ("table", "models", "said"),
    [
        ("model,teacher,top1\nb,a,70\nc,d,71\n", ["a.onnx"], "no row has the name a.onnx"),
        (
            "model,top1\nmynet.large,76\nmynet,70\n",
            ["mynet.large:x"],
            "no row has the name mynet.large:x\n",
        ),
        (
            "model,top1\nmodel,72\nother,61\n",
            ["r18/model.onnx", "r50/model.onnx"],
            "one row has the name of r18/model.onnx and r50/model.onnx: name them as here",
        ),
    ],
)
def test_a_row_is_of_one_model(
    table: str, models: list[str], said: str, counter: list[Any], tmp_path: Path, run: Runner
) -> None:
    (path := tmp_path / "top1.csv").write_text(table)
    result = run("count", *models, "--accuracy-from", str(path))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"netscore: {path}: {said}")
    # One and the same model may be asked for twice.
    twice = ("count", *models[:1] * 2, "--accuracy-from", str(path))
    assert run(*twice).code == (1 if said.startswith("no") else 0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SystemExit(0), "m:b: it ended the program, with 0"),
        (SystemExit("run me with torchrun"), "m:b: it ended the program, with 'run me with torch"),
        (ValueError("width must be positive"), "m:b: ValueError: width must be positive; --trac"),
        (KeyError("k"), "m:b: KeyError: 'k'; --traceback says where\n"),
        (ImportError("no timm"), "m:b: ImportError: no timm; --traceback says where\n"),
        (ValueError("build_model: there is no b in the module m"), "there is no b in the module m"),
    ],
)
def test_a_model_that_cannot_be_built_does_not_take_the_others_with_it(
    error: BaseException,
    said: str,
    counter: list[Any],
    run: Runner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(text: str) -> str:
        print("loading")
        if text == "m:b":
            raise error
        return text

    monkeypatch.setattr(counting, "build_model", build)
    result = run("count", "a.onnx", "m:b", "m:c", "--format", "csv")
    assert [line.split(",")[0] for line in result.out.splitlines()] == ["model", "a.onnx", "m:c"]
    assert result.code == 1
    assert result.err.startswith(f"loading\nloading\nnetscore: {said}")
    alone = run("count", "m:b")
    usage = str(error).startswith("build_model")
    assert (alone.code, alone.out) == (2 if usage else 1, "")
    assert alone.err.startswith(f"loading\nnetscore{' count' * usage}: {said}")


def test_what_the_code_of_a_model_prints_is_no_row(
    run: Runner, monkeypatch: pytest.MonkeyPatch, counter: list[Any]
) -> None:
    monkeypatch.setattr(counting, "build_model", lambda text: print("loading"))
    result = run("count", "a:b", "--format", "json")
    assert result.json[0]["params"] == 3_400_000
    assert result.err == "loading\n"


def test_count_takes_accuracies_of_every_table(
    counter: list[Any], tmp_path: Path, run: Runner
) -> None:
    frame = pytest.importorskip("polars").DataFrame(
        {"model": ["large", "small"], "top1": [None, 72.0], "tags": [["a"], ["b"]]}
    )
    frame.write_parquet(tmp_path / "top1.parquet")
    frame.write_ndjson(tmp_path / "top1.jsonl")
    (tmp_path / "top1.csv").write_bytes(b"Title\nmod\xe8le,top1\nlarge,\nsmall,72\n")
    for name, options in (
        ("top1.parquet", ()),
        ("top1.jsonl", ()),
        ("top1.csv", ("--encoding", "windows-1252", "--skip", "1")),
    ):
        command = ("count", "in/a/small.onnx", "--accuracy-from", str(tmp_path / name), *options)
        (record,) = run(*command, "--format", "json").json
        assert record["netscore"] == pytest.approx(omega(72.0, 3.4e6, 3e8))


def test_a_pattern_stands_for_its_files(
    counter: list[Any], tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zoo").mkdir()
    for name in ("b.onnx", "a.onnx", "a[1].onnx", "a1.onnx", "readme"):
        (tmp_path / "zoo" / name).touch()
    assert run("count", "zoo/[ab].onnx", "m:c", "zoo/a[1].onnx", "no*.onnx").code == 0
    models = ["zoo/a.onnx", "zoo/b.onnx", "model m:c", "zoo/a[1].onnx", "no*.onnx"]
    assert [model for model, _ in counter] == models
    said = "--accuracy is for one model; --accuracy-from is for several"
    assert run("count", "zoo/?.onnx", "--accuracy", "72").err == f"netscore count: {said}\n"


def test_a_folder_is_no_model(tmp_path: Path, run: Runner) -> None:
    must = "a model that is no FILE.onnx must be named as MODULE:CALLABLE"
    said = f"netscore count: {must}, got {str(tmp_path)!r}\n"
    assert run("count", str(tmp_path)) == (2, "", said)


def test_count_of_named_inputs(counter: list[Any], run: Runner) -> None:
    assert run("count", "a:b", "--input", "x.1=1,3", "--input", "1,2:int64").code == 0
    assert counter == [("model a:b", ("input 1,2:int64", {"x.1": "input 1,3"}))]


def test_the_products_in_detail(counter: list[Any], run: Runner) -> None:
    lines = run("count", "a:b", "--detail").out.splitlines()[-3:]
    assert [line.split() for line in lines] == [
        ["Name", "Operator", "Shapes", "MACs"],
        ["head", "addmm", "1,4;", "4,5", "290,000,000"],
        ["stem", "conv", "1,3,8,8;", "4,3", "10,000,000"],
    ]
    products = [
        {"name": "head", "operator": "addmm", "shapes": ["1,4", "4,5"], "macs": 290_000_000},
        {"name": "stem", "operator": "conv", "shapes": ["1,3,8,8", "4,3"], "macs": 10_000_000},
    ]
    (record,) = run("count", "a:b", "--detail", "--format", "json").json
    assert record["products"] == products
    table = run("count", "a:b", "c.onnx", "--detail", "--format", "csv").out.splitlines()
    assert table[:2] == ["model,name,operator,shapes,macs", 'a:b,head,addmm,"1,4; 4,5",290000000']
    assert len(table) == 5


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("my.py", "my.py is Python: name what builds the model in it, as in mynet:build for myne"),
        ("my.PT", "my.PT holds weights and no model: name what builds it in Python, as in mynet:"),
        ("my.tflite", "my.tflite is of another framework: convert it to ONNX first"),
    ],
)
def test_files_that_hold_no_model(name: str, reason: str, run: Runner) -> None:
    result = run("count", name)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"netscore: {reason}")
    assert result.err.count("\n") == 1


def test_what_a_model_of_ones_own_raises(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def forward(model: Any, *inputs: Any) -> Count:
        raise RuntimeError("mat1 and mat2\nmore")

    advice = "; --input [NAME=]SHAPE[:DTYPE] says what a model takes\n"
    monkeypatch.setattr(counting, "count", forward)
    monkeypatch.setattr(counting, "build_model", lambda text: SimpleNamespace())
    said = f"netscore: a:b: RuntimeError: mat1 and mat2{advice}"
    assert run("count", "a:b") == (1, "", said)

    def forgotten(model: Any, *inputs: Any) -> Count:
        raise ValueError("count: there are no example inputs")

    monkeypatch.setattr(counting, "count", forgotten)
    said = f"netscore: a:b: there are no example inputs{advice}"
    assert run("count", "a:b") == (1, "", said)
    said = f"netscore: m.onnx: there are no example inputs{advice}"
    assert run("count", "m.onnx") == (1, "", said)


def test_an_extra_that_is_missing_is_no_fault_of_a_model(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(model: Any, *inputs: Any) -> Count:
        raise ImportError("count needs onnx: pip install 'netscore[onnx]'")

    monkeypatch.setattr(counting, "count", count)
    said = "netscore: count needs onnx: pip install 'netscore[onnx]'\n"
    assert run("count", "m.onnx") == (1, "", said)


def test_count_of_a_file_that_exists(counter: list[Any], tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "model:odd.bin"
    path.touch()
    assert run("count", str(path)).code == 0
    assert counter == [(str(path), ())]


def test_count_of_what_is_no_model(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(model: Any, *inputs: Any) -> Count:
        raise TypeError("count: one sentence")

    monkeypatch.setattr(counting, "count", refuse)
    monkeypatch.setattr(counting, "build_model", lambda text: SimpleNamespace())
    assert run("count", "a:b") == (1, "", "netscore: a:b: one sentence\n")
