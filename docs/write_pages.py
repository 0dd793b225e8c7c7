"""Write the pages that are made from the package.

``python docs/write_pages.py`` writes the two reference tables, which are kept beside the other
pages so that they can be read without a build. With ``--check`` it writes nothing and says what a
changed figure of the tables leaves behind: the laws of the data that hold no longer, the examples
of the README, the pages and the docstrings that are no longer true, the pages that are out of date.
It exits with 1 if there is anything. The page of the command line is made when the site is built.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import re
import subprocess
import sys
from math import log10, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Final

import netscore
from netscore import pareto_front
from netscore.citations import citation, locators
from netscore.networks import data_version, load_networks, load_sources, title
from netscore.quantities import format_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netscore.networks import Network, Source

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = Path(__file__).with_name("reference-table.md")
WEIGHTS: Final = PAGE.with_name("torchvision.md")
# What says something about the figures, as tests: the laws of the data, then what people read.
_SAYINGS: Final = ("tests/test_reference_data.py", "README.md", "docs", "netscore")

_INTRODUCTION: Final = """\
# The reference table

<!-- Written by docs/write_pages.py from the data of the package: change the data, not this. -->

Version {version}: the 60 networks in the order of their NetScore, with the default
exponents. Every figure is a link to its source; the letter behind it is its grade. The name of a
network leads to everything known about it.

| grade | meaning |
|---|---|
| p, published | read in the authors' own publication |
| q, quoted | read in another publication that quotes it |
| c, counted | exact count of the published architecture, convolution and fully connected layers |
| r, recalled | attributed to the authors' publication, not re-read in its text |

The chapter that introduced NetScore shows its 60 networks in figures and prints no table. The
set is therefore partly ours, and no figure below was read in the chapter.
[How the 60 were determined](the-60.md) says more. `netscore table` prints the same networks,
`netscore show NAME` what is known about one.

## The 60 networks, ranked
"""

_OF_WEIGHTS: Final = """\
# The weights of torchvision

<!-- Written by docs/write_pages.py from the data of the package: change the data, not this. -->

Version {version}: the {title}
in the order of their NetScore, with the default exponents. In Python
they are `load_networks("torchvision")`, and `--among torchvision` ranks among them.

Every figure is one that the metadata of the weights print ([torchvision2016][source]): accuracy of
one crop, parameters, and multiply-accumulates to three decimals of a billion. We counted each model
again, and the counts agree to the digits printed. The exception are the params of `inception_v3`,
which include a classifier that only training runs. The weights `vgg16 (IMAGENET1K_FEATURES)`
classify nothing, so that they have no accuracy, no score and no rank.

[source]: reference-table.md#torchvision2016

