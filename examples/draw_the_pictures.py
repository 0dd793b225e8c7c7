"""Draw the three pictures of the reference table into a folder, with a network of one's own.

python examples/draw_the_pictures.py FOLDER [STYLE]    in a style of matplotlib: dark_background
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure

from netscore import load_networks, plots, sensitivity

folder = Path(sys.argv[1] if sys.argv[1:] else "pictures")
folder.mkdir(parents=True, exist_ok=True)
style.use(sys.argv[2:])
networks = load_networks()
own = ("My network", 73.0, 4e6, 350e6)  # top-1 in percent, parameters, multiply-accumulates

width, height = plots.figure_size("bars", len(networks) + 1, width=7.0)
bars = Figure(figsize=(width, height), layout="constrained")
accuracy, density, score = bars.subplots(1, 3, sharey=True)  # the names once, for all three
plots.bars(measure="accuracy", order="netscore", highlight=[own], ax=accuracy)
plots.bars(measure="density", order="netscore", highlight=[own], ax=density)
plots.bars(measure="netscore", highlight=[own], ax=score)

tradeoff = Figure(figsize=plots.figure_size("tradeoff"), layout="constrained")
plots.tradeoff(highlight=[own], ax=tradeoff.subplots())

ranges = Figure(figsize=plots.figure_size("sensitivity", len(networks) + 1), layout="constrained")
name, *figures = own
columns = (networks.accuracy, networks.params, networks.macs)
result = sensitivity(*map(np.append, columns, figures), seed=1)
names = [*networks.names, name]
plots.sensitivity(result, names=names, highlight=[name], ax=ranges.subplots())

# The same bytes on every run: no date in the files.
for picture, figure in (("bars", bars), ("tradeoff", tradeoff), ("sensitivity", ranges)):
    figure.savefig(folder / f"{picture}.png", dpi=150)
    figure.savefig(folder / f"{picture}.svg", metadata={"Date": None})
