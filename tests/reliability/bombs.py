"""Ends of interpreters, where they are asked for."""

from __future__ import annotations

import sys
from typing import Any


class Bomb:
    """Ends its interpreter where it is asked to."""

    def __init__(self, how: str, where: str) -> None:
        self.how, self.where = how, where

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        if self.where == "load":
            return explode, (self.how,)
        return Bomb, (self.how, self.where)


def explode(how: str) -> None:
    import ctypes
    import os
    import signal

    if how == "segfault":
        ctypes.string_at(0)
    elif how == "abort":
        os.abort()
    elif how == "sys.exit":
        sys.exit(3)
    elif how == "SIGKILL":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        os._exit(int(how))


class OnDump:
    def __init__(self, how: str) -> None:
        self.how = how

    def __reduce__(self) -> Any:
        explode(self.how)


class OnDelete:
    def __init__(self, how: str) -> None:
        self.how = how

    def __del__(self) -> None:
        explode(self.how)


def run_bomb(how: str, where: str) -> Any:
    if where == "run":
        explode(how)
    if where == "dump":
        return OnDump(how)
    if where == "after":
        circle: list[Any] = [OnDelete(how)]
        circle.append(circle)
        import gc
        import threading

        threading.Timer(0.02, gc.collect).start()
    return "done"


NAMES = {
    "segfault": "SIGSEGV", "abort": "SIGABRT", "SIGKILL": "SIGKILL", "0": "code 0", "3": "code 3", "sys.exit": r"sys\.exit\(3\)",
}  # fmt: skip
"""What an error says of each end."""
