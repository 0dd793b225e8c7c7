"""Rank a CSV of models with the csv module; units are said where the columns are read."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from netscore import netscore, rank

path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("models.csv")
with path.open(encoding="utf-8", newline="") as file:
    models = list(csv.DictReader(file))

scores = netscore(
    [float(model["top1"]) for model in models],
    params=[float(model["param_count"]) * 1e6 for model in models],
    macs=[float(model["gflops"]) * 1e9 / 2 for model in models],  # two FLOPs to one MAC
)
for place, score, model in sorted(zip(rank(scores), scores, models), key=lambda row: row[0]):
    print(f"{place:4d}  {score:6.2f}  {model['model']}")
