"""Run every example of the Markdown pages: Python as doctests, console blocks as commands.

And make what Hypothesis draws the same in every run, however long an example takes.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

try:
    from sybil import Sybil
    from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
except ImportError:  # the oldest supported libraries are tested without the pages
    Sybil = None  # type: ignore[assignment,misc]

try:
    from hypothesis import settings
except ImportError:  # the installed wheel is tested without it
    pass
else:
    settings.register_profile("same", derandomize=True, deadline=None, database=None)
    settings.load_profile("same")

if TYPE_CHECKING:
    from sybil import Example

ROOT = Path(__file__).parent
# It has no examples, and needs Python 3.11 or newer, as the site does.
collect_ignore = ["docs/conf.py"]

OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def run_commands(example: Example) -> str | None:
    """Run each `$ command` of a console block and compare what it prints with what follows it."""
    scripts = sysconfig.get_path("scripts")
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
    }
    for block in re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)[1:]:
        command, _, expected = block.partition("\n")
        result = subprocess.run(
            command,
            shell=True,
            check=False,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        printed = result.stdout.rstrip() + "\n"
        expected = expected.rstrip() + "\n"
        if not doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS):
            return f"{command}\nexpected:\n{expected}\nprinted:\n{printed}"
    return None


if Sybil is not None:
    pytest_collect_file = Sybil(
        parsers=[
            PythonCodeBlockParser(doctest_optionflags=OPTIONS),
            CodeBlockParser(language="console", evaluator=run_commands),
            SkipParser(),
        ],
        patterns=["README.md", "docs/*.md", "docs/**/*.md", "CONTRIBUTING.md"],
        path=str(ROOT),
    ).pytest()
