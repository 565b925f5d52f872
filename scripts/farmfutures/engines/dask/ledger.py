"""What the desk knows of orders: which chunks wait, which Dask may start, how the others stand. No Dask in here."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..spool.launcher import ChunkState

KEPT_S = 7 * 24 * 3600.0
"""So long after their end orders are remembered. Who asks later hears that they are lost, and has their outcomes anyway."""

ANNOUNCED_S = 600.0
"""An order that was announced and not handed over by then, since its client died, is forgotten."""

_OVER = frozenset({ChunkState.OVER, ChunkState.CANCELLED, ChunkState.LOST})


@dataclass(slots=True)
class Chunk:
    """One chunk.

    Attributes:
        key: Dask's name of its task.
        state: How it stands.
        why: For people.
        where: The host that runs it, or did last.
        worker: The address of the worker that runs it; "" where none does.
        free: Dask may start it.
        avoid: Addresses of workers that it failed on.
    """

    key: str
    state: ChunkState = ChunkState.WAITING
    why: str = ""
    where: str = ""
    worker: str = ""
    free: bool = False
    avoid: set[str] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in _OVER

    @property
    def waits(self) -> bool:
        """Whether it has not begun."""
        return self.state is ChunkState.WAITING


@dataclass(slots=True)
class Order:
    """The chunks of one order.

    Attributes:
        token: Its name.
        job: What tells its job from others: the job's folder.
        chunks: In order.
        cpus: How many chunks of its job may run at once; None: all.
        priority: As Dask counts, higher goes first.
        held: Nothing of it is to start.
        taken: How many of its chunks Dask has; all of them, or it was never handed over.
        workers: Names or hosts that it is restricted to, as Dask keeps them.
        hosts: The same for hosts.
        ended_s: When its last chunk ended, in seconds of the monotonic clock.
        opened_s: When its client announced it.
    """

    token: str
    job: str
    chunks: list[Chunk]
    cpus: int | None = None
    priority: int = 0
    held: bool = False
    taken: int = 0
    workers: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    ended_s: float | None = None
    opened_s: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Order:
        """Makes one of what a client says."""
        chunks = [Chunk(key(about["token"], number)) for number in range(about["chunks"])]
        return cls(about["token"], about["job"], chunks, about["cpus"], about["priority"], about["held"])

    @property
    def there(self) -> bool:
        """Whether it was handed over whole."""
        return self.taken == len(self.chunks)


def key(token: str, chunk: int) -> str:
    """Returns Dask's name for the task of a chunk; any client can say it."""
    return f"farmfutures-{token}-{chunk}"


class Ledger:
    """All orders of a scheduler."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self._places: dict[str, tuple[Order, Chunk]] = {}
        self._jobs: dict[str, list[Order]] = {}

    def add(self, order: Order) -> None:
        """Takes an order in, and forgets old ones."""
        self._prune(time.monotonic())
        self.orders[order.token] = order
        self._jobs.setdefault(order.job, []).append(order)
        self._places.update((chunk.key, (order, chunk)) for chunk in order.chunks)

    def place(self, key: str) -> tuple[Order, Chunk] | None:
        """Returns the chunk of a task and its order; None where the task is not one of ours."""
        return self._places.get(key)

    def let_go(self, job: str) -> list[Chunk]:
        """Frees as many chunks of a job as may run beside those that do, and returns them."""
        orders = [order for order in self._jobs.get(job, []) if order.there]
        busy = sum(chunk.free and not chunk.over for order in orders for chunk in order.chunks)
        freed = []
        for order in orders:
            for chunk in order.chunks:
                if order.held or (order.cpus is not None and busy >= order.cpus):
                    break
                if chunk.waits and not chunk.free:
                    chunk.free = True
                    busy += 1
                    freed.append(chunk)
        return freed

    def hold(self, order: Order) -> list[Chunk]:
        """Takes back what has not begun, and returns it."""
        order.held = True
        held = [chunk for chunk in order.chunks if chunk.free and chunk.waits]
        for chunk in held:
            chunk.free = False
        return held

    def end(self, order: Order, chunk: Chunk, state: ChunkState, why: str) -> None:
        """Notes what became of a chunk."""
        chunk.state, chunk.why, chunk.worker = state, why, ""
        if all(chunk.over for chunk in order.chunks):
            order.ended_s = time.monotonic()

    def held_back(self) -> list[Chunk]:
        """Returns what is not to start yet."""
        return [chunk for _, chunk in self._places.values() if chunk.waits and not chunk.free]

    def _prune(self, now: float) -> None:
        for order in list(self.orders.values()):
            ended = order.ended_s is not None and now - order.ended_s > KEPT_S
            if ended or (not order.there and now - order.opened_s > ANNOUNCED_S):
                self.forget(order)

    def forget(self, order: Order) -> None:
        """Forgets an order."""
        del self.orders[order.token]
        self._jobs[order.job].remove(order)
        if not self._jobs[order.job]:
            del self._jobs[order.job]
        for chunk in order.chunks:
            del self._places[chunk.key]


def waiting(order: Order, numbers: Iterable[int] | None) -> list[Chunk]:
    """Returns these chunks of an order, None: all, as far as they are not over."""
    wanted = order.chunks if numbers is None else [order.chunks[number] for number in numbers]
    return [chunk for chunk in wanted if not chunk.over]
