"""The broker: it outlives clients, comes back, drains, waits for room on the disk."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.errors import StoreFullError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are different there")


@pytest.fixture
def farm(state: Path) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


def wait_for(path: str, value: Any = None) -> Any:
    import os
    import time

    while not os.path.exists(path):
        time.sleep(0.005)
    return value


def until(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def pid_of(farm: Farm) -> int:
    status = farm.broker_status()
    assert status is not None
    return int(status["pid"])


def test_qs20_futures_outlive_their_broker(farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Executor() as executor:
        with executor.batch(cpus=2) as batch:
            for n in range(50):
                batch.submit(wait_for, str(gate), n)
        until(batch.futures[0].running)
        first = pid_of(farm)
        os.kill(first, signal.SIGKILL)
        gate.touch()
        assert [future.result(20) for future in batch.futures] == list(range(50))
        assert executor.submit(abs, -1).result(20) == 1
    assert pid_of(farm) != first
    assert farm.job(batch.job_id).counts == {State.COMPLETE: 50}


def test_what_is_queued_is_there_after_a_stop(farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = Executor(cpus=1)
    with executor.batch() as batch:
        for n in range(3):
            batch.submit(wait_for, str(gate), n)
    until(batch.futures[0].running)
    job = batch.job_id
    executor.shutdown(wait=False)
    farm.stop_broker()
    gate.touch()
    assert [item.attempt for item in farm.items(job)] == [0, 0, 0]  # Stopping charged nobody.
    with Executor() as another:
        assert [future.result(20) for future in another.attach(job)] == [0, 1, 2]
    for future in batch.futures:
        future.result(20)


def test_the_first_sigterm_lets_end_what_runs(farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Executor(cpus=1) as executor:
        with executor.batch() as batch:
            running, waiting = batch.submit(wait_for, str(gate), "end"), batch.submit(abs, -1)
        until(running.running)
        os.kill(pid_of(farm), signal.SIGTERM)
        gate.touch()
        assert running.result(20) == "end"
        assert waiting.result(20) == 1  # A new broker, since somebody waits.
    assert [item.attempt for item in farm.items(batch.job_id)] == [1, 1]


def test_the_second_sigterm_does_not_wait(farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = Executor(cpus=1)
    future = executor.submit(wait_for, str(gate), "again")
    until(future.running)
    broker = pid_of(farm)
    started = time.monotonic()
    os.kill(broker, signal.SIGTERM)
    time.sleep(0.2)  # A drain that would never end: what is tested is the second signal.
    os.kill(broker, signal.SIGTERM)
    until(lambda: not Path(f"/proc/{broker}").exists() if sys.platform == "linux" else True)
    assert time.monotonic() - started < 5
    gate.touch()
    assert future.result(20) == "again"
    assert farm.item(future.job_id, 0).attempt == 1
    executor.shutdown()


def test_it_leaves_when_idle(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_BROKER_IDLE_S", "0.3")
    with Executor() as executor:
        executor.submit(abs, 1).result(20)
        farm.close()
    until(lambda: not farm._is_up())


def _mount(folder: Path, size: str) -> bool:
    folder.mkdir(mode=0o700)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


@pytest.fixture
def small_disk(own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = own_temp / "small"
    if not _mount(folder, "2m"):
        pytest.skip("only root can mount a small disk to fill")
    monkeypatch.setenv("FARMFUTURES_STATE", str(folder))
    yield folder
    with Farm() as farm:
        farm.stop_broker()
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def test_r15_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Executor(cpus=1) as executor, Farm() as farm:
        running = executor.submit(wait_for, str(gate), "ran")
        until(running.running)
        accepted: list[Any] = []
        with pytest.raises(StoreFullError, match="what was accepted before is safe"):
            accepted.extend(executor.submit(len, b"x" * 20_000) for _ in range(1000))
        assert accepted
        gate.touch()
        assert farm.broker_status() is not None
        subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
        assert running.result(20) == "ran"
        assert [future.result(20) for future in accepted] == [20_000] * len(accepted)
        assert executor.submit(abs, -1).result(20) == 1
