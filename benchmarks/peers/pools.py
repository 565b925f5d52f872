"""`concurrent.futures.ProcessPoolExecutor`, and what all executors of its kind share."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..model import Peer, Pending
from ..work import nap

CHUNK = 250
"""What somebody who chooses ``chunksize`` by hand would take for 50,000 short calls."""


class ExecutorPeer(Peer):
    """Anything with ``submit``, ``map`` and ``shutdown``."""

    executor: Any

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call."""
        pending: Pending = self.executor.submit(function, *args)
        return pending

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item."""
        return list(self.executor.map(function, items, chunksize=chunk or CHUNK))

    def close(self) -> None:
        """Stops everything."""
        self.executor.shutdown()


class ProcessPool(ExecutorPeer):
    """The standard library's, with the start method that a host like Maya needs: it can't be forked."""

    name: ClassVar[str] = "ppe"
    title: ClassVar[str] = "ProcessPoolExecutor"
    module: ClassVar[str] = "concurrent.futures.process"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the pool; it starts workers as calls come."""
        self.executor = concurrent.futures.ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=nap, initargs=(start_up_s,)
        )
