"""`Executor`: a true `concurrent.futures.Executor`, with job options. Rows Q1-Q14, QS1-QS4, QS6-QS8, QS11, QS14, QS46."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import Executor, Farm, State, default
from farmfutures.errors import NoSuchJobError, OptionError, RecursionLimitError, RefusedError

pytestmark = pytest.mark.usefixtures("shared_farm")


def echo(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return args, kwargs


def wait_for(path: str, value: Any = None) -> Any:
    import os
    import time

    while not os.path.exists(path):
        time.sleep(0.005)
    return value


class Boom(Exception):
    pass


# --- calls


def test_q1_q2_it_is_an_executor(executor: Executor) -> None:
    assert isinstance(executor, concurrent.futures.Executor)
    future = executor.submit(echo, 1, 2, key="value")
    assert isinstance(future, concurrent.futures.Future)
    assert future.result(20) == ((1, 2), {"key": "value"})


def test_q4_all_keywords_go_to_the_function(executor: Executor, farm: Farm) -> None:
    future = executor.submit(echo, name="a name", cpus=7, priority=1)
    assert future.result(20) == ((), {"name": "a name", "cpus": 7, "priority": 1})
    assert farm.job(future.job_id).name.endswith("echo")


def test_q5_the_documented_example_works_with_submit_ext(executor: Executor, farm: Farm) -> None:
    future = executor.submit_ext(abs, [-1], name="Job Name", groups="local")
    assert future.result(20) == 1
    assert farm.job(future.job_id).name == "Job Name"


def test_q6_submit_ext(executor: Executor) -> None:
    assert executor.submit_ext(echo).result(20) == ((), {})
    assert executor.submit_ext(echo, [1], {"a": 2}, priority=60).result(20) == ((1,), {"a": 2})


@pytest.mark.parametrize(
    ("option", "value", "seen"),
    [
        ("name", "N", lambda job: job.name),
        ("priority", 77, lambda job: job.priority),
        ("cpus", 1, lambda job: job.cpus),
        ("user", "somebody", lambda job: job.user),
    ],
)
def test_q3_q7_q13_options_of_executor_and_call(farm: Farm, option: str, value: Any, seen: Any) -> None:
    with Executor(**{option: value}) as executor:
        with executor.batch() as batch:
            batch.submit(abs, 1)
        futures = [executor.submit(abs, 1), executor.submit_ext(abs, [1]), *batch.futures]
        assert [seen(farm.job(future.job_id)) for future in futures] == [value] * 3
        list(executor.map(abs, [1]))
        assert seen(farm.jobs(limit=1)[0]) == value


def test_q3_an_option_of_the_call_wins(farm: Farm) -> None:
    with Executor(priority=10, env={"FROM": "executor"}) as executor:
        future = executor.submit_ext(os.getenv, ["FROM"], priority=90, env={"FROM": "call"})
        assert future.result(20) == "call"
        assert farm.job(future.job_id).priority == 90


def test_q8_q10_q11_map(executor: Executor, farm: Farm) -> None:
    assert list(executor.map(pow, range(10), [2] * 10, cpus=2)) == [n**2 for n in range(10)]
    job = farm.jobs(limit=1)[0]
    assert (job.total, job.cpus) == (10, 2)
    assert list(executor.map(pow, [1, 2, 3], [1, 1])) == [1, 2]
    assert list(executor.map(abs, [])) == []


def test_q10_map_keeps_the_order(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    results = executor.map(wait_for, [str(gate), os.devnull], ["slow", "fast"])
    gate.touch()
    assert list(results) == ["slow", "fast"]


def test_q9_qs6_timeout_is_for_the_results_only(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    results = executor.map(wait_for, [os.devnull, str(gate)], timeout=0.5)
    assert next(results) is None
    with pytest.raises(TimeoutError):
        next(results)
    gate.touch()
    assert list(executor.map(abs, [1], timeout=0.001 if False else 20)) == [1]


@pytest.mark.parametrize("chunksize", [1, 3, 100, "auto"])
def test_map_in_chunks(executor: Executor, chunksize: int | str) -> None:
    assert list(executor.map(divmod, range(10), [3] * 10, chunksize=chunksize)) == [divmod(n, 3) for n in range(10)]


def test_chunksize_is_checked(executor: Executor) -> None:
    with pytest.raises(ValueError, match="chunksize must be >= 1"):
        executor.map(abs, [1], chunksize=0)
    with pytest.raises(ValueError, match="chunksize='many': give a whole number, or \"auto\""):
        executor.map(abs, [1], chunksize="many")


def test_qs46_map_unordered(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    results = executor.map_unordered(wait_for, [str(gate), os.devnull], ["slow", "fast"])
    assert next(results) == "fast"
    gate.touch()
    assert next(results) == "slow"


def test_qs46_submit_frames(executor: Executor) -> None:
    futures = executor.submit_frames(echo, "1-9x4, 20", ["arg"], {"key": 1})
    assert [future.result(20) for future in futures] == [((frame, "arg"), {"key": 1}) for frame in (1, 5, 9, 20)]
    assert [future.name for future in futures][:2] == ["frame 0001", "frame 0005"]
    assert len({future.job_id for future in futures}) == 1


def test_qs46_what_a_future_was_called_with(executor: Executor) -> None:
    assert executor.submit(echo, 1, [2], key="value").arguments() == ((1, [2]), {"key": "value"})


def test_qs7_map_submits_at_once_and_cancels_what_is_left(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    results = executor.map(wait_for, [os.devnull, *[str(gate)] * 20], cpus=1)
    assert farm.jobs(limit=1)[0].total == 21
    next(results)
    results.close()  # type: ignore[attr-defined]
    gate.touch()
    job = farm.jobs(limit=1)[0]
    assert job.counts.get(State.CANCELLED, 0) >= 19


def test_q12_batch_has_name_and_options(executor: Executor, farm: Farm) -> None:
    with executor.batch("A batch", priority=70) as batch:
        batch.submit(abs, 1)
    job = farm.job(batch.job_id)
    assert (job.name, job.priority) == ("A batch", 70)


def test_q14_qs1_the_surface(shared_farm: Path) -> None:
    import farmfutures.maya

    assert issubclass(farmfutures.maya.Executor, farmfutures.Executor)
    assert farmfutures.submit(abs, -1).result(20) == 1
    assert farmfutures.submit_ext("math:factorial", [3]).result(20) == 6
    assert list(farmfutures.map(abs, [-1, 2])) == [1, 2]
    executor = default._default
    assert executor
    executor.shutdown()
    assert farmfutures.submit(abs, -2).result(20) == 2  # A new one, since the old one was shut down.
    assert default._default is not executor
    default._executor().shutdown()


def test_qs1_importing_starts_nothing() -> None:
    code = "import threading, farmfutures.default as d; print(threading.active_count(), d._default)"
    scripts = Path(__file__).resolve().parents[2] / "scripts"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(scripts)}, capture_output=True)
    assert done.stdout.split() == [b"1", b"None"]


def test_qs2_qs3_qs4_names(executor: Executor, farm: Farm) -> None:
    single = executor.submit(abs, 1)
    assert farm.job(single.job_id).name == "FarmFutures: builtins.abs"
    assert farm.item(single.job_id, 0).name == "1"
    list(executor.map(abs, [1, 2]))
    assert [item.name for item in farm.items(farm.jobs(limit=1)[0].id)] == ["1", "2"]
    with executor.batch() as batch:
        batch.submit(abs, 1)
        batch.submit("math:factorial", 2)
    assert [item.name for item in farm.items(batch.job_id)] == ["1: builtins.abs", "2: math.factorial"]
    both = executor.submit_ext(abs, [1], name=7)
    assert (farm.job(both.job_id).name, farm.item(both.job_id, 0).name) == ("7", "7")


def test_qs8_variables(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"NUMBER": 5}
    assert executor.submit_ext(os.getenv, ["NUMBER"], env=env).result(20) == "5"
    assert env == {"NUMBER": 5}
    monkeypatch.setenv("VEE_EXEC_ARGS", "passed through")
    assert executor.submit_ext(os.getenv, ["VEE_EXEC_ARGS"], priority=51).result(20) == "passed through"
    with pytest.raises(OptionError, match=r"env\['BAD'\]"):
        executor.submit_ext(abs, [1], env={"BAD": None})


def test_qs10_workers_import_what_the_submitter_imports(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "only_here.py").write_text("def answer():\n    return 42\n")
    assert executor.submit_ext("only_here:answer", sys_path=[str(tmp_path)]).result(20) == 42


@pytest.mark.parametrize(("variable", "given", "user"), [("from-env", None, "from-env"), ("from-env", "given", "given")])
def test_qs11_qs12_user(
    executor: Executor, farm: Farm, monkeypatch: pytest.MonkeyPatch, variable: str, given: str | None, user: str
) -> None:
    monkeypatch.setenv("QBFUTURES_USER", variable)
    extra: dict[str, Any] = {} if given is None else {"user": given}
    with executor.batch(**extra) as batch:
        batch.submit(abs, 1)
    assert farm.job(batch.job_id).user == user
    assert farm.job(executor.submit_ext(abs, [1], **extra).job_id).user == user


def test_qs11_without_a_wish_the_user_is_the_systems(executor: Executor, farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    from farmfutures.settings import os_user

    monkeypatch.delenv("QBFUTURES_USER", raising=False)
    assert farm.job(executor.submit_ext(abs, [1], user=None, priority=52).job_id).user == os_user()


def test_qs13_engine_and_its_near_misses(shared_farm: Path) -> None:
    with pytest.raises(OptionError, match=r"there is no engine 'locl'\. Did you mean 'local'\? There are: local"):
        Executor(engine="locl")


def test_qs14_interpreter(executor: Executor) -> None:
    found = executor.submit_ext("builtins:eval", ["__import__('sys').flags.dev_mode"], interpreter=[sys.executable, "-X", "dev"])
    assert found.result(20) is True


@pytest.mark.skipif(sys.platform == "win32", reason="the wrapper is a shell script")
def test_qs40_a_wrapper_makes_the_environment(executor: Executor, tmp_path: Path) -> None:
    wrapper = tmp_path / "wrapper"
    wrapper.write_text('#!/bin/sh\nWRAPPED="$WRAPPED+1"; export WRAPPED\nexec "$@"\n')
    wrapper.chmod(0o755)
    future = executor.submit_ext(os.getenv, ["WRAPPED"], interpreter=[str(wrapper), sys.executable])
    assert future.result(20) == "+1"


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"priorty": 1}, TypeError, r"has no option 'priorty'\. Did you mean 'priority'\? There are: attempts, bootstrap"),
        ({"cpus": 0}, OptionError, "cpus=0: must be at least 1"),
        ({"cpus": "2"}, OptionError, "cpus='2': give a whole number"),
        ({"timeout_s": "soon"}, OptionError, "timeout_s='soon': give a number"),
        ({"retries": 1, "attempts": 3}, OptionError, "retries=1 means attempts=2, not 3"),
        (
            {"requirements": "host.os == linux"},
            RefusedError,
            "the local engine can't honour requirements='host.os == linux': everything runs on this machine. Leave it out, or",
        ),
        ({"chunk": 0}, OptionError, "chunk=0: must be at least 1"),
        ({"local_queue": "x"}, OptionError, r"Executor has no option 'local_queue'\. There are: attempts"),
        ({"groups": "render"}, RefusedError, "this machine is not in group render"),
        ({"interpreter": "/no/mayapy"}, FileNotFoundError, "there is no program '/no/mayapy' on this machine"),
        ({"detached": 1}, OptionError, "detached=1: give True or False"),
    ],
)
def test_options_are_checked_in_submit(executor: Executor, options: dict[str, Any], kind: type[Exception], text: str) -> None:
    for submit in (
        lambda: executor.submit_ext(abs, [1], **options),
        lambda: list(executor.map(abs, [1], **options)),
        lambda: executor.batch(**options).commit() or executor.submit_ext(abs, [1], **options),
    ):
        with pytest.raises(kind, match=text):
            submit()


def test_qs45_requirements_are_refused_before_anything_is_sent(executor: Executor, farm: Farm) -> None:
    before = farm.jobs(limit=1)
    with pytest.raises(RefusedError, match="everything runs on this machine"):
        executor.submit_ext(abs, [1], requirements="host.os == 'linux'")
    assert farm.jobs(limit=1) == before


# --- recursion


def chain(depth: int) -> tuple[int, str]:
    import os

    level = int(os.environ["QBLVL"])
    if not depth:
        return level, "end"
    with farmfutures.Executor() as executor:
        try:
            future = executor.submit(chain, depth - 1)
        except farmfutures.errors.RecursionLimitError as error:
            return level, str(error)
        return future.result(25)  # type: ignore[no-any-return]


@pytest.fixture
def slots(monkeypatch: pytest.MonkeyPatch, state: Path) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    monkeypatch.setenv("FARMFUTURES_SLOTS", "8")


@pytest.mark.parametrize(("limit", "deepest"), [(None, 5), (2, 3)])
def test_q50_q51_q52_qs9_recursion(slots: None, monkeypatch: pytest.MonkeyPatch, limit: int | None, deepest: int) -> None:
    if limit is not None:
        monkeypatch.setenv("FARMFUTURES_RECURSION_LIMIT", str(limit))
    with Executor() as executor:
        assert executor.submit(os.getenv, "QBLVL").result(20) == "1"
        assert executor.submit(os.getenv, "FARMFUTURES_LEVEL").result(20) == "1"
        level, text = executor.submit(chain, 9).result(28)
    assert level == deepest
    assert f"this code runs {deepest} levels of jobs deep and the limit is {deepest - 1}" in text


def test_qs9_the_sixth_level_can_not_submit(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_LEVEL", "5")
    with pytest.raises(RecursionLimitError, match="raise FARMFUTURES_RECURSION_LIMIT"):
        executor.submit(abs, 1)
    monkeypatch.setenv("FARMFUTURES_LEVEL", "4")
    assert executor.submit(abs, 1).result(20) == 1


# --- the standard library's semantics


def test_wait_and_as_completed(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    fast, slow = executor.submit(abs, 1), executor.submit(wait_for, str(gate))
    done, left = concurrent.futures.wait([fast, slow], return_when=concurrent.futures.FIRST_COMPLETED)
    assert (done, left) == ({fast}, {slow})
    gate.touch()
    assert list(concurrent.futures.as_completed([slow], 20)) == [slow]


def test_q22_first_exception(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    slow, bad = executor.submit(wait_for, str(gate)), executor.submit(divmod, 1, 0)
    done, _ = concurrent.futures.wait([slow, bad], 20, return_when=concurrent.futures.FIRST_EXCEPTION)
    assert bad in done
    gate.touch()


def test_asyncio(executor: Executor) -> None:
    async def main() -> list[Any]:
        loop = asyncio.get_running_loop()
        wrapped = asyncio.wrap_future(executor.submit(pow, 2, 3))
        return [await loop.run_in_executor(executor, pow, 2, 2), await wrapped]

    assert asyncio.run(main()) == [4, 8]


def test_callbacks_get_the_future_once_each_and_in_order(executor: Executor) -> None:
    seen: list[Any] = []
    ready = threading.Event()
    future = executor.submit(abs, -3)
    for n in range(3):
        future.add_done_callback(functools.partial(lambda n, done: seen.append((n, done.result())), n))
    future.add_done_callback(lambda _: ready.set())
    assert ready.wait(20)
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_a_callback_may_submit(executor: Executor) -> None:
    done = threading.Event()
    more: list[Any] = []

    def again(future: Any) -> None:
        more.append(executor.submit(abs, future.result()))
        more[0].add_done_callback(lambda _: done.set())

    executor.submit(abs, -4).add_done_callback(again)
    assert done.wait(20)
    assert more[0].result() == 4


def test_submit_after_shutdown(shared_farm: Path) -> None:
    executor = Executor()
    executor.shutdown()
    executor.shutdown()
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        executor.submit(abs, 1)
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        executor.batch()


def test_shutdown_waits(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = Executor()
    future = executor.submit(wait_for, str(gate))
    threading.Timer(0.05, gate.touch).start()
    executor.shutdown()
    assert future.done()


def test_shutdown_without_waiting_leaves_futures_alive(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = Executor()
    future = executor.submit(wait_for, str(gate), "done")
    executor.shutdown(wait=False)
    gate.touch()
    assert future.result(20) == "done"


def test_shutdown_cancels(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = Executor(cpus=1)
    with executor.batch() as batch:
        for _ in range(6):
            batch.submit(wait_for, str(gate))
    threading.Timer(0.2, gate.touch).start()
    executor.shutdown(cancel_futures=True)
    assert all(future.done() for future in batch.futures)
    assert sum(future.cancelled() for future in batch.futures) >= 5


@pytest.mark.parametrize("count", [0, -1])
def test_max_workers_is_checked(count: int) -> None:
    with pytest.raises(ValueError, match="max_workers must be greater than 0"):
        Executor(max_workers=count)


def test_max_workers_is_cpus(farm: Farm) -> None:
    with Executor(max_workers=1) as executor:
        assert farm.job(executor.submit(abs, 1).job_id).cpus == 1


def test_qs17_dropping_futures_and_executor_loses_nothing(farm: Farm, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    executor = Executor()
    future = executor.submit(Path.touch, mark)
    job = future.job_id
    gone = weakref.ref(future)
    del executor, future
    gc.collect()
    with Executor() as another:
        another.attach(job)[0].result(20)
    assert mark.exists()
    gc.collect()
    assert gone() is None


def test_results_are_not_kept(executor: Executor) -> None:
    future = executor.submit(set, [1])
    result = weakref.ref(future.result(20))
    del future
    gc.collect()
    assert result() is None


def test_many_threads_submit(executor: Executor) -> None:
    results: list[int] = []

    def work(start: int) -> None:
        futures = [executor.submit(abs, -n) for n in range(start, start + 50)]
        results.extend(future.result(20) for future in futures)

    threads = [threading.Thread(target=work, args=(50 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(400))


def test_attach_from_another_process(executor: Executor) -> None:
    scripts = Path(__file__).resolve().parents[2] / "scripts"
    code = "import farmfutures, os; print(farmfutures.submit(pow, 2, 5).job_id, flush=True); os._exit(1)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(scripts)}, capture_output=True)
    (future,) = executor.attach(int(done.stdout))
    assert future.result(20) == 32


def test_attach_to_nothing(executor: Executor) -> None:
    with pytest.raises(NoSuchJobError, match="there is no job 123456789"):
        executor.attach(123456789)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_an_executor_does_not_go_through_a_fork(executor: Executor) -> None:
    executor.submit(abs, 1).result(20)
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            executor.submit(abs, 1)
        except BaseException as error:
            os.write(write, type(error).__name__.encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 100) == b"EngineUnavailableError"
    os.close(read)
    os.close(write)
    assert executor.submit(abs, -5).result(20) == 5
