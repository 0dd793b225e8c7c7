"""The explorer in a real browser: its arithmetic, its controls, its words, its looks."""

from __future__ import annotations

import importlib
import itertools
import json
import re
import shutil
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from netscore.citations import citation, locators
from netscore.networks import load_sources
from netscore.quantities import format_quantity, parse_quantity

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


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the explorer and return where it is."""
    sys.path.insert(0, str(DOCS))
    try:
        write_explorer = importlib.import_module("write_explorer").write_explorer
    finally:
        sys.path.remove(str(DOCS))
    folder = tmp_path_factory.mktemp("site") / "explorer"
    write_explorer(folder)
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


def state(page: Page) -> str:
    """Return what stands behind the # of the address, once it is written."""
    page.wait_for_function("explorer.addressIsWritten()")
    found: str = page.evaluate("location.hash.slice(1)")
    return found


def scores(page: Page) -> dict[str, float]:
    """Return the unrounded scores of the table by the names of the networks."""
    rows: list[tuple[str, str]] = page.eval_on_selector_all(
        "#table tbody tr",
        "rows => rows.map(row => [row.querySelector('th').innerText,"
        " row.querySelectorAll('td')[2].dataset.value])",
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
    numbers = ["3.4M", "3_400_000", "2e6", "1.5G", "0.5B", "25K", "25k", ".5M", "3.", "+7", " 1T "]
    no_numbers = ["3.4 M", "3,4M", "3.4m", "M", "", "1__0", "1e", "3.4MM", "0x10", "it's", "nan"]
    page = visit()
    for text in numbers:
        found = page.evaluate("text => explorer.check('params', text)", text)
        assert found["value"] == parse_quantity(text)
    for text in no_numbers:
        found = page.evaluate("text => explorer.check('macs', text)", text)
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
    number.fill("-1")
    assert page.locator("#exponent-message").inner_text() == said(
        lambda: netscore(72.0, 3.4e6, 3e8, alpha=-1.0)
    )
    assert number.get_attribute("aria-invalid") == "true"
    assert scores(page)["MobileNetV2"] == pytest.approx(
        find_network("MobileNetV2").netscore, abs=1e-9
    )
    number.fill("2.345")
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
    for field, text in (("accuracy", "73"), ("params", "4M"), ("macs", "350M")):
        page.locator(f"#{field}").fill(text)
    # As `netscore score 73 4M 350M` prints it.
    assert page.locator("#result dd").all_inner_texts()[:5] == [
        "73.07",
        "18.25 % per million params",
        "7 of 61",
        "MobileNetV1 (1.0-128) with 73.43",
        "MobileNetV1 (1.0-160) with 72.24",
    ]
    assert [message(page, field) for field in ("accuracy", "params", "macs")] == ["", "", ""]
    row = page.locator("#table tr.own-row")
    assert float(row.locator("td").nth(2).get_attribute("data-value") or "nan") == pytest.approx(
        netscore(73.0, 4e6, 350e6), abs=1e-9
    )
    assert column(page, "Network").index("Your network") == 6
    assert page.locator("#chart .own").count() == 1
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


@pytest.mark.parametrize("text", ["0.72", "1", "0.005", "0.1234567"])
def test_a_fraction_is_questioned_as_by_the_library(visit: Callable[..., Page], text: str) -> None:
    page = visit(f"#accuracy={text}&params=3.4M&macs=300M")
    doubt = said(lambda: netscore(float(text), 3.4e6, 300e6))
    assert "fraction" in doubt
    assert message(page, "accuracy") == doubt
    assert page.locator("#accuracy").get_attribute("aria-invalid") == "false"
    assert page.locator("#result dd").first.inner_text().replace(MINUS, "-") == (
        f"{netscore_quietly(float(text), 3.4e6, 300e6):.2f}"
    )


def netscore_quietly(*figures: float) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        return netscore(*figures)


@pytest.mark.parametrize("text", ["3.4", "999", "0.001", "100.0625"])
def test_millions_and_billions_are_questioned_as_by_the_library(
    visit: Callable[..., Page], text: str
) -> None:
    page = visit(f"#accuracy=72&params={text}&macs={text}")
    assert message(page, "params") == said(lambda: netscore(72.0, float(text), 300e6))
    assert message(page, "macs") == said(lambda: netscore(72.0, 3.4e6, float(text)))
    assert "multiply it by 1e6" in message(page, "params")


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
    page.locator(f"#{field}").fill(text)
    parameter = {"accuracy": ACCURACY, "params": PARAMS, "macs": MACS}[field]
    refusal = said(lambda: only_numbers("netscore", [parameter], [parse_quantity(text)]))
    assert message(page, field) == refusal
    assert refusal.startswith(f"{field} must be ")
    assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"
    assert page.locator("#result").inner_text() == ""
    assert page.locator("#chart .own").count() == 0


@pytest.mark.parametrize("text", ["many", "72%", "7,2", "it's", 'a"b'])
def test_what_is_no_number_is_refused_as_by_the_library(
    visit: Callable[..., Page], text: str
) -> None:
    page = visit()
    page.locator("#accuracy").fill(text)
    page.locator("#params").fill(text)
    assert message(page, "accuracy") == f"accuracy must be a real number, got {text!r}"
    assert message(page, "params") == said(lambda: parse_quantity(text))


def test_accuracy_zero_is_minus_infinity(visit: Callable[..., Page]) -> None:
    page = visit("#accuracy=0&params=3.4M&macs=300M")
    assert page.locator("#result dd").first.inner_text() == f"{MINUS}∞"
    assert column(page, "Network")[-1] == "Your network"


# What is shown of a network


def test_pointing_shows_figures_sources_and_grades(visit: Callable[..., Page]) -> None:
    page = visit()
    box = page.locator("#point-resnet-50").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
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
    page.mouse.move(2, 2)
    assert page.locator("#details-title").inner_text() == "No network chosen"


def test_the_data_are_those_of_the_package(visit: Callable[..., Page]) -> None:
    data = json.loads(visit().locator("#data").text_content() or "")
    networks = load_networks()
    front = pareto_front(
        [n.accuracy for n in networks], [n.params for n in networks], [n.macs for n in networks]
    )
    for network, there, on_front in zip(networks, data["networks"], front, strict=True):
        assert there["name"] == network.name
        assert there["note"] == network.note
        assert there["front"] == bool(on_front)
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
    page.locator("input[name='axis']:checked").focus()
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused).startswith("SqueezeNext 1.0-SqNxt-23: 59.05 %, 720K params")
    assert page.locator("#details-title").inner_text() == "SqueezeNext 1.0-SqNxt-23"
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
    expected = ["theme", "point-squeezenext-10-sqnxt-23", "alpha", "alpha-number", "beta"]
    expected += ["beta-number", "gamma", "gamma-number", "reset", "accuracy", "params", "macs"]
    expected += ["clear", "Rank", "Moved", "Network", "NetScore"]
    assert [name for name in reached if name in expected] == expected
    assert reached[0] == "Skip to the chart"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_rule_of_accessibility_is_broken(
    visit: Callable[..., Page], scheme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="of the extra 'docs'")
    page = visit(
        "#gamma=0.2&network=vgg-16&accuracy=0.7&params=-3&macs=300M",
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
    page.locator("#alpha-number").fill("2.5")
    page.locator("#gamma-number").fill("0.1")
    page.locator("#table thead th", has_text="MACs").locator("button").click()
    page.locator("#table thead th", has_text="MACs").locator("button").click()
    page.get_by_role("button", name="ResNet-50", exact=True).click()
    for field in ("accuracy", "params", "macs"):
        page.locator(f"#{field}").fill(STATE[field])
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
