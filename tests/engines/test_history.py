"""What is over is removed by age and by size, never while it is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.local.folder import Folder
from farmfutures.engines.local.history import History
from farmfutures.engines.local.store import Store
from farmfutures.settings import Settings


@pytest.fixture
def ended(state: Path) -> Path:
    """A farm with three jobs that are over, and no broker."""
    with Executor() as executor, Farm() as farm:
        for _ in range(2):
            executor.submit(print, "said").result(20)
        executor.submit(bytes, 1_000_000).result(20)
        farm.stop_broker()
    return state


def prune(state: Path, in_use: tuple[int, ...] = (), **settings: Any) -> list[int]:
    store = Store(state / "farm.db")
    history = History(store, Folder(state), Settings(state=state, **settings))
    with store.turn():
        history.prune(in_use)
    left = [job for (job,) in store.db.execute("SELECT id FROM jobs ORDER BY id")]
    store.close()
    return left


def test_by_age(ended: Path) -> None:
    assert len(prune(ended, history_days=30)) == 3
    assert len(list((ended / "jobs").rglob("*.log"))) == 2
    assert len(list((ended / "blobs").iterdir())) == 1
    assert prune(ended, history_days=1e-9) == []
    assert list((ended / "jobs").rglob("*.log")) == []
    assert list((ended / "blobs").iterdir()) == []


def test_never_while_in_use(ended: Path) -> None:
    first = prune(ended)[0]
    assert prune(ended, (first,), history_days=1e-9) == [first]


@pytest.mark.parametrize(("limit", "left"), [(0, 3), (1 << 40, 3), (1, 0)])
def test_by_size(ended: Path, limit: int, left: int) -> None:
    assert len(prune(ended, history_days=0, history_bytes=limit)) == left


def test_a_running_broker_prunes(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_HISTORY_DAYS", "0.0000001")
    with Executor() as executor, Farm() as farm:
        old = executor.submit(abs, -1)
        old.result(20)
        farm.stop_broker()
        assert executor.submit(abs, -2).result(20) == 2
        assert old.job_id not in [job.id for job in farm.jobs() if job.state is State.COMPLETE]
