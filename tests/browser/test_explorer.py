"""The explorer in a real browser: its arithmetic, its controls, its words, its looks."""

from __future__ import annotations

import csv
import importlib
import io
import itertools
import json
import random
import re
import shutil
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest

import netscore as package
from netscore import (
    UnitWarning,
    find_network,
    information_density,
    load_networks,
    netscore,
    pareto_front,
)
from netscore.checks import ACCURACY, MACS, PARAMS, only_numbers
from netscore.citations import citation, cite_as_bibtex, cited_keys, locators
from netscore.metrics import NETSCORE
from netscore.networks import load_sources
from netscore.quantities import format_quantity, parse_quantity
from netscore.tables import ranked, write
from netscore.tables.columns import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from netscore import Network

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the browser is driven by Playwright, of the extra 'docs'"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("there is no Chromium on this machine", allow_module_level=True)

DOCS = Path(__file__).parents[2] / "docs"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MINUS = "\N{MINUS SIGN}"
EXPONENTS = ("alpha", "beta", "gamma")
NAMES = [network.name for network in load_networks()]


def of_docs(name: str) -> Any:
    """Import a module of the folder of the documentation."""
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(DOCS))


def slug(name: str) -> str:
    """Return the anchor of a network."""
    anchor: str = of_docs("write_pages").slug(name)
    return anchor


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the explorer and return where it is."""
    folder = tmp_path_factory.mktemp("site") / "explorer"
    of_docs("write_explorer").write_explorer(folder)
    return (folder / "index.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Callable[..., BrowserContext]:
    """Make a context of the browser for each set of options, once, because it takes its time."""

    @cache
    def make(width: int, height: int, **options: Any) -> BrowserContext:
        return browser.new_context(viewport={"width": width, "height": height}, **options)

    return make


@pytest.fixture
def visit(address: str, context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Open the explorer with a state; afterwards nothing may have failed or been asked for."""
    pages: list[Page] = []
    complaints: list[str] = []
    requests: list[str] = []

    def open_page(state: str = "", *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        page = context(width, height, **options).new_page()
        pages.append(page)
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address + state)
        return page

    yield open_page
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.close()
    assert complaints == []
    assert {url.partition(":")[0] for url in requests} <= {"file", "data"}


def scored(network: Network, alpha: float = 2.0, beta: float = 0.5, gamma: float = 0.5) -> float:
    """Return the package's score of a network, with other exponents if given."""
    figures = (network.accuracy, network.params, network.macs)
    return netscore(*figures, alpha=alpha, beta=beta, gamma=gamma)


def column(page: Page, title: str) -> list[str]:
    """Return the cells of a column of the table, from the top."""
    titles = page.locator("#table thead th").all_inner_texts()
    place = [text.rstrip(" ▲▼") for text in titles].index(title) + 1
    cells: list[str] = page.locator(f"#table tbody tr > :nth-child({place})").all_inner_texts()
    return cells


def settle(page: Page) -> None:
    """Wait until what was typed is read; the page waits for a pause in the typing."""
    page.wait_for_function("explorer.settled()")


def fill(page: Page, **fields: str) -> None:
    """Type into fields, and pause."""
    for field, text in fields.items():
        page.locator(f"#{field}").fill(text)
    settle(page)


def state(page: Page) -> str:
    """Return what stands behind the # of the address, once it is written."""
    settle(page)
    found: str = page.evaluate("location.hash.slice(1)")
    return found


def scores(page: Page) -> dict[str, float]:
    """Return the unrounded scores of the table by the names of the networks."""
    rows: list[tuple[str, str]] = page.eval_on_selector_all(
        "#table tbody tr",
        "rows => rows.map(row => [row.querySelector('th').innerText,"
        " row.querySelector('td.score').dataset.value])",
    )
    return {name: float(value) for name, value in rows}


def message(page: Page, field: str) -> str:
    text: str = page.locator(f"#{field}-message").inner_text()
    return text


def said(call: Callable[[], object]) -> str:
    """Return what the library says of a call, without the name of the function."""
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always", UnitWarning)
        try:
            call()
        except ValueError as error:
            return str(error).removeprefix("netscore: ")
    return "".join(str(doubt.message) for doubt in doubts).removeprefix("netscore: ")


# Arithmetic


