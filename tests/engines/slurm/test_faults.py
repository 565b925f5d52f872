"""Slurm that can't be reached: what is said, and that work goes on when it is back."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from farmfutures.engines.slurm import commands, look
from farmfutures.engines.slurm.handles import Handle
from farmfutures.engines.slurm.launcher import SlurmLauncher
from farmfutures.engines.spool.launcher import ChunkState
from farmfutures.errors import EngineUnavailableError
from farmfutures.settings import Settings

from .conftest import Desk, until

posix = pytest.mark.skipif(os.name == "nt", reason="its stand-ins for Slurm's commands are shell scripts")


@pytest.fixture
def down(desk: Desk) -> Iterator[Desk]:
    """A cluster whose controller has gone, for the time of a test."""
    desk.launcher.look([])  # It has been up.
    desk.cluster.stop_controller(kill=True)
    yield desk
    if not desk.cluster.controller_pid:
        desk.cluster.start_controller()


def test_while_the_controller_is_down_all_say_so_and_when_it_is_back_it_is_asked_again(down: Desk) -> None:
    order = down.order("exit 0")
    steps: list[Callable[[], object]] = [
        lambda: down.launcher.launch(order),
        lambda: down.launcher.cancel("ff/1+1", [0], running=True),
        lambda: down.launcher.hold("ff/1+1", True),
        lambda: down.launcher.find(order.token),
    ]
    for step in steps:
        with pytest.raises(EngineUnavailableError, match="Slurm did not answer .*Its controller, slurmctld, is down"):
            step()
    version, controller = down.launcher.examine()
    assert (version.well, controller.well) == (True, False)
    down.cluster.start_controller()
    assert down.launcher.find(order.token) is None
    down.wait(down.launcher.launch(order), "over")


def test_what_waits_and_runs_outlives_a_controller_that_was_killed(desk: Desk) -> None:
    mark = desk.shared / "mark"
    handle = desk.launch(f"until [ -e {mark} ]; do sleep 0.1; done", "exit 0", cpus=1)
    desk.wait(handle, ["running", "waiting"])
    until(lambda: (desk.cluster.folder / "state" / "job_state").stat().st_mtime > (desk.shared / "1").stat().st_mtime)
    desk.cluster.stop_controller(kill=True)
    with pytest.raises(EngineUnavailableError, match="did not answer squeue"):
        desk.launcher.look([handle])
    mark.touch()
    desk.cluster.start_controller()
    desk.wait(handle, "over")


def test_findings_where_all_is_well(desk: Desk) -> None:
    found = {finding.what: finding for finding in desk.launcher.examine()}
    assert all(finding.well for finding in found.values()), found
    assert found["controller"].text.startswith("cluster 'ff', Slurm ")
    assert found["nodes"].text == "2 in farm, 2 in urgent"
    assert found["permission"].text == "Slurm would take a job of yours"


def test_findings_where_we_may_not_submit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SBATCH_PARTITION", "closed")
    permission = desk.launcher.examine()[-1]
    assert (permission.what, permission.well) == ("permission", False)
    assert "Required partition not available" in permission.text


def test_findings_where_munge_does_not_run(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    conf = tmp_path / "slurm.conf"
    conf.write_text(desk.cluster.conf.read_text().replace(f"{desk.cluster.folder}/munge/sock", f"{tmp_path}/none"))
    monkeypatch.setenv("SLURM_CONF", str(conf))
    finding = SlurmLauncher(Settings()).examine()[-1]
    assert not finding.well
    assert "The service 'munge', by which Slurm knows its users, is not running here" in finding.text


def test_findings_where_no_node_can_be_used(desk: Desk) -> None:
    desk.cluster.run("scontrol", "update", "nodename=n[1-2]", "state=drain", "reason=test")
    try:
        finding = next(finding for finding in desk.launcher.examine() if finding.what == "nodes")
        assert (finding.well, finding.text) == (False, "no node of any partition can be used now")
    finally:
        desk.cluster.run("scontrol", "update", "nodename=n[1-2]", "state=resume")


def test_where_there_are_no_commands_it_says_which_package_has_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    launcher = SlurmLauncher(Settings())
    (finding,) = launcher.examine()
    assert finding.text == "not on PATH: sbatch, squeue, scancel, scontrol, sinfo"
    with pytest.raises(EngineUnavailableError, match="no command 'scontrol' on PATH.*slurm-client"):
        launcher.look(["ff/1+1"])


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Puts a command of a name on PATH that does what a shell script says."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))

    def put(name: str, script: str) -> None:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return put


@posix
def test_a_command_that_hangs_is_ended(stand_in: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "ANSWER_S", 0.3)
    stand_in("squeue", "exec sleep 60")
    with pytest.raises(EngineUnavailableError, match="did not answer squeue in 0.3 s; ask: scontrol ping"):
        commands.run(["squeue"])


@posix
@pytest.mark.parametrize(
    ("complaint", "text"),
    [
        ("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", "slurmctld, is down"),
        ("slurm_load_jobs error: Zero Bytes were transmitted or received", "slurmctld, is down"),
        ("sinfo: fatal: Could not establish a configuration source", "set SLURM_CONF"),
        ("squeue: fatal: Unable to process configuration file", "set SLURM_CONF"),
    ],
)
def test_complaints_that_mean_out_of_reach(stand_in: Callable[[str, str], None], complaint: str, text: str) -> None:
    stand_in("squeue", f"echo '{complaint}' >&2; exit 1")
    with pytest.raises(EngineUnavailableError, match=text):
        commands.run(["squeue"])


@posix
def test_the_database_is_asked_for_what_the_controller_has_forgotten(stand_in: Callable[[str, str], None]) -> None:
    stand_in("squeue", "echo '11|1|RUNNING|n1|None'")
    history = "11_0|COMPLETED|n1|None\n11_1|PENDING|None assigned|None\n11_2|CANCELLED by 0|n1|None"
    stand_in("sacct", f'printf "%s\\n" "$*" >$0.asked; echo "{history}"')
    handle = Handle.parse("ff/11+4")
    found = look.Watch(300, accounting=True).stands({"ff/11+4": handle})["ff/11+4"]
    assert [found[chunk].state for chunk in range(4)] == [
        ChunkState.OVER, ChunkState.RUNNING, ChunkState.CANCELLED, ChunkState.OVER,
    ]  # fmt: skip
    assert found[3].why == "Slurm no longer knows it"


@posix
def test_what_waited_a_moment_ago_and_left_no_trace_was_taken_away(stand_in: Callable[[str, str], None]) -> None:
    handles = {"ff/11+3": Handle.parse("ff/11+3")}
    watch = look.Watch(300, accounting=False)
    stand_in("squeue", "echo '11|0|RUNNING|n1|None'; echo '11|1-2|PENDING||Resources'")
    watch.stands(handles)
    stand_in("squeue", "echo '11|1|PENDING||Resources'")
    for _ in range(2):  # It stays so.
        found = watch.stands(handles)["ff/11+3"]
        assert [found[chunk].state for chunk in range(3)] == [ChunkState.OVER, ChunkState.WAITING, ChunkState.CANCELLED]


@posix
def test_what_waited_longer_ago_than_slurm_remembers_may_have_run(stand_in: Callable[[str, str], None]) -> None:
    handles = {"ff/11+1": Handle.parse("ff/11+1")}
    watch = look.Watch(1e-9, accounting=False)
    stand_in("squeue", "echo '11|0|PENDING||Resources'")
    watch.stands(handles)
    stand_in("squeue", "true")
    assert watch.stands(handles)["ff/11+1"][0].state is ChunkState.OVER
