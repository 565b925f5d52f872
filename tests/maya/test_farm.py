"""The whole path: a session in one ``mayapy``, workers in others, results as futures. Q35 to Q43, QS36, QS37, S7."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.maya import Executor, Policy

pytestmark = [
    pytest.mark.skipif(not hasattr(farmfutures, "Farm"), reason="the core has no local engine yet"),
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script"),
]

ROOT = Path(__file__).resolve().parents[2]

SESSION = """
import json, sys
from concurrent.futures import as_completed
import maya.standalone
maya.standalone.initialize(name="python")
from maya import cmds
import farmfutures, farmfutures.maya

scene, other, project = sys.argv[1:]
cmds.workspace(project, openWorkspace=True)
cmds.file(scene, open=True, force=True)
cmds.createNode("transform", name="unsaved")
before = [cmds.file(query=True, sceneName=True), cmds.file(query=True, modified=True)]
executor = farmfutures.maya.Executor(clone_environ=True, cpus=2)
executor.create_tempfile()
after = [cmds.file(query=True, sceneName=True), cmds.file(query=True, modified=True)]
with executor.batch("Get Node Types") as batch:
    for node in ("ball", "ballShape", "unsaved"):
        future = batch.submit(cmds.nodeType, node)
        future.node = node
    elsewhere = batch.submit_ext(cmds.nodeType, ["cam"], filename=other)
    elsewhere.node = "cam"
rows = [[f.job_id, f.work_id, f.node, f.result(timeout=60)] for f in as_completed(batch.futures)]
opened = executor.submit("farmfutures.maya:evaluate", "cmds.file(query=True, sceneName=True)").result(timeout=60)
root = executor.submit("farmfutures.maya:evaluate", "cmds.workspace(query=True, rootDirectory=True)").result(timeout=60)
executor.shutdown()
print("ANSWER" + json.dumps({"before": before, "after": after, "rows": rows, "opened": opened, "root": root,
                             "snapshot": executor.filename}))
sys.stdout.flush()
import os
os._exit(0)
"""


@pytest.fixture
def session_environ(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Iterator[dict[str, str]]:
    """The environment of a session process with a farm of its own, which is stopped afterwards."""
    state = tmp_path_factory.mktemp("s")
    environ = os.environ | {
        "FARMFUTURES_STATE": str(state),
        "FARMFUTURES_MAYAPY": str(stand_in),
        "PYTHONPATH": str(ROOT / "scripts"),
    }
    yield environ
    stop = "import farmfutures; farmfutures.Farm().stop_broker()"
    subprocess.run([sys.executable, "-c", stop], env=environ, check=True, timeout=25)


def run(environ: dict[str, str], *arguments: Path) -> dict[str, Any]:
    command = [environ["FARMFUTURES_MAYAPY"], "-c", SESSION, *map(str, arguments)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert answers, done.stdout + done.stderr
    return dict(json.loads(answers[0].removeprefix("ANSWER")))


@pytest.mark.timeout(120)
def test_q42_q43_qs36_qs37_a_session_hands_its_scene_over(session_environ: dict[str, str], scene: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ma"
    other.write_text('//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode camera -n "cam";\n')
    project = scene.parents[1]
    answer = run(session_environ, scene, other, project)
    assert answer["before"] == answer["after"] == [str(scene), True]
    assert {node: kind for _, _, node, kind in answer["rows"]} == {
        "ball": "transform",
        "ballShape": "mesh",
        "unsaved": "transform",
        "cam": "camera",
    }
    assert len({job for job, *_ in answer["rows"]}) == 1
    assert len({work for _, work, *_ in answer["rows"]}) == 4
    assert answer["opened"] == answer["snapshot"] != str(scene)
    assert answer["root"].rstrip("/") == str(project)


@pytest.mark.skipif(sys.platform != "linux", reason="as ps of Linux has it")
@pytest.mark.timeout(60)
def test_s7_secrets_of_a_session_are_with_its_worker_and_nowhere_else(
    maya: Any, state: Path, scene: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya.cmds.file(str(scene), open=True, force=True)
    canary = "canary-5f0e77"
    environ = {"FARMFUTURES_MAYAPY": str(stand_in), "SHOW": "orrery", "FTRACK_API_KEY": canary, "OTHER_API_KEY": canary}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with Executor() as executor:
        session = executor.clone_environ(policy=Policy(allow_secrets=("FTRACK_API_KEY",)))
        seen = "[__import__('os').environ.get(n, '')[:6] for n in ('FTRACK_API_KEY', 'OTHER_API_KEY', 'SHOW')]"
        assert executor.submit("builtins:eval", seen).result(40) == ["canary", "", "orrery"]
        failed = executor.submit("builtins:eval", "1 / 0")
        error = "".join(traceback.format_exception(failed.exception(40)))
        assert {path.name for path in state.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()} == {
            path.name for path in (state / "secrets").iterdir() if path.name != "key"
        }
        shown = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
        for text in (shown, error, failed.log() or "", session.explain(), session.to_json(), repr(session)):
            assert canary not in text


def test_qs40_a_wrapper_makes_the_environment_and_is_run_once(state: Path, no_maya: None, stand_in: Path, tmp_path: Path) -> None:
    """A studio's launcher in front of mayapy: what it sets is there, and it runs once for all items, not for each."""
    wrapper = tmp_path / "studio env"
    wrapper.write_text(f'#!/bin/sh\necho run >> "{tmp_path}/runs"\nexport STUDIO_SHOW=orrery\nexec "$@"\n')
    wrapper.chmod(0o755)
    with Executor(interpreter=[str(wrapper), str(stand_in)], cpus=1) as executor, executor.batch("wrapped") as batch:
        for _ in range(3):
            batch.submit(os.getenv, "STUDIO_SHOW")
        batch.submit("farmfutures.maya:evaluate", "cmds.about(batch=True)")
    assert [future.result(40) for future in batch.futures] == ["orrery"] * 3 + [True]
    assert (tmp_path / "runs").read_text() == "run\n"
