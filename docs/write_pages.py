"""Write the pages that are made from the package.

``python docs/write_pages.py`` writes the reference table, which is kept beside the other pages
so that it can be read without a build; with ``--check`` it writes nothing and exits with 1 if
the page is not up to date. The page of the command line is made when the site is built.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import netscore
from netscore.networks import data_version, load_networks, load_sources
from netscore.quantities import format_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netscore import Network, Source

PAGE: Final = Path(__file__).with_name("reference-table.md")

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


def reference_table() -> str:
    """Return the page of the 60 networks, every figure with its source and grade."""
    networks = load_networks()
    ranked = sorted(networks, key=lambda network: -network.netscore)
    scores = [network.netscore for network in networks]
    return "\n".join(
        [
            _INTRODUCTION.format(version=data_version()),
            *_table(
                ["rank", "network", "top-1 %", "params", "MACs", "NetScore", "% / M params"],
                "rlrrrrr",
                (
                    [
                        str(1 + sum(score > network.netscore for score in scores)),
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
    yield f"{_text(source.citation)}\n"
    if source.locator:
        yield f"{'; '.join(_link(part) for part in source.locator.split('; '))}\n"
    if source.where:
        yield f"Read there: {_text(source.where)}\n"


def _link(locator: str) -> str:
    address = locator_address(locator)
    return f"[{locator}]({address})" if address else locator


def locator_address(locator: str) -> str | None:
    """Return the address of a DOI, an arXiv number or a page; None for anything else."""
    scheme, _, rest = locator.partition(":")
    if scheme == "doi":
        return f"https://doi.org/{rest}"
    if scheme == "arXiv":
        return f"https://arxiv.org/abs/{rest}"
    return f"https://{locator}" if re.match(r"[a-z.]+\.com/", locator) else None


def _text(text: str) -> str:
    """Return text with the characters escaped that Markdown would take for its own."""
    return re.sub(r"([\\`*_<>\[\]@])", r"\\\1", text)


_HEADINGS: Final = {
    "The two scores": ("formula",),
    "The reference table": ("networks",),
    "Where a network stands": ("ranking", "selection", "pareto", "comparison"),
    "How far an answer can be trusted": ("robustness",),
    "How a score was made": ("signatures", "diagnosis"),
    "Other costs": ("variants",),
    "Params and MACs of a model": ("counting",),
    "Pictures": ("plotting",),
    "Warnings": ("checks",),
}


def api_page() -> str:
    """Return the entries of all public names, in groups by the room they live in."""
    rooms: dict[str, list[str]] = {}
    for name in netscore.__all__:
        if name != "__version__":
            room = getattr(netscore, name).__module__.removeprefix("netscore.")
            rooms.setdefault(room, []).append(name)
    lines = []
    for heading, held in _HEADINGS.items():
        names = [name for room in held for name in sorted(rooms.pop(room, []), key=_place)]
        if names:
            entries = map(_entry_of, names)
            lines += [f"## {heading}\n", "```{eval-rst}", *entries, "```\n"]
    if rooms:
        raise ValueError(f"write_pages.py: no heading holds the rooms {', '.join(rooms)}")
    return "\n".join(lines)


def _place(name: str) -> tuple[bool, int]:
    """Return what sorts functions before the records that they return, as they stand in a file."""
    value = getattr(netscore, name)
    return isinstance(value, type), inspect.getsourcelines(value)[1]


def _entry_of(name: str) -> str:
    value = getattr(netscore, name)
    if not isinstance(value, type):
        return f".. autofunction:: netscore.{name}\n"
    if issubclass(value, Warning):
        return f".. autoexception:: netscore.{name}\n"
    return f".. autoclass:: netscore.{name}()\n   :members:\n"


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


def main() -> int:
    """Write the page, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if stale")
    page = reference_table()
    if not parser.parse_args().check:
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    elif PAGE.read_text(encoding="utf-8") != page:
        print("docs/reference-table.md is not up to date: run  python docs/write_pages.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