def test_scores_agree_with_the_package_for_all_networks_and_a_grid_of_exponents(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    grid = list(
        itertools.product((0.0, 0.5, 1.0, 2.0, 3.7), (0.0, 0.35, 0.5, 2.0), (0.0, 0.5, 1.3))
    )
    networks = load_networks()
    figures = [[n.accuracy, n.params, n.macs] for n in networks]
    there: list[list[float]] = page.evaluate(
        "([grid, figures]) => grid.map(([alpha, beta, gamma]) => figures.map("
        "row => explorer.netscore(...row, {alpha, beta, gamma})))",
        [grid, figures],
    )
    for (alpha, beta, gamma), row in zip(grid, there, strict=True):
        for network, score in zip(networks, row, strict=True):
            here = scored(network, alpha, beta, gamma)
            assert score == pytest.approx(here, rel=0, abs=1e-9)


@pytest.mark.parametrize("exponents", [(2.0, 0.5, 0.5), (1.0, 1.0, 0.0), (3.0, 0.25, 0.75)])
def test_the_table_shows_what_the_package_computes(
    visit: Callable[..., Page], exponents: tuple[float, float, float]
) -> None:
    given = dict(zip(EXPONENTS, exponents, strict=True))
    page = visit("#" + "&".join(f"{name}={value}" for name, value in given.items()))
    there = scores(page)
    here = {n.name: scored(n, **given) for n in load_networks()}
    assert there == pytest.approx(here, rel=0, abs=1e-9)
    assert list(there) == sorted(here, key=lambda name: (-here[name], name))
    assert column(page, "Rank") == [
        str(1 + sum(other > here[name] for other in here.values())) for name in there
    ]
    densities = {n.name: f"{n.information_density:.2f}" for n in load_networks()}
    assert column(page, "% / M params") == [densities[name] for name in there]


def test_numbers_are_written_as_python_writes_them(visit: Callable[..., Page]) -> None:
    values = [
        *(0.5, 1.0, 100.0, 0.1, 0.72, 1e-4, 1e-5, 1.5e-7, 999.0, 123.4375, 100.0625, 2.5, 0.0005),
        *(1e15, 1e16, 1.25e16, 123456789.0, 3.4e6, 1e300, 1 / 3, 2 / 3, 999999.5, 64.5, 1125.0),
        *(999_700.0, 25_557_096.0, 1.5e9, 1e12, 1e18, -3.0, -0.5, 9999999.5, 5e-324),
    ]
    page = visit()
    assert page.evaluate("values => values.map(explorer.pythonRepr)", values) == [
        repr(value) for value in values
    ]
    for digits in (3, 6):
        there = page.evaluate(
            "([values, digits]) => values.map(value => explorer.pythonGeneral(value, digits))",
            [values, digits],
        )
        assert there == [f"{value:.{digits}g}" for value in values]
    counts = [value for value in values if value > 0]
    assert page.evaluate("values => values.map(explorer.shortCount)", counts) == [
        format_quantity(value) for value in counts
    ]


def test_counts_are_read_as_the_library_reads_them(visit: Callable[..., Page]) -> None:
    numbers = ["3.4M", "3_400_000", "2e6", "1.5G", "0.5B", "25K", "25k", ".5M", "3000.", "+7e3"]
    no_numbers = [
        "M",
        "1__0",
        "1e",
        "3.4MM",
        "0x10",
        "it's",
        "nan",
        "3.4 M M",
        "1 0",
        "~5M",
    ]
    page = visit()
    read = "text => explorer.readForm({params: text}).fields.params"
    for text in [*numbers, " 1T "]:
        found = page.evaluate(read, text)
        assert found == {"value": parse_quantity(text)}
    for text in no_numbers:
        found = page.evaluate(read, text)
        assert found == {"refusal": said(lambda text=text: parse_quantity(text))}  # type: ignore[misc]


# Sliders


def test_sliders_move_ranks_scores_and_lines_at_once(visit: Callable[..., Page]) -> None:
    page = visit()
    before = page.locator("#chart .equal").evaluate_all(
        "all => all.map(one => one.getAttribute('d'))"
    )
    fill = page.locator("#point-resnet-50").evaluate(
        "point => point.style.getPropertyValue('--share')"
    )
    assert page.locator("#moved").inner_text() == "Ranks are those of the default exponents."
    page.locator("#gamma").press("Home")
    assert page.locator("#gamma").input_value() == "0"
    assert page.locator("#gamma-number").input_value() == "0"
    here = {n.name: scored(n, gamma=0.0) for n in load_networks()}
    assert scores(page) == pytest.approx(here, rel=0, abs=1e-9)
    after = page.locator("#chart .equal").evaluate_all(
        "all => all.map(one => one.getAttribute('d'))"
    )
    assert after
    assert after != before
    # Without gamma, a line of equal score is level when the axis is MACs.
    for path in after:
        heights = {point.split(",")[1] for point in path[1:].split("L")}
        assert len(heights) == 1
    moved_fill = page.locator("#point-resnet-50").evaluate(
        "point => point.style.getPropertyValue('--share')"
    )
    assert moved_fill != fill


def test_what_moved_is_shown(visit: Callable[..., Page]) -> None:
    page = visit("#beta=0")

    def ranks(**exponents: float) -> dict[str, int]:
        found = {n.name: scored(n, **exponents) for n in load_networks()}
        return {
            name: 1 + sum(other > score for other in found.values())
            for name, score in found.items()
        }

    default, now = ranks(), ranks(beta=0.0)
    shown = {}
    for name, text in zip(column(page, "Network"), column(page, "Moved"), strict=True):
        sign, *size = re.findall(r"[▲▼·]|\d+", text)[:2]
        shown[name] = {"▲": 1, "▼": -1, "·": 0}[sign] * int(size[0] if size else 0)
    assert shown == {name: default[name] - now[name] for name in NAMES}
    moved = {name: move for name, move in shown.items() if move}
    sentence = page.locator("#moved").inner_text()
    assert sentence.startswith(f"{len(moved)} of 60 networks change rank; the most, ")
    match = re.fullmatch(r".*the most, (.+), goes from (\d+) to (\d+)\.", sentence)
    assert match is not None
    assert abs(moved[match[1]]) == max(map(abs, moved.values()))
    assert (int(match[2]), int(match[3])) == (default[match[1]], now[match[1]])


def test_reset_brings_the_defaults_back(visit: Callable[..., Page]) -> None:
    page = visit("#alpha=3&beta=0.1&gamma=1.2")
    page.locator("#reset").click()
    assert [page.locator(f"#{name}").input_value() for name in EXPONENTS] == ["2", "0.5", "0.5"]
    assert [page.locator(f"#{name}-number").input_value() for name in EXPONENTS] == [
        "2",
        "0.5",
        "0.5",
    ]
    assert state(page) == ""
    assert scores(page)["MobileNetV2"] == pytest.approx(
        find_network("MobileNetV2").netscore, abs=1e-9
    )


def test_an_exponent_can_be_typed_and_a_bad_one_is_refused(visit: Callable[..., Page]) -> None:
    page = visit()
    number = page.locator("#alpha-number")
    fill(page, **{"alpha-number": "-1"})
    assert page.locator("#exponent-message").inner_text() == said(
        lambda: netscore(72.0, 3.4e6, 3e8, alpha=-1.0)
    )
    assert number.get_attribute("aria-invalid") == "true"
    assert scores(page)["MobileNetV2"] == pytest.approx(
        find_network("MobileNetV2").netscore, abs=1e-9
    )
    fill(page, **{"alpha-number": "2.345"})
    assert page.locator("#exponent-message").inner_text() == ""
    assert number.get_attribute("aria-invalid") == "false"
    assert scores(page)["MobileNetV2"] == pytest.approx(
        netscore(72.0, 3.4e6, 300e6, alpha=2.345), abs=1e-9
    )


# The table


@pytest.mark.parametrize(
    ("title", "key", "first"),
    [
        ("Network", lambda n: n.name.casefold(), "ascending"),
        ("Top-1 %", lambda n: n.accuracy, "descending"),
        ("Params", lambda n: n.params, "ascending"),
        ("MACs", lambda n: n.macs, "ascending"),
        ("NetScore", lambda n: n.netscore, "descending"),
        ("% / M params", lambda n: n.information_density, "descending"),
    ],
)
def test_the_table_sorts_both_ways(
    visit: Callable[..., Page], title: str, key: Callable[[Any], Any], first: str
) -> None:
    page = visit()
    networks = {network.name: network for network in load_networks()}
    button = page.get_by_role("button", name=title, exact=True)
    head = button.locator("xpath=..")
    for direction in (first, {"ascending": "descending", "descending": "ascending"}[first]):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == direction
        assert page.locator("#table thead th[aria-sort]").count() == 1
        shown = [key(networks[name]) for name in column(page, "Network")]
        assert shown == sorted(shown, reverse=direction == "descending")


def test_a_name_in_the_table_chooses_the_network(visit: Callable[..., Page]) -> None:
    page = visit()
    button = page.get_by_role("button", name="VGG-16")
    button.click()
    assert page.locator("#details-title").inner_text() == "VGG-16"
    assert page.locator("#point-vgg-16").get_attribute("aria-selected") == "true"
    assert page.evaluate("document.activeElement.innerText") == "VGG-16"


# The visitor's network


def test_an_own_network_gets_its_score_rank_and_neighbours(visit: Callable[..., Page]) -> None:
    page = visit()
    fill(page, accuracy="73", params="4M", macs="350M")
    # As `netscore score 73 4M 350M` prints it.
    assert page.locator("#result dd").all_inner_texts()[:5] == [
        "73.07",
        "18.25 % per million params",
        "7 of 61",
        "MobileNetV1 (1.0-128) with 73.43",
        "MobileNetV1 (1.0-160) with 72.24",
    ]
    assert [message(page, field) for field in ("accuracy", "params", "macs")] == ["", "", ""]
    assert scores(page)["Your network"] == pytest.approx(netscore(73.0, 4e6, 350e6), abs=1e-9)
    assert column(page, "Network").index("Your network") == 6
    assert page.locator("#chart .point.own").count() == 1
    page.locator("#clear").click()
    assert page.locator("#table tr.own-row").count() == 0
    assert page.locator("#result").inner_text() == ""


def test_dominance_of_an_own_network(visit: Callable[..., Page]) -> None:
    # Worse than MobileNetV2 in all three, equal in none; better than AlexNet in all three.
    page = visit("#accuracy=71.9&params=3.5M&macs=301M")
    figures = (71.9, 3.5e6, 301e6)
    by = [n for n in load_networks() if beats((n.accuracy, n.params, n.macs), figures)]
    over = [n for n in load_networks() if beats(figures, (n.accuracy, n.params, n.macs))]
    beaten, beats_text = page.locator("#result dd").all_inner_texts()[5:]
    assert {n.name for n in by} == {"MobileNetV2"}
    assert beaten == "by 1 in all three measures: MobileNetV2"
    assert beats_text == f"{len(over)} of 60 in all three measures"


def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] > other[0] and one[1] < other[1] and one[2] < other[2]


