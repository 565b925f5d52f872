"""A session on a real (virtual) screen: the stand-in's main window, the panel docked in it, keys and clicks of a person."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]

SESSION = """
import json, sys, time
from maya import cmds, utils
from mayasim.world import world
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
import farmfutures.maya
from farmfutures_maya.panel import control

app, said = QApplication.instance(), {"platform": QGuiApplication.platformName()}
def until(condition):
    end = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < end, "it did not come"
        utils.processIdleEvents()
        app.processEvents()
        time.sleep(0.005)

with farmfutures.Executor(cpus=1) as executor:
    jobs = [executor.submit(abs, -1).job_id, executor.submit(divmod, 1, 0).job_id]
    [one.exception(20) for one in map(lambda job: executor.attach(job)[0], jobs)]
cmds.loadPlugin("farmfutures_plugin")
said["control"] = cmds.farmPanel()
until(lambda: control._widget is not None and control._widget.table.jobs.rowCount() == 2)
panel = control._widget
QTest.qWaitForWindowExposed(world.window)
world.window.resize(1400, 800)
world.window.activateWindow()
until(lambda: panel.isVisible() and app.activeWindow() is not None)
chip = panel.header.chips["failed"]
QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
until(lambda: panel.table.jobs.rowCount() == 1)
said["failed"] = panel.table.jobs.job_at(0).id == jobs[1]
row = panel.table.visualRect(panel.table.jobs.index(0, 2)).center()
QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, row)
said["chosen"] = [job.id for job in panel.table.chosen_jobs()] == [jobs[1]]
QTest.keyClicks(panel.table, "4")
until(lambda: panel.table.jobs.rowCount() == 2)
shot = world.window.screen().grabWindow(world.window.winId()).toImage()
places = [(x, y) for x in range(0, shot.width(), 7) for y in range(0, shot.height(), 7)]
said["drawn"] = len({shot.pixelColor(*place).name() for place in places}) > 20
cmds.file(new=True, force=True)
utils.processIdleEvents()
said["after a new scene"] = control._widget is panel and panel.isVisible()
cmds.unloadPlugin("farmfutures_plugin")
said["gone"] = control._widget is None and not cmds.workspaceControl("FarmFuturesJobs", exists=True)
cmds.loadPlugin("farmfutures_plugin")
cmds.farmPanel()
until(lambda: control._widget is not None and control._widget.table.jobs.rowCount() == 2)
world.window.quit()
print(json.dumps(said))
"""


@pytest.fixture
def screen() -> Iterator[str]:
    """A virtual screen's name."""
    if shutil.which("Xvfb") is None:
        pytest.skip("it needs a virtual screen: on Debian and Ubuntu, apt-get install xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    process.terminate()
    process.wait()


@pytest.mark.timeout(90)
def test_a_session_on_a_screen(screen: str, widgets: Any, stand_in: Path, state: Path, tmp_path: Path) -> None:
    libraries = pytest.importorskip("farmfutures_maya.panel.libraries")
    variables = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    variables |= {
        "DISPLAY": screen, "FARMFUTURES_SIM_INTERACTIVE": "1", "FARMFUTURES_SIM_WINDOW": "1",
        "MAYA_APP_DIR": str(tmp_path / "prefs"), "MAYA_MODULE_PATH": str(ROOT),
    }  # fmt: skip
    try:
        libraries.check(variables)
    except RuntimeError as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [str(stand_in), "-c", textwrap.dedent(SESSION)], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said.pop("platform") == "xcb"
    assert said.pop("control") == "FarmFuturesJobs"
    assert {name for name, well in said.items() if not well} == set()
