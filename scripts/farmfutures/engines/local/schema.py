"""The tables of the local engine's database."""

from __future__ import annotations

import sqlite3
import zlib

VERSION = 1

WORK_BITS = 24
WORK_MASK = (1 << WORK_BITS) - 1
MAX_ITEMS = 1 << WORK_BITS
"""A work item's key is its job's id and its index in one integer, so that one b-tree in order of submission holds all."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE specs (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE journals (name TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    spec INTEGER NOT NULL,
    name TEXT NOT NULL,
    total INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    user TEXT NOT NULL,
    client TEXT NOT NULL,
    submitted REAL NOT NULL,
    open INTEGER NOT NULL DEFAULT 1,
    paused INTEGER NOT NULL DEFAULT 0,
    started REAL,
    finished REAL,
    counts TEXT,
    error TEXT
);
CREATE INDEX open_jobs ON jobs (priority DESC, id) WHERE open = 1;
CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    name TEXT,
    extra TEXT,
    call BLOB,
    attempt INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0,
    forgiven INTEGER NOT NULL DEFAULT 0,
    worker INTEGER,
    started REAL,
    finished REAL,
    outcome BLOB,
    blob TEXT,
    log TEXT
);
"""


def seal(data: bytes) -> bytearray:
    """Adds a checksum: a flipped bit in a payload is nothing that SQLite would notice.

    It is a bytearray because sqlite3 stores that at once, where it looks for an adapter of bytes each time.
    """
    sealed = bytearray(data)
    sealed += zlib.crc32(data).to_bytes(4, "little")
    return sealed


def unseal(data: bytes | None) -> bytes:
    """Takes the checksum off.

    Raises:
        sqlite3.DatabaseError: It does not fit.
    """
    if not data:
        return b""
    body = data[:-4]
    if zlib.crc32(body).to_bytes(4, "little") != data[-4:]:
        raise sqlite3.DatabaseError("a payload does not fit its checksum")
    return body


def item_key(job: int, work: int) -> int:
    """Returns the key of a work item."""
    return job << WORK_BITS | work


def item_range(job: int) -> tuple[int, int]:
    """Returns first key and the one behind the last of a job's items."""
    return job << WORK_BITS, (job + 1) << WORK_BITS


def split_key(key: int) -> tuple[int, int]:
    """Returns job id and index of a work item's key."""
    return key >> WORK_BITS, key & WORK_MASK
