"""executorlib: an executor over zmq, for clusters too."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from .pools import ExecutorPeer


class ExecutorLib(ExecutorPeer):
    """As its manual starts it for many calls: workers that stay, dependencies between calls allowed."""

    name: ClassVar[str] = "executorlib"
    title: ClassVar[str] = "executorlib"
    module: ClassVar[str] = "executorlib"
    slow: ClassVar[bool] = False
    alone: ClassVar[bool] = False

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the executor."""
        if start_up_s:
            raise NotImplementedError("a start that takes long is not set up for executorlib")
        library: Any = import_module("executorlib")
        self.executor = library.SingleNodeExecutor(max_workers=workers, block_allocation=True, disable_dependencies=self.alone)


class ExecutorLibAlone(ExecutorLib):
    """Without the thread that looks for dependencies every 10 ms."""

    name: ClassVar[str] = "executorlib-nodep"
    title: ClassVar[str] = "executorlib, without its dependency thread"
    alone: ClassVar[bool] = True
