"""The plug-in: its commands from Python and MEL, what it shows, and that all of it goes again."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import farmfutures
from farmfutures_maya import menu, submitting
from farmfutures_maya.panel import control

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "plugins" / "farmfutures_plugin.py"


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the command hands over; the job is number 7."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def submit(source: str, **options: Any) -> int:
        calls.append((source, options))
        return 7

    monkeypatch.setattr(submitting, "submit", submit)
    return calls


@pytest.fixture(autouse=True)
def fresh_commands() -> Iterator[None]:
    """The commands derive from the classes of the Maya of this test, not of another one's."""
    yield
    for name in [name for name in sys.modules if name.startswith("farmfutures_maya.commands") or name == "farmfutures_plugin"]:
        del sys.modules[name]


def mel(source: str) -> Any:
    return importlib.import_module("maya.mel").eval(source)


SUBMITS = [
    ("farmSubmit \"1\"", lambda cmds: cmds.farmSubmit("1"), ("1", {"snapshot": True})),
    ('farmSubmit -name "Meshes" -c 2 -noSnapshot "1"', lambda cmds: cmds.farmSubmit("1", name="Meshes", c=2, noSnapshot=True),
     ("1", {"name": "Meshes", "cpus": 2, "snapshot": False})),
    ('farmSubmit -frames "1-9x2" -pri 70 -retries 2 -timeout 1.5 "a:b"',
     lambda cmds: cmds.farmSubmit("a:b", frames="1-9x2", pri=70, retries=2, timeout=1.5),
     ("a:b", {"frames": "1-9x2", "priority": 70, "retries": 2, "timeout_s": 1.5, "snapshot": True})),
    ('farmSubmit -fn "/s.ma" "1"', lambda cmds: cmds.farmSubmit("1", filename="/s.ma"),
     ("1", {"filename": "/s.ma", "snapshot": True})),
    ('farmSubmit -sticky ""', lambda cmds: cmds.farmSubmit("", stk=True), ("", {"sticky": True})),
]  # fmt: skip


@pytest.mark.parametrize(("line", "call", "expected"), SUBMITS, ids=[line for line, *_ in SUBMITS])
def test_farm_submit(maya: Any, submitted: list[Any], line: str, call: Any, expected: Any) -> None:
    """The same from MEL and from Python, in a Maya without interface, too."""
    maya.cmds.loadPlugin(str(PLUGIN))
    assert [mel(line), call(maya.cmds)] == [7, 7]
    assert submitted == [expected, expected]
    maya.cmds.unloadPlugin("farmfutures_plugin")


@pytest.mark.parametrize("call", [{"nonsense": 1}, {"query": True}])
def test_unknown_flags_are_refused(maya: Any, submitted: list[Any], call: dict[str, Any]) -> None:
    maya.cmds.loadPlugin(str(PLUGIN))
    with pytest.raises(TypeError, match="Invalid flag"):
        maya.cmds.farmSubmit("1", **call)
    maya.cmds.unloadPlugin("farmfutures_plugin")


def test_unloading_takes_the_commands_away(maya: Any) -> None:
    maya.cmds.loadPlugin(str(PLUGIN))
    maya.cmds.unloadPlugin("farmfutures_plugin")
    assert not hasattr(maya.cmds, "farmSubmit")
    with pytest.raises(RuntimeError, match="Cannot find procedure"):
        mel('farmSubmit "cmds.ls()"')


def test_farm_panel_without_an_interface(maya: Any) -> None:
    maya.cmds.loadPlugin(str(PLUGIN))
    assert maya.cmds.farmPanel(query=True, exists=True) is False
    with pytest.raises(RuntimeError, match="farmfutures jobs"):
        maya.cmds.farmPanel()
    maya.cmds.unloadPlugin("farmfutures_plugin")


def test_farm_panel(maya: Any, broker: Path, window: Any, idle: Any) -> None:
    maya.cmds.loadPlugin(str(PLUGIN))
    assert mel("farmPanel -q -exists") is False
    assert mel("farmPanel") == maya.cmds.farmPanel() == control.NAME
    assert [mel("farmPanel -q -exists"), mel("farmPanel -q -visible")] == [True, True]
    assert len(window.find(control.NAME).children()) == 2  # A layout and one list, however often it was opened.
    maya.cmds.farmPanel(edit=True, visible=False)
    assert maya.cmds.farmPanel(query=True, visible=True) is False
    mel("farmPanel -vis true")
    assert maya.cmds.farmPanel(query=True, visible=True) is True
    mel("farmPanel -close")
    assert mel("farmPanel -q -exists") is False
    assert window.find(control.NAME) is None
    maya.cmds.unloadPlugin("farmfutures_plugin")


