"""What type checkers see: numbers give float, arrays arrays, Series Series."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

# Of what the script does not use and takes mypy longest, nothing is read where it is installed.
CONFIGURATION = """\
[mypy]
[mypy-dask.*,distributed.*,jax.*,onnx.*,polars.*,sqlalchemy.*,torch.*,xarray.*]
follow_imports = skip
"""
SCRIPT = """\
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from typing_extensions import assert_type

from netscore import Network, find_network, information_density, load_networks, netscore, rank
from netscore.networks import Networks

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
assert_type(load_networks(), Networks)
assert_type(load_networks()[:3], tuple[Network, ...])
assert_type(load_networks().macs, npt.NDArray[np.int64])
assert_type(find_network("resnet50").netscore, float)

netscore(72.0, 3.4e6)  # wrong
netscore(None, 3.4e6, 3e8)  # wrong
netscore(72.0, 3.4e6, 3e8, 2.0)  # wrong
netscore(72.0, 3.4e6, 3e8, delta=2.0)  # wrong
netscore(72.0, 3.4e6, 3e8).shape  # wrong
"""
MYPY = ["mypy", "--strict", "--no-incremental", "--config-file=mypy.ini"]
PYRIGHT = ["pyright", "--pythonpath", sys.executable]


@pytest.mark.parametrize("tool", [MYPY, PYRIGHT], ids=["mypy", "pyright"])
def test_right_calls_have_their_types_and_wrong_ones_are_seen(
    tool: list[str], tmp_path: Path
) -> None:
    pytest.importorskip(tool[0], reason="type checkers are not installed in every environment")
    path = tmp_path / "user_script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    command = [sys.executable, "-m", *tool, str(path)]
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    said = result.stdout + result.stderr
    seen = {int(line) for line in re.findall(r"user_script\.py:(\d+):.*\berror\b", said)}
    lines = enumerate(SCRIPT.splitlines(), start=1)
    assert seen == {number for number, line in lines if line.endswith("# wrong")}, said
    assert result.returncode == 1