"""


def weights_of_torchvision() -> str:
    """Return the page of the weights of torchvision."""
    weights = load_networks("torchvision")
    header = [
        "rank",
        "model (weights)",
        "input",
        "top-1 %",
        "params",
        "MACs",
        "NetScore",
        "% / M params",
    ]
    rows = (
        [
            str(n.rank or ""),
            n.name.replace("_", "\\_"),
            str(n.input_px),
            f"{n.accuracy:.3f}" if n.rank else "",
            format_quantity(n.params),
            format_quantity(n.macs),
            f"{n.netscore:.2f}" if n.rank else "",
            f"{n.information_density:.2f}" if n.rank else "",
        ]
        for n in sorted(weights, key=lambda n: n.rank or len(weights))
    )
    introduction = _OF_WEIGHTS.format(version=data_version(), title=title(weights))
    return introduction + "\n".join([*_table(header, "rlrrrrrr", rows), ""])


def reference_table() -> str:
    """Return the page of the 60 networks, every figure with its source and grade."""
    networks = load_networks()
    ranked = sorted(networks, key=lambda network: network.rank)
    return "\n".join(
        [
            _INTRODUCTION.format(version=data_version()),
            *_table(
                ["rank", "network", "top-1 %", "params", "MACs", "NetScore", "% / M params"],
                "rlrrrrr",
                (
                    [
                        str(network.rank),
                        f"[{network.name}](#{slug(network.name)})",
                        _cited(f"{network.accuracy:.2f}", network, "accuracy"),
                        _cited(format_quantity(network.params), network, "params"),
                        _cited(format_quantity(network.macs), network, "macs"),
                        f"{network.netscore:.2f}",
                        f"{network.information_density:.2f}",
                    ]
                    for network in ranked
                ),
            ),
            "\n## Each network\n",
            *(line for network in networks for line in _entry(network)),
            "## The sources\n",
            *(line for source in load_sources().values() for line in _source(source)),
        ]
    )


def _table(header: list[str], align: str, rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'|'.join('---:' if side == 'r' else '---' for side in align)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _cited(figure: str, network: Network, measurement: str) -> str:
    grade = getattr(network, f"{measurement}_grade")
    return f"[{figure}](#{getattr(network, f'{measurement}_source')}) {grade[0]}"


def slug(heading: str) -> str:
    """Return the anchor of a heading, as the site and the hosts of repositories make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _entry(network: Network) -> Iterator[str]:
    counts = {"params": network.params_counted, "macs": network.macs_counted}
    figures = {
        "top-1 accuracy": ("accuracy", f"{network.accuracy:g} %"),
        "params": ("params", f"{network.params:,}"),
        "MACs": ("macs", f"{network.macs:,}"),
    }
    yield f"### {network.name}\n"
    yield f"{network.family}, {network.year}, input {network.input_px} x {network.input_px} pixels."
    yield f"Its own paper is [{network.paper}](#{network.paper})."
    yield f"Among the 60: {network.membership}."
    if network.note:
        yield _text(network.note)
    yield ""
    yield from _table(
        ["figure", "value", "grade", "source", "our count"],
        "lrllr",
        (
            [
                name,
                value,
                getattr(network, f"{key}_grade"),
                f"[{(source := getattr(network, f'{key}_source'))}](#{source})",
                "" if counts.get(key) is None else f"{counts[key]:,}",
            ]
            for name, (key, value) in figures.items()
        ),
    )
    yield ""
    if network.counted_from:
        yield f"Counted from: {_text(network.counted_from)}\n"


def _source(source: Source) -> Iterator[str]:
    yield f"### {source.key}\n"
    yield f"{_text(citation(source))}\n"
    if places := locators(source):
        yield f"{'; '.join(f'[{place}]({address})' for place, address in places.items())}\n"
    if source.where:
        yield f"Read there: {_text(source.where)}\n"


def _text(text: str) -> str:
    """Return text with the characters escaped that Markdown would take for its own."""
    return re.sub(r"([\\`*_<>\[\]@])", r"\\\1", text)


# The modules of each page of the API, and what they have beside the public names.
GROUPS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "scores": {
        "formula": (),
        "metrics": ("NETSCORE", "NS_E", "NS_M", "NS_SHARP", "mnasnet_reward", "parse_signature"),
        "diagnosis": ("Diagnosis", "Convention"),
        "checks": (),
    },
    "standing": {
        "order": (),
        "pareto": (),
        "comparison": ("Comparison", "NextPlace"),
        "intervals": (),
        "smaa": ("Sensitivity",),
    },
    "tables": {"tables": ("RankedTable",)},
    "networks": {"networks": ("Networks", "Source", "load_sources", "data_version")},
    "counting": {"counting": ("Count", "CountWarning", "macs_from_flops")},
    "plots": {"plots": ("bars", "tradeoff", "sensitivity", "figure_size")},
}


def _names_of(group: str) -> list[tuple[str, str]]:
    """Return module and name of what a page of the API holds."""
    names = []
    for module, further in GROUPS[group].items():
        names += [
            ("netscore", name)
            for name in netscore.__all__
            if getattr(getattr(netscore, name), "__module__", None) == f"netscore.{module}"
        ]
        names += [(f"netscore.{module}", name) for name in further]
    return names


def _rows_of(group: str) -> Iterator[str]:
    """Yield a table of names, each with the first line of its docstring."""
    yield from ("| name | |", "|---|---|")
    for module, name in _names_of(group):
        value = getattr(importlib.import_module(module), name)
        kind = _entry_of(module, name).split("auto")[1].split("::")[0].replace("function", "func")
        role = {"exception": "exc"}.get(kind, kind)
        named = isinstance(value, type) or inspect.isroutine(inspect.unwrap(value))
        said = inspect.getdoc(value) if named else f"`{value!r}`"
        first = (said or "").partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        yield f"| {{py:{role}}}`~{module}.{name}` | {first} |"


