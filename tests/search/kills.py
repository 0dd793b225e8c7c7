"""Real processes that are ended at any moment: the folder is as it was, or has the whole result.

SIGKILL alone, which no process can answer, may leave what was half written, under names that say
whose it is and that no pattern for tables finds; the target is whole then, too.
"""

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

from netscore.output import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

ROWS = 30_000
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
# Small parts, as otherwise a table of this length has one; whoever runs this may ignore signals,
# as nohup does, and the child inherits that.
COMMAND = """
import signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.SIG_DFL)
from netscore.tables import frames
frames._ROWS = 2048
from netscore.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(sys.argv[1:]))
"""
LINES = [
    ("rank candidates.csv", "ranked.csv"),
    ("rank candidates.csv --in-parts", "ranked.json"),
    ("rank candidates.csv --top 100", "ranked.parquet"),
    ("rank candidates.parquet", "ranked.parquet"),
    ("rank candidates.parquet", "ranked.csv"),
    ("rank candidates.parquet --top 20000", "ranked.arrow"),
    ("rank candidates.parquet --pareto", "ranked.html"),
    ("rank candidates.csv", "candidates.csv"),
    ("plot tradeoff candidates.csv --top 50 --label none", "picture.png"),
    ("plot bars candidates.csv --top 30", "picture.pdf"),
    ("plot sensitivity --draws 200", "picture.svg"),
]


def attack(random: Random) -> Iterator[None]:
    """Rank and draw in every way, and end the process before, while or after it writes."""
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
    sources = ["candidates.csv", "candidates.parquet"]
    wholes: dict[tuple[str, str], tuple[float, bytes]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame.write_csv(folder / sources[0])
        frame.write_parquet(folder / sources[1])
        csv = (folder / sources[0]).read_bytes()
        while True:
            line, into = random.choice(LINES)
            target = folder / into
            before = csv if into in sources else b"before"
            target.write_bytes(before)
            if (line, into) not in wholes:
                start = time.monotonic()
                assert not _started(folder, line, into).communicate()[1], (line, into)
                wholes[line, into] = time.monotonic() - start, target.read_bytes()
                target.write_bytes(before)
            took, whole = wholes[line, into]
            names = sorted(os.listdir(folder))
            states = [_state(folder / source) for source in sources if source != into]
            number = random.choice(SIGNALS)
            process = _started(folder, line, into)
            time.sleep(random.uniform(0.0, 1.1 * took))
            process.send_signal(number)
            _, errors = process.communicate(timeout=60)
            said = line, into, number, process.returncode
            # Python itself, before it runs anything, makes a fatal error of Ctrl-C.
            starting = b"init_import_site" in errors
            assert said[-1] in (0, 130, -number) or starting, (said, errors)
            left = sorted(set(os.listdir(folder)).difference(names))
            assert not left or number == signal.SIGKILL, (said, left)
            assert all(each.startswith(PREFIX) for each in left), (said, left)
            assert target.read_bytes() in (before, whole), said
            after = [_state(folder / source) for source in sources if source != into]
            assert after == states, said
            for each in left:
                subprocess.run(["rm", "-r", folder / each], check=True)
            target.unlink()
            if into in sources:
                target.write_bytes(csv)
            yield


def _state(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns, state.st_mode


def _started(folder: Path, line: str, into: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", COMMAND, *line.split(), "--output", into]
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
