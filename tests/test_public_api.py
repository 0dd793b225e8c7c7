"""The public names: frozen, lazy, complete, documented; also run against the installed wheel."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.metadata
import importlib.resources
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import netscore

PUBLIC = [
    "Cost",
    "Metric",
    "Network",
    "UnitWarning",
    "__version__",
    "compare",
    "count",
    "diagnose",
    "find_network",
    "information_density",
    "load_networks",
    "netscore",
    "netscore_interval",
    "pareto_front",
    "rank",
    "rank_table",
    "sensitivity",
    "signature",
    "solve",
    "top",
]
# What is used by the name of its module, and documented with it.
WITH_THEIR_MODULES = {
    "metrics": ["NETSCORE", "NS_E", "NS_M", "NS_SHARP", "mnasnet_reward", "parse_signature"],
    "plots": ["bars", "figure_size", "sensitivity", "tradeoff"],
    "counting": ["Count", "CountWarning", "count", "macs_from_flops"],
}
FUNCTIONS = [name for name in PUBLIC if name.islower() and not name.startswith("__")]
ROOMS = [room.name for room in pkgutil.iter_modules(netscore.__path__) if room.name != "__main__"]
OLD_NAMES = [
    *("Comparison", "Convention", "Count", "CountWarning", "Diagnosis", "NextPlace"),
    *("Sensitivity", "Signature", "Source", "load_sources", "macs_from_flops"),
    *("mnasnet_reward", "mnasnet_reward_signature", "ns_e", "ns_e_signature", "ns_m"),
    *("ns_m_signature", "ns_sharp", "ns_sharp_signature", "parse_signature", "plot_bars"),
    *("plot_sensitivity", "plot_tradeoff", "rank_file", "weighted_score"),
    "weighted_score_signature",
]
OLD_MODULES = [
    *("blocks", "commands", "containers", "csv_ranking", "frame_ranking", "kernels", "plotting"),
    *("ranking", "robustness", "selection", "signatures", "variants"),
]


def run(code: str) -> str:
    """Run code in a fresh interpreter with warnings as errors and return what it prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_there_are_twenty_public_names() -> None:
    assert len(PUBLIC) == 20
    assert netscore.__all__ == PUBLIC
    assert dir(netscore) == PUBLIC
    # And for type checkers, which do not run the package.
    tree = ast.parse(Path(netscore.__file__).read_text(encoding="utf-8"))
    typed = [alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
             for alias in node.names if (node.module or "").startswith("netscore.")]  # fmt: skip
    assert sorted(alias.name for alias in typed) == sorted(set(PUBLIC) - {"__version__"})
    assert all(alias.name == alias.asname for alias in typed)


def test_every_public_name_resolves_and_says_where_it_is_from() -> None:
    for name in set(PUBLIC) - {"__version__"}:
        value = getattr(netscore, name)
        assert value.__name__ == name
        assert value is getattr(importlib.import_module(value.__module__), name)
        assert value.__module__.startswith("netscore.")


def test_star_import_gives_exactly_the_public_names() -> None:
    names: dict[str, Any] = {}
    exec("from netscore import *", names)
    assert sorted(set(names) - {"__builtins__"}) == PUBLIC


def test_dir_lists_the_names_and_nothing_else_before_and_after_they_are_loaded() -> None:
    code = "import netscore; a = dir(netscore); netscore.rank, netscore.plots; print(a)"
    assert run(f"{code}; assert a == dir(netscore)") == f"{PUBLIC}\n"


@pytest.mark.parametrize("module", WITH_THEIR_MODULES)
def test_modules_load_as_attributes(module: str) -> None:
    if module == "plots":
        pytest.importorskip("matplotlib", reason="Matplotlib is not installed here")
    assert run(f"import netscore; print(netscore.{module}.__name__)") == f"netscore.{module}\n"
    loaded = importlib.import_module(f"netscore.{module}")
    for name in WITH_THEIR_MODULES[module]:
        assert getattr(loaded, name).__doc__


@pytest.mark.parametrize("name", ["netscores", *OLD_NAMES])
def test_unknown_and_old_names_are_attribute_errors(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"^module 'netscore' has no attribute '{name}'$"):
        getattr(netscore, name)


@pytest.mark.parametrize("module", OLD_MODULES)
def test_old_modules_are_gone(module: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=rf"^No module named 'netscore.{module}'$"):
        importlib.import_module(f"netscore.{module}")
    with pytest.raises(AttributeError, match=rf"^module 'netscore' has no attribute '{module}'$"):
        getattr(netscore, module)


def test_calling_the_package_says_what_to_write() -> None:
    package: Any = netscore
    with pytest.raises(TypeError, match=r"write  from netscore import netscore$"):
        package(72.0, 3.4e6, 300e6)


def test_no_room_hides_a_public_name() -> None:
    # `import netscore.rank` would put the module where the function stands.
    assert not set(ROOMS) & set(PUBLIC)


def test_import_order_does_not_matter() -> None:
    rooms = [room for room in ROOMS if room != "plots"]  # it needs Matplotlib
    code = (
        f"import {', '.join(f'netscore.{room}' for room in rooms)}\n"
        "from netscore import *\n"
        f"print(all(callable(f) for f in [{', '.join(FUNCTIONS)}]))"
    )
    assert run(code) == "True\n"


def test_version_comes_from_one_place() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:\.dev0)?", netscore.__version__)
    assert importlib.metadata.version("netscore") == netscore.__version__


def test_package_is_marked_as_typed() -> None:
    assert importlib.resources.files("netscore").joinpath("py.typed").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstrings_are_specifications(name: str) -> None:
    function = getattr(netscore, name)
    text = inspect.getdoc(function) or ""
    summary, _, rest = text.partition("\n\n")
    assert summary.endswith(".")
    assert len(summary.splitlines()) == 1
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        needed = section != "Parameters" or inspect.signature(function).parameters
        assert not needed or re.search(rf"^{section}\n-+$", rest, re.MULTILINE), section
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"^(.*\b)?{parameter}\b.* : ", text, re.MULTILINE), parameter
    (found,) = doctest.DocTestFinder(recurse=False).find(function, name)
    assert found.examples


@pytest.mark.parametrize("name", ["Cost", "Metric", "Network", "UnitWarning"])
def test_classes_are_shown_at_work(name: str) -> None:
    (found, *_) = doctest.DocTestFinder(recurse=False).find(getattr(netscore, name), name)
    assert found.examples


@pytest.mark.parametrize("name", FUNCTIONS)
def test_options_are_keyword_only(name: str) -> None:
    for parameter in inspect.signature(getattr(netscore, name)).parameters.values():
        if parameter.default is not inspect.Parameter.empty:
            # What is signed, loaded or written may be left out, and stands first.
            first = {"metric", "table", "target"}
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY or parameter.name in first


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        (
            "netscore",
            "(accuracy, params, macs, *, alpha=2.0, beta=0.5, gamma=0.5, out=None, workers=1)",
        ),
        ("information_density", "(accuracy, params, *, out=None, workers=1)"),
    ],
)
def test_signatures(name: str, signature: str) -> None:
    parameters = inspect.signature(getattr(netscore, name)).parameters.values()
    plain = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
    assert str(inspect.Signature(plain)) == signature


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"plots"}))
def test_every_room_says_what_it_holds(room: str) -> None:
    module = importlib.import_module(f"netscore.{room}")
    assert module.__doc__
    assert len(module.__doc__.splitlines()[0]) <= 100