def api_page() -> str:
    """Return all names, group by group, each with what it is and a link to its specification."""
    lines = []
    for group in GROUPS:
        title = _title(PAGE.with_name(f"api-{group}.md"))
        lines += [f"## [{title}](api-{group}.md)\n", *_rows_of(group), ""]
    return "\n".join(lines)


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def api_group(group: str) -> str:
    """Return the rows and the entries of a group."""
    entries = [_entry_of(module, name) for module, name in _names_of(group)]
    return "\n".join([*_rows_of(group), "", "```{eval-rst}", *entries, "```"])


def _entry_of(module: str, name: str) -> str:
    value = getattr(importlib.import_module(module), name)
    if inspect.isroutine(inspect.unwrap(value)):
        return f".. autofunction:: {module}.{name}\n"
    if not isinstance(value, type):
        return f".. autodata:: {module}.{name}\n"
    if issubclass(value, Warning):
        return f".. autoexception:: {module}.{name}\n"
    return f".. autoclass:: {module}.{name}()\n   :members:\n"


def picture() -> str:
    """Return accuracy against MACs of the 60 as an SVG that takes its colours from the page."""
    networks = load_networks()
    front = pareto_front(networks.accuracy, networks.params, networks.macs).tolist()
    named = {"MobileNetV2", "ResNet-50", "VGG-16", "AlexNet"}
    least, most = log10(1.6e8), log10(4.6e10)

    def x(network: Network) -> float:
        return 40 + 650 * (log10(network.macs) - least) / (most - least)

    def y(network: Network) -> float:
        return 330 - 300 * (network.accuracy - 55) / 30

    lines = [
        '<a class="picture" href="explorer/index.html">',
        '<svg viewBox="0 0 720 370" role="img" aria-label="Accuracy against MACs of 60 ImageNet '
        'networks. Open the explorer.">',
        '<path d="M40 20V340H710" fill="none" stroke="currentColor" opacity=".5"/>',
        '<text x="48" y="28">top-1 accuracy, %</text>',
        '<text x="706" y="360" text-anchor="end">MACs, logarithmic</text>',
    ]
    for network, best in zip(networks, front, strict=True):
        radius = max(3.0, 1.6 * sqrt(network.params / 1e6))
        lines.append(
            f'<circle class="{"front" if best else "other"}" cx="{x(network):.0f}" '
            f'cy="{y(network):.0f}" r="{radius:.1f}"/>'
        )
    for network in networks:
        if network.name in named:
            at = f'x="{x(network):.0f}" y="{y(network):.0f}"'
            lines.append(f'<text {at} dx="-10" dy="24">{network.name}</text>')
    return "\n".join([*lines, "</svg>", "</a>"])


def command_line_page() -> str:
    """Return the commands and their options, as their parsers say them."""
    from netscore.cli import _parser

    os.environ["COLUMNS"] = "80"
    parser = _parser()
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    lines = [*_help("netscore", parser)]
    for name, command in commands.choices.items():
        lines += _help(f"netscore {name}", command)
    return "\n".join(lines)


def _help(title: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"```text\n{parser.format_help().rstrip()}\n```\n"


def no_longer_true() -> list[str]:
    """Return the laws of the data and the examples that fail, each with its reason."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            *_SAYINGS,
        ],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTEST_ADDOPTS": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    failed = re.findall(r"^(?:FAILED|ERROR) (.+)$", done.stdout, re.MULTILINE)
    if done.returncode and not failed:
        raise RuntimeError(f"pytest could not run:\n{done.stdout}{done.stderr}")
    return [re.sub(r"::line:(\d+),column:\d+", r", line \1", name) for name in failed]


def main() -> int:
    """Write the pages, or say what in the repository does not agree with the data."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if any")
    pages = {PAGE: reference_table, WEIGHTS: weights_of_torchvision}
    if not parser.parse_args().check:
        for page, written in pages.items():
            page.write_text(written(), encoding="utf-8", newline="\n")
        return 0
    found = [f"no longer true: {name}" for name in no_longer_true()]
    try:
        for page, written in pages.items():
            if page.read_text(encoding="utf-8") != written():
                name = page.relative_to(ROOT).as_posix()
                found.append(f"out of date: {name}; write it with  python docs/write_pages.py")
    except (TypeError, ValueError) as error:
        found.append(f"cannot be read: {error}")
    print("\n".join(found) or "everything agrees with the data")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
