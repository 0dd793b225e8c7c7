"""Files that commands read and write."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from netscore.commands.arguments import UsageError
from netscore.tables import printable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from typing import BinaryIO


@contextmanager
def reading(arguments: Namespace, path: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file for reading, stdin for a hyphen, and say what to call it in messages."""
    if path == "-":
        yield sys.stdin.buffer, "stdin"
        return
    with _open(arguments, path, "rb") as stream:
        yield stream, printable(path)


@contextmanager
def writing(arguments: Namespace, path: str, *, binary: bool = False) -> Iterator[Any]:
    """Open a file for writing; an error leaves what was there before."""
    kind = "b" if binary else ""
    if os.path.exists(path) and not os.path.isfile(path):
        # A device or a pipe cannot be replaced.
        with _open(arguments, path, f"w{kind}") as stream:
            yield stream
        return
    target = os.path.realpath(path)
    partial = f"{target}.{os.getpid()}.part"
    try:
        with _open(arguments, partial, f"x{kind}", named=path) as stream:
            yield stream
        if os.path.exists(target):
            os.chmod(partial, os.stat(target).st_mode)
        os.replace(partial, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise


def _open(arguments: Namespace, path: str, mode: str, named: str = "") -> Any:
    text: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    try:
        return open(path, mode, **text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"netscore {arguments.command}: cannot open {named or path}: {reason}"
        ) from None
