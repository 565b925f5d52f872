"""What `concurrent.futures.Future` needs of a `threading.Condition`, lighter."""

from __future__ import annotations

import os
import threading

_lock = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_lock._at_fork_reinit)  # type: ignore[attr-defined]


class Latch:
    """A condition that is made when somebody waits for it.

    A `threading.Condition` is a dozen objects. Those of 20,000 futures cost more than all else that is done for them,
    most of it in the garbage collector, and hardly any of them is ever waited for. All latches share one lock: it is
    never held for longer than it takes to change a future's state.
    """

    __slots__ = ("_condition",)

    def __init__(self) -> None:
        self._condition: threading.Condition | None = None

    def __enter__(self) -> bool:
        return _lock.acquire()

    def __exit__(self, *_: object) -> None:
        _lock.release()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Takes the lock; see `threading.RLock.acquire`."""
        return _lock.acquire(blocking, timeout)

    def release(self) -> None:
        """Gives the lock back."""
        _lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is notified; the lock is held. See `threading.Condition.wait`."""
        if self._condition is None:
            self._condition = threading.Condition(_lock)
        return self._condition.wait(timeout)

    def notify(self, n: int = 1) -> None:
        """Wakes some of those who wait; the lock is held."""
        if self._condition is not None:
            self._condition.notify(n)

    def notify_all(self) -> None:
        """Wakes everybody who waits; the lock is held."""
        if self._condition is not None:
            self._condition.notify_all()
