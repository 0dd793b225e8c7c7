"""Real processes that are ended at any moment: the folder is as it was, or has the whole result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

ROWS = 30_000
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def attack(random: Random) -> Iterator[None]:
    """Rank a file of text or of columns, and end the process before, while or after it writes."""
    import polars as pl

    draw = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "model": [f"network {i}" for i in range(ROWS)],
            "top1": draw.uniform(40, 90, ROWS),
            "params": 10 ** draw.uniform(5, 9, ROWS),
            "macs": 10 ** draw.uniform(8, 11, ROWS),
        }
    )
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame.write_csv(folder / "candidates.csv")
        frame.write_parquet(folder / "candidates.parquet")
        wholes = {ending: _ranked(folder, ending) for ending in ("csv", "parquet")}
        while True:
            ending = random.choice(["csv", "parquet"])
            source, target = folder / f"candidates.{ending}", folder / f"ranked.{ending}"
            target.write_bytes(b"before")
            names, before = sorted(os.listdir(folder)), source.stat()
            process = _command(source, target)
            time.sleep(random.uniform(0.0, 1.5))
            process.send_signal(random.choice(SIGNALS))
            process.wait(timeout=60)
            assert sorted(os.listdir(folder)) == names, ending
            assert target.read_bytes() in (b"before", wholes[ending]), ending
            after = source.stat()
            assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
            yield


def _command(source: Path, target: Path) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "netscore", "rank", str(source), "--output", str(target)]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _ranked(folder: Path, ending: str) -> bytes:
    target = folder / f"ranked.{ending}"
    assert _command(folder / f"candidates.{ending}", target).wait() == 0
    return target.read_bytes()
