"""Workers that die, hang, are stopped or never start: R1-R5, R11, R22, R28."""

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

import psutil
import pytest

from farmfutures import Executor, Farm, State
from farmfutures.errors import BootstrapError, RemoteSystemExit, WorkerDiedError, WorkTimeoutError

from .bombs import NAMES, Bomb, run_bomb
from .conftest import Journal
from .tasks import hang, late, note, poison

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
    farm: Farm, dice: random.Random, tmp_path: Path, checker: Any, size: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_SLOTS", "8")
    tasks, kills, rounds = size(500, 5000), size(20, 200), size(1, 3)
    for number in range(rounds):
        journal = Journal(tmp_path / f"runs{number}")
        done, killed = threading.Event(), list[int]()
        with Executor(attempts=10) as executor:
            with executor.batch() as batch:
                for task in range(tasks):
                    batch.submit(note, str(journal.path), task, 0.004)
            killer = threading.Thread(target=_kill_some, args=(farm, dice, kills, done, killed))
            killer.start()
            try:
                assert [future.result(600) for future in batch.futures] == [task * task for task in range(tasks)]
            finally:
                done.set()
                killer.join()
        print(f"{len(killed)} kills, {journal.total} executions of {tasks} tasks")
        assert killed
        assert set(journal.runs()) == set(range(tasks))
        assert journal.total <= tasks + len(killed)
    assert checker.states() == {COMPLETE: tasks * rounds}


@pytest.mark.parametrize("where", ["load", "run", "dump", "after"])
@pytest.mark.parametrize("how", NAMES)
def test_r2_how_it_dies(executor: Executor, how: str, where: str) -> None:
    argument = Bomb(how, where) if where == "load" else where
    future = executor.submit(len, [argument]) if where == "load" else executor.submit(run_bomb, how, where)
    started = time.monotonic()
    if where == "after":
        assert future.result(10) == "done"
    else:
        with pytest.raises(RemoteSystemExit if how == "sys.exit" else WorkerDiedError, match=NAMES[how]):
            future.result(10)
        assert time.monotonic() - started < 5
    assert list(executor.map(abs, range(10))) == list(range(10))


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


