"""The pages that are made from the package: complete, and up to date where they are kept."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import netscore
from netscore import load_networks, load_sources

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
write_pages = importlib.import_module("write_pages")
sys.path.remove(str(DOCS))
GLANCE = (DOCS / "glance.md").read_text(encoding="utf-8")
TABLE = (DOCS / "reference-table.md").read_text(encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DOCS / "write_pages.py"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_the_reference_table_is_up_to_date() -> None:
    checked = run("--check")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_a_stale_reference_table_is_found(tmp_path: Path) -> None:
    for name in ("write_pages.py", "reference-table.md"):
        (tmp_path / name).write_bytes((DOCS / name).read_bytes())
    (tmp_path / "reference-table.md").write_text(TABLE.replace("74.21", "74.22"), "utf-8")
    command = [sys.executable, str(tmp_path / "write_pages.py"), "--check"]
    checked = subprocess.run(command, check=False, capture_output=True, text=True)
    assert checked.returncode == 1
    assert "is not up to date" in checked.stdout
    subprocess.run(command[:-1], check=True)
    assert (tmp_path / "reference-table.md").read_text("utf-8") == TABLE


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
    ranked = sorted(load_networks(), key=lambda network: -network.netscore)
    assert rows == [(str(i), network.name) for i, network in enumerate(ranked, start=1)]


@pytest.mark.parametrize("name", netscore.__all__)
def test_every_public_name_has_one_row_at_a_glance(name: str) -> None:
    row = rf"^\| (?:\{{py:\w+\}}`~netscore\.{name}`|`{name}`) \|"
    assert len(re.findall(row, GLANCE, re.MULTILINE)) == 1


def test_every_public_name_is_specified_once() -> None:
    entries = re.findall(r"^\.\. auto\w+:: netscore\.(\w+)(?:\(\))?$", write_pages.api_page(), re.M)
    assert sorted([*entries, "__version__"]) == sorted(netscore.__all__)


def test_a_room_without_a_heading_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(write_pages._HEADINGS, "The reference table")
    with pytest.raises(ValueError, match=r"^write_pages\.py: no heading holds the rooms networks$"):
        write_pages.api_page()


def test_nothing_but_public_names_has_a_row_at_a_glance() -> None:
    rows = re.findall(r"^\| \{py:\w+\}`~netscore\.(\w+)`", GLANCE, re.MULTILINE)
    assert set(rows) == set(netscore.__all__) - {"__version__"}


def test_the_commands_are_those_of_the_parser() -> None:
    page = write_pages.command_line_page()
    for command in ("table", "score", "rank", "show", "cite"):
        assert f"## netscore {command}\n\n```text\nusage: netscore {command} " in page
    assert "accuracy in percent" in re.sub(r"\s+", " ", page)


def test_every_page_with_examples_is_run() -> None:
    pytest.importorskip("sybil", reason="Sybil runs the pages")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "docs"]
    collected = subprocess.run(
        command, check=True, cwd=DOCS.parent, capture_output=True, text=True
    ).stdout
    for page in DOCS.rglob("*.md"):
        if re.search(r"^```(?:python|console)$", page.read_text("utf-8"), re.MULTILINE):
            assert page.relative_to(DOCS.parent).as_posix() in collected
