"""Jobs from end to end: executors, the shared folder, Dask's workers, and interpreters that outlive their chunks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import farmfutures
from farmfutures import Executor, Farm, State
from farmfutures.engines.dask import link
from farmfutures.errors import EngineUnavailableError, KilledError

from ...dask_cluster import DaskCluster
from .conftest import until

pytestmark = pytest.mark.timeout(120)  # Interpreters and workers start, and the machine may be busy.

LIMIT_S = 40.0


def settle(patch: pytest.MonkeyPatch, folder: Path, cluster: DaskCluster) -> Path:
    """Has executors of this test use a cluster, and a shared folder that comes over no network."""
    patch.setattr(link, "CONNECT_S", 1.0)
    folder.mkdir()
    quick = {
        "ENGINE": "dask", "SPOOL": str(folder), "SPOOL_POLL_S": "0.02", "SPOOL_POLL_MOST_S": "0.1", "ENGINE_POLL_S": "0.1",
        "SPOOL_DELAY_S": "0.3", "INTERPRETER_IDLE_S": "1.5",
    }  # fmt: skip
    for name, value in {**{f"FARMFUTURES_{name}": value for name, value in quick.items()}, **cluster.environ}.items():
        patch.setenv(name, value)
    return folder


@pytest.fixture
def spool(dask_cluster: DaskCluster, own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield settle(monkeypatch, own_temp / "spool", dask_cluster)
    shutil.rmtree(own_temp / "spool")


@pytest.fixture
def executor(spool: Path) -> Iterator[Executor]:
    made = Executor()
    yield made
    made.shutdown(wait=False)
    made._finalizer()


def where() -> tuple[int, bool]:
    return os.getpid(), threading.current_thread() is threading.main_thread()


def note_and_wait(path: str) -> int:
    """Says which process it is, and waits for a file beside that."""
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")
    while not os.path.exists(path + ".go"):
        time.sleep(0.02)
    return os.getpid()


def pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def server_of(pid: int) -> psutil.Process:
    """The process of ours that the Dask worker started for an interpreter."""
    return next(one for one in psutil.Process(pid).parents() if "farmfutures.engines.dask.serve" in one.cmdline())


def test_calls_run_on_the_main_thread_of_interpreters_that_stay_warm(executor: Executor) -> None:
    with executor.batch("where", chunk=1) as batch:
        for _ in range(6):
            batch.submit(where)
    found = [future.result(LIMIT_S) for future in batch.futures]
    again = executor.submit(where).result(LIMIT_S)
    assert all(main for _, main in found)
    assert len({pid for pid, _ in [*found, again]}) <= 2, "there were more interpreters than workers"
    other = executor.submit_ext(where, env={"SHOW": "comet"}).result(LIMIT_S)
    assert other[0] not in {pid for pid, _ in found}, "an interpreter with another environment was taken for one that fits"


def test_an_interpreter_without_work_leaves(executor: Executor) -> None:
    pid, _ = executor.submit(where).result(LIMIT_S)
    began = time.monotonic()
    until(lambda: not psutil.pid_exists(pid), "its end")
    assert time.monotonic() - began > 0.5


def test_a_kill_ends_the_interpreter_and_the_worker_goes_on(executor: Executor, tmp_path: Path) -> None:
    future = executor.submit(note_and_wait, str(tmp_path / "a"))
    (pid,) = until(lambda: pids(tmp_path / "a"), "its start")
    began = time.monotonic()
    future.kill()
    with pytest.raises(KilledError):
        future.result(LIMIT_S)
    until(lambda: not psutil.pid_exists(pid), "its end")
    assert executor.submit(abs, -3).result(LIMIT_S) == 3
    assert time.monotonic() - began < 10


def test_the_job_leads_to_the_dashboard(executor: Executor, spool: Path) -> None:
    future = executor.submit(abs, -1)
    assert future.result(LIMIT_S) == 1
    with Farm() as farm:
        url = farm.job(future.job_id).url
    assert url is not None
    assert url.startswith("http://127.0.0.1:")


def test_a_runner_that_is_killed_costs_its_item_one_loss(executor: Executor, tmp_path: Path) -> None:
    future = executor.submit(note_and_wait, str(tmp_path / "a"))
    (first,) = until(lambda: pids(tmp_path / "a"), "its start")
    server_of(first).kill()
    until(lambda: len(pids(tmp_path / "a")) == 2, "a second start")
    until(lambda: not psutil.pid_exists(first), "the first one's end")
    (tmp_path / "a.go").touch()
    assert future.result(LIMIT_S) == pids(tmp_path / "a")[1]


def test_a_paused_job_goes_on_when_it_is_let_go(executor: Executor, tmp_path: Path) -> None:
    with executor.batch(chunk=1, cpus=1) as batch:
        batch.submit(note_and_wait, str(tmp_path / "a"))
        batch.submit(abs, -2)
    until(lambda: pids(tmp_path / "a"), "its start")
    with Farm() as farm:
        farm.pause(batch.job_id)
        (tmp_path / "a.go").touch()
        assert batch.futures[0].result(LIMIT_S)
        assert executor.submit(abs, -4).result(LIMIT_S) == 4  # Others' work goes on meanwhile.
        assert farm.item(batch.job_id, 1).state is State.PENDING
        farm.resume(batch.job_id)
    assert batch.futures[1].result(LIMIT_S) == 2


def test_another_process_goes_on_where_one_that_died_left_off(executor: Executor, spool: Path, tmp_path: Path) -> None:
    code = """
