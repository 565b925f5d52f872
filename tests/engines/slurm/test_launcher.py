"""Chunks on a real cluster: started, watched, taken away, lost with their node, forgotten."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path

import pytest

from farmfutures.engines.slurm.handles import Handle, Part
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import EngineUnavailableError, RefusedError

from .conftest import Desk, until

NASTY = 'it\'s $(touch nasty); `touch nasty` "%n" \x1b[31m\nnext|line %A \\ ü'


def test_chunks_that_end_are_over_whatever_their_exit_code(desk: Desk) -> None:
    handle = desk.launch("exit 0", "exit 7", "kill -KILL $$")
    stands = desk.wait(handle, "over")
    assert stands[0].why == ""
    assert stands[1].why == "FAILED, NonZeroExitCode"


def test_commands_get_their_words_and_variables_as_they_are(desk: Desk) -> None:
    words = desk.shared / "words"
    order = desk.order(f'printf "%s\\n" "$0" "$1" "$NOTE" >{words}', "true", env={"NOTE": NASTY})
    first = (*order.commands[0], NASTY, "--items=3,7,9-12")
    handle = desk.launcher.launch(dataclasses.replace(order, commands=[first, order.commands[1]]))
    desk.wait(handle, "over")
    assert words.read_text() == f"{NASTY}\n--items=3,7,9-12\n{NASTY}\n"
    assert not list(desk.shared.rglob("nasty"))


def test_a_name_may_hold_anything_and_stays_one_line(desk: Desk) -> None:
    handle = desk.launch("sleep 30", name=NASTY)
    (line,) = desk.cluster.run("squeue", "--noheader", "--format=%j").splitlines()
    assert line.startswith('it\'s $(touch nasty); `touch nasty` "%n" [31m next|line %A \\ ü [ff-')
    assert desk.launcher.find(Part.of(line).token) == handle  # type: ignore[union-attr]


def test_jobs_get_nothing_of_our_environment_but_what_they_are_given(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_TOKEN", "canary-8d1f")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/autodesk/maya2026/lib")
    monkeypatch.setenv("SLURM_JOB_ID", "1")  # As in a job that submits another one.
    monkeypatch.setenv("SBATCH_WAIT", "1")
    handle = desk.launch(f"env >{desk.shared}/env")
    desk.wait(handle, "over")
    found = (desk.shared / "env").read_text()
    assert "canary" not in found
    assert "autodesk" not in found
    assert "SLURM_JOB_ID=1\n" not in found
    assert f"PATH={os.environ['PATH']}\n" in found


def test_no_more_chunks_run_at_once_than_cpus(desk: Desk) -> None:
    handle = desk.launch(*["sleep 30"] * 3, cpus=1)
    desk.wait(handle, ["running", "waiting", "waiting"])
    assert {stand.why for stand in desk.stands(handle).values()} == {"", "JobArrayTaskLimit"}


def test_a_chunk_that_runs_says_where(desk: Desk) -> None:
    handle = desk.launch("sleep 30", requirements="maya2027")
    assert desk.wait(handle, "running")[0].where == "n2"


def test_single_chunks_that_wait_are_cancelled_and_the_others_stay(desk: Desk) -> None:
    handle = desk.launch(*["sleep 30"] * 6, cpus=1)
    desk.wait(handle, ["running", *["waiting"] * 5])
    desk.launcher.cancel(handle, [2, 3, 5], running=False)
    assert desk.states(handle) == ["running", "waiting", "cancelled", "cancelled", "waiting", "cancelled"]


def test_what_runs_goes_on_when_only_what_waits_is_cancelled(desk: Desk) -> None:
    handle = desk.launch(*["sleep 30"] * 3, cpus=1)
    desk.wait(handle, ["running", "waiting", "waiting"])
    desk.launcher.cancel(handle, None, running=False)
    assert desk.states(handle) == ["running", "cancelled", "cancelled"]


def test_chunks_that_run_are_cancelled_by_sigterm_which_reaches_the_command_itself(desk: Desk) -> None:
    mark, ended = desk.shared / "mark", desk.shared / "ended"
    handle = desk.launch(f'trap "echo told >{ended}; exit 75" TERM; echo up >{mark}; while :; do sleep 0.1; done', "sleep 30")
    desk.wait_for(mark)
    desk.launcher.cancel(handle, [0], running=True)
    assert desk.wait_for(ended) == "told\n"
    assert desk.stands(handle)[0].state is ChunkState.CANCELLED
    assert desk.stands(handle)[1].state is ChunkState.RUNNING


def test_what_does_not_heed_sigterm_is_killed(desk: Desk) -> None:
    mark = desk.shared / "mark"
    handle = desk.launch(f'trap "" TERM; echo $$ >{mark}; while :; do sleep 0.1; done')
    pid = int(desk.wait_for(mark))
    desk.launcher.cancel(handle, None, running=True)
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_cancelling_what_is_over_or_cancelled_is_nothing(desk: Desk) -> None:
    handle = desk.launch("exit 0")
    desk.wait(handle, "over")
    for _ in range(2):
        desk.launcher.cancel(handle, None, running=True)
        desk.launcher.cancel(handle, [0], running=True)
    desk.launcher.hold(handle, True)
    desk.launcher.hold(handle, False)
    desk.launcher.set_priority(handle, 80)
    assert desk.states(handle) == ["over"]


def test_a_job_that_somebody_cancels_behind_our_back_is_cancelled(desk: Desk) -> None:
    handle = desk.launch(*["sleep 30"] * 4, cpus=1)
    desk.wait(handle, ["running", *["waiting"] * 3])
    desk.cluster.run("scancel", str(Handle.parse(handle).arrays[0].job))
    desk.wait(handle, "cancelled")


def test_what_is_held_waits_until_it_is_released(desk: Desk) -> None:
    handle = desk.launch("exit 0", "exit 0", held=True)
    assert {stand.why for stand in desk.wait(handle, "waiting").values()} == {"JobHeldUser"}
    desk.launcher.hold(handle, False)
    desk.wait(handle, "over")


def test_a_hold_lets_what_runs_go_on(desk: Desk) -> None:
    mark = desk.shared / "mark"
    handle = desk.launch(f"echo >{mark}.up; until [ -e {mark} ]; do sleep 0.1; done", "exit 0", cpus=1)
    desk.wait_for(desk.shared / "mark.up")
    desk.launcher.hold(handle, True)
    mark.touch()
    desk.wait(handle, ["over", "waiting"])
    desk.launcher.hold(handle, False)
    desk.wait(handle, "over")


def test_priority_is_how_far_a_job_stands_back(desk: Desk) -> None:
    handle = desk.launch("true", priority=80, held=True)
    job = Handle.parse(handle).arrays[0].job
    nice = ("squeue", "--noheader", f"--jobs={job}", "--format=%y")
    assert desk.cluster.run(*nice).strip() == "20"
    desk.launcher.set_priority(handle, 120)
    assert desk.cluster.run(*nice).strip() == "0"


def test_licences_are_waited_for(desk: Desk) -> None:
    handle = desk.launch("sleep 30", "sleep 30", requirements="license:mtoa")
    desk.wait(handle, ["running", "waiting"])
    until(lambda: desk.stands(handle)[1].why == "Licenses", state=lambda: desk.stands(handle))


def test_features_decide_where_chunks_run(desk: Desk) -> None:
    handle = desk.launch(*["echo $SLURMD_NODENAME >>" + str(desk.shared / "nodes")] * 3, requirements="maya2026 & gpu")
    desk.wait(handle, "over")
    assert (desk.shared / "nodes").read_text().split() == ["n1"] * 3


def test_groups_are_partitions(desk: Desk) -> None:
    desk.launch("sleep 30", groups=("urgent",))
    assert desk.cluster.run("squeue", "--noheader", "--format=%P").split() == ["urgent"]


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


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"groups": ("nope",)}, "Invalid partition name specified. 'sinfo' lists partitions"),
        ({"groups": ("closed",)}, "Required partition not available .*The partition is closed now"),
        ({"requirements": "maya2030"}, "Invalid feature specification. No node has such features"),
        ({"requirements": "license:nuke"}, "Invalid license specification. 'scontrol show licenses'"),
        ({"requirements": "gres:gpu=1"}, "Invalid generic resource .*'sinfo --format=%G'"),
        ({"slurm_mem": "100G"}, "can not be satisfied|configuration is not available. No node is so large"),
        ({"slurm_reservation": "dailies"}, "reservation is invalid. 'scontrol show reservations'"),
        ({"slurm_exclude": "n9"}, "Invalid node name specified. 'sinfo --Node' lists nodes"),
    ],
)
def test_what_slurm_refuses_is_refused_in_its_words_with_the_next_step(desk: Desk, options: dict[str, object], text: str) -> None:
    with pytest.raises(RefusedError, match=text):
        desk.launch("true", **options)
