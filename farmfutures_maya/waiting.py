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
            _keep_alive(lambda: self._enough, timeout, self._futures, title)
        finally:
            for future in self._futures:
                with future._condition:
                    if self in _waiters(future):
                        _waiters(future).remove(self)

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
        return self.is_set() or _keep_alive(self.is_set, timeout, (), None)


def _keep_alive(over: Callable[[], bool], timeout: float | None, futures: Sequence[Any], title: str | None) -> bool:
    from .vigil import Vigil  # Loads PySide6, which is Maya's own.

    deadline = None if timeout is None else time.monotonic() + timeout
    with main_thread.mailbox.hold():
        return Vigil(over, deadline, lambda: tell(futures, title)).keep()


def tell(futures: Sequence[concurrent.futures.Future[Any]], title: str | None = None) -> Told:
    """Returns how far these are."""
    if not futures:
        return Told(title or "Waiting for the farm", 0, 0)
    parts = [_part(future) for future in futures]
    over = sum(part >= 1 for part in parts)
    text = title or (_name(futures[0]) if len(futures) == 1 else "Waiting for the farm")
    if len(futures) > 1:
        text += f": {over:,} of {len(futures):,} done"
    return Told(text, sum(parts), len(futures))


def _part(future: concurrent.futures.Future[Any]) -> float:
    if future.done():
        return 1.0
    progress = future.progress if isinstance(future, farmfutures.Future) else None
    return min((progress and progress.fraction) or 0.0, 0.99)


def _name(future: concurrent.futures.Future[Any]) -> str:
    if not isinstance(future, farmfutures.Future):
        return "Waiting for the farm"
    said = f": {future.progress.message}" if future.progress and future.progress.message else ""
    return f"Waiting for job {future.job_id}, work item {future.work_id}{said}"
