"""Maya's main thread: what belongs on it gets there when Maya is idle, in batches, and never inside another command."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from . import _cmds

SLICE_S = 0.008
"""After so much time of ours the interface gets its turn: half of a frame at 60 Hz. One call is never cut in two."""

_LOG = logging.getLogger("concurrent.futures")  # Where the standard library says what went wrong in callbacks.


def is_interactive() -> bool:
    """Returns whether this Maya has an interface, and with it an event loop. It may be asked on any thread.

    ``mayapy`` and ``maya -batch`` have none: nothing that is deferred is ever called there.
    """
    if "maya" not in sys.modules or not _cmds.in_maya():  # To look for it where it is not takes long, each time.
        return False
    import maya.api.OpenMaya as om  # ``cmds.about`` would do, on the main thread only.

    return om.MGlobal.mayaState() in (om.MGlobal.kInteractive, om.MGlobal.kBaseUIMode)


def holds_interface() -> bool:
    """Returns whether to block here would freeze an interface."""
    return _cmds.on_main_thread() and is_interactive()


class Mailbox:
    """Calls for the main thread, in the order in which they came.

    However many there are, Maya is asked for one idle call; that makes as many of them as fit `SLICE_S` and asks again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._asked = False
        self._held = 0

    def post(self, function: Callable[..., object], *args: Any) -> None:
        """Has ``function(*args)`` called on the main thread. May be called on any thread, and never waits."""
        self._calls.append((function, args))
        self._ask()

    @contextmanager
    def hold(self) -> Generator[None, None, None]:
        """Delivers nothing inside the block: a script or a command is in the middle of something."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._ask()

    def _ask(self) -> None:
        with self._lock:
            if self._asked or self._held or not self._calls:
                return
            self._asked = True
        from maya import utils

        utils.executeDeferred(self._deliver)

    def _deliver(self) -> None:
        self._asked = False
        if self._held:  # The idle events of an event loop inside a command; whoever holds asks again.
            return
        end = time.monotonic() + SLICE_S
        with self.hold():  # A callback may open a dialog, whose event loop must not start the next one.
            while self._calls and time.monotonic() < end:
                _call(*self._calls.popleft())


def _call(function: Callable[..., object], args: tuple[Any, ...]) -> None:
    try:
        function(*args)
    except Exception:
        _LOG.exception("exception calling callback for %r", args[0] if args else function)


mailbox = Mailbox()
