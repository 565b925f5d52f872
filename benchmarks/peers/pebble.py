"""pebble: a process pool with time limits."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar

from ..model import Peer, Pending
from ..work import nap
from .pools import CHUNK


class Pebble(Peer):
    """Its process pool."""

    name: ClassVar[str] = "pebble"
    title: ClassVar[str] = "pebble"
    module: ClassVar[str] = "pebble"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the pool."""
        pebble: Any = import_module("pebble")
        self.pool = pebble.ProcessPool(
            max_workers=workers, context=multiprocessing.get_context("spawn"), initializer=nap, initargs=(start_up_s,)
        )

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call."""
        pending: Pending = self.pool.schedule(function, args=args)
        return pending

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item."""
        return list(self.pool.map(function, items, chunksize=chunk or CHUNK).result())

    def close(self) -> None:
        """Stops everything."""
        self.pool.stop()
        self.pool.join()
