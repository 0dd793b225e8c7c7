from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netscore import netscore, pareto_front, top

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str, *arguments: str) -> str:
    """Return what an example prints."""
    result = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("lost", [False, True])
def test_tree_reduction_on_a_cluster_is_the_reduction_on_one_machine(
    tmp_path: Path, lost: bool
) -> None:
    pytest.importorskip("distributed", reason="the search needs dask.distributed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="the search needs pyarrow")
    options = ["--candidates", "20500", "--per-file", "3000", "--top", "100"]
    printed = run(
        "search_with_dask.py", str(tmp_path), *options, *(["--lose-a-worker"] if lost else [])
    )
    parts = sorted(tmp_path.glob("part-*.parquet"))
    assert len(parts) == 7  # an odd number, so that one is left over in the tree
    # The mark shows that a worker did go down before it had reduced its part.
    assert len(list(tmp_path.glob("*.lost"))) == lost
    columns = [parquet.read_table(part) for part in parts]
    candidate, accuracy, params, macs = (
        np.concatenate([table[name].to_numpy() for table in columns])
        for name in ("candidate", "accuracy", "params", "macs")
    )
    assert candidate.tolist() == list(range(20500))
    best = parquet.read_table(tmp_path / "best.parquet")["candidate"].to_pylist()
    assert best == top(accuracy, params, macs, 100).tolist()
    front = parquet.read_table(tmp_path / "front.parquet")["candidate"].to_pylist()
    assert front == np.flatnonzero(pareto_front(accuracy, params, macs)).tolist()
    highest = netscore(accuracy[best[0]], params[best[0]], macs[best[0]])
    assert printed == (
        f"20500 candidates, {len(front)} on the Pareto front\n"
        f"best: {best[0]}, NetScore {highest:.2f}\n"
    )


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
def test_the_best_and_the_front_in_spark(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="the search needs pyspark")
    parquet = pytest.importorskip("pyarrow.parquet", reason="the search needs pyarrow")
    arrow = pytest.importorskip("pyarrow", reason="the search needs pyarrow")
    generator = np.random.default_rng(4)
    n = 3000
    figures = (
        generator.uniform(40, 85, n),
        (10 ** generator.uniform(5.5, 8.5, n)).astype(np.int64),
        (10 ** generator.uniform(7.5, 11, n)).astype(np.int64),
    )
    columns = {"candidate": np.arange(n), **dict(zip(("accuracy", "params", "macs"), figures))}
    for part, start in enumerate(range(0, n, 1100)):
        table = arrow.table({name: c[start : start + 1100] for name, c in columns.items()})
        parquet.write_table(table, tmp_path / f"part-{part:05d}.parquet")
    # What the other script leaves there is none of the candidates.
    (tmp_path / "best.parquet").write_text("no candidates")
    printed = run("search_with_spark.py", str(tmp_path), "--top", "50")
    front = np.flatnonzero(pareto_front(*figures)).tolist()
    best = top(*figures, 50).tolist()
    assert f"50 best, {len(front)} on the Pareto front\n" in printed
    assert f"candidates on the front: {front}\n" in printed
    score = netscore(*(column[best[0]] for column in figures))
    assert f"best: {best[:5]}, the first {score:.2f}\n" in printed


def test_classifiers_are_counted_by_their_weights() -> None:
    pytest.importorskip("sklearn", reason="the report needs scikit-learn")
    printed = run("report_a_classifier.py").splitlines()
    rows = [line.split() for line in printed[:3]]
    # 64 pixels, 10 digits: 64 * 10 weights; 64 * h + h * 10 weights with h hidden; one bias a unit.
    counts = [(row[-5], row[-3]) for row in rows]
    assert counts == [("650", "640"), ("2410", "2368"), ("9610", "9472")]
    for row in rows:
        accuracy, params, macs, score = float(row[-7]), int(row[-5]), int(row[-3]), float(row[-1])
        assert accuracy > 90
        # As an array beside an ordinary network, so that the small figures raise no question.
        scores = netscore([accuracy, 72.0], [params, 3.4e6], [macs, 3e8])
        assert score == pytest.approx(scores[0], abs=0.01)
    assert printed[3].startswith("32 hidden, three folds: ")
    assert len(printed[3].split(",")) == 4


def torch_example(name: str = "example") -> dict[str, Any]:
    pytest.importorskip("torchmetrics", reason="the metric needs torchmetrics")
    return runpy.run_path(str(EXAMPLES / "accumulate_with_torchmetrics.py"), run_name=name)


def test_metric_scores_all_batches_once() -> None:
    metric = torch_example()["NetScore"](params=3.4e6, macs=300e6)
    import torch

    # 9 of 10 right, then 1 of 2: 10 of 12 in all.
    for right, size in ((9, 10), (1, 2)):
        labels = torch.zeros(size, dtype=torch.long)
        guesses = (torch.arange(size) >= right).long()
        metric.update(torch.nn.functional.one_hot(guesses, 2).float(), labels)
    of_all = netscore(100 * 10 / 12, 3.4e6, 300e6)
    assert metric.compute().item() == of_all
    of_batches = [netscore(90.0, 3.4e6, 300e6), netscore(50.0, 3.4e6, 300e6)]
    # The classic mistakes are off by several decibels.
    assert abs(np.mean(of_batches) - of_all) > 3
    assert abs(sum(of_batches) - of_all) > 50


def test_metric_of_two_processes_is_that_of_one() -> None:
    make = torch_example()["NetScore"]
    import torch

    logits = torch.nn.functional.one_hot(torch.tensor([0, 1, 1, 0, 1]), 2).float()
    labels = torch.tensor([0, 1, 0, 0, 0])
    one, first, second = (make(params=3.4e6, macs=300e6) for _ in range(3))
    one.update(logits, labels)
    first.update(logits[:2], labels[:2])
    second.update(logits[2:], labels[2:])
    # What torchmetrics does with states that are to be summed.
    first.correct += second.correct
    first.total += second.total
    assert first.compute() == one.compute() == netscore(60.0, 3.4e6, 300e6)


def test_metric_example_shows_the_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    torch_example("__main__")
    printed = capsys.readouterr().out.splitlines()
    # 57 of 64, 44 of 64 and 2 of 8.
    right = netscore(100 * 103 / 136, 3.4e6, 300e6)
    batches = [netscore(100 * c / n, 3.4e6, 300e6) for c, n in ((57, 64), (44, 64), (2, 8))]
    assert printed == [
        f"score of all images      {right:.2f}",
        f"mean of the batch scores {np.mean(batches):.2f}",
    ]


def test_best_trials_are_the_pareto_front() -> None:
    pytest.importorskip("optuna", reason="the study needs Optuna")
    printed = run("search_with_optuna.py", "60")
    assert "of 60 trials are on the front\nOptuna finds the same: True\n" in printed
    assert printed == run("search_with_optuna.py", "60")  # the sampler is seeded
    scores = [float(line.split()[-1]) for line in printed.splitlines()[2:]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
