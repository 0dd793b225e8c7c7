"""Write the explorer: its page, style and script, and the data of the package within the page.

``python docs/write_explorer.py FOLDER`` writes it alone; a build of the site puts it beside the
other pages. The sentences that answer what a visitor types are taken from the library here, with
a mark in place of the value, so that the page cannot say anything else than the library.
"""

from __future__ import annotations

import inspect
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from write_pages import slug

from netscore import load_networks, netscore, quantities, signature
from netscore.checks import EXPONENTS, FIGURES, only_numbers
from netscore.citations import citation, cite_as_bibtex, cited_keys, locators
from netscore.networks import data_version, load_sources
from netscore.quantities import parse_quantity
from netscore.tables import columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from netscore import Network
    from netscore.checks import Rule

FOLDER: Final = Path(__file__).with_name("explorer")
# In this order each uses only what stands before it, but for what is called later.
SCRIPTS: Final = ("formula", "numbers", "reading", "chart", "view")
_MEASUREMENTS: Final = tuple(rule.name for rule in FIGURES)
_DEFAULTS: Final = {
    rule.name: float(inspect.signature(netscore).parameters[rule.name].default)
    for rule in EXPONENTS
}


def write_explorer(folder: Path) -> None:
    """Write the explorer into a folder, made if it is not there.

    The scripts become one, in one scope: three files are asked for, and they work from a disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(FOLDER / "explorer.css", folder / "explorer.css")
    scripts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    script = '"use strict";\n{\n' + "\n".join(scripts) + "}\n"
    (folder / "explorer.js").write_text(script, encoding="utf-8", newline="\n")
    data = json.dumps(explorer_data(), ensure_ascii=False).replace("<", "\\u003c")
    page = (FOLDER / "index.html").read_text(encoding="utf-8").replace("{{data}}", data)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


def explorer_data() -> dict[str, Any]:
    """Return what the page knows: the networks, their sources, and the library's rules."""
    sources = load_sources()
    return {
        "version": data_version(),
        "defaults": _DEFAULTS,
        "signature": _signature(),
        "tables": {
            name: {
                "label": label,
                "short": short,
                "networks": [_network(network, name) for network in load_networks(name)],
            }
            for name, (label, short) in _TABLES.items()
        },
        "sources": {
            key: {
                "citation": citation(source),
                "where": source.where,
                "locators": list(locators(source).items()),
                "bibtex": cite_as_bibtex(source),
            }
            for key, source in sources.items()
        },
        "cited": cited_keys([]),
        "rules": {rule.name: _rule(rule) for rule in FIGURES + EXPONENTS},
        "quantity": _sentence(lambda mark: parse_quantity(mark)),
        "usual": {kind: _usual_names(kind) for kind in _MEASUREMENTS},
        "names": columns._NAMES,
        "missing": _MISSING,
        "units": {
            kind: [unit._asdict() for unit in quantities._UNITS[kind][0] if unit.name]
            for kind in ("params", "macs")
        },
    }


# How the page calls the tables: in its title, and where one is chosen.
_TABLES: Final = {"chapter": ("60 networks", "the 60")}
# What stands in a cell where a figure is missing.
_MISSING: Final = [
    "",
    "-",
    "--",
    "---",
    "\u2013",
    "\u2014",
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "?",
]


def _usual_names(kind: str) -> dict[str, Any]:
    """Return the usual names of a column of figures, with the units that they state."""
    return {name: unit and unit._asdict() for name, unit in columns._usual_names(kind).items()}


def _signature() -> str:
    """Return a signature with marks in place of the exponents."""
    marks = {2.5: "alpha", 3.5: "beta", 4.5: "gamma"}
    text = signature(**{name: value for value, name in marks.items()})
    for value, name in marks.items():
        text = text.replace(f":{value}|", f":{{{name}}}|")
    return text


def _network(network: Network, table: str) -> dict[str, Any]:
    anchor = slug(network.name)
    return {
        "name": network.name,
        "anchor": anchor if table == "chapter" else f"{table}-{anchor}",
        "entry": table == "chapter",
        "family": network.family,
        "year": network.year,
        "input": network.input_px,
        "membership": network.membership,
        "note": network.note,
        "figures": {
            name: {
                "value": getattr(network, name),
                "source": getattr(network, f"{name}_source"),
                "grade": getattr(network, f"{name}_grade"),
            }
            for name in _MEASUREMENTS
        },
    }


_MARK: Final = "{value}"


def _rule(rule: Rule) -> dict[str, Any]:
    """Return the limits of a rule and the library's sentences about it."""
    wrong = -17.25
    doubt = rule.doubt(0.5, 0.5)
    return {
        "lower": rule.low,
        "lowerAllowed": bool(rule.allows(rule.low)),
        "upper": rule.high if rule.high < float("inf") else None,
        "orZero": rule.or_zero,
        "looksWrongUpTo": rule.doubtful,
        "refusal": _sentence(lambda _: only_numbers("netscore", [rule], [wrong]), str(wrong)),
        "noNumber": _sentence(lambda mark: only_numbers("netscore", [rule], [mark])),
        "doubt": doubt and doubt.replace("0.5", _MARK),
    }


def _sentence(call: Callable[[str], object], value: str = repr(_MARK)) -> str:
    """Return the sentence with which a call refuses a value, a mark in the value's place."""
    try:
        call(_MARK)
    except (TypeError, ValueError) as error:
        sentence = str(error).removeprefix("netscore: ")
        if sentence.count(value) != 1:
            raise RuntimeError(f"the value stands not once in {sentence!r}") from None
        return sentence.replace(value, _MARK)
    raise RuntimeError("nothing was refused")


if __name__ == "__main__":
    write_explorer(Path(sys.argv[1]))
