"""Search more candidates than one machine holds, on a Dask cluster.

Writes synthetic candidates as Parquet files, scores them where the workers are, and keeps the
best and the Pareto front by a tree reduction: each part is reduced to its own best and its own
front, and pairs of neighbours are merged until one is left. The workers must see the folder.

    python search_with_dask.py FOLDER --candidates 100_000_000
    python search_with_dask.py FOLDER --address tcp://scheduler:8786
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from dask.distributed import Client, LocalCluster

from netscore import netscore, pareto_front, top

FIGURES = ("accuracy", "params", "macs")


def write_part(path: Path, seed: int, part: int, start: int, rows: int) -> None:
    """Write one file of candidates; the same seed and part give the same file."""
    generator = np.random.default_rng([seed, part])
    # Larger networks are more accurate, with exceptions.
    size = generator.uniform(0, 3, rows)
    table = pa.table(
        {
            "candidate": np.arange(start, start + rows),
            "accuracy": np.clip(50 + 10 * size + generator.normal(0, 4, rows), 0, 100),
            "params": (10 ** (5.5 + size + generator.normal(0, 0.3, rows))).astype(np.int64),
            "macs": (10 ** (7.5 + size + generator.normal(0, 0.3, rows))).astype(np.int64),
        }
    )
    # Whoever reads the file while a task is repeated reads it whole.
    partial = path.with_suffix(f".{os.getpid()}.partial")
    pq.write_table(table, partial)
    partial.replace(path)


def write_parts(
    client: Client, folder: Path, candidates: int, per_file: int, seed: int
) -> list[Path]:
    """Write all files; the tasks are forgotten then, so that a lost worker repeats none."""
    paths, tasks = [], []
    for part, start in enumerate(range(0, candidates, per_file)):
        paths.append(folder / f"part-{part:05d}.parquet")
        rows = min(per_file, candidates - start)
        tasks.append(client.submit(write_part, paths[-1], seed, part, start, rows, pure=False))
    client.gather(tasks)
    return paths


def reduced(table: Any, k: int) -> tuple[Any, Any]:
    """Return the best k rows of a table, best first, and its Pareto front."""
    accuracy, params, macs = (table[name].to_numpy() for name in FIGURES)
    best = table.take(pa.array(top(accuracy, params, macs, k)))
    front = table.filter(pa.array(pareto_front(accuracy, params, macs)))
    return best, front


def reduce_part(path: Path, k: int, lose_worker_for: Path | None) -> tuple[Any, Any]:
    """Reduce one file; a worker is lost in the middle if that is asked for, once."""
    if path == lose_worker_for:
        mark = path.with_suffix(".lost")
        if not mark.exists():
            mark.touch()
            os._exit(1)
    return reduced(pq.read_table(path), k)


def merge(one: tuple[Any, Any], other: tuple[Any, Any], k: int) -> tuple[Any, Any]:
    """Reduce two results to one; the earlier comes first, so that ties stay in order."""
    best, _ = reduced(pa.concat_tables([one[0], other[0]]), k)
    _, front = reduced(pa.concat_tables([one[1], other[1]]), 1)
    return best, front


def search(
    client: Client, paths: list[Path], k: int, lose_worker_for: Path | None = None
) -> tuple[Any, Any]:
    """Return the best k candidates of all files, best first, and the Pareto front."""
    level = client.map(reduce_part, paths, k=k, lose_worker_for=lose_worker_for, pure=False)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2])
        merged = [client.submit(merge, one, other, k, pure=False) for one, other in pairs]
        level = [*merged, *level[len(level) // 2 * 2 :]]
    result: tuple[Any, Any] = level[0].result()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Score many candidates on a Dask cluster.")
    parser.add_argument("folder", type=Path, help="for the candidates and the two results")
    parser.add_argument("--candidates", type=int, default=1_000_000)
    parser.add_argument("--per-file", type=int, default=1_000_000)
    parser.add_argument("--top", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", help="of a scheduler; without it this machine is the cluster")
    parser.add_argument("--workers", type=int, default=2, help="of the cluster on this machine")
    parser.add_argument("--lose-a-worker", action="store_true", help="to see the search survive")
    given = parser.parse_args()

    folder = given.folder.resolve()
    cluster = given.address or LocalCluster(
        n_workers=given.workers, threads_per_worker=1, dashboard_address=None
    )
    with Client(cluster) as client:
        paths = write_parts(client, folder, given.candidates, given.per_file, given.seed)
        lost = paths[len(paths) // 2] if given.lose_a_worker else None
        best, front = search(client, paths, given.top, lost)
    if not given.address:
        cluster.close()

    pq.write_table(best, folder / "best.parquet")
    pq.write_table(front, folder / "front.parquet")
    figures = [best[name][0].as_py() for name in FIGURES]
    print(f"{given.candidates} candidates, {front.num_rows} on the Pareto front")
    print(f"best: {best['candidate'][0].as_py()}, NetScore {netscore(*figures):.2f}")


if __name__ == "__main__":
    main()
