"""Scripts in a mayapy: the stand-in, or the one of ``--mayapy``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
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


SERVER = """
import json, os, sys, traceback
import maya.standalone
maya.standalone.initialize()
from maya import cmds, mel
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
print("ready", file=answers, flush=True)
for line in sys.stdin:
    script, folder = json.loads(line)
    os.chdir(folder)
    cmds.file(new=True, force=True)
    cmds.workspace(folder, openWorkspace=True)
    names, error = {"maya": maya, "cmds": cmds, "mel": mel, "__name__": "__main__"}, ""
    try:
        exec(script, names)
    except BaseException:
        error = traceback.format_exc()
    sys.stderr.flush()
    answers.write(json.dumps([names.get("result"), error]) + chr(10))
    answers.flush()
os._exit(0)
"""


class Warm:
    """A Maya that stays for the scripts of a module: a real one takes seconds to start."""

    def __init__(self, mayapy: Path, folder: Path) -> None:
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
        environ = {**os.environ, **temporary, "MAYA_APP_DIR": str(folder), "FARMFUTURES_SIM_PYTHON": sys.executable}
        self.log = folder / "stderr.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(mayapy), "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environ, text=True
            )
        assert self.process.stdout is not None
        # Until then it is a shell: another process, to who looks for those that a test left behind.
        assert self.process.stdout.readline() == "ready\n", self.log.read_text()

    def run(self, script: str, folder: Path) -> tuple[Any, str]:
        """Runs a script in a new scene, in a project of its own; returns its ``result`` and what went to stderr."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        before = self.log.stat().st_size
        self.process.stdin.write(json.dumps([script, str(folder)]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        said = self.log.read_bytes()[before:].decode(errors="replace")
        assert answer, f"Maya is gone: {said}"
        result, error = json.loads(answer)
        assert not error, error
        return result, said

    def close(self) -> None:
        """Ends it, even if it hangs."""
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@pytest.fixture(scope="module")
def warm(mayapy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """The Maya of a module."""
    made = Warm(mayapy, tmp_path_factory.mktemp("warm"))
    yield made
    made.close()


@pytest.fixture
def maya(mayapy: Path, warm: Warm, tmp_path: Path, pytestconfig: pytest.Config) -> Run:
    """Runs a script in an initialised Maya; returns what it leaves in ``result``, by JSON.

    It is the Maya of the module, unless the script asks for a start, an end, variables, or a `fresh` one.
    """

    def run(script: str, *, code: int | None = 0, initialize: bool = True, fresh: bool = False, **environ: str) -> Any:
        if initialize and code == 0 and not fresh and not environ:
            result, run.stderr = warm.run(textwrap.dedent(script), tmp_path)  # type: ignore[attr-defined]
            return result
        out = tmp_path / "result.json"
        start = "import maya.standalone\nmaya.standalone.initialize()\nfrom maya import cmds, mel\n" if initialize else ""
        end = f"\nimport json\njson.dump(globals().get('result'), open({str(out)!r}, 'w'))\n"
        variables = {**os.environ, "MAYA_NO_STANDALONE_ATEXIT": "1", "MAYA_APP_DIR": str(tmp_path / "prefs"), **environ}
        done = subprocess.run(
            [str(mayapy), "-c", start + textwrap.dedent(script) + end], env=variables, cwd=tmp_path, capture_output=True,
            text=True, timeout=300 if pytestconfig.getoption("--mayapy") else 25, check=False,
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
