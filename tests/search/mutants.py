"""Change a module in one place at a time, and say which changes its tests do not notice.

    python -m tests.search.mutants FILE TESTS [TESTS ...] [--seconds 600] [--seed SEED]
        [--only N [N ...]]

``FILE`` is a file of the package, as in ``netscore/pareto.py``, and ``TESTS`` are files of tests.
None of the attacks that run by themselves, because a change that survives need be no fault: it may
cost time only, or stay within the rounding that is promised. Whoever runs it tells them apart.
"""

from __future__ import annotations

import argparse
import ast
import os
import time
from functools import partial
from importlib.machinery import SourceFileLoader
from multiprocessing import get_context
from pathlib import Path
from random import Random, SystemRandom
from types import CodeType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def mutant(path: Path, number: int) -> tuple[str, CodeType]:
    """Return where the change of that number is and what the code is then."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node, change = [*changes(tree)][number]
    before = ast.unparse(node).partition("\n")[0]
    change()
    after = ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0]
    line = next((n.lineno for n in ast.walk(node) if hasattr(n, "lineno")), 0)
    text = f"{number} {path}:{line}: {before}  ->  {after}"
    return text, compile(ast.fix_missing_locations(tree), str(path.absolute()), "exec")


def passes(path: Path, code: CodeType, files: list[str], limit: float = 600.0) -> bool:
    """Say whether the tests pass in so many seconds with that code in the place of the file's."""

    def run() -> None:
        own = SourceFileLoader.get_code

        def get_code(loader: Any, name: str) -> Any:
            same = Path(loader.path).absolute() == path.absolute()
            return code if same else own(loader, name)

        SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        os._exit(pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *files]))

    process = get_context("fork").Process(target=run)
    process.start()
    process.join(timeout=limit)  # a change that makes it endless is noticed, too
    process.kill()
    return process.exitcode == 0


def main() -> None:
    """Try changes in an order drawn by lot until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.search.mutants", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--only", type=int, nargs="+", metavar="N", help="changes of these numbers")
    given = parser.parse_args()
    start, text = time.monotonic(), given.file.read_text(encoding="utf-8")
    if not passes(given.file, compile(text, given.file.absolute(), "exec"), given.tests):
        parser.error("the tests must pass before anything is changed")
    limit = 30 + 5 * (time.monotonic() - start)
    count = len([*changes(ast.parse(text))])
    tried = survived = 0
    for number in given.only or Random(given.seed).sample(range(count), count):
        if time.monotonic() > start + given.seconds:
            break
        said, code = mutant(given.file, number)
        tried += 1
        if passes(given.file, code, given.tests, limit):
            survived += 1
            print(said, flush=True)
    print(f"seed {given.seed}: {tried} of {count} changes tried, {survived} not noticed")


if __name__ == "__main__":
    main()
