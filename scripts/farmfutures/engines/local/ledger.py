"""What became of work items: rows for the database, and notes for whoever watches."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ... import call as calls
from ...errors import FarmFuturesError
from ...job import CODES, State
from .queue import COMPLETE, DONE, PENDING, RUNNING, Job, Queue, Ready, now_s
from .schema import item_range, seal, split_key
from .store import Store

FAILED, CANCELLED, KILLED = CODES[State.FAILED], CODES[State.CANCELLED], CODES[State.KILLED]


class Notes:
    """What one client is told in one turn."""

    __slots__ = ("blobs", "files", "rows")

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int]] = []
        self.files: dict[str, str] = {}
        self.blobs: list[bytes] = []

    def add(self, key: int, state: int, attempt: int, outcome: bytes, blob: str | None) -> None:
        """Adds an item that is over, or that began to run."""
        if blob:
            self.files[str(len(self.rows))] = blob
        self.rows.append((key, state, attempt, len(outcome)))
        self.blobs.append(outcome)

    def header(self) -> dict[str, Any]:
        """The columns."""
        keys, states, attempts, sizes = zip(*self.rows, strict=True)
        return {"i": keys, "s": states, "a": attempts, "n": sizes, "f": self.files}


class Ledger:
    """Collects what a turn of the loop brought, writes it in one go, and has the notes ready."""

    def __init__(self, store: Store, queue: Queue) -> None:
        self.store = store
        self.queue = queue
        self.rows: list[tuple[Any, ...]] = []
        self.closed: list[tuple[Any, ...]] = []
        self.notes: defaultdict[str, Notes] = defaultdict(Notes)
        self.watchers: defaultdict[int, set[str]] = defaultdict(set)

    def over(
        self, job: Job, ready: Ready, state: int, tries: int, worker: int | None, started: float | None,
        finished: float, outcome: bytes = b"", blob: str | None = None, log: str | None = None, before: int = RUNNING,
        attempt: int = 0,
    ) -> None:  # fmt: skip
        """An item is over."""
        key = ready[0]
        self.rows.append((state, tries, worker, started, finished, seal(outcome) if outcome else None, blob, log, key))
        job.counts[before] -= 1
        job.counts[state] += 1
        job.left -= 1
        self.tell(job, key, state, attempt, outcome, blob)
        if not job.left:
            self.close(job, finished)

    def tell(self, job: Job, key: int, state: int, attempt: int, outcome: bytes = b"", blob: str | None = None) -> None:
        """Notes something for the job's client and for those who watch it."""
        self.notes[job.client].add(key, state, attempt, outcome, blob)
        if job.id in self.watchers:
            for client in self.watchers[job.id]:
                if client != job.client:
                    self.notes[client].add(key, state, attempt, outcome, blob)

    def close(self, job: Job, finished: float) -> None:
        """A job is over."""
        self.closed.append((job.started, finished, _counts(tuple(job.counts)), job.id))
        self.queue.forget(job)

    def fail_waiting(self, job: Job, error: FarmFuturesError) -> None:
        """Nothing of this job can run: everything that waits fails with one error."""
        self.end_waiting(job, None, FAILED, calls.pack_failure(error))

    def end_waiting(self, job: Job, works: set[int] | None, state: int, outcome: bytes = b"") -> int:
        """Ends items that wait (all of them, or those of these indices) without running them; returns how many."""
        self.write()  # The database must know of what ended this turn, to say what still waits.
        held = self._held(job)
        first, end = item_range(job.id)
        rows = self.store.execute("SELECT id FROM items WHERE id>=? AND id<? AND state=1 ORDER BY id", (first, end))
        keys = [key for (key,) in rows if key not in held and (works is None or split_key(key)[1] in works)]
        chosen = set(keys)
        job.ready = type(job.ready)(ready for ready in job.ready if ready[0] not in chosen)
        if works is None:
            job.cursor = job.total
        for key in keys:
            self.over(job, (key, "", b""), state, 0, None, None, now_s(), outcome, before=PENDING)
        return len(keys)

    def _held(self, job: Job) -> set[int]:
        return self.holder(job)

    def holder(self, job: Job) -> set[int]:
        """Keys of the job's items that workers hold; the broker puts its own in here."""
        return set()

    def write(self) -> None:
        """Writes what came up, in this turn's transaction."""
        if self.rows:
            self.store.finish(self.rows)
            self.rows = []
        if self.closed:
            self.store.close_jobs(self.closed)
            self.closed = []


@functools.lru_cache(1000)
def _counts(counts: tuple[int, ...]) -> str:
    return counts_text(dict(enumerate(counts)))


def counts_text(counts: Mapping[int, int]) -> str:
    """Returns how many items are in each state, as the row of a job that is over says it."""
    return json.dumps({str(code): counts[code] for code in (*sorted(DONE), PENDING) if counts.get(code)})


__all__ = ["CANCELLED", "COMPLETE", "FAILED", "KILLED", "Ledger", "Notes", "counts_text"]
