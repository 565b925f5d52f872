"""loky: a process pool that survives crashes."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from ..work import nap
from .pools import ExecutorPeer


class Loky(ExecutorPeer):
    """Its executor, with its own start method (fork and exec)."""

    name: ClassVar[str] = "loky"
    title: ClassVar[str] = "loky"
    module: ClassVar[str] = "loky"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the pool."""
        loky: Any = import_module("loky")
        self.executor = loky.ProcessPoolExecutor(workers, initializer=nap, initargs=(start_up_s,))
