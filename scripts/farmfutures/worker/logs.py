"""File descriptors 1 and 2 into one file per item.

Both point into a scratch file of the interpreter, so that what C++ renderers print is caught too. An item that printed
something gets that file under its own name when it is over; one that printed nothing costs one ``fstat``.
"""

from __future__ import annotations

import ctypes
import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

SCRATCH = "out.log"
_LATECOMERS = 3
"""A writer is read after so often before its log is cut: its last words may be among what came meanwhile."""

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def item_log(root: str | Path, job: int, work: int, attempt: int) -> Path:
    """The log of one run of a work item. Folders of a thousand jobs keep listings short."""
    return Path(root) / str(job // 1000) / str(job) / f"{work}.{attempt}.log"


class Log:
    """The child's end: owns descriptors 1 and 2."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self._flush_c = _c_flush()
        self._reopen()

    def _reopen(self) -> None:
        file = os.open(self.scratch, _FLAGS, 0o600)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.close(file)

    def flush(self) -> None:
        """Brings out what Python's and C's buffers hold."""
        for stream in (sys.stdout, sys.stderr):
            try:  # Not contextlib.suppress, which takes longer than both flushes; this is done for each item.
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        self._flush_c()

    def take(self, path_of: Callable[[], Path], limit: int) -> str | None:
        """Gives what was printed since the last time a name of its own, cut to `limit` bytes; None for silence."""
        self.flush()
        size = os.fstat(1).st_size
        if not size:
            return None
        path = path_of()
        try:
            if size > limit:
                cap(self.scratch, limit)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._move(path)
        except OSError:  # The disk is full, say: the text stays in the scratch file, and the result is not lost for it.
            return None
        return str(path)

    def _move(self, path: Path) -> None:
        if sys.platform == "win32":
            # An open file can't be renamed there.
            shutil.copyfile(self.scratch, path)
            os.ftruncate(1, 0)
        else:
            os.replace(self.scratch, path)
            self._reopen()


def _c_flush() -> Callable[[], object]:
    """Returns ``fflush(NULL)`` of the C library: its buffers are full-size when stdout is a file."""
    try:
        library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        flush = library.fflush
    except (OSError, AttributeError):
        return lambda: None
    return lambda: flush(None)


def tail(path: Path, lines: int = 20, limit: int = 16384) -> str:
    """Returns the last lines of a log, for an error message."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - limit))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def cap(path: Path, limit: int) -> None:
    """Leaves the middle out of a log that is longer than `limit` bytes. Its writer appends, and may do so meanwhile."""
    try:
        if path.stat().st_size <= limit:
            return
        # It appends, too: what the writer says between the next two steps is not written over.
        with path.open("a+b", buffering=0) as file:
            _only_one(file.fileno())
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                _leave_out_the_middle(file, path, size, limit)
    except OSError:
        return


def _only_one(file: int) -> None:
    """An interpreter and its supervisor may want to cut the same log at the same moment; on Windows there is no such lock."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)


def _leave_out_the_middle(file: io.FileIO, path: Path, size: int, limit: int) -> None:
    file.seek(size - limit // 4)
    end = file.readall()
    for _ in range(_LATECOMERS):
        end += file.readall()
    file.truncate(limit // 2)
    end = b"\n... %d bytes left out: the log is longer than its limit ...\n" % (size - limit * 3 // 4) + end
    file.write(end)
    late = file.tell() - len(end) - limit // 2
    if late > 0:  # Said after we had cut and before we wrote: it belongs behind that, in the same bytes.
        with path.open("r+b") as inside:
            inside.seek(limit // 2)
            said = inside.read(late)
            inside.seek(limit // 2)
            inside.write(end + said)
