"""Chunks on a real cluster: started where and as they should be."""

from __future__ import annotations

import dataclasses
import os

import pytest

from farmfutures.engines.slurm.handles import Part
from farmfutures.errors import RefusedError

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


def test_a_chunk_that_runs_says_where(desk: Desk) -> None:
    handle = desk.launch("sleep 30", requirements="maya2027")
    assert desk.wait(handle, "running")[0].where == "n2"


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
