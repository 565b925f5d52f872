"""Chunks of a job in a shared folder: what runs, what is written, what is charged, and how a run ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farmfutures import State
from farmfutures.errors import (
    BootstrapError,
    KilledError,
    OptionError,
    OutOfMemoryError,
    PackageError,
    SealError,
    WorkerDiedError,
    WorkTimeoutError,
)  # fmt: skip
from farmfutures.spool import package
from farmfutures.spool.layout import Spool
from farmfutures.worker.interpreter import Interpreter
from farmfutures.worker.runner import DONE, LEFT, Runner, run_chunk

from ..reliability.starving import kernel_of_paper
from .jobs import Job

TASKS = "tests.reliability.tasks"


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to this in time"
        time.sleep(0.01)


def lines(path: Path) -> list[int]:
    """The tasks that ran, in order."""
    return [int(line.split()[0]) for line in path.read_text().splitlines()] if path.exists() else []


# --- what runs


def test_a_chunk_runs_its_items_and_no_others(spool: Spool, tmp_path: Path) -> None:
    job = Job(spool, [(f"{TASKS}:note", str(tmp_path / "ran"), task) for task in range(6)])
    assert job.run("1-2,4") == DONE
    assert "all items are over" in job.said
    assert lines(tmp_path / "ran") == [1, 2, 4]
    assert {work: job.result(work) for work in job.outcomes()} == {1: 1, 2: 4, 4: 16}
    report = job.report("1-2,4.0")
    assert report is not None
    assert (report.state, report.left, report.running) == ("over", "", None)
    assert list(job.folder.workers.iterdir()) == list(job.folder.blobs.iterdir()) == []


def test_short_items_share_files(spool: Spool) -> None:
    job = Job(spool, [(abs, -number) for number in range(3000)])
    assert job.run() == DONE
    assert job.results() == list(range(3000))
    assert len(list(job.folder.outcomes.iterdir())) < 20


def test_large_calls_and_results_go_by_file_and_are_the_users_alone(spool: Spool) -> None:
    job = Job(spool, [(bytes.upper, b"x" * 1_000_000), (abs, -1)])
    assert job.run() == DONE
    assert job.results() == [b"X" * 1_000_000, 1]
    (blob,) = job.folder.blobs.glob("*/*")
    if sys.platform != "win32":
        assert blob.stat().st_mode & 0o077 == 0
    blob.write_bytes(blob.read_bytes().replace(b"X", b"Y", 1))
    with pytest.raises(SealError, match="is not what the worker wrote"):
        job.result(0)


def test_a_failure_is_an_outcome_and_what_was_printed_a_log(spool: Spool) -> None:
    job = Job(spool, [(divmod, 1, 0), ("builtins:print", "over there"), (abs, 1)])
    assert job.run() == DONE
    with pytest.raises(ZeroDivisionError):
        job.result(0)
    states = {work: (one.state, one.attempt, one.logged) for work, one in job.outcomes().items()}
    assert states == {0: (State.FAILED, 1, True), 1: (State.COMPLETE, 1, True), 2: (State.COMPLETE, 1, False)}
    assert job.folder.log(1, 1).read_text() == "over there\n"
    assert "ZeroDivisionError" in job.folder.log(0, 1).read_text()


SPEAKING = """
import farmfutures, os, time
def speak(gate):
    print("half way", flush=True)
    farmfutures.progress(3, 6, "three of six")
    while not os.path.exists(gate):
        time.sleep(0.01)
