"""SQLite in WAL mode is the truth of the local engine. Only the broker opens it.

Everything that arrives in one turn of the broker's loop is written in one transaction (`Store.turn`), and nobody is told
of anything before it is committed.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ...guard import open_private
from ...job import CODES, State
from . import crash
from .arrivals import Arrivals
from .journal import Item
from .schema import SCHEMA, VERSION, item_key, item_range, unseal
from .specs import spec_id

log = logging.getLogger("farmfutures.broker")

COMMIT_S = 0.005
"""What nobody waits for is committed after so many seconds."""

_PASSING = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
})  # fmt: skip
"""What ends by itself: a full disk, a lock. Other errors mean that the database is damaged."""

_MANY_KEYS = 500
_WAIT_S = 0.1
_AGAIN_S = 0.25
"""How long a locked database is waited for at once, and when a database that can't be written is tried again."""


class Tries(NamedTuple):
    """Runs of an item: all, those that were lost with their worker, those before it was retried by hand."""

    runs: int
    lost: int
    forgiven: int


_OPEN = "SELECT id, spec, name, total, priority, user, client, paused, started FROM jobs WHERE open=1"


class Store:
    """What the broker writes and how it reads its queue back. Queries for people are in `views`."""

    def __init__(self, path: Path, synchronous: str = "normal") -> None:
        # Made by us first, because SQLite makes files that others may read; it gives -wal and -shm the same mode.
        os.close(open_private(path, os.O_CREAT | os.O_RDWR))
        self.db = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S, cached_statements=256)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute(f"PRAGMA synchronous={synchronous}")
        self.db.execute("PRAGMA cache_size=-16384")
        self.db.execute("PRAGMA wal_autocheckpoint=4000")  # 16 MB: each time the disk is waited for.
        if not self.db.execute("PRAGMA user_version").fetchone()[0]:
            self.db.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={VERSION};COMMIT;")
        self._unsaved: list[tuple[str, list[Sequence[Any]]]] = []
        self.arrivals = Arrivals()
        self._again_s = self._began_s = 0.0
        self.stuck = ""
        """Why nothing can be written now; empty where it can."""

    def close(self) -> None:
        """Closes the database, folding the WAL back into it."""
        self.db.close()

    def begin(self) -> None:
        """Opens the transaction of this turn, where there is none yet."""
        if not self.db.in_transaction:
            self.db.execute("BEGIN IMMEDIATE")
            self._began_s = time.monotonic()

    def commit(self) -> None:
        """Commits what was written and ended since the last commit. Where that is impossible now, it is kept, and tried again.

        A full disk and a database that another process has locked are no errors of anybody here: `stuck` says so, and
        whatever is written meanwhile waits in memory. Nobody is told of it before it is on the disk.
        """
        self._many(self.arrivals.take_all() if self.arrivals.due() else self.arrivals.take_ended())
        if not self._unsaved or time.monotonic() < self._again_s:
            return
        try:
            if self.stuck:
                self._write_again()
            crash.point("committing")
            self.db.execute("COMMIT")
            crash.point("committed")
        except sqlite3.OperationalError as error:
            self._give_up(error)
            return
        self._unsaved.clear()
        if self.stuck:
            log.warning("the database can be written again")
        self.stuck = ""

    def _write_again(self) -> None:
        self.begin()
        for sql, rows in self._unsaved:
            self.db.executemany(sql, rows)

    def _give_up(self, error: sqlite3.OperationalError) -> None:
        if not passes(error):
            raise error
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        if not self.stuck:
            log.warning("the database can't be written (%s); trying again until it can", error)
        self.stuck = str(error)
        self._again_s = time.monotonic() + _AGAIN_S

    @property
    def unsaved(self) -> bool:
        """Whether something is written and not committed."""
        return bool(self._unsaved)

    def is_due(self) -> bool:
        """Whether it is time to commit, even if nobody waits for that."""
        return self.arrivals.due() or (bool(self._unsaved) and time.monotonic() - self._began_s > COMMIT_S)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Takes everything back that was not committed, where there is an error."""
        try:
            yield
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One transaction around what the caller writes."""
        with self.guard():
            yield
            self.commit()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs one statement for each row, inside this turn's transaction."""
        rows = rows if isinstance(rows, list) else list(rows)
        self._unsaved.append((sql, rows))
        if not self.stuck:
            try:
                self.begin()
                self.db.executemany(sql, rows)
            except sqlite3.OperationalError as error:
                self._give_up(error)

    def change(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Changes jobs or items, which have to be written for that."""
        self.write_arrivals()
        self.many(sql, rows)

    def meta(self, key: str, default: Any = None) -> Any:
        """Reads a single value."""
        row = self.db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return row[0] if row else default

    def set_meta(self, key: str, value: Any) -> None:
        """Writes a single value."""
        self.many("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(key, value)])

    # --- what clients hand over

    def offsets(self) -> dict[str, int]:
        """How far each journal was taken in."""
        return dict(self.db.execute("SELECT name, offset FROM journals"))

    def forget_journal(self, journal: str) -> None:
        """Drops the note about a journal that was taken in to its end."""
        self.change("DELETE FROM journals WHERE name=?", [(journal,)])

    def add_spec(self, number: int, text: str) -> None:
        """Keeps a specification; its id is a digest of it, so that twice is once."""
        self.many("INSERT OR IGNORE INTO specs VALUES (?, ?)", [(_signed(number), text)])

    def spec(self, number: int) -> str | None:
        """Returns the text of a specification."""
        row = self.db.execute("SELECT text FROM specs WHERE id=?", (_signed(number),)).fetchone()
        if row and spec_id(row[0]) != number:
            raise sqlite3.DatabaseError("a specification does not fit its digest")
        return row[0] if row else None

    def specs_in_use(self, part: str) -> list[str]:
        """Returns the texts of specifications with `part` in them whose jobs may run again: some item is not complete."""
        # The counts of a job that is over and all complete: {"5": 12}
        complete = f"jobs.counts = '{{\"{CODES[State.COMPLETE]}\": ' || jobs.total || '}}'"
        rows = self.execute(
            "SELECT text FROM specs WHERE instr(text, ?) AND EXISTS (SELECT 1 FROM jobs WHERE jobs.spec = specs.id AND "
            f"(open = 1 OR NOT coalesce({complete}, 0)))",
            (part,),
        )
        return [text for (text,) in rows]

    def add(self, job: tuple[Any, ...], items: Iterable[tuple[int, Item]]) -> None:
        """Adds an (id, spec, name, total, priority, user, client, submitted) row and its (key, item) pairs, pending."""
        self.arrivals.add((job[0], _signed(job[1]), *job[2:]), items)

    def write_arrivals(self) -> None:
        """Writes all that was added, inside this turn's transaction."""
        self._many(self.arrivals.take_all())

    def _many(self, statements: Iterable[tuple[str, list[tuple[Any, ...]]]]) -> None:
        for sql, rows in statements:
            self.many(sql, rows)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Reads, with everything in it that was added and ended so far."""
        self.write_arrivals()
        return self.db.execute(sql, values)

    # --- the queue

    def open_jobs(self, limit: int) -> list[tuple[Any, ...]]:
        """Returns (id, spec, name, total, priority, user, client, paused, started) of open jobs, first come first."""
        return self.execute(f"{_OPEN} ORDER BY priority DESC, id LIMIT ?", (limit,)).fetchall()

    def open_job(self, job: int) -> list[tuple[Any, ...]]:
        """Returns the same of one job, if it is open."""
        return self.execute(f"{_OPEN} AND id=?", (job,)).fetchall()

    def pending(self, job: int, start: int, limit: int) -> list[tuple[int, str | None, bytes]]:
        """Returns (key, extra, call) of a job's pending items from index `start` on, in order."""
        _, end = item_range(job)
        rows = self.execute(
            "SELECT id, extra, call FROM items WHERE id>=? AND id<? AND state=1 ORDER BY id LIMIT ?",
            (item_key(job, start), end, limit),
        )
        return [(key, extra, unseal(call)) for key, extra, call in rows]

    def pending_among(self, keys: Collection[int]) -> Iterator[tuple[int, str | None, bytes]]:
        """Returns (key, extra, call) of those of these items that are pending, in order."""
        ordered = sorted(keys)
        for start in range(0, len(ordered), _MANY_KEYS):
            some = ordered[start : start + _MANY_KEYS]
            marks = ",".join("?" * len(some))
            rows = self.execute(f"SELECT id, extra, call FROM items WHERE id IN ({marks}) AND state=1 ORDER BY id", some)
            yield from ((key, extra, unseal(call)) for key, extra, call in rows)

    def items_to_copy(self, keys: Sequence[int]) -> Iterator[tuple[int, str | None, str | None, bytes]]:
        """Yields (key, name, extra, call) of these items of one job, which are in order."""
        wanted = set(keys)
        rows = self.execute("SELECT id, name, extra, call FROM items WHERE id>=? AND id<=? ORDER BY id", (keys[0], keys[-1]))
        return ((key, name, extra, unseal(call)) for key, name, extra, call in rows if key in wanted)

    def counts(self, job: int) -> dict[int, int]:
        """Returns how many items of a job are in each state."""
        return dict(self.execute("SELECT state, count(*) FROM items WHERE id>=? AND id<? GROUP BY state", item_range(job)))

    def tries(self, key: int) -> Tries:
        """Returns how often an item ran."""
        row = self.execute("SELECT attempt, losses, forgiven FROM items WHERE id=?", (key,)).fetchone()
        return Tries(*row) if row else Tries(0, 0, 0)

    def ended_jobs(self, before_s: float, limit: int, *, any_age: bool) -> list[int]:
        """Returns jobs that ended before a time, or the oldest ended ones whatever their age."""
        where = "open=0" if any_age else "open=0 AND finished < ?"
        found = self.execute(f"SELECT id FROM jobs WHERE {where} ORDER BY id LIMIT {limit}", () if any_age else (before_s,))
        return [job for (job,) in found]

    def forget_job(self, job: int, keys: tuple[int, int]) -> None:
        """Removes a job and its items."""
        self.change("DELETE FROM items WHERE id>=? AND id<?", [keys])
        self.many("DELETE FROM jobs WHERE id=?", [(job,)])

    def size(self) -> int:
        """Returns the bytes that are in use."""
        pages, free, page = (
            self.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * page)

    def finish(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes (state, attempt, worker, started, finished, outcome, blob, log, key) of items that are over."""
        plain: list[tuple[Any, ...]] = []
        odd: list[tuple[Any, ...]] = []
        for row in self.arrivals.end(rows):
            (odd if row[6] or row[7] or row[5] is None else plain).append(row)
        if plain:  # Without None, which sqlite3 takes a detour for.
            sql = "UPDATE items SET state=?, attempt=attempt+?, worker=?, started=?, finished=?, outcome=? WHERE id=?"
            self.many(sql, [(*row[:6], row[8]) for row in plain])
        if odd:
            self.many(
                "UPDATE items SET state=?, attempt=attempt+?, worker=?, started=?, finished=?, outcome=?, blob=?, log=? "
                "WHERE id=?",
                odd,
            )

    def lose(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Puts items back as pending with (runs to add, losses to add, key)."""
        self.change("UPDATE items SET state=1, attempt=attempt+?, losses=losses+? WHERE id=?", rows)

    def close_jobs(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes (started, finished, counts as JSON, id) of jobs whose items are all over."""
        others = self.arrivals.close(rows)
        if others:
            self.many("UPDATE jobs SET open=0, started=?, finished=?, counts=? WHERE id=?", others)


def passes(error: sqlite3.OperationalError) -> bool:
    """Whether it ends by itself. Text that is no UTF-8 has no code, and is damage."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING


def _signed(number: int) -> int:
    """SQLite's integers are signed."""
    return number - (1 << 64) if number >= 1 << 63 else number
