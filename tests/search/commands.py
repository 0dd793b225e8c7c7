"""Command lines of every kind: a result, or one sentence and a code of 1 or 2."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Any

from netscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

COMMANDS = ["table", "show", "score", "compare", "rank", "count", "diagnose", "plot", "cite", ""]
WORDS = [
    *("72.0", "3.4M", "300M", "0.72", "-1", "1e999", "nan", "0", "1e-400", "٣", "3,4M", "-1.5e1"),
    *("MobileNetV2", "nothing", "", " ", "\x1b[31m", "a" * 5000, "--", "-", "/dev/null", "/", "."),
    *("--alpha", "--beta", "--gamma", "--format", "--top", "--pareto", "--output", "--params"),
    *("--among", "--accuracy", "--macs", "--family", "--signature", "--help", "--decimal", "--all"),
    *("csv", "json", "markdown", "html", "latex", "2", "0.5", "1T", "10**9", "torchvision"),
    *("chapter", "tradeoff", "examples/models.csv", "--version", "--images", "--min-accuracy"),
]


def attack(random: Random) -> Iterator[None]:
    """Put words together that may or may not belong to each other."""
    warnings.simplefilter("ignore")
    while True:
        line = [random.choice(COMMANDS), *random.choices(WORDS, k=random.randint(0, 7))]
        if "--output" in line[:-1]:  # no file is to be left
            line[line.index("--output") + 1] = "/nowhere/ranked.csv"
        out, said = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            try:
                code: Any = main(line)
            except SystemExit as error:
                code = error.code
        assert code in (0, 1, 2, None), (line, code)
        text = out.getvalue() + said.getvalue()
        assert "Traceback" not in text, line
        assert "report" not in said.getvalue().splitlines()[-1:], line
        assert "\x1b" not in text, line
        assert code == 0 or code is None or said.getvalue().strip(), line
        yield
