"""Why something does not run, in a sentence; a table of what can keep it back."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, Future

Case = Callable[["Stage"], tuple[int, int | None]]


def wait_for(path: str) -> None:
    import os
    import time

    while not os.path.exists(path):
        time.sleep(0.005)


def until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Stage:
    """A farm of two interpreters, and what it takes to keep things waiting."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.farm = farm
        self.folder = folder
        self.gate = folder / "gate"
        self.executors: list[Executor] = []

    def executor(self, **options: Any) -> Executor:
        self.executors.append(Executor(**options))
        return self.executors[-1]

    def busy(self, executor: Executor, count: int) -> list[Future]:
        futures = [executor.submit(wait_for, str(self.gate)) for _ in range(count)]
        until(lambda: all(future.running() for future in futures))
        return futures

    def close(self) -> None:
        self.gate.touch()
        for executor in self.executors:
            executor.shutdown(cancel_futures=True)


@pytest.fixture
def stage(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("FARMFUTURES_SLOTS", "2")
    with Farm() as farm:
        made = Stage(farm, tmp_path)
        yield made
        made.close()


def paused(stage: Stage) -> tuple[int, int | None]:
    executor = stage.executor(cpus=1)
    stage.busy(executor, 2)
    job = executor.submit(abs, 1).job_id
    stage.farm.pause(job)
    return job, 0


def cpus(stage: Stage) -> tuple[int, int | None]:
    with stage.executor(cpus=1).batch() as batch:
        batch.submit(wait_for, str(stage.gate))
        batch.submit(abs, 1)
    until(batch.futures[0].running)
    return batch.job_id, 1


def busy(stage: Stage) -> tuple[int, int | None]:
    executor = stage.executor()
    stage.busy(executor, 2)
    for _ in range(3):
        executor.submit(abs, 1)
    return executor.submit(abs, 1).job_id, 0


def position(stage: Stage) -> tuple[int, int | None]:
    """What has a higher priority goes first, and of its own job what comes before it."""
    executor = stage.executor()
    stage.busy(executor, 2)
    with executor.batch(priority=90) as urgent:
        for _ in range(4):
            urgent.submit(abs, 1)
    with executor.batch() as batch:
        for _ in range(3):
            batch.submit(abs, 1)
    return batch.job_id, 2


def no_room(stage: Stage) -> tuple[int, int | None]:
    stage.busy(stage.executor(), 2)
    other = stage.executor(cwd=str(stage.folder))  # Another kind of interpreter.
    return other.submit(abs, 1).job_id, None


def starting(stage: Stage) -> tuple[int, int | None]:
    slow = stage.folder / "slow.py"
    slow.write_text(
        f"import os, time\ndef begin(settings):\n    while not os.path.exists({str(stage.gate)!r}): time.sleep(0.01)\n"
    )
    executor = stage.executor(bootstrap="slow:begin", sys_path=[str(stage.folder), *sys.path], cpus=1)
    return executor.submit(abs, 1).job_id, 0


def start_failed(stage: Stage) -> tuple[int, int | None]:
    (stage.folder / "dies.py").write_text("import os\ndef begin(settings):\n    os._exit(3)\n")
    executor = stage.executor(bootstrap="dies:begin", sys_path=[str(stage.folder), *sys.path])
    return executor.submit(abs, 1).job_id, None


def running(stage: Stage) -> tuple[int, int | None]:
    return stage.busy(stage.executor(), 1)[0].job_id, 0


def all_running(stage: Stage) -> tuple[int, int | None]:
    return stage.busy(stage.executor(), 1)[0].job_id, None


def complete(stage: Stage) -> tuple[int, int | None]:
    future = stage.executor().submit(abs, 1)
    future.result(20)
    return future.job_id, 0


def failed(stage: Stage) -> tuple[int, int | None]:
    future = stage.executor().submit(divmod, 1, 0)
    future.exception(20)
    return future.job_id, None


@pytest.mark.parametrize(
    ("case", "kind", "sentence", "place", "verb"),
    [
        (paused, "paused", r"Job \d+ is paused: nothing more of it starts until it is resumed\.", None, "resume"),
        (cpus, "cpus", r"The one interpreter that job \d+ may use at once \(cpus=1\) is at work on it\.", 0, ""),
        (
            busy,
            "busy",
            r"All 2 interpreters of .* are busy with jobs \d+, \d+; about 3 items go first\.",
            3,
            "priority",
        ),
        (position, "busy", r"All 2 interpreters .* about 6 items go first\.", 6, "priority"),
        (no_room, "no_room", r"All 2 interpreters .* with jobs \d+, \d+; one of them has to leave first\.", 0, "priority"),
        (starting, "starting", r".*python\S* is starting, for \d+ s so far\.", 0, ""),
        (start_failed, "start_failed", r".*python\S* did not start \(.+\): \d tr\w+ of 3, the next try is in \d s\.", 0, ""),
        (running, "running", r"It runs on interpreter \d+, attempt 1 of 1\.", None, ""),
        (all_running, "running", r"All that is left of job \d+ runs: 1 item\.", None, ""),
        (complete, "over", r"Work item 0 of job \d+ is over: complete\.", None, ""),
        (failed, "over", r"Job \d+ is over: failed\.", None, "retry"),
    ],
)
def test_n1_why_it_waits(stage: Stage, case: Case, kind: str, sentence: str, place: int | None, verb: str) -> None:
    job, work = case(stage)
    why = stage.farm.why(job, work)
    deadline = time.monotonic() + 20
    while why.kind != kind:  # An interpreter starts and fails in its own time.
        assert time.monotonic() < deadline, why
        why = stage.farm.why(job, work)
    assert (why.position, why.help) == (place, verb), why.sentence
    assert re.fullmatch(sentence, why.sentence), why.sentence
