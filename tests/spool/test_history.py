"""Jobs that are over: lists read one small file, and in time they go."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.spool import history
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.spool.layout import JobFolder

from .paper import Actor, Paper
from .processes import until

Act = Callable[..., Actor]


@pytest.fixture
def over(executor: Executor, act: Act, engine: SpoolEngine) -> JobFolder:
    """A job of three items that is over, one of them failed; and nothing of it is known to this client."""
    with executor.batch("comet", chunk=1) as batch:
        for number in range(3):
            batch.submit(divmod, 6, number)
    for work in range(3):
        act(batch.job_id, str(work)).ends(work).over()
    assert batch.futures[2].result(10) == (3, 0)
    assert isinstance(batch.futures[0].exception(10), ZeroDivisionError)
    assert batch.futures[1].result(10) == (6, 0)
    folder = engine.spool.job(batch.job_id)
    until(folder.summary.exists)
    until(lambda: not engine.waiting())
    engine.forget(batch.job_id)
    return folder


def reads(patch: pytest.MonkeyPatch, do: Callable[[], object]) -> list[str]:
    """Returns the names of the files that are read."""
    opened: list[str] = []
    read_bytes = Path.read_bytes

    def note(path: Path) -> bytes:
        opened.append(path.name)
        return read_bytes(path)

    with patch.context() as patched:
        patched.setattr(Path, "read_bytes", note)
        do()
    return opened


def test_a_list_reads_three_files_of_a_job_that_is_over(
    over: JobFolder, farm: Farm, engine: SpoolEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(reads(monkeypatch, farm.jobs)) == ["marks", "package", "summary"]
    (listed,) = farm.jobs()
    assert listed == farm.job(over.number), "it says what a look at everything says"
    assert (listed.state, listed.counts) == (State.FAILED, {State.COMPLETE: 2, State.FAILED: 1})
    assert (listed.name, listed.total, listed.url) == ("comet", 3, "http://paper/sheet-0")


@pytest.mark.parametrize("change", ["retry", "mark_done", "a run", "a bit"])
def test_what_was_written_down_holds_as_long_as_nothing_happens(
    over: JobFolder, farm: Farm, engine: SpoolEngine, act: Act, change: str
) -> None:
    if change == "retry":
        farm.retry(over.number)
    elif change == "mark_done":
        farm.mark_done(over.number)
    elif change == "a run":
        act(over.number, "0").over()
    else:
        data = bytearray(over.summary.read_bytes())
        data[-5] ^= 1
        over.summary.write_bytes(data)
    engine.forget(over.number)
    (listed,) = farm.jobs()
    assert listed == farm.job(over.number)
    assert listed.state is {"retry": State.RUNNING, "mark_done": State.COMPLETE}.get(change, State.FAILED)


@pytest.mark.parametrize(("days", "age", "stays"), [(30, 31, False), (30, 29, True), (0, 1000, True)])
def test_jobs_that_ended_long_ago_are_removed(
    over: JobFolder, paper: Paper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, days: int, age: int, stays: bool
) -> None:
    monkeypatch.setenv("FARMFUTURES_HISTORY_DAYS", str(days))
    monkeypatch.setenv("FARMFUTURES_STATE", str(tmp_path / "other"))
    with Executor(engine="paper") as executor:
        engine = executor._engine
        assert isinstance(engine, SpoolEngine)
        executor.submit(abs, -1)
        long_ago = time.time() - age * 86400
        for number in engine.spool.numbers():
            os.utime(engine.spool.job(number).root, (long_ago, long_ago))
        history.sweep(engine)
        assert over.package.exists() is stays
        assert engine.spool.job(2).package.exists(), "it is not over"
        executor._pending.clear()


def test_what_a_client_left_half_made_is_removed_too(engine: SpoolEngine) -> None:
    half = engine.spool.new_job()
    long_ago = time.time() - 31 * 86400
    os.utime(half.root, (long_ago, long_ago))
    young = engine.spool.new_job()
    history.sweep(engine)
    assert engine.spool.numbers() == [young.number]


def test_nothing_is_written_where_a_job_was_removed(over: JobFolder, farm: Farm, engine: SpoolEngine) -> None:
    job, summary = engine.job(over.number), over.summary.read_bytes()
    job.view.refresh()
    assert farm.remove(over.number)
    engine.is_over(job)  # The watcher was about to write down how it ended.
    assert list(over.root.iterdir()) == []
    over.summary.write_bytes(summary)  # And another client's did.
    assert farm.jobs() == []


def test_interpreters_are_not_looked_for_in_jobs_that_are_over(
    over: JobFolder, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(reads(monkeypatch, farm.workers)) == ["marks", "summary"]
    assert farm.workers() == []


def test_the_watcher_looks_for_old_jobs_by_itself(
    over: JobFolder, paper: Paper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(tmp_path / "other"))
    monkeypatch.setattr(history, "AFTER_S", 0.0)
    long_ago = time.time() - 31 * 86400
    os.utime(over.root, (long_ago, long_ago))
    with Executor(engine="paper") as executor:
        executor.submit(abs, -1)
        until(lambda: not over.package.exists())
        executor._pending.clear()
