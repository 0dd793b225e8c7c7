"""Bytes that may be a table: a table with all its rows, or one sentence."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import warnings
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from netscore import rank_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

HEADERS = ["model", "top1", "params", "macs", "Params (M)", "gmacs", "note", "", "top1", "Acc@1"]
CELLS = [
    "72.0",
    "3.4M",
    "1,234",
    "1.234",
    "1.234.567",
    "-",
    "n/a",
    "",
    "85.1%",
    "nan",
    "٣",
    "1e400",
]
ODD = [b"\x00", b"\xff", b'"', b"\n", b"\r", b";", b"\t", b"|", b"\xef\xbb\xbf", b"\xff\xfe", b"'"]


def attack(random: Random) -> Iterator[None]:
    """Write tables in every format, change some bytes, and rank them from text and in parts."""
    warnings.simplefilter("ignore")
    with TemporaryDirectory() as name:
        while True:
            ending = random.choice(list(WRITERS))
            path = Path(name, f"table.{ending}")
            content = WRITERS[ending](_rows(random))
            for _ in range(random.choice([0, 0, 1, 1, 3])):
                place = random.randint(0, len(content))
                odd = random.choice([*ODD, bytes([random.randrange(256)])])
                content = content[:place] + odd + content[place + random.randint(0, 3) :]
            path.write_bytes(content)
            answers = [_answer(path, in_parts) for in_parts in (False, True)]
            if ending == "csv":
                assert answers[0] == answers[1], (content, answers)
            yield


def _answer(path: Path, in_parts: bool) -> tuple[int, int] | str:
    try:
        with _quiet():
            ranked = rank_table(path, in_parts=in_parts)
    except (ValueError, TypeError, OSError, ImportError) as error:
        said = str(error)
        assert "\n" not in said, said
        assert 10 < len(said) < 2000, said
        return said.partition("rank_table: ")[2].partition(":")[0]
    assert ranked.written == ranked.rows, path
    return ranked.rows, ranked.unscored


@contextmanager
def _quiet() -> Iterator[None]:
    """Polars' threads print where they fail, beside the error that they raise."""
    kept = os.dup(2)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _rows(random: Random) -> list[list[str]]:
    header = ["model", "top1", "params", "macs"]
    if random.random() < 0.3:
        header = random.sample(HEADERS, random.randint(1, 6))
    rows = [header]
    for i in range(random.randint(0, 12)):
        plain = [f"n{i}", f"{random.uniform(1, 99):.2f}", f"{10 ** random.uniform(5, 9):.0f}"]
        plain = [*plain, f"{10 ** random.uniform(8, 11):.0f}", *[""] * len(header)][: len(header)]
        if random.random() < 0.2:
            plain[random.randrange(len(plain))] = random.choice(CELLS)
        rows.append(plain)
    return rows


def _separated(mark: str) -> Callable[[list[list[str]]], bytes]:
    return lambda rows: "\n".join(
        mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in rows
    ).encode("utf-8", "surrogatepass")


def _records(rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def _columns(format_: str) -> Callable[[list[list[str]]], bytes]:
    def write(rows: list[list[str]]) -> bytes:
        import polars as pl

        named: dict[str, list[str]] = {str(name) + "_" * i: [] for i, name in enumerate(rows[0])}
        frame = pl.DataFrame(dict(zip(named, zip(*rows[1:]))) if rows[1:] else named)
        stream = io.BytesIO()
        getattr(frame, f"write_{format_}")(stream)
        return stream.getvalue()

    return write


WRITERS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "csv": _separated(","),
    "tsv": _separated("\t"),
    "txt": _separated(";"),
    "md": lambda rows: b"\n".join(
        b"| " + " | ".join(row).encode() + b" |"
        for row in [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    ),
    "json": lambda rows: json.dumps(_records(rows)).encode(),
    "jsonl": lambda rows: "\n".join(json.dumps(record) for record in _records(rows)).encode(),
    "csv.gz": lambda rows: gzip.compress(_separated(",")(rows)),
    "csv.xz": lambda rows: lzma.compress(_separated(",")(rows)),
    "parquet": _columns("parquet"),
    "arrow": _columns("ipc"),
}
