"""Files that commands read and write."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from netscore.cli.options import UsageError
from netscore.layout import printable
from netscore.output import replacing

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO


@contextmanager
def reading(arguments: Namespace, path: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file for reading, stdin for a hyphen, and say what to call it in messages."""
    if path == "-":
        yield sys.stdin.buffer, "stdin"
        return
    with ExitStack() as stack:
        opening = partial(open, path, "rb")
        yield _opened(arguments, stack, path, opening), printable(path)


@contextmanager
def writing(arguments: Namespace, path: str, *, binary: bool = False) -> Iterator[Any]:
    """Open a file for writing; an error leaves what was there before."""
    with ExitStack() as stack:
        yield _opened(arguments, stack, path, partial(replacing, path, binary=binary))


def _opened(
    arguments: Namespace,
    stack: ExitStack,
    path: str,
    opening: Callable[[], AbstractContextManager[Any]],
) -> Any:
    try:
        return stack.enter_context(opening())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"netscore {arguments.command}: cannot open {path}: {reason}") from None
