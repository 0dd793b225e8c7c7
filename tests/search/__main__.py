"""Attack the package for a given time, with a seed that is printed.

    python -m tests.search [NAME ...] [--seconds 300] [--seed SEED]

Each module of this folder has a function ``attack(random)``, a generator that tries one case for
each value it yields and raises where the package is wrong; where a library is missing it is left
out and named. The time is shared between them. What is found is printed with the seed and the
number of the case, and becomes a fixed example in the tests. The exit code is then 1.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path
from random import Random, SystemRandom

NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("[a-z]*.py")
    if "\ndef attack(" in path.read_text(encoding="utf-8")
)


def run(name: str, seconds: float, seed: int) -> bool:
    """Attack in one way; say how often, and whether nothing was found."""
    start, cases = time.monotonic(), 0
    try:
        attack = importlib.import_module(f"tests.search.{name}").attack
        for _ in attack(Random(f"{name} {seed}")):
            cases += 1
            if time.monotonic() - start > seconds:
                break
    except ImportError as error:
        print(f"{name}: left out ({error})", flush=True)
        return True
    except Exception:
        traceback.print_exc()
        print(f"{name}: seed {seed}, case {cases} FOUND something", flush=True)
        return False
    took = time.monotonic() - start
    print(f"{name}: seed {seed}, {cases:,} cases in {took:.0f} s, nothing found", flush=True)
    return True


def main() -> int:
    """Run the attacks that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.search", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=float, default=300.0, help="for all together")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    names = arguments.names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    share = arguments.seconds / len(names)
    found = [name for name in names if not run(name, share, arguments.seed)]
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
