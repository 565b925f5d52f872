"""Jobs from `Executor` to futures, over a real cluster and real runners."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.errors import EngineUnavailableError, RefusedError, WorkerDiedError

from .conftest import Desk, until

RESULT_S = 25.0


@pytest.fixture
def chosen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The engine, as a user's settings name it, and as quick as a small cluster allows."""
    monkeypatch.setenv("FARMFUTURES_ENGINE", "slurm")
    monkeypatch.setenv("FARMFUTURES_SPOOL", str(desk.shared))
    monkeypatch.setenv("FARMFUTURES_SPOOL_POLL_S", "0.1")
    monkeypatch.setenv("FARMFUTURES_SPOOL_POLL_MOST_S", "0.5")
    monkeypatch.setenv("FARMFUTURES_SPOOL_DELAY_S", "0.5")
    monkeypatch.setenv("FARMFUTURES_ENGINE_POLL_S", "0.5")
    return monkeypatch


@pytest.fixture
def farm(chosen: pytest.MonkeyPatch) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


def pid(_: object = None) -> int:
    print("hello from the node")
    return os.getpid()


def wait_for(mark: str) -> str:
    """Says that it runs, and waits until it may go on."""
    with open(mark, "a") as file:
        file.write(f"{os.getpid()}\n")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not os.path.exists(f"{mark}.go"):
        time.sleep(0.05)
    return "done"


def go(mark: Path) -> None:
    Path(f"{mark}.go").touch()


def test_each_chunk_is_one_interpreter(farm: Farm) -> None:
    with Executor(chunk=3) as executor:
        assert len(set(executor.map(pid, range(6), timeout=RESULT_S))) == 2
    (job,) = farm.jobs()
    assert (job.state, job.engine) == (State.COMPLETE, "slurm")
    assert "hello from the node" in farm.log(job.id, 5)[0]


def test_what_slurm_refuses_leaves_nothing_behind(farm: Farm, desk: Desk) -> None:
    with Executor() as executor:
        with pytest.raises(RefusedError, match="No node has such features"):
            executor.submit_ext(pid, requirements="maya2030")
        with pytest.raises(RefusedError, match="slurm_array: farmfutures sets it itself"):
            executor.submit_ext(pid, slurm_array="0-9")
    assert farm.jobs() == []
    assert list(desk.shared.glob("*/jobs/*")) == []


