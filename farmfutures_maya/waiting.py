"""Waiting for futures. On the main thread of an interactive Maya it keeps the interface alive and can be cancelled."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures._base import DoneAndNotDoneFutures  # Nowhere else, though it is what `wait` returns.
from typing import Any, NamedTuple

import farmfutures
from farmfutures.errors import WaitCancelledError
from farmfutures.executor import cancel
from farmfutures.future import require_submitted

from . import main_thread

FEW = 1000
"""Of so many futures the dialog shows how far those are that run; of more it only counts those that are over."""

_ANY = "Waiting for the farm"

Done = DoneAndNotDoneFutures[concurrent.futures.Future[Any]]


class Told(NamedTuple):
    """What a dialog shows of those who are waited for.

    Attributes:
        text: What is waited for, in a line.
        done: How many are over, parts of those that run included.
        total: How many there are; 0 where nobody knows.
    """

    text: str
    done: float
    total: int


def wait(
    futures: Iterable[concurrent.futures.Future[Any]],
    timeout: float | None = None,
    return_when: str = concurrent.futures.ALL_COMPLETED,
    *,
    title: str | None = None,
    cancel_futures: bool = False,
) -> Done:
    """`concurrent.futures.wait` for Maya's main thread: a dialog shows progress and can be cancelled.

    Where there is no interface to freeze (in ``mayapy``, on another thread) it waits in the plain way.

    Args:
        futures: What to wait for. Futures of any executor may be among them.
        timeout: Seconds, or None for as long as it takes.
        return_when: As of `concurrent.futures.wait`.
        title: What the dialog says is waited for.
        cancel_futures: Cancelling the dialog also cancels what does not run yet.

    Returns:
        The sets ``done`` and ``not_done``.

    Raises:
        WaitCancelledError: Somebody pressed Esc or the dialog's button.
        NotSubmittedError: A future's batch is not committed, so that nothing would ever come.
    """
    chosen = list(dict.fromkeys(futures))
    require_submitted(chosen)
    if not main_thread.holds_interface():
        return concurrent.futures.wait(chosen, timeout, return_when)
    watch = _Watch(chosen, return_when)
    try:
        watch.keep(timeout, title)
    except WaitCancelledError:
        if cancel_futures:
            cancel(chosen)
        raise
    done = {future for future in chosen if future.done()}
    return DoneAndNotDoneFutures(done, set(chosen) - done)


class _Watch:
    """Hears of futures that are over. They call it as they call those who wait by the standard library's functions."""

    def __init__(self, futures: Sequence[concurrent.futures.Future[Any]], return_when: str) -> None:
        self._futures = futures
        self._first = return_when != concurrent.futures.ALL_COMPLETED
        self._failure = return_when == concurrent.futures.FIRST_EXCEPTION
        self._lock = threading.Lock()
        self._missing = len(futures)
        self._enough = not futures

    def keep(self, timeout: float | None, title: str | None) -> None:
        """Waits until enough of them are over, or for so many seconds."""
        for future in self._futures:
            with future._condition:
                if future.done():
                    self._count(not future.cancelled() and future.exception() is not None)
                else:
                    _waiters(future).append(self)
        try:
            _keep_alive(lambda: self._enough, timeout, lambda: self._tell(title))
        finally:
            for future in self._futures:
                with future._condition:
                    if self in _waiters(future):
                        _waiters(future).remove(self)

    def _tell(self, title: str | None) -> Told:
        if len(self._futures) <= FEW:
            return tell(self._futures, title)
        over = len(self._futures) - self._missing
        return Told(_counted(title or _ANY, over, len(self._futures)), over, len(self._futures))

    def _count(self, failed: bool) -> None:
        with self._lock:
            self._missing -= 1
            if not self._missing or (self._first and (failed or not self._failure)):
                self._enough = True

    def add_result(self, future: object) -> None:
        """One is done."""
        self._count(failed=False)

    def add_exception(self, future: object) -> None:
        """One has failed."""
        self._count(failed=True)

    add_cancelled = add_result


def _waiters(future: concurrent.futures.Future[Any]) -> list[Any]:
    return future._waiters


class Event(threading.Event):
    """An event that may be waited for on the main thread of an interactive Maya."""

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is set, or for so many seconds; returns whether it is set."""
        return self.is_set() or _keep_alive(self.is_set, timeout, lambda: Told(_ANY, 0, 0))


def _keep_alive(over: Callable[[], bool], timeout: float | None, say: Callable[[], Told]) -> bool:
    from .vigil import Vigil  # Loads PySide6, which is Maya's own.

    deadline = None if timeout is None else time.monotonic() + timeout
    with main_thread.mailbox.hold():
        return Vigil(over, deadline, say).keep()


def tell(futures: Sequence[concurrent.futures.Future[Any]], title: str | None = None) -> Told:
    """Returns how far these are; each of them is looked at."""
    parts = [_part(future) for future in futures]
    if len(futures) == 1:
        return Told(title or _name(futures[0]), parts[0], 1)
    over = sum(part >= 1 for part in parts)
    return Told(_counted(title or _ANY, over, len(futures)), sum(parts), len(futures))


def _counted(text: str, over: int, total: int) -> str:
    return f"{text}: {over:,} of {total:,} done"


def _part(future: concurrent.futures.Future[Any]) -> float:
    if future.done():
        return 1.0
    progress = future.progress if isinstance(future, farmfutures.Future) else None
    return min((progress and progress.fraction) or 0.0, 0.99)


def _name(future: concurrent.futures.Future[Any]) -> str:
    if not isinstance(future, farmfutures.Future):
        return _ANY
    said = f": {future.progress.message}" if future.progress and future.progress.message else ""
    return f"Waiting for job {future.job_id}, work item {future.work_id}{said}"
