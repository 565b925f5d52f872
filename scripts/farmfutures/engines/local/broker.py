"""The broker: one process for a user and a machine, one thread, one loop.

A turn of the loop takes in all that has arrived (submissions from journals, outcomes from supervisors, requests), hands
out what can run, commits all of it in one transaction, and only then tells anybody.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sqlite3
import time
from typing import Any

from ...settings import Settings
from . import crash, wire
from .clients import Clients
from .dispatch import Dispatch
from .ears import Ears
from .folder import Folder
from .history import History
from .ledger import CANCELLED, Ledger
from .pool import Pool
from .queue import Queue
from .requests import Requests
from .store import COMMIT_S, Store

log = logging.getLogger("farmfutures.broker")

_TICK_S = 0.05
_LONG_TICK_S = 0.5
_LOOK_S = 0.01
_IDLE_TICK_S = 1.0


class Broker:
    """Everything of the local engine that outlives its clients."""

    def __init__(self, folder: Folder, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.store = Store(folder.database, settings.synchronous)
        self.queue = Queue(self.store)
        self.ledger = Ledger(self.store, self.queue)
        self.door = wire.open_door(folder, settings.transport)
        self.pool = Pool(folder, settings)
        self.pool.next_id = int(self.store.meta("next_worker", 1))
        self.ears = Ears(self.door, self.pool)
        self.dispatch = Dispatch(self.store, self.queue, self.ledger, self.pool, self.send)
        self.clients = Clients(folder, self.store, self.queue, self.ledger, self.send)
        self.requests = Requests(self)
        self.history = History(self.store, folder, settings)
        self.outbox: list[tuple[str, list[bytes]]] = []
        self.answers: list[tuple[str, list[bytes]]] = []
        self._signals = 0
        self.stopping = False
        self.draining = False
        self._looked_s = 0.0
        self.idle_since = time.monotonic()

    def send(
        self, client: str, kind: str, header: dict[str, Any], blobs: list[bytes] | None = None, *, now: bool = False
    ) -> None:  # fmt: skip
        """Puts a message in the outbox, which leaves after the next commit; with `now` it leaves in any case."""
        box = self.answers if now else self.outbox
        box.append((client, wire.pack(kind, header, blobs or ())))

    def recover(self) -> None:
        """Takes up what the last broker left: its workers are ended, its grants taken back, journals read on."""
        self.pool.sweep_old()
        crash.point("swept")
        with self.store.turn():
            if self.store.meta("clean") == 0:
                log.warning("the last broker did not stop cleanly; taking up its queue")
            self.store.set_meta("clean", 0)
        self.queue.beyond = True  # What journals hold may be in the database, and be over: it is taken up from there.
        with self.store.turn():
            self.clients.catch_up()
            self.store.write_arrivals()
        if not self.store.unsaved:
            self.clients.saved()
        self.queue.load()
        crash.point("recovered")

    def announce(self) -> None:
        """Writes where clients find this broker, in one step."""
        temporary = self.folder.connection.with_suffix(f".{os.getpid()}")
        data = {"endpoint": self.door.endpoint, "pid": os.getpid(), "version": wire.VERSION}
        temporary.write_text(json.dumps(data))
        temporary.chmod(0o600)
        os.replace(temporary, self.folder.connection)
        crash.point("announced")

    def serve(self) -> None:
        """Runs turns until there is nothing left to do for anybody."""
        with self.store.guard():
            while not self.stopping and not self._idle_too_long():
                ready = self.ears.wait(self._wait_s())
                crash.point("woken")
                self._hear(ready)
                crash.point("heard")
                self._turn()
                # What was submitted is safe in its journal, so that this waits for the first thing to tell.
                if self.outbox or self.answers or self.store.is_due():
                    self.store.commit()
                    if not self.store.unsaved:
                        self.clients.saved()
                self._flush()
                if self.draining and not any(worker.grants for worker in self.pool.workers.values()):
                    self.stopping = True

    def stop(self, *, drain: bool) -> None:
        """Ends the loop after this turn, or when what runs is over."""
        self.stopping = self.stopping or not drain
        if not self.draining:
            self.draining = True
            self.dispatch.drain()

    def _hear(self, ready: set[int]) -> None:
        for client, message in self.door.receive(ready):
            self._handle(client, message)
        for worker in list(self.pool.workers.values()) if ready else ():
            if worker.data.file in ready:
                worker.data.flush()
                self.dispatch.hear(worker)
            if worker.control.file in ready:
                worker.control.flush()
                self.dispatch.obey(worker)

    def _turn(self) -> None:
        if self._signals:
            self.stop(drain=self._signals == 1)
        self.look_after()
        if not self.store.stuck:
            self.clients.read()
            crash.point("read")
            self.queue.load()
            crash.point("loaded")
            if not self.draining:
                self.dispatch.hand_out()
            crash.point("handed out")
            crash.point("written")
        self.ledger.write()
        crash.point("booked")
        self.clients.tell()
        crash.point("told")

    def look_after(self) -> None:
        """What is done from time to time only."""
        now = time.monotonic()
        if now - self._looked_s >= _LOOK_S:
            self._looked_s = now
            self.dispatch.look_after()
            self.clients.look_after()
            self._cancel_orphans()
            self.history.prune([*self.ledger.watchers, *self.queue.jobs], all_read=not self.clients.behind())

    def _cancel_orphans(self) -> None:
        """Jobs that are not detached end with the client that submitted them."""
        gone, self.clients.orphaned = self.clients.orphaned, set()
        for job in [job for job in self.queue.jobs.values() if job.client in gone and not job.spec.detached] if gone else ():
            log.info("job %d ends with its client", job.id)
            self.dispatch.kill(job, None)
            self.ledger.end_waiting(job, None, CANCELLED)

    def _wait_s(self) -> float:
        if not self.store.stuck and self.clients.doze():
            return 0
        if self.store.unsaved:
            return COMMIT_S
        if not self.dispatch.settled():
            return _TICK_S
        return _LONG_TICK_S if self.queue.active() else _IDLE_TICK_S

    def _handle(self, client: str, message: wire.Message) -> None:
        kind, header, _ = message
        try:
            if kind == "request":
                # What a client submitted before it asked is known when it is answered.
                self.clients.read_on()
                self.requests.answer(client, header)
            else:
                self.clients.handle(client, kind, header)
        except sqlite3.DatabaseError:
            raise
        except Exception:
            # One bad message must not end the night's work of everybody else.
            log.exception("a message from %r could not be handled", client)

    def _flush(self) -> None:
        crash.point("flush")
        boxes = [self.answers] if self.store.stuck else [self.outbox, self.answers]
        for box in boxes:
            for client, frames in box:
                self.door.send(client, frames)
            box.clear()
        crash.point("flushed")

    def _idle_too_long(self) -> bool:
        if self.queue.jobs or self.queue.beyond or self.clients.all:
            self.idle_since = time.monotonic()
        return time.monotonic() - self.idle_since > self.settings.broker_idle_s

    def close(self) -> None:
        """Stops everything in order; what is queued stays in the database."""
        self.folder.connection.unlink(missing_ok=True)
        if not self.clients.behind():
            with contextlib.suppress(sqlite3.Error, OSError):  # The next broker does it, or whoever mends the folder.
                self.history.sweep()  # Before interpreters are waited for: what comes meanwhile is not read any more.
        self.pool.end()
        with self.store.turn():
            for worker in list(self.pool.workers.values()):
                self.dispatch.hear(worker)  # What was done before the end counts.
                self.pool.drop(worker)
            self.ledger.write()
            self.clients.tell()
            self.store.set_meta("next_worker", self.pool.next_id)
            self.clients.give_back_ids()
            self.store.write_arrivals()
            self.store.set_meta("clean", 1)
        if not self.store.unsaved:
            self.clients.saved()
        self._flush()
        self.store.close()
        self.ears.close()
        self.door.close()

    def stop_on_signals(self) -> None:
        """The first SIGTERM or SIGINT lets end what runs, the second ends it."""

        def stop(*_: Any) -> None:
            self._signals += 1

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
