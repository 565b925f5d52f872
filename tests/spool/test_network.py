"""What a network file system does to whoever looks: stale listings, late contents, clocks that differ."""

from __future__ import annotations

import dataclasses
import os
import statistics
import threading
import time
from collections.abc import Callable

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.spool import steering
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.engines.spool.launcher import ChunkState

from .network import Network
from .paper import Actor, Paper
from .processes import until

Act = Callable[..., Actor]


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch, engine: SpoolEngine) -> Network:
    """The client sees the folder 0.1 s late, a little less than its settings allow for."""
    network = Network(0.1)
    network.install(monkeypatch)
    return network


@pytest.mark.usefixtures("late")
def test_outcomes_arrive_late_and_none_is_missed(executor: Executor, act: Act) -> None:
    with executor.batch(chunk=10) as batch:
        for number in range(40):
            batch.submit(abs, -number)
    for text in ("0-9", "10-19", "20-29", "30-39"):
        runner = act(batch.job_id, text)
        for work in runner.works:
            runner.ends(work)
        runner.over()
    assert [future.result(15) for future in batch.futures] == list(range(40))


@pytest.mark.usefixtures("late")
def test_what_is_only_late_is_not_ordered_again(executor: Executor, paper: Paper, act: Act) -> None:
    for number in range(5):
        future = executor.submit(abs, -number)
        act(future.job_id, "0").ends(0).over()
        paper.stand(ChunkState.OVER, 0, number)  # The engine tells at once.
        assert future.result(15) == number
    assert len(paper.orders) == 5


@pytest.mark.usefixtures("late")
def test_what_is_really_missing_is_ordered_again_all_the_same(executor: Executor, paper: Paper, act: Act) -> None:
    with executor.batch(chunk=3) as batch:
        for number in range(3):
            batch.submit(abs, -number)
    act(batch.job_id, "0-2").ends(1)
    paper.stand(ChunkState.LOST)
    until(lambda: len(paper.orders) == 2)
    assert paper.orders[1].items == ("0,2",)
    act(batch.job_id, "0,2").ends(0, 2).over()
    assert [future.result(15) for future in batch.futures] == [0, 1, 2]


@pytest.mark.usefixtures("late")
def test_a_run_that_is_not_listed_yet_keeps_its_items_from_being_called_cancelled(
    executor: Executor, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "PATIENCE_S", 0.3)
    with executor.batch(chunk=2) as batch:
        for number in range(2):
            batch.submit(abs, -number)
    runner = act(batch.job_id, "0-1").begins(0)  # Nobody on this machine has seen it.
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(batch.futures[1].cancel()), name="client")
    asking.start()
    asking.join()
    assert answers == [False]
    runner.ends(0, 1).over()
    assert [future.result(15) for future in batch.futures] == [0, 1]


@pytest.mark.parametrize("years", [-30, 30])
def test_clocks_of_workers_decide_nothing(
    executor: Executor, farm: Farm, paper: Paper, act: Act, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    with executor.batch(chunk=2) as batch:
        for number in range(4):
            batch.submit(abs, -number)
    off = years * 365 * 86400.0
    runner = act(batch.job_id, "0-1")
    runner.run.started_s += off
    one = runner.outcome(0)
    runner.writes([dataclasses.replace(one, started_s=(one.started_s or 0) + off, finished_s=one.finished_s + off)])
    for path in [*runner.folder.runs.iterdir(), *runner.folder.outcomes.iterdir()]:
        os.utime(path, (time.time() + off, time.time() + off))
    assert batch.futures[0].result(15) == 0
    runner.ends(1).over()
    assert batch.futures[1].result(15) == 1
    paper.stand(ChunkState.LOST, 1)
    until(lambda: len(paper.orders) == 2)
    act(batch.job_id, "2-3").ends(2, 3).over()
    assert [future.result(15) for future in batch.futures] == [0, 1, 2, 3]
    assert farm.job(batch.job_id).state is State.COMPLETE


def test_a_job_in_which_nothing_happens_is_looked_at_ever_more_slowly(
    paper: Paper, shared_folder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMFUTURES_SPOOL_POLL_MOST_S", "60")
    monkeypatch.setenv("FARMFUTURES_SPOOL_POLL_S", "0.01")
    with Executor(engine="paper") as executor:
        future = executor.submit(abs, -1)
        engine = executor._engine
        assert isinstance(engine, SpoolEngine)
        view = engine.job(future.job_id).view
        looks: list[float] = []
        refresh = view.refresh

        def note() -> None:
            looks.append(time.monotonic())
            refresh()

        monkeypatch.setattr(view, "refresh", note)
        until(lambda: looks and looks[-1] - looks[0] > 1.5)
        gaps = [after - before for before, after in zip(looks, looks[1:], strict=False)]
        assert statistics.median(gaps[: len(gaps) // 2]) < gaps[-1] / 2
        Actor(engine.spool.job(future.job_id), engine.seal, "0").start().ends(0).over()
        assert future.result(15) == 1