"""


def test_while_an_item_runs_the_report_says_so(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "speaking.py").write_text(SPEAKING)
    gate = tmp_path / "gate"
    job = Job(spool, [(abs, 1), ("speaking:speak", str(gate))], launch={"sys_path": (*sys.path, str(tmp_path))})
    process = job.start()
    until(lambda: (now := job.report()) and now.running and now.running.progress)
    now = job.report()
    assert now is not None
    assert now.running is not None
    assert (now.state, now.running.work, now.running.attempt) == ("running", 1, 1)
    assert now.running.progress == (3, 6, "three of six")
    assert abs(now.running.since_s - time.time()) < 15
    assert (job.folder.user / now.worker / "out.log").read_text() == "half way\n"
    gate.touch()
    process.communicate(timeout=20)
    assert process.returncode == DONE


def test_items_may_differ_in_environment_settings_and_limit(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "booting.py").write_text("import os\ndef boot(settings):\n    os.environ['SCENE'] = settings['scene']\n")
    launch = {
        "sys_path": (*sys.path, str(tmp_path)), "bootstrap": "booting:boot", "settings": {"scene": "one"},
        "env": {"SHOW": "comet"},
    }  # fmt: skip
    extras: dict[int, dict[str, Any]] = {1: {"env": {"SHOW": "other"}}, 2: {"settings": {"scene": "two"}}, 3: {"timeout_s": 0.3}}
    ask = "[__import__('os').environ[name] for name in ('SHOW', 'SCENE')]"
    job = Job(spool, [*[("builtins:eval", ask)] * 3, (time.sleep, 30), ("builtins:eval", ask)], extras=extras, launch=launch)
    assert job.run() == DONE
    assert [job.result(work) for work in (0, 1, 2, 4)] == [
        ["comet", "one"], ["other", "one"], ["comet", "two"], ["comet", "one"]
    ]  # fmt: skip
    with pytest.raises(WorkTimeoutError, match=r"work item 1:3 \(a job\), attempt 1, ran longer than its timeout_s of 0.3"):
        job.result(3)


def test_secrets_are_there_and_nowhere_else(spool: Spool) -> None:
    job = Job(spool, [(os.getenv, "SHOT_TOKEN")], launch={"secrets": {"SHOT_TOKEN": "canary-31d8"}})
    assert job.run() == DONE
    assert job.result(0) == "canary-31d8"
    holding = [path for path in spool.root.rglob("*") if path.is_file() and b"canary-31d8" in path.read_bytes()]
    assert {path.parent.name for path in holding} == {"1", "outcomes"}  # The call returned it.
    assert {path.name for path in holding if path.parent.name == "1"} == {"secrets"}
    other = Job(spool, [(abs, 1)] * 2, launch={"secrets": {"SHOT_TOKEN": "canary-31d8"}})
    other.folder.secrets.unlink()
    assert other.run() == DONE
    with pytest.raises(BootstrapError, match="the values of SHOT_TOKEN are no longer kept"):
        other.result(1)


def test_calls_submit_back_to_where_they_came_from(spool: Spool) -> None:
    from farmfutures.spool import orders

    names = ["FARMFUTURES_ENGINE", "FARMFUTURES_SPOOL", "FARMFUTURES_SPOOL_SEEN_AS", "FARMFUTURES_LEVEL"]
    job = Job(spool, [("builtins:eval", f"[__import__('os').environ.get(name) for name in {names}]")], level=2)
    orders.intend(job.folder, job.seal, "ovens", ["0"], 0)
    assert job.run() == DONE
    assert job.result(0) == ["ovens", str(spool.shared), "", "2"]


def test_paths_are_as_they_are_on_the_worker(spool: Spool, tmp_path: Path) -> None:
    here = tmp_path / "projects"
    (here / "tools").mkdir(parents=True)
    (here / "tools" / "mapped.py").write_text("import os\ndef look(path):\n    return path, os.getcwd(), os.environ['PLACE']\n")
    launch = {"sys_path": ("P:\\tools",), "cwd": "p:/", "env": {"PLACE": "P:/textures"}}
    job = Job(spool, [("mapped:look", "P:\\shots\\a.ma")], launch=launch, rules=[f"P:/ <-> {here}"])
    assert job.run() == DONE, job.said
    assert job.result(0) == (f"{here}/shots/a.ma", str(here), f"{here}/textures")


# --- attempts, deaths


def test_attempts_and_losses_are_counted_as_on_one_machine(spool: Spool, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    job = Job(spool, [
        (f"{TASKS}:poison", str(ran), 0), (f"{TASKS}:note", str(ran), 1), (f"{TASKS}:fails_at_first", str(ran), str(ran), 2),
        (f"{TASKS}:fails_at_first", str(ran), str(tmp_path / "never"), 3),
    ], attempts=2)  # fmt: skip
    assert job.run() == DONE
    with pytest.raises(WorkerDiedError, match=r"lost 3 time\(s\) \(exited with code 9, exited with code 9, exited with code 9\)"):
        job.result(0)
    with pytest.raises(ValueError, match="3"):
        job.result(3)
    assert [lines(ran).count(task) for task in range(4)] == [3, 1, 1, 2]
    assert [job.outcomes()[work].attempt for work in range(4)] == [3, 1, 1, 2]


@pytest.mark.parametrize("retries", [0, 1])
def test_an_interpreter_that_is_killed_for_want_of_memory(spool: Spool, tmp_path: Path, retries: int) -> None:
    count = kernel_of_paper(tmp_path)
    call = (f"{TASKS}:killed_for_memory", str(tmp_path / "ran"), str(count))
    job = Job(spool, [call], limits={"memory_retries": retries})
    process = job.start(PYTHONPATH=os.pathsep.join([str(tmp_path), str(Path(package.__file__).parents[2])]))
    process.communicate(timeout=25)
    assert process.returncode == DONE
    with pytest.raises(OutOfMemoryError, match=rf"\({retries + 1} time\(s\)\)"):
        job.result(0)
    assert lines(tmp_path / "ran") == [0] * (retries + 1)


@pytest.mark.parametrize("how", ["no program", "bootstrap", "preflight", "ends at once", "no folder"])
def test_what_can_not_be_made_ready_charges_nobody(spool: Spool, tmp_path: Path, how: str) -> None:
    (tmp_path / "failing.py").write_text(
        "from farmfutures.errors import BootstrapError\n"
        "def boot(settings):\n    raise BootstrapError('no licence left')\n"
        "def go():\n    print('looking'); raise RuntimeError('no tools here')\n"
    )
    mends: dict[str, dict[str, Any]] = {
        "no program": {"interpreter": ("/no/such/mayapy",)}, "bootstrap": {"bootstrap": "failing:boot"},
        "preflight": {"preflight": ("failing:go",)},
        "ends at once": {"interpreter": (sys.executable, "-c", "print('no display')")},
        "no folder": {"cwd": "/no/such/folder"},
    }  # fmt: skip
    said = {
        "no program": r"/no/such/mayapy could not be made ready: /no/such/mayapy can't be started: No such file",
        "bootstrap": "could not be made ready: no licence left",
        "preflight": r"\(3 tries\): RuntimeError: no tools here(.|\n)*looking",
        "ends at once": r"\(3 tries\): the interpreter exited with code 0(.|\n)*no display",
        "no folder": r"the current folder of the job, /no/such/folder, can't be entered on .*: No such file",
    }  # fmt: skip
    job = Job(spool, [(abs, 1)] * 3, launch={"sys_path": (*sys.path, str(tmp_path)), **mends[how]})
    assert job.run() == DONE
    assert {one.attempt for one in job.outcomes().values()} == {0}
    for work in range(3):
        with pytest.raises(BootstrapError, match=said[how]):
            job.result(work)


def test_an_interpreter_is_replaced_after_so_many_items(spool: Spool) -> None:
    job = Job(spool, [(os.getpid,)] * 5, limits={"max_items_per_interpreter": 2})
    assert job.run() == DONE
    pids = job.results()
    assert [pids.index(pid) for pid in pids] == [0, 0, 2, 2, 4]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("victim", ["interpreter", "supervisor"])
def test_who_runs_the_call_may_be_killed(spool: Spool, tmp_path: Path, victim: str) -> None:
    job = Job(spool, [(f"{TASKS}:note", str(tmp_path / "ran"), 0, 1.0), (abs, -1)])
    process = job.start()
    until(lambda: lines(tmp_path / "ran"))
    name = "pid" if victim == "interpreter" else "supervisor"
    pid = int((job.folder.worker(f"{job.all}.0") / name).read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=25)
    assert process.returncode == DONE
    assert job.results() == [0, 1]
    assert job.outcomes()[0].attempt == 2


# --- what the client wants


def test_what_waits_is_cancelled_and_what_runs_is_not(spool: Spool, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = Job(spool, [(f"{TASKS}:wait_for", str(gate)), *[(abs, 1)] * 3])
    process = job.start()
    until(lambda: (now := job.report()) and now.running)
    version = job.mark(lambda marks: marks.cancelled.update({0, 1, 3}))
    until(lambda: (now := job.report()) and now.marks == version)
    gate.touch()
    process.communicate(timeout=20)
    states = [job.outcomes()[work].state for work in range(4)]
    assert states == [State.COMPLETE, State.CANCELLED, State.COMPLETE, State.CANCELLED]
    assert process.returncode == DONE


def test_what_was_cancelled_before_never_starts_an_interpreter(spool: Spool) -> None:
    job = Job(spool, [(abs, 1)] * 2, launch={"interpreter": ("/no/such/mayapy",)})
    job.mark(lambda marks: marks.cancelled.add(0))
    job.mark(lambda marks: marks.done.add(1))
    assert job.run() == DONE
    assert [(work, one.state) for work, one in job.outcomes().items()] == [(0, State.CANCELLED)]


def test_what_runs_is_killed_and_the_others_go_on(spool: Spool, tmp_path: Path) -> None:
    job = Job(spool, [(f"{TASKS}:hang", str(tmp_path / "pids"), "sleep"), (abs, -1), (abs, -2)])
    process = job.start()
    until(lambda: len(lines(tmp_path / "pids")) == 2)
    started = time.monotonic()
    job.mark(lambda marks: marks.killed.update({0, 2}))
    process.communicate(timeout=20)
    assert time.monotonic() - started < 10
    with pytest.raises(KilledError, match=r"work item 1:0 \(a job\), attempt 1, was killed"):
        job.result(0)
    assert job.result(1) == 1
    assert job.outcomes()[2].state is State.KILLED
    assert [pid for pid in lines(tmp_path / "pids") if Path(f"/proc/{pid}").exists()] == []


def test_a_pause_holds_what_waits(spool: Spool, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = Job(spool, [(f"{TASKS}:wait_for", str(gate)), (abs, -1)])
    process = job.start()
    until(lambda: (now := job.report()) and now.running)
    version = job.mark(lambda marks: setattr(marks, "paused", True))
    until(lambda: (now := job.report()) and now.marks == version)
    gate.touch()
    until(lambda: 0 in job.outcomes())
    assert list(job.outcomes()) == [0]
    assert process.poll() is None
    job.mark(lambda marks: setattr(marks, "paused", False))
    process.communicate(timeout=20)
    assert job.result(1) == 1


def test_some_items_go_first(spool: Spool, tmp_path: Path) -> None:
    job = Job(spool, [(f"{TASKS}:note", str(tmp_path / "ran"), task) for task in range(6)])
    job.mark(lambda marks: marks.first.extend([4, 2, 99]))
    assert job.run() == DONE
    assert lines(tmp_path / "ran") == [4, 2, 0, 1, 3, 5]


def test_what_is_to_run_again_does_and_counts_from_there(spool: Spool, tmp_path: Path) -> None:
    ran, mended = tmp_path / "ran", tmp_path / "mended"
    job = Job(spool, [(f"{TASKS}:fails_at_first", str(ran), str(mended), 7), (abs, -1)], attempts=2)
    assert job.run() == DONE
    assert job.outcomes()[0].attempt == 2
    mended.touch()
    job.mark(lambda marks: marks.forgiven.update({0: 2}))
    assert job.run("0") == DONE
    assert (job.result(0), job.outcomes()[0].attempt) == (7, 3)
    assert job.result(1) == 1
    assert lines(ran) == [7, 7, 7]


def test_what_never_ran_may_be_cancelled_again_after_it_was_to_run_again(spool: Spool) -> None:
    job = Job(spool, [(abs, 1)])
    job.mark(lambda marks: marks.cancelled.add(0))
    assert job.run("0") == DONE
    job.mark(lambda marks: marks.forgiven.update({0: job.outcomes()[0].attempt}))
    assert job.outcomes() == {}
    assert job.run("0") == DONE
    assert job.outcomes()[0].state is State.CANCELLED


# --- how a run ends, and begins again


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_r23_the_first_sigterm_lets_what_runs_end(spool: Spool, tmp_path: Path) -> None:
    gate, ran = tmp_path / "gate", tmp_path / "ran"
    job = Job(spool, [(f"{TASKS}:wait_for", str(gate)), *[(f"{TASKS}:note", str(ran), task) for task in range(1, 4)]])
    process = job.start()
    until(lambda: (now := job.report()) and now.running)
    process.send_signal(signal.SIGTERM)
    until(lambda: (now := job.report()) and now.state == "leaving")
    gate.touch()
    process.communicate(timeout=20)
    assert process.returncode == LEFT
    assert job.result(0) is None
    now = job.report()
    assert now is not None
    assert (now.state, now.left) == ("over", "1-3")
    assert job.run() == DONE
    assert job.results() == [None, 1, 4, 9]
    assert {one.attempt for one in job.outcomes().values()} == {1}
    assert lines(ran) == [1, 2, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGKILL])
def test_r23_what_is_ended_then_is_charged_nothing(spool: Spool, tmp_path: Path, second: int) -> None:
    ran = tmp_path / "ran"
    job = Job(spool, [(f"{TASKS}:alone", str(ran), 60.0), (abs, -1)])
    process = job.start()
    until(lambda: lines(ran))
    process.send_signal(signal.SIGTERM)
    until(lambda: (now := job.report()) and now.state == "leaving")
    started = time.monotonic()
    process.send_signal(second)
    process.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert process.returncode == (LEFT if second == signal.SIGTERM else -second)
    assert job.run() == DONE
    assert job.results() == [[], 1]  # Nobody who ran it before lived.
    assert {one.attempt for one in job.outcomes().values()} == {1}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_runner_that_is_lost_costs_the_item_that_it_ran_one_loss(spool: Spool, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    calls = [(f"{TASKS}:note", str(ran), 0), (f"{TASKS}:note", str(ran), 1, 60.0), (f"{TASKS}:note", str(ran), 2)]
    job = Job(spool, calls)
    for number in range(3):
        process = job.start()
        until(lambda: lines(ran).count(1) == number + 1)  # noqa: B023
        until(lambda: 0 in job.outcomes())
        process.kill()
        process.communicate(timeout=20)
    assert job.run() == DONE
    assert lines(ran) == [0, 1, 1, 1, 2]
    with pytest.raises(WorkerDiedError, match=r"work item 1:1 \(a job\), attempt 3: its runner, or the machine, was lost 3 time"):
        job.result(1)
    assert [job.result(work) for work in (0, 2)] == [0, 4]
    assert job.report(f"{job.all}.3").accepted == {f"{job.all}.{n}": (1 if n == 0 else 0) for n in range(3)}  # type: ignore[union-attr]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says cheaply that a process is stopped")
def test_r5_a_run_that_was_taken_over_changes_nothing_any_more(spool: Spool, tmp_path: Path) -> None:
    gate, ran = tmp_path / "gate", tmp_path / "ran"
    job = Job(spool, [(f"{TASKS}:late", str(ran), 0), (f"{TASKS}:late", str(ran), 1), (f"{TASKS}:wait_for", str(gate))])
    old = job.start()
    until(lambda: lines(ran))
    old.send_signal(signal.SIGSTOP)
    new = job.start()
    until(lambda: lines(ran).count(0) == 2)
    old.send_signal(signal.SIGCONT)
    until(lambda: lines(ran).count(1) == 2, 25)
    gate.touch()
    for process in (old, new):
        process.communicate(timeout=20)
    assert new.returncode == DONE
    assert {work: one.attempt for work, one in job.outcomes().items()} == {0: 2, 1: 1, 2: 1}
    assert job.result(0) == (0, 2)


# --- as a library, with an interpreter that is kept


def test_an_interpreter_is_kept_between_chunks_that_it_fits(spool: Spool, tmp_path: Path) -> None:
    calls = [("builtins:print", "hello"), (os.getpid,), (bytes, 300_000), (os.getenv, "SHOW")]
    one, two = Job(spool, calls), Job(spool, calls)
    three = Job(spool, calls, launch={"env": {"SHOW": "comet"}})
    with Interpreter() as interpreter:
        for job in (one, two, three):
            assert run_chunk(job.folder.root, "0-1", interpreter) == DONE
            assert run_chunk(job.folder.root, "2-3", interpreter) == DONE
        assert one.result(1) == two.result(1) != three.result(1)
        assert [job.result(3) for job in (one, two, three)] == [None, None, "comet"]
        for job in (one, two, three):
            assert job.folder.log(0, 1).read_text() == "hello\n"
            assert len(job.result(2)) == 300_000
        os.kill(three.result(1), signal.SIGKILL)
        again = Job(spool, calls, launch={"env": {"SHOW": "comet"}})
        assert run_chunk(again.folder.root, "0-3", interpreter) == DONE
        assert again.results()[1] != three.result(1)
    assert list((spool.root / "workers").iterdir()) == []


def test_a_runner_is_stopped_from_another_thread(spool: Spool, tmp_path: Path) -> None:
    import threading

    job = Job(spool, [(f"{TASKS}:hang", str(tmp_path / "pids"), "sleep"), (abs, 1)])
    told: list[str] = []
    codes: list[int] = []
    with Interpreter() as interpreter:
        runner = Runner(job.folder.root, job.all, interpreter, lambda run: told.append(run.state))
        thread = threading.Thread(target=lambda: codes.append(runner.run()))
        thread.start()
        until(lambda: len(lines(tmp_path / "pids")) == 2)
        runner.abort()
        thread.join(20)
        assert codes == [LEFT]
        until(lambda: [pid for pid in lines(tmp_path / "pids") if Path(f"/proc/{pid}").exists()] == [])
        assert told[0] == "starting"
        assert told[-1] == "over"
        assert run_chunk(job.folder.root, "1", interpreter) == DONE
    assert job.result(1) == 1
    assert list(job.outcomes()) == [1]


# --- what is refused


def test_another_format_is_refused_with_both_releases_named(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(package, "FORMAT", 2)
        patch.setattr(package, "__version__", "7.4.2")
        job = Job(spool, [(abs, 1)])
    with pytest.raises(PackageError, match=r"has format 2, and farmfutures .* reads format 1; farmfutures 7\.4\.2 wrote it"):
        run_chunk(job.folder.root, job.all)
    assert job.run("0") == 1
    assert "7.4.2 wrote it" in job.said
    assert {(run.state, "7.4.2" in run.note) for run in job.reports().values()} == {("refused", True)}


def test_what_can_not_be_trusted_is_not_run(spool: Spool, tmp_path: Path) -> None:
    job = Job(spool, [(f"{TASKS}:note", str(tmp_path / "ran"), task) for task in range(2)])
    with pytest.raises(OptionError, match="job 1 has 2 work items"):
        run_chunk(job.folder.root, "1-2")
    calls = bytearray(job.folder.calls.read_bytes())
    calls[-1] ^= 1
    job.folder.calls.write_bytes(calls)
    assert job.run() == DONE  # One call was changed, and is refused; the other one is as it was.
    assert lines(tmp_path / "ran") == [0]
    with pytest.raises(SealError, match="the call of work item 1 in .* is not what was submitted"):
        job.result(1)
    other = Job(spool, [(f"{TASKS}:note", str(tmp_path / "ran"), 5)])
    other.folder.package.write_bytes(job.folder.package.read_bytes())
    assert other.run() == 1
    assert "is not what farmfutures wrote there as package 2" in other.said
    spool.key.unlink()
    assert job.run() == 1
    assert "there is no key" in job.said
    assert not spool.key.exists()
    assert lines(tmp_path / "ran") == [0]
