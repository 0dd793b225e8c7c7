"""The public names: frozen, lazy, complete, documented; also run against the installed wheel."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import inspect
import pkgutil
import re
import subprocess
import sys
from typing import Any

import pytest

import netscore

PUBLIC = [
    "Comparison",
    "Convention",
    "Cost",
    "Count",
    "CountWarning",
    "Diagnosis",
    "Network",
    "NextPlace",
    "Sensitivity",
    "Signature",
    "Source",
    "UnitWarning",
    "__version__",
    "compare",
    "count",
    "diagnose",
    "find_network",
    "information_density",
    "load_networks",
    "load_sources",
    "macs_from_flops",
    "mnasnet_reward",
    "mnasnet_reward_signature",
    "netscore",
    "netscore_interval",
    "ns_e",
    "ns_e_signature",
    "ns_m",
    "ns_m_signature",
    "ns_sharp",
    "ns_sharp_signature",
    "pareto_front",
    "parse_signature",
    "plot_bars",
    "plot_sensitivity",
    "plot_tradeoff",
    "rank",
    "sensitivity",
    "signature",
    "solve",
    "top",
    "weighted_score",
    "weighted_score_signature",
]
FUNCTIONS = [name for name in PUBLIC if name.islower() and not name.startswith("__")]
ROOMS = [room.name for room in pkgutil.iter_modules(netscore.__path__)]


def run(code: str) -> str:
    """Run code in a fresh interpreter with warnings as errors and return what it prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_public_names_are_frozen() -> None:
    assert netscore.__all__ == PUBLIC


def test_every_public_name_resolves_and_says_where_it_is_from() -> None:
    for name in set(PUBLIC) - {"__version__"}:
        value = getattr(netscore, name)
        assert value.__name__ == name
        assert value.__module__.startswith("netscore.")


def test_star_import_gives_exactly_the_public_names() -> None:
    names: dict[str, Any] = {}
    exec("from netscore import *", names)
    assert sorted(set(names) - {"__builtins__"}) == PUBLIC


def test_dir_lists_names_before_they_are_loaded() -> None:
    code = "import netscore; print(set(netscore.__all__) <= set(dir(netscore)))"
    assert run(code) == "True\n"


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match=r"^module 'netscore' has no attribute 'netscores'$"):
        netscore.netscores  # type: ignore[attr-defined]  # noqa: B018


def test_rooms_are_attributes() -> None:
    assert run("import netscore; print(netscore.formula.__name__)") == "netscore.formula\n"
    assert netscore.__getattr__("formula") is importlib.import_module("netscore.formula")


def test_no_room_hides_a_public_name() -> None:
    # `import netscore.rank` would put the module where the function stands.
    assert not set(ROOMS) & set(PUBLIC)


def test_import_loads_no_numpy_and_no_data() -> None:
    code = "import sys, netscore; print({'numpy', 'typing', 'csv', 'json'} & set(sys.modules))"
    bare = "import sys; print({'numpy', 'typing', 'csv', 'json'} & set(sys.modules))"
    assert run(code) == run(bare)


def test_import_order_does_not_matter() -> None:
    code = (
        f"import {', '.join(f'netscore.{room}' for room in ROOMS if room != '__main__')}\n"
        "from netscore import *\n"
        f"print(all(callable(f) for f in [{', '.join(FUNCTIONS)}]))"
    )
    assert run(code) == "True\n"


def test_optional_libraries_are_not_imported() -> None:
    code = (
        "import sys\nfrom netscore import *\n"
        "netscore([72.0], [3.4e6], [300e6]), rank([1.0]), load_networks()\n"
        "print({'pandas', 'polars', 'matplotlib', 'torch', 'pyarrow'} & set(sys.modules))"
    )
    assert run(code) == "set()\n"


def test_version_comes_from_one_place() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", netscore.__version__)
    assert importlib.metadata.version("netscore") == netscore.__version__


def test_package_is_marked_as_typed() -> None:
    assert importlib.resources.files("netscore").joinpath("py.typed").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstrings_are_specifications(name: str) -> None:
    function = getattr(netscore, name)
    text = inspect.getdoc(function)
    assert text is not None
    for section in ("Returns", "Examples"):
        assert re.search(rf"^{section}\n-+$", text, re.MULTILINE), section
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"^(.*\b)?{parameter}\b.* : ", text, re.MULTILINE), parameter
    (found,) = doctest.DocTestFinder(recurse=False).find(function, name)
    assert found.examples


@pytest.mark.parametrize("name", FUNCTIONS)
def test_options_are_keyword_only(name: str) -> None:
    for parameter in inspect.signature(getattr(netscore, name)).parameters.values():
        if parameter.default is not inspect.Parameter.empty:
            # Data come first: the networks of a picture default to the 60.
            keyword_only = parameter.kind is inspect.Parameter.KEYWORD_ONLY
            assert keyword_only or (name.startswith("plot_") and parameter.name == "networks")


def test_the_signature_of_netscore() -> None:
    signature = inspect.signature(netscore.netscore).replace(
        parameters=[
            p.replace(annotation=inspect.Parameter.empty)
            for p in inspect.signature(netscore.netscore).parameters.values()
        ],
        return_annotation=inspect.Signature.empty,
    )
    assert str(signature) == (
        "(accuracy, params, macs, *, alpha=2.0, beta=0.5, gamma=0.5, out=None, workers=1)"
    )


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"__main__"}))
def test_every_room_says_what_it_holds(room: str) -> None:
    module = importlib.import_module(f"netscore.{room}")
    assert module.__doc__
    assert len(module.__doc__.splitlines()[0]) <= 100
