"""A session's tasks: with a keeper that holds the interpreter between them, and without one."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures.call import pack_call, unpack_outcome
from farmfutures.engines.openjd import wire
from farmfutures.job import JobSpec, Launch, WorkSpec
from farmfutures.spool import marks, orders, outcomes, package, runs
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.seal import Seal

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.timeout(90)  # Many processes, one after the other.
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def command(module: str, folder: JobFolder, session: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"farmfutures.engines.openjd.{module}", str(folder.root), "--session", str(session), *arguments]


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_OPENJD_HOST": str(os.getpid())}


@pytest.fixture
def run(folder: JobFolder, session: Path) -> Run:
    def call(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = command(module, folder, session, *arguments)
        return subprocess.run(line, env=environ(), capture_output=True, text=True, timeout=25, check=False)

    return call


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "session"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def keeper(run: Run, session: Path) -> Iterator[Path]:
    done = run("keeper", "--begin")
    assert done.returncode == 0, done.stdout + done.stderr
    yield session
    assert run("keeper", "--end").returncode == 0
    assert not (session / "farmfutures-keeper.json").exists()


def results(folder: JobFolder) -> dict[int, Any]:
    """What became of items, and in which run."""
    seal = Seal.of(folder.key)
    found: dict[int, Any] = {}
    for name in runs.names(folder):
        report = runs.read(folder, seal, name)
        assert report is not None
        for number in range(report.bundles):
            for one in outcomes.read(folder, seal, name, number):
                value, error = unpack_outcome(one.payload) if one.payload else (one.state.value, None)
                found[one.work] = type(error).__name__ if error else value
    return found


WHOLE = {0: (-50, 0), 1: (-100, 0), 2: "ZeroDivisionError", 3: (100, 0), 4: (50, 0), 5: (33, 1)}


def test_tasks_of_a_session_share_an_interpreter(run: Run, keeper: Path, folder: JobFolder) -> None:
    first = run("task", "--items", "0-3")
    second = run("task", "--items", "4,5")
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert results(folder) == WHOLE
    seal = Seal.of(folder.key)
    reports = [runs.read(folder, seal, name) for name in runs.names(folder)]
    assert len({report.pid for report in reports if report}) == 1  # The keeper's: both ran in it.
    assert len({report.worker for report in reports if report}) == 1


def test_without_a_keeper_a_task_has_an_interpreter_of_its_own(run: Run, folder: JobFolder) -> None:
    assert [run("task", "--items", items).returncode for items in ("0-3", "4,5")] == [0, 0]
    assert results(folder) == WHOLE


def test_the_session_is_told_how_it_goes(run: Run, keeper: Path) -> None:
    done = run("task", "--items", "0-3", "--fail", "yes")
    assert done.returncode == 3
    assert re.findall(r"^openjd_progress: (.*)$", done.stdout, re.MULTILINE)[-1] == "100.0"
    assert "openjd_status: 4 of 4 items are over; failed: item 2: ZeroDivisionError" in done.stdout
    assert "openjd_fail: item 2: ZeroDivisionError: integer division or modulo by zero\n" in done.stdout


def test_an_item_that_failed_is_the_clients_business_unless_somebody_says_otherwise(run: Run) -> None:
    done = run("task", "--items", "2")
    assert done.returncode == 0
    assert "openjd_fail" not in done.stdout


def test_a_chunk_of_an_order(run: Run, folder: JobFolder) -> None:
    (order,) = orders.read(folder, Seal.of(folder.key))
    assert run("task", "--order", order.token, "--chunk", "1").returncode == 0
    assert set(results(folder)) == {4, 5}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--order", "ff-1-0-00", "--chunk", "0"], "there is no chunk 0 of an order 'ff-1-0-00'"),
        (["--items", "3-9"], "job 1 has 6 work items, counted from 0"),
        (["--items", "some"], "'some' does not name work items"),
    ],
)
@pytest.mark.parametrize("kept", [False, True], ids=["by itself", "by a keeper"])
def test_what_can_not_be_run_is_said(
    run: Run, request: pytest.FixtureRequest, arguments: list[str], said: str, kept: bool
) -> None:
    if kept:
        request.getfixturevalue("keeper")
    done = run("task", *arguments)
    assert done.returncode == 1
    assert re.search(rf"^openjd_fail: .*{re.escape(said)}", done.stdout, re.MULTILINE), done.stdout


def test_a_package_that_was_changed_is_not_run(run: Run, keeper: Path, folder: JobFolder) -> None:
    data = bytearray(folder.calls.read_bytes())
    data[10] ^= 1
    folder.calls.write_bytes(bytes(data))
    done = run("task", "--items", "0-3")
    assert "openjd_fail" in done.stdout or "failed: item 0" in done.stdout
    assert (-50, 0) not in results(folder).values()


def sleepers(folder: JobFolder, gate: Path) -> JobFolder:
    """Another job in the same folder of jobs: an item that waits for the gate, and one behind it."""
    other = JobFolder(folder.root.with_name("2"))
    other.root.mkdir(mode=0o700)
    other.create()
    source = f"__import__('pathlib').Path({str(gate)!r} + '.up').touch()"
    wait = f"[__import__('time').sleep(0.01) for _ in iter(lambda: __import__('os').path.exists({str(gate)!r}), True)]"
    works = [WorkSpec(pack_call(eval, (f"({source}, {wait})[0]",), {}), "1"), WorkSpec(pack_call(abs, (-1,), {}), "2")]
    spec = JobSpec(Launch((sys.executable,), sys_path=tuple(sys.path)))
    package.write(
        other,
        Seal.of(other.key),
        spec,
        "waits",
        works,
        limits={"spool_poll_s": 0.05, "spool_delay_s": 1.0, "inline_limit_bytes": 4096},
    )
    return other


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"there is no {path}"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("kept", [False, True], ids=["by itself", "by a keeper"])
def test_a_signal_lets_end_what_runs_and_starts_nothing_more(
    folder: JobFolder, session: Path, tmp_path: Path, kept: bool
) -> None:
    gate = tmp_path / "gate"
    job = sleepers(folder, gate)
    if kept:
        assert subprocess.run(command("keeper", job, session, "--begin"), env=environ(), check=False).returncode == 0
    task = subprocess.Popen(command("task", job, session, "--items", "0,1"), env=environ(), stdout=subprocess.PIPE, text=True)
    wait_for(tmp_path / "gate.up")
    task.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 20
    while not any(report.state == runs.LEAVING for report in reports(job)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    gate.touch()
    task.communicate(timeout=20)
    assert task.returncode == 75
    assert set(results(job)) == {0}
    subprocess.run(command("keeper", job, session, "--end"), env=environ(), check=True)


def reports(folder: JobFolder) -> list[runs.Run]:
    seal = Seal.of(folder.key)
    return [report for name in runs.names(folder) if (report := runs.read(folder, seal, name)) is not None]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_task_that_is_killed_takes_its_item_with_it_and_the_keeper_stays(
    folder: JobFolder, session: Path, tmp_path: Path
) -> None:
    job = sleepers(folder, tmp_path / "gate")
    subprocess.run(command("keeper", job, session, "--begin"), env=environ(), check=True)
    task = subprocess.Popen(command("task", job, session, "--items", "0,1"), env=environ(), stdout=subprocess.DEVNULL)
    wait_for(tmp_path / "gate.up")
    task.kill()
    task.wait()
    (tmp_path / "gate").touch()
    again = subprocess.run(command("task", job, session, "--items", "0,1"), env=environ(), timeout=25, check=False)
    assert again.returncode == 0
    assert set(results(job)) == {0, 1}
    subprocess.run(command("keeper", job, session, "--end"), env=environ(), check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_keeper_that_dies_leaves_the_rest_to_the_task(folder: JobFolder, session: Path, tmp_path: Path, own_temp: Path) -> None:
    job = sleepers(folder, tmp_path / "gate")
    subprocess.run(command("keeper", job, session, "--begin"), env=environ(), check=True)
    task = subprocess.Popen(command("task", job, session, "--items", "0,1"), env=environ(), stdout=subprocess.DEVNULL)
    wait_for(tmp_path / "gate.up")
    (tmp_path / "gate").touch()
    os.kill(json.loads((session / "farmfutures-keeper.json").read_bytes())["pid"], signal.SIGKILL)
    assert task.wait(25) == 0
    assert set(results(job)) == {0, 1}
    for left in own_temp.glob("farmfutures-*"):
        shutil.rmtree(left)  # The interpreter's own files, which its killed keeper had no time to remove.


def test_cancelled_items_are_not_started(run: Run, keeper: Path, folder: JobFolder) -> None:
    marks.change(folder, Seal.of(folder.key), lambda wanted: wanted.cancelled.update({0, 1}))
    assert run("task", "--items", "0-3").returncode == 0
    assert results(folder) == {0: "cancelled", 1: "cancelled", 2: "ZeroDivisionError", 3: (100, 0)}


def test_nobody_comes_in_without_the_secret(keeper: Path) -> None:
    about = json.loads((keeper / "farmfutures-keeper.json").read_bytes())
    line = wire.Line(socket.create_connection(("127.0.0.1", about["port"]), 10))
    line.send(secret="guess")
    line.send(items="0-3")
    assert line.receive() is None
    line.close()
    with wire.visit(keeper) as known:
        assert known is not None


def test_a_keeper_leaves_with_its_session(run: Run, session: Path) -> None:
    assert run("keeper", "--begin").returncode == 0
    path = session / "farmfutures-keeper.json"
    process = psutil.Process(json.loads(path.read_bytes())["pid"])
    path.unlink()
    process.wait(20)


def test_a_keeper_that_does_not_start_says_why(run: Run, session: Path) -> None:
    (session / "farmfutures-keeper.json").mkdir()
    done = run("keeper", "--begin")
    assert done.returncode == 1
    assert "openjd_fail: the session's keeper did not start: " in done.stdout
    assert "farmfutures-keeper.json" in done.stdout
