"""Limit: rows into SQLite, by rows a commit and by what a commit survives."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools

_ROW = b"x" * 120
_A_COMMIT = (1, 10, 100)
_COMMITS = {"normal": "rows", "full": "rows_full"}


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns rows a second with WAL, for each kind of commit."""
    values = {}
    for synchronous, size in _COMMITS.items():
        for rows in _A_COMMIT:
            with tempfile.TemporaryDirectory(prefix="rows") as folder:
                values[f"{synchronous}_{rows}"] = _insert(Path(folder) / "db", synchronous, rows, sizes[size] * min(rows, 10))
    return values


def _insert(path: Path, synchronous: str, rows: int, total: int) -> float:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={synchronous}")
        db.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, call BLOB)")
        with tools.stopwatch() as took:
            for first in range(0, total, rows):
                db.execute("BEGIN IMMEDIATE")
                db.executemany("INSERT INTO items VALUES (?, ?)", [(number, _ROW) for number in range(first, first + rows)])
                db.execute("COMMIT")
    finally:
        db.close()
    return total / took[0]


MEASURE = Measure(
    "rows", "limit: rows of 120 bytes into SQLite (WAL), by rows a commit",
    tuple(
        Metric(f"{synchronous}_{rows}", f"{synchronous.upper()}, {rows} a commit", "/s", "more")
        for synchronous in _COMMITS
        for rows in _A_COMMIT
    ),
    run, {"rows": 20_000, "rows_full": 5_000}, {"rows": 500, "rows_full": 100}, ("sqlite",),
)  # fmt: skip
