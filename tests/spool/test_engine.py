"""Jobs handed over, watched and told, step by step: runners do what the test says."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import Executor, Farm, Progress, State
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import (
    EngineUnavailableError,
    NoSuchJobError,
    OptionError,
    RefusedError,
    StateFolderError,
    StoreFullError,
)  # fmt: skip
from farmfutures.spool import items as texts
from farmfutures.spool import marks, orders, package, runs
from farmfutures.worker.environ import PACKAGES

from .paper import Actor, Paper
from .processes import until

Act = Callable[..., Actor]


def test_a_job_lies_whole_in_the_folder_before_the_engine_hears_of_it(
    executor: Executor, paper: Paper, engine: SpoolEngine
) -> None:
    with executor.batch("frames", priority=70, chunk=2, env={"SHOW": "comet"}) as batch:
        for number in range(5):
            batch.submit(divmod, number, 2)
    (order,) = paper.orders
    folder = engine.spool.job(batch.job_id)
    assert order.items == ("0-1", "2-3", "4")
    assert order.commands[1] == (sys.executable, "-m", "farmfutures.worker", str(folder.root), "--items", "2-3")
    assert (order.job, order.name, order.folder, order.spec.priority) == (batch.job_id, "frames", str(folder.root), 70)
    assert dict(order.env) == {"PYTHONPATH": PACKAGES}
    about = package.read(folder, engine.seal)
    assert (len(about), about.spec["launch"]["env"], about.limits["inline_limit_bytes"]) == (5, {"SHOW": "comet"}, 128 * 1024)
    (record,) = orders.read(folder, engine.seal)
    assert (record.engine, record.token, record.items, record.handle) == ("paper", order.token, order.items, "sheet-0")
    assert marks.read(folder, engine.seal).version == 1, "whoever looks for marks finds some from the start"


def test_workers_see_the_folder_where_the_settings_say(
    shared_folder: Path, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for seen, expected in [
        ("/mnt/net/", "/mnt/net/{}/jobs/1"),
        ("P:\\net", "P:\\net\\{}\\jobs\\2"),
        ("P:/net", "P:/net/{}/jobs/3"),
    ]:
        monkeypatch.setenv("FARMFUTURES_SPOOL_SEEN_AS", seen)
        monkeypatch.setenv("FARMFUTURES_SPOOL_PYTHON", "/opt/py/bin/python")
        with Executor(engine="paper") as executor:
            executor.submit(abs, -1)
            executor._pending.clear()
        user = next(shared_folder.iterdir()).name
        assert paper.orders[-1].commands[0][:1] + paper.orders[-1].commands[0][3:4] == (
            "/opt/py/bin/python",
            expected.format(user),
        )
        assert dict(paper.orders[-1].env) == {}, "that Python has its own farmfutures"


def test_futures_resolve_with_what_runners_write(executor: Executor, act: Act, paper: Paper) -> None:
    with executor.batch(chunk=3) as batch:
        futures = [batch.submit(divmod, number, number % 3) for number in range(1, 4)]
    runner = act(batch.job_id, "0-2")
    runner.begins(0, progress=(3, 10, "sampling"))
    until(lambda: futures[0].running() and futures[0].progress)
    assert futures[0].progress == Progress(3, 10, "sampling")
    runner.ends(0, 1)
    assert [future.result(10) for future in futures[:2]] == [(1, 0), (1, 0)]
    runner.ends(2, attempt=2).over()
    with pytest.raises(ZeroDivisionError) as caught:
        futures[2].result(10)
    assert "divmod" in str(caught.value.__cause__) or "Traceback" in str(caught.value.__cause__)
    assert futures[2].attempt == 2


def test_states_of_items_and_jobs_are_read_from_the_folder(executor: Executor, farm: Farm, act: Act) -> None:
    with executor.batch("states", chunk=6, attempts=2) as batch:
        for number in range(6):
            batch.submit_ext(divmod, (number, number % 2), name=f"frame {number}")
    job = batch.job_id
    info = farm.job(job)
    assert (info.state, info.counts, info.started_s, info.engine) == (State.PENDING, {State.PENDING: 6}, None, "paper")
    runner = act(job, "0-5").ends(0, 1).begins(2, progress=(1, 2, "half"))
    info = farm.job(job)
    assert info.state is State.RUNNING
    assert info.counts == {State.FAILED: 1, State.COMPLETE: 1, State.RUNNING: 1, State.PENDING: 3}
    assert info.url == "http://paper/sheet-0"
    assert farm.states(job) == bytes(farmfutures.job.CODES[state] for state in [
        State.FAILED, State.COMPLETE, State.RUNNING, State.PENDING, State.PENDING, State.PENDING,
    ])  # fmt: skip
    item = farm.item(job, 2)
    assert (item.name, item.state, item.attempt, item.attempts) == ("frame 2", State.RUNNING, 1, 2)
    assert item.progress == Progress(1, 2, "half")
    assert farm.item(job, 0).error == "ZeroDivisionError: integer division or modulo by zero"
    assert [found.work_id for found in farm.items(job, state="pending")] == [3, 4, 5]
    assert [found.work_id for found in farm.items(job, limit=2, offset=1)] == [1, 2]
    (worker,) = farm.workers()
    assert (worker.job_id, worker.work_id, worker.state, worker.items_done) == (job, 2, "running", 2)
    assert worker.host == farm.item(job, 2).host == farm.item(job, 1).host == runner.run.host
    assert farm.item(job, 3).host == ""
    ((work, text),) = farm.errors(job)
    assert work == 0
    assert "ZeroDivisionError" in text
    runner.ends(2, 3, 4, 5).over()
    info = farm.job(job)
    assert (info.state, info.done, info.finished_s is not None) == (State.FAILED, 6, True)
    assert farm.outcome(job, 3) == (3, 0)
    assert farm.call(job, 3).endswith("3 1")
    assert farm.spec(job, 3)["attempts"] == 2


def test_jobs_are_listed_page_by_page(executor: Executor, farm: Farm, act: Act) -> None:
    numbers = [executor.submit_ext(abs, (-1,), name=f"job {letter}").job_id for letter in "abcd"]
    act(numbers[1], "0").ends(0).over()
    assert [info.name for info in farm.jobs()] == ["job d", "job c", "job b", "job a"]
    assert [info.id for info in farm.jobs(limit=2, offset=1)] == [numbers[2], numbers[1]]
    assert [info.id for info in farm.jobs(state="complete")] == [numbers[1]]
    assert [info.id for info in farm.jobs(search="JOB C")] == [numbers[2]]
    assert farm.jobs(user="nobody") == []


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda farm: farm.job(9), "there is no job 9 in"),
        (lambda farm: farm.outcome(9, 0), "there is no job 9 in"),
        (lambda farm: farm.item(1, 1), "job 1 has no work item 1; it has 1, counted from 0"),
        (lambda farm: farm.call(1, -1), "job 1 has no work item -1"),
        (lambda farm: farm.resubmit(1, [3]), "job 1 has no work item 3"),
    ],
)
def test_what_is_not_there(executor: Executor, farm: Farm, ask: Callable[[Farm], object], text: str) -> None:
    executor.submit(abs, -1)
    with pytest.raises(NoSuchJobError, match=text):
        ask(farm)


def test_a_job_of_another_engine_is_told_from_ours(executor: Executor, farm: Farm, engine: SpoolEngine, paper: Paper) -> None:
    executor.submit(abs, -1)
    engine.forget(1)
    engine.name = "slurm"
    with pytest.raises(NoSuchJobError, match="job 1 is one of the paper engine, and this is the slurm engine"):
        farm.job(1)
    assert farm.jobs() == []
    engine.name = "paper"
    assert [info.id for info in farm.jobs()] == [1]


# --- what is refused, and leaves nothing


def _no_room(monkeypatch: pytest.MonkeyPatch, paper: Paper, root: Path) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device", "calls")

    monkeypatch.setattr(package, "write", fail)


def _down(monkeypatch: pytest.MonkeyPatch, paper: Paper, root: Path) -> None:
    paper.down = True


def _refuses(monkeypatch: pytest.MonkeyPatch, paper: Paper, root: Path) -> None:
    paper.refuses = "invalid partition specified: farm"


def _gone(monkeypatch: pytest.MonkeyPatch, paper: Paper, root: Path) -> None:
    shutil.rmtree(root)


def _open_to_others(monkeypatch: pytest.MonkeyPatch, paper: Paper, root: Path) -> None:
    next(root.iterdir()).chmod(0o770)


@pytest.mark.parametrize(
    ("damage", "kind", "text"),
    [
        (_no_room, StoreFullError, "calls can't be written: No space left on device"),
        (_down, EngineUnavailableError, "the paper mill is closed"),
        (_refuses, RefusedError, "invalid partition specified: farm"),
        (_gone, StateFolderError, "there is no shared folder .*net on this machine: mount it"),
        (_open_to_others, StateFolderError, "is open to others .mode 0770."),
    ],
)
def test_a_submit_that_fails_leaves_nothing(
    executor: Executor, engine: SpoolEngine, paper: Paper, shared_folder: Path, monkeypatch: pytest.MonkeyPatch,
    damage: Callable[..., None], kind: type[Exception], text: str,
) -> None:  # fmt: skip
    assert engine.spool.numbers() == []
    damage(monkeypatch, paper, shared_folder)
    with pytest.raises(kind, match=text):
        executor.submit(abs, -1)
    assert not shared_folder.exists() or engine.spool.numbers() == []
    assert executor._pending == set()


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        (
            {"detached": False},
            RefusedError,
            "the paper engine can't honour detached=False: nobody watches whether a client lives",
        ),
        ({"paper_size": "huge"}, RefusedError, "no paper is huge"),
        ({"slurm_partition": "x"}, OptionError, "slurm_partition"),
    ],
)
def test_options_are_refused_before_anything_is_written(
    executor: Executor, engine: SpoolEngine, options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        executor.submit_ext(abs, (-1,), **options)
    assert engine.spool.numbers() == []


def test_without_a_shared_folder_the_setting_is_named(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_SPOOL", "")
    with Executor(engine="paper") as executor, pytest.raises(OptionError, match=r"the setting 'spool' \(FARMFUTURES_SPOOL\)"):
        executor.submit(abs, -1)


def test_a_call_that_is_too_large_is_refused(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_MAX_PAYLOAD_BYTES", "1000")
    with Executor(engine="paper") as executor, pytest.raises(RefusedError, match="bytes large, the limit is 1000"):
        executor.submit(len, b"x" * 2000)


def test_an_order_whose_answer_was_lost_is_found(executor: Executor, paper: Paper, act: Act) -> None:
    paper.swallows = True
    future = executor.submit(abs, -5)
    assert len(paper.orders) == 1
    act(future.job_id, "0").ends(0).over()
    assert future.result(10) == 5


# --- watching


def watch_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns what becomes the list of the files that are read."""
    opened: list[str] = []
    read_bytes = Path.read_bytes

    def note(path: Path) -> bytes:
        opened.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", note)
    return opened


