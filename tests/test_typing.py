"""What type checkers see: numbers give float, arrays arrays, Series Series."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from typing_extensions import assert_type

from netscore import Network, find_network, information_density, load_networks, netscore, rank

Array = npt.NDArray[np.floating[Any]]
column = np.array([72.0, 75.3])
series = pd.Series([72.0, 75.3])

assert_type(netscore(72, 3.4e6, macs=300e6), float)
assert_type(netscore(np.float32(72), np.int64(3_400_000), 3e8, alpha=1.5), float)
assert_type(netscore(column, 3.4e6, 3e8), Array)
assert_type(netscore([72.0, 75.3], params=[3.4e6, 25.6e6], macs=(3e8, 3.8e9)), Array)
assert_type(netscore(72.0, 3.4e6, 3e8, alpha=column), Array)
assert_type(information_density(72.0, 3.4e6), float)
assert_type(information_density(column, column), Array)
assert_type(netscore(series, series, series).index, "pd.Index[Any]")
assert_type(netscore(72.0, series, column).index, "pd.Index[Any]")
assert_type(information_density(series, 3.4e6).index, "pd.Index[Any]")
assert_type(rank(column), npt.NDArray[np.intp])
assert_type(load_networks(), tuple[Network, ...])
assert_type(find_network("resnet50").netscore, float)
"""
WRONG = """\
from netscore import netscore

netscore(72.0, 3.4e6)
netscore(None, 3.4e6, 3e8)
netscore(72.0, 3.4e6, 3e8, 2.0)
netscore(72.0, 3.4e6, 3e8, delta=2.0)
netscore(72.0, 3.4e6, 3e8).shape
"""


def check(tool: list[str], script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "user_script.py"
    path.write_text(script, encoding="utf-8")
    command = [sys.executable, "-m", *tool, str(path)]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)


MYPY = ["mypy", "--strict", "--no-incremental", "--config-file="]
PYRIGHT = ["pyright", "--pythonpath", sys.executable]


@pytest.mark.parametrize("tool", [MYPY, PYRIGHT], ids=["mypy", "pyright"])
def test_a_users_script(tool: list[str], tmp_path: Path) -> None:
    pytest.importorskip(tool[0], reason="type checkers are not installed in every environment")
    result = check(tool, SCRIPT, tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("tool", [MYPY, PYRIGHT], ids=["mypy", "pyright"])
def test_wrong_calls_are_seen(tool: list[str], tmp_path: Path) -> None:
    pytest.importorskip(tool[0], reason="type checkers are not installed in every environment")
    result = check(tool, WRONG, tmp_path)
    assert result.returncode == 1
    for line in (3, 4, 5, 6, 7):
        assert f"user_script.py:{line}:" in result.stdout
