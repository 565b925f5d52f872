"""N10: the time left is a range that holds about four times out of five, or nothing; played back on runs that are over."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

import farmfutures
from farmfutures import ItemInfo, JobInfo, State

eta: Any = import_module("farmfutures_maya.panel.jobs.eta")

Times = Callable[[random.Random], float]

RUNS: dict[str, Times] = {
    "alike": lambda dice: dice.gauss(60, 2),
    "spread": lambda dice: dice.uniform(20, 200),
    "some are long": lambda dice: dice.lognormvariate(4, 0.5),
    "two kinds": lambda dice: dice.gauss(30, 3) if dice.random() < 0.7 else dice.gauss(240, 20),
}
TRIES = 120


def played(dice: random.Random, times: Times, items: int, at_once: int, at: float) -> tuple[list[ItemInfo], int, int, float]:
    """Runs a job on paper, and stops when a part of it is done.

    Returns:
        The items that are complete by then, how many wait and how many run, and how long it did take from there.
    """
    free = [0.0] * at_once
    spans: list[tuple[float, float]] = []
    for _ in range(items):
        begin = heapq.heappop(free)
        spans.append((begin, begin + max(0.1, times(dice))))
        heapq.heappush(free, spans[-1][1])
    ends = sorted(end for _, end in spans)
    now = dice.uniform(*ends[int(at * items) : int(at * items) + 2])  # Somebody looks at any time, not when an item ends.
    complete = [item(place, *span) for place, span in enumerate(spans) if span[1] <= now]
    running = sum(begin <= now < end for begin, end in spans)
    return complete, items - len(complete) - running, running, ends[-1] - now


def item(number: int, begin: float, end: float, state: State = State.COMPLETE) -> ItemInfo:
    return ItemInfo(1, number, str(number), state, 1, 1, 1, begin, end)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize(("items", "at_once"), [(24, 1), (60, 4), (400, 8)])
def test_n10_four_times_out_of_five_it_holds(name: str, items: int, at_once: int) -> None:
    held = 0
    widths = []
    for number in range(TRIES):
        dice = random.Random(f"{name} {items} {number}")
        complete, waiting, running, took = played(dice, RUNS[name], items, at_once, dice.choice([0.3, 0.5, 0.8]))
        low, high = eta.estimate(eta.sample_of(complete[-eta.SAMPLE :], at_once), waiting, running, number)
        held += low <= took <= high
        widths.append((high - low) / took)
    assert held / TRIES >= 0.72
    assert sorted(widths)[TRIES // 2] < 1.5  # A range that says nothing holds always.


@pytest.mark.parametrize(("complete", "running"), [(2, 4), (0, 1), (10, 0)])
def test_nobody_knows(complete: int, running: int) -> None:
    sample = eta.sample_of([item(place, 0, 10) for place in range(complete)], 1)
    assert eta.estimate(sample, 5, running) is None


def test_only_items_that_are_complete_count() -> None:
    odd = [item(9, 0, 1000, State.FAILED), ItemInfo(1, 8, "8", State.COMPLETE, 1, 1, 1, None, None)]
    assert eta.sample_of([*odd, item(1, 0, 10), item(2, 10, 20), item(3, 20, 30)], 1) == eta.Sample((10, 10, 10), 1.0)


def test_time_between_items_counts() -> None:
    """Half of the time nothing ran, and it will be so again."""
    busy = eta.sample_of([item(place, place * 10, place * 10 + 10) for place in range(20)], 1)
    idle = eta.sample_of([item(place, place * 20, place * 20 + 10) for place in range(20)], 1)
    low, high = eta.estimate(busy, 50, 1)
    slow_low, slow_high = eta.estimate(idle, 50, 1)
    assert slow_low == pytest.approx(2 * low, rel=0.1)
    assert slow_high == pytest.approx(2 * high, rel=0.1)


def test_time_goes_on() -> None:
    assert eta.Left(10, 30, 100).now(115) == eta.Left(0, 15, 115)


class Farm:
    """Answers with items of ten seconds, and notes of which jobs."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def items(self, job: int, limit: int, offset: int, *, state: State) -> list[ItemInfo]:
        assert state is State.COMPLETE
        self.asked.append((job, offset))
        return [item(place, place * 10, place * 10 + 10) for place in range(limit)]


def job(number: int, done: int = 150, running: int = 1, state: State = State.RUNNING) -> JobInfo:
    counts = {State.COMPLETE: done, State.RUNNING: running, State.PENDING: 200 - done - running}
    return JobInfo(number, "job", "mara", state, 50, 1, 200, counts, 0.0, 1.0, None, "local")


def test_a_farm_is_not_asked_for_all_jobs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    farm, made, clock = Farm(), eta.Estimates(), [1000.0]
    monkeypatch.setattr(eta.time, "monotonic", lambda: clock[0])
    jobs = [*(job(number) for number in range(1, 9)), job(20, done=2), job(21, running=0), job(22, state=State.COMPLETE)]
    assert set(made.of(farm, jobs)) == {1, 2, 3, 4, 5}
    assert farm.asked == [(number, 50) for number in range(1, 6)]
    assert set(made.of(farm, jobs)) == set(range(1, 9))
    made.of(farm, jobs)
    assert len(farm.asked) == 8  # Each once: they are young.
    clock[0] += eta.AGAIN_S
    made.of(farm, jobs)
    assert len(farm.asked) == 13
    assert made.of(farm, []) == {}


def test_an_estimate_is_new_when_something_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    farm, made = Farm(), eta.Estimates()
    first = made.of(farm, [job(1)])[1]
    assert made.of(farm, [job(1)])[1] is first
    assert made.of(farm, [job(1, done=190)])[1].high_s < first.low_s
    assert first.low_s == pytest.approx(490, rel=0.1)


@pytest.mark.timeout(60)
def test_n10_a_job_that_runs_here(state: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real job of the local engine, asked in the middle: what was said, and how long it did take."""
    monkeypatch.setenv("FARMFUTURES_SLOTS", "2")
    with farmfutures.Executor(cpus=2) as executor, farmfutures.Farm() as farm:
        with executor.batch("waits") as batch:
            futures = [batch.submit(time.sleep, 0.1) for _ in range(40)]
        futures[15].result(20)
        info = farm.job(futures[0].job_id)
        left = eta.Estimates().of(farm, [info])[info.id]
        asked_s = time.time()
        for future in futures:
            future.result(20)
        took = time.time() - asked_s
    assert left.low_s * 0.5 <= took <= max(left.high_s * 2, left.high_s + 1)  # A machine that has more to do is slower.
