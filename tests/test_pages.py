"""The pages that are made from the package: complete, and up to date where they are kept."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import netscore
import netscore.counting.onnx as of_onnx
from netscore import load_networks
from netscore.networks import load_sources
from netscore.tables import frames, text

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
write_pages = importlib.import_module("write_pages")
sys.path.remove(str(DOCS))
TABLE = (DOCS / "reference-table.md").read_text(encoding="utf-8")


def test_the_limits_are_those_that_the_pages_state() -> None:
    tables = " ".join((DOCS / "tables.md").read_text(encoding="utf-8").split())
    mebibytes = text.LONGEST_LINE >> 20, text._LARGEST_JSON >> 20
    said = "A line may have {} MiB, a list of JSON records {} MiB, a header {:,} columns, and a"
    assert said.format(*mebibytes, text._MOST_COLUMNS) in tables
    said = "sheet {:,} cells. What is packed may be {} times as large unpacked, and {} MiB in any"
    assert said.format(frames._MOST_CELLS, text.MOST_TIMES, text.LEAST_UNPACKED >> 20) in tables
    of_models = " ".join((DOCS / "count.md").read_text(encoding="utf-8").split())
    limits = f"{of_onnx._DEEPEST} levels deep and make a model {of_onnx._LARGEST:,} nodes long"
    assert f"Functions may call each other {limits}" in of_models


def test_the_reference_table_is_up_to_date(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The laws and the examples are tests of this suite themselves.
    monkeypatch.setattr(write_pages, "no_longer_true", list)
    monkeypatch.setattr(sys, "argv", ["write_pages.py", "--check"])
    assert write_pages.main() == 0
    assert capsys.readouterr().out == "everything agrees with the data\n"


EXAMPLE = """\
>>> from netscore import find_network
>>> find_network("MobileNetV2").rank
3"""


def test_the_check_names_what_a_corrected_figure_leaves_behind(tmp_path: Path) -> None:
    pytest.importorskip("sybil", reason="Sybil runs the pages")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("netscore", "examples"):
        shutil.copytree(DOCS.parent / name, tmp_path / name, ignore=ignored)
    pages = ("docs/reference-table.md", "docs/torchvision.md")
    for name in (*pages, "docs/write_pages.py", "tests/test_reference_data.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(DOCS.parent / name, tmp_path / name)
    for name in ("pyproject.toml", "conftest.py", "CHANGELOG.md"):
        shutil.copyfile(DOCS.parent / name, tmp_path / name)
    (tmp_path / "README.md").write_text(f"```python\n{EXAMPLE}\n```\n", encoding="utf-8")
    data = tmp_path / "netscore" / "data" / "networks.csv"
    text = data.read_text(encoding="utf-8")
    row = "MobileNetV2,MobileNet,2018,sandler2018mobilenetv2,"
    assert text.count(f"{row}72.0,") == 1
    data.write_text(text.replace(f"{row}72.0,", f"{row}71.0,"), encoding="utf-8", newline="\n")

    def run(*arguments: str) -> tuple[int, list[str]]:
        result = subprocess.run(
            [sys.executable, str(tmp_path / "docs" / "write_pages.py"), *arguments],
            check=False,
            env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert result.stderr == ""
        return result.returncode, result.stdout.splitlines()

    status, lines = run("--check")
    assert status == 1
    law = "no longer true: tests/test_reference_data.py::test_"
    assert any(line.startswith(f"{law}published_figures[MobileNetV2-") for line in lines)
    assert any(line.startswith(f"{law}noted_ranks_are_reproduced") for line in lines)
    assert "no longer true: README.md, line 3" in lines
    assert "no longer true: netscore/networks.py::netscore.networks.find_network" in lines
    assert lines[-1] == (
        "out of date: docs/reference-table.md; write it with  python docs/write_pages.py"
    )
    # Nothing that says nothing about the figure is named.
    assert not any("quantities" in line or "counted" in line for line in lines)
    assert run() == (0, [])
    written = (tmp_path / "docs" / "reference-table.md").read_text(encoding="utf-8")
    assert written != TABLE
    assert "| [71.00](#sandler2018mobilenetv2) p |" in written


def test_every_figure_of_the_table_links_to_its_source() -> None:
    rows = re.findall(r"^\| (\d+) \| \[(.+?)\]\(#\S+\) \|(.+)\|$", TABLE, re.MULTILINE)
    networks = {network.name: network for network in load_networks()}
    assert sorted(name for _, name, _ in rows) == sorted(networks)
    for _, name, figures in rows:
        network = networks[name]
        cited = re.findall(r"\[\S+\]\(#(\w+)\) (\w) ", figures)
        assert cited == [
            (network.accuracy_source, network.accuracy_grade[0]),
            (network.params_source, network.params_grade[0]),
            (network.macs_source, network.macs_grade[0]),
        ]


def test_every_source_and_network_has_its_entry() -> None:
    headings = re.findall(r"^### (.+)$", TABLE, re.MULTILINE)
    names = [network.name for network in load_networks()]
    assert headings == [*names, *load_sources()]


def test_ranks_of_the_table_are_those_of_the_scores() -> None:
    rows = re.findall(r"^\| (\d+) \| \[(.+?)\]\(#", TABLE, re.MULTILINE)
    assert rows == [(str(n.rank), n.name) for n in sorted(load_networks(), key=lambda n: n.rank)]


def test_every_set_of_weights_has_its_row_with_its_figures() -> None:
    text = (DOCS / "torchvision.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d*) \| (\S+ \(\S+\)) \| (\d+) \| (\S*) \|", text, re.MULTILINE)
    assert {(name.replace("\\", ""), rank, px, accuracy) for rank, name, px, accuracy in rows} == {
        (n.name, str(n.rank), str(n.input_px), f"{n.accuracy:.3f}")
        if n.rank
        else (n.name, "", str(n.input_px), "")
        for n in load_networks("torchvision")
    }
    assert [rank for rank, *_ in rows[:3]] == ["1", "2", "3"]
    assert len(rows) == 115


NAMES = {name for name in netscore.__all__ if name != "__version__"}


def test_every_public_name_is_specified_once_and_in_the_list_of_its_group() -> None:
    pages = [write_pages.api_group(group) for group in write_pages.GROUPS]
    entries = re.findall(r"^\.\. auto\w+:: netscore\.([\w.]+)", "\n".join(pages), re.M)
    assert len(set(entries)) == len(entries)
    assert {name for name in entries if "." not in name} == NAMES
    for page in [*pages, write_pages.api_page()]:
        rows = re.findall(r"^\| \{py:\w+\}`~netscore\.([\w.]+)` \| (.+) \|$", page, re.M)
        listed = [name for name, _ in rows]
        assert listed == (
            [name for name in entries if name in listed] if page in pages else entries
        )
        assert all(len(said) > 15 for _, said in rows)


def test_every_group_has_its_page() -> None:
    kept = {path.name: path.read_text("utf-8") for path in DOCS.glob("api-*.md")}
    assert sorted(kept) == sorted(f"api-{group}.md" for group in write_pages.GROUPS)
    for group in write_pages.GROUPS:
        assert f"<!-- the functions: {group} -->" in kept[f"api-{group}.md"]
        assert f"](api-{group}.md)" in write_pages.api_page()


def test_the_first_picture_has_every_network() -> None:
    drawn = write_pages.picture()
    networks = load_networks()
    front = netscore.pareto_front(networks.accuracy, networks.params, networks.macs)
    assert drawn.count('<circle class="front"') == front.sum()
    assert drawn.count("<circle ") == len(networks)
    xs = [float(x) for x in re.findall(r' cx="(\d+)"', drawn)]
    assert np.argsort(xs, kind="stable")[-1] == np.argmax(networks.macs)
    assert min(xs) > 40
    assert max(xs) < 710


def test_the_commands_are_those_of_the_parser() -> None:
    page = write_pages.command_line_page()
    for command in ("table", "score", "rank", "show", "cite"):
        assert f"## netscore {command}\n\n```text\nusage: netscore {command} " in page
    assert "accuracy in percent" in re.sub(r"\s+", " ", page)


def test_every_page_with_examples_is_run() -> None:
    pytest.importorskip("sybil", reason="Sybil runs the pages")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n0", "docs"]
    collected = subprocess.run(
        command, check=True, cwd=DOCS.parent, capture_output=True, text=True
    ).stdout
    for page in DOCS.rglob("*.md"):
        if re.search(r"^```(?:python|console)$", page.read_text("utf-8"), re.MULTILINE):
            assert page.relative_to(DOCS.parent).as_posix() in collected
