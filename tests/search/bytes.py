"""A fuzzer that is guided by coverage (atheris) for what reads bytes and texts."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

CODE = """
import io, sys, warnings
import atheris
with atheris.instrument_imports(include=["netscore"]):
    import netscore
    from netscore.metrics import parse_signature
    from netscore.quantities import parse_quantity
    from netscore.tables import rank_table
warnings.simplefilter("ignore")

def one(data):
    kind, rest = data[:1], data[1:]
    try:
        if kind < b"\\x40":
            parse_quantity(rest.decode("utf-8", "replace"))
        elif kind < b"\\x80":
            parse_signature("netscore|" + rest.decode("utf-8", "replace"))
        else:
            ranked = rank_table(io.BytesIO(b"model,top1,params,macs\\n" * (kind < b"\\xc0") + rest))
            assert ranked.written == ranked.rows
    except (ValueError, TypeError, OSError) as error:
        assert "\\n" not in str(error), error

atheris.Setup(sys.argv, one)
atheris.Fuzz()
"""


def attack(random: Random) -> Iterator[None]:
    """Run the fuzzer a few seconds at a time, each time with another seed."""
    import_module("atheris")  # it runs in a process of its own

    while True:
        options = [f"-seed={random.randrange(1, 2**31)}", "-max_total_time=5", "-max_len=400"]
        line = [sys.executable, "-c", CODE, *options, "-verbosity=0", "-print_final_stats=1"]
        done = subprocess.run(line, check=False, capture_output=True, text=True, errors="replace")
        if done.returncode:
            raise AssertionError(done.stderr[-3000:])
        units = [text for text in done.stderr.splitlines() if "number_of_executed_units" in text]
        for _ in range(int(units[0].split()[-1])):
            yield
