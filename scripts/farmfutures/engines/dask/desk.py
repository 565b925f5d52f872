"""On the scheduler: how chunks stand, which may start, what is taken away. It goes on without any client.

A plugin of the scheduler, made by the first client that asks for something. Dask schedules; the desk only holds back what is not
to start yet (a paused job, more chunks than the job option ``cpus`` allows), by restricting it to a worker that does not exist,
and keeps what was tried on one worker from it. All that by one step: whatever did not begin is *recalled*, and handed to Dask
again with the restrictions that it has now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from distributed.diagnostics.plugin import SchedulerPlugin

from ... import __version__
from ..spool.launcher import ChunkState
from .ledger import Chunk, Ledger, Order, waiting

if TYPE_CHECKING:
    from distributed import Scheduler

NAME = TOPIC = "farmfutures"
NOWHERE = "farmfutures holds it back"
TAKEN_S = 30.0
"""An order that Dask has not taken by then is refused."""

_STIMULUS = "farmfutures"


class Desk(SchedulerPlugin):
    """What the scheduler knows of our orders."""

    name = NAME

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.ledger = Ledger()
        self.taken = asyncio.Condition()
        self._background: set[asyncio.Task[None]] = set()
        self._soon(self._keep_waiting)

    @classmethod
    def of(cls, scheduler: Scheduler) -> Desk:
        """Returns the scheduler's desk, which is made on first use."""
        if NAME not in scheduler.plugins:
            scheduler.add_plugin(cls(scheduler), name=NAME)
        return cast(Desk, scheduler.plugins[NAME])

    # --- what Dask tells

    def update_graph(self, scheduler: Scheduler, *, tasks: Iterable[Any], **kwargs: Any) -> None:
        """New tasks; nothing of them was started yet."""
        places = [(key, *place) for key in tasks if (place := self.ledger.place(key)) is not None]
        for key, order, _ in places:
            ts = scheduler.tasks[key]
            order.workers, order.hosts = set(ts.worker_restrictions or ()), set(ts.host_restrictions or ())
            order.taken += 1
        for job in {order.job for _, order, _ in places}:
            self.ledger.let_go(job)
        for _, order, chunk in places:
            self._restrict(order, chunk)
        if places:
            self._soon(self._say_taken)

    async def _say_taken(self) -> None:
        async with self.taken:
            self.taken.notify_all()

    def log_event(self, topic: str, msg: Any) -> None:
        """A worker says that it has begun with a chunk."""
        place = self.ledger.place(msg["key"]) if topic == TOPIC and isinstance(msg, Mapping) else None
        if place is not None and place[1].waits:
            chunk = place[1]
            chunk.state, chunk.worker, chunk.where, chunk.why = ChunkState.RUNNING, msg["worker"], msg["host"], ""

    def transition(self, key: Any, start: str, finish: str, *args: Any, stimulus_id: str = "", **kwargs: Any) -> None:
        """A task changes its state."""
        place = self.ledger.place(key)
        if place is None or place[1].over:
            return
        order, chunk = place
        if finish == "released":
            self._comes_back(order, chunk)
        elif finish == "memory":
            self._end(order, chunk, ChunkState.OVER, "")
        elif finish == "erred":
            self._end(order, chunk, *_failure(kwargs))
        elif finish == "forgotten":
            again = "restart" in stimulus_id
            why = "Dask's workers were restarted" if again else "somebody cancelled it on the scheduler"
            self._end(order, chunk, ChunkState.LOST if again else ChunkState.CANCELLED, why)

    def _comes_back(self, order: Order, chunk: Chunk) -> None:
        """Its worker died, or it failed there, or it was recalled: it starts elsewhere as far as there is another one."""
        if chunk.worker:
            chunk.avoid.add(chunk.worker)
            chunk.state, chunk.worker = ChunkState.WAITING, ""
            chunk.why = f"it did not come to its end on {chunk.where}"
        self._restrict(order, chunk)

    def _end(self, order: Order, chunk: Chunk, state: ChunkState, why: str) -> None:
        self.ledger.end(order, chunk, state, why)
        if order.cpus is not None:
            self._soon(self._go_on, order.job)

    async def _go_on(self, job: str) -> None:
        self._recall(self.ledger.let_go(job))

    def _soon(self, function: Any, *args: Any) -> None:
        """Runs something after the transition that is under way."""
        task = asyncio.get_running_loop().create_task(function(*args))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """The scheduler ends."""
        for task in list(self._background):
            task.cancel()

    # --- what it has Dask do

    def _restrict(self, order: Order, chunk: Chunk) -> None:
        ts = self.scheduler.tasks[chunk.key]
        ts.priority = (-order.priority, *(ts.priority or (0,))[1:])
        workers, hosts = order.workers, order.hosts
        if not chunk.free:
            workers, hosts = {NOWHERE}, set()
        elif chunk.avoid:
            workers, hosts = self._others(order, chunk), set()
        ts.worker_restrictions, ts.host_restrictions = workers or None, hosts or None

    def _others(self, order: Order, chunk: Chunk) -> set[str]:
        """Returns the workers that it was not tried on; where there is none that fits, all that it may run on."""
        ts = self.scheduler.tasks[chunk.key]
        ts.worker_restrictions, ts.host_restrictions = order.workers or None, order.hosts or None
        valid = self.scheduler.valid_workers(ts)
        fit = {ws.address for ws in (self.scheduler.running if valid is None else valid)}
        return (fit - chunk.avoid) or fit or order.workers

    def _recall(self, chunks: Iterable[Chunk]) -> None:
        """Takes back what has not begun and hands it to Dask again, with the restrictions that it has now."""
        keys: Any = {chunk.key: "released" for chunk in chunks if chunk.waits and chunk.key in self.scheduler.tasks}
        self.scheduler.transitions(keys, stimulus_id=_STIMULUS)  # Those that are still wanted go on from there.
        self.scheduler.stimulus_queue_slots_maybe_opened(stimulus_id=_STIMULUS)

    async def _keep_waiting(self) -> None:
        """Where the scheduler fails what has no worker for too long, what is held back begins to wait anew in time."""
        limit_s = getattr(self.scheduler, "no_workers_timeout", None)
        while limit_s:
            await asyncio.sleep(limit_s / 3)
            self._recall(self.ledger.held_back())

    # --- what clients ask

    async def wait_until_taken(self, token: str) -> bool:
        """Returns whether Dask has all chunks of an order, as soon as it does. What it does not take in time is forgotten."""
        order = self.ledger.orders[token]
        try:
            async with self.taken:
                await asyncio.wait_for(self.taken.wait_for(lambda: order.there), TAKEN_S)
        except TimeoutError:
            self.cancel(token, None, running=True)
            self.ledger.forget(order)
        return order.there

    def look(self, token: str) -> list[tuple[str, str, str]] | None:
        """Returns state, reason and host of each chunk; None where the order is not known, or not whole."""
        order = self.ledger.orders.get(token)
        if order is None or not order.there:
            return None
        return [(chunk.state.value, self._why(order, chunk), chunk.where) for chunk in order.chunks]

    def _why(self, order: Order, chunk: Chunk) -> str:
        if not chunk.waits or chunk.why:
            return chunk.why
        if order.held:
            return "the job is paused"
        if not chunk.free:
            return f"{order.cpus} of its job run at once, as its cpus says"
        if not self.scheduler.running:
            return "there is no worker"
        ts = self.scheduler.tasks.get(chunk.key)
        if ts is None or ts.state != "no-worker":
            return "it waits for a worker to be free"
        wanted = [f"{name}={amount:g}" for name, amount in (ts.resource_restrictions or {}).items()]
        wanted += sorted(order.workers | order.hosts)
        return f"there is no worker with {', '.join(wanted)}"

    def cancel(self, token: str, numbers: Collection[int] | None, *, running: bool) -> dict[str, list[str]]:
        """Takes chunks away, and returns the tasks that run now, by the worker that does: it is for the client to end them."""
        order = self.ledger.orders.get(token)
        chunks = [] if order is None else [chunk for chunk in waiting(order, numbers) if running or chunk.waits]
        found: dict[str, list[str]] = {}
        for chunk in chunks:
            if chunk.worker:
                found.setdefault(chunk.worker, []).append(chunk.key)
            self._take_away(order, chunk)
        return found

    def _take_away(self, order: Any, chunk: Chunk) -> None:
        ts = self.scheduler.tasks.get(chunk.key)
        self._end(order, chunk, ChunkState.CANCELLED, "cancelled")
        for client in list(ts.who_wants or ()) if ts is not None else ():
            self.scheduler.client_releases_keys(keys=[chunk.key], client=client.client_key)

    def hold(self, token: str, held: bool) -> None:
        """Keeps what waits from starting, or lets it start."""
        order = self.ledger.orders.get(token)
        if order is None:
            return
        if held:
            self._recall(self.ledger.hold(order))
        else:
            order.held = False
            self._recall(self.ledger.let_go(order.job))

    def set_priority(self, token: str, priority: int) -> None:
        """Moves what waits up or down."""
        order = self.ledger.orders.get(token)
        if order is not None:
            order.priority = priority
            self._recall(order.chunks)


