"""Chunks on a real cluster: lost with their node, preempted, forgotten, looked for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from farmfutures.engines.slurm.handles import Handle, Part
from farmfutures.errors import EngineUnavailableError, RefusedError

from .conftest import Desk, until


def test_what_depends_on_a_job_that_failed_is_cancelled_and_does_not_wait_for_ever(desk: Desk) -> None:
    first = desk.launch("exit 1")
    later = desk.launch("exit 0", slurm_dependency=f"afterok:{Handle.parse(first).arrays[0].job}")
    desk.wait(later, "cancelled")


def test_what_was_preempted_runs_again(desk: Desk) -> None:
    starts = desk.shared / "starts"
    handle = desk.launch(*[f"echo $SLURM_RESTART_COUNT >>{starts}; sleep 30"] * 4)
    desk.wait(handle, "running")
    urgent = desk.launch(*["exit 0"] * 4, groups=("urgent",))
    desk.wait(urgent, "over")
    desk.wait(handle, "running")
    assert len(starts.read_text().splitlines()) > 4


def test_a_lost_node_s_chunk_runs_again_on_another_one(desk: Desk) -> None:
    starts = desk.shared / "starts"
    handle = desk.launch(f"echo $SLURMD_NODENAME >>{starts}; sleep 30")
    node = desk.wait_for(starts).strip()
    desk.wait(handle, "running")
    desk.cluster.lose_node(node)
    try:
        until(lambda: len(starts.read_text().split()) == 2)
        assert desk.wait(handle, "running")[0].where == ({"n1", "n2"} - {node}).pop()
    finally:
        desk.cluster.start_node(node)


def test_an_order_larger_than_an_array_may_be_is_several_one_after_the_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {**desk.launcher._cluster(), "MaxArraySize": "3"}
    monkeypatch.setattr(desk.launcher, "_cluster", lambda: config)
    order = desk.order(*[f"echo {number} >>{desk.shared}/ran" for number in range(5)], cpus=1)
    handle = desk.launcher.launch(order)
    assert [array.count for array in Handle.parse(handle).arrays] == [2, 2, 1]
    assert desk.launcher.find(order.token) == handle
    desk.wait(handle, "over")
    assert (desk.shared / "ran").read_text().split() == ["0", "1", "2", "3", "4"]


def test_of_an_order_that_was_refused_half_way_nothing_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {**desk.launcher._cluster(), "MaxArraySize": "2"}
    monkeypatch.setattr(desk.launcher, "_cluster", lambda: config)
    # The second array would wait for the first, which its dependency forbids.
    order = desk.order("sleep 30", "sleep 30", cpus=1, slurm_dependency="afterany:1?afterany:2")
    with pytest.raises(RefusedError, match="slurm_dependency with '\\?'"):
        desk.launcher.launch(order)
    until(lambda: desk.cluster.jobs() == [], state=desk.cluster.jobs)


def test_a_part_of_an_order_is_not_taken_for_the_whole(desk: Desk) -> None:
    order = desk.order("sleep 30", "sleep 30")
    part = Part(order.token, 0, 1, 2)
    command = ["sbatch", "--parsable", "--array=0-0", f"--job-name={part.name('half')}", "--output=/dev/null"]
    subprocess.run(command, input="#!/bin/sh\nsleep 30\n", text=True, check=True, capture_output=True)
    assert desk.launcher.find(order.token) is None
    until(lambda: desk.cluster.jobs() == [], state=desk.cluster.jobs)


def test_a_part_that_was_submitted_twice_counts_once(desk: Desk) -> None:
    order = desk.order("sleep 30", "sleep 30", held=True)
    first = desk.launcher.launch(order)
    desk.launcher.cancel(first, None, running=True)
    second = desk.launcher.launch(order)
    assert second != first
    assert desk.launcher.find(order.token) == second


def test_an_order_that_was_never_given_is_not_found(desk: Desk) -> None:
    assert desk.launcher.find("ff-1-0-never") is None


def test_what_belongs_to_another_cluster_is_left_out_and_can_t_be_steered(desk: Desk) -> None:
    assert desk.launcher.look(["elsewhere/1+1"]) == {}
    with pytest.raises(EngineUnavailableError, match="on the cluster 'elsewhere', and commands here ask 'ff'"):
        desk.launcher.cancel("elsewhere/1+1", None, running=True)


def test_what_slurm_has_forgotten_is_over(desk: Desk) -> None:
    handle = str(Handle.parse("ff/999999+2"))
    assert [stand.why for stand in desk.stands(handle).values()] == ["Slurm no longer knows it"] * 2
    assert desk.states(handle) == ["over", "over"]


def test_one_question_for_all_handles(desk: Desk, asked: list[list[str]]) -> None:
    handles = [desk.launch("sleep 30", held=True) for _ in range(3)]
    asked.clear()
    assert set(desk.launcher.look(handles)) == set(handles)
    assert [command[0] for command in asked] == ["squeue"]


def test_what_a_command_prints_beside_logs_is_kept_and_its_last_words_are_told(desk: Desk) -> None:
    order = desk.order("echo no such Python >&2; exit 127")
    handle = desk.launcher.launch(order)
    desk.wait(handle, "over")
    (output,) = (Path(order.folder) / "engine").iterdir()
    assert output.read_text() == "no such Python\n"
    assert desk.stands(handle)[0].why == "FAILED, NonZeroExitCode: no such Python"
