"""Time netscore against its peers: ratios of medians over interleaved rounds of one run.

    python -m tests.benchmarks [--rows 1e7] [--rounds 7] [--only NAME ...] [--plot FILE]

Peers that are not installed, and the C kernels where there is no compiler, are left out and named.
A ratio above 1 means that netscore is faster. Nothing here is asserted: the tests assert what does
not depend on a machine.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from netscore import netscore, pareto_front, rank, sensitivity, top

Timed = dict[str, Callable[[], object]]
C_SOURCE = r"""
#include <math.h>
#include <pthread.h>

struct part { const double *a, *p, *m; double *out; long n; };

static void *score(void *given) {
    struct part *x = given;
    for (long i = 0; i < x->n; i++) {
        double square = x->a[i] * x->a[i];
        x->out[i] = 4.342944819032518 * log(square * square * 1e15 / (x->p[i] * x->m[i]));
    }
    return 0;
}

void run(const double *a, const double *p, const double *m, double *out, long n, int threads) {
    pthread_t ids[64];
    struct part parts[64];
    for (int t = 0; t < threads; t++) {
        long from = n * t / threads, to = n * (t + 1) / threads;
        parts[t] = (struct part){a + from, p + from, m + from, out + from, to - from};
        pthread_create(&ids[t], 0, score, &parts[t]);
    }
    for (int t = 0; t < threads; t++) pthread_join(ids[t], 0);
}
"""


def networks(rows: int) -> tuple[Any, Any, Any]:
    """Draw figures like those of published networks."""
    generator = np.random.default_rng(0)
    return (
        generator.uniform(50, 85, rows),
        10 ** generator.uniform(6, 8, rows),
        10 ** generator.uniform(8, 10.5, rows),
    )


def interleaved(functions: Timed, rounds: int) -> dict[str, float]:
    """Return the median time of each function, all of them called in turn in each round."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for function in functions.values():
        function()
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def report(title: str, medians: dict[str, float], ours: str, goals: dict[str, float]) -> None:
    """Print how much longer each peer takes than ours, beside the goal."""
    print(f"\n{title}: {ours} takes {medians[ours] * 1e3:.4g} ms")
    for name, median in medians.items():
        if name != ours:
            goal = f"   goal {goals[name]:g}" if name in goals else ""
            print(f"  {median / medians[ours]:8.2f}  {name}{goal}")


@contextmanager
def c_kernel(*flags: str) -> Iterator[Callable[..., Any] | None]:
    """Build the C kernel with these flags; None where there is no compiler."""
    compiler = shutil.which("gcc")
    if compiler is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "score.c"), Path(folder, "score.so")
        source.write_text(C_SOURCE, encoding="ascii")
        files = ["-o", str(library), str(source), "-lm"]
        command = [compiler, *flags, "-shared", "-fPIC", "-pthread", *files]
        subprocess.run(command, check=True)
        run = ctypes.CDLL(str(library)).run
        pointer = ctypes.POINTER(ctypes.c_double)
        run.argtypes = [pointer] * 4 + [ctypes.c_long, ctypes.c_int]

        def score(a: Any, p: Any, m: Any, threads: int) -> Any:
            out = np.empty_like(a)
            run(*(x.ctypes.data_as(pointer) for x in (a, p, m, out)), a.size, threads)
            return out

        yield score


def as_written(
    a: Any, p: Any, m: Any, alpha: float = 2, beta: float = 0.5, gamma: float = 0.5
) -> Any:
    """Compute the score as users write it."""
    return 20 * np.log10(np.power(a, alpha) / (np.power(p / 1e6, beta) * np.power(m / 1e9, gamma)))


