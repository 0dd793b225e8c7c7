"""The house: levels without circles, the way of an array, what a call loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import netscore as package
from netscore import Cost, Metric

ROOT = Path(package.__file__).parent
LEVELS = (
    ("weighted", "checks", "quantities", "layout", "output"),
    ("arrays", "diagnosis", "counting"),
    ("formula", "metrics", "pareto", "citations"),
    ("order", "intervals", "smaa"),
    ("networks",),
    ("tables",),
    ("comparison", "plots"),
    ("cli",),
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
# What every room may read (the version) and what only starts the program.
GROUND, DOOR = "netscore", "__main__"


def modules() -> dict[str, ast.Module]:
    """Return the syntax of every module of the package by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = ("netscore", *path.relative_to(ROOT).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


MODULES = modules()


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node, without the blocks that only type checkers read."""
    for child in ast.iter_child_nodes(tree):
        if is_for_types(child):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                yield other
                yield from nodes(other)
        else:
            yield child
            yield from nodes(child)


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of the package that a module imports, at once or later."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("netscore"))
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative import"
            if (node.module or "").partition(".")[0] == "netscore":
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in MODULES else str(node.module)


GRAPH = {name: sorted(set(imports(tree)) - {name}) for name, tree in MODULES.items()}


def room(module: str) -> str:
    """Return the room of a module: the package's own name, or that of what lies in it."""
    return module.split(".")[1] if "." in module else GROUND


def test_every_room_has_a_level() -> None:
    assert {room(name) for name in MODULES} - {GROUND, DOOR} == set(LEVEL)


@pytest.mark.parametrize("module", sorted(set(GRAPH) - {GROUND, f"{GROUND}.{DOOR}"}))
def test_imports_run_downwards(module: str) -> None:
    above = {
        other
        for other in GRAPH[module]
        if room(other) != GROUND and LEVEL[room(other)] > LEVEL[room(module)]
    }
    assert above == set()


def circles(graph: dict[str, list[str]]) -> list[list[str]]:
    """Return the sets of nodes that reach each other, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            part = [stack.pop()]
            while part[-1] != node:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(sorted(part))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_there_are_no_circles() -> None:
    # The package itself imports nothing but by name, when a name is first used.
    assert GRAPH[GROUND] == []
    assert circles(GRAPH) == []
    rooms = {room(name): sorted({room(o) for o in others}) for name, others in GRAPH.items()}
    for name in LEVEL:
        rooms[name] = sorted(
            {room(o) for n, others in GRAPH.items() if room(n) == name for o in others} - {name}
        )
    assert circles(rooms) == []


def test_circles_are_found() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["e"], "e": ["d"], "f": ["a"]}
    assert sorted(circles(graph)) == [["a", "b", "c"], ["d", "e"]]


def called(tree: ast.AST, names: set[str]) -> list[str]:
    """Return the calls of functions of these names, however they are reached."""
    calls = [node.func for node in nodes(tree) if isinstance(node, ast.Call)]
    texts = [ast.unparse(function) for function in calls]
    return [text for text in texts if text.rpartition(".")[2] in names]


@pytest.mark.parametrize("module", GRAPH)
def test_no_filter_of_warnings_is_edited(module: str) -> None:
    # What a program prints of warnings is its own affair; a library leaves the process alone.
    filters = {"catch_warnings", "simplefilter", "filterwarnings", "resetwarnings"}
    if module != "netscore.cli":
        assert called(MODULES[module], filters) == []


@pytest.mark.parametrize("module", GRAPH)
def test_no_place_of_a_warning_is_counted(module: str) -> None:
    keywords = {
        keyword.arg
        for node in nodes(MODULES[module])
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    }
    parameters = {node.arg for node in nodes(MODULES[module]) if isinstance(node, ast.arg)}
    assert "depth" not in keywords | parameters
    assert ("stacklevel" in keywords | parameters) == (module == "netscore.checks")
    assert len(called(MODULES[module], {"warn_explicit"})) == 0


def files_of(call: Callable[[], Any]) -> list[str]:
    """Return the files of the package through which a call passes, in their order."""
    call()  # what is made or imported once is made
    seen: dict[str, None] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.partition(".")[0] == "netscore":
            seen[name.removeprefix("netscore.")] = None

    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(None)
    return list(seen)


def figures(rows: int, *, odd: bool = False) -> list[Any]:
    accuracy = np.linspace(40.0, 80.0, rows)
    if odd:
        accuracy[7] = np.nan
    return [accuracy, np.geomspace(1e5, 1e9, rows), np.geomspace(1e7, 1e11, rows)]


OWN = Metric("own-score", [Cost("latency", "s", 0.5), Cost("memory", "MiB", 0.25)])
ARRAYS = ["formula", "arrays", "arrays.blocks"]


@pytest.mark.parametrize("rows", [60, 500_000])
def test_the_way_of_an_array(rows: int) -> None:
    own = figures(rows)
    assert files_of(lambda: package.netscore(*own)) == ARRAYS
    assert files_of(lambda: package.information_density(*own[:2])) == ARRAYS
    # Exponents that are numbers are looked at as numbers, and so are the costs of a metric.
    assert set(files_of(lambda: package.netscore(*own, alpha=1.5))) == {*ARRAYS, "checks"}
    assert set(files_of(lambda: OWN(*own))) == {"metrics", "checks", *ARRAYS[1:]}


def test_the_way_of_an_array_with_an_odd_row() -> None:
    own = figures(60, odd=True)
    assert set(files_of(lambda: package.netscore(*own))) <= {*ARRAYS, "checks", "weighted"}


def test_the_way_of_a_number() -> None:
    assert files_of(lambda: package.netscore(72.0, 3.4e6, 3e8)) == ["formula"]
    other = files_of(lambda: package.netscore(72.0, 3.4e6, 3e8, alpha=1.5))
    assert other == ["formula", "checks", "weighted"]


def loaded(code: str) -> set[str]:
    """Return the modules that code loads beside those of a bare interpreter."""
    bare = "import sys; print(*sys.modules)"
    run = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", text], check=True, capture_output=True, text=True
        ).stdout.split()
        for text in (bare, f"{code}; {bare}")
    ]
    return set(run[1]) - set(run[0])


def test_an_import_loads_nothing() -> None:
    assert loaded("import netscore") <= {"netscore", "types"}
    heavy = {"numpy", "typing", "csv", "json", "re", "dataclasses", "inspect"}
    assert not loaded("from netscore import netscore, UnitWarning") & heavy


def test_numbers_never_load_numpy() -> None:
    code = """
from netscore import Cost, Metric, information_density, netscore, netscore_interval, solve
from netscore.metrics import NS_E, mnasnet_reward, parse_signature, signature
netscore(72, 3.4e6, 3e8), netscore(0.0, 3.4e6, 3e8, alpha=1)
information_density(72.0, 3.4e6), NS_E(72.0, time=1.0, power=2.0)
own = Metric('own', [Cost('latency', 's', 0.5)])
own(72.0, 0.1), own.solve(70.0, accuracy=72.0), mnasnet_reward(72.0, 80.0, 75.0)
netscore_interval(72.0, 3.4e6, 3e8, n_images=50000), solve(70.0, accuracy=72.0, params=3e6)
parse_signature(signature(own)).metric(72.0, 0.1)
"""
    assert "numpy" not in loaded(f"exec({code!r})")


def test_arrays_load_no_library_of_others() -> None:
    others = {"pandas", "polars", "pyarrow", "xarray", "dask", "cupy", "jax", "torch"}
    code = "from netscore import *; netscore([72.0], [3.4e6], [300e6]); rank([1.0])"
    assert not loaded(f"exec({code!r})") & {*others, "matplotlib"}
