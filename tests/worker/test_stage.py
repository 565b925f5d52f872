"""Interpreters that never get ready, and what they were doing then: R22. No attempt is charged for any of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm
from farmfutures.errors import BootstrapError, WorkTimeoutError
from farmfutures.worker import stage

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, and shell scripts for interpreters")

STARTING = """
import os, signal, sys, time
from farmfutures.worker import context, stage

def boot(settings):
    if settings["how"] == "unnamed":
        os._exit(7)
    limit = 0.3 if settings["how"] == "hang" else None
    stage.enter(stage.Stage("Maya was starting", "Look at the licence.", "A library is missing.", "Look at the server.", limit))
    if settings["how"] == "silent":
        os._exit(255)
    if settings["how"] == "talking":
        print("no licence for you", flush=True)
        os._exit(3)
    if settings["how"] == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    while settings["how"] == "hang":
        time.sleep(60)
"""

FAILURES = {
    "silent": "the interpreter exited with code 255 while Maya was starting and printed nothing. A library is missing.",
    "talking": "the interpreter exited with code 3 while Maya was starting. Look at the licence.\n"
    "The last lines of its log:\nno licence for you",
    "crash": "was killed by SIGKILL (out of memory, or somebody killed it) while Maya was starting and printed nothing.",
    "hang": "it was not ready: 0.3 s passed while Maya was starting, so that it was ended. Look at the server.",
    "unnamed": "the interpreter exited with code 7 while its bootstrap ran and printed nothing.",
    "no python": "exited with code 9 while it was to load farmfutures and printed nothing. Is it a Python, or a mayapy?",
}


@pytest.fixture(scope="module")
def failed(module_farm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Futures of calls whose interpreters do not get ready, by how: all at once, since each takes its three tries."""
    folder = tmp_path_factory.mktemp("starting")
    (folder / "starting.py").write_text(STARTING)
    no_python = folder / "no_python"
    no_python.write_text("#!/bin/sh\nexit 9\n")
    no_python.chmod(0o755)
    job: dict[str, Any] = {"bootstrap": "starting:boot", "sys_path": [str(folder)], "attempts": 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FARMFUTURES_STATE", str(module_farm))
        with Executor() as executor:
            futures = {how: executor.submit_ext(abs, [1], settings={"how": how}, **job) for how in FAILURES if " " not in how}
            futures["no python"] = executor.submit_ext(abs, [1], interpreter=str(no_python))
            yield futures


@pytest.mark.parametrize("how", FAILURES)
def test_r22_a_start_that_fails_is_said_in_a_sentence(shared_farm: Path, failed: dict[str, Any], how: str) -> None:
    future = failed[how]
    with pytest.raises(BootstrapError) as caught:
        future.result(50)
    assert FAILURES[how] in str(caught.value)
    assert "could not be made ready (3 tries): " in str(caught.value)
    with Farm() as farm:
        assert farm.item(future.job_id, future.work_id).attempt == 0


LICENCES = """
import os, sys
def boot(settings):
    for number in range(settings["licences"]):
        try:
            os.close(os.open(f"{settings['folder']}/{number}", os.O_CREAT | os.O_EXCL))
            return
        except FileExistsError:
            pass
    raise RuntimeError("no licence is left")
"""


def test_fewer_licences_than_interpreters_do_not_fail_a_job(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "licensed.py").write_text(LICENCES)
    monkeypatch.setenv("FARMFUTURES_SLOTS", "5")
    settings = {"folder": str(tmp_path), "licences": 1}
    with Executor(bootstrap="licensed:boot", sys_path=[str(tmp_path)], settings=settings) as executor:
        with executor.batch() as batch:
            for _ in range(12):
                batch.submit("time:sleep", 0.2)
        assert [future.result(25) for future in batch.futures] == [None] * 12
        with Farm() as farm:
            assert [item.attempt for item in farm.items(batch.job_id)] == [1] * 12


HOOKED = """
import os, signal, time
from farmfutures.worker import context, stage

count = 0

def before():
    global count
    count += 1
    if count == 2:
        time.sleep(0.6)
    if count == 4:
        stage.enter(stage.Stage("the scene was opened again"))
        os.kill(os.getpid(), signal.SIGSEGV)

def boot(settings):
    context.set_remarks(("The texture a.tx is missing.",))
    return context.Hooks(before_item=before, before_item_s=20.0)

def counted():
    return count
"""


def test_what_is_put_back_before_an_item_is_not_on_its_clock(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "hooked.py").write_text(HOOKED)
    with executor.batch(bootstrap="hooked:boot", sys_path=[str(tmp_path)], cpus=1, timeout_s=0.5) as batch:
        quick = [batch.submit("hooked:counted") for _ in range(2)]
        slow = batch.submit("time:sleep", 20)
        lost = batch.submit(divmod, 1, 0)
    assert [future.result(20) for future in quick] == [1, 2]
    with pytest.raises(WorkTimeoutError, match=r"longer than its timeout_s of 0\.5 and was killed\."):
        slow.result(20)
    error = lost.exception(20)  # In another interpreter, whose count begins anew.
    assert isinstance(error, ZeroDivisionError)
    assert error.__notes__ == ["The texture a.tx is missing."]


def test_an_interpreter_that_dies_while_things_are_put_back(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "hooked.py").write_text(HOOKED)
    with executor.batch(bootstrap="hooked:boot", sys_path=[str(tmp_path)], cpus=1, env={"OTHER": "1"}) as batch:
        for _ in range(4):
            batch.submit("hooked:counted")
    assert [future.result(20) for future in batch.futures] == [1, 2, 3, 1]  # The fourth ran in a fresh one.


def test_outside_a_worker_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(stage.FOLDER_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    stage.enter(stage.BOOTSTRAP)
    stage.leave()
    assert os.listdir(tmp_path) == []
    assert stage.read(tmp_path) is None


def test_a_step_is_read_as_it_was_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(stage.FOLDER_VARIABLE, str(tmp_path))
    step = stage.Stage("the scene was opened", limit_s=3600.0)
    stage.enter(step)
    found = stage.read(tmp_path)
    assert found is not None
    assert found[0] == step
    stage.leave()
    assert stage.read(tmp_path) is None
