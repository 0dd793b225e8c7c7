"""Change the package in one place at a time, and say which changes its tests do not notice.

    python -m tests.search.mutants FILE [FILE ...] [--tests PATH ...] [--seconds 600]
        [--each 30] [--seed SEED] [--jobs 2] [--only N [N ...]]

``FILE`` is a file of the package, as in ``netscore/pareto.py``. The tests are run once as they
are, to learn which of them reach which line; then a change is tried with those that reach it, in
one process, the quickest first, for so many seconds each. What only another process would run
does not see the change.
Do not run it as root: a change of output.py can put a file in the place of /dev/full.

None of the attacks that run by themselves, because a change that survives need be no fault: it may
cost time only, or stay within the rounding that is promised. Whoever runs it tells them apart.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from functools import partial
from importlib import import_module
from importlib.machinery import SourceFileLoader
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random, SystemRandom
from types import CodeType
from typing import TYPE_CHECKING, Any, TypeVar

import coverage
import pytest

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PAIRS: list[tuple[type[ast.AST], type[ast.AST]]] = [
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.Is, ast.IsNot)),
    *((ast.In, ast.NotIn), (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div)),
    *((ast.FloorDiv, ast.Mod), (ast.BitAnd, ast.BitOr), (ast.USub, ast.UAdd)),
]
SWAPS = dict(PAIRS) | {second: first for first, second in PAIRS}
# What is not looked into: names, types and the words of messages.
SILENT = (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Raise, ast.Assert, ast.arg)


def changes(node: ast.AST) -> Iterator[tuple[ast.AST, Callable[[], object]]]:
    """Yield every small change of what is below a node: where it is, and what makes it."""
    for field, value in ast.iter_fields(node):
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            quiet = field in ("annotation", "returns") or for_types or text
            if not isinstance(child, ast.AST) or isinstance(child, SILENT) or quiet:
                continue
            make: ast.AST | None = None
            if type(child) in SWAPS:
                make = SWAPS[type(child)]()
            elif isinstance(child, ast.Constant) and isinstance(child.value, (int, float)):
                old = child.value
                new = not old if isinstance(old, bool) else old + 1 if old < 2 else old * 2
                make = ast.Constant(new)
            elif field == "test":
                make = ast.UnaryOp(ast.Not(), child)  # type: ignore[arg-type]  # an expression
            elif isinstance(child, ast.Expr):
                make = ast.Pass()
            if isinstance(child, ast.keyword) and child.arg:
                yield node, partial(value.remove, child)
            elif make is not None and isinstance(value, list):
                yield node, partial(value.__setitem__, place, make)
            elif make is not None:
                yield node, partial(setattr, node, field, make)
            yield from changes(child)


def around(tree: ast.Module, line: int) -> range | None:
    """Return the lines whose tests notice a change there: of its statement, or None for all."""
    inside = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or line)
    ]
    functions = [node for node in inside if isinstance(node, ast.FunctionDef)]
    kept = any("cache" in ast.unparse(word) for node in functions for word in node.decorator_list)
    if not functions or kept:  # what runs once may be read by any test
        return None
    statement = inside[-1]
    end = statement.end_lineno or line
    if not isinstance(statement, ast.FunctionDef):
        end = min([end, *(part.lineno - 1 for part in getattr(statement, "body", ()))])
    return range(statement.lineno, max(end, statement.lineno) + 1)


def mutant(path: Path, number: int) -> tuple[str, CodeType, range | None]:
    """Return what the change of that number is, what the code is then, and the lines it is in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node, change = [*changes(tree)][number]
    line = next((n.lineno for n in ast.walk(node) if hasattr(n, "lineno")), 0)
    lines = around(tree, line)
    before = ast.unparse(node).splitlines()
    change()
    after = ast.unparse(ast.fix_missing_locations(node)).splitlines()
    old, new = next((pair for pair in zip(before, after) if pair[0] != pair[1]), ("", ""))
    text = f"{number} {path}:{line}: {old.strip()}  ->  {new.strip()}"
    return text, compile(ast.fix_missing_locations(tree), str(path.absolute()), "exec"), lines


class Timer:
    """How long each test takes, as pytest reports it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


class Chosen:
    """The tests that are run of those that pytest finds, the quickest first."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if item.nodeid in self.seconds]
        items[:] = sorted(chosen, key=lambda item: self.seconds[item.nodeid])


def start(run: Callable[[], int]) -> BaseProcess:
    """Start a process that says nothing and ends as the function does."""

    def quiet() -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        os._exit(run())

    process = get_context("fork").Process(target=quiet)
    process.start()
    return process


