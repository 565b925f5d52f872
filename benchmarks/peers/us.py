"""farmfutures, as shipped: durable, with the broker in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..model import Peer, Pending


class Us(Peer):
    """One executor on the local engine, whose state folder is this process's own."""

    name: ClassVar[str] = "us"
    title: ClassVar[str] = "**farmfutures**"
    module: ClassVar[str] = "farmfutures"
    synchronous: ClassVar[str] = "normal"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the executor; the broker starts with the first call."""
        more = {"bootstrap": "benchmarks.work:slow_start", "settings": {"seconds": start_up_s}} if start_up_s else {}
        self.open(workers, **more)

    def open(self, workers: int, **options: Any) -> None:
        """Makes the executor with job options."""
        os.environ["FARMFUTURES_SLOTS"] = str(workers)
        os.environ["FARMFUTURES_SYNCHRONOUS"] = self.synchronous
        import farmfutures

        self.executor = farmfutures.Executor(**options)
        self.farm = farmfutures.Farm()

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call, as a job of its own."""
        return self.executor.submit(function, *args)

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item; with None, ``chunksize="auto"``."""
        size: Any = chunk or "auto"
        return list(self.executor.map(function, items, chunksize=size))

    def brokers(self) -> list[int]:
        """The broker."""
        status = self.farm.broker_status()
        return [int(status["pid"])] if status else []

    def close(self) -> None:
        """Stops everything."""
        self.executor.shutdown(wait=False)
        self.farm.stop_broker(timeout_s=60)
        self.farm.close()


class UsFull(Us):
    """The same with ``synchronous = "full"``, which survives a loss of power too."""

    name: ClassVar[str] = "us-full"
    title: ClassVar[str] = "farmfutures, synchronous=full"
    synchronous: ClassVar[str] = "full"
