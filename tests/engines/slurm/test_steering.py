"""Chunks on a real cluster: throttled, cancelled, held, moved."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from farmfutures.engines.slurm.handles import Handle
from farmfutures.engines.spool.launcher import ChunkState

from .conftest import Desk, until


def test_no_more_chunks_run_at_once_than_cpus(desk: Desk) -> None:
    handle = desk.launch(*["sleep 30"] * 3, cpus=1)
    desk.wait(handle, ["running", "waiting", "waiting"])
    assert {stand.why for stand in desk.stands(handle).values()} == {"", "JobArrayTaskLimit"}


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


def test_another_user_can_neither_take_a_job_away_nor_read_what_it_runs(desk: Desk) -> None:
    handle = desk.launch("sleep 30", env={"SHOW": "comet-8d1f"})
    job = str(Handle.parse(handle).arrays[0].job)
    desk.wait(handle, "running")
    for command in (["scancel", job], ["scontrol", "uhold", job], ["scontrol", "write", "batch_script", job, "-"]):
        done = subprocess.run(
            command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True, cwd="/", check=False
        )
        assert re.search("denied|Invalid user", done.stderr), (command, done)
        assert "comet" not in done.stdout
    assert desk.states(handle) == ["running"]
