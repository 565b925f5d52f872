"""What those have in common who hand many calls to a cluster, each to one of its own on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..model import Peer, Pending


class OnCluster(Peer):
    """Anything that hands many calls over at once."""

    share: ClassVar[int] = 1
    """One of so many calls is enough to measure it: a process a call is a process a call, however many there are."""

    def open(self) -> None:
        """Makes the executor."""

    def many(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Sequence[Pending]:
        """Hands over a call for each item, as its users would."""
        raise NotImplementedError

    def read(self, pending: Sequence[Pending]) -> list[Any]:
        """Waits for all results."""
        return [one.result() for one in pending]

    def shutdown(self) -> None:
        """Lets go of the executor."""

    def stop(self) -> None:
        """Ends the cluster."""

    def close(self) -> None:
        """Stops everything."""
        try:
            self.shutdown()
        finally:
            self.stop()


class UsOnCluster(OnCluster):
    """As shipped: chunks of our choice, outcomes in a folder."""

    title: ClassVar[str] = "**farmfutures**"
    module: ClassVar[str] = "farmfutures"
    engine: ClassVar[str]

    def open(self) -> None:
        """Makes the executor."""
        import farmfutures

        self.executor = farmfutures.Executor(engine=self.engine)

    def many(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Sequence[Pending]:
        """One job, many work items."""
        with self.executor.batch("many") as batch:
            for item in items:
                batch.submit(function, item)
        return batch.futures

    def shutdown(self) -> None:
        """Lets go of the executor."""
        self.executor.shutdown(wait=False)
