"""Those who hand calls to Slurm, each to a cluster of its own on this machine, which the tests use, too."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from ..model import Pending
from .clusters import OnCluster, UsOnCluster

SLOTS = 4
"""Processors of the cluster: so many calls run at once."""

CHUNKS = 152
"""Into so many tasks calls are put by hand, where that has to be: as many as we make of ten thousand."""


class OnSlurm(OnCluster):
    """A cluster of two nodes."""

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Starts the cluster, which takes larger arrays than usual: one of the peers has a task for each call."""
        cluster: Any = import_module("tests.slurm_cluster")
        if reason := cluster.why_not():
            raise NotImplementedError(f"there is no Slurm here: {reason}")
        self.cluster = cluster.Cluster(array_size=20_001, conf="MaxJobCount=60000\n")
        self.cluster.environ["TMPDIR"] = tempfile.gettempdir()  # By which what is left of a cell is found.
        self.cluster.start()
        os.environ["SLURM_CONF"] = str(self.cluster.conf)
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.open()

    def stop(self) -> None:
        """Ends the cluster."""
        self.cluster.stop()


class UsOnSlurm(UsOnCluster, OnSlurm):
    """As shipped."""

    name: ClassVar[str] = "us-slurm"
    engine: ClassVar[str] = "slurm"

    def open(self) -> None:
        """Makes the executor."""
        os.environ["FARMFUTURES_SPOOL"] = str(self.folder)
        super().open()


class SubmitIt(OnSlurm):
    """A task for each call, in one array, as its manual has it for many calls."""

    name: ClassVar[str] = "submitit"
    title: ClassVar[str] = "submitit, map_array"
    module: ClassVar[str] = "submitit"
    share: ClassVar[int] = 100

    def open(self) -> None:
        """Makes the executor; it looks as often as we do."""
        self.library: Any = import_module("submitit")
        self.executor = self.library.SlurmExecutor(folder=self.folder)
        self.executor.update_parameters(array_parallelism=SLOTS, use_srun=False)

    def many(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Sequence[Pending]:
        """One array."""
        found: Sequence[Pending] = self.executor.map_array(function, items)
        return found


class SubmitItByHand(SubmitIt):
    """Calls put together by whoever submits: a task runs a sequence of them."""

    name: ClassVar[str] = "submitit-sequence"
    title: ClassVar[str] = "submitit, sequences of calls by hand"
    share: ClassVar[int] = 1

    def many(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Sequence[Pending]:
        """One array of sequences."""
        size = -(-len(items) // CHUNKS)
        sequences = []
        for first in range(0, len(items), size):
            sequence = self.library.helpers.FunctionSequence()
            for item in items[first : first + size]:
                sequence.add(function, item)
            sequences.append(sequence)
        found: Sequence[Pending] = self.executor.map_array(lambda one: one(), sequences)
        return found

    def read(self, pending: Sequence[Pending]) -> list[Any]:
        """The results of each call, in order."""
        return [result for one in pending for result in one.result()]


class ExecutorLibOnSlurm(OnSlurm):
    """A job for each call: its executor for the login node of a cluster."""

    name: ClassVar[str] = "executorlib-slurm"
    title: ClassVar[str] = "executorlib, SlurmClusterExecutor"
    module: ClassVar[str] = "executorlib"
    share: ClassVar[int] = 100

    def open(self) -> None:
        """Makes the executor."""
        library: Any = import_module("executorlib")
        self.executor = library.SlurmClusterExecutor(
            cache_directory=str(self.folder), disable_dependencies=True, resource_dict={"partition": "farm"}
        )

    def many(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Sequence[Pending]:
        """One by one, as there is no other way."""
        return [self.executor.submit(function, item) for item in items]

    def shutdown(self) -> None:
        """Lets go of the executor."""
        self.executor.shutdown(wait=False)