import os, farmfutures
with farmfutures.Executor().batch(chunk=1, cpus=1) as batch:
    for number in range(3, 6):
        batch.submit("math:factorial", number)
print(batch.job_id, flush=True)
os._exit(9)
"""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    futures = executor.attach(int(done.stdout))
    assert [future.result(LIMIT_S) for future in futures] == [6, 24, 120]


# --- faults of the cluster


def test_a_worker_that_dies_costs_one_loss_and_its_interpreter_goes_with_it(
    own_cluster: DaskCluster, own_temp: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    settle(monkeypatch, own_temp / "spool", own_cluster)
    own_cluster.start_worker("one")
    with farmfutures.Executor() as executor:
        future = executor.submit(note_and_wait, str(tmp_path / "a"))
        (first,) = until(lambda: pids(tmp_path / "a"), "its start")
        own_cluster.start_worker("two")
        own_cluster.kill("one")
        until(lambda: not psutil.pid_exists(first), "the end of its interpreter")
        until(lambda: len(pids(tmp_path / "a")) == 2, "a second start")
        (tmp_path / "a.go").touch()
        assert future.result(LIMIT_S) == pids(tmp_path / "a")[1]
    shutil.rmtree(own_temp / "spool")


def test_futures_go_on_when_the_scheduler_is_back(
    own_cluster: DaskCluster, own_temp: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    settle(monkeypatch, own_temp / "spool", own_cluster)
    own_cluster.start_worker("one")
    with farmfutures.Executor() as executor:
        with executor.batch(chunk=1) as batch:
            batch.submit(note_and_wait, str(tmp_path / "a"))
            batch.submit(abs, -5)
        (first,) = until(lambda: pids(tmp_path / "a"), "its start")
        own_cluster.kill("scheduler")
        own_cluster.kill("one")
        until(lambda: not psutil.pid_exists(first), "the end of its interpreter")
        with pytest.raises(EngineUnavailableError, match="Nothing listens"):
            executor.submit(abs, -6)
        assert not any(future.done() for future in batch.futures)
        own_cluster.start_scheduler()
        own_cluster.start_worker("three")
        until(lambda: len(pids(tmp_path / "a")) == 2, "a second start")
        (tmp_path / "a.go").touch()
        assert batch.futures[1].result(LIMIT_S) == 5
        assert batch.futures[0].result(LIMIT_S)
    shutil.rmtree(own_temp / "spool")
