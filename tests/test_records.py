"""Records: one line of repr, str() as a terminal of 80 columns shows it, HTML for notebooks."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cli_runs import Terminal

from netscore import (
    Network,
    compare,
    diagnose,
    find_network,
    load_networks,
    netscore_interval,
    rank_table,
    sensitivity,
)
from netscore.cli import main
from netscore.counting import Count

MINE = (73.0, 4e6, 350e6)
HOSTILE = "<script>alert(1)</script>\x1b[2J\n" * 4


def ranked(rows: int) -> Any:
    text = "".join(f"m{i},{70 - i / 10},{1 + i}M,300M\n" for i in range(rows))
    return rank_table(io.BytesIO(f"model,top1,params,macs\n{text}".encode()))


def counted(name: str = "aten.mm") -> Count:
    return Count(25_557_032, None, 4_089_184_256, "c 1", (name,), (), ((1, 3, 224, 224),))


def hostile() -> Network:
    return dataclasses.replace(find_network("vgg16"), name=HOSTILE)


RECORDS: dict[str, Callable[[], Any]] = {
    "Comparison": lambda: compare(*MINE),
    "a comparison with one of all": lambda: compare(0.0, 1e12, 1e15),
    "Diagnosis": lambda: diagnose("41.91", 78.8, 28.2, 88),
    "many conventions": lambda: diagnose("42", 78.8, 28.2, 88, tolerance=20),
    "no convention": lambda: diagnose("43.21", 78.8, 28.2, 88),
    "Sensitivity": lambda: sensitivity(*zip(*(n.figures for n in load_networks())), draws=50),
    "Count": counted,
    "an operator": lambda: counted(HOSTILE),
    "Network": lambda: find_network("ResNet-50"),
    "a name": hostile,
    "names": lambda: compare(*MINE, among=[hostile()]),
    "Networks": load_networks,
    "RankedTable": lambda: ranked(30),
    "Interval": lambda: netscore_interval(*MINE, n_images=50_000),
    "intervals": lambda: netscore_interval([73.0] * 30, 4e6, 350e6, n_images=50_000),
    "rows of intervals": lambda: netscore_interval(np.full((4, 40), 73.0), 4e6, 3e8, n_images=9),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_repr_is_one_line(name: str) -> None:
    line = repr(RECORDS[name]())
    assert line.isprintable()
    assert 10 < len(line) <= 79


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_not_changed(name: str) -> None:
    record = RECORDS[name]()
    for attribute in ("rows", "rank", "anything"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(record, attribute, 1)


def test_a_convention_is_one_line_with_all_that_gives_the_same_number() -> None:
    convention = diagnose("41.91", 78.8, 28.2, 88)[0]
    assert convention.equivalents
    said = "canonical (given: percent, M params, GMACs)"
    assert repr(convention) == f"<Convention: 41.9137, {said}>"
    assert str(convention) == said


@pytest.mark.parametrize("name", RECORDS)
def test_a_text_fits_a_page_of_80_columns(name: str) -> None:
    text = str(RECORDS[name]())
    assert all(line.isprintable() and len(line) <= 80 for line in text.splitlines())
    # 20 rows of one or two lines, the headings of a table, how many more.
    assert 1 <= len(text.splitlines()) <= 42
    assert not text.endswith("\n")


@pytest.mark.parametrize(
    ("record", "command"),
    [
        (lambda: compare(*MINE), "compare 73 4M 350M"),
        (lambda: compare(*MINE, alpha=1.0), "compare 73 4M 350M --alpha 1"),
        (lambda: diagnose("42", 78.8, 28.2, 88), "diagnose 42 78.8 28.2 88"),
        (lambda: find_network("ResNet-50"), "show ResNet-50"),
        (load_networks, "table"),
    ],
)
def test_a_text_is_what_the_command_prints(
    record: Callable[[], Any], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(command.split()) == 0
    assert terminal.getvalue().replace(" more (--all)", " more") == f"{record()}\n"


def test_texts_by_hand() -> None:
    assert repr(compare(*MINE)) == "<Comparison: NetScore 73.07, rank 7 of 61>"
    assert repr(find_network("ResNet-50")) == (
        "<Network: ResNet-50, 75.3 %, 25.6M params, 3.8G MACs, NetScore 55.19>"
    )
    assert repr(counted()) == "<Count: 25,557,032 params, 4,089,184,256 MACs>"
    assert str(netscore_interval(*MINE, n_images=50_000)) == "72.98 to 73.16"
    interval = netscore_interval([73.0] * 30, 4e6, 350e6, n_images=50_000)
    assert str(interval).splitlines()[::21] == ["  Low   High", "10 more"]
    assert str(ranked(30)).splitlines()[-1] == "10 more"
    assert str(ranked(20)).splitlines()[-1].split()[0] == "20"
    # Two networks, the better one first whatever the exponents: each draw has the same order.
    found = sensitivity([70.0, 60.0], [1e6, 2e6], [1e9, 2e9], draws=40, seed=1)
    lines = str(found).splitlines()
    assert lines[2].split("  ")[-1] == "1.00, in 90 % of draws 1.00 to 1.00"
    assert [line.split() for line in lines[-2:]] == [
        ["0", "1", "1", "1", "1", "100.0"],
        ["1", "2", "2", "2", "2", "0.0"],
    ]
    assert lines[-3:-1] == [
        "Position  Rank  Best  Median  Worst  First %",
        f"{'0':>8}     1     1       1      1    100.0",
    ]
    thirds = str(
        dataclasses.replace(found, probability_first=np.array([1.0, 0.0]) / 3)
    ).splitlines()
    assert [line[-9:] for line in thirds[-2:]] == ["     33.3", "      0.0"]
    held: list[Any] = [pd.Series([73.0, None], dtype="Int64"), pd.Series([73.0, None]).to_numpy()]
    held += [np.ma.MaskedArray([73.0, 1.0], [False, True])]
    for accuracy in held:
        shown = str(netscore_interval(accuracy, 4e6, 350e6, n_images=50_000)).splitlines()
        assert [line.split() for line in shown] in (
            [["Low", "High"], ["72.98", "73.16"]],
            [["Low", "High"], ["72.98", "73.16"], ["nan", "nan"]],
        )
    # Equal networks stand in the order in which they are given.
    level = sensitivity([70.0, 60.0, 50.0] * 6, 1e6, 1e9, draws=2)
    places = [int(line.split()[0]) for line in str(level).splitlines()[-18:]]
    assert places == [*range(0, 18, 3), *range(1, 18, 3), *range(2, 18, 3)]
    # A single network has no order.
    said = "Kendall's tau  undefined, as there is one rank\n"
    assert said in str(sensitivity([70.0], [1e6], [1e9], draws=2))


@pytest.mark.filterwarnings("default::netscore.UnitWarning")
def test_small_figures_are_not_shown_as_0() -> None:
    # 70 % with 70 billion parameters are 0.001 % per million.
    assert compare(70.0, 7e10, 7e13).scored()["Information density"].startswith("0.001 %")
    # 20 log10(70^2 / 70000) = -23.10
    shown = str(rank_table(io.BytesIO(b"model,top1,params,macs\na,70,70G,70T\n")))
    assert shown.split()[-5:] == ["70", "70G", "70T", "-23.10", "0.001"]
    # 20 log10(99.999^2 / 10^6) = -40.00
    large = dataclasses.replace(find_network("VGG-16"), accuracy=99.999, params=10**12, macs=10**15)
    rows = Page(type(load_networks())([large])._repr_html_()).rows
    assert rows[1][2:] == ["99.999", "1T", "1e+15", "-40.00", "0.0001"]


def test_weights_without_a_score_stand_last_and_have_no_rank() -> None:
    weights = load_networks("torchvision")
    bare = find_network("vgg16 (IMAGENET1K_FEATURES)")
    rows = weights._parts()[0].rows
    assert [row[0] for row in rows] == [*range(1, 115), None]
    assert list(rows[-1]) == [None, bare.name, None, bare.params, bare.macs, None, None]
    assert "NetScore" not in str(bare)
    among = " ".join(str(find_network("swin_t (IMAGENET1K_V1)")).split())
    assert "rank 47 among 115 ImageNet-1K weights of torchvision 0.28" in among


def test_a_rank_under_a_doubt_says_so() -> None:
    with pytest.warns(UserWarning, match="fraction"):
        standing = compare(0.73, 4e6, 350e6)
    assert standing.doubtful
    assert "61 of 61 (doubtful)" in str(standing)
    assert "(doubtful)" in repr(standing)


class Page(HTMLParser):
    """What a browser would find."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.styles: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        assert [name for name, _ in attributes] in ([], ["style"])
        self.styles |= {value for _, value in attributes}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.tags[-1] in ("td", "th") and data.strip():
            self.rows[-1][-1] += data


