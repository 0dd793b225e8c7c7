"""The one writer of files: complete, or not there."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from netscore.output import replacing, temporary_folder, unwinding

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals, links and modes of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    with replacing(path) as stream:
        stream.write("é\r\nb\n")
        assert not path.exists()
        assert Path(stream.name).parent == tmp_path
    assert path.read_bytes() == "é\r\nb\n".encode()
    with replacing(str(path), binary=True) as stream:
        stream.write(b"\xff")
        assert path.read_bytes() == "é\r\nb\n".encode()
    assert path.read_bytes() == b"\xff"
    assert names(tmp_path) == ["new.csv"]


@POSIX
def test_a_link_in_a_loop_is_left_as_it_is(tmp_path: Path) -> None:
    for name, other in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        (tmp_path / name).symlink_to(other)
    with pytest.raises(OSError, match="symbolic links") as caught, replacing(tmp_path / "a.csv"):
        pass
    assert caught.value.filename == str(tmp_path / "a.csv")
    assert (names(tmp_path), os.readlink(tmp_path / "a.csv")) == (["a.csv", "b.csv"], "b.csv")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [None, "before"])
def test_nothing_is_left_after_an_error(
    tmp_path: Path, before: str | None, error: type[BaseException]
) -> None:
    path = tmp_path / "out.csv"
    if before is not None:
        path.write_text(before)

    def write() -> None:
        with replacing(path) as stream:
            stream.write("half")
            stream.flush()
            raise error

    with pytest.raises(error):
        write()
    assert names(tmp_path) == ([] if before is None else ["out.csv"])
    assert before is None or path.read_text() == before


@POSIX
def test_the_mode_is_that_of_what_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    before = os.umask(0o027)
    try:
        with replacing(path) as stream:
            stream.write("new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        for mode in (0o600, 0o666, 0o400):
            path.chmod(mode)
            with replacing(path) as stream:
                # Nobody else can read what only the owner could before.
                assert stat.S_IMODE(os.stat(stream.name).st_mode) == mode
            assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        os.umask(before)


@POSIX
def test_a_link_stays_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target.csv"
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    for text in ("new", "newer"):  # first the link names nothing yet
        with replacing(link) as stream:
            stream.write(text)
            assert Path(stream.name).parent == target.parent
        assert link.is_symlink()
        assert target.read_text() == text


@POSIX
def test_no_link_is_followed_where_the_file_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    # Had somebody foreseen the name, and put a link there:
    monkeypatch.setattr(secrets, "token_hex", lambda _: "0")
    (tmp_path / ".netscore-0.part").symlink_to(victim)

    def write() -> None:
        with replacing(tmp_path / "out.csv"):
            raise AssertionError

    with pytest.raises(FileExistsError, match=r"out\.csv"):
        write()
    assert victim.read_text() == "precious"


def test_two_names_for_the_time_being_differ(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as one, replacing(tmp_path / "a") as other:
        assert one.name != other.name
        assert len(Path(one.name).name) > 20


@POSIX
def test_devices_and_pipes_are_written_into(tmp_path: Path) -> None:
    with replacing(os.devnull) as stream:
        assert stream.name == os.devnull
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    with replacing(pipe) as stream:
        stream.write("text")
    reader.join(timeout=10)
    assert read == ["text"]
    assert pipe.is_fifo()


def test_errors_name_the_file(tmp_path: Path) -> None:
    def write(path: str | Path, error: OSError | None = None) -> None:
        with replacing(path):
            if error is not None:
                raise error

    for path, kind in (
        (tmp_path / "missing" / "out.csv", FileNotFoundError),
        (tmp_path, IsADirectoryError),
        ("", FileNotFoundError),
    ):
        with pytest.raises(kind) as raised:
            write(path)
        assert (raised.value.filename, raised.value.filename2) == (str(path), None)
    path = tmp_path / "out.csv"
    with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device: '.*out\.csv'$"):
        write(path, OSError(28, "No space left on device"))
    # One that names another file, or may be of any, is left alone.
    with pytest.raises(FileNotFoundError) as raised:
        write(path, FileNotFoundError(2, "No such file", "source.csv"))
    assert raised.value.filename == "source.csv"
    with pytest.raises(OSError, match="Input/output") as of_any:
        write(path, OSError(5, "Input/output error"))
    assert of_any.value.filename is None
    assert names(tmp_path) == []


@POSIX
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is full")
def test_a_full_device_is_named() -> None:
    said = r"^\[Errno 28\] No space left on device: '/dev/full'$"
    with pytest.raises(OSError, match=said), replacing("/dev/full") as stream:
        stream.write("x")


def test_a_temporary_folder_is_beside_the_file_and_gone_in_the_end(tmp_path: Path) -> None:
    with temporary_folder(tmp_path / "out.csv") as folder:
        assert Path(folder).parent == tmp_path
        Path(folder, "part").touch()
    assert names(tmp_path) == []
    with temporary_folder() as folder:
        assert Path(folder).parent != tmp_path


def test_a_signal_while_the_folder_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    remove_all = shutil.rmtree

    def remove(path: str, *, ignore_errors: bool) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise KeyboardInterrupt
        remove_all(path, ignore_errors=ignore_errors)

    monkeypatch.setattr("netscore.output.rmtree", remove)
    with pytest.raises(KeyboardInterrupt), temporary_folder(tmp_path / "out.csv") as folder:
        Path(folder, "part").touch()
    assert names(tmp_path) == []


@POSIX
def test_what_signals_do_is_as_before(tmp_path: Path) -> None:
    def mine(*_: object) -> None:
        """Do nothing."""

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGHUP, mine)
    try:
        with replacing(tmp_path / "out"), temporary_folder(tmp_path / "out"), unwinding():
            assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_DFL, signal.SIG_IGN)
            # The caller's own stays: it decides.
            assert signal.getsignal(signal.SIGHUP) is mine
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGTERM) == before[signal.SIGTERM] == signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) is mine
    finally:
        signal.signal(signal.SIGHUP, before[signal.SIGHUP])
    handlers = []

    def in_a_thread() -> None:
        with replacing(tmp_path / "out"):
            handlers.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=in_a_thread)
    thread.start()
    thread.join()
    assert handlers == [signal.SIG_DFL]


@POSIX
def test_a_signal_unwinds_before_it_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[tuple[int, int, list[str]]] = []
    monkeypatch.setattr(os, "kill", lambda *of: killed.append((*of, names(tmp_path))))

    def write() -> None:
        with replacing(tmp_path / "out"):
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:  # a second one is not heard
                signal.raise_signal(signal.SIGTERM)

    with pytest.raises(BaseException, match=r"\A\Z"):
        write()
    assert killed == [(os.getpid(), signal.SIGTERM, [])]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


WRITE = """
import sys, time
from netscore.output import replacing, temporary_folder
with replacing(sys.argv[1]) as stream, temporary_folder(sys.argv[1]) as folder:
    open(folder + "/part", "w").close()
    stream.write("half")
    stream.flush()
    print("now", flush=True)
    try:
        time.sleep(60)
    finally:
        time.sleep(0.2)
"""


@POSIX
@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ([signal.SIGTERM], -signal.SIGTERM),
        ([signal.SIGHUP], -signal.SIGHUP),
        # The second does not interrupt what the first has begun.
        ([signal.SIGTERM, signal.SIGTERM], -signal.SIGTERM),
        ([signal.SIGINT], -signal.SIGINT),
    ],
)
def test_a_process_that_is_ended_leaves_nothing_and_dies_of_the_signal(
    tmp_path: Path, numbers: list[signal.Signals], status: int
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    # Whoever runs the tests may ignore these signals, as nohup does, and the child inherits that.
    heard = """import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
    command = [sys.executable, "-c", heard + WRITE, str(path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.read(3) == b"now"
        assert len(names(tmp_path)) == 3
        for number in numbers:
            process.send_signal(number)
        assert process.wait(timeout=30) == status
    assert names(tmp_path) == ["out.csv"]
    assert path.read_text() == "before"


@POSIX
def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    start = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    command = [sys.executable, "-c", start + WRITE.replace("60", "1"), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(3) == b"now"
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=30) == 0
    assert path.read_text() == "half"
