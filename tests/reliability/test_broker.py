"""The broker and its clients die, the database is in the way, the clock jumps: R6-R9, R16-R20, R23, R24, R26, R27."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.local import crash
from farmfutures.engines.local.folder import check_local
from farmfutures.errors import EngineError, FarmFuturesError, StateFolderError

from .tasks import note

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups of POSIX")

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
COMPLETE = 4


def broker_pid(farm: Farm) -> int | None:
    try:
        return int((farm.broker_status() or {}).get("pid", 0)) or None
    except FarmFuturesError:
        return None


def script(code: str, **options: Any) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONPATH": str(SCRIPTS), **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **options,
    )  # fmt: skip


@pytest.mark.timeout(900)
def test_r6_r7_the_broker_is_killed(
    farm: Farm, executor: Executor, dice: random.Random, journal: Any, checker: Any, size: Callable[[int, int], int]
) -> None:
    tasks, kills = size(300, 2000), size(4, 50)
    futures = [executor.submit(note, str(journal.path), task, 0.004) for task in range(tasks // 2)]
    with executor.batch() as batch:
        futures += [batch.submit(note, str(journal.path), task, 0.004) for task in range(tasks // 2, tasks)]
    killed = 0
    while killed < kills and not all(future.done() for future in futures):
        time.sleep(0.1 + dice.random() * 0.2)  # A moment that nobody chose.
        pid = broker_pid(farm)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    assert [future.result(120) for future in futures] == [task * task for task in range(tasks)]
    assert killed
    assert set(journal.runs()) == set(range(tasks))
    assert checker.states() == {COMPLETE: tasks}
    assert "did not stop cleanly" in (farm.settings.state / "broker.log").read_text()
    assert executor.submit(abs, -1).job_id > max(future.job_id for future in futures)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", crash.POINTS)
def test_r8_crash_points(
    state: Path, monkeypatch: pytest.MonkeyPatch, name: str, tmp_path: Path, journal: Any, checker: Any,
    size: Callable[[int, int], int],
) -> None:  # fmt: skip
    at_start = name in ("swept", "recovered", "announced")
    for count in [1] if at_start else [1, 3] if size(0, 1) == 0 else range(1, 21):
        mark = tmp_path / f"{name}.{count}"
        monkeypatch.setenv("FARMFUTURES_CRASH", f"{name}:{count}:{mark}")
        with Executor() as executor:
            futures = [executor.submit(note, str(journal.path), n) for n in range(10)]
            assert [future.result(30) for future in futures] == [n * n for n in range(10)]
        assert mark.exists() or count > 1  # A broker need not come to each point so often.
        with Farm() as farm:
            assert {job.state for job in farm.jobs(1000)} <= {State.COMPLETE}
            farm.stop_broker()
    assert set(checker.states()) <= {COMPLETE}
    assert checker.rows("SELECT count(*) FROM jobs WHERE open=1") == [(0,)]


@pytest.mark.timeout(300)
def test_r9_the_client_dies(farm: Farm, journal: Any, dice: random.Random, size: Callable[[int, int], int]) -> None:
    for _ in range(size(2, 20)):
        code = f"""
            import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
            import farmfutures
            executor = farmfutures.Executor()
            for n in range(1000):
                print(executor.submit(pow, n, 2).job_id, flush=True)
        """
        client = script(code)
        assert client.stdout is not None
        ids = [int(client.stdout.readline()) for _ in range(dice.randrange(50, 900))]
        client.kill()
        ids += [int(line) for line in client.stdout.read().split()]
        client.communicate()
        with Executor() as executor:
            for n, job in enumerate(ids):
                if n % 50 == 0 or n == len(ids) - 1:
                    assert executor.attach(job)[0].result(30) == n**2


def test_r9_jobs_that_are_not_detached_end_with_their_client(farm: Farm, until: Any) -> None:
    client = script("""
        import farmfutures, time
        executor = farmfutures.Executor(detached=False, cpus=1)
        with executor.batch() as batch:
            for _ in range(3):
                batch.submit(time.sleep, 60)
        while not batch.futures[0].running(): time.sleep(0.01)
        print(batch.job_id, flush=True); time.sleep(60)
    """)
    assert client.stdout is not None
    job = int(client.stdout.readline())
    client.kill()
    client.communicate()
    started = time.monotonic()
    until(lambda: farm.job(job).done == 3)
    assert time.monotonic() - started < 5
    assert farm.job(job).counts == {State.KILLED: 1, State.CANCELLED: 2}


def test_r16_somebody_locks_the_database(farm: Farm, executor: Executor, size: Callable[[int, int], int]) -> None:
    executor.submit(abs, 1).result(20)
    other = sqlite3.connect(farm.settings.state / "farm.db", isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        futures = [executor.submit(abs, -n) for n in range(100)]
        time.sleep(size(2, 20))  # It is locked for that long: this is the fault itself.
        assert not futures[-1].done()
    finally:
        other.execute("ROLLBACK")
        other.close()
    started = time.monotonic()
    assert [future.result(20) for future in futures] == list(range(100))
    assert time.monotonic() - started < 5


def test_r17_a_damaged_database(
    state: Path, dice: random.Random, size: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Executor() as executor, Farm() as farm:
        jobs = {executor.submit(pow, n, 2).job_id: n for n in range(60)}
        for job in jobs:
            executor.attach(job)[0].result(20)
        farm.stop_broker()
    whole = (state / "farm.db").read_bytes()
    refused = 0
    for _ in range(size(8, 200)):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 65)):
            data[dice.randrange(len(data))] ^= dice.randrange(1, 256)
        (state / "farm.db").write_bytes(data[: dice.choice([len(data), len(data), len(data) // 2])])
        started = time.monotonic()
        with Farm() as farm:
            try:
                seen = farm.jobs(1000)
                for info in seen:  # Either right, or refused; never wrong.
                    if info.id in jobs and info.state is State.COMPLETE:
                        assert farm.outcome(info.id, 0) == jobs[info.id] ** 2
            except FarmFuturesError as error:
                refused += "farmfutures broker rebuild" in str(error)
            with contextlib.suppress(FarmFuturesError):
                farm.stop_broker()
        assert time.monotonic() - started < 15
        for extra in ("farm.db-wal", "farm.db-shm"):
            (state / extra).unlink(missing_ok=True)
    (state / "farm.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    with Farm() as farm, pytest.raises(EngineError, match="is damaged .* 'farmfutures broker rebuild' saves what can be read"):
        farm.jobs()
    (state / "farm.db").write_bytes(whole)
    with Farm() as farm:
        assert farm.rebuild()["jobs"] == 60
        assert len(farm.jobs(100)) == 60
    assert list(state.glob("farm.db.damaged-*"))


MOUNTS = """
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
//win/share /mnt/share cifs rw 0 0
tmpfs /home/local tmpfs rw 0 0
server:/with\\040blank /mnt/with\\040blank nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/me/.farm", "nfs4"), ("/mnt/share", "cifs"), ("/mnt/with blank/x", "nfs"), ("/var/x", None), ("/home/local/x", None),
     ("/homes/x", None)],
)  # fmt: skip
def test_r18_network_filesystems(path: str, kind: str | None) -> None:
    if kind is None:
        check_local(Path(path), MOUNTS)
        return
    with pytest.raises(StateFolderError, match=f"is on a network filesystem \\({kind} at /.*Leave FARMFUTURES_STATE unset"):
        check_local(Path(path), MOUNTS)