@pytest.mark.parametrize(
    ("field", "text", "answers"),
    [
        ("accuracy", "0.72", {"0.72 %": 0.72, "72 %": 72.0}),
        ("accuracy", "1", {"1 %": 1.0, "100 %": 100.0}),
        ("params", "3.4", {"3.4 params": 3.4, "3.4M params": 3.4e6}),
        ("params", "999", {"999 params": 999.0, "999M params": 999e6}),
        ("macs", "3", {"3 MACs": 3.0, "3M MACs": 3e6, "3G MACs": 3e9}),
        ("params", "1,234", {"1,234": 1234.0, "1.234": 1.234}),
        ("macs", "7.6 GFLOPs", {"3.8G MACs: halve them": 3.8e9, "7.6G MACs as they stand": 7.6e9}),
    ],
)
def test_a_doubt_is_asked_and_nothing_is_ranked_until_it_is_answered(
    visit: Callable[..., Page], field: str, text: str, answers: dict[str, float]
) -> None:
    for label, value in answers.items():
        page = visit("#accuracy=72&params=3.4M&macs=300M")
        fill(page, accuracy="72", params="3.4M", macs="300M")
        fill(page, **{field: text})
        assert message(page, field)
        assert page.locator(f"#{field}").get_attribute("aria-invalid") == "false"
        buttons = page.locator(f"#{field}-answers button")
        assert buttons.all_inner_texts() == list(answers)
        assert page.locator("#result").inner_text() == ""
        assert page.locator("#chart .own").count() == 0
        assert len(column(page, "Rank")) == 60
        assert page.locator("#own-answer").inner_text().startswith("Your network is not ranked")
        buttons.get_by_text(label, exact=True).click()
        # Of 1.234 the unit is asked too, and 3 MACs are few for 3.4M params.
        while (more := page.locator(".answers button:visible")).count():
            right = more.filter(has_text="They are right")
            (right if right.count() else more.first).click()
        figures = {"accuracy": 72.0, "params": 3.4e6, "macs": 300e6} | {field: value}
        assert scores(page)["Your network"] == pytest.approx(
            netscore_quietly(*figures.values()), abs=1e-9
        )
        # The answer is in the address too.
        again = visit(f"#{state(page)}")
        assert scores(again) == scores(page)


def netscore_quietly(*figures: float) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        return netscore(*figures)


@pytest.mark.parametrize("text", ["0.72", "1", "0.005", "0.1234567"])
def test_a_fraction_is_questioned_as_by_the_library(visit: Callable[..., Page], text: str) -> None:
    page = visit(f"#accuracy={text}&params=3.4M&macs=300M")
    doubt = said(lambda: netscore(float(text), 3.4e6, 300e6))
    assert "fraction" in doubt
    assert message(page, "accuracy") == doubt


@pytest.mark.parametrize(("params", "macs"), [("3.4", "3.4"), ("999", "0.001"), ("100.0625", "9")])
def test_millions_and_billions_are_questioned_as_by_the_library(
    visit: Callable[..., Page], params: str, macs: str
) -> None:
    page = visit(f"#accuracy=72&params={params}&macs={macs}")
    doubt = said(lambda: netscore(72.0, float(params), float(macs)))
    assert "; ".join(message(page, name) for name in ("params", "macs")) == doubt
    assert "multiply it by 1e6" in message(page, "params")


@pytest.mark.parametrize(
    ("params", "macs"),
    [
        ("300M", "3.4M"),
        ("3.4M", "0.3M"),
        ("4e10", "3e8"),
        ("4e10", "4e8"),
        ("25.6M", "4100"),
        ("1000", "1.1e10"),
        ("1000", "1e10"),
    ],
)
def test_macs_out_of_balance_are_questioned_as_by_the_library(
    visit: Callable[..., Page], params: str, macs: str
) -> None:
    page = visit(f"#accuracy=72&params={params}&macs={macs}")
    assert message(page, "macs") == said(
        lambda: netscore(72.0, parse_quantity(params), parse_quantity(macs))
    )
    assert page.locator("#chart .point.own").count() == (message(page, "macs") == "")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("accuracy", "172"),
        ("accuracy", "-1"),
        ("accuracy", "100.5"),
        ("params", "0"),
        ("params", "-3.4M"),
        ("params", "1e999"),
        ("macs", "-0.5"),
    ],
)
def test_what_cannot_be_right_is_refused_as_by_the_library(
    visit: Callable[..., Page], field: str, text: str
) -> None:
    page = visit("#accuracy=72&params=3.4M&macs=300M")
    fill(page, **{field: text})
    parameter = {"accuracy": ACCURACY, "params": PARAMS, "macs": MACS}[field]
    refusal = said(lambda: only_numbers("netscore", [parameter], [parse_quantity(text)]))
    assert message(page, field) == refusal
    assert refusal.startswith(f"{field} must be ")
    assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"
    assert page.locator("#result").inner_text() == ""
    assert page.locator("#chart .own").count() == 0


@pytest.mark.parametrize("text", ["many", "72 %%", "7,2,5", "it's", 'a"b'])
def test_what_is_no_number_is_refused_as_by_the_library(
    visit: Callable[..., Page], text: str
) -> None:
    page = visit()
    fill(page, accuracy=text, params=text)
    assert message(page, "accuracy") == f"accuracy must be a real number, got {text!r}"
    assert message(page, "params") == said(lambda: parse_quantity(text))


def test_accuracy_zero_is_minus_infinity(visit: Callable[..., Page]) -> None:
    page = visit("#accuracy=0&params=3.4M&macs=300M")
    assert page.locator("#result dd").first.inner_text() == f"{MINUS}∞"
    assert column(page, "Network")[-1] == "Your network"


# What is shown of a network


def middle(page: Page, name: str) -> tuple[float, float]:
    """Return where a point stands in the window."""
    box = page.locator(f"#point-{name}").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


RESNET = "ResNet-50\n75.3 %, 25.6M params, 3.8G MACs\nNetScore 55.19, rank 33 of 60"


@pytest.mark.parametrize("way", ["mouse", "touch", "keyboard", "table", "address"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180), (390, 844)])
def test_figures_stand_at_the_point(
    visit: Callable[..., Page], way: str, width: int, height: int
) -> None:
    touch = {"has_touch": True, "is_mobile": True} if way == "touch" else {}
    page = visit(
        "#network=resnet-50" if way == "address" else "", width=width, height=height, **touch
    )
    if way == "mouse":
        page.mouse.move(*middle(page, "resnet-50"))
    elif way == "touch":
        page.touchscreen.tap(*middle(page, "resnet-50"))
    elif way == "keyboard":
        page.locator("#point-resnet-50").focus()
    elif way == "table":
        page.get_by_role("button", name="ResNet-50", exact=True).click()
    tooltip = page.locator("#tooltip")
    assert tooltip.inner_text().startswith(RESNET)
    # It is in the window with its point, which it leaves free, wherever the page is scrolled to.
    box = tooltip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    x, y = middle(page, "resnet-50")
    assert 0 <= x <= width
    assert 0 <= y <= height
    inside = box["x"] <= x <= box["x"] + box["width"] and box["y"] <= y <= box["y"] + box["height"]
    assert not inside
    if way == "mouse":
        page.mouse.move(2, 2)
        assert not tooltip.is_visible()
        assert page.locator("#details-title").inner_text() == "No network chosen"
    elif way != "keyboard":
        page.keyboard.press("Escape")
        assert not tooltip.is_visible()


def test_the_tooltip_says_how_the_rank_changed(visit: Callable[..., Page]) -> None:
    networks = load_networks()

    def rank_of(network: Network, alpha: float) -> int:
        return 1 + sum(scored(other, alpha) > scored(network, alpha) for other in networks)

    network = max(networks, key=lambda network: rank_of(network, 1.0) - network.rank)
    now, before = rank_of(network, 1.0), rank_of(network, 2.0)
    page = visit(f"#alpha=1&network={slug(network.name)}")
    text = page.locator("#tooltip").inner_text()
    assert f"rank {now} of 60 (down {now - before} from {before})" in text


