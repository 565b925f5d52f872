"""Requests as plain data: into JSON and back, into job options, into a script."""

from __future__ import annotations

import json
from typing import Any

import pytest

from farmfutures_maya.actions import find
from farmfutures_maya.actions.as_python import as_python
from farmfutures_maya.actions.request import PYTHON, Request, Scene

FULL = Request(
    action="usd", values={"step": 0.5, "ascii": True}, frames="1-10", chunk=3, nodes=("|a", "|b"), items=("x",), name="N",
    engine="spool", version="2025", scene=Scene.FILE, filename="/s.ma", workspace="/p", cpus=4, priority=70, retries=2,
    timeout_s=60.0, variables=("STUDIO_*",), secrets=("KEY_OF_ALL",),
    options=("groups=['gpu']", "slurm_mem = 8G", "nonsense"),
)  # fmt: skip


@pytest.mark.parametrize("request_", [Request(), FULL, Request(scene=Scene.NONE)])
def test_a_request_goes_through_json(request_: Request) -> None:
    assert Request.from_dict(json.loads(json.dumps(request_.to_dict()))) == request_


def test_what_means_nothing_costs_itself_only() -> None:
    bad = {"frames": 3, "chunk": 0, "nodes": "a", "scene": "moon", "cpus": True, "priority": "high", "timeout_s": -1, "later": 1}
    assert Request.from_dict({**bad, "name": "N", "values": {"a": 1}}) == Request(name="N", values={"a": 1})
    assert Request.from_dict({"values": 3, "retries": -1}) == Request()


def test_job_options_are_those_that_were_chosen() -> None:
    assert Request().job == {}
    assert FULL.job == {
        "name": "N",
        "cpus": 4,
        "priority": 70,
        "retries": 2,
        "timeout_s": 60.0,
        "groups": ["gpu"],
        "slurm_mem": "8G",
    }


def script(asked: dict[str, Any], in_maya: bool = True) -> str:
    request = Request(**asked)
    return as_python(request, find().actions[request.action], in_maya=in_maya)


def test_a_script_says_what_was_chosen_and_nothing_else() -> None:
    text = script({"values": {"source": "cmds.ls()\n1", "language": "Python"}, "frames": "1-10", "chunk": 2, "priority": 70})
    assert text == (
        "import farmfutures.maya\nfrom farmfutures.maya import actions\n\n"
        "executor = farmfutures.maya.Executor()\nexecutor.clone_environ()\n"
        "executor.create_tempfile()  # the scene as it is on screen\n\n"
        "futures = actions.submit(\n    'script',\n    executor,\n    {'source': 'cmds.ls()\\n1'},\n"
        "    frames='1-10',\n    chunk=2,\n    priority=70,\n)\nprint(futures[0].job_id)\n"
    )


@pytest.mark.parametrize(
    ("asked", "in_maya", "said"),
    [
        ({"scene": Scene.NONE}, True, "executor.clone_environ(scene=False)\n"),
        ({"scene": Scene.NONE}, False, "executor = farmfutures.maya.Executor()\n\n"),
        (
            {"variables": ("A_*",), "secrets": ("KEY",), "scene": Scene.SAVED},
            True,
            "clone_environ(policy=farmfutures.maya.Policy(allow=('A_*',), allow_secrets=('KEY',)))\n\n",
        ),
        ({"version": PYTHON, "engine": "local"}, False, "executor = farmfutures.Executor(engine='local')\n"),
        (
            {"scene": Scene.FILE, "filename": "/s.ma", "version": "2025", "workspace": "/p"},
            False,
            "farmfutures.maya.Executor(version='2025', filename='/s.ma', workspace='/p')\n",
        ),
        ({"action": "alembic", "nodes": ("|a",), "frames": " "}, True, "    nodes=['|a'],\n)"),
    ],
)
def test_scripts(asked: dict[str, Any], in_maya: bool, said: str) -> None:
    assert said in script(asked, in_maya)
    compile(script(asked, in_maya), "<script>", "exec")
