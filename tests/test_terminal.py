"""The command line on a terminal: its window, its colours, completion, and faults of our own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_runs import Runner, Terminal

from netscore import cli, compare, load_networks
from netscore.cli import main
from netscore.layout import PIPE, Column, Screen, Table, printable, show, write_table
from netscore.layout import lines as text_lines

MINE = ("73", "4M", "350M")
LONG = "a network of mine that has a very long name"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models.csv"
    rows = "".join(f"{LONG} {i},{70 + i / 10},55063823,300M,{'note ' * 20},a\n" for i in range(25))
    path.write_text(f"model,validation top1 (%),params,macs,notes,licence\n{rows}")
    return path


Window = Callable[..., str]


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Window:
    """Run a command with both streams on a terminal of a width; return what it shows."""

    def window(width: int, *arguments: str, colour: bool = False, code: int = 0) -> str:
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            patch.setattr(sys, "stderr", terminal)
            patch.setenv("COLUMNS", str(width))
            patch.setenv("TERM", "xterm")
            (patch.delenv if colour else patch.setenv)("NO_COLOR", *(() if colour else ("1",)))
            assert main(arguments) == code
        return terminal.getvalue()

    return window


@pytest.fixture(autouse=True)
def no_colour_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")


COMMANDS = {
    "table": (),
    "table --all": (),
    "show ResNet-50": (),
    "cite vgg16 --format text": (),
    "diagnose 42 78.8 28.2 88 --tolerance 2": (),
    "score 0.73 4 350": (),
    "compare 73 4M 350M --images 50000": (),
    "show vgg": (2,),
    "nonsense": (2,),
    "--help": (),
    "show --help": (),
}


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_shown_fits_the_window_and_loses_no_word(
    command: str, width: int, window: Window, run: Runner
) -> None:
    if "help" in command:
        width = max(width, 60)  # argparse has words that are longer
    code = dict(zip(["code"], COMMANDS[command]))
    shown = window(width, *command.split(), **code)
    assert max(map(len, shown.splitlines())) <= width
    assert printable(shown.replace("\n", "")) == shown.replace("\n", "")
    if "table" not in command and "help" not in command and "--tolerance" not in command:
        result = run(*command.split())
        # Long words are broken, so blanks do not count; what is said of a fault comes first.
        assert "".join(shown.split()) == "".join((result.err + result.out).split())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("options", [(), ("--with-reference",)])
def test_a_ranking_fits_the_window_and_says_what_is_left_out(
    width: int, options: tuple[str, ...], models: Path, window: Window, run: Runner
) -> None:
    shown = window(width, "rank", str(models), *options).splitlines()
    assert max(map(len, shown)) <= width
    while not shown[0].startswith("Rank"):
        del shown[0]  # what it ranked among
    head, *rows = shown[:21]
    # Rank, name and score always stay; figures are written as in the table of the 60.
    assert [head.split()[0], head.split()[1]] == ["Rank", "model"]
    assert all(re.match(r" +\d+  \S", row) for row in rows)
    assert "NetScore" in head
    if not options:
        assert ("55.1M" in shown[3]) == ("Params" in head)
    assert shown[21] == f"{25 + 60 * bool(options) - 20} more (--all)"
    said = " ".join(shown[22:])
    pipe = run("rank", str(models), *options).out.splitlines()
    left_out = said.removeprefix("left out: ").split(", ") if said else []
    names = {"netscore": "NetScore", "information_density": "%/M params", "rank": "Rank"}
    names |= {"params": "Params", "macs": "MACs"}
    every = [names.get(name, name) for name in re.split(r" {2,}", pipe[0].strip())]
    kept = [name for name in every if name not in left_out]
    for name, seen in zip(kept, re.split(r" {2,}", head), strict=True):
        assert seen == name or (seen.endswith("…") and name.startswith(seen[:-1]))
    # A pipe gets every row and column, whatever its environment says.
    assert len(pipe) == len(rows) + 6 + 60 * bool(options)
    assert "55063823" in pipe[1] or options


def test_all_rows_are_shown_on_demand(models: Path, window: Window) -> None:
    assert len(window(80, "rank", str(models), "--all").splitlines()) > 25
    lines = window(80, "rank", str(models), "--top", "23").splitlines()
    assert sum(line.lstrip()[0].isdigit() for line in lines) == 23
    assert len(window(80, "table", "--all").splitlines()) == 61
    assert window(80, "table").splitlines()[-1] == "40 more (--all)"
    family = window(80, "table", "--family", "VGG").splitlines()
    assert len(family) == 3


def test_a_pipe_does_not_know_the_window(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = (("table",), ("show", "ResNet-50"), ("compare", *MINE), ("cite",))
    before = [run(*command) for command in commands]
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert [run(*command) for command in commands] == before
    assert all("\x1b" not in result.out and "more" not in result.out for result in before)


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_colours_are_few(window: Window, tmp_path: Path) -> None:
    def styles(*arguments: str, code: int = 0) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        shown = window(100, *arguments, colour=True, code=code)
        for style, text in re.findall(r"\x1b\[(\d+)m(.*?)\x1b\[0m", shown):
            found.setdefault(style, []).append(text)
        assert re.sub(r"\x1b\[\d+m", "", shown) == window(100, *arguments, code=code)
        return found

    models = tmp_path / "mine.csv"
    models.write_text("model,top1,params,macs\nmine,99,1M,100M\n")
    # Headings bold, one's own row in another colour, what is beside the matter dim.
    found = styles("rank", str(models), "--with-reference")
    assert [*found] == ["1", "36", "2"]
    assert [text.split()[:2] for text in found["36"]] == [["1", "mine"]]
    assert "36" not in styles("rank", str(models))
    # Warnings yellow, a line each; errors red; sources dim.
    warnings = styles("score", "0.73", "4", "350")["33"]
    assert [text.split()[:3] for text in warnings if text.startswith("netscore")] == [
        ["netscore:", "warning:", name] for name in ("accuracy", "params", "macs")
    ]
    assert [*styles("score", "730", "4M", "350M", code=2)] == ["31"]
    assert styles("show", "vgg16")["2"][0] == "Sources"
    assert "\x1b" not in window(80, "table")


def test_a_terminal_that_is_dumb_gets_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert main(["table"]) == 0
    assert "\x1b" not in terminal.getvalue()


ALIKE = [
    f"A network with a very long name, many words and a version v{i} (ImageNet-1k, 224px)"
    for i in range(3)
]


def test_long_names_are_shortened_once_and_told_apart(
    tmp_path: Path, window: Window, run: Runner
) -> None:
    path = tmp_path / "long.csv"
    rows = "".join(f'"{name}",7{i},{i + 3}M,300M\n' for i, name in enumerate(ALIKE))
    path.write_text(f"model,top1,params,macs\n{rows}")
    assert all(name in window(200, "rank", str(path)) for name in ALIKE)
    shown = window(80, "rank", str(path))
    names = re.findall(r"\d  (A .*?\S)  ", shown)
    assert len(names) == 3
    assert all(re.search(r" v\d \(ImageNet-1k, 224px\)\Z", name) for name in names)
    assert all(name.count("…") == 1 for name in names)
    # A pipe has no width, and a name that is cut is lost.
    assert all(name in run("rank", str(path)).out for name in ALIKE)
    assert "top1  Params  MACs" in window(80, "rank", str(path))


def test_names_stay_apart_in_a_narrow_window(window: Window) -> None:
    shown = window(40, "table", "--among", "torchvision").splitlines()[3:23]
    names = {line[6:30].strip() for line in shown}
    assert len(names) == 20
    assert all(len(line) <= 40 for line in shown)


def test_a_long_cell_that_is_no_number_takes_no_room_from_figures(
    tmp_path: Path, window: Window
) -> None:
    path = tmp_path / "bad.csv"
    rows = "".join(f"n{i},{'x' * 60 if i % 2 else 70},{i + 3}M,300M\n" for i in range(8))
    path.write_text(f"model,top1,params,macs\n{rows}")
    shown = window(80, "rank", str(path), code=1)
    assert {"top1", "Params", "MACs", "NetScore"} <= {*shown.split()}
    assert "left out" not in shown


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_a_narrow_window_says_that_a_rank_is_doubtful(tmp_path: Path, window: Window) -> None:
    path = tmp_path / "doubt.csv"
    path.write_text("model,top1,params,macs\na network,72,3.4,300\nanother,75,25.6,3800\n")
    assert "Rank (doubtful)  " in window(40, "rank", str(path))


def test_the_reference_table_keeps_its_names_apart_in_a_narrow_window(window: Window) -> None:
    assert re.split("  +", window(16, "table").splitlines()[0]) == ["Rank", "…", "NetScore"]
    for width in (32, 36):
        head, *rows = window(width, "table", "--all").splitlines()
        assert re.split("  +", head) == ["Rank", "Network", "NetScore"]
        names = [re.split("  +", row.strip())[1] for row in rows[:60]]
        assert len({*names}) == 60


def test_columns_of_wide_characters_fit() -> None:
    stream = Terminal()
    columns = [Column("a", "A", need=3), Column("b", "B"), Column("c", "C" * 60)]
    write_table(stream, columns, [["漢" * 30, "b", "c" * 30]], screen=Screen(26))
    # 漢 takes two places: 11 of them and the ellipsis in the 23 places that b leaves.
    assert stream.getvalue().splitlines() == [
        f"A{' ' * 22}  B",
        f"{'漢' * 7}…{'漢' * 4}  b",
        f"left out: {'C' * 16}",
        "C" * 26,
        "C" * 18,
    ]


def test_fields_of_wide_characters_are_wrapped_by_places() -> None:
    stream = Terminal()
    write_table(
        stream, [Column("", "", wraps=True)], [["漢" * 20 + " e\u0301" * 3]], screen=Screen(26)
    )
    assert stream.getvalue().splitlines() == ["漢" * 13, "漢" * 7 + " e\u0301" * 3]
    stream = Terminal()
    write_table(stream, [Column("", "", wraps=True)], [["a" + "漢" * 24]], screen=Screen(25))
    assert stream.getvalue().splitlines() == ["a" + "漢" * 12, "漢" * 12]
    stream = Terminal()
    write_table(stream, [Column("", "", wraps=True)], [["漢" * 24]], screen=Screen(25))
    # Twelve of them fill 24 of the 25 places, and a thirteenth does not fit.
    assert stream.getvalue().splitlines() == ["漢" * 12] * 2


def test_the_last_columns_are_shortened_rather_than_left_out() -> None:
    stream = Terminal()
    columns = [Column("rank", "Rank", number=True, need=3), Column("name", "Network", need=3)]
    write_table(stream, columns, [[1, "x" * 30]], screen=Screen(12))
    assert stream.getvalue() == "Rank  Net…rk\n   1  xxx…xx\n"


def test_names_are_apart_before_other_columns_have_room() -> None:
    stream = Terminal()
    columns = [Column("note", "Note"), Column("name", "Network", need=3)]
    names = [f"a network of the year {year} with a long name" for year in range(2010, 2030)]
    write_table(stream, columns, [["x" * 60, name] for name in names], screen=Screen(50))
    lines = stream.getvalue().splitlines()[1:21]
    # A year stands behind 22 letters, and a cut name has an ellipsis.
    shown = [re.split("  +", line)[1] for line in lines]
    assert len({*shown}) == 20
    assert all(len(line) <= 50 for line in lines)


@pytest.mark.parametrize("number", [True, False])
def test_a_text_that_is_cut_has_all_the_room(number: bool) -> None:
    stream = Terminal()
    columns = [Column("a", "A", number=number, need=1 if number else 3)]
    write_table(stream, columns, [["abcdefghijklmnopqrstuvwxyz"]], screen=Screen(14))
    assert len(stream.getvalue().splitlines()[1].strip()) == 14


def test_columns_that_score_nothing_go_first(tmp_path: Path, window: Window) -> None:
    path = tmp_path / "noted.csv"
    path.write_text("note,model,top1,params,macs\nsome words,a,72,3.4M,300M\n")
    shown = window(48, "rank", str(path))
    assert {"model", "top1", "Params", "MACs"} <= {*shown.split()}
    assert "left out: note" in shown.replace("\n", " ")


def test_ranks_and_names_of_others_stay(tmp_path: Path, window: Window) -> None:
    path = tmp_path / "nameless.csv"
    path.write_text("top1,params,macs\n72,3.4M,300M\n")
    shown = window(36, "rank", str(path), "--among", "chapter", "--top", "3")
    (head,) = (line for line in shown.splitlines() if "NetScore" in line)
    assert re.split("  +", head.strip())[:2] == ["Rank", "network"]


def test_long_figures_stay_whole_and_long_headings_of_figures_do_not() -> None:
    columns = [Column("name", "Name", need=3), Column("n", "H" * 30, number=True)]
    for name, width, figure in (("x" * 60, 40, "1,234,567,890,123"), ("a", 14, "12")):
        shown = show([Table(columns, [(name, figure)])], Screen(width))
        assert figure in shown
        assert "left out" not in shown
        assert all(len(line) <= width for line in shown.splitlines())


def test_what_is_not_shown_is_counted_together() -> None:
    rows = [(i,) for i in range(6)]
    shown = show([Table([Column("n", "N")], rows, 5)], Screen(40, rows=4))
    assert shown.endswith("\n7 more\n")


def test_words_with_hyphens_are_not_parted() -> None:
    assert show([text_lines("the well-kept library")], Screen(12)) == "the\nwell-kept\nlibrary\n"


def test_lines_go_on_below_where_their_text_begins() -> None:
    text = "  netscore table   the networks of the table\n\nend"
    assert show([text_lines(text)], Screen(34)) == (
        "  netscore table   the networks of\n                 the table\n\nend\n"
    )
    assert show([text_lines(text)], PIPE) == f"{text}\n"


# Faults


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (MemoryError(), "netscore: this is too large to compute with: MemoryError\n"),
        (OverflowError("too big"), "netscore: this is too large to compute with: too big\n"),
        (RecursionError("deep"), "netscore: this is too large to compute with: deep\n"),
        (OSError(28, "No space left on device", "a\x1b"), None),
        (IndexError("list index out of range"), "netscore: IndexError: list index out of range\n"),
        (AssertionError(), "netscore: AssertionError: AssertionError\n"),
    ],
)
def test_whatever_is_raised_is_said_in_a_line(
    fault: Exception, said: str | None, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("netscore.comparison.standing", fail)
    result = run("score", *MINE)
    ours = isinstance(fault, (IndexError, AssertionError))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(said or r"netscore: a\x1b: No space left on device")
    assert result.err.count("\n") == 1 + ours
    assert ("please report it" in result.err) == ours
    assert "Traceback" not in result.err
    for arguments in (("--traceback", "score", *MINE), ("score", *MINE, "--traceback")):
        traced = run(*arguments)
        assert traced.err.startswith("Traceback (most recent call last):\n")
        assert traced.err.endswith(result.err)


def test_a_warning_that_is_an_error_is_a_line_each(run: Runner) -> None:
    result = run("score", "0.73", "4", "350")
    assert (result.code, result.out) == (1, "")
    assert [line.split()[:3] for line in result.err.splitlines()] == [
        ["netscore:", name, "was"] for name in ("accuracy", "params", "macs")
    ]


def test_a_full_disk_is_an_error_of_the_help_too() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no full device")
    for unbuffered in ("", "1"):
        with open("/dev/full", "w") as full:
            run = subprocess.run(
                [sys.executable, "-m", "netscore", "--help"],
                stdout=full,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
                timeout=60,
            )
        assert (run.returncode, run.stderr) == (1, b"netscore: No space left on device\n")


@pytest.mark.parametrize("printed", ["-1.5e1", "-.5", "-15"])
def test_negative_scores_are_no_options(printed: str, run: Runner) -> None:
    assert run("diagnose", printed, "78.8", "28.2", "88", "--tolerance", "5").code == 0


def test_infinite_scores_are_no_options(run: Runner) -> None:
    said = "netscore diagnose: printed must be a finite decimal number, got '-inf'\n"
    assert run("diagnose", "-inf", "78.8", "28.2", "88") == (2, "", said)


def test_an_output_without_a_name_is_refused(models: Path, run: Runner) -> None:
    for options in ((), ("--format", "csv")):
        result = run("rank", str(models), "--output", "", *options)
        assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert run("plot", "bars", "--output", "").code == 2


def test_score_and_compare_share_little(run: Runner) -> None:
    score = set(run("score", *MINE).fields)
    both = score & set(run("compare", *MINE).fields)
    assert both == {"NetScore", "Rank", "Above", "Below"}
    assert run("score", *MINE).fields["Rank"].startswith(f"{compare(73, 4e6, 35e7).rank} of 61, ")


# Completion

NAMES = [network.name for network in load_networks()]


def script(shell: str, run: Runner, tmp_path: Path) -> Path:
    result = run("--completion", shell)
    assert (result.code, result.err) == (0, "")
    assert all(name in result.out for name in NAMES)
    path = tmp_path / f"completion.{shell}"
    path.write_text(result.out)
    return path


# The words before the cursor, and what may stand there.
COMPLETED: list[tuple[list[str], list[str]]] = [
    (["sc"], ["score"]),
    (["table", "--s"], ["--sort", "--signature"]),
    (["table", "--sort", "in"], ["information-density"]),
    (["show", "squeezen"], [n for n in NAMES if n.lower().startswith("squeezen")]),
    (["cite", "VGG-16", "zy"], ["ZynqNet"]),
    (["plot", "tr"], ["tradeoff"]),
    (["plot", "bars", "--zz"], []),
    (["plot", ""], ["bars", "tradeoff", "sensitivity"]),
    (["rank", "--among", ""], ["chapter", "torchvision"]),
    (["--completion", ""], ["bash", "zsh", "fish"]),
    (["--completion", "z"], ["zsh"]),
    # Files, which the shell has itself.
    (["table", "--family", ""], []),
]


# Bash takes the = of an option for a word.
SPLIT = [
    (["table", "--sort", "=", "n"], ["netscore", "name"]),
    (["rank", "--among", "="], ["chapter", "torchvision"]),
]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize(("words", "found"), [*COMPLETED, *SPLIT])
def test_bash_completes(words: list[str], found: list[str], run: Runner, tmp_path: Path) -> None:
    code = 'source "$0"; COMP_WORDS=(netscore "$@"); COMP_CWORD=$#; _netscore; shopt nocasematch\n'
    code += 'for word in "${COMPREPLY[@]}"; do eval "printf \'%s\\n\' $word"; done'
    path = script("bash", run, tmp_path)
    done = subprocess.run(
        ["bash", "-c", code, str(path), *words], capture_output=True, text=True, timeout=60
    )
    before, *replies = done.stdout.splitlines()
    assert (before.split()[1], done.stderr) == ("off", "")
    assert set(replies) >= set(found)
    typed = words[-1].lstrip("=").lower()
    assert typed or replies == found
    assert not found or all(word.lower().startswith(typed) for word in replies)


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish")
@pytest.mark.parametrize(("words", "found"), COMPLETED)
def test_fish_completes(words: list[str], found: list[str], run: Runner, tmp_path: Path) -> None:
    path = script("fish", run, tmp_path)
    code = f"source {path}; complete -C 'netscore {' '.join(words)}'"
    done = subprocess.run(
        ["fish", "-N", "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert set(done.stdout.splitlines()) >= set(found)


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh")
@pytest.mark.parametrize(("words", "found"), COMPLETED)
def test_zsh_completes(words: list[str], found: list[str], run: Runner, tmp_path: Path) -> None:
    path = script("zsh", run, tmp_path)
    # Outside an editor zsh completes nothing: what would be offered is printed.
    code = "compdef() { }; compadd() { shift 3; print -rl -- $@ }; _files() { }; source $0; "
    code += 'words=(netscore "$@"); CURRENT=$#words; _netscore'
    done = subprocess.run(
        ["zsh", "-f", "-c", code, str(path), *words], capture_output=True, text=True, timeout=60
    )
    assert set(done.stdout.splitlines()) >= set(found)
    assert words[-1] or done.stdout.split() == found
    assert done.stderr == ""


def test_other_shells_are_refused(run: Runner) -> None:
    said = "argument --completion: invalid choice: 'tcsh' (choose from bash, zsh, fish)"
    assert run("--completion", "tcsh") == (2, "", f"netscore: {said} (see netscore --help)\n")


def test_every_command_has_a_help_of_its_own() -> None:
    parser: Any = cli._parser()
    (commands,) = (a for a in parser._actions if hasattr(a, "_name_parser_map"))
    assert [*commands.choices] == [
        *("table", "score", "compare", "diagnose", "rank", "show", "cite", "count", "plot")
    ]
    for one in commands.choices.values():
        assert one.description.partition("\n")[0].endswith(".") or ":" in one.description
