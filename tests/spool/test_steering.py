"""Verbs, step by step: the engine and its runners do what the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from farmfutures import Executor, Farm, Future, State
from farmfutures.engines.spool import steering
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import EngineUnavailableError, KilledError, NoSuchJobError, RefusedError
from farmfutures.job import Waiting
from farmfutures.spool import marks, runs

from .paper import Actor, Paper
from .processes import until

Act = Callable[..., Actor]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runners that don't answer are waited for only a moment."""
    monkeypatch.setattr(steering, "PATIENCE_S", 0.1)


def batch_of(executor: Executor, count: int, chunk: int) -> tuple[int, list[Future]]:
    with executor.batch(chunk=chunk) as batch:
        for number in range(count):
            batch.submit(abs, -number)
    return batch.job_id, batch.futures


# --- cancel


def test_what_waits_is_cancelled_for_everybody(
    executor: Executor, farm: Farm, engine: SpoolEngine, paper: Paper, act: Act
) -> None:
    job, futures = batch_of(executor, 4, 2)
    assert futures[0].cancel()
    assert futures[0].cancelled()
    assert not paper.told("cancel"), "the chunk has another item"
    assert futures[1].cancel()
    assert paper.told("cancel") == [("sheet-0", [0], False)]
    late = act(job, "0-1")  # It was started in this very moment all the same.
    view = engine.job(job).view
    view.refresh()
    assert [farm.item(job, work).state for work in range(4)] == [State.CANCELLED] * 2 + [State.PENDING] * 2
    assert marks.read(view.folder, view.seal).cancelled == {0, 1}
    late.over()
    (other, *_) = executor.attach(job)
    until(other.cancelled)
    executor._pending.clear()


def test_a_runner_that_has_them_says_first_that_it_has_heard(executor: Executor, act: Act) -> None:
    job, futures = batch_of(executor, 3, 3)
    runner = act(job, "0-2").begins(0)
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(futures[2].cancel()))
    asking.start()
    until(lambda: marks.read(runner.folder, runner.seal).cancelled == {2})
    assert not answers
    runner.hear()
    asking.join()
    assert answers == [True]
    assert not futures[0].cancel(), "it runs"
    runner.ends(0, 1)
    assert [future.result(10) for future in futures[:2]] == [0, 1]


@pytest.mark.usefixtures("hasty")
def test_what_a_deaf_runner_has_is_not_called_cancelled(executor: Executor, act: Act, engine: SpoolEngine) -> None:
    job, futures = batch_of(executor, 3, 3)
    runner = act(job, "0-2").begins(0)
    assert not futures[2].cancel()
    assert not futures[2].done()
    runner.ends(2)
    assert futures[2].result(10) == 2
    begun = Actor(engine.spool.job(job), engine.seal, "1")  # Nobody knows yet what it will take.
    assert not futures[1].cancel()
    begun.start().ends(1).over()
    assert futures[1].result(10) == 1
    executor._pending.clear()


def test_what_is_over_is_not_cancelled(executor: Executor, farm: Farm, act: Act) -> None:
    job, futures = batch_of(executor, 2, 1)
    act(job, "0").ends(0).over()
    assert futures[0].result(10) == 0
    assert not futures[0].cancel()
    assert farm.cancel(job) == 1
    assert farm.cancel(job) == 0
    until(futures[1].cancelled)
    assert farm.job(job).counts == {State.COMPLETE: 1, State.CANCELLED: 1}


def test_an_executor_cancels_what_is_left(executor: Executor, paper: Paper) -> None:
    _, futures = batch_of(executor, 300, 10)
    executor.shutdown(wait=True, cancel_futures=True)
    assert all(future.cancelled() for future in futures)
    assert paper.told("cancel") == [("sheet-0", list(range(30)), False)]


def test_an_engine_that_is_down_does_not_keep_us_from_cancelling(executor: Executor, paper: Paper, act: Act) -> None:
    job, futures = batch_of(executor, 2, 2)
    paper.down = True
    assert futures[0].cancel()
    paper.down = False
    runner = act(job, "0-1")
    assert runner.run.accepted, "it goes on from our own word, and so does not start the item"
    runner.ends(1).over()
    assert futures[1].result(10) == 1


# --- kill


def test_kill_ends_what_waits_at_once_and_leaves_the_rest_to_runners(
    executor: Executor, farm: Farm, paper: Paper, act: Act
) -> None:
    job, futures = batch_of(executor, 4, 2)
    runner = act(job, "0-1").begins(0)
    killing = threading.Thread(target=lambda: farm.kill(job))
    killing.start()
    until(lambda: marks.read(runner.folder, runner.seal).killed == {0, 1, 2, 3})
    runner.hear()
    killing.join()
    assert paper.told("cancel") == [("sheet-0", [0, 1], False)]
    assert not any(running for *_, running in paper.told("cancel")), "runners that hear are not killed by the engine"
    for future in futures[2:]:
        with pytest.raises(KilledError, match="was killed before it ran"):
            future.result(10)
    runner.over()
    paper.stand(ChunkState.OVER, 0)
    for future in futures[:2]:
        with pytest.raises(KilledError):
            future.result(10)
    assert farm.job(job).state is State.KILLED
    assert len(paper.orders) == 1


