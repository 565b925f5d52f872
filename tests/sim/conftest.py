"""Scripts in a mayapy: the stand-in, or the one of ``--mayapy``."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

STATE = """
def state():
    plugs = {}
    for node in cmds.ls(long=True):
        for name in cmds.listAttr(node) or []:
            try:
                plugs[node + '.' + name] = [cmds.getAttr(node + '.' + name), cmds.getAttr(node + '.' + name, lock=True)]
            except (RuntimeError, ValueError) as error:
                plugs[node + '.' + name] = type(error).__name__
    return {
        "nodes": sorted([node, cmds.nodeType(node)] for node in cmds.ls(long=True)),
        "attributes": plugs,
        "parents": sorted([node, cmds.listRelatives(node, parent=True, fullPath=True)] for node in cmds.ls(dag=True, long=True)),
        "connections": sorted(
            [node, cmds.listConnections(node, source=True, destination=False, plugs=True)] for node in cmds.ls(long=True)
        ),
        "positions": [
            [node, cmds.xform(node, query=True, worldSpace=True, translation=True)] for node in cmds.ls(transforms=True)
        ],
        "references": cmds.file(query=True, reference=True),
        "units": [cmds.currentUnit(query=True, **{unit: True}) for unit in ('linear', 'angle', 'time')],
    }
"""


@pytest.fixture
def maya(mayapy: Path, tmp_path: Path) -> Run:
    """Runs a script in an initialised Maya; returns what it leaves in ``result``, by JSON."""

    def run(script: str, *, code: int | None = 0, initialize: bool = True, **environ: str) -> Any:
        out = tmp_path / "result.json"
        start = "import maya.standalone\nmaya.standalone.initialize()\nfrom maya import cmds, mel\n" if initialize else ""
        end = f"\nimport json\njson.dump(globals().get('result'), open({str(out)!r}, 'w'))\n"
        variables = {**os.environ, "MAYA_NO_STANDALONE_ATEXIT": "1", "MAYA_APP_DIR": str(tmp_path / "prefs"), **environ}
        done = subprocess.run(
            [str(mayapy), "-c", start + textwrap.dedent(script) + end], env=variables, cwd=tmp_path, capture_output=True,
            text=True, timeout=25, check=False,
        )  # fmt: skip
        run.stderr = done.stderr  # type: ignore[attr-defined]
        if code is None or code != 0:
            assert code is None or done.returncode == code, f"{done.returncode}\n{done.stderr}"
            return done.returncode
        assert done.returncode == 0, done.stderr
        return json.loads(out.read_text())

    return run


@pytest.fixture
def scene_state() -> str:
    """The source of ``state()``: all that can be asked of a scene, by what it is about."""
    return STATE
