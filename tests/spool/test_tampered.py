"""S11, S12: files in the shared folder that are not what was written there."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import ResultError, SealError
from farmfutures.spool.layout import JobFolder

from .paper import Actor, Paper
from .processes import until

Act = Callable[..., Actor]


def _swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _cut(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _empty(path: Path, other: Path) -> None:
    path.write_bytes(b"")


def _flip(path: Path, other: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES = [_swap, _cut, _empty, _flip]


@pytest.mark.parametrize("damage", DAMAGES)
def test_outcomes_are_refused_said_and_run_again(
    executor: Executor, engine: SpoolEngine, farm: Farm, paper: Paper, act: Act, caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path, Path], None],
) -> None:  # fmt: skip
    first, second = executor.submit(abs, -1), executor.submit(abs, -2)
    act(first.job_id, "0").ends(0).over()
    assert first.result(10) == 1
    runner = act(second.job_id, "0").ends(0, say=False)
    damage(runner.folder.bundle("0.0", 0), engine.spool.job(first.job_id).bundle("0.0", 0))
    paper.stand(ChunkState.OVER, 0, 1)
    runner.over()
    until(lambda: len(paper.orders) == 3)
    assert "is not what farmfutures wrote there as outcomes 2 0.0 0" in str(farm.job(second.job_id).error)
    assert "its seal does not fit" in caplog.text
    act(second.job_id, "0").ends(0).over()
    assert second.result(10) == 2


@pytest.mark.parametrize("damage", DAMAGES[:2] + DAMAGES[3:])
def test_a_report_is_no_runners(
    executor: Executor, engine: SpoolEngine, farm: Farm, paper: Paper, act: Act, damage: Callable[[Path, Path], None]
) -> None:
    first, second = executor.submit(abs, -1), executor.submit(abs, -2)
    act(first.job_id, "0").ends(0).over()
    runner = act(second.job_id, "0").ends(0)
    damage(runner.folder.runs / "0.0", engine.spool.job(first.job_id).runs / "0.0")
    engine.forget(second.job_id)
    assert farm.job(second.job_id).state is State.PENDING
    assert "is not what farmfutures wrote there as run 2 0.0" in str(farm.job(second.job_id).error)
    executor._pending.clear()


def large(folder: JobFolder, actor: Actor, content: bytes) -> None:
    """Writes an outcome whose result lies in a file of its own."""
    path = folder.blobs / "0.0" / "one"
    path.parent.mkdir()
    path.write_bytes(content)
    one = dataclasses.replace(actor.outcome(0), payload=b"", blob="0.0/one", digest=hashlib.sha256(content).hexdigest())
    actor.writes([one], say=False)


def test_a_large_result_is_refused_in_the_future_and_retry_mends_it(
    executor: Executor, engine: SpoolEngine, farm: Farm, act: Act
) -> None:
    future = executor.submit(abs, -1)
    folder, runner = engine.spool.job(future.job_id), act(future.job_id, "0")
    large(folder, runner, b"r" + b"x" * 1000)
    _flip(folder.blobs / "0.0" / "one", folder.root)
    runner.over()
    with pytest.raises(SealError, match="is not what the worker wrote as the outcome of 1:0"):
        future.result(10)
    with pytest.raises(SealError, match="run the item again with retry"):
        farm.outcome(future.job_id, 0)
    assert farm.retry(future.job_id, [0], complete=True) == 1
    (again,) = executor.attach(future.job_id)
    act(future.job_id, "0").ends(0, attempt=2).over()
    assert again.result(10) == 1


def test_a_large_result_that_never_comes_is_said_where_it_was_looked_for(
    executor: Executor, engine: SpoolEngine, act: Act
) -> None:
    future = executor.submit(abs, -1)
    folder, runner = engine.spool.job(future.job_id), act(future.job_id, "0")
    large(folder, runner, b"r" + b"x" * 1000)
    (folder.blobs / "0.0" / "one").unlink()
    runner.over()
    with pytest.raises(ResultError, match=r"the outcome of 1:0 can't be read from .*blobs.0\.0.one: No such file"):
        future.result(10)


def test_a_package_that_was_changed_is_no_job(executor: Executor, engine: SpoolEngine, farm: Farm) -> None:
    future = executor.submit(abs, -1)
    path = engine.spool.job(future.job_id).package
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    engine.forget(future.job_id)
    with pytest.raises(SealError, match="is not what farmfutures wrote there as package 1"):
        farm.job(future.job_id)
    (info,) = farm.jobs()
    assert (info.id, info.state, info.total) == (future.job_id, State.FAILED, 0)
    assert "is not what farmfutures wrote there as package 1" in str(info.error)
    executor._pending.clear()
