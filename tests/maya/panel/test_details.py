"""What there is to know of a job: failures by cause, why it waits, and how the panes work together; on a real farm."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import State

Wait = Callable[..., None]


def bake(frame: int, gate: str) -> int:
    import os
    import time

    while frame == 100 and not os.path.exists(gate):
        time.sleep(0.005)
    if frame % 4 == 3:
        raise FileNotFoundError(2, "No such file or directory", f"/show/tex/wood.{frame:04d}.exr")
    if frame % 4 == 2:
        raise ValueError(f"sample {frame / 7} is not finite")
    return frame


def settled(job: farmfutures.JobInfo, frames: list[int]) -> bool:
    if 100 not in frames:
        return job.state.done
    return job.done == frames.index(100) and bool(job.counts.get(State.RUNNING))


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def executor(broker: Path, gate: Path) -> Iterator[farmfutures.Executor]:
    made = farmfutures.Executor(cpus=1)
    yield made
    gate.touch()
    made.shutdown()


@pytest.fixture
def submitted(executor: farmfutures.Executor, gate: Path) -> Callable[[list[int]], farmfutures.JobInfo]:
    """Submits a bake, and waits until all but what waits for the gate is over."""

    def submit(frames: list[int]) -> farmfutures.JobInfo:
        with executor.batch("Bake") as batch:
            for frame in frames:
                batch.submit(bake, frame, str(gate))
        deadline = time.monotonic() + 20
        with farmfutures.Farm() as farm:
            while not settled(job := farm.job(batch.job_id), frames):
                assert time.monotonic() < deadline
                time.sleep(0.005)
            return job

    return submit


@pytest.fixture
def details(feed: Any) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.details").Details(feed)
    made.resize(900, 600)
    made.show()
    yield made
    import_module("shiboken6").delete(made)


def test_n4_failures_are_grouped_by_cause(details: Any, submitted: Any, wait_for: Wait) -> None:
    details.show_jobs([submitted([*range(1, 12), 3])])
    pane = details.failures
    wait_for(lambda: pane.causes.count() == 2)
    assert details.tabs.tabText(1) == "Failures (2)"
    assert pane.headline.text() == "7 items failed, 2 causes"
    first, second = (pane.causes.item(row).text().splitlines() for row in range(2))
    assert first[0] == "FileNotFoundError: [Errno …] No such file or directory: '…'"
    assert first[1].startswith("4 items: 2, 6, 10-11   test_details.py:")
    assert second[1].startswith("3 items: 1, 5, 9")
    assert pane.traceback.toPlainText().endswith("No such file or directory: '/show/tex/wood.0003.exr'")
    pane.causes.setCurrentRow(1)
    assert pane.traceback.toPlainText().endswith(f"ValueError: sample {2 / 7} is not finite")
    asked: list[Any] = []
    details.asked.connect(lambda verb, works: asked.append((verb, works)))
    assert pane.retry.text() == "Retry 3 items"
    pane.retry.click()
    assert asked == [("retry", [1, 5, 9])]
    pane.show_items.click()
    assert (details.tabs.currentWidget(), details.chosen_works()) == (details.items, [1, 5, 9])


def test_a_cause_can_be_copied(details: Any, submitted: Any, wait_for: Wait, qt: Any) -> None:
    details.show_jobs([submitted([2])])
    wait_for(lambda: details.failures.causes.count() == 1)
    details.failures.copy.click()
    text = qt.clipboard().text()
    assert text.startswith(f"ValueError: sample {2 / 7} is not finite\n1 item: 0")
    assert "Traceback (most recent call last):" in text


def test_a_job_without_failures_says_so(details: Any, submitted: Any, wait_for: Wait) -> None:
    details.show_jobs([submitted([1])])
    wait_for(lambda: details.failures.headline.text() == "Nothing failed.")
    assert not details.failures.retry.isEnabled()


def test_n1_a_job_that_is_paused_says_so_and_has_the_button(
    details: Any, submitted: Any, wait_for: Wait, executor: farmfutures.Executor
) -> None:
    job = submitted([100, 1])
    with farmfutures.Farm() as farm:
        farm.pause(job.id)
    details.show_jobs([job])
    wait_for(lambda: details.waiting.isVisible())
    assert details.waiting.sentence.text() == f"Job {job.id} is paused: nothing more of it starts until it is resumed."
    asked: list[Any] = []
    details.asked.connect(lambda verb, works: asked.append((verb, works)))
    assert details.waiting.button.text() == "Resume"
    details.waiting.button.click()
    assert asked == [("resume", [])]
    wait_for(lambda: len(details.items.model.rows) == 2)
    details.items.pick(1)  # It waits for the same.
    wait_for(lambda: details.waiting._about == (job.id, 1) and details.waiting.isVisible())
    with farmfutures.Farm() as farm:
        farm.resume(job.id)


def test_one_that_is_at_its_limit_has_no_button(details: Any, submitted: Any, wait_for: Wait, feed: Any) -> None:
    details.show_jobs([submitted([100, 1])])
    feed.start()  # For a moment an interpreter holds both.
    wait_for(lambda: details.waiting.isVisible())
    assert "may use at once (cpus=1) is at work on it" in details.waiting.sentence.text()
    assert not details.waiting.button.isVisible()


def test_details_follow_the_job(details: Any, submitted: Any, wait_for: Wait, gate: Path, feed: Any) -> None:
    job = submitted([1, 2, 100])
    details.show_jobs([job])
    feed.start()
    gate.touch()
    wait_for(lambda: details.job.state is State.FAILED)
    wait_for(lambda: details.items.model.rows.states.count(bytes([4])) == 2)
    assert not details.waiting.isVisible()
    assert details.headline.text() == f"{job.id}  Bake"


def test_of_many_the_first_is_shown_and_without_any_a_hint(details: Any, submitted: Any, wait_for: Wait) -> None:
    assert details.empty.isVisible()
    jobs = [submitted([1]), submitted([2])]
    details.show_jobs(jobs)
    assert details.headline.text() == f"2 jobs are chosen; the first is {jobs[0].id}  Bake"
    assert not details.empty.isVisible()
    details.show_jobs([])
    assert (details.empty.isVisible(), details.tabs.isVisible(), details.items.model.rowCount()) == (True, False, 0)


def test_u7_from_a_failure_to_its_log_by_keys(details: Any, submitted: Any, wait_for: Wait) -> None:
    core, test = import_module("PySide6.QtCore"), import_module("PySide6.QtTest").QTest
    details.show_jobs([submitted([1, 2, 4])])
    wait_for(lambda: len(details.items.model.rows) == 3)
    details.go_to(0)
    test.keyClick(details.items.strip, core.Qt.Key.Key_Home)
    test.keyClick(details.items.strip, core.Qt.Key.Key_Right)
    test.keyClick(details.items.strip, core.Qt.Key.Key_Return)
    assert details.tabs.currentWidget() is details.log
    wait_for(lambda: details.log.known.errors and details.log.view.lines)
    assert details.log.about == (details.job.id, 1)
    assert details.log.view.lines[details.log.view.current] == "Traceback (most recent call last):"


def test_who_looks_at_logs_at_once_sees_the_one_that_failed(details: Any, submitted: Any, wait_for: Wait) -> None:
    details.show_jobs([submitted([1, 4, 2, 4])])
    details.go_to(details.tabs.indexOf(details.log))
    wait_for(lambda: details.log.about == (details.job.id, 2) and bool(details.log.known.errors))


def test_a_slow_farm_is_not_asked_in_vain(window: Any, qt: Any) -> None:
    """While the answer to a question is waited for, the newest of those that come meanwhile waits; the answer counts."""
    core = import_module("PySide6.QtCore")
    asked: list[Any] = []
    quick = core.QObject()
    quick.ask = lambda key, function, then, failed: asked.append((function, then, failed))
    quick.forget = lambda key: None
    steady = import_module("farmfutures_maya.panel.steady").Steady(quick, "key", quick)
    answers: list[Any] = []
    for number in range(5):
        steady.ask("job 1", number, answers.append)
    assert [function for function, *_ in asked] == [0]
    asked[0][1]("first")
    assert (answers, [function for function, *_ in asked]) == (["first"], [0, 4])
    steady.ask("job 2", 5, answers.append)
    assert asked[-1][0] == 5
    refused: list[Exception] = []
    steady.ask("job 3", 6, answers.append, refused.append)
    asked[-1][2](ValueError("gone"))
    assert (answers, [str(error) for error in refused]) == (["first"], ["gone"])
