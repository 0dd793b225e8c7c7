"""Files that appear when they are complete, and of which nothing is left if they never are."""

from __future__ import annotations

import os
import secrets
import signal
import threading
from contextlib import ExitStack, contextmanager, suppress
from errno import errorcode
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    StrPath: TypeAlias = str | os.PathLike[str]

# Of what SIGKILL, which no process can answer, may leave.
PREFIX: Final = ".netscore-"
# Errors of writing that name no file.
_FULL: Final = ("ENOSPC", "EDQUOT", "EFBIG")


@contextmanager
def replacing(path: StrPath, *, binary: bool = False) -> Iterator[Any]:
    r"""Open a file for writing that takes the place of what was there when it is complete.

    It is written under a name that nobody can foresee, in the folder of the file (of the file
    that a symbolic link names), with the mode of what it replaces. After an error, Ctrl-C,
    SIGTERM or SIGHUP nothing of it is left, and what was there before is as it was. A device or
    a pipe, which cannot be replaced, is written into.

    Parameters
    ----------
    path : path
        The file.
    binary : bool, default False
        Whether bytes are written; else text in UTF-8, whose ends of lines are left alone.

    Yields
    ------
    file
        Open for writing. Its ``name`` is the path for the time being, for a library that wants
        one.

    Raises
    ------
    OSError
        If it cannot be written; the error names the file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with replacing(Path(folder, "ranked.csv")) as stream:
    ...         written = stream.write("rank,model\n")
    ...         before = Path(folder, "ranked.csv").exists()
    ...     before, Path(folder, "ranked.csv").exists()
    (False, True)
    """
    text: dict[str, Any] = {} if binary else {"encoding": "utf-8", "newline": ""}
    kind = "b" if binary else ""
    if not os.fspath(path) or (os.path.exists(path) and not os.path.isfile(path)):
        with _naming(path, path), open(path, f"w{kind}", **text) as stream:
            yield stream
        return
    target = os.path.realpath(path)
    partial = os.path.join(os.path.dirname(target), f"{PREFIX}{secrets.token_hex(8)}.part")
    with unwinding(), _naming(path, partial):
        try:
            mode = None
            with suppress(FileNotFoundError):
                mode = os.stat(path).st_mode & 0o7777

            def opener(file: str, flags: int) -> int:
                return os.open(file, flags, 0o666 if mode is None else mode & 0o600)

            # "x" is O_EXCL: a link that someone has put there is not followed.
            with open(partial, f"x{kind}", opener=opener, **text) as stream:
                if mode is not None:
                    os.chmod(partial, mode)
                yield stream
            os.replace(partial, target)
        finally:
            with suppress(OSError):
                os.unlink(partial)


@contextmanager
def _naming(path: StrPath, opened: object) -> Iterator[None]:
    """Name the file in an error of the one that was opened for it, or of a disk that is full."""
    try:
        yield
    except OSError as error:
        if error.filename == opened or (
            error.filename is None and errorcode.get(error.errno or 0) in _FULL
        ):
            raise OSError(error.errno, error.strerror, os.fspath(path)) from error
        raise


@contextmanager
def temporary_folder(beside: StrPath | None = None) -> Iterator[str]:
    """Make a folder beside a file that is gone in the end, as what `replacing` writes would be."""
    folder = None if beside is None else os.path.dirname(os.path.realpath(beside))
    with unwinding(), ExitStack() as stack:
        path = mkdtemp(prefix=PREFIX, dir=folder)
        for _ in range(2):  # it takes a while, and a signal may come meanwhile
            stack.callback(rmtree, path, ignore_errors=True)
        yield path


class _Ended(BaseException):
    """The process was told to end."""


@contextmanager
def unwinding() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack, as Ctrl-C does, before they end the process.

    Only where they would end it at once, and in the main thread, which alone may say what a
    signal does.
    """
    here = threading.current_thread() is threading.main_thread()
    known = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    signals = [number for number in known if here and signal.getsignal(number) == signal.SIG_DFL]
    received: list[int] = []

    def end(number: int, _frame: object) -> NoReturn:
        for other in signals:  # a second one is not to interrupt the unwinding
            signal.signal(other, signal.SIG_IGN)
        received.append(number)
        raise _Ended

    try:
        for number in signals:
            signal.signal(number, end)
        yield
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)
        for ending in received:
            os.kill(os.getpid(), ending)
