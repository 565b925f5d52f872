"""Jobs and work items that are taken in and not in the database yet.

They are safe in their journals, so that writing them can wait a little. A short item is over by then: it is written once,
as it ended, where it would be inserted, updated, and taken out of the index of open jobs otherwise. How far the journals
were taken in is written with the last of them: after a crash what was read since is read again, and what is in the
database already stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from .journal import Item
from .schema import WORK_BITS, seal

WAIT_S = 2.0
"""So long an item may run before it is written as one that runs."""

MOST = 100_000

_ADD_JOBS = (
    "INSERT OR IGNORE INTO jobs (id, spec, name, total, priority, user, client, submitted, started, finished, counts, open) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
)
_ADD_ITEMS = "INSERT OR IGNORE INTO items (state, attempt, worker, started, finished, outcome, id, call) VALUES (?,?,?,?,?,?,?,?)"
"""The plain ones. sqlite3 takes a detour for each None (and for bytes, see `seal`) that costs more than storing it does."""

_ADD_ODD_ITEMS = (
    "INSERT OR IGNORE INTO items (state, attempt, worker, started, finished, outcome, id, call, blob, log, name, extra) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
)
_ADD_PENDING = "INSERT OR IGNORE INTO items (state, id, name, extra, call) VALUES (1,?,?,?,?)"
_SET_OFFSETS = "INSERT OR REPLACE INTO journals VALUES (?, ?)"

_OPEN = (None, None, None, 1)

Row = tuple[Any, ...]
Statements = Iterator[tuple[str, list[Row]]]


class Arrivals:
    """What came in, and what became of it meanwhile."""

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        """How far each journal was taken in."""
        self._since_s = 0.0
        self._jobs: dict[int, Row] = {}
        self._closed: dict[int, Row] = {}
        self._items: dict[int, Item] = {}
        self._ended: dict[int, Row] = {}

    def __bool__(self) -> bool:
        return bool(self._items or self.offsets)

    def due(self) -> bool:
        """Whether all of it is to be written, whatever became of it."""
        return bool(self) and (len(self._items) > MOST or time.monotonic() - self._since_s > WAIT_S)

    def add(self, job: Row, items: Iterable[tuple[int, Item]]) -> None:
        """Takes in an (id, spec, name, total, priority, user, client, submitted) row and its (key, item) pairs."""
        if not self._items:
            self._since_s = time.monotonic()
        self._jobs[job[0]] = job
        self._items.update(items)

    def end(self, rows: Iterable[Row]) -> list[Row]:
        """Notes (state, ..., key) rows of items that are over; returns those that are none of ours."""
        items, ended, others = self._items, self._ended, []
        for row in rows:
            if row[-1] in items:
                ended[row[-1]] = row
            else:
                others.append(row)
        return others

    def close(self, rows: Iterable[Row]) -> list[Row]:
        """Notes (started, finished, counts, id) rows of jobs that are over; returns those that are none of ours."""
        jobs, closed, others = self._jobs, self._closed, []
        for row in rows:
            if row[-1] in jobs:
                closed[row[-1]] = row
            else:
                others.append(row)
        return others

    def take_ended(self) -> Statements:
        """Yields statements and their rows for what is over, and forgets that."""
        if not self._ended:
            return
        yield _ADD_JOBS, self._take_jobs([key >> WORK_BITS for key in self._ended])
        plain, odd = self._take_items()
        yield _ADD_ITEMS, plain
        if odd:
            yield _ADD_ODD_ITEMS, odd

    def _take_jobs(self, numbers: Iterable[int]) -> list[Row]:
        jobs, closed, rows = self._jobs, self._closed, []
        for number in numbers:
            if number in jobs:
                ended = closed.pop(number, None)
                rows.append(jobs.pop(number) + ((*ended[:3], 0) if ended else _OPEN))
        return rows

    def _take_items(self) -> tuple[list[Row], list[Row]]:
        ended, self._ended = self._ended, {}
        take, plain, odd = self._items.pop, [], []
        for key, row in ended.items():
            call, name, extra = take(key)
            if name or extra or row[6] or row[7] or row[5] is None:
                odd.append((*row[:6], key, seal(call), row[6], row[7], name or None, extra or None))
            else:
                plain.append((*row[:6], key, seal(call)))
        return plain, odd

    def take_all(self) -> Statements:
        """Yields statements and their rows for everything, and is empty then."""
        yield from self.take_ended()
        if self._items:
            yield _ADD_JOBS, self._take_jobs(list(self._jobs))
            yield (
                _ADD_PENDING,
                [(key, name or None, extra or None, seal(call)) for key, (call, name, extra) in self._items.items()],
            )
            self._items = {}
        if self.offsets:
            yield _SET_OFFSETS, list(self.offsets.items())
            self.offsets = {}
