"""The broker's side of its clients: who is there, what they handed over, what they are to be told."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import journal, wire
from .folder import Folder
from .journal import Reader
from .ledger import Ledger
from .lock import is_held
from .queue import DONE, Job, Queue, now_s
from .schema import item_key, item_range, unseal
from .store import Store

Send = Callable[..., None]

_LOOK_S = 1.0
"""How often the locks of clients are looked at: a client that died, however it died, holds its lock no more."""

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
        self._read_out: list[Path] = []
        """Journals that were taken in to their ends and go with the next commit."""
        self.orphaned: set[str] = set()
        """Names of clients that have gone since the broker looked last."""
        self.next_job = self._set_aside = self._safe = int(store.meta("next_job", 1))
        self._looked_s = 0.0

    def catch_up(self) -> None:
        """Reads everything that anybody handed over, of clients too that could not ring or whose bell is still on its way."""
        self.look_after(now=True)
        for path in self.folder.journals.glob("*.journal"):
            name = path.name.partition(".")[0]
            self._ring(self.all.setdefault(name, Client(name)), [path.name])
        self.read_on()

    def read_on(self) -> None:
        """Reads everything that those handed over who rang."""
        while not self.store.stuck and self.doze():
            self.read()

    def look_after(self, *, now: bool = False) -> None:
        """Notices clients that died, and journals of clients that died before they said hello.

        Args:
            now: Look even if that was done a moment ago.
        """
        time_s = time.monotonic()
        if time_s - self._looked_s < _LOOK_S and not now:
            return
        self._looked_s = time_s
        for path in self.folder.journals.glob("*.journal"):
            name = path.name.partition(".")[0]
            if name not in self.all:
                self.all[name] = Client(name)
                self._ring(self.all[name], [path.name])
        for client in list(self.all.values()):
            if not client.gone and not is_held(self.folder.client_lock(client.name)):
                self._bye(client)

    def handle(self, name: str, kind: str, header: dict[str, Any]) -> None:
        """Does what a client's message says."""
        client = self.all.get(name)
        if client is None:
            client = self.all[name] = Client(name)
        if kind == "hello":
            self._welcome(client, header)
        elif kind == "bell":
            self._ring(client, [header["journal"]])
        elif kind == "block":
            self._give_ids(client, "block", self._lease(client))
        elif kind == "watch":
            self._watch(client, header["jobs"])
        elif kind == "bye":
            self._bye(client)

    def _ring(self, client: Client, journals: list[str]) -> None:
        """Somebody says that there is something in journals: in its own, and not in one that was read to its end."""
        done = {path.name for path in self._read_out}
        client.rung.update(name for name in journals if name.startswith(f"{client.name}.") and name not in done)

    def _welcome(self, client: Client, header: dict[str, Any]) -> None:
        if header["version"] != wire.VERSION:
            self.send(client.name, "refused", {"version": wire.VERSION})
            return
        self._ring(client, header["journals"])
        self._give_ids(client, "welcome", self._lease(client) if header["lease"] else {})

    def _give_ids(self, client: Client, kind: str, header: dict[str, int]) -> None:
        self.send(client.name, kind, header, now=self.next_job <= self._safe)

    def saved(self) -> None:
        """What was written is committed."""
        self._safe = self._set_aside
        while self._read_out:
            self._read_out.pop().unlink(missing_ok=True)

    def _lease(self, client: Client) -> dict[str, int]:
        """Gives a client job ids of its own, so that ``submit`` knows its id without asking.

        Ids are set aside in the database by the thousand, so that a lease seldom has to wait for a write.
        """
        count = client.block
        client.block = min(count * 8, _LARGEST_BLOCK)
        return {"first": self.take_id(count), "count": count}

    def take_id(self, count: int = 1) -> int:
        """Returns the first of so many job ids that nobody has."""
        first = self.next_job
        self.next_job += count
        if self.next_job > self._set_aside:
            self._set_aside = self.next_job + _SET_ASIDE
            self.store.set_meta("next_job", self._set_aside)
        return first

    def give_back_ids(self) -> None:
        """Nobody gets ids any more: those that were set aside are for the next broker."""
        self.store.set_meta("next_job", self.next_job)

    def _bye(self, client: Client) -> None:
        client.gone = True
        self.orphaned.add(client.name)
        # It may have died between its last record, or even its first, and the bell.
        self._ring(client, [path.name for path in self.folder.journals.glob(f"{client.name}.*.journal")])
        for watchers in self.ledger.watchers.values():
            watchers.discard(client.name)

    def _remove(self, client: Client, name: str) -> None:
        client.readers.pop(name).close()
        self.store.forget_journal(name)
        self._read_out.append(self.folder.journals / name)

    # --- journals

    def read(self) -> None:
        """Takes in what rung journals hold, up to a few megabytes each."""
        for client in list(self.all.values()):
            for name in list(client.rung):
                reader = client.readers.get(name) or self._open(client, name)
                if reader is not None:
                    self._read(client.name, reader)

    def _read(self, client: str, reader: Reader) -> None:
        records = reader.read()
        for kind, body in records:
            self._take(client, kind, body)
        if records:
            self.store.arrivals.offsets[reader.path.name] = reader.offset

    def doze(self) -> bool:
        """Has those ring again whose journals were read to their ends; returns whether there is more to read.

        It is done before the broker sleeps and not after each read, because who hands over thousands of calls need not
        ring for each turn.
        """
        for client in [client for client in self.all.values() if client.rung or client.gone]:
            for name in list(client.rung):
                self._doze(client, name)
            if client.gone and not client.rung:
                del self.all[client.name]
                self.folder.client_lock(client.name).unlink(missing_ok=True)
        return self.behind()

    def behind(self) -> bool:
        """Whether journals may hold more than was read."""
        return any(client.rung for client in self.all.values())

    def _doze(self, client: Client, name: str) -> None:
        reader = client.readers.get(name)
        if reader is not None and reader.sleep():
            client.rung.discard(name)
            if reader.flags.closed or client.gone:
                self._remove(client, name)

    def _open(self, client: Client, name: str) -> Reader | None:
        try:
            reader = Reader(self.folder.journals / name, self.store.offsets().get(name, 0))
        except (FileNotFoundError, ValueError):
            client.rung.discard(name)
            return None
        client.readers[name] = reader
        return reader

    def _take(self, client: str, kind: int, body: bytes) -> None:
        if kind == journal.SPEC:
            number, text = journal.parse_spec(body)
            self.store.add_spec(number, text)
            return
        number, spec_id, name, items = journal.parse_job(body)
        spec = self.queue.spec(spec_id)
        pairs = list(enumerate(items, item_key(number, 0)))
        self.store.add((number, spec_id, name, len(items), spec.priority, spec.user, client, now_s()), pairs)
        self.queue.admit(Job(number, spec, name, len(items), spec.priority, client), pairs)

    # --- telling

    def tell(self) -> None:
        """Sends each client its notes of this turn."""
        for name, notes in self.ledger.notes.items():
            client = self.all.get(name)
            if client is not None and not client.gone and notes.rows:
                self.send(client.name, "note", notes.header(), notes.blobs)
        self.ledger.notes.clear()

    def _watch(self, client: Client, jobs: list[int]) -> None:
        """Tells a client how these jobs stand, and from now on what becomes of them."""
        self.ledger.write()
        notes = self.ledger.notes[client.name]
        for job in jobs:
            self.ledger.watchers[job].add(client.name)
            for key, state, attempt, outcome, blob in self.store.execute(
                "SELECT id, state, attempt, outcome, blob FROM items WHERE id>=? AND id<?", item_range(job)
            ):
                if state in DONE:
                    notes.add(key, state, attempt, unseal(outcome), blob)
