"""A session of Maya whose workers are on a farm: the scene lies where they see it, and what they are is what the session is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from farmfutures.settings import os_user

from ..dask_cluster import DaskCluster
from ..slurm_cluster import Cluster

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script"),
    pytest.mark.timeout(120),
]

ROOT = Path(__file__).resolve().parents[2]

SESSION = """
import json, os, sys
import maya.standalone
maya.standalone.initialize(name="python")
from maya import cmds
import farmfutures, farmfutures.maya

cmds.createNode("transform", name="unsaved")
cmds.currentUnit(linear="m")
executor = farmfutures.maya.Executor(engine=sys.argv[1], clone_environ=True, create_tempfile=True, cpus=1, chunk=4)
asked = ["cmds.objExists('unsaved')", "cmds.currentUnit(query=True, linear=True)", "__import__('tempfile').gettempdir()"]
with executor.batch("untitled") as batch:
    found = [batch.submit("farmfutures.maya:evaluate", question) for question in asked]
    failed = batch.submit(cmds.nodeType, "missing")
exists, unit, temp = [future.result(timeout=90) for future in found]
error = failed.exception(timeout=90)
with farmfutures.Farm(sys.argv[1]) as farm:
    job = farm.job(batch.job_id)
answer = {"exists": exists, "unit": unit, "temp": temp, "error": str(error), "state": job.state, "engine": job.engine,
          "snapshot": executor.filename, "scene": cmds.file(query=True, sceneName=True)}
executor.shutdown()
print("ANSWER" + json.dumps(answer))
sys.stdout.flush()
os._exit(0)
"""


def test_an_untitled_scene_travels_to_nodes_of_slurm(slurm_cluster: Cluster, tmp_path: Path, stand_in: Path) -> None:
    _travels("slurm", slurm_cluster.environ, tmp_path, stand_in)


def test_an_untitled_scene_travels_to_workers_of_dask(dask_cluster: DaskCluster, tmp_path: Path, stand_in: Path) -> None:
    _travels("dask", dask_cluster.environ, tmp_path, stand_in)


def _travels(name: str, environ: Mapping[str, str], tmp_path: Path, stand_in: Path) -> None:
    shared = tmp_path / "farm"
    shared.mkdir()
    environ = {
        **os.environ, **environ, "FARMFUTURES_MAYAPY": str(stand_in), "PYTHONPATH": str(ROOT / "scripts"),
        "FARMFUTURES_SPOOL": str(shared), "FARMFUTURES_SPOOL_POLL_S": "0.1", "FARMFUTURES_SPOOL_DELAY_S": "2",
        "FARMFUTURES_INTERPRETER_IDLE_S": "0.5",
    }  # fmt: skip
    done = subprocess.run(
        [str(stand_in), "-c", SESSION, name], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert answers, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(answers[0].removeprefix("ANSWER"))
    assert (answer["exists"], answer["unit"]) == (True, "m")
    assert "missing" in answer["error"]
    assert (answer["state"], answer["engine"], answer["scene"]) == ("failed", name, "")
    assert Path(answer["snapshot"]).is_relative_to(shared / os_user() / "scenes")
    assert not Path(answer["temp"]).is_relative_to(shared), "Maya's own files are on a disk of the machine that it runs on"
