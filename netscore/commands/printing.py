"""How commands print: streams, lines for people, records, signatures."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from netscore.tables import Column, printable, write_table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping
    from typing import TextIO


def say(line: str) -> None:
    """Print one line on stderr."""
    print(printable(line), file=sys.stderr)


def sentence(error: Exception) -> str:
    """Return what the library says is wrong, without the name of its function."""
    return re.sub(r"\A[a-z_]+: ", "", str(error))


def stdout(form: str) -> TextIO:
    """Return stdout, ready for every character: UTF-8 unless people read it."""
    if isinstance(sys.stdout, TextIOWrapper):
        if form == "text" or sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def bold() -> bool:
    """Whether stdout is a terminal on which bold type is wanted."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def write_fields(stream: TextIO, fields: Mapping[str, str]) -> None:
    """Write names and values for people, one below the other."""
    width = max(map(len, fields)) + 2
    for name, value in fields.items():
        lines = textwrap.wrap(value, 96 - width, break_long_words=False, break_on_hyphens=False)
        stream.write(f"{name:{width}}{(chr(10) + ' ' * width).join(lines)}\n")


def write_record(
    arguments: Namespace,
    record: Mapping[str, Any],
    fields: Mapping[str, str],
    signature: str | None,
) -> None:
    """Write what is known about one network: as fields in text, else as a table of one row.

    The signature is None where there is no score.
    """
    form = arguments.format
    stream = stdout(form)
    if form == "text":
        write_fields(stream, fields)
    else:
        if signature is not None and signature_is_column(form, wanted=arguments.signature):
            record = {**record, "signature": signature}
        columns = [Column(key, key) for key in record]
        row = [
            "; ".join(value) if isinstance(value, list) and form != "json" else value
            for value in record.values()
        ]
        write_table(stream, columns, [row], format=form)
    if signature is not None:
        write_signature(stream, form, signature, wanted=arguments.signature)


def signature_is_column(form: str, *, wanted: bool) -> bool:
    """Whether each record says how its score was made: always in json, in csv if wanted."""
    return form == "json" or (form == "csv" and wanted)


def write_signature(stream: TextIO, form: str, signature: str, *, wanted: bool) -> None:
    """Write the signature as the last line where it is no column, if it is wanted."""
    if wanted and form in ("text", "markdown"):
        stream.write(f"\n{signature}\n" if form == "text" else f"\n`{signature}`\n")
