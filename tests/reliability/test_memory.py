"""The system takes interpreters away for want of memory, or they hold too much of it: R20, R21."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm
from farmfutures.errors import OutOfMemoryError, WorkerDiedError
from farmfutures.worker import memory

from .starving import kernel_of_paper
from .tasks import leak, note, swell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memory is not asked for there")

MIB = 2**20
LIMIT = 512 * MIB


class Group:
    """A control group of memory; on cgroup v1 and v2 alike."""

    def __init__(self) -> None:
        v1 = memory.GROUPS / "memory"
        first = v1.is_dir()
        self.path = (v1 if first else memory.GROUPS) / f"farmfutures-test-{os.getpid()}"
        self.path.mkdir()
        try:
            (self.path / ("memory.limit_in_bytes" if first else "memory.max")).write_text(str(LIMIT))
            swap = self.path / ("memory.swappiness" if first else "memory.swap.max")
            with contextlib.suppress(OSError):  # A machine without swap has no such file.
                swap.write_text("0")
        except BaseException:
            self.path.rmdir()
            raise

    def take_in(self, pid: int) -> None:
        (self.path / "cgroup.procs").write_text(str(pid))

    @property
    def empty(self) -> bool:
        return not (self.path / "cgroup.procs").read_text().split()


@pytest.fixture
def group(until: Any) -> Iterator[Group]:
    try:
        group = Group()
    except OSError as error:
        pytest.skip(f"no control group for memory can be made here: {error}")
    yield group
    for pid in (group.path / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    until(lambda: group.empty)
    group.path.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
def test_r21_the_system_kills_an_interpreter_for_want_of_memory(
    state: Path, monkeypatch: pytest.MonkeyPatch, group: Group, tmp_path: Path, until: Any, journal: Any
) -> None:
    """Each run moves itself into the group, waits until its supervisor can have seen that, and swells."""
    monkeypatch.setenv("FARMFUTURES_SLOTS", "2")
    with Executor() as executor, Farm() as farm:
        beside = executor.submit_ext(note, [str(journal.path), -1, 1.0], env={"BESIDE": "1"})
        until(beside.running)
        (neighbour,) = [worker.pid for worker in farm.workers() if worker.state == "running"]
        future = executor.submit_ext(swell, [str(journal.path), str(group.path / "cgroup.procs"), LIMIT], attempts=5)
        with pytest.raises(
            OutOfMemoryError, match=r"for want of memory while it ran \(2 time\(s\)\); it held [\d,]+ MiB"
        ) as caught:
            future.result(25)
        assert isinstance(caught.value, (WorkerDiedError, MemoryError))
        held = int(str(caught.value).partition("it held ")[2].partition(" MiB")[0].replace(",", ""))
        assert LIMIT / MIB / 2 < held <= LIMIT / MIB + 64
        assert beside.result(20) == 1
        assert psutil.pid_exists(neighbour)
        assert farm.item(future.job_id, 0).attempt == 2
    assert journal.runs() == {-1: 1, 0: 2}


def test_r21_a_kill_by_hand_is_no_want_of_memory(executor: Executor) -> None:
    error = executor.submit("os:kill", 0, 0).exception(20)
    assert error is None
    error = executor.submit("signal:raise_signal", signal.SIGKILL).exception(20)
    assert isinstance(error, WorkerDiedError)
    assert not isinstance(error, OutOfMemoryError)


@pytest.mark.parametrize("retries", [0, 2])
def test_r21_the_budget_is_a_setting(
    state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, journal: Any, retries: int
) -> None:
    """The kernel's count is a file here, which the task raises before it dies."""
    count = kernel_of_paper(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("FARMFUTURES_MEMORY_RETRIES", str(retries))
    with Executor() as executor:
        future = executor.submit("tests.reliability.tasks:killed_for_memory", str(journal.path), str(count))
        with pytest.raises(OutOfMemoryError, match=rf"\({retries + 1} time\(s\)\)"):
            future.result(20)
    assert journal.runs() == {0: retries + 1}


def test_r20_a_worker_that_leaks_is_replaced(state: Path, monkeypatch: pytest.MonkeyPatch, size: Any) -> None:
    monkeypatch.setenv("FARMFUTURES_MEMORY_MARK_BYTES", str(150 * MIB))
    with Executor(cpus=1) as executor:
        futures = [executor.submit(leak, size(30, 2)) for _ in range(size(12, 300))]
        pids = {future.result(60) for future in futures}
    assert len(pids) >= 2
    assert {future.attempt for future in futures} == {1}