def test_pointing_neither_moves_the_page_nor_draws_the_lines_again(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    page.evaluate(
        "changed = []; new MutationObserver(all => changed.push(...all.map("
        "one => one.target.getAttribute('class') || one.target.tagName))).observe("
        "document.getElementById('chart'), { childList: true, subtree: true })"
    )
    height = page.evaluate("document.documentElement.scrollHeight")
    for name in ("alexnet", "vgg-16", "resnet-50"):
        page.mouse.move(*middle(page, name))
    assert page.locator("#tooltip").inner_text().startswith("ResNet-50")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.locator("#chart .hover-ring").count() == 1
    assert set(page.evaluate("changed")) == {"g"}  # the ring alone


def test_choosing_shows_figures_sources_and_grades(visit: Callable[..., Page]) -> None:
    page = visit()
    page.mouse.click(*middle(page, "resnet-50"))
    network, sources = find_network("ResNet-50"), load_sources()
    text = page.locator("#details").inner_text()
    assert text.startswith("ResNet-50\n")
    assert "NetScore 55.19, rank 33." in text
    assert "75.3 %" in text
    assert "25,600,000" in text
    assert "3,800,000,000" in text
    rows = page.locator("#details tbody tr").all()
    for row, figure in zip(rows, ("accuracy", "params", "macs"), strict=True):
        source = sources[getattr(network, f"{figure}_source")]
        cells = row.locator("td").all_inner_texts()
        assert cells[1] == getattr(network, f"{figure}_grade")
        assert citation(source) in cells[2]
        assert source.where in cells[2]
        (address,) = locators(source).values()
        assert row.locator("a").get_attribute("href") == address
    page.locator("#to-details").click()
    box = page.locator("#details-title").bounding_box()
    assert box is not None
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    assert stage["y"] + stage["height"] <= box["y"] <= 900


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_chosen_name_and_the_first_five_are_drawn_in_the_frame(
    visit: Callable[..., Page], width: int
) -> None:
    page = visit(width=width, height=844)
    drawn = page.locator("#chart .name").all_text_contents()
    assert {text.split()[0] for text in drawn} >= {"1", "2", "3", "4", "5"}
    for name in NAMES:
        page.evaluate("name => { location.hash = 'network=' + name; }", slug(name))
        strong = page.locator("#chart .name.strong")
        playwright.expect(strong).to_contain_text(name[:12])
        assert strong.count() == 1
        left, right, top, bottom, wide, high = page.evaluate(
            "() => { const [one, all] = ['#chart .name.strong', '#chart'].map("
            "place => document.querySelector(place).getBoundingClientRect()); return ["
            "one.left - all.left, one.right - all.left, one.top - all.top, one.bottom - all.top,"
            " all.width, all.height]; }"
        )
        assert 0 <= left < right <= wide
        assert 0 <= top < bottom <= high


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180), (390, 844)])
def test_sliders_chart_and_answer_are_in_view_together(
    visit: Callable[..., Page], width: int, height: int
) -> None:
    page = visit("#accuracy=73&params=4M&macs=350M&network=vgg-16", width=width, height=height)

    def box(place: str) -> tuple[float, float]:
        found = page.locator(place).bounding_box()
        assert found is not None
        return found["y"], found["y"] + found["height"]

    for place in ("#chart", "#own-answer", "#moved", "#alpha", "#beta", "#gamma"):
        top, bottom = box(place)
        assert top >= 0
        assert bottom <= height
    top, bottom = box("#chart")
    assert bottom - top <= height / 2
    # Chart and answer stay while the table is read, and leave room for it.
    page.locator("#table tbody tr").nth(40).locator("button").scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(100)
    for place in ("#chart", "#own-answer"):
        top, bottom = box(place)
        assert top >= 0
        assert bottom <= height * 0.62
    head = box("#table thead th >> nth=0")
    assert box("#own-answer")[1] - 1 <= head[0] <= height * 0.75
    assert page.locator("#result").bounding_box() is not None
    assert box("#result")[1] <= box("#accuracy")[0]


def ticks(page: Page) -> list[str]:
    found: list[str] = page.locator("#chart .tick").all_text_contents()
    return found


def test_half_typed_numbers_neither_rank_nor_rescale(visit: Callable[..., Page]) -> None:
    page = visit("#accuracy=72&params=3.4M")
    before = ticks(page)
    page.locator("#macs").focus()
    for letter in "3.8G":
        page.keyboard.type(letter)
        settle(page)
        assert ticks(page) == before
        whole = page.locator("#macs").input_value() == "3.8G"
        answer = page.locator("#own-answer").inner_text()
        assert answer.startswith("Your network: NetScore" if whole else "Your network is not")
        assert page.locator("#chart .point.own").count() == whole


def test_what_is_typed_is_read_after_a_pause(visit: Callable[..., Page]) -> None:
    page = visit("#accuracy=72&params=3.4M&macs=300M")
    before = page.locator("#own-answer").inner_text()
    page.locator("#macs").focus()
    page.evaluate("seen = []; setInterval(() => seen.push(explorer.settled()), 5)")
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type("G", delay=30)
    settle(page)
    assert page.locator("#own-answer").inner_text() != before
    assert page.locator("#macs-message").inner_text() == ""


@pytest.mark.parametrize("size", ["1e30", "3e5"])
def test_an_arrow_at_the_edge_points_to_what_is_out_of_view(
    visit: Callable[..., Page], size: str
) -> None:
    before = ticks(visit())
    page = visit(f"#accuracy=72&params={size}&macs={size}&sure=pair")
    assert ticks(page) == before
    assert page.locator("#chart .arrow.own").count() == 1
    assert "Your network" in (page.locator("#chart .own-label").text_content() or "")


def test_front_ranks_and_stairs_are_those_of_all(visit: Callable[..., Page]) -> None:
    # As good as MobileNetV2 in accuracy, and smaller: MobileNetV2 leaves the front.
    figures = (72.0, 3.3e6, 299e6)
    page = visit("#accuracy=72&params=3.3M&macs=299M")
    networks = load_networks()
    columns = [
        [*(getattr(n, name) for n in networks), own]
        for name, own in zip(("accuracy", "params", "macs"), figures, strict=True)
    ]
    names = [*NAMES, "Your network"]
    front = pareto_front(*columns)
    marked = page.eval_on_selector_all(
        "#chart .point.front", "all => all.map(p => p.getAttribute('aria-label').split(':')[0])"
    )
    assert "MobileNetV2" not in marked
    assert set(marked) == {name for name, on in zip(names, front, strict=True) if on}
    ranks = dict(zip(names, package.rank(netscore(*map(np.asarray, columns))), strict=True))
    shown = dict(zip(column(page, "Network"), map(int, column(page, "Rank")), strict=True))
    assert shown == ranks
    # The finding: rank 7 is the visitor's alone, the one below it has 8.
    page = visit("#accuracy=73&params=4M&macs=350M")
    shown = dict(zip(column(page, "Network"), map(int, column(page, "Rank")), strict=True))
    assert (shown["Your network"], shown["MobileNetV1 (1.0-160)"]) == (7, 8)


def test_the_stairs_step_at_the_front_of_the_two_measures_shown(visit: Callable[..., Page]) -> None:
    page = visit("#front=two&accuracy=72&params=3.3M&macs=299M")
    networks = [(n.name, n.accuracy, n.macs) for n in load_networks()]
    networks.append(("Your network", 72.0, 299_000_000))
    front = {
        name
        for name, a, m in networks
        if not any(x >= a and y <= m and (x, y) != (a, m) for _, x, y in networks)
    }
    marked = page.eval_on_selector_all(
        "#chart .point.front", "all => all.map(p => p.getAttribute('aria-label').split(':')[0])"
    )
    assert set(marked) == front
    path = page.locator("#chart .stairs").get_attribute("d") or ""
    assert path.count("V") == len(front)


def test_the_data_are_those_of_the_package(visit: Callable[..., Page]) -> None:
    data = json.loads(visit().locator("#data").text_content() or "")
    networks = load_networks()
    for network, there in zip(networks, data["tables"]["chapter"]["networks"], strict=True):
        assert there["name"] == network.name
        assert there["note"] == network.note
        for figure in ("accuracy", "params", "macs"):
            assert there["figures"][figure]["value"] == getattr(network, figure)
            assert there["figures"][figure]["source"] == getattr(network, f"{figure}_source")
            assert there["figures"][figure]["grade"] == getattr(network, f"{figure}_grade")
    assert package.netscore.__kwdefaults__ is not None
    assert data["defaults"] == {"alpha": 2.0, "beta": 0.5, "gamma": 0.5}


