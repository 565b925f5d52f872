"""N18: what people do with jobs that run or wait, on every engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.report import Feature
from farmfutures.errors import KilledError, NoSuchJobError

from ..reliability.tasks import fails_at_first, note, wait_for
from .calls import speak
from .conftest import LIMIT_S, Site, lines, until

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="not run there"),
]


def test_all_ways_to_submit(executor: Executor, farm: Farm, site: Site) -> None:
    first = {"priority": 60} if site.report.supports(Feature.PRIORITY) else {}
    one = executor.submit(divmod, 9, 4)
    named = executor.submit_ext(pow, [2, 5], {"mod": 7}, name="power", **first)
    mapped = executor.map(pow, range(10), [2] * 10, chunksize=4)
    unordered = executor.map_unordered(abs, [-1, -2, -3])
    frames = executor.submit_frames(max, "1-7x3", [4])
    assert one.result(LIMIT_S) == (2, 1)
    assert named.result(LIMIT_S) == 4
    assert list(mapped) == [number**2 for number in range(10)]
    assert sorted(unordered) == [1, 2, 3]
    assert [(future.name, future.result(LIMIT_S)) for future in frames] == [
        ("frame 0001", 4),
        ("frame 0004", 4),
        ("frame 0007", 7),
    ]
    job = farm.job(named.job_id)
    assert (job.name, job.state, job.counts) == ("power", State.COMPLETE, {State.COMPLETE: 1})
    assert job.priority == first.get("priority", 50)
    assert [found.id for found in farm.jobs(search="power", state="complete")] == [named.job_id]
    assert named.arguments() == ((2, 5), {"mod": 7})
    assert farm.call(named.job_id, 0).startswith("builtins pow")


def test_one_that_runs_is_seen_and_killed_and_those_that_wait_are_cancelled(
    executor: Executor, farm: Farm, site: Site, tmp_path: Path
) -> None:
    site.must(Feature.CANCEL, Feature.KILL, Feature.RETRY, Feature.PROGRESS, Feature.LOGS)
    gates = [tmp_path / f"gate{number}" for number in range(2)]
    with executor.batch("steered", cpus=1) as batch:
        first = batch.submit(speak, str(gates[0]))
        gone = batch.submit(note, str(tmp_path / "ran"), 1)
        hangs = batch.submit(speak, str(gates[1]))
        last = batch.submit(note, str(tmp_path / "ran"), 3)
    until(lambda: first.running() and first.progress, "its progress")
    assert first.progress is not None
    assert (first.progress.done, first.progress.total, first.progress.message) == (3, 6, "half way")
    until(lambda: "on descriptor 2" in first.log(), "its log")
    item = farm.item(batch.job_id, 0)
    assert (item.state, item.attempt, first.status()) == (State.RUNNING, 1, State.RUNNING)
    assert farm.item(batch.job_id, 3).state is State.PENDING
    assert (batch.job_id, 0) in [(worker.job_id, worker.work_id) for worker in farm.workers()]
    assert not first.cancel()
    assert gone.cancel()
    assert gone.cancelled()
    gates[0].touch()
    assert first.result(LIMIT_S) == (batch.job_id, 0)
    assert first.log() == "on stdout\non descriptor 2\n"
    until(hangs.running, "the next one")
    assert hangs.kill()
    with pytest.raises(KilledError):
        hangs.result(LIMIT_S)
    assert last.result(LIMIT_S) == 9
    assert lines(tmp_path / "ran") == [3]
    states = [item.state for item in farm.items(batch.job_id)]
    assert states == [State.COMPLETE, State.CANCELLED, State.KILLED, State.COMPLETE]
    gates[1].touch()
    assert farm.retry(batch.job_id) == 2
    again = executor.attach(batch.job_id)
    assert [future.result(LIMIT_S) for future in again] == [(batch.job_id, 0), 1, (batch.job_id, 2), 9]
    assert sorted(lines(tmp_path / "ran")) == [1, 3]
    assert farm.job(batch.job_id).state is State.COMPLETE


def test_a_paused_job_waits(executor: Executor, farm: Farm, site: Site, tmp_path: Path) -> None:
    site.must(Feature.PAUSE)
    gate = tmp_path / "gate"
    with executor.batch("paused", cpus=1) as batch:
        batch.submit(wait_for, str(gate))
        for number in range(1, 4):
            batch.submit(note, str(tmp_path / "ran"), number)
    until(batch.futures[0].running, "the first one")
    assert farm.pause(batch.job_id)
    assert farm.job(batch.job_id).paused
    until(lambda: _seen(farm, batch.job_id, site), "that runners know")
    gate.touch()
    assert batch.futures[0].result(LIMIT_S) is None
    assert [farm.item(batch.job_id, work).state for work in (1, 2, 3)] == [State.PENDING] * 3
    if site.report.supports(Feature.SET_PRIORITY):
        assert farm.set_priority(batch.job_id, 70)
        assert farm.job(batch.job_id).priority == 70
    assert lines(tmp_path / "ran") == []
    assert farm.resume(batch.job_id)
    assert [future.result(LIMIT_S) for future in batch.futures[1:]] == [1, 4, 9]
    assert not farm.job(batch.job_id).paused


def _seen(farm: Farm, job: int, site: Site) -> bool:
    """Whether those that run a paused job know it. A broker does at once; what is far away says so in its reports."""
    if site.name == "local":
        return True
    seen = farm._engine.job(job).view  # type: ignore[attr-defined]
    seen.refresh()
    return all(run.marks >= seen.marks.version for run in seen.live())


def test_what_failed_is_run_again_called_done_and_removed(executor: Executor, farm: Farm, site: Site, tmp_path: Path) -> None:
    site.must(Feature.RETRY, Feature.MARK_DONE, Feature.REMOVE)
    ran, mended = tmp_path / "ran", tmp_path / "mended"
    with executor.batch("failing") as batch:
        for number in range(3):
            batch.submit(fails_at_first, str(ran), str(mended), number)
        batch.submit(note, str(ran), 7)
    assert [type(future.exception(LIMIT_S)) for future in batch.futures] == [ValueError] * 3 + [type(None)]
    until(lambda: farm.job(batch.job_id).state is State.FAILED, "its end")
    mended.touch()
    assert farm.retry(batch.job_id, [1]) == 1
    assert executor.attach(batch.job_id)[1].result(LIMIT_S) == 1
    assert farm.item(batch.job_id, 1).attempt == 2
    assert farm.mark_done(batch.job_id, [0]) == 1
    assert farm.item(batch.job_id, 0).state is State.COMPLETE
    assert farm.retry(batch.job_id) == 1
    assert executor.attach(batch.job_id)[2].result(LIMIT_S) == 2
    until(lambda: farm.job(batch.job_id).state is State.COMPLETE, "its end")
    assert sorted(lines(ran)) == [0, 1, 1, 2, 2, 7]
    assert farm.remove(batch.job_id)
    with pytest.raises(NoSuchJobError):
        farm.job(batch.job_id)


def test_shutdown_cancels_what_does_not_run(site: Site, tmp_path: Path) -> None:
    site.must(Feature.CANCEL)
    gate = tmp_path / "gate"
    executor = Executor(cpus=1)
    with executor.batch("left") as batch:
        batch.submit(wait_for, str(gate))
        for number in range(3):
            batch.submit(note, str(tmp_path / "ran"), number)
    until(batch.futures[0].running, "the first one")
    executor.shutdown(wait=False, cancel_futures=True)
    gate.touch()
    executor.shutdown()
    assert [future.cancelled() for future in batch.futures] == [False, True, True, True]
    assert lines(tmp_path / "ran") == []