def test_ten_thousand_items_are_handed_over_quickly(executor: Executor, paper: Paper) -> None:
    with executor.batch("many") as batch:
        for number in range(10_000):
            batch.submit(divmod, number, 7)
        began = time.perf_counter()
    took = time.perf_counter() - began
    print(f"10,000 items in {len(paper.orders[0].items)} chunks: {took * 1000:.0f} ms")
    assert took < 3, "on a machine with nothing else to do it is 0.1 s"
    executor._pending.clear()


def test_a_look_reads_only_what_changed(
    executor: Executor, engine: SpoolEngine, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    with executor.batch(chunk=1) as batch:
        for number in range(40):
            batch.submit(abs, number)
    runners = [act(batch.job_id, str(number)) for number in range(40)]
    for runner in runners[:30]:
        runner.ends(*runner.works).over()
    view = engine.job(batch.job_id).view
    until(lambda: sum(run.state == runs.OVER for run in view.runs.values()) == 30)
    opened = watch_reads(monkeypatch)
    view.refresh()
    assert opened == []
    runners[35].ends(35)
    view.refresh()
    assert set(opened) == {"35.0", "35.0.0"}
    executor._pending.clear()


def test_nobody_asks_the_engine_about_a_job_that_is_over(executor: Executor, paper: Paper, act: Act) -> None:
    future = executor.submit(abs, -1)
    until(lambda: paper.told("look"))
    act(future.job_id, "0").ends(0).over()
    assert future.result(10) == 1
    other = executor.submit(abs, -2)
    seen = len(paper.told("look"))
    until(lambda: len(paper.told("look")) > seen + 2)
    assert all(handles == ("sheet-1",) for handles in paper.told("look")[seen + 1 :])
    act(other.job_id, "0").ends(0).over()
    assert other.result(10) == 2


def test_all_jobs_are_asked_about_in_one_question(executor: Executor, paper: Paper) -> None:
    for number in range(3):
        executor.submit(abs, number)
    until(lambda: ("sheet-0", "sheet-1", "sheet-2") in paper.told("look"))
    executor._pending.clear()


def test_an_engine_that_is_down_while_we_watch_is_no_end_of_anything(
    executor: Executor, farm: Farm, paper: Paper, act: Act
) -> None:
    first, second = executor.submit(abs, -1), executor.submit(abs, -2)
    paper.down = True
    until(lambda: "the paper mill is closed" in farm._engine.request("status")["stuck"])
    act(first.job_id, "0").ends(0).over()
    assert first.result(10) == 1, "results do not travel through the engine"
    assert farm.why(second.job_id).sentence.startswith("paper can't be asked now (the paper mill is closed.)")
    paper.down = False
    paper.stand(ChunkState.OVER, 0, 1)
    until(lambda: len(paper.orders) == 3)
    act(second.job_id, "0").ends(0).over()
    assert second.result(10) == 2
    until(lambda: farm._engine.request("status")["stuck"] == "")


def test_a_job_that_is_deleted_from_the_folder(executor: Executor, engine: SpoolEngine) -> None:
    future, other = executor.submit(abs, -1), executor.submit(abs, -2)
    shutil.rmtree(engine.spool.job(future.job_id).root)
    with pytest.raises(NoSuchJobError, match="the folder of job 1, .* is gone: somebody removed it"):
        future.result(10)
    assert not other.done()
    executor._pending.clear()


def test_a_shared_folder_that_vanishes_and_comes_back(
    executor: Executor, engine: SpoolEngine, farm: Farm, act: Act, shared_folder: Path
) -> None:
    future = executor.submit(abs, -3)
    act(future.job_id, "0").ends(0, say=False)
    away = shared_folder.with_name("away")
    shared_folder.rename(away)
    until(lambda: "can't be read now" in engine.trouble)
    with pytest.raises(EngineUnavailableError, match="can't be used: No such file"):
        farm.job(future.job_id)
    time.sleep(2 * engine.settings.spool_delay_s)  # Longer than the folder of one job may be missing.
    assert not future.done()
    away.rename(shared_folder)
    act(future.job_id, "0").ends(0).over()
    assert future.result(10) == 3
    assert farm.job(future.job_id).state is State.COMPLETE


def test_secrets_go_when_all_of_a_job_is_complete(executor: Executor, engine: SpoolEngine, act: Act, farm: Farm) -> None:
    with executor.batch(chunk=1, secret_env={"SHOW_TOKEN": "canary-51c2"}) as batch:
        futures = [batch.submit(divmod, 7, number) for number in range(2)]
    secrets = engine.spool.job(batch.job_id).secrets
    act(batch.job_id, "1").ends(1).over()
    act(batch.job_id, "0").ends(0).over()
    assert isinstance(futures[0].exception(10), ZeroDivisionError)
    assert secrets.exists(), "what failed may be run again"
    assert farm.mark_done(batch.job_id, [0]) == 1
    until(lambda: farm.job(batch.job_id).state is State.COMPLETE)
    assert not secrets.exists()
    with pytest.raises(RefusedError, match="the secrets of job 1 are kept no longer"):
        farm.retry(batch.job_id, complete=True)


# --- others


def test_another_client_attaches_where_the_folder_has_another_path(
    executor: Executor, act: Act, paper: Paper, shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with executor.batch(chunk=2) as batch:
        for number in range(4):
            batch.submit(abs, -number)
    act(batch.job_id, "0-1").ends(0, 1).over()
    elsewhere = shared_folder.with_name("elsewhere")
    elsewhere.symlink_to(shared_folder)
    monkeypatch.setenv("FARMFUTURES_SPOOL", str(elsewhere))
    monkeypatch.setenv("FARMFUTURES_STATE", str(shared_folder.with_name("other client")))  # A process shares an engine by that.
    with Executor(engine="paper") as other:
        futures = other.attach(batch.job_id)
        assert [future.result(10) for future in futures[:2]] == [0, 1]
        paper.stand(ChunkState.OVER, 1)
        until(lambda: len(paper.orders) > 1)
        assert {command[3] for command in paper.orders[1].commands} <= {str(root / f"{os.sep}".join(
            [next(shared_folder.iterdir()).name, "jobs", "1"])) for root in (elsewhere, shared_folder)}  # fmt: skip
        act(batch.job_id, "2-3").ends(2, 3).over()
        assert [future.result(10) for future in futures] == [0, 1, 2, 3]
    assert [future.result(10) for future in batch.futures] == [0, 1, 2, 3]


def test_attaching_to_a_large_job_reads_each_bundle_once(
    executor: Executor, engine: SpoolEngine, farm: Farm, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    with executor.batch(chunk=100) as batch:
        for number in range(200):
            batch.submit(abs, -number)
    for text in ("0-99", "100-199"):
        act(batch.job_id, text).ends(*texts.parse(text)).over()
    assert [future.result(10) for future in batch.futures] == list(range(200))
    farm.job(batch.job_id)
    opened = watch_reads(monkeypatch)
    assert [future.result(10) for future in executor.attach(batch.job_id)] == list(range(200))
    assert sorted(name for name in opened if name.count(".") == 2) == ["0-99.0.0", "100-199.0.0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no os.fork on this platform")
def test_r26_a_forked_child_is_refused_and_its_parent_unharmed(executor: Executor, act: Act) -> None:
    future = executor.submit(abs, -1)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            executor.submit(abs, -2)
        except EngineUnavailableError as error:
            code = 0 if "before os.fork" in str(error) else 2
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0
    act(future.job_id, "0").ends(0).over()
    assert future.result(10) == 1


def test_r26_many_threads_submit_and_cancel(executor: Executor, engine: SpoolEngine, act: Act, paper: Paper) -> None:
    futures: dict[int, farmfutures.Future] = {}

    def work(number: int) -> None:
        for place in range(10):
            future = executor.submit(abs, -number)
            if place % 2:
                assert future.cancel()
            else:
                futures[future.job_id] = future

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(futures) == 40
    assert sorted(engine.spool.numbers()) == list(range(1, 81))
    assert sorted(order.job for order in paper.orders) == list(range(1, 81))
    for job in futures:
        act(job, "0").ends(0).over()
    assert sorted(future.result(10) for future in futures.values()) == sorted(list(range(8)) * 5)


def test_retries_by_many_threads_are_all_ordered(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    with executor.batch(chunk=1) as batch:
        for _ in range(12):
            batch.submit(divmod, 1, 0)
    for work in range(12):
        act(batch.job_id, str(work)).ends(work).over()
    assert all(isinstance(future.exception(10), ZeroDivisionError) for future in batch.futures)
    threads = [threading.Thread(target=farm.retry, args=(batch.job_id, [work])) for work in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {tuple(order.items) for order in paper.orders[1:]} == {(str(work),) for work in range(12)}
    assert len({order.token for order in paper.orders}) == 13


def test_an_executor_that_was_dropped_keeps_watching_until_the_last_future(paper: Paper, shared_folder: Path) -> None:
    future = Executor(engine="paper").submit(abs, -4)
    engine = future._engine
    assert isinstance(engine, SpoolEngine)
    gc.collect()
    Actor(engine.spool.job(1), engine.seal, "0").start().ends(0).over()
    assert future.result(10) == 4
    until(lambda: gc.collect() or not any(thread.name == "farmfutures-watcher" for thread in threading.enumerate()))
    assert paper.told("close") == [()]
