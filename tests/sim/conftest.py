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
