"""The documentation site as it is built: every link leads somewhere, nothing comes from outside."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

for needed in (
    "sphinx",
    "myst_parser",
    "furo",
    "numpydoc",
    "latex2mathml",
    "ziamath",
    "matplotlib",
    "sphinx_copybutton",
    "notfound",
    "fontTools",
):
    pytest.importorskip(needed, reason="the site is built with the extra 'docs'")

tomllib = pytest.importorskip("tomllib", reason="the site is built with Python 3.11 or newer")

ROOT = Path(__file__).parents[1]


class Page(HTMLParser):
    """What a page refers to, and the places in it that can be referred to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.tags: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif "href" in values and values.get("rel") not in ("canonical",):
            self.loaded.append(values["href"])
        if "src" in values:
            self.loaded.append(values["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site with the command that CONTRIBUTING names, warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    trees = ["-d", str(folder / "doctrees")]
    built = subprocess.run(
        [*command, *trees, "docs", str(folder / "html")],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert (built.returncode, built.stdout) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    found = {path: Page(path) for path in site.rglob("*.html")}
    assert len(found) > 10
    return found


def internal(pages: dict[Path, Page]) -> Iterator[tuple[Path, str, Path, str]]:
    """Yield each page, what it refers to, and the file and the anchor that this means."""
    for path, page in pages.items():
        for target in [*page.links, *page.loaded]:
            parts = urlsplit(target.replace("/netscore/", "") if path.stem == "404" else target)
            if not parts.scheme and not parts.netloc:
                file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                yield path, target, file, unquote(parts.fragment)


def test_every_internal_link_leads_to_a_file(pages: dict[Path, Page]) -> None:
    broken = [
        (path.name, target) for path, target, file, _ in internal(pages) if not file.is_file()
    ]
    assert broken == []


def test_every_anchor_exists(pages: dict[Path, Page]) -> None:
    checked = [
        (path, target, pages[file], anchor)
        for path, target, file, anchor in internal(pages)
        # The explorer keeps its state behind the #.
        if anchor and file in pages and file.parent.name != "explorer"
    ]
    assert len(checked) > 200
    broken = [
        (path.name, target) for path, target, page, anchor in checked if anchor not in page.anchors
    ]
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for page in pages.values():
        assert [
            target for target in page.loaded if urlsplit(target).scheme not in ("", "data")
        ] == []
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert re.findall(r"(?:@import|url\()\s*['\"]?(?:https?:)?//", text) == [], sheet.name


def test_external_links_are_plain_addresses(pages: dict[Path, Page]) -> None:
    schemes = {urlsplit(link).scheme for page in pages.values() for link in page.links}
    assert schemes == {"", "https"}


def test_formulas_are_drawn_by_the_browser(site: Path, pages: dict[Path, Page]) -> None:
    assert "math" in pages[site / "formula.html"].tags
    assert "math" in pages[site / "api-scores.html"].tags
    for path in set(pages) - set((site / "_modules").rglob("*.html")):
        assert not re.search(r"\\(?:frac|log|left)\b|<math>", path.read_text("utf-8")), path.name


def test_the_font_has_what_formulas_need_and_no_more(site: Path) -> None:
    font_tools = pytest.importorskip("fontTools.ttLib")
    path = site / "_static" / "formulas.woff2"
    assert path.stat().st_size < 50_000
    font = font_tools.TTFont(path)
    assert "MATH" in font
    formulas = "".join(
        text
        for page in site.glob("*.html")
        for text in re.findall(r"<math .*?</math>", page.read_text("utf-8"), re.DOTALL)
    )
    written = set(unescape("".join(re.findall(r">([^<]*)<", formulas)))) - set("\n")
    assert len(written) > 30
    assert written - {chr(code) for code in font.getBestCmap()} == set()


def test_the_first_page_is_light(site: Path, pages: dict[Path, Page]) -> None:
    first = site / "index.html"
    loaded = {site / urlsplit(target).path for target in pages[first].loaded}
    assert "math" not in pages[first].tags  # it would load the font
    loaded = {path for path in loaded if path.suffix in (".css", ".js", ".svg", ".png")}
    assert len(loaded) > 8
    assert sum(path.stat().st_size for path in {first, *loaded}) < 150_000


def test_every_page_says_what_it_is(site: Path, pages: dict[Path, Page]) -> None:
    description = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "description"
    ]
    for path in set(pages) - {site / "explorer" / "index.html"}:
        text = path.read_text("utf-8")
        assert any(target.endswith("favicon.svg") for target in pages[path].loaded)
        if path.parent == site and (ROOT / "docs" / path.name).with_suffix(".md").is_file():
            assert f'content="{description}"' in text, path.name


def test_a_page_that_is_not_found_leads_back(site: Path, pages: dict[Path, Page]) -> None:
    lost = pages[site / "404.html"]
    assert "/netscore/index.html" in lost.links
    whole = ("/netscore/", "data:", "#")
    assert [target for target in lost.loaded if not target.startswith(whole)] == []


def test_pictures_are_dark_where_the_page_is(pages: dict[Path, Page], site: Path) -> None:
    for page, names in (("recipes", ["tradeoff", "bars", "sensitivity"]), ("trust", ["tradeoff"])):
        loaded = pages[site / f"{page}.html"].loaded
        for name in names:
            light, dark = (f"pictures/{name}.svg", f"pictures/dark/{name}.svg")
            assert loaded.index(dark) == loaded.index(light) + 1
            assert (site / light).read_bytes() != (site / dark).read_bytes()


def test_pages_lead_to_the_explorer_first(site: Path) -> None:
    text = (site / "start.html").read_text("utf-8")
    assert text.index('href="explorer/index.html"') < text.index('href="formula.html"')
    picture = re.search(
        r'<a class="picture" href="(.*?)">', (site / "index.html").read_text("utf-8")
    )
    assert picture is not None
    assert picture[1] == "explorer/index.html"


def test_the_source_of_a_figure_is_two_clicks_away(site: Path, pages: dict[Path, Page]) -> None:
    assert "reference-table.html" in pages[site / "index.html"].links
    assert "#sandler2018mobilenetv2" in pages[site / "reference-table.html"].links


def test_every_page_has_one_title(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        # The search page gets its title from its script.
        assert page.tags.count("h1") == (path.name != "search.html"), path.name


def test_every_command_is_on_its_page(site: Path) -> None:
    text = (site / "command-line.html").read_text(encoding="utf-8")
    commands = re.findall(r"^    ([a-z]+)  ", help_of(), re.MULTILINE)
    assert {"table", "score", "rank", "show", "cite"} <= set(commands)
    for command in commands:
        assert f'id="netscore-{command}"' in text
        for option in re.findall(r"--[a-z-]+", help_of(command)):
            assert option in text


def help_of(*command: str) -> str:
    """Return what a command prints with --help."""
    line = [sys.executable, "-m", "netscore", *command, "--help"]
    return subprocess.run(line, check=True, cwd=ROOT, capture_output=True, text=True).stdout
