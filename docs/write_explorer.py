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
from netscore.checks import EXPONENTS, FIGURES, doubts, only_numbers
from netscore.citations import citation, cite_as_bibtex, cited_keys, locators
from netscore.networks import TABLES, data_version, load_sources, title
from netscore.quantities import OWN, parse_quantity
from netscore.tables import columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from netscore import Network
    from netscore.checks import Rule
    from netscore.quantities import Unit

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
        "tables": {name: _table(name) for name in TABLES},
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
        "balances": {"few": _balance(0.0), "many": _balance(-1.0)},
        "quantity": _sentence(lambda mark: parse_quantity(mark)),
        "usual": {kind: _usual_names(kind) for kind in _MEASUREMENTS},
        "names": columns._NAMES,
        "qualifiers": columns._QUALIFIERS.pattern,
        "missing": sorted(quantities.MISSING),
        "units": {
            kind: [_unit(unit) for unit in quantities._UNITS[kind][0]] for kind in _MEASUREMENTS
        },
    }


def _table(name: str) -> dict[str, Any]:
    """Return a reference table; what has no accuracy stands aside."""
    networks = load_networks(name)
    scored = [network for network in networks if network.rank]
    what = title(networks).removeprefix(str(len(networks)))
    return {
        "label": f"{len(scored)}{what}",
        "short": "the 60" if name == "chapter" else name,
        "networks": [_network(network, name) for network in scored],
        "without": [network.name for network in networks if not network.rank],
    }


def _usual_names(kind: str) -> dict[str, Any]:
    """Return the usual names of a column of figures, with the units that they state."""
    return {
        name: unit and _unit(unit) for name, unit in columns._usual_names(kind, OWN[kind]).items()
    }


def _unit(unit: Unit) -> dict[str, Any]:
    return {**unit._asdict(), "size": unit.size}


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


def _balance(kind: float) -> str:
    """Return the library's sentence about macs that are too few or too many for the params."""
    (sentence,) = doubts(FIGURES, [(50.0, 50.0), (1234.5, 1234.5), (5432.1, 5432.1)], {kind})
    return sentence.replace("1234.5", "{params}").replace("5432.1", "{macs}")


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
