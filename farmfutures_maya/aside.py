"""Work that needs no Maya, in a thread of its own, while an interactive Maya is kept alive."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from typing import TypeVar

from . import main_thread, waiting

R = TypeVar("R")


def run_aside(work: Callable[[Callable[[], bool]], R], title: str) -> R:
    """Runs something that takes seconds. Where there is no interface to freeze, it is simply called.

    Args:
        work: Called with what it is to ask now and then: whether to stop.
        title: What a dialog says that is waited for.

    Raises:
        WaitCancelledError: Somebody pressed Esc; `work` was told to stop.
    """
    if not main_thread.holds_interface():
        return work(lambda: False)
    outcome: concurrent.futures.Future[R] = concurrent.futures.Future()
    stop = threading.Event()
    thread = threading.Thread(target=_settle, args=(outcome, lambda: work(stop.is_set)), name="farmfutures aside", daemon=True)
    thread.start()
    try:
        waiting.wait([outcome], title=title)
    finally:
        stop.set()
    return outcome.result()


def _settle(outcome: concurrent.futures.Future[R], work: Callable[[], R]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:
        outcome.set_exception(error)
