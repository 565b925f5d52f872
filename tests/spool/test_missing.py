"""What becomes of items whose chunk is gone, step by step: the engine and its runners do what the test says."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.engines.spool.launcher import ChunkState, Order
from farmfutures.engines.spool.missing import INTERRUPTIONS
from farmfutures.errors import EngineUnavailableError, RefusedError, WorkerDiedError
from farmfutures.spool import orders, runs
from farmfutures.spool.fences import FIRST_WORD_S

from .paper import Actor, Paper
from .processes import until

Act = Callable[..., Actor]


def looks(paper: Paper, count: int = 3) -> None:
    """Waits until the engine was asked so often."""
    seen = len(paper.told("look"))
    until(lambda: len(paper.told("look")) >= seen + count)


def ordered(paper: Paper, count: int) -> None:
    """Waits until there are so many orders."""
    until(lambda: len(paper.orders) == count)


@pytest.mark.parametrize("state", [ChunkState.OVER, ChunkState.LOST])
def test_a_chunk_that_is_gone_is_ordered_again_for_what_is_missing(
    executor: Executor, paper: Paper, act: Act, state: ChunkState
) -> None:
    with executor.batch(chunk=4) as batch:
        for number in range(4):
            batch.submit(abs, -number)
    act(batch.job_id, "0-3").ends(0, 2)
    paper.stand(state, 0)
    ordered(paper, 2)
    assert paper.orders[1].items == ("1,3",)
    assert paper.orders[1].token != paper.orders[0].token
    act(batch.job_id, "1,3").ends(1, 3).over()
    assert [future.result(10) for future in batch.futures] == [0, 1, 2, 3]
    looks(paper, 0)
    assert len(paper.orders) == 2


def test_nothing_is_done_before_the_folder_had_its_time(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, shared_folder: object
) -> None:
    monkeypatch.setenv("FARMFUTURES_SPOOL_DELAY_S", "60")
    with Executor(engine="paper") as executor:
        future = executor.submit(abs, -1)
        engine = executor._engine
        assert isinstance(engine, SpoolEngine)
        paper.stand(ChunkState.OVER)
        looks(paper, 10)
        assert len(paper.orders) == 1
        Actor(engine.spool.job(1), engine.seal, "0").start().ends(0).over()  # Which the folder shows only now.
        assert future.result(10) == 1


def test_what_the_engine_does_not_know_is_never_a_failure(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    future = executor.submit(abs, -1)
    paper.stand(None)
    looks(paper, 20)
    assert len(paper.orders) == 1
    assert not future.done()
    assert "paper does not know it (any more)" in farm.why(future.job_id).sentence
    act(future.job_id, "0").ends(0).over()
    assert future.result(10) == 1


def test_a_runner_that_said_it_is_over_is_believed_though_the_engine_forgot_it(
    executor: Executor, paper: Paper, act: Act
) -> None:
    with executor.batch(chunk=2) as batch:
        futures = [batch.submit(abs, -number) for number in range(2)]
    act(batch.job_id, "0-1").ends(0).over(left="1", note="it was told to stop")
    paper.stand(None)
    ordered(paper, 2)
    assert paper.orders[1].items == ("1",)
    act(batch.job_id, "1").ends(1).over()
    assert [future.result(10) for future in futures] == [0, 1]


def test_a_job_that_somebody_took_away_from_the_engine_is_cancelled(
    executor: Executor, farm: Farm, paper: Paper, act: Act, engine: SpoolEngine
) -> None:
    with executor.batch(chunk=2) as batch:
        futures = [batch.submit(abs, -number) for number in range(4)]
    late = act(batch.job_id, "0-1").ends(0)
    for chunk in range(2):
        paper.stand(ChunkState.CANCELLED, chunk)
    until(lambda: all(future.done() for future in futures))
    assert futures[0].result() == 0
    assert [future.cancelled() for future in futures] == [False, True, True, True]
    assert farm.job(batch.job_id).state is State.CANCELLED
    late.ends(1).over()  # It was not dead yet: that is fenced, and everybody sees the same.
    assert farm.item(batch.job_id, 1).state is State.CANCELLED
    engine.forget(batch.job_id)
    assert farm.item(batch.job_id, 1).state is State.CANCELLED
    assert len(paper.orders) == 1


def test_a_chunk_that_comes_to_nothing_again_and_again_is_given_up(executor: Executor, paper: Paper) -> None:
    future = executor.submit_ext(abs, (-1,), name="poison")
    for attempt in range(3):
        ordered(paper, attempt + 1)
        paper.stand(ChunkState.OVER, 0, attempt, why="exit 127")
    with pytest.raises(WorkerDiedError) as caught:
        future.result(10)
    assert str(caught.value).startswith(
        "items 0 of job 1 (poison) were handed to paper 3 times, and no worker ever said anything (exit 127): 'farmfutures "
        "engines check paper' looks whether workers see the folder"
    )
    assert len(paper.orders) == 3


@pytest.mark.parametrize("lost", [True, False], ids=["lost with its machine", "it made room"])
def test_a_chunk_that_is_interrupted_is_given_more_time(executor: Executor, paper: Paper, act: Act, lost: bool) -> None:
    future = executor.submit(abs, -1)
    for number in range(INTERRUPTIONS):
        ordered(paper, number + 1)
        runner = act(future.job_id, "0")
        if not lost:
            runner.over(left="0")
        paper.stand(ChunkState.LOST if lost else ChunkState.OVER, 0, number)
    with pytest.raises(WorkerDiedError, match=f"were handed to paper {INTERRUPTIONS} times, and each time ended without"):
        future.result(10)


def test_what_the_last_runner_said_is_in_the_error(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    future = executor.submit(abs, -1)
    for attempt in range(3):
        ordered(paper, attempt + 1)
        act(future.job_id, "0", host="node7").over(state=runs.REFUSED, note="the package can't be read by farmfutures 9.9 here")
        paper.stand(ChunkState.OVER, 0, attempt)
    with pytest.raises(WorkerDiedError, match="each time ended without an outcome, last on .*: the package can't be read by"):
        future.result(10)
    assert farm.job(future.job_id).state is State.FAILED


def test_a_chunk_that_gets_on_may_be_lost_as_often_as_it_likes(executor: Executor, paper: Paper, act: Act) -> None:
    with executor.batch(chunk=6) as batch:
        futures = [batch.submit(abs, -number) for number in range(6)]
    for number in range(5):
        ordered(paper, number + 1)
        act(batch.job_id, paper.orders[number].items[0]).ends(number)
        paper.stand(ChunkState.LOST, 0, number)
    ordered(paper, 6)
    act(batch.job_id, "5").ends(5).over()
    assert [future.result(10) for future in futures] == list(range(6))


def test_an_engine_that_refuses_the_second_order_ends_the_wait(executor: Executor, paper: Paper) -> None:
    future = executor.submit(abs, -1)
    paper.refuses = "the partition is closed"
    paper.stand(ChunkState.LOST)
    with pytest.raises(RefusedError, match="the partition is closed"):
        future.result(10)


def test_an_engine_that_is_down_for_the_second_order_gets_it_later(
    executor: Executor, paper: Paper, act: Act, farm: Farm
) -> None:
    future = executor.submit(abs, -1)
    with pytest.MonkeyPatch.context() as night:
        night.setattr(paper, "launch", _closed)
        paper.stand(ChunkState.LOST)
        until(lambda: "It was not handed to paper yet" in farm.why(future.job_id).sentence)
    ordered(paper, 2)
    assert paper.orders[1].token.startswith("ff-1-1-")
    act(future.job_id, "0").ends(0).over()
    assert future.result(10) == 1
    assert len(paper.orders) == 2


def _closed(order: Order) -> str:
    raise EngineUnavailableError("closed for the night")


@pytest.mark.parametrize("given", [True, False], ids=["before it noted the handle", "before it gave the order"])
def test_a_client_that_died_while_it_handed_over(
    executor: Executor, engine: SpoolEngine, paper: Paper, act: Act, given: bool
) -> None:
    future = executor.submit(abs, -1)
    engine.spool.job(1).handle(0).unlink()
    engine.forget(1)
    if not given:
        paper.orders.clear()
        paper.stands.clear()
    (again,) = executor.attach(1)
    until(lambda: engine.spool.job(1).handle(0).exists())
    assert len(paper.orders) == 1
    assert orders.read(engine.spool.job(1), engine.seal)[0].handle == "sheet-0"
    act(1, "0").ends(0).over()
    assert again.result(10) == 1
    executor._pending.discard(future)


def test_of_two_clients_one_orders_again(
    executor: Executor, paper: Paper, act: Act, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    future = executor.submit(abs, -1)
    monkeypatch.setenv("FARMFUTURES_STATE", f"{tmp_path}/other")
    with Executor(engine="paper") as other:
        (same,) = other.attach(future.job_id)
        paper.stand(ChunkState.LOST)
        until(lambda: len(paper.orders) > 1)
        looks(paper, 20)
        assert len(paper.orders) == 2
        act(future.job_id, "0").ends(0).over()
        assert (future.result(10), same.result(10)) == (1, 1)


def test_a_farm_that_looks_after_a_job_orders_again_what_is_lost(
    executor: Executor, farm: Farm, paper: Paper, act: Act, engine: SpoolEngine
) -> None:
    job = executor.submit(abs, -1).job_id
    engine.forget(job)  # Whoever has its futures is gone.
    paper.stand(ChunkState.LOST)
    looks(paper, 0)
    assert farm.look_after(job)
    ordered(paper, 2)
    act(job, "0").ends(0).over()
    until(lambda: not engine.waiting())
    assert farm.job(job).state is State.COMPLETE
    assert not farm.look_after(job)
    executor._pending.clear()


# --- two runs of the same item


def test_what_a_run_writes_that_was_taken_over_is_refused(executor: Executor, farm: Farm, paper: Paper, act: Act) -> None:
    with executor.batch(chunk=3) as batch:
        futures = [batch.submit(time.time) for _ in range(3)]
    first = act(batch.job_id, "0-2").ends(0)
    second = act(batch.job_id, "0-2")
    assert second.run.accepted == {"0-2.0": 1}
    second.ends(1)
    known = futures[1].result(10)
    first.ends(1, 2)
    assert not futures[2].done()
    second.ends(2).over()
    values = [future.result(10) for future in futures]
    assert values[1] == known
    assert values == [farm.outcome(batch.job_id, work) for work in range(3)]
    fresh = executor.attach(batch.job_id)
    assert [future.result(10) for future in fresh] == values


def test_outcomes_wait_for_the_first_word_of_a_run_that_begins(executor: Executor, engine: SpoolEngine, act: Act) -> None:
    future = executor.submit(abs, -1)
    first = act(future.job_id, "0")
    second = Actor(engine.spool.job(future.job_id), engine.seal, "0")  # It has begun, and may go on from anything.
    first.ends(0)
    view = engine.job(future.job_id).view
    view.refresh()
    assert not future.done()
    second.start()
    assert second.run.accepted == {"0.0": 1}
    assert future.result(10) == 1


def test_a_run_that_dies_before_its_first_word_keeps_nobody_waiting_for_long(
    executor: Executor, engine: SpoolEngine, act: Act
) -> None:
    future = executor.submit(abs, -1)
    first = act(future.job_id, "0")
    Actor(engine.spool.job(future.job_id), engine.seal, "0")
    first.ends(0).over()
    began = time.monotonic()
    assert future.result(20) == 1
    assert time.monotonic() - began < FIRST_WORD_S + 5
