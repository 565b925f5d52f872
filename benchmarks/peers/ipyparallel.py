"""ipyparallel: a controller and engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar

from ..model import Peer, Pending


class IPyParallel(Peer):
    """A local cluster with the load-balanced view."""

    name: ClassVar[str] = "ipyparallel"
    title: ClassVar[str] = "ipyparallel"
    module: ClassVar[str] = "ipyparallel"
    slow: ClassVar[bool] = True

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Starts controller and engines."""
        if start_up_s:
            raise NotImplementedError("a start that takes long is not set up for ipyparallel")
        ipyparallel: Any = import_module("ipyparallel")
        self.cluster = ipyparallel.Cluster(n=workers, log_level=40)
        self.client = self.cluster.start_and_connect_sync(activate=False)
        self.view = self.client.load_balanced_view()

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call."""
        pending: Pending = self.view.apply_async(function, *args)
        return pending

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item."""
        return list(self.view.map_sync(function, items, chunksize=chunk or 1))

    def brokers(self) -> list[int]:
        """The controller, which has a process of its own for each of its schedulers."""
        return [int(self.cluster.controller.pid)]

    def close(self) -> None:
        """Stops everything."""
        self.client.close()
        self.cluster.stop_cluster_sync()
