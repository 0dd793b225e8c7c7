"""Configuration of the documentation site.

Build it from the repository's root with

    python -m sphinx -W --keep-going -b html docs build/site

Nothing is fetched while it is built or read: formulas become MathML, which browsers draw
themselves, their font is copied from a package, and the theme brings its own style sheets and
scripts.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import tomllib

sys.path.insert(0, str(Path(__file__).parent))

from write_explorer import write_explorer
from write_pages import GROUPS, api_group, api_page, command_line_page, picture

import netscore

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
    "project"
]
DESCRIPTION = PROJECT["description"]
REPOSITORY = PROJECT.get("urls", {}).get("Repository")

project = "netscore"
author = "The netscore developers"
copyright = "The netscore developers. Apache License 2.0"  # noqa: A001 - Sphinx's name
version = release = netscore.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "notfound.extension",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["paper.md", "explorer"]
default_role = "py:obj"
templates_path = ["_templates"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_html_meta = {
    "description": DESCRIPTION,
    "property=og:title": project,
    "property=og:description": DESCRIPTION,
    "property=og:type": "website",
}

# A copy leaves out prompts and what is printed.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# A page that is not found may stand anywhere below the address that GitHub gives to a project.
notfound_urls_prefix = f"/{project}/"

# Types stand in the docstrings, in words.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"netscore {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("sort.js", {"defer": "defer"})]
html_favicon = "_static/favicon.svg"
# The pages can be edited where the address of the repository is known.
html_theme_options = (
    {}
    if REPOSITORY is None
    else {"source_repository": REPOSITORY, "source_branch": "main", "source_directory": "docs/"}
)
html_copy_source = False
html_show_sphinx = False
html_math_renderer = "mathml"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/explorer.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

# The name of a function stands a little apart from what is before and after it.
LOGARITHM = re.compile(r"<msub><mi>log</mi><mrow><mn>10</mn></mrow></msub>|<mi>ln</mi>")
# The label that numpydoc gives to reference [1] of a docstring.
LABEL = re.compile(r"\[R[0-9a-f]+-(\d+)\]")
THIN = '<mspace width="0.17em"/>'

# All that a formula can hold: a font for formulas with everything takes 1.5 MB.
FORMULAS = "".join(
    map(
        chr,
        [
            *range(0x20, 0x7F),  # ASCII
            *range(0x391, 0x3CA),  # Greek
            *range(0x1D434, 0x1D468),  # italic
            *range(0x1D6E2, 0x1D716),  # italic Greek
            *map(ord, "\u210e\u2032\u2061\u2062\u03f5·\u00d7±\u2212≤≥≠≈∈→∑∏√∞…⋅"),
        ],
    )
)

FONT = TemporaryDirectory()

GENERATED = {
    "<!-- the picture -->": picture,
    "<!-- the groups -->": api_page,
    "<!-- the commands -->": command_line_page,
    **{f"<!-- the functions: {group} -->": partial(api_group, group) for group in GROUPS},
}


def add_font(_app: Sphinx, config: Config) -> None:
    """Take what formulas need of the font that a package brings."""
    from fontTools import subset

    package = find_spec("ziamath")
    if package is None or package.origin is None:
        raise ImportError("the font for formulas is that of ziamath: pip install ziamath")
    font = Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    options = subset.Options(flavor="woff2")
    loaded = subset.load_font(str(font), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=FORMULAS)
    subsetter.subset(loaded)
    subset.save_font(loaded, str(Path(FONT.name, "formulas.woff2")), options)
    config.html_static_path.append(FONT.name)


def fill_in(_app: Sphinx, name: str, source: list[str]) -> None:
    """Put the generated parts of a page where the page names them."""
    if name == "reference-table":  # the list of its sections would have a hundred lines
        source[0] = f"---\ntocdepth: 2\n---\n{source[0]}"
    for mark, page in GENERATED.items():
        if mark in source[0]:
            source[0] = source[0].replace(mark, page())


def add_parts(app: Sphinx, failure: Exception | None) -> None:
    """Write the explorer and the pictures beside the pages."""
    FONT.cleanup()
    if failure is None and app.builder.format == "html":
        write_explorer(Path(app.outdir) / "explorer")
        pictures = Path(app.outdir) / "pictures"
        script = Path(__file__).parents[1] / "examples" / "draw_the_pictures.py"
        for folder, style in ((pictures, []), (pictures / "dark", ["dark_background"])):
            folder.mkdir(exist_ok=True)
            subprocess.run([sys.executable, str(script), str(folder), *style], check=True)


def link_back(app: Sphinx, name: str, _template: str, context: dict[str, Any], _: Any) -> None:
    """Lead from the pages of source to the entries under the names that they have.

    What is public stands under ``netscore``, what else a module has under the module, and Sphinx
    expects all of a module under one name.
    """
    if not name.startswith("_modules/netscore/"):
        return
    module = name.removeprefix("_modules/").replace("/", ".")
    entries = app.env.domains["py"].objects

    def entry(match: re.Match[str]) -> str:
        page, name = match.groups()
        own = name.removeprefix(f"{module}.").removeprefix("netscore.")
        for public in (f"netscore.{own}", f"{module}.{own}"):
            if public in entries and entries[public].docname == page:
                return f'{page}.html#{public}"'
        return match[0]

    context["body"] = re.sub(r'([\w-]+)\.html#(netscore\.[\w.]+)"', entry, context["body"])


def number_references(_app: Sphinx, tree: nodes.document, _name: str) -> None:
    """Show a reference of a docstring by its number, not by its unique label on the page."""
    from docutils import nodes

    for reference in tree.findall(nodes.reference):
        label = LABEL.fullmatch(reference.astext())
        if label:
            reference.children = [nodes.Text(f"[{label[1]}]")]


def _visit_inline(writer: Any, node: nodes.math) -> None:
    _write_formula(writer, node, "inline")


def _visit_block(writer: Any, node: nodes.math_block) -> None:
    _write_formula(writer, node, "block")


def _write_formula(writer: Any, node: nodes.Element, display: str) -> None:
    from docutils.nodes import SkipNode
    from latex2mathml.converter import convert

    formula = convert(node.astext(), display=display)
    formula = LOGARITHM.sub(rf"{THIN}\g<0>{THIN}", formula)
    block = '<div class="formula">{}</div>\n' if display == "block" else "{}"
    writer.body.append(block.format(formula))
    raise SkipNode


def setup(app: Sphinx) -> None:
    """Connect the above."""
    app.connect("config-inited", add_font)
    app.connect("source-read", fill_in)
    app.connect("html-page-context", link_back)
    app.connect("doctree-resolved", number_references)
    app.connect("build-finished", add_parts)
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
