"""The broker and its clients die, the database is in the way, the clock jumps: R7-R9, R16-R20, R26, R27."""

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
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm, State
from farmfutures.call import pack_result
from farmfutures.engines.local import crash
from farmfutures.engines.local.folder import check_local
from farmfutures.engines.local.schema import item_key, unseal
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
def test_r7_the_broker_is_killed(
    farm: Farm, executor: Executor, dice: random.Random, journal: Any, checker: Any, size: Callable[[int, int], int], until: Any
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
    until(lambda: any(worker.state in ("idle", "running") for worker in farm.workers()), 10)
    print(f"{killed} kills, {journal.total} executions of {tasks} tasks")
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
def test_r9_the_client_dies(farm: Farm, checker: Any, dice: random.Random, size: Callable[[int, int], int]) -> None:
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
            results = [executor.attach(job)[0] for job in ids]
            assert [future.result(60) for future in results] == [n**2 for n in range(len(ids))]
        stored = dict(checker.rows(f"SELECT id, outcome FROM items WHERE id >= {item_key(ids[0], 0)}"))
        assert [unseal(stored[item_key(job, 0)]) for job in ids] == [pack_result(n**2) for n in range(len(ids))]


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
    other.execute("BEGIN EXCLUSIVE")
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
    assert {future.attempt for future in futures} == {1}


@pytest.mark.timeout(1200)
def test_r17_a_damaged_database(
    state: Path, dice: random.Random, size: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Executor() as executor, Farm() as farm:
        jobs = {executor.submit(pow, n, 2).job_id: n for n in range(60)}
        for job in jobs:
            executor.attach(job)[0].result(20)
        farm.stop_broker()
    whole = {"farm.db": (state / "farm.db").read_bytes()}
    with Executor() as executor, Farm() as farm:
        more = {executor.submit(pow, n, 2).job_id: n for n in range(60, 90)}
        for job in more:
            executor.attach(job)[0].result(20)
        os.kill(broker_pid(farm) or 0, signal.SIGKILL)  # So that there is a -wal, too.
    jobs |= more
    parts = {name: (state / name).read_bytes() for name in ("farm.db", "farm.db-wal")}
    assert all(parts.values())
    counts: Counter[str] = Counter()
    slowest = 0.0
    for number in range(size(8, 200)):
        (state / "farm.db-shm").unlink(missing_ok=True)
        (state / "farm.db-wal").unlink(missing_ok=True)
        damaged = "farm.db-wal" if number % 3 == 2 else "farm.db"
        for name, data in (parts if number % 3 else whole).items():
            (state / name).write_bytes(_damage(data, dice) if name == damaged else data)
        started = time.monotonic()
        with Farm() as farm:
            try:
                counts[_look_through(farm, jobs)] += 1
            except FarmFuturesError as error:
                counts["refused"] += "farmfutures broker rebuild" in str(error)
                assert (state / "farm.db").exists()
            slowest = max(slowest, time.monotonic() - started)
            with contextlib.suppress(FarmFuturesError):
                farm.stop_broker()
    print(f"{dict(counts)}; slowest answer {slowest:.2f} s")
    assert counts.total() == size(8, 200)
    assert slowest < 5
    (state / "farm.db-wal").unlink(missing_ok=True)
    (state / "farm.db-shm").unlink(missing_ok=True)
    (state / "farm.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    with Farm() as farm, pytest.raises(EngineError, match="is damaged .* 'farmfutures broker rebuild' saves what can be read"):
        farm.jobs()
    for name, data in parts.items():
        (state / name).write_bytes(data)
    with Farm() as farm:
        assert farm.rebuild()["jobs"] == 90
        assert len(farm.jobs(100)) == 90
    assert list(state.glob("farm.db.damaged-*"))


def _damage(data: bytes, dice: random.Random) -> bytes:
    """Changes 1 to 64 bytes anywhere, or cuts the end off."""
    changed = bytearray(data)
    if dice.random() < 0.3:
        return bytes(changed[: dice.randrange(len(changed))])
    for _ in range(dice.randrange(1, 65)):
        changed[dice.randrange(len(changed))] ^= dice.randrange(1, 256)
    return bytes(changed)


def _look_through(farm: Farm, jobs: dict[int, int]) -> str:
    """What is there is right; that it is less than it was is what a damaged file costs."""
    seen = {info.id: info for info in farm.jobs(1000)}
    for job, n in jobs.items():
        if job in seen and seen[job].state is State.COMPLETE:
            assert farm.outcome(job, 0) == n**2
    return "sound" if set(jobs) <= set(seen) else "sound with less in it"


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
    """Broker, supervisors and interpreters have a wall clock that jumps at every look: by hours, years, a night's sleep."""
    (tmp_path / "sitecustomize.py").write_text(
        "import time, random, sys\n"
        "if any('farmfutures' in word for word in sys.orig_argv):\n"
        f"    open({str(tmp_path / 'jumping')!r}, 'a').write(' '.join(sys.orig_argv[1:3]) + '\\n')\n"
        "    real = time.time\n"
        "    time.time = lambda: real() + random.choice([-3600.0, 0.0, 3600.0, 28800.0, -315360000.0])\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("FARMFUTURES_INTERPRETER_IDLE_S", "60")
    with Executor(env={"PYTHONPATH": str(tmp_path)}, timeout_s=20) as executor, Farm() as farm:
        futures = [executor.submit(note, str(tmp_path / "n"), n, 0.01) for n in range(50)]
        assert [future.result(20) for future in futures] == [n * n for n in range(50)]
        assert executor.submit(time.sleep, 0.6).result(20) is None
        assert {future.attempt for future in futures} == {1}
        assert len({worker.id for worker in farm.workers()}) == max(worker.id for worker in farm.workers())  # None was replaced.
    jumping = (tmp_path / "jumping").read_text()
    assert all(f"-m farmfutures.{what}\n" in jumping for what in ("engines.local", "worker.supervisor", "worker.child"))


def test_r20_no_port_is_free(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'farmfutures.engines.local' in sys.orig_argv:\n"
        "    import zmq\n"
        "    def taken(self, *_, **__):\n"
        "        raise zmq.ZMQBindError('Could not bind socket to random port.')\n"
        "    zmq.Socket.bind_to_random_port = taken\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", "tcp")
    said = r"(?s)the broker could not be started .*no port of 127\.0\.0\.1 was free"
    with Executor() as executor, pytest.raises(EngineError, match=said):
        executor.submit(abs, 1)


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
    "exception": "raise ValueError('its own')",
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
    assert errors.count("Traceback") == (end == "exception")  # Its own, and none of ours.
    assert client.returncode == (end == "exception")
    job = int(out)
    until(lambda: farm.job(job).state is State.COMPLETE)


def test_r27_ctrl_c(farm: Farm, tmp_path: Path, until: Any) -> None:
    gate = tmp_path / "gate"
    client = script(f"""
        import farmfutures
        executor = farmfutures.Executor()
        with executor.batch() as batch:
            futures = [batch.submit("tests.reliability.tasks:wait_for", {str(gate)!r}) for _ in range(100)]
        try:
            print(batch.job_id, flush=True)
            futures[-1].result()
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert client.stdout is not None
    job = int(client.stdout.readline())
    client.send_signal(signal.SIGINT)
    out, errors = client.communicate(timeout=10)
    assert (out, "Traceback" in errors) == ("interrupted\n", False)
    gate.touch()
    until(lambda: farm.job(job).counts == {State.COMPLETE: 100})