def test_u9_loading_and_unloading_twenty_times_leaves_nothing(maya: Any, broker: Path, window: Any, qt: Any, idle: Any) -> None:
    """Menu, panel, commands, callbacks; threads and descriptors are counted after each test."""
    widgets: set[int] = set()
    for _ in range(20):
        maya.cmds.loadPlugin(str(PLUGIN))
        idle()
        maya.cmds.farmPanel()
        idle()
        assert sorted(maya.world.interface) == sorted([menu.MENU, control.NAME])
        maya.cmds.unloadPlugin("farmfutures_plugin")
        idle()
        assert (maya.world.interface, window.parts, maya.world.callbacks) == ({}, {}, [])
        widgets.add(len(qt.allWidgets()))
        assert not hasattr(maya.cmds, "farmPanel")
    assert len(widgets) == 1


def test_the_control_that_is_closed_by_hand_stops_asking(maya: Any, broker: Path, window: Any, idle: Any) -> None:
    maya.cmds.loadPlugin(str(PLUGIN))
    maya.cmds.farmPanel()
    maya.cmds.workspaceControl(control.NAME, edit=True, close=True)
    idle()
    maya.cmds.farmPanel()  # And it can be opened again.
    assert maya.cmds.farmPanel(query=True, visible=True)
    maya.cmds.unloadPlugin("farmfutures_plugin")


def test_the_plugin_says_what_is_missing(maya: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("farmfutures_plugin", PLUGIN)
    assert spec
    assert spec.loader
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    assert plugin.maya_useNewAPI

    def absent(name: str) -> ModuleType:
        raise ImportError("No module named 'cloudpickle'")

    monkeypatch.setattr(plugin, "importlib", SimpleNamespace(import_module=absent))
    with pytest.raises(ImportError):
        plugin.initializePlugin(object())
    assert "farmfutures install" in capsys.readouterr().err


def test_a_job_of_the_command_in_a_real_interpreter(
    maya: Any, state: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With frames: one work item each, at its frame."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    monkeypatch.setenv("FARMFUTURES_SLOTS", "1")
    maya.cmds.loadPlugin(str(PLUGIN))
    job = maya.cmds.farmSubmit("[frame, cmds.currentTime(query=True)]", frames="1-5x2", name="Times")
    maya.cmds.unloadPlugin("farmfutures_plugin")
    with farmfutures.Executor() as executor:
        assert [future.result(20) for future in executor.attach(job)] == [[1, 1.0], [3, 3.0], [5, 5.0]]
    with farmfutures.Farm() as farm:
        assert farm.job(job).name == "Times"


def start_maya(stand_in: Path, script: str, tmp_path: Path) -> Any:
    """Runs a script in a Maya with a window, and then lets the artist quit it."""
    code = "import json, sys\nfrom maya import cmds, mel, utils\nfrom mayasim.world import world\n" + textwrap.dedent(script)
    variables = {
        **os.environ, "FARMFUTURES_SIM_INTERACTIVE": "1", "FARMFUTURES_SIM_WINDOW": "1", "QT_QPA_PLATFORM": "offscreen",
        "MAYA_APP_DIR": str(tmp_path / "prefs"), "MAYA_MODULE_PATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run([str(stand_in), "-c", code], env=variables, capture_output=True, text=True, timeout=25, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


SEE = """
from PySide6.QtWidgets import QWidget
def see():
    utils.processIdleEvents()
    content = world.window.find("FarmFuturesJobs")
    lists = [] if content is None else [child.objectName() for child in content.findChildren(QWidget, "FarmFuturesPanel")]
    return [content is not None, lists]
"""


def test_the_panel_is_restored_at_the_next_start(qt: Any, stand_in: Path, broker: Path, tmp_path: Path) -> None:
    """Maya notes the control at its exit, and runs its script once the plug-in is loaded; the shelf is there by the module."""
    first = """
    cmds.loadPlugin("farmfutures_plugin")
    cmds.farmPanel()
    seen = see()
    tabs = [world.window.shelves.tabText(n) for n in range(world.window.shelves.count())]
    world.window.quit()
    print(json.dumps([seen, tabs, sorted(world.plugins)]))
    """
    then = """
    before = see()
    cmds.loadPlugin("farmfutures_plugin")
    after = see()
    cmds.unloadPlugin("farmfutures_plugin")
    unloaded = see()
    world.window.quit()
    print(json.dumps([before, after, unloaded]))
    """
    there, gone = [True, ["FarmFuturesPanel"]], [False, []]
    assert start_maya(stand_in, SEE + textwrap.dedent(first), tmp_path) == [there, ["FarmFutures"], []]
    assert start_maya(stand_in, SEE + textwrap.dedent(then), tmp_path) == [[True, []], there, gone]
    assert start_maya(stand_in, SEE + "print(json.dumps(see())); world.window.quit()", tmp_path) == gone