def _failure(about: Mapping[str, Any]) -> tuple[ChunkState, str]:
    """Returns what a task that failed means: by its own exception, or by the scheduler's word, which has no text."""
    text = about.get("exception_text") or ""
    if text:
        return (ChunkState.OVER if text.startswith("ChunkFailedError") else ChunkState.LOST), text
    if about.get("worker"):
        return ChunkState.LOST, f"workers died under it again and again (Dask's KilledWorker), last {about['worker']}"
    return ChunkState.LOST, "no worker came that it may run on (Dask's no-workers-timeout)"


# What runs on the scheduler for a client, by `distributed.Client.run_on_scheduler`.


def open_order(about: dict[str, Any], dask_scheduler: Scheduler) -> tuple[str, str]:
    """Expects an order; returns which scheduler this is."""
    Desk.of(dask_scheduler).ledger.add(Order.of(about))
    return _identity(dask_scheduler)


def _identity(scheduler: Scheduler) -> tuple[str, str]:
    """The address by which it knows itself, however its clients spell that, and an id that a new one does not have."""
    return scheduler.address, str(scheduler.id)


async def wait_until_taken(token: str, dask_scheduler: Scheduler) -> bool:
    """See `Desk.wait_until_taken`."""
    return await Desk.of(dask_scheduler).wait_until_taken(token)


