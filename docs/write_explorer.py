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

from netscore import load_networks, netscore, pareto_front
from netscore.checks import EXPONENTS, FIGURES, only_numbers
from netscore.citations import citation, locators
from netscore.networks import data_version, load_sources
from netscore.quantities import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from netscore import Network
    from netscore.checks import Rule

FOLDER: Final = Path(__file__).with_name("explorer")
_MEASUREMENTS: Final = tuple(rule.name for rule in FIGURES)
_DEFAULTS: Final = {
    rule.name: float(inspect.signature(netscore).parameters[rule.name].default)
    for rule in EXPONENTS
}


def write_explorer(folder: Path) -> None:
    """Write the explorer into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("explorer.css", "explorer.js"):
        shutil.copyfile(FOLDER / name, folder / name)
    data = json.dumps(explorer_data(), ensure_ascii=False).replace("<", "\\u003c")
    page = (FOLDER / "index.html").read_text(encoding="utf-8").replace("{{data}}", data)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


def explorer_data() -> dict[str, Any]:
    """Return what the page knows: the networks, their sources, and the library's rules."""
    networks = load_networks()
    figures = [[getattr(network, name) for network in networks] for name in _MEASUREMENTS]
    front = pareto_front(*figures).tolist()
    return {
        "version": data_version(),
        "defaults": _DEFAULTS,
        "networks": [
            _network(network, on_front) for network, on_front in zip(networks, front, strict=True)
        ],
        "sources": {
            key: {
                "citation": citation(source),
                "where": source.where,
                "locators": list(locators(source).items()),
            }
            for key, source in load_sources().items()
        },
        "rules": {rule.name: _rule(rule) for rule in FIGURES + EXPONENTS},
        "quantity": _sentence(lambda mark: parse_quantity(mark)),
    }


def _network(network: Network, on_front: bool) -> dict[str, Any]:
    return {
        "name": network.name,
        "anchor": slug(network.name),
        "family": network.family,
        "year": network.year,
        "input": network.input_px,
        "membership": network.membership,
        "note": network.note,
        "front": on_front,
        "figures": {
            name: {
                "value": getattr(network, name),
                "source": getattr(network, f"{name}_source"),
                "grade": getattr(network, f"{name}_grade"),
                "counted": getattr(network, f"{name}_counted", None),
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
