"""mpire: a process pool that chunks by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar

from ..model import Peer, Pending


class _Got:
    """Its ``AsyncResult``, with the word that everybody else has."""

    def __init__(self, found: Any) -> None:
        self.result: Callable[[], Any] = found.get


class Mpire(Peer):
    """Its pool, kept alive between maps."""

    name: ClassVar[str] = "mpire"
    title: ClassVar[str] = "mpire"
    module: ClassVar[str] = "mpire"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Makes the pool."""
        if start_up_s:
            raise NotImplementedError("mpire initialises workers anew for each map")
        mpire: Any = import_module("mpire")
        self.pool = mpire.WorkerPool(workers, start_method="spawn", keep_alive=True)

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call."""
        return _Got(self.pool.apply_async(function, args))

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item; with None, chunks as it likes."""
        return list(self.pool.map(function, items, chunk_size=chunk))

    def close(self) -> None:
        """Stops everything."""
        self.pool.stop_and_join()
        self.pool.terminate()
