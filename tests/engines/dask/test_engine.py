"""Jobs from end to end: executors, the shared folder, Dask's workers and their interpreters."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import farmfutures

from ...dask_cluster import DaskCluster


@pytest.fixture
def spool(dask_cluster: DaskCluster, own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = own_temp / "spool"
    folder.mkdir()
    quick = {"SPOOL": str(folder), "ENGINE": "dask", "SPOOL_POLL_S": "0.05", "ENGINE_POLL_S": "0.2", "SPOOL_DELAY_S": "1"}
    for name, value in {**{f"FARMFUTURES_{name}": value for name, value in quick.items()}, **dask_cluster.environ}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FARMFUTURES_INTERPRETER_IDLE_S", "1")
    yield folder
    import shutil

    shutil.rmtree(folder)


def where() -> tuple[int, int, bool]:
    return os.getpid(), os.getppid(), threading.current_thread() is threading.main_thread()


def test_calls_run_on_the_main_thread_of_interpreters_that_stay_warm(spool: Path) -> None:
    with farmfutures.Executor() as executor:
        futures = [executor.submit(pow, 2, 5)]
        with executor.batch("where", chunk=1) as batch:
            for _ in range(6):
                batch.submit(where)
        assert futures[0].result(20) == 32
        found = [future.result(20) for future in batch.futures]
    assert all(main for _, _, main in found)
    assert len({pid for pid, _, _ in found}) <= 2, "each chunk had an interpreter of its own"