def test_points_stand_where_their_figures_say(visit: Callable[..., Page]) -> None:
    for axis, third in (("macs", "params"), ("params", "macs")):
        page = visit(f"#x={axis}")
        assert (
            page.locator("#chart-title")
            .inner_text()
            .endswith({"macs": "MACs", "params": "Params"}[axis])
        )
        spots: dict[str, list[float]] = dict(
            page.eval_on_selector_all(
                "#chart .point",
                "all => all.map(p => [p.id, ['cx', 'cy', 'r'].map("
                "name => Number(p.getAttribute(name)))])",
            )
        )
        assert len(spots) == 60
        networks = {
            "point-alexnet": "AlexNet",
            "point-vgg-19": "VGG-19",
            "point-senet-154": "SENet-154",
        }
        (x0, y0, r0), (x1, y1, r1), (x2, y2, r2) = (spots[key] for key in networks)
        a, b, c = (find_network(name) for name in networks.values())
        # Accuracy is linear; MACs and params are logarithmic; the area follows the third measure.
        assert (y2 - y0) / (y1 - y0) == pytest.approx(
            (c.accuracy - a.accuracy) / (b.accuracy - a.accuracy)
        )
        if axis == "macs":
            import math

            def log(n: Any) -> float:
                return math.log10(n.macs)

            assert (x2 - x0) / (x1 - x0) == pytest.approx((log(c) - log(a)) / (log(b) - log(a)))
        assert (r2 / r1) ** 2 == pytest.approx(getattr(c, third) / getattr(b, third))
        assert r0 < r1


def test_the_pareto_front_is_marked(visit: Callable[..., Page]) -> None:
    page = visit()
    networks = load_networks()
    front = pareto_front(
        [n.accuracy for n in networks], [n.params for n in networks], [n.macs for n in networks]
    )
    marked = page.eval_on_selector_all(
        "#chart .point.front", "all => all.map(p => p.getAttribute('aria-label').split(':')[0])"
    )
    assert set(marked) == {n.name for n, on_front in zip(networks, front, strict=True) if on_front}


def test_lines_of_equal_score_have_equal_scores(visit: Callable[..., Page]) -> None:
    # On the line for MobileNetV2's params, MobileNetV2 stands where its own score says:
    # a line passes above it if its level is higher, below it if it is lower.
    page = visit("#network=mobilenetv2")
    assert "3.4M params (MobileNetV2)" in page.locator("#line-caption").inner_text()
    levels = [float(text) for text in page.locator("#chart .equal-label").all_text_contents()]
    paths = page.locator("#chart .equal").evaluate_all("all => all.map(p => p.getAttribute('d'))")
    x, y = (
        float(page.locator("#point-mobilenetv2").get_attribute(name) or "nan")
        for name in ("cx", "cy")
    )
    heights = []
    for path in paths:
        points = [tuple(map(float, point.split(","))) for point in path[1:].split("L")]
        left, right = max(p for p in points if p[0] <= x), min(p for p in points if p[0] > x)
        share = (x - left[0]) / (right[0] - left[0])
        heights.append(left[1] + share * (right[1] - left[1]))
    # The higher the line, the higher the level; the height falls as y grows.
    assert heights == sorted(heights, reverse=True)
    score = find_network("MobileNetV2").netscore
    step = levels[1] - levels[0]
    below = sum(height > y for height in heights)
    lowest = score - below * step
    assert any(abs(level - (score // step) * step) < 1e-6 for level in levels)
    assert lowest <= min(levels) + step


# Keyboard, screen readers, address, theme, size


def test_the_chart_can_be_read_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#zoom-in").focus()
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused).startswith("SqueezeNext 1.0-SqNxt-23: 59.05 %, 720K params")
    assert page.locator("#tooltip").inner_text().startswith("SqueezeNext 1.0-SqNxt-23\n")
    assert page.locator("#chart .focus-ring").count() == 1
    ordered = [n.name for n in sorted(load_networks(), key=lambda n: (n.macs, n.accuracy))]
    page.keyboard.press("Home")
    seen = []
    for _ in range(60):
        seen.append(page.evaluate(focused).split(":")[0])
        page.keyboard.press("ArrowRight")
    assert seen == ordered
    assert page.evaluate(focused).startswith(ordered[0])
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused).startswith(ordered[-1])
    page.keyboard.press("Enter")
    assert state(page) == "network=senet-154"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#chart')") is None
    assert page.locator("#details-title").inner_text() == ordered[-1] == "SENet-154"


def test_everything_is_reached_in_order_with_the_tab_key(visit: Callable[..., Page]) -> None:
    page = visit()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()")
        )
    expected = ["theme", "zoom-out", "zoom-in", "point-squeezenext-10-sqnxt-23", "alpha"]
    expected += ["alpha-number", "beta", "beta-number", "gamma", "gamma-number", "reset"]
    expected += ["search", "lines", "Families", "name", "accuracy", "params", "macs", "rows"]
    expected += ["file", "clear", "Rank", "Moved", "Network", "NetScore"]
    assert [name for name in reached if name in expected] == expected
    assert reached[0] == "Skip to the chart"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820, 390])
def test_no_rule_of_accessibility_is_broken(
    visit: Callable[..., Page], scheme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="of the extra 'docs'")
    page = visit(
        "#gamma=0.2&network=vgg-16&accuracy=0.7&params=-3&macs=300M&families=VGG&front=two&lines"
        "&rows=model,top1,params,macs%0Aa,72,3.4M,300M%0Ab,x,3M,3G&zoom=8,10,60,80",
        color_scheme=scheme,
        width=width,
    )
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}, "preload": False}
    found = axe.Axe().run(page, options=options)
    assert [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in found.response["violations"]
    ] == []


STATE = {
    "alpha": "2.5",
    "gamma": "0.1",
    "x": "params",
    "sort": "macs",
    "descending": "",
    "network": "resnet-50",
    "accuracy": "75.5",
    "params": "5M",
    "macs": "0.6G",
}


