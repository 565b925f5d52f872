"""Those who hand calls to a Dask cluster with mutual TLS, each to one of its own on this machine, which the tests use, too."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from ..model import Pending
from .clusters import OnCluster, UsOnCluster


class OnDask(OnCluster):
    """A scheduler and workers of one thread."""

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Starts the cluster."""
        room: Any = import_module("tests.dask_cluster")
        os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])  # Dask's workers import what is called.
        self.folder = Path(tempfile.mkdtemp(prefix="dask-"))
        self.cluster = room.DaskCluster(self.folder / "cluster")
        self.cluster.start_scheduler()
        for number in range(workers):
            self.cluster.start_worker(f"w{number}")
        os.environ.update(self.cluster.environ)
        self.open()

    def stop(self) -> None:
        """Ends the cluster."""
        self.cluster.close()


class UsOnDask(UsOnCluster, OnDask):
    """As shipped."""

    name: ClassVar[str] = "us-dask"
    engine: ClassVar[str] = "dask"

    def open(self) -> None:
        """Makes the executor; the folder is this machine's own."""
        (self.folder / "spool").mkdir()
        os.environ["FARMFUTURES_SPOOL"] = str(self.folder / "spool")
        super().open()
        self.executor.submit(abs, -1).result()  # From here on there is a connection, as for the other.


class DaskItself(OnDask):
    """Calls as tasks, run by threads of the workers; results stay in the workers' memory until they are fetched."""

    name: ClassVar[str] = "dask-map"
    title: ClassVar[str] = "dask.distributed, Client.map"
    module: ClassVar[str] = "distributed"

    def open(self) -> None:
        """Connects."""
        distributed: Any = import_module("distributed")
        tls = self.cluster.certificates
        files = {"tls_ca_file": str(tls.ca), "tls_client_cert": str(tls.cert), "tls_client_key": str(tls.key)}
        self.client = distributed.Client(self.cluster.address, security=distributed.Security(**files, require_encryption=True))
        self.client.submit(abs, -1).result()

    def many(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Sequence[Pending]:
        """A task for each call."""
        found: Sequence[Pending] = self.client.map(function, items, pure=False)
        return found

    def read(self, pending: Sequence[Pending]) -> list[Any]:
        """All results at once, as its users would."""
        return list(self.client.gather(pending))

    def shutdown(self) -> None:
        """Lets go of the scheduler."""
        self.client.close()
