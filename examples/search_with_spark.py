"""Find the best candidates and the Pareto front of Parquet files with Spark.

`mapInArrow` hands each partition to Python as Arrow batches: each is reduced to its own best, or
its own front, and what they yield is reduced once more.

    spark-submit search_with_spark.py FOLDER --top 1000
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import SparkSession

from netscore import netscore, pareto_front, top

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FIGURES = ("accuracy", "params", "macs")


def best(table: Any, k: int) -> Any:
    """Return the best k rows of a table, best first."""
    accuracy, params, macs = (table[name].to_numpy() for name in FIGURES)
    return table.take(pa.array(top(accuracy, params, macs, k)))


def front(table: Any) -> Any:
    """Return the Pareto front of a table."""
    return table.filter(pa.array(pareto_front(*(table[name].to_numpy() for name in FIGURES))))


def of_part(batches: Iterable[Any], reduce: Callable[[Any], Any]) -> Iterator[Any]:
    """Reduce the batches of a partition one after the other, and yield what is left."""
    kept = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        kept = reduce(table if kept is None else pa.concat_tables([kept, table]))
    if kept is not None:
        yield from kept.to_batches()


def reduced(candidates: Any, reduce: Callable[[Any], Any]) -> Any:
    """Reduce a data frame to one table."""
    step = partial(of_part, reduce=reduce)
    parts = candidates.mapInArrow(step, candidates.schema)
    return parts.repartition(1).mapInArrow(step, candidates.schema).toArrow()


def main() -> None:
    parser = argparse.ArgumentParser(description="Score many candidates with Spark.")
    parser.add_argument("folder", help="with the files that search_with_dask.py writes")
    parser.add_argument("--top", type=int, default=1000)
    given = parser.parse_args()

    spark = SparkSession.builder.appName("netscore").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    files = spark.read.option("pathGlobFilter", "part-*.parquet")
    candidates = files.parquet(given.folder)
    # Spark promises no order of the partitions: among equal scores another one may be kept.
    winners = reduced(candidates, partial(best, k=given.top))
    unbeaten = reduced(candidates, front)
    spark.stop()

    figures = [winners[name][0].as_py() for name in FIGURES]
    print(f"{winners.num_rows} best, {unbeaten.num_rows} on the Pareto front")
    print(f"candidates on the front: {sorted(unbeaten['candidate'].to_pylist())}")
    print(f"best: {winners['candidate'].to_pylist()[:5]}, the first {netscore(*figures):.2f}")


if __name__ == "__main__":
    main()
