"""Saves what can be read of a damaged database into a new one. The damaged one is kept beside it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

from ...errors import EngineUnavailableError
from ...guard import open_private
from .folder import Folder
from .lock import Lock
from .schema import SCHEMA, VERSION, unseal

_TABLES = ("meta", "specs", "journals", "jobs", "items")


def rebuild(folder: Folder) -> dict[str, int]:
    """Writes a new database from what is left.

    Returns:
        How many rows of each table were saved.

    Raises:
        EngineUnavailableError: A broker is running, or there is no database.
    """
    if not folder.database.exists():
        raise EngineUnavailableError(f"there is no database in {folder.root}, so that there is nothing to save.")
    lock = Lock(folder.lock)
    if not lock.take():
        raise EngineUnavailableError(f"a broker is running in {folder.root}: stop it first (farmfutures broker stop).")
    try:
        return _rebuild(folder)
    finally:
        lock.release()


def _rebuild(folder: Folder) -> dict[str, int]:
    fresh = folder.database.with_suffix(".rebuilt")
    fresh.unlink(missing_ok=True)
    os.close(open_private(fresh, os.O_CREAT | os.O_RDWR))
    saved = {}
    with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as new:
        new.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={VERSION};COMMIT;")
        with contextlib.closing(sqlite3.connect(folder.database)) as old:
            for table in _TABLES:
                saved[table] = _copy(old, new, table)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for suffix in ("", "-wal", "-shm"):
        part = folder.root / f"{folder.database.name}{suffix}"
        if part.exists():
            part.rename(folder.root / f"{folder.damaged.name}-{stamp}{suffix}")
    fresh.rename(folder.database)
    return saved


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({table})")]
    names, marks = ",".join(columns), ",".join("?" * len(columns))
    count = 0
    new.execute("BEGIN")
    for row in _readable(old, f"SELECT {names} FROM {table}"):
        with contextlib.suppress(sqlite3.Error):
            if table == "items":
                _check(dict(zip(columns, row, strict=True)))
            new.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)
            count += 1
    new.execute("COMMIT")
    return count


def _check(item: dict[str, Any]) -> None:
    unseal(item["call"])
    unseal(item["outcome"])


def _readable(old: sqlite3.Connection, sql: str) -> Iterator[Any]:
    """Yields rows up to the first that can't be read, from both ends of the table."""
    seen: set[Any] = set()
    for order in ("", " ORDER BY 1 DESC"):
        with contextlib.suppress(sqlite3.Error):
            for row in old.execute(sql + order):
                if row[0] not in seen:
                    seen.add(row[0])
                    yield row
