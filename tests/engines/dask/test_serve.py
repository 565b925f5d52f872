"""The process that runs chunks for a worker, by itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures.call import pack_call
from farmfutures.job import JobSpec, Launch, WorkSpec
from farmfutures.options import _own_path
from farmfutures.spool import package, runs
from farmfutures.spool.layout import JobFolder, Spool

from .conftest import until

pytestmark = pytest.mark.timeout(120)

LIMITS = {"inline_limit_bytes": 4096, "spool_poll_s": 0.02, "spool_delay_s": 0.2}
SIT = "import os, time; open({!r}, 'w').write(str(os.getpid())); time.sleep(600)"


class Served:
    """A server, and a worker's end of it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "farmfutures.engines.dask.serve"]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def ask(self, folder: JobFolder | Path, items: str) -> None:
        assert self.process.stdin is not None
        root = folder.root if isinstance(folder, JobFolder) else folder
        self.process.stdin.write(json.dumps(["key", str(root), "--items", items]).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def hang_up(self) -> str:
        """Ends as a worker does, and returns what it complained of."""
        _, complaints = self.process.communicate(timeout=30)
        return complaints.decode()


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    if made.process.poll() is None:
        made.process.kill()
    made.hang_up()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    (tmp_path / "net").mkdir()
    return Spool(tmp_path / "net", "ann").create()


def a_job(spool: Spool, *calls: tuple[Any, ...]) -> JobFolder:
    folder = spool.new_job()
    spec = JobSpec(Launch((sys.executable,), sys_path=_own_path(), cwd=os.getcwd()))
    works = [
        WorkSpec(pack_call(function, tuple(arguments), {}), str(number)) for number, (function, *arguments) in enumerate(calls, 1)
    ]
    package.write(folder, spool.seal(), spec, "a job", works, limits=LIMITS)
    return folder


def said(folder: JobFolder, spool: Spool) -> runs.Run:
    found = runs.read(folder, spool.seal(), "0-1.0")
    assert found is not None
    return found


def sitting(tmp_path: Path) -> int:
    """The process of a call that sits."""
    path = tmp_path / "pid"
    return int(until(lambda: path.read_text() if path.exists() else "", "its start"))


def test_chunks_of_several_jobs_find_their_interpreter_warm(served: Served, spool: Spool) -> None:
    first, second = a_job(spool, (os.getpid,), (os.getpid,)), a_job(spool, (os.getpid,))
    for folder, items in ((first, "0"), (first, "1"), (second, "0")):
        served.ask(folder, items)
        assert served.answer() == 0
    logs = {run.name for run in (first.runs).iterdir()}
    assert logs == {"0.0", "1.0"}
    below = psutil.Process(served.process.pid).children(recursive=True)
    assert sum("farmfutures.worker.child" in one.cmdline() for one in below) == 1
    assert served.hang_up() == ""
    assert served.process.returncode == 0


def test_a_job_that_is_not_there_is_complained_of_and_the_next_one_runs(served: Served, spool: Spool) -> None:
    served.ask(spool.jobs / "99", "0")
    assert served.answer() == 1
    served.ask(a_job(spool, (abs, -1)), "0")
    assert served.answer() == 0
    assert "there is no job folder" in served.hang_up()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
def test_the_first_signal_lets_end_what_runs_and_the_second_ends_it(served: Served, spool: Spool, tmp_path: Path) -> None:
    folder = a_job(spool, (exec, SIT.format(str(tmp_path / "pid"))), (abs, -1))
    served.ask(folder, "0-1")
    pid = sitting(tmp_path)
    served.process.send_signal(signal.SIGTERM)
    until(lambda: said(folder, spool).state == runs.LEAVING, "its word that it leaves")
    assert psutil.pid_exists(pid)
    served.process.send_signal(signal.SIGTERM)
    assert served.answer() == 75
    assert not psutil.pid_exists(pid)
    served.ask(a_job(spool, (abs, -1)), "0")
    assert served.answer() == 0, "it did not go on with the next chunk"


def test_when_the_worker_has_gone_nothing_goes_on(served: Served, spool: Spool, tmp_path: Path) -> None:
    served.ask(a_job(spool, (exec, SIT.format(str(tmp_path / "pid")))), "0")
    pid = sitting(tmp_path)
    served.hang_up()
    assert not psutil.pid_exists(pid)
