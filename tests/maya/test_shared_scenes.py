"""Scenes of other people, each through the whole path: captured, copied, opened by two workers, asked node by node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("FARMFUTURES_SHARED") or ROOT.parent / "shared") / "scenes"
NAMES = sorted(path.relative_to(SHARED).as_posix() for path in SHARED.rglob("*.ma")) or ["none"]
"""All that are there; without any, the test is skipped by a fixture."""

SESSION = """
import json, os, sys, time
import maya.standalone
maya.standalone.initialize()
from maya import cmds
import farmfutures, farmfutures.maya

scene, project, meeting = sys.argv[1:]

def meet(number):
    # Both workers are at work: each of two calls waits for the other.
    open(os.path.join(meeting, str(number)), "w").close()
    deadline = time.monotonic() + 20
    while len(os.listdir(meeting)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.getpid()

def describe(node, frames):
    transform = cmds.objectType(node, isAType="transform")
    return [
        cmds.nodeType(node),
        cmds.listRelatives(node, parent=True, fullPath=True) if cmds.ls(node, dag=True) else None,
        cmds.listConnections(node, source=True, destination=False, plugs=True),
        [cmds.getAttr(node + ".output", time=frame) for frame in frames] if cmds.ls(node, type="animCurve") else None,
        [cmds.getAttr(node + ".worldMatrix", time=frame) for frame in frames] if transform else None,
    ]

cmds.workspace(project, openWorkspace=True)
cmds.file(scene, open=True, force=True)
cmds.createNode("transform", name="unsaved")
cmds.setAttr("unsaved.ty", 7)
seen = lambda: [cmds.file(query=True, sceneName=True), cmds.file(query=True, modified=True), cmds.ls(selection=True),
                cmds.undoInfo(query=True, undoName=True)]
before = seen()
executor = farmfutures.maya.Executor(clone_environ=True, create_tempfile=True, cpus=2)
after = seen()
every = cmds.ls(long=True)
nodes = ["unsaved", *every[:: max(1, len(every) // 60)], *cmds.ls(type="animCurve")[:10], *cmds.ls(referencedNodes=True)[:10]]
frames = [1, 12.5, 30]
with executor.batch("Every node") as batch:
    workers = [batch.submit(meet, number) for number in range(2)]
    answers = [batch.submit(describe, node, frames) for node in nodes]
here = {node: describe(node, frames) for node in nodes}
wrong = [[node, future.result(timeout=60), here[node]] for node, future in zip(nodes, answers)
         if json.dumps(future.result(timeout=60)) != json.dumps(here[node])]
pids = {future.result(timeout=60) for future in workers}
executor.shutdown()
print("ANSWER" + json.dumps({"untouched": before == after, "asked": len(nodes), "wrong": wrong, "workers": len(pids),
                             "kinds": sorted({here[node][0] for node in nodes}), "copy": executor.filename}))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", NAMES)
def test_q38_q40_q42_a_scene_of_somebody_else(
    shared_scenes: Path, shared_farm: Path, stand_in: Path, tmp_path: Path, name: str
) -> None:
    scene = shared_scenes / name
    project = next((folder for folder in scene.parents if (folder / "workspace.mel").is_file()), scene.parent)
    (tmp_path / "meeting").mkdir()
    environ = os.environ | {
        "FARMFUTURES_MAYAPY": str(stand_in), "FARMFUTURES_STORE": str(tmp_path / "store"), "PYTHONPATH": str(ROOT / "scripts"),
    }  # fmt: skip
    command = [str(stand_in), "-c", SESSION, str(scene), str(project), str(tmp_path / "meeting")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert answers, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(answers[0].removeprefix("ANSWER"))
    assert answer["wrong"] == []
    assert answer["asked"] > 30
    assert len(answer["kinds"]) > 5
    assert answer["workers"] == 2
    assert answer["untouched"]
    assert Path(answer["copy"]).name == scene.name
    assert Path(answer["copy"]).is_relative_to(tmp_path / "store")
