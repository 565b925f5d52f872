"""A job of Maya's tried in its own ``mayapy``: N2."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from farmfutures.errors import RehearsalError, WaitCancelledError
from farmfutures.maya import Executor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

Make = Callable[..., Executor]


def module(tmp_path: Path, text: str) -> str:
    (tmp_path / "lib").mkdir(exist_ok=True)
    (tmp_path / "lib" / "tool.py").write_text(text)
    return str(tmp_path / "lib")


def rehearse(executor: Executor, function: Any, *args: Any, bootstrap: bool | None = None, **job: Any) -> Any:
    batch = executor.batch("tried", **job)
    batch.submit(function, *args)
    return batch.rehearse(20, bootstrap=bootstrap)


@pytest.mark.parametrize("bootstrap", [None, True])
def test_n2_a_job_that_would_run(make: Make, no_maya: None, scene: Path, tmp_path: Path, bootstrap: bool | None) -> None:
    lib = module(tmp_path, "from maya import cmds\ndef work(frame):\n    return cmds.ls()\n")
    done = rehearse(make(filename=scene, workspace=scene.parents[1]), "tool:work", 1, bootstrap=bootstrap, sys_path=[lib])
    assert (done.checked, done.warnings) == (1, ())


def test_n2_commands_of_maya(maya: Any, make: Make) -> None:
    assert rehearse(make(), import_module("maya.cmds").nodeType, "persp").checked == 1


def test_n2_maya_is_not_started_for_it_unless_asked(make: Make, no_maya: None, tmp_path: Path) -> None:
    """A start takes its time and a licence: here there is none."""
    lib = module(tmp_path, "def work():\n    pass\n")
    executor = make(env={"FARMFUTURES_SIM_FAULT": "licence"})
    assert rehearse(executor, "tool:work", sys_path=[lib]).checked == 1
    with pytest.raises(RehearsalError, match=r"the bootstrap farmfutures.maya:bootstrap fails: .*licence"):
        rehearse(executor, "tool:work", bootstrap=True, sys_path=[lib])


def test_n2_what_needs_a_maya_that_is_up_is_said_to(make: Make, no_maya: None, tmp_path: Path) -> None:
    lib = module(tmp_path, "from maya.cmds import ls\ndef work():\n    return ls()\n")
    (warning,) = rehearse(make(), "tool:work", sys_path=[lib]).warnings
    assert "can't be told before Maya is started, which rehearse(bootstrap=True) does" in warning
    assert rehearse(make(), "tool:work", bootstrap=True, sys_path=[lib]).warnings == ()


def test_n2_plugins_that_the_worker_lacks_are_warnings(make: Make, no_maya: None, tmp_path: Path) -> None:
    lib = module(tmp_path, "def work():\n    pass\n")
    job = {"settings": {"plugins": [["mtoa", ""]]}, "env": {"FARMFUTURES_SIM_MISSING_PLUGINS": "mtoa"}}
    (warning,) = rehearse(make(), "tool:work", bootstrap=True, sys_path=[lib], **job).warnings
    assert "mtoa" in warning


def test_n2_scene_and_workspace_of_job_and_items(make: Make, no_maya: None, scene: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ma"
    other.write_text("//Maya ASCII 2026 scene\n")
    batch = make(filename=scene).batch()
    batch.submit_ext("farmfutures.maya:evaluate", ["1"], filename=str(other))
    rehearsal = batch.rehearsal()
    other.unlink()
    os.rename(scene, tmp_path / "away.ma")
    with pytest.raises(RehearsalError) as caught:
        rehearsal.run(20)
    assert sorted(caught.value.problems) == sorted([f"the scene {other} is not there", f"the scene {scene} is not there"])


def test_n2_an_interactive_maya_is_kept_alive(maya: Any, window: Any, make: Make, tmp_path: Path) -> None:
    lib = module(tmp_path, "def work():\n    pass\n")
    timer = import_module("PySide6.QtCore").QTimer(interval=5)
    ticks: list[int] = []
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    assert rehearse(make(), "tool:work", sys_path=[lib]).checked == 1
    timer.stop()
    assert len(ticks) > 3
    with pytest.raises(RehearsalError, match="No module named 'nowhere'"):
        rehearse(make(), "nowhere:work")


def test_n2_esc_stops_it(maya: Any, window: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lib = module(tmp_path, "import time\ntime.sleep(60)\n")
    vigil = import_module("farmfutures_maya.vigil")
    monkeypatch.setattr(vigil, "SHOW_AFTER_S", 0.0)
    show = vigil.WaitDialog.show
    monkeypatch.setattr(vigil.WaitDialog, "show", lambda dialog: (show(dialog), dialog.reject()))
    with pytest.raises(WaitCancelledError):
        rehearse(make(), "tool:work", sys_path=[lib])
    for thread in [thread for thread in threading.enumerate() if thread.name == "farmfutures aside"]:
        thread.join(10)


def test_n2_an_interpreter_that_is_no_mayapy(make: Make, no_maya: None, tmp_path: Path) -> None:
    lib = module(tmp_path, "import maya.cmds\ndef work():\n    pass\n")
    with pytest.raises(RehearsalError, match="No module named 'maya'"):
        rehearse(make(), "tool:work", interpreter=sys.executable, sys_path=[lib])
