"""Whether LaTeX takes every table that is written.

``python tests/search/latex.py [SECONDS [SEED]]``, in the root of the repository: tables of drawn
cells are written by ``rank_table`` and compiled in a paper of two columns. Nothing is done where
there is no pdflatex (Debian: texlive-latex-recommended).
"""

from __future__ import annotations

import csv
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from netscore.tables import rank_table

# What pdflatex knows in UTF-8 without a further package, and all that it obeys.
_CHARACTERS = [*map(chr, range(32, 127)), *"éüßñÅ±×µ°§–—…“”€ ", "--", "[", "\\\\", "%", "$x$"]  # noqa: RUF001
_PAPER = r"""\documentclass[twocolumn]{article}
\usepackage{booktabs,graphicx}
\begin{document}
Before.
\begin{table*}\centering\input{table.tex}\end{table*}
\begin{table}\resizebox{\columnwidth}{!}{\input{table.tex}}\end{table}
Behind.
\end{document}
"""


def attack(seconds: float, seed: int) -> int:
    """Compile tables until the time is over; return how many."""
    generator = random.Random(seed)
    end = time.monotonic() + seconds
    done = 0

    def cell() -> str:
        return "".join(generator.choices(_CHARACTERS, k=generator.randint(0, 12)))

    while not done or time.monotonic() < end:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with (folder / "paper.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["model", "top1", "params", "macs", cell() + "a", cell() + "b"])
                for _ in range(12):
                    figures = (generator.uniform(40, 90), *generator.choices((1e6, 3e8), k=2))
                    writer.writerow(
                        [cell(), *(f"{figure:.6g}" for figure in figures), cell(), cell()]
                    )
            rank_table(folder / "paper.csv", folder / "table.tex")
            (folder / "paper.tex").write_text(_PAPER, encoding="utf-8")
            run = subprocess.run(
                ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"],
                cwd=folder,
                capture_output=True,
                check=False,
            )
            if run.returncode:
                text = (folder / "table.tex").read_text(encoding="utf-8")
                raise SystemExit(f"{run.stdout.decode(errors='replace')}\n{text}\nseed {seed}")
        done += 1
    return done


if __name__ == "__main__":
    if shutil.which("pdflatex") is None:
        print("there is no pdflatex here: nothing is tried")
    else:
        time_given = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
        start = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbits(32)
        print(f"seed {start}")
        print(f"{attack(time_given, start)} papers were typeset")
