"""What the client wants of runners that run, or will: they look at it between work items, and now and then during one."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import EngineUnavailableError
from ..guard import open_private, write_private
from .layout import JobFolder
from .seal import Seal

_LOCK_S = 10.0
"""A lock that does not change for so long belongs to nobody who lives."""

_LOOK_S = 0.02


@dataclass(slots=True)
class Marks:
    """The marks of a job.

    Attributes:
        version: Goes up with every change; runners say in their reports which one they have seen.
        paused: Nothing new is to start.
        cancelled: Work items that are not to start.
        killed: Work items that are not to start, or to be ended where they run.
        done: Work items that somebody called done; they are not to run.
        forgiven: For items that are to run again, the attempt from which on outcomes count again: those up to it don't.
        first: Items that go first among those that wait.
        priority: The job's priority, where somebody changed it.
    """

    version: int = 0
    paused: bool = False
    cancelled: set[int] = field(default_factory=set)
    killed: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    forgiven: dict[int, int] = field(default_factory=dict)
    first: list[int] = field(default_factory=list)
    priority: int | None = None

    def stops(self, work: int) -> bool:
        """Whether a work item is not to start."""
        return work in self.cancelled or work in self.killed or work in self.done


def read(folder: JobFolder, seal: Seal) -> Marks:
    """Returns the marks of a job, none where nobody made any.

    Raises:
        SealError: They are not ours.
        OSError: They can't be read.
    """
    try:
        data = folder.marks.read_bytes()
    except FileNotFoundError:
        return Marks()
    about = json.loads(seal.open(f"marks {folder.number}", data, folder.marks))
    return Marks(
        about["version"], about["paused"], set(about["cancelled"]), set(about["killed"]), set(about["done"]),
        {int(work): attempt for work, attempt in about["forgiven"].items()}, about["first"], about["priority"],
    )  # fmt: skip


def change(folder: JobFolder, seal: Seal, how: Callable[[Marks], None]) -> Marks:
    """Changes the marks, one client at a time, and returns them.

    Raises:
        EngineUnavailableError: Another client holds them for too long.
        SealError: They are not ours.
        OSError: They can't be written.
    """
    with _alone(folder):
        marks = read(folder, seal)
        how(marks)
        marks.version += 1
        body = json.dumps({
            "version": marks.version, "paused": marks.paused, "cancelled": sorted(marks.cancelled),
            "killed": sorted(marks.killed), "done": sorted(marks.done), "forgiven": marks.forgiven, "first": marks.first,
            "priority": marks.priority,
        }).encode()  # fmt: skip
        write_private(folder.marks, seal.close(f"marks {folder.number}", body))
    return marks


@contextmanager
def _alone(folder: JobFolder) -> Iterator[None]:
    """Holds a lock file: the only lock that all shared file systems have.

    Whether its holder died is told by our own clock, as long as the lock stays the same: clocks of machines differ.
    """
    path, mine = folder.root / "marks.lock", secrets.token_bytes(8)
    _take(path, mine)
    try:
        yield
    finally:
        if _content(path) == mine:  # It may be another one's by now, if we took too long.
            path.unlink(missing_ok=True)


def _take(path: Path, mine: bytes) -> None:
    seen, since, deadline = b"", time.monotonic(), time.monotonic() + 3 * _LOCK_S
    while not _made(path, mine):
        held = _content(path)
        if held != seen:
            seen, since = held, time.monotonic()
        elif time.monotonic() - since > _LOCK_S:
            path.unlink(missing_ok=True)
        if time.monotonic() > deadline:
            raise EngineUnavailableError(f"another client holds {path}: look what it does, or remove the file.")
        time.sleep(_LOOK_S)


def _made(path: Path, content: bytes) -> bool:
    try:
        file = open_private(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    with open(file, "wb") as stream:
        stream.write(content)
    return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
