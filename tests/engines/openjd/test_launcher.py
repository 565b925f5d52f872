"""The engine from end to end: executors, farms and futures over sessions of this machine, and over bundles that others run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

import farmfutures
from farmfutures import Executor, Farm, State
from farmfutures.engines.openjd.launcher import OpenJDLauncher
from farmfutures.engines.openjd.place import Place
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import KilledError, OptionError, RefusedError
from farmfutures.settings import Settings

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.timeout(90)  # Many processes, one after the other.


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to this in time"
        time.sleep(0.02)


def wait_for(path: str, value: Any = None) -> Any:
    import os
    import time
    from pathlib import Path

    Path(f"{path}.{os.getpid()}").touch()
    while not os.path.exists(path):
        time.sleep(0.01)
    return value


def started(gate: Path) -> list[str]:
    return [path.name.rpartition(".")[2] for path in gate.parent.glob(f"{gate.name}.*")]


def places(spool: Path, job: int) -> list[Place]:
    (user,) = [path for path in spool.iterdir() if path.is_dir()]
    return [Place(path) for path in sorted((user / "jobs" / str(job) / "openjd").iterdir())]


def ended(place: Place) -> bool:
    """Whether the process that ran a bundle has said its last word and is gone."""
    from farmfutures.engines.local.lock import is_held

    return place.read() is not None and not is_held(place.lock)


def test_the_same_results_as_on_the_local_engine(executor: Executor, farm: Farm, state: Path) -> None:
    calls: list[tuple[Any, tuple[Any, ...]]] = [(divmod, (100, number)) for number in range(9)] + [
        ("math:factorial", (20,)),
        (int, ("seven",)),
    ]

    def results(some: Executor, **options: Any) -> list[str]:
        with some.batch("comet", **options) as batch:
            for fn, args in calls:
                batch.submit(fn, *args)
        return [repr(future.exception(25) or future.result()) for future in batch.futures]

    ours = results(executor, chunk=4)
    with Executor(engine="local", cpus=1) as local:
        assert ours == results(local)
    (job,) = farm.jobs()
    assert (job.engine, job.state, job.counts) == ("openjd", State.FAILED, {State.COMPLETE: 9, State.FAILED: 2})


def test_a_session_starts_one_interpreter_for_all_of_its_chunks(executor: Executor) -> None:
    pids = set(executor.map(call_pid, range(6), chunk=2))
    assert len(pids) == 1


def call_pid(_: int) -> int:
    import os

    return os.getpid()


def test_as_many_sessions_as_cpus(spool: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Executor(cpus=2, chunk=1) as executor:
        with executor.batch() as batch:
            futures = [batch.submit(wait_for, str(gate)) for _ in range(4)]
        until(lambda: len(started(gate)) == 2)
        gate.touch()
        assert [future.result(25) for future in futures] == [None] * 4
    assert len(started(gate)) == 2  # Sessions keep their interpreters.


def test_a_job_outlives_its_client_and_is_attached_to(executor: Executor, spool: Path, tmp_path: Path) -> None:
    code = (
        "import farmfutures, sys; e = farmfutures.Executor(); f = e.submit(pow, 2, 10);"
        "print(f.job_id, flush=True); import os; os._exit(0)"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True, timeout=25)
    (future,) = executor.attach(int(done.stdout))
    assert future.result(25) == 1024


def submit_more(gate: str) -> int:
    """A call that submits, and waits for nothing."""
    inner = farmfutures.Executor()
    future = inner.submit(wait_for, gate, "late")
    inner.shutdown(wait=False)
    return int(future.job_id)


def test_what_a_call_submits_outlives_the_call_and_its_session(executor: Executor, spool: Path, tmp_path: Path) -> None:
    job = executor.submit(submit_more, str(tmp_path / "gate")).result(25)
    (outer,) = places(spool, 1)
    until(lambda: ended(outer))
    (tmp_path / "gate").touch()
    (future,) = executor.attach(job)
    assert future.result(25) == "late"
    assert len(places(spool, job)) == 1  # It was not ordered again.


def test_pause_holds_back_what_waits(executor: Executor, farm: Farm, spool: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with executor.batch(chunk=1) as batch:
        for number in range(2):
            batch.submit(wait_for, str(gate), number)
    until(lambda: started(gate))
    farm.pause(batch.job_id)
    (place,) = places(spool, batch.job_id)
    until(lambda: (standing := place.read()) is not None and standing.held)
    gate.touch()
    assert batch.futures[0].result(25) == 0
    standing = place.read()
    assert standing is not None
    assert standing.chunks[1].state is ChunkState.WAITING
    assert not batch.futures[1].done()
    farm.resume(batch.job_id)
    assert batch.futures[1].result(25) == 1


def test_cancel_and_kill(executor: Executor, farm: Farm, spool: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with executor.batch(chunk=1) as batch:
        for _ in range(3):
            batch.submit(wait_for, str(gate))
    until(lambda: started(gate))
    assert farm.cancel(batch.job_id, [2]) == 1
    until(batch.futures[2].cancelled)
    farm.kill(batch.job_id)
    assert isinstance(batch.futures[0].exception(25), KilledError)
    until(lambda: farm.job(batch.job_id).state.done)
    (place,) = places(spool, batch.job_id)
    until(lambda: ended(place))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_process_that_runs_sessions_dies(executor: Executor, farm: Farm, spool: Path, tmp_path: Path, own_temp: Path) -> None:
    gate = tmp_path / "gate"
    with executor.batch(chunk=1) as batch:
        for number in range(2):
            batch.submit(wait_for, str(gate), number)
    until(lambda: started(gate))
    (place,) = places(spool, batch.job_id)
    (host,) = [process for process in psutil.process_iter(["cmdline"]) if str(place.root) in (process.info["cmdline"] or [])]
    below = host.children(recursive=True)
    host.send_signal(signal.SIGKILL)
    gate.touch()
    assert [future.result(28) for future in batch.futures] == [0, 1]
    assert psutil.wait_procs(below, 10)[1] == []
    assert len(places(spool, batch.job_id)) == 2  # What was lost was ordered once more.
    for left in own_temp.glob("farmfutures-*"):
        until(lambda: ended(places(spool, batch.job_id)[1]))
        import shutil

        shutil.rmtree(left, ignore_errors=True)


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"priority": 60}, RefusedError, "the openjd engine can't honour priority=60: each job has a process of its own"),
        ({"requirements": "amount.worker.vcpu >= 8"}, RefusedError, "the openjd engine can't honour requirements="),
        ({"groups": "farm"}, RefusedError, "the openjd engine can't honour groups="),
        ({"openjd_target": "cloud"}, OptionError, "openjd_target='cloud' is not one of here, bundle, deadline"),
        ({"openjd_targt": "here"}, OptionError, "Did you mean 'openjd_target'"),
        ({"detached": False}, RefusedError, "the openjd engine can't honour detached=False"),
    ],
)
def test_what_it_can_not_do_is_refused(executor: Executor, farm: Farm, options: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        executor.submit_ext(abs, [1], **options)
    assert farm.jobs() == []


# --- bundles


def empty(temp: Path) -> None:
    """Removes the folder in which openjd makes folders of sessions; it stays, and has to be empty."""
    for path in temp.iterdir():
        assert path.name.lower() == "openjd"
        path.rmdir()


def openjd_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    values = f"file://{folder / 'parameters.json'}"
    command = [sys.executable, "-m", "openjd", "run", str(folder / "template.json"), "-p", values, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=28, check=False)


def test_a_bundle_that_is_only_written_runs_by_openjd_run_to_the_same_results(
    spool: Path, tmp_path: Path, own_temp: Path
) -> None:
    with Executor(openjd_bundle=str(tmp_path / "bundle"), chunk=3) as executor:
        futures = [*executor.submit_frames(pow, "1-8", [2])]
        assert json.loads((tmp_path / "bundle" / "template.json").read_text())["extensions"] == ["TASK_CHUNKING"]
        done = openjd_run(tmp_path / "bundle")
        assert done.returncode == 0, done.stdout + done.stderr
        assert [future.result(25) for future in futures] == [frame**2 for frame in range(1, 9)]
    assert "openjd_progress: 100.0" in done.stdout
    empty(own_temp)


def test_a_task_of_a_bundle_fails_with_its_item(spool: Path, tmp_path: Path, own_temp: Path) -> None:
    with Executor(openjd_bundle=str(tmp_path / "bundle")) as executor:
        future = executor.submit(int, "seven")
        done = openjd_run(tmp_path / "bundle")
        assert done.returncode != 0
        assert "openjd_fail: item 0: ValueError: invalid literal" in done.stdout
        assert isinstance(future.exception(25), ValueError)
    empty(own_temp)


def test_a_folder_with_other_things_is_left_alone(spool: Path, tmp_path: Path, farm: Farm) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "thesis.txt").touch()
    said = r"holds other things \(thesis.txt, ...\): name a folder that is empty"
    with Executor(openjd_bundle=str(tmp_path / "bundle")) as executor, pytest.raises(RefusedError, match=said):
        executor.submit(abs, 1)
    assert farm.jobs() == []


def test_what_it_needs_is_looked_at(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = OpenJDLauncher(Settings.load()).examine()
    assert found.well, found
    monkeypatch.setenv("FARMFUTURES_PYTHON", "/no/python")
    (found,) = OpenJDLauncher(Settings.load()).examine()
    assert not found.well
    assert "/no/python does not run" in found.text


def test_a_python_without_sessions_is_said(spool: Path, bare_python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_PYTHON", str(bare_python))
    (found,) = OpenJDLauncher(Settings.load()).examine()
    assert (found.well, found.help) == (False, f"{bare_python} -m pip install 'farmfutures[openjd]'")
    with Executor() as executor, pytest.raises(farmfutures.errors.EngineUnavailableError, match="No module named"):
        executor.submit(abs, 1)
