"""The spool engine with real runners, and the faults that a farm has."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import BootstrapError, KilledError, WorkerDiedError, WorkTimeoutError

from . import processes
from .calls import die, fail, note, wait_for
from .processes import until


def test_calls_come_back_with_results_errors_logs_and_progress(real: Executor, real_farm: Farm, tmp_path: Path) -> None:
    with real.batch("mixed", chunk=2) as batch:
        batch.submit(pow, 2, 10)
        batch.submit(fail, "no such node")
        batch.submit(lambda text: text * 2, "by value ")
        batch.submit(wait_for, str(tmp_path / "go"), "went")
    assert batch.futures[0].result(20) == 1024
    with pytest.raises(LookupError, match="no such node") as caught:
        batch.futures[1].result(20)
    assert "in fail" in str(caught.value.__cause__)
    assert batch.futures[2].result(20) == "by value by value "
    until(lambda: batch.futures[3].progress)
    assert batch.futures[3].running()
    assert real_farm.item(batch.job_id, 3).state is State.RUNNING
    until(lambda: "waiting for" in batch.futures[3].log())
    (worker,) = [worker for worker in real_farm.workers() if worker.work_id == 3]
    assert (worker.job_id, worker.state) == (batch.job_id, "running")
    (tmp_path / "go").touch()
    assert batch.futures[3].result(20) == "went"
    assert "waiting for" in batch.futures[3].log()
    info = real_farm.job(batch.job_id)
    assert (info.state, info.counts) == (State.FAILED, {State.COMPLETE: 3, State.FAILED: 1})


# --- faults of calls


@pytest.mark.skipif(sys.platform == "win32", reason="signals end processes there in another way")
def test_a_call_that_dies_runs_again_and_one_that_dies_always_is_told_apart(real: Executor, tmp_path: Path) -> None:
    with real.batch("deaths", chunk=3) as batch:
        batch.submit(die, str(tmp_path / "once"), signal.SIGKILL, 1)
        batch.submit(die, str(tmp_path / "always"), signal.SIGSEGV, 99)
        batch.submit(abs, -3)
    assert batch.futures[0].result(25) == "lived"
    with pytest.raises(WorkerDiedError, match="SIGSEGV"):
        batch.futures[1].result(25)
    assert batch.futures[2].result(25) == 3
    assert (tmp_path / "always").stat().st_size == 3


def test_a_call_that_takes_too_long_is_ended(real: Executor, tmp_path: Path) -> None:
    with real.batch(chunk=2, timeout_s=0.5) as batch:
        batch.submit(wait_for, str(tmp_path / "never"))
        batch.submit(abs, -1)
    with pytest.raises(WorkTimeoutError, match="ran longer than its timeout_s of 0.5"):
        batch.futures[0].result(25)
    assert batch.futures[1].result(25) == 1


def test_large_results_come_by_file_and_secrets_by_their_own(
    real: Executor, real_farm: Farm, works_farm: processes.Farm, shared_folder: Path
) -> None:
    with real.batch(chunk=2, secret_env={"SHOW_TOKEN": "canary-9f21"}) as batch:
        batch.submit(bytes, 3_000_000)
        batch.submit(os.getenv, "SHOW_TOKEN")
    assert batch.futures[0].result(25) == bytes(3_000_000)
    assert batch.futures[1].result(25) == "canary-9f21"
    until(lambda: real_farm.job(batch.job_id).state is State.COMPLETE)
    holding = [path for path in shared_folder.rglob("*") if path.is_file() and b"canary-9f21" in path.read_bytes()]
    assert [path.parent.name for path in holding] == ["outcomes"], "only what the call itself returned"
    assert "canary-9f21" not in works_farm.log.read_text()


def test_r22_an_interpreter_that_does_not_start_fails_what_waits(real: Executor, works_farm: processes.Farm) -> None:
    future = real.submit_ext(abs, (-1,), interpreter=[sys.executable, "-c", "raise SystemExit('no licence for Maya')"])
    with pytest.raises(BootstrapError, match="no licence for Maya"):
        future.result(25)
    assert [chunk.starts for chunk in works_farm.all()] == [1]


# --- verbs


def test_kill_ends_a_call_that_runs_and_cancel_one_behind_it(
    real: Executor, real_farm: Farm, works_farm: processes.Farm, tmp_path: Path
) -> None:
    with real.batch(chunk=3) as batch:
        batch.submit(wait_for, str(tmp_path / "never"))
        batch.submit(note, str(tmp_path / "ran"), 1)
        batch.submit(note, str(tmp_path / "ran"), 2)
    running, cancelled, last = batch.futures
    until(running.running)
    assert not running.cancel()
    assert cancelled.cancel()
    assert running.kill()
    with pytest.raises(KilledError):
        running.result(25)
    assert last.result(25) == 4
    assert (tmp_path / "ran").read_text().split()[0] == "2"
    assert real_farm.job(batch.job_id).counts == {State.KILLED: 1, State.CANCELLED: 1, State.COMPLETE: 1}
    until(lambda: works_farm.all()[0].stand.state is ChunkState.OVER)
    assert real_farm.retry(batch.job_id, [1]) == 1
    assert real.attach(batch.job_id)[1].result(25) == 1


def test_what_waits_in_the_engine_is_taken_from_it(real: Executor, works_farm: processes.Farm, tmp_path: Path) -> None:
    with real.batch(chunk=1) as batch:
        for number in range(6):
            batch.submit(wait_for, str(tmp_path / "go"), str(number))
    until(lambda: sum(future.running() for future in batch.futures) == 2)
    real.shutdown(wait=False, cancel_futures=True)
    (tmp_path / "go").touch()
    assert [future.result(25) for future in batch.futures[:2]] == ["0", "1"]
    assert all(future.cancelled() for future in batch.futures[2:])
    assert [chunk.starts for chunk in works_farm.all()] == [1, 1, 0, 0, 0, 0]


# --- faults of the farm


def test_a_node_that_dies_costs_the_item_that_it_ran_and_no_other(
    real: Executor, real_farm: Farm, works_farm: processes.Farm, tmp_path: Path
) -> None:
    with real.batch(chunk=4) as batch:
        batch.submit(note, str(tmp_path / "ran"), 0)
        batch.submit(wait_for, str(tmp_path / "go"), "went")
        batch.submit(note, str(tmp_path / "ran"), 2)
        batch.submit(note, str(tmp_path / "ran"), 3)
    assert batch.futures[0].result(25) == 0
    until(batch.futures[1].running)
    works_farm.lose(works_farm.all()[0])
    (tmp_path / "go").touch()
    assert [future.result(25) for future in batch.futures] == [0, "went", 4, 9]
    assert [len(chunks) for chunks in works_farm.chunks.values()] == [1, 1]
    assert sorted(line.split()[0] for line in (tmp_path / "ran").read_text().splitlines()) == ["0", "2", "3"]
    assert [real_farm.item(batch.job_id, work).attempt for work in range(4)] == [1, 2, 1, 1]


@pytest.mark.parametrize("kill", [True, False], ids=["the first one died", "the first one goes on"])
def test_an_engine_that_starts_a_chunk_again_by_itself(
    real: Executor, real_farm: Farm, works_farm: processes.Farm, tmp_path: Path, kill: bool
) -> None:
    with real.batch(chunk=3) as batch:
        batch.submit(note, str(tmp_path / "ran"), 0)
        batch.submit(wait_for, str(tmp_path / "go"), "went")
        batch.submit(os.getpid)
    assert batch.futures[0].result(25) == 0
    until(batch.futures[1].running)
    works_farm.requeue(works_farm.all()[0], kill=kill)
    engine = real._engine
    until(lambda: any(run.name == "0-2.1" for run in engine.job(batch.job_id).view.runs.values()))  # type: ignore[attr-defined]
    (tmp_path / "go").touch()
    assert batch.futures[1].result(25) == "went"
    known = batch.futures[2].result(25)
    until(lambda: not works_farm.runs())
    assert real_farm.outcome(batch.job_id, 2) == known
    assert [future.result(25) for future in real.attach(batch.job_id)] == [0, "went", known]
    assert (tmp_path / "ran").read_text().count("\n") == 1


def test_a_chunk_that_is_told_to_leave_is_charged_nothing(
    real: Executor, real_farm: Farm, works_farm: processes.Farm, tmp_path: Path
) -> None:
    with real.batch(chunk=3) as batch:
        batch.submit(wait_for, str(tmp_path / "go"), "went")
        batch.submit(abs, -1)
        batch.submit(abs, -2)
    until(batch.futures[0].running)
    works_farm.preempt(works_farm.all()[0])
    (tmp_path / "go").touch()
    assert [future.result(25) for future in batch.futures] == ["went", 1, 2]
    assert [real_farm.item(batch.job_id, work).attempt for work in range(3)] == [1, 1, 1]
    assert works_farm.all()[0].stand.why == "exit 75"


def test_an_engine_that_forgot_everything_and_is_back(real: Executor, works_farm: processes.Farm, tmp_path: Path) -> None:
    future = real.submit(wait_for, str(tmp_path / "go"), "went")
    until(future.running)
    works_farm.faults.down = True
    runner = works_farm.all()[0]
    works_farm.forget()
    works_farm.faults.down = False
    (tmp_path / "go").touch()
    assert future.result(25) == "went"
    until(lambda: runner.process is None)


def test_a_package_that_was_changed_by_a_bit_is_refused_by_workers(
    real: Executor, works_farm: processes.Farm, tmp_path: Path
) -> None:
    works_farm.most = 0
    future = real.submit(note, str(tmp_path / "ran"), 1)
    engine = real._engine
    package = engine.spool.job(future.job_id).package  # type: ignore[attr-defined]
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 4
    package.write_bytes(data)
    works_farm.most = 2
    works_farm.hold("h1", False)
    with pytest.raises(WorkerDiedError, match=r"is not what farmfutures wrote there as package 1 \(its seal does not fit\)"):
        future.result(25)
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_workers_do_not_see_is_named(works_farm: processes.Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_SPOOL_SEEN_AS", "/no/such/mount")
    text = "no worker ever said anything .exit 1.: 'farmfutures engines check processes'"
    with Executor(engine="processes") as executor, pytest.raises(WorkerDiedError, match=text):
        executor.submit(abs, -1).result(25)
    assert "there is no job folder /no/such/mount/" in works_farm.log.read_text()