@pytest.mark.parametrize("name", RECORDS)
def test_html_is_tables_without_script_and_colours(name: str) -> None:
    record = RECORDS[name]()
    page = Page(record._repr_html_())
    assert set(page.tags) <= {"table", "tr", "th", "td", "p", "br"}
    assert page.styles <= {"text-align: right", "text-align: left"}
    # No row more than the text has, and all its words.
    assert len(page.rows) <= 42
    words = re.sub(r"[…\s]", "", "".join(cell for row in page.rows for cell in row))
    first = str(record).split()[0].strip("…")
    assert first in words


def test_html_by_hand() -> None:
    page = Page(load_networks()._repr_html_())
    assert page.rows[0][:3] == ["Rank", "Network", "Top-1 %"]
    assert page.rows[3][:5] == ["3", "MobileNetV2", "72.0", "3.4M", "300M"]
    assert len(page.rows) == 21
    assert load_networks()._repr_html_().rstrip().endswith("<p>40 more</p>")
    # Names and values have no headings, hence no row of them.
    assert Page(compare(*MINE)._repr_html_()).rows[0] == ["NetScore", "73.07"]


def test_a_notebook_shows_records() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    nbconvert = pytest.importorskip("nbconvert")
    pytest.importorskip("ipykernel")
    cells = [
        "from netscore import compare, load_networks",
        "compare(73, 4e6, 350e6)",
        "load_networks()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [cell.outputs[0].data for cell in notebook.cells[1:]]
    assert shown[0]["text/plain"] == "<Comparison: NetScore 73.07, rank 7 of 61>"
    assert shown[1]["text/plain"] == "<Networks: 60, from AlexNet to ZynqNet>"
    page, _ = nbconvert.HTMLExporter(template_name="basic").from_notebook_node(notebook)
    assert page.count("<table>") == 2
    assert "SqueezeNext 1.0-SqNxt-23" in page