@pytest.mark.timeout(120)
def test_r3_poisons_leave_as_many_workers_as_there_were(
    farm: Farm, journal: Any, tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_SLOTS", "4")
    with Executor(attempts=3) as executor:
        bad = [executor.submit(poison, str(journal.path), task) for task in range(8)]
        assert {type(future.exception(60)) for future in bad} == {WorkerDiedError}
        started = time.monotonic()
        good = [executor.submit(hang, str(tmp_path / "good"), "sleep") for _ in range(4)]
        until(lambda: sum(worker.state == "running" for worker in farm.workers()) == 4, 10)
        assert time.monotonic() - started < 10
        for future in good:
            future.kill()
    assert journal.runs() == dict.fromkeys(range(8), 3)


HANGS = ["sleep", "busy", "GIL held", "SIGTERM ignored"]


@pytest.mark.timeout(900)
def test_r4_hangs(farm: Farm, journal: Any, until: Any, size: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_SLOTS", "4")
    slowest = 0.0
    with Executor(timeout_s=2) as executor:
        for number in range(1, size(1, 50) + 1):
            futures = [executor.submit(hang, str(journal.path), kind) for kind in HANGS]
            until(lambda: journal.total == 8 * number)  # noqa: B023
            started = time.monotonic()
            for future in futures:
                with pytest.raises(WorkTimeoutError, match="timeout_s of 2"):
                    future.result(20)
            slowest = max(slowest, time.monotonic() - started)
            until(lambda: not [pid for pid in journal.runs() if psutil.pid_exists(pid)], 3)
            assert executor.submit(abs, -1).result(20) == 1
    print(f"slowest: {slowest:.2f} s after the start")
    assert slowest < 2 + 3


@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says cheaply that a process is stopped")
def test_r5_workers_that_are_stopped(
    farm: Farm, journal: Any, until: Any, size: Any, dice: random.Random, checker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of them go on about when their lease ends, so that a late outcome and the kill are near each other."""
    monkeypatch.setenv("FARMFUTURES_SLOTS", "8")
    results, slowest = [], 0.0
    with Executor(attempts=3) as executor:
        for first in range(0, size(4, 100), 4):
            list(executor.map(time.sleep, [0.3] * 8))  # Eight interpreters are up, so that what is measured is the lease.
            futures = [executor.submit(late, str(journal.path), first + n) for n in range(4)]
            until(lambda: len(journal.runs()) == first + 4)  # noqa: B023
            pids = journal.pids()
            started = time.monotonic()
            for n in range(4):
                os.kill(pids[first + n], signal.SIGSTOP)
            goes_on = [threading.Timer(4.7 + dice.random(), _go_on, [pids[first + n]]) for n in range(2)]
            for timer in goes_on:
                timer.start()
            until(lambda: all(journal.runs()[first + n] == 2 for n in (2, 3)), 12)  # noqa: B023
            slowest = max(slowest, time.monotonic() - started)
            results += [future.result(20) for future in futures]
            for timer in goes_on:
                timer.join()
            for n in range(4):
                _go_on(pids[first + n])
            assert {future.status() for future in futures} == {State.COMPLETE}
            for future, (_, run) in zip(futures, results[-4:], strict=True):
                assert (farm.item(future.job_id, 0).attempt, farm.outcome(future.job_id, 0)[1]) == (run, run)
    print(f"slowest: run again {slowest:.2f} s after the stop; {sum(run == 1 for _, run in results)} went on in time")
    assert slowest < 7.5
    assert [task for task, _ in results] == list(range(len(results)))
    assert max(journal.runs().values()) <= 2
    assert checker.states() == {COMPLETE: len(results) * 3}


def _go_on(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def test_r11_bad_and_good_ones_mixed(executor: Executor) -> None:
    from farmfutures.errors import CallError, ResultError

    good, started = [], time.monotonic()
    for n in range(100):
        with pytest.raises(CallError):
            executor.submit(abs, threading.Lock())
        good.append(executor.submit(abs, -n))
    bad = [executor.submit("threading:Lock") for _ in range(100)]
    assert [future.result(30) for future in good] == list(range(100))
    assert {type(future.exception(30)) for future in bad} == {ResultError}
    assert time.monotonic() - started < 30


@pytest.mark.timeout(600)
def test_r28_many_short_ones_on_a_cold_pool(state: Path, size: Any) -> None:
    for _ in range(size(2, 20)):
        with Executor() as executor:
            assert sum(executor.map(abs, [1] * 1000)) == 1000
            with Farm() as farm:
                farm.stop_broker()


@pytest.mark.timeout(600)
def test_r28_death_in_the_handshake(farm: Farm, tmp_path: Path, size: Any) -> None:
    (tmp_path / "dying.py").write_text(
        "import os\ndef boot(settings):\n    if not os.path.exists(settings['mark']):\n"
        "        open(settings['mark'], 'w').close()\n        os._exit(1)\n"
    )
    for number in range(size(1, 50)):
        settings = {"mark": str(tmp_path / f"mark{number}")}
        with Executor(bootstrap="dying:boot", sys_path=[str(tmp_path)], settings=settings) as executor:
            future = executor.submit(abs, -1)
            assert future.result(25) == 1
            assert farm.item(future.job_id, 0).attempt == 1
            assert farm.job(future.job_id).state is State.COMPLETE


LAUNCHES = {
    "exits at once": ("exit 7", "exited with code 7"),
    "has no licence": ("echo 'License checkout failed: no floating licence' >&2; exit 1", "no floating licence"),
    "hangs": ("exec sleep 600", "it was not ready: 1 s passed"),
}


@pytest.mark.timeout(90)
@pytest.mark.parametrize("kind", LAUNCHES)
def test_r22_interpreters_that_do_not_start(
    farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checker: Any, kind: str
) -> None:
    monkeypatch.setenv("FARMFUTURES_START_TIMEOUT_S", "1")
    body, said = LAUNCHES[kind]
    program = tmp_path / "mayapy"
    program.write_text(f"#!/bin/sh\necho start >> {tmp_path / 'starts'}\n{body}\n")
    program.chmod(0o755)
    started = time.monotonic()
    with Executor(interpreter=str(program), cpus=1) as executor:
        futures = [executor.submit(abs, -n) for n in range(3)]
        for future in futures:
            with pytest.raises(BootstrapError, match=said):
                future.result(60)
    assert time.monotonic() - started < 60
    assert (tmp_path / "starts").read_text().count("start") >= 3
    assert checker.rows("SELECT max(attempt) FROM items") == [(0,)]