def run_with(
    path: Path, code: CodeType, folder: str, files: Sequence[str], seconds: dict[str, float]
) -> int:
    """Run those tests of files with that code in the place of the module's."""
    own = SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> Any:
        same = Path(loader.path).absolute() == path.absolute()
        return code if same else own(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={folder}/tests"]
    return pytest.main([*options, *files], plugins=[Chosen(seconds)])


def file_of(name: str) -> str:
    """Return the file of a test, as it is named to pytest."""
    # A module of the package that is named by itself is read past the loader.
    return "netscore" if name.startswith("netscore/") else name.partition("::")[0]


def noticed(path: Path, code: CodeType, before: Counter[str], seconds: dict[str, float]) -> bool:
    """Say whether one of these tests fails, first those of the file that noticed most before."""
    files = Counter(map(file_of, seconds))
    ordered = sorted(files, key=lambda file: (-before[file], -files[file]))
    for some in filter(None, (ordered[:1], ordered[1:])):
        chosen = {name: seconds[name] for name in seconds if file_of(name) in some}
        with tempfile.TemporaryDirectory() as folder:
            process = start(partial(run_with, path, code, folder, some, chosen))
            # A change that makes it endless is noticed, too.
            process.join(timeout=20 + 3 * sum(chosen.values()))
            process.kill()
            process.join()
        if process.exitcode:
            before[ordered[0]] += 1 if some == ordered[:1] else -1
            return True
    return False


def quickest(seconds: dict[str, float], limit: float) -> dict[str, float]:
    """Return those of the tests that together take no longer than the limit, at least one."""
    chosen: dict[str, float] = {}
    for name in sorted(seconds, key=lambda name: seconds[name]):
        limit -= seconds[name]
        if chosen and limit < 0:
            break
        chosen[name] = seconds[name]
    return chosen


def share(do: Callable[[T], bool], items: Sequence[T], jobs: int, seconds: float) -> list[int]:
    """Do it for each, several at once, for so long; count those done and those where it is true."""
    context, until = get_context("fork"), time.monotonic() + seconds
    counts: Any = context.Array("i", 2)

    def work() -> None:
        while time.monotonic() < until:
            with counts.get_lock():
                place = counts[0]
                counts[0] += place < len(items)
            if place == len(items):
                break
            found = do(items[place])
            with counts.get_lock():
                counts[1] += found

    workers = [context.Process(target=work) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [*counts]


def reach(
    files: list[Path], tests: list[str], jobs: int
) -> tuple[dict[Path, dict[int, set[str]]], dict[str, float]]:
    """Run the tests as they are: which of them reach each line, and how long each takes."""
    with tempfile.TemporaryDirectory() as folder:
        data, times = Path(folder, "coverage"), Path(folder, "seconds")

        def run() -> int:
            os.environ["COVERAGE_FILE"] = str(data)
            timer = Timer()
            quiet = ["--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
            code = pytest.main(["-q", "-p", "no:cacheprovider", *quiet, *tests], plugins=[timer])
            times.write_text(json.dumps(timer.seconds), encoding="utf-8")
            return code

        process = start(run)
        process.join()
        if process.exitcode:
            sys.exit("the tests must pass before anything is changed")
        lines = coverage.CoverageData(str(data))
        lines.read()
        seconds = json.loads(times.read_text(encoding="utf-8"))
        named = {name: sys.intern(name.rpartition("|")[0]) for name in lines.measured_contexts()}
        reached = {
            path: {
                line: {named[name] for name in names} & seconds.keys()
                for line, names in lines.contexts_by_lineno(str(path.absolute())).items()
            }
            for path in files
        }
        lines.close()
    seconds = {name: seconds[name] for name in {*named.values()} & seconds.keys()}
    code = compile(files[0].read_text(encoding="utf-8"), str(files[0].absolute()), "exec")
    of_files: dict[str, dict[str, float]] = defaultdict(dict)
    for name, some in seconds.items():
        of_files[file_of(name)][name] = some
    unchanged = partial(noticed, files[0], code, Counter())
    if share(unchanged, [*of_files.values()], jobs, 1e9)[1]:
        sys.exit("the tests must pass in the order in which they are run for a change, too")
    return reached, seconds


def main() -> None:
    """Try changes in an order drawn by lot until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.search.mutants", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--tests", nargs="+", default=["netscore", "tests"], metavar="PATH")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--each", type=float, default=float("inf"), help="seconds of tests of each")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", type=int, nargs="+", metavar="N", help="changes of these numbers")
    given = parser.parse_args()
    # What the tests import, once for all changes.
    for library in ("numpy", "pandas", "matplotlib.pyplot"):
        import_module(library)
    reached, seconds = reach(given.files, given.tests, given.jobs)
    before: dict[Path, Counter[str]] = defaultdict(Counter)

    def survives(item: tuple[Path, int]) -> bool:
        path, number = item
        said, code, lines = mutant(path, number)
        names = {name for line in lines or () for name in reached[path].get(line, ())}
        names = names or {name for some in reached[path].values() for name in some}
        chosen = quickest({name: seconds[name] for name in names}, given.each)
        if noticed(path, code, before[path], chosen):
            return False
        print(f"{said}  [{len(chosen)} of {len(names)} tests]", flush=True)
        return True

    wanted = [
        (path, number)
        for path in given.files
        for number in range(len([*changes(ast.parse(path.read_text(encoding="utf-8")))]))
        if not given.only or number in given.only
    ]
    Random(given.seed).shuffle(wanted)
    tried, survived = share(survives, wanted, given.jobs, given.seconds)
    print(f"seed {given.seed}: {tried} of {len(wanted)} changes tried, {survived} not noticed")


if __name__ == "__main__":
    main()