def optional_peers(a: Any, p: Any, m: Any, threads: int) -> Timed:
    """Return the peers that are installed."""
    found: Timed = {}
    try:
        import numexpr

        numexpr.set_num_threads(threads)
        found["numexpr"] = lambda: numexpr.evaluate(
            "4.342944819032518 * log(a * a * a * a * 1e15 / (p * m))",
            {"a": a, "p": p, "m": m},
        )
    except ImportError:
        print("numexpr is not installed")
    try:
        import polars as pl

        frame = pl.DataFrame({"a": a, "p": p, "m": m})
        score = (
            20
            * (
                pl.col("a").pow(2) / ((pl.col("p") / 1e6).sqrt() * (pl.col("m") / 1e9).sqrt())
            ).log10()
        )
        found["polars expression"] = lambda: frame.select(score)
    except ImportError:
        print("polars is not installed")
    try:
        import pandas as pd

        table = pd.DataFrame({"a": a, "p": p, "m": m})
        found["pandas"] = lambda: as_written(table["a"], table["p"], table["m"])
    except ImportError:
        print("pandas is not installed")
    try:
        import torch

        torch.set_num_threads(threads)
        x, y, z = (torch.from_numpy(column) for column in (a, p, m))
        found["torch eager"] = lambda: (
            20 * torch.log10(x**2 / ((y / 1e6) ** 0.5 * (z / 1e9) ** 0.5))
        )
    except ImportError:
        print("torch is not installed")
    try:
        import numba

        @numba.njit(parallel=True, fastmath=True)  # type: ignore[untyped-decorator]
        def compiled(a: Any, p: Any, m: Any) -> Any:
            out = np.empty_like(a)
            for i in numba.prange(a.size):
                square = a[i] * a[i]
                out[i] = 4.342944819032518 * math.log(square * square * 1e15 / (p[i] * m[i]))
            return out

        numba.set_num_threads(threads)
        found["numba parallel fastmath"] = lambda: compiled(a, p, m)
    except ImportError:
        print("numba is not installed")
    return found


def benchmark_arrays(rows: int, rounds: int) -> None:
    """Whole arrays, default and other exponents, one and two threads."""
    a, p, m = networks(rows)
    with (
        c_kernel("-O3", "-march=native", "-ffast-math") as fast,
        c_kernel("-O3", "-march=native") as strict,
    ):
        for threads, written in ((1, 2.2), (2, 4.0)):
            functions: Timed = {
                "netscore": lambda threads=threads: netscore(a, p, m, workers=threads),  # type: ignore[misc]
                "as users write it": lambda: as_written(a, p, m),
                **optional_peers(a, p, m, threads),
            }
            for name, kernel in (("C fast-math libmvec", fast), ("C strict", strict)):
                if kernel is not None:
                    functions[name] = lambda kernel=kernel, threads=threads: kernel(
                        a, p, m, threads
                    )  # type: ignore[misc]
            goals = {
                "as users write it": written,
                "numexpr": 1.0,
                "polars expression": 1.5,
                "pandas": 1.5,
                "torch eager": 1.5,
                "numba parallel fastmath": 0.65,
                "C fast-math libmvec": 0.25,
                "C strict": 0.70,
            }
            report(
                f"{rows:,} rows, default exponents, {threads} thread(s)",
                interleaved(functions, rounds),
                "netscore",
                goals,
            )
    for threads, goal in ((1, 3.0), (2, 6.0)):
        other: Timed = {
            "netscore": lambda threads=threads: netscore(  # type: ignore[misc]
                a, p, m, alpha=1.7, beta=0.4, gamma=0.6, workers=threads
            ),
            "as users write it": lambda: as_written(a, p, m, 1.7, 0.4, 0.6),
        }
        report(
            f"{rows:,} rows, exponents 1.7, 0.4, 0.6, {threads} thread(s)",
            interleaved(other, rounds),
            "netscore",
            {"as users write it": goal},
        )