def test_r19_the_clock_jumps(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import time, random, sys\n"
        "if any('farmfutures' in word for word in sys.orig_argv):\n"
        "    real = time.time\n"
        "    time.time = lambda: real() + random.choice([-3600.0, 0.0, 3600.0, -315360000.0])\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(SCRIPTS)]))
    with Executor(env={"PYTHONPATH": str(tmp_path)}, timeout_s=20) as executor:
        assert [future.result(20) for future in [executor.submit(note, str(tmp_path / "n"), n, 0.01) for n in range(50)]]
        assert executor.submit(time.sleep, 0.6).result(20) is None


@pytest.mark.timeout(600)
def test_r20_opening_and_closing(farm: Farm, executor: Executor, size: Callable[[int, int], int]) -> None:
    def held() -> tuple[int, int, int]:
        me = psutil.Process()
        return me.num_fds(), threading.active_count(), len(me.children(recursive=True))

    farm.close()
    executor.shutdown()
    with Executor() as other:
        other.submit(abs, 1).result(20)
    before = held()
    for _ in range(size(30, 1000)):
        with Executor() as other:
            other.submit(abs, 1).result(20)
    assert held() == before
    Farm.__init__(farm)


def test_r20_few_descriptors(state: Path) -> None:
    code = """
        import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
        import farmfutures
        with farmfutures.Executor() as executor:
            print(sum(executor.map(abs, range(500))))
    """
    out, errors = script(code).communicate(timeout=25)
    assert out == "124750\n", errors


TREE = """
import os, subprocess, sys, time
def grow(mark):
    code = "import os, subprocess, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); "
    child = code + "time.sleep(600)"
    twig = code + "subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); time.sleep(600)"
    for session in (False, True):
        for _ in range(2):
            subprocess.Popen([sys.executable, "-c", twig, mark, child], start_new_session=session)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a subreaper, which only Linux has")
@pytest.mark.parametrize("victim", ["broker", "interpreter", "supervisor"])
def test_r24_nothing_is_left_of_a_tree(farm: Farm, tmp_path: Path, until: Any, victim: str) -> None:
    (tmp_path / "growing.py").write_text(TREE)
    mark = tmp_path / "pids"
    executor = Executor(sys_path=[str(tmp_path)])
    future = executor.submit("growing:grow", str(mark))
    until(lambda: mark.exists() and len(mark.read_text().split()) == 8)
    pids = [int(pid) for pid in mark.read_text().split()]
    worker = next(worker for worker in farm.workers() if worker.state == "running")
    target = {"broker": broker_pid(farm), "interpreter": worker.pid, "supervisor": psutil.Process(worker.pid).ppid()}[victim]
    assert target
    mark.unlink()
    (tmp_path / "growing.py").write_text("def grow(mark):\n    return 'not again'\n")
    os.kill(target, signal.SIGKILL)
    until(lambda: not [pid for pid in (*pids, worker.pid) if psutil.pid_exists(pid)], 5)
    assert future.result(25) == "not again"
    executor.shutdown()


def test_r26_many_threads_and_many_shutdowns(farm: Farm, size: Callable[[int, int], int]) -> None:
    executor = Executor()
    count = size(60, 500)
    resolved: list[Any] = []

    def work() -> None:
        futures = [executor.submit(abs, -n) for n in range(count)]
        futures[0].add_done_callback(lambda _: resolved.append(executor.submit(abs, -1).result))
        futures[1].cancel()
        for n, future in enumerate(futures):
            with contextlib.suppress(BaseException):
                assert future.result(60) == n
            resolved.append(future)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(hasattr(one, "done") and one.done() for one in resolved) == 16 * count
    threads = [threading.Thread(target=executor.shutdown) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


ENDS = {
    "falls off the end": "",
    "sys.exit": "import sys; sys.exit(0)",
    "exception": "raise SystemExit(0)",
    "executor dropped": "del executor, futures",
}


@pytest.mark.parametrize("end", ENDS)
def test_r27_the_interpreter_ends_with_work_pending(farm: Farm, tmp_path: Path, until: Any, end: str) -> None:
    code = f"""
        import farmfutures, time
        executor = farmfutures.Executor()
        with executor.batch() as batch:
            futures = [batch.submit(time.sleep, 0.01) for _ in range(100)]
        print(batch.job_id, flush=True)
        {ENDS[end]}
    """
    started = time.monotonic()
    client = script(code)
    out, errors = client.communicate(timeout=20)
    assert time.monotonic() - started < 10
    assert "Traceback" not in errors
    assert client.returncode == 0
    job = int(out)
    until(lambda: farm.job(job).state is State.COMPLETE)


def test_r27_ctrl_c(farm: Farm) -> None:
    client = script("""
        import farmfutures, time
        executor = farmfutures.Executor()
        future = executor.submit(time.sleep, 0.5)
        try:
            print(future.job_id, flush=True)
            future.result()
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert client.stdout is not None
    job = int(client.stdout.readline())
    client.send_signal(signal.SIGINT)
    out, errors = client.communicate(timeout=15)
    assert (out, "Traceback" in errors) == ("interrupted\n", False)
    with Executor() as executor:
        assert executor.attach(job)[0].result(20) is None
