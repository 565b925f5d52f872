"""Workers that die, hang, are stopped and flood: R1-R5, R11, R14, R20, R25, R28."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.errors import WorkerDiedError, WorkTimeoutError

from .tasks import note

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups of POSIX")

COMPLETE = 4


def _kill_some(farm: Farm, dice: random.Random, count: int, done: threading.Event, killed: list[int]) -> None:
    while len(killed) < count and not done.is_set():
        busy = [worker.pid for worker in farm.workers() if worker.state == "running"]
        if busy:
            with contextlib.suppress(ProcessLookupError):
                pid = dice.choice(busy)
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        done.wait(0.02 + dice.random() * 0.1)


@pytest.mark.timeout(1200)
def test_r1_workers_die_at_random(
    farm: Farm, executor: Executor, dice: random.Random, journal: Any, checker: Any, size: Any
) -> None:
    tasks, kills = size(500, 5000), size(20, 200)
    done, killed = threading.Event(), list[int]()
    with executor.batch(attempts=kills + 1) as batch:
        for task in range(tasks):
            batch.submit(note, str(journal.path), task, 0.004)
    killer = threading.Thread(target=_kill_some, args=(farm, dice, kills, done, killed))
    killer.start()
    try:
        assert [future.result(600) for future in batch.futures] == [task * task for task in range(tasks)]
    finally:
        done.set()
        killer.join()
    assert killed
    runs = journal.runs()
    assert set(runs) == set(range(tasks))
    assert journal.total <= tasks + len(killed)
    assert checker.states() == {COMPLETE: tasks}


class Bomb:
    """Ends its interpreter where it is asked to."""

    def __init__(self, how: str, where: str) -> None:
        self.how, self.where = how, where

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        if self.where == "load":
            return explode, (self.how,)
        return Bomb, (self.how, self.where)


def explode(how: str) -> None:
    import ctypes
    import os
    import signal

    if how == "segfault":
        ctypes.string_at(0)
    elif how == "abort":
        os.abort()
    elif how == "SIGKILL":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        os._exit(int(how))


class OnDump:
    def __init__(self, how: str) -> None:
        self.how = how

    def __reduce__(self) -> Any:
        explode(self.how)


class OnDelete:
    def __init__(self, how: str) -> None:
        self.how = how

    def __del__(self) -> None:
        explode(self.how)


def run_bomb(how: str, where: str) -> Any:
    if where == "run":
        explode(how)
    if where == "dump":
        return OnDump(how)
    if where == "after":
        circle: list[Any] = [OnDelete(how)]
        circle.append(circle)
        import gc
        import threading

        threading.Timer(0.02, gc.collect).start()
    return "done"


NAMES = {"segfault": "SIGSEGV", "abort": "SIGABRT", "SIGKILL": "SIGKILL", "0": "code 0", "3": "code 3"}


@pytest.mark.parametrize("where", ["load", "run", "dump", "after"])
@pytest.mark.parametrize("how", NAMES)
def test_r2_how_it_dies(executor: Executor, how: str, where: str) -> None:
    argument = Bomb(how, where) if where == "load" else where
    future = executor.submit(len, [argument]) if where == "load" else executor.submit(run_bomb, how, where)
    started = time.monotonic()
    if where == "after":
        assert future.result(10) == "done"
    else:
        with pytest.raises(WorkerDiedError, match=NAMES[how]):
            future.result(10)
        assert time.monotonic() - started < 5
    assert list(executor.map(abs, range(10))) == list(range(10))


def poison(path: str, task: int) -> None:
    note(path, task)
    os._exit(9)


def test_r3_poison(farm: Farm, executor: Executor, journal: Any) -> None:
    with executor.batch(attempts=3) as batch:
        bad = batch.submit(poison, str(journal.path), -1)
        good = [batch.submit(note, str(journal.path), task) for task in range(100)]
    with pytest.raises(WorkerDiedError, match=r"\(exited with code 9, exited with code 9, exited with code 9\)"):
        bad.result(20)
    assert [future.result(20) for future in good] == [task * task for task in range(100)]
    runs = journal.runs()
    assert runs.pop(-1) == 3
    assert set(runs.values()) == {1}
    assert {item.attempt for item in farm.items(batch.job_id, 200) if item.work_id} == {1}


def hang(kind: str) -> None:
    import ctypes
    import signal
    import time

    if kind == "SIGTERM ignored":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind == "GIL held":
        ctypes.PyDLL(None).sleep(600)  # A C function that is called without letting go of the interpreter's lock.
    while kind == "busy":
        pass
    time.sleep(600)


@pytest.mark.parametrize("kind", ["sleep", "busy", "GIL held", "SIGTERM ignored"])
def test_r4_hangs(farm: Farm, executor: Executor, kind: str, until: Any) -> None:
    started = time.monotonic()
    future = executor.submit_ext(hang, [kind], timeout_s=1)
    until(future.running)
    (pid,) = [worker.pid for worker in farm.workers() if worker.state == "running"]
    with pytest.raises(WorkTimeoutError, match="timeout_s of 1"):
        future.result(20)
    assert time.monotonic() - started < 4
    assert executor.submit(abs, -1).result(20) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says cheaply that a process is stopped")
def test_r5_a_worker_that_is_stopped(farm: Farm, executor: Executor, journal: Any, until: Any) -> None:
    future = executor.submit_ext(note, [str(journal.path), 1, 0.5], attempts=3)
    until(lambda: journal.total == 1)
    pid = next(worker.pid for worker in farm.workers() if worker.state == "running")
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    until(lambda: journal.total == 2, 12)
    assert time.monotonic() - started < 7.5
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    assert future.result(20) == 1
    assert farm.item(future.job_id, 0).attempt == 2
    assert journal.runs() == {1: 2}


def test_r11_bad_and_good_ones_mixed(executor: Executor) -> None:
    from farmfutures.errors import CallError, ResultError

    good = []
    for n in range(50):
        with pytest.raises(CallError):
            executor.submit(abs, threading.Lock())
        good.append(executor.submit(abs, -n))
    bad = [executor.submit("threading:Lock") for _ in range(50)]
    assert [future.result(30) for future in good] == list(range(50))
    assert {type(future.exception(30)) for future in bad} == {ResultError}


def test_r14_large_payloads(executor: Executor, size: Any) -> None:
    data = bytes(size(16, 1024) * 1024 * 1024)
    assert executor.submit(len, data).result(120) == len(data)
    assert len(executor.submit(bytes, len(data)).result(120)) == len(data)


def flood(megabytes: int) -> str:
    import os
    import sys

    line = b"x" * 1023 + b"\n"
    for _ in range(megabytes * 512):
        os.write(1, line)
        sys.stderr.buffer.write(line)
    os.write(2, b"y" * 5_000_000)
    return "done"


def test_r25_a_flood(state: Path, monkeypatch: pytest.MonkeyPatch, size: Any) -> None:
    monkeypatch.setenv("FARMFUTURES_LOG_LIMIT_BYTES", "2000000")
    with Executor() as executor:
        future = executor.submit(flood, size(20, 200))
        assert future.result(120) == "done"
        path = Path(future.log_path or "")
        assert 0 < path.stat().st_size < 4_000_000
        assert "bytes left out" in future.log()


@pytest.mark.timeout(600)
def test_r28_many_short_ones_on_a_cold_pool(state: Path, size: Any) -> None:
    for _ in range(size(2, 20)):
        with Executor() as executor:
            assert sum(executor.map(abs, [1] * 1000)) == 1000
            with Farm() as farm:
                farm.stop_broker()


def test_r28_death_in_the_handshake(farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(
        "import os\ndef boot(settings):\n    if not os.path.exists(settings['mark']):\n"
        "        open(settings['mark'], 'w').close()\n        os._exit(1)\n"
    )
    with Executor(bootstrap="dying:boot", sys_path=[str(tmp_path)], settings={"mark": str(tmp_path / "mark")}) as executor:
        future = executor.submit(abs, -1)
        assert future.result(25) == 1
        assert farm.item(future.job_id, 0).attempt == 1
        assert farm.job(future.job_id).state is State.COMPLETE
