"""What the tests of the command line share: runs of it, a table of a user's, the definition."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from math import log10
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from netscore import load_networks
from netscore.cli import main

MODELS = """\
model,top1,params,macs,comment
ResNet-50,75.3,25.6M,3.8G,=1+1
MobileNetV2,72.0,3.4M,300M,"a, b"
"""


class Terminal(io.StringIO):
    """A text stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class Result(NamedTuple):
    """What one run of the command line returned and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = json.loads(self.out)
        return records

    @property
    def fields(self) -> dict[str, str]:
        """What is printed for people, by its names."""
        fields: dict[str, str] = {}
        for line in self.out.splitlines():
            if line.startswith(" "):
                fields[next(reversed(fields))] += " " + line.strip()
            elif "  " in line:
                name, _, value = line.partition("  ")
                fields[name] = value.strip()
        return fields


Runner = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    """The command line in this process."""

    def run(*arguments: str) -> Result:
        capsys.readouterr()
        code = main(arguments)
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models.csv"
    path.write_text(MODELS)
    return path


def omega(
    accuracy: float,
    params: float,
    macs: float,
    alpha: float = 2,
    beta: float = 0.5,
    gamma: float = 0.5,
) -> float:
    """NetScore from its definition."""
    return 20 * log10(accuracy**alpha / ((params / 1e6) ** beta * (macs / 1e9) ** gamma))


def ranks_by_hand() -> dict[str, int]:
    scores = {n.name: omega(n.accuracy, n.params, n.macs) for n in load_networks()}
    return {name: 1 + sum(s > score for s in scores.values()) for name, score in scores.items()}
