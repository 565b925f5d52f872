"""One broker for a state folder: a lock on a file that the system lets go when the broker dies, however it dies."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from ...guard import open_private

_TRIES = 200
_TRY_S = 0.005


class Lock:
    """A file lock; held until `release` or the end of the process."""

    def __init__(self, path: Path, flags: int = os.O_CREAT | os.O_RDWR) -> None:
        self._file = open_private(path, flags)

    def insist(self) -> None:
        """Takes a lock that nobody else wants, over those who only look whether it is held.

        Raises:
            TimeoutError: Somebody does hold it.
        """
        for _ in range(_TRIES):
            if self.take():
                return
            time.sleep(_TRY_S)
        raise TimeoutError("the lock is held by another process")

    def take(self) -> bool:
        """Takes the lock; returns False where somebody has it."""
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Lets go."""
        os.close(self._file)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock."""
    try:
        lock = Lock(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not lock.take()
    finally:
        lock.release()