def test_the_address_holds_the_view(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("input[value='params']").check()
    fill(page, **{"alpha-number": "2.5", "gamma-number": "0.1"})
    page.locator("#table thead th", has_text="MACs").locator("button").click()
    page.locator("#table thead th", has_text="MACs").locator("button").click()
    page.get_by_role("button", name="ResNet-50", exact=True).click()
    for field in ("accuracy", "params", "macs"):
        fill(page, **{field: STATE[field]})
    written = state(page)
    assert dict(part.partition("=")[::2] for part in written.split("&")) == STATE

    def shown(page: Page) -> list[str]:
        return [
            page.locator(place).inner_text()
            for place in ("#chart-title", "#moved", "#result", "#details", "#table")
        ]

    again = visit(f"#{written}")
    assert shown(again) == shown(page)
    assert state(again) == written
    assert again.locator("input[name='axis']:checked").get_attribute("value") == "params"


def test_a_senseless_address_gives_the_default_view(visit: Callable[..., Page]) -> None:
    page = visit("#alpha=-1&beta=x&gamma=&x=y&sort=nothing&network=nobody&more")
    assert [page.locator(f"#{name}").input_value() for name in EXPONENTS] == ["2", "0.5", "0.5"]
    assert column(page, "Rank")[0] == "1"
    assert state(page) == ""


def test_a_changed_address_changes_the_view(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("location.hash = 'network=vgg-19'")
    page.wait_for_function("document.getElementById('details-title').innerText === 'VGG-19'")


def test_light_and_dark(visit: Callable[..., Page]) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(255, 255, 255)", "rgb(19, 20, 22)"
    assert visit(color_scheme="light").evaluate(background) == light
    page = visit(color_scheme="dark")
    assert page.evaluate(background) == dark
    toggle = page.locator("#theme")
    seen = []
    for _ in range(3):
        toggle.click()
        seen.append((toggle.inner_text(), page.evaluate(background)))
    assert seen == [("Theme: light", light), ("Theme: dark", dark), ("Theme: auto", dark)]
    toggle.click()
    page.reload()
    assert (toggle.inner_text(), page.evaluate(background)) == ("Theme: light", light)


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_the_page_never_scrolls_sideways(visit: Callable[..., Page], width: int) -> None:
    page = visit("#network=senet-154&accuracy=70&params=5&macs=many", width=width, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    chart = page.locator("#chart").bounding_box()
    assert chart is not None
    assert chart["x"] >= 0
    assert chart["x"] + chart["width"] <= width


@pytest.mark.parametrize("width", [390, 820, 1100, 1440])
def test_no_head_of_the_table_is_cut(visit: Callable[..., Page], width: int) -> None:
    page = visit(width=width, height=900)
    cut = page.eval_on_selector_all(
        "#table thead th",
        "all => all.filter(th => th.offsetWidth && th.firstChild.scrollWidth > th.clientWidth)"
        ".map(th => th.innerText)",
    )
    assert cut == []


def test_a_tap_chooses_a_network(visit: Callable[..., Page]) -> None:
    page = visit(width=390, height=844, has_touch=True, is_mobile=True)
    box = page.locator("#point-alexnet").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#details-title").inner_text() == "AlexNet"
    assert state(page) == "network=alexnet"


def test_names_in_the_chart_do_not_cover_each_other(visit: Callable[..., Page]) -> None:
    for width in (390, 1280):
        page = visit(width=width)
        boxes: list[list[float]] = page.locator("#chart .name").evaluate_all(
            "all => all.map(one => { const { x, y, width, height } = one.getBBox();"
            " return [x, y, x + width, y + height]; })"
        )
        assert len(boxes) > 8
        for one, other in itertools.combinations(boxes, 2):
            apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1
            assert apart or one[3] <= other[1] + 4 or other[3] <= one[1] + 4


def test_density_agrees_with_the_package(visit: Callable[..., Page]) -> None:
    there = visit().evaluate("explorer.informationDensity(72, 3.4e6)")
    assert there == pytest.approx(information_density(72.0, 3.4e6), rel=1e-15)


# The visitor's networks


HEADED = "model,top1,params,macs\n"
# As section "Numbers" of the conventions reads them: figures by name, and lines that are refused.
PASTED: dict[str, tuple[str, dict[str, tuple[float, float, float]], list[int]]] = {
    "plain": (HEADED + "a,72,3.4M,300M\nb,75.3,25600000,3.8e9\n", {
        "a": (72, 3.4e6, 300e6), "b": (75.3, 25.6e6, 3.8e9)}, []),
    "no header": ("a,72,3.4M,300M\nb,75.3,25.6M,3.8G\n", {
        "a": (72, 3.4e6, 300e6), "b": (75.3, 25.6e6, 3.8e9)}, []),
    "a spreadsheet": (
        "model\ttop1\tparams\tmacs\na\t72 %\t3.4 M\t0.3 GMac\nb\t75.3%\t25.6m\t3.8g\n", {
        "a": (72, 3.4e6, 300e6), "b": (75.3, 25.6e6, 3.8e9)}, []),
    "groups": (HEADED + 'a,88.3,"1,012,000,000",300G\nb,72,"3,400,000",0.3G\n', {
        "a": (88.3, 1.012e9, 300e9), "b": (72, 3.4e6, 0.3e9)}, []),
    "apostrophes and spaces": (HEADED + "a,72,3'400'000,300\u00a0000\u00a0000\n", {
        "a": (72, 3.4e6, 300e6)}, []),
    "decimal commas": ("model;top1;params;macs\na;72,5;3,4M;0,3G\nb;75,3;25.600.000;3,8G\n", {
        "a": (72.5, 3.4e6, 0.3e9), "b": (75.3, 25.6e6, 3.8e9)}, []),
    "another column settles": (HEADED + 'a,69.758,"1,234,567",1.234G\n', {
        "a": (69.758, 1234567, 1.234e9)}, []),
    "units of the header": (
        "Model,Top1,Params_M,GMACs\na,72,3.4,0.3\nb,75.3,25.6M,3.8\nc,70,5400K,1\n", {
        "a": (72, 3.4e6, 0.3e9), "b": (75.3, 25.6e6, 3.8e9)}, [4]),
    "a unit is missing": (HEADED + "a,72,3.4M,300M\nb,70,1.2,400M\n", {
        "a": (72, 3.4e6, 300e6)}, [3]),
    "Markdown": (
        "| model | top1 | params | macs |\n|---|---:|---:|---:|\n| a | 72 | 3.4M | 300M |\n", {
        "a": (72, 3.4e6, 300e6)}, []),
    "sep=": ("sep=;\nmodel;top1;params;macs\na;72;3.4M;300M\n", {"a": (72, 3.4e6, 300e6)}, []),
    "missing": (HEADED + "a,72,3.4M,300M\nb,n/a,3M,1G\nc,70,-,1G\nd,70,3M,\n", {
        "a": (72, 3.4e6, 300e6)}, [3, 4, 5]),
    "no numbers": (
        HEADED + "a,72,3.4M,300M\nb,72.0±0.1,3M,1G\nc,85.1*,3M,1G\nd,70,~5M,1G\n"
        "e,70,20.5MB,1G\nf,172,3M,1G\n", {
        "a": (72, 3.4e6, 300e6)}, [3, 4, 5, 6, 7]),
    "decimal commas unquoted": (HEADED + "a,72,3.4M,300M\nb,72,5,3.4M,300M\n", {
        "a": (72, 3.4e6, 300e6)}, [3]),
    "quotation marks over lines": (HEADED + '"a, ""the\nfirst""",72,3.4M,300M\nb,x,1M,1G\n', {
        'a, "the\nfirst"': (72, 3.4e6, 300e6)}, [4]),
}  # fmt: skip


@pytest.mark.parametrize("kind", PASTED)
def test_pasted_rows_are_read_and_bad_ones_listed_by_line(
    visit: Callable[..., Page], kind: str
) -> None:
    text, rows, wrong = PASTED[kind]
    page = visit()
    found = page.evaluate("text => explorer.readTable(text)", text)
    assert found["error"] == ""
    assert found["questions"] == []
    assert {
        row["name"]: tuple(row[name] for name in ("accuracy", "params", "macs"))
        for row in found["rows"]
    } == rows
    assert [complaint["line"] for complaint in found["complaints"]] == wrong
    fill(page, rows=text)
    there = scores(page)
    assert len(there) == 60 + len(rows)
    for name, figures in rows.items():
        assert there[" ".join(name.split())] == pytest.approx(netscore(*figures), abs=1e-9)
    listed = page.locator("#rows-message li").all_inner_texts()
    assert [int(re.findall(r"line (\d+):", line)[0]) for line in listed] == wrong


@pytest.mark.parametrize(
    ("text", "question", "answers"),
    [
        ("model,top1,params,macs\na,72,3.4,300M\nb,75,25.6,3G\n",
         "params was read as 3.4 to 25.6 parameters; if",
         {"3.4 to 25.6 params": 3.4, "3.4M to 25.6M params": 3.4e6}),
        ("model,top1,params,macs\na,0.72,3.4M,300M\n", "accuracy was read as 0.72 percent; if",
         {"0.72 %": 0.72, "72 %": 72}),
        ('model,top1,params,macs\na,72,3400000,"1,234"\n', "'1,234' can be read in two ways.",
         {"1234: the point": 1234, "1.234: the comma": 1.234}),
        ("model,top1,params,gflops\na,72,3.4M,0.6\n", "'gflops' may count FLOPs",
         {"They are FLOPs": 0.3e9, "They are MACs": 0.6e9}),
        ("model,top1,params,macs\na,72,300M,3.4M\n",
         "macs was read as 3.4e+06 multiply-accumulates beside 3e+08",
         {"Exchange them": 300e6, "They are right": 3.4e6}),
    ],
)  # fmt: skip
def test_a_doubt_about_rows_is_asked(
    visit: Callable[..., Page], text: str, question: str, answers: dict[str, float]
) -> None:
    for label, value in answers.items():
        page = visit()
        fill(page, rows=text)
        assert page.locator("#rows-message .question").inner_text().startswith(question)
        assert len(column(page, "Rank")) == 60
        buttons = page.locator("#rows-answers button")
        assert buttons.count() == len(answers)
        buttons.filter(has_text=re.compile("^" + re.escape(label))).click()
        while (more := page.locator("#rows-answers button:visible")).count():
            right = more.filter(has_text="They are right")
            (right if right.count() else more.first).click()
        assert len(column(page, "Rank")) > 60
        shown = page.evaluate(
            "() => ['accuracy', 'params', 'macs'].flatMap(key => [...document.querySelectorAll("
            "'#table .own-row td.' + key)].map(cell => Number(cell.dataset.value)))"
        )
        assert value in shown
        assert scores(visit(f"#{state(page)}")) == scores(page)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x" * 3_000_000, "longer than a million characters"),
        ("model,top1,params\na,72,3M\n", "usual name of macs"),
        ("model,top1,acc,params,macs\na,72,72,3M,3G\n", "could be accuracy"),
        ('model,top1,params,macs\n"a,72,3M,3G\n', "A quotation mark is not closed"),
        ("hello", "usual name of accuracy"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    visit: Callable[..., Page], text: str, error: str
) -> None:
    page = visit()
    fill(page, rows=text)
    message = page.locator("#rows-message").inner_text()
    assert error in message
    assert len(message) < 500
    assert len(column(page, "Rank")) == 60
    assert len(page.content()) < 1_000_000


def test_a_pasted_row_fills_the_fields(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#accuracy").evaluate(
        """field => { const held = new DataTransfer();
        held.setData("text", "mine\\t72.0 %\\t3,400,000\\t0.3 G");
        const options = { clipboardData: held, cancelable: true };
        field.dispatchEvent(new ClipboardEvent("paste", options)); }"""
    )
    assert scores(page)["mine"] == pytest.approx(netscore(72.0, 3.4e6, 300e6), abs=1e-9)


def test_a_csv_is_dropped_or_opened(visit: Callable[..., Page], tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text(HEADED + "mine,72,3.4M,300M\n", encoding="utf-8")
    page = visit()
    page.locator("#file").set_input_files(file)
    page.wait_for_selector("#table .own-row")
    assert "mine" in column(page, "Network")
    page.locator("#clear").click()
    assert "mine" not in column(page, "Network")
    page.locator("#yours").evaluate(
        """panel => { const held = new DataTransfer();
        held.items.add(new File(["model,top1,params,macs\\nother,72,3.4M,300M\\n"], "m.csv"));
        panel.dispatchEvent(new DragEvent("drop", { dataTransfer: held, cancelable: true })); }"""
    )
    page.wait_for_selector("#table .own-row")
    assert "other" in column(page, "Network")
    (tmp_path / "latin.csv").write_bytes(b"model,top1\n\xe9,72\n")
    page.locator("#file").set_input_files(tmp_path / "latin.csv")
    page.wait_for_function("document.getElementById('rows-message').innerText.includes('UTF-8')")


def test_a_pasted_book_is_not_echoed(visit: Callable[..., Page]) -> None:
    page = visit()
    for field in ("accuracy", "params", "macs", "name", "alpha-number"):
        page.locator(f"#{field}").evaluate("(field, text) => { field.value = text; }", "9x" * 10**6)
        page.locator(f"#{field}").dispatch_event("input")
    settle(page)
    assert len(page.locator("body").inner_text()) < 20_000
    assert len(page.evaluate("location.href")) < 3_000


HOSTILE = '<img src=x onerror="document.title=1">'


def test_names_of_visitors_are_inert(visit: Callable[..., Page]) -> None:
    page = visit()
    fill(page, rows=f"{HEADED}'{HOSTILE}',72,3.4M,300M\n=1+1,73,4M,350M\n")
    assert page.locator("img").count() == 0
    assert page.title().startswith("Explorer")
    assert ",'=1+1,73," in page.evaluate("explorer.rankedTable()")
    page.get_by_role("button", name="=1+1").click()
    assert page.locator("#details-title").inner_text() == "=1+1"


# What can be taken away


def taken(page: Page, button: str, folder: Path) -> bytes:
    with page.expect_download() as download:
        page.locator(button).click()
    file: Path = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file.read_bytes()


def test_the_picture_and_the_table_can_be_taken_away(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit("#gamma=0.2&accuracy=73&params=4M&macs=350M&name=mine", accept_downloads=True)
    sign = package.signature(gamma=0.2)
    assert page.locator("#signature").inner_text() == sign
    picture = ElementTree.fromstring(taken(page, "#take-svg", tmp_path))
    svg = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f".//{svg}circle")) == 60
    texts = [element.text for element in picture.iter(f"{svg}text")]
    assert sign in texts
    assert any("mine" in (text or "") for text in texts)
    for element in picture.iter():
        assert not {"class", "style", "tabindex", "role"} & element.attrib.keys()
        assert "var(" not in str(element.attrib)
        assert "oklab" not in str(element.attrib)
    png = taken(page, "#take-png", tmp_path)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(png) > 20_000
    rows = list(csv.DictReader(taken(page, "#take-csv", tmp_path).decode().splitlines()))
    assert len(rows) == 61
    assert {row["signature"] for row in rows} == {sign}
    assert [row["network"] for row in rows if row["yours"]] == ["mine"]
    figures = [[float(row[name]) for row in rows] for name in ("accuracy", "params", "macs")]
    here = netscore(*figures, gamma=0.2)
    assert [float(row["netscore"]) for row in rows] == pytest.approx(list(here), abs=1e-9)
    assert [int(row["rank"]) for row in rows] == list(package.rank(here))
    assert [float(row["information_density"]) for row in rows] == pytest.approx(
        list(information_density(*figures[:2])), rel=1e-15
    )


@pytest.mark.parametrize(
    "exponents", [{}, {"alpha": 1.5, "gamma": 0.25}, {"beta": 1e-6, "gamma": 1000.0}]
)
def test_the_signature_is_that_of_the_package(
    visit: Callable[..., Page], exponents: dict[str, Any]
) -> None:
    page = visit("#" + "&".join(f"{name}={value}" for name, value in exponents.items()))
    assert page.locator("#signature").inner_text() == package.signature(**exponents)


def test_link_bibtex_and_signature_are_copied(visit: Callable[..., Page]) -> None:
    page = visit("#network=vgg-16&gamma=0.25")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    network, sources = find_network("VGG-16"), load_sources()
    keys = {network.accuracy_source, network.params_source, network.macs_source}
    wanted = [cite_as_bibtex(sources[key]) for key in [*cited_keys([]), *keys]]
    for button, pieces in {
        "link": ["explorer/index.html#gamma=0.25&network=vgg-16"],
        "signature": [package.signature(gamma=0.25)],
        "bibtex": wanted,
    }.items():
        page.locator(f"#take-{button}").click()
        page.wait_for_function("document.getElementById('taken').innerText")
        text = page.evaluate("navigator.clipboard.readText()")
        for piece in pieces:
            assert piece in text
        assert page.locator("#taken").inner_text().endswith("is in your clipboard.")
        page.evaluate("document.getElementById('taken').innerText = ''")


def test_what_may_not_be_copied_is_there_to_be_copied_by_hand(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.locator("#take-signature").click()
    field = page.locator("#taken-text")
    field.wait_for()
    assert field.input_value() == package.signature()


# Axes, search, families, zoom, tables


def test_year_and_netscore_are_axes_too(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("input[value='year']").check(force=True)
    page.locator("input[value='score']").check(force=True)
    assert page.locator("#chart-title").inner_text() == "NetScore against year"
    assert page.locator("#chart .equal").count() == 0
    spots = dict(
        page.eval_on_selector_all(
            "#chart .point",
            "all => all.map(p => [p.id, ['cx', 'cy'].map(n => +p.getAttribute(n))])",
        )
    )
    a, b, c = (find_network(name) for name in ("AlexNet", "VGG-19", "MobileNetV2"))
    (x0, y0), (x1, y1), (x2, y2) = (spots[f"point-{slug(n.name)}"] for n in (a, b, c))
    assert (x2 - x0) / (x1 - x0) == pytest.approx(
        ((c.year or 0) - (a.year or 0)) / ((b.year or 0) - (a.year or 0))
    )
    assert (y2 - y0) / (y1 - y0) == pytest.approx(
        (c.netscore - a.netscore) / (b.netscore - a.netscore)
    )
    assert state(page) == "x=year&y=score"


def test_search_and_families_dim_the_rest(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#search").fill("mobilenet v2")
    wanted = {n.name for n in load_networks() if "mobilenetv2" in n.name.lower()}
    assert set(column(page, "Network")) == wanted
    assert page.locator("#chart .point:not(.dim)").count() == len(wanted)
    page.keyboard.press("Enter")
    assert state(page) == "search=mobilenet+v2&network=mobilenetv2"
    page.locator("#search").fill("")
    page.locator("#families-box summary").click()
    page.get_by_role("button", name="VGG 2").click()
    page.get_by_role("button", name="ResNet 7").click()
    assert set(column(page, "Network")) == {
        n.name for n in load_networks() if n.family in ("VGG", "ResNet")
    }
    page.locator("#lines").check()
    assert page.locator("#chart .family:not(.dim)").count() == 2
    assert page.locator("#found").inner_text() == "9 of 60"


@pytest.mark.parametrize("way", ["buttons", "keys", "wheel", "pinch"])
def test_the_chart_zooms(visit: Callable[..., Page], way: str) -> None:
    touch = {"has_touch": True} if way == "pinch" else {}
    page = visit(width=820, height=1180, **touch)
    before = ticks(page)
    center = middle(page, "resnet-50")
    if way == "buttons":
        page.locator("#zoom-in").click()
    elif way == "keys":
        page.locator("#point-resnet-50").focus()
        page.keyboard.press("+")
    elif way == "wheel":
        page.mouse.move(*center)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -100)
        page.keyboard.up("Control")
    else:
        x, y = center
        driver = page.context.new_cdp_session(page)
        for kind, apart in (
            ("touchStart", 20),
            ("touchMove", 30),
            ("touchMove", 60),
            ("touchEnd", 0),
        ):
            points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
            driver.send(
                "Input.dispatchTouchEvent",
                {"type": kind, "touchPoints": points if apart else []},
            )
    page.wait_for_function("!document.getElementById('zoom-whole').disabled")
    zoomed = state(page)
    assert zoomed.startswith("zoom=")
    assert ticks(page) != before
    assert ticks(visit(f"#{zoomed}", width=820, height=1180)) == ticks(page)
    page.locator("#zoom-whole").click()
    assert ticks(page) == before
    assert state(page) == ""


def test_the_table_head_stays_and_the_page_prints(visit: Callable[..., Page]) -> None:
    page = visit("#network=vgg-16", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("#exponents").evaluate("e => getComputedStyle(e).position") == "static"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for hidden in ("#take", "#own", ".zoom"):
        assert not page.locator(hidden).is_visible()
    for shown in ("#chart .axis-title >> nth=0", "#how .key-scale", "#table tbody tr >> nth=59"):
        assert page.locator(shown).is_visible()


def test_forced_colours_keep_axis_and_key(visit: Callable[..., Page]) -> None:
    page = visit(forced_colors="active")
    colour = "element => getComputedStyle(element).stroke"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for place in (
        "#chart .axis >> nth=0",
        "#chart .point.front >> nth=0",
        "#chart .equal >> nth=0",
    ):
        assert page.locator(place).evaluate(colour) not in ("none", background)
    assert "gradient" in page.locator(".key-scale").evaluate(
        "element => getComputedStyle(element).backgroundImage"
    )
    fills = set(
        page.eval_on_selector_all("#chart .point", "all => all.map(p => getComputedStyle(p).fill)")
    )
    assert len(fills) > 10


# The same cells, the same figures as `rank_table`


# fmt: off
CELLS = {
    "accuracy": [
        "72", "72.5", "72,5", "69.758", "69,758", "72%", "72,0\u00a0%", "0.72", "0,72",
        "7.2e1", "100", "172", "-3", "72.0±0.1", "85.1*", "~70", "nan", "n/a", "-",
        "\u2013", "1.234", "1,234", "72.0.1", "0.5%", "72percent", "?", "None", ".5", "70.",
        "+70", "1'0", "1_0", "x",
    ],
    "params": [
        "3400000", "3.4M", "3,4M", "3.4m", "3.4\u00a0M", "3,400,000", "3.400.000",
        "3'400'000", "3\u202f400\u202f000", "3.4e6", "3,4e6", "1,234", "1.234",
        "1,234,567.8", "1.234.567,8", "12,34", "5400K", "20.5MB", "3.4G", "0.5B", "1.2",
        "999", "1000", "0", "-5", "3_400_000", "3.4e6M", "01,234", "1,23", "-", "null",
        "1e400", "1,234M", "1.234M", "1,2345", ".5M", "3.M", "inf", "0x10",
    ],
    "macs": [
        "300M", "0.3G", "300000000", "17.6\u00a0GMac", "0.6GFLOPs", "0.3g", "300,000,000",
        "300.000.000", "0,3G", "1,234", "1.234", "300MMACs", "1T", "3e8", "1.5", "850",
        "MAC", "none", "--", "300M±", "4.1GMACs", "8.2GFLOP", "1,234.5M", "1.234,5M",
    ],
}
# fmt: on
HEADERS = [
    ("model", "top1", "params", "macs"),
    ("model", "top1", "Params (M)", "MACs (M)"),
    ("Model", "ImageNet Top-1 %", "num_params", "GMACs"),
    ("arch", "acc_fraction", "params_k", "macs"),
    ("name", "val_acc", "#Params", "MAdds [M]"),
]


def pasted_tables(count: int) -> list[str]:
    """Draw tables whose cells people have written in many ways, mostly alike in a column."""
    draw = random.Random(5)
    tables = []
    for _ in range(count):
        separator = draw.choice(",;\t|")
        header = draw.choice(HEADERS)
        kept = {kind: draw.sample(cells, draw.choice((2, 4, 20))) for kind, cells in CELLS.items()}
        lines = [separator.join(header)]
        for row in range(draw.randint(1, 6)):
            cells = [f"n{row}", *(draw.choice(kept[kind]) for kind in CELLS)]
            lines.append(separator.join(f'"{c}"' if separator in c else c for c in cells))
        tables.append("\n".join(lines) + "\n")
    return tables


def test_cells_are_read_as_the_package_reads_them(visit: Callable[..., Page]) -> None:
    tables = [text for text, *_ in PASTED.values() if text.count("72,5,3") == 0]
    tables = [text for text in tables if not text.startswith("a,")] + pasted_tables(800)
    there = visit().evaluate("texts => texts.map(text => explorer.readTable(text))", tables)
    scored_rows = 0
    for text, found in zip(tables, there, strict=True):
        stream = io.StringIO()
        with ranked(io.BytesIO(text.encode()), {}, NETSCORE, Options()) as ranking:
            write(ranking, stream, "json")
        records = json.loads(stream.getvalue())
        here = {record[next(iter(NAMING & record.keys()))]: record for record in records}
        assert found["error"] == "", text
        wanted = {name: record for name, record in here.items() if record["netscore"] is not None}
        read = {row["name"]: row for row in found["rows"]}
        assert set(read) == set(wanted), text
        for name, record in wanted.items():
            row = read[name]
            mine = netscore_quietly(row["accuracy"], row["params"], row["macs"])
            assert mine == pytest.approx(record["netscore"], abs=1e-9), (text, name)
        scored_rows += len(wanted)
    assert scored_rows > 300


NAMING = {"model", "Model", "arch", "name"}


def test_torchvisions_networks_are_another_table(visit: Callable[..., Page]) -> None:
    page = visit("#accuracy=80&params=25M&macs=4G&network=resnet-50&families=ResNet")
    page.locator("input[name='table'][value='torchvision']").check(force=True)
    settle(page)
    networks = [network for network in load_networks("torchvision") if network.rank]
    own = (80.0, 25e6, 4e9)
    columns = zip(*(network.figures for network in networks), own, strict=True)
    names = [*(network.name for network in networks), "Your network"]
    here = netscore(*map(np.asarray, columns))
    assert scores(page) == pytest.approx(dict(zip(names, here, strict=True)), abs=1e-9)
    shown = dict(zip(column(page, "Network"), map(int, column(page, "Rank")), strict=True))
    assert shown == dict(zip(names, package.rank(here), strict=True))
    assert page.locator("h1").inner_text().startswith(f"Explorer of {len(networks)} ImageNet-1K")
    assert page.locator("#without").inner_text().endswith("vgg16 (IMAGENET1K_FEATURES).")
    assert page.locator("input[value='year']").is_disabled()
    page.get_by_role("button", name="resnet50 (IMAGENET1K_V2)").click()
    assert "TorchVision" in page.locator("#details-body").inner_text()
    assert state(page).startswith("table=torchvision")
    assert scores(visit(f"#{state(page)}")) == scores(page)
