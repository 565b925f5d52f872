"""Who dies when, and what is left of it: R6, R23, R24."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm

from .tasks import alone, note

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups of POSIX")

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
COMPLETE = 4


def broker_pid(farm: Farm) -> int:
    deadline = time.monotonic() + 20
    while not (status := farm.broker_status()):  # One may just have left, and the next is on its way.
        assert time.monotonic() < deadline, "no broker came"
        time.sleep(0.005)
    return int(status["pid"])


@pytest.mark.timeout(600)
def test_r6_the_broker_dies_between_taking_and_sending(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: Any, checker: Any, size: Any
) -> None:
    mark = tmp_path / "mark"
    rounds = size(3, 100)
    slowest = 0.0
    monkeypatch.setenv("FARMFUTURES_CRASH", f"claimed:1:{mark}")
    with Executor() as executor:
        for task in range(rounds):
            mark.unlink(missing_ok=True)
            started = time.monotonic()
            assert executor.submit(note, str(journal.path), task).result(20) == task * task
            slowest = max(slowest, time.monotonic() - started)
            assert mark.exists()
    print(f"{rounds} crashes; the slowest result came after {slowest:.2f} s")
    assert journal.runs() == dict.fromkeys(range(rounds), 1)
    assert checker.states() == {COMPLETE: rounds}


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_r6_nothing_runs_again_before_the_first_is_dead(farm: Farm, executor: Executor, journal: Any, until: Any) -> None:
    """Supervisor and interpreter are stopped, so that they can't notice that their broker dies."""
    future = executor.submit(alone, str(journal.path), 30.0)
    until(lambda: journal.total == 1)
    pid = journal.pids()[0]
    for process in (psutil.Process(pid).ppid(), pid):
        os.kill(process, signal.SIGSTOP)
    os.kill(broker_pid(farm), signal.SIGKILL)
    assert future.result(25) == []
    assert journal.runs() == {0: 2}
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.timeout(600)
def test_r23_drained_at_any_moment(
    farm: Farm, executor: Executor, journal: Any, checker: Any, dice: random.Random, size: Any, until: Any
) -> None:
    rounds, once, slowest = size(4, 100), 0, 0.0
    for number in range(rounds):
        futures = [executor.submit(note, str(journal.path), number * 10 + n, 0.02) for n in range(10)]
        broker = psutil.Process(broker_pid(farm))
        time.sleep(dice.random() * 0.15)  # A moment that nobody chose.
        twice = number % 2
        started = time.monotonic()
        for _ in range(1 + twice):
            broker.terminate()
        if twice:
            until(lambda: not broker.is_running(), 5)  # noqa: B023
            slowest = max(slowest, time.monotonic() - started)
        assert [future.result(30) for future in futures] == [n * n for n in range(number * 10, number * 10 + 10)]
        if not twice:
            once += 10
            assert {journal.runs()[n] for n in range(number * 10, number * 10 + 10)} == {1}  # What ran could end.
    print(f"{rounds} rounds; after a second SIGTERM it was gone in {slowest:.2f} s at most")
    assert checker.states() == {COMPLETE: rounds * 10}
    assert checker.rows("SELECT max(attempt), max(losses) FROM items") == [(1, 0)]
    log = (farm.settings.state / "broker.log").read_text()
    assert "did not stop cleanly" not in log
    assert "ERROR" not in log


TREE = """
import os, subprocess, sys, time
def grow(mark):
    if os.path.exists(mark + ".grown"):
        return "not again"
    open(mark + ".grown", "w").close()
    code = "import os, subprocess, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); "
    child = code + "time.sleep(600)"
    twig = code + "subprocess.Popen([sys.executable, '-Sc', sys.argv[2], sys.argv[1]]); time.sleep(600)"
    for session in (False, True):
        for _ in range(2):
            subprocess.Popen([sys.executable, "-Sc", twig, mark, child], start_new_session=session)
    time.sleep(600)
"""

CLIENT = """
import sys, time
import farmfutures
executor = farmfutures.Executor(detached=False, sys_path=[sys.argv[1]])
executor.submit("growing:grow", sys.argv[2])
print("submitted", flush=True)
time.sleep(600)
"""


@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="needs a subreaper, which only Linux has")
@pytest.mark.parametrize("victim", ["client", "broker", "interpreter", "supervisor"])
def test_r24_nothing_is_left_of_a_tree(farm: Farm, tmp_path: Path, until: Any, size: Any, victim: str) -> None:
    (tmp_path / "growing.py").write_text(TREE)
    slowest = 0.0
    for number in range(size(1, 50)):
        mark = tmp_path / f"pids{number}"
        code = [sys.executable, "-c", textwrap.dedent(CLIENT), str(tmp_path), str(mark)]
        client = subprocess.Popen(code, env={**os.environ, "PYTHONPATH": str(SCRIPTS)}) if victim == "client" else None
        executor = Executor(sys_path=[str(tmp_path)])
        future = None if client else executor.submit("growing:grow", str(mark))
        until(lambda: mark.exists() and len(mark.read_text().split()) == 8)  # noqa: B023
        worker = next(worker for worker in farm.workers() if worker.state == "running")
        pids = [worker.pid, *map(int, mark.read_text().split())]
        supervisor = psutil.Process(worker.pid).ppid()
        target = {"broker": broker_pid(farm), "interpreter": worker.pid, "supervisor": supervisor}
        started = time.monotonic()
        os.kill(client.pid if client else target[victim], signal.SIGKILL)
        if client:
            client.wait()
        until(lambda: not [pid for pid in pids if psutil.pid_exists(pid)], 5)  # noqa: B023
        slowest = max(slowest, time.monotonic() - started)
        assert future is None or future.result(25) == "not again"
        executor.shutdown()
    print(f"{victim}: nothing left after {slowest:.2f} s at most")
