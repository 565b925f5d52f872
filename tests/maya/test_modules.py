"""What modules add to an environment, and that it does not travel twice: Q38."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.maya import Session
from farmfutures_maya.modules import Additions, additions

MGEAR = """\
+ MAYAVERSION:2025 PLATFORM:linux rig 4.0 rig/2025
scripts: ../../elsewhere/2025
+ MAYAVERSION:2026 PLATFORM:linux rig 4.0 rig/2026
[r] scripts: ../../elsewhere/scripts
plug-ins: plugins
PYTHONPATH +:= ../../elsewhere/lib
RIG_HOME:=.
RIG_MODE=fast
MAYA_SCRIPT_PATH += /abs/mel

AFTER_A_BLANK_LINE=1
+ other 1.0 other
OTHER=1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "modules" / "rig" / "2026").mkdir(parents=True)
    path = tmp_path / "modules" / "rig.mod"
    path.write_text(MGEAR)
    return path


def test_a_block_for_this_maya_is_read_to_its_end(file: Path) -> None:
    here = file.parent.as_posix()
    found = additions([("rig", f"{here}/rig/2026", str(file))])
    assert found.folders == [f"{here}/rig/2026", f"{here}/elsewhere/scripts", f"{here}/rig/2026/plugins"]
    assert found.values == {
        "PYTHONPATH": {f"{here}/elsewhere/lib"}, "RIG_HOME": {f"{here}/rig/2026"}, "RIG_MODE": {"fast"},
        "MAYA_SCRIPT_PATH": {"/abs/mel"},
    }  # fmt: skip


@pytest.mark.parametrize("module", [("rig", "/m/rig", "/absent.mod"), ("rig", "/m/rig", "")])
def test_a_file_that_can_not_be_read_leaves_the_folder(module: tuple[str, str, str]) -> None:
    assert additions([module]) == Additions(["/m/rig"])


def test_a_module_without_a_folder_adds_nothing() -> None:
    assert additions([("rig", "", "")]) == Additions()


def test_q38_what_modules_expand_is_not_cloned_beside_them(
    library_maya: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session with a module whose scripts lie elsewhere: the module travels, what it added does not."""
    modules, mine = tmp_path / "modules", tmp_path / "mine"
    (modules / "rig").mkdir(parents=True)
    (modules / "rig.mod").write_text("+ rig 1.0 rig\nscripts: ../../elsewhere\nPYTHONPATH+:=../../lib\nPXR_RIG=on\n")
    monkeypatch.setenv("MAYA_MODULE_PATH", str(modules))
    for name in ("MAYA_SCRIPT_PATH", "PYTHONPATH", "MAYA_PLUG_IN_PATH"):
        monkeypatch.setenv(name, str(mine))
    for name in ("XBMLANGPATH", "MAYA_PRESET_PATH", "PXR_RIG"):
        monkeypatch.setenv(name, "")  # So that it is put back.
        monkeypatch.delenv(name)
    import_module("maya.standalone").initialize()
    assert str(tmp_path / "elsewhere") in os.environ["MAYA_SCRIPT_PATH"]
    assert os.environ["PXR_RIG"] == "on"
    session = Session.capture()
    travel = {name: value for name, value in session.environ.items() if str(tmp_path) in value or name == "PXR_RIG"}
    assert travel == {
        "MAYA_MODULE_PATH": str(modules), "MAYA_SCRIPT_PATH": str(mine), "PYTHONPATH": str(mine), "MAYA_PLUG_IN_PATH": str(mine),
    }  # fmt: skip
    assert session.held_back["PXR_RIG"] == "a module sets it"
