"""SQLite in WAL mode is the truth of the local engine. Only the broker opens it.

Everything that arrives in one turn of the broker's loop is written in one transaction (`Store.turn`), and nobody is told
of anything before it is committed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .folder import open_private
from .journal import Item
from .schema import SCHEMA, VERSION, item_key, item_range

PENDING, RUNNING = 1, 3


class Tries(NamedTuple):
    """Runs of an item: all, those that were lost with their worker, those before it was retried by hand."""

    runs: int
    lost: int
    forgiven: int


class Store:
    """What the broker writes and how it reads its queue back. Queries for people are in `views`."""

    def __init__(self, path: Path, synchronous: str = "normal") -> None:
        # Made by us first, because SQLite makes files that others may read; it gives -wal and -shm the same mode.
        os.close(open_private(path, os.O_CREAT | os.O_RDWR))
        self.db = sqlite3.connect(path, isolation_level=None, timeout=30, cached_statements=256)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute(f"PRAGMA synchronous={synchronous}")
        self.db.execute("PRAGMA cache_size=-16384")
        if not self.db.execute("PRAGMA user_version").fetchone()[0]:
            self.db.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={VERSION};COMMIT;")
        self.dirty = False

    def close(self) -> None:
        """Closes the database, folding the WAL back into it."""
        self.db.close()

    def begin(self) -> None:
        """Opens the transaction of this turn, where there is none yet."""
        if not self.dirty:
            self.db.execute("BEGIN IMMEDIATE")
            self.dirty = True

    def commit(self) -> None:
        """Commits what this turn wrote."""
        if self.dirty:
            self.db.execute("COMMIT")
            self.dirty = False

    def rollback(self) -> None:
        """Forgets what this turn wrote."""
        if self.dirty:
            self.dirty = False
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One transaction around what the caller writes."""
        try:
            yield
            self.commit()
        except BaseException:
            self.rollback()
            raise

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Runs one statement for each row, inside this turn's transaction; returns how many rows changed."""
        self.begin()
        return self.db.executemany(sql, rows).rowcount

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

    def set_offset(self, journal: str, offset: int) -> None:
        """Notes how far a journal was taken in, in the same transaction as what was in it."""
        self.many("INSERT OR REPLACE INTO journals VALUES (?, ?)", [(journal, offset)])

    def forget_journal(self, journal: str) -> None:
        """Drops the note about a journal that is gone."""
        self.many("DELETE FROM journals WHERE name=?", [(journal,)])

    def add_spec(self, number: int, text: str) -> None:
        """Keeps a specification; its id is a digest of it, so that twice is once."""
        self.many("INSERT OR IGNORE INTO specs VALUES (?, ?)", [(_signed(number), text)])

    def spec(self, number: int) -> str | None:
        """Returns the text of a specification."""
        row = self.db.execute("SELECT text FROM specs WHERE id=?", (_signed(number),)).fetchone()
        return row[0] if row else None

    def add_jobs(self, rows: Sequence[Sequence[Any]]) -> None:
        """Adds (id, spec, name, total, priority, user, client, submitted) rows."""
        self.many(
            "INSERT OR IGNORE INTO jobs (id, spec, name, total, priority, user, client, submitted) VALUES (?,?,?,?,?,?,?,?)",
            ((row[0], _signed(row[1]), *row[2:]) for row in rows),
        )

    def add_items(self, rows: Iterable[tuple[int, Item]]) -> None:
        """Adds (key, item) rows, pending."""
        self.many(
            "INSERT OR IGNORE INTO items (id, state, name, extra, call) VALUES (?, 1, ?, ?, ?)",
            ((key, item.name or None, item.extra or None, item.call) for key, item in rows),
        )

    # --- the queue

    def open_jobs(self, limit: int) -> list[tuple[Any, ...]]:
        """Returns (id, spec, name, total, priority, user, client, paused, started) of open jobs, first come first."""
        return self.db.execute(
            "SELECT id, spec, name, total, priority, user, client, paused, started FROM jobs WHERE open=1 "
            "ORDER BY priority DESC, id LIMIT ?",
            (limit,),
        ).fetchall()

    def pending(self, job: int, start: int, limit: int) -> list[tuple[int, str | None, bytes]]:
        """Returns (key, extra, call) of a job's pending items from index `start` on, in order."""
        _, end = item_range(job)
        return self.db.execute(
            "SELECT id, extra, call FROM items WHERE id>=? AND id<? AND state=1 ORDER BY id LIMIT ?",
            (item_key(job, start), end, limit),
        ).fetchall()

    def counts(self, job: int) -> dict[int, int]:
        """Returns how many items of a job are in each state."""
        return dict(self.db.execute("SELECT state, count(*) FROM items WHERE id>=? AND id<? GROUP BY state", item_range(job)))

    def calls(self, keys: Iterable[int]) -> dict[int, tuple[str | None, bytes]]:
        """Returns extras and call of items by key."""
        found = {}
        for key in keys:
            row = self.db.execute("SELECT extra, call FROM items WHERE id=?", (key,)).fetchone()
            found[key] = (row[0], row[1])
        return found

    def tries(self, key: int) -> Tries:
        """Returns how often an item ran."""
        row = self.db.execute("SELECT attempt, losses, forgiven FROM items WHERE id=?", (key,)).fetchone()
        return Tries(*row) if row else Tries(0, 0, 0)

    def add_grants(self, rows: Sequence[tuple[int, int, list[int]]]) -> None:
        """Notes (grant, worker, keys) before they are handed out."""
        self.many("INSERT INTO grants VALUES (?, ?, ?)", ((g, w, json.dumps(keys)) for g, w, keys in rows))

    def end_grants(self, grants: Iterable[int]) -> None:
        """Forgets grants that are over."""
        self.many("DELETE FROM grants WHERE id=?", ((grant,) for grant in grants))

    def forget_grants(self) -> None:
        """Nothing is handed out any more, and nobody is to blame."""
        self.begin()
        self.db.execute("DELETE FROM grants")

    def grants(self) -> list[tuple[int, int, list[int]]]:
        """Returns what was handed out when the last broker died."""
        return [(g, w, json.loads(keys)) for g, w, keys in self.db.execute("SELECT id, worker, items FROM grants")]

    def finish(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes (state, attempt, worker, started, finished, outcome, blob, log, key) of items that are over."""
        self.many(
            "UPDATE items SET state=?, attempt=attempt+?, worker=?, started=?, finished=?, outcome=?, blob=?, log=? WHERE id=?",
            rows,
        )

    def lose(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Puts items back as pending with (runs to add, losses to add, key)."""
        self.many("UPDATE items SET state=1, attempt=attempt+?, losses=losses+? WHERE id=?", rows)

    def close_jobs(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes (started, finished, counts as JSON, id) of jobs whose items are all over."""
        self.many("UPDATE jobs SET open=0, started=?, finished=?, counts=? WHERE id=?", rows)


def _signed(number: int) -> int:
    """SQLite's integers are signed."""
    return number - (1 << 64) if number >= 1 << 63 else number
