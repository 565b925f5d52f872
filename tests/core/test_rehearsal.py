"""A job tried before it is submitted: N2."""

from __future__ import annotations

import os
import pickle
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.errors import OptionError, RehearsalError
from farmfutures.rehearsal import Rehearsal

posix = pytest.mark.skipif(sys.platform == "win32", reason="an interpreter that is a shell script")


@pytest.fixture
def executor() -> Iterator[farmfutures.Executor]:
    made = farmfutures.Executor()
    yield made
    made.shutdown(wait=False)


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    """A folder of modules that the worker has no way to find, unless it is told."""
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "tool.py").write_text("def work(*args, **kwargs):\n    raise RuntimeError('nothing is called')\n")
    (folder / "broken.py").write_text("import os\nimport no_such_module_of_anybody\n\ndef work():\n    pass\n")
    (folder / "wrong.py").write_text("def other():\n    pass\n\nx = 1 / 0\n")
    (folder / "crash.py").write_text("import os\nos._exit(3)\n")
    (folder / "slow.py").write_text("import time\ntime.sleep(60)\n")
    return folder


def problems(executor: farmfutures.Executor, *calls: tuple[Any, ...], **job: Any) -> tuple[str, ...]:
    batch = executor.batch("tried", **job)
    for function, *args in calls:
        batch.submit(function, *args)
    with pytest.raises(RehearsalError, match="nothing was submitted") as caught:
        batch.rehearse()
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_n2_a_job_that_would_run(executor: farmfutures.Executor, lib: Path, own_temp: Path) -> None:
    batch = executor.batch("fine", sys_path=[str(lib)])
    for number in range(1000):
        batch.submit("tool:work", number)
    done = batch.rehearse()
    assert (done.checked, done.total, done.warnings) == (1000, 1000, ())
    assert done.took_s < 10
    assert list(own_temp.iterdir()) == []  # No farm was started, and nothing is left.


def test_n2_large_calls(executor: farmfutures.Executor, lib: Path) -> None:
    batch = executor.batch("large", sys_path=[str(lib)])
    for number in range(3):
        batch.submit("tool:work", bytes(4_000_000), [number])
    assert batch.rehearse().checked == 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("nowhere:work", ["ModuleNotFoundError: No module named 'nowhere'", "sys_path=", sys.executable, "'1: nowhere.work'"]),
        ("broken:work", ["No module named 'no_such_module_of_anybody'", "broken.py, line 2"]),
        ("tool:play", ["module 'tool' has no attribute 'play'"]),
        ("wrong:other", ["ZeroDivisionError", "wrong.py, line 4"]),
    ],
)
def test_n2_which_import_fails_and_where(executor: farmfutures.Executor, lib: Path, call: str, words: list[str]) -> None:
    (problem,) = problems(executor, (call,), sys_path=[str(lib)])
    assert [word for word in words if word not in problem] == []


def test_n2_everything_that_fails_is_said_once(executor: farmfutures.Executor, lib: Path) -> None:
    calls: list[tuple[Any, ...]] = [("nowhere:work", n) for n in range(5)]
    first, second = problems(executor, *calls, ("broken:work",), sys_path=[str(lib)])
    assert "(call '1: nowhere.work', '2: nowhere.work', '3: nowhere.work' and 2 more)" in first
    assert "no_such_module_of_anybody" in second


def test_n2_a_function_that_is_loaded_by_value_needs_its_modules(
    executor: farmfutures.Executor, lib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the Script Editor: the function lives in __main__, and the module that it uses is where workers don't look."""
    monkeypatch.syspath_prepend(str(lib))
    names: dict[str, Any] = {"__name__": "__main__"}
    exec("import tool\ndef use(n):\n    return tool.work(n)\n", names)
    (problem,) = problems(executor, (names["use"], 1), sys_path=["/nowhere"])
    assert "No module named 'tool'" in problem


def test_n2_what_a_function_imports_while_it_runs_is_a_warning(executor: farmfutures.Executor) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    source = """
    def use():
        import json
        def inner():
            import no_such_module_of_anybody.inside
        return inner
    """
    exec(textwrap.dedent(source), names)
    batch = executor.batch("tried")
    batch.submit(names["use"])
    (warning,) = batch.rehearse().warnings
    assert "the function imports no_such_module_of_anybody.inside, which" in warning


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["/no/such/folder/a.exr"], "argument 1 is /no/such/folder/a.exr, and neither that nor its folder is there"),
        ([1, [{"out": Path("/no/such/folder/b.exr")}]], "argument 2 is /no/such/folder/b.exr"),
        (["{tmp}/will_be_written.exr", "relative/a.exr", "|group1|ball", "/", "C:/a.exr", "no\n/path"], None),
    ],
)
@posix
def test_n2_paths_among_the_arguments(
    executor: farmfutures.Executor, lib: Path, tmp_path: Path, args: list[Any], expected: str | None
) -> None:
    args = [value.replace("{tmp}", str(tmp_path)) if isinstance(value, str) else value for value in args]
    if expected is not None:
        (problem,) = problems(executor, ("tool:work", *args), sys_path=[str(lib)])
        assert expected in problem
        return
    batch = executor.batch(sys_path=[str(lib)])
    batch.submit("tool:work", *args)
    assert batch.rehearse().checked == 1


