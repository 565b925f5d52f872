"""Futures that are kind to Maya's main thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import farmfutures

from . import main_thread, waiting


class _Waiters(list[Any]):
    """Those who wait for a future, as the standard library's ``wait`` and ``as_completed`` write themselves down here.

    On the main thread of an interactive Maya they get an event that can be waited for without freezing it.
    """

    def append(self, waiter: Any) -> None:
        """Adds one."""
        if type(getattr(waiter, "event", None)) is threading.Event and main_thread.holds_interface():
            waiter.event = waiting.Event()
        super().append(waiter)


class Future(farmfutures.Future):
    """A `farmfutures.Future` of a Maya executor. It differs in an interactive Maya, and only there:

    *Waiting* on the main thread keeps Maya alive: it draws, threads reach it by ``executeInMainThreadWithResult``, and
    after a moment a dialog says what is waited for; Esc there raises `farmfutures.errors.WaitCancelledError`, and the
    job goes on. That holds for ``result``, ``exception``, `concurrent.futures.wait` and ``as_completed``.

    *Callbacks* are called on the main thread, when Maya is idle, in batches, in order, and never inside another command,
    even when the future is done before they are added.
    """

    _WAITERS: ClassVar[type[list[Any]]] = _Waiters

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._waiters: list[Any] = _Waiters()

    def result(self, timeout: float | None = None) -> Any:
        """Waits for the result; see the class.

        Args:
            timeout: Seconds, or None for as long as it takes.

        Raises:
            WaitCancelledError: Somebody pressed Esc meanwhile.
            TimeoutError: It took longer.
        """
        return super().result(self._wait(timeout))

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Waits for the exception, or None; see `result`."""
        return super().exception(self._wait(timeout))

    def _wait(self, timeout: float | None) -> float | None:
        """Waits where waiting would freeze Maya; returns the seconds that are left to wait in the plain way."""
        if timeout == 0 or self.done() or not main_thread.holds_interface():
            return timeout
        waiting.wait([self], timeout)
        return 0

    def add_done_callback(self, fn: Callable[[Any], object]) -> None:
        """Has ``fn(future)`` called when the future is done; see the class.

        asyncio's own callbacks are called at once, on any thread: they only wake an event loop, which may be what
        Maya's main thread is waiting in.
        """
        if getattr(fn, "__module__", "") != "asyncio.futures" and main_thread.is_interactive():
            fn = partial(main_thread.mailbox.post, fn)
        super().add_done_callback(fn)
