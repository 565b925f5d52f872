"""Ways to Maya's main thread."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from mayasim.world import world


def executeDeferred(function: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> None:
    """Calls, or runs source, when Maya is idle; a batch Maya never is."""
    if not world.batch:
        _defer(lambda: _call(function, *args, **kwargs))


def _defer(function: Callable[[], object]) -> None:
    world.deferred.append(function)
    if world.window:
        world.window.wake()


def _call(function: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> Any:
    if callable(function):
        return function(*args, **kwargs)
    return exec(function, sys.modules["__main__"].__dict__)


def executeInMainThreadWithResult(function: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> Any:
    """Calls on the main thread and waits; what is raised there is raised here.

    Raises:
        RuntimeError: From a thread of a batch Maya, which has no event loop.
    """
    if threading.current_thread() is threading.main_thread():
        return _call(function, *args, **kwargs)
    if world.batch:
        raise RuntimeError("executeInMainThreadWithResult needs the event loop of an interactive Maya.")
    future: Future[Any] = Future()
    _defer(lambda: _settle(future, lambda: _call(function, *args, **kwargs)))
    return future.result()


def _settle(future: Future[Any], function: Callable[[], Any]) -> None:
    try:
        future.set_result(function())
    except BaseException as error:
        future.set_exception(error)


def processIdleEvents() -> None:
    """Runs what was deferred, and says what goes wrong there."""
    while world.deferred:
        function = world.deferred.pop(0)
        try:
            function()
        except Exception:
            traceback.print_exc()