Answers = dict[str, list[tuple[str, str, str]]]
"""State, reason and host of each chunk of an order, by the order's token."""


def look(tokens: list[str], dask_scheduler: Scheduler) -> tuple[tuple[str, str], Answers]:
    """Returns which scheduler this is, and how the orders stand that it knows."""
    desk = Desk.of(dask_scheduler)
    found = {token: desk.look(token) for token in tokens}
    return _identity(dask_scheduler), {token: chunks for token, chunks in found.items() if chunks is not None}


def cancel(token: str, chunks: list[int] | None, running: bool, dask_scheduler: Scheduler) -> dict[str, list[str]]:
    """See `Desk.cancel`."""
    return Desk.of(dask_scheduler).cancel(token, chunks, running=running)


def hold(token: str, held: bool, dask_scheduler: Scheduler) -> None:
    """See `Desk.hold`."""
    Desk.of(dask_scheduler).hold(token, held)


def set_priority(token: str, priority: int, dask_scheduler: Scheduler) -> None:
    """See `Desk.set_priority`."""
    Desk.of(dask_scheduler).set_priority(token, priority)


def about(dask_scheduler: Scheduler) -> dict[str, Any]:
    """Returns what is to be known of the scheduler: its id, our release there, its workers and their resources."""
    workers = {ws.name: dict(ws.resources) for ws in dask_scheduler.workers.values()}
    return {"id": dask_scheduler.id, "release": __version__, "workers": {str(name): found for name, found in workers.items()}}
