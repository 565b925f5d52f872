"""The broker's side of its clients: who is there, what they handed over, what they are to be told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import journal, wire
from .folder import Folder
from .journal import Item, Reader
from .ledger import Ledger
from .lock import is_held
from .queue import DONE, KEEP_ITEMS, Job, Queue, now_s
from .schema import item_key, item_range, unseal
from .store import Store

Send = Callable[..., None]

_LOOK_S = 1.0
"""How often the locks of clients are looked at: a client that died, however it died, holds its lock no more."""

_TOTAL = 3
"""The column of a job's row that says how many items it has."""

_FIRST_BLOCK = 16
_LARGEST_BLOCK = 1 << 16
_SET_ASIDE = 1 << 16


class Client:
    """Somebody who submits, watches or both."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.readers: dict[str, Reader] = {}
        self.rung: set[str] = set()
        self.block = _FIRST_BLOCK
        self.gone = False
        """Only its journals are still to be read to their ends."""


class Clients:
    """All of them."""

    def __init__(self, folder: Folder, store: Store, queue: Queue, ledger: Ledger, send: Send) -> None:
        self.folder = folder
        self.store = store
        self.queue = queue
        self.ledger = ledger
        self.send = send
        self.all: dict[str, Client] = {}
        self.jobs: list[tuple[Any, ...]] = []
        self.items: list[tuple[int, Item]] = []
        self.offsets: dict[str, int] = {}
        self.orphaned: set[str] = set()
        """Names of clients that have gone since the broker looked last."""
        self.next_job = self._set_aside = self._safe = int(store.meta("next_job", 1))
        self._looked_s = 0.0

    def catch_up(self) -> None:
        """Reads everything that anybody handed over, of clients too that could not ring or whose bell is still on its way."""
        self._looked_s = 0.0
        self.look_after()
        for path in self.folder.journals.glob("*.journal"):
            name = path.name.partition(".")[0]
            self.all.setdefault(name, Client(name)).rung.add(path.name)
        while self.behind() and not self.store.stuck:
            self.read()
        self.write()

    def look_after(self) -> None:
        """Notices clients that died, and journals of clients that died before they said hello."""
        now = time.monotonic()
        if now - self._looked_s < _LOOK_S:
            return
        self._looked_s = now
        for path in self.folder.journals.glob("*.journal"):
            name = path.name.partition(".")[0]
            if name not in self.all:
                self.all[name] = Client(name)
                self.all[name].rung.add(path.name)
        for client in list(self.all.values()):
            if not client.gone and not is_held(self.folder.client_lock(client.name)):
                self._bye(client)

    def behind(self) -> bool:
        """Whether journals hold more than was read."""
        return any(client.rung or client.gone for client in self.all.values())

    def handle(self, identity: bytes, kind: str, header: dict[str, Any]) -> None:
        """Does what a client's message says."""
        name = identity[1:].decode("ascii", "replace")
        client = self.all.get(name)
        if client is None:
            client = self.all[name] = Client(name)
        if kind == "hello":
            self._welcome(client, header)
        elif kind == "bell":
            client.rung.add(header["journal"])
        elif kind == "block":
            self._give_ids(client, "block", self._lease(client))
        elif kind == "watch":
            self._watch(client, header["jobs"])
        elif kind == "bye":
            self._bye(client)

    def _welcome(self, client: Client, header: dict[str, Any]) -> None:
        if header["version"] != wire.VERSION:
            self.send(self._identity(client), "refused", {"version": wire.VERSION})
            return
        client.rung.update(header["journals"])
        self._give_ids(client, "welcome", self._lease(client) if header["lease"] else {})

    def _give_ids(self, client: Client, kind: str, header: dict[str, int]) -> None:
        self.send(self._identity(client), kind, header, now=self.next_job <= self._safe)

    def saved(self) -> None:
        """What was written is committed."""
        self._safe = self._set_aside

    def _lease(self, client: Client) -> dict[str, int]:
        """Gives a client job ids of its own, so that ``submit`` knows its id without asking.

        Ids are set aside in the database by the thousand, so that a lease seldom has to wait for a write.
        """
        first, count = self.next_job, client.block
        self.next_job += count
        client.block = min(count * 8, _LARGEST_BLOCK)
        if self.next_job > self._set_aside:
            self._set_aside = self.next_job + _SET_ASIDE
            self.store.set_meta("next_job", self._set_aside)
        return {"first": first, "count": count}

    def give_back_ids(self) -> None:
        """Nobody gets ids any more: those that were set aside are for the next broker."""
        self.store.set_meta("next_job", self.next_job)

    def _bye(self, client: Client) -> None:
        client.gone = True
        self.orphaned.add(client.name)
        # It may have died between its last record, or even its first, and the bell.
        client.rung.update(path.name for path in self.folder.journals.glob(f"{client.name}.*.journal"))
        for watchers in self.ledger.watchers.values():
            watchers.discard(client.name)

    def _remove(self, client: Client, name: str) -> None:
        client.readers.pop(name).close()
        self.store.forget_journal(name)
        (self.folder.journals / name).unlink(missing_ok=True)

    # --- journals

    def read(self) -> None:
        """Takes in what rung journals hold, up to a few megabytes each a turn; `write` puts it into the database."""
        for client in list(self.all.values()):
            for name in list(client.rung):
                self._read(client, name)
            if client.gone and not client.rung:
                del self.all[client.name]
                self.folder.client_lock(client.name).unlink(missing_ok=True)
        if any(job[_TOTAL] > KEEP_ITEMS for job in self.jobs):
            self.write()  # Their items are handed out from there.

    def _read(self, client: Client, name: str) -> None:
        reader = client.readers.get(name) or self._open(client, name)
        if reader is None:
            return
        records = reader.read()
        for kind, body in records:
            self._take(client.name, kind, body)
        if records:
            self.offsets[name] = reader.offset
        elif reader.sleep():
            client.rung.discard(name)
            if reader.flags.closed or client.gone:
                self.write()
                self._remove(client, name)

    def _open(self, client: Client, name: str) -> Reader | None:
        try:
            reader = Reader(self.folder.journals / name, self.store.offsets().get(name, 0))
        except (FileNotFoundError, ValueError):
            client.rung.discard(name)
            return None
        client.readers[name] = reader
        return reader

    def _take(self, client: str, kind: int, body: memoryview) -> None:
        if kind == journal.SPEC:
            number, text = journal.parse_spec(body)
            self.store.add_spec(number, text)
            return
        found = journal.parse_job(body)
        spec = self.queue.spec(found.spec)
        job = Job(found.id, spec, found.name, len(found.items), spec.priority, client)
        self.jobs.append((job.id, found.spec, job.name, job.total, job.priority, spec.user, client, now_s()))
        self.items.extend((item_key(job.id, i), item) for i, item in enumerate(found.items))
        self.queue.admit(job, found.items)

    def write(self) -> None:
        """Writes what was taken in. It is done after items were handed out: they run meanwhile."""
        if self.jobs:
            self.store.add_jobs(self.jobs)
            self.store.add_items(self.items)
            self.jobs, self.items = [], []
        for name, offset in self.offsets.items():
            self.store.set_offset(name, offset)
        self.offsets.clear()

    # --- telling

    def _identity(self, client: Client) -> bytes:
        return b"R" + client.name.encode()

    def tell(self) -> None:
        """Sends each client its notes of this turn."""
        for name, notes in self.ledger.notes.items():
            client = self.all.get(name)
            if client is not None and not client.gone and notes.jobs:
                self.send(self._identity(client), "note", notes.header(), notes.blobs)
        self.ledger.notes.clear()

    def _watch(self, client: Client, jobs: list[int]) -> None:
        """Tells a client how these jobs stand, and from now on what becomes of them."""
        self.ledger.write()
        notes = self.ledger.notes[client.name]
        for job in jobs:
            self.ledger.watchers[job].add(client.name)
            for key, state, attempt, outcome, blob in self.store.db.execute(
                "SELECT id, state, attempt, outcome, blob FROM items WHERE id>=? AND id<?", item_range(job)
            ):
                if state in DONE:
                    notes.add(key, state, attempt, unseal(outcome), blob)
