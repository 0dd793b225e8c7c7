"""Rank a file of candidates that need not fit in memory: Parquet, Arrow or CSV, through polars."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from netscore import checks, selection, signatures
from netscore.csv_ranking import choose_columns
from netscore.formula import information_density, netscore
from netscore.pareto import pareto_front
from netscore.ranking import rank
from netscore.tables import free_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from netscore.csv_ranking import Measurement

# So many rows are in memory at a time, two or three times over.
_ROWS: Final = 1 << 20
# Of every sorted part, one score in so many says where to cut; a part of the result can be
# larger than _ROWS by so many rows for each part.
_STEP: Final = 1 << 12
_RECORDS: Final = 1 << 14
_PARAMETERS: Final = (checks.ACCURACY, checks.PARAMS, checks.MACS)
_WEIGHTS: Final = (checks.ALPHA, checks.BETA, checks.GAMMA)
FORMATS: Final = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "ipc",
    ".feather": "ipc",
    ".ipc": "ipc",
    ".csv": "csv",
}


@dataclass(frozen=True)
class FileRanking:
    """What `rank_file` read and wrote.

    Attributes
    ----------
    rows : int
        Rows of the source.
    unscored : int
        Rows without a score, because a figure is missing or wrong.
    written : int
        Rows of the result.
    columns : tuple of Measurement
        The columns of accuracy, params and macs, each with its unit.
    added : tuple of str
        The names of the columns of rank, score, density and, if asked for, signature.
    frame : polars.DataFrame or None
        The result, if it was not written to a file.
    """

    rows: int
    unscored: int
    written: int
    columns: tuple[Measurement, ...]
    added: tuple[str, ...]
    frame: pl.DataFrame | None


def rank_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str] | None = None,
    *,
    accuracy: str | None = None,
    params: str | None = None,
    macs: str | None = None,
    top: int | None = None,
    pareto: bool = False,
    alpha: float = 2.0,
    beta: float = 0.5,
    gamma: float = 0.5,
    signature: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> FileRanking:
    """Rank the candidates of a Parquet, Arrow or CSV file in bounded memory.

    Every column is kept; ``rank`` comes before them, ``netscore`` and ``information_density``
    behind, each under the first free name (``rank_2``) where the file has that one. Best first,
    equal scores in the order of the file, rows without a score last. The numbers are those of
    `netscore`, `information_density` and `rank` on the whole columns.

    Parameters
    ----------
    source : path
        The file, of the format that its suffix says: .parquet or .pq; .arrow, .feather or .ipc;
        .csv. Every cell of a CSV file stays the text that it is, and a blank line is a row
        without figures.
    target : path, optional
        The file to write, by its suffix in the same formats; it appears when it is complete.
        Without one the result is the attribute `frame`, which must then fit in memory.
    accuracy, params, macs : str, optional
        ``COLUMN`` or ``COLUMN:UNIT``, as in ``param_count:M``, with the units of the command
        ``netscore rank``. Without it the column is the one with a usual name. Text is read as
        numbers; counts in text may carry a suffix (25.6M) if no unit is said.
    top : int, optional
        Write only so many rows, the best; nothing is sorted but these.
    pareto : bool, default False
        Write only the Pareto front of accuracy, params and macs; with `top`, the best of it.
    alpha, beta, gamma : float, default 2.0, 0.5 and 0.5
        Exponents of the score, as in `netscore`.
    signature : bool, default False
        Add a column that says how each score was made, as `netscore.signature` does.
    progress : callable, optional
        Called now and then with "read" or "wrote" and the number of rows so far.

    Returns
    -------
    FileRanking
        How many rows were read, have no score and were written.

    Raises
    ------
    ImportError
        If polars is not installed.
    ValueError
        If a format, a column or a unit is unknown, an exponent is negative, `top` is not
        positive, or the file cannot be read.
    TypeError
        If a column holds neither numbers nor text, or `top` is not an integer.
    OSError
        If a file cannot be opened.

    Warns
    -----
    UserWarning
        Before anything is written, for each of the three columns with wrong values (an accuracy
        outside 0 to 100, a count that is not positive and finite, text that is no number): how
        many, the first and its position. Their rows have a null rank, score and density, and so
        have, without a warning, rows with a missing (null or NaN) figure.
    UnitWarning
        As in `netscore`.

    See Also
    --------
    netscore.top, netscore.pareto_front : The same for arrays.

    Notes
    -----
    Memory is that of a few million rows, of the `top` rows, or of the front, whatever the length
    of the file. The front of the file is the front of the fronts of its parts, and so with the
    best. A whole ranking is an external sort: sorted parts are written to a temporary folder
    beside the target (the size of the table, uncompressed), cut at the same scores, and merged
    cut by cut. For `top` and `pareto` the file is read twice, first only its three columns.

    Examples
    --------
    >>> from netscore.frame_ranking import rank_file
    >>> ranking = rank_file("examples/models.csv", params="param_count:M", macs="gflops:GFLOP")
    >>> ranking.rows, ranking.unscored
    (3, 0)
    >>> ranking.frame["model"].to_list()
    ['MobileNetV2', 'ResNet-50', 'VGG-16']
    >>> ranking.frame["netscore"].round(2).to_list()
    [74.21, 55.19, 40.93]
    """
    try:
        import polars as pl
    except ImportError:
        raise ImportError(
            "rank_file needs polars: install it with  pip install 'netscore[frames]'"
        ) from None
    weights = checks.only_numbers("rank_file", _WEIGHTS, (alpha, beta, gamma))
    count = None if top is None else checks.positive_integer("rank_file", "top", top)
    if target is not None:
        _format(target)
    choices = {"accuracy": accuracy, "params": params, "macs": macs}
    try:
        how = signatures.signature(alpha=alpha, beta=beta, gamma=gamma) if signature else None
        table = _Table(Path(source), choices, weights, how, progress)
        with TemporaryDirectory(dir=Path(target).parent if target is not None else None) as folder:
            if count is None and not pareto:
                runs = _Runs(Path(folder), table)
                table.report()
                parts = runs.merged()
            else:
                best = _best(table, count, pareto)
                table.report()
                parts = _chosen(table, best)
            frame, written = _write(table, parts, target)
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"rank_file: {os.fspath(source)}: {reason}") from error
    added = (table.rank, *table.behind)
    return FileRanking(table.rows, table.unscored, written, table.columns, added, frame)


def _format(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(
            f"rank_file: the suffix of a file must be one of {', '.join(FORMATS)}, "
            f"got {os.fspath(path)!r}"
        )
    return FORMATS[suffix]


class _Table:
    """The rows of a file, in batches, and what became of their figures."""

    def __init__(
        self,
        path: Path,
        choices: Mapping[str, str | None],
        weights: Sequence[float],
        signature: str | None,
        progress: Callable[[str, int], None] | None,
    ) -> None:
        import polars as pl

        form = _format(path)
        if form == "csv":
            self.lazy = pl.scan_csv(path, infer_schema=False, glob=False)
        elif form == "ipc":
            self.lazy = pl.scan_ipc(path, glob=False)
        else:
            self.lazy = pl.scan_parquet(path, glob=False)
        schema = self.lazy.collect_schema()
        self.columns = choose_columns(schema.names(), str(path), choices)
        for column in self.columns:
            dtype = schema[column.name]
            if not (dtype.is_numeric() or dtype == pl.String):
                raise TypeError(
                    f"rank_file: column {column.name!r} must hold numbers or text, got {dtype}"
                )
        taken = set(schema)
        self.rank = free_name("rank", taken)
        self.behind = {
            free_name("netscore", taken): pl.Float64(),
            free_name("information_density", taken): pl.Float64(),
            **({} if signature is None else {free_name("signature", taken): pl.String()}),
        }
        self.score, *_ = self.behind
        self.schema = pl.Schema({self.rank: pl.Int64(), **schema, **self.behind})
        self.weights = weights
        self.signature = signature
        self.progress = progress or (lambda _did, _rows: None)
        self.rows = 0
        self.unscored = 0
        self.first: list[tuple[object, int] | None] = [None, None, None]
        self.wrong = [0, 0, 0]
        self.limits = [(inf, -inf)] * 3

    def batches(
        self, *, whole: bool = True
    ) -> Iterator[tuple[int, pl.DataFrame, list[NDArray[np.float64]]]]:
        """Yield the position, the rows and the figures of each batch, NaN where there is none."""
        import polars as pl

        names = [column.name for column in self.columns]
        lazy = self.lazy if whole else self.lazy.select(names)
        start = 0
        for batch in lazy.collect_batches(chunk_size=_ROWS, engine="streaming"):
            values = batch.select(
                _number(column, batch.schema[column.name] == pl.String).alias(parameter.name)
                for column, parameter in zip(self.columns, _PARAMETERS)
            )
            figures = [
                np.where(parameter.allows(array := series.to_numpy()), array, np.nan)
                for parameter, series in zip(_PARAMETERS, values)
            ]
            yield start, batch, figures
            start += batch.height
            self.progress("read", start)

    def inspected(
        self, *, whole: bool = True
    ) -> Iterator[tuple[int, pl.DataFrame, list[NDArray[np.float64]]]]:
        """Yield the batches as `batches` does and remember what is wrong with their figures."""
        for start, batch, figures in self.batches(whole=whole):
            for place, (column, values) in enumerate(zip(self.columns, figures)):
                cells = batch[column.name]
                known = cells.is_not_null()
                if cells.dtype.is_float():
                    known &= cells.is_not_nan()
                wrong = np.flatnonzero(known.to_numpy() & np.isnan(values))
                if wrong.size and self.first[place] is None:
                    self.first[place] = cells[int(wrong[0])], start + int(wrong[0])
                self.wrong[place] += wrong.size
                least, most = self.limits[place]
                with_values = values[values == values]
                if with_values.size:
                    self.limits[place] = (
                        min(least, float(with_values.min())),
                        max(most, float(with_values.max())),
                    )
            self.rows = start + batch.height
            self.unscored += int(np.count_nonzero(np.isnan(sum(figures))))
            yield start, batch, figures

    def report(self) -> None:
        """Warn of wrong values and of likely mistakes of unit."""
        for column, wrong, first in zip(self.columns, self.wrong, self.first):
            if first is not None:
                verb = "is" if wrong == 1 else "are"
                warnings.warn(
                    f"rank_file: column {column.name!r} must be {column.must}, got "
                    f"{checks.shown(first[0])} at position {first[1]} "
                    f"({wrong} of {self.rows} values {verb} wrong); such rows have no score",
                    stacklevel=3,
                )
        doubts = [parameter.doubt(*limits) for parameter, limits in zip(_PARAMETERS, self.limits)]
        checks.warn_units("rank_file", doubts, stacklevel=3)

    def scores(self, figures: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the score of each row, NaN where a figure is."""
        accuracy, params, macs = figures
        alpha, beta, gamma = self.weights
        with _quiet():
            return np.asarray(
                netscore(accuracy, params, macs, alpha=alpha, beta=beta, gamma=gamma), np.float64
            )

    def top(self, rows: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return the best rows of four columns, position and figures, best first."""
        alpha, beta, gamma = self.weights
        _, accuracy, params, macs = rows
        best = selection.top(accuracy, params, macs, count, alpha=alpha, beta=beta, gamma=gamma)
        return np.take(rows, best, axis=1)

    def scored(self, batch: pl.DataFrame, figures: Sequence[NDArray[np.float64]]) -> pl.DataFrame:
        """Return the rows with their score and density, null where there is no score."""
        import polars as pl

        with _quiet():
            densities = information_density(*figures[:2])
        scores = self.scores(figures)
        densities[np.isnan(scores)] = np.nan
        columns: list[pl.Series | pl.Expr] = [
            pl.Series(scores, nan_to_null=True),
            pl.Series(densities, nan_to_null=True),
        ]
        if self.signature is not None:
            columns.append(pl.when(columns[0].is_not_null()).then(pl.lit(self.signature)))
        return batch.with_columns(column.alias(name) for name, column in zip(self.behind, columns))

    def ranked(self, rows: pl.DataFrame, ranks: Any) -> pl.DataFrame:
        """Return the rows with their ranks before them."""
        import polars as pl

        return rows.select(pl.lit(ranks, dtype=pl.Int64).alias(self.rank), pl.all())


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave warnings of units to the report on the whole file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", checks.UnitWarning)
        yield


def _number(column: Measurement, text: bool) -> pl.Expr:
    """Read a column as percentages or counts: null or NaN where a figure is missing."""
    import polars as pl

    cells = pl.col(column.name)
    if text:
        cells = cells.str.strip_chars()
        for _ in range(2):  # 3_400_000; what one match ends with cannot begin the next
            cells = cells.str.replace_all(r"([0-9])_([0-9])", "${1}${2}")
        if column.suffixes:
            for letters, power in (("Kk", 3), ("M", 6), ("GB", 9), ("T", 12)):
                cells = cells.str.replace(rf"^([+-]?[0-9.]+)[{letters}]$", f"${{1}}e{power}")
    numbers = cells.cast(pl.Float64, strict=False)
    return (numbers * column.unit.factor).fill_null(float("nan"))


def _best(
    table: _Table, count: int | None, pareto: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the positions of the rows to keep, best first, and their scores."""

    def reduced(kept: NDArray[np.float64]) -> NDArray[np.float64]:
        if pareto or count is None:
            return kept[:, pareto_front(kept[1], kept[2], kept[3])]
        return table.top(kept, count)

    # As the digits of a binary counter: a part is merged with one of its size, so that a row of
    # a large front is compared again only as often as the number of rows doubles.
    stack: list[NDArray[np.float64]] = []
    with _quiet():
        for start, _, figures in table.inspected(whole=False):
            positions = np.arange(start, start + figures[0].size, dtype=np.float64)
            stack.append(reduced(np.stack([positions, *figures])))
            while len(stack) > 1 and stack[-2].shape[1] <= 2 * stack[-1].shape[1]:
                last = stack.pop()
                stack[-1] = reduced(np.hstack([stack[-1], last]))
        kept = reduced(np.hstack([np.empty((4, 0)), *stack]))
        kept = table.top(kept, count or max(1, kept.shape[1]))
    return kept[0].astype(np.int64), table.scores(list(kept[1:]))


def _chosen(
    table: _Table, best: tuple[NDArray[np.int64], NDArray[np.float64]]
) -> Iterator[pl.DataFrame]:
    """Yield the chosen rows, best first, with their ranks among all rows."""
    import polars as pl

    positions, scores = best
    order = np.argsort(positions)
    ascending = np.sort(scores)
    # Before each of the ascending scores: how many scores of the file are not higher.
    lower = np.zeros(scores.size + 1, dtype=np.int64)
    scored = 0
    found = [pl.DataFrame(schema=table.schema).drop(table.rank)]
    for start, batch, figures in table.batches():
        of_batch = table.scores(figures)
        of_batch = of_batch[of_batch == of_batch]
        scored += of_batch.size
        lower += np.bincount(np.searchsorted(ascending, of_batch), minlength=lower.size)
        here = np.searchsorted(positions[order], (start, start + batch.height))
        inside = positions[order][slice(*here)] - start
        found.append(table.scored(batch[inside], [values[inside] for values in figures]))
    rows = pl.concat(found)[np.argsort(order)]
    not_higher = np.cumsum(lower)[np.searchsorted(ascending, scores, side="right") - 1]
    yield table.ranked(rows, 1 + scored - not_higher)


class _Runs:
    """The scored rows of a table, in sorted parts on disk, and their merge."""

    def __init__(self, folder: Path, table: _Table) -> None:
        self.table = table
        self.parts: list[Path] = []
        samples = [np.empty(0)]
        for start, batch, figures in table.inspected():
            rows = table.scored(batch, figures).sort(
                table.score, descending=True, nulls_last=True, maintain_order=True
            )
            part = folder / f"{start}.arrow"
            # Small records, as a cut of a part is read in whole records.
            rows.write_ipc(part, record_batch_size=_RECORDS)
            self.parts.append(part)
            samples.append(rows[table.score].drop_nulls().to_numpy()[::_STEP])
        # Costs, less being better, so that they ascend.
        self.cuts = np.unique(np.sort(-np.concatenate(samples))[:: max(1, _ROWS // _STEP)])

    def merged(self) -> Iterator[pl.DataFrame]:
        """Yield the rows in the order of their scores."""
        import polars as pl

        table = self.table
        scans = [pl.scan_ipc(part, glob=False) for part in self.parts]
        bounds = [self.bounds(scan) for scan in scans]
        done = 0
        for cut, pairs in enumerate(zip(*map(pairwise, bounds))):
            parts = [
                scan.slice(start, stop - start)
                for scan, (start, stop) in zip(scans, pairs)
                if stop > start
            ]
            if cut == 2 * self.cuts.size + 1:  # no score
                for part in parts:
                    yield table.ranked(part.collect(), None)
            elif cut % 2:  # one score, in the order of the file as it stands
                for part in parts:
                    yield table.ranked(part.collect(), done + 1)
            elif parts:
                rows = pl.concat(parts).collect()
                rows = rows.sort(table.score, descending=True, maintain_order=True)
                ranks = pl.Series(done + rank(rows[table.score].to_numpy()))
                yield table.ranked(rows, ranks)
            done += sum(stop - start for start, stop in pairs)

    def bounds(self, scan: pl.LazyFrame) -> list[int]:
        """Return where a part is cut: between two scores, at one, ..., and before no score."""
        column = scan.select(self.table.score).collect().to_series()
        costs = -column.drop_nulls().to_numpy()
        sides = [np.searchsorted(costs, self.cuts, side=side) for side in ("left", "right")]
        inner = np.stack(sides, axis=1).ravel().tolist()
        return [0, *inner, costs.size, column.len()]


def _write(
    table: _Table, parts: Iterator[pl.DataFrame], target: str | os.PathLike[str] | None
) -> tuple[pl.DataFrame | None, int]:
    """Write the parts one after the other, or join them; return what there is of both."""
    import polars as pl
    from polars.io.plugins import register_io_source

    written = 0

    def source(*_: object) -> Iterator[pl.DataFrame]:
        nonlocal written
        for part in parts:
            yield part
            written += part.height
            table.progress("wrote", written)

    if target is None:
        frame = pl.concat([pl.DataFrame(schema=table.schema), *source()], rechunk=True)
        return frame, written
    lazy = register_io_source(source, schema=table.schema)
    path = Path(os.path.realpath(target))
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        if _format(target) == "csv":
            lazy.sink_csv(partial, check_extension=False, engine="streaming")
        elif _format(target) == "ipc":
            lazy.sink_ipc(partial, engine="streaming")
        else:
            lazy.sink_parquet(partial, engine="streaming")
        if path.exists():
            partial.chmod(path.stat().st_mode)
        os.replace(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink()
    return None, written