def benchmark_cliffs(rows: int, rounds: int) -> None:
    """What is not plain: how many times as long as clean float64 arrays, and ranks."""
    import pandas as pd
    import polars as pl

    a, p, m = networks(rows)
    random = np.random.default_rng(1)
    few = random.random(rows) < 0.01
    columns = {"a": a, "p": p, "m": m}
    frame = pl.DataFrame(columns)
    pandas = [pd.Series(column) for column in columns.values()]
    exponents = random.uniform(1.0, 3.0, rows)
    strided = [np.repeat(column, 2)[::2] for column in columns.values()]
    single = [column.astype(np.float32) for column in columns.values()]
    whole = [column.astype(np.int64) for column in (p, m)]
    missing, low = np.where(few, np.nan, a), np.where(few, 1.5, a)
    scarce = a.copy()
    scarce[random.integers(0, rows, 100)] = 1.5
    masked = np.ma.MaskedArray(a, mask=few)
    expression = netscore(*map(pl.col, columns))
    functions: Timed = {
        "clean": lambda: netscore(a, p, m),
        "1 % NaN": lambda: netscore(missing, p, m),
        "1 % accuracies below 2": lambda: netscore(low, p, m),
        "100 accuracies below 2": lambda: netscore(scarce, p, m),
        "masked array, 1 % masked": lambda: netscore(masked, p, m),
        "exponents 0.5, 1, 1": lambda: netscore(a, p, m, alpha=0.5, beta=1.0, gamma=1.0),
        "an array of exponents": lambda: netscore(a, p, m, alpha=exponents),
        "polars expression": lambda: frame.select(expression),
        "pandas Series": lambda: netscore(*pandas),
        "float32": lambda: netscore(*single),
        "int64": lambda: netscore(a, *whole),
        "strided": lambda: netscore(*strided),
    }
    at_most = dict(zip(functions, (1.0, 1.3, 1.3, 1.3, 1.6, 2, 3.5, 1.5, 1.2, 1.5, 1.5, 2)))
    medians = interleaved(functions, rounds)
    print(f"\n{rows:,} rows, times as long as clean arrays")
    for name, median in medians.items():
        print(f"  {median / medians['clean']:8.2f}  {name}   at most {at_most[name]:g}")
    scores = netscore(a, p, m)
    ranks: Timed = {
        "rank": lambda: rank(scores),
        "argsort": lambda: np.argsort(scores),
        "pandas": lambda: pd.Series(scores).rank(method="min", ascending=False),
        "polars": lambda: pl.Series(scores).rank("min", descending=True),
    }
    report(f"rank of {rows:,}", interleaved(ranks, max(3, rounds // 2)), "rank", {"argsort": 0.5})
    for n in (60, 1000, 4000):
        figures = networks(n)
        start = time.perf_counter()
        sensitivity(*figures, draws=1000, seed=1)
        spent = time.perf_counter() - start
        print(f"  sensitivity of {n} networks, 1000 draws: {spent / n * 1e6:.0f} us a network")


def benchmark_small(rounds: int) -> None:
    """60 rows, and single numbers."""
    a, p, m = networks(60)
    # As it stands at a prompt or in a loop, without a call around it that all would share.
    names = {"a": a, "p": p, "m": m, "x": 72.0, "y": 3.4e6, "z": 300e6}
    names |= {"netscore": netscore, "math": math, "np": np}

    def repeated(code: str) -> Callable[[], object]:
        timer = timeit.Timer(code, globals=names)
        return lambda: timer.timeit(2000)

    written = "20 * np.log10(np.power({}, 2) / (np.power({} / 1e6, 0.5) * np.power({} / 1e9, 0.5)))"
    table: Timed = {
        "netscore": repeated("netscore(a, p, m)"),
        "as users write it": repeated(written.format("a", "p", "m")),
    }
    report(
        "60 rows, 2000 times", interleaved(table, rounds), "netscore", {"as users write it": 0.8}
    )
    try:
        import pandas as pd

        names |= {"A": pd.Series(a), "P": pd.Series(p), "M": pd.Series(m)}
        series: Timed = {
            "netscore": repeated("netscore(A, P, M)"),
            "as users write it": repeated(written.format("A", "P", "M")),
        }
        report("60 rows of pandas, 2000 times", interleaved(series, rounds), "netscore", {})
    except ImportError:
        print("pandas is not installed")
    others: Timed = {
        "netscore": repeated("netscore(a, p, m, alpha=1.5)"),
        "as users write it": repeated(written.replace(", 2)", ", 1.5)").format("a", "p", "m")),
    }
    report("60 rows, alpha 1.5, 2000 times", interleaved(others, rounds), "netscore", {})
    single: Timed = {
        "netscore": repeated("netscore(x, y, z)"),
        "inline math": repeated("20 * math.log10(x**2 / ((y / 1e6) ** 0.5 * (z / 1e9) ** 0.5))"),
        "netscore, alpha 1.5": repeated("netscore(x, y, z, alpha=1.5)"),
        "NumPy expression": repeated(written.format("x", "y", "z")),
    }
    report(
        "one network, 2000 times",
        interleaved(single, rounds),
        "netscore",
        {"inline math": 0.5, "NumPy expression": 10.0},
    )


def benchmark_selection(rows: int, rounds: int) -> None:
    """The best 100, and the Pareto front."""
    a, p, m = networks(rows)
    functions: Timed = {
        "top": lambda: top(a, p, m, 100),
        "score and argsort": lambda: np.argsort(-as_written(a, p, m))[:100],
    }
    medians = interleaved(functions, max(3, rounds // 2))
    report(f"best 100 of {rows:,}", medians, "top", {"score and argsort": 40.0})

    n = min(rows, 10**6)
    generator = np.random.default_rng(1)
    u = generator.random((3, n))
    z = generator.normal(size=n)
    sphere = np.abs(generator.normal(size=(3, n)))
    sphere /= np.linalg.norm(sphere, axis=0)
    shared = np.sort(u[0])
    cases = {
        "uniform": (u[0] * 98 + 2, u[1] * 1e7 + 1e4, u[2] * 1e9 + 1e4),
        "correlated": (
            50 + 10 * np.tanh(z + 0.1 * u[0]),
            np.exp(z + 0.2 * u[1]) * 1e6,
            np.exp(z + 0.2 * u[2]) * 1e9,
        ),
        "many ties": tuple(np.floor(c * 50) * unit + unit for c, unit in zip(u, (1.5, 1e5, 1e6))),
        "all on the front, staircase": (np.full(n, 50.0), shared * 1e6 + 1e4, (2 - shared) * 1e6),
        "all on the front, sphere": (
            sphere[0] * 90 + 2,
            (2 - sphere[1]) * 1e6,
            (2 - sphere[2]) * 1e9,
        ),
    }
    for name, (accuracy, params, macs) in cases.items():
        functions = {"pareto_front": lambda: pareto_front(accuracy, params, macs)}  # noqa: B023
        costs = np.ascontiguousarray(np.stack([-accuracy, params, macs], axis=1))
        try:
            import moocore

            functions["moocore"] = lambda: moocore.is_nondominated(costs, keep_weakly=True)  # noqa: B023
        except ImportError:
            print("moocore is not installed")
        try:
            import paretoset

            # On a large front its time is quadratic.
            if not name.startswith("all"):
                functions["paretoset"] = lambda: paretoset.paretoset(costs, distinct=False)  # noqa: B023
        except ImportError:
            print("paretoset is not installed")
        for peer, function in functions.items():
            found = np.asarray(function(), dtype=bool)
            if not np.array_equal(found, pareto_front(accuracy, params, macs)):
                print(f"  {peer} does not find the same front")
        size = np.count_nonzero(pareto_front(accuracy, params, macs))
        title = f"front of {n:,}, {name}, {size:,} on it"
        goals = {"moocore": 0.5 if name.startswith("all") else 1.0, "paretoset": 1.0}
        report(title, interleaved(functions, max(3, rounds // 2)), "pareto_front", goals)


def benchmark_tables(rows: int, rounds: int) -> None:
    """A CSV file, ranked and written."""
    import polars as pl

    from netscore import rank_table

    a, p, m = networks(rows)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "models.csv"), Path(folder, "ranked.csv")
        columns = {"top1": a.round(3), "params": p.astype(np.int64), "macs": m.astype(np.int64)}
        pl.DataFrame({"model": [f"model-{i}" for i in range(rows)], **columns}).write_csv(source)
        top1, params, macs = map(pl.col, columns)
        score = 20 * (top1.pow(2) / ((params / 1e6).sqrt() * (macs / 1e9).sqrt())).log10()

        def of_polars() -> None:
            frame = pl.read_csv(source).with_columns(
                score.alias("netscore"), (top1 / params * 1e6).alias("information_density")
            )
            ranked = pl.col("netscore").rank("min", descending=True).alias("rank")
            frame.select(ranked, pl.all()).sort("rank").write_csv(target)

        functions: Timed = {"rank_table": lambda: rank_table(source, target), "polars": of_polars}
        medians = interleaved(functions, max(3, rounds // 2))
        tracemalloc.start()
        rank_table(source, target)
        memory = tracemalloc.get_traced_memory()[1] / rows
        tracemalloc.stop()
    ratio = medians["rank_table"] / medians["polars"]
    print(f"\nCSV of {rows:,} rows, ranked and written: {medians['rank_table']:.2f} s")
    print(f"  {ratio:8.2f}  times as long as polars on {pl.thread_pool_size()} threads   at most 6")
    print(f"  {memory:8.0f}  bytes of memory a row   at most 200")


def benchmark_imports(rounds: int) -> None:
    """Time of imports over that of a bare interpreter."""

    def importing(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    codes = {
        "bare": "pass",
        "import netscore": "import netscore",
        "from netscore import netscore": "from netscore import netscore",
        "import numpy": "import numpy",
    }
    medians = interleaved({n: importing(c) for n, c in codes.items()}, 3 * rounds)
    bare = medians.pop("bare")
    print("\nimports over a bare interpreter, in milliseconds (goal: 0.1 of numpy)")
    for name, median in medians.items():
        share = (median - bare) / (medians["import numpy"] - bare)
        print(f"  {(median - bare) * 1e3:7.1f}  {name} ({share:.3f} of numpy)")


def benchmark_memory(rows: int) -> None:
    """Memory beyond the result."""
    a, p, m = networks(rows)
    print("\nmemory beyond the result, in MiB (goal: 2)")
    for threads in (1, 2):
        netscore(a, p, m, workers=threads)
        tracemalloc.start()
        netscore(a, p, m, workers=threads)
        peak = tracemalloc.get_traced_memory()[1] - 8 * rows
        tracemalloc.stop()
        print(f"  {peak / 2**20:7.2f}  {threads} thread(s)")


def benchmark_growth(rounds: int, plot: Path | None) -> None:
    """Time for each row as the arrays grow."""
    sizes = [10**4, 10**5, 10**6, 10**7]
    if os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") > 8 * 2**30:
        sizes.append(10**8)
    print("\nnanoseconds a row")
    times = []
    for n in sizes:
        a, p, m = networks(n)
        out = np.empty(n)
        loops = max(1, 10**6 // n)

        def run(a: Any = a, p: Any = p, m: Any = m, out: Any = out, loops: int = loops) -> None:
            for _ in range(loops):
                netscore(a, p, m, out=out)

        median = interleaved({"netscore": run}, max(3, rounds // 2))["netscore"]
        times.append(median / loops / n * 1e9)
        print(f"  {times[-1]:7.2f}  {n:,} rows")
    if plot is not None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6, 4), layout="constrained")
        axes = figure.subplots()
        axes.loglog(sizes, [t * n / 1e6 for t, n in zip(times, sizes)], "o-", color="black")
        axes.set(xlabel="networks", ylabel="milliseconds", title="netscore, one thread")
        axes.grid(alpha=0.3)
        figure.savefig(plot, dpi=150)


BENCHMARKS: dict[str, Callable[[argparse.Namespace], None]] = {
    "arrays": lambda o: benchmark_arrays(o.rows, o.rounds),
    "cliffs": lambda o: benchmark_cliffs(min(o.rows, 4 * 10**6), o.rounds),
    "small": lambda o: benchmark_small(o.rounds),
    "selection": lambda o: benchmark_selection(o.rows, o.rounds),
    "tables": lambda o: benchmark_tables(min(o.rows, 10**6), o.rounds),
    "imports": lambda o: benchmark_imports(o.rounds),
    "memory": lambda o: benchmark_memory(o.rows),
    "growth": lambda o: benchmark_growth(o.rounds, o.plot),
}


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=10**7)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS))
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":")[1].strip()
            for line in info.read_text().splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
    print(f"{model}, {os.cpu_count()} cores")
    print(f"Python {platform.python_version()}, NumPy {np.__version__}")
    for name in options.only:
        BENCHMARKS[name](options)


if __name__ == "__main__":
    main()