@pytest.mark.usefixtures("hasty")
def test_a_runner_that_does_not_hear_is_the_engines_to_kill(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    job, futures = batch_of(executor, 2, 2)
    act(job, "0-1").begins(0)
    assert farm.kill(job) == 2
    assert paper.told("cancel")[-1] == ("sheet-0", [0], True)
    paper.stand(ChunkState.CANCELLED, 0)
    for future in futures:
        with pytest.raises(KilledError):
            future.result(10)


# --- again


def test_retry_runs_again_what_failed_or_was_cancelled(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    with executor.batch(chunk=3) as batch:
        for number in (0, 1, 2):
            batch.submit(divmod, 6, number)
    job = batch.job_id
    act(job, "0-2").ends(0, 1).over()
    assert isinstance(batch.futures[0].exception(10), ZeroDivisionError)
    assert batch.futures[2].cancel()
    assert farm.retry(job) == 2
    assert farm.job(job).counts == {State.COMPLETE: 1, State.PENDING: 2}
    assert paper.orders[1].items == ("0", "2") or paper.orders[1].items == ("0,2",)
    again = executor.attach(job)
    assert again[1].result(10) == (6, 0)
    for text in paper.orders[1].items:
        runner = act(job, text)
        runner.ends(*runner.works, attempt=2).over()
    assert isinstance(again[0].exception(10), ZeroDivisionError)
    assert again[2].result(10) == (3, 0)
    assert farm.item(job, 0).attempt == 2
    assert again[2].cancel() is False
    assert farm.retry(job, [1]) == 0
    assert farm.retry(job, [1], complete=True) == 1
    act(job, "1").ends(1, attempt=2).over()
    until(lambda: farm.item(job, 1).attempt == 2)


def test_what_was_cancelled_again_after_a_retry_stays_so(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    job, futures = batch_of(executor, 1, 1)
    for _ in range(3):
        assert farm.cancel(job) == 1
        assert farm.job(job).state is State.CANCELLED
        until(futures[0].cancelled)
        assert farm.retry(job) == 1
        assert farm.job(job).state is State.PENDING
    (again,) = executor.attach(job)
    act(job, "0").ends(0, attempt=9).over()
    assert again.result(10) == 0
    assert futures[0].cancelled()
    assert len(paper.orders) == 4


def test_mark_done_makes_what_waits_or_failed_complete(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    with executor.batch(chunk=2) as batch:
        futures = [batch.submit(divmod, 6, number) for number in (0, 1, 2, 3)]
    job = batch.job_id
    act(job, "0-1").ends(0).begins(1)
    assert isinstance(futures[0].exception(10), ZeroDivisionError)
    assert farm.mark_done(job) == 3, "what runs goes on"
    assert [future.result(10) for future in futures[2:]] == [None, None]
    assert ("sheet-0", [1], False) in paper.told("cancel")
    assert farm.job(job).counts == {State.COMPLETE: 3, State.RUNNING: 1}
    assert farm.outcome(job, 0) is None
    assert farm.states(job) == b"\x04\x03\x04\x04"
    assert farm.errors(job) == []
    assert farm.retry(job, [0], complete=True) == 1
    assert farm.item(job, 0).state is State.PENDING
    executor._pending.clear()


def test_resubmit_copies_calls_and_what_they_need(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    with executor.batch("comet", chunk=2, secret_env={"SHOW_TOKEN": "canary-77aa"}, attempts=3, priority=20) as batch:
        batch.submit(len, b"x" * 500_000)
        batch.submit_ext(abs, (-7,), name="seven", timeout_s=5)
    new = farm.resubmit(batch.job_id, [1], priority=90, timeout_s=9)
    order = paper.orders[-1]
    assert (order.job, order.name, order.spec.priority, order.spec.attempts) == (new, "comet", 90, 3)
    (future,) = executor.attach(new)
    act(new, "0").ends(0).over()
    assert future.result(10) == 7
    assert farm.item(new, 0).name == "seven"
    assert farm.spec(new, 0)["extra"] == {}
    assert farm.spec(new)["launch"]["secrets"] == ["SHOW_TOKEN"]
    whole = farm.resubmit(batch.job_id, name="again")
    act(whole, "0-1").ends(0, 1).over()
    assert [farm.outcome(whole, work) for work in range(2)] == [500_000, 7]
    executor._pending.clear()


# --- all of a job


def test_pause_holds_what_waits_and_orders_nothing_again(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    job, futures = batch_of(executor, 2, 1)
    assert farm.pause(job)
    assert farm.job(job).paused
    assert paper.told("hold") == [("sheet-0", True)]
    assert farm.why(job) == Waiting("Job 1 is paused: nothing more of it starts until it is resumed.", "paused", None, "resume")
    paper.stand(ChunkState.LOST, 0)
    seen = len(paper.told("look"))
    until(lambda: len(paper.told("look")) > seen + 20)
    assert len(paper.orders) == 1
    assert farm.resume(job)
    assert paper.told("hold") == [("sheet-0", True), ("sheet-0", False)]
    until(lambda: len(paper.orders) == 2)
    for text in ("0", "1"):
        act(job, text).ends(int(text)).over()
    assert [future.result(10) for future in futures] == [0, 1]
    assert not farm.pause(job), "there is nothing left to pause"


def test_priority_moves_what_waits_and_what_is_ordered_again(executor: Executor, farm: Farm, paper: Paper) -> None:
    job, _ = batch_of(executor, 1, 1)
    assert farm.set_priority(job, 90)
    assert paper.told("priority") == [("sheet-0", 90)]
    assert farm.job(job).priority == 90
    paper.stand(ChunkState.LOST, 0)
    until(lambda: len(paper.orders) == 2)
    assert paper.orders[1].spec.priority == 90
    executor._pending.clear()


def test_reorder_tells_runners_what_goes_first(executor: Executor, farm: Farm, engine: SpoolEngine, act: Act) -> None:
    job, _ = batch_of(executor, 6, 6)
    act(job, "0-5").ends(0).begins(1)
    assert farm.reorder(job, [4, 1, 0, 3, 4, 99]) == 2
    assert farm.reorder(job, [5, 4]) == 2
    assert marks.read(engine.spool.job(job), engine.seal).first == [5, 4, 3]
    executor._pending.clear()


def test_remove_takes_a_job_that_is_over_and_never_gives_its_number_again(
    executor: Executor, farm: Farm, engine: SpoolEngine, act: Act
) -> None:
    job, futures = batch_of(executor, 1, 1)
    with pytest.raises(RefusedError, match="job 1 is not over: cancel or kill it first, or wait until it is"):
        farm.remove(job)
    act(job, "0").ends(0).over()
    assert futures[0].result(10) == 0
    assert farm.remove(job)
    with pytest.raises(NoSuchJobError, match="there is no job 1 in"):
        farm.job(job)
    assert farm.jobs() == []
    assert list(engine.spool.job(job).root.iterdir()) == []
    second = executor.submit(abs, -1)
    assert second.job_id == 2
    second.cancel()
    assert farm.remove(2)
    third = executor.submit(abs, -1)
    assert third.job_id == 3
    third.cancel()
    assert executor.submit(abs, -1).job_id == 4
    assert farm.remove(3)
    assert not engine.spool.job(3).root.exists(), "only the last number needs to be remembered"
    executor._pending.clear()


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_an_engine_that_is_down_is_said(executor: Executor, farm: Farm, paper: Paper, verb: str) -> None:
    job, _ = batch_of(executor, 1, 1)
    paper.down = True
    with pytest.raises(EngineUnavailableError, match="the paper mill is closed"):
        getattr(farm, verb)(job)
    executor._pending.clear()


def test_a_word_that_it_does_not_know(executor: Executor, engine: SpoolEngine) -> None:
    with pytest.raises(RefusedError, match="the paper engine knows no request 'dance'"):
        engine.request("dance")


# --- why


def _waits(paper: Paper, act: Act, farm: Farm) -> None:
    paper.stand(ChunkState.WAITING, why="Priority")


def _starts(paper: Paper, act: Act, farm: Farm) -> None:
    act(1, "0-1", host="node7", note="no licence, second try").say(state=runs.STARTING)


def _runs(paper: Paper, act: Act, farm: Farm) -> None:
    act(1, "0-1").begins(0, attempt=2)


def _has_begun(paper: Paper, act: Act, farm: Farm) -> None:
    paper.stand(ChunkState.RUNNING)


def _ended(paper: Paper, act: Act, farm: Farm) -> None:
    act(1, "0-1").ends(0, 1).over()


@pytest.mark.parametrize(
    ("work", "prepare", "kind", "text"),
    [
        (None, _waits, "busy", "It waits in paper (Priority)."),
        (0, _waits, "busy", "It waits in paper (Priority)."),
        (0, _starts, "starting", "Its interpreter is starting on"),
        (0, _runs, "running", "It runs on"),
        (1, _has_begun, "starting", "Its chunk has begun on node7"),
        (0, _ended, "over", "Work item 0 of job 1 is over: complete."),
        (None, _ended, "over", "Job 1 is over."),
    ],
)
def test_why(
    executor: Executor, farm: Farm, paper: Paper, act: Act, work: int | None, prepare: Callable[..., Any], kind: str, text: str
) -> None:
    batch_of(executor, 2, 2)
    prepare(paper, act, farm)
    waiting = farm.why(1, work)
    assert (waiting.kind, waiting.sentence[: len(text)]) == (kind, text)
    executor._pending.clear()
