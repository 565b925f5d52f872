"""Ways to Maya's main thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mayasim.world import world


def executeDeferred(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Calls when Maya is idle; a batch Maya never is."""
    if not world.batch:
        world.deferred.append(lambda: function(*args, **kwargs))


def executeInMainThreadWithResult(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls on the main thread and waits.

    Raises:
        RuntimeError: From a thread of a batch Maya, which has no event loop.
    """
    if threading.current_thread() is threading.main_thread():
        return function(*args, **kwargs)
    if world.batch:
        raise RuntimeError("executeInMainThreadWithResult needs the event loop of an interactive Maya.")
    done = threading.Event()
    result: list[Any] = []
    world.deferred.append(lambda: (result.append(function(*args, **kwargs)), done.set()))
    done.wait()
    return result[0]


def processIdleEvents() -> None:
    """Runs what was deferred."""
    while world.deferred:
        world.deferred.pop(0)()
