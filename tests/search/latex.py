"""Tables of drawn cells, compiled by pdflatex in a paper of two columns: LaTeX takes every one."""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from netscore.tables import rank_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

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


def attack(random: Random) -> Iterator[None]:
    """Write tables by ``rank_table`` and compile them."""
    if shutil.which("pdflatex") is None:
        raise ImportError("there is no pdflatex; Debian has it in texlive-latex-recommended")

    def cell() -> str:
        return "".join(random.choices(_CHARACTERS, k=random.randint(0, 12)))

    while True:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with (folder / "paper.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["model", "top1", "params", "macs", cell() + "a", cell() + "b"])
                for _ in range(12):
                    figures = (random.uniform(40, 90), *random.choices((1e6, 3e8), k=2))
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
            text = (folder / "table.tex").read_text(encoding="utf-8")
            assert run.returncode == 0, f"{run.stdout.decode(errors='replace')}\n{text}"
        yield
