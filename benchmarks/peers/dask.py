"""dask.distributed: a scheduler and workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar

from ..model import Peer, Pending


class Dask(Peer):
    """A local cluster; its scheduler lives in the caller's process."""

    name: ClassVar[str] = "dask"
    title: ClassVar[str] = "dask.distributed"
    module: ClassVar[str] = "distributed"
    slow: ClassVar[bool] = True

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Starts scheduler and workers, without the dashboard."""
        if start_up_s:
            raise NotImplementedError("a start that takes long is not set up for dask")
        distributed: Any = import_module("distributed")
        self.cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=40
        )
        self.client = distributed.Client(self.cluster)

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call; ``pure=False``, for it would remember the result of an equal one."""
        pending: Pending = self.client.submit(function, *args, pure=False)
        return pending

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item."""
        return list(self.client.gather(self.client.map(function, items, pure=False)))

    def close(self) -> None:
        """Stops everything."""
        self.client.close()
        self.cluster.close()