def test_where_nothing_can_be_handed_over_submit_says_so(farm: Farm, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_CONF", str(desk.shared / "none.conf"))
    monkeypatch.setattr("farmfutures.engines.slurm.commands.ANSWER_S", 0.5)
    with Executor() as executor, pytest.raises(EngineUnavailableError, match="Slurm did not answer scontrol"):
        executor.submit(pid)
    assert farm.jobs() == []


def test_an_item_that_waits_is_cancelled_and_what_runs_ends(farm: Farm, desk: Desk) -> None:
    mark = desk.shared / "mark"
    with Executor(chunk=1, cpus=1) as executor:
        with executor.batch("three") as batch:
            for _ in range(3):
                batch.submit(wait_for, str(mark))
        desk.wait_for(mark)
        assert batch.futures[1].cancel()
        go(mark)
        assert batch.futures[0].result(RESULT_S) == batch.futures[2].result(RESULT_S) == "done"
    until(lambda: farm.item(batch.futures[0].job_id, 1).state is State.CANCELLED)


def test_a_job_that_somebody_takes_from_slurm_is_cancelled(farm: Farm, desk: Desk) -> None:
    with Executor(slurm_begin="now+1hour") as executor:
        future = executor.submit(pid)
        desk.cluster.cancel_all()
        with pytest.raises(CancelledError):
            future.result(RESULT_S)


def test_a_paused_job_starts_nothing_until_it_is_resumed(farm: Farm, desk: Desk) -> None:
    mark = desk.shared / "mark"
    with Executor(chunk=1, cpus=1) as executor:
        with executor.batch("two") as batch:
            first, second = (batch.submit(wait_for, str(mark)) for _ in range(2))
        desk.wait_for(mark)
        assert first.job_id is not None
        farm.pause(first.job_id)
        go(mark)
        assert first.result(RESULT_S) == "done"
        until(lambda: any("JobHeldUser" in line for line in held(desk)), state=lambda: held(desk))
        farm.resume(first.job_id)
        assert second.result(RESULT_S) == "done"


def held(desk: Desk) -> list[str]:
    return desk.cluster.run("squeue", "--noheader", "--array", "--format=%i %T %r").splitlines()


def test_an_item_that_was_lost_with_its_node_runs_again_on_another_one(farm: Farm, desk: Desk) -> None:
    mark = desk.shared / "mark"
    with Executor(attempts=2) as executor:
        future = executor.submit(wait_for, str(mark))
        desk.wait_for(mark)
        node = next(node for node in ("n1", "n2") if desk.cluster.steps(node))
        desk.cluster.lose_node(node)
        try:
            until(lambda: len(mark.read_text().split()) == 2)
            go(mark)
            assert future.result(RESULT_S) == "done"
        finally:
            desk.cluster.start_node(node)


def test_futures_go_on_when_a_controller_that_was_down_is_back(farm: Farm, desk: Desk) -> None:
    mark = desk.shared / "mark"
    with Executor(chunk=1, cpus=1) as executor:
        futures = [executor.submit(wait_for, str(mark)) for _ in range(2)]
        desk.wait_for(mark)
        desk.cluster.stop_controller()
        go(mark)
        assert futures[0].result(RESULT_S) == "done"  # It needs no controller: results come through the folder.
        desk.cluster.start_controller()
        assert futures[1].result(RESULT_S) == "done"


def test_a_python_that_nodes_do_not_have_is_named_in_the_error(chosen: pytest.MonkeyPatch) -> None:
    chosen.setenv("FARMFUTURES_SPOOL_PYTHON", "/nowhere/python")
    with Executor() as executor:
        future = executor.submit(pid)
        with pytest.raises(WorkerDiedError, match="/nowhere/python: not found"):
            future.result(RESULT_S)


def test_a_shared_folder_that_nodes_see_elsewhere(chosen: pytest.MonkeyPatch, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "theirs").symlink_to(desk.shared)
    chosen.setenv("FARMFUTURES_SPOOL_SEEN_AS", str(tmp_path / "theirs"))
    with Executor() as executor:
        assert executor.submit(pow, 2, 10).result(RESULT_S) == 1024
        assert f"{tmp_path}/theirs/" in desk.cluster.run("scontrol", "show", "job")


def test_a_shared_folder_that_nodes_do_not_see_is_what_the_error_asks_about(
    chosen: pytest.MonkeyPatch, desk: Desk, tmp_path: Path
) -> None:
    chosen.setenv("FARMFUTURES_SPOOL_SEEN_AS", str(tmp_path / "unseen"))  # Slurm itself makes folders for what a job prints.
    with Executor() as executor:
        future = executor.submit(pid)
        with pytest.raises(WorkerDiedError, match="FAILED.*'farmfutures engines check slurm' looks whether workers see"):
            future.result(RESULT_S)


def test_an_item_that_was_preempted_runs_again_though_it_has_one_attempt(farm: Farm, desk: Desk) -> None:
    mark = desk.shared / "mark"
    with Executor(attempts=1, chunk=1) as executor, Executor(groups=("urgent",), chunk=1) as urgent:
        with executor.batch("four") as batch:
            for number in range(4):
                batch.submit(wait_for, f"{mark}{number}")
        for number in range(4):
            desk.wait_for(Path(f"{mark}{number}"))
        assert urgent.submit(pow, 2, 10).result(RESULT_S) == 1024
        for number in range(4):
            go(Path(f"{mark}{number}"))
        assert [future.result(RESULT_S) for future in batch.futures] == ["done"] * 4
    assert max(len(Path(f"{mark}{number}").read_text().split()) for number in range(4)) == 2
