"""What is not in the database yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures.engines.local import arrivals
from farmfutures.engines.local.schema import item_key
from farmfutures.engines.local.store import Store

COMPLETE = 4


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "farm.db")
    yield store
    store.close()


@pytest.fixture
def other(store: Store, tmp_path: Path) -> Iterator[Store]:
    """Sees what is committed."""
    other = Store(tmp_path / "farm.db")
    yield other
    other.close()


def add(store: Store, job: int, items: int = 1, name: str = "", extra: str = "") -> None:
    rows = [(item_key(job, n), (b"call", name, extra)) for n in range(items)]
    store.add((job, 1, "job", items, 50, "me", "client", 1.0), rows)


def end(store: Store, job: int, work: int = 0, log: str | None = None) -> None:
    store.finish([(COMPLETE, 1, 7, 1.0, 2.0, bytearray(b"out"), None, log, item_key(job, work))])


def close(store: Store, job: int) -> None:
    store.close_jobs([(1.0, 2.0, json.dumps({COMPLETE: 1}), job)])


def jobs(store: Store) -> list[Any]:
    return store.db.execute("SELECT id, open, finished FROM jobs ORDER BY id").fetchall()


def items(store: Store) -> list[Any]:
    return store.db.execute("SELECT id >> 24, state, attempt, name, extra, log FROM items ORDER BY id").fetchall()


def test_what_is_over_is_written_once_and_as_it_ended(store: Store, other: Store) -> None:
    statements: list[str] = []
    add(store, 1)
    end(store, 1)
    close(store, 1)
    assert not jobs(store)
    store.db.set_trace_callback(statements.append)
    store.commit()
    store.db.set_trace_callback(None)
    assert [sql.split()[0] for sql in statements] == ["BEGIN", "INSERT", "INSERT", "COMMIT"]
    assert jobs(other) == [(1, 0, 2.0)]
    assert items(other) == [(1, COMPLETE, 1, None, None, None)]
    assert not store.arrivals


def test_what_runs_stays_in_the_journal(store: Store, other: Store) -> None:
    store.arrivals.offsets["a.1.journal"] = 99
    add(store, 1)
    add(store, 2, items=2, name="frame", extra="{}")
    end(store, 2, 1, log="log")
    store.commit()
    assert jobs(other) == [(2, 1, None)]
    assert items(other) == [(2, COMPLETE, 1, "frame", "{}", "log")]
    assert other.offsets() == {}  # After a crash all of it is read again.


def test_what_runs_for_long_is_written(store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "WAIT_S", -1.0)
    store.arrivals.offsets["a.1.journal"] = 99
    add(store, 1)
    assert store.is_due()
    store.commit()
    assert jobs(other) == [(1, 1, None)]
    assert items(other) == [(1, 1, 0, None, None, None)]
    assert other.offsets() == {"a.1.journal": 99}


def test_many_are_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST", 3)
    add(store, 1, items=3)
    assert not store.is_due()
    add(store, 2)
    assert store.is_due()


def test_who_reads_sees_all_of_it(store: Store) -> None:
    add(store, 1, items=2)
    end(store, 1)
    assert [key & 0xFFFFFF for key, _, _ in store.pending(1, 0, 10)] == [1]
    assert store.counts(1) == {1: 1, COMPLETE: 1}
    end(store, 1, 1)  # It is in the database by now, and changes there.
    close(store, 1)
    store.commit()
    assert jobs(store) == [(1, 0, 2.0)]
    assert store.counts(1) == {COMPLETE: 2}


def test_what_is_in_the_database_stays_as_it_is(store: Store) -> None:
    """A journal is read again after a crash."""
    for again in range(2):
        add(store, 1)
        if not again:
            end(store, 1)
            close(store, 1)
        store.write_arrivals()
        store.commit()
    assert jobs(store) == [(1, 0, 2.0)]
    assert items(store) == [(1, COMPLETE, 1, None, None, None)]