def test_n2_the_jobs_own_environment_and_folder(executor: farmfutures.Executor, tmp_path: Path, lib: Path) -> None:
    (lib / "studio.py").write_text("import os\nSHOW = os.environ['STUDIO_SHOW']\nHERE = os.getcwd()\ndef work(): pass\n")
    batch = executor.batch(sys_path=[str(lib)], env={"STUDIO_SHOW": "orrery"}, cwd=str(tmp_path))
    batch.submit("studio:work")
    assert batch.rehearse().checked == 1
    (problem,) = problems(executor, ("studio:work",), sys_path=[str(lib)])
    assert "KeyError: 'STUDIO_SHOW'" in problem
    (problem,) = problems(executor, (pow, 1, 2), cwd="/no/such/folder")
    assert "the folder /no/such/folder (cwd=) can't be entered" in problem


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"bootstrap": "nowhere:ready"}, "the bootstrap nowhere:ready fails: ModuleNotFoundError"),
        ({"preflight": "tool:play"}, "the preflight tool:play fails: AttributeError"),
        ({"preflight": "tool:work"}, "the preflight tool:work fails: RuntimeError: nothing is called"),
    ],
)
def test_n2_bootstrap_and_preflight(executor: farmfutures.Executor, lib: Path, job: dict[str, Any], words: str) -> None:
    (problem,) = problems(executor, (pow, 1, 2), sys_path=[str(lib)], **job)
    assert words in problem


def test_n2_qs16_a_call_that_needs_its_preflight(executor: farmfutures.Executor, tmp_path: Path, lib: Path) -> None:
    (tmp_path / "ready.py").write_text(f"import sys\ndef go():\n    sys.path.append({str(lib)!r})\n")
    batch = executor.batch(sys_path=[str(tmp_path)], preflight="ready:go")
    batch.submit("tool:work")
    assert batch.rehearse().checked == 1


def test_n2_the_interpreter_itself(executor: farmfutures.Executor, lib: Path) -> None:
    (problem,) = problems(executor, (pow, 1, 2), ("crash:work",), sys_path=[str(lib)])
    assert "exited with code 3 before the call '2: crash.work' was loaded" in problem


@posix
@pytest.mark.parametrize(
    ("script", "words"), [("exit 255", "exited with code 255"), ("echo no licence; kill -9 $$", "no licence")]
)
def test_n2_an_interpreter_that_does_not_start(executor: farmfutures.Executor, tmp_path: Path, script: str, words: str) -> None:
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    (problem,) = problems(executor, (pow, 1, 2), interpreter=str(path))
    assert "before it had loaded anything" in problem
    assert words in problem


def test_n2_an_interpreter_that_hangs(executor: farmfutures.Executor, lib: Path) -> None:
    batch = executor.batch(sys_path=[str(lib)], preflight="slow:work")
    batch.submit(pow, 1, 2)
    with pytest.raises(RehearsalError, match=r"had not made itself ready after 0\.\d+ s|had not started after"):
        batch.rehearse(0.5)


def test_n2_what_is_not_loaded_in_time_is_no_error(executor: farmfutures.Executor, lib: Path) -> None:
    batch = executor.batch(sys_path=[str(lib)])
    batch.submit(pow, 1, 2)
    batch.submit("slow:work")
    done = batch.rehearse(1.5)
    assert (done.checked, done.total) == (1, 2)
    assert 1.5 <= done.took_s < 5


def test_n2_it_can_be_cancelled_and_run_in_a_thread(executor: farmfutures.Executor, lib: Path) -> None:
    batch = executor.batch(sys_path=[str(lib)])
    batch.submit(pow, 1, 2)
    batch.submit("slow:work")
    rehearsal, asked, found = batch.rehearsal(), list[int](), list[Any]()

    def enough() -> bool:
        asked.append(1)
        return len(asked) > 50

    thread = threading.Thread(target=lambda: found.append(rehearsal.run(20, enough)))
    thread.start()
    thread.join(20)
    assert isinstance(rehearsal, Rehearsal)
    assert found[0].took_s < 10


def test_n2_a_batch_whose_rehearsal_fails_submits_nothing(executor: farmfutures.Executor) -> None:
    batch = executor.batch("given up")

    def rehearse_last() -> None:
        with batch:
            batch.submit("nowhere:work")
            batch.rehearse()

    with pytest.raises(RehearsalError):
        rehearse_last()
    assert "nothing was submitted" in str(batch.futures[0].exception())


def test_n2_an_option_that_would_be_refused_is_said_first(executor: farmfutures.Executor) -> None:
    batch = executor.batch(retries=1, attempts=5)
    batch.submit(pow, 1, 2)
    with pytest.raises(OptionError):
        batch.rehearse()


def test_n2_secrets_are_there_and_nowhere_else(executor: farmfutures.Executor, lib: Path) -> None:
    (lib / "vault.py").write_text("import os\nassert os.environ['STUDIO_TOKEN'] == 'hush'\ndef work(): pass\n")
    batch = executor.batch(sys_path=[str(lib)], env={"STUDIO_TOKEN": "hush"})
    batch.submit("vault:work")
    assert batch.rehearse().checked == 1


def test_its_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(RehearsalError("text", ["one", "two"])))
    assert (str(error), error.problems) == ("text", ("one", "two"))


def test_it_is_made_of_nothing_that_this_process_has(executor: farmfutures.Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is the worker's: a little of the system's, and the job's."""
    monkeypatch.setenv("STUDIO_SHOW", "orrery")
    batch = executor.batch()
    batch.submit(pow, 1, 2)
    assert "STUDIO_SHOW" in os.environ
    spec = batch.rehearsal().spec
    assert "STUDIO_SHOW" not in spec.launch.env
